"""Codes are read from the picture of the printed page, aged as papers are, by two readers that drew none of them."""

import math
import random
from collections.abc import Callable, Mapping
from functools import cache, partial
from io import BytesIO
from itertools import groupby
from typing import Any, cast

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from muniadmin.documents import drawing
from muniadmin.documents.barcodes import code128_bits
from muniadmin.documents.paper import Page, Press
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.documents.sheets import Sheet
from tests.documents.samples import (
    ON_PAPER,
    a_bill,
    a_cancellation,
    a_fine_notice,
    a_receipt,
    a_statement,
    an_extract,
)

draw = partial(drawing.draw, pictures={})

DPI = 150
MM = 72 / 25.4

try:
    from pyzbar import pyzbar
except ImportError:
    pyzbar = None
needs_zbar = pytest.mark.skipif(pyzbar is None, reason="libzbar0 is not installed")

#: Every paper that bears a bar code, and what its code says.
PAPERS: Mapping[str, tuple[Sheet, ReceiptPaper, str]] = {
    **{f"receipt {paper.value}": (a_receipt(), paper, "3-2026-000123-K") for paper in ReceiptPaper},
    **{
        name: (sheet, ReceiptPaper.A5, number)
        for name, sheet, number in (
            ("cancellation", a_cancellation(), "3-2026-000123-K"),
            ("bill", a_bill(), "A-2026-0041187-K"),
            ("fine notice", a_fine_notice(), "P-2026-018342-T"),
            ("statement", a_statement(count=1), "C-0018342-7"),
            ("extract", an_extract(), "E-2026-000917-4"),
        )
    },
}


@cache
def page(name: str) -> Image.Image:
    sheet, paper, _number = PAPERS[name]
    first = pypdfium2.PdfDocument(draw(sheet, paper=paper))[0]
    picture: Image.Image = first.render(scale=DPI / 72).to_pil().convert("L")
    return picture


# --- What happens to paper -----------------------------------------------------------------------------------


