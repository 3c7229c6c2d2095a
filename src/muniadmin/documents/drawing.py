"""Draws sheets: one as a PDF in memory, or several into one file."""

import os
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from pkgutil import resolve_name
from threading import Lock

from muniadmin.documents.paper import Press
from muniadmin.documents.papers import paper_of
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.i18n import _, use_language

# reportlab's faces serve one document at a time.
_DRAWING = Lock()


def _mark(*, duplicate: int, specimen: bool, void: bool) -> str:
    if specimen:
        return _("SPECIMEN")
    marks = [_("VOID")] if void else []
    if duplicate:
        marks.append(_("DUPLICATE {rank}").format(rank=duplicate))
    return " · ".join(marks)


def _draw_on(
    press: Press,
    sheet: Sheet,
    paper: ReceiptPaper,
    *,
    duplicate: int = 0,
    specimen: bool = False,
    void: bool = False,
) -> None:
    with use_language(sheet.language):
        mark = _mark(duplicate=duplicate, specimen=specimen, void=void)
        kind = paper_of(sheet.KIND)
        chosen = (paper,) if kind.on_receipt_paper else ()
        resolve_name(kind.draw)(press, sheet, mark, *chosen)


def draw(
    sheet: Sheet,
    *,
    pictures: Mapping[str, bytes],
    paper: ReceiptPaper = ReceiptPaper.A5,
    duplicate: int = 0,
    specimen: bool = False,
    void: bool = False,
) -> bytes:
    """The sheet as a PDF, with the ``pictures`` it names (PNG files by their digests). ``duplicate`` is the rank of a
    reprint, 0 for the original; a ``specimen`` is only looked at; one that is ``void`` says so.

    The same sheet always gives the same bytes (of the same version of the program).
    """
    out = BytesIO()
    with _DRAWING:
        press = Press(out, pictures, author=sheet.issuer.name, language=sheet.language)
        _draw_on(press, sheet, paper, duplicate=duplicate, specimen=specimen, void=void)
        press.close()
    return out.getvalue()


def draw_file(
    sheets: Iterable[Sheet],
    path: Path,
    *,
    pictures: Mapping[str, bytes],
    title: str,
) -> None:
    """Draws the sheets into one PDF at ``path``, in their order, with an outline.

    The pages are held until the file is written: some thousand papers are several files. Whatever is raised, ``path``
    is not touched and no part of a file is left.
    """
    # Of its own: a process that outlived its job may still be writing the same file. Called like the file, so that what
    # a killed one left is known.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out, _DRAWING:
            press: Press | None = None
            for sheet in sheets:
                if press is None:
                    author = sheet.issuer.name
                    press = Press(out, pictures, title=title, author=author, language=sheet.language)
                _draw_on(press, sheet, ReceiptPaper.A5)
            if press is None:
                raise ValueError("a file without papers")
            press.close()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
