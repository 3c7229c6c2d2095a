"""How each figure is made, its value, that of the compared period, and its run over twelve months."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import Select, func, select

from muniadmin.billing.models import Charge, Settlement
from muniadmin.collection.models import Cancellation, Payment
from muniadmin.indicators import money, requests_and_fines, standings
from muniadmin.indicators.periods import Span, a_year_at_least
from muniadmin.indicators.rules import median, pefa_grade, percentile, ratio
from muniadmin.kernel.dates import add_months
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Taxpayer

MONTHS_OF_A_RUN = 12


@dataclass
class Made:
    """A figure as it is made: its value, that of the compared period, and its run."""

    value: Decimal | None
    before: Decimal | None = None
    run: tuple[Decimal | None, ...] = ()
    grade: str = ""
    of_collection: Decimal | None = None


class Facts:
    """What the figures are made of, each fact read once and only when a figure asks for it."""

    def __init__(self, reading: Reading, span: Span, compare: Span | None, zone: str) -> None:
        self.reading, self.span, self.compare, self.zone = reading, span, compare, zone
        self._collected: dict[tuple[date, date], list[money.Cell]] = {}
        self._assessed: dict[tuple[date, date], list[money.Demand]] = {}

    @cached_property
    def run_months(self) -> tuple[date, ...]:
        """The first days of the twelve months up to the period's end."""
        last = self.span.until.replace(day=1)
        return tuple(add_months(last, -back) for back in range(MONTHS_OF_A_RUN - 1, -1, -1))

    def collected(self, since: date, until: date) -> list[money.Cell]:
        """What was collected from ``since`` to ``until``."""
        if self.zone:
            return [cell for cell in self._collected_in_zone if since <= cell.day <= until]
        if (since, until) not in self._collected:
            self._collected[since, until] = money.collected_by_month(self.reading, since, until)
        return self._collected[since, until]

    def assessed(self, since: date, until: date) -> list[money.Demand]:
        """What was assessed from ``since`` to ``until``."""
        if self.zone:
            return [demand for demand in self._assessed_in_zone if since <= demand.day <= until]
        if (since, until) not in self._assessed:
            self._assessed[since, until] = money.assessed_by_month(self.reading, since, until)
        return self._assessed[since, until]

    # Nothing is kept of a zone by itself: it is added up once, for the longest time that a figure looks back.

    @cached_property
    def _collected_in_zone(self) -> list[money.Cell]:
        return money.collected_in_zone(self.reading, *self._longest, self.zone)

    @cached_property
    def _assessed_in_zone(self) -> list[money.Demand]:
        return money.assessed_in_zone(self.reading, *self._longest, self.zone)

    @property
    def _longest(self) -> tuple[date, date]:
        years = [a_year_at_least(one) for one in (self.span, self.compare) if one is not None]
        since = min(self._run_since, *(year.since for year in years))
        return since, max(year.until for year in years)

    @property
    def cells(self) -> list[money.Cell]:
        return self.collected(self.span.since, self.span.until)

    @property
    def cells_before(self) -> list[money.Cell]:
        return self.collected(self.compare.since, self.compare.until) if self.compare else []

    @property
    def demands(self) -> list[money.Demand]:
        return self.assessed(self.span.since, self.span.until)

    @property
    def demands_before(self) -> list[money.Demand]:
        return self.assessed(self.compare.since, self.compare.until) if self.compare else []

    @property
    def _run_since(self) -> date:
        """Two years back, because each month of the run of a rate looks back over twelve months."""
        return add_months(self.run_months[0], 1 - MONTHS_OF_A_RUN)

    @property
    def run_cells(self) -> list[money.Cell]:
        return self.collected(self._run_since, self.span.until)

    @property
    def run_demands(self) -> list[money.Demand]:
        return self.assessed(self._run_since, self.span.until)

    @cached_property
    def cancellations(self) -> list[tuple[date, date]]:
        """(cancelled on, taken on) of all receipts ever cancelled: there are few."""
        wanted = select(Cancellation.booked_on, Payment.booked_on).join(
            Payment, Payment.id == Cancellation.payment_id
        )
        if self.zone:
            wanted = wanted.where(Payment.id.in_(_paid_in(self.zone)))
        return [(row[0], row[1]) for row in self.reading.connection.execute(wanted)]

    # Requests are made by citizens, not by taxpayers of a zone: with a zone chosen they are not available.

    @cached_property
    def waits(self) -> list[requests_and_fines.Wait]:
        since = min(self.span.since, self.run_months[0])
        return requests_and_fines.waits(self.reading, since, self.span.until)

    @cached_property
    def promises(self) -> list[requests_and_fines.Promise]:
        since = min(self.span.since, self.run_months[0])
        return requests_and_fines.promises(self.reading, since, self.span.until)

    def waits_of(self, span: Span) -> list[Decimal]:
        if span is self.span:
            return [one.minutes for one in self.waits if span.since <= one.ready_on]
        return [one.minutes for one in requests_and_fines.waits(self.reading, span.since, span.until)]


