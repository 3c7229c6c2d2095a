"""Which debts a payment pays: instalments in the order chosen, each with its penalty, sure money first. Pure.

Nothing is paid without having been owed on the money's value day. What rests is paid last; what is left over stays
with the payer's account as a credit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from muniadmin.billing.books import Books
from muniadmin.billing.facts import PRINCIPAL, BillFacts, ChargeFact, CreditFact
from muniadmin.billing.standing import Instalment, offer_on, rebate_on, rebate_rule, standing, suspended

REBATE, ROUNDING = "rebate", "rounding"


@dataclass(slots=True)
class Purse:
    """A tender's or a credit's money while it is spread; minor units."""

    tender_id: int | None
    left: int
    lot: CreditFact | None = None


@dataclass(slots=True)
class Paid:
    """What a payment did to one instalment; minor units."""

    charge: ChargeFact
    bill: BillFacts
    principal: int = 0
    penalty: int = 0
    rebate: int = 0
    rounded: int = 0
    #: What is still owed of it, penalty included.
    left: int = 0

    @property
    def money(self) -> int:
        """The money used."""
        return self.principal + self.penalty


@dataclass(slots=True)
class Spread:
    """What became of a payment's money."""

    paid: list[Paid] = field(default_factory=list)
    #: By tender: what settled nothing.
    rest: list[Purse] = field(default_factory=list)

    @property
    def credit(self) -> int:
        """What settled nothing, in all."""
        return sum(one.left for one in self.rest)


def instalments_for(books: Books, charge_ids: Sequence[int], on: date) -> list[Instalment]:
    """The chosen instalments that are still open, in the order chosen; a penalty stands for its principal."""
    found: dict[int, Instalment] = {}
    by_id = {charge.id: charge for bill in books.bills.values() for charge in bill.charges}
    for charge_id in charge_ids:
        charge = by_id.get(charge_id)
        if charge is None:
            continue
        principal_id = charge.on_charge or charge.id
        bill = books.bills[charge.bill_id]
        one = next(one for one in standing(bill, on, books.today) if one.charge.id == principal_id)
        if one.payable > 0:
            found.setdefault(principal_id, one)
    return list(found.values())


def owed_in_all(instalments: Sequence[Instalment]) -> int:
    """What would settle all of them, and what was written off of them too."""
    return sum(one.payable for one in instalments)


def spread(
    books: Books,
    instalments: Sequence[Instalment],
    money: Sequence[Purse],
    on: date,
    *,
    payment_id: int,
    coin: int = 0,
) -> Spread:
    """Pays instalments, as ``instalments_for`` found them, with the tenders' money (sure money first) as of ``on``, and
    adds that to the books.

    ``coin``: the smallest coin, where all the money is cash; what it cannot pay, up to half of it, is waived.
    """
    purses = [one for one in money if one.left > 0]
    result = Spread()
    resting: list[Paid] = []
    pays_all = _left_in(purses) >= owed_in_all(instalments)
    for chosen in instalments:
        bill, now = books.bills[chosen.charge.bill_id], chosen
        if any(one.bill is bill for one in result.paid):
            # What was paid of it a moment ago may have changed an offer on the whole bill.
            now = _instalment(bill, chosen.charge, on, books.today)
        if pays_all:
            now = replace(now, suspended=0)
        paid = Paid(now.charge, bill)
        _pay(books, bill, now, purses, on, payment_id, paid)
        result.paid.append(paid)
        if now.suspended:
            resting.append(paid)
    for paid in resting:
        amount = min(_left_in(purses), books.left(paid.charge))
        settle_with_money(books, paid.charge, amount, purses, on, payment_id)
        paid.principal += amount
    for paid in result.paid:
        paid.left = still_owed(books, paid, on)
    if coin and result.paid:
        _round_off(books, result.paid, coin, on, payment_id)
    result.paid = [one for one in result.paid if one.money or one.rebate]
    result.rest = [one for one in purses if one.left > 0]
    return result


def pay_with_credit(books: Books, lot: CreditFact, charge: ChargeFact) -> None:
    """Pays a principal or a cost, with the penalty on it, with a credit of the same account, as far as nothing of it
    rests today: as of the later of the money's and the charge's day."""
    bill, on = books.bills[charge.bill_id], max(lot.value_on, charge.value_on)
    now = replace(
        _instalment(bill, charge, on, books.today),
        suspended=min(books.left(charge), suspended(bill, charge, books.today, books.today)),
        # Nobody came to pay it.
        written_off=0,
    )
    if now.owed > now.suspended:
        purses = [Purse(None, books.lot_left(lot), lot)]
        _pay(books, bill, now, purses, on, books.payment_of(lot), Paid(charge, bill))


def _instalment(bill: BillFacts, charge: ChargeFact, on: date, known: date) -> Instalment:
    return next(one for one in standing(bill, on, known) if one.charge.id == charge.id)


