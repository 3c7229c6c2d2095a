"""Decisions that meet others: two orders at once, a rule that reaches back, a cost that moved."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from muniadmin.billing.commands import ChangePenaltyRule, RebuildTotals
from muniadmin.billing.decisions import (
    Grounds,
    annul_bill,
    charge_cost,
    decide,
    end_suspension,
    keep_credit,
    postpone,
    suspend,
    transfer,
    write_off,
)
from muniadmin.billing.errors import ChargeUnknown
from muniadmin.billing.head_rules import change_penalty_rule
from muniadmin.billing.loading import hold_accounts
from muniadmin.billing.services import Debtor, IssuedBill, NewBill, issue_bill
from muniadmin.kernel.errors import TextTooLong
from muniadmin.kernel.money import Money
from muniadmin.ledger.commands import TakeBackBusinessDay
from muniadmin.ledger.rules import Line
from muniadmin.ledger.services import post
from muniadmin.storage.unit_of_work import UnitOfWork
from tests.builders import everything, money
from tests.situations.town import MOROCCO, WHY, Town

Order = Callable[[UnitOfWork, Town, IssuedBill], object]
MAY_31 = date(2027, 5, 31)
A_HUNDREDTH_A_DAY = {"yearly": "3.65"}


def ends_a_rest(uow: UnitOfWork, town: Town, bill: IssuedBill) -> None:
    ((rest,),) = town.rows("SELECT id FROM suspension")
    end_suspension(uow, rest, date(2027, 1, 4), WHY, as_if_never=False)


def issues_another(uow: UnitOfWork, town: Town, bill: IssuedBill) -> None:
    line = {"what": "As assessed", "amount": 100}
    debtor = Debtor(taxpayer_id=1)
    new = NewBill(
        head_code="X", period="2028", kind="hand", instalments=[(MAY_31, 100)], lines=[line], debtor=debtor
    )
    issue_bill(uow, new)


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize(
    "order",
    [
        lambda uow, _town, bill: keep_credit(uow, bill.account_id, money("5"), date(2027, 1, 4), WHY),
        lambda uow, _town, bill: postpone(uow, bill.charge_ids, date(2027, 9, 30), WHY),
        lambda uow, _town, bill: write_off(uow, bill.charge_ids, WHY),
        ends_a_rest,
        issues_another,
    ],
    ids=["credit", "postponement", "write-off", "end of a rest", "another bill"],
)
def test_every_order_holds_accounts_before_it_takes_a_number_or_books(town: Town, order: Order) -> None:
    town.head("X")
    bill = town.bill(town.account("A"), (MAY_31, "100"))
    with town.order() as uow:
        keep_credit(uow, bill.account_id, money("1"), date(2027, 1, 4), WHY, kept_for="deposit")
        suspend(uow, bill.bill_id, WHY, since=date(2027, 1, 4))
    refused: list[Exception] = []

    def at_the_other_desk() -> None:
        try:
            with town.order() as uow:
                order(uow, town, bill)
        except Exception as error:  # noqa: BLE001 - whatever it is, the first desk tells
            refused.append(error)

    with town.order() as uow:
        hold_accounts(uow, [bill.account_id])
        other = threading.Thread(target=at_the_other_desk)
        other.start()
        while not town.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
            time.sleep(0.01)
        decide(uow, "opening", WHY)
        post(uow, [Line("treasury", 1), Line("bank", -1)])
    other.join(30)
    assert not other.is_alive()
    assert not refused


def change_rule(town: Town, spec: Mapping[str, Any], since: date) -> None:
    """Another penalty rule of the head X for what accrues from a day on."""
    order = ChangePenaltyRule(head_code="X", spec=spec, since=since, counts="accrues", document="law 1-27")
    with town.order() as uow:
        change_penalty_rule(uow, order)


def test_a_rule_that_reaches_back_reaches_what_is_paid_by_now(town: Town) -> None:
    town.head("X")
    a = town.account("A")
    bill = town.bill(a, (date(2027, 1, 10), "1000"))
    in_time = town.bill(a, (date(2027, 1, 10), "500"))
    town.on(2027, 1, 10)
    town.cash(in_time.charge_ids, "500")
    town.on(2027, 1, 20)
    town.cash(bill.charge_ids, "1000")
    town.on(2027, 1, 21)
    change_rule(town, MOROCCO, since=date(2027, 1, 5))
    # 10 % at once and 5 % for the first month, whether another payment comes or not.
    assert [(kind, amount) for _id, kind, amount in town.charges(bill)] == [
        ("principal", "1000.00"), ("penalty", "150.00"),
    ]  # fmt: skip
    assert len(town.charges(in_time)) == 1
    assert town.balance(a) == money("150")


def test_a_rule_reaches_what_was_paid_on_its_first_day(town: Town) -> None:
    town.head("X")
    bill = town.bill(town.account("A"), (date(2027, 1, 10), "1000"))
    paid_on = town.on(2027, 1, 20)
    town.cash(bill.charge_ids, "1000")
    town.on(2027, 1, 21)
    change_rule(town, A_HUNDREDTH_A_DAY, since=paid_on)
    # Of that one day.
    assert [(kind, amount) for _id, kind, amount in town.charges(bill)] == [
        ("principal", "1000.00"), ("penalty", "10.00"),
    ]  # fmt: skip


def test_a_rule_takes_back_what_was_booked_for_its_first_day(town: Town) -> None:
    town.head("X", penalty=A_HUNDREDTH_A_DAY)
    a = town.account("A")
    bill = town.bill(a, (date(2027, 1, 10), "1000"))
    paid_on = town.on(2027, 1, 20)
    # Ten days' penalty, and half of the rest.
    town.cash(bill.charge_ids, "600")
    assert town.balance(a) == money("500")
    town.on(2027, 1, 21)
    change_rule(town, {}, since=paid_on)
    assert town.balance(a) == money("490")


def test_a_cost_that_moved_is_taken_off_where_it_was_booked(town: Town) -> None:
    town.head("X")
    a, b = town.account("A"), town.account("B")
    bill = town.bill(a, (MAY_31, "100"))
    with town.order() as uow:
        increase = charge_cost(uow, bill.bill_id, money("20"), "charge certificate", as_penalty=True)
        reminder = charge_cost(uow, bill.bill_id, money("10"), "reminder")
        transfer(uow, reminder, {b: money("10")}, WHY)
        transfer(uow, increase, {b: money("20")}, WHY)
    assert town.balance(b) == money("30")

    def annulled() -> None:
        with town.order() as uow:
            annul_bill(uow, bill.bill_id, WHY)

    assert town.books(annulled) == {"penalty:X": "20.00", "receivable:X": "-130.00", "revenue:X": "110.00"}


def test_a_cost_on_a_debt_taken_over_moves_too(town: Town) -> None:
    town.head("X")
    a, b = town.account("A"), town.account("B")
    bill = town.bill(a, (date(2026, 5, 31), "100"), kind="opening", accrues_after=date(2026, 12, 31))
    with town.order() as uow:
        reminder = charge_cost(uow, bill.bill_id, money("10"), "reminder")
        transfer(uow, reminder, {b: money("10")}, WHY)

    def annulled() -> None:
        with town.order() as uow:
            annul_bill(uow, bill.bill_id, WHY)

    assert town.books(annulled) == {"opening": "100.00", "receivable:X": "-110.00", "revenue:X": "10.00"}


def test_what_cannot_be_decided_is_refused_in_words(town: Town) -> None:
    town.head("X")
    bill = town.bill(town.account("A"), (MAY_31, "100"))
    for charges in ((), (999,), (*bill.charge_ids, 999)):
        with pytest.raises(ChargeUnknown), town.order() as uow:
            postpone(uow, charges, date(2027, 9, 30), WHY)
        with pytest.raises(ChargeUnknown), town.order() as uow:
            write_off(uow, charges, WHY)
    for grounds in (Grounds(reason="r" * 301), Grounds(reason="r", document="d" * 201)):
        with pytest.raises(TextTooLong), town.order() as uow:
            write_off(uow, bill.charge_ids, grounds)
    with pytest.raises(TextTooLong), town.order() as uow:
        keep_credit(uow, bill.account_id, money("5"), date(2027, 1, 4), WHY, kept_for="k" * 61)
    assert town.rows("SELECT count(*) FROM decision WHERE number <> ''") == [(0,)]


def test_what_was_booked_on_a_day_opened_by_mistake_is_brought_into_order(town: Town) -> None:
    town.head("X", penalty={"once": "0.10", "month": "0.01"})
    a = town.account("A")
    (paid,) = town.bill(a, (date(2027, 1, 20), "100")).charge_ids
    (late,) = town.bill(a, (date(2027, 1, 2), "50")).charge_ids
    town.on(2027, 12, 1)
    town.bank([paid], "30", date(2027, 11, 1), a)
    town.on(2027, 1, 6)
    reason = TakeBackBusinessDay(reason="the clock was a year ahead")
    town.app.execute(reason, everything(town.app))
    town.ensure_sound()
    # The next order on the account finds that no penalty had accrued by now: 30 pay what is due and not the penalty.
    town.on(2027, 1, 7)
    town.cash([late], "5")
    assert town.credit(a) == money("0")
    assert town.owed(paid) + town.owed(late) == money("120")
    town.ensure_sound()
    town.on(2027, 12, 2)


def test_what_was_known_does_not_move_after_a_day_was_taken_back(town: Town) -> None:
    """30 are paid under a clock that is a year ahead; the day is taken back on 6 January, and comes in earnest."""
    town.head("X", penalty={"once": "0.10", "month": "0.01"})
    a = town.account("A")
    (charge,) = town.bill(a, (date(2027, 1, 20), "100")).charge_ids
    town.on(2027, 12, 1)
    town.bank([charge], "30", date(2027, 1, 20), a)
    town.on(2027, 1, 6)
    town.app.execute(TakeBackBusinessDay(reason="the clock was a year ahead"), everything(town.app))

    def answers() -> list[Money]:
        days = [(date(2027, 1, 5), date(2027, 1, 5)), (date(2027, 2, 25), date(2027, 1, 6))]
        return [town.owed(charge, on, known) for on, known in days]

    # 30 count from 6 January: 70 are late from 21 January on, with 10 % and for the second month 1 %.
    known = [money("100"), money("77.70")]
    assert answers() == known
    for later in ((2027, 1, 7), (2027, 3, 1), (2027, 11, 30), (2027, 12, 1)):
        town.on(*later)
        assert answers() == known
    # What is paid on that day in earnest is not known before.
    town.cash([charge], "20")
    assert answers() == known
    assert town.owed(charge, date(2027, 11, 30), date(2027, 11, 30)) == money("84.00")
    town.ensure_sound()


def test_totals_by_day_stay_right_when_money_of_a_day_taken_back_goes_back(town: Town) -> None:
    """A cheque pays too much under a clock a year ahead; the day is taken back, then the cheque comes back."""
    town.head("X")
    a = town.account("A")
    first, later = (town.bill(a, (date(2027, 1, day), "100")).charge_ids[0] for day in (5, 20))
    town.on(2027, 12, 1)
    cheque = town.cheque([first], "150")
    # What is held by then pays the other.
    town.cash([later], "10")
    town.on(2027, 1, 6)
    town.app.execute(TakeBackBusinessDay(reason="the clock was a year ahead"), everything(town.app))
    town.return_tender(cheque)
    assert town.app.execute(RebuildTotals(), everything(town.app)).outcome == 0
    town.ensure_sound()
    # Each bill is paid no longer by what went back: taken off on the day on which that was booked.
    counted = "SELECT day, sum(count) FROM day_collection WHERE \"by\" = 'booked' AND channel = 'cheque' GROUP BY day"
    assert sorted((str(day), int(bills)) for day, bills in town.rows(counted)) == [
        ("2027-01-06", -1),
        ("2027-12-01", 1),
    ]


def test_a_cheque_that_came_back_on_a_day_taken_back_is_still_said_to_have_come_back(town: Town) -> None:
    town.head("X")
    a = town.account("A")
    (charge,) = town.bill(a, (date(2027, 1, 20), "100")).charge_ids
    cheque = town.cheque([charge], "100")
    town.on(2027, 12, 1)
    town.return_tender(cheque)

    def moved() -> list[tuple[str, bool]]:
        return [(one.kind, one.taken_back) for one in town.statement(a).movements]

    known = [("charged", False), ("paid", False), ("returned", False)]
    assert moved() == known
    town.on(2027, 1, 6)
    town.app.execute(TakeBackBusinessDay(reason="the clock was a year ahead"), everything(town.app))
    assert moved() == known
