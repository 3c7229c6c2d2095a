"""The books of some accounts while an order is worked out: the facts that are there, and those the order adds. Pure.

Rules add to the books and look at them again; the order then writes what was added, or nothing. Added facts have
negative ids until they are written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from muniadmin.billing.facts import (
    LASTING,
    PENALTY,
    VALUE_DAY,
    WRITE_OFF,
    BillFacts,
    ChargeFact,
    CreditFact,
    MoveFact,
    SettlementFact,
    TenderFact,
)


@dataclass(slots=True)
class Added:
    """What an order adds, each kind in its order."""

    charges: list[ChargeFact] = field(default_factory=list)
    settlements: list[SettlementFact] = field(default_factory=list)
    credits: list[CreditFact] = field(default_factory=list)
    moves: list[MoveFact] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.charges or self.settlements or self.credits or self.moves)


@dataclass(slots=True)
class Books:
    """Bills and credits of some accounts, whole, and the standing decisions by their kind.

    ``today`` is the day on which what is added is booked, and up to which the books are read. ``accounts`` are those
    whose bills and credits are here whole; others may owe a part of one of their bills.
    """

    today: date
    accounts: set[int] = field(default_factory=set)
    bills: dict[int, BillFacts] = field(default_factory=dict)
    credits: dict[int, CreditFact] = field(default_factory=dict)
    moves: dict[int, list[MoveFact]] = field(default_factory=dict)
    tenders: dict[int, TenderFact] = field(default_factory=dict)
    standing_decisions: Mapping[str, int] = field(default_factory=dict)
    added: Added = field(default_factory=Added)
    #: By credit: the bill from which this order set it free.
    freed_from: dict[int, int] = field(default_factory=dict)
    _last_id: int = 0

    # --- looking ---------------------------------------------------------------------------------------------------

    def bill_of(self, charge_id: int) -> BillFacts:
        """The bill on which a charge stands."""
        return next(bill for bill in self.bills.values() if any(one.id == charge_id for one in bill.charges))

    def left(self, charge: ChargeFact) -> int:
        """What is left of a charge."""
        return self.bills[charge.bill_id].left(charge, self.today)

    def lot_left(self, lot: CreditFact) -> int:
        """What is left of a credit."""
        return lot.amount - sum(move.amount for move in self.moves.get(lot.id, ()))

    def free_lots(self, account_id: int) -> list[CreditFact]:
        """The account's credits that may be used, the earliest money first."""
        lots = [
            lot
            for lot in self.credits.values()
            if lot.account_id == account_id and not lot.kept_for and self.lot_left(lot) > 0
        ]
        return sorted(lots, key=lambda lot: (lot.value_on, lot.booked_on, _order(lot.id)))

    def payment_of(self, lot: CreditFact) -> int | None:
        """The payment whose money a credit is, on whatever day it was found to count; None: other money's."""
        while lot.tender_id is None:
            if lot.decision_kind != VALUE_DAY:
                return None
            lot = next(
                one
                for one in self.credits.values()
                if any(
                    move.kind == "moved" and move.decision_id == lot.decision_id
                    for move in self.moves.get(one.id, ())
                )
            )
        return self.tenders[lot.tender_id].payment_id

    def bills_with(self, account_id: int) -> list[BillFacts]:
        """The bills on which the account owes or owed something."""
        return [
            bill
            for bill in self.bills.values()
            if any(charge.account_id == account_id for charge in bill.charges)
        ]

    def net(self, settlement: SettlementFact) -> int:
        """What is left of a settlement after its reversals."""
        return settlement.amount + sum(
            one.amount
            for one in self.bill_of(settlement.charge_id).settlements
            if one.reverses == settlement.id
        )

    def standing_settlements(self, charge: ChargeFact) -> list[SettlementFact]:
        """The charge's settlements that are not wholly reversed, in the order of booking."""
        bill = self.bills[charge.bill_id]
        return [
            one
            for one in bill.settlements
            if one.charge_id == charge.id and one.reverses is None and self.net(one) > 0
        ]

    def room(self, charge: ChargeFact) -> int:
        """What of a charge is neither found never owed nor another's debt by now, settled or not."""
        return charge.amount - sum(
            one.amount
            for one in self.bills[charge.bill_id].settlements_of(charge.id, self.today)
            if one.decision_kind in LASTING
        )

    # --- adding ----------------------------------------------------------------------------------------------------

    def next_id(self) -> int:
        """An id for a fact that is not written yet."""
        self._last_id -= 1
        return self._last_id

    def add_charge(self, charge: ChargeFact) -> ChargeFact:
        """Adds a charge to its bill."""
        charge = replace(charge, id=self.next_id())
        self.bills[charge.bill_id].charges.append(charge)
        self.added.charges.append(charge)
        return charge

    def book_penalty(
        self, principal: ChargeFact, amount: int, accrued_to: date, reckoning: str
    ) -> ChargeFact:
        """Books penalty that has accrued on a principal up to a day."""
        return self.add_charge(
            ChargeFact(
                id=0,
                bill_id=principal.bill_id,
                account_id=principal.account_id,
                head=principal.head,
                kind=PENALTY,
                part=principal.part,
                due_on=accrued_to,
                amount=amount,
                booked_on=self.today,
                value_on=accrued_to,
                against="penalty",
                on_charge=principal.id,
                accrued_to=accrued_to,
                reckoning=reckoning,
            )
        )

    def settle(
        self,
        charge: ChargeFact,
        amount: int,
        value_on: date,
        *,
        tender_id: int | None = None,
        credit_id: int | None = None,
        decision: tuple[int, str] | None = None,
        payment_id: int | None = None,
    ) -> SettlementFact:
        """Settles a part of a charge by a tender, a credit or a decision (its id and kind). It counts from the later of
        ``value_on`` and the charge's own day."""
        return self._add_settlement(
            SettlementFact(
                id=self.next_id(),
                charge_id=charge.id,
                amount=amount,
                booked_on=self.today,
                value_on=max(value_on, charge.value_on),
                tender_id=tender_id,
                credit_id=credit_id,
                decision_id=decision[0] if decision else None,
                decision_kind=decision[1] if decision else "",
                payment_id=payment_id,
            )
        )

    def reverse(
        self, settlement: SettlementFact, amount: int, *, payment_id: int | None = None
    ) -> SettlementFact:
        """Takes ``amount`` of a settlement back, as of the day for which it counted; ``payment_id``: the payment that
        occasioned it."""
        return self._add_settlement(
            replace(
                settlement,
                id=self.next_id(),
                amount=-amount,
                booked_on=self.today,
                reverses=settlement.id,
                written_for=None,
                payment_id=settlement.payment_id if payment_id is None else payment_id,
            )
        )

    def _add_settlement(self, settlement: SettlementFact) -> SettlementFact:
        self.bill_of(settlement.charge_id).settlements.append(settlement)
        self.added.settlements.append(settlement)
        return settlement

    def add_credit(
        self,
        account_id: int,
        amount: int,
        value_on: date,
        *,
        tender_id: int | None = None,
        decision: tuple[int, str] | None = None,
        kept_for: str = "",
    ) -> CreditFact:
        """Holds money for an account."""
        lot = CreditFact(
            id=self.next_id(),
            account_id=account_id,
            amount=amount,
            booked_on=self.today,
            value_on=value_on,
            tender_id=tender_id,
            decision_id=decision[0] if decision else None,
            decision_kind=decision[1] if decision else "",
            kept_for=kept_for,
        )
        self.credits[lot.id] = lot
        self.added.credits.append(lot)
        return lot

    def move_credit(
        self,
        lot: CreditFact,
        amount: int,
        kind: str,
        *,
        settlement_id: int | None = None,
        decision_id: int | None = None,
    ) -> MoveFact:
        """Notes what became of a part of a credit."""
        move = MoveFact(
            id=self.next_id(),
            credit_id=lot.id,
            amount=amount,
            kind=kind,
            booked_on=self.today,
            settlement_id=settlement_id,
            decision_id=decision_id,
        )
        self.moves.setdefault(lot.id, []).append(move)
        self.added.moves.append(move)
        return move

    def use_credit(self, lot: CreditFact, charge: ChargeFact, amount: int) -> None:
        """Settles a part of a charge with a credit of the same account."""
        settlement = self.settle(charge, amount, lot.value_on, credit_id=lot.id)
        self.move_credit(lot, amount, "used", settlement_id=settlement.id)

    def claim_again(self, charge: ChargeFact, amount: int, payment_id: int) -> None:
        """Takes back ``amount`` of what was written off of a charge: somebody pays it after all."""
        for settlement in reversed(self.standing_settlements(charge)):
            part = min(amount, self.net(settlement)) if settlement.decision_kind == WRITE_OFF else 0
            if part > 0:
                self.reverse(settlement, part, payment_id=payment_id)
                amount -= part

    def free(self, settlement: SettlementFact, amount: int) -> None:
        """Takes ``amount`` of a settlement back and sets its money free: a credit's goes back to its lot, a tender's
        becomes a credit of the charge's account with the money's own day. A decision's was no money."""
        back = self.reverse(settlement, amount)
        bill = self.bill_of(settlement.charge_id)
        if settlement.credit_id is not None:
            lot = self.credits[settlement.credit_id]
            self.move_credit(lot, -amount, "taken_back", settlement_id=back.id)
            self.freed_from[lot.id] = bill.id
        elif settlement.tender_id is not None:
            lot = self.add_credit(
                bill.charge(settlement.charge_id).account_id,
                amount,
                self.tenders[settlement.tender_id].value_on,
                tender_id=settlement.tender_id,
            )
            self.freed_from[lot.id] = bill.id

    def make_room(self, charge: ChargeFact, amount: int) -> None:
        """Takes back as much of what settled a charge as is needed to settle ``amount`` of it otherwise: first what was
        given up of it, then money, what early payment saved last; of each the latest first."""
        missing = amount - self.left(charge)
        latest_first = reversed(self.standing_settlements(charge))
        for settlement in sorted(latest_first, key=_taken_back_first):
            if missing <= 0:
                return
            if settlement.decision_kind in LASTING:
                continue
            part = min(missing, self.net(settlement))
            self.free(settlement, part)
            missing -= part


def _taken_back_first(settlement: SettlementFact) -> int:
    if settlement.decision_id is None:
        return 1
    return 2 if settlement.decision_kind == "rebate" else 0


def _order(row_id: int) -> tuple[bool, int]:
    """Written facts before added ones, each in the order they came."""
    return row_id < 0, abs(row_id)
