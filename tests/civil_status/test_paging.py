"""Long lists of acts and requests, read page by page from the last row of the page before."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from muniadmin.app import App
from muniadmin.civil_status.reads import Acts, Requests
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.permissions import Role
from tests.builders import everything
from tests.civil_status.builders import a_draft, a_request, a_signed_act
from tests.towns import actor_with


def read_on(app: App, question: Any, key: str) -> list[int]:
    """The ids of all rows, two at a time; and then from the first row, leaving one out."""
    who = everything(app)
    whole = app.read(question, who)
    ids = [getattr(row, key) for row in whole.rows]
    assert whole.count == len(ids)
    found: list[int] = []
    after = None
    while rows := app.read(replace(question, after=after, limit=2, totals=False), who).rows:
        found += [getattr(row, key) for row in rows]
        after = rows[-1].place
    assert found == ids
    behind = app.read(replace(question, after=whole.rows[0].place, offset=1), who)
    assert [getattr(row, key) for row in behind.rows] == ids[2:]
    assert behind.count == len(ids)
    return found


@pytest.mark.parametrize("sort", ["", "reference", "name", "born"])
@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
def test_acts_are_read_on_in_every_order(app: App, sort: str, descending: bool) -> None:
    who = everything(app)
    births = (("Yasmine", 14), ("Élodie", 2), ("Adam", 14), ("Yasmine", 20), ("Zineb", 2))
    for number, (name, day) in enumerate(births):
        making = a_draft if number % 3 == 1 else a_signed_act
        making(app, who, child_given_names=name, born_on=date(2026, 3, day), mother_given_names=f"M{number}")
    assert len(read_on(app, Acts(sort=sort, descending=descending), "act_id")) == len(births)
    read_on(app, Acts(sort=sort, descending=descending, state="signed"), "act_id")


@pytest.mark.parametrize("state", ["open", None])
@pytest.mark.parametrize("sort", ["", "number", "due", "received", "holder"])
@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
def test_requests_are_read_on_in_every_order(
    app: App, clock: FixedClock, state: str | None, sort: str, descending: bool
) -> None:
    clerk = actor_with(app, Role.CLERK)
    acts = [a_signed_act(app, everything(app), child_given_names=name) for name in ("Yasmine", "Adam")]
    for number in range(5):
        a_request(app, clerk, acts[number % 2])
        clock.instant += timedelta(hours=number % 2)
    assert len(read_on(app, Requests(state=state, sort=sort, descending=descending), "request_id")) == 5


def test_what_is_added_on_top_moves_nothing_into_the_next_page_again(app: App) -> None:
    who = everything(app)
    names = ("Yasmine", "Adam", "Zineb", "Karim")
    acts = [a_signed_act(app, who, child_given_names=name).act_id for name in names]
    first = app.read(Acts(limit=2), who).rows
    a_signed_act(app, who, child_given_names="Salma")
    second = app.read(Acts(limit=2, after=first[-1].place), who).rows
    assert [row.act_id for row in (*first, *second)] == acts[::-1]
