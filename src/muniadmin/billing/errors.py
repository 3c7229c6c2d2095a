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
    hint = N_("Choose one of the instalments of the bill.")


class MoreThanLeft(UserError):
    """More is to be taken off than there is, or nothing."""

    message = N_("The amount must be more than zero and no more than what there is.")
    hint = N_("Look at what is left, and lower the amount.")


class SuspendedBeyondLeft(UserError):
    """More is to rest than is owed, or nothing."""

    message = N_("No more can be suspended than is left of the instalment.")
    hint = N_("Look at what is left, and lower the amount.")


class NotSuspended(UserError):
    """The suspension has ended, or never was."""

    message = N_("Nothing is suspended here any more.")
    hint = N_("Look at the bill again.")


class AmountNotPositive(UserError):
    """An amount of zero or less."""

    message = N_("The amount must be more than zero.")
    hint = N_("Check the digits.")


class ReasonMissing(UserError):
    """A decision and a cost say why."""

    message = N_("A reason is needed.")
    hint = N_("Say in a few words why.")


class StaysWhereItIs(UserError):
    """A debt is to move to the account that owes it, or money to where it is."""

    message = N_("What is to be moved is there already.")
    hint = N_("Choose another account, or another debt.")


class ValueDayAfterBooking(UserError):
    """Money cannot count from a day to come."""

    message = N_("Money cannot count from a day after the one on which it was booked.")
    hint = N_("Enter the day on which it came in.")


class DueDayNotLater(UserError):
    """A due day before the one on the bill, or none but the one there is."""

    message = N_("The new due day must be another one, and not before the one on the bill.")
    hint = N_("Choose a later day.")


class EndsBeforeItBegins(UserError):
    """Something for a time ends before or as it begins."""

    message = N_("No day is left between the beginning and the end.")
    hint = N_("Compare the two days.")


class OfferSavesNothing(UserError):
    """What is offered is more than the bill asks, or paid by now."""

    message = N_("An offer must be more than what is paid by now, and no more than what the bill asks.")
    hint = N_("Enter all that is to settle the bill, with what is paid by now.")
