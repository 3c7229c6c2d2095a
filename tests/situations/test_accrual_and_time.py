"""Situations 1 to 14: penalties, value days, rules, late facts."""

from datetime import date

import pytest

from muniadmin.billing.commands import ChangePenaltyRule
from muniadmin.billing.decisions import postpone, waive
from muniadmin.billing.head_rules import change_penalty_rule
from muniadmin.billing.reads import OneBill
from muniadmin.collection.corrections import correct_value_day
from muniadmin.collection.errors import StubEntered
from muniadmin.kernel.errors import InvalidInput
from muniadmin.kernel.money import ZERO
from muniadmin.ledger.errors import BusinessDayNotOpened
from tests.builders import everything, money
from tests.situations.town import MOROCCO, WHY, Town

MAR_31, MAY_31, JUN_30 = date(2027, 3, 31), date(2027, 5, 31), date(2027, 6, 30)
SEP_30, DEC_31 = date(2027, 9, 30), date(2027, 12, 31)


def test_01_quarters_by_the_day(town: Town) -> None:
    town.head(penalty={"yearly": "0.15"})
    a = town.account("A")
    bill = town.bill(a, (MAR_31, "25000"), (JUN_30, "25000"), (SEP_30, "25000"), (DEC_31, "25000"))
    c1, c2, c3, c4 = bill.charge_ids
    town.on(2027, 8, 15)
    # 137 days on the first quarter, 46 on the second.
    assert town.books(lambda: town.cash([c1, c2], "30000")) == {
        "cash:3": "30000.00", "penalty:X": "-1880.13", "receivable:X": "-28119.87",
    }  # fmt: skip
    assert town.charges(bill)[4:] == [
        (town.charges(bill)[4][0], "penalty", "1407.53"), (town.charges(bill)[5][0], "penalty", "472.60"),
    ]  # fmt: skip
    assert town.settled(c2) == [("3119.87", "money", date(2027, 8, 15))]
    town.on(2027, 10, 10)
    assert town.owed(c2) == money("21880.13") + money("503.55")
    assert town.owed(c3) == money("25000") + money("102.74")
    assert town.at(c4).due_on > date(2027, 10, 10)
    assert town.owed(c2) + town.owed(c3) == money("47486.42")
    # The ledger's receivable and what has accrued are two columns.
    statement = town.statement(a)
    assert (statement.booked, statement.accrued) == (money("71880.13"), money("606.29"))
    assert town.ledger()["receivable:X"] == money("71880.13")


