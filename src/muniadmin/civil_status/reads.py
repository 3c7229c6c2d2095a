"""Questions of civil status."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from muniadmin.civil_status.commands import BirthData
from muniadmin.civil_status.names import VIEW_CIVIL_STATUS
from muniadmin.documents.reads import PrintedDocument
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count, SearchText

# --- registers and acts --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """A register with what stands in it."""

    register_id: int
    kind: str
    year: int
    office: str
    office_names: Mapping[str, str]
    opened_at: datetime
    closed_at: datetime | None
    signed: int
    drafts: int


@dataclass(frozen=True, kw_only=True)
class ActRegisters(Query[list[RegisterRow]]):
    """Every register, the latest year first."""

    permission: ClassVar = VIEW_CIVIL_STATUS
    open_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Book:
    """What the form of a new act needs: the open registers, and whether names are kept in Arabic script too."""

    registers: tuple[RegisterRow, ...]
    arabic: bool


@dataclass(frozen=True, kw_only=True)
class OpenBook(Query[Book]):
    """The open registers, the latest year first."""

    permission: ClassVar = VIEW_CIVIL_STATUS


@dataclass(frozen=True, kw_only=True)
class ActPlace:
    """Where an act stands in a list, whatever its order."""

    #: 0 for a draft, 1 once it is signed.
    signed: int
    year: int
    #: 0 for a draft.
    seq: int
    name: str
    born_on: date
    act_id: int


@dataclass(frozen=True, kw_only=True)
class ActRow:
    """An act as listed; ``reference`` is empty for a draft."""

    act_id: int
    reference: str
    kind: str
    year: int
    #: Family name first, as the parents.
    name: str
    name_arabic: str
    sex: str
    born_on: date
    father: str
    mother: str
    #: draft | signed
    state: str
    declared_on: date
    version: int
    place: ActPlace


@dataclass(frozen=True, kw_only=True)
class ActsPage:
    """A page of acts, how many match in all, and how many of these are drafts."""

    rows: tuple[ActRow, ...]
    count: int
    drafts: int


@dataclass(frozen=True, kw_only=True)
class Acts(Query[ActsPage]):
    """Acts, drafts first, then the latest; found by words of any name on them, a year, or their number (123/2026).

    ``sort`` is "", "reference", "name" or "born". A page begins ``offset`` rows behind the row whose place is ``after``
    (None: the start). Without ``totals`` both counts are zero: for the pages after the first.
    """

    permission: ClassVar = VIEW_CIVIL_STATUS
    text: SearchText = ""
    #: draft | signed
    state: str | None = None
    register_id: int | None = None
    sort: str = ""
    descending: bool = False
    after: ActPlace | None = None
    totals: bool = True
    offset: Count = 0
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class RequestOnAct:
    """A request made on an act."""

    number: str
    document_names: Mapping[str, str]
    state: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class ActDetail:
    """One act with all it says."""

    row: ActRow
    register_id: int
    office_names: Mapping[str, str]
    says: BirthData
    drafted_by: str
    drafted_at: datetime
    #: Who signed it, as the act itself says; empty for a draft.
    registrar: str
    signed_at: datetime | None
    #: SHA-256 over the signed act and the act before it in the register.
    digest: str
    requests: tuple[RequestOnAct, ...]


@dataclass(frozen=True, kw_only=True)
class OneAct(Query[ActDetail]):
    """One act by its id. Raises ActUnknown."""

    permission: ClassVar = VIEW_CIVIL_STATUS
    act_id: int


# --- requests ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CivilDocument:
    """A document that can be asked for here."""

    code: str
    names: Mapping[str, str]
    #: Of one copy.
    fee: Money
    target_hours: int
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CivilDocuments(Query[list[CivilDocument]]):
    """What can be issued from birth acts, in the profile's order."""

    permission: ClassVar = VIEW_CIVIL_STATUS


@dataclass(frozen=True, kw_only=True)
class RequestPlace:
    """Where a request stands in a list, whatever its order."""

    received_at: datetime
    due_at: datetime
    holder: str
    request_id: int


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """A request as listed."""

    request_id: int
    number: str
    document_code: str
    document_names: Mapping[str, str]
    act_id: int
    act: str
    #: Family name first.
    holder: str
    requester: str
    copies: int
    channel: str
    state: str
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None
    late: bool
    fee: Money
    #: What is left to pay.
    due: Money
    place: RequestPlace


@dataclass(frozen=True, kw_only=True)
class RequestsPage:
    """A page of requests, how many match in all, and how many of these are late."""

    rows: tuple[RequestRow, ...]
    count: int
    late: int


@dataclass(frozen=True, kw_only=True)
class Requests(Query[RequestsPage]):
    """Requests: open ones by the time they are due, others the latest first.

    ``state`` is one of rules.RequestState, "open" for what somebody waits for, or None for all. The text is a request
    number, or words of the requester's or the holder's name. ``since`` and ``until``, both included, are days ``by``
    which the request was received, became ready, or was promised for; of those promised, only what is over counts, and
    not what was refused. ``sort`` is "", "number", "due", "received" or "holder". A page begins ``offset`` rows behind
    the row whose place is ``after`` (None: the start). Without ``totals`` both counts are zero: for the pages after the
    first.
    """

    permission: ClassVar = VIEW_CIVIL_STATUS
    state: str | None = "open"
    text: SearchText = ""
    late: bool = False
    since: date | None = None
    until: date | None = None
    by: Literal["received", "ready", "promised"] = "received"
    sort: str = ""
    descending: bool = False
    after: RequestPlace | None = None
    totals: bool = True
    offset: Count = 0
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class StepTaken:
    """One step of a request's way: what, when, who."""

    step: str
    at: datetime
    agent: str
    note: str


@dataclass(frozen=True, kw_only=True)
class RequestDetail:
    """One request with its way so far."""

    row: RequestRow
    identifier: str
    relation: str
    mandate: str
    language: str
    bill_id: int | None
    extract_number: str
    document_id: int | None
    prints: int
    reworks: int
    received_by: str
    steps: tuple[StepTaken, ...]
    #: rules.Step names that may be taken now; delivering only once the fee is settled.
    allowed: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class OneRequest(Query[RequestDetail]):
    """One request by its number. Raises RequestUnknown."""

    permission: ClassVar = VIEW_CIVIL_STATUS
    number: str


@dataclass(frozen=True, kw_only=True)
class LateRequests(Query[int]):
    """How many open requests are past the time they were promised for."""

    permission: ClassVar = VIEW_CIVIL_STATUS


@dataclass(frozen=True, kw_only=True)
class PreviewExtract(Query[PrintedDocument]):
    """The request's extract as it will be, marked as a specimen. Raises RequestUnknown."""

    permission: ClassVar = VIEW_CIVIL_STATUS
    number: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One line of the register of deliveries."""

    delivered_at: datetime
    request_number: str
    extract_number: str
    act: str
    #: The holder, family name first.
    listed_as: str
    copies: int
    received_by: str
    agent: str


@dataclass(frozen=True, kw_only=True)
class DeliveryRegister(Query[list[Delivery]]):
    """What was handed over to whom between two days (both included), in order."""

    permission: ClassVar = VIEW_CIVIL_STATUS
    since: date
    until: date
