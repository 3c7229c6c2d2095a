"""Papers on a printer: at their true size, margins and all, on the paper they are for, stopped between two pages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPageSize
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot

import muniadmin.bootstrap  # noqa: F401 - tells which papers there are
from muniadmin.desktop.shell import printing
from muniadmin.desktop.shell.printing import (
    PrinterDoesNotPrint,
    picture_of,
    print_at_once,
    print_pdf,
    sizes_of,
)
from muniadmin.documents.drawing import draw
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.kernel.errors import Cancelled
from tests.documents.samples import a_bill, a_receipt, a_report

LONG = draw(a_report("en", rows=150), pictures={})
BILL = draw(a_bill("en"), pictures={})


@pytest.fixture
def printed(qtbot: QtBot, tmp_path: Path) -> Callable[..., list[tuple[tuple[float, float], QImage]]]:
    """Prints a PDF to a PDF; each page's size in points, and its picture in 72 dots an inch."""

    def go(
        pdf: bytes, printer: QPrinter | None = None, size: QPageSize.PageSizeId = QPageSize.PageSizeId.A4
    ) -> list[tuple[tuple[float, float], QImage]]:
        printer = printer or a_printer(tmp_path)
        printer.setPageSize(QPageSize(size))
        print_pdf(pdf, printer)
        out = Path(printer.outputFileName()).read_bytes()
        sizes = [(one.width(), one.height()) for one in sizes_of(out)]
        return [(size, picture_of(out, number, 1)) for number, size in enumerate(sizes)]

    return go


def a_printer(folder: Path, dots: int = 150) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setResolution(dots)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(folder / "printed.pdf"))
    return printer


def ink(picture: QImage) -> QRect:
    """Where something stands on a page."""
    dark = [
        (x, y)
        for y in range(picture.height())
        for x in range(picture.width())
        if picture.pixelColor(x, y).lightness() < 160
    ]
    xs, ys = [x for x, _y in dark], [y for _x, y in dark]
    return QRect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def differs(one: QRect, other: QRect) -> int:
    """By how many points at most two places differ."""
    sides = (
        (one.left(), other.left()),
        (one.top(), other.top()),
        (one.right(), other.right()),
        (one.bottom(), other.bottom()),
    )
    return max(abs(here - there) for here, there in sides)


def test_a_paper_stands_on_the_sheet_where_it_was_drawn(
    printed: Callable[..., list[tuple[tuple[float, float], QImage]]],
) -> None:
    """Not shifted by the printer's margins, nor made larger or smaller."""
    ((size, picture),) = printed(BILL)
    assert size == pytest.approx((595, 842), abs=1)
    assert differs(ink(picture), ink(picture_of(BILL, 0, 1))) <= 1


def test_the_strips_that_are_printed_make_the_page(qtbot: QtBot) -> None:
    page = picture_of(BILL, 0, 150 / 72)
    row = 0
    for top, strip in printing.strips_of(BILL, 0, 150 / 72):
        assert top <= row  # Nothing is left white between two of them.
        assert strip.height() <= 65  # The screen stands still meanwhile.
        assert strip == page.copy(0, top, page.width(), strip.height())
        row = top + strip.height()
    assert row == page.height()


@pytest.mark.parametrize("paper", [ReceiptPaper.ROLL_58, ReceiptPaper.ROLL_80])
def test_a_roll_is_cut_where_the_receipt_ends(
    printed: Callable[..., list[tuple[tuple[float, float], QImage]]], paper: ReceiptPaper
) -> None:
    pdf = draw(a_receipt("en"), pictures={}, paper=paper)
    (drawn,) = sizes_of(pdf)
    ((size, picture),) = printed(pdf)
    assert size == pytest.approx((drawn.width(), drawn.height()), abs=2)
    assert differs(ink(picture), ink(picture_of(pdf, 0, 1))) <= 1


def test_a_receipt_on_a5_goes_on_the_paper_that_is_in_the_printer(
    printed: Callable[..., list[tuple[tuple[float, float], QImage]]],
) -> None:
    pdf = draw(a_receipt("en"), pictures={}, paper=ReceiptPaper.A5)
    ((size, picture),) = printed(pdf)
    assert size == pytest.approx((595, 842), abs=1)
    assert differs(ink(picture), ink(picture_of(pdf, 0, 1))) <= 1


def test_a_wide_paper_lies_across(printed: Callable[..., list[tuple[tuple[float, float], QImage]]]) -> None:
    wide = a_report("en", rows=1)
    pdf = draw(replace(wide, columns=wide.columns * 3, rows=(("x",) * 9,), totals=()), pictures={})
    assert sizes_of(pdf)[0].width() > sizes_of(pdf)[0].height()
    (size, picture), *_more = printed(pdf)
    assert size == pytest.approx((842, 595), abs=1)
    assert differs(ink(picture), ink(picture_of(pdf, 0, 1))) <= 1


def test_what_is_larger_than_the_paper_is_made_to_fit(
    printed: Callable[..., list[tuple[tuple[float, float], QImage]]],
) -> None:
    """A4 on letter paper, as Costa Rica has it: no line is lost at the foot."""
    ((size, picture),) = printed(BILL, size=QPageSize.PageSizeId.Letter)
    assert size == pytest.approx((612, 792), abs=1)
    drawn = ink(picture_of(BILL, 0, 1))
    assert ink(picture).height() == pytest.approx(drawn.height() * 792 / 842, abs=2)


def test_only_the_pages_that_were_chosen(
    printed: Callable[..., list[tuple[tuple[float, float], QImage]]], tmp_path: Path
) -> None:
    assert len(sizes_of(LONG)) > 3
    printer = a_printer(tmp_path)
    printer.setFromTo(2, 3)
    two = printed(LONG, printer)
    assert len(two) == 2
    assert differs(ink(two[0][1]), ink(picture_of(LONG, 1, 1))) <= 1


def test_no_finer_than_anybody_sees(qtbot: QtBot, tmp_path: Path) -> None:
    printer = a_printer(tmp_path, 1200)
    print_pdf(BILL, printer)
    page = pypdfium2.PdfDocument(tmp_path / "printed.pdf")[0]
    strips = [one for one in page.get_objects() if isinstance(one, pypdfium2.PdfImage)]
    assert {one.get_px_size()[0] for one in strips} == {4961}


def test_a_long_list_can_be_stopped_between_two_pages(qtbot: QtBot, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        print_pdf(LONG, a_printer(tmp_path), progress)
    total = len(sizes_of(LONG))
    assert told == [(1, total), (2, total)]
    assert len(sizes_of((tmp_path / "printed.pdf").read_bytes())) == 2


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_that_does_not_begin_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    printer = a_printer(tmp_path)
    printer.setOutputFileName(str(tmp_path / "nowhere" / "printed.pdf"))
    with pytest.raises(PrinterDoesNotPrint):
        print_pdf(BILL, printer)


def test_without_a_printer_nothing_is_sent(qtbot: QtBot) -> None:
    assert print_at_once(BILL, "bill") is False
