"""The taxpayers page as clerks and officers use it: found, filtered, registered, changed, imported, exported."""

import csv
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.lists.listing import Filter
from muniadmin.desktop.shell.navigation import Filtered, New, Scanned, Searched
from muniadmin.desktop.taxpayers.object_dialog import EndObjectDialog, ObjectDialog
from muniadmin.desktop.taxpayers.taxpayer_form import TaxpayerForm
from muniadmin.desktop.taxpayers.taxpayers_page import TaxpayersPage
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.cards import Scroller
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.labels import Hairline, Text
from muniadmin.desktop.widgets.many_chip import ManyChip
from muniadmin.exchange.commands import ListWritten
from muniadmin.kernel.permissions import Role
from muniadmin.taxpayers.commands import ChangeTaxpayer, ObjectData, RegisterTaxpayer
from muniadmin.taxpayers.errors import LikelyDuplicate
from muniadmin.taxpayers.names import TAXPAYER_NUMBER
from muniadmin.taxpayers.reads import SearchTaxpayers, Taxpayer360, TaxpayerDetail
from tests.builders import a_bill, everything
from tests.desktop.conftest import PATIENCE, Screen, closed, plain

Key = Qt.Key

LATE = date(2026, 5, 31)
TAXI = ObjectData(kind="vehicle", attributes={"plate": "12345-A-15", "service": "small_taxi", "seats": 5})


def registered(app: App, name: str, **facts: object) -> int:
    command = RegisterTaxpayer(name=name, **facts)  # type: ignore[arg-type]
    return app.execute(command, everything(app), confirmed={LikelyDuplicate}).outcome.taxpayer_id


@pytest.fixture
def town(app: App) -> None:
    """Amina is late, the hotel owes, Karim owes nothing."""
    amina = registered(
        app, "Amina Bennani", name_arabic="أمينة بناني", zone="medina", phone="0661234567", born_on=date(1971, 3, 14),
        identifiers={"cin": "A123456"}, objects=(TAXI,),
    )  # fmt: skip
    hotel = registered(app, "Hôtel Les Mérinides", kind="organisation", zone="agdal")
    registered(app, "Karim Tazi", zone="agdal")
    a_bill(app, "700", due_on=LATE, taxpayer_id=amina)
    a_bill(app, "55.55", taxpayer_id=hotel, head="TH")


def opened(screen: Screen, role: Role = Role.CLERK) -> TaxpayersPage:
    """The page in front of the town's user with this role."""
    return screen.opened("taxpayers", TaxpayersPage, role)


@pytest.mark.usefixtures("town")
def test_whoever_sees_no_debts_has_no_empty_places_for_them(screen: Screen) -> None:
    page = opened(screen, Role.REGISTRAR)
    panel = page.detail
    page.list.select(0)
    screen.settle()
    assert "BENNANI Amina" in screen.texts(panel) or "Amina Bennani" in screen.texts(panel)
    assert not panel.figures.isVisible()
    assert not panel._buttons.isVisible()
    # A line above the objects is the only one.
    assert len([line for line in panel.findChildren(Hairline) if line.isVisible()]) == 1
    assert panel.timeline_section.isVisible() is bool(screen.texts(panel.timeline))


def listed(page: TaxpayersPage) -> list[str]:
    """The names in the list."""
    model = page.list.model
    return [plain(model.data(model.index(row, 1)) or "") for row in range(model.rowCount())]


def choose(screen: Screen, chip: Filter, text: str) -> None:
    """Ticks one of a chip's choices."""
    assert isinstance(chip, ManyChip)
    next(action for action in chip.menu_of_choices().actions() if action.text() == text).trigger()
    screen.settle()


def written(page: TaxpayersPage, path: Path, screen: Screen, qtbot: QtBot) -> None:
    """Has the list written and waits for it."""
    done: list[ListWritten] = []
    page.listing.write(str(path), "xlsx" if path.suffix == ".xlsx" else "csv", done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE)
    screen.settle()


def form_of(page: TaxpayersPage, screen: Screen) -> TaxpayerForm:
    screen.settle()
    assert page.form is not None
    assert page.form.isVisible()
    return page.form


