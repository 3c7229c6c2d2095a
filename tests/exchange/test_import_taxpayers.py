"""Registers and rolls are imported: the good lines go in, the bad ones come back, and again changes nothing."""

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select, text

from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.bootstrap import open_app
from muniadmin.exchange import imports
from muniadmin.exchange import taxpayers as importing
from muniadmin.exchange.commands import ImportReport, ImportTaxpayers
from muniadmin.exchange.errors import ColumnMissing, ColumnsNotRecognised, LayoutUnknown, RejectsNotWritable
from muniadmin.exchange.layouts import layout_codes, layouts
from muniadmin.exchange.reads import InspectTaxpayerFile, Layouts
from muniadmin.kernel.errors import Cancelled, NotAllowed
from muniadmin.kernel.folding import fold
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.base import Base
from muniadmin.storage.bulk import bulk_insert
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.commands import ChangeTaxpayer, ObjectData, RegisterTaxpayer
from muniadmin.taxpayers.models import TaxableObject, Taxpayer
from muniadmin.taxpayers.names import taxpayer_number
from muniadmin.taxpayers.reads import SearchTaxpayers, Taxpayer360, TaxpayerDetail
from tests.builders import a_bill, an_open_desk, due, everything, money, pay

Signed = Callable[[Role], Actor]

HEADER = ["Réf", "Nom et prénom", "CIN", "GSM", "Adresse", "Quartier", "Plaque", "Service", "Places"]
GOOD = [
    ["R1", "Amina Bennani", "A123456", "0661 234567", "12, derb Sidi", "Fès-Médina", "12345-A-15", "Petit taxi", "5"],
    ["R2", "Société Atlas SARL", "", "", "3, bd Allal", "agdal", "777-B-15", "coach", "42"],
    ["R2", "Société Atlas SARL", "", "", "3, bd Allal", "agdal", "778-B-15", "coach", "42"],
    ["R3", "Karim Tazi", "", "", "", "", "", "", ""],
]  # fmt: skip
BAD = [
    ["R4", "", "", "", "", "", "", "", ""],
    ["R5", "Wrong Card", "99", "12", "", "Mars", "1-A-1", "rocket", "many"],
    ["R6", "Too", "many", "fields", "", "", "", "", "", "", ""],
    ["R7", "Same Plate", "", "", "", "", "12345 a 15", "private", "4"],
]


def roll(folder: Path, rows: list[list[str]], name: str = "roll.csv", header: list[str] = HEADER) -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows])
    return path


@pytest.fixture
def officer(actor: Signed) -> Actor:
    return actor(Role.REVENUE_OFFICER)


def imported(app: App, officer: Actor, path: Path, **more: object) -> ImportReport:
    return app.execute(ImportTaxpayers(path=str(path), **more), officer).outcome  # type: ignore[arg-type]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    assert report.added + report.changed + report.unchanged + report.rejected == report.lines
    return report.added, report.changed, report.unchanged, report.rejected


def rows_in(app: App, *tables: str) -> list[int]:
    with app.database.connect_to_read() as connection:
        return [int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in tables]


def found(app: App, officer: Actor, typed: str) -> Taxpayer360:
    hit = app.read(SearchTaxpayers(text=typed), officer)[0]
    return app.read(TaxpayerDetail(taxpayer_id=hit.taxpayer_id), officer)


def test_good_lines_go_in_bad_ones_come_back_and_again_changes_nothing(
    app: App, officer: Actor, tmp_path: Path
) -> None:
    path, rejects = roll(tmp_path, GOOD + BAD), tmp_path / "rejects.csv"
    own = tmp_path / "rejects.csv.part"
    own.write_text("somebody’s own")
    report = imported(app, officer, path, rejects_path=str(rejects))
    assert counts(report) == (4, 0, 0, 4)
    assert (report.taxpayers_added, report.objects_added) == (3, 3)
    amina = found(app, officer, "12345 A 15")
    assert (amina.name, amina.kind, amina.phone, amina.zone) == (
        "Amina Bennani",
        "person",
        "+212661234567",
        "medina",
    )
    assert [(one.kind, one.value) for one in amina.identifiers] == [("cin", "A123456")]
    assert amina.objects[0].attributes == {"plate": "12345-A-15", "service": "small_taxi", "seats": 5}
    atlas = found(app, officer, "societe atlas")
    assert (atlas.kind, len(atlas.objects)) == ("organisation", 2)
    assert found(app, officer, "karim tzai").name == "Karim Tazi"

    assert own.read_text() == "somebody’s own"
    assert [line.line for line in report.first_rejected] == [6, 7, 8, 9]
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert lines[0] == ["Reason", "Line", *HEADER]
    assert [line[1:] for line in lines[1:]] == [
        [str(number), *cells] for number, cells in zip(range(6, 10), BAD, strict=True)
    ]
    assert "11 fields where 9 are expected." in lines[3][0]
    assert "already in line 2" in lines[4][0]
    for part in ("A123456", "telephone number", "Fez Medina", "Small taxi"):
        assert part in lines[2][0]

    before = rows_in(app, "taxpayer", "taxable_object", "identifier", "event")
    assert counts(imported(app, officer, path)) == (0, 0, 4, 4)
    assert rows_in(app, "taxpayer", "taxable_object", "identifier", "event") == before


