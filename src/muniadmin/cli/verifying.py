"""The command that proves that nothing was lost or changed."""

from argparse import Namespace

from muniadmin.cli.errors import Misuse
from muniadmin.cli.opening import opened_to_verify, operator
from muniadmin.cli.terminal import Terminal, table
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _


def everything(arguments: Namespace, terminal: Terminal) -> int:
    """Runs every check on the whole database, or looks at what came after an anchor. The culprits are named, and the
    exit code is not 0 when there are any; whoever stops it is told what was found so far."""
    from muniadmin.verification.commands import Verify
    from muniadmin.verification.report import as_data, line, remarks, result, verdict
    from muniadmin.verification.witnesses import witnesses

    if arguments.tables:
        return _tables(terminal)
    if arguments.export:
        return _export(arguments, terminal)
    command = Verify(against=witnesses(arguments.against), since_anchor=arguments.since_anchor)
    with opened_to_verify(arguments) as app:
        report = app.execute(command, operator(), progress=terminal.progress(_("Checking"))).outcome
        town = app.municipality
    rows = [(_(one.name), format_number(one.rows), result(one)) for one in report.checked]
    rows += [(_(name), "", _("not run")) for name in (*report.not_run, *report.left_out)]
    terminal.answer(
        as_data(report),
        *table([_("Check"), _("Rows"), _("Result")], rows, numbers=[1]),
        "",
        verdict(report),
        *(f"  {line(one, town)}" for one in report.findings),
        *remarks(report),
    )
    return 0 if report.clean else 1


def _export(arguments: Namespace, terminal: Terminal) -> int:
    """Writes the file for an independent check."""
    from muniadmin.verification.commands import ExportToCheck
    from muniadmin.verification.report import exported

    if arguments.against or arguments.since_anchor:
        raise Misuse(problem=_("--export compares nothing"), command="muniadmin verify")
    with opened_to_verify(arguments) as app:
        command = ExportToCheck(path=arguments.export)
        outcome = app.execute(command, operator(), progress=terminal.progress(_("Exporting"))).outcome
    terminal.answer(
        {
            "file": outcome.path,
            "tables": outcome.tables,
            "rows": outcome.rows,
            "sha256": outcome.digest,
            "recorded": not outcome.unrecorded,
        },
        *exported(outcome),
        f"SHA-256: {outcome.digest}",
    )
    return 0


def _tables(terminal: Terminal) -> int:
    """How each table is proved."""
    from muniadmin import bootstrap  # noqa: F401 - every slice says so of its own tables
    from muniadmin.storage.proof import DECLARED

    rows = [
        {
            "table": name,
            "proof": one.proof.value,
            "by_digest": sorted(one.by_digest),
            "secret": sorted(one.secret),
            "beside": sorted(one.beside),
            "why": one.why,
        }
        for name, one in sorted(DECLARED.items())
    ]
    shown = [(name, one.proof.value, one.why) for name, one in sorted(DECLARED.items())]
    terminal.answer({"tables": rows}, *table([_("Table"), _("Proof"), _("Why")], shown))
    return 0
