"""Money held for somebody pays what has fallen due since: the counter's list says so, and the next payment does it."""

from datetime import UTC, date, datetime

import pytest

from muniadmin.app import App
from muniadmin.billing.reads import OpenCharges, TaxpayerBalance
from muniadmin.billing.services import IssuedBill
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, money, pay
from tests.towns import TownClock, actor_with


@pytest.fixture
def bills(app: App) -> list[IssuedBill]:
    """20.00 due on 15 December and 80.00 due on the 31st, of somebody for whom 30.00 are held since November."""
    taxpayer, clerk = a_taxpayer(app), actor_with(app, Role.CLERK)
    days = {"20.00": date(2026, 12, 15), "80.00": date(2026, 12, 31)}
    owed = [a_bill(app, amount, taxpayer_id=taxpayer, due_on=day) for amount, day in days.items()]
    paid = a_bill(app, "100.00", taxpayer_id=taxpayer)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, paid, amount="130.00", confirmed={AmountExceedsDebts})
    return owed


def test_before_their_day_debts_wait_and_the_money_too(app: App, bills: list[IssuedBill]) -> None:
    listed = app.read(OpenCharges(taxpayer_id=1), everything(app))
    assert [(one.left, one.credit, one.due) for one in listed] == [
        (money("20"), money("0"), money("20")),
        (money("80"), money("0"), money("80")),
    ]


def test_once_they_are_due_it_pays_the_oldest_first_and_keeps_penalty_away(
    app: App, clock: TownClock, bills: list[IssuedBill]
) -> None:
    clock.instant = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
    for question in (OpenCharges(taxpayer_id=1), OpenCharges(bill_ids=tuple(one.bill_id for one in bills))):
        listed = app.read(question, everything(app))
        assert [(one.left, one.credit, one.accrued, one.due) for one in listed] == [
            (money("20"), money("20"), money("0"), money("0")),
            (money("80"), money("10"), money("10.50"), money("80.50")),
        ]
        assert all(
            one.due == one.left + one.penalty + one.accrued - one.rebate - one.credit for one in listed
        )
    # Looking changed nothing.
    assert app.read(TaxpayerBalance(taxpayer_id=1), everything(app)).credit == money("30")


def test_the_next_payment_takes_what_the_list_says(
    app: App, clock: TownClock, bills: list[IssuedBill]
) -> None:
    clock.instant = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
    session = an_open_desk(app, everything(app), desk=2)
    taken = pay(app, everything(app), session, bills[1])
    assert (taken.amount, taken.credit) == (money("80.50"), money("0"))
    assert app.read(OpenCharges(taxpayer_id=1), everything(app)) == []
    balance = app.read(TaxpayerBalance(taxpayer_id=1), everything(app))
    assert (balance.owed, balance.accrued, balance.credit) == (money("0"), money("0"), money("0"))


def test_a_new_bill_waits_for_what_has_fallen_due(
    app: App, clock: TownClock, bills: list[IssuedBill]
) -> None:
    clock.instant = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
    new = a_bill(app, "40.00", taxpayer_id=1)
    found = {one.bill_id: one.left for one in app.read(OpenCharges(taxpayer_id=1), everything(app))}
    # 20.00 of the 30.00 that are held pay what is due today; the rest pays the new bill, due or not.
    assert found == {bills[1].bill_id: money("80"), new.bill_id: money("30")}
