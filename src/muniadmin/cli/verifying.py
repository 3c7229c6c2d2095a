"""The command that proves that nothing was lost or changed."""

from argparse import Namespace

from muniadmin.cli.anchors import witnesses
from muniadmin.cli.opening import opened_to_verify, operator
from muniadmin.cli.terminal import Terminal, table
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _


def everything(arguments: Namespace, terminal: Terminal) -> int:
    """Runs every check on the whole database; the culprits are named, and the exit code is not 0 when there are any.
    Whoever stops it is told what was found so far."""
    from muniadmin.verification.commands import Verify
    from muniadmin.verification.report import as_data, line, remarks, result, verdict

    if arguments.tables:
        return _tables(terminal)
    command = Verify(against=witnesses(arguments.against))
    with opened_to_verify(arguments) as app:
        report = app.execute(command, operator(), progress=terminal.progress(_("Checking"))).outcome
    rows = [(_(one.name), format_number(one.rows), result(one)) for one in report.checked]
    rows += [(_(name), "", _("not run")) for name in report.not_run]
    terminal.answer(
        as_data(report),
        *table([_("Check"), _("Rows"), _("Result")], rows, numbers=[1]),
        "",
        verdict(report),
        *(f"  {line(one)}" for one in report.findings),
        *remarks(report),
    )
    return 0 if report.clean else 1


def _tables(terminal: Terminal) -> int:
    """How each table is proved."""
    from muniadmin import bootstrap  # noqa: F401 - every slice says so of its own tables
    from muniadmin.storage.proof import DECLARED

    rows = [
        {
            "table": name,
            "proof": one.proof.value,
            "by_digest": sorted(one.by_digest),
            "beside": sorted(one.beside),
            "why": one.why,
        }
        for name, one in sorted(DECLARED.items())
    ]
    shown = [(name, one.proof.value, one.why) for name, one in sorted(DECLARED.items())]
    terminal.answer({"tables": rows}, *table([_("Table"), _("Proof"), _("Why")], shown))
    return 0
