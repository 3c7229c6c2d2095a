"""The assessment page as a revenue officer uses it: by the keys and buttons that are there, on a real town."""

from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll
from muniadmin.assessment.reads import OneHead
from muniadmin.billing.decisions import Grounds, suspend
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.billing.reads import Bills
from muniadmin.desktop.assessment.assessment_page import AssessmentPage
from muniadmin.desktop.lists.listing import Wanted
from muniadmin.desktop.shell.navigation import Scanned
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.labels import Pill, Text
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.i18n import set_language
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from tests.assessment.register import a_home, in_quarters, objects, working
from tests.builders import a_taxpayer, an_open_desk, issued, pay
from tests.desktop.assessment.conftest import ActorOf, Opened, settled
from tests.desktop.conftest import PATIENCE, closed, plain
from tests.desktop.test_every_control import happened


def texts(widget: QWidget) -> list[str]:
    """Every text somebody can read on a widget."""
    return [label.text() for label in widget.findChildren(Text) if label.isVisibleTo(widget)]


def rows(widget: QWidget) -> str:
    """The texts of a widget in one line."""
    return plain(" | ".join(texts(widget)))


class TestHeads:
    def test_each_head_stands_with_its_year_and_its_tariff(
        self, app: App, actor: ActorOf, opened: Opened, qtbot: QtBot
    ) -> None:
        objects(app, "property", [a_home(36000)])
        app.execute(IssueRoll(head_code="TH", period="2026"), actor(Role.REVENUE_OFFICER))

        page = opened()

        model = page.heads.list.model
        assert model.rowCount() == 9
        first = model.row(0)
        assert first is not None
        assert (first.code, first.assessed) == ("TH", Money(400_00))
        detail = rows(page.heads.detail)
        for part in (
            "Housing tax",
            "400.00",
            "Main-home relief",
            "− 75%",
            "Above 40,000.00",
            "30%",
        ):
            assert part in detail, part
        assert "1 bill, 400.00 MAD" in detail
        assert "Each further month or part of a month adds 0.5%." in detail

    def test_another_head_is_chosen_with_the_arrow_key(self, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.heads.list.take_focus()
        QTest.keyClick(page.heads.list.view, Qt.Key.Key_Down)
        settled(qtbot, page)
        assert page.heads.detail.code == "TSC"
        assert "Urban area | 10.5%" in rows(page.heads.detail)

    def test_a_head_of_fines_has_neither_tariff_nor_roll(self, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.heads.list.select_key("PV")
        settled(qtbot, page)
        card = page.heads.detail
        assert not card.roll.isVisible()
        assert not card.tariff.isVisible()
        assert not card.tariff_part.isVisible()

    def test_a_clerk_sees_but_does_not_issue(self, opened: Opened) -> None:
        page = opened(Role.CLERK)
        assert not page.issue.isVisible()
        assert not page.heads.detail.roll.isVisible()
        assert page.heads.detail.tariff.isVisible()

    def test_another_year_is_chosen_from_the_chip(
        self, app: App, actor: ActorOf, opened: Opened, qtbot: QtBot
    ) -> None:
        objects(app, "property", [a_home(36000)])
        app.execute(IssueRoll(head_code="TSC", period="2025"), actor(Role.REVENUE_OFFICER))
        page = opened()
        last_year = next(
            action for action in page.year.menu_of_choices().actions() if action.text() == "2025"
        )
        last_year.trigger()
        settled(qtbot, page)
        page.heads.list.select_key("TSC")
        settled(qtbot, page)
        assert "945.00" in rows(page.heads.detail)


class TestTariff:
    def test_what_an_object_would_owe_follows_the_typing(self, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.open_tariff("TH")
        settled(qtbot, page)
        try_out = page.tariff.try_out
        assert try_out.amount.text() == "400.00"

        value = try_out.form.fields["rental_value"].control
        value.clear()  # type: ignore[attr-defined]
        QTest.keyClicks(value, "60000")
        use = try_out.form.fields["use"].control
        use.set_value("second_home")  # type: ignore[attr-defined]
        use.chosen.emit("second_home")  # type: ignore[attr-defined]

        assert try_out.amount.text() == "11,500.00"
        QApplication.processEvents()
        assert "20,000.00 × 30%" in rows(try_out)

        value.clear()  # type: ignore[attr-defined]
        value.textEdited.emit("")  # type: ignore[attr-defined]
        assert not try_out.amount.isVisible()
        assert try_out.why_not.text() == "“Yearly rental value” is not known."

    def test_the_versions_are_behind_their_chips(self, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.open_tariff("TNB")
        settled(qtbot, page)
        assert "Fully serviced | 15.00" in rows(page.tariff.card)
        page.tariff.versions.set_value(page.tariff.head.tariffs[1].tariff_id)  # type: ignore[union-attr]
        page.tariff.versions.chosen.emit(page.tariff.head.tariffs[1].tariff_id)  # type: ignore[union-attr]
        assert "Apartment buildings | 8.00" in rows(page.tariff.card)
        assert page.tariff.try_out.amount.text() == "2,000.00"

    @pytest.mark.parametrize("head", ["TH", "TSC", "TNB", "TS", "TDB", "TPV", "ODP"])
    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_every_tariff_of_the_town_can_be_read_and_tried(
        self, opened: Opened, qtbot: QtBot, head: str, language: str
    ) -> None:
        set_language(language)
        page = opened()
        page.open_tariff(head)
        settled(qtbot, page)
        assert page.tariff.card.findChildren(DefinitionRows)
        assert page.tariff.try_out.amount.isVisible()

    def test_esc_steps_back_to_the_heads(self, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.open_tariff("TH")
        settled(qtbot, page)
        QTest.keyClick(page.tariff, Qt.Key.Key_Escape)
        assert page.stack.currentWidget() is page.heads

    def test_a_new_version_is_saved_when_its_examples_hold(
        self, app: App, actor: ActorOf, opened: Opened, qtbot: QtBot
    ) -> None:
        page = opened()
        page.open_tariff("TDB")
        settled(qtbot, page)
        QTest.mouseClick(page.tariff.new_version, Qt.MouseButton.LeftButton)
        dialog = page.dialog
        dialog.valid_from.setText("01/01/2027")
        (_table, _key, rate) = dialog.figures[0]
        rate.setText("8")
        dialog.recompute()
        assert plain(dialog.examples[0][1].text()) == "The figures give 7,085.71 MAD."

        dialog.submit()
        settled(qtbot, page)
        assert dialog.isVisible()
        assert "Example 1 gives 7,085.71, not 6,200.00." in rows(dialog.notice)

        dialog.examples[0][0].setText("7085,71")
        dialog.submit()
        qtbot.waitUntil(lambda: closed(dialog))
        head = app.read(OneHead(head_code="TDB"), actor(Role.REVENUE_OFFICER))
        assert head.tariffs[0].valid_from == date(2027, 1, 1)
        assert head.tariffs[0].document["scales"] == [{"rate": "8 %"}]
        settled(qtbot, page)
        assert "Since 01/01/2027" in [text for _value, text in _versions(page)]

    def test_what_is_no_number_is_told_beside_its_field(self, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.open_tariff("TDB")
        settled(qtbot, page)
        QTest.mouseClick(page.tariff.new_version, Qt.MouseButton.LeftButton)
        dialog = page.dialog
        dialog.figures[0][2].setText("seven")
        dialog.submit()
        assert "“seven” is not a number." in rows(dialog.form)
        assert "This field is required." in rows(dialog.form)
        dialog.figures[0][2].setText("-7")
        dialog.submit()
        assert "“-7” is not a number." in rows(dialog.form)
        dialog.valid_from.setText("")
        dialog.reject()


def _versions(page: AssessmentPage) -> list[tuple[int, str]]:
    assert page.tariff.head is not None
    return [(tariff.tariff_id, f"Since {tariff.valid_from:%d/%m/%Y}") for tariff in page.tariff.head.tariffs]


class TestIssuingARoll:
    def test_from_the_head_to_the_bills(self, app: App, actor: ActorOf, opened: Opened, qtbot: QtBot) -> None:
        objects(app, "property", [a_home(36000), a_home(None), a_home(5000, "second_home")])
        page = opened()

        QTest.mouseClick(page.heads.detail.roll, Qt.MouseButton.LeftButton)
        assistant = page.assistant
        assert assistant is not None
        settled(qtbot, page)
        assert (assistant.choice.head_code(), assistant.choice.period()) == ("TH", "2026")

        QTest.keyClick(assistant.steps, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: assistant.preview.found is not None)
        preview = rows(assistant.preview)
        assert "1 object cannot be assessed; correct it and issue the roll again." in preview
        assert "400.00" in preview
        assert assistant.steps.next.text() == "Issue 1 bill…"
        # The keyboard is on what is read, and a scan does not take it away unasked.
        assert page.focusWidget() is assistant.preview
        assert assistant.preview.accessibleName() == "What the roll would do"
        page.open(Scanned(BILL_NUMBER, "A-2026-0000001-4"))
        question = page.findChildren(ConfirmDialog)[-1]
        assert "A-2026-0000001-4" in rows(question)
        question.reject()
        assert page.assistant is assistant
        assert assistant.isVisible()

        QTest.keyClick(assistant.steps, Qt.Key.Key_Return)
        assert "Press Ctrl Enter for “Issue 1 bill…”" in rows(assistant.steps)
        QTest.keyClick(assistant.steps, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert plain(assistant.question.heading.text()) == "Issue 1 bill for 400.00 MAD?"
        assert app.read(Bills(), actor(Role.REVENUE_OFFICER)).count == 0
        assistant.question.accept()
        qtbot.waitUntil(lambda: not assistant.run.result.isHidden())
        assert "1 bill was issued for 400.00 MAD." in rows(assistant.run.result)

        assistant.bills_wanted.emit("TH")
        settled(qtbot, page)
        assert page.stack.currentWidget() is page.bills
        assert page.bills.list.model.rowCount() == 1
        assert page.bills.head.value() == "TH"

    def test_after_the_year_s_roll_the_next_year_is_proposed(
        self, app: App, actor: ActorOf, opened: Opened, qtbot: QtBot
    ) -> None:
        app.execute(IssueRoll(head_code="TSC", period="2026"), actor(Role.REVENUE_OFFICER))
        page = opened()
        page.open_roll("TSC", "")
        assistant = page.assistant
        assert assistant is not None
        settled(qtbot, page)
        assert assistant.choice.period() == "2027"

    def test_whoever_changes_their_mind_issues_nothing(
        self, app: App, actor: ActorOf, opened: Opened, qtbot: QtBot
    ) -> None:
        objects(app, "property", [a_home(36000)])
        page = opened()
        page.open_roll("TSC", "2026")
        assistant = page.assistant
        assert assistant is not None
        settled(qtbot, page)
        assistant.steps.go_on()
        qtbot.waitUntil(lambda: assistant.preview.found is not None)
        assistant.steps.go_on()
        assistant.question.reject()
        assert assistant.steps.current == 1
        QTest.mouseClick(assistant.steps.cancel, Qt.MouseButton.LeftButton)
        assert page.stack.currentWidget() is page.heads
        assert app.read(Bills(), actor(Role.REVENUE_OFFICER)).count == 0

    def test_a_period_without_tariff_is_told_on_the_page(self, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.open_roll("ODP", "2026-T4")
        assistant = page.assistant
        assert assistant is not None
        settled(qtbot, page)
        assistant.preview.ask("ODP", "2019-T4", assistant.choice.words())
        settled(qtbot, page)
        assert "is in force on 01/10/2019" in rows(assistant.preview.problem)
        assert assistant.preview.found is None

    def test_the_rolls_are_listed_with_what_they_came_to(
        self, app: App, actor: ActorOf, opened: Opened, qtbot: QtBot
    ) -> None:
        page = opened()
        page.show_view("rolls")
        settled(qtbot, page)
        assert page.rolls.table.empty.isVisible()
        objects(app, "property", [a_home(36000)])
        app.execute(IssueRoll(head_code="TSC", period="2026"), actor(Role.REVENUE_OFFICER))
        page.reload()
        settled(qtbot, page)
        roll = page.rolls.table.model.row(0)
        assert roll is not None
        assert (roll.period, roll.state, roll.amount) == ("2026", "issued", Money(945_00))
        page.rolls.table.opened.emit(roll)
        settled(qtbot, page)
        assert page.stack.currentWidget() is page.bills


class TestBills:
    @pytest.fixture
    def amina(self, app: App, actor: ActorOf) -> int:
        taxpayer_id = a_taxpayer(app)
        objects(app, "property", [a_home(36000), a_home(20000)], taxpayer_id=taxpayer_id)
        app.execute(IssueRoll(head_code="TSC", period="2026"), actor(Role.REVENUE_OFFICER))
        return taxpayer_id

    def test_a_scanned_bill_stands_in_front_with_its_computation(
        self, app: App, actor: ActorOf, amina: int, opened: Opened, qtbot: QtBot
    ) -> None:
        number = app.read(Bills(), actor(Role.CLERK)).rows[1].number
        page = opened()
        page.open(Scanned(BILL_NUMBER, number))
        settled(qtbot, page)
        assert page.bills.list.model.rowCount() == 1
        qtbot.waitUntil(lambda: "945.00" in rows(page.bills.detail.lines))
        card = rows(page.bills.detail)
        for part in (
            "Municipal services tax 2026",
            "Amina Bennani",
            number,
            "not yet due",
            "9,000.00 × 10.5%",
        ):
            assert part in card or part == "not yet due", part
        assert page.bills.detail.state.text == "not yet due"
        assert not page.bills.detail.pay.isVisible()  # a revenue officer takes no money

    def test_a_bill_lists_its_instalments(
        self, app: App, actor: ActorOf, opened: Opened, qtbot: QtBot, clock: FixedClock
    ) -> None:
        in_quarters(app, "TSC")
        objects(app, "property", [a_home(36000)])
        app.execute(IssueRoll(head_code="TSC", period="2027"), actor(Role.REVENUE_OFFICER))
        clock.instant = datetime(2027, 4, 12, 9, tzinfo=UTC)
        clerk = actor(Role.CLERK)
        (bill,) = app.read(Bills(), clerk).rows
        pay(app, clerk, an_open_desk(app, clerk), issued(app, bill.bill_id), amount="300")
        page = opened()
        page.show_bills()
        settled(qtbot, page)
        page.bills.list.select(0)
        settled(qtbot, page)

        card = page.bills.detail
        # 35.44 of penalty and the first quarter; the rest of the money went to the second.
        assert rows(card.instalments) == (
            "Due on | Amount | Left | State | 31/03/2027 | 236.25 | 0.00 | 30/06/2027 | 236.25 | 207.94 | "
            "30/09/2027 | 236.25 | 236.25 | 31/12/2027 | 236.25 | 236.25"
        )
        states = [pill.text for pill in card.instalments.findChildren(Pill) if pill.isVisibleTo(card)]
        assert states == ["settled", "partly paid", "not yet due", "not yet due"]
        assert "Settled amount | 300.00" in rows(card)
        assert "To pay today | 680.44" in rows(card)

    def test_the_footer_sums_what_is_booked(
        self, app: App, actor: ActorOf, amina: int, opened: Opened, qtbot: QtBot
    ) -> None:
        page = opened()
        page.show_bills()
        settled(qtbot, page)
        answer = app.read(Bills(limit=1), actor(Role.CLERK))
        assert answer.total == Money(945_00 + 525_00)
        footer = rows(page.bills.list)
        for part in ("Total | 1,470.00", "Settled amount | 0.00", "Left to pay | 1,470.00 MAD"):
            assert part in footer, part

    def test_what_accrued_and_what_rests_have_columns_of_their_own(
        self, app: App, amina: int, opened: Opened, qtbot: QtBot, clock: FixedClock
    ) -> None:
        with working(app) as uow:
            grounds = Grounds(reason="Objection")
            suspend(uow, 1, grounds, since=date(2026, 11, 23), amount=Money(45_00))
        clock.instant = datetime(2027, 1, 5, 9, tzinfo=UTC)
        page = opened()
        page.show_bills()
        settled(qtbot, page)
        columns = {one.id: one for one in page.bills.list.model.columns}
        bills = [page.bills.list.model.row(position) for position in range(2)]
        assert [plain(columns["left"].text(bill)) for bill in bills if bill] == ["525.00", "945.00"]
        assert [columns["accrued"].text(bill) for bill in bills if bill] == ["78.75", "135.00"]
        assert [columns["suspended"].text(bill) for bill in bills if bill] == ["–", "45.00"]

    def test_the_states_filter(self, amina: int, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.show_bills(head="TSC")
        settled(qtbot, page)
        assert page.bills.list.model.rowCount() == 2
        page.bills.states.set_value("settled")
        page.bills.states.chosen.emit("settled")
        settled(qtbot, page)
        assert page.bills.list.model.rowCount() == 0
        assert page.bills.list.empty.isVisible()
        page.bills.states.set_value("open")
        page.bills.states.chosen.emit("open")
        settled(qtbot, page)
        assert page.bills.list.model.rowCount() == 2

    def test_the_bill_is_printed_from_its_frozen_sheet_after_a_question(
        self, app: App, amina: int, opened: Opened, qtbot: QtBot
    ) -> None:
        page = opened()
        page.show_bills()
        settled(qtbot, page)
        page.bills.list.select(0)
        settled(qtbot, page)
        for answer in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
            assert happened(app)[-1] != "documents:document:printed"
            QTest.mouseClick(page.bills.detail.print, Qt.MouseButton.LeftButton)
            question = QApplication.activeModalWidget()
            assert question is not None
            QTest.keyClick(question, answer)
        settled(qtbot, page)
        assert happened(app)[-1] == "documents:document:printed"
        qtbot.waitUntil(lambda: hasattr(page.bills.detail, "preview"), timeout=PATIENCE)
        assert page.bills.detail.preview.isVisible()
        page.bills.detail.preview.close()

    def test_filters_survive_a_change_of_language(self, amina: int, opened: Opened, qtbot: QtBot) -> None:
        page = opened()
        page.show_view("bills")
        page.bills.listing.look_for("derb", head_code="TSC", state="open")
        settled(qtbot, page)
        remembered = page.memory()
        again = opened()
        again.recall(remembered)
        settled(qtbot, again)
        assert again.stack.currentWidget() is again.bills
        assert again.bills.listing.wanted() == Wanted("derb", {"head_code": "TSC", "state": "open"})
        assert again.bills.list.model.rowCount() == 2

    def test_the_counter_takes_over_to_be_paid(self, amina: int, opened: Opened, qtbot: QtBot) -> None:
        page = opened(Role.CLERK)
        page.show_bills()
        settled(qtbot, page)
        page.bills.list.select(0)
        settled(qtbot, page)
        with qtbot.waitSignal(page.shell.went) as went:
            QTest.mouseClick(page.bills.detail.pay, Qt.MouseButton.LeftButton)
        assert went.args is not None
        assert went.args[0] == "counter"
        assert went.args[1].number == page.bills.detail.bill.number  # type: ignore[union-attr]
