"""Arabic on paper: letters joined and put in the order in which they are drawn, one line at a time.

The recipe was compared glyph for glyph with a second layout engine. It needs a face with presentation forms.
"""

import re
import unicodedata
from functools import lru_cache

import arabic_reshaper
from bidi.algorithm import get_display

_ARABIC = re.compile(r"[\u0590-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
# Latin words, numbers and dates keep their own order inside an Arabic line.
_LATIN = re.compile(r"[0-9A-Za-z+][0-9A-Za-z()\[\]+./:@#_\-–, ]*[0-9A-Za-z)\]]|[A-Za-z0-9]")
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))
#: They tell whether the letters beside them are joined, and are no letters themselves.
JOINERS = "\u200c\u200d"
_UNDRAWN = {**_MARKS, **dict.fromkeys(map(ord, JOINERS))}
_SHAPER = arabic_reshaper.ArabicReshaper({"delete_harakat": False, "support_ligatures": True})


def has_arabic(text: str) -> bool:
    """Whether any letter is of the Arabic (or Hebrew) script."""
    return not text.isascii() and _ARABIC.search(text) is not None


def reads_from_right(text: str) -> bool:
    """Whether the first letter is Arabic: the line then starts at the right."""
    if not has_arabic(text):
        return False
    first = next((char for char in text if char.isalpha()), "")
    return has_arabic(first)


def _assigned(text: str) -> str:
    """The text without code points that no character has: they have no direction and no glyph."""
    return "".join(char if unicodedata.bidirectional(char) else "\ufffd" for char in text)


@lru_cache(maxsize=512)
def shaped(text: str) -> str:
    """The letters in the forms they take when joined, still in reading order: what widths are measured on."""
    joined: str = _SHAPER.reshape(_assigned(text).translate(_MARKS))
    return joined.translate(_UNDRAWN)


def _kept_in_order(match: re.Match[str]) -> str:
    """The Latin part between marks that keep its order; a bracket that was opened before it stays outside."""
    part, after = match.group(), ""
    while part[-1:] in (")", "]") and sum(map(part.count, ")]")) > sum(map(part.count, "([")):
        part, after = part[:-1], part[-1] + after
    return f"\u202a{part}\u202c{after}"


@lru_cache(maxsize=512)
def visual(text: str) -> str:
    """One line in drawing order, from left to right."""
    if reads_from_right(text):
        marked = _assigned(text).translate(_MARKS)
        text = _LATIN.sub(_kept_in_order, marked)
        drawn: str = get_display(_SHAPER.reshape(text), base_dir="R")
    else:
        drawn = get_display(shaped(text), base_dir="L")
    return drawn.translate(_UNDRAWN)
