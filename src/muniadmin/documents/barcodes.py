"""Bar codes: Code 128 as runs of bars, QR codes as rows of dark and light modules."""

import math
from functools import lru_cache
from types import ModuleType

import barcode
import segno

zxingcpp: ModuleType | None
try:
    import zxingcpp
except ImportError:  # no wheel for this platform: the pure encoder below is some ten times slower
    zxingcpp = None

# A dark pixel is 0 in the picture, and "1" here.
_GREY_TO_BIT = b"1" + b"0" * 255


@lru_cache(maxsize=256)
def code128_bits(text: str) -> str:
    """The modules of a Code 128 symbol, ``1`` for a bar, without quiet zones. ASCII only."""
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
    """The modules of a QR symbol of level M, row by row, ``1`` for dark; without quiet zone."""
    return pure_qr(text) if zxingcpp is None else _fast_qr(text, zxingcpp)


def _fast_qr(text: str, zxing: ModuleType) -> list[str]:
    symbol = zxing.create_barcode(text, zxing.BarcodeFormat.QRCode, ec_level="M")
    picture = memoryview(symbol.to_image(scale=1, add_quiet_zones=False))
    bits = picture.tobytes().translate(_GREY_TO_BIT).decode("ascii")
    side = math.isqrt(len(bits))
    return [bits[start : start + side] for start in range(0, side * side, side)]


def pure_qr(text: str) -> list[str]:
    """The same by the pure-Python encoder, which needs no compiled code. Its mask is fixed: choosing it is slow."""
    matrix = segno.make(text, error="m", micro=False, boost_error=False, mask=0).matrix
    return ["".join("1" if module else "0" for module in row) for row in matrix]
