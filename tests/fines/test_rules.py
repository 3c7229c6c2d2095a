"""Plates however they are written, amounts over days, the officers' numbering."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.billing.accrual import PenaltyRule, PenaltyVersion
from muniadmin.billing.facts import BillFacts, ChargeFact, OfferFact, SettlementFact
from muniadmin.billing.standing import standing
from muniadmin.fines.rules import (
    STEPS,
    Amounts,
    FineAct,
    FineFacts,
    FineState,
    Gap,
    acts_of,
    amounts_of,
    numbering_gaps,
    plate_key,
    plate_spellings,
    read_plate,
    state_of,
)
from muniadmin.kernel.money import ZERO, Money
from muniadmin.settings.profile import FineStep

DAY = date(2026, 11, 23)


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def step(days: int, *, amount: int | None = None, rate: str | None = None) -> FineStep:
    return FineStep(days, None if amount is None else Money(amount), None if rate is None else Decimal(rate))


# --- plates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["12345-أ-15", "12345 | أ | 15", "12345-A-15", "12345a15", "١٢٣٤٥ ا ١٥", "\u202b12345-أ-15\u202c"],
)
def test_one_moroccan_plate_however_it_is_written(written: str) -> None:
    plate = read_plate(written)
    assert plate.key == "12345A15"
    assert plate.readable


@pytest.mark.parametrize(
    ("arabic", "latin"), [("ب", "B"), ("د", "D"), ("هـ", "H"), ("ه", "H"), ("و", "E"), ("ط", "T"), ("ي", "Y")]
)
def test_the_letters_of_moroccan_plates(arabic: str, latin: str) -> None:
    assert plate_key(f"777-{arabic}-6") == f"777{latin}6"
    assert plate_key(plate_spellings(f"777{latin}6")[1]) == f"777{latin}6"


@pytest.mark.parametrize(
    "text", ["BLANKPLATE", "no plate", "N/A", "", "  ", "???", "9999999999", "Illisible", "sans plaque"]
)
def test_what_is_no_plate(text: str) -> None:
    assert not read_plate(text).readable


@pytest.mark.parametrize("text", ["UBE 412K", "cl 123456", "1", "FXH6185", "7777", "5DKN58"])
def test_what_is_a_plate(text: str) -> None:
    assert read_plate(text).readable


def test_a_plate_is_shown_as_it_was_read() -> None:
    assert read_plate("  ube  412k ").shown == "UBE 412K"
    assert read_plate("12345 أ 15").shown == "12345-A-15"


@given(st.text(max_size=40))
def test_a_plate_read_again_is_the_same_plate(text: str) -> None:
    plate = read_plate(text)
    assert read_plate(plate.shown).key == plate.key
    assert read_plate(plate.key).key == plate.key
    assert plate.key == "".join(char for char in plate.key if char.isalnum())


# --- amounts -------------------------------------------------------------------------------------------------------


def test_fes_third_class_by_the_day() -> None:
    """Law 52-05, article 219: 150 within a day, 200 within fifteen, then 300."""
    amounts = amounts_of(Money(30000), DAY, [step(1, amount=15000), step(15, amount=20000)], [], 30)
    assert [amounts.on(after(days)).minor for days in (0, 1, 2, 15, 16, 400)] == [
        15000, 15000, 20000, 20000, 30000, 30000,
    ]  # fmt: skip
    assert (amounts.discount_until, amounts.increases_on, amounts.due_on) == (after(15), None, after(30))


def test_kampala_half_then_full_then_half_as_much_again() -> None:
    amounts = amounts_of(Money(40000), DAY, [step(7, rate="0.5")], [step(28, rate="1.5")], 28)
    assert [amounts.on(after(days)).minor for days in (7, 8, 28, 29, 300)] == [
        20000,
        40000,
        40000,
        60000,
        60000,
    ]
    assert (amounts.discount_until, amounts.increases_on, amounts.due_on) == (after(7), after(29), after(28))


def test_a_general_reduction_that_is_more_than_the_fine_itself_has_no_effect() -> None:
    amounts = amounts_of(Money(6000), DAY, [step(1, amount=15000)], [], 30)
    assert amounts.on(DAY) == Money(6000)
    assert amounts.offers == ()


amount_or_rate = st.one_of(
    st.integers(1, 10**9).map(lambda minor: {"amount": minor}),
    st.integers(1, 300).map(lambda percent: {"rate": str(Decimal(percent) / 100)}),
)
fine_steps = st.lists(
    st.tuples(st.integers(0, 200), amount_or_rate), max_size=4, unique_by=lambda one: one[0]
).map(lambda found: [step(days, **how) for days, how in found])


def owed(amounts: Amounts, day: date, paid: Mapping[int, int] | None = None) -> int:
    """What the fine's bill asks on ``day``; ``paid``: {days after the offence: minor units}."""
    charge = ChargeFact(
        id=1, bill_id=1, account_id=1, head="PV", kind="principal", part=1, due_on=amounts.due_on,
        amount=amounts.full.minor, booked_on=DAY, value_on=DAY, against="revenue",
    )  # fmt: skip
    bill = BillFacts(1, "P-1", "fine", "PV", 1, DAY, charges=[charge])
    bill.settlements = [
        SettlementFact(place, 1, amount, after(days), after(days), tender_id=1)
        for place, (days, amount) in enumerate((paid or {}).items())
    ]
    since = date.min
    for amount, last_day in amounts.offers:
        until = last_day + timedelta(days=1)
        bill.offers.append(OfferFact(amount, since, until, DAY))
        since = until
    if amounts.penalty_rule is not None:
        rule = PenaltyRule.from_spec(amounts.penalty_rule)
        bill.penalties = [PenaltyVersion(date.min, "issued", rule, date.min)]
    return sum(one.owed for one in standing(bill, day, day))


