"""A receipt of a stub book entered at the cash desk's page: on its own day, with what follows from that."""

from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt

from muniadmin.app import App
from muniadmin.billing.reads import OneBill, TaxpayerBalance
from muniadmin.collection.reads import Receipts
from muniadmin.desktop.collection.cash_page import CashPage
from muniadmin.desktop.collection.stub_dialog import StubDialog
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, money, pay
from tests.desktop.conftest import Screen, closed
from tests.desktop.scanner import send_scan
from tests.towns import TownClock, actor_with

Key = Qt.Key


def dialog_of(screen: Screen) -> StubDialog:
    """The dialog in front of a clerk."""
    if screen.window.frame is None:
        screen.sign_in(Role.CLERK)
        screen.frame.go("cash")
        screen.settle()
    page = screen.shows(CashPage)
    page.stub.click()
    screen.settle()
    dialog = screen.dialog()
    assert isinstance(dialog, StubDialog)
    return dialog


def confirm(screen: Screen) -> None:
    """Says yes to what is asked."""
    screen.settle()
    question = screen.dialog()
    assert isinstance(question, ConfirmDialog)
    question.primary.click()
    screen.settle()


def type_stub(screen: Screen, dialog: StubDialog, bill: str, day: str, amount: str) -> None:
    """Fills the dialog as a clerk does, from the book on, by Tab."""
    for text in ("S-07", "112", day, bill):
        screen.type_here(text)
        screen.press_here(Key.Key_Tab)
    screen.settle()
    dialog.amount.selectAll()
    screen.type_here(amount)


def test_a_stub_of_a_bill_counts_for_its_own_day(app: App, clock: TownClock, screen: Screen) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app), due_on=date(2026, 11, 30))
    clock.instant = datetime(2026, 12, 4, 9, tzinfo=UTC)
    dialog = dialog_of(screen)
    type_stub(screen, dialog, bill.number, "27/11/2026", "100")
    assert "Amina Bennani" in dialog.found.text()
    dialog.primary.click()
    screen.settle()
    assert closed(dialog)
    receipt = app.read(Receipts(), everything(app)).rows[0]
    assert receipt.number == "S-07/112"
    assert (receipt.booked_on, receipt.value_on) == (date(2026, 12, 4), date(2026, 11, 27))
    found = app.read(OneBill(number=bill.number), everything(app))
    assert (found.due, found.state) == (ZERO, "settled")


@pytest.mark.parametrize("number", ["A12", "²", "-1", "9" * 5_000])
def test_what_is_no_number_of_a_stub_is_said_at_its_field(app: App, screen: Screen, number: str) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app), due_on=date(2026, 11, 30))
    dialog = dialog_of(screen)
    type_stub(screen, dialog, bill.number, "20/11/2026", "100")
    dialog.number.setText(number)
    dialog.primary.click()
    screen.settle()
    assert dialog.isVisible()
    assert "is not understood" in dialog.form.fields["number"].error.text()
    assert app.read(Receipts(), everything(app)).count == 0


def test_the_amount_of_the_stub_takes_the_place_of_what_is_proposed(app: App, screen: Screen) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    dialog = dialog_of(screen)
    for text in ("S-07", "112", "23/11/2026", bill.number):
        screen.type_here(text)
        screen.press_here(Key.Key_Tab)
    screen.settle()
    screen.type_here("60")
    assert dialog.amount.money() == money("60")


def test_the_bill_is_scanned_into_its_field(app: App, screen: Screen) -> None:
    """The paper lies beside the stub: it need not be typed, and what is due of it is proposed at once."""
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    dialog = dialog_of(screen)
    for text in ("S-07", "112", "23/11/2026"):
        screen.type_here(text)
        screen.press_here(Key.Key_Tab)
    send_scan(dialog.windowHandle(), bill.number)
    screen.settle()
    assert dialog.bill.text() == bill.number
    assert "Amina Bennani" in dialog.found.text()
    assert dialog.amount.money() == money("100")
    assert not closed(dialog)


