"""This workstation: how its scanner is set. Nothing here belongs to the municipality."""

from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.scanner_panel import ScannerPanel
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.layouts import row
from muniadmin.kernel.i18n import _


class WorkstationView(QWidget):
    """The scanner, with a field to try it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.scanner = ScannerPanel(shell)
        card = Card()
        card.body.addWidget(Scroller(Section(_("Scanner"), self.scanner, padding=20)))
        card.setMaximumWidth(720)
        layout = row()
        layout.addWidget(card, 3)
        layout.addStretch(1)
        self.setLayout(layout)

    def take_focus(self) -> None:
        """The scanner can be tried at once."""
        self.scanner.take_focus()
