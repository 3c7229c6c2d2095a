"""Requests as a clerk handles them: found by name and year, paid at the counter, printed and handed over by key."""

from datetime import date, timedelta

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.civil_status.commands import Cause, DeliverRequest, PrepareRequest, RefuseRequest, Relation
from muniadmin.civil_status.names import REQUEST_NUMBER
from muniadmin.civil_status.reads import OneRequest, RequestDetail, Requests
from muniadmin.civil_status.rules import Step
from muniadmin.collection.reads import Receipts
from muniadmin.desktop.civil_status.request_dialog import RequestDialog
from muniadmin.desktop.civil_status.requests_page import RequestsPage
from muniadmin.desktop.collection import payment_panel
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.shell.navigation import Filtered, Scanned
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.taxpayers.commands import RegisterTaxpayer
from tests.builders import an_open_desk, everything, issued, money, pay
from tests.civil_status.builders import a_request, a_signed_act
from tests.collection.counter import at
from tests.desktop.conftest import Screen, closed, plain
from tests.towns import TownClock, actor_with

Key = Qt.Key


@pytest.fixture(autouse=True)
def _quick_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause after a scan is not waited for."""
    monkeypatch.setattr(payment_panel, "_SETTLE_MS", 0)


def opened(screen: Screen, role: Role = Role.CLERK) -> RequestsPage:
    """The page in front of the town's user with this role."""
    return screen.opened("civil_status", RequestsPage, role)


def the_form(screen: Screen, page: RequestsPage) -> RequestDialog:
    """The form of a new request."""
    page.new.click()
    screen.settle()
    assert page.dialog is not None
    return page.dialog


def found(screen: Screen, form: RequestDialog, typed: str) -> None:
    """What is typed is looked for, and the first act taken."""
    screen.type_here(typed)
    screen.press_here(Key.Key_Return)
    assert not form.form.fields["act_id"].problem()


def detail(app: App, number: str) -> RequestDetail:
    return app.read(OneRequest(number=number), everything(app))


def numbers(app: App) -> list[str]:
    return [row.number for row in app.read(Requests(state=None, sort="number"), everything(app)).rows]


@pytest.mark.parametrize(
    ("day", "relation", "requester"),
    [
        (date(2044, 3, 13), Relation.PARENT, "BENNANI Karim"),
        (date(2044, 3, 14), Relation.SELF, "BENNANI Yasmine"),
    ],
    ids=["a day before", "of age"],
)
def test_whoever_is_of_age_asks_for_their_own_extract(
    app: App, clock: TownClock, screen: Screen, day: date, relation: Relation, requester: str
) -> None:
    """From the birthday on; for a child a parent does."""
    a_signed_act(app, everything(app))
    at(clock, day)
    form = the_form(screen, opened(screen))
    found(screen, form, "yasm benn 2026")
    assert form.relation.value() is relation
    assert form.requester.text() == requester


@pytest.mark.parametrize("copies", ["0", "21", "two"])
def test_copies_that_cannot_be_are_said_and_cost_nothing(app: App, screen: Screen, copies: str) -> None:
    a_signed_act(app, everything(app))
    form = the_form(screen, opened(screen))
    found(screen, form, "yasm benn 2026")
    form.identifier.setText("CIN A123456")
    form.copies.selectAll()
    form.copies.setFocus()
    form.copies.clear()
    screen.type_here(copies)
    form.submit()
    screen.settle()
    assert form.isVisible()
    assert form.form.fields["copies"].error.text()
    assert form.fee.text() == ""
    assert numbers(app) == []


