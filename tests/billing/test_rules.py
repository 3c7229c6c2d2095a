"""What is owed: Moroccan penalties by the book, nothing vanishes, nothing is paid beyond what is due."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.billing.rules import (
    NO_PENALTY,
    BillState,
    DiscountWindow,
    EarlyDiscount,
    PenaltyRule,
    PenaltyStep,
    allocate,
    owed,
    penalty,
    penalty_rate,
    state_of,
)
from muniadmin.kernel.money import ZERO, Money

MOROCCO = PenaltyRule(once=Decimal("0.10"), first_month=Decimal("0.05"), month=Decimal("0.005"))
DUE = date(2026, 5, 31)
rates = st.decimals(0, 1, places=4)
rules = st.builds(
    PenaltyRule,
    grace_days=st.integers(0, 60),
    once=rates,
    first_month=rates,
    month=rates,
    yearly=rates,
    steps=st.lists(st.builds(PenaltyStep, st.integers(0, 400), rates), max_size=3).map(tuple),
    cap=st.none() | rates,
)
days = st.integers(-400, 4000).map(lambda count: DUE + timedelta(days=count))
money = st.integers(1, 10**12).map(Money)


def bill(total: Money, settled: Money = ZERO, **more: object) -> BillState:
    facts: dict[str, object] = {"penalty_owed": ZERO, "penalty_charged_to": None, "discount": None, **more}
    return BillState(total=total, settled=settled, due_on=DUE, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2026, 5, 31), "0"),
        (date(2026, 6, 1), "0.15"),
        (date(2026, 6, 30), "0.15"),
        (date(2026, 7, 1), "0.155"),
        (date(2026, 11, 23), "0.175"),
        (date(2027, 5, 31), "0.205"),
    ],
)
def test_moroccan_local_taxes(day: date, rate: str) -> None:
    """10 % and 5 % for the first month, 0.5 % for each further month or fraction (law 47-06, articles 134, 147)."""
    assert penalty_rate(MOROCCO, DUE, day) == Decimal(rate)


@given(rules, money, days, st.integers(0, 400))
def test_a_penalty_never_shrinks_and_never_comes_early(
    rule: PenaltyRule, principal: Money, day: date, more: int
) -> None:
    today, later = (
        penalty(rule, principal, DUE, day),
        penalty(rule, principal, DUE, day + timedelta(days=more)),
    )
    assert ZERO <= today <= later
    if day <= DUE + timedelta(days=rule.grace_days):
        assert today == ZERO
    if rule.cap is not None:
        assert later <= principal.times(rule.cap)


@given(rules, money, days, st.data())
def test_part_payments_settle_exactly_what_is_owed(
    rule: PenaltyRule, total: Money, day: date, data: st.DataObject
) -> None:
    """However a citizen spreads payments, the principal is paid once, and penalty once charged stays owed."""
    state = bill(total)
    principal_paid = ZERO
    for _step in range(data.draw(st.integers(1, 4))):
        due = owed(state, rule, day)
        assert due.penalty >= state.penalty_owed
        amount = Money(data.draw(st.integers(1, max(1, due.total.minor + 5))))
        use = allocate(due, amount)
        assert use.paid == min(amount, due.total)
        assert use.penalty + use.penalty_left == due.penalty
        if use.principal:
            assert use.penalty_left == ZERO or amount >= due.total
        principal_paid = principal_paid + use.principal
        state = bill(
            total,
            state.settled + use.principal,
            penalty_owed=use.penalty_left,
            penalty_charged_to=max(day, DUE) if day > DUE else None,
        )
        assert state.settled <= total
        if state.settled == total:
            break
        day += timedelta(days=data.draw(st.integers(0, 200)))
    assert principal_paid == state.settled


def test_penalty_charged_with_a_part_payment_is_not_charged_again() -> None:
    state = bill(Money(10000))
    first = owed(state, MOROCCO, date(2026, 6, 15))
    assert (first.principal, first.penalty) == (Money(10000), Money(1500))
    use = allocate(first, Money(6500))
    assert (use.penalty, use.principal, use.penalty_left) == (Money(1500), Money(5000), ZERO)
    state = bill(Money(10000), Money(5000), penalty_charged_to=date(2026, 6, 15))
    assert owed(state, MOROCCO, date(2026, 6, 15)).penalty == ZERO
    assert owed(state, MOROCCO, date(2026, 7, 15)).penalty == Money(25)


def test_the_early_discount_is_granted_to_the_day_and_only_for_all() -> None:
    half = EarlyDiscount((DiscountWindow(date(2026, 5, 14), Decimal("0.5")),))
    state = bill(Money(30000), discount=half)
    assert owed(state, NO_PENALTY, date(2026, 5, 14)).total == Money(15000)
    assert owed(state, NO_PENALTY, date(2026, 5, 15)).total == Money(30000)
    due = owed(state, NO_PENALTY, date(2026, 5, 14))
    part = allocate(due, Money(10000))
    assert (part.principal, part.discount) == (Money(10000), ZERO)
    whole = allocate(due, Money(15000))
    assert (whole.principal, whole.discount, whole.paid) == (Money(30000), Money(15000), Money(15000))


def test_states() -> None:
    assert state_of(Money(100), Money(100), DUE, DUE) == "settled"
    assert state_of(Money(100), ZERO, DUE, DUE) == "due_today"
    assert state_of(Money(100), ZERO, DUE, DUE + timedelta(days=1)) == "overdue"
    assert state_of(Money(100), Money(1), DUE, DUE - timedelta(days=1)) == "partly_paid"
    assert state_of(Money(100), ZERO, DUE, DUE - timedelta(days=1)) == "not_due"


def test_a_rule_reads_back_from_its_spelling() -> None:
    spec = {"grace_days": 3, "once": "0.1", "steps": [{"after_days": 28, "rate": "0.5"}], "cap": "0.8"}
    rule = PenaltyRule.from_spec(spec)
    assert rule.steps == (PenaltyStep(28, Decimal("0.5")),)
    assert rule.cap == Decimal("0.8")
    assert PenaltyRule.from_spec(None) == NO_PENALTY
