"""Money that goes back, or counts from another day: what is owed again, by whom, and what stays. On paper."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from muniadmin.billing.facts import COST, ChargeFact
from muniadmin.collection.errors import NobodyToCharge
from muniadmin.collection.taking_back import TakenBack, count_from, take_back
from muniadmin.kernel.money import ZERO, Money
from tests.billing.paper import Office, rebate

MAY_31 = date(2027, 5, 31)
LATE = date(2027, 6, 20)


@pytest.fixture
def office() -> Office:
    """Two accounts, on 4 January 2027."""
    return Office()


def bounce(office: Office, *tenders: int, fee: int = 0, rest: int | None = None) -> TakenBack:
    """The bank takes tenders of one payment back, and its costs are charged."""
    found = take_back(office.books, tenders, office.payments[tenders[0]])
    found.charge_drawer(rest, Money(fee) if fee else ZERO)
    office.returned.update(tenders)
    office.settle_and_write(money=-sum(office.amounts[one] for one in tenders))
    return found


def costs(office: Office) -> list[tuple[int, int, str]]:
    """The costs charged: bill, account and against what."""
    return [
        (bill.id, one.account_id, one.against)
        for bill in office.books.bills.values()
        for one in bill.charges
        if one.kind == COST
    ]


def moved(office: Office, amount: int) -> None:
    """A supervisor has what is held for the first account kept for the second."""
    (lot,) = office.books.free_lots(1)
    office.books.move_credit(lot, amount, "moved", decision_id=9)
    office.books.add_credit(2, amount, lot.value_on, decision=(9, "compensation"))
    office.settle_and_write()


def settled(office: Office, charge: ChargeFact) -> list[tuple[date, int]]:
    """What settles a charge by now: from which day, and how much."""
    standing = office.books.standing_settlements(charge)
    return sorted((one.value_on, office.books.net(one)) for one in standing)


# --- Who is charged -------------------------------------------------------------------------------------------------


def test_the_fee_is_charged_to_whose_bill_is_owed_again(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00), account=2)
    other = office.bill((MAY_31, 100_00), account=1)
    office.pay([*bill.charges, *other.charges], 200_00, rest=2)
    found = bounce(office, office.last_tender(), fee=15_00)
    assert found.reopened == 200_00
    assert costs(office) == [(bill.id, 2, "revenue")]
    assert office.ledger["revenue:TSC"] == -215_00


def test_the_fee_is_charged_to_whom_the_rest_was_kept_for(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00), account=1)
    others = office.bill((MAY_31, 100_00), account=2)
    office.pay(bill.charges, 150_00, rest=2)
    bounce(office, office.last_tender(), fee=15_00, rest=2)
    assert costs(office) == [(others.id, 2, "revenue")]


def test_the_fee_of_an_advance_stands_on_the_last_bill(office: Office) -> None:
    _first, last = (office.bill((MAY_31, 100_00)) for _number in range(2))
    office.pay([], 50_00)
    found = bounce(office, office.last_tender(), fee=15_00)
    assert (found.reopened, office.credit()) == (0, 0)
    assert costs(office) == [(last.id, 1, "revenue")]


def test_nobody_with_a_bill_nobody_to_charge(office: Office) -> None:
    office.pay([], 50_00)
    with pytest.raises(NobodyToCharge):
        bounce(office, office.last_tender(), fee=15_00)


def test_what_went_on_to_another_is_charged_and_no_more(office: Office) -> None:
    # 100.00 pay a bill, 30.00 of the rest wait and 20.00 went on to another: those are the drawer's debt, no income.
    bill = office.bill((MAY_31, 100_00))
    office.pay(bill.charges, 150_00)
    moved(office, 20_00)
    found = bounce(office, office.last_tender())
    assert (found.reopened, found.gone) == (100_00, {1: 20_00})
    assert costs(office) == [(bill.id, 1, "returned")]
    assert (office.credit(1), office.credit(2)) == (0, 20_00)
    assert office.ledger["revenue:TSC"] == -100_00
    assert office.ledger["receivable:TSC"] == 120_00
    assert office.ledger["money"] == 0


def test_what_went_on_of_two_means_is_added_up(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00))
    office.pay([], 30_00, 40_00)
    for lot, amount in zip(office.books.free_lots(1), (10_00, 20_00), strict=True):
        office.books.move_credit(lot, amount, "moved", decision_id=9)
        office.books.add_credit(2, amount, lot.value_on, decision=(9, "compensation"))
    office.settle_and_write()
    found = bounce(office, *sorted(office.payments))
    assert found.gone == {1: 30_00}
    assert costs(office) == [(bill.id, 1, "returned")]


# --- What is owed again ---------------------------------------------------------------------------------------------


def test_what_held_money_had_paid_later_is_owed_again(office: Office) -> None:
    first = office.bill((MAY_31, 100_00))
    office.pay(first.charges, 180_00)
    later = office.bill((MAY_31, 70_00))
    found = bounce(office, office.last_tender())
    assert found.reopened == 170_00
    assert [bill.id for bill in found.bills] == [first.id, later.id]
    assert (found.gone, office.credit()) == ({}, 0)
    assert [office.of(bill.charges[0]).left for bill in (first, later)] == [100_00, 70_00]


def test_a_rebate_earned_with_held_money_falls_with_it(office: Office) -> None:
    office.pay([], 95_00)
    bill = office.bill((MAY_31, 100_00), rebates=[rebate("0.05", 3, 31, whole=True)])
    assert office.of(bill.charges[0]).left == 0
    assert bounce(office, office.last_tender()).reopened == 100_00


def test_of_one_payment_only_what_the_bounced_means_did_falls(office: Office) -> None:
    # Cash paid the first and earned its rebate; the cheque paid the second.
    early = [rebate("0.05", 3, 31, whole=True)]
    first = office.bill((MAY_31, 100_00), rebates=early)
    second = office.bill((MAY_31, 200_00), rebates=early)
    office.pay([*first.charges, *second.charges], 95_00, 190_00)
    found = bounce(office, office.last_tender())
    assert found.reopened == 200_00
    assert [office.of(bill.charges[0]).left for bill in (first, second)] == [0, 200_00]
    assert office.ledger["rebate:TSC"] == 5_00


def test_what_is_written_off_again_is_not_owed_again(office: Office) -> None:
    charge = office.bill((MAY_31, 100_00), penalties=[]).charges[0]
    office.on(LATE)
    office.write_off(charge)
    office.on(date(2027, 7, 1))
    office.pay([charge], 60_00)
    first = office.last_tender()
    office.pay([charge], 30_00)
    # The first payment's 60.00 fall; what the second had claimed again stays claimed.
    assert bounce(office, first).reopened == 0
    assert (office.of(charge).left, office.of(charge).written_off) == (0, 70_00)
    again = office.books.standing_settlements(charge)[-1]
    assert (again.decision_kind, again.value_on, again.booked_on) == ("write_off", LATE, date(2027, 7, 1))


def test_only_what_the_bounced_payment_had_claimed_is_written_off_again(office: Office) -> None:
    # 400.00 of 1,000.00 are written off. 700.00 claim 100.00 of them again, 50.00 of another payment as much more.
    charge = office.bill((MAY_31, 1_000_00), penalties=[]).charges[0]
    office.books.settle(charge, 400_00, office.today, decision=(9, "write_off"))
    office.settle_and_write()
    office.on(LATE)
    office.pay([charge], 700_00)
    first = office.last_tender()
    office.pay([charge], 50_00)
    assert bounce(office, first).reopened == 600_00
    assert (office.of(charge).left, office.of(charge).written_off) == (600_00, 350_00)


def test_no_more_is_written_off_again_than_is_open(office: Office) -> None:
    # 60.00 of 100.00 that were written off came; then 50.00 were found never owed, 10.00 of them paid.
    charge = office.bill((MAY_31, 100_00), penalties=[]).charges[0]
    office.on(LATE)
    office.write_off(charge)
    office.pay([charge], 60_00)
    office.credit_note(charge, 50_00)
    assert office.credit() == 10_00
    bounce(office, office.last_tender())
    assert (office.of(charge).left, office.of(charge).written_off, office.credit()) == (0, 50_00, 0)


# --- Another day ----------------------------------------------------------------------------------------------------


def counted_from(office: Office, day: date) -> None:
    """The last tender's money counted from another day."""
    count_from(office.books, office.last_tender(), day, (9, "value_day"))
    office.settle_and_write()


