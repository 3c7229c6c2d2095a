"""A generated town: believable, sound in every check of ``verify``, and the same for the same seed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from muniadmin.access.commands import SignIn
from muniadmin.access.reads import DemonstrationUsers
from muniadmin.app import App
from muniadmin.billing.models import (
    Account,
    AccountNow,
    Bill,
    BillNow,
    Charge,
    ChargeNow,
    Credit,
    CreditMove,
    DayCollection,
    Decision,
    Settlement,
    Suspension,
    SuspensionEnd,
    Tender,
    Term,
)
from muniadmin.bootstrap import AlreadySetUp, open_app, system_actor
from muniadmin.civil_status.models import Act, ExtractRequest
from muniadmin.collection.models import CashSession, Payment, Receipt, TenderReturn
from muniadmin.demonstration.recipe import load_recipe
from muniadmin.demonstration.town import create_demonstration
from muniadmin.fines.models import Fine
from muniadmin.indicators.reads import Dashboard
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import Cancelled
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.settings.services import profile_of
from muniadmin.storage.unit_of_work import ReadUnit, read_unit
from muniadmin.taxpayers.models import Identifier, TaxableObject, Taxpayer
from muniadmin.taxpayers.reads import SearchTaxpayers
from muniadmin.taxpayers.rules import canonical_identifier, canonical_phone, checked_attributes
from muniadmin.verification.commands import Verify
from tests import postgresql

TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
TAXPAYERS = 80


@pytest.fixture(
    scope="module",
    params=[
        "fes",
        pytest.param("kampala", marks=pytest.mark.slow),
        pytest.param("cartago", marks=pytest.mark.slow),
    ],
)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A small town of each profile, in a local file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('town') / 'town.db'}"
    create_demonstration(url, request.param, TAXPAYERS, seed=1, today=TODAY)
    app = open_app(url, clock=FixedClock(MORNING))
    yield app
    app.close()


def reading(app: App) -> AbstractContextManager[ReadUnit]:
    """A look into the town's database."""
    return read_unit(app.database, actor=system_actor("test"), now=MORNING, municipality=app.municipality)


def ensure_sound(app: App) -> None:
    report = app.execute(Verify(), system_actor("test")).outcome
    assert [finding.sentence() for finding in report.findings] == []
    looked_at = {one.check: one.rows for one in report.checked}
    for check in ("chains", "entries", "receipts", "payments", "bills", "sessions", "day_totals", "acts"):
        assert looked_at[check] > 10, check


