"""Fines as an officer and a clerk use them: captured by keyboard, found, paid, printed, voided; on a real town."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, suspend
from muniadmin.billing.models import Tender
from muniadmin.collection.commands import ReturnTender
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.fines.capture_dialog import CaptureDialog, offences_matching
from muniadmin.desktop.fines.fines_page import FinesPage
from muniadmin.desktop.shell.navigation import Filtered, Scanned
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.widgets.dialogs import ApprovalDialog, ConfirmDialog
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.fines.commands import CaptureFine, IssueFineNotice
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.fines.reads import FineRow, Fines, FinesOfPlate, Offences
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import a_taxpayer, an_open_desk, everything, money, pay
from tests.desktop.conftest import PATIENCE, Screen, closed, plain
from tests.desktop.slow_town import SlowTown
from tests.fines.builders import a_fine, a_vehicle, bill_of
from tests.fines.test_import import BAD, TICKETS, table
from tests.towns import OPENING, PASSWORD, TownClock, actor_with, user_name

Key = Qt.Key


def fines(app: App) -> list[FineRow]:
    return list(app.read(Fines(), everything(app)).rows)


@pytest.fixture
def slow(app: App, screen: Screen) -> Iterator[SlowTown]:
    """The town, whose answers come when the test says so."""
    assert screen.window.operations is not None
    town = SlowTown(app)
    screen.window.operations._door = town
    yield town
    town.end()


def opened(screen: Screen, role: Role = Role.FINES_OFFICER) -> FinesPage:
    """The page of fines in front of the town's user with this role."""
    return screen.opened("fines", FinesPage, role)


def capturing(screen: Screen, page: FinesPage) -> CaptureDialog:
    """The form for a new fine, opened by its key."""
    page.new.click()
    screen.settle()
    dialog = page.capture
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def listed(page: FinesPage) -> list[str]:
    """The plates in the list."""
    model = page.list.model
    return [model.data(model.index(row, 0)) for row in range(model.rowCount())]


def choose(screen: Screen, chip: MenuChip[str], text: str) -> None:
    """Chooses in a filter's menu."""
    menu = chip.menu_of_choices()
    next(action for action in menu.actions() if action.text() == text).trigger()
    screen.settle()


