"""A list's paper says what was left out, and its file has a name that a file can have."""

from io import BytesIO

from pypdf import PdfReader
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.desktop.lists.given import given_rows
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.taxpayers.taxpayers_page import TaxpayersPage
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.fines.rules import FineState
from muniadmin.kernel.permissions import Role
from tests.builders import a_taxpayer
from tests.desktop.conftest import PATIENCE, Screen, plain


def test_the_paper_says_what_was_searched_and_which_filters_are_in_force(
    app: App, screen: Screen, qtbot: QtBot
) -> None:
    a_taxpayer(app)
    screen.sign_in(Role.CLERK)
    screen.frame.go("fines")
    screen.settle()
    listing = screen.page.listing  # type: ignore[attr-defined]
    listing.look_for("12345", state=FineState.OPEN.value)
    screen.settle()
    listing.print()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), DocumentDialog), timeout=PATIENCE)
    paper = screen.dialog()
    assert isinstance(paper, DocumentDialog)
    text = plain("".join(page.extract_text() for page in PdfReader(BytesIO(paper.preview.pdf)).pages))
    assert "“12345”" in text
    words = listing.filters["state"].words()
    assert words
    assert words in text.replace("\n", " ")


def test_a_search_is_a_view_of_its_own(app: App, screen: Screen) -> None:
    """Nobody takes what a text finds for all there is."""
    a_taxpayer(app)
    listing = screen.opened("taxpayers", TaxpayersPage, Role.CLERK).listing
    assert plain(listing.view.text()) == "View: All"
    listing.look_for("amina")
    screen.settle()
    assert plain(listing.view.text()) == "View: own choice"
    listing.clear()
    screen.settle()
    assert plain(listing.view.text()) == "View: All"


def test_a_saved_view_is_of_whoever_saved_it(screen: Screen) -> None:
    """Two users share a workstation, and may search for other things."""
    listing = screen.opened("taxpayers", TaxpayersPage, Role.CLERK).listing
    listing.look_for("amina")
    screen.settle()
    dialog = listing.save_view()
    dialog.name.setText("My Amina")
    dialog.submit()
    assert "My Amina" in [action.text() for action in listing.menu_of_views().actions()]
    screen.window.leave()
    listing = screen.opened("taxpayers", TaxpayersPage, Role.SUPERVISOR).listing
    assert "My Amina" not in [action.text() for action in listing.menu_of_views().actions()]


def test_rows_that_are_at_hand_are_found_by_all_words_of_a_search() -> None:
    rows = [("Amina", "clerk"), ("Amina", "manager"), ("Karim", "clerk")]
    columns: list[Column[tuple[str, str]]] = [
        Column("name", "Name", lambda one: one[0]),
        Column("role", "Role", lambda one: one[1]),
    ]
    source = given_rows(rows, columns, "clerk AMI")
    assert list(source.everything(lambda _question: None, "", False)) == [[("Amina", "clerk")]]


def test_a_title_with_signs_that_no_file_may_have(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    screen.frame.go("fines")
    screen.settle()
    listing = screen.page.listing  # type: ignore[attr-defined]
    listing.title = "Fines: 2026/11"
    listing.choose_file("csv")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    (offered,) = dialog.selectedFiles()
    day = screen.page.today.isoformat()
    assert offered.rsplit("/", 1)[-1] == f"Fines  2026 11 {day}.csv"
    dialog.reject()
