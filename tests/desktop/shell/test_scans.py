"""What a scan does while a menu or a dialog is open."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

from muniadmin.app import App
from muniadmin.desktop.shell.scanner import read_scan
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk
from tests.desktop.conftest import Screen
from tests.towns import actor_with


def test_a_menu_is_not_left_open_above_what_was_scanned(app: App, screen: Screen) -> None:
    an_open_desk(app, actor_with(app, Role.CLERK))
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    screen.sign_in(Role.CLERK)
    menu = QMenu(screen.window)
    menu.addAction("Something")
    menu.popup(QPoint(200, 200))
    assert QApplication.activePopupWidget() is menu
    assert screen.window.scans.take(read_scan(bill.number))
    assert QApplication.activePopupWidget() is None
    screen.settle()
    assert "1 debt ticked" in screen.texts(screen.page)


def test_a_code_that_is_none_of_ours_is_told_in_the_dialog_and_waits_for_nothing(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    screen.frame.go("cash")
    screen.settle()
    dialog = screen.page.open_or_close()  # type: ignore[attr-defined]
    screen.settle()
    assert screen.window.scans.take(read_scan("6111234567890"))
    said = screen.texts(dialog)
    assert "6111234567890" in said
    assert "It is opened when this is closed." not in said
