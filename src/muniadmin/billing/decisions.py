"""Reduces, moves, postpones and suspends debts without money: each by a decision that says why and on what paper.

Never owed (a credit note, an annulment) and given up (a waiver, a write-off) differ: the first counts from the debt's
own day and takes the penalty with it, the second counts from today.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from sqlalchemy import func, select

from muniadmin.access.models import User
from muniadmin.audit.services import record
from muniadmin.billing.books import Books
from muniadmin.billing.effects import (
    all_left,
    book_accrued,
    give_up,
    money_on,
    move_debt,
    move_money,
    penalties_left,
)
from muniadmin.billing.errors import (
    AmountNotPositive,
    BillAlreadyAnnulled,
    ChargeUnknown,
    DueDayNotLater,
    EndsBeforeItBegins,
    MoreThanLeft,
    NotSuspended,
    OfferSavesNothing,
    ReasonMissing,
    StaysWhereItIs,
    SuspendedBeyondLeft,
    ValueDayAfterBooking,
)
from muniadmin.billing.facts import COST, PENALTY, PRINCIPAL, BillFacts, ChargeFact, CreditFact
from muniadmin.billing.late_facts import settle_up, take_off
from muniadmin.billing.loading import hold_accounts, load_books
from muniadmin.billing.models import (
    Account,
    Charge,
    ChargeNow,
    Claim,
    Decision,
    Offer,
    Suspension,
    SuspensionEnd,
    Term,
)
from muniadmin.billing.names import BILLS_TOPIC, DECISION_NUMBER
from muniadmin.billing.writing import write_added
from muniadmin.kernel.errors import DateOutOfReach, NotFound, NumberTooLarge
from muniadmin.kernel.money import LARGEST, ZERO, Money
from muniadmin.kernel.numbers import yearly_number
from muniadmin.kernel.texts import ensure_fits
from muniadmin.ledger.services import post
from muniadmin.storage.bulk import add_rows, delete_rows, insert_rows
from muniadmin.storage.numbering import next_in_series
from muniadmin.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """Why something is decided: the paper, the reason in words, and who approved it."""

    reason: str
    document: str = ""
    approved_by_id: int | None = None


def decide(uow: UnitOfWork, kind: str, grounds: Grounds) -> tuple[int, str]:
    """Writes down a decision, with its own number; its id and kind. Whoever decides holds the accounts already: numbers
    are taken after them everywhere, so that no two orders wait for each other. Raises ReasonMissing, TextTooLong, or
    NotFound for somebody unknown who approved."""
    if not grounds.reason.strip():
        raise ReasonMissing
    for written, length in ((grounds.document, 200), (grounds.reason, 300)):
        ensure_fits(written, length)
    approver = grounds.approved_by_id
    if approver is not None and uow.connection.scalar(select(User.id).where(User.id == approver)) is None:
        raise NotFound(what=approver)
    year = uow.municipality.calendar.year_of(uow.today)
    number = yearly_number(DECISION_NUMBER, year, next_in_series(uow, "decision", year))
    (decision_id,) = add_rows(uow, Decision, [
        {
            "kind": kind,
            "standing": False,
            "number": number,
            "document": grounds.document,
            "reason": grounds.reason,
            "decided_by_id": uow.actor.user_id,
            "approved_by_id": grounds.approved_by_id,
            "booked_on": uow.today,
        }
    ])  # fmt: skip
    return decision_id, kind


def books_of_bill(uow: UnitOfWork, bill_id: int, *others: int) -> tuple[Books, BillFacts]:
    """The whole books of everybody who owes on a bill and of the ``other`` accounts, held until the transaction ends.
    Raises NotFound."""
    accounts = _hold_who_owe(uow, [bill_id], others)
    books = load_books(uow, account_ids=accounts, bill_ids=[bill_id], whole=True)
    return books, books.bills[bill_id]


def write_decided(uow: UnitOfWork, books: Books, kind: str, subject: str) -> None:
    """Brings the debts into order after a decision, and writes and books all that follows."""
    settle_up(books, books.accounts)
    if lines := write_added(uow, books):
        post(uow, lines)
    record(uow, "billing:debt:decided", subject, {"kind": kind})


def annul_bill(uow: UnitOfWork, bill_id: int, grounds: Grounds) -> Money:
    """Annuls a bill that should not have been issued: all of it was never owed, paid or not, and the penalty with it;
    what was paid is set free. What is asked once may be asked anew. Returns the principal annulled. Raises
    BillAlreadyAnnulled when nothing was owed on it any more."""
    books, bill = books_of_bill(uow, bill_id)
    principal = sum(books.room(charge) for charge in bill.charges if charge.kind == PRINCIPAL)
    if not principal:
        raise BillAlreadyAnnulled(bill=bill.number)
    decision = decide(uow, "annulment", grounds)
    for charge in list(bill.charges):
        amount = books.room(charge)
        # What the drawer of a bad cheque owes for others' debts has nothing to do with this bill.
        if amount > 0 and charge.against != "returned":
            take_off(books, charge, amount, decision)
    delete_rows(uow, Claim, Claim.bill_id == bill_id)
    write_decided(uow, books, "annulment", bill.number)
    return Money(principal)


def credit_note(uow: UnitOfWork, charge_id: int, amount: Money, grounds: Grounds) -> None:
    """Finds that ``amount`` of an instalment was never owed, paid or not; what was paid for it is set free, and the
    penalty on it too. Raises MoreThanLeft when it is more than the instalment."""
    books, bill, charge = _books_of(uow, charge_id)
    _ensure_at_most(amount, Money(books.room(charge)))
    decision = decide(uow, "credit_note", grounds)
    take_off(books, charge, amount.minor, decision)
    write_decided(uow, books, "credit_note", bill.number)


def waive(uow: UnitOfWork, charge_id: int, grounds: Grounds, *, payment_id: int | None = None) -> Money:
    """Gives up the penalty on an instalment: what has accrued is booked first, then waived. ``payment_id``: it stands
    only while that payment stands. What was waived; zero: there was nothing, and nothing was decided. Raises
    ChargeUnknown, or NotFound for a payment that pays nothing on the bill."""
    books, bill, charge = _books_of(uow, charge_id)
    if payment_id is not None and not _pays_on(books, bill, payment_id):
        raise NotFound(what=payment_id)
    book_accrued(books, charge)
    left = penalties_left(books, charge)
    if not left:
        return ZERO
    waived = give_up(books, left, decide(uow, "waiver", grounds), payment_id)
    write_decided(uow, books, "waiver", bill.number)
    return Money(waived)


def write_off(uow: UnitOfWork, charge_ids: Sequence[int], grounds: Grounds) -> Money:
    """Writes off what is left of these instalments with the penalty that has accrued by today: no longer hoped for,
    still claimable. No more penalty accrues; whoever pays after all pays what was written off. What was written off;
    zero: nothing was left, and nothing was decided. Raises ChargeUnknown."""
    _hold_all(uow, charge_ids)
    decision: tuple[int, str] | None = None
    total = 0
    for charge_id in charge_ids:
        books, bill, charge = _books_of(uow, charge_id)
        book_accrued(books, charge)
        if left := all_left(books, charge):
            decision = decision or decide(uow, "write_off", grounds)
            total += give_up(books, left, decision)
            write_decided(uow, books, "write_off", bill.number)
    return Money(total)


def transfer(
    uow: UnitOfWork,
    charge_id: int,
    shares: Mapping[int, Money],
    grounds: Grounds,
    *,
    penalty_too: bool = False,
) -> None:
    """Moves what is left of an instalment to other accounts: {account: amount}. The old charge is settled, a new one on
    the same bill names each new account, with the same due day; penalty goes on there from today. What penalty had
    accrued by then stays where it arose, or moves in proportion (``penalty_too``: heirs). Raises
    ChargeUnknown, MoreThanLeft, StaysWhereItIs, or NotFound for an account that there is not."""
    _ensure_accounts_known(uow, shares)
    books, bill, charge = _books_of(uow, charge_id, *shares)
    if charge.account_id in shares:
        raise StaysWhereItIs
    left = Money(books.left(charge))
    for share in shares.values():
        _ensure_at_most(share, left)
    _ensure_at_most(Money(sum(share.minor for share in shares.values())), left)
    decision = decide(uow, "transfer", grounds)
    minor = {account_id: share.minor for account_id, share in shares.items()}
    move_debt(books, charge, minor, decision, penalty_too=penalty_too)
    write_decided(uow, books, "transfer", bill.number)


def reallocate(
    uow: UnitOfWork, from_charge_id: int, to_charge_id: int, amount: Money, grounds: Grounds
) -> None:
    """Has money that paid one debt pay another, as of the day for which it counts; both debts are reckoned anew. What
    its payment had saved on the first is owed again. Raises ChargeUnknown, MoreThanLeft or StaysWhereItIs."""
    if from_charge_id == to_charge_id:
        raise StaysWhereItIs
    rows = uow.connection.execute(
        select(Charge.id, Charge.bill_id, Charge.account_id).where(
            Charge.id.in_((from_charge_id, to_charge_id))
        )
    ).all()
    if len({row[0] for row in rows}) < 2:
        raise ChargeUnknown
    accounts = {row[2] for row in rows}
    hold_accounts(uow, accounts)
    books = load_books(uow, account_ids=accounts, bill_ids=[row[1] for row in rows], whole=True)
    source = books.bill_of(from_charge_id).charge(from_charge_id)
    target = books.bill_of(to_charge_id).charge(to_charge_id)
    paid = sum(books.net(one) for one in money_on(books, source))
    _ensure_at_most(amount, Money(min(books.left(target), paid)))
    decide(uow, "reallocation", grounds)
    move_money(books, source, target, amount.minor)
    write_decided(uow, books, "reallocation", books.bills[target.bill_id].number)


def compensate(uow: UnitOfWork, from_account: int, to_account: int, amount: Money, grounds: Grounds) -> None:
    """Moves money held for one account to another, where it pays what is due; it keeps its own day. Raises
    MoreThanLeft, StaysWhereItIs, or NotFound for an account that there is not."""
    if from_account == to_account:
        raise StaysWhereItIs
    _ensure_accounts_known(uow, [from_account, to_account])
    hold_accounts(uow, [from_account, to_account])
    books = load_books(uow, account_ids=[from_account, to_account], whole=True)
    held = sum(books.lot_left(lot) for lot in books.free_lots(from_account))
    _ensure_at_most(amount, Money(held))
    decision = decide(uow, "compensation", grounds)
    left = amount.minor
    for lot in books.free_lots(from_account):
        part = min(left, books.lot_left(lot))
        if part > 0:
            books.move_credit(lot, part, "moved", decision_id=decision[0])
            books.add_credit(to_account, part, lot.value_on, decision=decision)
            left -= part
    write_decided(uow, books, "compensation", str(to_account))


def lapse(uow: UnitOfWork, account_id: int, grounds: Grounds) -> Money:
    """Takes over what nobody claimed of an account's credits in the time the law gives; how much. Zero: nothing was
    held, and nothing was decided. Raises NotFound."""
    books = _books_of_account(uow, account_id)
    lots = books.free_lots(account_id)
    if not lots:
        return ZERO
    decision = decide(uow, "lapse", grounds)
    total = 0
    for lot in lots:
        left = books.lot_left(lot)
        books.move_credit(lot, left, "lapsed", decision_id=decision[0])
        total += left
    write_decided(uow, books, "lapse", str(account_id))
    return Money(total)


def reclaim(uow: UnitOfWork, account_id: int, grounds: Grounds) -> Money:
    """Gives an account back what had lapsed of its credits: somebody claimed it in time after all. It is held again.
    How much; zero: nothing had lapsed, and nothing was decided. Raises NotFound."""
    books = _books_of_account(uow, account_id)
    lapsed = {lot: amount for lot in books.credits.values() if (amount := _lapsed_of(books, lot)) > 0}
    if not lapsed:
        return ZERO
    decision = decide(uow, "lapse", grounds)
    for lot, amount in lapsed.items():
        books.move_credit(lot, -amount, "taken_back", decision_id=decision[0])
    write_decided(uow, books, "lapse", str(account_id))
    return Money(sum(lapsed.values()))


def _lapsed_of(books: Books, lot: CreditFact) -> int:
    return sum(
        move.amount
        for move in books.moves.get(lot.id, ())
        if move.kind == "lapsed" or (move.kind == "taken_back" and move.settlement_id is None)
    )


def keep_credit(
    uow: UnitOfWork, account_id: int, amount: Money, value_on: date, grounds: Grounds, *, kept_for: str = ""
) -> None:
    """Takes over money that was held for an account in the books before these, e.g. a deposit. Raises
    AmountNotPositive, NumberTooLarge, TextTooLong, ValueDayAfterBooking for a day to come, or NotFound."""
    ensure_fits(kept_for, 60)
    _ensure_amount(amount)
    ensure_within_reach(value_on)
    if value_on > uow.today:
        raise ValueDayAfterBooking
    books = _books_of_account(uow, account_id)
    decision_id, _kind = decide(uow, "opening", grounds)
    books.add_credit(account_id, amount.minor, value_on, decision=(decision_id, "opening"), kept_for=kept_for)
    write_decided(uow, books, "opening", str(account_id))


def postpone(uow: UnitOfWork, charge_ids: Sequence[int], due_on: date, grounds: Grounds) -> None:
    """Gives instalments a later due day than their bill does, or another such day; penalty that was charged meanwhile
    is taken back. Raises ChargeUnknown or DueDayNotLater."""
    ensure_within_reach(due_on)
    bill_ids = _hold_all(uow, charge_ids)
    days = uow.connection.execute(
        select(Charge.id, Charge.due_on, ChargeNow.due_on)
        .join(ChargeNow, ChargeNow.charge_id == Charge.id)
        .where(Charge.id.in_(charge_ids))
        .order_by(Charge.id)
    ).all()
    later = [charge_id for charge_id, _as_billed, by_now in days if by_now != due_on]
    if not later or any(due_on < as_billed for _id, as_billed, _by_now in days):
        raise DueDayNotLater
    decision_id, _kind = decide(uow, "postponement", grounds)
    insert_rows(uow, Term, [
        {"charge_id": charge_id, "due_on": due_on, "decision_id": decision_id, "booked_on": uow.today}
        for charge_id in later
    ])  # fmt: skip
    for bill_id in bill_ids:
        books, bill = books_of_bill(uow, bill_id)
        write_decided(uow, books, "postponement", bill.number)
    uow.touch(BILLS_TOPIC)


def charge_cost(
    uow: UnitOfWork,
    bill_id: int,
    amount: Money,
    reason: str,
    *,
    account_id: int | None = None,
    as_penalty: bool = False,
) -> int:
    """Charges a cost on a bill, due today: a reminder's fee, a pound's days; its charge. ``account_id``: who owes it;
    None: the bill's account. ``as_penalty``: it is an increase that an act brings (a charge certificate) and not a day;
    the ledger counts it as penalty. Raises ReasonMissing, TextTooLong, AmountNotPositive, NumberTooLarge, or NotFound
    for a bill or an account that there is not."""
    if not reason.strip():
        raise ReasonMissing
    _ensure_amount(amount)
    owing = [] if account_id is None else [account_id]
    _ensure_accounts_known(uow, owing)
    books, bill = books_of_bill(uow, bill_id, *owing)
    reason = _told_apart(bill, reason)
    ensure_fits(reason, 200)
    books.add_charge(
        ChargeFact(
            id=0,
            bill_id=bill.id,
            account_id=bill.account_id if account_id is None else account_id,
            head=bill.head,
            kind=COST,
            part=1,
            due_on=uow.today,
            amount=amount.minor,
            booked_on=uow.today,
            value_on=uow.today,
            against="penalty" if as_penalty else "revenue",
            reckoning=reason,
        )
    )
    write_decided(uow, books, "cost", bill.number)
    return uow.connection.execute(
        select(func.max(Charge.id)).where(Charge.bill_id == bill_id, Charge.kind == COST)
    ).scalar_one()


def offer(
    uow: UnitOfWork, bill_id: int, amount: Money, since: date, last_day: date, grounds: Grounds
) -> None:
    """Has less settle a bill in the days from ``since`` to ``last_day``, both included. ``amount`` is all that settles
    it then, with what is paid by now. Raises EndsBeforeItBegins, OfferSavesNothing, or NotFound."""
    ensure_within_reach(since, last_day)
    if last_day < since:
        raise EndsBeforeItBegins
    books, bill = books_of_bill(uow, bill_id)
    principals = [one for one in bill.charges if one.kind == PRINCIPAL]
    asked = sum(books.room(one) for one in principals)
    paid = sum(one.amount for each in principals for one in money_on(books, each))
    if not any(books.left(one) for one in principals) or not paid < amount.minor <= asked:
        raise OfferSavesNothing
    decision_id, _kind = decide(uow, "offer", grounds)
    insert_rows(uow, Offer, [
        {
            "bill_id": bill_id,
            "amount": amount,
            "since": since,
            "until": last_day + timedelta(days=1),
            "decision_id": decision_id,
            "booked_on": uow.today,
        }
    ])  # fmt: skip
    books, bill = books_of_bill(uow, bill_id)
    write_decided(uow, books, "offer", bill.number)
    uow.touch(BILLS_TOPIC)


def suspend(
    uow: UnitOfWork,
    bill_id: int,
    grounds: Grounds,
    *,
    since: date,
    charge_id: int | None = None,
    amount: Money | None = None,
    silence_on: date | None = None,
    stops_accrual: bool = True,
) -> int:
    """Lets a bill, one of its instalments or a part of one rest; its id. ``silence_on``: it ends by itself that day.
    Raises EndsBeforeItBegins, ChargeUnknown for what is no principal of the bill, SuspendedBeyondLeft, or NotFound."""
    ensure_within_reach(since, silence_on or since)
    if silence_on is not None and silence_on <= since:
        raise EndsBeforeItBegins
    books, bill = books_of_bill(uow, bill_id)
    if charge_id is not None and all(
        charge.id != charge_id for charge in bill.charges if charge.kind == PRINCIPAL
    ):
        raise ChargeUnknown
    if amount is not None:
        left = (
            books.left(bill.charge(charge_id))
            if charge_id is not None
            else min(books.left(charge) for charge in bill.charges if charge.kind == PRINCIPAL)
        )
        if amount > Money(left) or amount <= ZERO:
            raise SuspendedBeyondLeft(left=left)
    decision_id, _kind = decide(uow, "suspension", grounds)
    (suspension_id,) = add_rows(uow, Suspension, [
        {
            "bill_id": bill_id,
            "charge_id": charge_id,
            "amount": amount,
            "since": since,
            "silence_on": silence_on,
            "stops_accrual": stops_accrual,
            "decision_id": decision_id,
            "booked_on": uow.today,
        }
    ])  # fmt: skip
    books, bill = books_of_bill(uow, bill_id)
    write_decided(uow, books, "suspension", bill.number)
    uow.touch(BILLS_TOPIC)
    return suspension_id


def end_suspension(
    uow: UnitOfWork, suspension_id: int, ends_on: date, grounds: Grounds, *, as_if_never: bool
) -> None:
    """Ends a suspension from ``ends_on``; ``as_if_never``: penalty runs as though it had not been. Raises
    EndsBeforeItBegins, or NotSuspended where it has ended, by silence too."""
    ensure_within_reach(ends_on)
    suspension = uow.session.get(Suspension, suspension_id)
    if suspension is None:
        raise NotSuspended
    _hold_who_owe(uow, [suspension.bill_id])
    ended = select(SuspensionEnd.suspension_id).where(SuspensionEnd.suspension_id == suspension_id)
    if uow.connection.scalar(ended) is not None:
        raise NotSuspended
    silence_on = suspension.silence_on
    if silence_on is not None and silence_on <= ends_on and not as_if_never:
        raise NotSuspended
    if ends_on < suspension.since:
        raise EndsBeforeItBegins
    decision_id, _kind = decide(uow, "suspension", grounds)
    insert_rows(uow, SuspensionEnd, [
        {
            "suspension_id": suspension_id,
            "ends_on": ends_on,
            "as_if_never": as_if_never,
            "decision_id": decision_id,
            "booked_on": uow.today,
        }
    ])  # fmt: skip
    books, bill = books_of_bill(uow, suspension.bill_id)
    write_decided(uow, books, "suspension", bill.number)
    uow.touch(BILLS_TOPIC)


# --- what is impossible -----------------------------------------------------------------------------------------------


def _ensure_at_most(amount: Money, left: Money) -> None:
    if amount <= ZERO or amount > left:
        raise MoreThanLeft(amount=amount.minor, left=left.minor)


def _ensure_amount(amount: Money) -> None:
    if amount <= ZERO:
        raise AmountNotPositive
    if amount > LARGEST:
        raise NumberTooLarge


def ensure_within_reach(*days: date) -> None:
    """Raises DateOutOfReach for a day that one could not reckon from."""
    if not all(1 < day.year < 9999 for day in days):
        raise DateOutOfReach


def _ensure_accounts_known(uow: UnitOfWork, account_ids: Collection[int]) -> None:
    known = set(uow.connection.scalars(select(Account.id).where(Account.id.in_(account_ids))))
    for account_id in account_ids:
        if account_id not in known:
            raise NotFound(what=account_id)


# --- whose books ------------------------------------------------------------------------------------------------------


def _pays_on(books: Books, bill: BillFacts, payment_id: int) -> bool:
    """Whether money of a payment pays something on the bill, from a credit too."""
    tenders = {one.id for one in books.tenders.values() if one.payment_id == payment_id}
    lots = {lot.id for lot in books.credits.values() if books.payment_of(lot) == payment_id}
    return any(
        (one.tender_id in tenders or one.credit_id in lots) and one.reverses is None and books.net(one) > 0
        for one in bill.settlements
    )


def _told_apart(bill: BillFacts, reason: str) -> str:
    """The reason of a new cost on the bill, with a count where one was charged for it before: a cost that moves to
    another account is known by it."""
    taken = {one.reckoning for one in bill.charges if one.kind == COST}
    counted = (reason if number == 1 else f"{reason} ({number})" for number in count(1))
    return next(text for text in counted if text not in taken)


def _books_of_account(uow: UnitOfWork, account_id: int) -> Books:
    _ensure_accounts_known(uow, [account_id])
    hold_accounts(uow, [account_id])
    return load_books(uow, account_ids=[account_id], whole=True)


def _books_of(uow: UnitOfWork, charge_id: int, *others: int) -> tuple[Books, BillFacts, ChargeFact]:
    row = uow.connection.execute(
        select(Charge.bill_id, Charge.kind).where(Charge.id == charge_id)
    ).one_or_none()
    # A penalty is no instalment: it goes with its own.
    if row is None or row[1] == PENALTY:
        raise ChargeUnknown
    books, bill = books_of_bill(uow, row[0], *others)
    return books, bill, bill.charge(charge_id)


def _hold_all(uow: UnitOfWork, charge_ids: Sequence[int]) -> list[int]:
    """Holds everybody who owes on the bills of these instalments, in one go; the bills. Raises ChargeUnknown."""
    rows = uow.connection.execute(
        select(Charge.id, Charge.bill_id).where(Charge.id.in_(charge_ids), Charge.kind != PENALTY)
    ).all()
    if not charge_ids or not {*charge_ids} <= {row[0] for row in rows}:
        raise ChargeUnknown
    bill_ids = sorted({row[1] for row in rows})
    _hold_who_owe(uow, bill_ids)
    return bill_ids


def _hold_who_owe(uow: UnitOfWork, bill_ids: Sequence[int], others: Collection[int] = ()) -> set[int]:
    """Holds everybody who owes on these bills, and the ``others``, until the transaction ends; who they are. Raises
    NotFound."""
    owing = select(Charge.account_id).where(Charge.bill_id.in_(bill_ids)).distinct()
    held: set[int] = set()
    while True:
        # Looked at again once they are held: until then a debt may have moved to somebody else.
        owed_by = {*uow.connection.scalars(owing)}
        if not owed_by:
            raise NotFound(what=bill_ids[0])
        if {*owed_by, *others} <= held:
            return held
        held |= {*owed_by, *others}
        hold_accounts(uow, held)