def file_of(app: App, typed: str) -> Taxpayer360:
    hit = app.read(SearchTaxpayers(text=typed), everything(app))[0]
    return app.read(TaxpayerDetail(taxpayer_id=hit.taxpayer_id), everything(app))


@pytest.mark.usefixtures("town")
class TestList:
    def test_the_register_with_what_everybody_owes(self, screen: Screen) -> None:
        page = opened(screen)
        assert listed(page) == ["Amina Bennani", "Hôtel Les Mérinides", "Karim Tazi"]
        assert "3 rows" in screen.texts(page.list)
        assert "Total | " in screen.texts(page.list)
        texts = screen.texts(page.detail)
        assert "Amina Bennani" in texts
        assert "أمينة بناني" in texts
        assert "CIN A123456 · born 14/03/1971" in texts or "A123456" in texts
        assert "Vehicle · 12345-A-15" in texts
        assert "Small taxi" in texts
        assert "Bill A-2026-" in texts
        assert "Registered by" in texts
        assert "06 61 23 45 67" in texts
        # What is booked; what has accrued since stands apart, and what is zero is not spoken of.
        assert "Balance | 700.00 | Overdue | 700.00" in texts
        assert "Penalty accrued, not booked | 122.50" in texts
        assert "Suspended" not in texts
        assert "Credit held" not in texts
        assert all(label.height() > 8 for label in page.detail.figures.findChildren(type(page.detail.name)))

    def test_the_keyboard_moves_through_the_files(self, screen: Screen) -> None:
        page = opened(screen)
        assert page.listing.search.hasFocus()
        screen.press_here(Key.Key_Down)
        assert page.list.view.hasFocus()
        screen.press_here(Key.Key_Down)
        assert "Hôtel Les Mérinides" in screen.texts(page.detail)
        screen.press_here(Key.Key_Down)
        assert "Nothing of theirs is taxed yet." in screen.texts(page.detail)

    def test_filters_and_their_crosses(self, screen: Screen) -> None:
        page = opened(screen)
        standings, zones = page.listing.filters["standings"], page.zones
        choose(screen, standings, "overdue")
        assert listed(page) == ["Amina Bennani"]
        assert isinstance(standings, ManyChip)
        standings.removed.emit()
        choose(screen, zones, "Agdal")
        assert listed(page) == ["Hôtel Les Mérinides", "Karim Tazi"]
        assert zones.text() == "Zone: Agdal"
        zones.removed.emit()
        screen.settle()
        assert len(listed(page)) == 3
        choose(screen, page.listing.filters["kinds"], "Organisation")
        assert listed(page) == ["Hôtel Les Mérinides"]
        assert page.listing.view.text() == "View: Organisations"
        menu = page.listing.menu_of_more()
        next(action for action in menu.actions() if action.text() == "Status").trigger()
        screen.settle()
        assert page.listing.filters["statuses"].isVisible()

    def test_a_phone_is_listed_as_people_here_dial_it(self, screen: Screen) -> None:
        page = opened(screen)
        phones = next(column for column in page.list.model.columns if column.id == "phone")
        amina = page.list.model.row(0)
        assert amina is not None
        assert plain(phones.text(amina)) == "06 61 23 45 67"

    def test_a_view_is_saved_and_found_again(self, screen: Screen) -> None:
        page = opened(screen)
        page.listing.look_for(zones=("agdal",), standings=("up_to_date",))
        screen.settle()
        assert listed(page) == ["Karim Tazi"]
        dialog = page.listing.save_view()
        screen.settle()
        screen.type_here("Quiet Agdal")
        screen.press_here(Key.Key_Return)
        assert closed(dialog)
        screen.back()
        assert page.listing.view.text() == "View: Quiet Agdal"
        page.listing.clear()
        screen.settle()
        menu = page.listing.menu_of_views()
        next(action for action in menu.actions() if action.text() == "Quiet Agdal").trigger()
        screen.settle()
        assert listed(page) == ["Karim Tazi"]

    def test_every_header_sorts(self, screen: Screen) -> None:
        page = opened(screen)
        orders = {}
        for sort in ("name", "number", "zone", "objects", "standing", "balance"):
            for descending in (False, True):
                page.list.model.set_order(sort, descending)
                listed(page)
                screen.settle()
                orders[sort, descending] = listed(page)
        assert orders["balance", True][0] == orders["standing", False][0] == "Amina Bennani"
        assert orders["balance", False][0] == "Karim Tazi"
        assert all(orders[sort, True] == orders[sort, False][::-1] for sort in ("name", "number"))

    def test_a_search_a_scan_and_the_rows_behind_a_figure(self, screen: Screen, app: App) -> None:
        page = opened(screen, Role.REVENUE_OFFICER)
        number = file_of(app, "Karim").number
        page.open(Scanned(TAXPAYER_NUMBER, number))
        screen.settle()
        assert listed(page) == ["Karim Tazi"]
        page.open(Searched("benani"))
        screen.settle()
        assert listed(page) == ["Amina Bennani"]
        assert page.listing.search.text() == "benani"
        page.open(Filtered({"head_code": "TH"}))
        screen.settle()
        assert listed(page) == ["Hôtel Les Mérinides"]
        page.open(Searched("zzzzzz"))
        screen.settle()
        assert "Nothing matches" in screen.texts(page)
        page.listing.fill.click()
        screen.settle()
        assert len(listed(page)) == 3

    def test_paying_goes_to_the_counter_with_the_taxpayer(self, screen: Screen) -> None:
        page = opened(screen)
        page.detail.pay_button.click()
        screen.settle()
        assert isinstance(screen.page, CounterPage)
        assert "Amina Bennani" in screen.texts(screen.page)

    def test_a_manager_sees_and_does_not_change(self, screen: Screen) -> None:
        page = opened(screen, Role.MANAGER)
        assert not page.new.isVisible()
        assert not page.import_button.isVisible()
        assert not page.detail.edit_button.isVisible()
        assert page.open_form() is None

    def test_filters_survive_a_change_of_language(self, screen: Screen) -> None:
        page = opened(screen)
        page.listing.look_for(zones=("agdal",))
        screen.settle()
        screen.window.set_language("fr")
        screen.settle()
        fresh = screen.shows(TaxpayersPage)
        assert fresh is not page
        assert listed(fresh) == ["Hôtel Les Mérinides", "Karim Tazi"]

    def test_exactly_what_is_shown_is_exported(self, screen: Screen, qtbot: QtBot, tmp_path: Path) -> None:
        page = opened(screen)
        page.listing.look_for(zones=("agdal",))
        page.list.model.set_order("name", True)
        screen.settle()
        path = tmp_path / "list.csv"
        written(page, path, screen, qtbot)
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        assert lines[0] == [column.title for column in page.list.shown_columns()]
        assert [line[1] for line in lines[1:]] == ["Karim Tazi", "Hôtel Les Mérinides"]

    def test_accrued_penalty_and_credits_are_columns_beside_the_balance(
        self, screen: Screen, qtbot: QtBot, tmp_path: Path
    ) -> None:
        page = opened(screen)
        wanted = {"Penalty accrued (MAD)", "Suspended (MAD)", "Credit held (MAD)"}
        shown = page.list.view.arrangement()
        page.list.view.arrange({**shown, "shown": [*shown["shown"], "accrued", "suspended", "credit"]})
        path = tmp_path / "list.csv"
        written(page, path, screen, qtbot)
        with path.open(encoding="utf-8-sig", newline="") as file:
            amina = next(line for line in csv.DictReader(file) if line["Name"] == "Amina Bennani")
        assert amina["Balance (MAD)"] == "700.00"
        assert [amina[title] for title in sorted(wanted)] == ["0.00", "122.50", "0.00"]


