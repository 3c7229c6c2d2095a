"""Reduces, moves, postpones and suspends debts without money: each by a decision that says why and on what paper.

Never owed (a credit note, an annulment) and given up (a waiver, a write-off) differ: the first counts from the debt's
own day and takes the penalty with it, the second counts from today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from muniadmin.audit.services import record
from muniadmin.billing.accrual import PenaltyRule
from muniadmin.billing.books import Books
from muniadmin.billing.commands import ChangePenaltyRule
from muniadmin.billing.errors import (
    BillAlreadyAnnulled,
    ChargeUnknown,
    HeadUnknown,
    MoreThanLeft,
    NotSuspended,
    PenaltyRuleNotUnderstood,
    SuspendedBeyondLeft,
)
from muniadmin.billing.facts import COST, PENALTY, PRINCIPAL, BillFacts, ChargeFact
from muniadmin.billing.late_facts import settle_up, take_off
from muniadmin.billing.loading import hold_accounts, load_books
from muniadmin.billing.models import (
    Charge,
    ChargeNow,
    Claim,
    Decision,
    Offer,
    RevenueHead,
    Suspension,
    SuspensionEnd,
    Term,
)
from muniadmin.billing.services import set_rule
from muniadmin.billing.standing import unbooked
from muniadmin.billing.writing import write_added
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.errors import InvalidInput, NotFound
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.numbers import NumberKind, yearly_number
from muniadmin.kernel.texts import ensure_fits
from muniadmin.ledger.services import post_entry
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
    are taken after them everywhere, so that no two orders wait for each other. Raises TextTooLong."""
    for written, length in ((grounds.document, 200), (grounds.reason, 300)):
        ensure_fits(written, length)
    year = uow.municipality.calendar.year_of(uow.today)
    number = yearly_number(NumberKind.DECISION, year, next_in_series(uow, "decision", year))
    decision_id = uow.connection.execute(
        insert(Decision).returning(Decision.id),
        {
            "kind": kind,
            "standing": False,
            "number": number,
            "document": grounds.document,
            "reason": grounds.reason,
            "decided_by_id": uow.actor.user_id,
            "approved_by_id": grounds.approved_by_id,
            "booked_on": uow.today,
        },
    ).scalar_one()
    return decision_id, kind


def books_of_bill(uow: UnitOfWork, bill_id: int, *others: int) -> tuple[Books, BillFacts]:
    """The whole books of everybody who owes on a bill and of the ``other`` accounts, held until the transaction ends.
    Raises NotFound."""
    owing = uow.connection.scalars(
        select(Charge.account_id).where(Charge.bill_id == bill_id).distinct()
    ).all()
    if not owing:
        raise NotFound(what=bill_id)
    accounts = {*owing, *others}
    hold_accounts(uow, accounts)
    books = load_books(uow, account_ids=accounts, bill_ids=[bill_id], whole=True)
    return books, books.bills[bill_id]


