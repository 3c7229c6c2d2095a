"""Measures and sets text: styles, widths, and paragraphs of running text.

A text in one line is drawn by the canvas. A paragraph that needs more is platypus's; one with letters that are written
from right to left is broken here, because its lines are put in drawing order one by one, and platypus cannot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Literal
from unicodedata import category, normalize
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from muniadmin.documents import arabic, fonts
from muniadmin.documents.fonts import Weight
from muniadmin.documents.letters import UNUSUAL

INK = "#18212B"
MUTED = "#586373"
# platypus breaks lines at every narrow blank, also at those that hold a figure together.
_NO_BREAK = str.maketrans({"\u202f": "\u00a0"})


class Align(Enum):
    """Where a text stands relative to its x: it starts there, is centred on it, or ends there."""

    LEFT = 0.0
    CENTRE = 0.5
    RIGHT = 1.0


_PLATYPUS_ALIGN: Mapping[Align, Literal[0, 1, 2]] = {
    Align.LEFT: TA_LEFT,
    Align.CENTRE: TA_CENTER,
    Align.RIGHT: TA_RIGHT,
}


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


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """The text as letters that can be drawn: accents one with their letters, and no mark that only steers a screen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in normalize("NFC", text) if char == "\n" or _is_drawn(char))


def _is_drawn(char: str) -> bool:
    # Joiners tell how Arabic letters are joined; they are gone when the text is shaped.
    return category(char) not in ("Cc", "Cf", "Cs") or char in arabic.JOINERS


@lru_cache(maxsize=8192)
def drawn(text: str) -> str:
    """One line in the order in which it is drawn; letters that no face has as the sign for that."""
    if text.isascii() and text.isprintable():
        return text
    text = clean(text)
    return _with_signs(arabic.visual(text) if arabic.has_arabic(text) else text)


def _with_signs(text: str) -> str:
    """Without joiners, and with the sign for a missing letter where no face has one."""
    if not UNUSUAL.search(text):
        return text
    return "".join(
        char if fonts.face_of(char, Weight.REGULAR) else "\ufffd"
        for char in text
        if char not in arabic.JOINERS
    )


def width(text: str, style: Style) -> float:
    """How wide the text is when set in one line."""
    return _advance(text, style.weight) * style.size


@lru_cache(maxsize=8192)
def _advance(text: str, weight: Weight) -> float:
    text = clean(text)
    return fonts.advance(_with_signs(arabic.shaped(text) if arabic.has_arabic(text) else text), weight)


def letters_without_face(text: str) -> str:
    """The letters that no face has, each once; they would be drawn as boxes."""
    letters = dict.fromkeys(clean(text))
    return "".join(
        char for char in letters
        if char != "\n" and char not in arabic.JOINERS and not fonts.face_of(char, Weight.REGULAR)
    )  # fmt: skip


# --- Paragraphs --------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def one_line(text: str, style: Style, room: float) -> bool:
    """Whether the text fits into a single line."""
    return "\n" not in text and width(text, style) <= room


def line_count(text: str, style: Style, room: float) -> int:
    """How many lines the text takes."""
    if one_line(text, style, room):
        return 1
    if arabic.has_arabic(text):
        return len(arabic_lines(text, style, room))
    return round(paragraph(text, style, room, Align.LEFT).height / style.step)


def height(text: str, style: Style, room: float) -> float:
    """How high the text will be."""
    return line_count(text, style, room) * style.step


@lru_cache(maxsize=512)
def paragraph(text: str, style: Style, room: float, align: Align) -> Paragraph:
    """The text set in lines no wider than ``room``; a word that is too long for a line is broken anywhere."""
    text = "\n".join(map(drawn, text.split("\n"))).translate(_NO_BREAK)
    marked = "<br/>".join(_marked(part, style.weight) for part in text.split("\n"))
    shown = Paragraph(
        marked or "\u00a0",
        ParagraphStyle(
            "text",
            fontName=style.weight.value,
            fontSize=style.size,
            leading=style.step,
            textColor=HexColor(style.colour),
            alignment=_PLATYPUS_ALIGN[align],
            splitLongWords=1,
        ),
    )
    shown.wrap(room, 1e6)
    return shown


def _marked(text: str, weight: Weight) -> str:
    return "".join(
        escape(run) if name == weight.value else f'<font name="{name}">{escape(run)}</font>'
        for name, run in fonts.runs(text, weight)
    )


def above(text: str, style: Style) -> float:
    """From the upper edge of a paragraph to the baseline of its first line."""
    faces = frozenset(name for name, _run in fonts.runs(clean(text).replace("\n", " "), style.weight))
    return fonts.ascent(style.weight, faces) * style.size


@lru_cache(maxsize=512)
def arabic_lines(text: str, style: Style, room: float) -> tuple[str, ...]:
    """Text with letters written from right to left, broken into lines that are still in reading order."""
    return tuple(line for part in clean(text).split("\n") for line in _broken(part, style, room))


def _broken(text: str, style: Style, room: float) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, style) <= room:
            line = longer
            continue
        if line:
            yield line
        *pieces, line = _pieces(word, style, room)
        yield from pieces
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
