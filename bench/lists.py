"""The list of a whole register: the first picture, a page further, the end, another order; as the page itself does it,
with its questions on other threads, against Qt's own table model and against reading everything first."""

import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QEventLoop, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtSql import QSqlDatabase, QSqlTableModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from bench import towns
from bench.measuring import Result, Rounds, at_most, folder_on_disk, percentile, say
from muniadmin.app import App
from muniadmin.billing.reads import RegisterFilter, RegisterRow
from muniadmin.desktop.shell.operations import Operations
from muniadmin.desktop.taxpayers.tables import RegisterSource
from muniadmin.desktop.theme import Scheme, load_other_fonts, theme
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_table import RowTable

ROUNDS = 5
WARM_UP = 1
PAGES = 25
WIDTH, HEIGHT = 1200, 800
#: What a jump or another order may take.
JUMP_LIMIT_MS = 50.0
PATIENCE_SECONDS = 60.0

COLUMNS = (
    Column[RegisterRow]("number", "Number", lambda row: row.number, width=110, look="muted", sort="number"),
    Column[RegisterRow]("name", "Name", lambda row: row.name, stretch=True, look="strong", sort="name"),
    Column[RegisterRow]("zone", "Zone", lambda row: row.zone, sort="zone"),
    Column[RegisterRow]("address", "Address", lambda row: row.address, width=220),
    Column[RegisterRow]("phone", "Phone", lambda row: row.phone),
)
SHOWN = ("number", "name", "zone", "address", "phone")


def run(full: bool) -> Iterator[Result]:
    """On SQLite, a million rows or a tenth."""
    people = 1_000_000 if full else 100_000
    qt = QApplication.instance() or QApplication([])
    assert isinstance(qt, QApplication)
    load_other_fonts()
    theme().apply(Scheme.LIGHT)
    say(f"lists: {people:,} taxpayers on SQLite")
    with folder_on_disk() as folder, towns.town("sqlite", folder) as address:
        app = towns.opened(address)
        towns.add_taxpayers(app, people)
        with closing(app):
            yield from _compared(app, address.removeprefix("sqlite:///"), people, full)


@dataclass
class _Took:
    """Milliseconds one list took."""

    first: float
    page: float
    last: float
    order: float = 0.0


def _compared(app: App, file: str, people: int, full: bool) -> Iterator[Result]:
    operations = Operations(app, towns.everybody(app))
    first_all, first_qt, page, last, order = Rounds(), Rounds(), Rounds(), Rounds(), Rounds()
    for number in range(WARM_UP + ROUNDS):
        ours = _program(operations, people)
        everything = _everything(file, people)
        qts = _qts_own(file, people)
        if number >= WARM_UP:
            first_all.add(ours.first, everything.first)
            first_qt.add(ours.first, qts.first)
            page.add(ours.page, qts.page)
            last.add(ours.last, JUMP_LIMIT_MS)
            order.add(ours.order, JUMP_LIMIT_MS)
    operations.close()
    checked = f"{people:,} rows counted, the first and the last row the right ones"
    name = f"list of {people:,}"
    yield first_all.result(
        f"{name}, first picture",
        "reading all rows",
        "ms",
        goal=at_most(0.05) if full else None,
        checked=checked,
    )
    yield first_qt.result(
        f"{name}, first picture", "QSqlTableModel", "ms", goal=at_most(2.0), checked=checked
    )
    yield page.result(f"{name}, page down, p95", "QSqlTableModel", "ms", goal=at_most(1.5), checked=checked)
    yield last.result(
        f"{name}, jump to the end", "what nobody notices", "ms", goal=at_most(1.0), checked=checked
    )
    yield order.result(
        f"{name}, other order", "what nobody notices", "ms", goal=at_most(1.0), checked=checked
    )


# --- the program's list -------------------------------------------------------------------------------------------


