"""A document on the screen: pages as they will be printed, zoom, print, save.

Pages are drawn away from the GUI thread, one at a time, and only those that are seen; until a page is there in its size
it is white, or the picture of another size stands in for it.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from muniadmin.desktop.shell import printing
from muniadmin.desktop.shell.operations import Operations
from muniadmin.desktop.theme import Tone, color, tokens
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, IconButton, Kind
from muniadmin.desktop.widgets.cards import Bar, Scroller
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.files import ask_to_save, write_file
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, row, show_if
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, labelled, ngettext
from muniadmin.kernel.paths import as_file_name
from muniadmin.kernel.requests import Progress

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

#: Dots of the screen for a point of the paper, at 100 %.
SCREEN = 96 / 72
GAP = 16


class _Sheets(QWidget):
    """The pages one below the other, on the sunken ground. ``wanted`` names a page that is seen and not drawn
    in its size yet, and how many of its dots are a point."""

    wanted = Signal(int, float)

    def __init__(self) -> None:
        super().__init__()
        self._places: list[QRectF] = []
        #: By page: how many of its dots are a point, and the picture.
        self._pictures: dict[int, tuple[float, QImage]] = {}
        #: Pages that could not be drawn, with how many of their dots would have been a point.
        self._given_up: set[tuple[int, float]] = set()
        self._scale = self._ratio = 1.0

    def clear(self) -> None:
        """Nothing is shown."""
        self._pictures.clear()
        self._given_up.clear()
        self.lay([], 1.0, 1.0)

    def lay(self, sizes: Sequence[QSizeF], zoom: float, ratio: float) -> None:
        """Pages of these sizes in dots of the screen, ``ratio`` of the device's for one of them."""
        self._scale, self._ratio = zoom * ratio, ratio
        # As many whole dots as a page's picture has: one of another size would be drawn blurred.
        whole = [(math.ceil(size.width()), math.ceil(size.height())) for size in sizes]
        self._places, y = [], GAP
        for width, height in whole:
            self._places.append(QRectF(0, y, width, height))
            y += height + GAP
        self.setMinimumSize(QSize(max((width for width, _height in whole), default=300) + 2 * GAP, y))
        self.update()

    def put(self, number: int, scale: float, picture: QImage) -> None:
        """A page is drawn; those that are far away are forgotten."""
        picture.setDevicePixelRatio(self._ratio)
        self._pictures[number] = scale, picture
        seen = self.visibleRegion().boundingRect()
        near = QRectF(seen.adjusted(0, -seen.height(), 0, seen.height()))
        self._pictures = {
            one: drawn
            for one, drawn in self._pictures.items()
            if one == number or self._place(one).intersects(near)
        }
        self.update()

    def give_up(self, number: int, scale: float) -> None:
        """A page cannot be drawn in this size: the others are."""
        self._given_up.add((number, scale))
        self.update()

    def is_drawn(self, number: int) -> bool:
        """Whether a page is there in its size."""
        return self._pictures.get(number, (0.0, None))[0] == self._scale

    def _place(self, number: int) -> QRectF:
        place = self._places[number]
        return place.translated(round((self.width() - place.width()) / 2), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), color("sunken"))
        shade = QColor("#000000")
        shade.setAlphaF(0.3 if tokens().dark else 0.06)
        wanted = None
        for number in range(len(self._places)):
            place = self._place(number)
            if not place.adjusted(-1, -1, 1, 3).intersects(QRectF(event.rect())):
                continue
            painter.fillRect(place.adjusted(-1, -1, 1, 1), color("line"))
            painter.fillRect(QRectF(place.x(), place.bottom() + 1, place.width(), 2), shade)
            _scale, picture = self._pictures.get(number, (0.0, None))
            if picture is None:
                painter.fillRect(place, QColor("#ffffff"))
            elif self.is_drawn(number):
                painter.drawImage(place.topLeft(), picture)
            else:
                painter.drawImage(place, picture)
            if wanted is None and not self.is_drawn(number) and (number, self._scale) not in self._given_up:
                wanted = number
        painter.end()
        if wanted is not None:
            self.wanted.emit(wanted, self._scale)


