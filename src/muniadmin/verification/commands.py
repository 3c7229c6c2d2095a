"""The order to verify the database, and its report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.kernel.i18n import _
from muniadmin.kernel.requests import Command
from muniadmin.kernel.validation import FileText

Astray = Literal["", "added", "changed", "gone", "alone"]
"""What is wrong with a line of the audit log, compared with the text of its event; alone: there is no such event;
empty: nothing."""


@dataclass(frozen=True, kw_only=True)
class LoggedLine:
    """A line of the audit log: which one of its event, when, by whom (their user name), what was done to what.
    ``at`` is None where the event itself is gone, and then the log does not list the line."""

    line: int
    at: datetime | None
    user: str
    event: str
    subject: str
    astray: Astray = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: which check found it, in which table, on which row, and a sentence with the facts.

    ``key`` is the row's number, or the values of its key with a blank between them; empty where a whole table is
    meant. ``subject`` is what the sentence calls the row: its printed number where it has one. ``said`` is what the row
    said when it was written and ``says`` what it says now, by column; ``event`` is the event that wrote it. Each is
    empty where it is not known. ``logged`` are the lines of the audit log that are meant: of the event that it is
    about, or that wrote the row.
    """

    check: str
    table: str = ""
    key: str = ""
    subject: str = ""
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)
    said: Mapping[str, object] = field(default_factory=dict)
    says: Mapping[str, object] = field(default_factory=dict)
    event: int | None = None
    logged: tuple[LoggedLine, ...] = ()

    def __post_init__(self) -> None:
        if not self.subject:
            object.__setattr__(self, "subject", f"{self.table} {self.key}".strip())

    def sentence(self) -> str:
        """What is wrong, in the language in force."""
        return _(self.message).format(subject=self.subject, **self.facts)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One check that ran: how many rows it looked at, and what it found. ``finished`` is False where it did not come
    to its end; ``more`` says that this is since it found more than is listed. ``remarks`` are sentences on what it
    cannot say."""

    check: str
    name: str
    rows: int
    findings: tuple[Finding, ...]
    finished: bool = True
    more: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SinceAnchor:
    """The anchor behind which a verification began; ``source``: the file that it was in, empty for the database."""

    number: int
    booked_on: date
    digest: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class VerificationReport:
    """What every check looked at and found; also when somebody stopped it.

    ``since`` is the anchor behind which it began; None: everything was verified. Then ``left_out`` are the names of the
    checks that look at everything or not at all; ``no_anchor`` says that none held from which it could have begun.
    ``not_run`` are the names of the checks that it did not come to. ``unrecorded`` says why the audit log has no line
    of it; ``not_locked`` that the file was read as one that nobody changes.
    """

    checked: tuple[Checked, ...]
    since: SinceAnchor | None = None
    left_out: tuple[str, ...] = ()
    no_anchor: bool = False
    not_run: tuple[str, ...] = ()
    stopped: bool = False
    unrecorded: str = ""
    not_locked: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong."""
        return tuple(finding for one in self.checked for finding in one.findings)

    @property
    def clean(self) -> bool:
        """Whether every check ran to its end and nothing is wrong."""
        return not self.stopped and all(one.finished and not one.findings for one in self.checked)


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A file kept outside the database, an anchor or what a workstation remembers: its name and its text."""

    name: str
    text: FileText


@dataclass(frozen=True, kw_only=True)
class Verify(Command[VerificationReport]):
    """Runs every check on the whole database, and compares it with what was kept outside; changes nothing but the audit
    log.

    ``since_anchor``: looks only at what came after the newest anchor that holds, one of ``against`` if any of these
    does; at everything where none holds.
    """

    permission: ClassVar = VIEW_AUDIT
    against: tuple[Witness, ...] = ()
    since_anchor: bool = False


@dataclass(frozen=True, kw_only=True)
class ExportedToCheck:
    """What was written: of how many tables how many rows, and the SHA-256 of the file in hexadecimal. ``unrecorded``
    says why the audit log has no line of it."""

    path: str
    tables: int
    rows: int
    digest: str
    unrecorded: str = ""


@dataclass(frozen=True, kw_only=True)
class ExportToCheck(Command[ExportedToCheck]):
    """Writes what an independent checker reads into one new file of SQLite: all but what is secret, and what is
    ephemeral. Raises ExportThere, NotExported, KeyTwice."""

    permission: ClassVar = VIEW_AUDIT
    path: str


@dataclass(frozen=True, kw_only=True)
class BeginHeadsAnew(Command[int]):
    """Has this workstation forget what it remembers of the chains, e.g. after a backup was rightly put back. How many
    chains had not been as remembered."""

    permission: ClassVar = VIEW_AUDIT
    reason: str
