"""Controls to type and choose in: text, password, search, choice, tick box, several lines."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from muniadmin.desktop import icons
from muniadmin.desktop.theme import SECONDARY, TEXT, color, font, mix, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.buttons import IconButton
from muniadmin.kernel.i18n import _

T = TypeVar("T")
_NARROW_CHOICE = 180


class TextField(QLineEdit):
    """A line of text. ``hint`` stays visible at the far end while there is room; ``key`` is shown as a cap there.

    A field that asks for a code says which by ``asks_for_code``; all others are left alone by the scanner.
    """

    code_put = Signal(str)

    def __init__(
        self,
        name: str,
        *,
        placeholder: str = "",
        hint: str = "",
        key: str = "",
        icon: str = "",
        scale: str = "",
        sunken: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._hint, self._key, self._icon = hint, key, icon
        self._takes_code: Callable[[str, bool], bool] | None = None
        if scale:
            self.setProperty("scale", scale)
        if sunken:
            self.setProperty("look", "sunken")
        self._lead_room, self._trail_room = (22 if icon else 0), 0
        self.setPlaceholderText(placeholder)
        if hint:
            self.textChanged.connect(lambda _text: self._set_rooms())
        self.setClearButtonEnabled(False)

    def asks_for_code(self, which: Callable[[str, bool], bool]) -> None:
        """A scan is typed here when ``which`` agrees, which is told the text and whether it is one of our numbers."""
        self._takes_code = which

    def takes_code(self, text: str, *, ours: bool) -> bool:
        """Whether this is what a scan may be typed into."""
        return self._takes_code is not None and self._takes_code(text, ours)

    def put_code(self, text: str) -> None:
        """Types what was scanned in place of what stood here."""
        self.setText(text)
        self.textEdited.emit(text)
        self.code_put.emit(text)

    def keep_room(self, trailing: int) -> None:
        """Keeps room at the far end for a button."""
        self._trail_room = trailing
        self._set_rooms()

    def _set_rooms(self) -> None:
        trail = self._trail_room + self._hint_room()
        # The margins of a line of text are not mirrored by Qt.
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            self.setTextMargins(trail, 0, self._lead_room, 0)
        else:
            self.setTextMargins(self._lead_room, 0, trail, 0)

    def _hint_room(self) -> int:
        """What the hint takes from a placeholder, which is cut rather than leaving nobody to say what it is."""
        if not self._hint or self.text() or not self.placeholderText():
            return 0
        room = round(QFontMetricsF(font(SECONDARY)).horizontalAdvance(self._hint)) + 12
        return room if 2 * room < self.width() else 0

    def setPlaceholderText(self, text: str) -> None:
        """Another placeholder, beside the hint."""
        super().setPlaceholderText(text)
        self._set_rooms()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hint has its room where there is enough."""
        super().resizeEvent(event)
        self._set_rooms()

    def changeEvent(self, event: QEvent) -> None:
        """Keeps the rooms at their ends when the page turns."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._set_rooms()

    def set_problem(self, problem: bool) -> None:
        """Shows the edge in red, or no longer."""
        if self.property("problem") == ("true" if problem else "false"):
            return
        self.setProperty("problem", "true" if problem else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def is_blank(self) -> bool:
        """Whether nothing but blanks is typed."""
        return not self.text().strip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, its icon, and the hint or key where the typed text leaves room."""
        super().paintEvent(event)
        painter = QPainter(self)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        area = QRectF(self.rect()).adjusted(13, 0, -13, 0)
        if self._icon:
            at = QRectF(area.right() - 14 if rtl else area.left() - 1, area.center().y() - 8, 16, 16)
            icons.paint(painter, self._icon, at, color("muted"))
        typed = QFontMetricsF(self.font()).horizontalAdvance(self.text() or self.placeholderText())
        room = area.width() - typed - 24 - self._lead_room - self._trail_room
        room = max(room, self._hint_room())
        if self._key and room > paint.key_cap_width(self._key):
            width = paint.key_cap_width(self._key)
            at = QRectF(area.left() if rtl else area.right() - width, area.top(), width, area.height())
            paint.key_cap(
                painter, at, self._key, ink=color("muted"), edge=color("line"), fill=color("surface")
            )
        elif self._hint:
            painter.setFont(font(SECONDARY))
            if room > QFontMetricsF(painter.font()).horizontalAdvance(self._hint):
                painter.setPen(color("muted"))
                side = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
                painter.drawText(
                    area, side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, self._hint
                )
        painter.end()


class PasswordField(TextField):
    """A password: dots, with an eye to see what is typed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        # A badge holds what its owner would type; a paper of ours is none.
        self.asks_for_code(lambda _text, ours: not ours)
        self.eye = IconButton("eye", _("Show the password"), parent=self)
        self.eye.setCheckable(True)
        # Whoever types one goes on to the next field, not to the eye.
        self.eye.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.eye.toggled.connect(self._show)
        self.keep_room(26)

    def _show(self, visible: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if visible else QLineEdit.EchoMode.Password)

    def resizeEvent(self, event: Any) -> None:
        """Keeps the eye at the far end."""
        super().resizeEvent(event)
        side = self.eye.sizeHint().width()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.eye.setGeometry(2 if rtl else self.width() - side - 2, (self.height() - side) // 2, side, side)


class SearchField(TextField):
    """A search. Esc empties it; the down arrow asks for the list below it, Ctrl+A for all of it while it is empty."""

    moved_down = Signal()
    all_wanted = Signal()

    def __init__(
        self,
        name: str,
        *,
        placeholder: str = "",
        hint: str = "",
        key: str = "",
        scale: str = "",
        sunken: bool = False,
    ) -> None:
        super().__init__(
            name,
            placeholder=placeholder or name,
            hint=hint,
            key=key,
            icon="" if scale == "scan" else "search",
            scale=scale,
            sunken=sunken,
        )
        if key:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(self.take_focus)

    def take_focus(self) -> None:
        """Puts the cursor here with everything marked, so that the next scan replaces it."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties, Down moves on; Ctrl+A, where nothing is typed that it could mark, is about what is listed."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            # Whoever waits for the end of typing hears that this was typed, too.
            self.textEdited.emit("")
            event.accept()
        elif event.key() == Qt.Key.Key_Down:
            self.moved_down.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll) and not self.text():
            self.all_wanted.emit()
        else:
            super().keyPressEvent(event)


