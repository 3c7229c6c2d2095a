"""Paper to draw on: pages, text, lines, boxes and codes in colour, on reportlab's canvas. No document's content.

Lengths are points. A page's origin is its top left corner and y grows downwards; text is placed by its baseline. A page
notes its marks and is drawn when it is finished: by then the number of pages and the length of a roll are known.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, lru_cache
from io import BytesIO
from math import ceil
from typing import BinaryIO

from PIL import Image
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from muniadmin.documents import arabic, fonts
from muniadmin.documents import typesetting as ts
from muniadmin.documents.barcodes import bars, code128_bits, qr_rows
from muniadmin.documents.fonts import Weight
from muniadmin.documents.typesetting import INK, MUTED, Align, Style

MM = 72 / 25.4

LINE = "#D5DAE0"
WHITE = "#FFFFFF"
BAD = "#B3261E"

#: Bars thinner than this are not read from paper by every hand scanner (GS1 General Specifications, 5.12).
_THINNEST_MODULE = 0.33 * MM
_WIDEST_MODULE = 0.5 * MM
_QUIET = 10

Mark = Callable[[Canvas], object]

# Streams stay bytes: as letters they would take a quarter more room, and half the time of a receipt.
rl_config.useA85 = 0


@cache
def _colour(code: str) -> Color:
    return HexColor(code)


@cache
def mixed(colour: str, share: float) -> str:
    """The colour thinned with white: 1 is the colour itself, 0 is white."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * share):02X}" for part in parts)


class Press:
    """A PDF in the making: hands out blank pages and keeps the furniture that pages share.

    The same marks always give the same bytes.
    """

    def __init__(
        self, out: BinaryIO, pictures: Mapping[str, bytes], *, author: str, language: str, title: str = ""
    ) -> None:
        fonts.advance("", Weight.REGULAR)  # makes the first face known to reportlab
        canvas = Canvas(
            out,
            invariant=1,
            pageCompression=1,
            pdfVersion=(1, 7),
            lang=language,
            initialFontName=Weight.REGULAR.value,  # type: ignore[arg-type] # the stub takes it for a size
        )
        canvas.setAuthor(ts.clean(author))
        canvas.setCreator("MuniAdmin")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        self._canvas = canvas
        self.pictures = pictures
        self._title = title
        self._shared: dict[Hashable, str] = {}
        self._pages = 0
        self._bookmarks: list[tuple[str, int]] = []

    def shared(self, key: Hashable, size: tuple[float, float], draw: "Callable[[Page], None]") -> str:
        """Furniture that many pages show: drawn at first use, then only referred to."""
        name = self._shared.get(key)
        if name is None:
            name = self._shared[key] = f"shared{len(self._shared)}"
            master = Page(self, *size)
            draw(master)
            self._canvas.beginForm(name, 0, -ceil(size[1]), ceil(size[0]), 0)
            master.play(self._canvas)
            self._canvas.endForm()
        return name

    def finish(self, page: "Page", bookmarks: Sequence[tuple[str, int]] = ()) -> None:
        """The page is complete: it is drawn. ``bookmarks`` lead to it, each a text and its depth in the outline."""
        canvas = self._canvas
        canvas.setPageSize((page.width, page.height))
        self._pages += 1
        for bookmark in bookmarks:
            canvas.bookmarkPage(f"mark{len(self._bookmarks)}")
            self._bookmarks.append(bookmark)
        canvas.translate(0, page.height)
        page.play(canvas)
        canvas.showPage()

    def close(self) -> None:
        """No more pages. Several have an outline; without a title the file is called like its first bookmark."""
        titles = [self._title, *(text for text, _depth in self._bookmarks)]
        self._canvas.setTitle(ts.clean(next((text for text in titles if text), "")))
        if self._pages > 1 and self._bookmarks:
            for index, (text, depth) in enumerate(self._bookmarks):
                self._canvas.addOutlineEntry(ts.clean(text), f"mark{index}", depth)
            self._canvas.showOutline()
        self._canvas.save()


