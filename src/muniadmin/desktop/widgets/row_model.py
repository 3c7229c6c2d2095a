"""The rows a list has at hand: pages around what is seen, fetched when they are painted, forgotten when far away."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Literal, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.row_source import Ask, ListSource, RowSource, Summary, Window
from muniadmin.kernel.errors import UserError

R = TypeVar("R")
PAGE = 128
KEPT_PAGES = 64

Look = Literal["plain", "strong", "muted", "good", "warning", "bad"]


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column. ``text`` writes a row's cell; ``pill`` gives the tone when the cell is a state. ``tail`` follows the
    text and is never cut, as a period after a name that may be long. ``below`` is a second, muted line: one such
    column makes every row of the list higher.

    ``width`` is in pixels; ``stretch`` columns share what is left, never narrower than ``width``. ``sort`` is the
    source's name for this order; empty means the header does not sort. A ``number`` column stands right-aligned.
    ``value`` is the Money, number or day of which ``text`` is the writing, for files that are reckoned with. Figures,
    days, states and what is ``exact`` (the number of a bill, a plate) are never cut. Where there is no room for all,
    columns with ``leaves`` go, the highest first. What a column that has left would say ``below`` stands below the
    cell of the column ``beneath``, in its state's colour, unless something stands there.
    """

    id: str
    title: str
    text: Callable[[R], str]
    width: int = 120
    stretch: bool = False
    number: bool = False
    look: Look | Callable[[R], Look] = "plain"
    pill: Callable[[R], Tone] | None = None
    sort: str = ""
    hidden: bool = False
    icon: Callable[[R], str] | None = None
    tail: Callable[[R], str] | None = None
    below: Callable[[R], str] | None = None
    leaves: int = 0
    beneath: str = ""
    value: Callable[[R], Any] | None = None
    exact: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether its cells are shown whole or not at all."""
        return self.exact or self.number or self.pill is not None or self.value is not None

    def tail_of(self, row: R) -> str:
        """What follows the text, with the blank between; empty for nothing."""
        tail = self.tail(row) if self.tail is not None else ""
        return f" {tail}" if tail else ""

    def first_line(self, row: R) -> str:
        """What the row's cell says, but for what stands below."""
        return self.text(row) + self.tail_of(row)

    def whole(self, row: R) -> str:
        """Everything the row's cell says."""
        below = self.below(row) if self.below is not None else ""
        return f"{self.first_line(row)}, {below}" if below else self.first_line(row)

    def look_of(self, row: R) -> Look:
        """How the row's cell is written."""
        return self.look(row) if callable(self.look) else self.look


