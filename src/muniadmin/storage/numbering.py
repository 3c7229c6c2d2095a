"""Gapless numbers: the next of a series is taken in the transaction that uses it, so a failure gives it back."""

from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from muniadmin.storage.base import NumberSeries
from muniadmin.storage.prepared import Prepared
from muniadmin.storage.unit_of_work import UnitOfWork

_TAKE = Prepared(
    update(NumberSeries)
    .where(NumberSeries.series == bindparam("of_series"), NumberSeries.year == bindparam("of_year"))
    .values(last=NumberSeries.last + bindparam("count"))
    .returning(NumberSeries.last)
)
_FIRST: dict[str, Any] = {"series": bindparam("series"), "year": bindparam("year"), "last": 0}
_START = {
    "sqlite": Prepared(sqlite.insert(NumberSeries).values(_FIRST).on_conflict_do_nothing()),
    "postgresql": Prepared(postgresql.insert(NumberSeries).values(_FIRST).on_conflict_do_nothing()),
}


def next_in_series(uow: UnitOfWork, series: str, year: int = 0) -> int:
    """The next number of ``series`` in ``year`` (0 for series that never restart): 1, 2, 3... without a gap."""
    return take_block(uow, series, year, 1)


def take_block(uow: UnitOfWork, series: str, year: int, count: int) -> int:
    """Takes ``count`` consecutive numbers at once, for rolls; the first of them. The series' row stays locked
    until the transaction ends, so nobody takes a number that a failure would leave as a gap."""
    rows = _TAKE.run(uow.connection, of_series=series, of_year=year, count=count)
    if not rows:
        _START[uow.connection.dialect.name].run(uow.connection, series=series, year=year)
        rows = _TAKE.run(uow.connection, of_series=series, of_year=year, count=count)
    return int(rows[0][0]) - count + 1
