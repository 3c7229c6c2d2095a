"""Refusals and questions about taxpayers."""

from muniadmin.kernel.errors import NeedsConfirmation, UserError
from muniadmin.kernel.i18n import N_


class IdentifierWrong(UserError):
    """The value does not have the form or check digit of its kind."""

    message = N_("“{value}” is not a valid number of this kind ({kind}).")
    hint = N_("Compare it with the paper; it looks like {example}.")


class IdentifierUnknown(UserError):
    """The profile has no such kind of identifier for this kind of taxpayer."""

    message = N_("A number of this kind ({kind}) is not kept for this taxpayer.")
    hint = N_("Leave it empty.")


class PhoneWrong(UserError):
    """The text is no telephone number of the country, nor an international one."""

    message = N_("“{text}” is not a telephone number.")
    hint = N_("Write it as people here do, or with + and the country first.")


class EmailWrong(UserError):
    """The text is no e-mail address."""

    message = N_("“{text}” is not an e-mail address.")
    hint = N_("It looks like name@example.org.")


class BornInFuture(UserError):
    """A date of birth that has not come yet."""

    message = N_("The date of birth is in the future.")
    hint = N_("Check the year.")


class NumberWrong(UserError):
    """Text that should be a number of the right form."""

    message = N_("“{text}” is not a number that fits here.")
    hint = N_("Write digits only, with at most two decimals.")


class ObjectAlreadyRegistered(UserError):
    """Another object has the same plate, parcel or licence."""

    message = N_("“{label}” is already registered to {name} ({number}).")
    hint = N_("Open that taxpayer, or correct what you typed.")


class ObjectEnded(UserError):
    """The object was ended before."""

    message = N_("This object was already ended on {day}.")
    hint = N_("Nothing more needs to be done.")


class EndsBeforeStart(UserError):
    """The end lies before the start."""

    message = N_("The end cannot be before the start ({day}).")
    hint = N_("Check the date.")


class IdentifierShared(NeedsConfirmation):
    """Another taxpayer has the same identifier."""

    message = N_("{kind} {value} already belongs to {name} ({number}).")
    hint = N_(
        "If it is the same person, open that taxpayer instead. Save only if the number is really shared."
    )


class LikelyDuplicate(NeedsConfirmation):
    """Somebody very like this is on the register."""

    message = N_("{name} ({number}) looks like the same taxpayer: {reasons}.")
    hint = N_("Open that taxpayer to compare. Save only if this is somebody else.")
