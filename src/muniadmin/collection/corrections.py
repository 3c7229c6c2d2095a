"""What is taken back or corrected after a receipt was issued: a receipt is cancelled in its open session, a tender
comes back, money counts from another day. The receipt always stays. ``taking_back`` holds the pure rules."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from muniadmin.access.services import ensure_approved
from muniadmin.audit.services import record
from muniadmin.billing.decisions import Grounds, decide
from muniadmin.billing.errors import ReasonMissing, ValueDayAfterBooking
from muniadmin.billing.facts import VALUE_DAY
from muniadmin.billing.late_facts import settle_up
from muniadmin.billing.loading import hold_accounts, load_books
from muniadmin.billing.models import Charge, Credit, Settlement, Tender
from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.billing.writing import write_added
from muniadmin.collection.commands import CancelReceipt, ReceiptCancelled, ReturnTender, TenderReturned
from muniadmin.collection.errors import (
    AlreadyCancelled,
    AlreadyReturned,
    CancelInSameSession,
    CashDoesNotComeBack,
    CreditMovedOn,
    NotYourSession,
    ReceiptUnknown,
)
from muniadmin.collection.models import (
    Cancellation,
    CashSession,
    Payment,
    ProviderReference,
    Receipt,
    TenderReturn,
)
from muniadmin.collection.names import APPROVE_CANCELLATION, CASH_SESSIONS_TOPIC
from muniadmin.collection.points import desk_chain
from muniadmin.collection.receipts import cancellation_sheet
from muniadmin.collection.rules import Channel, account_of
from muniadmin.collection.taking_back import TakenBack, count_from, take_back
from muniadmin.documents.services import issue
from muniadmin.kernel.errors import InvalidInput, NotFound, NumberTooSmall
from muniadmin.kernel.money import ZERO, Money
from muniadmin.ledger.rules import Line
from muniadmin.ledger.services import post
from muniadmin.storage.bulk import delete_rows
from muniadmin.storage.unit_of_work import UnitOfWork


def cancel_receipt(uow: UnitOfWork, command: CancelReceipt) -> ReceiptCancelled:
    """Takes back a payment of the actor's open session, with a second person's signature. The receipt stays."""
    reason = _reason(command)
    receipt = uow.session.scalar(select(Receipt).where(Receipt.number == command.number))
    if receipt is None:
        raise ReceiptUnknown(number=command.number)
    payment = uow.session.get_one(Payment, receipt.payment_id)
    session = uow.session.get(CashSession, payment.cash_session_id or 0, with_for_update=True)
    if session is None or session.closed_at is not None:
        raise CancelInSameSession(number=receipt.number)
    if session.cashier_id != uow.actor.user_id:
        raise NotYourSession(cashier=session.cashier_name)
    _hold_payment(uow, payment.id)
    if uow.session.get(Cancellation, payment.id) is not None:
        raise AlreadyCancelled(number=receipt.number)
    tenders = uow.session.scalars(
        select(Tender).where(Tender.payment_id == payment.id).order_by(Tender.id)
    ).all()
    if any(uow.session.get(TenderReturn, one.id) is not None for one in tenders):
        raise AlreadyReturned
    approver = ensure_approved(uow, command.approval, APPROVE_CANCELLATION)
    chain = desk_chain(session.desk)
    taken_back = _take_back(uow, tenders)
    if taken_back.gone:
        raise CreditMovedOn(number=receipt.number)
    lines = _written(uow, taken_back)
    lines += [Line(account_of(Channel(one.channel), session.desk), -one.amount.minor) for one in tenders]
    sheet = cancellation_sheet(uow, receipt, payment, tenders, reason, approver.name)
    document_id = issue(uow, sheet)
    post(uow, lines)
    uow.session.add(
        Cancellation(
            payment_id=payment.id,
            reason=reason,
            cancelled_by_id=uow.actor.user_id,
            approved_by_id=approver.user_id,
            cancelled_at=uow.now,
            booked_on=uow.today,
            document_id=document_id,
        )
    )
    uow.session.flush()
    uow.touch(PAYMENTS_TOPIC, BILLS_TOPIC, CASH_SESSIONS_TOPIC)
    record(
        uow,
        "collection:receipt:cancelled",
        receipt.number,
        {"reason": reason, "approved_by": approver.user_name, "amount": payment.amount.minor},
        chain=chain,
    )
    return ReceiptCancelled(payment.id, receipt.number, payment.amount, document_id)


def return_tender(uow: UnitOfWork, command: ReturnTender) -> TenderReturned:
    """Books money that came back: what it paid is owed again, with the penalty since its due day; what it had helped
    others with stays paid, and its drawer owes that and the costs."""
    reason = _reason(command)
    tender = uow.session.get(Tender, command.tender_id)
    if tender is None:
        raise NotFound(what=command.tender_id)
    _ensure_not_taken_back(uow, tender)
    if tender.channel == Channel.CASH:
        raise CashDoesNotComeBack
    if command.fee < ZERO:
        raise InvalidInput({"fee": NumberTooSmall(least=0)})
    payment = uow.session.get_one(Payment, tender.payment_id)
    receipt = uow.session.get_one(Receipt, payment.id)
    taken_back = _take_back(uow, [tender])
    decision_id, _kind = decide(uow, "return", Grounds(reason=reason, document=receipt.number))
    charged = taken_back.charge_drawer(payment.rest_account_id, command.fee)
    lines = _written(uow, taken_back)
    lines.append(Line(account_of(Channel(tender.channel), tender.point), -tender.amount.minor))
    post(uow, lines)
    uow.session.add(TenderReturn(tender_id=tender.id, decision_id=decision_id, booked_on=uow.today))
    uow.session.flush()
    uow.touch(PAYMENTS_TOPIC, BILLS_TOPIC)
    record(
        uow,
        "collection:tender:returned",
        receipt.number,
        {"reason": reason, "amount": tender.amount.minor, "fee": command.fee.minor},
    )
    return TenderReturned(owed_again=Money(taken_back.reopened), charged=Money(charged))


def correct_value_day(uow: UnitOfWork, tender_id: int, value_on: date, grounds: Grounds) -> None:
    """Has a tender's money count from another day than was written down. The receipt stays; what the money pays and the
    penalty are reckoned anew. Raises NotFound, AlreadyReturned, or InvalidInput for a day after that of its booking."""
    tender = uow.session.get(Tender, tender_id)
    if tender is None:
        raise NotFound(what=tender_id)
    payment = uow.session.get_one(Payment, tender.payment_id)
    _ensure_not_taken_back(uow, tender)
    if value_on > payment.booked_on:
        raise InvalidInput({"value_on": ValueDayAfterBooking()})
    receipt = uow.session.get_one(Receipt, payment.id)
    accounts = _hold_touched(uow, [tender.id], payment.id)
    books = load_books(uow, account_ids=accounts, whole=True)
    count_from(books, tender.id, value_on, decide(uow, VALUE_DAY, grounds))
    settle_up(books, accounts)
    if lines := write_added(uow, books):
        post(uow, lines)
    uow.touch(PAYMENTS_TOPIC, BILLS_TOPIC)
    record(
        uow,
        "collection:tender:value-day-corrected",
        receipt.number,
        {"reason": grounds.reason, "from": tender.value_on.isoformat(), "to": value_on.isoformat()},
    )


def _reason(command: CancelReceipt | ReturnTender) -> str:
    reason = command.reason.strip()
    if not reason:
        raise InvalidInput({"reason": ReasonMissing()})
    return reason


def _take_back(uow: UnitOfWork, tenders: Sequence[Tender]) -> TakenBack:
    """Undoes what these tenders of one payment did, in the books of all whom their money touched; their providers'
    references may come again."""
    ids = [tender.id for tender in tenders]
    accounts = _hold_touched(uow, ids, tenders[0].payment_id)
    taken_back = take_back(load_books(uow, account_ids=accounts, whole=True), ids, tenders[0].payment_id)
    delete_rows(uow, ProviderReference, ProviderReference.tender_id.in_(ids))
    return taken_back


def _written(uow: UnitOfWork, taken_back: TakenBack) -> list[Line]:
    """Writes what follows; the postings, but for where the money lay."""
    settle_up(taken_back.books, taken_back.accounts)
    return write_added(uow, taken_back.books)


def _hold_payment(uow: UnitOfWork, payment_id: int) -> None:
    """Holds a payment until the transaction ends: of two people who take it back the second is told."""
    uow.connection.execute(select(Payment.id).where(Payment.id == payment_id).with_for_update())


def _ensure_not_taken_back(uow: UnitOfWork, tender: Tender) -> None:
    _hold_payment(uow, tender.payment_id)
    cancelled = uow.session.get(Cancellation, tender.payment_id) is not None
    if cancelled or uow.session.get(TenderReturn, tender.id) is not None:
        raise AlreadyReturned


def _hold_touched(uow: UnitOfWork, tender_ids: Sequence[int], payment_id: int) -> set[int]:
    """Holds everybody whom a payment's money touched; who was touched while we waited is held, too."""
    accounts: set[int] = set()
    while (found := _accounts_touched(uow, tender_ids, payment_id)) - accounts:
        hold_accounts(uow, found - accounts)
        accounts |= found
    return accounts


def _accounts_touched(uow: UnitOfWork, tender_ids: Sequence[int], payment_id: int) -> set[int]:
    """Everybody whose debts a payment's tenders settled, or who holds their money."""
    paid = select(Charge.account_id).join(Settlement, Settlement.charge_id == Charge.id)
    held = select(Credit.account_id).where(Credit.tender_id.in_(tender_ids))
    return {
        *uow.connection.scalars(paid.where(Settlement.tender_id.in_(tender_ids))),
        *uow.connection.scalars(paid.where(Settlement.payment_id == payment_id)),
        *uow.connection.scalars(held),
    }