class DocumentPreview(QWidget):
    """Shows a PDF, and what came of saving or printing it; one that is ``only_shown`` is neither saved nor printed from
    here."""

    def __init__(self, operations: Operations, *, toolbar: bool = True, only_shown: bool = False) -> None:
        super().__init__()
        self._operations = operations
        self._pdf = b""
        self._name = ""
        self._sizes: list[QSizeF] = []
        self._drawing = False
        self._zoom = 1.0
        #: As wide as its place until the user chooses a size.
        self._fit = True
        self._sheets = _Sheets()
        self._sheets.wanted.connect(self._draw)
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
        for button in (save, printer):
            show_if(button, not only_shown)
        zoom = row(out, self._percent, larger, spacing=2)
        bar = Bar(zoom, None, save, printer, top=True, height=46, padding=12)
        if not toolbar:
            bar.hide()
        self.notice = Banner(margin=8)
        self.notice.hide()
        layout = column(bar, self.notice, spacing=0)
        layout.addWidget(self.scroller, 1)
        self.setLayout(layout)

    @property
    def pdf(self) -> bytes:
        """What is shown; empty for nothing."""
        return self._pdf

    def show_pdf(self, pdf: bytes, name: str) -> None:
        """Shows a document, as wide as its place; ``name`` is what it is called when saved."""
        self._pdf, self._name, self._fit, self._sizes = pdf, name, True, []
        self._drawing = False
        self.setAccessibleName(name)
        self.notice.hide()
        self._sheets.clear()
        measure = partial(printing.sizes_of, pdf)
        self._operations.work(measure, then=self._measured, owner=self, key="sizes")

    def _measured(self, sizes: list[QSizeF]) -> None:
        self._sizes = sizes
        self._set_zoom(self._fitting_zoom())

    def _fitting_zoom(self) -> float:
        width = max(size.width() for size in self._sizes) * SCREEN
        bar = self.scroller.verticalScrollBar().sizeHint().width()
        # A picture of a page is whole pixels wide: one more than measured, and one lost to the frame at either side.
        room = self.scroller.width() - 2 * self.scroller.frameWidth() - bar - 2 * GAP - 2
        return float(min(1.4, room / width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitting document stays so."""
        super().resizeEvent(event)
        if self._fit and self._sizes:
            self._set_zoom(self._fitting_zoom())

    def choose_zoom(self, zoom: float) -> None:
        """What the user chose, whatever its place becomes."""
        self._fit = False
        self._set_zoom(zoom)

    def _set_zoom(self, zoom: float) -> None:
        self._zoom = min(4.0, max(0.1, zoom))
        self._percent.setText(f"{round(self._zoom * 100)} %")
        scale = self._zoom * SCREEN
        self._sheets.lay([size * scale for size in self._sizes], scale, self.devicePixelRatioF())

    def _draw(self, number: int, scale: float) -> None:
        """Draws a page that is seen, as sharp as the screen is; the next one when it is there."""
        if self._drawing:
            return
        self._drawing = True
        pdf = self._pdf

        def drawn(picture: QImage) -> None:
            if pdf is self._pdf:
                self._drawing = False
                self._sheets.put(number, scale, picture)

        def failed(problem: UserError) -> None:
            if pdf is self._pdf:
                self._drawing = False
                self._sheets.give_up(number, scale)
                self.notice.show_error(problem)

        draw = partial(printing.picture_of, pdf, number, scale)
        self._operations.work(draw, then=drawn, failed=failed, owner=self)

    def save(self) -> None:
        """Asks where, and writes the file as it is."""
        ask_to_save(
            self, _("Save the document"), f"{as_file_name(self._name)}.pdf", "PDF (*.pdf)", self._save_as
        )

    def _save_as(self, path: str, _kind: str) -> None:
        saved = _("Saved as {file}").format(file=Path(path).name)
        self._operations.work(
            partial(write_file, path, self._pdf),
            then=lambda _nothing: self.notice.say(Tone.GOOD, saved),
            failed=self.notice.show_error,
            owner=self,
        )

    def print(self) -> None:
        """Opens the printer's dialog, and prints as a job that goes on while one works elsewhere."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._name)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pdf = self._pdf
        # It says which printer, as Qt has it; this one is kept until it has printed.
        dialog.accepted.connect(lambda _printer: self._print_on(printer, pdf))
        # Its own open() wants the name of a slot.
        dialog.setModal(True)
        dialog.show()

    def _print_on(self, printer: "QPrinter", pdf: bytes) -> None:
        def go(progress: Progress) -> int:
            return printing.print_pdf(pdf, printer, progress)

        def sent(pages: int) -> None:
            count = ngettext(
                "{count} page was sent to the printer.", "{count} pages were sent to the printer.", pages
            )
            job.said = count.format(count=format_number(pages))
            if isValid(self):
                self.notice.say(Tone.GOOD, job.said)

        def failed(problem: UserError) -> bool:
            # Whoever closed the paper meanwhile is told on the page.
            if isValid(self):
                self.notice.show_error(problem)
            return isValid(self)

        job = self._operations.start_work(go, labelled(_("Printing"), self._name), then=sent, failed=failed)

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


class DocumentDialog(Dialog):
    """A document in a window of its own, to look at, print or save; or ``only_shown``."""

    def __init__(
        self,
        operations: Operations,
        parent: QWidget | None,
        title: str,
        pdf: bytes,
        name: str,
        *,
        only_shown: bool = False,
        then: Callable[[], object] | None = None,
    ) -> None:
        self.preview = DocumentPreview(operations, only_shown=only_shown)
        super().__init__(
            parent, title, self.preview, primary=_("Close"), kind=Kind.SECONDARY, width=720, expand=True
        )
        self.preview.setMinimumHeight(460)
        self.preview.show_pdf(pdf, name)
        self.cancel.hide()
        if then is not None:
            self.finished.connect(lambda _result: then())