def faded(image: Image.Image) -> Image.Image:
    """Ink gone grey on paper gone yellow."""
    return image.point(lambda value: 120 + value * 90 // 255)


def folded(image: Image.Image) -> Image.Image:
    """Folded twice: creases where half the ink is gone, and one part in the shade. On rolls the paper itself is dark,
    and a crease takes less."""
    y1, y2 = image.height // 3, 2 * image.height // 3
    gone = 60 if image.width < 85 / 25.4 * DPI else 110
    shade = Image.new("L", image.size, 255)
    ImageDraw.Draw(shade).rectangle([0, y1, image.width, y2], fill=190)
    creases = Image.new("L", image.size, 0)
    for y in (y1, y2):
        ImageDraw.Draw(creases).line([(0, y), (image.width, y)], fill=gone, width=2)
    return ImageChops.add(ImageChops.multiply(image, shade), creases)


def turned(image: Image.Image) -> Image.Image:
    """Laid askew by seven degrees."""
    return image.rotate(7, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def blurred(radius: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: image.filter(ImageFilter.GaussianBlur(radius))


def noisy(image: Image.Image) -> Image.Image:
    """The sensor's noise, sigma 20."""
    return ImageChops.add(image, Image.effect_noise(image.size, 20), 1, -128)


def specked(image: Image.Image) -> Image.Image:
    """One dot in a hundred black or white."""
    worn, dots = image.copy(), random.Random(1)
    for _ in range(image.width * image.height // 100):
        worn.putpixel((dots.randrange(image.width), dots.randrange(image.height)), dots.choice((0, 255)))
    return worn


def clean(image: Image.Image) -> Image.Image:
    return image


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize(
    "worn", [clean, faded, folded, turned, blurred(1.2), noisy, specked],
    ids=["clean", "faded", "folded", "turned", "blurred", "noisy", "specked"],
)  # fmt: skip
def test_a_reader_finds_the_number_on_every_paper(
    name: str, worn: Callable[[Image.Image], Image.Image]
) -> None:
    found = zxingcpp.read_barcodes(
        worn(page(name)), formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
    )
    assert [one.text for one in found] == [PAPERS[name][2]]


@needs_zbar
@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize(
    "worn", [clean, turned, blurred(0.8), specked], ids=["clean", "turned", "blurred", "specked"]
)
def test_another_reader_finds_it_too(name: str, worn: Callable[[Image.Image], Image.Image]) -> None:
    found = pyzbar.decode(worn(page(name)), symbols=[pyzbar.ZBarSymbol.CODE128])
    assert {one.data.decode() for one in found} == {PAPERS[name][2]}


@pytest.mark.parametrize("name", [*(name for name in PAPERS if name.startswith("receipt")), "extract"])
@pytest.mark.parametrize(
    "worn", [clean, faded, turned, blurred(0.8), noisy], ids=["clean", "faded", "turned", "blurred", "noisy"]
)
def test_the_square_code_is_read_whole(name: str, worn: Callable[[Image.Image], Image.Image]) -> None:
    sheet: Any = PAPERS[name][0]
    found = {one.text for one in zxingcpp.read_barcodes(worn(page(name)), formats=ON_PAPER)}
    assert sheet.verification in found


@needs_zbar
def test_the_square_code_is_read_by_the_other_reader() -> None:
    sheet: Any = PAPERS["receipt a5"][0]
    found = pyzbar.decode(page("receipt a5"), symbols=[pyzbar.ZBarSymbol.QRCODE])
    assert [one.data.decode() for one in found] == [sheet.verification]


@pytest.mark.parametrize("name", PAPERS)
def test_bars_are_wide_and_high_enough(name: str) -> None:
    """Measured in the picture: the extent of what the reader found, in millimetres."""
    number = PAPERS[name][2]
    (found,) = zxingcpp.read_barcodes(
        page(name), formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
    )
    corners = found.position
    along = math.dist(
        (corners.top_left.x, corners.top_left.y), (corners.top_right.x, corners.top_right.y)
    ) * 25.4 / DPI  # fmt: skip
    assert along / len(code128_bits(number)) >= 0.325  # a pixel at either end is lost in reading
    across = _bar_height(page(name), corners) * 25.4 / DPI
    assert across >= along / 5 - 0.2


def _bar_height(image: Image.Image, corners: Any) -> int:
    """How many pixels long the first bar is: followed from where the reader saw it, as far as it is dark."""
    x = corners.top_left.x
    y = (corners.top_left.y + corners.bottom_left.y) // 2
    upright = abs(corners.top_left.x - corners.top_right.x) < abs(corners.top_left.y - corners.top_right.y)
    step = (1, 0) if upright else (0, 1)
    inward = (corners.top_right.x - corners.top_left.x, corners.top_right.y - corners.top_left.y)
    if upright:
        x = (corners.top_left.x + corners.bottom_left.x) // 2
        y = corners.top_left.y + (1 if inward[1] > 0 else -1)
    else:
        x += 1 if inward[0] > 0 else -1

    def dark(at: int) -> bool:
        spot = (x + step[0] * at, y + step[1] * at)
        return (
            0 <= spot[0] < image.width
            and 0 <= spot[1] < image.height
            and cast(int, image.getpixel(spot)) < 128
        )

    first = last = 0
    while dark(first - 1):
        first -= 1
    while dark(last + 1):
        last += 1
    return last - first + 1


@pytest.mark.parametrize("turned", [False, True], ids=["across", "upright"])
def test_ten_modules_stay_white_beside_a_bar_code_in_the_narrowest_place(turned: bool) -> None:
    """Its quiet zone, whatever stands beside it (ISO/IEC 15417): here boxes that touch the place it was given."""
    number = "A-2026-0041187-K"
    along, high = 58 * MM, 15 * MM
    width, height = (high, along) if turned else (along, high)
    out = BytesIO()
    press = Press(out, {}, author="", language="en")
    sheet = Page(press, 100 * MM, 100 * MM)
    x, y, edge = 20 * MM, 20 * MM, 5 * MM
    for box in (
        ((x, y - edge, width, edge), (x, y + height, width, edge))
        if turned
        else ((x - edge, y, edge, height), (x + width, y, edge, height))
    ):
        sheet.box(*box, fill="#000000")
    sheet.code128(x, y, width, height, number, turned=turned)
    press.finish(sheet)
    press.close()
    dots = 600 / 72
    picture = pypdfium2.PdfDocument(out.getvalue())[0].render(scale=dots).to_pil().convert("L")
    # Through the middle of all bars, from the middle of one box to the middle of the other.
    middle = int(((x + width / 2) if turned else (y + height / 2)) * dots)
    start, end = (int((at - edge / 2) * dots) for at in ((y, y + height) if turned else (x, x + width)))
    end += int(edge * dots)
    line = [
        cast(int, picture.getpixel((middle, at) if turned else (at, middle))) < 128
        for at in range(start, end)
    ]
    runs = [len(list(run)) for _dark, run in groupby(line)]
    before, *code, after = runs[1:-1]
    module = sum(code) / len(code128_bits(number))
    assert zxingcpp.read_barcodes(picture, formats=ON_PAPER)[0].text == number
    assert min(before, after) >= 10 * module - 2  # a dot at either end


def test_a_number_too_long_for_readable_bars_is_printed_alone() -> None:
    long = a_receipt(number="SOUCHE-DES-REGISSEURS-2026-07-0000112")
    first = pypdfium2.PdfDocument(draw(long, paper=ReceiptPaper.ROLL_58))[0]
    found = zxingcpp.read_barcodes(first.render(scale=DPI / 72).to_pil(), formats=ON_PAPER)
    assert [one.text for one in found] == [long.verification]
