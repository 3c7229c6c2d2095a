"""The side bar: the pages the user may see, their keys, and what waits on each."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.desktop.theme import RADIUS, SIDE_BAR, SMALL, TEXT, Tone, color, font, mix, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.layouts import column
from muniadmin.kernel.i18n import _


class SideItem(QAbstractButton):
    """One page."""

    moved = Signal(int)

    def __init__(self, spec: PageSpec) -> None:
        super().__init__()
        self.spec = spec
        self._badge = ""
        self.setText(spec.name)
        self.setAccessibleName(spec.name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if spec.key:
            self.setToolTip(f"{spec.name} ({paint.key_text(spec.key)})")

    def set_badge(self, count: str) -> None:
        """How many things wait there; empty for none."""
        self._badge = count
        self.setAccessibleName(f"{self.spec.name}, {count}" if count else self.spec.name)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the bar."""
        return QSize(SIDE_BAR - 1, 34)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Lights up."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Calms down."""
        super().leaveEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move along the bar, Enter opens."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self.moved.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page's icon and name, its badge and key; the current one on the weak accent with a bar at the edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        t = tokens()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        current = self.isChecked()
        whole = QRectF(self.rect())
        pad = whole.adjusted(8, 0, -8, 0)
        if current:
            paint.box(painter, pad, RADIUS, QColor(t.accent_weak))
            bar = QRectF(whole.right() - 2 if rtl else -3, 7, 6, 20)
            paint.box(painter, bar, 3, QColor(t.accent))
        elif self.underMouse():
            paint.box(painter, pad, RADIUS, QColor(mix(t.surface, t.text, 0.04)))
        if self.hasFocus():
            paint.box(painter, pad, RADIUS, None, QColor(t.accent))
        ink = QColor(t.accent if current else t.text)
        icon_ink = QColor(t.accent if current else t.muted)
        at = QRectF(whole.right() - 34 if rtl else 18, 9, 16, 16)
        icons.paint(painter, self.spec.icon, at, icon_ink)
        badge = max(20.0, paint.pill_width(self._badge) - 2) if self._badge else 0.0
        room = 60 + badge if self.spec.key else 44 + badge
        name = whole.adjusted(room, 0, -44, 0) if rtl else whole.adjusted(44, 0, -room, 0)
        painter.setFont(font(TEXT, semibold=current))
        painter.setPen(ink)
        lead = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        trail = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
        vertical = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(name, lead | vertical, paint.elided(painter, self.spec.name, name.width()))
        end = whole.adjusted(18, 0, -18, 0)
        if self.spec.key:
            key = paint.key_text(self.spec.key)
            painter.setFont(font(SMALL, semibold=current))
            painter.setPen(QColor(t.accent if current else t.muted))
            painter.drawText(end, trail | vertical, key)
            taken = painter.fontMetrics().horizontalAdvance(key) + 8
            end = end.adjusted(taken, 0, 0, 0) if rtl else end.adjusted(0, 0, -taken, 0)
        if self._badge:
            spot = QRectF(end.left() if rtl else end.right() - badge, end.top(), badge, end.height())
            painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            paint.pill(painter, spot, self._badge, Tone.ACCENT if current else Tone.NEUTRAL)
        painter.end()


class SideBar(QWidget):
    """The list of pages."""

    opened = Signal(str)

    def __init__(self, specs: Sequence[PageSpec]) -> None:
        super().__init__()
        self.setFixedWidth(SIDE_BAR)
        self.setAccessibleName(_("Pages"))
        self.items = {spec.id: SideItem(spec) for spec in specs}
        for item in self.items.values():
            item.clicked.connect(lambda _checked=False, page_id=item.spec.id: self.opened.emit(page_id))
            item.moved.connect(lambda step, page_id=item.spec.id: self._move(page_id, step))
        self.setLayout(column(*self.items.values(), None, spacing=2, margins=(0, 12, 1, 12)))

    def set_current(self, page_id: str) -> None:
        """Marks the page in front."""
        for item in self.items.values():
            # Exclusive buttons cannot all be off; a page that is not in the bar needs just that.
            item.setAutoExclusive(False)
            item.setChecked(item.spec.id == page_id)
            item.setAutoExclusive(True)
            item.setFocusPolicy(Qt.FocusPolicy.TabFocus if item.isChecked() else Qt.FocusPolicy.NoFocus)

    def set_badge(self, page_id: str, count: int) -> None:
        """Shows how many things wait on a page."""
        if page_id in self.items:
            self.items[page_id].set_badge(str(count) if count else "")

    def _move(self, page_id: str, step: int) -> None:
        order = list(self.items)
        item = self.items[order[(order.index(page_id) + step) % len(order)]]
        item.setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface and the hairline towards the page."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        painter.fillRect(0 if rtl else self.width() - 1, 0, 1, self.height(), color("line"))
        painter.end()
