"""Rows that come in by thousands: the bulk port against the bare driver, and a whole file against storing its rows."""

import csv
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

from bench import towns
from bench.measuring import Result, Rounds, alternate, at_least, folder_on_disk, say, seconds
from bench.names import full_name
from bench.replay import bare_postgresql, bare_sqlite, ensure_same_rows
from muniadmin.app import App
from muniadmin.exchange.commands import ImportReport, ImportTaxpayers
from muniadmin.storage.bulk import bulk_insert
from muniadmin.taxpayers.models import Identifier, Taxpayer
from tests.towns import DatabaseKind

ROUNDS = 5
WARM_UP = 1
#: One line of the file in so many is no good.
BAD_EVERY = 100


def run(full: bool) -> Iterator[Result]:
    """The bulk port on both engines, and a file of a register on SQLite."""
    rows = 200_000 if full else 20_000
    with folder_on_disk() as folder:
        say("imports: the bulk port on SQLite")
        yield _bulk(folder / "bulk", "sqlite", rows)
        say("imports: the bulk port on PostgreSQL")
        with towns.running_server(settings=()):
            yield _bulk(folder / "bulk", "postgresql", rows)
        say("imports: a file of a register")
        yield _file(folder / "file", 50_000 if full else 3_000)


# --- the bulk port ------------------------------------------------------------------------------------------------


def _bulk(folder: Path, kind: DatabaseKind, count: int) -> Result:
    folder.mkdir(exist_ok=True)
    with towns.town(kind, folder) as ours, towns.town(kind, folder / "theirs") as theirs:
        app, other = towns.opened(ours), towns.opened(theirs)
        towns.add_taxpayers(app, count)
        towns.add_taxpayers(other, count)
        bare = bare_sqlite(towns.file_of(theirs)) if kind == "sqlite" else bare_postgresql(theirs)
        with closing(app), closing(other), closing(bare):

            def port(number: int) -> float:
                rows = [
                    {"taxpayer_id": taxpayer, "kind": f"kind {number}", "value": f"{number}-{taxpayer}"}
                    for taxpayer in range(1, count + 1)
                ]
                return count / seconds(lambda: _insert(app, rows))

            def driver(number: int) -> float:
                rows = [
                    (taxpayer, f"kind {number}", f"{number}-{taxpayer}") for taxpayer in range(1, count + 1)
                ]
                return count / seconds(lambda: _bare_insert(bare, kind, rows))

            rounds = alternate(ROUNDS, port, driver, warm_up=WARM_UP)
            checked = ensure_same_rows(app.database, other.database, only=Identifier)
        return rounds.result(
            "bulk insert, SQLite" if kind == "sqlite" else "bulk insert, PostgreSQL",
            "bare executemany" if kind == "sqlite" else "bare COPY",
            "rows/s",
            goal=at_least(0.85),
            checked=checked,
        )


def _insert(app: App, rows: Sequence[dict[str, Any]]) -> None:
    with towns.at_work(app) as uow:
        bulk_insert(uow, Identifier, rows)


def _bare_insert(connection: Any, kind: DatabaseKind, rows: Sequence[tuple[Any, ...]]) -> None:
    if kind == "sqlite":
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO identifier (taxpayer_id, kind, value) VALUES (?, ?, ?)", rows)
    else:
        with connection.cursor().copy("COPY identifier (taxpayer_id, kind, value) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    connection.commit()


# --- a file -------------------------------------------------------------------------------------------------------


def _file(folder: Path, lines: int) -> Result:
    rounds = Rounds()
    checked = ""
    with towns.town("sqlite", folder) as address:
        file = _written(folder / "register.csv", lines)
        for number in range(WARM_UP + ROUNDS):
            with towns.copy(address, folder) as ours, towns.copy(address, folder) as theirs:
                took, checked, stored = _import_once(ours, file, lines)
                with closing(bare_sqlite(towns.file_of(theirs))) as bare:
                    start = time.perf_counter()
                    _store(bare, stored)
                    bare_took = time.perf_counter() - start
            if number >= WARM_UP:
                rounds.add(lines / took, lines / bare_took)
    return rounds.result(
        "import of a register, SQLite",
        "bare executemany of what it stored",
        "lines/s",
        goal=None,
        checked=checked,
    )


def _import_once(address: str, file: Path, lines: int) -> tuple[float, str, list[tuple[Any, ...]]]:
    """How many seconds it took, what was checked, and the rows that came of it."""
    with closing(towns.opened(address)) as app:
        start = time.perf_counter()
        report = _import(app, file)
        took = time.perf_counter() - start
        return took, _checked(app, file, report, lines), _stored(app)


def _written(path: Path, lines: int) -> Path:
    """A register as another program exports it, one line in a hundred without a name."""
    rng = Random(lines)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Réf", "Nom et prénom", "GSM", "Adresse"])
        for line in range(lines):
            name = "" if line % BAD_EVERY == 7 else full_name(rng)
            writer.writerow(
                [f"R{line}", name, f"06{61_000_000 + line}", f"{line % 300 + 1}, derb {full_name(rng)}"]
            )
    return path


def _import(app: App, file: Path) -> ImportReport:
    return app.execute(ImportTaxpayers(path=str(file)), towns.everybody(app)).outcome


def _checked(app: App, file: Path, report: ImportReport, lines: int) -> str:
    bad = len(range(7, lines, BAD_EVERY))
    with app.database.connect_to_read() as connection:
        kept = connection.scalar(select(func.count()).select_from(Taxpayer))
    again = _import(app, file)
    if (report.rejected, report.added, kept, again.added) != (bad, lines - bad, lines - bad, 0):
        raise AssertionError(f"{lines} lines, {bad} of them bad: {report}, {kept} kept, {again.added} again")
    return f"{kept:,} taxpayers kept, {bad} lines handed back, again changes nothing"


def _stored(app: App) -> list[tuple[Any, ...]]:
    with app.database.connect_to_read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM taxpayer")]


def _store(connection: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(f"INSERT INTO taxpayer VALUES ({', '.join('?' * len(rows[0]))})", rows)
    connection.commit()
