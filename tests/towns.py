"""Databases for the tests: made once on each engine, then copied, so that every test has one of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from sqlalchemy import select

from muniadmin.access.models import User, UserRole
from muniadmin.access.permissions import Role, permissions_of
from muniadmin.app import App
from muniadmin.bootstrap import FirstAdministrator, create_municipality, load_models, open_app, system_actor
from muniadmin.kernel.clock import FixedClock
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


class Originals:
    """What the tests' databases of one engine are copied from; each is made when it is first asked for."""

    def __init__(self, kind: DatabaseKind, folder: Path) -> None:
        self._kind = kind
        self._folder = folder
        self._on_server: list[str] = []

    @cached_property
    def empty(self) -> str:
        """A database with the schema and nothing in it."""
        address = self._create("empty")
        load_models()
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

    @contextmanager
    def copy(self, original: str, folder: Path) -> Iterator[str]:
        """The address of a copy, which is gone afterwards; ``folder`` is the test's own."""
        if self._kind == "sqlite":
            file = folder / "town.sqlite3"
            shutil.copyfile(original.removeprefix("sqlite:///"), file)
            yield f"sqlite:///{file}"
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

    def _create(self, name: str) -> str:
        if self._kind == "sqlite":
            return f"sqlite:///{self._folder / name}.sqlite3"
        self._on_server.append(postgresql.create_database())
        return self._on_server[-1]


def _add_users(app: App) -> None:
    """One user for every role. They share the administrator's hash: each of its own would take a while."""
    with unit_of_work(
        app.database, actor=system_actor("setup"), now=OPENING, municipality=app.municipality
    ) as uow:
        administrator = uow.session.scalars(select(User)).one()
        uow.session.add_all(
            User(
                user_name=user_name(role),
                name=f"Test {role.value.replace('_', ' ')}",
                password_hash=administrator.password_hash,
                created_at=OPENING,
                roles=[UserRole(role=role)],
            )
            for role in Role
            if role is not Role.ADMINISTRATOR
        )
