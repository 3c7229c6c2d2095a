"""Orders about indicators."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from muniadmin.indicators.names import SET_GOALS, VIEW_INDICATORS
from muniadmin.kernel.requests import Command


@dataclass(frozen=True)
class GoalSet:
    """Which indicator has a new target or baseline, in which period."""

    indicator: str
    period: str


@dataclass(frozen=True, kw_only=True)
class SetGoal(Command[GoalSet]):
    """Says what is aimed at in a period and where it starts from; both None takes the goal away.

    In the indicator's unit: minor units, ratios (0.8 is 80 %), minutes, pieces. Raises PeriodUnknown,
    IndicatorUnknown, GoalNotPossible.
    """

    permission: ClassVar = SET_GOALS
    indicator: str
    period: str
    baseline: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True)
class MonthsKept:
    """How many months have been kept that were not before."""

    months: int


@dataclass(frozen=True, kw_only=True)
class KeepMonths(Command[MonthsKept]):
    """Keeps what each head came to in the months that are over, so that no question has to add it up again. It changes
    no figure and may be stopped and repeated at any time."""

    permission: ClassVar = VIEW_INDICATORS
