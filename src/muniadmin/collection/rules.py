"""Arithmetic of the counter: the channels, the till."""

import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

from muniadmin.kernel.i18n import N_
from muniadmin.kernel.money import Money
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


SURE_FIRST = (Channel.CASH, Channel.CARD, Channel.MOBILE, Channel.TRANSFER, Channel.CHEQUE)
"""Sure money is used first, so that a cheque that comes back reopens as little as can be."""

TAKEN_ONCE = frozenset({Channel.TRANSFER, Channel.MOBILE})
"""Channels whose references come from the provider: each is taken once."""


def reference_key(reference: str) -> str:
    """By what a provider's reference is known again: one that is typed with other blanks or in small letters is the
    same."""
    return "".join(unicodedata.normalize("NFKC", reference).split()).lower()


def book_as_printed(book: str) -> str:
    """The name of a stub book as its receipts bear it: in capitals, with single blanks."""
    return " ".join(unicodedata.normalize("NFKC", book).upper().split())


def same_book(one: str, other: str) -> bool:
    """Whether two names are of one stub book: “S-07”, “s 07” and “S07” are."""
    return _letters_of(one) == _letters_of(other)


def _letters_of(book: str) -> str:
    printed = book_as_printed(book)
    return "".join(filter(str.isalnum, printed)) or printed


def account_of(channel: Channel, point: int) -> str:
    """The ledger account that money of this channel goes into."""
    return cash(point) if channel is Channel.CASH else _ACCOUNTS[channel]


def expected_cash(opening_float: Money, cash_in: Money) -> Money:
    """What the till must hold: float + cash in."""
    return opening_float + cash_in


def counted(denominations: Mapping[int, int]) -> Money:
    """The sum of a count: {value in minor units: pieces}."""
    return Money(sum(value * pieces for value, pieces in denominations.items()))


def most_change(denominations: Iterable[Money]) -> Money:
    """The most that is handed back without a question: ten of the largest note."""
    return Money(10 * max(value.minor for value in denominations))
