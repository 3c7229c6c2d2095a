"""What a row should say is the end of its chain of changes, in whatever order the numbers of their events are."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

import check_events
from muniadmin.access.commands import ChangeUser
from muniadmin.app import App
from muniadmin.collection.models import Point
from muniadmin.indicators.commands import SetGoal
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from muniadmin.taxpayers.commands import ChangeTaxpayer
from muniadmin.verification.commands import Finding, Verify
from muniadmin.verification.told import Change, followed
from tests.builders import a_taxpayer, everything
from tests.towns import DatabaseKind, actor_with
from tests.verification.owner import as_owner, exchange_numbers, one, retold

pytestmark = pytest.mark.slow

KEY = ("indicator_goal", "collected 2026")
OTHERWISE = "event {event} found the row otherwise than the events before it left it."


def findings(app: App) -> tuple[Finding, ...]:
    """What verify finds."""
    return app.execute(Verify(), everything(app)).outcome.findings


def goal(app: App, target: int | None) -> int:
    """Sets a goal, or takes it away; the event that tells of it."""
    wanted = None if target is None else Decimal(target)
    app.execute(SetGoal(indicator="collected", period="2026", target=wanted), everything(app))
    event_id: int = one(app, "SELECT max(id) FROM event")
    return event_id


def test_somebody_whose_name_changes_together_with_what_stands_in_other_tables(app: App) -> None:
    """Of whom the event says what was there before: not the new name."""
    somebody = everything(app)
    card = ChangeTaxpayer(
        taxpayer_id=a_taxpayer(app), version=1, name="Amina Tazi", identifiers={"cin": "C100001"}
    )
    app.execute(card, somebody)
    clerk = actor_with(app, Role.CLERK).user_id
    assert clerk is not None
    version = one(app, "SELECT version FROM app_user WHERE id = :id", id=clerk)
    roles = frozenset({Role.CLERK, Role.REGISTRAR})
    user = ChangeUser(user_id=clerk, version=version, name="Somebody else", roles=roles, active=True)
    app.execute(user, somebody)
    assert findings(app) == ()


def changes_in(facts: dict[str, Any]) -> list[list[Any]]:
    """What an event says of the goal's row: key, digest before, digest after."""
    changes: list[list[Any]] = facts["changes"]["indicator_goal"]
    return changes


class TestFollowed:
    """Digests are letters; ``-`` is no row. The independent checker comes to the same of a server's export."""

    @staticmethod
    def changes(*said: str) -> list[Change]:
        """Of "-a": the row came as a; their events are 1, 2, 3..."""
        return [
            Change(event, *(None if letter == "-" else letter for letter in two))
            for event, two in enumerate(said, 1)
        ]

    def checked(self, *said: str) -> tuple[int, list[int]]:
        """What the checker says: the last event, and those that are astray."""
        last, astray = check_events.last_in_any_order(
            [check_events.Change(*one) for one in self.changes(*said)]
        )
        return last.event, astray

    @pytest.mark.parametrize(
        ("said", "last"),
        [
            (["-a"], 1),
            (["-a", "ab", "bc"], 3),
            (["-a", "bc", "ab"], 2),
            (["cd", "bc", "ab", "-a"], 1),
            (["-a", "ab", "b-"], 3),
            (["-a", "a-", "-b"], 3),
            # Back to what it was, and on from there, in any order of the numbers.
            (["-a", "ab", "ba", "ac"], 4),
            (["-a", "ac", "ba", "ab"], 2),
            (["-a", "ac", "ab", "bd", "da"], 2),
            (["-a", "ab", "ba"], 3),
        ],
    )
    def test_the_end_is_found_whatever_the_numbers(self, said: Sequence[str], last: int) -> None:
        assert followed(self.changes(*said)) == (self.changes(*said)[last - 1], [])
        assert self.checked(*said) == (last, [])

    @pytest.mark.parametrize(
        ("said", "astray"),
        [
            (["-a", "bc"], [2]),
            (["ab"], [1]),
            (["-a", "ab", "ac"], [3]),
            (["-a", "-a"], [2]),
            (["-a", "bc", "cb"], [2]),
            (["-a", "xy", "pq"], [2, 3]),
            # What follows one that is astray is not astray itself.
            (["-a", "xb", "bc", "cd"], [2]),
            (["-a", "ab", "xy", "yz"], [3]),
        ],
    )
    def test_a_gap_and_a_second_end_are_found(self, said: Sequence[str], astray: list[int]) -> None:
        assert [change.event for change in followed(self.changes(*said))[1]] == astray
        assert self.checked(*said)[1] == astray


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_two_orders_that_commit_in_another_order_than_their_numbers_are_clean(
    app: App, database_kind: DatabaseKind
) -> None:
    def begun() -> Any:
        return unit_of_work(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        )

    def rename(uow: UnitOfWork, name: str) -> None:
        point = uow.session.get(Point, 1, populate_existing=True, with_for_update=True)
        assert point is not None
        point.names = {"en": name}

    with begun() as first:
        number = first.event_id
        with begun() as second:
            rename(second, "Desk by the door")
            assert second.event_id > number
        rename(first, "Desk by the window")
    assert one(app, "SELECT names ->> 'en' FROM point WHERE number = 1") == "Desk by the window"
    assert findings(app) == ()


