"""Refusals at the counter."""

from typing import ClassVar

from muniadmin.kernel.errors import NeedsConfirmation, UserError
from muniadmin.kernel.i18n import N_, _


class DeskIsOpen(UserError):
    """A desk has one open session at a time."""

    message = N_("Cash desk {desk} is already open ({cashier}).")
    hint = N_("Close that session first, or choose another desk.")


class CashierHasSession(UserError):
    """A cashier works at one desk at a time."""

    message = N_("You already have cash desk {desk} open.")
    hint = N_("Close it before you open another.")


class DeskUnknown(UserError):
    """There is no such desk, or it is no longer used."""

    message = N_("There is no cash desk {desk}.")
    hint = N_("Choose a desk from the list.")


class CashSessionIsClosed(UserError):
    """Payments need an open session."""

    message = N_("The cash session is closed.")
    hint = N_("Open the cash desk, then take the payment.")


class NotYourSession(UserError):
    """Only the cashier who opened a session works in it."""

    message = N_("This cash session was opened by {cashier}.")
    hint = N_("Open a desk in your own name.")


class NothingToPay(UserError):
    """No debt was chosen, or nothing is left on any of them."""

    message = N_("Nothing is left to pay on what you chose.")
    hint = N_("Choose another debt; somebody may have paid it a moment ago.")


class CountImpossible(UserError):
    """Fewer than no notes, or notes without value."""

    message = N_("A count has no fewer than zero pieces of each note and coin.")
    hint = N_("Count again, and correct the line.")


class ClockIsBehind(UserError):
    """The computer's clock stands before the session's opening or its last receipt: time would run backwards."""

    message = N_(
        "The clock of this computer stands before the last receipt or the opening of the cash session."
    )
    hint = N_(
        "Have the date and time of the computer corrected, then take the payment. If they are right and the business "
        "day was taken back, close the cash desk and open it again."
    )


class TenderedTooLittle(UserError):
    """Less cash was handed over than the amount to be paid."""

    message = N_("{tendered} is less than the {amount} to be paid.")
    hint = N_("Enter what was handed over, or lower the amount for a part payment.")


class ReferenceMissing(UserError):
    """Payments other than cash can be traced."""

    message = N_("This means of payment needs its reference.")
    hint = N_("Enter the cheque, card slip, transfer or mobile-money reference.")


class AdvanceNeedsTaxpayer(UserError):
    """More than is owed can be kept only on somebody's account."""

    message = N_(
        "{amount} is more than what is chosen comes to ({due}), and there is no one account to keep the rest on."
    )
    hint = N_("Lower the amount, or register the taxpayer first.")


class AmountExceedsDebts(NeedsConfirmation):
    """More is paid than what was chosen comes to. ``replaced``, ``beside`` and ``credit`` are what becomes of the rest,
    each empty where there is none; ``debts`` names what ``beside`` pays."""

    message = N_("What is chosen comes to {due}, and {amount} is paid: {over} more.")
    of_the_rest: ClassVar = {
        "replaced": N_(
            "{replaced} takes the place of money that paid the same debt later; that money pays what else is due, or "
            "becomes a credit."
        ),
        "beside": N_("{beside} pays what else is due: {debts}."),
        "credit": N_("{credit} is kept as credit for the taxpayer."),
    }

    def advice(self) -> str:
        """What becomes of the rest, and what to do now."""
        said = [_(text).format(**self.facts) for fact, text in self.of_the_rest.items() if self.facts[fact]]
        return " ".join([*said, super().advice()])


class ChangeBeyondReason(NeedsConfirmation):
    """More change than was ever handed back over a counter: a number may stand where the amount belongs."""

    message = N_("Hand back {change}?")
    hint = N_(
        "{tendered} is handed over for {amount}: that is more change than a till holds. A number may stand where the "
        "amount belongs."
    )
    doubtful = True


class ReceiptUnknown(UserError):
    """There is no such receipt."""

    message = N_("There is no receipt {number}.")
    hint = N_("Check the number on the paper.")


class AlreadyCancelled(UserError):
    """A receipt can be cancelled once."""

    message = N_("Receipt {number} is already cancelled.")
    hint = N_("Its cancellation can be printed again from the list of receipts.")


class CancelInSameSession(UserError):
    """After closing, money goes back by a refund, not by a cancellation."""

    message = N_("Receipt {number} belongs to a cash session that is closed.")
    hint = N_("The money has been counted and handed over. Tell your supervisor.")


class DifferenceNotExplained(UserError):
    """The count differs from what should be in the till."""

    message = N_("The count differs from the expected cash by {difference}.")
    hint = N_("Count again, or explain the difference.")


class TendersUnclear(UserError):
    """No means of payment, or two that both take the rest."""

    message = N_("Each means of payment but one needs its amount.")
    hint = N_("Enter how much is paid by each.")


class OnlyCashIsHandedBack(UserError):
    """More than is to be paid was handed over by other means than cash."""

    message = N_("Change is given on cash only.")
    hint = N_("Enter the amount of the cheque, the card slip or the transfer as the amount paid.")


class AlreadyTaken(UserError):
    """A transfer or mobile payment was taken before."""

    message = N_("{channel} {reference} was taken before, with receipt {receipt}.")
    hint = N_("Compare the reference with the paper. If the money came twice, each has its own reference.")


class ReferenceTwice(UserError):
    """Two transfers or mobile payments of one receipt with the same reference."""

    message = N_("Two means of payment have the same reference.")
    hint = N_("Each transfer and each mobile payment has its own: compare them with the papers.")


class PointUnknown(UserError):
    """There is no such collector."""

    message = N_("There is no collector {point}.")
    hint = N_("Choose one from the list.")


class StubEntered(UserError):
    """The stub is in the books already."""

    message = N_("Stub {number} of book {book} was entered before.")
    hint = N_("Compare the numbers with the book.")


class StubBookUnwritable(UserError):
    """The name of a stub book cannot stand in the square code of its receipts."""

    message = N_("The name of a stub book has letters, digits and dashes, but no bar “|”.")
    hint = N_("Write the name as it stands on the book’s cover.")


class StubInTheFuture(UserError):
    """A stub bears a day that has not come."""

    message = N_("The day of a stub cannot lie in the future.")
    hint = N_("Enter the day that stands on it.")


class AlreadyReturned(UserError):
    """The money came back before, or its receipt was cancelled."""

    message = N_("This payment was taken back before.")
    hint = N_("Look at the receipt in the list.")


class CashDoesNotComeBack(UserError):
    """Notes and coins have no cover that can be missing."""

    message = N_("Cash cannot come back unpaid.")
    hint = N_("Cancel the receipt while its cash session is open; after that, tell your supervisor.")


class CreditMovedOn(UserError):
    """What a receipt left over was moved to another account meanwhile."""

    message = N_("Money of receipt {number} was moved to another account meanwhile.")
    hint = N_("Nothing was cancelled. Tell your supervisor.")


class NobodyToCharge(UserError):
    """What had helped another account can be charged to nobody: the drawer owes nothing on any bill."""

    message = N_(
        "The returned money had paid somebody else’s debts, and its drawer has no bill to charge it on."
    )
    hint = N_("Nothing was entered. Tell your supervisor.")
