"""What is owed on a bill on a given day: principal, late penalty, early discount. Pure; amounts in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from muniadmin.kernel.dates import months_or_fractions
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.money import ZERO, Money


@dataclass(frozen=True)
class PenaltyStep:
    """From ``after_days`` past the due date on, ``rate`` of the principal is added."""

    after_days: int
    rate: Decimal


@dataclass(frozen=True)
class PenaltyRule:
    """How a revenue head's debts grow when they are late, always on the principal only, never compounded.

    The parts add up: ``once`` at the first late day; ``first_month`` with it; ``month`` for every further month or
    fraction of one; ``yearly`` by the day; ``steps`` each when its day comes. ``grace_days`` pass before any of it
    applies (then it is counted from the due date). ``cap`` limits the whole to a share of the principal.

    Morocco's local taxes, law 47-06 article 147: once 10 %, first month 5 %, month 0.5 %.
    """

    grace_days: int = 0
    once: Decimal = Decimal(0)
    first_month: Decimal = Decimal(0)
    month: Decimal = Decimal(0)
    yearly: Decimal = Decimal(0)
    steps: tuple[PenaltyStep, ...] = ()
    cap: Decimal | None = None

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any] | None) -> "PenaltyRule":
        """The rule as a profile or the database spells it; rates are decimal text such as "0.005"."""
        spec = spec or {}
        return cls(
            grace_days=int(spec.get("grace_days", 0)),
            once=Decimal(spec.get("once", "0")),
            first_month=Decimal(spec.get("first_month", "0")),
            month=Decimal(spec.get("month", "0")),
            yearly=Decimal(spec.get("yearly", "0")),
            steps=tuple(
                PenaltyStep(int(step["after_days"]), Decimal(step["rate"])) for step in spec.get("steps", ())
            ),
            cap=Decimal(spec["cap"]) if spec.get("cap") is not None else None,
        )


NO_PENALTY = PenaltyRule()


def penalty_rate(rule: PenaltyRule, due_on: date, day: date) -> Decimal:
    """The share of the principal that has been added by ``day``; never shrinks as days pass."""
    days = (day - due_on).days
    if days <= rule.grace_days:
        return Decimal(0)
    months = months_or_fractions(due_on, day)
    rate = rule.once + (rule.first_month if months else Decimal(0)) + rule.month * max(0, months - 1)
    rate += rule.yearly * days / 365
    rate += sum((step.rate for step in rule.steps if days > step.after_days), Decimal(0))
    return rate if rule.cap is None else min(rate, rule.cap)


def penalty(rule: PenaltyRule, principal: Money, due_on: date, day: date) -> Money:
    """The penalty on ``principal`` by ``day``, rounded half-up to the minor unit."""
    if not principal.minor or day <= due_on:
        return ZERO
    return principal.times(penalty_rate(rule, due_on, day))


def grown_since(rule: PenaltyRule, principal: Money, due_on: date, since: date, until: date | None) -> Money:
    """What lateness added to ``principal`` after ``since`` and up to ``until``; nothing when that is not later."""
    if until is None or until <= since:
        return ZERO
    return penalty(rule, principal, due_on, until) - penalty(rule, principal, due_on, since)


@dataclass(frozen=True)
class DiscountWindow:
    """A share of the total that is waived when all of it is paid on or before a day."""

    until: date
    rate: Decimal


@dataclass(frozen=True)
class EarlyDiscount:
    """What paying early saves: the first window that has not passed applies. Earliest window first."""

    windows: tuple[DiscountWindow, ...]

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any] | None) -> "EarlyDiscount | None":
        """As stored on the bill: one window {"until": "2026-12-02", "rate": "0.5"}, or several {"windows": [...]}."""
        if not spec:
            return None
        windows = spec.get("windows", (spec,))
        return cls(
            tuple(DiscountWindow(date.fromisoformat(one["until"]), Decimal(one["rate"])) for one in windows)
        )

    def on(self, day: date) -> DiscountWindow | None:
        """The window that applies on ``day``; None when all have passed."""
        return next((window for window in self.windows if day <= window.until), None)


@dataclass(frozen=True)
class Owed:
    """What would settle a bill on a day."""

    principal: Money
    penalty: Money
    discount: Money

    @property
    def total(self) -> Money:
        """What has to be paid."""
        return self.principal + self.penalty - self.discount


@dataclass(frozen=True)
class BillState:
    """What the rules need to know of a bill."""

    total: Money
    settled: Money
    due_on: date
    #: Penalty charged by earlier part payments and not yet paid, and the day up to which it was charged.
    penalty_owed: Money
    penalty_charged_to: date | None
    discount: EarlyDiscount | None


def owed(bill: BillState, rule: PenaltyRule, day: date) -> Owed:
    """What would settle the bill on ``day``.

    Penalty already charged stays owed although principal was paid since; new penalty runs on what is left of the
    principal, from the day up to which it was charged.
    """
    principal = bill.total - bill.settled
    grown = penalty(rule, principal, bill.due_on, day)
    if bill.penalty_charged_to is not None:
        grown = grown - penalty(rule, principal, bill.due_on, bill.penalty_charged_to)
    window = bill.discount.on(day) if bill.discount is not None and not bill.settled else None
    discount = principal.times(window.rate) if window is not None else ZERO
    return Owed(principal, bill.penalty_owed + grown, discount)


@dataclass(frozen=True)
class Allocation:
    """How an amount paid on a bill is used; ``penalty_left`` stays owed."""

    principal: Money
    penalty: Money
    discount: Money
    penalty_left: Money

    @property
    def paid(self) -> Money:
        """The money used."""
        return self.principal + self.penalty - self.discount


def allocate(due: Owed, amount: Money) -> Allocation:
    """Uses ``amount`` on one bill: the penalty first, then the principal. The early discount is granted only when
    it completes the payment. Never uses more than is due."""
    if amount >= due.total:
        return Allocation(due.principal, due.penalty, due.discount, ZERO)
    to_penalty = min(amount, due.penalty)
    to_principal = min(amount - to_penalty, due.principal)
    return Allocation(to_principal, to_penalty, ZERO, due.penalty - to_penalty)


def state_of(total: Money, settled: Money, due_on: date, day: date) -> str:
    """The word for a bill's state on ``day``: settled, overdue, due_today, partly_paid or not_due."""
    if settled >= total:
        return "settled"
    if due_on < day:
        return "overdue"
    if due_on == day:
        return "due_today"
    return "partly_paid" if settled else "not_due"


STANDING_NAMES: Mapping[str, str] = {
    "overdue": N_("overdue"),
    "not_due": N_("not yet due"),
    "up_to_date": N_("up to date"),
    "dormant": N_("dormant"),
    "closed": N_("closed"),
}
"""Where a taxpayer stands, in words."""
