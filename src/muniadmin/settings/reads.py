"""Questions about the municipality's own data."""

from typing import ClassVar

from muniadmin.kernel.municipality import Municipality
from muniadmin.kernel.requests import Query
from muniadmin.settings.profile import Profile


class TheMunicipality(Query[Municipality]):
    """The municipality whose database is open."""

    permission: ClassVar = None


class TheProfile(Query[Profile]):
    """The profile the database was set up from: zones, object kinds, identifier kinds, denominations..."""

    permission: ClassVar = None
