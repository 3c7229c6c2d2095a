"""Every event that is written into the log has a name on screen."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import muniadmin
from muniadmin import bootstrap
from muniadmin.audit.rules import DETAIL_NAMES, event_name, events_named, every_event
from muniadmin.civil_status.services import _DONE


@cache
def calls() -> list[ast.Call]:
    """Every call of ``say``, ``record`` or ``record_all`` in the program's source."""
    writer = Path(muniadmin.__file__).parent / "audit" / "services.py"
    return [
        node
        for path in sorted(writer.parents[1].rglob("*.py"))
        if path != writer
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _writes(node.func)
    ]


def _writes(called: ast.expr) -> bool:
    match called:
        case ast.Attribute(value=ast.Name(id="uow" | "again"), attr="say"):
            return True
        case ast.Name(id="record" | "record_all"):
            return True
    return False


def recorded() -> Iterator[str]:
    """The events that are written; those of a request are made from its steps."""
    for node in calls():
        if isinstance(node.func, ast.Attribute):
            yield str(ast.literal_eval(node.args[0]))
            continue
        event = node.args[1]
        if isinstance(event, ast.Constant):
            yield str(event.value)
        else:
            assert ast.unparse(event) == "f'civil_status:request:{_DONE[step]}'"
    yield from (f"civil_status:request:{done}" for done in _DONE.values())


def test_every_event_has_a_name_and_every_name_an_event() -> None:
    assert set(recorded()) == set(every_event())


def test_each_is_brought_by_its_own_slice() -> None:
    astray = [
        event for one in bootstrap.SLICES for event in one.events if event.partition(":")[0] != one.name
    ]
    assert astray == []


def test_every_detail_that_is_written_down_has_a_name() -> None:
    details = {
        key.value
        for call in calls()
        for part in ast.walk(call)
        if isinstance(part, ast.Dict)
        for key in part.keys
        if isinstance(key, ast.Constant)
    }
    assert len(details) > 20
    assert details - DETAIL_NAMES.keys() == set()


def test_no_two_events_look_alike() -> None:
    assert len(set(every_event().values())) == len(every_event())


def test_an_event_of_another_version_keeps_its_code() -> None:
    assert event_name("queue:ticket:called") == "queue:ticket:called"


def test_events_are_found_by_letters_of_their_name() -> None:
    assert events_named("PAYMENT") == ["collection:payment:taken", "collection:tender:returned"]
    assert events_named("zzz") == []
