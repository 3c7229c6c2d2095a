"""Orders about users."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.access.names import ADMINISTER_USERS
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor, Command


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and the language they last chose."""

    actor: Actor
    language: str | None


@dataclass(frozen=True, kw_only=True)
class SignIn(Command[SignedIn]):
    """Checks a user name and password."""

    permission: ClassVar = None
    user_name: str
    password: str
    workstation: str

    def __repr__(self) -> str:
        return f"SignIn({self.user_name!r})"


@dataclass(frozen=True)
class UserSaved:
    """The user's id."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class CreateUser(Command[UserSaved]):
    """Lets somebody sign in from now on."""

    permission: ClassVar = ADMINISTER_USERS
    user_name: str
    name: str
    password: str
    roles: frozenset[Role]

    def __repr__(self) -> str:
        return f"CreateUser({self.user_name!r})"


@dataclass(frozen=True, kw_only=True)
class ChangeUser(Command[UserSaved]):
    """Changes a user's name, roles or whether they may sign in."""

    permission: ClassVar = ADMINISTER_USERS
    user_id: int
    version: int
    name: str
    roles: frozenset[Role]
    active: bool


@dataclass(frozen=True, kw_only=True)
class SetPassword(Command[UserSaved]):
    """Gives a user a new password and unlocks them."""

    permission: ClassVar = ADMINISTER_USERS
    user_id: int
    password: str

    def __repr__(self) -> str:
        return f"SetPassword({self.user_id})"


@dataclass(frozen=True, kw_only=True)
class ChangeOwnPassword(Command[UserSaved]):
    """Lets the signed-in user choose another password."""

    permission: ClassVar = None
    old_password: str
    new_password: str

    def __repr__(self) -> str:
        return "ChangeOwnPassword()"


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A second person's signature on a command that needs four eyes."""

    user_name: str
    password: str

    def __repr__(self) -> str:
        return f"Approval({self.user_name!r})"
