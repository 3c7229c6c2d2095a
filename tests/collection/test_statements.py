"""How many statements a payment takes: each is a round trip to the server while the citizen waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from muniadmin.app import App
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from tests.builders import a_bill, a_taxpayer, an_open_desk, money, pay
from tests.collection.counter import LATE, given, take

MOST = 25
#: The penalty and what it settles are rows of their own.
MOST_LATE = 26


@contextmanager
def counting(app: App) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, BEGIN and COMMIT not counted."""
    sent: list[str] = []

    def sending(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        sent.append(sql)

    event.listen(app.database.writers, "before_cursor_execute", sending)
    yield sent
    event.remove(app.database.writers, "before_cursor_execute", sending)


@pytest.mark.parametrize("late", [False, True], ids=["in time", "with penalty"])
def test_a_payment_of_one_bill_takes_few_statements(
    app: App, actor: Callable[[Role], Actor], late: bool
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    due_on = {"due_on": LATE} if late else {}
    first, second = (a_bill(app, "100", taxpayer_id=a_taxpayer(app), **due_on) for _ in range(2))  # type: ignore[arg-type]
    # The first of the day also begins its series, its chain and its totals.
    pay(app, clerk, session, first)
    with counting(app) as sent:
        pay(app, clerk, session, second, tendered="200")
    assert len(sent) <= (MOST_LATE if late else MOST), "\n".join(sent)


def test_the_number_of_statements_does_not_grow_with_what_is_paid(
    app: App, actor: Callable[[Role], Actor]
) -> None:
    """Ten late bills of three people, four instalments each, by two means, with something left over."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    people = [a_taxpayer(app, name) for name in ("Amina Bennani", "Brahim Tazi", "Chafik Alaoui")]
    quarters = [(LATE, "25")] * 4
    bills = [a_bill(app, "100", taxpayer_id=people[place % 3], instalments=quarters) for place in range(10)]
    pay(app, clerk, session, a_bill(app, "10"), channel="mobile", reference="M-0")
    with counting(app) as sent:
        taken = take(
            app,
            clerk,
            session,
            [charge_id for bill in bills for charge_id in bill.charge_ids],
            given("mobile", "100", reference="M-1"),
            given("cash", "1100"),
            rest_account_id=bills[0].account_id,
            confirmed=[AmountExceedsDebts],
        )
    # 17.5 % of 25 are 4.38 forty times, each rounded by itself.
    assert taken.credit == money("24.80")
    # What is left over and the operator's reference take some more; a bulk insert of the postings others.
    assert len(sent) <= MOST + 10, "\n".join(sent)
