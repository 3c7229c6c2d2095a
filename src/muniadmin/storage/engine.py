"""Opens a database: a local SQLite file or a PostgreSQL server, with one way to begin a write on each."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from muniadmin.kernel.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseReadOnly,
    DatabaseUnreachable,
    UserError,
)
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.paths import is_file, is_folder
from muniadmin.storage.refusals import refusal_of

BUSY_SECONDS = 10.0
_RETRY_SECONDS = 0.0005


class NotADatabaseAddress(UserError):
    """The address is not one of the two kinds we open."""

    message = N_("“{url}” is not a database address.")
    hint = N_("Give sqlite:///path/to/file.db or postgresql://user@server/database.")


class NetworkFolder(UserError):
    """SQLite on a network share loses data: its locks do not work there."""

    message = N_("“{path}” is in a network folder, where a local database file would be damaged.")
    hint = N_("Put the file on this computer’s own disk, or use the office database (PostgreSQL).")


class ChangesBesideFile(UserError):
    """A read-only place holds a database file whose last changes are still in a file beside it."""

    message = N_("“{path}” cannot be read here: its last changes still lie beside it in “{beside}”.")
    hint = N_("Copy both files into a folder of your own, and open the copy.")


class Database:
    """An open database. Writers and readers have their own connections, so a list never waits behind a payment.

    A local file that may not be written, or lies in a folder that may not be, is opened to be read; ``not_locked`` says
    that it is read as one that nobody changes meanwhile, since nobody could be told there that it is being read.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = _understood(url)
        self.kind = self.url.get_backend_name()
        self.read_only = False
        self.not_locked = False
        if self.kind == "sqlite":
            path = str(self.url.database)
            _refuse_network_folder(path)
            self.read_only = _may_only_be_read(path)
            self.not_locked = self.read_only and _must_be_read_unlocked(path)
            uri = _to_read(path, immutable=self.not_locked) if self.read_only else None
            self._writers = _sqlite_engine(self.url, writes=True)
            self._readers = _sqlite_engine(self.url, writes=False, uri=uri)
        else:
            self._writers = _postgresql_engine(self.url)
            # One state for the whole answer, however many statements it takes; they share the pool.
            self._readers = self._writers.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @property
    def writers(self) -> Engine:
        """The engine whose transactions may write."""
        return self._writers

    @property
    def readers(self) -> Engine:
        """The engine for questions."""
        return self._readers

    def connect_to_write(self) -> Connection:
        """A connection in an open write transaction. Raises DatabaseBusy, DatabaseReadOnly or DatabaseUnreachable."""
        return self._begun(self._connected_to_write())

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """A connection in an open write transaction in which tables may be made anew: SQLite minds no foreign keys
        meanwhile, which can be said before a transaction only. Nobody else is given the connection afterwards."""
        with self._connected_to_write() as connection:
            if self.kind == "sqlite":
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA foreign_keys=OFF")
            try:
                yield self._begun(connection)
            finally:
                if self.kind == "sqlite":
                    connection.invalidate()

    def _connected_to_write(self) -> Connection:
        if self.read_only:
            raise DatabaseReadOnly
        return _connect(self._writers)

    def _begun(self, connection: Connection) -> Connection:
        try:
            connection.begin()
        except BaseException as error:
            connection.close()
            if (refusal := refusal_of(error, self._writers.dialect)) is not None:
                raise refusal from error
            raise
        return connection

    def connect_to_read(self) -> Connection:
        """A connection for questions. Raises DatabaseUnreachable."""
        return _connect(self._readers)

    def forget_connections(self) -> None:
        """After a server went away: those waiting in the pool are gone too."""
        self._writers.dispose()

    def close(self) -> None:
        """Closes every connection."""
        self._writers.dispose()
        self._readers.dispose()


