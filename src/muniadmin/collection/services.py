"""Cash desks and their sessions; payments and stubs; what is taken back or corrected.

Locks are taken in one order everywhere: the cash session, the payment that is taken back, accounts by their ids, number
series by their names, and last the chains of papers, ledger and audit log.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, literal, or_, select, union_all

from muniadmin.access.permissions import Permission
from muniadmin.access.services import ensure_approved
from muniadmin.audit.services import record, record_all
from muniadmin.billing.allocation import instalments_for
from muniadmin.billing.books import Books
from muniadmin.billing.decisions import Grounds, decide
from muniadmin.billing.facts import COST
from muniadmin.billing.late_facts import settle_up
from muniadmin.billing.loading import hold_accounts, load_books
from muniadmin.billing.models import Account, Bill, Charge, Credit, RevenueHead, Settlement, Tender
from muniadmin.billing.writing import Planned, write_added, write_all
from muniadmin.collection.commands import (
    CancelReceipt,
    CashSessionClosed,
    CashSessionOpened,
    CloseCashSession,
    EnterStub,
    OpenCashSession,
    PaymentTaken,
    ReceiptCancelled,
    ReturnTender,
    TakePayment,
    TenderGiven,
    TenderReturned,
)
from muniadmin.collection.errors import (
    AlreadyCancelled,
    AlreadyReturned,
    AlreadyTaken,
    AmountExceedsDebts,
    AmountNotPositive,
    CancelInSameSession,
    CashDoesNotComeBack,
    CashierHasSession,
    CashSessionIsClosed,
    ClockIsBehind,
    CountImpossible,
    CreditMovedOn,
    DeskIsOpen,
    DeskUnknown,
    DifferenceNotExplained,
    NotYourSession,
    PointUnknown,
    ReasonMissing,
    ReceiptUnknown,
    StubEntered,
    StubInTheFuture,
    ValueDayAfterBooking,
)
from muniadmin.collection.models import (
    Cancellation,
    CashSession,
    Payment,
    Point,
    ProviderReference,
    Receipt,
    TenderReturn,
)
from muniadmin.collection.plan import Plan, PlannedTender, Wanted, plan_payment
from muniadmin.collection.queries import session_state
from muniadmin.collection.rules import CHANNEL_NAMES, TAKEN_ONCE, Channel, account_of, counted
from muniadmin.collection.taking_back import TakenBack, count_from, take_back
from muniadmin.documents.keys import signing_key
from muniadmin.documents.services import issue, issue_all, issuer_of
from muniadmin.documents.sheets import (
    CashSessionSlipSheet,
    ChannelTotal,
    CountedDenomination,
    ReceiptCancellationSheet,
    ReceiptLine,
    ReceiptSheet,
    ReceiptTender,
)
from muniadmin.documents.signing import ReceiptClaim, SigningKey, sign_receipt
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.errors import FieldMissing, InvalidInput, NotFound, NumberTooLarge
from muniadmin.kernel.formats import format_money
from muniadmin.kernel.i18n import _, pick, use_language
from muniadmin.kernel.money import LARGEST, ZERO, Money
from muniadmin.kernel.numbers import receipt_number
from muniadmin.kernel.texts import ensure_fits
from muniadmin.ledger.rules import CREDIT, OVER_SHORT, AccountKind, Line, cash
from muniadmin.ledger.services import NewEntry, ensure_account, ensure_day_open, post_entries, post_entry
from muniadmin.storage.bulk import add_rows, insert_rows
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer

BANK_POINT, STUBS_POINT = 90, 91
"""The points that every office has beside its desks: its bank account, and its stub books."""


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
        if uow.session.get(Point, number) is None:
            uow.session.add(Point(number=number, kind="desk", names=names))
        ensure_account(uow, cash(number), AccountKind.CASH, names)
    for number, point_kind, names in (
        (BANK_POINT, "bank", {"en": "Bank", "fr": "Banque"}),
        (STUBS_POINT, "collector", {"en": "Stub books", "fr": "Carnets à souche"}),
    ):
        if uow.session.get(Point, number) is None:
            uow.session.add(Point(number=number, kind=point_kind, names=names))
        ensure_account(uow, cash(number), AccountKind.CASH, names)
    uow.session.flush()


def open_cash_session(uow: UnitOfWork, command: OpenCashSession) -> CashSessionOpened:
    """Opens the desk in the actor's name."""
    # Before anything bears its time: a clock that is a year ahead would close the desk for a year.
    ensure_day_open(uow)
    desk = uow.session.get(Point, command.desk, with_for_update=True)
    if desk is None or not desk.active or desk.kind != "desk":
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
        Payment.id,
        Payment.request_id,
        Payment.amount,
        Payment.taken_at,
        Payment.booked_on,
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
# Clocks that are set by the network jump back by less.
_CLOCK_TOLERANCE = timedelta(minutes=1)


