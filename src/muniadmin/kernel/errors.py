"""What can go wrong in the user's world. An error carries facts; the edge finds the words in the user's language."""

from collections.abc import Mapping

from muniadmin.kernel.i18n import N_, _


class UserError(Exception):
    """A refusal the user can understand and act on. Subclasses say what happened and what to do.

    Facts are given by name and fill the places of ``message`` and ``hint``. Text facts are shown as they are.
    """

    message: str = N_("This cannot be done.")
    hint: str = N_("Check what you entered and try again.")

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__, facts)
        self.facts = facts

    def sentence(self) -> str:
        """What happened, in the language in force."""
        return _(self.message).format(**self.facts)

    def advice(self) -> str:
        """What to do now, in the language in force."""
        return _(self.hint).format(**self.facts)

    def __str__(self) -> str:
        return self.sentence()


class InvalidInput(UserError):
    """One or more fields cannot be accepted; each problem is a sentence shown beside its field."""

    message = N_("Some fields need your attention.")
    hint = N_("Correct the fields marked below.")

    def __init__(self, problems: Mapping[str, UserError]) -> None:
        super().__init__()
        self.problems = dict(problems)

    def sentence(self) -> str:
        """The one problem itself, or that there are several."""
        if len(self.problems) == 1:
            return next(iter(self.problems.values())).sentence()
        return super().sentence()

    def advice(self) -> str:
        """What to do about the one problem, or about several."""
        if len(self.problems) == 1:
            return next(iter(self.problems.values())).advice()
        return super().advice()


class FieldMissing(UserError):
    """A field that must be filled is empty."""

    message = N_("This field is required.")
    hint = N_("Fill in the field.")


class FieldTooLong(UserError):
    """More letters were typed into a field than there is room for."""

    message = N_("This text is too long.")
    hint = N_("Use at most {limit} characters.")


class NotUnderstood(UserError):
    """Text that should be a number, an amount or a date is not."""

    message = N_("“{text}” is not understood.")
    hint = N_("Check the spelling or the digits.")


class ChoiceUnknown(UserError):
    """A word or code that is not one of the choices."""

    message = N_("“{text}” is not one of the choices.")
    hint = N_("Choose one of: {known}.")


class WrongKind(UserError):
    """A value of another kind than its field takes."""

    message = N_("This does not belong here.")
    hint = N_("Nothing was changed. Fill in the field again.")


class NotAText(WrongKind):
    """Something else where a text is meant."""

    message = N_("This is not a text.")
    hint = N_("Type letters or digits.")


class NotAWholeNumber(WrongKind):
    """Something else where a whole number is meant."""

    message = N_("This is not a whole number.")
    hint = N_("Type digits only.")


class NotANumber(WrongKind):
    """Something else where a number is meant, or what is called “not a number” and infinity."""

    message = N_("This is not a number.")
    hint = N_("Check the digits.")


class NotAnAmount(WrongKind):
    """Something else where an amount of money is meant."""

    message = N_("This is not an amount of money.")
    hint = N_("Check the digits.")


class NotADate(WrongKind):
    """Something else where a day is meant."""

    message = N_("This is not a date.")
    hint = N_("Give a day, a month and a year.")


class NotAMoment(WrongKind):
    """Something else where a day with its time is meant."""

    message = N_("This is not a date with its time.")
    hint = N_("Give a day and a time.")


class TimeWithoutZone(UserError):
    """A time of which nobody knows whether it is the municipality's or another's."""

    message = N_("A time needs its time zone.")
    hint = N_("Say in which time zone it is meant, for example 09:30+01:00.")


class DateOutOfReach(UserError):
    """A day at the end of the calendar, which has no neighbours."""

    message = N_("This date is too far away.")
    hint = N_("Check the year.")


class NumberTooSmall(UserError):
    """A whole number below what makes sense."""

    message = N_("This number must be at least {least}.")
    hint = N_("Check the digits.")


class NotAllowed(UserError):
    """The user's roles do not include the permission."""

    message = N_("You are not allowed to do this ({permission}).")
    hint = N_("Ask a colleague who has this permission, or your administrator.")