def _understood(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except Exception as error:
        raise NotADatabaseAddress(url=url) from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise NotADatabaseAddress(url=url)
    return parsed


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except UnicodeDecodeError as error:  # SQLite names what is damaged, and its name is damaged
        raise DatabaseDamaged(reason=str(error)) from error
    except Exception as error:
        if (refusal := refusal_of(error, engine.dialect)) is not None:
            raise refusal from error
        raise


def _may_only_be_read(path: str) -> bool:
    """Whether an existing file, or the folder in which SQLite keeps its journal beside it, may not be written."""
    file = Path(path)
    return is_file(file) and not (_writable(file) and _writable(file.parent))


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _must_be_read_unlocked(path: str) -> bool:
    """Whether SQLite can read the file only as one that nobody changes: a file kept in WAL mode without the two files
    beside it, in a folder where they cannot be made. Raises ChangesBesideFile when there are changes beside it which
    SQLite would leave out then."""
    try:
        connection = sqlite3.connect(_to_read(path, immutable=False), uri=True)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        if (error.sqlite_errorname or "").split("_")[1:2] not in (["CANTOPEN"], ["READONLY"]):
            return False  # it is refused, in words, by whoever reads it
    else:
        return False
    for ending in ("-wal", "-journal"):
        beside = Path(path + ending)
        if beside.exists() and beside.stat().st_size:
            raise ChangesBesideFile(path=path, beside=beside.name)
    return True


def _to_read(path: str, *, immutable: bool) -> str:
    return f"file:{quote(str(Path(path).absolute()))}?{'immutable=1' if immutable else 'mode=ro'}"


def _open_to_read(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)


# Whatever server, database or role say: the server's own tables and functions come before others of the same name, and
# nobody's temporary ones before ours; days and definitions are given as the program reads them.
_OUR_SETTINGS = (
    "SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', pg_catalog.string_agg("
    "pg_catalog.quote_ident(place), ', '), 'pg_temp'), false), "
    "pg_catalog.set_config('DateStyle', 'ISO', false), "
    "pg_catalog.set_config('quote_all_identifiers', 'off', false) "
    "FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) AS place "
    "WHERE place OPERATOR(pg_catalog.<>) 'pg_catalog' AND NOT pg_catalog.starts_with(place, 'pg_temp')"
)


def _postgresql_engine(url: URL) -> Engine:
    # The letters are said before anything is asked.
    engine = create_engine(url, pool_size=8, max_overflow=8, connect_args={"client_encoding": "UTF8"})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        connection.execute(_OUR_SETTINGS)
        connection.commit()

    return engine


def _sqlite_engine(url: URL, *, writes: bool, uri: str | None = None) -> Engine:
    folder = Path(str(url.database)).parent
    if not is_folder(folder):
        raise DatabaseUnreachable(reason=str(folder))
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else 8,
        connect_args={"timeout": BUSY_SECONDS},
        **({"creator": partial(_open_to_read, uri)} if uri else {}),
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, the same on every Python
        cursor = connection.cursor()
        if uri is None:
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")  # a receipt handed over survives a power cut
        cursor.execute("PRAGMA cache_size=-32000")
        cursor.execute("PRAGMA temp_store=MEMORY")
        # SQLite's own waiting starves one of several desks (it once waited 3.6 s), so writers retry.
        cursor.execute(f"PRAGMA busy_timeout={0 if writes else int(BUSY_SECONDS * 1000)}")
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if not writes:
            driver.execute("BEGIN")
            return
        give_up = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except Exception as error:
                if "locked" not in str(error) and "busy" not in str(error):
                    raise
                if time.monotonic() > give_up:
                    raise DatabaseBusy from error
                time.sleep(_RETRY_SECONDS)
            else:
                return

    return engine


_NETWORK_KINDS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs"})


def _refuse_network_folder(path: str) -> None:
    if path.startswith(("\\\\", "//")):
        raise NetworkFolder(path=path)
    try:
        mounts = Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return
    resolved = str(Path(path).resolve())
    kind, longest = "", -1
    for line in mounts:
        _device, point, file_system, *_rest = line.split(" ")
        if len(point) > longest and (resolved + "/").startswith(point.rstrip("/") + "/"):
            kind, longest = file_system, len(point)
    if kind in _NETWORK_KINDS:
        raise NetworkFolder(path=path)