class TestAWholeRequest:
    def test_an_extract_takes_ten_keys_and_the_names(self, app: App, screen: Screen) -> None:
        """Requester typed, act found by name and year, two copies, paid, printed: 10 keys + names."""
        clerk = actor_with(app, Role.CLERK)
        an_open_desk(app, clerk)
        a_signed_act(app, everything(app))
        page = opened(screen)
        keys = 0

        def press(*wanted: Key) -> None:
            nonlocal keys
            keys += len(wanted)
            screen.press_here(*wanted)

        keys += 1
        page.new.click()  # Ctrl+N
        screen.settle()
        form = page.dialog
        assert form is not None
        assert form.act.hasFocus()
        screen.type_here("yasm benn 2026")
        press(Key.Key_Return)
        assert form.requester.text() == "BENNANI Karim"
        assert form.identifier.hasFocus()
        screen.type_here("CIN A123456")
        press(Key.Key_Tab)
        assert form.copies.hasFocus()
        press(Key.Key_2)
        assert "4.00 MAD" in plain(form.fee.text())
        press(Key.Key_Return)

        screen.back()
        counter = screen.shows(CounterPage)
        assert plain(counter.panel.to_pay.figure.text()) == "4.00"
        press(Key.Key_Return)
        assert app.read(Receipts(), everything(app)).total == money("4")

        keys += 1
        screen.frame.go("civil_status")  # F8
        screen.settle()
        assert page.list.view.hasFocus()
        keys += 1
        page.detail.primary.click()  # Ctrl+Return
        screen.settle()
        assert "Hand the extract over to BENNANI Karim?" in screen.texts(screen.dialog())
        press(Key.Key_Return)
        (number,) = numbers(app)
        assert detail(app, number).row.state == "delivered"
        assert detail(app, number).prints == 1
        assert page.document is not None
        assert page.document.isVisible()
        press(Key.Key_Return)
        assert closed(page.document)
        assert keys <= 10

    def test_the_printed_extract_has_a_page_for_every_copy(self, app: App, screen: Screen) -> None:
        clerk = actor_with(app, Role.CLERK)
        asked = a_request(app, clerk, document_code="birth_extract", copies=3)
        page = opened(screen)
        page.preview()
        screen.settle()
        assert page.document is not None
        pdf = page.document.preview._pdf
        assert len(pypdfium2.PdfDocument(pdf)) == 3
        page.document.done(0)
        assert detail(app, asked.number).extract_number == ""

    def test_an_issued_extract_is_looked_at_as_it_is_and_leaves_on_paper_by_its_own_key_alone(
        self, app: App, screen: Screen
    ) -> None:
        """What is not issued yet says that it is a specimen; a real paper never does."""
        registrar = actor_with(app, Role.REGISTRAR)
        asked = a_request(app, registrar)
        session = an_open_desk(app, actor_with(app, Role.CLERK))
        assert asked.taken.bill_id is not None
        pay(app, actor_with(app, Role.CLERK), session, issued(app, asked.taken.bill_id))
        page = opened(screen)
        for is_issued in (False, True):
            page.detail.preview_button.click()
            screen.settle()
            document = page.document
            assert document is not None
            text = pypdfium2.PdfDocument(document.preview.pdf)[0].get_textpage().get_text_range()
            assert ("SPÉCIMEN" in text) is not is_issued
            buttons = {one.text() for one in document.findChildren(Button) if one.isVisible()}
            assert ({"Save…", "Print"} <= buttons) is not is_issued
            assert ("on the screen only" in screen.texts(document)) is is_issued
            document.done(0)
            if not is_issued:
                app.execute(PrepareRequest(number=asked.number), registrar)
                page.reload()
                screen.settle()


