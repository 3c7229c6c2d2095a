"""Chips: a filter that is on or off, a choice among a few, a filter that opens a menu."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.theme import SECONDARY, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.layouts import FlowBox, show_if
from muniadmin.kernel.i18n import labelled

T = TypeVar("T")
HEIGHT = 28


class Chip(QAbstractButton):
    """A chip. With ``arrow`` it shows that it opens a menu; with ``removable`` a cross takes the filter away. ``cap``
    names a key to which somebody else listens."""

    removed = Signal()

    def __init__(
        self,
        text: str,
        *,
        on: bool = False,
        checkable: bool = False,
        arrow: bool = False,
        removable: bool = False,
        icon: str = "",
        cap: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._cap = cap
        self.setText(text)
        self.setAccessibleName(text)
        self.setProperty("radius", HEIGHT / 2)
        self.setCheckable(checkable or on)
        self.setChecked(on)
        self._fixed = on and not checkable
        self._arrow, self._removable, self._icon = arrow, removable, icon
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Another label."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_on(self, on: bool) -> None:
        """Shows the chip as a filter that works, or not."""
        self.setCheckable(True)
        self.setChecked(on)
        self.update()

    def set_removable(self, removable: bool) -> None:
        """Shows a cross that takes the filter away, or no longer."""
        self._removable = removable
        self.updateGeometry()
        self.update()

    def nextCheckState(self) -> None:
        """A chip that only shows a state does not change it by being pressed."""
        if not self._fixed and not self._arrow:
            super().nextCheckState()

    def sizeHint(self) -> QSize:
        """As wide as its text and signs."""
        width = QFontMetricsF(font(SECONDARY)).horizontalAdvance(self.text()) + 25
        width += 16 * (self._arrow or self._removable) + (0 if not self._icon else 18 if self.text() else 14)
        width += paint.key_cap_width(self._cap) + 2 if self._cap else 0
        return QSize(ceil(width), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its text."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaints under the pointer."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Repaints when the pointer has left."""
        super().leaveEvent(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The cross takes the filter away; anywhere else is a press."""
        if self._removable and self.rect().contains(event.position().toPoint()):
            at = event.position().x()
            at = self.width() - at if self.layoutDirection() is Qt.LayoutDirection.LeftToRight else at
            if at < 28:
                self.setDown(False)
                self.removed.emit()
                return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the filter away, Enter and Space press, Down opens the menu."""
        key = event.key()
        if self._removable and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (self._arrow and key == Qt.Key.Key_Down):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, icon, text, arrow or cross."""
        painter = QPainter(self)
        t = tokens()
        on, live = self.isChecked(), self.isEnabled()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        fill = QColor(t.accent_weak if on else t.hover if self.underMouse() and live else t.surface)
        edge = QColor(t.accent if on or self.hasFocus() else t.line)
        ink = QColor(t.accent if on else t.text if live else t.muted)
        area = QRectF(self.rect())
        paint.box(painter, area, HEIGHT / 2, fill, edge)
        content = area.adjusted(12, 0, -12, 0)
        sign = "x" if self._removable else "chevron-down" if self._arrow else ""
        if sign:
            at = QRectF(content.left() if rtl else content.right() - 12, area.center().y() - 6, 12, 12)
            icons.paint(painter, sign, at, ink)
            content.adjust(16 if rtl else 0, 0, 0 if rtl else -16, 0)
        if self._icon:
            at = QRectF(content.right() - 14 if rtl else content.left(), area.center().y() - 7, 14, 14)
            icons.paint(painter, self._icon, at, ink)
            content.adjust(0 if rtl else 18, 0, -18 if rtl else 0, 0)
        if self._cap:
            room = paint.key_cap_width(self._cap)
            at = QRectF(
                content.left() - 4 if rtl else content.right() - room + 4, area.top(), room, area.height()
            )
            paint.key_cap(painter, at, self._cap, ink=ink, edge=edge, fill=QColor(t.surface))
            content.adjust(room + 2 if rtl else 0, 0, 0 if rtl else -room - 2, 0)
        painter.setPen(ink)
        painter.setFont(font(SECONDARY))
        painter.drawText(content, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class ToggleChip(Chip):
    """A filter that is on or off."""

    chosen = Signal(object)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, checkable=True, parent=parent)
        self.clicked.connect(lambda: self.chosen.emit(self.isChecked()))

    def value(self) -> bool:
        """Whether it is on."""
        return self.isChecked()

    def set_value(self, on: bool) -> None:
        """Turns it on or off without a word to anybody."""
        self.set_on(on)

    def words(self) -> str:
        """What it says; empty while it is off."""
        return self.text() if self.isChecked() else ""


class GivenChip(Chip):
    """A filter that another page asked for: it is there as long as it is in force, and its cross takes it away."""

    chosen = Signal(object)

    def __init__(self, words: Callable[[Any], str], parent: QWidget | None = None) -> None:
        super().__init__("", on=True, removable=True, parent=parent)
        self._words = words
        self._value: Any = None
        self.hide()
        self.removed.connect(self._remove)
        self.clicked.connect(self._remove)

    def value(self) -> Any:
        """What is asked for; None for nothing."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Asks for something, or for nothing, without a word to anybody."""
        self._value = value
        self.set_text("" if value is None else self._words(value))
        show_if(self, value is not None)

    def words(self) -> str:
        """What it says."""
        return self.text()

    def _remove(self) -> None:
        self.set_value(None)
        self.chosen.emit(None)


class ChoiceChips(FlowBox, Generic[T]):
    """One choice among a few, always visible. Arrows move it, like radio buttons; Tab enters and leaves it.

    ``numbered`` shows on each the figure that chooses it, to which somebody else listens.
    """

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        choices: Sequence[tuple[T, str]],
        *,
        numbered: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName(name)
        self._values = [value for value, _text in choices]
        self._chips: list[Chip] = []
        for index, (_value, text) in enumerate(choices):
            chip = Chip(text, checkable=True, cap=str(index + 1) if numbered else "")
            chip.setAccessibleName(labelled(name, text))
            chip.setAutoExclusive(True)
            chip.clicked.connect(self._choose(index))
            chip.installEventFilter(self)
            self._chips.append(chip)
            self.add(chip)
        self.set_value(self._values[0])

    def value(self) -> T:
        """What is chosen."""
        return self._values[self._current()]

    def set_value(self, value: T) -> None:
        """Chooses ``value`` without a word to anybody."""
        for own, chip in zip(self._values, self._chips, strict=True):
            chip.setChecked(own == value)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus if own == value else Qt.FocusPolicy.NoFocus)

    def words(self) -> str:
        """What is chosen, with what the choice is about."""
        return self._chips[self._current()].accessibleName()

    def set_enabled(self, value: T, enabled: bool) -> None:
        """Offers one of the choices or not."""
        self._chips[self._values.index(value)].setEnabled(enabled)

    def _current(self) -> int:
        return next((i for i, chip in enumerate(self._chips) if chip.isChecked()), 0)

    def _choose(self, index: int) -> Callable[[], None]:
        def choose() -> None:
            self.set_value(self._values[index])
            self.chosen.emit(self._values[index])

        return choose

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Arrow keys move the choice in reading direction."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            forward, back = Qt.Key.Key_Right, Qt.Key.Key_Left
            if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                forward, back = back, forward
            step = {forward: 1, Qt.Key.Key_Down: 1, back: -1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                index = (self._current() + step) % len(self._chips)
                self._choose(index)()
                self._chips[index].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]
