"""Runs the checks."""

from muniadmin.audit.services import record
from muniadmin.storage.unit_of_work import Job
from muniadmin.verification.checks import CHECKS
from muniadmin.verification.commands import Checked, VerificationReport, Verify

MOST_FINDINGS = 1_000


def verify(job: Job, command: Verify) -> VerificationReport:
    """Runs every check on one consistent state of the database, and records that it was done."""
    checked = []
    with job.reading() as reading:
        for done, (check, name, run) in enumerate(CHECKS):
            job.progress(done, len(CHECKS))
            rows = 0

            def count() -> None:
                nonlocal rows
                rows += 1

            findings = []
            for finding in run(reading, count):
                findings.append(finding)
                if len(findings) == MOST_FINDINGS:
                    break
            checked.append(Checked(check=check, name=name, rows=rows, findings=tuple(findings)))
    job.progress(len(CHECKS), len(CHECKS))
    report = VerificationReport(checked=tuple(checked))
    with job.unit_of_work() as uow:
        record(
            uow,
            "verification:database:verified",
            "database",
            {"findings": len(report.findings), "first": [one.subject for one in report.findings[:20]]},
        )
    return report
