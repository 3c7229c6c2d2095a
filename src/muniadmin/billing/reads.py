"""Questions about bills and what is owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

from muniadmin.billing.names import VIEW_BILLS
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count, SearchText
from muniadmin.taxpayers.names import VIEW_TAXPAYERS

BillState = Literal["open", "overdue", "settled"]
OwedStanding = Literal["overdue", "not_due", "up_to_date"]
RegisterColumnSort = Literal["name", "number", "zone"]
ComputedSort = Literal["balance", "standing", "objects"]
RegisterSort = Literal["name", "number", "zone", "balance", "standing", "objects"]


@dataclass(frozen=True, kw_only=True)
class HeadRow:
    """A revenue head as listed."""

    code: str
    names: Mapping[str, str]
    kind: str
    periodicity: str
    object_kind: str | None
    active: bool


@dataclass(frozen=True, kw_only=True)
class RevenueHeads(Query[list[HeadRow]]):
    """Every revenue head, in the profile's order."""

    permission: ClassVar = VIEW_BILLS


@dataclass(frozen=True, kw_only=True)
class OpenCharge:
    """An instalment (or cost) with something left to pay, and what would settle it on the day asked for.

    ``left`` and ``penalty`` are booked, ``accrued`` is not yet; ``suspended`` rests; ``rebate`` is saved by paying all
    the rest by ``rebate_until``; ``credit`` is what the account's own money pays of it with the next payment, and has
    kept from accruing. ``written_off`` is nobody's hope any more, but may still be paid; it is shown where a bill was
    asked for, not among what an account owes. ``due`` is left + penalty + accrued - rebate - credit + written off.
    """

    charge_id: int
    bill_id: int
    number: str
    head_code: str
    head_names: Mapping[str, str]
    #: Of the head: "tax", "fine" or "fee".
    kind: str
    #: Whether it is no instalment but a cost, e.g. of a cheque that came back.
    is_cost: bool
    account_id: int
    taxpayer_id: int | None
    #: Whose it is, as on the bill.
    name: str
    #: What tells it from others: an address, a plate, a document.
    subject: str
    #: What a fine or a fee is for, by language; none where the head says it.
    what_names: Mapping[str, str]
    #: The subject without that.
    which: str
    period: str
    #: Which instalment of how many.
    part: int
    parts: int
    due_on: date
    amount: Money
    left: Money
    penalty: Money
    accrued: Money
    suspended: Money
    rebate: Money
    rebate_until: date | None
    credit: Money
    written_off: Money
    due: Money
    #: overdue | due_today | partly_paid | not_due | settled: what is left was written off
    state: str
    days_late: int


@dataclass(frozen=True, kw_only=True)
class OpenCharges(Query[list[OpenCharge]]):
    """What an account owes, or what is open of some bills whoever owes it, written off or not; oldest due first. ``on``
    (not after today) is the day for which the money counts; None: today."""

    permission: ClassVar = VIEW_BILLS
    taxpayer_id: int | None = None
    account_id: int | None = None
    #: A bill's number, or its number in the books before.
    number: str | None = None
    bill_ids: tuple[int, ...] = ()
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class InstalmentRow:
    """An instalment of a bill, open or settled."""

    charge_id: int
    part: int
    due_on: date
    amount: Money
    left: Money
    penalty: Money
    accrued: Money
    suspended: Money
    rebate: Money
    due: Money
    #: settled | overdue | due_today | partly_paid | not_due
    state: str


