"""Bar codes: Code 128 as runs of bars (python-barcode), QR codes as rows of dark and light modules (segno)."""

from functools import lru_cache

import barcode
import segno


@lru_cache(maxsize=256)
def code128_bits(text: str) -> str:
    """The modules of a Code 128 symbol, ``1`` for a bar, without quiet zones; empty for a text that is not ASCII."""
    if not text.isascii() or not text.isprintable() or not text:
        return ""
    bits: str = barcode.get("code128", text).build()[0]
    return bits


def bars(bits: str) -> list[tuple[int, int]]:
    """The start and length of every run of ``1``."""
    runs: list[tuple[int, int]] = []
    start = bits.find("1")
    while start >= 0:
        end = bits.find("0", start)
        end = len(bits) if end < 0 else end
        runs.append((start, end - start))
        start = bits.find("1", end)
    return runs


def qr_rows(text: str) -> list[str]:
    """The modules of a QR symbol of level M, row by row, ``1`` for dark; without quiet zone.

    The mask is fixed: comparing all eight takes four times as long as all the rest, and what stands in our codes is
    a signature, which looks like noise under each of them.
    """
    matrix = segno.make(text, error="m", micro=False, boost_error=False, mask=0).matrix
    return ["".join("1" if module else "0" for module in row) for row in matrix]
