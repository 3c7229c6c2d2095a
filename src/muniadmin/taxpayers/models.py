"""Taxpayers, their identifiers and their taxable objects."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from muniadmin.kernel.changes import Topic
from muniadmin.storage.base import Base, Versioned, extra_ddl


def _compared(length: int) -> String:
    """Text that is compared letter by letter on both engines, whatever language the server was set up for."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Taxpayer(Versioned, Base):
    """A person or organisation on the register."""

    __tablename__ = "taxpayer"
    __topic__ = Topic.TAXPAYERS
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'organisation')", name="kind_known"),
        CheckConstraint("status IN ('active', 'dormant', 'closed')", name="status_known"),
        Index("ix_taxpayer_sort_name", "sort_name", "id"),
        Index("ix_taxpayer_zone", "zone", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(_compared(16), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10), default="active")
    #: As written on letters: "Amina Bennani", "Riad Zitoun SARL".
    name: Mapped[str] = mapped_column(String(160))
    name_arabic: Mapped[str] = mapped_column(String(160), default="")
    #: The name folded (kernel.folding), for sorting.
    sort_name: Mapped[str] = mapped_column(_compared(200))
    #: Everything the search box finds the taxpayer by, as rules.search_text writes it.
    search_text: Mapped[str]
    born_on: Mapped[date | None]
    #: E.164, e.g. "+212661234567".
    phone: Mapped[str] = mapped_column(String(20), default="", index=True)
    email: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    #: Zone code of the profile.
    zone: Mapped[str] = mapped_column(String(30), default="")
    language: Mapped[str] = mapped_column(String(5), default="")
    notes: Mapped[str] = mapped_column(default="")
    #: The key of the row in the file it was imported from, so that importing it again changes nothing.
    external_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    registered_at: Mapped[datetime]
    identifiers: Mapped[list["Identifier"]] = relationship(
        cascade="all, delete-orphan", order_by="Identifier.kind"
    )


class Identifier(Base):
    """A number somebody else gave the taxpayer: identity card, tax or company number."""

    __tablename__ = "identifier"
    __topic__ = Topic.TAXPAYERS
    __table_args__ = (UniqueConstraint("taxpayer_id", "kind"), Index("ix_identifier_value", "value", "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    taxpayer_id: Mapped[int] = mapped_column(ForeignKey("taxpayer.id"))
    #: Identifier kind of the profile.
    kind: Mapped[str] = mapped_column(String(20))
    #: Canonical, as the kind's algorithm writes it.
    value: Mapped[str] = mapped_column(String(40))


class TaxableObject(Versioned, Base):
    """What is taxed: a property, a business, a vehicle; its kind and attributes come from the profile."""

    __tablename__ = "taxable_object"
    __topic__ = Topic.OBJECTS
    __table_args__ = (
        Index("ix_taxable_object_kind", "kind", "id"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    taxpayer_id: Mapped[int] = mapped_column(ForeignKey("taxpayer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    #: What people call it: "12, derb Sidi Ahmed", a plate, a parcel number.
    label: Mapped[str] = mapped_column(String(160))
    zone: Mapped[str] = mapped_column(String(30), default="")
    #: Values of the kind's attributes, e.g. {"rental_value": 900000, "use": "dwelling"}; amounts in minor units.
    attributes: Mapped[dict[str, Any]]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    #: Its own plate, parcel or licence as rules.object_key writes it, so that it is on the register once.
    external_key: Mapped[str | None] = mapped_column(String(80), unique=True)


class NameWord(Base):
    """A word that occurs in names: where a mistyped word is looked up."""

    __tablename__ = "name_word"

    word: Mapped[str] = mapped_column(String(30), primary_key=True)


class NameWordKey(Base):
    """What is left of a word without one of its letters (rules.deletion_keys): words one slip apart share a key."""

    __tablename__ = "name_word_key"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own declaration

    key: Mapped[str] = mapped_column(String(30), primary_key=True)
    word: Mapped[str] = mapped_column(String(30), primary_key=True)


# The box finds any three letters in a row of search_text. SQLite keeps its own index of them in step by triggers;
# PostgreSQL does it itself where the extension may be created, else it finds beginnings of words.
extra_ddl(
    "taxpayer_search",
    sqlite="CREATE VIRTUAL TABLE taxpayer_search USING fts5"
    "(search_text, content='taxpayer', content_rowid='id', tokenize='trigram')",
    postgresql="""DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX ix_taxpayer_search ON taxpayer USING gin (search_text gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  CREATE INDEX ix_taxpayer_search ON taxpayer USING gin (to_tsvector('simple', search_text));
END $$""",
)
_FORGET = (
    "INSERT INTO taxpayer_search (taxpayer_search, rowid, search_text) "
    "VALUES ('delete', OLD.id, OLD.search_text);"
)
_LEARN = "INSERT INTO taxpayer_search (rowid, search_text) VALUES (NEW.id, NEW.search_text);"
extra_ddl(
    "taxpayer_search_added",
    sqlite=f"CREATE TRIGGER taxpayer_search_added AFTER INSERT ON taxpayer BEGIN {_LEARN} END",
)
extra_ddl(
    "taxpayer_search_changed",
    sqlite="CREATE TRIGGER taxpayer_search_changed AFTER UPDATE OF search_text ON taxpayer "
    f"WHEN OLD.search_text IS NOT NEW.search_text BEGIN {_FORGET} {_LEARN} END",
)
extra_ddl(
    "taxpayer_search_removed",
    sqlite=f"CREATE TRIGGER taxpayer_search_removed AFTER DELETE ON taxpayer BEGIN {_FORGET} END",
)
