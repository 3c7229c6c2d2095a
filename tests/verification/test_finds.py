"""What a check finds is what it was written to find: one case for each thing that it looks at, each by itself."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from muniadmin.anchors.commands import MakeAnchor
from muniadmin.anchors.rules import AnchorText, anchor_text, digest_of, read_anchor, sign_anchor
from muniadmin.app import App
from muniadmin.collection.commands import CloseCashSession
from muniadmin.documents.keys import signing_key
from muniadmin.documents.signing import SigningKey
from muniadmin.indicators.commands import SetGoal
from muniadmin.kernel.permissions import Role
from muniadmin.settings.models import Setting
from muniadmin.storage.events import OFFICE_CHAIN
from muniadmin.storage.unit_of_work import link_digest, read_unit, unit_of_work
from muniadmin.verification import anchored, services
from muniadmin.verification.commands import Checked, Finding, VerificationReport, Verify, Witness
from muniadmin.verification.report import as_data, as_text, remarks, result, verdict
from muniadmin.verification.services import UNKNOWN
from tests.builders import a_bill, an_open_desk, everything, pay
from tests.civil_status.builders import a_draft, a_signed_act
from tests.collection.counter import at
from tests.soundness import ensure_sound
from tests.towns import DatabaseKind, TownClock, actor_with
from tests.verification.owner import exchange_numbers
from tests.verification.story import LAST_DAY, tell

pytestmark = pytest.mark.slow


@pytest.fixture
def database_kind() -> DatabaseKind:
    """What is found is the same on a server."""
    return "sqlite"


@pytest.mark.after(tell, LAST_DAY)
class TestAfterAFortnight:
    """In a town in which everything happened to debts and money that can."""

    def test_a_ledger_that_says_too_little(self, app: App) -> None:
        last = value(app, "SELECT max(event_id) FROM posting")
        changed(app, f"UPDATE posting SET amount = amount - 7 WHERE event_id = {last} AND line = 1")
        (ledger,) = found(app, "ledger_sum")
        assert "-7 is left over" in ledger.sentence()
        assert named(found(app, "entries")) == {("event", str(last))}

    def test_a_receipt_taken_out_of_the_middle(self, app: App) -> None:
        changed(app, "DELETE FROM receipt WHERE payment_id = 3")
        (gap,) = found(app, "receipts")
        assert (gap.table, gap.key) == ("receipt", "4")
        assert "numbers are missing" in gap.sentence()

    def test_a_receipt_that_shows_another_amount(self, app: App) -> None:
        changed(app, "UPDATE payment SET amount = amount + 1 WHERE id = 2")
        (sheet,) = found(app, "receipt_sheets")
        assert (sheet.table, sheet.key) == ("receipt", "2")
        assert sheet.says["total"] == sheet.said["total"] + 1  # type: ignore[operator]

    def test_money_held_for_one_that_the_ledger_holds_for_another(self, app: App) -> None:
        changed(app, "UPDATE posting SET account_id = 3 - account_id WHERE account = 'credit' AND amount < 0")
        assert named(found(app, "accounts")) == {("account", "1"), ("account", "2")}

    def test_a_reversal_that_is_taken_back_itself(self, app: App) -> None:
        first = value(app, "SELECT min(id) FROM settlement WHERE reverses_id IS NOT NULL")
        names = [name for (name,) in rows(app, "SELECT name FROM pragma_table_info('settlement')")]
        copied = ", ".join({"id": "999", "reverses_id": str(first)}.get(name, name) for name in names)
        changed(
            app,
            f"INSERT INTO settlement ({', '.join(names)}) SELECT {copied} FROM settlement WHERE id = {first}",
        )
        assert ("settlement", "999") in named(found(app, "settlements"))

    def test_more_taken_back_of_a_charge_than_was_settled(self, app: App) -> None:
        charge = value(app, "SELECT charge_id FROM settlement WHERE reverses_id IS NOT NULL")
        reversals = f"reverses_id IS NOT NULL AND charge_id = {charge}"
        changed(app, f"UPDATE settlement SET amount = -9999999 WHERE {reversals}")
        (charged,) = [one for one in found(app, "charges") if one.message.endswith("is settled of {amount}.")]
        assert (charged.table, charged.key) == ("charge", str(charge))

    def test_a_credit_that_grew(self, app: App) -> None:
        changed(app, "UPDATE credit_move SET amount = -amount WHERE credit_id = 1")
        assert ("credit", "1") in named(found(app, "credits"))

    def test_a_row_that_names_the_first_of_another_table(self, app: App) -> None:
        """Its number is small, and it is gone all the same."""
        changed(app, "DELETE FROM taxpayer WHERE id = 1")
        assert ("account", "1") in named(found(app, "references"))

    def test_a_bill_whose_lines_are_none(self, app: App) -> None:
        changed(app, "UPDATE bill SET lines = '[1, 2]' WHERE id = 3")
        (bill,) = found(app, "bills")
        assert (bill.table, bill.key) == ("bill", "3")
        assert "is missing or cannot be read" in bill.sentence()

    def test_a_key_of_two_columns_of_which_one_is_there(self, app: App) -> None:
        changed(app, "UPDATE month_closing SET ended_by_opening = 9 WHERE head_code = 'TSC'")
        assert named(found(app, "references")) == {("month_closing", "2026-11-30 TSC")}

    @pytest.mark.parametrize(
        ("statement", "key"),
        [
            ("UPDATE payment SET taken_at = '2026-02-31 10:00:00.000000' WHERE id = 2", ("payment", "2")),
            ("UPDATE payment SET value_on = '0000-01-31' WHERE id = 2", ("payment", "2")),
            ("UPDATE point SET active = 2 WHERE number = 1", ("point", "1")),
            ("UPDATE payment SET payer = 'Amina' || char(0) || 'B' WHERE id = 1", ("payment", "1")),
        ],
        ids=["no such day", "no such year", "neither yes nor no", "half a text"],
    )
    def test_a_value_that_nobody_can_read(self, app: App, statement: str, key: tuple[str, str]) -> None:
        changed(app, statement)
        assert key in named(found(app, "values"))

    def test_a_check_says_how_many_rows_it_could_not_read(self, app: App) -> None:
        changed(app, "UPDATE settlement SET value_on = 'soon' WHERE id IN (3, 4)")
        words = [one.sentence() for one in found(app, "settlements")]
        assert "Rows that this check could not read: 2. The check of values names them." in words

    def test_an_event_without_its_lines(self, app: App) -> None:
        event = value(app, "SELECT min(event_id) FROM event_line")
        changed(app, f"DELETE FROM event_line WHERE event_id = {event}")
        assert named(found(app, "events")) == {("event", str(event))}

    def test_a_chain_without_its_head(self, app: App) -> None:
        changed(app, "DELETE FROM chain_head WHERE chain = 'desk:1'")
        assert named(found(app, "chains")) == {("chain_head", "desk:1")}

    def test_a_head_of_a_chain_that_has_no_rows(self, app: App) -> None:
        changed(app, f"INSERT INTO chain_head VALUES ('desk:77', 3, '{'f' * 64}')")
        assert named(found(app, "chains")) == {("chain_head", "desk:77")}

    def test_a_text_with_a_digest_of_its_own(self, app: App) -> None:
        """The row after it bears the digest that was there."""
        (event,) = rows(
            app, "SELECT chain, chain_seq, previous_digest, canonical FROM event "
            "WHERE chain = 'desk:1' AND chain_seq = 2"
        )  # fmt: skip
        chain, seq, previous, canonical = event
        canonical = canonical.replace("desk-1", "desk-9")
        digest = link_digest(chain, seq, previous, canonical)
        changed(
            app,
            f"UPDATE event SET canonical = '{canonical}', digest = '{digest}', workstation = 'desk-9' "
            "WHERE chain = 'desk:1' AND chain_seq = 2",
        )
        after = value(app, "SELECT id FROM event WHERE chain = 'desk:1' AND chain_seq = 3")
        assert named(found(app, "chains")) == {("event", str(after))}

    def test_rows_that_are_gone(self, app: App) -> None:
        """One that is written once, of which the event says what it said, and one that may be changed."""
        booked_on = value(app, "SELECT booked_on FROM tender_return WHERE tender_id = 5")
        changed(app, "DELETE FROM tender_return", "DELETE FROM provider_reference WHERE channel = 'mobile'")
        gone = found(app, "rows")
        assert named(gone) == {("tender_return", "5"), ("provider_reference", "mobile m1")}
        assert all("is missing; event" in one.sentence() for one in gone)
        (written_once,) = (one for one in gone if one.table == "tender_return")
        assert (written_once.said["tender_id"], written_once.said["booked_on"]) == (5, booked_on)

    def test_what_a_row_said_is_its_own(self, app: App) -> None:
        """Not what the first row said that the same event wrote."""
        event = value(app, "SELECT event_id FROM posting WHERE line = 2 AND amount <> 7 LIMIT 1")
        before = value(app, f"SELECT amount FROM posting WHERE event_id = {event} AND line = 2")
        changed(app, f"UPDATE posting SET amount = 7 WHERE event_id = {event} AND line = 2")
        (row,) = found(app, "rows")
        assert (row.table, row.key, row.event) == ("posting", f"{event} 2", event)
        assert (row.said["line"], row.said["amount"], row.says["amount"]) == (2, before, 7)


# --- What happens in an order of its own ------------------------------------------------------------------------------


def test_a_row_that_changes_at_the_office_and_then_at_a_desk(app: App) -> None:
    """The last word counts, in whichever chain it was said."""
    for chain, accent in ((OFFICE_CHAIN, "#000000"), ("desk:1", "#111111"), (OFFICE_CHAIN, "#222222"),
                          ("desk:1", "#333333")):  # fmt: skip
        with unit_of_work(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as uow:
            uow.say("test:colour:chosen", accent, chain=chain)
            setting = uow.session.get(Setting, "colour") or Setting(key="colour")
            setting.value = {"accent": accent}
            uow.session.add(setting)
    ensure_sound(app)


def test_a_row_that_changes_twice_in_one_order(app: App) -> None:
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        setting = Setting(key="colour")
        for accent in ("#000000", "#111111", "#222222"):
            setting.value = {"accent": accent}
            uow.session.add(setting)
            uow.session.flush()
    ensure_sound(app)


@pytest.mark.parametrize("other", [404, 2], ids=["that is not there", "that is not signed"])
def test_what_was_signed_is_put_to_another_act(app: App, other: int) -> None:
    """The number of the act is not in what was signed."""
    somebody = everything(app)
    signed = a_signed_act(app, somebody).act_id
    draft = a_draft(app, somebody, child_given_names="Salma").act_id
    assert (signed, draft) == (1, 2)
    ensure_sound(app)
    changed(app, f"UPDATE signed_act SET id = {other} WHERE id = 1")
    assert named(found(app, "acts")) == {("act", "1"), ("signed_act", str(other))}


def test_two_orders_in_one_transaction(app: App) -> None:
    """The second follows the first in its chain."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        for number in ("1", "2", "3"):
            uow.say("test:number:taken", number)
            uow.end_order()
    ensure_sound(app)


