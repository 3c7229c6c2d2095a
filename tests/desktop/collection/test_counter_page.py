"""The counter as a clerk uses it: scanning, typing, Enter; on a real town, with the keys counted."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from muniadmin.access.permissions import Role
from muniadmin.app import App
from muniadmin.billing.services import IssuedBill
from muniadmin.collection.reads import Receipts
from muniadmin.collection.rules import Channel
from muniadmin.desktop.collection import payment_panel
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.kernel.money import Money
from muniadmin.kernel.numbers import NumberKind, yearly_number
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money
from tests.desktop.conftest import Screen, plain
from tests.towns import actor_with

Key = Qt.Key
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture(autouse=True)
def _quick_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause that keeps a scanner's second line feed from paying is not waited for, except where it is tested."""
    monkeypatch.setattr(payment_panel, "_SETTLE_MS", 0)


@pytest.fixture
def counter(app: App, screen: Screen) -> CounterPage:
    """The counter in front of the town's clerk, whose desk is open."""
    an_open_desk(app, actor_with(app, Role.CLERK))
    screen.sign_in(Role.CLERK)
    page = screen.page
    assert isinstance(page, CounterPage)
    return page


def scanned(screen: Screen, counter: CounterPage, number: str) -> None:
    """The scanner types a number and ends it with Enter, wherever the cursor is."""
    screen.type_here(number)
    screen.press_here(Key.Key_Return)


def receipts(app: App) -> tuple[int, Money]:
    """How many receipts there are, and their sum."""
    page = app.read(Receipts(), everything(app))
    return page.count, page.total


def ticked(counter: CounterPage) -> list[str]:
    """The numbers of the ticked debts."""
    return [bill.number for bill in counter.list.ticked()]


