"""What came after an anchor is verified without the years before it, and the report says what was not looked at."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from muniadmin.anchors.commands import AnchorMade, MakeAnchor
from muniadmin.app import App
from muniadmin.cli.main import main
from muniadmin.collection.models import Point
from muniadmin.indicators.commands import SetGoal
from muniadmin.kernel.permissions import Role
from muniadmin.storage.base import Base
from muniadmin.storage.proof import DECLARED, Proof
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.taxpayers.commands import ChangeTaxpayer
from muniadmin.verification.checks import CHECKS
from muniadmin.verification.commands import VerificationReport, Verify, Witness
from muniadmin.verification.report import as_data, as_text, remarks, verdict
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.towns import DatabaseKind, Originals, TownClock, actor_with
from tests.verification.owner import as_owner, one, retold

pytestmark = pytest.mark.slow

#: A row of each of these is written before the anchor and one after it.
BEFORE, AFTER = 1, 2


def verified(app: App, *against: Witness, since_anchor: bool = True) -> VerificationReport:
    """The report; since the last anchor if not otherwise wanted."""
    return app.execute(Verify(since_anchor=since_anchor, against=against), everything(app)).outcome


def found(report: VerificationReport) -> set[tuple[str, str, str]]:
    """Check, table and key of all that is wrong."""
    return {(finding.check, finding.table, finding.key) for finding in report.findings}


def anchor(app: App) -> AnchorMade:
    """An anchor that the supervisor orders."""
    return app.execute(MakeAnchor(), actor_with(app, Role.SUPERVISOR)).outcome


def work(app: App, desk: int) -> None:
    """A taxpayer who is registered and changed, and pays a bill at a desk, where somebody else sits each time."""
    cashier = replace(everything(app), user_id=desk)
    taxpayer_id = a_taxpayer(app)
    changed = ChangeTaxpayer(taxpayer_id=taxpayer_id, version=1, name="Amina Tazi")
    app.execute(changed, everything(app))
    session = an_open_desk(app, cashier, desk=desk, opening_float="0")
    pay(app, cashier, session, a_bill(app, "100", taxpayer_id=taxpayer_id))


def tell(app: App, clock: TownClock) -> None:
    """Some work, anchor 1, and the same work again at a desk whose chain the anchor does not know."""
    work(app, desk=1)
    anchor(app)
    work(app, desk=2)


@pytest.fixture
def town_url(originals: Originals, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """For a test that asks for ``town``, that one; else one in which nothing has happened."""
    original = originals.after(tell) if "town" in request.fixturenames else originals.town
    with originals.copy(original, tmp_path) as address:
        yield address


@pytest.fixture
def town(app: App) -> App:
    """The program, open on the town of ``tell``."""
    return app


def test_a_sound_town_is_clean_and_the_report_says_what_was_not_looked_at(town: App) -> None:
    whole, since = verified(town, since_anchor=False), verified(town)
    assert (whole.clean, since.clean, found(since)) == (True, True, set())
    assert (whole.since, whole.left_out) == (None, ())
    assert since.since is not None
    assert (since.since.number, since.since.source) == (1, "")
    assert {one.check for one in since.checked} == {
        "triggers", "definitions", "chains", "events", "rows", "entries", "ledger_sum", "anchors", "remembered",
    }  # fmt: skip
    assert len(since.checked) + len(since.left_out) == len(CHECKS)
    rows = {one.check: one.rows for one in since.checked}
    for one_check in whole.checked:
        if one_check.check in ("chains", "events", "rows", "entries"):
            assert 0 < rows[one_check.check] < one_check.rows
    assert verdict(since) == "Nothing was lost or changed since anchor 1."
    assert "Only what came after anchor 1 of " in remarks(since)[0]
    assert "What was written before was not looked at" in remarks(since)[1]
    assert "Receipt numbers: not run" in as_text(since, town.municipality)
    assert "Receipt numbers" in as_data(since)["not_run"]
    assert as_data(since)["since_anchor"]["number"] == 1
    assert as_data(whole)["since_anchor"] is None


def test_the_audit_log_says_which_it_was_and_from_which_anchor(town: App) -> None:
    def last_line() -> tuple[str, dict[str, object]]:
        facts = json.loads(one(town, "SELECT canonical FROM event ORDER BY id DESC LIMIT 1"))
        name, _subject, detail = facts["lines"][0]
        return name, detail

    verified(town, since_anchor=False)
    name, detail = last_line()
    assert (name, "anchor" in detail) == ("verification:database:verified", False)
    since = verified(town).since
    assert since is not None
    name, detail = last_line()
    assert name == "verification:database:verified-since-anchor"
    assert (detail["anchor"], detail["digest"], detail["findings"]) == (1, since.digest, 0)


# What is done to what was written after the anchor, and by which check, table and key it is found.
TAMPERED: dict[str, tuple[str, tuple[str, str, str]]] = {
    "a row is changed": (
        f"UPDATE payment SET amount = amount + 1 WHERE id = {AFTER}", ("rows", "payment", f"{AFTER}"),
    ),
    "a row is gone": (f"DELETE FROM receipt WHERE payment_id = {AFTER}", ("rows", "receipt", f"{AFTER}")),
    "a row is added": (
        f"INSERT INTO term SELECT 77, {AFTER}, booked_on, 1, booked_on, event_id FROM payment WHERE id = {AFTER}",
        ("rows", "term", "77"),
    ),
    "a row names an event before the anchor": (
        f"UPDATE settlement SET event_id = 1 WHERE id = {AFTER}", ("rows", "settlement", f"{AFTER}"),
    ),
    "a row written before names an event since": (
        f"UPDATE settlement SET event_id = (SELECT max(id) FROM event) WHERE id = {BEFORE}",
        ("rows", "settlement", f"{BEFORE}"),
    ),
    "a row names no event that there is": (
        f"UPDATE settlement SET event_id = 9999 WHERE id = {BEFORE}", ("rows", "settlement", f"{BEFORE}"),
    ),
    "a row that was changed since is changed": (
        f"UPDATE taxpayer SET notes = 'exempt' WHERE id = {AFTER}", ("rows", "taxpayer", f"{AFTER}"),
    ),
    "a row that was changed since is gone": (
        f"DELETE FROM taxpayer WHERE id = {AFTER}", ("rows", "taxpayer", f"{AFTER}"),
    ),
    "a posting is changed": (
        "UPDATE posting SET amount = amount + 1 WHERE line = 1 AND event_id = (SELECT max(event_id) FROM payment)",
        ("ledger_sum", "posting", ""),
    ),
    "a line of the log is added": (
        "INSERT INTO event_line VALUES (9999, 1, 'collection:payment:taken', 'x')", ("events", "event", "9999"),
    ),
    "a head is moved": (
        "UPDATE chain_head SET last = last - 1 WHERE chain = 'desk:2'", ("chains", "chain_head", "desk:2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_after_the_anchor_is_named(town: App, what: str) -> None:
    statement, place = TAMPERED[what]
    as_owner(town, statement)
    report = verified(town)
    assert report.since is not None
    assert place in found(report)
    assert not report.clean


def test_an_event_since_that_was_changed_is_named(town: App) -> None:
    last = one(town, "SELECT max(id) FROM event")
    as_owner(town, f"UPDATE event SET canonical = canonical || ' ' WHERE id = {last}")
    assert found(verified(town)) == {("chains", "event", str(last))}


def test_an_event_since_that_was_taken_away_is_named(town: App) -> None:
    """The one that made the anchor is the first behind it."""
    first = one(town, "SELECT event_id FROM anchor")
    behind = one(town, f"SELECT min(id) FROM event WHERE chain = 'office' AND id > {first}")
    as_owner(town, f"DELETE FROM event WHERE id = {first}")
    places = {("events", "event", str(first)), ("chains", "event", str(behind)), ("rows", "anchor", "1")}
    assert found(verified(town)) == places


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE payment SET amount = amount + 1 WHERE id = {BEFORE}",
        f"UPDATE taxpayer SET notes = 'exempt' WHERE id = {BEFORE}",
        "UPDATE event SET canonical = canonical || ' ' WHERE id = 2",
    ],
)
def test_what_was_tampered_with_before_the_anchor_is_left_to_the_whole_verification(
    town: App, statement: str
) -> None:
    as_owner(town, statement)
    since = verified(town)
    assert (since.clean, since.since is not None) == (True, True)
    assert "What was written before was not looked at" in " ".join(remarks(since))
    assert not verified(town, since_anchor=False).clean


def test_a_change_told_since_does_not_fit_the_one_before_it(town: App) -> None:
    """A taxpayer's two changes after the anchor, of which the first is told otherwise."""
    wanted = (
        "SELECT min(event_id) FROM event_line WHERE name = 'taxpayers:taxpayer:changed' AND event_id > :first"
    )
    first = one(town, "SELECT event_id FROM anchor")
    changed = one(town, wanted, first=first)

    def another_end(facts: dict[str, object]) -> None:
        changes = facts["changes"]
        assert isinstance(changes, dict)
        changes["taxpayer"][0][2] = "f" * 64

    retold(town, changed, another_end)
    assert ("rows", "taxpayer", f"{AFTER}") in found(verified(town))


