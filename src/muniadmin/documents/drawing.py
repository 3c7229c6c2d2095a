"""Draws sheets: one as a PDF in memory, or a whole roll of them streamed into one file."""

from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from pkgutil import resolve_name

from muniadmin.documents.paper import Press
from muniadmin.documents.papers import paper_of
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.i18n import _, use_language


def _mark(*, duplicate: int, specimen: bool) -> str:
    if specimen:
        return _("SPECIMEN")
    return _("DUPLICATE {rank}").format(rank=duplicate) if duplicate else ""


def _draw_on(press: Press, sheet: Sheet, paper: ReceiptPaper, *, duplicate: int, specimen: bool) -> None:
    with use_language(sheet.language):
        mark = _mark(duplicate=duplicate, specimen=specimen)
        kind = paper_of(sheet.KIND)
        on_roll = paper is ReceiptPaper.ROLL_80 and kind.draw_on_roll
        resolve_name(on_roll or kind.draw)(press, sheet, mark)


def draw(
    sheet: Sheet, *, paper: ReceiptPaper = ReceiptPaper.A5, duplicate: int = 0, specimen: bool = False
) -> bytes:
    """The sheet as a PDF. ``duplicate`` is the rank of a reprint, 0 for the original; a ``specimen`` is only looked at.

    The same sheet always gives the same bytes (of the same version of the program).
    """
    out = BytesIO()
    press = Press(
        out, title=sheet.number or type(sheet).__name__, author=sheet.issuer.name, language=sheet.language
    )
    _draw_on(press, sheet, paper, duplicate=duplicate, specimen=specimen)
    press.close()
    return out.getvalue()


def draw_many(
    sheets: Iterable[Sheet],
    path: Path,
    progress: Callable[[int], None] = lambda done: None,
    *,
    title: str,
    paper: ReceiptPaper = ReceiptPaper.A5,
) -> int:
    """Streams the sheets into one PDF at ``path``, in their order; returns how many there were.

    Memory does not grow with their number. ``progress`` is told how many are done and may raise Cancelled;
    whatever is raised, ``path`` is then not touched and no part of a file is left.
    """
    part = path.with_name(path.name + ".part")
    done = 0
    try:
        with part.open("wb") as out:
            press: Press | None = None
            for sheet in sheets:
                if press is None:
                    press = Press(out, title=title, author=sheet.issuer.name, language=sheet.language)
                _draw_on(press, sheet, paper, duplicate=0, specimen=False)
                done += 1
                progress(done)
            (press or Press(out, title=title, author="", language="en")).close()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return done
