"""Opens and closes cash desks, takes payments, cancels receipts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Row, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from muniadmin.access.permissions import Permission
from muniadmin.access.services import ensure_approved
from muniadmin.audit.services import record
from muniadmin.billing.models import Bill, Settlement
from muniadmin.billing.rules import owed
from muniadmin.billing.services import LockedBill, lock_bill, settle_bill, unsettle
from muniadmin.collection.commands import (
    CancelReceipt,
    CashSessionClosed,
    CashSessionOpened,
    CloseCashSession,
    OpenCashSession,
    PaymentTaken,
    ReceiptCancelled,
    TakePayment,
)
from muniadmin.collection.errors import (
    AdvanceNeedsTaxpayer,
    AlreadyCancelled,
    AmountExceedsDebts,
    AmountNotPositive,
    CancelInSameSession,
    CashierHasSession,
    CashSessionIsClosed,
    ClockIsBehind,
    CountImpossible,
    DeskIsOpen,
    DeskUnknown,
    DifferenceNotExplained,
    NothingToPay,
    NotYourSession,
    ReasonMissing,
    ReceiptUnknown,
    ReferenceMissing,
    TenderedTooLittle,
)
from muniadmin.collection.models import CashDesk, CashSession, DayCollection, Payment, Receipt
from muniadmin.collection.queries import session_state
from muniadmin.collection.rules import CHANNEL_NAMES, Channel, Spread, account_of, counted, spread
from muniadmin.documents.keys import signing_key
from muniadmin.documents.services import issue, issuer_of
from muniadmin.documents.sheets import (
    CashSessionSlipSheet,
    ChannelTotal,
    CountedDenomination,
    ReceiptCancellationSheet,
    ReceiptLine,
    ReceiptSheet,
)
from muniadmin.documents.signing import ReceiptClaim, SigningKey, sign_receipt
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.errors import InvalidInput, NotFound, NumberTooLarge
from muniadmin.kernel.formats import format_money
from muniadmin.kernel.i18n import _, pick, use_language
from muniadmin.kernel.money import LARGEST, ZERO, Money, total
from muniadmin.kernel.numbers import receipt_number
from muniadmin.kernel.texts import ensure_fits
from muniadmin.ledger.rules import CREDIT, OVER_SHORT, AccountKind, Line, cash
from muniadmin.ledger.services import ensure_account, post_entry, reverse_entry
from muniadmin.storage.numbering import next_in_series
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer


def desk_chain(desk: int) -> str:
    """The chain of everything that happens at a desk."""
    return f"desk:{desk}"


def receipt_series(desk: int) -> str:
    """The number series of a desk's receipts; it restarts each fiscal year."""
    return f"receipt:{desk}"


def install_desks(uow: UnitOfWork, desks: Sequence[tuple[int, dict[str, str]]]) -> None:
    """Adds the cash desks of a profile with their accounts, and the accounts money goes into."""
    for code, kind, names in (
        ("cheques", AccountKind.CHEQUES, {"en": "Cheques in hand", "fr": "Chèques à encaisser"}),
        ("card", AccountKind.CARD, {"en": "Card terminal", "fr": "Carte bancaire"}),
        ("bank", AccountKind.BANK, {"en": "Bank", "fr": "Banque"}),
        ("mobile", AccountKind.MOBILE, {"en": "Mobile money", "fr": "Paiement mobile"}),
        (CREDIT, AccountKind.CREDIT, {"en": "Taxpayers' credits", "fr": "Crédits des contribuables"}),
        (OVER_SHORT, AccountKind.OVER_SHORT, {"en": "Cash over and short", "fr": "Écarts de caisse"}),
        ("treasury", AccountKind.TREASURY, {"en": "Treasury", "fr": "Trésorerie"}),
    ):
        ensure_account(uow, code, kind, names)
    for number, names in desks:
        if uow.session.get(CashDesk, number) is None:
            uow.session.add(CashDesk(number=number, names=names))
        ensure_account(uow, cash(number), AccountKind.CASH, names)
    uow.session.flush()


