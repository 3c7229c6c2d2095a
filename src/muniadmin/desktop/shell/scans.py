"""What a scan does: it opens what was scanned. It never pays, prints, or fills a field that does not ask for a code.

While a dialog is open, or the screen is locked, a scan waits, and it is said where one looks.
"""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from muniadmin.desktop.shell.scanner import Reading
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.kernel.i18n import _

if TYPE_CHECKING:
    from muniadmin.desktop.shell.main_window import MainWindow


class Scans(QObject):
    """Brings every scan of the application where it belongs."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[Reading] = []

    def take(self, reading: Reading) -> bool:
        """Takes a scan, at whatever the keyboard is; False when its letters are rather typed ones."""
        window = self._window
        if window.frame is None or window.lock.view is not None:
            return self._before_the_door(reading)
        while (popup := QApplication.activePopupWidget()) is not None and popup.close():
            pass
        field: Any = QApplication.focusWidget()
        text = reading.numbers[0][1] if len(reading.numbers) == 1 else reading.text
        if hasattr(field, "take_reading"):
            field.take_reading(reading)
            return True
        if isinstance(field, TextField) and field.takes_code(text, ours=reading.is_ours):
            field.put_code(text)
            window.say(
                _("“{text}” was scanned into “{field}”.").format(
                    text=reading.name, field=field.accessibleName()
                )
            )
            return True
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            # Once the key that ended the scan is dealt with.
            QTimer.singleShot(0, self, lambda: self._open(reading))
        else:
            self._beside(dialog, reading)
        return True

    def let_through(self) -> None:
        """Opens what waits, unless a dialog is still or again in the way: then at its end."""
        if not self._waiting or self._window.lock.view is not None:
            return
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            self._wait_for(dialog)
            return
        waiting, self._waiting = self._waiting, []
        for reading in waiting:
            self._open(reading)

    def forget(self) -> None:
        """Whoever scanned is gone."""
        self._waiting = []

    # --- inside -----------------------------------------------------------------------------------------------

    def _open(self, reading: Reading) -> None:
        if self._window.frame is not None:
            self._window.frame.open_scan(reading)

    def _before_the_door(self, reading: Reading) -> bool:
        """A badge may hold what is typed there; a paper waits."""
        if not reading.is_ours:
            return False
        lock = self._window.lock.view
        if lock is None:
            self._window.sign_in.notice.say(Tone.INFO, _("Sign in first, then scan again."))
            return True
        self._waiting.append(reading)
        waits = _("{name} was scanned. It is opened when the screen is unlocked.")
        lock.notice.say(Tone.INFO, waits.format(name=self._names()))
        return True

    def _beside(self, dialog: Any, reading: Reading) -> None:
        """A dialog has the screen: it may ask for just that; else it names the scan that waits for its end."""
        if hasattr(dialog, "take_scan"):
            dialog.take_scan(reading.text)
            return
        if reading.problem is not None and isinstance(dialog, Dialog):
            dialog.say_below(Tone.WARNING, reading.problem.sentence(), reading.problem.advice())
            return
        self._wait_for(dialog)
        self._waiting.append(reading)
        if isinstance(dialog, Dialog):
            waits = _("{name} was scanned. It is opened when this is closed.")
            dialog.say_below(Tone.INFO, waits.format(name=self._names()))

    def _wait_for(self, dialog: QWidget) -> None:
        """What waits is opened at the end of the dialog, unless another one is then in the way."""
        if isinstance(dialog, QDialog):
            dialog.finished.connect(lambda _result: QTimer.singleShot(0, self, self.let_through))

    def _names(self) -> str:
        return ", ".join(reading.name for reading in self._waiting)
