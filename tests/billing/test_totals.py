"""Totals by day made anew, and a penalty rule changed by an order: right afterwards, and refused in words."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.billing.commands import ChangePenaltyRule, RebuildTotals
from muniadmin.billing.decisions import charge_cost
from muniadmin.billing.errors import HeadUnknown
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.kernel.errors import InvalidInput, NotAllowed
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.verification.commands import Verify
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.towns import TownClock

ActorOf = Callable[[Role], Actor]


def test_totals_that_were_changed_are_made_anew(app: App) -> None:
    everybody = everything(app)
    session = an_open_desk(app, everybody)
    for amount in ("100", "60"):
        pay(app, everybody, session, a_bill(app, amount, taxpayer_id=a_taxpayer(app)))
    assert app.execute(RebuildTotals(), everybody).outcome == 0
    with app.database.connect_to_write() as connection:
        connection.execute(text("UPDATE day_collection SET principal = principal + 1 WHERE \"by\" = 'value'"))
        connection.execute(text("DELETE FROM day_collection WHERE \"by\" = 'booked'"))
        connection.commit()
    found = {one.check for one in app.execute(Verify(), everybody).outcome.findings}
    assert found == {"day_totals"}
    assert app.execute(RebuildTotals(), everybody).outcome == 2
    assert app.execute(Verify(), everybody).outcome.findings == ()


def test_a_bill_counts_on_each_day_for_which_held_money_pays_it(app: App, clock: TownClock) -> None:
    everybody = everything(app)
    session, taxpayer_id = an_open_desk(app, everybody), a_taxpayer(app)
    first = a_bill(app, "100", taxpayer_id=taxpayer_id)
    pay(app, everybody, session, first, amount="200", confirmed={AmountExceedsDebts})
    bill = a_bill(app, "60", taxpayer_id=taxpayer_id)
    clock.instant = datetime(2026, 11, 30, 9, tzinfo=UTC)
    with unit_of_work(
        app.database, actor=everybody, now=app.clock.now(), municipality=app.municipality
    ) as uow:
        charge_cost(uow, bill.bill_id, money("10"), "reminder")
    assert app.execute(Verify(), everybody).outcome.findings == ()
    assert app.execute(RebuildTotals(), everybody).outcome == 0
    with app.database.connect_to_read() as connection:
        rows = connection.execute(
            text(
                "SELECT day, count FROM day_collection WHERE \"by\" = 'value' AND channel = 'credit' ORDER BY day"
            )
        )
        assert [(str(day), count) for day, count in rows] == [("2026-11-23", 1), ("2026-11-30", 1)]


def test_whoever_takes_payments_makes_no_totals_anew(app: App, actor: ActorOf) -> None:
    with pytest.raises(NotAllowed):
        app.execute(RebuildTotals(), actor(Role.CLERK))


def test_a_rule_changed_by_an_order_counts_for_what_accrues_from_its_day(
    app: App, clock: TownClock, actor: ActorOf
) -> None:
    """A thousand due on 30 November at 10 + 5 % and 0.5 % a month: 1,150 on 1 December, 1,155 on 31 December, and
    nothing more from 1 January on."""
    bill = a_bill(app, "1000", taxpayer_id=a_taxpayer(app), due_on=date(2026, 11, 30))
    clock.instant = datetime(2026, 12, 15, 9, tzinfo=UTC)
    assert due(app, bill) == money("1150")
    order = ChangePenaltyRule(
        head_code="TSC", spec={}, since=date(2027, 1, 1), counts="accrues", document="Law 1-27"
    )
    app.execute(order, actor(Role.REVENUE_OFFICER))
    clock.instant = datetime(2027, 3, 15, 9, tzinfo=UTC)
    assert due(app, bill) == money("1155")


def test_the_law_stands_with_its_rule_as_in_the_log(app: App, actor: ActorOf) -> None:
    order = ChangePenaltyRule(head_code="TSC", spec={}, since=date(2027, 1, 1), document=" Law 1-27\n")
    app.execute(order, actor(Role.REVENUE_OFFICER))
    with app.database.connect_to_read() as connection:
        stored = connection.scalars(text("SELECT document FROM head_rule WHERE document <> ''")).all()
    (line,) = app.read(AuditLog(text="billing:rule:changed"), everything(app))
    assert [*stored, line.detail["document"]] == ["Law 1-27", "Law 1-27"]


@pytest.mark.parametrize(
    ("head", "spec", "problem"),
    [("NONE", {}, HeadUnknown), ("TSC", {"once": "much"}, InvalidInput), ("TSC", {"steps": 3}, InvalidInput)],
)
def test_a_rule_that_is_not_understood_is_refused(
    app: App, actor: ActorOf, head: str, spec: dict[str, object], problem: type[Exception]
) -> None:
    order = ChangePenaltyRule(head_code=head, spec=spec, since=date(2027, 1, 1), document="")
    with pytest.raises(problem):
        app.execute(order, actor(Role.REVENUE_OFFICER))
    with pytest.raises(NotAllowed):
        app.execute(order, actor(Role.CLERK))
