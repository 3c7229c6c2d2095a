"""Refusals of the command line itself."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class Misuse(UserError):
    """The command was not understood."""

    message = N_("{problem}.")
    hint = N_("See: {command} --help.")


class FileUnreadable(UserError):
    """A file named on the command line cannot be read."""

    message = N_("“{path}” cannot be read ({reason}).")
    hint = N_("Check its name and who may read it.")


class FileUnwritable(UserError):
    """A file named on the command line cannot be written."""

    message = N_("“{path}” cannot be written ({reason}).")
    hint = N_("Choose another place.")


class NoPassword(UserError):
    """A password is needed and there is nobody to ask."""

    message = N_("A password is needed for “{user_name}”.")
    hint = N_("Write it as the only line of a file and give --password-file FILE (- reads standard input).")


class NoDatabase(UserError):
    """The local database file is not there."""

    message = N_("There is no database at {path}.")
    hint = N_("Set one up with: muniadmin db init --profile fes, or name another with --url.")


class NotAKey(UserError):
    """The file holds no public key of a municipality."""

    message = N_("“{path}” holds no public key.")
    hint = N_("Export it at the municipality with: muniadmin key export.")


class Interrupted(UserError):
    """The user pressed Ctrl+C."""

    message = N_("Stopped.")
    hint = N_("What was not reported as done has not changed.")
