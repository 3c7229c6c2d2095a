"""Whoever is signed in changes their password: from the menu or the palette, and everything that is refused."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from muniadmin.access.commands import SignIn
from muniadmin.access.errors import UserIsLocked, WrongUserOrPassword
from muniadmin.access.rules import TRIES_BEFORE_LOCK
from muniadmin.app import App
from muniadmin.desktop.shell.main_window import nobody
from muniadmin.desktop.shell.own_password import OwnPasswordDialog
from muniadmin.kernel.errors import DatabaseBusy
from muniadmin.kernel.permissions import Role
from tests.desktop.conftest import Screen, closed
from tests.towns import PASSWORD, user_name

Key = Qt.Key

NEW = "three green bicycles"
RULE = "At least 10 characters; a short sentence is best."


def opened(screen: Screen) -> OwnPasswordDialog:
    """The dialog, in front of the clerk."""
    screen.sign_in(Role.CLERK)
    dialog = screen.window.change_own_password()
    screen.settle()
    return dialog


def fill(dialog: OwnPasswordDialog, old: str, new: str, again: str) -> None:
    """Everything typed, nothing sent."""
    for field, text in ((dialog.old, old), (dialog.new, new), (dialog.again, again)):
        field.setText(text)


def error(dialog: OwnPasswordDialog, name: str) -> str:
    """What is said beside a field; nothing when the field is right."""
    field = dialog.form.fields[name]
    return "" if field.error.isHidden() else field.error.text()


def lets_in(app: App, password: str) -> bool:
    """Whether the clerk comes in with this password."""
    try:
        app.execute(SignIn(user_name=user_name(Role.CLERK), password=password, workstation="w"), nobody())
    except WrongUserOrPassword:
        return False
    return True


def test_it_is_found_in_the_menu_under_the_initials(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    screen.frame.header.user.click()
    screen.settle()
    menu = screen.window.findChild(QMenu)
    assert menu is not None
    entry = next(entry for entry in menu.actions() if entry.text() == "Change password…")
    menu.close()
    entry.trigger()
    screen.settle()
    dialog = screen.dialog()
    assert isinstance(dialog, OwnPasswordDialog)
    assert dialog.old.hasFocus()


def test_it_is_found_in_the_palette(screen: Screen, qtbot: QtBot) -> None:
    screen.sign_in(Role.FINES_OFFICER)
    palette = screen.frame.open_palette()
    screen.settle()
    qtbot.keyClicks(palette.field, "change pass")
    qtbot.keyClick(palette.field, Key.Key_Return)
    screen.settle()
    assert isinstance(screen.dialog(), OwnPasswordDialog)


def test_typed_with_the_keyboard_it_is_changed_and_said(app: App, screen: Screen) -> None:
    dialog = opened(screen)
    assert RULE in screen.texts(dialog)
    for text in (PASSWORD, NEW, NEW):
        screen.type_here(text)
        screen.press_here(Key.Key_Return)
    assert closed(dialog)
    toast = screen.window._toast
    assert toast is not None
    assert toast.isVisible()
    assert toast.accessibleName() == "Your password is changed."
    assert lets_in(app, NEW)
    assert not lets_in(app, PASSWORD)


def test_a_wrong_old_password_is_said_beside_it_and_nothing_is_lost(app: App, screen: Screen) -> None:
    dialog = opened(screen)
    fill(dialog, "not the password", NEW, NEW)
    screen.press(dialog.again, Key.Key_Return)
    assert error(dialog, "old_password").startswith("The old password is wrong.")
    assert (dialog.old.text(), dialog.new.text(), dialog.again.text()) == ("not the password", NEW, NEW)
    assert dialog.old.hasFocus()
    assert dialog.isVisible()
    assert lets_in(app, PASSWORD)
    # It is marked: the right one takes its place.
    screen.type_here(PASSWORD)
    assert error(dialog, "old_password") == ""
    screen.press_here(Key.Key_Return)
    assert closed(dialog)
    assert lets_in(app, NEW)


def test_after_too_many_tries_it_says_that_the_user_is_locked(app: App, screen: Screen) -> None:
    dialog = opened(screen)
    fill(dialog, "a guess", NEW, NEW)
    for _try in range(TRIES_BEFORE_LOCK):
        screen.press(dialog.again, Key.Key_Return)
        assert error(dialog, "old_password").startswith("The old password is wrong.")
    dialog.old.setText(PASSWORD)
    screen.press(dialog.again, Key.Key_Return)
    assert error(dialog, "old_password") == (
        "This user is locked after too many wrong passwords. "
        "Wait 5 minutes, or ask your administrator to set a new password."
    )
    assert dialog.new.text() == NEW
    with pytest.raises(UserIsLocked):
        lets_in(app, PASSWORD)


@pytest.mark.parametrize("weak", ["1234", "password 2026", "aaaaaaaaaaaa", "clerk 12345678"])
def test_a_weak_one_is_refused_as_soon_as_it_is_left(app: App, screen: Screen, weak: str) -> None:
    dialog = opened(screen)
    dialog.new.setFocus()
    screen.type_here(weak)
    assert error(dialog, "new_password") == ""
    screen.press_here(Key.Key_Tab)
    assert error(dialog, "new_password").startswith("This password is too easy to guess.")
    fill(dialog, PASSWORD, weak, weak)
    screen.press(dialog.again, Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.new.hasFocus()
    assert lets_in(app, PASSWORD)


def test_a_repetition_that_differs_is_refused_until_both_are_the_same(app: App, screen: Screen) -> None:
    dialog = opened(screen)
    fill(dialog, PASSWORD, NEW[:-1], NEW)
    screen.press(dialog.again, Key.Key_Return)
    assert error(dialog, "again") == "The two passwords are not the same. Type the password again."
    assert lets_in(app, PASSWORD)
    dialog.new.setFocus()
    dialog.new.end(False)
    screen.type_here(NEW[-1])
    assert error(dialog, "again") == ""
    screen.press_here(Key.Key_Return)
    assert closed(dialog)
    assert lets_in(app, NEW)


def test_nothing_is_sent_while_a_field_is_empty(app: App, screen: Screen) -> None:
    dialog = opened(screen)
    dialog.primary.click()
    screen.settle()
    assert {error(dialog, name) for name in dialog.form.fields} == {"This field is required."}
    assert dialog.old.hasFocus()


def test_what_no_field_is_to_blame_for_is_said_above(screen: Screen) -> None:
    dialog = opened(screen)
    fill(dialog, PASSWORD, NEW, NEW)
    dialog.refuse(DatabaseBusy())
    assert "The database is busy." in screen.texts(dialog.notice)
    assert dialog.primary.isEnabled()
    assert dialog.new.text() == NEW


def test_each_field_has_an_eye(screen: Screen) -> None:
    dialog = opened(screen)
    for field in (dialog.old, dialog.new, dialog.again):
        assert field.echoMode() is QLineEdit.EchoMode.Password
        field.eye.click()
        assert field.echoMode() is QLineEdit.EchoMode.Normal


def test_esc_asks_before_it_throws_typing_away(app: App, screen: Screen) -> None:
    dialog = opened(screen)
    dialog.old.setText(PASSWORD)
    screen.press(dialog.old, Key.Key_Escape)
    question = screen.dialog()
    assert "What you typed here will be lost." in screen.texts(question)
    screen.press(question, Key.Key_Return)
    assert dialog.isVisible()
    screen.press_danger(question)
    assert closed(dialog)
    assert lets_in(app, PASSWORD)
