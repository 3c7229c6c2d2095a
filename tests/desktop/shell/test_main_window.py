"""Signing in and out, the lock, languages, the palette, numbers typed into the one search box, incidents."""

import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.desktop.collection.cash_page import CashPage
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.collection.session_dialogs import OpenSessionDialog
from muniadmin.desktop.pages import all_pages
from muniadmin.desktop.shell.frame import Frame
from muniadmin.desktop.shell.main_window import MainWindow
from muniadmin.desktop.shell.palette import Palette
from muniadmin.desktop.shell.sign_in import PersonButton
from muniadmin.desktop.theme import DARK, LIGHT, Scheme, theme
from muniadmin.kernel.i18n import language
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Progress
from tests.builders import a_bill, a_taxpayer, an_open_desk, pay
from tests.desktop.conftest import Screen, closed
from tests.towns import PASSWORD, actor_with

Key = Qt.Key


class TestSigningIn:
    def test_a_wrong_password_is_refused_and_the_name_stays(self, screen: Screen) -> None:
        view = screen.window.sign_in
        view.user.setText("clerk")
        view.password.setText("not the password")
        screen.press(view.password, Key.Key_Return)
        assert "The user name or the password is wrong." in screen.texts(view)
        assert (view.user.text(), view.password.text()) == ("clerk", "")
        assert screen.window.frame is None

    def test_enter_pressed_again_signs_in_once(self, screen: Screen, qtbot: QtBot) -> None:
        view = screen.window.sign_in
        view.user.setText("clerk")
        view.password.setText(PASSWORD)
        for _time in range(3):
            qtbot.keyClick(view.password, Key.Key_Return)
        screen.settle()
        assert screen.window.findChildren(Frame) == [screen.frame]

    def test_enter_pressed_again_is_one_wrong_try(self, screen: Screen, qtbot: QtBot) -> None:
        view = screen.window.sign_in
        view.user.setText("clerk")
        view.password.setText("not the password")
        for _time in range(8):
            qtbot.keyClick(view.password, Key.Key_Return)
        screen.settle()
        screen.sign_in(Role.CLERK)

    def test_a_person_chosen_twice_signs_in_once(self, screen: Screen, qtbot: QtBot) -> None:
        view = screen.window.sign_in
        view.offer([("Clerk", "Clerk", "clerk", PASSWORD)])
        (person,) = view.findChildren(PersonButton)
        qtbot.keyClick(person, Key.Key_Return)
        qtbot.keyClick(person, Key.Key_Return)
        screen.settle()
        assert screen.window.findChildren(Frame) == [screen.frame]

    def test_everybody_begins_where_their_work_is(self, screen: Screen) -> None:
        homes = {}
        for role in (
            Role.CLERK,
            Role.SUPERVISOR,
            Role.REVENUE_OFFICER,
            Role.FINES_OFFICER,
            Role.ADMINISTRATOR,
        ):
            screen.sign_in(role)
            homes[role] = screen.frame.current_id
            screen.window.leave()
        assert homes == {
            Role.CLERK: "counter",
            Role.SUPERVISOR: "counter",
            Role.REVENUE_OFFICER: "assessment",
            Role.FINES_OFFICER: "fines",
            Role.ADMINISTRATOR: "administration",
        }

    def test_the_side_bar_shows_only_what_the_role_may(self, screen: Screen) -> None:
        screen.sign_in(Role.FINES_OFFICER)
        shown = set(screen.frame.side_bar.items)
        assert "fines" in shown
        assert not {"counter", "administration", "style"} & shown

    def test_function_keys_open_the_pages(self, screen: Screen) -> None:
        screen.sign_in(Role.CLERK)
        screen.press_here(Key.Key_F5)
        assert screen.frame.current_id == "cash"
        screen.press_here(Key.Key_F2)
        assert screen.frame.current_id == "counter"


