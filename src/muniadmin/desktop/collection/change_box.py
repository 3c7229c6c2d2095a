"""The change to hand back."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from muniadmin.desktop.theme import RADIUS, TEXT, Tone, font, tokens
from muniadmin.desktop.widgets import paint


class ChangeBox(QWidget):
    """The change to hand back, as large as it can be read over a counter."""

    def __init__(self) -> None:
        super().__init__()
        self._label, self._figure, self._tone = "", "", Tone.GOOD
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(38)

    def say(self, label: str, figure: str, tone: Tone) -> None:
        """Shows another figure."""
        self._label, self._figure, self._tone = label, paint.on_screen(figure), tone
        self.setAccessibleName(f"{label} {figure}")
        self.update()

    @property
    def figure(self) -> str:
        """What is shown."""
        return self._figure

    def sizeHint(self) -> QSize:
        """As the look has it."""
        return QSize(300, 38)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Word at one end, figure at the other."""
        painter = QPainter(self)
        t = tokens()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        paint.box(painter, QRectF(self.rect()), RADIUS, QColor(t.weak(self._tone)))
        area = QRectF(self.rect()).adjusted(14, 0, -14, 0)
        lead = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        trail = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
        vertical = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.setPen(QColor(t.strong(self._tone)))
        painter.setFont(font(TEXT))
        painter.drawText(area, lead | vertical, self._label)
        room = area.width() - QFontMetricsF(painter.font()).horizontalAdvance(self._label) - 12
        size = 24
        while size > 14 and QFontMetricsF(font(size, semibold=True)).horizontalAdvance(self._figure) > room:
            size -= 1
        painter.setFont(font(size, semibold=True))
        painter.drawText(area, trail | vertical, self._figure)
        painter.end()
