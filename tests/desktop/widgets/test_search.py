"""The search of counter, palette and pickers: hits belong to what is typed, whenever their answer comes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.desktop.widgets.search import Search
from muniadmin.kernel.errors import DatabaseBusy, UserError

Key = Qt.Key
NAMES = ("Amal", "Amina", "Brahim", "Karim")


@dataclass(frozen=True)
class Question:
    """What was asked, and how it may be answered."""

    text: str
    most: int
    answer: Callable[[Sequence[str]], object]
    failed: Callable[[UserError], object]


class Desk:
    """A field above its list; questions wait until the test answers them."""

    def __init__(self, *, at_once: bool = False, most: int = 50) -> None:
        self.window = QWidget()
        self.field = TextField("Name")
        self.table: RowTable[str] = RowTable(
            "search-test",
            "Found",
            [Column("name", "Name", str, stretch=True)],
            key=str,
            footer=False,
        )
        self.questions: list[Question] = []
        ask = self._answer if at_once else self._ask
        self.search: Search[str] = Search(self.field, self.table, ask, at_once=at_once, most=most, least=1)
        self.field.returnPressed.connect(self.search.enter)
        self.taken: list[str] = []
        self.refused: list[UserError] = []
        self.missed: list[str] = []
        self.search.taken.connect(self.taken.append)
        self.search.refused.connect(self.refused.append)
        self.search.missed.connect(lambda: self.missed.append(self.search.text))
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.field)
        layout.addWidget(self.table)

    def _ask(
        self,
        text: str,
        most: int,
        answer: Callable[[Sequence[str]], object],
        failed: Callable[[UserError], object],
    ) -> None:
        self.questions.append(Question(text, most, answer, failed))

    @staticmethod
    def _answer(text: str, most: int, answer: Callable[[Sequence[str]], object], _failed: object) -> None:
        answer([name for name in NAMES if name.lower().startswith(text.lower())][:most])

    def type(self, text: str) -> None:
        """Types in the field."""
        QTest.keyClicks(self.field, text)

    def press(self, *keys: Qt.Key) -> None:
        """Presses keys where the keyboard is."""
        for key in keys:
            focus = QApplication.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, key)

    def asked(self, qtbot: QtBot, text: str) -> Question:
        """The question for a text, once it is asked."""
        qtbot.waitUntil(lambda: bool(self.questions) and self.questions[-1].text == text)
        return self.questions[-1]

    @property
    def marked(self) -> str | None:
        """The hit that Enter would take."""
        return self.table.current() if self.search.is_current else None


def shown(desk: Desk, qtbot: QtBot) -> Desk:
    qtbot.addWidget(desk.window)
    desk.window.resize(400, 300)
    desk.window.show()
    desk.window.activateWindow()
    desk.field.setFocus()
    qtbot.waitUntil(desk.field.hasFocus)
    return desk


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    """A search whose questions wait."""
    return shown(Desk(), qtbot)


def test_enter_before_the_answer_takes_nobody_where_several_are_found(desk: Desk, qtbot: QtBot) -> None:
    """Whoever pressed it has seen none of them."""
    desk.type("am")
    desk.press(Key.Key_Return)
    desk.asked(qtbot, "am").answer(["Amal", "Amina"])
    assert desk.taken == []
    assert desk.marked == "Amal"
    desk.press(Key.Key_Down, Key.Key_Return)
    assert desk.taken == ["Amina"]


def test_letters_typed_in_one_go_are_one_question(desk: Desk, qtbot: QtBot) -> None:
    QTest.keyClicks(desk.field, "karim", delay=20)
    desk.asked(qtbot, "karim")
    qtbot.wait(200)
    assert len(desk.questions) <= 2  # on a busy machine there may be a pause in it


def test_enter_waits_for_the_answer_and_takes_the_only_hit(desk: Desk, qtbot: QtBot) -> None:
    desk.type("kar")
    desk.press(Key.Key_Return)
    question = desk.asked(qtbot, "kar")
    assert desk.taken == []
    question.answer(["Karim"])
    assert desk.taken == ["Karim"]


def test_whoever_types_on_after_enter_has_not_pressed_it_for_what_is_found_then(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.type("kar")
    desk.press(Key.Key_Return)
    desk.type("im")
    question = desk.asked(qtbot, "karim")
    question.answer(["Karim"])
    assert desk.taken == []
    assert desk.marked == "Karim"
    desk.press(Key.Key_Return)
    assert desk.taken == ["Karim"]


def test_an_answer_that_was_overtaken_is_not_listed(desk: Desk, qtbot: QtBot) -> None:
    desk.type("am")
    old = desk.asked(qtbot, "am")
    desk.type("in")
    old.answer(["Amal", "Amina"])
    assert desk.table.model.rowCount() == 0
    desk.asked(qtbot, "amin").answer(["Amina"])
    old.answer(["Amal", "Amina"])
    assert desk.marked == "Amina"
    assert desk.table.model.rowCount() == 1


def test_a_refusal_that_comes_late_leaves_the_newer_search_alone(desk: Desk, qtbot: QtBot) -> None:
    desk.type("am")
    old = desk.asked(qtbot, "am")
    desk.type("in")
    newer = desk.asked(qtbot, "amin")
    old.failed(DatabaseBusy())
    assert desk.refused == []
    newer.answer(["Amina"])
    assert desk.marked == "Amina"
    newer.failed(DatabaseBusy())
    assert len(desk.refused) == 1
    assert desk.marked is None


def test_of_what_is_listed_before_anything_is_typed_enter_takes_nothing(desk: Desk, qtbot: QtBot) -> None:
    desk.search.look()
    desk.asked(qtbot, "").answer(NAMES)
    desk.press(Key.Key_Return)
    assert desk.taken == []
    desk.press(Key.Key_Down, Key.Key_Return)
    assert desk.taken == ["Amal"]


def test_an_edit_makes_the_hits_grey_and_nothing_opens_them(desk: Desk, qtbot: QtBot) -> None:
    desk.type("am")
    desk.asked(qtbot, "am").answer(["Amal", "Amina"])
    desk.type("i")
    assert desk.table.view.stale
    row = desk.table.view.currentIndex().row()
    desk.press(Key.Key_Down)
    assert desk.table.view.currentIndex().row() == row
    desk.search.take()
    desk.press(Key.Key_Return)
    assert desk.taken == []
    desk.questions[-1].answer([])
    assert desk.missed == ["ami"]


def test_arrows_and_page_keys_move_the_mark_and_the_cursor_stays(desk: Desk, qtbot: QtBot) -> None:
    desk.type("n")
    desk.asked(qtbot, "n").answer([f"Name {number:02}" for number in range(20)])
    moves = (
        (Key.Key_Down, "Name 01"),
        (Key.Key_PageDown, "Name 09"),
        (Key.Key_Up, "Name 08"),
        (Key.Key_PageUp, "Name 00"),
        (Key.Key_Up, "Name 00"),
        (Key.Key_PageDown, "Name 08"),
        (Key.Key_PageDown, "Name 16"),
        (Key.Key_PageDown, "Name 19"),
    )
    for key, name in moves:
        desk.press(key)
        assert desk.field.hasFocus()
        assert desk.marked == name
    desk.press(Key.Key_Return)
    assert desk.taken == ["Name 19"]


def test_letters_typed_in_the_list_go_on_in_the_field(desk: Desk, qtbot: QtBot) -> None:
    desk.type("am")
    desk.asked(qtbot, "am").answer(["Amal", "Amina"])
    desk.table.take_focus()
    desk.press(Key.Key_Down)
    desk.press(Key.Key_I)
    assert desk.field.hasFocus()
    assert desk.field.text().lower() == "ami"
    assert desk.table.view.stale
    desk.asked(qtbot, desk.field.text()).answer(["Amina"])
    assert desk.marked == "Amina"


def test_of_many_hits_the_first_are_listed_and_it_is_said(qtbot: QtBot) -> None:
    desk = shown(Desk(most=3), qtbot)
    desk.type("n")
    question = desk.asked(qtbot, "n")
    assert question.most == 4
    question.answer(["N1", "N2", "N3", "N4"])
    assert desk.table.model.rowCount() == 3
    assert desk.table.footer.isVisible()
    desk.type("1")
    desk.asked(qtbot, "n1").answer(["N1"])
    assert not desk.table.footer.isVisible()


def test_what_is_at_hand_is_searched_with_every_letter(qtbot: QtBot) -> None:
    desk = shown(Desk(at_once=True), qtbot)
    desk.type("am")
    assert desk.marked == "Amal"
    desk.type("i")
    desk.press(Key.Key_Return)
    assert desk.taken == ["Amina"]