class TestTheLock:
    def test_only_the_same_user_comes_back_and_everything_is_there(self, app: App, screen: Screen) -> None:
        an_open_desk(app, actor_with(app, Role.CLERK))
        screen.sign_in(Role.CLERK)
        page = screen.page
        screen.type_here("half typed")
        screen.window.lock.shut()
        lock = screen.window.lock.view
        assert lock is not None
        assert not page.isVisible()
        lock.password.setText("wrong")
        screen.press(lock.password, Key.Key_Return)
        assert "The user name or the password is wrong." in screen.texts(lock)
        lock.password.setText(PASSWORD)
        screen.press(lock.password, Key.Key_Return)
        assert screen.page is page
        assert page.isVisible()
        assert page.memory()["typed"] == "half typed"

    def test_enter_pressed_again_is_one_wrong_try(self, screen: Screen, qtbot: QtBot) -> None:
        screen.sign_in(Role.CLERK)
        screen.window.lock.shut()
        lock = screen.window.lock.view
        assert lock is not None
        lock.password.setText("wrong")
        for _time in range(8):
            qtbot.keyClick(lock.password, Key.Key_Return)
        screen.settle()
        lock.password.setText(PASSWORD)
        screen.press(lock.password, Key.Key_Return)
        assert screen.window.lock.view is None

    def test_a_dialog_is_not_left_open_above_the_lock(self, app: App, screen: Screen) -> None:
        screen.sign_in(Role.CLERK)
        screen.frame.go("cash")
        screen.settle()
        page = screen.shows(CashPage)
        dialog = page.open_or_close()
        screen.settle()
        screen.type_here("750")
        screen.window.lock.shut()
        lock = screen.window.lock.view
        assert lock is not None
        assert closed(dialog)
        lock.password.setText(PASSWORD)
        screen.press(lock.password, Key.Key_Return)
        assert dialog.isVisible()
        assert isinstance(dialog, OpenSessionDialog)
        assert dialog.float.text() == "750.00"


class TestLanguages:
    def test_the_whole_frame_changes_and_back(self, screen: Screen) -> None:
        screen.sign_in(Role.ADMINISTRATOR)
        screen.window.set_language("fr")
        screen.settle()
        assert language() == "fr"
        assert screen.frame.status.language.text() == "Français"
        assert screen.frame.current_id == "administration"
        screen.window.set_language("en")
        screen.settle()
        assert screen.frame.status.language.text() == "English"

    def test_what_is_typed_into_the_search_box_stays_with_its_cursor(self, screen: Screen) -> None:
        screen.sign_in(Role.CLERK)
        screen.frame.header.search.take_focus()
        screen.type_here("ami")
        screen.press_here(Key.Key_Home)
        screen.window.set_language("fr")
        screen.settle()
        screen.type_here("k")
        assert screen.frame.header.search.text() == "kami"

    def test_before_signing_in_what_is_typed_stays(self, screen: Screen) -> None:
        screen.window.sign_in.user.setText("clerk")
        screen.window.set_language("fr")
        assert screen.window.sign_in.user.text() == "clerk"

    def test_qts_own_buttons_speak_french_too(self, screen: Screen) -> None:
        screen.window.set_language("fr")
        assert QApplication.translate("QPlatformTheme", "Cancel") == "Annuler"
        for code in ("en", "fr", "fr", "en"):
            screen.window.set_language(code)
        assert QApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_the_tray_tells_of_the_last_jobs_when_none_goes_on(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    operations = screen.frame.shell.operations
    assert not screen.frame.status.jobs.isVisible()
    for number in range(8):
        operations.start_work(lambda _progress: None, f"Job number {number}")
        screen.jobs_end()
    assert screen.frame.status.jobs.isVisible()
    screen.frame.status.jobs.click()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    tray = QApplication.activePopupWidget()
    assert tray is not None
    told = screen.texts(tray)
    assert "Job number 7" in told
    assert "Job number 1" not in told
    tray.close()


class TestTheSearchBox:
    def test_a_receipt_opens_the_cash_desk(self, app: App, screen: Screen) -> None:
        clerk = actor_with(app, Role.CLERK)
        taken = pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "12.00", taxpayer_id=a_taxpayer(app)))
        screen.sign_in(Role.CLERK)
        screen.frame.header.search.take_focus()
        screen.type_here(taken.receipt_number.lower().replace("-", ""))
        screen.press_here(Key.Key_Return)
        assert screen.frame.current_id == "cash"
        assert taken.receipt_number in screen.texts(screen.page)

    def test_a_name_is_searched_by_the_page_in_front_in_place_of_what_was_typed_there(
        self, app: App, screen: Screen
    ) -> None:
        for name in ("Karim Tazi", "Amina Bennani", "Amina Tazi"):
            a_taxpayer(app, name=name)
        screen.sign_in(Role.CLERK)
        page = screen.shows(CounterPage)
        QTest.keyClicks(page.scan, "karim")
        screen.frame.header.search.take_focus()
        QTest.keyClicks(screen.frame.header.search, "amina")
        QTest.keyClick(screen.frame.header.search, Key.Key_Return)
        screen.settle()
        assert page.scan.hasFocus()
        assert page.scan.text() == "amina"
        assert screen.frame.header.search.text() == ""
        found = [
            page.finder.view.list.model.row(row) for row in range(page.finder.view.list.model.rowCount())
        ]
        assert sorted(hit.name for hit in found if hit is not None) == ["Amina Bennani", "Amina Tazi"]
        marked = page.finder.view.list.current()
        assert marked is not None
        screen.press_here(Key.Key_Return)
        assert page.citizen.taxpayer_id == marked.taxpayer_id

    def test_a_mistyped_number_is_said(self, screen: Screen) -> None:
        screen.sign_in(Role.CLERK)
        screen.frame.search("A-2026-0000001-0")
        assert "is not a valid number" in screen.texts(screen.frame.notice)