def write_decided(uow: UnitOfWork, books: Books, event: str, subject: str) -> None:
    """Brings the debts into order after a decision, and writes and books all that follows."""
    settle_up(books, books.accounts)
    if lines := write_added(uow, books):
        post_entry(uow, lines, event=event, subject=subject)
    record(uow, "billing:debt:decided", subject, {"kind": event})


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
    uow.connection.execute(delete(Claim).where(Claim.bill_id == bill_id))
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
    only while that payment stands. What was waived; zero: there was nothing, and nothing was decided."""
    books, bill, charge = _books_of(uow, charge_id)
    _book_accrued(books, bill, charge)
    left = {one: books.left(one) for one in bill.penalties_on(charge.id, uow.today)}
    if not any(left.values()):
        return ZERO
    decision = decide(uow, "waiver", grounds)
    for penalty, amount in left.items():
        if amount > 0:
            books.settle(penalty, amount, uow.today, decision=decision, payment_id=payment_id)
    write_decided(uow, books, "waiver", bill.number)
    return Money(sum(left.values()))


def write_off(uow: UnitOfWork, charge_ids: Sequence[int], grounds: Grounds) -> Money:
    """Writes off what is left of these instalments with the penalty that has accrued by today: no longer hoped for,
    still claimable. No more penalty accrues; whoever pays after all pays what was written off. Raises ChargeUnknown."""
    _hold_all(uow, charge_ids)
    decision = decide(uow, "write_off", grounds)
    total = 0
    for charge_id in charge_ids:
        books, bill, charge = _books_of(uow, charge_id)
        _book_accrued(books, bill, charge)
        for one in [*bill.penalties_on(charge.id, uow.today), charge]:
            left = books.left(one)
            if left > 0:
                books.settle(one, left, uow.today, decision=decision)
                total += left
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
    accrued by then stays where it arose, or moves in proportion (``penalty_too``: heirs). Raises MoreThanLeft."""
    books, bill, charge = _books_of(uow, charge_id, *shares)
    left = books.left(charge)
    for share in shares.values():
        _ensure_at_most(share, Money(left))
    _ensure_at_most(Money(sum(share.minor for share in shares.values())), Money(left))
    _book_accrued(books, bill, charge)
    penalties = (
        {one: books.left(one) for one in bill.penalties_on(charge.id, uow.today)} if penalty_too else {}
    )
    decision = decide(uow, "transfer", grounds)
    moved = 0
    for account_id, share in shares.items():
        books.settle(charge, share.minor, uow.today, decision=decision)
        new = books.add_charge(
            replace(
                charge,
                account_id=account_id,
                due_on=bill.due_on(charge, uow.today),
                amount=share.minor,
                booked_on=uow.today,
                value_on=uow.today,
                against="transfer",
                accrues_after=uow.today,
            )
        )
        for penalty, owed in penalties.items():
            # Of all that is left nothing is lost by rounding.
            part = owed * (moved + share.minor) // left - owed * moved // left
            if part > 0:
                books.settle(penalty, part, uow.today, decision=decision)
                books.add_charge(
                    replace(
                        penalty,
                        account_id=account_id,
                        amount=part,
                        booked_on=uow.today,
                        against="transfer",
                        on_charge=new.id,
                    )
                )
        moved += share.minor
    write_decided(uow, books, "transfer", bill.number)


def reallocate(
    uow: UnitOfWork, from_charge_id: int, to_charge_id: int, amount: Money, grounds: Grounds
) -> None:
    """Has money that paid one debt pay another, as of the day for which it counts; both debts are reckoned anew. What
    its payment had saved on the first is owed again. Raises ChargeUnknown or MoreThanLeft."""
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
    paid = [one for one in books.standing_settlements(source) if one.tender_id is not None]
    _ensure_at_most(amount, Money(min(books.left(target), sum(books.net(one) for one in paid))))
    left = amount.minor
    decide(uow, "reallocation", grounds)
    payments = set()
    for settlement in reversed(paid):
        part = min(left, books.net(settlement))
        if settlement.tender_id is not None and part > 0:
            value_on = books.tenders[settlement.tender_id].value_on
            books.reverse(settlement, part)
            _book_accrued(books, books.bills[target.bill_id], target, value_on)
            books.settle(
                target, part, value_on, tender_id=settlement.tender_id, payment_id=settlement.payment_id
            )
            payments.add(settlement.payment_id)
            left -= part
    for settlement in books.standing_settlements(source):
        if settlement.decision_id is not None and settlement.payment_id in payments - {None}:
            books.reverse(settlement, books.net(settlement))
    write_decided(uow, books, "reallocation", books.bills[target.bill_id].number)


def compensate(uow: UnitOfWork, from_account: int, to_account: int, amount: Money, grounds: Grounds) -> None:
    """Moves money held for one account to another, where it pays what is due; it keeps its own day."""
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
    """Takes over what nobody claimed of an account's credits in the time the law gives."""
    hold_accounts(uow, [account_id])
    books = load_books(uow, account_ids=[account_id], whole=True)
    decision = decide(uow, "lapse", grounds)
    total = 0
    for lot in books.free_lots(account_id):
        left = books.lot_left(lot)
        books.move_credit(lot, left, "lapsed", decision_id=decision[0])
        total += left
    write_decided(uow, books, "lapse", str(account_id))
    return Money(total)


