"""Whatever is changed behind the program's back, with the protections dropped, is found and named."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from muniadmin.access.permissions import Role
from muniadmin.app import App
from muniadmin.collection.commands import CloseCashSession
from muniadmin.indicators.commands import KeepStandings
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.requests import Actor
from muniadmin.storage.base import PROTECTIONS
from muniadmin.verification.commands import Finding, Verify
from tests.builders import a_bill, a_taxpayer, an_open_desk, begin_the_day, everything, pay
from tests.civil_status.builders import a_signed_act


@pytest.fixture
def town(app: App, actor: Callable[[Role], Actor]) -> App:
    """A day with three payments, a penalty, a credit and a closed session."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    taxpayer_id = a_taxpayer(app)
    for amount in ("100", "200", "300"):
        pay(app, clerk, session, a_bill(app, amount, taxpayer_id=taxpayer_id))
    app.execute(CloseCashSession(cash_session_id=session.cash_session_id, denominations={20000: 3}), clerk)
    return app


def findings(app: App) -> tuple[Finding, ...]:
    """What verify finds, but for the protections this test itself dropped."""
    found = app.execute(Verify(), everything(app)).outcome.findings
    return tuple(finding for finding in found if finding.check != "triggers")


def without_protection(connection: Connection) -> None:
    """As somebody would who owns the database: the triggers go first."""
    sqlite = connection.dialect.name == "sqlite"
    for name, table in PROTECTIONS.items():
        connection.execute(text(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}"))


@pytest.fixture
def behind_the_back(town: App) -> Callable[..., None]:
    """Runs statements as the owner of the database would."""

    def run(*statements: str) -> None:
        with town.database.connect_to_write() as connection:
            without_protection(connection)
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()

    return run


def test_a_sound_town_is_clean_and_says_what_it_looked_at(town: App) -> None:
    report = town.execute(Verify(), everything(town)).outcome
    assert [finding.sentence() for finding in report.findings] == []
    rows = {one.check: one.rows for one in report.checked}
    assert rows["receipts"] == 3
    assert rows["bills"] == 3
    assert rows["chains"] > 10
    assert rows["triggers"] > 10


@pytest.mark.parametrize(
    ("statement", "check", "subject"),
    [
        ("UPDATE posting SET amount = amount + 1 WHERE entry_id = 2 AND line = 1", "entries", "journal_entry 2"),
        ("UPDATE posting SET taxpayer_id = NULL WHERE entry_id = 2", "entries", "journal_entry 2"),
        ("UPDATE journal_entry SET subject = 'other' WHERE id = 2", "entries", "journal_entry 2"),
        ("UPDATE journal_entry SET canonical = replace(canonical, '1', '2') WHERE id = 2", "chains", "journal_entry 2"),
        ("DELETE FROM audit_event WHERE id = 4", "chains", None),
        ("UPDATE audit_event SET user_name = 'ghost' WHERE id = 4", "audit_lines", "audit_event 4"),
        ("UPDATE audit_event SET canonical = canonical || ' ' WHERE id = 4", "chains", "audit_event 4"),
        ("UPDATE audit_event SET digest = previous_digest WHERE id = 4", "chains", "audit_event 4"),
        ("UPDATE issued_document SET canonical = replace(canonical, '10000', '10001') WHERE id = 1", "chains",
         "issued_document 1"),
        ("UPDATE issued_document SET number = 'x' WHERE id = 1", "documents", "issued_document 1"),
        ("UPDATE receipt SET seq = 9 WHERE payment_id = 2", "receipts", None),
        ("UPDATE receipt SET number = '1-2026-000002-0' WHERE payment_id = 2", "receipts", "1-2026-000002-0"),
        ("DELETE FROM receipt WHERE payment_id = 2", "receipts", None),
        ("UPDATE payment SET amount = amount - 1 WHERE id = 2", "payments", "payment 2"),
        ("UPDATE payment SET payer = 'somebody else' WHERE id = 2", "receipt_sheets", None),
        ("UPDATE settlement SET amount = 1 WHERE id = 2", "bills", None),
        ("UPDATE bill SET settled = settled - 1 WHERE id = 2", "bills", None),
        ("UPDATE bill SET total = total + 1 WHERE id = 2", "bills", None),
        ("UPDATE cash_session SET expected = expected - 1", "sessions", "session 1"),
        ("UPDATE day_collection SET principal = principal - 1", "day_totals", None),
        ("UPDATE settlement SET bill_id = 3 - bill_id WHERE bill_id < 3", "settlements", "payment 1"),
        ("DELETE FROM number_series WHERE series = 'receipt:1'", "receipts", "receipt:1"),
        ("UPDATE number_series SET last = last + 1 WHERE series = 'receipt:1'", "receipts", "receipt:1"),
    ],
)  # fmt: skip
def test_a_change_behind_the_back_is_found_and_named(
    town: App, behind_the_back: Callable[..., None], statement: str, check: str, subject: str | None
) -> None:
    behind_the_back(statement)
    found = [finding for finding in findings(town) if finding.check == check]
    assert found, [finding.sentence() for finding in findings(town)]
    if subject is not None:
        assert subject in {finding.subject for finding in found}
    assert all(finding.sentence() for finding in found)


@pytest.mark.parametrize("column", ["assessed", "overdue", "overdue_old", "fell_due", "on_time"])
def test_a_standing_kept_of_a_day_that_is_not_what_the_ledger_says_is_found(
    town: App, clock: FixedClock, behind_the_back: Callable[..., None], column: str
) -> None:
    clock.instant += timedelta(days=3)
    begin_the_day(town)
    town.execute(KeepStandings(), everything(town))
    # A head that has its first bill only now has no row for the days before: that is no finding.
    a_bill(town, "75", head="TH")
    assert findings(town) == ()
    behind_the_back(
        f"UPDATE day_standing SET {column} = {column} + 1 WHERE day = (SELECT min(day) FROM day_standing)"
    )
    found = findings(town)
    assert [finding.check for finding in found] == ["day_standings"]
    assert found[0].subject.startswith("2026-")


def test_a_bill_issued_after_its_due_date_changes_no_day_that_was_kept(town: App, clock: FixedClock) -> None:
    """As a fine that is captured, or imported, long after the offence."""
    clock.instant += timedelta(days=10)
    begin_the_day(town)
    town.execute(KeepStandings(), everything(town))
    a_bill(town, "75", due_on=clock.instant.date() - timedelta(days=5))
    assert findings(town) == ()
    clock.instant += timedelta(days=10)
    begin_the_day(town)
    town.execute(KeepStandings(), everything(town))
    assert findings(town) == ()


@pytest.mark.parametrize(
    "text_of_theirs",
    [f"[1{'0' * 30}]", "[1e999]", '"\\ud800"', "[" * 2000 + "]" * 2000],
    ids=["whole number", "number", "letter", "depth"],
)
def test_a_text_changed_into_what_no_text_of_ours_holds_is_found(
    town: App, behind_the_back: Callable[..., None], text_of_theirs: str
) -> None:
    changed = f"""'{{"detail" :{text_of_theirs}, "shows" :{text_of_theirs}}}'"""
    behind_the_back(
        f"UPDATE audit_event SET canonical = {changed} WHERE id = 4",
        f"UPDATE issued_document SET canonical = {changed} WHERE id = 1",
    )
    assert {
        ("chains", "audit_event 4"),
        ("audit_lines", "audit_event 4"),
        ("chains", "issued_document 1"),
        ("documents", "issued_document 1"),
    } <= {(finding.check, finding.subject) for finding in findings(town)}


def test_every_break_is_listed_not_only_the_first(town: App, behind_the_back: Callable[..., None]) -> None:
    behind_the_back(
        "UPDATE journal_entry SET canonical = canonical || ' ' WHERE id = 1",
        "UPDATE journal_entry SET canonical = canonical || ' ' WHERE id = 3",
    )
    subjects = {finding.subject for finding in findings(town) if finding.check == "chains"}
    assert {"journal_entry 1", "journal_entry 3"} <= subjects


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
    assert [(finding.check, finding.subject) for finding in findings(town)] == [("acts", f"act {act.act_id}")]


def test_dropped_protections_are_named(town: App, behind_the_back: Callable[..., None]) -> None:
    behind_the_back()
    report = town.execute(Verify(), everything(town)).outcome
    missing = {finding.subject for finding in report.findings if finding.check == "triggers"}
    assert {"posting_no_update", "receipt_no_delete", "bill_frozen_update"} <= missing


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
