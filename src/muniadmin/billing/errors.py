"""Refusals about bills."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class BillAlreadySettled(UserError):
    """Nothing is left to pay on the bill."""

    message = N_("Bill {bill} is already settled.")
    hint = N_("Choose another bill.")


class HeadUnknown(UserError):
    """There is no such revenue head."""

    message = N_("There is no revenue head “{head}”.")
    hint = N_("Choose one of: {known}.")


class BillDoesNotAddUp(UserError):
    """The lines of a bill do not sum to its total: a fault of the program, stopped before it is written."""

    message = N_("The lines of the bill do not add up to its total.")
    hint = N_("Nothing was issued. Tell support what you were doing.")
