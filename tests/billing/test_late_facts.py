"""What follows when a fact comes late, worked by hand; and nothing more follows the second time."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from muniadmin.billing.facts import ChargeFact
from muniadmin.billing.late_facts import settle_up
from tests.billing.paper import CARTAGO, MOROCCO, Office, penalty_version

JAN_7, MAY_31 = date(2027, 1, 7), date(2027, 5, 31)


@pytest.fixture
def office() -> Office:
    """Two accounts, on 4 January 2027."""
    return Office()


def ensure_in_order(office: Office) -> None:
    """A second run adds nothing."""
    settle_up(office.books, office.books.accounts)
    assert not office.books.added


def by_source(office: Office, charge: ChargeFact) -> Counter[str]:
    """What settles a charge by now."""
    found: Counter[str] = Counter()
    for one in office.books.bills[charge.bill_id].settlements:
        if one.charge_id == charge.id:
            source = "tender" if one.tender_id else "credit" if one.credit_id else one.decision_kind
            found[source] += one.amount
    return +found


def test_penalty_booked_and_paid_then_a_bank_value_before_it(office: Office) -> None:
    # 4,000.00 due on 31 May. On 20 June 1,000.00: 600.00 penalty, 400.00 principal.
    charge = office.bill((MAY_31, 4_000_00)).charges[0]
    office.on(date(2027, 6, 20))
    office.pay([charge], 1_000_00)
    # On 12 July the bank's file: 2,000.00 counted on 31 May. 2,000 were late: 15 % = 300.00; the other 300.00 of the
    # penalty paid on 20 June are set free and pay principal as of that day: 4,000 - 400 - 2,000 - 300 = 1,300.00 left,
    # and 0.5 % of it since 1 July: 6.50.
    office.on(date(2027, 7, 12))
    office.pay([charge], 2_000_00, value_on=MAY_31)
    found = office.of(charge)
    assert (found.left, found.penalty, found.accrued) == (1_300_00, 0, 6_50)
    penalty = office.books.bills[charge.bill_id].charges[1]
    assert by_source(office, penalty) == {"tender": 300_00, "late_fact": 300_00}
    assert by_source(office, charge) == {"tender": 2_400_00, "credit": 300_00}
    assert office.credit() == 0
    assert office.ledger == {
        "receivable:TSC": 1_300_00, "revenue:TSC": -4_000_00, "penalty:TSC": -300_00, "money": 3_000_00,
    }  # fmt: skip
    # On 30 June, as known then: 3,600.00; as known now: 1,300.00, for all of it had been paid by 20 June.
    assert office.of(charge, date(2027, 6, 30), date(2027, 6, 30)).owed == 3_600_00
    assert office.of(charge, date(2027, 6, 30)).owed == 1_300_00
    ensure_in_order(office)


def test_of_two_penalties_each_is_corrected_by_what_it_was_booked_too_much(office: Office) -> None:
    # 4,000.00. On 20 June 600.00 of penalty are booked, on 5 July 20.00 more; 100.00 are paid each time. Then 2,000.00
    # are found to count on the due day: half of each penalty was right.
    charge = office.bill((MAY_31, 4_000_00)).charges[0]
    for day in (date(2027, 6, 20), date(2027, 7, 5)):
        office.on(day)
        office.pay([charge], 100_00)
    office.on(date(2027, 7, 12))
    office.pay([charge], 2_000_00, value_on=MAY_31)
    penalties = office.books.bills[charge.bill_id].charges[1:]
    assert [by_source(office, one)["late_fact"] for one in penalties] == [300_00, 10_00]
    found = office.of(charge)
    assert (found.left, found.penalty, found.accrued) == (2_000_00, 110_00, 0)
    ensure_in_order(office)


def test_a_stub_of_a_debt_that_was_paid_meanwhile(office: Office) -> None:
    # 100.00 due on 7 January. On 10 January 115.00 at the desk, 15.00 of it penalty. On 15 January a stub of 5 January.
    charge = office.bill((JAN_7, 100_00)).charges[0]
    office.on(date(2027, 1, 10))
    office.pay([charge], 115_00)
    desk = office.last_tender()
    office.on(date(2027, 1, 15))
    office.pay([], 100_00, value_on=date(2027, 1, 5))
    stub = office.last_tender()
    # The stub's money takes the desk's place, nothing was late, and the desk's 115.00 are held as of 10 January.
    assert office.of(charge).owed == 0
    assert office.credit() == 115_00
    assert {lot.value_on for lot in office.books.free_lots(1)} == {date(2027, 1, 10)}
    assert {lot.tender_id for lot in office.books.free_lots(1)} == {desk}
    bill = office.books.bills[charge.bill_id]
    kept = [one for one in bill.settlements if office.books.net(one) > 0 and one.credit_id is not None]
    assert [office.books.credits[one.credit_id or 0].tender_id for one in kept] == [stub]
    assert by_source(office, bill.charges[1]) == {"late_fact": 15_00}
    assert office.ledger["penalty:TSC"] == 0
    ensure_in_order(office)


def test_a_credit_note_after_a_late_payment(office: Office) -> None:
    # 1,000.00 due on 31 May, paid on 20 June with 150.00. On 1 September 300.00 are found never owed: 105.00 of penalty
    # was right, and 300.00 + 45.00 are theirs.
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 6, 20))
    office.pay([charge], 1_150_00)
    office.on(date(2027, 9, 1))
    office.credit_note(charge, 300_00)
    # What was never owed counts from the debt's own day, whenever it was found.
    bill = office.books.bills[charge.bill_id]
    assert [(one.decision_kind, one.value_on) for one in bill.settlements if one.decision_id] == [
        ("credit_note", charge.value_on), ("late_fact", date(2027, 6, 20)),
    ]  # fmt: skip
    assert office.credit() == 345_00
    assert office.ledger == {
        "receivable:TSC": 0, "revenue:TSC": -700_00, "penalty:TSC": -105_00, "credit": -345_00, "money": 1_150_00,
    }  # fmt: skip
    ensure_in_order(office)


def test_a_decree_moves_the_due_day_of_what_was_paid_with_penalty(office: Office) -> None:
    charge = office.bill((date(2027, 3, 31), 100_00)).charges[0]
    office.on(date(2027, 4, 5))
    office.pay([charge], 115_00)
    office.on(date(2027, 4, 10))
    office.postpone(charge, date(2027, 6, 30))
    assert (office.of(charge).owed, office.credit()) == (0, 15_00)
    ensure_in_order(office)


def test_a_bounced_cheque_leaves_the_penalty_since_the_due_day(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 5, 20))
    office.pay([charge], 1_000_00)
    office.on(date(2027, 7, 3))
    office.return_tender(office.last_tender())
    assert (office.of(charge).left, office.of(charge).accrued) == (1_000_00, 155_00)
    ensure_in_order(office)


def test_earlier_money_takes_the_place_of_later_money_only_where_that_was_late(office: Office) -> None:
    charge = office.bill((MAY_31, 100_00)).charges[0]
    office.on(date(2027, 3, 1))
    office.pay([charge], 100_00)
    first = office.last_tender()
    office.on(date(2027, 3, 20))
    office.pay([], 100_00, value_on=date(2027, 2, 1))
    bill = office.books.bills[charge.bill_id]
    assert [one.tender_id for one in bill.settlements] == [first]
    assert office.credit() == 100_00


def test_freed_money_pays_its_own_bill_first_then_the_oldest_due(office: Office) -> None:
    older = office.bill((date(2027, 2, 28), 500_00), penalties=[]).charges[0]
    charge = office.bill((MAY_31, 4_000_00)).charges[0]
    office.on(date(2027, 6, 20))
    office.pay([charge], 1_000_00)
    office.on(date(2027, 7, 12))
    office.pay([charge], 2_000_00, value_on=MAY_31)
    assert (office.of(charge).left, office.of(older).left) == (1_300_00, 500_00)


def test_a_credit_set_free_pays_its_own_bill_first_too(office: Office) -> None:
    # As above, but what was paid on 20 June had been an advance; the other bill came later and was due before.
    charge = office.bill((MAY_31, 4_000_00)).charges[0]
    office.on(date(2027, 6, 20))
    office.pay([], 1_000_00)
    office.on(date(2027, 6, 25))
    older = office.bill((date(2027, 2, 28), 500_00), penalties=[]).charges[0]
    office.on(date(2027, 7, 12))
    office.pay([charge], 2_000_00, value_on=MAY_31)
    assert (office.of(charge).left, office.of(older).left) == (1_300_00, 500_00)


def test_what_is_held_waits_until_the_due_day(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.pay([], 400_00)
    office.on(date(2027, 5, 30))
    office.settle_and_write()
    assert (office.of(charge).left, office.credit()) == (1_000_00, 400_00)
    office.on(MAY_31)
    office.settle_and_write()
    assert (office.of(charge).left, office.credit()) == (600_00, 0)


def test_what_is_held_pays_a_late_debt_whole_and_the_rest_waits(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 6, 20))
    office.pay([charge], 50_00)
    office.pay([], 2_000_00)
    assert (office.of(charge).owed, office.credit()) == (0, 900_00)


def test_of_what_is_held_the_earliest_money_pays_first(office: Office) -> None:
    office.on(date(2027, 1, 10))
    office.pay([], 100_00)
    office.on(date(2027, 1, 12))
    office.pay([], 100_00, value_on=date(2027, 1, 5))
    office.bill((MAY_31, 100_00))
    assert [lot.value_on for lot in office.books.free_lots(1)] == [date(2027, 1, 10)]


def test_of_one_bill_each_account_pays_its_own_part(office: Office) -> None:
    # 400.00 of 1,000.00 are another's by now.
    charge = office.bill((date(2027, 2, 28), 1_000_00), penalties=[]).charges[0]
    office.books.settle(charge, 400_00, office.today, decision=(9, "transfer"))
    office.books.add_charge(replace(charge, account_id=2, amount=400_00, against="transfer"))
    office.settle_and_write()
    office.on(date(2027, 3, 20))
    office.pay([], 1_000_00)
    mine, anothers = office.books.bills[charge.bill_id].charges
    assert (office.of(mine).left, office.of(anothers).left, office.credit()) == (0, 400_00, 400_00)
    office.pay([], 1_000_00, rest=2)
    assert (office.of(anothers).left, office.credit(1), office.credit(2)) == (0, 400_00, 600_00)


def test_penalty_that_moved_to_another_stays_there(office: Office) -> None:
    # 150.00 of penalty are moved to an heir; then the debt turns out to be due later, and none of it had arisen. It is
    # not taken off the heir's debt, nor off the first account's a second time.
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 6, 20))
    penalty = office.books.book_penalty(charge, 150_00, office.today, "")
    office.books.settle(penalty, 150_00, office.today, decision=(9, "transfer"))
    office.books.add_charge(
        replace(penalty, account_id=2, against="transfer", on_charge=None, accrued_to=None)
    )
    office.settle_and_write()
    office.on(date(2027, 6, 25))
    office.postpone(charge, date(2027, 7, 31))
    _principal, first, moved = office.books.bills[charge.bill_id].charges
    assert (office.books.left(first), office.books.left(moved)) == (0, 150_00)
    assert office.ledger["penalty:TSC"] == -150_00


def test_penalty_paid_late_is_not_paid_again_with_earlier_money(office: Office) -> None:
    # 150.00 of penalty booked on 20 June; all is paid by 5 July. Then 2,000.00 are found to count on 25 June: they take
    # the place of what paid the debt late; what paid its penalty stays.
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 6, 20))
    office.pay([charge], 50_00)
    office.on(date(2027, 7, 5))
    office.pay([charge], 1_105_00)
    office.on(date(2027, 7, 12))
    office.pay([], 2_000_00, value_on=date(2027, 6, 25))
    bill = office.books.bills[charge.bill_id]
    assert by_source(office, charge) == {"credit": 1_000_00}
    assert [by_source(office, one) for one in bill.charges[1:]] == [{"tender": 150_00}, {"late_fact": 5_00}]
    assert office.credit() == 2_005_00
    ensure_in_order(office)


def test_earlier_money_takes_no_place_on_a_day_on_which_it_could_not_pay_yet(office: Office) -> None:
    # Issued after its due day and paid on the day of its issue: money of the day before can do no better.
    charge = office.bill((date(2027, 1, 1), 100_00), penalties=[]).charges[0]
    office.pay([charge], 100_00)
    first = office.last_tender()
    office.on(date(2027, 1, 8))
    office.pay([], 100_00, value_on=date(2027, 1, 3))
    assert [one.tender_id for one in office.books.bills[charge.bill_id].settlements] == [first]
    assert office.credit() == 100_00


def test_earlier_money_pays_nothing_that_was_written_off(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 7, 1))
    office.write_off(charge)
    office.on(date(2027, 7, 5))
    office.pay([], 300_00, value_on=date(2027, 6, 20))
    assert by_source(office, charge) == {"write_off": 1_000_00}
    assert office.credit() == 300_00


def test_the_penalty_of_a_settled_principal_is_booked_for_the_day_of_its_last_payment(office: Office) -> None:
    # It rested when 400.00 were paid on 20 June and 600.00 on 10 July. As if it never had: 150.00 and, on 1 July, 0.5 %
    # of 600.00.
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    rest = office.suspend(charge, office.today)
    office.on(date(2027, 6, 20))
    office.pay([charge], 400_00)
    office.on(date(2027, 7, 10))
    office.pay([charge], 600_00)
    office.on(date(2027, 8, 1))
    office.end(rest, date(2027, 8, 1), as_if_never=True)
    penalty = office.books.bills[charge.bill_id].charges[1]
    assert (penalty.amount, penalty.accrued_to, penalty.booked_on) == (
        153_00,
        date(2027, 7, 10),
        office.today,
    )
    ensure_in_order(office)


def test_penalty_is_of_the_moneys_day_whenever_it_is_booked(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 7, 12))
    office.pay([charge], 100_00, value_on=date(2027, 6, 20))
    penalty = office.books.bills[charge.bill_id].charges[1]
    assert penalty.amount == 150_00
    assert penalty.booked_on == office.today
    assert {penalty.due_on, penalty.value_on, penalty.accrued_to} == {date(2027, 6, 20)}


def test_of_what_was_never_owed_the_latest_money_is_set_free(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.pay([charge], 500_00)
    office.on(date(2027, 2, 1))
    office.pay([charge], 500_00)
    office.credit_note(charge, 300_00)
    assert [(lot.value_on, lot.amount) for lot in office.books.free_lots(1)] == [(date(2027, 2, 1), 300_00)]


def test_what_came_back_is_not_set_free_once_more(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.pay([charge], 1_000_00)
    office.return_tender(office.last_tender())
    office.pay([charge], 1_000_00)
    second = office.last_tender()
    office.credit_note(charge, 300_00)
    assert [(lot.tender_id, lot.amount) for lot in office.books.free_lots(1)] == [(second, 300_00)]


def test_penalty_demanded_before_earlier_money_came_is_not_paid_with_it(office: Office) -> None:
    # A formal demand of 20 June books the days since: 15 % a year on 36,500.00 = 15.00 a day: 20 days = 300.00. Then
    # the bank says that 20,000.00 counted on 10 June: by then 10 days = 150.00 had accrued; on what is left,
    # 16,650.00, ten days more are 16,650 x 15 % x 10 / 365 = 68.42.
    charge = office.bill((MAY_31, 36_500_00), penalties=[penalty_version(CARTAGO)]).charges[0]
    office.on(date(2027, 6, 20))
    office.books.book_penalty(charge, 300_00, office.today, "formal demand")
    office.settle_and_write()
    office.on(date(2027, 6, 25))
    office.pay([charge], 20_000_00, value_on=date(2027, 6, 10))
    found = office.of(charge, date(2027, 6, 20))
    assert (found.left, found.penalty, found.accrued) == (16_650_00, 68_42, 0)
    assert office.ledger["penalty:TSC"] == -(150_00 + 68_42)
    ensure_in_order(office)


def test_a_settled_principal_has_its_penalty_booked_though_it_came_to_light_later(office: Office) -> None:
    # It rested when it was paid; the suspension is ended as though it had never been: 15 % and a month's half percent.
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    rest = office.suspend(charge, office.today)
    office.on(date(2027, 7, 10))
    office.pay([charge], 1_000_00)
    assert office.of(charge).owed == 0
    office.on(date(2027, 8, 1))
    office.end(rest, date(2027, 8, 1), as_if_never=True)
    found = office.of(charge)
    assert (found.left, found.penalty, found.accrued) == (0, 155_00, 0)
    ensure_in_order(office)


def test_a_law_for_what_accrues_frees_what_was_paid_too_much(office: Office) -> None:
    charge = office.bill((MAY_31, 3_600_00)).charges[0]
    office.on(date(2027, 8, 5))
    office.pay([charge], 3_600_00 + 540_00 + 36_00)
    office.on(date(2027, 8, 10))
    office.books.bills[charge.bill_id].penalties = [
        penalty_version(MOROCCO),
        penalty_version(
            {**MOROCCO, "month": "0.004"}, date(2027, 7, 15), counts="accrues", booked_on=office.today
        ),
    ]
    office.settle_and_write()
    assert office.credit() == 3_60
    ensure_in_order(office)


def test_money_of_one_account_pays_no_other(office: Office) -> None:
    charge = office.bill((MAY_31, 100_00), account=2).charges[0]
    office.on(date(2027, 7, 1))
    office.pay([], 500_00, rest=1)
    assert (office.of(charge).left, office.credit(1), office.credit(2)) == (100_00, 500_00, 0)


def test_money_of_the_due_day_gives_way_to_none(office: Office) -> None:
    charge = office.bill((MAY_31, 300_00)).charges[0]
    office.on(MAY_31)
    office.pay([charge], 300_00)
    office.on(date(2027, 6, 10))
    office.pay([], 300_00, value_on=date(2027, 5, 20))
    assert by_source(office, charge) == {"tender": 300_00}
    assert [lot.value_on for lot in office.books.free_lots(1)] == [date(2027, 5, 20)]
    ensure_in_order(office)


def test_of_late_money_the_latest_gives_way(office: Office) -> None:
    charge = office.bill((MAY_31, 600_00), penalties=[]).charges[0]
    for day in (date(2027, 6, 10), date(2027, 7, 10)):
        office.on(day)
        office.pay([charge], 300_00)
    office.on(date(2027, 7, 20))
    office.pay([], 300_00, value_on=date(2027, 5, 20))
    # What came on 10 June still pays, as itself and not as a credit.
    assert by_source(office, charge) == {"tender": 300_00, "credit": 300_00}
    assert [lot.value_on for lot in office.books.free_lots(1)] == [date(2027, 7, 10)]
    ensure_in_order(office)


# --- earlier money that was given for a debt --------------------------------------------------------------------


def test_money_given_for_a_debt_pays_that_debt_first(office: Office) -> None:
    # Three bills of 31 May, paid on 28 September with 15 % and 0.5 % for July, August and September: 16.5 %. A stub of
    # 20 June names the last: 724.50 and the 15 % that had arisen by then, 833.18.
    bills = [office.bill((MAY_31, amount)) for amount in (150_00, 190_00, 724_50)]
    office.on(date(2027, 9, 28))
    for bill, amount in zip(bills, (174_75, 221_35, 844_04), strict=True):
        office.pay(bill.charges[:1], amount)
    later = office.last_tender()
    office.on(date(2027, 10, 5))
    spread = office.pay(bills[2].charges[:1], 833_18, value_on=date(2027, 6, 20))
    stub = office.last_tender()
    (line,) = spread.paid
    assert (line.bill.number, line.principal, line.penalty, line.left) == (bills[2].number, 724_50, 108_68, 0)
    assert spread.credit == 0
    # All that had paid it is free, with its own day; what paid the other bills stays.
    assert [(lot.tender_id, lot.value_on) for lot in office.books.free_lots(1)] == [
        (later, date(2027, 9, 28))
    ] * 3
    assert office.credit() == 844_04
    assert all(by_source(office, one) == {"tender": one.amount} for bill in bills[:2] for one in bill.charges)
    own = [one for one in office.books.bills[bills[2].id].settlements if one.tender_id == stub]
    assert {one.value_on for one in own} == {date(2027, 6, 20), date(2027, 9, 28)}
    ensure_in_order(office)


def test_money_given_for_a_debt_pays_what_is_open_of_it_first(office: Office) -> None:
    # 1,000.00 and 165.00 of penalty by 28 September, when 500.00 come: 335.00 of the principal are paid. A stub of 20
    # June brings 1,150.00, all that was owed on that day.
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 9, 28))
    office.pay([charge], 500_00)
    office.on(date(2027, 10, 5))
    spread = office.pay([charge], 1_150_00, value_on=date(2027, 6, 20))
    (line,) = spread.paid
    assert (line.principal, line.penalty, line.left) == (1_000_00, 150_00, 0)
    assert (office.of(charge).owed, office.credit()) == (0, 500_00)
    ensure_in_order(office)


def test_of_several_debts_it_was_given_for_the_first_comes_first(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00), (date(2027, 6, 30), 100_00))
    office.on(date(2027, 9, 28))
    office.pay(bill.charges[:2], 500_00)
    office.on(date(2027, 10, 5))
    first, second = bill.charges[:2]
    spread = office.pay([second, first], 150_00, value_on=MAY_31)
    assert [(one.charge.id, one.money) for one in spread.paid] == [(second.id, 100_00), (first.id, 50_00)]
    ensure_in_order(office)


def test_penalty_that_arose_after_its_day_is_not_paid_by_earlier_money(office: Office) -> None:
    # 400.00 of 1,000.00 were waived on 20 July; 600.00 paid on 28 September with 15 % and 0.5 % in July of 1,000.00 and
    # 0.5 % in August and September of 600.00. With 600.00 of 20 June there is 0.5 % of 400.00 on 1 July, 2.00, which
    # the later money still pays.
    charge = office.bill((MAY_31, 1_000_00)).charges[0]
    office.on(date(2027, 7, 20))
    office.books.settle(charge, 400_00, office.today, decision=(9, "waiver"))
    office.settle_and_write()
    office.on(date(2027, 9, 28))
    office.pay([charge], 600_00 + 161_00)
    office.on(date(2027, 10, 5))
    spread = office.pay([charge], 2_000_00, value_on=date(2027, 6, 20))
    (line,) = spread.paid
    assert (line.principal, line.penalty) == (600_00, 150_00)
    assert office.credit() == 2_000_00 - 750_00 + 759_00
    ensure_in_order(office)