@dataclass(frozen=True, kw_only=True)
class BillDetail:
    """One bill with its computation, its instalments and what was settled of it.

    ``total`` is what was billed; ``settled`` what is settled of it, penalty aside; ``penalty`` what is booked and left;
    ``accrued`` is not booked yet. ``credit`` is what money held for the debtor pays of it with the next payment, and
    ``written_off`` what may still be paid; ``due`` would settle everything today, as the counter asks it.
    """

    bill_id: int
    number: str
    old_number: str
    #: roll | hand | fine | fee | opening
    kind: str
    head_code: str
    head_names: Mapping[str, str]
    account_id: int
    taxpayer_id: int | None
    taxpayer_number: str
    taxpayer_name: str
    subject: str
    period: str
    issued_on: date
    due_on: date
    total: Money
    settled: Money
    penalty: Money
    accrued: Money
    suspended: Money
    rebate: Money
    credit: Money
    written_off: Money
    due: Money
    state: str
    instalments: tuple[InstalmentRow, ...]
    lines: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class OneBill(Query[BillDetail]):
    """One bill by its number or id. Raises NotFound."""

    permission: ClassVar = VIEW_BILLS
    number: str | None = None
    bill_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class BillRow:
    """A bill as listed: what is booked on it, penalty included, and what of that is settled and left; beside it what
    has accrued and is not booked, and what rests."""

    bill_id: int
    number: str
    head_code: str
    head_names: Mapping[str, str]
    taxpayer_id: int | None
    name: str
    subject: str
    period: str
    issued_on: date
    #: Of the oldest open instalment.
    due_on: date
    total: Money
    settled: Money
    left: Money
    accrued: Money
    suspended: Money
    state: str


@dataclass(frozen=True, kw_only=True)
class BillsPage:
    """A page of bills, and how many there are in all with what they come to as booked."""

    rows: tuple[BillRow, ...]
    count: int
    total: Money
    settled: Money


