"""The shipped profiles: complete, in every language they promise, and what their sources say."""

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

import pytest
import stdnum
from jsonschema import Draft202012Validator

from muniadmin.app import App
from muniadmin.bootstrap import system_actor
from muniadmin.kernel.errors import DatabaseDamaged
from muniadmin.kernel.money import Money
from muniadmin.kernel.shipped import resource, schema
from muniadmin.settings.profile import Profile, load_profile, profile_as_kept, profile_codes
from muniadmin.settings.reads import TheProfile
from muniadmin.settings.tariffs import read_tariff, tariff_document
from tests.verification.owner import as_owner


@pytest.fixture(params=["cartago", "fes", "kampala"])
def profile(request: pytest.FixtureRequest) -> Profile:
    return load_profile(str(request.param))


def test_the_three_towns_are_shipped() -> None:
    assert profile_codes() == ["cartago", "fes", "kampala"]


def test_the_schema_is_a_schema_and_describes_every_entry() -> None:
    definition = json.loads(schema("profile.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(definition)
    for table in _tables(definition):
        for name, entry in table.get("properties", {}).items():
            referred = definition["$defs"].get(entry.get("$ref", "").rpartition("/")[2], {})
            assert entry.get("description") or referred.get("description"), name
        if table.get("type") == "object":
            assert table.get("additionalProperties") is not None, table.get("description")


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _tables(part)


def test_each_profile_is_as_rich_as_a_town_needs_to_start(profile: Profile) -> None:
    assert 6 <= len(profile.heads) <= 9
    assert 8 <= len(profile.offences) <= 15
    assert 3 <= len(profile.desks) <= 8
    assert {channel.kind for channel in profile.channels} == {"cash", "cheque", "card", "transfer", "mobile"}
    assert len(profile.civil_documents) >= 4
    assert len(profile.zones) >= 5
    assert profile.calendar.zone in available_timezones()
    assert {head.kind for head in profile.heads} == {"tax", "fee", "fine"}
    assert profile.head(profile.fines.head).kind == "fine"


def test_names_come_in_french_english_and_the_towns_own_languages(profile: Profile) -> None:
    wanted = {"fr", "en", *profile.languages}
    named: tuple[Sequence[Any], ...] = (
        profile.identifier_kinds,
        profile.zones,
        profile.object_kinds,
        profile.heads,
        profile.offences,
        profile.civil_documents,
        profile.desks,
        profile.channels,
        *(kind.attributes for kind in profile.object_kinds),
        *(attribute.choices for kind in profile.object_kinds for attribute in kind.attributes),
        *(tariff.abatements for head in profile.heads for tariff in head.tariffs),
    )
    for entries in named:
        for entry in entries:
            assert wanted <= set(entry.names), entry
            assert all(name.strip() for name in entry.names.values()), entry
    for texts in (profile.names, profile.departments, *profile.texts.values()):
        assert wanted <= set(texts)


def test_arabic_names_are_written_in_arabic() -> None:
    for head in load_profile("fes").heads:
        assert any("\u0600" <= letter <= "\u06ff" for letter in head.names["ar"]), head.code


def test_every_tariff_example_says_all_the_tariff_looks_at(profile: Profile) -> None:
    for head in profile.heads:
        for tariff in head.tariffs:
            assert tariff.examples
            for example in tariff.examples:
                assert set(tariff.attributes) <= set(example.inputs)


def test_every_assessed_head_says_what_it_is_assessed_on(profile: Profile) -> None:
    for head in profile.heads:
        assert bool(head.tariffs) == (head.object_kind is not None) == (head.kind == "tax")
        if head.object_kind is not None:
            kind = profile.object_kind(head.object_kind)
            for tariff in head.tariffs:
                assert all(name == "zone" or kind.attribute(name) for name in tariff.attributes)


def test_a_figure_that_counts_as_published_names_its_source(profile: Profile) -> None:
    published: list[Any] = [
        *(tariff for head in profile.heads for tariff in head.tariffs),
        *(head.penalty for head in profile.heads if head.penalty),
        *profile.offences,
        *profile.civil_documents,
    ]
    for entry in published:
        assert entry.figures == "example" or entry.source, entry


def test_a_tariff_reads_back_from_its_document(profile: Profile) -> None:
    for head in profile.heads:
        for tariff in head.tariffs:
            again = read_tariff(json.loads(json.dumps(tariff_document(tariff))))
            assert (again.scales, again.abatements, again.minimum) == (
                tariff.scales,
                tariff.abatements,
                tariff.minimum,
            )
            assert tariff_document(again) == tariff_document(tariff)


def test_the_identifiers_shown_as_examples_are_well_formed(profile: Profile) -> None:
    for kind in profile.identifier_kinds:
        bare = kind.example.replace("-", "").replace(" ", "").upper()
        if kind.pattern:
            assert re.fullmatch(kind.pattern, bare), kind.code
        if kind.checked_by:
            country, _, name = kind.checked_by.partition(".")
            module = stdnum.get_cc_module(country, name)
            assert module is not None
            assert module.is_valid(kind.example), kind.code


def test_accents_can_be_read(profile: Profile) -> None:
    on_white, on_dark = (
        _contrast(*pair) for pair in zip(profile.accent, ("#FFFFFF", "#1A2027"), strict=True)
    )
    assert on_white >= 4.5
    assert on_dark >= 4.5


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_fes_levies_what_law_47_06_says() -> None:
    fes = load_profile("fes")
    housing = fes.head("TH")
    assert [(str(part.above), part.rate) for part in housing.tariffs[0].scales[0].brackets] == [
        ("0", Decimal(0)),
        ("5000", Decimal("0.10")),
        ("20000", Decimal("0.20")),
        ("40000", Decimal("0.30")),
    ]
    assert housing.penalty is not None
    assert (housing.penalty.once, housing.penalty.first_month, housing.penalty.month) == (
        Decimal("0.10"),
        Decimal("0.05"),
        Decimal("0.005"),
    )
    assert [scale.rate for scale in fes.head("TSC").tariffs[0].scales] == [Decimal("0.105"), Decimal("0.065")]
    assert [(tariff.valid_from, tariff.valid_to) for tariff in fes.head("TNB").tariffs] == [
        (date(2008, 1, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), None),
    ]


def test_a_parking_fine_in_fes_is_halved_when_paid_at_once() -> None:
    offence = {offence.code: offence for offence in load_profile("fes").offences}["S01"]
    assert offence.amount == Money(300_00)
    assert [(step.days, step.of(offence.amount)) for step in offence.reduced] == [
        (1, Money(150_00)),
        (15, Money(200_00)),
    ]


def test_kampala_starts_its_year_in_july_and_counts_whole_shillings() -> None:
    kampala = load_profile("kampala")
    assert kampala.calendar.year(2026).name == "2026/27"
    assert kampala.currency.decimals == 0
    offence = kampala.offences[0]
    assert [step.of(offence.amount) for step in offence.reduced] == [Money(10_000)]
    assert [step.of(offence.amount) for step in offence.increased] == [Money(30_000)]


def test_cartago_is_divided_into_its_eleven_districts() -> None:
    assert len(load_profile("cartago").zones) == 11


def test_the_profile_keeps_what_was_written(profile: Profile) -> None:
    assert tomllib.loads(profile.written)["municipality"]["code"] == profile.code
    assert profile.written == resource(f"profiles/{profile.code}.toml").read_text(encoding="utf-8")


def test_as_kept_it_is_the_same(profile: Profile) -> None:
    assert profile_as_kept(profile.written) == profile


@pytest.mark.parametrize("written", ["", "nothing of TOML", "[municipality]\ncode = 'fes'"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_one_that_was_damaged_is_said_to_be(app: App, written: str) -> None:
    as_owner(
        app, "UPDATE setting SET value = :value WHERE key = 'profile'", value=json.dumps({"written": written})
    )
    with pytest.raises(DatabaseDamaged):
        app.read(TheProfile(), system_actor("test"))