class Page:
    """One sheet of paper. Its height may still change until it is finished (a paper roll is cut at the end)."""

    def __init__(self, press: Press, width: float, height: float) -> None:
        self.press = press
        self.width = width
        self.height = height
        self._marks: list[Mark] = []

    def play(self, canvas: Canvas) -> None:
        """Draws everything that was noted."""
        for mark in self._marks:
            mark(canvas)

    def text(self, x: float, y: float, text: str, style: Style, align: Align = Align.LEFT) -> None:
        """One line of text with its baseline at ``y``."""
        line = ts.drawn(text)
        if not line:
            return
        start = x - align.value * ts.width(text, style) if align is not Align.LEFT else x
        self._marks.append(lambda canvas: _draw_line(canvas, start, -y, line, style))

    def paragraph(
        self, x: float, y: float, width: float, text: str, style: Style, align: Align = Align.LEFT
    ) -> float:
        """Text in as many lines as it needs; returns the baseline for what follows.

        Arabic paragraphs stand at the right of the width.
        """
        if arabic.reads_from_right(text) and align is Align.LEFT:
            align = Align.RIGHT
        if ts.one_line(text, style, width):
            self.text(x + align.value * width, y, text, style, align)
            return y + style.step
        if arabic.has_arabic(text):
            for line in ts.arabic_lines(text, style, width):
                self.text(x + align.value * width, y, line, style, align)
                y += style.step
            return y
        flowing = ts.paragraph(text, style, width, align)
        foot = -y + ts.above(text, style) - flowing.height
        self._marks.append(lambda canvas: flowing.drawOn(canvas, x, foot))
        return y + ts.line_count(text, style, width) * style.step

    def hline(self, x1: float, x2: float, y: float, colour: str = LINE, width: float = 0.6) -> None:
        """A horizontal hairline."""

        def draw(canvas: Canvas) -> None:
            canvas.setStrokeColor(_colour(colour))
            canvas.setLineWidth(width)
            canvas.line(x1, -y, x2, -y)

        self._marks.append(draw)

    def dashed(self, x1: float, x2: float, y: float) -> None:
        """A horizontal line to cut along."""

        def draw(canvas: Canvas) -> None:
            canvas.setStrokeColor(_colour(MUTED))
            canvas.setLineWidth(0.5)
            canvas.setDash([2, 2.5])
            canvas.line(x1, -y, x2, -y)
            canvas.setDash()

        self._marks.append(draw)

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str = "", line: str = "",
        radius: float = 0, line_width: float = 0.6,
    ) -> None:  # fmt: skip
        """A rectangle from its top left corner, filled, outlined or both, with round corners where asked."""

        def draw(canvas: Canvas) -> None:
            if fill:
                canvas.setFillColor(_colour(fill))
            if line:
                canvas.setStrokeColor(_colour(line))
                canvas.setLineWidth(line_width)
            shape = {"stroke": int(bool(line)), "fill": int(bool(fill))}
            if radius:
                canvas.roundRect(x, -y - height, width, height, min(radius, width / 2, height / 2), **shape)
            else:
                canvas.rect(x, -y - height, width, height, **shape)

        self._marks.append(draw)

    def code128(
        self, x: float, y: float, width: float, height: float, text: str, *, turned: bool = False
    ) -> None:
        """A Code 128 symbol filling the width, quiet zones included; ``turned`` by a quarter, it fills the height."""
        bits = code128_bits(text)
        along = height if turned else width
        module = min(along / (len(bits) + 2 * _QUIET), _WIDEST_MODULE)
        start = (along - module * len(bits)) / 2

        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(_colour(INK))
            path = canvas.beginPath()
            for first, run in bars(bits):
                at = start + first * module
                if turned:
                    path.rect(x, -y - at - run * module, width, run * module)
                else:
                    path.rect(x + at, -y - height, run * module, height)
            canvas.drawPath(path, stroke=0, fill=1)

        self._marks.append(draw)

    def qr(self, x: float, y: float, size: float, text: str) -> None:
        """A QR symbol as wide and high as ``size``; the caller leaves white around it (four modules).

        All modules are one path: a picture would be blurred on screens, and separate boxes show seams.
        """
        rows = qr_rows(text)
        module = size / len(rows)

        def draw(canvas: Canvas) -> None:
            canvas.saveState()
            canvas.setFillColor(_colour(INK))
            canvas.translate(x, -y)
            canvas.scale(module, module)
            path = canvas.beginPath()
            for at, row in enumerate(rows):
                for first, run in bars(row):
                    path.rect(first, -at - 1, run, 1)
            canvas.drawPath(path, stroke=0, fill=1)
            canvas.restoreState()

        self._marks.append(draw)

    def picture(self, x: float, y: float, size: float, digest: str) -> None:
        """A picture of the press in the middle of a square, as large as fits."""
        picture = _printable(self.press.pictures[digest])

        def draw(canvas: Canvas) -> None:
            canvas.drawImage(picture, x, -y - size, size, size, preserveAspectRatio=True)

        self._marks.append(draw)

    def place(self, furniture: str) -> None:
        """Shows shared furniture where it was drawn."""
        self._marks.append(lambda canvas: canvas.doForm(furniture))

    def diagonal(self, text: str, style: Style) -> None:
        """Large text across the middle of the page, from bottom left to top right."""
        line = ts.drawn(text)
        half = ts.width(text, style) / 2
        middle = (self.width / 2, -self.height / 2)

        def draw(canvas: Canvas) -> None:
            canvas.saveState()
            canvas.translate(*middle)
            canvas.rotate(45)
            _draw_line(canvas, -half, 0, line, style)
            canvas.restoreState()

        self._marks.append(draw)


@lru_cache(maxsize=4)
def _printable(png: bytes) -> ImageReader:
    """A picture on the paper's white, as JPEG: the PDF takes that as it is, a PNG would be packed anew each time."""
    with Image.open(BytesIO(png)) as picture:
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture.convert("RGBA"))
    out = BytesIO()
    white.convert("RGB").save(out, "JPEG", quality=92, subsampling=0)
    return ImageReader(out)


def _draw_line(canvas: Canvas, x: float, y: float, line: str, style: Style) -> None:
    """Text in drawing order, each part in the face that has its letters."""
    canvas.setFillColor(_colour(style.colour))
    *before, (name, last) = fonts.runs(line, style.weight)
    for face, run in before:
        canvas.setFont(face, style.size)
        canvas.drawString(x, y, run)
        x += canvas.stringWidth(run)
    canvas.setFont(name, style.size)
    canvas.drawString(x, y, last)


def code128_size(text: str, room: float) -> tuple[float, float]:
    """Width (quiet zones included) and least height of a Code 128 symbol that has ``room``.

    Zero for both where its bars would be too thin to be read: a code that no scanner reads is not drawn.
    """
    modules = len(code128_bits(text))
    if not modules:
        return 0.0, 0.0
    module = min(room / (modules + 2 * _QUIET), _WIDEST_MODULE)
    if module < _THINNEST_MODULE:
        return 0.0, 0.0
    return module * (modules + 2 * _QUIET), module * modules / 5
