"""Which debts a payment pays, with which money, and what that saves."""

from datetime import date

import pytest

from muniadmin.billing.effects import move_debt
from muniadmin.billing.facts import ChargeFact
from muniadmin.billing.standing import standing
from tests.billing.paper import MOROCCO, Office, offer, penalty_version, rebate

MAY_31 = date(2027, 5, 31)
LATE = date(2027, 6, 20)


@pytest.fixture
def office() -> Office:
    """Two accounts, on 4 January 2027."""
    return Office()


def left(office: Office, *charges: ChargeFact) -> list[int]:
    """What is left of each, penalty aside."""
    return [office.of(charge).left for charge in charges]


def test_penalty_first_and_booked_whole_however_little_is_paid(office: Office) -> None:
    charge = office.bill((MAY_31, 4_000_00)).charges[0]
    office.on(LATE)
    (paid,) = office.pay([charge], 100_00).paid
    assert (paid.penalty, paid.principal, paid.left) == (100_00, 0, 4_500_00)
    found = office.of(charge)
    assert (found.left, found.penalty, found.accrued) == (4_000_00, 500_00, 0)
    assert office.ledger["penalty:TSC"] == -600_00


def test_principal_first_where_the_head_says_so(office: Office) -> None:
    charge = office.bill((MAY_31, 4_000_00), allocation="principal_first").charges[0]
    office.on(LATE)
    (paid,) = office.pay([charge], 4_100_00).paid
    assert (paid.principal, paid.penalty, paid.left) == (4_000_00, 100_00, 500_00)
    # No more penalty accrues: the principal is paid.
    assert office.of(charge, date(2027, 12, 31)).owed == 500_00


def test_the_order_chosen_is_the_order_paid(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00), (date(2027, 8, 31), 100_00))
    early, late = bill.charges
    office.pay([late, early], 150_00)
    assert left(office, early, late) == [50_00, 0]


def test_a_penalty_stands_for_its_principal(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(LATE)
    office.pay([charge], 1_00)
    penalty = office.books.bills[charge.bill_id].charges[1]
    office.pay([penalty, charge], 1_149_00)
    assert office.of(charge).owed == 0


def test_sure_money_first(office: Office) -> None:
    bill = office.bill((MAY_31, 70_00), (MAY_31, 30_00))
    office.pay(bill.charges, 40_00, 60_00)
    cash, cheque = sorted(office.payments)
    assert [(one.tender_id, one.amount) for one in bill.settlements] == [
        (cash, 40_00), (cheque, 30_00), (cheque, 30_00),
    ]  # fmt: skip


def test_what_rests_is_paid_last(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00), (MAY_31, 100_00))
    contested, plain = bill.charges
    office.suspend(contested, office.today, 60_00)
    office.pay([contested, plain], 150_00)
    assert left(office, contested, plain) == [50_00, 0]
    office.pay([contested, plain], 50_00)
    assert left(office, contested, plain) == [0, 0]


def test_of_two_that_rest_each_is_paid_no_more_than_is_left(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00), (MAY_31, 100_00))
    for charge in bill.charges:
        office.suspend(charge, office.today, 60_00)
    # 40.00 of each do not rest; of the other 80.00 the first takes its 60.00.
    office.pay(bill.charges, 160_00)
    assert left(office, *bill.charges) == [0, 40_00]


def test_what_rests_is_paid_with_no_waiting_credit_however_old(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 6, 10))
    office.suspend(charge, office.today)
    office.on(LATE)
    office.pay([], 400_00, value_on=MAY_31)
    assert (left(office, charge), office.credit()) == ([1_000_00], 400_00)


def test_an_offer_may_be_taken_while_the_debt_rests(office: Office) -> None:
    bill = office.bill((MAY_31, 60_00), offers=[offer(30_00, office.today, date(2027, 3, 14))])
    charge = bill.charges[0]
    office.on(date(2027, 3, 10))
    office.suspend(charge, office.today)
    office.on(date(2027, 3, 12))
    (paid,) = office.pay([charge], 30_00).paid
    assert (paid.principal, paid.rebate, paid.left) == (30_00, 30_00, 0)


