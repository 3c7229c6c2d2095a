"""Refusals about profiles: each names the file, the place in it, and what to change there."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class ProfileInvalid(UserError):
    """Something in a profile cannot be accepted; ``place`` says where."""

    message = N_("{file}, {place}: this is not accepted.")
    hint = N_("Correct the profile at the place named, then load it again. Nothing was changed.")


class ProfileUnknown(ProfileInvalid):
    """No profile of this name is shipped."""

    message = N_("There is no profile “{code}”.")
    hint = N_("Choose one of: {known}.")


class ProfileUnreadable(ProfileInvalid):
    """The file cannot be read as TOML at all."""

    message = N_("{file} cannot be read as a profile: {reason}.")


class ProfileEntryUnknown(ProfileInvalid):
    """A key nobody knows: a slip of the pen that would otherwise be ignored in silence."""

    message = N_("{file}, {place}: there is no entry called “{entry}” here.")


class ProfileEntryMissing(ProfileInvalid):
    """A key that must be there is not."""

    message = N_("{file}, {place}: the entry “{entry}” is missing.")


class ProfileValueWrong(ProfileInvalid):
    """A value of the wrong type or form."""

    message = N_("{file}, {place}: {value} is not accepted here (expected: {expected}).")


class ProfileFiguresWrong(ProfileInvalid):
    """A table that takes one of several figures has none, or more than one."""

    message = N_("{file}, {place}: give exactly one of {choices}.")


class ProfileReferenceUnknown(ProfileInvalid):
    """A code that points at nothing."""

    message = N_("{file}, {place}: “{value}” is not defined under {section}.")


class ProfileDefinedTwice(ProfileInvalid):
    """A code used for two things."""

    message = N_("{file}, {place}: “{value}” is defined twice.")


class ProfileNameMissing(ProfileInvalid):
    """A name is not given in one of the municipality's languages."""

    message = N_("{file}, {place}: the text in “{language}” is missing.")


class ProfilePlaceholderUnknown(ProfileInvalid):
    """A text has a place to fill in that no document fills."""

    message = N_("{file}, {place}: nothing can be filled in for “{placeholder}”.")


class ProfileAmountTooFine(ProfileInvalid):
    """An amount has more decimals than the currency."""

    message = N_("{file}, {place}: {amount} has more decimals than {currency} uses.")


class ProfileTariffKindWrong(ProfileInvalid):
    """A tariff whose figures do not go with its kind."""

    message = N_("{file}, {place}: a tariff of kind “{kind}” needs “{entry}”.")


class ProfileBaseWrong(ProfileInvalid):
    """A tariff's base is an attribute that cannot be counted, or not in the way its figures need."""

    message = N_("{file}, {place}: the base “{attribute}” must be of type {types}.")


class ProfileBracketsOutOfOrder(ProfileInvalid):
    """Brackets that do not start at 0 or do not ascend."""

    message = N_("{file}, {place}: the brackets must start at 0 and ascend.")


class ProfileExampleIncomplete(ProfileInvalid):
    """A tariff's example does not say what the tariff needs to know."""

    message = N_("{file}, {place}: the example does not give “{attribute}”.")


class ProfileVersionsOverlap(ProfileInvalid):
    """Two versions of a tariff apply on the same day."""

    message = N_("{file}, {place}: this version overlaps the one before it.")


class NotSetUp(UserError):
    """The database holds no municipality."""

    message = N_("This database has not been set up for a municipality yet.")
    hint = N_("Start the program and follow the first steps, or run: muniadmin db init --profile fes.")
