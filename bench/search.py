"""The search box as somebody types: every way of asking, against reading through the whole register."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from bench import towns
from bench.measuring import Result, Rounds, at_most, folder_on_disk, percentile, say
from bench.names import with_a_slip
from bench.replay import bare_postgresql
from muniadmin.app import App
from muniadmin.kernel.folding import fold
from muniadmin.kernel.requests import Actor
from muniadmin.taxpayers.reads import SearchTaxpayers
from tests.towns import DatabaseKind

ROUNDS = 5
QUERIES = 40
SHOWN = 20
#: The 95th percentile, from the key pressed to the rows, in milliseconds.
LIMITS: dict[DatabaseKind, float] = {"sqlite": 5.0, "postgresql": 10.0}
#: Of people asked for with one slip.
FOUND_WITH_A_SLIP = 0.95

# What is typed, given the folded name of somebody on the register.
Way = Callable[[Random, str], str]
WAYS: dict[str, Way] = {
    "beginning": lambda rng, name: name.split()[-1][: rng.choice((3, 4, 5))],
    "full name": lambda _rng, name: name,
    "two words": lambda _rng, name: f"{name.split()[-1][:4]} {name.split()[0][:3]}",
    "inside a word": lambda _rng, name: name.split()[-1][1:6],
    "one slip": lambda rng, name: with_a_slip(rng, name.split()[-1]),
}


def run(full: bool) -> Iterator[Result]:
    """On SQLite each way of asking against the scan; on both engines the slowest way against its limit."""
    people = 1_000_000 if full else 100_000
    with folder_on_disk() as folder:
        say(f"search: {people:,} taxpayers on SQLite")
        yield from _on(folder, "sqlite", people, full)
        say(f"search: {people:,} taxpayers on PostgreSQL")
        with towns.running_server():
            yield from _on(folder, "postgresql", people, full)


def _on(folder: Path, kind: DatabaseKind, people: int, full: bool) -> Iterator[Result]:
    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[kind]
    with towns.town(kind, folder) as address:
        app = towns.opened(address)
        names = [fold(name) for name in towns.add_taxpayers(app, people)]
        with closing(app), closing(_scanner(kind, address)) as scanner:
            clerk = towns.everybody(app)
            slowest = Rounds([0.0] * ROUNDS, [LIMITS[kind]] * ROUNDS)
            found = {}
            for way, typed_for in WAYS.items():
                middle, late, found[way] = _measure(app, clerk, scanner, names, typed_for)
                slowest.ours = [max(one, other) for one, other in zip(slowest.ours, late.ours, strict=True)]
                if way == "one slip":  # the scan finds nobody
                    continue
                yield middle.result(
                    f"search, {engine}, {way}",
                    "LIKE '%...%' over all rows",
                    "ms",
                    goal=at_most(0.01) if full and way == "full name" and kind == "sqlite" else None,
                    checked=f"{found[way]:.0%} of those asked for were shown or outnumbered",
                )
            if found["one slip"] < FOUND_WITH_A_SLIP:
                raise AssertionError(f"with one slip only {found['one slip']:.1%} were found")
            yield slowest.result(
                f"search, {engine}, slowest way, p95",
                "what typing does not notice",
                "ms",
                goal=at_most(1.0),
                checked=f"{people:,} taxpayers; with one slip {found['one slip']:.1%} were found",
            )


def _measure(
    app: App, clerk: Actor, scanner: Any, names: Sequence[str], typed_for: Way
) -> tuple[Rounds, Rounds, float]:
    """Medians and 95th percentiles of ours and the scan in milliseconds, and the share of people found."""
    rng = Random(5)
    middle, late = Rounds(), Rounds()
    found = asked = 0
    for _round in range(ROUNDS):
        ours, theirs = [], []
        for _query in range(QUERIES):
            person = _somebody(rng, names)
            typed = typed_for(rng, names[person])
            start = time.perf_counter()
            hits = app.read(SearchTaxpayers(text=typed, limit=SHOWN), clerk)
            then = time.perf_counter()
            _scan(scanner, typed)
            ours.append((then - start) * 1000)
            theirs.append((time.perf_counter() - then) * 1000)
            asked += 1
            found += len(hits) == SHOWN or any(hit.taxpayer_id == person + 1 for hit in hits)
        middle.add(percentile(ours, 50), percentile(theirs, 50))
        late.add(percentile(ours, 95), percentile(theirs, 95))
    return middle, late, found / asked


def _somebody(rng: Random, names: Sequence[str]) -> int:
    """A person whose family name is long enough to tell a slip in it from another name."""
    while True:
        person = rng.randrange(len(names))
        if len(names[person].rsplit(maxsplit=1)[-1]) >= 6:
            return person


_SCAN = "SELECT id, number, name, address FROM taxpayer WHERE search_text LIKE {place} LIMIT 20"


def _scanner(kind: DatabaseKind, address: str) -> Any:
    if kind == "sqlite":
        return sqlite3.connect(address.removeprefix("sqlite:///"))
    connection = bare_postgresql(address)
    connection.execute("SET enable_bitmapscan = off")
    connection.execute("SET enable_indexscan = off")
    return connection


def _scan(scanner: Any, typed: str) -> list[Any]:
    place = "?" if isinstance(scanner, sqlite3.Connection) else "%s"
    rows: list[Any] = scanner.execute(_SCAN.format(place=place), (f"%{typed}%",)).fetchall()
    return rows