def open_cash_session(uow: UnitOfWork, command: OpenCashSession) -> CashSessionOpened:
    """Opens the desk in the actor's name."""
    desk = uow.session.get(CashDesk, command.desk, with_for_update=True)
    if desk is None or not desk.active:
        raise DeskUnknown(desk=command.desk)
    if command.opening_float < ZERO:
        raise InvalidInput({"opening_float": AmountNotPositive()})
    if command.opening_float > LARGEST:
        raise InvalidInput({"opening_float": NumberTooLarge()})
    taken = uow.session.scalar(
        select(CashSession).where(CashSession.desk == desk.number, CashSession.closed_at.is_(None))
    )
    if taken is not None:
        raise DeskIsOpen(desk=desk.number, cashier=taken.cashier_name)
    mine = uow.session.scalar(
        select(CashSession).where(
            CashSession.cashier_id == uow.actor.user_id, CashSession.closed_at.is_(None)
        )
    )
    if mine is not None:
        raise CashierHasSession(desk=mine.desk)
    opened = CashSession(
        desk=desk.number,
        cashier_id=uow.actor.user_id,
        cashier_name=uow.actor.name,
        opened_at=uow.now,
        opening_float=command.opening_float,
    )
    uow.session.add(opened)
    uow.session.flush()
    if command.opening_float:
        post_entry(
            uow,
            [
                Line(cash(desk.number), command.opening_float.minor),
                Line("treasury", -command.opening_float.minor),
            ],
            event="float",
            subject=f"session {opened.id}",
            chain=desk_chain(desk.number),
        )
    record(
        uow,
        "collection:session:opened",
        f"session {opened.id}",
        {"desk": desk.number, "float": command.opening_float.minor},
        chain=desk_chain(desk.number),
    )
    return CashSessionOpened(opened.id, desk.number)


def close_cash_session(uow: UnitOfWork, command: CloseCashSession) -> CashSessionClosed:
    """Closes the session with its count; a difference must be explained and is booked to over and short.

    The counted cash is handed over to the treasury, so that the desk's account starts the next session at zero.
    """
    session = uow.session.get(CashSession, command.cash_session_id, with_for_update=True)
    if session is None:
        raise NotFound(what=command.cash_session_id)
    if session.closed_at is not None:
        raise CashSessionIsClosed
    if session.cashier_id != uow.actor.user_id:
        raise NotYourSession(cashier=session.cashier_name)
    state = session_state(uow, session)
    if any(value <= 0 or pieces < 0 for value, pieces in command.denominations.items()):
        raise InvalidInput({"denominations": CountImpossible()})
    money = counted(command.denominations)
    if money > LARGEST:
        raise InvalidInput({"denominations": NumberTooLarge()})
    difference = money - state.cash_expected
    currency = uow.municipality.currency
    if difference and not command.explanation.strip():
        raise InvalidInput(
            {
                "explanation": DifferenceNotExplained(
                    difference=format_money(difference, currency, with_code=True)
                )
            }
        )
    session.closed_at, session.expected, session.counted = uow.now, state.cash_expected, money
    session.count = {"denominations": {str(value): pieces for value, pieces in command.denominations.items()}}
    session.explanation = command.explanation.strip()
    uow.session.flush()
    lines = [
        Line(cash(session.desk), -state.cash_expected.minor),
        Line(OVER_SHORT, -difference.minor),
        Line("treasury", money.minor),
    ]
    lines = [line for line in lines if line.amount]
    chain, subject = desk_chain(session.desk), f"session {session.id}"
    if lines:
        post_entry(uow, lines, event="close", subject=subject, chain=chain)
    language = uow.municipality.language
    with use_language(language):
        sheet = CashSessionSlipSheet(
            issuer=issuer_of(uow.municipality, language),
            number=f"{session.desk}-{session.id}",
            language=language,
            desk=str(session.desk),
            cashier=session.cashier_name,
            opened_at=session.opened_at,
            closed_at=uow.now,
            opening_float=session.opening_float,
            totals=tuple(
                ChannelTotal(channel=_(CHANNEL_NAMES[one.channel]), count=one.count, amount=one.amount)
                for one in state.channels
            ),
            cash_in=state.cash_expected - session.opening_float,
            counted=money,
            denominations=tuple(
                CountedDenomination(value=Money(value), count=pieces)
                for value, pieces in sorted(command.denominations.items(), reverse=True)
                if pieces
            ),
            explanation=session.explanation,
            receipts=state.receipts,
            cancelled=state.cancelled,
        )
    document_id = issue(uow, sheet, chain=chain)
    record(
        uow,
        "collection:session:closed",
        subject,
        {"expected": state.cash_expected.minor, "counted": money.minor, "explanation": session.explanation},
        chain=chain,
    )
    return CashSessionClosed(session.id, state.cash_expected, money, difference, document_id)


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
_EARLIER = (
    select(
        Payment.id, Receipt.number, Payment.amount, Payment.tendered, Payment.credit, Receipt.document_id,
        Payment.taken_at,
    )
    .join(Receipt, Receipt.payment_id == Payment.id)
    .where(Payment.request_id == bindparam("wanted_request"))
)  # fmt: skip
_ADD_PAYMENT = insert(Payment).returning(Payment.id)
_ADD_RECEIPT = insert(Receipt)


