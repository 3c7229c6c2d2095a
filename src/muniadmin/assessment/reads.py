"""Questions of the assessment office."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from muniadmin.billing.accrual import PenaltyRule
from muniadmin.billing.names import VIEW_BILLS
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count, Year
from muniadmin.settings.profile import AttributeSpec, Zone


@dataclass(frozen=True, kw_only=True)
class HeadSummary:
    """A revenue head with what was assessed and settled of it in a fiscal year, as booked.

    ``assessed`` is principal, and ``settled`` what of it is settled by money or by decision; ``overdue`` is what is
    left and late, the penalty booked on it included.
    """

    code: str
    names: Mapping[str, str]
    #: tax | fee | fine
    kind: str
    periodicity: str
    object_kind: str | None
    bills: int
    assessed: Money
    settled: Money
    overdue: Money
    #: First day of the tariff in force; None for heads without tariff.
    tariff_from: date | None


@dataclass(frozen=True, kw_only=True)
class HeadsOfYear(Query[list[HeadSummary]]):
    """Every revenue head, with what was assessed and settled of it in a fiscal year."""

    permission: ClassVar = VIEW_BILLS
    #: The calendar year the fiscal year starts in; None: the year of today.
    start_year: Year | None = None


@dataclass(frozen=True, kw_only=True)
class TariffRow:
    """One version of a tariff."""

    tariff_id: int
    valid_from: date
    valid_to: date | None
    #: past | in_force | future
    state: str
    #: As written: see settings.tariffs.
    document: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RollRow:
    """A roll as listed."""

    roll_id: int
    head_code: str
    head_names: Mapping[str, str]
    period: str
    #: unfinished | issued
    state: str
    started_at: datetime
    finished_at: datetime | None
    issued_by: str
    bills: int
    amount: Money
    nothing_owed: int


@dataclass(frozen=True, kw_only=True)
class PeriodRow:
    """A period a roll can be issued for, and how far that is."""

    name: str
    start: date
    end: date
    #: none | unfinished | issued
    state: str


@dataclass(frozen=True, kw_only=True)
class HeadDetail:
    """A revenue head with the versions of its tariff and its rolls."""

    code: str
    names: Mapping[str, str]
    kind: str
    periodicity: str
    object_kind: str | None
    object_kind_names: Mapping[str, str]
    #: What is known of its objects: for trying the tariff out.
    attributes: tuple[AttributeSpec, ...]
    zones: tuple[Zone, ...]
    due_rule: Mapping[str, Any]
    #: What lateness costs today.
    penalty: PenaltyRule
    #: Newest first.
    tariffs: tuple[TariffRow, ...]
    rolls: tuple[RollRow, ...]
    #: Of this fiscal year and the next.
    periods: tuple[PeriodRow, ...]


@dataclass(frozen=True, kw_only=True)
class OneHead(Query[HeadDetail]):
    """One revenue head. Raises HeadUnknown."""

    permission: ClassVar = VIEW_BILLS
    head_code: str


@dataclass(frozen=True, kw_only=True)
class Rolls(Query[list[RollRow]]):
    """The rolls that were issued or begun, the latest first."""

    permission: ClassVar = VIEW_BILLS
    head_code: str | None = None
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class RollException:
    """An object that cannot be assessed, and why."""

    object_id: int
    label: str
    taxpayer_id: int
    taxpayer_number: str
    taxpayer_name: str
    #: missing | negative | no_scale
    reason: str
    attribute: str


@dataclass(frozen=True, kw_only=True)
class RollPreview:
    """What issuing a roll now would do."""

    head_code: str
    period: str
    tariff_from: date
    #: When the instalments of the bills would fall due.
    due_days: tuple[date, ...]
    #: Objects that exist in the period and that the head is assessed on.
    objects: int
    #: Of these, what a bill asks for already, or what was found to owe nothing.
    already: int
    bills: int
    amount: Money
    nothing_owed: int
    smallest: Money
    largest: Money
    #: How many objects cannot be assessed, and the first of them.
    exceptions: int
    exception_rows: tuple[RollException, ...]


@dataclass(frozen=True, kw_only=True)
class PreviewRoll(Query[RollPreview]):
    """What issuing the roll of a head for a period would add. Writes nothing.

    Raises HeadUnknown, HeadNotAssessed, PeriodNotUnderstood, NoTariffInForce.
    """

    permission: ClassVar = VIEW_BILLS
    head_code: str
    period: str
    #: How many exceptions to list.
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class ComputedLine:
    """One line of a bill's computation in the reader's language; without an amount when it only prepares the next."""

    what: str
    computation: str
    amount: Money | None


@dataclass(frozen=True, kw_only=True)
class BillComputation(Query[list[ComputedLine]]):
    """How a bill was computed, line by line, in a language. Raises NotFound."""

    permission: ClassVar = VIEW_BILLS
    bill_id: int
    #: None: the language in force.
    language: str | None = None
