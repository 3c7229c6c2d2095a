"""Which days an indicator is about: fiscal years, quarters, months, twelve months; and what they are compared to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from muniadmin.indicators.errors import PeriodUnknown
from muniadmin.kernel.dates import FiscalCalendar, add_months

LAST_TWELVE_MONTHS = "last-12-months"
NOTHING = "none"
"""The name of what a period is compared to when nobody wants a comparison."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``since`` to ``until``, both included, of the period called ``name``; ``whole`` when it is over."""

    name: str
    since: date
    until: date
    #: The last day of the whole period.
    end: date

    @property
    def whole(self) -> bool:
        """Whether nothing of the period is still to come."""
        return self.until >= self.end

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each month it touches."""
        first, found = self.since.replace(day=1), []
        while first <= self.until:
            found.append(first)
            first = add_months(first, 1)
        return tuple(found)


def span_of(name: str, calendar: FiscalCalendar, today: date) -> Span:
    """The span of a period, cut off at ``today``. Raises PeriodUnknown."""
    text = name.strip()
    if text == LAST_TWELVE_MONTHS:
        until = today
        return Span(text, add_months(today, -12) + timedelta(days=1), until, until)
    try:
        period = calendar.period(text)
    except ValueError as error:
        raise PeriodUnknown(period=name, example=calendar.year(calendar.year_of(today)).name) from error
    return Span(period.name, period.start, max(min(period.end, today), period.start), period.end)


def a_year_at_least(span: Span) -> Span:
    """The span itself, or for a shorter one the twelve months up to its last day: taxes are assessed once a year, so
    that a rate of a quarter would say nothing."""
    if (span.end - span.since).days >= 364:
        return span
    since = add_months(span.until + timedelta(days=1), -12)
    return Span(span.name, since, span.until, span.end)


def year_before(span: Span, calendar: FiscalCalendar, today: date) -> Span:
    """The same period a year earlier, cut off at the same day when ``span`` is not over yet."""
    since, end = add_months(span.since, -12), _a_year_before(span.end)
    name = _name_before(span, calendar)
    until = end if span.whole else _a_year_before(span.until)
    return Span(name, since, until, until if span.name == LAST_TWELVE_MONTHS else end)


def compared(span: Span, name: str | None, calendar: FiscalCalendar, today: date) -> Span | None:
    """What ``span`` is compared to: a period by name, the same one a year earlier (None), or nothing.

    A span that is not over yet is compared to as much of the other period, so that like stands beside like.
    """
    if name == NOTHING:
        return None
    before = year_before(span, calendar, today)
    if name is None or name == before.name:
        return before
    other = span_of(name, calendar, today)
    if span.whole:
        return other
    until = min(other.since + (span.until - span.since), other.until)
    return Span(other.name, other.since, until, other.end)


def _a_year_before(day: date) -> date:
    """The same day a year earlier; the end of a month stays its end."""
    moved = add_months(day, -12)
    return add_months(moved.replace(day=1), 1) - timedelta(days=1) if _ends_month(day) else moved


def _ends_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _name_before(span: Span, calendar: FiscalCalendar) -> str:
    if span.name == LAST_TWELVE_MONTHS:
        return span.name
    start = add_months(span.since, -12)
    if "-T" in span.name:
        return f"{int(span.name[:4]) - 1}{span.name[4:]}"
    if len(span.name) == 7 and span.name[4] == "-":
        return f"{start:%Y-%m}"
    return calendar.year(calendar.year_of(start)).name


def offered(calendar: FiscalCalendar, first_day: date | None, today: date) -> Sequence[str]:
    """The periods a picker offers: fiscal years with figures, then the current year's quarters and months, newest
    first, and the last twelve months."""
    this_year = calendar.year_of(today)
    first_year = calendar.year_of(first_day) if first_day is not None else this_year
    years = [calendar.year(year).name for year in range(this_year, first_year - 1, -1)]
    quarters = [
        name for quarter in (4, 3, 2, 1) if calendar.period(name := f"{this_year}-T{quarter}").start <= today
    ]
    month, months = today.replace(day=1), []
    while month >= calendar.year(this_year).start.replace(day=1):
        months.append(f"{month:%Y-%m}")
        month = add_months(month, -1)
    return [*years, LAST_TWELVE_MONTHS, *quarters, *months]
