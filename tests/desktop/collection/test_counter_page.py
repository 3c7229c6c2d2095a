"""The counter as a clerk uses it: scanning, typing, Enter; on a real town, with the keys counted."""

from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from muniadmin.access.commands import ChangeUser
from muniadmin.access.reads import Users
from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, suspend, write_off
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.billing.reads import OpenCharge, OpenCharges, TaxpayerBalance
from muniadmin.billing.services import IssuedBill
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.collection.reads import Receipts
from muniadmin.collection.rules import Channel
from muniadmin.desktop.collection import payment_panel
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.collection.session_dialogs import CloseSessionDialog
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.shell.navigation import Scanned, Searched
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.shell.scanner import Setting
from muniadmin.desktop.widgets.buttons import Button, IconButton
from muniadmin.documents.commands import PrintDocument
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.money import Money
from muniadmin.kernel.numbers import yearly_number
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.taxpayers.reads import TaxpayerDetail
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.desktop.conftest import PATIENCE, Screen, plain
from tests.fines.builders import a_fine, a_vehicle, bill_of
from tests.towns import actor_with

Key = Qt.Key
TODAY = date(2026, 11, 23)
_SETTLE_MS = payment_panel._SETTLE_MS
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


def _open(app: App, bill: IssuedBill) -> list[OpenCharge]:
    return app.read(OpenCharges(bill_ids=(bill.bill_id,)), everything(app))


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


