"""What was carried out of the database finds what nobody sees inside it: cut tails, old copies, chains written anew."""

import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from muniadmin.anchors.commands import AnchorMade, MakeAnchor
from muniadmin.app import App
from muniadmin.bootstrap import open_app
from muniadmin.documents.keys import SETTING
from muniadmin.documents.signing import SigningKey
from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.errors import InvalidInput
from muniadmin.kernel.permissions import Role
from muniadmin.storage.base import PROTECTIONS
from muniadmin.storage.unit_of_work import FIRST_DIGEST, link_digest, read_unit
from muniadmin.verification.anchored import against
from muniadmin.verification.commands import BeginHeadsAnew, Finding, Verify, Witness
from muniadmin.verification.digests import digest_at
from muniadmin.verification.errors import HeadsFileBroken
from muniadmin.verification.keeper import Keeper
from muniadmin.verification.remembered_reads import LostHeads
from muniadmin.verification.report import as_data, remarks, result
from muniadmin.verification.rows import Look
from muniadmin.verification.workstation import Remembered, file_of, load, lost_heads, remember, save
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.towns import TownClock, actor_with

pytestmark = pytest.mark.slow


def anchor(app: App) -> AnchorMade:
    """An anchor that the supervisor orders."""
    return app.execute(MakeAnchor(), actor_with(app, Role.SUPERVISOR)).outcome


def work(app: App) -> None:
    """A payment at a desk."""
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    pay(app, clerk, session, a_bill(app, "100", taxpayer_id=a_taxpayer(app)))


def remembered(app: App) -> Remembered:
    """Has the workstation remember what there is; what it remembers then."""
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        remember(reading)
    found = load(file_of(app.database.url))
    assert found is not None
    return found


def lost(app: App) -> list[Finding]:
    """What is no longer as remembered."""
    return app.read(LostHeads(), actor_with(app, Role.SUPERVISOR))


def found_by(app: App, *checks: str, against: tuple[Witness, ...] = ()) -> list[Finding]:
    """What verify finds with these checks."""
    report = app.execute(Verify(against=against), everything(app)).outcome
    return [one for one in report.findings if one.check in checks]


def compared(app: App, said: str) -> list[Finding]:
    """What is found with a file kept outside that says this."""
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        return list(against(Witness(name="odd.txt", text=said), reading, Look(lambda: None)))


@pytest.fixture
def behind_the_back(app: App) -> Callable[..., None]:
    """Runs statements as the owner of the database would, with the protections dropped."""

    def run(*statements: str, **facts: object) -> None:
        if app.database.kind == "sqlite":
            with closing(sqlite3.connect(str(app.database.writers.url.database))) as plain:
                for name, table in PROTECTIONS.items():
                    if table in ("anchor", "event"):
                        plain.execute(f"DROP TRIGGER IF EXISTS {name}")
                for statement in statements:
                    plain.execute(statement, facts)
                plain.commit()
            return
        with app.database.connect_to_write() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement), facts)
            connection.commit()

    return run


def cut_the_tail(app: App, run: Callable[..., None], rows: int = 1) -> None:
    """Takes the last rows off the audit log of the office, together with the head that points at them."""
    with app.database.connect_to_read() as connection:
        last = connection.scalar(text("SELECT last FROM chain_head WHERE chain = 'office'")) - rows
        digest = connection.scalar(
            text("SELECT digest FROM event WHERE chain = 'office' AND chain_seq = :last"),
            {"last": last},
        )
    run(
        "DELETE FROM event WHERE chain = 'office' AND chain_seq > :last",
        "UPDATE chain_head SET last = :last, digest = :digest WHERE chain = 'office'",
        last=last,
        digest=digest or FIRST_DIGEST,
    )


def write_anew(app: App, run: Callable[..., None]) -> None:
    """Changes who did the last thing in the office, with its text, its digest and its head: all fits again."""
    with app.database.connect_to_read() as connection:
        row = connection.execute(
            text(
                "SELECT chain_seq, previous_digest, canonical FROM event WHERE chain = 'office' "
                "ORDER BY chain_seq DESC LIMIT 1"
            )
        ).one()
    canonical = row.canonical.replace("desk-1", "desk-9")
    assert canonical != row.canonical
    digest = link_digest("office", row.chain_seq, row.previous_digest, canonical)
    run(
        "UPDATE event SET canonical = :canonical, digest = :digest, workstation = 'desk-9' "
        "WHERE chain = 'office' AND chain_seq = :seq",
        "UPDATE chain_head SET digest = :digest WHERE chain = 'office'",
        canonical=canonical,
        digest=digest,
        seq=row.chain_seq,
    )


