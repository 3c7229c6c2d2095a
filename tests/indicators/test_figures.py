"""Figures of a small town that was built by hand: each is what somebody with pencil and paper would find, on both
engines; and whatever is paid or annulled, they stay equal to the ledger."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select, text

from muniadmin.access.commands import Approval
from muniadmin.access.permissions import Role
from muniadmin.app import App
from muniadmin.audit.services import OFFICE_CHAIN
from muniadmin.billing.services import credit_bill, lock_bill
from muniadmin.collection.commands import CancelReceipt, CashSessionOpened
from muniadmin.collection.reads import MySession
from muniadmin.indicators.catalogue import CATALOGUE
from muniadmin.indicators.commands import KeepStandings, SetGoal
from muniadmin.indicators.errors import GoalNotPossible, IndicatorUnknown
from muniadmin.indicators.reads import (
    Assessed,
    Collected,
    Dashboard,
    DashboardView,
    FiguresAsSheets,
    FiguresReport,
    Overdue,
    Periods,
)
from muniadmin.indicators.standings import days_between, standing
from muniadmin.indicators.wording import formula_in_words, show_change, show_target, show_value
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import NotAllowed
from muniadmin.kernel.i18n import use_language
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.reads import TrialBalance
from muniadmin.storage.base import ChainHead
from muniadmin.storage.unit_of_work import read_unit, unit_of_work
from muniadmin.verification.commands import Verify
from tests.builders import a_bill, a_taxpayer, an_open_desk, begin_the_day, due, everything, money, pay
from tests.towns import PASSWORD, user_name

ActorOf = Callable[[Role], Actor]


def at(clock: FixedClock, year: int, month: int, day: int, hour: int = 10) -> None:
    clock.instant = datetime(year, month, day, hour, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def built(app: App, clock: FixedClock, actor: ActorOf) -> App:
    """Two years at one desk.

    2025: 1 000 and 600 assessed in January; 1 000 paid in May (cash), nothing of the 600.
    2026: 1 200 and 800 assessed in January; 700 of the 1 200 paid in March (mobile), the rest in May (cash);
    the 600 of 2025 paid in June by transfer with its penalty; a receipt of 800 taken and cancelled in July.
    """
    clerk = actor(Role.CLERK)
    amina, driss = a_taxpayer(app), a_taxpayer(app, "Driss Alaoui")
    at(clock, 2025, 1, 15)
    first = a_bill(app, "1000", due_on=date(2025, 5, 31), taxpayer_id=amina)
    second = a_bill(app, "600", head="TH", due_on=date(2025, 5, 31), taxpayer_id=driss)
    at(clock, 2025, 5, 20)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, first)
    at(clock, 2026, 1, 15)
    third = a_bill(app, "1200", due_on=date(2026, 5, 31), taxpayer_id=amina)
    fourth = a_bill(app, "800", head="TH", due_on=date(2026, 5, 31), taxpayer_id=driss)
    at(clock, 2026, 3, 10)
    pay(app, clerk, session, third, amount="700", channel="mobile", reference="MM1")
    at(clock, 2026, 5, 29)
    pay(app, clerk, session, third)
    at(clock, 2026, 6, 10)
    pay(app, clerk, session, second, channel="transfer", reference="V1")
    at(clock, 2026, 7, 1)
    taken = pay(app, clerk, session, fourth)
    app.execute(
        CancelReceipt(
            number=taken.receipt_number,
            reason="Wrong taxpayer",
            approval=Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD),
        ),
        clerk,
    )
    at(clock, 2026, 11, 23)
    return app


def look(app: App, **asked: object) -> DashboardView:
    return app.read(Dashboard(**asked), everything(app))  # type: ignore[arg-type]


def value(view: DashboardView, indicator: str) -> Decimal | None:
    return view.figures[indicator].value


# The 600 of 2025 were due on 31 May 2025 and paid on 10 June 2026: 10 % at once, 5 % for the first month, 0.5 % for
# each of the twelve months or fractions that follow.
PENALTY = money("126")


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
        assert value(look(built), "arrears") == money("800").minor, "the cancelled receipt is owed again"
        view = look(built, period="2025")
        assert value(view, "arrears") == money("600").minor
        for on, left in (
            (date(2025, 5, 31), "0"),
            (date(2025, 6, 1), "600"),
            (date(2026, 5, 31), "600"),
            (date(2026, 6, 1), "1400"),
            (date(2026, 6, 9), "1400"),
            (date(2026, 6, 10), "800"),
        ):
            page = built.read(Overdue(on=on), everything(built))
            assert page.total == money(left), on

    def test_what_is_paid_on_time(self, built: App) -> None:
        assert value(look(built), "on_time") == Decimal(1200) / 2000
        assert value(look(built, period="2025"), "on_time") == Decimal(1000) / 1600

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
        view = look(built, period="2026-T2")
        assert view.collected == money("1100") + PENALTY
        assert view.figures["collected"].before == money("1000").minor
        assert value(view, "collection_rate") == Decimal(192_600) / Decimal(200_000), "over twelve months"

    def test_any_baseline(self, built: App) -> None:
        """As Kampala counts: from a year long gone to another."""
        view = look(built, period="2026", compare="2025")
        assert show_change(view.figures["collected"], "2025") == "+92.6% on 2025"

    def test_a_zone(self, built: App) -> None:
        assert look(built, zone="agdal").collected == Money(0)
        assert value(look(built, zone="agdal"), "arrears") == 0

    def test_whoever_may_not_see_indicators_sees_none(self, built: App, actor: ActorOf) -> None:
        with pytest.raises(NotAllowed):
            built.read(Dashboard(), actor(Role.CLERK))
        with pytest.raises(NotAllowed):
            built.read(Collected(since=date(2026, 1, 1), until=date(2026, 12, 31)), actor(Role.REGISTRAR))

    def test_an_unknown_indicator_is_refused(self, built: App) -> None:
        with pytest.raises(IndicatorUnknown):
            look(built, figures=("happiness",))


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
        page = built.read(Collected(since=date(2026, 6, 1), until=date(2026, 6, 30)), everything(built))
        row = page.rows[0]
        assert (row.payer, row.head_code, row.amount) == ("Driss Alaoui", "TH", money("600") + PENALTY)
        assert row.receipt_number.startswith("1-2026-")

    def test_show_a_cancellation_made_on_another_day(self, built: App) -> None:
        """Taken one day and taken back another: each day has its own row, both together are nothing."""
        july = built.read(Collected(since=date(2026, 7, 1), until=date(2026, 7, 31)), everything(built))
        assert (july.count, july.total) == (0, Money(0))

    def test_come_a_page_at_a_time(self, built: App) -> None:
        asked = {"since": date(2025, 1, 1), "until": date(2026, 12, 31)}
        everything_at_once = built.read(Collected(**asked), everything(built)).rows  # type: ignore[arg-type]
        one_by_one = [
            built.read(Collected(**asked, offset=place, limit=1), everything(built)).rows[0]  # type: ignore[arg-type]
            for place in range(len(everything_at_once))
        ]
        assert tuple(one_by_one) == everything_at_once


class TestKeptDays:
    def test_keeping_changes_no_figure(self, built: App) -> None:
        begin_the_day(built)
        before = look(built)
        assert before.days_to_keep > 600
        kept = built.execute(KeepStandings(), everything(built)).outcome
        assert kept.days == before.days_to_keep
        after = look(built)
        assert after.days_to_keep == 0
        assert (after.heads, after.months) == (before.heads, before.months)
        for indicator in ("assessed", "collection_rate"):
            assert after.figures[indicator].run == before.figures[indicator].run
        for indicator, figure in before.figures.items():
            assert (after.figures[indicator].value, after.figures[indicator].before) == (
                figure.value,
                figure.before,
            )
        assert built.execute(KeepStandings(), everything(built)).outcome.days == 0

    def test_each_kept_day_is_what_the_bills_say(self, built: App) -> None:
        with read_unit(
            built.database,
            actor=everything(built),
            now=built.clock.now(),
            municipality=built.municipality,
        ) as unit:
            kept = days_between(unit, date(2025, 1, 14), date(2026, 11, 22))
            for day in (
                date(2025, 6, 1),
                date(2026, 5, 31),
                date(2026, 6, 1),
                date(2026, 6, 10),
                date(2026, 7, 1),
            ):
                added_up = standing(unit, day)
                for one in kept:
                    if one.day == day:
                        expected = added_up.get(one.head_code)
                        assert one.overdue == (expected.overdue if expected else 0), (day, one)
                        assert one.overdue_old == (expected.old if expected else 0), (day, one)

    def test_what_comes_later_is_added(self, built: App, clock: FixedClock) -> None:
        begin_the_day(built)
        built.execute(KeepStandings(), everything(built))
        assessed = value(look(built), "assessed")
        assert assessed is not None
        clock.instant += timedelta(days=10)
        bill = a_bill(built, "50", due_on=date(2026, 12, 4))
        clock.instant += timedelta(days=3)
        begin_the_day(built)
        assert built.execute(KeepStandings(), everything(built)).outcome.days == 13
        view = look(built)
        assert value(view, "arrears") == (money("800") + money("50")).minor
        assert value(view, "assessed") == assessed + money("50").minor
        assert bill.total == money("50")
        assert view.days_to_keep == 0

    def test_what_was_ordered_just_before_midnight_is_kept_with_its_day(
        self, built: App, clock: FixedClock
    ) -> None:
        """The day goes on for an hour in the books, for an order may be under way."""
        a_quarter_past_midnight = datetime(2026, 11, 23, 23, 15, tzinfo=UTC)
        clock.instant = a_quarter_past_midnight
        begin_the_day(built)
        built.execute(KeepStandings(), everything(built))
        assessed = value(look(built), "assessed")
        assert assessed is not None
        assert look(built).days_to_keep == 0
        clock.instant = a_quarter_past_midnight - timedelta(minutes=16)
        a_bill(built, "50", due_on=date(2026, 12, 4))
        clock.instant = a_quarter_past_midnight + timedelta(hours=1)
        assert look(built).days_to_keep == 1
        built.execute(KeepStandings(), everything(built))
        assert value(look(built), "assessed") == assessed + money("50").minor

    @pytest.mark.parametrize("database_kind", ["postgresql"])
    def test_two_stations_that_keep_the_days_at_once_are_both_content(self, built: App) -> None:
        begin_the_day(built)
        with built.database.connect_to_write() as connection, ThreadPoolExecutor(2) as stations:
            connection.execute(select(ChainHead).where(ChainHead.chain == OFFICE_CHAIN).with_for_update())
            kept = [stations.submit(built.execute, KeepStandings(), everything(built)) for _ in range(2)]
            # Both have added up the days, and wait for their line in the audit log.
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
            days = sorted(one.result(10).outcome.days for one in kept)
        assert days[0] == 0
        assert days[1] > 600
        assert look(built).days_to_keep == 0

    def test_a_look_under_a_clock_that_is_years_ahead_ends_no_day(
        self, built: App, clock: FixedClock
    ) -> None:
        today = clock.instant
        clock.instant += timedelta(days=700)
        built.execute(KeepStandings(), everything(built))
        clock.instant = today
        before = look(built)
        a_bill(built, "50", due_on=date(2026, 12, 4))
        clock.instant += timedelta(days=20)
        begin_the_day(built)
        built.execute(KeepStandings(), everything(built))
        after = look(built)
        for indicator in ("assessed", "arrears"):
            assert value(after, indicator) == (value(before, indicator) or 0) + money("50").minor
        assert built.execute(Verify(), everything(built)).outcome.findings == ()


class TestGoals:
    def test_are_shown_beside_the_figure(self, built: App, actor: ActorOf) -> None:
        manager = actor(Role.MANAGER)
        built.execute(SetGoal(indicator="collection_rate", period="2026", target=Decimal("0.8")), manager)
        built.execute(SetGoal(indicator="collected", period="2026", target=Decimal(300_000)), manager)
        view = look(built)
        assert show_target(view.figures["collection_rate"], built.municipality.currency) == "target 80%"
        assert plain(show_target(view.figures["collected"], built.municipality.currency)) == "target 3,000"
        assert look(built, period="2025").figures["collection_rate"].target is None

    def test_can_be_taken_away(self, built: App, actor: ActorOf) -> None:
        manager = actor(Role.MANAGER)
        built.execute(SetGoal(indicator="collected", period="2026", target=Decimal(5)), manager)
        built.execute(SetGoal(indicator="collected", period="2026"), manager)
        assert look(built).figures["collected"].target is None

    @pytest.mark.parametrize(("indicator", "target"), [("collection_rate", "80"), ("collected", "-1")])
    def test_must_be_possible(self, built: App, actor: ActorOf, indicator: str, target: str) -> None:
        with pytest.raises(GoalNotPossible):
            built.execute(
                SetGoal(indicator=indicator, period="2026", target=Decimal(target)), actor(Role.MANAGER)
            )

    def test_are_set_by_whoever_may(self, built: App, actor: ActorOf) -> None:
        with pytest.raises(NotAllowed):
            built.execute(
                SetGoal(indicator="collected", period="2026", target=Decimal(1)), actor(Role.REVENUE_OFFICER)
            )


class TestFiles:
    def test_a_workbook_of_plain_numbers(self, built: App) -> None:
        file = built.read(FiguresAsSheets(), everything(built))
        assert file.name == "indicators-2026.xlsx"
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
        for part in ("Indicators", "Fiscal year 2026", "1,926", "96.3%", "Housing tax", "01/01/2026"):
            assert part in text, part

    def test_the_pickers_offer_what_there_is(self, built: App) -> None:
        offered = built.read(Periods(), everything(built))
        assert offered.periods[:2] == ("2026", "2025")
        assert "medina" in dict(offered.zones)


class TestWords:
    def test_every_indicator_says_how_it_is_made(self, built: App) -> None:
        span = look(built).period
        for indicator in CATALOGUE:
            made = formula_in_words(indicator, span)
            assert "23/11/2026" in made, indicator
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
        app.execute(KeepStandings(), who)
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
            reference="" if channel == "cash" else "R1",
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
            held = lock_bill(uow, bills[1].bill_id)
            assert held is not None
            if held.state.settled < held.state.total:
                credit_bill(uow, held)

    view = look(app)
    accounts = {one.code: one for one in app.read(TrialBalance(), who)}
    for line in view.heads:
        receivable, revenue = accounts[f"receivable:{line.code}"], accounts[f"revenue:{line.code}"]
        penalty = accounts.get(f"penalty:{line.code}")
        assert line.assessed == -revenue.balance
        penalties = -penalty.balance.minor if penalty is not None else 0
        principal = -revenue.balance.minor - receivable.balance.minor
        assert line.collected.minor == principal + penalties
    overdue = app.read(Overdue(on=view.period.until), who)
    assert value(view, "arrears") == overdue.total.minor
    rows = app.read(Collected(since=view.period.since, until=view.period.until), who)
    assert rows.total == view.collected
