"""What is exported is all that the independent checker reads: from either engine, whole or not at all, and without
what is secret."""

import hashlib
import json
import os
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, create_engine, select, text

import check_events
from muniadmin.app import App
from muniadmin.bootstrap import open_app, system_actor
from muniadmin.indicators.commands import SetGoal
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import Cancelled, DatabaseReadOnly, NotAllowed
from muniadmin.kernel.permissions import Role
from muniadmin.storage.base import Base
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations.upgrade import upgrade
from muniadmin.storage.proof import DECLARED, Proof
from muniadmin.verification.commands import ExportedToCheck, ExportToCheck
from muniadmin.verification.errors import ExportThere, KeyTwice, NotExported
from tests.builders import a_bill, a_taxpayer, everything
from tests.towns import TownClock, actor_with
from tests.verification.long_story import tell_more
from tests.verification.owner import exchange_numbers, one, retold
from tests.verification.story import LAST_DAY
from tests.verification.test_read_only import somebody_without_rights

#: What the checker answers: its exit code, and what it says.
Answer = tuple[int, str]


pytestmark = [pytest.mark.slow, pytest.mark.after(tell_more, LAST_DAY)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where it is exported to."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def checked(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """What the checker says of a file."""

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        code = check_events.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def exported(app: App, file: Path) -> ExportedToCheck:
    """Has the town written into the file."""
    return app.execute(ExportToCheck(path=str(file)), everything(app)).outcome


def exported_tables() -> list[Table]:
    """Those that anything hangs on."""
    return [
        one
        for one in Base.metadata.sorted_tables
        if one.name in DECLARED and DECLARED[one.name].proof is not Proof.EPHEMERAL
    ]


def behind_the_back(app: App, *statements: str) -> None:
    """Does what somebody would do who owns the database."""
    with app.database.rebuilding() as connection:
        if app.database.kind == "sqlite":
            for trigger in connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            assert connection.execute(text(statement)).rowcount != 0, statement
        connection.commit()


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_the_checker_finds_it_clean_with_the_anchors_that_were_kept(
    app: App, folder: Path, checked: Callable[..., Answer]
) -> None:
    with app.database.connect_to_read() as connection:
        (folder / "anchor.txt").write_text(connection.scalars(text("SELECT line FROM anchor")).one() + "\n")
    file = folder / "town.sqlite3"

    outcome = exported(app, file)

    code, said = checked(file, "--against", folder / "anchor.txt")
    assert (code, said.splitlines()[-1]) == (0, "Clean."), said
    assert "1 anchors, 1 kept outside" in said
    assert f"An export from {app.database.kind} made at 2026-12-03T" in said
    assert (
        "Compared by their digest only, since they stay secret: app_user.password_hash, setting.value."
        in said
    )
    assert "checked with the key in the file" in said
    assert (outcome.unrecorded, outcome.tables) == ("", len(exported_tables()))
    assert sorted(one.name for one in folder.iterdir()) == ["anchor.txt", "town.sqlite3"]


def test_tables_columns_and_values_are_those_of_a_file_of_the_program(
    app: App, folder: Path, tmp_path: Path
) -> None:
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    upgrade(fresh)
    with app.database.connect_to_read() as town:
        before = {table.name: values(town, table) for table in exported_tables()}
    file = folder / "town.sqlite3"

    outcome = exported(app, file)

    assert outcome.rows == sum(map(len, before.values()))
    engine = create_engine(f"sqlite:///{file}")
    columns = "SELECT name, type, pk FROM pragma_table_info(:table)"
    with engine.connect() as written, fresh.connect_to_read() as program:
        for table in exported_tables():
            given = {"table": table.name}
            assert written.execute(text(columns), given).all() == program.execute(text(columns), given).all()
            assert values(written, table) == before[table.name], table.name
        there = set(written.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    assert there == {one.name for one in exported_tables()} | {"export"}
    engine.dispose()
    fresh.close()


def values(connection: Connection, table: Table) -> list[str]:
    """The rows of a table but for what is secret, as the program reads them."""
    wanted = select(*(one for one in table.columns if one.name not in DECLARED[table.name].secret))
    return sorted(map(repr, connection.execute(wanted).all()))


@pytest.mark.parametrize(
    ("statement", "table", "key"),
    [
        ("UPDATE payment SET amount = amount + 1 WHERE id = 2", "payment", "2"),
        ("UPDATE payment SET payer = 'somebody else' WHERE id = 1", "payment", "1"),
        ("UPDATE charge SET due_on = '2031-01-31' WHERE id = 1", "charge", "1"),
        ("UPDATE taxpayer SET notes = 'exempt' WHERE id = 1", "taxpayer", "1"),
        ("UPDATE taxable_object SET attributes = '{\"rent\": 1}' WHERE id = 1", "taxable_object", "1"),
        ("UPDATE point SET active = NOT active WHERE number = 1", "point", "1"),
        ("UPDATE app_user SET password_hash = 'x' WHERE id = 2", "app_user", "2"),
        ("UPDATE app_user SET active = NOT active WHERE id = 2", "app_user", "2"),
        ("UPDATE setting SET value = '{\"pem\": \"x\"}' WHERE key = 'signing_key'", "setting", "signing_key"),
        ("DELETE FROM tender_return", "tender_return", "5"),
        ("DELETE FROM event WHERE id = 9", "event", "11"),
        ("UPDATE event SET workstation = 'other' WHERE id = 4", "event", "4"),
        ("UPDATE chain_head SET last = last - 1 WHERE chain = 'desk:1'", "chain_head", "desk:1"),
        ("UPDATE signed_act SET canonical = replace(canonical, 'Karim', 'Karima')", "signed_act", "1"),
        ("UPDATE anchor SET booked_on = '2026-11-28'", "anchor", "1"),
    ],
)
def test_a_row_that_somebody_changed_behind_the_programs_back_is_named(
    app: App, folder: Path, checked: Callable[..., Answer], statement: str, table: str, key: str
) -> None:
    behind_the_back(app, statement)
    file = folder / "town.sqlite3"
    exported(app, file)
    code, said = checked(file)
    assert code == 1
    assert [line for line in said.splitlines() if line.startswith(f"{table} {key}: ")], said


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE payment SET taken_at = 'infinity' WHERE id = 3", "payment 3: "),
        ("UPDATE payment SET value_on = '2026-11-23 BC' WHERE id = 3", "payment 3: "),
        ("UPDATE event SET at = at + interval '0.000001 s' WHERE id = 4", "event 4: "),
        ("ALTER TABLE payment ADD COLUMN note text DEFAULT 'paid twice'", "payment 1: "),
        ("ALTER TABLE payment DROP COLUMN payer", "payment 1: "),
        ("ALTER TABLE settlement RENAME TO elsewhere", "settlement: there is no such table"),
    ],
)
def test_whatever_stands_on_the_server_is_exported_and_named(
    app: App, folder: Path, checked: Callable[..., Answer], statement: str, named: str
) -> None:
    behind_the_back(app, statement)
    file = folder / "town.sqlite3"
    exported(app, file)
    code, said = checked(file)
    assert (code, named in said) == (1, True), said


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE payment SET payer = CAST(x'ff' AS TEXT) WHERE id = 1", "payment 1: "),
        ("UPDATE payment SET amount = 'much' WHERE id = 1", "payment 1: "),
        ("UPDATE event SET canonical = CAST(x'ff00fe' AS TEXT) WHERE id = 3", "event 3: "),
        ("UPDATE setting SET value = '[[[' WHERE key = 'signing_key'", "setting signing_key: "),
        ("UPDATE app_user SET password_hash = x'00' WHERE id = 2", "app_user 2: "),
    ],
)
def test_whatever_stands_in_a_file_is_exported_and_named(
    app: App, folder: Path, checked: Callable[..., Answer], statement: str, named: str
) -> None:
    behind_the_back(app, statement)
    file = folder / "town.sqlite3"
    exported(app, file)
    code, said = checked(file)
    assert (code, named in said) == (1, True), said


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_two_rows_with_one_key_are_said(app: App, folder: Path) -> None:
    behind_the_back(
        app,
        "ALTER TABLE user_role DROP CONSTRAINT pk_user_role",
        "INSERT INTO user_role SELECT * FROM user_role",
    )
    with pytest.raises(KeyTwice) as refused:
        exported(app, folder / "town.sqlite3")
    assert "user_role.user_id" in refused.value.sentence()
    assert list(folder.iterdir()) == []


def test_nothing_secret_is_in_it(app: App, folder: Path) -> None:
    with app.database.connect_to_read() as connection:
        hashes = connection.scalars(text("SELECT password_hash FROM app_user")).all()
        setting = connection.scalars(text("SELECT value FROM setting WHERE key = 'signing_key'")).one()
    pem = (json.loads(setting) if isinstance(setting, str) else setting)["pem"]
    secrets = [
        *hashes,
        *(line for line in pem.splitlines() if "PRIVATE" not in line),
        "PRIVATE KEY",
        "$argon2",
    ]
    assert len(secrets) > 5
    file = folder / "town.sqlite3"
    exported(app, file)
    content = file.read_bytes()
    assert b"BEGIN PUBLIC KEY" in content
    assert [one for one in secrets if one.encode() in content] == []
    assert (file.stat().st_mode & 0o777) == 0o600


def test_it_is_one_state_of_the_database_however_much_is_written_meanwhile(
    app: App, folder: Path, checked: Callable[..., Answer]
) -> None:
    bills = list[object]()

    def work(done: int, _total: int) -> None:
        if done > 200 and len(bills) < 3:
            bills.append(a_bill(app, "120", taxpayer_id=a_taxpayer(app)))

    file = folder / "town.sqlite3"
    app.execute(ExportToCheck(path=str(file)), everything(app), progress=work)
    assert len(bills) == 3
    code, said = checked(file)
    assert code == 0, said


def test_the_audit_log_says_so_before_the_file_has_its_name(app: App, folder: Path) -> None:
    file = folder / "town.sqlite3"
    outcome = exported(app, file)
    with app.database.connect_to_read() as connection:
        line = connection.scalars(
            text("SELECT canonical FROM event WHERE canonical LIKE '%verification:database:exported%'")
        ).one()
    ((_name, subject, detail),) = json.loads(line)["lines"]
    assert subject == "database"
    assert detail == {"file": "town.sqlite3", "rows": outcome.rows, "digest": outcome.digest}
    assert outcome.digest == hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_numbers_of_events_on_a_server_do_not_say_which_came_first(
    app: App, folder: Path, checked: Callable[..., Answer]
) -> None:
    """There they are given when orders begin, and the later may be through before the other; a file has one writer."""
    numbers = []
    for target in (100, 200):
        goal = SetGoal(indicator="collected", period="2026", target=Decimal(target))
        app.execute(goal, everything(app))
        numbers.append(one(app, "SELECT max(id) FROM event"))
    exchange_numbers(app, *numbers)
    file = folder / "town.sqlite3"
    exported(app, file)
    code, said = checked(file)
    on_server = app.database.kind == "postgresql"
    assert code == (0 if on_server else 1), said
    otherwise = f"event {numbers[0]} found it otherwise than the events before had left it"
    assert (f"indicator_goal collected 2026: {otherwise}" in said) is not on_server


def test_an_event_that_found_what_nobody_left_is_named(
    app: App, folder: Path, checked: Callable[..., Answer]
) -> None:
    goal = SetGoal(indicator="collected", period="2026", target=Decimal(100))
    app.execute(goal, everything(app))
    event_id = one(app, "SELECT max(id) FROM event")

    def made_up(facts: dict[str, Any]) -> None:
        facts["changes"]["indicator_goal"][0][1] = "0" * 64

    retold(app, event_id, made_up)
    file = folder / "town.sqlite3"
    exported(app, file)
    code, said = checked(file)
    assert code == 1
    assert f"indicator_goal collected 2026: event {event_id} found it otherwise" in said


# --- where it comes to nothing ----------------------------------------------------------------------------------------


def test_cancelled_it_leaves_nothing(app: App, folder: Path) -> None:
    def cancel(done: int, total: int) -> None:
        if done > total // 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        app.execute(ExportToCheck(path=str(folder / "town.sqlite3")), everything(app), progress=cancel)
    assert list(folder.iterdir()) == []
    with app.database.connect_to_read() as connection:
        said = text("SELECT count(*) FROM event WHERE canonical LIKE '%database:exported%'")
        assert connection.scalar(said) == 0


def test_what_is_there_already_stays(app: App, folder: Path) -> None:
    file = folder / "town.sqlite3"
    file.write_text("of last year")
    with pytest.raises(ExportThere) as refused:
        exported(app, file)
    assert str(file) in refused.value.sentence()
    assert [(one.name, one.read_text()) for one in folder.iterdir()] == [("town.sqlite3", "of last year")]


def test_what_came_there_meanwhile_stays(app: App, folder: Path) -> None:
    file = folder / "town.sqlite3"

    def come(_done: int, _total: int) -> None:
        file.write_text("of somebody else")

    with pytest.raises(ExportThere):
        app.execute(ExportToCheck(path=str(file)), everything(app), progress=come)
    assert [(one.name, one.read_text()) for one in folder.iterdir()] == [("town.sqlite3", "of somebody else")]


def test_a_link_that_leads_nowhere_stays(app: App, folder: Path) -> None:
    file = folder / "town.sqlite3"
    file.symlink_to(folder / "unplugged" / "town.sqlite3")
    with pytest.raises(ExportThere):
        exported(app, file)
    assert [one.name for one in folder.iterdir()] == ["town.sqlite3"]
    assert file.is_symlink()


def test_what_was_broken_off_before_makes_room(app: App, folder: Path) -> None:
    (folder / "town.sqlite3.part").write_text("half")
    exported(app, folder / "town.sqlite3")
    assert [one.name for one in folder.iterdir()] == ["town.sqlite3"]


def test_a_folder_that_is_not_there_or_may_not_be_written_is_a_sentence(app: App, folder: Path) -> None:
    with pytest.raises(NotExported) as refused:
        exported(app, folder / "nowhere" / "town.sqlite3")
    assert "No such file or directory" in refused.value.sentence()
    folder.chmod(0o555)
    with somebody_without_rights(), pytest.raises(NotExported) as refused:
        exported(app, folder / "town.sqlite3")
    assert "ermission denied" in refused.value.sentence()
    folder.chmod(0o755)
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_is_a_sentence(app: App, folder: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The file may not grow: nor does one on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    try:
        with pytest.raises(NotExported) as refused:
            exported(app, folder / "town.sqlite3")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "could not be written (" in refused.value.sentence()
    assert list(folder.iterdir()) == []


def test_only_who_may_see_the_audit_log(app: App, folder: Path) -> None:
    with pytest.raises(NotAllowed):
        app.execute(ExportToCheck(path=str(folder / "town.sqlite3")), actor_with(app, Role.CLERK))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_role_that_may_only_read_is_enough(
    app: App, clock: TownClock, folder: Path, checked: Callable[..., Answer]
) -> None:
    name = f"exporter_{os.getpid()}"
    with app.database.connect_to_write() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'read'"))
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"))
        connection.commit()
    url = app.database.url.set(username=name, password="read").render_as_string(hide_password=False)
    try:
        reader = open_app(url, clock=FixedClock(clock.instant))
        outcome = reader.execute(
            ExportToCheck(path=str(folder / "town.sqlite3")), system_actor("auditor")
        ).outcome
        reader.close()
    finally:
        with app.database.connect_to_write() as connection:
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))
            connection.commit()
    assert outcome.unrecorded == DatabaseReadOnly().sentence()
    assert checked(folder / "town.sqlite3")[0] == 0


# --- what the checker makes of what the file says of itself -----------------------------------------------------------


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_file_cannot_say_that_more_is_secret_than_events_tell_by_digest(
    app: App, folder: Path, checked: Callable[..., Answer]
) -> None:
    file = folder / "town.sqlite3"
    exported(app, file)
    with closing(sqlite3.connect(file)) as town:
        kept_back = {"taxpayer": ["notes"], "app_user": ["password_hash"], "setting": ["value"]}
        town.execute("UPDATE export SET value = ? WHERE name = 'kept_back'", (json.dumps(kept_back),))
        town.execute("UPDATE taxpayer SET notes = ? WHERE id = 1", (f"#{check_events.digest_of('')}",))
        town.commit()
    code, said = checked(file)
    assert (code, "taxpayer 1: the row differs" in said) == (1, True)
    assert "taxpayer.notes" not in said


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ("UPDATE export SET value = '2' WHERE name = 'form'", 2, "unknown"),
        ("UPDATE export SET value = '[' WHERE name = 'kept_back'", 2, "cannot be read"),
        ("DELETE FROM export WHERE name = 'public_key'", 1, "anchor 1: its signature cannot be checked"),
        ("DROP TABLE event", 2, "no town of MuniAdmin"),
        ("CREATE TABLE notes (note TEXT)", 1, "export: this is no export but a town's own file"),
        ("UPDATE app_user SET password_hash = 'x' WHERE id = 1", 1, "app_user 1: "),
    ],
)
def test_an_export_that_was_changed(
    app: App, folder: Path, checked: Callable[..., Answer], change: str, code: int, named: str
) -> None:
    file = folder / "town.sqlite3"
    exported(app, file)
    with closing(sqlite3.connect(file)) as town:
        town.execute(change)
        town.commit()
    found, said = checked(file)
    assert (found, named in said) == (code, True), said


def test_by_its_digest_whoever_exported_it_knows_whether_it_was_changed(
    app: App, folder: Path, checked: Callable[..., Answer]
) -> None:
    """What the file says of itself is proved by nothing in it: the audit log has the digest of the whole."""
    file = folder / "town.sqlite3"
    outcome = exported(app, file)
    assert f"SHA-256 of the file: {outcome.digest}." in checked(file)[1]
    with closing(sqlite3.connect(file)) as town:
        town.execute("UPDATE export SET value = '2020-01-01' WHERE name = 'made_at'")
        town.commit()
    code, said = checked(file)
    assert (code, outcome.digest in said) == (0, False)