@pytest.mark.parametrize(("unseen", "code"), [("\x07", "U+0007"), ("\uffff", "U+FFFF"), ("\u202e", "U+202E")])
def test_a_line_with_a_character_that_no_paper_shows_comes_back(
    app: App, officer: Actor, tmp_path: Path, unseen: str, code: str
) -> None:
    spoilt = ["R8", f"Zoé {unseen}Hôtel", *[""] * 7]
    report = imported(app, officer, roll(tmp_path, [*GOOD, spoilt]))
    assert counts(report) == (4, 0, 0, 1)
    assert code in report.first_rejected[0].reason


def test_the_file_of_rejects_is_corrected_and_imported(app: App, officer: Actor, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    imported(app, officer, roll(tmp_path, GOOD + BAD), rejects_path=str(rejects))
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    lines[1][3] = "Found After All"
    lines[4][8] = "9999-A-1"
    corrected = tmp_path / "corrected.csv"
    with corrected.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines)
    again = tmp_path / "again.csv"
    report = imported(app, officer, corrected, rejects_path=str(again))
    assert counts(report) == (2, 0, 0, 2)
    with again.open(encoding="utf-8-sig", newline="") as file:
        left = list(csv.reader(file, delimiter=";"))
    assert left[0] == ["Reason", "Line", *HEADER]
    assert [line[2] for line in left[1:]] == ["R5", "R6"]
    # Under the same keys as if they had been right from the start.
    assert counts(imported(app, officer, roll(tmp_path, [*GOOD, lines[1][2:]]))) == (0, 0, 5, 0)


def test_a_new_edition_changes_what_it_says_and_keeps_what_a_clerk_added(
    app: App, officer: Actor, tmp_path: Path
) -> None:
    imported(app, officer, roll(tmp_path, GOOD))
    amina = found(app, officer, "amina")
    app.execute(
        ChangeTaxpayer(
            taxpayer_id=amina.taxpayer_id, version=amina.version, name="Amina Bennani-Tazi", email="amina@example.org",
            phone=amina.phone, zone=amina.zone, address=amina.address, identifiers={"cin": "A123456"},
        ),
        officer,
    )  # fmt: skip
    # The same file again does not undo the clerk's correction.
    assert counts(imported(app, officer, roll(tmp_path, GOOD))) == (0, 0, 4, 0)
    assert found(app, officer, "amina").name == "Amina Bennani-Tazi"
    moved = [[*GOOD[0][:4], "99, rue Neuve", *GOOD[0][5:]], [*GOOD[1][:-1], "50"], *GOOD[2:]]
    assert counts(imported(app, officer, roll(tmp_path, moved))) == (0, 2, 2, 0)
    now = found(app, officer, "rue neuve")
    assert (now.taxpayer_id, now.address, now.email) == (
        amina.taxpayer_id,
        "99, rue Neuve",
        "amina@example.org",
    )
    buses = found(app, officer, "777b15").objects
    assert sorted(one.attributes["seats"] for one in buses) == [42, 50]
    (bus,) = (one for one in buses if one.attributes["seats"] == 50)
    log = app.read(AuditLog(text="taxpayers:object:changed"), everything(app))
    assert [dict(line.detail) for line in log] == [
        {"object": bus.object_id, "seats": {"before": 42, "after": 50}}
    ]


def test_an_object_changes_hands_with_the_roll(app: App, officer: Actor, tmp_path: Path) -> None:
    imported(app, officer, roll(tmp_path, GOOD))
    sold = [["R3", "Karim Tazi", "", "", "", "", *GOOD[0][6:]]]
    assert counts(imported(app, officer, roll(tmp_path, sold))) == (0, 1, 0, 0)
    assert found(app, officer, "12345-A-15").name == "Karim Tazi"
    assert found(app, officer, "amina bennani").objects == ()


