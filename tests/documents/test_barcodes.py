"""Codes are read back by a decoder that had no part in making them, from what a printer would print."""

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from muniadmin.documents import barcodes
from muniadmin.documents.barcodes import bars, code128_bits, pure_qr, qr_rows
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


@pytest.mark.parametrize("encode", [qr_rows, pure_qr], ids=["fast", "pure"])
@pytest.mark.parametrize("text", [a_receipt().verification, "MA1|E|Élodie Ngọc|بناني", "x"])
def test_both_qr_encoders_read_back(encode: object, text: str) -> None:
    assert callable(encode)
    assert decoded(picture(encode(text), 3), zxingcpp.BarcodeFormat.QRCode) == [text]


def test_without_the_compiled_encoder_the_pure_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(barcodes, "zxingcpp", None)
    assert qr_rows("MA1|R|1") == pure_qr("MA1|R|1")


def test_bars_are_the_runs_of_ones() -> None:
    assert bars("0110100111") == [(1, 2), (4, 1), (7, 3)]
    assert bars("000") == []
