"""Starts the desktop: the window first, everything that is slow to import after its first picture.

Before the first picture only Qt, the standard library, ``muniadmin.kernel`` and the window's own modules are
imported; a worker thread then imports the services and opens the database (tests/desktop/test_start.py watches it).
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from muniadmin import __version__
from muniadmin.desktop.shell import plain_imports  # noqa: F401 - first of ours: it makes the rest fast
from muniadmin.desktop.shell.crash import Incidents, start_log
from muniadmin.desktop.shell.loader import Loader
from muniadmin.desktop.shell.main_window import MainWindow, speak
from muniadmin.desktop.shell.preferences import ORGANISATION, Preferences
from muniadmin.desktop.theme import Scheme, load_other_fonts, theme
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import LANGUAGES, N_, _, set_language
from muniadmin.kernel.paths import is_there
from muniadmin.kernel.places import data_folder, demonstration_database

if TYPE_CHECKING:
    from muniadmin.app import App


class NoSuchFile(UserError):
    """The local database file is gone."""

    message = N_("There is no database at {path}.")
    hint = N_("Connect the disk it lies on, or choose another database.")


class NoScreen(UserError):
    """A window was asked for where none can be shown: Qt itself would end the program without a sentence."""

    message = N_("There is no screen to show the window on.")
    hint = N_("Start it from a desktop session, or use the command line: “muniadmin --help”.")


def has_screen() -> bool:
    """Whether a window can be shown: on Linux a display is named in the environment."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in named)


class Options(NamedTuple):
    """What the command line asks for."""

    database: str
    demonstration: bool
    language: str
    scheme: str
    screenshot: str


def read_options(arguments: Sequence[str]) -> Options:
    """The options of ``muniadmin-gui``; argparse ends the program with a sentence when they are wrong."""
    if not arguments:
        return Options("", False, "", "", "")
    import argparse

    from muniadmin.kernel.command_line import argparse_speaks, wanted_language

    set_language(wanted_language(arguments))
    argparse_speaks()
    parser = argparse.ArgumentParser(
        prog="muniadmin-gui", description=_("The municipality’s daily work on one desk.")
    )
    parser.add_argument(
        "--database", default="", metavar="URL", help=_("open this database (sqlite:/// or postgresql://)")
    )
    parser.add_argument(
        "--demo", action="store_true", help=_("open the demonstration town, made at the first time")
    )
    parser.add_argument("--language", default="", choices=[*LANGUAGES], help=_("language of the screens"))
    parser.add_argument(
        "--theme",
        default="",
        choices=[scheme.value for scheme in Scheme],
        help=_("brightness of the screens"),
    )
    parser.add_argument(
        "--screenshot", default="", metavar="FILE", help=_("save a picture of the window and end")
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"MuniAdmin {__version__}",
        help=_("show program's version number and exit"),
    )
    given = parser.parse_args(arguments)
    return Options(given.database, given.demo, given.language, given.theme, given.screenshot)


def place_in_words(url: str) -> str:
    """Where a database is, for the status bar, which translates it: languages change while it stays open."""
    return N_("Local database") if url.startswith("sqlite") else N_("Office database")


def _import_frame() -> None:
    import muniadmin.desktop.collection.cash_page
    import muniadmin.desktop.collection.counter_page
    import muniadmin.desktop.shell.frame  # noqa: F401
    from muniadmin.desktop.pages import all_pages

    all_pages()


