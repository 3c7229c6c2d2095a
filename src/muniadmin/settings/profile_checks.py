"""Finds what is wrong in a profile: first against the schema, then that everything it refers to is there."""

import json
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from muniadmin.kernel.money import Currency
from muniadmin.kernel.shipped import schema
from muniadmin.settings.errors import (
    ProfileAmountTooFine,
    ProfileBaseWrong,
    ProfileBracketsOutOfOrder,
    ProfileDefinedTwice,
    ProfileEntryMissing,
    ProfileEntryUnknown,
    ProfileExampleIncomplete,
    ProfileFiguresWrong,
    ProfileInvalid,
    ProfileNameMissing,
    ProfilePlaceholderUnknown,
    ProfileReferenceUnknown,
    ProfileTariffKindWrong,
    ProfileValueWrong,
    ProfileVersionsOverlap,
)
from muniadmin.settings.tariffs import TariffScale, TariffSpec, read_condition, read_tariff

Table = Mapping[str, Any]

_FILLED_IN = frozenset({"municipality", "number", "due", "amount"})
_FIGURE_OF_KIND = {
    "flat": "amount",
    "per_unit": "amount",
    "percentage": "rate",
    "slices": "brackets",
    "steps": "brackets",
}
_COUNTED = ("integer", "decimal", "money")
_ALWAYS = ("fr", "en")


def check_profile(table: Table, *, file: str) -> None:
    """Raises the ProfileInvalid of the first thing that is wrong in a profile's table."""
    _raise_first(profile_schema(), table, file)
    check = _Check(table, file)
    check.names()
    check.codes()
    check.amounts()
    check.heads()
    check.references()
    check.texts()


def check_tariff(
    table: Table,
    attributes: Sequence[Table],
    zones: Iterable[str],
    currency: Currency,
    *,
    file: str,
    place: str,
) -> None:
    """Raises the ProfileInvalid of the first thing that is wrong in a tariff's document, given the attributes of
    the kind of object it applies to."""
    definition = {"$ref": "#/$defs/tariff", "$defs": profile_schema()["$defs"]}
    _raise_first(definition, table, file, prefix=place)
    by_code = {part["code"]: part for part in attributes}
    _TariffCheck(read_tariff(table), by_code, set(zones), currency, file, place).run()


# --- Against the schema ---------------------------------------------------------------------------------------------


@cache
def profile_schema() -> Mapping[str, Any]:
    """The JSON Schema of profiles."""
    loaded: Mapping[str, Any] = json.loads(schema("profile.schema.json").read_text(encoding="utf-8"))
    return loaded


