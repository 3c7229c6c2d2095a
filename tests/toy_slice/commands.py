"""Orders about lost property."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.kernel.requests import Command
from tests.toy_slice.names import HAND_IN_THINGS


@dataclass(frozen=True, kw_only=True)
class ThingHandedIn:
    """What the finder takes home: the number, and the paper that bears it."""

    number: str
    document_id: int


@dataclass(frozen=True, kw_only=True)
class HandIn(Command[ThingHandedIn]):
    """Takes in what somebody found. Raises NothingHandedIn."""

    permission: ClassVar = HAND_IN_THINGS
    what: str
