"""One choice among two to four that need a sentence each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.theme import CARD_RADIUS, SECONDARY, TEXT, color, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.layouts import column

T = TypeVar("T")


@dataclass(frozen=True)
class Choice(Generic[T]):
    """A value, and how it is offered."""

    value: T
    icon: str
    title: str
    text: str


class _ChoiceCard(QAbstractButton):
    def __init__(self, icon: str, title: str, text: str) -> None:
        super().__init__()
        self._icon, self._title, self._text = icon, title, text
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(380, 70)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        t = tokens()
        on, rtl = self.isChecked(), self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        area = QRectF(self.rect())
        edge = QColor(t.accent if on else t.muted if self.underMouse() else t.line)
        paint.box(painter, area, CARD_RADIUS, QColor(t.accent_weak if on else t.surface), edge)
        icon_at = QRectF(area.right() - 38 if rtl else 16, area.center().y() - 11, 22, 22)
        icons.paint(painter, self._icon, icon_at, color("accent" if on else "muted"))
        words = area.adjusted(44, 13, -54, -13) if rtl else area.adjusted(54, 13, -44, -13)
        lead = (
            Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        ) | Qt.AlignmentFlag.AlignAbsolute
        painter.setPen(color("text"))
        painter.setFont(font(TEXT, semibold=True))
        painter.drawText(
            words, lead | Qt.AlignmentFlag.AlignTop, paint.elided(painter, self._title, words.width())
        )
        painter.setPen(color("muted"))
        painter.setFont(font(SECONDARY))
        painter.drawText(
            words, lead | Qt.AlignmentFlag.AlignBottom, paint.elided(painter, self._text, words.width())
        )
        spot = QRectF(14 if rtl else area.right() - 32, area.center().y() - 9, 18, 18)
        painter.setPen(QPen(color("accent") if on else QColor(t.line_strong), 1.4))
        painter.setBrush(color("surface"))
        painter.drawEllipse(spot)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("accent"))
            painter.drawEllipse(spot.adjusted(4.5, 4.5, -4.5, -4.5))
        painter.end()


class ChoiceCards(QWidget, Generic[T]):
    """The choices one below the other. Arrows move, like radio buttons."""

    chosen = Signal(object)

    def __init__(self, name: str, choices: Sequence[Choice[T]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._values = [choice.value for choice in choices]
        self._cards = [_ChoiceCard(choice.icon, choice.title, choice.text) for choice in choices]
        for number, card in enumerate(self._cards):
            card.clicked.connect(lambda _checked=False, n=number: self._choose(n))
            card.installEventFilter(self)
        self.setLayout(column(*self._cards, spacing=10))
        self.set_value(self._values[0])

    def value(self) -> T:
        """What is chosen."""
        return self._values[next((n for n, card in enumerate(self._cards) if card.isChecked()), 0)]

    def set_value(self, value: T) -> None:
        """Chooses without a word to anybody."""
        for own, card in zip(self._values, self._cards, strict=True):
            card.setChecked(own == value)
            card.setFocusPolicy(Qt.FocusPolicy.StrongFocus if own == value else Qt.FocusPolicy.ClickFocus)

    def take_focus(self) -> None:
        """Puts the keyboard on the chosen card."""
        self._cards[self._values.index(self.value())].setFocus(Qt.FocusReason.TabFocusReason)

    def _choose(self, number: int) -> None:
        self.set_value(self._values[number])
        self.chosen.emit(self._values[number])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move the choice."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                number = (self._values.index(self.value()) + step) % len(self._cards)
                self._choose(number)
                self._cards[number].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)