def test_what_is_left_over_is_held(office: Office) -> None:
    charge = office.bill((MAY_31, 70_00)).charges[0]
    assert office.pay([charge], 100_00).credit == 30_00
    assert office.credit() == 30_00


@pytest.mark.parametrize(
    ("cash", "coin", "rounded"),
    [
        (10_000, 50, 3),  # 10,003 are owed and the smallest coin is 50: 3 cannot be paid.
        (10_000, 0, 0),  # Every amount can be paid.
        (9_950, 50, 0),  # 53 are more than half the smallest coin: a part payment.
        (9_978, 50, 25),  # Half the smallest coin is just little enough.
        (9_977, 50, 0),
    ],
)
def test_what_no_coin_can_pay(office: Office, cash: int, coin: int, rounded: int) -> None:
    charge = office.bill((MAY_31, 10_003)).charges[0]
    (paid,) = office.pay([charge], cash, coin=coin).paid
    assert paid.rounded == rounded
    assert left(office, charge) == [10_003 - cash - rounded]
    assert office.ledger["rounding"] == rounded


def test_a_coin_that_is_missing_may_be_the_penaltys(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), allocation="principal_first").charges[0]
    office.on(LATE)
    (paid,) = office.pay([charge], 1_149_97, coin=50).paid
    assert (paid.rounded, paid.left) == (3, 0)
    assert office.of(charge).owed == 0


def test_no_coin_is_waived_while_an_earlier_one_is_open(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00), (MAY_31, 100_05))
    office.suspend(bill.charges[0], office.today, 10)
    office.pay(bill.charges, 199_90, coin=50)
    assert left(office, *bill.charges) == [10, 5]
    assert office.ledger["rounding"] == 0


def test_a_rebate_on_the_whole_is_earned_by_the_last_part(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    office.on(date(2027, 3, 20))
    (first,) = office.pay([charge], 500_00).paid
    assert (first.principal, first.rebate) == (500_00, 0)
    office.on(date(2027, 3, 31))
    (second,) = office.pay([charge], 450_00).paid
    assert (second.principal, second.rebate, second.left) == (450_00, 50_00, 0)
    assert office.ledger["rebate:TSC"] == 50_00
    # The money of the second part bounces: its 450.00 and the 50.00 fall.
    office.on(date(2027, 4, 12))
    office.return_tender(office.last_tender())
    assert left(office, charge) == [500_00]
    assert office.ledger["rebate:TSC"] == 0


def test_what_a_rebate_saved_is_not_saved_again_when_an_earlier_part_bounces(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    office.pay([charge], 500_00)
    first = office.last_tender()
    office.pay([charge], 450_00)
    office.return_tender(first)
    found = office.of(charge)
    assert (found.left, found.rebate, found.owed) == (500_00, 0, 500_00)


def test_a_rebate_for_the_whole_is_not_earned_while_a_part_rests(office: Office) -> None:
    bill = office.bill((MAY_31, 1_000_00), (MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)])
    office.suspend(bill.charges[0], office.today, 600_00)
    office.pay(bill.charges, 960_00)
    assert left(office, *bill.charges) == [600_00, 440_00]
    assert office.ledger["rebate:TSC"] == 0


def test_a_part_earns_no_more_than_is_left(office: Office) -> None:
    # 980.00 would settle 1,031.58; but 20.00 are left, and they rest.
    bill = office.bill((MAY_31, 1_000_00), (MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=False)])
    office.suspend(bill.charges[0], office.today, 20_00)
    office.pay(bill.charges, 980_00)
    assert left(office, *bill.charges) == [0, 1_000_00]
    assert office.ledger["rebate:TSC"] == 20_00


def test_a_part_earns_its_rebate_on_the_last_day(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=False)]).charges[0]
    office.on(date(2027, 3, 31))
    (paid,) = office.pay([charge], 475_00).paid
    assert (paid.principal, paid.rebate, paid.left) == (475_00, 25_00, 500_00)


