"""Refusals about documents: texts that do not verify, sheets that cannot be read back."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class DamagedText(UserError):
    """The text is not one of ours, or a part of it is missing."""

    message = N_("This text is not a complete MuniAdmin verification text.")
    hint = N_(
        "Scan the square code again, in good light and flat; if it fails again, ask for the original paper."
    )


class UnknownKey(UserError):
    """The text was signed with a key this municipality does not know."""

    message = N_("This document was not signed by this municipality (key “{key}” is unknown).")
    hint = N_("Check which municipality issued it, or add the public key of an older installation.")


class ForgedText(UserError):
    """The signature does not belong to what the text says."""

    message = N_("The signature does not match: this document was changed or made up.")
    hint = N_("Keep the paper, note who presented it, and tell your supervisor.")


class UnreadableSheet(UserError):
    """A stored document cannot be read back; the facts name the document and the reason."""

    message = N_("The stored document cannot be read: {reason}")
    hint = N_("Run “muniadmin verify” and tell your administrator.")