class TestTheForm:
    def test_the_first_act_that_fits_is_in_hand_and_arrows_choose_another(
        self, app: App, screen: Screen, qtbot: QtBot
    ) -> None:
        for name in ("Yasmine", "Yassir"):
            a_signed_act(app, everything(app), child_given_names=name)
        page = opened(screen)
        form = the_form(screen, page)
        screen.type_here("yassi")
        screen.press_here(Key.Key_Return)
        assert form.act.text().startswith("BENNANI Yassir")
        form.act.setFocus()
        form.act.selectAll()
        screen.type_here("bennani")
        qtbot.waitUntil(lambda: form.search.is_current)
        first = form.matches.current()
        screen.press_here(Key.Key_Down)
        second = form.matches.current()
        assert first is not None
        assert second is not None
        assert first.act_id != second.act_id
        screen.press_here(Key.Key_Return)
        assert form.act.text().startswith(second.name)

    def test_whoever_goes_on_by_tab_takes_the_only_act_that_fits(
        self, app: App, screen: Screen, qtbot: QtBot
    ) -> None:
        """It was listed and marked; “there is no such act” would be wrong."""
        a_signed_act(app, everything(app))
        page = opened(screen)
        form = the_form(screen, page)
        screen.type_here("yasmine")
        screen.press_here(Key.Key_Tab)
        qtbot.waitUntil(lambda: form.act.text().startswith("BENNANI Yasmine"))
        assert form.form.fields["act_id"].error.isHidden()
        assert form.relation.hasFocus()

    def test_among_several_acts_one_is_chosen_and_that_is_said(
        self, app: App, screen: Screen, qtbot: QtBot
    ) -> None:
        for name in ("Yasmine", "Yassir"):
            a_signed_act(app, everything(app), child_given_names=name)
        page = opened(screen)
        form = the_form(screen, page)
        screen.type_here("bennani")
        qtbot.waitUntil(lambda: form.search.is_current)
        screen.press_here(Key.Key_Tab)
        assert "Choose one in the list" in form.form.fields["act_id"].error.text()
        assert form.act.text() == "bennani"

    def test_what_the_requester_is_stays_as_it_was_chosen(self, app: App, screen: Screen) -> None:
        a_signed_act(app, everything(app))
        page = opened(screen)
        form = the_form(screen, page)
        form.relation.setFocus()
        while form.relation.value() is not Relation.REPRESENTATIVE:
            screen.press_here(Key.Key_Down)
        form.act.setFocus()
        found(screen, form, "yasmine")
        assert form.relation.value() is Relation.REPRESENTATIVE
        assert form.mandate.isVisible()

    def test_a_form_that_began_with_an_act_closes_without_a_question(self, app: App, screen: Screen) -> None:
        """Nothing was typed."""
        act = a_signed_act(app, everything(app))
        page = opened(screen)
        form = the_form(screen, page)
        form.choose(act.act_id)
        screen.settle()
        assert form.act.text().startswith("BENNANI Yasmine")
        assert not form.dirty()
        form.identifier.setText("CIN A1")
        assert form.dirty()

    def test_a_name_nobody_bears_is_said_beside_the_field(self, app: App, screen: Screen) -> None:
        page = opened(screen)
        form = the_form(screen, page)
        screen.type_here("nobody")
        screen.press_here(Key.Key_Return)
        assert "no such act" in form.form.fields["act_id"].error.text()
        assert form.act.text() == "nobody"

    def test_what_is_wrong_is_said_beside_the_fields_and_nothing_is_lost(
        self, app: App, screen: Screen
    ) -> None:
        a_signed_act(app, everything(app))
        page = opened(screen)
        form = the_form(screen, page)
        found(screen, form, "yasmine")
        form.identifier.setText("CIN A1")
        for copies in ("99", "9" * 5_000, "²"):
            form.copies.setText(copies)
            form.submit()
            assert "from 1 to 20" in form.form.fields["copies"].error.text()
        form.copies.setText("1")
        form.relation.set_value(Relation.OTHER)
        form.submit()
        screen.settle()
        assert "mandate" in form.form.fields["relation"].error.text()
        assert form.isVisible()
        assert form.identifier.text() == "CIN A1"
        assert numbers(app) == []

    def test_whoever_acts_for_another_gives_the_mandate(self, app: App, screen: Screen) -> None:
        a_signed_act(app, everything(app))
        page = opened(screen)
        form = the_form(screen, page)
        found(screen, form, "yasmine")
        assert not form.mandate.isVisible()
        form.relation.set_value(Relation.REPRESENTATIVE)
        form._on_relation()
        assert form.mandate.isVisible()
        assert form.requester.text() == ""
        form.requester.setText("Me Alami")
        form.identifier.setText("CIN B77")
        form.submit()
        assert "required" in form.form.fields["mandate"].error.text()
        form.mandate.setText("Procuration 12/2026")
        form.submit()
        screen.settle()
        (number,) = numbers(app)
        assert detail(app, number).mandate == "Procuration 12/2026"

    def test_the_papers_are_those_of_whoever_was_scanned_last(self, app: App, screen: Screen) -> None:
        a_signed_act(app, everything(app))
        first, second, without = (
            app.execute(
                RegisterTaxpayer(kind="person", name=name, identifiers=papers), everything(app)
            ).outcome.number
            for name, papers in (
                ("Hind Alami", {"cin": "A100001"}),
                ("Omar Tazi", {"cin": "B200002"}),
                ("Ali Amrani", {}),
            )
        )
        page = opened(screen)
        form = the_form(screen, page)
        found(screen, form, "yasmine")
        for number, name, papers in (
            (first, "Hind Alami", "CIN A100001"),
            (second, "Omar Tazi", "CIN B200002"),
            (without, "Ali Amrani", ""),
        ):
            form.requester.setFocus()
            form.requester.selectAll()
            screen.type_here(number)
            screen.press_here(Key.Key_Tab)
            screen.settle()
            assert form.requester.text().casefold() == name.casefold()
            assert papers.split()[-1:] == form.identifier.text().split()[-1:]
        form.identifier.setText("Passport 77")
        form.requester.setFocus()
        form.requester.selectAll()
        screen.type_here(first)
        screen.press_here(Key.Key_Tab)
        screen.settle()
        assert form.identifier.text() == "Passport 77"

    def test_a_name_that_is_not_on_the_act_is_asked_about(self, app: App, screen: Screen) -> None:
        a_signed_act(app, everything(app))
        page = opened(screen)
        form = the_form(screen, page)
        found(screen, form, "yasmine")
        form.requester.setText("Ali Tazi")
        form.identifier.setText("CIN C9")
        form.submit()
        screen.settle()
        question = screen.dialog()
        assert isinstance(question, ConfirmDialog)
        assert "Ali Tazi" in screen.texts(question)
        assert numbers(app) == []
        question.submit()
        screen.settle()
        assert len(numbers(app)) == 1

    def test_closing_a_begun_form_asks_first(self, app: App, screen: Screen) -> None:
        page = opened(screen)
        form = the_form(screen, page)
        assert not form.dirty()
        screen.type_here("yasm")
        form.reject()
        screen.settle()
        assert form.isVisible()
        assert isinstance(screen.dialog(), ConfirmDialog)

    def test_a_free_hand_for_the_registrar_who_takes_no_money(self, app: App, screen: Screen) -> None:
        a_signed_act(app, everything(app))
        page = opened(screen, Role.REGISTRAR)
        form = the_form(screen, page)
        found(screen, form, "yasmine")
        form.identifier.setText("CIN A1")
        form.submit()
        screen.settle()
        assert screen.page is page
        assert page.detail.case is not None
        assert page.detail.case.row.due == Money(200)
        assert page.detail.primary_word() == ""


