"""Commands about anchors, and about what this workstation remembers of the chains."""

from argparse import Namespace
from pathlib import Path

from muniadmin.cli.errors import FileUnwritable
from muniadmin.cli.opening import opened, operator
from muniadmin.cli.terminal import Terminal, table
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_date, format_instant, format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.paths import is_there


def make(arguments: Namespace, terminal: Terminal) -> int:
    """Makes an anchor now; it is also written to the chosen folder, and to a file where one is named."""
    from muniadmin.anchors.commands import MakeAnchor, WriteAnchors

    if arguments.out and is_there(arguments.out):
        raise FileUnwritable(path=arguments.out, reason=_("it is there already"))
    with opened(arguments) as app:
        made = app.execute(MakeAnchor(), operator()).outcome
        written = 0
        try:
            written = app.execute(WriteAnchors(), operator()).outcome
        except UserError as problem:
            terminal.refuse(problem)
    if arguments.out:
        try:
            with Path(arguments.out).open("x", encoding="utf-8") as file:
                file.write(f"{made.line}\n")
        except OSError as error:
            raise FileUnwritable(path=arguments.out, reason=error.strerror) from error
    terminal.answer(
        {"number": made.number, "digest": made.digest, "line": made.line, "written": written},
        _("Anchor {number} is made: {digest}").format(number=made.number, digest=made.digest),
        *([] if arguments.out else [made.line]),
    )
    return 0


def show(arguments: Namespace, terminal: Terminal) -> int:
    """Lists the anchors, the newest first."""
    from muniadmin.anchors.reads import Anchors
    from muniadmin.anchors.rules import OCCASION_NAMES, SHORT

    with opened(arguments) as app:
        rows = app.read(Anchors(limit=arguments.limit), operator())
        zone = app.municipality.calendar.zone
    terminal.answer(
        {
            "anchors": [
                {
                    "number": one.number,
                    "business_day": one.booked_on.isoformat(),
                    "made_at": one.made_at.isoformat(),
                    "made_by": one.made_by,
                    "workstation": one.workstation,
                    "occasion": one.occasion,
                    "digest": one.digest,
                    "line": one.line,
                }
                for one in rows
            ]
        },
        *table(
            [_("Number"), _("Business day"), _("Made at"), _("Occasion"), _("Digest")],
            [
                (
                    format_number(one.number),
                    format_date(one.booked_on),
                    format_instant(one.made_at, zone),
                    _(OCCASION_NAMES.get(one.occasion, one.occasion)),
                    one.digest[:SHORT],
                )
                for one in rows
            ],
            numbers=[0],
        ),
    )
    return 0


def folder(arguments: Namespace, terminal: Terminal) -> int:
    """Says or changes in which folder anchors are also written, and writes those that are missing there."""
    from muniadmin.anchors.commands import ChooseAnchorFolder, WriteAnchors
    from muniadmin.anchors.reads import AnchorFolder

    with opened(arguments) as app:
        if arguments.none or arguments.path:
            chosen = "" if arguments.none else str(Path(arguments.path).absolute())
            app.execute(ChooseAnchorFolder(folder=chosen), operator())
        kept = app.read(AnchorFolder(), operator())
        written = app.execute(WriteAnchors(), operator()).outcome if kept.folder else 0
    terminal.answer(
        {"folder": kept.folder, "written": written},
        _("Anchors are also written to {folder}.").format(folder=kept.folder)
        if kept.folder
        else _("Anchors are written to no folder."),
        *(
            [
                ngettext(
                    "{count} anchor was missing there and has been written.",
                    "{count} anchors were missing there and have been written.",
                    written,
                )
                .format(count=format_number(written))
            ]
            if written
            else []
        ),
    )  # fmt: skip
    return 0


def begin_anew(arguments: Namespace, terminal: Terminal) -> int:
    """Has this workstation forget what it remembers of the chains; the reason is recorded."""
    from muniadmin.verification.commands import BeginHeadsAnew

    with opened(arguments) as app:
        lost = app.execute(BeginHeadsAnew(reason=arguments.reason), operator()).outcome
    terminal.answer(
        {"lost": lost},
        _("This workstation remembers from now on what is in the database now."),
        *(
            [
                ngettext(
                    "{count} chain was not as remembered.", "{count} chains were not as remembered.", lost
                ).format(count=format_number(lost))
            ]
            if lost
            else []
        ),
    )
    return 0
