"""Act registers, acts, requests and extracts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.civil_status.names import ACTS_TOPIC, REQUESTS_TOPIC
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base, Chained, Versioned, append_only, freeze_columns
from muniadmin.storage.events import Fact, moves_head


class ActRegister(Base):
    """The book of a kind of act, a year and an office."""

    __tablename__ = "act_register"
    __topic__ = ACTS_TOPIC
    __table_args__ = (
        UniqueConstraint("kind", "year", "office"),
        CheckConstraint("(closed_at IS NULL) = (act_count IS NULL)", name="closed_with_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: "birth"; other kinds follow.
    kind: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    office: Mapped[str] = mapped_column(String(20))
    office_names: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    #: How many acts it held when it was closed.
    act_count: Mapped[int | None]


class Act(Versioned, Base):
    """A birth act: a draft until it is signed, unchangeable afterwards."""

    __tablename__ = "act"
    __topic__ = ACTS_TOPIC
    __table_args__ = (
        UniqueConstraint("register_id", "seq"),
        CheckConstraint("sex IN ('F', 'M')", name="sex_known"),
        CheckConstraint("(seq IS NULL) = (signed_at IS NULL)", name="numbered_when_signed"),
        CheckConstraint("(signed_at IS NULL) = (registrar = '')", name="named_when_signed"),
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("born_on <= declared_on", name="born_before_declared"),
        Index("ix_act_born", "born_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("act_register.id"))
    #: Its number in the register; taken when it is signed.
    seq: Mapped[int | None]
    child_family_name: Mapped[str] = mapped_column(String(80))
    child_given_names: Mapped[str] = mapped_column(String(80))
    child_family_name_arabic: Mapped[str] = mapped_column(String(80), default="")
    child_given_names_arabic: Mapped[str] = mapped_column(String(80), default="")
    sex: Mapped[str] = mapped_column(String(1))
    born_on: Mapped[date]
    #: "04:35", or empty.
    born_at: Mapped[str] = mapped_column(String(5), default="")
    birthplace: Mapped[str] = mapped_column(String(120))
    birthplace_arabic: Mapped[str] = mapped_column(String(120), default="")
    father_family_name: Mapped[str] = mapped_column(String(80), default="")
    father_given_names: Mapped[str] = mapped_column(String(80), default="")
    father_family_name_arabic: Mapped[str] = mapped_column(String(80), default="")
    father_given_names_arabic: Mapped[str] = mapped_column(String(80), default="")
    mother_family_name: Mapped[str] = mapped_column(String(80), default="")
    mother_given_names: Mapped[str] = mapped_column(String(80), default="")
    mother_family_name_arabic: Mapped[str] = mapped_column(String(80), default="")
    mother_given_names_arabic: Mapped[str] = mapped_column(String(80), default="")
    mother_born_on: Mapped[date | None]
    declarant_kind: Mapped[str] = mapped_column(String(10))
    declarant: Mapped[str] = mapped_column(String(120))
    declared_on: Mapped[date]
    #: Every name on the act, folded: what searches look in.
    search_text: Mapped[str]
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    #: The name under which it was signed: the act keeps it, whatever its registrar is called later.
    registrar: Mapped[str] = mapped_column(String(120), default="")

    @property
    def child(self) -> str:
        """Given names, then family name."""
        return f"{self.child_given_names} {self.child_family_name}".strip()

    @property
    def listed_as(self) -> str:
        """The child as screens and registers show it, which sort by family name: ``BENNANI Yasmine``."""
        return f"{self.child_family_name.upper()} {self.child_given_names}".strip()

    @property
    def child_arabic(self) -> str:
        """The same in Arabic script."""
        return f"{self.child_given_names_arabic} {self.child_family_name_arabic}".strip()

    @property
    def father(self) -> str:
        """The father as lists show him; empty when he is not named."""
        return f"{self.father_family_name.upper()} {self.father_given_names}".strip()

    @property
    def mother(self) -> str:
        """The mother as lists show her; empty when she is not named."""
        return f"{self.mother_family_name.upper()} {self.mother_given_names}".strip()


class SignedAct(Chained, Base):
    """What an act said when it was signed, frozen; a register's acts are chained in the order of their numbers."""

    __tablename__ = "signed_act"
    __table_args__ = (UniqueConstraint("chain", "chain_seq"),)

    #: The act's own.
    id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True, autoincrement=False)


