"""Refusals about lost property."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class NothingHandedIn(UserError):
    """Nobody said what it is."""

    message = N_("It is not said what was handed in.")
    hint = N_("Write what it looks like.")
