"""After each of many ordinary orders, one by one, verify finds nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, annul_bill, postpone, suspend
from muniadmin.collection.commands import CloseCashSession
from muniadmin.kernel.permissions import Role
from muniadmin.verification.commands import Verify
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.collection.counter import a_cancellation, at
from tests.towns import TownClock, actor_with
from tests.verification.long_story import THE_END, tell_of_every_table
from tests.verification.story import decided

ORDERS = 500


class OneByOne:
    """An app that has every order followed by a look at the whole database."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.orders = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    def execute(self, command: Any, *rest: Any, **more: Any) -> Any:
        """Carries out the order; raises AssertionError where verify finds anything afterwards."""
        done = self._app.execute(command, *rest, **more)
        self.looked(type(command).__name__)
        return done

    def looked(self, after: str) -> None:
        """Verifies everything."""
        self.orders += 1
        report = self._app.execute(Verify(), everything(self._app)).outcome
        assert report.clean, (after, [one.sentence() for one in report.findings])


def _a_days_work(app: Any, number: int) -> None:
    """Somebody is billed, pays, has it cancelled and pays again; other debts are put off, rest, or are annulled."""
    # Those of the others are still open.
    cashier = replace(actor_with(app, Role.ADMINISTRATOR), permissions=everything(app).permissions)
    session = an_open_desk(app, cashier, opening_float="0")
    whose = a_taxpayer(app, f"Taxpayer {number}")
    why = Grounds(reason="as decided", document=f"D {number}/2026")
    bills = [a_bill(app, f"{100 + number + place}", taxpayer_id=whose) for place in range(4)]
    taken = pay(app, cashier, session, bills[0])
    app.execute(a_cancellation(taken), cashier)
    pay(app, cashier, session, bills[0], channel="cheque", reference=f"C{number}")
    decided(app, lambda uow: annul_bill(uow, bills[1].bill_id, why))
    app.looked("annul_bill")
    decided(app, lambda uow: suspend(uow, bills[2].bill_id, why, since=app.clock.now().date()))
    app.looked("suspend")
    decided(app, lambda uow: postpone(uow, bills[3].charge_ids, date(2028, 1, 1), why))
    app.looked("postpone")
    app.execute(CloseCashSession(cash_session_id=session.cash_session_id, denominations={}), cashier)


@pytest.mark.deep
def test_after_every_order_nothing_is_found(app: App, clock: TownClock) -> None:
    one_by_one: Any = OneByOne(app)
    tell_of_every_table(one_by_one, clock)
    at(clock, THE_END)
    number = 0
    while one_by_one.orders < ORDERS:
        number += 1
        _a_days_work(one_by_one, number)
