"""A document on the screen is as wide as its place, until somebody chooses another size."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pypdfium2 import PdfPage
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

import muniadmin.bootstrap  # noqa: F401 - tells which papers there are
from muniadmin.desktop.shell import printing
from muniadmin.desktop.shell.operations import Operations
from muniadmin.desktop.shell.preview import DocumentPreview, _Sheets
from muniadmin.desktop.widgets import files
from muniadmin.desktop.widgets.buttons import IconButton
from muniadmin.desktop.widgets.labels import Text
from muniadmin.documents.drawing import draw
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.kernel.requests import Actor
from tests.desktop.conftest import PATIENCE, choose_file
from tests.documents.samples import a_bill, a_receipt, a_report

PDFS = {
    **{paper.value: draw(a_receipt("en"), pictures={}, paper=paper) for paper in ReceiptPaper},
    "bill": draw(a_bill("en", count=40), pictures={}),
    "long": draw(a_report("en", rows=300), pictures={}),
    "across": draw(
        replace(a_report("en", rows=1), columns=a_report("en").columns * 3, rows=(("x",) * 9,), totals=()),
        pictures={},
    ),
}
OTHER = draw(a_bill("fr", count=40), pictures={})


class NoDoor:
    """Nobody orders or asks anything here."""

    def execute(self, *_order: object, **_how: object) -> NoReturn:
        raise AssertionError

    def read(self, *_question: object) -> NoReturn:
        raise AssertionError


@pytest.fixture
def operations() -> Iterator[Operations]:
    made = Operations(NoDoor(), Actor(1, "clerk", "Clerk", frozenset(), "desk-1"))
    yield made
    made.close()


def shown(preview: DocumentPreview, name: str, qtbot: QtBot) -> None:
    """Shows a paper, and waits until its first page is drawn as sharp as the screen is."""
    preview.show_pdf(PDFS[name], name)
    drawn(preview, qtbot)


def drawn(preview: DocumentPreview, qtbot: QtBot) -> None:
    """Waits until nothing is to be drawn any more and the first page is there."""
    sheets = preview.scroller.widget()
    assert isinstance(sheets, _Sheets)
    qtbot.waitUntil(lambda: preview._operations.idle() and sheets.is_drawn(0), timeout=PATIENCE)


def overhang(preview: DocumentPreview) -> int:
    """How many pixels of the pages cannot be seen without scrolling sideways."""
    return preview.scroller.horizontalScrollBar().maximum()


@pytest.mark.parametrize("name", PDFS)
@pytest.mark.parametrize("width", [360, 560, 1000])
def test_a_paper_is_seen_in_its_whole_width(
    qtbot: QtBot, operations: Operations, name: str, width: int
) -> None:
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.resize(width, 600)
    preview.show()
    shown(preview, name, qtbot)
    qtbot.waitUntil(lambda: overhang(preview) == 0, timeout=PATIENCE)
    preview.resize(width - 60, 500)
    qtbot.waitUntil(lambda: overhang(preview) == 0, timeout=PATIENCE)


def test_a_wide_paper_is_seen_whole_in_a_narrow_place(qtbot: QtBot, operations: Operations) -> None:
    preview = DocumentPreview(operations, toolbar=False)
    qtbot.addWidget(preview)
    preview.resize(240, 400)
    preview.show()
    shown(preview, "across", qtbot)
    qtbot.waitUntil(lambda: overhang(preview) == 0, timeout=PATIENCE)
    assert preview.width() == 240


def test_a_size_that_was_chosen_stays_until_another_paper_comes(qtbot: QtBot, operations: Operations) -> None:
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.resize(560, 600)
    preview.show()
    shown(preview, "bill", qtbot)
    larger = next(
        one for one in preview.findChildren(IconButton) if one.accessibleName().startswith("Larger")
    )
    for _press in range(3):
        QTest.keyClick(larger, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: overhang(preview) > 0, timeout=PATIENCE)
    preview.resize(500, 600)
    QTest.qWait(20)
    assert overhang(preview) > 0
    shown(preview, "a5", qtbot)
    qtbot.waitUntil(lambda: overhang(preview) == 0, timeout=PATIENCE)


def test_the_receipt_of_a_stub_is_saved_under_its_whole_number(
    qtbot: QtBot, operations: Operations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "documents", lambda: tmp_path)
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.show()
    preview.show_pdf(PDFS["a5"], "S-07/112")
    drawn(preview, qtbot)
    preview.save()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    assert dialog.selectedFiles() == [str(tmp_path / "S-07 112.pdf")]
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_the_printer_s_dialog_holds_nothing_up(qtbot: QtBot, operations: Operations) -> None:
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.show()
    shown(preview, "bill", qtbot)
    preview.print()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QPrintDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None, timeout=PATIENCE)
    assert operations.jobs == []


def test_many_sizes_in_a_row_are_drawn_once_each_is_seen(qtbot: QtBot, operations: Operations) -> None:
    """While somebody drags the window's edge, no size in between is waited for."""
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.resize(900, 600)
    preview.show()
    shown(preview, "bill", qtbot)
    asked: list[object] = []
    work = operations.work

    def note(*args: Any, **how: Any) -> None:
        asked.append(args)
        work(*args, **how)

    operations.work = note  # type: ignore[method-assign]
    for width in range(899, 700, -5):
        preview.resize(width, 600)
        QApplication.processEvents()
    drawn(preview, qtbot)
    assert 1 <= len(asked) < 40


