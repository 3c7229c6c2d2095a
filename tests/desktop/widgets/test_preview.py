"""A document on the screen is as wide as its place, until somebody chooses another size."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import muniadmin.bootstrap  # noqa: F401 - tells which papers there are
from muniadmin.desktop.widgets.buttons import IconButton
from muniadmin.desktop.widgets.preview import DocumentPreview
from muniadmin.documents.drawing import draw
from muniadmin.documents.reads import ReceiptPaper
from tests.documents.samples import a_bill, a_receipt, a_report

PDFS = {
    **{paper.value: draw(a_receipt("en"), pictures={}, paper=paper) for paper in ReceiptPaper},
    "bill": draw(a_bill("en", count=40), pictures={}),
    "across": draw(
        replace(a_report("en", rows=1), columns=a_report("en").columns * 3, rows=(("x",) * 9,), totals=()),
        pictures={},
    ),
}


def overhang(preview: DocumentPreview) -> int:
    """How many pixels of the pages cannot be seen without scrolling sideways."""
    return preview.scroller.horizontalScrollBar().maximum()


@pytest.mark.parametrize("name", PDFS)
@pytest.mark.parametrize("width", [360, 560, 1000])
def test_a_paper_is_seen_in_its_whole_width(qtbot: QtBot, name: str, width: int) -> None:
    preview = DocumentPreview()
    qtbot.addWidget(preview)
    preview.resize(width, 600)
    preview.show()
    preview.show_pdf(PDFS[name], name)
    qtbot.waitUntil(lambda: overhang(preview) == 0)
    preview.resize(width - 60, 500)
    qtbot.waitUntil(lambda: overhang(preview) == 0)


def test_a_size_that_was_chosen_stays_until_another_paper_comes(qtbot: QtBot) -> None:
    preview = DocumentPreview()
    qtbot.addWidget(preview)
    preview.resize(560, 600)
    preview.show()
    preview.show_pdf(PDFS["bill"], "bill")
    larger = next(
        one for one in preview.findChildren(IconButton) if one.accessibleName().startswith("Larger")
    )
    for _press in range(3):
        QTest.keyClick(larger, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: overhang(preview) > 0)
    preview.resize(500, 600)
    QTest.qWait(20)
    assert overhang(preview) > 0
    preview.show_pdf(PDFS["a5"], "receipt")
    qtbot.waitUntil(lambda: overhang(preview) == 0)


def test_the_printer_s_dialog_holds_nothing_up(qtbot: QtBot) -> None:
    preview = DocumentPreview()
    qtbot.addWidget(preview)
    preview.show()
    preview.show_pdf(PDFS["bill"], "bill")
    printed: list[bool] = []
    preview.printed.connect(lambda: printed.append(True))
    preview.print()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QPrintDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert printed == []
