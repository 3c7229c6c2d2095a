"""Periods: what people call them, and what they are compared to."""

from datetime import date

import pytest

from muniadmin.indicators.errors import PeriodUnknown
from muniadmin.indicators.periods import (
    LAST_TWELVE_MONTHS,
    NOTHING,
    Span,
    a_year_at_least,
    compared,
    offered,
    span_of,
)
from muniadmin.kernel.dates import FiscalCalendar

FES = FiscalCalendar("Africa/Casablanca")
KAMPALA = FiscalCalendar("Africa/Kampala", 7, 1)
TODAY = date(2026, 11, 23)


def days(span: Span | None) -> tuple[date, date]:
    assert span is not None
    return span.since, span.until


@pytest.mark.parametrize(
    ("calendar", "name", "since", "until"),
    [
        (FES, "2026", date(2026, 1, 1), TODAY),
        (FES, "2025", date(2025, 1, 1), date(2025, 12, 31)),
        (FES, "2026-T2", date(2026, 4, 1), date(2026, 6, 30)),
        (FES, "2026-Q4", date(2026, 10, 1), TODAY),
        (FES, "2026-11", date(2026, 11, 1), TODAY),
        (FES, LAST_TWELVE_MONTHS, date(2025, 11, 24), TODAY),
        (KAMPALA, "2026/27", date(2026, 7, 1), TODAY),
        (KAMPALA, "2025/26", date(2025, 7, 1), date(2026, 6, 30)),
    ],
)
def test_a_period_goes_no_further_than_today(
    calendar: FiscalCalendar, name: str, since: date, until: date
) -> None:
    assert days(span_of(name, calendar, TODAY)) == (since, until)


@pytest.mark.parametrize(
    ("calendar", "name", "other", "since", "until"),
    [
        (FES, "2026", "2025", date(2025, 1, 1), date(2025, 11, 23)),
        (FES, "2025", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        (FES, "2026-T2", "2025-T2", date(2025, 4, 1), date(2025, 6, 30)),
        (FES, "2024-02", "2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        (FES, "2025-02", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (FES, LAST_TWELVE_MONTHS, LAST_TWELVE_MONTHS, date(2024, 11, 24), date(2025, 11, 23)),
        (KAMPALA, "2026/27", "2025/26", date(2025, 7, 1), date(2025, 11, 23)),
    ],
)
def test_like_is_compared_with_like(
    calendar: FiscalCalendar, name: str, other: str, since: date, until: date
) -> None:
    found = compared(span_of(name, calendar, TODAY), None, calendar, TODAY)
    assert found is not None
    assert (found.name, *days(found)) == (other, since, until)


def test_a_year_that_is_not_over_is_compared_with_as_much_of_any_other() -> None:
    this_year = span_of("2026", FES, TODAY)
    assert days(compared(this_year, "2024", FES, TODAY)) == (date(2024, 1, 1), date(2024, 11, 22))
    assert compared(this_year, NOTHING, FES, TODAY) is None
    assert days(compared(span_of("2025", FES, TODAY), "2020", FES, TODAY)) == (
        date(2020, 1, 1),
        date(2020, 12, 31),
    )


def test_a_rate_looks_over_a_year_at_least() -> None:
    assert days(a_year_at_least(span_of("2026-T2", FES, TODAY))) == (date(2025, 7, 1), date(2026, 6, 30))
    assert days(a_year_at_least(span_of("2026", FES, TODAY))) == (date(2026, 1, 1), TODAY)


@pytest.mark.parametrize("text", ["2026-T5", "26", "next year", "", "2026/28", "2026-13"])
def test_what_is_no_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PeriodUnknown) as refused:
        span_of(text, KAMPALA, TODAY)
    assert "2026/27" in refused.value.advice()


def test_the_picker_offers_years_with_figures_and_this_years_parts() -> None:
    names = offered(FES, date(2024, 1, 4), TODAY)
    assert names[:4] == ["2026", "2025", "2024", LAST_TWELVE_MONTHS]
    assert "2026-T4" in names
    assert names[-1] == "2026-01"
    assert offered(KAMPALA, None, TODAY)[0] == "2026/27"
