"""The ledger's tables. Only ledger/services.py writes them; nobody changes or deletes what is written."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.storage.base import Base, Chained, append_only


class Account(Base):
    """One account; its code says what it holds, e.g. "receivable:TSC" or "cash:3"."""

    __tablename__ = "account"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: Names by language.
    names: Mapped[dict[str, Any]]


class JournalEntry(Chained, Base):
    """A balanced set of postings for one event; its canonical text repeats them."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("chain", "chain_seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booked_on: Mapped[date] = mapped_column(index=True)
    booked_at: Mapped[datetime]
    #: What happened, e.g. "payment", "roll", "reversal".
    event: Mapped[str] = mapped_column(String(30))
    #: The number of what it is about: receipt, bill, roll.
    subject: Mapped[str] = mapped_column(String(60), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)


class Posting(Base):
    """One line of an entry."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_posting_taxpayer", "taxpayer_id", "account"),
        Index("ix_posting_account", "account", "entry_id"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.code"))
    #: Minor units; a debit is positive, a credit negative.
    amount: Mapped[int]
    taxpayer_id: Mapped[int | None] = mapped_column(ForeignKey("taxpayer.id"))
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"))


append_only("journal_entry")
append_only("posting")
