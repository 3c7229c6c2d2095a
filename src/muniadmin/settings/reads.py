"""Questions about the municipality's own data."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.kernel.municipality import Municipality
from muniadmin.kernel.requests import Query
from muniadmin.settings.profile import Profile


@dataclass(frozen=True, kw_only=True)
class TheMunicipality(Query[Municipality]):
    """The municipality whose database is open."""

    permission: ClassVar = None


@dataclass(frozen=True, kw_only=True)
class TheProfile(Query[Profile]):
    """The profile the database was set up from: zones, object kinds, identifier kinds, denominations..."""

    permission: ClassVar = None
