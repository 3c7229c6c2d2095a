"""The rows behind a figure: their total is the figure, to the minor unit."""

from typing import Any

from sqlalchemy import BigInteger, Select, func, select, type_coerce
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Subquery

from muniadmin.billing.models import Account, Bill, Charge, ChargeNow, Credit, RevenueHead, Settlement, Tender
from muniadmin.collection.models import Payment, Receipt
from muniadmin.indicators.money import charged, in_zone, minor, never_owed, paid_between
from muniadmin.indicators.reads import (
    Assessed,
    Collected,
    CollectedPage,
    CollectedRow,
    Overdue,
    OwedPage,
    OwedRow,
)
from muniadmin.indicators.standings import terms_booked_by
from muniadmin.kernel.money import ZERO, Money
from muniadmin.storage.paging import By, behind, in_order
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Taxpayer


def collected(reading: Reading, request: Collected) -> CollectedPage:
    """What each payment or credit settled of each bill. What was settled and taken back within the same days is left
    out: both together are nothing, and no figure counts them."""
    paid = paid_between(request.since, request.until)
    if request.head_code:
        paid = paid.where(Charge.head_code == request.head_code)
    if request.zone:
        paid = in_zone(paid, Charge.account_id, request.zone)
    parts = paid.subquery().c
    grouped = (
        select(
            parts.payment_id,
            parts.credit_id,
            parts.channel,
            parts.bill_id,
            parts.head_code,
            func.max(parts.booked_on).label("booked_on"),
            func.sum(parts.amount).label("amount"),
        )
        .group_by(parts.payment_id, parts.credit_id, parts.channel, parts.bill_id, parts.head_code)
        .having(func.sum(parts.amount) != 0)
    )
    if request.channel:
        grouped = grouped.where(parts.channel == request.channel)
    found = grouped.subquery()
    # Of a credit: the payment that its money came with.
    held = aliased(Tender)
    payment_id = func.coalesce(found.c.payment_id, held.payment_id)
    order = [
        By(found.c.booked_on, descending=True),
        By(func.coalesce(payment_id, 0), descending=True),
        By(found.c.bill_id),
        By(found.c.head_code),
        By(found.c.channel),
        By(func.coalesce(found.c.credit_id, 0)),
    ]
    page = (
        select(
            found.c.bill_id,
            func.coalesce(Receipt.number, ""),
            found.c.booked_on,
            func.coalesce(Payment.payer, Bill.account_name),
            found.c.head_code,
            RevenueHead.names,
            Bill.number,
            found.c.channel,
            found.c.amount,
            found.c.payment_id,
            found.c.credit_id,
            func.coalesce(payment_id, 0),
        )
        .join_from(found, Bill, Bill.id == found.c.bill_id)
        .join(RevenueHead, RevenueHead.code == found.c.head_code)
        .outerjoin(Credit, Credit.id == found.c.credit_id)
        .outerjoin(held, held.id == Credit.tender_id)
        .outerjoin(Payment, Payment.id == payment_id)
        .outerjoin(Receipt, Receipt.payment_id == payment_id)
        .order_by(*in_order(order))
        .offset(request.offset)
        .limit(request.limit)
    )
    if request.after is not None:
        page = page.where(behind(order, request.after))
    count, total = _totals(reading, found) if request.totals else (0, ZERO)
    return CollectedPage(
        rows=tuple(
            CollectedRow(
                payment_id=row[9] or 0,
                credit_id=row[10] or 0,
                bill_id=row[0],
                receipt_number=row[1],
                booked_on=row[2],
                payer=row[3],
                head_code=row[4],
                head_names=row[5],
                bill_number=row[6],
                channel=row[7],
                amount=Money(int(row[8])),
                place=(row[2], row[11], row[0], row[4], row[7], row[10] or 0),
            )
            for row in reading.connection.execute(page)
        ),
        count=count,
        total=total,
    )


def _totals(reading: Reading, found: Subquery) -> tuple[int, Money]:
    count, total = reading.connection.execute(select(func.count(), func.sum(found.c.amount))).one()
    return int(count), Money(minor(total))


def assessed(reading: Reading, request: Assessed) -> OwedPage:
    """What was charged on each bill, and what was found never owed (counting less), in the days asked for."""
    sides = []
    for wanted, booked_on in ((charged(), Charge.booked_on), (never_owed(), Settlement.booked_on)):
        rows = _of_head_and_zone(wanted.where(booked_on.between(request.since, request.until)), request)
        parts = rows.subquery().c
        sides.append(
            select(
                parts.bill_id,
                parts.account_id,
                parts.head_code,
                func.max(parts.booked_on).label("booked_on"),
                func.min(parts.due_on).label("due_on"),
                func.sum(parts.amount).label("amount"),
            )
            .group_by(parts.bill_id, parts.account_id, parts.head_code)
            .having(func.sum(parts.amount) != 0)
        )
    found = sides[0].union_all(sides[1]).subquery()
    return _owed_page(reading, found, By(found.c.booked_on, descending=True), request)


