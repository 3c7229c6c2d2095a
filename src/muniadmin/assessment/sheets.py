"""What a bill shows on paper."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.money import ZERO, Money, total


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """One line of a bill, with its computation spelled out so that the citizen can redo it."""

    what: str
    #: E.g. ``Valeur locative 9 000,00 × 80 % × 10,5 %``.
    computation: str = ""
    #: None for a line that only prepares the next ones: the base, an abatement.
    amount: Money | None


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """A part of a bill, the day it is due, and what of it was settled before the paper was issued."""

    due_on: date
    amount: Money
    settled: Money = ZERO

    @property
    def left(self) -> Money:
        """What the paper asks for."""
        return self.amount - self.settled


@dataclass(frozen=True, kw_only=True)
class BillSheet(Sheet):
    """Demand for payment (avis d'imposition or de recette)."""

    KIND: ClassVar[str] = "bill"

    #: The revenue head's name.
    head: str
    period: str
    issued_on: date
    taxpayer_name: str
    taxpayer_number: str | None = None
    #: The lines of the postal address, without the name.
    address: tuple[str, ...] = ()
    #: What is taxed, e.g. ``Habitation · 12, derb Sidi Ahmed · parcelle 4471-B``.
    object: str = ""
    lines: tuple[BillLine, ...]
    total: Money
    instalments: tuple[Instalment, ...]
    #: Where and how to pay, from the profile.
    payment_places: tuple[str, ...] = ()
    #: Legal basis, penalties, how to object: from the profile.
    texts: tuple[str, ...] = ()

    @property
    def left(self) -> Money:
        """What the paper asks for in all."""
        return total(part.left for part in self.instalments)

    @property
    def next_due(self) -> Instalment:
        """The first instalment that asks for something; of a settled bill the last one."""
        return next((part for part in self.instalments if part.left), self.instalments[-1])
