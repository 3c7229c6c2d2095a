"""A revision that gives a table other columns and conditions, on a town in which much has happened: nothing else is
another afterwards, and where it cannot be carried out, or is broken off, nothing at all."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import CheckConstraint, Column, Connection, String, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import conv

from muniadmin.app import App
from muniadmin.collection.models import Payment
from muniadmin.storage import proof
from muniadmin.storage.base import Base
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations import upgrade as migrations
from muniadmin.storage.migrations.head import revision_of
from muniadmin.storage.migrations.rebuild import RowsAstray, rebuild
from muniadmin.storage.migrations.upgrade import RowsUnfit, upgrade
from muniadmin.verification import protections
from muniadmin.verification.commands import Verify
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.towns import DatabaseKind
from tests.verification.story import LAST_DAY, tell

REVISIONS = Path(__file__).parent / "revisions"


pytestmark = pytest.mark.after(tell, LAST_DAY)


@pytest.fixture
def _revision(town_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The revision belongs to the program, after the town came to be without it."""
    assert town_url
    monkeypatch.setattr(migrations, "VERSIONS", [*migrations.VERSIONS, REVISIONS])
    migrations.definitions_in_a_new_file.cache_clear()
    yield
    migrations.definitions_in_a_new_file.cache_clear()


@pytest.fixture
def _next_version(
    _revision: None, monkeypatch: pytest.MonkeyPatch, _statements_are_compiled_once: Callable[[], None]
) -> Iterator[None]:
    """So do its column and its conditions, and that it stands at this revision."""
    monkeypatch.setattr(protections, "HEAD", "0002")
    payment = Payment.__table__
    assert isinstance(payment, Table)
    declared = proof.DECLARED["payment"]
    monkeypatch.setitem(proof.DECLARED, "payment", replace(declared, beside=declared.beside | {"origin"}))
    origin: Column[str] = Column("origin", String(10), nullable=False, server_default="desk")
    conditions = [
        CheckConstraint("origin IN ('desk', 'bank')", name="origin_known"),
        CheckConstraint("amount < 100000000", name="amount_usual"),
    ]
    payment.append_column(origin)
    for condition in conditions:
        payment.append_constraint(condition)
    _statements_are_compiled_once()
    yield
    _statements_are_compiled_once()
    payment._columns.remove(origin)  # nobody else takes a column away again
    payment.constraints -= set(conditions)


def rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the column that the revision adds."""
    return {
        table.name: sorted(
            (tuple(row) for row in connection.execute(text(f"SELECT {_old(table)} FROM {table.name}"))),
            key=repr,
        )
        for table in Base.metadata.sorted_tables
    }


def _old(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns if column.name != "origin")


_ON_SERVER = text(
    "SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled::text FROM pg_trigger t "
    "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal UNION ALL "
    "SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
    "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated::text FROM pg_constraint k "
    "JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype <> 'n' UNION ALL "
    "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns "
    "WHERE table_schema = 'public'"
)
_IN_FILE = text("SELECT tbl_name, name, sql, type FROM sqlite_master")


def definitions(connection: Connection) -> set[tuple[Any, ...]]:
    """What the database says of its tables, keys, conditions, indexes and triggers."""
    wanted = _IN_FILE if connection.dialect.name == "sqlite" else _ON_SERVER
    return {tuple(row) for row in connection.execute(wanted)}


def state(database: Database) -> tuple[set[tuple[Any, ...]], dict[str, list[tuple[Any, ...]]]]:
    """Everything."""
    with database.connect_to_read() as connection:
        return definitions(connection), rows(connection)


@pytest.mark.usefixtures("_next_version")
def test_rows_keys_triggers_and_indexes_are_as_before_with_what_is_new(app: App) -> None:
    defined, before = state(app.database)
    assert len(before["payment"]) > 5

    upgrade(app.database)

    assert revision_of(app.database) == "0002"
    defined_now, after = state(app.database)
    assert after == before
    assert {one[:2] for one in defined} - {one[:2] for one in defined_now} == set()
    new = {one[:2] for one in defined_now} - {one[:2] for one in defined}
    # A file says columns and conditions in the text of the table; it says of no table, index or trigger more.
    names = {"origin", "ck_payment_origin_known", "ck_payment_amount_usual"}
    assert new == (set() if app.database.kind == "sqlite" else {("payment", name) for name in names})
    assert {one[:2] for one in defined - defined_now} <= {("payment", "payment")}
    with app.database.connect_to_read() as connection:
        assert set(connection.scalars(text("SELECT origin FROM payment"))) == {"desk"}
    report = app.execute(Verify(), everything(app)).outcome
    assert [one.sentence() for one in report.findings] == []
    assert report.clean


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.usefixtures("_next_version")
def test_the_file_says_what_a_new_one_says_and_is_sound(app: App, tmp_path: Path) -> None:
    upgrade(app.database)
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    upgrade(fresh)
    with app.database.connect_to_read() as connection, fresh.connect_to_read() as other:
        assert definitions(connection) == definitions(other)
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    fresh.close()


class Recorder:
    """Stands in for Alembic's operations, and keeps what tables a revision creates."""

    f = staticmethod(conv)

    def __init__(self) -> None:
        self.tables: dict[str, tuple[SchemaItem, ...]] = {}

    def create_table(self, name: str, *parts: SchemaItem) -> None:
        """Keeps it."""
        self.tables[name] = parts

    def create_index(self, *_what: object, **_how: object) -> None:
        """Nothing of ours."""

    def get_bind(self) -> None:
        """After the tables come the triggers."""
        raise EOFError


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_table_can_be_made_anew(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the first revision made it: then nothing at all is another, whatever names it or looks at it."""
    recorder = Recorder()
    first = import_module("muniadmin.storage.migrations.versions.0001_foundation")
    monkeypatch.setattr(first, "op", recorder)
    with pytest.raises(EOFError):
        first.upgrade()
    assert recorder.tables.keys() == Base.metadata.tables.keys()
    defined, before = state(app.database)

    with app.database.rebuilding() as connection, Operations.context(MigrationContext.configure(connection)):
        for name, parts in recorder.tables.items():
            rebuild(name, *parts)
        connection.commit()

    defined_now, after = state(app.database)
    assert after == before
    assert {(*one[:2], one[2].replace('"', "") if one[2] else None) for one in defined_now} == {
        (*one[:2], one[2].replace('"', "") if one[2] else None) for one in defined
    }
    report = app.execute(Verify(), everything(app)).outcome
    # SQLite writes the name of a table that was renamed between quotation marks.
    assert {one.check for one in report.findings} <= {"definitions"}


@pytest.mark.usefixtures("_revision")
def test_the_database_refuses_what_it_refused_and_what_is_new(app: App) -> None:
    upgrade(app.database)
    for statement, said in (
        ("UPDATE payment SET payer = 'x' WHERE id = 1", "append-only: payment"),
        ("DELETE FROM payment WHERE id = 1", "append-only: payment"),
        (_payment(point="999"), "foreign key"),
        (_payment(amount="100000000"), "ck_payment_amount_usual"),
        (_payment(origin="'moon'"), "ck_payment_origin_known"),
        (_payment(request_id="request_id"), "uq_payment_request_id|its place is taken"),
        # What names a payment still does.
        (_copied("tender", id="999", payment_id="999"), "foreign key"),
    ):
        assert re.search(said, refused(app, statement), re.IGNORECASE), statement
    clerk = everything(app)
    session = an_open_desk(app, clerk, desk=2)
    pay(app, clerk, session, a_bill(app, "120", taxpayer_id=a_taxpayer(app)))


def refused(app: App, statement: str) -> str:
    """Why the database does not carry it out."""
    with app.database.connect_to_write() as connection:
        try:
            connection.exec_driver_sql(statement)
            connection.commit()
        except DBAPIError as error:
            return str(error.orig)
    return ""


def _payment(**values: str) -> str:
    """Another payment, as the first but for these columns."""
    return _copied("payment", **{"id": "999", "request_id": "'another'", **values})


def _copied(table: str, **values: str) -> str:
    """Another row, as the first but for these columns."""
    whole = {column.name: column.name for column in Base.metadata.tables[table].columns} | values
    return f"INSERT INTO {table} ({', '.join(whole)}) SELECT {', '.join(whole.values())} FROM {table} WHERE id = 1"


@pytest.mark.usefixtures("_revision")
def test_a_row_that_does_not_fulfil_what_is_new_leaves_the_database_as_it_was(app: App) -> None:
    clerk = everything(app)
    session = an_open_desk(app, clerk, desk=2)
    pay(app, clerk, session, a_bill(app, "1000000", taxpayer_id=a_taxpayer(app)))
    before = state(app.database)

    with pytest.raises(RowsUnfit) as unfit:
        upgrade(app.database)

    assert "ck_payment_amount_usual" in unfit.value.sentence()
    assert state(app.database) == before
    assert revision_of(app.database) == "0001"
    # Nor is the connection that had no foreign keys used again.
    assert "foreign key" in refused(app, _payment(point="999")).lower()


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.usefixtures("_revision")
def test_a_row_that_names_none_is_said(app: App) -> None:
    with app.database.rebuilding() as connection:
        connection.exec_driver_sql("DROP TRIGGER tender_no_update")
        connection.exec_driver_sql("UPDATE tender SET payment_id = 999 WHERE id = 1")
        connection.commit()
    before = state(app.database)
    with pytest.raises(RowsAstray) as astray:
        upgrade(app.database)
    assert "tender 1 names a row of “payment”" in astray.value.sentence()
    assert state(app.database) == before


# The process ends where this statement has just been carried out.
BROKEN_OFF: dict[DatabaseKind, list[str]] = {
    "sqlite": ["INSERT INTO payment_anew", "DROP TABLE payment", "ALTER TABLE payment_anew", "UPDATE alembic_version"],
    "postgresql": ["ALTER TABLE payment ADD COLUMN", "ALTER TABLE payment ADD CONSTRAINT", "UPDATE alembic_version"],
}  # fmt: skip
BREAK_OFF = """
import os, sys
from pathlib import Path
from sqlalchemy import Engine, event
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations import upgrade
url, revisions, last = sys.argv[1:]
upgrade.VERSIONS.append(Path(revisions))
@event.listens_for(Engine, "after_cursor_execute")
def stop(_connection, _cursor, statement, *_rest):
    if statement.startswith(last):
        os._exit(9)
upgrade.upgrade(Database(url))
"""


@pytest.mark.slow
@pytest.mark.parametrize("place", range(4))
def test_broken_off_it_leaves_the_database_as_it_was(
    town_url: str, database_kind: DatabaseKind, place: int
) -> None:
    statements = BROKEN_OFF[database_kind]
    database = Database(town_url)
    before = state(database)
    database.close()
    arguments = [town_url, str(REVISIONS), statements[place % len(statements)]]

    ended = subprocess.run([sys.executable, "-c", BREAK_OFF, *arguments], check=False)

    assert ended.returncode == 9
    database = Database(town_url)
    assert state(database) == before
    assert revision_of(database) == "0001"
    database.close()
