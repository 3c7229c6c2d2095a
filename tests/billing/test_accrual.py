"""How a late debt grows: by the laws of three countries, worked by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.billing.accrual import PenaltyRule, PenaltyVersion, Stretch, accrued, rules_for
from tests.billing.paper import CARTAGO, MOROCCO, penalty_version

DUE = date(2027, 5, 31)


def grown(spec: Mapping[str, object], amount: int, day: date, due_on: date = DUE) -> int:
    """The penalty on an amount of which nothing was paid by ``day``."""
    return accrued([(date.min, PenaltyRule.from_spec(spec))], due_on, due_on, [Stretch(due_on, day, amount)])


@pytest.mark.parametrize(
    ("day", "penalty"),
    [
        # 4,000.00 due on 31 May 2027.
        # The due day is in time.
        (date(2027, 5, 31), 0),
        # The first late day: 10 % = 400 and the first month's 5 % = 200.
        (date(2027, 6, 1), 600_00),
        # The first month lasts until 30 June, the last day of that month: 31 May + 1 month.
        (date(2027, 6, 30), 600_00),
        # The second month has begun: 600 + 0.5 % of 4,000 = 20.
        (date(2027, 7, 1), 620_00),
        # August is the third month: 600 + 2 x 20.
        (date(2027, 8, 5), 640_00),
        # A year later: 31 May 2028 ends the twelfth month: 600 + 11 x 20.
        (date(2028, 5, 31), 820_00),
    ],
)
def test_morocco(day: date, penalty: int) -> None:
    assert grown(MOROCCO, 4_000_00, day) == penalty


def test_cartagos_quarters_on_the_first_of_november() -> None:
    # 25,000.00 a quarter, 15 % a year = 3,750.00, a 365th part each day. The first quarter was paid; the second, due on
    # 30 June, and the third, due on 30 September, were not; the fourth is not due.
    # Second: July 31 + August 31 + September 30 + October 31 + 1 = 124 days: 3,750 x 124 / 365 = 1,273.9726.
    assert grown(CARTAGO, 25_000_00, date(2027, 11, 1), date(2027, 6, 30)) == 1_273_97
    # Third: October 31 + 1 = 32 days: 3,750 x 32 / 365 = 328.7671.
    assert grown(CARTAGO, 25_000_00, date(2027, 11, 1), date(2027, 9, 30)) == 328_77
    assert grown(CARTAGO, 25_000_00, date(2027, 11, 1), date(2027, 12, 31)) == 0


def test_a_law_changes_on_15_july() -> None:
    # 3,600.00 left since June; 0.5 % for each further month, 0.4 % from 15 July on.
    # By 5 August, the old law: 1 July 18.00 + 1 August 18.00 = 36.00; the new one: 18.00 + 14.40 = 32.40.
    new = {**MOROCCO, "month": "0.004"}
    versions = [
        penalty_version(MOROCCO),
        penalty_version(new, date(2027, 7, 15), counts="accrues", booked_on=date(2027, 8, 10)),
    ]
    stretches = [Stretch(date(2027, 6, 30), date(2027, 8, 5), 3_600_00)]

    def known(day: date) -> int:
        return accrued(rules_for(versions, date(2027, 1, 4), day), DUE, DUE, stretches)

    assert known(date(2027, 8, 5)) == 36_00
    assert known(date(2027, 8, 10)) == 32_40
    # What was charged once is not charged again by the new law's 10 % and 5 %.
    assert accrued(rules_for(versions, date(2027, 1, 4), date(2027, 8, 10)), DUE, DUE,
                   [Stretch(DUE, date(2027, 8, 5), 3_600_00)]) == 540_00 + 32_40  # fmt: skip


def test_a_later_law_for_debts_issued_leaves_older_debts_alone() -> None:
    versions = [penalty_version(MOROCCO), penalty_version(CARTAGO, date(2027, 7, 1))]
    assert [rule.yearly for _since, rule in rules_for(versions, date(2027, 6, 30), date(2028, 1, 1))] == [0]
    assert [rule.yearly for _since, rule in rules_for(versions, date(2027, 7, 1), date(2028, 1, 1))] == [
        Fraction("0.15")
    ]


def test_of_two_versions_of_one_day_the_later_booked_is_the_law() -> None:
    wrong = penalty_version({"once": "0.2"}, date(2027, 1, 1), booked_on=date(2027, 1, 1))
    right = penalty_version({"once": "0.02"}, date(2027, 1, 1), booked_on=date(2027, 2, 1))
    for versions in ([wrong, right], [right, wrong]):
        assert rules_for(versions, DUE, date(2027, 3, 1))[0][1].once == Fraction("0.02")
        assert rules_for(versions, DUE, date(2027, 1, 15))[0][1].once == Fraction("0.2")


def test_a_new_law_with_days_of_grace_charges_nothing_twice() -> None:
    # Under the old law 15 % arose on 1 June. The new one of 15 June gives 30 days of grace: until 30 June nothing more
    # arises, and afterwards only what is new, the second month's half percent.
    old, new = PenaltyRule.from_spec(MOROCCO), PenaltyRule.from_spec({**MOROCCO, "grace_days": 30})
    rules = [(date.min, old), (date(2027, 6, 15), new)]

    def by(day: date) -> int:
        # Cut in two, as a payment would.
        middle = date(2027, 6, 20)
        return accrued(rules, DUE, DUE, [Stretch(DUE, middle, 1_000_00), Stretch(middle, day, 1_000_00)])

    assert by(date(2027, 6, 30)) == 150_00
    assert by(date(2027, 7, 1)) == 155_00


def test_grace_passes_first_and_counts_from_the_due_day_afterwards() -> None:
    # 1,000.00 at 15 % a year with 10 days of grace: on the 10th day nothing, on the 11th eleven days:
    # 150 x 11 / 365 = 4.5205.
    spec = {**CARTAGO, "grace_days": 10}
    assert grown(spec, 1_000_00, DUE + timedelta(days=10)) == 0
    assert grown(spec, 1_000_00, DUE + timedelta(days=11)) == 4_52


def test_a_cap_limits_the_rates_in_all() -> None:
    # 2 % a month, at most 10 %: five months, then no more.
    spec = {"first_month": "0.02", "month": "0.02", "cap": "0.10"}
    assert [grown(spec, 1_000_00, date(2027, 5 + months, 30 if months else 31)) for months in range(7)] == [
        0, 20_00, 40_00, 60_00, 80_00, 100_00, 100_00,
    ]  # fmt: skip


def test_a_lower_cap_of_a_later_law_takes_nothing_back() -> None:
    rules = [
        (date.min, PenaltyRule.from_spec({"once": "0.20"})),
        (date(2027, 7, 1), PenaltyRule.from_spec({"month": "0.01", "cap": "0.10"})),
    ]
    assert accrued(rules, DUE, DUE, [Stretch(DUE, date(2028, 1, 1), 1_000_00)]) == 200_00


def test_a_cap_counts_what_arose_before_a_debt_was_taken_over() -> None:
    # 2 % a month, at most 10 %: four months had arisen by 30 September when the debt came into these books.
    rule = PenaltyRule.from_spec({"first_month": "0.02", "month": "0.02", "cap": "0.10"})
    taken_over = date(2027, 9, 30)
    assert (
        accrued([(date.min, rule)], DUE, taken_over, [Stretch(taken_over, date(2028, 5, 31), 1_000_00)])
        == 20_00
    )


def test_what_arose_before_a_debt_was_taken_over_is_left_out() -> None:
    # 2 % a month: of the ten months by 31 March four begin after 30 November.
    rule = PenaltyRule.from_spec({"first_month": "0.02", "month": "0.02"})
    days = [Stretch(DUE, date(2028, 3, 31), 1_000_00)]
    assert accrued([(date.min, rule)], DUE, DUE, days) == 200_00
    assert accrued([(date.min, rule)], DUE, date(2027, 11, 30), days) == 80_00


def test_the_increment_of_a_laws_first_day_is_its_own() -> None:
    # 1,000.00: 15 % on 1 June and 5.00 on 1 July. From 1 August on the month costs 0.4 %: that day's are 4.00.
    rules = [
        (date.min, PenaltyRule.from_spec(MOROCCO)),
        (date(2027, 8, 1), PenaltyRule.from_spec({**MOROCCO, "month": "0.004"})),
    ]
    assert accrued(rules, DUE, DUE, [Stretch(DUE, date(2027, 7, 31), 1_000_00)]) == 155_00
    assert accrued(rules, DUE, DUE, [Stretch(DUE, date(2027, 8, 1), 1_000_00)]) == 159_00
    assert accrued(rules, DUE, DUE, [Stretch(DUE, date(2027, 9, 1), 1_000_00)]) == 163_00


def test_a_step_of_a_rate_alone() -> None:
    # A tenth after 30 days: on the 31st.
    spec = {"steps": [{"rate": "0.10", "after_days": 30}]}
    assert [grown(spec, 300_00, DUE + timedelta(days=count)) for count in (30, 31, 32)] == [0, 30_00, 30_00]


def test_a_step_is_added_once_though_a_part_was_paid_on_its_day() -> None:
    # Half of 300.00 is paid on the 31st day, on which 20 %, at least 50.00, arise: of what was left the day before.
    rule = PenaltyRule.from_spec({"steps": [{"rate": "0.20", "after_days": 30, "minimum": 50_00}]})
    paid = DUE + timedelta(days=31)
    stretches = [Stretch(DUE, paid, 300_00), Stretch(paid, paid + timedelta(days=60), 150_00)]
    assert accrued([(date.min, rule)], DUE, DUE, stretches) == 60_00


def test_steps_with_a_minimum_and_with_an_amount() -> None:
    # A French parking charge of 35.00: after three months 20 %, at least 50.00. Served on 7 March: on 8 June 85.00.
    french = {"steps": [{"rate": "0.20", "after_months": 3, "minimum": 50_00}]}
    assert grown(french, 35_00, date(2027, 6, 7), date(2027, 3, 7)) == 0
    assert grown(french, 35_00, date(2027, 6, 8), date(2027, 3, 7)) == 50_00
    # Of 400.00 the 20 % are more than the minimum.
    assert grown(french, 400_00, date(2027, 6, 8), date(2027, 3, 7)) == 80_00
    # A fixed increase after 30 days, another after 60.
    fixed = {"steps": [{"after_days": 30, "amount": 100_00}, {"after_days": 60, "amount": 200_00}]}
    assert [grown(fixed, 300_00, DUE + timedelta(days=count)) for count in (30, 31, 60, 61)] == [
        0, 100_00, 100_00, 300_00,
    ]  # fmt: skip


def test_nothing_arises_on_what_is_paid() -> None:
    # Paid on the due day, though a minimum would arise three months later.
    rule = PenaltyRule.from_spec(
        {"steps": [{"rate": "0.20", "after_months": 3, "minimum": 50_00}], "once": "0.1"}
    )
    assert accrued([(date.min, rule)], DUE, DUE, [Stretch(DUE, date(2028, 1, 1), 0)]) == 0


def test_paid_on_the_day_an_increment_arises_is_late() -> None:
    # The base is what was left at the end of the day before: paid on 1 June, the 15 % of that day are owed.
    rules = [(date.min, PenaltyRule.from_spec(MOROCCO))]
    paid = date(2027, 6, 1)
    stretches = [Stretch(DUE, paid, 4_000_00), Stretch(paid, date(2027, 8, 1), 0)]
    assert accrued(rules, DUE, DUE, stretches) == 600_00


def test_one_rounding_for_a_principal_whatever_happened_to_it() -> None:
    # A third of a cent a day is not lost day by day: 1.00 at 15 % a year grows 15 cents in 365 days.
    rules = [(date.min, PenaltyRule.from_spec(CARTAGO))]
    days = [
        Stretch(DUE + timedelta(days=count), DUE + timedelta(days=count + 1), 100) for count in range(365)
    ]
    assert accrued(rules, DUE, DUE, days) == 15
    # Half a cent is rounded up: 0.5 % of 1.00.
    assert grown({"once": "0.005"}, 100, DUE + timedelta(days=1)) == 1


specs = st.fixed_dictionaries(
    {},
    optional={
        "grace_days": st.integers(0, 60),
        "once": st.decimals("0", "0.5", places=3).map(str),
        "first_month": st.decimals("0", "0.5", places=3).map(str),
        "month": st.decimals("0", "0.05", places=4).map(str),
        "yearly": st.decimals("0", "3", places=3).map(str),
        "steps": st.lists(
            st.fixed_dictionaries(
                {"after_days": st.integers(0, 200)},
                optional={
                    "rate": st.decimals("0", "0.5", places=2).map(str),
                    "minimum": st.integers(0, 100_00),
                    "amount": st.integers(0, 100_00),
                },
            ),
            max_size=3,
        ),
        "cap": st.decimals("0", "2", places=2).map(str),
    },
)
days_late = st.integers(-10, 1500)


@given(specs, st.integers(1, 10**15), days_late, days_late)
def test_it_never_shrinks_as_days_pass(spec: dict[str, object], amount: int, one: int, other: int) -> None:
    earlier, later = sorted((one, other))
    assert grown(spec, amount, DUE + timedelta(days=earlier)) <= grown(
        spec, amount, DUE + timedelta(days=later)
    )


@given(st.lists(specs, min_size=2, max_size=3), st.integers(1, 10**15), st.data())
def test_it_never_shrinks_though_laws_change(
    laws: list[dict[str, object]], amount: int, data: st.DataObject
) -> None:
    begins = [
        DUE + timedelta(days=days) for days in sorted(data.draw(st.lists(st.integers(-20, 700), min_size=2)))
    ]
    rules = [(date.min, PenaltyRule.from_spec(laws[0]))]
    rules += [
        (since, PenaltyRule.from_spec(law)) for since, law in zip(sorted(set(begins)), laws[1:], strict=False)
    ]
    by = [
        accrued(rules, DUE, DUE, [Stretch(DUE, DUE + timedelta(days=days), amount)])
        for days in range(0, 900, 75)
    ]
    assert by == sorted(by)


@given(
    specs, st.integers(1, 10**12), st.integers(1, 800), st.lists(st.integers(1, 799), max_size=5, unique=True)
)
def test_cutting_the_days_changes_nothing(
    spec: dict[str, object], amount: int, days: int, cuts: list[int]
) -> None:
    marks = [0, *sorted(cut for cut in cuts if cut < days), days]
    cut = [
        Stretch(DUE + timedelta(days=begins), DUE + timedelta(days=ends), amount)
        for begins, ends in pairwise(marks)
    ]
    rules = [(date.min, PenaltyRule.from_spec(spec))]
    assert accrued(rules, DUE, DUE, cut) == grown(spec, amount, DUE + timedelta(days=days))


def test_versions_not_known_yet_say_nothing() -> None:
    version = PenaltyVersion(date(2027, 1, 1), "issued", PenaltyRule.from_spec(MOROCCO), date(2027, 3, 1))
    assert rules_for([version], DUE, date(2027, 2, 28)) == [(date.min, PenaltyRule())]
