"""Makes a table of SQLite anew, with other columns or conditions than it can be altered to have.

A revision calls it where the database is SQLite; on PostgreSQL it alters the table.
"""

from alembic import op
from sqlalchemy import Connection, text
from sqlalchemy.schema import SchemaItem

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class RowsAstray(UserError):
    """Rows name others that are not there."""

    message = N_("This database cannot be upgraded: {table} {key} names a row of “{of}” that is not there.")
    hint = N_("Nothing was changed. Verify everything with the version of the program you have.")


def rebuild(name: str, *parts: SchemaItem) -> None:
    """Gives a table the columns and constraints in ``parts``, said as to ``op.create_table``: all of them, not only
    what is new. Its rows, indexes and triggers stay; of a column that was not there, rows hold its default.

    A revision that changes an index or a trigger drops it beforehand and makes it afterwards. Raises IntegrityError
    when a row does not fulfil a new condition, RowsAstray when one names another that is not there.
    """
    connection = op.get_bind()
    if connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        # Dropping the table would delete its rows first, and what names them with them.
        raise RuntimeError("foreign keys must be off before the transaction begins: Database.rebuilding")
    stays = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE tbl_name = :name AND type <> 'table' AND sql IS NOT NULL"),
        {"name": name},
    ).scalars().all()  # fmt: skip
    draft = f"{name}_anew"
    new = op.create_table(draft, *parts)
    before = _columns(connection, name)
    columns = ", ".join(f'"{column.name}"' for column in new.columns if column.name in before)
    for statement in (
        f"INSERT INTO {draft} ({columns}) SELECT {columns} FROM {name} ORDER BY rowid",  # noqa: S608 - own names
        f"DROP TABLE {name}",
        # Else SQLite looks through the triggers of other tables, which name one that is not there for the moment.
        "PRAGMA legacy_alter_table = ON",
        f"ALTER TABLE {draft} RENAME TO {name}",
        "PRAGMA legacy_alter_table = OFF",
        *stays,
    ):
        connection.exec_driver_sql(statement)
    _ensure_nothing_astray(connection)


def _columns(connection: Connection, name: str) -> set[str]:
    return {column for _place, column, *_rest in connection.exec_driver_sql(f"PRAGMA table_info({name})")}


def _ensure_nothing_astray(connection: Connection) -> None:
    for table, key, of, _number in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        raise RowsAstray(table=table, key=key, of=of)
