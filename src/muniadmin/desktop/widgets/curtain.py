"""The curtain before everything while the screen is locked: no window comes before it, whoever opens one.

What lies open is put away when it is drawn; what wants to be shown meanwhile waits behind it, in its order.
"""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from shiboken6 import isValid


class Curtain(QObject):
    """One for the program: :func:`curtain`."""

    def __init__(self) -> None:
        super().__init__()
        self._stage: QWidget | None = None
        self._behind: list[QWidget] = []

    @property
    def drawn(self) -> bool:
        """Whether the screen is locked."""
        return self._stage is not None

    def draw(self, stage: QWidget) -> None:
        """Nothing but the window ``stage`` is seen from now on."""
        self._stage = stage
        for window in QApplication.topLevelWidgets():
            if window is not stage and window.isVisible():
                self._put_behind(window)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def open(self) -> list[QWidget]:
        """Shows again what waits behind it, what came last in front; what was shown."""
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        self._stage = None
        behind, self._behind = self.behind(), []
        for window in behind:
            _show_as_it_was(window)
        return behind

    def clear(self) -> None:
        """Whoever worked here is gone, and what they had open with them."""
        for window in self.behind():
            window.deleteLater()
        self._behind = []

    def behind(self) -> list[QWidget]:
        """The windows that wait."""
        return [window for window in self._behind if isValid(window)]

    def keep(self, window: QWidget) -> bool:
        """Whether a window that is about to be shown has to wait."""
        if self._stage is None or window is self._stage:
            return False
        if window not in self._behind:
            self._behind.append(window)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window that is none of our dialogs, and asks nobody, is put away as it appears."""
        if (
            event.type() is QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and watched is not self._stage
        ):
            self._put_behind(watched)
        return False

    def _put_behind(self, window: QWidget) -> None:
        # A menu or a tool tip is gone for good; a dialog comes back with what is typed in it.
        if isinstance(window, QDialog) and self.keep(window):
            window.setVisible(False)
        else:
            window.close()


def _show_as_it_was(window: QWidget) -> None:
    """Qt marks the text of the field that gets the keyboard: the next letter would take its place."""
    field = window.focusWidget()
    if not isinstance(field, QLineEdit):
        window.show()
        return
    cursor, begin, length = field.cursorPosition(), field.selectionStart(), field.selectionLength()
    window.show()
    field.setCursorPosition(cursor)
    if length:
        field.setSelection(begin, length)


_curtain: Curtain | None = None


def curtain() -> Curtain:
    """The curtain of this program."""
    global _curtain
    if _curtain is None or not isValid(_curtain):
        _curtain = Curtain()
    return _curtain
