"""Business dates: plain dates in the municipality's time zone, fiscal years and the periods of a revenue head."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days, both ends included, with the name people use for it ("2026", "2026/27", "2026-T3", "2026-05")."""

    name: str
    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """When the municipality's fiscal year starts, and in which time zone its days are counted."""

    zone: str
    first_month: int = 1
    first_day: int = 1

    def business_date(self, instant: datetime) -> date:
        """The day in the municipality on which ``instant`` (aware, UTC) falls."""
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def start_of_day(self, day: date) -> datetime:
        """The UTC instant at which ``day`` begins in the municipality."""
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def year_of(self, day: date) -> int:
        """The calendar year in which the fiscal year of ``day`` starts."""
        return day.year if (day.month, day.day) >= (self.first_month, self.first_day) else day.year - 1

    def year(self, start_year: int) -> Period:
        """The fiscal year that starts in ``start_year``, named "2026", or "2026/27" where it spans two."""
        start = date(start_year, self.first_month, self.first_day)
        end = date(start_year + 1, self.first_month, self.first_day) - timedelta(days=1)
        spans = (self.first_month, self.first_day) != (1, 1)
        return Period(f"{start_year}/{(start_year + 1) % 100:02d}" if spans else str(start_year), start, end)

    def period(self, name: str) -> Period:
        """The period people call ``name``: "2026" or "2026/27" (fiscal year), "2026-T3" or "2026-Q3"
        (third quarter of the fiscal year 2026), "2026-05" (calendar month). ValueError for anything else."""
        if re.match(r"\d{4}", name) and int(name[:4]) < 1000:
            raise ValueError(name)  # The first years of all have none before them to be compared with.
        if match := re.fullmatch(r"(\d{4})(?:/(\d{2}))?", name):
            year = self.year(int(match[1]))
            if match[2] and year.name != name:
                raise ValueError(name)
            return year
        if match := re.fullmatch(r"(\d{4})-[TQ]([1-4])", name):
            start = add_months(self.year(int(match[1])).start, 3 * (int(match[2]) - 1))
            return Period(f"{match[1]}-T{match[2]}", start, add_months(start, 3) - timedelta(days=1))
        if match := re.fullmatch(r"(\d{4})-(\d{2})", name):
            start = date(int(match[1]), int(match[2]), 1)
            return Period(name, start, add_months(start, 1) - timedelta(days=1))
        raise ValueError(name)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    next_first = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), next_first - timedelta(days=1))


def months_or_fractions(start: date, end: date) -> int:
    """Months and fractions of a month from ``start`` to ``end``; a begun month counts; 0 when end <= start."""
    if end <= start:
        return 0
    months = (end.year - start.year) * 12 + end.month - start.month
    return months + 1 if add_months(start, months) < end else months
