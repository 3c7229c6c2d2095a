"""The order to verify the whole database."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.access.permissions import Permission
from muniadmin.kernel.i18n import _
from muniadmin.kernel.requests import Command


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: which check found it, on what, and a sentence with the facts."""

    check: str
    subject: str
    message: str
    facts: dict[str, object]

    def sentence(self) -> str:
        """What is wrong, in the language in force."""
        return _(self.message).format(subject=self.subject, **self.facts)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One check that ran: how many rows it looked at, and what it found."""

    check: str
    name: str
    rows: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class VerificationReport:
    """What every check looked at and found."""

    checked: tuple[Checked, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong."""
        return tuple(finding for one in self.checked for finding in one.findings)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass(frozen=True, kw_only=True)
class Verify(Command[VerificationReport]):
    """Runs every check on the whole database; changes nothing but the audit log."""

    permission: ClassVar = Permission.VIEW_AUDIT
