"""Draws every page and state of the desktop into PNG files, in every language, over a small demonstration town, and
says what could not be read there.

    python -m muniadmin.desktop.gallery [--out out/gallery] [--only counter] [--languages fr,en] [--themes light,dark]
        [--sizes 1366x768,1024x700,1920x1080@150]

Each size is a screen of so many pixels, at 100 per cent or what stands behind the @, filled by the window.
"""  # fmt: skip

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from muniadmin.access.reads import DemonstrationUser
    from muniadmin.app import App
    from muniadmin.desktop.shell.main_window import MainWindow
    from muniadmin.desktop.shell.navigation import Page

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 4, tzinfo=UTC)
SIZE = "1366x768"
TAXPAYERS = 240
SEED = 2026


@dataclass(frozen=True)
class Pictures:
    """What is to be drawn, and where."""

    out: Path
    only: str
    languages: tuple[str, ...]
    themes: tuple[str, ...]
    size: str = SIZE


def settle(window: "MainWindow", *, give_up_s: float = 60) -> None:
    """Lets everything that was asked be answered and painted, and what was begun come to its end: until nothing happens
    for some rounds."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    began, quiet_rounds = time.monotonic(), 0
    while quiet_rounds < 12 and time.monotonic() - began < give_up_s:
        started = time.monotonic()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        busy = time.monotonic() - started > 0.004
        operations = window.operations
        idle = operations is None or (operations.idle() and all(job.finished for job in operations.jobs))
        quiet_rounds = 0 if busy or not idle else quiet_rounds + 1
        time.sleep(0.004)


class Photographer:
    """Takes pictures of one window in one language and theme, and notes what cannot be read on them."""

    def __init__(self, window: "MainWindow", folder: Path, only: str) -> None:
        self._window, self._folder, self._only = window, folder, only
        self.taken: list[Path] = []
        self.illegible: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def wants(self, name: str) -> bool:
        """Whether pictures of this name are asked for."""
        return not self._only or self._only in name

    def has(self, name: str) -> bool:
        """Whether the picture was taken already."""
        return self._folder / f"{name}.png" in self.taken

    def take(self, name: str, widget: "QWidget | None" = None) -> None:
        """Draws the window, or a dialog of it."""
        from muniadmin.desktop.legibility import illegible

        settle(self._window)
        path = self._folder / f"{name}.png"
        shown = widget or self._window
        shown.grab().save(str(path))
        self.taken.append(path)
        self.illegible += [f"{self._folder.name}/{name}: {problem}" for problem in illegible(shown)]


def make_town(folder: Path) -> Path:
    """The demonstration town of all pictures."""
    from muniadmin.demonstration.town import create_demonstration

    town = folder / "town.db"
    create_demonstration(f"sqlite:///{town.as_posix()}", "fes", taxpayers=TAXPAYERS, seed=SEED, today=TODAY)
    return town


def draw_all(wanted: Pictures, town: Path, folder: Path) -> tuple[int, list[str]]:
    """Takes every picture that is wanted; each language and theme begins with the town as it was made. How many there
    are, and what cannot be read on them."""
    taken, illegible = 0, []
    for code, scheme in product(wanted.languages, wanted.themes):
        copy = folder / f"{code}-{scheme}.db"
        shutil.copyfile(town, copy)
        photographer = _draw(wanted, f"sqlite:///{copy.as_posix()}", code, scheme)
        taken += len(photographer.taken)
        illegible += photographer.illegible
    return taken, illegible


def _draw(wanted: Pictures, url: str, code: str, scheme: str) -> Photographer:
    from PySide6.QtCore import QSettings

    from muniadmin.access.reads import DemonstrationUsers
    from muniadmin.bootstrap import open_app, system_actor
    from muniadmin.desktop.shell.crash import Incidents
    from muniadmin.desktop.shell.main_window import MainWindow, speak
    from muniadmin.desktop.shell.preferences import Preferences
    from muniadmin.desktop.theme import Scheme, load_other_fonts, theme
    from muniadmin.kernel.clock import FixedClock

    QSettings().clear()
    with closing(open_app(url, clock=FixedClock(NOW))) as app:
        people = app.read(DemonstrationUsers(), system_actor("gallery"))
        speak(code)
        theme().apply(Scheme(scheme), app.municipality.accent)
        load_other_fonts()
        incidents = Incidents()
        uninstall = incidents.install()
        window = MainWindow(Preferences(), incidents)
        window.setGeometry(window.screen().availableGeometry())
        window.show()
        window.activateWindow()
        folder = f"{code}-{scheme}" if wanted.size == SIZE else f"{code}-{scheme}-{wanted.size}"
        photographer = Photographer(window, wanted.out / folder, wanted.only)
        _entry(window, app, photographer)
        for person in people:
            _pages_of(person, window, photographer)
        window.close()
        window.deleteLater()
        uninstall()
    return photographer


def _screen(size: str, folder: Path) -> dict[str, str]:
    """The environment of a process that has a screen of that size; Qt's offscreen plugin reads it from a file."""
    pixels, _at, percent = size.partition("@")
    width, height = map(int, pixels.split("x"))
    screen = {"name": size, "x": 0, "y": 0, "width": width, "height": height, "dpr": 1}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96}
    file = folder / f"{size}.json"
    file.write_text(json.dumps({"windowFrameMargins": False, "screens": [screen]}), encoding="utf-8")
    scale = {"QT_SCALE_FACTOR": str(int(percent) / 100)} if percent else {}
    return {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={file}", **scale}


def _entry(window: "MainWindow", app: "App", photographer: Photographer) -> None:
    from muniadmin.access.errors import WrongUserOrPassword
    from muniadmin.desktop.shell.first_run import FirstRun, Place
    from muniadmin.desktop.shell.loader import Loader
    from muniadmin.desktop.start import place_in_words

    url = app.database.url.render_as_string(hide_password=True)
    if photographer.wants("first-run"):
        first = FirstRun(Loader(window), Path("/srv/muniadmin"), window.incidents.report)
        window.show_entry(first)
        first.take_focus()
        photographer.take("first-run-1-place")
        first.assistant.setEnabled(False)
        first.progress.show()
        first.progress.advance(783, 2000)
        photographer.take("first-run-1-progress")
        first.assistant.setEnabled(True)
        first.progress.hide()
        first.place.places.set_value(Place.OFFICE)
        first.place.places.chosen.emit(Place.OFFICE)
        first.place.office.check()
        photographer.take("first-run-2-server")
        first.assistant.show_step(1)
        photographer.take("first-run-3-municipality")
        first.assistant.show_step(2)
        first.administrator.password.setText("1234")
        first.administrator.form.check()
        photographer.take("first-run-4-administrator")
        window.stack.removeWidget(first)
        first.deleteLater()
    window.opened(app, app.municipality, app.clock, place_in_words(url))
    settle(window)
    if photographer.wants("sign-in"):
        photographer.take("sign-in")
        window.sign_in.refuse(WrongUserOrPassword())
        photographer.take("sign-in-refused")
        window.sign_in.notice.hide()


def _pages_of(person: "DemonstrationUser", window: "MainWindow", photographer: Photographer) -> None:
    """The pages and states of pages that this person is the first to see."""
    window.sign_in.submitted.emit(person.user_name, person.password)
    settle(window)
    frame = window.frame
    if frame is None:
        raise SystemExit(f"{person.user_name} cannot sign in")
    for page_id, spec in frame.specs.items():
        if not photographer.wants(page_id):
            continue
        frame.go(spec.id)
        settle(window)
        if not photographer.has(page_id):
            photographer.take(page_id)
        _scenes(page_id, frame.pages[page_id], window, photographer)
    if photographer.wants("palette") and not photographer.has("palette"):
        frame.go(next(iter(frame.specs)))
        settle(window)
        palette = frame.open_palette()
        photographer.take("palette", palette)
        palette.close()
    if photographer.wants("paper-check") and not photographer.has("paper-check"):
        _paper_check(window, photographer)
    if photographer.wants("own-password") and not photographer.has("own-password"):
        _own_password(window, photographer)
    if photographer.wants("lock") and not photographer.has("lock"):
        window.lock.shut()  # the last picture: no dialog comes before the lock
        photographer.take("lock")
    window.leave()
    settle(window)


def _own_password(window: "MainWindow", photographer: Photographer) -> None:
    """The user's menu, and the dialog as it opens, with what the screen refuses and with what the service refuses."""
    from PySide6.QtWidgets import QMenu

    from muniadmin.access.errors import UserIsLocked, WrongOldPassword
    from muniadmin.access.rules import LOCK_MINUTES
    from muniadmin.kernel.errors import InvalidInput

    assert window.frame is not None
    window.frame.header.user.click()
    settle(window)
    menu = window.findChildren(QMenu)[-1]
    photographer.take("own-password-menu", menu)
    menu.close()
    dialog = window.change_own_password()
    photographer.take("own-password", dialog)
    dialog.old.setText("une lanterne au pont")
    dialog.new.setText("1234")
    dialog.again.setText("12345")
    dialog.submit()
    photographer.take("own-password-weak", dialog)
    dialog.new.setText("trois vélos verts")
    dialog.again.setText("trois vélos verts")
    dialog.form.check()
    dialog.refuse(InvalidInput({"old_password": WrongOldPassword()}))
    photographer.take("own-password-wrong", dialog)
    dialog.refuse(InvalidInput({"old_password": UserIsLocked(minutes=LOCK_MINUTES)}))
    photographer.take("own-password-locked", dialog)
    dialog.done(0)


def _paper_check(window: "MainWindow", photographer: Photographer) -> None:
    """The dialog as it opens, with another municipality's receipt, with a part of its code, and with a number."""
    from muniadmin.documents.signing import ReceiptClaim, SigningKey, sign_receipt
    from muniadmin.kernel.money import Money

    assert window.frame is not None
    claim = ReceiptClaim(
        number="1-2026-000001-7",
        taken_on=TODAY,
        amount=Money(85125),
        currency="MAD",
        taxpayer_number="C-0000001-Y",
        desk="1",
    )
    code = sign_receipt(SigningKey.generate(), claim)
    dialog = window.frame.check_paper()
    photographer.take("paper-check", dialog)
    for name, scanned in (("other-key", code), ("cut", code[:60]), ("number", claim.number)):
        dialog.check(scanned)
        photographer.take(f"paper-check-{name}", dialog)
    dialog.done(0)


def _scenes(page_id: str, page: "Page", window: "MainWindow", photographer: Photographer) -> None:
    for scene in page.scenes():
        if photographer.has(f"{page_id}-{scene.name}"):
            continue
        dialog = scene.make()
        settle(window)
        photographer.take(f"{page_id}-{scene.name}", dialog)
        if dialog is not None:
            dialog.done(0) if hasattr(dialog, "done") else dialog.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws the gallery, says where it is and what cannot be read on its pictures: then 1."""
    parser = argparse.ArgumentParser(prog="muniadmin.desktop.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/gallery"))
    parser.add_argument("--only", default="", help="part of the names of the pictures to draw")
    parser.add_argument("--languages", default="fr,en")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--sizes", default=SIZE, help="of the screen, in pixels: 1024x700,1920x1080@150")
    parser.add_argument("--town", type=Path, help="draw over a copy of this demonstration database")
    parser.add_argument(
        "--on-this-screen", action="store_true", help="draw in this process, whatever its screen"
    )
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="muniadmin-gallery-") as folder:
        town = given.town or make_town(Path(folder))
        if given.on_this_screen:
            return _draw_here(given, town, Path(folder))
        # How large its screen is, and how many of its pixels one of ours, a process learns once.
        options = [f"--{name}={getattr(given, name)}" for name in ("out", "only", "languages", "themes")]
        options += [f"--town={town}", "--on-this-screen"]
        command = [sys.executable, "-m", "muniadmin.desktop.gallery", *options, ""]
        codes = []
        for size in given.sizes.split(","):
            command[-1] = f"--sizes={size}"
            codes.append(subprocess.run(command, env=_screen(size, Path(folder)), check=False).returncode)  # noqa: S603
    return max(codes)


def _draw_here(given: argparse.Namespace, town: Path, folder: Path) -> int:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    application = QApplication.instance() or QApplication(sys.argv[:1])
    application.setOrganizationName("MuniAdmin")
    application.setApplicationName("Gallery")
    wanted = Pictures(
        given.out, given.only, tuple(given.languages.split(",")), tuple(given.themes.split(",")), given.sizes
    )
    taken, illegible = draw_all(wanted, town, folder)
    sys.stdout.write("".join(f"{problem}\n" for problem in illegible))
    sys.stdout.write(f"{taken} pictures of {given.sizes} in {given.out}\n")
    return 1 if illegible else 0


if __name__ == "__main__":
    sys.exit(main())
