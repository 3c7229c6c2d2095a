"""The counter: what several people owe, paid at once."""

from datetime import date

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.billing.reads import TaxpayerBalance
from muniadmin.collection.reads import Receipts
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.money import Money
from muniadmin.kernel.numbers import yearly_number
from tests.builders import a_bill, a_taxpayer, due, everything, money
from tests.desktop.collection.counter import (
    Key,
    cells,
    payers,
    receipts,
    scanned,
    ticked,
)
from tests.desktop.conftest import PATIENCE, Screen, plain
from tests.fines.builders import a_fine


def test_papers_of_several_people_are_paid_with_one_receipt(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    mine = a_bill(app, "10.00", taxpayer_id=a_taxpayer(app))
    a_bill(app, "5.00", taxpayer_id=a_taxpayer(app, "Nobody Here"))
    other = a_taxpayer(app, "Youssef El Fassi")
    theirs = a_bill(app, "20.00", taxpayer_id=other)
    a_bill(app, "40.00", taxpayer_id=other)
    fine = a_bill(app, "150.00", head="PV", number=yearly_number(FINE_NUMBER, 2026, 18))
    for paper in (mine, theirs, fine):
        scanned(screen, counter, paper.number)
    assert sorted(ticked(counter)) == sorted([mine.number, theirs.number, fine.number])
    assert "Amina Bennani" in screen.texts(counter.payer)
    assert counter.list.model.rowCount() == 3
    assert not cells(counter, 0)[0].count("Amina Bennani")
    names = [cells(counter, row)[0] for row in (1, 2)]
    assert any("Youssef El Fassi · 12, derb Sidi Ahmed" in name for name in names)
    assert [name.count("12345-A-15") for name in names].count(1) == 1
    assert "of 3 debtors" in screen.texts(counter.payer)
    # Above the list stands what the first one owes, whose name it is.
    assert "To pay in all | 10.00 MAD" in plain(screen.texts(counter.payer.head))
    assert plain(counter.panel.to_pay.figure.text()) == "180.00"
    screen.press_here(Key.Key_Return)
    assert receipts(app) == (1, money("180.00"))
    assert due(app, theirs) == Money(0)


def test_the_payer_is_the_debtor_unless_another_is_typed(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    bill = a_bill(app, "10.00", taxpayer_id=a_taxpayer(app))
    second = a_bill(app, "20.00", taxpayer_id=a_taxpayer(app, "Youssef El Fassi"))
    scanned(screen, counter, bill.number)
    assert counter.panel.payer.placeholderText() == "Amina Bennani"
    screen.press_here(Key.Key_Return)
    scanned(screen, counter, second.number)
    screen.press_here(Key.Key_Tab)
    assert counter.panel.payer.hasFocus()
    screen.type_here("Hamid Idrissi")
    screen.press_here(Key.Key_Return)
    assert [one.payer for one in app.read(Receipts(), everything(app)).rows] == [
        "Hamid Idrissi",
        "Amina Bennani",
    ]
    assert counter.panel.payer.text() == ""


def test_a_paper_scanned_into_the_payers_name_is_a_paper(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    bills = [a_bill(app, "10.00", taxpayer_id=a_taxpayer(app, name)) for name in ("Amina", "Youssef")]
    scanned(screen, counter, bills[0].number)
    screen.press_here(Key.Key_Tab)
    scanned(screen, counter, bills[1].number)
    assert sorted(ticked(counter)) == sorted(bill.number for bill in bills)
    assert counter.panel.payer.text() == ""


def test_what_is_left_over_is_kept_for_the_first(
    app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
) -> None:
    first, second = a_taxpayer(app), a_taxpayer(app, "Youssef El Fassi")
    for taxpayer in (first, second):
        scanned(screen, counter, a_bill(app, "10.00", taxpayer_id=taxpayer).number)
    qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    screen.type_here("25")
    screen.press_here(Key.Key_Return)
    screen.press(screen.dialog(), Key.Key_Return)
    assert app.read(TaxpayerBalance(taxpayer_id=first), everything(app)).credit == money("5.00")
    assert counter.panel.change.figure == "5.00"


def test_what_somebody_who_owes_nothing_pays_too_much_is_kept_for_whose_debt_it_was(
    app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
) -> None:
    payer, debtor = a_taxpayer(app), a_taxpayer(app, "Youssef El Fassi")
    counter.show_taxpayer(payer)
    screen.settle()
    scanned(screen, counter, a_bill(app, "10.00", taxpayer_id=debtor).number)
    qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    screen.type_here("15")
    screen.press_here(Key.Key_Return)
    screen.press(screen.dialog(), Key.Key_Return)
    assert app.read(TaxpayerBalance(taxpayer_id=debtor), everything(app)).credit == money("5.00")
    assert payers(app) == ["Amina Bennani"]


def test_a_paid_paper_of_another_is_said_and_changes_nothing(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    paid = a_bill(app, "10.00", taxpayer_id=a_taxpayer(app, "Youssef El Fassi"))
    mine = a_bill(app, "20.00", taxpayer_id=a_taxpayer(app))
    scanned(screen, counter, paid.number)
    screen.press_here(Key.Key_Return)
    scanned(screen, counter, mine.number)
    scanned(screen, counter, paid.number)
    assert f"Nothing is left to pay on {paid.number}." in screen.texts(counter.notice)
    assert ticked(counter) == [mine.number]
    assert "Amina Bennani" in screen.texts(counter.payer)


def test_somebody_else_and_a_plate_are_added_to_those_in_hand(
    app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
) -> None:
    first = a_bill(app, "10.00", taxpayer_id=a_taxpayer(app, "Amina Bennani"), due_on=date(2026, 11, 1))
    second = a_bill(app, "20.00", taxpayer_id=a_taxpayer(app, "Karim Alaoui"), due_on=date(2026, 11, 1))
    fine = a_fine(app, everything(app), "77123-B-15").number
    screen.type_here("amina")
    screen.press_here(Key.Key_Return)
    assert ticked(counter) == [first.number]
    for text in ("karim", "77123-B-15"):
        screen.press(counter.panel.tenders.tendered, Key.Key_Escape)
        screen.type_here(text)
        qtbot.waitUntil(lambda: counter.finder.search.is_current, timeout=PATIENCE)
        screen.settle()
        assert ticked(counter) == []
        qtbot.keyClick(counter.scan, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        screen.settle()
    assert sorted(ticked(counter)) == sorted([first.number, second.number, fine])
    assert "Amina Bennani" in screen.texts(counter.payer)


def test_of_several_that_ctrl_enter_finds_a_double_click_opens_one_alone(
    app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
) -> None:
    """Ctrl was meant for one person, before there were several to choose from."""
    first = a_bill(app, "10.00", taxpayer_id=a_taxpayer(app, "Amina Bennani"))
    for name in ("Karim Alaoui", "Karim Tazi"):
        a_bill(app, "20.00", taxpayer_id=a_taxpayer(app, name), due_on=date(2026, 11, 1))
    scanned(screen, counter, first.number)
    counter.scan.take_focus()
    qtbot.keyClicks(counter.scan, "karim")
    qtbot.keyClick(counter.scan, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    screen.settle()
    assert counter.finder.view.list.model.rowCount() == 2
    counter.finder.view.list.view.activated_row.emit(0)
    screen.settle()
    assert counter.citizen.papers == {}
    assert "Karim" in screen.texts(counter.payer)
    assert first.number not in ticked(counter)


def test_papers_that_were_brought_stand_first(app: App, screen: Screen, counter: CounterPage) -> None:
    taxpayer = a_taxpayer(app)
    bills = [a_bill(app, amount, taxpayer_id=taxpayer) for amount in ("12.00", "5.00", "7.00")]
    scanned(screen, counter, bills[2].number)
    scanned(screen, counter, bills[1].number)
    numbers = [debt.number for debt in counter.list.model.at_hand()]
    assert numbers == [bills[2].number, bills[1].number, bills[0].number]
    current = counter.list.current()
    assert current is not None
    assert current.number == bills[1].number
