"""Points, cash sessions, payments with their tenders and receipts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.billing.names import PAYMENTS_TOPIC
from muniadmin.collection.names import CASH_SESSIONS_TOPIC
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base, append_only, freeze_columns
from muniadmin.storage.events import Fact


class Point(Base):
    """Where money comes in: a cash desk, a collector, a bank account. Its number stands in its receipts' numbers."""

    __tablename__ = "point"
    __topic__ = CASH_SESSIONS_TOPIC
    __table_args__ = (CheckConstraint("kind IN ('desk', 'collector', 'bank')", name="kind_known"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    names: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True)


class CashSession(Base):
    """One cashier's time at a desk, from the counted float to the counted close."""

    __tablename__ = "cash_session"
    __topic__ = CASH_SESSIONS_TOPIC
    __table_args__ = (
        Index("uq_cash_session_open_desk", "desk", unique=True,
              sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        Index("uq_cash_session_open_cashier", "cashier_id", unique=True,
              sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        CheckConstraint("opening_float >= 0", name="float_not_negative"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    desk: Mapped[int] = mapped_column(ForeignKey("point.number"))
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


class Payment(Fact, Base):
    """Money received at one time from one payer, in one or several tenders; always with one receipt."""

    __tablename__ = "payment"
    __topic__ = PAYMENTS_TOPIC
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("value_on <= booked_on", name="value_not_after_booking"),
        Index("ix_payment_session", "cash_session_id", "id"),
        Index("ix_payment_point", "point", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The sender's own key of the request, so that the same request sent twice is carried out once.
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    #: Of all that was asked for: the same key with anything else is refused. Empty: nobody asks for it again.
    request_digest: Mapped[str] = mapped_column(String(64))
    point: Mapped[int] = mapped_column(ForeignKey("point.number"))
    #: Where the point holds cash.
    cash_session_id: Mapped[int | None] = mapped_column(ForeignKey("cash_session.id"))
    payer: Mapped[str] = mapped_column(String(160))
    #: Whose credit is what settles nothing; null: nothing was left over.
    rest_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    #: What was received for good in all tenders, change deducted.
    amount: Mapped[Money]
    taken_at: Mapped[datetime]
    booked_on: Mapped[date] = mapped_column(index=True)
    value_on: Mapped[date]


class ProviderReference(Base):
    """A transfer or mobile payment is taken once: whose tender has its reference, as ``reference_key`` spells it. It
    goes when the tender falls."""

    __tablename__ = "provider_reference"

    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    reference: Mapped[str] = mapped_column(String(60), primary_key=True)
    tender_id: Mapped[int] = mapped_column(ForeignKey("tender.id"), index=True)


class Receipt(Fact, Base):
    """The numbered proof of a payment: 1..n for each point and fiscal year without gap; or a stub book's number."""

    __tablename__ = "receipt"
    __topic__ = PAYMENTS_TOPIC
    __table_args__ = (UniqueConstraint("series", "year", "seq"),)

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    #: The point's number; of a stub "stub:" and its book.
    series: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    seq: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("issued_document.id"), unique=True)


class Cancellation(Fact, Base):
    """A whole receipt taken back in its own open session; the receipt stays."""

    __tablename__ = "cancellation"
    __topic__ = PAYMENTS_TOPIC

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(300))
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    cancelled_at: Mapped[datetime]
    booked_on: Mapped[date]
    document_id: Mapped[int] = mapped_column(ForeignKey("issued_document.id"), unique=True)


class TenderReturn(Fact, Base):
    """A tender that came back: a cheque without cover, a transfer recalled. What it paid is owed again."""

    __tablename__ = "tender_return"
    __topic__ = PAYMENTS_TOPIC

    tender_id: Mapped[int] = mapped_column(ForeignKey("tender.id"), primary_key=True, autoincrement=False)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    booked_on: Mapped[date]


for _table in ("payment", "receipt", "cancellation", "tender_return"):
    append_only(_table)
freeze_columns("cash_session", ("desk", "cashier_id", "cashier_name", "opened_at", "opening_float"))
freeze_columns(
    "cash_session",
    ("closed_at", "expected", "counted", "count", "explanation"),
    when="OLD.closed_at IS NOT NULL",
    name="closed",
)
