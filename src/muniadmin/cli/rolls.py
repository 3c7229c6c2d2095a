"""Commands of the assessment office."""

from argparse import Namespace
from decimal import Decimal
from typing import TYPE_CHECKING

from muniadmin.assessment.wording import bills_printed_in_words
from muniadmin.cli.opening import opened, operator
from muniadmin.cli.terminal import Terminal
from muniadmin.kernel.formats import format_date, format_money, format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.money import Currency, Money

if TYPE_CHECKING:
    from muniadmin.app import App


def issue(arguments: Namespace, terminal: Terminal) -> int:
    """Issues a roll, or with --dry-run only tells what it would issue."""
    with opened(arguments) as app:
        currency = app.municipality.currency
        if arguments.dry_run:
            return _preview(app, arguments, terminal, currency)
        from muniadmin.assessment.commands import IssueRoll

        done = app.execute(
            IssueRoll(head_code=arguments.head, period=arguments.period),
            operator(),
            progress=terminal.progress(_("Issuing the roll")),
        ).outcome
    terminal.answer(
        {
            "head": done.head_code,
            "period": done.period,
            "bills": done.bills,
            "amount": _plain(done.amount, currency),
            "nothing_owed": done.nothing_owed,
            "exceptions": done.exceptions,
            "total_bills": done.total_bills,
            "total_amount": _plain(done.total_amount, currency),
            "currency": currency.code,
        },
        _sentence(done.bills, done.amount, currency),
        *_exceptions(done.exceptions),
    )
    return 0


def print_bills(arguments: Namespace, terminal: Terminal) -> int:
    """Prints the bills of a roll that were not printed yet, as files of one zone each."""
    from muniadmin.assessment.commands import PrintBills

    with opened(arguments) as app:
        done = app.execute(
            PrintBills(head_code=arguments.head, period=arguments.period, folder=arguments.folder),
            operator(),
            progress=terminal.progress(_("Printing the bills")),
        ).outcome
    terminal.answer(
        {
            "folder": done.folder,
            "files": done.files,
            "bills": done.bills,
            "printed_before": done.before,
            "printed_before_in": list(done.before_in),
            "left_out": list(done.left_out),
        },
        bills_printed_in_words(done),
    )
    return 0


def _preview(app: "App", arguments: Namespace, terminal: Terminal, currency: Currency) -> int:
    from muniadmin.assessment.reads import PreviewRoll

    found = app.read(PreviewRoll(head_code=arguments.head, period=arguments.period), operator())
    terminal.answer(
        {
            "head": found.head_code,
            "period": found.period,
            "due_days": [day.isoformat() for day in found.due_days],
            "objects": found.objects,
            "already": found.already,
            "bills": found.bills,
            "amount": _plain(found.amount, currency),
            "nothing_owed": found.nothing_owed,
            "exceptions": found.exceptions,
            "currency": currency.code,
            "dry_run": True,
        },
        ngettext(
            "{count} bill for a total of {total} would be issued, due on {days}.",
            "{count} bills for a total of {total} would be issued, due on {days}.",
            found.bills,
        ).format(
            count=format_number(found.bills),
            total=format_money(found.amount, currency, with_code=True),
            days=", ".join(format_date(day) for day in found.due_days),
        ),
        *_exceptions(found.exceptions),
    )
    return 0


def _sentence(bills: int, amount: Money, currency: Currency) -> str:
    if not bills:
        return _("Nothing was left to issue.")
    text = ngettext(
        "{count} bill was issued for a total of {total}.",
        "{count} bills were issued for a total of {total}.",
        bills,
    )
    return text.format(count=format_number(bills), total=format_money(amount, currency, with_code=True))


def _exceptions(count: int) -> list[str]:
    if not count:
        return []
    text = ngettext(
        "{count} object cannot be assessed: something about it is not known.",
        "{count} objects cannot be assessed: something about them is not known.",
        count,
    )
    return [text.format(count=format_number(count))]


def _plain(amount: Money, currency: Currency) -> str:
    """An amount for machines: decimal text in the main unit."""
    exact: Decimal = currency.decimal(amount)
    return format(exact, "f")
