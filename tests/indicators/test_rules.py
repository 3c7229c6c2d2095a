"""The arithmetic of indicators, against what Kenya and Kampala published."""

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.indicators.rules import (
    change,
    growth,
    is_better,
    median,
    pefa_grade,
    percentile,
    ratio,
    reached,
)
from muniadmin.indicators.units import Direction, Unit

NUMBERS = st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False, allow_infinity=False)


def rounded(share: Decimal | None, digits: int = 1) -> Decimal:
    assert share is not None
    return (share * 100).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


class TestPublishedFigures:
    """Their own rounded figures: what they printed must come out of what they printed."""

    @pytest.fixture
    def published(self, shared_data: Path) -> Path:
        return shared_data / "revenue-published-kenya-uganda"

    def test_kampala_collected_against_target(self, published: Path) -> None:
        rates = [
            rounded(ratio(Decimal(row["collected_ugx_billion"]), Decimal(row["target_ugx_billion"])))
            for row in rows_of(published / "kampala_collected_vs_target.csv")
        ]
        assert rates == [Decimal("83.3"), Decimal("82.0"), Decimal("99.7"), Decimal("95.5")]

    def test_kampalas_quarter_without_visitors(self, published: Path) -> None:
        rows = rows_of(published / "kampala_q4_2019_20.csv")
        collected = [Decimal(row["collected_ugx_million"]) for row in rows]
        targets = [Decimal(row["target_ugx_million"]) for row in rows]
        before = [Decimal(row["same_quarter_previous_year_ugx_million"]) for row in rows]
        assert [rounded(ratio(now, target)) for now, target in zip(collected, targets, strict=True)] == [
            Decimal("14.4"),
            Decimal("76.9"),
            Decimal("17.3"),
        ]
        assert [rounded(growth(now, then)) for now, then in zip(collected, before, strict=True)] == [
            Decimal("-83.4"),
            Decimal("-52.1"),
            Decimal("-88.0"),
        ]

    def test_shares_of_kenyas_own_revenue(self, published: Path) -> None:
        """Amounts and shares are printed, the whole is not: the largest share of a year tells it, and the others of
        that year must come out of it as printed, to the last digit or one beside it."""
        by_year: dict[str, list[tuple[Decimal, Decimal]]] = {}
        for row in rows_of(published / "kenya_own_source_revenue_by_category.csv"):
            pair = Decimal(row["amount_kes_million"]), Decimal(row["published_share_percent"])
            by_year.setdefault(row["fy"], []).append(pair)
        assert len(by_year) == 4
        for pairs in by_year.values():
            largest, its_share = max(pairs)
            whole = largest * 100 / its_share
            for amount, printed in pairs:
                assert abs(rounded(ratio(amount, whole)) - printed) <= Decimal("0.1")

    def test_growth_of_own_revenue_is_the_one_of_its_figures(self, published: Path) -> None:
        own = next(
            row
            for row in rows_of(published / "kenya_county_revenue_by_source.csv")
            if row["source"] == "Own Source Revenue"
        )
        assert rounded(growth(Decimal(own["2018/19"]), Decimal(own["2013/14"]))) == Decimal("53.2")

    def test_what_kampala_says_of_itself(self) -> None:
        """+266 % from 2011 to 2016, and 12.8 % by mobile money."""
        assert rounded(growth(366, 100), 0) == 266
        assert rounded(ratio(128, 1000)) == Decimal("12.8")


class TestNotAvailable:
    """Where nothing can be divided by, there is no figure; zero is a figure."""

    def test_a_share_of_nothing(self) -> None:
        assert ratio(5, 0) is None
        assert ratio(0, 5) == 0
        assert ratio(None, 5) is None

    def test_growth_from_nothing(self) -> None:
        assert growth(100, 0) is None
        assert growth(0, 100) == -1

    def test_the_middle_of_nothing(self) -> None:
        assert median([]) is None
        assert percentile([], 90) is None
        assert change(Unit.MONEY, Decimal(5), None) is None


class TestDelays:
    def test_the_middle_one(self) -> None:
        assert median([Decimal(n) for n in (9, 1, 5)]) == 5
        assert median([Decimal(n) for n in (9, 1, 5, 7)]) == 6

    def test_what_nine_in_ten_do_not_exceed(self) -> None:
        assert percentile([Decimal(n) for n in range(1, 11)], 90) == 9
        assert percentile([Decimal(4)], 90) == 4

    @given(st.lists(NUMBERS, min_size=1, max_size=60))
    def test_nine_in_ten_are_not_above_the_percentile(self, values: list[Decimal]) -> None:
        found = percentile(values, 90)
        assert found is not None
        assert 10 * sum(value <= found for value in values) >= 9 * len(values)
        middle = median(values)
        assert middle is not None
        assert min(values) <= middle <= max(values)
        assert middle <= found or len(values) < 10


class TestChanges:
    @given(NUMBERS, NUMBERS)
    def test_more_is_better_where_up_is_good(self, now: Decimal, before: Decimal) -> None:
        moved = change(Unit.RATIO, now, before)
        assert moved == now - before
        if moved:
            assert is_better(Direction.UP, moved) is (now > before)
            assert is_better(Direction.DOWN, moved) is (now < before)
        else:
            assert is_better(Direction.UP, moved) is None
        assert is_better(Direction.NEUTRAL, moved) is None

    def test_a_target_is_reached_from_its_side(self) -> None:
        assert reached(Direction.UP, Decimal("0.8"), Decimal("0.8")) is True
        assert reached(Direction.DOWN, Decimal(11), Decimal(10)) is False
        assert reached(Direction.UP, None, Decimal(1)) is None


@pytest.mark.parametrize(
    ("stock", "old", "grade"),
    [
        ("0.09", "0.24", "A"),
        ("0.09", "0.26", "B"),
        ("0.10", "0.10", "B"),
        ("0.39", "0.49", "C"),
        ("0.40", "0.10", "D"),
        ("0.05", "0.80", "D"),
    ],
)
def test_the_grade_needs_a_small_stock_that_is_not_old(stock: str, old: str, grade: str) -> None:
    assert pefa_grade(Decimal(stock), Decimal(old)) == grade
    assert pefa_grade(None, Decimal(old)) is None
