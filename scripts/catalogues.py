"""The translation catalogues: compile them, bring them up to date, check them.

``compile``               writes each ``.mo`` that is older than its ``.po``: ./run, ./test and a build do it.
``update [LANGUAGE...]``  every string of the source is brought into the ``.po`` files, for the translator; a
                          catalogue is started for each language named.
``check``                 fails when a string is missing in a ``.po``, not translated, loses a ``{place}``, or is not
                          set as French is.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "muniadmin"
LOCALE = ROOT / "resources" / "locale"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "NP_": ((1, "c"), 2)}
COMMENT_TAG = "Translators:"
PLACE = re.compile(r"\{(\w*)[^{}]*\}")

# Places that hold words, which may begin with a vowel.
_TEXTS = (
    "agent|cashier|document|file|head|holder|kind|label|municipality|name|offence|payer|requester|taxpayer|text"
    "|user|what"
)

#: How French is set and worded (docs/glossary-fr.md): each rule, and what breaks it.
FRENCH = {
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


def catalogue_files() -> list[Path]:
    """The ``.po`` of every language there is."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/muniadmin.po"))


def read_catalogue(file: Path) -> Catalog:
    """One language's catalogue as it stands."""
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parent.parent.name, domain="muniadmin")


def extract_strings(source: Path = SOURCE) -> Catalog:
    """Every string under ``source`` that is marked for translation, with the file it stands in."""
    template = Catalog(project="MuniAdmin", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        source, [("**.py", "python")], keywords=KEYWORDS, comment_tags=[COMMENT_TAG], strip_comment_tags=True
    )
    # Sorted: the order in which a file system names its files would change the catalogue.
    for name, line, message, comments, context in sorted(found, key=lambda one: one[:2]):
        place = (f"src/muniadmin/{name}", line)
        template.add(message, locations=[place], auto_comments=comments, context=context)
    return template


def compile_catalogues() -> None:
    """Writes each ``.mo`` that is missing or older than its ``.po``, whole or not at all."""
    for file in catalogue_files():
        compiled = file.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= file.stat().st_mtime:
            continue
        draft = compiled.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as stream:
            write_mo(stream, read_catalogue(file))
        draft.replace(compiled)


def update_catalogues(new_languages: Iterable[str] = ()) -> None:
    """Brings new strings into each ``.po`` (untranslated) and drops those the source no longer has."""
    template = extract_strings()
    for language in new_languages:
        _start_catalogue(language)
    for file in catalogue_files():
        catalogue = read_catalogue(file)
        # A guessed translation would be taken for a real one: a changed sentence starts empty.
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write_catalogue(file, catalogue)
        missing = sum(1 for message in catalogue if message.id and not _is_translated(message))
        print(f"{file.relative_to(ROOT)}: {len(catalogue)} strings, {missing} to translate")


def _start_catalogue(language: str) -> None:
    file = LOCALE / language / "LC_MESSAGES" / "muniadmin.po"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_catalogue(file, Catalog(locale=language, project="MuniAdmin", version="0.1", fuzzy=False))


def _write_catalogue(file: Path, catalogue: Catalog) -> None:
    with file.open("wb") as stream:
        # Without line numbers a change of code does not change the catalogue.
        write_po(stream, catalogue, width=110, sort_by_file=True, include_lineno=False)


def check_catalogues() -> list[str]:
    """What is wrong with the catalogues, one sentence each; empty when all is well."""
    from muniadmin.kernel.i18n import LANGUAGES

    template = extract_strings()
    catalogues = {file.parent.parent.name: read_catalogue(file) for file in catalogue_files()}
    missing = sorted(LANGUAGES.keys() - catalogues.keys() - {"en"})
    return [f"{language}: there is no catalogue" for language in missing] + [
        f"{language}: {problem}"
        for language, catalogue in catalogues.items()
        for problem in catalogue_problems(template, catalogue)
    ]


def catalogue_problems(template: Catalog, catalogue: Catalog) -> Iterator[str]:
    """Compares one language with the strings of the source."""
    for wanted in template:
        if not wanted.id:
            continue
        message = catalogue.get(wanted.id, wanted.context)
        if message is None:
            yield f"not in the catalogue: {_first(wanted.id)!r}"
        elif not _is_translated(message):
            yield f"not translated: {_first(wanted.id)!r}"
        else:
            yield from _lost_places(message)
            if catalogue.locale is not None and catalogue.locale.language == "fr":
                yield from _bad_french(message)
    for message in catalogue:
        if message.id and template.get(message.id, message.context) is None:
            yield f"no longer in the source: {_first(message.id)!r}"


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and all(_forms(message.string))


def _lost_places(message: Message) -> Iterator[str]:
    """Every form must have the places of the English; the singular alone may leave out the number."""
    wanted = [set(PLACE.findall(text)) for text in _forms(message.id)]
    for text in _forms(message.string):
        if set(PLACE.findall(text)) not in wanted:
            yield f"the {{places}} differ: {_first(message.id)!r} → {text!r}"


def _bad_french(message: Message) -> Iterator[str]:
    for text in _forms(message.string):
        for rule, breach in FRENCH.items():
            if re.search(breach, text):
                yield f"{rule}: {text!r}"


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text or ""),)


def _first(text: object) -> str:
    return _forms(text)[0]


def main(arguments: list[str]) -> int:
    """The exit code: 0 when all is well, 1 when the check found something, 2 for misuse."""
    match arguments:
        case ["compile"]:
            compile_catalogues()
        case ["update", *new_languages]:
            update_catalogues(new_languages)
        case ["check"]:
            problems = check_catalogues()
            print("\n".join(problems) or f"{len(catalogue_files())} catalogue(s) complete and up to date")
            if problems:
                print(f"{len(problems)} problem(s). scripts/catalogues.py update brings new strings in.")
                return 1
        case _:
            print("usage: catalogues.py compile | update [LANGUAGE...] | check", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
