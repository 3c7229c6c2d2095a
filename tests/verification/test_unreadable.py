"""Whatever stands in the tables, every check runs to its end, and what cannot be read is named by table and key."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import text

from check_events import main
from muniadmin.app import App
from muniadmin.kernel.errors import Cancelled
from muniadmin.verification.checks import CHECKS
from muniadmin.verification.commands import VerificationReport, Verify
from muniadmin.verification.report import as_data, as_text, verdict
from tests.builders import everything
from tests.verification.story import LAST_DAY, tell

pytestmark = [pytest.mark.slow, pytest.mark.after(tell, LAST_DAY)]


@pytest.fixture
def changed(app: App) -> Callable[..., VerificationReport]:
    """The report after statements of somebody who minds neither triggers nor conditions."""

    def change(*statements: str) -> VerificationReport:
        if app.database.kind == "sqlite":
            with closing(sqlite3.connect(str(app.database.url.database))) as plain:
                plain.execute("PRAGMA ignore_check_constraints = ON")
                for (name,) in plain.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                ).fetchall():
                    plain.execute(f'DROP TRIGGER "{name}"')
                # A column that must not be empty is made one that may be.
                plain.execute("PRAGMA writable_schema = ON")
                plain.execute(
                    "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL, ', ', ') WHERE type = 'table'"
                )
                plain.commit()
            with closing(sqlite3.connect(str(app.database.url.database))) as plain:
                plain.execute("PRAGMA ignore_check_constraints = ON")
                for statement in statements:
                    plain.execute(statement)
                plain.commit()
        else:
            with app.database.connect_to_write() as connection:
                connection.execute(text("SET session_replication_role = replica"))
                for statement in statements:
                    connection.execute(text(statement))
                connection.commit()
                connection.execute(text("SET session_replication_role = origin"))
                connection.commit()
        app.database.forget_connections()
        report = app.execute(Verify(), everything(app)).outcome
        assert [one.check for one in report.checked] == [check for check, _name, _run in CHECKS]
        assert not report.not_run
        assert all(finding.sentence() for finding in report.findings)
        json.dumps(as_data(report), default=str)
        return report

    return change


def named(report: VerificationReport, check: str = "values") -> set[tuple[str, str]]:
    """Table and key of what a check found."""
    return {(one.table, one.key) for one in report.findings if one.check == check}


UNREADABLE = {
    "letters for money": ("UPDATE charge SET amount = 'abc' WHERE id = 2", "charge", "2"),
    "a sum that is none": ("UPDATE settlement SET amount = 1.5 WHERE id = 3", "settlement", "3"),
    "nothing for money": ("UPDATE tender SET amount = NULL WHERE id = 1", "tender", "1"),
    "no date": ("UPDATE settlement SET value_on = '2026-02-31' WHERE id = 3", "settlement", "3"),
    "no day at all": ("UPDATE payment SET booked_on = NULL WHERE id = 2", "payment", "2"),
    "a number for a date": ("UPDATE charge SET due_on = 20261231 WHERE id = 4", "charge", "4"),
    "no instant": ("UPDATE receipt SET number = x'ff00fe' WHERE payment_id = 2", "receipt", "2"),
    "no JSON": ("UPDATE bill SET lines = '{\"lines\": [' WHERE id = 1", "bill", "1"),
    "no business day": ("UPDATE business_day SET day = 'monday' WHERE day = '2026-11-27'", "business_day", None),
    "bytes for letters": ("UPDATE bill SET account_name = CAST(x'ff41' AS TEXT) WHERE id = 2", "bill", "2"),
    "an instant with more behind a zero byte": (
        "UPDATE payment SET taken_at = taken_at || char(0) || 'x' WHERE id = 2", "payment", "2",
    ),
    "a name for yes or no": ("UPDATE point SET active = 'yes' WHERE number = 1", "point", "1"),
    "a total": ("UPDATE day_collection SET count = 'x' WHERE channel = 'card'", "day_collection", None),
    "a month": ("UPDATE month_left SET \"left\" = 'x' WHERE head_code = 'TSC'", "month_left", None),
    "a series": ("UPDATE number_series SET last = 'x' WHERE series = 'receipt:1'", "number_series", "receipt:1 2026"),
    "a chain’s head": ("UPDATE chain_head SET last = 'x' WHERE chain LIKE '%1'", "chain_head", None),
}  # fmt: skip


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("what", UNREADABLE)
def test_an_unreadable_value_is_named_and_ends_nothing(
    changed: Callable[..., VerificationReport], what: str
) -> None:
    """Beside it, another row's change is found all the same."""
    statement, table, key = UNREADABLE[what]
    report = changed(statement, "UPDATE charge_now SET settled = settled - 1 WHERE charge_id = 7")
    found = named(report)
    assert (table, key) in found or (key is None and table in {one for one, _key in found}), found
    if what != "no business day":
        assert ("charge", "7") in named(report, "charges")


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "value", ['"\\ud800"', "1" + "0" * 30, "[" * 300 + "]" * 300], ids=["letters", "number", "depth"]
)
def test_what_no_event_could_hold_keeps_no_other_row_from_being_held_against_its_event(
    changed: Callable[..., VerificationReport], value: str
) -> None:
    report = changed(
        f"UPDATE offence SET names = '{{\"fr\": {value}}}' WHERE id = 2",
        f"UPDATE setting SET value = '{{\"fr\": {value}}}' WHERE key = 'signing_key'",
        "UPDATE taxpayer SET phone = '0' WHERE id = 1",
    )
    assert {("offence", "2"), ("setting", "signing_key"), ("taxpayer", "1")} <= named(report, "rows")


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "value", ["1e400", "NaN", '[1], "spec": [2]', "9" * 6_000, "[" * 40_000 + "]" * 40_000]
)
def test_json_that_two_readers_read_otherwise_is_named(
    changed: Callable[..., VerificationReport], app: App, value: str
) -> None:
    report = changed(f"UPDATE revenue_head SET due_rule = '{{\"spec\": {value}}}' WHERE code = 'TSC'")
    assert ("revenue_head", "TSC") in named(report)
    said = [one.sentence() for one in report.findings if one.table == "revenue_head"]
    assert not any("is missing; event" in one for one in said)
    assert main([str(app.database.url.database)]) == 1


