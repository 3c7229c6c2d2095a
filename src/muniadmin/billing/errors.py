"""Refusals about bills."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class BillAlreadyAnnulled(UserError):
    """Nothing is owed on the bill in truth any more."""

    message = N_("Bill {bill} has been annulled before.")
    hint = N_("Choose another bill.")


class HeadUnknown(UserError):
    """There is no such revenue head."""

    message = N_("There is no revenue head “{head}”.")
    hint = N_("Choose one of: {known}.")


class BillDoesNotAddUp(UserError):
    """The lines of a bill do not sum to its total: a fault of the program, stopped before it is written."""

    message = N_("The lines of the bill do not add up to its total.")
    hint = N_("Nothing was issued. Tell support what you were doing.")


class AlreadyAsked(UserError):
    """What may be asked once has been asked."""

    message = N_("Bill {bill} already asks for this.")
    hint = N_("Open that bill; correct or annul it before another is issued.")


class PenaltyRuleNotUnderstood(UserError):
    """A rate that is no number, or a rule of another form."""

    message = N_("The penalty rule is not understood.")
    hint = N_("Write it as in a profile: rates as decimal text, days as whole numbers.")


class ChargeUnknown(UserError):
    """There is no such instalment on the bill."""

    message = N_("This bill has no such instalment.")
    hint = N_("Choose one of the bill's instalments.")


class MoreThanLeft(UserError):
    """More is to be taken off than there is, or nothing."""

    message = N_("The amount must be more than zero and no more than what there is.")
    hint = N_("Look at what is left, and lower the amount.")


class SuspendedBeyondLeft(UserError):
    """More is to rest than is owed, or nothing."""

    message = N_("No more can rest than is left of the instalment.")
    hint = N_("Look at what is left, and lower the amount.")


class NotSuspended(UserError):
    """The suspension has ended, or never was."""

    message = N_("Nothing rests here any more.")
    hint = N_("Look at the bill again.")
