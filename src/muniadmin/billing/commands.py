"""Orders about accounts, rules of revenue heads and kept totals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

from muniadmin.billing.names import EDIT_TARIFFS, VIEW_BILLS
from muniadmin.kernel.requests import Command
from muniadmin.settings.names import ADMINISTER_SETTINGS


@dataclass(frozen=True, kw_only=True)
class StatementIssued:
    """The statement's number, and its paper."""

    document_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class IssueStatement(Command[StatementIssued]):
    """Freezes the statement of an account as AccountStatement answers it now; print it with PrintDocument. Each is a
    paper of its own with its own number. Raises NotFound."""

    permission: ClassVar = VIEW_BILLS
    taxpayer_id: int | None = None
    account_id: int | None = None
    on: date | None = None
    known: date | None = None
    #: None: the taxpayer's language, else the municipality's.
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangePenaltyRule(Command[None]):
    """Has another penalty rule hold for a head from a day on: for debts "issued" from it, or for what "accrues" then.
    A day gone by is reckoned anew. ``spec`` is spelled as in a profile (billing.accrual.PenaltyRule); {}: no penalty.
    Raises HeadUnknown, or InvalidInput for a rule that is not understood or names no document."""

    permission: ClassVar = EDIT_TARIFFS
    head_code: str
    spec: Mapping[str, Any]
    since: date
    counts: Literal["issued", "accrues"] = "issued"
    #: The law, decree or by-law that says so.
    document: str


@dataclass(frozen=True, kw_only=True)
class RebuildTotals(Command[int]):
    """Adds the totals kept by day up again from the settlements; how many were wrong."""

    permission: ClassVar = ADMINISTER_SETTINGS
