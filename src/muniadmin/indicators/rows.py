"""The rows behind a figure: their total is the figure, to the minor unit."""

from typing import Any

from sqlalchemy import case, exists, func, literal, select
from sqlalchemy.orm import aliased

from muniadmin.billing.models import Bill, RevenueHead, Settlement
from muniadmin.collection.models import Payment, Receipt
from muniadmin.indicators.money import minor
from muniadmin.indicators.reads import (
    Assessed,
    Collected,
    CollectedPage,
    CollectedRow,
    Overdue,
    OwedPage,
    OwedRow,
)
from muniadmin.kernel.money import Money
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Taxpayer


def collected(reading: Reading, request: Collected) -> CollectedPage:
    """What each payment brought on each bill. One that was cancelled within the same days is left out with its
    reversal: both together are nothing, and no figure counts them."""
    other = aliased(Payment)
    taken_back = exists().where(
        other.reverses_id == Payment.id, other.taken_on.between(request.since, request.until)
    )
    taken_before = exists().where(
        other.id == Payment.reverses_id, other.taken_on.between(request.since, request.until)
    )
    parts = (
        select(
            Payment.id.label("payment_id"),
            Settlement.bill_id,
            func.sum(Settlement.amount).label("amount"),
        )
        .join_from(Payment, Settlement, Settlement.payment_id == Payment.id)
        .join(Bill, Bill.id == Settlement.bill_id)
        .where(
            Payment.taken_on.between(request.since, request.until),
            Settlement.part.in_(("principal", "penalty")),
            ~taken_back,
            ~taken_before,
        )
        .group_by(Payment.id, Settlement.bill_id)
    )
    if request.head_code:
        parts = parts.where(Bill.head_code == request.head_code)
    if request.channel:
        parts = parts.where(Payment.channel == request.channel)
    if request.zone:
        parts = parts.join(Taxpayer, Taxpayer.id == Bill.taxpayer_id).where(Taxpayer.zone == request.zone)
    found = parts.subquery()
    count, total = reading.connection.execute(select(func.count(), func.sum(found.c.amount))).one()
    receipt, reversed_receipt = aliased(Receipt), aliased(Receipt)
    page = (
        select(
            found.c.payment_id,
            found.c.bill_id,
            func.coalesce(receipt.number, reversed_receipt.number, ""),
            Payment.taken_on,
            Payment.payer,
            Bill.head_code,
            RevenueHead.names,
            Bill.number,
            Payment.channel,
            found.c.amount,
            Payment.reverses_id.is_not(None),
        )
        .join(Payment, Payment.id == found.c.payment_id)
        .join(Bill, Bill.id == found.c.bill_id)
        .join(RevenueHead, RevenueHead.code == Bill.head_code)
        .outerjoin(receipt, receipt.payment_id == Payment.id)
        .outerjoin(reversed_receipt, reversed_receipt.payment_id == Payment.reverses_id)
        .order_by(found.c.payment_id.desc(), found.c.bill_id)
        .offset(request.offset)
        .limit(request.limit)
    )
    return CollectedPage(
        rows=tuple(
            CollectedRow(
                payment_id=row[0],
                bill_id=row[1],
                receipt_number=row[2],
                taken_on=row[3],
                payer=row[4],
                head_code=row[5],
                head_names=row[6],
                bill_number=row[7],
                channel=row[8],
                amount=Money(minor(row[9])),
                reversal=bool(row[10]),
            )
            for row in reading.connection.execute(page)
        ),
        count=int(count),
        total=Money(minor(total)),
    )


def assessed(reading: Reading, request: Assessed) -> OwedPage:
    """Bills issued, and annulments of bills (counting less), in the days asked for."""
    issued = select(
        Bill.id.label("bill_id"),
        Bill.issued_on.label("day"),
        Bill.total.label("amount"),
        literal(1).label("sign"),
    ).where(Bill.issued_on.between(request.since, request.until))
    annulled = (
        select(
            Bill.id.label("bill_id"),
            Settlement.settled_on.label("day"),
            Settlement.amount.label("amount"),
            literal(-1).label("sign"),
        )
        .join_from(Settlement, Bill, Bill.id == Settlement.bill_id)
        .where(
            Settlement.payment_id.is_(None),
            Settlement.part == "credit",
            Settlement.settled_on.between(request.since, request.until),
        )
    )
    found = _of_head_and_zone(issued, request).union_all(_of_head_and_zone(annulled, request)).subquery()
    return _owed_page(reading, found, found.c.day.desc(), request.offset, request.limit)


def overdue(reading: Reading, request: Overdue) -> OwedPage:
    """What was left of each bill that was due before the day, at the day's end."""
    if request.on >= reading.today:
        left = select(
            Bill.id.label("bill_id"),
            Bill.due_on.label("day"),
            (Bill.total - Bill.settled).label("amount"),
            literal(1).label("sign"),
        ).where(Bill.settled < Bill.total, Bill.due_on < request.on)
        found = _of_head_and_zone(left, request).subquery()
    else:
        paid = (
            select(func.coalesce(func.sum(Settlement.amount), 0))
            .where(
                Settlement.bill_id == Bill.id,
                Settlement.settled_on <= request.on,
                Settlement.part.in_(("principal", "discount", "credit")),
            )
            .scalar_subquery()
        )
        then = select(
            Bill.id.label("bill_id"),
            Bill.due_on.label("day"),
            (Bill.total - paid).label("amount"),
            literal(1).label("sign"),
        ).where(Bill.due_on < request.on, Bill.issued_on <= request.on, Bill.total > paid)
        found = _of_head_and_zone(then, request).subquery()
    return _owed_page(reading, found, found.c.day.asc(), request.offset, request.limit)


def _of_head_and_zone(wanted: Any, request: Assessed | Overdue) -> Any:
    if request.head_code:
        wanted = wanted.where(Bill.head_code == request.head_code)
    if request.zone:
        wanted = wanted.join(Taxpayer, Taxpayer.id == Bill.taxpayer_id).where(Taxpayer.zone == request.zone)
    return wanted


def _owed_page(reading: Reading, found: Any, order: Any, offset: int, limit: int) -> OwedPage:
    counts = case((found.c.sign > 0, found.c.amount), else_=-found.c.amount)
    count, total = reading.connection.execute(select(func.count(), func.sum(counts)).select_from(found)).one()
    page = (
        select(
            Bill.id,
            Bill.number,
            func.coalesce(Taxpayer.name, Bill.debtor),
            Bill.head_code,
            RevenueHead.names,
            Bill.subject,
            Bill.issued_on,
            Bill.due_on,
            counts,
        )
        .join_from(found, Bill, Bill.id == found.c.bill_id)
        .join(RevenueHead, RevenueHead.code == Bill.head_code)
        .outerjoin(Taxpayer, Taxpayer.id == Bill.taxpayer_id)
        .order_by(order, Bill.id)
        .offset(offset)
        .limit(limit)
    )
    return OwedPage(
        rows=tuple(
            OwedRow(
                bill_id=row[0],
                number=row[1],
                name=row[2],
                head_code=row[3],
                head_names=row[4],
                subject=row[5],
                issued_on=row[6],
                due_on=row[7],
                amount=Money(minor(row[8])),
            )
            for row in reading.connection.execute(page)
        ),
        count=int(count),
        total=Money(minor(total)),
    )
