"""Tariffs applied: by hand, by property, and the examples every profile ships."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.assessment.rules import (
    Computation,
    NotAssessable,
    TariffRule,
    compile_tariff,
    due_dates,
    instalments,
    kept_value,
    period_of,
    periods_of_year,
    quantity,
    rounded,
)
from muniadmin.kernel.dates import FiscalCalendar
from muniadmin.kernel.money import Currency
from muniadmin.settings.profile import RevenueHeadSpec, load_profile
from muniadmin.settings.tariffs import TariffSpec, read_tariff

MAD = Currency("MAD", 2, "DH")
UGX = Currency("UGX", 0, "USh")
TYPES = {"value": "money", "area": "decimal", "seats": "integer", "use": "choice"}


def tariff(**table: Any) -> TariffSpec:
    """A tariff as written; what does not matter here is filled in."""
    return read_tariff(
        {"valid_from": date(2026, 1, 1), "figures": "example", "scales": [], "examples": []} | table
    )


def rule(currency: Currency = MAD, **table: Any) -> TariffRule:
    return compile_tariff(tariff(**table), TYPES, currency)


def amount(applied: TariffRule, **facts: Any) -> int:
    found = applied.amount(facts)
    assert isinstance(found, int)
    return found


def computation(applied: TariffRule, **facts: Any) -> Computation:
    found = applied.explain(facts)
    assert isinstance(found, Computation)
    return found


SLICES: dict[str, Any] = {
    "kind": "slices",
    "base": "value",
    "scales": [
        {
            "brackets": [
                {"above": 0, "rate": "0 %"},
                {"above": 5000, "rate": "10 %"},
                {"above": 20000, "rate": "20 %"},
                {"above": 40000, "rate": "30 %"},
            ]
        }
    ],
}


class TestTheProfilesExamplesHold:
    @pytest.mark.parametrize(
        ("code", "head"),
        [(code, head) for code in ("cartago", "fes", "kampala") for head in load_profile(code).heads],
        ids=lambda part: part.code if isinstance(part, RevenueHeadSpec) else str(part),
    )
    def test_each_tariff_gives_what_its_examples_say(self, code: str, head: RevenueHeadSpec) -> None:
        profile = load_profile(code)
        for spec in head.tariffs:
            kind = profile.object_kind(head.object_kind or "")
            types = {part.code: part.type for part in kind.attributes}
            applied = compile_tariff(spec, types, profile.currency)
            for example in spec.examples:
                facts = {
                    name: kept_value(value, types.get(name, "choice"), profile.currency)
                    for name, value in example.inputs.items()
                }
                expected = profile.currency.of(example.expect).minor
                assert applied.amount(facts) == expected, (head.code, example)
                explained = applied.explain(facts)
                assert isinstance(explained, Computation)
                assert explained.amount == expected


class TestSlices:
    @pytest.mark.parametrize(
        ("value", "owed"),
        [
            (0, 0),
            (500000, 0),
            (500001, 0),  # a tenth of a centime rounds down
            (500005, 1),  # half a centime rounds up
            (2000000, 150000),
            (2000100, 150020),
            (4000000, 550000),
            (6000000, 1150000),
        ],
    )
    def test_each_part_is_charged_at_its_own_rate(self, value: int, owed: int) -> None:
        assert amount(rule(**SLICES), value=value) == owed

    def test_the_lines_show_each_part_and_add_up(self) -> None:
        found = computation(rule(**SLICES), value=2500050)
        assert found.lines == (
            {"what": "base", "amount": 0, "of": "value", "value": 2500050},
            {"what": "slice", "amount": 0, "value": 500000, "from": 0, "to": 500000, "rate": 0},
            {
                "what": "slice",
                "amount": 150000,
                "value": 1500000,
                "from": 500000,
                "to": 2000000,
                "rate": 100000,
            },
            {
                "what": "slice",
                "amount": 100010,
                "value": 500050,
                "from": 2000000,
                "to": 4000000,
                "rate": 200000,
            },
        )
        assert found.amount == 250010

    def test_blocks_may_be_priced_by_the_unit(self) -> None:
        water = rule(
            kind="slices",
            base="seats",
            scales=[{"brackets": [{"above": 0, "amount": 2.5}, {"above": 15, "amount": "4.125"}]}],
        )
        assert amount(water, seats=15) == 3750
        assert amount(water, seats=18) == 3750 + 1238  # 12.375 rounds up


class TestSteps:
    STEPS: ClassVar[dict[str, Any]] = {
        "kind": "steps",
        "base": "seats",
        "scales": [{"brackets": [{"above": 0, "amount": 300}, {"above": 15, "amount": 500}]}],
    }

    @pytest.mark.parametrize(
        ("seats", "owed"), [(0, 30000), (1, 30000), (15, 30000), (16, 50000), (900, 50000)]
    )
    def test_the_whole_is_charged_at_its_step(self, seats: int, owed: int) -> None:
        assert amount(rule(**self.STEPS), seats=seats) == owed

    def test_a_step_may_have_a_rate_on_the_whole_base(self) -> None:
        by_rate = rule(
            kind="steps",
            base="value",
            scales=[{"brackets": [{"above": 0, "rate": "1 %"}, {"above": 100, "rate": "2 %"}]}],
        )
        assert (amount(by_rate, value=10000), amount(by_rate, value=10001)) == (100, 200)


class TestOtherKinds:
    def test_flat(self) -> None:
        assert amount(rule(kind="flat", scales=[{"amount": 120}])) == 12000

    def test_percentage_rounds_half_up_once(self) -> None:
        services = rule(kind="percentage", base="value", scales=[{"rate": "10.5 %"}])
        assert amount(services, value=100) == 11  # 10.5 centimes
        assert amount(services, value=900000) == 94500

    def test_per_unit_of_an_area_with_decimals(self) -> None:
        land = rule(kind="per_unit", base="area", scales=[{"amount": "42.58"}])
        assert amount(land, area="12.5") == 53225
        assert amount(land, area=12.5) == 53225

    def test_whole_shillings(self) -> None:
        rates = rule(UGX, kind="percentage", base="value", scales=[{"rate": "6 %"}])
        assert amount(rates, value=14040008) == 842400

    def test_the_first_scale_that_fits_is_used(self) -> None:
        by_use = rule(
            kind="flat",
            scales=[
                {"when": {"use": "home"}, "amount": 1},
                {"when": {"use": ["shop", "office"], "zone": "centre"}, "amount": 2},
                {"when": {"use": ["shop", "office"]}, "amount": 3},
            ],
        )
        assert amount(by_use, use="home") == 100
        assert amount(by_use, use="office", zone="centre") == 200
        assert amount(by_use, use="office", zone="suburb") == 300
        assert by_use.amount({"use": "school"}) == NotAssessable("no_scale")
        assert by_use.explain({}) == NotAssessable("no_scale")

    @pytest.mark.parametrize("nothing", [None, ""])
    def test_a_base_that_is_not_known_is_named(self, nothing: object) -> None:
        services = rule(kind="percentage", base="value", scales=[{"rate": "10.5 %"}])
        assert services.amount({"value": nothing}) == NotAssessable("missing", "value")
        assert services.amount({}) == NotAssessable("missing", "value")
        assert services.explain({}) == NotAssessable("missing", "value")

    def test_a_negative_base_is_named(self) -> None:
        services = rule(kind="percentage", base="value", scales=[{"rate": "10.5 %"}])
        assert services.amount({"value": -1}) == NotAssessable("negative", "value")


class TestAbatementsAndBounds:
    HOME: ClassVar[dict[str, Any]] = {
        "kind": "percentage",
        "base": "value",
        "scales": [{"rate": "10 %"}],
        "abatements": [
            {"names": {"en": "Main home"}, "when": {"use": "home"}, "rate": "75 %"},
            {"names": {"en": "Allowance"}, "amount": 100},
        ],
    }

    def test_abatements_come_off_in_order(self) -> None:
        found = computation(rule(**self.HOME), value=100000, use="home")
        assert [line.get("value") for line in found.lines] == [100000, 25000, 15000, 15000]
        assert found.amount == 1500

    def test_an_abatement_never_takes_more_than_there_is(self) -> None:
        assert amount(rule(**self.HOME), value=5000) == 0

    def test_a_minimum_raises_and_says_so(self) -> None:
        bounded = rule(**self.HOME, minimum=50, maximum=1000)
        found = computation(bounded, value=50000)
        assert found.lines[-1] == {"what": "minimum", "amount": 1000}
        assert found.amount == 5000

    def test_a_maximum_reduces_and_says_so(self) -> None:
        bounded = rule(**self.HOME, minimum=50, maximum=1000)
        found = computation(bounded, value=100000000)
        assert found.amount == 100000
        assert found.lines[-1]["what"] == "maximum"

    def test_what_an_abatement_frees_entirely_owes_no_minimum(self) -> None:
        assert amount(rule(**self.HOME, minimum=50), value=10000) == 0

    @pytest.mark.parametrize(("rounding", "owed"), [("half_up", 1100), ("down", 1000), ("up", 1100)])
    def test_rounding_to_whole_dirhams(self, rounding: str, owed: int) -> None:
        whole = rule(
            kind="percentage", base="value", scales=[{"rate": "10.5 %"}], round_to=1, rounding=rounding
        )
        assert amount(whole, value=10000) == owed
        found = computation(whole, value=10000)
        assert sum(line["amount"] for line in found.lines) == owed


values = st.integers(0, 10**13)
rates = st.integers(0, 2_000_000)


@st.composite
def brackets(draw: st.DrawFn, *, of: str = "rate") -> list[dict[str, str]]:
    """Up to six brackets with ascending thresholds; rates to the millionth, prices to the ten-thousandth."""
    thresholds = [0, *sorted(draw(st.sets(st.integers(1, 10**11), max_size=5)))]
    made = []
    for threshold in thresholds:
        if of == "rate":
            made.append(
                {
                    "above": str(Decimal(threshold).scaleb(-2)),
                    "rate": f"{format(Decimal(draw(rates)).scaleb(-4), 'f')} %",
                }
            )
        else:
            made.append(
                {
                    "above": str(threshold),
                    "amount": format(Decimal(draw(st.integers(0, 10**9))).scaleb(-4), "f"),
                }
            )
    return made


class TestProperties:
    @given(brackets(), st.lists(values, min_size=2, max_size=6))
    def test_slices_never_shrink_as_the_base_grows(
        self, scale: list[dict[str, str]], bases: list[int]
    ) -> None:
        applied = rule(kind="slices", base="value", scales=[{"brackets": scale}])
        owed = [amount(applied, value=base) for base in sorted(bases)]
        assert owed == sorted(owed)

    @given(brackets(), values)
    def test_slices_are_the_sum_of_their_parts(self, scale: list[dict[str, str]], base: int) -> None:
        """Against the definition in exact fractions, each part rounded once."""
        applied = rule(kind="slices", base="value", scales=[{"brackets": scale}])
        expected = 0
        for index, bracket in enumerate(scale):
            start = int(Decimal(bracket["above"]) * 100)
            end = int(Decimal(scale[index + 1]["above"]) * 100) if index + 1 < len(scale) else base
            part = max(0, min(base, end) - start)
            exact = Fraction(part) * Fraction(bracket["rate"].removesuffix(" %")) / 100
            expected += int(
                (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP)
            )
        assert amount(applied, value=base) == expected

    @given(brackets(of="amount"), values)
    def test_fast_and_explained_agree(self, scale: list[dict[str, str]], base: int) -> None:
        applied = rule(kind="slices", base="seats", scales=[{"brackets": scale}])
        found = computation(applied, seats=base)
        assert found.amount == amount(applied, seats=base)
        assert sum(line["amount"] for line in found.lines) == found.amount
        assert sum(line["value"] for line in found.lines if line["what"] == "slice") == base

    @given(
        kind=st.sampled_from(["percentage", "slices", "steps"]),
        scale=brackets(),
        base=values,
        off=st.integers(0, 1_000_000),
        minimum=st.none() | st.integers(0, 10**6),
        maximum=st.none() | st.integers(0, 10**9),
        round_to=st.sampled_from([None, 1, 5, 100]),
        rounding=st.sampled_from(["half_up", "up", "down"]),
    )
    def test_lines_always_add_up_to_the_amount(
        self,
        kind: str,
        scale: list[dict[str, str]],
        base: int,
        off: int,
        minimum: int | None,
        maximum: int | None,
        round_to: int | None,
        rounding: str,
    ) -> None:
        applied = rule(
            kind=kind,
            base="value",
            scales=[{"rate": scale[0]["rate"]} if kind == "percentage" else {"brackets": scale}],
            abatements=[{"names": {"en": "Relief"}, "rate": f"{format(Decimal(off).scaleb(-4), 'f')} %"}],
            minimum=minimum,
            maximum=maximum,
            round_to=round_to,
            rounding=rounding,
        )
        found = computation(applied, value=base)
        assert found.amount == amount(applied, value=base)
        assert sum(line["amount"] for line in found.lines) == found.amount
        assert found.amount >= 0
        if round_to:
            assert found.amount % (round_to * 100) == 0

    @given(st.integers(0, 10**18), st.integers(1, 10**9))
    def test_rounding_is_half_up(self, numerator: int, denominator: int) -> None:
        found = rounded(numerator, denominator)
        assert Fraction(-1, 2) < found - Fraction(numerator, denominator) <= Fraction(1, 2)

    @given(st.decimals(0, 10**9, places=2))
    def test_an_area_is_counted_in_hundredths(self, area: Decimal) -> None:
        assert quantity(str(area), "decimal") == int(area * 100)


class TestPeriods:
    FES = FiscalCalendar("Africa/Casablanca")
    KAMPALA = FiscalCalendar("Africa/Kampala", 7, 1)

    def test_the_periods_of_a_year(self) -> None:
        assert [period.name for period in periods_of_year("yearly", self.KAMPALA, 2026)] == ["2026/27"]
        assert [period.name for period in periods_of_year("quarterly", self.FES, 2026)] == [
            "2026-T1",
            "2026-T2",
            "2026-T3",
            "2026-T4",
        ]
        months = [period.name for period in periods_of_year("monthly", self.KAMPALA, 2026)]
        assert (months[0], months[5], months[6], months[11]) == ("2026-07", "2026-12", "2027-01", "2027-06")
        assert periods_of_year("once", self.FES, 2026) == []

    @pytest.mark.parametrize(
        ("text", "periodicity", "found"),
        [
            ("2026", "yearly", "2026"),
            (" 2026-t3 ", "quarterly", "2026-T3"),
            ("2026-Q3", "quarterly", "2026-T3"),
            ("2026-05", "monthly", "2026-05"),
            ("2026", "quarterly", None),
            ("2026-05", "yearly", None),
            ("next year", "yearly", None),
            ("2026-13", "monthly", None),
            ("", "yearly", None),
        ],
    )
    def test_a_period_is_one_of_its_heads(self, text: str, periodicity: str, found: str | None) -> None:
        period = period_of(text, periodicity, self.FES)
        assert (period.name if period else None) == found


class TestDueDates:
    YEAR = FiscalCalendar("Africa/Casablanca").period("2026")

    def test_instalments_share_the_amount_and_lose_nothing(self) -> None:
        rule = {
            "instalments": [
                {"months": 2, "day": 31, "share": 1},
                {"months": 5, "day": 31, "share": 1},
                {"months": 11, "day": 31, "share": 1},
            ]
        }
        found = due_dates(rule, self.YEAR, date(2026, 1, 5), 10000)
        assert [(due.on, due.amount) for due in found] == [
            (date(2026, 3, 31), 3334),
            (date(2026, 6, 30), 3333),
            (date(2026, 12, 31), 3333),
        ]

    def test_a_bill_has_no_instalment_of_nothing(self) -> None:
        rule = {"instalments": [{"months": months, "day": 31} for months in (2, 5, 8, 11)]}
        dues = due_dates(rule, self.YEAR, date(2026, 1, 5), 3)
        assert instalments(dues) == [(date(2026, 3, 31), 1), (date(2026, 6, 30), 1), (date(2026, 9, 30), 1)]

    def test_what_falls_due_on_one_day_is_one_instalment(self) -> None:
        rule = {
            "notice_days": 30,
            "instalments": [{"months": months, "day": 31} for months in (2, 5, 8, 11)],
        }
        dues = due_dates(rule, self.YEAR, date(2026, 8, 15), 10001)
        assert instalments(dues) == [
            (date(2026, 9, 14), 5001),
            (date(2026, 9, 30), 2500),
            (date(2026, 12, 31), 2500),
        ]

    def test_a_bill_issued_late_still_leaves_the_notice(self) -> None:
        rule = {"notice_days": 30, "instalments": [{"months": 4, "day": 31}]}
        assert due_dates(rule, self.YEAR, date(2026, 1, 5), 1)[0].on == date(2026, 5, 31)
        assert due_dates(rule, self.YEAR, date(2026, 11, 23), 1)[0].on == date(2026, 12, 23)

    def test_days_after_the_bill(self) -> None:
        rule = {"instalments": [{"days": 15}]}
        assert due_dates(rule, self.YEAR, date(2026, 12, 20), 1)[0].on == date(2027, 1, 4)

    def test_without_a_rule_thirty_days(self) -> None:
        assert due_dates({}, self.YEAR, date(2026, 1, 1), 1)[0].on == date(2026, 1, 31)
