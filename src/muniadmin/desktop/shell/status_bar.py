"""The strip along the foot: the database, what is being done, the language, the version."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from muniadmin.desktop.theme import SMALL, STATUS_BAR, Tone, color, font
from muniadmin.desktop.widgets.labels import Dot, Role, Text
from muniadmin.desktop.widgets.layouts import row, show_if


class StatusButton(QAbstractButton):
    """Small words that can be pressed."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Other words; empty hides the button."""
        self.setText(text)
        self.setAccessibleName(text)
        show_if(self, bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the words."""
        return QSize(round(QFontMetricsF(font(SMALL)).horizontalAdvance(self.text())) + 2, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words; in the accent under the pointer or with the keyboard."""
        painter = QPainter(self)
        painter.setFont(font(SMALL))
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(color("accent" if lit else "muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def corner(self) -> QPoint:
        """Where a menu above the button begins."""
        return self.mapToGlobal(QPoint(0, 0))


class StatusBar(QWidget):
    """What is always visible."""

    jobs_pressed = Signal()
    language_pressed = Signal()

    def __init__(self, version: str) -> None:
        super().__init__()
        self.setFixedHeight(STATUS_BAR)
        self._dot = Dot(Tone.GOOD)
        self._database = Text("", Role.SMALL)
        self.jobs = StatusButton()
        self.jobs.clicked.connect(self.jobs_pressed)
        self.language = StatusButton()
        self.language.clicked.connect(self.language_pressed)
        self._version = Text(version, Role.SMALL)
        line = row(
            self._dot,
            6,
            self._database,
            20,
            self.jobs,
            None,
            spacing=0,
            margins=(16, 1, 16, 0),
        )
        line.addWidget(self.language)
        line.addSpacing(20)
        line.addWidget(self._version)
        self.setLayout(line)

    def set_database(self, text: str) -> None:
        """Which database, and how fast it answers."""
        self._database.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface and the hairline above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, 0, self.width(), 1, color("line"))
        painter.end()
