"""The strip along the top: whose program this is, the one search box, the till, the user."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from muniadmin.desktop.theme import HEADER, RADIUS, SIDE_BAR, TEXT, Tone, color, font, mix, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.labels import ElidedText, Role
from muniadmin.desktop.widgets.layouts import column, row, show_if
from muniadmin.kernel.i18n import _


@dataclass(frozen=True)
class TillState:
    """What the header says of the user's till."""

    text: str
    amount: str = ""
    tone: Tone = Tone.GOOD
    more: str = ""


class TillButton(QAbstractButton):
    """The till's state: a dot, a word, the amount. Pressing it leads to the cash desk."""

    def __init__(self) -> None:
        super().__init__()
        self._state = TillState("")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_state(self, state: TillState) -> None:
        """Another state."""
        self._state = state
        self.setAccessibleName(f"{self._state.text} {self._state.amount}".strip())
        self.setAccessibleDescription(self._state.more)
        self.setToolTip(self._state.more)
        show_if(self, True)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as what it says."""
        width = QFontMetricsF(font(TEXT)).horizontalAdvance(self._state.text) + 40
        if self._state.amount:
            amount = paint.on_screen(self._state.amount)
            width += QFontMetricsF(font(TEXT, semibold=True)).horizontalAdvance(amount) + 8
        return QSize(round(width), 34)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Lights up."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Calms down."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dot, word, amount."""
        painter = QPainter(self)
        t = tokens()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        area = QRectF(self.rect())
        edge = QColor(t.accent if self.hasFocus() else t.line)
        paint.box(painter, area, RADIUS, QColor(t.hover if self.underMouse() else t.surface), edge)
        dot = QRectF(area.right() - 21 if rtl else 13, area.center().y() - 4, 8, 8)
        paint.box(painter, dot, 4, QColor(t.strong(self._state.tone)))
        content = area.adjusted(13, 0, -28, 0) if rtl else area.adjusted(28, 0, -13, 0)
        lead = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        trail = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
        vertical = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.setPen(QColor(t.text))
        painter.setFont(font(TEXT))
        painter.drawText(content, lead | vertical, self._state.text)
        painter.setFont(font(TEXT, semibold=True))
        painter.drawText(content, trail | vertical, paint.on_screen(self._state.amount))
        painter.end()


class UserButton(QAbstractButton):
    """The user's initials; pressing opens their menu."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._letters = paint.initials(name)
        self.setAccessibleName(_("Menu of {name}").format(name=name))
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(28, 28)
        self.setProperty("ring", "none")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The letters on the weak accent; with the keyboard, in a ring."""
        painter = QPainter(self)
        t = tokens()
        fill = mix(t.accent_weak, t.accent, 0.12) if self.underMouse() or self.hasFocus() else t.accent_weak
        paint.box(
            painter, QRectF(self.rect()), 14, QColor(fill), QColor(t.accent) if self.hasFocus() else None
        )
        painter.setPen(QColor(t.accent))
        painter.setFont(font(12, semibold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letters)
        painter.end()


class HeaderBar(QWidget):
    """``searched`` gives what was typed or scanned; ``menu_wanted`` where the user's menu belongs."""

    searched = Signal(str)
    menu_wanted = Signal(QPoint)
    till_pressed = Signal()

    def __init__(self, mark: QWidget, municipality: str, department: str, user: str) -> None:
        super().__init__()
        self.setFixedHeight(HEADER)
        names = column(
            None, ElidedText(municipality, Role.STRONG), ElidedText(department, Role.SMALL), None, spacing=0
        )
        whose = QWidget()
        whose.setFixedWidth(SIDE_BAR + 28)
        inner = row(mark, spacing=16)
        inner.addLayout(names, 1)
        whose.setLayout(inner)
        self.search = SearchField(
            _("Search or scan"),
            placeholder=_("Search a name, a number, a plate, or scan…"),
            key="Ctrl+K",
            sunken=True,
        )
        self.search.setMaximumWidth(640)
        self.search.setMinimumWidth(240)
        self.search.returnPressed.connect(self._search)
        self.till = TillButton()
        self.till.clicked.connect(self.till_pressed)
        self.user = UserButton(user)
        self.user.clicked.connect(self._menu)
        line = row(whose, spacing=0, margins=(16, 0, 16, 1))
        line.addWidget(self.search, 8)
        line.addStretch(1)
        line.addSpacing(16)
        line.addWidget(self.till)
        line.addSpacing(16)
        line.addWidget(self.user)
        self.setLayout(line)

    def _search(self) -> None:
        text = self.search.text().strip()
        if text:
            self.searched.emit(text)

    def _menu(self) -> None:
        corner = QPoint(self.user.width(), self.user.height() + 6)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            corner.setX(0)
        self.menu_wanted.emit(self.user.mapToGlobal(corner))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface and the hairline below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("line"))
        painter.end()
