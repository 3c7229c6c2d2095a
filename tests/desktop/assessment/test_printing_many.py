"""Many bills are printed into a folder: a roll's, those that are listed, those that are selected."""

from pathlib import Path

from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll
from muniadmin.billing.reads import Bills
from muniadmin.kernel.permissions import Role
from tests.assessment.register import a_home, objects
from tests.desktop.assessment.conftest import ActorOf, Opened, settled
from tests.desktop.conftest import choose_file


def test_a_roll_is_printed_into_the_folder_that_is_chosen(
    app: App,
    actor: ActorOf,
    opened: Opened,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    objects(app, "property", [a_home(36000), a_home(38000)])
    app.execute(IssueRoll(head_code="TH", period="2026"), actor(Role.REVENUE_OFFICER))
    folder = tmp_path / "bills"
    folder.mkdir()
    page = opened()
    assert not page.print.isVisible()
    page.show_view("rolls")
    settled(qtbot, page)
    page.rolls.table.select(0)
    QTest.keyClick(page.print, Qt.Key.Key_Space)
    choose_file(folder)
    (job,) = page.shell.operations.jobs
    qtbot.waitUntil(lambda: job.finished, timeout=60_000)
    settled(qtbot, page)
    (file,) = folder.iterdir()
    assert len(PdfReader(file).pages) == 2
    assert "2 bills are in" in job.said


def test_of_the_list_what_is_filtered_is_printed(
    app: App,
    actor: ActorOf,
    opened: Opened,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    objects(app, "property", [a_home(36000), a_home(38000)])
    app.execute(IssueRoll(head_code="TH", period="2026"), actor(Role.REVENUE_OFFICER))
    number = app.read(Bills(head_code="TH"), actor(Role.REVENUE_OFFICER)).rows[0].number
    folder = tmp_path / "bills"
    folder.mkdir()
    page = opened()
    page.show_view("bills")
    page.bills.listing.look_for(number)
    settled(qtbot, page)
    QTest.keyClick(page.print, Qt.Key.Key_Space)
    choose_file(folder)
    (job,) = page.shell.operations.jobs
    qtbot.waitUntil(lambda: job.finished, timeout=60_000)
    assert [file.stem.split()[-1] for file in folder.iterdir()] == [number]


def test_of_several_selected_bills_no_other_is_printed(
    app: App,
    actor: ActorOf,
    opened: Opened,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    objects(app, "property", [a_home(36000), a_home(38000), a_home(40000)])
    app.execute(IssueRoll(head_code="TH", period="2026"), actor(Role.REVENUE_OFFICER))
    folder = tmp_path / "bills"
    folder.mkdir()
    page = opened()
    page.show_view("bills")
    settled(qtbot, page)
    table = page.bills.list
    table.select(0)
    QTest.keyClick(table.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    selected = {bill.number for bill in table.selected()}
    assert len(selected) == 2
    QTest.keyClick(page.print, Qt.Key.Key_Space)
    settled(qtbot, page)
    choose_file(folder)
    (job,) = page.shell.operations.jobs
    qtbot.waitUntil(lambda: job.finished, timeout=60_000)
    (file,) = folder.iterdir()
    printed = "".join(sheet.extract_text() for sheet in PdfReader(file).pages)
    numbers = {bill.number for bill in app.read(Bills(), actor(Role.REVENUE_OFFICER)).rows}
    assert {number for number in numbers if number in printed} == selected


def test_without_a_folder_nothing_happens(app: App, actor: ActorOf, opened: Opened, qtbot: QtBot) -> None:
    page = opened()
    page.show_view("bills")
    settled(qtbot, page)
    QTest.keyClick(page.print, Qt.Key.Key_Space)
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, QFileDialog)
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    assert page.shell.operations.jobs == []
