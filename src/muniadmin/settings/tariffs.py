"""The form in which a tariff is written: in a profile, in the database, in the tariff screen. Applied by assessment.

A tariff is declarative: a kind, the attribute it is applied to, scales of figures chosen by a condition, abatements
of the base, bounds, rounding, and examples that must hold. Its document is plain JSON: amounts as decimal text in
the currency's main unit, rates as "10.5 %".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Value = str | bool | int | Decimal
"""A value of an attribute as a profile writes it."""


@dataclass(frozen=True)
class Condition:
    """What an object must be: each attribute (or ``zone``) with the values it may have. Empty: any object."""

    allowed: tuple[tuple[str, tuple[Value, ...]], ...] = ()

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether an object with these facts meets the condition; a fact that is not known does not."""
        return all(facts.get(name) in values for name, values in self.allowed)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes it looks at."""
        return tuple(name for name, _values in self.allowed)


@dataclass(frozen=True)
class TariffBracket:
    """What applies above a threshold of the base: a rate or an amount, never both."""

    above: Decimal
    rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class TariffScale:
    """The figures for the objects that meet a condition; exactly one of amount, rate and brackets."""

    when: Condition = Condition()
    amount: Decimal | None = None
    rate: Decimal | None = None
    brackets: tuple[TariffBracket, ...] = ()


@dataclass(frozen=True)
class Abatement:
    """What is taken off the base first: a share of it or an amount, never more than the base."""

    names: Mapping[str, str]
    when: Condition = Condition()
    rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class TariffExample:
    """An object and the amount the tariff must give for it."""

    inputs: Mapping[str, Value]
    expect: Decimal


@dataclass(frozen=True)
class TariffSpec:
    """One version of a tariff as written."""

    valid_from: date
    valid_to: date | None
    #: flat | per_unit | percentage | slices | steps
    kind: str
    base: str | None
    #: published | example
    figures: str
    source: str
    scales: tuple[TariffScale, ...]
    abatements: tuple[Abatement, ...]
    minimum: Decimal | None
    maximum: Decimal | None
    round_to: Decimal | None
    #: half_up | up | down
    rounding: str
    examples: tuple[TariffExample, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition in it."""
        return (*(scale.when for scale in self.scales), *(part.when for part in self.abatements))

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes it needs to know of an object: its base first, then those of its conditions."""
        found = [self.base] if self.base else []
        found += [name for condition in self.conditions for name in condition.attributes]
        return tuple(dict.fromkeys(found))


def rate_of(text: str) -> Decimal:
    """The exact ratio that "10.5 %" stands for."""
    return Decimal(text.removesuffix("%").strip()).scaleb(-2)


def rate_text(rate: Decimal) -> str:
    """A ratio as it is written: 0.105 is "10.5 %"."""
    return f"{plain(rate.scaleb(2))} %"


def plain(number: Decimal) -> str:
    """A number as decimal text without an exponent or idle zeros: "0.5", "20000"."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_condition(table: Mapping[str, Any] | None) -> Condition:
    """A condition as written: {"use": "main_home", "zone": ["agdal", "saiss"]}."""
    return Condition(
        tuple(
            (name, tuple(value) if isinstance(value, list | tuple) else (value,))
            for name, value in (table or {}).items()
        )
    )


def read_tariff(table: Mapping[str, Any]) -> TariffSpec:
    """A tariff from its document, or from the table of a profile, once either has passed the schema."""
    return TariffSpec(
        valid_from=_day(table["valid_from"]),
        valid_to=_day(table["valid_to"]) if table.get("valid_to") else None,
        kind=table["kind"],
        base=table.get("base"),
        figures=table["figures"],
        source=table.get("source", ""),
        scales=tuple(_scale(scale) for scale in table["scales"]),
        abatements=tuple(_abatement(abatement) for abatement in table.get("abatements", ())),
        minimum=_number(table.get("minimum")),
        maximum=_number(table.get("maximum")),
        round_to=_number(table.get("round_to")),
        rounding=table.get("rounding", "half_up"),
        examples=tuple(
            TariffExample(dict(example["inputs"]), Decimal(example["expect"]))
            for example in table["examples"]
        ),
    )


def tariff_document(tariff: TariffSpec) -> dict[str, Any]:
    """The tariff as plain JSON; ``read_tariff`` reads it back."""
    document: dict[str, Any] = {
        "valid_from": tariff.valid_from.isoformat(),
        "valid_to": tariff.valid_to.isoformat() if tariff.valid_to else None,
        "kind": tariff.kind,
        "base": tariff.base,
        "figures": tariff.figures,
        "source": tariff.source,
        "scales": [
            {**_when(scale.when), **_figures(scale.rate, scale.amount), **_brackets(scale.brackets)}
            for scale in tariff.scales
        ],
        "abatements": [
            {"names": dict(part.names), **_when(part.when), **_figures(part.rate, part.amount)}
            for part in tariff.abatements
        ],
        "minimum": _text(tariff.minimum),
        "maximum": _text(tariff.maximum),
        "round_to": _text(tariff.round_to),
        "rounding": tariff.rounding,
        "examples": [
            {
                "inputs": {name: _json(value) for name, value in example.inputs.items()},
                "expect": plain(example.expect),
            }
            for example in tariff.examples
        ],
    }
    return {name: value for name, value in document.items() if value not in (None, "")}


def _scale(table: Mapping[str, Any]) -> TariffScale:
    return TariffScale(
        when=read_condition(table.get("when")),
        amount=_number(table.get("amount")),
        rate=_rate(table.get("rate")),
        brackets=tuple(
            TariffBracket(Decimal(part["above"]), _rate(part.get("rate")), _number(part.get("amount")))
            for part in table.get("brackets", ())
        ),
    )


def _abatement(table: Mapping[str, Any]) -> Abatement:
    return Abatement(
        names=dict(table["names"]),
        when=read_condition(table.get("when")),
        rate=_rate(table.get("rate")),
        amount=_number(table.get("amount")),
    )


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _rate(value: str | None) -> Decimal | None:
    return None if value is None else rate_of(value)


def _when(condition: Condition) -> dict[str, Any]:
    if not condition.allowed:
        return {}
    return {"when": {name: _one_or_all(values) for name, values in condition.allowed}}


def _one_or_all(values: tuple[Value, ...]) -> Any:
    return _json(values[0]) if len(values) == 1 else [_json(value) for value in values]


def _figures(rate: Decimal | None, amount: Decimal | None) -> dict[str, Any]:
    if rate is not None:
        return {"rate": rate_text(rate)}
    return {"amount": plain(amount)} if amount is not None else {}


def _brackets(brackets: Iterable[TariffBracket]) -> dict[str, Any]:
    found = [{"above": plain(part.above), **_figures(part.rate, part.amount)} for part in brackets]
    return {"brackets": found} if found else {}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _json(value: Value) -> str | bool | int:
    return plain(value) if isinstance(value, Decimal) else value
