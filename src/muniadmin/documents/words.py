"""Amounts in words: "huit cent cinquante et un dirhams et vingt-cinq centimes".

num2words spells the cardinals; the names of currencies are ours, because it does not know most of them. Arabic is not
among the languages: its cardinals agree with what they count in gender, case and number, which num2words does not know.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale

from muniadmin.kernel.money import Currency, Money


@dataclass(frozen=True)
class _Names:
    """A currency's unit and subunit in one language, by CLDR plural category."""

    unit: Mapping[str, str]
    subunit: Mapping[str, str]


def _regular(one: str, other: str) -> Mapping[str, str]:
    return {"one": one, "other": other}


_CENTIME = _regular("centime", "centimes")
_CENT = _regular("cent", "cents")
_CENTIMO = _regular("céntimo", "céntimos")

_NAMES: Mapping[str, Mapping[str, _Names]] = {
    "fr": {
        "MAD": _Names(_regular("dirham", "dirhams"), _CENTIME),
        "UGX": _Names(_regular("shilling ougandais", "shillings ougandais"), _CENT),
        "CRC": _Names(_regular("colon costaricien", "colons costariciens"), _CENTIME),
        "XOF": _Names(_regular("franc CFA", "francs CFA"), _CENTIME),
        "EUR": _Names(_regular("euro", "euros"), _CENTIME),
        "USD": _Names(_regular("dollar", "dollars"), _CENT),
    },
    "en": {
        "MAD": _Names(_regular("dirham", "dirhams"), _regular("centime", "centimes")),
        "UGX": _Names(_regular("Uganda shilling", "Uganda shillings"), _CENT),
        "CRC": _Names(_regular("colón", "colones"), _CENTIMO),
        "XOF": _Names(_regular("CFA franc", "CFA francs"), _CENTIME),
        "EUR": _Names(_regular("euro", "euros"), _CENT),
        "USD": _Names(_regular("dollar", "dollars"), _CENT),
    },
    "es": {
        "MAD": _Names(_regular("dírham", "dírhams"), _CENTIMO),
        "UGX": _Names(_regular("chelín ugandés", "chelines ugandeses"), _CENTIMO),
        "CRC": _Names(_regular("colón", "colones"), _CENTIMO),
        "XOF": _Names(_regular("franco CFA", "francos CFA"), _CENTIMO),
        "EUR": _Names(_regular("euro", "euros"), _CENTIMO),
        "USD": _Names(_regular("dólar", "dólares"), _regular("centavo", "centavos")),
    },
}

_MINUS = {"fr": "moins", "en": "minus", "es": "menos"}


@cache
def _plural_rule(language: str) -> Callable[[int], str]:
    rule: Callable[[int], str] = Locale.parse(language).plural_form
    return rule


# Spanish shortens "uno" before a masculine noun: the currency, and "mil", "millones", "billones" inside the number.
_UNO = re.compile(r"\b(veinti)?uno(?= (?:mil\b|millones|billones)|$)")


def _before_noun(cardinal: str, count: int, noun: str, language: str) -> str:
    """The cardinal with the masculine noun it counts.

    Spanish shortens "uno" ("veintiún mil colones", "ciento un colones"); French and Spanish want "de" after whole
    millions ("deux millions de dirhams", "un million d’euros", "un millón de colones").
    """
    if language == "es":
        cardinal = _UNO.sub(lambda found: "veintiún" if found.group(1) else "un", cardinal)
    if language not in ("fr", "es") or not count or count % 1_000_000:
        return f"{cardinal} {noun}"
    elided = language == "fr" and noun[0].lower() in "aeiouyéèêh"
    return f"{cardinal} d’{noun}" if elided else f"{cardinal} de {noun}"


def _counted(count: int, names: Mapping[str, str], language: str) -> str:
    category = _plural_rule(language)(count)
    return _before_noun(
        number_in_words(count, language), count, names.get(category, names["other"]), language
    )


@lru_cache(maxsize=4096)
def number_in_words(count: int, language: str) -> str:
    """A whole number in words; in English where the language has no words here."""
    from num2words import num2words  # loads all its languages, only needed when a document is drawn

    spelled: str = num2words(count, lang=language if language in _NAMES else "en")
    return spelled


def amount_in_words(amount: Money, currency: Currency, language: str) -> str:
    """The amount in words with the currency's own names: "forty-five dirhams and fifty centimes".

    Whole amounts name no subunit. A currency whose names we lack is named by its code: "douze CHF et 50/100".
    """
    spoken = language if language in _NAMES else "en"
    units, subunits = divmod(abs(amount.minor), currency.unit)
    names = _NAMES[spoken].get(currency.code)
    if names:
        sentence = _counted(units, names.unit, spoken)
        part = _counted(subunits, names.subunit, spoken)
    else:
        sentence = _before_noun(number_in_words(units, spoken), units, currency.code, spoken)
        part = f"{subunits}/{currency.unit}"
    if subunits:
        sentence = _joined(sentence, part, spoken)
    return f"{_MINUS[spoken]} {sentence}" if amount.minor < 0 else sentence


def _joined(units: str, subunits: str, language: str) -> str:
    """Units and subunits: "... et ...", "... and ...", "... con ..."."""
    return {
        "fr": f"{units} et {subunits}",
        "es": f"{units} con {subunits}",
        "en": f"{units} and {subunits}",
    }[language]
