"""A payment's story: it is asked for, planned, and booked with its receipt.

What is owed and in which order money pays it is the rules' matter (``plan``, ``billing.allocation``,
``billing.late_facts``); ``corrections`` takes payments back.

Locks are taken in one order everywhere: the cash session, the payment that is taken back, accounts by their ids, number
series by their names, and last the chain in which the order's event is written.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, bindparam, func, literal, or_, select, union_all

from muniadmin.audit.services import record_all
from muniadmin.billing.books import Books
from muniadmin.billing.loading import load_books
from muniadmin.billing.models import Account, Charge, Tender
from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.billing.writing import Planned, write_all
from muniadmin.collection.commands import EnterStub, PaymentTaken, TakePayment
from muniadmin.collection.errors import (
    AlreadyTaken,
    AmountExceedsDebts,
    CashSessionIsClosed,
    ChangeBeyondReason,
    ClockIsBehind,
    NotYourSession,
)
from muniadmin.collection.models import CashSession, Payment, ProviderReference, Receipt
from muniadmin.collection.names import CASH_SESSIONS_TOPIC
from muniadmin.collection.plan import PaymentOrder, Plan, PlannedTender, Wanted, plan_payment
from muniadmin.collection.points import desk_chain
from muniadmin.collection.receipts import PaidFor, paid_for, receipt_numbers, receipt_sheet
from muniadmin.collection.rules import CHANNEL_NAMES, TAKEN_ONCE, account_of, most_change, reference_key
from muniadmin.collection.sheets import ReceiptSheet
from muniadmin.documents.keys import signing_key
from muniadmin.documents.papers import sheet_from_json
from muniadmin.documents.queries import issued_document
from muniadmin.documents.services import issue_all
from muniadmin.kernel.errors import FieldMissing, InvalidInput, NotFound, RequestChanged
from muniadmin.kernel.formats import format_money
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import ZERO, Money, total
from muniadmin.kernel.texts import ensure_fits
from muniadmin.ledger.rules import Line
from muniadmin.ledger.services import post
from muniadmin.storage.bulk import add_rows, insert_rows
from muniadmin.storage.unit_of_work import UnitOfWork


def take_payment(uow: UnitOfWork, command: TakePayment) -> PaymentTaken:
    """Takes the money, settles the debts in their order, books the entry, numbers and freezes the receipt."""
    # Held, so that a desk's payments follow one another.
    session = uow.connection.execute(_LOCK_SESSION, {"session_id": command.cash_session_id}).one_or_none()
    # First: whoever asks again because no answer came is told of the receipt, even if the session is closed by now.
    taken, last = taken_earlier(uow, command, command.cash_session_id)
    if taken is not None:
        return taken
    desk, cashier = _own_session(uow, session, last)
    books = books_to_pay(uow, command.charge_ids, command.rest_account_id, whole=False)
    plan = plan_payment(
        books,
        Wanted(
            charge_ids=command.charge_ids,
            tenders=command.tenders,
            value_on=uow.today,
            point=desk,
            rest_account_id=command.rest_account_id,
        ),
        uow.municipality.currency,
        coin=_cash_rounding(books, command.charge_ids),
    )
    ensure_credit_wanted(uow, plan)
    _ensure_change_meant(uow, plan)
    order = PaymentOrder(
        request_id=command.request_id,
        request_digest=digest_of(command),
        point=desk,
        cash_session_id=command.cash_session_id,
        cashier=cashier,
        payer=command.payer,
        language=command.language,
        plan=plan,
    )
    return book_payments(uow, [order])[0]


_LOCK_SESSION = (
    select(
        CashSession.desk,
        CashSession.cashier_id,
        CashSession.cashier_name,
        CashSession.closed_at,
        CashSession.opened_at,
    )
    .where(CashSession.id == bindparam("session_id"))
    .with_for_update()
)


def taken_earlier(
    uow: UnitOfWork, command: TakePayment | EnterStub, session_id: int | None = None
) -> tuple[PaymentTaken | None, datetime | None]:
    """What was answered when the payment was taken (None: it was not), and when the session's last one was. Raises
    RequestChanged where the same request had asked for something else."""
    request_id = command.request_id
    if not request_id.strip():
        raise InvalidInput({"request_id": FieldMissing()})
    found = uow.connection.execute(_EARLIER, {"wanted_request": request_id, "session_id": session_id}).all()
    earlier = next((row for row in found if row.request_id == request_id), None)
    if earlier is None:
        return None, next((row.taken_at for row in found), None)
    if earlier.request_digest != digest_of(command):
        raise RequestChanged(number=earlier.number)
    # Whoever asks again has not heard of what it changed.
    uow.touch(PAYMENTS_TOPIC, BILLS_TOPIC, CASH_SESSIONS_TOPIC)
    tendered, in_cash = uow.connection.execute(
        select(func.sum(Tender.tendered), func.sum(Tender.amount)).where(
            Tender.payment_id == earlier.id, Tender.tendered.is_not(None)
        )
    ).one()
    receipt = sheet_from_json(issued_document(uow, earlier.document_id).canonical)
    assert isinstance(receipt, ReceiptSheet)
    taken = PaymentTaken(
        earlier.id,
        earlier.number,
        earlier.amount,
        tendered - in_cash if tendered else ZERO,
        receipt.credit,
        earlier.document_id,
        earlier.taken_at,
    )
    return taken, earlier.taken_at


_EARLIER = (
    select(
        Payment.id,
        Payment.request_id,
        Payment.request_digest,
        Payment.amount,
        Payment.taken_at,
        Receipt.number,
        Receipt.document_id,
    )
    .join(Receipt, Receipt.payment_id == Payment.id)
    .where(
        or_(
            Payment.request_id == bindparam("wanted_request"),
            Payment.id
            == select(func.max(Payment.id))
            .where(Payment.cash_session_id == bindparam("session_id"))
            .scalar_subquery(),
        )
    )
)


def digest_of(command: TakePayment | EnterStub) -> str:
    """Stands for all that is asked for, so that it need not be stored again: the same order gives the same digest."""
    return hashlib.sha256(repr(command).encode()).hexdigest()


def _own_session(
    uow: UnitOfWork, session: Row[*tuple[Any, ...]] | None, last: datetime | None
) -> tuple[int, str]:
    """Desk number and cashier's name of the session, if it is open and the actor's own, and no clock went back since
    its ``last`` payment."""
    if session is None or session.closed_at is not None:
        raise CashSessionIsClosed
    if session.cashier_id != uow.actor.user_id:
        raise NotYourSession(cashier=session.cashier_name)
    if uow.now < max(session.opened_at, last or session.opened_at) - _CLOCK_TOLERANCE:
        raise ClockIsBehind
    return session.desk, session.cashier_name


# Clocks that are set by the network jump back by less.
_CLOCK_TOLERANCE = timedelta(minutes=1)


def books_to_pay(
    uow: UnitOfWork, charge_ids: Sequence[int], rest_account_id: int | None, *, whole: bool
) -> Books:
    """The books of everybody whose debts are to be paid, held until the transaction ends."""
    wanted: Any = select(Charge.account_id).where(Charge.id.in_(charge_ids))
    if rest_account_id is not None:
        wanted = union_all(wanted, select(literal(rest_account_id)))
    accounts = set(
        uow.connection.scalars(
            select(Account.id).where(Account.id.in_(wanted)).order_by(Account.id).with_for_update()
        )
    )
    if rest_account_id is not None and rest_account_id not in accounts:
        raise NotFound(what=rest_account_id)
    return load_books(uow, account_ids=accounts, charge_ids=charge_ids, whole=whole)


def _cash_rounding(books: Books, charge_ids: Sequence[int]) -> int:
    """To how many minor units cash is rounded for the chosen debts: the coarsest of their heads' rules; 0: not at all.
    Other debts of the same people are in the books, too."""
    chosen = set(charge_ids)
    coins = [bill.coin for bill in books.bills.values() if any(one.id in chosen for one in bill.charges)]
    return max(coins, default=0)


def ensure_credit_wanted(uow: UnitOfWork, plan: Plan) -> None:
    """Asks whether more is to be taken than the chosen debts need, and says what becomes of the rest. Raises
    AmountExceedsDebts until that is confirmed."""
    if not plan.over:
        return

    def said(amount: Money) -> str:
        return format_money(amount, uow.municipality.currency, with_code=True) if amount else ""

    beside: dict[str, Money] = {}
    for paid in plan.beside:
        beside[paid.bill.number] = beside.get(paid.bill.number, ZERO) + Money(paid.money)
    uow.confirm(
        AmountExceedsDebts(
            amount=said(plan.amount),
            due=format_money(plan.amount - plan.over, uow.municipality.currency),
            over=said(plan.over),
            replaced=said(plan.replaced),
            beside=said(total(beside.values())),
            debts=", ".join(f"{number} ({said(amount)})" for number, amount in beside.items()),
            credit=said(plan.credit),
        )
    )


def _ensure_change_meant(uow: UnitOfWork, plan: Plan) -> None:
    """Asks before more change is handed back than a till holds. Raises ChangeBeyondReason until that is confirmed."""
    if not plan.change:
        return
    notes = [Money(one) for one in uow.municipality.denominations]
    if not notes or plan.change <= most_change(notes):
        return
    said = partial(format_money, currency=uow.municipality.currency, with_code=True)
    in_cash = total(one.amount for one in plan.tenders if one.tendered is not None)
    uow.confirm(
        ChangeBeyondReason(
            change=said(plan.change), tendered=said(in_cash + plan.change), amount=said(in_cash)
        )
    )


# --- booking: of the counter, of a stub book, of a bank's file -----------------------------------------------------


def book_payments(uow: UnitOfWork, orders: Sequence[PaymentOrder]) -> list[PaymentTaken]:
    """Books planned payments, all or none, since the caller's unit of work is one transaction, and issues their
    receipts: one of the counter, many of a bank's file. There is no other way to take money. All are of one point; the
    caller holds the accounts, and no account is in two plans. For files of any size, call it with at most a thousand at
    a time: an event holds all it wrote.

    What is written is written for all of them at once, table by table.
    """
    if not orders:
        return []
    whom = paid_for(uow, orders)
    payers = [_payer(order, one) for order, one in zip(orders, whom, strict=True)]
    payment_ids = add_rows(uow, Payment, [
        {
            "request_id": order.request_id,
            "request_digest": order.request_digest,
            "point": order.point,
            "cash_session_id": order.cash_session_id,
            "payer": payer,
            "rest_account_id": order.plan.rest_account_id,
            "amount": order.plan.amount,
            "taken_at": order.taken_at or uow.now,
            "booked_on": uow.today,
            "value_on": order.plan.value_on,
        }
        for order, payer in zip(orders, payers, strict=True)
    ])  # fmt: skip
    tender_ids = _add_tenders(uow, orders, payment_ids)
    settled = write_all(uow, [
        Planned(order.plan.books, tenders, payment_id)
        for order, tenders, payment_id in zip(orders, tender_ids, payment_ids, strict=True)
    ])  # fmt: skip
    numbers = receipt_numbers(uow, orders)
    key = signing_key(uow)
    document_ids = issue_all(uow, [
        receipt_sheet(uow, key, order, about, number.text, payer)
        for order, about, number, payer in zip(orders, whom, numbers, payers, strict=True)
    ])  # fmt: skip
    post(uow, [
        line for order, lines in zip(orders, settled, strict=True) for line in (*_received(order), *lines)
    ])  # fmt: skip
    insert_rows(uow, Receipt, [
        {
            "payment_id": payment_id,
            "number": number.text,
            "series": number.series,
            "year": number.year,
            "seq": number.seq,
            "document_id": document_id,
        }
        for payment_id, number, document_id in zip(payment_ids, numbers, document_ids, strict=True)
    ])  # fmt: skip
    record_all(
        uow,
        "collection:payment:taken",
        [(number.text, _detail(order.plan)) for number, order in zip(numbers, orders, strict=True)],
        chain=desk_chain(orders[0].point),
    )
    uow.touch(PAYMENTS_TOPIC, BILLS_TOPIC, CASH_SESSIONS_TOPIC)
    return [
        PaymentTaken(
            payment_id,
            number.text,
            order.plan.amount,
            order.plan.change,
            order.plan.credit,
            document_id,
            order.taken_at or uow.now,
        )
        for order, payment_id, number, document_id in zip(
            orders, payment_ids, numbers, document_ids, strict=True
        )
    ]


def _payer(order: PaymentOrder, whom: PaidFor) -> str:
    payer = " ".join(order.payer.split()) or whom.payer
    for text, length in ((payer, 160), (order.request_id, 36)):
        ensure_fits(text, length)
    return payer


def _add_tenders(
    uow: UnitOfWork, orders: Sequence[PaymentOrder], payment_ids: Sequence[int]
) -> list[Mapping[int, int]]:
    """Writes the tenders; of each payment their ids by the plan's. Raises AlreadyTaken for a provider's reference that
    is known, or comes twice."""
    tenders = [(place, one) for place, order in enumerate(orders) for one in order.plan.tenders]
    for _place, one in tenders:
        key = reference_key(one.reference)
        for text, length in ((one.reference, 60), (key, 60), (one.bank, 60), (one.drawer, 160)):
            ensure_fits(text, length)
    _ensure_taken_once(uow, [one for _place, one in tenders if one.channel in TAKEN_ONCE])
    ids = add_rows(uow, Tender, [
        {
            "payment_id": payment_ids[place],
            "channel": one.channel.value,
            "amount": one.amount,
            "point": orders[place].point,
            "value_on": orders[place].plan.value_on,
            "tendered": one.tendered,
            "reference": one.reference,
            "bank": one.bank,
            "drawer": one.drawer,
        }
        for place, one in tenders
    ])  # fmt: skip
    found: list[dict[int, int]] = [{} for _order in orders]
    references = []
    for (place, one), tender_id in zip(tenders, ids, strict=True):
        found[place][one.id] = tender_id
        if one.channel in TAKEN_ONCE:
            references.append(
                {
                    "channel": one.channel.value,
                    "reference": reference_key(one.reference),
                    "tender_id": tender_id,
                }
            )
    if references:
        insert_rows(uow, ProviderReference, references)
    return [*found]


def _ensure_taken_once(uow: UnitOfWork, tenders: Sequence[PlannedTender]) -> None:
    if not tenders:
        return
    known = {
        (channel, reference): receipt
        for channel, reference, receipt in uow.connection.execute(
            select(ProviderReference.channel, ProviderReference.reference, Receipt.number)
            .join(Tender, Tender.id == ProviderReference.tender_id)
            .join(Receipt, Receipt.payment_id == Tender.payment_id)
            .where(ProviderReference.reference.in_({reference_key(one.reference) for one in tenders}))
        )
    }
    for one in tenders:
        key = one.channel.value, reference_key(one.reference)
        if key in known:
            problem = AlreadyTaken(
                channel=_(CHANNEL_NAMES[one.channel]), reference=one.reference, receipt=known[key]
            )
            raise InvalidInput({"reference": problem})
        known[key] = "—"


def _received(order: PaymentOrder) -> list[Line]:
    """Where the money lies now."""
    return [Line(account_of(one.channel, order.point), one.amount.minor) for one in order.plan.tenders]


def _detail(plan: Plan) -> dict[str, object]:
    """What the audit log says of a payment."""
    detail: dict[str, object] = {
        "amount": plan.amount.minor,
        "tenders": [[one.channel.value, one.amount.minor] for one in plan.tenders],
        "bills": list(dict.fromkeys(paid.bill.number for paid in plan.spread.paid)),
    }
    return detail | ({"given_for": list(plan.given_for)} if plan.given_for else {})
