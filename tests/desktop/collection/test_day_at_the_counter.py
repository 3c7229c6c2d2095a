"""A clerk's day from opening the desk to closing it, on both engines, all of it through the window."""

from PySide6.QtCore import Qt

from muniadmin.app import App
from muniadmin.collection.reads import MySession
from muniadmin.desktop.collection.cash_page import CashPage
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.collection.session_dialogs import CloseSessionDialog
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, due, money
from tests.desktop.conftest import Screen, on_both_engines, plain
from tests.towns import PASSWORD, actor_with

Key = Qt.Key


@on_both_engines
def test_a_day_at_the_counter(app: App, screen: Screen) -> None:
    taxpayer = a_taxpayer(app)
    first = a_bill(app, "120.00", taxpayer_id=taxpayer)
    second = a_bill(app, "80.00", taxpayer_id=taxpayer)
    screen.sign_in(Role.CLERK)
    counter = screen.shows(CounterPage)

    counter.panel.open_till.click()
    screen.settle()
    screen.type_here("500")
    screen.press_here(Key.Key_Return)
    screen.back()

    for bill in (first, second):
        screen.type_here(bill.number)
        screen.press_here(Key.Key_Return, Key.Key_Return)
    assert due(app, first) == due(app, second) == Money(0)
    assert plain(screen.frame.header.till.accessibleName()) == "Cash desk 1 open 700.00 MAD"

    screen.press_here(Key.Key_F5)
    cash = screen.shows(CashPage)
    cash.list.select_first()
    screen.settle()
    approval = cash.ask_cancel()
    screen.settle()
    assert approval is not None
    for text in ("wrong bill", "supervisor", PASSWORD):
        screen.type_here(text)
        screen.press_here(Key.Key_Return)
    screen.press_danger(approval)
    assert due(app, second) == money("80.00")
    screen.dialog().close()
    screen.back()

    closing = cash.open_or_close()
    screen.settle()
    assert isinstance(closing, CloseSessionDialog)
    closing.pieces[20_000].setText("3")
    closing.pieces[2_000].setText("1")
    closing.primary.click()
    screen.settle()
    assert app.read(MySession(), actor_with(app, Role.CLERK)) is None
    assert screen.frame.header.till.accessibleName() == "Cash desk closed"
