"""What people read of a finding: amounts as the town writes them, chains by name, lines that the audit log lists."""

from typing import Any

import pytest

from muniadmin.access.commands import ChangeUser
from muniadmin.access.reads import Users
from muniadmin.anchors.queries import FOLDER_SETTING
from muniadmin.app import App
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.civil_status.names import REQUEST_NUMBER
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.chains import chain_name
from muniadmin.kernel.i18n import use_language
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.requests import SYSTEM_NAME
from muniadmin.taxpayers.commands import RegisterTaxpayer
from muniadmin.taxpayers.names import TAXPAYER_NUMBER
from muniadmin.verification import logged as logged_lines
from muniadmin.verification import shown
from muniadmin.verification.commands import Finding, VerificationReport, Verify
from muniadmin.verification.findings import changes, sentence, value_in
from muniadmin.verification.report import as_data, as_text, line
from muniadmin.verification.services import UNKNOWN
from muniadmin.verification.shown_reads import Shown, WhereShown
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.verification.long_story import tell_more
from tests.verification.owner import as_owner, one, retold
from tests.verification.story import LAST_DAY, tell

pytestmark = pytest.mark.slow


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

    @pytest.mark.after(tell, LAST_DAY)
    def test_stand_in_no_line_in_the_smallest_unit(self, app: App) -> None:
        """Whatever is wrong with money: each of its rows is made to say 77,777 more."""
        more = 7_777_700
        last = one(app, "SELECT max(event_id) FROM posting WHERE account = 'revenue:TSC'")
        as_owner(
            app,
            f"UPDATE posting SET amount = amount + {more} WHERE event_id = {last} AND line = 1",
            f"UPDATE charge SET amount = amount + {more}",
            f"UPDATE tender SET amount = amount + {more}",
            f"UPDATE payment SET amount = amount + {more}",
            "UPDATE credit SET amount = 1",
            f"UPDATE credit_move SET amount = amount + {more} WHERE kind <> 'taken_back'",
            f"UPDATE settlement SET amount = amount + {more} WHERE reverses_id IS NULL",
            f"UPDATE day_collection SET principal = principal + {more}",
        )
        said = [(found, line(found, app.municipality)) for found in verified(app).findings]
        amounts = {
            (name, str(amount), text)
            for found, text in said
            for name, amount in {**found.says, **found.said, **found.facts}.items()
            if isinstance(amount, int) and abs(amount) > more // 10
        }
        assert {name for name, _amount, _text in amounts} >= {
            "amount", "booked", "credit", "found", "given", "kept", "left", "moved", "settled", "used",
        }  # fmt: skip
        assert [text for _name, amount, text in amounts if amount in text] == []

    @pytest.mark.parametrize(
        ("table", "column"),
        [("charge", "amount"), ("posting", "amount"), ("receipt", "total"), ("month_closing", "assessed"),
         ("month_left", "left")],
    )  # fmt: skip
    def test_stand_in_the_columns_of_money(self, app: App, table: str, column: str) -> None:
        said = [plain(value_in(table, column, value, app.municipality)) for value in (123456, 0, None)]
        assert said == ["1,234.56 MAD", "0.00 MAD", "—"]


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
            chain_name(chain)
            for chain in ("office", "anchors", "desk:12", "desk:90", "desk:91", "register:3", "desk:x", "odd")
        ]
        assert names == [
            "Office", "Anchors", "Desk 12", "Bank", "Stub books", "Civil-status register 3", "desk:x", "odd",
        ]  # fmt: skip


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

    def test_all_of_an_event_that_are_otherwise(self, app: App) -> None:
        """One has another name; one was added; one is by the program itself, which is somebody, too."""
        event = self.a_changed_user(app)
        by_program = one(
            app,
            "SELECT min(event.id) FROM event JOIN event_line ON event_id = event.id WHERE user_id IS NULL",
        )
        as_owner(
            app,
            f"UPDATE event_line SET name = 'collection:receipt:cancelled' WHERE event_id = {event}",
            f"INSERT INTO event_line VALUES ({event}, 2, 'access:user:changed', 'another')",
            f"UPDATE event_line SET subject = 'odd' WHERE event_id = {by_program} AND line = 1",
        )
        found, logged = self.the_lines(app, event)
        assert [(one["line"], one["astray"]) for one in logged] == [(1, "changed"), (2, "added")]
        said = line(found, app.municipality)
        assert "· Receipt cancelled · " in said
        assert said.endswith("· User changed · another: this line was added.")
        found, (logged_,) = self.the_lines(app, by_program)
        assert logged_["user"] == SYSTEM_NAME
        assert f" · {SYSTEM_NAME} · " in line(found, app.municipality)

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    def test_of_what_is_wrong_with_the_line_itself(self, app: App) -> None:
        event = self.a_changed_user(app)
        as_owner(app, f"UPDATE event_line SET subject = 'a' || char(0) WHERE event_id = {event}")
        (found,) = [one for one in verified(app).findings if one.table == "event_line"]
        assert [one.astray for one in found.logged] == ["changed"]

    def test_of_however_many_events(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(logged_lines, "_AT_ONCE", 1)
        a_paid_bill(app)
        as_owner(app, "UPDATE event_line SET subject = 'odd' WHERE line = 1")
        found = [one for one in verified(app).findings if one.check == "events"]
        assert len(found) >= 3
        assert all(one.logged for one in found)

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    def test_a_key_that_no_column_holds_takes_the_words_from_no_other(self, app: App) -> None:
        """The text of an event says that it wrote such a row."""
        a_paid_bill(app)
        event = self.a_changed_user(app)

        def another(facts: dict[str, Any]) -> None:
            facts["rows"] = {"bill": [{"id": 2**63}], "event": [{"id": 2**63}]}

        retold(app, event, another)
        as_owner(app, "UPDATE tender SET amount = amount + 50")
        report = verified(app)
        lost = next(one for one in report.findings if (one.table, one.key) == ("bill", str(2**63)))
        assert "is missing" in line(lost, app.municipality)
        number = one(app, "SELECT number FROM receipt")
        told = of_check(report, "rows", "tender")
        assert f"({number})" in told.subject
        assert f"Payment taken · {number}" in line(told, app.municipality)
        for table in ("bill", "event", "posting", "app_user", "act"):
            for key in (str(2**63), "9" * 5_000):
                shown = app.read(WhereShown(table=table, key=key), everything(app))
                assert shown.why_not == "gone", (table, key[:30])

    def test_at_the_ends_of_the_calendar_end_no_report(self, app: App) -> None:
        event = self.a_changed_user(app)
        for at in ("0001-01-01 00:00:00.000000", "9999-12-31 23:59:59.000000"):
            as_owner(app, "UPDATE event SET at = :at WHERE id = :id", at=at, id=event)
            found, _logged = self.the_lines(app, event)
            assert str(event) in line(found, app.municipality)


def test_what_was_emptied_says_what_it_was(app: App) -> None:
    bill = a_paid_bill(app)
    event = one(app, f"SELECT min(event_id) FROM posting WHERE bill_id = {bill}")
    as_owner(app, f"UPDATE posting SET bill_id = NULL WHERE bill_id = {bill} AND event_id = {event}")
    told = of_check(verified(app), "rows", "posting")
    assert changes(told, app.municipality) == [("bill_id", f"{bill} → —")]


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

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    @pytest.mark.after(tell_more, LAST_DAY)
    def test_every_row_by_the_number_that_its_own_keys_lead_to(self, app: App) -> None:
        """No key is by chance that of another row on the way."""
        card = RegisterTaxpayer(kind="person", name="Samira Tazi", identifiers={"cin": "C100001"})
        app.execute(card, everything(app))
        as_owner(app, *(f"UPDATE {table} SET id = id + 1000" for table in LEAVES))
        for table, (kind, wanted) in NUMBERS.items():
            with app.database.connect_to_read() as connection:
                rows = connection.exec_driver_sql(wanted).all()
            assert rows, table
            for key, number in rows:
                expected = Shown(kind=kind, number=number)
                assert self.shown(app, table, str(key)) == expected, (table, key)
        assert NUMBERS.keys() == shown._NUMBERS.keys()

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    @pytest.mark.after(tell_more, LAST_DAY)
    def test_in_a_view_or_by_its_debtor(self, app: App) -> None:
        as_owner(app, "UPDATE act SET id = 77", "UPDATE signed_act SET id = 77")
        register = one(app, "SELECT register_id FROM act")
        act = Shown(view="act", key={"act_id": 77, "register_id": register})
        assert self.shown(app, "act", "77") == self.shown(app, "signed_act", "77") == act
        assert self.shown(app, "setting", FOLDER_SETTING) == Shown(view="anchor")
        assert self.shown(app, "anchor", "1") == Shown(view="anchor", key={"number": 1})
        with app.database.connect_to_read() as connection:
            postings = connection.exec_driver_sql(
                "SELECT posting.event_id, line, taxpayer.number FROM posting JOIN account ON account.id = account_id "
                "JOIN taxpayer ON taxpayer.id = taxpayer_id WHERE bill_id IS NULL"
            ).all()
        assert postings
        for event, place, number in postings:
            expected = Shown(kind=TAXPAYER_NUMBER, number=number)
            assert self.shown(app, "posting", f"{event} {place}") == expected
        assert self.shown(app, "posting", "9999 1").why_not == "gone"


#: Tables of which no other row on the way to a number names the key.
LEAVES = (
    "settlement", "term", "offer", "suspension", "credit_move", "taxable_object", "identifier", "request_step",
    "extract",
)  # fmt: skip

_CHARGE = "JOIN charge ON charge.id = {0}.charge_id JOIN bill ON bill.id = charge.bill_id"
_RECEIPT = "JOIN receipt ON receipt.payment_id = {0}"
_ACCOUNT = "JOIN account ON account.id = {0} JOIN taxpayer ON taxpayer.id = account.taxpayer_id"
#: By table: the kind of its number, and every key with that number.
NUMBERS: dict[str, tuple[NumberKind, str]] = {
    "bill": (BILL_NUMBER, "SELECT id, number FROM bill"),
    "bill_now": (BILL_NUMBER, "SELECT bill_id, number FROM bill_now JOIN bill ON id = bill_id"),
    "charge": (BILL_NUMBER, "SELECT charge.id, number FROM charge JOIN bill ON bill.id = bill_id"),
    "charge_now": (
        BILL_NUMBER, "SELECT charge_now.charge_id, number FROM charge_now " + _CHARGE.format("charge_now"),
    ),
    "claim": (BILL_NUMBER, "SELECT key, number FROM claim JOIN bill ON bill.id = bill_id"),
    "settlement": (BILL_NUMBER, "SELECT settlement.id, number FROM settlement " + _CHARGE.format("settlement")),
    "term": (BILL_NUMBER, "SELECT term.id, number FROM term " + _CHARGE.format("term")),
    "offer": (BILL_NUMBER, "SELECT offer.id, number FROM offer JOIN bill ON bill.id = bill_id"),
    "suspension": (BILL_NUMBER, "SELECT suspension.id, number FROM suspension JOIN bill ON bill.id = bill_id"),
    "receipt": (RECEIPT_NUMBER, "SELECT payment_id, number FROM receipt"),
    "payment": (RECEIPT_NUMBER, "SELECT id, number FROM payment " + _RECEIPT.format("payment.id")),
    "tender": (RECEIPT_NUMBER, "SELECT id, number FROM tender " + _RECEIPT.format("tender.payment_id")),
    "cancellation": (
        RECEIPT_NUMBER,
        "SELECT cancellation.payment_id, number FROM cancellation " + _RECEIPT.format("cancellation.payment_id"),
    ),
    "tender_return": (
        RECEIPT_NUMBER,
        "SELECT tender_id, number FROM tender_return JOIN tender ON tender.id = tender_id "
        + _RECEIPT.format("tender.payment_id"),
    ),
    "taxpayer": (TAXPAYER_NUMBER, "SELECT id, number FROM taxpayer"),
    "account": (
        TAXPAYER_NUMBER,
        "SELECT account.id, number FROM account JOIN taxpayer ON taxpayer.id = taxpayer_id",
    ),
    "account_now": (TAXPAYER_NUMBER, "SELECT account_now.account_id, number FROM account_now "
                    + _ACCOUNT.format("account_now.account_id")),
    "credit": (TAXPAYER_NUMBER, "SELECT credit.id, number FROM credit " + _ACCOUNT.format("credit.account_id")),
    "credit_move": (
        TAXPAYER_NUMBER,
        "SELECT credit_move.id, number FROM credit_move JOIN credit ON credit.id = credit_id "
        + _ACCOUNT.format("credit.account_id"),
    ),
    "taxable_object": (
        TAXPAYER_NUMBER,
        "SELECT taxable_object.id, number FROM taxable_object JOIN taxpayer ON taxpayer.id = taxpayer_id",
    ),
    "identifier": (
        TAXPAYER_NUMBER,
        "SELECT identifier.id, number FROM identifier JOIN taxpayer ON taxpayer.id = taxpayer_id",
    ),
    "fine": (FINE_NUMBER, "SELECT id, number FROM fine"),
    "extract_request": (REQUEST_NUMBER, "SELECT id, number FROM extract_request"),
    "request_step": (
        REQUEST_NUMBER,
        "SELECT request_step.id, number FROM request_step JOIN extract_request ON extract_request.id = request_id",
    ),
    "extract": (
        REQUEST_NUMBER,
        "SELECT extract.id, asked.number FROM extract JOIN extract_request AS asked ON asked.id = request_id",
    ),
}  # fmt: skip
