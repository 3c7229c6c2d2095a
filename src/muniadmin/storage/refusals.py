"""What the engines refuse, in the user's words; what is left over is a fault of the program."""

from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

from muniadmin.kernel.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseReadOnly,
    DatabaseUnreachable,
    NoDatabaseFile,
    NumberTooLarge,
    SomebodyWasFaster,
    TextNotStorable,
    UserError,
)

_POSTGRESQL: dict[str, type[UserError]] = {
    "40P01": DatabaseBusy,  # two transactions wait for each other, and this one was ended
    "40001": DatabaseBusy,
    "55P03": DatabaseBusy,
    "23505": SomebodyWasFaster,
    "22003": NumberTooLarge,
    "22001": TextNotStorable,
    "22021": TextNotStorable,
    "22P05": TextNotStorable,
    "25006": DatabaseReadOnly,
    "42501": DatabaseReadOnly,  # the role has no right to it
    "XX001": DatabaseDamaged,
    "XX002": DatabaseDamaged,
    "53100": DatabaseFull,
}
# The server went away, is starting or stopping, or takes no more connections.
_POSTGRESQL_AWAY = ("08", "57P", "53300")

# Without what follows the underscore: SQLITE_READONLY_DBMOVED is SQLITE_READONLY.
_SQLITE: dict[str, type[UserError]] = {
    "BUSY": DatabaseBusy,
    "LOCKED": DatabaseBusy,
    "FULL": DatabaseFull,
    "READONLY": DatabaseReadOnly,
    "TOOBIG": TextNotStorable,
    "CORRUPT": DatabaseDamaged,
    "NOTADB": NoDatabaseFile,
}
_SQLITE_AWAY = frozenset({"IOERR", "CANTOPEN"})


PLACE_TAKEN = "its place is taken"
"""How the triggers of SQLite say that a row with that key, or anything else that is unique, is there already."""


def refusal_of(error: BaseException, dialect: Dialect) -> UserError | None:
    """``error`` of the engine, raised by SQLAlchemy or by the driver itself, as a refusal; None when it is neither
    the user's nor the surroundings' doing."""
    if isinstance(error, OverflowError):
        return NumberTooLarge()
    if isinstance(error, UnicodeEncodeError):
        return TextNotStorable()
    origin = error.orig if isinstance(error, DBAPIError) else error
    driver: Any = dialect.loaded_dbapi
    if not isinstance(origin, driver.Error):
        return None
    found = _of_sqlite(origin) if dialect.name == "sqlite" else _of_postgresql(origin, driver)
    if found in (DatabaseUnreachable, NoDatabaseFile, DatabaseDamaged):
        return found(reason=_first_line(origin))
    return None if found is None else found()


def lost(error: BaseException, connection: Connection) -> bool:
    """Whether the connection itself is gone, so that nobody should be given it again."""
    if connection.invalidated:
        return True
    origin = error.orig if isinstance(error, DBAPIError) else error
    return bool(getattr(connection.connection.driver_connection, "closed", False)) or (
        connection.dialect.name == "postgresql"
        and (getattr(origin, "sqlstate", None) or "").startswith(_POSTGRESQL_AWAY)
    )


def _of_sqlite(error: Any) -> type[UserError] | None:
    name = str(getattr(error, "sqlite_errorname", None) or "").removeprefix("SQLITE_")
    if name in ("CONSTRAINT_UNIQUE", "CONSTRAINT_PRIMARYKEY") or (
        name == "CONSTRAINT_TRIGGER" and str(error).endswith(PLACE_TAKEN)
    ):
        return SomebodyWasFaster
    kind = name.split("_")[0]
    if kind in _SQLITE_AWAY:
        return DatabaseUnreachable
    if str(error).startswith(("Could not decode to UTF-8", "malformed database schema")):
        return DatabaseDamaged
    if name == "ERROR" and "integer overflow" in str(error):
        return NumberTooLarge
    return _SQLITE.get(kind)


def _of_postgresql(error: Any, driver: Any) -> type[UserError] | None:
    state = error.sqlstate
    if state is None:  # psycopg's own: the connection broke, or a text it cannot send
        if isinstance(error, driver.OperationalError | driver.InterfaceError):
            return DatabaseUnreachable
        return TextNotStorable if isinstance(error, driver.DataError) else None
    return DatabaseUnreachable if state.startswith(_POSTGRESQL_AWAY) else _POSTGRESQL.get(state)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
