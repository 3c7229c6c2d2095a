"""What only a server can have: settings of its own and of its roles, indexes that do not follow their tables, and what
runs before or beside the program."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import make_url

from muniadmin.app import App
from muniadmin.bootstrap import open_app, system_actor
from muniadmin.kernel.clock import FixedClock
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations.upgrade import upgrade
from muniadmin.storage.unit_of_work import read_unit
from muniadmin.verification import protections
from muniadmin.verification.commands import VerificationReport, Verify
from muniadmin.verification.report import as_data, remarks, result
from muniadmin.verification.rows import Look
from muniadmin.verification.services import UNKNOWN
from tests import postgresql
from tests.builders import everything
from tests.towns import OPENING, DatabaseKind, TownClock
from tests.verification.long_story import tell_more
from tests.verification.story import LAST_DAY


@pytest.fixture
def database_kind() -> DatabaseKind:
    """A file has none of it."""
    return "postgresql"


pytestmark = [pytest.mark.slow, pytest.mark.after(tell_more, LAST_DAY)]


def carry_out(address: str, *statements: str) -> None:
    """As the owner of the server does, each by itself and without the settings of the program."""
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def address_of(app: App) -> str:
    """Where the database is, with its password."""
    return app.database.url.render_as_string(hide_password=False)


def verified(app: App) -> VerificationReport:
    """The report of a whole verification."""
    return app.execute(Verify(), everything(app)).outcome


# --- settings ---------------------------------------------------------------------------------------------------------

ODD = [
    "TimeZone = 'Asia/Kathmandu'",
    "DateStyle = 'German, DMY'",
    "IntervalStyle = 'iso_8601'",
    "quote_all_identifiers = on",
    "standard_conforming_strings = off",
    "search_path = \"$user\", public, pg_catalog",
    "bytea_output = 'escape'",
    "extra_float_digits = -15",
    "lc_messages = 'C'",
    "lc_numeric = 'C'",
    "client_encoding = 'SQL_ASCII'",
    "session_replication_role = local",
    "default_transaction_isolation = 'serializable'",
    "row_security = off",
    "transform_null_equals = on",
    "enable_seqscan = off",
]  # fmt: skip


@pytest.mark.parametrize("whose", ["DATABASE {name}", "ROLE CURRENT_USER IN DATABASE {name}"])
def test_a_sound_town_is_clean_whatever_the_server_is_told_of_its_ways(
    app: App, clock: TownClock, whose: str
) -> None:
    whose = whose.format(name=f'"{app.database.url.database}"')
    carry_out(address_of(app), *(f"ALTER {whose} SET {setting}" for setting in ODD))
    again = open_app(address_of(app), clock=FixedClock(clock.instant))
    try:
        report = verified(again)
    finally:
        again.close()
    assert [one.sentence() for one in report.findings] == []
    assert (report.clean, report.unrecorded) == (True, "")


# --- indexes ----------------------------------------------------------------------------------------------------------


def test_an_index_that_leaves_a_row_out_is_named(app: App) -> None:
    """Whoever looks by it does not find the row."""
    carry_out(
        address_of(app),
        "CREATE EXTENSION amcheck",
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 'ix_bill_account'::regclass",
        "SET session_replication_role = replica",
        "CREATE TEMPORARY TABLE kept AS SELECT * FROM bill WHERE id = 1",
        "DELETE FROM bill WHERE id = 1",
        "INSERT INTO bill SELECT * FROM kept",
        "UPDATE pg_index SET indisready = true WHERE indexrelid = 'ix_bill_account'::regclass",
    )
    report = verified(app)
    (damage,) = report.findings
    assert (damage.check, damage.table) == ("pages", "ix_bill_account")
    assert "lacks matching index tuple" in damage.sentence()


def test_a_second_row_under_one_key_is_named(app: App) -> None:
    """Whatever the program reads is one of them; also in tables that are only counted together."""
    carry_out(
        address_of(app),
        "CREATE EXTENSION amcheck",
        "UPDATE pg_index SET indisunique = false WHERE indrelid IN ('number_series'::regclass, 'user_role'::regclass)",
        "INSERT INTO number_series SELECT series, year, 0 FROM number_series WHERE series = 'bill'",
        "INSERT INTO user_role SELECT * FROM user_role WHERE user_id = 3",
        "UPDATE pg_index SET indisunique = true WHERE indrelid IN ('number_series'::regclass, 'user_role'::regclass)",
    )
    found = {(one.check, one.table) for one in verified(app).findings}
    # The module does not see a second one of a row that was changed on its page.
    assert {("keys", "number_series"), ("keys", "user_role"), ("pages", "pk_user_role")} <= found


def test_a_sound_town_says_of_how_many_tables_and_indexes(app: App) -> None:
    carry_out(address_of(app), "CREATE SCHEMA modules", "CREATE EXTENSION amcheck SCHEMA modules")
    report = verified(app)
    (pages,) = [one for one in report.checked if one.check == "pages"]
    assert (report.clean, result(pages), pages.remarks) == (True, "sound", ())
    assert pages.rows > 200


def test_without_the_module_nobody_says_that_pages_are_sound(app: App) -> None:
    # What has the module's names and is not the module is asked nothing.
    carry_out(
        address_of(app),
        "CREATE FUNCTION bt_index_check(regclass, boolean) RETURNS void LANGUAGE sql AS ''",
    )
    report = verified(app)
    (pages,) = [one for one in report.checked if one.check == "pages"]
    assert (report.clean, result(pages), pages.rows) == (True, "not looked at", 0)
    (remark,) = pages.remarks
    assert "“amcheck” is not installed" in remark
    assert remark in remarks(report)
    assert remark in as_data(report)["remarks"]


def test_who_may_not_use_the_module_is_told_so(app: App, clock: TownClock) -> None:
    name = f"reader_{os.getpid()}"
    carry_out(
        address_of(app),
        "CREATE EXTENSION amcheck",
        f"CREATE ROLE {name} LOGIN PASSWORD 'read'",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}",
    )
    url = app.database.url.set(username=name, password="read").render_as_string(hide_password=False)
    try:
        reader = open_app(url, clock=FixedClock(clock.instant))
        report = reader.execute(Verify(), system_actor("auditor")).outcome
        reader.close()
    finally:
        carry_out(address_of(app), f"DROP OWNED BY {name}", f"DROP ROLE {name}")
    assert report.clean
    (pages,) = [one for one in report.checked if one.check == "pages"]
    assert pages.remarks == (
        "Pages were not looked at: the server does not allow this role to use its module “amcheck”.",
    )


# --- what keeps triggers from running ---------------------------------------------------------------------------------


def test_a_subscription_is_named(app: App) -> None:
    """What comes by it is written without triggers."""
    carry_out(
        address_of(app),
        "CREATE SUBSCRIPTION theirs CONNECTION 'dbname=nowhere' PUBLICATION all_of_it WITH (connect = false)",
    )
    try:
        report = verified(app)
    finally:
        carry_out(
            address_of(app), "ALTER SUBSCRIPTION theirs SET (slot_name = NONE)", "DROP SUBSCRIPTION theirs"
        )
    assert [(one.check, one.subject) for one in report.findings] == [("triggers", "theirs")]
    assert "from another server" in report.findings[0].sentence()


def test_what_runs_when_somebody_signs_in_is_named(app: App) -> None:
    """It could switch triggers off for everybody but the auditor."""
    carry_out(
        address_of(app),
        "CREATE FUNCTION quietly() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
        "CREATE EVENT TRIGGER quietly_first ON login EXECUTE FUNCTION quietly()",
    )
    report = verified(app)
    assert [(one.check, one.subject) for one in report.findings] == [("triggers", "quietly_first")]


def test_a_temporary_table_in_the_place_of_ours_deceives_nobody(app: App, clock: TownClock) -> None:
    """Made when somebody signs in, it would be read before the one that is kept."""
    carry_out(
        address_of(app),
        "CREATE FUNCTION quietly() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$ BEGIN CREATE TEMPORARY TABLE payment AS SELECT * FROM public.payment WHERE id <> 2; END $$",
        "CREATE EVENT TRIGGER quietly_first ON login EXECUTE FUNCTION quietly()",
        "SET session_replication_role = replica",
        "DELETE FROM public.payment WHERE id = 3",
    )
    again = open_app(address_of(app), clock=FixedClock(clock.instant))
    try:
        found = {(one.check, one.table, one.key) for one in verified(again).findings}
    finally:
        again.close()
    assert ("rows", "payment", "3") in found
    assert ("rows", "payment", "2") not in found


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database on a server that nobody else uses: what is told to a whole server is told to all."""
    with monkeypatch.context() as moment:
        moment.delenv(postgresql.SERVER, raising=False)
        with postgresql.running_server():
            address = postgresql.create_database()
            database = Database(address)
            upgrade(database)
            database.close()
            yield address


