"""The cash desk: opening, counting, closing; printing a receipt again, cancelling one with a second person."""

from datetime import date
from uuid import uuid4

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollBar
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.collection.commands import CloseCashSession, EnterStub, ReturnTender, TakePayment, TenderGiven
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.collection.points import STUBS_POINT
from muniadmin.collection.reads import MySession, ReceiptRow, Receipts
from muniadmin.desktop.collection.cash_page import ALL, MINE, CashPage
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.collection.session_dialogs import CloseSessionDialog, OpenSessionDialog
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.shell.navigation import Scanned
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.widgets.dialogs import ApprovalDialog
from muniadmin.documents.reads import DocumentPrints
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.collection.counter import a_cancellation, a_stub, given, take
from tests.desktop.conftest import Screen, plain
from tests.desktop.test_every_control import happened
from tests.towns import PASSWORD, actor_with

Key = Qt.Key


def opened(screen: Screen, role: Role = Role.CLERK) -> CashPage:
    """The cash desk's page in front of somebody."""
    return screen.opened("cash", CashPage, role)


def test_a_desk_is_opened_counted_and_closed(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="500")
    pay(app, clerk, session, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    page = opened(screen)
    assert "620.00 MAD" in screen.texts(page.session)
    dialog = page.open_or_close()
    screen.settle()
    assert isinstance(dialog, CloseSessionDialog)
    assert "−620.00 MAD" in screen.texts(dialog.figures)
    dialog.pieces[20_000].setText("4")
    screen.settle()
    assert "Difference | +180.00 MAD" in plain(screen.texts(dialog.figures))
    dialog.pieces[20_000].setText("3")
    dialog.pieces[2_000].setText("1")
    screen.settle()
    assert plain(screen.texts(dialog.figures)).endswith("Difference | 0.00 MAD")
    dialog.primary.click()
    screen.settle()
    assert app.read(MySession(), clerk) is None
    slip = screen.dialog()
    assert isinstance(slip, DocumentDialog)
    # The paper is as wide as its dialog: nothing of it is beside the window.
    sideways = [
        bar for bar in slip.findChildren(QScrollBar) if bar.orientation() is Qt.Orientation.Horizontal
    ]
    assert sideways
    assert all(bar.maximum() == 0 for bar in sideways)
    slip.submit()


def test_whoever_lost_their_receipt_is_found_by_name(app: App, screen: Screen, qtbot: QtBot) -> None:
    """They have no number to read out; and theirs is rarely of this session."""
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    for name in ("Amina Bennani", "Omar Tazi"):
        pay(app, clerk, session, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app, name)))
    page = opened(screen)
    page.listing.take_focus()
    screen.type_here("tazi")
    qtbot.waitUntil(lambda: [row.payer for row in rows_of(page)] == ["Omar Tazi"])
    # The chips say what is listed: all are searched, until the search is empty again or somebody chooses.
    assert page.scope.value() == ALL
    screen.press_here(Key.Key_Escape)
    assert page.scope.value() == MINE
    qtbot.waitUntil(lambda: len(rows_of(page)) == 2)


def rows_of(page: CashPage) -> list[ReceiptRow]:
    """The receipts that are listed."""
    model = page.list.model
    return [row for number in range(model.rowCount()) if (row := model.row(number)) is not None]


