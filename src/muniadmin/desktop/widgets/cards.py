"""The surfaces a page is made of."""

from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from muniadmin.desktop.theme import CARD_RADIUS, color, tokens
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import Part, column, row

_SCROLLING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Card(QFrame):
    """A white surface with a hairline around it. ``body`` is its column of parts, without margins of its own. One that
    has the keyboard itself is read: its keys scroll."""

    def __init__(
        self, *parts: Part, padding: int = 0, spacing: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        # One pixel at each side for the edge, two below for the shade under it.
        self.body = column(
            *parts, spacing=spacing, margins=(padding + 1, padding + 1, padding + 1, padding + 2)
        )
        self.setLayout(self.body)
        self.setProperty("ring", "true")
        self.setProperty("radius", CARD_RADIUS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, down and by pages through what scrolls on it."""
        scrolls = next((one for one in self.findChildren(Scroller) if one.isVisible()), None)
        if event.key() in _SCROLLING and self.hasFocus() and scrolls is not None:
            scrolls.scroll_by(event)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shade, surface, edge."""
        painter = QPainter(self)
        paint_card(painter, QRectF(self.rect()))
        painter.end()


def paint_card(painter: QPainter, area: QRectF) -> None:
    """Draws a card's surface into ``area``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    surface = area.adjusted(0.5, 0.5, -0.5, -1.5)
    shade = QColor("#000000")
    shade.setAlphaF(0.22 if tokens().dark else 0.05)
    # Round corners are slow to draw: only the strips that have some, and what lies between as the plain box it is.
    round_part = CARD_RADIUS + 2
    between = area.adjusted(0, round_part, 0, -round_part)
    painter.fillRect(between, color("line"))
    painter.fillRect(between.adjusted(1, 0, -1, 0), color("surface"))
    for y in (area.top(), area.bottom() - round_part):
        painter.setClipRect(QRectF(area.left(), y, area.width(), round_part))
        painter.setPen(QPen(shade, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(surface.translated(0, 1), CARD_RADIUS, CARD_RADIUS)
        painter.setPen(QPen(color("line"), 1))
        painter.setBrush(color("surface"))
        painter.drawRoundedRect(surface, CARD_RADIUS, CARD_RADIUS)
    painter.restore()


def paint_above(painter: QPainter, area: QRect) -> None:
    """Draws the surface of what lies above the window, as menus have theirs: without round corners, which would be
    black on screens that cannot see through windows."""
    painter.fillRect(area, color("line"))
    painter.fillRect(area.adjusted(1, 1, -1, -1), color("surface"))


class DetailCard(Card):
    """A card about the row in hand. What it holds scrolls; as long as no row is chosen, a hint stands in its place."""

    def hold(self, content: QVBoxLayout, hint: str) -> None:
        """Takes its content and the hint, which is what stands there at first."""
        held = QWidget()
        held.setLayout(content)
        self._held = Scroller(held)
        words = Text(hint, Role.MUTED, wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint = QWidget()
        self._hint.setLayout(column(None, words, None, margins=(32, 24, 32, 24)))
        self.body.addWidget(self._held, 1)
        self.body.addWidget(self._hint, 1)
        self.show_held(shown=False)

    def show_held(self, *, shown: bool) -> None:
        """Shows what it holds, or the hint."""
        self._held.setVisible(shown)
        self._hint.setVisible(not shown)


class Section(QWidget):
    """A part of a card with a heading, and what belongs at the heading's far end."""

    def __init__(self, title: str, *parts: Part, aside: QWidget | None = None, padding: int = 16) -> None:
        super().__init__()
        head = QHBoxLayout()
        head.setSpacing(8)
        self.heading = Text(title, Role.HEADING)
        head.addWidget(self.heading)
        head.addStretch(1)
        if aside is not None:
            head.addWidget(aside)
        self.body: QVBoxLayout = column(head, *parts, spacing=8, margins=(padding, padding, padding, padding))
        self.setLayout(self.body)


class Scroller(QScrollArea):
    """A column that scrolls when it is higher than its place, and never sideways. Content at whose edges controls stand
    keeps the width of the focus ring free there."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        # Only text and controls take the focus, the area itself does not.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def scroll_by(self, event: QKeyEvent) -> None:
        """Scrolls by a key that came to what it lies on."""
        super().keyPressEvent(event)


class Bar(QWidget):
    """A strip along a card's foot or head, with a hairline towards the card."""

    def __init__(self, *parts: Part, top: bool = False, height: int = 50, padding: int = 16) -> None:
        super().__init__()
        self._top = top
        self.setFixedHeight(height)
        self._line = row(*parts, spacing=12, margins=(padding, 0, padding, 0))
        self.setLayout(self._line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The hairline."""
        painter = QPainter(self)
        y = self.height() - 1 if self._top else 0
        painter.fillRect(0, y, self.width(), 1, color("line"))
        painter.end()


class WordsAndKeys(Bar):
    """A card's foot: what is said about the list at one end, its keys at the other, which leave where there is no room
    for both."""

    def __init__(self, words: Text, keys: Text, *, height: int) -> None:
        super().__init__(words, keys, height=height)
        self._line.setStretch(0, 1)
        self._words, self._keys = words, keys

    def event(self, event: QEvent) -> bool:
        """Other words, or another width: other room."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            needed = self._words.fontMetrics().horizontalAdvance(self._words.text())
            needed += self._keys.sizeHint().width() + self._line.spacing()
            self._keys.setVisible(needed <= self._line.contentsRect().width())
        return super().event(event)
