"""What a good entry on the register is."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.kernel.errors import ChoiceUnknown, InvalidInput, UserError
from muniadmin.kernel.money import Currency
from muniadmin.settings.profile import IdentifierKind, load_profile
from muniadmin.taxpayers.errors import IdentifierWrong, NumberWrong, PhoneWrong
from muniadmin.taxpayers.rules import (
    ASKS_FROM,
    Likeness,
    attribute_from_text,
    canonical_identifier,
    canonical_phone,
    checked_attributes,
    duplicate_score,
    halves,
    name_likeness,
    object_key,
    search_text,
    swapped_across_the_middle,
)

FES = load_profile("fes")
MAD = Currency("MAD", 2, "DH")


def kind(code: str, profile: str = "fes") -> IdentifierKind:
    return next(kind for kind in load_profile(profile).identifier_kinds if kind.code == code)


@pytest.mark.parametrize(
    ("code", "typed", "kept"),
    [
        ("cin", "a 123456", "A123456"),
        ("cin", "ab-123456", "AB123456"),
        ("ice", "001 561 191 000 066", "001561191000066"),
        ("rc", "45210", "45210"),
    ],
)
def test_an_identifier_is_kept_in_one_form(code: str, typed: str, kept: str) -> None:
    assert canonical_identifier(kind(code), typed) == kept


@pytest.mark.parametrize(("code", "typed"), [("cin", "123456"), ("ice", "001561191000067"), ("rc", "45 2A")])
def test_a_wrong_identifier_is_refused_with_an_example(code: str, typed: str) -> None:
    with pytest.raises(IdentifierWrong) as refused:
        canonical_identifier(kind(code), typed)
    assert kind(code).example in refused.value.advice()


def test_identifiers_agree_with_published_vectors(shared_data: Path) -> None:
    """Every vector of the schemes our profiles use: same verdict, same canonical form."""
    kinds = {
        one.checked_by: one
        for profile in ("fes", "cartago", "kampala")
        for one in load_profile(profile).identifier_kinds
        if one.checked_by
    }
    tried = 0
    with (shared_data / "identifiers-stdnum" / "vectors.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["scheme"] not in kinds:
                continue
            tried += 1
            try:
                value = canonical_identifier(kinds[row["scheme"]], row["input"])
            except UserError:
                assert row["expected"] == "invalid", row
            else:
                assert row["expected"] == "valid", row
                assert value == row["canonical"], row
    assert tried > 300


def test_phones_agree_with_published_examples(shared_data: Path) -> None:
    with (shared_data / "identifiers-phones" / "phone_examples.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["is_valid"] == "True":
            assert canonical_phone(row["national_raw"], row["region"]) == row["e164"]
            assert canonical_phone(row["international"], "FR") == row["e164"]
        else:
            with pytest.raises(PhoneWrong):
                canonical_phone(row["national_raw"], row["region"])


def test_attributes_are_read_as_people_write_them() -> None:
    property_kind = FES.object_kind("property")

    def read(code: str, text: str) -> object:
        spec = property_kind.attribute(code)
        assert spec is not None
        return attribute_from_text(spec, text, MAD)

    assert read("rental_value", "36 000,50") == 3_600_050
    assert read("area", "85,5") == "85.5"
    assert read("use", "Habitation principale") == "main_home"
    assert read("use", "سكن رئيسي") == "main_home"
    assert read("area", " ") is None
    with pytest.raises(NumberWrong):
        read("area", "large")
    with pytest.raises(ChoiceUnknown) as refused:
        read("use", "palace")
    assert "Main home" in refused.value.advice()


def test_required_attributes_are_missed() -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_attributes(FES.object_kind("vehicle"), {"plate": "12345-A-15"})
    assert set(refused.value.problems) == {"service", "seats"}


def test_a_plate_is_one_however_it_is_written() -> None:
    assert object_key("vehicle", "12345-A-15") == object_key("vehicle", "12345 a 15") == "vehicle:12345a15"
    assert object_key("vehicle", " - ") is None
    assert object_key("property", "T-123/F") == object_key("property", "t123 F")
    assert object_key("property", "1-12") != object_key("property", "11-2")


def test_what_is_searched_has_every_word_once_after_a_blank() -> None:
    text = search_text(
        names=("Amina Bennani", "أمينة بناني"), number="C-0018342-7", phone="+212661234567",
        codes=["A123456", "12345-A-15"], address="12, derb Sidi Ahmed", labels=["12345-A-15"],
    )  # fmt: skip
    assert text.startswith(" amina bennani امينه بناني c00183427 212661234567 a123456 12345a15 ")
    assert text.count(" 12345a15") == 1


@given(word=st.text("abcdefghij", min_size=4, max_size=12), data=st.data())
def test_one_slip_leaves_half_a_word(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    slip = data.draw(st.sampled_from(["drop", "add", "change", "swap"]))
    letter = data.draw(st.sampled_from("abcxyz"))
    mistyped = {
        "drop": word[:place] + word[place + 1 :],
        "add": word[:place] + letter + word[place:],
        "change": word[:place] + letter + word[place + 1 :],
        "swap": word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    }[slip]
    beginning, ending = halves(mistyped)
    assert word.startswith(beginning) or word.endswith(ending) or word == swapped_across_the_middle(mistyped)


def likeness(name: str, **facts: object) -> Likeness:
    blank: dict[str, object] = {
        "name_arabic": "",
        "born_on": None,
        "phone": "",
        "address": "",
        "identifiers": frozenset(),
    }
    return Likeness(name=name, **(blank | facts))  # type: ignore[arg-type]


def test_who_is_alike() -> None:
    amina = likeness("amina bennani", born_on=date(1971, 3, 14), phone="+212661234567")
    same_birth = duplicate_score(amina, likeness("bennani amina", born_on=date(1971, 3, 14)))
    assert same_birth[0] >= ASKS_FROM
    assert same_birth[1] == ("name", "birth")
    namesake = duplicate_score(amina, likeness("amina bennani"))
    assert 60 <= namesake[0] < ASKS_FROM
    other_birth = duplicate_score(amina, likeness("amina bennani", born_on=date(1990, 1, 1)))
    assert other_birth[0] < 60
    same_card = frozenset({("cin", "A123456")})
    assert duplicate_score(likeness("x", identifiers=same_card), likeness("y", identifiers=same_card)) == (
        100, ("identifier",),
    )  # fmt: skip
    assert duplicate_score(amina, likeness("karim tazi"))[0] == 0


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_has_no_sides(one: str, other: str) -> None:
    assert name_likeness(one, other) == pytest.approx(name_likeness(other, one))