def _program(operations: Operations, people: int) -> _Took:
    table: RowTable[RegisterRow] = RowTable(
        "bench", "Taxpayers", COLUMNS, key=lambda row: row.taxpayer_id, sort="name"
    )
    model, view = table.model, table.view

    def complete() -> bool:
        """Every row in view has arrived."""
        top, bottom = view.rowAt(0), view.rowAt(view.viewport().height() - 1)
        return (
            model.known
            and not model.pending
            and top >= 0
            and all(model.row(at) for at in range(top, bottom + 1))
        )

    _show(table)
    first = _took(view, lambda: table.set_source(RegisterSource(operations.read, RegisterFilter())), complete)
    page = _pages(view, complete)
    last = _took(view, view.scrollToBottom, complete)
    final = model.row(people - 1)
    _ensure(model.rowCount() == people and final is not None, "the last row is not there")
    view.scrollToTop()
    order = _took(view, lambda: model.set_order("number", False), complete)
    start = model.row(0)
    _ensure(start is not None and start.taxpayer_id == 1, "the first number is not the first row")
    table.close()
    table.deleteLater()
    return _Took(first, page, last, order)


# --- the yardsticks -----------------------------------------------------------------------------------------------


class _List(QAbstractTableModel):
    """All rows, read beforehand."""

    def __init__(self, file: str) -> None:
        super().__init__()
        with closing(sqlite3.connect(file)) as connection:
            wanted = f"SELECT {', '.join(SHOWN)} FROM taxpayer ORDER BY sort_name, id"
            self._rows = connection.execute(wanted).fetchall()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """All of them."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Those of the program's list."""
        return 0 if parent.isValid() else len(SHOWN)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The text alone."""
        return self._rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def _everything(file: str, people: int) -> _Took:
    view = QTableView()
    _show(view)
    models: list[_List] = []

    def fill() -> None:
        models.append(_List(file))
        view.setModel(models[0])

    first = _took(view, fill, lambda: True)
    _ensure(models[0].rowCount() == people, "not all rows were read")
    view.close()
    view.deleteLater()
    return _Took(first, 0.0, 0.0)


_CONNECTIONS = itertools.count()


def _qts_own(file: str, people: int) -> _Took:
    database = QSqlDatabase.addDatabase("QSQLITE", f"bench {next(_CONNECTIONS)}")
    database.setDatabaseName(file)
    _ensure(database.open(), "Qt does not open the database")
    view = QTableView()
    _show(view)
    model = QSqlTableModel(None, database)

    def fill() -> None:
        model.setTable("taxpayer")
        record = model.record()
        model.setSort(record.indexOf("sort_name"), Qt.SortOrder.AscendingOrder)
        model.select()
        view.setModel(model)
        for column in range(record.count()):
            view.setColumnHidden(column, record.fieldName(column) not in SHOWN)

    def to_the_end() -> None:
        while model.canFetchMore():
            model.fetchMore()
        view.scrollToBottom()

    first = _took(view, fill, lambda: True)
    page = _pages(view, lambda: True)
    last = _took(view, to_the_end, lambda: True)
    _ensure(model.rowCount() == people, "Qt does not show all rows")
    view.close()
    view.deleteLater()
    model.clear()
    model.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    database.close()
    return _Took(first, page, last)


# --- measuring ----------------------------------------------------------------------------------------------------


def _show(window: QWidget) -> None:
    window.resize(WIDTH, HEIGHT)
    window.show()
    QApplication.processEvents()


def _took(view: QTableView, act: Callable[[], object], complete: Callable[[], bool]) -> float:
    """Milliseconds from the act to the picture with everything in it."""
    start = time.perf_counter()
    act()
    QApplication.processEvents()
    while not complete():
        if time.perf_counter() - start > PATIENCE_SECONDS:
            raise AssertionError("the rows do not arrive")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    view.viewport().repaint()
    return (time.perf_counter() - start) * 1000


def _pages(view: QTableView, complete: Callable[[], bool]) -> float:
    """The 95th percentile of going a page further."""
    view.setFocus()
    view.selectRow(0)
    took = [
        _took(view, lambda: QTest.keyClick(view, Qt.Key.Key_PageDown), complete) for _page in range(PAGES)
    ]
    return percentile(took, 95)


def _ensure(sound: bool, problem: str) -> None:
    if not sound:
        raise AssertionError(problem)