def test_events_whose_numbers_are_not_in_the_order_of_their_changes_are_clean(app: App) -> None:
    goal(app, 1_000)
    second, third = goal(app, 2_000), goal(app, 3_000)
    exchange_numbers(app, second, third)
    assert findings(app) == ()
    # A row that was taken away and came back, and is again what it was once.
    goal(app, None)
    fifth, sixth = goal(app, 3_000), goal(app, 4_000)
    assert findings(app) == ()
    exchange_numbers(app, fifth, sixth)
    assert findings(app) == ()


def test_a_change_in_the_middle_that_no_event_tells_of_any_more_is_named(app: App) -> None:
    goal(app, 1_000)
    second, third = goal(app, 2_000), goal(app, 3_000)
    retold(app, second, lambda facts: facts["changes"].clear())
    assert [(found.table, found.key, found.event) for found in findings(app)] == [(*KEY, third)]
    assert findings(app)[0].sentence().endswith(OTHERWISE.format(event=third))


def test_a_change_in_the_middle_that_was_made_up_is_named(app: App) -> None:
    goal(app, 1_000)
    second, third = goal(app, 2_000), goal(app, 3_000)

    def another_end(facts: dict[str, Any]) -> None:
        changes_in(facts)[0][2] = "f" * 64

    retold(app, second, another_end)
    assert [(found.table, found.key, found.event) for found in findings(app)] == [(*KEY, third)]


def test_two_events_that_found_the_row_the_same_are_named(app: App) -> None:
    goal(app, 1_000)
    second, third = goal(app, 2_000), goal(app, 3_000)
    text = one(app, "SELECT canonical FROM event WHERE id = :id", id=second)
    (_key, before, _after), *_rest = changes_in(json.loads(text))

    def as_the_second_found_it(facts: dict[str, Any]) -> None:
        changes_in(facts)[0][1] = before

    retold(app, third, as_the_second_found_it)
    assert [(found.table, found.key, found.event) for found in findings(app)] == [(*KEY, third)]


def test_a_digest_that_is_none_does_not_say_that_the_row_was_deleted(app: App) -> None:
    goal(app, 1_000)
    last = goal(app, 2_000)

    def another_end(facts: dict[str, Any]) -> None:
        changes_in(facts)[0][2] = 7

    retold(app, last, another_end)
    as_owner(app, "DELETE FROM indicator_goal")
    (found,) = findings(app)
    assert (found.table, found.key, found.event) == (*KEY, last)
    assert "is missing; event" in found.sentence()


def test_a_row_put_back_to_what_it_was_before_is_named(app: App) -> None:
    goal(app, 1_000)
    last = goal(app, 2_000)
    as_owner(app, "UPDATE indicator_goal SET target = '1000'")
    (found,) = findings(app)
    assert (found.table, found.key, found.event) == (*KEY, last)
    assert "differs from what event" in found.sentence()
