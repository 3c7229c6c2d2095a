"""The head of a page: its title, a count, filter chips beside it, actions at the far end."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.theme import CONTROL
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, row, show_if

_GAP = 12


class PageHeader(QWidget):
    """Add chips with :meth:`add_chip`, buttons with :meth:`add_action`, the primary one last. Chips for which there is
    no room beside the title stand on a line below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = Text(title, Role.TITLE)
        self._count = Text("", Role.MUTED)
        self._count.hide()
        self._chips = QWidget()
        self._chips.setLayout(row(spacing=10))
        self._chips.setMinimumWidth(1)  # else the window could not become narrower than all in one line
        self._chips.hide()
        self._actions = QWidget()
        self._actions.setLayout(row(spacing=_GAP))
        self._line = row(self._title, self._count, self._chips, None, self._actions, spacing=_GAP)
        self._line.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        top = QWidget()
        top.setFixedHeight(CONTROL)
        top.setLayout(self._line)
        self._below = row(None)
        self._are_below = False
        self.setLayout(column(top, self._below, spacing=0))
        self.setFixedHeight(CONTROL)

    def set_title(self, title: str) -> None:
        """Another title, e.g. the name of what is shown."""
        self._title.setText(title)

    def set_count(self, text: str) -> None:
        """How many there are, beside the title; empty hides it."""
        self._count.setText(text)
        self._count.setVisible(bool(text))

    def add_chip(self, chip: QWidget) -> None:
        """A filter or period beside the title."""
        layout = self._chips.layout()
        assert layout is not None
        layout.addWidget(chip)
        show_if(self._chips, True)

    def add_action(self, button: QWidget) -> None:
        """A button at the far end."""
        self._actions.layout().addWidget(button)  # type: ignore[union-attr]

    def show_actions(self, shown: bool) -> None:
        """Shows or hides all of the buttons, e.g. while something else has the place of what they act on."""
        self._actions.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chips stand where there is room for them."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """A chip says more or less, a button comes or goes: there may be room again, or none any more."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        parts = [one for one in (self._title, self._count, self._chips, self._actions) if not one.isHidden()]
        needed = sum(one.sizeHint().width() for one in parts) + _GAP * len(parts)
        shown = not self._chips.isHidden()
        below = shown and needed > self.width()
        if below == self._are_below:
            return
        self._are_below = below
        if below:
            self._line.removeWidget(self._chips)
            self._below.insertWidget(0, self._chips)
        else:
            self._below.removeWidget(self._chips)
            self._line.insertWidget(2, self._chips)
        # What gets another parent is hidden, and would count as hidden until the layout shows it again.
        self._chips.setVisible(shown)
        self._below.setContentsMargins(0, _GAP if below else 0, 0, 0)
        self.setFixedHeight(CONTROL + below * (_GAP + self._chips.sizeHint().height()))