def take_payment(uow: UnitOfWork, command: TakePayment) -> PaymentTaken:
    """Takes the money, settles the debts in their order, books the entry, numbers and freezes the receipt."""
    # Held, so that a desk's payments follow one another.
    session = uow.connection.execute(_LOCK_SESSION, {"session_id": command.cash_session_id}).one_or_none()
    # First: whoever asks again because no answer came is told of the receipt, even if the session is closed by now.
    taken, last = _taken_earlier(uow, command.request_id, command.cash_session_id)
    if taken is not None:
        return taken
    desk, cashier = _own_session(uow, session, last)
    books = _books_for(uow, command.charge_ids, command.rest_account_id, whole=False)
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
        coin=_cash_rounding(books),
    )
    if plan.credit:
        _ensure_credit_wanted(uow, plan)
    order = PaymentOrder(
        request_id=command.request_id,
        point=desk,
        cash_session_id=command.cash_session_id,
        cashier=cashier,
        payer=command.payer,
        language=command.language,
        plan=plan,
    )
    return book_payments(uow, [order])[0]


@dataclass(frozen=True, kw_only=True)
class PaymentOrder:
    """A planned payment, and how its receipt is to say it. ``stub``: (book, number) of a receipt written by hand.
    ``taken_at``: the instant its money came, where it is booked later the same day; None: now."""

    request_id: str
    point: int
    plan: Plan
    cash_session_id: int | None = None
    cashier: str = ""
    payer: str = ""
    language: str | None = None
    stub: tuple[str, int] | None = None
    taken_at: datetime | None = None


