"""Measures and breaks text: styles, widths and lines. What is set is decided here, where it stands in paper.

Advances simply add up (the faces are set without kerning), which makes breaking lines cheap.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from muniadmin.documents import arabic
from muniadmin.documents.fonts import ARABIC_FACE, Weight, face

INK = "#18212B"
MUTED = "#586373"


@dataclass(frozen=True)
class Style:
    """A size in points, weight and colour of text, and the distance between its baselines."""

    size: float
    weight: Weight = Weight.REGULAR
    colour: str = INK
    #: Zero: in proportion to the size.
    leading: float = 0

    @property
    def step(self) -> float:
        """From one baseline to the next."""
        return self.leading or self.size * 1.42

    def sized(self, size: float) -> "Style":
        """The same at another size."""
        return replace(self, size=size, leading=0)

    def tinted(self, colour: str) -> "Style":
        """The same in another colour."""
        return replace(self, colour=colour)


TITLE = Style(20, Weight.SEMIBOLD)
HEADING = Style(10.5, Weight.SEMIBOLD)
TEXT = Style(9.5)
STRONG = Style(9.5, Weight.SEMIBOLD)
SMALL = Style(8, colour=MUTED)
LABEL = Style(7.5, colour=MUTED)
AMOUNT = Style(22, Weight.SEMIBOLD)


def runs(text: str, style: Style) -> list[tuple[str, str]]:
    """The text cut where the face changes: (name of the face, letters)."""
    latin, arab = style.weight.value, ARABIC_FACE[style.weight]
    named = groupby(text, key=lambda char: arab if arabic.has_arabic(char) else latin)
    return [(name, "".join(chars)) for name, chars in named]


def width(text: str, style: Style) -> float:
    """How wide the text is when set in one line."""
    if arabic.has_arabic(text):
        return sum(_advance(run, name) for name, run in runs(arabic.shaped(text), style)) * style.size / 1000
    return _advance(text, style.weight) * style.size / 1000


def _advance(text: str, face_name: str) -> float:
    return sum(map(face(face_name).widths.__getitem__, text))


@lru_cache(maxsize=512)
def lines(text: str, style: Style, room: float) -> tuple[str, ...]:
    """The text broken into lines no wider than ``room``, at blanks and line ends.

    A word that is too long for a line is broken anywhere.
    """
    return tuple(line for paragraph in text.split("\n") for line in _broken(paragraph, style, room))


def _broken(paragraph: str, style: Style, room: float) -> Iterator[str]:
    if width(paragraph, style) <= room:
        yield paragraph
        return
    blank = width(" ", style)
    line, used = "", 0.0
    for word in paragraph.split(" "):
        needed = width(word, style)
        if line and used + blank + needed <= room:
            line, used = f"{line} {word}", used + blank + needed
            continue
        if line:
            yield line
        *pieces, line = _pieces(word, style, room) if needed > room else (word,)
        yield from pieces
        used = width(line, style)
    yield line


def _pieces(word: str, style: Style, room: float) -> Iterator[str]:
    piece = ""
    for char in word:
        if piece and width(piece + char, style) > room:
            yield piece
            piece = ""
        piece += char
    yield piece


def fitted(text: str, style: Style, room: float) -> Style:
    """The style, made smaller where the text would not fit into ``room`` in one line."""
    needed = width(text, style)
    return style if needed <= room else style.sized(style.size * room / needed)
