"""Applies a tariff to a taxable object: whole numbers only, so that every amount can be redone by hand.

A tariff is compiled once: figures become integers (minor units, rates in millionths), brackets a table to bisect.
``amount`` is what a roll of a million needs; ``explain`` gives the same amount with the computation spelled out.
Every line is rounded half-up to the minor unit, once.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from muniadmin.billing.accrual import PenaltyRule, PenaltyVersion, rules_for
from muniadmin.kernel.dates import FiscalCalendar, Period, add_months
from muniadmin.kernel.money import Currency, Money
from muniadmin.settings.tariffs import Condition, TariffBracket, TariffSpec, plain

RATE_UNIT = 1_000_000
"""Rates are kept in millionths: 10.5 % is 105 000."""

DECIMAL_UNIT = 100
"""Quantities with decimals (areas) are counted in hundredths."""

_PRICE_UNIT = 1_000_000

Facts = Mapping[str, Any]
"""An object's attributes as they are kept, and its zone under "zone"."""

Line = dict[str, Any]
"""One line of a computation as a bill keeps it: "what", "amount" in minor units, and the facts behind it."""


@dataclass(frozen=True, slots=True)
class NotAssessable:
    """Why the tariff gives no amount for an object: "missing" (its attribute is not known), "negative" (it cannot be
    so), or "no_scale" (no line of the tariff fits)."""

    reason: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class _Factor:
    """What a quantity is multiplied with, as an exact fraction; and how the law writes it."""

    numerator: int
    denominator: int
    #: Rate in millionths, or None when it is a price.
    rate: int | None
    #: Price of one unit in the currency's main unit, as decimal text.
    price: str | None

    def of(self, quantity: int) -> int:
        return rounded(quantity * self.numerator, self.denominator)

    @property
    def facts(self) -> Line:
        return {"rate": self.rate} if self.rate is not None else {"price": self.price}


@dataclass(frozen=True, slots=True)
class _Scale:
    """One scale, compiled: ``thresholds`` and what applies above each; ``below[i]`` is the sum of the slices
    under threshold i."""

    when: Condition
    thresholds: tuple[int, ...]
    factors: tuple[_Factor, ...]
    fixed: tuple[int | None, ...]
    below: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Abatement:
    when: Condition
    rate: int | None
    amount: int | None


@dataclass(frozen=True)
class TariffRule:
    """A tariff ready to be applied."""

    spec: TariffSpec
    #: Type of the base attribute: money, integer or decimal; empty when the tariff is flat.
    base_type: str
    scales: tuple[_Scale, ...]
    abatements: tuple[_Abatement, ...]
    minimum: int | None
    maximum: int | None
    round_to: int | None

    def amount(self, facts: Facts) -> int | NotAssessable:
        """What is owed, in minor units."""
        found = self._start(facts)
        if isinstance(found, NotAssessable):
            return found
        scale, base, freed = found
        return 0 if freed else self._bounded(self._charge(scale, base))

    def explain(self, facts: Facts) -> "Computation | NotAssessable":
        """The same amount with the lines that lead to it; their amounts sum to it."""
        lines: list[Line] = []
        found = self._start(facts, lines)
        if isinstance(found, NotAssessable):
            return found
        scale, base, freed = found
        if freed:
            return Computation(0, tuple(lines))
        lines += self._charged_lines(scale, base)
        raw = sum(line["amount"] for line in lines)
        for what, bound in (
            ("minimum", self._at_least),
            ("maximum", self._at_most),
            ("rounding", self._to_unit),
        ):
            bounded = bound(raw)
            if bounded != raw:
                lines.append({"what": what, "amount": bounded - raw})
                raw = bounded
        return Computation(raw, tuple(lines))

    def _start(
        self, facts: Facts, lines: list[Line] | None = None
    ) -> tuple[_Scale, int, bool] | NotAssessable:
        """The scale that fits, the base after abatements, and whether abatements left nothing of it."""
        scale = next((scale for scale in self.scales if scale.when.holds(facts)), None)
        if scale is None:
            return NotAssessable("no_scale")
        if self.spec.base is None:
            return scale, 0, False
        base = quantity(facts.get(self.spec.base), self.base_type)
        if base is None:
            return NotAssessable("missing", self.spec.base)
        if base < 0:
            return NotAssessable("negative", self.spec.base)
        if lines is not None:
            lines.append({"what": "base", "amount": 0, "of": self.spec.base, "value": base})
        whole = base
        for index, abatement in enumerate(self.abatements):
            if abatement.when.holds(facts):
                base -= _taken_off(abatement, base)
                if lines is not None:
                    lines.append({"what": "abatement", "amount": 0, "index": index, "value": base})
        return scale, base, whole > 0 and base == 0

    def _charge(self, scale: _Scale, base: int) -> int:
        if self.spec.kind in ("flat", "per_unit", "percentage"):
            fixed = scale.fixed[0]
            return fixed if fixed is not None else scale.factors[0].of(base)
        place = max(0, bisect_left(scale.thresholds, base) - 1)
        fixed = scale.fixed[place]
        if self.spec.kind == "steps":
            return fixed if fixed is not None else scale.factors[place].of(base)
        return scale.below[place] + scale.factors[place].of(base - scale.thresholds[place])

    def _charged_lines(self, scale: _Scale, base: int) -> list[Line]:
        if self.spec.kind == "slices":
            return _slice_lines(scale, base)
        amount = self._charge(scale, base)
        if self.spec.kind == "flat":
            return [{"what": "flat", "amount": amount}]
        place = max(0, bisect_left(scale.thresholds, base) - 1)
        if self.spec.kind == "steps":
            facts = {} if scale.fixed[place] is not None else scale.factors[place].facts
            above = scale.thresholds[place + 1] if place + 1 < len(scale.thresholds) else None
            return [
                {
                    "what": "step",
                    "amount": amount,
                    "value": base,
                    "from": scale.thresholds[place],
                    "to": above,
                }
                | facts
            ]
        return [{"what": "product", "amount": amount, "value": base} | scale.factors[0].facts]

    def _bounded(self, amount: int) -> int:
        return self._to_unit(self._at_most(self._at_least(amount)))

    def _at_least(self, amount: int) -> int:
        return amount if self.minimum is None else max(amount, self.minimum)

    def _at_most(self, amount: int) -> int:
        return amount if self.maximum is None else min(amount, self.maximum)

    def _to_unit(self, amount: int) -> int:
        if self.round_to is None:
            return amount
        return _ROUNDINGS[self.spec.rounding](amount, self.round_to) * self.round_to