def test_a_difference_wants_an_explanation(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    an_open_desk(app, clerk, opening_float="500")
    page = opened(screen)
    dialog = page.open_or_close()
    screen.settle()
    assert isinstance(dialog, CloseSessionDialog)
    dialog.pieces[10_000].setText("4")
    dialog.primary.click()
    screen.settle()
    assert "differs from the expected cash by −100.00" in plain(
        dialog.form.fields["explanation"].error.text()
    )
    dialog.explanation.setText("a note was torn")
    dialog.primary.click()
    screen.settle()
    assert app.read(MySession(), clerk) is None


def test_enter_in_a_count_goes_to_the_next_line_and_closes_nothing(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    an_open_desk(app, clerk)
    page = opened(screen)
    dialog = page.open_or_close()
    screen.settle()
    assert isinstance(dialog, CloseSessionDialog)
    first, second = list(dialog.pieces.values())[:2]
    assert first.hasFocus()
    screen.type_here("2")
    screen.press_here(Key.Key_Return)
    assert second.hasFocus()
    assert app.read(MySession(), clerk) is not None


def test_enter_in_the_last_count_closes_the_desk(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    an_open_desk(app, clerk, opening_float="0")
    page = opened(screen)
    dialog = page.open_or_close()
    screen.settle()
    assert isinstance(dialog, CloseSessionDialog)
    for _line in range(len(dialog.pieces) - 1):
        screen.press_here(Key.Key_Return)
    assert app.read(MySession(), clerk) is not None
    screen.press_here(Key.Key_Return)
    assert app.read(MySession(), clerk) is None


def test_a_desk_at_which_somebody_works_is_not_offered(app: App, screen: Screen) -> None:
    an_open_desk(app, actor_with(app, Role.SUPERVISOR), desk=1)
    dialog = opened(screen).open_or_close()
    screen.settle()
    assert isinstance(dialog, OpenSessionDialog)
    offered = [dialog.desk.itemText(number) for number in range(dialog.desk.count())]
    assert offered
    assert not [name for name in offered if "desk 1" in name]


def test_what_was_cancelled_is_not_added_up_of_selected_receipts(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    taken = [pay(app, clerk, session, a_bill(app, amount)) for amount in ("10", "20", "40")]
    app.execute(a_cancellation(taken[1]), clerk)
    page = opened(screen)
    page.list.select_first()
    view = page.list.view
    QTest.keyClick(view, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    screen.settle()
    assert page.list.selected_count() == 2
    assert "Total 40.00 MAD" in screen.texts(page.list.footer).replace(" | ", " ")


def counting(app: App, screen: Screen) -> CloseSessionDialog:
    """The count of a till with 600.00, begun: three notes of 200."""
    an_open_desk(app, actor_with(app, Role.CLERK), opening_float="600")
    dialog = opened(screen).open_or_close()
    screen.settle()
    assert isinstance(dialog, CloseSessionDialog)
    screen.type_here("3")
    return dialog


def test_what_is_no_number_of_pieces_is_said_and_closes_nothing(app: App, screen: Screen) -> None:
    dialog = counting(app, screen)
    first, second = list(dialog.pieces.values())[:2]
    screen.type_here(",")
    screen.press_here(Key.Key_Return)
    assert "“3,” is no number of pieces of 200.00 MAD." in screen.texts(dialog)
    assert first.property("problem") == "true"
    screen.press_danger(dialog)
    assert app.read(MySession(), actor_with(app, Role.CLERK)) is not None
    assert first.hasFocus()
    assert (first.text(), second.text()) == ("3,", "")
    screen.type_here("3")
    assert "is no number of pieces" not in screen.texts(dialog)
    assert first.property("problem") == "false"
    screen.press_danger(dialog)
    assert app.read(MySession(), actor_with(app, Role.CLERK)) is None


def test_times_after_a_value_goes_to_its_line_and_loses_no_count(app: App, screen: Screen) -> None:
    dialog = counting(app, screen)
    first = dialog.pieces[20_000]
    screen.press_here(Key.Key_Return, Key.Key_Backtab)
    screen.type_here("50*")
    assert dialog.pieces[5_000].hasFocus()
    assert first.text() == "3"
    screen.type_here("2")
    screen.press_here(Key.Key_Backtab)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    screen.type_here("7*")
    assert "There is no note or coin of 7." in screen.texts(dialog)
    assert field.hasFocus()
    assert field.selectedText() == field.text() == "7"
    assert dialog.denominations()[20_000] == 3
    assert dialog.denominations()[5_000] == 2


def test_a_count_that_is_no_number_yet_is_not_lost_without_a_question(app: App, screen: Screen) -> None:
    dialog = counting(app, screen)
    screen.press_here(Key.Key_Backspace)
    screen.type_here(",")
    screen.press_here(Key.Key_Escape)
    assert "Leave without saving?" in screen.texts(screen.dialog())
    screen.press_here(Key.Key_Escape)
    assert dialog.isVisible()


def test_printing_again_is_a_duplicate(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    page = opened(screen)
    page.scope.set_value(ALL)
    page.list.select_first()
    screen.settle()
    for expected in ("Receipt 1-2026-000001-7", "duplicate 1"):  # the first printing is the original
        page.ask_to_reprint()
        screen.settle()
        screen.press(screen.dialog(), Key.Key_Return)
        screen.settle()
        paper = screen.dialog()
        assert expected in paper.windowTitle()
        assert ("duplicate" in paper.windowTitle()) == ("duplicate" in expected)
        paper.close()
        screen.settle()


def test_what_is_printed_again_is_what_was_asked_about(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    for _receipt in range(2):
        pay(app, clerk, session, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    page = opened(screen)
    page.scope.set_value(ALL)
    page.list.select_first()
    screen.settle()
    page.ask_to_reprint()
    screen.settle()
    question = screen.dialog()
    asked = screen.texts(question).split("Print receipt ")[1].split(" again")[0]
    page.list.select(1)  # somebody else paid, and the list moved on
    screen.settle()
    screen.press(question, Key.Key_Return)
    screen.settle()
    assert asked in screen.dialog().windowTitle()


def test_after_a_cancellation_the_keyboard_is_at_the_receipt(app: App, screen: Screen) -> None:
    """Its button can do no more; Qt would take the keyboard on to the search in the head of the window."""
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    page = opened(screen)
    page.list.select_first()
    screen.settle()
    page.cancel.setFocus(Qt.FocusReason.TabFocusReason)
    screen.press_here(Key.Key_Return)
    screen.type_here("wrong taxpayer")
    screen.press_here(Key.Key_Return)
    screen.type_here("supervisor")
    screen.press_here(Key.Key_Tab)
    screen.type_here(PASSWORD)
    dialog = screen.dialog()
    assert isinstance(dialog, ApprovalDialog)
    dialog.primary.click()
    screen.settle()
    screen.dialog().close()
    screen.settle()
    assert not page.cancel.isEnabled()
    assert page.window().focusWidget() is page.side


def test_only_a_receipt_of_ones_own_open_session_can_be_cancelled(app: App, screen: Screen) -> None:
    """Nobody has a second person sign what is refused then: of another desk, of a session that was closed."""
    clerk, supervisor = actor_with(app, Role.CLERK), actor_with(app, Role.SUPERVISOR)
    before = an_open_desk(app, clerk, opening_float="0")
    pay(app, clerk, before, a_bill(app, "20"))
    app.execute(CloseCashSession(cash_session_id=before.cash_session_id, denominations={2000: 1}), clerk)
    session = an_open_desk(app, clerk)
    mine = pay(app, clerk, session, a_bill(app, "20"))
    pay(app, supervisor, an_open_desk(app, supervisor, desk=2), a_bill(app, "20"))
    page = opened(screen)
    page.listing.look_for(scope=ALL)
    screen.settle()

    def offered() -> list[bool]:
        said = []
        for row in range(page.list.model.rowCount()):
            page.list.select(row)
            screen.settle()
            titles = [action.title for action in page.actions_offered()]
            assert page.cancel.isEnabled() is ("Cancel the receipt" in titles)
            chosen = page.list.current()
            assert chosen is not None
            assert page.cancel.isEnabled() is (chosen.number == mine.receipt_number)
            said.append(page.cancel.isEnabled())
        return said

    assert sorted(offered()) == [False, False, True]
    page.list.select(offered().index(True))
    screen.settle()
    assert page.cancel.isEnabled()
    app.execute(
        CloseCashSession(cash_session_id=session.cash_session_id, denominations={20000: 2, 2000: 6}), clerk
    )
    Till.of(page.shell).ask()
    screen.settle()
    assert not page.cancel.isEnabled()
    assert page.ask_cancel() is None


def test_a_paper_that_the_program_does_not_know_is_a_roll(app: App, screen: Screen) -> None:
    """As a newer version may have written it into the settings of the workstation."""
    QSettings().setValue("receipt-paper", "a6")
    clerk = actor_with(app, Role.CLERK)
    pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "10"))
    screen.sign_in(Role.CLERK)
    assert screen.shows(CounterPage).panel.receipt.choice.text() == "80 mm"
    screen.frame.go("cash")
    screen.settle()
    assert screen.shows(CashPage).preview.pdf


def test_cancelling_names_the_figures_and_needs_a_second_person(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "120.00", taxpayer_id=a_taxpayer(app))
    taken = pay(app, clerk, session, bill)
    page = opened(screen)
    page.list.select_first()
    screen.settle()
    dialog = page.ask_cancel()
    screen.settle()
    assert isinstance(dialog, ApprovalDialog)
    assert f"Cancel receipt {taken.receipt_number} of 120.00 MAD?" in screen.texts(dialog)
    assert "In the drawer afterwards | 500.00 MAD" in screen.texts(dialog)
    screen.type_here("wrong taxpayer")
    screen.press_here(Key.Key_Return)
    screen.type_here("clerk")
    screen.press_here(Key.Key_Return)
    screen.type_here(PASSWORD)
    screen.press_here(Key.Key_Return)
    assert "or Esc to go back" in screen.texts(dialog)
    screen.press_danger(dialog)
    assert "must be somebody else" in screen.texts(dialog.notice)
    assert "or Esc to go back" not in screen.texts(dialog)
    assert dialog.reason() == "wrong taxpayer"
    assert dialog.user.hasFocus()
    screen.type_here("supervisor")
    screen.press_here(Key.Key_Tab)
    screen.type_here(PASSWORD)
    screen.press_here(Key.Key_Return)
    assert due(app, bill) == money("0")
    screen.press_danger(dialog)
    assert due(app, bill) == money("120.00")
    receipt = app.read(Receipts(), everything(app)).rows[-1]
    assert receipt.cancelled


def test_cancelling_says_what_is_handed_back_by_each_means(app: App, screen: Screen) -> None:
    """Nobody hands back 115 in cash where a cheque came in."""
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "115", taxpayer_id=a_taxpayer(app))
    cash, cheque = given("cash", "60"), given("cheque", "55", reference="BM12")
    take(app, clerk, session, bill.charge_ids, cash, cheque)
    page = opened(screen)
    page.list.select_first()
    screen.settle()
    dialog = page.ask_cancel()
    assert dialog is not None
    said = screen.texts(dialog)
    assert "Handed back | Cash · 60.00 MAD" in said
    assert "Cheque · BM12 · 55.00 MAD" in said
    assert "In the drawer afterwards | 500.00 MAD" in said


def test_receipts_are_listed_with_their_means_their_days_and_what_became_of_them(
    app: App, screen: Screen
) -> None:
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer = a_taxpayer(app)
    first = app.execute(
        TakePayment(
            request_id=str(uuid4()),
            cash_session_id=session.cash_session_id,
            charge_ids=a_bill(app, "100.00", taxpayer_id=taxpayer).charge_ids,
            tenders=(
                TenderGiven(channel="cash", amount=money("40.00"), tendered=money("50.00")),
                TenderGiven(channel="cheque", reference="BMCE 0042"),
            ),
        ),
        clerk,
    ).outcome
    app.execute(
        EnterStub(
            request_id=str(uuid4()),
            point=STUBS_POINT,
            book="S-07",
            number=112,
            value_on=date(2026, 11, 20),
            charge_ids=a_bill(app, "30.00", taxpayer_id=taxpayer).charge_ids,
            amount=money("30.00"),
        ),
        everything(app),
    )
    cheque = app.read(Receipts(number=first.receipt_number), everything(app)).rows[0].tenders[1]
    app.execute(ReturnTender(tender_id=cheque.tender_id, reason="without cover"), everything(app))
    page = opened(screen)
    page.scope.set_value(ALL)
    page.scope.chosen.emit(ALL)
    screen.settle()
    model = page.list.model
    rows = [{column.id: plain(column.text(row)) for column in model.columns} for row in model.at_hand()]
    stub, mixed = rows
    assert (stub["number"], stub["booked_on"], stub["value_on"]) == ("S-07/112", "23/11/2026", "20/11/2026")
    assert (mixed["channel"], mixed["booked_on"], mixed["value_on"]) == ("Cash + Cheque", "23/11/2026", "")
    assert (stub["state"], mixed["state"]) == ("", "returned")
    page.list.select(1)
    screen.settle()
    texts = screen.texts(page.side)
    assert "Cash | 40.00 MAD" in texts
    assert "Cheque | BMCE 0042 · 60.00 MAD · returned" in texts
    assert not page.cancel.isEnabled()


def test_a_manager_reads_receipts_but_has_no_desk(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    page = opened(screen, Role.MANAGER)
    assert not page.toggle.isVisible()
    page.scope.set_value(ALL)
    page.list.select_first()
    screen.settle()
    assert "1-2026-000001-7" in screen.texts(page.side)
    assert not page.print_again.isVisible()
    assert not page.cancel.isVisible()
    offered = [action.key for action in screen.frame.actions_offered()]
    assert "Ctrl+P" not in offered
    assert "Ctrl+Del" not in offered


def test_of_a_cancelled_receipt_its_cancellation_is_printed_again(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    taken = pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    cancelled = app.execute(a_cancellation(taken), clerk).outcome
    page = opened(screen)
    page.scope.set_value(ALL)
    page.list.select_first()
    screen.settle()
    page.ask_to_reprint()
    screen.settle()
    assert f"Print the cancellation of receipt {taken.receipt_number} again?" in screen.texts(screen.dialog())
    screen.press(screen.dialog(), Key.Key_Return)
    assert f"Cancellation of {taken.receipt_number}" in screen.dialog().windowTitle()
    prints = app.read(DocumentPrints(document_id=cancelled.document_id), clerk)
    assert [one.rank for one in prints] == [0]
    assert app.read(DocumentPrints(document_id=taken.document_id), clerk) == []


def test_a_stub_is_opened_by_its_number_and_no_other_that_begins_so(app: App, screen: Screen) -> None:
    """As from the rows behind a figure: what is printed again there is another payer's."""
    bill = a_bill(app, "120.00", taxpayer_id=a_taxpayer(app))
    for place in (1, 10, 11):
        app.execute(a_stub(bill.charge_ids, "20", date(2026, 11, 20), number=place), everything(app))
    page = opened(screen)
    for number in ("S-07/1", "S-07/10", "S-07/1"):
        page.open(Scanned(RECEIPT_NUMBER, number))
        screen.settle()
        receipt = page.list.current()
        assert receipt is not None
        assert receipt.number == number
        page.ask_to_reprint()
        assert f"Print receipt {number} again?" in screen.texts(screen.dialog())
        screen.press_here(Qt.Key.Key_Escape)
        screen.back()


def test_enter_on_a_receipt_reads_it(app: App, screen: Screen) -> None:
    """The keyboard goes beside the list, however often Enter is pressed; Esc goes back to the list."""
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    page = opened(screen)
    page.list.take_focus()
    before = happened(app)
    screen.press_here(Qt.Key.Key_Return)
    assert page.window().focusWidget() is page.side
    screen.press_here(Qt.Key.Key_Return, Qt.Key.Key_Return)
    assert QApplication.activeModalWidget() is None
    assert happened(app) == before
    screen.press_here(Qt.Key.Key_Escape)
    assert page.list.view.hasFocus()


def test_whatever_prints_a_receipt_again_asks_first(app: App, screen: Screen) -> None:
    """The button, its key, and the line of the palette."""
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    page = opened(screen)
    page.list.select_first()
    screen.settle()
    before = happened(app)
    again = next(action for action in page.actions_offered() if action.key == "Ctrl+P")
    for ask in (page.print_again.click, again.run):
        ask()
        assert "again?" in screen.texts(screen.dialog())
        screen.press_here(Qt.Key.Key_Escape)
        screen.back()
    assert happened(app) == before


@pytest.mark.parametrize("language", ["en", "fr"])
def test_opening_a_desk_needs_no_scroll_bar(screen: Screen, language: str) -> None:
    opened(screen)
    screen.window.set_language(language)
    screen.settle()
    page = screen.shows(CashPage)
    dialog = page.open_or_close()
    screen.settle()
    assert all(not bar.isVisible() for bar in dialog.findChildren(QScrollBar))


def test_where_there_is_little_room_a_scanned_receipt_is_shown_and_its_keys_act(
    app: App, screen: Screen
) -> None:
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk)
    receipt = pay(app, clerk, session, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)))
    page = opened(screen)
    screen.window.resize(1024, 700)
    screen.settle()
    assert not page.print_again.isVisible()
    screen.frame.search(receipt.receipt_number)
    screen.settle()
    assert page.print_again.isVisible()
    QTest.keyClick(screen.window, Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert receipt.receipt_number in screen.texts(screen.dialog())