def book_payments(uow: UnitOfWork, orders: Sequence[PaymentOrder]) -> list[PaymentTaken]:
    """Books planned payments, all or none, since the caller's unit of work is one transaction, and issues their
    receipts: one of the counter, many of a bank's file. There is no other way to take money. The caller holds the
    accounts, and no account is in two plans.

    What is written is written for all of them at once, table by table, point after point.
    """
    if not orders:
        return []
    about = _about(uow, orders)
    payers = [_payer(order, one) for order, one in zip(orders, about, strict=True)]
    payment_ids = add_rows(uow, Payment, [
        {
            "request_id": order.request_id,
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
    numbers = _receipt_numbers(uow, orders)
    key = signing_key(uow)
    taken: dict[int, PaymentTaken] = {}
    for point in dict.fromkeys(order.point for order in orders):
        places = [place for place, order in enumerate(orders) if order.point == point]
        chain = desk_chain(point)
        document_ids = issue_all(uow, [
            _receipt_sheet(uow, key, orders[place], about[place], numbers[place].text, payers[place])
            for place in places
        ], chain=chain)  # fmt: skip
        entry_ids = post_entries(uow, [
            NewEntry([*_received(orders[place]), *settled[place]], "payment", numbers[place].text) for place in places
        ], chain=chain)  # fmt: skip
        insert_rows(uow, Receipt, [
            {
                "payment_id": payment_ids[place],
                "number": numbers[place].text,
                "series": numbers[place].series,
                "year": numbers[place].year,
                "seq": numbers[place].seq,
                "document_id": document_id,
                "entry_id": entry_id,
            }
            for place, document_id, entry_id in zip(places, document_ids, entry_ids, strict=True)
        ])  # fmt: skip
        record_all(
            uow,
            "collection:payment:taken",
            [(numbers[place].text, _detail(orders[place].plan)) for place in places],
            chain=chain,
        )
        for place, document_id in zip(places, document_ids, strict=True):
            plan = orders[place].plan
            taken[place] = PaymentTaken(
                payment_ids[place],
                numbers[place].text,
                plan.amount,
                plan.change,
                plan.credit,
                document_id,
                orders[place].taken_at or uow.now,
            )
    uow.touch(Topic.PAYMENTS, Topic.BILLS, Topic.CASH_SESSIONS)
    return [taken[place] for place in range(len(orders))]


def _payer(order: PaymentOrder, about: "_About") -> str:
    payer = order.payer.strip() or about.payer
    for text, length in ((payer, 160), (order.request_id, 36)):
        ensure_fits(text, length)
    return payer


def _received(order: PaymentOrder) -> list[Line]:
    """Where the money lies now."""
    return [Line(account_of(one.channel, order.point), one.amount.minor) for one in order.plan.tenders]


def _detail(plan: Plan) -> dict[str, object]:
    """What the audit log says of a payment."""
    return {
        "amount": plan.amount.minor,
        "tenders": [[one.channel.value, one.amount.minor] for one in plan.tenders],
        "bills": list(dict.fromkeys(paid.bill.number for paid in plan.spread.paid)),
    }


def _books_for(
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


def _cash_rounding(books: Books) -> int:
    """To how many minor units cash is rounded for these debts: the coarsest of their heads' rules; 0: not at all."""
    return max((bill.coin for bill in books.bills.values()), default=0)


def _ensure_credit_wanted(uow: UnitOfWork, plan: Plan) -> None:
    currency = uow.municipality.currency
    uow.confirm(
        AmountExceedsDebts(
            amount=format_money(plan.amount, currency),
            due=format_money(plan.due, currency),
            credit=format_money(plan.credit, currency, with_code=True),
        )
    )


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


def _taken_earlier(
    uow: UnitOfWork, request_id: str, session_id: int | None = None
) -> tuple[PaymentTaken | None, datetime | None]:
    """What was answered when the payment was taken (None: it was not), and when the session's last one was."""
    if not request_id.strip():
        raise InvalidInput({"request_id": FieldMissing()})
    found = uow.connection.execute(_EARLIER, {"wanted_request": request_id, "session_id": session_id}).all()
    earlier = next((row for row in found if row.request_id == request_id), None)
    if earlier is None:
        return None, next((row.taken_at for row in found), None)
    change = uow.connection.scalar(
        select(func.sum(Tender.tendered - Tender.amount)).where(
            Tender.payment_id == earlier.id, Tender.tendered.is_not(None)
        )
    )
    held = uow.connection.scalar(
        select(func.sum(Credit.amount))
        .join(Tender, Tender.id == Credit.tender_id)
        .where(Tender.payment_id == earlier.id, Credit.booked_on == earlier.booked_on)
    )
    taken = PaymentTaken(
        earlier.id,
        earlier.number,
        earlier.amount,
        _money(change),
        _money(held),
        earlier.document_id,
        earlier.taken_at,
    )
    return taken, earlier.taken_at


def _money(value: Money | int | None) -> Money:
    return value if isinstance(value, Money) else Money(int(value or 0))


def _add_tenders(
    uow: UnitOfWork, orders: Sequence[PaymentOrder], payment_ids: Sequence[int]
) -> list[Mapping[int, int]]:
    """Writes the tenders; of each payment their ids by the plan's. Raises AlreadyTaken for a provider's reference that
    is known, or comes twice."""
    tenders = [(place, one) for place, order in enumerate(orders) for one in order.plan.tenders]
    for _place, one in tenders:
        for text, length in ((one.reference, 60), (one.bank, 60), (one.drawer, 160)):
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
                {"channel": one.channel.value, "reference": one.reference, "tender_id": tender_id}
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
            .where(ProviderReference.reference.in_({one.reference for one in tenders}))
        )
    }
    for one in tenders:
        key = one.channel.value, one.reference
        if key in known:
            problem = AlreadyTaken(
                channel=_(CHANNEL_NAMES[one.channel]), reference=one.reference, receipt=known[key]
            )
            raise InvalidInput({"reference": problem})
        known[key] = "—"


@dataclass(frozen=True)
class _Number:
    """A receipt's number: its series, fiscal year and place in it, and as printed."""

    series: str
    year: int
    seq: int
    text: str


def _receipt_numbers(uow: UnitOfWork, orders: Sequence[PaymentOrder]) -> list[_Number]:
    """The receipts' numbers: the next of each point, or the stubs' as written."""
    year = uow.municipality.calendar.year_of(uow.today)
    wanted = Counter(order.point for order in orders if order.stub is None)
    following = {
        point: take_block(uow, receipt_series(point), year, count) for point, count in sorted(wanted.items())
    }
    numbers = []
    for order in orders:
        if order.stub is not None:
            book, seq = order.stub
            text = f"{book}/{seq}"
            ensure_fits(text, 24)
            numbers.append(_Number(f"stub:{book}", 0, seq, text))
            continue
        seq = following[order.point]
        following[order.point] += 1
        numbers.append(_Number(str(order.point), year, seq, receipt_number(order.point, year, seq)))
    return numbers


@dataclass(frozen=True)
class _About:
    """What a receipt says of whom it is for, and of each bill it pays."""

    payer: str
    taxpayer_number: str | None
    taxpayer_name: str
    bills: Mapping[int, Row[*tuple[Any, ...]]]
    #: Whether the bills are those of several people, who may bear one name.
    several: bool = False


def _about(uow: UnitOfWork, orders: Sequence[PaymentOrder]) -> list[_About]:
    of_order = [{paid.bill.id for paid in order.plan.spread.paid} for order in orders]
    every = sorted(set().union(*of_order))
    rows = uow.connection.execute(_ABOUT_BILLS, {"bill_ids": every}).all() if every else []
    bills = {row.id: row for row in rows}
    return [
        _about_bills({bill_id: bills[bill_id] for bill_id in sorted(ids)})
        if ids
        else _about_account(uow, order.plan.rest_account_id)
        for order, ids in zip(orders, of_order, strict=True)
    ]


def _about_bills(bills: Mapping[int, Row[*tuple[Any, ...]]]) -> _About:
    people = {(row.taxpayer_number, row.account_name) for row in bills.values()}
    if len(people) == 1:
        number, name = next(iter(people))
        return _About(name, number, name, bills)
    return _About(next(iter(bills.values())).account_name, None, "", bills, several=True)


def _about_account(uow: UnitOfWork, account_id: int | None) -> _About:
    """Of money that settles nothing yet: whose it is."""
    row = uow.connection.execute(
        select(Taxpayer.number, func.coalesce(Taxpayer.name, Account.name))
        .select_from(Account)
        .outerjoin(Taxpayer, Taxpayer.id == Account.taxpayer_id)
        .where(Account.id == account_id)
    ).one()
    return _About(row[1], row[0], row[1], {})


_ABOUT_BILLS = (
    select(
        Bill.id,
        Bill.period,
        Bill.subject,
        Bill.account_name,
        RevenueHead.names.label("head_names"),
        Taxpayer.number.label("taxpayer_number"),
    )
    .join(RevenueHead, RevenueHead.code == Bill.head_code)
    .join(Account, Account.id == Bill.account_id)
    .outerjoin(Taxpayer, Taxpayer.id == Account.taxpayer_id)
    .where(Bill.id.in_(bindparam("bill_ids", expanding=True)))
    .order_by(Bill.id)
)


def _receipt_sheet(
    uow: UnitOfWork, key: SigningKey, order: PaymentOrder, about: _About, number: str, payer: str
) -> ReceiptSheet:
    """What the receipt shows, signed with the municipality's key."""
    municipality, plan = uow.municipality, order.plan
    language = order.language or municipality.language
    with use_language(language):
        tenders = tuple(
            ReceiptTender(channel=_(CHANNEL_NAMES[one.channel]), amount=one.amount, reference=one.reference)
            for one in plan.tenders
        )
        costs = _("costs")
    cash_given = [one.tendered for one in plan.tenders if one.tendered is not None]
    return ReceiptSheet(
        issuer=issuer_of(municipality, language),
        number=number,
        language=language,
        desk=str(order.point),
        cashier=order.cashier,
        taken_at=order.taken_at or uow.now,
        value_on=plan.value_on,
        payer=payer,
        taxpayer_number=about.taxpayer_number,
        taxpayer_name=about.taxpayer_name,
        lines=tuple(
            ReceiptLine(
                what=pick(about.bills[paid.bill.id].head_names, language),
                period=about.bills[paid.bill.id].period,
                bill_number=paid.bill.number,
                subject=costs if paid.charge.kind == COST else about.bills[paid.bill.id].subject,
                debtor=about.bills[paid.bill.id].account_name if about.several else "",
                part=paid.charge.part,
                parts=max(one.part for one in paid.bill.charges),
                amount=Money(paid.money),
                penalty=Money(paid.penalty),
                rebate=Money(paid.rebate),
                left=Money(paid.left),
            )
            for paid in plan.spread.paid
        ),
        total=plan.amount,
        credit=plan.credit,
        tenders=tenders,
        tendered=Money(sum(one.minor for one in cash_given)) if cash_given else None,
        change=plan.change,
        verification=sign_receipt(
            key,
            ReceiptClaim(
                number=number,
                taken_on=plan.value_on,
                amount=plan.amount,
                currency=municipality.currency.code,
                taxpayer_number=about.taxpayer_number,
                desk=str(order.point),
            ),
        ),
        texts=tuple(pick(text, language) for text in (municipality.texts.get("receipt_footer"),) if text),
    )


# --- Stub books -----------------------------------------------------------------------------------------------------


def enter_stub(uow: UnitOfWork, command: EnterStub) -> PaymentTaken:
    """Books a receipt of a stub book: its money counts for the day that stands on it, and ``plan_payment`` settles what
    follows from that late fact. The whole books are read, since money that came later may have to give way."""
    taken, _last = _taken_earlier(uow, command.request_id)
    if taken is not None:
        return taken
    point = uow.session.get(Point, command.point)
    if point is None or point.kind != "collector":
        raise PointUnknown(point=command.point)
    if command.value_on > uow.today:
        raise InvalidInput({"value_on": StubInTheFuture()})
    book = command.book.strip()
    if not book:
        raise InvalidInput({"book": FieldMissing()})
    known = select(Receipt.payment_id).where(Receipt.series == f"stub:{book}", Receipt.seq == command.number)
    if uow.connection.scalar(known) is not None:
        raise InvalidInput({"number": StubEntered(number=command.number, book=book)})
    books = _books_for(uow, command.charge_ids, None, whole=True)
    accounts = {charge.account_id for bill in books.bills.values() for charge in bill.charges
                if charge.id in command.charge_ids}  # fmt: skip
    still_open = instalments_for(books, command.charge_ids, command.value_on)
    plan = plan_payment(
        books,
        Wanted(
            charge_ids=[one.charge.id for one in still_open],
            tenders=(TenderGiven(channel="cash", amount=command.amount),),
            value_on=command.value_on,
            point=command.point,
            # Where somebody has paid these debts meanwhile, the stub's money is first the (first) debtor's credit.
            rest_account_id=min(accounts, default=None),
        ),
        uow.municipality.currency,
    )
    order = PaymentOrder(
        request_id=command.request_id,
        point=command.point,
        payer=command.payer,
        plan=plan,
        stub=(book, command.number),
    )
    return book_payments(uow, [order])[0]


# --- Taking back ----------------------------------------------------------------------------------------------------


def cancel_receipt(uow: UnitOfWork, command: CancelReceipt) -> ReceiptCancelled:
    """Takes back a payment of the actor's open session, with a second person's signature. The receipt stays."""
    if not command.reason.strip():
        raise InvalidInput({"reason": ReasonMissing()})
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
    approver = ensure_approved(uow, command.approval, Permission.APPROVE_CANCELLATION)
    chain = desk_chain(session.desk)
    taken_back = _take_back(uow, tenders)
    if taken_back.gone:
        raise CreditMovedOn(number=receipt.number)
    lines = _written(uow, taken_back)
    lines += [Line(account_of(Channel(one.channel), session.desk), -one.amount.minor) for one in tenders]
    document_id = issue(
        uow, _cancellation_sheet(uow, command, session, receipt, payment, tenders, approver.name), chain=chain
    )
    post_entry(
        uow, lines, event="cancellation", subject=receipt.number, chain=chain, reverses_id=receipt.entry_id
    )
    uow.session.add(
        Cancellation(
            payment_id=payment.id,
            reason=command.reason.strip(),
            cancelled_by_id=uow.actor.user_id,
            approved_by_id=approver.user_id,
            cancelled_at=uow.now,
            booked_on=uow.today,
            document_id=document_id,
        )
    )
    uow.session.flush()
    uow.touch(Topic.PAYMENTS, Topic.BILLS, Topic.CASH_SESSIONS)
    record(
        uow,
        "collection:receipt:cancelled",
        receipt.number,
        {"reason": command.reason.strip(), "approved_by": approver.user_name, "amount": payment.amount.minor},
        chain=chain,
    )
    return ReceiptCancelled(payment.id, receipt.number, payment.amount, document_id)


def return_tender(uow: UnitOfWork, command: ReturnTender) -> TenderReturned:
    """Books money that came back: what it paid is owed again, with the penalty since its due day; what it had helped
    others with stays paid, and its drawer owes that and the costs."""
    if not command.reason.strip():
        raise InvalidInput({"reason": ReasonMissing()})
    tender = uow.session.get(Tender, command.tender_id)
    if tender is None:
        raise NotFound(what=command.tender_id)
    _ensure_not_taken_back(uow, tender)
    if tender.channel == Channel.CASH:
        raise CashDoesNotComeBack
    if command.fee < ZERO:
        raise InvalidInput({"fee": AmountNotPositive()})
    payment = uow.session.get_one(Payment, tender.payment_id)
    receipt = uow.session.get_one(Receipt, payment.id)
    taken_back = _take_back(uow, [tender])
    decision_id, _kind = decide(
        uow, "return", Grounds(reason=command.reason.strip(), document=receipt.number)
    )
    charged = taken_back.charge_drawer(payment.rest_account_id, command.fee)
    lines = _written(uow, taken_back)
    lines.append(Line(account_of(Channel(tender.channel), tender.point), -tender.amount.minor))
    post_entry(uow, lines, event="return", subject=receipt.number)
    uow.session.add(TenderReturn(tender_id=tender.id, decision_id=decision_id, booked_on=uow.today))
    uow.session.flush()
    uow.touch(Topic.PAYMENTS, Topic.BILLS)
    record(
        uow,
        "collection:tender:returned",
        receipt.number,
        {"reason": command.reason.strip(), "amount": tender.amount.minor, "fee": command.fee.minor},
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
    count_from(books, tender.id, value_on, decide(uow, "value_day", grounds))
    settle_up(books, accounts)
    if lines := write_added(uow, books):
        post_entry(uow, lines, event="value_day", subject=receipt.number)
    uow.touch(Topic.PAYMENTS, Topic.BILLS)
    record(
        uow,
        "collection:tender:value-day-corrected",
        receipt.number,
        {"reason": grounds.reason, "from": tender.value_on.isoformat(), "to": value_on.isoformat()},
    )


def _take_back(uow: UnitOfWork, tenders: Sequence[Tender]) -> TakenBack:
    """Undoes what these tenders of one payment did, in the books of all whom their money touched; their providers'
    references may come again."""
    ids = [tender.id for tender in tenders]
    accounts = _hold_touched(uow, ids, tenders[0].payment_id)
    taken_back = take_back(load_books(uow, account_ids=accounts, whole=True), ids, tenders[0].payment_id)
    uow.connection.execute(delete(ProviderReference).where(ProviderReference.tender_id.in_(ids)))
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


def _cancellation_sheet(
    uow: UnitOfWork,
    command: CancelReceipt,
    session: CashSession,
    receipt: Receipt,
    payment: Payment,
    tenders: Sequence[Tender],
    approved_by: str,
) -> ReceiptCancellationSheet:
    language = uow.municipality.language
    with use_language(language):
        channel = " + ".join(_(CHANNEL_NAMES[one.channel]) for one in tenders)
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
        taxpayer_number=None,
        total=payment.amount,
        channel=channel,
    )
