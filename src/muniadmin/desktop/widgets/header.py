"""The head of a page: its title, a count, filter chips beside it, actions at the far end."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.theme import CONTROL
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import row


class PageHeader(QWidget):
    """Add chips with :meth:`add_chip`, buttons with :meth:`add_action`, the primary one last."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = Text(title, Role.TITLE)
        self._count = Text("", Role.MUTED)
        self._count.hide()
        self._chips = row(spacing=10)
        self._actions = QWidget()
        self._actions.setLayout(row(spacing=12))
        self.setFixedHeight(CONTROL)
        line = row(self._title, self._count, self._chips, None, self._actions, spacing=12)
        line.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)

    def set_title(self, title: str) -> None:
        """Another title, e.g. the name of what is shown."""
        self._title.setText(title)

    def set_count(self, text: str) -> None:
        """How many there are, beside the title; empty hides it."""
        self._count.setText(text)
        self._count.setVisible(bool(text))

    def add_chip(self, chip: QWidget) -> None:
        """A filter or period beside the title."""
        self._chips.addWidget(chip)

    def add_action(self, button: QWidget) -> None:
        """A button at the far end."""
        self._actions.layout().addWidget(button)  # type: ignore[union-attr]

    def show_actions(self, shown: bool) -> None:
        """Shows or hides all of the buttons, e.g. while something else has the place of what they act on."""
        self._actions.setVisible(shown)
