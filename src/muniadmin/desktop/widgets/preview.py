"""A document on the screen: pages as they will be printed, zoom, print, save."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QPageLayout,
    QPageSize,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.theme import color, tokens
from muniadmin.desktop.widgets.buttons import Button, IconButton, Kind
from muniadmin.desktop.widgets.cards import Bar, Scroller
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.files import ask_to_save
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column
from muniadmin.kernel.i18n import _

POINTS_PER_INCH = 72
SCREEN = 96
GAP = 16


def render(pdf: bytes, scale: float) -> list[QImage]:
    """The pages of a PDF as pictures, ``scale`` pixels a point. Safe to call away from the GUI thread."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    pages = []
    try:
        for page in document:
            bitmap = page.render(scale=scale, prefer_bgrx=True)
            picture = QImage(
                bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32
            )
            pages.append(picture.copy())
    finally:
        document.close()
    return pages


class _Sheets(QWidget):
    """The pages one below the other, on the sunken ground."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[QImage] = []

    def show_pages(self, pages: list[QImage]) -> None:
        self.pages = pages
        width = max((page.deviceIndependentSize().width() for page in pages), default=300)
        height = sum(page.deviceIndependentSize().height() + GAP for page in pages) + GAP
        self.setMinimumSize(QSize(round(width) + 2 * GAP, round(height)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("sunken"))
        y = float(GAP)
        for page in self.pages:
            size = page.deviceIndependentSize()
            x = (self.width() - size.width()) / 2
            painter.fillRect(QRectF(x - 1, y - 1, size.width() + 2, size.height() + 2), color("line"))
            shade = QColor("#000000")
            shade.setAlphaF(0.3 if tokens().dark else 0.06)
            painter.fillRect(QRectF(x, y + size.height() + 1, size.width(), 2), shade)
            painter.drawImage(QPointF(x, y), page)
            y += size.height() + GAP
        painter.end()


class DocumentPreview(QWidget):
    """Shows a PDF. ``printed`` and ``saved`` say what the user did with it."""

    printed = Signal()
    saved = Signal(str)

    def __init__(self, *, toolbar: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pdf = b""
        self._name = ""
        self._zoom = 1.0
        #: As wide as its place until the user chooses a size.
        self._fit = True
        self._sheets = _Sheets()
        self.scroller = Scroller(self._sheets)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.scroller.setAccessibleName(_("Document"))
        self._percent = Text("100 %", Role.SECONDARY)
        self._percent.setFixedWidth(44)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        out = IconButton("zoom-out", _("Smaller"), key="Ctrl+-")
        out.clicked.connect(lambda: self.choose_zoom(self._zoom / 1.25))
        larger = IconButton("zoom-in", _("Larger"), key="Ctrl++")
        larger.clicked.connect(lambda: self.choose_zoom(self._zoom * 1.25))
        save = Button(_("Save…"), icon="download", small=True)
        save.clicked.connect(self.save)
        printer = Button(_("Print"), icon="printer", key="Ctrl+P", small=True)
        printer.clicked.connect(self.print)
        bar = Bar(out, self._percent, larger, None, save, printer, top=True, height=46, padding=12)
        if not toolbar:
            bar.hide()
        layout = column(bar, spacing=0)
        layout.addWidget(self.scroller, 1)
        self.setLayout(layout)

    @property
    def pdf(self) -> bytes:
        """What is shown; empty for nothing."""
        return self._pdf

    def show_pdf(self, pdf: bytes, name: str) -> None:
        """Shows a document, as wide as its place; ``name`` is what it is called when saved."""
        self._pdf, self._name, self._fit = pdf, name, True
        self.setAccessibleName(name)
        self.set_zoom(self._fitting_zoom())

    def _fitting_zoom(self) -> float:
        import pypdfium2

        document = pypdfium2.PdfDocument(self._pdf)
        width = max(page.get_width() for page in document) * SCREEN / POINTS_PER_INCH
        document.close()
        bar = self.scroller.verticalScrollBar().sizeHint().width()
        # A picture of a page is whole pixels wide: one more than measured, and one lost to the frame at either side.
        room = self.scroller.width() - 2 * self.scroller.frameWidth() - bar - 2 * GAP - 2
        return float(max(0.3, min(1.4, room / width)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitting document stays so."""
        super().resizeEvent(event)
        if self._fit and self._pdf:
            self.set_zoom(self._fitting_zoom())

    def choose_zoom(self, zoom: float) -> None:
        """What the user chose, whatever its place becomes."""
        self._fit = False
        self.set_zoom(zoom)

    def set_zoom(self, zoom: float) -> None:
        """Draws the pages larger or smaller, as sharp as the screen is."""
        self._zoom = min(4.0, max(0.3, zoom))
        self._percent.setText(f"{round(self._zoom * 100)} %")
        ratio = self.devicePixelRatioF()
        pages = render(self._pdf, self._zoom * ratio * SCREEN / POINTS_PER_INCH) if self._pdf else []
        for page in pages:
            page.setDevicePixelRatio(ratio)
        self._sheets.show_pages(pages)

    def save(self) -> None:
        """Asks where, and writes the file as it is."""
        ask_to_save(self, _("Save the document"), f"{self._name}.pdf", "PDF (*.pdf)", self._save_as)

    def _save_as(self, path: str, _kind: str) -> None:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(self._pdf)
        self.saved.emit(path)

    def print(self) -> None:
        """Opens the printer's dialog and prints the pages at their true size."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._name)
        pdf = self._pdf

        def go() -> None:
            if print_pdf(pdf, printer):
                self.printed.emit()

        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(go)
        # Its own open() wants the name of a slot.
        dialog.setModal(True)
        dialog.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The page keys scroll."""
        bar = self.scroller.verticalScrollBar()
        step = {Qt.Key.Key_PageDown: bar.pageStep(), Qt.Key.Key_PageUp: -bar.pageStep()}.get(
            Qt.Key(event.key()), 0
        )
        if step:
            bar.setValue(bar.value() + step)
        else:
            super().keyPressEvent(event)


def print_pdf(pdf: bytes, printer: object) -> bool:
    """Prints every page of a PDF at its true size on a QPrinter; False when the printer would not start."""
    from PySide6.QtPrintSupport import QPrinter

    assert isinstance(printer, QPrinter)
    dots = printer.resolution()
    pages = render(pdf, dots / POINTS_PER_INCH)
    painter = QPainter()
    printer.setFullPage(True)
    for number, page in enumerate(pages):
        if number == 0:
            inches = QSize(page.width(), page.height()) / dots
            if inches.width() < 4:
                # A receipt printer's roll: the page is as long as the receipt.
                points = page.size().toSizeF() * POINTS_PER_INCH / dots
                printer.setPageSize(QPageSize(points, QPageSize.Unit.Point))
                printer.setPageOrientation(QPageLayout.Orientation.Portrait)
            if not painter.begin(printer):
                return False
        else:
            printer.newPage()
        painter.drawImage(QPointF(0, 0), page)
    painter.end()
    return True


class DocumentDialog(Dialog):
    """A document in a window of its own, to look at, print or save."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        pdf: bytes,
        name: str,
        *,
        then: Callable[[], object] | None = None,
    ) -> None:
        self.preview = DocumentPreview()
        super().__init__(
            parent, title, self.preview, primary=_("Close"), kind=Kind.SECONDARY, width=720, expand=True
        )
        self.preview.setMinimumHeight(460)
        self.preview.show_pdf(pdf, name)
        self.cancel.hide()
        if then is not None:
            self.finished.connect(lambda _result: then())
