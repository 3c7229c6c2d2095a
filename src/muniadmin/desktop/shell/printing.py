"""Papers as pictures, for the screen and for printers. All of it takes time: it is called away from the GUI thread."""

import math
from collections.abc import Iterator
from contextlib import closing
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.requests import Progress, no_progress

if TYPE_CHECKING:
    from pypdfium2 import PdfBitmap, PdfDocument

POINTS_PER_INCH = 72
#: Dots an inch beyond which a paper of text and bar codes gets no better, only slower.
_FINEST = 600
#: Papers that are narrower (in points: four inches) come from a receipt printer's roll.
_ROLL = 4 * POINTS_PER_INCH
#: Rows of dots that are drawn at a time. The screen stands still while one of these strips goes to the printer, as Qt
#: lets no other thread of Python work meanwhile: 64 rows of A4 take some 10 ms, a whole page 300 ms and 140 MB.
_STRIP = 64
#: By how many points a page may be larger than the paper: sizes of paper are rounded.
_SLACK = 2

# PDFium serves one caller at a time.
_PDFIUM = Lock()


class PageNotDrawn(UserError):
    """A page cannot be shown, be it too large for this computer's memory."""

    message = N_("Page {page} cannot be shown.")
    hint = N_("Choose a smaller size, or save the document and open it with another program.")


class PrinterDoesNotPrint(UserError):
    """The printer cannot be begun with, or takes no further page."""

    message = N_("The printer does not take the paper.")
    hint = N_("Look whether it is switched on and has paper, or choose another one.")


def _opened(pdf: bytes) -> "PdfDocument":
    from pypdfium2 import PdfDocument  # slow to load, only needed when a paper is seen

    return PdfDocument(pdf)


def sizes_of(pdf: bytes) -> list[QSizeF]:
    """The sizes of a PDF's pages, in points."""
    with _PDFIUM, closing(_opened(pdf)) as document:
        return [QSizeF(*document.get_page_size(number)) for number in range(len(document))]


def picture_of(pdf: bytes, number: int, scale: float) -> QImage:
    """A page of a PDF, the first is 0, with ``scale`` dots a point. Raises PageNotDrawn."""
    from pypdfium2 import PdfiumError

    try:
        with _PDFIUM, closing(_opened(pdf)) as document:
            bitmap = document[number].render(scale=scale, prefer_bgrx=True)
            return _picture(bitmap)
    except (PdfiumError, MemoryError) as error:
        raise PageNotDrawn(page=format_number(number + 1)) from error


def strips_of(pdf: bytes, number: int, scale: float) -> Iterator[tuple[int, QImage]]:
    """The page in strips from top to bottom, each with the row of dots at which it begins.

    Each has the first row of the next: whatever a printer does at their edges, no white line is between them.
    """
    with _PDFIUM:
        document = _opened(pdf)
        page = document[number]
        height = math.ceil(page.get_height() * scale)
    try:
        for top in range(0, height, _STRIP):
            below = max(0, height - top - _STRIP - 1)
            # PDFium is told points and rounds up to whole dots: half a dot less is that many.
            crop = [max(0.0, (rows - 0.5) / scale) for rows in (below, top)]
            # Others may look at their papers while this strip is printed.
            with _PDFIUM:
                strip = _picture(page.render(scale=scale, crop=(0, crop[0], 0, crop[1]), prefer_bgrx=True))
            yield top, strip
    finally:
        with _PDFIUM:
            document.close()


def _picture(bitmap: "PdfBitmap") -> QImage:
    picture = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32)
    return picture.copy()


def print_pdf(pdf: bytes, printer: QPrinter, progress: Progress = no_progress) -> int:
    """Prints the pages of a PDF that are chosen in the printer, and says how many.

    They have their true size on the sheet, the printer's own margins included; a page that is larger than the paper is
    made to fit it. A narrow one comes from a roll: its paper is as long as it is. ``progress`` is told after each page
    and may raise Cancelled; the pages before are printed.

    Raises PrinterDoesNotPrint.
    """
    printer.setResolution(min(printer.resolution(), _FINEST))
    printer.setFullPage(True)
    sizes = sizes_of(pdf)
    first, last = printer.fromPage() or 1, printer.toPage() or len(sizes)
    chosen = range(first - 1, min(last, len(sizes)))
    painter = QPainter()
    try:
        for done, number in enumerate(chosen):
            scale = _lay(printer, sizes[number])
            if not (printer.newPage() if done else painter.begin(printer)):
                raise PrinterDoesNotPrint
            for top, strip in strips_of(pdf, number, scale):
                painter.drawImage(QPointF(0, top), strip)
            progress(done + 1, len(chosen))
    finally:
        if painter.isActive():
            painter.end()
    return len(chosen)


def _lay(printer: QPrinter, page: QSizeF) -> float:
    """Makes the paper what the page needs; how many dots are a point."""
    scale = printer.resolution() / POINTS_PER_INCH
    if page.width() < _ROLL:
        printer.setPageOrientation(QPageLayout.Orientation.Portrait)
        printer.setPageSize(QPageSize(page, QPageSize.Unit.Point))
        return scale
    across = page.width() > page.height()
    printer.setPageOrientation(
        QPageLayout.Orientation.Landscape if across else QPageLayout.Orientation.Portrait
    )
    paper = printer.pageLayout().fullRect(QPageLayout.Unit.Point).size()
    room = min((paper.width() + _SLACK) / page.width(), (paper.height() + _SLACK) / page.height())
    return scale if room >= 1 else scale * min(paper.width() / page.width(), paper.height() / page.height())


def print_at_once(pdf: bytes, name: str) -> bool:
    """Prints on the workstation's own printer without a dialog; False when there is none or it would not start."""
    default = QPrinterInfo.defaultPrinter()
    if default.isNull():
        return False
    printer = QPrinter(default, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(name)
    try:
        return print_pdf(pdf, printer) > 0
    except PrinterDoesNotPrint:
        return False