@contextmanager
def _opened(address: str) -> Iterator[Database]:
    database = Database(address)
    try:
        yield database
    finally:
        database.close()


def _not_running(address: str) -> list[tuple[str, str]]:
    """Where it is told that triggers do not run, and what is said of it."""
    with (
        _opened(address) as database,
        read_unit(database, actor=system_actor("auditor"), now=OPENING, municipality=UNKNOWN) as reading,
    ):
        found = list(protections.triggers(reading, Look(lambda: None)))
    assert {one.subject for one in found} <= {"session_replication_role"}
    return [(str(one.facts["scope"]), one.sentence()) for one in found]


@pytest.mark.slow
def test_wherever_a_server_is_told_to_run_no_trigger_it_is_named(own_server: str) -> None:
    assert _not_running(own_server) == []
    carry_out(own_server, "CREATE ROLE clerk", "ALTER ROLE clerk SET session_replication_role = replica")
    ((scope, said),) = _not_running(own_server)
    assert (scope, "keeps triggers from running" in said) == ("clerk@", True)
    carry_out(own_server, "DROP ROLE clerk")
    # It is in the file, and counts from the next time that the server reads it; whoever looks is told otherwise.
    carry_out(
        own_server,
        "ALTER SYSTEM SET session_replication_role = replica",
        "ALTER ROLE CURRENT_USER SET session_replication_role = origin",
    )
    ((scope, said),) = _not_running(own_server)
    assert (scope.endswith("postgresql.auto.conf"), "keeps triggers from running" in said) == (True, True)
    # Somebody who may not read the file, and sees that something is kept from them.
    carry_out(
        own_server,
        "SELECT pg_reload_conf()",
        "ALTER ROLE CURRENT_USER RESET session_replication_role",
        "CREATE ROLE auditor LOGIN PASSWORD 'read'",
    )
    auditor = make_url(own_server).set(username="auditor", password="read")
    theirs = auditor.render_as_string(hide_password=False)
    assert [scope for scope, _said in _not_running(theirs)] == ["postgresql.conf"]
    carry_out(own_server, "ALTER ROLE auditor SET session_replication_role = origin")
    ((scope, said),) = _not_running(theirs)
    assert (scope, "hides what the server is told for everybody else" in said) == ("auditor@", True)


