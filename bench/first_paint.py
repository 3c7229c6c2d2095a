"""Opens a window and says how far it is: a process of its own, started by startup.py.

    python -m bench.first_paint bare
    python -m bench.first_paint program

Prints ``painted`` with its memory in KiB and its processor time in ms, ``typed`` when a letter has arrived in the first
field, and, for the program, ``opened`` when its database is open. Then it ends.
"""

import os
import sys
import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFormLayout, QLabel, QLineEdit, QPushButton, QWidget

WIDTH, HEIGHT = 1366, 768


class Watcher(QObject):
    """Waits for the first picture of a window, then types a letter as a hurried user would."""

    def __init__(self, window: QWidget, *, ends: bool) -> None:
        super().__init__(window)
        self._window = window
        self._ends = ends
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The window's own paint event comes first; when control is back, all its children are painted."""
        if event.type() is QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        say(f"painted {memory()} {time.process_time() * 1000:.1f}")
        field = self._window.focusWidget()
        assert isinstance(field, QLineEdit)
        field.textChanged.connect(self._typed)
        QApplication.postEvent(
            field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier, "n")
        )

    def _typed(self, text: str) -> None:
        assert text == "n"
        say("typed")
        if self._ends:
            os._exit(0)


def say(line: str) -> None:
    """Tells the benchmark, at once."""
    os.write(1, f"{line}\n".encode())


def memory() -> int:
    """KiB of memory in use now; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as sizes:  # noqa: PTH123 - pathlib may not be loaded
            return int(sizes.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return 0


def bare() -> None:
    """The same form of Qt's own widgets: what signing in asks for, in the middle of the window."""
    app = QApplication(sys.argv[:1])
    window = QWidget()
    window.resize(WIDTH, HEIGHT)
    form = QFormLayout(window)
    form.setFormAlignment(Qt.AlignmentFlag.AlignCenter)
    form.addRow(QLabel("MuniAdmin"))
    user, password = QLineEdit(), QLineEdit()
    password.setEchoMode(QLineEdit.EchoMode.Password)
    form.addRow("User name", user)
    form.addRow("Password", password)
    form.addRow(QPushButton("Sign in"))
    window.show()
    user.setFocus()
    Watcher(window, ends=True)
    app.exec()


def program() -> None:
    """The program as its own command starts it, on the database it remembers."""
    from muniadmin.desktop import start
    from muniadmin.desktop.shell.main_window import MainWindow

    show, opened = start.Desktop.show, MainWindow.opened

    def shown_and_watched(desktop: start.Desktop) -> None:
        show(desktop)
        Watcher(desktop.window, ends=False)

    def opened_and_told(*arguments: object) -> None:
        opened(*arguments)  # type: ignore[arg-type]
        say("opened")
        os._exit(0)

    start.Desktop.show = shown_and_watched  # type: ignore[method-assign, assignment]
    MainWindow.opened = opened_and_told  # type: ignore[method-assign, assignment]
    start.main([])


if __name__ == "__main__":
    {"bare": bare, "program": program}[sys.argv[1]]()
