"""Gapless numbers: the next of a series is taken in the transaction that uses it, so a failure gives it back."""

from sqlalchemy import Executable, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

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