def reclaim(uow: UnitOfWork, account_id: int, grounds: Grounds) -> Money:
    """Gives an account back what had lapsed of its credits: somebody claimed it in time after all. It is held again."""
    hold_accounts(uow, [account_id])
    books = load_books(uow, account_ids=[account_id], whole=True)
    decision = decide(uow, "lapse", grounds)
    total = 0
    for lot in books.credits.values():
        lapsed = sum(
            move.amount
            for move in books.moves.get(lot.id, ())
            if move.kind == "lapsed" or (move.kind == "taken_back" and move.settlement_id is None)
        )
        if lapsed > 0:
            books.move_credit(lot, -lapsed, "taken_back", decision_id=decision[0])
            total += lapsed
    write_decided(uow, books, "lapse", str(account_id))
    return Money(total)


def keep_credit(
    uow: UnitOfWork, account_id: int, amount: Money, value_on: date, grounds: Grounds, *, kept_for: str = ""
) -> None:
    """Takes over money that was held for an account in the books before these, e.g. a deposit."""
    ensure_fits(kept_for, 60)
    hold_accounts(uow, [account_id])
    books = load_books(uow, account_ids=[account_id], whole=True)
    decision_id, _kind = decide(uow, "opening", grounds)
    books.add_credit(account_id, amount.minor, value_on, decision=(decision_id, "opening"), kept_for=kept_for)
    write_decided(uow, books, "opening", str(account_id))


