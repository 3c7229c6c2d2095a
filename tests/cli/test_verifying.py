"""``verify`` and ``db check`` as auditors use them: findings by table and key, and what is left when one is stopped."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

import check_events
from muniadmin.app import App
from muniadmin.cli.main import main
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification import services
from muniadmin.verification.checks import CHECKS
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look
from tests.builders import a_bill, a_taxpayer
from tests.towns import DatabaseKind
from tests.verification.owner import as_owner

pytestmark = pytest.mark.slow

Answer = tuple[int, str, str]


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """What a command answers: exit code, standard output, standard error."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "MUNIADMIN_URL"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Answer:
        capsys.readouterr()
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_what_the_console_cannot_write_ends_no_report(app: App) -> None:
    """As into a file on Windows, whose encoding has no arrow."""
    as_owner(app, "UPDATE offence_amount SET amount = amount + 1")
    told = subprocess.run(
        [sys.executable, "-m", "muniadmin", "verify", "--url", app.database.url.render_as_string(False)],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert told.returncode == 1
    assert b"\\u2192" in told.stdout
    assert b"Something went wrong" not in told.stderr


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_card_of_the_town_that_nobody_can_read_ends_in_a_report(
    app: App, answer: Callable[..., Answer]
) -> None:
    nested = '{"names": ' + "[" * 40_000 + "]" * 40_000 + "}"
    as_owner(app, "UPDATE setting SET value = :value WHERE key = 'municipality'", value=nested)
    url = app.database.url.render_as_string(False)
    app.close()
    code, said, problem = answer("verify", "--url", url)
    assert (code, "setting municipality" in said, problem) == (1, True, "")
    code, said, problem = answer("db", "check", "--url", url)
    assert (code, problem) == (0, "")  # of the pages none is damaged


def endless(reading: Reading, look: Look) -> Iterator[Finding]:
    """A check whose one statement never ends, until somebody presses Ctrl+C."""
    yield Finding(
        check="endless", table="posting", key="7", message="{subject}: found before it was stopped."
    )
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    without_end = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n WHERE x < 0"
    )
    reading.connection.exec_driver_sql(without_end)


def test_ctrl_c_leaves_a_sentence_and_what_was_found_so_far(
    answer: Callable[..., Answer], town_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On PostgreSQL the same statement runs on the server; Ctrl+C ends the waiting for it.
    checks = (*CHECKS[:2], ("endless", "An endless check", endless), *CHECKS[2:])
    monkeypatch.setattr(services, "CHECKS", checks)
    # A shell that starts the tests in the background has them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    code, out, err = answer("verify", "--url", town_url)
    signal.signal(signal.SIGINT, before)
    assert code == 1
    assert f"Stopped: 2 of {len(checks)} checks ran to their end. 1 thing is wrong." in out
    assert "posting 7: found before it was stopped." in out
    assert out.count("not run") == len(CHECKS) - 2
    assert "Traceback" not in out + err
    monkeypatch.undo()
    assert answer("verify", "--url", town_url)[0] == 0


def test_findings_are_structured(answer: Callable[..., Answer], app: App, town_url: str) -> None:
    bill = a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    with app.database.connect_to_write() as connection:
        connection.exec_driver_sql("UPDATE charge_now SET settled = 1")
        connection.commit()
    code, out, _err = answer("verify", "--url", town_url, "--json")
    report = json.loads(out)
    assert (code, report["clean"], report["stopped"], report["recorded"]) == (1, False, False, True)
    found = next(one for one in report["findings"] if one["check"] == "charges")
    assert (found["table"], found["key"]) == ("charge", str(bill.charge_ids[0]))
    assert {"said", "says", "event", "facts", "message", "subject"} <= found.keys()
    assert all(one["finished"] for one in report["checks"])


def test_a_finding_says_what_was_changed_to_what(
    answer: Callable[..., Answer], app: App, town_url: str
) -> None:
    """On one line, whatever was written into the row: nothing in it wipes a terminal or adds a line."""
    bill = a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    as_owner(app, f"UPDATE bill SET old_number = '\x1b[2J\nNothing was lost.' WHERE id = {bill.bill_id}")
    code, out, _err = answer("verify", "--url", town_url)
    (found,) = (
        line
        for line in out.splitlines()
        if line.startswith(f"  bill {bill.bill_id} ({bill.number}): the row differs")
    )
    assert code == 1
    assert found.endswith(r" says of it. old_number: “” → \x1b[2J\nNothing was lost.")
    assert "\x1b" not in out


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "change",
    ["value = '{'", "value = '{}'", "value = json_set(value, '$.calendar.zone', 'Mars/Olympus')", "key = 'gone'"],
)  # fmt: skip
def test_without_the_municipalitys_card_the_rest_is_verified(
    answer: Callable[..., Answer], town_url: str, database_kind: DatabaseKind, change: str
) -> None:
    with closing(sqlite3.connect(town_url.removeprefix("sqlite:///"))) as connection:
        connection.execute(f"UPDATE setting SET {change} WHERE key = 'municipality'")
        connection.commit()
    code, out, err = answer("verify", "--url", town_url, "--json")
    report = json.loads(out)
    assert (code, err) == (1, "")
    assert ("setting", "municipality") in {(one["table"], one["key"]) for one in report["findings"]}
    assert len(report["checks"]) > len(CHECKS)
    assert answer("db", "check", "--url", town_url)[0] == 0
    code, out, err = answer("indicators", "--url", town_url)
    assert (code, out) == (1, "")
    assert "incident" not in err


