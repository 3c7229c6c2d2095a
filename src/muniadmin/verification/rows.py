"""Reads the rows that are checked so that nothing that stands in them ends the reading."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Executable, Row, text
from sqlalchemy.exc import DBAPIError

from muniadmin.kernel.i18n import N_
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding

_BATCH = 5_000
#: Texts of events are fewer at once: that of an order with a thousand bills has a megabyte.
TEXTS = 100
_LOOK_EVERY = 256
_TELL_EVERY_SECONDS = 0.1
# Steps of SQLite's machine: some ten milliseconds.
_STEPS = 1_000_000


class Look:
    """How a check goes: calling it counts a row. ``tell`` is called now and then, also while the database is at work;
    what it raises ends the check and is kept in ``stopped``. ``remarks``: sentences on what the check cannot say."""

    def __init__(self, tell: Callable[[], object]) -> None:
        self.rows = 0
        self.unread = 0
        self.remarks: list[str] = []
        self.stopped: BaseException | None = None
        self._tell = tell
        self._told = time.monotonic()

    def __call__(self) -> None:
        """Counts a row."""
        self.rows += 1
        if self.rows % _LOOK_EVERY == 0:
            self.tell()

    def remark(self, sentence: str) -> None:
        """Says, in the language in force, what somebody who relies on the check must know besides."""
        self.remarks.append(sentence)

    def tell(self) -> None:
        """Says how far it is, at most ten times a second."""
        if time.monotonic() - self._told < _TELL_EVERY_SECONDS:
            return
        self._told = time.monotonic()
        try:
            self._tell()
        except BaseException as stopped:
            self.stopped = stopped
            raise

    def while_at_work(self) -> int:
        """Asked by SQLite in the middle of a statement: 0 to go on, 1 to end it."""
        try:
            self.tell()
        except BaseException as stopped:  # noqa: BLE001 - Ctrl+C as well; it is raised again where it can be
            self.stopped = stopped
        return 0 if self.stopped is None else 1


def streamed(
    reading: Reading, look: Look, wanted: Executable, *, at_once: int = _BATCH
) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of a question too large to be held at once; ``at_once`` of them are. One that holds what its column
    cannot is left out and counted: the check of values names it."""
    result = reading.connection.execute(
        wanted, execution_options={"stream_results": True, "yield_per": at_once}
    )
    while True:
        try:
            row = result.fetchone()
        except DBAPIError:
            raise  # the database cannot go on; a value that cannot be read is our own trouble
        except Exception:  # noqa: BLE001 - whatever stands in the column
            look.unread += 1
            continue
        if row is None:
            return
        yield row


# A server, a database or a role can be told to read rows by an index, which can say something else than its table, and
# not to look for rows that a condition refuses.
_ROWS_THERE = {"constraint_exclusion": "off", "enable_seqscan": "on", "enable_indexonlyscan": "off"}
_TABLES_ALONE = {**_ROWS_THERE, "enable_indexscan": "off", "enable_bitmapscan": "off"}
_SETTING = text("SELECT set_config(:name, :value, true)")


def from_tables(reading: Reading) -> None:
    """Until the check ends, PostgreSQL reads whatever is asked from whole tables and never by an index, whatever it was
    told; SQLite is told so in each question (``NOT INDEXED``)."""
    if reading.connection.dialect.name == "postgresql":
        _plan(reading.connection, _TABLES_ALONE)


def _plan(connection: Connection, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        connection.execute(_SETTING, {"name": name, "value": value})


def judged(
    reading: Reading,
    look: Look,
    wanted: Executable,
    judge: Callable[[Row[*tuple[Any, ...]]], Iterator[Finding]],
    *,
    check: str,
    table: str,
) -> Iterator[Finding]:
    """What ``judge`` finds on each row, whose first column is its key in ``table``. A row that is empty where it must
    not be, or holds something else than it should, is a finding itself; the next one is judged all the same."""
    for row in streamed(reading, look, wanted):
        look()
        try:
            yield from judge(row)
        except Exception as error:  # noqa: BLE001 - whatever stands in the row
            yield unreadable(check, table, row[0], error)


def unreadable(check: str, table: str, key: object, error: Exception) -> Finding:
    """That a row cannot be judged for what stands in it."""
    return Finding(
        check=check,
        table=table,
        key=str(key),
        message=N_(
            "{subject}: something in it, or in what belongs to it, is missing or cannot be read ({reason})."
        ),
        facts={"reason": reason_of(error)},
    )


def reason_of(error: BaseException) -> str:
    """An error in a few words of its own."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(origin).strip().splitlines()
    return lines[0] if lines else type(origin).__name__


def interrupted(error: BaseException) -> bool:
    """Whether SQLite ended a statement because somebody stopped it."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    return getattr(origin, "sqlite_errorname", None) == "SQLITE_INTERRUPT"


@contextmanager
def reading_anything(connection: Connection) -> Iterator[Callable[[Look], None]]:
    """While it is open, text of SQLite that is no text is read with a sign in the place of what is none, and a day or
    instant of PostgreSQL that no calendar of ours has as its text. Call what it gives with each check's ``Look``, so
    that a statement that takes long can be stopped."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        _plan(connection, _ROWS_THERE)
        with _reading_any_day(driver.adapters):
            yield lambda _look: None
        return
    before = driver.text_factory
    driver.text_factory = _with_signs
    try:
        yield lambda look: driver.set_progress_handler(look.while_at_work, _STEPS)
    finally:
        driver.set_progress_handler(None, 0)
        driver.text_factory = before


def _with_signs(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")


@contextmanager
def _reading_any_day(adapters: Any) -> Iterator[None]:
    # The driver takes its time to load, and SQLite needs none of it.
    from psycopg import DataError, pq
    from psycopg.adapt import Buffer, Loader

    usual = {
        kind: adapters.get_loader(adapters.types[kind].oid, pq.Format.TEXT)
        for kind in ("date", "timestamptz")
    }

    class AnyDay(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._usual = usual[adapters.types[oid].name](oid, context)

        def load(self, data: Buffer) -> Any:
            try:
                return self._usual.load(data)
            except DataError:
                return bytes(data).decode()

    for kind in usual:
        adapters.register_loader(kind, AnyDay)
    try:
        yield
    finally:
        for kind, loader in usual.items():
            adapters.register_loader(kind, loader)
