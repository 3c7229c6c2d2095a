"""Checking that nothing was changed behind the program's back: ``verify`` against hashing alone."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from bench import towns
from bench.measuring import Result, alternate, at_least, folder_on_disk, say, seconds
from muniadmin.app import App
from muniadmin.audit.services import record
from muniadmin.storage.unit_of_work import FIRST_DIGEST, link_digest, read_unit
from muniadmin.verification.chains import chains
from muniadmin.verification.rows import Look
from tests.towns import DatabaseKind

ROUNDS = 5


def run(full: bool) -> Iterator[Result]:
    """A chain of audit lines on both engines."""
    rows = 1_000_000 if full else 30_000
    with folder_on_disk() as folder:
        say(f"chains: {rows:,} rows on SQLite")
        yield _on("sqlite", folder, rows)
        say(f"chains: {rows:,} rows on PostgreSQL")
        with towns.running_server():
            yield _on("postgresql", folder, rows)


def _on(kind: DatabaseKind, folder: Any, rows: int) -> Result:
    with towns.town(kind, folder) as address, closing(towns.opened(address)) as app:
        with towns.at_work(app) as uow:
            for number in range(rows):
                record(
                    uow,
                    "bench:row:written",
                    f"row {number}",
                    {"amount": number, "channel": "cash"},
                    chain="bench",
                )
        texts = _texts(app)
        looked_at = _check(app)
        if looked_at < rows or len(texts) != rows:
            raise AssertionError(f"{rows} rows were written, {looked_at} looked at")
        rounds = alternate(
            ROUNDS,
            lambda _round: looked_at / seconds(lambda: _check(app)),
            lambda _round: len(texts) / seconds(lambda: _hash(texts)),
        )
    engine = "SQLite" if kind == "sqlite" else "PostgreSQL"
    return rounds.result(
        f"chain check, {engine}",
        "hashing the texts in memory",
        "rows/s",
        goal=at_least(0.25),
        checked=f"{looked_at:,} rows looked at, nothing found, the last digest is the chain's",
    )


def _check(app: App) -> int:
    """The program's own check; how many rows it looked at."""
    look = Look(lambda: None)
    with read_unit(
        app.database, actor=towns.everybody(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        found = list(chains(reading, look))
    if found:
        raise AssertionError(found[0].sentence())
    return look.rows


def _texts(app: App) -> list[tuple[int, str]]:
    with app.database.connect_to_read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT chain_seq, canonical FROM event WHERE chain = 'bench' ORDER BY chain_seq"
        )
        return [(int(row[0]), str(row[1])) for row in rows]


def _hash(texts: list[tuple[int, str]]) -> str:
    digest = FIRST_DIGEST
    for seq, canonical in texts:
        digest = link_digest("bench", seq, digest, canonical)
    return digest
