"""One gettext catalogue for core, documents, command line and screens. Source strings are English."""

import gettext as _gettext
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from muniadmin.kernel.shipped import resource

LANGUAGES = {"en": "English", "fr": "Français"}
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})

_program_language = "en"
_local_language: ContextVar[str | None] = ContextVar("language", default=None)


def N_(text: str) -> str:  # noqa: N802 - gettext's customary name
    """Marks a string for translation where it is written; it is translated where it is shown."""
    return text


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation("muniadmin", str(resource("locale")), [language], fallback=True)


def set_language(language: str) -> None:
    """The language of the whole program from now on: every thread without one of its own follows."""
    global _program_language
    _program_language = language


def language() -> str:
    """The language in force here, e.g. ``fr``."""
    return _local_language.get() or _program_language


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Within the block, texts come in ``code``: how a document is printed in the citizen's language."""
    token = _local_language.set(code)
    try:
        yield
    finally:
        _local_language.reset(token)


def _(text: str) -> str:
    """The text in the language in force."""
    return _catalogue(language()).gettext(text)


def NP_(context: str, text: str) -> str:  # noqa: N802
    """Marks a text as ``N_`` does, whose translation depends on what it is said of: *paid*, of a fine, is *payée*."""
    return text


def pgettext(context: str, text: str) -> str:
    """The text in the language in force, as it is said of ``context``."""
    return _catalogue(language()).pgettext(context, text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the text that ``count`` asks for, in the language in force."""
    return _catalogue(language()).ngettext(singular, plural, count)


def labelled(name: str, value: str) -> str:
    """A name and its value with the language's colon: ``State: open``, in French ``État : ouvert``."""
    return _("{name}: {value}").format(name=name, value=value)


def pick(names: Mapping[str, str], code: str | None = None) -> str:
    """The name in the wanted language from a profile's names; else English, else the first there is."""
    return names.get(code or language()) or names.get("en") or next(iter(names.values()), "")