class TestCapture:
    def test_fields_and_two_keys(self, app: App, screen: Screen) -> None:
        page = opened(screen)
        assert "No fine yet" in screen.texts(page)
        dialog = capturing(screen, page)
        assert dialog.plate.hasFocus()
        screen.type_here("12345-a-15")
        screen.press_here(Key.Key_Return)
        assert dialog.offence.hasFocus()
        assert "no fines" in dialog.vehicle_pill.text
        screen.type_here("pavement")
        assert plain(dialog.costs.text()) == (
            "It costs 150.00 MAD until 24/11/2026, then 200.00 until 08/12/2026, then 300.00."
        )
        screen.press_here(Key.Key_Return)
        assert dialog.offence.text() == "S04 · Parking on the pavement"
        screen.type_here("Avenue Hassan II")
        screen.press_here(Key.Key_Return)
        screen.type_here("B-12")
        screen.press_here(Key.Key_Return)
        assert "P-2026-000001" in dialog.recorded.text()
        assert "150.00 MAD" in plain(dialog.recorded.text())

        # Officer and place stay: from the second fine on it is plate, Enter, offence, Enter.
        assert dialog.plate.hasFocus()
        screen.type_here("777 b 6")
        screen.press_here(Key.Key_Return)
        screen.type_here("s09")
        screen.press_here(Key.Key_Return)
        found = fines(app)
        assert [(row.plate, row.offence_code, row.officer, row.place) for row in found] == [
            ("777 B 6", "S09", "B-12", "Avenue Hassan II"),
            ("12345-A-15", "S04", "B-12", "Avenue Hassan II"),
        ]
        assert all(row.committed_at == OPENING for row in found)
        screen.press_here(Key.Key_Escape)
        assert closed(dialog)
        assert listed(page) == ["777 B 6", "12345-A-15"]

    def test_what_is_known_of_the_vehicle_is_shown_while_typing(self, app: App, screen: Screen) -> None:
        officer = actor_with(app, Role.FINES_OFFICER)
        a_vehicle(app, a_taxpayer(app), "12345-A-15", started_on=(OPENING - timedelta(days=900)).date())
        a_fine(app, officer, committed_at=OPENING - timedelta(days=3))
        dialog = capturing(screen, opened(screen))
        screen.type_here("12345A15")
        screen.press_here(Key.Key_Return)
        assert dialog.vehicle_pill.text == "1 unpaid"
        assert "Amina Bennani" in dialog.vehicle.text()
        assert "200.00 MAD to pay" in plain(dialog.vehicle.text())

    def test_on_its_last_day_the_reduced_amount_is_still_what_it_costs(
        self, app: App, screen: Screen
    ) -> None:
        """The day after it is gone."""
        dialog = capturing(screen, opened(screen))
        for day, costs in (
            (
                "22/11/2026",
                "It costs 150.00 MAD until 23/11/2026, then 200.00 until 07/12/2026, then 300.00.",
            ),
            ("21/11/2026", "It costs 200.00 MAD until 06/12/2026, then 300.00."),
        ):
            dialog.day.setFocus()
            dialog.day.selectAll()
            screen.type_here(day)
            dialog.offence.setFocus()
            screen.type_here("s04")
            screen.press_here(Key.Key_Return)
            assert plain(dialog.costs.text()) == costs

    def test_what_is_known_of_a_plate_does_not_stand_beside_another_one(
        self, app: App, screen: Screen, slow: SlowTown, qtbot: QtBot
    ) -> None:
        """The answer comes when the plate is taken out again."""
        a_fine(app, actor_with(app, Role.FINES_OFFICER), committed_at=OPENING - timedelta(days=3))
        dialog = capturing(screen, opened(screen))
        slow.hold(FinesOfPlate)
        qtbot.keyClicks(dialog.plate, "12345A15")
        qtbot.keyClick(dialog.plate, Key.Key_Tab)
        qtbot.waitUntil(lambda: slow.waiting == 1, timeout=PATIENCE)
        dialog.plate.setFocus()
        dialog.plate.selectAll()
        qtbot.keyClick(dialog.plate, Key.Key_Backspace)
        qtbot.keyClick(dialog.plate, Key.Key_Tab)
        slow.answer(FinesOfPlate)
        screen.settle()
        assert dialog.vehicle_pill.text == ""
        assert dialog.vehicle.text() == "Type the plate to see what there is of it."

    def test_the_next_fine_is_not_lost_to_a_second_enter_for_the_one_before(
        self, app: App, screen: Screen, slow: SlowTown, qtbot: QtBot
    ) -> None:
        """Both are the same fine; the second answer comes while the next plate is typed."""
        dialog = capturing(screen, opened(screen))
        for text in ("12345-a-15", "s04", "Avenue Hassan II"):
            screen.type_here(text)
            screen.press_here(Key.Key_Return)
        screen.type_here("B-12")
        slow.hold(CaptureFine)
        for _enter in range(2):
            qtbot.keyClick(dialog.officer, Key.Key_Return)
        qtbot.waitUntil(lambda: slow.waiting == 1, timeout=PATIENCE)
        slow.answer_one(CaptureFine)
        qtbot.waitUntil(lambda: "P-2026-000001" in dialog.recorded.text(), timeout=PATIENCE)
        qtbot.keyClicks(dialog.plate, "777 b 6")
        slow.answer(CaptureFine)
        screen.settle()
        assert dialog.plate.text() == "777 b 6"
        assert len(fines(app)) == 1

    def test_arrows_and_page_keys_choose_among_the_offences(self, app: App, screen: Screen) -> None:
        dialog = capturing(screen, opened(screen))
        dialog.offence.setFocus()
        screen.type_here("s0")
        screen.press_here(Key.Key_Down, Key.Key_Down)
        assert dialog.offence.text() == "s0"
        assert "It costs" in dialog.costs.text()
        screen.press_here(Key.Key_PageDown, Key.Key_PageUp, Key.Key_Down)
        assert dialog.matches.current() is not None
        screen.press_here(Key.Key_Return)
        assert dialog.offence.text().startswith("S02")
        assert dialog.place.hasFocus()

    def test_leaving_the_field_takes_what_is_marked_and_another_text_gives_it_up(
        self, app: App, screen: Screen
    ) -> None:
        dialog = capturing(screen, opened(screen))
        dialog.offence.setFocus()
        screen.press_here(Key.Key_Tab)
        assert dialog.offence.text() == ""
        dialog.offence.setFocus()
        screen.type_here("s09")
        screen.press_here(Key.Key_Tab)
        assert dialog.offence.text().startswith("S09 ·")
        dialog.offence.setFocus()
        screen.type_here("zzz")
        assert dialog.costs.text() == ""
        for field, text in ((dialog.place, "Rue"), (dialog.officer, "B-7")):
            field.setFocus()
            screen.type_here(text)
        screen.press_here(Key.Key_Return)
        assert fines(app) == []
        assert "no offence “zzz”" in dialog.form.fields["offence_code"].error.text()

    def test_an_offence_typed_before_the_catalogue_is_here_is_waited_for(
        self, app: App, screen: Screen, qtbot: QtBot
    ) -> None:
        page = opened(screen)
        page.new.click()
        dialog = page.capture
        assert dialog is not None
        dialog.offence.setFocus()
        qtbot.keyClicks(dialog.offence, "s09")
        qtbot.keyClick(dialog.offence, Key.Key_Return)
        assert dialog.form.fields["offence_code"].error.isHidden()
        screen.settle()
        assert dialog.offence.text().startswith("S09 ·")

    def test_an_earlier_moment_counts(self, app: App, screen: Screen) -> None:
        dialog = capturing(screen, opened(screen))
        for field, text in (
            (dialog.plate, "A 1"),
            (dialog.offence, "s01"),
            (dialog.place, "Rue"),
            (dialog.officer, "B-7"),
            (dialog.time, "905"),
        ):
            field.setFocus()
            screen.type_here(text)
        dialog.day.setFocus()
        dialog.day.setText("31/10/26")
        screen.press_here(Key.Key_Return)
        row = fines(app)[0]
        assert (row.committed_at.isoformat(), row.state) == ("2026-10-31T08:05:00+00:00", "open")

    def test_mistakes_are_told_beside_their_fields_and_nothing_is_lost(
        self, app: App, screen: Screen
    ) -> None:
        dialog = capturing(screen, opened(screen))
        for field, text in (
            (dialog.plate, "A 1"),
            (dialog.offence, "zzz"),
            (dialog.place, "Rue"),
            (dialog.officer, "B-7"),
            (dialog.time, "2575"),
        ):
            field.setFocus()
            screen.type_here(text)
        screen.press_here(Key.Key_Return)
        assert "no offence “zzz”" in dialog.form.fields["offence_code"].error.text()
        assert "“2575” is not a time" in dialog.form.fields["committed_at"].error.text()
        assert fines(app) == []
        assert (dialog.plate.text(), dialog.offence.text()) == ("A 1", "zzz")

        dialog.offence.setFocus()
        dialog.offence.selectAll()
        screen.type_here("s01")
        dialog.time.setFocus()
        dialog.time.setText("23:59")
        screen.press_here(Key.Key_Return)
        assert "future" in dialog.form.fields["committed_at"].error.text()
        assert fines(app) == []

    def test_an_unreadable_plate_and_a_second_fine_within_the_hour_are_asked_about(
        self, app: App, screen: Screen, qtbot: QtBot
    ) -> None:
        a_fine(app, actor_with(app, Role.FINES_OFFICER), "12345-A-15", committed_at=OPENING)
        dialog = capturing(screen, opened(screen))
        for field, text in (
            (dialog.plate, "blankplate"),
            (dialog.offence, "s01"),
            (dialog.place, "Rue"),
            (dialog.officer, "B-7"),
        ):
            field.setFocus()
            screen.type_here(text)
        screen.press_here(Key.Key_Return)
        question = screen.dialog()
        assert isinstance(question, ConfirmDialog)
        assert "“BLANKPLATE” is not a number plate" in question.heading.text()
        screen.press(question, Key.Key_Return)
        assert len(fines(app)) == 2

        dialog.plate.setFocus()
        screen.type_here("12345-A-15")
        dialog.offence.setFocus()
        screen.type_here("s01")
        screen.press_here(Key.Key_Return)
        question = screen.dialog()
        assert isinstance(question, ConfirmDialog)
        assert "already fined" in question.heading.text()
        screen.press(question, Key.Key_Escape)
        assert len(fines(app)) == 2
        assert dialog.plate.text() == "12345-A-15"

    def test_enter_pressed_twice_records_one_fine(
        self, app: App, screen: Screen, qtbot: QtBot, clock: TownClock
    ) -> None:
        dialog = capturing(screen, opened(screen))
        for field, text in (
            (dialog.plate, "A 1"),
            (dialog.offence, "s01"),
            (dialog.place, "Rue"),
            (dialog.officer, "B-7"),
        ):
            field.setFocus()
            screen.type_here(text)
        qtbot.keyClick(dialog.officer, Key.Key_Return)
        # Nobody typed a time, and the clock goes on in between.
        clock.instant += timedelta(minutes=1)
        qtbot.keyClick(dialog.officer, Key.Key_Return)
        screen.settle()
        assert [row.committed_at for row in fines(app)] == [OPENING]
        assert "P-2026-000001" in dialog.recorded.text()
        assert dialog.notice.isHidden()

    def test_half_a_fine_is_not_lost_without_asking(self, app: App, screen: Screen) -> None:
        dialog = capturing(screen, opened(screen))
        screen.type_here("A 1")
        screen.press_here(Key.Key_Escape)
        assert isinstance(screen.dialog(), ConfirmDialog)
        screen.press(screen.dialog(), Key.Key_Escape)
        assert dialog.isVisible()
        assert dialog.plate.text() == "A 1"
        dialog.plate.clear()
        dialog.reject()

    def test_offences_are_found_by_code_or_by_letters_of_any_language(self, app: App) -> None:
        catalogue = app.read(Offences(), everything(app))

        def codes(typed: str) -> list[str]:
            return [one.code for one in offences_matching(catalogue, typed)]

        assert codes("s07") == ["S07"]
        assert codes("trottoir") == ["S04"]
        assert codes("pieton") == codes("piéton") == ["S06"]
        assert codes("double file") == ["S03"]
        assert codes("وقوف خطير") == ["S09"]
        assert len(codes("")) == 11
        assert codes("zzz") == []


