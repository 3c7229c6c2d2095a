"""The faces documents are set in: Noto Sans, and for the letters it lacks the Noto Sans of their script.

reportlab reads the TrueType files and embeds what a document uses; a face is read once per process, when it is first
needed.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from muniadmin.kernel.shipped import resource


class Weight(StrEnum):
    """The weights in use; the value is the file of the Latin face."""

    REGULAR = "NotoSans-Regular"
    SEMIBOLD = "NotoSans-SemiBold"
    BOLD = "NotoSans-Bold"


#: The faces of other scripts, in the order in which they are asked for a letter. They come in two weights or one.
OTHER_SCRIPTS: Mapping[Weight, tuple[str, ...]] = {
    Weight.REGULAR: (
        "NotoSansArabic-Regular",
        "NotoSansTifinagh-Regular",
        "NotoSansHebrew-Regular",
        "NotoSansEthiopic-Regular",
    ),
    Weight.SEMIBOLD: (
        "NotoSansArabic-Bold",
        "NotoSansTifinagh-Regular",
        "NotoSansHebrew-Bold",
        "NotoSansEthiopic-Regular",
    ),
    Weight.BOLD: (
        "NotoSansArabic-Bold",
        "NotoSansTifinagh-Regular",
        "NotoSansHebrew-Bold",
        "NotoSansEthiopic-Regular",
    ),
}


@cache
def _letters_of(name: str) -> frozenset[int]:
    """The code points a face draws. Reading it here also makes it known to reportlab under this name."""
    font = TTFont(name, str(resource(f"fonts/{name}.ttf")))
    pdfmetrics.registerFont(font)
    # Tables of letters end with U+FFFF, which is none.
    return frozenset(font.face.charWidths) - {0xFFFF}


@lru_cache(maxsize=4096)
def face_of(char: str, weight: Weight) -> str:
    """The face that draws a character; empty when none does."""
    code = ord(char)
    for name in (weight.value, *OTHER_SCRIPTS[weight]):
        if code in _letters_of(name):
            return name
    return ""


@lru_cache(maxsize=4096)
def runs(text: str, weight: Weight) -> tuple[tuple[str, str], ...]:
    """The text cut where the face changes: (name of the face, letters). What no face has is left to the Latin one."""
    if _letters_of(weight.value).issuperset(map(ord, text)):
        return ((weight.value, text),)
    named = groupby(text, key=lambda char: face_of(char, weight) or weight.value)
    return tuple((name, "".join(chars)) for name, chars in named)


def advance(text: str, weight: Weight) -> float:
    """How wide the text is at a size of one point."""
    return sum(pdfmetrics.stringWidth(run, name, 1) for name, run in runs(text, weight))


@lru_cache(maxsize=64)
def ascent(weight: Weight, faces: frozenset[str]) -> float:
    """How high the highest of these faces stands above its baseline, at a size of one point."""
    return max(pdfmetrics.getAscent(name, 1) for name in faces or {weight.value})
