"""Buttons: one primary on a page, the others secondary; quiet ones inside cards; red ones for what cannot be undone."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.theme import CONTROL, RADIUS, SECTION, TEXT, Tone, color, font, mix, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.cards import Card

_WITH_OTHERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Kind(StrEnum):
    """How loud a button is."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    DANGER = "danger"


class Button(QPushButton):
    """A button that shows its key, an icon, a count, and an arrow when it opens a menu.

    ``key`` is shown on a cap and in the tool tip; the shortcut itself is set here too unless ``bind`` is false
    (when a page-wide action already listens to it).
    """

    def __init__(
        self,
        text: str,
        kind: Kind = Kind.SECONDARY,
        *,
        key: str = "",
        icon: str = "",
        count: str = "",
        large: bool = False,
        small: bool = False,
        bind: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.kind = kind
        self._key = key
        self._icon = icon
        self._count = count
        self._large = large
        self._small = small
        self.setAccessibleName(text)
        # A click leaves the focus where the user types; Tab still reaches the button.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        if key:
            if bind:
                self._bind(key)
            self.setToolTip(f"{text} ({paint.key_text(key)})")

    def set_key(self, key: str) -> None:
        """Shows another key on the cap; somebody else listens to it."""
        self._key = key
        self.setToolTip(f"{self.text()} ({paint.key_text(key)})" if key else self.text())
        self.updateGeometry()
        self.update()

    def _bind(self, key: str) -> None:
        # A shortcut of Qt's button would wait a tenth of a second for its own animation.
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(self.click)

    def setEnabled(self, enabled: bool) -> None:
        """Where a button with the keyboard can do no more, the keyboard goes to the card it stands in: Qt would take it
        on to the next control, which may be one at the other end of the window."""
        if not enabled and self.isEnabled() and self.window().focusWidget() is self:
            place = self.parentWidget()
            while place is not None and not isinstance(place, Card):
                place = place.parentWidget()
            if place is not None:
                place.setFocus(Qt.FocusReason.OtherFocusReason)
        super().setEnabled(enabled)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, and no other one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _WITH_OTHERS:
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)

    def set_count(self, count: str) -> None:
        """Shows ``count`` on a small pill after the text; empty hides it."""
        self._count = count
        self.updateGeometry()
        self.update()

    def set_text(self, text: str) -> None:
        """Another label, on screen and for screen readers."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._font())

    def _font(self) -> QFont:
        loud = self.kind in (Kind.PRIMARY, Kind.DANGER)
        return font(SECTION if self._large else TEXT, semibold=loud)

    def _content_width(self) -> float:
        width = self._metrics().horizontalAdvance(self.text()) if self.text() else 0
        if self._icon:
            width += 16 + (8 if self.text() else 0)
        if self._count:
            width += paint.pill_width(self._count) + 8
        if self._key:
            width += paint.key_cap_width(self._key) + 8
        if self.menu() is not None:
            width += 18
        return width

    def sizeHint(self) -> QSize:
        """As wide as the text needs."""
        padding = (8 if self.kind is Kind.QUIET else 11 if self._small else 15) if self.text() else 8
        height = 48 if self._large else 30 if self._small else CONTROL
        return QSize(round(self._content_width() + 2 * padding), height)

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

    def _colors(self) -> tuple[QColor | None, QColor | None, QColor]:
        t = tokens()
        hover, down = self.underMouse() and self.isEnabled(), self.isDown()
        if self.kind in (Kind.PRIMARY, Kind.DANGER):
            fill = t.accent if self.kind is Kind.PRIMARY else t.bad
            ink = t.on_accent if self.kind is Kind.PRIMARY else (t.background if t.dark else "#FFFFFF")
            if not self.isEnabled():
                fill, ink = mix(t.sunken, t.line, 0.5), t.muted
            elif down or hover:
                fill = mix(fill, t.text, 0.16 if down else 0.08)
            return QColor(fill), None, QColor(ink)
        fill = mix(t.surface, t.text, 0.09) if down else t.hover if hover else t.surface
        ink = t.text if self.isEnabled() else mix(t.muted, t.surface, 0.35)
        if self.kind is Kind.QUIET:
            return (
                (QColor(fill) if hover or down else None),
                None,
                QColor(t.accent if self.isEnabled() else ink),
            )
        edge = t.accent if self.hasFocus() else t.line
        return QColor(fill), QColor(edge), QColor(ink)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, icon, text, count, key cap, arrow: in reading direction, centred."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        fill, edge, ink = self._colors()
        area = QRectF(self.rect())
        paint.box(painter, area, RADIUS, fill, edge)
        x = (area.width() - self._content_width()) / 2
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft

        def place(width: float) -> QRectF:
            nonlocal x
            left = area.width() - x - width if rtl else x
            x += width + 8
            return QRectF(left, 0, width, area.height())

        if self._icon:
            at = place(16)
            icons.paint(painter, self._icon, QRectF(at.left(), at.center().y() - 8, 16, 16), ink)
        if self.text():
            painter.setFont(self._font())
            painter.setPen(ink)
            painter.drawText(
                place(self._metrics().horizontalAdvance(self.text())),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine,
                self.text(),
            )
        if self._count:
            paint.pill(painter, place(paint.pill_width(self._count)), self._count, Tone.WARNING)
        if self._key:
            loud = self.kind in (Kind.PRIMARY, Kind.DANGER)
            paint.key_cap(
                painter,
                place(paint.key_cap_width(self._key)),
                self._key,
                ink=ink if loud else color("muted"),
                edge=ink if loud else color("line"),
                fill=None if loud else color("surface"),
            )
        if self.menu() is not None:
            icons.paint(
                painter,
                "chevron-down",
                place(14).adjusted(0, area.height() / 2 - 7, 0, 7 - area.height() / 2),
                ink,
            )
        painter.end()


class IconButton(Button):
    """A small square button with an icon only; its name is in the tool tip and for screen readers."""

    def __init__(
        self, icon: str, name: str, *, key: str = "", size: int = 30, parent: QWidget | None = None
    ) -> None:
        self._side = size
        super().__init__("", Kind.QUIET, icon=icon, parent=parent)
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({paint.key_text(key)})" if key else name)
        if key:
            self._bind(key)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._side, self._side)

    def _colors(self) -> tuple[QColor | None, QColor | None, QColor]:
        fill, edge, _ink = super()._colors()
        return fill, edge, color("text" if self.underMouse() else "muted")


class LinkButton(Button):
    """Words that lead somewhere: an accent-coloured text without a box."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, Kind.QUIET, parent=parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """No padding, so that it lines up with the text above it."""
        return QSize(round(self._content_width()), 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, underlined under the pointer or with the focus."""
        painter = QPainter(self)
        face = font(TEXT)
        face.setUnderline(self.underMouse() or self.hasFocus())
        painter.setFont(face)
        painter.setPen(color("accent") if self.isEnabled() else color("muted"))
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, self.text()
        )
        painter.end()
