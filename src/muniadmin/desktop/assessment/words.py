"""The words of the assessment office on screen: periodicities, kinds, states with their tones, tariffs in lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from muniadmin.assessment.rules import RATE_UNIT
from muniadmin.assessment.spelling import Counted, Glossary, rate_in_words
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, labelled, pick
from muniadmin.kernel.money import Currency
from muniadmin.settings.profile import AttributeSpec, Zone
from muniadmin.settings.tariffs import Condition, TariffBracket, TariffScale, TariffSpec

PERIODICITIES: Mapping[str, str] = {
    "yearly": N_("yearly"),
    "quarterly": N_("quarterly"),
    "monthly": N_("monthly"),
    "once": N_("once"),
}
HEAD_KINDS: Mapping[str, str] = {"tax": N_("tax"), "fee": N_("fee"), "fine": N_("fine")}
TARIFF_KINDS: Mapping[str, str] = {
    "flat": N_("Fixed amount"),
    "per_unit": N_("Amount for each unit of the base"),
    "percentage": N_("Percentage of the base"),
    "slices": N_("Progressive: each slice at its own rate"),
    "steps": N_("By steps: the whole base at its step"),
}
TARIFF_STATES: Mapping[str, tuple[str, Tone]] = {
    "in_force": (N_("in force"), Tone.GOOD),
    "past": (N_("past"), Tone.NEUTRAL),
    "future": (N_("future"), Tone.INFO),
}
ROLL_STATES: Mapping[str, tuple[str, Tone]] = {
    "issued": (N_("issued"), Tone.GOOD),
    "unfinished": (N_("unfinished"), Tone.WARNING),
    "none": (N_("not issued"), Tone.NEUTRAL),
}
BILL_STATES: Mapping[str, tuple[str, Tone]] = {
    "settled": (N_("settled"), Tone.GOOD),
    "overdue": (N_("overdue"), Tone.BAD),
    "due_today": (N_("today"), Tone.WARNING),
    "partly_paid": (N_("partly paid"), Tone.INFO),
    "not_due": (N_("not yet due"), Tone.NEUTRAL),
    "suspended": (N_("suspended"), Tone.NEUTRAL),
}


_DAYS_NAMED = 4


def due_days_in_words(shell: Shell, days: Sequence[date]) -> str:
    """The days on which instalments fall due; of many, how many there are from when to when."""
    if len(days) <= _DAYS_NAMED:
        return " · ".join(shell.day(day) for day in days)
    return _("{count} instalments from {first} to {last}").format(
        count=len(days), first=shell.day(days[0]), last=shell.day(days[-1])
    )


def glossary(attributes: Sequence[AttributeSpec], spec: TariffSpec) -> Glossary:
    """The words computations with this tariff are spelled with."""
    return Glossary(
        attributes={part.code: Counted(part.names, part.type, part.unit) for part in attributes},
        abatements=[abatement.names for abatement in spec.abatements],
    )


@dataclass(frozen=True)
class TariffLine:
    """One line of a tariff on screen: what it is for, and its figure."""

    what: str
    figure: str


class TariffWords:
    """Writes a tariff as a person reads it."""

    def __init__(
        self, attributes: Sequence[AttributeSpec], zones: Sequence[Zone], currency: Currency
    ) -> None:
        self.attributes = {part.code: part for part in attributes}
        self.zones = {zone.code: pick(zone.names) for zone in zones}
        self.currency = currency

    def lines(self, spec: TariffSpec) -> Iterator[TariffLine]:
        """Every figure of the tariff with the case it is for."""
        for scale in spec.scales:
            yield from self._scale(spec, scale)

    def relief_lines(self, spec: TariffSpec) -> Iterator[TariffLine]:
        """What is taken off the base first."""
        for abatement in spec.abatements:
            if abatement.rate is not None:
                taken_off = f"− {self.rate(abatement.rate)}"
            else:
                taken_off = f"− {self.number(spec, abatement.amount or Decimal(0))}"
            yield TariffLine(pick(abatement.names), taken_off)

    def base(self, spec: TariffSpec) -> str:
        """The name of what the tariff is applied to; empty for a flat one."""
        return self.attribute(spec.base) if spec.base else ""

    def attribute(self, code: str) -> str:
        """The name of an attribute."""
        return _("Zone") if code == "zone" else pick(self.attributes[code].names)

    def condition(self, condition: Condition) -> str:
        """The case a figure is for: "Retail shop · Grade I"; empty for every object."""
        return " · ".join(
            " / ".join(self.value(name, value) for value in values) for name, values in condition.allowed
        )

    def value(self, name: str, value: object) -> str:
        """The value of an attribute in words."""
        if name == "zone":
            return self.zones.get(str(value), str(value))
        if isinstance(value, bool):
            answer = _("yes") if value else _("no")
            return labelled(self.attribute(name), answer)
        for choice in self.attributes[name].choices:
            if choice.code == value:
                return pick(choice.names)
        return str(value)

    def rate(self, rate: Decimal) -> str:
        """A rate as the language writes it."""
        return rate_in_words(int(rate * RATE_UNIT))

    def price(self, amount: Decimal) -> str:
        """An amount or price in the currency's main unit, with as many decimals as it needs."""
        exponent = amount.normalize().as_tuple().exponent
        digits = max(self.currency.decimals, -int(exponent))
        return format_number(amount, digits=digits)

    def number(self, spec: TariffSpec, amount: Decimal) -> str:
        """A quantity of the base, with its unit."""
        part = self.attributes.get(spec.base or "")
        if part is not None and part.type == "money":
            return self.price(amount)
        text = format_number(amount, digits=0 if amount == amount.to_integral_value() else 2)
        return f"{text}\u00a0{part.unit}" if part is not None and part.unit else text

    def _scale(self, spec: TariffSpec, scale: TariffScale) -> Iterator[TariffLine]:
        case = self.condition(scale.when)
        if not scale.brackets:
            yield TariffLine(case or _("Every object"), self._figure(scale))
            return
        for index, bracket in enumerate(scale.brackets):
            after = scale.brackets[index + 1] if index + 1 < len(scale.brackets) else None
            part = self._part(spec, bracket, after)
            words = " · ".join(one for one in (case, part) if one)
            yield TariffLine(words or _("Every object"), self._figure(bracket))

    def _figure(self, of: TariffScale | TariffBracket) -> str:
        return self.rate(of.rate) if of.rate is not None else self.price(of.amount or Decimal(0))

    def _part(self, spec: TariffSpec, bracket: TariffBracket, after: TariffBracket | None) -> str:
        if after is None and not bracket.above:
            return ""
        if after is None:
            return _("Above {start}").format(start=self.number(spec, bracket.above))
        if not bracket.above:
            return _("Up to {end}").format(end=self.number(spec, after.above))
        return _("Above {start} and up to {end}").format(
            start=self.number(spec, bracket.above), end=self.number(spec, after.above)
        )
