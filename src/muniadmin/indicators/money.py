"""What was collected and assessed, from the totals kept by day and from the ledger; of one zone, from the rows."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, case, func, literal_column, select

from muniadmin.billing.models import Bill, RevenueHead, Settlement
from muniadmin.collection.models import DayCollection, Payment
from muniadmin.indicators.models import DayStanding
from muniadmin.kernel.money import Money
from muniadmin.ledger.models import JournalEntry, Posting
from muniadmin.ledger.rules import revenue
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


def collected_by_month(reading: Reading, since: date, until: date) -> list[Cell]:
    """What was collected from ``since`` to ``until``, both included, as it is kept by day."""
    month = _month(reading, DayCollection.day)
    kept = (
        select(
            month,
            DayCollection.head_code,
            DayCollection.channel,
            func.sum(DayCollection.principal + DayCollection.penalty),
            func.sum(DayCollection.count),
        )
        .where(DayCollection.day.between(since, until))
        .group_by(month, DayCollection.head_code, DayCollection.channel)
    )
    return [
        Cell(_first_of(row[0]), row[1], row[2], minor(row[3]), int(row[4]))
        for row in reading.connection.execute(kept)
    ]


def collected_in_zone(reading: Reading, since: date, until: date, zone: str) -> list[Cell]:
    """What taxpayers of a zone paid from ``since`` to ``until``, day by day, added up from the settlements."""
    # A payment counts once for each bill it pays, a reversal takes one off.
    bills = func.count(Settlement.bill_id.distinct()) * case((Payment.reverses_id.is_(None), 1), else_=-1)
    by_payment = (
        select(
            Payment.taken_on,
            Bill.head_code,
            Payment.channel,
            func.sum(Settlement.amount).label("collected"),
            bills.label("bills"),
        )
        .join_from(Settlement, Payment, Payment.id == Settlement.payment_id)
        .join(Bill, Bill.id == Settlement.bill_id)
        .join(Taxpayer, Taxpayer.id == Bill.taxpayer_id)
        .where(
            Payment.taken_on.between(since, until),
            Settlement.part.in_(("principal", "penalty")),
            Taxpayer.zone == zone,
        )
        .group_by(Payment.id, Payment.taken_on, Bill.head_code, Payment.channel, Payment.reverses_id)
        .subquery()
    )
    columns = by_payment.c
    by_day = select(
        columns.taken_on,
        columns.head_code,
        columns.channel,
        func.sum(columns.collected),
        func.sum(columns.bills),
    ).group_by(columns.taken_on, columns.head_code, columns.channel)
    return [
        Cell(row[0], row[1], row[2], minor(row[3]), int(row[4])) for row in reading.connection.execute(by_day)
    ]


def assessed_by_month(reading: Reading, since: date, until: date) -> list[Demand]:
    """What was assessed from ``since`` to ``until``, both included: what is kept of days that are over, and the
    ledger's of the others."""
    month = _month(reading, DayStanding.day)
    kept = reading.connection.execute(
        select(month, DayStanding.head_code, func.sum(DayStanding.assessed))
        .where(DayStanding.day.between(since, until), DayStanding.assessed != 0)
        .group_by(month, DayStanding.head_code)
    )
    found = [Demand(_first_of(row[0]), row[1], int(row[2])) for row in kept]
    kept_to = reading.connection.scalar(select(func.max(DayStanding.day)))
    not_kept = since if kept_to is None else max(since, kept_to + timedelta(days=1))
    found += [Demand(*booked) for booked in booked_by_day(reading, not_kept, until)]
    return found


def booked_by_day(reading: Reading, since: date, until: date) -> list[tuple[date, str, int]]:
    """(day, head, assessed) as the ledger's revenue accounts have it."""
    if since > until:
        return []
    booked = JournalEntry.booked_on.between(since, until)
    first, last = reading.connection.execute(
        select(func.coalesce(func.min(JournalEntry.id), 0), func.max(JournalEntry.id)).where(booked)
    ).one()
    if not first:
        return []
    heads = {revenue(code): code for code in reading.session.scalars(select(RevenueHead.code))}
    rows = reading.connection.execute(
        select(JournalEntry.booked_on, Posting.account, func.sum(Posting.amount))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        # The numbers say nothing that the days do not, but lead to the few postings of a short time at once.
        .where(Posting.account.in_(heads), Posting.entry_id.between(first, last), booked)
        .group_by(JournalEntry.booked_on, Posting.account)
    )
    return [(day, heads[account], -int(amount)) for day, account, amount in rows]


def assessed_in_zone(reading: Reading, since: date, until: date, zone: str) -> list[Demand]:
    """What taxpayers of a zone were billed from ``since`` to ``until``, day by day, annulments deducted."""
    issued = (
        select(Bill.issued_on, Bill.head_code, func.sum(Bill.total))
        .join(Taxpayer, Taxpayer.id == Bill.taxpayer_id)
        .where(Bill.issued_on.between(since, until), Taxpayer.zone == zone)
        .group_by(Bill.issued_on, Bill.head_code)
    )
    annulled = (
        select(Settlement.settled_on, Bill.head_code, func.sum(Settlement.amount))
        .join_from(Settlement, Bill, Bill.id == Settlement.bill_id)
        .join(Taxpayer, Taxpayer.id == Bill.taxpayer_id)
        .where(
            Settlement.payment_id.is_(None),
            Settlement.part == "credit",
            Settlement.settled_on.between(since, until),
            Taxpayer.zone == zone,
        )
        .group_by(Settlement.settled_on, Bill.head_code)
    )
    return [
        Demand(row[0], row[1], sign * minor(row[2]))
        for sign, wanted in ((1, issued), (-1, annulled))
        for row in reading.connection.execute(wanted)
    ]


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
