"""The French of the screens keeps the rules of docs/glossary-fr.md that a program can check."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from catalogues import FRENCH, LOCALE, ROOT, read_catalogue


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


@pytest.mark.parametrize(("rule", "breach"), FRENCH.items())
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
