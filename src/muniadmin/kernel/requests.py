"""Commands and queries: named requests, typed by what they return, and who sends them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from muniadmin.kernel.changes import ChangeSet
from muniadmin.kernel.permissions import Permission, Role

T = TypeVar("T")


class Command(Generic[T]):
    """An order that changes something. ``permission`` is what its sender must hold; None: nothing."""

    permission: ClassVar[Permission | None]


class Query(Generic[T]):
    """A question that changes nothing. ``permission`` is what its sender must hold; None: nothing."""

    permission: ClassVar[Permission | None]


PROGRAM_NAME, SYSTEM_NAME = "MuniAdmin", "system"
"""What the program itself is called where it acts for nobody, and the user name that stands for it."""


@dataclass(frozen=True)
class Actor:
    """Who sends a request, with everything they may do, and from which workstation."""

    #: None: the program itself, which acts for nobody.
    user_id: int | None
    user_name: str
    name: str
    permissions: frozenset[Permission]
    workstation: str
    #: Those they signed in with. What was taken away since then is asked for again with every request.
    roles: frozenset[Role] = frozenset()

    def may(self, permission: Permission | None) -> bool:
        """Whether the actor holds ``permission``; None needs nothing."""
        return permission is None or permission in self.permissions


@dataclass(frozen=True)
class Done(Generic[T]):
    """What came of a command, and what it touched."""

    outcome: T
    changes: ChangeSet


Progress = Callable[[int, int], None]
"""Told (done, total) by long jobs between chunks; raises Cancelled when the user has stopped the job."""


def no_progress(done: int, total: int) -> None:
    """For jobs nobody watches."""
