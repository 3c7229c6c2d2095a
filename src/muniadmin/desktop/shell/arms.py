"""The municipality's arms on the screen."""

from PySide6.QtCore import Signal

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.labels import Initials
from muniadmin.documents.reads import TheArms
from muniadmin.kernel.changes import ChangeSet
from muniadmin.settings.names import SETTINGS_TOPIC


class Arms(Initials):
    """The arms, or the first letter of the municipality's own name while there are none."""

    shown = Signal(bool)
    """Whether there are arms."""

    def __init__(self, shell: Shell, size: int) -> None:
        super().__init__(shell.municipality_name, size, square=True, loud=True)
        self.set_letters(shell.municipality_name.split()[-1][:1].upper())
        self._shell = shell
        shell.operations.changed.connect(self._on_changed)
        self._ask()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(SETTINGS_TOPIC):
            self._ask()

    def _ask(self) -> None:
        # A picture that is gone stops papers, and verify names it; the mark alone stops nobody.
        self._shell.operations.read(
            TheArms(), then=self._show, failed=lambda _problem: True, owner=self, key="arms"
        )

    def _show(self, png: bytes) -> None:
        self.set_picture(png)
        self.shown.emit(self.has_picture())
