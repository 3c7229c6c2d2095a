"""A town whose answers come when the test says so, and a clerk who waits for none."""

import threading
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from tests.desktop.conftest import PATIENCE, Screen
from tests.desktop.scanner import send_scan

Key = Qt.Key


class SlowTown:
    """The town's own services; what is asked of some kinds is answered when the test says so."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._held: dict[type, threading.Event] = {}
        self._broken: set[type] = set()
        self._waiting = 0
        self._lock = threading.Lock()

    def hold(self, kind: type) -> None:
        """Answers to such questions and orders wait."""
        self._held[kind] = threading.Event()

    def answer(self, kind: type) -> None:
        """They come."""
        self._held.pop(kind).set()

    def answer_one(self, kind: type) -> None:
        """The first comes; those behind it wait on."""
        first = self._held[kind]
        self.hold(kind)
        first.set()

    def breaks(self, kind: type) -> None:
        """The next such question is an incident."""
        self._broken.add(kind)

    def end(self) -> None:
        """Everything is answered."""
        for kind in list(self._held):
            self.answer(kind)

    def read(self, query: Any, actor: Any) -> Any:
        if type(query) in self._broken:
            self._broken.remove(type(query))
            raise RuntimeError("the disk is gone")
        found = self._app.read(query, actor)
        self._wait(query)
        return found

    def execute(self, command: Any, actor: Any, **more: Any) -> Any:
        self._wait(command)
        return self._app.execute(command, actor, **more)

    def _wait(self, asked: object) -> None:
        held = self._held.get(type(asked))
        if held is None:
            return
        with self._lock:
            self._waiting += 1
        try:
            assert held.wait(PATIENCE / 1000)
        finally:
            with self._lock:
                self._waiting -= 1

    @property
    def waiting(self) -> int:
        """How many answers are held back now."""
        return self._waiting


class Hands:
    """A scanner and a keyboard that wait for no answer."""

    def __init__(self, screen: Screen, qtbot: QtBot, town: SlowTown) -> None:
        self._screen, self._qtbot, self._town = screen, qtbot, town

    def scan(self, number: str) -> None:
        """The scanner, wherever the cursor is."""
        send_scan(self._screen.window.windowHandle(), number)
        self.wait()
        QTest.qWait(50)
        self.wait()

    def wait(self) -> None:
        """All that is not held back has been answered."""
        operations = self._screen.window.operations
        assert operations is not None
        self._qtbot.waitUntil(lambda: operations._under_way == self._town.waiting, timeout=PATIENCE)

    def press(self, *keys: Qt.Key) -> None:
        """Keys."""
        for key in keys:
            focus = QApplication.focusWidget()
            assert focus is not None
            self._qtbot.keyClick(focus, key)
            QApplication.processEvents()

    def type(self, text: str) -> None:
        """Letters, in place of what is marked or of what stands there."""
        focus = QApplication.focusWidget()
        assert focus is not None
        self._qtbot.keyClick(focus, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self._qtbot.keyClicks(focus, text)
