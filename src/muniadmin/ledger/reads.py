"""Questions to the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from muniadmin.collection.names import VIEW_COLLECTION
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Query
from muniadmin.ledger.names import OPEN_BUSINESS_DAYS


@dataclass(frozen=True, kw_only=True)
class AccountBalance:
    """An account's debits, credits (both positive) and balance (debit positive)."""

    code: str
    kind: str
    names: Mapping[str, str]
    debit: Money
    credit: Money
    balance: Money


@dataclass(frozen=True, kw_only=True)
class BusinessDayNow:
    """The last day on which the office books, None before the first; and whether today is open, may be opened by the
    next booking ("open", "next"), waits for a supervisor ("late") or lies before it ("behind")."""

    last: date | None
    state: str


@dataclass(frozen=True, kw_only=True)
class LastBusinessDay(Query[BusinessDayNow]):
    """Where the business days stand."""

    permission: ClassVar = OPEN_BUSINESS_DAYS


@dataclass(frozen=True, kw_only=True)
class TrialBalance(Query[list[AccountBalance]]):
    """Every account that was posted to, up to and including a day (default: all)."""

    permission: ClassVar = VIEW_COLLECTION
    on: date | None = None