class TestForm:
    def test_a_waiting_scan_is_read_beside_the_fields_with_one_scroll_bar(self, screen: Screen) -> None:
        page = opened(screen)
        page.new.click()
        form = form_of(page, screen)
        assert "Name *" in screen.texts(form)
        form.say_below(Tone.INFO, "A-2026-0000001-4 was scanned.")
        screen.settle()
        QTest.qWait(30)
        bars = [one.verticalScrollBar() for one in form.findChildren(Scroller)]
        assert sum(bar.maximum() > 0 for bar in bars) <= 1
        assert form.height() <= form.screen().availableGeometry().height()
        said = next(one for one in form.findChildren(Text) if one.text() == "A-2026-0000001-4 was scanned.")
        assert said.visibleRegion().boundingRect().height() == said.height()

    def test_whoever_was_registered_from_the_counter_leaves_the_list_as_it_was(self, screen: Screen) -> None:
        page = opened(screen)
        screen.frame.go("taxpayers", New({"name": "Zineb Filali"}, back="counter"))
        form_of(page, screen).submit()
        screen.settle()
        screen.shows(CounterPage)
        screen.frame.go("taxpayers")
        screen.settle()
        again = screen.shows(TaxpayersPage)
        assert again.listing.search.text() == ""

    def test_fields_and_three_keys(self, screen: Screen, app: App) -> None:
        page = opened(screen)
        assert "The register is empty" in screen.texts(page)
        page.new.click()
        form = form_of(page, screen)
        assert form.name.hasFocus()
        screen.type_here("Yasmine Alami")
        form.phone.setFocus()
        screen.type_here("0661 00 11 22")
        form.taxed.kind.set_value("vehicle")
        form.taxed.show_kind()
        plate = form.taxed.controls["vehicle", "plate"]
        plate.setFocus()
        screen.type_here("777-B-15")
        form.taxed.controls["vehicle", "service"].set_value("private")  # type: ignore[attr-defined]
        form.taxed.controls["vehicle", "seats"].setFocus()
        screen.type_here("5")
        screen.press_here(Key.Key_Return)
        assert closed(form)
        known = file_of(app, "777b15")
        assert (known.name, known.phone) == ("Yasmine Alami", "+212661001122")
        screen.back()
        assert listed(page) == ["Yasmine Alami"]
        assert "Vehicle · 777-B-15" in screen.texts(page.detail)

    def test_what_is_wrong_is_said_beside_the_field(self, screen: Screen) -> None:
        page = opened(screen)
        page.new.click()
        form = form_of(page, screen)
        form.submit()
        assert "required" in form.form.fields["name"].error.text()
        screen.type_here("X")
        form.phone.setFocus()
        screen.type_here("12")
        form.address.setFocus()
        screen.settle()
        assert "not a telephone number" in form.form.fields["phone"].error.text()
        form.identifiers["cin"].setFocus()
        screen.type_here("99")
        form.address.setFocus()
        screen.settle()
        assert "A123456" in form.form.fields["identifier_cin"].error.text()
        form.taxed.kind.set_value("vehicle")
        form.taxed.show_kind()
        form.phone.clear()
        form.identifiers["cin"].clear()
        form.submit()
        screen.settle()
        assert "required" in form.form.fields["vehicle.plate"].error.text()
        assert form.isVisible()

    @pytest.mark.usefixtures("town")
    def test_whoever_is_alike_appears_while_typing(self, screen: Screen, qtbot: QtBot) -> None:
        page = opened(screen)
        page.new.click()
        form = form_of(page, screen)
        screen.type_here("Amina Benani")
        qtbot.waitUntil(lambda: "similar name" in screen.texts(form), timeout=5000)
        form.phone.setFocus()
        screen.type_here("0661234567")
        qtbot.waitUntil(lambda: "same phone" in screen.texts(form), timeout=5000)
        assert "similar name · same phone" in screen.texts(form)
        screen.press_here(Key.Key_Return)
        question = screen.dialog()
        assert isinstance(question, ConfirmDialog)
        assert "looks like the same taxpayer" in question.windowTitle()
        screen.press(question, Key.Key_Escape)
        assert form.isVisible()
        assert form.name.text() == "Amina Benani"

    @pytest.mark.usefixtures("town")
    def test_nobody_is_said_to_be_like_themselves(self, screen: Screen) -> None:
        page = opened(screen)
        page.listing.look_for("amina")
        screen.settle()
        page._edit()
        form = form_of(page, screen)
        form.address.setFocus()
        screen.type_here("7, rue Neuve")
        form._pause.timeout.emit()  # nobody types for a moment
        screen.settle()
        assert "Nobody alike was found." in screen.texts(form)

    def test_what_only_people_have_is_not_kept_of_an_organisation(self, screen: Screen, app: App) -> None:
        """The kind is often chosen last: what is hidden then is not sent."""
        page = opened(screen)
        page.new.click()
        form = form_of(page, screen)
        form.name.setText("Hôtel Les Mérinides")
        form.born_on.setText("14/03/1971")
        form.identifiers["cin"].setText("A123456")
        form.identifiers["ice"].setText("000000100000016")
        form.kind.set_value("organisation")
        form.kind.chosen.emit("organisation")
        form.submit()
        screen.settle()
        assert closed(form)
        known = file_of(app, "Mérinides")
        assert (known.kind, known.born_on) == ("organisation", None)
        assert [one.kind for one in known.identifiers] == ["ice"]

    def test_esc_never_loses_typed_text_without_asking(self, screen: Screen, qtbot: QtBot) -> None:
        page = opened(screen)
        page.new.click()
        form = form_of(page, screen)
        screen.type_here("Half a na")
        assert page.dirty()
        screen.press_here(Key.Key_Escape)
        question = screen.dialog()
        assert isinstance(question, ConfirmDialog)
        screen.press(question, Key.Key_Escape)
        assert form.isVisible()
        screen.press(form, Key.Key_Escape)
        again = screen.dialog()
        assert isinstance(again, ConfirmDialog)
        again.accept()
        qtbot.waitUntil(lambda: closed(form))
        screen.back()
        page.new.click()
        clean = form_of(page, screen)
        screen.press_here(Key.Key_Escape)
        assert closed(clean)

    @pytest.mark.usefixtures("town")
    def test_two_clerks_on_one_file(self, screen: Screen, app: App) -> None:
        page = opened(screen)
        page._edit()
        form = form_of(page, screen)
        form.address.setFocus()
        screen.type_here("7, rue Neuve")
        known = file_of(app, "A123456")
        other = ChangeTaxpayer(
            taxpayer_id=known.taxpayer_id, version=known.version, name="Amina Bennani-Tazi", zone="medina",
            identifiers={"cin": "A123456"},
        )  # fmt: skip
        app.execute(other, everything(app))
        form.submit()
        screen.settle()
        assert (
            "Test cashiers’ supervisor" in form.notice._sentence.text()
            or "changed this record" in screen.texts(form)
        )
        form._ask_again()
        screen.settle()
        assert (form.name.text(), form.address.text()) == ("Amina Bennani-Tazi", "7, rue Neuve")
        form.submit()
        screen.settle()
        after = file_of(app, "A123456")
        assert (after.name, after.address) == ("Amina Bennani-Tazi", "7, rue Neuve")

    def test_a_new_one_asked_for_by_another_page(self, screen: Screen) -> None:
        page = opened(screen)
        page.open(New({"name": "Karim Tazi", "phone": "0661"}))
        form = form_of(page, screen)
        assert (form.name.text(), form.phone.text()) == ("Karim Tazi", "0661")


@pytest.mark.usefixtures("town")
class TestObjects:
    def test_added_changed_and_ended(self, screen: Screen, app: App) -> None:
        page = opened(screen)
        dialog = page.open_object(None)
        assert isinstance(dialog, ObjectDialog)
        screen.settle()
        dialog.taxed.kind.set_value("property")
        dialog.taxed.show_kind()
        dialog.taxed.label.setText("12, derb Sidi Ahmed")
        dialog.submit()
        screen.settle()
        assert "required" in dialog.form.fields["property.use"].error.text()
        dialog.taxed.controls["property", "use"].set_value("main_home")  # type: ignore[attr-defined]
        dialog.taxed.controls["property", "perimeter"].set_value("urban")  # type: ignore[attr-defined]
        dialog.taxed.controls["property", "rental_value"].setText("36 000")  # type: ignore[attr-defined]
        dialog.submit()
        screen.settle()
        assert closed(dialog)
        screen.back()
        assert "Built property · 12, derb Sidi Ahmed | 36,000.00" in screen.texts(page.detail)
        house = next(one for one in file_of(app, "A123456").objects if one.kind == "property")
        change = page.open_object(house)
        assert change is not None
        assert change.taxed.label.text() == "12, derb Sidi Ahmed"
        page._end(change, house)
        question = screen.dialog()
        assert isinstance(question, EndObjectDialog)
        question.reason.setText("sold")
        question.submit()
        screen.settle()
        assert closed(change)
        assert "until 23/11/2026" in screen.texts(page.detail)


