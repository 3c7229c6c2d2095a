"""Printing many bills: where to, and then as a job that goes on while one works elsewhere."""

from pathlib import Path

from muniadmin.assessment.commands import BillsPrinted, PrintBills
from muniadmin.assessment.wording import bills_printed_in_words
from muniadmin.billing.reads import BillState
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.widgets.files import ask_for_folder
from muniadmin.kernel.i18n import _


def print_bills(
    page: Page,
    title: str,
    *,
    head_code: str | None = None,
    period: str | None = None,
    state: BillState | None = None,
    text: str = "",
    bill_ids: tuple[int, ...] = (),
) -> None:
    """Asks for the folder and starts the job. What was printed before is left out, so asking again goes on where it
    was stopped."""

    def start(folder: str) -> None:
        def printed(outcome: BillsPrinted) -> None:
            job.said = bills_printed_in_words(outcome)
            page.shell.say(job.said)

        job = page.shell.operations.start(
            PrintBills(
                folder=str(Path(folder)),
                head_code=head_code,
                period=period,
                state=state,
                text=text,
                bill_ids=bill_ids,
            ),
            title,
            then=printed,
            owner=page,
        )

    ask_for_folder(page, _("Folder for the files of the bills"), start)
