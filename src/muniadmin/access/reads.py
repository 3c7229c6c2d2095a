"""Questions about users."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.access.names import ADMINISTER_USERS
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Query


@dataclass(frozen=True, kw_only=True)
class UserRow:
    """A user as listed."""

    user_id: int
    version: int
    user_name: str
    name: str
    roles: frozenset[Role]
    active: bool
    locked: bool


@dataclass(frozen=True, kw_only=True)
class Users(Query[list[UserRow]]):
    """Everybody who may or might sign in, by name."""

    permission: ClassVar = ADMINISTER_USERS


@dataclass(frozen=True, kw_only=True)
class DemonstrationUser:
    """A user of a demonstration town, offered at its login."""

    user_name: str
    name: str
    password: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class DemonstrationUsers(Query[list[DemonstrationUser]]):
    """The users a demonstration town offers at login; none in a real municipality's database."""

    permission: ClassVar = None