def test_since_an_anchor_too_the_numbers_of_events_do_not_say_which_came_first(app: App) -> None:
    def goal(target: int) -> int:
        wanted = SetGoal(indicator="collected", period="2026", target=Decimal(target))
        app.execute(wanted, everything(app))
        return int(value(app, "SELECT max(id) FROM event"))

    goal(1_000)
    anchors(app, 1)
    exchange_numbers(app, goal(2_000), goal(3_000))
    report = app.execute(Verify(since_anchor=True), everything(app)).outcome
    assert report.since is not None
    assert [one.sentence() for one in report.findings] == []


def test_receipts_begin_anew_with_the_year(app: App, clock: TownClock) -> None:
    clerk = actor_with(app, Role.CLERK)
    for day in (date(2026, 12, 30), date(2027, 1, 4)):
        at(clock, day)
        session = an_open_desk(app, clerk)
        due = date(2027, 5, 31)
        numbers = [pay(app, clerk, session, a_bill(app, "10", due_on=due)).receipt_number for _turn in "12"]
        assert numbers[0].startswith(f"1-{day.year}-000001-")
        app.execute(
            CloseCashSession(cash_session_id=session.cash_session_id, denominations={10_000: 5, 1_000: 2}),
            clerk,
        )
    ensure_sound(app)
    changed(app, "UPDATE receipt SET seq = 3 WHERE year = 2027 AND seq = 1")
    assert {one.facts.get("year") for one in found(app, "receipts")} >= {2027}


