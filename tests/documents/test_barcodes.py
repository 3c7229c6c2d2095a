"""Codes are read back by a decoder that had no part in making them, from what a printer would print."""

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from muniadmin.documents.barcodes import bars, code128_bits, qr_rows
from muniadmin.documents.paper import MM, code128_size
from tests.documents.samples import a_receipt


def picture(rows: list[str], scale: int) -> Image.Image:
    """Rows of modules as a picture with white around."""
    quiet = 10
    image = Image.new("L", ((len(rows[0]) + 2 * quiet) * scale, (len(rows) + 2 * quiet) * scale), 255)
    for y, row in enumerate(rows):
        for start, run in bars(row):
            box = (
                (quiet + start) * scale,
                (quiet + y) * scale,
                (quiet + start + run) * scale,
                (quiet + y + 1) * scale,
            )
            image.paste(0, box)
    return image


def decoded(image: Image.Image, code: zxingcpp.BarcodeFormat) -> list[str]:
    """What a reader set to one kind of code finds: by chance the bars of a text also read as another kind's."""
    return [found.text for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats([code]))]


@pytest.mark.parametrize(
    "number", ["3-2026-000123-K", "A-2026-0041187-K", "P-2026-018342-T", "C-0018342-7", "E-2026-000917-4"]
)
def test_code_128_reads_as_the_number(number: str) -> None:
    assert decoded(picture([code128_bits(number)] * 40, 2), zxingcpp.BarcodeFormat.Code128) == [number]


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=24))
def test_code_128_reads_back_whatever_it_holds(text: str) -> None:
    assert decoded(picture([code128_bits(text)] * 40, 2), zxingcpp.BarcodeFormat.Code128) == [text]


@pytest.mark.parametrize("text", [a_receipt().verification, "MA1|E|Élodie Ngọc|بناني", "x"])
def test_a_qr_code_is_read_by_another_library_than_drew_it(text: str) -> None:
    assert decoded(picture(qr_rows(text), 3), zxingcpp.BarcodeFormat.QRCode) == [text]


def test_a_code_whose_bars_no_reader_would_see_is_not_drawn() -> None:
    """Thinner than 0.33 mm; with a tenth of a millimetre of room more it is, and at least a fifth as high as wide."""
    number = "A-2026-0041187-K"
    modules = len(code128_bits(number)) + 20
    thinnest = 0.33 * modules * MM
    assert code128_size(number, thinnest - 0.1 * MM) == (0.0, 0.0)
    width, height = code128_size(number, thinnest + 0.1 * MM)
    assert thinnest <= width <= thinnest + 0.1 * MM
    assert height >= (modules - 20) * 0.33 * MM / 5


def test_bars_are_the_runs_of_ones() -> None:
    assert bars("0110100111") == [(1, 2), (4, 1), (7, 3)]
    assert bars("000") == []
