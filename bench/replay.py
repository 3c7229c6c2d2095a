"""Records the statements the program sends to its database, and sends them again without the program.

What is left out in between is all that the program does beside SQL: rules, texts, signatures, digests. Its speed as a
share of the replay's is what those cost.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event, make_url, select

from muniadmin.storage.base import Base
from muniadmin.storage.engine import Database


@dataclass(frozen=True)
class Statement:
    """One call of the driver."""

    sql: str
    arguments: Any
    many: bool


Transaction = list[Statement]


@dataclass
class Recorder:
    """What was sent through a database's writers, transaction by transaction."""

    transactions: list[Transaction] = field(default_factory=list)
    _open: Transaction = field(default_factory=list)

    def sent(self, sql: str, arguments: Any, *, many: bool) -> None:
        """Keeps a statement of the open transaction."""
        self._open.append(Statement(sql, arguments, many))

    def committed(self) -> None:
        """The open transaction is complete."""
        self.transactions.append(self._open)
        self._open = []

    def forget(self) -> None:
        """What a new connection is prepared with is no part of a transaction."""
        self._open = []


def record_statements(database: Database) -> Recorder:
    """Records from now on everything the database's writers send."""
    recorder = Recorder()

    class SqliteCursor(sqlite3.Cursor):
        def execute(self, sql: str, arguments: Any = (), /) -> "SqliteCursor":
            recorder.sent(sql, arguments, many=False)
            super().execute(sql, arguments)
            return self

        def executemany(self, sql: str, arguments: Iterable[Any], /) -> "SqliteCursor":
            rows = list(arguments)
            recorder.sent(sql, rows, many=True)
            super().executemany(sql, rows)
            return self

    class SqliteConnection(sqlite3.Connection):
        def cursor(self, *_arguments: Any, **_options: Any) -> Any:
            return super().cursor(SqliteCursor)

        def execute(self, sql: str, arguments: Any = (), /) -> Any:
            return self.cursor().execute(sql, arguments)

    class PostgresqlCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> "PostgresqlCursor":
            recorder.sent(query, params, many=False)
            super().execute(query, params, **options)
            return self

        def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
            rows = list(params_seq)
            recorder.sent(query, rows, many=True)
            super().executemany(query, rows, **options)

    @event.listens_for(database.writers, "do_connect")
    def _connecting(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
        if database.kind == "sqlite":
            options["factory"] = SqliteConnection
        else:
            options["cursor_factory"] = PostgresqlCursor

    @event.listens_for(database.writers, "commit")
    def _committing(_connection: Any) -> None:
        recorder.committed()

    database.writers.dispose()  # connections made before do not record
    database.connect_to_write().close()
    recorder.forget()
    return recorder


def replay(connection: Any, transactions: Sequence[Transaction]) -> None:
    """Sends the statements with the bare driver, one after the other, reading what each returns."""
    cursor = connection.cursor()
    for transaction in transactions:
        for statement in transaction:
            if statement.many:
                cursor.executemany(statement.sql, statement.arguments)
                continue
            cursor.execute(statement.sql, statement.arguments)
            if cursor.description:
                cursor.fetchall()
        connection.commit()


def bare_sqlite(path: Path, *, synchronous: str = "FULL") -> sqlite3.Connection:
    """A connection of the driver alone, prepared as the program prepares its own."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"synchronous={synchronous}",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def bare_postgresql(address: str) -> "psycopg.Connection[Any]":
    """A connection of the driver alone."""
    return psycopg.connect(
        make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    )


def ensure_same_rows(ours: Database, theirs: Database, *, only: type[Base] | None = None) -> str:
    """That the bare driver stored what the program stored, row by row in every table or in one; says so."""
    rows = 0
    with ours.connect_to_read() as one, theirs.connect_to_read() as other:
        for table in (
            Base.metadata.sorted_tables if only is None else [only.metadata.tables[only.__tablename__]]
        ):
            wanted = select(table).order_by(*table.primary_key)
            for mine, replayed in zip_longest(one.execute(wanted), other.execute(wanted)):
                if mine != replayed:
                    raise AssertionError(f"{table.name}: the program stored {mine}, the driver {replayed}")
                rows += 1
    return f"{rows:,} rows equal"
