"""What was collected and assessed, from the totals kept by day and from the ledger; of one zone, from the rows."""

from collections.abc import Iterator
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
    """What came in during a month on a head through a channel: penalties included, and on how many bills."""

    month: date
    head: str
    channel: str
    collected: int
    bills: int


class Demand(NamedTuple):
    """What was assessed during a month on a head, annulments deducted."""

    month: date
    head: str
    assessed: int


def collected_cells(reading: Reading, since: date, until: date, zone: str = "") -> list[Cell]:
    """What was collected from ``since`` to ``until``, both included."""
    make = _of_zone if zone else _kept_by_day
    return [
        Cell(_first_of(row[0]), row[1], row[2], minor(row[3]), int(row[4]))
        for row in reading.connection.execute(make(reading, since, until, zone))
    ]


def _kept_by_day(reading: Reading, since: date, until: date, zone: str) -> Any:
    month = _month(reading, DayCollection.day)
    return (
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


def _of_zone(reading: Reading, since: date, until: date, zone: str) -> Any:
    month = _month(reading, Payment.taken_on)
    # A payment counts once for each bill it pays, a reversal takes one off.
    bills = func.count(Settlement.bill_id.distinct()) * case((Payment.reverses_id.is_(None), 1), else_=-1)
    by_payment = (
        select(
            month.label("month"),
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
        .group_by(Payment.id, month, Bill.head_code, Payment.channel, Payment.reverses_id)
        .subquery()
    )
    columns = by_payment.c
    return select(
        columns.month,
        columns.head_code,
        columns.channel,
        func.sum(columns.collected),
        func.sum(columns.bills),
    ).group_by(columns.month, columns.head_code, columns.channel)


def assessed_cells(reading: Reading, since: date, until: date, zone: str = "") -> list[Demand]:
    """What was assessed from ``since`` to ``until``, both included."""
    if zone:
        return list(_assessed_in_zone(reading, since, until, zone))
    month = _month(reading, DayStanding.day)
    kept = reading.connection.execute(
        select(month, DayStanding.head_code, func.sum(DayStanding.assessed))
        .where(DayStanding.day.between(since, until), DayStanding.assessed != 0)
        .group_by(month, DayStanding.head_code)
    )
    found = [Demand(_first_of(row[0]), row[1], int(row[2])) for row in kept]
    kept_to = reading.connection.scalar(select(func.max(DayStanding.day)))
    not_kept = since if kept_to is None else max(since, kept_to + timedelta(days=1))
    found += [
        Demand(day.replace(day=1), head, amount)
        for day, head, amount in booked_by_day(reading, not_kept, until)
    ]
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


def _assessed_in_zone(reading: Reading, since: date, until: date, zone: str) -> Iterator[Demand]:
    month = _month(reading, Bill.issued_on)
    issued = (
        select(month, Bill.head_code, func.sum(Bill.total))
        .join(Taxpayer, Taxpayer.id == Bill.taxpayer_id)
        .where(Bill.issued_on.between(since, until), Taxpayer.zone == zone)
        .group_by(month, Bill.head_code)
    )
    month = _month(reading, Settlement.settled_on)
    annulled = (
        select(month, Bill.head_code, func.sum(Settlement.amount))
        .join_from(Settlement, Bill, Bill.id == Settlement.bill_id)
        .join(Taxpayer, Taxpayer.id == Bill.taxpayer_id)
        .where(
            Settlement.payment_id.is_(None),
            Settlement.part == "credit",
            Settlement.settled_on.between(since, until),
            Taxpayer.zone == zone,
        )
        .group_by(month, Bill.head_code)
    )
    for sign, wanted in ((1, issued), (-1, annulled)):
        for row in reading.connection.execute(wanted):
            yield Demand(_first_of(row[0]), row[1], sign * minor(row[2]))


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
