"""Dialogs are gone when they were answered: a day has hundreds of them."""

from functools import partial

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextLayout
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from muniadmin.access.errors import WrongUserOrPassword
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets import dialogs
from muniadmin.desktop.widgets.dialogs import ApprovalDialog, ConfirmDialog, Dialog, end
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.kernel.errors import DatabaseBusy


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """A window that dialogs belong to."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


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


def approval(parent: QWidget) -> ApprovalDialog:
    """Asks for a reason, then for a second person."""
    dialog = ApprovalDialog(parent, "Really?", yes="Do it", sign=lambda _user, _word: None, reason="Reason")
    dialog.open()
    return dialog


def field_of(dialog: Dialog, name: str) -> TextField:
    """The field with this name."""
    return next(one for one in dialog.findChildren(TextField) if one.accessibleName() == name)


def test_the_second_person_can_type_nothing_but_their_name_and_password(
    qtbot: QtBot, parent: QWidget
) -> None:
    dialog = approval(parent)
    reason, password = field_of(dialog, "Reason"), field_of(dialog, "Password")
    qtbot.keyClicks(reason, "counted twice")
    assert not password.isVisible()
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    assert dialog.focusWidget() is field_of(dialog, "User name")
    assert not reason.isEnabled()
    assert reason.text() == "counted twice"


def test_a_password_does_not_stay_when_one_steps_back(qtbot: QtBot, parent: QWidget) -> None:
    dialog = approval(parent)
    reason, password = field_of(dialog, "Reason"), field_of(dialog, "Password")
    qtbot.keyClicks(reason, "counted twice")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    qtbot.keyClicks(password, "secret")
    qtbot.keyClick(password, Qt.Key.Key_Escape)
    assert reason.isEnabled()
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    assert password.isVisible()
    assert password.text() == ""


class Order(Dialog):
    """Sends once, and waits for the answer."""

    def __init__(self, parent: QWidget) -> None:
        self.name = TextField("Name")
        super().__init__(parent, "Order", self.name)
        self.sent: list[str] = []
        self.open()

    def submit(self) -> None:
        self.sent.append(self.name.text())
        self.primary.setEnabled(False)


def test_enter_sends_once_until_it_was_refused(qtbot: QtBot, parent: QWidget) -> None:
    order = Order(parent)
    qtbot.keyClicks(order.name, "Amina")
    for _time in range(2):
        qtbot.keyClick(order.name, Qt.Key.Key_Return)
    assert order.sent == ["Amina"]
    order.refuse(DatabaseBusy())
    assert order.name.text() == "Amina"
    qtbot.keyClick(order.name, Qt.Key.Key_Return)
    assert order.sent == ["Amina"] * 2


def test_a_key_that_is_held_down_answers_nothing(parent: QWidget) -> None:
    """It was pressed before the dialog was there."""
    order = Order(parent)
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=True
    )
    QApplication.sendEvent(order.name, held)
    assert order.sent == []


def test_a_second_person_signs_once_and_a_refused_password_is_gone(qtbot: QtBot, parent: QWidget) -> None:
    signed: list[tuple[str, str]] = []
    dialog = ApprovalDialog(
        parent, "Really?", yes="Do it", sign=lambda user, word: signed.append((user, word))
    )
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    user, password = field_of(dialog, "User name"), field_of(dialog, "Password")
    qtbot.keyClicks(user, "supervisor")
    qtbot.keyClicks(password, "secret")
    for _time in range(2):
        qtbot.keyClick(password, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert signed == [("supervisor", "secret")]
    dialog.refuse(WrongUserOrPassword())
    assert (user.text(), password.text()) == ("supervisor", "")
    assert dialog.focusWidget() is password


def test_no_dialog_is_higher_than_the_screen(qtbot: QtBot, parent: QWidget) -> None:
    tall = QWidget()
    tall.setMinimumHeight(4000)
    dialog = Dialog(parent, "Tall", tall)
    dialog.open()
    QTest.qWait(50)
    assert dialog.frameGeometry().height() <= dialog.screen().availableGeometry().height()
    assert dialog.primary.mapTo(dialog, dialog.primary.rect().bottomLeft()).y() < dialog.height()


def test_what_was_enlarged_by_hand_does_not_shrink(qtbot: QtBot, parent: QWidget) -> None:
    dialog = Dialog(parent, "Paper", QWidget(), expand=True)
    dialog.open()
    QTest.qWait(50)
    enlarged = dialog.height() + 160
    dialog.resize(dialog.width(), enlarged)
    dialog.say_below(Tone.INFO, "Something was scanned.")
    QTest.qWait(50)
    assert dialog.height() == enlarged


def test_a_dialog_grows_around_where_it_is_and_goes_back(qtbot: QtBot, parent: QWidget) -> None:
    dialog = Dialog(parent, "Small", QWidget())
    dialog.open()
    QTest.qWait(50)
    dialog.move(120, 140)
    before = dialog.frameGeometry()
    dialog.say_below(Tone.INFO, "Something was scanned.")
    QTest.qWait(50)
    grown = dialog.frameGeometry()
    assert grown.height() > before.height()
    assert abs(grown.center().y() - before.center().y()) <= 1
    dialog.say_nothing_below()
    QTest.qWait(50)
    assert abs(dialog.frameGeometry().top() - before.top()) <= 1


def test_a_dialog_comes_back_where_it_was(qtbot: QtBot, parent: QWidget) -> None:
    """As after the screen was locked."""
    dialog = Dialog(parent, "Small", QWidget())
    dialog.open()
    QTest.qWait(50)
    dialog.say_below(Tone.INFO, "Something was scanned.")
    QTest.qWait(50)
    for place in (dialog.pos(), QPoint(31, 47)):
        dialog.move(place)
        dialog.hide()
        dialog.show()
        QTest.qWait(50)
        assert dialog.pos() == place


def answers(dialog: Dialog) -> list[str]:
    """What was answered, as it comes."""
    said: list[str] = []
    dialog.accepted.connect(lambda: said.append("yes"))
    dialog.rejected.connect(lambda: said.append("no"))
    return said


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_second_of_two_quick_keys_does_not_answer_what_nobody_has_read(
    qtbot: QtBot, parent: QWidget, monkeypatch: pytest.MonkeyPatch, key: Qt.Key
) -> None:
    monkeypatch.setattr(dialogs, "MOMENT", 300)
    question = ConfirmDialog(parent, "Hand the extract over?", yes="Hand over")
    said = answers(question)
    question.open()
    qtbot.keyClick(question.primary, key)
    assert said == []
    assert question.focusWidget() is question.primary
    qtbot.waitUntil(question.had_time)
    qtbot.keyClick(question.primary, key)
    assert said == ["yes"]


@pytest.mark.parametrize("text", ["amina bennani", "12 "])
def test_text_that_is_typed_behind_a_question_is_no_yes(qtbot: QtBot, parent: QWidget, text: str) -> None:
    question = ConfirmDialog(parent, "Hand the extract over?", yes="Hand over")
    said = answers(question)
    question.open()
    for letter in text:
        if said:
            break
        focus = question.focusWidget()
        assert focus is not None
        qtbot.keyClicks(focus, letter)
    assert said == ["no"]


def test_no_line_of_a_title_ends_within_a_number(parent: QWidget) -> None:
    dialog = ConfirmDialog(parent, "Print receipt 1-2026-001373-9 again? The citizen has it already")
    dialog.open()
    heading = dialog.heading
    for width in range(120, 460, 10):
        layout = QTextLayout(heading.text(), heading.font())
        layout.beginLayout()
        lines = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(heading.text()[line.textStart() : line.textStart() + line.textLength()])
        layout.endLayout()
        assert sum("001373" in line and "9" in line and "2026" in line for line in lines) == 1
    dialog.reject()