def _paid_in(zone: str) -> Select[*tuple[Any, ...]]:
    """The payments that settled something that a zone's taxpayers owed."""
    paid = (
        select(Settlement.payment_id)
        .join(Charge, Charge.id == Settlement.charge_id)
        .where(Settlement.payment_id.is_not(None))
    )
    return money.in_zone(paid, Charge.account_id, zone)


def total_of(cells: Iterable[money.Cell]) -> int:
    return sum(cell.collected for cell in cells)


def _monthly(months: Sequence[date], amounts: Mapping[date, int]) -> tuple[Decimal | None, ...]:
    return tuple(Decimal(amounts.get(month, 0)) for month in months)


def _collected(facts: Facts) -> Made:
    by_month: dict[date, int] = defaultdict(int)
    for cell in facts.run_cells:
        by_month[cell.month] += cell.collected
    return Made(
        Decimal(total_of(facts.cells)),
        Decimal(total_of(facts.cells_before)) if facts.compare else None,
        _monthly(facts.run_months, by_month),
    )


def _assessed(facts: Facts) -> Made:
    by_month: dict[date, int] = defaultdict(int)
    for demand in facts.run_demands:
        by_month[demand.month] += demand.assessed
    return Made(
        Decimal(sum(one.assessed for one in facts.demands)),
        Decimal(sum(one.assessed for one in facts.demands_before)) if facts.compare else None,
        _monthly(facts.run_months, by_month),
    )


def _collection_rate(facts: Facts) -> Made:
    came: dict[date, int] = defaultdict(int)
    asked: dict[date, int] = defaultdict(int)
    for cell in facts.run_cells:
        came[cell.month] += cell.collected
    for demand in facts.run_demands:
        asked[demand.month] += demand.assessed

    def over_a_year(month: date) -> Decimal | None:
        year = [add_months(month, -back) for back in range(MONTHS_OF_A_RUN)]
        return ratio(sum(came[one] for one in year), sum(asked[one] for one in year))

    def rate(span: Span) -> Decimal | None:
        year = a_year_at_least(span)
        demands = facts.assessed(year.since, year.until)
        return ratio(total_of(facts.collected(year.since, year.until)), sum(one.assessed for one in demands))

    return Made(
        rate(facts.span),
        rate(facts.compare) if facts.compare else None,
        tuple(over_a_year(month) for month in facts.run_months),
    )


def _arrears(facts: Facts) -> Made:
    reading, span = facts.reading, facts.span
    now = standings.standing(reading, span.until, facts.zone)
    stock = sum(one.overdue for one in now.values())
    before = None
    if facts.compare is not None:
        then = standings.standing(reading, facts.compare.until, facts.zone)
        before = Decimal(sum(one.overdue for one in then.values()))
    run: tuple[Decimal | None, ...] = ()
    if not facts.zone:
        ends = [min(add_months(month, 1) - timedelta(days=1), span.until) for month in facts.run_months]
        kept = standings.kept_overdue(reading, ends)
        run = (*(Decimal(kept[end]) if end in kept else None for end in ends[:-1]), Decimal(stock))
    since = add_months(span.until, -12) + timedelta(days=1)
    of_a_year = total_of(facts.collected(since, span.until))
    old = sum(one.old for one in now.values())
    share = ratio(stock, of_a_year)
    return Made(Decimal(stock), before, run, pefa_grade(share, ratio(old, stock)) or "", share)


def _on_time(facts: Facts) -> Made:
    def rate(span: Span) -> Decimal | None:
        found = standings.punctuality(facts.reading, span.since, span.until, facts.zone)
        return ratio(found.on_time, found.fell_due)

    return Made(rate(facts.span), rate(facts.compare) if facts.compare else None)


def _mobile_share(facts: Facts) -> Made:
    def share(cells: Iterable[money.Cell]) -> Decimal | None:
        found = list(cells)
        return ratio(total_of(cell for cell in found if cell.channel == "mobile"), total_of(found))

    by_month: dict[date, list[money.Cell]] = defaultdict(list)
    for cell in facts.run_cells:
        by_month[cell.month].append(cell)
    return Made(
        share(facts.cells),
        share(facts.cells_before),
        tuple(share(by_month[month]) for month in facts.run_months),
    )


