"""Issues bills, and settles them. Everything that can be owed becomes a bill here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from muniadmin.billing.errors import BillAlreadySettled, BillDoesNotAddUp, HeadUnknown
from muniadmin.billing.models import Bill, RevenueHead, Settlement
from muniadmin.billing.rules import Allocation, BillState, EarlyDiscount, PenaltyRule, grown_since
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.errors import NumberTooLarge
from muniadmin.kernel.money import LARGEST, ZERO, Money
from muniadmin.kernel.numbers import NumberKind, yearly_number
from muniadmin.ledger.rules import AccountKind, Line, discount, penalty, receivable, revenue
from muniadmin.ledger.services import ensure_account, post_entry
from muniadmin.storage.bulk import bulk_insert, reserve_ids
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer

_SERIES = "bill"
# From here on the bulk port is faster than one statement for each bill.
_MANY = 20


@dataclass(frozen=True, kw_only=True)
class HeadSpec:
    """A revenue head as a profile spells it."""

    code: str
    names: Mapping[str, str]
    kind: str
    periodicity: str
    object_kind: str | None
    due_rule: Mapping[str, Any]
    penalty_rule: Mapping[str, Any]


def install_heads(uow: UnitOfWork, specs: Sequence[HeadSpec]) -> None:
    """Adds the revenue heads of a profile, each with its ledger accounts; those that are there stay as they are."""
    for position, spec in enumerate(specs):
        if uow.session.get(RevenueHead, spec.code) is None:
            uow.session.add(
                RevenueHead(
                    code=spec.code,
                    names=dict(spec.names),
                    kind=spec.kind,
                    periodicity=spec.periodicity,
                    object_kind=spec.object_kind,
                    due_rule=dict(spec.due_rule),
                    penalty_rule=dict(spec.penalty_rule),
                    position=position,
                )
            )
        for code, kind in (
            (receivable(spec.code), AccountKind.RECEIVABLE),
            (revenue(spec.code), AccountKind.REVENUE),
            (penalty(spec.code), AccountKind.PENALTY),
            (discount(spec.code), AccountKind.DISCOUNT),
        ):
            ensure_account(uow, code, kind, spec.names)
    uow.session.flush()


@dataclass(frozen=True, kw_only=True)
class NewBill:
    """What a bill is to say. ``lines`` spell out the computation; each has at least "what" and "amount" (minor units),
    and the amounts sum to the bill's total."""

    head_code: str
    period: str
    due_on: date
    lines: Sequence[Mapping[str, Any]]
    #: A fine's or a request's own number; None: the next bill number.
    number: str | None = None
    taxpayer_id: int | None = None
    object_id: int | None = None
    debtor: str = ""
    subject: str = ""
    #: Early discount, {"until": ISO day, "rate": "0.5"}, or several {"windows": [...]}, the earliest first.
    discount: Mapping[str, Any] | None = None
    #: The bill's own penalty rule (billing.rules.PenaltyRule as stored); None: its head's.
    penalty_rule: Mapping[str, Any] | None = None

    @property
    def total(self) -> int:
        """The sum of the lines, in minor units."""
        return sum(int(line["amount"]) for line in self.lines)


@dataclass(frozen=True)
class IssuedBill:
    """The new bill's id and number."""

    bill_id: int
    number: str
    total: Money


def issue_bill(uow: UnitOfWork, bill: NewBill) -> IssuedBill:
    """Issues one bill today, and books it as owed."""
    return issue_bills(uow, [bill], subject=None)[0]


def issue_bills(
    uow: UnitOfWork, bills: Sequence[NewBill], *, subject: str | None, event: str = "roll"
) -> list[IssuedBill]:
    """Issues bills of one head in this transaction: consecutive numbers, one journal entry for all of them.

    ``subject`` names the entry, e.g. the roll's number, and ``event`` what issued them; without a subject it is the
    first bill's entry. For rolls of any size, call it with some thousands at a time.
    """
    head = uow.session.get(RevenueHead, bills[0].head_code)
    if head is None:
        known = uow.session.scalars(select(RevenueHead.code).order_by(RevenueHead.position))
        raise HeadUnknown(head=bills[0].head_code, known=", ".join(known))
    totals = [bill.total for bill in bills]
    if max(totals) > LARGEST.minor:
        raise NumberTooLarge
    if min(totals) <= 0 or any(bill.head_code != head.code for bill in bills):
        raise BillDoesNotAddUp
    rows = [
        _row(uow, bill, number, total)
        for bill, number, total in zip(bills, _numbers(uow, bills), totals, strict=True)
    ]
    issued = [
        IssuedBill(bill_id, row["number"], row["total"])
        for bill_id, row in zip(_add(uow, rows), rows, strict=True)
    ]
    lines = [
        Line(receivable(head.code), new.total.minor, bill.taxpayer_id, new.bill_id)
        for bill, new in zip(bills, issued, strict=True)
    ]
    lines.append(Line(revenue(head.code), -sum(totals)))
    post_entry(uow, lines, event="bill" if subject is None else event, subject=subject or issued[0].number)
    uow.touch(Topic.BILLS)
    return issued


