"""The checker that imports nothing of the program: a sound town is clean, and what was tampered with is named, as by
``verify``."""

import ast
import base64
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

import check_events
from muniadmin.anchors.commands import MakeAnchor
from muniadmin.app import App
from muniadmin.cli.main import main
from muniadmin.kernel.canonical import canonical_json
from tests.builders import everything
from tests.verification.long_story import tell_more
from tests.verification.story import LAST_DAY

# A town of its own for each, and a process for each look.
pytestmark = [pytest.mark.slow, pytest.mark.after(tell_more, LAST_DAY)]

SCRIPT = Path(check_events.__file__)
Tamper = Callable[[sqlite3.Connection], object]
#: What a program answers: its exit code, and what it says.
Answer = tuple[int, str]


@pytest.fixture
def database_kind() -> str:
    """The checker reads files."""
    return "sqlite"


@pytest.fixture
def file(town_url: str) -> Path:
    """The town's file."""
    return Path(town_url.removeprefix("sqlite:///"))


@pytest.fixture
def checked(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """What the checker says of a file."""

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        code = check_events.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def verified(capsys: pytest.CaptureFixture[str]) -> Callable[[Path], set[tuple[str, str]]]:
    """Table and key of all that ``verify`` finds."""

    def run(file: Path) -> set[tuple[str, str]]:
        capsys.readouterr()
        main(["verify", "--url", f"sqlite:///{file}", "--json"])
        report = json.loads(capsys.readouterr().out)
        return {(finding["table"], finding["key"]) for finding in report["findings"]}

    return run


def tampered(file: Path, tamper: str | Tamper) -> None:
    """Does what somebody would do who owns the file: first of all, the triggers go."""
    with closing(sqlite3.connect(file)) as town:
        for (name,) in town.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            town.execute(f"DROP TRIGGER {name}")
        town.execute("PRAGMA ignore_check_constraints = ON")
        if isinstance(tamper, str):
            assert town.execute(tamper).rowcount != 0
        else:
            tamper(town)
        town.commit()


def chained_anew(town: sqlite3.Connection, chain: str) -> None:
    """Writes the digests of a chain and its head anew, as they should be for the texts that stand there."""
    last, digest = 0, check_events.FIRST_DIGEST
    texts = town.execute("SELECT id, canonical FROM event WHERE chain = ? ORDER BY chain_seq", (chain,))
    for last, (event_id, text) in enumerate(texts.fetchall(), 1):
        before, digest = digest, check_events.link_digest(chain, last, digest, text)
        town.execute(
            "UPDATE event SET previous_digest = ?, digest = ? WHERE id = ?", (before, digest, event_id)
        )
    town.execute("UPDATE chain_head SET last = ?, digest = ? WHERE chain = ?", (last, digest, chain))


def row_and_event_agree(town: sqlite3.Connection) -> None:
    """A payment's payer is another, in the row and in the event's text, whose own digest is written anew."""
    amount = town.execute("SELECT amount FROM payment WHERE id = 2").fetchone()[0]
    town.execute("UPDATE payment SET amount = amount + 1 WHERE id = 2")
    chain, seq, previous, text, event_id = town.execute(
        "SELECT chain, chain_seq, previous_digest, canonical, id FROM event "
        "WHERE id = (SELECT event_id FROM payment WHERE id = 2)"
    ).fetchone()
    facts = json.loads(text)
    (row,) = facts["rows"]["payment"]
    assert row["amount"] == amount
    row["amount"] += 1
    text = check_events.canonical(facts)
    digest = check_events.link_digest(chain, seq, previous, text)
    town.execute("UPDATE event SET canonical = ?, digest = ? WHERE id = ?", (text, digest, event_id))


def whole_chain(town: sqlite3.Connection) -> None:
    """The same, and everything behind it in the chain, with the head."""
    row_and_event_agree(town)
    chained_anew(town, "desk:1")


def test_a_sound_town_is_clean_and_stays_as_it_was(file: Path, checked: Callable[..., Answer]) -> None:
    before = file.read_bytes()
    code, said = checked(file)
    assert (code, said.splitlines()[-1]) == (0, "Clean.")
    assert "53 events and 1 signed acts in 5 chains, 378 rows of 49 tables, 1 anchors" in said
    assert file.read_bytes() == before


# What is done, and table and key of a finding of both. The event of a row that is gone is none of its own table.
TAMPERED: list[tuple[str | Tamper, str, str]] = [
    ("UPDATE payment SET amount = amount + 1 WHERE id = 2", "payment", "2"),
    ("UPDATE payment SET payer = 'somebody else' WHERE id = 1", "payment", "1"),
    ("UPDATE payment SET taken_at = '2026-11-24 08:00:00.000001' WHERE id = 3", "payment", "3"),
    ("UPDATE receipt SET number = '1-2026-000002-0' WHERE payment_id = 2", "receipt", "2"),
    ("UPDATE posting SET amount = amount + 1 WHERE event_id = 7 AND line = 1", "posting", "7 1"),
    ("UPDATE settlement SET event_id = 1 WHERE id = 2", "settlement", "2"),
    ("UPDATE charge SET due_on = 'soon' WHERE id = 1", "charge", "1"),
    ("UPDATE issued_document SET canonical = replace(canonical, '10000', '10001') WHERE id = 1",
     "issued_document", "1"),
    ("DELETE FROM tender_return", "tender_return", "5"),
    ("DELETE FROM cancellation", "cancellation", "5"),
    ("UPDATE taxpayer SET notes = 'exempt' WHERE id = 1", "taxpayer", "1"),
    ("UPDATE taxable_object SET attributes = '{}' WHERE id = 1", "taxable_object", "1"),
    ("UPDATE point SET active = 1 - active WHERE number = 1", "point", "1"),
    ("DELETE FROM provider_reference", "provider_reference", "mobile m1"),
    ("INSERT INTO user_role (user_id, role) VALUES (1, 'supervisor')", "user_role", "1 supervisor"),
    ("UPDATE setting SET value = '{}' WHERE key = 'signing_key'", "setting", "signing_key"),
    ("UPDATE event SET workstation = 'other' WHERE id = 4", "event", "4"),
    ("UPDATE event SET canonical = canonical || ' ' WHERE id = 5", "event", "5"),
    ("UPDATE event SET digest = previous_digest WHERE id = 6", "event", "6"),
    ("DELETE FROM event WHERE id = 9", "event", "11"),
    ("DELETE FROM event WHERE id = 53", "chain_head", "office"),
    ("UPDATE event_line SET subject = 'other' WHERE event_id = 1", "event", "1"),
    ("INSERT INTO event_line VALUES (99, 1, 'collection:payment:taken', '1')", "event", "99"),
    ("UPDATE signed_act SET canonical = replace(canonical, 'Karim', 'Karima')", "signed_act", "1"),
    ("UPDATE chain_head SET last = last - 1 WHERE chain = 'desk:1'", "chain_head", "desk:1"),
    ("UPDATE anchor SET line = replace(line, 'office:12', 'office:13')", "anchor", "1"),
    ("UPDATE anchor SET booked_on = '2026-11-28'", "anchor", "1"),
    (row_and_event_agree, "event", "11"),
    (whole_chain, "anchor", "1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tamper", "table", "key"),
    TAMPERED,
    ids=[one if isinstance(one, str) else one.__name__ for one, _table, _key in TAMPERED],
)
def test_what_is_tampered_with_is_named_as_by_verify(
    tamper: str | Tamper,
    table: str,
    key: str,
    file: Path,
    checked: Callable[..., Answer],
    verified: Callable[[Path], set[tuple[str, str]]],
) -> None:
    tampered(file, tamper)
    code, said = checked(file)
    assert code == 1
    named = [line for line in said.splitlines() if line.startswith(f"{table} {key}: ")]
    assert named, said
    assert (table, key) in verified(file)


def test_every_column_of_every_table_that_events_tell_of(file: Path, checked: Callable[..., Answer]) -> None:
    """The first row of each table, one column after the other; of all tables at once."""
    with closing(sqlite3.connect(file)) as town:
        columns = {
            table: [one for one in check_events.columns_of(town, table) if one.name not in beside]
            for table, (proof, _by_digest, beside) in check_events.TABLES.items()
            if proof in check_events.TOLD
        }
    copy = file.with_name("copy.sqlite3")
    tried = 0
    for place in range(max(map(len, columns.values()))):
        shutil.copy(file, copy)
        expected = set()
        with closing(sqlite3.connect(copy)) as town:
            triggers = town.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                town.execute(f"DROP TRIGGER {name}")
            town.execute("PRAGMA ignore_check_constraints = ON")
            for table, here in columns.items():
                if place < len(here) and (found := changed_in_place(town, table, here, here[place])):
                    expected.add(found)
            town.commit()
        said = checked(copy)[1].splitlines()
        unfound = {one for one in expected if not any(line.startswith(f"{one}: ") for line in said)}
        assert unfound == set(), place
        tried += len(expected)
    assert tried > 300


def changed_in_place(
    town: sqlite3.Connection, table: str, columns: list[check_events.Column], column: check_events.Column
) -> str | None:
    """Gives the first row of a table another value in one column; table and key as they are then."""
    first: Any = town.execute(f"SELECT rowid, {column.name} FROM {table}").fetchone()
    if first is None:
        return None
    rowid, value = first
    if column.kind == "BOOLEAN":
        other: object = 1 - value
    elif column.kind == "DATE":
        other = "2031-01-31"
    elif column.kind == "DATETIME":
        other = "2031-01-31 08:00:00.000000"
    elif column.kind == "JSON":
        other = '{"another": 1.5}'
    elif column.kind.startswith(("VARCHAR", "TEXT")):
        other = f"{value}+"
    else:
        other = (value or 0) + 1_000_001
    key = [one.name for one in sorted(columns, key=lambda one: one.in_key) if one.in_key]
    if key == [column.name] and column.kind == "INTEGER":
        rowid, before = other, rowid
        town.execute(f"UPDATE {table} SET {column.name} = ? WHERE rowid = ?", (other, before))
    else:
        town.execute(f"UPDATE {table} SET {column.name} = ? WHERE rowid = ?", (other, rowid))
    named = town.execute(f"SELECT {', '.join(key)} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
    return f"{table} {' '.join(map(str, named))}"


def test_of_a_row_that_is_written_once_it_says_what_differs(
    file: Path, checked: Callable[..., Answer]
) -> None:
    tampered(file, "UPDATE payment SET value_on = '2027-01-01' WHERE id = 3")
    _code, said = checked(file)
    assert "payment 3: the row differs from what event " in said
    assert ": value_on was '2026-" in said
    assert "and is '2027-01-01'" in said


def test_what_stands_in_a_row_cannot_hide_a_line(file: Path, checked: Callable[..., Answer]) -> None:
    """A key that would wipe the terminal's screen, and one that would end the line and add another."""
    tampered(file, "UPDATE setting SET key = char(27) || '[2J' || char(10) || 'Clean.' WHERE key = 'profile'")
    code, said = checked(file)
    assert code == 1
    assert "setting \\x1b[2J\\nClean.: no event wrote this row" in said.splitlines()
    assert "\x1b" not in said


def two_events_change_places(town: sqlite3.Connection) -> None:
    """An object's two events, so that the earlier edit counts as the last."""
    rows = town.execute(
        'SELECT id, canonical FROM event WHERE canonical LIKE \'%"changes":{%"cash_session":[%\''
    ).fetchall()
    (first, _), (second, _) = rows[:2]
    for one, other in ((first, -1), (second, first), (-1, second)):
        town.execute("UPDATE event SET id = ? WHERE id = ?", (other, one))
        town.execute("UPDATE event_line SET event_id = ? WHERE event_id = ?", (other, one))


def test_events_that_change_places_are_found(file: Path, checked: Callable[..., Answer]) -> None:
    tampered(file, two_events_change_places)
    code, said = checked(file)
    assert code == 1
    assert "found it otherwise than the events before had left it" in said


def test_that_an_event_found_a_record_with_a_version_otherwise_is_found(
    file: Path, checked: Callable[..., Answer], verified: Callable[[Path], set[tuple[str, str]]]
) -> None:
    """An act was changed and signed: the event that signed it is made to say that it found something else."""

    def found_otherwise(town: sqlite3.Connection) -> None:
        wanted = "SELECT id, chain, canonical FROM event WHERE canonical LIKE '%civil_status:act:signed%'"
        event_id, chain, text = town.execute(wanted).fetchone()
        facts = json.loads(text)
        ((_key, before, _after),) = changes = facts["changes"]["act"]
        changes[0][1] = before[::-1]
        text = check_events.canonical(facts)
        town.execute("UPDATE event SET canonical = ? WHERE id = ?", (text, event_id))
        chained_anew(town, chain)

    tampered(file, found_otherwise)
    assert "act 1: event " in checked(file)[1]
    assert ("act", "1") in verified(file)


def keys_of_letters(town: sqlite3.Connection) -> None:
    """Tables that hold whatever they are given, and in the last two rows of each letters for a number."""
    for table, key in (("event", "id"), ("anchor", "number")):
        columns = ", ".join(
            name for (name,) in town.execute(f"SELECT name FROM pragma_table_info('{table}')")
        )
        town.execute(f"CREATE TABLE untyped ({columns})")
        town.execute(f"INSERT INTO untyped SELECT * FROM {table}")
        town.execute(f"DROP TABLE {table}")
        town.execute(f"ALTER TABLE untyped RENAME TO {table}")
        if table == "anchor":
            town.execute("INSERT INTO anchor SELECT * FROM anchor UNION ALL SELECT * FROM anchor")
        last = f"SELECT rowid FROM {table} ORDER BY {key} DESC LIMIT 2"
        town.execute(f"UPDATE {table} SET {key} = 'x' || rowid WHERE rowid IN ({last})")


@pytest.mark.parametrize("tamper", [
    "UPDATE event SET canonical = CAST(x'ff00fe' AS TEXT), at = 'never', chain_seq = 'x' WHERE id = 3",
    "UPDATE event SET canonical = '{\"form\":1,\"lines\":[7],\"rows\":[],\"changes\":{}}' WHERE id = 3",
    "UPDATE event SET canonical = x'00', digest = 7 WHERE id = 3",
    "UPDATE payment SET amount = 'much', payer = CAST(x'ff' AS TEXT), taken_at = 5",
    "UPDATE user_role SET role = CAST(x'ff' AS TEXT) WHERE user_id = 1",
    "UPDATE setting SET value = '[[[' WHERE key = 'signing_key'",
    "UPDATE anchor SET line = 'MA1|A|1|fes|x'",
    "UPDATE event_line SET event_id = 'x' WHERE event_id = 1",
    "UPDATE anchor SET line = replace(line, '|office:', '|office:99999999999999999999')",
    "UPDATE anchor SET line = CAST(replace(line, '|office:', x'7cff3a') AS TEXT)",
    keys_of_letters,
    "ALTER TABLE number_series DROP COLUMN last",
    "ALTER TABLE payment DROP COLUMN payer",
    "ALTER TABLE settlement RENAME TO elsewhere",
])  # fmt: skip
def test_whatever_stands_in_the_file_it_comes_to_its_end(
    tamper: str | Tamper, file: Path, checked: Callable[..., Answer]
) -> None:
    tampered(file, tamper)
    code, said = checked(file)
    assert code == 1
    assert "Looked at 5" in said


def without_its_user(town: sqlite3.Connection) -> None:
    """An event of the program itself does not say any more that nobody gave the order."""
    event_id, text = town.execute(
        "SELECT id, canonical FROM event WHERE user_id IS NULL AND chain = 'office' ORDER BY id DESC"
    ).fetchone()
    assert '"user_id":null,' in text
    town.execute(
        "UPDATE event SET canonical = ? WHERE id = ?", (text.replace('"user_id":null,', ""), event_id)
    )
    chained_anew(town, "office")


def test_a_fact_that_is_missing_is_not_one_that_is_empty(
    file: Path, checked: Callable[..., Answer], verified: Callable[[Path], set[tuple[str, str]]]
) -> None:
    tampered(file, without_its_user)
    named = re.findall(
        r"^event (\d+): its text has None as user_id, its row None$", checked(file)[1], re.MULTILINE
    )
    assert len(named) == 1
    assert ("event", named[0]) in verified(file)


def test_more_anchors_than_were_made(file: Path, checked: Callable[..., Answer]) -> None:
    tampered(file, "UPDATE number_series SET last = 0 WHERE series = 'anchor'")
    assert "anchor 0: anchors end with 1, and 0 were made" in checked(file)[1]


def test_behind_an_anchor_that_cannot_be_read_nothing_is_said_of_the_next(
    app: App, file: Path, checked: Callable[..., Answer]
) -> None:
    app.execute(MakeAnchor(), everything(app))
    app.close()
    tampered(file, "UPDATE anchor SET line = 'MA1|A|1|fes|x' WHERE number = 1")
    said = checked(file)[1]
    assert "anchor 1: its line is not a whole anchor" in said
    assert "anchor 2: " not in said


def cut(town: sqlite3.Connection) -> None:
    """The last rows of the office's chain are gone, with its head and all that they alone wrote."""
    ids = [row[0] for row in town.execute("SELECT id FROM event WHERE chain = 'office' AND chain_seq > 41")]
    for event_id in ids:
        town.execute("DELETE FROM event WHERE id = ?", (event_id,))
        town.execute("DELETE FROM event_line WHERE event_id = ?", (event_id,))
    town.execute("DELETE FROM anchor WHERE number = 2")
    town.execute("UPDATE number_series SET last = 1 WHERE series = 'anchor'")
    chained_anew(town, "office")


def test_a_tail_that_was_cut_is_found_by_an_anchor_kept_outside(
    app: App, file: Path, tmp_path: Path, checked: Callable[..., Answer]
) -> None:
    made = app.execute(MakeAnchor(), everything(app)).outcome
    app.close()
    outside = tmp_path / "stick"
    outside.mkdir()
    (outside / "fes-anchor-000002.txt").write_text(f"{made.line}\n")
    assert checked(file, "--against", outside)[0] == 0

    tampered(file, cut)
    assert "chain_head office" not in checked(file)[1]
    code, said = checked(file, "--against", outside / "fes-anchor-000002.txt")
    assert code == 1
    assert "chain_head office: row 43 is gone since the anchor of " in said
    assert "anchor 2: it is gone, or another than in fes-anchor-000002.txt" in said


def cut_but_for_the_number(town: sqlite3.Connection) -> None:
    """The same by somebody who does not think of how many anchors were made."""
    cut(town)
    town.execute("UPDATE number_series SET last = 2 WHERE series = 'anchor'")


def test_an_anchor_cut_off_at_the_end_leaves_its_number(
    app: App, file: Path, checked: Callable[..., Answer]
) -> None:
    app.execute(MakeAnchor(), everything(app))
    app.close()
    tampered(file, cut_but_for_the_number)
    assert "anchor 2: anchors end with 1, and 2 were made" in checked(file)[1]


def test_an_anchor_signed_anew_with_the_key_in_the_file_is_found(
    app: App, file: Path, checked: Callable[..., Answer]
) -> None:
    app.execute(MakeAnchor(), everything(app))
    app.close()

    def signed_anew(town: sqlite3.Connection) -> None:
        (line,) = town.execute("SELECT line FROM anchor WHERE number = 1").fetchone()
        (setting,) = town.execute("SELECT value FROM setting WHERE key = 'signing_key'").fetchone()
        key = load_pem_private_key(json.loads(setting)["pem"].encode(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        claims = line.rpartition("|")[0].replace("|20261127|", "|20261126|")
        line = f"{claims}|{base64.urlsafe_b64encode(key.sign(claims.encode())).decode().rstrip('=')}"
        town.execute(
            "UPDATE anchor SET line = ?, digest = ?, booked_on = '2026-11-26' WHERE number = 1",
            (line, check_events.sha256(line)),
        )

    tampered(file, signed_anew)
    said = checked(file)[1].splitlines()
    assert [
        line for line in said if line.startswith("anchor ") and "differs from what event" not in line
    ] == ["anchor 2: it does not follow the anchor before it"]


def there_twice(town: sqlite3.Connection) -> None:
    """A role of a user is there twice: written while the file did not know that it is unique."""
    town.execute("PRAGMA writable_schema = ON")
    (sql,) = town.execute("SELECT sql FROM sqlite_master WHERE name = 'user_role'").fetchone()
    ((index, page),) = town.execute(
        "SELECT name, rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'user_role' AND sql IS NULL"
    ).fetchall()
    without = re.sub(r",\s*CONSTRAINT pk_user_role PRIMARY KEY \([^)]*\)", "", sql)
    assert without != sql
    town.execute("DELETE FROM sqlite_master WHERE name = ?", (index,))
    town.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'user_role'", (without,))
    town.commit()
    (file,) = (name for _number, _main, name in town.execute("PRAGMA database_list"))
    with closing(sqlite3.connect(file)) as again:
        again.execute("INSERT INTO user_role SELECT * FROM user_role LIMIT 1")
        again.execute("PRAGMA writable_schema = ON")
        again.execute("INSERT INTO sqlite_master VALUES ('index', ?, 'user_role', ?, NULL)", (index, page))
        again.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'user_role'", (sql,))
        again.commit()


def test_a_row_that_is_there_twice_is_named(file: Path, checked: Callable[..., Answer]) -> None:
    tampered(file, there_twice)
    code, said = checked(file)
    assert code == 1
    twice = [line for line in said.splitlines() if line.startswith("user_role ")]
    assert len(twice) == 1, said
    assert twice[0].endswith(": it is there twice")


def test_a_town_s_own_file_that_says_it_is_an_export(file: Path, checked: Callable[..., Answer]) -> None:
    """Of which a password would be compared by the digest that stands in its place."""

    def passed_off(town: sqlite3.Connection) -> None:
        town.execute("CREATE TABLE export (name TEXT PRIMARY KEY, value TEXT)")
        kept_back = json.dumps({"app_user": ["password_hash"]})
        facts = {"form": "1", "program": "1", "engine": "postgresql", "made_at": "", "kept_back": kept_back}
        town.executemany("INSERT INTO export VALUES (?, ?)", facts.items())
        (stored,) = town.execute("SELECT password_hash FROM app_user WHERE id = 2").fetchone()
        town.execute(
            "UPDATE app_user SET password_hash = ? WHERE id = 2", (f"#{check_events.digest_of(stored)}",)
        )

    tampered(file, passed_off)
    code, said = checked(file)
    assert code == 1
    assert "export: this is no export but a town's own file: somebody has added the table" in said
    assert "app_user 2: the row differs from what event " in said
    assert "An export from" not in said


def test_an_event_in_another_form_is_named(file: Path, checked: Callable[..., Answer]) -> None:
    tampered(
        file, "UPDATE event SET canonical = replace(canonical, '\"form\":1', '\"form\":true') WHERE id = 4"
    )
    assert "event 4: its text has the form True, not 1" in checked(file)[1]


def test_an_anchor_that_was_made_up_is_found(
    file: Path, tmp_path: Path, checked: Callable[..., Answer]
) -> None:
    with closing(sqlite3.connect(file)) as town:
        (line,) = town.execute("SELECT line FROM anchor").fetchone()
    made_up = tmp_path / "made-up.txt"
    made_up.write_text(line.replace("20261127", "20261126"))
    code, said = checked(file, "--against", made_up)
    assert code == 1
    assert "made-up.txt: its signature does not match" in said
    made_up.write_text("no anchor")
    assert "made-up.txt: it is no anchor, or damaged" in checked(file, "--against", made_up)[1]


def test_with_the_key_that_the_auditor_holds(
    file: Path, tmp_path: Path, checked: Callable[..., Answer], capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key.pem"
    main(["key", "export", "--url", f"sqlite:///{file}"])
    key.write_text(capsys.readouterr().out)
    assert checked(file, "--key", key)[0] == 0
    another = Ed25519PrivateKey.generate().public_key()
    key.write_bytes(another.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    code, said = checked(file, "--key", key)
    assert (code, "anchor 1: it was not signed with this municipality’s key" in said) == (1, True)
    key.write_text("no key")
    assert checked(file, "--key", key)[0] == 2


def test_it_needs_nothing_but_python(file: Path) -> None:
    # -S: not even the packages that are installed.
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", SCRIPT, file],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "The signatures of anchors were NOT checked" in run.stdout
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(SCRIPT.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}


def test_its_list_of_tables_is_that_of_the_program(
    file: Path, tmp_path: Path, checked: Callable[..., Answer]
) -> None:
    # In a process of its own: a test of slices declares tables here.
    run = subprocess.run(
        [sys.executable, "-m", "muniadmin", "verify", "--tables", "--json"], capture_output=True, check=True
    )
    tables = tmp_path / "tables.json"
    tables.write_bytes(run.stdout)
    assert check_events.tables_in(tables) == check_events.TABLES
    assert checked(file, "--tables", tables)[0] == 0
    tables.write_text("{}")
    assert checked(file, "--tables", tables)[0] == 2


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0 no, not at all", b"text"])
def test_what_is_no_town_is_refused(
    content: bytes | None, tmp_path: Path, checked: Callable[..., Answer]
) -> None:
    file = tmp_path / "other.db"
    if content is not None:
        file.write_bytes(content)
    code, said = checked(file)
    assert code == 2
    assert str(file) in said


def test_a_file_whose_last_changes_lie_beside_it_is_read_with_them(
    app: App, file: Path, tmp_path: Path, checked: Callable[..., Answer]
) -> None:
    app.execute(MakeAnchor(), everything(app))
    copy = tmp_path / "copy.sqlite3"
    for ending in ("", "-wal"):
        shutil.copy(f"{file}{ending}", f"{copy}{ending}")
    assert "54 events" in checked(copy)[1]


def test_a_file_with_a_change_beside_it_that_was_broken_off_is_not_read(
    file: Path, tmp_path: Path, checked: Callable[..., Answer]
) -> None:
    """What stands in it was never so: it has to be put back first, and nothing is written here."""
    tampered(file, "UPDATE event_line SET subject = subject")
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as town:
        town.execute("PRAGMA journal_mode = DELETE")
        town.execute("PRAGMA cache_size = 1")
        town.execute("BEGIN")
        town.execute("UPDATE event SET workstation = workstation || '!'")
        for ending in ("", "-journal"):
            shutil.copy(f"{file}{ending}", f"{copy}{ending}")
        town.execute("ROLLBACK")
    code, said = checked(copy)
    assert code == 2
    assert "its last changes lie beside it in copy.sqlite3-journal" in said


@pytest.mark.parametrize(
    "value",
    [
        *(number * 10.0**exponent for exponent in range(-9, 22) for number in (1, 1.5, -1.2345678901234567)),
        0.0, -0.0, 34.0331, 5e-324, 1.7976931348623157e308, 0, -(2**63), 2**63 - 1, True, None,
        "é “ب” \u2028 😀 \x7f", "".join(map(chr, range(32))) + '"\\/', [], {},
        [{"b": [1, None], "a": "", "é": 2, "z": 3}],
    ],
)  # fmt: skip
def test_its_texts_are_those_of_the_program(value: object) -> None:
    assert check_events.canonical({"": value}) == canonical_json({"": value})