def test_a_forged_anchor_is_named_and_the_one_before_it_is_the_start(town: App) -> None:
    number = anchor(town).number
    work(town, desk=3)
    as_owner(town, f"UPDATE anchor SET line = replace(line, 'desk:2:', 'desk:2:1') WHERE number = {number}")
    report = verified(town)
    assert report.since is not None
    assert report.since.number == number - 1
    assert ("anchors", "anchor", str(number)) in found(report)


def test_an_anchor_whose_rows_do_not_stand_is_no_start(town: App) -> None:
    """Somebody changes what happened between two anchors, and writes the chain behind it anew."""
    early = one(town, "SELECT max(id) FROM event WHERE chain = 'office'")
    number = anchor(town).number
    work(town, desk=3)
    retold(town, early, lambda facts: facts.update(workstation="desk-9"))
    report = verified(town)
    assert report.since is not None
    assert report.since.number == number - 1
    assert {("events", "event", str(early)), ("anchors", "anchor", str(number))} <= found(report)


def test_without_an_anchor_that_holds_everything_is_verified(app: App) -> None:
    work(app, desk=1)
    report = verified(app)
    assert (report.since, report.left_out, report.clean) == (None, (), True)
    assert len(report.checked) == len(CHECKS)
    assert "There is no anchor that holds, so that everything was verified." in remarks(report)
    anchor(app)
    as_owner(app, "UPDATE anchor SET line = 'MA1|A|1|fes'")
    report = verified(app)
    assert (report.since, report.no_anchor) == (None, True)
    assert ("anchors", "anchor", "1") in found(report)
    as_owner(app, "DELETE FROM anchor")
    assert verified(app).no_anchor


