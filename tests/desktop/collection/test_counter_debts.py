"""The counter: what somebody owes, in instalments, with penalties, with money that is held for them."""

from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, suspend
from muniadmin.billing.reads import TaxpayerBalance
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.collection.reads import Receipts
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.civil_status.builders import a_request
from tests.desktop.collection.counter import (
    TODAY,
    Key,
    cells,
    in_quarters,
    open_charges,
    parts,
    receipts,
    scanned,
    ticked,
)
from tests.desktop.conftest import Screen, plain
from tests.fines.builders import a_fine
from tests.towns import actor_with


class TestInstalments:
    def test_what_is_due_of_a_scanned_bill_is_ticked_and_paid(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        bill = in_quarters(app, a_taxpayer(app))
        scanned(screen, counter, bill.number)
        assert parts(counter) == [1, 2]
        assert counter.list.model.rowCount() == 4
        assert "part 1/4 · 12, derb Sidi Ahmed" in cells(counter)[0]
        assert cells(counter)[1] == "237 days late, 31/03/2026"
        assert cells(counter, 1)[1] == "today, 23/11/2026"
        assert cells(counter, 2)[1] == "not yet due, 31/12/2026"
        screen.press_here(Key.Key_Return)
        assert [one.part for one in open_charges(app, bill)] == [3, 4]

    def test_a_fine_is_called_by_its_offence_and_a_fee_by_its_paper_in_the_language_of_the_screen(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        """All fines are called alike, and the bills have the words of the office's language."""
        fine = a_fine(app, everything(app), "77123-B-15", offence_code="S04").number
        scanned(screen, counter, fine)
        assert cells(counter)[0] == f"Parking on the pavement, {fine}"
        request = a_request(app, actor_with(app, Role.CLERK), copies=2).number
        scanned(screen, counter, request)
        assert cells(counter, 1)[0].startswith(f"Extract of birth act (2), {request}")
        assert "Extrait" not in cells(counter, 1)[0]

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
        return screen.shows(CounterPage)

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

    def test_of_a_paper_whose_due_part_is_covered_the_next_one_is_ticked(
        self, app: App, screen: Screen, clock: FixedClock
    ) -> None:
        """Nothing is left to pay of what is covered."""
        clerk, taxpayer = actor_with(app, Role.CLERK), a_taxpayer(app)
        days = [(date(2026, 12, 15), "20.00"), (date(2027, 6, 30), "60.00")]
        bill = a_bill(app, "80.00", taxpayer_id=taxpayer, instalments=days)
        paid = a_bill(app, "100.00", taxpayer_id=taxpayer)
        pay(app, clerk, an_open_desk(app, clerk), paid, amount="130.00", confirmed={AmountExceedsDebts})
        clock.instant = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
        screen.sign_in(Role.CLERK)
        counter = screen.shows(CounterPage)
        scanned(screen, counter, bill.number)
        assert cells(counter)[1] == "covered by credit, 15/12/2026"
        assert parts(counter) == [2]

    def test_what_is_covered_can_not_be_ticked(
        self, app: App, screen: Screen, counter: CounterPage, qtbot: QtBot
    ) -> None:
        screen.type_here("amina")
        screen.press_here(Key.Key_Return, Key.Key_Escape, Key.Key_Down)
        qtbot.keyClick(counter.list.view, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(counter.list.view, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert [debt.left for debt in counter.list.ticked()] == [money("80.00")]


def test_the_head_says_what_the_rows_come_to(app: App, screen: Screen, counter: CounterPage) -> None:
    """With the penalty that is not booked yet; a clerk reads it aloud."""
    bill = a_bill(app, "1000", due_on=date(2026, 1, 31), taxpayer_id=a_taxpayer(app))
    scanned(screen, counter, bill.number)
    owed = due(app, bill)
    assert owed > money("1000")
    said = f"{counter.shell.amount(owed, code=True)}"
    assert f"To pay in all | {plain(said)}" in plain(screen.texts(counter.payer.head))


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
