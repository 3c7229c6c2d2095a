"""Offences with their amounts, and fines."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.fines.names import FINES_TOPIC, OFFENCES_TOPIC
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base, Versioned, append_only, freeze_columns
from muniadmin.storage.events import Fact


class Offence(Versioned, Base):
    """An entry of the catalogue (infraction)."""

    __tablename__ = "offence"
    __topic__ = OFFENCES_TOPIC
    __table_args__ = (CheckConstraint("origin IN ('profile', 'import')", name="origin_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    names: Mapped[dict[str, Any]]
    #: Whether the vehicle may be towed for it.
    tow: Mapped[bool] = mapped_column(default=False)
    #: "profile", or "import": met in an imported file, without an amount of its own.
    origin: Mapped[str] = mapped_column(String(10))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class OffenceAmount(Fact, Base):
    """What an offence costs from a day on, until the next of these begins."""

    __tablename__ = "offence_amount"
    __topic__ = OFFENCES_TOPIC
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    offence_id: Mapped[int] = mapped_column(ForeignKey("offence.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[Money]
    #: {"reduced": [...], "increased": [...]}: each {"days", "amount" in minor units or "rate"}.
    steps: Mapped[dict[str, Any]]
    #: "published" or "example".
    figures: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(300), default="")


class Fine(Base):
    """One offence found. What it says never changes; it can be voided once."""

    __tablename__ = "fine"
    __topic__ = FINES_TOPIC
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="place_whole"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_has_reason"),
        CheckConstraint("(voided_at IS NULL) = (void_approved_by_id IS NULL)", name="void_approved"),
        Index("ix_fine_plate", "plate", "committed_at"),
        Index("ix_fine_committed", "committed_on", "committed_at", "id"),
        Index("ix_fine_offence", "offence_id", "committed_at"),
        Index("ix_fine_officer", "officer", "committed_at"),
        Index("ix_fine_taxpayer", "taxpayer_id"),
        UniqueConstraint("external_number", "source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    #: The sender's own key of the request, so that the same request sent twice is carried out once.
    request_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    #: Its number in an imported file, and which kind of file: importing it again changes nothing.
    external_number: Mapped[str | None] = mapped_column(String(60))
    source: Mapped[str | None] = mapped_column(String(40))
    #: As compared (rules.plate_key; letter by letter on both engines), and as shown.
    plate: Mapped[str] = mapped_column(String(30).with_variant(String(30, collation="C"), "postgresql"))
    plate_shown: Mapped[str] = mapped_column(String(30))
    readable: Mapped[bool]
    make: Mapped[str] = mapped_column(String(60), default="")
    place: Mapped[str] = mapped_column(String(160))
    #: Degrees, WGS 84.
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    committed_at: Mapped[datetime]
    #: The day of it in the municipality.
    committed_on: Mapped[date]
    officer: Mapped[str] = mapped_column(String(40))
    offence_id: Mapped[int] = mapped_column(ForeignKey("offence.id"))
    #: The full amount, and what it comes to when: {"steps": [{"amount", "until"}]}.
    amount: Mapped[Money]
    steps: Mapped[dict[str, Any]]
    increases_on: Mapped[date | None]
    remarks: Mapped[str] = mapped_column(String(500), default="")
    #: Who was liable on the day, where the vehicle is on the register.
    taxpayer_id: Mapped[int | None] = mapped_column(ForeignKey("taxpayer.id"))
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("taxable_object.id"))
    #: What is owed; none when the fine had been settled before it was imported.
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), unique=True)
    captured_at: Mapped[datetime]
    captured_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    #: The second person, who is always one of the users.
    void_approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    void_reason: Mapped[str | None] = mapped_column(String(300))


append_only("offence_amount")
freeze_columns(
    "fine",
    (
        "number", "request_id", "external_number", "source", "plate", "plate_shown", "readable", "make", "place",
        "longitude", "latitude", "committed_at", "committed_on", "officer", "offence_id", "amount", "steps",
        "increases_on", "remarks", "bill_id", "captured_at", "captured_by_id",
    ),
)  # fmt: skip
freeze_columns(
    "fine",
    ("voided_at", "voided_by_id", "void_approved_by_id", "void_reason"),
    when="OLD.voided_at IS NOT NULL",
    name="void",
)