@dataclass(frozen=True, kw_only=True)
class Bills(Query[BillsPage]):
    """Bills by number, optionally of one head, period, taxpayer or state ("open", "overdue", "settled").

    ``after`` is the id of the bill behind which the page begins. Without ``totals`` the page has rows alone.
    """

    permission: ClassVar = VIEW_BILLS
    head_code: str | None = None
    period: str | None = None
    taxpayer_id: int | None = None
    state: BillState | None = None
    text: SearchText = ""
    descending: bool = True
    after: int | None = None
    offset: Count = 0
    limit: Count = 200
    totals: bool = True


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Where a taxpayer stands today. ``owed`` = ``overdue`` + ``not_due`` is booked (the ledger's receivable);
    ``accrued`` is penalty not booked yet, ``suspended`` the part of ``owed`` that rests."""

    owed: Money
    overdue: Money
    not_due: Money
    accrued: Money
    suspended: Money
    credit: Money
    next_due_on: date | None

    @property
    def balance(self) -> Money:
        """Everything booked and owed, due or not, less the money held."""
        return self.owed - self.credit


@dataclass(frozen=True, kw_only=True)
class TaxpayerBalance(Query[Balance]):
    """Where a taxpayer stands today, by the books."""

    permission: ClassVar = VIEW_BILLS
    taxpayer_id: int


@dataclass(frozen=True, kw_only=True)
class BalancesOf(Query[Mapping[int, Balance]]):
    """Where several taxpayers stand today: for a page of a list."""

    permission: ClassVar = VIEW_BILLS
    taxpayer_ids: tuple[int, ...]


# --- the statement of an account ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What was booked on an account on one day for one cause; the words for ``kind`` are rules.MOVEMENT_NAMES.

    ``charged`` adds to what is owed, ``settled`` takes from it, ``credit`` adds to the money held for the account; each
    is negative where an earlier movement is taken back. ``balance`` is what is booked as owed, less the money held,
    after it.
    """

    booked_on: date
    value_on: date
    kind: str
    taken_back: bool
    #: Of the receipt or decision it comes from; empty where the bill itself is its cause, or a standing rule.
    number: str
    #: The debt it is about; empty (and no names) where money is held for no debt yet.
    bill_number: str = ""
    head_names: Mapping[str, str]
    period: str = ""
    subject: str = ""
    #: Which instalment of how many.
    part: int = 1
    parts: int = 1
    #: Whether it is about the penalty on the instalment.
    on_penalty: bool = False
    charged: Money
    settled: Money
    credit: Money
    balance: Money


@dataclass(frozen=True, kw_only=True)
class OpenInstalment:
    """An instalment with something left: ``booked`` is ``left`` and the ``penalty`` booked on it; ``accrued`` is not
    booked; ``suspended`` is the part of ``left`` that rests; ``rebate`` is waived when all the rest is paid on the
    day."""

    bill_number: str
    head_names: Mapping[str, str]
    period: str
    subject: str
    part: int
    parts: int
    due_on: date
    left: Money
    penalty: Money
    accrued: Money
    suspended: Money
    rebate: Money

    @property
    def booked(self) -> Money:
        """What the ledger's receivable holds of it."""
        return self.left + self.penalty


@dataclass(frozen=True, kw_only=True)
class Statement:
    """An account's movements, oldest first, and what is open, as known on a day; clocks run to ``on``."""

    account_id: int | None
    taxpayer_id: int | None
    #: The taxpayer's; empty for other accounts.
    number: str
    name: str
    on: date
    known: date
    movements: tuple[Movement, ...]
    instalments: tuple[OpenInstalment, ...]
    booked: Money
    accrued: Money
    suspended: Money
    rebate: Money
    credit: Money

    @property
    def balance(self) -> Money:
        """What is booked as owed less the money held."""
        return self.booked - self.credit

    @property
    def to_pay(self) -> Money:
        """What would settle all of it on the day, due or not, but for what rests."""
        return max(self.balance + self.accrued - self.suspended - self.rebate, ZERO)


@dataclass(frozen=True, kw_only=True)
class AccountStatement(Query[Statement]):
    """Everything booked on an account up to ``known``, with penalty as it accrues to ``on`` (each None: today; nothing
    is known of days to come). Raises NotFound."""

    permission: ClassVar = VIEW_BILLS
    taxpayer_id: int | None = None
    account_id: int | None = None
    on: date | None = None
    known: date | None = None


# --- the register with what everybody owes -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RegisterFilter:
    """Which taxpayers are listed; empty means all. Several values of one kind are alternatives.

    ``standings`` are "overdue", "not_due" (owes, but nothing late) and "up_to_date" (owes nothing). They and
    ``head_code`` tell of debts: only whoever may see bills may ask for them.
    """

    text: SearchText = ""
    zones: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    standings: tuple[OwedStanding, ...] = ()
    #: Has, or had, an object of this kind.
    object_kind: str = ""
    #: Has ever been billed under this revenue head.
    head_code: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """A taxpayer as listed. Whoever may not see bills is told no sum (all are zero), and of ``standing`` the status."""

    taxpayer_id: int
    number: str
    name: str
    name_arabic: str
    kind: str
    zone: str
    zone_names: Mapping[str, str]
    address: str
    #: As it is kept (E.164).
    phone: str
    #: Objects that have not ended.
    objects: int
    #: "overdue", "not_due", "up_to_date"; "dormant" or "closed" where nothing is owed.
    standing: str
    balance: Money
    overdue: Money
    #: Penalty not booked yet, what rests of the debts, and the money held.
    accrued: Money
    suspended: Money
    credit: Money
    #: Where the row stands in the order asked for, to be given back as ``after``.
    place: tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Register(Query[list[RegisterRow]]):
    """A window of the register, in the order of "name", "number" or "zone": the rows from ``skip`` after the row whose
    place is ``after`` (None: the first), or counted back from the end. With ``ids``: just these, in their order."""

    permission: ClassVar = VIEW_TAXPAYERS
    filter: RegisterFilter = RegisterFilter()
    sort: RegisterColumnSort = "name"
    descending: bool = False
    after: tuple[str, int] | None = None
    skip: Count = 0
    from_end: bool = False
    limit: Count = 200
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterCount(Query[int]):
    """How many taxpayers the filter leaves."""

    permission: ClassVar = VIEW_TAXPAYERS
    filter: RegisterFilter = RegisterFilter()


@dataclass(frozen=True, kw_only=True)
class RegisterTotal(Query[Money]):
    """What the listed taxpayers owe in all today as booked, credits out."""

    permission: ClassVar = VIEW_BILLS
    filter: RegisterFilter = RegisterFilter()


@dataclass(frozen=True, kw_only=True)
class RegisterOrder(Query[tuple[int, ...]]):
    """The ids of the listed taxpayers in an order that must be computed: by "balance" or "standing", which only whoever
    may see bills may ask for, or by "objects"."""

    permission: ClassVar = VIEW_TAXPAYERS
    filter: RegisterFilter = RegisterFilter()
    sort: ComputedSort = "balance"
    descending: bool = False
