"""Tickets of other systems and of the officers' devices come in: to the cent, once, and the bad lines come back."""

import ast
import csv
import gzip
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.billing.reads import OneBill, OpenCharges
from muniadmin.exchange import fines as importing
from muniadmin.exchange import imports
from muniadmin.exchange.errors import ColumnMissing, ColumnsNotRecognised, LayoutUnknown, RecordUnreadable
from muniadmin.exchange.fine_commands import FinesImported, ImportFines, InspectFineFile
from muniadmin.exchange.fine_layouts import fine_fields, fine_layout, fine_layout_codes
from muniadmin.fines.reads import FineDetail, FineRow, Fines, FinesOfPlate, Offences
from muniadmin.fines.services import FineMet, add_fines
from muniadmin.kernel.errors import Cancelled, NotAllowed
from muniadmin.kernel.i18n import _, use_language
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.reads import TrialBalance
from muniadmin.storage.unit_of_work import UnitOfWork
from tests.builders import a_taxpayer, everything, money
from tests.fines.builders import a_vehicle
from tests.soundness import ensure_sound

ActorOf = Callable[[Role], Actor]

DEVICE = [
    "number",
    "plate",
    "make",
    "place",
    "longitude",
    "latitude",
    "committed_at",
    "officer",
    "offence",
    "remarks",
]
TICKETS = [
    [
        "B12-0001",
        "12345-أ-15",
        "Dacia",
        "Avenue Hassan II",
        "-5.0",
        "34.03",
        "2026-11-22 18:05",
        "B-12",
        "S01",
        "",
    ],
    ["B12-0002", "777-B-6", "", "Bab Boujloud", "", "", "2026-11-22T18:20:00", "B-12", "S09", "photo"],
    ["B12-0005", "BLANKPLATE", "", "Place Batha", "99999", "99999", "22/11/2026 18:40", "B-12", "h01", ""],
    ["B7-0001", "UBE 412K", "", "Rue Talaa", "", "", "2026-11-01 9:00", "B-7", "S03", ""],
]
BAD = [
    ["", "A 1", "", "Rue", "", "", "2026-11-22 18:05", "B-7", "S01", ""],
    ["B7-0002", "A 1", "", "Rue", "", "", "31/02/2026", "B-7", "S01", ""],
    ["B7-0003", "A 1", "", "Rue", "", "", "2027-11-22 18:05", "B-7", "S01", ""],
    ["B7-0004", "A 1", "", "Rue", "", "", "2026-11-22 18:05", "B-7", "Z99", ""],
    ["B7-0001", "A 1", "", "Rue", "", "", "2026-11-22 18:05", "B-7", "S01", ""],
    ["B7-0006", "A" * 31, "", "Rue", "", "", "2026-11-22 18:05", "B-7", "S01", ""],
    ["B7-0007", "A 1", "Rue"],
]


def table(folder: Path, rows: list[list[str]], header: list[str] = DEVICE, name: str = "tickets.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def officer(actor: ActorOf) -> Actor:
    return actor(Role.FINES_OFFICER)


def imported(app: App, officer: Actor, path: Path, **more: object) -> FinesImported:
    report = app.execute(ImportFines(path=str(path), **more), officer).outcome  # type: ignore[arg-type]
    assert report.added + report.unchanged + report.superseded + report.rejected == report.lines
    return report


def counts(report: FinesImported) -> tuple[int, int, int, int]:
    return report.added, report.unchanged, report.superseded, report.rejected


def receivable(app: App) -> Money:
    balances = {row.code: row.balance for row in app.read(TrialBalance(), everything(app))}
    return balances.get("receivable:PV", ZERO)


def fine_of(app: App, officer: Actor, key: str) -> FineRow:
    return app.read(Fines(text=key), officer).rows[0]


# --- the officers' devices -----------------------------------------------------------------------------------------


def test_devices_hand_in_offences_and_the_catalogue_gives_the_amounts(
    app: App, officer: Actor, tmp_path: Path
) -> None:
    owner = a_taxpayer(app)
    a_vehicle(app, owner, "12345-A-15", started_on=datetime(2020, 1, 1, tzinfo=UTC).date())
    path, rejects = table(tmp_path, TICKETS + BAD), tmp_path / "rejects.csv"
    report = imported(app, officer, path, rejects_path=str(rejects))
    assert (report.layout, counts(report)) == ("field-device", (4, 0, 0, 7))
    assert (report.unreadable, report.places_left_out, report.offences_added) == (1, 1, 0)
    assert [(gap.officer, gap.first, gap.last, gap.count) for gap in report.gaps] == [
        ("B-12", "B12-0003", "B12-0004", 2)
    ]
    row = fine_of(app, officer, "B12-0001")
    assert (row.plate, row.amount, row.due, row.state) == (
        "12345-A-15",
        money("300"),
        money("150"),
        "discount",
    )
    case = app.read(FineDetail(fine_id=row.fine_id), officer)
    assert (case.taxpayer_name, case.longitude, case.row.officer) == ("Amina Bennani", -5.0, "B-12")
    assert row.committed_at == datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
    assert fine_of(app, officer, "B7-0001").state == "open"
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["Line"] for line in lines] == [str(number) for number in range(6, 13)]
    assert "missing" in lines[0]["Reason"]
    assert "31/02/2026" in lines[1]["Reason"]
    assert "future" in lines[2]["Reason"]
    assert "amount" in lines[3]["Reason"].lower()
    assert "line 5" in lines[4]["Reason"]
    assert imported(app, officer, path).unchanged == 4
    ensure_sound(app)


