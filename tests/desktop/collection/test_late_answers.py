"""The counter when the database is slow: whatever comes late is nobody else's, and nothing is lost in silence."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.billing.names import BILLS_TOPIC
from muniadmin.billing.reads import OneBill, OpenCharges, TaxpayerBalance
from muniadmin.collection.commands import TakePayment
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.collection.reads import Receipts
from muniadmin.collection.rules import Channel
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.documents.reads import DocumentPrints
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.changes import ChangeSet
from muniadmin.kernel.numbers import yearly_number
from muniadmin.kernel.permissions import Role
from muniadmin.taxpayers.names import TAXPAYER_NUMBER
from muniadmin.taxpayers.reads import TaxpayerDetail
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, money, pay
from tests.desktop.conftest import PATIENCE, Screen, plain
from tests.desktop.slow_town import Hands, SlowTown
from tests.towns import actor_with

Key = Qt.Key


@pytest.fixture
def town(app: App, screen: Screen, counter: CounterPage) -> Iterator[SlowTown]:
    """What answers the counter."""
    assert screen.window.operations is not None
    slow = SlowTown(app)
    screen.window.operations._door = slow
    yield slow
    slow.end()


@pytest.fixture
def hands(screen: Screen, qtbot: QtBot, town: SlowTown) -> Hands:
    return Hands(screen, qtbot, town)


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    return lambda come: qtbot.waitUntil(come, timeout=PATIENCE)


def ticked(counter: CounterPage) -> list[str]:
    return sorted(debt.number for debt in counter.list.ticked())


def paid(app: App) -> list[int]:
    return [row.amount.minor for row in app.read(Receipts(), everything(app)).rows]


def test_a_paper_scanned_right_after_a_taxpayers_card_is_one_more(
    app: App, screen: Screen, counter: CounterPage, town: SlowTown, hands: Hands
) -> None:
    """The card is answered long after the paper could be: the paper is not taken out of hand again."""
    own = a_bill(app, "10", taxpayer_id=(karim := a_taxpayer(app, "Karim Alaoui")))
    other = a_bill(app, "20", taxpayer_id=a_taxpayer(app, "Khadija Tazi"))
    card = app.read(TaxpayerDetail(taxpayer_id=karim), everything(app)).number
    assert card.startswith(TAXPAYER_NUMBER.letter)
    town.hold(TaxpayerDetail)
    hands.scan(card)
    hands.scan(other.number)
    town.answer(TaxpayerDetail)
    screen.settle()
    assert ticked(counter) == sorted([own.number, other.number])
    assert "Karim Alaoui" in screen.texts(counter.payer.head)


@pytest.mark.parametrize("papers", [1, 2])
def test_esc_takes_back_what_is_being_looked_up(
    app: App, screen: Screen, counter: CounterPage, town: SlowTown, hands: Hands, papers: int
) -> None:
    bills = [a_bill(app, "10", taxpayer_id=a_taxpayer(app)) for _number in range(papers)]
    town.hold(OneBill)
    for bill in bills:
        hands.scan(bill.number)
    hands.press(Key.Key_Escape)
    town.answer(OneBill)
    screen.settle()
    assert counter.stack.currentWidget() is counter.idle
    assert counter.scan.text() == ""


def test_after_esc_the_next_paper_is_looked_up(
    app: App,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    first, second = (a_bill(app, "10", taxpayer_id=a_taxpayer(app)) for _number in range(2))
    town.hold(OneBill)
    hands.scan(first.number)
    hands.press(Key.Key_Escape)
    town.answer(OneBill)
    hands.scan(second.number)
    until(lambda: ticked(counter) == [second.number])


def test_after_a_number_that_is_not_to_be_had_the_next_paper_is_looked_up(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
    unknown = yearly_number(FINE_NUMBER, 2026, 99)
    town.hold(TaxpayerDetail)
    hands.scan(app.read(TaxpayerDetail(taxpayer_id=a_taxpayer(app)), everything(app)).number)
    hands.scan(unknown)
    hands.scan(bill.number)
    town.answer(TaxpayerDetail)
    until(lambda: ticked(counter) == [bill.number])
    assert "Nothing was found" in screen.texts(counter.notice)


def test_after_an_incident_the_next_paper_is_looked_up(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    first, second = (a_bill(app, "10", taxpayer_id=a_taxpayer(app)) for _number in range(2))
    town.breaks(OneBill)
    hands.scan(first.number)
    until(lambda: bool(screen.incidents))
    assert "the disk is gone" in screen.incidents.pop()
    screen.dialog().close()
    hands.scan(second.number)
    until(lambda: ticked(counter) == [second.number])


def test_their_own_card_once_more_takes_nothing_away(
    app: App,
    screen: Screen,
    counter: CounterPage,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    """A scanner that reads twice, or a citizen who shows their card again."""
    own = a_bill(app, "10", taxpayer_id=(karim := a_taxpayer(app, "Karim Alaoui")))
    other = a_bill(app, "20", taxpayer_id=a_taxpayer(app, "Khadija Tazi"))
    card = app.read(TaxpayerDetail(taxpayer_id=karim), everything(app)).number
    both = sorted([own.number, other.number])
    hands.scan(own.number)
    hands.scan(other.number)
    until(lambda: ticked(counter) == both)
    hands.press(Key.Key_5, Key.Key_0)
    screen.frame.open_scan(screen.frame.shell.read_scan(card))
    screen.settle()
    until(lambda: ticked(counter) == both)
    assert counter.panel.tenders.tendered.text() == "50.00"


def test_debts_of_somebody_who_was_let_go_are_not_listed(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
    town.hold(OpenCharges)
    hands.scan(bill.number)
    until(lambda: bool(counter.citizen))
    hands.press(Key.Key_Escape)
    town.answer(OpenCharges)
    screen.settle()
    assert counter.stack.currentWidget() is counter.idle
    assert counter.payer.rows == 0


def test_the_name_of_whoever_was_before_does_not_stand_above_the_debts_of_the_next(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
    fine = a_bill(app, "150", head="PV", number=yearly_number(FINE_NUMBER, 2026, 18))
    town.hold(TaxpayerDetail)
    hands.scan(bill.number)
    until(lambda: ticked(counter) == [bill.number])
    hands.press(Key.Key_Escape, Key.Key_Escape)
    hands.scan(fine.number)
    until(lambda: ticked(counter) == [fine.number])
    town.answer(TaxpayerDetail)
    screen.settle()
    assert "12345-A-15" in screen.texts(counter.payer.head)
    assert "Amina Bennani" not in screen.texts(counter.payer.head)
    assert counter.panel.payer.placeholderText() != "Amina Bennani"


def test_a_list_that_was_asked_anew_meanwhile_is_not_shown(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    """The list without the second paper comes after that was scanned."""
    fines = [
        a_bill(app, "150", head="PV", number=yearly_number(FINE_NUMBER, 2026, 18 + number))
        for number in range(2)
    ]
    town.hold(OpenCharges)
    for number, fine in enumerate(fines):
        hands.scan(fine.number)
        until(lambda number=number: len(counter.citizen.papers) == number + 1)  # type: ignore[misc]
    shown: list[int] = []
    counter.in_hand.listed.connect(lambda _somewhere: shown.append(counter.payer.rows))
    town.answer(OpenCharges)
    screen.settle()
    assert shown == [2]
    assert ticked(counter) == sorted(fine.number for fine in fines)


def test_debts_that_come_while_somebody_else_is_searched_leave_the_hits_alone(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
    a_taxpayer(app, "Khadija Tazi")
    town.hold(OpenCharges)
    hands.scan(bill.number)
    until(lambda: bool(counter.citizen))
    hands.type("khadija")
    until(lambda: counter.finder.searching)
    town.answer(OpenCharges)
    screen.settle()
    assert counter.stack.currentWidget() is counter.finder.view
    hands.press(Key.Key_Escape)
    screen.settle()
    assert ticked(counter) == [bill.number]


def test_a_paper_scanned_while_a_payment_is_taken_is_the_next_citizens(
    app: App, screen: Screen, counter: CounterPage, town: SlowTown, hands: Hands
) -> None:
    """Neither one more of whoever pays, nor lost; and Esc lets nobody go who is paying."""
    first = a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Karim Alaoui"))
    second = a_bill(app, "20", taxpayer_id=a_taxpayer(app, "Khadija Tazi"))
    hands.scan(first.number)
    screen.settle()
    town.hold(TakePayment)
    hands.press(Key.Key_Return)
    hands.scan(second.number)
    assert ticked(counter) == [first.number]
    hands.press(Key.Key_Escape, Key.Key_Escape)
    assert ticked(counter) == [first.number]
    town.answer(TakePayment)
    screen.settle()
    assert paid(app) == [10_00]
    assert ticked(counter) == [second.number]
    assert "Khadija Tazi" in screen.texts(counter.payer.head)


def with_credit(app: App, name: str = "Karim Alaoui") -> int:
    """A taxpayer for whom 30.00 are held, as a bill of 10.00 was paid with 40.00."""
    taxpayer = a_taxpayer(app, name)
    pay_too_much(app, taxpayer)
    return taxpayer


def pay_too_much(app: App, taxpayer: int) -> None:
    """At another desk."""
    supervisor = actor_with(app, Role.SUPERVISOR)
    desk = an_open_desk(app, supervisor, desk=2)
    bill = a_bill(app, "10", taxpayer_id=taxpayer)
    pay(app, supervisor, desk, bill, amount="40", confirmed={AmountExceedsDebts})


def test_what_is_held_for_whoever_was_before_does_not_stand_above_the_debts_of_the_next(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    card = app.read(TaxpayerDetail(taxpayer_id=with_credit(app)), everything(app)).number
    fine = a_bill(app, "150", head="PV", number=yearly_number(FINE_NUMBER, 2026, 18))
    town.hold(TaxpayerBalance)
    hands.scan(card)
    until(lambda: bool(counter.citizen))
    hands.press(Key.Key_Escape)
    hands.scan(fine.number)
    until(lambda: ticked(counter) == [fine.number])
    town.answer(TaxpayerBalance)
    screen.settle()
    assert "12345-A-15" in screen.texts(counter.payer.head)
    assert "Credit held" not in screen.texts(counter.payer.head)


def test_what_others_bill_while_a_payment_is_taken_changes_nothing_of_it(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    """The list and the money held that were asked for before Enter come after it."""
    taxpayer = a_taxpayer(app)
    bill = a_bill(app, "10", taxpayer_id=taxpayer)
    hands.scan(bill.number)
    screen.settle()
    pay_too_much(app, taxpayer)
    a_bill(app, "20", taxpayer_id=taxpayer, due_on=date(2027, 6, 30))
    for kind in (OpenCharges, TaxpayerBalance):
        town.hold(kind)
    counter.on_changed(ChangeSet(frozenset({BILLS_TOPIC})))
    town.hold(TakePayment)
    hands.press(Key.Key_Return)
    until(lambda: town.waiting == 3)
    before = screen.texts(counter.payer)
    for kind in (OpenCharges, TaxpayerBalance):
        town.answer(kind)
    hands.wait()
    assert counter.payer.rows == 1
    assert screen.texts(counter.payer) == before
    town.answer(TakePayment)
    screen.settle()
    assert paid(app)[0] == 10_00


def test_a_paper_scanned_while_a_payment_came_to_nothing_is_one_more(
    app: App, screen: Screen, counter: CounterPage, town: SlowTown, hands: Hands
) -> None:
    """The first bill is paid at another desk just then: that is said, and the second is on the list."""
    first, second = (a_bill(app, amount, taxpayer_id=a_taxpayer(app)) for amount in ("10", "20"))
    hands.scan(first.number)
    screen.settle()
    town.hold(TakePayment)
    hands.press(Key.Key_Return)
    hands.scan(second.number)
    supervisor = actor_with(app, Role.SUPERVISOR)
    pay(app, supervisor, an_open_desk(app, supervisor, desk=2), first)
    town.answer(TakePayment)
    screen.settle()
    assert paid(app) == [10_00]
    assert counter.notice.isVisible()
    assert ticked(counter) == [second.number]


def test_enter_pressed_again_while_a_payment_is_taken_takes_and_prints_nothing_more(
    app: App, screen: Screen, counter: CounterPage, town: SlowTown, hands: Hands
) -> None:
    """The citizen gets the original, and no duplicate."""
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
    hands.scan(bill.number)
    town.hold(TakePayment)
    hands.press(Key.Key_Return, Key.Key_Return, Key.Key_Return)
    town.answer(TakePayment)
    screen.settle()
    assert paid(app) == [money("10").minor]
    (receipt,) = app.read(Receipts(), everything(app)).rows
    prints = app.read(DocumentPrints(document_id=receipt.document_id), everything(app))
    assert [one.rank for one in prints] == [0]


def test_how_it_is_paid_does_not_change_while_a_payment_is_taken(
    app: App, screen: Screen, counter: CounterPage, town: SlowTown, hands: Hands, qtbot: QtBot
) -> None:
    """It may come to nothing: then all is as it was, to be sent again."""
    bill, tenders = a_bill(app, "100", taxpayer_id=a_taxpayer(app)), counter.panel.tenders
    hands.scan(bill.number)
    screen.settle()
    screen.type_here("40+")
    screen.type_here("CH 7")
    assert tenders.channel.value() is Channel.CHEQUE
    town.hold(TakePayment)
    hands.press(Key.Key_Return)
    for key in (Key.Key_3, Key.Key_M, Key.Key_Plus):
        qtbot.keyClick(screen.page, key, Qt.KeyboardModifier.ControlModifier)
        QApplication.processEvents()
        assert tenders.channel.value() is Channel.CHEQUE
    assert tenders.reference.text() == "CH 7"
    town.answer(TakePayment)
    screen.settle()
    (receipt,) = app.read(Receipts(), everything(app)).rows
    assert [(one.channel, one.reference) for one in receipt.tenders] == [("cash", ""), ("cheque", "CH 7")]


def test_enter_pays_nothing_while_a_paper_is_on_its_way(
    app: App, screen: Screen, counter: CounterPage, town: SlowTown, hands: Hands
) -> None:
    first, second = (a_bill(app, amount, taxpayer_id=a_taxpayer(app)) for amount in ("10", "20"))
    hands.scan(first.number)
    screen.settle()
    town.hold(OneBill)
    hands.scan(second.number)
    hands.press(Key.Key_Return, Key.Key_Return)
    toast = screen.window._toast
    assert toast is not None
    assert toast.accessibleName() == "Nothing was paid: what was just scanned comes first."
    town.answer(OneBill)
    screen.settle()
    assert paid(app) == []
    assert ticked(counter) == sorted([first.number, second.number])
    assert plain(counter.panel.tenders.tendered.text()) == "30.00"
    screen.press_here(Key.Key_Return)
    assert paid(app) == [money("30").minor]


def test_a_name_typed_while_a_payment_is_taken_is_searched_afterwards(
    app: App,
    screen: Screen,
    counter: CounterPage,
    town: SlowTown,
    hands: Hands,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    first = a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Karim Alaoui"))
    a_taxpayer(app, "Khadija Tazi")
    hands.scan(first.number)
    screen.settle()
    town.hold(TakePayment)
    hands.press(Key.Key_Return)
    counter.scan.take_focus()
    hands.type("khadija")
    hands.press(Key.Key_Return)
    until(lambda: counter.finder.search.is_current)
    assert counter.stack.currentWidget() is counter.payer
    assert ticked(counter) == [first.number]
    town.answer(TakePayment)
    screen.settle()
    assert paid(app) == [10_00]
    assert counter.scan.text() == "khadija"
    assert counter.stack.currentWidget() is counter.finder.view
