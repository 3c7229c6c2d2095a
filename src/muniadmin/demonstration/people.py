"""Who lives in a generated town and what they hold. Pure: the same seed gives the same people, in the same order."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from muniadmin.demonstration.forms import Forms
from muniadmin.demonstration.recipe import AttributeRecipe, HoldingRecipe, Name, People, Recipe
from muniadmin.kernel.dates import Period
from muniadmin.kernel.folding import fold
from muniadmin.settings.profile import AttributeSpec, Profile

_OLDEST, _YOUNGEST = date(1942, 1, 1), date(2005, 12, 31)


@dataclass(frozen=True, slots=True)
class Holding:
    """A taxable object to be registered."""

    kind: str
    label: str
    zone: str
    attributes: Mapping[str, Any]
    started_on: date


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """A taxpayer to be registered."""

    kind: str
    name: str
    name_arabic: str
    born_on: date | None
    phone: str
    email: str
    address: str
    zone: str
    language: str
    identifiers: Mapping[str, str]
    holdings: Sequence[Holding]
    registered_on: date


def inhabitants(
    recipe: Recipe,
    profile: Profile,
    forms: Forms,
    rng: Random,
    count: int,
    years: Sequence[Period],
    until: date,
) -> Iterator[Inhabitant]:
    """``count`` taxpayers in the order of their registration. Most were there before the first of ``years``, the
    others came since, as many more each year as the recipe's growth says; none after ``until``."""
    town = _Town(recipe, profile, forms, rng)
    for registered_on in _registrations(rng, count, recipe.habits.growth, years, until):
        yield town.inhabitant(registered_on, newcomer=registered_on >= years[0].start)


def _registrations(
    rng: Random, count: int, growth: float, years: Sequence[Period], until: date
) -> list[date]:
    """The days of registration, sorted."""
    first = years[0].start
    came = count - round(count / (1 + growth) ** len(years))
    days = [first - timedelta(days=rng.randint(1, 240)) for _ in range(count - came)]
    span = max((until - first).days, 1)
    days += [first + timedelta(days=int(span * rng.random() ** 0.9)) for _ in range(came)]
    return sorted(days)


def given_names(people: People, rng: Random, *, woman: bool) -> list[Name]:
    """One given name or two."""
    names = people.women if woman else people.men
    first, second = rng.choice(names), rng.choice(names)
    return [first, second] if rng.random() < 0.32 and second is not first else [first]


