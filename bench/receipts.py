"""Receipts on paper: one while the citizen waits, and a day's worth in one file."""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pypdfium2
import zxingcpp

from bench.floor_pdf import FloorWriter
from bench.measuring import (
    Result,
    Rounds,
    alternate,
    at_least,
    at_most,
    folder_on_disk,
    percentile,
    say,
    seconds,
)
from muniadmin.collection.names import receipt_number
from muniadmin.documents.drawing import draw, draw_many
from muniadmin.documents.sheets import ReceiptSheet
from muniadmin.kernel.money import Money
from tests.documents.samples import a_receipt

ROUNDS = 6
WARM_UP = 1
#: From the click to the file, in milliseconds.
ONE_LIMIT_MS = 10.0
MEMORY_LIMIT_MIB = 64.0


def run(full: bool) -> Iterator[Result]:
    """One file of many, one at a time, and the memory a long file takes."""
    count = 10_000 if full else 300
    say(f"receipts: {count:,} in a file")
    sheets = _receipts(count)
    with folder_on_disk() as folder:
        ours, theirs = folder / "ours.pdf", folder / "floor.pdf"
        many = alternate(
            ROUNDS,
            lambda _round: count / seconds(lambda: draw_many(sheets, ours, title="Receipts")),
            lambda _round: count / seconds(lambda: _floor(sheets, theirs)),
            warm_up=WARM_UP,
        )
        checked = f"{_checked(ours, sheets)}; floor: {_checked(theirs, sheets)}"
        yield many.result(
            "receipts in one file",
            "40-line writer, one form, Helvetica",
            "pages/s",
            goal=at_least(0.60),
            checked=checked,
        )
        single, late = _single(sheets[:100])
        checked = "every receipt a file of its own, signed code read back from the last"
        yield single.result("one receipt", "the same writer", "ms", goal=None, checked=checked)
        yield late.result("one receipt, p95", "what nobody notices", "ms", goal=at_most(1.0), checked=checked)
        short, long = 200, 10_000 if full else 2_000
        few, many_pages = _memory(folder / "short.pdf", short), _memory(folder / "long.pdf", long)
        checked = f"{long:,} pages took {many_pages - few:+.1f} MiB over {short}"
        yield Rounds([many_pages], [MEMORY_LIMIT_MIB]).result(
            f"memory for {long:,} receipts in one file", "limit", "MiB", goal=at_most(1.0), checked=checked
        )
        yield Rounds([many_pages], [few]).result(
            f"memory for {long:,} receipts in one file",
            f"for {short}",
            "MiB",
            goal=at_most(1.1),
            checked=checked,
        )


def _receipts(count: int) -> list[ReceiptSheet]:
    return [
        a_receipt(
            "fr" if place % 3 else "en",
            count=place % 3 + 1,
            number=receipt_number(3, 2026, place + 1),
            tendered=Money(100_000 + place),
        )
        for place in range(count)
    ]


def _floor(sheets: Iterable[ReceiptSheet], path: Path) -> None:
    with path.open("wb") as out:
        FloorWriter(out).write(sheets)


def _single(sheets: Sequence[ReceiptSheet]) -> tuple[Rounds, Rounds]:
    """Medians and 95th percentiles of one receipt, in milliseconds."""
    middle, late = Rounds(), Rounds()
    for number in range(WARM_UP + ROUNDS):
        ours, theirs = [], []
        for sheet in sheets:
            start = time.perf_counter()
            draw(sheet)
            then = time.perf_counter()
            FloorWriter(BytesIO()).write([sheet])
            ours.append((then - start) * 1000)
            theirs.append((time.perf_counter() - then) * 1000)
        if number >= WARM_UP:
            middle.add(percentile(ours, 50), percentile(theirs, 50))
            late.add(percentile(ours, 95), ONE_LIMIT_MS)
    _ensure_readable(draw(sheets[-1]), sheets[-1], 0)
    return middle, late


def _checked(path: Path, sheets: Sequence[ReceiptSheet]) -> str:
    """That every page is there and both codes of some of them are read from the picture of the page; says so."""
    pages = len(pypdfium2.PdfDocument(path))
    if pages != len(sheets):
        raise AssertionError(f"{len(sheets)} receipts, {pages} pages")
    spots = (0, len(sheets) // 2, len(sheets) - 1)
    for spot in spots:
        _ensure_readable(path, sheets[spot], spot)
    return f"{pages:,} pages, codes of {len(spots)} read"


def _ensure_readable(pdf: bytes | Path, sheet: ReceiptSheet, page: int) -> None:
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=200 / 72).to_pil()
    codes = {found.text for found in zxingcpp.read_barcodes(picture)}
    if codes != {sheet.number, sheet.verification}:
        raise AssertionError(f"receipt {sheet.number}: the codes read are {codes}")


def _memory(path: Path, count: int) -> float:
    """Most MiB a process of its own held while it wrote so many."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.long_file", str(path), str(count)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(told.stdout) / 1024
