"""Refusals about files outside the database: the one for an independent check, and what a workstation remembers."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class WitnessUnreadable(UserError):
    """A file that was kept outside cannot be read."""

    message = N_("“{path}” cannot be read ({reason}).")
    hint = N_("Check its name and who may read it.")


class WitnessGone(WitnessUnreadable):
    """A file or folder to compare with is not there."""

    message = N_("There is no file or folder {path}.")
    hint = N_("Check its name; connect the stick or the share that it lies on.")


class ExportThere(UserError):
    """Something stands where the file should be written."""

    message = N_("“{path}” is there already.")
    hint = N_("Nothing was written over. Choose another name.")


class NotExported(UserError):
    """The file cannot be written, or not to its end."""

    message = N_("“{path}” could not be written ({reason}).")
    hint = N_("Nothing is left of it. Choose another folder or name, or make room there.")


class KeyTwice(UserError):
    """Two rows of a table have one key, which no file of SQLite can hold."""

    message = N_("The database holds two rows with the same key ({reason}).")
    hint = N_("Nothing was exported. Verify everything: the protections of that table were taken away.")


class HeadsFileBroken(UserError):
    """The file with what this workstation remembers cannot be read."""

    message = N_("What this workstation remembered of the chains cannot be read ({path}).")
    hint = N_("It begins anew with what is in the database now; the broken file is kept beside it.")