def _add_to_day(engine: Any) -> Executable:
    new = engine.insert(DayCollection)
    added: Executable = new.on_conflict_do_update(
        index_elements=["day", "head_code", "channel"],
        set_={
            "principal": DayCollection.principal + new.excluded.principal,
            "penalty": DayCollection.penalty + new.excluded.penalty,
            "count": DayCollection.count + new.excluded.count,
        },
    )
    return added


_ADD_TO_DAY = {"sqlite": _add_to_day(sqlite), "postgresql": _add_to_day(postgresql)}


def take_payment(uow: UnitOfWork, command: TakePayment) -> PaymentTaken:
    """Takes the money, settles the debts in their order, books the entry, numbers and freezes the receipt."""
    # Held, so that a desk's payments follow one another.
    session = uow.connection.execute(_LOCK_SESSION, {"session_id": command.cash_session_id}).one_or_none()
    # First: whoever asks again because no answer came is told of the receipt, even if the session is closed by now.
    earlier = uow.connection.execute(_EARLIER, {"wanted_request": command.request_id}).one_or_none()
    if earlier is not None:
        return _taken(earlier)
    desk, cashier = _own_session(uow, session)
    channel = Channel(command.channel)
    if channel is not Channel.CASH and not command.reference.strip():
        raise InvalidInput({"reference": ReferenceMissing()})

    # Held in the order of their ids, so that two desks never wait for each other.
    held = {bill_id: lock_bill(uow, bill_id) for bill_id in sorted(set(command.bill_ids))}
    bills = _open_bills([held[bill_id] for bill_id in dict.fromkeys(command.bill_ids)])
    dues = [owed(bill.state, bill.rule, uow.today) for bill in bills]
    due = total(one.total for one in dues)
    amount = due if command.amount is None else command.amount
    if amount <= ZERO:
        raise InvalidInput({"amount": AmountNotPositive()})
    if amount > LARGEST:
        raise InvalidInput({"amount": NumberTooLarge()})
    use = spread(dues, amount)
    tendered = _tendered(uow, command, amount) if channel is Channel.CASH else None
    taxpayer_id = bills[0].taxpayer_id if len({bill.taxpayer_id for bill in bills}) == 1 else None
    if use.credit:
        _ensure_credit_wanted(uow, amount, due, use.credit, taxpayer_id)
    taxpayer_number, taxpayer_name = _payer(taxpayer_id, bills[0])
    payer = command.payer.strip() or taxpayer_name
    for text, length in ((payer, 160), (command.reference.strip(), 60), (command.request_id, 36)):
        ensure_fits(text, length)

    payment_id = uow.connection.execute(
        _ADD_PAYMENT,
        {
            "request_id": command.request_id,
            "cash_session_id": command.cash_session_id,
            "taxpayer_id": taxpayer_id,
            "payer": payer,
            "channel": channel.value,
            "reference": command.reference.strip(),
            "amount": amount,
            "credit": use.credit,
            "tendered": tendered,
            "taken_at": uow.now,
            "taken_on": uow.today,
        },
    ).scalar_one()
    chain = desk_chain(desk)
    year = uow.municipality.calendar.year_of(uow.today)
    seq = next_in_series(uow, receipt_series(desk), year)
    number = receipt_number(desk, year, seq)
    lines = [Line(account_of(channel, desk), amount.minor)]
    for bill, part in zip(bills, use.uses, strict=True):
        if part.principal or part.penalty:
            lines += settle_bill(uow, bill, payment_id, part)
    if use.credit:
        lines.append(Line(CREDIT, -use.credit.minor, taxpayer_id))
    _count_in_day(uow, channel, bills, use)

    language = command.language or uow.municipality.language
    sheet = receipt_sheet(
        uow,
        key=signing_key(uow),
        language=language,
        desk=desk,
        cashier=cashier,
        number=number,
        payer=payer,
        taxpayer_number=taxpayer_number,
        taxpayer_name=taxpayer_name,
        bills=bills,
        use=use,
        amount=amount,
        channel=channel,
        reference=command.reference.strip(),
        tendered=tendered,
    )
    document_id = issue(uow, sheet, chain=chain)
    entry_id = post_entry(uow, lines, event="payment", subject=number, chain=chain)
    uow.connection.execute(
        _ADD_RECEIPT,
        {
            "payment_id": payment_id,
            "number": number,
            "desk": desk,
            "year": year,
            "seq": seq,
            "document_id": document_id,
            "entry_id": entry_id,
        },
    )
    uow.touch(Topic.PAYMENTS, Topic.BILLS, Topic.CASH_SESSIONS)
    record(
        uow,
        "collection:payment:taken",
        number,
        {"amount": amount.minor, "channel": channel.value, "bills": [bill.number for bill in bills]},
        chain=chain,
    )
    change = tendered - amount if tendered is not None else ZERO
    return PaymentTaken(payment_id, number, amount, change, use.credit, document_id, uow.now)