def test_money_held_before_a_bill_counts_from_the_bills_day(office: Office) -> None:
    # The bill came after the last day of the rebate: nobody can have paid it in time.
    office.pay([], 1_000_00)
    office.on(date(2027, 4, 10))
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    assert (left(office, charge), office.credit()) == ([0], 0)
    assert office.ledger["rebate:TSC"] == 0
    assert {one.value_on for one in office.books.bills[charge.bill_id].settlements} == {date(2027, 4, 10)}


def test_a_rebate_missed_by_a_day(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    office.on(date(2027, 3, 20))
    office.pay([charge], 500_00)
    office.on(date(2027, 4, 5))
    (paid,) = office.pay([charge], 500_00).paid
    assert (paid.principal, paid.rebate, paid.left) == (500_00, 0, 0)


def test_a_rebate_on_each_part_paid_in_time(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=False)]).charges[0]
    (first,) = office.pay([charge], 475_00).paid
    assert (first.principal, first.rebate, first.left) == (475_00, 25_00, 500_00)
    office.on(date(2027, 4, 5))
    (second,) = office.pay([charge], 500_00).paid
    assert (second.principal, second.rebate) == (500_00, 0)


def test_what_a_part_settles_is_rounded_half_up(office: Office) -> None:
    # 474.01 / 0.95 = 498.958: it settles 498.96.
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=False)]).charges[0]
    (paid,) = office.pay([charge], 474_01).paid
    assert (paid.principal, paid.rebate, paid.left) == (474_01, 24_95, 501_04)


def test_a_rebate_falls_in_part_when_a_part_was_never_owed(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    office.pay([charge], 950_00)
    # 700.00 were owed: 5 % of them are 35.00, and 665.00 was to pay. 285.00 are theirs.
    office.credit_note(charge, 300_00)
    assert left(office, charge) == [0]
    assert office.credit() == 285_00
    assert office.ledger["rebate:TSC"] == 35_00


def test_what_was_saved_last_falls_first(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=False)]).charges[0]
    office.pay([charge], 475_00)
    office.on(date(2027, 2, 1))
    office.pay([charge], 475_00)
    office.credit_note(charge, 300_00)
    saved = [one for one in office.books.standing_settlements(charge) if one.decision_kind == "rebate"]
    assert [(one.value_on, office.books.net(one)) for one in saved] == [
        (date(2027, 1, 4), 25_00), (date(2027, 2, 1), 10_00),
    ]  # fmt: skip


def test_a_rebate_that_falls_is_paid_with_what_was_set_free_of_it_and_with_nothing_else(
    office: Office,
) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    office.pay([charge], 950_00)
    office.on(date(2027, 1, 10))
    office.pay([], 500_00, value_on=date(2027, 1, 2))
    office.credit_note(charge, 300_00)
    assert [(lot.value_on, office.books.lot_left(lot)) for lot in office.books.free_lots(1)] == [
        (date(2027, 1, 2), 500_00), (date(2027, 1, 4), 285_00),
    ]  # fmt: skip


def test_an_offer_names_what_settles_a_bill_though_a_part_was_never_owed(office: Office) -> None:
    charge = office.bill(
        (MAY_31, 60_00),
        rebates=[rebate("0.05", 3, 31, whole=True)],
        offers=[offer(30_00, date(2027, 1, 1), date(2027, 3, 14))],
    ).charges[0]
    office.pay([charge], 30_00)
    office.credit_note(charge, 10_00)
    # As when it was known before: 30.00 settle what is left of the 60.00, and save 20.00.
    assert (office.ledger["rebate:TSC"], office.of(charge).left, office.credit()) == (20_00, 0, 0)


def test_what_is_held_earns_the_rebate_too(office: Office) -> None:
    office.pay([], 1_000_00)
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    assert left(office, charge) == [0]
    assert office.credit() == 50_00
    # And loses it when that money bounces.
    office.return_tender(office.last_tender())
    assert left(office, charge) == [1_000_00]
    assert office.ledger["rebate:TSC"] == 0


