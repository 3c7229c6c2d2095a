"""Figures of a small town that was built by hand: each is what somebody with pencil and paper would find, on both
engines; and whatever is paid or annulled, they stay equal to the ledger."""

import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select, text, update

from muniadmin.access.commands import Approval
from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, annul_bill, credit_note, postpone, transfer
from muniadmin.billing.reads import OneBill, OpenCharges
from muniadmin.billing.services import account_of_taxpayer
from muniadmin.collection.commands import CancelReceipt, CashSessionOpened
from muniadmin.collection.reads import MySession
from muniadmin.indicators.catalogue import CATALOGUE
from muniadmin.indicators.commands import KeepMonths, SetGoal
from muniadmin.indicators.errors import GoalNotPossible, IndicatorUnknown
from muniadmin.indicators.reads import (
    Assessed,
    Collected,
    CollectedRow,
    Dashboard,
    DashboardView,
    FiguresAsSheets,
    FiguresReport,
    Overdue,
    OwedRow,
    Periods,
)
from muniadmin.indicators.standings import standing
from muniadmin.indicators.wording import formula_in_words, show_change, show_target, show_value
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import NotAllowed
from muniadmin.kernel.i18n import use_language
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.commands import TakeBackBusinessDay
from muniadmin.ledger.reads import TrialBalance
from muniadmin.storage.base import ChainHead
from muniadmin.storage.events import OFFICE_CHAIN
from muniadmin.storage.unit_of_work import UnitOfWork, read_unit, unit_of_work
from muniadmin.taxpayers.models import Taxpayer
from muniadmin.verification.commands import Verify
from tests.builders import a_bill, a_taxpayer, an_open_desk, begin_the_day, due, everything, money, pay
from tests.collection.counter import a_cancellation, a_stub
from tests.towns import PASSWORD, TownClock, actor_with, user_name

ActorOf = Callable[[Role], Actor]

TODAY = date(2028, 11, 23)


def at(clock: FixedClock | TownClock, year: int, month: int, day: int, hour: int = 10) -> None:
    clock.instant = datetime(year, month, day, hour, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def two_years(app: App, clock: TownClock) -> None:
    """Two years at one desk.

    2027: 1 000 and 600 assessed in January; 1 000 paid in May (cash), nothing of the 600.
    2028: 1 200 and 800 assessed in January; 700 of the 1 200 paid in March (mobile), the rest in May (cash);
    the 600 of 2027 paid in June by transfer with its penalty; a receipt of 800 taken and cancelled in July.
    """
    clerk = actor_with(app, Role.CLERK)
    amina, driss = a_taxpayer(app), a_taxpayer(app, "Driss Alaoui")
    at(clock, 2027, 1, 15)
    first = a_bill(app, "1000", due_on=date(2027, 5, 31), taxpayer_id=amina)
    second = a_bill(app, "600", head="TH", due_on=date(2027, 5, 31), taxpayer_id=driss)
    at(clock, 2027, 5, 20)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, first)
    at(clock, 2028, 1, 15)
    third = a_bill(app, "1200", due_on=date(2028, 5, 31), taxpayer_id=amina)
    fourth = a_bill(app, "800", head="TH", due_on=date(2028, 5, 31), taxpayer_id=driss)
    at(clock, 2028, 3, 10)
    pay(app, clerk, session, third, amount="700", channel="mobile", reference="MM1")
    at(clock, 2028, 5, 29)
    pay(app, clerk, session, third)
    at(clock, 2028, 6, 10)
    pay(app, clerk, session, second, channel="transfer", reference="V1")
    at(clock, 2028, 7, 1)
    taken = pay(app, clerk, session, fourth)
    app.execute(
        CancelReceipt(
            number=taken.receipt_number,
            reason="Wrong taxpayer",
            approval=Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD),
        ),
        clerk,
    )
    at(clock, 2028, 11, 23)


BUILT = pytest.mark.after(two_years, TODAY)


@pytest.fixture
def built(app: App, clock: FixedClock) -> App:
    """The town of a test marked ``BUILT``, at ten."""
    at(clock, 2028, 11, 23)
    return app


