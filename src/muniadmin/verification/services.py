"""Runs the checks, one after the other, whatever each of them comes upon."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from muniadmin.audit.services import record
from muniadmin.kernel.dates import FiscalCalendar
from muniadmin.kernel.errors import Cancelled, DatabaseUnreachable, UserError
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.money import Currency
from muniadmin.kernel.municipality import Municipality
from muniadmin.storage.refusals import lost
from muniadmin.storage.unit_of_work import Job, Reading
from muniadmin.verification.anchored import against, newest_start
from muniadmin.verification.checks import CHECKS, Check, checks_behind
from muniadmin.verification.commands import Checked, Finding, VerificationReport, Verify
from muniadmin.verification.findings import NO_CURRENCY, place
from muniadmin.verification.logged import with_lines, with_numbers
from muniadmin.verification.rows import Look, interrupted, reading_anything, reason_of
from muniadmin.verification.start import BEGINNING, Start

MOST_FINDINGS = 1_000
"""Of one check; the report says where there are more."""

UNKNOWN = Municipality(
    code="?",
    profile="?",
    names={"en": "?"},
    departments={},
    address="",
    country="",
    currency=Currency(NO_CURRENCY, 2, "¤"),
    calendar=FiscalCalendar(zone="UTC"),
    languages=("en",),
    accent=("#000000", "#ffffff"),
)
"""Stands for a municipality whose own card cannot be read, so that the rest is verified all the same."""


def verify(job: Job, command: Verify) -> VerificationReport:
    """Runs every check on one consistent state of the database, or those that look at what came after an anchor, and
    records that it was done. Whatever a check comes upon is a finding, and the next one runs; whoever stops it has what
    was found so far."""
    checked: list[Checked] = []
    stopped = False
    with job.reading() as reading, reading_anything(reading.connection) as watch:
        start = _start(reading, command)
        checks, left_out = _checks(start)
        checks += _witnesses(command)
        for done, (check, name, run) in enumerate(checks):
            look = Look(partial(job.progress, done, len(checks)))
            watch(look)
            try:
                job.progress(done, len(checks))
            except (Cancelled, KeyboardInterrupt):
                stopped = True
                break
            findings, finished = _carried_out(reading, look, check, run)
            checked.append(
                Checked(
                    check=check,
                    name=name,
                    rows=look.rows,
                    findings=tuple(_as_people_know_them(reading, findings[:MOST_FINDINGS])),
                    finished=finished,
                    more=len(findings) > MOST_FINDINGS,
                    remarks=tuple(look.remarks),
                )
            )
            if look.stopped is not None:
                stopped = True
                break
        if job.municipality is UNKNOWN:
            checked.append(_card_unreadable())
    report = VerificationReport(
        checked=tuple(checked),
        since=start.anchor,
        left_out=tuple(left_out),
        no_anchor=command.since_anchor and start.is_beginning,
        not_run=tuple(name for check, name, _run in checks if check not in {one.check for one in checked}),
        stopped=stopped,
        not_locked=job.database.not_locked,
    )
    if stopped:
        return report
    job.progress(len(checks), len(checks))
    return _recorded(job, report)


def _start(reading: Reading, command: Verify) -> Start:
    """Where it begins."""
    if not command.since_anchor:
        return BEGINNING
    try:
        with _by_itself(reading):
            return newest_start(reading, command.against) or BEGINNING
    except Exception:  # noqa: BLE001 - whatever stands in the anchors' place: the check of anchors names it
        return BEGINNING


def _checks(start: Start) -> tuple[list[tuple[str, str, Check]], list[str]]:
    """The checks that run, and the names of those that do not."""
    if start.is_beginning:
        return list(CHECKS), []
    behind = checks_behind(start)
    return (
        [(check, name, behind[check]) for check, name, _whole in CHECKS if check in behind],
        [name for check, name, _whole in CHECKS if check not in behind],
    )


def _witnesses(command: Verify) -> list[tuple[str, str, Check]]:
    """A check for all files that were kept outside; none where none was given."""
    if not command.against:
        return []

    def compare(reading: Reading, look: Look) -> Iterator[Finding]:
        for witness in command.against:
            yield from against(witness, reading, look)

    return [("against", N_("What was kept outside"), compare)]


def _carried_out(reading: Reading, look: Look, check: str, run: Check) -> tuple[list[Finding], bool]:
    """What a check finds, and whether it came to its end. Of more than are listed one is found, and it ends there."""
    findings: list[Finding] = []
    try:
        with _by_itself(reading):
            for finding in run(reading, look):
                findings.append(finding)
                if len(findings) > MOST_FINDINGS:
                    return findings, False
    except (Cancelled, KeyboardInterrupt) as stopped:
        look.stopped = stopped
        return findings, False
    except Exception as error:
        if look.stopped is not None or interrupted(error):
            look.stopped = look.stopped or error
            return findings, False
        connection = reading.connection
        if connection.dialect.name == "postgresql" and lost(error, connection):
            raise DatabaseUnreachable(reason=reason_of(error)) from error
        findings.append(
            Finding(
                check=check,
                message=N_("This check could not be carried out to its end: {reason}"),
                facts={"reason": reason_of(error)},
            )
        )
        return findings, False
    if look.unread:
        findings.append(
            Finding(
                check=check,
                message=N_("Rows that this check could not read: {count}. The check of values names them."),
                facts={"count": look.unread},
            )
        )
    return findings, True


def _as_people_know_them(reading: Reading, findings: list[Finding]) -> list[Finding]:
    """With printed numbers and lines of the audit log, where these can be read."""
    for step in (with_numbers, with_lines):
        with (
            suppress(Exception),
            _by_itself(reading),
        ):  # the checks name what is wrong with the tables that are asked
            findings = step(reading, findings)
    return findings


@contextmanager
def _by_itself(reading: Reading) -> Iterator[None]:
    """A statement that PostgreSQL refuses ends the transaction; one that is nested may end alone."""
    connection = reading.connection
    nested = connection.begin_nested() if connection.dialect.name == "postgresql" else None
    try:
        yield
    finally:
        if nested is not None and nested.is_active:
            # A check may have left the connection so that it streams whatever it is asked.
            connection.execution_options(stream_results=False, yield_per=None)
            reading.session.close()  # else it goes on in a savepoint that is gone
            nested.rollback()


def _card_unreadable() -> Checked:
    wrong = Finding(
        check="municipality",
        table="setting",
        key="municipality",
        message=N_("{subject}: the municipality’s own card is missing or cannot be read."),
    )
    return Checked(check="municipality", name=N_("The municipality’s card"), rows=1, findings=(wrong,))


def _recorded(job: Job, report: VerificationReport) -> VerificationReport:
    """The report, after its line was added to the audit log; where that cannot be done it says why."""
    found = {
        "findings": len(report.findings),
        "first": [place(one) or one.subject for one in report.findings[:20]],
    }
    try:
        with job.unit_of_work() as uow:
            if report.since is None:
                record(uow, "verification:database:verified", "database", found)
            else:
                begun = {"anchor": report.since.number, "digest": report.since.digest}
                record(uow, "verification:database:verified-since-anchor", "database", {**found, **begun})
    except Exception as error:  # noqa: BLE001 - the report is there, and must reach whoever asked for it
        said = error.sentence() if isinstance(error, UserError) else reason_of(error)
        return VerificationReport(**{**vars(report), "unrecorded": said})
    return report
