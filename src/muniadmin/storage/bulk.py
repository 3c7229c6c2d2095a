"""Many rows at once: one port for imports, rolls and generated towns, with the fast way of each engine behind it.

Rows go straight to the driver (executemany on SQLite, COPY on PostgreSQL), in the unit's own transaction. Ids that
other rows will point at are reserved beforehand, so that nothing has to be read back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnDefault,
    ColumnElement,
    Connection,
    Insert,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from muniadmin.kernel.texts import ensure_fits
from muniadmin.storage.base import Base
from muniadmin.storage.events import complete
from muniadmin.storage.proof import is_told
from muniadmin.storage.unit_of_work import UnitOfWork

_Convert = Callable[[Any], Any]
#: How many rows are in memory at once.
_CHUNK = 5_000
#: From here on the bulk port is faster than one statement.
_MANY = 20
_AROUND: dict[type[Base], tuple[Callable[[Connection], None], Callable[[Connection, int], None]]] = {}


def around_bulk(
    model: type[Base], *, before: Callable[[Connection], None], after: Callable[[Connection, int], None]
) -> None:
    """Has ``before`` called ahead of each bulk insert of ``model``, and ``after`` behind it with the lowest id that
    came in: what triggers do row by row can then be done for all rows at once."""
    _AROUND[model] = before, after


def bulk_insert(uow: UnitOfWork, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> int:
    """Inserts ``rows`` (column name to Python value) into the table of ``model``; how many there were.

    Columns that a row does not name get the mapped default, or nothing. Rows without "id" get one from the database.
    ``rows`` is consumed as it is written, so a generator may report progress or stop the work by raising.
    """
    stream = iter(rows)
    first = next(stream, None)
    if first is None:
        return 0
    if "session" in uow.__dict__:
        uow.session.flush()
    table = _table_of(model)
    whole: Iterator[Mapping[str, Any]] = chain([first], stream)
    if is_told(table.name):
        whole = _telling(uow, model, whole, named="id" in first)
        first = next(whole)
        whole = chain([first], whole)
    columns = [column for column in table.columns if column.name != "id" or "id" in first]
    values = _values(whole, columns, uow.connection)
    if (topic := model.__topic__) is not None:
        uow.touch(topic)
    put = _insert_with_driver if uow.connection.dialect.name == "sqlite" else _copy
    if model not in _AROUND:
        return put(uow.connection, table, columns, values)
    before, after = _AROUND[model]
    before(uow.connection)
    lowest = (uow.connection.scalar(select(func.max(table.c.id))) or 0) + 1
    place = next((place for place, column in enumerate(columns) if column.name == "id"), None)

    def watched() -> Iterator[tuple[Any, ...]]:
        nonlocal lowest
        for row in values:
            if place is not None and row[place] < lowest:
                lowest = row[place]
            yield row

    count = put(uow.connection, table, columns, watched())
    after(uow.connection, lowest)
    return count


def insert_rows(uow: UnitOfWork, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts ``rows``, a few by one statement, many by the bulk port; all name the same columns."""
    table = _table_of(model)
    if len(rows) >= _MANY:
        bulk_insert(uow, model, rows)
    elif "id" in table.c and is_told(table.name) and rows and "id" not in rows[0]:
        add_rows(uow, model, rows)
    else:
        rows = _whole(uow, table, rows)
        uow.connection.execute(_inserting(model), rows)
        if is_told(table.name):
            uow.told.inserted(table, rows)


