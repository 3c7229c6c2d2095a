"""Statements built and compiled once, for the few hot paths (posting, rolls, imports); ORM everywhere else.

A payment runs some fifteen statements; compiling each anew would cost more than SQLite needs to run them.
Values go to the driver as they are: whole numbers, text, dates. Instants go through ``instant``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.sql.compiler import SQLCompiler

_Params = Mapping[str, Any]


class Prepared:
    """One statement, compiled at its first use on each engine."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any], dict[str, Any]]] = {}

    def _for(self, connection: Connection) -> tuple[str, tuple[str, ...] | None, dict[str, Any], dict[str, Any]]:
        name = connection.dialect.name
        found = self._compiled.get(name)
        if found is None:
            compiled = self._statement.compile(dialect=connection.dialect)  # type: ignore[attr-defined]
            assert isinstance(compiled, SQLCompiler)
            order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
            found = (str(compiled), order, dict(compiled._bind_processors), dict(compiled.params))
            self._compiled[name] = found
        return found

    def _arguments(self, found: tuple[str, tuple[str, ...] | None, dict[str, Any], dict[str, Any]], values: _Params) -> Any:
        _sql, order, processors, defaults = found
        bound = {**defaults, **values}
        for key, process in processors.items():
            bound[key] = process(bound[key])
        return tuple(bound[key] for key in order) if order is not None else bound

    def run(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """Runs the statement with the driver; the rows it returns, empty for none."""
        found = self._for(connection)
        cursor: Any = connection.connection.driver_connection.execute(found[0], self._arguments(found, values))  # type: ignore[union-attr]
        rows: Sequence[Any] = cursor.fetchall() if cursor.description else ()
        return rows

    def run_many(self, connection: Connection, rows: Iterable[_Params]) -> None:
        """Runs the statement once for each row of values."""
        found = self._for(connection)
        cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
        cursor.executemany(found[0], [self._arguments(found, values) for values in rows])
        cursor.close()