def test_an_anchor_that_was_kept_outside_is_the_start(app: App) -> None:
    work(app, desk=1)
    first = Witness(name="of Monday.txt", text=f"{anchor(app).line}\n")
    work(app, desk=2)
    second = Witness(name="of Tuesday.txt", text=f"{anchor(app).line}\n")
    work(app, desk=3)
    anchor(app)
    report = verified(app, first)
    assert report.since is not None
    assert (report.since.number, report.since.source, report.clean) == (1, "of Monday.txt", True)
    assert remarks(report)[2] == "The anchor was kept outside: of Monday.txt."
    both = verified(app, first, second).since
    assert both is not None
    assert both.source == "of Tuesday.txt"
    # One that somebody made up is a finding, and not the start.
    made_up = Witness(name="made up.txt", text=second.text.replace("desk:2:", "desk:2:1"))
    report = verified(app, first, made_up)
    assert report.since is not None
    assert report.since.source == "of Monday.txt"
    assert {finding.subject for finding in report.findings} == {"made up.txt"}


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_an_order_that_began_before_the_anchor_and_ended_after_it(
    app: App, database_kind: DatabaseKind
) -> None:
    work(app, desk=1)
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as begun:
        number = begun.event_id
        pay(app, everything(app), an_open_desk(app, everything(app), desk=3), a_bill(app, "100"))
        anchor(app)
        point = begun.session.get(Point, 2)
        assert point is not None
        point.names = {"en": "Desk by the window"}
    assert number < one(app, "SELECT event_id FROM anchor")
    report = verified(app)
    assert (report.since is not None, found(report)) == (True, set())
    as_owner(app, "UPDATE point SET active = NOT active WHERE number = 2")
    assert ("rows", "point", "2") in found(verified(app))


