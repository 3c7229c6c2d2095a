"""A paper's square code is scanned wherever the cursor is, and the clerk reads whether the paper is genuine."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from muniadmin.access.commands import Approval
from muniadmin.app import App
from muniadmin.collection.commands import CancelReceipt, PaymentTaken
from muniadmin.desktop.civil_status.requests_page import RequestsPage
from muniadmin.desktop.collection.cash_page import CashPage
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.shell.paper_check import PaperCheckDialog
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, pay
from tests.desktop.conftest import Screen
from tests.towns import PASSWORD, actor_with, user_name

Key = Qt.Key


@pytest.fixture
def taken(app: App) -> PaymentTaken:
    """851.25 paid at the counter."""
    clerk = actor_with(app, Role.CLERK)
    return pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "851.25", taxpayer_id=a_taxpayer(app)))


@pytest.fixture
def code(app: App, taken: PaymentTaken) -> str:
    """What the square code of its receipt holds."""
    with app.database.connect_to_read() as connection:
        canonical = connection.execute(
            text("SELECT canonical FROM issued_document WHERE id = :id"), {"id": taken.document_id}
        ).scalar_one()
    return str(json.loads(canonical)["shows"]["verification"])


def dialog_of(screen: Screen) -> PaperCheckDialog:
    """The dialog in front, with its answer."""
    screen.settle()
    dialog = screen.dialog()
    assert isinstance(dialog, PaperCheckDialog)
    return dialog


def opened(screen: Screen) -> PaperCheckDialog:
    screen.sign_in(Role.CLERK)
    screen.frame.check_paper()
    return dialog_of(screen)


def scan(screen: Screen, dialog: PaperCheckDialog, scanned: str, qtbot: QtBot) -> str:
    """What is read after a scanner typed this and Enter, as one line."""
    dialog.code.selectAll()
    qtbot.keyClicks(dialog.code, scanned) if scanned.isascii() else dialog.code.setText(scanned)
    screen.press(dialog.code, Key.Key_Return)
    return screen.texts(dialog)


def test_scan_after_scan_is_answered_without_the_mouse(
    app: App, screen: Screen, code: str, taken: PaymentTaken, qtbot: QtBot
) -> None:
    dialog = opened(screen)
    said = scan(screen, dialog, code, qtbot)
    assert f"Genuine: receipt {taken.receipt_number} of 23/11/2026, 851.25 MAD." in said
    assert "Amina Bennani" in said
    assert dialog.show_it.isVisible()
    assert dialog.code.selectedText() == code

    said = scan(screen, dialog, code.replace("|85125|", "|95125|"), qtbot)
    assert "Forged: " in said
    assert "951.25 MAD | 851.25 MAD" in said

    said = scan(screen, dialog, taken.receipt_number, qtbot)
    assert "is a number, not a square code" in said
    assert "Amina Bennani" not in said
    assert not dialog.show_it.isVisible()

    app.execute(
        CancelReceipt(
            number=taken.receipt_number,
            reason="wrong taxpayer",
            approval=Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD),
        ),
        actor_with(app, Role.CLERK),
    )
    said = scan(screen, dialog, code, qtbot)
    assert "was cancelled on 23/11/2026" in said
    assert "wrong taxpayer" in said


@pytest.mark.parametrize(
    "scanned",
    ["", "MA1|R|3", "ma1|r|3-2026", "A" * 30_000, "https://example.org", "\x00\ud800", "é\u202e\x1b[0m"],
)
def test_what_is_no_code_is_a_sentence_and_the_field_is_ready(
    screen: Screen, code: str, scanned: str, qtbot: QtBot
) -> None:
    dialog = opened(screen)
    scan(screen, dialog, code, qtbot)
    dialog.check(scanned)
    screen.settle()
    said = screen.texts(dialog)
    assert "Genuine" not in said
    assert dialog.answer.isVisible()
    assert dialog.code.hasFocus()
    assert dialog.primary.isEnabled()


def test_enter_does_not_ask_twice_while_the_answer_is_under_way(
    screen: Screen, code: str, qtbot: QtBot
) -> None:
    dialog = opened(screen)
    dialog.code.setText(code)
    qtbot.keyClick(dialog.code, Key.Key_Return)
    qtbot.keyClick(dialog.code, Key.Key_Return)
    screen.settle()
    assert "Genuine" in screen.texts(dialog)


def test_a_code_scanned_at_the_counter_is_checked(screen: Screen, code: str, qtbot: QtBot) -> None:
    screen.sign_in(Role.CLERK)
    page = screen.shows(CounterPage)
    qtbot.keyClicks(page.scan, code)
    screen.press(page.scan, Key.Key_Return)
    dialog = dialog_of(screen)
    assert "Genuine" in screen.texts(dialog)
    assert page.scan.text() == ""
    screen.press(dialog.code, Key.Key_Escape, Key.Key_Escape)
    assert QApplication.activeModalWidget() is None


def test_a_code_scanned_into_the_amount_is_checked_and_nothing_is_paid(
    app: App, screen: Screen, code: str, qtbot: QtBot
) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app, "Omar Alami"))
    screen.sign_in(Role.CLERK)
    page = screen.shows(CounterPage)
    qtbot.keyClicks(page.scan, bill.number)
    screen.press(page.scan, Key.Key_Return)
    screen.type_here(code)
    screen.press_here(Key.Key_Return)
    assert "Genuine" in screen.texts(dialog_of(screen))
    with app.database.connect_to_read() as connection:
        assert connection.execute(text("SELECT count(*) FROM payment")).scalar_one() == 1


def test_the_search_box_and_the_cash_desk_check_it_too(screen: Screen, code: str, qtbot: QtBot) -> None:
    screen.sign_in(Role.CLERK)
    qtbot.keyClicks(screen.frame.header.search, code)
    screen.press(screen.frame.header.search, Key.Key_Return)
    dialog = dialog_of(screen)
    assert "Genuine" in screen.texts(dialog)
    assert screen.frame.header.search.text() == ""
    dialog.show_it.click()
    screen.settle()
    page = screen.shows(CashPage)
    assert page.number.text() in code
    screen.back()
    page.number.clear()
    qtbot.keyClicks(page.number, code)
    screen.press(page.number, Key.Key_Return)
    assert "Genuine" in screen.texts(dialog_of(screen))
    assert page.number.text() == ""


def test_the_requests_search_checks_it_and_says_who_may_not(screen: Screen, code: str, qtbot: QtBot) -> None:
    screen.sign_in(Role.REGISTRAR)
    screen.frame.go("civil_status")
    screen.settle()
    page = screen.shows(RequestsPage)
    qtbot.keyClicks(page.search, code)
    screen.press(page.search, Key.Key_Return)
    assert "You are not allowed to do this (see payments and receipts)." in screen.texts(dialog_of(screen))


def test_it_is_found_by_its_key_in_the_palette_and_at_the_counter(screen: Screen, qtbot: QtBot) -> None:
    screen.sign_in(Role.CLERK)
    qtbot.keyClick(
        screen.window, Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    dialog = dialog_of(screen)
    assert dialog.code.hasFocus()
    screen.press(dialog.code, Key.Key_Escape)
    screen.back()
    palette = screen.frame.open_palette()
    qtbot.keyClicks(palette.field, "check a paper")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert dialog_of(screen).code.hasFocus()


def test_the_whole_dialog_stays_on_the_screen_however_long_the_answer(
    screen: Screen, code: str, qtbot: QtBot
) -> None:
    dialog = opened(screen)
    room = dialog.screen().availableGeometry()
    dialog.move(dialog.x(), room.bottom() - dialog.frameGeometry().height())
    scan(screen, dialog, code, qtbot)
    qtbot.waitUntil(lambda: dialog.height() > 400)
    assert dialog.frameGeometry().bottom() <= room.bottom()
    assert dialog.primary.isVisible()
