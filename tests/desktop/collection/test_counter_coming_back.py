"""The counter: whoever is in hand stays as they are, through Esc, a search, another page or another language."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.billing.names import BILLS_TOPIC
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.collection.session_dialogs import CloseSessionDialog
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.changes import ChangeSet
from muniadmin.kernel.numbers import yearly_number
from muniadmin.taxpayers.reads import TaxpayerDetail
from tests.builders import a_bill, a_taxpayer, due, everything, money
from tests.desktop.collection.counter import (
    TODAY,
    Key,
    receipts,
    scanned,
    ticked,
)
from tests.desktop.conftest import PATIENCE, Screen, plain


class TestComingBack:
    """To a payer in hand, with what was ticked and typed."""

    def test_enter_in_the_field_keeps_what_is_ticked(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        """Somebody looks at another page in between."""
        taxpayer = a_taxpayer(app, "Khadija Tazi")
        first, second = (a_bill(app, "10", taxpayer_id=taxpayer, due_on=TODAY) for _number in range(2))
        screen.type_here("khadija")
        screen.press_here(Key.Key_Return, Key.Key_Space)
        assert ticked(counter) == [second.number]
        screen.press_here(Key.Key_F3, Key.Key_F2, Key.Key_Return)
        assert ticked(counter) == [second.number]
        screen.press_here(Key.Key_Return)
        assert (due(app, first), due(app, second)) == (money("10"), money("0"))

    def test_what_was_unticked_of_a_payer_found_by_name_stays_so_behind_a_search(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        taxpayer = a_taxpayer(app, "Khadija Tazi")
        first, second = (a_bill(app, "10", taxpayer_id=taxpayer, due_on=TODAY) for _number in range(2))
        a_taxpayer(app, "Karim Alaoui")
        screen.type_here("khadija")
        screen.press_here(Key.Key_Return, Key.Key_Space)
        assert ticked(counter) == [second.number]
        screen.press_here(Key.Key_Escape)
        screen.type_here("karim")
        qtbot.waitUntil(lambda: counter.finder.searching, timeout=PATIENCE)
        screen.press_here(Key.Key_Escape)
        assert ticked(counter) == [second.number]
        screen.press_here(Key.Key_Return, Key.Key_Return)
        assert (due(app, first), due(app, second)) == (money("10"), money("0"))

    def test_an_amount_that_nobody_typed_follows_what_is_added(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        """Two payers in one receipt, the second found by name; Ctrl+Enter before the answer is there searches first."""
        first = a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Karim Alaoui"), due_on=TODAY)
        second = a_bill(app, "20", taxpayer_id=a_taxpayer(app, "Khadija Tazi"), due_on=TODAY)
        scanned(screen, counter, first.number)
        screen.press_here(Key.Key_Escape)
        qtbot.keyClicks(counter.scan, "khadija")
        qtbot.keyClick(counter.scan, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        screen.settle()
        assert ticked(counter) == [first.number, second.number]
        assert plain(counter.panel.tenders.tendered.text()) == "30.00"
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("30"))

    def test_the_keyboard_stays_in_the_list_when_somebody_is_billed_elsewhere(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        """Where nothing is ticked, too."""
        taxpayer = a_taxpayer(app)
        for _number in range(2):
            a_bill(app, "10", taxpayer_id=taxpayer, due_on=date(2027, 6, 30))
        counter.show_taxpayer(taxpayer)
        screen.settle()
        screen.press_here(Key.Key_Down)
        assert counter.list.view.hasFocus()
        a_bill(app, "20", taxpayer_id=taxpayer, due_on=date(2027, 6, 30))
        counter.on_changed(ChangeSet(frozenset({BILLS_TOPIC})))
        screen.settle()
        assert (counter.payer.rows, ticked(counter)) == (3, [])
        assert counter.list.view.hasFocus()

    def test_the_same_amount_typed_goes_on_following(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        """Letters of a scan that was held up, and taken out again, are no amount that somebody typed."""
        taxpayer = a_taxpayer(app)
        first, second = (a_bill(app, amount, taxpayer_id=taxpayer, due_on=TODAY) for amount in ("10", "20"))
        scanned(screen, counter, first.number)
        screen.type_here("10")
        screen.press_here(Key.Key_Escape)
        scanned(screen, counter, second.number)
        assert plain(counter.panel.tenders.tendered.text()) == "30.00"

    def test_a_part_that_was_typed_stays_a_part(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        """Another language, or a look at somebody else: the rest is not taken by mistake."""
        bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app), due_on=TODAY)
        a_taxpayer(app, "Khadija Tazi")
        scanned(screen, counter, bill.number)
        qtbot.keyClick(screen.page, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        screen.type_here("40")
        screen.press_here(Key.Key_Escape)
        screen.type_here("khadija")
        qtbot.waitUntil(lambda: counter.stack.currentWidget() is counter.finder.view, timeout=PATIENCE)
        screen.press_here(Key.Key_Escape)
        screen.window.set_language("fr")
        screen.settle()
        screen.press_here(Key.Key_Return, Key.Key_Return)
        assert receipts(app) == (1, money("40"))


class TestEsc:
    """It takes back what is typed first, and lets nobody go in silence."""

    def test_right_after_a_name_was_typed_it_keeps_the_payer(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        """Before any hit is there, and when they are."""
        bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
        a_taxpayer(app, "Khadija Tazi")
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Escape)
        for is_found in (False, True):
            counter.scan.take_focus()
            qtbot.keyClicks(counter.scan, "khadija")
            if is_found:
                qtbot.waitUntil(lambda: counter.finder.searching, timeout=PATIENCE)
            qtbot.keyClick(counter.scan, Key.Key_Escape)
            assert counter.scan.text() == bill.number
            screen.settle()
            qtbot.wait(200)
            assert counter.stack.currentWidget() is counter.payer
            assert ticked(counter) == [bill.number]

    def test_what_was_typed_is_lost_by_a_second_one_only(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("50")
        screen.press_here(Key.Key_Escape)
        assert f"Esc again leaves {bill.number} without a payment." in screen.texts(counter.notice)
        screen.press_here(Key.Key_Return)
        assert not counter.notice.isVisible()
        assert counter.panel.tenders.tendered.hasFocus()
        assert plain(counter.panel.tenders.tendered.text()) == "50.00"
        counter.scan.take_focus()
        screen.press_here(Key.Key_Escape)
        assert ticked(counter) == [bill.number]
        screen.press_here(Key.Key_Escape)
        assert counter.stack.currentWidget() is counter.idle
        assert not counter.notice.isVisible()

    def test_papers_put_together_are_lost_by_a_second_one_only(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        for name in ("Amina", "Youssef"):
            scanned(screen, counter, a_bill(app, "10", taxpayer_id=a_taxpayer(app, name)).number)
        screen.press_here(Key.Key_Escape)
        counter.panel.take_focus()
        counter.scan.take_focus()
        screen.press_here(Key.Key_Escape)
        assert len(ticked(counter)) == 2
        screen.press_here(Key.Key_Escape)
        assert ticked(counter) == []

    def test_two_plates_that_no_register_knows_are_lost_by_a_second_one_only(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        papers = [
            a_bill(app, "150", head="PV", number=yearly_number(FINE_NUMBER, 2026, place)).number
            for place in (18, 19)
        ]
        for paper in papers:
            scanned(screen, counter, paper)
        screen.press_here(Key.Key_Escape)
        lost = f"Esc again leaves {papers[1]}, and all that was put together with it, without a payment."
        assert lost in screen.texts(counter.notice)
        screen.press_here(Key.Key_Escape)
        assert ticked(counter) == []


def test_whoever_made_room_for_a_taxpayers_card_comes_back_as_they_were(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Karim Alaoui"))
    khadija = a_taxpayer(app, "Khadija Tazi")
    card = app.read(TaxpayerDetail(taxpayer_id=khadija), everything(app)).number
    scanned(screen, counter, bill.number)
    screen.type_here("50")
    screen.press_here(Key.Key_Escape)
    scanned(screen, counter, card)
    assert "Khadija Tazi" in screen.texts(counter.payer)
    assert f"{bill.number} made room for Khadija Tazi." in screen.texts(counter.notice)
    (back,) = (one for one in counter.notice.findChildren(Button) if one.text() == "Go back")
    screen.press(back, Key.Key_Return)
    assert ticked(counter) == [bill.number]
    assert plain(counter.panel.tenders.tendered.text()) == "50.00"
    assert "Karim Alaoui" in screen.texts(counter.payer)
    assert counter.panel.payer.placeholderText() == "Karim Alaoui"


def test_a_change_of_language_keeps_the_citizen_and_what_was_typed(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    taxpayer = a_taxpayer(app)
    bill = a_bill(app, "12.00", taxpayer_id=taxpayer)
    a_bill(app, "5.00", taxpayer_id=taxpayer)
    scanned(screen, counter, bill.number)
    screen.type_here("50")
    screen.window.set_language("fr")
    screen.settle()
    again = screen.shows(CounterPage)
    assert again is not counter
    assert ticked(again) == [bill.number]
    assert plain(again.panel.tenders.tendered.text()) == "50,00"
    assert again.panel.change.figure == "38,00"


def test_the_next_letter_goes_where_the_cursor_was_before_the_language_changed(
    app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
) -> None:
    bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
    scanned(screen, counter, bill.number)
    qtbot.keyClick(screen.page, Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert screen.window.focusWidget() is counter.panel.tenders.reference
    screen.type_here("CH77")
    screen.press_here(Key.Key_Left)
    screen.window.set_language("fr")
    screen.settle()
    QTest.qWait(50)
    screen.type_here("5")
    again = screen.shows(CounterPage)
    assert again.panel.tenders.reference.text() == "CH757"


def test_the_palette_at_the_counter_leads_to_closing_the_desk(screen: Screen, counter: CounterPage) -> None:
    palette = screen.frame.open_palette()
    screen.type_here("close the cash")
    screen.press(palette.field, Key.Key_Return)
    assert screen.frame.current_id == "cash"
    assert isinstance(screen.dialog(), CloseSessionDialog)


def test_the_till_stays_in_the_header_when_the_language_changes(screen: Screen, counter: CounterPage) -> None:
    assert plain(screen.frame.header.till.accessibleName()) == "Cash desk 1 open 500.00 MAD"
    screen.window.set_language("fr")
    assert screen.frame.header.till.isVisible()
    assert plain(screen.frame.header.till.accessibleName()) == "Caisse 1 ouverte 500,00 MAD"
    assert "Base locale" in screen.texts(screen.frame.status)
    screen.window.set_language("en")
    assert "Local database" in screen.texts(screen.frame.status)
