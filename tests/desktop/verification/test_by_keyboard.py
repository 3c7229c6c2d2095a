"""A verification as an auditor carries it out with the keyboard alone, on a file and on a server."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.desktop.verification.verification_page import VerificationPage
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer
from tests.desktop.conftest import PATIENCE, Screen, choose_file, on_both_engines
from tests.verification.owner import as_owner

pytestmark = [pytest.mark.slow, on_both_engines]

Key = Qt.Key


class Auditor:
    """Somebody who only presses keys, wherever the keyboard is."""

    def __init__(self, screen: Screen, qtbot: QtBot) -> None:
        self.screen, self._qtbot = screen, qtbot

    @property
    def page(self) -> VerificationPage:
        """The page in front."""
        return self.screen.shows(VerificationPage)

    @staticmethod
    def here() -> QWidget:
        """What has the keyboard."""
        focused = QApplication.focusWidget()
        assert focused is not None
        return focused

    def press(self, key: Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Presses one key, and waits for nothing."""
        self._qtbot.keyClick(self.here(), key, held)

    def verify(self) -> None:
        """The key of the main button."""
        self.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def go_to(self, text: str) -> None:
        """Presses Tab until a button with this text has the keyboard."""
        for _press in range(40):
            here = self.here()
            if isinstance(here, QAbstractButton) and here.text() == text:
                return
            self.press(Key.Key_Tab)
        pytest.fail(f"Tab never comes to {text}")

    def wait(self) -> None:
        """Until what was begun is at its end."""
        self._qtbot.waitUntil(self.page.begin.isEnabled, timeout=PATIENCE)
        self.screen.settle()


@pytest.fixture
def auditor(app: App, screen: Screen, qtbot: QtBot) -> Auditor:
    """In front of the page; somebody has changed a bill."""
    bill = a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    as_owner(app, f"UPDATE bill SET subject = 'another' WHERE id = {bill.bill_id}")
    screen.sign_in(Role.ADMINISTRATOR)
    screen.frame.go("verification")
    screen.settle()
    return Auditor(screen, qtbot)


def test_it_is_cancelled_and_done_again_and_a_finding_opened(auditor: Auditor) -> None:
    auditor.verify()
    auditor.go_to("Cancel")
    auditor.press(Key.Key_Space)
    auditor.wait()
    report = auditor.page.report
    assert report is not None
    assert report.stopped
    # The keyboard is where one goes on, and not in the search box of the window.
    assert auditor.page.isAncestorOf(auditor.here())
    assert "Stopped: " in auditor.screen.texts(auditor.page)

    auditor.verify()
    auditor.wait()
    report = auditor.page.report
    assert report is not None
    assert not report.stopped
    assert auditor.page.list.isAncestorOf(auditor.here())
    auditor.press(Key.Key_Return)
    auditor.screen.settle()
    assert auditor.screen.frame.current_id == "assessment"


def test_the_report_is_saved_as_what_was_chosen(auditor: Auditor, tmp_path: Path) -> None:
    auditor.verify()
    auditor.wait()
    auditor.go_to("Save…")
    text, data = "Text (*.txt)", "JSON (*.json)"
    for name, kind in (("bare", text), ("offered.txt", data), ("own.json", data), ("own.report", text)):
        auditor.press(Key.Key_Space)
        choose_file(tmp_path / name, kind)
        auditor.screen.back()
        auditor.screen.settle()
    written = {file.name for file in tmp_path.iterdir()} - {
        f"town.sqlite3{end}" for end in ("", "-wal", "-shm")
    }
    assert written == {"bare.txt", "offered.json", "own.json", "own.report.txt"}
    assert "1 thing is wrong." in (tmp_path / "bare.txt").read_text(encoding="utf-8")
    for name in ("offered.json", "own.json"):
        assert len(json.loads((tmp_path / name).read_text(encoding="utf-8"))["findings"]) == 1


def test_the_export_is_written_and_the_keyboard_comes_back(auditor: Auditor, tmp_path: Path) -> None:
    auditor.go_to("Export for an independent check…")
    auditor.press(Key.Key_Space)
    choose_file(tmp_path / "for-the-checker")
    auditor.screen.back()
    auditor.wait()
    assert auditor.here() is auditor.page.to_export
    with closing(sqlite3.connect(tmp_path / "for-the-checker.sqlite3")) as exported:
        assert exported.execute("SELECT subject FROM bill").fetchall() == [("another",)]
    assert "keep it as you would keep the database" in auditor.screen.texts(auditor.page)


def test_the_report_comes_also_to_whoever_changes_the_language_meanwhile(auditor: Auditor) -> None:
    auditor.verify()
    before = auditor.page
    auditor.screen.window.set_language("fr")
    auditor.screen.settle()
    assert auditor.page is not before
    auditor.wait()
    assert auditor.page.report is not None
    assert "1 anomalie a été trouvée." in auditor.screen.texts(auditor.page)


def test_whoever_works_elsewhere_meanwhile_is_not_called_back(auditor: Auditor, qtbot: QtBot) -> None:
    auditor.verify()
    page = auditor.page
    auditor.screen.frame.go("administration")
    auditor.screen.settle()
    there = auditor.here()
    qtbot.waitUntil(lambda: page.report is not None, timeout=PATIENCE)
    auditor.screen.settle()
    assert auditor.here() is there
    auditor.screen.frame.go("verification")
    auditor.screen.settle()
    assert page.list.isAncestorOf(auditor.here())
