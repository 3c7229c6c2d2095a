"""A scanner’s keys with their own times, as a window that was busy gets them: what was a scan never stays as typed."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from muniadmin import bootstrap
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.desktop.shell.keyboard import Keyboard
from muniadmin.desktop.shell.scanner import Reading
from muniadmin.desktop.widgets.fields import TextArea
from muniadmin.kernel.numbers import yearly_number

assert bootstrap.SLICES

BILL = yearly_number(BILL_NUMBER, 2026, 1)
FOREIGN = "6111234567890"


class Desk:
    """A field with the keyboard, and what its Enter and scans do."""

    def __init__(self, qtbot: QtBot) -> None:
        self.field = QLineEdit()
        qtbot.addWidget(self.field)
        self.field.show()
        self.field.activateWindow()
        qtbot.waitUntil(self.field.hasFocus)
        self.scans: list[Reading] = []
        self.entered: list[str] = []
        self.takes = True
        self.at = 100_000
        self.field.returnPressed.connect(lambda: self.entered.append(self.field.text()))
        self.keyboard = Keyboard(self.field, self._take, lambda: None, lambda: None)

    def _take(self, reading: Reading) -> bool:
        self.scans.append(reading)
        return self.takes

    def key(
        self,
        key: int,
        text: str,
        after: int,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        repeats: bool = False,
    ) -> None:
        """A key pressed and let go, ``after`` so many milliseconds by its own time, delivered at once."""
        self.at += after
        window = QGuiApplication.focusWindow()
        assert window is not None
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text, repeats)
            event.setTimestamp(self.at)
            QApplication.sendEvent(window, event)

    def letters(self, text: str, pace: int = 5) -> None:
        """Letters at a pace."""
        for letter in text:
            self.key(ord(letter.upper()), letter, pace)

    def enter(self, after: int) -> None:
        """Enter."""
        self.key(Qt.Key.Key_Return, "\r", after)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    app = QApplication.instance()
    assert app is not None
    app.removeEventFilter(made.keyboard)


@pytest.mark.parametrize("late", [5, 60, 150])
@pytest.mark.parametrize("code", [BILL, FOREIGN])
def test_a_line_end_that_is_late_is_the_scanners_still(desk: Desk, code: str, late: int) -> None:
    desk.letters(code)
    desk.enter(late)
    QTest.qWait(120)
    assert [scan.text for scan in desk.scans] == [code]
    assert desk.entered == []
    assert desk.field.text() == ""


@pytest.mark.parametrize("code", [BILL, FOREIGN])
def test_a_line_end_after_the_letters_were_let_go(desk: Desk, code: str) -> None:
    """The foreign code was taken for typed letters: it is taken back."""
    desk.field.setText("12")
    desk.letters(code)
    QTest.qWait(150)
    desk.enter(80)
    assert [scan.text for scan in desk.scans] == [code]
    assert desk.entered == []
    assert desk.field.text() == "12"


def test_a_foreign_code_held_up_in_its_middle(desk: Desk) -> None:
    desk.letters(FOREIGN[:5])
    desk.at += 80
    desk.letters(FOREIGN[5:])
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [FOREIGN]
    assert desk.field.text() == ""


@pytest.mark.parametrize("first", [1, 2, 7])
def test_a_bill_held_up_is_whole(desk: Desk, first: int) -> None:
    """Also after its first letter, which has no pace."""
    desk.letters(BILL[:first])
    desk.at += 150
    desk.letters(BILL[first:])
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [BILL]
    assert desk.field.text() == ""


@pytest.mark.parametrize("pauses", [(2_500,), (150, 150), (2_500, 400)], ids=str)
def test_a_bill_held_up_for_long_or_twice_while_a_reference_is_typed(
    desk: Desk, pauses: tuple[int, ...]
) -> None:
    """Enter there would pay."""
    desk.letters("BP 79", pace=120)
    desk.at += 500
    desk.letters(BILL[:3])
    for place, pause in enumerate(pauses):
        desk.at += pause
        desk.letters(BILL[3 + place])
    desk.at += 20
    desk.letters(BILL[3 + len(pauses) :])
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [BILL]
    assert desk.entered == []
    assert desk.field.text() == "BP 79"


def test_a_bill_typed_in_pieces_is_typed(desk: Desk) -> None:
    """Also by somebody whose fingers hit two keys at a time."""
    for place in range(0, len(BILL), 4):
        desk.at += 200
        desk.letters(BILL[place : place + 4])
    desk.enter(200)
    assert desk.scans == []
    assert desk.entered == [BILL]


def test_a_bill_held_up_before_its_last_letter_is_not_another_one(desk: Desk) -> None:
    """Its last figure would be the check letter of a shorter number."""
    bill = yearly_number(BILL_NUMBER, 2026, 3697)
    desk.letters(bill[:-1])
    desk.at += 80
    desk.letters(bill[-1])
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [bill]
    assert desk.field.text() == ""


def test_an_amount_typed_just_before_is_no_part_of_the_code(desk: Desk) -> None:
    desk.letters("150", pace=70)
    desk.at += 120
    desk.letters(FOREIGN)
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [FOREIGN]
    assert desk.field.text() == "150"


def test_a_key_pressed_just_before_is_no_part_of_the_code(desk: Desk) -> None:
    """As a space that ticks a debt, or an amount's last figure."""
    desk.letters("7")
    desk.at += 200
    desk.letters(FOREIGN)
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [FOREIGN]
    assert desk.field.text() == "7"


