"""Amounts in words, as somebody from the country would write them on a cheque."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.documents.words import amount_in_words
from muniadmin.kernel.money import Currency, Money

MAD = Currency("MAD", 2, "DH")
UGX = Currency("UGX", 0, "USh")
CRC = Currency("CRC", 2, "₡")
XOF = Currency("XOF", 0, "F")
EUR = Currency("EUR", 2, "€")
USD = Currency("USD", 2, "$")

SENTENCES = [
    (85125, MAD, "fr", "huit cent cinquante et un dirhams et vingt-cinq centimes"),
    (0, MAD, "fr", "zéro dirham"),
    (100, MAD, "fr", "un dirham"),
    (125, MAD, "fr", "un dirham et vingt-cinq centimes"),
    (201, MAD, "fr", "deux dirhams et un centime"),
    (8000, MAD, "fr", "quatre-vingts dirhams"),
    (8100, MAD, "fr", "quatre-vingt-un dirhams"),
    (20000, MAD, "fr", "deux cents dirhams"),
    (8000000, MAD, "fr", "quatre-vingt mille dirhams"),
    (100000000, MAD, "fr", "un million de dirhams"),
    (200000000, MAD, "fr", "deux millions de dirhams"),
    (200000100, MAD, "fr", "deux millions un dirhams"),
    (-4550, MAD, "fr", "moins quarante-cinq dirhams et cinquante centimes"),
    (75000, XOF, "fr", "soixante-quinze mille francs CFA"),
    (1, XOF, "fr", "un franc CFA"),
    (320000, UGX, "fr", "trois cent vingt mille shillings ougandais"),
    (1999, EUR, "fr", "dix-neuf euros et quatre-vingt-dix-neuf centimes"),
    (85125, MAD, "en", "eight hundred and fifty-one dirhams and twenty-five centimes"),
    (0, MAD, "en", "zero dirhams"),
    (100, MAD, "en", "one dirham"),
    (320000, UGX, "en", "three hundred and twenty thousand Uganda shillings"),
    (1, UGX, "en", "one Uganda shilling"),
    (1250050, CRC, "en", "twelve thousand, five hundred colones and fifty céntimos"),
    (2101, USD, "en", "twenty-one dollars and one cent"),
    (2100, CRC, "es", "veintiún colones"),
    (100, CRC, "es", "un colón"),
    (3100, CRC, "es", "treinta y un colones"),
    (10100, CRC, "es", "ciento un colones"),
    (100000000, CRC, "es", "un millón de colones"),
    (1250050, CRC, "es", "doce mil quinientos colones con cincuenta céntimos"),
    (2101, USD, "es", "veintiún dólares con un centavo"),
]


@pytest.mark.parametrize(("minor", "currency", "language", "sentence"), SENTENCES)
def test_the_amount_reads_as_people_write_it(
    minor: int, currency: Currency, language: str, sentence: str
) -> None:
    assert amount_in_words(Money(minor), currency, language) == sentence


def test_a_currency_without_names_is_named_by_its_code() -> None:
    chf = Currency("CHF", 2, "Fr.")
    assert amount_in_words(Money(1250), chf, "fr") == "douze CHF et 50/100"
    assert amount_in_words(Money(1200), chf, "en") == "twelve CHF"


def test_a_language_without_names_speaks_english() -> None:
    assert amount_in_words(Money(100), MAD, "sw") == "one dirham"


@given(st.integers(0, 10**14), st.integers(0, 10**14), st.sampled_from(["fr", "en", "es"]))
def test_different_amounts_never_read_the_same(one: int, other: int, language: str) -> None:
    same = amount_in_words(Money(one), MAD, language) == amount_in_words(Money(other), MAD, language)
    assert same == (one == other)
