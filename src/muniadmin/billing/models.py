"""Revenue heads, bills and settlements."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base, Versioned, append_only, freeze_columns


class RevenueHead(Versioned, Base):
    """A kind of revenue (nature de recette): a tax, a kind of fine, a fee. Data, never code."""

    __tablename__ = "revenue_head"
    __topic__ = Topic.HEADS

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    names: Mapped[dict[str, Any]]
    #: "tax", "fine" or "fee".
    kind: Mapped[str] = mapped_column(String(10))
    #: "yearly", "quarterly", "monthly" or "once".
    periodicity: Mapped[str] = mapped_column(String(10))
    #: Kind of taxable object the head is assessed on, if any.
    object_kind: Mapped[str | None] = mapped_column(String(30))
    #: When its bills fall due, as the profile spells it.
    due_rule: Mapped[dict[str, Any]]
    #: billing.rules.PenaltyRule as spelled by the profile.
    penalty_rule: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Bill(Base):
    """A demand for payment (avis). Its amount and lines never change; what is settled of it is kept beside its total
    so that the database itself refuses to settle more than is owed."""

    __tablename__ = "bill"
    __topic__ = Topic.BILLS
    __table_args__ = (
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("settled >= 0 AND settled <= total", name="settled_within_total"),
        CheckConstraint("penalty_owed >= 0", name="penalty_owed_not_negative"),
        Index("ix_bill_taxpayer", "taxpayer_id", "due_on"),
        Index("ix_bill_head_period", "head_code", "period"),
        Index("ix_bill_open", "due_on", "taxpayer_id", sqlite_where=text("settled < total"),
              postgresql_where=text("settled < total")),
        Index("uq_bill_object_period", "object_id", "head_code", "period", unique=True,
              sqlite_where=text("object_id IS NOT NULL"), postgresql_where=text("object_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"))
    taxpayer_id: Mapped[int | None] = mapped_column(ForeignKey("taxpayer.id"))
    object_id: Mapped[int | None] = mapped_column(ForeignKey("taxable_object.id"))
    #: Who owes it where no taxpayer is known: a plate, a requester's name.
    debtor: Mapped[str] = mapped_column(String(160), default="")
    #: What it is for, e.g. an address, a plate, "Extract of birth act (2)".
    subject: Mapped[str] = mapped_column(String(200), default="")
    period: Mapped[str] = mapped_column(String(12))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    total: Mapped[Money]
    settled: Mapped[Money] = mapped_column(default=Money(0))
    #: Penalty charged by part payments and not yet paid, and up to which day it was charged.
    penalty_owed: Mapped[Money] = mapped_column(default=Money(0))
    penalty_charged_to: Mapped[date | None]
    #: billing.rules.EarlyDiscount as stored, or null.
    discount: Mapped[dict[str, Any] | None]
    #: The bill's own billing.rules.PenaltyRule, fixed when it was issued; null: its head's.
    penalty_rule: Mapped[dict[str, Any] | None]
    #: The computation spelled out: a list of {"what", "amount", ...facts}; the amounts sum to the total.
    lines: Mapped[dict[str, Any]]


class Settlement(Base):
    """A part of a bill paid, waived (discount) or annulled (credit); a reversal is one of the opposite amount."""

    __tablename__ = "settlement"
    __topic__ = Topic.BILLS
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("part IN ('principal', 'penalty', 'discount', 'credit')", name="part_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    part: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Money]
    settled_on: Mapped[date]


append_only("settlement")
freeze_columns(
    "bill",
    (
        "number",
        "head_code",
        "object_id",
        "debtor",
        "period",
        "issued_on",
        "due_on",
        "total",
        "lines",
        "subject",
        "discount",
        "penalty_rule",
    ),
)
