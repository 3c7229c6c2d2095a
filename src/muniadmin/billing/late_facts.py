"""What follows when a fact comes late: settlements change places, penalty is corrected, freed money is used again.

Nothing that was written changes; rows are added until nothing more follows. A second run adds nothing. Pure.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from muniadmin.billing.allocation import Paid, Spread, pay_with_credit, settle_with_money, still_owed
from muniadmin.billing.books import Books
from muniadmin.billing.facts import PENALTY, PRINCIPAL, BillFacts, ChargeFact, CreditFact, SettlementFact
from muniadmin.billing.standing import (
    accrued_by,
    booked_penalty,
    net_amount,
    offer_on,
    rebate_on_all,
    rebate_rule,
    reckoned_penalties,
    standing,
    suspended,
    unbooked,
)

LATE_FACT = "late_fact"
# No history ever tried needed more than six rounds; this many would be a fault of the program.
_ROUNDS = 50


class DoesNotSettle(Exception):
    """The rounds did not come to an end: a fault of the program, stopped before anything is written."""


def settle_up(books: Books, account_ids: Iterable[int]) -> None:
    """Brings the debts and credits of these accounts into order, bill by bill and account by account:

    penalty that was booked beyond what accrued to its day is taken back; penalty on what is settled is booked; free
    credits pay what is due, the oldest first; and a credit whose money came earlier takes the place of money that came
    after the due day.
    """
    accounts = sorted(set(account_ids))
    for _round in range(_ROUNDS):
        before = _size(books)
        for account_id in accounts:
            for bill in books.bills_with(account_id):
                correct_penalty(books, bill, account_id)
                _correct_rebates(books, bill, account_id)
            use_credits(books, account_id)
            _let_earlier_money_pay(books, account_id)
            for bill in books.bills_with(account_id):
                _book_penalty_of_settled(books, bill, account_id)
        if _size(books) == before:
            for account_id in accounts:
                _use_what_remains(books, account_id)
        if _size(books) == before:
            return
    raise DoesNotSettle


def _size(books: Books) -> tuple[int, ...]:
    added = books.added
    return len(added.charges), len(added.settlements), len(added.credits), len(added.moves)


def _principals(bill: BillFacts, account_id: int) -> list[ChargeFact]:
    return [one for one in bill.charges if one.kind == PRINCIPAL and one.account_id == account_id]


def correct_penalty(books: Books, bill: BillFacts, account_id: int) -> None:
    """Takes back what each penalty of an account was booked beyond what had accrued to its day, as is known today."""
    for principal in _principals(bill, account_id):
        booked = 0
        for penalty in reckoned_penalties(bill, principal, books.today):
            booked += net_amount(bill, penalty, books.today)
            assert penalty.accrued_to is not None
            grown = accrued_by(bill, principal, penalty.accrued_to, books.today)
            # What was moved to another account stays there until that is decided.
            excess = min(booked - grown, books.room(penalty))
            if excess > 0:
                take_off(books, penalty, excess, (books.standing_decisions[LATE_FACT], LATE_FACT))
                booked -= excess


def _correct_rebates(books: Books, bill: BillFacts, account_id: int) -> None:
    """Takes back what was saved on a part of a principal that was never owed."""
    for principal in _principals(bill, account_id):
        granted = _rebates_on(books, principal)
        excess = _saved_too_much(books, bill, principal, granted) if granted else 0
        if excess <= 0:
            continue
        for settlement in reversed(granted):
            part = min(excess, books.net(settlement))
            if part > 0:
                books.reverse(settlement, part)
                excess -= part
        # What was set free a moment ago pays it, due or not: it was paid for that.
        for lot in books.free_lots(account_id):
            part = min(books.lot_left(lot), books.left(principal))
            if part > 0 and books.freed_from.get(lot.id) == bill.id:
                books.use_credit(lot, principal, part)


def _rebates_on(books: Books, principal: ChargeFact) -> list[SettlementFact]:
    return [one for one in books.standing_settlements(principal) if one.decision_kind == "rebate"]


def _saved_too_much(
    books: Books, bill: BillFacts, principal: ChargeFact, granted: Sequence[SettlementFact]
) -> int:
    """How much more was saved on a principal than what was owed in truth allows. An offer names what settles the bill,
    however much of it was never owed."""
    offer = offer_on(bill, granted[-1].value_on, granted[-1].booked_on)
    if offer is not None:
        principals = [one for one in bill.charges if one.kind == PRINCIPAL]
        asked = sum(books.room(one) for one in principals)
        saved = sum(books.net(one) for each in principals for one in _rebates_on(books, each))
        return saved - max(0, asked - offer.amount)
    rule, _until = rebate_rule(bill, principal, books.today)
    owed = net_amount(bill, principal, books.today)
    if rule is None or owed == principal.amount:
        return 0
    return sum(books.net(one) for one in granted) - rebate_on_all(rule, owed)


def _book_penalty_of_settled(books: Books, bill: BillFacts, account_id: int) -> None:
    """Books the penalty on a principal that is settled by now: nobody would look for it there any more."""
    for principal in _principals(bill, account_id):
        amount = unbooked(bill, principal, books.today, books.today) if books.left(principal) == 0 else 0
        if amount:
            last = max(one.value_on for one in bill.settlements_of(principal.id, books.today))
            books.book_penalty(principal, amount, last, f"{bill.due_on(principal, books.today)} {last}")


def take_off(books: Books, charge: ChargeFact, amount: int, decision: tuple[int, str]) -> None:
    """Settles ``amount`` of a charge as never owed, as of the charge's own day; money on it is set free as needed."""
    books.make_room(charge, amount)
    books.settle(charge, amount, charge.value_on, decision=decision)