class ExtractRequest(Base):
    """A citizen's request for copies of a document made from an act."""

    __tablename__ = "extract_request"
    __topic__ = REQUESTS_TOPIC
    __table_args__ = (
        CheckConstraint("copies > 0", name="copies_positive"),
        CheckConstraint(
            "state IN ('received', 'in_process', 'ready', 'delivered', 'refused')", name="state_known"
        ),
        CheckConstraint(
            "(state IN ('delivered', 'refused')) = (closed_at IS NOT NULL)", name="closed_when_done"
        ),
        Index("ix_extract_request_state", "state", "due_at"),
        Index("ix_extract_request_received", "received_at"),
        Index("ix_extract_request_act", "act_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    #: The sender's own key, so that the same request sent twice is taken once.
    key: Mapped[str] = mapped_column(String(36), unique=True)
    document_code: Mapped[str] = mapped_column(String(40))
    #: As the document was called when it was asked for.
    document_names: Mapped[dict[str, Any]]
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    requester: Mapped[str] = mapped_column(String(120))
    identifier: Mapped[str] = mapped_column(String(60))
    relation: Mapped[str] = mapped_column(String(20))
    mandate: Mapped[str] = mapped_column(String(120), default="")
    copies: Mapped[int]
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5))
    #: Of all copies.
    fee: Mapped[Money]
    #: What is owed for it; none when it is free.
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), unique=True)
    search_text: Mapped[str]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    ready_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: The citizen it was handed over to.
    received_by: Mapped[str] = mapped_column(String(120), default="")
    reworks: Mapped[int] = mapped_column(default=0)


class RequestStep(Fact, Base):
    """One step of a request's way; the first is its reception."""

    __tablename__ = "request_step"
    __topic__ = REQUESTS_TOPIC
    __table_args__ = (Index("ix_request_step_request", "request_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("extract_request.id"))
    #: rules.Step, or "receive".
    step: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    #: commands.Cause of a rework.
    cause: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(300), default="")


class Extract(Base):
    """A document issued on a request. One that is made again after an error is withdrawn, never deleted."""

    __tablename__ = "extract"
    __topic__ = REQUESTS_TOPIC
    __table_args__ = (Index("ix_extract_request_id", "request_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("extract_request.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("issued_document.id"), unique=True)
    withdrawn_at: Mapped[datetime | None]


SAID = (
    "register_id", "child_family_name", "child_given_names", "child_family_name_arabic", "child_given_names_arabic",
    "sex", "born_on", "born_at", "birthplace", "birthplace_arabic", "father_family_name", "father_given_names",
    "father_family_name_arabic", "father_given_names_arabic", "mother_family_name", "mother_given_names",
    "mother_family_name_arabic", "mother_given_names_arabic", "mother_born_on", "declarant_kind", "declarant",
    "declared_on", "seq", "signed_at", "signed_by_id", "registrar",
)  # fmt: skip
"""What an act says, and its number and signature: the columns that never change once it is signed."""

freeze_columns("act", (*SAID, "drafted_at", "drafted_by_id"), when="OLD.signed_at IS NOT NULL", name="signed")
freeze_columns("act_register", ("kind", "year", "office", "office_names", "opened_at", "opened_by_id"))
freeze_columns(
    "act_register",
    ("closed_at", "closed_by_id", "act_count"),
    when="OLD.closed_at IS NOT NULL",
    name="closed",
)
freeze_columns(
    "extract_request",
    ("number", "key", "document_code", "document_names", "act_id", "requester", "identifier", "relation", "mandate",
     "copies", "channel", "language", "fee", "bill_id", "received_at", "due_at"),
)  # fmt: skip
append_only("signed_act")
moves_head("signed_act")
append_only("request_step")
freeze_columns("extract", ("number", "request_id", "document_id"))
freeze_columns("extract", ("withdrawn_at",), when="OLD.withdrawn_at IS NOT NULL", name="withdrawn")
