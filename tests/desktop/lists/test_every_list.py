"""Every list of the program, used the same way: searched, filtered, selected, written and printed as it is shown."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.anchors.commands import MakeAnchor
from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll
from muniadmin.desktop.lists.listing import Listing
from muniadmin.desktop.widgets.cards import Scroller
from muniadmin.kernel.errors import DatabaseBusy
from muniadmin.kernel.permissions import Role
from muniadmin.taxpayers.commands import RegisterTaxpayer
from muniadmin.taxpayers.errors import LikelyDuplicate
from tests.assessment.register import a_home, objects
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.civil_status.builders import a_request, a_signed_act
from tests.desktop.conftest import PATIENCE, Screen, closed, on_both_engines, plain
from tests.desktop.test_every_control import controls, happened
from tests.fines.builders import a_fine
from tests.towns import actor_with

pytestmark = pytest.mark.slow

Key = Qt.Key


@dataclass(frozen=True)
class Case:
    """Where a list is found, and by whom."""

    page: str
    role: Role
    #: Brings the list to the front and gives it.
    listing: Callable[[Any], Listing[Any]]
    #: What must have happened for it to have rows.
    before: Callable[[App], object] = lambda _app: None


def _of_page(page: Any) -> Listing[Any]:
    found: Listing[Any] = page.listing
    return found


def _all_receipts(page: Any) -> Listing[Any]:
    page.listing.look_for(scope="all")
    return _of_page(page)


def _in_view(name: str) -> Callable[[Any], Listing[Any]]:
    def bring(page: Any) -> Listing[Any]:
        page.show_view(name)
        return _of_page(page.view(name))

    return bring


def _in_assessment(name: str) -> Callable[[Any], Listing[Any]]:
    def bring(page: Any) -> Listing[Any]:
        page.show_view(name)
        found: Listing[Any] = page.rolls if name == "rolls" else getattr(page, name).listing
        return found

    return bring


def _overdue(app: App) -> None:
    for amount in ("300", "1250"):
        a_bill(app, amount, taxpayer_id=a_taxpayer(app), due_on=date(2026, 10, 31))


def _behind(indicator: str) -> Callable[[Any], Listing[Any]]:
    def bring(page: Any) -> Listing[Any]:
        QTest.keyClick(page.figures.tiles[indicator], Key.Key_Return)
        found: Listing[Any] = page.rows.listing
        return found

    return bring


CASES = {
    "taxpayers": Case("taxpayers", Role.CLERK, _of_page),
    "fines": Case("fines", Role.CLERK, _of_page),
    "acts": Case("acts", Role.REGISTRAR, _of_page),
    "requests": Case("civil_status", Role.CLERK, _of_page),
    "receipts": Case("cash", Role.CLERK, _all_receipts),
    "bills": Case("assessment", Role.REVENUE_OFFICER, _in_assessment("bills")),
    "heads": Case("assessment", Role.REVENUE_OFFICER, _in_assessment("heads")),
    "rolls": Case("assessment", Role.REVENUE_OFFICER, _in_assessment("rolls")),
    "users": Case("administration", Role.ADMINISTRATOR, _in_view("users")),
    "audit": Case("administration", Role.MANAGER, _in_view("audit")),
    "anchors": Case("administration", Role.MANAGER, _in_view("anchors")),
    "collected": Case("indicators", Role.MANAGER, _behind("collected")),
    "owed": Case("indicators", Role.MANAGER, _behind("arrears"), before=_overdue),
}

#: Lists whose panel acts, in front of those who may: they issue, print, take and hand over.
ACTING = {
    "taxpayers of the officer": Case("taxpayers", Role.REVENUE_OFFICER, _of_page),
    "fines of the officer": Case("fines", Role.FINES_OFFICER, _of_page),
    "requests of the registrar": Case("civil_status", Role.REGISTRAR, _of_page),
    "receipts of the session": Case("cash", Role.CLERK, _of_page),
}


@pytest.fixture
def town(app: App) -> App:
    """A town in which every list has two rows at least; one name would be calculated by a spreadsheet program."""
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    for name, amount in (('=HYPERLINK("http://x.example","Amina")', "700"), ("Karim Tazi", "1234567.50")):
        command = RegisterTaxpayer(name=name, zone="agdal")
        who = app.execute(command, clerk, confirmed={LikelyDuplicate}).outcome.taxpayer_id
        pay(app, clerk, session, a_bill(app, amount, taxpayer_id=who), amount="50")
    objects(app, "property", [a_home(36000)])
    for period in ("2025", "2026"):
        app.execute(IssueRoll(head_code="TH", period=period), actor_with(app, Role.REVENUE_OFFICER))
    for plate in ("12345-A-15", "777-B-6"):
        a_fine(app, actor_with(app, Role.FINES_OFFICER), plate)
    for name in ("Yasmine", "Salma"):
        a_request(app, clerk, a_signed_act(app, everything(app), child_given_names=name))
        app.execute(MakeAnchor(), everything(app))
    return app


@pytest.fixture
def shown(town: App, screen: Screen, qtbot: QtBot, request: pytest.FixtureRequest) -> Listing[Any]:
    """The list of the case, with all its rows."""
    case = {**CASES, **ACTING}[request.param]
    case.before(town)
    screen.sign_in(case.role)
    screen.frame.go(case.page)
    screen.settle()
    listing = case.listing(screen.page)
    screen.settle()
    assert listing.isVisible()
    return listing


every_list = pytest.mark.parametrize("shown", CASES, indirect=True)


def written(listing: Listing[Any], path: Path, qtbot: QtBot) -> Path:
    """The list in a file."""
    done: list[Any] = []
    listing.write(str(path), "xlsx" if path.suffix == ".xlsx" else "csv", done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE)
    if listing.name != "audit":  # That a list was written stands in the log from then on.
        assert done[0].rows == listing.table.model.summary.count
    return path


def cells(listing: Listing[Any]) -> list[list[str]]:
    """What stands on the screen, row by row."""
    model = listing.table.model
    found = [model.row(n) for n in range(model.rowCount())]
    return [[column.whole(row) for column in listing.table.shown_columns()] for row in found]


def drawn(listing: Listing[Any], qtbot: QtBot) -> bytes:
    """The list on paper."""
    done: list[Any] = []
    listing.draw(done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE)
    pdf: bytes = done[0].pdf
    return pdf


def text_of(pdf: bytes) -> str:
    """The words of a paper, without what breaks lines and groups figures."""
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "".join(plain(text).split())


@on_both_engines
@every_list
def test_what_is_written_is_what_is_shown(
    shown: Listing[Any], tmp_path: Path, qtbot: QtBot, screen: Screen
) -> None:
    arrangement = shown.table.view.arrangement()
    left_out = arrangement["shown"][-2:-1]
    names = [one for one in arrangement["shown"] if one not in left_out][::-1]
    shown.table.view.arrange({**arrangement, "order": names + arrangement["order"], "shown": names})
    columns, lines = shown.table.shown_columns(), cells(shown)
    assert [column.id for column in columns] == names
    assert len(lines) == shown.table.model.summary.count >= 2

    with written(shown, tmp_path / "l.csv", qtbot).open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert head == [column.title for column in columns]
    for at, column in enumerate(columns):
        if column.number and column.value is not None:
            said = [plain(line[at]).replace(",", "").replace("−", "-") for line in lines]
            assert [Decimal(row[at]) for row in rows] == [Decimal("0" if s in "–—" else s) for s in said]
        else:
            assert [row[at].removeprefix("'") for row in rows] == [line[at] for line in lines]
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+@\t\r")]

    sheet = load_workbook(written(shown, tmp_path / "l.xlsx", qtbot)).active
    assert sheet is not None
    head_row, *sheet_rows = list(sheet.iter_rows())
    assert [cell.value for cell in head_row] == head
    assert len(sheet_rows) - len(lines) == (shown.name == "audit")
    assert not [cell for row in sheet_rows for cell in row if cell.data_type == "f"]

    paper = text_of(drawn(shown, qtbot))
    count = f"{len(lines) + 2 * (shown.name == 'audit'):,}rows"
    assert count in paper
    for label, figure in shown.table.model.summary.totals:
        if label in {one for one, _amount in shown.shown().sums}:
            assert "".join(plain(f"{label}: {figure}").split()) in paper


@on_both_engines
@every_list
def test_all_that_matches_is_selected_and_letters_go_on_in_the_search(
    shown: Listing[Any], screen: Screen, qtbot: QtBot
) -> None:
    # From the empty search as from the list.
    begin = shown.table.view if shown.search.isHidden() else shown.search
    begin.setFocus()
    qtbot.keyClick(begin, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    count = shown.table.model.summary.count
    assert shown.table.selected_count() == count
    assert f"{count} rows · {count} selected" in screen.texts(shown.table)
    if shown.search.isHidden():
        return
    screen.type_here("zzqq")
    qtbot.waitUntil(lambda: shown.table.model.summary.count == 0, timeout=PATIENCE)
    screen.settle()
    assert shown.search.hasFocus()
    assert shown.search.text() == "zzqq"
    assert "Nothing matches" in screen.texts(shown.table)
    assert "0 rows" in screen.texts(shown.table)
    screen.press(shown.fill, Key.Key_Space)
    assert shown.table.model.summary.count == count or shown.name in {"receipts", "requests"}


@on_both_engines
@every_list
def test_enter_searches_first_and_goes_to_what_it_finds(shown: Listing[Any], screen: Screen) -> None:
    if shown.search.isHidden():
        return
    row = shown.table.model.row(1)
    names = ("name", "plate", "number", "user_name", "code", "user", "head")
    column = next(one for name in names for one in shown.table.model.columns if one.id == name)
    word = next(part for part in column.text(row).replace('"', " ").split() if len(part) > 1)
    shown.search.take_focus()
    QApplication.processEvents()
    screen.type_here(word)
    screen.press_here(Key.Key_Return)
    assert shown.table.view.hasFocus()
    assert any(word in " ".join(line) for line in cells(shown))
    current = shown.table.current()
    assert current is not None
    screen.press_here(Key.Key_Up)
    assert shown.search.hasFocus()


@every_list
def test_what_is_shown_is_saved_as_a_view_of_ones_own(shown: Listing[Any], screen: Screen) -> None:
    dialog = shown.save_view()
    screen.settle()
    screen.type_here("Mine")
    screen.press_here(Key.Key_Return)
    assert closed(dialog)
    screen.back()
    assert "Mine" in [action.text() for action in shown.menu_of_views().actions()]
    assert shown.saved.all()["Mine"] == shown.in_force()
    assert "The view “Mine” is saved." in screen.texts()
    assert {action.id.split()[-1] for action in shown.offered()} >= {"xlsx", "csv", "print", "columns"}
    shown.saved.forget("Mine")
    assert shown.saved.all() == {}


@every_list
def test_columns_leave_in_a_narrow_window_and_no_figure_is_cut(shown: Listing[Any], screen: Screen) -> None:
    for width, height in ((1024, 700), (1366, 768), (1920, 1080)):
        screen.window.resize(width, height)
        screen.settle()
        view = shown.table.view
        assert screen.window.width() == width
        assert view.horizontalScrollBar().maximum() == 0
        there = [n for n in range(len(view.rows.columns)) if not view.isColumnHidden(n)]
        assert there
        whole = [n for n in there if view.rows.columns[n].is_whole]
        assert not [(row, n) for row in range(view.rows.rowCount()) for n in whole if view.is_cut(row, n)]
        if shown.panel is not None:
            assert shown.panel.isVisible() is (not shown.narrow)


@every_list
def test_nothing_in_the_panel_is_cut_at_its_side(shown: Listing[Any], screen: Screen) -> None:
    """It scrolls downwards alone: whatever is wider than it would never be seen."""
    if shown.panel is None:
        return
    screen.window.resize(1366, 768)
    shown.table.select_first()
    screen.settle()
    for area in shown.panel.findChildren(Scroller):
        content = area.widget()
        assert content is not None
        if area.isVisibleTo(shown.panel):
            assert content.minimumSizeHint().width() <= area.viewport().width()


def test_what_cannot_be_read_is_said_and_read_again_in_every_list_alike(
    town: App, screen: Screen, qtbot: QtBot
) -> None:
    """The way a list says so is one: that of its table."""
    screen.sign_in(Role.CLERK)
    screen.frame.go("taxpayers")
    screen.settle()
    listing = screen.page.listing  # type: ignore[attr-defined]
    listing.table.model.failed.emit(DatabaseBusy())
    assert listing.table.problem.isVisible()
    listing.table.reload()
    screen.settle()
    assert not listing.table.problem.isVisible()


@pytest.mark.parametrize("shown", [*CASES, *ACTING], indirect=True)
def test_enter_from_a_row_reads_however_often_it_is_pressed(
    shown: Listing[Any], town: App, screen: Screen
) -> None:
    """It issues, prints, takes and hands over nothing; where a panel tells of the row, the keyboard is on it, and Tab
    leads into it."""
    page, panel, before = screen.frame.current_id, shown.panel, happened(town)
    shown.table.take_focus()
    shown.table.select_first()
    screen.settle()
    for _time in range(5):
        screen.press_here(Key.Key_Return)
        assert QApplication.activeModalWidget() is None
    screen.jobs_end()
    assert happened(town) == before
    if panel is None:
        return
    assert screen.frame.current_id == page
    assert panel.hasFocus()
    if controls(panel):
        screen.press_here(Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert panel.isAncestorOf(focus)
    screen.press_here(Key.Key_Escape)
    assert shown.table.view.hasFocus()
