"""The register is written exactly as a list shows it."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.billing.reads import Register, RegisterFilter
from muniadmin.exchange import register_export
from muniadmin.exchange.commands import ExportRegister, RegisterColumn
from muniadmin.exchange.errors import NotWritable
from muniadmin.kernel.errors import Cancelled
from muniadmin.kernel.i18n import use_language
from muniadmin.kernel.permissions import Role
from muniadmin.taxpayers.commands import RegisterTaxpayer
from muniadmin.taxpayers.errors import LikelyDuplicate
from tests.builders import a_bill
from tests.towns import actor_with

COLUMNS = (
    (RegisterColumn.NUMBER, "No."),
    (RegisterColumn.NAME, "Name"),
    (RegisterColumn.ZONE, "Zone"),
    (RegisterColumn.STANDING, "State"),
    (RegisterColumn.BALANCE, "Balance"),
)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_export, "_PAGE", 2)


@pytest.fixture
def names(app: App) -> list[str]:
    clerk = actor_with(app, Role.CLERK)
    names = ["=Amina", "Karim; Tazi", "Zoé", "Hôtel", "Éva"]
    for place, name in enumerate(names):
        command = RegisterTaxpayer(name=name, zone="medina" if place % 2 else "agdal")
        taxpayer_id = app.execute(command, clerk, confirmed={LikelyDuplicate}).outcome.taxpayer_id
        a_bill(app, f"{place + 1}234.50", taxpayer_id=taxpayer_id)
    return names


def test_csv_has_the_rows_as_they_are_listed(app: App, names: list[str], tmp_path: Path) -> None:
    clerk = actor_with(app, Role.CLERK)
    wanted = RegisterFilter(zones=("agdal",))
    for sort in ("name", "number", "balance"):
        path = tmp_path / f"{sort}.csv"
        with use_language("fr"):
            done = app.execute(
                ExportRegister(path=str(path), columns=COLUMNS, filter=wanted, sort=sort, descending=True),
                clerk,
            ).outcome
        assert done.rows == 3
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, delimiter=";"))
        assert lines[0] == [title for _code, title in COLUMNS]
        assert [line[4] for line in lines if line[1] == "Zoé"] == ["3234,50"]
    listed = app.read(Register(filter=wanted, sort="number", descending=True), clerk)
    with (tmp_path / "number.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [line[0] for line in csv.reader(file, delimiter=";")][1:] == [row.number for row in listed]
    audited = app.read(AuditLog(text="exported"), actor_with(app, Role.MANAGER))
    assert len(audited) == 3


def test_a_workbook_has_figures_that_can_be_added_up(app: App, names: list[str], tmp_path: Path) -> None:
    clerk = actor_with(app, Role.CLERK)
    path = tmp_path / "list.xlsx"
    app.execute(ExportRegister(path=str(path), columns=COLUMNS), clerk)
    sheet = load_workbook(path).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert {row[1] for row in rows} == set(names)
    assert sum(row[4] for row in rows) == pytest.approx(sum(n + 1 for n in range(5)) * 1000 + 5 * 234.5)  # type: ignore[misc]


def test_a_list_that_cannot_be_written_or_was_stopped_leaves_nothing(
    app: App, names: list[str], tmp_path: Path
) -> None:
    clerk = actor_with(app, Role.CLERK)
    with pytest.raises(NotWritable):
        app.execute(ExportRegister(path=str(tmp_path / "no" / "list.csv"), columns=COLUMNS), clerk)

    def stop(done: int, total: int) -> None:
        if done >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        app.execute(ExportRegister(path=str(tmp_path / "l.csv"), columns=COLUMNS), clerk, progress=stop)
    assert list(tmp_path.glob("l*")) == []


@pytest.mark.parametrize("name", ["", "a" * 300 + ".csv"])
def test_a_name_that_no_file_can_have_is_refused_and_nothing_is_left(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    clerk, before = actor_with(app, Role.CLERK), set(tmp_path.iterdir())
    with pytest.raises(NotWritable):
        app.execute(ExportRegister(path=name, columns=COLUMNS), clerk)
    assert set(tmp_path.iterdir()) == before
