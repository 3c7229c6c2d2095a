"""What the tests of the counter do and read."""

from datetime import date

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.billing.reads import OpenCharge, OpenCharges
from muniadmin.billing.services import IssuedBill
from muniadmin.collection.reads import Receipts
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.kernel.money import Money
from tests.builders import a_bill, everything
from tests.desktop.conftest import Screen, plain

Key = Qt.Key
TODAY = date(2026, 11, 23)


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
    return [debt.number for debt in counter.list.ticked()]


def parts(counter: CounterPage) -> list[int]:
    """Which instalments are ticked."""
    return [debt.part for debt in counter.list.ticked()]


def cells(counter: CounterPage, row: int = 0) -> list[str]:
    """What a row of the list says."""
    model = counter.list.model
    texts = [model.data(model.index(row, n)) for n in range(model.columnCount())]
    return [plain(text.replace("\u2068", "").replace("\u2069", "")) for text in texts]


def in_quarters(app: App, taxpayer_id: int) -> IssuedBill:
    """400.00 in four instalments, of which two are due."""
    days = [date(2026, 3, 31), date(2026, 11, 23), date(2026, 12, 31), date(2027, 3, 31)]
    return a_bill(
        app, "400.00", head="EC", taxpayer_id=taxpayer_id, instalments=[(day, "100.00") for day in days]
    )


def ctrl_m(screen: Screen, qtbot: QtBot) -> None:
    """The next means of payment."""
    qtbot.keyClick(screen.page, Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    screen.settle()


def open_charges(app: App, bill: IssuedBill) -> list[OpenCharge]:
    return app.read(OpenCharges(bill_ids=(bill.bill_id,)), everything(app))


def payers(app: App) -> list[str]:
    """Whom the receipts name, the latest first."""
    return [row.payer for row in app.read(Receipts(), everything(app)).rows]
