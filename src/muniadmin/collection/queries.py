"""Reads of desks, sessions, payments and receipts."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, union_all

from muniadmin.billing.models import Account, Charge, Settlement, Tender
from muniadmin.billing.queries import money
from muniadmin.collection.models import Cancellation, CashSession, Payment, Point, Receipt, TenderReturn
from muniadmin.collection.reads import (
    CashDesks,
    ChannelSum,
    Collectors,
    DeskRow,
    MySession,
    OneSession,
    PointRow,
    ReceiptRow,
    Receipts,
    ReceiptsPage,
    SessionState,
    TenderRow,
)
from muniadmin.collection.rules import Channel, expected_cash
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.money import ZERO
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.search import matches

#: Of desk, year and number as much as was typed until now: “3”, “3-2026-0001”.
_BEGINS_A_NUMBER = re.compile(r"\d{1,4}(-\d{0,4}(-\d{0,6}(-\w?)?)?)?")
# How many people a text may mean.
_PEOPLE = 200


def is_cancelled(reading: Reading, document_id: int, _number: str) -> bool:
    """Whether the receipt on this paper was cancelled."""
    cancelled = (
        select(Receipt.payment_id)
        .join(Cancellation, Cancellation.payment_id == Receipt.payment_id)
        .where(Receipt.document_id == document_id)
    )
    return reading.connection.scalar(cancelled) is not None


def cash_desks(reading: Reading, request: CashDesks) -> list[DeskRow]:
    """Every desk, and whose session is open at it."""
    open_at = {
        session.desk: session
        for session in reading.session.scalars(select(CashSession).where(CashSession.closed_at.is_(None)))
    }
    desks = reading.session.scalars(select(Point).where(Point.kind == "desk").order_by(Point.number))
    return [
        DeskRow(
            number=desk.number,
            names=desk.names,
            active=desk.active,
            open_session_id=session.id if (session := open_at.get(desk.number)) is not None else None,
            cashier_name=session.cashier_name if session is not None else "",
        )
        for desk in desks
    ]


def collectors(reading: Reading, request: Collectors) -> list[PointRow]:
    """The points whose receipts are written in stub books."""
    found = reading.session.scalars(
        select(Point).where(Point.kind == "collector", Point.active).order_by(Point.number)
    )
    return [PointRow(number=point.number, names=point.names) for point in found]


def my_session(reading: Reading, request: MySession) -> SessionState | None:
    """The actor's open session."""
    session = reading.session.scalar(
        select(CashSession).where(
            CashSession.cashier_id == reading.actor.user_id, CashSession.closed_at.is_(None)
        )
    )
    return None if session is None else session_state(reading, session)


def one_session(reading: Reading, request: OneSession) -> SessionState:
    """A session by its id."""
    session = reading.session.get(CashSession, request.cash_session_id)
    if session is None:
        raise NotFound(what=request.cash_session_id)
    return session_state(reading, session)


def session_state(reading: Reading, session: CashSession) -> SessionState:
    """A session and its till, from its payments."""
    rows = reading.connection.execute(
        select(
            Tender.channel,
            func.sum(Tender.amount).filter(Cancellation.payment_id.is_(None)),
            func.count().filter(Cancellation.payment_id.is_(None)),
        )
        .join(Payment, Payment.id == Tender.payment_id)
        .outerjoin(Cancellation, Cancellation.payment_id == Payment.id)
        .where(Payment.cash_session_id == session.id)
        .group_by(Tender.channel)
        .order_by(Tender.channel)
    ).all()
    receipts, cancelled = reading.connection.execute(
        select(func.count(), func.count(Cancellation.payment_id))
        .select_from(Payment)
        .outerjoin(Cancellation, Cancellation.payment_id == Payment.id)
        .where(Payment.cash_session_id == session.id)
    ).one()
    channels = tuple(
        ChannelSum(channel=channel, count=count, amount=amount or ZERO) for channel, amount, count in rows
    )
    in_cash = next((one.amount for one in channels if one.channel == Channel.CASH), ZERO)
    return SessionState(
        cash_session_id=session.id,
        desk=session.desk,
        desk_names=reading.session.get_one(Point, session.desk).names,
        cashier_name=session.cashier_name,
        opened_at=session.opened_at,
        opening_float=session.opening_float,
        cash_expected=expected_cash(session.opening_float, in_cash),
        channels=channels,
        receipts=receipts,
        cancelled=cancelled,
        closed_at=session.closed_at,
        counted=session.counted,
    )


def receipt_numbers_of(reading: Reading, cash_session_id: int) -> tuple[str, str]:
    """The first and the last receipt of a session; empty where it has none."""
    taken = (
        select(Receipt.number)
        .join(Payment, Payment.id == Receipt.payment_id)
        .where(Payment.cash_session_id == cash_session_id)
        .limit(1)
    )
    first = reading.session.scalar(taken.order_by(Payment.id))
    last = reading.session.scalar(taken.order_by(Payment.id.desc()))
    return first or "", last or ""


