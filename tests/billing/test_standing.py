"""Where a debt stands: what rests, is offered, is postponed, is saved by early payment; on any day, as known on any."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.billing.facts import NEVER_OWED, ChargeFact, SuspensionFact
from muniadmin.billing.late_facts import take_off
from muniadmin.billing.rules import state_of
from muniadmin.billing.standing import standing
from tests.billing.paper import CARTAGO, MOROCCO, Office, offer, penalty_version, rebate

MAY_31 = date(2027, 5, 31)


@pytest.fixture
def office() -> Office:
    """Two accounts, on 4 January 2027."""
    return Office()


def one(office: Office, amount: int = 4_000_00, due_on: date = MAY_31) -> ChargeFact:
    """The only instalment of a new bill."""
    return office.bill((due_on, amount)).charges[0]


# --- Day by day -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "left", "due_on", "word"),
    [
        (100, 0, date(2027, 1, 1), "settled"),
        (100, 100, date(2027, 1, 1), "overdue"),
        (100, 40, date(2027, 1, 1), "overdue"),
        (100, 40, date(2027, 1, 2), "due_today"),
        (100, 40, date(2027, 1, 3), "partly_paid"),
        (100, 100, date(2027, 1, 3), "not_due"),
    ],
)
def test_the_word_for_a_debts_state(amount: int, left: int, due_on: date, word: str) -> None:
    assert state_of(amount, left, due_on, date(2027, 1, 2)) == word


def test_a_part_payment_on_an_odd_day(office: Office) -> None:
    charge = one(office)
    assert office.of(charge, date(2027, 5, 31)).owed == 4_000_00
    assert office.of(charge, date(2027, 6, 30)).owed == 4_600_00
    assert office.of(charge, date(2027, 7, 1)).owed == 4_620_00
    office.on(date(2027, 6, 20))
    office.pay([charge], 1_000_00)
    # 600.00 of penalty first, then 400.00 of principal; from July on 0.5 % of 3,600.00 = 18.00 each month begun.
    assert office.of(charge, date(2027, 6, 30)).owed == 3_600_00
    assert office.of(charge, date(2027, 7, 1)).owed == 3_618_00
    august = office.of(charge, date(2027, 8, 5))
    assert (august.left, august.penalty, august.accrued) == (3_600_00, 0, 36_00)


def test_as_known_before_and_after(office: Office) -> None:
    charge = one(office)
    office.on(date(2027, 7, 12))
    office.pay([charge], 2_000_00, value_on=MAY_31)
    june, before, after = date(2027, 6, 30), date(2027, 7, 11), date(2027, 7, 12)
    # On 30 June 4,600.00 as anybody knew then; as known since 12 July, 2,000.00 had come in time: 2,000 + 15 %.
    assert office.of(charge, june, before).owed == 4_600_00
    assert office.of(charge, june, after).owed == 2_300_00


def test_a_bill_is_not_known_before_it_was_issued(office: Office) -> None:
    charge = one(office)
    bill = office.books.bills[charge.bill_id]
    assert standing(bill, MAY_31, office.today - timedelta(days=1)) == []
    assert [each.owed for each in standing(bill, MAY_31, office.today)] == [4_000_00]


def test_penalty_booked_later_and_waived_takes_nothing_off_an_earlier_days(office: Office) -> None:
    # 1,000.00: 150.00 of penalty booked by 20 June, of which 50.00 are paid; 5.00 more by 5 July, which are waived.
    charge = one(office, 1_000_00)
    office.on(date(2027, 6, 20))
    office.pay([charge], 50_00)
    office.on(date(2027, 7, 5))
    later = office.books.book_penalty(charge, 5_00, office.today, "formal demand")
    office.books.settle(later, 5_00, office.today, decision=(9, "waiver"))
    office.settle_and_write()
    assert office.of(charge, date(2027, 6, 20)).penalty == 100_00
    assert (office.of(charge).penalty, office.of(charge).accrued) == (100_00, 0)


def test_two_instalments_each_with_its_own_clock(office: Office) -> None:
    bill = office.bill((date(2027, 6, 30), 25_000_00), (date(2027, 9, 30), 25_000_00),
                       penalties=[penalty_version(CARTAGO)])  # fmt: skip
    # Worked in test_accrual: 1,273.97 and 328.77.
    assert [office.of(charge, date(2027, 11, 1)).accrued for charge in bill.charges] == [1_273_97, 328_77]


# --- What rests -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("as_if_never", "penalty"), [(False, 77_00), (True, 80_00)])
def test_a_part_is_contested(office: Office, penalty: int, *, as_if_never: bool) -> None:
    # 500.00 due on 31 May. 1 June: 15 % = 75.00. 300.00 contested on 10 June, refused on 20 August. 0.5 % on 1 July and
    # on 1 August of 200.00: 1.00 each: 77.00; as if it had never rested of 500.00: 2.50 each: 80.00.
    charge = one(office, 500_00)
    office.on(date(2027, 6, 10))
    rest = office.suspend(charge, date(2027, 6, 10), 300_00)
    office.on(date(2027, 8, 19))
    assert office.of(charge).suspended == 300_00
    assert office.of(charge).accrued == 77_00
    office.on(date(2027, 8, 20))
    office.end(rest, date(2027, 8, 20), as_if_never=as_if_never)
    assert office.of(charge).suspended == 0
    assert office.of(charge).accrued == penalty
    # Nobody knew of the end the day before.
    assert office.of(charge, date(2027, 8, 20), date(2027, 8, 19)).accrued == 77_00
    # From then on it runs on all of it.
    assert office.of(charge, date(2027, 9, 1)).accrued == penalty + 2_50


def test_what_arises_on_the_days_of_a_suspension_is_left_out_to_the_day(office: Office) -> None:
    # 1,000.00; 15 % on 1 June. It rests from 1 July on, a day of 5.00, until 1 August, another.
    charge = one(office, 1_000_00)
    office.on(date(2027, 6, 20))
    rest = office.suspend(charge, date(2027, 7, 1))
    office.on(date(2027, 7, 10))
    office.end(rest, date(2027, 8, 1), as_if_never=False)
    days = [date(2027, 6, 30), date(2027, 7, 1), date(2027, 7, 31), date(2027, 8, 1), date(2027, 9, 1)]
    assert [office.of(charge, day).suspended for day in days] == [0, 1_000_00, 1_000_00, 0, 0]
    assert [office.of(charge, day).accrued for day in days] == [150_00, 150_00, 150_00, 155_00, 160_00]


def test_nobody_knew_of_a_suspension_before_it_was_booked(office: Office) -> None:
    charge = one(office, 1_000_00)
    office.on(date(2027, 7, 20))
    office.suspend(charge, date(2027, 6, 10))
    found = office.of(charge, date(2027, 7, 20), date(2027, 7, 19))
    assert (found.suspended, found.accrued) == (0, 155_00)
    assert (office.of(charge).suspended, office.of(charge).accrued) == (1_000_00, 150_00)


def test_an_end_known_later_was_no_end_before(office: Office) -> None:
    charge = one(office, 1_000_00)
    office.on(date(2027, 6, 10))
    rest = office.suspend(charge, date(2027, 6, 10))
    office.on(date(2027, 7, 20))
    office.end(rest, date(2027, 7, 20), as_if_never=True)
    # As if it had never rested, says whoever looks back; on 19 July it rested, whatever came of it.
    assert office.of(charge, date(2027, 7, 19)).accrued == 155_00
    assert office.of(charge, date(2027, 7, 19), date(2027, 7, 19)).accrued == 150_00


@pytest.mark.parametrize("ends_on", [date(2027, 6, 20), date(2027, 8, 20)])
def test_silence_or_an_end_whichever_comes_first(office: Office, ends_on: date) -> None:
    charge = one(office, 500_00)
    silence_on = date(2027, 7, 20)
    office.books.bills[charge.bill_id].suspensions.append(
        SuspensionFact(1, charge.id, None, office.today, silence_on, stops_accrual=True,
                       booked_on=office.today, ends_on=ends_on, end_booked_on=office.today)
    )  # fmt: skip
    last = min(silence_on, ends_on)
    assert office.of(charge, last - timedelta(days=1)).suspended == 500_00
    assert office.of(charge, last).suspended == 0


def test_paying_a_part_of_what_rests_earns_no_penalty_back(office: Office) -> None:
    # 500.00, of which 300.00 rest since 10 June: 400.00 and the 75.00 of penalty come on 15 June, so that only 100.00
    # of what rests are left. Nothing accrues on them, and nothing is taken off either.
    charge = one(office, 500_00)
    office.on(date(2027, 6, 10))
    rest = office.suspend(charge, date(2027, 6, 10), 300_00)
    office.on(date(2027, 6, 15))
    office.pay([charge], 475_00)
    office.on(date(2027, 9, 15))
    found = office.of(charge)
    assert (found.left, found.penalty, found.accrued, found.suspended) == (100_00, 0, 0, 100_00)
    # From its end on it runs: 0.5 % on 1 October.
    office.end(rest, office.today, as_if_never=False)
    assert office.of(charge, date(2027, 9, 30)).accrued == 0
    assert office.of(charge, date(2027, 10, 1)).accrued == 50
    assert office.ledger["penalty:TSC"] == -75_00


def test_what_rests_before_its_due_day_is_not_late(office: Office) -> None:
    charge = one(office, 500_00)
    office.on(date(2027, 5, 20))
    rest = office.suspend(charge, date(2027, 5, 20))
    assert office.of(charge, date(2027, 7, 15)).owed == 500_00
    office.on(date(2027, 7, 15))
    office.end(rest, date(2027, 7, 15), as_if_never=False)
    # The first late day has gone by: only the months begun from then on count, August's.
    assert office.of(charge, date(2027, 7, 31)).accrued == 0
    assert office.of(charge, date(2027, 8, 1)).accrued == 2_50


def test_silence_ends_a_suspension_by_itself(office: Office) -> None:
    charge = one(office, 500_00)
    bill = office.books.bills[charge.bill_id]
    # Stops the demand, not the penalty, until silence is a refusal.
    bill.suspensions.append(
        SuspensionFact(1, charge.id, None, date(2027, 3, 20), date(2027, 7, 20), stops_accrual=False,
                       booked_on=office.today)
    )  # fmt: skip
    assert office.of(charge, date(2027, 7, 19)).suspended == 500_00
    assert office.of(charge, date(2027, 7, 20)).suspended == 0
    assert office.of(charge, date(2027, 7, 20)).accrued == 77_50


def test_a_suspension_of_a_bill_is_of_each_principal_and_no_more_than_is_left(office: Office) -> None:
    bill = office.bill((MAY_31, 100_00), (date(2027, 6, 30), 200_00))
    bill.suspensions.append(
        SuspensionFact(1, None, None, office.today, None, stops_accrual=True, booked_on=office.today)
    )
    office.pay([bill.charges[0]], 60_00)
    assert [office.of(charge).suspended for charge in bill.charges] == [40_00, 200_00]


# --- What is offered, postponed, saved ------------------------------------------------------------------------------


def test_two_offers_in_sequence(office: Office) -> None:
    # 60.00; 30.00 until 13 March. Challenged; the re-offer of 8 April counts until 21 April.
    bill = office.bill((date(2027, 4, 30), 60_00), offers=[offer(30_00, date(2027, 2, 1), date(2027, 3, 14))])
    charge = bill.charges[0]
    assert office.of(charge, date(2027, 3, 13)).owed == 30_00
    assert office.of(charge, date(2027, 3, 13)).rebate_until == date(2027, 3, 13)
    assert office.of(charge, date(2027, 3, 14)).owed == 60_00
    office.on(date(2027, 4, 8))
    bill.offers.append(offer(30_00, date(2027, 4, 8), date(2027, 4, 22), office.today))
    assert office.of(charge, date(2027, 4, 8)).owed == 30_00
    assert office.of(charge, date(2027, 4, 21)).owed == 30_00
    assert office.of(charge, date(2027, 4, 22)).owed == 60_00
    # On 12 April nobody offered anything, as known on 7 April.
    assert office.of(charge, date(2027, 4, 12), date(2027, 4, 7)).owed == 60_00


def test_of_two_offers_at_once_the_one_made_last_counts(office: Office) -> None:
    bill = office.bill((MAY_31, 60_00), offers=[
        offer(30_00, date(2027, 1, 1), date(2027, 3, 14)), offer(20_00, date(2027, 2, 1), date(2027, 3, 1)),
    ])  # fmt: skip
    days = [date(2027, 1, 31), date(2027, 2, 1), date(2027, 3, 1)]
    assert [office.of(bill.charges[0], day).owed for day in days] == [30_00, 20_00, 30_00]


def test_what_was_found_never_owed_pays_no_part_of_an_offer(office: Office) -> None:
    charge = office.bill((MAY_31, 60_00), offers=[offer(30_00, date(2027, 1, 1), date(2027, 3, 14))]).charges[
        0
    ]
    office.credit_note(charge, 10_00)
    assert office.of(charge).owed == 30_00
    assert office.of(charge, date(2027, 3, 14)).owed == 50_00


def test_what_was_paid_counts_towards_an_offer(office: Office) -> None:
    charge = office.bill((MAY_31, 60_00), offers=[offer(30_00, date(2027, 1, 1), date(2027, 3, 14))]).charges[
        0
    ]
    office.pay([charge], 12_00)
    assert office.of(charge).owed == 18_00
    assert office.of(charge, date(2027, 3, 14)).owed == 48_00


def test_an_offer_settles_a_bill_of_two_instalments_whole_or_not_at_all(office: Office) -> None:
    bill = office.bill((MAY_31, 30_00), (date(2027, 6, 30), 30_00),
                       offers=[offer(40_00, date(2027, 1, 1), date(2027, 3, 14))])  # fmt: skip
    office.pay(bill.charges, 1_00)
    assert sum(office.of(charge).left for charge in bill.charges) == 59_00
    office.pay(bill.charges, 39_00)
    assert sum(office.of(charge).left for charge in bill.charges) == 0


def test_one_instalment_alone_takes_no_offer_on_its_bill(office: Office) -> None:
    # Of the 20.00 that the offer saves all would be saved on the first: 10.00 of it are no 40.00 of the bill.
    bill = office.bill((MAY_31, 30_00), (date(2027, 6, 30), 30_00),
                       offers=[offer(40_00, date(2027, 1, 1), date(2027, 3, 14))])  # fmt: skip
    office.pay([bill.charges[0]], 10_00)
    assert [office.of(charge).left for charge in bill.charges] == [20_00, 30_00]


def test_a_later_due_day(office: Office) -> None:
    charge = one(office, 1_000_00, date(2027, 3, 31))
    office.on(date(2027, 4, 10))
    assert office.of(charge).accrued == 150_00
    office.postpone(charge, date(2027, 6, 30))
    assert office.of(charge).due_on == date(2027, 6, 30)
    assert office.of(charge, date(2027, 6, 30)).accrued == 0
    assert office.of(charge, date(2027, 7, 1)).accrued == 150_00
    assert office.of(charge, date(2027, 4, 9), date(2027, 4, 9)).accrued == 150_00
    # Of several the one given last, though it is earlier.
    office.on(date(2027, 4, 20))
    office.postpone(charge, date(2027, 5, 31))
    assert office.of(charge).due_on == date(2027, 5, 31)
    assert office.of(charge, known=date(2027, 4, 19)).due_on == date(2027, 6, 30)


def test_instalments_stand_in_the_order_of_their_days_as_postponed(office: Office) -> None:
    bill = office.bill((date(2027, 3, 31), 100_00), (date(2027, 6, 30), 100_00))
    first, second = bill.charges
    office.postpone(first, date(2027, 9, 30))
    found = standing(bill, office.today, office.today)
    assert [each.charge.part for each in found] == [second.part, first.part]


def test_a_rebate_is_a_share_of_what_was_owed_in_truth(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    office.credit_note(charge, 200_00)
    assert (office.of(charge).rebate, office.of(charge).owed) == (40_00, 760_00)


def test_a_rebate_on_the_whole(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    assert (office.of(charge).rebate, office.of(charge).rebate_until) == (50_00, date(2027, 3, 31))
    office.on(date(2027, 3, 20))
    office.pay([charge], 500_00)
    # The whole 50.00 are still to be had, by paying the other 450.00 in time.
    assert office.of(charge, date(2027, 3, 31)).owed == 450_00
    assert office.of(charge, date(2027, 4, 1)).owed == 500_00


def test_a_rebate_saves_no_more_than_is_left(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    office.on(date(2027, 4, 5))
    office.pay([charge], 980_00)
    found = office.of(charge, date(2027, 3, 31))
    assert (found.left, found.rebate, found.owed) == (20_00, 20_00, 0)


def test_a_rebate_of_a_later_law_is_for_later_bills(office: Office) -> None:
    rebates = [
        rebate("0.05", 3, 31, whole=True),
        replace(rebate("0.20", 4, 30, whole=True), since=date(2027, 2, 1)),
    ]
    charge = office.bill((MAY_31, 1_000_00), rebates=rebates).charges[0]
    office.on(date(2027, 2, 1))
    later = office.bill((MAY_31, 1_000_00), rebates=rebates).charges[0]
    assert (office.of(charge).rebate, office.of(charge).rebate_until) == (50_00, date(2027, 3, 31))
    assert (office.of(later).rebate, office.of(later).rebate_until) == (200_00, date(2027, 4, 30))


def test_a_later_due_day_leaves_the_rebates_day_alone(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=True)]).charges[0]
    office.postpone(charge, date(2028, 1, 31))
    assert office.of(charge).rebate_until == date(2027, 3, 31)
    assert office.of(charge, date(2027, 4, 1)).rebate == 0


def test_a_rebate_on_each_part(office: Office) -> None:
    charge = office.bill((MAY_31, 1_000_00), rebates=[rebate("0.05", 3, 31, whole=False)]).charges[0]
    office.pay([charge], 475_00)
    assert (office.of(charge).left, office.of(charge).owed) == (500_00, 475_00)
    office.on(date(2027, 4, 1))
    assert office.of(charge).owed == 500_00


# --- What was never owed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(NEVER_OWED))
def test_what_was_never_owed_bore_no_penalty_even_before_the_bill_was_issued(
    office: Office, kind: str
) -> None:
    # Issued five weeks after its due day: 15 % and a month's half percent, of 600.00 of the 1,000.00.
    charge = one(office, 1_000_00, date(2026, 11, 30))
    assert office.of(charge).accrued == 155_00
    take_off(office.books, charge, 400_00, (9, kind))
    office.settle_and_write()
    assert (office.of(charge).left, office.of(charge).accrued) == (600_00, 93_00)


# --- What is written off, taken over --------------------------------------------------------------------------------


def test_what_is_written_off_is_owed_no_more_but_may_be_paid(office: Office) -> None:
    charge = one(office, 1_000_00)
    office.on(date(2027, 7, 1))
    office.write_off(charge)
    found = office.of(charge, date(2028, 2, 1))
    # 15 % and one further month had accrued: 155.00; nothing more does.
    assert (found.left, found.penalty, found.accrued, found.owed) == (0, 0, 0, 0)
    assert (found.written_off, found.payable) == (1_155_00, 1_155_00)


def test_penalty_taken_over_stands_and_what_accrues_comes_on_top(office: Office) -> None:
    # 600.00 due on 31 May 2023 came into these books at the end of 2026 with 95.00 of penalty; each month begun: 3.00.
    charge = office.bill((date(2023, 5, 31), 600_00)).charges[0]
    bill = office.books.bills[charge.bill_id]
    cut_over = date(2026, 12, 31)
    taken_over = replace(charge, accrues_after=cut_over)
    bill.charges[0] = taken_over
    office.books.book_penalty(taken_over, 95_00, cut_over, "taken over")
    office.settle_and_write()
    found = office.of(taken_over, date(2027, 1, 31))
    assert (found.left, found.penalty, found.accrued) == (600_00, 95_00, 3_00)
    assert office.of(taken_over, date(2027, 2, 1)).accrued == 6_00


@given(st.integers(1, 10**13), st.integers(0, 900))
def test_owed_is_the_sum_of_its_parts(amount: int, days: int) -> None:
    office = Office()
    charge = office.bill((MAY_31, amount), penalties=[penalty_version(MOROCCO)]).charges[0]
    found = office.of(charge, date.fromordinal(MAY_31.toordinal() + days))
    assert found.owed == found.left + found.penalty + found.accrued - found.rebate
    assert found.booked == amount
