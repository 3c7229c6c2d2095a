"""Works out a payment before anything is written: which instalments it pays, with which money, and what is refused.

Pure: it adds to the books it is given, which ``services.book_payments`` then writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from muniadmin.billing.allocation import (
    REBATE,
    Paid,
    Purse,
    Spread,
    instalments_for,
    owed_in_all,
    spread,
    still_owed,
)
from muniadmin.billing.books import Books
from muniadmin.billing.errors import AmountNotPositive
from muniadmin.billing.facts import PENALTY, PLANNED, CreditFact, TenderFact
from muniadmin.billing.late_facts import pay_instead, settle_up
from muniadmin.collection.commands import TenderGiven
from muniadmin.collection.errors import (
    AdvanceNeedsTaxpayer,
    NothingToPay,
    OnlyCashIsHandedBack,
    ReferenceMissing,
    ReferenceTwice,
    TenderedTooLittle,
    TendersUnclear,
)
from muniadmin.collection.rules import SURE_FIRST, TAKEN_ONCE, Channel, reference_key
from muniadmin.kernel.errors import ChoiceUnknown, InvalidInput, NumberTooLarge, UserError
from muniadmin.kernel.formats import format_money
from muniadmin.kernel.money import LARGEST, ZERO, Currency, Money


@dataclass(frozen=True, slots=True)
class PlannedTender:
    """Money of one channel; ``id`` is negative until it is written."""

    id: int
    channel: Channel
    amount: Money
    tendered: Money | None
    reference: str
    bank: str
    drawer: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A payment as asked for."""

    charge_ids: Sequence[int]
    tenders: Sequence[TenderGiven]
    #: The day for which the money counts.
    value_on: date
    point: int
    #: Who pays, and keeps what is left over; None: whose debt is the first, and what is left over is kept for the
    #: account whose debts are paid, if it is one.
    rest_account_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A payment worked out: the books hold what it adds. ``spread`` tells every debt that its money pays."""

    books: Books
    spread: Spread
    tenders: Sequence[PlannedTender]
    amount: Money
    #: What the chosen debts come to.
    due: Money
    change: Money
    #: What they did not need: ``replaced`` took the place of money that had paid them later, ``beside`` (a part of
    #: ``spread``) is what else it pays, and ``credit`` is kept.
    over: Money
    replaced: Money
    beside: Sequence[Paid]
    credit: Money
    #: Numbers of the bills it was given for on which nothing was owed any more.
    given_for: Sequence[str]
    #: Whose payment it is, where no other name was given.
    payer_account_id: int
    #: Whose credit is what is left over.
    rest_account_id: int | None
    value_on: date


@dataclass(frozen=True, kw_only=True)
class PaymentOrder:
    """A planned payment, and how its receipt is to say it."""

    request_id: str
    #: Of all that was asked for; empty where nobody will ask again.
    request_digest: str = ""
    point: int
    plan: Plan
    cash_session_id: int | None = None
    cashier: str = ""
    payer: str = ""
    language: str | None = None
    #: (book, number) of a receipt written by hand.
    stub: tuple[str, int] | None = None
    #: The instant its money came, where it is booked later the same day; None: now.
    taken_at: datetime | None = None


def plan_payment(books: Books, wanted: Wanted, currency: Currency, *, coin: int = 0) -> Plan:
    """What the payment would do, added to ``books``. Raises NothingToPay, InvalidInput or AdvanceNeedsTaxpayer."""
    if wanted.value_on == books.today:
        # What is held pays what is due before new money does, as the counter's list has shown it. Money of a day gone
        # by takes its own place afterwards.
        debtors = debtors_of(books, wanted.charge_ids)
        settle_up(
            books, debtors | ({wanted.rest_account_id} if wanted.rest_account_id is not None else set())
        )
    instalments = instalments_for(books, wanted.charge_ids, wanted.value_on)
    if not instalments and not _is_advance(wanted):
        raise NothingToPay
    due = Money(owed_in_all(instalments))
    tenders = read_tenders(wanted.tenders, due, currency)
    amount = Money(sum(one.amount.minor for one in tenders))
    accounts = {one.charge.account_id for one in instalments}
    rest_account = wanted.rest_account_id or (next(iter(accounts)) if len(accounts) == 1 else None)
    payer_account = wanted.rest_account_id or instalments[0].charge.account_id
    for one in tenders:
        books.tenders[one.id] = TenderFact(one.id, PLANNED, wanted.point, one.channel.value, wanted.value_on)
    result = spread(
        books,
        instalments,
        [Purse(one.id, one.amount.minor) for one in _sure_first(tenders)],
        wanted.value_on,
        payment_id=PLANNED,
        coin=coin if all(one.channel is Channel.CASH for one in tenders) else 0,
    )
    over = result.credit
    replaced = pay_instead(books, wanted.charge_ids, result, wanted.value_on, payment_id=PLANNED)
    accounts |= {one.charge.account_id for one in result.paid}
    if result.credit and rest_account is None:
        raise InvalidInput(
            {
                "amount": AdvanceNeedsTaxpayer(
                    amount=format_money(amount, currency), due=format_money(due, currency, with_code=True)
                )
            }
        )
    kept: list[CreditFact] = []
    for rest in result.rest:
        assert rest_account is not None
        kept.append(books.add_credit(rest_account, rest.left, wanted.value_on, tender_id=rest.tender_id))
    settle_up(books, accounts | {lot.account_id for lot in kept})
    beside = _paid_with(books, kept, wanted.value_on)
    result.paid += beside
    change = sum((one.tendered - one.amount).minor for one in tenders if one.tendered is not None)
    return Plan(
        books=books,
        spread=result,
        tenders=tenders,
        amount=amount,
        due=due,
        change=Money(change),
        over=Money(over),
        replaced=Money(replaced),
        beside=beside,
        credit=Money(sum(books.lot_left(lot) for lot in kept)),
        given_for=_given_for(books, wanted.charge_ids, result) if over else (),
        payer_account_id=payer_account,
        rest_account_id=rest_account if kept else None,
        value_on=wanted.value_on,
    )


def debtors_of(books: Books, charge_ids: Sequence[int]) -> set[int]:
    """The accounts whose the chosen charges are, open or settled."""
    chosen = set(charge_ids)
    return {one.account_id for bill in books.bills.values() for one in bill.charges if one.id in chosen}


def _paid_with(books: Books, lots: Sequence[CreditFact], on: date) -> list[Paid]:
    """What credits of this payment pay at once: what is due on their account, the oldest first."""
    lot_ids = {lot.id for lot in lots}
    found: dict[int, Paid] = {}
    for one in books.added.settlements if lot_ids else ():
        if one.credit_id not in lot_ids:
            continue
        bill = books.bill_of(one.charge_id)
        charge = bill.charge(one.charge_id)
        principal = charge if charge.on_charge is None else bill.charge(charge.on_charge)
        paid = found.setdefault(principal.id, Paid(principal, bill))
        if charge.kind == PENALTY:
            paid.penalty += one.amount
        else:
            paid.principal += one.amount
    for paid in found.values():
        paid.rebate = sum(
            one.amount
            for one in books.added.settlements
            if one.charge_id == paid.charge.id and one.decision_kind == REBATE and one.payment_id == PLANNED
        )
        paid.left = still_owed(books, paid, on)
    return [paid for paid in found.values() if paid.money]


def _given_for(books: Books, charge_ids: Sequence[int], result: Spread) -> list[str]:
    """Numbers of the bills chosen that this payment, which left something over, pays nothing of."""
    chosen, paid = set(charge_ids), {one.bill.id for one in result.paid}
    return [
        bill.number
        for bill in books.bills.values()
        if bill.id not in paid and any(one.id in chosen for one in bill.charges)
    ]


def _is_advance(wanted: Wanted) -> bool:
    """Whether the money may come although nothing is owed: its amount and whose it is are named."""
    return wanted.rest_account_id is not None and all(one.amount is not None for one in wanted.tenders)


def read_tenders(given: Sequence[TenderGiven], due: Money, currency: Currency) -> list[PlannedTender]:
    """The tenders with their amounts; the one without takes the rest of what is due. Raises InvalidInput."""
    open_ones = [one for one in given if one.amount is None]
    if not given or len(open_ones) > 1:
        raise InvalidInput({"tenders": TendersUnclear()})
    named = sum(one.amount.minor for one in given if one.amount is not None)
    planned: list[PlannedTender] = []
    for place, one in enumerate(given, 1):
        amount = Money(due.minor - named) if one.amount is None else one.amount
        _ensure_amount(amount)
        channel = _channel(one.channel)
        tendered = None
        if channel is Channel.CASH:
            tendered = amount if one.tendered is None else one.tendered
            _ensure_enough(tendered, amount, currency)
        else:
            if not one.reference.strip():
                raise InvalidInput({"reference": ReferenceMissing()})
            if one.tendered is not None and one.tendered != amount:
                raise InvalidInput({"tendered": OnlyCashIsHandedBack()})
        planned.append(
            PlannedTender(
                -place, channel, amount, tendered, one.reference.strip(), one.bank.strip(), one.drawer.strip()
            )
        )
    once = [(one.channel, reference_key(one.reference)) for one in planned if one.channel in TAKEN_ONCE]
    if len(set(once)) < len(once):
        raise InvalidInput({"reference": ReferenceTwice()})
    return planned


def _channel(text: str) -> Channel:
    try:
        return Channel(text)
    except ValueError:
        known = ", ".join(one.value for one in Channel)
        raise InvalidInput({"channel": ChoiceUnknown(text=text[:40], known=known)}) from None


def _ensure_amount(amount: Money) -> None:
    problem: UserError | None = None
    if amount <= ZERO:
        problem = AmountNotPositive()
    elif amount > LARGEST:
        problem = NumberTooLarge()
    if problem is not None:
        raise InvalidInput({"amount": problem})


def _ensure_enough(tendered: Money, amount: Money, currency: Currency) -> None:
    if tendered < amount:
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


def _sure_first(tenders: Sequence[PlannedTender]) -> list[PlannedTender]:
    return sorted(tenders, key=lambda one: (SURE_FIRST.index(one.channel), -one.id))
