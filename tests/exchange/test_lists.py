"""A list is written as it is shown: to CSV, to a workbook, on paper; and nothing in it is ever calculated."""

import csv
import errno
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.audit.services import record
from muniadmin.billing.reads import Register, RegisterFilter, RegisterRow
from muniadmin.exchange import lists
from muniadmin.exchange.commands import Ask, DrawList, ListColumn, ShownList, WriteList
from muniadmin.exchange.errors import NotWritable, TooManyRows
from muniadmin.exchange.tabular import harmless, open_table
from muniadmin.kernel.errors import Cancelled, DatabaseBusy, NotAllowed
from muniadmin.kernel.formats import format_money
from muniadmin.kernel.i18n import use_language
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Command
from muniadmin.taxpayers.commands import RegisterTaxpayer
from muniadmin.taxpayers.errors import LikelyDuplicate
from tests.builders import a_bill
from tests.towns import actor_with

CALCULATING = '=HYPERLINK("http://x.example","Amina")'
NAMES = [CALCULATING, "Karim; Tazi", "Zoé", "Hôtel", "-2+3", "+1", "@SUM(A1)", "Éva"]
ADDRESS = '=cmd|"/c calc"!A1'


@pytest.fixture
def town(app: App) -> App:
    """As many taxpayers as there are names, each with a bill."""
    clerk = actor_with(app, Role.CLERK)
    for place, name in enumerate(NAMES):
        command = RegisterTaxpayer(name=name, address=ADDRESS, zone="medina" if place % 2 else "agdal")
        taxpayer_id = app.execute(command, clerk, confirmed={LikelyDuplicate}).outcome.taxpayer_id
        a_bill(app, f"{place + 1}234.50", taxpayer_id=taxpayer_id)
    return app


def shown(app: App, wanted: RegisterFilter | None = None, **order: Any) -> ShownList:
    """The register in two rows a page."""
    question = Register(filter=wanted or RegisterFilter(), limit=2, **order)

    def rows(ask: Ask) -> Iterator[Sequence[RegisterRow]]:
        page = ask(question)
        while page:
            yield page
            page = ask(replace(question, after=page[-1].place))

    return ShownList(
        "taxpayers",
        "Taxpayers",
        [
            ListColumn("No.", lambda row: row.number),
            ListColumn("=Name", lambda row: row.name),
            ListColumn("Address", lambda row: row.address),
            ListColumn("Since", lambda _row: "01/02/2026", lambda _row: date(2026, 2, 1)),
            ListColumn(
                "Balance",
                lambda row: format_money(row.balance, app.municipality.currency),
                lambda row: row.balance,
                figures=True,
            ),
        ],
        rows,
        subtitle="Everybody",
        sums=[("Total", lambda row: row.balance)],
    )


