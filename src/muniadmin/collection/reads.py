"""Questions about desks, sessions, payments and receipts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from muniadmin.collection.names import OPERATE_CASH_DESK, VIEW_COLLECTION
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count


@dataclass(frozen=True, kw_only=True)
class DeskRow:
    """A desk, and whose session is open at it."""

    number: int
    names: Mapping[str, str]
    active: bool
    open_session_id: int | None
    cashier_name: str


@dataclass(frozen=True, kw_only=True)
class CashDesks(Query[list[DeskRow]]):
    """Every desk by its number."""

    permission: ClassVar = OPERATE_CASH_DESK


@dataclass(frozen=True, kw_only=True)
class PointRow:
    """A point where money comes in."""

    number: int
    names: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Collectors(Query[list[PointRow]]):
    """The points whose receipts are written in stub books."""

    permission: ClassVar = OPERATE_CASH_DESK


@dataclass(frozen=True, kw_only=True)
class ChannelSum:
    """What a session took through one channel, cancellations deducted."""

    channel: str
    count: int
    amount: Money


@dataclass(frozen=True, kw_only=True)
class SessionState:
    """A cash session and its till."""

    cash_session_id: int
    desk: int
    desk_names: Mapping[str, str]
    cashier_name: str
    opened_at: datetime
    opening_float: Money
    cash_expected: Money
    channels: tuple[ChannelSum, ...]
    receipts: int
    cancelled: int
    closed_at: datetime | None
    counted: Money | None


@dataclass(frozen=True, kw_only=True)
class MySession(Query[SessionState | None]):
    """The actor's open session; None when they have none."""

    permission: ClassVar = OPERATE_CASH_DESK


@dataclass(frozen=True, kw_only=True)
class OneSession(Query[SessionState]):
    """A session by its id. Raises NotFound."""

    permission: ClassVar = VIEW_COLLECTION
    cash_session_id: int


@dataclass(frozen=True, kw_only=True)
class TenderRow:
    """One means by which a payment was made; ``returned``: its money came back."""

    tender_id: int
    channel: str
    amount: Money
    reference: str
    returned: bool


@dataclass(frozen=True, kw_only=True)
class ReceiptRow:
    """A receipt as listed."""

    payment_id: int
    number: str
    taken_at: datetime
    booked_on: date
    value_on: date
    #: The point's number: a desk's, or where no desk took it another's.
    desk: int
    #: None: it was taken in none.
    cash_session_id: int | None
    cashier_name: str
    payer: str
    #: Whose debts it paid, where it is one taxpayer; else None.
    taxpayer_id: int | None
    #: Each means, in the order given.
    tenders: tuple[TenderRow, ...]
    amount: Money
    document_id: int
    #: The paper of its cancellation; None: it was not cancelled.
    cancellation_id: int | None

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.cancellation_id is not None

    @property
    def channels(self) -> tuple[str, ...]:
        """Each means by its channel, in the order given."""
        return tuple(one.channel for one in self.tenders)

    @property
    def returned(self) -> bool:
        """Whether some of its money came back."""
        return any(one.returned for one in self.tenders)


@dataclass(frozen=True, kw_only=True)
class ReceiptsPage:
    """A page of receipts with the count and the sum of all that match (cancelled ones not summed)."""

    rows: tuple[ReceiptRow, ...]
    count: int
    total: Money


@dataclass(frozen=True, kw_only=True)
class Receipts(Query[ReceiptsPage]):
    """Receipts by when they were written; of a session, a taxpayer, a bill, a channel, a head or days (both included).

    ``text`` begins a receipt's number, or names who paid or whose debts were paid.
    ``after`` is the payment's id of the receipt behind which the page begins. Without ``totals`` the page has rows
    alone.
    """

    permission: ClassVar = VIEW_COLLECTION
    cash_session_id: int | None = None
    taxpayer_id: int | None = None
    bill_id: int | None = None
    channel: str | None = None
    head_code: str | None = None
    since: date | None = None
    until: date | None = None
    number: str = ""
    text: str = ""
    descending: bool = True
    after: int | None = None
    offset: Count = 0
    limit: Count = 200
    totals: bool = True