def test_a_till_with_a_float(app: App) -> None:
    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="500")
    pay(app, clerk, session, a_bill(app, "100"))
    app.execute(CloseCashSession(cash_session_id=session.cash_session_id, denominations={10_000: 6}), clerk)
    ensure_sound(app)
    changed(app, "UPDATE cash_session SET opening_float = 40000")
    assert named(found(app, "sessions")) == {("cash_session", "1")}


# --- Anchors ----------------------------------------------------------------------------------------------------------


def anchors(app: App, count: int) -> list[str]:
    """Anchors that somebody orders; their lines."""
    return [app.execute(MakeAnchor(), everything(app)).outcome.line for _turn in range(count)]


def test_an_anchor_signed_anew_by_whoever_has_the_key(app: App) -> None:
    """The key lies in the database: what is signed with it fits its row, and the anchor after it does not follow it."""
    first, _second = anchors(app, 2)
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        key = signing_key(reading)
        said = read_anchor(first, [key.public])
    made_at = said.made_at - timedelta(hours=1)
    line = sign_anchor(key, AnchorText(**{**vars(said), "made_at": made_at}))
    changed(
        app,
        f"UPDATE anchor SET line = '{line}', digest = '{digest_of(line)}', "
        f"made_at = '{made_at:%Y-%m-%d %H:%M:%S.%f}' WHERE number = 1",
    )
    assert [(one.key, one.sentence()) for one in found(app, "anchors")] == [
        ("2", "anchor 2: it does not follow the anchor before it.")
    ]


