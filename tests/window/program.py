"""The program as it is started, and beside it somebody who says what is on the screen and does nothing else.

Each line of standard input is a question, each line of standard output its answer, in JSON.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from muniadmin.desktop.shell.main_window import MainWindow
from muniadmin.desktop.start import Desktop, main
from muniadmin.desktop.widgets.dialogs import ConfirmDialog

_SECRET = "•"


class Witness(QObject):
    """Tells on the GUI thread what is shown; it never touches a widget."""

    _asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._asked.emit(line.strip())

    def _answer(self, question: str) -> None:
        answers: dict[str, Callable[[], Any]] = {
            "quiet": _is_quiet,
            "seen": lambda: [_window(window) for window in _windows()],
            "focus": _focus,
        }
        print(json.dumps(answers[question]()), flush=True)


def _windows() -> list[QWidget]:
    """What lies on the screen, the window in front first."""
    app = QApplication
    front = [app.activePopupWidget(), app.activeModalWidget(), app.activeWindow()]
    shown = [window for window in app.topLevelWidgets() if window.isVisible() and window.width() > 1]
    return sorted(shown, key=lambda window: front.index(window) if window in front else len(front))


def _window(window: QWidget) -> dict[str, Any]:
    frame = window.frameGeometry()
    return {
        "title": window.windowTitle() or window.accessibleName(),
        "modal": window.isModal(),
        "place": [frame.x(), frame.y(), frame.width(), frame.height()],
        "texts": [text for text in _texts(window) if text],
    }


def _texts(window: QWidget) -> Iterator[str]:
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty() or widget.window() is not window:
            continue
        yield from _text_of(widget)
    if isinstance(window, QMenu):
        yield from _text_of(window)


def _text_of(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel):
        yield widget.text().replace("\u2011", "-")
    elif isinstance(widget, QCheckBox):
        yield f"[{'x' if widget.isChecked() else ' '}] {widget.text()}"
    elif isinstance(widget, QAbstractButton):
        yield f"<{widget.accessibleName() or widget.text()}>"
    elif isinstance(widget, QLineEdit | QPlainTextEdit | QComboBox):
        yield f"{widget.accessibleName()}: {_typed(widget)}"
    elif isinstance(widget, QAbstractItemView):
        yield from _rows(widget)
    elif isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())
    elif widget.accessibleName():
        yield str(widget.accessibleName())


def _typed(widget: QWidget) -> str:
    if isinstance(widget, QLineEdit):
        hidden = widget.echoMode() is not QLineEdit.EchoMode.Normal
        return _SECRET * len(widget.text()) if hidden else widget.text()
    return widget.currentText() if isinstance(widget, QComboBox) else getattr(widget, "toPlainText", str)()


def _rows(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    for row in range(min(model.rowCount(), 60)):
        cells = [model.index(row, column).data() for column in range(model.columnCount())]
        mark = "> " if view.currentIndex().row() == row else ""
        yield mark + " · ".join(str(cell) for cell in cells if cell)


def _focus() -> dict[str, Any]:
    """What has the keyboard, what is typed there, and whether a person can see it."""
    widget = QApplication.focusWidget()
    if widget is None:
        return {"name": "", "kind": "", "text": "", "selected": "", "cursor": -1, "seen": False}
    window = widget.window()
    inside = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    line = widget if isinstance(widget, QLineEdit) else None
    return {
        "name": widget.accessibleName() or getattr(widget, "text", str)(),
        "kind": type(widget).__name__,
        "text": _typed(widget),
        "selected": line.selectedText() if line else "",
        "cursor": line.cursorPosition() if line else -1,
        "seen": widget.isVisible()
        and widget.isEnabled()
        and not widget.visibleRegion().isEmpty()
        and window.rect().intersects(inside),
    }


def _is_quiet() -> bool:
    """Whether every question is answered and the window waits for its user."""
    desktop = QApplication.instance().findChild(Desktop)  # type: ignore[union-attr]
    windows = [window for window in QApplication.topLevelWidgets() if isinstance(window, MainWindow)]
    if desktop is None or desktop.loader.busy or not windows:
        return False
    question = QApplication.activeModalWidget()
    if isinstance(question, ConfirmDialog) and not question.had_time():
        return False
    operations = windows[0].operations
    return operations is not None and operations.idle()


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    witness = Witness()
    sys.exit(main(sys.argv[1:]))
