"""Questions about indicators, and the figures that answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from muniadmin.billing.names import VIEW_BILLS
from muniadmin.collection.names import VIEW_COLLECTION
from muniadmin.documents.reads import PrintedDocument
from muniadmin.indicators.names import VIEW_INDICATORS
from muniadmin.indicators.periods import Span
from muniadmin.indicators.units import Direction, Unit
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An indicator's value in a period, beside the period it is compared to. None is "not available"."""

    indicator: str
    unit: Unit
    direction: Direction
    #: In the unit: minor units, a ratio, minutes, pieces.
    value: Decimal | None
    before: Decimal | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    #: The twelve months up to the period's last day, the oldest first.
    run: tuple[Decimal | None, ...] = ()
    #: The PEFA grade of arrears, and their share of twelve months of collection.
    grade: str = ""
    of_collection: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class MonthBar:
    """What was collected in a month of the period, and in the same month of the compared one."""

    month: date
    collected: Money
    before: Money | None


@dataclass(frozen=True, kw_only=True)
class HeadLine:
    """A revenue head in the period."""

    code: str
    names: Mapping[str, str]
    kind: str
    assessed: Money
    collected: Money
    #: Collected of assessed.
    rate: Decimal | None
    #: How the rate moved against the compared period, as a ratio.
    points: Decimal | None


@dataclass(frozen=True, kw_only=True)
class ChannelShare:
    """What came in through a channel."""

    channel: str
    names: Mapping[str, str]
    collected: Money
    payments: int
    share: Decimal | None
    before: Decimal | None


@dataclass(frozen=True, kw_only=True)
class ChannelOpening:
    """A channel through which money came for the first time, in which month of the period."""

    channel: str
    names: Mapping[str, str]
    month: date


@dataclass(frozen=True, kw_only=True)
class DashboardView:
    """Everything the indicators page shows of a period."""

    period: Span
    compare: Span | None
    zone: str
    figures: Mapping[str, Figure]
    months: tuple[MonthBar, ...]
    heads: tuple[HeadLine, ...]
    channels: tuple[ChannelShare, ...]
    openings: tuple[ChannelOpening, ...]
    #: Months that are over and not kept yet: KeepMonths makes the next question faster.
    months_to_keep: int

    @property
    def collected(self) -> Money:
        """The sum of the heads, and of the channels, and of the months."""
        return Money(sum(line.collected.minor for line in self.heads))

    @property
    def assessed(self) -> Money:
        """What was assessed on all heads."""
        return Money(sum(line.assessed.minor for line in self.heads))


@dataclass(frozen=True, kw_only=True)
class Dashboard(Query[DashboardView]):
    """The figures of a period (None: this fiscal year), compared to another (None: the same one a year earlier;
    periods.NOTHING: none), of one zone or of all. ``figures``: the indicators wanted; none: all of the catalogue.
    Raises PeriodUnknown, IndicatorUnknown."""

    permission: ClassVar = VIEW_INDICATORS
    period: str | None = None
    compare: str | None = None
    zone: str = ""
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PeriodsOffered:
    """What the pickers of the page offer."""

    periods: tuple[str, ...]
    zones: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True, kw_only=True)
class Periods(Query[PeriodsOffered]):
    """Periods with figures, and the municipality's zones."""

    permission: ClassVar = VIEW_INDICATORS


# --- the rows behind a figure ---------------------------------------------------------------------------------------
#
# A page begins ``offset`` rows behind the row whose place is ``after`` (None: the start). Without ``totals`` the count
# and the sum are zero: for the pages after the first.

CollectedPlace = tuple[date, int, int, str, str, int]
"""Where what was collected stands in its list."""

OwedPlace = tuple[date, int, int, str, Money]
"""Where what is owed stands in its list."""


@dataclass(frozen=True, kw_only=True)
class CollectedRow:
    """What one payment, or money that was held as a credit, settled of one bill in the days asked for; negative: more
    was taken back of it then. ``booked_on`` is the last such day."""

    #: One of the two is 0. With channel, bill and head they name the row.
    payment_id: int
    credit_id: int
    bill_id: int
    #: Of the payment, or of the one that the credit comes from; empty where it came from none.
    receipt_number: str
    booked_on: date
    payer: str
    head_code: str
    head_names: Mapping[str, str]
    bill_number: str
    #: "credit" where it had been held.
    channel: str
    amount: Money
    place: CollectedPlace


@dataclass(frozen=True, kw_only=True)
class CollectedPage:
    """A page of collected amounts, how many there are, and what they come to."""

    rows: tuple[CollectedRow, ...]
    count: int
    total: Money


@dataclass(frozen=True, kw_only=True)
class Collected(Query[CollectedPage]):
    """The rows behind what was collected from ``since`` to ``until`` (both included), the latest first: their total
    is the figure. Of a head, a channel, a zone."""

    permission: ClassVar = VIEW_COLLECTION
    since: date
    until: date
    head_code: str = ""
    channel: str = ""
    zone: str = ""
    after: CollectedPlace | None = None
    totals: bool = True
    offset: Count = 0
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class OwedRow:
    """What one debtor owes on a bill behind a figure: ``amount`` is what it counts there, ``due_on`` the oldest due
    day."""

    bill_id: int
    account_id: int
    number: str
    name: str
    head_code: str
    head_names: Mapping[str, str]
    subject: str
    issued_on: date
    due_on: date
    amount: Money
    place: OwedPlace


@dataclass(frozen=True, kw_only=True)
class OwedPage:
    """A page of bills, how many there are, and what they come to in the figure."""

    rows: tuple[OwedRow, ...]
    count: int
    total: Money


@dataclass(frozen=True, kw_only=True)
class Assessed(Query[OwedPage]):
    """The bills behind what was assessed from ``since`` to ``until``, the latest first; what was found in these days
    never to have been owed counts less, in rows of its own."""

    permission: ClassVar = VIEW_BILLS
    since: date
    until: date
    head_code: str = ""
    zone: str = ""
    after: OwedPlace | None = None
    totals: bool = True
    offset: Count = 0
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class Overdue(Query[OwedPage]):
    """The bills behind the arrears in the books of a day, the longest overdue first: what was left of each then,
    penalties booked and costs included."""

    permission: ClassVar = VIEW_BILLS
    on: date
    head_code: str = ""
    zone: str = ""
    after: OwedPlace | None = None
    totals: bool = True
    offset: Count = 0
    limit: Count = 200


# --- the page on paper and in files ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FiguresFile:
    """A file to be saved: its name and content."""

    name: str
    content: bytes

    def __repr__(self) -> str:
        return f"FiguresFile({self.name!r}, {len(self.content)} bytes)"


@dataclass(frozen=True, kw_only=True)
class FiguresAsSheets(Query[FiguresFile]):
    """The page's figures as a workbook (XLSX), or as text (CSV), in the language in force."""

    permission: ClassVar = VIEW_INDICATORS
    period: str | None = None
    compare: str | None = None
    zone: str = ""
    csv: bool = False


@dataclass(frozen=True, kw_only=True)
class FiguresReport(Query[PrintedDocument]):
    """The page's figures as a report for the council (PDF), in the language in force."""

    permission: ClassVar = VIEW_INDICATORS
    period: str | None = None
    compare: str | None = None
    zone: str = ""
