"""What an empty list says: what would be here, and the action that fills it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.widgets.labels import Icon, Role, Text
from muniadmin.desktop.widgets.layouts import column

_WIDEST, _MARGIN = 360, 24


class EmptyState(QWidget):
    """A quiet picture, a heading, one or two sentences, and at most one action."""

    def __init__(self, icon: str, heading: str, text: str, action: QWidget | None = None) -> None:
        super().__init__()
        self._icon = Icon(icon, 32)
        self._heading = Text(heading, Role.HEADING)
        self._text = Text(text, Role.MUTED, wrap=True)
        for label in (self._heading, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = column(None, spacing=8, margins=(_MARGIN, _MARGIN, _MARGIN, _MARGIN))
        parts: list[QWidget] = [self._icon, self._heading, self._text]
        if action is not None:
            parts.append(action)
        for part in parts:
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self.setLayout(layout)
        # It may be narrower than its sentence: in the side panel the sentence takes more lines.
        self.setMinimumWidth(1)
        self._fit()

    def say(self, icon: str, heading: str, text: str) -> None:
        """Says something else, e.g. that a search found nothing."""
        self._icon.set_icon(icon)
        self._heading.setText(heading)
        self._text.setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence is as wide as there is room, up to a comfortable width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(1, min(_WIDEST, self.width() - 2 * _MARGIN))
        self._text.setFixedWidth(width)
        # A wrapped label beside stretches is given one line by Qt unless it says how high it is.
        self._text.setVisible(bool(self._text.text()))
        self._text.setFixedHeight(max(0, self._text.heightForWidth(width)))