@given(st.integers(1, 10**12).map(Money), fine_steps, fine_steps, st.integers(0, 120), st.integers(0, 500))
def test_billing_asks_exactly_what_the_steps_say(
    full: Money, reduced: list[FineStep], increased: list[FineStep], due_days: int, days: int
) -> None:
    """Reduced, then full, then increased; never negative; and the bill at the counter says the same to the unit."""
    amounts = amounts_of(full, DAY, reduced, increased, due_days)
    due = owed(amounts, after(days))
    assert due == amounts.on(after(days)).minor
    if amounts.discount_until is not None and after(days) <= amounts.discount_until:
        assert 0 < due < full.minor
    if amounts.increases_on is not None and after(days) >= amounts.increases_on:
        assert due >= full.minor
    if amounts.discount_until is not None and amounts.increases_on is not None:
        assert amounts.discount_until < amounts.increases_on


def test_a_part_payment_counts_towards_the_reduced_amount_and_does_not_end_it() -> None:
    """Law 52-05, article 219, with 100 paid on the spot: 50 more within a day, 100 more within fifteen, then 200."""
    amounts = amounts_of(Money(30000), DAY, [step(1, amount=15000), step(15, amount=20000)], [], 30)
    assert [owed(amounts, after(days), {0: 10000}) for days in (0, 1, 2, 15, 16)] == [
        5000, 5000, 10000, 10000, 20000,
    ]  # fmt: skip


def test_an_increase_is_the_same_whatever_was_paid_before() -> None:
    amounts = amounts_of(Money(40000), DAY, [], [step(28, rate="1.5")], 28)
    assert owed(amounts, after(28), {3: 10000}) == 30000
    assert owed(amounts, after(29), {3: 10000}) == 50000
    assert owed(amounts, after(29), {28: 40000}) == 0


# --- states --------------------------------------------------------------------------------------------------------


def facts(**more: object) -> FineFacts:
    known: dict[str, object] = {
        "void": False, "total": Money(30000), "settled": ZERO, "written_off": ZERO,
        "discount_until": after(15), "increases_on": after(30),
        **more,
    }  # fmt: skip
    return FineFacts(**known)  # type: ignore[arg-type]


def test_the_states_of_a_fine() -> None:
    assert state_of(facts(), after(15)) is FineState.DISCOUNT
    assert state_of(facts(settled=Money(1)), after(15)) is FineState.DISCOUNT
    assert state_of(facts(settled=Money(1)), after(16)) is FineState.PARTLY_PAID
    assert state_of(facts(), after(16)) is FineState.OPEN
    assert state_of(facts(discount_until=None), DAY) is FineState.OPEN
    assert state_of(facts(), after(30)) is FineState.INCREASED
    assert state_of(facts(settled=Money(30000)), after(99)) is FineState.PAID
    assert state_of(facts(settled=Money(30000), written_off=Money(1)), after(99)) is FineState.WRITTEN_OFF
    assert state_of(facts(void=True, settled=Money(30000)), DAY) is FineState.VOID
    assert state_of(facts(total=None, settled=None), DAY) is FineState.SETTLED_BEFORE


def test_what_may_be_done_in_which_state() -> None:
    assert set(STEPS) == set(FineState)
    for day in (DAY, after(16), after(30)):
        assert FineAct.VOID in acts_of(facts(), day)
        assert acts_of(facts(settled=Money(1)), day) == {FineAct.PAY, FineAct.PRINT}
    assert acts_of(facts(settled=Money(30000)), DAY) == frozenset()
    assert acts_of(facts(settled=Money(30000)), DAY, has_notice=True) == {FineAct.PRINT}
    assert acts_of(facts(settled=Money(30000), written_off=Money(1)), DAY) == {FineAct.PAY, FineAct.PRINT}
    assert acts_of(facts(void=True), DAY) == acts_of(facts(total=None, settled=None), DAY) == frozenset()


# --- the officers' numbering ---------------------------------------------------------------------------------------


def test_gaps_in_the_officers_numbering() -> None:
    gaps = numbering_gaps(
        {
            "B-12": ["A0101", "A0102", "A0105", "A0106", "B0001"],
            "B-13": ["55", "57", "9000", "x"],
            "B-14": ["1"],
        }
    )
    assert gaps == [Gap("B-12", "A0103", "A0104", 2), Gap("B-13", "56", "56", 1)]