def _raise_first(definition: Table, value: Table, file: str, *, prefix: str = "") -> None:
    from jsonschema import Draft202012Validator

    errors = sorted(
        Draft202012Validator(definition, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(
            _json_ready(value)
        ),
        key=lambda error: [str(part) for part in error.absolute_path],
    )
    if errors:
        raise _sentence(errors[0], value, file, prefix)


def _sentence(error: Any, root: Any, file: str, prefix: str) -> ProfileInvalid:
    path = list(error.absolute_path)
    where = ".".join(part for part in (prefix, place_of(root, path)) if part) or "top"
    if error.validator == "additionalProperties":
        return ProfileEntryUnknown(file=file, place=where, entry=_unknown_entry(error))
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return ProfileEntryMissing(file=file, place=where, entry=missing)
    if error.validator == "oneOf":
        choices = ", ".join(" + ".join(option["required"]) for option in error.validator_value)
        return ProfileFiguresWrong(file=file, place=where, choices=choices)
    shown = "…" if isinstance(error.instance, dict | list) else f"“{error.instance}”"
    expected = _expected(error)
    return ProfileValueWrong(file=file, place=where, value=shown, expected=expected)


def _unknown_entry(error: Any) -> str:
    known = error.schema.get("properties", ())
    patterns = error.schema.get("patternProperties", ())
    return next(
        str(name)
        for name in error.instance
        if name not in known and not any(re.search(pattern, name) for pattern in patterns)
    )


def _expected(error: Any) -> str:
    description = error.schema.get("description")
    if error.validator == "enum":
        return ", ".join(str(value) for value in error.validator_value)
    return str(description or error.validator_value)


def place_of(root: Any, path: Sequence[str | int]) -> str:
    """Where in a profile: ``heads[TH].tariffs[1].base``; list entries by their code where they have one."""
    place, value = "", root
    for part in path:
        value = value[part]
        if isinstance(part, str):
            place = f"{place}.{part}" if place else part
        else:
            place += f"[{_label(value, part)}]"
    return place


def _label(value: Any, position: int) -> str:
    if isinstance(value, Mapping):
        for key in ("code", "number"):
            if isinstance(value.get(key), str | int):
                return str(value[key])
    return str(position + 1)


# --- In itself ------------------------------------------------------------------------------------------------------


class _Check:
    """The checks a schema cannot express: languages, codes, references, amounts."""

    def __init__(self, table: Table, file: str) -> None:
        self.table = table
        self.file = file
        self.languages = tuple(dict.fromkeys([*table["municipality"]["languages"], *_ALWAYS]))
        self.currency = Currency(**table["currency"])
        self.zones = [zone["code"] for zone in table["zones"]]
        self.kinds: Mapping[str, Table] = {kind["code"]: kind for kind in table["object_kinds"]}
        self.head_codes = [head["code"] for head in table["heads"]]

    def names(self) -> None:
        """Every name and text is there in French, English and each of the municipality's languages."""
        for path, value in _walk(self.table):
            key = path[-1] if path else None
            named = key in ("names", "departments") or (len(path) == 2 and path[0] == "texts")
            if named:
                for language in self.languages:
                    if language not in value:
                        raise ProfileNameMissing(
                            file=self.file, place=place_of(self.table, path), language=language
                        )

    def codes(self) -> None:
        """No code, desk or channel is defined twice."""
        for section, key in (
            ("identifiers", "code"),
            ("zones", "code"),
            ("object_kinds", "code"),
            ("heads", "code"),
            ("offences", "code"),
            ("civil_documents", "code"),
            ("desks", "number"),
            ("channels", "kind"),
        ):
            self._unique(section, [entry[key] for entry in self.table[section]])
        for kind in self.table["object_kinds"]:
            place = f"object_kinds[{kind['code']}].attributes"
            # "zone" belongs to every object: an attribute of that name would hide it from tariffs.
            self._unique(place, ["zone", *(attribute["code"] for attribute in kind["attributes"])])
            for attribute in kind["attributes"]:
                inside = f"{place}[{attribute['code']}]"
                self._unique(f"{inside}.choices", [choice["code"] for choice in attribute.get("choices", ())])
                if attribute["type"] == "choice" and "choices" not in attribute:
                    raise ProfileEntryMissing(file=self.file, place=inside, entry="choices")

    def _unique(self, place: str, values: Iterable[Any]) -> None:
        seen: set[Any] = set()
        for value in values:
            if value in seen:
                raise ProfileDefinedTwice(file=self.file, place=place, value=value)
            seen.add(value)

    def amounts(self) -> None:
        """No amount has more decimals than the currency; those of tariffs are looked at with their tariff."""
        for path, value in _walk(self.table):
            is_amount = bool(path) and path[-1] in ("amount", "fee", "cash_limit")
            in_cash = len(path) == 3 and path[0] == "cash"
            if (is_amount or in_cash) and path[0] != "heads":
                _exact(Decimal(value), self.currency, self.file, place_of(self.table, path))

    def heads(self) -> None:
        """Every head applies to a kind that exists, with tariffs that fit it."""
        for head in self.table["heads"]:
            place = f"heads[{head['code']}]"
            tariffs = head.get("tariffs", ())
            applies_to = head.get("applies_to")
            if applies_to is None:
                if tariffs:
                    raise ProfileEntryMissing(file=self.file, place=place, entry="applies_to")
                continue
            if not tariffs:
                raise ProfileEntryMissing(file=self.file, place=place, entry="tariffs")
            self._known(f"{place}.applies_to.kind", applies_to["kind"], self.kinds, "object_kinds")
            attributes = {part["code"]: part for part in self.kinds[applies_to["kind"]]["attributes"]}
            condition = read_condition(applies_to.get("when"))
            first = _TariffCheck(
                read_tariff(tariffs[0]), attributes, set(self.zones), self.currency, self.file, place
            )
            first.condition(condition.allowed, f"{place}.applies_to.when")
            ended = date.min
            for position, written in enumerate(tariffs, 1):
                tariff = read_tariff(written)
                inside = f"{place}.tariffs[{position}]"
                if tariff.valid_from <= ended or (tariff.valid_to and tariff.valid_to < tariff.valid_from):
                    raise ProfileVersionsOverlap(file=self.file, place=inside)
                ended = tariff.valid_to or date.max
                _TariffCheck(tariff, attributes, set(self.zones), self.currency, self.file, inside).run()

    def references(self) -> None:
        """Fines and documents are booked on heads that exist, and documents printed in languages that are written."""
        self._known("fines.head", self.table["fines"]["head"], self.head_codes, "heads")
        for document in self.table["civil_documents"]:
            place = f"civil_documents[{document['code']}]"
            if "head" in document:
                self._known(f"{place}.head", document["head"], self.head_codes, "heads")
            elif document["fee"]:
                raise ProfileEntryMissing(file=self.file, place=place, entry="head")
            for language in document.get("languages", ()):
                self._known(f"{place}.languages", language, self.languages, "municipality.languages")

    def _known(self, place: str, value: str, defined: Iterable[str], section: str) -> None:
        if value not in defined:
            raise ProfileReferenceUnknown(file=self.file, place=place, value=value, section=section)

    def texts(self) -> None:
        """Texts have only places that documents fill."""
        for name, by_language in self.table["texts"].items():
            for language, text in by_language.items():
                place = f"texts.{name}.{language}"
                try:
                    found = [one for one in _placeholders(text) if one not in _FILLED_IN]
                except ValueError:
                    found = ["{"]
                if found:
                    raise ProfilePlaceholderUnknown(file=self.file, place=place, placeholder=found[0])


class _TariffCheck:
    """Whether a tariff fits the kind of object it applies to."""

    def __init__(
        self,
        tariff: TariffSpec,
        attributes: Mapping[str, Table],
        zones: set[str],
        currency: Currency,
        file: str,
        place: str,
    ) -> None:
        self.tariff = tariff
        self.attributes = attributes
        self.zones = zones
        self.currency = currency
        self.file = file
        self.place = place

    def run(self) -> None:
        """Raises the first thing that does not fit."""
        self._base()
        for position, scale in enumerate(self.tariff.scales, 1):
            inside = f"{self.place}.scales[{position}]"
            self.condition(scale.when.allowed, f"{inside}.when")
            needed = _FIGURE_OF_KIND[self.tariff.kind]
            if not getattr(scale, needed) and getattr(scale, needed) != 0:
                raise ProfileTariffKindWrong(
                    file=self.file, place=inside, kind=self.tariff.kind, entry=needed
                )
            self._brackets(scale.brackets, inside)
            self._fixed_amounts(scale, inside)
        self._bounds()
        for position, abatement in enumerate(self.tariff.abatements, 1):
            self.condition(abatement.when.allowed, f"{self.place}.abatements[{position}].when")
        for position, example in enumerate(self.tariff.examples, 1):
            for attribute in self.tariff.attributes:
                if attribute not in example.inputs:
                    raise ProfileExampleIncomplete(
                        file=self.file, place=f"{self.place}.examples[{position}]", attribute=attribute
                    )

    def _base(self) -> None:
        tariff = self.tariff
        if tariff.base is None:
            if tariff.kind != "flat":
                raise ProfileTariffKindWrong(file=self.file, place=self.place, kind=tariff.kind, entry="base")
            return
        self._attribute(tariff.base, f"{self.place}.base")
        of_type = self.attributes[tariff.base]["type"]
        rated = tariff.kind == "percentage" or any(
            part.rate is not None for scale in tariff.scales for part in scale.brackets
        )
        types = ("money",) if rated else _COUNTED
        if of_type not in types:
            raise ProfileBaseWrong(
                file=self.file, place=f"{self.place}.base", attribute=tariff.base, types=", ".join(types)
            )

    def _brackets(self, brackets: Sequence[Any], inside: str) -> None:
        above = [part.above for part in brackets]
        if brackets and (above[0] != 0 or any(low >= high for low, high in pairwise(above))):
            raise ProfileBracketsOutOfOrder(file=self.file, place=f"{inside}.brackets")

    def _fixed_amounts(self, scale: TariffScale, inside: str) -> None:
        # The price of one unit may be finer than the currency; what is owed as it stands may not.
        if self.tariff.kind in ("flat", "steps"):
            for amount in (scale.amount, *(part.amount for part in scale.brackets)):
                self._exact(amount, inside)

    def _bounds(self) -> None:
        for name in ("minimum", "maximum", "round_to"):
            self._exact(getattr(self.tariff, name), f"{self.place}.{name}")
        for position, example in enumerate(self.tariff.examples, 1):
            self._exact(example.expect, f"{self.place}.examples[{position}].expect")

    def _exact(self, amount: Decimal | None, place: str) -> None:
        if amount is not None:
            _exact(amount, self.currency, self.file, place)

    def condition(self, allowed: Iterable[tuple[str, tuple[Any, ...]]], place: str) -> None:
        """Raises when a condition looks at an attribute or value that does not exist."""
        for name, values in allowed:
            self._attribute(name, place)
            for value in values:
                self._value(name, value, place)

    def _attribute(self, name: str, place: str) -> None:
        if name != "zone" and name not in self.attributes:
            raise ProfileReferenceUnknown(file=self.file, place=place, value=name, section="object_kinds")

    def _value(self, name: str, value: Any, place: str) -> None:
        if name == "zone":
            known, section = self.zones, "zones"
        else:
            known = {choice["code"] for choice in self.attributes[name].get("choices", ())}
            section = f"choices of {name}"
        if known and value not in known:
            raise ProfileReferenceUnknown(file=self.file, place=place, value=value, section=section)


def _exact(amount: Decimal, currency: Currency, file: str, place: str) -> None:
    try:
        currency.of(amount)
    except ValueError as error:
        raise ProfileAmountTooFine(file=file, place=place, amount=amount, currency=currency.code) from error


def _walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, value
    parts: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    for key, part in parts:
        yield from _walk(part, (*path, key))


def _placeholders(text: str) -> Iterator[str]:
    """The named places of a text, e.g. ``due`` in "to pay by {due}". ValueError when its braces are wrong."""
    for _literal, name, _form, _conversion in string.Formatter().parse(text):
        if name is not None:
            yield name


def _json_ready(value: Any) -> Any:
    """A TOML value as the schema sees it: dates as ISO text, exact decimals as numbers."""
    if isinstance(value, Mapping):
        return {key: _json_ready(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_json_ready(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
