"""The command palette: every action by name, with its key (Ctrl+Shift+P)."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.theme import SECONDARY, TEXT, color, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.cards import paint_card
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.kernel.folding import fold
from muniadmin.kernel.i18n import _

WIDTH = 560


def matching(actions: Sequence[Action], typed: str) -> list[Action]:
    """The actions whose title or group has every typed word in it; those that begin with it first."""
    words = fold(typed).split()
    found = [
        action for action in actions if all(word in fold(f"{action.title} {action.group}") for word in words)
    ]
    return (
        sorted(found, key=lambda action: not fold(action.title).startswith(fold(typed))) if words else found
    )


class _Found(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.actions: list[Action] = []

    def show(self, actions: list[Action]) -> None:
        self.beginResetModel()
        self.actions = actions
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.actions)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) and index.isValid():
            action = self.actions[index.row()]
            return f"{action.title} {action.key_shown}".strip()
        return None


class _Lines(QStyledItemDelegate):
    def __init__(self, model: _Found) -> None:
        super().__init__(model)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 36)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        action = self._model.actions[index.row()]
        rect: QRect = option.rect
        area = QRectF(rect).adjusted(6, 0, -6, 0)
        rtl = option.direction is Qt.LayoutDirection.RightToLeft
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            paint.box(painter, area, 6, QColor(tokens().accent_weak))
        at = QRectF(area.right() - 28 if rtl else area.left() + 12, area.center().y() - 8, 16, 16)
        icons.paint(painter, action.icon or "chevron-right", at, color("accent" if chosen else "muted"))
        painter.setFont(font(TEXT))
        painter.setPen(color("text"))
        text = area.adjusted(12, 0, -40, 0) if rtl else area.adjusted(40, 0, -12, 0)
        lead = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            text, lead | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, action.title
        )
        end = 0.0
        if action.key:
            width = paint.key_cap_width(action.key)
            cap = QRectF(text.left() if rtl else text.right() - width, text.top(), width, text.height())
            paint.key_cap(
                painter, cap, action.key, ink=color("muted"), edge=color("line"), fill=color("surface")
            )
            end = width + 10
        if action.group:
            painter.setFont(font(SECONDARY))
            painter.setPen(color("muted"))
            trail = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
            place = text.adjusted(end if rtl else 0, 0, 0 if rtl else -end, 0)
            painter.drawText(
                place, trail | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, action.group
            )


class Palette(QDialog):
    """A search over the actions; Enter does the marked one, Esc goes back."""

    def __init__(self, window: QWidget, actions: Sequence[Action]) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName(_("Command palette"))
        self._actions = list(actions)
        self.search = SearchField(_("What do you want to do?"))
        self.search.setProperty("ring", "none")
        self.found = _Found(self)
        self.list = QListView()
        self.list.setAccessibleName(_("Actions"))
        self.list.setModel(self.found)
        self.list.setItemDelegate(_Lines(self.found))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(lambda _index: self._do())
        self._none = Text(_("No action has this name."), Role.MUTED)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setFixedHeight(60)
        layout = column(
            row(self.search, margins=(12, 12, 12, 10)), Hairline(), spacing=0, margins=(1, 1, 1, 2)
        )
        layout.addWidget(self._none)
        holder = row(self.list, margins=(2, 6, 2, 6))
        layout.addLayout(holder, 1)
        self.setLayout(layout)
        self.setFixedSize(WIDTH, 420)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._do)
        self.search.installEventFilter(self)
        self._filter("")

    def open_above(self, window: QWidget) -> None:
        """Opens in the upper middle of the window."""
        self.move(window.mapToGlobal(QPoint((window.width() - WIDTH) // 2, 64)))
        self.show()
        self.search.setFocus()

    def _filter(self, typed: str) -> None:
        self.found.show(matching(self._actions, typed))
        self.list.setCurrentIndex(self.found.index(0, 0))
        self.list.setVisible(bool(self.found.actions))
        self._none.setVisible(not self.found.actions)

    def _do(self) -> None:
        position = self.list.currentIndex().row()
        if 0 <= position < len(self.found.actions):
            action = self.found.actions[position]
            self.close()
            action.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move the mark while the cursor stays in the search."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(
                Qt.Key(event.key()), 0
            )
            if step and self.found.actions:
                position = max(0, min(len(self.found.actions) - 1, self.list.currentIndex().row() + step))
                self.list.setCurrentIndex(self.found.index(position, 0))
                return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card that lies above everything."""
        painter = QPainter(self)
        paint_card(painter, QRectF(self.rect()))
        painter.end()
