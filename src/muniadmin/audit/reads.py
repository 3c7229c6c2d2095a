"""Questions about the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import Count, SearchText


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One line of the log as listed."""

    #: Event and line.
    place: tuple[int, int]
    at: datetime
    user_name: str
    workstation: str
    event: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class AuditLog(Query[list[AuditLine]]):
    """The newest lines first, optionally of one subject, older than the line at ``before``.

    ``text`` is a part of a subject, of a user's name, or of an event's code or name in the user's language.
    """

    permission: ClassVar = VIEW_AUDIT
    subject: str | None = None
    text: SearchText = ""
    before: tuple[int, int] | None = None
    offset: Count = 0
    limit: Count = 200


@dataclass(frozen=True, kw_only=True)
class AuditCount(Query[int]):
    """How many lines :class:`AuditLog` would list in all."""

    permission: ClassVar = VIEW_AUDIT
    text: str = ""
    before: tuple[int, int] | None = None
