"""Money: exact sums, parts that add up to the whole, amounts as people type and read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.kernel.errors import NotUnderstood
from muniadmin.kernel.formats import format_money, format_number, format_percent, parse_count, parse_money
from muniadmin.kernel.money import Currency, Money, total

DIRHAM = Currency("MAD", 2, "DH")
SHILLING = Currency("UGX", 0, "USh")
amounts = st.integers(-(10**15), 10**15)


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_parts_always_sum_to_the_whole(minor: int, weights: list[int]) -> None:
    parts = Money(minor).split(weights)
    assert total(parts) == Money(minor)
    assert all(not part for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_the_odd_centime_goes_to_the_first_part() -> None:
    assert Money(10000).split([1, 1, 1]) == [Money(3334), Money(3333), Money(3333)]


@pytest.mark.parametrize(
    ("minor", "rate", "expected"),
    [(41250, "0.175", 7219), (50, "0.01", 1), (49, "0.01", 0), (-50, "0.01", -1)],
)
def test_a_rate_rounds_half_up_to_the_minor_unit(minor: int, rate: str, expected: int) -> None:
    assert Money(minor).times(Decimal(rate)) == Money(expected)


@given(amounts, st.sampled_from(["en", "fr", "es"]), st.sampled_from([DIRHAM, SHILLING]))
def test_what_is_printed_can_be_typed_back(minor: int, language: str, currency: Currency) -> None:
    assert parse_money(format_money(Money(minor), currency, language), currency) == Money(minor)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1 234,50", 123450),
        ("1\u202f234,5", 123450),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("1.234", 123400),
        ("12,5", 1250),
        ("1234", 123400),
        ("1 000 MAD", 100000),
        ("200 DH", 20000),
        ("200dh", 20000),
        ("mad 200", 20000),
        ("0,05", 5),
    ],
)
def test_amounts_as_people_type_them(text: str, minor: int) -> None:
    assert parse_money(text, DIRHAM) == Money(minor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "douze",
        ",50",
        ".50",
        "-.5",
        "1,2,3",
        "1,234,5678",
        "12,345.678",
        "--",
        "1e5",
        "NaN",
        "²",
        "9" * 5_000,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_money(text, DIRHAM)


def test_a_count_is_whole_figures_and_nothing_else() -> None:
    assert parse_count(" 0112 ") == 112
    for text in ("", "-1", "1.5", "²", "x", "9" * 5_000):
        with pytest.raises(NotUnderstood):
            parse_count(text)


def test_a_currency_without_decimals_takes_none() -> None:
    assert parse_money("12,500", SHILLING) == Money(12500)
    with pytest.raises(NotUnderstood):
        parse_money("12.5", SHILLING)


def test_an_exact_number_with_too_many_decimals_is_refused() -> None:
    assert DIRHAM.of("12.50") == Money(1250)
    with pytest.raises(ValueError, match="decimals"):
        DIRHAM.of("12.505")


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "−1,234.50"), ("fr", "−1\u202f234,50"), ("es", "−1\u202f234,50")]
)
def test_a_minus_is_a_true_one(language: str, shown: str) -> None:
    assert format_money(Money(-123450), DIRHAM, language).replace("\u00a0", "\u202f") == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("-0.04", "0.0"), ("-0.05", "0.0"), ("-0.06", "−0.1"), ("0", "0.0")]
)
def test_nothing_is_less_than_zero_and_still_zero(number: str, shown: str) -> None:
    assert format_number(Decimal(number), "en", digits=1) == shown
    assert format_percent(Decimal(number) / 100, "en") == f"{shown}%"
