"""Refusals of the ledger."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class EntryDoesNotBalance(UserError):
    """The postings do not sum to zero: a fault of the program, stopped before it is written."""

    message = N_("The journal entry does not balance: {difference} is left over.")
    hint = N_("Nothing was booked. Tell support what you were doing.")


class BusinessDayBehind(UserError):
    """The computer's day lies before the last day on which the office booked."""

    message = N_("The last business day is {last}, and the clock of this computer says {day}.")
    hint = N_(
        "Have the date of the computer corrected. If {last} was opened by mistake, a supervisor takes it back."
    )


class BusinessDayNotOpened(UserError):
    """So many days lie between the last business day and today that the clock may be wrong."""

    message = N_("The last business day is {last}. {day} is not opened yet.")
    hint = N_("Compare the date of the computer. If it is right, a supervisor opens the business day.")


class BusinessDayIsOpen(UserError):
    """The day need not be opened."""

    message = N_("{day} is open already.")
    hint = N_("Go on with your work.")


class NoSuchBusinessDay(UserError):
    """Only the last business day can be taken back, and not the day it is."""

    message = N_("{day} cannot be taken back.")
    hint = N_("Only the last business day can be, when it lies after today.")
