"""Amounts in words: "huit cent cinquante et un dirhams et vingt-cinq centimes".

num2words spells the cardinals; the names of currencies are ours, because it does not know most of them.
"""

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


def _before_noun(cardinal: str, count: int, language: str) -> str:
    """The cardinal as it stands before a masculine noun.

    French and Spanish want "de" after whole millions ("deux millions de dirhams", "un millón de colones");
    Spanish shortens a final "uno" ("veintiún colones", "ciento un colones").
    """
    if language == "es" and cardinal.endswith("uno"):
        cardinal = (
            cardinal.removesuffix("veintiuno") + "veintiún"
            if cardinal.endswith("veintiuno")
            else cardinal[:-1]
        )
    if language in ("fr", "es") and count and count % 1_000_000 == 0:
        return f"{cardinal} de"
    return cardinal


def _counted(count: int, names: Mapping[str, str], language: str) -> str:
    category = _plural_rule(language)(count)
    name = names.get(category, names["other"])
    return f"{_before_noun(number_in_words(count, language), count, language)} {name}"


@lru_cache(maxsize=4096)
def number_in_words(count: int, language: str) -> str:
    """A whole number in words; in English where the language has no words here."""
    from num2words import num2words  # loads all its languages, only needed when a document is drawn

    spelled: str = num2words(count, lang=language if language in (*_NAMES, "ar") else "en")
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
        sentence = f"{number_in_words(units, spoken)} {currency.code}"
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
