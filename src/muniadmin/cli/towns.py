"""The command that makes a demonstration town."""

import time
from argparse import Namespace

from muniadmin.cli.errors import Misuse
from muniadmin.cli.terminal import Terminal
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.places import demonstration_database


def demo(arguments: Namespace, terminal: Terminal) -> int:
    """Makes a generated town in an empty database."""
    from sqlalchemy import make_url

    from muniadmin.demonstration.town import create_demonstration

    if arguments.taxpayers < 1:
        raise Misuse(problem=_("A town has at least one taxpayer"), command="muniadmin demo")
    # Never by accident into the municipality's own database: only where --url says so.
    url = arguments.url or demonstration_database()
    began = time.monotonic()
    create_demonstration(
        url,
        arguments.profile,
        arguments.taxpayers,
        arguments.seed,
        terminal.progress(_("Making the town")),
    )
    seconds = round(time.monotonic() - began, 1)
    shown = make_url(url).render_as_string(hide_password=True)
    sentence = ngettext(
        "A town of {count} taxpayer was made in {url} ({seconds} s).",
        "A town of {count} taxpayers was made in {url} ({seconds} s).",
        arguments.taxpayers,
    )
    terminal.answer(
        {
            "url": shown,
            "profile": arguments.profile,
            "taxpayers": arguments.taxpayers,
            "seed": arguments.seed,
            "seconds": seconds,
        },
        sentence.format(count=arguments.taxpayers, url=shown, seconds=seconds),
        _("Open it with: muniadmin gui --database {url}").format(url=shown)
        if arguments.url
        else _("Open it with: muniadmin gui --demo"),
    )
    return 0
