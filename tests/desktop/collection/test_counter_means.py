"""The counter: cash, cheques and cards, one beside the other."""

from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.billing.reads import TaxpayerBalance
from muniadmin.collection.reads import Receipts
from muniadmin.collection.rules import Channel
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.shell.navigation import Scanned
from muniadmin.desktop.widgets.buttons import IconButton
from tests.builders import a_bill, a_taxpayer, everything, money
from tests.desktop.collection.counter import (
    Key,
    ctrl_m,
    receipts,
    scanned,
)
from tests.desktop.conftest import Screen, plain


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

    def test_what_was_put_aside_for_a_debt_that_is_unticked_again_is_said_and_asked_about(
        self, app: App, screen: Screen, counter: CounterPage
    ) -> None:
        taxpayer = a_taxpayer(app)
        for amount in ("40", "60"):
            scanned(screen, counter, a_bill(app, amount, taxpayer_id=taxpayer).number)
        screen.type_here("60+")
        counter.list.take_focus()
        screen.press_here(Key.Key_Space)
        assert plain(counter.panel.to_pay.figure.text()) == "40.00"
        assert counter.panel.change.isVisible()
        assert plain(counter.panel.change.accessibleName()) == "More than ticked 20.00"
        counter.panel.button.click()
        screen.settle()
        dialog = screen.dialog()
        assert "20.00 MAD is kept as credit" in screen.texts(dialog)
        screen.press(dialog, Key.Key_Return)
        assert receipts(app) == (1, money("60"))
        assert app.read(TaxpayerBalance(taxpayer_id=taxpayer), everything(app)).credit == money("20.00")
