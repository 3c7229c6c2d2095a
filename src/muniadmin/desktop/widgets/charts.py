"""Charts drawn here: bars with a comparison, horizontal shares, lines, sparklines.

Each is reached by Tab, the arrows move from value to value (spoken as the accessible description), Enter opens the
rows behind the value; the pointer shows the value and a click opens the rows too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from muniadmin.desktop.theme import SECONDARY, SMALL, TEXT, color, font, mix, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import labelled

# Sides are worked out here; Qt would turn them once more.
_ABSOLUTE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute


@dataclass(frozen=True)
class Value:
    """One value of a chart: its label on the axis, the number, and how it is said in full."""

    label: str
    value: float
    shown: str
    compared: float | None = None
    compared_shown: str = ""
    #: The colour that stands for it wherever it is drawn; empty: by its place.
    tone: str = ""


@dataclass(frozen=True)
class Mark:
    """A dotted line after the value at ``position``: something began there."""

    position: int
    text: str


def nice_steps(top: float, wanted: int = 3) -> list[float]:
    """Round numbers from zero to at least ``top`` to draw grid lines at."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / wanted
    power = 10 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * 0.999)
    return [step * n for n in range(ceil(top / step - 1e-9) + 1)]


class Chart(QWidget):
    """What all charts share: values, the current one, keys, pointer, export."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.values: list[Value] = []
        self.current = -1
        self._hover = -1

    def set_values(self, values: Sequence[Value]) -> None:
        """Other values."""
        self.values = list(values)
        self.current = self._hover = -1
        self.setAccessibleDescription("; ".join(self.sentence(value) for value in self.values))
        self.updateGeometry()
        self.update()

    @staticmethod
    def sentence(value: Value) -> str:
        """A value said in full."""
        text = labelled(value.label, value.shown)
        return f"{text} ({value.compared_shown})" if value.compared_shown else text

    def area_of(self, position: int) -> QRectF:
        """Where a value is drawn, for the pointer; each chart knows."""
        raise NotImplementedError

    def image(self, scale: float = 2) -> QImage:
        """The chart as a picture, for a report or a file."""
        picture = QImage(self.size() * scale, QImage.Format.Format_ARGB32)
        picture.setDevicePixelRatio(scale)
        picture.fill(color("surface"))
        self.render(picture)
        return picture

    def _at(self, point: QPointF) -> int:
        return next((n for n in range(len(self.values)) if self.area_of(n).contains(point)), -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Shows the value under the pointer."""
        found = self._at(event.position())
        if found != self._hover:
            self._hover = found
            self.setCursor(Qt.CursorShape.PointingHandCursor if found >= 0 else Qt.CursorShape.ArrowCursor)
            if found >= 0:
                QToolTip.showText(event.globalPosition().toPoint(), self.sentence(self.values[found]), self)
            else:
                QToolTip.hideText()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """No value is under the pointer any more."""
        super().leaveEvent(event)
        self._hover = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Opens the rows behind the value."""
        found = self._at(event.position())
        if found >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.current = found
            self.chosen.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move, Enter opens."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key()), 0
        )
        if step and self.values:
            self.current = (self.current + step) % len(self.values)
            self.setAccessibleDescription(self.sentence(self.values[self.current]))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """The first value is the current one."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        if self.current < 0 and self.values:
            self.current = 0
        self.update()

    def focusOutEvent(self, event: object) -> None:
        """No value is current any more."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.update()

    def _lit(self, position: int) -> bool:
        return position == self._hover or (self.hasFocus() and position == self.current)

    def _say_current(self, painter: QPainter) -> None:
        """With the keyboard on the chart, the current value is written above it."""
        if self.hasFocus() and 0 <= self.current < len(self.values):
            painter.setFont(font(SECONDARY, semibold=True))
            painter.setPen(color("accent"))
            text = self.sentence(self.values[self.current])
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter, text)


class BarChart(Chart):
    """Upright bars, each beside the bar it is compared with."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._marks: list[Mark] = []
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Things that began between two values."""
        self._marks = list(marks)
        self.update()

    def sizeHint(self) -> QSize:
        """As the look has it."""
        return QSize(640, 200)

    def _steps(self) -> list[float]:
        top = max((max(v.value, v.compared or 0) for v in self.values), default=1)
        return nice_steps(top)

    def _plot(self) -> QRectF:
        steps = self._steps()
        width = max(QFontMetricsF(font(SMALL)).horizontalAdvance(_short(step)) for step in steps) + 12
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        return QRectF(self.rect()).adjusted(0 if rtl else width, 16, -width if rtl else 0, -24)

    def _slot(self, position: int) -> QRectF:
        plot = self._plot()
        width = plot.width() / max(len(self.values), 1)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        at = len(self.values) - 1 - position if rtl else position
        return QRectF(plot.left() + at * width, plot.top(), width, plot.height())

    def area_of(self, position: int) -> QRectF:
        """The whole slot of the bar: low bars can be pointed at as well."""
        return self._slot(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, bars, labels, marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, steps, t = self._plot(), self._steps(), tokens()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        painter.setFont(font(SMALL))
        for step in steps:
            y = round(plot.bottom() - plot.height() * step / steps[-1])
            painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), color("line"))
            painter.setPen(color("muted"))
            beside = (
                QRectF(plot.right() + 8, y - 8, 60, 16) if rtl else QRectF(plot.left() - 68, y - 8, 60, 16)
            )
            side = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
            painter.drawText(beside, side | _ABSOLUTE, _short(step))
        compared_fill = QColor(mix(t.surface, t.muted, 0.34 if t.dark else 0.2))
        for position, value in enumerate(self.values):
            slot = self._slot(position)
            pair = value.compared is not None
            width = min(20.0, slot.width() * (0.36 if pair else 0.6))
            middle = slot.center().x()
            if value.compared is not None:
                x = middle + 1 if rtl else middle - width - 1
                self._bar(painter, x, width, value.compared / steps[-1], plot, compared_fill)
            x = (middle - width - 1 if rtl else middle + 1) if pair else middle - width / 2
            fill = QColor(mix(t.accent, t.text, 0.22) if self._lit(position) else t.accent)
            self._bar(painter, x, width, value.value / steps[-1], plot, fill)
            painter.setPen(color("text" if self._lit(position) else "muted"))
            painter.drawText(
                QRectF(slot.left(), plot.bottom() + 6, slot.width(), 16),
                Qt.AlignmentFlag.AlignCenter,
                value.label,
            )
        for mark in self._marks:
            slot = self._slot(mark.position)
            x = slot.left() if rtl else slot.right()
            painter.setPen(QPen(color("warning"), 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, plot.top() - 6), QPointF(x, plot.bottom()))
        self._say_current(painter)
        painter.end()

    @staticmethod
    def _bar(painter: QPainter, x: float, width: float, share: float, plot: QRectF, fill: QColor) -> None:
        height = max(1.0, plot.height() * share)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(x, plot.bottom() - height, width, height), 2, 2)


def _round_pen(width: float) -> QPen:
    shape = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(color("accent"), width, *shape)


def _short(number: float) -> str:
    """A step of the axis with the decimals it needs: steps are round, at the finest a quarter."""
    digits = len(f"{number:.2f}".rstrip("0").partition(".")[2])
    return paint.on_screen(format_number(Decimal(str(number)), digits=digits))


class ShareBars(Chart):
    """Horizontal bars of parts of a whole, each with its name and percentage."""

    TONES = ("accent", "info", "good", "warning", "muted", "bad")

    def __init__(self, name: str, *, label_width: int = 74, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._label_width = label_width
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        """Thirty pixels a line."""
        return QSize(280, 30 * max(len(self.values), 1))

    def minimumSizeHint(self) -> QSize:
        """On a small screen the lines stand closer; none is left out."""
        return QSize(180, 23 * max(len(self.values), 1))

    def area_of(self, position: int) -> QRectF:
        """The whole line."""
        height = min(30.0, self.height() / max(len(self.values), 1))
        return QRectF(0, height * position, self.width(), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, track, bar, percentage."""
        painter = QPainter(self)
        painter.setFont(font(TEXT))
        metrics = QFontMetricsF(painter.font())
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        figure = max((metrics.horizontalAdvance(v.shown) for v in self.values), default=30) + 8
        label = max([self._label_width, *(metrics.horizontalAdvance(v.label) + 12 for v in self.values)])
        label = min(label, self.width() * 0.45)
        top_value = max((v.value for v in self.values), default=1) or 1
        for position, value in enumerate(self.values):
            area = self.area_of(position)
            lead = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
            trail = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
            painter.setPen(color("accent" if self._lit(position) else "text"))
            name = paint.elided(painter, value.label, label - 8)
            painter.drawText(area, lead | _ABSOLUTE, name)
            painter.setPen(color("text"))
            painter.drawText(area, trail | _ABSOLUTE, value.shown)
            left = area.left() + (figure + 6 if rtl else label)
            track = QRectF(left, area.center().y() - 5, area.width() - label - figure - 6, 10)
            paint.box(painter, track, 5, color("sunken"))
            width = max(10.0, track.width() * value.value / top_value * 0.92)
            start = track.right() - width if rtl else track.left()
            tone = value.tone or self.TONES[position % len(self.TONES)]
            paint.box(painter, QRectF(start, track.top(), width, 10), 5, color(tone))
        painter.end()


