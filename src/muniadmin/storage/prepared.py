"""Statements built and compiled once, for the few hot paths (posting, rolls, imports); ORM everywhere else.

A payment runs some fifteen statements; compiling each anew would cost more than SQLite needs to run them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows

_Params = Mapping[str, Any]
_Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    sql: str
    #: Names of the parameters in order, where the driver wants them by place.
    order: tuple[str, ...] | None
    binds: Mapping[str, _Convert]
    defaults: Mapping[str, Any]
    #: By place: how to turn what the driver returns into the column's Python type.
    results: tuple[tuple[int, _Convert], ...]

    def arguments(self, values: _Params) -> Any:
        bound = {**self.defaults, **values}
        for name, convert in self.binds.items():
            bound[name] = convert(bound[name])
        return tuple(bound[name] for name in self.order) if self.order is not None else bound

    def row(self, raw: Sequence[Any]) -> Sequence[Any]:
        if not self.results:
            return raw
        row = list(raw)
        for place, convert in self.results:
            row[place] = convert(row[place])
        return row


class Prepared:
    """One statement, compiled at its first use on each engine. Values have the columns' Python types."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def _for(self, connection: Connection) -> _Compiled:
        name = connection.dialect.name
        found = self._compiled.get(name)
        if found is None:
            found = self._compiled[name] = self._compile(connection)
        return found

    def _compile(self, connection: Connection) -> _Compiled:
        dialect = connection.dialect
        compiled = self._statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        processors = compiled._bind_processors  # noqa: SLF001 - SQLAlchemy has no public name for it
        columns = self._statement.exported_columns if isinstance(self._statement, ReturnsRows) else ()
        converters = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        return _Compiled(
            sql=str(compiled),
            order=tuple(compiled.positiontup) if compiled.positiontup is not None else None,
            binds={name: cast("_Convert", convert) for name, convert in processors.items()},
            defaults={name: value for name, value in compiled.params.items() if value is not None},
            results=tuple(
                (place, convert) for place, convert in enumerate(converters) if convert is not None
            ),
        )

    def run(self, connection: Connection, **values: Any) -> Sequence[Sequence[Any]]:
        """Runs the statement with the driver; the rows it returns, none for a statement that returns none."""
        compiled = self._for(connection)
        driver: Any = connection.connection.driver_connection
        cursor = driver.execute(compiled.sql, compiled.arguments(values))
        return [compiled.row(raw) for raw in cursor.fetchall()] if cursor.description else ()

    def run_many(self, connection: Connection, rows: Iterable[_Params]) -> None:
        """Runs the statement once for each row of values."""
        compiled = self._for(connection)
        cursor = connection.connection.cursor()
        cursor.executemany(compiled.sql, [compiled.arguments(values) for values in rows])
        cursor.close()
