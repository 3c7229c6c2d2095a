"""What the rows that an order adds mean in the ledger: every charge, settlement and credit has its postings. Pure."""

from collections.abc import Callable, Iterable, Mapping

from muniadmin.billing.books import Added
from muniadmin.billing.facts import NEVER_OWED, ChargeFact, CreditFact
from muniadmin.ledger.rules import (
    CREDIT,
    LAPSED,
    OPENING,
    ROUNDING,
    Line,
    penalty,
    rebate,
    receivable,
    revenue,
    waived,
    written_off,
)


def postings(added: Added, charges: Mapping[int, ChargeFact], lots: Mapping[int, CreditFact]) -> list[Line]:
    """The lines of one journal entry for what an order added; ``charges`` and ``lots`` hold all that they name.

    They sum to the money received (negative: handed back), which the order books against where the money lies. Lines
    of one ledger account, debtor and bill are added up, but what was charged and what was settled stay apart.
    """
    charged = _Sums()
    for charge in added.charges:
        charged.add(receivable(charge.head), charge.amount, charge)
        contra = _CHARGED_AGAINST.get(charge.against)
        if contra is not None:
            charged.add(contra(charge.head), -charge.amount, charge)
    settled = _Sums()
    for one in added.settlements:
        charge = charges[one.charge_id]
        settled.add(receivable(charge.head), -one.amount, charge)
        if one.decision_kind in NEVER_OWED:
            settled.add(_recognised(charge, charges), one.amount, charge)
        elif one.decision_kind in _GIVEN_UP_AGAINST:
            settled.add(_GIVEN_UP_AGAINST[one.decision_kind](charge.head), one.amount, charge)
    held = _Sums()
    for lot in added.credits:
        held.add_held(CREDIT, -lot.amount, lot)
        if lot.decision_kind == "opening":
            held.add_held(OPENING, lot.amount, lot)
    for move in added.moves:
        lot = lots[move.credit_id]
        held.add_held(CREDIT, move.amount, lot)
        if move.kind == "lapsed" or (move.kind == "taken_back" and move.settlement_id is None):
            held.add_held(LAPSED, -move.amount, lot)
    return [*charged.as_lines(), *settled.as_lines(), *held.as_lines()]


class _Sums:
    """Amounts by (ledger account, debtor's account, bill), in the order in which they came."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, int | None, int | None], int] = {}

    def add(self, account: str, amount: int, charge: ChargeFact) -> None:
        key = account, charge.account_id, charge.bill_id
        self.lines[key] = self.lines.get(key, 0) + amount

    def add_held(self, account: str, amount: int, lot: CreditFact) -> None:
        key = account, lot.account_id, None
        self.lines[key] = self.lines.get(key, 0) + amount

    def as_lines(self) -> Iterable[Line]:
        return [
            Line(account, amount, of, bill) for (account, of, bill), amount in self.lines.items() if amount
        ]


# A transferred debt's contra is the receivable it came from; a returned tender's is the money that is gone.
_CHARGED_AGAINST: Mapping[str, Callable[[str], str]] = {
    "revenue": revenue,
    "penalty": penalty,
    "opening": lambda _head: OPENING,
}


def _recognised(charge: ChargeFact, charges: Mapping[int, ChargeFact]) -> str:
    """Where a charge was recognised as income, or taken over: what was never owed is taken off there."""
    came_from = charge.against
    if came_from == "transfer":
        came_from = next(
            one.against
            for one in charges.values()
            if one.against != "transfer" and _like(one) == _like(charge)
        )
    if came_from == "opening":
        return OPENING
    return penalty(charge.head) if came_from == "penalty" else revenue(charge.head)


def _like(charge: ChargeFact) -> tuple[object, ...]:
    """What a debt that was moved has in common with the debt it came from."""
    return charge.bill_id, charge.kind, charge.part, charge.accrued_to, charge.reckoning


_GIVEN_UP_AGAINST: Mapping[str, Callable[[str], str]] = {
    "rebate": rebate,
    "waiver": waived,
    "write_off": written_off,
    "rounding": lambda _head: ROUNDING,
}
