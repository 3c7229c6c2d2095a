"""A bill's computation in words and figures, in the reader's language, so that the citizen can redo it by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from muniadmin.assessment.rules import DECIMAL_UNIT, RATE_UNIT, NotAssessable
from muniadmin.billing.accrual import PenaltyRule
from muniadmin.kernel.formats import format_money, format_number
from muniadmin.kernel.i18n import _, language, pick
from muniadmin.kernel.money import Currency, Money

Names = Mapping[str, str]


@dataclass(frozen=True)
class Counted:
    """An attribute as a computation mentions it."""

    names: Names
    #: money | integer | decimal
    type: str
    unit: str = ""


@dataclass(frozen=True)
class Glossary:
    """The words a tariff's computations are spelled with; empty for bills that no tariff computed."""

    attributes: Mapping[str, Counted] = field(default_factory=dict)
    #: The abatements of the tariff, in its order.
    abatements: Sequence[Names] = ()


@dataclass(frozen=True)
class SpelledLine:
    """One line of a bill as people read it; ``amount`` is None for lines that only prepare the next ones."""

    what: str
    computation: str
    amount: Money | None


def spell_out(
    lines: Sequence[Mapping[str, Any]], glossary: Glossary, currency: Currency
) -> list[SpelledLine]:
    """The lines of a bill in the language in force."""
    return _Spelling(lines, glossary, currency).spelled()


def reason_text(reason: NotAssessable, glossary: Glossary) -> str:
    """Why an object cannot be assessed, in one sentence."""
    if reason.reason == "no_scale":
        return _("No line of the tariff fits it.")
    counted = glossary.attributes.get(reason.attribute)
    name = pick(counted.names) if counted else reason.attribute
    if reason.reason == "negative":
        return _("“{attribute}” is negative.").format(attribute=name)
    return _("“{attribute}” is not known.").format(attribute=name)


def rate_in_words(millionths: int) -> str:
    """A rate as people write it: "10,5 %" in French, "10.5%" in English."""
    percent = Decimal(millionths) * 100 / RATE_UNIT
    digits = max(0, -int(percent.normalize().as_tuple().exponent))
    text = format_number(percent, digits=digits)
    return f"{text}\u202f%" if language() == "fr" else f"{text}%"