class TestAnchors:
    def test_a_sound_town_with_anchors_is_clean(self, app: App) -> None:
        lines = [anchor(app).line]
        work(app)
        lines.append(anchor(app).line)
        witnesses = tuple(Witness(name=f"{n}.txt", text=f"{line}\n") for n, line in enumerate(lines))

        report = app.execute(Verify(against=witnesses), everything(app)).outcome

        assert [one.sentence() for one in report.findings] == []
        assert {one.check: one.rows for one in report.checked if one.check in ("anchors", "against")} == {
            "anchors": 2,
            "against": 2,
        }

    def test_the_digest_of_a_row_is_found_in_every_chained_table(self, app: App) -> None:
        work(app)
        with read_unit(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as reading:
            for chain, last, digest in reading.connection.execute(
                text("SELECT chain, last, digest FROM chain_head")
            ):
                assert digest_at(reading.connection, chain, last) == digest
                assert digest_at(reading.connection, chain, last + 1) is None
            assert [digest_at(reading.connection, "office", seq) for seq in (0, -1, 2**63, 2**70)] == [
                None
            ] * 4

    @pytest.mark.parametrize("change", [cut_the_tail, write_anew])
    def test_a_chain_that_was_cut_or_written_anew_is_found_by_the_line_kept_outside(
        self, app: App, behind_the_back: Callable[..., None], change: Callable[..., None]
    ) -> None:
        app.execute(MakeAnchor(), everything(app))
        kept = Witness(name="of the day.txt", text=anchor(app).line)
        # The rows after the line and the last one that it names go.
        if change is cut_the_tail:
            cut_the_tail(app, behind_the_back, rows=2)
        else:
            cut_the_tail(app, behind_the_back, rows=1)
            write_anew(app, behind_the_back)

        assert found_by(app, "chains") == []
        found = found_by(app, "against", against=(kept,))
        assert [(one.key, one.subject) for one in found] == [("office", "of the day.txt")]
        assert str(found[0].said["digest"]) in found[0].sentence()
        inside = found_by(app, "anchors")
        assert [(one.table, one.key) for one in inside] == [("anchor", "2")]

    @pytest.mark.parametrize(
        ("statement", "key"),
        [
            ("UPDATE anchor SET made_at = '2026-01-01 00:00:00+00:00' WHERE number = 2", "2"),
            ("UPDATE anchor SET booked_on = '2026-01-01' WHERE number = 2", "2"),
            ("UPDATE anchor SET digest = (SELECT digest FROM anchor WHERE number = 1) WHERE number = 2", "2"),
            ("UPDATE anchor SET line = (SELECT line FROM anchor WHERE number = 1) WHERE number = 2", "2"),
            ("UPDATE anchor SET line = replace(line, 'office', 'Office') WHERE number = 2", "2"),
            ("UPDATE anchor SET line = '' WHERE number = 2", "2"),
            ("DELETE FROM anchor WHERE number = 1", "2"),
            ("DELETE FROM anchor WHERE number = 2", "3"),
            ("UPDATE anchor SET number = 7 WHERE number = 3", "7"),
        ],
    )
    def test_a_changed_or_missing_anchor_is_named(
        self, app: App, behind_the_back: Callable[..., None], statement: str, key: str
    ) -> None:
        for _turn in range(3):
            anchor(app)
        assert found_by(app, "anchors") == []

        if app.database.kind == "sqlite":
            statement = statement.replace("+00:00", ".000000")
        behind_the_back(statement)

        found = found_by(app, "anchors")
        assert ("anchor", key) in [(one.table, one.key) for one in found]
        assert all(one.sentence() for one in found)

    def test_the_last_anchor_gone_is_missed_by_its_event_and_its_number(
        self, app: App, behind_the_back: Callable[..., None]
    ) -> None:
        for _turn in range(3):
            anchor(app)
        behind_the_back("DELETE FROM anchor WHERE number = 3")
        found = {(one.check, one.table, one.key) for one in found_by(app, "rows", "series")}
        assert found == {("rows", "anchor", "3"), ("series", "number_series", "anchor 0")}

    def test_an_anchor_taken_out_is_found_by_its_file(
        self, app: App, behind_the_back: Callable[..., None]
    ) -> None:
        kept = Witness(name="1.txt", text=anchor(app).line)
        behind_the_back("DELETE FROM anchor", "DELETE FROM number_series WHERE series = 'anchor'")
        assert found_by(app, "anchors") == []
        assert [(one.table, one.key) for one in found_by(app, "against", against=(kept,))] == [
            ("anchor", "1")
        ]

    def test_a_key_that_was_exchanged_does_not_silence_the_file(
        self, app: App, behind_the_back: Callable[..., None]
    ) -> None:
        app.execute(MakeAnchor(), everything(app))
        kept = Witness(name="2.txt", text=anchor(app).line)
        cut_the_tail(app, behind_the_back, rows=2)
        pem = json.dumps({"pem": SigningKey.generate().to_pem().decode()})
        cast = "" if app.database.kind == "sqlite" else "::jsonb"
        behind_the_back(
            f"UPDATE setting SET value = CAST(:pem AS jsonb) WHERE key = '{SETTING}'"
            if cast
            else f"UPDATE setting SET value = :pem WHERE key = '{SETTING}'",
            pem=pem,
        )
        found = found_by(app, "against", against=(kept,))
        assert "another key" in found[0].sentence()
        assert "office" in [one.key for one in found]

    @pytest.mark.parametrize(
        "damaged",
        [
            "",
            "\ufffd\ufffd\x01",
            "hello",
            "{",
            '{"form": 1}',
            "MA1|A|1|",
            "MA1|R|x|y|z",
            "[" * 5_000,
            "{" + "[" * 5_000,
        ],
    )
    def test_a_file_that_is_neither_is_named(self, app: App, damaged: str) -> None:
        found = compared(app, damaged)
        assert [one.subject for one in found] == ["odd.txt"]
        assert found[0].sentence()

    def test_a_changed_letter_in_a_line_is_named(self, app: App) -> None:
        line = anchor(app).line
        assert compared(app, line) == []
        for place in range(0, len(line), 3):
            changed = line[:place] + ("0" if line[place] != "0" else "1") + line[place + 1 :]
            assert compared(app, changed), place


class TestWorkstation:
    def test_it_remembers_the_last_row_of_every_chain_and_the_last_anchor(self, app: App) -> None:
        work(app)
        made = anchor(app)

        held = remembered(app)

        with app.database.connect_to_read() as connection:
            heads = {
                row.chain: (row.last, row.digest)
                for row in connection.execute(
                    text("SELECT chain, last, digest FROM chain_head WHERE last > 0")
                )
            }
        assert {chain: (head.last, head.digest) for chain, head in held.heads.items()} == {
            **heads,
            "anchors": (1, made.digest),
        }
        assert {"office", "desk:1"} < set(held.heads)
        assert lost(app) == []

    def test_the_report_says_since_when_it_remembers(self, app: App, clock: TownClock) -> None:
        """A file that somebody took away leaves nothing but a later beginning."""

        def said() -> tuple[str, tuple[str, ...]]:
            report = app.execute(Verify(), everything(app)).outcome
            assert report.clean
            (one,) = [one for one in report.checked if one.check == "remembered"]
            assert set(one.remarks) <= set(remarks(report)) & set(as_data(report)["remarks"])
            return result(one), one.remarks

        (outcome, (remark,)) = said()
        assert outcome == "not looked at"
        assert remark.startswith("This workstation remembers nothing of this database yet")
        begins = (
            "This workstation remembers the chains of this database since {}; "
            "what was cut off before, it cannot tell."
        )
        remembered(app)
        assert said() == ("sound", (begins.format("23/11/2026 10:00"),))
        clock.instant += timedelta(hours=1)
        work(app)
        remembered(app)
        assert said() == ("sound", (begins.format("23/11/2026 10:00"),))
        file_of(app.database.url).unlink()
        remembered(app)
        assert said() == ("sound", (begins.format("23/11/2026 11:00"),))

    def test_a_tail_that_was_cut_off_is_said_until_somebody_begins_anew(
        self, app: App, clock: TownClock, behind_the_back: Callable[..., None]
    ) -> None:
        work(app)
        app.execute(MakeAnchor(), everything(app))
        before = remembered(app).heads["office"]
        cut_the_tail(app, behind_the_back)

        found = lost(app)
        assert [one.key for one in found] == ["office"]
        for fact in (str(before.last), before.digest, "23/11/2026 10:00", "office", "desk-1"):
            assert fact in found[0].sentence(), fact
        # The work goes on past the place where the tail was cut: it is not forgotten, and verify says it as well.
        for _turn in range(3):
            app.execute(MakeAnchor(), everything(app))
        assert remembered(app).heads["office"] == before
        assert [one.key for one in found_by(app, "remembered")] == ["office"]

        supervisor = actor_with(app, Role.SUPERVISOR)
        with pytest.raises(InvalidInput):
            app.execute(BeginHeadsAnew(reason=" "), supervisor)
        assert app.execute(BeginHeadsAnew(reason="backup of Monday put back"), supervisor).outcome == 1
        assert lost(app) == []
        with app.database.connect_to_read() as connection:
            said = connection.scalar(
                text("SELECT canonical FROM event WHERE canonical LIKE '%verification:heads:begun-anew%'")
            )
        assert before.digest in said
        assert "backup of Monday put back" in said
        # What was remembered is kept, and can be shown to verify.
        (kept,) = file_of(app.database.url).parent.glob(f"{file_of(app.database.url).stem}.until-*.json")
        witness = Witness(name="before.json", text=kept.read_text())
        assert [one.key for one in found_by(app, "against", against=(witness,))] == ["office"]

    def test_what_was_written_while_the_state_is_read_accuses_nobody(self, app: App) -> None:
        """The memory may be newer than what a long verification reads."""
        remembered(app)
        with read_unit(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as reading:
            reading.connection.scalar(text("SELECT count(*) FROM event"))
            work(app)
            app.execute(MakeAnchor(), everything(app))
            remembered(app)
            assert lost_heads(reading, LostHeads()) == []

    def test_the_memory_is_not_led_back_by_a_head_that_was_changed(
        self, app: App, behind_the_back: Callable[..., None]
    ) -> None:
        work(app)
        before = remembered(app).heads["desk:1"]
        with app.database.connect_to_read() as connection:
            wanted = text("SELECT digest FROM event WHERE chain = 'desk:1' AND chain_seq = :seq")
            earlier = connection.scalar(wanted, {"seq": before.last - 1})
        head = "UPDATE chain_head SET last = :last, digest = :digest WHERE chain = 'desk:1'"
        for last, digest in (
            (before.last - 1, earlier),
            (before.last, "f" * 64),
            (before.last + 9, "f" * 64),
        ):
            behind_the_back(head, last=last, digest=digest)
            assert remembered(app).heads["desk:1"] == before
        behind_the_back(head, last=before.last, digest=before.digest)
        assert lost(app) == []

    def test_a_chain_written_anew_is_said(self, app: App, behind_the_back: Callable[..., None]) -> None:
        work(app)
        app.execute(MakeAnchor(), everything(app))
        remembered(app)
        write_anew(app, behind_the_back)
        assert found_by(app, "chains") == []
        assert [one.key for one in lost(app)] == ["office"]
        assert "another" in lost(app)[0].sentence()

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    def test_an_old_copy_put_back_is_said(self, app: App, tmp_path: Path, clock: TownClock) -> None:
        url = app.database.url
        assert url.database is not None
        file, backup = Path(url.database), tmp_path / "backup.db"
        with app.database.connect_to_write() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        shutil.copyfile(file, backup)
        work(app)
        remembered(app)
        app.close()
        for one in (file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
            one.unlink(missing_ok=True)
        shutil.copyfile(backup, file)
        again = open_app(url.render_as_string(), clock=clock)
        try:
            assert "desk:1" in {one.key for one in lost(again)}
        finally:
            again.close()

    def test_another_database_in_its_place_is_said(
        self, app: App, clock: TownClock, behind_the_back: Callable[..., None]
    ) -> None:
        """With the last instant of which it remembers anything."""
        work(app)
        remembered(app)
        clock.instant += timedelta(hours=1)
        a_taxpayer(app)
        before = remembered(app)
        path = file_of(app.database.url)
        save(path, Remembered(**{**vars(before), "key": "of another"}))
        assert "another database" in lost(app)[0].sentence()
        assert "23/11/2026 11:00" in lost(app)[0].sentence()
        assert remembered(app).key == "of another"
        # Only a demonstration town is made anew in the place of another.
        save(path, Remembered(**{**vars(before), "key": "of another", "demonstration": True}))
        assert remembered(app).key == before.key

    @pytest.mark.parametrize(
        "broken", [b"", b"\x00" * 200, b"\xff\xfe", b"{}", b"[]", b'{"whole": 1}', b"[" * 9_999]
    )
    def test_a_broken_file_is_told_in_the_log_and_begun_anew(
        self, app: App, caplog: pytest.LogCaptureFixture, broken: bytes
    ) -> None:
        before = remembered(app)
        path = file_of(app.database.url)
        path.write_bytes(broken)
        with pytest.raises(HeadsFileBroken):
            load(path)
        assert [one.key for one in lost(app)] == [""]
        with caplog.at_level("WARNING"):
            assert remembered(app) == before
        assert "cannot be read" in caplog.text
        assert path.with_suffix(".broken").read_bytes() == broken
        # What it held is lost: an older copy of the database could lie here by now. That is said until somebody knows.
        assert [one.key for one in lost(app)] == [""]
        assert [one.check for one in found_by(app, "remembered")] == ["remembered"]
        supervisor = actor_with(app, Role.SUPERVISOR)
        app.execute(BeginHeadsAnew(reason="the disk was full"), supervisor)
        assert lost(app) == []
        (kept,) = path.parent.glob(f"{path.stem}.until-*.broken")
        assert kept.read_bytes() == broken

    def test_a_whole_file_in_another_form_is_not_read(self, app: App) -> None:
        remembered(app)
        path = file_of(app.database.url)
        facts = {**json.loads(path.read_text()), "form": 2}
        del facts["whole"]
        whole = hashlib.sha256(canonical_json(facts).encode()).hexdigest()
        path.write_text(json.dumps({**facts, "whole": whole}))
        with pytest.raises(HeadsFileBroken):
            load(path)

    def test_every_changed_letter_of_the_file_is_noticed(self, app: App) -> None:
        remembered(app)
        path = file_of(app.database.url)
        whole = path.read_text()
        for place in range(0, len(whole), 11):
            if whole[place].isspace():
                continue
            path.write_text(whole[:place] + ("x" if whole[place] != "x" else "y") + whole[place + 1 :])
            with pytest.raises(HeadsFileBroken):
                load(path)

    def test_a_kill_while_it_is_replaced_leaves_the_old_one(
        self, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = remembered(app)
        work(app)

        def killed(_self: Path, _target: Path) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as moment:
            moment.setattr(Path, "replace", killed)
            with pytest.raises(KeyboardInterrupt):
                remembered(app)
        assert load(file_of(app.database.url)) == before


class TestKeeper:
    @pytest.fixture
    def kept(self, app: App) -> Iterator[App]:
        """The program as a workstation runs it."""
        keeper = Keeper(app)
        yield app
        keeper.end()

    def test_it_remembers_after_the_orders_and_at_the_end(self, app: App) -> None:
        keeper = Keeper(app)
        work(app)
        keeper.end()
        held = load(file_of(app.database.url))
        assert held is not None
        with app.database.connect_to_read() as connection:
            last = connection.scalar(text("SELECT last FROM chain_head WHERE chain = 'desk:1'"))
        assert held.heads["desk:1"].last == last

    def test_it_does_not_hold_an_order_up(self, kept: App) -> None:
        began = time.perf_counter()
        for _turn in range(1_000):
            kept.after_order()
        assert time.perf_counter() - began < 0.1

    def test_a_folder_that_cannot_be_written_stops_nothing(
        self, kept: App, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_text("")
        monkeypatch.setattr("muniadmin.verification.workstation.data_folder", lambda: tmp_path / "file")
        with caplog.at_level("WARNING"):
            work(kept)
            kept.before_close()
        assert "could not be remembered" in caplog.text
