"""The mapped base class, the column types that hold money and time, and what protects issued rows."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.money import Money
from muniadmin.storage.refusals import PLACE_TAKEN

BigInt = BigInteger().with_variant(Integer, "sqlite")
JsonDict = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class MoneyType(TypeDecorator[Money]):
    """Money as whole minor units in a BIGINT."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.minor

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        return None if value is None else Money(int(value))  # a sum is a Decimal on PostgreSQL


class UtcType(TypeDecorator[datetime]):
    """An instant: timezone-aware UTC in Python; TIMESTAMPTZ on PostgreSQL, ISO text in UTC on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("instants must be timezone-aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all mapped classes. ``__topic__`` names what a screen showing the class must reload."""

    __topic__: Topic | None = None

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declaration
        int: BigInt,
        dict[str, Any]: JsonDict,
        datetime: UtcType(),
        Money: MoneyType(),
    }


class Versioned:
    """Optimistic locking: of two people who change one record, the second to save is told."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.version}


class Chained:
    """A row of a tamper-evident chain: its frozen canonical text, hashed with the digest of the row before it.

    Verified by ``muniadmin verify``. Classes add ``UniqueConstraint("chain", "chain_seq")`` and ``append_only``.
    """

    chain: Mapped[str] = mapped_column(String(60))
    chain_seq: Mapped[int]
    canonical: Mapped[str]
    previous_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class NumberSeries(Base):
    """The last number taken of a series in a year; taken inside the transaction that uses it, so without gaps."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(String(60), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class ChainHead(Base):
    """Where a chain stands: its last row's place and digest. Locked while a transaction adds to the chain."""

    __tablename__ = "chain_head"

    chain: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


EXTRA_DDL: list[tuple[str, str, str]] = []
"""(name, SQL for SQLite, SQL for PostgreSQL) of what a table definition cannot say: triggers, search indexes."""


PROTECTIONS: dict[str, str] = {}
"""The table each protecting trigger stands guard over, by the trigger's name."""


def extra_ddl(name: str, *, sqlite: str = "", postgresql: str = "") -> None:
    """Adds a statement to the schema on each engine; a slice's models.py calls this beside its tables."""
    EXTRA_DDL.append((name, sqlite, postgresql))


def append_only(table: str) -> None:
    """The database itself refuses UPDATE, DELETE and TRUNCATE on ``table``, whoever asks, and an INSERT that would
    take the place of a row. On SQLite it refuses ON CONFLICT DO NOTHING for a row that is there, too: its one writer
    looks first."""
    for event in ("update", "delete"):
        trigger = f"{table}_no_{event}"
        _protect(
            table,
            trigger,
            sqlite=f"CREATE TRIGGER {trigger} BEFORE {event.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
            postgresql=f"CREATE TRIGGER {trigger} BEFORE {event.upper()} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('{table}')",
        )
    _refuse_replacing(table, "INSERT")
    _refuse_truncate(table)


def freeze_columns(table: str, columns: Sequence[str], *, when: str = "1 = 1", name: str = "frozen") -> None:
    """The database refuses any UPDATE of ``table`` that changes the row's key or one of ``columns``, DELETE of the row,
    and whatever would take its place; TRUNCATE of the table.

    ``when`` limits it to rows whose old values (``OLD.column``) satisfy a condition, e.g. once signed.
    """
    key = [column.name for column in Base.metadata.tables[table].primary_key.columns]
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in (*key, *columns))
    changed_sqlite = changed.replace("IS DISTINCT FROM", "IS NOT")
    for event, sqlite_when, postgresql_when in (
        ("UPDATE", f"({when}) AND ({changed_sqlite})", f"({when}) AND ({changed})"),
        ("DELETE", when, when),
    ):
        trigger = f"{table}_{name}_{event.lower()}"
        _protect(
            table,
            trigger,
            sqlite=f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} WHEN {sqlite_when} "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
            postgresql=f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW "
            f"WHEN ({postgresql_when}) EXECUTE FUNCTION muniadmin_refuse('{table}')",
        )
    if f"{table}_no_truncate" not in PROTECTIONS:  # once, however many conditions freeze columns of it
        _refuse_replacing(table, "INSERT")
        _refuse_replacing(table, "UPDATE")
        _refuse_truncate(table)


def _protect(table: str, trigger: str, *, sqlite: str = "", postgresql: str = "") -> None:
    PROTECTIONS[trigger] = table
    extra_ddl(trigger, sqlite=sqlite, postgresql=postgresql)


def _refuse_truncate(table: str) -> None:
    trigger = f"{table}_no_truncate"
    _protect(
        table,
        trigger,
        postgresql=f"CREATE TRIGGER {trigger} BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION muniadmin_refuse('{table}')",
    )


def _refuse_replacing(table: str, event: str) -> None:
    """SQLite's INSERT OR REPLACE and UPDATE OR REPLACE delete every row that has the new row's key, or anything else
    that is unique, and ask no trigger on deletion: so a row whose place is taken is refused beforehand."""
    another = "" if event == "INSERT" else " AND rowid <> OLD.rowid"
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {same}{another})"  # noqa: S608 - own names
        for same in _same_place(Base.metadata.tables[table])
    )
    trigger = f"{table}_no_replace" if event == "INSERT" else f"{table}_no_replace_by_update"
    _protect(
        table,
        trigger,
        sqlite=f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} WHEN {taken} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}: {PLACE_TAKEN}'); END",
    )


def _same_place(table: Table) -> list[str]:
    """Of everything that is unique in the table, the condition that a row of it has what ``NEW`` has."""
    places = ["rowid = NEW.rowid"]
    key = [column.name for column in table.primary_key.columns]
    if len(key) > 1 or table.c[key[0]].type.python_type is not int:  # else it is the rowid
        places.append(_same(key))
    places += sorted(
        _same([column.name for column in constraint.columns])
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    )
    for index in sorted(
        (index for index in table.indexes if index.unique), key=lambda index: str(index.name)
    ):
        same = _same([column.name for column in index.columns])
        if (where := index.dialect_options["sqlite"]["where"]) is not None:
            names = "|".join(table.columns.keys())
            of_new = re.sub(rf"\b({names})\b", r"NEW.\1", str(where))
            same += f" AND ({where}) AND ({of_new})"
        places.append(same)
    return places


def _same(columns: Sequence[str]) -> str:
    return " AND ".join(f"{column} = NEW.{column}" for column in columns)


REFUSE_FUNCTION = """CREATE OR REPLACE FUNCTION muniadmin_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_ARGV[0]; END $$"""
