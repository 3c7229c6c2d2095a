"""Refusals about tariffs and rolls."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class HeadNotAssessed(UserError):
    """The head is for fines or fees: nothing is assessed on it."""

    message = N_("“{head}” is not assessed on taxable objects: it has no tariff and no roll.")
    hint = N_("Choose a tax.")


class PeriodNotUnderstood(UserError):
    """The text names no period of the head."""

    message = N_("“{period}” is not a period of “{head}”.")
    hint = N_("Write it like this: {example}.")


class NoTariffInForce(UserError):
    """No version of the tariff applies on the first day of the period."""

    message = N_("No tariff of “{head}” is in force on {day}.")
    hint = N_("Save a tariff valid from that day or before, then issue the roll again.")


class TariffNotValid(UserError):
    """The tariff as written cannot be accepted; ``problem`` says where."""

    message = N_("This tariff cannot be saved. {problem}")
    hint = N_("Correct it at the place named. What you typed is kept.")


class TariffExampleFails(UserError):
    """The tariff does not give what one of its examples says."""

    message = N_("Example {number} gives {found}, not {expected}.")
    hint = N_("Correct the figures of the tariff, or the example.")


class TariffExampleCannotBeAssessed(UserError):
    """An example describes an object the tariff gives no amount for."""

    message = N_("Example {number} cannot be computed: no line of the tariff fits it.")
    hint = N_("Add the missing case to the tariff, or correct the example.")


class TariffTooEarly(UserError):
    """A new version must come after those there are."""

    message = N_("The new tariff must be valid from a day after {day}, when the last one starts.")
    hint = N_("Choose a later day.")


class TariffPeriodAssessed(UserError):
    """Bills were already issued under the tariff in force for a period the new one would cover."""

    message = N_("Bills of {period} have already been issued with the tariff in force.")
    hint = N_("Let the new tariff start after that period.")


class FolderUnwritable(UserError):
    """Files cannot be written into the folder."""

    message = N_("Nothing can be written into “{folder}” ({reason}).")
    hint = N_("Choose another folder, or make room on the disk.")


class PrintedFileNotMoved(UserError):
    """A file was recorded as printed and cannot be put beside the others."""

    message = N_(
        "The bills in “{file}” are recorded as printed, but the file cannot be moved into its folder ({reason})."
    )
    hint = N_(
        "Make the folder writable and print the bills again: the file is then moved, and the bills still missing are "
        "printed. Where the file is gone, print its bills one by one, as duplicates."
    )