def lines_of(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


@pytest.mark.parametrize("order", [{}, {"descending": True}, {"sort": "number"}])
def test_csv_has_the_rows_as_they_are_listed(town: App, tmp_path: Path, order: dict[str, Any]) -> None:
    clerk = actor_with(town, Role.CLERK)
    path, wanted = tmp_path / "list.csv", RegisterFilter(zones=("agdal",))
    with use_language("fr"):
        command = WriteList(path=str(path), kind="csv", shown=shown(town, wanted, **order))
        done = town.execute(command, clerk).outcome
    listed = town.read(Register(filter=wanted, **order), clerk)
    assert done.rows == len(listed) == 4
    first, *rest = lines_of(path, ";")
    assert first == ["No.", "'=Name", "Address", "Since", "Balance"]
    assert [line[0] for line in rest] == [row.number for row in listed]
    assert [line[4] for line in rest if line[1] == "Zoé"] == ["3234,50"]
    logged = town.read(AuditLog(text="exchange:list:written"), actor_with(town, Role.MANAGER))
    assert [dict(line.detail) for line in logged] == [{"list": "taxpayers", "rows": 4}]


def test_no_cell_of_a_csv_file_is_calculated_and_every_one_is_read_back(town: App, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    town.execute(WriteList(path=str(path), kind="csv", shown=shown(town)), actor_with(town, Role.CLERK))
    lines = lines_of(path)
    assert not [cell for line in lines for cell in line if cell[:1] in set("=+-@\t\r\n")]
    assert {line[1] for line in lines} > {f"'{CALCULATING}", "'-2+3", "'+1", "'@SUM(A1)"}
    table = open_table(path)
    assert table.columns[1] == "=Name"
    read = list(table.lines())
    assert {line.cells[1] for line in read} == set(NAMES)
    assert {line.cells[2] for line in read} == {ADDRESS}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+212 661", "'+212 661"),
        ("-1+1", "'-1+1"),
        ("@SUM", "'@SUM"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1+1", "'－1+1"),
        ("＠SUM", "'＠SUM"),
        (" =1", "' =1"),
        ("\u00a0@SUM", "'\u00a0@SUM"),
        ("\u200b=1", "'\u200b=1"),
        ("\ufeff \u200e+1", "'\ufeff \u200e+1"),
        ("\u200bAmina", "\u200bAmina"),
        ("\n", "'\n"),
        ("-12,50", "-12,50"),
        ("-75.00 ", "-75.00 "),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_what_begins_like_a_formula_is_marked_and_a_negative_number_is_not(text: str, written: str) -> None:
    assert harmless(text) == written


def test_a_workbook_has_texts_as_texts_and_figures_that_can_be_added_up(town: App, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    town.execute(WriteList(path=str(path), kind="xlsx", shown=shown(town)), actor_with(town, Role.CLERK))
    sheet = load_workbook(path).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2))
    assert {row[1].value for row in rows} == set(NAMES)
    assert {cell.data_type for row in rows for cell in row[:3]} == {"s"}
    assert {row[3].data_type for row in rows} == {"d"}
    wanted = sum(1000 * (n + 1) + 234.5 for n in range(len(NAMES)))
    assert sum(row[4].value for row in rows) == pytest.approx(wanted)  # type: ignore[misc]


def test_paper_has_every_row_the_filter_and_the_sum_of_what_stands_there(town: App) -> None:
    drawn = town.execute(DrawList(shown=shown(town)), actor_with(town, Role.CLERK)).outcome
    assert drawn.rows == len(NAMES)
    logged = town.read(AuditLog(text="exchange:list:written"), actor_with(town, Role.MANAGER))
    assert [dict(line.detail) for line in logged] == [{"list": "taxpayers", "rows": len(NAMES)}]
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(drawn.pdf)).pages)
    text = text.replace("\u00a0", " ").replace("\n", " ")
    assert all(name in text for name in ("Karim; Tazi", "Zoé", "@SUM(A1)"))
    assert "Everybody" in text
    assert "8 rows · Total: 37,876.00 MAD" in text


