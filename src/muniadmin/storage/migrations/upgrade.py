"""Brings a database's schema up to date, and tells where it stands without loading Alembic."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Row, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations.head import HEAD, revision_of

__all__ = ["HEAD", "NewerDatabase", "revision_of", "upgrade"]

VERSIONS = [Path(__file__).parent / "versions"]
"""The folders of the revisions."""


class NewerDatabase(UserError):
    """A newer version of the program has upgraded this database."""

    message = N_("This database was upgraded by a newer version of the program ({revision}).")
    hint = N_("Install the newer version on this computer.")


class ForeignDatabase(UserError):
    """The database holds tables of something else."""

    message = N_("This database holds tables that are not ours (for example “{table}”).")
    hint = N_("Choose an empty database.")


class RowsUnfit(UserError):
    """Rows do not fulfil what the newer version asks of them."""

    message = N_("This database cannot be upgraded: a row does not fulfil a new condition ({reason}).")
    hint = N_("Nothing was changed. Go on with the version you have, and ask support.")


def upgrade(database: Database) -> None:
    """Creates the schema in an empty database, or upgrades it, in one transaction: all of it, or nothing."""
    with database.rebuilding() as connection:
        _ensure_ours(connection)
        try:
            _carry_out(connection)
        except IntegrityError as error:
            raise RowsUnfit(reason=str(error.orig).strip().splitlines()[0]) from error
        connection.commit()


@cache
def definitions_in_a_new_file() -> Sequence[Row[tuple[str, str, str, str | None]]]:
    """What a new file of SQLite says of its tables, indexes and triggers: the kind, the name, the table it belongs to,
    and its text."""
    with create_engine("sqlite://").connect() as connection:
        _carry_out(connection)
        return connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master")).all()


def _carry_out(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(map(str, VERSIONS)))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _ensure_ours(connection: Connection) -> None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        known = {path.stem for folder in VERSIONS for path in folder.glob("0*.py")}
        if revision is not None and not any(name.startswith(revision) for name in known):
            raise NewerDatabase(revision=revision)
    elif tables:
        raise ForeignDatabase(table=tables[0])