class TestTheList:
    def test_finds_filters_and_tells_what_is_left_to_pay(
        self, app: App, screen: Screen, qtbot: QtBot
    ) -> None:
        officer = actor_with(app, Role.FINES_OFFICER)
        a_fine(app, officer, "12345-A-15")
        a_fine(
            app,
            officer,
            "777-B-6",
            offence_code="S09",
            officer="B-7",
            committed_at=OPENING - timedelta(days=40),
        )
        page = opened(screen)
        assert listed(page) == ["12345-A-15", "777-B-6"]
        assert "Left as booked | 1,000.00 MAD" in screen.texts(page.list)
        page.search.setText("777")
        qtbot.waitUntil(lambda: listed(page) == ["777-B-6"])
        screen.settle()
        page.search.setText("nothing like it")
        qtbot.waitUntil(lambda: listed(page) == [])
        screen.settle()
        assert "Nothing matches" in screen.texts(page.list)
        page.search.clear()
        qtbot.waitUntil(lambda: len(listed(page)) == 2)
        choose(screen, page.state, "reduced")
        assert listed(page) == ["12345-A-15"]
        assert page.state.text() == "State: reduced"
        choose(screen, page.state, "All states")
        choose(screen, page.officer, "B-7")
        assert listed(page) == ["777-B-6"]
        choose(screen, page.officer, "All officers")
        choose(screen, page.period, "30 days")
        assert listed(page) == ["12345-A-15"]

    def test_the_rows_behind_a_figure(self, app: App, screen: Screen) -> None:
        officer = actor_with(app, Role.FINES_OFFICER)
        a_fine(app, officer, "12345-A-15")
        a_fine(app, officer, "777-B-6", offence_code="S09")
        page = opened(screen)
        screen.frame.go("fines", Filtered({"offence_code": "S09"}))
        screen.settle()
        assert listed(page) == ["777-B-6"]
        assert page.offence.text() == "Offence: S09 · Dangerous parking"

    def test_filters_survive_a_change_of_language(self, app: App, screen: Screen) -> None:
        a_fine(app, actor_with(app, Role.FINES_OFFICER), "12345-A-15")
        page = opened(screen)
        choose(screen, page.state, "reduced")
        screen.window.set_language("fr")
        screen.settle()
        again = screen.shows(FinesPage)
        assert again is not page
        assert again.state.value() == "discount"