class TestThePalette:
    def test_an_action_is_found_by_a_word_without_accents_and_done(
        self, screen: Screen, qtbot: QtBot
    ) -> None:
        screen.sign_in(Role.CLERK)
        palette = screen.frame.open_palette()
        screen.settle()
        screen.type_here("cash DESK")
        rows = range(palette.found.model.rowCount())
        titles = [action.title for row in rows if (action := palette.found.model.row(row)) is not None]
        assert "Cash desk" in titles
        screen.press_here(*[Key.Key_Down] * titles.index("Cash desk"))
        screen.press_here(Key.Key_Return)
        assert closed(palette)
        assert screen.frame.current_id == "cash"

    def test_it_is_moved_in_by_page_keys_and_does_nothing_unless_it_is_marked(self, screen: Screen) -> None:
        screen.sign_in(Role.CLERK)
        palette = screen.frame.open_palette()
        screen.settle()
        screen.press_here(Key.Key_Return)
        assert palette.isVisible()
        before = screen.frame.current_id
        screen.press_here(Key.Key_Down, Key.Key_PageDown, Key.Key_Up)
        assert palette.field.hasFocus()
        assert palette.found.view.currentIndex().row() == 7
        screen.type_here("zzz")
        assert "No action has this name." in screen.texts(palette)
        screen.press_here(Key.Key_Return)
        assert palette.isVisible()
        screen.press_here(Key.Key_Escape)
        assert closed(palette)
        assert screen.frame.current_id == before

    def test_nothing_that_is_not_allowed_is_offered(self, screen: Screen) -> None:
        screen.sign_in(Role.CLERK)
        assert "Administration" not in [action.title for action in screen.frame.actions_offered()]


class TestIncidents:
    def test_an_incident_has_a_number_and_the_program_goes_on(self, screen: Screen) -> None:
        screen.sign_in(Role.CLERK)
        number = screen.window.incidents.report(ValueError("something nobody thought of"))
        dialog = screen.dialog()
        assert number in screen.texts(dialog)
        assert "something nobody thought of" not in screen.texts(dialog)
        screen.incidents.clear()
        assert isinstance(dialog, QDialog)
        dialog.reject()
        screen.frame.go("cash")
        screen.settle()