def test_an_anchor_that_the_municipality_did_not_sign_is_no_start(app: App) -> None:
    """Although every row that it names stands in its chain."""
    kept, made_up = (anchor_text(line) for line in anchors(app, 2))
    line = sign_anchor(SigningKey.generate(), made_up)
    order = Verify(since_anchor=True, against=(Witness(name="made up.txt", text=line),))
    changed(app, "DELETE FROM anchor WHERE number = 2")
    report = app.execute(order, everything(app)).outcome
    assert report.since is not None
    assert (report.since.number, report.since.source) == (kept.number, "")
    assert "made up.txt" in {one.subject for one in report.findings}


def test_anchors_of_which_one_is_missing_say_between_which(app: App) -> None:
    anchors(app, 3)
    changed(app, "DELETE FROM anchor WHERE number = 2")
    assert [one.sentence() for one in found(app, "anchors")] == ["anchor 3: anchors go from 1 to 3."]


def test_every_anchor_of_many_is_held_against_the_chains(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchored, "_AT_ONCE", 2)
    lines = anchors(app, 5)
    (office,) = [part for part in lines[0].split("|") if part.startswith("office:")]
    seq = office.split(":")[1]
    changed(app, f"UPDATE event SET digest = previous_digest WHERE chain = 'office' AND chain_seq = {seq}")
    assert named(found(app, "anchors")) == {("anchor", "1")}


def test_a_later_anchor_that_names_another_row_for_the_same_place(app: App) -> None:
    """Signed by whoever has the key. Nothing happened at the desk between the two."""
    clerk = actor_with(app, Role.CLERK)
    pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "100"))
    _first, second = anchors(app, 2)
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        key = signing_key(reading)
    said = anchor_text(second)
    heads = tuple(replace(head, digest="f" * 64) if head.chain == "desk:1" else head for head in said.heads)
    line = sign_anchor(key, AnchorText(**{**vars(said), "heads": heads}))
    changed(app, f"UPDATE anchor SET line = '{line}', digest = '{digest_of(line)}' WHERE number = 2")
    (moved,) = found(app, "anchors")
    assert (moved.key, moved.facts["chain"]) == ("2", "desk:1")
    assert "is not the one that was there" in moved.sentence()


def test_a_file_of_anchors_with_a_line_that_is_none(app: App) -> None:
    (line,) = anchors(app, 1)
    report = app.execute(
        Verify(against=(Witness(name="of the year.txt", text=f"{line}\nand more\n"),)), everything(app)
    ).outcome
    (odd,) = report.findings
    assert (odd.check, odd.subject) == ("against", "of the year.txt")
    assert "neither an anchor" in odd.sentence()