def test_a_row_that_went_there_and_back_since_the_anchor_is_clean(app: App) -> None:
    def goal(target: int) -> None:
        wanted = SetGoal(indicator="collected", period="2026", target=Decimal(target))
        app.execute(wanted, everything(app))

    goal(1_000)
    anchor(app)
    goal(2_000)
    goal(1_000)
    report = verified(app)
    assert (report.since is not None, found(report)) == (True, set())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_row_that_names_no_event_is_named(app: App, database_kind: DatabaseKind) -> None:
    """In a table of which somebody has taken the condition that keeps it from that."""
    work(app, desk=1)
    anchor(app)
    as_owner(
        app,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'event_id INTEGER NOT NULL', 'event_id INTEGER') "
        "WHERE name = 'settlement'",
    )
    as_owner(app, f"UPDATE settlement SET event_id = NULL WHERE id = {BEFORE}")
    app.database.forget_connections()
    assert ("rows", "settlement", f"{BEFORE}") in found(verified(app))


def test_an_event_that_tells_of_a_key_that_no_column_holds(town: App) -> None:
    last = one(town, "SELECT max(id) FROM event")

    def another(facts: dict[str, Any]) -> None:
        facts["changes"]["taxpayer"] = [[[2**63], None, "f" * 64]]

    retold(town, last, another)
    report = verified(town)
    assert ("rows", "taxpayer", str(2**63)) in found(report)
    assert all(one.finished for one in report.checked)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_command(
    town: App, town_url: str, database_kind: DatabaseKind, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(["verify", "--url", town_url, "--since-anchor", *arguments])
        return code, capsys.readouterr().out

    code, out = said()
    assert code == 0
    assert "Nothing was lost or changed since anchor 1." in out
    assert "Only what came after anchor 1 of " in out
    assert "not run" in out
    as_owner(town, f"UPDATE payment SET amount = amount + 1 WHERE id = {AFTER}")
    code, out = said("--json")
    report = json.loads(out)
    assert (code, report["clean"], report["since_anchor"]["number"]) == (1, False, 1)
    assert {(one["table"], one["key"]) for one in report["findings"]} == {("payment", f"{AFTER}")}


def test_a_broken_anchor_table_ends_nothing(town: App) -> None:
    with town.database.connect_to_write() as connection:
        connection.execute(text("ALTER TABLE anchor RENAME TO elsewhere"))
        connection.commit()
    report = verified(town)
    assert (report.since, report.no_anchor) == (None, True)
    assert "anchors" in {finding.check for finding in report.findings}


def test_rows_that_are_changed_have_keys_of_letters_and_numbers() -> None:
    """They are looked for by the keys in the texts of events, which know no days."""
    kinds = {
        column.type.python_type
        for table in Base.metadata.sorted_tables
        if table.name in DECLARED and DECLARED[table.name].proof is Proof.JOURNALED
        for column in table.primary_key.columns
    }
    assert kinds == {int, str}