class TestOneFine:
    def test_shows_what_it_costs_when_and_the_rest_of_the_plate(self, app: App, screen: Screen) -> None:
        officer = actor_with(app, Role.FINES_OFFICER)
        a_vehicle(app, a_taxpayer(app), "12345-A-15", started_on=(OPENING - timedelta(days=900)).date())
        a_fine(app, officer, "12345-A-15", offence_code="S03", committed_at=OPENING - timedelta(days=40))
        a_fine(app, officer, "12345 أ 15")
        page = opened(screen)
        words = screen.texts(page.detail)
        for expected in (
            "12345-A-15", "S01 · Parking where it is forbidden", "To pay today | 150.00", "Full amount | 300.00",
            "until 24/11/2026 | 150.00", "until 08/12/2026 | 200.00", "from then on | 300.00",
            "Double parking · 300.00", "Written down by officer B-12", "Last day of the reduced amount, then 200.00",
        ):  # fmt: skip
            assert expected in words
        assert plain(page.detail.all_of_plate.text()) == "2 fines of this plate, 450.00 MAD to pay"
        assert page.detail.owner.text() == "Amina Bennani"
        assert page.detail.pill.text == "reduced"
        page.detail.all_of_plate.click()
        screen.settle()
        assert page.search.text() == "12345-A-15"

    def test_on_its_last_day_the_reduced_amount_is_called_today_s(self, app: App, screen: Screen) -> None:
        a_fine(app, actor_with(app, Role.FINES_OFFICER), committed_at=OPENING - timedelta(days=1))
        words = screen.texts(opened(screen).detail)
        assert "today | 150.00 | until 07/12/2026 | 200.00" in words

    def test_is_paid_at_the_counter_on_its_number(self, app: App, screen: Screen) -> None:
        fine = a_fine(app, actor_with(app, Role.CLERK), "12345-A-15")
        page = opened(screen, Role.CLERK)
        page.detail.pay_button.click()
        screen.settle()
        counter = screen.shows(CounterPage)
        assert [bill.number for bill in counter.list.ticked()] == [fine.number]
        assert plain(counter.panel.to_pay.figure.text()) == "150.00"

    def test_partly_paid_it_stays_reduced_and_cannot_be_voided(self, app: App, screen: Screen) -> None:
        fine = a_fine(app, actor_with(app, Role.FINES_OFFICER), "12345-A-15")
        clerk = actor_with(app, Role.CLERK)
        paid = pay(app, clerk, an_open_desk(app, clerk), bill_of(app, fine), amount="100")
        page = opened(screen)
        words = screen.texts(page.detail)
        assert "To pay today | 50.00 | Full amount | 300.00 | Paid so far | 100.00" in words
        assert f"Payment of 100.00, receipt {paid.receipt_number}" in words
        assert page.detail.pill.text == "reduced"
        assert not page.detail.void_button.isEnabled()
        assert page.open_void() is None

    def test_a_payment_that_came_back_is_told(self, app: App, screen: Screen) -> None:
        fine = a_fine(app, actor_with(app, Role.FINES_OFFICER), "12345-A-15")
        clerk = actor_with(app, Role.CLERK)
        session = an_open_desk(app, clerk)
        paid = pay(app, clerk, session, bill_of(app, fine), channel="cheque", reference="7")
        with app.database.connect_to_read() as connection:
            tender_id = connection.execute(select(Tender.id)).scalar_one()
        app.execute(ReturnTender(tender_id=tender_id, reason="no cover"), everything(app))
        page = opened(screen)
        words = screen.texts(page.detail)
        assert f"Payment of receipt {paid.receipt_number} came back, 150.00 owed again" in words
        assert page.detail.void_button.isEnabled()

    def test_what_rests_is_told(self, app: App, screen: Screen) -> None:
        fine = a_fine(app, actor_with(app, Role.FINES_OFFICER), "12345-A-15")
        with unit_of_work(
            app.database, actor=everything(app), now=OPENING, municipality=app.municipality
        ) as uow:
            suspend(uow, bill_of(app, fine).bill_id, Grounds(reason="objection"), since=OPENING.date())
        page = opened(screen)
        assert "Suspended | 300.00" in screen.texts(page.detail)

    def test_a_scanned_notice_opens_it(self, app: App, screen: Screen) -> None:
        officer = actor_with(app, Role.FINES_OFFICER)
        fine = a_fine(app, officer, "12345-A-15")
        a_fine(app, officer, "777-B-6")
        page = opened(screen)
        screen.frame.go("fines", Scanned(FINE_NUMBER, fine.number))
        screen.settle()
        assert listed(page) == ["12345-A-15"]

    def test_its_notice_is_issued_after_a_question_and_shown_as_it_is_printed(
        self, app: App, screen: Screen
    ) -> None:
        a_fine(app, actor_with(app, Role.FINES_OFFICER), "12345-A-15")
        page = opened(screen)
        for answer in (Key.Key_Escape, Key.Key_Return):
            assert "Notice issued" not in screen.texts(page.detail)
            page.detail.print_button.click()
            assert "Print the notice of fine P-2026-000001" in screen.texts(screen.dialog())
            screen.press(screen.dialog(), answer)
        shown = screen.dialog()
        assert isinstance(shown, DocumentDialog)
        assert shown.windowTitle().startswith("Notice of fine P-2026-000001")
        shown.accept()
        assert "Notice issued" in screen.texts(page.detail)

    def test_no_notice_is_offered_of_a_fine_that_was_paid_without_one(self, app: App, screen: Screen) -> None:
        """The button says what the service does: a notice that exists is printed again whatever was paid."""
        officer = actor_with(app, Role.FINES_OFFICER)
        clerk = actor_with(app, Role.CLERK)
        session = an_open_desk(app, clerk)
        for plate, has_notice in (("12345-A-15", False), ("777-B-6", True)):
            fine = a_fine(app, officer, plate)
            if has_notice:
                app.execute(IssueFineNotice(number=fine.number), officer)
            pay(app, clerk, session, bill_of(app, fine))
            if screen.window.frame is None:
                opened(screen)
            screen.frame.go("fines", Scanned(FINE_NUMBER, fine.number))
            screen.settle()
            page = screen.shows(FinesPage)
            assert page.detail.print_button.isEnabled() is has_notice

    def test_is_voided_with_a_reason_and_a_second_person(self, app: App, screen: Screen) -> None:
        a_fine(app, actor_with(app, Role.FINES_OFFICER), "12345-A-15")
        page = opened(screen)
        page.detail.void_button.click()
        screen.settle()
        dialog = screen.dialog()
        assert isinstance(dialog, ApprovalDialog)
        assert "of 300.00 MAD?" in plain(dialog.heading.text())
        screen.type_here("Wrong plate")
        screen.press_here(Key.Key_Return)
        screen.type_here(user_name(Role.MANAGER))
        screen.press_here(Key.Key_Tab)
        screen.type_here("not the password")
        screen.press_danger(dialog)
        assert "wrong" in screen.texts(dialog)
        assert dialog.reason() == "Wrong plate"
        screen.type_here(PASSWORD)
        screen.press_danger(dialog)
        assert closed(dialog)
        row = fines(app)[0]
        assert (row.state, row.due) == ("void", money("0"))
        assert not page.detail.void_button.isEnabled()
        assert "Voided by Test fines officer: Wrong plate" in screen.texts(page.detail)

    def test_offers_only_what_the_role_may_do(self, app: App, screen: Screen) -> None:
        a_fine(app, actor_with(app, Role.FINES_OFFICER), "12345-A-15")
        page = opened(screen, Role.CLERK)
        assert page.new.isVisible()
        assert page.detail.pay_button.isVisible()
        assert not page.detail.void_button.isVisible()
        screen.window.sign_out()
        page = opened(screen, Role.MANAGER)
        assert not page.new.isVisible()
        assert not page.detail.pay_button.isVisible()
        assert not page.detail.print_button.isVisible()
        assert page.detail.void_button.isVisible()
        titles = [action.title for action in screen.frame.actions_offered()]
        assert "Void the fine" in titles
        assert "New fine" not in titles
        assert QApplication.activeModalWidget() is None