def overdue(reading: Reading, request: Overdue) -> OwedPage:
    """What was left of each bill in the books of the day of what was due before it."""
    left = (_left_now() if request.on >= reading.today else _left_then(request)).subquery().c
    wanted = (
        select(
            left.bill_id,
            left.account_id,
            left.head_code,
            func.min(left.due_on).label("due_on"),
            func.sum(left.left).label("amount"),
        )
        .where(left.due_on < request.on, left.left > 0)
        .group_by(left.bill_id, left.account_id, left.head_code)
    )
    if request.head_code:
        wanted = wanted.where(left.head_code == request.head_code)
    if request.zone:
        wanted = in_zone(wanted, left.account_id, request.zone)
    found = wanted.subquery()
    return _owed_page(reading, found, By(found.c.due_on), request)


_LEFT = type_coerce(ChargeNow.amount, BigInteger) - type_coerce(ChargeNow.settled, BigInteger)


def _left_now() -> Select[*tuple[Any, ...]]:
    return select(
        ChargeNow.bill_id, ChargeNow.account_id, ChargeNow.head_code, ChargeNow.due_on, _LEFT.label("left")
    ).where(ChargeNow.closed_on.is_(None))


def _left_then(request: Overdue) -> Select[*tuple[Any, ...]]:
    """What is left now and what was settled since; what was closed by then and is still closed had nothing left."""
    since = (
        select(
            Settlement.charge_id,
            func.sum(type_coerce(Settlement.amount, BigInteger)).label("amount"),
        )
        .where(Settlement.booked_on > request.on)
        .group_by(Settlement.charge_id)
        .subquery()
    )
    terms = terms_booked_by(request.on)
    return (
        select(
            Charge.bill_id,
            Charge.account_id,
            Charge.head_code,
            func.coalesce(terms.c.due_on, Charge.due_on).label("due_on"),
            (_LEFT + func.coalesce(since.c.amount, 0)).label("left"),
        )
        .join(ChargeNow, ChargeNow.charge_id == Charge.id)
        .outerjoin(terms, terms.c.charge_id == Charge.id)
        .outerjoin(since, since.c.charge_id == Charge.id)
        .where(
            Charge.booked_on <= request.on,
            ChargeNow.closed_on.is_(None) | (ChargeNow.closed_on > request.on),
        )
    )


def _of_head_and_zone(wanted: Select[*tuple[Any, ...]], request: Assessed) -> Select[*tuple[Any, ...]]:
    if request.head_code:
        wanted = wanted.where(Charge.head_code == request.head_code)
    return in_zone(wanted, Charge.account_id, request.zone) if request.zone else wanted


def _owed_page(reading: Reading, found: Subquery, first: By, request: Assessed | Overdue) -> OwedPage:
    order = [first, By(Bill.id), By(Account.id), By(found.c.head_code), By(found.c.amount)]
    page = (
        select(
            Bill.id,
            Account.id,
            Bill.number,
            func.coalesce(Taxpayer.name, Account.name),
            found.c.head_code,
            RevenueHead.names,
            Bill.subject,
            Bill.issued_on,
            found.c.due_on,
            found.c.amount,
            first.column,
        )
        .join_from(found, Bill, Bill.id == found.c.bill_id)
        .join(Account, Account.id == found.c.account_id)
        .join(RevenueHead, RevenueHead.code == found.c.head_code)
        .outerjoin(Taxpayer, Taxpayer.id == Account.taxpayer_id)
        .order_by(*in_order(order))
        .offset(request.offset)
        .limit(request.limit)
    )
    if request.after is not None:
        *before, amount = request.after
        page = page.where(behind(order, [*before, amount.minor]))
    count, total = _totals(reading, found) if request.totals else (0, ZERO)
    return OwedPage(
        rows=tuple(
            OwedRow(
                bill_id=row[0],
                account_id=row[1],
                number=row[2],
                name=row[3],
                head_code=row[4],
                head_names=row[5],
                subject=row[6],
                issued_on=row[7],
                due_on=row[8],
                amount=Money(int(row[9])),
                place=(row[10], row[0], row[1], row[4], Money(int(row[9]))),
            )
            for row in reading.connection.execute(page)
        ),
        count=count,
        total=total,
    )