@dataclass(frozen=True, slots=True)
class Computation:
    """An amount in minor units and the lines that lead to it."""

    amount: int
    lines: tuple[Line, ...]


def rounded(numerator: int, denominator: int) -> int:
    """A fraction that is not negative, rounded half-up to a whole number."""
    return (2 * numerator + denominator) // (2 * denominator)


_ROUNDINGS: Mapping[str, Callable[[int, int], int]] = {
    "half_up": rounded,
    "down": lambda amount, unit: amount // unit,
    "up": lambda amount, unit: -(-amount // unit),
}


def quantity(value: Any, of_type: str) -> int | None:
    """An attribute as a whole number of the smallest unit of its type; None when it is not known."""
    if value is None or value == "":
        return None
    if of_type == "decimal":
        return int((Decimal(str(value)) * DECIMAL_UNIT).to_integral_value())
    return int(value)


def kept_value(value: Any, of_type: str, currency: Currency) -> Any:
    """A value as a tariff's example or a form writes it, turned into what objects keep: money in minor units."""
    if of_type == "money":
        return currency.of(Decimal(value)).minor
    if of_type == "integer":
        return int(value)
    if of_type == "decimal":
        return plain(Decimal(value))
    return value


def compile_tariff(spec: TariffSpec, types: Mapping[str, str], currency: Currency) -> TariffRule:
    """The tariff ready to be applied to objects whose attributes have these types, in this currency."""
    base_type = types[spec.base] if spec.base else ""
    base_unit = {"money": currency.unit, "decimal": DECIMAL_UNIT}.get(base_type, 1)

    def factor(rate: Decimal | None, price: Decimal | None) -> _Factor:
        if rate is not None:
            millionths = int(rate * RATE_UNIT)
            return _Factor(millionths, RATE_UNIT, millionths, None)
        exact = price if price is not None else Decimal(0)
        return _Factor(int(exact * currency.unit * _PRICE_UNIT), base_unit * _PRICE_UNIT, None, plain(exact))

    def compiled(when: Condition, brackets: Sequence[TariffBracket]) -> _Scale:
        thresholds = tuple(int(part.above * base_unit) for part in brackets)
        factors = tuple(factor(part.rate, part.amount) for part in brackets)
        fixes = spec.kind in ("flat", "steps")
        below = [0]
        for index in range(1, len(brackets)):
            below.append(below[-1] + factors[index - 1].of(thresholds[index] - thresholds[index - 1]))
        return _Scale(
            when=when,
            thresholds=thresholds,
            factors=factors,
            fixed=tuple(
                _minor(part.amount, currency) if fixes and part.amount is not None else None
                for part in brackets
            ),
            below=tuple(below),
        )

    return TariffRule(
        spec=spec,
        base_type=base_type,
        scales=tuple(
            compiled(scale.when, scale.brackets or (TariffBracket(Decimal(0), scale.rate, scale.amount),))
            for scale in spec.scales
        ),
        abatements=tuple(
            _Abatement(
                part.when,
                int(part.rate * RATE_UNIT) if part.rate is not None else None,
                int(part.amount * base_unit) if part.amount is not None else None,
            )
            for part in spec.abatements
        ),
        minimum=_minor(spec.minimum, currency),
        maximum=_minor(spec.maximum, currency),
        round_to=_minor(spec.round_to, currency) or None,
    )


def _minor(amount: Decimal | None, currency: Currency) -> int | None:
    return None if amount is None else int(amount * currency.unit)


def _taken_off(abatement: _Abatement, base: int) -> int:
    if abatement.rate is not None:
        return min(base, rounded(base * abatement.rate, RATE_UNIT))
    return min(base, abatement.amount or 0)


def _slice_lines(scale: _Scale, base: int) -> list[Line]:
    lines = []
    for index, (start, factor) in enumerate(zip(scale.thresholds, scale.factors, strict=True)):
        if base <= start and index > 0:
            break
        end = scale.thresholds[index + 1] if index + 1 < len(scale.thresholds) else None
        part = (base if end is None else min(base, end)) - start
        lines.append(
            {"what": "slice", "amount": factor.of(part), "value": part, "from": start, "to": end}
            | factor.facts
        )
    return lines


# --- Periods and due dates ------------------------------------------------------------------------------------------


def periods_of_year(periodicity: str, calendar: FiscalCalendar, start_year: int) -> list[Period]:
    """The periods of a head in the fiscal year that starts in ``start_year``; none for heads without periods."""
    year = calendar.year(start_year)
    if periodicity == "yearly":
        return [year]
    if periodicity == "quarterly":
        return [calendar.period(f"{start_year}-T{quarter}") for quarter in (1, 2, 3, 4)]
    if periodicity == "monthly":
        firsts = [add_months(year.start, month) for month in range(12)]
        return [calendar.period(f"{first.year}-{first.month:02d}") for first in firsts]
    return []


def period_of(text: str, periodicity: str, calendar: FiscalCalendar) -> Period | None:
    """The period that ``text`` names, when it is one of a head of this periodicity."""
    try:
        period = calendar.period(text.strip().upper())
    except ValueError:
        return None
    known = periods_of_year(periodicity, calendar, calendar.year_of(period.start))
    return period if period in known else None


@dataclass(frozen=True, slots=True)
class Due:
    """One due date and the amount due then, in minor units."""

    on: date
    amount: int


def due_dates(rule: Mapping[str, Any], period: Period, issued_on: date, amount: int) -> list[Due]:
    """When ``amount`` falls due: each instalment on its day, but never before the notice has run."""
    earliest = issued_on + timedelta(days=int(rule.get("notice_days") or 0))
    instalments = rule.get("instalments") or [{"days": 30, "share": 1}]
    parts = Money(amount).split([int(one.get("share") or 1) for one in instalments])
    days = [max(earliest, _due_on(one, period, issued_on)) for one in instalments]
    return [Due(day, part.minor) for day, part in zip(days, parts, strict=True)]


def instalments(dues: Sequence[Due]) -> list[tuple[date, int]]:
    """The instalments of a bill, (due day, amount): those of one day are one, and nothing is none."""
    amounts: dict[date, int] = {}
    for due in dues:
        if due.amount:
            amounts[due.on] = amounts.get(due.on, 0) + due.amount
    return sorted(amounts.items())


def _due_on(instalment: Mapping[str, Any], period: Period, issued_on: date) -> date:
    if instalment.get("days") is not None:
        return issued_on + timedelta(days=int(instalment["days"]))
    month = add_months(period.start.replace(day=1), int(instalment["months"]))
    last = add_months(month, 1) - timedelta(days=1)
    return month.replace(day=min(int(instalment["day"]), last.day))


# --- Lateness -------------------------------------------------------------------------------------------------------


def rule_in_force(versions: Sequence[PenaltyVersion], issued_on: date, day: date) -> PenaltyRule:
    """What lateness costs, on ``day``, on a debt issued on ``issued_on``."""
    return [rule for since, rule in rules_for(versions, issued_on, day) if since <= day][-1]
