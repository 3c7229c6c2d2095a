"""Dates: fiscal years, periods, months, and days as people type them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.kernel.dates import FiscalCalendar, add_months, months_or_fractions
from muniadmin.kernel.errors import NotUnderstood
from muniadmin.kernel.formats import format_date, format_long_date, parse_date

FES = FiscalCalendar("Africa/Casablanca")
KAMPALA = FiscalCalendar("Africa/Kampala", 7, 1)
days = st.dates(date(1990, 1, 1), date(2060, 1, 1))


def test_a_fiscal_year_that_spans_two_is_named_by_both() -> None:
    assert KAMPALA.year_of(date(2026, 6, 30)) == 2025
    assert KAMPALA.year(2026).name == "2026/27"
    assert KAMPALA.year(2026).end == date(2027, 6, 30)
    assert FES.year(2026).name == "2026"


@given(days)
def test_every_day_is_in_its_fiscal_year_and_month(day: date) -> None:
    for calendar in (FES, KAMPALA):
        assert day in calendar.year(calendar.year_of(day))
    assert day in FES.period(day.strftime("%Y-%m"))


def test_periods_by_name() -> None:
    assert FES.period("2026-T3").start == date(2026, 7, 1)
    assert KAMPALA.period("2026-Q1").end == date(2026, 9, 30)
    assert KAMPALA.period("2026/27").start == date(2026, 7, 1)
    for wrong in ("2026/28", "26", "2026-T5", "2026-13", "hier", "0001", "0999-12", "9999"):
        with pytest.raises(ValueError):  # noqa: PT011 - the name is the message
            KAMPALA.period(wrong)


def test_a_business_day_is_the_municipality_s_own() -> None:
    assert FES.business_date(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == date(2027, 1, 1)
    assert FES.start_of_day(date(2027, 1, 1)) == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 5, 31), date(2026, 5, 31), 0),
        (date(2026, 5, 31), date(2026, 6, 1), 1),
        (date(2026, 5, 31), date(2026, 6, 30), 1),
        (date(2026, 5, 31), date(2026, 7, 1), 2),
        (date(2026, 5, 31), date(2026, 11, 23), 6),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
    ],
)
def test_a_begun_month_counts(start: date, end: date, months: int) -> None:
    assert months_or_fractions(start, end) == months


@given(days, st.integers(0, 240))
def test_months_added_are_months_counted(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert months_or_fractions(day, later) in {months, months + 1}


@given(days, st.sampled_from(["en", "fr", "es"]))
def test_a_printed_day_can_be_typed_back(day: date, language: str) -> None:
    assert parse_date(format_date(day, language)) == day


@pytest.mark.parametrize(
    "text", ["31/5/2026", "31-05-26", "31.5.2026", "31052026", "2026-05-31", " 31 5 2026 "]
)
def test_days_as_people_type_them(text: str) -> None:
    assert parse_date(text) == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("text", "year"), [("14/3/71", 1971), ("140370", 1970), ("14.3.69", 2069), ("14-3-00", 2000)]
)
def test_a_year_of_two_figures_is_one_that_people_were_born_in(text: str, year: int) -> None:
    assert parse_date(text) == date(year, 3, 14)


@pytest.mark.parametrize("text", ["", "30/02/2026", "5/2026", "hier", "2026-13-01"])
def test_days_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_date(text)


def test_long_dates() -> None:
    assert format_long_date(date(2026, 5, 31), "fr") == "31 mai 2026"
    assert format_long_date(date(2026, 5, 31), "en") == "31 May 2026"