class TestEveryTown:
    def test_is_sound_in_every_check(self, town: App) -> None:
        ensure_sound(town)

    def test_has_as_many_taxpayers_as_asked_for(self, town: App) -> None:
        with reading(town) as unit:
            assert unit.session.scalar(select(func.count()).select_from(Taxpayer)) == TAXPAYERS

    def test_keeps_what_a_clerk_could_have_typed(self, town: App) -> None:
        with reading(town) as unit:
            profile = profile_of(unit)
            kinds = {kind.code: kind for kind in profile.identifier_kinds}
            for one in unit.session.scalars(select(Identifier)):
                assert canonical_identifier(kinds[one.kind], one.value) == one.value
            for taxpayer in unit.session.scalars(select(Taxpayer)):
                assert (
                    not taxpayer.phone
                    or canonical_phone(taxpayer.phone, profile.phone_country) == taxpayer.phone
                )
                assert taxpayer.zone in {zone.code for zone in profile.zones}
                assert bool(taxpayer.name_arabic) == ("arabic" in profile.scripts)
            for held in unit.session.scalars(select(TaxableObject)):
                assert checked_attributes(profile.object_kind(held.kind), held.attributes) == held.attributes

    def test_has_three_fiscal_years_behind_it(self, town: App) -> None:
        calendar = town.municipality.calendar
        this_year = calendar.year_of(TODAY)
        with reading(town) as unit:
            days = unit.session.scalars(select(DayCollection.day).distinct()).all()
            periods = set(unit.session.scalars(select(Bill.period).distinct()))
        assert {calendar.year_of(day) for day in days} == {this_year - 2, this_year - 1, this_year}
        assert {calendar.year(this_year - back).name for back in range(3)} <= periods
        assert max(days) < TODAY

    def test_takes_no_payment_while_the_counter_is_closed(self, town: App) -> None:
        closed = load_recipe(town.municipality.profile).habits.closed_days
        with reading(town) as unit:
            for payment in unit.session.scalars(select(Payment)):
                assert payment.booked_on.isoweekday() not in closed
            for session in unit.session.scalars(select(CashSession)):
                assert session.closed_at is not None
                assert session.opened_at < session.closed_at

    def test_pays_more_by_phone_each_year(self, town: App) -> None:
        calendar = town.municipality.calendar
        years = [calendar.year(calendar.year_of(TODAY) - back).name for back in (2, 0)]
        shares = [
            town.read(Dashboard(period=year, figures=("mobile_share",)), system_actor("test"))
            .figures["mobile_share"]
            .value
            for year in years
        ]
        first, last = shares
        assert first is not None
        assert last is not None
        assert first < last

    def test_has_late_payers_with_penalties_and_people_who_still_owe(self, town: App) -> None:
        with reading(town) as unit:
            penalties = unit.session.scalar(select(func.sum(DayCollection.penalty)))
            overdue = unit.session.scalar(
                select(func.count())
                .select_from(BillNow)
                .where(BillNow.settled < BillNow.amount, BillNow.due_on < TODAY)
            )
        assert penalties
        assert overdue

    def test_books_every_day_in_its_order(self, town: App) -> None:
        with reading(town) as unit:
            for point in unit.session.scalars(select(Payment.point).distinct()):
                days = unit.session.scalars(
                    select(Payment.booked_on).where(Payment.point == point).order_by(Payment.id)
                ).all()
                assert days == sorted(days)

    def test_has_fines_acts_and_requests(self, town: App) -> None:
        with reading(town) as unit:
            fines = unit.session.scalars(select(Fine)).all()
            acts = unit.session.scalars(select(Act)).all()
            states = set(unit.session.scalars(select(ExtractRequest.state)))
        assert len({fine.plate for fine in fines}) < len(fines), "somebody was fined twice"
        assert all(act.signed_at is not None for act in acts)
        assert "delivered" in states

    def test_lets_everybody_sign_in_with_the_password_it_shows(self, town: App) -> None:
        offered = town.read(DemonstrationUsers(), system_actor("login"))
        assert {user.role for user in offered} == set(Role)
        assert len({user.password for user in offered}) == len(offered)
        for user in (offered[0], offered[-1]):
            signed_in = town.execute(
                SignIn(user_name=user.user_name, password=user.password, workstation="pc"),
                system_actor("login"),
            ).outcome
            assert signed_in.actor.name == user.name

    def test_is_found_by_the_search_box(self, town: App) -> None:
        with reading(town) as unit:
            somebody = unit.session.scalars(select(Taxpayer).order_by(Taxpayer.id)).first()
        assert somebody is not None
        found = town.read(SearchTaxpayers(text=somebody.number), system_actor("test"))
        assert [row.number for row in found] == [somebody.number]


class TestWhatBecomesOfDebts:
    """Each of these can be shown in any generated town, the smallest included."""

    def test_instalments_of_which_some_are_paid(self, town: App) -> None:
        paid_in_part = (
            select(ChargeNow.bill_id)
            .where(ChargeNow.kind == "principal")
            .group_by(ChargeNow.bill_id)
            .having(func.count() > 1, func.count(ChargeNow.closed_on).between(1, func.count() - 1))
        )
        assert count_of(town, paid_in_part)

    def test_payments_in_several_means(self, town: App) -> None:
        assert count_of(town, select(Tender.payment_id).group_by(Tender.payment_id).having(func.count() > 1))

    def test_receipts_for_several_people(self, town: App) -> None:
        several = (
            select(Settlement.payment_id)
            .join(Charge, Charge.id == Settlement.charge_id)
            .where(Settlement.payment_id.is_not(None))
            .group_by(Settlement.payment_id)
            .having(func.count(Charge.account_id.distinct()) > 1)
        )
        assert count_of(town, several)

    def test_credits_left_and_credits_used(self, town: App) -> None:
        assert count_of(town, select(AccountNow.account_id).where(AccountNow.credit > Money(0)))
        assert count_of(town, select(CreditMove.id).where(CreditMove.kind == "used"))
        assert count_of(town, select(Credit.id).where(Credit.kept_for != ""))

    def test_cheques_that_came_back_and_are_owed_again(self, town: App) -> None:
        returned = select(TenderReturn.tender_id)
        assert count_of(town, returned)
        assert count_of(
            town,
            select(Settlement.id).where(Settlement.tender_id.in_(returned), Settlement.amount < Money(0)),
        )
        assert count_of(town, select(Charge.id).where(Charge.kind == "cost"))

    def test_stubs_entered_days_after_they_were_written(self, town: App) -> None:
        late = select(Receipt.payment_id).join(Payment, Payment.id == Receipt.payment_id)
        assert count_of(
            town, late.where(Receipt.series.startswith("stub:"), Payment.value_on < Payment.booked_on)
        )

    @pytest.mark.parametrize("kind", ["waiver", "credit_note", "write_off"])
    def test_decisions_that_settle_without_money(self, town: App, kind: str) -> None:
        settled = select(Settlement.id).join(Decision, Decision.id == Settlement.decision_id)
        assert count_of(
            town, settled.where(Decision.kind == kind, Decision.number != "", Decision.reason != "")
        )

    def test_debts_that_rested_and_debts_that_rest(self, town: App) -> None:
        assert count_of(town, select(SuspensionEnd.suspension_id))
        ended = select(SuspensionEnd.suspension_id)
        assert count_of(town, select(Suspension.id).where(Suspension.id.not_in(ended)))

    def test_postponements(self, town: App) -> None:
        later = select(Term.id).join(Charge, Charge.id == Term.charge_id).where(Term.due_on > Charge.due_on)
        assert count_of(town, later)

    def test_debts_taken_over_with_their_old_numbers_and_penalties(self, town: App) -> None:
        taken_over = select(Bill.id).where(Bill.kind == "opening", Bill.old_number != "")
        assert count_of(town, taken_over)
        assert count_of(
            town, select(Charge.id).where(Charge.bill_id.in_(taken_over), Charge.kind == "penalty")
        )

    def test_everybody_who_owes_has_an_account(self, town: App) -> None:
        assert count_of(town, select(Account.id).where(Account.kind == "plate"))
        assert count_of(town, select(Account.id).where(Account.kind == "passer_by"))


