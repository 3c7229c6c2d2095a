"""Questions about lost property."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.kernel.requests import Query
from tests.toy_slice.names import VIEW_THINGS


@dataclass(frozen=True, kw_only=True)
class ThingRow:
    """One thing as listed."""

    number: str
    what: str


@dataclass(frozen=True, kw_only=True)
class FoundThings(Query[list[ThingRow]]):
    """Everything that was handed in, in that order."""

    permission: ClassVar = VIEW_THINGS
