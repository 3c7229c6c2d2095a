"""Tariff versions, rolls and assessments."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.billing.names import BILLS_TOPIC, HEADS_TOPIC
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base, append_only, freeze_columns
from muniadmin.storage.events import Fact


class Tariff(Base):
    """One version of a head's tariff. What it says never changes; a later version ends it."""

    __tablename__ = "tariff"
    __topic__ = HEADS_TOPIC
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        Index("uq_tariff_start", "head_code", "valid_from", unique=True,
              sqlite_where=text("NOT withdrawn"), postgresql_where=text("NOT withdrawn")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"))
    valid_from: Mapped[date]
    #: None while no later version ends it.
    valid_to: Mapped[date | None]
    #: As written: see settings.tariffs.
    document: Mapped[dict[str, Any]]
    #: Which objects of the head's kind it is assessed on: {"use": ["main_home", ...]}; empty: all.
    applies_when: Mapped[dict[str, Any]]
    #: Another version gave way to it before it was used.
    withdrawn: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class Roll(Base):
    """The run that assesses a head for a period; begun once, and gone on with until everything is assessed."""

    __tablename__ = "roll"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        UniqueConstraint("head_code", "period"),
        CheckConstraint("state IN ('unfinished', 'issued')", name="state_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"))
    period: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="unfinished")
    started_at: Mapped[datetime]
    #: When the last run found nothing left to assess.
    finished_at: Mapped[datetime | None]
    #: Who began it.
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class Assessment(Fact, Base):
    """The decision of what is owed on an object for a period; nothing owed is a decision too, without a bill. After its
    bill was annulled the object is decided on anew; what a bill asks is held once by its ``Claim``."""

    __tablename__ = "assessment"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        Index("uq_assessment_nothing", "object_id", "head_code", "period", unique=True,
              sqlite_where=text("bill_id IS NULL"), postgresql_where=text("bill_id IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"), index=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"))
    period: Mapped[str] = mapped_column(String(12))
    object_id: Mapped[int] = mapped_column(ForeignKey("taxable_object.id"))
    tariff_id: Mapped[int] = mapped_column(ForeignKey("tariff.id"))
    amount: Mapped[Money]
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)


freeze_columns("tariff", ("head_code", "valid_from", "document", "applies_when", "saved_at", "saved_by_id"))
freeze_columns("roll", ("head_code", "period", "started_at", "issued_by_id"))
append_only("assessment")
