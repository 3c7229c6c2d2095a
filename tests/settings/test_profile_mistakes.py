"""A profile with a mistake is refused in one sentence that names the place."""

import re
from pathlib import Path

import pytest

from muniadmin.kernel.shipped import resource
from muniadmin.settings.errors import ProfileInvalid, ProfileUnknown, ProfileUnreadable
from muniadmin.settings.profile import load_profile, parse_profile, read_profile

FES = resource("profiles/fes.toml").read_text(encoding="utf-8")


def refusal(written: str) -> str:
    with pytest.raises(ProfileInvalid) as caught:
        parse_profile(written, file="fes.toml")
    assert caught.value.advice()
    return caught.value.sentence()


def changed(old: str, new: str) -> str:
    """The profile of Fès with the first ``old`` replaced; fails when there is none."""
    assert old in FES
    return FES.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'time_zone = "Africa/Casablanca"',
            'time_zone = "Africa/Casablanca"\ntimezone = "x"',
            "fes.toml, municipality: there is no entry called “timezone” here.",
        ),
        (
            'account = "71110"\n',
            "",
            "fes.toml, heads[TH]: the entry “account” is missing.",
        ),
        (
            "month = 1\nday = 1",
            'month = "January"\nday = 1',
            "fes.toml, fiscal_year.month: “January” is not accepted here (expected: first month).",
        ),
        (
            'periodicity = "yearly"',
            'periodicity = "weekly"',
            (
                "fes.toml, heads[TH].periodicity: “weekly” is not accepted here "
                "(expected: yearly, quarterly, monthly, once)."
            ),
        ),
        (
            'once = "10 %"',
            "once = 10",
            (
                "fes.toml, heads[TH].penalty.once: “10” is not accepted here "
                '(expected: a percentage written with its sign, such as "10.5 %").'
            ),
        ),
        (
            '{ above = 5000, rate = "10 %" }',
            '{ above = 5000, rate = "10 %", amount = 3 }',
            "fes.toml, heads[TH].tariffs[1].scales[1].brackets[2]: give exactly one of rate, amount.",
        ),
        (
            'names = { fr = "Taxe de séjour", ar = "رسم الإقامة", en = "Tourist tax" }',
            'names = { fr = "Taxe de séjour", en = "Tourist tax" }',
            "fes.toml, heads[TS].names: the text in “ar” is missing.",
        ),
        (
            '[fines]\nhead = "PV"',
            '[fines]\nhead = "PX"',
            "fes.toml, fines.head: “PX” is not defined under heads.",
        ),
        (
            'applies_to = { kind = "land" }',
            'applies_to = { kind = "terrain" }',
            "fes.toml, heads[TNB].applies_to.kind: “terrain” is not defined under object_kinds.",
        ),
        (
            'base = "nights"',
            'base = "guests"',
            "fes.toml, heads[TS].tariffs[1].base: “guests” is not defined under object_kinds.",
        ),
        (
            '{ when = { zone = "medina" }, amount = 30 }',
            '{ when = { zone = "atlantis" }, amount = 30 }',
            "fes.toml, heads[ODP].tariffs[1].scales[1].when: “atlantis” is not defined under zones.",
        ),
        (
            '{ when = { category = "five_stars" }, amount = 15 }',
            '{ when = { category = "six_stars" }, amount = 15 }',
            "fes.toml, heads[TS].tariffs[1].scales[2].when: “six_stars” is not defined under choices of category.",
        ),
        (
            'code = "saiss"',
            'code = "agdal"',
            "fes.toml, zones: “agdal” is defined twice.",
        ),
        (
            "cash_limit = 30000",
            "cash_limit = 30000.005",
            "fes.toml, desks[1].cash_limit: 30000.005 has more decimals than MAD uses.",
        ),
        (
            '{ above = 40000, rate = "30 %" }',
            '{ above = 20000, rate = "30 %" }',
            "fes.toml, heads[TH].tariffs[1].scales[1].brackets: the brackets must start at 0 and ascend.",
        ),
        (
            'scales = [{ rate = "7 %" }]',
            "scales = [{ amount = 7 }]",
            "fes.toml, heads[TDB].tariffs[1].scales[1]: a tariff of kind “percentage” needs “rate”.",
        ),
        (
            'kind = "percentage"\nbase = "receipts"',
            'kind = "percentage"\nbase = "seats"',
            "fes.toml, heads[TDB].tariffs[1].base: the base “seats” must be of type money.",
        ),
        (
            '{ inputs = { use = "main_home", rental_value = 36000 }, expect = 400 }',
            "{ inputs = { rental_value = 36000 }, expect = 400 }",
            "fes.toml, heads[TH].tariffs[1].examples[1]: the example does not give “use”.",
        ),
        (
            "valid_to = 2025-12-31",
            "valid_to = 2026-01-01",
            "fes.toml, heads[TNB].tariffs[2]: this version overlaps the one before it.",
        ),
        (
            "en indiquant le numéro {number}",
            "en indiquant le numéro {bill}",
            "fes.toml, texts.bill_notice.fr: nothing can be filled in for “bill”.",
        ),
        (
            'languages = ["fr", "ar"]\n\n[[civil_documents]]',
            'languages = ["fr", "de"]\n\n[[civil_documents]]',
            "fes.toml, civil_documents[birth_extract].languages: “de” is not defined under municipality.languages.",
        ),
        (
            "format = 1",
            "format = 2",
            "fes.toml, format: “2” is not accepted here (expected: the version of this file format).",
        ),
    ],
)
def test_the_sentence_names_the_place(old: str, new: str, sentence: str) -> None:
    assert refusal(changed(old, new)) == sentence


def test_a_head_without_its_tariff_is_missed() -> None:
    start = FES.index('[[heads.tariffs]]\nvalid_from = 2020-01-01\nkind = "per_unit"\nbase = "area"')
    end = FES.index('[[heads]]\ncode = "EC"')
    assert refusal(FES[:start] + FES[end:]) == "fes.toml, heads[ODP]: the entry “tariffs” is missing."


def test_a_fee_without_a_head_is_missed() -> None:
    assert (
        refusal(changed('head = "EC"\n', ""))
        == "fes.toml, civil_documents[birth_extract]: the entry “head” is missing."
    )


def test_a_missing_section_is_named() -> None:
    sections = FES[: FES.index("[cash]")] + FES[FES.index("[texts]") :]
    assert refusal(sections) == "fes.toml, top: the entry “cash” is missing."


def test_a_brace_that_is_not_closed_is_refused() -> None:
    assert "texts.reminder.fr" in refusal(
        changed("{municipality}\N{NO-BREAK SPACE}: {amount}", "{municipality\N{NO-BREAK SPACE}: {amount}")
    )


def test_what_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    file.write_text("format = \n", encoding="utf-8")
    with pytest.raises(
        ProfileUnreadable, match=re.escape("town.toml cannot be read as a profile") + ".*line 1"
    ):
        read_profile(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileUnreadable, match=r"nowhere\.toml cannot be read"):
        read_profile(tmp_path / "nowhere.toml")


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(ProfileUnknown) as caught:
        load_profile("paris")
    assert caught.value.advice() == "Choose one of: cartago, fes, kampala."
