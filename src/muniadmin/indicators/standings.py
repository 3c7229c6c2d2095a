"""Where the heads stood on a day: what was overdue, what fell due, what of it was paid on time.

Days that are over are kept (``DayStanding``); for others it is added up from the bills and their settlements.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sqlalchemy import exists, func, select

from muniadmin.billing.models import Bill, RevenueHead, Settlement
from muniadmin.indicators.models import DayStanding
from muniadmin.indicators.money import booked_by_day, minor
from muniadmin.kernel.dates import add_months
from muniadmin.ledger.models import JournalEntry
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Taxpayer

_OFF_THE_DEBT = ("principal", "discount", "credit")


@dataclass(slots=True)
class Standing:
    """What was overdue of a head on a day, and the part that had been due for more than a year; minor units."""

    overdue: int = 0
    old: int = 0


@dataclass(slots=True)
class Punctuality:
    """What fell due, and what of it was settled on or before its due date; minor units."""

    fell_due: int = 0
    on_time: int = 0


def last_kept_day(reading: Reading) -> date | None:
    """The last day whose standings are kept."""
    return reading.connection.scalar(select(func.max(DayStanding.day)))


def last_day_over(reading: Reading) -> date:
    """The last day on which nothing is booked any more: one before the ledger's last day, so that a look at the figures
    from a computer whose clock is ahead ends no day; and an hour after midnight, for what is ordered before midnight is
    booked on the day it was ordered, and may take its time."""
    an_hour_ago = reading.now - timedelta(hours=1)
    day = reading.municipality.calendar.business_date(an_hour_ago)
    last_booked = reading.connection.scalar(select(func.max(JournalEntry.booked_on)))
    return min(day, last_booked or day) - timedelta(days=1)


def first_day(reading: Reading) -> date | None:
    """The first day in the ledger; None while there is no bill."""
    return reading.connection.scalar(select(func.min(JournalEntry.booked_on)).where(select(Bill.id).exists()))


def standing(reading: Reading, day: date, zone: str = "") -> Mapping[str, Standing]:
    """Where each head stood on ``day``: what was due before it and still unpaid at its end."""
    if not zone and (kept := _kept(reading, [day]).get(day)):
        return kept
    return _added_up(reading, day, zone)


def _kept(reading: Reading, days: Sequence[date]) -> dict[date, dict[str, Standing]]:
    found: dict[date, dict[str, Standing]] = defaultdict(dict)
    rows = reading.connection.execute(
        select(DayStanding.day, DayStanding.head_code, DayStanding.overdue, DayStanding.overdue_old).where(
            DayStanding.day.in_(days)
        )
    )
    for day, head, overdue, old in rows:
        found[day][head] = Standing(overdue, old)
    return found


def kept_totals(reading: Reading, days: Sequence[date]) -> dict[date, int]:
    """What was overdue on all heads on those of the days that are kept."""
    rows = reading.connection.execute(
        select(DayStanding.day, func.sum(DayStanding.overdue))
        .where(DayStanding.day.in_(days))
        .group_by(DayStanding.day)
    )
    return {day: int(overdue) for day, overdue in rows}


def _added_up(reading: Reading, day: date, zone: str) -> dict[str, Standing]:
    # Grouped by its name: an engine would not see that the same comparison stands in both places.
    is_old = (Bill.due_on < add_months(day, -12)).label("is_old")
    found: dict[str, Standing] = defaultdict(Standing)
    if day >= reading.today:
        # Nothing of the future is known, so the bills say it themselves.
        open_bills = (
            select(Bill.head_code, is_old, func.sum(Bill.total), func.sum(Bill.settled))
            .where(Bill.settled < Bill.total, Bill.due_on < day)
            .group_by(Bill.head_code, "is_old")
        )
        if zone:
            open_bills = open_bills.join(Taxpayer, Taxpayer.id == Bill.taxpayer_id).where(
                Taxpayer.zone == zone
            )
        for head, old, total, paid in reading.connection.execute(open_bills):
            _put(found, head, bool(old), minor(total) - minor(paid))
        return found
    issued = (
        select(Bill.head_code, is_old, func.sum(Bill.total))
        .where(Bill.due_on < day, Bill.issued_on <= day)
        .group_by(Bill.head_code, "is_old")
    )
    settled = (
        select(Bill.head_code, is_old, func.sum(Settlement.amount))
        .join_from(Settlement, Bill, Bill.id == Settlement.bill_id)
        .where(Bill.due_on < day, Settlement.settled_on <= day, Settlement.part.in_(_OFF_THE_DEBT))
        .group_by(Bill.head_code, "is_old")
    )
    if zone:
        issued = issued.join(Taxpayer, Taxpayer.id == Bill.taxpayer_id).where(Taxpayer.zone == zone)
        settled = settled.join(Taxpayer, Taxpayer.id == Bill.taxpayer_id).where(Taxpayer.zone == zone)
    for sign, wanted in ((1, issued), (-1, settled)):
        for head, old, amount in reading.connection.execute(wanted):
            _put(found, head, bool(old), sign * minor(amount))
    return found


def _put(found: dict[str, Standing], head: str, is_old: bool, amount: int) -> None:
    found[head].overdue += amount
    if is_old:
        found[head].old += amount


def punctuality(reading: Reading, since: date, until: date) -> Punctuality:
    """Of what fell due from ``since`` to ``until``, what was settled in time; only days that are over count."""
    last = min(until, reading.today - timedelta(days=1))
    total = Punctuality()
    kept_to = last_kept_day(reading)
    split = min(kept_to, last) if kept_to is not None else since - timedelta(days=1)
    row = reading.connection.execute(
        select(func.sum(DayStanding.fell_due), func.sum(DayStanding.on_time)).where(
            DayStanding.day.between(since, split)
        )
    ).one()
    total.fell_due, total.on_time = int(row[0] or 0), int(row[1] or 0)
    for _day, _head, fell_due, on_time in _due_by_day(reading, max(since, split + timedelta(days=1)), last):
        total.fell_due += fell_due
        total.on_time += on_time
    return total


def _due_by_day(reading: Reading, since: date, until: date) -> Iterable[tuple[date, str, int, int]]:
    """(due day, head, fell due, settled on time) of the bills due from ``since`` to ``until``. A bill issued after its
    due date, like a fine captured late, never fell due: nobody could have paid it in time."""
    if since > until:
        return []
    sums: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
    bills = (
        select(Bill.due_on, Bill.head_code, func.sum(Bill.total))
        .where(Bill.due_on.between(since, until), Bill.issued_on <= Bill.due_on)
        .group_by(Bill.due_on, Bill.head_code)
    )
    for day, head, total in reading.connection.execute(bills):
        sums[day, head][0] += minor(total)
    settled = (
        select(Bill.due_on, Bill.head_code, Settlement.part, func.sum(Settlement.amount))
        .join_from(Settlement, Bill, Bill.id == Settlement.bill_id)
        .where(
            Bill.due_on.between(since, until),
            Bill.issued_on <= Bill.due_on,
            Settlement.settled_on <= Bill.due_on,
            Settlement.part.in_(_OFF_THE_DEBT),
        )
        .group_by(Bill.due_on, Bill.head_code, Settlement.part)
    )
    for day, head, part, amount in reading.connection.execute(settled):
        if part == "credit":
            sums[day, head][0] -= minor(amount)
        else:
            sums[day, head][1] += minor(amount)
    return [(day, head, fell_due, on_time) for (day, head), (fell_due, on_time) in sorted(sums.items())]


# --- keeping --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeptDay:
    """A day as it is kept."""

    day: date
    head_code: str
    assessed: int
    overdue: int
    overdue_old: int
    fell_due: int
    on_time: int


def days_between(reading: Reading, after: date, until: date) -> list[KeptDay]:
    """Where every head stood on each day after ``after`` up to ``until``, in one pass over bills and settlements.

    A bill is overdue from the day after its due date, and old from a year and a day after it; a settlement takes it
    off from the day it is made, but not before the bill was there.
    """
    start = standing(reading, after) if after >= (first_day(reading) or after) else {}
    changes = _changes(reading, after, until)
    booked = {
        (day, head): amount for day, head, amount in booked_by_day(reading, after + timedelta(days=1), until)
    }
    flows = {
        (day, head): (fell, paid)
        for day, head, fell, paid in _due_by_day(reading, after + timedelta(days=1), until)
    }
    with_bills = select(RevenueHead.code).where(exists().where(Bill.head_code == RevenueHead.code))
    heads = sorted({*reading.connection.scalars(with_bills), *(head for _day, head in booked)})
    overdue = {head: start[head].overdue if head in start else 0 for head in heads}
    old = {head: start[head].old if head in start else 0 for head in heads}
    kept: list[KeptDay] = []
    day = after
    while day < until:
        day += timedelta(days=1)
        for head in heads:
            moved, aged = changes.get((day, head), (0, 0))
            overdue[head] += moved
            old[head] += aged
            fell_due, on_time = flows.get((day, head), (0, 0))
            assessed = booked.get((day, head), 0)
            kept.append(KeptDay(day, head, assessed, overdue[head], old[head], fell_due, on_time))
    return kept


def _changes(reading: Reading, after: date, until: date) -> dict[tuple[date, str], tuple[int, int]]:
    """How much each head's overdue and old stock moved on each day after ``after`` up to ``until``."""
    moved: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])

    def note(place: int, on: date, head: str, amount: int) -> None:
        if after < on <= until:
            moved[on, head][place] += amount

    bills = select(Bill.issued_on, Bill.due_on, Bill.head_code, func.sum(Bill.total)).group_by(
        Bill.issued_on, Bill.due_on, Bill.head_code
    )
    settled = (
        select(
            Bill.issued_on, Bill.due_on, Bill.head_code, func.sum(Settlement.amount), Settlement.settled_on
        )
        .join_from(Settlement, Bill, Bill.id == Settlement.bill_id)
        .where(Settlement.part.in_(_OFF_THE_DEBT))
        .group_by(Bill.issued_on, Bill.due_on, Bill.head_code, Settlement.settled_on)
    )
    for issued_on, due_on, head, total in reading.connection.execute(bills):
        note(0, max(overdue_from(due_on), issued_on), head, minor(total))
        note(1, max(old_from(due_on), issued_on), head, minor(total))
    for _issued_on, due_on, head, amount, settled_on in reading.connection.execute(settled):
        note(0, max(overdue_from(due_on), settled_on), head, -minor(amount))
        note(1, max(old_from(due_on), settled_on), head, -minor(amount))
    return {key: (values[0], values[1]) for key, values in moved.items()}


def overdue_from(due_on: date) -> date:
    """The first day on which a bill is overdue."""
    return due_on + timedelta(days=1)


@cache
def old_from(due_on: date) -> date:
    """The first day on which an overdue bill counts as old: when its due date lies more than twelve months back."""
    day = add_months(due_on, 12)
    while not due_on < add_months(day, -12):
        day += timedelta(days=1)
    return day
