"""What several painted widgets draw alike: rounded boxes, key caps, state pills, tick boxes, initials."""

import re

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeySequence, QPainter, QPainterPath, QPen

from muniadmin.desktop.theme import SMALL, Tone, color, font, mix, tokens
from muniadmin.kernel.i18n import _

PILL_HEIGHT = 20
KEY_CAP_HEIGHT = 20
TICK_SIZE = 16


def box(
    painter: QPainter, area: QRectF, radius: float, fill: QColor | None, edge: QColor | None = None
) -> None:
    """A rounded box whose one-pixel edge lies inside ``area``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, 1) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(fill or Qt.BrushStyle.NoBrush)
    inset = 0.5 if edge else 0
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), radius, radius)


def key_text(key: str) -> str:
    """A key as it is written on a cap: the word of the user's keyboard for Enter, Esc and the space bar."""
    words = {"Return": _("Enter"), "Esc": _("Esc"), "Space": _("Space")}
    held, _plus, last = key.rpartition("+")
    if last in words:
        # How Ctrl and Shift are called is Qt's to say.
        names = (
            QKeySequence(f"{held}+A").toString(QKeySequence.SequenceFormat.NativeText)[:-1] if held else ""
        )
        return names.replace("+", " ") + words[last]
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")


def key_cap_width(key: str) -> float:
    """The width of the drawn key cap."""
    return max(KEY_CAP_HEIGHT, QFontMetricsF(font(SMALL)).horizontalAdvance(key_text(key)) + 13)


def key_cap(
    painter: QPainter, area: QRectF, key: str, *, ink: QColor, edge: QColor, fill: QColor | None
) -> None:
    """A key's name in a small cap, centred in ``area`` vertically."""
    cap = QRectF(area.left(), area.center().y() - KEY_CAP_HEIGHT / 2, area.width(), KEY_CAP_HEIGHT)
    box(painter, cap, 4, fill, edge)
    painter.setPen(ink)
    painter.setFont(font(SMALL, semibold=fill is None))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key_text(key))


def pill_width(text: str, size: int = SMALL) -> float:
    """The width of the drawn pill."""
    return QFontMetricsF(font(size)).horizontalAdvance(text) + 18


def pill(
    painter: QPainter, area: QRectF, text: str, tone: Tone, size: int = SMALL, *, selected: bool = False
) -> None:
    """A state's word on its weak colour, as high as a pill is, at the leading edge of ``area``.

    In a selected row it has an edge: the weak green could not be told from the weak accent.
    """
    width = min(pill_width(text, size), area.width())
    left = (
        area.left() if painter.layoutDirection() is Qt.LayoutDirection.LeftToRight else area.right() - width
    )
    place = QRectF(left, area.center().y() - PILL_HEIGHT / 2, width, PILL_HEIGHT)
    edge = QColor(mix(tokens().weak(tone), tokens().strong(tone), 0.4)) if selected else None
    box(painter, place, PILL_HEIGHT / 2, QColor(tokens().weak(tone)), edge)
    painter.setPen(QColor(tokens().strong(tone)))
    painter.setFont(font(size))
    shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width - 14)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)


def tick_box(
    painter: QPainter,
    at: QPointF,
    *,
    ticked: bool,
    partly: bool = False,
    enabled: bool = True,
    hover: bool = False,
) -> None:
    """A tick box of 16 px whose top left corner is ``at``."""
    area = QRectF(at.x(), at.y(), TICK_SIZE, TICK_SIZE)
    t = tokens()
    if not (ticked or partly):
        edge = QColor(t.accent if hover else t.line_strong)
        if not enabled:
            edge = color("line")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1.4))
        painter.setBrush(color("surface") if enabled else color("sunken"))
        painter.drawRoundedRect(area.adjusted(0.7, 0.7, -0.7, -0.7), 3.5, 3.5)
        return
    box(painter, area, 4, QColor(t.accent if enabled else t.line_strong))
    painter.setPen(
        QPen(
            color("on_accent"), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        )
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if partly:
        painter.drawLine(area.topLeft() + QPointF(4.5, 8), area.topLeft() + QPointF(11.5, 8))
        return
    mark = QPainterPath(area.topLeft() + QPointF(4, 8.4))
    mark.lineTo(area.topLeft() + QPointF(6.9, 11.2))
    mark.lineTo(area.topLeft() + QPointF(12, 5.2))
    painter.drawPath(mark)


def initials(name: str) -> str:
    """The letters that stand for a person or body: Amina Bennani is AB."""
    words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def on_screen(text: str) -> str:
    """``text`` with the narrow blanks between thousands widened: at 13 pixels they can hardly be seen."""
    return text.replace("\u202f", "\u00a0")


def unbroken(text: str) -> str:
    """``text`` with hyphens inside words and numbers at which no line ends: half a receipt's number is none."""
    return re.sub(r"(?<=\w)-(?=\w)", "\u2011", text)


def elided(painter: QPainter, text: str, width: float) -> str:
    """``text``, with its end left out where it does not fit the painter's font in ``width``."""
    return QFontMetricsF(painter.font()).elidedText(on_screen(text), Qt.TextElideMode.ElideRight, width)
