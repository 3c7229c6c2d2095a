"""Cash desks, sessions, payments and receipts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base, append_only, freeze_columns


class CashDesk(Base):
    """A till (caisse); its number stands in its receipts' numbers."""

    __tablename__ = "cash_desk"
    __topic__ = Topic.CASH_SESSIONS

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    names: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True)


class CashSession(Base):
    """One cashier's time at a desk, from the counted float to the counted close."""

    __tablename__ = "cash_session"
    __topic__ = Topic.CASH_SESSIONS
    __table_args__ = (
        Index("uq_cash_session_open_desk", "desk", unique=True,
              sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        Index("uq_cash_session_open_cashier", "cashier_id", unique=True,
              sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        CheckConstraint("opening_float >= 0", name="float_not_negative"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    desk: Mapped[int] = mapped_column(ForeignKey("cash_desk.number"))
    cashier_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    cashier_name: Mapped[str] = mapped_column(String(120))
    opened_at: Mapped[datetime]
    opening_float: Mapped[Money]
    closed_at: Mapped[datetime | None]
    expected: Mapped[Money | None]
    counted: Mapped[Money | None]
    #: {"denominations": {value in minor units: pieces}}
    count: Mapped[dict[str, Any] | None]
    explanation: Mapped[str] = mapped_column(String(300), default="")


class Payment(Base):
    """Money taken (positive), or a payment's reversal (negative)."""

    __tablename__ = "payment"
    __topic__ = Topic.PAYMENTS
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("credit >= 0 OR amount < 0", name="credit_not_negative"),
        CheckConstraint("(amount < 0) = (reverses_id IS NOT NULL)", name="negative_only_reverses"),
        Index("ix_payment_taxpayer", "taxpayer_id", "id"),
        Index("ix_payment_session", "cash_session_id", "channel"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The sender's own key of the request, so that the same request sent twice is carried out once.
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    cash_session_id: Mapped[int] = mapped_column(ForeignKey("cash_session.id"))
    taxpayer_id: Mapped[int | None] = mapped_column(ForeignKey("taxpayer.id"))
    payer: Mapped[str] = mapped_column(String(160))
    channel: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str] = mapped_column(String(60), default="")
    #: What was received for good, change deducted.
    amount: Mapped[Money]
    #: The part of it that settles nothing and stays on the taxpayer's account.
    credit: Mapped[Money] = mapped_column(default=Money(0))
    tendered: Mapped[Money | None]
    taken_at: Mapped[datetime]
    taken_on: Mapped[date] = mapped_column(index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)


class Receipt(Base):
    """The numbered proof of a payment: 1..n for each desk and fiscal year, without gap."""

    __tablename__ = "receipt"
    __topic__ = Topic.PAYMENTS
    __table_args__ = (UniqueConstraint("desk", "year", "seq"),)

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    desk: Mapped[int] = mapped_column(ForeignKey("cash_desk.number"))
    year: Mapped[int]
    seq: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("issued_document.id"), unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)


class DayCollection(Base):
    """What was collected on a day of a head through a channel: kept by the payment's own transaction, so that
    indicators over millions of payments need not read them all. ``verify`` holds it against the settlements."""

    __tablename__ = "day_collection"

    day: Mapped[date] = mapped_column(primary_key=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    principal: Mapped[int]
    penalty: Mapped[int]
    count: Mapped[int]


append_only("payment")
append_only("receipt")
freeze_columns("cash_session", ("desk", "cashier_id", "opened_at", "opening_float"))
freeze_columns(
    "cash_session",
    ("closed_at", "expected", "counted", "count", "explanation"),
    when="OLD.closed_at IS NOT NULL",
    name="closed",
)