def _own_session(uow: UnitOfWork, session: Row[*tuple[Any, ...]] | None) -> tuple[int, str]:
    """Desk number and cashier's name of the session, if it is open and the actor's own."""
    if session is None or session.closed_at is not None:
        raise CashSessionIsClosed
    if session.cashier_id != uow.actor.user_id:
        raise NotYourSession(cashier=session.cashier_name)
    if uow.now < session.opened_at:
        raise ClockIsBehind
    return session.desk, session.cashier_name


def _taken(payment: Row[*tuple[Any, ...]]) -> PaymentTaken:
    """What was answered when the payment was taken."""
    change = payment.tendered - payment.amount if payment.tendered is not None else ZERO
    return PaymentTaken(
        payment.id,
        payment.number,
        payment.amount,
        change,
        payment.credit,
        payment.document_id,
        payment.taken_at,
    )


def _open_bills(held: Sequence[LockedBill | None]) -> list[LockedBill]:
    still_open = [bill for bill in held if bill is not None and bill.state.settled < bill.state.total]
    if not still_open:
        raise NothingToPay
    return still_open


def _tendered(uow: UnitOfWork, command: TakePayment, amount: Money) -> Money:
    tendered = amount if command.tendered is None else command.tendered
    if tendered < amount:
        currency = uow.municipality.currency
        raise InvalidInput(
            {
                "tendered": TenderedTooLittle(
                    tendered=format_money(tendered, currency),
                    amount=format_money(amount, currency, with_code=True),
                )
            }
        )
    if tendered > LARGEST:
        raise InvalidInput({"tendered": NumberTooLarge()})
    return tendered


