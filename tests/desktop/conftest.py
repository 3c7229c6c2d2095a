"""The real window, offscreen, on the test's own town: signed in as whoever the test wants, used by its keys."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from muniadmin.app import App
from muniadmin.desktop.shell.crash import Incidents
from muniadmin.desktop.shell.frame import Frame
from muniadmin.desktop.shell.main_window import MainWindow, speak
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.theme import Scheme, load_other_fonts, theme
from muniadmin.desktop.widgets import dialogs
from muniadmin.desktop.widgets.labels import Text
from muniadmin.kernel.permissions import Role
from tests.towns import PASSWORD, DatabaseKind, user_name

P = TypeVar("P", bound=Page)

#: For what is tried here on PostgreSQL, too.
on_both_engines = pytest.mark.parametrize(
    "database_kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
)

#: Milliseconds after which what is waited for will not come, however busy the machine.
PATIENCE = 60_000


def plain(text: str) -> str:
    """Narrow and hard blanks made plain, and the hyphens at which no line ends."""
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace("\u2011", "-")


def choose_file(path: Path | str, kind: str = "") -> None:
    """Types a path into the dialog that asks for a file or a folder, and presses Enter there."""
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    if kind:
        dialog.selectNameFilter(kind)
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(str(path))
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def closed(dialog: QWidget) -> bool:
    """Whether a dialog was answered: it is hidden, and gone a moment later."""
    return not isValid(dialog) or not dialog.isVisible()


class Screen:
    """The window as its user sees it. Every incident fails the test that caused it."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot = window, qtbot
        self.incidents: list[str] = []
        window.incidents.happened.connect(self.note)

    def note(self, _number: str, details: str) -> None:
        """Notes an incident."""
        self.incidents.append(details)

    @property
    def frame(self) -> Frame:
        """The frame of whoever is signed in."""
        assert self.window.frame is not None
        return self.window.frame

    @property
    def page(self) -> Page:
        """The page in front."""
        page = self.frame.page()
        assert page is not None
        return page

    def shows(self, kind: type[P]) -> P:
        """The page in front, which is one of this kind."""
        page = self.page
        assert isinstance(page, kind)
        return page

    def opened(self, page_id: str, kind: type[P], role: Role) -> P:
        """A page in front of the town's user with this role."""
        self.sign_in(role)
        self.frame.go(page_id)
        self.settle()
        return self.shows(kind)

    def settle(self) -> None:
        """Every question is answered, and the questions that came of the answers."""
        for _round in range(4):
            self._qtbot.waitUntil(
                lambda: self.window.operations is None or self.window.operations.idle(), timeout=PATIENCE
            )
            QApplication.processEvents()
        assert self.incidents == []

    def jobs_end(self) -> None:
        """What was begun in the background is finished."""
        operations = self.window.operations
        if operations is not None and operations.jobs:
            self._qtbot.waitUntil(lambda: all(job.finished for job in operations.jobs), timeout=PATIENCE)
            self.settle()

    def sign_in(self, role: Role = Role.CLERK) -> None:
        """Types the user name and password of the town's user with this role."""
        view = self.window.sign_in
        view.user.setText(user_name(role))
        view.password.setText(PASSWORD)
        self._qtbot.keyClick(view.password, Qt.Key.Key_Return)
        self._qtbot.waitUntil(lambda: self.window.frame is not None, timeout=PATIENCE)
        self.settle()

    def press(self, widget: QWidget, *keys: Qt.Key) -> None:
        """Presses keys in a widget, one after the other, and waits for what comes of them."""
        for key in keys:
            self._qtbot.keyClick(widget, key)
            self.settle()

    def press_danger(self, dialog: QWidget) -> None:
        """Presses the key that what cannot be undone has for itself."""
        self._qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.settle()

    def press_here(self, *keys: Qt.Key) -> None:
        """Presses keys wherever the keyboard is."""
        for key in keys:
            focus = QApplication.focusWidget()
            assert focus is not None
            self.press(focus, key)

    def type_here(self, text: str) -> None:
        """Types wherever the keyboard is."""
        focus = QApplication.focusWidget()
        assert focus is not None
        self._qtbot.keyClicks(focus, text)
        self.settle()

    def dialog(self) -> QWidget:
        """The dialog in front."""
        found = QApplication.activeModalWidget()
        assert found is not None
        return found

    def back(self) -> None:
        """The window is in front again after a dialog; window managers see to it, the offscreen screen does not."""
        self.window.activateWindow()
        self._qtbot.waitUntil(self.window.isActiveWindow, timeout=PATIENCE)
        self.settle()

    def texts(self, widget: QWidget | None = None) -> str:
        """Every text somebody can read on a widget, in one line."""
        widget = widget or self.window
        return plain(
            " | ".join(label.text() for label in widget.findChildren(Text) if label.isVisibleTo(widget))
        )


@pytest.fixture
def database_kind() -> DatabaseKind:
    """SQLite will do: a screen knows no database, and what it asks is tried on both engines where it is answered."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _workstation_without_memory() -> None:
    """Nothing that another test chose is remembered."""
    QApplication.setOrganizationName("MuniAdmin tests")
    QApplication.setApplicationName("MuniAdmin tests")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    # Of this process alone: another one's tests run at the same time.
    place = Path(os.environ["XDG_CONFIG_HOME"]) / str(os.getpid())
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(place))
    QSettings().clear()
    QSettings().setValue("language", "en")


@pytest.fixture(autouse=True)
def _everybody_reads_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question may be answered at once, by whoever does not try just that."""
    monkeypatch.setattr(dialogs, "MOMENT", 0)


@pytest.fixture
def screen(app: App, qtbot: QtBot) -> Iterator[Screen]:
    """The window, with the town's database open and nobody signed in."""
    # The windows of the tests before go first: to style them anew would take longer than most tests.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    speak("en")
    theme().apply(Scheme.LIGHT)
    load_other_fonts()
    window = MainWindow(Preferences(), Incidents())
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made = Screen(window, qtbot)
    window.opened(app, app.municipality, app.clock, "Local database")
    made.settle()
    yield made
    window.setProperty("leaving", True)
    window.setProperty("stopping", True)
    if window.operations is not None:
        window.operations.close()
    # What a test's window says to its screen would keep both, and every widget, until the last test.
    window.incidents.happened.disconnect(made.note)
    speak("en")


@pytest.fixture
def signed_in(screen: Screen) -> Callable[[Role], Screen]:
    """``signed_in(Role.CLERK)`` is the window with the town's clerk in front of it."""

    def sign_in(role: Role) -> Screen:
        screen.sign_in(role)
        return screen

    return sign_in
