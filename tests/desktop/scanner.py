"""A scanner in front of a window that is not a real one."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


class _Clock(QObject):
    """What time a key has that is pressed now."""

    def __init__(self, window: QWindow) -> None:
        super().__init__()
        self.now = 0
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        QTest.keyClick(window, Qt.Key.Key_Shift)
        app.removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt calls it so
        if isinstance(event, QKeyEvent):
            self.now = event.timestamp()
        return False


def send_scan(window: QWindow, text: str) -> None:
    """The keys of a scanner and its Enter, a millisecond apart by their own times however busy the machine is; all of
    them wait when the window gets to the first."""
    at = _Clock(window).now
    for letter in [*text, "\r"]:
        at += 1
        key = Qt.Key.Key_Return if letter == "\r" else Qt.Key(ord(letter.upper()))
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter)
            event.setTimestamp(at)
            QApplication.postEvent(window, event)
    QApplication.processEvents()
