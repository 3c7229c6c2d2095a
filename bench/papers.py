"""Papers: one while the citizen waits."""

import time
from collections.abc import Callable, Iterator

import pypdfium2
import zxingcpp

import muniadmin.bootstrap  # noqa: F401 - tells which papers there are
from bench.measuring import Result, Rounds, at_most, percentile, say
from muniadmin.documents.drawing import draw
from muniadmin.documents.sheets import Sheet
from tests.documents.samples import ON_PAPER, a_bill, a_receipt, a_statement, an_extract

ROUNDS = 5
#: From the click to the file, in milliseconds.
ONE_LIMIT_MS = 30.0

_KINDS: dict[str, Callable[..., Sheet]] = {
    "receipt": a_receipt,
    "bill": a_bill,
    "statement": a_statement,
    "extract": an_extract,
}


def run(full: bool) -> Iterator[Result]:
    """One paper of each of the kinds somebody waits for."""
    count = 200 if full else 40
    for name, make in _KINDS.items():
        say(f"papers: {count} times one {name}")
        yield _single(name, make, count)


def _single(name: str, make: Callable[..., Sheet], count: int) -> Result:
    """The 95th percentile of one paper, in milliseconds; each is a file of its own."""
    sheets = [make("fr" if place % 3 else "en", number=f"3-2026-{place:06d}-K") for place in range(count)]
    draw(sheets[0])
    late = Rounds()
    for _round in range(ROUNDS):
        took = []
        for sheet in sheets:
            start = time.perf_counter()
            draw(sheet)
            took.append((time.perf_counter() - start) * 1000)
        late.add(percentile(took, 95), ONE_LIMIT_MS)
    picture = pypdfium2.PdfDocument(draw(sheets[-1]))[0].render(scale=150 / 72).to_pil()
    codes = [found.text for found in zxingcpp.read_barcodes(picture, formats=ON_PAPER)]
    if not codes:
        raise AssertionError(f"no code can be read from the {name}")
    return late.result(
        f"one {name}, p95", "what nobody notices", "ms", goal=at_most(1.0), checked=f"{len(codes)} codes read"
    )
