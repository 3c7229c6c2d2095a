"""What was issued stays, whoever asks the database to change it: tried on every protected table, column by column."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from tempfile import TemporaryDirectory
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.exc import DBAPIError

from muniadmin.app import App
from muniadmin.assessment.commands import PrintBills
from muniadmin.bootstrap import open_app
from muniadmin.storage.base import PROTECTIONS, Base
from tests.builders import begin_the_day, everything
from tests.collection.counter import at
from tests.towns import TownClock
from tests.verification.long_story import tell_more
from tests.verification.story import LAST_DAY

PROTECTED = sorted(set(PROTECTIONS.values()))

MAY_CHANGE: dict[str, set[str]] = {
    "act": {"version", "search_text"},
    "act_register": set(),
    "cash_session": set(),
    "extract": set(),
    "extract_request": {
        "closed_at", "ready_at", "received_by", "reworks", "search_text", "state",
    },
    "fine": {"taxpayer_id", "vehicle_id"},
    "roll": {"finished_at", "state"},
    "tariff": {"valid_to", "withdrawn"},
}  # fmt: skip
"""What of tables that are not append-only lives on."""

FROM_WHEN = {
    "act": "signed_at",
    "act_register": "closed_at",
    "cash_session": "closed_at",
    "extract": "withdrawn_at",
    "fine": "voided_at",
}
"""The column that says, once it is filled, that nothing of the row changes any more but the above."""


def tell_and_print(app: App, clock: TownClock) -> None:
    """The story, and the bills of its roll printed as files."""
    tell_more(app, clock)
    with TemporaryDirectory() as folder:
        app.execute(PrintBills(head_code="TH", period="2026", folder=folder), everything(app))


pytestmark = pytest.mark.after(tell_and_print, LAST_DAY)


def rows_that_stand(table: str) -> str:
    return f"{FROM_WHEN[table]} IS NOT NULL" if table in FROM_WHEN else "1 = 1"


def another(column: Column[Any], name: str | None = None) -> str:
    """An SQL value that is not the column's."""
    name = name or f'"{column.name}"'
    kind: Any = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, Boolean):
        return f"NOT coalesce({name}, false)"
    if isinstance(kind, DateTime):
        return "'1999-01-01 00:00:00.000000'"
    if isinstance(kind, Date):
        return "'1999-01-01'"
    if isinstance(kind, JSON):
        return """'{"other": 1}'"""
    if isinstance(kind, String):
        return f"CASE WHEN {name} = 'x' THEN 'y' ELSE 'x' END"
    return f"coalesce({name}, 0) + 100000"


def refused(app: App, statement: str) -> str | None:
    """What the database says to the statement; None when it carried it out."""
    with app.database.connect_to_write() as connection:
        try:
            connection.execute(text(statement))
        except DBAPIError as error:
            return str(error.orig)
        finally:
            connection.rollback()
    return None


def told_why_not(app: App, table: str, statements: Sequence[str]) -> list[str]:
    """The statements that were not refused as they should be, with what was said to them."""
    said = [(statement, refused(app, statement)) for statement in statements]
    return [f"{one}: {answer}" for one, answer in said if f"append-only: {table}" not in (answer or "")]


def test_every_protected_table_holds_a_row_to_try_it_on(app: App) -> None:
    assert set(MAY_CHANGE) <= set(PROTECTED)
    with app.database.connect_to_read() as connection:
        for table in PROTECTED:
            count = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {rows_that_stand(table)}"))
            assert count, table


def test_no_column_changes_but_those_that_live_on(app: App) -> None:
    wrong = []
    for table in PROTECTED:
        statements = [
            f'UPDATE {table} SET "{column.name}" = {another(column)} WHERE {rows_that_stand(table)}'
            for column in Base.metadata.tables[table].columns
            if column.name not in MAY_CHANGE.get(table, ())
        ]
        wrong += told_why_not(app, table, statements)
    assert wrong == []


def test_no_row_is_deleted(app: App) -> None:
    statements = {table: f"DELETE FROM {table} WHERE {rows_that_stand(table)}" for table in PROTECTED}
    assert [one for table in PROTECTED for one in told_why_not(app, table, [statements[table]])] == []


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_no_table_is_emptied_at_once(app: App) -> None:
    wrong = [one for table in PROTECTED for one in told_why_not(app, table, [f"TRUNCATE {table} CASCADE"])]
    assert wrong == []


def test_no_row_is_overwritten_by_one_that_comes_in(app: App) -> None:
    wrong = []
    for name in PROTECTED:
        table = Base.metadata.tables[name]
        key = [column.name for column in table.primary_key]
        frozen = [one for one in table.columns if one.name not in (*key, *MAY_CHANGE.get(name, ()))]
        if not frozen:
            continue
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        changed = another(frozen[0], f'{name}."{frozen[0].name}"')
        statement = (
            f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name} WHERE {rows_that_stand(name)} "
            f'ON CONFLICT ({", ".join(key)}) DO UPDATE SET "{frozen[0].name}" = {changed}'
        )
        wrong += told_why_not(app, name, [statement])
    assert wrong == []


