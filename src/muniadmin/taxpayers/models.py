"""Taxpayers, their identifiers and their taxable objects."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from muniadmin.storage.base import Base, Versioned
from muniadmin.storage.bulk import around_bulk
from muniadmin.taxpayers.index import after_bulk, before_bulk, compared
from muniadmin.taxpayers.names import OBJECTS_TOPIC, TAXPAYERS_TOPIC


class Taxpayer(Versioned, Base):
    """A person or organisation on the register."""

    __tablename__ = "taxpayer"
    __topic__ = TAXPAYERS_TOPIC
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'organisation')", name="kind_known"),
        CheckConstraint("status IN ('active', 'dormant', 'closed')", name="status_known"),
        Index("ix_taxpayer_sort_name", "sort_name", "id"),
        Index("ix_taxpayer_zone", "zone", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(compared(16), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10), default="active")
    #: As written on letters: "Amina Bennani", "Riad Zitoun SARL".
    name: Mapped[str] = mapped_column(String(160))
    name_arabic: Mapped[str] = mapped_column(String(160), default="")
    #: The name folded (kernel.folding), for sorting.
    sort_name: Mapped[str] = mapped_column(compared(200))
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
    #: Of what that row said when it was last imported: a row that says the same changes nothing, whatever a clerk
    #: has corrected since.
    import_digest: Mapped[str | None] = mapped_column(String(40))
    registered_at: Mapped[datetime]
    identifiers: Mapped[list["Identifier"]] = relationship(
        cascade="all, delete-orphan", order_by="Identifier.kind"
    )


class Identifier(Base):
    """A number somebody else gave the taxpayer: identity card, tax or company number."""

    __tablename__ = "identifier"
    __topic__ = TAXPAYERS_TOPIC
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
    __topic__ = OBJECTS_TOPIC
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
    #: As Taxpayer.import_digest.
    import_digest: Mapped[str | None] = mapped_column(String(40))


around_bulk(Taxpayer, before=before_bulk, after=after_bulk)
