"""The check of the translation catalogues finds what would reach a clerk untranslated or with a hole."""

import ast
import re
from pathlib import Path

from babel.messages.catalog import Catalog

from catalogues import KEYWORDS, SOURCE, catalogue_problems, extract_strings
from tests.architecture.program import every_string


def catalogue(**messages: str) -> Catalog:
    made = Catalog(locale="fr")
    for english, french in messages.items():
        made.add(english, french)
    return made


def problems(template: Catalog, translated: Catalog) -> list[str]:
    return list(catalogue_problems(template, translated))


def test_a_complete_catalogue_has_no_problem() -> None:
    assert problems(catalogue(Pay=""), catalogue(Pay="Payer")) == []


def test_a_new_string_is_missed() -> None:
    assert problems(catalogue(Pay="", Print=""), catalogue(Pay="Payer")) == ["not in the catalogue: 'Print'"]


def test_an_empty_translation_is_found() -> None:
    assert problems(catalogue(Pay=""), catalogue(Pay="")) == ["not translated: 'Pay'"]


def test_a_string_that_left_the_source_is_found() -> None:
    assert problems(catalogue(), catalogue(Pay="Payer")) == ["no longer in the source: 'Pay'"]


def test_a_lost_place_is_found() -> None:
    template, translated = Catalog(), Catalog(locale="fr")
    template.add("{number} was paid.")
    translated.add("{number} was paid.", "L’avis est payé.")

    assert problems(template, translated) == [
        "the {places} differ: '{number} was paid.' → 'L’avis est payé.'"
    ]


def test_french_that_is_not_set_as_french_is_found() -> None:
    template, translated = catalogue(**{"Why?": ""}), catalogue(**{"Why?": "Pourquoi?"})

    assert problems(template, translated) == ["a narrow no-break space stands before ; ! ? %: 'Pourquoi?'"]


def test_a_singular_may_leave_out_the_number() -> None:
    template, translated = Catalog(), Catalog(locale="fr")
    template.add(("One bill", "{count} bills"))
    translated.add(("One bill", "{count} bills"), ("Un avis", "{count} avis"))

    assert problems(template, translated) == []


def test_every_marked_string_is_extracted() -> None:
    """Babel sees no string inside an f-string: it would stay English."""
    extracted = {text for message in every_string() if message.id for text in _texts(message.id)}
    marked = {
        argument.value
        for file in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        for argument in call.args[1 if call.func.id in ("pgettext", "NP_") else 0 :]
        if isinstance(argument, ast.Constant)
    }

    assert marked - extracted == set()


def test_english_is_set_with_curly_quotes() -> None:
    """But for what argparse says, whose texts are its own."""
    straight = {
        text
        for message in every_string()
        if message.id and message.id != "show program's version number and exit"
        for text in _texts(message.id)
        if re.search("['\"]", text)
    }

    assert straight == set()


def _texts(message_id: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (message_id,) if isinstance(message_id, str) else tuple(message_id)


def test_strings_marked_in_any_way_are_extracted(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(
        '_("Pay"); N_("Print"); ngettext("{n} bill", "{n} bills", n); '
        'pgettext("fine", "paid"); NP_("bill", "paid"); other("Not this")'
    )

    strings = [(message.context, message.id) for message in extract_strings(tmp_path) if message.id]

    assert strings == [
        (None, "Pay"), (None, "Print"), (None, ("{n} bill", "{n} bills")), ("fine", "paid"), ("bill", "paid")
    ]  # fmt: skip
