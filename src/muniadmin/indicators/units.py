"""What figures are counted in, and whether more is better."""

from enum import StrEnum


class Unit(StrEnum):
    """What a figure is counted in: minor units of the currency, a ratio (1 is 100 %), minutes, or pieces."""

    MONEY = "money"
    RATIO = "ratio"
    MINUTES = "minutes"
    COUNT = "count"


class Direction(StrEnum):
    """Whether more of it is better."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"
