"""The faces documents are set in: Noto Sans, and Noto Sans Arabic for the letters it lacks.

reportlab reads the TrueType files and cuts the subsets; a face is read once per process.
"""

from enum import StrEnum
from functools import cache, lru_cache
from threading import Lock

from reportlab.pdfbase.ttfonts import TTFontFile

from muniadmin.kernel.shipped import resource


class Weight(StrEnum):
    """The weights in use; the value is the file of the Latin face."""

    REGULAR = "NotoSans-Regular"
    SEMIBOLD = "NotoSans-SemiBold"
    BOLD = "NotoSans-Bold"


#: Noto Sans Arabic comes in two weights.
ARABIC_FACE = {
    Weight.REGULAR: "NotoSansArabic-Regular",
    Weight.SEMIBOLD: "NotoSansArabic-Bold",
    Weight.BOLD: "NotoSansArabic-Bold",
}


class _Widths(dict[str, float]):
    """Advances in thousandths of the size; a character is looked up in the file once."""

    def __init__(self, widths: dict[int, float], missing: float) -> None:
        super().__init__()
        self._file, self._missing = widths, missing

    def __missing__(self, char: str) -> float:
        width = self[char] = self._file.get(ord(char), self._missing)
        return width


class Face:
    """One font file: its measures in thousandths of the size, and its subsets."""

    def __init__(self, name: str) -> None:
        self.name = name
        font = TTFontFile(str(resource(f"fonts/{name}.ttf")))
        self._font = font
        self._reading = Lock()
        self.ascent: int = round(font.ascent)
        self.descent: int = round(font.descent)
        self.cap_height: int = round(font.capHeight)
        self.bounds: list[int] = [round(side) for side in font.bbox]
        self.stem: int = round(font.stemV)
        self._glyphs: dict[int, int] = font.charToGlyph
        self.widths = _Widths(font.charWidths, font.defaultWidth)

    def has(self, char: str) -> bool:
        """Whether the face draws this character."""
        return ord(char) in self._glyphs

    def glyph(self, char: str) -> int:
        """The glyph's number in the file; 0 is the box drawn for what is missing."""
        return self._glyphs.get(ord(char), 0)

    @lru_cache(maxsize=8)  # noqa: B019 - faces live as long as the process
    def subset(self, chars: str) -> bytes:
        """A TrueType file with exactly the glyphs of ``chars``, numbered from 1 in that order.

        Documents of one kind use the same letters over and over: their subset is cut once.
        """
        with self._reading:  # the reader keeps a position in the file
            made: bytes = self._font.makeSubset([ord(char) for char in chars])
        return made


@cache
def face(name: str) -> Face:
    """The face of a font file, read at first use."""
    return Face(name)