class NotFound(UserError):
    """The thing asked for is not there."""

    message = N_("Nothing was found for “{what}”.")
    hint = N_("Check the number or the name.")


class StaleRecord(UserError):
    """Somebody else changed the record since it was read."""

    message = N_("{who} changed this record while you were working on it.")
    hint = N_("Look at their change before you save again; what you typed stays in the form.")


class DatabaseBusy(UserError):
    """Another program holds the database longer than we wait."""

    message = N_("The database is busy.")
    hint = N_("Try again in a moment. Nothing was changed.")


class RequestChanged(UserError):
    """What was carried out already is sent again under the same key, but asks for something else."""

    message = N_("This was entered before as {number}, otherwise than now.")
    hint = N_("Compare with {number}. If another one came beside it, begin that one anew.")


class SomebodyWasFaster(DatabaseBusy):
    """Somebody entered at the same moment what can be there only once; tried again, the slice's own refusal says it."""

    message = N_("Somebody else entered the same thing at the same moment.")
    hint = N_("Nothing was changed. Look at what is there now, then try again.")


class DatabaseFull(UserError):
    """The disk that holds the database has no room left."""

    message = N_("There is no room left on the disk that holds the database.")
    hint = N_("Nothing was changed. Make room on that disk, then try again.")


class DatabaseReadOnly(UserError):
    """The database may be read but not written."""

    message = N_("The database can be read but not written.")
    hint = N_("Nothing was changed. Ask your administrator for the right to write to the file or the server.")


class TextNotStorable(UserError):
    """A text has a character that no database keeps, such as NUL."""

    message = N_("A text has a character that cannot be stored, or is too long.")
    hint = N_("Nothing was changed. Type the text again instead of pasting it.")


class LetterUnseen(UserError):
    """A text has a character that nobody sees and no paper shows, such as BEL."""

    message = N_("This text has a character that cannot be seen or printed ({code}).")
    hint = N_("Type the text again instead of pasting it.")


class TextTooLong(UserError):
    """A text is longer than there is room for."""

    message = N_("“{start}…” is too long: there is room for {length} characters.")
    hint = N_("Nothing was changed. Shorten the text.")


class SearchTooLong(UserError):
    """What is searched for is longer than anything that could be found."""

    message = N_("What is searched for is too long: at most {length} characters.")
    hint = N_("Type a name, a number or a plate.")


class NumberTooLarge(UserError):
    """A number is beyond what can be stored."""

    message = N_("A number or an amount is too large.")
    hint = N_("Nothing was changed. Check the digits.")


class DatabaseUnreachable(UserError):
    """The database cannot be opened at all."""

    message = N_("The database cannot be opened ({reason}).")
    hint = N_("Check the address, the network and the server, then try again.")


class NoDatabaseFile(DatabaseUnreachable):
    """The file is none of SQLite's: another file, an encrypted one, or one whose beginning is damaged."""

    message = N_("The file is not a database.")
    hint = N_(
        "Check its name: it may be another file, a copy that is not whole, or a compressed or encrypted one. If it is "
        "the right one, its beginning is damaged: keep it, and restore the last good backup."
    )


class DatabaseDamaged(UserError):
    """What is stored in the database cannot be read: pages of its file are damaged, or somebody wrote into it."""

    message = N_("The database is damaged ({reason}).")
    hint = N_(
        "Take no more work, copy the file away, and tell your administrator: the last good backup is to be restored. "
        "What is damaged, “muniadmin db check” names as far as the file can be opened."
    )


class NeedsConfirmation(UserError):
    """A question, not a refusal: the same command goes on when it is sent again with this class confirmed. One that is
    ``doubtful`` is rather answered with no: Enter alone does not confirm it."""

    hint = N_("Confirm to go on, or cancel.")
    doubtful: bool = False


class Cancelled(UserError):
    """The user stopped a long job; what it had not finished was not done."""

    message = N_("The job was cancelled.")
    hint = N_("Nothing that was not reported as done has changed.")