class _Windows(QObject):
    """Notes every window that opens."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            event.type() is QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and not isinstance(watched, MainWindow | QDialog | QMenu)
            and watched.windowType() not in (Qt.WindowType.ToolTip, Qt.WindowType.Popup)
        ):
            self.opened.append(f"{watched!r} {watched.accessibleName()}")
        return False


def test_no_page_opens_a_stray_window_or_has_a_control_without_a_name(screen: Screen) -> None:
    watch = _Windows()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(watch)
    nameless: set[str] = set()
    seen: set[str] = set()
    for role in Role:
        screen.sign_in(role)
        for page_id in list(screen.frame.specs):
            if page_id not in seen:
                seen.add(page_id)
                screen.frame.go(page_id)
                screen.settle()
                nameless |= {
                    f"{page_id}: {type(widget).__name__}"
                    for widget in screen.page.findChildren(QWidget)
                    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                    and widget.isVisible()
                    and not (widget.accessibleName() or widget.property("text"))
                    and type(widget).__module__.startswith("muniadmin")
                }
        screen.window.leave()
    app.removeEventFilter(watch)
    assert watch.opened == []
    assert nameless == set()
    assert seen == {spec.id for spec in all_pages()}


def test_a_window_that_is_closed_asks_before_it_stops_what_is_being_written(
    screen: Screen, qtbot: QtBot, tmp_path: Path
) -> None:
    draft = tmp_path / "draft"

    def write(progress: Progress) -> None:
        draft.write_text("Amina Bennani")
        try:
            while True:
                progress(1, 2)
                time.sleep(0.02)
        finally:
            draft.unlink()

    screen.sign_in(Role.CLERK)
    window, operations = screen.window, screen.window.operations
    assert operations is not None
    job = operations.start_work(write, "Writing Taxpayers")
    qtbot.waitUntil(draft.exists)
    # Nobody stops at the lock what somebody else began.
    window.lock.shut()
    window.close()
    assert window.isVisible()
    assert QApplication.activeModalWidget() is None
    assert window.lock.view is not None
    assert "Unlock the screen" in screen.texts(window.lock.view)
    window.lock.view.password.setText(PASSWORD)
    screen.press(window.lock.view.password, Key.Key_Return)
    # Enter stops nothing, and nobody is asked twice.
    window.close()
    assert "Writing Taxpayers" in screen.texts(screen.dialog())
    screen.press_here(Key.Key_Return)
    assert window.isVisible()
    assert not job.cancelled
    question = screen.dialog()
    window.close()
    assert screen.dialog() is question
    screen.press_danger(screen.dialog())
    assert not window.isVisible()
    assert job.finished
    assert not draft.exists()


def test_the_menu_under_the_initials_tells_keys_and_what_is_in_force(screen: Screen) -> None:
    """Whoever never saw the program looks there for help; F1 opens what can be done."""
    screen.sign_in(Role.CLERK)
    screen.frame.header.user.click()
    screen.settle()
    menu = screen.window.findChild(QMenu)
    assert menu is not None
    told = dict(entry.text().split("\t") for entry in menu.actions() if "\t" in entry.text())
    menu.close()
    assert told["Lock the screen"] == "Ctrl L"
    assert told["All that can be done here…"] == "F1"
    screen.press_here(Key.Key_F1)
    assert isinstance(QApplication.activePopupWidget(), Palette)


def test_dark_and_light_change_at_once(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    screen.window.set_scheme(Scheme.DARK)
    assert theme().tokens == DARK
    assert screen.window.grab().toImage().pixelColor(300, 750).name().upper() == DARK.surface
    screen.window.set_scheme(Scheme.LIGHT)
    assert theme().tokens == LIGHT