def test_desks_that_begin_a_day_at_once_open_it_once(app: App, town_url: str, clock: TownClock) -> None:
    """What is only added when it is not there yet goes on being so."""
    clock.town = None
    at(clock, LAST_DAY + timedelta(days=1))
    begun = Barrier(4)

    def begin() -> None:
        with closing(open_app(town_url, clock=clock)) as desk:
            begun.wait()
            begin_the_day(desk)

    with ThreadPoolExecutor(4) as desks:
        for one in [desks.submit(begin) for _desk in range(4)]:
            one.result()
    with app.database.connect_to_read() as connection:
        days = connection.scalar(text("SELECT count(*) FROM business_day WHERE day = '2026-12-04'"))
    assert days == 1


# --- SQLite's REPLACE deletes rows without asking a trigger on deletion ----------------------------------------------


def unique_keys(table: Table) -> list[tuple[list[str], str]]:
    """Whatever is unique in the table: columns, and the condition under which it is."""
    keys = [([column.name for column in table.primary_key], "1 = 1")]
    keys += [
        ([column.name for column in one.columns], "1 = 1")
        for one in table.constraints
        if isinstance(one, UniqueConstraint)
    ]
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            keys.append(([column.name for column in index.columns], "1 = 1" if where is None else str(where)))
    return keys


def copied(table: Table, same: Sequence[str], *, empty: Sequence[str] = ()) -> str:
    """The values of a row like another one, with another value in every unique column but ``same``."""
    apart = {name for columns, _where in unique_keys(table) for name in columns} - set(same)
    return ", ".join(
        "NULL" if column.name in empty else another(column) if column.name in apart else f'"{column.name}"'
        for column in table.columns
    )


@pytest.fixture
def attacker(app: App) -> Iterator[sqlite3.Connection]:
    """Somebody with the file at hand, whose own connection minds neither foreign keys nor conditions."""
    with closing(sqlite3.connect(str(app.database.url.database), isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        yield connection


def contents(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in PROTECTED}


def tried(connection: sqlite3.Connection, *statements: str) -> str:
    connection.execute("BEGIN")
    changed = 0
    try:
        for statement in statements:
            changed = connection.execute(statement).rowcount
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        connection.execute("ROLLBACK")
    return f"carried out: {changed}"


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_no_row_is_replaced(attacker: sqlite3.Connection, recursive: str) -> None:
    attacker.execute(f"PRAGMA recursive_triggers = {recursive}")
    before = contents(attacker)
    wrong = []
    for name in PROTECTED:
        table = Base.metadata.tables[name]
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        for key, where in unique_keys(table):
            filled = " AND ".join(f'"{one}" IS NOT NULL' for one in key)
            rows = f"FROM {name} WHERE {filled} AND ({where})"
            statement = (
                f"INSERT OR REPLACE INTO {name} ({columns}) SELECT {copied(table, key)} {rows} LIMIT 1"
            )
            # A row with something else unique in it comes first where the town has none, e.g. an imported fine.
            first = f"INSERT INTO {name} ({columns}) SELECT {copied(table, ())} FROM {name} LIMIT 1"
            there = attacker.execute(f"SELECT count(*) {rows}").fetchone()[0]
            answer = tried(attacker, *([] if there else [first]), statement)
            if "append-only" not in answer:
                wrong.append(f"{statement}: {answer}")
        by_rowid = f"SELECT rowid, {copied(table, ())} FROM {name} LIMIT 1"
        if "id" not in table.columns and len(table.primary_key) > 1:
            answer = tried(attacker, f"INSERT OR REPLACE INTO {name} (rowid, {columns}) {by_rowid}")
            if "append-only" not in answer:
                wrong.append(f"{name} by rowid: {answer}")
    assert wrong == []
    assert contents(attacker) == before


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_row_is_replaced_by_another_that_changes(attacker: sqlite3.Connection) -> None:
    """A draft, an open session or a newer version is given the key of a row that stands."""
    wrong = []
    for name in MAY_CHANGE:
        table = Base.metadata.tables[name]
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        for key, where in unique_keys(table):
            attacker.execute("BEGIN")
            filled = " AND ".join(f'"{one}" IS NOT NULL' for one in key)
            stands = f"{filled} AND ({where})"
            attacker.execute(
                f"INSERT INTO {name} ({columns}) SELECT {copied(table, (), empty=[FROM_WHEN.get(name, '')])} "
                f"FROM {name} WHERE {stands} LIMIT 1"
            )
            (new,) = attacker.execute("SELECT last_insert_rowid()").fetchone()
            count = attacker.execute(f"SELECT count(*) FROM {name}").fetchone()
            taken = ", ".join(
                f'"{one}" = (SELECT "{one}" FROM {name} WHERE {stands} AND rowid <> {new} LIMIT 1)'
                for one in key
            )
            try:
                attacker.execute(f"UPDATE OR REPLACE {name} SET {taken} WHERE rowid = {new}")
            except sqlite3.IntegrityError as error:
                if "append-only" not in str(error):
                    wrong.append(f"{name} {key}: {error}")
            if attacker.execute(f"SELECT count(*) FROM {name}").fetchone() != count:
                wrong.append(f"{name} {key}: a row is gone")
            attacker.execute("ROLLBACK")
    assert wrong == []
