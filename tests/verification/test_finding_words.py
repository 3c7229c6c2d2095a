"""What people read of a finding: amounts as the town writes them, chains by name, lines that the audit log lists."""

from typing import Any

from muniadmin.access.commands import ChangeUser
from muniadmin.access.reads import Users
from muniadmin.app import App
from muniadmin.kernel.chains import chain_name
from muniadmin.kernel.i18n import use_language
from muniadmin.verification.commands import Finding, VerificationReport, Verify
from muniadmin.verification.findings import changes, sentence
from muniadmin.verification.report import as_data, as_text, line
from muniadmin.verification.services import UNKNOWN
from muniadmin.verification.shown_reads import Shown, WhereShown
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.verification.owner import as_owner, one


def plain(text: str) -> str:
    """Narrow and hard blanks made plain."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def verified(app: App) -> VerificationReport:
    return app.execute(Verify(), everything(app)).outcome


def of_check(report: VerificationReport, check: str, table: str) -> Finding:
    return next(found for found in report.findings if (found.check, found.table) == (check, table))


def a_paid_bill(app: App) -> int:
    """A bill of 1,200.00 that was paid at a desk."""
    actor = everything(app)
    bill = a_bill(app, "1200", taxpayer_id=a_taxpayer(app))
    pay(app, actor, an_open_desk(app, actor), bill)
    return bill.bill_id


class TestAmounts:
    def test_are_written_as_the_town_writes_them_and_data_stay_exact(self, app: App) -> None:
        a_paid_bill(app)
        as_owner(app, "UPDATE tender SET amount = amount + 50")
        report = verified(app)
        given, told = of_check(report, "payments", "payment"), of_check(report, "rows", "tender")
        number = one(app, "SELECT number FROM receipt")
        assert plain(sentence(given, app.municipality)) == (
            f"payment 1 ({number}): its tenders come to 1,200.50 MAD, it says 1,200.00 MAD."
        )
        with use_language("fr"):
            (changed,) = changes(told, app.municipality)
        assert (changed[0], plain(changed[1])) == ("amount", "1 200,00 MAD → 1 200,50 MAD")
        text = plain(as_text(report, app.municipality))
        assert "1,200.50 MAD" in text
        assert "120050" not in text
        data = next(found for found in as_data(report)["findings"] if found["check"] == "payments")
        assert data["facts"] == {"given": 120050, "amount": 120000}
        assert "120050" in data["message"]

    def test_of_the_ledger_are_amounts_too(self, app: App) -> None:
        a_paid_bill(app)
        as_owner(
            app,
            "UPDATE posting SET amount = amount + 700 "
            "WHERE line = 1 AND event_id = (SELECT min(event_id) FROM posting)",
        )
        report = verified(app)
        balance = of_check(report, "ledger_sum", "posting")
        assert plain(sentence(balance, app.municipality)) == (
            "The ledger does not balance: 7.00 MAD is left over."
        )

    def test_counts_are_none(self, app: App) -> None:
        a_paid_bill(app)
        as_owner(app, "UPDATE day_collection SET count = count + 1, principal = principal + 100")
        total = of_check(verified(app), "day_totals", "day_collection")
        assert "1,201.00 MAD on 2 bills is kept" in plain(sentence(total, app.municipality))

    def test_without_the_towns_currency_stand_as_they_are_stored(self, app: App) -> None:
        a_paid_bill(app)
        as_owner(app, "UPDATE tender SET amount = amount + 50")
        given = of_check(verified(app), "payments", "payment")
        assert sentence(given, UNKNOWN).endswith("): its tenders come to 120050, it says 120000.")


class TestChains:
    def test_are_called_by_name(self, app: App) -> None:
        a_paid_bill(app)
        as_owner(app, "UPDATE chain_head SET last = last + 1 WHERE chain = 'desk:1'")
        head = of_check(verified(app), "chains", "chain_head")
        assert (head.key, line(head, app.municipality)) == (
            "desk:1",
            "[chain_head desk:1] Chain Desk 1 does not end where its head says: rows are missing or were added.",
        )

    def test_that_are_none_of_ours_keep_their_code(self) -> None:
        names = [
            chain_name(chain) for chain in ("office", "desk:12", "desk:91", "register:3", "desk:x", "odd")
        ]
        assert names == ["Office", "Desk 12", "Stub books", "Civil-status register 3", "desk:x", "odd"]


class TestLinesOfTheAuditLog:
    """Each is said as the page of the log lists it: when, who, what, to what."""

    def last_event(self, app: App) -> int:
        number: int = one(app, "SELECT max(event_id) FROM event_line WHERE name LIKE 'access:user:%'")
        return number

    def a_changed_user(self, app: App) -> int:
        """The event of somebody who was given another name."""
        actor = everything(app)
        user = app.read(Users(), actor)[0]
        app.execute(
            ChangeUser(
                user_id=user.user_id, version=user.version, name="Another", roles=user.roles, active=True
            ),
            actor,
        )
        return self.last_event(app)

    def the_lines(self, app: App, event: int) -> tuple[Finding, list[dict[str, Any]]]:
        report = verified(app)
        found = next(one for one in report.findings if (one.table, one.key) == ("event", str(event)))
        data = next(
            one for one in as_data(report)["findings"] if (one["table"], one["key"]) == ("event", str(event))
        )
        return found, data["audit_log"]

    def test_one_that_somebody_added(self, app: App) -> None:
        event = self.a_changed_user(app)
        as_owner(
            app, f"INSERT INTO event_line VALUES ({event}, 2, 'collection:receipt:cancelled', '1-2026-7')"
        )
        found, (logged,) = self.the_lines(app, event)
        assert (logged["line"], logged["astray"], logged["subject"]) == (2, "added", "1-2026-7")
        assert line(found, app.municipality).endswith(
            f"In the audit log: 23/11/2026 10:00 · {logged['user']} · Receipt cancelled · 1-2026-7: this line was "
            "added."
        )
        assert logged["user"]

    def test_one_that_was_changed_or_taken_away(self, app: App) -> None:
        event = self.a_changed_user(app)
        as_owner(app, f"UPDATE event_line SET subject = 'somebody' WHERE event_id = {event}")
        _found, (logged,) = self.the_lines(app, event)
        assert (logged["astray"], logged["subject"]) == ("changed", "somebody")
        as_owner(app, f"DELETE FROM event_line WHERE event_id = {event}")
        found, (logged,) = self.the_lines(app, event)
        assert logged["astray"] == "gone"
        assert "this line was taken away" in line(found, app.municipality)

    def test_of_an_event_whose_row_was_changed_its_first(self, app: App) -> None:
        event = self.a_changed_user(app)
        as_owner(app, f"UPDATE event SET workstation = 'elsewhere' WHERE id = {event}")
        _found, (logged,) = self.the_lines(app, event)
        assert (logged["line"], logged["astray"]) == (1, "")

    def test_of_an_event_whose_text_cannot_be_read_nothing_is_said_to_be_added(self, app: App) -> None:
        event = self.a_changed_user(app)
        as_owner(app, f"UPDATE event SET canonical = '[' WHERE id = {event}")
        _found, logged = self.the_lines(app, event)
        assert [one["astray"] for one in logged] == [""]

    def test_of_an_event_that_is_gone_no_time_is_known(self, app: App) -> None:
        event = self.a_changed_user(app)
        as_owner(app, f"DELETE FROM event WHERE id = {event}")
        _found, (logged,) = self.the_lines(app, event)
        assert (logged["at"], logged["user"], logged["astray"]) == (None, "", "alone")

    def test_of_a_row_that_was_changed_that_of_the_event_that_wrote_it(self, app: App) -> None:
        a_paid_bill(app)
        as_owner(app, "UPDATE tender SET amount = amount + 50")
        told = of_check(verified(app), "rows", "tender")
        number = one(app, "SELECT number FROM receipt")
        assert f"Payment taken · {number}" in line(told, app.municipality)

    def test_what_an_event_and_its_lines_said_stands_beside_what_they_say(self, app: App) -> None:
        event = self.a_changed_user(app)
        subject = one(app, f"SELECT subject FROM event_line WHERE event_id = {event}")
        as_owner(app, f"UPDATE event_line SET subject = 'somebody' WHERE event_id = {event}")
        as_owner(app, f"UPDATE event SET workstation = 'elsewhere' WHERE id = {event}")
        found, _logged = self.the_lines(app, event)
        assert changes(found, app.municipality) == [
            ("workstation", f"{found.said['workstation']} → elsewhere"),
            ("line 1", f"User changed · {subject} → User changed · somebody"),
        ]

    def test_at_the_ends_of_the_calendar_end_no_report(self, app: App) -> None:
        event = self.a_changed_user(app)
        for at in ("0001-01-01 00:00:00.000000", "9999-12-31 23:59:59.000000"):
            as_owner(app, "UPDATE event SET at = :at WHERE id = :id", at=at, id=event)
            found, _logged = self.the_lines(app, event)
            assert str(event) in line(found, app.municipality)


def test_two_long_values_are_shown_where_they_part(app: App) -> None:
    lines = "MA1|A|1|fes|500|2025-12-31|" + "office=1134=45d10ca7a;" * 9
    found = Finding(
        check="rows",
        table="anchor",
        key="1",
        message="",
        said={"line": lines + "A|x"},
        says={"line": lines + "B|x"},
    )
    assert changes(found, app.municipality) == [("line", "…4=45d10ca7a;A|x → …4=45d10ca7a;B|x")]


class TestWhereARowIsShown:
    def shown(self, app: App, table: str, key: str, event: int | None = None) -> Shown:
        return app.read(WhereShown(table=table, key=key, event=event), everything(app))

    def test_by_the_number_of_what_it_belongs_to(self, app: App) -> None:
        bill = a_paid_bill(app)
        number = one(app, f"SELECT number FROM bill WHERE id = {bill}")
        about = one(app, f"SELECT min(event_id) FROM posting WHERE bill_id = {bill}")
        place = one(app, f"SELECT min(line) FROM posting WHERE bill_id = {bill} AND event_id = {about}")
        assert self.shown(app, "posting", f"{about} {place}").number == number
        assert self.shown(app, "charge_now", "1").number == number

    def test_a_posting_about_no_bill_is_shown_with_its_entry(self, app: App) -> None:
        a_paid_bill(app)
        event, place = (
            one(
                app,
                f"SELECT p.{column} FROM posting AS p JOIN event_line AS l ON l.event_id = p.event_id "
                "WHERE p.bill_id IS NULL ORDER BY p.event_id, p.line LIMIT 1",
            )
            for column in ("event_id", "line")
        )
        shown = self.shown(app, "posting", f"{event} {place}")
        assert shown == Shown(view="audit", key={"event_id": event})

    def test_in_a_view(self, app: App) -> None:
        a_paid_bill(app)
        assert self.shown(app, "app_user", "2") == Shown(view="user", key={"user_id": 2})
        assert self.shown(app, "user_role", "2 clerk") == Shown(view="user", key={"user_id": 2})
        assert self.shown(app, "cash_session", "1") == Shown(view="session", key={"cash_session_id": 1})
        assert self.shown(app, "event_line", "1 1") == Shown(view="audit", key={"event_id": 1})
        assert self.shown(app, "setting", "municipality") == Shown(view="municipality")

    def test_else_by_the_event_that_wrote_it(self, app: App) -> None:
        assert self.shown(app, "setting", "profile", 1) == Shown(view="audit", key={"event_id": 1})

    def test_else_it_says_why_nothing_shows_it(self, app: App) -> None:
        assert self.shown(app, "posting", "").why_not == "whole"
        assert self.shown(app, "bill", "777").why_not == "gone"
        assert self.shown(app, "app_user", "777").why_not == "gone"
        assert self.shown(app, "day_collection", "booked 2026").why_not == "total"
        assert self.shown(app, "setting", "profile").why_not == "none"
