"""The counter: scan, Enter. What is paid, by whom, and what the receipt says; with the keys counted."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from muniadmin.access.commands import ChangeUser
from muniadmin.access.reads import Users
from muniadmin.app import App
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.billing.reads import OpenCharges
from muniadmin.collection.commands import CloseCashSession
from muniadmin.collection.reads import MySession, Receipts
from muniadmin.collection.rules import Channel
from muniadmin.desktop.collection import payment_panel
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.shell.navigation import Scanned
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.documents.commands import PrintDocument
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.money import Money
from muniadmin.kernel.numbers import yearly_number
from muniadmin.kernel.permissions import Role
from muniadmin.taxpayers.reads import TaxpayerDetail
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.desktop.collection.counter import (
    Key,
    payers,
    receipts,
    scanned,
    ticked,
)
from tests.desktop.conftest import Screen, closed, plain
from tests.fines.builders import a_fine, bill_of
from tests.towns import actor_with


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
        assert plain(counter.panel.to_pay.figure.text()) == "120.00"
        assert counter.panel.tenders.tendered.hasFocus()
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("120.00"))
        assert due(app, bill) == Money(0)
        assert due(app, other) == money("80.00")
        assert counter.scan.hasFocus()
        assert counter.scan.text() == ""

    @pytest.mark.parametrize(
        ("roles", "active", "said"),
        [
            ({Role.MANAGER}, True, "You are no longer allowed to do this (take payments)."),
            ({Role.CLERK}, False, "You may no longer work here: your user was deactivated."),
        ],
        ids=["role taken away", "deactivated"],
    )
    def test_whose_rights_were_taken_away_at_another_desk_takes_no_payment(
        self, app: App, screen: Screen, counter: CounterPage, roles: set[Role], active: bool, said: str
    ) -> None:
        bill = a_bill(app, "120.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        row = next(row for row in app.read(Users(), everything(app)) if row.user_name == "clerk")
        app.execute(
            ChangeUser(
                user_id=row.user_id,
                version=row.version,
                name=row.name,
                roles=frozenset(roles),
                active=active,
            ),
            actor_with(app, Role.ADMINISTRATOR),
        )
        screen.press_here(Key.Key_Return)
        assert said in screen.texts()
        assert receipts(app) == (0, Money(0))
        assert ticked(counter) == [bill.number]

    def test_a_cheque_stays_what_it_is_when_another_desk_takes_a_part(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "120.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        qtbot.keyClick(screen.page, Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        screen.settle()
        assert counter.panel.tenders.amount == money("120.00")
        screen.type_here("CH-1")
        supervisor = actor_with(app, Role.SUPERVISOR)
        pay(app, supervisor, an_open_desk(app, supervisor, desk=2), bill, amount="50")
        screen.press_here(Key.Key_Return)
        question = screen.dialog()
        assert "50.00" in screen.texts(question)
        assert receipts(app) == (1, money("50.00"))
        question.reject()  # type: ignore[attr-defined]

    def test_a_fine_is_settled_by_its_reduced_price_on_a_slip(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        fine = a_fine(app, actor_with(app, Role.FINES_OFFICER))
        scanned(screen, counter, fine.number)
        qtbot.keyClick(screen.page, Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        screen.settle()
        screen.type_here("CH-1")
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("150.00"))
        assert app.read(OpenCharges(number=fine.number), everything(app)) == []

    def test_a_till_that_was_closed_elsewhere_can_be_opened_again(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "120.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        clerk = actor_with(app, Role.CLERK)
        session = app.read(MySession(), clerk)
        assert session is not None
        app.execute(
            CloseCashSession(cash_session_id=session.cash_session_id, denominations={200_00: 2, 100_00: 1}),
            clerk,
        )
        screen.press_here(Key.Key_Return)
        assert "The cash session is closed." in screen.texts()
        assert receipts(app) == (0, Money(0))
        till = screen.frame.shell.findChild(Till)
        assert till is not None
        assert till.session is None

    def test_a_single_debt_that_is_not_due_yet_is_ticked_for_whoever_comes_by_name(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        """They came to pay it; of several that are not due none is."""
        early, careful = a_taxpayer(app, "Karim Alaoui"), a_taxpayer(app, "Khadija Tazi")
        only = a_bill(app, "120.00", taxpayer_id=early, due_on=date(2027, 6, 30))
        for _number in range(2):
            a_bill(app, "80.00", taxpayer_id=careful, due_on=date(2027, 6, 30))
        counter.show_taxpayer(early)
        screen.settle()
        assert ticked(counter) == [only.number]
        screen.press_here(Key.Key_Escape, Key.Key_Escape)
        counter.show_taxpayer(careful)
        screen.settle()
        assert counter.payer.rows == 2
        assert ticked(counter) == []

    def test_a_part_pays_the_oldest_debt_in_whatever_order_the_papers_came(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        taxpayer = a_taxpayer(app)
        newer = a_bill(app, "80.00", taxpayer_id=taxpayer, due_on=date(2026, 11, 23))
        older = a_bill(app, "120.00", taxpayer_id=taxpayer, due_on=date(2026, 11, 20))
        scanned(screen, counter, newer.number)
        counter.open(Scanned(BILL_NUMBER, older.number))
        screen.settle()
        owed = due(app, older)
        assert ticked(counter) == [newer.number, older.number]
        qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        screen.type_here(plain(str(owed.minor / 100)))
        screen.press_here(Key.Key_Return)
        assert (due(app, older), due(app, newer)) == (Money(0), money("80.00"))

    def test_an_amount_is_forgotten_when_all_it_was_typed_for_is_unticked(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        scanned(screen, counter, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)).number)
        amount = counter.panel.tenders.tendered
        screen.type_here("50")
        assert counter.panel.change.figure == "70.00"
        for ticks in ([], [money("120.00")]):
            qtbot.keyClick(amount, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            screen.settle()
            assert [debt.due for debt in counter.list.ticked()] == ticks
        assert plain(amount.text()) == "120.00"

    def test_with_nobody_in_hand_there_is_no_other_amount_to_pay(
        self, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        screen.settle()
        assert not counter.panel.to_pay.other.isVisible()
        assert counter.scan.hasFocus()

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

    def test_of_what_is_no_amount_there_is_no_change(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        """The name of the next citizen, typed where the money goes."""
        scanned(screen, counter, a_bill(app, "120.00", taxpayer_id=a_taxpayer(app)).number)
        assert counter.panel.change.isVisible()
        screen.type_here("karim")
        assert not counter.panel.change.isVisible()
        screen.press_here(Key.Key_Return)
        assert "“karim” is not an amount." in screen.texts(counter.panel)
        assert receipts(app) == (0, Money(0))

    def test_too_little_is_said_beside_the_field_and_nothing_is_taken(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("60")
        assert counter.panel.change.figure == "40.00"
        screen.press_here(Key.Key_Return)
        assert "60.00 is less than the 100.00" in plain(counter.panel.tenders.tendered_field.error.text())
        assert receipts(app)[0] == 0
        assert counter.panel.tenders.tendered.text() == "60"

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
        before = counter.panel.to_pay.due
        keys = [Key.Key_Space, Key.Key_Down, Key.Key_Space]  # 2-4: two of them are left for another day
        screen.press_here(*keys)
        assert len(ticked(counter)) == 3
        assert counter.panel.to_pay.due < before
        screen.press_here(Key.Key_Return)  # 5
        assert receipts(app)[0] == 1

    def test_a_fine_paid_by_nobody_on_the_register(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        number = yearly_number(FINE_NUMBER, 2026, 18)
        fine = a_bill(app, "150.00", head="PV", number=number)
        scanned(screen, counter, fine.number)
        assert "12345-A-15" in screen.texts(counter.payer)
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("150.00"))

    def test_a_cheque_needs_its_reference(self, app: App, screen: Screen, counter: CounterPage) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        counter.panel.tenders.choose(Channel.CHEQUE)
        screen.press_here(Key.Key_Return)
        assert counter.panel.tenders.reference_field.error.text() == "This field is required."
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

    @pytest.mark.parametrize("typed", ["0", "0.00", ""])
    def test_nothing_as_a_part_does_not_pay_the_whole(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot, typed: str
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        screen.press_here(Key.Key_Delete)
        screen.type_here(typed)
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0
        assert "required" in counter.panel.to_pay.other_field.error.text()
        screen.type_here("30")
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("30.00"))

    def test_what_was_wrong_with_an_amount_is_not_said_to_the_next_citizen(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        problem = counter.panel.to_pay.other_field.error
        for wrong, typed in ((True, "0"), (False, "5")):
            scanned(screen, counter, a_bill(app, "100.00", taxpayer_id=a_taxpayer(app)).number)
            qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
            assert not problem.isVisible()
            screen.type_here(typed)
            if wrong:
                screen.press_here(Key.Key_Return)
            assert problem.isVisible() is wrong
            screen.press_here(Key.Key_Escape, Key.Key_Escape)
            assert not counter.citizen

    def test_nought_as_money_received_pays_nothing(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("0")
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0
        screen.type_here("100")
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("100.00"))

    def test_more_than_is_owed_is_asked_about_and_kept_as_credit(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        screen.type_here("130")
        screen.press_here(Key.Key_Return)
        dialog = screen.dialog()
        assert "100.00, and 130.00 MAD is paid: 30.00 MAD more" in screen.texts(dialog)
        assert "30.00 MAD is kept as credit" in screen.texts(dialog)
        screen.press(dialog, Key.Key_Return)
        assert receipts(app) == (1, money("130.00"))

    def test_more_that_is_not_kept_can_be_corrected_and_paid(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        qtbot.keyClick(counter, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        screen.type_here("130")
        screen.press_here(Key.Key_Return)
        screen.press(screen.dialog(), Key.Key_Escape)
        assert receipts(app)[0] == 0
        screen.back()
        assert counter.panel.button.isEnabled()
        counter.panel.to_pay.other.setFocus()
        counter.panel.to_pay.other.selectAll()
        screen.type_here("60")
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("60.00"))

    def test_a_paper_scanned_before_the_receipt_is_out_is_the_next(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        other = a_bill(app, "30.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        field = counter.panel.tenders.tendered
        qtbot.keyClick(field, Key.Key_Return)
        qtbot.keyClicks(field, other.number)
        qtbot.keyClick(field, Key.Key_Return)
        screen.settle()
        assert receipts(app) == (1, money("100.00"))
        assert ticked(counter) == [other.number]
        assert plain(counter.panel.to_pay.figure.text()) == "30.00"

    def test_that_the_receipt_is_issued_stays_until_the_next_citizen(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        counter.panel.receipt.print.click()
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Return)
        assert "Receipt 1-2026-000001-7 is issued" in screen.texts(counter.idle)
        screen.press_here(Key.Key_Escape)
        assert "Ready for the next citizen" in screen.texts(counter.idle)

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


class TestTheTill:
    def test_without_an_open_till_it_is_opened_from_here(
        self, app: App, screen: Screen, qtbot: QtBot
    ) -> None:
        screen.sign_in(Role.CLERK)
        counter = screen.shows(CounterPage)
        assert "Cash desk closed" in screen.frame.header.till.accessibleName()
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0
        screen.dialog()
        screen.type_here("500")
        screen.press_here(Key.Key_Return)
        assert plain(screen.frame.header.till.accessibleName()) == "Cash desk 1 open 500.00 MAD"
        screen.back()
        assert counter.panel.tenders.tendered.hasFocus()
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("12.00"))
        assert plain(screen.frame.header.till.accessibleName()) == "Cash desk 1 open 512.00 MAD"

    def test_a_payment_sent_before_the_desk_is_known_waits_for_it(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        till = Till.of(counter.shell)
        till.session, till.known = None, False
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("12.00"))
        assert "Receipt 1-2026-000001" in screen.texts(counter.receipt)

    def test_a_payment_sent_before_the_desk_is_known_to_be_closed_is_refused_in_words(
        self, app: App, screen: Screen
    ) -> None:
        screen.sign_in(Role.CLERK)
        counter = screen.shows(CounterPage)
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        Till.of(counter.shell).known = False
        counter.panel.set_till_open(True)
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0
        assert "The cash session is closed." in screen.texts(counter.notice)
        assert counter.panel.open_till.isVisible()


def test_that_a_receipt_was_not_printed_is_said_until_it_is_shown(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    """The next citizen's paper came while it was being drawn: no edit, payment or search takes the words away."""
    first, second = (a_bill(app, "10", taxpayer_id=a_taxpayer(app)) for _number in range(2))
    scanned(screen, counter, first.number)
    screen.press_here(Key.Key_Return)
    scanned(screen, counter, second.number)
    (receipt,) = app.read(Receipts(), everything(app)).rows
    # As it comes where drawing took longer than the next citizen.
    late = app.execute(PrintDocument(document_id=receipt.document_id), everything(app)).outcome
    counter._on_printed(late)
    screen.settle()
    assert counter.unprinted.isVisible()
    screen.press_here(Key.Key_Escape)
    screen.type_here("kha")
    screen.press_here(Key.Key_Escape, Key.Key_Escape)
    assert "Receipt 1-2026-000001" in screen.texts(counter.unprinted)
    button = next(one for one in counter.unprinted.findChildren(Button) if one.text() == "Show it")
    screen.press(button, Key.Key_Return)
    assert screen.frame.current_id == "cash"
    assert not counter.unprinted.isVisibleTo(counter)