def _pay(
    books: Books,
    bill: BillFacts,
    now: Instalment,
    purses: list[Purse],
    on: date,
    payment_id: int | None,
    paid: Paid,
) -> None:
    """Pays one instalment: its penalty and its principal in the head's order, what rests left out."""
    available = _left_in(purses)
    if available <= 0:
        return
    again = min(now.written_off, bill.written_off(now.charge, books.today))
    payable = now.left - now.suspended + again
    owed_penalty = now.penalty + now.accrued + now.written_off - again
    rebate = now.rebate if _earns_rebate(books, bill, now, available, on) else 0
    if rebate or available >= owed_penalty + payable:
        to_penalty, to_principal = owed_penalty, payable - rebate
    elif bill.allocation == "principal_first":
        to_principal = min(available, payable)
        to_penalty = min(available - to_principal, owed_penalty)
    else:
        to_penalty = min(available, owed_penalty)
        to_principal = min(available - to_penalty, payable)
    if not rebate and to_principal:
        rebate = _part_rebate(bill, now, to_principal, on, books)
    if now.accrued:
        # Booked before a settlement changes what it is on, however little of it is paid.
        books.book_penalty(now.charge, now.accrued, on, f"{now.left} {now.due_on} {on}")
    for penalty in bill.penalties_on(now.charge.id, books.today):
        claimable = bill.written_off(penalty, books.today) if now.written_off else 0
        part = min(to_penalty - paid.penalty, books.left(penalty) + claimable)
        settle_with_money(books, penalty, part, purses, on, payment_id)
        paid.penalty += part
    settle_with_money(books, now.charge, to_principal, purses, on, payment_id, beside=rebate)
    paid.principal = to_principal
    if rebate:
        books.settle(
            now.charge,
            rebate,
            on,
            decision=(books.standing_decisions[REBATE], REBATE),
            payment_id=payment_id,
        )
        paid.rebate = rebate


def _earns_rebate(books: Books, bill: BillFacts, now: Instalment, available: int, on: date) -> bool:
    """Whether the money settles all of the instalment (where an offer stands, all of the bill) with what that saves."""
    if not now.rebate or now.suspended:
        return False
    if offer_on(bill, on, books.today) is None:
        return available >= now.payable
    return available >= sum(one.payable for one in standing(bill, on, books.today))


def _part_rebate(bill: BillFacts, now: Instalment, paid: int, on: date, books: Books) -> int:
    """What a part payment earns, where each part does: with 5 %, 475 settle 500."""
    rule, until = rebate_rule(bill, now.charge, books.today)
    if rule is None or until is None or on > until or rule.whole or now.charge.kind != PRINCIPAL:
        return 0
    share = rebate_on(rule, bill, now.charge, 1_000_000, books.today)
    settles = (2 * paid * 1_000_000 + (1_000_000 - share)) // (2 * (1_000_000 - share))
    return max(0, min(now.left - paid, settles - paid))


def settle_with_money(
    books: Books,
    charge: ChargeFact,
    amount: int,
    purses: list[Purse],
    on: date,
    payment_id: int | None,
    beside: int = 0,
) -> None:
    """Settles ``amount`` of a charge with money, or less where there is less; ``beside`` is saved on it at once."""
    if payment_id is not None and (written_off := amount + beside - books.left(charge)) > 0:
        books.claim_again(charge, written_off, payment_id)
    for purse in purses:
        part = min(amount, purse.left)
        if part <= 0:
            continue
        if purse.lot is None:
            books.settle(charge, part, on, tender_id=purse.tender_id, payment_id=payment_id)
        else:
            books.use_credit(purse.lot, charge, part)
        purse.left -= part
        amount -= part


def _left_in(purses: Sequence[Purse]) -> int:
    return sum(one.left for one in purses)


def still_owed(books: Books, paid: Paid, on: date) -> int:
    """What is still owed of an instalment on a day, penalty and what was written off included."""
    return next(
        one.left + one.penalty + one.accrued + one.written_off
        for one in standing(paid.bill, on, books.today)
        if one.charge.id == paid.charge.id
    )


def _round_off(books: Books, paid: Sequence[Paid], coin: int, on: date, payment_id: int) -> None:
    """Waives what is left of the last instalment when no coin is small enough to pay it."""
    left = sum(one.left for one in paid)
    if not 0 < 2 * left <= coin or any(one.left for one in paid[:-1]):
        return
    last = paid[-1]
    decision = (books.standing_decisions[ROUNDING], ROUNDING)
    for charge in [*last.bill.penalties_on(last.charge.id, books.today), last.charge]:
        part = books.left(charge)
        if part > 0:
            books.settle(charge, part, on, decision=decision, payment_id=payment_id)
            last.rounded += part
    last.left -= last.rounded
