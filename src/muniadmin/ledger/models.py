"""The ledger's tables. Only ledger/services.py writes them; nobody changes or deletes what is written."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.storage.base import Base, append_only
from muniadmin.storage.events import Fact


class LedgerAccount(Base):
    """One account of the ledger; its code says what it holds, e.g. "receivable:TSC" or "cash:3"."""

    __tablename__ = "ledger_account"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: Names by language.
    names: Mapped[dict[str, Any]]


class Posting(Fact, Base):
    """One line of the entry that an event is in the ledger."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_posting_bill", "bill_id", "account"),
        Index("ix_posting_account", "account", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account: Mapped[str] = mapped_column(ForeignKey("ledger_account.code"))
    #: Minor units; a debit is positive, a credit negative.
    amount: Mapped[int]
    #: The debtor's account and the bill it is about, where it is about one.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"))


class BusinessDay(Fact, Base):
    """A day on which the office books. It is opened by the first booking when it follows the last within a few days,
    else by a supervisor; ``opening`` counts on where a day opened by mistake is reached in earnest."""

    __tablename__ = "business_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    opening: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    #: Why a supervisor opened it; empty: by itself.
    reason: Mapped[str] = mapped_column(String(300), default="")


class BusinessDayCorrection(Fact, Base):
    """A day that was opened by mistake, e.g. by a computer whose clock was ahead: the next may be earlier once. What
    was booked on it counts from ``counts_from``, the business date on which it was taken back."""

    __tablename__ = "business_day_correction"
    __table_args__ = (ForeignKeyConstraint(["day", "opening"], ["business_day.day", "business_day.opening"]),)

    day: Mapped[date] = mapped_column(primary_key=True)
    opening: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    corrected_at: Mapped[datetime]
    counts_from: Mapped[date]
    #: The highest id of each table then: later rows of that day are of the day that came in earnest.
    last_ids: Mapped[dict[str, Any]]
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reason: Mapped[str] = mapped_column(String(300))


append_only("posting")
append_only("business_day")
append_only("business_day_correction")