def _ensure_credit_wanted(
    uow: UnitOfWork, amount: Money, due: Money, credit: Money, taxpayer_id: int | None
) -> None:
    currency = uow.municipality.currency
    facts = {
        "amount": format_money(amount, currency, with_code=True),
        "due": format_money(due, currency, with_code=True),
    }
    if taxpayer_id is None:
        raise InvalidInput({"amount": AdvanceNeedsTaxpayer(**facts)})
    uow.confirm(AmountExceedsDebts(**facts, credit=format_money(credit, currency, with_code=True)))


def _payer(taxpayer_id: int | None, bill: LockedBill) -> tuple[str | None, str]:
    if taxpayer_id is None:
        return None, (bill.debtor or bill.subject)[:160]
    return bill.taxpayer_number, bill.taxpayer_name


def _count_in_day(uow: UnitOfWork, channel: Channel, bills: Sequence[LockedBill], use: Spread) -> None:
    # In the order of the heads, so that two desks that pay the same heads never wait for each other in a ring.
    for bill, part in sorted(zip(bills, use.uses, strict=True), key=lambda pair: pair[0].head_code):
        if part.paid:
            uow.connection.execute(
                _ADD_TO_DAY[uow.connection.dialect.name],
                {
                    "day": uow.today,
                    "head_code": bill.head_code,
                    "channel": channel.value,
                    "principal": (part.principal - part.discount).minor,
                    "penalty": part.penalty.minor,
                    "count": 1,
                },
            )


def receipt_sheet(
    uow: UnitOfWork,
    *,
    key: SigningKey,
    language: str,
    desk: int,
    cashier: str,
    number: str,
    payer: str,
    taxpayer_number: str | None,
    taxpayer_name: str,
    bills: Sequence[LockedBill],
    use: Spread,
    amount: Money,
    channel: Channel,
    reference: str,
    tendered: Money | None,
) -> ReceiptSheet:
    """What the receipt of a payment taken now shows, signed with ``key``."""
    municipality = uow.municipality
    with use_language(language):
        channel_name = _(CHANNEL_NAMES[channel])
    return ReceiptSheet(
        issuer=issuer_of(municipality, language),
        number=number,
        language=language,
        desk=str(desk),
        cashier=cashier,
        taken_at=uow.now,
        payer=payer,
        taxpayer_number=taxpayer_number,
        taxpayer_name=taxpayer_name,
        lines=tuple(
            ReceiptLine(
                what=pick(bill.head_names, language),
                period=bill.period,
                bill_number=bill.number,
                amount=part.paid,
                penalty=part.penalty,
            )
            for bill, part in zip(bills, use.uses, strict=True)
            if part.paid
        ),
        total=amount,
        credit=use.credit,
        channel=channel_name,
        reference=reference,
        tendered=tendered,
        change=tendered - amount if tendered is not None else ZERO,
        verification=sign_receipt(
            key,
            ReceiptClaim(
                number=number,
                taken_on=uow.today,
                amount=amount,
                currency=municipality.currency.code,
                taxpayer_number=taxpayer_number,
                desk=str(desk),
            ),
        ),
        texts=tuple(pick(text, language) for text in (municipality.texts.get("receipt_footer"),) if text),
    )


