"""A migrated database is what the mapped classes say, on both engines; and upgrading twice changes nothing."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import muniadmin.bootstrap  # noqa: F401 - every mapped class
from muniadmin.storage.base import EXTRA_DDL, PROTECTIONS, Base
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations.head import HEAD, revision_of
from muniadmin.storage.migrations.upgrade import ForeignDatabase, NewerDatabase, upgrade


def test_the_migrated_schema_is_the_models(database_url: str) -> None:
    database = Database(database_url)
    extra = " ".join(sqlite + postgresql for _name, sqlite, postgresql in EXTRA_DDL)

    def ours(_object: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
        return not (
            reflected
            and name is not None
            and ((kind == "table" and name not in Base.metadata.tables) or name in extra)
        )

    with database.connect_to_read() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
        tables = set(inspect(connection).get_table_names())
    database.close()
    assert set(Base.metadata.tables) <= tables
    assert set(PROTECTIONS.values()) <= tables


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    assert revision_of(database) == HEAD
    upgrade(database)
    assert revision_of(database) == HEAD
    database.close()


def test_a_newer_database_is_refused_in_plain_words(database_url: str) -> None:
    database = Database(database_url)
    with database.connect_to_write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    with pytest.raises(NewerDatabase) as refused:
        upgrade(database)
    assert "9999" in refused.value.sentence()
    database.close()


def test_somebody_else_s_database_is_left_alone(database_url: str) -> None:
    database = Database(database_url)
    with database.connect_to_write() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        connection.commit()
    with pytest.raises(ForeignDatabase):
        upgrade(database)
    database.close()
