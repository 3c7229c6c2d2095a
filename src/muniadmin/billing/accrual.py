"""How a late debt grows: a list of increments, each on the day it arises and on what was left the day before. Pure.

Rates are exact; the penalty of a principal is rounded once, half up, whatever happened to it meanwhile. Penalty never
bears penalty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from muniadmin.kernel.dates import add_months, months_or_fractions

_DAY = timedelta(days=1)
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class PenaltyStep:
    """Added once, when a debt has been late for more than ``after_days`` days (or, with ``after_months``, months):
    ``rate`` of what is left then, but at least ``minimum``; or a fixed ``amount``; minor units."""

    rate: Fraction
    after_days: int = 0
    after_months: int | None = None
    minimum: int = 0
    amount: int = 0

    @property
    def is_rate(self) -> bool:
        """Whether it adds a share of what is left and no more."""
        return not self.minimum and not self.amount

    def arises_on(self, due_on: date) -> date:
        """The day on which it is added."""
        last = due_on + timedelta(days=self.after_days)
        return (last if self.after_months is None else add_months(last, self.after_months)) + timedelta(
            days=1
        )

    def on(self, left: int) -> Fraction:
        """What it adds when ``left`` was left the day before."""
        if left <= 0:
            return _NOTHING
        return max(left * self.rate, Fraction(self.minimum)) + self.amount


@dataclass(frozen=True, slots=True)
class PenaltyRule:
    """How a revenue head's debts grow when they are late, always on what is left of the principal, never compounded.

    The parts add up: ``once`` on the first late day; ``first_month`` with it; ``month`` for every further month or
    fraction of one; ``yearly`` by the day, a 365th part each; ``steps`` each when its day comes. ``grace_days`` pass
    before any of it applies (then it is counted from the due date). ``cap`` limits rates in all to a share of the
    principal; it never falls below what has accrued.

    Morocco's local taxes, law 47-06 article 147: once 10 %, first month 5 %, month 0.5 %.
    """

    grace_days: int = 0
    once: Fraction = Fraction(0)
    first_month: Fraction = Fraction(0)
    month: Fraction = Fraction(0)
    yearly: Fraction = Fraction(0)
    steps: tuple[PenaltyStep, ...] = ()
    cap: Fraction | None = None

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any] | None) -> "PenaltyRule":
        """The rule as a profile or the database spells it; rates are decimal text such as "0.005"."""
        spec = spec or {}
        return cls(
            grace_days=int(spec.get("grace_days", 0)),
            once=Fraction(spec.get("once", "0")),
            first_month=Fraction(spec.get("first_month", "0")),
            month=Fraction(spec.get("month", "0")),
            yearly=Fraction(spec.get("yearly", "0")),
            steps=tuple(
                PenaltyStep(
                    rate=Fraction(step.get("rate", "0")),
                    after_days=int(step.get("after_days", 0)),
                    after_months=int(step["after_months"]) if step.get("after_months") is not None else None,
                    minimum=int(step.get("minimum", 0)),
                    amount=int(step.get("amount", 0)),
                )
                for step in spec.get("steps", ())
            ),
            cap=Fraction(spec["cap"]) if spec.get("cap") is not None else None,
        )

    def rate(self, due_on: date, day: date) -> Fraction:
        """The share of the principal that the rule has added by ``day``, cap aside; never shrinks as days pass. Steps
        that add more than a rate are not in it."""
        days = (day - due_on).days
        if days <= self.grace_days:
            return _NOTHING
        months = months_or_fractions(due_on, day)
        rate = self.once + self.first_month + self.month * (months - 1)
        if self.yearly:
            rate += self.yearly * days / 365
        for one in self.steps:
            if one.is_rate and one.arises_on(due_on) <= day:
                rate += one.rate
        return rate


@dataclass(frozen=True, slots=True)
class PenaltyVersion:
    """A rule in force from a day on: for debts "issued" from it, or for what "accrues" from it."""

    since: date
    counts: str
    rule: PenaltyRule
    booked_on: date


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days (after, to] on which the same rule applied to the same amount left."""

    after: date
    to: date
    left: int


def rules_for(
    versions: Sequence[PenaltyVersion], issued_on: date, known: date
) -> list[tuple[date, PenaltyRule]]:
    """The rules that a debt issued on ``issued_on`` lives under, each with its first day, as known on ``known``: the
    one in force at its issue, then those for what accrues from a later day. Of two of one day the later booked wins.
    """
    at_issue = PenaltyRule()
    later: dict[date, PenaltyRule] = {}
    for version in sorted(
        (one for one in versions if one.booked_on <= known), key=lambda one: (one.since, one.booked_on)
    ):
        if version.since <= issued_on:
            at_issue = version.rule
        elif version.counts == "accrues":
            later[version.since] = version.rule
    return [(date.min, at_issue), *sorted(later.items(), key=lambda pair: pair[0])]


def accrued(
    rules: Sequence[tuple[date, PenaltyRule]], due_on: date, after: date, stretches: Iterable[Stretch]
) -> int:
    """The penalty on one principal by the last day of ``stretches`` (which follow one another): each increment by the
    rule of its day, on what was left at the end of the day before; summed exactly, rounded once. What would have
    arisen up to ``after`` is left out, but a cap counts it."""
    exact = _NOTHING
    rate_so_far = sum((one.rate for one in _increments(rules, due_on, due_on, after, _NOTHING)), _NOTHING)
    for stretch in stretches:
        for one in _increments(rules, due_on, max(stretch.after, after), stretch.to, rate_so_far):
            rate_so_far += one.rate
            exact += stretch.left * one.rate
            for step in one.rule.steps:
                if not step.is_rate and one.after < step.arises_on(due_on) <= one.to:
                    exact += step.on(stretch.left)
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


@dataclass(frozen=True, slots=True)
class _Increment:
    """The share of what was left that arose by one rule in the days (after, to]."""

    after: date
    to: date
    rule: PenaltyRule
    rate: Fraction


def _increments(
    rules: Sequence[tuple[date, PenaltyRule]], due_on: date, after: date, to: date, reached: Fraction
) -> Iterator[_Increment]:
    """What arose in the days (after, to], cut where another rule begins; ``reached`` is the rate up to ``after``."""
    for place, (since, rule) in enumerate(rules):
        begins = max(after, since - _DAY) if place else after
        ends = min(to, rules[place + 1][0] - _DAY) if place + 1 < len(rules) else to
        if begins >= ends:
            continue
        rate = rule.rate(due_on, ends) - rule.rate(due_on, begins)
        if place:
            # What a later rule would have added before its first day is the earlier rule's matter, whatever days of
            # grace the later one gives.
            before = replace(rule, grace_days=0).rate(due_on, since - _DAY)
            rate = max(before, rule.rate(due_on, ends)) - max(before, rule.rate(due_on, begins))
        if rule.cap is not None:
            rate = max(_NOTHING, min(rate, rule.cap - reached))
        reached += rate
        yield _Increment(begins, ends, rule, rate)
