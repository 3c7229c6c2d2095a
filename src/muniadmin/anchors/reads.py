"""Questions about anchors."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.collection.names import VIEW_COLLECTION
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where a chain stands: the place and the digest of its last row."""

    chain: str
    last: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class AnchorRow:
    """One anchor as listed."""

    number: int
    #: The business day on which it was made.
    booked_on: date
    made_at: datetime
    made_by: str
    workstation: str
    #: "session": a cash session was closed; "order": somebody wanted it.
    occasion: str
    digest: str
    #: Where each chain stood; none where somebody has made the line unreadable.
    heads: tuple[Head, ...]
    #: The signed text, one line.
    line: str


@dataclass(frozen=True, kw_only=True)
class Anchors(Query[list[AnchorRow]]):
    """The newest anchors first, optionally older than number ``before``."""

    permission: ClassVar = VIEW_AUDIT
    before: int | None = None
    offset: Count = 0
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class AnchorCount(Query[int]):
    """How many anchors :class:`Anchors` would list in all."""

    permission: ClassVar = VIEW_AUDIT
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class KeptOutside:
    """Where anchors are also written: a folder, empty for none; and the number of the last anchor."""

    folder: str
    last: int


@dataclass(frozen=True, kw_only=True)
class AnchorFolder(Query[KeptOutside]):
    """In which folder anchors are also written."""

    permission: ClassVar = VIEW_COLLECTION
