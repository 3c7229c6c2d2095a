"""What a town is made of: names, streets, holdings and habits, read from resources/demonstration/<profile>.toml."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from muniadmin.kernel.shipped import resource


@dataclass(frozen=True)
class Name:
    """A name in Latin script and, where the recipe has it, in Arabic."""

    latin: str
    arabic: str = ""


@dataclass(frozen=True)
class People:
    """Who lives in the town."""

    organisations: float
    phones: Sequence[str]
    has_phone: float
    has_email: float
    mail_domains: Sequence[str]
    place: str
    languages: Mapping[str, float]
    #: People bear a second family name, their mother's.
    second_family: bool
    women: Sequence[Name]
    men: Sequence[Name]
    families: Sequence[Name]
    company_words: Sequence[Name]
    #: By the kind of object a company holds first, "any" for the others; "{word}" is replaced.
    company_patterns: Mapping[str, Sequence[Name]]


@dataclass(frozen=True)
class IdentifierRecipe:
    """An identifier people may have. In ``form``, # is a digit, @ a letter, ? a check digit."""

    kind: str
    holders: Sequence[str]
    share: float
    form: str


@dataclass(frozen=True)
class AttributeRecipe:
    """How an attribute's values are spread; exactly one of form, choices, chance, around and by."""

    code: str
    form: str = ""
    choices: Mapping[str, float] | None = None
    #: What organisations have instead of ``choices``.
    companies: Mapping[str, float] | None = None
    chance: float | None = None
    #: Middle of a log-normal spread, in whole units of the attribute (amounts in the main unit).
    around: float | None = None
    spread: float = 0.0
    step: float = 1.0
    #: Another attribute that decides, and the value for each of its values.
    by: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HoldingRecipe:
    """Who holds objects of a kind, and what they are like."""

    kind: str
    persons: float
    organisations: float
    more: float
    #: "address", "name", "plate" or "attribute:<code>".
    label: str
    attributes: Sequence[AttributeRecipe]


@dataclass(frozen=True)
class Habits:
    """How the town pays; sequences run from the oldest year to the current one."""

    growth: float
    punctual: Sequence[float]
    late: Sequence[float]
    partly: float
    #: Of those who neither pay in time nor soon after it: who does after some reminders.
    after_reminders: float
    channels: Sequence[Mapping[str, float]]
    #: From this amount on, in the main unit, people rather pay by cheque or transfer.
    large: float
    #: On which cheques are drawn.
    banks: Sequence[str]
    #: ISO weekdays on which the counter is closed.
    closed_days: frozenset[int]
    #: Heads that are assessed only in towns of at most so many taxpayers: a bill a month for everybody is too many.
    only_in_towns_up_to: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FineRecipe:
    """What is fined."""

    #: For each thousand taxpayers.
    yearly: float
    #: Longitude and latitude of the middle of the town.
    centre: tuple[float, float]
    officers: Sequence[str]
    makes: Sequence[str]
    #: Plates of those who are not on the register, as forms.
    visitors: Sequence[str]
    #: Where the officers' fines come from.
    channel: str


@dataclass(frozen=True)
class CivilStatusRecipe:
    """What stands in the registers of births."""

    birthplaces: Sequence[Name]
    #: What requesters show, as a form.
    identifier: str


@dataclass(frozen=True)
class Recipe:
    """Everything a town of one profile is generated from."""

    people: People
    identifiers: Sequence[IdentifierRecipe]
    streets: Mapping[str, Sequence[str]]
    holdings: Sequence[HoldingRecipe]
    habits: Habits
    fines: FineRecipe
    civil_status: CivilStatusRecipe


@cache
def load_recipe(profile_code: str) -> Recipe:
    """The recipe for towns of a shipped profile."""
    table = tomllib.loads(resource(f"demonstration/{profile_code}.toml").read_text(encoding="utf-8"))
    return Recipe(
        people=_people(table["people"], table["companies"]),
        identifiers=[IdentifierRecipe(kind, **one) for kind, one in table["identifiers"].items()],
        streets=table["streets"],
        holdings=[
            HoldingRecipe(
                kind=kind,
                persons=one["persons"],
                organisations=one["organisations"],
                more=one["more"],
                label=one["label"],
                attributes=[AttributeRecipe(code, **spread) for code, spread in one["attributes"].items()],
            )
            for kind, one in table["objects"].items()
        ],
        habits=Habits(**{**table["habits"], "closed_days": frozenset(table["habits"]["closed_days"])}),
        fines=FineRecipe(**{**table["fines"], "centre": tuple(table["fines"]["centre"])}),
        civil_status=CivilStatusRecipe(
            birthplaces=_names(table["civil_status"]["birthplaces"]),
            identifier=table["civil_status"]["identifier"],
        ),
    )


def _people(table: Mapping[str, Any], companies: Mapping[str, Any]) -> People:
    return People(
        organisations=table["organisations"],
        phones=table["phone"],
        has_phone=table["has_phone"],
        has_email=table["has_email"],
        mail_domains=table["mail_domains"],
        place=table["place"],
        languages=table["languages"],
        second_family=table.get("second_family", False),
        women=_names(table["women"]),
        men=_names(table["men"]),
        families=_names(table["families"]),
        company_words=_names(companies["words"]),
        company_patterns={kind: _names(found) for kind, found in companies["patterns"].items()},
    )


def _names(pairs: Sequence[Sequence[str]]) -> list[Name]:
    return [Name(*pair) for pair in pairs]
