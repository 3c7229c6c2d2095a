"""Arithmetic of the counter: which debt a payment pays, the change, the till."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from muniadmin.billing.rules import Allocation, Owed, allocate
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.money import ZERO, Money
from muniadmin.ledger.rules import cash


class Channel(StrEnum):
    """How money comes in."""

    CASH = "cash"
    CHEQUE = "cheque"
    CARD = "card"
    TRANSFER = "transfer"
    MOBILE = "mobile"


CHANNEL_NAMES: Mapping[str, str] = {
    Channel.CASH: N_("Cash"),
    Channel.CHEQUE: N_("Cheque"),
    Channel.CARD: N_("Card"),
    Channel.TRANSFER: N_("Transfer"),
    Channel.MOBILE: N_("Mobile money"),
}

_ACCOUNTS = {
    Channel.CHEQUE: "cheques",
    Channel.CARD: "card",
    Channel.TRANSFER: "bank",
    Channel.MOBILE: "mobile",
}


def account_of(channel: Channel, desk: int) -> str:
    """The ledger account that money of this channel goes into."""
    return cash(desk) if channel is Channel.CASH else _ACCOUNTS[channel]


@dataclass(frozen=True)
class Spread:
    """An amount spread over debts in their order; what is left over is credit."""

    uses: tuple[Allocation, ...]
    credit: Money


def spread(dues: Sequence[Owed], amount: Money) -> Spread:
    """Pays the debts one after the other, each its penalty first. Paid sums and credit add up to ``amount``."""
    uses = []
    left = amount
    for due in dues:
        use = allocate(due, left)
        uses.append(use)
        left = left - use.paid
    return Spread(tuple(uses), left)


def expected_cash(opening_float: Money, cash_in: Money, cash_out: Money = ZERO) -> Money:
    """What the till must hold: float + cash in - cash out."""
    return opening_float + cash_in - cash_out


def counted(denominations: Mapping[int, int]) -> Money:
    """The sum of a count: {value in minor units: pieces}."""
    return Money(sum(value * pieces for value, pieces in denominations.items()))
