"""Makes a demonstration town: sets it up, fills the register, and lets three fiscal years pass."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_UP, Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select

from muniadmin.access.permissions import Role
from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll
from muniadmin.assessment.rules import periods_of_year
from muniadmin.billing.models import Bill, RevenueHead
from muniadmin.bootstrap import create_municipality, open_app, system_actor
from muniadmin.demonstration.counter import Cashier, CounterBook, Office
from muniadmin.demonstration.habits import Debt, Diary, Visit, plan_visits
from muniadmin.demonstration.people import Inhabitant, inhabitants
from muniadmin.demonstration.recipe import Recipe, load_recipe
from muniadmin.demonstration.registering import register, registered_before
from muniadmin.demonstration.staff import hire
from muniadmin.documents.keys import signing_key
from muniadmin.indicators.commands import KeepStandings, SetGoal
from muniadmin.indicators.reads import Dashboard
from muniadmin.kernel.clock import FixedClock, SystemClock
from muniadmin.kernel.dates import Period
from muniadmin.kernel.requests import Actor, Progress, no_progress
from muniadmin.settings.profile import Profile, RevenueHeadSpec, load_profile
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work

YEARS = 3
"""Fiscal years the town has a past of, the current one included."""

_VISITS_AT_ONCE = 4_000
_PEOPLE_AT_ONCE = 10_000


def create_demonstration(
    url: str,
    profile_code: str,
    taxpayers: int = 2_000,
    seed: int = 1,
    progress: Progress = no_progress,
    *,
    today: date | None = None,
) -> None:
    """Makes a town in the empty database at ``url``; its past ends on the eve of ``today``.

    A local database appears in its place only when the town is complete. ``progress`` is told taxpayers.
    Raises AlreadySetUp, ProfileUnknown, Cancelled.
    """
    profile = load_profile(profile_code)
    day = today or profile.calendar.business_date(SystemClock().now())
    with _appearing_whole(url) as building, _without_collecting():
        _Builder(building, profile, load_recipe(profile_code), taxpayers, Random(seed), day, progress).build()  # noqa: S311 - a town, no secret


@contextmanager
def _appearing_whole(url: str) -> Iterator[str]:
    """The address to build at: for a new local file one beside it, which takes its place at the end."""
    parsed = make_url(url)
    place = Path(parsed.database or "")
    if parsed.get_backend_name() != "sqlite" or place.exists():
        yield url
        return
    beside = place.with_name(f"{place.name}.new")
    _remove(beside)
    try:
        yield parsed.set(database=str(beside)).render_as_string(hide_password=False)
        beside.replace(place)
    finally:
        _remove(beside)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A town is a million small records without cycles: looking for cycles in them again and again is idle work."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _remove(database: Path) -> None:
    for path in (
        database,
        *(database.with_name(database.name + end) for end in ("-wal", "-shm", "-journal")),
    ):
        path.unlink(missing_ok=True)


def _hurry(app: App) -> None:
    """A local file that is thrown away when the work is interrupted need not wait for the disk at each step."""
    if app.database.kind == "sqlite":
        connection = app.database.writers.raw_connection()
        connection.cursor().execute("PRAGMA synchronous=OFF")
        connection.close()


@dataclass
class _Stage:
    """A part of the work, and its share of the whole from where to where."""

    progress: Progress
    taxpayers: int
    start: float
    end: float

    def __call__(self, done: int, total: int) -> None:
        share = self.start + (self.end - self.start) * done / max(total, 1)
        self.progress(round(share * self.taxpayers), self.taxpayers)


class _Builder:
    """Builds one town, in the order in which it would have happened."""

    def __init__(
        self,
        url: str,
        profile: Profile,
        recipe: Recipe,
        taxpayers: int,
        rng: Random,
        today: date,
        progress: Progress,
    ) -> None:
        self.url, self.profile, self.recipe, self.rng = url, profile, recipe, rng
        self.taxpayers, self.progress = taxpayers, progress
        calendar = profile.calendar
        this_year = calendar.year_of(today)
        self.years: Sequence[Period] = [calendar.year(this_year - back) for back in range(YEARS - 1, -1, -1)]
        self.last_day = today - timedelta(days=1)
        self.diary = Diary(recipe.habits, calendar, this_year - YEARS + 1, self.last_day)
        self.clock = FixedClock(self._at(self.years[0].start - timedelta(days=1), 9))
        self.staff: dict[Role, list[Actor]] = {}

    def build(self) -> None:
        """The whole story."""
        self.progress(0, self.taxpayers)
        create_municipality(self.url, self.profile, administrator=None, demonstration=True, clock=self.clock)
        app = open_app(self.url, clock=self.clock)
        _hurry(app)
        try:
            with self._unit(app, system_actor("setup")) as uow:
                self.staff = hire(uow, self.recipe.people, self._desks, self.rng)
            self._years_pass(app, _Stage(self.progress, self.taxpayers, 0.03, 0.4))
            self._people_pay(app, _Stage(self.progress, self.taxpayers, 0.4, 0.98))
            self._settle_down(app)
        finally:
            app.close()
        self.progress(self.taxpayers, self.taxpayers)

    # --- register and rolls -----------------------------------------------------------------------------------

    def _years_pass(self, app: App, stage: _Stage) -> None:
        """People register, and rolls are issued, in the order of their days."""
        people = list(
            inhabitants(self.recipe, self.profile, self.rng, self.taxpayers, self.years, self.last_day)
        )
        everybody = len(people)
        rolls = self._rolls()
        for place, (day, head, period) in enumerate(rolls):
            self._register(app, registered_before(people, day))
            self.clock.instant = self._at(day, 9)
            app.execute(
                IssueRoll(head_code=head.code, period=period.name), self.staff[Role.REVENUE_OFFICER][0]
            )
            stage(everybody - len(people) + everybody * place // len(rolls), 2 * everybody)
        self._register(app, people)

    def _register(self, app: App, people: Sequence[Inhabitant]) -> None:
        for start in range(0, len(people), _PEOPLE_AT_ONCE):
            some = people[start : start + _PEOPLE_AT_ONCE]
            self.clock.instant = self._at(
                max(some[-1].registered_on, self.years[0].start - timedelta(days=1)), 17
            )
            with self._unit(app, self.staff[Role.REVENUE_OFFICER][0]) as uow:
                register(uow, some, self.profile, self.rng)

    def _rolls(self) -> list[tuple[date, RevenueHeadSpec, Period]]:
        """Every roll that was issued before today: the day, the head and the period."""
        rolls = []
        for place, head in enumerate(self.profile.heads):
            limit = self.recipe.habits.only_in_towns_up_to.get(head.code, self.taxpayers)
            if head.object_kind is None or not head.tariffs or self.taxpayers > limit:
                continue
            kind = self.profile.object_kind(head.object_kind)
            declared = any(attribute.declared for attribute in kind.attributes)
            for year in self.years:
                for period in periods_of_year(head.periodicity, self.profile.calendar, year.start.year):
                    wait = 4 + place if head.periodicity == "yearly" else 3
                    # What is declared for a period can be assessed when the period is over.
                    late = declared and head.periodicity != "yearly"
                    day = self.diary.open_day((period.end if late else period.start) + timedelta(days=wait))
                    if day <= self.last_day:
                        rolls.append((day, head, period))
        return sorted(rolls, key=lambda roll: (roll[0], roll[1].code))

    # --- the counter ------------------------------------------------------------------------------------------

    def _people_pay(self, app: App, stage: _Stage) -> None:
        """Whoever pays comes to the counter, day after day."""
        with self._unit(app, system_actor("setup")) as uow:
            visits = plan_visits(_debts(uow), self.diary, self.rng)
            office = Office(
                self.profile,
                self.diary,
                signing_key(uow),
                [
                    Cashier(desk.number, clerk)
                    for desk, clerk in zip(self.profile.desks, self.staff[Role.CLERK], strict=False)
                ],
                self.rng,
            )
        total = sum(len(some) for some in visits.values())
        done = 0
        for days in _in_batches(visits):
            with self._unit(app, system_actor("setup")) as uow:
                book = CounterBook(uow, office)
                book.fetch([visit for day in days for visit in visits[day]])
                for day in days:
                    book.day(day, visits[day])
                book.write()
            done += sum(len(visits[day]) for day in days)
            stage(done, total)

    def _settle_down(self, app: App) -> None:
        """Sets what is aimed at this year, keeps where the heads stood on the days gone by, and lets the engine learn
        how its tables are filled, so that it finds its way from the first question on."""
        self.clock.instant = self._at(self.last_day + timedelta(days=1), 7)
        manager = self.staff[Role.MANAGER][0]
        for indicator, target in self._goals(app, manager):
            app.execute(SetGoal(indicator=indicator, period=self.years[-1].name, target=target), manager)
        app.execute(KeepStandings(), manager)
        with app.database.connect_to_write() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    def _goals(self, app: App, manager: Actor) -> Iterator[tuple[str, Decimal]]:
        """What the council aims at this year: a tenth more than last year came in, and round shares."""
        last_year = app.read(Dashboard(period=self.years[-2].name, figures=("collected",)), manager)
        unit = self.profile.currency.unit
        collected = (last_year.figures["collected"].value or Decimal(0)) * Decimal("1.1")
        digits = 10 ** max(len(str(int(collected / unit))) - 2, 0)
        yield "collected", (collected / unit / digits).to_integral_value(ROUND_UP) * digits * unit
        yield "collection_rate", Decimal("0.95")
        yield "mobile_share", Decimal("0.15")
        yield "delay_median", Decimal(60)
        yield "requests_on_time", Decimal("0.95")

    # --- small things -----------------------------------------------------------------------------------------

    @property
    def _desks(self) -> int:
        """How many desks are served: one, and another for each four thousand taxpayers."""
        return min(len(self.profile.desks), 2 + self.taxpayers // 4000)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=ZoneInfo(self.profile.calendar.zone)).astimezone(
            ZoneInfo("UTC")
        )

    def _unit(self, app: App, actor: Actor) -> AbstractContextManager[UnitOfWork]:
        return unit_of_work(app.database, actor=actor, now=self.clock.now(), municipality=app.municipality)


def _debts(uow: UnitOfWork) -> Iterator[Debt]:
    """Every bill, taxpayer by taxpayer, by due date."""
    rows = uow.connection.execution_options(yield_per=10_000).execute(
        select(Bill.id, Bill.taxpayer_id, RevenueHead.kind, Bill.issued_on, Bill.due_on, Bill.total)
        .join(RevenueHead, RevenueHead.code == Bill.head_code)
        .order_by(Bill.taxpayer_id, Bill.due_on, Bill.id)
    )
    for row in rows:
        yield Debt(row.id, row.taxpayer_id, row.kind, row.issued_on, row.due_on, row.total.minor)


def _in_batches(visits: dict[date, list[Visit]]) -> Iterator[list[date]]:
    """Days in their order, some thousand visits at a time."""
    batch: list[date] = []
    count = 0
    for day, some in visits.items():
        batch.append(day)
        count += len(some)
        if count >= _VISITS_AT_ONCE:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch
