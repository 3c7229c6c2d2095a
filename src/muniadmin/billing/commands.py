"""Orders about accounts."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from muniadmin.access.permissions import Permission
from muniadmin.kernel.requests import Command


@dataclass(frozen=True, kw_only=True)
class StatementIssued:
    """The statement's number, and its paper."""

    document_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class IssueStatement(Command[StatementIssued]):
    """Freezes the statement of an account as AccountStatement answers it now; print it with PrintDocument. Each is a
    paper of its own with its own number. Raises NotFound."""

    permission: ClassVar = Permission.VIEW_BILLS
    taxpayer_id: int | None = None
    account_id: int | None = None
    on: date | None = None
    known: date | None = None
    #: None: the taxpayer's language, else the municipality's.
    language: str | None = None
