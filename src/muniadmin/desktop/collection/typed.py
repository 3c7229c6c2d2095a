"""What is filled in where a payment is taken: to be sent, or to be taken up again."""

from dataclasses import dataclass

from muniadmin.collection.commands import TenderGiven
from muniadmin.collection.rules import Channel
from muniadmin.kernel.money import Money


@dataclass(frozen=True)
class WantedPayment:
    """What the clerk is about to take."""

    request_id: str
    tenders: tuple[TenderGiven, ...]
    payer: str


@dataclass(frozen=True)
class Typed:
    """What is filled in, to be taken up again. ``amount`` is None where none was typed: it follows what is ticked;
    ``part`` is what is to be paid where that is not all."""

    channel: Channel
    amount: Money | None
    part: Money | None
    reference: str
    payer: str
    given: tuple[TenderGiven, ...]

    def __bool__(self) -> bool:
        """Whether somebody typed anything."""
        numbers = self.amount is not None or self.part is not None
        return numbers or bool(self.reference or self.payer or self.given)
