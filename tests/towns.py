"""Databases for the tests: made once on each engine, then copied, so that every test has one of its own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from argon2 import PasswordHasher
from sqlalchemy import select

from muniadmin.access.models import User, UserRole
from muniadmin.app import App
from muniadmin.bootstrap import FirstAdministrator, create_municipality, open_app, system_actor
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.permissions import Role, permissions_of
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.commands import OpenBusinessDay
from muniadmin.ledger.reads import LastBusinessDay
from muniadmin.settings.profile import load_profile
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations.upgrade import upgrade
from muniadmin.storage.unit_of_work import unit_of_work
from tests import postgresql

DatabaseKind = Literal["sqlite", "postgresql"]

# A Monday at the counter of Fès, ten in the morning there.
OPENING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

# Everybody's password in the town.
PASSWORD = "a lantern over the quiet bridge"


def user_name(role: Role) -> str:
    """Who has the role in the town: ``clerk``, ``revenue-officer``..."""
    return role.value.replace("_", "-")


def actor_with(app: App, role: Role) -> Actor:
    """The town's user with that role, as if signed in at the first desk."""
    with app.database.connect_to_read() as connection:
        user_id, name = connection.execute(
            select(User.id, User.name).where(User.user_name == user_name(role))
        ).one()
    return Actor(user_id, user_name(role), name, permissions_of([role]), "desk-1")


class TownClock:
    """Stands still until ``instant`` is set. On a day too far from the last business day to open by itself the town's
    supervisor opens it, so that a test of next year need not."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant
        self.town: App | None = None

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._instant

    @property
    def instant(self) -> datetime:
        """The instant it stands at."""
        return self._instant

    @instant.setter
    def instant(self, instant: datetime) -> None:
        self._instant = instant
        if self.town is not None:
            supervisor = actor_with(self.town, Role.SUPERVISOR)
            if self.town.read(LastBusinessDay(), supervisor).state == "late":
                self.town.execute(OpenBusinessDay(reason="the office was closed"), supervisor)


Story = Callable[[App, TownClock], None]
"""What happens in a town, and when."""


class Originals:
    """What the tests' databases of one engine are copied from; each is made when it is first asked for."""

    def __init__(self, kind: DatabaseKind, folder: Path) -> None:
        self._kind = kind
        self._folder = folder
        self._on_server: list[str] = []
        self._told: dict[Story, str] = {}

    @cached_property
    def empty(self) -> str:
        """A database with the schema and nothing in it."""
        address = self._create("empty")
        database = Database(address)
        upgrade(database)
        database.close()
        return address

    @cached_property
    def town(self) -> str:
        """Fès set up from its profile, with one user for every role and nothing done yet."""
        address = self._create("town")
        clock = FixedClock(OPENING)
        administrator = FirstAdministrator(
            user_name=user_name(Role.ADMINISTRATOR), name="Test administrator", password=PASSWORD
        )
        create_municipality(address, load_profile("fes"), administrator=administrator, clock=clock)
        app = open_app(address, clock=clock)
        _add_users(app)
        app.close()
        return address

    def after(self, story: Story) -> str:
        """The town in which a story has happened, told once; whoever goes on with a copy sets the clock to its end."""
        if story not in self._told:
            address = self._create(f"story{len(self._told)}", self.town)
            clock = TownClock(OPENING)
            app = clock.town = open_app(address, clock=clock)
            story(app, clock)
            app.close()
            self._told[story] = address
        return self._told[story]

    @contextmanager
    def copy(self, original: str, folder: Path) -> Iterator[str]:
        """The address of a copy, which is gone afterwards; ``folder`` is the test's own."""
        if self._kind == "sqlite":
            file = folder / "town.sqlite3"
            yield _copied(original, file)
        else:
            address = postgresql.create_database(original)
            try:
                yield address
            finally:
                postgresql.drop_database(address)

    def drop(self) -> None:
        """Leaves nothing on a server that is not ours."""
        for address in self._on_server:
            postgresql.drop_database(address)

    def _create(self, name: str, original: str | None = None) -> str:
        if self._kind == "sqlite":
            file = self._folder / f"{name}.sqlite3"
            return f"sqlite:///{file}" if original is None else _copied(original, file)
        self._on_server.append(postgresql.create_database(original))
        return self._on_server[-1]


def _copied(original: str, file: Path) -> str:
    shutil.copyfile(original.removeprefix("sqlite:///"), file)
    return f"sqlite:///{file}"


def _add_users(app: App) -> None:
    """One user for every role. They and the administrator share a hash that takes no time to look at: hundreds of tests
    sign in."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with unit_of_work(
        app.database, actor=system_actor("setup"), now=OPENING, municipality=app.municipality
    ) as uow:
        for user in uow.session.scalars(select(User)):
            user.password_hash = quick
        uow.session.add_all(
            User(
                user_name=user_name(role),
                name=f"Test {role.value.replace('_', ' ')}",
                password_hash=quick,
                created_at=OPENING,
                roles=[UserRole(role=role)],
            )
            for role in Role
            if role is not Role.ADMINISTRATOR
        )
