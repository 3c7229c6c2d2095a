"""The French of the screens keeps the rules of docs/glossary-fr.md that a program can check."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from catalogues import LOCALE, ROOT, read_catalogue

# Places that hold words, which may begin with a vowel.
_TEXTS = (
    "agent|cashier|document|file|head|holder|kind|label|municipality|name|offence|payer|requester|taxpayer|text"
    "|user|what"
)

_RULES = {
    "a narrow no-break space stands before ; ! ? %": r"[^\u202f\s][;!?](?=\s|$)| [;!?]| %(?![(rs])",
    "a narrow no-break space stands inside « »": r"«[^\u202f]|[^\u202f]»",
    "a no-break space stands before a colon": r"[^\u00a0\s]:(?=\s|$)| :",
    "the apostrophe is ’": r"\w'\w",
    "quotation marks are « »": r"[“”]|\"",
    "an ellipsis is one character": r"\.\.\.",
    "blanks do not come in twos": r"\s\s",
    "nothing is shortened before a name that may begin with a vowel": rf"\b(?:de|que|le|la|ne|se) \{{(?:{_TEXTS})\}}",
    "what happened is told as people tell it": r"\b(?:fut|furent|vint|revint)\b",
    "one thing has one name": r"\b(?:client|facture|support|code carré|registre des remises)\b",
}


def sentences() -> Iterator[str]:
    """Every French text of the catalogue, and of the profiles and layouts of files that are shipped."""
    for shipped in (
        *(ROOT / "resources/profiles").glob("*.toml"),
        *(ROOT / "resources/imports").rglob("*.toml"),
    ):
        yield from _in_french(tomllib.loads(shipped.read_text()))
    for message in read_catalogue(LOCALE / "fr" / "LC_MESSAGES" / "muniadmin.po"):
        if message.id:
            yield from (message.string,) if isinstance(message.string, str) else (message.string or ())


def _in_french(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("fr"), str):
            yield value["fr"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _in_french(one)


@pytest.mark.parametrize(("rule", "breach"), _RULES.items())
def test_french_is_set_as_french_is(rule: str, breach: str) -> None:
    broken = [sentence for sentence in sentences() if re.search(breach, sentence)]

    assert broken == [], rule


def test_the_same_words_end_alike() -> None:
    """A sentence stays a sentence, a question a question, a label a label."""
    catalogue = read_catalogue(LOCALE / "fr" / "LC_MESSAGES" / "muniadmin.po")
    one_form = [
        (message.id, message.string) for message in catalogue if isinstance(message.id, str) and message.id
    ]

    assert [
        source
        for source, translation in one_form
        if isinstance(translation, str)
        and any(source.endswith(mark) != translation.endswith(mark) for mark in (".", "?", "…"))
        and not translation.endswith(("n.d.", "°"))
    ] == []