def test_what_a_clerk_registered_is_met_again_and_never_taken_away(
    app: App, officer: Actor, tmp_path: Path
) -> None:
    by_hand = RegisterTaxpayer(
        name="Amina Benani",
        identifiers={"cin": "A123456"},
        objects=(
            ObjectData(kind="vehicle", attributes={"plate": "777-B-15", "service": "private", "seats": 4}),
        ),
    )
    known = app.execute(by_hand, officer).outcome
    report = imported(app, officer, roll(tmp_path, GOOD))
    # Amina is the one with her identity card; the coach is not Atlas's while it is in her file.
    assert counts(report) == (2, 1, 0, 1) or counts(report) == (3, 0, 0, 1)
    assert known.number in report.first_rejected[0].reason
    assert found(app, officer, "A123456").taxpayer_id == known.taxpayer_id
    assert counts(imported(app, officer, roll(tmp_path, GOOD))) == (0, 0, 3, 1)


def test_a_dry_run_tells_everything_and_changes_nothing(app: App, officer: Actor, tmp_path: Path) -> None:
    before = rows_in(app, "taxpayer", "taxable_object", "event", "setting", "name_word")
    report = imported(
        app, officer, roll(tmp_path, GOOD + BAD), dry_run=True, rejects_path=str(tmp_path / "r.csv")
    )
    assert counts(report) == (4, 0, 0, 4)
    assert [line.name for line in report.preview][:2] == ["Amina Bennani", "Société Atlas SARL"]
    assert (tmp_path / "r.csv").exists()
    assert rows_in(app, "taxpayer", "taxable_object", "event", "setting", "name_word") == before


def vehicles(count: int) -> list[list[str]]:
    """A person with a vehicle on each line."""
    return [[f"K{n}", f"Person {n}", "", "", "", "", f"{n}-A-7", "private", "4"] for n in range(count)]


@pytest.mark.parametrize("stop_at", [1, 3, 5])
def test_an_import_stopped_while_it_reads_leaves_nothing(
    app: App, officer: Actor, tmp_path: Path, stop_at: int
) -> None:
    path, rejects = roll(tmp_path, vehicles(2000) + BAD), tmp_path / "rejects.csv"
    before = rows_in(app, "taxpayer", "taxable_object", "number_series", "event", "name_word")
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == stop_at:
            raise Cancelled

    command = ImportTaxpayers(path=str(path), rejects_path=str(rejects))
    with pytest.raises(Cancelled):
        app.execute(command, officer, progress=progress)
    assert rows_in(app, "taxpayer", "taxable_object", "number_series", "event", "name_word") == before
    assert list(tmp_path.glob("rejects*")) == []
    told.clear()
    stop_at = 0
    assert app.execute(command, officer, progress=progress).outcome.added == 2001
    assert all(0 <= done <= total for done, total in told)
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert len(shares) >= 8
    assert found(app, officer, "1999-A-7").name == "Person 1999"


def registered(app: App) -> list[tuple[str, str, str]]:
    """(number, name, plate) of every vehicle, by the taxpayers' numbers."""
    with app.database.connect_to_read() as connection:
        rows = connection.execute(
            select(Taxpayer.number, Taxpayer.name, TaxableObject.label)
            .join(TaxableObject, TaxableObject.taxpayer_id == Taxpayer.id)
            .order_by(Taxpayer.number, TaxableObject.id)
        )
        return [(number, name, plate) for number, name, plate in rows]


def logged(app: App) -> list[tuple[str, dict[str, int]]]:
    """What the audit log says of imports: the event, and what of the counts it tells."""
    with app.database.connect_to_read() as connection:
        texts = connection.scalars(select(Event.canonical).order_by(Event.id)).all()
    lines = [line for text in texts for line in json.loads(text)["lines"]]
    details = [(name, detail) for name, _subject, detail in lines if name.startswith("exchange:")]
    return [
        (event.rpartition(":")[2], {name: detail[name] for name in ("added", "unchanged") if name in detail})
        for event, detail in details
    ]


