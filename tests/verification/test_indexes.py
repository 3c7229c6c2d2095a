"""An index that says something else than its table hides nothing, and is named."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import check_events
from muniadmin.app import App
from muniadmin.verification.commands import ExportToCheck, Verify
from tests.builders import everything
from tests.verification.story import LAST_DAY, tell

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_kind", ["sqlite"]),
    pytest.mark.after(tell, LAST_DAY),
]


@contextmanager
def _as_owner(app: App) -> Iterator[sqlite3.Connection]:
    """A connection that may write definitions; all triggers are there again afterwards."""
    with closing(sqlite3.connect(str(app.database.url.database), isolation_level=None)) as owner:
        triggers = owner.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            owner.execute(f'DROP TRIGGER "{name}"')
        owner.execute("PRAGMA writable_schema = ON")
        yield owner
        owner.execute("PRAGMA writable_schema = RESET")
        for _name, sql in triggers:
            owner.execute(sql)
    app.database.close()


@contextmanager
def _without_indexes(owner: sqlite3.Connection, table: str) -> Iterator[None]:
    """The indexes of a table do not follow what is done meanwhile; their keys are no keys."""
    of_table = "WHERE tbl_name = ? AND type = 'index'"
    columns = "type, name, tbl_name, rootpage, sql"
    indexes = owner.execute(f"SELECT {columns} FROM sqlite_master {of_table}", (table,)).fetchall()
    (sql,) = owner.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    keyless = "".join(line for line in sql.splitlines() if "PRIMARY KEY" not in line and "UNIQUE" not in line)
    owner.execute(f"DELETE FROM sqlite_master {of_table}", (table,))
    owner.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (keyless.replace(", )", ")"), table))
    owner.execute("PRAGMA writable_schema = RESET")
    yield
    owner.execute("PRAGMA writable_schema = ON")
    owner.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, table))
    owner.executemany(f"INSERT INTO sqlite_master ({columns}) VALUES (?, ?, ?, ?, ?)", indexes)


def _found(app: App) -> set[tuple[str, str, str]]:
    """Check, table and key of each finding."""
    report = app.execute(Verify(), everything(app)).outcome
    return {(one.check, one.table, one.key) for one in report.findings}


def test_a_row_changed_behind_an_index_of_all_its_columns(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From which SQLite would rather read, since it is said to be smaller."""
    columns = "role, user_id"
    with _as_owner(app) as owner:
        owner.execute(f"CREATE INDEX faster ON user_role ({columns})")
        owner.execute("ANALYZE user_role")
        owner.execute("DELETE FROM sqlite_stat1")
        owner.execute("INSERT INTO sqlite_stat1 VALUES ('user_role', 'faster', '100 1 1 sz=1')")
        with _without_indexes(owner, "user_role"):
            owner.execute("UPDATE user_role SET role = 'administrator' WHERE user_id = 3")
    found = _found(app)
    assert ("rows", "user_role", "3 administrator") in found
    assert "faster" in {table for _check, table, _key in found}
    # Nor is it read when the town is written for somebody who checks it without the program.
    file = tmp_path / "exported.sqlite3"
    app.execute(ExportToCheck(path=str(file)), everything(app))
    assert check_events.main([str(file)]) == 1
    assert "user_role 3 administrator: no event wrote this row" in capsys.readouterr().out


def test_a_table_with_much_to_be_said_of_it_hides_no_other(app: App) -> None:
    """SQLite ends after so many words, and those of values are not of pages."""
    with _as_owner(app) as owner:
        with _without_indexes(owner, "posting"):
            owner.execute("UPDATE posting SET bill_id = bill_id + 1 WHERE bill_id = 1")
        owner.execute("CREATE TABLE aaa (x INTEGER)")
        owner.executemany("INSERT INTO aaa VALUES (?)", [(None,)] * 1_200)
        owner.execute(
            "UPDATE sqlite_master SET sql = 'CREATE TABLE aaa (x INTEGER NOT NULL)' WHERE name = 'aaa'"
        )
    assert ("pages", "ix_posting_bill") in {(check, table) for check, table, _key in _found(app)}


def test_a_row_that_is_there_twice(app: App) -> None:
    with _as_owner(app) as owner, _without_indexes(owner, "posting"):
        owner.execute("INSERT INTO posting SELECT * FROM posting WHERE line = 1 ORDER BY event_id LIMIT 1")
        key = owner.execute("SELECT min(event_id) FROM posting").fetchone()[0]
    assert {("rows", "posting", f"{key} 1"), ("keys", "posting", f"{key} 1")} <= _found(app)


@pytest.mark.parametrize("index", ["ix_charge_now_account", "ix_bill_account", "ix_taxpayer_sort_name"])
def test_an_index_that_leaves_rows_out(app: App, index: str) -> None:
    """Whoever looks by it does not find them: a debt at the counter, for example."""
    with _as_owner(app) as owner:
        (sql,) = owner.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchone()
        owner.execute(f"DROP INDEX {index}")
        owner.execute(f"{sql} {'AND' if 'WHERE' in sql else 'WHERE'} rowid % 2")
        owner.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, index))
    assert index in {table for check, table, _key in _found(app) if check == "pages"}