def test_an_imported_fine_is_called_by_its_offence_in_every_language(
    app: App, officer: Actor, tmp_path: Path
) -> None:
    """As one that was captured here is; its subject has the words of the office's language alone."""
    imported(app, officer, table(tmp_path, TICKETS))
    row = fine_of(app, officer, "B12-0002")
    (debt,) = app.read(OpenCharges(number=row.number), everything(app))
    assert (debt.what_names["en"], debt.what_names["fr"]) == ("Dangerous parking", "Stationnement dangereux")
    assert (debt.which, debt.subject) == ("777-B-6", "777-B-6 · Stationnement dangereux")


def test_rejected_lines_come_in_once_they_are_corrected(app: App, officer: Actor, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    imported(app, officer, table(tmp_path, TICKETS + BAD[1:2]), rejects_path=str(rejects))
    rejects.write_text(
        rejects.read_text(encoding="utf-8-sig").replace("31/02/2026", "30/10/2026"), encoding="utf-8"
    )
    assert counts(imported(app, officer, rejects)) == (1, 0, 0, 0)
    assert app.read(Fines(), officer).count == 5


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("how", ["list", "wrapped", "lines", "python", "columns"])
def test_json_in_its_usual_forms(app: App, officer: Actor, tmp_path: Path, how: str) -> None:
    records = [dict(zip(DEVICE, row, strict=True)) for row in TICKETS]
    texts = {
        "list": lambda: json.dumps(records, ensure_ascii=False),
        "wrapped": lambda: json.dumps({"count": 4, "tickets": records}),
        "lines": lambda: "\n".join(json.dumps(record) for record in records),
        "python": lambda: "\n".join(map(repr, records)),
        "columns": lambda: json.dumps(
            {name: {str(n): r[name] for n, r in enumerate(records)} for name in DEVICE}
        ),
    }
    path = tmp_path / "tickets.json"
    path.write_text(texts[how](), encoding="utf-8")
    assert counts(imported(app, officer, path)) == (4, 0, 0, 0)
    assert app.read(FinesOfPlate(plate="12345 A 15"), officer).count == 1


def test_records_that_are_none_are_refused_with_their_line(app: App, officer: Actor, tmp_path: Path) -> None:
    path = tmp_path / "tickets.json"
    path.write_text('{"number": "1"}\n__import__("os").getcwd()\n', encoding="utf-8")
    with pytest.raises(RecordUnreadable, match="line 2"):
        imported(app, officer, path)


def test_a_dry_run_and_a_cancelled_import_change_nothing(app: App, officer: Actor, tmp_path: Path) -> None:
    path = table(tmp_path, TICKETS)
    report = imported(app, officer, path, dry_run=True)
    assert (counts(report), report.dry_run) == ((4, 0, 0, 0), True)
    assert (report.amount, report.owed) == (money("1360"), money("1360"))
    assert [(line.number, line.owed) for line in report.preview] == [
        (row[0], money(amount)) for row, amount in zip(TICKETS, ("300", "700", "60", "300"), strict=True)
    ]

    def stop_while_writing(done: int, of: int) -> None:
        if done * 2 >= of:
            raise Cancelled

    with pytest.raises(Cancelled):
        app.execute(ImportFines(path=str(path)), officer, progress=stop_while_writing)
    with app.database.connect_to_read() as connection:
        for name in ("fine", "bill", "posting"):
            assert connection.scalar(text(f"SELECT count(*) FROM {name}")) == 0
    real = imported(app, officer, path)
    assert (counts(real), real.owed, receivable(app)) == ((4, 0, 0, 0), money("1360"), money("1360"))
    assert {row.number[7:13] for row in app.read(Fines(), officer).rows} == {f"{n:06d}" for n in range(1, 5)}
    ensure_sound(app)


@pytest.mark.parametrize("how", ["stopped", "power cut"])
def test_an_import_that_ends_in_the_middle_goes_on_and_comes_to_the_same_as_at_once(
    app: App, officer: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(imports, "PIECE", 1)
    path = table(tmp_path, TICKETS + BAD[:1])
    calls = count()

    def stop(done: int, of: int) -> None:
        if done * 2 >= of and next(calls) == 2:
            raise Cancelled

    def power_cut(uow: UnitOfWork, met: Sequence[FineMet], *, source: str) -> Money:
        owed = add_fines(uow, met, source=source)
        if next(calls) == 2:
            raise RuntimeError("the power is out")
        return owed

    if how == "stopped":
        with pytest.raises(Cancelled):
            app.execute(ImportFines(path=str(path)), officer, progress=stop)
    else:
        monkeypatch.setattr(importing, "add_fines", power_cut)
        with pytest.raises(RuntimeError):
            app.execute(ImportFines(path=str(path)), officer)
    assert receivable(app) == money("300") + money("700")
    assert app.read(Fines(), officer).count == 2

    report = imported(app, officer, path)
    assert (counts(report), report.owed) == ((2, 2, 0, 1), money("360"))
    assert receivable(app) == money("1360")
    assert {row.number[7:13] for row in app.read(Fines(), officer).rows} == {f"{n:06d}" for n in range(1, 5)}
    with app.database.connect_to_read() as connection:
        wanted = text("SELECT name FROM event_line WHERE name LIKE 'exchange:%' ORDER BY event_id, line")
        told = [str(event).rpartition(":")[2] for event in connection.scalars(wanted)]
    assert told == ["begun", *(["stopped"] if how == "stopped" else []), "begun", "imported"]
    ensure_sound(app)


def test_only_who_may_imports(app: App, actor: ActorOf, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        imported(app, actor(Role.CLERK), table(tmp_path, TICKETS))


# --- files nobody knows --------------------------------------------------------------------------------------------


def test_columns_are_recognised_by_their_names_or_told_and_remembered(
    app: App, officer: Actor, tmp_path: Path
) -> None:
    path = table(
        tmp_path,
        [
            ["9", "A 1", "Rue X", "1/11/2026", "Sans ticket", "75,50"],
            ["10", "A 2", "", "2/11/2026", "", "(5)"],
        ],
        ["PV", "Immatriculation", "Lieu", "Jour", "Infraction", "Montant"],
    )
    seen = app.read(InspectFineFile(path=str(path)), officer)
    assert (seen.layout, seen.remembered) == ("", False)
    assert seen.mapping == {
        "key": "{PV}", "plate": "{Immatriculation}", "place": "{Lieu}", "committed": "{Jour}",
        "offence": "{Infraction}", "amount": "{Montant}",
    }  # fmt: skip
    report = imported(app, officer, path)
    assert (counts(report), report.offences_added) == ((1, 0, 0, 1), 1)
    assert "less than zero" in report.first_rejected[0].reason
    row = fine_of(app, officer, "9")
    assert (row.amount, row.due) == (money("75.50"), money("75.50"))
    new = next(one for one in app.read(Offences(), officer) if one.origin == "import")
    assert (dict(new.names), new.amount) == ({"en": "Sans ticket"}, None)

    strange = table(tmp_path, [["1", "2/11/2026", "20"]], ["a", "b", "c"], "strange.csv")
    with pytest.raises(ColumnsNotRecognised):
        imported(app, officer, strange)
    mapping = {"key": "X-{a}", "committed": "{b}", "amount": "{c}"}
    assert counts(imported(app, officer, strange, mapping=mapping)) == (1, 0, 0, 0)
    assert app.read(InspectFineFile(path=str(strange)), officer).remembered
    assert counts(imported(app, officer, strange)) == (0, 1, 0, 0)


def test_a_layout_that_is_none_or_of_another_file_is_refused(
    app: App, officer: Actor, tmp_path: Path
) -> None:
    path = table(tmp_path, TICKETS)
    with pytest.raises(LayoutUnknown):
        imported(app, officer, path, layout="mars")
    with pytest.raises(ColumnMissing):
        imported(app, officer, path, layout="parking-baltimore-2012")


def test_shipped_layouts_are_complete() -> None:
    known = {field.name for field in fine_fields()}
    for code in fine_layout_codes():
        layout = fine_layout(code)
        assert {"fr", "en"} <= layout.names.keys()
        assert {"key", "committed"} <= layout.fields.keys() <= known


# --- real files ----------------------------------------------------------------------------------------------------


def test_baltimore_the_newest_export_counts(app: App, officer: Actor, shared_data: Path) -> None:
    path = shared_data / "parking-baltimore-2012" / "Parking_Citations.csv.gz"
    report = imported(app, officer, path)
    assert counts(report) == (3656, 0, 719, 0)
    assert (report.amount, report.owed) == (money("164943"), money("88076"))
    assert receivable(app) == money("88076")
    page = app.read(Fines(), officer)
    assert (page.count, page.amount, page.left) == (3656, money("164943"), money("88076"))
    assert counts(imported(app, officer, path)) == (0, 3656, 719, 0)
    assert receivable(app) == money("88076")
    ensure_sound(app)


@pytest.mark.slow
def test_new_york_with_everything_that_happened_before(app: App, officer: Actor, shared_data: Path) -> None:
    path = shared_data / "parking-nyc-payments" / "nyc_open_parking_sample.txt.gz"
    dry = imported(app, officer, path, dry_run=True)
    report = imported(app, officer, path)
    assert counts(dry) == counts(report) == (3654, 0, 0, 346)
    assert (dry.amount, dry.owed, dry.settled_before) == (report.amount, report.owed, report.settled_before)
    assert (report.amount, report.owed) == (money("269600"), money("108505.96"))
    assert report.settled_before == 3654 - 642
    assert receivable(app) == money("108505.96")
    assert app.read(Fines(state="settled_before"), officer).count == 3012
    assert all("amount" in line.reason.lower() for line in report.first_rejected)
    summons = _the_most_eventful(path)
    case = app.read(FineDetail(fine_id=fine_of(app, officer, summons["summons_number"]).fine_id), officer)
    assert (case.row.amount, case.row.due) == (money(summons["fine_amount"]), money(summons["amount_due"]))
    parts = (
        ("penalty_amount", "Penalty added before the import", 1),
        ("interest_amount", "Interest added before the import", 1),
        ("reduction_amount", "Reduction granted before the import", -1),
        ("payment_amount", "Paid before the import", -1),
    )
    with use_language("fr"):  # The papers of Fès are in French.
        expected = [
            (_(what), sign * money(summons[part]).minor) for part, what, sign in parts if float(summons[part])
        ]
    lines = app.read(OneBill(number=case.bill_number), officer).lines
    assert [(line["what"], line["amount"]) for line in lines[1:]] == expected
    ensure_sound(app)


def _the_most_eventful(path: Path) -> dict[str, str]:
    """Of the summonses of which something is owed, one to which most happened before."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [ast.literal_eval(line) for line in file]
    unpaid = [record for record in records if float(record.get("amount_due", 0)) > 0]
    parts = ("penalty_amount", "interest_amount", "reduction_amount", "payment_amount")
    chosen: dict[str, str] = max(unpaid, key=lambda record: sum(float(record[part]) > 0 for part in parts))
    assert sum(float(chosen[part]) > 0 for part in parts) == 3
    return chosen


@pytest.mark.slow
def test_los_angeles_without_plates_and_with_strange_hours(
    app: App, officer: Actor, shared_data: Path
) -> None:
    path = shared_data / "parking-los-angeles-2015" / "parking-citations.csv.gz"
    report = imported(app, officer, path)
    assert counts(report) == (9987, 0, 0, 12)
    assert (report.amount, report.owed) == (money("719367"), money("719367"))
    assert report.unreadable == report.places_left_out == 9987
    with app.database.connect_to_read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM fine WHERE longitude IS NOT NULL")) == 0
    fine = fine_of(app, officer, "1103341116")
    assert app.municipality.calendar.business_date(fine.committed_at).isoformat() == "2015-12-21"
    assert fine.committed_at == datetime(2015, 12, 21, 12, 51, tzinfo=UTC)
    assert counts(imported(app, officer, path)) == (0, 9987, 0, 12)
    ensure_sound(app)


@pytest.mark.deep
def test_a_month_of_philadelphia(app: App, officer: Actor, shared_data: Path) -> None:
    path = shared_data / "parking-philadelphia" / "parking_violations_12_2017.json.gz"
    report = imported(app, officer, path)
    assert counts(report) == (104_461, 0, 0, 0)
    assert (report.amount, report.owed) == (money("4768053"), money("4768053"))
    meter = next(one for one in app.read(Offences(), officer) if one.names["en"] == "METER EXPIRED")
    page = app.read(Fines(offence_code=meter.code), officer)
    assert (page.count, page.amount) == (39_351, money("1290006"))
    assert counts(imported(app, officer, path)) == (0, 104_461, 0, 0)
    ensure_sound(app)
