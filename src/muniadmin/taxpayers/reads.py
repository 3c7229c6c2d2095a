"""Questions about taxpayers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count, SearchText
from muniadmin.taxpayers.names import VIEW_TAXPAYERS


@dataclass(frozen=True, kw_only=True)
class TaxpayerHit:
    """A taxpayer found, and by what: "number", "phone", "identifier", "object" (plate, parcel), "name",
    "other" (address...) or "similar" (the name is only like what was typed). ``born_on`` and ``identifier``, the first
    of those the profile names, tell namesakes apart."""

    taxpayer_id: int
    number: str
    kind: str
    name: str
    name_arabic: str
    zone: str
    address: str
    phone: str
    born_on: date | None
    identifier: str
    status: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SearchTaxpayers(Query[list[TaxpayerHit]]):
    """The one box: a number, parts of a name in any order, a phone, an identifier, a plate or parcel.

    Case, accents and one wrong letter do not matter. What was found exactly comes first.
    """

    permission: ClassVar = VIEW_TAXPAYERS
    text: SearchText
    limit: Count = 20


@dataclass(frozen=True, kw_only=True)
class IdentifierRow:
    """An identifier of a taxpayer."""

    kind: str
    names: Mapping[str, str]
    value: str


@dataclass(frozen=True, kw_only=True)
class ObjectRow:
    """A taxable object of a taxpayer."""

    object_id: int
    version: int
    kind: str
    kind_names: Mapping[str, str]
    label: str
    zone: str
    attributes: Mapping[str, Any]
    started_on: date
    ended_on: date | None


@dataclass(frozen=True, kw_only=True)
class Taxpayer360:
    """Everything the register keeps about a taxpayer."""

    taxpayer_id: int
    version: int
    number: str
    kind: str
    status: str
    name: str
    name_arabic: str
    born_on: date | None
    phone: str
    phone_shown: str
    email: str
    address: str
    zone: str
    zone_names: Mapping[str, str]
    language: str
    notes: str
    registered_at: datetime
    identifiers: tuple[IdentifierRow, ...]
    objects: tuple[ObjectRow, ...]


@dataclass(frozen=True, kw_only=True)
class TaxpayerDetail(Query[Taxpayer360]):
    """One taxpayer by id or number. Raises NotFound."""

    permission: ClassVar = VIEW_TAXPAYERS
    taxpayer_id: int | None = None
    number: str | None = None


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """Something that happened to a taxpayer's file: "taxpayers:taxpayer:registered" and the like."""

    at: datetime
    #: What whoever did it is called today.
    by: str
    event: str


@dataclass(frozen=True, kw_only=True)
class TaxpayerHistory(Query[list[HistoryLine]]):
    """What was done to a taxpayer's file, the newest first."""

    permission: ClassVar = VIEW_TAXPAYERS
    number: str
    limit: Count = 20


@dataclass(frozen=True, kw_only=True)
class DuplicateCandidate:
    """Somebody on the register who may be the same.

    ``reasons`` are "identifier", "phone", "name", "birth" and "address".
    """

    taxpayer_id: int
    number: str
    name: str
    name_arabic: str
    born_on: date | None
    phone: str
    address: str
    #: 0 to 100; from 90 on saving asks.
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DuplicateCandidates(Query[list[DuplicateCandidate]]):
    """Who on the register may be the one being typed; the likeliest first. ``except_id`` is the one being changed."""

    permission: ClassVar = VIEW_TAXPAYERS
    name: str = ""
    name_arabic: str = ""
    born_on: date | None = None
    phone: str = ""
    address: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    except_id: int | None = None
    limit: Count = 5
