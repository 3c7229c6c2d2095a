"""What the statement of an account shows on paper."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.money import ZERO, Money


@dataclass(frozen=True, kw_only=True)
class StatementInstalment:
    """An instalment that is open on the day of a statement."""

    #: E.g. ``Taxe d’habitation 2026 · part 2 de 4``.
    what: str
    #: What tells it from others, and its bill.
    detail: str = ""
    due_on: date
    #: What is left of it with the penalty booked on it.
    booked: Money
    #: Penalty that has accrued and is not booked.
    accrued: Money = ZERO
    #: The part that rests.
    suspended: Money = ZERO


@dataclass(frozen=True, kw_only=True)
class StatementMovement:
    """What was booked on an account; ``balance`` is what it owed after that, less the money held for it."""

    booked_on: date
    value_on: date
    #: What happened and on which paper, e.g. ``Payé · 3-2026-000123-K``.
    what: str
    #: The debt it is about.
    detail: str = ""
    charged: Money = ZERO
    settled: Money = ZERO
    credit: Money = ZERO
    balance: Money


@dataclass(frozen=True, kw_only=True)
class AccountStatementSheet(Sheet):
    """Statement of an account (relevé de compte)."""

    KIND: ClassVar[str] = "account_statement"

    issued_on: date
    #: The day to which penalty is reckoned.
    on: date
    #: The last day whose bookings are in it.
    known: date
    name: str
    #: None for an account of nobody on the register.
    taxpayer_number: str | None = None
    #: The lines of the postal address, without the name.
    address: tuple[str, ...] = ()
    #: The oldest due first.
    instalments: tuple[StatementInstalment, ...]
    #: The oldest first.
    movements: tuple[StatementMovement, ...]
    booked: Money
    accrued: Money
    suspended: Money
    #: What paying by ``on`` saves.
    rebate: Money = ZERO
    #: What is held for the account.
    credit: Money
    #: What would settle all of it on ``on``, due or not, but for what rests.
    to_pay: Money

    @property
    def balance(self) -> Money:
        """What is booked as owed less the money held."""
        return self.booked - self.credit
