"""Whatever is changed behind the program's back, row by row and column by column, is refused, or found and named.

The tamperings are generated from the schema."""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from muniadmin.anchors.models import Anchor
from muniadmin.bootstrap import open_app
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.permissions import every_permission
from muniadmin.kernel.requests import Actor
from muniadmin.storage.base import PROTECTIONS
from muniadmin.storage.engine import Database
from muniadmin.storage.proof import DECLARED, Proof
from muniadmin.verification.commands import Finding, Verify, Witness
from muniadmin.verification.services import UNKNOWN
from tests.collection.counter import at
from tests.towns import OPENING, DatabaseKind, Originals, TownClock
from tests.verification.long_story import THE_END, tell_of_every_table
from tests.verification.tampering import (
    GUARDED,
    WHOLE_CHAIN,
    Case,
    NotPossible,
    Refused,
    cases,
    proved,
    tampered,
)

pytestmark = pytest.mark.slow

#: What stands in a table in several states: the state of a row, and how many of them there are.
STATES = {
    "act": ("signed_at IS NULL", 2),
    "act_register": ("closed_at IS NULL", 2),
    "bill": ("kind", 5),
    "cash_session": ("closed_at IS NULL", 2),
    "charge": ("kind", 3),
    "credit": ("decision_id IS NULL", 2),
    "extract": ("withdrawn_at IS NULL", 2),
    "extract_request": ("state", 5),
    "fine": ("voided_at IS NULL", 2),
    "indicator_goal": ("target IS NULL", 2),
    "issued_document": ("kind", 6),
    "payment": ("cash_session_id IS NULL", 2),
    "receipt": ("series LIKE 'stub:%'", 2),
    "request_step": ("step", 6),
    "settlement": ("amount < 0", 2),
    "suspension": ("id IN (SELECT suspension_id FROM suspension_end)", 2),
    "tender": ("channel", 4),
}

Copied = Callable[[], AbstractContextManager[str]]

_numbers = count(1)


@pytest.fixture
def town(originals: Originals) -> str:
    """The address of a town with at least three rows in each table, and three of each state."""
    address = originals.after(tell_of_every_table)
    database = Database(address)
    with database.connect_to_read() as connection:
        rows = {
            one.name: connection.execute(select(func.count()).select_from(one)).scalar_one()
            for one in proved()
        }
        states = {
            table: [
                number
                for (number,) in connection.execute(text(f"SELECT count(*) FROM {table} GROUP BY {state}"))
            ]
            for table, (state, _number) in STATES.items()
        }
    database.close()
    assert min(rows.values()) >= 3, rows
    assert {table: len(found) for table, found in states.items()} == {
        table: number for table, (_state, number) in STATES.items()
    }
    assert min(min(found) for found in states.values()) >= 3, states
    return address


@pytest.fixture
def copied(town: str, originals: Originals, tmp_path: Path) -> Copied:
    """Makes copies, each with a name of its own: a workstation remembers the chains of a database by where it is."""

    @contextmanager
    def copy() -> Iterator[str]:
        folder = tmp_path / str(next(_numbers))
        folder.mkdir()
        with originals.copy(town, folder) as address:
            yield address
        shutil.rmtree(folder)

    return copy


def found_in(address: str, *against: Witness) -> tuple[Finding, ...]:
    """What verify finds in a database, as the command starts it: whatever has become of the municipality's card."""
    clock = TownClock(OPENING)
    at(clock, THE_END)
    app = open_app(address, clock=clock)
    try:
        try:
            app.municipality  # noqa: B018 - it is read here
        except UserError:
            app.go_on_as(UNKNOWN)
        actor = Actor(1, "auditor", "Test auditor", frozenset(every_permission()), "desk-1")
        return app.execute(Verify(against=against), actor).outcome.findings
    finally:
        app.close()