class _Town:
    """What is the same for everybody: the recipe, the zones, and forms that are filled once."""

    def __init__(self, recipe: Recipe, profile: Profile, forms: Forms, rng: Random) -> None:
        self.recipe, self.profile, self.forms, self.rng = recipe, profile, forms, rng
        self._zones = [zone.code for zone in profile.zones]
        self._zone_weights = [1.0 / (place + 1.5) for place in range(len(self._zones))]
        self._zone_names = {
            zone.code: zone.names.get(profile.languages[0], zone.code) for zone in profile.zones
        }
        self._languages = list(recipe.people.languages)
        self._language_weights = list(recipe.people.languages.values())

    def inhabitant(self, registered_on: date, *, newcomer: bool) -> Inhabitant:
        people, rng = self.recipe.people, self.rng
        organisation = rng.random() < people.organisations
        zone = rng.choices(self._zones, self._zone_weights)[0]
        woman = rng.random() < 0.44
        kind = "organisation" if organisation else "person"
        held = [
            holding for holding in self.recipe.holdings if rng.random() < self._chance(holding, organisation)
        ]
        if not held:
            held = [
                rng.choices(
                    self.recipe.holdings, [self._chance(one, organisation) for one in self.recipe.holdings]
                )[0]
            ]
        name = self._company([one.kind for one in held], zone) if organisation else self._person(woman)
        address = self._address(zone)
        born_on = None if organisation else self._birthday()
        holdings = [
            self._holding(one, zone, name.latin, at, organisation, registered_on, newcomer)
            for one in held
            for at in ([address, self._address(zone)] if rng.random() < one.more else [address])
        ]
        return Inhabitant(
            kind=kind,
            name=name.latin,
            name_arabic=name.arabic if "arabic" in self.profile.scripts else "",
            born_on=born_on,
            phone=self.forms.filled(rng.choice(people.phones), "phone")
            if rng.random() < people.has_phone
            else "",
            email=self._email(name.latin) if rng.random() < people.has_email else "",
            address=f"{address}, {people.place}",
            zone=zone,
            language=rng.choices(self._languages, self._language_weights)[0],
            identifiers={
                one.kind: self.forms.filled(one.form, f"identifier {one.kind}", woman=woman)
                for one in self.recipe.identifiers
                if kind in one.holders and rng.random() < one.share
            },
            holdings=holdings,
            registered_on=registered_on,
        )

    @staticmethod
    def _chance(holding: HoldingRecipe, organisation: bool) -> float:
        return holding.organisations if organisation else holding.persons

    def _person(self, woman: bool) -> Name:
        people, rng = self.recipe.people, self.rng
        given = given_names(people, rng, woman=woman)
        families = [rng.choice(people.families)]
        if people.second_family:
            families.append(rng.choice(people.families))
        # The register sorts by name: family name first. In Arabic script given names come first.
        latin = [*(part.latin.upper() for part in families), *(part.latin for part in given)]
        return Name(" ".join(latin), " ".join(part.arabic for part in [*given, *families]).strip())

    def _company(self, kinds: Sequence[str], zone: str) -> Name:
        people, rng = self.recipe.people, self.rng
        known = people.company_patterns
        pattern = rng.choice(next((known[kind] for kind in kinds if kind in known), known["any"]))
        word = rng.choice(people.company_words if rng.random() < 0.55 else people.families)
        arabic = pattern.arabic.replace("{word}", word.arabic)
        latin = pattern.latin.replace("{word}", word.latin)
        if rng.random() < 0.3:
            latin = f"{latin} {self._zone_names[zone]}"
        return Name(latin, arabic)

    def _address(self, zone: str) -> str:
        return f"{self.rng.randint(1, 190)}, {self.rng.choice(self.recipe.streets[zone])}"

    def _birthday(self) -> date:
        span = (_YOUNGEST - _OLDEST).days
        return _OLDEST + timedelta(days=int(span * self.rng.betavariate(2.2, 2.0)))

    def _email(self, name: str) -> str:
        words = fold(name).split()
        box = f"{words[0]}.{words[-1]}" if len(words) > 1 else words[0]
        return f"{box}{self.forms.next_number('email', 90_000) + 10}@{self.rng.choice(self.recipe.people.mail_domains)}"

    # --- holdings ---------------------------------------------------------------------------------------------

    def _holding(
        self,
        recipe: HoldingRecipe,
        zone: str,
        name: str,
        address: str,
        organisation: bool,
        registered_on: date,
        newcomer: bool,
    ) -> Holding:
        rng = self.rng
        specs = {spec.code: spec for spec in self.profile.object_kind(recipe.kind).attributes}
        attributes: dict[str, Any] = {}
        for one in recipe.attributes:
            attributes[one.code] = self._attribute(
                recipe.kind, one, specs[one.code], attributes, organisation
            )
        if recipe.label == "address":
            label = address
        elif recipe.label == "name":
            label = name
        else:
            label = str(attributes[recipe.label.removeprefix("attribute:")])
        since = registered_on if newcomer else registered_on - timedelta(days=rng.randint(0, 4000))
        return Holding(recipe.kind, label, zone, attributes, since)

    def _attribute(
        self,
        kind: str,
        recipe: AttributeRecipe,
        spec: AttributeSpec,
        known: Mapping[str, Any],
        organisation: bool,
    ) -> Any:
        rng = self.rng
        if recipe.by:
            return recipe.values[str(known[recipe.by])]
        if recipe.form:
            return self.forms.filled(recipe.form, f"{kind}.{recipe.code}")
        if recipe.choices is not None:
            spread = recipe.companies if organisation and recipe.companies else recipe.choices
            chosen = rng.choices(list(spread), list(spread.values()))[0]
            return chosen if spec.type == "choice" else chosen.replace("_", " ")
        if recipe.chance is not None:
            return rng.random() < recipe.chance
        drawn = (recipe.around or 0.0) * math.exp(rng.gauss(0, recipe.spread))
        stepped = max(recipe.step, round(drawn / recipe.step) * recipe.step)
        if spec.type == "money":
            return self.profile.currency.of(Decimal(round(stepped))).minor
        return int(stepped) if spec.type == "integer" else f"{stepped:g}"