def test_the_receipt_names_whoever_the_screen_names(app: App, screen: Screen, counter: CounterPage) -> None:
    """Whose paper was scanned first, whichever bill is older; and whoever pays for others and owes nothing."""
    for name, other in (("Karim Alaoui", "Khadija Tazi"), ("Salma Idrissi", "Omar Fassi")):
        older = a_bill(app, "10", taxpayer_id=a_taxpayer(app, other))
        newer = a_bill(app, "20", taxpayer_id=a_taxpayer(app, name))
        for bill in (newer, older):
            scanned(screen, counter, bill.number)
        assert name in screen.texts(counter.payer.head)
        assert counter.panel.payer.placeholderText() == name
        screen.press_here(Key.Key_Return)
        assert payers(app)[0] == name
    plates = [a_fine(app, everything(app), plate) for plate in ("11111-A-15", "22222-A-15")]
    for fine in reversed(plates):
        scanned(screen, counter, bill_of(app, fine).number)
    screen.press_here(Key.Key_Return)
    assert payers(app)[0] == "22222-A-15"
    card = app.read(TaxpayerDetail(taxpayer_id=a_taxpayer(app, "Zineb Filali")), everything(app)).number
    for number in (card, a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Hind Amrani")).number):
        scanned(screen, counter, number)
    screen.press_here(Key.Key_Return)
    assert payers(app)[0] == "Zineb Filali"


def test_change_beyond_reason_is_not_given_by_a_second_enter(
    app: App, screen: Screen, counter: CounterPage
) -> None:
    """Three noughts too many: Enter goes back to the amount; who really has that much before them says so."""
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    scanned(screen, counter, bill.number)
    screen.type_here("200000")
    screen.press_here(Key.Key_Return)
    question = screen.dialog()
    screen.press_here(Key.Key_Return)
    assert closed(question)
    assert receipts(app)[0] == 0
    screen.back()
    assert counter.panel.tenders.tendered.hasFocus()
    screen.press_here(Key.Key_Return)
    screen.press_danger(screen.dialog())
    assert receipts(app) == (1, money("100"))
