"""The facts of debts and credits as the rules see them: plain values, amounts in minor units. Pure.

Facts that a plan adds have negative ids until they are written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from muniadmin.billing.accrual import PenaltyVersion

PRINCIPAL, PENALTY, COST = "principal", "penalty", "cost"

PLANNED = -1
"""A payment's id in the books until it is written."""

NEVER_OWED = frozenset({"credit_note", "annulment", "late_fact"})
"""Decisions that say a debt never was: they count from the charge's own day, and penalty is reckoned again."""

WRITE_OFF, VALUE_DAY = "write_off", "value_day"

LASTING = NEVER_OWED | {"transfer"}
"""Decisions whose part of a charge nothing else settles any more: it never was, or is another's debt now."""


@dataclass(frozen=True, slots=True)
class ChargeFact:
    """A row of ``charge``."""

    id: int
    bill_id: int
    account_id: int
    head: str
    kind: str
    part: int
    due_on: date
    amount: int
    booked_on: date
    value_on: date
    against: str
    accrues_after: date | None = None
    on_charge: int | None = None
    accrued_to: date | None = None
    reckoning: str = ""


@dataclass(frozen=True, slots=True)
class SettlementFact:
    """A row of ``settlement``; ``decision_kind`` where a decision is its source."""

    id: int
    charge_id: int
    amount: int
    booked_on: date
    value_on: date
    tender_id: int | None = None
    credit_id: int | None = None
    decision_id: int | None = None
    decision_kind: str = ""
    payment_id: int | None = None
    reverses: int | None = None
    #: The value day that the row itself names, where the business day on which it was written was taken back.
    written_for: date | None = None


@dataclass(frozen=True, slots=True)
class TenderFact:
    """Money that came in: through which channel at which point, and the day for which it counts."""

    id: int
    payment_id: int
    point: int
    channel: str
    value_on: date


@dataclass(frozen=True, slots=True)
class CreditFact:
    """A row of ``credit``."""

    id: int
    account_id: int
    amount: int
    booked_on: date
    value_on: date
    tender_id: int | None = None
    decision_id: int | None = None
    decision_kind: str = ""
    kept_for: str = ""


@dataclass(frozen=True, slots=True)
class MoveFact:
    """A row of ``credit_move``."""

    id: int
    credit_id: int
    amount: int
    kind: str
    booked_on: date
    settlement_id: int | None = None
    decision_id: int | None = None


@dataclass(frozen=True, slots=True)
class TermFact:
    """A later due date of a charge."""

    charge_id: int
    due_on: date
    booked_on: date


@dataclass(frozen=True, slots=True)
class OfferFact:
    """What settles the bill in [since, until)."""

    amount: int
    since: date
    until: date
    booked_on: date


@dataclass(frozen=True, slots=True)
class SuspensionFact:
    """A debt that rests in [since, until); ``until`` None: still. ``charge_id`` None: every principal of the bill;
    ``amount`` None: all of it. Its end, where it has one, was booked on ``end_booked_on``."""

    id: int
    charge_id: int | None
    amount: int | None
    since: date
    silence_on: date | None
    stops_accrual: bool
    booked_on: date
    ends_on: date | None = None
    as_if_never: bool = False
    end_booked_on: date | None = None


@dataclass(frozen=True, slots=True)
class RebateVersion:
    """A head's rebate: ``rate`` of a principal is waived when it is paid on or before ``month``/``day`` of its due
    year. ``whole``: only when all of it is; else each part paid earns its share."""

    since: date
    rate: str
    month: int
    day: int
    whole: bool
    booked_on: date


@dataclass(slots=True)
class BillFacts:
    """A bill with all that was ever booked on it, in the order of booking."""

    id: int
    number: str
    kind: str
    head: str
    account_id: int
    issued_on: date
    charges: list[ChargeFact] = field(default_factory=list)
    settlements: list[SettlementFact] = field(default_factory=list)
    terms: list[TermFact] = field(default_factory=list)
    offers: list[OfferFact] = field(default_factory=list)
    suspensions: list[SuspensionFact] = field(default_factory=list)
    #: In force for it: of its own rule, or of its head's, in the order of their first days.
    penalties: Sequence[PenaltyVersion] = ()
    rebates: Sequence[RebateVersion] = ()
    #: "penalty_first" or "principal_first".
    allocation: str = "penalty_first"
    #: The smallest coin in minor units, where cash is rounded; 0: nowhere.
    coin: int = 0

    def charge(self, charge_id: int) -> ChargeFact:
        """The charge with this id."""
        return next(charge for charge in self.charges if charge.id == charge_id)

    def due_on(self, charge: ChargeFact, known: date) -> date:
        """When ``charge`` is due, as postponed by what was booked up to ``known``."""
        return next(
            (term.due_on for term in reversed(self.terms)
             if term.charge_id == charge.id and term.booked_on <= known),
            charge.due_on,
        )  # fmt: skip

    def settlements_of(self, charge_id: int, known: date) -> list[SettlementFact]:
        """What was settled of a charge and booked up to ``known``."""
        return [one for one in self.settlements if one.charge_id == charge_id and one.booked_on <= known]

    def left(self, charge: ChargeFact, known: date) -> int:
        """What is left of ``charge`` in the books of ``known``."""
        return charge.amount - sum(one.amount for one in self.settlements_of(charge.id, known))

    def written_off(self, charge: ChargeFact, known: date) -> int:
        """What of ``charge`` is written off in the books of ``known``: settled, but it may still be claimed."""
        return sum(
            one.amount for one in self.settlements_of(charge.id, known) if one.decision_kind == WRITE_OFF
        )

    def penalties_on(self, charge_id: int, known: date) -> list[ChargeFact]:
        """The penalty booked on a principal up to ``known``, in the order of the days it accrued to."""
        return sorted(
            (one for one in self.charges if one.on_charge == charge_id and one.booked_on <= known),
            key=lambda one: (one.accrued_to or one.due_on, one.booked_on, -one.id if one.id < 0 else one.id),
        )
