"""Where a list gets its rows from: by windows, asked for off the GUI thread, never all at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from muniadmin.kernel.errors import UserError

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


Ask = Callable[[Any], Any]
"""Answers a question at once."""

_AT_ONCE = 2_000


@dataclass(frozen=True)
class Window:
    """Which rows of the sorted list are wanted.

    ``offset`` and ``limit`` always say it. A source that knows keysets may use ``anchor`` instead: the wanted rows
    start ``skip`` rows after the anchor row (None: after the start of the list; ``from_end``: the list is read
    backwards from its end, so that the last page of a million rows costs what the first one does).
    """

    offset: int
    limit: int
    sort: str = ""
    descending: bool = False
    anchor: Any = None
    skip: int = 0
    from_end: bool = False

    @property
    def behind(self) -> int:
        """How many rows lie between the anchor, or the start of the list, and the wanted ones."""
        return self.offset if self.anchor is None else self.skip


@dataclass(frozen=True)
class Summary:
    """How many rows there are, and totals for the footer as (label, figure) already written out.

    ``first`` are the rows of the first window, when the source had them in the same answer.
    """

    count: int
    totals: Sequence[tuple[str, str]] = ()
    first: Sequence[Any] | None = None


class RowSource(Protocol[R_co]):
    """Answers later, on the GUI thread, by calling ``then``; or ``failed`` with what to tell the user."""

    def summary(
        self, first: Window, then: Callable[[Summary], None], failed: Callable[[UserError], None]
    ) -> None:
        """Counts the rows."""

    def rows(
        self, window: Window, then: Callable[[Sequence[R_co]], None], failed: Callable[[UserError], None]
    ) -> None:
        """Fetches one window of rows, in list order."""

    def everything(self, ask: Ask, sort: str, descending: bool) -> Iterator[Sequence[R_co]]:
        """All rows in list order, page by page, by questions that ``ask`` answers; called on a job's thread."""


class ListSource(Generic[R]):
    """Rows that are all there already: short lists, and examples. They are sorted here and now: two hundred by names
    with accents take less than 10 ms, on a busy computer too."""

    def __init__(
        self,
        rows: Sequence[R],
        *,
        keys: dict[str, Callable[[R], Any]] | None = None,
        totals: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._rows = list(rows)
        self._keys = keys or {}
        self._totals = totals
        self._sorted_by = "", False
        self._sorted = self._rows

    def summary(
        self, first: Window, then: Callable[[Summary], None], failed: Callable[[UserError], None]
    ) -> None:
        """Counts at once."""
        then(Summary(len(self._rows), self._totals, self._cut(first)))

    def rows(
        self, window: Window, then: Callable[[Sequence[R]], None], failed: Callable[[UserError], None]
    ) -> None:
        """Cuts the window out at once."""
        then(self._cut(window))

    def everything(self, ask: Ask, sort: str, descending: bool) -> Iterator[Sequence[R]]:
        """All of them at once."""
        yield self._in_order(sort, descending)

    def _in_order(self, sort: str, descending: bool) -> list[R]:
        """Another list each time: a job may be reading the rows on its own thread."""
        key = self._keys.get(sort)
        return sorted(self._rows, key=key, reverse=descending) if key is not None else self._rows

    def _cut(self, window: Window) -> Sequence[R]:
        wanted = (window.sort, window.descending)
        if self._sorted_by != wanted:
            self._sorted_by, self._sorted = wanted, self._in_order(*wanted)
        return self._sorted[window.offset : window.offset + window.limit]


class QuerySource(Generic[R]):
    """Rows a query answers. ``read`` is the page's own ``read``; ``page`` makes the query of a window.

    When one answer holds rows and totals (``ReceiptsPage``), ``summarise`` reads the totals from it::

        QuerySource(self.read, page=lambda w: Receipts(offset=w.offset, limit=w.limit), rows_of=lambda a: a.rows,
                    summarise=lambda a: Summary(a.count, [(_("Total"), shell.amount(a.total, code=True))]))

    When counting is a question of its own, ``total`` asks it and ``summarise`` reads its answer.
    """

    def __init__(
        self,
        read: Callable[..., None],
        *,
        page: Callable[[Window], Any],
        summarise: Callable[[Any], Summary],
        rows_of: Callable[[Any], Sequence[R]] = lambda answer: answer,
        total: Callable[[], Any] | None = None,
    ) -> None:
        self._read, self._page, self._total = read, page, total
        self._summarise, self._rows_of = summarise, rows_of

    def summary(
        self, first: Window, then: Callable[[Summary], None], failed: Callable[[UserError], None]
    ) -> None:
        """Asks the first page, and the total, where the page does not tell it, at the same time."""
        answers: dict[str, Any] = {}

        def answered(which: str, answer: Any) -> None:
            answers[which] = answer
            if "page" in answers and ("total" in answers or self._total is None):
                summary = self._summarise(answers.get("total", answers["page"]))
                then(replace(summary, first=self._rows_of(answers["page"])))

        self._read(self._page(first), then=partial(answered, "page"), failed=failed)
        if self._total is not None:
            self._read(self._total(), then=partial(answered, "total"), failed=failed)

    def rows(
        self, window: Window, then: Callable[[Sequence[R]], None], failed: Callable[[UserError], None]
    ) -> None:
        """Asks the page."""
        self._read(self._page(window), then=lambda answer: then(self._rows_of(answer)), failed=failed)

    def everything(self, ask: Ask, sort: str, descending: bool) -> Iterator[Sequence[R]]:
        """Asks page after page."""
        window = Window(0, _AT_ONCE, sort, descending)
        while rows := self._rows_of(ask(self._page(window))):
            yield rows
            if len(rows) < _AT_ONCE:
                return
            window = replace(window, offset=window.offset + len(rows), anchor=rows[-1])