class TestInstalments:
    def test_what_is_due_of_a_scanned_bill_is_ticked_and_paid(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = in_quarters(app, a_taxpayer(app))
        scanned(screen, counter, bill.number)
        assert parts(counter) == [1, 2]
        assert counter.list.model.rowCount() == 4
        assert "part 1 of 4 · 12, derb Sidi Ahmed" in cells(counter)[0]
        assert cells(counter)[1] == "237 days late, 31/03/2026"
        assert cells(counter, 1)[1] == "today, 23/11/2026"
        assert cells(counter, 2)[1] == "not yet due, 31/12/2026"
        screen.press_here(Key.Key_Return)
        assert [one.part for one in _open(app, bill)] == [3, 4]

    def test_penalty_and_what_of_it_is_not_booked_stand_beside_what_is_left(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app), due_on=date(2026, 10, 31))
        scanned(screen, counter, bill.number)
        assert cells(counter)[2:] == ["100.00", "15.00, 15.00 accrued", "115.00"]
        assert "15.00 of penalties included" in screen.texts(counter.payer)

    def test_of_a_paper_of_which_nothing_is_due_the_next_instalment_is_ticked(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        days = [(date(2027, 3, 31), "60.00"), (date(2027, 6, 30), "60.00")]
        bill = a_bill(app, "120.00", taxpayer_id=a_taxpayer(app), instalments=days)
        scanned(screen, counter, bill.number)
        assert parts(counter) == [1]
        assert counter.panel.to_pay.due == money("60.00")

    def test_an_offer_ticks_what_is_not_due_yet_and_lowers_it(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        taxpayer = a_taxpayer(app, "Khadija Tazi")
        a_bill(app, "300.00", taxpayer_id=taxpayer, offers=[("150.00", date(2026, 11, 30))])
        a_bill(app, "80.00", taxpayer_id=taxpayer)
        screen.type_here("khadija")
        screen.press_here(Key.Key_Return)
        assert counter.panel.to_pay.due == money("150.00")
        assert cells(counter)[1:] == ["reduced, until 30/11/2026", "300.00", "", "150.00, 150.00 less"]

    def test_the_box_in_the_header_and_ctrl_a_turn_all(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        scanned(screen, counter, in_quarters(app, a_taxpayer(app)).number)
        screen.press_here(Key.Key_Escape, Key.Key_Down)
        assert counter.list.view.hasFocus()
        qtbot.keyClick(counter.list.view, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert sorted(parts(counter)) == [1, 2, 3, 4]
        header = counter.list.view.header
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(18, 16))
        assert parts(counter) == []
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(18, 16))
        assert sorted(parts(counter)) == [1, 2, 3, 4]

    def test_all_are_ticked_or_none_from_the_amount_which_keeps_the_keyboard(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        scanned(screen, counter, in_quarters(app, a_taxpayer(app)).number)
        for expected in ([1, 2, 3, 4], []):
            qtbot.keyClick(counter.panel.tenders.tendered, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            assert sorted(parts(counter)) == expected
            assert counter.panel.tenders.tendered.hasFocus()
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0
        screen.press_here(Key.Key_Space)
        assert parts(counter) == [1]

    def test_what_rests_is_seen_and_not_asked_for(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        taxpayer = a_taxpayer(app)
        bill = in_quarters(app, taxpayer)
        with unit_of_work(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as uow:
            suspend(
                uow, bill.bill_id, Grounds(reason="contested"), since=date(2026, 4, 15),
                charge_id=bill.charge_ids[0], amount=money("40.00"),
            )  # fmt: skip
        scanned(screen, counter, bill.number)
        assert parts(counter) == [2]
        assert cells(counter)[1] == "suspended, 31/03/2026"
        assert cells(counter)[2] == "100.00, 40.00 suspended"

    def test_the_amount_to_pay_and_the_state_stay_on_a_small_screen(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        screen.window.resize(1024, 700)
        scanned(screen, counter, in_quarters(app, a_taxpayer(app)).number)
        view = counter.list.view
        shown = [
            column.id for n, column in enumerate(counter.list.model.columns) if not view.isColumnHidden(n)
        ]
        assert {"what", "state", "due"} <= set(shown)
        assert "left" not in shown
        assert not view.is_cut(0, 4)
        screen.window.resize(1366, 768)
        screen.settle()
        assert not any(view.isColumnHidden(n) for n in range(5))


class TestSeveralMeans:
    def test_cash_and_a_cheque_for_the_rest(self, app: App, screen: Screen, counter: CounterPage) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("40")
        assert "Still missing" in counter.panel.change.accessibleName()
        screen.type_here("+")
        assert "Cash | 40.00" in screen.texts(counter.panel.tenders.lines).replace(" |  | ", " | ")
        assert counter.panel.tenders.channel.value() is Channel.CHEQUE
        assert plain(counter.panel.tenders.share.text()) == "60.00"
        assert counter.panel.tenders.reference.hasFocus()
        screen.type_here("BMCE 0042")
        screen.press_here(Key.Key_Return)
        (receipt,) = app.read(Receipts(), everything(app)).rows
        assert [(one.channel, one.amount, one.reference) for one in receipt.tenders] == [
            ("cash", money("40.00"), ""),
            ("cheque", money("60.00"), "BMCE 0042"),
        ]
        assert counter.scan.hasFocus()

    def test_a_cheque_that_is_written_pays_no_more_when_another_bill_comes(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        """What is missing is said, and the cursor is on the amount; Enter takes nothing until it is enough."""
        bills = [a_bill(app, amount, taxpayer_id=a_taxpayer(app)) for amount in ("115", "115")]
        tenders = counter.panel.tenders
        scanned(screen, counter, bills[0].number)
        screen.type_here("60")
        screen.type_here("+")
        screen.type_here("BM12")
        counter.open(Scanned(BILL_NUMBER, bills[1].number))
        screen.settle()
        assert plain(tenders.share.text()) == "55.00"
        assert tenders.reference.text() == "BM12"
        assert "Still missing" in counter.panel.change.accessibleName()
        assert counter.panel.change.figure == "115.00"
        assert tenders.share.hasFocus()
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0
        screen.type_here("170")
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("230"))

    def test_a_cheque_for_the_whole_pays_no_more_when_another_bill_comes(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        """Nor when all is ticked anew."""
        bills = [a_bill(app, amount, taxpayer_id=a_taxpayer(app)) for amount in ("40", "50")]
        tenders = counter.panel.tenders
        scanned(screen, counter, bills[0].number)
        ctrl_m(screen, qtbot)
        screen.type_here("BM12")
        counter.open(Scanned(BILL_NUMBER, bills[1].number))
        screen.settle()
        for _time in range(2):
            assert plain(tenders.share.text()) == "40.00"
            assert counter.panel.change.figure == "50.00"
            counter.list.view.tick_all()
            counter.list.view.tick_all()
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0

    def test_change_is_given_on_the_cash_that_comes_last(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        ctrl_m(screen, qtbot)
        assert counter.panel.tenders.reference.hasFocus()
        assert not counter.panel.change.isVisible()
        screen.type_here("BMCE 0042")
        screen.press_here(Key.Key_Backtab)
        assert counter.panel.tenders.share.hasFocus()
        screen.type_here("60")
        screen.type_here("+")
        assert counter.panel.tenders.tendered.hasFocus()
        screen.type_here("50")
        assert counter.panel.change.figure == "10.00"
        screen.press_here(Key.Key_Return)
        assert counter.panel.change.figure == "10.00"
        (receipt,) = app.read(Receipts(), everything(app)).rows
        assert [(one.channel, one.amount) for one in receipt.tenders] == [
            ("cheque", money("60.00")),
            ("cash", money("40.00")),
        ]

    def test_three_means(self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("20")
        screen.type_here("+")
        ctrl_m(screen, qtbot)
        assert counter.panel.tenders.channel.value() is Channel.CARD
        screen.type_here("slip 7")
        screen.press_here(Key.Key_Backtab)
        screen.type_here("30")
        screen.type_here("+")
        # The number of the slip is none of a cheque.
        screen.press_here(Key.Key_Return)
        assert counter.panel.tenders.reference_field.error.text() == "This field is required."
        screen.type_here("BMCE 0042")
        screen.press_here(Key.Key_Return)
        (receipt,) = app.read(Receipts(), everything(app)).rows
        assert [one.amount for one in receipt.tenders] == [money("20"), money("30"), money("50")]
        assert receipt.channels == ("cash", "card", "cheque")

    def test_a_means_put_aside_needs_its_amount_and_its_reference(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("+")
        assert "needs its amount" in counter.panel.tenders.tendered_field.error.text()
        ctrl_m(screen, qtbot)
        screen.press_here(Key.Key_Backtab)
        screen.type_here("30")
        screen.type_here("+")
        assert counter.panel.tenders.reference_field.error.text() == "This field is required."
        assert counter.panel.tenders.lines.given == ()

    def test_two_means_aside_and_a_third_are_seen_whole_on_a_small_screen(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        screen.window.resize(1024, 700)
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        panel = counter.panel
        screen.type_here("30+")
        screen.type_here("4711")
        panel.tenders.share.setFocus()
        panel.tenders.share.selectAll()
        screen.type_here("20+")
        panel.tenders.choose(Channel.CARD)
        screen.settle()
        assert len(panel.tenders.lines.given) == 2
        seen = panel.rect()
        for part in (
            panel.tenders.lines,
            panel.tenders.more,
            panel.tenders.share,
            panel.tenders.reference,
            panel.payer,
            panel.receipt.print,
            panel.receipt.choice,
        ):
            shown = part.visibleRegion().boundingRect()
            assert shown == part.rect(), part.accessibleName()
            assert seen.contains(part.mapTo(panel, part.rect().bottomRight()))

    def test_a_line_taken_away_is_paid_by_the_means_in_hand(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        bill = a_bill(app, "100.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        screen.type_here("40")
        screen.type_here("+")
        (cross,) = counter.panel.tenders.lines.findChildren(IconButton)
        assert plain(cross.accessibleName()) == "Take Cash 40.00 away"
        screen.press(cross, Key.Key_Space)
        assert plain(counter.panel.tenders.share.text()) == "100.00"
        screen.type_here("BMCE 0042")
        screen.press_here(Key.Key_Return)
        (receipt,) = app.read(Receipts(), everything(app)).rows
        assert receipt.channels == ("cheque",)

    def test_a_cheque_of_too_little_is_said_and_of_too_much_asked_about(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        taxpayer = a_taxpayer(app)
        bill = a_bill(app, "100.00", taxpayer_id=taxpayer)
        scanned(screen, counter, bill.number)
        ctrl_m(screen, qtbot)
        screen.type_here("BMCE 0042")
        screen.press_here(Key.Key_Backtab)
        screen.type_here("90")
        screen.press_here(Key.Key_Return)
        assert "90.00 is less than the 100.00" in plain(counter.panel.tenders.share_field.error.text())
        screen.type_here("120")
        assert plain(counter.panel.change.accessibleName()) == "More than ticked 20.00"
        screen.press_here(Key.Key_Return)
        dialog = screen.dialog()
        assert "20.00 MAD is kept as credit" in screen.texts(dialog)
        screen.press(dialog, Key.Key_Return)
        assert app.read(TaxpayerBalance(taxpayer_id=taxpayer), everything(app)).credit == money("20.00")


class TestSeveralPeople:
    def test_papers_of_several_people_are_paid_with_one_receipt(
        self, app: App, screen: Screen, counter: CounterPage
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
        assert plain(counter.panel.to_pay.figure.text()) == "180.00"
        screen.press_here(Key.Key_Return)
        assert receipts(app) == (1, money("180.00"))
        assert due(app, theirs) == Money(0)

    def test_the_payer_is_the_debtor_unless_another_is_typed(
        self, app: App, screen: Screen, counter: CounterPage
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
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bills = [a_bill(app, "10.00", taxpayer_id=a_taxpayer(app, name)) for name in ("Amina", "Youssef")]
        scanned(screen, counter, bills[0].number)
        screen.press_here(Key.Key_Tab)
        scanned(screen, counter, bills[1].number)
        assert sorted(ticked(counter)) == sorted(bill.number for bill in bills)
        assert counter.panel.payer.text() == ""

    def test_what_is_left_over_is_kept_for_the_first(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
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
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
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
        self, app: App, screen: Screen, counter: CounterPage
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


class TestCredit:
    @pytest.fixture
    def rich(self, app: App, clock: FixedClock) -> int:
        """Somebody who has paid 30.00 too much, and owes 80.00 and 20.00, which have fallen due since."""
        clerk, taxpayer = actor_with(app, Role.CLERK), a_taxpayer(app)
        for amount in ("80.00", "20.00"):
            a_bill(app, amount, taxpayer_id=taxpayer, due_on=date(2026, 12, 31 if amount == "80.00" else 15))
        paid = a_bill(app, "100.00", taxpayer_id=taxpayer)
        pay(app, clerk, an_open_desk(app, clerk), paid, amount="130.00", confirmed={AmountExceedsDebts})
        clock.instant = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
        return taxpayer

    @pytest.fixture
    def counter(self, app: App, screen: Screen, rich: int) -> CounterPage:
        screen.sign_in(Role.CLERK)
        page = screen.page
        assert isinstance(page, CounterPage)
        return page

    def test_money_that_is_held_is_shown_and_pays_what_has_fallen_due(
        self, app: App, screen: Screen, counter: CounterPage, rich: int
    ) -> None:
        screen.type_here("amina")
        screen.press_here(Key.Key_Return)
        assert "Credit held | 30.00" in screen.texts(counter.payer.head)
        assert "To pay in all | 80.50 MAD" in screen.texts(counter.payer.head)
        # The older is paid by what is held; penalty accrued on what that left of the other only.
        assert cells(counter, 0)[1:] == [
            "covered by credit, 15/12/2026",
            "20.00",
            "",
            "0.00, 20.00 by credit",
        ]
        assert cells(counter, 1)[2:] == ["80.00", "10.50, 10.50 accrued", "80.50, 10.00 by credit"]
        assert len(counter.list.ticked()) == 1
        assert plain(counter.panel.to_pay.figure.text()) == "80.50"
        screen.press_here(Key.Key_Return)
        balance = app.read(TaxpayerBalance(taxpayer_id=rich), everything(app))
        assert (balance.owed, balance.accrued, balance.credit) == (Money(0), Money(0), Money(0))
        assert app.read(Receipts(), everything(app)).rows[0].amount == money("80.50")

    def test_what_is_covered_can_not_be_ticked(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        screen.type_here("amina")
        screen.press_here(Key.Key_Return, Key.Key_Escape, Key.Key_Down)
        qtbot.keyClick(counter.list.view, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(counter.list.view, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert [debt.left for debt in counter.list.ticked()] == [money("80.00")]


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

    def test_somebody_else_and_a_plate_are_added_to_those_in_hand(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
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

    def test_papers_that_were_brought_stand_first(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        taxpayer = a_taxpayer(app)
        bills = [a_bill(app, amount, taxpayer_id=taxpayer) for amount in ("12.00", "5.00", "7.00")]
        scanned(screen, counter, bills[2].number)
        scanned(screen, counter, bills[1].number)
        numbers = [debt.number for debt in counter.list.model.at_hand()]
        assert numbers == [bills[2].number, bills[1].number, bills[0].number]
        current = counter.list.current()
        assert current is not None
        assert current.number == bills[1].number

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
        counter = screen.page
        assert isinstance(counter, CounterPage)
        bill = a_bill(app, "12.00", taxpayer_id=a_taxpayer(app))
        scanned(screen, counter, bill.number)
        Till.of(counter.shell).known = False
        counter.panel.set_till_open(True)
        screen.press_here(Key.Key_Return)
        assert receipts(app)[0] == 0
        assert "The cash session is closed." in screen.texts(counter.notice)
        assert counter.panel.open_till.isVisible()


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
    again = screen.page
    assert isinstance(again, CounterPage)
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


def test_the_head_says_what_the_rows_come_to(app: App, screen: Screen, counter: CounterPage) -> None:
    """With the penalty that is not booked yet; a clerk reads it aloud."""
    bill = a_bill(app, "1000", due_on=date(2026, 1, 31), taxpayer_id=a_taxpayer(app))
    scanned(screen, counter, bill.number)
    owed = due(app, bill)
    assert owed > money("1000")
    said = f"{counter.shell.amount(owed, code=True)}"
    assert f"To pay in all | {plain(said)}" in plain(screen.texts(counter.payer.head))


def payers(app: App) -> list[str]:
    """Whom the receipts name, the latest first."""
    return [row.payer for row in app.read(Receipts(), everything(app)).rows]


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


def test_the_mark_stays_where_it_is_while_others_pay(app: App, screen: Screen, counter: CounterPage) -> None:
    """Space ticks the debt that somebody looks at, not the first one."""
    taxpayer = a_taxpayer(app, "Khadija Tazi")
    bills = [a_bill(app, amount, taxpayer_id=taxpayer, due_on=TODAY) for amount in ("10", "20", "30")]
    screen.type_here("khadija")
    screen.press_here(Key.Key_Return, Key.Key_Down, Key.Key_Down)
    looked_at = counter.list.current()
    assert looked_at is not None
    counter.reload()
    screen.settle()
    screen.press_here(Key.Key_Space)
    assert len(ticked(counter)) == len(bills) - 1
    assert looked_at.number not in ticked(counter)
