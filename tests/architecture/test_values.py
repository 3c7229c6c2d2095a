"""Whatever is put into whichever field of whichever request, what comes back is an answer or a sentence."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from muniadmin.access.commands import SetPassword
from muniadmin.app import App
from muniadmin.bootstrap import open_app
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, NotAllowed, UserError
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor, Command, Query
from tests.architecture.program import every_subclass
from tests.architecture.values import hints, loose, ordinary_request, unusual, wrong
from tests.builders import everything
from tests.towns import OPENING, Originals, actor_with

Request = Command[Any] | Query[Any]

REQUESTS: list[type[Request]] = [*every_subclass(Command), *every_subclass(Query)]

# Where anything may stand: a tariff as a profile writes it, and what the profile knows of an object. Their own rules
# look at them.
ANYTHING = {
    "AddTaxableObject.attributes",
    "ChangePenaltyRule.spec",
    "ChangeTaxableObject.attributes",
    "RegisterTaxpayer.objects.attributes",
    "SaveTariff.document",
}


class Town:
    """One town for all wrong values: none of them changes anything."""

    def __init__(self, url: str) -> None:
        self.app = open_app(url, clock=FixedClock(OPENING))
        self._watcher = sqlite3.connect(url.removeprefix("sqlite:///"))

    def version(self) -> int:
        """Another number after anybody else has written anything."""
        (version,) = self._watcher.execute("PRAGMA data_version").fetchone()
        return int(version)

    def close(self) -> None:
        """Closes the database."""
        self._watcher.close()
        self.app.close()


@pytest.fixture(scope="module")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    originals: Originals = request.getfixturevalue("_sqlite_originals")
    with originals.copy(originals.town, tmp_path_factory.mktemp("values")) as url:
        opened = Town(url)
        yield opened
        opened.close()


def spoilt(request: Any) -> Iterator[tuple[str, str, Request]]:
    """The request with each of its fields in turn holding each wrong value: the field, what it holds, and it."""
    for field, annotation in hints(type(request)).items():
        for what, value in wrong(annotation):
            yield field, what, replace(request, **{field: value})


def problems_of(app: App, request: Request, actor: Actor) -> Mapping[str, UserError]:
    """What is wrong with the request, by field; under no name what is wrong with none of them."""
    try:
        app.execute(request, actor) if isinstance(request, Command) else app.read(request, actor)
    except InvalidInput as refusal:
        return refusal.problems
    except UserError as refusal:
        return {"": refusal}
    return {}


def in_words(problems: Mapping[str, UserError]) -> bool:
    """Whether each says what is the case and what to do."""
    return all(problem.sentence() and problem.advice() for problem in problems.values())


@pytest.mark.parametrize("request_type", REQUESTS, ids=lambda kind: kind.__qualname__)
def test_a_value_of_the_wrong_kind_is_refused_by_a_sentence_at_its_field(
    request_type: type[Request], town: Town
) -> None:
    actor, before = everything(town.app), town.version()
    for field, what, request in spoilt(ordinary_request(request_type)):
        problems = problems_of(town.app, request, actor)
        assert [name.partition(".")[0] for name in problems] == [field], f"{field} with {what}: {problems}"
        assert in_words(problems)
    assert town.version() == before


def test_the_watcher_sees_what_is_written(town: Town) -> None:
    """Or the test above would prove nothing."""
    before = town.version()
    clerk = actor_with(town.app, Role.CLERK)
    assert clerk.user_id is not None
    town.app.execute(
        SetPassword(user_id=clerk.user_id, password="seven slow herons at dawn"), everything(town.app)
    )
    assert town.version() != before


@pytest.mark.parametrize("request_type", REQUESTS, ids=lambda kind: kind.__qualname__)
def test_who_may_not_ask_learns_nothing_about_the_fields(request_type: type[Request], town: Town) -> None:
    nobody = replace(actor_with(town.app, Role.CLERK), permissions=frozenset())
    if request_type.permission is not None:
        for _field, what, request in spoilt(ordinary_request(request_type)):
            (problem,) = problems_of(town.app, request, nobody).values()
            assert isinstance(problem, NotAllowed), what


def test_where_anything_may_stand_is_known() -> None:
    found = {name for kind in REQUESTS for name in loose(kind, kind.__name__)}
    assert found == ANYTHING


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database_kind", "request_type"),
    [
        pytest.param(engine, kind, id=f"{engine}-{kind.__qualname__}")
        for engine in ("postgresql", "sqlite")
        for kind in REQUESTS
    ],
)
def test_a_value_that_nobody_means_is_answered_or_refused_in_words(
    request_type: type[Request], app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # Some name files.
    actor, base = everything(app), ordinary_request(request_type)
    for field, annotation in hints(request_type).items():
        for value in unusual(annotation):
            assert in_words(problems_of(app, replace(base, **{field: value}), actor))