class TestImport:
    def test_from_the_file_to_the_rejected_lines(
        self, screen: Screen, app: App, tmp_path: Path, qtbot: QtBot
    ) -> None:
        path = tmp_path / "roll.csv"
        rows = [["Réf", "Nom", "Téléphone", "Plaque", "Service", "Places"]]
        rows += [[f"R{n}", f"Person {n}", f"066100{n:04d}", f"{n}-A-1", "private", "5"] for n in range(40)]
        rows += [["R98", "", "12", "", "", ""], ["R99", "Too", "many", "", "", "", "fields"]]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        page = opened(screen, Role.REVENUE_OFFICER)
        page.import_button.click()
        assistant = page.assistant
        assert assistant is not None
        assert not assistant.steps.next.isEnabled()
        assistant.file.look_at(str(path))
        screen.settle()
        assert "separated by semicolons" in screen.texts(assistant)
        assistant.steps.go_on()
        assert assistant.columns.object_kind.value() == "vehicle"
        assert "0661000000" in screen.texts(assistant.columns)
        assistant.steps.go_on()
        qtbot.waitUntil(lambda: assistant.preview.report is not None)
        assert "Added | 40" in screen.texts(assistant.preview)
        assert "Rejected | 2" in screen.texts(assistant.preview)
        assert assistant.steps.next.text() == "Import 40 lines"
        assert file_count(app) == 0
        rejects = tmp_path / "roll-rejects.csv"
        assert f"The rejected lines will be in | {rejects}" in screen.texts(assistant.preview)
        assistant.steps.go_on()
        qtbot.waitUntil(lambda: assistant.run.report is not None)
        screen.settle()
        words = screen.texts(assistant.run)
        assert "roll.csv has been imported." in words
        assert "40 taxpayers came new to the register. 2 lines were rejected: correct them" in words
        assert "meanwhile" not in words
        assert str(rejects) in screen.texts(assistant.run)
        assert rejects.exists()
        assistant.steps.go_on()
        screen.settle()
        assert page.assistant is None
        assert len(listed(page)) == 40

    def test_a_column_for_what_is_needed_is_asked_for(self, screen: Screen, tmp_path: Path) -> None:
        path = tmp_path / "roll.csv"
        path.write_text("ref;who\nR1;Amina Bennani\n", encoding="utf-8")
        page = opened(screen, Role.REVENUE_OFFICER)
        page.open_import()
        assistant = page.assistant
        assert assistant is not None
        assistant.file.look_at(str(path))
        screen.settle()
        assistant.steps.go_on()
        assert "Say which column is the name of the taxpayers." in screen.texts(assistant.columns)
        assert not assistant.steps.next.isEnabled()
        assert "Plate" not in screen.texts(assistant.columns)
        assistant.columns.combos["name"].set_value("{who}")
        assistant.columns.combos["name"].chosen.emit("{who}")
        assert "Amina Bennani" in screen.texts(assistant.columns)
        assert "Say which column" not in screen.texts(assistant.columns)
        assert assistant.steps.next.isEnabled()
        assistant.columns.object_kind.set_value("vehicle")
        assistant.columns.object_kind.chosen.emit("vehicle")
        assert "Seats" in screen.texts(assistant.columns)

    @pytest.mark.usefixtures("town")
    def test_a_search_leaves_the_import_as_it_is(self, screen: Screen, tmp_path: Path) -> None:
        path = tmp_path / "roll.csv"
        path.write_text("ref;name\nR1;Nadia Idrissi\n", encoding="utf-8")
        page = opened(screen, Role.REVENUE_OFFICER)
        page.import_button.click()
        assert "Import taxpayers" in screen.texts(page)
        assert not page.new.isVisible()
        assert page.assistant is not None
        page.assistant.file.look_at(str(path))
        screen.settle()
        page.assistant.steps.go_on()
        page.open(Searched("amina"))
        screen.settle()
        assert "Import taxpayers" not in screen.texts(page)
        assert listed(page) == ["Amina Bennani"]
        assert page.new.isVisible()
        page.import_button.click()
        assert "Nadia Idrissi" in screen.texts(page)

    def test_where_the_rejected_lines_cannot_go_another_place_is_chosen(
        self, screen: Screen, app: App, tmp_path: Path, qtbot: QtBot
    ) -> None:
        path = tmp_path / "roll.csv"
        path.write_text("ref;name\nR1;Amina Bennani\nR2;\n", encoding="utf-8")
        page = opened(screen, Role.REVENUE_OFFICER)
        page.open_import()
        assistant = page.assistant
        assert assistant is not None
        assistant.file.look_at(str(path))
        screen.settle()
        assistant.steps.go_on()
        assistant.steps.go_on()
        qtbot.waitUntil(lambda: assistant.preview.report is not None)
        assistant.preview.set_rejects_to(tmp_path / "nowhere" / "rejects.csv")
        assistant.steps.go_on()
        qtbot.waitUntil(lambda: assistant.run.failed)
        screen.settle()
        assert "The file of rejected lines cannot be written" in screen.texts(assistant.run)
        assert file_count(app) == 0
        assistant.steps.back.click()
        chosen = tmp_path / "chosen.csv"
        assistant.preview.set_rejects_to(chosen)
        assistant.steps.go_on()
        qtbot.waitUntil(lambda: assistant.run.report is not None)
        screen.settle()
        assert str(chosen) in screen.texts(assistant.run)
        assert "R2" in chosen.read_text(encoding="utf-8-sig")
        assert file_count(app) == 1

    def test_a_bad_file_gets_one_sentence(self, screen: Screen, tmp_path: Path) -> None:
        path = tmp_path / "picture.csv"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
        page = opened(screen, Role.REVENUE_OFFICER)
        page.open_import()
        assert page.assistant is not None
        page.assistant.file.look_at(str(path))
        screen.settle()
        assert "picture.csv is not a table of text." in screen.texts(page.assistant)
        assert not page.assistant.steps.next.isEnabled()
        page.assistant.steps.cancel.click()
        screen.settle()
        assert page.assistant is None

    def test_a_stopped_import_tells_how_to_go_on(
        self, screen: Screen, app: App, tmp_path: Path, qtbot: QtBot
    ) -> None:
        path = tmp_path / "roll.csv"
        lines = ["key;name", *(f"{n};Person {n}" for n in range(4000))]
        path.write_text("\n".join(lines), encoding="utf-8")
        page = opened(screen, Role.REVENUE_OFFICER)
        page.open_import()
        assistant = page.assistant
        assert assistant is not None
        assistant.file.look_at(str(path))
        screen.settle()
        assistant.steps.show_step(3)
        assistant.run.start(assistant.command(dry_run=False), path.name)
        assert assistant.run.job is not None
        assistant.run.job.cancel()
        qtbot.waitUntil(lambda: assistant.run.job is not None and assistant.run.job.finished)
        screen.settle()
        assert "What is in stays in. Import the same file again to go on from there." in screen.texts(
            assistant.run
        )
        assert assistant.steps.next.text() == "Close"
        assistant.steps.back.click()
        assert assistant.steps.current == 2
        assert file_count(app) == 0


def file_count(app: App) -> int:
    from muniadmin.billing.reads import RegisterCount

    return app.read(RegisterCount(), everything(app))


def test_nothing_is_left_open(screen: Screen) -> None:
    opened(screen)
    assert QApplication.activeModalWidget() is None