def test_a_long_number_typed_by_a_person_is_theirs(desk: Desk) -> None:
    desk.letters(FOREIGN, pace=70)
    desk.enter(70)
    assert desk.scans == []
    assert desk.entered == [FOREIGN]


def test_a_whole_number_without_an_end_is_taken_before_the_next_key(desk: Desk) -> None:
    desk.letters(BILL)
    desk.letters("x", pace=900)
    QTest.qWait(120)
    assert [scan.text for scan in desk.scans] == [BILL]
    assert desk.field.text() == "x"


def test_the_text_of_a_square_code_that_was_held_up_is_whole(desk: Desk) -> None:
    code = "MA1|R|3-2026-000123-K|2026-11-28|120.00|MAD||3|ab12|" + "aZ_-9" * 17
    desk.letters(code[:60])
    desk.at += 80
    desk.letters(code[60:])
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [code]
    assert desk.field.text() == ""


def test_what_nobody_takes_stays_as_it_was_typed(desk: Desk) -> None:
    """A badge may hold a password of figures."""
    desk.takes = False
    desk.letters(FOREIGN)
    QTest.qWait(150)
    desk.enter(80)
    assert desk.field.text() == FOREIGN
    assert desk.entered == [FOREIGN]


def test_a_person_types_and_presses_enter(desk: Desk) -> None:
    desk.letters(BILL, pace=70)
    desk.enter(120)
    assert desk.scans == []
    assert desk.entered == [BILL]


def test_figures_typed_as_fast_as_a_person_can_are_typed(desk: Desk) -> None:
    desk.letters(FOREIGN, pace=50)
    desk.enter(50)
    assert desk.scans == []
    assert desk.entered == [FOREIGN]


def test_a_key_held_down_is_no_scan(desk: Desk) -> None:
    desk.key(Qt.Key.Key_6, "6", 500)
    for _time in range(len(FOREIGN)):
        desk.key(Qt.Key.Key_6, "6", 30, repeats=True)
    desk.enter(30)
    assert desk.scans == []
    assert desk.entered == ["6" * (len(FOREIGN) + 1)]


def test_no_letter_of_a_scan_is_a_shortcut(desk: Desk) -> None:
    def is_kept_from_shortcuts(after: int) -> bool:
        event = QKeyEvent(
            QEvent.Type.ShortcutOverride, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier, "\x02"
        )
        event.setTimestamp(desk.at + after)
        event.ignore()
        QApplication.sendEvent(desk.field, event)
        return event.isAccepted()

    assert not is_kept_from_shortcuts(5)
    desk.letters("61")
    assert is_kept_from_shortcuts(5)
    assert not is_kept_from_shortcuts(300)


def test_letters_by_alt_gr_are_letters_of_the_scan(desk: Desk) -> None:
    """Windows tells AltGr as Ctrl and Alt: the bars of a square code on a French keyboard."""
    code = "MA1|R|3-2026-000123-K|2026-11-28|120.00|MAD||3|ab12|" + "aZ_-9" * 17
    alt_gr = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    for letter in code:
        plain = Qt.KeyboardModifier.NoModifier
        desk.key(ord(letter.upper()), letter, 5, alt_gr if letter == "|" else plain)
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [code]
    assert desk.field.text() == ""


def test_a_scan_that_was_held_up_leaves_several_lines_as_they_were(desk: Desk, qtbot: QtBot) -> None:
    area = TextArea("Reason")
    area.setPlainText("He was away.\nHis brother came.")
    qtbot.addWidget(area)
    area.show()
    area.activateWindow()
    area.setFocus()
    qtbot.waitUntil(area.hasFocus)
    marked = area.textCursor()
    marked.setPosition(3)
    marked.setPosition(6, QTextCursor.MoveMode.KeepAnchor)
    area.setTextCursor(marked)
    desk.letters(FOREIGN[:5])
    desk.at += 80
    desk.letters(FOREIGN[5:])
    desk.enter(5)
    assert [scan.text for scan in desk.scans] == [FOREIGN]
    assert area.toPlainText() == "He was away.\nHis brother came."
    assert area.textCursor().selectedText() == "was"
