"""Whatever is changed behind the program's back, row by row and column by column, is refused, or found and named.

The tamperings are generated from the schema; ``UNPROVED`` are those that nothing finds yet."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest

from muniadmin.bootstrap import open_app
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.permissions import every_permission
from muniadmin.kernel.requests import Actor
from muniadmin.storage.proof import DECLARED, Proof
from muniadmin.verification.commands import Finding, Verify, Witness
from muniadmin.verification.services import UNKNOWN
from tests.collection.counter import at
from tests.towns import OPENING, DatabaseKind, Originals, TownClock
from tests.verification.story import LAST_DAY
from tests.verification.tampering import (
    GUARDED,
    UNGUARDED,
    WHOLE_CHAIN,
    Case,
    NotPossible,
    cases,
    proved,
    tampered,
    tell_of_every_table,
)

#: What nothing finds, by table, column ("" the whole row) and kind, each with the reason.
UNPROVED: dict[tuple[str, str, str], str] = {
    **{
        ("number_series", column, kind): "only the series of receipts and of anchors are held against their rows"
        for column, kind in (
            ("series", "change"), ("year", "change"), ("last", "change"), ("last", "swap"),
            ("", "delete"), ("", "insert"), ("", "replace"),
        )
    },
    ("month_closing", "ended_by", "change"): "by which business day a month ended is held against nothing",
}  # fmt: skip

#: Tables of which the story tells fewer than three rows: one row of each is enough for all but what needs two.
FEWER_THAN_THREE = {"assessment", "business_day_correction", "claim", "month_left", "roll", "taxable_object"}

_TO_TRY = [case for case in cases() if (case.table, case.column, case.kind) not in UNPROVED]
_numbers = count(1)


@pytest.fixture
def database_kind() -> DatabaseKind:
    """A file is copied for every tampering."""
    return "sqlite"


@pytest.fixture
def town(originals: Originals) -> Path:
    """The file of a town in which something has happened in every table."""
    file = Path(originals.after(tell_of_every_table).removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as plain:
        rows = {
            one.name: plain.execute(f'SELECT count(*) FROM "{one.name}"').fetchone()[0] for one in proved()
        }
    assert all(rows.values()), rows
    assert {name for name, number in rows.items() if number < 3} <= FEWER_THAN_THREE
    return file


@pytest.fixture
def copies(town: Path, tmp_path: Path) -> Iterator[Path]:
    """Copies, each with a name of its own: a workstation remembers the chains of a file by where it is."""

    def copied() -> Iterator[Path]:
        while True:
            file = tmp_path / f"{next(_numbers)}.sqlite3"
            shutil.copyfile(town, file)
            yield file
            for left in tmp_path.glob(f"{file.name}*"):
                left.unlink()

    return copied()


def found_in(file: Path, *against: Witness) -> tuple[Finding, ...]:
    """What verify finds in a file, as the command starts it: whatever has become of the municipality's card."""
    clock = TownClock(OPENING)
    at(clock, LAST_DAY)
    app = open_app(f"sqlite:///{file}", clock=clock)
    try:
        try:
            app.municipality  # noqa: B018 - it is read here
        except UserError:
            app.go_on_as(UNKNOWN)
        actor = Actor(1, "auditor", "Test auditor", frozenset(every_permission()), "desk-1")
        return app.execute(Verify(against=against), actor).outcome.findings
    finally:
        app.close()


def unfound(file: Path, case: Case, seed: int) -> str:
    """What is wrong with how a tampering was found; empty where it was refused, or found and named. Raises
    NotPossible."""
    done = tampered(file, case, seed)
    if done.refused:
        return ""
    if (
        case.attacker == GUARDED
        and case.kind != "insert"
        and DECLARED[case.table].proof in (Proof.CHAINED, Proof.APPEND_ONLY)
    ):
        return f"{case}: the database did not refuse it"
    findings = found_in(file)
    assert not [one.sentence() for one in findings if one.check in ("triggers", "definitions")], case
    if not done.rows & {(one.table, one.key) for one in findings}:
        what = {(one.check, one.table, one.key) for one in findings} or "nothing"
        return f"{case}: {sorted(done.rows)} is not named; found is {what}"
    return ""


def test_the_town_is_sound(town: Path, tmp_path: Path) -> None:
    shutil.copyfile(town, tmp_path / "sound.sqlite3")
    assert [one.sentence() for one in found_in(tmp_path / "sound.sqlite3")] == []


# By tens, so that several processes share them.
@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(6, 36))]
)
def test_some_tamperings_are_refused_or_found(copies: Iterator[Path], seed: int) -> None:
    chance = random.Random(seed)
    tried, problems = 0, []
    while tried < 10:
        try:
            problems.append(unfound(next(copies), chance.choice(_TO_TRY), seed))
        except NotPossible:
            continue
        tried += 1
    assert [one for one in problems if one] == []


@pytest.mark.deep
@pytest.mark.parametrize("table", [table.name for table in proved()])
def test_every_tampering_is_refused_or_found(copies: Iterator[Path], table: str) -> None:
    tried, problems, impossible = 0, [], []
    for case in _TO_TRY:
        if case.table != table:
            continue
        try:
            problems.append(unfound(next(copies), case, 0))
            tried += 1
        except NotPossible:
            impossible.append(str(case))
    print(f"{table}: {tried} tried, no row for {impossible}")
    assert [one for one in problems if one] == []


@pytest.mark.parametrize("hole", UNPROVED, ids=" ".join)
def test_what_is_not_proved_is_still_not_found(copies: Iterator[Path], hole: tuple[str, str, str]) -> None:
    """Once it is, it leaves ``UNPROVED``."""
    case = Case(*hole, UNGUARDED)
    assert case in cases()
    for seed in range(20):
        with suppress(NotPossible):
            if unfound(next(copies), case, seed):
                return
    pytest.fail("it is found now")


@pytest.mark.parametrize(
    ("table", "column"), [("taxpayer", "notes"), ("fine", "remarks"), ("point", "names")]
)
def test_who_makes_the_whole_chain_anew_is_found_by_an_anchor_only(
    copies: Iterator[Path], table: str, column: str
) -> None:
    file = next(copies)
    with closing(sqlite3.connect(file)) as plain:
        (line,) = plain.execute("SELECT line FROM anchor ORDER BY number DESC LIMIT 1").fetchone()
    done = tampered(file, Case(table, column, "change", WHOLE_CHAIN))
    findings = found_in(file, Witness(name="of the day.txt", text=line))
    assert {one.check for one in findings} == {"anchors", "against"}
    assert {(one.table, one.key) for one in findings if one.check == "against"} == done.rows
