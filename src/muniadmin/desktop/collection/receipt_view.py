"""A receipt on the screen right after it was taken, and printing it without a word where there is a printer."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.labels import ElidedText, Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.preview import DocumentPreview
from muniadmin.documents.reads import PrintedDocument
from muniadmin.kernel.i18n import _


class ReceiptView(QWidget):
    """The receipt that was just issued; the next scan takes its place."""

    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._title = Text("", Role.SECTION)
        self._state = ElidedText("", Role.MUTED)
        self.preview = DocumentPreview()
        head = QWidget()
        head.setFixedHeight(68)
        head.setLayout(row(column(self._title, self._state, spacing=0), margins=(16, 13, 16, 13)))
        layout = column(head, Hairline(), spacing=0)
        layout.addWidget(self.preview, 1)
        self.setLayout(layout)

    def show_receipt(self, printed: PrintedDocument, state: str) -> None:
        """Shows a receipt and what became of it."""
        self._title.setText(_("Receipt {number}").format(number=printed.number))
        self._state.setText(state)
        self.preview.show_pdf(printed.pdf, printed.number)


def print_at_once(pdf: bytes, name: str) -> bool:
    """Prints on the workstation's own printer without a dialog; False when there is none or it would not start."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    from muniadmin.desktop.widgets.preview import print_pdf

    default = QPrinterInfo.defaultPrinter()
    if default.isNull():
        return False
    printer = QPrinter(default, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(name)
    return print_pdf(pdf, printer)
