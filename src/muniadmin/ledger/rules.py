"""The accounts a municipality posts to, and what an entry is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from muniadmin.kernel.money import Money
from muniadmin.ledger.errors import EntryDoesNotBalance


class AccountKind(StrEnum):
    """What an account holds."""

    RECEIVABLE = "receivable"
    CASH = "cash"
    CHEQUES = "cheques"
    CARD = "card"
    BANK = "bank"
    MOBILE = "mobile"
    CREDIT = "credit"
    REVENUE = "revenue"
    PENALTY = "penalty"
    REBATE = "rebate"
    WAIVED = "waived"
    WRITTEN_OFF = "written_off"
    ROUNDING = "rounding"
    OPENING = "opening"
    LAPSED = "lapsed"
    OVER_SHORT = "over_short"
    TREASURY = "treasury"


def receivable(head: str) -> str:
    """What taxpayers owe of a revenue head."""
    return f"receivable:{head}"


def revenue(head: str) -> str:
    """What was assessed of a revenue head."""
    return f"revenue:{head}"


def penalty(head: str) -> str:
    """Late-payment penalties booked on a revenue head, collected or not."""
    return f"penalty:{head}"


def rebate(head: str) -> str:
    """Reductions earned by paying a revenue head early."""
    return f"rebate:{head}"


def waived(head: str) -> str:
    """What was given up of a revenue head, though it was owed."""
    return f"waived:{head}"


def written_off(head: str) -> str:
    """What is no longer hoped for of a revenue head; it stays claimable."""
    return f"written_off:{head}"


def cash(desk: int) -> str:
    """The notes and coins in a cash desk."""
    return f"cash:{desk}"


CREDIT = "credit"
"""Money held for debtors: received, or set free by a decision, and not yet used."""

ROUNDING = "rounding"
"""What cash payments leave for want of small coins."""

OPENING = "opening"
"""What was owed and held when the books were taken over from those before."""

LAPSED = "lapsed"
"""Credits that nobody claimed in the time the law gives."""

OVER_SHORT = "over_short"
"""Differences found when a till is counted."""

TREASURY = "treasury"
"""Money handed over to the treasury or the bank."""


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to the ledger account with the code ``account``, in minor units: a debit if positive, a credit if
    negative; and the debtor's account and bill it is about, where it is about one."""

    account: str
    amount: int
    account_id: int | None = None
    bill_id: int | None = None


def ensure_balanced(lines: Sequence[Line]) -> None:
    """Raises EntryDoesNotBalance unless the lines sum to zero."""
    left = sum(line.amount for line in lines)
    if left:
        raise EntryDoesNotBalance(difference=Money(left).minor)


# --- Business days --------------------------------------------------------------------------------------------------

BY_ITSELF = timedelta(days=5)
"""A business day opens by itself when it is no further than this from the last: a long week-end, not a wrong clock."""


def day_state(last: date | None, today: date) -> str:
    """Whether ``today`` is "open", opens with its first booking ("next"), waits for a supervisor ("late") or lies
    before the last business day ("behind")."""
    if last is None:
        return "next"
    if today < last:
        return "behind"
    if today == last:
        return "open"
    return "next" if today - last <= BY_ITSELF else "late"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A business day that was opened by mistake: whatever was written until it was taken back on ``counts_from`` (the
    rows up to the ``last_ids`` of each table) counts from then at the latest."""

    counts_from: date
    last_ids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Where the business days stand: the ``last`` (None: there was none yet), and what was taken back."""

    last: date | None
    taken_back: Sequence[TakenBack] = ()

    def truly(self, day: date, table: str, row_id: int) -> date:
        """A day that a row names, as it was in truth: no later than the day on which a business day was taken back
        that the row was written before. Once decided it never changes."""
        return min([day, *(one.counts_from for one in self.taken_back if row_id <= one.last_ids[table])])
