"""Refusals about anchors."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class AnchorDamaged(UserError):
    """A text is no anchor, or a part of it is missing."""

    message = N_("This is not a whole anchor.")
    hint = N_("Take the file as it was written; nothing may be added or cut off.")


class AnchorOfAnotherKey(UserError):
    """An anchor was signed with a key that is not this municipality's."""

    message = N_("This anchor was not signed with this municipality’s key (key “{key}”).")
    hint = N_("Check of which municipality it is, and whether the key in the database was exchanged.")


class AnchorForged(UserError):
    """An anchor's signature does not belong to what it says."""

    message = N_("The signature does not match: this anchor was changed or made up.")
    hint = N_("Keep the file, note where it came from, and tell your supervisor.")


class FolderNotWhole(UserError):
    """A folder's name that means another place on each computer."""

    message = N_("“{folder}” does not say the whole way to a folder.")
    hint = N_("Give it from its beginning, such as {example}.")


class FolderUnusable(UserError):
    """Anchors cannot be written to the chosen folder now."""

    message = N_("Anchors could not be written to the folder {folder} ({reason}).")
    hint = N_(
        "The work goes on, and it is tried again next time. Connect the share or the stick, or make room on it."
    )


class FolderGone(FolderUnusable):
    """The chosen folder is not there: the stick was pulled out, the share is not connected, or somebody renamed it."""

    message = N_("The anchors’ folder {folder} is not there.")
    hint = N_(
        "The work goes on, and no anchor is lost. Connect the stick or the share, or choose another folder "
        "(Administration, Anchors): what is missing is written there then."
    )


class FileSaysOtherwise(UserError):
    """A file in the folder bears an anchor's name and says something else."""

    message = N_("The file {file} in the anchors’ folder is not what was written there.")
    hint = N_("Nothing was overwritten. Keep the file and run: muniadmin verify --against {file}.")
