"""The mapped base class, the column types that hold money and time, and what protects issued rows."""

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
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.money import Money

BigInt = BigInteger().with_variant(Integer, "sqlite")
JsonDict = JSON().with_variant(JSONB(), "postgresql")


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
    """The database itself refuses UPDATE and DELETE on ``table``, whoever asks."""
    for event in ("update", "delete"):
        name = f"{table}_no_{event}"
        PROTECTIONS[name] = table
        extra_ddl(
            name,
            sqlite=f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
            postgresql=f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('{table}')",
        )
    # SQLite's INSERT OR REPLACE deletes a row without asking the trigger above. (Rows without a number of their own,
    # such as postings, it may still replace: their chain tells.)
    name = f"{table}_no_replace"
    PROTECTIONS[name] = table
    known = f"EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid)"  # noqa: S608 - own names
    extra_ddl(
        name,
        sqlite=f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {known} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
    )


def freeze_columns(table: str, columns: Sequence[str], *, when: str = "1 = 1", name: str = "frozen") -> None:
    """The database refuses any UPDATE of ``table`` that changes one of ``columns``, and DELETE of the row.

    ``when`` limits it to rows whose old values (``OLD.column``) satisfy a condition, e.g. once signed.
    """
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    changed_sqlite = changed.replace("IS DISTINCT FROM", "IS NOT")
    for event, sqlite_when, postgresql_when in (
        ("UPDATE", f"({when}) AND ({changed_sqlite})", f"({when}) AND ({changed})"),
        ("DELETE", when, when),
    ):
        trigger = f"{table}_{name}_{event.lower()}"
        PROTECTIONS[trigger] = table
        extra_ddl(
            trigger,
            sqlite=f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} WHEN {sqlite_when} "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
            postgresql=f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW "
            f"WHEN ({postgresql_when}) EXECUTE FUNCTION muniadmin_refuse('{table}')",
        )


REFUSE_FUNCTION = """CREATE OR REPLACE FUNCTION muniadmin_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_ARGV[0]; END $$"""
