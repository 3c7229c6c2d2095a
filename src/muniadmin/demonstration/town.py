"""Makes a demonstration town: sets it up, fills the register, and lets three fiscal years pass."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_UP, Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select

from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll
from muniadmin.assessment.rules import periods_of_year
from muniadmin.billing.models import Charge, RevenueHead
from muniadmin.bootstrap import create_municipality, open_app, system_actor
from muniadmin.demonstration.births import Registry
from muniadmin.demonstration.counter import Cashier, Counter
from muniadmin.demonstration.deciding import RevenueOffice
from muniadmin.demonstration.fining import Street
from muniadmin.demonstration.forms import Forms
from muniadmin.demonstration.habits import Debt, Diary, Planner
from muniadmin.demonstration.people import Inhabitant, inhabitants
from muniadmin.demonstration.recipe import Recipe, load_recipe
from muniadmin.demonstration.registering import register, registered_before
from muniadmin.demonstration.staff import acting, hire
from muniadmin.indicators.commands import KeepMonths, SetGoal
from muniadmin.indicators.reads import Dashboard
from muniadmin.kernel.clock import FixedClock, SystemClock
from muniadmin.kernel.dates import Period
from muniadmin.kernel.errors import DatabaseUnreachable
from muniadmin.kernel.paths import is_there
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor, Progress, no_progress
from muniadmin.ledger.services import ensure_day_open
from muniadmin.settings.profile import Profile, RevenueHeadSpec, load_profile
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work

YEARS = 3
"""Fiscal years the town has a past of, the current one included."""

_PEOPLE_AT_ONCE = 5_000


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
    if parsed.get_backend_name() != "sqlite" or is_there(place):
        yield url
        return
    beside = place.with_name(f"{place.name}.new")
    try:
        _remove(beside)
    except OSError as error:
        raise DatabaseUnreachable(reason=error.strerror or str(error)) from error
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

    def __call__(self, done: float, total: int) -> None:
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
            forms = Forms(self.rng)
            people = self._settlers(app, forms)
            self._days_pass(app, forms, people)
            self._settle_down(app)
        finally:
            app.close()
        self.progress(self.taxpayers, self.taxpayers)

    def _settlers(self, app: App, forms: Forms) -> list[Inhabitant]:
        """Thinks up everybody, and registers those who were there before the first day; who comes later."""
        stage = self._stage(0.0, 0.05)
        people: list[Inhabitant] = []
        for person in inhabitants(
            self.recipe, self.profile, forms, self.rng, self.taxpayers, self.years, self.last_day
        ):
            people.append(person)
            if len(people) % _PEOPLE_AT_ONCE == 0:
                stage(len(people), self.taxpayers)
        self._register(app, registered_before(people, self.years[0].start), self._stage(0.05, 0.1))
        return people

    def _days_pass(self, app: App, forms: Forms, people: list[Inhabitant]) -> None:
        """Day after day: people register, rolls are issued, fines brought in, extracts asked for, decisions taken; then
        everybody comes to the counter, and what is ready is handed over."""
        stage = self._stage(0.1, 0.98)
        registrar, supervisor = self.staff[Role.REGISTRAR][0], self.staff[Role.SUPERVISOR][0]
        officer, cashiers = self.staff[Role.REVENUE_OFFICER][0], self._cashiers()
        large = int(self.recipe.habits.large * self.profile.currency.unit)
        registry = Registry(
            self.profile, self.recipe, forms, self.rng, self.diary, registrar, self.staff[Role.CLERK][0]
        )
        street = Street(self.recipe, forms, self.rng)
        planner = Planner(self.diary, self.rng)
        counter = Counter(self.profile, self.diary, planner, cashiers, supervisor, self.rng)
        office = RevenueOffice(self.profile, officer, supervisor, large, self.taxpayers, self.rng)
        with self._unit(app, registrar) as uow:
            office.take_over(uow)
            first = self.years[0].start.year
            acting(uow, registrar, uow.now)
            registry.take_over(uow, range(first - 8, first), max(1, self._acts // 24))
        days = self._days()
        rolls = self._rolls()
        last_charge = 0
        quarter = _quarter(days[0])
        # The officers bring in some days at a time: small towns have few fines.
        fines = self.taxpayers * self.recipe.fines.yearly / 1000 / 365
        unfined: list[date] = []
        for place, day in enumerate(days):
            stage(place, len(days))
            due_rolls = [(head, period) for roll_day, head, period in rolls if roll_day == day]
            if due_rolls or day.day == 1:
                self._register(app, registered_before(people, day))
            self.clock.instant = self._at(day, 9)
            for head, period in due_rolls:
                app.execute(IssueRoll(head_code=head.code, period=period.name), officer)
            self._at_the_registry(app, registry, day)
            if self.diary.open_day(day) == day:
                with self._unit(app, self.staff[Role.FINES_OFFICER][0]) as uow:
                    ensure_day_open(uow)
                    if len(unfined) >= min(16, 8 / fines):
                        street.bring_in(uow, unfined, fines)
                        unfined.clear()
                    if _quarter(day) != quarter:
                        office.decide(uow)
                        quarter = _quarter(day)
                    debts = _debts(uow, last_charge, registry.written_at)
                    last_charge = max([last_charge, *(debt.charge_id for debt in debts)])
                    planner.plan(debts)
                    counter.day(uow, day, planner.take(day))
                    registry.hand_over(uow, day)
            unfined.append(day)
        self._register(app, people)

    def _days(self) -> list[date]:
        """The days of the town's past."""
        first = self.years[0].start
        return [first + timedelta(days=number) for number in range((self.last_day - first).days + 1)]

    # --- register and rolls -----------------------------------------------------------------------------------

    def _register(
        self, app: App, people: Sequence[Inhabitant], progress: Callable[[int, int], None] = no_progress
    ) -> None:
        for start in range(0, len(people), _PEOPLE_AT_ONCE):
            progress(start, len(people))
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

    # --- registry, counter ------------------------------------------------------------------------------------

    def _at_the_registry(self, app: App, registry: Registry, day: date) -> None:
        """Births and requests of a day."""
        births = _about(self._acts / 365 / YEARS, self.rng)
        requests = 0
        if self.diary.open_day(day) == day:
            requests = _about(self._requests / 250 / YEARS, self.rng)
            # On the last day more is under way than on an average one.
            if self.diary.open_day(day + timedelta(days=1)) > self.last_day:
                requests += 5
        if births or requests:
            with self._unit(app, self.staff[Role.REGISTRAR][0]) as uow:
                for _number in range(births):
                    registry.birth(uow, day)
                for _number in range(requests):
                    registry.request(uow, day)

    def _cashiers(self) -> list[Cashier]:
        return [
            Cashier(desk.number, clerk)
            for desk, clerk in zip(self.profile.desks, self.staff[Role.CLERK], strict=False)
        ]

    def _settle_down(self, app: App) -> None:
        """Sets what is aimed at this year, keeps what the months that are over came to, and lets the engine learn
        how its tables are filled, so that it finds its way from the first question on."""
        self.clock.instant = self._at(self.last_day + timedelta(days=1), 7)
        manager = self.staff[Role.MANAGER][0]
        for indicator, target in self._goals(app, manager):
            app.execute(SetGoal(indicator=indicator, period=self.years[-1].name, target=target), manager)
        app.execute(KeepMonths(), manager)
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

    def _stage(self, start: float, end: float) -> _Stage:
        return _Stage(self.progress, self.taxpayers, start, end)

    @property
    def _desks(self) -> int:
        """How many desks are served: one, and another for each four thousand taxpayers."""
        return min(len(self.profile.desks), 2 + self.taxpayers // 4000)

    @property
    def _acts(self) -> int:
        """How many births are written into the registers in these years."""
        return min(24 + self.taxpayers // 60, 240)

    @property
    def _requests(self) -> int:
        """How many extracts are asked for in these years."""
        return min(30 + self.taxpayers // 40, 600)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=ZoneInfo(self.profile.calendar.zone)).astimezone(
            ZoneInfo("UTC")
        )

    def _unit(self, app: App, actor: Actor) -> AbstractContextManager[UnitOfWork]:
        return unit_of_work(app.database, actor=actor, now=self.clock.now(), municipality=app.municipality)


def _about(expected: float, rng: Random) -> int:
    """A whole number that is ``expected`` on average."""
    return int(expected + rng.random())


def _quarter(day: date) -> tuple[int, int]:
    """The quarter in which the revenue office last sat: it does when the first bills of a quarter are out."""
    sat = day - timedelta(days=20)
    return sat.year, (sat.month - 1) // 3


def _debts(uow: UnitOfWork, after: int, written_at: Mapping[int, datetime]) -> list[Debt]:
    """The instalments and costs booked after the one with this id, account by account, by due date. ``written_at``:
    when bills that are paid on the same day were written."""
    rows = uow.connection.execute(
        select(
            Charge.id, Charge.account_id, RevenueHead.kind, Charge.booked_on, Charge.due_on, Charge.bill_id
        )
        .join(RevenueHead, RevenueHead.code == Charge.head_code)
        .where(Charge.id > after, Charge.kind != "penalty")
        .order_by(Charge.account_id, Charge.due_on, Charge.id)
    )
    return [Debt(*row[:5], written_at=written_at.get(row[5])) for row in rows]
