"""The command palette: every action by name, with its key (Ctrl+Shift+P)."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.theme import SECONDARY, TEXT, color, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.cards import paint_above
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.labels import Hairline
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column, RowModel
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.desktop.widgets.search import Search
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


class _Lines(QStyledItemDelegate):
    """Icon, name, group and key of an action, across the whole line."""

    def __init__(self, model: RowModel[Action]) -> None:
        super().__init__(model)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 36)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        action = self._model.row(index.row())
        if action is None:
            return
        rect: QRect = option.rect
        # Under it the style has marked the whole row.
        painter.fillRect(rect, color("surface"))
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
        self.setAccessibleName(_("Command palette"))
        self._actions = list(actions)
        self.field = TextField(
            _("What do you want to do?"), placeholder=_("What do you want to do?"), icon="search"
        )
        self.field.setProperty("ring", "none")
        self.found: RowTable[Action] = RowTable(
            "palette",
            _("Actions"),
            [Column("title", "", lambda action: f"{action.title} {action.key_shown}".strip(), stretch=True)],
            key=lambda action: action.id,
            empty=EmptyState("search", _("No action has this name."), ""),
            footer=False,
        )
        self.found.frameless()
        view = self.found.view
        view.header.hide()
        view.setItemDelegate(_Lines(self.found.model))
        view.entered.connect(view.setCurrentIndex)
        self.search: Search[Action] = Search(
            self.field, self.found, self._ask, least=0, at_once=True, picks=True
        )
        self.search.taken.connect(self._do)
        self.field.returnPressed.connect(self.search.enter)
        layout = column(
            row(self.field, margins=(12, 12, 12, 10)), Hairline(), spacing=0, margins=(1, 1, 1, 2)
        )
        layout.addLayout(row(self.found, margins=(2, 6, 2, 6)), 1)
        self.setLayout(layout)
        self.setFixedSize(WIDTH, 420)
        self.search.look()

    def open_above(self, window: QWidget) -> None:
        """Opens in the upper middle of the window."""
        self.move(window.mapToGlobal(QPoint((window.width() - WIDTH) // 2, 64)))
        self.show()
        self.field.setFocus()

    def _ask(
        self, text: str, most: int, answer: Callable[[Sequence[Action]], object], _failed: object
    ) -> None:
        answer(matching(self._actions, text)[:most])

    def _do(self, action: Action) -> None:
        self.close()
        action.run()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card that lies above everything."""
        painter = QPainter(self)
        paint_above(painter, self.rect())
        painter.end()
