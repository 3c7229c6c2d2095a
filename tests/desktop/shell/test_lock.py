"""The lock: shut when nobody is there, and nothing of whoever signs out at it is left for the next."""

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from muniadmin.app import App
from muniadmin.collection.reads import MySession
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.desktop.shell.preferences import LOCK_AFTER_MINUTES
from muniadmin.desktop.shell.scanner import read_scan
from muniadmin.desktop.widgets.banner import Toast
from muniadmin.desktop.widgets.dialogs import ConfirmDialog, Dialog
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk
from tests.desktop.conftest import Screen
from tests.towns import PASSWORD, actor_with

Key = Qt.Key


def clock_of(screen: Screen) -> QTimer:
    """What runs while nobody is there."""
    clock = screen.window.lock.findChild(QTimer)
    assert isinstance(clock, QTimer)
    return clock


def unlock(screen: Screen) -> None:
    """The same user comes back."""
    view = screen.window.lock.view
    assert view is not None
    view.password.setText(PASSWORD)
    screen.press(view.password, Key.Key_Return)
    assert screen.window.lock.view is None


def a_dialog(screen: Screen) -> Dialog:
    """A dialog that is open on the page of the cash desk."""
    screen.frame.go("cash")
    screen.settle()
    dialog = screen.page.open_or_close()  # type: ignore[attr-defined]
    assert isinstance(dialog, Dialog)
    screen.settle()
    return dialog


def test_it_shuts_by_itself_when_nobody_is_there(screen: Screen, qtbot: QtBot) -> None:
    assert not clock_of(screen).isActive()
    screen.sign_in(Role.CLERK)
    clock = clock_of(screen)
    assert clock.isActive()
    assert clock.interval() == LOCK_AFTER_MINUTES * 60_000
    clock.start(100)
    qtbot.waitUntil(lambda: screen.window.lock.view is not None)
    clock.start(600_000)
    unlock(screen)


def test_whoever_works_is_there(screen: Screen, qtbot: QtBot) -> None:
    """The time begins anew with every key; when somebody left, it stands still."""
    screen.sign_in(Role.CLERK)
    clock = clock_of(screen)
    clock.start(600_000)
    QTest.qWait(2_100)  # so long a time ends on a full second
    left = clock.remainingTime()
    qtbot.keyClick(screen.window.windowHandle(), Key.Key_Shift)
    assert clock.remainingTime() > left
    screen.settle()
    screen.window.leave()
    assert not clock.isActive()


