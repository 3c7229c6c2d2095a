"""Writes all that the independent checker reads into one file of SQLite, on whichever engine the town lies."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, literal_column, select, table
from sqlalchemy.dialects import sqlite

from muniadmin import __version__
from muniadmin.audit.services import record
from muniadmin.documents.keys import public_key
from muniadmin.kernel.errors import UserError
from muniadmin.storage.base import Base
from muniadmin.storage.proof import DECLARED, Proof, digest_of
from muniadmin.storage.unit_of_work import Job, Reading
from muniadmin.verification.commands import ExportedToCheck, ExportToCheck
from muniadmin.verification.errors import ExportThere, KeyTwice, NotExported
from muniadmin.verification.rows import from_tables, reason_of

FORM = 1
"""Of the table ``export``, in which the file says what it is."""

_BATCH = 1_000
# Of rows that are chained: the text of one event can tell of a thousand bills.
_BATCH_OF_TEXTS = 20
_SQLITE = sqlite.dialect()

# How a column of PostgreSQL says what SQLite's holds, by the type it has there. A day or an instant that no calendar of
# ours has keeps the server's words, which the checker then cannot read.
_AS_IN_SQLITE: Mapping[str, str] = {
    "BOOLEAN": "CAST({0} AS INTEGER)",
    "JSON": "CAST({0} AS TEXT)",
    "DATE": "CASE WHEN {0} BETWEEN '0001-01-01' AND '9999-12-30' THEN to_char({0}, 'YYYY-MM-DD') "
    "ELSE CAST({0} AS TEXT) END",
    "DATETIME": "CASE WHEN {0} BETWEEN '0001-01-02' AND '9999-12-30' "
    "THEN to_char(timezone('UTC', {0}), 'YYYY-MM-DD HH24:MI:SS.US') ELSE CAST({0} AS TEXT) END",
}


def export_to_check(job: Job, command: ExportToCheck) -> ExportedToCheck:
    """Reads one consistent state of the database and writes it to a draft beside the file, which gets its name when it
    is whole and the audit log has a line of it. Cancelled or broken off, it leaves nothing."""
    path = Path(command.path)
    with _in_words(path), _draft(path) as draft:
        with job.reading() as reading, _in_words(path), closing(_opened(draft)) as file:
            tables, rows = _write(file, reading, job)
        digest = _digest_of(draft)
        facts = {"file": path.name[:120], "rows": rows, "digest": digest}
        unrecorded = _recorded(job, facts)
        _ensure_free(path)
        draft.rename(path)
    return ExportedToCheck(path=str(path), tables=tables, rows=rows, digest=digest, unrecorded=unrecorded)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What keeps the file from being written, as a sentence; the database's own errors are SQLAlchemy's."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise KeyTwice(reason=error) from error
    except (OSError, sqlite3.Error) as error:
        raise NotExported(path=path, reason=getattr(error, "strerror", None) or error) from error


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A file beside the one that is wanted, readable for its owner only; what was broken off before goes."""
    _ensure_free(path)
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _ensure_free(path: Path) -> None:
    if os.path.lexists(path):
        raise ExportThere(path=path)


def _opened(draft: Path) -> sqlite3.Connection:
    file = sqlite3.connect(draft, isolation_level=None)
    # A draft that is broken off is thrown away: no journal of it is needed.
    file.execute("PRAGMA journal_mode=OFF")
    file.execute("PRAGMA synchronous=OFF")
    file.execute("BEGIN")
    return file


def _digest_of(draft: Path) -> str:
    """SHA-256 of the whole file, after it is on its disk."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recorded(job: Job, facts: Mapping[str, object]) -> str:
    """Adds the line to the audit log; why that could not be done, else nothing."""
    try:
        with job.unit_of_work() as uow:
            record(uow, "verification:database:exported", "database", facts)
    except Exception as error:  # noqa: BLE001 - what is broken in the database is what somebody wants to look at
        return error.sentence() if isinstance(error, UserError) else reason_of(error)
    return ""


# --- tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Column:
    """A column as the file declares it."""

    name: str
    kind: str
    #: The expression that reads its values as SQLite keeps them.
    wanted: str
    #: Their digest stands in the place of its values.
    is_secret: bool


def _write(file: sqlite3.Connection, reading: Reading, job: Job) -> tuple[int, int]:
    """Every table that is declared and there, then what the file says of itself; how many tables and rows."""
    from_tables(reading)
    connection = reading.connection
    tables = {name: _columns(connection, name) for name in _names(connection)}
    total = sum(connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in tables)
    done = 0
    with _text_as_it_is(connection):
        for name, columns in tables.items():
            _create(file, name, columns)
            marks = ", ".join("?" * len(columns))
            with closing(_rows(connection, name, columns)) as parts:
                for rows in parts:
                    job.progress(done, total)
                    file.executemany(f"INSERT INTO {_quoted(name)} VALUES ({marks})", rows)  # noqa: S608 - own names
                    done += len(rows)
    job.progress(done, total)
    file.execute("CREATE TABLE export (name TEXT PRIMARY KEY, value TEXT)")
    file.executemany("INSERT INTO export VALUES (?, ?)", _facts(reading, job, tables).items())
    file.execute("COMMIT")
    return len(tables), done


def _names(connection: Connection) -> list[str]:
    """The tables that are exported, as far as the database has them: that one is missing is the checker's to say."""
    there = set(inspect(connection).get_table_names())
    return [
        one.name
        for one in Base.metadata.sorted_tables
        if one.name in there and one.name in DECLARED and DECLARED[one.name].proof is not Proof.EPHEMERAL
    ]


