"""The statement of a taxpayer's account as a clerk looks at it and prints it."""

from datetime import UTC, date, datetime
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt

from muniadmin.app import App
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.taxpayers.statement_dialog import StatementDialog
from muniadmin.desktop.taxpayers.taxpayers_page import TaxpayersPage
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, pay
from tests.desktop.conftest import Screen, closed, plain
from tests.towns import TownClock, actor_with

Key = Qt.Key


@pytest.fixture
def account(app: App, clock: TownClock) -> int:
    """Amina paid 50 for a bill of 45, the rest of which helps at once, and half of an instalment late."""
    amina = a_taxpayer(app)
    bill = a_bill(
        app, "1000", taxpayer_id=amina, instalments=[(date(2026, 11, 24), "400"), (date(2026, 12, 31), "600")]
    )
    other = a_bill(app, "45", taxpayer_id=amina)
    clock.instant = datetime(2026, 11, 27, 9, tzinfo=UTC)
    clerk = actor_with(app, Role.CLERK)
    desk = an_open_desk(app, clerk)
    pay(app, clerk, desk, other, amount="50", confirmed={AmountExceedsDebts})
    pay(app, clerk, desk, bill, amount="255")
    return amina


def opened(screen: Screen, role: Role = Role.CLERK) -> StatementDialog:
    """The statement of the first taxpayer in the list."""
    page = screen.opened("taxpayers", TaxpayersPage, role)
    page.detail.statement_button.click()
    screen.settle()
    dialog = screen.dialog()
    assert isinstance(dialog, StatementDialog)
    return dialog


def cells(table: RowTable[Any], *columns: str) -> list[tuple[str, ...]]:
    """What the list says in these columns."""
    by_id = {column.id: column for column in table.model.columns}
    found = [table.model.row(position) for position in range(table.model.rowCount())]
    return [tuple(plain(by_id[name].whole(one)) for name in columns) for one in found if one is not None]


def typed(screen: Screen, dialog: StatementDialog, which: str, day: str) -> None:
    field = dialog.on if which == "on" else dialog.known
    field.setFocus()
    field.selectAll()
    screen.type_here(day)
    screen.press_here(Key.Key_Return)


def issued(app: App) -> int:
    """How many statements were issued as papers."""
    with app.database.connect_to_read() as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM issued_document").scalars().all()
    return kinds.count("account_statement")


@pytest.mark.usefixtures("account")
class TestStatement:
    def test_every_movement_and_what_is_open(self, screen: Screen) -> None:
        dialog = opened(screen)
        assert "Statement of account: Amina Bennani" in screen.texts(dialog)
        assert cells(dialog.movements, "booked_on", "charged", "settled", "credit", "balance") == [
            ("23/11/2026", "400.00", "", "", "400.00"),
            ("23/11/2026", "600.00", "", "", "1,000.00"),
            ("23/11/2026", "45.00", "", "", "1,045.00"),
            ("27/11/2026", "60.00", "", "", "1,105.00"),
            ("27/11/2026", "", "45.00", "", "1,060.00"),
            ("27/11/2026", "", "55.00", "", "1,005.00"),
            ("27/11/2026", "", "200.00", "", "805.00"),
            ("27/11/2026", "", "", "5.00", "800.00"),
            ("27/11/2026", "", "5.00", "−5.00", "800.00"),
        ]
        assert cells(dialog.instalments, "due_on", "booked", "accrued", "suspended") == [
            ("24/11/2026", "200.00", "", ""),
            ("31/12/2026", "600.00", "", ""),
        ]
        what = [row[0] for row in cells(dialog.movements, "what")]
        assert what[0] == "Charged"
        assert "Late-payment penalty" in what
        assert any(one.startswith("Payment · 1-2026-") for one in what)
        assert cells(dialog.instalments, "what") == [
            ("Municipal services tax 2026 · part 1 of 2",),
            ("Municipal services tax 2026 · part 2 of 2",),
        ]
        assert "800.00" in screen.texts(dialog.figures)

    def test_what_was_booked_later_is_not_known_then(self, screen: Screen) -> None:
        dialog = opened(screen)
        typed(screen, dialog, "known", "23/11/2026")
        assert dialog.isVisible(), "Enter in a day asks, it does not close"
        assert cells(dialog.movements, "balance") == [("400.00",), ("1,000.00",), ("1,045.00",)]
        assert cells(dialog.instalments, "booked", "accrued")[0] == ("400.00", "60.00")
        typed(screen, dialog, "on", "23.11.26")
        assert cells(dialog.instalments, "booked", "accrued")[0] == ("400.00", "")

    def test_a_day_that_is_none_is_told_and_the_statement_stays(self, screen: Screen) -> None:
        dialog = opened(screen)
        before = cells(dialog.movements, "balance")
        typed(screen, dialog, "known", "31/02/2026")
        assert "is not a date" in screen.texts(dialog)
        assert cells(dialog.movements, "balance") == before

    def test_print_issues_what_is_shown(self, screen: Screen, app: App) -> None:
        dialog = opened(screen)
        typed(screen, dialog, "known", "23/11/2026")
        dialog.print_button.setFocus()
        screen.press_here(Key.Key_Return)
        question = screen.dialog()
        assert isinstance(question, ConfirmDialog)
        said = screen.texts(question)
        assert all(words in said for words in ("Print this statement", "Amina Bennani", "1,105.00 MAD"))
        screen.press_here(Key.Key_Escape)
        assert issued(app) == 0
        dialog.print_button.click()
        screen.settle()
        screen.press_here(Key.Key_Return)
        preview = screen.dialog()
        assert isinstance(preview, DocumentDialog)
        paper = plain(
            " ".join(
                page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(preview.preview.pdf)
            )
        )
        assert "S-2026-000001-" in paper
        assert "1 045,00" in paper
        assert "27/11/2026" in paper, "to which penalty is reckoned"
        assert issued(app) == 1

    def test_escape_leaves(self, screen: Screen) -> None:
        dialog = opened(screen)
        screen.press_here(Key.Key_Escape)
        assert closed(dialog)


def test_whoever_sees_no_bills_is_not_offered_it(screen: Screen, app: App) -> None:
    a_taxpayer(app)
    screen.sign_in(Role.REGISTRAR)
    screen.frame.go("taxpayers")
    screen.settle()
    page = screen.shows(TaxpayersPage)
    assert not page.detail.statement_button.isVisible()
    assert page.open_statement() is None
