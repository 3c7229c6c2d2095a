"""Check of what is kept of the months that are over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.exc import DBAPIError

from muniadmin.billing.models import Bill
from muniadmin.indicators.models import MonthClosing, MonthLeft
from muniadmin.indicators.money import assessed_by_day
from muniadmin.indicators.standings import KeptMonth, Left, add_booked_between, month_end_of
from muniadmin.kernel.i18n import N_
from muniadmin.ledger.models import BusinessDay, BusinessDayCorrection, Posting
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, judged, streamed, unreadable

_CHECK = "month_closings"


def month_closings(reading: Reading, look: Look) -> Iterator[Finding]:
    """What is kept of the months that are over is what the rows booked up to their ends come to, and each was over by
    the first business day after it. Nobody reads what is kept of a month whose business day was taken back."""
    kept = _Kept()
    yield from kept.read(reading, look)
    openings = [row for row in streamed(reading, look, _OPENINGS) if isinstance(row.day, date)]
    not_over = set()
    for month_end, days in kept.over_by.items():
        possible = _may_be_over_by(openings, month_end)
        if len(days) > 1 or not days <= possible.keys():
            yield _over_otherwise(month_end, days, possible)
        elif possible[min(days)]:
            not_over.add(month_end)
    for month_end, month in _added_up(reading, look, kept, openings):
        assessed, left = kept.assessed.pop(month_end, {}), kept.left.pop(month_end, {})
        if isinstance(month, Exception):
            yield unreadable(_CHECK, "month_closing", month_end, month)
        elif month_end not in not_over and (
            _something(assessed) != _something(month.assessed) or left != month.left
        ):
            yield _differs(month_end)
    for month_end in sorted(kept.assessed.keys() | kept.left.keys(), key=str):
        if month_end not in not_over:
            yield _differs(month_end)


_OPENINGS = select(
    BusinessDay.day,
    BusinessDay.opening,
    exists()
    .where(BusinessDayCorrection.day == BusinessDay.day, BusinessDayCorrection.opening == BusinessDay.opening)
    .label("taken_back"),
).order_by(BusinessDay.event_id)


class _Kept:
    """What is kept, by the end of the month."""

    def __init__(self) -> None:
        # Where somebody has made them unreadable, days may be anything.
        self.assessed: dict[Any, dict[str, int]] = defaultdict(dict)
        self.left: dict[Any, Left] = defaultdict(dict)
        self.over_by: dict[Any, set[tuple[date, int]]] = defaultdict(set)

    def read(self, reading: Reading, look: Look) -> Iterator[Finding]:
        """Reads all of it."""
        closings, left = select(MonthClosing.__table__), select(MonthLeft.__table__)
        yield from judged(reading, look, closings, self._closing, check=_CHECK, table="month_closing")
        yield from judged(reading, look, left, self._left, check=_CHECK, table="month_left")

    def last(self) -> date | None:
        """The end of the last month of which something is kept."""
        return max(
            (one for one in self.assessed.keys() | self.left.keys() if isinstance(one, date)), default=None
        )

    def _closing(self, row: Any) -> Iterator[Finding]:
        self.assessed[row.month_end][row.head_code] = int(row.assessed)
        self.over_by[row.month_end].add((row.ended_by, row.ended_by_opening))
        return iter(())

    def _left(self, row: Any) -> Iterator[Finding]:
        self.left[row.month_end][row.head_code, row.due_on] = int(row.left)
        return iter(())


def _may_be_over_by(openings: Sequence[Any], month_end: Any) -> dict[tuple[date, int], bool]:
    """The business days by which a month may be over, each with whether it was taken back: the first one after it, and
    what was opened by mistake before that."""
    found: dict[tuple[date, int], bool] = {}
    for opening in openings:
        if isinstance(month_end, date) and opening.day > month_end:
            found[opening.day, opening.opening] = bool(opening.taken_back)
            if not opening.taken_back:
                break
    return found


def _added_up(
    reading: Reading, look: Look, kept: _Kept, openings: Sequence[Any]
) -> Iterator[tuple[date, KeptMonth | Exception]]:
    """Each month from the first in which something was booked to the last one of which something is kept, added up
    from its rows; or why they cannot be read."""
    posted = exists().where(Posting.event_id == Event.id)
    first = select(func.min(Event.booked_on)).where(posted, exists(select(Bill.id)))
    (begin,) = [*(day for (day,) in streamed(reading, look, first)), None][:1]
    last = kept.last()
    if not isinstance(begin, date) or last is None or not openings:
        return
    last = min(last, max(one.day for one in openings))
    left: Left = {}
    after, end = None, month_end_of(begin)
    while end <= last:
        look()
        try:
            add_booked_between(reading, left, after, end)
            left = {key: amount for key, amount in left.items() if amount}
            assessed: dict[str, int] = defaultdict(int)
            for _day, head, amount in assessed_by_day(reading, end.replace(day=1), end):
                assessed[head] += amount
        except Exception as error:
            if look.stopped is not None or isinstance(error, DBAPIError):
                raise
            left = dict(kept.left.get(end, {}))  # the next one goes on from there
            yield end, error
        else:
            yield end, KeptMonth(end, assessed, dict(left))
        after, end = end, month_end_of(end + timedelta(days=1))


def _something(amounts: Mapping[str, int]) -> dict[str, int]:
    """Without the heads that come to nothing."""
    return {head: amount for head, amount in amounts.items() if amount}


def _over_otherwise(
    month_end: Any, days: Iterable[tuple[date, int]], possible: Iterable[tuple[date, int]]
) -> Finding:
    return Finding(
        check=_CHECK,
        table="month_closing",
        key=str(month_end),
        message=N_("{subject}: the month was over by {found}; what is kept says by {kept}."),
        facts={"found": _openings(possible), "kept": _openings(days)},
    )


def _openings(days: Iterable[tuple[date, int]]) -> str:
    return ", ".join(sorted(f"{day} ({opening})" for day, opening in days)) or "–"


def _differs(month_end: Any) -> Finding:
    return Finding(
        check=_CHECK,
        table="month_closing",
        key=str(month_end),
        message=N_("{subject}: what is kept of the month is not what its rows come to."),
    )
