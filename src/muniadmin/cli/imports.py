"""Commands that bring in files."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from muniadmin.cli.errors import Misuse
from muniadmin.cli.opening import opened, operator
from muniadmin.cli.terminal import Terminal
from muniadmin.kernel.formats import format_money, format_number
from muniadmin.kernel.i18n import _, labelled, ngettext
from muniadmin.kernel.paths import typed_path

if TYPE_CHECKING:
    from muniadmin.exchange.commands import ReportedLine


def taxpayers(arguments: Namespace, terminal: Terminal) -> int:
    """Brings in a register: who is on it, and what of theirs is taxed."""
    from muniadmin.exchange.commands import ImportTaxpayers

    command = ImportTaxpayers(
        path=_path(arguments.file),
        layout=arguments.preset,
        mapping=_mapping(arguments),
        object_kind=arguments.objects or "",
        dry_run=arguments.dry_run,
        rejects_path=_path(arguments.rejects) if arguments.rejects else None,
    )
    with opened(arguments) as app:
        done = app.execute(command, operator(), progress=terminal.progress(_("Importing"))).outcome
    figures = [
        _Line("lines", _("Lines in the file"), done.lines),
        _Line("added", _("Added"), done.added),
        _Line("changed", _("Changed"), done.changed),
        _Line("unchanged", _("Unchanged"), done.unchanged),
        _Line("rejected", _("Rejected"), done.rejected),
        _Line("taxpayers_added", _("New taxpayers"), done.taxpayers_added),
        _Line("objects_added", _("New taxable objects"), done.objects_added),
    ]
    _answer(terminal, done, figures)
    return 0


def fines(arguments: Namespace, terminal: Terminal) -> int:
    """Brings in fines."""
    from muniadmin.exchange.fine_commands import ImportFines

    command = ImportFines(
        path=_path(arguments.file),
        layout=arguments.preset,
        mapping=_mapping(arguments),
        dry_run=arguments.dry_run,
        rejects_path=_path(arguments.rejects) if arguments.rejects else None,
    )
    with opened(arguments) as app:
        currency = app.municipality.currency
        done = app.execute(command, operator(), progress=terminal.progress(_("Importing"))).outcome
    figures = [
        _Line("lines", _("Lines in the file"), done.lines),
        _Line("added", _("Added"), done.added),
        _Line("unchanged", _("Unchanged"), done.unchanged),
        _Line("superseded", _("Superseded by a later line"), done.superseded),
        _Line("rejected", _("Rejected"), done.rejected),
        _Line("settled_before", _("Settled before"), done.settled_before),
        _Line("offences_added", _("New offences"), done.offences_added),
        _Line("unreadable", _("Unreadable plates"), done.unreadable),
    ]
    owed = labelled(_("Left to pay"), format_money(done.owed, currency, with_code=True))
    more = {
        "layout": done.layout,
        "amount": format(currency.decimal(done.amount), "f"),
        "owed": format(currency.decimal(done.owed), "f"),
        "currency": currency.code,
        "gaps": [
            {"officer": gap.officer, "first": gap.first, "last": gap.last, "count": gap.count}
            for gap in done.gaps
        ],
    }
    _answer(terminal, done, figures, more, [owed] if done.added else [])
    return 0


@dataclass(frozen=True)
class _Line:
    """A count of a report: its name for machines, for people, and itself."""

    code: str
    name: str
    count: int


def _path(text: str) -> str:
    return str(typed_path(text))


def _mapping(arguments: Namespace) -> dict[str, str] | None:
    """What becomes of the file's columns, as --map says it. Raises Misuse."""
    pairs = dict(text.partition("=")[::2] for text in arguments.map or ())
    if not all(field and template for field, template in pairs.items()):
        raise Misuse(
            problem=_("--map takes FIELD=TEMPLATE, for example name={Owner}"),
            command=f"muniadmin import {arguments.subcommand}",
        )
    return pairs or None


def _answer(
    terminal: Terminal,
    done: Any,
    figures: Sequence[_Line],
    more: dict[str, Any] | None = None,
    sentences: Sequence[str] = (),
) -> None:
    """The report: what every line became, the first rejected ones with their reasons, and where all of them are."""
    data = {
        "file": done.file,
        "dry_run": done.dry_run,
        **{line.code: line.count for line in figures},
        **(more or {}),
        "rejects_file": done.rejects_path,
        "first_rejected": [{"line": one.line, "reason": one.reason} for one in done.first_rejected],
    }
    width = max(len(line.name) for line in figures)
    lines = [
        f"  {line.name.ljust(width)}  {format_number(line.count).rjust(9)}" for line in figures if line.count
    ]
    heading = _("{file}: nothing was written, this was a dry run.") if done.dry_run else "{file}"
    terminal.answer(
        data, heading.format(file=done.file), *lines, *sentences, *_rejected(done.first_rejected, done)
    )


def _rejected(first: Sequence["ReportedLine"], done: Any) -> list[str]:
    if not done.rejected:
        return []
    lines = [_("Line {line}: {reason}").format(line=one.line, reason=one.reason) for one in first[:10]]
    left = done.rejected - len(lines)
    if left:
        lines.append(
            ngettext("… and {count} more.", "… and {count} more.", left).format(count=format_number(left))
        )
    if done.rejects_path:
        lines.append(_("All rejected lines are in {file}.").format(file=done.rejects_path))
    elif left:
        lines.append(_("Write them all to a file with --rejects FILE."))
    return lines
