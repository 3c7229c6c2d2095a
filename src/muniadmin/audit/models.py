"""The audit log's table."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.kernel.changes import Topic
from muniadmin.storage.base import Base, Chained, append_only


class AuditEvent(Chained, Base):
    """One line of the log; its canonical text holds the details."""

    __tablename__ = "audit_event"
    __topic__ = Topic.AUDIT
    __table_args__ = (UniqueConstraint("chain", "chain_seq"), Index("ix_audit_event_subject", "subject"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_name: Mapped[str] = mapped_column(String(60))
    workstation: Mapped[str] = mapped_column(String(80))
    #: "slice:thing:done", e.g. "collection:payment:taken".
    event: Mapped[str] = mapped_column(String(80))
    #: The number or name of what it happened to, e.g. a receipt's number.
    subject: Mapped[str] = mapped_column(String(120))


append_only("audit_event")