def _columns(connection: Connection, name: str) -> list[_Column]:
    """The columns that the table has; one that somebody has added is kept as text."""
    ours, secret = Base.metadata.tables[name].columns, DECLARED[name].secret
    columns = []
    for there in inspect(connection).get_columns(name):
        known, wanted = ours.get(there["name"]), _quoted(there["name"])
        kind = "TEXT" if known is None else known.type.compile(_SQLITE)
        if connection.dialect.name == "postgresql":
            form = "CAST({0} AS TEXT)" if known is None else _AS_IN_SQLITE.get(kind, "{0}")
            wanted = form.format(wanted)
        columns.append(_Column(there["name"], kind, wanted, there["name"] in secret))
    return columns


def _create(file: sqlite3.Connection, name: str, columns: Sequence[_Column]) -> None:
    """The table with its key and nothing else: whatever stands in the database is to be shown, not refused."""
    there = {one.name for one in columns}
    key = [_quoted(one.name) for one in Base.metadata.tables[name].primary_key if one.name in there]
    lines = [f"{_quoted(one.name)} {one.kind}" for one in columns]
    if key:
        lines.append(f"PRIMARY KEY ({', '.join(key)})")
    file.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(lines)})")


def _rows(connection: Connection, name: str, columns: Sequence[_Column]) -> Generator[list[Sequence[Any]]]:
    """The rows as SQLite keeps them, some at a time; never by way of an index, which can say something else."""
    values: list[Any] = [literal_column(one.wanted) for one in columns]
    wanted = select(*values).select_from(table(name)).suffix_with("NOT INDEXED", dialect="sqlite")
    at_once = _BATCH_OF_TEXTS if DECLARED[name].proof is Proof.CHAINED else _BATCH
    hide = _hiding(columns)
    with connection.execute(
        wanted, execution_options={"stream_results": True, "yield_per": at_once}
    ) as found:
        for some in found.partitions():
            yield [hide(tuple(row)) for row in some]


def _hiding(columns: Sequence[_Column]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Puts its digest in the place of each secret value, as events hold it."""
    if not any(one.is_secret for one in columns):
        return lambda row: row
    return lambda row: [
        f"#{_digest(one.kind, value)}" if one.is_secret and value is not None else value
        for one, value in zip(columns, row, strict=True)
    ]


def _digest(kind: str, value: Any) -> str:
    """Of a value as events tell it; of what no event could tell, one that equals none of theirs."""
    try:
        if kind == "JSON":
            return digest_of(json.loads(value))
        return digest_of(value if isinstance(value, str) else repr(value))
    except (ValueError, TypeError, RecursionError):
        return digest_of(repr(value))


def _facts(reading: Reading, job: Job, tables: Mapping[str, Sequence[_Column]]) -> dict[str, str]:
    """What the file says of itself."""
    kept_back = {
        name: [one.name for one in columns if one.is_secret]
        for name, columns in tables.items()
        if any(one.is_secret for one in columns)
    }
    facts = {
        "form": str(FORM),
        "program": __version__,
        "made_at": job.clock_now().isoformat(),
        "engine": job.database.kind,
        "municipality": job.municipality.code,
        "kept_back": json.dumps(kept_back),
    }
    try:
        facts["public_key"] = public_key(reading).to_pem().decode()
    except Exception as error:  # noqa: BLE001 - whatever somebody has put in the key's place
        facts["no_public_key"] = reason_of(error)
    return facts


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _text_as_it_is(connection: Connection) -> Iterator[None]:
    """While it is open, text of SQLite that is no text is read as the bytes that it is."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before = driver.text_factory
    driver.text_factory = _text_or_bytes
    try:
        yield
    finally:
        driver.text_factory = before


def _text_or_bytes(stored: bytes) -> str | bytes:
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored
