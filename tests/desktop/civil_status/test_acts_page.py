"""Acts as a registrar works: drafted from the form, changed, signed, found again; and what the screen refuses."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from muniadmin.access.commands import ChangeUser
from muniadmin.access.reads import Users
from muniadmin.app import App
from muniadmin.civil_status.reads import Acts, OneAct
from muniadmin.desktop.civil_status.act_dialog import ActDialog
from muniadmin.desktop.civil_status.acts_page import ActsPage
from muniadmin.desktop.civil_status.requests_page import RequestsPage
from muniadmin.desktop.shell.navigation import Filtered
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.kernel.permissions import Role
from tests.builders import everything
from tests.civil_status.builders import a_draft, a_signed_act
from tests.desktop.conftest import Screen, closed
from tests.towns import actor_with

Key = Qt.Key


def opened(screen: Screen, role: Role = Role.REGISTRAR) -> ActsPage:
    """The page in front of the town's user with this role."""
    return screen.opened("acts", ActsPage, role)


def filled(screen: Screen, page: ActsPage) -> ActDialog:
    """The form with a birth in it, typed from field to field with Enter."""
    page.new.click()
    screen.settle()
    form = page.dialog
    assert form is not None
    assert form.texts["child_family_name"].hasFocus()
    # Enter goes from one missing field to the next. Qt's test keyboard has no Arabic letters: those are set.
    for name, text in (
        ("child_family_name", "BENNANI"),
        ("child_given_names", "Yasmine"),
        ("child_family_name_arabic", "بناني"),
        ("child_given_names_arabic", "ياسمين"),
    ):
        assert form.texts[name].hasFocus()
        form.texts[name].setText(text)
        screen.press_here(Key.Key_Return)
    form.sex.set_value("F")
    form.born_on.setText("14/3/26")
    form.texts["born_at"].setText("4h35")
    form.texts["birthplace"].setText("Fès")
    form.texts["father_given_names"].setText("Karim")
    form.texts["mother_family_name"].setText("EL ALAOUI")
    form.texts["mother_given_names"].setText("Fatima Zahra")
    form._suggest_declarant()
    form.declared_on.setText("20/03/2026")
    return form


