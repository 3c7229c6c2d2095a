"""The due day of a bill, as lists have it: that of its oldest open instalment, and of the last once all is settled. A
penalty is due with what it is on, whenever it was booked."""

from datetime import UTC, date, datetime

from muniadmin.app import App
from muniadmin.billing.reads import Bills, OneBill
from muniadmin.billing.services import IssuedBill
from muniadmin.verification.commands import Verify
from tests.builders import a_bill, an_open_desk, everything, money, pay
from tests.towns import TownClock

JUNE, SEPTEMBER = date(2026, 6, 30), date(2026, 9, 30)


def listed(app: App, bill: IssuedBill) -> date:
    """As the list of bills has it, which says the same as the bill itself."""
    (row,) = app.read(Bills(text=bill.number), everything(app)).rows
    assert row.due_on == app.read(OneBill(number=bill.number), everything(app)).due_on
    return row.due_on


def test_a_penalty_booked_later_is_no_due_day(app: App, clock: TownClock) -> None:
    everybody = everything(app)
    session = an_open_desk(app, everybody)
    bill = a_bill(app, "200", instalments=[(JUNE, "100"), (SEPTEMBER, "100")])
    assert listed(app, bill) == JUNE
    # 17 % of the first: 117.00, and 3.00 of the second's penalty.
    pay(app, everybody, session, bill, amount="120")
    assert listed(app, bill) == SEPTEMBER
    pay(app, everybody, session, bill)
    assert listed(app, bill) == SEPTEMBER
    assert app.execute(Verify(), everybody).outcome.findings == ()


def test_a_bill_of_which_only_the_penalty_is_open_is_as_late_as_its_instalment(
    app: App, clock: TownClock
) -> None:
    everybody = everything(app)
    session = an_open_desk(app, everybody)
    bill = a_bill(app, "100", due_on=JUNE)
    other = a_bill(app, "100", due_on=SEPTEMBER)
    pay(app, everybody, session, bill, amount="110")
    assert listed(app, bill) == JUNE
    clock.instant = datetime(2026, 11, 24, 9, tzinfo=UTC)
    late = app.read(Bills(state="overdue"), everybody).rows
    assert {row.number for row in late} == {bill.number, other.number}
    assert {row.due_on for row in late} == {JUNE, SEPTEMBER}
    assert money("7") in {row.left for row in late}
    assert app.execute(Verify(), everybody).outcome.findings == ()
