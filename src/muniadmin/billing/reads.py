"""Questions about bills and what is owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from muniadmin.access.permissions import Permission
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Query


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

    permission: ClassVar = Permission.VIEW_BILLS


@dataclass(frozen=True, kw_only=True)
class OpenBill:
    """A bill with something left to pay, and what would settle it today."""

    bill_id: int
    number: str
    head_code: str
    head_names: Mapping[str, str]
    kind: str
    taxpayer_id: int | None
    debtor: str
    subject: str
    period: str
    due_on: date
    total: Money
    settled: Money
    principal: Money
    penalty: Money
    discount: Money
    due: Money
    #: settled | overdue | due_today | partly_paid | not_due
    state: str
    days_late: int
    discount_rate: str | None
    discount_until: date | None


@dataclass(frozen=True, kw_only=True)
class OpenBills(Query[list[OpenBill]]):
    """What a taxpayer owes, or one bill by its number whoever owes it; oldest due first."""

    permission: ClassVar = Permission.VIEW_BILLS
    taxpayer_id: int | None = None
    number: str | None = None
    bill_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BillDetail:
    """One bill with its computation and what was settled of it."""

    bill_id: int
    number: str
    head_code: str
    head_names: Mapping[str, str]
    taxpayer_id: int | None
    taxpayer_number: str
    taxpayer_name: str
    debtor: str
    subject: str
    period: str
    issued_on: date
    due_on: date
    total: Money
    settled: Money
    penalty: Money
    discount: Money
    due: Money
    state: str
    lines: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class OneBill(Query[BillDetail]):
    """One bill by its number or id. Raises NotFound."""

    permission: ClassVar = Permission.VIEW_BILLS
    number: str | None = None
    bill_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class BillRow:
    """A bill as listed."""

    bill_id: int
    number: str
    head_code: str
    head_names: Mapping[str, str]
    taxpayer_id: int | None
    name: str
    subject: str
    period: str
    issued_on: date
    due_on: date
    total: Money
    settled: Money
    left: Money
    state: str


@dataclass(frozen=True, kw_only=True)
class BillsPage:
    """A page of bills, and how many there are in all with what they come to."""

    rows: tuple[BillRow, ...]
    count: int
    total: Money
    settled: Money


@dataclass(frozen=True, kw_only=True)
class Bills(Query[BillsPage]):
    """Bills, the newest first, optionally of one head, period, taxpayer or state ("open", "overdue", "settled")."""

    permission: ClassVar = Permission.VIEW_BILLS
    head_code: str | None = None
    period: str | None = None
    taxpayer_id: int | None = None
    state: str | None = None
    text: str = ""
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Where a taxpayer stands today."""

    owed: Money
    overdue: Money
    not_due: Money
    credit: Money
    next_due_on: date | None

    @property
    def balance(self) -> Money:
        """Everything owed, due or not, with penalties, less the credit."""
        return self.owed - self.credit


@dataclass(frozen=True, kw_only=True)
class TaxpayerBalance(Query[Balance]):
    """Where a taxpayer stands today: from the open bills, their penalties, and the ledger's credit account."""

    permission: ClassVar = Permission.VIEW_BILLS
    taxpayer_id: int


@dataclass(frozen=True, kw_only=True)
class BalancesOf(Query[Mapping[int, Balance]]):
    """Where several taxpayers stand today: for a page of a list."""

    permission: ClassVar = Permission.VIEW_BILLS
    taxpayer_ids: tuple[int, ...]


# --- the register with what everybody owes -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RegisterFilter:
    """Which taxpayers are listed; empty means all. Several values of one kind are alternatives.

    ``standings`` are "overdue", "not_due" (owes, but nothing late) and "up_to_date" (owes nothing).
    """

    text: str = ""
    zones: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    #: Has, or had, an object of this kind.
    object_kind: str = ""
    #: Has ever been billed under this revenue head.
    head_code: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """A taxpayer as listed."""

    taxpayer_id: int
    number: str
    name: str
    name_arabic: str
    kind: str
    zone: str
    zone_names: Mapping[str, str]
    address: str
    #: As people here dial it.
    phone: str
    #: Objects that have not ended.
    objects: int
    #: "overdue", "not_due", "up_to_date"; "dormant" or "closed" where nothing is owed.
    standing: str
    balance: Money
    overdue: Money
    #: Where the row stands in the order asked for, to be given back as ``after``.
    place: tuple[Any, int]


@dataclass(frozen=True, kw_only=True)
class Register(Query[list[RegisterRow]]):
    """A window of the register, in the order of "name", "number" or "zone": the rows from ``skip`` after the row whose
    place is ``after`` (None: the first), or counted back from the end. With ``ids``: just these, in their order."""

    permission: ClassVar = Permission.VIEW_TAXPAYERS
    filter: RegisterFilter = RegisterFilter()
    sort: str = "name"
    descending: bool = False
    after: tuple[Any, int] | None = None
    skip: int = 0
    from_end: bool = False
    limit: int = 200
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterCount(Query[int]):
    """How many taxpayers the filter leaves."""

    permission: ClassVar = Permission.VIEW_TAXPAYERS
    filter: RegisterFilter = RegisterFilter()


@dataclass(frozen=True, kw_only=True)
class RegisterTotal(Query[Money]):
    """What the listed taxpayers owe in all today, penalties in and credits out."""

    permission: ClassVar = Permission.VIEW_BILLS
    filter: RegisterFilter = RegisterFilter()


@dataclass(frozen=True, kw_only=True)
class RegisterOrder(Query[tuple[int, ...]]):
    """The ids of the listed taxpayers in an order that must be computed: by "balance", "standing" or "objects"."""

    permission: ClassVar = Permission.VIEW_BILLS
    filter: RegisterFilter = RegisterFilter()
    sort: str = "balance"
    descending: bool = False