class TestTheWorkList:
    def test_what_is_due_first_stands_on_top_and_late_is_red(
        self, app: App, screen: Screen, clock: FixedClock
    ) -> None:
        clerk, act = actor_with(app, Role.CLERK), a_signed_act(app, everything(app))
        slow = a_request(app, clerk, act, document_code="individual_record")
        fast = a_request(app, clerk, act)
        clock.instant += timedelta(hours=3)
        page = opened(screen)
        rows = [page.list.model.row(n) for n in range(2)]
        assert [row.number for row in rows if row] == [fast.number, slow.number]
        assert page.list.current() is not None
        assert "Late" in screen.texts(page.list)
        page.late.click()
        screen.settle()
        assert page.list.model.rowCount() == 1

    def test_a_scanned_number_opens_its_request(self, app: App, screen: Screen) -> None:
        clerk, act = actor_with(app, Role.CLERK), a_signed_act(app, everything(app))
        asked = a_request(app, clerk, act)
        a_request(app, clerk, act)
        page = opened(screen)
        page.open(Scanned(REQUEST_NUMBER, asked.number))
        screen.settle()
        assert page.detail.case is not None
        assert page.detail.case.row.number == asked.number

    def test_the_rows_behind_a_figure(self, app: App, screen: Screen) -> None:
        clerk = actor_with(app, Role.CLERK)
        asked = a_request(app, clerk)
        page = opened(screen)
        page.open(Filtered({"state": "delivered"}))
        screen.settle()
        assert page.list.model.rowCount() == 0
        page.open(Filtered({"state": "received"}))
        screen.settle()
        assert page.list.current() is not None
        assert page.list.current().number == asked.number  # type: ignore[union-attr]

    def test_an_empty_list_says_so_and_shows_all_on_demand(self, app: App, screen: Screen) -> None:
        clerk = actor_with(app, Role.CLERK)
        asked = a_request(app, clerk)
        app.execute(RefuseRequest(number=asked.number, reason="Not on the register."), clerk)
        page = opened(screen)
        assert "Nobody is waiting" in screen.texts(page)
        page.search.setText("zzz")
        page.listing.ask()
        screen.settle()
        assert "Nothing matches" in screen.texts(page)
        page.listing.fill.click()
        screen.settle()
        assert "Nobody is waiting" in screen.texts(page)
        page.listing.fill.click()
        screen.settle()
        assert [row.number for row in page.list.model.at_hand()] == [asked.number]

    def test_where_there_was_no_request_yet_nothing_else_is_offered(self, screen: Screen) -> None:
        page = opened(screen)
        assert page.listing.fill.isVisible()
        page.listing.fill.click()
        screen.settle()
        assert "No request yet" in screen.texts(page)
        assert not page.listing.fill.isVisible()


