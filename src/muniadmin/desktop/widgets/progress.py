"""The progress of something long: how far, how much longer, and a way to stop it."""

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext


def time_left(started: float, done: int, total: int, now: float) -> str:
    """How much longer, in words; empty during the first five seconds and while nothing is known."""
    passed = now - started
    if passed < 5 or done <= 0 or total <= done:
        return ""
    seconds = passed / done * (total - done)
    if seconds < 55:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("{count} minute left", "{count} minutes left", minutes).format(count=minutes)


class ProgressPanel(QWidget):
    """Title, bar, figures, time left, cancel."""

    cancelled = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self._started = time.monotonic()
        self._title = Text(title, Role.STRONG)
        self._figures = Text("", Role.SECONDARY)
        self._left = Text("", Role.SECONDARY)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(title)
        self._cancel = Button(_("Cancel"), small=True)
        self._cancel.clicked.connect(self._on_cancel)
        self.setLayout(
            column(
                row(self._title, None, self._cancel),
                self._bar,
                row(self._figures, None, self._left),
                spacing=8,
            )
        )

    def advance(self, done: int, total: int) -> None:
        """Shows how far it is."""
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        self._figures.setText(
            _("{done} of {total}").format(done=format_number(done), total=format_number(total))
        )
        self._left.setText(time_left(self._started, done, total, time.monotonic()))

    def finish(self, sentence: str) -> None:
        """Says what was done; the bar is full."""
        self._bar.setRange(0, 1)
        self._bar.setValue(1)
        self._figures.setText(sentence)
        self._left.setText("")
        self._cancel.hide()

    def _on_cancel(self) -> None:
        if self._cancel.hasFocus():
            self.setFocus()  # else Qt hands the keyboard to whatever comes next
        self._cancel.setEnabled(False)
        self._figures.setText(_("Stopping after the current step…"))
        self.cancelled.emit()