class LineChart(Chart):
    """A line over time, with the line it is compared with in the muted colour."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setMinimumHeight(140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """As a bar chart."""
        return QSize(640, 200)

    def _steps(self) -> list[float]:
        return nice_steps(max((max(v.value, v.compared or 0) for v in self.values), default=1))

    def _plot(self) -> QRectF:
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        return QRectF(self.rect()).adjusted(8 if rtl else 36, 16, -36 if rtl else -8, -24)

    def _point(self, position: int, value: float) -> QPointF:
        plot = self._plot()
        share = position / max(len(self.values) - 1, 1)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            share = 1 - share
        return QPointF(
            plot.left() + plot.width() * share, plot.bottom() - plot.height() * value / self._steps()[-1]
        )

    def area_of(self, position: int) -> QRectF:
        """A strip around the point."""
        plot = self._plot()
        width = plot.width() / max(len(self.values) - 1, 1)
        x = self._point(position, 0).x()
        return QRectF(x - width / 2, plot.top(), width, plot.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, compared line, line, points, labels."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, steps = self._plot(), self._steps()
        painter.setFont(font(SMALL))
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for step in steps:
            y = round(plot.bottom() - plot.height() * step / steps[-1])
            painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), color("line"))
            painter.setPen(color("muted"))
            beside = QRectF(plot.right() + 6, y - 8, 30, 16) if rtl else QRectF(0, y - 8, plot.left() - 8, 16)
            side = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
            painter.drawText(beside, side | _ABSOLUTE, _short(step))
        every = max(1, ceil(len(self.values) / 12))
        for position, value in enumerate(self.values):
            if position % every == 0:
                x = self._point(position, 0).x()
                at = QRectF(x - 40, plot.bottom() + 6, 80, 16)
                painter.drawText(at, Qt.AlignmentFlag.AlignCenter, value.label)
        compared = [self._point(n, v.compared) for n, v in enumerate(self.values) if v.compared is not None]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(mix(tokens().surface, tokens().muted, 0.5)), 2))
        painter.drawPolyline(QPolygonF(compared))
        line = [self._point(n, v.value) for n, v in enumerate(self.values)]
        painter.setPen(_round_pen(2))
        painter.drawPolyline(QPolygonF(line))
        for position, point in enumerate(line):
            if self._lit(position):
                painter.setBrush(color("accent"))
                painter.setPen(QPen(color("surface"), 2))
                painter.drawEllipse(point, 5, 5)
        self._say_current(painter)
        painter.end()


class Sparkline(QWidget):
    """The run of a figure in a small line, with its target as a dotted one. It has no words: its tile says them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[float] = []
        self._target: float | None = None
        self.setMinimumHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: Sequence[float], target: float | None = None) -> None:
        """Another run."""
        self._values, self._target = list(values), target
        self.update()

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(130, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line, mirrored where time runs from right to left."""
        if len(self._values) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 3, -1, -3)
        known = [*self._values, *([self._target] if self._target is not None else [])]
        low, high = min(known), max(known)
        span = (high - low) or 1

        def y_of(value: float) -> float:
            return area.bottom() - (value - low) / span * area.height()

        step = area.width() / (len(self._values) - 1)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        points = [
            QPointF(area.right() - n * step if rtl else area.left() + n * step, y_of(value))
            for n, value in enumerate(self._values)
        ]
        if self._target is not None:
            painter.setPen(QPen(color("muted"), 1, Qt.PenStyle.DotLine))
            y = y_of(self._target)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(_round_pen(1.8))
        painter.drawPolyline(QPolygonF(points))
        painter.end()
