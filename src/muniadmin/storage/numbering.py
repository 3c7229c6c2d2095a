"""Gapless numbers: the next of a series is taken in the transaction that uses it, so a failure gives it back."""

from typing import Any

from sqlalchemy import Executable, Select, String, bindparam, cast, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from muniadmin.kernel.numbers import NumberKind
from muniadmin.storage.base import NumberSeries
from muniadmin.storage.unit_of_work import UnitOfWork

_TAKE = (
    update(NumberSeries)
    .where(NumberSeries.series == bindparam("of_series"), NumberSeries.year == bindparam("of_year"))
    .values(last=NumberSeries.last + bindparam("count"))
    .returning(NumberSeries.last)
)
_START: dict[str, Executable] = {
    "sqlite": sqlite.insert(NumberSeries).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(NumberSeries).on_conflict_do_nothing(),
}

IN_USE: dict[str, Select[*tuple[Any, ...]]] = {}
"""By series, or what stands before the colon in the names of several: series, year and highest number of the rows that
bear its numbers."""


def numbers_stand_in(
    series: str,
    column: InstrumentedAttribute[Any],
    *,
    printed: NumberKind | None = None,
    of: InstrumentedAttribute[Any] | None = None,
    year: InstrumentedAttribute[Any] | None = None,
) -> None:
    """Says where the numbers taken of ``series`` are in use, so that ``verify`` can hold the one against the other; a
    slice's ``proof.py`` calls this.

    ``printed`` is what the column's numbers are of where they stand in it as they are printed, the year among them.
    Else they are plain, and ``year`` is the column of theirs where they begin anew with it (0 in rows that bear none);
    ``of`` is what the series are named after where there are several, e.g. one for each point.
    """
    name = literal(series) if of is None else literal(f"{series}:") + cast(of, String)
    if printed is not None:
        # Of as many letters and one beginning, the greatest text is the highest number.
        rows = select(name, literal(0), func.max(column)).where(column.startswith(f"{printed.letter}-"))
        IN_USE[series] = rows.group_by(func.length(column), func.substr(column, 1, 7))
        return
    rows = select(name, literal(0) if year is None else year, func.max(column)).where(column.is_not(None))
    if year is not None:
        rows = rows.where(year > 0)
    IN_USE[series] = rows.group_by(*(one for one in (of, year) if one is not None))


def next_in_series(uow: UnitOfWork, series: str, year: int = 0) -> int:
    """The next number of ``series`` in ``year`` (0 for series that never restart): 1, 2, 3... without a gap."""
    return take_block(uow, series, year, 1)


def take_block(uow: UnitOfWork, series: str, year: int, count: int) -> int:
    """Takes ``count`` consecutive numbers at once, for rolls; the first of them. The series' row stays locked
    until the transaction ends, so nobody takes a number that a failure would leave as a gap."""
    taking = {"of_series": series, "of_year": year, "count": count}
    last = uow.connection.scalar(_TAKE, taking)
    if last is None:
        start = _START[uow.connection.dialect.name]
        uow.connection.execute(start, {"series": series, "year": year, "last": 0})
        last = uow.connection.execute(_TAKE, taking).scalar_one()
    return last - count + 1