def test_a_waiting_credit_pays_the_penalty_on_a_late_debt_first(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(LATE)
    # 150.00 of penalty; 1,000.00 come in as an advance and pay it with 850.00 of principal.
    office.pay([], 1_000_00)
    found = office.of(charge)
    assert (found.left, found.penalty, found.accrued) == (150_00, 0, 0)


# --- Written off ----------------------------------------------------------------------------------------------------


def test_paying_what_was_written_off(office: Office) -> None:
    charge = office.bill((date(2027, 3, 31), 1_200_00), penalties=[]).charges[0]
    office.on(date(2028, 2, 15))
    office.write_off(charge)
    assert office.ledger["written_off:TSC"] == 1_200_00
    assert office.ledger["receivable:TSC"] == 0
    office.on(date(2028, 5, 3))
    (paid,) = office.pay([charge], 500_00).paid
    assert (paid.principal, paid.left) == (500_00, 700_00)
    assert office.ledger["written_off:TSC"] == 700_00
    assert office.ledger["receivable:TSC"] == 0
    assert office.of(charge).written_off == 700_00


def test_no_penalty_for_the_time_it_was_written_off(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), penalties=[penalty_version(MOROCCO)]).charges[0]
    office.on(date(2027, 7, 1))
    office.write_off(charge)
    office.on(date(2028, 5, 3))
    # Half of it comes, counted from a week before: 155.00 of penalty that were written off too, then principal.
    (paid,) = office.pay([charge], 500_00, value_on=date(2028, 4, 26)).paid
    assert (paid.penalty, paid.principal, paid.left) == (155_00, 345_00, 655_00)
    assert office.of(charge, date(2029, 1, 1)).accrued == 0
    assert office.ledger["penalty:TSC"] == -155_00


def test_money_that_bounces_leaves_it_written_off(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 7, 1))
    office.write_off(charge)
    before = dict(office.ledger)
    office.on(date(2028, 5, 3))
    office.pay([charge], 300_00, 400_00)
    first, second = sorted(office.payments)
    office.on(date(2028, 5, 20))
    office.return_tender(second)
    assert office.of(charge).written_off == 1_155_00 - 300_00
    office.return_tender(first)
    assert office.of(charge).written_off == 1_155_00
    assert {code: amount for code, amount in office.ledger.items() if amount} == {
        code: amount for code, amount in before.items() if amount
    }


def test_what_was_written_off_is_paid_by_nobodys_waiting_credit(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 7, 1))
    office.write_off(charge)
    office.pay([], 300_00)
    assert office.credit() == 300_00
    assert office.of(charge).written_off == 1_155_00


def test_a_waiting_credit_pays_what_is_owed_and_not_what_was_written_off_beside_it(office: Office) -> None:
    charge = office.bill((date(2027, 3, 31), 1_000_00), penalties=[]).charges[0]
    office.books.settle(charge, 400_00, office.today, decision=(9, "write_off"))
    office.settle_and_write()
    office.on(LATE)
    office.pay([], 800_00)
    assert (left(office, charge), office.credit()) == ([0], 200_00)
    assert office.of(charge).written_off == 400_00


def test_of_several_write_offs_the_latest_is_claimed_again_first_and_no_more_than_is_paid(
    office: Office,
) -> None:
    charge = office.bill((date(2027, 3, 31), 500_00), penalties=[]).charges[0]
    for amount in (300_00, 200_00):
        office.books.settle(charge, amount, office.today, decision=(9, "write_off"))
    office.settle_and_write()
    office.on(LATE)
    office.pay([charge], 150_00)
    bill = office.books.bills[charge.bill_id]
    assert [office.books.net(one) for one in bill.settlements if one.decision_id and not one.reverses] == [
        300_00, 50_00,
    ]  # fmt: skip
    office.pay([charge], 100_00)
    assert (left(office, charge), office.of(charge).written_off) == ([0], 250_00)


def test_the_smallest_amount_written_off_is_claimed_again_too(office: Office) -> None:
    charge = office.bill((date(2027, 3, 31), 1), penalties=[]).charges[0]
    office.on(LATE)
    office.write_off(charge)
    office.pay([charge], 1)
    assert (left(office, charge), office.of(charge).written_off) == ([0], 0)
    assert (office.ledger["receivable:TSC"], office.ledger["written_off:TSC"]) == (0, 0)


