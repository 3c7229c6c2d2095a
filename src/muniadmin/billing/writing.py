"""Writes what an order added to the books: the rows, and the totals of the day. The only writer of these tables."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite

from muniadmin.billing.books import Added, Books
from muniadmin.billing.facts import PENALTY, PLANNED, BillFacts, SettlementFact
from muniadmin.billing.models import Charge, Credit, CreditMove, DayCollection, Settlement
from muniadmin.billing.names import BILLS_TOPIC
from muniadmin.billing.postings import postings
from muniadmin.kernel.money import Money
from muniadmin.ledger.rules import Line
from muniadmin.storage.bulk import insert_rows, reserve_ids
from muniadmin.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Planned:
    """Books with what an order adds to them; of a planned payment also what became of its negative ids: each
    tender's by the plan's, and its own."""

    books: Books
    tender_ids: Mapping[int, int] = field(default_factory=dict)
    payment_id: int | None = None


def write_added(uow: UnitOfWork, books: Books) -> list[Line]:
    """Writes everything added to ``books``; the postings that say it in the ledger, but for where money lies, which the
    order knows. The books are used up by this: load them again to go on."""
    return write_all(uow, [Planned(books)])[0]


def write_all(uow: UnitOfWork, orders: Sequence[Planned]) -> list[list[Line]]:
    """Writes what was added to the books of several orders that share no account, table by table; the postings of
    each, as ``write_added`` gives them."""
    rows = _Rows(uow, orders)
    for model, wanted in (
        (Charge, rows.charges),
        (Credit, rows.credits),
        (Settlement, rows.settlements),
        (CreditMove, rows.moves),
    ):
        if wanted:
            insert_rows(uow, model, wanted)
    _count_in_days(uow, [order.books for order in orders])
    uow.touch(BILLS_TOPIC)
    return [_postings(order.books) for order in orders]


def _postings(books: Books) -> list[Line]:
    charges = {charge.id: charge for bill in books.bills.values() for charge in bill.charges}
    return postings(books.added, charges, books.credits)


class _Rows:
    """The rows of all that orders add, every fact with the id it is written under."""

    def __init__(self, uow: UnitOfWork, orders: Sequence[Planned]) -> None:
        every = [order.books.added for order in orders]
        charge_ids = iter(reserve_ids(uow, Charge, sum(len(added.charges) for added in every)))
        credit_ids = iter(reserve_ids(uow, Credit, sum(len(added.credits) for added in every)))
        named = any(_names_settlements(added) for added in every)
        count = sum(len(added.settlements) for added in every) if named else 0
        settlement_ids = iter(reserve_ids(uow, Settlement, count))
        self.charges: list[dict[str, Any]] = []
        self.credits: list[dict[str, Any]] = []
        self.settlements: list[dict[str, Any]] = []
        self.moves: list[dict[str, Any]] = []
        for order in orders:
            self._add(order, charge_ids, credit_ids, settlement_ids, named)

    def _add(
        self,
        order: Planned,
        charge_ids: Iterator[int],
        credit_ids: Iterator[int],
        settlement_ids: Iterator[int],
        named: bool,
    ) -> None:
        added = order.books.added
        charge = {one.id: next(charge_ids) for one in added.charges}
        credit = {one.id: next(credit_ids) for one in added.credits}
        settlement = {one.id: next(settlement_ids) for one in added.settlements} if named else {}
        self.charges += [
            {
                "id": charge[one.id],
                "bill_id": one.bill_id,
                "account_id": one.account_id,
                "head_code": one.head,
                "kind": one.kind,
                "part": one.part,
                "due_on": one.due_on,
                "amount": Money(one.amount),
                "booked_on": one.booked_on,
                "value_on": one.value_on,
                "against": one.against,
                "accrues_after": one.accrues_after,
                "on_charge_id": _real(charge, one.on_charge),
                "accrued_to": one.accrued_to,
                "reckoning": one.reckoning,
            }
            for one in added.charges
        ]
        self.credits += [
            {
                "id": credit[one.id],
                "account_id": one.account_id,
                "amount": Money(one.amount),
                "tender_id": _real(order.tender_ids, one.tender_id),
                "decision_id": one.decision_id,
                "kept_for": one.kept_for,
                "booked_on": one.booked_on,
                "value_on": one.value_on,
            }
            for one in added.credits
        ]
        self.settlements += [
            {
                **({"id": settlement[one.id]} if named else {}),
                "charge_id": _real(charge, one.charge_id),
                "amount": Money(one.amount),
                "tender_id": _real(order.tender_ids, one.tender_id),
                "credit_id": _real(credit, one.credit_id),
                "decision_id": one.decision_id,
                "payment_id": order.payment_id if one.payment_id == PLANNED else one.payment_id,
                "reverses_id": _real(settlement, one.reverses),
                "booked_on": one.booked_on,
                "value_on": one.value_on,
            }
            for one in added.settlements
        ]
        self.moves += [
            {
                "credit_id": _real(credit, one.credit_id),
                "amount": Money(one.amount),
                "kind": one.kind,
                "settlement_id": _real(settlement, one.settlement_id),
                "decision_id": one.decision_id,
                "booked_on": one.booked_on,
            }
            for one in added.moves
        ]


def _real(ids: Mapping[int, int], row_id: int | None) -> int | None:
    """The id that a planned (negative) one became."""
    return ids[row_id] if row_id is not None and row_id < 0 else row_id


def _names_settlements(added: Added) -> bool:
    """Whether other rows of the order name its settlements, so that their ids must be known beforehand."""
    return any(move.settlement_id is not None for move in added.moves) or any(
        one.reverses is not None and one.reverses < 0 for one in added.settlements
    )


_KEY = ("by", "day", "point", "head_code", "channel")
_Key = tuple[str, date, int, str, str]
# A payment's money of one channel, or a credit.
_Source = tuple[str, int]


def _add_to_day(engine: Any) -> Executable:
    new = engine.insert(DayCollection)
    added: Executable = new.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={
            "principal": DayCollection.principal + new.excluded.principal,
            "penalty": DayCollection.penalty + new.excluded.penalty,
            "count": DayCollection.count + new.excluded.count,
        },
    )
    return added


_ADD_TO_DAY = {"sqlite": _add_to_day(sqlite), "postgresql": _add_to_day(postgresql)}


def _count_in_days(uow: UnitOfWork, every: Sequence[Books]) -> None:
    """Adds what was settled with money, and takes off what was set free, on both of its days. A bill is counted when
    money of a source begins to pay it, and no longer once nothing of that money is left on it."""
    sums: dict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for books in every:
        _count(books, sums)
    if sums:
        uow.connection.execute(_ADD_TO_DAY[uow.connection.dialect.name], [
            {**dict(zip(_KEY, key, strict=True)), "principal": amounts[0], "penalty": amounts[1], "count": amounts[2]}
            for key, amounts in sorted(sums.items())
        ])  # fmt: skip


def _count(books: Books, sums: dict[_Key, list[int]]) -> None:
    moved: dict[tuple[_Key, int, _Source | None], int] = defaultdict(int)
    for one in books.added.settlements:
        if one.decision_id is not None:
            continue
        bill = books.bill_of(one.charge_id)
        charge = bill.charge(one.charge_id)
        point, channel = 0, "credit"
        if one.tender_id is not None:
            point, channel = books.tenders[one.tender_id].point, books.tenders[one.tender_id].channel
        for by, day in (("booked", one.booked_on), ("value", one.value_on)):
            key = by, day, point, charge.head, channel
            sums[key][charge.kind == PENALTY] += one.amount
            moved[key, bill.id, _source(books, one)] += one.amount
    for (key, bill_id, source), amount in moved.items():
        after = _paid(books, books.bills[bill_id], key, source)
        sums[key][2] += (after > 0) - (after - amount > 0)


def _source(books: Books, one: SettlementFact) -> _Source | None:
    if one.tender_id is not None:
        tender = books.tenders[one.tender_id]
        return tender.channel, tender.payment_id
    return None if one.credit_id is None else ("credit", one.credit_id)


def _paid(books: Books, bill: BillFacts, key: _Key, source: _Source | None) -> int:
    """What money of a source pays on a bill for a head; by value, only what counts for that day, as it was written."""
    by, day, _point, head, _channel = key
    return sum(
        one.amount
        for one in bill.settlements
        if _source(books, one) == source
        and bill.charge(one.charge_id).head == head
        and (by == "booked" or (one.written_for or one.value_on) == day)
    )
