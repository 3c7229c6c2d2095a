"""Amounts in words, as somebody from the country would write them on a cheque."""

import re

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
    (-4550, MAD, "en", "minus forty-five dirhams and fifty centimes"),
    (-4550, MAD, "es", "menos cuarenta y cinco dírhams con cincuenta céntimos"),
    (1999, EUR, "en", "nineteen euros and ninety-nine cents"),
    (101, EUR, "en", "one euro and one cent"),
    (1999, EUR, "es", "diecinueve euros con noventa y nueve céntimos"),
    (1999, USD, "fr", "dix-neuf dollars et quatre-vingt-dix-neuf cents"),
    (100, MAD, "es", "un dírham"),
    (75000, XOF, "es", "setenta y cinco mil francos CFA"),
    (75000, XOF, "en", "seventy-five thousand CFA francs"),
    (320000, UGX, "es", "trescientos veinte mil chelines ugandeses"),
    (1250050, CRC, "fr", "douze mille cinq cents colons costariciens et cinquante centimes"),
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
    (2100021, CRC, "es", "veintiún mil colones con veintiún céntimos"),
    (3100000, CRC, "es", "treinta y un mil colones"),
    (10100000, CRC, "es", "ciento un mil colones"),
    (12100000, CRC, "es", "ciento veintiún mil colones"),
    (2100000000, CRC, "es", "veintiún millones de colones"),
    (3100000000, CRC, "es", "treinta y un millones de colones"),
    (10100000000, CRC, "es", "ciento un millones de colones"),
    (2102102100, CRC, "es", "veintiún millones veintiún mil veintiún colones"),
    (100000100, CRC, "es", "un millón un colones"),
    (2100000000000, CRC, "es", "veintiún mil millones de colones"),
    (100000000, EUR, "fr", "un million d’euros"),
    (200000000, EUR, "fr", "deux millions d’euros"),
    (100000100, EUR, "fr", "un million un euros"),
    (100000000000, EUR, "fr", "un milliard d’euros"),
    (8000000000, MAD, "fr", "quatre-vingts millions de dirhams"),
    (20000000000, MAD, "fr", "deux cents millions de dirhams"),
    (20000000, MAD, "fr", "deux cent mille dirhams"),
    (7100000, MAD, "fr", "soixante et onze mille dirhams"),
    (100000000, EUR, "en", "one million euros"),
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
    assert amount_in_words(Money(100_000_000), chf, "fr") == "un million de CHF"
    assert amount_in_words(Money(2_100), chf, "es") == "veintiún CHF"


def test_a_language_without_names_speaks_english() -> None:
    assert amount_in_words(Money(100), MAD, "sw") == "one dirham"


# Numbers made of the parts at which words change: 1, 21, 80, 200, whole thousands, whole millions.
PARTS = st.tuples(*[st.sampled_from([0, 1, 2, 21, 31, 71, 80, 81, 100, 101, 121, 200, 999])] * 4)


@given(PARTS)
def test_spanish_shortens_every_one_before_what_it_counts(parts: tuple[int, ...]) -> None:
    units = sum(part * 1000**place for place, part in enumerate(parts))
    said = amount_in_words(Money(units * 100), CRC, "es")
    assert not {"uno", "veintiuno", "veintiun"} & set(said.split())
    assert said.endswith((" colones", "un colón"))


@given(PARTS)
def test_french_agrees_and_elides(parts: tuple[int, ...]) -> None:
    units = sum(part * 1000**place for place, part in enumerate(parts))
    said = amount_in_words(Money(units * 100), EUR, "fr")
    assert " de euro" not in said
    assert said.endswith("euro" if units < 2 else "euros")
    assert ("d’euros" in said) == (units > 0 and units % 1_000_000 == 0)
    assert not re.search(r"cents mille|vingts mille|milles|cents (?!millions|milliards|d’|euro)", said)


@given(st.integers(0, 10**14), st.integers(0, 10**14), st.sampled_from(["fr", "en", "es"]))
def test_different_amounts_never_read_the_same(one: int, other: int, language: str) -> None:
    same = amount_in_words(Money(one), MAD, language) == amount_in_words(Money(other), MAD, language)
    assert same == (one == other)
