"""The report of a verification in words and as data: on the screen, on the command line and in a file alike."""

from typing import Any

from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.verification.commands import Checked, Finding, VerificationReport


def verdict(report: VerificationReport) -> str:
    """What came of it, in a sentence."""
    found = len(report.findings)
    if found:
        said = ngettext("{count} thing is wrong.", "{count} things are wrong.", found).format(
            count=format_number(found)
        )
    elif report.stopped:
        said = _("Nothing wrong was found so far.")
    else:
        said = _("Nothing was lost or changed.")
    if not report.stopped:
        return said
    ran = sum(one.finished for one in report.checked)
    stopped = _("Stopped: {ran} of {count} checks ran to their end.").format(
        ran=format_number(ran), count=format_number(len(report.checked) + len(report.not_run))
    )
    return f"{stopped} {said}"


def remarks(report: VerificationReport) -> list[str]:
    """What somebody who relies on the report must know besides, a sentence each."""
    said = []
    if report.unrecorded:
        said.append(_("The audit log has no line of this: {reason}").format(reason=report.unrecorded))
    if report.not_locked:
        said.append(
            _(
                "The file was read as one that nobody changes: if somebody was at work in it meanwhile, verify a "
                "copy of it."
            )
        )
    return said


def result(checked: Checked) -> str:
    """What came of one check, in a word or a figure."""
    found = format_number(len(checked.findings))
    if checked.more:
        return _("{count} and more").format(count=found)
    if checked.findings:
        return found
    return _("sound") if checked.finished else _("stopped")


def as_data(report: VerificationReport) -> dict[str, Any]:
    """The report for machines."""
    return {
        "clean": report.clean,
        "stopped": report.stopped,
        "recorded": not report.stopped and not report.unrecorded,
        "remarks": remarks(report),
        "checks": [
            {
                "check": one.check,
                "name": _(one.name),
                "rows": one.rows,
                "findings": len(one.findings),
                "finished": one.finished,
            }
            for one in report.checked
        ],
        "not_run": [_(name) for name in report.not_run],
        "findings": [_finding(one) for one in report.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "table": finding.table,
        "key": finding.key,
        "subject": finding.subject,
        "message": finding.sentence(),
        "facts": dict(finding.facts),
        "said": dict(finding.said),
        "says": dict(finding.says),
        "event": finding.event,
    }


def place(finding: Finding) -> str:
    """Table and key, as a line of the report begins with them."""
    return f"{finding.table} {finding.key}".strip()


def line(finding: Finding) -> str:
    """A finding as one line: table and key where the sentence does not begin with them, and the sentence."""
    where, said = place(finding), finding.sentence()
    return said if not where or where in said else f"[{where}] {said}"


def as_text(report: VerificationReport, *heading: str) -> str:
    """The report to be copied or kept: the heading's lines, what came of it, each finding, and which checks ran."""
    ran = [f"{_(one.name)}: {format_number(one.rows)} · {result(one)}" for one in report.checked]
    ran += [f"{_(name)}: {_('not run')}" for name in report.not_run]
    parts = [list(heading), [verdict(report), *remarks(report)], list(map(line, report.findings)), ran]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"
