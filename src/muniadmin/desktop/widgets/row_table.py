"""The list every page uses: any number of rows, painted directly, fetched as they come into view.

table = RowTable(
    "taxpayers", _("Taxpayers"),
    [Column("number", _("Number"), lambda r: r.number, width=110, look="muted", sort="number"),
     Column("name", _("Name"), lambda r: r.name, stretch=True, look="strong", sort="name"),
     Column("state", _("State"), lambda r: r.state, pill=tone_of_state),
     Column("balance", _("Balance (MAD)"), lambda r: shell.amount(r.balance), number=True, sort="balance")],
    key=lambda r: r.taxpayer_id,
    empty=EmptyState("users", _("No taxpayer yet"), _("Taxpayers you register appear here."), button),
)
table.set_source(QuerySource(...)); table.opened.connect(...); table.chosen.connect(...)
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSettings,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from muniadmin.desktop import icons
from muniadmin.desktop.theme import ROW, SECONDARY, TEXT, color, font, mix, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.cards import Bar, Card
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import clear, row, show_if
from muniadmin.desktop.widgets.row_model import Column, RowModel
from muniadmin.desktop.widgets.row_source import RowSource
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
CELL = 12
TICK_ROOM = 36
_MEASURED_ROWS = 40
_NARROWEST_TEXT = 96
TALL_ROW = 50
"""A row of a list with a column that has a second line."""


class _Cells(QStyledItemDelegate, Generic[R]):
    """Paints a cell straight from its row: several times as fast as being asked for each of a cell's roles."""

    def __init__(self, view: "RowView[R]") -> None:
        super().__init__(view)
        self._view = view
        self._fonts = {"plain": font(TEXT), "strong": font(TEXT, semibold=True)}
        self._below_font = font(SECONDARY)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row is of one height."""
        return QSize(80, self._view.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Background, hairline, then the cell as its column wants it."""
        model = self._view.rows
        area = option.rect
        state = option.state
        t = tokens()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(t.accent_weak))
        elif index.row() == self._view.hovered_row:
            painter.fillRect(area, QColor(mix(t.surface, t.text, 0.025)))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, QColor(t.line))
        rtl = option.direction is Qt.LayoutDirection.RightToLeft
        cell = QRectF(area).adjusted(CELL, 0, -CELL, -1)
        painter.setLayoutDirection(option.direction)
        entry = model.row(index.row())
        if entry is None:
            painter.fillRect(
                QRectF(cell.left(), cell.center().y() - 4, min(cell.width(), 60.0), 8), QColor(t.sunken)
            )
            return
        if model.ticks and index.column() == 0:
            x = cell.right() - paint.TICK_SIZE if rtl else cell.left()
            paint.tick_box(
                painter,
                QPointF(x, cell.center().y() - paint.TICK_SIZE / 2),
                ticked=model.is_ticked(entry),
                enabled=not model.is_locked(entry),
            )
            cell.adjust(0 if rtl else TICK_ROOM, 0, -TICK_ROOM if rtl else 0, 0)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        self._content(painter, cell, model.columns[index.column()], entry, selected)
        if self._view.hasFocus() and index.row() == self._view.currentIndex().row():
            # The row that has the keyboard: an accent line along its leading edge.
            first = self._view.header.logicalIndex(0)
            if index.column() == first:
                edge = area.right() - 2 if rtl else area.left()
                painter.fillRect(edge, area.top(), 3, area.height() - 1, QColor(t.accent))

    def _content(self, painter: QPainter, cell: QRectF, column: Column[R], entry: R, selected: bool) -> None:
        text, tail = column.text(entry), column.tail_of(entry)
        # Leading and trailing are sides of the page, not of the text: Qt must not turn them for Arabic names.
        left = column.number != (painter.layoutDirection() is Qt.LayoutDirection.LeftToRight)
        how = (
            (Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight)
            | Qt.AlignmentFlag.AlignAbsolute
            | Qt.AlignmentFlag.AlignVCenter
            | Qt.TextFlag.TextSingleLine
        )
        if column.below is not None and (below := column.below(entry)):
            upper, lower = cell.adjusted(0, 6, 0, 0), cell.adjusted(0, 0, 0, -6)
            upper.setHeight(cell.height() / 2 - 6)
            lower.setTop(upper.bottom())
            painter.setFont(self._below_font)
            painter.setPen(color("muted"))
            painter.drawText(lower, how, paint.elided(painter, below, cell.width()))
            cell = upper
        if column.pill is not None:
            if text:
                paint.pill(painter, cell, text, column.pill(entry), selected=selected)
            return
        if column.icon is not None and (name := column.icon(entry)):
            icons.paint(painter, name, QRectF(cell.left(), cell.center().y() - 8, 16, 16), color("muted"))
            cell = cell.adjusted(24, 0, 0, 0)
        look = column.look_of(entry)
        painter.setFont(self._fonts["strong" if look == "strong" else "plain"])
        painter.setPen(color({"plain": "text", "strong": "text"}.get(look, look)))
        room = cell.width() - (painter.fontMetrics().horizontalAdvance(tail) if tail else 0)
        painter.drawText(cell, how, paint.elided(painter, text, room) + tail)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Tells the whole of a text that is cut."""
        cut = self._view.is_cut(index.row(), index.column())
        QToolTip.showText(event.globalPos(), index.data() if cut else "", view)
        return True


class _Header(QHeaderView):
    """Column titles in the muted colour, the arrow of the order, no lines but the one below."""

    def __init__(self, view: "RowView[Any]") -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setFixedHeight(33)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setMinimumSectionSize(40)
        self.setSortIndicatorShown(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Title and arrow."""
        model = self._view.rows
        column = model.columns[section]
        painter.save()
        direction = self.layoutDirection()
        rtl = direction is Qt.LayoutDirection.RightToLeft
        area = QRectF(rect).adjusted(CELL, 0, -CELL, -1)
        if model.ticks and section == 0:
            at = QPointF(area.right() - paint.TICK_SIZE if rtl else area.left(), area.center().y())
            ticked = self._view.all_ticked()
            paint.tick_box(
                painter,
                at - QPointF(0, paint.TICK_SIZE / 2),
                ticked=ticked,
                partly=bool(model.ticked()) and not ticked,
            )
            area.adjust(0 if rtl else TICK_ROOM, 0, -TICK_ROOM if rtl else 0, 0)
        sorted_here = bool(column.sort) and column.sort == model.sort_by
        painter.setFont(font(SECONDARY))
        painter.setPen(color("text" if sorted_here else "muted"))
        room = area.width() - (14 if sorted_here else 0)
        title = paint.elided(painter, column.title, room)
        width = QFontMetricsF(painter.font()).horizontalAdvance(title)
        at_right = column.number != rtl
        left = area.right() - width - (14 if sorted_here else 0) if at_right else area.left()
        painter.drawText(
            QRectF(left, area.top(), width + 2, area.height()), Qt.AlignmentFlag.AlignVCenter, title
        )
        if sorted_here:
            sign = "arrow-down" if model.descending else "arrow-up"
            icons.paint(
                painter, sign, QRectF(left + width + 3, area.center().y() - 5.5, 11, 11), color("text")
            )
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, color("line"))
        painter.restore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line runs to the end even where no column is."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.fillRect(0, self.height() - 1, self.viewport().width(), 1, color("line"))
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press on the tick box in the header ticks all rows at hand, or none."""
        at = event.position().toPoint()
        if self._view.rows.ticks and self.logicalIndexAt(at) == 0:
            x = at.x() - self.sectionViewportPosition(0)
            rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            x = self.sectionSize(0) - x if rtl else x
            if x <= CELL + paint.TICK_SIZE + 8:
                self._view.tick_all()
        super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The column chooser."""
        self._view.columns_menu().exec(event.globalPos())


