"""An office on paper: the pure rules over weeks and years, without a database. What an order adds is written as the
services would: every row gets its number, and its postings must balance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from muniadmin.billing.accrual import PenaltyRule, PenaltyVersion
from muniadmin.billing.allocation import Purse, Spread, instalments_for, spread
from muniadmin.billing.books import Added, Books
from muniadmin.billing.effects import (
    all_left,
    book_accrued,
    give_up,
    money_on,
    move_debt,
    move_money,
    penalties_left,
)
from muniadmin.billing.facts import (
    PRINCIPAL,
    BillFacts,
    ChargeFact,
    OfferFact,
    RebateVersion,
    SuspensionFact,
    TenderFact,
    TermFact,
)
from muniadmin.billing.late_facts import pay_instead, settle_up, take_off, use_credits_on
from muniadmin.billing.loading import STANDING_DECISIONS
from muniadmin.billing.postings import postings
from muniadmin.billing.standing import Instalment, standing
from muniadmin.collection.taking_back import count_from, take_back
from muniadmin.kernel.money import ZERO

MOROCCO = {"once": "0.10", "first_month": "0.05", "month": "0.005"}
"""Law 47-06, article 147: 10 % and 5 % on the first late day, half a percent for every further month begun."""

CARTAGO = {"yearly": "0.15"}
"""15 % a year, by the day."""

FROM_THE_START = date(2000, 1, 1)


def penalty_version(
    spec: Mapping[str, Any],
    since: date = FROM_THE_START,
    *,
    counts: str = "issued",
    booked_on: date | None = None,
) -> PenaltyVersion:
    """A head's penalty rule, in force from a day on and known from a day on."""
    return PenaltyVersion(since, counts, PenaltyRule.from_spec(spec), booked_on or since)