class TestAnAct:
    def test_a_birth_is_drafted_signed_and_asked_for(self, app: App, screen: Screen) -> None:
        page = opened(screen)
        form = filled(screen, page)
        assert form.texts["father_family_name"].text() == "BENNANI"
        assert form.texts["declarant"].text() == "BENNANI Karim"
        form.submit()
        screen.settle()
        assert closed(form)
        assert page.detail.act is not None
        assert page.detail.act.row.state == "draft"

        assert "Ctrl Enter" in page.detail.sign_button.toolTip()
        screen.window.activateWindow()
        screen.settle()
        QTest.keyClick(screen.window, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        screen.settle()
        question = screen.dialog()
        assert isinstance(question, ConfirmDialog)
        assert "BENNANI Yasmine" in screen.texts(question)
        question.submit()
        screen.settle()
        (act,) = app.read(Acts(), everything(app)).rows
        assert (act.reference, act.state, act.name) == ("1/2026", "signed", "BENNANI Yasmine")
        assert not page.detail.change_button.isVisible()
        assert "1/2026" in screen.texts(page.detail)
        # It can be signed, changed or thrown away no more, by whatever key.
        assert (page.ask_sign(), page.ask_discard()) == (None, None)
        page.open_change()
        assert QApplication.activeModalWidget() is None

        page.detail.request_button.click()
        screen.settle()
        requests = screen.shows(RequestsPage)
        assert requests.dialog is not None
        assert "1/2026" in requests.dialog.act.text()
        assert requests.dialog.requester.text() == "BENNANI Karim"

    def test_a_draft_is_changed_in_the_same_form(self, app: App, screen: Screen) -> None:
        draft = a_draft(app, everything(app))
        page = opened(screen)
        page.open_change()
        screen.settle()
        form = page.dialog
        assert form is not None
        assert form.texts["born_at"].text() == "04:35"
        assert not form.dirty()
        form.texts["child_given_names"].setText("Yasmina")
        assert form.dirty()
        form.submit()
        screen.settle()
        assert app.read(OneAct(act_id=draft.act_id), everything(app)).row.name == "BENNANI Yasmina"

    def test_a_registrar_s_new_name_is_shown_at_once_but_not_on_what_is_signed(
        self, app: App, screen: Screen
    ) -> None:
        registrar = actor_with(app, Role.REGISTRAR)
        a_signed_act(app, registrar)
        page = opened(screen)
        assert "Signed by Test registrar" in screen.texts(page.detail)
        assert "Drafted by Test registrar" in screen.texts(page.detail)
        (row,) = (row for row in app.read(Users(), everything(app)) if row.user_id == registrar.user_id)
        rename = ChangeUser(
            user_id=row.user_id, version=row.version, name="Nadia Tazi", roles=row.roles, active=True
        )
        # As in a small town, where who keeps the registers also manages the users.
        assert screen.window.operations is not None
        screen.window.operations.enter(everything(app))
        screen.window.operations.run(rename)
        screen.settle()
        assert "Signed by Test registrar" in screen.texts(page.detail)
        assert "Drafted by Nadia Tazi" in screen.texts(page.detail)

    def test_a_draft_is_thrown_away_only_after_a_question(self, app: App, screen: Screen) -> None:
        a_draft(app, everything(app))
        page = opened(screen)
        question = page.ask_discard()
        assert isinstance(question, ConfirmDialog)
        question.reject()
        screen.settle()
        assert app.read(Acts(), everything(app)).count == 1
        again = page.ask_discard()
        assert again is not None
        again.submit()
        screen.settle()
        assert app.read(Acts(), everything(app)).count == 0
        assert "No act yet" in screen.texts(page)


class TestTheForm:
    def test_everything_missing_is_said_beside_its_field(self, app: App, screen: Screen) -> None:
        page = opened(screen)
        page.new.click()
        screen.settle()
        form = page.dialog
        assert form is not None
        screen.press_here(Key.Key_Return)
        wrong = {name for name, field in form.form.fields.items() if field.error.isVisible()}
        assert wrong == {
            "child_family_name", "child_given_names", "child_family_name_arabic", "child_given_names_arabic", "sex",
            "born_on", "birthplace", "declarant",
        }  # fmt: skip
        assert form.texts["child_family_name"].hasFocus()

    def test_names_stand_in_one_order_and_each_says_whose_it_is(self, app: App, screen: Screen) -> None:
        page = opened(screen)
        page.new.click()
        screen.settle()
        form = page.dialog
        assert form is not None
        for whose in ("child", "father", "mother"):
            places = [
                form.texts[f"{whose}_{name}{script}"].mapTo(form, QPoint()).x()
                for script in ("", "_arabic")
                for name in ("family_name", "given_names")
            ]
            assert places == sorted(places)
        spoken = [field.accessibleName() for field in form.texts.values()]
        assert len(set(spoken)) == len(spoken)

    def test_what_the_service_refuses_is_said_beside_the_field_too(self, app: App, screen: Screen) -> None:
        page = opened(screen)
        form = filled(screen, page)
        form.declared_on.setText("01/03/2026")
        form.submit()
        screen.settle()
        assert "before it happened" in form.form.fields["declared_on"].error.text()
        assert form.isVisible()
        form.declared_on.setText("20/03/2026")
        form.texts["born_at"].setText("noon")
        form.submit()
        assert "not a time of day" in form.form.fields["born_at"].error.text()

    def test_the_same_birth_again_is_asked_about(self, app: App, screen: Screen) -> None:
        a_signed_act(app, everything(app))
        page = opened(screen)
        form = filled(screen, page)
        form.submit()
        screen.settle()
        question = screen.dialog()
        assert isinstance(question, ConfirmDialog)
        assert "1/2026" in screen.texts(question)
        question.submit()
        screen.settle()
        assert app.read(Acts(), everything(app)).count == 2

    def test_somebody_else_s_change_is_told_and_nothing_typed_is_lost(self, app: App, screen: Screen) -> None:
        from muniadmin.civil_status.commands import ChangeBirthAct
        from tests.civil_status.builders import a_birth

        draft = a_draft(app, everything(app))
        page = opened(screen)
        page.open_change()
        screen.settle()
        form = page.dialog
        assert form is not None
        said = {name: value for name, value in vars(a_birth(app)).items() if name != "register_id"}
        app.execute(
            ChangeBirthAct(act_id=draft.act_id, version=draft.version, **(said | {"birthplace": "Meknès"})),
            everything(app),
        )
        form.texts["child_given_names"].setText("Yasmina")
        form.submit()
        screen.settle()
        assert "changed this record" in screen.texts(form)
        assert form.texts["child_given_names"].text() == "Yasmina"


class TestTheList:
    def test_acts_are_found_while_typing(self, app: App, screen: Screen) -> None:
        a_signed_act(app, everything(app))
        a_signed_act(app, everything(app), child_given_names="Adam", child_family_name="TAZI")
        page = opened(screen)
        assert page.list.model.rowCount() == 2
        page.search.setText("tazi 2026")
        page.listing.ask()
        screen.settle()
        assert page.list.model.rowCount() == 1
        assert page.detail.act is not None
        assert page.detail.act.row.name == "TAZI Adam"
        page.search.setText("1/2026")
        page.listing.ask()
        screen.settle()
        assert page.detail.act.row.name == "BENNANI Yasmine"
        page.search.setText("zzz")
        page.listing.ask()
        screen.settle()
        assert "Nothing matches" in screen.texts(page)

    def test_one_act_is_shown_for_another_page(self, app: App, screen: Screen) -> None:
        act = a_signed_act(app, everything(app))
        a_signed_act(app, everything(app), child_given_names="Adam")
        page = opened(screen)
        page.open(Filtered({"act_id": act.act_id}))
        screen.settle()
        assert page.detail.act is not None
        assert page.detail.act.row.act_id == act.act_id

    def test_a_clerk_reads_acts_and_takes_requests_but_writes_nothing(self, app: App, screen: Screen) -> None:
        a_draft(app, everything(app))
        page = opened(screen, Role.CLERK)
        assert not page.new.isVisible()
        for button in (page.detail.sign_button, page.detail.change_button, page.detail.discard_button):
            assert not button.isVisible()


class TestRegisters:
    def test_a_register_is_opened_and_not_closed_before_its_year_is_over(
        self, app: App, screen: Screen
    ) -> None:
        page = opened(screen)
        dialog = page.open_registers()
        screen.settle()
        assert dialog.list.model.rowCount() == 1
        new = dialog.ask_open()
        new.year.setText("year")
        new.submit()
        assert new.isVisible()
        new.year.setText("1956")
        new.office.setText("Agdal")
        new.submit()
        screen.settle()
        assert dialog.list.model.rowCount() == 2
        dialog.list.select(0)
        question = dialog.ask_close()
        assert question is not None
        question.submit()
        screen.settle()
        assert "not over" in screen.texts(dialog)

    def test_the_same_register_twice_is_refused_in_words(self, app: App, screen: Screen) -> None:
        page = opened(screen)
        dialog = page.open_registers()
        new = dialog.ask_open()
        new.submit()
        screen.settle()
        assert "already open" in screen.texts(new)
        assert actor_with(app, Role.REGISTRAR).name
