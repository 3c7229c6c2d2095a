"""The arithmetic of indicators. Pure; None means not available: no denominator, or nothing to compare with."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from muniadmin.indicators.units import Direction, Unit


def ratio(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """``part`` of ``whole``; None where there is no whole."""
    if part is None or not whole:
        return None
    return Decimal(part) / Decimal(whole)


def growth(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """How much more than before, as a share of before: from 100 to 366 it is 2.66."""
    if now is None or before is None or before <= 0:
        return None
    return (Decimal(now) - Decimal(before)) / Decimal(before)


def change(unit: Unit, now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """How a figure moved: ratios in points, delays in minutes, amounts and counts as growth."""
    if now is None or before is None:
        return None
    return now - before if unit in (Unit.RATIO, Unit.MINUTES) else growth(now, before)


def is_better(direction: Direction, moved: Decimal | None) -> bool | None:
    """Whether a move is for the better; None when it did not move, or nobody says which way is better."""
    if not moved or direction is Direction.NEUTRAL:
        return None
    return (moved > 0) == (direction is Direction.UP)


def reached(direction: Direction, value: Decimal | None, target: Decimal | None) -> bool | None:
    """Whether the target is reached."""
    if value is None or target is None or direction is Direction.NEUTRAL:
        return None
    return value >= target if direction is Direction.UP else value <= target


def median(values: Sequence[Decimal]) -> Decimal | None:
    """The middle value; of an even number, half way between the two in the middle."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def percentile(values: Sequence[Decimal], percent: int) -> Decimal | None:
    """The smallest value that ``percent`` of a hundred do not exceed (nearest rank)."""
    if not values:
        return None
    rank = -(-percent * len(values) // 100)
    return sorted(values)[max(rank, 1) - 1]


# PEFA 2016, indicator PI-19.4: (grade, stock of arrears to the year's collection below, part of it older than twelve
# months below). https://www.pefa.org
_PEFA = (
    ("A", Decimal("0.10"), Decimal("0.25")),
    ("B", Decimal("0.20"), Decimal("0.50")),
    ("C", Decimal("0.40"), Decimal("0.75")),
)


def pefa_grade(of_collection: Decimal | None, older_than_a_year: Decimal | None) -> str | None:
    """The PEFA grade of a stock of arrears (PI-19.4), A to D."""
    if of_collection is None:
        return None
    old = older_than_a_year or Decimal(0)
    return next((grade for grade, stock, age in _PEFA if of_collection < stock and old < age), "D")


@dataclass(frozen=True)
class Goal:
    """What was aimed at in a period, and where it started from, in the indicator's unit."""

    baseline: Decimal | None = None
    target: Decimal | None = None