# --- The report -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finished", "stopped", "clean"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_a_report_is_clean_when_every_check_came_to_its_end(
    finished: bool, stopped: bool, clean: bool
) -> None:
    one = Checked(check="chains", name="Chains", rows=1, findings=(), finished=finished)
    assert VerificationReport(checked=(one,), stopped=stopped).clean is clean


def test_a_report_that_was_stopped_is_not_recorded_and_says_what_did_not_run() -> None:
    one = Checked(check="chains", name="Chains of events and signed acts", rows=1, findings=())
    ended = VerificationReport(checked=(one,), left_out=("Receipt numbers",))
    stopped = replace(ended, stopped=True, not_run=("Values of every table",))
    assert [as_data(report)["recorded"] for report in (ended, stopped)] == [True, False]
    assert as_data(stopped)["not_run"] == ["Values of every table", "Receipt numbers"]
    assert "Values of every table: not run" in as_text(stopped, UNKNOWN)


def test_the_audit_log_says_how_many_things_are_wrong(app: App) -> None:
    """Also where there are more than it names."""
    for _turn in range(11):
        a_bill(app, "10")
    changed(app, "UPDATE bill SET subject = 'x'", "UPDATE charge SET amount = amount + 1")
    report = app.execute(Verify(), everything(app)).outcome
    facts = json.loads(value(app, "SELECT canonical FROM event ORDER BY id DESC LIMIT 1"))
    ((name, _subject, detail),) = facts["lines"]
    assert name == "verification:database:verified"
    assert len(report.findings) > 20
    assert (detail["findings"], len(detail["first"])) == (len(report.findings), 20)


def test_where_a_check_finds_more_than_it_lists_it_is_said(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    for _turn in range(4):
        a_bill(app, "10")
    monkeypatch.setattr(services, "MOST_FINDINGS", 4)
    changed(app, "UPDATE bill SET subject = 'x'")
    as_many = app.execute(Verify(), everything(app)).outcome
    (rows_,) = [one for one in as_many.checked if one.check == "rows"]
    assert (len(rows_.findings), rows_.more, rows_.finished) == (4, False, True)
    assert as_data(as_many)["checks"][0]["more"] is False

    monkeypatch.setattr(services, "MOST_FINDINGS", 3)
    report = app.execute(Verify(), everything(app)).outcome
    (rows_,) = [one for one in report.checked if one.check == "rows"]
    assert (len(rows_.findings), rows_.more, rows_.finished, result(rows_)) == (3, True, False, "3 and more")
    assert verdict(report).startswith("More than ")
    said = "“Rows and what events say of them” found more than the 3 things that are listed"
    assert [one for one in remarks(report) if one.startswith(said)]
    data = as_data(report)
    assert {one["check"] for one in data["checks"] if one["more"]} == {
        one.check for one in report.checked if one.more
    }
    assert [one for one in data["remarks"] if one.startswith(said)]


# --- Behind the back --------------------------------------------------------------------------------------------------


def changed(app: App, *statements: str) -> None:
    """As somebody would who owns the file: the triggers go first, and nothing is tried."""
    with closing(sqlite3.connect(str(app.database.url.database))) as plain:
        for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            plain.execute(f"DROP TRIGGER {name}")
        plain.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            assert plain.execute(statement).rowcount > 0, statement
        plain.commit()
    app.database.forget_connections()


def rows(app: App, question: str) -> list[tuple[Any, ...]]:
    """What the file says."""
    with closing(sqlite3.connect(str(app.database.url.database))) as plain:
        return plain.execute(question).fetchall()


def value(app: App, question: str) -> Any:
    """The first value of it."""
    return rows(app, question)[0][0]


def found(app: App, check: str) -> list[Finding]:
    """What one check of verify finds."""
    report = app.execute(Verify(), everything(app)).outcome
    return [one for one in report.findings if one.check == check]


def named(findings: list[Finding]) -> set[tuple[str, str]]:
    """Table and key of each."""
    return {(one.table, one.key) for one in findings}
