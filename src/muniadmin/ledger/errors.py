"""Refusals of the ledger."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class EntryDoesNotBalance(UserError):
    """The postings do not sum to zero: a fault of the program, stopped before it is written."""

    message = N_("The journal entry does not balance: {difference} is left over.")
    hint = N_("Nothing was booked. Tell support what you were doing.")
