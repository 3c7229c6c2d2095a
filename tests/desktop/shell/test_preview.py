"""A document on the screen is as wide as its place, until somebody chooses another size."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import muniadmin.bootstrap  # noqa: F401 - tells which papers there are
from muniadmin.desktop.shell.operations import Operations
from muniadmin.desktop.shell.preview import DocumentPreview, _Sheets
from muniadmin.desktop.widgets.buttons import IconButton
from muniadmin.documents.drawing import draw
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.kernel.requests import Actor
from tests.documents.samples import a_bill, a_receipt, a_report

PDFS = {
    **{paper.value: draw(a_receipt("en"), pictures={}, paper=paper) for paper in ReceiptPaper},
    "bill": draw(a_bill("en", count=40), pictures={}),
    "across": draw(
        replace(a_report("en", rows=1), columns=a_report("en").columns * 3, rows=(("x",) * 9,), totals=()),
        pictures={},
    ),
}


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
    qtbot.waitUntil(lambda: preview._operations.idle() and sheets.is_drawn(0))


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
    qtbot.waitUntil(lambda: overhang(preview) == 0)
    preview.resize(width - 60, 500)
    qtbot.waitUntil(lambda: overhang(preview) == 0)


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
    qtbot.waitUntil(lambda: overhang(preview) > 0)
    preview.resize(500, 600)
    QTest.qWait(20)
    assert overhang(preview) > 0
    shown(preview, "a5", qtbot)
    qtbot.waitUntil(lambda: overhang(preview) == 0)


def test_the_printer_s_dialog_holds_nothing_up(qtbot: QtBot, operations: Operations) -> None:
    preview = DocumentPreview(operations)
    qtbot.addWidget(preview)
    preview.show()
    shown(preview, "bill", qtbot)
    preview.print()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QPrintDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert operations.jobs == []