class TestImport:
    def test_a_file_in_four_steps(self, app: App, screen: Screen, qtbot: QtBot, tmp_path: Path) -> None:
        path = table(tmp_path, TICKETS + BAD)
        page = opened(screen)
        page.import_button.click()
        screen.settle()
        assistant = page.assistant
        assert assistant is not None
        assert not assistant.steps.next.isEnabled()
        assistant.file.look_at(str(path))
        screen.settle()
        assert "Officers’ devices" in screen.texts(assistant.file)
        assistant.steps.next.click()
        assert "nothing needs to be chosen" in screen.texts(assistant.columns)
        assert not assistant.columns.combos["plate"].isEnabled()
        assert assistant.columns.scroller.isEnabled()
        assistant.steps.next.click()
        qtbot.waitUntil(lambda: assistant.preview.report is not None)
        screen.settle()
        words = screen.texts(assistant.preview)
        assert "Added | 4 | Here already | 0 | Rejected | 7 | Left to pay | 1,360.00 MAD" in words
        assert assistant.steps.next.text() == "Import 4 lines"
        assert fines(app) == []
        assistant.steps.next.click()
        qtbot.waitUntil(lambda: assistant.run.report is not None)
        screen.settle()
        words = screen.texts(assistant.run)
        assert "tickets.csv has been imported." in words
        assert "Officer B-12: the numbers B12-0003 to B12-0004 are missing." in words
        assert "tickets-rejects.csv" in words
        assert len((tmp_path / "tickets-rejects.csv").read_text(encoding="utf-8-sig").splitlines()) == 8
        assistant.steps.next.click()
        screen.settle()
        assert page.assistant is None
        assert len(listed(page)) == 4

    def test_a_file_that_is_none_is_refused_in_words(self, app: App, screen: Screen, tmp_path: Path) -> None:
        path = tmp_path / "picture.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
        page = opened(screen)
        page.open_import()
        assistant = page.assistant
        assert assistant is not None
        assistant.file.look_at(str(path))
        screen.settle()
        assert "picture.png is not a table of text." in screen.texts(assistant.file)
        assert not assistant.steps.next.isEnabled()
        assistant.steps.cancel.click()
        screen.settle()
        assert page.assistant is None
        assert page.new.isVisible()

    def test_only_fines_officers_import(self, app: App, screen: Screen) -> None:
        assert not opened(screen, Role.CLERK).import_button.isVisible()


def test_seven_days_are_today_and_the_six_before(app: App, screen: Screen) -> None:
    officer = actor_with(app, Role.FINES_OFFICER)
    for days in (0, 6, 7):
        a_fine(app, officer, f"{days}234-A-15", committed_at=OPENING - timedelta(days=days))
    page = opened(screen)
    choose(screen, page.period, "7 days")
    assert listed(page) == ["0234-A-15", "6234-A-15"]
    choose(screen, page.period, "Today")
    assert listed(page) == ["0234-A-15"]