def test_what_was_due_on_the_day_of_the_stub_is_proposed(app: App, clock: TownClock, screen: Screen) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app), due_on=date(2026, 11, 30))
    clock.instant = datetime(2026, 12, 4, 9, tzinfo=UTC)
    assert app.read(OneBill(number=bill.number), everything(app)).due == money("115")
    dialog = dialog_of(screen)
    for text in ("S-07", "112", "27/11/2026", bill.number):
        screen.type_here(text)
        screen.press_here(Key.Key_Tab)
    screen.settle()
    assert dialog.amount.money() == money("100")
    # Another day, another proposal; what is typed stays.
    dialog.day.setFocus()
    for _ in range(4):
        screen.press_here(Key.Key_Up)
    screen.settle()
    assert (dialog.day.day(), dialog.amount.money()) == (date(2026, 12, 1), money("115"))
    dialog.amount.set_money(money("60"))
    dialog.day.setFocus()
    screen.press_here(Key.Key_Down)
    screen.settle()
    assert dialog.amount.money() == money("60")


def test_what_a_stub_brings_beyond_its_bill_is_asked_about(app: App, screen: Screen) -> None:
    taxpayer_id = a_taxpayer(app)
    bill = a_bill(app, "100", taxpayer_id=taxpayer_id)
    dialog = dialog_of(screen)
    type_stub(screen, dialog, bill.number, "23/11/2026", "130")
    dialog.primary.click()
    screen.settle()
    question = screen.dialog()
    assert isinstance(question, ConfirmDialog)
    assert "30.00" in question.heading.text()
    question.reject()
    screen.settle()
    assert app.read(Receipts(), everything(app)).count == 0
    assert dialog.primary.isEnabled()
    dialog.primary.click()
    confirm(screen)
    assert closed(dialog)
    assert app.read(TaxpayerBalance(taxpayer_id=taxpayer_id), everything(app)).credit == money("30")


def test_a_bill_typed_after_another_is_not_mistaken_for_it(app: App, screen: Screen) -> None:
    bills = [a_bill(app, "100", taxpayer_id=a_taxpayer(app)) for _ in range(2)]
    dialog = dialog_of(screen)
    type_stub(screen, dialog, bills[0].number, "23/11/2026", "100")
    dialog.bill.setFocus()
    dialog.bill.selectAll()
    screen.type_here(bills[1].number)
    dialog.submit()
    screen.settle()
    assert app.read(Receipts(), everything(app)).count == 0


def test_a_stub_of_a_bill_paid_again_meanwhile_becomes_a_credit(
    app: App, clock: TownClock, screen: Screen
) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app), due_on=date(2026, 11, 30))
    clock.instant = datetime(2026, 12, 4, 9, tzinfo=UTC)
    clerk = actor_with(app, Role.SUPERVISOR)
    pay(app, clerk, an_open_desk(app, clerk), bill)
    dialog = dialog_of(screen)
    type_stub(screen, dialog, bill.number, "27/11/2026", "100")
    dialog.primary.click()
    confirm(screen)
    assert closed(dialog)
    found = app.read(OneBill(number=bill.number), everything(app))
    assert (found.due, found.penalty) == (ZERO, ZERO)


def test_a_stub_of_a_bill_on_which_nothing_is_left_is_kept_for_whose_bill_it_was(
    app: App, screen: Screen
) -> None:
    taxpayer_id = a_taxpayer(app)
    bill = a_bill(app, "100", taxpayer_id=taxpayer_id)
    clerk = actor_with(app, Role.SUPERVISOR)
    pay(app, clerk, an_open_desk(app, clerk), bill)
    dialog = dialog_of(screen)
    type_stub(screen, dialog, bill.number, "23/11/2026", "100")
    dialog.primary.click()
    confirm(screen)
    assert closed(dialog)
    assert app.read(TaxpayerBalance(taxpayer_id=taxpayer_id), everything(app)).credit == money("100")


def test_no_penalty_of_a_day_that_has_not_come_is_proposed(
    app: App, clock: TownClock, screen: Screen
) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app), due_on=date(2026, 11, 30))
    clock.instant = datetime(2026, 11, 27, 9, tzinfo=UTC)
    dialog = dialog_of(screen)
    for text in ("S-07", "112", "27/12/2026", bill.number):
        screen.type_here(text)
        screen.press_here(Key.Key_Tab)
    screen.settle()
    assert dialog.amount.money() == money("100")


def test_a_stub_entered_twice_is_refused_beside_its_number(app: App, screen: Screen) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    dialog = dialog_of(screen)
    type_stub(screen, dialog, bill.number, "23/11/2026", "50")
    dialog.primary.click()
    screen.settle()
    again = dialog_of(screen)
    type_stub(screen, again, bill.number, "23/11/2026", "50")
    again.primary.click()
    screen.settle()
    assert not again.isHidden()
    assert "entered before" in again.form.fields["number"].error.text()
