"""Who works in the town: a user for each role and a clerk for each desk, with passwords made up on the spot."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from random import Random

from muniadmin.access.commands import CreateUser
from muniadmin.access.reads import DemonstrationUser
from muniadmin.access.services import create_user
from muniadmin.demonstration.recipe import People
from muniadmin.kernel.folding import fold
from muniadmin.kernel.permissions import Role, permissions_of
from muniadmin.kernel.requests import Actor
from muniadmin.settings.services import keep_demonstration_users
from muniadmin.storage.unit_of_work import UnitOfWork

# Easily read aloud; a password is three of them and a number, drawn anew for every town.
_WORDS = (
    "amber anchor apricot autumn basket bridge candle canyon cedar cinnamon clover copper coral cotton "
    "cypress dolphin ember falcon fountain garden ginger granite harbour hazel indigo island ivory "
    "jasmine juniper lagoon lantern laurel lemon lilac linen lotus maple marble meadow mint olive "
    "orchard paper pearl pepper piano pine plum quartz raven river saffron sage sail silver spruce "
    "stone sugar summer thunder tulip valley velvet violet walnut willow"
).split()

_ROLES = (
    Role.CLERK,
    Role.SUPERVISOR,
    Role.REVENUE_OFFICER,
    Role.FINES_OFFICER,
    Role.REGISTRAR,
    Role.MANAGER,
    Role.ADMINISTRATOR,
)


def new_password() -> str:
    """A password nobody else has."""
    return "-".join([*(secrets.choice(_WORDS) for _ in range(3)), str(secrets.randbelow(90) + 10)])


def hire(uow: UnitOfWork, people: People, clerks: int, rng: Random) -> dict[Role, list[Actor]]:
    """Creates a user for each role, and as many clerks as there are desks to be served; who they are, by role.

    The login of a demonstration town offers them with their passwords.
    """
    wanted: Sequence[Role] = [*_ROLES, *([Role.CLERK] * (clerks - 1))]
    taken: set[str] = set()
    users: list[DemonstrationUser] = []
    actors: dict[Role, list[Actor]] = {}
    for role in wanted:
        name, user_name = _somebody(people, rng, taken)
        password = new_password()
        saved = create_user(
            uow, CreateUser(user_name=user_name, name=name, password=password, roles=frozenset({role}))
        )
        users.append(DemonstrationUser(user_name=user_name, name=name, password=password, role=role))
        place = len(actors.setdefault(role, [])) + 1
        workstation = f"guichet-{place}" if role is Role.CLERK else f"bureau-{len(users)}"
        actors[role].append(Actor(saved.user_id, user_name, name, permissions_of([role]), workstation))
    keep_demonstration_users(uow, users)
    return actors


def acting(uow: UnitOfWork, actor: Actor, at: datetime) -> None:
    """The unit of work goes on as ``actor`` at ``at``: many people's work of a day is one transaction here."""
    uow.end_order()
    uow.actor, uow.now = actor, at
    uow.today = uow.municipality.calendar.business_date(at)


def _somebody(people: People, rng: Random, taken: set[str]) -> tuple[str, str]:
    """A name and a user name that nobody has yet: n.benali."""
    while True:
        given = rng.choice(people.women if rng.random() < 0.5 else people.men).latin
        family = rng.choice(people.families).latin
        user_name = f"{fold(given)[0]}.{fold(family).replace(' ', '')}"
        if user_name not in taken:
            taken.add(user_name)
            return f"{given} {family}", user_name
