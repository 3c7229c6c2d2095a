"""The list: a million rows asked for in windows, sorted, ticked, kept in place, failing in words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from muniadmin.desktop.theme import Scheme, Tone, theme, tokens
from muniadmin.desktop.widgets.labels import Text
from muniadmin.desktop.widgets.row_model import KEPT_PAGES, PAGE, Column, RowModel
from muniadmin.desktop.widgets.row_source import Ask, ListSource, QuerySource, Summary, Window
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.errors import DatabaseBusy, UserError
from muniadmin.kernel.money import Money
from tests.desktop.conftest import closed

Key = Qt.Key
MILLION = 1_000_000


@dataclass(frozen=True)
class Row:
    """A row of the tests."""

    number: int
    name: str


COLUMNS: Sequence[Column[Row]] = (
    Column("number", "Number", lambda row: str(row.number), sort="number", number=True),
    Column("name", "Name", lambda row: row.name, stretch=True, sort="name", look="strong"),
    Column("state", "State", lambda row: "late" if row.number % 2 else "", pill=lambda _row: Tone.BAD),
)


@dataclass(frozen=True)
class Fetch:
    """How a question for rows may be answered."""

    then: Callable[[Sequence[Row]], None]
    failed: Callable[[UserError], None]


class Counted:
    """A million rows that exist only when asked for. Answers wait until :meth:`answer`."""

    def __init__(self, count: int = MILLION) -> None:
        self.count = count
        self.windows: list[Window] = []
        self.waiting: list[Callable[[], None]] = []
        self.problem: UserError | None = None
        self.fetches: list[Fetch] = []

    def summary(
        self, first: Window, then: Callable[[Summary], None], failed: Callable[[UserError], None]
    ) -> None:
        if self.problem is not None:
            failed(self.problem)
        else:
            then(Summary(self.count))

    def everything(self, ask: Ask, sort: str, descending: bool) -> Iterator[Sequence[Row]]:
        raise NotImplementedError

    def rows(
        self, window: Window, then: Callable[[Sequence[Row]], None], failed: Callable[[UserError], None]
    ) -> None:
        self.windows.append(window)
        found = [Row(n, f"Name {n}") for n in range(window.offset, window.offset + window.limit)]
        self.waiting.append(lambda: then(found))
        self.fetches.append(Fetch(then, failed))

    def answer(self) -> None:
        """Everything asked so far is answered."""
        asked, self.waiting = self.waiting, []
        for one in asked:
            one()


@pytest.fixture
def table(qtbot: QtBot) -> RowTable[Row]:
    """A list in a window in front."""
    made: RowTable[Row] = RowTable("test", "Rows", COLUMNS, key=lambda row: row.number, ticks=True)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_only_what_is_seen_is_asked_for(qtbot: QtBot, table: RowTable[Row]) -> None:
    source = Counted()
    table.set_source(source)
    qtbot.waitUntil(lambda: bool(source.windows))
    source.answer()
    assert table.model.rowCount() == MILLION
    assert [window.offset for window in source.windows] == [0]
    assert table.model.row(3) == Row(3, "Name 3")


def test_the_last_page_is_read_from_the_end(qtbot: QtBot, table: RowTable[Row]) -> None:
    source = Counted()
    table.set_source(source)
    qtbot.waitUntil(lambda: bool(source.windows))
    source.answer()
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: len(source.windows) > 1)
    last = source.windows[-1]
    assert last.from_end
    assert last.skip < 2 * PAGE
    source.answer()
    assert table.model.row(MILLION - 1) == Row(MILLION - 1, f"Name {MILLION - 1}")


def test_the_next_page_is_anchored_to_the_one_before(qtbot: QtBot, table: RowTable[Row]) -> None:
    source = Counted()
    table.set_source(source)
    qtbot.waitUntil(lambda: bool(source.windows))
    source.answer()
    table.model.row(PAGE + 1)
    qtbot.waitUntil(lambda: len(source.windows) > 1)
    assert source.windows[-1].anchor == Row(PAGE - 1, f"Name {PAGE - 1}")
    assert source.windows[-1].skip == 0


def test_far_pages_are_forgotten(qtbot: QtBot) -> None:
    model: RowModel[Row] = RowModel(COLUMNS, key=lambda row: row.number)
    source = Counted()
    model.set_source(source)
    for page in range(KEPT_PAGES + 20):
        model.row(page * PAGE)
        qtbot.waitUntil(lambda: bool(source.waiting))
        source.answer()
    assert len(list(model.at_hand())) == KEPT_PAGES * PAGE


def test_an_overtaken_answer_is_dropped(qtbot: QtBot, table: RowTable[Row]) -> None:
    slow, quick = Counted(10), Counted(5)
    table.set_source(slow)
    qtbot.waitUntil(lambda: bool(slow.windows))
    table.set_source(quick)
    qtbot.waitUntil(lambda: bool(quick.windows))
    slow.answer()
    assert table.model.row(0) is None
    quick.answer()
    assert table.model.row(0) is not None
    assert table.model.rowCount() == 5


def test_a_header_sorts_and_turns(qtbot: QtBot, table: RowTable[Row]) -> None:
    rows = [Row(1, "b"), Row(2, "a"), Row(3, "c")]
    table.set_source(ListSource(rows, keys={"name": lambda r: r.name, "number": lambda r: r.number}))
    table.view.header.sectionClicked.emit(1)
    qtbot.waitUntil(lambda: table.model.row(0) == Row(2, "a"))
    table.view.header.sectionClicked.emit(1)
    qtbot.waitUntil(lambda: table.model.row(0) == Row(3, "c"))


def test_a_reload_stays_at_the_same_row(qtbot: QtBot, table: RowTable[Row]) -> None:
    table.set_source(ListSource([Row(n, f"Name {n}") for n in range(50)]))
    table.select_first()
    table.select(17)
    table.reload()
    qtbot.waitUntil(lambda: table.current() == Row(17, "Name 17"))


def test_space_ticks_and_a_click_on_the_box_too(qtbot: QtBot, table: RowTable[Row]) -> None:
    table.set_source(ListSource([Row(n, f"Name {n}") for n in range(5)]))
    table.take_focus()
    table.select(2)
    with qtbot.waitSignal(table.ticked_changed):
        qtbot.keyClick(table.view, Key.Key_Space)
    assert [row.number for row in table.ticked()] == [2]
    box = table.view.visualRect(table.model.index(4, 0)).topLeft() + QPoint(16, 18)
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert [row.number for row in table.ticked()] == [2, 4]
    assert table.model.data(table.model.index(4, 0), Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked


def test_enter_opens_and_up_leaves_upwards(qtbot: QtBot, table: RowTable[Row]) -> None:
    table.set_source(ListSource([Row(n, f"Name {n}") for n in range(5)]))
    table.take_focus()
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table.view, Key.Key_Return)
    assert opened.args == [Row(0, "Name 0")]
    with qtbot.waitSignal(table.left_upwards):
        qtbot.keyClick(table.view, Key.Key_Up)


def test_what_cannot_be_read_is_said_and_tried_again(qtbot: QtBot, table: RowTable[Row]) -> None:
    source = Counted(3)
    source.problem = DatabaseBusy()
    table.set_source(source)
    assert not table.problem.isHidden()
    source.problem = None
    table.reload()
    assert table.problem.isHidden()
    assert table.model.rowCount() == 3


def test_hidden_columns_are_remembered_and_not_exported(qtbot: QtBot, table: RowTable[Row]) -> None:
    dialog = table.choose_columns()
    for _step in range(2):
        qtbot.keyClick(dialog.columns, Key.Key_Down)
    qtbot.keyClick(dialog.columns, Key.Key_Space)
    qtbot.keyClick(dialog.columns, Key.Key_Return)
    assert closed(dialog)
    assert [column.id for column in table.shown_columns()] == ["number", "name"]
    again: RowTable[Row] = RowTable("test", "Rows", COLUMNS, key=lambda row: row.number)
    qtbot.addWidget(again)
    assert [column.id for column in again.shown_columns()] == ["number", "name"]


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_which_columns_are_ticked_is_seen_and_a_click_ticks(
    qtbot: QtBot, table: RowTable[Row], scheme: Scheme
) -> None:
    theme().apply(scheme)
    dialog = table.choose_columns()
    columns = dialog.columns
    box = columns.visualItemRect(columns.item(1)).adjusted(12, 0, 0, 0)
    box.setWidth(16)
    ticked = columns.viewport().grab(box).toImage()
    inside = QPoint(5, box.height() // 2 - 5)
    assert ticked.pixelColor(inside).name().upper() == theme().tokens.accent
    qtbot.mouseClick(columns.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert columns.item(1).checkState() is Qt.CheckState.Unchecked
    unticked = columns.viewport().grab(box).toImage()
    assert unticked.pixelColor(inside) != ticked.pixelColor(inside)
    # On the words it takes the line in hand only.
    qtbot.mouseClick(columns.viewport(), Qt.MouseButton.LeftButton, pos=box.center() + QPoint(60, 0))
    assert columns.item(1).checkState() is Qt.CheckState.Unchecked
    dialog.reject()
    theme().apply(Scheme.LIGHT)


def test_columns_are_moved_and_widened_by_keys_and_put_back_as_at_first(
    qtbot: QtBot, table: RowTable[Row]
) -> None:
    table.set_source(ListSource([Row(n, f"Name {n}") for n in range(5)]))
    table.resize(900, 400)
    held = Qt.KeyboardModifier.ControlModifier
    dialog = table.choose_columns()
    qtbot.keyClick(dialog.columns, Key.Key_Down)
    qtbot.keyClick(dialog.columns, Key.Key_Up, held)
    before = table.view.columnWidth(1)
    qtbot.keyClick(dialog.columns, Key.Key_Left, held)
    qtbot.keyClick(dialog.columns, Key.Key_Return)
    again: RowTable[Row] = RowTable("test", "Rows", COLUMNS, key=lambda row: row.number)
    qtbot.addWidget(again)
    for one in (table, again):
        assert [column.id for column in one.shown_columns()] == ["name", "number", "state"]
        assert one.view.arrangement()["widths"] == {"name": before - 20}
    dialog = table.choose_columns()
    dialog.reset.click()
    qtbot.keyClick(dialog.columns, Key.Key_Return)
    assert [column.id for column in table.shown_columns()] == ["number", "name", "state"]
    assert table.view.arrangement()["widths"] == {}


def test_a_long_name_is_whole_as_long_as_there_is_room(qtbot: QtBot) -> None:
    long = "Société des transports urbains de la vallée du Sebou et de ses affluents"
    columns: list[Column[Row]] = [
        Column("what", "Owed", lambda _row: "Tax", width=120, stretch=True),
        Column("name", "Name", lambda row: row.name, width=120),
    ]
    table: RowTable[Row] = RowTable("long", "Rows", columns, key=lambda row: row.number)
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    table.set_source(ListSource([Row(1, long)]))
    qtbot.wait(1)
    assert not table.view.is_cut(0, 1)


def test_figures_are_whole_or_not_there(qtbot: QtBot) -> None:
    columns: list[Column[Row]] = [
        Column("name", "Name", lambda row: row.name, stretch=True),
        Column("day", "Day", lambda _row: "28/11/2026", width=60, exact=True, leaves=1),
        Column("state", "State", lambda _row: "late", pill=lambda _row: Tone.BAD),
        Column("amount", "Amount", lambda _row: "1 234 567 890,00", width=60, number=True),
    ]
    table: RowTable[Row] = RowTable("figures", "Rows", columns, key=lambda row: row.number)
    qtbot.addWidget(table)
    table.set_source(ListSource([Row(n, f"Name {n}") for n in range(5)]))
    shown: list[int] = []
    for width in (900, 420, 330, 280):
        table.resize(width, 300)
        table.show()
        qtbot.wait(1)
        shown = [n for n in range(4) if not table.view.isColumnHidden(n)]
        assert {0, 3} <= set(shown)
        assert table.view.columnWidth(3) >= table.view.fontMetrics().horizontalAdvance("1 234 567 890,00")
        assert table.view.horizontalScrollBar().maximum() == 0
    assert shown == [0, 3]


def test_what_tells_rows_apart_stays_also_where_its_width_is_short(qtbot: QtBot) -> None:
    """A list of plates whose offences alone are read says of nobody what they owe."""
    columns: list[Column[Row]] = [
        Column("plate", "Plate", lambda row: f"{row.number}4510-A-15", width=100, exact=True),
        Column("offence", "Offence", lambda row: row.name, width=200, stretch=True),
        Column("state", "State", lambda _row: "late", width=104, pill=lambda _row: Tone.BAD),
        Column("due", "To pay", lambda _row: "300.00", width=104, number=True),
    ]
    table: RowTable[Row] = RowTable("plates", "Rows", columns, key=lambda row: row.number)
    qtbot.addWidget(table)
    table.set_source(ListSource([Row(n, "Parking in front of a garage exit") for n in range(5)]))
    table.resize(340, 300)
    table.show()
    qtbot.waitExposed(table)
    assert [n for n in range(4) if not table.view.isColumnHidden(n)] == [0, 1, 3]
    assert not table.view.is_cut(0, 0)
    assert table.view.horizontalScrollBar().maximum() == 0


def test_what_a_column_said_below_stands_below_another_when_it_has_left(qtbot: QtBot) -> None:
    """In a narrow window one still reads which debts are late."""
    table: RowTable[Row] = RowTable(
        "debts",
        "Debts",
        [
            Column("what", "What", lambda row: row.name, width=160, stretch=True),
            Column(
                "due", "Due", lambda _row: "late", width=100, pill=lambda _row: Tone.BAD,
                below=lambda _row: "31/05/2026", beneath="amount",
            ),
            Column(
                "amount", "To pay", lambda _row: "100.00", width=100, number=True,
                below=lambda row: "" if row.number else "50.00 less",
            ),
        ],
        key=lambda row: row.number,
    )  # fmt: skip
    rows = [Row(number, "Housing tax of the house") for number in range(2)]
    qtbot.addWidget(table)
    table.set_source(ListSource(rows))
    amount = table.model.columns[2]
    for width, told in ((600, ""), (300, "31/05/2026")):
        table.resize(width, 200)
        table.show()
        qtbot.waitExposed(table)
        assert table.view.second_line(amount, rows[0])[0] == "50.00 less"
        assert table.view.second_line(amount, rows[1])[0] == told
    assert table.view.second_line(amount, rows[1])[1].name().upper() == tokens().strong(Tone.BAD).upper()


def test_all_that_matches_is_selected_and_some_is_added_up(qtbot: QtBot) -> None:
    table: RowTable[Row] = RowTable(
        "sums",
        "Rows",
        COLUMNS,
        key=lambda row: row.number,
        multiple=True,
        sums=[("Total", lambda row: Money(row.number))],
        write_sum=lambda amount: str(amount.minor),
    )
    qtbot.addWidget(table)
    source = Counted(5_000)
    table.set_source(source)
    source.answer()
    table.set_totals([("Total", "all of it")])
    table.select(0)
    qtbot.keyClick(table.view, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected_count() == 5_000
    assert "5,000 rows · 5,000 selected | Total | all of it" in _texts(table)
    table.select(10)
    for _step in range(2):
        qtbot.keyClick(table.view, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    source.answer()
    assert "3 selected | Total | 33" in _texts(table)
    table.view.selectionModel().select(
        QItemSelection(table.model.index(0, 0), table.model.index(999, 2)),
        QItemSelectionModel.SelectionFlag.ClearAndSelect,
    )
    while source.waiting:
        source.answer()
    assert f"1,000 selected | Total | {sum(range(1_000))}" in _texts(table)


def _texts(table: RowTable[Row]) -> str:
    labels = table.footer.findChildren(Text)
    return " | ".join(label.text() for label in labels if label.isVisibleTo(table.footer))


def test_selected_rows_that_went_away_are_left_out_and_a_failure_is_said(qtbot: QtBot) -> None:
    source, given = Counted(PAGE + 20), list[list[Row]]()
    table: RowTable[Row] = RowTable("gone", "Rows", COLUMNS, key=lambda row: row.number, multiple=True)
    qtbot.addWidget(table)
    table.set_source(source)
    table.model.row(0)
    qtbot.waitUntil(lambda: bool(source.waiting))
    source.answer()
    table.select_all()
    table.fetch_selected(given.append)
    source.fetches[-1].then([Row(PAGE, "the last one left")])
    assert [row.number for row in given[0]] == [*range(PAGE), PAGE]
    table.fetch_selected(given.append)
    source.fetches[-1].failed(DatabaseBusy())
    assert len(given) == 1
    assert table.problem.isVisibleTo(table)


def test_rows_of_an_earlier_search_are_not_opened(qtbot: QtBot, table: RowTable[Row]) -> None:
    table.set_source(ListSource([Row(n, f"Name {n}") for n in range(5)]))
    table.take_focus()
    table.set_stale()
    opened: list[Row] = []
    table.opened.connect(opened.append)
    qtbot.keyClick(table.view, Key.Key_Return)
    assert opened == []
    table.reload()
    qtbot.keyClick(table.view, Key.Key_Return)
    assert opened == [Row(0, "Name 0")]


def test_the_columns_fit_without_a_scroll_bar(qtbot: QtBot, table: RowTable[Row]) -> None:
    table.set_source(
        ListSource([Row(n, f"A rather long name number {n} that goes on and on") for n in range(50)])
    )
    for width in (1000, 500, 360):
        table.resize(width, 400)
        assert table.view.horizontalScrollBar().maximum() == 0


def test_a_total_without_room_goes_rather_than_being_cut(qtbot: QtBot, table: RowTable[Row]) -> None:
    """Half a figure reads like another one; the last total always stays."""
    table.set_source(ListSource([Row(1, "a")]))
    table.set_totals([("Total", "151,311,565.30"), ("Left to pay", "16,972,891.15 CRC")])

    def shown() -> list[str]:
        return [
            label.text() for label in table.footer.findChildren(QLabel) if label.isVisibleTo(table.footer)
        ]

    table.show()
    table.resize(800, 400)
    assert "151,311,565.30" in shown()
    table.resize(300, 400)
    assert "151,311,565.30" not in shown()
    assert "16,972,891.15 CRC" in shown()
    table.resize(800, 400)
    assert "151,311,565.30" in shown()


def test_a_query_that_answers_rows_and_totals_is_asked_once(qtbot: QtBot, table: RowTable[Row]) -> None:
    asked: list[Window] = []

    def read(window: Window, *, then: Callable[[object], None], failed: object) -> None:
        asked.append(window)
        then(([Row(1, "a"), Row(2, "b")], "3,00"))

    table.set_source(
        QuerySource(
            read,
            page=lambda window: window,
            rows_of=lambda answer: answer[0],
            summarise=lambda answer: Summary(len(answer[0]), [("Total", answer[1])]),
        )
    )
    assert table.model.row(1) == Row(2, "b")
    assert len(asked) == 1


def test_the_model_is_sound(qtmodeltester: ModelTester) -> None:
    model: RowModel[Row] = RowModel(COLUMNS, key=lambda row: row.number, ticks=True)
    model.set_source(ListSource([Row(n, f"Name {n}") for n in range(300)]))
    qtmodeltester.check(model, force_py=True)


def test_the_whole_of_a_text_that_is_cut_is_told_on_hover(qtbot: QtBot) -> None:
    long = "Tax on the use of the municipal public domain by building works"
    table = RowTable("cut", "Cut", COLUMNS, key=lambda row: row.number)
    qtbot.addWidget(table)
    table.set_source(ListSource([Row(1, "Short"), Row(2, long)]))
    table.resize(360, 200)
    table.show()
    qtbot.waitExposed(table)

    def told(row: int) -> str:
        QToolTip.hideText()
        cell = table.view.visualRect(table.model.index(row, 1)).center()
        event = QHelpEvent(QEvent.Type.ToolTip, cell, table.view.viewport().mapToGlobal(cell))
        QApplication.sendEvent(table.view.viewport(), event)
        return QToolTip.text()

    assert told(0) == ""
    assert told(1) == long


def test_the_tail_of_a_text_is_never_cut(qtbot: QtBot) -> None:
    """A period after a long name: two rows whose names are cut alike are still told apart by what is painted."""
    long = "Tax on the use of the municipal public domain by building works"
    columns = [replace(COLUMNS[1], tail=lambda row: f"2026-T{row.number}")]
    table = RowTable("tail", "Tail", columns, key=lambda row: row.number)
    qtbot.addWidget(table)
    table.set_source(ListSource([Row(1, long), Row(2, long)]))
    table.resize(200, 200)
    table.show()
    qtbot.waitExposed(table)
    assert table.view.is_cut(0, 0)
    assert table.model.data(table.model.index(0, 0)) == f"{long} 2026-T1"
    cells = [table.view.visualRect(table.model.index(row, 0)) for row in (0, 1)]
    one, other = (table.view.viewport().grab(cell.adjusted(4, 2, 0, -2)).toImage() for cell in cells)
    assert one != other
