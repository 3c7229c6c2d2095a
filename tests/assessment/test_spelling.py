"""Computations in words, for every kind of line."""

from typing import Any

import pytest

from muniadmin.assessment.rules import NotAssessable
from muniadmin.assessment.spelling import (
    Counted,
    Glossary,
    SpelledLine,
    rate_in_words,
    reason_text,
    spell_out,
)
from muniadmin.kernel.i18n import use_language
from muniadmin.kernel.money import Currency, Money

MAD = Currency("MAD", 2, "DH")
WORDS = Glossary(
    attributes={
        "value": Counted({"en": "Value", "fr": "Valeur"}, "money"),
        "area": Counted({"en": "Area", "fr": "Superficie"}, "decimal", "m²"),
        "seats": Counted({"en": "Seats", "fr": "Places"}, "integer"),
    },
    abatements=[{"en": "Relief", "fr": "Abattement"}],
)


def spelled(*lines: dict[str, Any], glossary: Glossary = WORDS) -> list[tuple[str, str, int | None]]:
    return [
        (line.what, line.computation, line.amount.minor if line.amount is not None else None)
        for line in spell_out(lines, glossary, MAD)
    ]


def test_a_product_of_an_area() -> None:
    assert spelled(
        {"what": "base", "amount": 0, "of": "area", "value": 41250},
        {"what": "product", "amount": 20625, "value": 41250, "price": "0.5"},
    ) == [("Area", "412.50\u00a0m² × 0.50", 20625)]


def test_a_price_finer_than_the_currency_keeps_its_digits() -> None:
    assert spelled(
        {"what": "base", "amount": 0, "of": "seats", "value": 3},
        {"what": "product", "amount": 38, "value": 3, "price": "0.125"},
    ) == [("Seats", "3 × 0.125", 38)]


def test_one_abatement_stands_beside_the_base() -> None:
    assert spelled(
        {"what": "base", "amount": 0, "of": "value", "value": 10000},
        {"what": "abatement", "amount": 0, "index": 0, "value": 2500},
        {"what": "product", "amount": 250, "value": 2500, "rate": 100_000},
    ) == [
        ("Value", "100.00 − 75.00 (Relief) = 25.00", None),
        ("Amount computed", "25.00 × 10%", 250),
    ]


def test_several_abatements_follow_one_another() -> None:
    assert spelled(
        {"what": "base", "amount": 0, "of": "value", "value": 10000},
        {"what": "abatement", "amount": 0, "index": 0, "value": 2500},
        {"what": "abatement", "amount": 0, "index": 7, "value": 2000},
    )[1:] == [
        ("Relief", "100.00 − 75.00 = 25.00", None),
        ("Abatement", "25.00 − 5.00 = 20.00", None),
    ]


@pytest.mark.parametrize(
    ("line", "what", "computation"),
    [
        ({"what": "step", "from": 0, "to": None}, "Fixed amount", ""),
        ({"what": "step", "from": 0, "to": 15}, "Seats up to 15", ""),
        ({"what": "step", "from": 15, "to": 40}, "Seats above 15 and up to 40", ""),
        ({"what": "step", "from": 40, "to": None, "rate": 20000}, "Seats above 40", "52 × 2%"),
        ({"what": "slice", "from": 40, "to": None, "price": "7"}, "Part above 40", "52 × 7.00"),
        ({"what": "slice", "from": 15, "to": 40, "price": "7"}, "Part from 15 to 40", "52 × 7.00"),
    ],
)
def test_steps_and_slices(line: dict[str, Any], what: str, computation: str) -> None:
    base = {"what": "base", "amount": 0, "of": "seats", "value": 52}
    assert spelled(base, {"amount": 500, "value": 52, **line})[1] == (what, computation, 500)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("flat", "Fixed amount"),
        ("minimum", "Raised to the least amount"),
        ("maximum", "Reduced to the greatest amount"),
        ("rounding", "Rounding"),
        ("Towing", "Towing"),
    ],
)
def test_lines_without_computation(what: str, words: str) -> None:
    assert spelled({"what": what, "amount": -5}) == [(words, "", -5)]


def test_a_line_with_names_of_its_own() -> None:
    line = {"what": "fee", "amount": 200, "names": {"en": "Stamp", "fr": "Timbre"}}
    with use_language("fr"):
        assert spell_out([line], Glossary(), MAD) == [SpelledLine("Timbre", "", Money(200))]


def test_an_attribute_nobody_names_keeps_its_code() -> None:
    assert spelled({"what": "base", "amount": 0, "of": "weight", "value": 5}, glossary=Glossary()) == [
        ("weight", "0.05", None)
    ]


@pytest.mark.parametrize(
    ("millionths", "english", "french"),
    [
        (105_000, "10.5%", "10,5\u202f%"),
        (100_000, "10%", "10\u202f%"),
        (0, "0%", "0\u202f%"),
        (2_500, "0.25%", "0,25\u202f%"),
        (1_500_000, "150%", "150\u202f%"),
        (1, "0.0001%", "0,0001\u202f%"),
    ],
)
def test_rates_in_words(millionths: int, english: str, french: str) -> None:
    assert rate_in_words(millionths) == english
    with use_language("fr"):
        assert rate_in_words(millionths) == french


def test_why_an_object_cannot_be_assessed() -> None:
    assert reason_text(NotAssessable("missing", "value"), WORDS) == "“Value” is not known."
    assert reason_text(NotAssessable("negative", "weight"), WORDS) == "“weight” is negative."
    assert reason_text(NotAssessable("no_scale"), WORDS) == "No line of the tariff fits it."
