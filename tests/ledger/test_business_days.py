"""Business days: what opens by itself, what a supervisor opens, and what a wrong clock cannot do."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from muniadmin.app import App
from muniadmin.billing.reads import OpenCharges
from muniadmin.kernel.errors import InvalidInput, NotAllowed
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.commands import OpenBusinessDay, TakeBackBusinessDay
from muniadmin.ledger.errors import (
    BusinessDayBehind,
    BusinessDayIsOpen,
    BusinessDayNotOpened,
    NoSuchBusinessDay,
)
from muniadmin.ledger.reads import BusinessDayNow, LastBusinessDay, TrialBalance
from muniadmin.ledger.rules import day_state
from tests.builders import a_bill, a_taxpayer, an_open_desk, begin_the_day, due, everything, money, pay
from tests.towns import TownClock

MONDAY = date(2026, 11, 23)


def at(day: date, hour: int = 9) -> datetime:
    """That hour of the day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def goes_wrong(app: App, clock: TownClock, day: date) -> None:
    """The computer's clock jumps; nobody opens the day."""
    clock.town = None
    clock.instant = at(day)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 11, 22), "behind"),
        (MONDAY, "open"),
        (date(2026, 11, 24), "next"),
        (date(2026, 11, 28), "next"),
        (date(2026, 11, 29), "late"),
        (date(2027, 11, 23), "late"),
    ],
)
def test_a_day_opens_by_itself_up_to_five_days_after_the_last(today: date, state: str) -> None:
    assert day_state(MONDAY, today) == state


def test_the_first_booking_opens_the_day(app: App, clock: TownClock) -> None:
    begin_the_day(app)
    goes_wrong(app, clock, date(2026, 11, 28))
    assert app.read(LastBusinessDay(), everything(app)) == BusinessDayNow(last=MONDAY, state="next")
    begin_the_day(app)
    assert app.read(LastBusinessDay(), everything(app)).last == date(2026, 11, 28)


def test_the_trial_balance_of_a_day_has_what_was_booked_until_its_evening(app: App, clock: TownClock) -> None:
    everybody, tuesday = everything(app), date(2026, 11, 24)
    a_bill(app, "100")
    clock.instant = at(tuesday)
    a_bill(app, "30")

    def owed(on: date | None) -> list[Money]:
        rows = app.read(TrialBalance(on=on), everybody)
        return [row.balance for row in rows if row.code == "receivable:TSC"]

    assert owed(date(2026, 11, 22)) == []
    assert owed(MONDAY) == [money("100")]
    assert owed(tuesday) == owed(None) == [money("130")]


def test_a_clock_far_ahead_books_nothing_until_a_supervisor_opens_the_day(
    app: App, clock: TownClock, actor: Callable[[Role], Actor]
) -> None:
    begin_the_day(app)
    goes_wrong(app, clock, date(2026, 12, 20))
    with pytest.raises(BusinessDayNotOpened) as refused:
        begin_the_day(app)
    assert "23/11/2026" in refused.value.sentence() or "23 Nov" in refused.value.sentence()
    with pytest.raises(NotAllowed):
        app.execute(OpenBusinessDay(reason="holidays"), actor(Role.CLERK))
    with pytest.raises(InvalidInput):
        app.execute(OpenBusinessDay(reason=" "), actor(Role.SUPERVISOR))
    app.execute(OpenBusinessDay(reason="holidays"), actor(Role.SUPERVISOR))
    begin_the_day(app)
    with pytest.raises(BusinessDayIsOpen):
        app.execute(OpenBusinessDay(reason="holidays"), actor(Role.SUPERVISOR))


def test_a_clock_set_back_books_nothing(app: App, clock: TownClock) -> None:
    begin_the_day(app)
    goes_wrong(app, clock, date(2026, 11, 20))
    with pytest.raises(BusinessDayBehind):
        begin_the_day(app)
    with pytest.raises(BusinessDayBehind):
        app.execute(OpenBusinessDay(reason="try"), everything(app))


def test_what_was_paid_is_shown_as_paid_where_a_clock_is_behind(app: App, clock: TownClock) -> None:
    everybody = everything(app)
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    pay(app, everybody, an_open_desk(app, everybody), bill, amount="60")
    goes_wrong(app, clock, date(2026, 11, 20))
    assert due(app, bill) == money("40")


def test_a_day_opened_by_mistake_is_taken_back_and_what_was_paid_on_it_stays_paid(
    app: App, clock: TownClock
) -> None:
    """One hour in 2027: a receipt is written, then the clock is put right."""
    everybody = everything(app)
    bill = a_bill(app, "1000", taxpayer_id=a_taxpayer(app), instalments=[(date(2026, 12, 31), "400"),
                                                                      (date(2027, 3, 31), "600")])  # fmt: skip
    goes_wrong(app, clock, date(2027, 1, 1))
    app.execute(OpenBusinessDay(reason="the clock says so"), everybody)
    session = an_open_desk(app, everybody)
    pay(app, everybody, session, bill, amount="300")

    goes_wrong(app, clock, date(2026, 11, 24))
    with pytest.raises(BusinessDayBehind):
        begin_the_day(app)
    assert app.execute(TakeBackBusinessDay(reason="wrong clock"), everybody).outcome == MONDAY
    begin_the_day(app)

    # The money of 2027 pays from today; what remains is asked for once.
    left = app.read(OpenCharges(bill_ids=(bill.bill_id,)), everybody)
    assert sum(one.due.minor for one in left) in range(money("700").minor, money("761").minor)
    assert due(app, bill) > Money(0)
    with pytest.raises(NoSuchBusinessDay):
        app.execute(TakeBackBusinessDay(reason="again"), everybody)

    # The first of January comes in earnest.
    clock.town = app
    clock.instant = at(date(2027, 1, 1))
    begin_the_day(app)
    assert app.read(LastBusinessDay(), everybody).last == date(2027, 1, 1)
