"""Check that what the tables hold can be read at all: each value is of its column's kind, and nothing is missing."""

import json
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    TypeDecorator,
    inspect,
    text,
)
from sqlalchemy.exc import DBAPIError

from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import Base
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, interrupted, reason_of

_CHECK = "values"
_LONGEST = 40


def values(reading: Reading, look: Look) -> Iterator[Finding]:
    """Every table and column of the program is there, and each value is one that its column may hold: a number where a
    number belongs, a day of the calendar, an instant, JSON that can be read, text that is text, and not empty where it
    must not be."""
    connection = reading.connection
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("is_text", 1, _is_text, deterministic=True)
        driver.create_function("is_json", 1, _is_json, deterministic=True)
    found = inspect(connection).get_multi_columns()
    there = {table: {column["name"] for column in columns} for (_schema, table), columns in found.items()}
    for table in Base.metadata.sorted_tables:
        if table.name not in there:
            yield Finding(check=_CHECK, table=table.name, message=N_("The table “{subject}” is missing."))
            continue
        columns = there[table.name]
        for name in sorted(set(table.columns.keys()) - columns):
            yield Finding(
                check=_CHECK,
                table=table.name,
                message=N_("The table “{subject}” has no column “{column}”."),
                facts={"column": name},
            )
        try:
            yield from _of_table(connection, look, table, columns)
        except DBAPIError as error:
            if interrupted(error):
                raise
            yield Finding(
                check=_CHECK,
                table=table.name,
                message=N_("The table “{subject}” could not be read to its end: {reason}"),
                facts={"reason": reason_of(error)},
            )


def _of_table(connection: Connection, look: Look, table: Table, columns: set[str]) -> Iterator[Finding]:
    sqlite = connection.dialect.name == "sqlite"
    here = [column for column in table.columns if column.name in columns]
    wrong = {
        column.name: _wrong_in_sqlite(column) if sqlite else _wrong_in_postgresql(column) for column in here
    }
    wrong = {name: condition for name, condition in wrong.items() if condition}
    key = [_quoted(column.name) for column in table.primary_key if column.name in columns]
    nested = None if sqlite else connection.begin_nested()
    try:
        count = connection.scalar(text(f"SELECT count(*) FROM {table.name}"))  # noqa: S608 - own names
        look.rows += int(count or 0)
        if not wrong:
            return
        # Each value as text, for a driver can refuse to read what is in the column.
        shown = [f"CAST({one} AS TEXT)" for one in (*key, *(_quoted(name) for name in wrong))]
        judged = [f"CASE WHEN {condition} THEN 1 ELSE 0 END" for condition in wrong.values()]
        found = connection.execute(
            text(
                f"SELECT {', '.join((*shown, *judged))} FROM {table.name} "  # noqa: S608
                f"WHERE {' OR '.join(wrong.values())} ORDER BY {', '.join(key) or '1'}"
            )
        )
        for row in found:
            stored = row[len(key) : len(key) + len(wrong)]
            for name, value, is_wrong in zip(wrong, stored, row[len(key) + len(wrong) :], strict=True):
                if is_wrong:
                    yield _unreadable(table.name, " ".join(map(str, row[: len(key)])), name, value)
    finally:
        if nested is not None and nested.is_active:
            nested.rollback()


def _unreadable(table: str, key: str, column: str, value: str | None) -> Finding:
    if value is None:
        message = N_("{subject}: “{column}” is empty and must not be.")
    else:
        message = N_("{subject}: “{column}” holds “{value}”, which cannot be read.")
        value = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    return Finding(
        check=_CHECK,
        table=table,
        key=key,
        message=message,
        facts={"column": column, "value": value},
        says={column: value},
    )


def _quoted(name: str) -> str:
    return f'"{name}"'


def _kind(column: Column[Any]) -> Any:
    kind = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _wrong_in_sqlite(column: Column[Any]) -> str:
    """When a value of the column cannot be read; SQLite itself keeps anything anywhere."""
    name, kind = _quoted(column.name), _kind(column)
    problem = ""
    if isinstance(kind, Boolean):
        problem = f"typeof({name}) <> 'integer' OR {name} NOT IN (0, 1)"
    elif isinstance(kind, Integer):
        problem = f"typeof({name}) <> 'integer'"
    elif isinstance(kind, Float):
        problem = f"typeof({name}) NOT IN ('real', 'integer')"
    elif isinstance(kind, DateTime):
        problem = (
            f"typeof({name}) <> 'text' OR {name} NOT GLOB '{_DAY} [0-9][0-9]:[0-9][0-9]:[0-9][0-9].{'[0-9]' * 6}' "
            f"OR substr({name}, 1, 19) IS NOT datetime(substr({name}, 1, 19), '+0 days') "
            # GLOB sees nothing behind a zero byte.
            f"OR substr({name}, 1, 4) = '0000' OR length(CAST({name} AS BLOB)) <> 26"
        )
    elif isinstance(kind, Date):
        # The column itself would be compared as a number.
        year_nought = f"substr({name}, 1, 4) = '0000'"
        problem = f"typeof({name}) <> 'text' OR {name} IS NOT date({name}, '+0 days') OR {year_nought}"
    elif isinstance(kind, JSON):
        # JSON has a word of its own for nothing: it is read as the column's NULL, which is written otherwise.
        problem = f"typeof({name}) <> 'text' OR NOT is_json(CAST({name} AS BLOB)) OR trim({name}) = 'null'"
    elif isinstance(kind, LargeBinary):
        problem = f"typeof({name}) <> 'blob'"
    elif isinstance(kind, String):
        # SQLite's own functions see nothing behind a zero byte, and GLOB is slower.
        problem = f"typeof({name}) <> 'text' OR NOT is_text(CAST({name} AS BLOB))"
    empty = "" if column.nullable else f"{name} IS NULL"
    problem = f"({name} IS NOT NULL AND ({problem}))" if problem else ""
    return " OR ".join(filter(None, (empty, problem)))


_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def _is_text(stored: bytes | None) -> bool:
    try:
        return stored is not None and "\0" not in stored.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _is_json(stored: bytes | None) -> bool:
    """Whether all who read it read the same: no number without end, no name twice, nothing that JSON has not."""
    try:
        json.loads(stored or b"", object_pairs_hook=_each_once, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return False
    return True


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a name that is there twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    if not isfinite(number := float(digits)):
        raise ValueError(digits)
    return number


def _wrong_in_postgresql(column: Column[Any]) -> str:
    """The same where the server minds the kinds: it knows days and instants that no calendar of ours has."""
    name, kind = _quoted(column.name), _kind(column)
    problems = [] if column.nullable else [f"{name} IS NULL"]
    if isinstance(kind, Date | DateTime):
        problems.append(f"{name} NOT BETWEEN '0001-01-01' AND '9999-12-30'")
    elif isinstance(kind, JSON):
        problems.append(f"jsonb_typeof({name}) = 'null'")
    return " OR ".join(problems)
