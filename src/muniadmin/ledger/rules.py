"""The accounts a municipality posts to, and what an entry is."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    DISCOUNT = "discount"
    OVER_SHORT = "over_short"
    TREASURY = "treasury"


def receivable(head: str) -> str:
    """What taxpayers owe of a revenue head."""
    return f"receivable:{head}"


def revenue(head: str) -> str:
    """What was assessed of a revenue head."""
    return f"revenue:{head}"


def penalty(head: str) -> str:
    """Late-payment penalties collected on a revenue head."""
    return f"penalty:{head}"


def discount(head: str) -> str:
    """Reductions granted for early payment of a revenue head."""
    return f"discount:{head}"


def cash(desk: int) -> str:
    """The notes and coins in a cash desk."""
    return f"cash:{desk}"


CREDIT = "credit"
"""Advances of taxpayers: money received that settles nothing yet."""

OVER_SHORT = "over_short"
"""Differences found when a till is counted."""

TREASURY = "treasury"
"""Money handed over to the treasury or the bank."""


@dataclass(frozen=True, slots=True)
class Line:
    """One posting: a debit if positive, a credit if negative."""

    account: str
    amount: int
    taxpayer_id: int | None = None
    bill_id: int | None = None


def ensure_balanced(lines: Sequence[Line]) -> None:
    """Raises EntryDoesNotBalance unless the lines sum to zero."""
    left = sum(line.amount for line in lines)
    if left:
        raise EntryDoesNotBalance(difference=Money(left).minor)