class _Spelling:
    """Spells the lines of one bill: first how its base was found, then what is charged on it."""

    def __init__(self, lines: Sequence[Mapping[str, Any]], glossary: Glossary, currency: Currency) -> None:
        self.glossary = glossary
        self.currency = currency
        self.found = next((line for line in lines if line["what"] == "base"), None)
        self.abatements = [line for line in lines if line["what"] == "abatement"]
        self.charges = [line for line in lines if line["what"] not in ("base", "abatement")]
        self.base = Counted({}, "money")
        if self.found is not None:
            of = self.found["of"]
            self.base = glossary.attributes.get(of, Counted({"en": of}, "money"))

    def spelled(self) -> list[SpelledLine]:
        """Every line in words."""
        return [*self._preparation(), *(self._charge(line) for line in self.charges)]

    def _preparation(self) -> list[SpelledLine]:
        """The base and what was taken off it; nothing where the charge itself shows the base."""
        if self.found is None or (not self.abatements and self._shows_base()):
            return []
        value = self.found["value"]
        name = pick(self.base.names)
        if len(self.abatements) == 1:
            (abatement,) = self.abatements
            computation = _("{before} − {taken_off} ({why}) = {left}").format(
                before=self._quantity(value),
                taken_off=self._quantity(value - abatement["value"]),
                why=self._abatement_name(abatement),
                left=self._quantity(abatement["value"]),
            )
            return [SpelledLine(name, computation, None)]
        lines = [SpelledLine(name, self._quantity(value), None)]
        for abatement in self.abatements:
            computation = _("{before} − {taken_off} = {left}").format(
                before=self._quantity(value),
                taken_off=self._quantity(value - abatement["value"]),
                left=self._quantity(abatement["value"]),
            )
            lines.append(SpelledLine(self._abatement_name(abatement), computation, None))
            value = abatement["value"]
        return lines

    def _shows_base(self) -> bool:
        return bool(self.charges) and self.charges[0]["what"] == "product"

    def _charge(self, line: Mapping[str, Any]) -> SpelledLine:
        amount = Money(int(line["amount"]))
        match line["what"]:
            case "slice":
                return SpelledLine(self._slice(line), self._product(line), amount)
            case "product":
                what = _("Amount computed") if self.abatements else pick(self.base.names)
                return SpelledLine(what, self._product(line), amount)
            case "step":
                computation = self._product(line) if "rate" in line or "price" in line else ""
                return SpelledLine(self._step(line), computation, amount)
            case _:
                return SpelledLine(self._label(line), "", amount)

    def _abatement_name(self, line: Mapping[str, Any]) -> str:
        index = line["index"]
        known = index < len(self.glossary.abatements)
        return pick(self.glossary.abatements[index]) if known else _("Abatement")

    def _label(self, line: Mapping[str, Any]) -> str:
        if "names" in line:
            return pick(line["names"])
        labels = {
            "flat": _("Fixed amount"),
            "minimum": _("Raised to the least amount"),
            "maximum": _("Reduced to the greatest amount"),
            "rounding": _("Rounding"),
        }
        # What is named from a catalogue (an offence, a document) keeps its names in every language.
        return pick(line["names"]) if "names" in line else labels.get(line["what"], str(line["what"]))

    def _slice(self, line: Mapping[str, Any]) -> str:
        if line["to"] is None:
            return _("Part above {start}").format(start=self._quantity(line["from"]))
        return _("Part from {start} to {end}").format(
            start=self._quantity(line["from"]), end=self._quantity(line["to"])
        )

    def _step(self, line: Mapping[str, Any]) -> str:
        what = pick(self.base.names) or _("Base")
        if line["to"] is None and not line["from"]:
            return _("Fixed amount")
        if line["to"] is None:
            return _("{what} above {start}").format(what=what, start=self._quantity(line["from"]))
        if not line["from"]:
            return _("{what} up to {end}").format(what=what, end=self._quantity(line["to"]))
        return _("{what} above {start} and up to {end}").format(
            what=what, start=self._quantity(line["from"]), end=self._quantity(line["to"])
        )

    def _product(self, line: Mapping[str, Any]) -> str:
        quantity = self._quantity(line["value"])
        if "rate" in line:
            return _("{quantity} × {rate}").format(quantity=quantity, rate=rate_in_words(line["rate"]))
        return _("{quantity} × {price}").format(quantity=quantity, price=self._price(line["price"]))

    def _price(self, written: str) -> str:
        price = Decimal(written)
        digits = max(self.currency.decimals, -int(price.as_tuple().exponent), 0)
        return format_number(price, digits=digits)

    def _quantity(self, value: int) -> str:
        if self.base.type == "money":
            return format_money(Money(value), self.currency)
        if self.base.type == "decimal":
            exact = Decimal(value) / DECIMAL_UNIT
            text = format_number(exact, digits=0 if value % DECIMAL_UNIT == 0 else 2)
        else:
            text = format_number(value)
        return f"{text}\u00a0{self.base.unit}" if self.base.unit else text


def penalty_in_words(rule: PenaltyRule) -> Iterator[str]:
    """What lateness costs, one sentence for each part of the rule."""
    for rate, sentence in (
        (rule.once, _("Paid after the due date, {rate} is added once.")),
        (rule.first_month, _("The first month late adds {rate}.")),
        (rule.month, _("Each further month or part of a month adds {rate}.")),
        (rule.yearly, _("Interest runs by the day at {rate} a year.")),
    ):
        if rate:
            yield sentence.format(rate=rate_in_words(int(rate * RATE_UNIT)))