def tried(address: str, case: Case, seed: int = 0) -> tuple[str, str]:
    """What became of a tampering: refused, found, or not possible; and what is wrong with that, empty where nothing
    is."""
    issued = DECLARED[case.table].proof in (Proof.CHAINED, Proof.APPEND_ONLY)
    try:
        done = tampered(address, case, seed)
    except NotPossible:
        return "not possible", ""
    except Refused as refusal:
        # Conditions of the tables hold whoever asks; the triggers are away where they were taken away.
        if case.attacker != GUARDED and "append-only" in str(refusal) and case.kind != "truncate":
            return "refused", f"{case}: {refusal}"
        return "refused", ""
    if case.attacker == GUARDED and case.kind != "insert" and issued:
        return "found", f"{case}: the database did not refuse it"
    findings = found_in(address)
    # A row under another number can be ahead of the sequence that gives them.
    made_otherwise = [
        one for one in findings if one.check in ("triggers", "definitions") and "highest" not in one.facts
    ]
    assert not [one.sentence() for one in made_otherwise], case
    if not done & {(one.table, one.key) for one in findings}:
        what = {(one.check, one.table, one.key) for one in findings} or "nothing"
        return "found", f"{case}: {sorted(done)} is not named; found is {what}"
    return "found", ""


def test_the_town_is_sound(copied: Copied) -> None:
    with copied() as address:
        assert [one.sentence() for one in found_in(address)] == []


# By tens, so that several processes share them.
@pytest.mark.parametrize(
    ("database_kind", "seed"),
    [
        *(("sqlite", seed) for seed in range(30)),
        *(("postgresql", seed) for seed in range(14)),
    ],
)
def test_some_tamperings_are_refused_or_found(copied: Copied, database_kind: DatabaseKind, seed: int) -> None:
    chance, to_try = random.Random(seed), cases(database_kind)
    outcomes, problems = Counter[str](), []
    while outcomes["refused"] + outcomes["found"] < 10:
        with copied() as address:
            outcome, problem = tried(address, chance.choice(to_try), seed)
        outcomes[outcome] += 1
        problems.append(problem)
    assert [one for one in problems if one] == []


@pytest.mark.deep
@pytest.mark.parametrize("table", [table.name for table in proved()])
def test_every_tampering_is_refused_or_found(copied: Copied, database_kind: DatabaseKind, table: str) -> None:
    outcomes, problems = Counter[str](), []
    to_try = [case for case in cases(database_kind) if case.table == table]
    while to_try:
        with copied() as address:
            untouched = True
            while to_try and untouched:
                case = to_try.pop()
                outcome, problem = tried(address, case)
                outcomes[outcome] += 1
                problems.append(problem)
                # A town whose protections refused everything serves again.
                untouched = outcome != "found" and case.attacker == GUARDED
    print(f"{database_kind} {table}: {dict(outcomes)}")
    assert [one for one in problems if one] == []


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_triggers_left_switched_off_are_named_each(copied: Copied) -> None:
    with copied() as address:
        database = Database(address)
        with database.connect_to_write() as connection:
            for table in sorted(set(PROTECTIONS.values())):
                connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
            connection.execute(text("UPDATE payment SET payer = 'Somebody else' WHERE id = 1"))
            connection.commit()
            rows = connection.execute(
                text(
                    "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                    "WHERE tgenabled = 'D'"
                )
            )
            switched_off = {(table, name) for table, name in rows}
        database.close()
        findings = found_in(address)
    assert {(one.table, one.subject) for one in findings if one.check == "triggers"} == switched_off
    assert ("payment", "1") in {(one.table, one.key) for one in findings if one.check == "rows"}


@pytest.mark.parametrize(
    ("table", "column"), [("taxpayer", "notes"), ("fine", "remarks"), ("point", "names")]
)
def test_who_makes_the_whole_chain_anew_is_found_by_an_anchor_only(
    copied: Copied, table: str, column: str
) -> None:
    with copied() as address:
        database = Database(address)
        with database.connect_to_read() as connection:
            line = connection.scalars(select(Anchor.line).order_by(Anchor.number.desc()).limit(1)).one()
        database.close()
        done = tampered(address, Case(table, column, "change", WHOLE_CHAIN))
        findings = found_in(address, Witness(name="of the day.txt", text=line))
    assert {one.check for one in findings} == {"anchors", "against"}
    assert {(one.table, one.key) for one in findings if one.check == "against"} == done
