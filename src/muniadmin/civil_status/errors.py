"""Refusals of civil status."""

from muniadmin.kernel.errors import NeedsConfirmation, UserError
from muniadmin.kernel.i18n import N_

# --- registers and acts --------------------------------------------------------------------------------------------


class RegisterExists(UserError):
    """There is one register for a kind, a year and an office."""

    message = N_("The register of {year} is already open in this office.")
    hint = N_("Record the act in that register.")


class RegisterUnknown(UserError):
    """No such register."""

    message = N_("There is no such register.")
    hint = N_("Open the register of the year first.")


class RegisterIsClosed(UserError):
    """A closed register takes no more acts."""

    message = N_("The register of {year} is closed.")
    hint = N_("Record the act in the register of the year in which it is declared.")


class RegisterHasDrafts(UserError):
    """A register is closed when every act in it is signed."""

    message = N_("Acts of this register that are not signed yet: {count}.")
    hint = N_("Sign or discard them, then close the register.")


class YearNotOver(UserError):
    """A register is closed once its year is over."""

    message = N_("The year {year} is not over.")
    hint = N_("Close the register after 31 December.")


class ActUnknown(UserError):
    """No such act."""

    message = N_("There is no such act.")
    hint = N_("Search for it by name and year, or by its number, for example 123/2026.")


class ActIsSigned(UserError):
    """A signed act never changes."""

    message = N_("Act {act} is signed: it cannot be changed any more.")
    hint = N_("A correction is a marginal note, on a judgment.")


class ActNotSigned(UserError):
    """Extracts are made from signed acts."""

    message = N_("This act is not signed yet.")
    hint = N_("Ask the registrar to sign it first.")


class TimeWrong(UserError):
    """An hour that is none."""

    message = N_("“{text}” is not a time of day.")
    hint = N_("Write it like 14:35.")


class DayInFuture(UserError):
    """A day that has not come yet."""

    message = N_("This day is in the future.")
    hint = N_("Check the year.")


class DeclaredBeforeBirth(UserError):
    """A birth is declared after it happened."""

    message = N_("The birth cannot be declared before it happened.")
    hint = N_("Check both dates.")


class DeclaredInOtherYear(UserError):
    """An act stands in the register of the year in which it was declared."""

    message = N_("This register holds what was declared in {year}.")
    hint = N_("Check the date, or choose the register of that year.")


class ParentMissing(UserError):
    """A birth act names the mother, the father or both."""

    message = N_("Neither the mother nor the father is named.")
    hint = N_("Enter the mother’s name, the father’s, or both.")


class SameBirthRecorded(NeedsConfirmation):
    """A child of the same name and day is there already."""

    message = N_("{name}, born on {day}, is already recorded ({act}). Is this another child?")


# --- requests ------------------------------------------------------------------------------------------------------


class RequestUnknown(UserError):
    """No such request."""

    message = N_("There is no request {number}.")
    hint = N_("Check the number on the slip.")


class DocumentUnknown(UserError):
    """Not a document that can be made from a birth act."""

    message = N_("“{code}” cannot be issued here.")
    hint = N_("Choose a document from the list.")


class CopiesWrong(UserError):
    """A number of copies that makes no sense."""

    message = N_("The number of copies is from 1 to {most}.")
    hint = N_("For more, take a second request.")


class NotEntitled(UserError):
    """The requester may not receive this."""

    message = N_("Only the person, their family or somebody with a mandate may receive this document.")
    hint = N_("Ask for the relation and its proof, or refuse the request.")


class MandateMissing(UserError):
    """Somebody who acts for another shows a mandate."""

    message = N_("The reference of the mandate is missing.")
    hint = N_("Enter the reference of the judgment, power of attorney or letter.")


class RequesterIsMinor(UserError):
    """A minor does not ask alone."""

    message = N_("{name} is under age ({age}) and cannot ask alone.")
    hint = N_("A parent or the legal guardian may ask.")


class RequesterNotOnAct(NeedsConfirmation):
    """The name given is not on the act."""

    message = N_("The act does not name “{requester}”. Did you see their identity papers?")


class StepNotAllowed(UserError):
    """The request is not where this step starts."""

    message = N_("Request {number} is “{state}”: this step is not possible now.")
    hint = N_("Open the request again to see where it stands.")


class FeeNotSettled(UserError):
    """Nothing is delivered before its fee is paid."""

    message = N_("{amount} is still to be paid for request {number}.")
    hint = N_("Take the payment at the counter, then deliver.")


class FeeAlreadyPaid(UserError):
    """What was paid is given back before a request is refused."""

    message = N_("The fee of request {number} is already paid.")
    hint = N_("Cancel the receipt first, then refuse the request.")
