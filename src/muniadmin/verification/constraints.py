"""Checks of rows against the keys, foreign keys and conditions of their tables: some could only be written where these
were away."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    String,
    Table,
    TextClause,
    UniqueConstraint,
    case,
    cast,
    inspect,
    or_,
    select,
    text,
)

from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import Base
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, from_tables, streamed


def keys(reading: Reading, look: Look) -> Iterator[Finding]:
    """No two rows of a table have what only one of them may have: a row that is there twice counts twice, or hides
    another one."""
    from_tables(reading)
    columns = _columns_there(reading)
    for table in Base.metadata.sorted_tables:
        for name, unique, where in _unique_in(reading, table):
            if not _has(columns, table, table.columns):
                continue  # said by the check of values
            look()
            wanted = _there_twice(reading, table, unique, where)
            for first, *values, count in streamed(reading, look, wanted):
                yield Finding(
                    check="keys",
                    table=table.name,
                    key=first,
                    message=N_(
                        "{subject}: {count} rows have “{value}” as their {columns}, and one may ({name})."
                    ),
                    facts={
                        "name": name,
                        "columns": ", ".join(unique),
                        "value": ", ".join(map(str, values)),
                        "count": count,
                    },
                )


def _unique_in(reading: Reading, table: Table) -> Iterator[tuple[str, Sequence[str], str]]:
    """What is unique in a table: its name, the columns, and the condition of the rows among which it is."""
    yield f"pk_{table.name}", table.primary_key.columns.keys(), ""
    for constraint in sorted(table.constraints, key=lambda one: str(one.name)):
        if isinstance(constraint, UniqueConstraint):
            yield str(constraint.name), constraint.columns.keys(), ""
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        if index.unique:
            where = index.dialect_options[reading.connection.dialect.name]["where"]
            yield str(index.name), index.columns.keys(), "" if where is None else str(where)


def _there_twice(reading: Reading, table: Table, unique: Sequence[str], where: str) -> TextClause:
    """The key of one of the rows, what they have in common, as text, and how many there are."""
    dialect = reading.connection.dialect
    quote = dialect.identifier_preparer.quote
    names = [quote(name) for name in unique]
    shown = [f"CAST({name} AS VARCHAR)" for name in names]
    key = [quote(name) for name in table.primary_key.columns.keys()]  # noqa: SIM118 - a collection of columns
    # Where the key has several columns it is shown for itself only.
    first = (
        f"CAST(min({key[0]}) AS VARCHAR)"
        if len(key) == 1
        else " || ' ' || ".join(shown)
        if names == key
        else "''"
    )
    not_indexed = "NOT INDEXED" if dialect.name == "sqlite" else ""
    conditions = [f"{name} IS NOT NULL" for name in names] + ([f"({where})"] if where else [])
    return text(
        f"SELECT {', '.join((first, *shown))}, count(*) FROM {quote(table.name)} {not_indexed} "  # noqa: S608 - own names
        f"WHERE {' AND '.join(conditions)} GROUP BY {', '.join(names)} HAVING count(*) > 1 ORDER BY {', '.join(names)}"
    )


def references(reading: Reading, look: Look) -> Iterator[Finding]:
    """Every row that another one names is there."""
    from_tables(reading)
    columns = _columns_there(reading)
    for table in Base.metadata.sorted_tables:
        for foreign_key in sorted(table.foreign_key_constraints, key=lambda one: list(one.column_keys)):
            of = foreign_key.referred_table
            here = [element.parent for element in foreign_key.elements]
            there = [element.column for element in foreign_key.elements]
            if not (_has(columns, table, [*table.primary_key, *here]) and _has(columns, of, there)):
                continue  # said by the check of values
            look()
            wanted = _naming_nothing(reading, table, of, dict(zip(here, there, strict=True)))
            for row in streamed(reading, look, wanted):
                key, value = row[: -len(here)], row[-len(here) :]
                yield Finding(
                    check="references",
                    table=table.name,
                    key=" ".join(map(str, key)),
                    message=N_("{subject}: it names “{of} {value}”, which is not there."),
                    facts={"of": of.name, "value": " ".join(map(str, value))},
                    says=dict(zip((one.name for one in here), value, strict=True)),
                )


def _naming_nothing(
    reading: Reading, table: Table, of: Table, places: Mapping[Column[Any], Column[Any]]
) -> TextClause:
    """The key of each row of ``table`` that names a row of another which is not there, and what it names, as text."""
    # Written out, for there are so many that putting them together by expressions takes most of the time in a small
    # town.
    quote = reading.connection.dialect.identifier_preparer.quote
    shown = ", ".join(
        f"CAST(one.{quote(column.name)} AS VARCHAR)" for column in (*table.primary_key, *places)
    )
    filled = " AND ".join(f"one.{quote(here.name)} IS NOT NULL" for here in places)
    same = " AND ".join(
        f"other.{quote(there.name)} = one.{quote(here.name)}" for here, there in places.items()
    )
    not_indexed = "NOT INDEXED" if reading.connection.dialect.name == "sqlite" else ""
    return text(
        f"SELECT {shown} FROM {quote(table.name)} AS one {not_indexed} "  # noqa: S608 - own names
        f"WHERE {filled} AND NOT EXISTS (SELECT 1 FROM {quote(of.name)} AS other WHERE {same})"
    )


def conditions(reading: Reading, look: Look) -> Iterator[Finding]:
    """Every row fulfils the conditions of its table."""
    from_tables(reading)
    columns = _columns_there(reading)
    for table in Base.metadata.sorted_tables:
        checks = sorted(
            (str(one.name), f"NOT ({one.sqltext})")
            for one in table.constraints
            if isinstance(one, CheckConstraint)
        )
        if not checks or not _has(columns, table, table.columns):
            continue
        look()
        broken = [case((text(condition), 1), else_=0) for _name, condition in checks]
        wanted = select(*_key(table), *broken).where(or_(*(text(condition) for _name, condition in checks)))
        for row in streamed(reading, look, wanted.select_from(table)):
            key = " ".join(map(str, row[: -len(checks)]))
            for (name, _condition), is_broken in zip(checks, row[-len(checks) :], strict=True):
                if is_broken:
                    yield Finding(
                        check="conditions",
                        table=table.name,
                        key=key,
                        message=N_("{subject}: it does not fulfil the condition “{name}”."),
                        facts={"name": name},
                    )


def _key(table: Table) -> list[ColumnElement[str]]:
    return [cast(column, String) for column in table.primary_key]


def _columns_there(reading: Reading) -> dict[str, set[str]]:
    """The columns of each table that the database has."""
    return {
        table: {column["name"] for column in columns}
        for (_schema, table), columns in inspect(reading.connection).get_multi_columns().items()
    }


def _has(there: Mapping[str, set[str]], table: Table, columns: Iterable[ColumnElement[Any]]) -> bool:
    return {str(column.key) for column in columns} <= there.get(table.name, set())