def _payments(facts: Facts) -> Made:
    def count(span: Span) -> int:
        cancelled = sum(span.since <= taken_on <= span.until for _on, taken_on in facts.cancellations)
        wanted = select(func.count()).where(Payment.booked_on.between(span.since, span.until))
        if facts.zone:
            wanted = wanted.where(Payment.id.in_(_paid_in(facts.zone)))
        return (facts.reading.connection.scalar(wanted) or 0) - cancelled

    return _counted(facts, count)


def _receipts_cancelled(facts: Facts) -> Made:
    return _counted(
        facts,
        lambda span: sum(
            span.since <= cancelled_on <= span.until for cancelled_on, _taken_on in facts.cancellations
        ),
    )


def _taxpayers(facts: Facts) -> Made:
    def count(span: Span) -> int:
        _start, end = requests_and_fines.instants(facts.reading, span.until, span.until)
        wanted = select(func.count()).where(Taxpayer.status == "active", Taxpayer.registered_at < end)
        if facts.zone:
            wanted = wanted.where(Taxpayer.zone == facts.zone)
        return facts.reading.connection.scalar(wanted) or 0

    return _counted(facts, count)


def _counted(facts: Facts, count: Callable[[Span], int]) -> Made:
    return Made(Decimal(count(facts.span)), Decimal(count(facts.compare)) if facts.compare else None)


def _fines_issued(facts: Facts) -> Made:
    if facts.zone:
        return Made(None)
    return _counted(
        facts, lambda span: requests_and_fines.fine_count(facts.reading, span.since, span.until).written
    )


def _fines_paid(facts: Facts) -> Made:
    def rate(span: Span) -> Decimal | None:
        found = requests_and_fines.fine_count(facts.reading, span.since, span.until)
        return ratio(found.settled, found.written)

    if facts.zone:
        return Made(None)
    return Made(rate(facts.span), rate(facts.compare) if facts.compare else None)


def _requests_received(facts: Facts) -> Made:
    if facts.zone:
        return Made(None)
    return _counted(
        facts, lambda span: requests_and_fines.requests_received(facts.reading, span.since, span.until)
    )


def _requests_delivered(facts: Facts) -> Made:
    if facts.zone:
        return Made(None)
    return _counted(
        facts, lambda span: requests_and_fines.requests_delivered(facts.reading, span.since, span.until)
    )


def _delay_median(facts: Facts) -> Made:
    return _delay(facts, median)


def _delay_p90(facts: Facts) -> Made:
    return _delay(facts, lambda values: percentile(values, 90))


def _delay(facts: Facts, of: Callable[[Sequence[Decimal]], Decimal | None]) -> Made:
    if facts.zone:
        return Made(None)
    by_month: dict[date, list[Decimal]] = defaultdict(list)
    for wait in facts.waits:
        by_month[wait.ready_on.replace(day=1)].append(wait.minutes)
    return Made(
        of(facts.waits_of(facts.span)),
        of(facts.waits_of(facts.compare)) if facts.compare else None,
        tuple(of(by_month[month]) for month in facts.run_months),
    )


def _requests_on_time(facts: Facts) -> Made:
    if facts.zone:
        return Made(None)

    def rate(found: Sequence[requests_and_fines.Promise]) -> Decimal | None:
        return ratio(sum(one.kept for one in found), len(found))

    by_month: dict[date, list[requests_and_fines.Promise]] = defaultdict(list)
    for promise in facts.promises:
        by_month[promise.due_on.replace(day=1)].append(promise)
    compare = facts.compare
    return Made(
        rate([one for one in facts.promises if one.due_on >= facts.span.since]),
        rate(requests_and_fines.promises(facts.reading, compare.since, compare.until)) if compare else None,
        tuple(rate(by_month[month]) for month in facts.run_months),
    )


MAKERS: Mapping[str, Callable[[Facts], Made]] = {
    "collected": _collected,
    "assessed": _assessed,
    "collection_rate": _collection_rate,
    "arrears": _arrears,
    "on_time": _on_time,
    "mobile_share": _mobile_share,
    "payments": _payments,
    "receipts_cancelled": _receipts_cancelled,
    "taxpayers": _taxpayers,
    "fines_issued": _fines_issued,
    "fines_paid": _fines_paid,
    "requests_received": _requests_received,
    "requests_delivered": _requests_delivered,
    "delay_median": _delay_median,
    "delay_p90": _delay_p90,
    "requests_on_time": _requests_on_time,
}