def _add(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Writes the bills; their ids. Many go in at once."""
    if len(rows) < _MANY:
        return [uow.connection.execute(_ADD_BILL, row).scalar_one() for row in rows]
    ids = reserve_ids(uow, Bill, len(rows))
    bulk_insert(uow, Bill, ({"id": bill_id, **row} for bill_id, row in zip(ids, rows, strict=True)))
    return ids


def _numbers(uow: UnitOfWork, bills: Sequence[NewBill]) -> Iterator[str]:
    """A number for each bill: its own, or the next of the year."""
    year = uow.today.year
    wanting = sum(bill.number is None for bill in bills)
    sequence = take_block(uow, _SERIES, year, wanting) if wanting else 0
    for bill in bills:
        if bill.number is not None:
            yield bill.number
        else:
            yield yearly_number(NumberKind.BILL, year, sequence)
            sequence += 1


_ADD_BILL = insert(Bill).returning(Bill.id)


def _row(uow: UnitOfWork, bill: NewBill, number: str, total: int) -> dict[str, Any]:
    return {
        "number": number,
        "head_code": bill.head_code,
        "taxpayer_id": bill.taxpayer_id,
        "object_id": bill.object_id,
        "debtor": bill.debtor,
        "subject": bill.subject,
        "period": bill.period,
        "issued_on": uow.today,
        "due_on": bill.due_on,
        "total": Money(total),
        "settled": ZERO,
        "penalty_owed": ZERO,
        "discount": dict(bill.discount) if bill.discount else None,
        "penalty_rule": dict(bill.penalty_rule) if bill.penalty_rule is not None else None,
        "lines": {"lines": [dict(line) for line in bill.lines]},
    }


@dataclass(frozen=True, slots=True)
class LockedBill:
    """A bill held by this transaction, with the facts a settlement needs."""

    bill_id: int
    number: str
    head_code: str
    head_names: Mapping[str, str]
    taxpayer_id: int | None
    debtor: str
    subject: str
    period: str
    state: BillState
    rule: PenaltyRule
    #: Of the taxpayer, where one is known.
    taxpayer_number: str | None = None
    taxpayer_name: str = ""


_LOCK_BILL = (
    select(
        Bill.id,
        Bill.number,
        Bill.head_code,
        RevenueHead.names.label("head_names"),
        Bill.taxpayer_id,
        Bill.debtor,
        Bill.subject,
        Bill.period,
        Bill.total,
        Bill.settled,
        Bill.due_on,
        Bill.penalty_owed,
        Bill.penalty_charged_to,
        Bill.discount,
        Bill.penalty_rule,
        RevenueHead.penalty_rule.label("head_rule"),
        Taxpayer.number.label("taxpayer_number"),
        Taxpayer.name.label("taxpayer_name"),
    )
    .join(RevenueHead, RevenueHead.code == Bill.head_code)
    .outerjoin(Taxpayer, Taxpayer.id == Bill.taxpayer_id)
    .where(Bill.id == bindparam("bill_id"))
    .with_for_update(of=Bill)
)


def lock_bill(uow: UnitOfWork, bill_id: int) -> LockedBill | None:
    """The bill, held until the transaction ends so that two desks cannot both settle it; None if there is none."""
    row = uow.connection.execute(_LOCK_BILL, {"bill_id": bill_id}).one_or_none()
    if row is None:
        return None
    return LockedBill(
        bill_id=row.id,
        number=row.number,
        head_code=row.head_code,
        head_names=row.head_names,
        taxpayer_id=row.taxpayer_id,
        debtor=row.debtor,
        subject=row.subject,
        period=row.period,
        state=BillState(
            total=row.total,
            settled=row.settled,
            due_on=row.due_on,
            penalty_owed=row.penalty_owed,
            penalty_charged_to=row.penalty_charged_to,
            discount=EarlyDiscount.from_spec(row.discount),
        ),
        rule=PenaltyRule.from_spec(row.head_rule if row.penalty_rule is None else row.penalty_rule),
        taxpayer_number=row.taxpayer_number,
        taxpayer_name=row.taxpayer_name or "",
    )


_ADD_SETTLEMENT = insert(Settlement)
_SETTLE_BILL = (
    update(Bill)
    .where(Bill.id == bindparam("of_bill"))
    .values(
        settled=Bill.settled + bindparam("more", type_=Bill.settled.type),
        penalty_owed=bindparam("penalty_left"),
        penalty_charged_to=bindparam("charged_to"),
    )
)


def settlement_parts(use: Allocation) -> list[tuple[str, Money]]:
    """The settlements that ``use`` makes of a bill, each as (part, amount)."""
    return [
        (part, amount)
        for part, amount in (
            ("penalty", use.penalty),
            ("principal", use.principal - use.discount),
            ("discount", use.discount),
        )
        if amount
    ]


def settlement_postings(bill: LockedBill, use: Allocation) -> list[Line]:
    """The postings that take what ``use`` settles off what the taxpayer owes."""
    lines = [Line(receivable(bill.head_code), -use.principal.minor, bill.taxpayer_id, bill.bill_id)]
    if use.discount:
        lines.append(Line(discount(bill.head_code), use.discount.minor, bill.taxpayer_id, bill.bill_id))
    if use.penalty:
        lines.append(Line(penalty(bill.head_code), -use.penalty.minor, bill.taxpayer_id, bill.bill_id))
    return [line for line in lines if line.amount]


def settle_bill(uow: UnitOfWork, bill: LockedBill, payment_id: int, use: Allocation) -> list[Line]:
    """Settles what ``use`` says; the postings that take it off what the taxpayer owes. The caller books them
    together with where the money went."""
    uow.connection.execute(
        _ADD_SETTLEMENT,
        [
            {
                "bill_id": bill.bill_id,
                "payment_id": payment_id,
                "part": part,
                "amount": amount,
                "settled_on": uow.today,
            }
            for part, amount in settlement_parts(use)
        ],
    )
    uow.connection.execute(
        _SETTLE_BILL,
        {
            "of_bill": bill.bill_id,
            "more": use.principal,
            "penalty_left": use.penalty_left,
            "charged_to": charged_to(bill.state, uow.today),
        },
    )
    return settlement_postings(bill, use)


def charged_to(bill: BillState, day: date) -> date | None:
    """The day up to which penalty has been charged once something is paid on ``day``."""
    return day if day > bill.due_on else bill.penalty_charged_to


def unsettle(uow: UnitOfWork, payment_id: int, reversal_id: int) -> None:
    """Takes back everything a payment settled, by settlements of the opposite amounts under the reversal.

    Penalty that had been charged with it is owed again; and where a later payment charged penalty meanwhile, it did
    so on too little: what the principal now owed again would have grown is added.
    """
    settled = uow.session.scalars(select(Settlement).where(Settlement.payment_id == payment_id)).all()
    for settlement in sorted(settled, key=lambda one: one.bill_id):
        bill = uow.session.get_one(Bill, settlement.bill_id, with_for_update=True)
        if settlement.part == "penalty":
            bill.penalty_owed = bill.penalty_owed + settlement.amount
        else:
            bill.settled = bill.settled - settlement.amount
            bill.penalty_owed = bill.penalty_owed + grown_since(
                _rule_of(uow, bill),
                settlement.amount,
                bill.due_on,
                settlement.settled_on,
                bill.penalty_charged_to,
            )
        uow.session.add(
            Settlement(
                bill_id=settlement.bill_id,
                payment_id=reversal_id,
                part=settlement.part,
                amount=-settlement.amount,
                settled_on=uow.today,
            )
        )
    uow.session.flush()


def _rule_of(uow: UnitOfWork, bill: Bill) -> PenaltyRule:
    if bill.penalty_rule is not None:
        return PenaltyRule.from_spec(bill.penalty_rule)
    return PenaltyRule.from_spec(uow.session.get_one(RevenueHead, bill.head_code).penalty_rule)


def credit_bill(uow: UnitOfWork, bill: LockedBill) -> Money:
    """Annuls what is left of a bill that should not have been issued; the amount annulled.

    A settlement of the part "credit" takes it off what is owed, and an entry takes it back from revenue; the bill
    itself stays as it was issued, and penalty not yet paid lapses. The caller has the reason and the approval.
    Raises BillAlreadySettled.
    """
    left = bill.state.total - bill.state.settled
    if left <= ZERO:
        raise BillAlreadySettled(bill=bill.number)
    uow.connection.execute(
        _ADD_SETTLEMENT,
        {
            "bill_id": bill.bill_id,
            "payment_id": None,
            "part": "credit",
            "amount": left,
            "settled_on": uow.today,
        },
    )
    uow.connection.execute(
        _SETTLE_BILL,
        {
            "of_bill": bill.bill_id,
            "more": left,
            "penalty_left": ZERO,
            "charged_to": bill.state.penalty_charged_to,
        },
    )
    post_entry(
        uow,
        [
            Line(revenue(bill.head_code), left.minor, bill.taxpayer_id, bill.bill_id),
            Line(receivable(bill.head_code), -left.minor, bill.taxpayer_id, bill.bill_id),
        ],
        event="credit",
        subject=bill.number,
    )
    uow.touch(Topic.BILLS)
    return left