@pytest.mark.parametrize("how", ["stopped", "power cut"])
def test_an_import_that_ends_in_the_middle_goes_on_and_comes_to_the_same_as_at_once(
    app: App, officer: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(imports, "PIECE", 10)
    rows = vehicles(35)
    # Somebody's second vehicle stands far from the first, and goes in with it.
    path = roll(tmp_path, [*rows, [*rows[0][:6], "99-B-7", "private", "4"]])
    calls = count()

    def stop(done: int, total: int) -> None:
        if done * 2 >= total and next(calls) == 2:
            raise Cancelled

    def power_cut(uow: UnitOfWork, model: type[Base], entries: Iterable[Mapping[str, Any]]) -> int:
        if model is TaxableObject and next(calls) == 2:
            raise RuntimeError("the power is out")
        return bulk_insert(uow, model, entries)

    command = ImportTaxpayers(path=str(path))
    if how == "stopped":
        with pytest.raises(Cancelled):
            app.execute(command, officer, progress=stop)
    else:
        monkeypatch.setattr(importing, "bulk_insert", power_cut)
        with pytest.raises(RuntimeError):
            app.execute(command, officer)
    # Two pieces are in, whole; the third was begun and is gone, with the numbers it had taken.
    assert rows_in(app, "taxpayer", "taxable_object") == [19, 20]

    assert counts(imported(app, officer, path)) == (16, 0, 20, 0)
    at_once = [(taxpayer_number(n + 1), f"Person {n}", f"{n}-A-7") for n in range(35)]
    assert registered(app) == [at_once[0], (*at_once[0][:2], "99-B-7"), *at_once[1:]]
    assert found(app, officer, "99-B-7").taxpayer_id == found(app, officer, "0-A-7").taxpayer_id
    ended = [("stopped", {"added": 20, "unchanged": 0})] if how == "stopped" else []
    assert logged(app) == [("begun", {}), *ended, ("begun", {}), ("imported", {"added": 16, "unchanged": 20})]


def test_others_work_between_the_pieces_of_an_import(
    app: App, town_url: str, actor: Signed, officer: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PIECE", 10)
    path, rejects = roll(tmp_path, vehicles(40) + BAD[:1]), tmp_path / "rejects.csv"
    waiting = [a_bill(app, "100") for _ in range(4)]
    desk = an_open_desk(app, actor(Role.CLERK))
    seen: list[int] = []
    mine = ObjectData(kind="vehicle", attributes={"plate": "35-A-7", "service": "private", "seats": 4})

    with closing(open_app(town_url, clock=app.clock)) as counter:

        def progress(done: int, total: int) -> None:
            if done * 2 < total or done == total:
                return
            seen.extend(rows_in(counter, "taxable_object"))
            pay(counter, actor(Role.CLERK), desk, waiting[len(seen) - 1])
            if len(seen) == 2:
                counter.execute(RegisterTaxpayer(name="Somebody Else", objects=(mine,)), officer)

        command = ImportTaxpayers(path=str(path), rejects_path=str(rejects))
        report = app.execute(command, officer, progress=progress).outcome

    assert seen == [0, 10, 21, 31]
    assert all(due(app, bill) == money("0") for bill in waiting)
    # What somebody took meanwhile is theirs; the file of rejects has the line.
    assert counts(report) == (39, 0, 0, 2)
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        assert [line["Line"] for line in csv.DictReader(file, delimiter=";")] == ["37", "42"]
    assert found(app, officer, "35-A-7").name == "Somebody Else"


def test_a_mapping_is_remembered_for_files_with_these_columns(
    app: App, officer: Actor, tmp_path: Path
) -> None:
    header = ["A", "B", "C"]
    path = roll(tmp_path, [["1", "Amina", "Bennani"]], header=header)
    with pytest.raises(ColumnsNotRecognised):
        imported(app, officer, path)
    mapping = {"key": "{A}", "name": "{B} {C}", "kind": "person"}
    assert counts(imported(app, officer, path, mapping=mapping)) == (1, 0, 0, 0)
    looked = app.read(InspectTaxpayerFile(path=str(path)), officer)
    assert (looked.remembered, looked.mapping) == (True, mapping)
    other = roll(tmp_path, [["3", "2", "Tazi"]], "other.csv", ["C", "A", "B"])
    assert counts(imported(app, officer, other)) == (1, 0, 0, 0)
    assert found(app, officer, "tazi 3").name == "Tazi 3"
    with pytest.raises(ColumnMissing):
        imported(app, officer, path, mapping={"name": "{D}"})
    with pytest.raises(LayoutUnknown):
        imported(app, officer, path, layout="atlantis")


def test_columns_are_guessed_by_their_names(app: App, officer: Actor, tmp_path: Path) -> None:
    looked = app.read(InspectTaxpayerFile(path=str(roll(tmp_path, GOOD))), officer)
    assert looked.mapping == {
        "key": "{Réf}", "name": "{Nom et prénom}", "phone": "{GSM}", "address": "{Adresse}", "zone": "{Quartier}",
        "identifier.cin": "{CIN}", "object_number": "{Plaque}", "attribute.service": "{Service}",
        "attribute.seats": "{Places}",
    }  # fmt: skip
    assert (looked.object_kind, looked.delimiter, looked.encoding) == ("vehicle", ";", "utf-8")
    assert looked.sample[0] == (2, tuple(GOOD[0]))
    assert {"name", "identifier.ice", "attribute.rental_value"} <= {one.name for one in looked.fields}


def test_a_workbook_is_imported_like_a_csv(app: App, officer: Actor, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (HEADER, *GOOD):
        book.active.append(row)
    book.save(tmp_path / "roll.xlsx")
    assert counts(imported(app, officer, tmp_path / "roll.xlsx")) == (4, 0, 0, 0)
    assert counts(imported(app, officer, roll(tmp_path, GOOD))) == (0, 0, 4, 0)


def test_who_may_not_and_where_rejects_cannot_go(app: App, actor: Signed, tmp_path: Path) -> None:
    path = roll(tmp_path, GOOD + BAD)
    with pytest.raises(NotAllowed):
        imported(app, actor(Role.CLERK), path)
    with pytest.raises(RejectsNotWritable):
        imported(
            app, actor(Role.REVENUE_OFFICER), path, rejects_path=str(tmp_path / "no" / "such" / "folder.csv")
        )
    assert rows_in(app, "taxpayer") == [0]


# --- real files ----------------------------------------------------------------------------------------------------


def test_shipped_layouts_are_complete(app: App, officer: Actor) -> None:
    assert [row.code for row in app.read(Layouts(), officer)].sort() == layout_codes().sort()
    for layout in layouts("fr"):
        assert {"key", "name"} <= layout.fields.keys()
        assert {"fr", "en"} <= layout.names.keys()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_roll_of_lebanon(app: App, officer: Actor, shared_data: Path) -> None:
    path = shared_data / "property-lebanon-nh" / "parcels.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["owner_name"].strip() for row in rows}) == 4401
    owners = {" ".join(row["owner_name"].split()) for row in rows}
    report = imported(app, officer, path)
    assert counts(report) == (5660, 0, 0, 0)
    assert report.objects_added == 5660
    assert 4300 < report.taxpayers_added < 5660
    with app.database.connect_to_read() as connection:
        names = {row[0] for row in connection.execute(text("SELECT name FROM taxpayer"))}
        value = connection.scalar(
            text("SELECT sum(json_extract(attributes, '$.rental_value')) FROM taxable_object")
        )
    # Spellings that differ in commas only, with one mailing address, are one owner.
    assert {fold(name) for name in names} == {fold(name) for name in owners}
    assert value == 4_097_724_258 * 100
    assert counts(imported(app, officer, path)) == (0, 0, 5660, 0)
    assert found(app, officer, "1-2").name == "LACA, KRISTINE & HERNAN"


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_licences_of_scottsdale(app: App, officer: Actor, shared_data: Path, tmp_path: Path) -> None:
    path, rejects = (
        shared_data / "licences-scottsdale" / "ct_BusinessLicences.csv.gz",
        tmp_path / "rejects.csv",
    )
    report = imported(app, officer, path, rejects_path=str(rejects))
    assert counts(report) == (25_642, 0, 0, 115)
    assert report.taxpayers_added == 25_642
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        wrong = [(number, row) for number, row in enumerate(csv.reader(file), 1) if len(row) != 22]
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))[1:]
    assert [(int(line[1]), line[2:]) for line in lines] == wrong
    assert found(app, officer, "Delta Galil").address == "1501 W 3RD ST, WILLIAMSPORT, PA 177017814"


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", [pytest.param("sqlite", marks=pytest.mark.deep), "postgresql"])
def test_the_parcels_of_new_castle(app: App, officer: Actor, shared_data: Path) -> None:
    files = [
        shared_data / "property-newcastle-2026" / f"parcels.2026.{s}.csv.gz"
        for s in ("brandywine", "christina")
    ]
    reports = [imported(app, officer, path) for path in files]
    assert [report.added for report in reports] == [34_992, 57_796]
    assert [report.rejected for report in reports] == [0, 0]
    before = rows_in(app, "taxpayer", "taxable_object", "event")
    assert before[:2] == [92_788, 92_788]
    sum_of = {
        "sqlite": "json_extract(attributes, '$.rental_value')",
        "postgresql": "(attributes ->> 'rental_value')::bigint",
    }[app.database.kind]
    with app.database.connect_to_read() as connection:
        total = connection.exec_driver_sql(f"SELECT sum({sum_of}) FROM taxable_object").scalar()
    assert total == (15_917_266_600 + 25_102_568_800) * 100
    assert [imported(app, officer, path).unchanged for path in files] == [34_992, 57_796]
    assert rows_in(app, "taxpayer", "taxable_object", "event") == before
