"""Refusals about users and passwords."""

from muniadmin.kernel.errors import NotAllowed, UserError
from muniadmin.kernel.i18n import N_


class WrongUserOrPassword(UserError):
    """No active user has this name and password. It never says which of the two is wrong."""

    message = N_("The user name or the password is wrong.")
    hint = N_("Check capital letters and try again; your administrator can set a new password.")


class WrongOldPassword(WrongUserOrPassword):
    """Whoever changes their own password did not know the one they have. Who they are is known, so this is said."""

    message = N_("The old password is wrong.")


class UserIsLocked(UserError):
    """Too many wrong passwords in a row."""

    message = N_("This user is locked after too many wrong passwords.")
    hint = N_("Wait {minutes} minutes, or ask your administrator to set a new password.")


class UserIsInactive(UserError):
    """Whoever is signed in was deactivated meanwhile."""

    message = N_("You may no longer work here: your user was deactivated.")
    hint = N_("Nothing was changed. Sign out; your administrator can activate you again.")


class RightTakenAway(NotAllowed):
    """Whoever is signed in lost the role that let them do this."""

    message = N_("You are no longer allowed to do this ({permission}).")
    hint = N_("Your roles were changed. Sign out and in again to see what you may do now.")


class PasswordTooWeak(UserError):
    """The password can be guessed."""

    message = N_("This password is too easy to guess.")
    hint = N_(
        "Use at least {length} characters that are not your name or a common word; a short sentence is best."
    )


class PasswordsDiffer(UserError):
    """The password typed twice is not the same."""

    message = N_("The two passwords are not the same.")
    hint = N_("Type the password again.")


class UserNameTaken(UserError):
    """Another user has this name."""

    message = N_("There is already a user “{user_name}”.")
    hint = N_("Choose another user name.")


class UserNameWrong(UserError):
    """The user name has characters that cannot be typed at a login everywhere."""

    message = N_("A user name has 2 to 40 letters, digits, dots or dashes.")
    hint = N_("Leave out blanks and accents, for example n.benali.")


class LastAdministrator(UserError):
    """Nobody would be left to manage users."""

    message = N_("{name} is the last active administrator.")
    hint = N_("Give another user the administrator role first.")


class SamePerson(UserError):
    """Four eyes means two people."""

    message = N_("The second person must be somebody else.")
    hint = N_("Ask a colleague who may approve this to sign.")


class NoApproval(UserError):
    """The second person may not approve this."""

    message = N_("{name} may not approve this.")
    hint = N_("Ask somebody whose role allows it, for example the supervisor.")