def test_02_a_part_payment_on_an_odd_day(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    bill = town.bill(a, (MAY_31, "4000"))
    (c,) = bill.charge_ids
    assert [town.owed(c, day) for day in (MAY_31, date(2027, 6, 1), JUN_30, date(2027, 7, 1))] == [
        money("4000"), money("4600"), money("4600"), money("4620"),
    ]  # fmt: skip
    town.on(2027, 6, 20)
    assert town.books(lambda: town.cash([c], "1000")) == {
        "cash:3": "1000.00", "penalty:X": "-600.00", "receivable:X": "-400.00",
    }  # fmt: skip
    assert [one[1:] for one in town.charges(bill)] == [("principal", "4000.00"), ("penalty", "600.00")]
    assert [town.owed(c, day) for day in (JUN_30, date(2027, 7, 1), date(2027, 8, 5))] == [
        money("3600"), money("3618"), money("3636"),
    ]  # fmt: skip


def test_03_the_law_changes_midway_and_is_entered_late(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a, b = town.account("A"), town.account("B")
    (c,) = town.bill(a, (MAY_31, "4000")).charge_ids
    (paid,) = town.bill(b, (MAY_31, "4000")).charge_ids
    town.on(2027, 6, 20)
    town.cash([c], "1000")
    town.cash([paid], "1000")
    aug_5 = town.on(2027, 8, 5)
    town.cash([paid], "3636")
    aug_10 = town.on(2027, 8, 10)

    order = ChangePenaltyRule(
        head_code="X", spec={**MOROCCO, "month": "0.004"}, since=date(2027, 7, 15), counts="accrues",
        document="Law 12-27",
    )  # fmt: skip

    def new_law() -> None:
        with town.order() as uow:
            change_penalty_rule(uow, order)

    # Who paid 36.00 gets 3.60 back as a credit.
    assert town.books(new_law) == {"credit": "-3.60", "penalty:X": "3.60"}
    assert town.credit(b) == money("3.60")
    assert town.at(c, aug_5, aug_5).accrued == 36_00
    assert town.at(c, aug_5, aug_10).accrued == 32_40


@pytest.mark.parametrize("whole", [True, False])
def test_04_a_rebate_partly_missed(town: Town, *, whole: bool) -> None:
    town.head()
    town.rule("rebate", {"rate": "0.05", "month": 3, "day": 31, "whole": whole})
    a = town.account("A")
    (c,) = town.bill(a, (MAY_31, "1000")).charge_ids
    town.on(2027, 3, 20)
    if not whole:
        # Each part: 475.00 settle 500.00.
        assert town.books(lambda: town.cash([c], "475")) == {
            "cash:3": "475.00", "rebate:X": "25.00", "receivable:X": "-500.00",
        }  # fmt: skip
        return
    town.cash([c], "500")
    town.on(2027, 3, 31)
    second = town.cheque([c], "450")
    assert town.settled(c) == [
        ("500.00", "money", date(2027, 3, 20)), ("450.00", "money", MAR_31), ("50.00", "rebate", MAR_31),
    ]  # fmt: skip
    # The rebate names the payment that occasioned it, and falls with its cheque.
    town.on(2027, 4, 12)
    assert town.books(lambda: town.return_tender(second)) == {
        "cheques": "-450.00", "rebate:X": "-50.00", "receivable:X": "500.00",
    }  # fmt: skip
    assert town.owed(c) == money("500")


def test_04_the_second_half_came_after_the_day(town: Town) -> None:
    town.head()
    town.rule("rebate", {"rate": "0.05", "month": 3, "day": 31, "whole": True})
    (c,) = town.bill(town.account("A"), (MAY_31, "1000")).charge_ids
    town.on(2027, 3, 20)
    town.cash([c], "500")
    town.on(2027, 4, 5)
    assert town.owed(c) == money("500")


def test_05_a_decree_moves_a_whole_rolls_due_day(town: Town) -> None:
    town.head(penalty=MOROCCO)
    bills = [town.bill(town.account(f"A{number}"), (MAR_31, "100")) for number in range(4)]
    town.on(2027, 4, 5)
    town.cash(bills[0].charge_ids, "115")
    town.cash(bills[1].charge_ids, "115")
    town.on(2027, 4, 10)
    charges = [charge_id for bill in bills for charge_id in bill.charge_ids]

    def decree() -> None:
        with town.order() as uow:
            postpone(uow, charges, JUN_30, WHY)

    assert town.books(decree) == {"credit": "-30.00", "penalty:X": "30.00"}
    penalty = town.charges(bills[0])[1][0]
    assert [one[:2] for one in town.settled(penalty)] == [
        ("15.00", "money"), ("-15.00", "money"), ("15.00", "late_fact"),
    ]  # fmt: skip
    # The two that were open are not late any more, in any list.
    assert town.owed(bills[2].charge_ids[0]) == money("100")
    assert {row[0] for row in town.rows("SELECT min(due_on) FROM charge_now WHERE closed_on IS NULL")} <= {
        JUN_30, JUN_30.isoformat(),
    }  # fmt: skip


def test_06_an_amnesty_falls_with_its_cheque(town: Town) -> None:
    town.head(penalty=MOROCCO)
    # Who pays the principal by 31 December is forgiven the penalty: principal is paid first.
    town.rule("allocation", {"order": "principal_first"})
    a = town.account("A")
    (c,) = town.bill(a, (SEP_30, "4000")).charge_ids
    town.on(2027, 12, 28)
    cheque = town.cheque([c], "4000")

    def amnesty() -> None:
        with town.order() as uow:
            # 15 % and two further months begun: 640.00.
            assert waive(uow, c, WHY, payment_id=cheque.payment_id) == money("640")

    assert town.books(amnesty) == {"receivable:X": "-640.00", "waived:X": "640.00"}
    assert town.owed(c) == ZERO
    town.on(2028, 1, 7)
    assert town.books(lambda: town.return_tender(cheque)) == {
        "cheques": "-4000.00", "receivable:X": "4640.00", "waived:X": "-640.00",
    }  # fmt: skip
    # And January's half percent has begun.
    assert town.owed(c) == money("4660")


def test_07_money_held_pays_a_bill_when_it_is_issued(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    jan_5 = town.on(2027, 1, 5)
    town.cash([], "300", rest=a)
    town.on(2027, 1, 10)
    (c,) = town.bill(a, (date(2027, 1, 31), "250")).charge_ids
    assert town.settled(c) == [("250.00", "credit", date(2027, 1, 10))]
    assert town.credit(a) == money("50")
    town.on(2027, 3, 20)
    assert town.owed(c) == ZERO
    assert jan_5 < date(2027, 1, 10)


def test_07_money_held_is_taken_off_what_a_bill_asks_once_it_is_due(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    town.on(2027, 1, 5)
    bill = town.bill(a, (date(2027, 1, 31), "1000"))
    town.cash([], "400", rest=a)
    town.on(2027, 2, 10)
    (asked,) = town.open(number=bill.number)
    shown = town.app.read(OneBill(bill_id=bill.bill_id), everything(town.app))
    # 15 % of the 600.00 that the money held does not pay: the office asks what the counter asks.
    assert (shown.accrued, shown.credit, shown.due) == (money("90"), money("400"), money("690"))
    assert (asked.accrued, asked.credit, asked.due) == (shown.accrued, shown.credit, shown.due)


def test_08_a_value_day_was_mistyped(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    (c,) = town.bill(a, (MAY_31, "1000")).charge_ids
    town.on(2027, 6, 15)
    # In truth it came on 10 June, ten days late; somebody typed 31 May.
    taken = town.bank([c], "1000", MAY_31, a)
    assert town.owed(c) == ZERO
    town.on(2027, 6, 20)

    def corrected() -> None:
        with town.order() as uow:
            correct_value_day(uow, town.tender(taken, "transfer"), date(2027, 6, 10), WHY)

    # 150.00 of penalty were owed and are paid first; 150.00 of principal are open again.
    assert town.books(corrected) == {"penalty:X": "-150.00", "receivable:X": "150.00"}
    assert town.settled(c) == [
        ("1000.00", "money", MAY_31), ("-1000.00", "money", MAY_31), ("850.00", "credit", date(2027, 6, 10)),
    ]  # fmt: skip
    assert town.owed(c) == money("150")
    # As known before, it had been paid in time; the receipt is as it was printed.
    assert town.owed(c, date(2027, 6, 15), date(2027, 6, 15)) == ZERO
    assert town.rows("SELECT count(*) FROM receipt") == [(1,)]
    # The whole transfer is still the same money: it goes back whole.
    town.return_tender(taken, "transfer")
    assert town.credit(a) == ZERO
    assert town.owed(c) == money("1150")


def test_08_the_other_way_round(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    (c,) = town.bill(a, (MAY_31, "1000")).charge_ids
    town.on(2027, 6, 15)
    taken = town.bank([c], "1150", date(2027, 6, 10), a)
    with town.order() as uow:
        correct_value_day(uow, town.tender(taken, "transfer"), MAY_31, WHY)
    assert (town.owed(c), town.credit(a)) == (ZERO, money("150"))
    with pytest.raises(InvalidInput), town.order() as uow:
        correct_value_day(uow, town.tender(taken, "transfer"), date(2027, 6, 16), WHY)


def test_09_the_clock_stands_a_year_ahead_for_an_hour(town: Town) -> None:
    town.head()
    a = town.account("A")
    bill = town.bill(a, (DEC_31, "100"))
    right = town._clock.instant
    town._clock._instant = right.replace(year=2028)
    # Nobody opened that day: nothing is booked, no number is taken.
    with pytest.raises(BusinessDayNotOpened):
        town.cash(bill.charge_ids, "100")
    assert town.rows("SELECT count(*) FROM receipt") == [(0,)]
    town._clock._instant = right
    assert town.cash(bill.charge_ids, "100").receipt_number.startswith("3-2027-000001")


def test_10_a_bank_file_counts_in_a_month_that_was_closed(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    (c,) = town.bill(a, (MAR_31, "900")).charge_ids
    mar_31 = town.on(2027, 3, 31)
    closed = town.ledger()
    town.on(2027, 4, 6)
    town.cash([c], "35")  # On 1 April 135.00 of penalty arose.
    apr_12 = town.on(2027, 4, 12)
    town.bank([c], "900", date(2027, 3, 28), a)
    # The books of 31 March are what they were: everything is booked in April.
    ((receivable,),) = town.rows(
        "SELECT sum(p.amount) FROM posting p JOIN event e ON e.id = p.event_id "
        "WHERE p.account = 'receivable:X' AND e.booked_on <= '2027-03-31'"
    )
    assert int(receivable) == closed["receivable:X"].minor == 900_00
    # As known on 12 April there was nothing left on 31 March, and no penalty was right.
    assert (town.owed(c, mar_31, mar_31), town.owed(c, mar_31, apr_12)) == (money("900"), ZERO)
    assert town.credit(a) == money("35")
    assert "penalty:X" not in town.ledger()


def test_11_penalty_booked_and_paid_then_a_bank_value_before_it(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    bill = town.bill(a, (MAY_31, "4000"))
    (c,) = bill.charge_ids
    jun_20 = town.on(2027, 6, 20)
    town.cash([c], "1000")
    jul_12 = town.on(2027, 7, 12)
    assert town.books(lambda: town.bank([c], "2000", MAY_31, a)) == {
        "bank": "2000.00", "penalty:X": "300.00", "receivable:X": "-2300.00",
    }  # fmt: skip
    assert town.settled(c) == [
        ("400.00", "money", jun_20), ("2000.00", "money", MAY_31), ("300.00", "credit", jun_20),
    ]  # fmt: skip
    penalty = town.charges(bill)[1][0]
    assert town.settled(penalty) == [
        ("600.00", "money", jun_20), ("-300.00", "money", jun_20), ("300.00", "late_fact", jun_20),
    ]  # fmt: skip
    assert town.owed(c) == money("1300") + money("6.50")
    assert (town.owed(c, JUN_30, JUN_30), town.owed(c, JUN_30, jul_12)) == (money("3600"), money("1300"))
    assert town.credit(a) == ZERO


def test_12_a_stub_ten_days_late_of_a_debt_that_is_paid(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    bill = town.bill(a, (date(2027, 1, 7), "100"))
    (c,) = bill.charge_ids
    jan_10 = town.on(2027, 1, 10)
    town.cash([c], "115")
    town.on(2027, 1, 15)
    jan_5 = date(2027, 1, 5)
    assert town.books(lambda: town.stub([c], "100", jan_5)) == {
        "cash:91": "100.00", "credit": "-115.00", "penalty:X": "15.00",
    }  # fmt: skip
    assert town.settled(c) == [
        ("100.00", "money", jan_10),
        ("-100.00", "money", jan_10),
        ("100.00", "money", jan_5),
    ]
    penalty = town.charges(bill)[1][0]
    assert [one[:2] for one in town.settled(penalty)] == [
        ("15.00", "money"), ("-15.00", "money"), ("15.00", "late_fact"),
    ]  # fmt: skip
    assert (town.owed(c), town.credit(a)) == (ZERO, money("115"))
    # The receipt bears the number of the book, and the book's number is taken once.
    assert ("S-07/112",) in town.rows("SELECT number FROM receipt")
    with pytest.raises(InvalidInput) as refused:
        town.stub([c], "100", jan_5)
    assert isinstance(refused.value.problems["number"], StubEntered)


def test_13_a_thousand_in_three_and_one_rounding_for_each_principal(town: Town) -> None:
    town.head(penalty={"yearly": "0.15"})
    a = town.account("A")
    bill = town.bill(a, (MAY_31, "333.34"), (MAY_31, "333.33"), (MAY_31, "333.33"))
    assert bill.total == money("1000")
    c = bill.charge_ids[0]
    # Paid cent by cent each ten days: what is booked is the rounded total less what was booked before.
    for month, day in ((6, 10), (6, 20), (6, 30)):
        town.on(2027, month, day)
        town.cash([c], "0.01")
    booked = town.rows(f"SELECT sum(amount) FROM charge WHERE on_charge_id = {c}")
    # 333.34 x 15 % x 30 / 365 = 4.1097.
    assert int(booked[0][0]) == 4_11


def test_14_no_coin_is_small_enough(town: Town) -> None:
    town.head()
    town.rule("rounding", {"coin": 50})
    a = town.account("A")
    (c,) = town.bill(a, (DEC_31, "100.03")).charge_ids
    assert town.books(lambda: town.cash([c], "100")) == {
        "cash:3": "100.00", "receivable:X": "-100.03", "rounding": "0.03",
    }  # fmt: skip
    assert town.owed(c) == ZERO
    # By cheque every amount can be paid: 3 are left.
    (other,) = town.bill(a, (DEC_31, "100.03")).charge_ids
    town.cheque([other], "100")
    assert town.owed(other) == money("0.03")