def test_a_page_of_the_paper_before_that_comes_late_is_not_shown(
    qtbot: QtBot, operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    previews = [DocumentPreview(operations) for _number in range(2)]
    for preview in previews:
        qtbot.addWidget(preview)
        preview.resize(700, 500)
        preview.show()
    late, quick = previews
    shown(quick, "bill", qtbot)
    picture_of, begun, go_on = printing.picture_of, threading.Event(), threading.Event()

    def slowly(pdf: bytes, number: int, scale: float) -> QImage:
        if pdf is OTHER:
            begun.set()
            assert go_on.wait(PATIENCE / 1000)
        return picture_of(pdf, number, scale)

    monkeypatch.setattr(printing, "picture_of", slowly)
    late.show_pdf(OTHER, "other bill")
    qtbot.waitUntil(begun.is_set, timeout=PATIENCE)
    late.show_pdf(PDFS["bill"], "bill")
    sheets = late.scroller.widget()
    assert isinstance(sheets, _Sheets)
    qtbot.waitUntil(lambda: sheets.is_drawn(0), timeout=PATIENCE)
    go_on.set()
    drawn(late, qtbot)
    assert late.scroller.grab().toImage() == quick.scroller.grab().toImage()


def test_only_what_is_seen_of_a_long_paper_is_drawn(qtbot: QtBot, operations: Operations) -> None:
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.resize(700, 500)
    preview.show()
    shown(preview, "long", qtbot)
    sheets = preview.scroller.widget()
    assert isinstance(sheets, _Sheets)
    last = len(printing.sizes_of(PDFS["long"])) - 1
    assert last > 3
    assert not sheets.is_drawn(last)
    bar = preview.scroller.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: sheets.is_drawn(last), timeout=PATIENCE)
    qtbot.waitUntil(operations.idle, timeout=PATIENCE)
    assert not sheets.is_drawn(0)


def test_a_page_that_cannot_be_drawn_is_said_and_holds_up_no_other(
    qtbot: QtBot, operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.resize(700, 500)
    preview.show()
    sheets = preview.scroller.widget()
    assert isinstance(sheets, _Sheets)
    render = PdfPage.render

    def no_room(page: PdfPage, **how: Any) -> Any:
        asked.append(page)
        if len(asked) == 1:
            raise MemoryError
        return render(page, **how)

    asked: list[PdfPage] = []
    monkeypatch.setattr(PdfPage, "render", no_room)
    preview.show_pdf(PDFS["long"], "long")
    qtbot.waitUntil(lambda: "Page 1 cannot be shown." in said(preview), timeout=PATIENCE)
    bar = preview.scroller.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: sheets.is_drawn(len(printing.sizes_of(PDFS["long"])) - 1), timeout=PATIENCE)
    # Another size is tried anew.
    bar.setValue(0)
    preview.choose_zoom(0.5)
    qtbot.waitUntil(lambda: sheets.is_drawn(0), timeout=PATIENCE)


@pytest.fixture
def in_front(
    qtbot: QtBot, operations: Operations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> DocumentPreview:
    """A paper in front of somebody whose documents lie in ``tmp_path``."""
    monkeypatch.setattr(files, "documents", lambda: tmp_path)
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.show()
    shown(preview, "bill", qtbot)
    return preview


def said(preview: DocumentPreview) -> str:
    return " ".join(label.text() for label in preview.notice.findChildren(Text))


def test_a_paper_is_saved_whole_in_place_of_another(
    qtbot: QtBot, in_front: DocumentPreview, operations: Operations, tmp_path: Path
) -> None:
    path = tmp_path / "paper.pdf"
    in_front.save()
    choose_file(path)
    qtbot.waitUntil(lambda: "Saved as paper.pdf" in said(in_front), timeout=PATIENCE)
    assert path.read_bytes() == PDFS["bill"]
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_saved_is_said_and_nothing_is_lost(
    qtbot: QtBot, in_front: DocumentPreview, tmp_path: Path
) -> None:
    taken = tmp_path / "taken.pdf"
    taken.mkdir()
    in_front._save_as(str(taken), "")
    qtbot.waitUntil(in_front.notice.isVisible, timeout=PATIENCE)
    assert "could not be saved" in said(in_front)
    assert list(tmp_path.iterdir()) == [taken]
    assert in_front.pdf == PDFS["bill"]


def test_a_paper_is_printed_as_a_job_that_says_what_it_did(
    qtbot: QtBot, in_front: DocumentPreview, operations: Operations, tmp_path: Path
) -> None:
    in_front.print()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QPrintDialog)
    printer = dialog.printer()
    printer.setResolution(100)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    dialog.accepted.emit(printer)
    dialog.close()
    pages = len(printing.sizes_of(PDFS["bill"]))
    sent = f"{pages} pages were sent to the printer." if pages > 1 else "1 page was sent to the printer."
    qtbot.waitUntil(lambda: sent in said(in_front), timeout=30_000)
    (job,) = operations.jobs
    assert job.said == sent
    assert len(printing.sizes_of((tmp_path / "printed.pdf").read_bytes())) == pages
