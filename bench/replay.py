"""Records the statements the program sends to its database, and sends them again without the program.

What is left out in between is all that the program does beside SQL: rules, texts, signatures, digests. Its speed as a
share of the replay's is what those cost.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, event, make_url, select

from muniadmin.storage.base import Base
from muniadmin.storage.engine import Database


@dataclass(frozen=True)
class Statement:
    """One call of the driver."""

    sql: str
    arguments: Any
    many: bool


Transaction = list[Statement]

#: What bears the instant by the machine's own clock, which is another each time.
_OF_THE_CLOCK = {
    ("event", "server_at"),
    ("event", "canonical"),
    ("event", "previous_digest"),
    ("event", "digest"),
    ("chain_head", "digest"),
}


def record_statements(database: Database) -> list[Transaction]:
    """The transactions that the database's writers send from now on, each kept when it commits. BEGIN and COMMIT are
    not among the statements."""
    transactions: list[Transaction] = []
    under_way: Transaction = []

    @event.listens_for(database.writers, "begin")
    def _beginning(_connection: Connection) -> None:
        under_way.clear()

    @event.listens_for(database.writers, "before_cursor_execute")
    def _sending(
        _connection: Connection, _cursor: Any, sql: str, arguments: Any, _context: Any, many: bool
    ) -> None:
        # Rows whose ids are asked back go one by one, though they are said to be many.
        rows = many and not isinstance(arguments, dict) and isinstance(arguments[0], tuple | dict)
        under_way.append(Statement(sql, arguments, rows))

    @event.listens_for(database.writers, "commit")
    def _committing(_connection: Connection) -> None:
        transactions.append(under_way.copy())

    return transactions


def replay(connection: Any, transactions: Sequence[Transaction]) -> None:
    """Sends the statements with the bare driver, one after the other, reading what each returns."""
    cursor = connection.cursor()
    for transaction in transactions:
        if isinstance(connection, sqlite3.Connection):  # psycopg says it by itself
            cursor.execute("BEGIN IMMEDIATE")
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
            columns = [column for column in table.columns if (table.name, column.name) not in _OF_THE_CLOCK]
            wanted = select(*columns).order_by(*table.primary_key)
            for mine, replayed in zip_longest(one.execute(wanted), other.execute(wanted)):
                if mine != replayed:
                    raise AssertionError(f"{table.name}: the program stored {mine}, the driver {replayed}")
                rows += 1
    return f"{rows:,} rows equal"
