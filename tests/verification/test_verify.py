"""Whatever is changed behind the program's back, with the protections dropped, is found and named."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from muniadmin.app import App
from muniadmin.indicators.commands import KeepMonths
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.base import PROTECTIONS
from muniadmin.verification.checks import CHECKS
from muniadmin.verification.commands import Finding, Verify
from tests.builders import a_bill, a_taxpayer, an_open_desk, begin_the_day, everything, pay
from tests.civil_status.builders import a_signed_act
from tests.towns import TownClock, actor_with
from tests.verification.story import LAST_DAY, tell

pytestmark = pytest.mark.after(tell, LAST_DAY)


@pytest.fixture
def town(app: App) -> App:
    """The program, open on that town."""
    return app


def findings(app: App) -> tuple[Finding, ...]:
    """What verify finds, but for the protections and conditions this test itself dropped."""
    found = app.execute(Verify(), everything(app)).outcome.findings
    return tuple(finding for finding in found if finding.check not in ("triggers", "definitions"))


def without_protection(connection: Connection) -> None:
    """As somebody would who owns the database: the triggers go first."""
    sqlite = connection.dialect.name == "sqlite"
    for name, table in PROTECTIONS.items():
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}")))


@pytest.fixture
def behind_the_back(town: App) -> Callable[..., None]:
    """Runs statements as the owner of the database would, past its constraints as well."""

    def run(*statements: str) -> None:
        with town.database.connect_to_write() as connection:
            without_protection(connection)
            if connection.dialect.name == "postgresql":
                for table, name in connection.execute(_CONSTRAINTS).all():
                    connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
                for statement in statements:
                    connection.execute(text(statement))
            connection.commit()
            file = connection.engine.url.database
        if town.database.kind == "sqlite":
            assert file is not None
            with closing(sqlite3.connect(file)) as plain:
                plain.execute("PRAGMA ignore_check_constraints = ON")
                for statement in statements:
                    plain.execute(statement)
                plain.commit()

    return run


_CONSTRAINTS = text(
    "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'f') "
    "AND connamespace = 'public'::regnamespace"
)


def test_a_sound_town_is_clean_and_says_what_it_looked_at(town: App) -> None:
    report = town.execute(Verify(), everything(town)).outcome
    assert [finding.sentence() for finding in report.findings] == []
    rows = {one.check: one.rows for one in report.checked}
    # There are no acts, the workstation remembers nothing yet, and the server has no module to look at its pages.
    nothing = {"acts", "remembered"} if town.database.kind == "sqlite" else {"acts", "remembered", "pages"}
    assert {name for name in rows if not rows[name]} == nothing
    assert (rows["receipts"], rows["tenders"], rows["bills"]) == (6, 7, 9)
    assert rows["month_closings"] == 12


# Each statement, and what it must be found by: check and subject. Those of one group touch different rows.
TAMPERED: dict[str, list[tuple[str, str, str | None]]] = {
    "entries": [
        ("UPDATE posting SET amount = amount + 1 WHERE bill_id = 2 AND line = 1", "entries", None),
        ("UPDATE posting SET account_id = NULL WHERE bill_id = 3", "rows", None),
        ("UPDATE event SET workstation = 'other' WHERE id = 4", "events", "event 4"),
        ("DELETE FROM event WHERE id = 5", "events", "event 5"),
        ("UPDATE event_line SET subject = 'other' WHERE event_id = 1", "events", "event 1"),
    ],
    "rows": [
        ("UPDATE payment SET request_id = 'another' WHERE id = 1", "rows", "payment 1"),
        ("UPDATE taxpayer SET notes = 'exempt' WHERE id = 1", "rows", "taxpayer 1"),
        ("UPDATE setting SET value = '{}' WHERE key = 'signing_key'", "rows", "setting signing_key"),
        ("INSERT INTO user_role (user_id, role) VALUES (1, 'supervisor')", "rows", "user_role 1 supervisor"),
        ("DELETE FROM provider_reference", "rows", None),
        ("UPDATE term SET decision_id = 1 WHERE id = 1", "rows", "term 1"),
        ("UPDATE settlement SET event_id = 1 WHERE id = 2", "rows", "settlement 2"),
    ],
    "ledger": [
        ("UPDATE posting SET amount = amount + 1 WHERE bill_id = 2 AND line = 1", "ledger_sum", "posting"),
        ("UPDATE event SET canonical = replace(canonical, '1', '2') WHERE id = 3", "chains", "event 3"),
    ],
    "audit": [
        ("DELETE FROM event WHERE id = 9", "chains", None),
        ("UPDATE event SET user_id = 1 WHERE id = 4", "events", "event 4"),
        ("UPDATE event SET canonical = canonical || ' ' WHERE id = 5", "chains", "event 5"),
        ("UPDATE event SET digest = previous_digest WHERE id = 6", "chains", "event 6"),
    ],
    "documents": [
        ("UPDATE issued_document SET canonical = replace(canonical, '10000', '10001') WHERE id = 1", "rows",
         "issued_document 1"),
        ("UPDATE issued_document SET number = 'x' WHERE id = 2", "rows", "issued_document 2"),
    ],
    "receipts": [
        ("UPDATE receipt SET number = '1-2026-000002-0' WHERE payment_id = 2", "receipts", "1-2026-000002-0"),
        ("UPDATE receipt SET seq = 9 WHERE payment_id = 5", "series", "receipt:1 2026"),
        ("UPDATE receipt SET number = 'S-07/113' WHERE payment_id = 6", "receipts", "S-07/113"),
        ("DELETE FROM receipt WHERE payment_id = 3", "payments", "payment 3"),
    ],
    "series": [
        ("DELETE FROM number_series WHERE series = 'receipt:1'", "series", "receipt:1 2026"),
        ("INSERT INTO number_series (series, year, last) VALUES ('receipt:2', 2026, 1)", "series", "receipt:2 2026"),
        ("INSERT INTO number_series (series, year, last) VALUES ('permit', 2026, 1)", "series", "permit 2026"),
        ("UPDATE number_series SET last = last + 1 WHERE series = 'bill'", "series", "bill 2026"),
        ("UPDATE number_series SET last = last - 1 WHERE series = 'decision'", "series", "decision 2026"),
        ("UPDATE number_series SET last = 99 WHERE series = 'taxpayer'", "series", "taxpayer"),
    ],
    "payments": [
        ("UPDATE payment SET amount = amount - 1 WHERE id = 2", "payments", "payment 2"),
        ("UPDATE payment SET payer = 'somebody else' WHERE id = 1", "receipt_sheets", None),
        ("UPDATE payment SET value_on = '2027-01-01' WHERE id = 3", "payments", "payment 3"),
        ("UPDATE tender SET amount = amount + 1 WHERE id = 1", "payments", "payment 1"),
    ],
    "tenders": [
        ("UPDATE settlement SET amount = amount - 1 WHERE id = 1", "tenders", "tender 1"),
        ("DELETE FROM tender_return", "tenders", "tender 5"),
        ("DELETE FROM cancellation", "tenders", "tender 6"),
        ("UPDATE credit SET tender_id = 3 WHERE tender_id = 4", "tenders", "tender 4"),
    ],
    "revenue": [("UPDATE charge SET against = 'opening' WHERE id = 1", "revenue", "revenue:TSC 2026-11-23")],
    "bills": [
        ("UPDATE bill_now SET amount = amount + 1 WHERE bill_id = 1", "bills", "A-2026-0000001-4"),
        ("UPDATE bill_now SET settled = settled - 1 WHERE bill_id = 2", "bills", "A-2026-0000002-2"),
        ("UPDATE bill_now SET due_on = '2026-01-01' WHERE bill_id = 3", "bills", "A-2026-0000003-Z"),
        ("UPDATE bill_now SET due_on = '2026-01-01' WHERE bill_id = 8", "bills", "A-2026-0000008-P"),
        ("DELETE FROM bill_now WHERE bill_id = 5", "bills", "A-2026-0000005-V"),
        ("UPDATE charge SET amount = amount + 1 WHERE id = 9", "bills", "A-2026-0000006-T"),
    ],
    "charges": [
        ("UPDATE charge_now SET settled = settled - 1 WHERE charge_id = 1", "charges", "charge 1"),
        ("UPDATE charge_now SET closed_on = NULL WHERE charge_id = 3", "charges", "charge 3"),
        ("UPDATE charge_now SET written_off = 0 WHERE written_off > 0", "charges", "charge 6"),
        ("UPDATE charge_now SET head_code = 'TH' WHERE charge_id = 4", "charges", "charge 4"),
        ("DELETE FROM charge_now WHERE charge_id = 5", "charges", "charge 5"),
        ("UPDATE charge SET due_on = '2026-01-01' WHERE id = 7", "charges", "charge 7"),
        ("UPDATE term SET due_on = '2028-01-01' WHERE charge_id = 9", "charges", "charge 9"),
        ("UPDATE charge SET value_on = '2027-01-01' WHERE id = 10", "charges", "charge 10"),
    ],
    "overpaid": [("UPDATE charge SET amount = 1 WHERE id = 2", "charges", "charge 2")],
    "settlements": [
        ("UPDATE settlement SET value_on = '2026-11-22' WHERE id = 3", "settlements", "settlement 3"),
        ("UPDATE settlement SET value_on = '2027-01-01' WHERE id = 4", "settlements", "settlement 4"),
        ("UPDATE settlement SET payment_id = 1 WHERE id = 5", "settlements", "settlement 5"),
        ("UPDATE settlement SET value_on = '2026-11-27' WHERE id = 9", "settlements", "settlement 9"),
        ("UPDATE settlement SET reverses_id = 1 WHERE id = 16", "settlements", "settlement 16"),
        ("UPDATE settlement SET credit_id = 3 WHERE id = 8", "settlements", "settlement 8"),
    ],
    "taken back twice": [
        ("UPDATE settlement SET amount = -20000 WHERE reverses_id = 2", "settlements", "settlement 2"),
    ],
    "credits": [
        ("UPDATE credit SET amount = amount - 1000 WHERE id = 1", "credits", "credit 1"),
        ("UPDATE credit SET value_on = '2027-01-01' WHERE id = 2", "credits", "credit 2"),
        ("UPDATE credit_move SET kind = 'lapsed' WHERE credit_id = 3", "credits", "credit_move 4"),
        ("DELETE FROM credit_move WHERE credit_id = 4", "settlements", None),
    ],
    "accounts": [
        ("UPDATE account_now SET owed = owed + 1 WHERE account_id = 1", "accounts", "account 1"),
        ("UPDATE account_now SET credit = credit + 1 WHERE account_id = 2", "accounts", "account 2"),
    ],
    "held for another": [
        ("UPDATE posting SET account_id = 3 - account_id WHERE account = 'credit' AND amount < 0",
         "accounts", "account 1"),
    ],
    "receivables": [
        ("UPDATE posting SET bill_id = 3 - bill_id WHERE bill_id < 3", "receivables", "A-2026-0000001-4"),
    ],
    "claims": [
        ("UPDATE claim SET bill_id = 99", "claims", "claim TSC|1|2026|1|0"),
        ("UPDATE bill SET kind = 'roll', object_id = 1 WHERE id = 3", "claims", "A-2026-0000003-Z"),
        # A part of it was never owed; the rest is still asked.
        ("UPDATE bill SET kind = 'roll', object_id = 1 WHERE id = 1", "claims", "A-2026-0000001-4"),
    ],
    "penalties": [("UPDATE charge SET accrued_to = '2026-06-15' WHERE id = 3", "penalties", "charge 3")],
    "sessions": [("UPDATE cash_session SET expected = expected - 1", "sessions", "session 1")],
    "day totals": [
        ("UPDATE day_collection SET principal = 1 WHERE channel = 'card' AND by = 'booked' AND count > 0", "day_totals",
         "booked 2026-11-23 1 TSC card"),
        ("UPDATE day_collection SET penalty = penalty + 1 WHERE channel = 'cheque' AND by = 'value'", "day_totals",
         "value 2026-11-27 1 TSC cheque"),
        ("UPDATE day_collection SET count = count + 1 WHERE channel = 'mobile' AND by = 'booked'", "day_totals",
         "booked 2026-11-23 1 TSC mobile"),
        ("DELETE FROM day_collection WHERE channel = 'credit' AND head_code = 'TH'", "day_totals",
         "value 2026-11-23 0 TH credit"),
    ],
    "months": [
        ("UPDATE month_closing SET assessed = assessed + 1 WHERE head_code = 'TSC'", "month_closings",
         "month_closing 2026-11-30"),
    ],
    "months' ends": [
        ("UPDATE month_closing SET ended_by = '2026-12-03'", "month_closings", "month_closing 2026-11-30"),
    ],
    "months' left": [
        ("UPDATE month_left SET \"left\" = \"left\" - 1", "month_closings", "month_closing 2026-11-30"),
        ("UPDATE month_left SET month_end = '2026-10-31' WHERE head_code = 'TSC'", "month_closings",
         "month_closing 2026-10-31"),
    ],
}  # fmt: skip


def test_an_account_that_owes_nothing_and_has_lost_its_row_is_named(
    town: App, behind_the_back: Callable[..., None]
) -> None:
    """What is booked on it next would be kept nowhere."""
    clerk = actor_with(town, Role.CLERK)
    pay(town, clerk, an_open_desk(town, clerk), a_bill(town, "80", taxpayer_id=a_taxpayer(town)))
    assert not findings(town)
    behind_the_back("DELETE FROM account_now WHERE owed = 0 AND credit = 0")
    assert [(one.check, one.table) for one in findings(town)] == [("accounts", "account")]


@pytest.mark.parametrize("group", TAMPERED)
def test_a_change_behind_the_back_is_found_and_named(
    town: App, behind_the_back: Callable[..., None], group: str
) -> None:
    behind_the_back(*(statement for statement, _check, _subject in TAMPERED[group]))
    found = findings(town)
    # The printed number that may stand behind table and key is of test_finding_words.
    named = {(finding.check, finding.subject.split(" (")[0]) for finding in found}
    for statement, check, subject in TAMPERED[group]:
        assert (check, subject) in named or (subject is None and check in {one for one, _ in named}), (
            statement
        )
    assert all(finding.sentence() for finding in found)


def test_every_check_of_money_is_seen_to_find_something() -> None:
    tried = {check for group in TAMPERED.values() for _statement, check, _subject in group}
    elsewhere = {
        "pages",
        "values",
        "triggers",
        "definitions",
        "keys",
        "references",
        "conditions",
        "acts",
        "anchors",
        "remembered",
    }
    assert {name for name, _title, _check in CHECKS} - tried == elsewhere, "they have tests of their own"


def test_what_is_issued_later_changes_no_month_that_was_kept(town: App, clock: TownClock) -> None:
    """A bill of a head that had none; one issued after its due date, as a fine that is captured late."""
    a_bill(town, "75", head="ODP")
    a_bill(town, "75", due_on=clock.instant.date() - timedelta(days=25))
    assert findings(town) == ()
    clock.instant += timedelta(days=40)
    begin_the_day(town)
    town.execute(KeepMonths(), everything(town))
    assert findings(town) == ()


@pytest.mark.parametrize(
    "text_of_theirs",
    [f"[1{'0' * 30}]", "[1e999]", '"\\ud800"', "[" * 2000 + "]" * 2000],
    ids=["whole number", "number", "letter", "depth"],
)
def test_a_text_changed_into_what_no_text_of_ours_holds_is_found(
    town: App, behind_the_back: Callable[..., None], text_of_theirs: str
) -> None:
    parts = ", ".join(f'"{part}" :{text_of_theirs}' for part in ("lines", "rows", "changes", "shows"))
    changed = f"'{{{parts}}}'"
    behind_the_back(
        f"UPDATE event SET canonical = {changed} WHERE id = 4",
        f"UPDATE issued_document SET canonical = {changed} WHERE id = 1",
    )
    assert {
        ("chains", "event 4"),
        ("events", "event 4"),
        ("rows", "issued_document 1"),
    } <= {(finding.check, finding.subject) for finding in findings(town)}


def test_every_break_is_listed_not_only_the_first(town: App, behind_the_back: Callable[..., None]) -> None:
    behind_the_back(
        "UPDATE event SET canonical = canonical || ' ' WHERE id = 1",
        "UPDATE event SET canonical = canonical || ' ' WHERE id = 3",
    )
    subjects = {finding.subject for finding in findings(town) if finding.check == "chains"}
    assert {"event 1", "event 3"} <= subjects


@pytest.mark.parametrize(
    "change",
    ["registrar = 'Somebody else'", "signed_by_id = (SELECT min(id) FROM app_user)", "signed_by_id = NULL"],
)
def test_a_signature_changed_behind_the_back_is_found(
    town: App, actor: Callable[[Role], Actor], behind_the_back: Callable[..., None], change: str
) -> None:
    act = a_signed_act(town, actor(Role.REGISTRAR))
    assert findings(town) == ()
    behind_the_back(f"UPDATE act SET {change} WHERE id = {act.act_id}")
    found = [(finding.check, finding.subject) for finding in findings(town)]
    assert found == [("rows", f"act {act.act_id}"), ("acts", f"act {act.act_id}")]


def test_dropped_protections_are_named(town: App, behind_the_back: Callable[..., None]) -> None:
    behind_the_back()
    report = town.execute(Verify(), everything(town)).outcome
    missing = {finding.subject for finding in report.findings if finding.check == "triggers"}
    assert {"posting_no_update", "receipt_no_delete", "charge_no_update", "settlement_no_delete"} <= missing


def test_a_protection_that_was_emptied_but_kept_its_name_is_named(town: App) -> None:
    sqlite = town.database.kind == "sqlite"
    with town.database.connect_to_write() as connection:
        if sqlite:
            connection.execute(text("DROP TRIGGER payment_no_delete"))
            connection.execute(
                text("CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment BEGIN SELECT 1; END")
            )
        else:
            connection.execute(
                text(
                    "CREATE OR REPLACE FUNCTION muniadmin_refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    " $$ BEGIN RETURN NULL; END $$"
                )
            )
        connection.commit()
    found = town.execute(Verify(), everything(town)).outcome.findings
    assert "payment_no_delete" in {finding.subject for finding in found if finding.check == "triggers"}


def test_a_trigger_that_keeps_what_is_left_of_debts_is_missed(town: App) -> None:
    with town.database.connect_to_write() as connection:
        on_table = "" if town.database.kind == "sqlite" else " ON settlement"
        connection.execute(text(f"DROP TRIGGER settlement_counted{on_table}"))
        connection.commit()
    found = town.execute(Verify(), everything(town)).outcome.findings
    assert [(finding.check, finding.subject) for finding in found] == [("triggers", "settlement_counted")]


def test_a_trigger_that_nobody_knows_is_named(town: App) -> None:
    with town.database.connect_to_write() as connection:
        if town.database.kind == "sqlite":
            connection.execute(text("CREATE TRIGGER mine AFTER INSERT ON payment BEGIN SELECT 1; END"))
        else:
            connection.execute(
                text(
                    "CREATE TRIGGER mine BEFORE UPDATE ON account_now FOR EACH ROW "
                    "EXECUTE FUNCTION muniadmin_refuse('account_now')"
                )
            )
        connection.commit()
    found = town.execute(Verify(), everything(town)).outcome.findings
    assert [(finding.check, finding.subject) for finding in found] == [("triggers", "mine")]
