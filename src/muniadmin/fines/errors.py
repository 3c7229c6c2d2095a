"""Refusals and questions about fines."""

from muniadmin.kernel.errors import NeedsConfirmation, UserError
from muniadmin.kernel.i18n import N_


class OffenceUnknown(UserError):
    """The catalogue has no such offence."""

    message = N_("There is no offence “{code}” in the catalogue.")
    hint = N_("Choose one from the list; type its code or a part of its name.")


class OffenceHasNoAmount(UserError):
    """The offence was not in force on that day, or its amount is not set."""

    message = N_("Offence {code} has no amount for {day}.")
    hint = N_("Choose another offence, or check the date.")


class CommittedLater(UserError):
    """The moment of the offence has not come yet."""

    message = N_("The offence lies in the future ({when}).")
    hint = N_("Check the date and the time.")


class PlaceNotOnEarth(UserError):
    """Longitude or latitude is missing or out of range."""

    message = N_("Longitude and latitude are given together, in degrees.")
    hint = N_("Correct them, or leave both empty.")


class PlateUnreadable(NeedsConfirmation):
    """The plate is missing or a stand-in for one that could not be read."""

    message = N_("“{plate}” is not a number plate. Record the fine for an unreadable plate?")


class SameFineNearby(NeedsConfirmation):
    """The same plate was fined for the same offence within the hour."""

    message = N_("{plate} was already fined for this at {when} ({number}). Record another fine?")


class FineUnknown(UserError):
    """There is no such fine."""

    message = N_("There is no fine {number}.")
    hint = N_("Check the number on the notice.")


class FineCannotBeVoided(UserError):
    """Something was paid on the fine, or it is void, or was settled before it was imported."""

    message = N_("Fine {number} cannot be voided: its state is “{state}”.")
    hint = N_("Money that was paid goes back by cancelling its receipt, not by voiding the fine.")


class FineCannotBePrinted(UserError):
    """A void fine, or one settled elsewhere, asks nobody to pay."""

    message = N_("There is no notice for fine {number}: its state is “{state}”.")
    hint = N_("A notice is printed for fines that can be paid.")
