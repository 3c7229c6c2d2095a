"""Refusals about documents: texts that do not verify, sheets that cannot be read back."""

from muniadmin.kernel.errors import NeedsConfirmation, UserError
from muniadmin.kernel.i18n import N_


class DamagedText(UserError):
    """The text is not the whole code of a paper; what stands below it says what it is instead."""

    #: The case in one word, for programs.
    why = "not_a_code"
    message = N_("This is not the square code of a receipt or an extract.")
    hint = N_(
        "Scan the square code again, in good light and flat; if it fails again, ask for the original paper."
    )


class NothingScanned(DamagedText):
    """The text is empty, or has blanks only."""

    why = "empty"
    message = N_("There is nothing to check.")
    hint = N_("Scan the square code of the paper, or paste its text.")


class TextCut(DamagedText):
    """The text begins as a code does, and a part of it is missing."""

    why = "cut"
    message = N_("A part of the square code is missing.")
    hint = N_("Scan it again, in good light and flat. If it was pasted, copy the whole text.")


class TextAdded(DamagedText):
    """The text holds a code and something beside it."""

    why = "added"
    message = N_("Something was added to the square code.")
    hint = N_("Empty the field and scan the paper once more, that code alone.")


class SeveralCodes(DamagedText):
    """The text holds more than one code."""

    why = "several_codes"
    message = N_("Two square codes were read at once.")
    hint = N_("Empty the field and scan one paper, once.")


class TextOverlong(DamagedText):
    """The text is longer than any code."""

    why = "too_long"
    message = N_("This text is far longer than a square code.")
    hint = N_("Empty the field and scan the square code of one paper.")


class LettersChanged(DamagedText):
    """The scanner types for the keyboard of another country, or Caps Lock is on."""

    why = "letters_changed"
    message = N_("The letters of the square code were changed on their way from the scanner.")
    hint = N_(
        "Switch Caps Lock off and set the scanner to this computer’s keyboard (its booklet has a code for that), "
        "then scan again."
    )


class NotPrintable(DamagedText):
    """The text has characters that no code has: a picture or another file was given."""

    why = "not_text"
    message = N_("This is not a text: it has characters that no square code holds.")
    hint = N_("Scan the square code, or paste its text; a picture or a PDF is not read here.")


class NumberInstead(DamagedText):
    """The number of a paper was scanned, which proves nothing."""

    why = "number"
    message = N_("“{number}” is a number, not a square code: it does not prove that the paper is genuine.")
    hint = N_("Scan the square code of the paper. What a number stands for is shown by the search (Ctrl+K).")


class WebAddressInstead(DamagedText):
    """A web address was scanned."""

    why = "web_address"
    message = N_("This is a web address. The square codes of these papers hold none.")
    hint = N_(
        "Do not open it. If it stands on a paper in place of its square code, show it to your supervisor."
    )


class CodeOfNewerProgram(DamagedText):
    """The code is of a form or kind that this version of the program does not know."""

    why = "newer_form"
    message = N_("This square code has a form that this version of the program does not know.")
    hint = N_(
        "Check it on a computer with a newer version, or ask your administrator to bring this one up to date."
    )


class LettersWithoutFont(NeedsConfirmation):
    """A paper bears letters that no font of the program has."""

    message = N_(
        "The program has no font for these letters: {letters}. They would be printed as empty boxes. "
        "Issue the paper all the same?"
    )
    hint = N_("Better write the name in another script first, as it stands on the person’s papers.")


class PictureUnreadable(UserError):
    """A file holds no picture that can be read."""

    message = N_("This file cannot be read as a picture.")
    hint = N_("Choose a picture file: PNG, JPEG, GIF, BMP, TIFF or WebP.")


class PictureTooLarge(UserError):
    """A file, or the picture in it, is larger than anything that is printed."""

    message = N_("This picture is too large.")
    hint = N_("Choose a smaller one: 400 dots along each side are enough.")


class UnreadableSheet(UserError):
    """A stored document cannot be read back; the facts name the document and the reason."""

    message = N_("The stored document cannot be read ({reason}).")
    hint = N_("Run “muniadmin verify” and tell your administrator.")
