"""Paper to draw on: pages, text, lines, boxes and codes in colour. No document's content.

Lengths are points. A page's origin is its top left corner and y grows downwards; text is placed by its baseline.
"""

from collections.abc import Callable, Hashable
from enum import Enum
from functools import cache
from typing import BinaryIO

from muniadmin.documents import arabic
from muniadmin.documents import typesetting as ts
from muniadmin.documents.barcodes import bars, code128_bits, qr_rows
from muniadmin.documents.pdf import PdfFile
from muniadmin.documents.typesetting import INK, MUTED, Style

MM = 72 / 25.4

LINE = "#D5DAE0"
WHITE = "#FFFFFF"
BAD = "#B3261E"


class Align(Enum):
    """Where a text stands relative to its x: it starts there, is centred on it, or ends there."""

    LEFT = 0.0
    CENTRE = 0.5
    RIGHT = 1.0


@cache
def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}".rstrip("0").rstrip(".") for at in (1, 3, 5))


@cache
def mixed(colour: str, share: float) -> str:
    """The colour thinned with white: 1 is the colour itself, 0 is white."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * share):02X}" for part in parts)


class Press:
    """A PDF in the making: hands out blank pages and keeps the furniture that pages share."""

    def __init__(self, out: BinaryIO, *, title: str, author: str, language: str) -> None:
        self._file = PdfFile(out, title=title, author=author, language=language)
        self._shared: dict[Hashable, str] = {}
        #: The embedded face of a name.
        self.face = self._file.face

    def shared(self, key: Hashable, size: tuple[float, float], draw: "Callable[[Page], None]") -> str:
        """Furniture that many pages show: drawn at first use, then only referred to."""
        name = self._shared.get(key)
        if name is None:
            master = Page(self, *size)
            draw(master)
            name = self._shared[key] = self._file.form(*size, master.content)
        return name

    def finish(self, page: "Page") -> None:
        """The page is complete: it goes to the file."""
        self._file.page(page.width, page.height, page.content)

    def close(self) -> None:
        """No more pages."""
        self._file.close()


class Page:
    """One sheet of paper. Its height may still change until it is finished (a paper roll is cut at the end)."""

    def __init__(self, press: Press, width: float, height: float) -> None:
        self.press = press
        self.width = width
        self.height = height
        self._ops: list[str] = []
        self._fill = self._stroke = ""

    @property
    def content(self) -> str:
        """Everything drawn so far, as PDF operators."""
        return "\n".join(self._ops)

    def _fill_with(self, colour: str) -> None:
        if colour != self._fill:
            self._ops.append(f"{_rgb(colour)} rg")
            self._fill = colour

    def _stroke_with(self, colour: str) -> None:
        if colour != self._stroke:
            self._ops.append(f"{_rgb(colour)} RG")
            self._stroke = colour

    def text(self, x: float, y: float, text: str, style: Style, align: Align = Align.LEFT) -> None:
        """One line of text with its baseline at ``y``."""
        if not text:
            return
        self._fill_with(style.colour)
        start = x - align.value * ts.width(text, style) if align is not Align.LEFT else x
        if not arabic.has_arabic(text):
            face = self.press.face(style.weight)
            self._ops.append(
                f"BT /{face.resource} {style.size:g} Tf {start:.2f} {-y:.2f} Td {face.encode(text)} Tj ET"
            )
            return
        self._ops.append(f"BT {start:.2f} {-y:.2f} Td")
        for name, run in ts.runs(arabic.visual(text), style):
            face = self.press.face(name)
            self._ops.append(f"/{face.resource} {style.size:g} Tf {face.encode(run)} Tj")
        self._ops.append("ET")

    def paragraph(
        self, x: float, y: float, width: float, text: str, style: Style, align: Align = Align.LEFT
    ) -> float:
        """Text in as many lines as it needs; returns the baseline for what follows.

        Arabic paragraphs stand at the right of the width.
        """
        if arabic.reads_from_right(text) and align is Align.LEFT:
            align = Align.RIGHT
        for line in ts.lines(text, style, width):
            self.text(x + align.value * width, y, line, style, align)
            y += style.step
        return y

    def hline(self, x1: float, x2: float, y: float, colour: str = LINE, width: float = 0.6) -> None:
        """A horizontal hairline."""
        self._stroke_with(colour)
        self._ops.append(f"{width:g} w {x1:.2f} {-y:.2f} m {x2:.2f} {-y:.2f} l S")

    def dashed(self, x1: float, x2: float, y: float) -> None:
        """A horizontal line to cut along."""
        self._stroke_with(MUTED)
        self._ops.append(f"q [2 2.5] 0 d 0.5 w {x1:.2f} {-y:.2f} m {x2:.2f} {-y:.2f} l S Q")

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str = "", line: str = "",
        radius: float = 0, line_width: float = 0.6,
    ) -> None:  # fmt: skip
        """A rectangle from its top left corner, filled, outlined or both, with round corners where asked."""
        if fill:
            self._fill_with(fill)
        if line:
            self._stroke_with(line)
        paint = "B" if fill and line else "f" if fill else "S"
        self._ops.append(f"{line_width:g} w {_outline(x, y, width, height, radius)} {paint}")

    def code128(self, x: float, y: float, width: float, height: float, text: str) -> None:
        """A Code 128 symbol filling the width, quiet zones included. Bars are at most half a millimetre thin."""
        bits = code128_bits(text)
        module = min(width / (len(bits) + 20), 0.5 * MM)
        left = x + (width - module * len(bits)) / 2
        self._fill_with(INK)
        self._ops.append(
            " ".join(
                f"{left + start * module:.3f} {-y - height:.2f} {run * module:.3f} {height:.2f} re"
                for start, run in bars(bits)
            )
            + " f"
        )

    def qr(self, x: float, y: float, size: float, text: str) -> None:
        """A QR symbol as wide and high as ``size``; the caller leaves white around it (four modules).

        All modules are one path: a picture would be blurred on screens, and separate boxes show seams.
        """
        rows = qr_rows(text)
        module = size / len(rows)
        self._fill_with(INK)
        runs = [f"{start} {-at} {run} -1 re" for at, row in enumerate(rows) for start, run in bars(row)]
        self._ops.append(f"q {module:.4f} 0 0 {module:.4f} {x:.2f} {-y:.2f} cm {' '.join(runs)} f Q")

    def place(self, furniture: str) -> None:
        """Shows shared furniture where it was drawn."""
        self._ops.append(f"/{furniture} Do")

    def diagonal(self, text: str, style: Style) -> None:
        """Large text across the middle of the page, from bottom left to top right."""
        face = self.press.face(style.weight)
        half = ts.width(text, style) / 2 * 0.7071
        self._fill_with(style.colour)
        self._ops.append(
            f"BT /{face.resource} {style.size:g} Tf 0.7071 0.7071 -0.7071 0.7071 "
            f"{self.width / 2 - half:.2f} {-self.height / 2 - half:.2f} Tm {face.encode(text)} Tj ET"
        )


def _outline(x: float, y: float, width: float, height: float, radius: float) -> str:
    left, right, top, bottom = x, x + width, -y, -y - height
    if not radius:
        return f"{left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re"
    r, k = min(radius, width / 2, height / 2), min(radius, width / 2, height / 2) * 0.4477
    return (
        f"{left + r:.2f} {top:.2f} m {right - r:.2f} {top:.2f} l "
        f"{right - k:.2f} {top:.2f} {right:.2f} {top - k:.2f} {right:.2f} {top - r:.2f} c "
        f"{right:.2f} {bottom + r:.2f} l "
        f"{right:.2f} {bottom + k:.2f} {right - k:.2f} {bottom:.2f} {right - r:.2f} {bottom:.2f} c "
        f"{left + r:.2f} {bottom:.2f} l "
        f"{left + k:.2f} {bottom:.2f} {left:.2f} {bottom + k:.2f} {left:.2f} {bottom + r:.2f} c "
        f"{left:.2f} {top - r:.2f} l {left:.2f} {top - k:.2f} {left + k:.2f} {top:.2f} {left + r:.2f} {top:.2f} c h"
    )