def test_figures_stand_apart_from_the_words_after_them(town: App) -> None:
    """In the heading and in every row."""
    listed = shown(town)
    number, name, address, since, balance = listed.columns
    late = ListColumn("State", lambda _row: "late")
    listed.columns = [number, name, balance, late, since, address]
    command = DrawList(shown=listed)
    drawn = town.execute(command, actor_with(town, Role.CLERK)).outcome
    # Words as they lie on the paper: what touches is one word.
    lines = PdfReader(BytesIO(drawn.pdf)).pages[0].extract_text(extraction_mode="layout").splitlines()
    assert any("Balance" in line.split() and "State" in line.split() for line in lines)
    assert sum("late" in line.split() for line in lines) == len(NAMES)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_a_list_that_was_stopped_is_too_long_or_not_ones_own_leaves_nothing(
    town: App, tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = shown(town)
    path = str(tmp_path / "list")
    orders: dict[str, Command[Any]] = {
        "csv": WriteList(path=path, kind="csv", shown=listed),
        "xlsx": WriteList(path=path, kind="xlsx", shown=listed),
        "pdf": DrawList(shown=listed),
    }
    order = orders[ending]
    before = {*tmp_path.iterdir()}

    def stop(done: int, total: int) -> None:
        if done >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        town.execute(order, actor_with(town, Role.CLERK), progress=stop)
    nobody = replace(actor_with(town, Role.CLERK), permissions=frozenset())
    with pytest.raises(NotAllowed):
        town.execute(order, nobody)
    monkeypatch.setattr(lists, "_MOST_PRINTED", 3)
    monkeypatch.setattr(lists, "_MOST_IN_SHEET", 3)
    if ending != "csv":
        with pytest.raises(TooManyRows):
            town.execute(order, actor_with(town, Role.CLERK))
    assert {*tmp_path.iterdir()} == before


@pytest.mark.parametrize("most", [0, -1])
def test_a_list_that_just_fits_its_sheet_is_written(
    town: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    rows = len(town.read(Register(), actor_with(town, Role.CLERK)))
    monkeypatch.setattr(lists, "_MOST_IN_SHEET", rows + most)
    order = WriteList(path=str(tmp_path / "list.xlsx"), kind="xlsx", shown=shown(town))
    if most < 0:
        with pytest.raises(TooManyRows):
            town.execute(order, actor_with(town, Role.CLERK))
    else:
        assert town.execute(order, actor_with(town, Role.CLERK)).outcome.rows == rows


@pytest.mark.parametrize("name", ["", ".", "folder", "a" * 300 + ".csv", "no/list.csv"])
def test_a_name_that_no_file_can_have_is_refused_and_nothing_is_left(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    clerk, before = actor_with(app, Role.CLERK), set(tmp_path.iterdir())
    with pytest.raises(NotWritable):
        app.execute(WriteList(path=name, kind="csv", shown=shown(app)), clerk)
    assert set(tmp_path.iterdir()) == before
    assert app.read(AuditLog(text="exchange:list:written"), actor_with(app, Role.MANAGER)) == []


def test_as_long_a_name_as_a_file_can_have_is_taken(app: App, tmp_path: Path) -> None:
    path = tmp_path / ("é" * 124 + "123.csv")
    app.execute(WriteList(path=str(path), kind="csv", shown=shown(app)), actor_with(app, Role.CLERK))
    assert path.exists()


def test_drafts_are_in_nobody_s_way(town: App, tmp_path: Path) -> None:
    """A file of the user's that is called like a draft is theirs, and two lists of one name take their turns."""
    path, own = tmp_path / "list.csv", tmp_path / "list.csv.part"
    own.write_text("mine")
    clerk = actor_with(town, Role.CLERK)
    order = WriteList(path=str(path), kind="csv", shown=shown(town))

    def another_meanwhile(done: int, total: int) -> None:
        if done == 2:
            town.execute(order, clerk)
            path.unlink()

    town.execute(order, clerk, progress=another_meanwhile)
    assert len(lines_of(path)) == len(NAMES) + 1
    assert own.read_text() == "mine"
    assert {*tmp_path.glob("*.part"), *tmp_path.glob(".*.part")} == {own}


def test_a_workbook_that_finds_no_room_leaves_no_rows_behind(
    town: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    seen: list[list[str]] = []

    def full(done: int, total: int) -> None:
        seen.append([one.name for one in temporary.rglob("*") if one.is_file()])
        if done >= 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    order = WriteList(path=str(tmp_path / "list.xlsx"), kind="xlsx", shown=shown(town))
    with pytest.raises(NotWritable, match="No space left"):
        town.execute(order, actor_with(town, Role.CLERK), progress=full)
    assert len(seen[-1]) == 1
    assert list(temporary.iterdir()) == []
    assert tempfile.tempdir == str(temporary)


def test_no_file_is_in_its_place_of_which_the_log_does_not_tell(
    town: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended between the log and the file, the log has it; ended before, there is no file."""
    path = tmp_path / "list.csv"
    order = WriteList(path=str(path), kind="csv", shown=shown(town))
    seen: list[bool] = []

    def note(*told: Any) -> None:
        seen.append(path.exists())
        record(*told)

    monkeypatch.setattr(lists, "record", note)
    town.execute(order, actor_with(town, Role.CLERK))
    assert seen == [False]
    assert path.exists()

    def broken(*_told: Any) -> None:
        raise DatabaseBusy

    path.unlink()
    monkeypatch.setattr(lists, "record", broken)
    with pytest.raises(DatabaseBusy):
        town.execute(order, actor_with(town, Role.CLERK))
    assert not list(tmp_path.glob("list*"))


def test_what_no_workbook_holds_does_not_stop_it(town: App, tmp_path: Path) -> None:
    """A control letter in a name, and a title that is no name of a sheet."""
    path = tmp_path / "list.xlsx"
    title = "Taxpayers: zone [Agdal] / who owes more than a year?"
    listed = ShownList(
        "taxpayers",
        title,
        [ListColumn("Name", lambda row: f"{row.name}\x0b\x01\ufffe\uffff")],
        shown(town).rows,
    )
    town.execute(WriteList(path=str(path), kind="xlsx", shown=listed), actor_with(town, Role.CLERK))
    book = load_workbook(path)
    assert book.sheetnames == ["Taxpayers  zone  Agdal    who o"]
    assert {row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)} == set(NAMES)
