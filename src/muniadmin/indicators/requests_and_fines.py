"""How citizens are served: requests for extracts, their delays and promises; and fines."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import case, func, or_, select

from muniadmin.billing.models import BillNow
from muniadmin.civil_status.models import ExtractRequest
from muniadmin.fines.models import Fine
from muniadmin.storage.unit_of_work import Reading


def instants(reading: Reading, since: date, until: date) -> tuple[datetime, datetime]:
    """From when (included) to when (excluded) the days are, in UTC."""
    calendar = reading.municipality.calendar
    return calendar.start_of_day(since), calendar.start_of_day(until + timedelta(days=1))


class Wait(NamedTuple):
    """A request that became ready: on which day, and after how many minutes."""

    ready_on: date
    minutes: Decimal


def waits(reading: Reading, since: date, until: date) -> list[Wait]:
    """The requests that became ready from ``since`` to ``until``."""
    start, end = instants(reading, since, until)
    rows = reading.connection.execute(
        select(ExtractRequest.received_at, ExtractRequest.ready_at).where(
            ExtractRequest.ready_at >= start, ExtractRequest.ready_at < end
        )
    )
    day_of = reading.municipality.calendar.business_date
    return [
        Wait(day_of(ready_at), Decimal(int((ready_at - received_at).total_seconds())) / 60)
        for received_at, ready_at in rows
        if ready_at is not None
    ]


class Promise(NamedTuple):
    """A request promised for a day, and whether it was ready by the time promised."""

    due_on: date
    kept: bool


def promises(reading: Reading, since: date, until: date) -> list[Promise]:
    """The requests promised for a time from ``since`` to ``until`` that is over; refused ones left out."""
    start, end = instants(reading, since, until)
    rows = reading.connection.execute(
        select(ExtractRequest.due_at, ExtractRequest.ready_at).where(
            ExtractRequest.due_at >= start,
            ExtractRequest.due_at < min(end, reading.now),
            ExtractRequest.state != "refused",
        )
    )
    day_of = reading.municipality.calendar.business_date
    return [Promise(day_of(due_at), ready_at is not None and ready_at <= due_at) for due_at, ready_at in rows]


def requests_received(reading: Reading, since: date, until: date) -> int:
    """How many requests came in."""
    start, end = instants(reading, since, until)
    wanted = select(func.count()).where(ExtractRequest.received_at >= start, ExtractRequest.received_at < end)
    return reading.connection.scalar(wanted) or 0


def requests_delivered(reading: Reading, since: date, until: date) -> int:
    """How many documents were handed over."""
    start, end = instants(reading, since, until)
    wanted = select(func.count()).where(
        ExtractRequest.state == "delivered", ExtractRequest.closed_at >= start, ExtractRequest.closed_at < end
    )
    return reading.connection.scalar(wanted) or 0


class FineCount(NamedTuple):
    """Fines that are not void, and how many of them are settled."""

    written: int
    settled: int


def fine_count(reading: Reading, since: date, until: date) -> FineCount:
    """Fines for offences committed from ``since`` to ``until``. One settled before it was imported has no bill."""
    is_settled = or_(Fine.bill_id.is_(None), BillNow.settled >= BillNow.amount)
    row = reading.connection.execute(
        select(func.count(), func.coalesce(func.sum(case((is_settled, 1), else_=0)), 0))
        .select_from(Fine)
        .outerjoin(BillNow, BillNow.bill_id == Fine.bill_id)
        .where(Fine.committed_on.between(since, until), Fine.voided_at.is_(None))
    ).one()
    return FineCount(int(row[0]), int(row[1]))