def count_of(town: App, wanted: Any) -> int:
    """How many rows there are."""
    with reading(town) as unit:
        return int(unit.connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_town(tmp_path: Path) -> None:
    facts = [_facts_of(tmp_path / f"{number}.db", seed) for number, seed in enumerate((3, 3, 4))]
    assert facts[0] == facts[1]
    assert facts[0] != facts[2]


def _facts_of(path: Path, seed: int) -> list[list[tuple[object, ...]]]:
    create_demonstration(f"sqlite:///{path}", "fes", 25, seed=seed, today=TODAY)
    app = open_app(f"sqlite:///{path}", clock=FixedClock(MORNING))
    with reading(app) as unit:
        facts = [
            [tuple(row) for row in unit.connection.execute(wanted)]
            for wanted in (
                select(Taxpayer.number, Taxpayer.name, Taxpayer.phone, Taxpayer.registered_at),
                select(Bill.number, BillNow.amount, BillNow.settled).join(
                    BillNow, BillNow.bill_id == Bill.id
                ),
                select(Payment.request_id, Payment.amount, Payment.taken_at, Payment.value_on),
                select(Tender.channel, Tender.amount, Tender.reference),
                select(Decision.kind, Decision.booked_on, Decision.reason),
                select(Fine.number, Fine.plate, Fine.committed_at),
                select(ExtractRequest.number, ExtractRequest.requester, ExtractRequest.ready_at),
            )
        ]
    app.close()
    return facts


@pytest.mark.slow
@pytest.mark.usefixtures("_postgresql_originals")
def test_a_town_on_postgresql_is_as_sound() -> None:
    url = postgresql.create_database()
    try:
        create_demonstration(url, "fes", 40, seed=5, today=TODAY)
        app = open_app(url, clock=FixedClock(MORNING))
        ensure_sound(app)
        app.close()
    finally:
        postgresql.drop_database(url)


@pytest.mark.slow
def test_a_town_that_is_stopped_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done > total // 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        create_demonstration(f"sqlite:///{tmp_path / 'town.db'}", "fes", 30, progress=stop, today=TODAY)
    assert list(tmp_path.iterdir()) == []


def test_a_municipality_is_never_overwritten(town_url: str) -> None:
    with pytest.raises(AlreadySetUp):
        create_demonstration(town_url, "fes", 10, today=TODAY)


@pytest.mark.slow
@pytest.mark.parametrize(("profile", "taxpayers"), [("fes", 1), ("kampala", 2), ("cartago", 1)])
def test_the_smallest_town_there_can_be_is_sound(tmp_path: Path, profile: str, taxpayers: int) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    create_demonstration(url, profile, taxpayers, today=TODAY)
    app = open_app(url)
    report = app.execute(Verify(), system_actor("test")).outcome
    assert [finding.sentence() for finding in report.findings] == []
    app.close()


@pytest.mark.slow
def test_progress_is_told_in_taxpayers_and_never_goes_back(tmp_path: Path) -> None:
    told: list[int] = []

    def note(done: int, total: int) -> None:
        assert total == 20
        told.append(done)

    create_demonstration(f"sqlite:///{tmp_path / 'town.db'}", "fes", 20, progress=note, today=TODAY)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 20)