def test_a_menu_goes_when_it_shuts(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    menu = QMenu(screen.window)
    menu.addMenu("More").addAction("Something")
    menu.popup(QPoint(200, 200))
    screen.window.lock.shut()
    assert QApplication.activePopupWidget() is None
    unlock(screen)
    assert not menu.isVisible()


def test_what_was_asked_is_answered_when_the_screen_is_open_again(screen: Screen) -> None:
    """Nothing goes on behind the lock: no page changes, and no receipt goes to the printer."""
    screen.sign_in(Role.CLERK)
    operations, heard = screen.window.operations, list[object]()
    assert operations is not None
    screen.window.lock.shut()
    operations.read(MySession(), then=heard.append)
    screen.settle()
    assert heard == []
    unlock(screen)
    screen.settle()
    assert heard == [None]


def test_what_somebody_had_open_goes_with_them(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    dialog, question = a_dialog(screen), ConfirmDialog(screen.window, "Really?")
    question.open()
    screen.window.lock.shut()
    screen.window.sign_out()
    assert screen.window.frame is None
    assert screen.window.operations is not None
    assert screen.window.operations.actor.user_id is None
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(dialog)
    assert not isValid(question)
    screen.sign_in(Role.SUPERVISOR)
    assert QApplication.activeModalWidget() is None


def test_signing_out_at_the_lock_asks_before_what_is_typed_in_a_dialog_is_lost(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    dialog = a_dialog(screen)
    screen.type_here("500")
    assert dialog.dirty()
    screen.window.lock.shut()
    screen.window.sign_out()
    assert screen.window.frame is not None
    unlock(screen)
    assert dialog.isVisible()


def test_what_was_said_is_not_read_at_the_lock_nor_by_the_next_user(screen: Screen) -> None:
    def heard() -> list[str]:
        return [toast.accessibleName() for toast in screen.window.findChildren(Toast) if toast.isVisible()]

    screen.sign_in(Role.CLERK)
    screen.window.lock.shut()
    screen.window.say("Printed for Amina Bennani")
    assert heard() == []
    unlock(screen)
    assert heard() == ["Printed for Amina Bennani"]
    screen.window.leave()
    assert heard() == []
    screen.sign_in(Role.SUPERVISOR)
    screen.window.lock.shut()
    screen.window.say("Printed for Karim Tazi")
    screen.window.sign_out()
    screen.sign_in(Role.CLERK)
    screen.window.lock.shut()
    unlock(screen)
    assert heard() == []


def test_what_somebody_scanned_at_the_lock_is_not_opened_for_the_next(app: App, screen: Screen) -> None:
    an_open_desk(app, actor_with(app, Role.CLERK))
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    screen.sign_in(Role.CLERK)
    screen.window.lock.shut()
    assert screen.window.scans.take(read_scan(bill.number))
    screen.window.sign_out()
    screen.sign_in(Role.CLERK)
    screen.window.lock.shut()
    unlock(screen)
    screen.settle()
    assert "1 debt ticked" not in screen.texts(screen.page)


def test_a_dialog_keeps_its_frame_when_the_language_was_changed_at_the_lock(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    dialog, frame = a_dialog(screen), screen.frame
    screen.window.lock.shut()
    screen.window.set_language("fr")
    unlock(screen)
    screen.settle()
    assert screen.window.frame is frame
    assert dialog.isVisible()
    # Without one, the frame speaks the language that was chosen.
    dialog.close()
    screen.window.lock.shut()
    screen.window.set_language("en")
    screen.window.set_language("fr")
    unlock(screen)
    assert screen.window.frame is not frame
    assert screen.frame.status.language.text() == "Français"


def test_whoever_comes_back_goes_on_where_they_were(app: App, screen: Screen) -> None:
    """The next letter goes where it would have gone, and what was scanned at the lock is opened."""
    an_open_desk(app, actor_with(app, Role.CLERK))
    bills = [a_bill(app, "10", taxpayer_id=a_taxpayer(app)) for _number in range(2)]
    screen.sign_in(Role.CLERK)
    page = screen.shows(CounterPage)
    screen.type_here(bills[0].number)
    screen.press_here(Key.Key_Return, Key.Key_Tab)
    screen.type_here("Ham")
    screen.window.lock.shut()
    unlock(screen)
    screen.type_here("id")
    assert page.panel.payer.text() == "Hamid"
    screen.window.lock.shut()
    assert screen.window.scans.take(read_scan(bills[1].number))
    assert screen.window.lock.view is not None
    assert f"{bills[1].number} was scanned." in screen.texts(screen.window.lock.view)
    screen.settle()
    assert [debt.number for debt in page.list.ticked()] == [bills[0].number]
    unlock(screen)
    screen.settle()
    assert [debt.number for debt in page.list.ticked()] == [bill.number for bill in bills]


def test_a_scan_that_waited_for_a_dialog_is_not_opened_behind_the_lock(app: App, screen: Screen) -> None:
    """Though the dialog comes to its end there."""
    an_open_desk(app, actor_with(app, Role.CLERK))
    bill = a_bill(app, "10", taxpayer_id=a_taxpayer(app))
    screen.sign_in(Role.CLERK)
    dialog = a_dialog(screen)
    assert screen.window.scans.take(read_scan(bill.number))
    screen.window.lock.shut()
    dialog.reject()
    screen.settle()
    assert screen.frame.current_id == "cash"
    unlock(screen)
    screen.settle()
    counter = screen.shows(CounterPage)
    assert [debt.number for debt in counter.list.ticked()] == [bill.number]
