"""Which rows stand behind a figure: the question to ask for them, and what the list is called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Literal

from muniadmin.billing.names import VIEW_BILLS
from muniadmin.civil_status.names import VIEW_CIVIL_STATUS
from muniadmin.civil_status.reads import Requests
from muniadmin.collection.names import VIEW_COLLECTION
from muniadmin.desktop.widgets.row_source import Window
from muniadmin.indicators.periods import Span, a_year_at_least
from muniadmin.indicators.reads import Collected, DashboardView, Overdue
from muniadmin.indicators.wording import name_of
from muniadmin.kernel.dates import add_months
from muniadmin.kernel.i18n import pick
from muniadmin.kernel.permissions import Permission
from muniadmin.kernel.requests import Query


class RowKind(StrEnum):
    """What is listed."""

    COLLECTED = "collected"
    OWED = "owed"
    REQUESTS = "requests"


@dataclass(frozen=True)
class Drill:
    """The rows behind a figure. ``ask`` makes the question of one window of rows."""

    kind: RowKind
    title: str
    indicator: str
    span: Span
    permission: Permission
    ask: Callable[[Window], Query[Any]]


def of_indicator(indicator: str, view: DashboardView) -> Drill | None:
    """The rows behind one of the figures that the page begins with; None for those that have none."""
    span, zone = view.period, view.zone
    title = name_of(indicator)
    if indicator == "collected":
        return collected(title, indicator, span, zone=zone)
    if indicator == "collection_rate":
        return collected(title, indicator, a_year_at_least(span), zone=zone)
    if indicator == "mobile_share":
        return collected(title, indicator, span, zone=zone, channel="mobile")
    if indicator == "arrears":
        return _owed(
            title, indicator, span, lambda window: Overdue(on=span.until, zone=zone, **paged(window))
        )
    if indicator == "delay_median":
        return requests(title, indicator, span, "ready")
    if indicator == "requests_on_time":
        return requests(title, indicator, span, "promised")
    return None


def of_head(code: str, view: DashboardView) -> Drill:
    """What was collected on a head."""
    names = next((line.names for line in view.heads if line.code == code), {})
    return collected(
        f"{name_of('collected')} · {pick(names)}",
        "collected",
        view.period,
        zone=view.zone,
        head_code=code,
    )


def of_channel(channel: str, view: DashboardView) -> Drill:
    """What came in through a channel."""
    names = next((one.names for one in view.channels if one.channel == channel), {})
    return collected(
        f"{name_of('collected')} · {pick(names)}", "collected", view.period, zone=view.zone, channel=channel
    )


def of_month(month: date, view: DashboardView, month_name: str) -> Drill:
    """What was collected in a month, as far as the period goes."""
    last = _end_of(month)
    span = Span(f"{month:%Y-%m}", max(month, view.period.since), min(last, view.period.until), last)
    return collected(f"{name_of('collected')} · {month_name}", "collected", span, zone=view.zone)


def _end_of(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def collected(
    title: str, indicator: str, span: Span, *, zone: str = "", head_code: str = "", channel: str = ""
) -> Drill:
    """What payments brought on bills."""

    def ask(window: Window) -> Collected:
        return Collected(
            since=span.since,
            until=span.until,
            head_code=head_code,
            channel=channel,
            zone=zone,
            **paged(window),
        )

    return Drill(RowKind.COLLECTED, title, indicator, span, VIEW_COLLECTION, ask)


def paged(window: Window) -> dict[str, Any]:
    """Which rows of the list are wanted, as these questions ask for them."""
    return {
        "after": window.anchor.place if window.anchor is not None else None,
        "offset": window.behind,
        "limit": window.limit,
        "totals": window.offset == 0,
    }


def _owed(title: str, indicator: str, span: Span, ask: Callable[[Window], Query[Any]]) -> Drill:
    return Drill(RowKind.OWED, title, indicator, span, VIEW_BILLS, ask)


def requests(title: str, indicator: str, span: Span, by: Literal["ready", "promised"]) -> Drill:
    """The requests that became ready in the days of the figure, or were promised for one of them."""

    def ask(window: Window) -> Requests:
        return Requests(state=None, since=span.since, until=span.until, by=by, **paged(window))

    return Drill(RowKind.REQUESTS, title, indicator, span, VIEW_CIVIL_STATUS, ask)