class Office:
    """Some accounts' books, which go from day to day."""

    def __init__(self, today: date = date(2027, 1, 4), accounts: Sequence[int] = (1, 2)) -> None:
        self.books = Books(today, set(accounts), standing_decisions=STANDING_DECISIONS)
        #: By ledger account; money itself under "money".
        self.ledger: Counter[str] = Counter()
        #: By tender: the payment it is of, and what came in.
        self.payments: dict[int, int] = {}
        self.amounts: dict[int, int] = {}
        self.returned: set[int] = set()
        #: By tender: the day on which it was booked; by decision: the tender whose value day it corrects.
        self.booked: dict[int, date] = {}
        self.value_days: dict[int, int] = {}
        self._ids = 100

    def on(self, day: date) -> None:
        """A later day begins."""
        assert day >= self.books.today
        self.books.today = day

    @property
    def today(self) -> date:
        """The day it is."""
        return self.books.today

    # --- issuing and paying -------------------------------------------------------------------------------------

    def bill(
        self,
        *instalments: tuple[date, int],
        account: int = 1,
        penalties: Sequence[PenaltyVersion] = (penalty_version(MOROCCO),),
        rebates: Sequence[RebateVersion] = (),
        offers: Sequence[OfferFact] = (),
        allocation: str = "penalty_first",
    ) -> BillFacts:
        """Issues a bill today: (due day, minor units) for each instalment. What is held pays it."""
        bill = BillFacts(
            self._next(), f"B-{self._ids}", "hand", "TSC", account, self.today, offers=list(offers),
            penalties=penalties, rebates=rebates, allocation=allocation,
        )  # fmt: skip
        self.books.bills[bill.id] = bill
        for part, (due_on, amount) in enumerate(instalments, 1):
            self.books.add_charge(
                ChargeFact(
                    0,
                    bill.id,
                    account,
                    "TSC",
                    PRINCIPAL,
                    part,
                    due_on,
                    amount,
                    self.today,
                    self.today,
                    "revenue",
                )
            )
        settle_up(self.books, self.books.accounts)
        use_credits_on(self.books, [charge.id for charge in bill.charges])
        self.write()
        return bill

    def pay(
        self,
        charges: Sequence[ChargeFact],
        *amounts: int,
        value_on: date | None = None,
        rest: int = 1,
        coin: int = 0,
    ) -> Spread:
        """Takes a payment of one or several tenders; what settles nothing is held for the account ``rest``."""
        payment, value_on = self._next(), value_on or self.today
        purses = []
        for amount in amounts:
            tender = self._next()
            self.books.tenders[tender] = TenderFact(tender, payment, 1, "cheque", value_on)
            self.payments[tender], self.amounts[tender], self.booked[tender] = payment, amount, self.today
            purses.append(Purse(tender, amount))
        if value_on == self.today:
            settle_up(self.books, self.books.accounts)
        chosen = instalments_for(self.books, [charge.id for charge in charges], value_on)
        result = spread(self.books, chosen, purses, value_on, payment_id=payment, coin=coin)
        pay_instead(self.books, [charge.id for charge in charges], result, value_on, payment_id=payment)
        for left in result.rest:
            self.books.add_credit(rest, left.left, value_on, tender_id=left.tender_id)
        self.settle_and_write(money=sum(amounts))
        return result

    def last_tender(self) -> int:
        """The tender that came in last."""
        return max(self.payments)

    def return_tender(self, tender: int) -> None:
        """The bank takes a tender back."""
        taken_back = take_back(self.books, [tender], self.payments[tender])
        taken_back.charge_drawer(None, ZERO)
        self.returned.add(tender)
        self.settle_and_write(money=-self.amounts[tender])

    # --- deciding -----------------------------------------------------------------------------------------------

    def credit_note(self, charge: ChargeFact, amount: int) -> None:
        """Finds that a part of a charge was never owed."""
        take_off(self.books, charge, amount, (self._next(), "credit_note"))
        self.settle_and_write()

    def write_off(self, charge: ChargeFact) -> None:
        """Writes off an instalment with its penalty."""
        book_accrued(self.books, charge)
        give_up(self.books, all_left(self.books, charge), (self._next(), "write_off"))
        self.settle_and_write()

    def waive(self, charge: ChargeFact, payment_id: int | None = None) -> None:
        """Gives up the penalty on an instalment, for a payment or for good."""
        book_accrued(self.books, charge)
        give_up(self.books, penalties_left(self.books, charge), (self._next(), "waiver"), payment_id)
        self.settle_and_write()

    def transfer(self, charge: ChargeFact, account: int, amount: int, *, penalty_too: bool = False) -> None:
        """Moves a part of what is left of a charge to another account."""
        move_debt(self.books, charge, {account: amount}, (self._next(), "transfer"), penalty_too=penalty_too)
        self.settle_and_write()

    def reallocate(self, source: ChargeFact, target: ChargeFact, amount: int) -> None:
        """Has money that paid one debt pay another."""
        move_money(self.books, source, target, amount)
        self.settle_and_write()

    def correct_value_day(self, tender: int, value_on: date) -> None:
        """Has a tender's money count from another day."""
        decision = self._next()
        self.value_days[decision] = tender
        count_from(self.books, tender, value_on, (decision, "value_day"))
        self.settle_and_write()

    def postpone(self, charge: ChargeFact, due_on: date) -> None:
        """Gives an instalment a later due day."""
        self.books.bills[charge.bill_id].terms.append(TermFact(charge.id, due_on, self.today))
        self.settle_and_write()

    def suspend(self, charge: ChargeFact, since: date, amount: int | None = None) -> SuspensionFact:
        """Lets an instalment or a part of it rest."""
        found = SuspensionFact(self._next(), charge.id, amount, since, None, True, self.today)
        self.books.bills[charge.bill_id].suspensions.append(found)
        self.settle_and_write()
        return found

    def end(self, suspension: SuspensionFact, ends_on: date, *, as_if_never: bool) -> None:
        """Ends a suspension."""
        for bill in self.books.bills.values():
            bill.suspensions = [
                replace(one, ends_on=ends_on, as_if_never=as_if_never, end_booked_on=self.today)
                if one.id == suspension.id
                else one
                for one in bill.suspensions
            ]
        self.settle_and_write()

    # --- looking ------------------------------------------------------------------------------------------------

    def of(self, charge: ChargeFact, on: date | None = None, known: date | None = None) -> Instalment:
        """Where an instalment stands."""
        found = standing(self.books.bills[charge.bill_id], on or self.today, known or self.today)
        return next(one for one in found if one.charge.id == charge.id)

    def paid(self, charge: ChargeFact) -> int:
        """The money received that pays a charge."""
        return sum(self.books.net(one) for one in money_on(self.books, charge))

    def credit(self, account: int = 1) -> int:
        """What is held for an account and free."""
        return sum(self.books.lot_left(lot) for lot in self.books.free_lots(account))

    # --- writing ------------------------------------------------------------------------------------------------

    def settle_and_write(self, money: int = 0) -> None:
        """Brings everything into order, and writes it."""
        settle_up(self.books, self.books.accounts)
        self.write(money)

    def write(self, money: int = 0) -> None:
        """Gives every row that was added its number; their postings and the ``money`` received must balance."""
        books = self.books
        charges = {charge.id: charge for bill in books.bills.values() for charge in bill.charges}
        lines = postings(books.added, charges, books.credits)
        assert sum(line.amount for line in lines) + money == 0, lines
        added = books.added
        amounts = [one.amount for one in added.settlements] + [one.amount for one in added.credits]
        assert all([*amounts, *(one.amount for one in added.moves)])
        for line in lines:
            self.ledger[line.account] += line.amount
        self.ledger["money"] += money
        added = books.added
        rows = [
            *(one.id for one in added.charges),
            *(one.id for one in added.settlements),
            *(one.id for one in added.credits),
            *(one.id for one in added.moves),
        ]
        ids = {row_id: self._next() for row_id in rows}

        def real(row_id: int | None) -> int | None:
            return row_id if row_id is None else ids.get(row_id, row_id)

        for bill in books.bills.values():
            bill.charges = [
                replace(one, id=ids.get(one.id, one.id), on_charge=real(one.on_charge))
                for one in bill.charges
            ]
            bill.settlements = [
                replace(
                    one,
                    id=ids.get(one.id, one.id),
                    charge_id=ids.get(one.charge_id, one.charge_id),
                    credit_id=real(one.credit_id),
                    reverses=real(one.reverses),
                )
                for one in bill.settlements
            ]
        books.credits = {
            ids.get(lot.id, lot.id): replace(lot, id=ids.get(lot.id, lot.id))
            for lot in books.credits.values()
        }
        books.moves = {
            ids.get(lot_id, lot_id): [
                replace(
                    one,
                    id=ids.get(one.id, one.id),
                    credit_id=ids.get(one.credit_id, one.credit_id),
                    settlement_id=real(one.settlement_id),
                )
                for one in moves
            ]
            for lot_id, moves in books.moves.items()
        }
        books.added, books.freed_from = Added(), {}

    def _next(self) -> int:
        self._ids += 1
        return self._ids


def rebate(rate: str, month: int, day: int, *, whole: bool) -> RebateVersion:
    """A head's rebate until a day of the year."""
    return RebateVersion(FROM_THE_START, rate, month, day, whole, FROM_THE_START)


def offer(amount: int, since: date, until: date, booked_on: date = FROM_THE_START) -> OfferFact:
    """What settles a bill in [since, until)."""
    return OfferFact(amount, since, until, booked_on)