def standings_on(app: App, days: Sequence[date]) -> dict[date, dict[str, tuple[int, int]]]:
    """(overdue, old) by head on each of the days, in the books of that day."""
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as unit:
        return {
            day: {head: (one.overdue, one.old) for head, one in standing(unit, day).items()} for day in days
        }


def in_unit(app: App, work: Callable[[UnitOfWork], object]) -> None:
    """Carries a decision out."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        work(uow)


def look(app: App, **asked: object) -> DashboardView:
    return app.read(Dashboard(**asked), everything(app))  # type: ignore[arg-type]


def value(view: DashboardView, indicator: str) -> Decimal | None:
    return view.figures[indicator].value


# The 600 of 2027 were due on 31 May 2027 and paid on 10 June 2028: 10 % at once, 5 % for the first month, 0.5 % for
# each of the twelve months or fractions that follow.
PENALTY = money("126")


@BUILT
class TestByHand:
    def test_money_of_the_year(self, built: App) -> None:
        view = look(built)
        assert view.collected == money("1800") + PENALTY
        assert view.assessed == money("2000")
        assert value(view, "collected") == view.collected.minor
        assert view.figures["collected"].before == money("1000").minor
        assert value(view, "collection_rate") == Decimal(192_600) / Decimal(200_000)
        assert view.figures["collection_rate"].before == Decimal(100_000) / Decimal(160_000)

    def test_money_by_month_head_and_channel(self, built: App) -> None:
        view = look(built)
        months = {bar.month.month: (bar.collected, bar.before) for bar in view.months}
        assert months[3] == (money("700"), money("0"))
        assert months[5] == (money("500"), money("1000"))
        assert months[6] == (money("600") + PENALTY, money("0"))
        assert months[7] == (money("0"), money("0"))
        heads = {line.code: line for line in view.heads}
        assert (heads["TSC"].assessed, heads["TSC"].collected) == (money("1200"), money("1200"))
        assert (heads["TH"].assessed, heads["TH"].collected) == (money("800"), money("600") + PENALTY)
        assert heads["TH"].points == heads["TH"].rate, "nothing had come in the year before"
        channels = {one.channel: (one.collected, one.payments) for one in view.channels}
        assert channels["mobile"] == (money("700"), 1)
        assert channels["cash"] == (money("500"), 1)
        assert channels["transfer"] == (money("600") + PENALTY, 1)
        assert sum(one.share or 0 for one in view.channels) == pytest.approx(1)
        assert value(view, "mobile_share") == Decimal(70_000) / Decimal(192_600)

    def test_arrears_on_any_day(self, built: App) -> None:
        # The cancelled receipt is owed again, with the penalty that had been booked to be paid.
        assert value(look(built), "arrears") == money("924").minor
        view = look(built, period="2027")
        assert value(view, "arrears") == money("600").minor
        for on, left in (
            (date(2027, 5, 31), "0"),
            (date(2027, 6, 1), "600"),
            (date(2028, 5, 31), "600"),
            (date(2028, 6, 1), "1400"),
            (date(2028, 6, 9), "1400"),
            (date(2028, 6, 10), "800"),
            (date(2028, 6, 30), "800"),
            (date(2028, 7, 1), "800"),
            (date(2028, 7, 2), "924"),
        ):
            page = built.read(Overdue(on=on), everything(built))
            assert page.total == money(left), on

    def test_what_is_paid_on_time(self, built: App) -> None:
        assert value(look(built), "on_time") == Decimal(1200) / 2000
        assert value(look(built, period="2027"), "on_time") == Decimal(1000) / 1600

    def test_payments_and_cancellations(self, built: App) -> None:
        view = look(built)
        assert value(view, "payments") == 3
        assert value(view, "receipts_cancelled") == 1

    def test_nothing_is_available_where_nobody_asked_for_anything(self, built: App) -> None:
        view = look(built)
        assert value(view, "requests_received") == 0
        for indicator in ("delay_median", "delay_p90", "requests_on_time", "fines_paid"):
            assert value(view, indicator) is None, indicator
            assert show_value(CATALOGUE[indicator].unit, None, built.municipality.currency) == "n/a"

    def test_a_quarter_beside_the_same_a_year_before(self, built: App) -> None:
        view = look(built, period="2028-T2")
        assert view.collected == money("1100") + PENALTY
        assert view.figures["collected"].before == money("1000").minor
        assert value(view, "collection_rate") == Decimal(192_600) / Decimal(200_000), "over twelve months"

    def test_any_baseline(self, built: App) -> None:
        """As Kampala counts: from a year long gone to another."""
        view = look(built, period="2028", compare="2027")
        assert show_change(view.figures["collected"], "2027") == "+92.6% on 2027"

    def test_a_zone(self, built: App) -> None:
        assert look(built, zone="agdal").collected == Money(0)
        assert value(look(built, zone="agdal"), "arrears") == 0

    def test_whoever_may_not_see_indicators_sees_none(self, built: App, actor: ActorOf) -> None:
        with pytest.raises(NotAllowed):
            built.read(Dashboard(), actor(Role.CLERK))
        with pytest.raises(NotAllowed):
            built.read(Collected(since=date(2028, 1, 1), until=date(2028, 12, 31)), actor(Role.REGISTRAR))

    def test_an_unknown_indicator_is_refused(self, built: App) -> None:
        with pytest.raises(IndicatorUnknown):
            look(built, figures=("happiness",))


@BUILT
class TestTheRowsBehind:
    def test_come_to_the_figure(self, built: App) -> None:
        view, who = look(built), everything(built)
        since, until = view.period.since, view.period.until
        page = built.read(Collected(since=since, until=until), who)
        assert page.total == view.collected
        assert page.count == len(page.rows) == sum(one.payments for one in view.channels)
        assert sum((row.amount.minor for row in page.rows), 0) == page.total.minor
        for line in view.heads:
            of_head = built.read(Collected(since=since, until=until, head_code=line.code), who)
            assert of_head.total == line.collected
            assert (
                built.read(Assessed(since=since, until=until, head_code=line.code), who).total
                == line.assessed
            )
        for one in view.channels:
            of_channel = built.read(Collected(since=since, until=until, channel=one.channel), who)
            assert (of_channel.total, of_channel.count) == (one.collected, one.payments)

    def test_name_the_receipt_and_the_payer(self, built: App) -> None:
        page = built.read(Collected(since=date(2028, 6, 1), until=date(2028, 6, 30)), everything(built))
        row = page.rows[0]
        assert (row.payer, row.head_code, row.amount) == ("Driss Alaoui", "TH", money("600") + PENALTY)
        assert row.receipt_number.startswith("1-2028-")

    def test_show_a_cancellation_made_on_another_day(self, built: App) -> None:
        """Taken one day and taken back another: each day has its own row, both together are nothing."""
        july = built.read(Collected(since=date(2028, 7, 1), until=date(2028, 7, 31)), everything(built))
        assert (july.count, july.total) == (0, Money(0))

    @pytest.mark.parametrize(
        "asked",
        [
            Collected(since=date(2027, 1, 1), until=date(2028, 12, 31)),
            Assessed(since=date(2027, 1, 1), until=date(2028, 12, 31)),
            Overdue(on=date(2028, 6, 2)),
        ],
        ids=lambda asked: type(asked).__name__,
    )
    def test_come_a_page_at_a_time(self, built: App, asked: Any) -> None:
        who = everything(built)
        whole = built.read(asked, who)
        assert whole.count == len(whole.rows) >= 2
        one_by_one: list[CollectedRow | OwedRow] = []
        place: Any = None
        while rows := built.read(replace(asked, after=place, limit=1, totals=False), who).rows:
            one_by_one += rows
            place = rows[-1].place
        assert tuple(one_by_one) == whole.rows
        behind = built.read(replace(asked, offset=1, limit=1), who)
        assert (behind.rows, behind.count, behind.total) == (whole.rows[1:2], whole.count, whole.total)


@BUILT
class TestCorrections:
    """Facts that come late are booked on the day they come: what was said of an earlier day stays said."""

    def test_what_was_never_owed_is_deducted_on_the_day_it_is_found(
        self, built: App, clock: FixedClock
    ) -> None:
        """1 200 of January were paid by May; in December 300 of them were never owed: the money is held, and pays the
        bill of the next year when it is issued."""
        who = everything(built)
        third = built.read(
            Assessed(since=date(2028, 1, 1), until=date(2028, 1, 31), head_code="TSC"), who
        ).rows[0]
        charge_id = built.read(OneBill(bill_id=third.bill_id), who).instalments[0].charge_id
        at(clock, 2028, 12, 5)
        in_unit(built, lambda uow: credit_note(uow, charge_id, money("300"), Grounds(reason="Area")))
        january = built.read(Assessed(since=date(2028, 1, 1), until=date(2028, 1, 31)), who)
        december = built.read(Assessed(since=date(2028, 12, 1), until=date(2028, 12, 31)), who)
        assert (january.total, december.total) == (money("2000"), money("-300"))
        assert [row.number for row in december.rows] == [third.number]
        taken_back = built.read(Collected(since=date(2028, 12, 1), until=date(2028, 12, 31)), who)
        assert [(row.channel, row.amount) for row in taken_back.rows] == [("cash", money("-300"))]
        at(clock, 2029, 1, 15)
        a_bill(
            built,
            "500",
            due_on=date(2029, 5, 31),
            taxpayer_id=built.read(OneBill(bill_id=third.bill_id), who).taxpayer_id,
        )
        used = built.read(Collected(since=date(2029, 1, 1), until=date(2029, 1, 31)), who)
        assert [(row.channel, row.amount, row.payer) for row in used.rows] == [
            ("credit", money("300"), "Amina Bennani")
        ]
        year = look(built, period="2028")
        assert year.assessed == money("1700")
        assert year.collected == money("1500") + PENALTY
        cash = next(one for one in year.channels if one.channel == "cash")
        assert (cash.collected, cash.payments) == (money("200"), 1), "a part of it still pays the bill"
        channels = {one.channel: (one.collected, one.payments) for one in look(built, period="2029").channels}
        assert channels == {"credit": (money("300"), 1)}
        assert built.execute(Verify(), who).outcome.findings == ()

    def test_money_that_counts_for_the_due_day_is_on_time_whenever_it_is_booked(
        self, built: App, clock: FixedClock
    ) -> None:
        """A stub of the due day is entered ten days later: collected when it is booked, paid on time."""
        who = everything(built)
        at(clock, 2028, 12, 1)
        bill = a_bill(built, "100", due_on=date(2028, 12, 10), taxpayer_id=a_taxpayer(built, "Idriss Naciri"))
        at(clock, 2028, 12, 20)
        late = look(built, period="2028-12")
        assert [value(late, "on_time"), value(late, "collected")] == [0, 0]
        built.execute(a_stub(bill.charge_ids, "100", date(2028, 12, 10)), who)
        view = look(built, period="2028-12")
        assert [value(view, "on_time"), value(view, "collected")] == [1, money("100").minor]
        assert built.read(Overdue(on=date(2028, 12, 19)), who).total == money("1024"), (
            "in the books of that day"
        )
        assert built.read(Overdue(on=date(2028, 12, 20)), who).total == money("924")

    def test_a_debt_that_moved_before_its_due_day_falls_due_once(self, built: App, clock: FixedClock) -> None:
        at(clock, 2028, 12, 1)
        driss = a_taxpayer(built, "Driss Filali")
        bill = a_bill(built, "400", due_on=date(2028, 12, 10), taxpayer_id=a_taxpayer(built, "Idriss Naciri"))

        def move(uow: UnitOfWork) -> None:
            heir = account_of_taxpayer(uow, driss)
            transfer(uow, bill.charge_ids[0], {heir: money("100")}, Grounds(reason="Deed"))

        in_unit(built, move)
        at(clock, 2028, 12, 8)
        session = built.read(MySession(), actor_with(built, Role.CLERK))
        assert session is not None
        pay(
            built,
            actor_with(built, Role.CLERK),
            CashSessionOpened(session.cash_session_id, 1),
            bill,
            amount="300",
        )
        at(clock, 2028, 12, 20)
        assert value(look(built, period="2028-12"), "on_time") == Decimal(300) / 400
        rows = built.read(Overdue(on=date(2028, 12, 20)), everything(built)).rows
        assert ("Driss Filali", money("100")) in {(row.name, row.amount) for row in rows}

    def test_a_receipt_cancelled_on_another_day_has_a_row_of_its_own(
        self, built: App, clock: FixedClock, actor: ActorOf
    ) -> None:
        clerk, who = actor(Role.CLERK), everything(built)
        at(clock, 2028, 12, 1)
        bill = a_bill(built, "90", due_on=date(2028, 12, 31))
        session = built.read(MySession(), clerk)
        assert session is not None
        taken = pay(built, clerk, CashSessionOpened(session.cash_session_id, 1), bill)
        at(clock, 2028, 12, 2)
        built.execute(a_cancellation(taken), clerk)

        def amounts(since: int, until: int) -> list[Money]:
            asked = Collected(since=date(2028, 12, since), until=date(2028, 12, until))
            return [row.amount for row in built.read(asked, who).rows]

        assert (amounts(1, 1), amounts(2, 2), amounts(1, 2)) == ([money("90")], [money("-90")], [])

    def test_a_zone_is_a_part_of_the_whole(self, built: App, clock: FixedClock) -> None:
        """With every taxpayer in one zone each figure is that of the town; in another there is nothing."""
        with built.database.connect_to_write() as connection:
            connection.execute(update(Taxpayer).values(zone="medina"))
            connection.commit()
        whole, part = look(built), look(built, zone="medina")
        money_and_rates = (
            "collected",
            "assessed",
            "collection_rate",
            "arrears",
            "on_time",
            "mobile_share",
            "payments",
        )
        for indicator in (*money_and_rates, "receipts_cancelled"):
            assert value(part, indicator) == value(whole, indicator), indicator
            assert part.figures[indicator].before == whole.figures[indicator].before, indicator
        assert (part.heads, part.months, part.channels) == (whole.heads, whole.months, whole.channels)
        who, since, until = everything(built), part.period.since, part.period.until
        assert built.read(Collected(since=since, until=until, zone="medina"), who).total == whole.collected
        assert built.read(Assessed(since=since, until=until, zone="medina"), who).total == whole.assessed
        for on in (until, date(2028, 6, 5)):
            town, zone = (built.read(Overdue(on=on, zone=zone), who) for zone in ("", "medina"))
            assert (zone.total, zone.rows) == (town.total, town.rows)
            assert built.read(Overdue(on=on, zone="agdal"), who).total == Money(0)


@BUILT
class TestMonthsKept:
    def test_keeping_changes_no_figure(self, built: App) -> None:
        begin_the_day(built)
        before = look(built)
        assert before.months_to_keep == 22, "January 2027 to October 2028"
        assert built.execute(KeepMonths(), everything(built)).outcome.months == 22
        after = look(built)
        assert after.months_to_keep == 0
        assert (after.heads, after.months) == (before.heads, before.months)
        for indicator in ("assessed", "collection_rate"):
            assert after.figures[indicator].run == before.figures[indicator].run
        for indicator, figure in before.figures.items():
            assert (after.figures[indicator].value, after.figures[indicator].before) == (
                figure.value,
                figure.before,
            )
        assert built.execute(KeepMonths(), everything(built)).outcome.months == 0

    def test_the_run_of_arrears_is_that_of_the_month_ends(self, built: App) -> None:
        begin_the_day(built)
        built.execute(KeepMonths(), everything(built))
        run = look(built).figures["arrears"].run
        # From December 2027 on; in June the 600 were paid, and 800 fell due. Of a receipt cancelled in July the penalty
        # stays booked.
        owed = ["600"] * 6 + ["800"] + ["924"] * 5
        assert run == tuple(money(amount).minor for amount in owed)

    def test_any_day_is_the_same_with_and_without_what_is_kept(self, built: App) -> None:
        days = [date(2027, 6, 1) + timedelta(days=17 * step) for step in range(31)]
        before = standings_on(built, days)
        assert any(before.values())
        begin_the_day(built)
        built.execute(KeepMonths(), everything(built))
        assert standings_on(built, days) == before
        for day in days:
            page = built.read(Overdue(on=day), everything(built))
            assert page.total.minor == sum(overdue for overdue, _old in before[day].values()), day

    def test_a_debt_that_is_postponed_counts_on_its_due_day_of_the_books(
        self, built: App, clock: FixedClock
    ) -> None:
        """800 were due in May; in November they are given until 2029: what was overdue in the books stays so."""
        begin_the_day(built)
        built.execute(KeepMonths(), everything(built))
        who = everything(built)
        charge_ids = [
            row.charge_id
            for row in built.read(OpenCharges(number=built.read(Overdue(on=TODAY), who).rows[0].number), who)
        ]
        in_unit(built, lambda uow: postpone(uow, charge_ids, date(2029, 3, 31), Grounds(reason="Flood")))
        assert value(look(built), "arrears") == 0
        at(clock, 2028, 12, 20)
        assert built.read(Overdue(on=date(2028, 11, 22)), who).total == money("924")
        assert built.read(Overdue(on=date(2028, 11, 23)), who).total == Money(0)
        at(clock, 2029, 2, 10)
        begin_the_day(built)
        kept = built.execute(KeepMonths(), everything(built)).outcome
        assert kept.months == 3
        days = [date(2028, 10, 31), date(2028, 11, 22), date(2028, 11, 23), date(2029, 1, 15)]
        sums = [sum(one for one, _old in found.values()) for found in standings_on(built, days).values()]
        assert sums == [money("924").minor, money("924").minor, 0, 0]
        assert built.execute(Verify(), who).outcome.findings == ()

    def test_what_comes_later_is_added(self, built: App, clock: FixedClock) -> None:
        begin_the_day(built)
        built.execute(KeepMonths(), everything(built))
        assessed = value(look(built), "assessed")
        assert assessed is not None
        clock.instant += timedelta(days=10)
        a_bill(built, "50", due_on=date(2028, 12, 4))
        at(clock, 2029, 1, 4)
        begin_the_day(built)
        assert look(built).months_to_keep == 2
        assert built.execute(KeepMonths(), everything(built)).outcome.months == 2
        view = look(built, period="2028")
        assert value(view, "arrears") == (money("924") + money("50")).minor
        assert value(view, "assessed") == assessed + money("50").minor
        assert view.months_to_keep == 0

    def test_what_was_ordered_just_before_midnight_is_kept_with_its_month(
        self, built: App, clock: FixedClock
    ) -> None:
        """The day goes on for an hour in the books, for an order may be under way."""
        built.execute(KeepMonths(), everything(built))
        a_quarter_past_midnight = datetime(2028, 11, 30, 23, 15, tzinfo=UTC)
        clock.instant = a_quarter_past_midnight
        begin_the_day(built)
        assert look(built).months_to_keep == 0
        clock.instant = a_quarter_past_midnight + timedelta(hours=1)
        assert look(built).months_to_keep == 1

    @pytest.mark.parametrize("database_kind", ["postgresql"])
    def test_two_stations_that_keep_the_months_at_once_are_both_content(self, built: App) -> None:
        begin_the_day(built)
        with built.database.connect_to_write() as connection, ThreadPoolExecutor(2) as stations:
            connection.execute(select(ChainHead).where(ChainHead.chain == OFFICE_CHAIN).with_for_update())
            kept = [stations.submit(built.execute, KeepMonths(), everything(built)) for _ in range(2)]
            # Both have added up the months, and wait for their line in the audit log.
            waiting = text(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            patience = time.monotonic() + 60
            while connection.scalar(waiting) != 2:
                assert time.monotonic() < patience, "they do not wait for each other"
                # What the view shows stays the same within a transaction unless it is asked anew.
                connection.execute(text("SELECT pg_stat_clear_snapshot()"))
                time.sleep(0.01)
            connection.commit()
            months = sorted(one.result(10).outcome.months for one in kept)
        assert months == [0, 22]
        assert look(built).months_to_keep == 0

    def test_a_business_day_opened_by_mistake_ends_no_month_for_good(
        self, built: App, clock: FixedClock
    ) -> None:
        """Under a clock that is years ahead months are kept that are not over; the day is taken back, and they are
        made anew when they are."""
        who, today = everything(built), clock.instant
        clock.instant += timedelta(days=700)
        begin_the_day(built)
        built.execute(KeepMonths(), who)
        clock.instant = today
        assert built.execute(Verify(), who).outcome.findings == ()
        built.execute(TakeBackBusinessDay(reason="the clock was wrong"), who)
        assert built.execute(Verify(), who).outcome.findings == ()
        before = look(built)
        a_bill(built, "50", due_on=date(2028, 12, 4))
        at(clock, 2029, 1, 20)
        begin_the_day(built)
        built.execute(KeepMonths(), who)
        after = look(built, period="2028")
        for indicator in ("assessed", "arrears"):
            assert value(after, indicator) == (value(before, indicator) or 0) + money("50").minor
        assert built.execute(Verify(), who).outcome.findings == ()


@BUILT
class TestGoals:
    def test_are_shown_beside_the_figure(self, built: App, actor: ActorOf) -> None:
        manager = actor(Role.MANAGER)
        built.execute(SetGoal(indicator="collection_rate", period="2028", target=Decimal("0.8")), manager)
        built.execute(SetGoal(indicator="collected", period="2028", target=Decimal(300_000)), manager)
        view = look(built)
        assert show_target(view.figures["collection_rate"], built.municipality.currency) == "target 80%"
        assert plain(show_target(view.figures["collected"], built.municipality.currency)) == "target 3,000"
        assert look(built, period="2027").figures["collection_rate"].target is None

    def test_can_be_taken_away(self, built: App, actor: ActorOf) -> None:
        manager = actor(Role.MANAGER)
        built.execute(SetGoal(indicator="collected", period="2028", target=Decimal(5)), manager)
        built.execute(SetGoal(indicator="collected", period="2028"), manager)
        assert look(built).figures["collected"].target is None

    @pytest.mark.parametrize(("indicator", "target"), [("collection_rate", "80"), ("collected", "-1")])
    def test_must_be_possible(self, built: App, actor: ActorOf, indicator: str, target: str) -> None:
        with pytest.raises(GoalNotPossible):
            built.execute(
                SetGoal(indicator=indicator, period="2028", target=Decimal(target)), actor(Role.MANAGER)
            )

    def test_are_set_by_whoever_may(self, built: App, actor: ActorOf) -> None:
        with pytest.raises(NotAllowed):
            built.execute(
                SetGoal(indicator="collected", period="2028", target=Decimal(1)), actor(Role.REVENUE_OFFICER)
            )


@BUILT
class TestFiles:
    def test_a_workbook_of_plain_numbers(self, built: App) -> None:
        file = built.read(FiguresAsSheets(), everything(built))
        assert file.name == "indicators-2028.xlsx"
        book = openpyxl.load_workbook(BytesIO(file.content))
        assert book.sheetnames == ["Figures", "Months", "Revenue heads", "Channels"]
        figures = {row[0]: row[2] for row in book["Figures"].iter_rows(min_row=2, values_only=True)}
        assert figures["Revenue collected"] == 1926
        assert figures["Median delay"] == "n/a"
        heads = {row[0]: row[3] for row in book["Revenue heads"].iter_rows(min_row=2, values_only=True)}
        assert heads == {"TSC": 1200, "TH": 726}

    def test_text_that_spreadsheets_of_the_language_open(self, built: App) -> None:
        content = built.read(FiguresAsSheets(csv=True), everything(built)).content
        assert content.startswith(b"\xef\xbb\xbf")
        assert "Revenue collected,MAD,1926.00,1000.00" in content.decode("utf-8-sig")
        with use_language("fr"):
            french = built.read(FiguresAsSheets(csv=True), everything(built)).content.decode("utf-8-sig")
        assert ";MAD;1926,00;1000,00;" in french

    def test_a_report_for_the_council(self, built: App) -> None:
        printed = built.read(FiguresReport(), everything(built))
        text = plain("\n".join(page.extract_text() for page in PdfReader(BytesIO(printed.pdf)).pages))
        for part in ("Indicators", "Fiscal year 2028", "1,926", "96.3%", "Housing tax", "01/01/2028"):
            assert part in text, part

    def test_the_pickers_offer_what_there_is(self, built: App) -> None:
        offered = built.read(Periods(), everything(built))
        assert offered.periods[:2] == ("2028", "2027")
        assert "medina" in dict(offered.zones)


@BUILT
class TestWords:
    def test_every_indicator_says_how_it_is_made(self, built: App) -> None:
        span = look(built).period
        for indicator in CATALOGUE:
            made = formula_in_words(indicator, span)
            assert "23/11/2028" in made, indicator
            assert "Source:" in made


PAYMENTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(1, 150_000),
        st.sampled_from(["cash", "mobile", "transfer"]),
        st.booleans(),
    ),
    max_size=6,
)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(payments=PAYMENTS, annul=st.booleans(), keep=st.booleans())
def test_whatever_is_paid_the_figures_are_the_ledgers(
    app: App,
    clock: FixedClock,
    actor: ActorOf,
    payments: list[tuple[int, int, str, bool]],
    annul: bool,
    keep: bool,
) -> None:
    """Collected is what left the receivables for money, penalties with it; assessed is what was booked as revenue;
    whether the days before are kept or not."""
    clerk = actor(Role.CLERK)
    who = everything(app)
    clock.instant += timedelta(days=1)
    if keep:
        app.execute(KeepMonths(), who)
    bills = [
        a_bill(app, total, head=head, due_on=due_on)
        for total, head, due_on in (
            ("1000", "TSC", date(2026, 3, 31)),
            ("450.55", "TH", date(2026, 12, 31)),
            ("99.99", "ODP", date(2026, 6, 30)),
            ("2000", "TSC", date(2025, 5, 31)),
        )
    ]
    state = app.read(MySession(), clerk)
    session = CashSessionOpened(state.cash_session_id, state.desk) if state else an_open_desk(app, clerk)
    for place, amount, channel, cancelled in payments:
        left = due(app, bills[place])
        if not left:
            continue
        part = min(Money(amount), left)
        taken = pay(
            app,
            clerk,
            session,
            bills[place],
            amount=str(part.minor / 100),
            channel=channel,
            reference="" if channel == "cash" else uuid.uuid4().hex[:12],
        )
        if cancelled:
            app.execute(
                CancelReceipt(
                    number=taken.receipt_number,
                    reason="Tried out",
                    approval=Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD),
                ),
                clerk,
            )
    if annul:
        with unit_of_work(app.database, actor=who, now=clock.now(), municipality=app.municipality) as uow:
            annul_bill(uow, bills[1].bill_id, Grounds(reason="Never owed"))

    view = look(app)
    accounts = {one.code: one for one in app.read(TrialBalance(), who)}
    for line in view.heads:
        receivable, revenue = accounts[f"receivable:{line.code}"], accounts[f"revenue:{line.code}"]
        penalty = accounts.get(f"penalty:{line.code}")
        assert line.assessed == -revenue.balance
        penalties = -penalty.balance.minor if penalty is not None else 0
        assert line.collected.minor == -revenue.balance.minor + penalties - receivable.balance.minor
    overdue = app.read(Overdue(on=view.period.until), who)
    assert value(view, "arrears") == overdue.total.minor
    rows = app.read(Collected(since=view.period.since, until=view.period.until), who)
    assert rows.total == view.collected
