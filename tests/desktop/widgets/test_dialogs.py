"""Dialogs are gone when they were answered: a day has hundreds of them."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from muniadmin.desktop.widgets.dialogs import ConfirmDialog, Dialog, end


def gone(dialog: Dialog) -> bool:
    """Whether there is nothing left of it."""
    return not isValid(dialog)


def test_a_dialog_that_was_answered_is_gone(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        dialog = ConfirmDialog(parent, "Really?")
        dialog.open()
        qtbot.keyClick(dialog, key)
        qtbot.waitUntil(partial(gone, dialog))
        end(dialog)  # what it asked for is done only now, and nothing happens
    assert parent.findChildren(Dialog) == []
