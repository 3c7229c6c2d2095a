"""The report of a verification in words and as data: on the screen, on the command line and in a file alike."""

from typing import Any

from muniadmin.kernel.formats import format_date, format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.texts import visible
from muniadmin.verification.commands import Checked, ExportedToCheck, Finding, VerificationReport

#: More of a value that was changed is not shown.
_LONGEST = 60
_OF_A_DIGEST = 13


def verdict(report: VerificationReport) -> str:
    """What came of it, in a sentence."""
    found = len(report.findings)
    if found:
        said = ngettext("{count} thing is wrong.", "{count} things are wrong.", found).format(
            count=format_number(found)
        )
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
                "finished": one.finished,
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
    }


def place(finding: Finding) -> str:
    """Table and key, as a line of the report begins with them."""
    return f"{finding.table} {finding.key}".strip()


def changes(finding: Finding) -> list[tuple[str, str]]:
    """The columns that say something else than they did, with both values; none where only one side is known."""
    said, says = finding.said, finding.says
    if not said or not says:
        return []
    return [
        (name, f"{short(said.get(name))} → {short(says.get(name))}")
        for name in (*says, *(name for name in said if name not in says))
        if said.get(name) != says.get(name)
    ]


def short(value: object) -> str:
    """A value of a row as a line has room for it: of a long text, or the digest that stands for one, its beginning."""
    text = "—" if value is None else str(value) or "“”"
    longest = _OF_A_DIGEST if text.startswith("#") else _LONGEST
    return text if len(text) <= longest else f"{text[:longest]}…"


def line(finding: Finding) -> str:
    """A finding as one line: table and key where the sentence does not begin with them, the sentence, and what was
    changed to what."""
    where, said = place(finding), finding.sentence()
    changed = "; ".join(f"{name}: {values}" for name, values in changes(finding))
    whole = f"{said} {changed}" if changed else said
    return visible(whole if not where or where in said else f"[{where}] {whole}")


def as_text(report: VerificationReport, *heading: str) -> str:
    """The report to be copied or kept: the heading's lines, what came of it, each finding, and which checks ran."""
    ran = [f"{_(one.name)}: {format_number(one.rows)} · {result(one)}" for one in report.checked]
    ran += [f"{_(name)}: {_('not run')}" for name in (*report.not_run, *report.left_out)]
    parts = [list(heading), [verdict(report), *remarks(report)], list(map(line, report.findings)), ran]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"