def receipts(reading: Reading, request: Receipts) -> ReceiptsPage:
    """A page of receipts, with the count and the sum of those not cancelled."""
    cancelled = exists().where(Cancellation.payment_id == Payment.id)
    conditions: list[Any] = []
    if request.cash_session_id is not None:
        conditions.append(Payment.cash_session_id == request.cash_session_id)
    if request.channel:
        conditions.append(exists().where(Tender.payment_id == Payment.id, Tender.channel == request.channel))
    if request.since is not None:
        conditions.append(Payment.booked_on >= request.since)
    if request.until is not None:
        conditions.append(Payment.booked_on <= request.until)
    if request.number:
        conditions.append(Receipt.number.istartswith(request.number, autoescape=True))
    paid = select(Settlement.payment_id).join(Charge, Charge.id == Settlement.charge_id)
    if request.bill_id is not None:
        conditions.append(
            Payment.id.in_(paid.where(Charge.bill_id == request.bill_id, Settlement.payment_id.is_not(None)))
        )
    if request.head_code:
        conditions.append(
            paid.where(Settlement.payment_id == Payment.id, Charge.head_code == request.head_code).exists()
        )
    if request.taxpayer_id is not None:
        conditions.append(_paid_for([request.taxpayer_id]))
    if text := request.text.strip():
        conditions.append(_found_by(reading, text))
    count, taken = 0, ZERO
    if request.totals:
        count, taken = reading.connection.execute(
            select(func.count(), func.coalesce(func.sum(case((~cancelled, Payment.amount))), 0))
            .select_from(Payment)
            .join(Receipt, Receipt.payment_id == Payment.id)
            .where(*conditions)
        ).one()
    if request.after is not None:
        conditions.append(Payment.id < request.after if request.descending else Payment.id > request.after)
    rows = reading.connection.execute(
        select(
            Payment.id, Payment.point, Payment.cash_session_id, Payment.payer, Payment.amount, Payment.taken_at,
            Payment.booked_on, Payment.value_on, Receipt.number, Receipt.document_id, CashSession.cashier_name,
            Cancellation.document_id.label("cancellation_id"),
        )
        .join(Receipt, Receipt.payment_id == Payment.id)
        .outerjoin(Cancellation, Cancellation.payment_id == Payment.id)
        .outerjoin(CashSession, CashSession.id == Payment.cash_session_id)
        .where(*conditions)
        .order_by(Payment.id.desc() if request.descending else Payment.id)
        .offset(request.offset)
        .limit(request.limit)
    ).all()  # fmt: skip
    ids = [row.id for row in rows]
    tenders = _tenders_of(reading, ids)
    payers = _taxpayers_paid_for(reading, ids)
    return ReceiptsPage(
        rows=tuple(
            ReceiptRow(
                payment_id=row.id,
                number=row.number,
                taken_at=row.taken_at,
                booked_on=row.booked_on,
                value_on=row.value_on,
                desk=row.point,
                cash_session_id=row.cash_session_id,
                cashier_name=row.cashier_name or "",
                payer=row.payer,
                taxpayer_id=payers.get(row.id),
                tenders=tuple(tenders.get(row.id, ())),
                amount=row.amount,
                document_id=row.document_id,
                cancellation_id=row.cancellation_id,
            )
            for row in rows
        ),
        count=count,
        total=money(taken),
    )


def _paid_for(taxpayer_ids: Sequence[int]) -> ColumnElement[bool]:
    """Payments that settled something of theirs, or left something to their credit."""
    accounts = select(Account.id).where(Account.taxpayer_id.in_(taxpayer_ids))
    settled = select(Settlement.payment_id).join(Charge, Charge.id == Settlement.charge_id)
    return Payment.id.in_(
        union_all(
            settled.where(Charge.account_id.in_(accounts), Settlement.payment_id.is_not(None)),
            select(Payment.id).where(Payment.rest_account_id.in_(accounts)),
        )
    )


def _found_by(reading: Reading, text: str) -> ColumnElement[bool]:
    """Receipts whose number begins so; if it is no desk's, those of whoever paid or was paid for, too."""
    numbered = Receipt.number.istartswith(text, autoescape=True)
    if _BEGINS_A_NUMBER.fullmatch(text):
        return numbered
    named = [Payment.payer.icontains(word, autoescape=True) for word in text.split()]
    people = [match.taxpayer_id for match in matches(reading, text, _PEOPLE)]
    return or_(numbered, and_(*named), _paid_for(people))


def _tenders_of(reading: Reading, payment_ids: Sequence[int]) -> dict[int, list[TenderRow]]:
    rows = reading.connection.execute(
        select(
            Tender.payment_id, Tender.id, Tender.channel, Tender.amount, Tender.reference,
            TenderReturn.tender_id.is_not(None),
        )
        .outerjoin(TenderReturn, TenderReturn.tender_id == Tender.id)
        .where(Tender.payment_id.in_(payment_ids))
        .order_by(Tender.id)
    )  # fmt: skip
    found: dict[int, list[TenderRow]] = {}
    for payment_id, tender_id, channel, amount, reference, returned in rows:
        found.setdefault(payment_id, []).append(
            TenderRow(
                tender_id=tender_id,
                channel=channel,
                amount=amount,
                reference=reference,
                returned=bool(returned),
            )
        )
    return found


def _taxpayers_paid_for(reading: Reading, payment_ids: Sequence[int]) -> dict[int, int]:
    """The one taxpayer each payment was for; payments for several or for nobody on the register are left out."""
    settled = (
        select(Settlement.payment_id, Account.taxpayer_id)
        .join(Charge, Charge.id == Settlement.charge_id)
        .join(Account, Account.id == Charge.account_id)
        .where(Settlement.payment_id.in_(payment_ids))
    )
    kept = (
        select(Payment.id, Account.taxpayer_id)
        .join(Account, Account.id == Payment.rest_account_id)
        .where(Payment.id.in_(payment_ids))
    )
    found: dict[int, set[int | None]] = {}
    for payment_id, taxpayer_id in reading.connection.execute(settled.union(kept)):
        found.setdefault(payment_id or 0, set()).add(taxpayer_id)
    return {
        payment_id: one
        for payment_id, people in found.items()
        if len(people) == 1 and (one := next(iter(people))) is not None
    }