def test_db_check_says_what_it_looked_at_and_what_it_leaves_to_verify(
    answer: Callable[..., Answer], app: App, town_url: str
) -> None:
    """A row that somebody changed is no damage: nobody may take it for a town that was verified."""
    bill = a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    as_owner(app, f"UPDATE bill SET old_number = 'changed' WHERE id = {bill.bill_id}")
    code, out, _err = answer("db", "check", "--url", town_url)
    assert code == 0
    assert "No damage was found." in out
    assert "sound" not in out
    assert "Looked at: " in out
    assert "Not looked at: whether rows were changed behind the program’s back" in out
    assert "“muniadmin verify”" in out
    if town_url.startswith("postgresql"):
        assert "amcheck" in out
    data = json.loads(answer("db", "check", "--url", town_url, "--json")[1])
    assert (data["damage"], data["undamaged"]) == ([], True)
    assert data["looked_at"] in out
    assert all(one in out for one in data["not_looked_at"])
    assert answer("verify", "--url", town_url)[0] == 1


def test_the_export_for_an_independent_check(
    answer: Callable[..., Answer], town_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "out.sqlite3"
    code, out, err = answer("verify", "--url", town_url, "--export", str(file))
    assert (code, err) == (0, "")
    assert f" rows were written to {file}." in out
    assert f"SHA-256: {hashlib.sha256(file.read_bytes()).hexdigest()}" in out
    assert check_events.main([str(file)]) == 0
    code, _out, err = answer("verify", "--url", town_url, "--export", str(file), "--json")
    assert (code, err) == (
        1,
        f"“{file}” is there already. Nothing was written over. Choose another name.\n",
    )
    other = tmp_path / "other.sqlite3"
    code, out, _err = answer("verify", "--url", town_url, "--export", str(other), "--json")
    said = json.loads(out)
    assert (code, said["file"], said["recorded"]) == (0, str(other), True)
    assert said["sha256"] == hashlib.sha256(other.read_bytes()).hexdigest()
    for more in (["--tables"], ["--against", str(file)], ["--since-anchor"]):
        assert answer("verify", "--url", town_url, "--export", str(tmp_path / "x"), *more)[0] == 2
    assert not (tmp_path / "x").exists()
