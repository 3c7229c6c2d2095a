"""Lists of bills and receipts, read page by page: each row once, both ways, whatever comes in between."""

from dataclasses import replace

import pytest

from muniadmin.app import App
from muniadmin.billing.reads import Bills
from muniadmin.collection.reads import Receipts
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, an_open_desk, everything, money, pay
from tests.towns import actor_with


@pytest.fixture
def town(app: App) -> App:
    """Five bills, of which each is paid."""
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    for amount in ("10", "20", "30", "40", "50"):
        pay(app, clerk, session, a_bill(app, amount))
    return app


@pytest.mark.parametrize("descending", [True, False])
class TestPages:
    def test_bills_go_on_behind_the_last_one_read(self, town: App, descending: bool) -> None:
        whole = town.read(Bills(descending=descending), everything(town))
        assert [row.total for row in whole.rows] == sorted((r.total for r in whole.rows), reverse=descending)
        question, ids = Bills(descending=descending, limit=2, totals=False), list[int]()
        while rows := town.read(question, everything(town)).rows:
            ids += [row.bill_id for row in rows]
            question = replace(question, after=ids[-1])
        assert ids == [row.bill_id for row in whole.rows]
        behind = town.read(replace(question, after=ids[1], offset=1), everything(town))
        assert [row.bill_id for row in behind.rows] == ids[3:5]

    def test_receipts_go_on_behind_the_last_one_read(self, town: App, descending: bool) -> None:
        whole = town.read(Receipts(descending=descending), everything(town))
        assert [row.amount for row in whole.rows] == sorted(
            (r.amount for r in whole.rows), reverse=descending
        )
        question, ids = Receipts(descending=descending, limit=2, totals=False), list[int]()
        while rows := town.read(question, everything(town)).rows:
            ids += [row.payment_id for row in rows]
            question = replace(question, after=ids[-1])
        assert ids == [row.payment_id for row in whole.rows]

    def test_the_totals_are_those_of_the_whole_list_wherever_the_page_begins(
        self, town: App, descending: bool
    ) -> None:
        bills = town.read(Bills(descending=descending, limit=2), everything(town))
        behind = town.read(
            Bills(descending=descending, limit=2, after=bills.rows[-1].bill_id), everything(town)
        )
        assert (behind.count, behind.total) == (bills.count, bills.total) == (5, money("150"))
        receipts = town.read(Receipts(descending=descending, limit=2), everything(town))
        assert (receipts.count, receipts.total) == (5, money("150"))
        without = town.read(Receipts(descending=descending, limit=2, totals=False), everything(town))
        assert (without.count, without.total) == (0, ZERO)
        assert without.rows == receipts.rows