# --- what is weaker than it looks -------------------------------------------------------------------------------------

WEAKER: dict[str, tuple[tuple[str, ...], set[tuple[str, str, str]]]] = {
    "what runs when somebody signs in, whatever they are told of triggers": (
        ("CREATE FUNCTION quietly() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
         "CREATE EVENT TRIGGER quietly_first ON login EXECUTE FUNCTION quietly()",
         "ALTER EVENT TRIGGER quietly_first ENABLE ALWAYS"),
        {("triggers", "", "quietly_first")},
    ),
    "numbers that a failure of the server begins anew": (
        ("ALTER SEQUENCE payment_id_seq SET UNLOGGED",),
        {("triggers", "payment_id_seq", "payment_id_seq")},
    ),
    "a column that the server fills": (
        ("ALTER TABLE receipt ALTER seq ADD GENERATED BY DEFAULT AS IDENTITY",),
        {("definitions", "receipt", "seq"), ("definitions", "receipt", "receipt_seq_seq")},
    ),
    "a key whose index does not follow its table": (
        ("UPDATE pg_index SET indisready = false WHERE indexrelid = 'pk_receipt'::regclass",),
        {("definitions", "receipt", "pk_receipt")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WEAKER)
def test_what_is_weaker_than_it_looks_is_named(app: App, what: str) -> None:
    statements, expected = WEAKER[what]
    carry_out(address_of(app), *statements)
    assert {(one.check, one.table, one.subject) for one in verified(app).findings} == expected
