"""Reads of desks, sessions, payments and receipts."""

from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from muniadmin.billing.models import Bill, Settlement
from muniadmin.collection.models import CashDesk, CashSession, Payment, Receipt
from muniadmin.collection.reads import (
    CashDesks,
    ChannelSum,
    DeskRow,
    MySession,
    OneSession,
    ReceiptRow,
    Receipts,
    ReceiptsPage,
    SessionState,
)
from muniadmin.collection.rules import Channel, expected_cash
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.money import ZERO, Money
from muniadmin.storage.unit_of_work import Reading


def cash_desks(reading: Reading, request: CashDesks) -> list[DeskRow]:
    """Every desk, and whose session is open at it."""
    open_at = {
        session.desk: session
        for session in reading.session.scalars(select(CashSession).where(CashSession.closed_at.is_(None)))
    }
    desks = reading.session.scalars(select(CashDesk).order_by(CashDesk.number))
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
    rows = reading.session.execute(
        select(
            Payment.channel,
            func.sum(Payment.amount),
            func.count(),
            func.count(Payment.reverses_id),
        )
        .where(Payment.cash_session_id == session.id)
        .group_by(Payment.channel)
    ).all()
    channels = tuple(
        ChannelSum(channel=channel, count=count - 2 * cancelled, amount=_money(amount))
        for channel, amount, count, cancelled in rows
    )
    in_cash = next((one.amount for one in channels if one.channel == Channel.CASH), ZERO)
    cancelled = sum(row[3] for row in rows)
    return SessionState(
        cash_session_id=session.id,
        desk=session.desk,
        desk_names=reading.session.get_one(CashDesk, session.desk).names,
        cashier_name=session.cashier_name,
        opened_at=session.opened_at,
        opening_float=session.opening_float,
        cash_expected=expected_cash(session.opening_float, in_cash),
        channels=channels,
        receipts=sum(row[2] for row in rows) - cancelled,
        cancelled=cancelled,
        closed_at=session.closed_at,
        counted=session.counted,
    )


def _money(value: Any) -> Money:
    return value if isinstance(value, Money) else Money(int(value or 0))


def receipts(reading: Reading, request: Receipts) -> ReceiptsPage:
    """A page of receipts, with the count and the sum of those not cancelled."""
    reversal = aliased(Payment)
    cancelled = exists().where(reversal.reverses_id == Payment.id)
    conditions: list[Any] = []
    if request.cash_session_id is not None:
        conditions.append(Payment.cash_session_id == request.cash_session_id)
    if request.taxpayer_id is not None:
        conditions.append(Payment.taxpayer_id == request.taxpayer_id)
    if request.channel:
        conditions.append(Payment.channel == request.channel)
    if request.since is not None:
        conditions.append(Payment.taken_on >= request.since)
    if request.until is not None:
        conditions.append(Payment.taken_on <= request.until)
    if request.number:
        conditions.append(Receipt.number.istartswith(request.number, autoescape=True))
    if request.bill_id is not None or request.head_code:
        paid = select(Settlement.payment_id).where(Settlement.payment_id == Payment.id)
        if request.bill_id is not None:
            paid = paid.where(Settlement.bill_id == request.bill_id)
        if request.head_code:
            paid = paid.join(Bill, Bill.id == Settlement.bill_id).where(Bill.head_code == request.head_code)
        conditions.append(paid.exists())
    matching = select(Payment).join(Receipt, Receipt.payment_id == Payment.id).where(*conditions)
    count = reading.session.scalar(select(func.count()).select_from(matching.subquery()))
    taken = reading.session.scalar(
        select(func.sum(Payment.amount))
        .join(Receipt, Receipt.payment_id == Payment.id)
        .where(*conditions, ~cancelled)
    )
    rows = reading.session.execute(
        select(Payment, Receipt, CashSession.cashier_name, cancelled)
        .join(Receipt, Receipt.payment_id == Payment.id)
        .join(CashSession, CashSession.id == Payment.cash_session_id)
        .where(*conditions)
        .order_by(Payment.id.desc())
        .offset(request.offset)
        .limit(request.limit)
    )
    return ReceiptsPage(
        rows=tuple(
            ReceiptRow(
                payment_id=payment.id,
                number=receipt.number,
                taken_at=payment.taken_at,
                taken_on=payment.taken_on,
                desk=receipt.desk,
                cashier_name=cashier_name,
                payer=payment.payer,
                taxpayer_id=payment.taxpayer_id,
                channel=payment.channel,
                amount=payment.amount,
                cancelled=is_cancelled,
                document_id=receipt.document_id,
            )
            for payment, receipt, cashier_name, is_cancelled in rows
        ),
        count=count or 0,
        total=_money(taken),
    )