class Desktop(QObject):
    """The program from its first picture to its end."""

    def __init__(self, app: QApplication, options: Options) -> None:
        super().__init__(app)
        self._options = options
        self._app: App | None = None
        self._begun = False
        self.preferences = Preferences()
        self.incidents = Incidents()
        speak(options.language or self.preferences.language)
        scheme = Scheme(options.scheme) if options.scheme else self.preferences.scheme
        theme().apply(scheme, self.preferences.accent)
        self.window = MainWindow(self.preferences, self.incidents)
        self.window.on_other_database = self.choose_database
        self.loader = Loader(self)
        geometry = None if options.screenshot else self.preferences.geometry
        if geometry is None or not self.window.restoreGeometry(geometry):
            self.window.resize(1366, 768)
            # On a small screen the title bar and the task bar take their part of the height.
            if not options.screenshot:
                self.window.setWindowState(Qt.WindowState.WindowMaximized)

    def show(self) -> None:
        """Shows the window; the database is opened after its first picture."""
        self.window.show()
        self.window.sign_in.take_focus()
        self.window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begins when the first picture is on the screen: a timer alone may come before it."""
        if event.type() is QEvent.Type.Paint:
            self.window.removeEventFilter(self)
            QTimer.singleShot(0, self.begin)
        return False

    def begin(self) -> None:
        """Opens the database this start is about, or asks which."""
        self._begun = True
        start_log()
        load_other_fonts()
        self.window.finish()
        if self._options.demonstration:
            self.open_demonstration()
        elif url := self._options.database or self.preferences.database:
            self.open(url)
        else:
            self.choose_database()

    def open(self, url: str) -> None:
        """Opens a database that was set up before."""

        def work() -> "App":
            path = url.removeprefix("sqlite:///")
            if url.startswith("sqlite") and not is_there(path):
                raise NoSuchFile(path=path)
            from muniadmin.bootstrap import open_app
            from muniadmin.verification.keeper import Keeper

            app = open_app(url)
            try:
                _ = app.municipality  # a database without one is refused here, not at the first page
            except BaseException:
                app.close()
                raise
            Keeper(app)
            return app

        self.loader.load(work, self._on_opened, self.window.cannot_open, self.incidents.report)

    def open_demonstration(self) -> None:
        """Opens the demonstration town, making it first when there is none."""
        url = demonstration_database()
        if is_there(url.removeprefix("sqlite:///")):
            self.open(url)
        else:
            assistant = self.choose_database()
            assistant.make_demonstration()

    def _on_opened(self, app: "App") -> None:
        if self._app is not None:
            self._app.close()
        self._app = app
        url = app.database.url.render_as_string(hide_password=False)
        self.window.opened(app, app.municipality, app.clock, place_in_words(url))
        # While the user types their password, what comes next is imported.
        self.loader.load(_import_frame, lambda _none: None, self.window.cannot_open, self.incidents.report)

    def choose_database(self) -> Any:
        """Shows the first-run assistant; what it sets up is opened and remembered."""
        from muniadmin.desktop.shell.first_run import FirstRun

        assistant = FirstRun(self.loader, data_folder(), self.incidents.report)

        def ready(url: str) -> None:
            if not self._options.demonstration:
                self.preferences.database = url
            self.open(url)

        assistant.ready.connect(ready)
        assistant.language_chosen.connect(self._again_in)
        self.window.show_entry(assistant)
        assistant.take_focus()
        return assistant

    def take_picture(self, path: str, *, tries: int = 300) -> None:
        """Saves a picture of the window as soon as the start has come to rest (half a minute at most), and ends."""
        operations = self.window.operations
        waiting = self.loader.busy or (operations is not None and not operations.idle())
        if not self._begun or (waiting and tries):
            QTimer.singleShot(100, lambda: self.take_picture(path, tries=tries - 1))
            return
        # One more round, so that the last answer is on the screen.
        QTimer.singleShot(200, lambda: self._save_and_end(path))

    def _save_and_end(self, path: str) -> None:
        self.window.grab().save(path)
        QApplication.quit()

    def _again_in(self, code: str) -> None:
        self.window.set_language(code)
        self.choose_database()


def main(arguments: Sequence[str] | None = None) -> int:
    """The ``muniadmin-gui`` command."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = read_options(given)
    if not has_screen():
        if not options.screenshot:
            problem = NoScreen()
            print(f"{problem.sentence()} {problem.advice()}", file=sys.stderr)  # noqa: T201 - there is no window
            return 1
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setOrganizationName(ORGANISATION)
    app.setApplicationName("MuniAdmin")
    app.setApplicationVersion(__version__)
    app.setQuitOnLastWindowClosed(True)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    desktop = Desktop(app, options)
    uninstall = desktop.incidents.install()
    desktop.show()
    if options.screenshot:
        desktop.take_picture(options.screenshot)
    try:
        return app.exec()
    finally:
        uninstall()


if __name__ == "__main__":
    sys.exit(main())
