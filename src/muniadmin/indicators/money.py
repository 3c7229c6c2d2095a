"""What was collected and assessed, from the totals kept by day and from the ledger; of one zone, from the rows."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    case,
    exists,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from muniadmin.billing.facts import NEVER_OWED, PENALTY
from muniadmin.billing.models import (
    Account,
    Charge,
    DayCollection,
    Decision,
    RevenueHead,
    Settlement,
    Tender,
)
from muniadmin.indicators.models import MonthClosing
from muniadmin.kernel.money import Money
from muniadmin.ledger.models import BusinessDayCorrection, Posting
from muniadmin.ledger.rules import revenue
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Taxpayer


class Cell(NamedTuple):
    """What came in on a day on a head through a channel, penalties included, and on how many bills; or during a
    month, on its first day."""

    day: date
    head: str
    channel: str
    collected: int
    bills: int

    @property
    def month(self) -> date:
        """The first day of its month."""
        return self.day.replace(day=1)


class Demand(NamedTuple):
    """What was assessed on a day on a head, annulments deducted; or during a month, on its first day."""

    day: date
    head: str
    assessed: int

    @property
    def month(self) -> date:
        """The first day of its month."""
        return self.day.replace(day=1)


CREDIT = "credit"
"""The channel of money that was held for a debtor and counts when it is used."""


def collected_by_month(reading: Reading, since: date, until: date) -> list[Cell]:
    """What was collected from ``since`` to ``until``, both included, by booking day, as it is kept by day."""
    month = _month(reading, DayCollection.day)
    kept = (
        select(
            month,
            DayCollection.head_code,
            DayCollection.channel,
            func.sum(DayCollection.principal + DayCollection.penalty),
            func.sum(DayCollection.count),
        )
        .where(DayCollection.by == "booked", DayCollection.day.between(since, until))
        .group_by(month, DayCollection.head_code, DayCollection.channel)
    )
    return [
        Cell(_first_of(row[0]), row[1], row[2], minor(row[3]), int(row[4]))
        for row in reading.connection.execute(kept)
    ]


def paid_between(since: date, until: date) -> Select[*tuple[Any, ...]]:
    """What money settled in days of booking, by source (a payment's channel, or a credit), bill and head: columns
    payment_id, credit_id, channel, bill_id, account_id, head_code, booked_on, amount."""
    return (
        select(
            Tender.payment_id,
            Settlement.credit_id,
            func.coalesce(Tender.channel, literal(CREDIT)).label("channel"),
            Charge.bill_id,
            Charge.account_id,
            Charge.head_code,
            Settlement.booked_on,
            type_coerce(Settlement.amount, BigInteger).label("amount"),
        )
        .join_from(Settlement, Charge, Charge.id == Settlement.charge_id)
        .outerjoin(Tender, Tender.id == Settlement.tender_id)
        .where(Settlement.booked_on.between(since, until), Settlement.decision_id.is_(None))
    )


def collected_in_zone(reading: Reading, since: date, until: date, zone: str) -> list[Cell]:
    """What was paid on debts of a zone's taxpayers from ``since`` to ``until``, day by day, from the settlements."""
    paid = in_zone(paid_between(date.min, until), Charge.account_id, zone).subquery().c
    source = (paid.payment_id, paid.credit_id, paid.bill_id, paid.head_code, paid.channel)
    moved = func.sum(paid.amount)
    by_source = (
        select(
            paid.booked_on,
            paid.head_code,
            paid.channel,
            moved.label("moved"),
            func.sum(moved).over(partition_by=source, order_by=paid.booked_on).label("after"),
        )
        .group_by(*source, paid.booked_on)
        .subquery()
        .c
    )
    # A bill is counted when money of a source begins to pay it, and no longer when nothing of that is left on it.
    before = by_source.after - by_source.moved
    bills = case((by_source.after > 0, 1), else_=0) - case((before > 0, 1), else_=0)
    key = (by_source.booked_on, by_source.head_code, by_source.channel)
    by_day = (
        select(*key, func.sum(by_source.moved), func.sum(bills))
        .where(by_source.booked_on >= since)
        .group_by(*key)
    )
    return [
        Cell(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in reading.connection.execute(by_day)
    ]


def assessed_by_month(reading: Reading, since: date, until: date) -> list[Demand]:
    """What was assessed from ``since`` to ``until``, both included: of whole months that are over as it is kept, of
    other days from the ledger."""
    kept = reading.connection.execute(
        select(MonthClosing.month_end, MonthClosing.head_code, MonthClosing.assessed).where(
            MonthClosing.month_end.between(since, until), still_over()
        )
    ).all()
    found = [
        Demand(end.replace(day=1), head, assessed)
        for end, head, assessed in kept
        if assessed and end.replace(day=1) >= since
    ]
    months = sorted({end for end, _head, _assessed in kept if end.replace(day=1) >= since})
    if not months:
        return [Demand(*one) for one in assessed_by_day(reading, since, until)]
    # Months are kept one after the other: what is not kept lies before the first of them or after the last.
    first, last = months[0].replace(day=1), months[-1]
    found += [Demand(*one) for one in assessed_by_day(reading, since, first - timedelta(days=1))]
    found += [Demand(*one) for one in assessed_by_day(reading, last + timedelta(days=1), until)]
    return found


def still_over() -> ColumnElement[bool]:
    """Whether a month that was kept is over: the business day that ended it was not taken back."""
    return ~exists().where(
        BusinessDayCorrection.day == MonthClosing.ended_by,
        BusinessDayCorrection.opening == MonthClosing.ended_by_opening,
    )


def assessed_by_day(reading: Reading, since: date, until: date) -> list[tuple[date, str, int]]:
    """(day, head, assessed) as the ledger's revenue accounts have it."""
    if since > until:
        return []
    booked = Event.booked_on.between(since, until)
    first, last = reading.connection.execute(
        select(func.coalesce(func.min(Event.id), 0), func.max(Event.id)).where(booked)
    ).one()
    if not first:
        return []
    heads = {revenue(code): code for code in reading.session.scalars(select(RevenueHead.code))}
    rows = reading.connection.execute(
        select(Event.booked_on, Posting.account, func.sum(Posting.amount))
        .join(Event, Event.id == Posting.event_id)
        # The numbers say nothing that the days do not, but lead to the few postings of a short time at once.
        .where(Posting.account.in_(heads), Posting.event_id.between(first, last), booked)
        .group_by(Event.booked_on, Posting.account)
    )
    return [(day, heads[account], -int(amount)) for day, account, amount in rows]


def charged() -> Select[*tuple[Any, ...]]:
    """Every charge that was assessed, signed: columns bill_id, account_id, head_code, booked_on, due_on, amount. What
    was taken over from the books before was assessed there, and penalty is none."""
    return select(
        Charge.bill_id,
        Charge.account_id,
        Charge.head_code,
        Charge.booked_on,
        Charge.due_on,
        type_coerce(Charge.amount, BigInteger).label("amount"),
    ).where(Charge.kind != PENALTY, Charge.against == "revenue")


def never_owed() -> Select[*tuple[Any, ...]]:
    """Everything that was found never to have been owed of what was assessed, as negative amounts; the columns are
    those of ``charged``."""
    return (
        select(
            Charge.bill_id,
            Charge.account_id,
            Charge.head_code,
            Settlement.booked_on,
            Charge.due_on,
            (-type_coerce(Settlement.amount, BigInteger)).label("amount"),
        )
        .join_from(Settlement, Charge, Charge.id == Settlement.charge_id)
        .join(Decision, Decision.id == Settlement.decision_id)
        .where(was_assessed(), Decision.kind.in_(sorted(NEVER_OWED)))
    )


def was_assessed() -> ColumnElement[bool]:
    """Whether a charge, or the one that it was transferred from, was booked as revenue."""
    came_from = aliased(Charge)
    assessed = ("revenue", "returned")
    moved = (Charge.against == "transfer") & exists().where(
        came_from.bill_id == Charge.bill_id,
        came_from.kind == Charge.kind,
        came_from.part == Charge.part,
        came_from.reckoning == Charge.reckoning,
        came_from.against.in_(assessed),
    )
    return (Charge.kind != PENALTY) & (Charge.against.in_(assessed) | moved)


def assessed_in_zone(reading: Reading, since: date, until: date, zone: str) -> list[Demand]:
    """What taxpayers of a zone were charged from ``since`` to ``until``, day by day; what was never owed deducted."""
    found = []
    for rows, booked_on in ((charged(), Charge.booked_on), (never_owed(), Settlement.booked_on)):
        wanted = in_zone(rows.where(booked_on.between(since, until)), Charge.account_id, zone).subquery().c
        by_day = select(wanted.booked_on, wanted.head_code, func.sum(wanted.amount)).group_by(
            wanted.booked_on, wanted.head_code
        )
        found += [Demand(row[0], row[1], int(row[2])) for row in reading.connection.execute(by_day)]
    return found


def in_zone(wanted: Select[*tuple[Any, ...]], account_id: Any, zone: str) -> Select[*tuple[Any, ...]]:
    """Only what taxpayers of a zone owe or owed; ``account_id`` is the column that names the debtor."""
    return (
        wanted.join(Account, Account.id == account_id)
        .join(Taxpayer, Taxpayer.id == Account.taxpayer_id)
        .where(Taxpayer.zone == zone)
    )


def _month(reading: Reading, day: Any) -> Any:
    """The month of a day as text, "2026-05": what each engine is quickest at."""
    if reading.connection.dialect.name == "sqlite":
        return func.substr(day, literal_column("1"), literal_column("7"), type_=String())
    return func.to_char(day, literal_column("'YYYY-MM'"), type_=String())


def _first_of(month: str) -> date:
    return date(int(month[:4]), int(month[5:7]), 1)


def minor(amount: Money | int | None) -> int:
    """A sum as the database gives it, in minor units."""
    return amount.minor if isinstance(amount, Money) else int(amount or 0)