def test_the_nothing_of_json_in_place_of_an_empty_column_is_named(
    changed: Callable[..., VerificationReport],
) -> None:
    """It reads the same, but is not what was written."""
    assert ("bill", "1") in named(changed("UPDATE bill SET penalty_rule = 'null' WHERE id = 1"))


#: Each column that the sums of days and months stand on, and a row of it.
DAYS = {
    "charge.booked_on": "id = 2",
    "charge.due_on": "id = 2",
    "settlement.booked_on": "id = 3",
    "settlement.value_on": "id = 3",
    "term.due_on": "id = 1",
    "event.booked_on": "id = 4",
    "business_day.day": "day = '2026-11-27'",
    "day_collection.day": "channel = 'card' AND by = 'value'",
    "month_closing.month_end": "head_code = 'TH'",
    "month_closing.ended_by": "head_code = 'TH'",
    "month_left.due_on": "due_on = (SELECT min(due_on) FROM month_left)",
}


@pytest.mark.parametrize("column", DAYS)
def test_a_day_that_cannot_be_read_ends_no_sum(
    app: App, changed: Callable[..., VerificationReport], column: str
) -> None:
    """Nor keeps it from being seen what else is wrong with days and months."""
    table, _dot, name = column.partition(".")
    if app.database.kind == "sqlite":
        day = "2026-02-31"
    else:
        day = "-infinity" if name == "value_on" else "infinity"
    report = changed(
        "UPDATE charge SET against = 'opening' WHERE id = 1",
        "UPDATE day_collection SET count = count + 1 WHERE channel = 'mobile' AND by = 'booked'",
        "UPDATE month_closing SET assessed = assessed + 1 WHERE head_code = 'TSC'",
        f"UPDATE {table} SET {name} = '{day}' WHERE {DAYS[column]}",
    )
    assert [one.check for one in report.checked if not one.finished] == []
    assert table in {one for one, _key in named(report)}
    assert ("posting", "revenue:TSC 2026-11-23") in named(report, "revenue")
    assert ("day_collection", "booked 2026-11-23 1 TSC mobile") in named(report, "day_totals")
    assert ("month_closing", "2026-11-30") in named(report, "month_closings")


MISSING = {
    "a column": ("ALTER TABLE tender RENAME COLUMN reference TO hidden", "tender"),
    "a table": ("DROP TABLE term", "term"),
    "a table of proof": ("DROP TABLE chain_head", "chain_head"),
}


@pytest.mark.parametrize("what", MISSING)
def test_what_is_missing_from_the_schema_is_named_and_ends_nothing(
    changed: Callable[..., VerificationReport], what: str
) -> None:
    statement, table = MISSING[what]
    report = changed(statement, "UPDATE payment SET payer = 'somebody else' WHERE id = 1")
    assert table in {one for one, _key in named(report)}
    assert ("receipt", "1") in named(report, "receipt_sheets")


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_an_empty_value_that_must_not_be_is_named_on_a_server(
    changed: Callable[..., VerificationReport],
) -> None:
    report = changed(
        "ALTER TABLE payment ALTER COLUMN booked_on DROP NOT NULL",
        "UPDATE payment SET booked_on = NULL WHERE id = 2",
        "ALTER TABLE bill ALTER COLUMN lines DROP NOT NULL",
        "UPDATE bill SET lines = '[1, 2]' WHERE id = 3",
        "ALTER TABLE settlement DROP CONSTRAINT ck_settlement_value_not_after_booking",
        "UPDATE settlement SET value_on = 'infinity' WHERE id = 3",
    )
    assert {("payment", "2"), ("settlement", "3")} <= named(report)
    assert ("bill", "3") in named(report, "bills")
    assert ("payment", "2") in named(report, "payments")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_finding_tells_table_key_and_what_the_row_said_and_says(
    changed: Callable[..., VerificationReport],
) -> None:
    report = changed("UPDATE payment SET payer = 'somebody else' WHERE id = 1")
    data = next(one for one in as_data(report)["findings"] if one["check"] == "receipt_sheets")
    assert (data["table"], data["key"]) == ("receipt", "1")
    assert data["says"]["payer"] == "somebody else"
    assert data["said"]["payer"] not in ("", "somebody else")
    assert data["said"]["total"] == data["says"]["total"]


@pytest.mark.parametrize("stops_at", [0, 5, len(CHECKS) - 1])
def test_whoever_stops_it_has_what_was_found_so_far(app: App, stops_at: int) -> None:
    def progress(done: int, total: int) -> None:
        if done == stops_at:
            raise Cancelled

    report = app.execute(Verify(), everything(app), progress=progress).outcome
    assert report.stopped
    assert not report.clean
    assert [one.check for one in report.checked] == [check for check, _name, _run in CHECKS[:stops_at]]
    assert len(report.not_run) == len(CHECKS) - stops_at
    assert verdict(report).startswith(f"Stopped: {stops_at} of {len(CHECKS)} checks ran")
    assert as_text(report, app.municipality).count("not run") == len(report.not_run)
