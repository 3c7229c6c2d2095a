"""The list inside a RowTable: its cells and its header, painted directly; its keys, its columns and their widths."""

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSettings,
    QSignalBlocker,
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
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from muniadmin.desktop import icons
from muniadmin.desktop.theme import ROW, SECONDARY, TEXT, Tone, color, font, mix, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.row_model import Column, RowModel

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
CELL = 12
TICK_ROOM = 36
_MEASURED_ROWS = 40
_NARROWEST_TEXT, _NARROWEST = 96, 48
_STALE = 0.4
TALL_ROW = 50
"""A row of a list with a column that has a second line."""


#: Wider is no screen.
_WIDEST = 10_000


def is_arrangement(kept: Any) -> bool:
    """Whether this says how columns stand, as :meth:`RowView.arrangement` does: what is kept outlives the program that
    wrote it, and anybody can change it."""
    if not isinstance(kept, dict):
        return False
    order, shown, widths = kept.get("order", []), kept.get("shown", []), kept.get("widths", {})
    return (
        all(isinstance(ids, list) and all(isinstance(one, str) for one in ids) for ids in (order, shown))
        and isinstance(widths, dict)
        and all(isinstance(width, int) and 0 < width < _WIDEST for width in widths.values())
    )


def _goes_on_in_search(event: QKeyEvent) -> bool:
    """Whether a key writes something; Space moves and ticks in a list."""
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    # AltGr, with which some keyboards write, comes as both.
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return (not held or held == both) and event.text().isprintable() and bool(event.text().strip())


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
        painter.setOpacity(1)  # whatever the cell before was painted with
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
        if self._view.stale:
            painter.setOpacity(_STALE)
        self._content(painter, cell, model.columns[index.column()], entry, selected)
        has_keyboard = self._view.hasFocus() and index.row() == self._view.currentIndex().row()
        if has_keyboard and index.column() == self._view.first_shown():
            # An accent line along the leading edge of the row that has the keyboard.
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
        below, ink = self._view.second_line(column, entry)
        if below:
            upper, lower = cell.adjusted(0, 6, 0, 0), cell.adjusted(0, 0, 0, -6)
            upper.setHeight(cell.height() / 2 - 6)
            lower.setTop(upper.bottom())
            painter.setFont(self._below_font)
            painter.setPen(ink)
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
        self._view.drag_ended()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The column chooser."""
        self._view.columns_wanted.emit()


class RowView(QTableView, Generic[R]):
    """The painted table itself; pages use :class:`RowTable` around it."""

    activated_row = Signal(int)
    left_upwards = Signal()
    typed = Signal(str)
    columns_wanted = Signal()

    def __init__(self, name: str, model: RowModel[R], settings_key: str, *, multiple: bool) -> None:
        super().__init__()
        self.rows = model
        self.hovered_row = -1
        self.row_height = TALL_ROW if any(column.below for column in model.columns) else ROW
        self._natural: dict[int, int] = {}
        title_of = QFontMetricsF(font(SECONDARY)).horizontalAdvance
        self._titles = [
            round(title_of(column.title)) + (16 if column.sort else 2) + 2 * CELL + 2
            for column in model.columns
        ]
        #: The rows are those of an earlier search: grey, and not to be opened.
        self.stale = False
        self._chosen_widths: dict[int, int] = {}
        self._fitting = self._dragged = False
        self._settings_key = f"lists/{settings_key}/columns"
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
        self.doubleClicked.connect(self._on_double_click)
        #: The columns that the user wants to see; where there is no room some of them leave.
        self.wanted: list[int] = []
        self.header.sectionMoved.connect(self._on_moved)
        self.header.sectionResized.connect(self._on_resized)
        self.header.sectionHandleDoubleClicked.connect(self._forget_width)
        self.arrange(self._remembered(), keep=False)

    # --- columns ----------------------------------------------------------------------------------------------

    def arrangement(self) -> dict[str, Any]:
        """Which columns are wanted, in which order, and the widths somebody chose; plain values, to be kept."""
        columns = self.rows.columns
        order = [self.header.logicalIndex(n) for n in range(self.header.count())]
        return {
            "order": [columns[n].id for n in order],
            "shown": [columns[n].id for n in order if n in self.wanted],
            "widths": {columns[n].id: width for n, width in self._chosen_widths.items()},
        }

    def arrange(self, arrangement: Mapping[str, Any] | None, *, keep: bool = True) -> None:
        """Puts the columns as :meth:`arrangement` said; None: as the list has them by itself. ``keep`` remembers it."""
        columns = self.rows.columns
        number_of = {column.id: n for n, column in enumerate(columns)}
        given = arrangement or {}
        order = [number_of[one] for one in dict.fromkeys(given.get("order", ())) if one in number_of]
        order += [n for n in range(len(columns)) if n not in order]
        known, shown = set(given.get("order", ())), set(given.get("shown", ()))
        # A column that is younger than what was kept stands as it does by itself.
        wanted = [
            n for n in order if (columns[n].id in shown if columns[n].id in known else not columns[n].hidden)
        ]
        self.wanted = sorted(wanted or order[:1])
        widths = given.get("widths", {})
        self._chosen_widths = {
            number_of[one]: int(width) for one, width in widths.items() if one in number_of
        }
        with QSignalBlocker(self.header):
            for place, n in enumerate(order):
                self.header.moveSection(self.header.visualIndex(n), place)
        self.header.viewport().update()
        self._fit()
        if keep:
            self._remember()

    def _remember(self) -> None:
        QSettings().setValue(self._settings_key, json.dumps(self.arrangement()))

    def _remembered(self) -> Mapping[str, Any] | None:
        stored = QSettings().value(self._settings_key)
        try:
            kept = json.loads(stored) if isinstance(stored, str) else None
        except ValueError:
            return None
        return kept if is_arrangement(kept) else None

    def _on_moved(self, *_places: int) -> None:
        self._remember()

    def _on_resized(self, number: int, _old: int, new: int) -> None:
        """Somebody drags the edge of a column; the others follow when they let go."""
        if not self._fitting:
            self._chosen_widths[number] = max(new, _NARROWEST)
            self._dragged = True

    def drag_ended(self) -> None:
        """A column has got the width somebody wants."""
        if self._dragged:
            self._dragged = False
            self._fit()
            self._remember()

    def _forget_width(self, number: int) -> None:
        """A double press on a column's edge: it is as wide as it needs to be again."""
        self._chosen_widths.pop(number, None)
        self._dragged = False
        self._fit()
        self._remember()

    def _fit(self) -> None:
        """Gives the stretching columns what the others leave, or takes from the texts what is missing.

        Columns for which there is no room leave; figures, days and states are whole or not there.
        """
        widths = {n: self._wanted_width(n) for n in self.wanted}
        shown = self._with_room(widths)
        self._fitting = True
        for n in range(len(self.rows.columns)):
            self.setColumnHidden(n, n not in shown)
        widths = self._narrowed({n: widths[n] for n in shown})
        room = max(0, self.viewport().width() - sum(widths.values()))
        room -= self._lengthen(widths, room)
        elastic = [n for n in shown if self.rows.columns[n].stretch and n not in self._chosen_widths]
        elastic = elastic or [n for n in shown if self._is_text(n)][:1] or shown[-1:]
        each, rest = divmod(room, len(elastic))
        for place, n in enumerate(elastic):
            widths[n] += each + (place < rest)
        for n, width in widths.items():
            self.setColumnWidth(n, width)
        self._fitting = False

    def _lengthen(self, widths: dict[int, int], room: int) -> int:
        """Gives texts that are cut what they miss, those first that miss least; how much of the room that takes."""
        missing = {
            n: self._natural.get(n, 0) - width
            for n, width in widths.items()
            if self._is_text(n) and n not in self._chosen_widths
        }
        taken = 0
        for n, more in sorted(missing.items(), key=lambda one: one[1]):
            if 0 < more <= room - taken:
                widths[n] += more
                taken += more
        return taken

    def _is_text(self, number: int) -> bool:
        """Whether a column may be narrower than what stands in it."""
        return not self.rows.columns[number].is_whole

    def _least(self, number: int, wanted: int) -> int:
        """Under which width a column rather leaves: its title is read whole, whatever it says."""
        column = self.rows.columns[number]
        least = wanted
        if column.stretch:
            least = column.width
        elif self._is_text(number) and not column.leaves:
            least = _NARROWEST_TEXT
        return min(wanted, max(least, self._titles[number]))

    def _with_room(self, widths: Mapping[int, int]) -> list[int]:
        """The wanted columns without those that leave because there is no room for all.

        Those that say when they leave go first; then, from the end, the others, but for the first text and the last
        figure: who, and how much. The first column, e.g. a plate, is who, too, unless it says when it leaves.
        """
        columns, shown = self.rows.columns, list(widths)
        texts = [n for n in shown if self._is_text(n)]
        figures = [n for n in shown if columns[n].number]
        first = [n for n in shown[:1] if not columns[n].leaves]
        stay = {*first, *texts[:1], *figures[-1:]} or set(shown[:1])
        least = {n: self._least(n, width) for n, width in widths.items()}
        leaving = sorted(
            (n for n in shown if columns[n].leaves and n not in stay), key=lambda n: columns[n].leaves
        )
        leaving = [n for n in shown if n not in stay and n not in leaving] + leaving
        while leaving and sum(least[n] for n in shown) > self.viewport().width():
            shown.remove(leaving.pop())
        return shown

    def _narrowed(self, widths: dict[int, int]) -> dict[int, int]:
        """The widest texts give way first; what is no text never does."""
        room = self.viewport().width()
        if sum(widths.values()) <= room:
            return widths
        texts = [n for n in widths if self._is_text(n)]
        fixed = sum(width for n, width in widths.items() if n not in texts)
        least = {n: min(self._titles[n], widths[n]) for n in texts}
        lowest = _NARROWEST
        highest = max((widths[n] for n in texts), default=lowest)
        while lowest < highest:  # the largest cap under which everything fits
            cap = (lowest + highest + 1) // 2
            if fixed + sum(max(min(widths[n], cap), least[n]) for n in texts) <= room:
                lowest = cap
            else:
                highest = cap - 1
        return {n: max(min(width, lowest), least[n]) if n in texts else width for n, width in widths.items()}

    def measure(self) -> None:
        """Looks how wide the first rows really are: languages differ, and so do towns."""
        self._natural = self._measured(list(islice(self.rows.at_hand(), _MEASURED_ROWS)))
        self._fit()

    def measure_figures(self, first: int, last: int) -> None:
        """More rows have arrived: a column of figures is as wide as the widest of them."""
        rows_seen = [entry for n in range(first, last + 1) if (entry := self.rows.row(n)) is not None]
        wider = {
            number: width
            for number, width in self._measured(rows_seen, texts=False).items()
            if width > self._natural.get(number, 0)
        }
        if wider:
            self._natural |= wider
            self._fit()

    def _measured(self, rows_seen: Sequence[R], *, texts: bool = True) -> dict[int, int]:
        found: dict[int, int] = {}
        metrics = {look: QFontMetricsF(font(TEXT, semibold=look)) for look in (False, True)}
        header = QFontMetricsF(font(SECONDARY))
        for number, column in enumerate(self.rows.columns):
            if not texts and self._is_text(number):
                continue
            widest = 0.0
            for entry in rows_seen:
                text = paint.on_screen(column.first_line(entry))
                if not column.stretch:
                    below, _ink = self.second_line(column, entry)
                    widest = max(widest, header.horizontalAdvance(paint.on_screen(below)))
                if column.pill is not None:
                    widest = max(widest, paint.pill_width(text))
                else:
                    strong = column.look_of(entry) == "strong"
                    widest = max(widest, metrics[strong].horizontalAdvance(text) + (24 if column.icon else 0))
            found[number] = max(round(widest) + 2 * CELL + 2, self._titles[number])
        return found

    def _wanted_width(self, number: int) -> int:
        column = self.rows.columns[number]
        natural = self._natural.get(number)
        if number in self._chosen_widths:
            chosen = self._chosen_widths[number]
            return chosen if natural is None or self._is_text(number) else max(chosen, natural)
        wanted = column.width
        if natural is not None and self._is_text(number):
            wanted = max(round(wanted * 0.7), min(natural, round(wanted * 1.5)), self._titles[number])
        elif natural is not None:
            wanted = max(round(wanted * 0.7), natural)
        return wanted + (TICK_ROOM if self.rows.ticks and number == 0 else 0)

    def second_line(self, column: Column[R], entry: R) -> tuple[str, QColor]:
        """What stands below a row's cell, and in which colour: its own, or that of a column that has left."""
        if column.below is not None and (own := column.below(entry)):
            return own, color("muted")
        for number, other in enumerate(self.rows.columns):
            if other.beneath == column.id and other.below is not None and self.isColumnHidden(number):
                tone = other.pill(entry) if other.pill is not None else Tone.NEUTRAL
                return other.below(entry), QColor(tokens().strong(tone))
        return "", color("muted")

    def is_cut(self, row_number: int, number: int) -> bool:
        """Whether the end of a cell's text is left out."""
        column, entry = self.rows.columns[number], self.rows.row(row_number)
        if entry is None or column.pill is not None:
            return False
        metrics = QFontMetricsF(font(TEXT, semibold=column.look_of(entry) == "strong"))
        room = self.columnWidth(number) - 2 * CELL - (24 if column.icon and column.icon(entry) else 0)
        room -= TICK_ROOM if self.rows.ticks and number == 0 else 0
        below, _ink = self.second_line(column, entry)
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

    def first_shown(self) -> int:
        """The column that stands first."""
        order = (self.header.logicalIndex(n) for n in range(self.header.count()))
        return next((n for n in order if not self.isColumnHidden(n)), 0)

    def set_stale(self, stale: bool) -> None:
        """Shows the rows as those of an earlier search, or as what was asked for."""
        if stale != self.stale:
            self.stale = stale
            self.viewport().update()

    # --- pointer and keys -------------------------------------------------------------------------------------

    def _on_double_click(self, index: QModelIndex) -> None:
        if not self.stale:
            self.activated_row.emit(index.row())

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
        """Space ticks, Enter opens, Up in the first row leaves upwards, Ctrl+A ticks all rows at hand; what is typed
        belongs to the search."""
        key, current = event.key(), self.currentIndex().row()
        if self.rows.ticks and key == Qt.Key.Key_Space and current >= 0:
            self.rows.toggle(current)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if current >= 0 and not self.stale:
                self.activated_row.emit(current)
        elif key == Qt.Key.Key_Up and current <= 0 and not event.modifiers():
            self.left_upwards.emit()
        elif _goes_on_in_search(event):
            self.typed.emit(event.text())
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
