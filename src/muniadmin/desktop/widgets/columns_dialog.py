"""The column chooser: which columns a list shows, in which order, how wide. Everything by keyboard and by mouse."""

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from muniadmin.desktop.theme import RADIUS, ROW, TEXT, Tone, color, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_view import RowView
from muniadmin.kernel.i18n import _

_ID, _WIDTH = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_GAP = 12
Index = QModelIndex | QPersistentModelIndex
_STEP, _LEAST, _MOST = 20, 60, 900


class _Lines(QStyledItemDelegate):
    """A line: its tick box and its words; the one in hand on the weak accent, as in every list."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t = tokens()
        if option.state & QStyle.StateFlag.State_Selected:
            edge = QColor(t.accent) if option.state & QStyle.StateFlag.State_HasFocus else None
            paint.box(painter, QRectF(option.rect), RADIUS, QColor(t.accent_weak), edge)
        rtl = option.direction is Qt.LayoutDirection.RightToLeft
        line = QRectF(option.rect).adjusted(_GAP, 0, -_GAP, 0)
        left = line.right() - paint.TICK_SIZE if rtl else line.left()
        ticked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
        paint.tick_box(painter, QPointF(left, line.center().y() - paint.TICK_SIZE / 2), ticked=ticked)
        painter.setFont(font(TEXT))
        painter.setPen(color("text"))
        room = paint.TICK_SIZE + _GAP
        words = line.adjusted(0, 0, -room, 0) if rtl else line.adjusted(room, 0, 0, 0)
        side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        how = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, how, paint.elided(painter, index.data(), words.width()))

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the box ticks, where the box is drawn."""
        if event.type() is QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            rtl = option.direction is Qt.LayoutDirection.RightToLeft
            x = event.position().x() - option.rect.left()
            x = option.rect.width() - x if rtl else x
            if x > paint.TICK_SIZE + 2 * _GAP:
                return False
            ticked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
            other = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            return model.setData(index, other, Qt.ItemDataRole.CheckStateRole)
        if event.type() is QEvent.Type.MouseButtonDblClick:
            return False
        return super().editorEvent(event, model, option, index)


class _Columns(QListWidget):
    """Space ticks; with Ctrl held, Up and Down move the column, Left and Right change its width."""

    def __init__(self, dialog: "ColumnsDialog") -> None:
        super().__init__()
        self._dialog = dialog
        self.setAccessibleName(_("Columns"))
        self.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.setItemDelegate(_Lines(self))
        self.setMinimumHeight(10 * ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the list."""
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        wider, narrower = (Qt.Key.Key_Left, Qt.Key.Key_Right) if rtl else (Qt.Key.Key_Right, Qt.Key.Key_Left)
        if held and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._dialog.shift(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif held and event.key() in (wider, narrower):
            self._dialog.widen(_STEP if event.key() == wider else -_STEP)
        else:
            super().keyPressEvent(event)


class ColumnsDialog(Dialog):
    """Shows a list's columns as they are and arranges them anew when it is accepted."""

    def __init__(self, view: RowView[Any]) -> None:
        self._view = view
        self.columns = _Columns(self)
        self.up = Button(_("Up"), icon="arrow-up", small=True)
        self.up.clicked.connect(lambda: self.shift(-1))
        self.down = Button(_("Down"), icon="arrow-down", small=True)
        self.down.clicked.connect(lambda: self.shift(1))
        self.wider = Button(_("Wider"), icon="plus", small=True)
        self.wider.clicked.connect(lambda: self.widen(_STEP))
        self.narrower = Button(_("Narrower"), icon="minus", small=True)
        self.narrower.clicked.connect(lambda: self.widen(-_STEP))
        self.reset = Button(_("As at first"), icon="undo-2", small=True)
        self.reset.clicked.connect(self.begin_anew)
        side = column(self.up, self.down, 8, self.wider, self.narrower, 8, self.reset, None, spacing=6)
        both = row(self.columns, spacing=12)
        both.addLayout(side)
        hint = Text(
            _("Space shows or hides a column. Ctrl with the arrows moves it or changes its width."),
            Role.MUTED,
            wrap=True,
        )
        super().__init__(view.window(), _("Columns"), both, hint, primary=_("Arrange"))
        self._fill(view.arrangement())
        self.columns.setFocus(Qt.FocusReason.TabFocusReason)

    def _fill(self, arrangement: dict[str, Any]) -> None:
        titles = {one.id: one.title for one in self._view.rows.columns}
        self.columns.clear()
        for name in arrangement["order"]:
            item = QListWidgetItem()
            flags = item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled
            item.setFlags(flags | Qt.ItemFlag.ItemIsUserCheckable)
            shown = name in arrangement["shown"]
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            item.setData(_ID, name)
            self._set_width(item, arrangement["widths"].get(name))
            self.columns.addItem(item)
            item.setHidden(not titles[name])
        self.columns.setCurrentRow(0)

    def arrangement(self) -> dict[str, Any]:
        """The columns as they are arranged here."""
        items = [self.columns.item(n) for n in range(self.columns.count())]
        return {
            "order": [item.data(_ID) for item in items],
            "shown": [item.data(_ID) for item in items if item.checkState() is Qt.CheckState.Checked],
            "widths": {item.data(_ID): item.data(_WIDTH) for item in items if item.data(_WIDTH)},
        }

    def shift(self, step: int) -> None:
        """Moves the current column towards the start or the end."""
        at = self.columns.currentRow()
        to = at + step
        if at >= 0 and 0 <= to < self.columns.count():
            self.columns.insertItem(to, self.columns.takeItem(at))
            self.columns.setCurrentRow(to)

    def widen(self, by: int) -> None:
        """Makes the current column wider or narrower than it is."""
        item = self.columns.currentItem()
        if item is not None:
            number = next(n for n, one in enumerate(self._view.rows.columns) if one.id == item.data(_ID))
            width = (
                item.data(_WIDTH) or self._view.columnWidth(number) or self._view.rows.columns[number].width
            )
            self._set_width(item, max(_LEAST, min(width + by, _MOST)))

    def _set_width(self, item: QListWidgetItem, width: int | None) -> None:
        """A width of its own stands behind the column's name."""
        title = next(one.title for one in self._view.rows.columns if one.id == item.data(_ID))
        item.setData(_WIDTH, width)
        item.setText(_("{column} · {width} px").format(column=title, width=width) if width else title)

    def begin_anew(self) -> None:
        """The columns as the list has them by itself."""
        columns = self._view.rows.columns
        order = [one.id for one in columns]
        shown = [one.id for one in columns if not one.hidden]
        self._fill({"order": order, "shown": shown, "widths": {}})

    def submit(self) -> None:
        """Arranges the list; one column at least stays."""
        arrangement = self.arrangement()
        if not arrangement["shown"]:
            self.notice.say(Tone.WARNING, _("A list shows one column at least."))
            return
        self._view.arrange(arrangement)
        self.accept()
