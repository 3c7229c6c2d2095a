"""The report of a verification in words and as data: on the screen, on the command line and in a file alike."""

from typing import Any

from muniadmin.kernel.formats import format_date, format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.municipality import Municipality
from muniadmin.kernel.texts import visible
from muniadmin.verification.commands import Checked, ExportedToCheck, Finding, VerificationReport
from muniadmin.verification.findings import changes, logged, place, sentence


def verdict(report: VerificationReport) -> str:
    """What came of it, in a sentence."""
    found = len(report.findings)
    if found:
        words = ngettext("{count} thing is wrong.", "{count} things are wrong.", found)
        if any(one.more for one in report.checked):
            words = _("More than {count} things are wrong.")
        said = words.format(count=format_number(found))
    elif report.stopped:
        said = _("Nothing wrong was found so far.")
    elif report.since is not None:
        said = _("Nothing was lost or changed since anchor {number}.").format(
            number=format_number(report.since.number)
        )
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
    if report.since is not None:
        said += [
            _(
                "Only what came after anchor {number} of {day} was looked at: the events since, their postings, the "
                "rows of which they tell, and the rows that name them."
            ).format(number=format_number(report.since.number), day=format_date(report.since.booked_on)),
            _(
                "What was written before was not looked at, nor a row of which no event told since, nor what the "
                "checks look at that were not run."
            ),
            _("The anchor was kept outside: {file}.").format(file=report.since.source)
            if report.since.source
            else _("The anchor is one in the database itself; one that was kept outside proves more."),
        ]
    if report.no_anchor:
        said.append(_("There is no anchor that holds, so that everything was verified."))
    for one in report.checked:
        if one.more:
            said.append(
                _(
                    "“{check}” found more than the {count} things that are listed and ended there: mend these, and "
                    "verify again."
                ).format(check=_(one.name), count=format_number(len(one.findings)))
            )
        said += one.remarks
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


def exported(outcome: ExportedToCheck) -> list[str]:
    """What became of an export, a sentence each."""
    said = [
        ngettext(
            "{count} row was written to {file}.", "{count} rows were written to {file}.", outcome.rows
        ).format(count=format_number(outcome.rows), file=outcome.path),
        _("It holds names, debts and acts of people: keep it as you would keep the database."),
    ]
    if outcome.unrecorded:
        said.append(_("The audit log has no line of this: {reason}").format(reason=outcome.unrecorded))
    return said


def result(checked: Checked) -> str:
    """What came of one check, in a word or a figure."""
    found = format_number(len(checked.findings))
    if checked.more:
        return _("{count} and more").format(count=found)
    if checked.findings:
        return found
    if checked.remarks and not checked.rows:
        return _("not looked at")
    return _("sound") if checked.finished else _("stopped")


def as_data(report: VerificationReport) -> dict[str, Any]:
    """The report for machines."""
    return {
        "clean": report.clean,
        "stopped": report.stopped,
        "recorded": not report.stopped and not report.unrecorded,
        "remarks": remarks(report),
        "since_anchor": None
        if report.since is None
        else {
            "number": report.since.number,
            "business_day": report.since.booked_on.isoformat(),
            "digest": report.since.digest,
            "file": report.since.source,
        },
        "checks": [
            {
                "check": one.check,
                "name": _(one.name),
                "rows": one.rows,
                "findings": len(one.findings),
                "more": one.more,
                "finished": one.finished,
                "remarks": list(one.remarks),
            }
            for one in report.checked
        ],
        "not_run": [_(name) for name in (*report.not_run, *report.left_out)],
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
        "audit_log": [
            {
                "line": one.line,
                "at": None if one.at is None else str(one.at),
                "user": one.user,
                "event": one.event,
                "subject": one.subject,
                "astray": one.astray,
            }
            for one in finding.logged
        ],
    }


def line(finding: Finding, town: Municipality) -> str:
    """A finding as one line: table and key where the sentence does not begin with them, the sentence, what was changed
    to what, and the lines of the audit log that are meant."""
    where, said = place(finding), sentence(finding, town)
    parts = [said if not where or said.startswith((f"{where} ", f"{where}:")) else f"[{where}] {said}"]
    parts.append("; ".join(f"{name}: {values}" for name, values in changes(finding, town)))
    if finding.logged:
        in_log = "; ".join(logged(one, town) for one in finding.logged)
        parts.append(_("In the audit log: {lines}.").format(lines=in_log))
    return visible(" ".join(filter(None, parts)))


def as_text(report: VerificationReport, town: Municipality, *heading: str) -> str:
    """The report to be copied or kept: the heading's lines, what came of it, each finding, and which checks ran."""
    ran = [f"{_(one.name)}: {format_number(one.rows)} · {result(one)}" for one in report.checked]
    ran += [f"{_(name)}: {_('not run')}" for name in (*report.not_run, *report.left_out)]
    parts = [
        list(heading),
        [verdict(report), *remarks(report)],
        [line(one, town) for one in report.findings],
        ran,
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"
