"""What came of printing, in words: for the screen and the command line."""

from muniadmin.assessment.commands import BillsPrinted
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext


def bills_printed_in_words(done: BillsPrinted) -> str:
    """Where the files are, what had been printed before, and what was left out."""
    sentences = [
        ngettext(
            "{bills} bill is in {folder}, files: {files}.",
            "{bills} bills are in {folder}, files: {files}.",
            done.bills,
        ).format(bills=format_number(done.bills), files=format_number(done.files), folder=done.folder)
        if done.bills
        else _("There was nothing to print.")
    ]
    if done.settled:
        sentences.append(
            ngettext(
                "Nothing is owed on {count} more, which was left out.",
                "Nothing is owed on {count} more, which were left out.",
                done.settled,
            ).format(count=format_number(done.settled))
        )
    if done.before:
        sentences.append(
            ngettext(
                "{count} had been printed before.", "{count} had been printed before.", done.before
            ).format(count=format_number(done.before))
        )
    if done.before_in:
        sentences.append(
            _("The files printed before were put into: {folders}.").format(folders=", ".join(done.before_in))
        )
    if done.left_out:
        sentences.append(
            _("Left out, because no font has all their letters: {numbers}. Print them one by one.").format(
                numbers=", ".join(done.left_out)
            )
        )
    return " ".join(sentences)
