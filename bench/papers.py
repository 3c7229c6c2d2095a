"""Papers: one while the citizen waits, and a roll of bills in two processes, held against the canvas alone."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import psutil
import pypdfium2
import zxingcpp

import muniadmin.bootstrap  # noqa: F401 - tells which papers there are
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
from muniadmin.assessment.sheets import BillSheet
from muniadmin.documents.drawing import draw
from muniadmin.documents.paper import Page, Press
from muniadmin.documents.rolls import PAPERS_IN_FILE, WORKERS, PaperFile, draw_files
from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.i18n import use_language
from tests.documents.samples import ON_PAPER, a_bill, a_receipt, a_statement, an_extract

ROUNDS = 5
#: From the click to the file, in milliseconds.
ONE_LIMIT_MS = 30.0
#: What a process that draws a roll may grow by after its first file, in MiB.
GROWTH_LIMIT_MIB = 10.0

_KINDS: dict[str, Callable[..., Sheet]] = {
    "receipt": a_receipt,
    "bill": a_bill,
    "statement": a_statement,
    "extract": an_extract,
}


def run(full: bool) -> Iterator[Result]:
    """One paper of each of the kinds somebody waits for; a roll; the memory it takes."""
    count = 200 if full else 40
    for name, make in _KINDS.items():
        say(f"papers: {count} times one {name}")
        yield _single(name, make, count)
    yield from _roll(10_000 if full else 2_000)


def _single(name: str, make: Callable[..., Sheet], count: int) -> Result:
    """The 95th percentile of one paper, in milliseconds; each is a file of its own."""
    sheets = [make("fr" if place % 3 else "en", number=f"3-2026-{place:06d}-K") for place in range(count)]
    draw(sheets[0], pictures={})
    late = Rounds()
    for _round in range(ROUNDS):
        took = []
        for sheet in sheets:
            start = time.perf_counter()
            draw(sheet, pictures={})
            took.append((time.perf_counter() - start) * 1000)
        late.add(percentile(took, 95), ONE_LIMIT_MS)
    codes = _codes(draw(sheets[-1], pictures={}), 0)
    if not codes:
        raise AssertionError(f"no code can be read from the {name}")
    return late.result(
        f"one {name}, p95", "what nobody notices", "ms", goal=at_most(1.0), checked=f"{len(codes)} codes read"
    )


# --- a roll ---------------------------------------------------------------------------------------------------------


def bills(count: int) -> list[BillSheet]:
    """Bills of a roll, each with its own name, address and amounts."""
    return [
        a_bill(
            "fr",
            number=f"A-2026-{place:07d}-X",
            taxpayer_name=f"Amina Bennani {place}",
            address=(f"{place % 97}, derb Sidi Ahmed", "Médina", "30110 Fès"),
        )
        for place in range(count)
    ]


def files_of(sheets: list[BillSheet], folder: Path) -> list[PaperFile]:
    """The roll as the job cuts it."""
    texts = [sheet.to_json() for sheet in sheets]
    return [
        PaperFile(
            folder / f"{start}.pdf",
            "Roll",
            range(start, start + PAPERS_IN_FILE),
            texts[start : start + PAPERS_IN_FILE],
            pictures={},
        )
        for start in range(0, len(texts), PAPERS_IN_FILE)
    ]


class _Noting(Press):
    """A press that keeps the marks of each page instead of drawing them."""

    def __init__(self) -> None:
        super().__init__(BytesIO(), {}, author="", language="fr")
        self.pages: list[Page] = []

    def finish(self, page: Page, bookmarks: object = ()) -> None:
        self.pages.append(page)


def _marks_of(sheets: list[BillSheet]) -> list[Page]:
    """Every mark of every page, worked out beforehand."""
    from muniadmin.assessment.bill_paper import draw_bill

    press = _Noting()
    with use_language("fr"):
        for sheet in sheets:
            draw_bill(press, sheet, "")
    return press.pages


def _bare(pages: list[Page], first: BillSheet, folder: Path) -> None:
    """The canvas alone: the same marks, known beforehand, one page after the other on one core."""
    from muniadmin.assessment.bill_paper import draw_bill

    for start in range(0, len(pages), PAPERS_IN_FILE):
        with (folder / f"bare{start}.pdf").open("wb") as out, use_language("fr"):
            press = Press(out, {}, author="", language="fr", title="Roll")
            draw_bill(press, first, "")  # makes what all pages share
            for page in pages[start : start + PAPERS_IN_FILE]:
                press.finish(page)
            press.close()


def _roll(count: int) -> Iterator[Result]:
    say(f"papers: a roll of {count:,} bills")
    sheets = bills(count)
    with folder_on_disk() as folder:
        files = files_of(sheets, folder)
        pages = _marks_of(sheets)

        def ours(_round: int) -> float:
            return count / seconds(lambda: list(draw_files(files)))

        def theirs(_round: int) -> float:
            return count / seconds(lambda: _bare(pages, sheets[0], folder))

        rounds = alternate(3, ours, theirs)
        for file in files:
            if len(pypdfium2.PdfDocument(file.path)) != len(file.texts):
                raise AssertionError(f"{file.path.name} has not a page for each bill")
        spot = len(files[-1].texts) - 1
        if _codes(files[-1].path, spot) != [sheets[-1].number]:
            raise AssertionError("the last bill's code cannot be read")
        yield rounds.result(
            f"roll of {count:,} bills, two processes",
            "bare canvas, same marks, one core",
            "pages/s",
            goal=at_least(1.2),
            checked=f"{count:,} pages in {len(files)} files, last code read",
        )
        few = _most_memory(files[:WORKERS])
        many = _most_memory(files)
        yield Rounds([many], [few + GROWTH_LIMIT_MIB]).result(
            f"memory of a process that draws {count:,} bills",
            f"{GROWTH_LIMIT_MIB:g} MiB over that for a file each",
            "MiB",
            goal=at_most(1.0),
            checked=f"{many - few:+.1f} MiB",
        )


def _most_memory(files: list[PaperFile]) -> float:
    """The most MiB that one of the processes held while they drew."""
    most, done = 0, threading.Event()
    me = psutil.Process()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.05):
            for child in me.children():
                with suppress(psutil.Error):
                    most = max(most, child.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for _file in draw_files(files):
            pass
    finally:
        done.set()
        watcher.join()
    return most / 2**20


def _codes(pdf: bytes | Path, page: int) -> list[str]:
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=150 / 72).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=ON_PAPER)]
