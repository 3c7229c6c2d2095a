"""Questions about fines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from muniadmin.fines.names import VIEW_FINES
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count, SearchText


@dataclass(frozen=True, kw_only=True)
class AmountShown:
    """What a fine costs up to a day; None: from then on."""

    amount: Money
    until: date | None


@dataclass(frozen=True, kw_only=True)
class FineRow:
    """A fine as listed. ``due`` is what settles it today; ``left`` is booked, ``accrued`` is not yet, and ``suspended``
    the part of ``left`` that rests."""

    fine_id: int
    number: str
    plate: str
    readable: bool
    offence_code: str
    offence_names: Mapping[str, str]
    committed_at: datetime
    place: str
    officer: str
    amount: Money
    left: Money
    accrued: Money
    suspended: Money
    due: Money
    #: discount | open | increased | partly_paid | paid | written_off | void | settled_before
    state: str
    taxpayer_id: int | None


@dataclass(frozen=True, kw_only=True)
class FinesPage:
    """A page of fines, how many there are in all, their full amounts, and what is left of them as booked."""

    rows: tuple[FineRow, ...]
    count: int
    amount: Money
    left: Money


@dataclass(frozen=True, kw_only=True)
class Fines(Query[FinesPage]):
    """Fines, the latest offence first; of a state, an offence, an officer, days (both included), a text.

    The text is a number of ours, a plate or its beginning, a number in an imported file; if none is like it, a part
    of a place. ``sort`` is "committed", "number", "plate" or "amount". Without ``totals`` the count and sums are zero:
    for the pages after the first.
    """

    permission: ClassVar = VIEW_FINES
    text: SearchText = ""
    state: str | None = None
    offence_code: str | None = None
    officer: str | None = None
    since: date | None = None
    until: date | None = None
    taxpayer_id: int | None = None
    sort: str = "committed"
    descending: bool = True
    totals: bool = True
    offset: Count = 0
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class FineEvent:
    """Something that happened to a fine, or will: "committed", "captured", "discount_ends", "increases", "notice",
    "paid", "credit_used", "payment_cancelled", "payment_returned", "money_moved" (what had paid it went elsewhere),
    "voided". ``amount`` and ``text`` (who, a receipt's number, a reason) where it has any; ``day`` for what is known to
    the day only."""

    kind: str
    at: datetime | None = None
    day: date | None = None
    amount: Money | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class PlateHistory:
    """Everything of a plate: its fines, the latest first, what is due on them today, and whose vehicle it is."""

    plate: str
    readable: bool
    rows: tuple[FineRow, ...]
    count: int
    unpaid: int
    due: Money
    taxpayer_id: int | None
    taxpayer_number: str
    taxpayer_name: str


@dataclass(frozen=True, kw_only=True)
class FineCase:
    """One fine with everything known of it."""

    row: FineRow
    #: What may be done with it.
    acts: frozenset[str]
    bill_id: int | None
    bill_number: str
    #: The money that has settled a part of it.
    paid: Money
    due_on: date | None
    plate_shown: str
    make: str
    longitude: float | None
    latitude: float | None
    remarks: str
    external_number: str
    taxpayer_number: str
    taxpayer_name: str
    captured_at: datetime
    captured_by: str
    void_reason: str
    #: Earliest first; empty for what was settled before it was imported.
    steps: tuple[AmountShown, ...]
    events: tuple[FineEvent, ...]
    #: The notice, if it was issued.
    notice_document_id: int | None
    #: What else there is of its plate, the latest.
    history: PlateHistory


@dataclass(frozen=True, kw_only=True)
class FineDetail(Query[FineCase]):
    """One fine by its number or id. Raises NotFound."""

    permission: ClassVar = VIEW_FINES
    number: str | None = None
    fine_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class FinesOfPlate(Query[PlateHistory]):
    """All fines of a plate, however it is written. An unreadable plate has no history."""

    permission: ClassVar = VIEW_FINES
    plate: str
    limit: Count = 100


@dataclass(frozen=True, kw_only=True)
class UnpaidPlate:
    """A plate with fines to pay that no register knows: its bills with their numbers, the latest first, what is due on
    them today, and what the latest was for."""

    plate: str
    bills: Mapping[int, str]
    due: Money
    offence_names: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class UnregisteredPlates(Query[list[UnpaidPlate]]):
    """Plates that begin like the text, however it is written, with fines to pay of nobody on the register. With fewer
    than three letters none are looked for."""

    permission: ClassVar = VIEW_FINES
    text: SearchText
    limit: Count = 20


@dataclass(frozen=True, kw_only=True)
class OffenceRow:
    """An offence of the catalogue with its amount on the day asked for; None where it has none."""

    code: str
    names: Mapping[str, str]
    tow: bool
    origin: str
    active: bool
    amount: Money | None
    #: What it costs when committed on that day, earliest first.
    steps: tuple[AmountShown, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class Offences(Query[list[OffenceRow]]):
    """The catalogue as of a day (None: today), in the profile's order, imported offences last."""

    permission: ClassVar = VIEW_FINES
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Officers(Query[list[str]]):
    """The badges on the fines, for choosing one."""

    permission: ClassVar = VIEW_FINES
