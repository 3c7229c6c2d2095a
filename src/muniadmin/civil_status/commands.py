"""Orders of civil status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Literal

from muniadmin.civil_status.names import HANDLE_REQUESTS, RECORD_ACTS, SIGN_ACTS
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Command
from muniadmin.kernel.validation import Year

# --- choices -------------------------------------------------------------------------------------------------------

Sex = Literal["F", "M"]


class DeclarantKind(StrEnum):
    """Who declared the birth."""

    FATHER = "father"
    MOTHER = "mother"
    RELATIVE = "relative"
    HOSPITAL = "hospital"
    COURT = "court"


class Channel(StrEnum):
    """How a request came in."""

    COUNTER = "counter"
    KIOSK = "kiosk"
    POST = "post"
    ONLINE = "online"


class Relation(StrEnum):
    """What the requester is to the person on the act."""

    SELF = "self"
    PARENT = "parent"
    CHILD = "child"
    SPOUSE = "spouse"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"
    AUTHORITY = "authority"
    OTHER = "other"


class Cause(StrEnum):
    """Why an extract had to be made again: the error rate counts these."""

    DATA_ENTRY = "data_entry"
    WRONG_ACT = "wrong_act"
    MISSING_NOTE = "missing_note"
    PRINT = "print"
    OTHER = "other"


# --- registers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterOpened:
    """The new register."""

    register_id: int


@dataclass(frozen=True, kw_only=True)
class OpenActRegister(Command[RegisterOpened]):
    """Opens the register of births of a year in an office. Raises RegisterExists, InvalidInput."""

    permission: ClassVar = SIGN_ACTS
    year: Year
    office: str = "main"
    #: The office's name by language; empty: the main office's.
    office_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RegisterClosed:
    """The register that takes no more acts, and how many it holds."""

    register_id: int
    count: int


@dataclass(frozen=True, kw_only=True)
class CloseActRegister(Command[RegisterClosed]):
    """Closes a register whose year is over, with its count. Raises RegisterHasDrafts, YearNotOver."""

    permission: ClassVar = SIGN_ACTS
    register_id: int


# --- acts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class BirthData:
    """What a birth act says. Texts in Arabic script are empty where the municipality does not keep them."""

    child_family_name: str
    child_given_names: str
    child_family_name_arabic: str = ""
    child_given_names_arabic: str = ""
    sex: Sex
    born_on: date
    #: "04:35", or empty when not known.
    born_at: str = ""
    birthplace: str
    birthplace_arabic: str = ""
    father_family_name: str = ""
    father_given_names: str = ""
    father_family_name_arabic: str = ""
    father_given_names_arabic: str = ""
    mother_family_name: str = ""
    mother_given_names: str = ""
    mother_family_name_arabic: str = ""
    mother_given_names_arabic: str = ""
    mother_born_on: date | None = None
    declarant_kind: DeclarantKind
    declarant: str
    declared_on: date


@dataclass(frozen=True)
class ActSaved:
    """The draft, with the version to send back when it is changed again."""

    act_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class DraftBirthAct(BirthData, Command[ActSaved]):
    """Writes a draft into an open register. Raises InvalidInput, RegisterIsClosed; asks SameBirthRecorded."""

    permission: ClassVar = RECORD_ACTS
    register_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeBirthAct(BirthData, Command[ActSaved]):
    """Changes a draft. Raises ActIsSigned, StaleRecord, InvalidInput."""

    permission: ClassVar = RECORD_ACTS
    act_id: int
    version: int


@dataclass(frozen=True)
class DraftDiscarded:
    """The draft that is gone."""

    act_id: int


@dataclass(frozen=True, kw_only=True)
class DiscardDraft(Command[DraftDiscarded]):
    """Throws a draft away: it never was an act. Raises ActIsSigned, StaleRecord."""

    permission: ClassVar = RECORD_ACTS
    act_id: int
    version: int


@dataclass(frozen=True)
class ActSigned:
    """The act with its number in the register."""

    act_id: int
    seq: int
    year: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class SignAct(Command[ActSigned]):
    """Signs a draft: it takes the register's next number and never changes again.

    Raises ActIsSigned, StaleRecord, RegisterIsClosed.
    """

    permission: ClassVar = SIGN_ACTS
    act_id: int
    version: int


# --- requests ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestTaken:
    """The new request, and what is to be paid for it (no bill when it is free)."""

    request_id: int
    number: str
    fee: Money
    bill_id: int | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class TakeRequest(Command[RequestTaken]):
    """Takes a request for copies of a document made from a signed act, and issues the bill for its fee.

    ``key`` is the sender's own (a UUID): the same request sent twice is taken once, and refused (RequestChanged) where
    it asks for something else the second time.
    Raises InvalidInput, ActNotSigned; asks RequesterNotOnAct.
    """

    permission: ClassVar = HANDLE_REQUESTS
    key: str
    document_code: str
    act_id: int
    requester: str
    #: What the identity papers say, e.g. "CIN A123456".
    identifier: str
    relation: Relation
    mandate: str = ""
    copies: int = 1
    channel: Channel = Channel.COUNTER
    #: None: the document's first language.
    language: str | None = None


@dataclass(frozen=True)
class RequestMoved:
    """Where the request stands now. ``document_id`` is the extract, once there is one."""

    request_id: int
    number: str
    state: str
    document_id: int | None


@dataclass(frozen=True, kw_only=True)
class StartRequest(Command[RequestMoved]):
    """An agent takes the request up. Raises RequestUnknown, StepNotAllowed."""

    permission: ClassVar = HANDLE_REQUESTS
    number: str


@dataclass(frozen=True, kw_only=True)
class PrepareRequest(Command[RequestMoved]):
    """Issues the extract: numbered, signed, frozen; the request is ready. Raises RequestUnknown, StepNotAllowed."""

    permission: ClassVar = HANDLE_REQUESTS
    number: str


@dataclass(frozen=True, kw_only=True)
class DeliverRequest(Command[RequestMoved]):
    """Hands the extract over. Raises RequestUnknown, StepNotAllowed, FeeNotSettled."""

    permission: ClassVar = HANDLE_REQUESTS
    number: str
    #: Who received it; empty: the requester.
    received_by: str = ""


@dataclass(frozen=True, kw_only=True)
class ReworkRequest(Command[RequestMoved]):
    """Marks an error with its cause: the extract is withdrawn and made again. Raises StepNotAllowed, InvalidInput."""

    permission: ClassVar = HANDLE_REQUESTS
    number: str
    cause: Cause
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class RefuseRequest(Command[RequestMoved]):
    """Refuses the request with a reason; an unpaid fee is annulled. Raises StepNotAllowed, FeeAlreadyPaid."""

    permission: ClassVar = HANDLE_REQUESTS
    number: str
    reason: str