class TestSteps:
    def test_nothing_is_handed_over_before_it_is_paid(self, app: App, screen: Screen) -> None:
        a_request(app, actor_with(app, Role.CLERK))
        page = opened(screen)
        assert page.detail.primary_word() == "Take payment"
        page.detail.do_primary()
        screen.settle()
        assert isinstance(screen.page, CounterPage)

    def test_an_error_goes_back_with_its_cause(self, app: App, screen: Screen) -> None:
        asked = a_request(app, actor_with(app, Role.CLERK))
        app.execute(PrepareRequest(number=asked.number), actor_with(app, Role.CLERK))
        page = opened(screen)
        dialog = page.open_rework()
        assert dialog is not None
        dialog.submit()
        assert dialog.isVisible()
        dialog.cause.set_value(Cause.DATA_ENTRY)
        dialog.note.setPlainText("Mother's name")
        dialog.submit()
        screen.settle()
        assert closed(dialog)
        assert detail(app, asked.number).row.state == "in_process"
        assert "Data-entry error · Mother's name" in screen.texts(page.detail)

    def test_a_refusal_needs_a_reason_and_annuls_the_fee(self, app: App, screen: Screen) -> None:
        asked = a_request(app, actor_with(app, Role.CLERK))
        page = opened(screen)
        dialog = page.open_refuse()
        assert dialog is not None
        assert "4.00 MAD" in screen.texts(dialog)
        dialog.submit()
        assert dialog.isVisible()
        dialog.reason.setPlainText("No papers")
        dialog.submit()
        screen.settle()
        assert detail(app, asked.number).row.state == "refused"
        assert page.detail.primary_word() == ""

    def test_a_second_print_is_a_duplicate(self, app: App, screen: Screen) -> None:
        registrar = actor_with(app, Role.REGISTRAR)
        asked = a_request(app, registrar)
        session = an_open_desk(app, actor_with(app, Role.CLERK))
        assert asked.taken.bill_id is not None
        pay(app, actor_with(app, Role.CLERK), session, issued(app, asked.taken.bill_id))
        app.execute(PrepareRequest(number=asked.number), registrar)
        app.execute(DeliverRequest(number=asked.number), registrar)
        page = opened(screen)
        page.open(Scanned(REQUEST_NUMBER, asked.number))
        screen.settle()
        for question, word, wanted in (
            (f"Print the extract of request {asked.number}?", "Print", ""),
            (f"Print the extract of request {asked.number} again?", "Print a duplicate", "DUPLICAT"),
        ):
            assert page.detail.primary_word() == word
            printed = detail(app, asked.number).prints
            page.detail.do_primary()
            screen.settle()
            assert question in screen.texts(screen.dialog())
            assert detail(app, asked.number).prints == printed
            screen.press_here(Key.Key_Return)
            assert detail(app, asked.number).prints == printed + 1
            assert page.document is not None
            text = pypdfium2.PdfDocument(page.document.preview._pdf)[0].get_textpage().get_text_range()
            assert wanted in text
            page.document.done(0)
        dialog = page.open_deliveries()
        screen.settle()
        assert dialog.list.model.rowCount() == 1

    def test_issuing_and_handing_over_ask_once(self, app: App, screen: Screen) -> None:
        registrar = actor_with(app, Role.REGISTRAR)
        asked = a_request(app, registrar)
        session = an_open_desk(app, actor_with(app, Role.CLERK))
        assert asked.taken.bill_id is not None
        pay(app, actor_with(app, Role.CLERK), session, issued(app, asked.taken.bill_id))
        page = opened(screen)
        for step, before, question, after in (
            (Step.PREPARE, "received", "Issue the extract for", "ready"),
            (Step.DELIVER, "ready", "Hand the extract over to", "delivered"),
        ):
            for key, state in ((Key.Key_Escape, before), (Key.Key_Return, after)):
                page.take_step(step.value)
                screen.settle()
                assert question in screen.texts(screen.dialog())
                assert detail(app, asked.number).row.state == before
                screen.press_here(key)
                assert detail(app, asked.number).row.state == state

    def test_somebody_who_only_looks_may_do_nothing(self, app: App, screen: Screen) -> None:
        a_request(app, everything(app))
        page = opened(screen, Role.MANAGER)
        assert not page.new.isVisible()
        assert not page.detail.primary.isVisible()
        assert not page.detail.more.isVisible()
        assert page.detail.preview_button.isVisible()


def test_the_filters_survive_a_change_of_language(app: App, screen: Screen) -> None:
    a_request(app, actor_with(app, Role.CLERK))
    page = opened(screen)
    page.state.set_value(None)
    page.search.setText("yasmine")
    page.listing.ask()
    screen.settle()
    screen.window.set_language("fr")
    screen.settle()
    again = screen.shows(RequestsPage)
    assert again is not page
    assert again.search.text() == "yasmine"
    assert again.state.value() is None
    assert again.list.model.rowCount() == 1


def test_every_action_has_its_key_or_stands_in_the_palette(app: App, screen: Screen) -> None:
    a_request(app, actor_with(app, Role.CLERK))
    page = opened(screen)
    titles = {action.title for action in page.actions_offered()}
    assert {"New request", "Register of deliveries", "Take payment", "Refuse the request…"} <= titles
    assert QApplication.focusWidget() is not None
    assert page.findChildren(QShortcut)