class RowModel(QAbstractTableModel, Generic[R]):
    """Rows by position; None while a row is on its way."""

    summarised = Signal()
    failed = Signal(object)
    ticked_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        key: Callable[[R], Any],
        ticks: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.key = key
        self.ticks = ticks
        self.summary = Summary(0)
        self.known = False
        #: The rows at hand are old ones: others have been asked for.
        self.pending = False
        self.sort_by, self.descending = "", False
        self._source: RowSource[R] = ListSource([])
        self._pages: OrderedDict[int, Sequence[R]] = OrderedDict()
        self._anchors: dict[int, R] = {}
        self._asked: set[int] = set()
        self._wanted: list[int] = []
        self._round = 0
        self._ticked: dict[Any, R] = {}
        self._locked: Callable[[R], bool] = lambda _row: False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._fetch)

    # --- the source -------------------------------------------------------------------------------------------

    def set_source(self, source: RowSource[R]) -> None:
        """Other rows; everything known of the old ones is forgotten, ticks too."""
        self._source = source
        self._ticked.clear()
        self.reload()

    def reload(self) -> None:
        """Asks again. The old rows stay visible until the new ones have been counted."""
        self._round += 1
        asked_in = self._round
        self.pending = True

        def counted(summary: Summary) -> None:
            if asked_in == self._round:
                self.pending = False
                self.beginResetModel()
                self._forget()
                self.summary, self.known = summary, True
                if summary.first is not None:
                    self._keep(0, summary.first)
                self.endResetModel()
                self.summarised.emit()

        first = Window(0, PAGE, self.sort_by, self.descending)
        self._source.summary(first, counted, lambda problem: self._fail(asked_in, problem))

    def set_order(self, sort: str, descending: bool) -> None:
        """Sorts by a column's ``sort``."""
        if (sort, descending) == (self.sort_by, self.descending):
            return
        self.beginResetModel()
        self.sort_by, self.descending = sort, descending
        self._round += 1
        self._forget()
        self.endResetModel()
        if not self.known:
            self.reload()

    def _forget(self) -> None:
        self._pages.clear()
        self._anchors.clear()
        self._asked.clear()
        self._wanted.clear()

    def _fail(self, asked_in: int, problem: UserError) -> None:
        if asked_in == self._round:
            self._asked.clear()
            self.failed.emit(problem)

    # --- rows -------------------------------------------------------------------------------------------------

    def row(self, position: int) -> R | None:
        """The row at a position, or None while it is on its way."""
        if not 0 <= position < self.summary.count:
            return None
        number, inside = divmod(position, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._want(number)
            return None
        self._pages.move_to_end(number)
        return page[inside] if inside < len(page) else None

    def position(self, key: Any) -> int | None:
        """Where the row with this key is among the rows at hand."""
        for number, page in self._pages.items():
            for inside, row in enumerate(page):
                if self.key(row) == key:
                    return number * PAGE + inside
        return None

    def at_hand(self) -> Iterable[R]:
        """The rows that have been fetched."""
        for number in sorted(self._pages):
            yield from self._pages[number]

    def _want(self, number: int) -> None:
        if number in self._asked:
            return
        if number in self._wanted:
            self._wanted.remove(number)
        # What was painted last is what the user looks at: it is fetched first, and what was scrolled past is not.
        self._wanted.append(number)
        del self._wanted[:-4]
        if not self._timer.isActive():
            self._timer.start()

    def _fetch(self) -> None:
        asked_in = self._round
        while self._wanted:
            number = self._wanted.pop()
            self._asked.add(number)
            self._ask(number, asked_in)

    def _ask(self, number: int, asked_in: int) -> None:
        def arrived(rows: Sequence[R]) -> None:
            if asked_in != self._round:
                return
            self._asked.discard(number)
            self._keep(number, rows)
            first = number * PAGE
            last = min(first + PAGE, self.summary.count) - 1
            if last >= first and self.columnCount():
                self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

        self._source.rows(self._window(number), arrived, lambda problem: self._fail(asked_in, problem))

    def _keep(self, number: int, rows: Sequence[R]) -> None:
        self._pages[number] = rows
        if len(rows) == PAGE:
            self._anchors[number] = rows[-1]
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    def _window(self, number: int) -> Window:
        offset = number * PAGE
        limit = min(PAGE, self.summary.count - offset)
        before = max((known for known in self._anchors if known < number), default=None)
        start = 0 if before is None else (before + 1) * PAGE
        skip = offset - start
        after = self.summary.count - offset - limit
        if after < skip:
            return Window(offset, limit, self.sort_by, self.descending, None, after, from_end=True)
        anchor = None if before is None else self._anchors[before]
        return Window(offset, limit, self.sort_by, self.descending, anchor, skip)

    def fetch(self, numbers: Iterable[int], then: Callable[[dict[int, Sequence[R]]], None]) -> None:
        """Hands over these pages, whether they are at hand or not; never, once other rows have been asked for."""
        asked_in, found, missing = self._round, dict[int, Sequence[R]](), list(numbers)

        def go_on() -> None:
            while missing:
                number = missing.pop()
                if (page := self._pages.get(number)) is not None:
                    found[number] = page
                else:
                    self._source.rows(
                        self._window(number), partial(arrived, number), partial(self._fail, asked_in)
                    )
                    return
            then(found)

        def arrived(number: int, rows: Sequence[R]) -> None:
            if asked_in == self._round:
                found[number] = rows
                go_on()

        go_on()

    def all_rows(self) -> Callable[[Ask], Iterator[Sequence[R]]]:
        """Reads all rows in the order in force, page by page, on any thread, whatever is listed here meanwhile."""
        return partial(self._source.everything, sort=self.sort_by, descending=self.descending)

    # --- ticks ------------------------------------------------------------------------------------------------

    def ticked(self) -> list[R]:
        """The ticked rows, in the order they were ticked."""
        return list(self._ticked.values())

    def is_ticked(self, row: R) -> bool:
        """Whether the row is ticked."""
        return self.key(row) in self._ticked

    def set_ticked(self, rows: Iterable[R], ticked: bool = True) -> None:
        """Ticks rows or takes their ticks away."""
        for row in rows:
            if ticked and not self._locked(row):
                self._ticked[self.key(row)] = row
            else:
                self._ticked.pop(self.key(row), None)
        self._repaint_ticks()

    def set_lock(self, locked: Callable[[R], bool]) -> None:
        """Rows for which ``locked`` says so cannot be ticked."""
        self._locked = locked

    def is_locked(self, row: R) -> bool:
        """Whether the row cannot be ticked."""
        return self._locked(row)

    def toggle(self, position: int) -> None:
        """Ticks the row, or takes its tick away."""
        row = self.row(position)
        if row is not None and not self._locked(row):
            self.set_ticked([row], not self.is_ticked(row))

    def _repaint_ticks(self) -> None:
        if self.rowCount() and self.columnCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))
        self.ticked_changed.emit()

    # --- Qt's side --------------------------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """How many rows there are, fetched or not."""
        return 0 if parent.isValid() else self.summary.count

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """How many columns there are, shown or not."""
        return 0 if parent.isValid() else len(self.columns)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The cell's text, for screen readers and copying; the delegate paints from the row itself."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignTrailing
                if self.columns[index.column()].number
                else Qt.AlignmentFlag.AlignLeading
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.CheckStateRole,
        ):
            return None
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.CheckStateRole:
            if not self.ticks or index.column() != 0:
                return None
            return Qt.CheckState.Checked if self.is_ticked(row) else Qt.CheckState.Unchecked
        return self.columns[index.column()].whole(row)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title if 0 <= section < len(self.columns) else None
        return None