def add_rows(uow: UnitOfWork, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Inserts ``rows`` into a table whose key is "id"; their ids, in order. A few go in by one statement that gives the
    ids back, many by the bulk port under ids reserved for them."""
    if not rows:
        return []
    if len(rows) < _MANY:
        table = _table_of(model)
        whole = _whole(uow, table, rows)
        ids = uow.connection.execute(_adding(model), whole).scalars().all()
        if is_told(table.name):
            uow.told.inserted(table, [{**row, "id": row_id} for row_id, row in zip(ids, whole, strict=True)])
        return ids
    ids = reserve_ids(uow, model, len(rows))
    bulk_insert(uow, model, ({"id": row_id, **row} for row_id, row in zip(ids, rows, strict=True)))
    return ids


def insert_if_new(
    uow: UnitOfWork, model: type[Base], rows: Sequence[Mapping[str, Any]]
) -> set[tuple[Any, ...]]:
    """Inserts each of ``rows`` unless one with its key, or with anything else that is unique, is there, even one that
    somebody else is about to write; the keys of those that went in. Where the table is append-only, look first: on
    SQLite its triggers refuse a row whose key is there. Whoever adds several rows sorts them, so that two orders do not
    wait for each other."""
    table = _table_of(model)
    whole = _whole(uow, table, rows)
    adding = postgresql.insert if uow.connection.dialect.name == "postgresql" else sqlite.insert
    key = list(table.primary_key.columns)
    returned = uow.connection.execute(adding(table).on_conflict_do_nothing().returning(*key), whole)
    added = {tuple(row) for row in returned}
    if is_told(table.name):
        uow.told.inserted(table, [row for row in whole if tuple(row[column.name] for column in key) in added])
    return added


def delete_rows(uow: UnitOfWork, model: type[Base], where: ColumnElement[bool]) -> int:
    """Deletes the rows of which ``where`` is true, and tells so; how many there were."""
    table = _table_of(model)
    # Told is what this statement found: a row that somebody else deletes meanwhile is theirs.
    rows = uow.connection.execute(delete(table).where(where).returning(table)).mappings().all()
    if is_told(table.name):
        for row in rows:
            uow.told.deleted(table, dict(row))
    return len(rows)


def _whole(uow: UnitOfWork, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with every column, where events tell of them: but for an id that the database gives."""
    if not is_told(table.name):
        return [dict(row) for row in rows]
    whole = [complete(table, row, uow.event_id) for row in rows]
    for row in whole:
        if "id" in row and row["id"] is None:
            del row["id"]
    return whole


def _telling(
    uow: UnitOfWork, model: type[Base], rows: Iterator[Mapping[str, Any]], *, named: bool
) -> Iterator[Mapping[str, Any]]:
    """The rows with every column, noted as they pass. Where they are not numbered yet, they are here."""
    table = _table_of(model)
    if not named and "id" in table.c:
        unnumbered = list(rows)
        ids = reserve_ids(uow, model, len(unnumbered))
        rows = iter([{**row, "id": row_id} for row_id, row in zip(ids, unnumbered, strict=True)])
    for row in rows:
        whole = complete(table, row, uow.event_id)
        uow.told.inserted(table, [whole])
        yield whole


@cache
def _inserting(model: type[Base]) -> Insert:
    return insert(_table_of(model))


@cache
def _adding(model: type[Base]) -> ReturningInsert[int]:
    table = _table_of(model)
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


def reserve_ids(uow: UnitOfWork, model: type[Base], count: int) -> Sequence[int]:
    """``count`` ids of the table of ``model`` that nobody else will take, ascending; not always without a gap."""
    if not count:
        return ()
    table = _table_of(model)
    if uow.connection.dialect.name == "sqlite":
        # This transaction is the only writer, so the ids after the last one are ours.
        highest = uow.connection.scalar(select(func.max(table.c.id))) or 0
        last = max(highest, uow.reserved.get(table.name, 0))
        uow.reserved[table.name] = last + count
        return range(last + 1, last + count + 1)
    taken = uow.connection.exec_driver_sql(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table.name, count)
    )
    return sorted(int(row[0]) for row in taken)


def insert_missing(
    connection: Connection, model: type[Base], columns: Sequence[str], rows: Sequence[tuple[str, ...]]
) -> None:
    """Inserts ``rows`` of texts into ``columns``; a row whose primary key is there already changes nothing."""
    table = _table_of(model)
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(columns))
        sql = f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES ({places})'  # noqa: S608 - own names
        for some in _chunks(iter(rows)):
            connection.exec_driver_sql(sql, some)
        return
    arrays = ", ".join(["%s::text[]"] * len(columns))
    sql = f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING'  # noqa: S608
    for some in _chunks(iter(rows)):
        connection.exec_driver_sql(sql, tuple(list(column) for column in zip(*some, strict=True)))


def _table_of(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _values(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[Column[Any]], connection: Connection
) -> Iterator[tuple[Any, ...]]:
    plan = [(column.name, _default(column), _converter(column, connection)) for column in columns]
    for row in rows:
        yield tuple(
            [
                row.get(name, default) if convert is None else convert(row.get(name, default))
                for name, default, convert in plan
            ]
        )


def _default(column: Column[Any]) -> Any:
    default = column.default
    return default.arg if isinstance(default, ColumnDefault) and default.is_scalar else None


def _converter(column: Column[Any], connection: Connection) -> _Convert | None:
    dialect = connection.dialect
    convert: _Convert | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None and isinstance(column.type, String) and column.type.length is not None:
        return partial(ensure_fits, length=column.type.length)
    return convert


def _chunks(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while some := list(islice(rows, _CHUNK)):
        yield some


def _insert_with_driver(
    connection: Connection, table: Table, columns: Sequence[Column[Any]], values: Iterator[tuple[Any, ...]]
) -> int:
    names = ", ".join(f'"{column.name}"' for column in columns)
    sql = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608 - own names
    count = 0
    for some in _chunks(values):
        connection.exec_driver_sql(sql, some)
        count += len(some)
    return count


def _copy(
    connection: Connection, table: Table, columns: Sequence[Column[Any]], values: Iterator[tuple[Any, ...]]
) -> int:
    names = ", ".join(f'"{column.name}"' for column in columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in values:
                copy.write_row(row)
        return int(cursor.rowcount)