class TestPaying:
    def test_scan_enter_pays_exactly_the_scanned_bill(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        taxpayer = a_taxpayer(app)
        bill = a_bill(app, "120.00", taxpayer_id=taxpayer)
        other = a_bill(app, "80.00", taxpayer_id=taxpayer)
        assert counter.scan.hasFocus()
        scanned(screen, counter, bill.number)
        assert ticked(counter) == [bill.number]
        assert plain(counter.panel.amount.text()) == "120.00"
        assert counter.panel.tendered.hasFocus()
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("120.00"))
        assert due(app, bill) == Money(0)
        assert due(app, other) == money("80.00")
        assert counter.scan.hasFocus()
        assert counter.scan.text() == ""

    def test_the_change_is_shown_while_typing_and_stays_after_the_payment(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "851.25", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("1000")
        assert counter.panel.change.figure == "148.75"
        screen.press_here(Key.Key_Return)
        assert counter.panel.change.isVisible()
        assert counter.panel.change.figure == "148.75"
        assert "receipt 1-2026-000001" in screen.texts(counter.panel)

    def test_too_little_is_said_beside_the_field_and_nothing_is_taken(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("60")
        assert counter.panel.change.figure == "40.00"
        screen.press_here(Key.Key_Return)
        assert "60.00 is less than the 100.00" in plain(counter.panel.tendered_field.error.text())
        assert receipts(app)[0] == 0
        assert counter.panel.tendered.text() == "60"

    def test_papers_scanned_one_after_the_other_are_paid_together(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        taxpayer = a_taxpayer(app)
        first = a_bill(app, "10.00", taxpayer_id=taxpayer)
        second = a_bill(app, "20.00", taxpayer_id=taxpayer)
        a_bill(app, "40.00", taxpayer_id=taxpayer)
        scanned(screen, counter, first.number)
        scanned(screen, counter, second.number)
        assert sorted(ticked(counter)) == sorted([first.number, second.number])
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("30.00"))

    def test_a_scan_of_somebody_elses_paper_begins_anew(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        mine = a_bill(app, "10.00", taxpayer_id=a_taxpayer(app))
        theirs = a_bill(app, "20.00", taxpayer_id=a_taxpayer(app, "Youssef El Fassi"))
        scanned(screen, counter, mine.number)
        scanned(screen, counter, theirs.number)
        assert ticked(counter) == [theirs.number]
        assert "Youssef El Fassi" in screen.texts(counter.payer)

    def test_three_of_five_debts_of_somebody_found_by_name(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        taxpayer = a_taxpayer(app, "Khadija Tazi")
        late = date(2026, 11, 20)
        for amount in ("1.00", "2.00", "4.00", "8.00", "16.00"):
            a_bill(app, amount, head="EC", taxpayer_id=taxpayer, due_on=late)
        screen.type_here("khadija")
        screen.press_here(Key.Key_Return)  # 1: the only hit is opened
        assert len(ticked(counter)) == 5
        before = counter.panel.due
        keys = [Key.Key_Space, Key.Key_Down, Key.Key_Space]  # 2-4: two of them are left for another day
        screen.press_here(*keys)
        assert len(ticked(counter)) == 3
        assert counter.panel.due < before
        screen.press_here(Key.Key_Return)  # 5
        assert receipts(app)[0] == 1

    def test_a_fine_paid_by_nobody_on_the_register(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        number = yearly_number(NumberKind.FINE, 2026, 18)
        fine = a_bill(app, "150.00", head="PV", number=number)
        scanned(screen, counter, fine.number)
        assert "12345-A-15" in screen.texts(counter.payer)
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("150.00"))

    def test_a_cheque_needs_its_reference(self, app: App, screen: Screen, counter: CounterPage) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        counter.panel.choose(Channel.CHEQUE)
        screen.press_here(Key.Key_Return)
        assert counter.panel.reference_field.error.text() == "This field is required."
        assert receipts(app)[0] == 0
        screen.type_here("BMCE 0042")
        screen.press_here(Key.Key_Return)
        assert app.read(Receipts(channel="cheque"), everything(app)).count == 1

    def test_a_part_of_what_is_due(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        screen.type_here("30")
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("30.00"))
        assert due(app, bill) == money("70.00")

    def test_more_than_is_owed_is_asked_about_and_kept_as_credit(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        screen.type_here("130")
        screen.press_here(Key.Key_Return)
        dialog = screen.dialog()
        assert "Keep 30.00 MAD as credit" in screen.texts(dialog)
        screen.press(dialog, Key.Key_Return)
        assert receipts(app) == (1, money("130.00"))

    def test_the_receipt_is_shown_where_there_is_no_printer(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Return)
        assert counter.stack.currentWidget() is counter.receipt
        assert "Receipt 1-2026-000001" in screen.texts(counter.receipt)

    def test_a_scanner_that_ends_with_two_line_feeds_does_not_pay(
        self, app: App, screen: Screen, counter: CounterPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(payment_panel, "_SETTLE_MS", 60_000)
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0


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
        assert f"{bill.number} is paid already." in screen.texts(counter.notice)

    def test_an_unknown_number_is_said(self, app: App, screen: Screen, counter: CounterPage) -> None:
        scanned(screen, counter, yearly_number(NumberKind.BILL, 2026, 4711))
        assert "Nothing was found" in screen.texts(counter.notice)
        assert counter.scan.hasFocus()

    def test_hits_appear_while_typing_and_the_arrows_reach_them(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        a_taxpayer(app, "Amina Bennani")
        wanted = a_taxpayer(app, "Amina Bennis")
        qtbot.keyClicks(counter.scan, "amina")
        qtbot.waitUntil(lambda: counter.stack.currentWidget() is counter.hits)
        screen.settle()
        assert counter.hits.model.rowCount() == 2
        screen.press_here(Key.Key_Down, Key.Key_Down, Key.Key_Return)
        assert "Amina Bennis" in screen.texts(counter.payer)
        assert counter.memory()["taxpayer"] == wanted

    def test_escape_steps_back_to_the_next_citizen(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Escape)
        assert counter.scan.hasFocus()
        screen.press_here(Key.Key_Escape, Key.Key_Escape)
        assert counter.stack.currentWidget() is counter.idle
        assert ticked(counter) == []

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
        assert counter.panel.tendered.text() == "50"


class TestTheTill:
    def test_without_an_open_till_it_is_opened_from_here(
        self, app: App, screen: Screen, qtbot: QtBot
    ) -> None:
        screen.sign_in(Role.CLERK)
        counter = screen.page
        assert isinstance(counter, CounterPage)
        assert "Cash desk closed" in screen.frame.header.till.accessibleName()
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0
        counter.panel.open_till.click()
        screen.settle()
        screen.type_here("500")
        screen.press_here(Key.Key_Return)
        assert plain(screen.frame.header.till.accessibleName()) == "Cash desk 1 open 500.00 MAD"
        screen.back()
        assert counter.panel.tendered.hasFocus()
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("12.00"))
        assert plain(screen.frame.header.till.accessibleName()) == "Cash desk 1 open 512.00 MAD"


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
    again = screen.page
    assert isinstance(again, CounterPage)
    assert again is not counter
    assert ticked(again) == [bill.number]
    assert plain(again.panel.tendered.text()) == "50,00"
    assert again.panel.change.figure == "38,00"
