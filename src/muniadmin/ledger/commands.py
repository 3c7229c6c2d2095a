"""Orders about the days on which the office books."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from muniadmin.kernel.requests import Command
from muniadmin.ledger.names import OPEN_BUSINESS_DAYS


@dataclass(frozen=True, kw_only=True)
class OpenBusinessDay(Command[date]):
    """Opens today although many days have passed since the last business day. The day that was opened."""

    permission: ClassVar = OPEN_BUSINESS_DAYS
    reason: str


@dataclass(frozen=True, kw_only=True)
class TakeBackBusinessDay(Command[date]):
    """Takes back the last business day, which lies after today: it was opened by mistake. What was booked on it stays
    and counts from today. The day that is the last one now."""

    permission: ClassVar = OPEN_BUSINESS_DAYS
    reason: str
