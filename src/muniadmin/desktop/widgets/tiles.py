"""A tile: one figure that counts, its change, its run, its target. A click leads to the rows behind it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy

from muniadmin.desktop.theme import CARD_RADIUS, SECONDARY, Tone, color, font
from muniadmin.desktop.widgets.cards import Card
from muniadmin.desktop.widgets.charts import Sparkline
from muniadmin.desktop.widgets.labels import ElidedText, Role, Text
from muniadmin.desktop.widgets.layouts import row, show_if

_PADDING = 14
_ROLES = {Tone.GOOD: Role.GOOD, Tone.BAD: Role.BAD, Tone.WARNING: Role.WARNING}


class StatTile(Card):
    """Name, value, change against the baseline, sparkline, target in words."""

    pressed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(padding=_PADDING, spacing=0)
        self._called = name
        # On two lines where it must be: six tiles stand side by side in a narrow window.
        self._name = Text(name, Role.SECONDARY, wrap=True)
        self._name.setMinimumHeight(2 * QFontMetrics(font(SECONDARY)).lineSpacing())
        self._name.setAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeading)
        self._value = Text("–", Role.TITLE)
        self._unit = Text("", Role.SMALL)
        self._change = Text("", Role.SECONDARY)
        self._line = Sparkline()
        self._target = ElidedText("", Role.SMALL)
        self.body.addWidget(self._name)
        self.body.addSpacing(2)
        self.body.addLayout(row(self._value, self._unit, None, spacing=4))
        self.body.addWidget(self._change)
        self.body.addWidget(self._line, 1)
        self.body.addSpacing(6)
        self.body.addWidget(self._target)
        self.setMinimumHeight(164)
        # As high as its name needs, which may take three lines in a narrow window.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("ring", "true")

    def show_figure(
        self,
        value: str,
        *,
        unit: str = "",
        change: str = "",
        tone: Tone = Tone.NEUTRAL,
        run: Sequence[float] = (),
        goal: float | None = None,
        target: str = "",
    ) -> None:
        """Shows another figure; its unit stands beside it where there is room, and in the tool tip."""
        self._value.setText(value)
        self._unit.setText(unit)
        self._make_room()
        self._change.setText(change)
        self._change.set_tone(tone)
        self._line.set_values(run, goal)
        self._target.setText(target)
        whole = f"{value} {unit}".strip()
        self.setAccessibleName(", ".join(part for part in (self._called, whole, change, target) if part))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A figure is never cut: its unit gives way."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        room = self.width() - 2 * _PADDING - self._value.sizeHint().width() - 4
        show_if(self._unit, bool(self._unit.text()) and self._unit.sizeHint().width() <= room)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click leads to the rows."""
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space lead to the rows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Lights up under the pointer."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Calms down."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card; its edge in the accent under the pointer or with the keyboard."""
        super().paintEvent(event)
        if self.underMouse() or self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("accent"), 1))
            area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -1.5)
            painter.drawRoundedRect(area, CARD_RADIUS, CARD_RADIUS)
            painter.end()
