"""A receipt on the screen right after it was taken."""

from PySide6.QtWidgets import QWidget

from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.desktop.shell.navigation import Scanned
from muniadmin.desktop.shell.preview import DocumentPreview
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import ElidedText, Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.documents.reads import PrintedDocument
from muniadmin.kernel.i18n import _, ngettext


class ReadyView(EmptyState):
    """Nobody is at the counter: what to do next, and which receipt was just issued."""

    def __init__(self) -> None:
        super().__init__("scan-barcode", _("Ready for the next citizen"), "")
        self._is_open = True
        self._issued = ""

    def say_ready(self, *, is_open: bool) -> None:
        """Whether the cash desk is open."""
        self._is_open = is_open
        self._say()

    def say_issued(self, number: str) -> None:
        """The receipt that was issued last, until somebody else is at the counter."""
        self._issued = number
        self._say()

    def _say(self) -> None:
        if self._issued:
            self.say(
                "circle-check",
                _("Receipt {number} is issued").format(number=self._issued),
                _("The cursor waits in the field above for the next citizen."),
            )
            return
        hint = _(
            "The cursor waits in the field above. Scan a paper, or type a name, a phone number or a plate."
        )
        if not self._is_open:
            hint = _("Your cash desk is closed. Open it to take payments; looking up works as it is.")
        self.say("scan-barcode", _("Ready for the next citizen"), hint)


class ReceiptView(QWidget):
    """The receipt that was just issued; the next scan takes its place."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._title = Text("", Role.SECTION)
        self._state = ElidedText("", Role.MUTED)
        self.preview = DocumentPreview(shell.operations)
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


class Unprinted(Banner):
    """What no printer took while the next citizen was here already; it is said whatever else is said."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        #: The receipts' numbers.
        self.numbers: list[str] = []
        self.hide()
        self.closed.connect(self.numbers.clear)

    def add(self, *numbers: str) -> None:
        """More of them."""
        self.numbers += numbers
        self._say()

    def _say(self) -> None:
        count = len(self.numbers)
        if not count:
            self.hide()
            return
        words = ngettext(
            "Receipt {number} was not printed.",
            "{count} receipts were not printed, the last one {number}.",
            count,
        )
        self.say(
            Tone.WARNING,
            words.format(number=self.numbers[-1], count=count),
            _("No printer is set up: print or save it on the page of receipts."),
            action=(_("Show it"), self._show_last),
        )

    def _show_last(self) -> None:
        number = self.numbers.pop()
        self._say()
        self._shell.go("cash", Scanned(RECEIPT_NUMBER, number))