def test_what_it_paid_it_pays_again_as_of_its_day_in_the_same_order(office: Office) -> None:
    first = office.bill((date(2027, 12, 31), 100_00))
    second = office.bill((date(2027, 11, 30), 100_00))
    office.on(date(2027, 3, 20))
    office.pay([*first.charges, *second.charges], 150_00)
    counted_from(office, date(2027, 3, 10))
    assert settled(office, first.charges[0]) == [(date(2027, 3, 10), 100_00)]
    assert settled(office, second.charges[0]) == [(date(2027, 3, 10), 50_00)]
    assert office.credit() == 0


def test_a_penalty_it_paid_alone_is_paid_again_with_its_principal(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(LATE)
    office.pay([charge], 100_00)
    office.on(date(2027, 7, 5))
    # On the due day nothing was late: all of it pays principal, and 15 % and half a percent accrue on the rest.
    counted_from(office, MAY_31)
    found = office.of(charge)
    assert (found.left, found.penalty + found.accrued) == (900_00, 139_50)
    assert office.credit() == 0


def test_a_penalty_that_an_advance_paid_alone_is_paid_again_with_its_principal(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(LATE)
    office.pay([], 100_00)
    office.on(date(2027, 7, 5))
    counted_from(office, MAY_31)
    found = office.of(charge)
    assert (found.left, found.penalty + found.accrued) == (900_00, 139_50)
    assert office.credit() == 0


def test_a_deposit_and_anothers_money_pay_nothing_that_a_later_day_adds(office: Office) -> None:
    # Both bills were paid in time, and 30.00 are a deposit. The money came after the first one's due day: 15.00 of
    # penalty are owed on it, and only what had paid it pays it again.
    mine = office.bill((date(2027, 1, 10), 100_00)).charges[0]
    anothers = office.bill((date(2027, 12, 31), 100_00), account=2).charges[0]
    office.on(date(2027, 1, 8))
    office.pay([mine, anothers], 230_00)
    (lot,) = office.books.free_lots(1)
    office.books.credits[lot.id] = replace(lot, kept_for="a stall")
    office.on(date(2027, 1, 20))
    counted_from(office, date(2027, 1, 15))
    assert office.of(mine).owed == 15_00
    assert settled(office, anothers) == [(date(2027, 1, 15), 100_00)]
    assert [
        (one.amount, one.kept_for) for one in office.books.credits.values() if office.books.lot_left(one)
    ] == [(30_00, "a stall")]


def test_what_is_held_is_held_from_that_day_and_a_deposit_stays_one(office: Office) -> None:
    office.on(date(2027, 3, 20))
    office.pay([], 100_00)
    (lot,) = office.books.free_lots(1)
    office.books.credits[lot.id] = replace(lot, kept_for="a stall")
    charge = office.bill((date(2027, 3, 20), 70_00), penalties=[]).charges[0]
    counted_from(office, date(2027, 3, 10))
    held = [one for one in office.books.credits.values() if office.books.lot_left(one)]
    assert [(one.amount, one.value_on, one.kept_for) for one in held] == [
        (100_00, date(2027, 3, 10), "a stall")
    ]
    assert office.of(charge).left == 70_00


def test_two_parts_of_one_means_are_held_as_one(office: Office) -> None:
    charge = office.bill((date(2027, 12, 31), 100_00)).charges[0]
    office.pay([charge], 130_00)
    office.credit_note(charge, 40_00)
    office.on(date(2027, 1, 20))
    counted_from(office, date(2027, 1, 12))
    assert office.of(charge).left == 0
    assert [(lot.value_on, office.books.lot_left(lot)) for lot in office.books.free_lots(1)] == [
        (date(2027, 1, 12), 70_00)
    ]


def test_each_account_pays_its_own_again(office: Office) -> None:
    mine = office.bill((date(2027, 12, 31), 100_00)).charges[0]
    anothers = office.bill((date(2027, 12, 31), 100_00), account=2).charges[0]
    office.pay([mine, anothers], 200_00)
    office.on(date(2027, 1, 20))
    counted_from(office, date(2027, 1, 12))
    for charge in (mine, anothers):
        assert settled(office, charge) == [(date(2027, 1, 12), 100_00)]
    assert (office.credit(1), office.credit(2)) == (0, 0)


@pytest.mark.parametrize("days", [[date(2027, 1, 12)], [date(2027, 1, 12), date(2027, 1, 8)]])
def test_money_that_counts_from_another_day_may_still_bounce(office: Office, days: Sequence[date]) -> None:
    # It paid and earned a rebate, and more was held: all of it falls, whatever day it was found to count from.
    bill = office.bill((date(2027, 12, 31), 100_00), rebates=[rebate("0.05", 3, 31, whole=True)])
    office.pay(bill.charges, 125_00)
    office.on(date(2027, 1, 20))
    for number, day in enumerate(days):
        count_from(office.books, office.last_tender(), day, (9 + number, "value_day"))
        office.settle_and_write()
    assert (office.of(bill.charges[0]).left, office.credit()) == (0, 30_00)
    found = bounce(office, office.last_tender())
    assert (found.reopened, found.gone) == (100_00, {})
    assert (office.of(bill.charges[0]).left, office.credit()) == (100_00, 0)
    assert office.ledger["rebate:TSC"] == 0


def test_what_money_saved_after_its_day_was_corrected_falls_with_it(office: Office) -> None:
    # 950.00 held from another day, and from another again, pay 1,000.00 with 5 % off when the bill is issued.
    office.on(date(2027, 1, 20))
    office.pay([], 950_00)
    cheque = office.last_tender()
    for number, day in enumerate((date(2027, 1, 10), date(2027, 1, 15))):
        count_from(office.books, cheque, day, (9 + number, "value_day"))
        office.settle_and_write()
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 12, 31, whole=True)]).charges[0]
    assert (office.of(charge).left, office.ledger["rebate:TSC"]) == (0, 50_00)
    bounce(office, cheque)
    assert (office.of(charge).left, office.ledger["rebate:TSC"], office.credit()) == (1_000_00, 0, 0)