def use_credits(books: Books, account_id: int) -> None:
    """Pays what is due on the account with its free credits: the bill they came from first, then the oldest due. What
    is not due yet waits for its day."""
    for lot in books.free_lots(account_id):
        for charge in _due_charges(books, account_id, lot):
            if charge.kind != PENALTY and books.lot_left(lot) > 0:
                pay_with_credit(books, lot, charge)


def use_credits_on(books: Books, charge_ids: Iterable[int]) -> None:
    """Pays newly issued charges, due or not, with what is held for their accounts."""
    for charge_id in charge_ids:
        charge = books.bill_of(charge_id).charge(charge_id)
        for lot in books.free_lots(charge.account_id):
            pay_with_credit(books, lot, charge)


def _use_what_remains(books: Books, account_id: int) -> None:
    """Pays with free credits what had not accrued on the day of their money, but is owed by now."""
    for lot in books.free_lots(account_id):
        for charge in _due_charges(books, account_id, lot):
            amount = min(books.lot_left(lot), books.left(charge) - _resting(books, charge))
            if amount > 0:
                books.use_credit(lot, charge, amount)


def _due_charges(books: Books, account_id: int, lot: CreditFact) -> list[ChargeFact]:
    """What the account owes by today, penalty booked or not included; of the lot's own bill first."""
    found = []
    for bill in books.bills_with(account_id):
        for one in standing(bill, books.today, books.today):
            if one.due_on > books.today:
                continue
            charges = [one.charge, *bill.penalties_on(one.charge.id, books.today)]
            found += [
                ((books.freed_from.get(lot.id) != bill.id, one.due_on, bill.id, one.charge.part), charge)
                for charge in charges
                if charge.account_id == account_id and (one.owed > 0 or books.left(charge) > 0)
            ]
    return [charge for _place, charge in sorted(found, key=lambda pair: pair[0])]


def _resting(books: Books, charge: ChargeFact) -> int:
    bill = books.bills[charge.bill_id]
    return min(books.left(charge), suspended(bill, charge, books.today, books.today))


def _let_earlier_money_pay(books: Books, account_id: int) -> None:
    """A free credit takes the place of a settlement by money that came later than it and after the due day."""
    for lot in books.free_lots(account_id):
        for bill in books.bills_with(account_id):
            for charge in bill.charges:
                if charge.kind == PRINCIPAL and charge.account_id == account_id:
                    _swap(books, bill, charge, lot.id)


def _swap(books: Books, bill: BillFacts, charge: ChargeFact, lot_id: int) -> None:
    lot = books.credits[lot_id]
    for settlement in _paid_late(books, bill, charge, lot.value_on):
        amount = min(books.lot_left(lot), books.net(settlement))
        if amount <= 0:
            return
        books.free(settlement, amount)
        books.use_credit(lot, charge, amount)