def test_what_is_saved_beside_what_was_written_off_is_not_paid_too(office: Office) -> None:
    # 1.00 came back and is owed again, 37.00 of 39.00 are written off; 5 % are saved, but no more than is owed.
    charge = office.bill((MAY_31, 39_00), rebates=[rebate("0.05", 12, 31, whole=True)]).charges[0]
    office.pay([charge], 1_00, 1_00)
    office.write_off(charge)
    office.return_tender(office.last_tender())
    assert (office.of(charge).rebate, office.of(charge).payable) == (1_00, 37_00)
    office.pay([charge], 37_00)
    assert (office.books.left(charge), office.of(charge).written_off, office.credit()) == (0, 0, 0)
    assert (office.ledger["receivable:TSC"], office.ledger["rebate:TSC"]) == (0, 1_00)


def test_while_money_that_bounces_stood_the_debt_stayed_written_off(office: Office) -> None:
    # 155.00 of penalty by 1 July; paid on 20 May with a cheque that bounces on 10 June, past a day of 5.00.
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 7, 1))
    office.write_off(charge)
    office.on(date(2028, 5, 20))
    office.pay([charge], 1_155_00)
    office.on(date(2028, 6, 10))
    office.return_tender(office.last_tender())
    found = office.of(charge)
    assert (found.left, found.penalty, found.accrued, found.written_off) == (0, 0, 0, 1_155_00)


def test_never_owed_after_all_though_written_off(office: Office) -> None:
    charge = office.bill((date(2027, 3, 31), 1_000_00), penalties=[]).charges[0]
    office.pay([charge], 200_00)
    office.on(date(2028, 2, 15))
    office.write_off(charge)
    # What was written off goes first: money is set free only beyond it.
    office.credit_note(charge, 700_00)
    assert (office.of(charge).written_off, office.credit()) == (100_00, 0)
    office.credit_note(charge, 300_00)
    assert (office.of(charge).written_off, office.credit()) == (0, 200_00)
    assert office.ledger["revenue:TSC"] == 0


# --- What decisions move ----------------------------------------------------------------------------------------------


def test_of_the_penalty_that_heirs_share_nothing_is_lost() -> None:
    # 200.00 with 30.00 of penalty, in three: 66.67, 66.67 and 66.66, each with 10.00 of the penalty.
    office = Office(accounts=(1, 2, 3, 4))
    bill = office.bill((MAY_31, 200_00))
    office.on(LATE)
    shares = {2: 66_67, 3: 66_67, 4: 66_66}
    move_debt(office.books, bill.charges[0], shares, (9, "transfer"), penalty_too=True)
    office.settle_and_write()
    owed = {one.charge.account_id: (one.left, one.penalty) for one in standing(bill, LATE, LATE)}
    assert owed == {1: (0, 0), 2: (66_67, 10_00), 3: (66_67, 10_00), 4: (66_66, 10_00)}


def test_the_latest_money_is_moved_to_another_debt(office: Office) -> None:
    source = office.bill((MAY_31, 200_00)).charges[0]
    target = office.bill((MAY_31, 100_00)).charges[0]
    for day in (date(2027, 1, 10), date(2027, 2, 10)):
        office.on(day)
        office.pay([source], 100_00)
    office.reallocate(source, target, 100_00)
    assert [one.value_on for one in office.books.standing_settlements(target)] == [date(2027, 2, 10)]
    assert left(office, source, target) == [100_00, 0]


def test_what_money_had_saved_is_owed_again_where_it_is_moved_away(office: Office) -> None:
    source = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    target = office.bill((MAY_31, 950_00)).charges[0]
    office.pay([source], 950_00)
    assert left(office, source, target) == [0, 950_00]
    office.on(date(2027, 4, 5))
    office.reallocate(source, target, 950_00)
    assert left(office, source, target) == [1_000_00, 0]
    assert office.ledger["rebate:TSC"] == 0
