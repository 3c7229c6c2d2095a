"""Undoes what money did that goes back, or never came. Pure: it adds to the books it is given."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from muniadmin.billing.allocation import ROUNDING, pay_with_credit
from muniadmin.billing.books import Books
from muniadmin.billing.facts import (
    COST,
    VALUE_DAY,
    WRITE_OFF,
    BillFacts,
    ChargeFact,
    CreditFact,
    SettlementFact,
)
from muniadmin.collection.errors import NobodyToCharge
from muniadmin.kernel.money import Money


@dataclass(kw_only=True)
class TakenBack:
    """Books in which some tenders of a payment are undone, and what became of their money; minor units."""

    books: Books
    accounts: set[int]
    #: What is owed again.
    reopened: int = 0
    #: The bills on which it is, in the order of their issue.
    bills: list[BillFacts] = field(default_factory=list)
    #: By account: what had been held for it and went on to others, where it stays.
    gone: dict[int, int] = field(default_factory=dict)

    def charge_drawer(self, rest_account_id: int | None, fee: Money) -> int:
        """Charges each account with what went on to others, and one with the costs; what was charged in all."""
        for account_id, amount in self.gone.items():
            self._charge(account_id, amount, "returned")
        if fee:
            debtors = [bill.account_id for bill in self.bills] or sorted(self.accounts)
            self._charge(rest_account_id or debtors[0], fee.minor, "revenue")
        return sum(self.gone.values()) + fee.minor

    def _charge(self, account_id: int, amount: int, against: str) -> None:
        """Charges an account with a cost: on a bill that is owed again, or on its last one."""
        own = [bill for bill in self.bills if bill.account_id == account_id]
        own += [bill for bill in reversed(self.books.bills.values()) if bill.account_id == account_id]
        if not own:
            raise NobodyToCharge
        today = self.books.today
        self.books.add_charge(
            ChargeFact(
                id=0,
                bill_id=own[0].id,
                account_id=account_id,
                head=own[0].head,
                kind=COST,
                part=1,
                due_on=today,
                amount=amount,
                booked_on=today,
                value_on=today,
                against=against,
            )
        )


def take_back(books: Books, tender_ids: Sequence[int], payment_id: int) -> TakenBack:
    """Undoes all that these tenders of one payment did, and what it occasioned. What had gone to other accounts stays
    there. ``books``: those of all whom the money touched, whole."""
    found = TakenBack(books=books, accounts=set(books.accounts))
    lots = _lots_of(books, tender_ids)
    for bill in books.bills.values():
        before = len(books.added.settlements)
        for one in _occasioned(books, bill, tender_ids, {lot.id for lot in lots}, payment_id):
            net = books.net(one)
            books.reverse(one, net)
            found.reopened += net
            found.bills.append(bill)
        if len(books.added.settlements) > before:
            found.reopened -= _write_off_again(books, bill, payment_id)
    for lot in lots:
        for bill in books.bills.values():
            for one in list(bill.settlements):
                if one.credit_id == lot.id and one.reverses is None and (net := books.net(one)) > 0:
                    back = books.reverse(one, net)
                    books.move_credit(lot, -net, "taken_back", settlement_id=back.id)
                    found.reopened += net
                    found.bills.append(bill)
        if (left := books.lot_left(lot)) > 0:
            books.move_credit(lot, left, "returned")
        gone = lot.amount - sum(
            move.amount
            for move in books.moves.get(lot.id, ())
            if move.kind == "returned"
            or move.settlement_id is not None
            or move.decision_id in {one.decision_id for one in lots}
        )
        if gone:
            found.gone[lot.account_id] = found.gone.get(lot.account_id, 0) + gone
    return found


def count_from(books: Books, tender_id: int, value_on: date, decision: tuple[int, str]) -> None:
    """Has a tender's money count from another day than was thought: what it paid is paid again with it as of that day,
    in the same order, and what is left of it is held from that day. ``decision``: of the kind "value_day"."""
    payment_id = books.tenders[tender_id].payment_id
    lots = _lots_of(books, [tender_id])
    paid: list[ChargeFact] = []
    for bill in books.bills.values():
        for one in _occasioned(books, bill, [tender_id], {lot.id for lot in lots}, payment_id):
            charge = bill.charge(one.charge_id)
            if one.tender_id is not None:
                paid.append(bill.charge(charge.on_charge or charge.id))
            books.free(one, books.net(one))
        for one in list(bill.settlements):
            if one.credit_id in {lot.id for lot in lots} and one.reverses is None and books.net(one) > 0:
                charge = bill.charge(one.charge_id)
                paid.append(bill.charge(charge.on_charge or charge.id))
                books.free(one, books.net(one))
    held: dict[tuple[int, str], int] = {}
    for lot in _lots_of(books, [tender_id]):
        left = books.lot_left(lot)
        if left > 0:
            books.move_credit(lot, left, "moved", decision_id=decision[0])
            key = lot.account_id, lot.kept_for
            held[key] = held.get(key, 0) + left
    again = [
        books.add_credit(account_id, amount, value_on, decision=decision, kept_for=kept_for)
        for (account_id, kept_for), amount in held.items()
    ]
    for charge in dict.fromkeys(paid):
        for lot in again:
            if lot.account_id == charge.account_id and not lot.kept_for and books.lot_left(lot) > 0:
                pay_with_credit(books, lot, charge)


def _lots_of(books: Books, tender_ids: Sequence[int]) -> list[CreditFact]:
    """What is held of these tenders' money, on whatever day it was found to count."""
    found = [one for one in books.credits.values() if one.tender_id in tender_ids]
    for lot in found:
        decisions = {move.decision_id for move in books.moves.get(lot.id, ()) if move.kind == "moved"}
        found += [
            one
            for one in books.credits.values()
            if one.decision_kind == VALUE_DAY and one.decision_id in decisions and one not in found
        ]
    return found


def _occasioned(
    books: Books, bill: BillFacts, tender_ids: Sequence[int], lot_ids: Collection[int], payment_id: int
) -> list[SettlementFact]:
    """What these tenders of one payment settled of a bill and still do, and what their doing so saved or waived."""
    standing = [one for one in bill.settlements if one.reverses is None and books.net(one) > 0]
    if not any(
        one.tender_id in tender_ids
        or one.credit_id in lot_ids
        # What no coin could pay may be all of a bill.
        or (one.payment_id == payment_id and one.decision_kind == ROUNDING)
        for one in standing
    ):
        return []
    return [
        one
        for one in standing
        if one.tender_id in tender_ids or (one.payment_id == payment_id and one.decision_id is not None)
    ]


def _write_off_again(books: Books, bill: BillFacts, payment_id: int) -> int:
    """What had been written off of a bill and was claimed again because of a payment is written off again, as far as it
    is open now that the payment has fallen; how much."""
    total = 0
    for one in list(bill.settlements):
        if one.reverses is not None and one.payment_id == payment_id and one.decision_kind == WRITE_OFF:
            charge = bill.charge(one.charge_id)
            amount = min(books.left(charge), -one.amount)
            if amount > 0 and one.decision_id is not None:
                books.settle(charge, amount, one.value_on, decision=(one.decision_id, WRITE_OFF))
                total += amount
    return total