def _paid_late(books: Books, bill: BillFacts, charge: ChargeFact, value_on: date) -> list[SettlementFact]:
    """What settled a principal by money after its due day and later than money of ``value_on`` would have; the latest
    first."""
    after = max(value_on, charge.value_on, bill.due_on(charge, books.today))
    late = [
        one for one in books.standing_settlements(charge) if one.decision_id is None and one.value_on > after
    ]
    return sorted(late, key=lambda one: one.value_on, reverse=True)


# --- earlier money that was given for a debt ------------------------------------------------------------------------


def pay_instead(books: Books, charge_ids: Iterable[int], spread: Spread, on: date, *, payment_id: int) -> int:
    """Has what a payment of ``on`` left over pay the debts it was given for, where money that came later paid them
    after their due day: first their principal, then the penalty that had arisen by ``on``. The later money is set
    free, for ``settle_up`` to use. Tells how much took its place, and says it in ``spread``."""
    before = spread.credit
    for principal in _chosen(books, charge_ids) if before else ():
        bill = books.bills[principal.bill_id]
        now = Paid(principal, bill)
        for settlement in _paid_late(books, bill, principal, on):
            now.principal += _take_place(books, settlement, principal, spread, on, payment_id, spread.credit)
        # Less has accrued by now than was booked: that was never owed, and is paid by nobody.
        correct_penalty(books, bill, principal.account_id)
        for penalty in bill.penalties_on(principal.id, books.today):
            for settlement in _paid_after(books, penalty, on):
                most = _arisen_but_paid_after(books, bill, principal, on)
                now.penalty += _take_place(books, settlement, penalty, spread, on, payment_id, most)
        if now.money:
            _add_to(spread, now)
    if spread.credit < before:
        for paid in spread.paid:
            paid.left = still_owed(books, paid, on)
        spread.rest = [one for one in spread.rest if one.left > 0]
    return before - spread.credit


def _chosen(books: Books, charge_ids: Iterable[int]) -> list[ChargeFact]:
    """The principals chosen, in their order; a penalty stands for its principal."""
    by_id = {charge.id: charge for bill in books.bills.values() for charge in bill.charges}
    chosen = [by_id[charge_id] for charge_id in charge_ids if charge_id in by_id]
    principals = [by_id[one.on_charge] if one.on_charge is not None else one for one in chosen]
    return [one for one in dict.fromkeys(principals) if one.kind == PRINCIPAL]


def _take_place(
    books: Books,
    settlement: SettlementFact,
    charge: ChargeFact,
    spread: Spread,
    on: date,
    payment_id: int,
    most: int,
) -> int:
    amount = min(books.net(settlement), spread.credit, most)
    if amount <= 0:
        return 0
    books.free(settlement, amount)
    settle_with_money(books, charge, amount, spread.rest, on, payment_id)
    return amount


def _paid_after(books: Books, penalty: ChargeFact, on: date) -> list[SettlementFact]:
    """What settled a penalty by money that came after ``on``, whatever day the penalty itself is of."""
    return [
        one
        for one in books.standing_settlements(penalty)
        if (one.tender_id is not None and books.tenders[one.tender_id].value_on > on)
        or (one.credit_id is not None and books.credits[one.credit_id].value_on > on)
    ]


def _arisen_but_paid_after(books: Books, bill: BillFacts, principal: ChargeFact, on: date) -> int:
    """Of the penalty on a principal that money paid after ``on``: what had arisen by that day."""
    paid_after = sum(
        books.net(one)
        for penalty in bill.penalties_on(principal.id, books.today)
        for one in _paid_after(books, penalty, on)
    )
    arisen_after = booked_penalty(bill, principal, books.today) - accrued_by(bill, principal, on, books.today)
    return paid_after - arisen_after


def _add_to(spread: Spread, now: Paid) -> None:
    for paid in spread.paid:
        if paid.charge.id == now.charge.id:
            paid.principal += now.principal
            paid.penalty += now.penalty
            return
    spread.paid.append(now)
