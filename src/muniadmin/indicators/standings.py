"""Where the heads stood on a day: what was left and what of it was overdue; what fell due, and was paid on time.

The books of a day are the rows booked up to it. What was left at the end of each month that is over is kept
(``MonthLeft``); other days are the last such month with what was booked since.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, exists, func, or_, select, type_coerce
from sqlalchemy.sql.selectable import Subquery

from muniadmin.billing.facts import NEVER_OWED, PRINCIPAL
from muniadmin.billing.models import Bill, Charge, ChargeNow, Decision, RevenueHead, Settlement, Term
from muniadmin.indicators.models import MonthClosing, MonthLeft
from muniadmin.indicators.money import assessed_by_day, in_zone, minor, still_over
from muniadmin.kernel.dates import add_months
from muniadmin.ledger.models import BusinessDay, BusinessDayCorrection, Posting
from muniadmin.ledger.queries import last_day
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import Reading

Left = dict[tuple[str, date], int]
"""What is left by head and due day, in minor units."""


@dataclass(slots=True)
class Standing:
    """What was overdue of a head on a day, and the part that had been due for more than a year; minor units."""

    overdue: int = 0
    old: int = 0


@dataclass(slots=True)
class Punctuality:
    """What fell due, and what of it was paid on or before its due day; minor units."""

    fell_due: int = 0
    on_time: int = 0


def last_day_over(reading: Reading) -> date:
    """The last day on which nothing is booked any more: one before the last business day, so that a look at the figures
    from a computer whose clock is ahead ends no day; and an hour after midnight, for what is ordered before midnight is
    booked on the day it was ordered, and may take its time."""
    an_hour_ago = reading.now - timedelta(hours=1)
    day = reading.municipality.calendar.business_date(an_hour_ago)
    return min(day, last_day(reading) or day) - timedelta(days=1)


def over_by(reading: Reading, month_end: date) -> tuple[date, int] | None:
    """The business day by which a month was over, and its opening: the first one after it that was not taken back."""
    taken_back = exists().where(
        BusinessDayCorrection.day == BusinessDay.day, BusinessDayCorrection.opening == BusinessDay.opening
    )
    found = reading.connection.execute(
        select(BusinessDay.day, BusinessDay.opening)
        .where(BusinessDay.day > month_end, ~taken_back)
        .order_by(BusinessDay.day, BusinessDay.opening)
        .limit(1)
    ).one_or_none()
    return None if found is None else (found.day, found.opening)


def standing(reading: Reading, day: date, zone: str = "") -> Mapping[str, Standing]:
    """Where each head stood in the books of ``day``: what was due before it and still left at its end."""
    found: dict[str, Standing] = defaultdict(Standing)
    a_year_ago = add_months(day, -12)
    for (head, due_on), left in left_on(reading, day, zone).items():
        if due_on < day and left:
            found[head].overdue += left
            if due_on < a_year_ago:
                found[head].old += left
    return found


def left_on(reading: Reading, day: date, zone: str = "") -> Left:
    """What was left in the books of ``day``, by head and due day as postponed by then; what is not due yet too."""
    if day >= reading.today:
        return _left_now(reading, zone)
    # Nothing is kept of a zone by itself.
    kept = None if zone else _month_kept_before(reading, day)
    left: Left = defaultdict(int)
    if kept is not None:
        left.update(kept_left(reading, kept))
    add_booked_between(reading, left, kept, day, zone)
    return left


def _left_now(reading: Reading, zone: str) -> Left:
    wanted = (
        select(
            ChargeNow.head_code,
            ChargeNow.due_on,
            func.sum(ChargeNow.amount),
            func.sum(ChargeNow.settled),
        )
        .where(ChargeNow.closed_on.is_(None))
        .group_by(ChargeNow.head_code, ChargeNow.due_on)
    )
    if zone:
        wanted = in_zone(wanted, ChargeNow.account_id, zone)
    return {
        (head, due_on): minor(amount) - minor(settled)
        for head, due_on, amount, settled in reading.connection.execute(wanted)
    }


def _month_kept_before(reading: Reading, day: date) -> date | None:
    return reading.connection.scalar(
        select(func.max(MonthClosing.month_end)).where(MonthClosing.month_end <= day, still_over())
    )


def kept_left(reading: Reading, month_end: date) -> Left:
    """What is kept of the end of a month."""
    rows = reading.connection.execute(
        select(MonthLeft.head_code, MonthLeft.due_on, MonthLeft.left).where(MonthLeft.month_end == month_end)
    )
    return {(head, due_on): left for head, due_on, left in rows}


def kept_overdue(reading: Reading, month_ends: Sequence[date]) -> dict[date, int]:
    """What was overdue on all heads at those of the month ends that are kept."""
    overdue = func.sum(case((MonthLeft.due_on < MonthLeft.month_end, MonthLeft.left), else_=0))
    found = dict.fromkeys(
        reading.connection.scalars(
            select(MonthClosing.month_end)
            .where(MonthClosing.month_end.in_(month_ends), still_over())
            .distinct()
        ),
        0,
    )
    rows = reading.connection.execute(
        select(MonthLeft.month_end, overdue)
        .where(MonthLeft.month_end.in_(month_ends))
        .group_by(MonthLeft.month_end)
    )
    found.update({month_end: int(amount) for month_end, amount in rows if month_end in found})
    return found


def add_booked_between(reading: Reading, left: Left, after: date | None, until: date, zone: str = "") -> None:
    """Adds to what was ``left`` in the books of ``after`` (None: of the first day) what was booked up to ``until``."""
    terms = terms_booked_by(until)
    due_on = func.coalesce(terms.c.due_on, Charge.due_on)
    charged = (
        select(Charge.head_code, due_on, func.sum(Charge.amount))
        .outerjoin(terms, terms.c.charge_id == Charge.id)
        .where(*_booked(Charge.booked_on, after, until))
        .group_by(Charge.head_code, due_on)
    )
    settled = (
        select(Charge.head_code, due_on, func.sum(Settlement.amount))
        .join_from(Settlement, Charge, Charge.id == Settlement.charge_id)
        .outerjoin(terms, terms.c.charge_id == Charge.id)
        .where(*_booked(Settlement.booked_on, after, until))
        .group_by(Charge.head_code, due_on)
    )
    for sign, wanted in ((1, charged), (-1, settled)):
        of_zone = in_zone(wanted, Charge.account_id, zone) if zone else wanted
        for head, day, amount in reading.connection.execute(of_zone):
            left[head, day] = left.get((head, day), 0) + sign * minor(amount)
    if after is not None:
        for head, before, now, amount in _postponed(reading, after, until):
            left[head, before] = left.get((head, before), 0) - amount
            left[head, now] = left.get((head, now), 0) + amount


def _booked(booked_on: Any, after: date | None, until: date) -> list[ColumnElement[bool]]:
    return [booked_on <= until] if after is None else [booked_on > after, booked_on <= until]


def _postponed(reading: Reading, after: date, until: date) -> Iterable[tuple[str, date, date, int]]:
    """(head, due day in the books of ``after``, due day in those of ``until``, left in those of ``after``) of the
    charges that were postponed between the two."""
    before, now = terms_booked_by(after), terms_booked_by(until)
    touched = select(Term.charge_id).where(Term.booked_on > after, Term.booked_on <= until)
    settled = (
        select(Settlement.charge_id, func.sum(Settlement.amount).label("amount"))
        .where(Settlement.booked_on <= after, Settlement.charge_id.in_(touched))
        .group_by(Settlement.charge_id)
        .subquery()
    )
    rows = reading.connection.execute(
        select(
            Charge.head_code,
            func.coalesce(before.c.due_on, Charge.due_on),
            now.c.due_on,
            Charge.amount,
            settled.c.amount,
        )
        .join(now, now.c.charge_id == Charge.id)
        .outerjoin(before, before.c.charge_id == Charge.id)
        .outerjoin(settled, settled.c.charge_id == Charge.id)
        .where(Charge.id.in_(touched), Charge.booked_on <= after)
    )
    for head, due_before, due_now, amount, paid in rows:
        yield head, due_before, due_now, minor(amount) - minor(paid)


def terms_booked_by(day: date) -> Subquery:
    """The due day of each postponed charge in the books of ``day``."""
    latest = select(func.max(Term.id)).where(Term.booked_on <= day).group_by(Term.charge_id)
    return select(Term.charge_id, Term.due_on).where(Term.id.in_(latest)).subquery()


# --- What fell due --------------------------------------------------------------------------------------------------

# What was never owed, or is owed by somebody else, did not fall due here; what was given up was not paid.
_NOT_DUE_HERE = (*sorted(NEVER_OWED), "transfer")
_EARNED = ("rebate", "rounding")


def punctuality(reading: Reading, since: date, until: date, zone: str = "") -> Punctuality:
    """Of the principals that fell due from ``since`` to ``until``, as postponed, what was paid with money that counts
    for the due day or before, rebates earned with it included; only days that are over count. What was charged after
    its due day, like a fine captured late, never fell due: nobody could have paid it in time."""
    last = min(until, reading.today - timedelta(days=1))
    in_time = (
        ChargeNow.kind == PRINCIPAL,
        ChargeNow.due_on.between(since, last),
        Charge.booked_on <= ChargeNow.due_on,
    )
    charged = (
        select(func.sum(ChargeNow.amount)).join(Charge, Charge.id == ChargeNow.charge_id).where(*in_time)
    )
    paid = or_(Settlement.decision_id.is_(None), Decision.kind.in_(_EARNED))
    amount = type_coerce(Settlement.amount, BigInteger)
    settled = (
        select(
            func.sum(case((Decision.kind.in_(_NOT_DUE_HERE), amount), else_=0)),
            func.sum(case((paid, amount), else_=0)),
        )
        .select_from(ChargeNow)
        .join(Charge, Charge.id == ChargeNow.charge_id)
        .join(Settlement, Settlement.charge_id == ChargeNow.charge_id)
        .outerjoin(Decision, Decision.id == Settlement.decision_id)
        .where(*in_time, Settlement.value_on <= ChargeNow.due_on)
    )
    if zone:
        charged, settled = (in_zone(one, ChargeNow.account_id, zone) for one in (charged, settled))
    fell_due = minor(reading.connection.scalar(charged))
    not_due, on_time = reading.connection.execute(settled).one()
    return Punctuality(fell_due - int(not_due or 0), int(on_time or 0))


# --- Keeping --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeptMonth:
    """A month that is over: by head what was assessed in it, and what was left at its end; minor units."""

    month_end: date
    assessed: Mapping[str, int]
    left: Mapping[tuple[str, date], int]


def month_end_of(day: date) -> date:
    """The last day of its month."""
    return add_months(day.replace(day=1), 1) - timedelta(days=1)


def last_kept_month(reading: Reading) -> date | None:
    """The last day of the last month that is kept."""
    return reading.connection.scalar(select(func.max(MonthClosing.month_end)).where(still_over()))


def months_over(reading: Reading) -> list[date]:
    """The last days of the months that are over, from the first one in which something was booked."""
    posted = exists().where(Posting.event_id == Event.id)
    first = reading.connection.scalar(
        select(func.min(Event.booked_on)).where(posted, exists(select(Bill.id)))
    )
    ends: list[date] = []
    if first is None:
        return ends
    last, end = last_day_over(reading), month_end_of(first)
    while end <= last:
        ends.append(end)
        end = month_end_of(end + timedelta(days=1))
    return ends


def months_to_keep(reading: Reading) -> list[date]:
    """The last days of the months that are over and not kept."""
    kept = last_kept_month(reading)
    return [end for end in months_over(reading) if kept is None or end > kept]


def add_up_months(reading: Reading, month_ends: Sequence[date], after: date | None) -> Iterable[KeptMonth]:
    """Each of some months that follow one another; ``after``: the end of the month before them, which is kept (None:
    nothing was booked before)."""
    heads = sorted(reading.connection.scalars(select(RevenueHead.code)))
    left: Left = kept_left(reading, after) if after is not None else {}
    for end in month_ends:
        add_booked_between(reading, left, after, end)
        left = {key: amount for key, amount in left.items() if amount}
        assessed = dict.fromkeys(heads, 0)
        for _day, head, amount in assessed_by_day(reading, end.replace(day=1), end):
            assessed[head] += amount
        yield KeptMonth(end, assessed, dict(left))
        after = end