class TextArea(QPlainTextEdit):
    """Several lines of text. Tab leaves it, as in every other field."""

    def __init__(self, name: str, *, lines: int = 3, placeholder: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 22)

    def text(self) -> str:
        """What is typed."""
        return self.toPlainText()

    def set_problem(self, problem: bool) -> None:
        """Shows the edge in red, or no longer."""
        self.setProperty("problem", "true" if problem else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def is_blank(self) -> bool:
        """Whether nothing but blanks is typed."""
        return not self.toPlainText().strip()


class _Lines(QStyledItemDelegate):
    """The lines of an open choice."""

    def sizeHint(self, option: Any, index: Any) -> QSize:
        return QSize(super().sizeHint(option, index).width() + 16, 32)


class ComboBox(QComboBox, Generic[T]):
    """One choice among several, each with a value. Typing jumps to it."""

    chosen = Signal(object)

    def __init__(self, name: str, choices: Sequence[tuple[T, str]] = (), *, placeholder: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setItemDelegate(_Lines(self))
        self.setMaxVisibleItems(12)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._values: list[T] = []
        self.set_choices(choices)
        self.activated.connect(lambda _index: self.chosen.emit(self.value()))

    def set_choices(self, choices: Sequence[tuple[T, str]]) -> None:
        """Other choices; what was chosen stays so if it is still there."""
        before = self.value()
        self.clear()
        self._values = [value for value, _text in choices]
        self.addItems([text for _value, text in choices])
        self.setCurrentIndex(-1 if self.placeholderText() else 0)
        self.updateGeometry()
        if before is not None and before in self._values:
            self.set_value(before)

    def value(self) -> T | None:
        """What is chosen, or None while nothing is."""
        index = self.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    def set_value(self, value: T | None) -> None:
        """Chooses ``value``; None or an unknown one chooses nothing."""
        self.setCurrentIndex(self._values.index(value) if value in self._values else -1)

    def is_blank(self) -> bool:
        """Whether nothing is chosen."""
        return self.value() is None

    def set_problem(self, problem: bool) -> None:
        """Shows the edge in red, or no longer."""
        self.setProperty("problem", "true" if problem else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def wheelEvent(self, event: Any) -> None:
        """The wheel scrolls the page; it never changes a choice by accident."""
        event.ignore()

    def sizeHint(self) -> QSize:
        """As wide as its longest choice; Qt looks at them once, and choices come when the field has long been shown."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        texts = [self.placeholderText(), *(self.itemText(number) for number in range(self.count()))]
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        content = QSize(widest + 4, self.fontMetrics().height())
        return self.style().sizeFromContents(QStyle.ContentsType.CT_ComboBox, option, content, self)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for most choices; a longer one is cut at its end, and told by the tool tip."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), _NARROW_CHOICE), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, as much of the choice as fits, and the arrow."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        whole = option.currentText
        if self.currentIndex() < 0:
            whole = self.placeholderText()
            option.palette.setBrush(QPalette.ColorRole.ButtonText, option.palette.placeholderText())
        place = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = self.fontMetrics().elidedText(
            whole, Qt.TextElideMode.ElideRight, place.width() - 2
        )
        self.setToolTip(whole if option.currentText != whole else "")
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        at = QRectF(10 if rtl else self.width() - 24, self.height() / 2 - 7, 14, 14)
        icons.paint(painter, "chevron-down", at, color("muted"))
        painter.end()


class CheckBox(QCheckBox):
    """Something that is so, or not."""

    def __init__(self, text: str, *, ticked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(text)
        self.setChecked(ticked)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Box, gap, text."""
        return QSize(round(QFontMetricsF(font(TEXT)).horizontalAdvance(self.text())) + 32, 24)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its text."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """The text ticks as well as the box."""
        return self.rect().contains(pos)

    def event(self, event: QEvent) -> bool:
        """Repaints under the pointer."""
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box and text in reading direction."""
        painter = QPainter(self)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        x = self.width() - paint.TICK_SIZE if rtl else 0
        paint.tick_box(
            painter,
            QPointF(x, (self.height() - paint.TICK_SIZE) / 2),
            ticked=self.isChecked(),
            enabled=self.isEnabled(),
            hover=self.underMouse() or self.hasFocus(),
        )
        painter.setFont(font(TEXT))
        t = tokens()
        painter.setPen(QColor(t.text if self.isEnabled() else mix(t.muted, t.surface, 0.35)))
        area = self.rect().adjusted(0, 0, -28, 0) if rtl else self.rect().adjusted(28, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, self.text())
        painter.end()
