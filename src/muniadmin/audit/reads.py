"""Questions about the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from muniadmin.access.permissions import Permission
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One line of the log as listed."""

    id: int
    at: datetime
    user_name: str
    workstation: str
    event: str
    subject: str
    canonical: str


@dataclass(frozen=True, kw_only=True)
class AuditLog(Query[list[AuditLine]]):
    """The newest lines first, optionally of one subject, older than ``before_id``.

    ``text`` is a part of a subject, of a user's name, or of an event's code or name in the user's language.
    """

    permission: ClassVar = Permission.VIEW_AUDIT
    subject: str | None = None
    text: str = ""
    before_id: int | None = None
    limit: Count = 200
