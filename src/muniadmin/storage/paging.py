"""Pages of a list by key: what comes behind the last row that was read, however long the list is, and whatever others
add to it meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


@dataclass(frozen=True)
class By:
    """One column of an order. It is never NULL: the engines do not agree on where that stands."""

    column: Any
    descending: bool = False


def in_order(order: Sequence[By]) -> list[ColumnElement[Any]]:
    """What to order by."""
    return [one.column.desc() if one.descending else one.column for one in order]


def behind(order: Sequence[By], place: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a row comes behind ``place``, the values of the order's columns in a row. The last column tells any two
    rows apart."""
    (first, value), *others = zip(order, place, strict=True)
    column = first.column
    further: ColumnElement[bool] = column < value if first.descending else column > value
    if not others:
        return further
    rest = behind([one for one, _value in others], [value for _one, value in others])
    # Said in two steps, so that an index which begins with the column is begun at the place.
    reached: ColumnElement[bool] = column <= value if first.descending else column >= value
    return and_(reached, or_(further, rest))
