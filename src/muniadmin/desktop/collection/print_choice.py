"""Whether the receipt is printed as soon as a payment is taken, and on which paper."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.widgets.chips import Chip
from muniadmin.desktop.widgets.fields import CheckBox
from muniadmin.desktop.widgets.layouts import row
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.kernel.i18n import _


def receipt_paper(preferences: Preferences) -> ReceiptPaper:
    """What receipts are printed on at this workstation; a roll of 80 mm until something else is chosen."""
    chosen = preferences.receipt_paper
    return ReceiptPaper(chosen) if chosen in list(ReceiptPaper) else ReceiptPaper.ROLL_80


class PrintChoice(QWidget):
    """A tick box and a paper, which this workstation remembers. ``changed()`` when the tick box was."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._preferences = Preferences()
        self.print = CheckBox(_("Print the receipt"), ticked=self._preferences.print_receipts)
        self.print.toggled.connect(self._on_print)
        self.choice = Chip("", arrow=True)
        self.choice.clicked.connect(self._choose)
        self.setLayout(row(self.print, None, self.choice))
        self.paper = receipt_paper(self._preferences)
        self._say_paper()

    @property
    def wanted(self) -> bool:
        """Whether the receipt is printed."""
        return self.print.isChecked()

    def _on_print(self, wanted: bool) -> None:
        self._preferences.print_receipts = wanted
        self.changed.emit()

    def _choose(self) -> None:
        menu = QMenu(self)
        for paper, text in _papers().items():
            menu.addAction(text).triggered.connect(lambda _checked=False, paper=paper: self._set_paper(paper))
        menu.popup(self.choice.mapToGlobal(self.choice.rect().bottomLeft()))

    def _set_paper(self, paper: ReceiptPaper) -> None:
        self.paper = paper
        self._preferences.receipt_paper = str(paper)
        self._say_paper()

    def _say_paper(self) -> None:
        name = _papers()[self.paper]
        self.choice.set_text(name)
        self.choice.setAccessibleName(_("Receipt paper: {paper}").format(paper=name))


def _papers() -> dict[ReceiptPaper, str]:
    return {
        ReceiptPaper.ROLL_80: _("80 mm"),
        ReceiptPaper.ROLL_58: _("58 mm"),
        ReceiptPaper.A5: "A5",
        ReceiptPaper.A4: "A4",
    }
