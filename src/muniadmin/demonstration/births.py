"""Civil status of the generated town: births in the registers, requests for their extracts, and their delays."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from muniadmin.civil_status.commands import (
    Cause,
    Channel,
    CloseActRegister,
    DeclarantKind,
    DeliverRequest,
    DraftBirthAct,
    OpenActRegister,
    PrepareRequest,
    Relation,
    ReworkRequest,
    SignAct,
    StartRequest,
    TakeRequest,
)
from muniadmin.civil_status.models import ActRegister
from muniadmin.civil_status.queries import documents_offered
from muniadmin.civil_status.services import (
    close_act_register,
    deliver_request,
    draft_birth_act,
    open_act_register,
    prepare_request,
    rework_request,
    sign_act,
    start_request,
    take_request,
)
from muniadmin.demonstration.forms import Forms
from muniadmin.demonstration.habits import Diary
from muniadmin.demonstration.people import given_names
from muniadmin.demonstration.recipe import Name, Recipe
from muniadmin.demonstration.staff import acting
from muniadmin.kernel.requests import Actor
from muniadmin.settings.profile import Profile
from muniadmin.storage.unit_of_work import UnitOfWork

_OPENS, _CLOSES = timedelta(hours=8, minutes=30), timedelta(hours=15, minutes=30)
_CHANNELS = {Channel.COUNTER: 80, Channel.ONLINE: 10, Channel.KIOSK: 7, Channel.POST: 3}
_ERRORS = 0.03


@dataclass(frozen=True)
class _Child:
    """Somebody in the registers, as far as requests need to know."""

    act_id: int
    parents: tuple[str, str]


@dataclass
class Waiting:
    """A request whose document is ready, and when it is fetched."""

    number: str
    fetched_at: datetime


@dataclass
class Registry:
    """The civil-status office."""

    profile: Profile
    recipe: Recipe
    forms: Forms
    rng: Random
    diary: Diary
    registrar: Actor
    clerk: Actor
    _registers: dict[int, int] = field(default_factory=dict)
    _children: list[_Child] = field(default_factory=list)
    #: When the bills of the requests were written, by bill.
    written_at: dict[int, datetime] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)

    # --- registers and acts -----------------------------------------------------------------------------------

    def take_over(self, uow: UnitOfWork, years: Sequence[int], acts: int) -> None:
        """Opens the registers of past years with some acts each, and closes them."""
        uow.actor = self.registrar
        for row in uow.session.query(ActRegister).all():
            self._registers[row.year] = row.id
        for year in years:
            self._open(uow, year)
            for _number in range(acts):
                born = date(year, 1, 1) + timedelta(days=self.rng.randint(0, 330))
                self._act(uow, born, year)
            if year < uow.today.year:
                close_act_register(uow, CloseActRegister(register_id=self._registers[year]))

    def birth(self, uow: UnitOfWork, day: date) -> None:
        """A birth is declared; a new year's first opens its register and closes the one before."""
        acting(uow, self.registrar, uow.municipality.calendar.start_of_day(day) + timedelta(hours=14))
        if day.year not in self._registers:
            last = self._registers[max(self._registers)]
            self._open(uow, day.year)
            close_act_register(uow, CloseActRegister(register_id=last))
        born = max(day - timedelta(days=self.rng.randint(1, 20)), date(day.year, 1, 1))
        self._act(uow, born, day.year, declared_on=day)

    def _open(self, uow: UnitOfWork, year: int) -> None:
        if year not in self._registers:
            self._registers[year] = open_act_register(uow, OpenActRegister(year=year)).register_id

    def _act(self, uow: UnitOfWork, born: date, year: int, declared_on: date | None = None) -> None:
        rng, people = self.rng, self.recipe.people
        girl = rng.random() < 0.49
        family, maiden = rng.choice(people.families), rng.choice(people.families)
        child = given_names(people, rng, woman=girl)
        father, mother = rng.choice(people.men), rng.choice(people.women)
        place = rng.choice(self.recipe.civil_status.birthplaces)
        second = f" {maiden.latin}" if people.second_family else ""
        arabic = "arabic" in self.profile.scripts
        saved = draft_birth_act(
            uow,
            DraftBirthAct(
                register_id=self._registers[year],
                child_family_name=f"{family.latin}{second}",
                child_given_names=_latin(child),
                child_family_name_arabic=family.arabic if arabic else "",
                child_given_names_arabic=_arabic(child) if arabic else "",
                sex="F" if girl else "M",
                born_on=born,
                born_at=f"{rng.randint(0, 23):02d}:{rng.randrange(0, 60, 5):02d}",
                birthplace=place.latin,
                birthplace_arabic=place.arabic if arabic else "",
                father_family_name=family.latin,
                father_given_names=father.latin,
                father_family_name_arabic=family.arabic if arabic else "",
                father_given_names_arabic=father.arabic if arabic else "",
                mother_family_name=maiden.latin,
                mother_given_names=mother.latin,
                mother_family_name_arabic=maiden.arabic if arabic else "",
                mother_given_names_arabic=mother.arabic if arabic else "",
                mother_born_on=born - timedelta(days=rng.randint(20 * 365, 40 * 365)),
                declarant_kind=DeclarantKind.FATHER,
                declarant=f"{family.latin.upper()} {father.latin}",
                declared_on=declared_on or min(born + timedelta(days=rng.randint(1, 25)), date(year, 12, 31)),
            ),
        )
        sign_act(uow, SignAct(act_id=saved.act_id, version=saved.version))
        self._children.append(
            _Child(
                saved.act_id,
                (f"{family.latin.upper()} {father.latin}", f"{maiden.latin.upper()} {mother.latin}"),
            )
        )

    # --- requests ---------------------------------------------------------------------------------------------

    def request(self, uow: UnitOfWork, day: date) -> None:
        """Somebody asks for an extract on ``day``; it is made as far as the office got by the last day's end."""
        rng = self.rng
        spec = rng.choice(list(documents_offered(uow).values()))
        child = rng.choice(self._children)
        parent = rng.randrange(2)
        channel = rng.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
        received = _OPENS + timedelta(seconds=int(rng.triangular(0, 6.3 * 3600, 2 * 3600)))
        acting(uow, self.clerk, uow.municipality.calendar.start_of_day(day) + received)
        taken = take_request(
            uow,
            TakeRequest(
                key=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
                document_code=spec.code,
                act_id=child.act_id,
                requester=child.parents[parent],
                identifier=self.forms.filled(
                    self.recipe.civil_status.identifier, "requester", woman=bool(parent)
                ),
                relation=Relation.PARENT,
                copies=rng.choices((1, 2, 3), (62, 28, 10))[0],
                channel=channel,
            ),
        )
        if taken.bill_id is not None:
            self.written_at[taken.bill_id] = uow.now
        self._make(uow, taken.number, spec.target_hours)

    def _make(self, uow: UnitOfWork, number: str, target_hours: int) -> None:
        rng = self.rng
        # Each year the office gets a little faster.
        pace = 1.25 - 0.2 * self.diary.of_year((0.0, 1.0, 2.0), uow.today)
        minutes = target_hours * 60 * 0.36 * pace * math.exp(rng.gauss(0, 0.75))
        started = self._in_hours(uow.now + timedelta(minutes=minutes * 0.4))
        ready = self._in_hours(uow.now + timedelta(minutes=minutes))
        end = uow.municipality.calendar.start_of_day(self.diary.last_day + timedelta(days=1))
        if started >= end:
            return
        acting(uow, self.clerk, started)
        start_request(uow, StartRequest(number=number))
        if ready >= end:
            return
        acting(uow, self.registrar, ready)
        prepare_request(uow, PrepareRequest(number=number))
        if (
            rng.random() < _ERRORS
            and (again := self._in_hours(ready + timedelta(minutes=rng.randint(20, 200)))) < end
        ):
            rework_request(uow, ReworkRequest(number=number, cause=rng.choice(list(Cause))))
            acting(uow, self.registrar, again)
            prepare_request(uow, PrepareRequest(number=number))
            ready = again
        # Most people wait for it, some come days later.
        wait = rng.randint(4, 40) if rng.random() < 0.82 else rng.randint(600, 9000)
        self.waiting.append(Waiting(number, self._in_hours(ready + timedelta(minutes=wait))))

    def hand_over(self, uow: UnitOfWork, day: date) -> None:
        """Delivers what is fetched by the end of ``day``."""
        end = uow.municipality.calendar.start_of_day(day + timedelta(days=1))
        for one in sorted(self.waiting, key=lambda waiting: waiting.fetched_at):
            if one.fetched_at < end:
                acting(uow, self.clerk, one.fetched_at)
                deliver_request(uow, DeliverRequest(number=one.number))
                self.waiting.remove(one)

    # --- time -------------------------------------------------------------------------------------------------

    def _in_hours(self, at: datetime) -> datetime:
        """``at``, or the next moment at which the office is open."""
        zone = ZoneInfo(self.profile.calendar.zone)
        day = at.astimezone(zone).date()
        begins = self.profile.calendar.start_of_day(day)
        if self.diary.open_day(day) == day and at <= begins + _CLOSES:
            return max(at, begins + _OPENS)
        following = self.diary.open_day(day + timedelta(days=1))
        return (
            self.profile.calendar.start_of_day(following)
            + _OPENS
            + timedelta(minutes=self.rng.randint(5, 90))
        )


def _latin(names: Sequence[Name]) -> str:
    return " ".join(name.latin for name in names)


def _arabic(names: Sequence[Name]) -> str:
    return " ".join(name.arabic for name in names)
