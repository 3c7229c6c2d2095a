"""The counter: whom a scan, a number or a name finds."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, write_off
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.billing.services import IssuedBill
from muniadmin.desktop.collection import payment_panel
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.shell.navigation import Searched
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.shell.scanner import Setting
from muniadmin.kernel.numbers import yearly_number
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import a_bill, a_taxpayer, everything, money
from tests.desktop.collection.counter import (
    TODAY,
    Key,
    cells,
    receipts,
    scanned,
    ticked,
)
from tests.desktop.conftest import PATIENCE, Screen, plain
from tests.fines.builders import a_fine, a_vehicle

_SETTLE_MS = payment_panel._SETTLE_MS


class TestLookingUp:
    def test_a_misread_number_is_refused_in_words_and_stays(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        wrong = bill.number[:-1] + ("A" if bill.number[-1] != "A" else "B")
        scanned(screen, counter, wrong)
        assert "is not a valid number" in screen.texts(counter.notice)
        assert counter.scan.text() == wrong

    def test_a_paid_bill_says_so(self, app: App, screen: Screen, counter: CounterPage) -> None:
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Return)
        scanned(screen, counter, bill.number)
        assert f"Nothing is left to pay on {bill.number}." in screen.texts(counter.notice)

    @pytest.mark.parametrize("at_hand", [False, True], ids=["nobody at hand", "its debtor at hand"])
    def test_what_was_written_off_is_asked_for_by_its_paper_and_can_be_paid(
        self, app: App, screen: Screen, counter: CounterPage, at_hand: bool
    ) -> None:
        taxpayer = a_taxpayer(app)
        bill, other = (a_bill(app, amount, taxpayer_id=taxpayer) for amount in ("120.00", "80.00"))
        with unit_of_work(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as uow:
            write_off(uow, bill.charge_ids, Grounds(reason="not to be found"))
        brought = [other, bill] if at_hand else [bill]
        for paper in brought:
            scanned(screen, counter, paper.number)
        assert ticked(counter) == [paper.number for paper in brought]
        numbers = [debt.number for debt in counter.list.model.at_hand()]
        assert sorted(numbers) == [bill.number, other.number]
        said = cells(counter, numbers.index(bill.number))
        assert said[1].startswith("written off, ")
        assert said[2:] == ["0.00, 120.00 written off", "", "120.00"]
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("200.00" if at_hand else "120.00"))
        scanned(screen, counter, bill.number)
        assert f"Nothing is left to pay on {bill.number}." in screen.texts(counter.notice)

    def test_an_unknown_number_is_said(self, app: App, screen: Screen, counter: CounterPage) -> None:
        scanned(screen, counter, yearly_number(BILL_NUMBER, 2026, 4711))
        assert "Nothing was found" in screen.texts(counter.notice)
        assert counter.scan.hasFocus()

    def test_hits_appear_while_typing_and_the_arrows_reach_them(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        a_taxpayer(app, "Amina Bennani")
        wanted = a_taxpayer(app, "Amina Bennis")
        qtbot.keyClicks(counter.scan, "amina")
        qtbot.waitUntil(lambda: counter.stack.currentWidget() is counter.finder.view, timeout=PATIENCE)
        screen.settle()
        assert counter.finder.view.list.model.rowCount() == 2
        screen.press_here(Key.Key_Down, Key.Key_Return)
        assert "Amina Bennis" in screen.texts(counter.payer)
        assert counter.citizen.taxpayer_id == wanted

    def test_enter_with_another_text_never_opens_whom_the_text_before_had_found(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        for name in ("Amina Bennani", "Amina Bennis"):
            a_taxpayer(app, name)
        screen.type_here("amina")
        screen.press_here(Key.Key_Return)
        assert counter.finder.view.list.model.rowCount() == 2
        counter.scan.selectAll()
        screen.type_here("0612345678")
        screen.press_here(Key.Key_Return)
        assert counter.citizen.taxpayer_id is None
        assert counter.finder.view.list.model.rowCount() == 0

    def test_an_edit_makes_the_hits_grey_and_neither_enter_nor_a_double_click_opens_them(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        for name in ("Amina Bennani", "Amina Bennis"):
            a_taxpayer(app, name)
        screen.type_here("amina")
        screen.press_here(Key.Key_Return)
        screen.type_here(" z")
        assert counter.finder.view.list.view.stale
        counter.finder.view.list.view.activated_row.emit(0)
        screen.settle()
        assert counter.citizen.taxpayer_id is None
        screen.press_here(Key.Key_Backspace, Key.Key_Backspace)
        assert not counter.finder.view.list.view.stale

    def test_letters_written_in_the_list_go_on_in_the_field(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        for name in ("Amina Bennani", "Amina Bennis"):
            a_taxpayer(app, name)
        screen.type_here("amina benn")
        screen.press_here(Key.Key_Return)
        screen.press_here(Key.Key_Tab)
        while not counter.finder.view.list.view.hasFocus():
            screen.press_here(Key.Key_Tab)
        screen.type_here("i")
        screen.type_here("s")
        assert counter.scan.text() == "amina bennis"
        screen.press_here(Key.Key_Return)
        assert "Amina Bennis" in screen.texts(counter.payer)

    def test_figures_are_searched_while_they_are_typed(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        fine = a_fine(app, everything(app), "77123-B-15").number
        qtbot.keyClicks(counter.scan, "77123b")
        qtbot.waitUntil(lambda: counter.stack.currentWidget() is counter.finder.view, timeout=PATIENCE)
        screen.settle()
        assert "Not on the register" in plain(
            counter.finder.view.list.model.data(counter.finder.view.list.model.index(0, 0))
        )
        screen.press_here(Key.Key_Return)
        assert ticked(counter) == [fine]
        assert "77123-B-15" in screen.texts(counter.payer)

    def test_escape_from_the_hits_goes_back_to_whoever_was_in_hand(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "10.00", taxpayer_id=a_taxpayer(app, "Amina Bennani"))
        scanned(screen, counter, bill.number)
        screen.type_here("50")
        screen.press_here(Key.Key_Escape)
        screen.type_here("karim")
        qtbot.waitUntil(lambda: counter.finder.search.is_current, timeout=PATIENCE)
        screen.settle()
        screen.press_here(Key.Key_Escape)
        assert ticked(counter) == [bill.number]
        assert counter.scan.text() == bill.number
        assert counter.panel.tenders.tendered.text() == "50.00"

    def test_somebody_new_comes_back_with_the_name_that_was_searched(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        screen.type_here("Zineb Sqalli")
        screen.press_here(Key.Key_Return)
        assert "Nobody was found" in screen.texts(counter)
        qtbot.keyClick(screen.window, Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        screen.settle()
        form = screen.dialog()
        qtbot.keyClick(form, Key.Key_Return)
        screen.settle()
        assert screen.page is counter
        assert "Zineb Sqalli" in screen.texts(counter.payer)

    def test_only_the_first_fifty_are_listed_and_that_is_said(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        for number in range(51):
            a_taxpayer(app, f"Amina Bennani {number}")
        screen.type_here("amina")
        screen.press_here(Key.Key_Return)
        assert counter.finder.view.list.model.rowCount() == 50
        assert "The first 50" in screen.texts(counter.finder.view.list)

    def test_a_text_that_fills_a_page_is_refused_in_a_sentence(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        counter.scan.setText("amina " * 5_000)
        screen.press_here(Key.Key_Return)
        assert "too long" in screen.texts(counter.notice)
        screen.press_here(Key.Key_Backspace)
        assert not counter.notice.isVisible()

    def test_a_number_looked_up_while_names_are_still_searched_stays_in_hand(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        """The answer to the letters typed before it comes late: the paper is not taken out of hand."""
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        counter.open(Searched(bill.number[:4]))
        counter.scan.clear()
        qtbot.keyClicks(counter.scan, bill.number)
        screen.press_here(Key.Key_Return)
        screen.settle()
        assert counter.stack.currentWidget() is counter.payer
        assert ticked(counter) == [bill.number]

    def test_the_beginning_of_a_number_is_not_searched_as_a_name(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        qtbot.keyClicks(counter.scan, "A-2026")
        qtbot.wait(200)
        screen.settle()
        assert counter.stack.currentWidget() is counter.idle

    def test_escape_steps_back_to_the_next_citizen(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Escape)
        assert counter.scan.hasFocus()
        assert counter.scan.text() == bill.number
        screen.press_here(Key.Key_Escape)
        assert counter.stack.currentWidget() is counter.idle
        assert ticked(counter) == []
        assert counter.scan.text() == ""

    def test_a_payment_elsewhere_takes_the_debt_off_the_list(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        taxpayer = a_taxpayer(app)
        bills: list[IssuedBill] = [
            a_bill(app, "12.00", taxpayer_id=taxpayer),
            a_bill(app, "5.00", taxpayer_id=taxpayer),
        ]
        scanned(screen, counter, bills[0].number)
        screen.type_here("50")
        a_bill(app, "7.00", taxpayer_id=taxpayer)
        counter.reload()
        screen.settle()
        assert counter.list.model.rowCount() == 3
        assert ticked(counter) == [bills[0].number]
        assert counter.panel.tenders.tendered.text() == "50"


def test_letters_typed_in_the_list_of_debts_search(app: App, screen: Screen, counter: CounterPage) -> None:
    """They go on in the field, in place of the number in hand; Esc goes back to the payer, who keeps their ticks."""
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Karim Alaoui"), due_on=TODAY)
    a_bill(app, "20", taxpayer_id=a_taxpayer(app, "Khadija Tazi"), due_on=TODAY)
    scanned(screen, counter, bill.number)
    screen.press_here(Key.Key_Escape, Key.Key_Down)
    assert counter.list.view.hasFocus()
    for letter in "khadija":
        screen.type_here(letter)
    assert counter.scan.hasFocus()
    assert counter.scan.text() == "khadija"
    screen.press_here(Key.Key_Return)
    assert plain(counter.panel.tenders.tendered.text()) == "20.00"
    assert receipts(app)[0] == 0


@pytest.mark.parametrize("amount", ["200 DH", "200,00", "MAD 200", "1 200.50"])
def test_an_amount_typed_into_the_search_opens_nobody(
    app: App, screen: Screen, counter: CounterPage, amount: str
) -> None:
    """Though there is an “Atlas Dhar 200” on the register."""
    a_taxpayer(app, "Société Atlas Dhar 200 1200 00 MAD")
    screen.type_here(amount)
    for _time in range(2):
        screen.press_here(Key.Key_Return)
        assert not counter.citizen
        assert f"“{amount}” is an amount: nobody is called so." in screen.texts(counter.notice)
    assert counter.scan.text() == amount


def test_whoever_is_found_by_a_plate_is_listed_with_it(
    app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
) -> None:
    a_vehicle(app, a_taxpayer(app), "12345-A-15", date(2026, 1, 1))
    screen.type_here("12345-a-15")
    qtbot.waitUntil(lambda: counter.finder.search.is_current, timeout=PATIENCE)
    (hit,) = counter.finder.view.list.model.at_hand()
    assert hit.about == "12345-A-15"


def test_a_number_that_is_not_to_be_had_leaves_the_payer_in_hand(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    """It stands in the field, where Enter looks it up again and Esc takes it back."""
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
    scanned(screen, counter, bill.number)
    screen.press_here(Key.Key_Escape)
    unknown = yearly_number(BILL_NUMBER, 2026, 4711)
    for number in (unknown, ""):
        screen.type_here(number)
        screen.press_here(Key.Key_Return)
        assert "Nothing was found" in screen.texts(counter.notice)
        assert counter.scan.text() == unknown
        assert ticked(counter) == [bill.number]
    screen.press_here(Key.Key_Escape)
    assert counter.scan.text() == bill.number
    assert ticked(counter) == [bill.number]


@pytest.mark.parametrize("field", ["amount", "payer"])
def test_a_misread_number_is_no_amount_and_no_name(
    app: App, screen: Screen, counter: CounterPage, field: str
) -> None:
    bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
    wrong = bill.number[:-1] + ("A" if bill.number[-1] != "A" else "B")
    scanned(screen, counter, bill.number)
    if field == "payer":
        screen.press_here(Key.Key_Tab)
    scanned(screen, counter, wrong)
    assert f"“{wrong}” is not a valid number" in screen.texts(counter.notice)
    assert plain(counter.panel.tenders.tendered.text()) == "12.00"
    assert counter.panel.tenders.tendered_field.error.text() == ""
    assert counter.panel.payer.text() == ""
    assert ticked(counter) == [bill.number]
    assert receipts(app)[0] == 0


def test_a_slow_scanner_may_end_with_tab(app: App, screen: Screen, counter: CounterPage) -> None:
    """Also when somebody else is in hand; else Tab goes on."""
    bills = [a_bill(app, "12.00", taxpayer_id=a_taxpayer(app)) for _number in range(2)]
    for bill in bills:
        counter.scan.take_focus()
        screen.type_here(bill.number)
        screen.press_here(Key.Key_Tab)
        assert bill.number in ticked(counter)
    counter.scan.take_focus()
    screen.press_here(Key.Key_Tab)
    assert not counter.scan.hasFocus()


def test_enter_just_after_a_scan_is_the_scanners(
    app: App, screen: Screen, counter: CounterPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(payment_panel, "_SETTLE_MS", _SETTLE_MS)
    bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
    screen.type_here(bill.number)
    qtbot.keyClick(counter.scan, Key.Key_Return)
    qtbot.waitUntil(counter.panel.tenders.tendered.hasFocus, timeout=PATIENCE)
    screen.press_here(Key.Key_Return)
    assert receipts(app)[0] == 0
    qtbot.wait(_SETTLE_MS)
    screen.press_here(Key.Key_Return)
    assert receipts(app)[0] == 1


def test_numbers_are_read_as_the_scanner_of_the_workstation_is_set(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    """In the field, in the amount and in the search of the window, where a slow scanner types them."""
    Preferences().scanner = Setting(prefix="~B", suffix="#")
    bills = [a_bill(app, "12.00", taxpayer_id=a_taxpayer(app)) for _number in range(3)]
    for number, bill in enumerate(bills):
        if number == 2:
            screen.frame.header.search.take_focus()
        scanned(screen, counter, f"~B{bill.number}#")
        assert bill.number in ticked(counter)
    assert len(ticked(counter)) == 3
    assert receipts(app)[0] == 0
