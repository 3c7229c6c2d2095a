"""Statements built and compiled once, for the few hot paths (posting, rolls, imports); ORM everywhere else.

A payment runs some fifteen statements; compiling each anew would cost more than SQLite needs to run them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import JSON, Connection, Date, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows

from muniadmin.storage.base import UtcType

_Params = Mapping[str, Any]
_Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    sql: str
    #: The parameters in order, each with how to turn its Python value into the driver's; None: as it is.
    binds: tuple[tuple[str, _Convert | None], ...]
    #: The parameters' names, where the driver wants them by name and not by place.
    names: tuple[str, ...] | None
    defaults: Mapping[str, Any]
    returns_rows: bool
    #: By place: how to turn what the driver returns into the column's Python type.
    results: tuple[tuple[int, _Convert], ...]

    def arguments(self, values: _Params) -> Any:
        if self.defaults:
            values = {**self.defaults, **values}
        bound = [values[name] if convert is None else convert(values[name]) for name, convert in self.binds]
        return bound if self.names is None else dict(zip(self.names, bound, strict=True))

    def rows(self, found: list[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        return [self._converted(row) for row in found] if self.results else found

    def _converted(self, raw: Sequence[Any]) -> Sequence[Any]:
        row = list(raw)
        for place, convert in self.results:
            if row[place] is not None:
                row[place] = convert(row[place])
        return row


class Prepared:
    """One statement, compiled at its first use on each engine. Values have the columns' Python types.

    Rows are for reading only: the same JSON text is parsed once and handed out again.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, **values: Any) -> Sequence[Sequence[Any]]:
        """Runs the statement with the driver; the rows it returns, none for a statement that returns none."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection)
        driver: Any = connection.connection.dbapi_connection
        cursor = driver.execute(compiled.sql, compiled.arguments(values))
        return compiled.rows(cursor.fetchall()) if compiled.returns_rows else ()

    def ask(self, connection: Connection, **values: Any) -> Callable[[], Sequence[Sequence[Any]]]:
        """Sends the statement; what is returned gives its rows. Where the unit of work has stopped waiting, several
        questions asked one after the other are answered together."""
        if connection.dialect.name == "sqlite":
            rows = self.run(connection, **values)
            return lambda: rows
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection)
        driver: Any = connection.connection.dbapi_connection
        cursor = driver.execute(compiled.sql, compiled.arguments(values))
        return lambda: compiled.rows(cursor.fetchall())

    def run_many(self, connection: Connection, rows: Iterable[_Params]) -> None:
        """Runs the statement once for each row of values."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection)
        driver: Any = connection.connection.dbapi_connection
        driver.cursor().executemany(compiled.sql, [compiled.arguments(values) for values in rows])

    def _compile(self, connection: Connection) -> _Compiled:
        dialect = connection.dialect
        compiled = self._statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        # SQLAlchemy has no public name for them.
        processors = cast("Mapping[str, _Convert]", compiled._bind_processors)  # noqa: SLF001
        names = tuple(compiled.positiontup if compiled.positiontup is not None else compiled.params)
        columns = self._statement.exported_columns if isinstance(self._statement, ReturnsRows) else ()
        converters = [
            remembered(column.type.dialect_impl(dialect).result_processor(dialect, None), column.type, JSON)
            for column in columns
        ]
        made = self._compiled[dialect.name] = _Compiled(
            sql=str(compiled),
            binds=tuple(
                (name, remembered(processors.get(name), compiled.binds[name].type, Date, UtcType))
                for name in names
            ),
            names=None if compiled.positional else names,
            defaults={name: value for name, value in compiled.params.items() if value is not None},
            returns_rows=bool(columns),
            results=tuple(
                (place, convert) for place, convert in enumerate(converters) if convert is not None
            ),
        )
        return made


def remembered(convert: _Convert | None, of_type: object, *types: type) -> _Convert | None:
    """Converts each value of these types once: a transaction writes one day and one instant again and again, and reads
    the names and rules of the same few revenue heads."""
    return lru_cache(maxsize=64)(convert) if convert is not None and isinstance(of_type, types) else convert
