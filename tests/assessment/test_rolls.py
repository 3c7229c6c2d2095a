"""Rolls on a real database: previewed, issued, stopped, gone on with, and never issued twice."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from muniadmin.app import App
from muniadmin.assessment import services
from muniadmin.assessment.commands import IssueRoll, RollIssued
from muniadmin.assessment.errors import HeadNotAssessed, NoTariffInForce, PeriodNotUnderstood
from muniadmin.assessment.models import Assessment
from muniadmin.assessment.reads import BillComputation, HeadsOfYear, OneHead, PreviewRoll, Rolls
from muniadmin.assessment.spelling import penalty_in_words
from muniadmin.billing.decisions import Grounds, annul_bill, transfer
from muniadmin.billing.errors import AlreadyAsked, HeadUnknown
from muniadmin.billing.models import Bill, Charge
from muniadmin.billing.reads import Bills, OneBill
from muniadmin.billing.services import Debtor, IssuedBill, NewBill, account_ids, issue_bill, set_rule
from muniadmin.bootstrap import open_app
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import Cancelled, NotAllowed
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.models import Posting
from muniadmin.storage import bulk
from muniadmin.storage.events import EventLine
from muniadmin.taxpayers.models import TaxableObject
from muniadmin.verification.commands import Verify
from tests.assessment.register import a_home, in_quarters, objects, working
from tests.builders import a_taxpayer, an_open_desk, everything, issued, pay

ActorOf = Callable[[Role], Actor]


QUARTER_DAYS = (date(2027, 3, 31), date(2027, 6, 30), date(2027, 9, 30), date(2027, 12, 31))


def issue(app: App, actor: Actor, head: str = "TSC", period: str = "2026", **how: Any) -> RollIssued:
    return app.execute(IssueRoll(head_code=head, period=period), actor, **how).outcome


def stored(app: App) -> list[tuple[Any, ...]]:
    """Everything a roll writes, as it stands in the database."""
    with working(app) as uow:
        bills = uow.session.execute(
            select(Bill.number, Bill.object_id, Charge.part, Charge.amount, Charge.due_on, Bill.lines)
            .join(Charge, Charge.bill_id == Bill.id)
            .order_by(Charge.id)
        )
        decided = uow.session.execute(
            select(Assessment.object_id, Assessment.amount, Assessment.bill_id).order_by(Assessment.id)
        )
        return [tuple(row) for row in (*bills, *decided)]


class TestIssuing:
    def test_every_object_gets_its_bill_with_the_computation(self, app: App, actor: ActorOf) -> None:
        amina = a_taxpayer(app)
        (home,) = objects(app, "property", [a_home(36000)], taxpayer_id=amina)

        outcome = issue(app, actor(Role.REVENUE_OFFICER), "TH")

        assert (outcome.bills, outcome.amount, outcome.nothing_owed, outcome.exceptions) == (
            1,
            Money(400_00),
            0,
            0,
        )
        (bill,) = app.read(Bills(head_code="TH"), actor(Role.CLERK)).rows
        assert bill.total == Money(400_00)
        assert bill.taxpayer_id == amina
        assert bill.subject == "1, derb Sidi Ahmed"
        # Issued in November, long after the due date of May: the notice of 30 days runs.
        assert bill.due_on == date(2026, 12, 23)
        with working(app) as uow:
            written = uow.session.scalars(select(Bill)).one()
            assert written.object_id == home
            assert sum(line["amount"] for line in written.lines["lines"]) == 400_00

    def test_the_ledger_owes_what_the_bills_say(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(10000 + 100 * number) for number in range(25)])

        outcome = issue(app, actor(Role.REVENUE_OFFICER))

        with working(app) as uow:
            found = uow.session.execute(
                select(Posting.account, func.sum(Posting.amount)).group_by(Posting.account)
            )
            sums = {account: int(amount) for account, amount in found}
        assert sums == {"receivable:TSC": outcome.amount.minor, "revenue:TSC": -outcome.amount.minor}

    def test_bill_numbers_follow_one_another(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(20000)] * 12)
        issue(app, actor(Role.REVENUE_OFFICER))
        with working(app) as uow:
            numbers = [
                int(number.split("-")[2])
                for number in uow.session.scalars(select(Bill.number).order_by(Bill.id))
            ]
        assert numbers == list(range(1, 13))

    def test_a_bill_of_a_roll_is_paid_at_the_counter(self, app: App, actor: ActorOf) -> None:
        amina = a_taxpayer(app)
        objects(app, "property", [a_home(36000)], taxpayer_id=amina)
        issue(app, actor(Role.REVENUE_OFFICER))
        (bill,) = app.read(Bills(taxpayer_id=amina), actor(Role.CLERK)).rows
        desk = an_open_desk(app, actor(Role.CLERK))

        pay(app, actor(Role.CLERK), desk, issued(app, bill.bill_id), amount="945")

        assert app.read(Bills(taxpayer_id=amina), actor(Role.CLERK)).rows[0].state == "settled"

    def test_nothing_owed_is_decided_without_a_bill(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(5000, "second_home"), a_home(12000)])

        outcome = issue(app, actor(Role.REVENUE_OFFICER), "TH")

        assert (outcome.bills, outcome.nothing_owed) == (0, 2)
        assert app.read(Bills(head_code="TH"), actor(Role.CLERK)).count == 0
        assert issue(app, actor(Role.REVENUE_OFFICER), "TH").nothing_owed == 0

    def test_only_objects_of_the_period_and_of_the_head_are_assessed(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(60000, "second_home")])
        objects(app, "property", [a_home(60000, "professional")])  # not a home
        objects(app, "property", [a_home(60000, "second_home")], ended_on=date(2025, 12, 31))
        objects(app, "property", [a_home(60000, "second_home")], ended_on=date(2026, 1, 1))
        objects(app, "property", [a_home(60000, "second_home")], started_on=date(2027, 1, 1))
        objects(app, "property", [a_home(60000, "second_home")], started_on=date(2026, 12, 31))
        objects(app, "land", [{"area": "100", "equipment": "full", "zoning": "villas"}])

        assert issue(app, actor(Role.REVENUE_OFFICER), "TH").bills == 3

    def test_the_zone_decides_where_the_tariff_says_so(self, app: App, actor: ActorOf) -> None:
        objects(app, "occupation", [{"area": "12.5"}], zone="medina")
        objects(app, "occupation", [{"area": "12.5"}], zone="agdal")
        assert issue(app, actor(Role.REVENUE_OFFICER), "ODP", "2026-T4").amount == Money(375_00 + 500_00)

    def test_the_tariff_of_the_periods_first_day_is_used(self, app: App, actor: ActorOf) -> None:
        objects(app, "land", [{"area": "250", "equipment": "full", "zoning": "apartments"}])
        assert issue(app, actor(Role.REVENUE_OFFICER), "TNB", "2025").amount == Money(2000_00)
        assert issue(app, actor(Role.REVENUE_OFFICER), "TNB", "2026").amount == Money(3750_00)


class TestInstalments:
    def test_each_instalment_is_booked_on_its_own_day(self, app: App, actor: ActorOf) -> None:
        in_quarters(app, "TSC")
        objects(app, "property", [a_home(36000)])
        officer = actor(Role.REVENUE_OFFICER)
        assert app.read(PreviewRoll(head_code="TSC", period="2027"), officer).due_days == QUARTER_DAYS

        issue(app, officer, period="2027")

        (row,) = app.read(Bills(head_code="TSC"), officer).rows
        assert (row.due_on, row.total, row.state) == (date(2027, 3, 31), Money(945_00), "not_due")
        bill = app.read(OneBill(bill_id=row.bill_id), officer)
        assert [
            (part.part, part.due_on, part.amount, part.left, part.state) for part in bill.instalments
        ] == [
            (number, day, Money(236_25), Money(236_25), "not_due")
            for number, day in enumerate(QUARTER_DAYS, 1)
        ]

    def test_only_the_late_instalment_bears_penalty(
        self, app: App, actor: ActorOf, clock: FixedClock
    ) -> None:
        in_quarters(app, "TSC")
        objects(app, "property", [a_home(36000)])
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer, period="2027")
        clock.instant = datetime(2027, 4, 12, 9, tzinfo=UTC)

        (row,) = app.read(Bills(head_code="TSC"), officer).rows

        assert (row.state, row.due_on) == ("overdue", date(2027, 3, 31))
        # 10 % and 5 % of 236.25, not of 945.
        assert (row.left, row.accrued) == (Money(945_00), Money(35_44))
        bill = app.read(OneBill(bill_id=row.bill_id), officer)
        assert [part.accrued for part in bill.instalments] == [Money(35_44), *[Money(0)] * 3]
        assert [part.state for part in bill.instalments] == ["overdue", *["not_due"] * 3]

    def test_instalments_of_one_day_are_one(self, app: App, actor: ActorOf) -> None:
        in_quarters(app, "TSC")
        objects(app, "property", [a_home(36000)])
        officer = actor(Role.REVENUE_OFFICER)

        # In November three quarters are over: what they ask falls due when the notice of 30 days has run.
        issue(app, officer, period="2026")

        (row,) = app.read(Bills(head_code="TSC"), officer).rows
        bill = app.read(OneBill(bill_id=row.bill_id), officer)
        assert [(part.due_on, part.amount) for part in bill.instalments] == [
            (date(2026, 12, 23), Money(708_75)),
            (date(2026, 12, 31), Money(236_25)),
        ]

    def test_a_bill_smaller_than_its_instalments_has_fewer(self, app: App, actor: ActorOf) -> None:
        in_quarters(app, "TSC")
        objects(app, "property", [{"use": "second_home", "perimeter": "urban", "rental_value": 19}])
        officer = actor(Role.REVENUE_OFFICER)

        outcome = issue(app, officer, period="2027")

        assert (outcome.bills, outcome.amount) == (1, Money(2))
        (row,) = app.read(Bills(head_code="TSC"), officer).rows
        bill = app.read(OneBill(bill_id=row.bill_id), officer)
        assert [(part.due_on, part.amount) for part in bill.instalments] == [
            (day, Money(1)) for day in QUARTER_DAYS[:2]
        ]


class TestClaims:
    def test_what_another_bill_asks_is_not_asked_twice(self, app: App, actor: ActorOf) -> None:
        amina = a_taxpayer(app)
        (home,) = objects(app, "property", [a_home(36000)], taxpayer_id=amina)
        officer = actor(Role.REVENUE_OFFICER)
        objects(app, "property", [a_home(20000)], taxpayer_id=amina)
        by_hand = _billed_by_hand(app, home, amina)
        preview = app.read(PreviewRoll(head_code="TSC", period="2026"), officer)
        assert (preview.objects, preview.already, preview.bills) == (2, 1, 1)

        outcome = issue(app, officer)

        assert outcome.bills == 1
        assert [bill.number for bill in app.read(Bills(head_code="TSC"), officer).rows][1:] == [
            by_hand.number
        ]

    def test_a_bill_by_hand_asks_no_more_than_once_either(self, app: App, actor: ActorOf) -> None:
        amina = a_taxpayer(app)
        (home,) = objects(app, "property", [a_home(36000)], taxpayer_id=amina)
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer)
        (by_roll,) = app.read(Bills(head_code="TSC"), officer).rows

        with pytest.raises(AlreadyAsked, match=by_roll.number):
            _billed_by_hand(app, home, amina)

        assert app.read(Bills(head_code="TSC"), officer).count == 1

    def test_after_its_bill_was_annulled_the_roll_bills_an_object_again(
        self, app: App, actor: ActorOf
    ) -> None:
        objects(app, "property", [a_home(36000), a_home(20000)])
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer)
        wrong = app.read(Bills(head_code="TSC"), officer).rows[-1]
        with working(app) as uow:
            annul_bill(uow, wrong.bill_id, Grounds(reason="The rental value was wrong"))
            home = uow.session.scalars(select(TaxableObject).order_by(TaxableObject.id)).first()
            assert home is not None
            home.attributes = {**home.attributes, "rental_value": 18000_00}
        preview = app.read(PreviewRoll(head_code="TSC", period="2026"), officer)
        assert (preview.objects, preview.already, preview.bills) == (2, 1, 1)

        again = issue(app, officer)

        assert (again.bills, again.amount) == (1, preview.amount)
        assert again.amount < wrong.total
        assert issue(app, officer).bills == 0
        (anew, _other, old) = app.read(Bills(head_code="TSC"), officer).rows
        assert (anew.subject, anew.left) == (old.subject, again.amount)
        assert (old.number, old.left) == (wrong.number, Money(0))

    def test_what_was_annulled_and_replaced_by_hand_is_not_asked_again(
        self, app: App, actor: ActorOf
    ) -> None:
        amina = a_taxpayer(app)
        (home,) = objects(app, "property", [a_home(36000)], taxpayer_id=amina)
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer)
        (wrong,) = app.read(Bills(head_code="TSC"), officer).rows
        with working(app) as uow:
            annul_bill(uow, wrong.bill_id, Grounds(reason="Another owed it"))
        _billed_by_hand(app, home, amina)

        assert issue(app, officer).bills == 0

    def test_what_was_annulled_may_be_asked_anew(self, app: App, actor: ActorOf) -> None:
        amina = a_taxpayer(app)
        (home,) = objects(app, "property", [a_home(36000)], taxpayer_id=amina)
        by_hand = _billed_by_hand(app, home, amina)
        with working(app) as uow:
            annul_bill(uow, by_hand.bill_id, Grounds(reason="The roll asks it"))

        assert issue(app, actor(Role.REVENUE_OFFICER)).bills == 1


def _billed_by_hand(app: App, home: int, taxpayer_id: int) -> IssuedBill:
    """A bill for what the roll of 2026 asks of a home."""
    with working(app) as uow:
        return issue_bill(
            uow,
            NewBill(
                head_code="TSC",
                period="2026",
                kind="hand",
                instalments=[(date(2026, 12, 31), 945_00)],
                lines=[{"what": "Rental value", "amount": 945_00}],
                debtor=Debtor(taxpayer_id=taxpayer_id),
                object_id=home,
                claim=f"TSC|{home}|2026|{taxpayer_id}|0",
            ),
        )


class TestAgain:
    def test_a_second_run_changes_nothing(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(10000 + number) for number in range(30)])
        officer = actor(Role.REVENUE_OFFICER)
        first = issue(app, officer)
        before = stored(app)

        second = issue(app, officer)

        assert stored(app) == before
        assert (second.bills, second.amount) == (0, Money(0))
        assert (second.total_bills, second.total_amount) == (first.bills, first.amount)

    def test_a_second_run_adds_only_what_is_missing(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(36000), a_home(None)])
        officer = actor(Role.REVENUE_OFFICER)
        first = issue(app, officer)
        assert (first.bills, first.exceptions) == (1, 1)
        before = stored(app)
        with working(app) as uow:
            for found in uow.session.scalars(select(TaxableObject)):
                found.attributes = {**found.attributes, "rental_value": 36000_00}
        objects(app, "property", [a_home(20000)])

        second = issue(app, officer)

        assert second.bills == 2
        assert second.total_bills == 3
        after = stored(app)
        assert [row for row in after if row in before] == before

    def test_a_stopped_roll_keeps_what_it_did_and_goes_on(
        self, app: App, actor: ActorOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(services, "CHUNK", 10)
        objects(app, "property", [a_home(10000 + number) for number in range(35)])
        officer = actor(Role.REVENUE_OFFICER)
        steps: list[tuple[int, int]] = []

        def stop_after_two_chunks(done: int, total: int) -> None:
            steps.append((done, total))
            if done >= 20:
                raise Cancelled

        with pytest.raises(Cancelled):
            issue(app, officer, progress=stop_after_two_chunks)

        assert steps == [(0, 35), (10, 35), (20, 35)]
        assert app.read(Bills(head_code="TSC"), officer).count == 20
        (roll,) = app.read(Rolls(), officer)
        assert (roll.state, roll.bills) == ("unfinished", 20)
        assert app.read(PreviewRoll(head_code="TSC", period="2026"), officer).already == 20

        outcome = issue(app, officer)

        assert (outcome.bills, outcome.total_bills) == (15, 35)
        (roll,) = app.read(Rolls(head_code="TSC"), officer)
        assert (roll.state, roll.bills, roll.amount) == ("issued", 35, outcome.total_amount)

    def test_a_roll_that_dies_in_the_middle_of_a_chunk_leaves_no_half_chunk(
        self, app: App, actor: ActorOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(services, "CHUNK", 10)
        objects(app, "property", [a_home(10000 + number) for number in range(25)])
        officer = actor(Role.REVENUE_OFFICER)
        whole = bulk.bulk_insert
        calls = iter(range(100))

        def power_cut(*arguments: Any) -> int:
            if next(calls) == 1:
                raise RuntimeError("the power is out")
            return whole(*arguments)

        monkeypatch.setattr(services, "bulk_insert", power_cut)
        with pytest.raises(RuntimeError):
            issue(app, officer)
        monkeypatch.setattr(services, "bulk_insert", whole)

        # The second chunk's bills were written before the power went, and are gone with it.
        assert app.read(Bills(head_code="TSC"), officer).count == 10
        outcome = issue(app, officer)
        assert (outcome.bills, outcome.total_bills) == (15, 25)
        with working(app) as uow:
            numbers = [
                int(one.split("-")[2]) for one in uow.session.scalars(select(Bill.number).order_by(Bill.id))
            ]
        assert numbers == list(range(1, 26))

    def test_its_bills_are_paid_while_it_goes_on(
        self, app: App, town_url: str, actor: ActorOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(services, "CHUNK", 5)
        homes = objects(app, "property", [a_home(10000 + number) for number in range(20)])
        clerk, desk = actor(Role.CLERK), an_open_desk(app, actor(Role.CLERK))
        paid: list[str] = []

        with closing(open_app(town_url, clock=app.clock)) as counter:

            def pay_the_last(done: int, _total: int) -> None:
                if done:
                    bill = counter.read(Bills(head_code="TSC"), everything(counter)).rows[0]
                    paid.append(pay(counter, clerk, desk, issued(counter, bill.bill_id)).receipt_number)

            outcome = issue(app, actor(Role.REVENUE_OFFICER), progress=pay_the_last)

        assert (outcome.bills, len(homes), len(paid)) == (20, 20, 4)
        report = app.execute(Verify(), everything(app)).outcome
        assert [finding.sentence() for finding in report.findings] == []

    def test_two_officers_at_once_issue_one_roll(
        self, app: App, actor: ActorOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(services, "CHUNK", 5)
        objects(app, "property", [a_home(10000 + number) for number in range(40)])
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer, "TH", "2025")
        outcomes: list[RollIssued] = []
        together = threading.Barrier(2)

        def run() -> None:
            together.wait()
            outcomes.append(issue(app, officer))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sum(outcome.bills for outcome in outcomes) == 40
        assert app.read(Bills(head_code="TSC"), officer).count == 40


class TestPreview:
    def test_it_tells_what_issuing_would_do_and_writes_nothing(self, app: App, actor: ActorOf) -> None:
        objects(
            app,
            "property",
            [a_home(36000), a_home(60000, "second_home"), a_home(5000, "second_home"), a_home(None)],
        )
        officer = actor(Role.REVENUE_OFFICER)

        preview = app.read(PreviewRoll(head_code="TH", period="2026"), officer)

        assert (preview.objects, preview.already, preview.bills, preview.nothing_owed) == (4, 0, 2, 1)
        assert preview.amount == Money(400_00 + 11500_00)
        assert (preview.smallest, preview.largest) == (Money(400_00), Money(11500_00))
        assert preview.due_days == (date(2026, 12, 23),)
        (exception,) = preview.exception_rows
        assert (exception.reason, exception.attribute, exception.label) == (
            "missing",
            "rental_value",
            "4, derb Sidi Ahmed",
        )
        assert exception.taxpayer_name == "Amina Bennani"
        assert stored(app) == []

        outcome = issue(app, officer, "TH")
        assert (outcome.bills, outcome.amount, outcome.nothing_owed, outcome.exceptions) == (
            preview.bills,
            preview.amount,
            preview.nothing_owed,
            preview.exceptions,
        )

    def test_the_list_of_exceptions_has_a_limit_the_count_has_not(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(None)] * 7)
        preview = app.read(PreviewRoll(head_code="TSC", period="2026", limit=3), actor(Role.MANAGER))
        assert (preview.exceptions, len(preview.exception_rows)) == (7, 3)


class TestReads:
    def test_the_heads_show_what_was_assessed_and_settled_this_year(self, app: App, actor: ActorOf) -> None:
        amina = a_taxpayer(app)
        objects(app, "property", [a_home(36000), a_home(60000, "second_home")], taxpayer_id=amina)
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer, "TSC", "2026")
        issue(app, officer, "TSC", "2025")
        bill = app.read(Bills(head_code="TSC", period="2026"), officer).rows[0]
        desk = an_open_desk(app, actor(Role.CLERK))
        pay(app, actor(Role.CLERK), desk, issued(app, bill.bill_id))

        by_code = {head.code: head for head in app.read(HeadsOfYear(), officer)}

        services_tax = by_code["TSC"]
        assert services_tax.bills == 2
        assert services_tax.assessed == Money(945_00 + 6300_00)
        assert services_tax.settled == bill.total
        assert services_tax.tariff_from == date(2008, 1, 1)
        assert (by_code["PV"].bills, by_code["PV"].tariff_from) == (0, None)
        (last_year,) = [
            head for head in app.read(HeadsOfYear(start_year=2025), officer) if head.code == "TSC"
        ]
        assert (last_year.bills, last_year.settled) == (2, Money(0))

    def test_what_moved_to_another_account_was_assessed_once(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(36000)])
        officer, clerk = actor(Role.REVENUE_OFFICER), actor(Role.CLERK)
        issue(app, officer)
        bill = issued(app, app.read(Bills(head_code="TSC"), officer).rows[0].bill_id)
        pay(app, clerk, an_open_desk(app, clerk), bill, amount="100")
        with working(app) as uow:
            heirs = account_ids(uow, [Debtor(plate="1A1"), Debtor(plate="1A2")])
            transfer(
                uow,
                bill.charge_ids[0],
                {heirs[0]: Money(400_00), heirs[1]: Money(445_00)},
                Grounds(reason="inherited", document="Deed 4"),
            )

        found = {head.code: head for head in app.read(HeadsOfYear(), officer)}["TSC"]

        assert (found.bills, found.assessed, found.settled) == (1, Money(945_00), Money(100_00))

    def test_what_is_late_of_the_year_counts_its_booked_penalty(
        self, app: App, actor: ActorOf, clock: FixedClock
    ) -> None:
        in_quarters(app, "TSC")
        objects(app, "property", [a_home(36000)])
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer, period="2027")
        clock.instant = datetime(2027, 4, 12, 9, tzinfo=UTC)
        (bill,) = app.read(Bills(head_code="TSC"), officer).rows
        clerk = actor(Role.CLERK)
        pay(app, clerk, an_open_desk(app, clerk), issued(app, bill.bill_id), amount="100")

        found = {head.code: head for head in app.read(HeadsOfYear(), officer)}["TSC"]

        # 100 paid the penalty of 35.44 first, and 64.56 of the first quarter.
        assert (found.bills, found.assessed, found.settled) == (1, Money(945_00), Money(64_56))
        assert found.overdue == Money(236_25 - 64_56)

    def test_the_penalty_shown_is_the_one_in_force(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        before = app.read(OneHead(head_code="TSC"), officer).penalty
        assert (before.once, before.first_month, before.month) == (
            Fraction(1, 10),
            Fraction(1, 20),
            Fraction(1, 200),
        )
        with working(app) as uow:
            set_rule(uow, "TSC", "penalty", {"yearly": "0.12"}, since=date(2026, 11, 1))
            set_rule(uow, "TSC", "penalty", {"yearly": "0.09"}, since=date(2027, 1, 1))

        now = app.read(OneHead(head_code="TSC"), officer).penalty

        assert (now.once, now.yearly) == (Fraction(0), Fraction(12, 100))
        assert list(penalty_in_words(now)) == ["Interest runs by the day at 12% a year."]

    def test_a_head_shows_its_tariffs_rolls_and_periods(self, app: App, actor: ActorOf) -> None:
        objects(app, "land", [{"area": "250", "equipment": "full", "zoning": "apartments"}])
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer, "TNB", "2026")

        head = app.read(OneHead(head_code="TNB"), officer)

        assert [(tariff.valid_from, tariff.state) for tariff in head.tariffs] == [
            (date(2026, 1, 1), "in_force"),
            (date(2008, 1, 1), "past"),
        ]
        assert {period.name: period.state for period in head.periods} == {
            "2025": "none",
            "2026": "issued",
            "2027": "none",
        }
        (roll,) = head.rolls
        assert (roll.bills, roll.amount, roll.issued_by) == (1, Money(3750_00), officer.name)
        assert head.object_kind_names["fr"] == "Terrain non bâti"

    def test_a_bill_is_spelled_out_in_either_language(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(36000)])
        officer = actor(Role.REVENUE_OFFICER)
        issue(app, officer, "TH")
        bill = app.read(Bills(head_code="TH"), officer).rows[0]

        lines = app.read(BillComputation(bill_id=bill.bill_id, language="en"), officer)

        assert [(line.what, line.computation, line.amount) for line in lines] == [
            ("Yearly rental value", "36,000.00 − 27,000.00 (Main-home relief) = 9,000.00", None),
            ("Part from 0.00 to 5,000.00", "5,000.00 × 0%", Money(0)),
            ("Part from 5,000.00 to 20,000.00", "4,000.00 × 10%", Money(400_00)),
        ]
        in_french = app.read(BillComputation(bill_id=bill.bill_id, language="fr"), officer)
        assert in_french[0].what == "Valeur locative annuelle"
        assert in_french[0].computation.startswith("36\u202f000,00 − 27\u202f000,00 (Abattement")

    def test_the_roll_and_its_stops_are_in_the_audit_log(self, app: App, actor: ActorOf) -> None:
        objects(app, "property", [a_home(36000)])
        issue(app, actor(Role.REVENUE_OFFICER))
        with working(app) as uow:
            events = uow.session.execute(
                select(EventLine.name, EventLine.subject).where(EventLine.name.startswith("assessment:"))
            ).all()
        assert [tuple(event) for event in events] == [
            ("assessment:roll:begun", "TSC 2026"),
            ("assessment:roll:issued", "TSC 2026"),
        ]


class TestRefusals:
    def test_what_cannot_be_assessed_is_refused_with_its_reason(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        for head, period, refusal, words in (
            ("XX", "2026", HeadUnknown, "XX"),
            ("PV", "2026", HeadNotAssessed, "Parking fines"),
            ("TH", "2026-T1", PeriodNotUnderstood, "2026-T1"),
            ("TS", "2026", PeriodNotUnderstood, "2026"),
            ("TH", "2007", NoTariffInForce, "01/01/2007"),
        ):
            with pytest.raises(refusal, match=words):
                issue(app, officer, head, period)
            with pytest.raises(refusal, match=words):
                app.read(PreviewRoll(head_code=head, period=period), officer)
        with pytest.raises(PeriodNotUnderstood) as caught:
            issue(app, officer, "TS", "2026")
        assert "2026-T1" in caught.value.advice()

    def test_a_clerk_issues_no_roll(self, app: App, actor: ActorOf) -> None:
        with pytest.raises(NotAllowed):
            issue(app, actor(Role.CLERK))

    def test_whoever_may_do_everything_may_issue(self, app: App) -> None:
        assert issue(app, everything(app)).bills == 0
