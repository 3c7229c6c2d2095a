"""A table of any number of rows, painted directly, fetched as they come into view. Dialogs and pickers use it as it is;
what a page lists has search, filters and views around it (``desktop/lists``).

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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, QItemSelectionRange, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.cards import Bar, Card
from muniadmin.desktop.widgets.columns_dialog import ColumnsDialog
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import clear, row, show_if
from muniadmin.desktop.widgets.row_model import PAGE, Column, RowModel
from muniadmin.desktop.widgets.row_source import RowSource
from muniadmin.desktop.widgets.row_view import CELL, RowView
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.money import Money, total

R = TypeVar("R")
Sum = tuple[str, Callable[[R], Money]]
"""What is added up of rows: its label, and the amount of a row."""

_SUMMED_AT_MOST = 10_000
_LOADING_AFTER_MS = 300


class RowTable(Card, Generic[R]):
    """A card with the list, its footer (count, selection, totals), what it says when empty, and what went wrong.

    ``sums`` are what is added up of the rows that are selected, with their labels.

    Signals: ``chosen(row | None)`` when another row is current; ``opened(row)`` on Enter or double click;
    ``ticked_changed()``; ``counted(Summary)``; ``left_upwards()`` when Up is pressed in the first row; ``typed(text)``
    when somebody writes with the keyboard in the list.
    """

    chosen = Signal(object)
    opened = Signal(object)
    ticked_changed = Signal()
    counted = Signal(object)
    left_upwards = Signal()
    typed = Signal(str)

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
        sums: Sequence[Sum[R]] = (),
        write_sum: Callable[[Money], str] = str,
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
        self._loading = EmptyState("history", _("The list is being read…"), "")
        self._stack.addWidget(self._loading)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_LOADING_AFTER_MS)
        self._slow.timeout.connect(lambda: self._stack.setCurrentWidget(self._loading))
        self._count = Text("", Role.MUTED)
        self._totals = row(spacing=16)
        self.footer = Bar(self._count, None, self._totals, height=36, padding=CELL)
        show_if(self.footer, footer)
        self.body.addWidget(self.problem)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self.footer)
        self._keep: Any = None
        self._framed = True
        self._want_first = False
        self._unmeasured = True
        self._told: R | None = None
        self._sums, self._write_sum = sums, write_sum
        #: The sums of the selection, as far as they are known, and the selection they belong to.
        self._summed: Sequence[tuple[str, str]] = ()
        self._selection = 0
        #: There are more rows than these, which are the first of them; a list without a footer has one to say so.
        self._cut, self._footed = False, footer
        self.model.summarised.connect(self._on_summarised)
        self.model.failed.connect(self._on_failed)
        self.model.ticked_changed.connect(self._on_ticked)
        self.model.dataChanged.connect(lambda first, last, _roles: self._on_arrived(first, last))
        self.view.activated_row.connect(self._on_activated)
        self.view.left_upwards.connect(self.left_upwards)
        self.view.typed.connect(self.typed)
        self.view.columns_wanted.connect(self.choose_columns)
        self.view.selectionModel().currentRowChanged.connect(self._tell_current)
        self.view.selectionModel().selectionChanged.connect(self._on_selected)

    # --- what pages use ---------------------------------------------------------------------------------------

    def set_source(self, source: RowSource[R], *, keep: bool = False) -> None:
        """Shows other rows, from the top; or with ``keep`` the same ones as they are now, at the same row."""
        current = self.current() if keep else None
        self.problem.hide()
        self._keep = self.model.key(current) if current is not None else None
        if not self.model.known:
            self._slow.start()
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

    def choose_columns(self) -> ColumnsDialog:
        """The column chooser."""
        dialog = ColumnsDialog(self.view)
        dialog.open()
        return dialog

    def select_all(self) -> None:
        """Selects every row that matches, at hand or not."""
        self.view.selectAll()

    def selected_count(self) -> int:
        """How many rows are selected, at hand or not."""
        return sum(one.height() for one in self._ranges())

    def _ranges(self) -> list[QItemSelectionRange]:
        selection = self.view.selectionModel().selection()
        return [selection.at(n) for n in range(selection.count())]

    def set_stale(self) -> None:
        """Other rows are wanted than those that are shown: these are grey until the others come."""
        self.view.set_stale(True)

    def set_cut(self, *, cut: bool) -> None:
        """Says in the footer that there are more rows than these, or no longer."""
        self._cut = cut
        show_if(self.footer, self._footed or cut)
        self._write_footer()

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
        self._slow.stop()
        self.view.set_stale(False)
        self._stack.setCurrentWidget(self.view if summary.count else self.empty)
        self._unmeasured = True
        self._write_footer()
        if summary.count and self._keep is None:
            self.view.scrollToTop()
        self._on_arrived()
        if not summary.count:
            self.chosen.emit(None)
        self.counted.emit(summary)

    def _on_arrived(self, first: QModelIndex | None = None, last: QModelIndex | None = None) -> None:
        if first is not None and last is not None and not self._unmeasured and last.column() > 0:
            self.view.measure_figures(first.row(), last.row())
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
        self._slow.stop()
        if not self.model.known:
            self._stack.setCurrentWidget(self.view)
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

    def fetch_selected(self, then: Callable[[list[R]], None]) -> None:
        """Hands over every selected row, at hand or not, in the order of the list."""
        ranges = sorted(self._ranges(), key=lambda one: one.top())
        pages = {page for one in ranges for page in range(one.top() // PAGE, one.bottom() // PAGE + 1)}

        def pick(found: Mapping[int, Sequence[R]]) -> None:
            # Fewer come than were counted where rows went away meanwhile.
            then(
                [
                    entry
                    for one in ranges
                    for page in range(one.top() // PAGE, one.bottom() // PAGE + 1)
                    for entry in found[page][max(one.top() - page * PAGE, 0) : one.bottom() + 1 - page * PAGE]
                ]
            )

        self.model.fetch(pages, pick)

    def _on_selected(self, *_ranges: object) -> None:
        """Adds up what is selected; rows that are not at hand are fetched for it, up to some ten thousand."""
        self._selection += 1
        number, self._summed = self._selection, ()
        count = self.selected_count()

        def add_up(rows: list[R]) -> None:
            if number == self._selection:
                self._summed = [
                    (label, self._write_sum(total(amount(entry) for entry in rows)))
                    for label, amount in self._sums
                ]
                self._write_footer()

        if self._sums and 1 < count < self.model.summary.count and count <= _SUMMED_AT_MOST:
            self.fetch_selected(add_up)
        self._write_footer()

    def _write_footer(self) -> None:
        if not self.model.known:
            return
        count = self.model.summary.count
        rows = ngettext("{count} row", "{count} rows", count)
        if self._cut:
            rows = _("The first {count}: type more to find others")
        parts = [rows.format(count=format_number(count))]
        marked = len(self.model.ticked()) if self.model.ticks else self.selected_count()
        selected = marked > 1 or (marked == 1 and self.model.ticks)
        if selected:
            text = ngettext("{count} selected", "{count} selected", marked)
            parts.append(text.format(count=format_number(marked)))
        self._count.setText(" · ".join(parts))
        clear(self._totals)
        some = selected and marked < count and not self.model.ticks
        for label, figure in self._summed if some else self.model.summary.totals:
            part = QWidget()
            part.setLayout(row(Text(label, Role.MUTED), Text(figure, Role.STRONG), spacing=5))
            self._totals.addWidget(part)
        self._fit_totals()

    def _fit_totals(self) -> None:
        """The totals for which there is room, the last one always: a figure that is cut reads like another one."""
        room = self.width() - 2 * CELL - self._count.sizeHint().width()
        for n in reversed(range(self._totals.count())):
            item = self._totals.itemAt(n)
            part = item.widget() if item is not None else None
            if part is not None:
                room -= part.sizeHint().width() + self._totals.spacing()
                part.setVisible(room >= 0 or n == self._totals.count() - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Totals come and go with the room for them."""
        super().resizeEvent(event)
        self._fit_totals()