def postpone(uow: UnitOfWork, charge_ids: Sequence[int], due_on: date, grounds: Grounds) -> None:
    """Gives instalments a later due day; penalty that was charged meanwhile is taken back. Raises ChargeUnknown."""
    bill_ids = _hold_all(uow, charge_ids)
    decision_id, _kind = decide(uow, "postponement", grounds)
    uow.connection.execute(
        insert(Term),
        [
            {"charge_id": charge_id, "due_on": due_on, "decision_id": decision_id, "booked_on": uow.today}
            for charge_id in charge_ids
        ],
    )
    for bill_id in bill_ids:
        books, bill = books_of_bill(uow, bill_id)
        write_decided(uow, books, "postponement", bill.number)
    uow.touch(Topic.BILLS)


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
    the ledger counts it as penalty."""
    ensure_fits(reason, 200)
    books, bill = books_of_bill(uow, bill_id)
    if amount <= ZERO:
        raise MoreThanLeft(amount=amount.minor, left=0)
    books.add_charge(
        ChargeFact(
            id=0,
            bill_id=bill.id,
            account_id=account_id or bill.account_id,
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
    """Has less settle a bill in the days from ``since`` to ``last_day``, both included."""
    decision_id, _kind = decide(uow, "offer", grounds)
    uow.connection.execute(
        insert(Offer),
        {
            "bill_id": bill_id,
            "amount": amount,
            "since": since,
            "until": last_day + timedelta(days=1),
            "decision_id": decision_id,
            "booked_on": uow.today,
        },
    )
    uow.touch(Topic.BILLS)


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
    """Lets a bill, one of its instalments or a part of one rest; its id. ``silence_on``: it ends by itself that day."""
    books, bill = books_of_bill(uow, bill_id)
    if charge_id is not None and all(charge.id != charge_id for charge in bill.charges):
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
    suspension_id = uow.connection.execute(
        insert(Suspension).returning(Suspension.id),
        {
            "bill_id": bill_id,
            "charge_id": charge_id,
            "amount": amount,
            "since": since,
            "silence_on": silence_on,
            "stops_accrual": stops_accrual,
            "decision_id": decision_id,
            "booked_on": uow.today,
        },
    ).scalar_one()
    books, bill = books_of_bill(uow, bill_id)
    write_decided(uow, books, "suspension", bill.number)
    uow.touch(Topic.BILLS)
    return suspension_id


def end_suspension(
    uow: UnitOfWork, suspension_id: int, ends_on: date, grounds: Grounds, *, as_if_never: bool
) -> None:
    """Ends a suspension from ``ends_on``; ``as_if_never``: penalty runs as though it had not been."""
    suspension = uow.session.get(Suspension, suspension_id)
    if suspension is None or uow.session.get(SuspensionEnd, suspension_id) is not None:
        raise NotSuspended
    books_of_bill(uow, suspension.bill_id)
    decision_id, _kind = decide(uow, "suspension", grounds)
    uow.connection.execute(
        insert(SuspensionEnd),
        {
            "suspension_id": suspension_id,
            "ends_on": ends_on,
            "as_if_never": as_if_never,
            "decision_id": decision_id,
            "booked_on": uow.today,
        },
    )
    books, bill = books_of_bill(uow, suspension.bill_id)
    write_decided(uow, books, "suspension", bill.number)
    uow.touch(Topic.BILLS)


def change_penalty_rule(uow: UnitOfWork, command: ChangePenaltyRule) -> None:
    """Has another penalty rule hold for a head."""
    head = uow.session.get(RevenueHead, command.head_code)
    if head is None:
        known = uow.session.scalars(select(RevenueHead.code).order_by(RevenueHead.position))
        raise HeadUnknown(head=command.head_code, known=", ".join(known))
    try:
        PenaltyRule.from_spec(command.spec)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput({"spec": PenaltyRuleNotUnderstood()}) from error
    ensure_fits(command.document, 200)
    change_penalty(
        uow,
        head.code,
        command.spec,
        since=command.since,
        counts=command.counts,
        document=command.document,
    )


def change_penalty(
    uow: UnitOfWork, head_code: str, spec: Mapping[str, Any], *, since: date, counts: str, document: str
) -> None:
    """Has another penalty rule hold for a head, for debts "issued" or for what "accrues" from ``since``. Where that day
    has gone by, what was paid or booked on the days after it is reckoned anew: what is missing is charged, and what was
    paid too much is set free."""
    set_rule(uow, head_code, "penalty", spec, since=since, counts=counts, document=document)
    booked = select(Charge.account_id).where(
        Charge.head_code == head_code, Charge.kind == PENALTY, Charge.accrued_to >= since
    )
    # Of what is paid by now nobody would look for penalty any more.
    paid = select(ChargeNow.account_id).where(
        ChargeNow.head_code == head_code, ChargeNow.kind == PRINCIPAL, ChargeNow.closed_on >= since
    )
    touched = sorted(set(uow.connection.scalars(booked.union(paid))))
    hold_accounts(uow, touched)
    for account_id in touched:
        books = load_books(uow, account_ids=[account_id], whole=True)
        write_decided(uow, books, "rule", head_code)


def _book_accrued(books: Books, bill: BillFacts, charge: ChargeFact, on: date | None = None) -> None:
    """Books what has accrued on a principal by a day (None: today), before a decision changes what it accrues on."""
    day = on or books.today
    accrued = unbooked(bill, charge, day, books.today)
    if accrued:
        books.book_penalty(
            charge, accrued, day, f"{books.left(charge)} {bill.due_on(charge, books.today)} {day}"
        )


def _books_of(uow: UnitOfWork, charge_id: int, *others: int) -> tuple[Books, BillFacts, ChargeFact]:
    bill_id = uow.connection.scalar(select(Charge.bill_id).where(Charge.id == charge_id))
    if bill_id is None:
        raise ChargeUnknown
    books, bill = books_of_bill(uow, bill_id, *others)
    return books, bill, bill.charge(charge_id)


def _hold_all(uow: UnitOfWork, charge_ids: Sequence[int]) -> list[int]:
    """Holds everybody who owes on the bills of these charges, in one go; the bills. Raises ChargeUnknown."""
    of_charges = select(Charge.bill_id).where(Charge.id.in_(charge_ids))
    rows = uow.connection.execute(
        select(Charge.id, Charge.bill_id, Charge.account_id).where(Charge.bill_id.in_(of_charges))
    ).all()
    if not charge_ids or not {*charge_ids} <= {row[0] for row in rows}:
        raise ChargeUnknown
    hold_accounts(uow, {row[2] for row in rows})
    return sorted({row[1] for row in rows})


def _ensure_at_most(amount: Money, left: Money) -> None:
    if amount <= ZERO or amount > left:
        raise MoreThanLeft(amount=amount.minor, left=left.minor)
