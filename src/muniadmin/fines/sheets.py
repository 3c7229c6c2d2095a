"""What the notice of a fine shows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class NoticeStep:
    """What a fine costs until a day."""

    #: In the sheet's language, e.g. ``Payée dans les 14 jours : moitié``.
    what: str
    #: The last day at this amount; None for the last step.
    until: date | None = None
    amount: Money


@dataclass(frozen=True, kw_only=True)
class FineNoticeSheet(Sheet):
    """Notice of a fine (avis de contravention)."""

    KIND: ClassVar[str] = "fine_notice"

    issued_on: date
    offence: str
    legal_basis: str = ""
    plate: str
    #: Make, model and colour as far as known.
    vehicle: str = ""
    place: str
    committed_at: datetime
    officer: str
    #: The person held liable, when known.
    owner_name: str = ""
    owner_number: str | None = None
    address: tuple[str, ...] = ()
    remarks: str = ""
    #: Earliest first; the first is what it costs on the day of issue.
    steps: tuple[NoticeStep, ...]
    payment_places: tuple[str, ...] = ()
    #: How to contest, and other texts from the profile.
    texts: tuple[str, ...] = ()
