"""Orders about fines."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from muniadmin.access.commands import Approval
from muniadmin.fines.names import CAPTURE_FINES, VOID_FINES
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Command


@dataclass(frozen=True)
class FineCaptured:
    """The new fine; ``due`` is what it costs today."""

    fine_id: int
    number: str
    plate: str
    amount: Money
    due: Money


@dataclass(frozen=True, kw_only=True)
class CaptureFine(Command[FineCaptured]):
    """Records one fine as the officer wrote it, and issues its bill.

    ``request_id`` is the sender's own key (a UUID): the same request sent twice is carried out once, and refused
    (RequestChanged) where it says something else the second time.
    Raises InvalidInput; asks PlateUnreadable or SameFineNearby.
    """

    permission: ClassVar = CAPTURE_FINES
    request_id: str
    plate: str
    offence_code: str
    place: str
    committed_at: datetime
    #: The officer's badge.
    officer: str
    make: str = ""
    #: Degrees, WGS 84; both or neither.
    longitude: float | None = None
    latitude: float | None = None
    remarks: str = ""


@dataclass(frozen=True)
class FineVoided:
    """The fine that is void now, and what was annulled of it."""

    number: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class VoidFine(Command[FineVoided]):
    """Annuls a fine of which nothing has been paid, with a reason and a second person's signature.

    The fine and its bill stay; the bill is annulled. Raises InvalidInput, FineUnknown, FineCannotBeVoided.
    """

    permission: ClassVar = VOID_FINES
    number: str
    reason: str
    approval: Approval = field(repr=False)


@dataclass(frozen=True)
class FineNoticeIssued:
    """The notice's document; ``again`` when it had been issued before, so that printing it is a reprint."""

    document_id: int
    number: str
    again: bool


@dataclass(frozen=True, kw_only=True)
class IssueFineNotice(Command[FineNoticeIssued]):
    """Issues the notice of a fine; once issued it is always that one. Raises FineUnknown, FineCannotBePrinted."""

    permission: ClassVar = CAPTURE_FINES
    number: str
    #: None: the liable person's language, else the municipality's.
    language: str | None = None