def cancel_receipt(uow: UnitOfWork, command: CancelReceipt) -> ReceiptCancelled:
    """Reverses a payment of the actor's open session, with a second person's signature. The receipt stays."""
    if not command.reason.strip():
        raise InvalidInput({"reason": ReasonMissing()})
    receipt = uow.session.scalar(select(Receipt).where(Receipt.number == command.number))
    if receipt is None:
        raise ReceiptUnknown(number=command.number)
    payment = uow.session.get_one(Payment, receipt.payment_id)
    session = uow.session.get_one(CashSession, payment.cash_session_id, with_for_update=True)
    if session.closed_at is not None:
        raise CancelInSameSession(number=receipt.number)
    if session.cashier_id != uow.actor.user_id:
        raise NotYourSession(cashier=session.cashier_name)
    if uow.session.scalar(select(Payment.id).where(Payment.reverses_id == payment.id)) is not None:
        raise AlreadyCancelled(number=receipt.number)
    approver = ensure_approved(uow, command.approval, Permission.APPROVE_CANCELLATION)

    reversal = Payment(
        request_id=f"cancels {receipt.number}",
        cash_session_id=session.id,
        taxpayer_id=payment.taxpayer_id,
        payer=payment.payer,
        channel=payment.channel,
        reference=payment.reference,
        amount=-payment.amount,
        credit=-payment.credit,
        taken_at=uow.now,
        taken_on=uow.today,
        reverses_id=payment.id,
    )
    uow.session.add(reversal)
    uow.session.flush()
    unsettle(uow, payment.id, reversal.id)
    _uncount_in_day(uow, payment)
    chain = desk_chain(session.desk)
    reverse_entry(uow, receipt.entry_id, subject=receipt.number, chain=chain)
    document_id = issue(
        uow, _cancellation_sheet(uow, command, session, receipt, payment, approver.name), chain=chain
    )
    uow.touch(Topic.PAYMENTS, Topic.BILLS, Topic.CASH_SESSIONS)
    record(
        uow,
        "collection:receipt:cancelled",
        receipt.number,
        {"reason": command.reason.strip(), "approved_by": approver.user_name, "amount": payment.amount.minor},
        chain=chain,
    )
    return ReceiptCancelled(reversal.id, receipt.number, payment.amount, document_id)


def _uncount_in_day(uow: UnitOfWork, payment: Payment) -> None:
    """Takes the payment off what was collected today, head by head."""
    rows = uow.session.execute(
        select(Bill.head_code, Settlement.bill_id, Settlement.part, func.sum(Settlement.amount))
        .join(Bill, Bill.id == Settlement.bill_id)
        .where(Settlement.payment_id == payment.id, Settlement.part != "discount")
        .group_by(Bill.head_code, Settlement.bill_id, Settlement.part)
    )
    sums: dict[tuple[str, int], dict[str, int]] = {}
    for head_code, bill_id, part, amount in rows:
        sums.setdefault((head_code, bill_id), {})[part] = amount.minor
    for (head_code, _bill_id), parts in sorted(sums.items()):
        uow.connection.execute(
            _ADD_TO_DAY[uow.connection.dialect.name],
            {
                "day": uow.today,
                "head_code": head_code,
                "channel": payment.channel,
                "principal": -parts.get("principal", 0),
                "penalty": -parts.get("penalty", 0),
                "count": -1,
            },
        )


def _cancellation_sheet(
    uow: UnitOfWork,
    command: CancelReceipt,
    session: CashSession,
    receipt: Receipt,
    payment: Payment,
    approved_by: str,
) -> ReceiptCancellationSheet:
    language = uow.municipality.language
    taxpayer_number = uow.session.scalar(select(Taxpayer.number).where(Taxpayer.id == payment.taxpayer_id))
    with use_language(language):
        channel = _(CHANNEL_NAMES[payment.channel])
    return ReceiptCancellationSheet(
        issuer=issuer_of(uow.municipality, language),
        number=receipt.number,
        language=language,
        desk=str(session.desk),
        taken_at=payment.taken_at,
        cancelled_at=uow.now,
        cancelled_by=uow.actor.name,
        approved_by=approved_by,
        reason=command.reason.strip(),
        payer=payment.payer,
        taxpayer_number=taxpayer_number,
        total=payment.amount,
        channel=channel,
    )