class RowView(QTableView, Generic[R]):
    """The painted table itself; pages use :class:`RowTable` around it."""

    activated_row = Signal(int)
    left_upwards = Signal()

    def __init__(self, name: str, model: RowModel[R], settings_key: str, *, multiple: bool) -> None:
        super().__init__()
        self.rows = model
        self.hovered_row = -1
        self.row_height = TALL_ROW if any(column.below for column in model.columns) else ROW
        self._natural: dict[int, int] = {}
        self._settings_key = f"lists/{settings_key}/hidden"
        self.setAccessibleName(name)
        self.setModel(model)
        self.header = _Header(self)
        self.setHorizontalHeader(self.header)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        self.setItemDelegate(_Cells(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if multiple else mode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalScrollBar().setSingleStep(self.row_height)
        self.header.sectionClicked.connect(self._sort_by)
        self.doubleClicked.connect(lambda index: self.activated_row.emit(index.row()))
        hidden = self._hidden()
        #: The columns that the user wants to see; where there is no room some of them leave.
        self.wanted = [n for n, column in enumerate(model.columns) if column.id not in hidden]
        self._fit()

    # --- columns ----------------------------------------------------------------------------------------------

    def columns_menu(self) -> QMenu:
        """The column chooser: which columns are shown, remembered for this list."""
        menu = QMenu(self)
        menu.setAccessibleName(_("Columns"))
        for number, column in enumerate(self.rows.columns):
            if not column.title:
                continue
            shown = number in self.wanted
            action = menu.addAction(
                icons.icon("check") if shown else icons.icon("minus", QColor(0, 0, 0, 0)), column.title
            )
            action.setCheckable(True)
            action.setChecked(shown)
            action.toggled.connect(self._show_column(number))
        return menu

    def _show_column(self, number: int) -> Callable[[bool], None]:
        def show(shown: bool) -> None:
            others = [n for n in self.wanted if n != number]
            if not shown and not others:
                return
            self.wanted = sorted([*others, number]) if shown else others
            hidden = [c.id for n, c in enumerate(self.rows.columns) if n not in self.wanted]
            QSettings().setValue(self._settings_key, ",".join(hidden))
            self._fit()

        return show

    def _hidden(self) -> set[str]:
        stored = QSettings().value(self._settings_key)
        if isinstance(stored, str):
            return set(stored.split(","))
        return {column.id for column in self.rows.columns if column.hidden}

    def _fit(self) -> None:
        """Gives the stretching columns what the others leave, or takes from every column what is missing.

        The important columns stay visible without a horizontal scroll bar on a screen of 1366 pixels.
        """
        widths = {n: self._wanted_width(n) for n in self.wanted}
        shown = self._with_room(widths)
        for n in range(len(self.rows.columns)):
            self.setColumnHidden(n, n not in shown)
        widths = {n: widths[n] for n in shown}
        room = self.viewport().width() - sum(widths.values())
        elastic = [n for n in shown if self.rows.columns[n].stretch] or shown[-1:]
        if room < 0:
            widths = self._narrowed(widths)
            room = max(0, self.viewport().width() - sum(widths.values()))
        each, rest = divmod(max(0, room), len(elastic))
        for place, n in enumerate(elastic):
            widths[n] += each + (place < rest)
        for n, width in widths.items():
            self.setColumnWidth(n, width)

    def _with_room(self, widths: dict[int, int]) -> list[int]:
        """The wanted columns without those that leave because there is no room for all."""
        columns = self.rows.columns
        least = {n: columns[n].width if columns[n].stretch else width for n, width in widths.items()}
        shown = list(widths)
        leaving = sorted((n for n in shown if columns[n].leaves), key=lambda n: columns[n].leaves)
        while leaving and sum(least[n] for n in shown) > self.viewport().width():
            shown.remove(leaving.pop())
        return shown

    def _narrowed(self, widths: dict[int, int]) -> dict[int, int]:
        """The widest texts give way first; dates, states and amounts only when nothing else can."""
        room = self.viewport().width()
        texts = [n for n in widths if not self.rows.columns[n].number and self.rows.columns[n].pill is None]
        fixed = sum(width for n, width in widths.items() if n not in texts)
        lowest = _NARROWEST_TEXT
        highest = max((widths[n] for n in texts), default=lowest)
        while lowest < highest:  # the largest cap under which everything fits
            cap = (lowest + highest + 1) // 2
            if fixed + sum(min(widths[n], cap) for n in texts) <= room:
                lowest = cap
            else:
                highest = cap - 1
        narrowed = {n: min(width, lowest) if n in texts else width for n, width in widths.items()}
        excess = sum(narrowed.values()) / max(room, 1)
        return {n: int(width / excess) for n, width in narrowed.items()} if excess > 1 else narrowed

    def measure(self) -> None:
        """Looks how wide the first rows really are: languages differ, and so do towns."""
        self._natural = {}
        rows_seen = list(islice(self.rows.at_hand(), _MEASURED_ROWS))
        metrics = {look: QFontMetricsF(font(TEXT, semibold=look)) for look in (False, True)}
        header = QFontMetricsF(font(SECONDARY))
        for number, column in enumerate(self.rows.columns):
            widest = header.horizontalAdvance(column.title) + (16 if column.sort else 2)
            for entry in rows_seen:
                text = paint.on_screen(column.first_line(entry))
                if column.below is not None and not column.stretch:
                    widest = max(widest, header.horizontalAdvance(paint.on_screen(column.below(entry))))
                if column.pill is not None:
                    widest = max(widest, paint.pill_width(text))
                else:
                    strong = column.look_of(entry) == "strong"
                    widest = max(widest, metrics[strong].horizontalAdvance(text) + (24 if column.icon else 0))
            self._natural[number] = round(widest) + 2 * CELL + 2
        self._fit()

    def _wanted_width(self, number: int) -> int:
        column = self.rows.columns[number]
        wanted = column.width
        if number in self._natural:
            wanted = max(round(wanted * 0.7), min(self._natural[number], round(wanted * 1.5)))
        return wanted + (TICK_ROOM if self.rows.ticks and number == 0 else 0)

    def is_cut(self, row_number: int, number: int) -> bool:
        """Whether the end of a cell's text is left out."""
        column, entry = self.rows.columns[number], self.rows.row(row_number)
        if entry is None or column.pill is not None:
            return False
        metrics = QFontMetricsF(font(TEXT, semibold=column.look_of(entry) == "strong"))
        room = self.columnWidth(number) - 2 * CELL - (24 if column.icon and column.icon(entry) else 0)
        room -= TICK_ROOM if self.rows.ticks and number == 0 else 0
        below = column.below(entry) if column.below is not None else ""
        return (
            metrics.horizontalAdvance(paint.on_screen(column.first_line(entry))) > room
            or QFontMetricsF(font(SECONDARY)).horizontalAdvance(paint.on_screen(below)) > room
        )

    def resizeEvent(self, event: Any) -> None:
        """Fits the columns to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _sort_by(self, section: int) -> None:
        column = self.rows.columns[section]
        if column.sort:
            again = column.sort == self.rows.sort_by
            self.rows.set_order(column.sort, not self.rows.descending if again else False)
            self.header.viewport().update()

    # --- pointer and keys -------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lights up the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer any more."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row_number: int) -> None:
        if row_number != self.hovered_row:
            self.hovered_row = row_number
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a tick box ticks."""
        index = self.indexAt(event.position().toPoint())
        if self.rows.ticks and index.isValid() and index.column() == 0:
            cell = self.visualRect(index)
            x = event.position().x() - cell.left()
            x = cell.width() - x if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else x
            if x <= CELL + paint.TICK_SIZE + 8:
                self.rows.toggle(index.row())
                self.setCurrentIndex(index)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, Enter opens, Up in the first row leaves upwards, Ctrl+A ticks all rows at hand."""
        key, current = event.key(), self.currentIndex().row()
        if self.rows.ticks and key == Qt.Key.Key_Space and current >= 0:
            self.rows.toggle(current)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current >= 0:
            self.activated_row.emit(current)
        elif key == Qt.Key.Key_Up and current <= 0:
            self.left_upwards.emit()
        elif (
            self.rows.ticks
            and key == Qt.Key.Key_A
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.tick_all()
        else:
            super().keyPressEvent(event)

    def all_ticked(self) -> bool:
        """Whether every row at hand that can be ticked is."""
        some = [entry for entry in self.rows.at_hand() if not self.rows.is_locked(entry)]
        return bool(some) and all(self.rows.is_ticked(entry) for entry in some)

    def tick_all(self) -> None:
        """Ticks all rows at hand, or takes their ticks away when all are ticked."""
        self.rows.set_ticked(list(self.rows.at_hand()), not self.all_ticked())

    def focusInEvent(self, event: Any) -> None:
        """The list that gets the keyboard has a current row to move from."""
        super().focusInEvent(event)
        self.begin_somewhere()
        self.viewport().update()

    def begin_somewhere(self) -> None:
        """With the keyboard here, there is a row to move from."""
        if self.hasFocus() and not self.currentIndex().isValid() and self.rows.rowCount():
            self.selectRow(0)

    def focusOutEvent(self, event: Any) -> None:
        """The accent line goes with the keyboard."""
        super().focusOutEvent(event)
        self.viewport().update()


class RowTable(Card, Generic[R]):
    """A card with the list, its footer (count, selection, totals), what it says when empty, and what went wrong.

    Signals: ``chosen(row | None)`` when another row is current; ``opened(row)`` on Enter or double click;
    ``ticked_changed()``; ``counted(Summary)``; ``left_upwards()`` when Up is pressed in the first row.
    """

    chosen = Signal(object)
    opened = Signal(object)
    ticked_changed = Signal()
    counted = Signal(object)
    left_upwards = Signal()

    def __init__(
        self,
        settings_key: str,
        name: str,
        columns: Sequence[Column[R]],
        *,
        key: Callable[[R], Any],
        empty: EmptyState | None = None,
        ticks: bool = False,
        multiple: bool = False,
        footer: bool = True,
        sort: str = "",
        descending: bool = False,
        head: QWidget | None = None,
    ) -> None:
        super().__init__()
        self.model: RowModel[R] = RowModel(columns, key=key, ticks=ticks, parent=self)
        self.model.sort_by, self.model.descending = sort, descending
        self.view: RowView[R] = RowView(name, self.model, settings_key, multiple=multiple)
        self.problem = Banner()
        self.problem.hide()
        self.empty = empty or EmptyState("list", _("Nothing to show"), "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self._count = Text("", Role.MUTED)
        self._totals = row(spacing=16)
        self.footer = Bar(self._count, None, self._totals, height=36, padding=CELL)
        show_if(self.footer, footer)
        if head is not None:
            self.body.addWidget(head)
        self.body.addWidget(self.problem)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self.footer)
        self._keep: Any = None
        self._framed = True
        self._want_first = False
        self._unmeasured = True
        self._told: R | None = None
        self.model.summarised.connect(self._on_summarised)
        self.model.failed.connect(self._on_failed)
        self.model.ticked_changed.connect(self._on_ticked)
        self.model.dataChanged.connect(self._on_arrived)
        self.view.activated_row.connect(self._on_activated)
        self.view.left_upwards.connect(self.left_upwards)
        self.view.selectionModel().currentRowChanged.connect(self._tell_current)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._write_footer())

    # --- what pages use ---------------------------------------------------------------------------------------

    def set_source(self, source: RowSource[R]) -> None:
        """Shows other rows, from the top."""
        self.problem.hide()
        self._keep = None
        self.model.set_source(source)

    def frameless(self) -> None:
        """Draws no card of its own: the list lies inside another."""
        self._framed = False
        self.body.setContentsMargins(0, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card, unless the list lies inside another."""
        if self._framed:
            super().paintEvent(event)

    def reload(self) -> None:
        """Asks again and stays at the same row, if it is still there."""
        current = self.current()
        self._keep = self.model.key(current) if current is not None else None
        self.problem.hide()
        self.model.reload()

    def current(self) -> R | None:
        """The row the keyboard is on, or None."""
        return self.model.row(self.view.currentIndex().row())

    def selected(self) -> list[R]:
        """The selected rows at hand."""
        indexes = self.view.selectionModel().selectedRows()
        return [entry for index in indexes if (entry := self.model.row(index.row())) is not None]

    def select(self, position: int) -> None:
        """Makes the row at a position the current one and brings it into view."""
        index = self.model.index(position, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.view.scrollTo(index)

    def select_first(self) -> None:
        """Makes the first row the current one, now or as soon as it arrives."""
        self._want_first = True
        self._take_first()

    def _take_first(self) -> None:
        if self._want_first and not self.model.pending and self.model.row(0) is not None:
            self._want_first = False
            self.select(0)

    def select_key(self, key: Any) -> None:
        """Makes the row with this key the current one, now or as soon as it arrives."""
        position = self.model.position(key)
        if position is None:
            self._keep = key
        else:
            self.select(position)

    def ticked(self) -> list[R]:
        """The ticked rows."""
        return self.model.ticked()

    def take_focus(self) -> None:
        """Moves the keyboard into the list."""
        self.view.setFocus(Qt.FocusReason.TabFocusReason)
        self.view.begin_somewhere()

    def columns_menu(self) -> QMenu:
        """The column chooser."""
        return self.view.columns_menu()

    def set_totals(self, totals: Sequence[tuple[str, str]]) -> None:
        """Totals that were counted apart from the rows, as (label, figure)."""
        self.model.summary = replace(self.model.summary, totals=totals)
        self._write_footer()

    def shown_columns(self) -> list[Column[R]]:
        """The columns as they are shown, in their visible order: what an export writes."""
        header = self.view.header
        order = [header.logicalIndex(n) for n in range(header.count())]
        return [self.model.columns[n] for n in order if n in self.view.wanted]

    # --- what the model says ----------------------------------------------------------------------------------

    def _on_summarised(self) -> None:
        summary = self.model.summary
        self._stack.setCurrentWidget(self.view if summary.count else self.empty)
        self._unmeasured = True
        self._write_footer()
        if summary.count and self._keep is None:
            self.view.scrollToTop()
        self._on_arrived()
        if not summary.count:
            self.chosen.emit(None)
        self.counted.emit(summary)

    def _on_arrived(self, *_range: object) -> None:
        if self._keep is None and not self._want_first:
            self.view.begin_somewhere()
        if self._unmeasured and self.model.row(0) is not None:
            self._unmeasured = False
            self.view.measure()
        self._take_first()
        if self._keep is not None:
            position = self.model.position(self._keep)
            if position is not None:
                self._keep = None
                self.select(position)
        if self._told is None and self.current() is not None:
            # The list got the keyboard, and with it a current row, before the row itself was there.
            self._tell_current()

    def _tell_current(self, *_indexes: object) -> None:
        self._told = self.current()
        self.chosen.emit(self._told)

    def _on_failed(self, problem: UserError) -> None:
        self.problem.show_error(problem, action=(_("Try again"), self.reload))

    def _on_ticked(self) -> None:
        self.view.viewport().update()
        self.view.header.viewport().update()
        self._write_footer()
        self.ticked_changed.emit()

    def _on_activated(self, position: int) -> None:
        entry = self.model.row(position)
        if entry is not None:
            self.opened.emit(entry)

    def _write_footer(self) -> None:
        count = self.model.summary.count
        rows_text = ngettext("{count} row", "{count} rows", count).format(count=format_number(count))
        marked = (
            len(self.model.ticked()) if self.model.ticks else len(self.view.selectionModel().selectedRows())
        )
        parts = [rows_text]
        if marked:
            text = ngettext("{count} selected", "{count} selected", marked)
            parts.append(text.format(count=format_number(marked)))
        self._count.setText(" · ".join(parts))
        clear(self._totals)
        for label, figure in self.model.summary.totals:
            total = QWidget()
            total.setLayout(row(Text(label, Role.MUTED), Text(figure, Role.STRONG), spacing=5))
            self._totals.addWidget(total)
        self._fit_totals()

    def _fit_totals(self) -> None:
        """The totals for which there is room, the last one always: a figure that is cut reads like another one."""
        room = self.width() - 2 * CELL - self._count.sizeHint().width()
        for n in reversed(range(self._totals.count())):
            item = self._totals.itemAt(n)
            total = item.widget() if item is not None else None
            if total is not None:
                room -= total.sizeHint().width() + self._totals.spacing()
                total.setVisible(room >= 0 or n == self._totals.count() - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Totals come and go with the room for them."""
        super().resizeEvent(event)
        self._fit_totals()
