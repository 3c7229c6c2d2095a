"""Reads of bills. What is owed is computed here and nowhere else."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from muniadmin.billing.models import Bill, RevenueHead, Settlement
from muniadmin.billing.reads import (
    Balance,
    BalancesOf,
    BillDetail,
    BillRow,
    Bills,
    BillsPage,
    HeadRow,
    OneBill,
    OpenBill,
    OpenBills,
    RevenueHeads,
    TaxpayerBalance,
)
from muniadmin.billing.rules import BillState, EarlyDiscount, Owed, PenaltyRule, owed, state_of
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.money import ZERO, Money, total
from muniadmin.kernel.numbers import NumberKind, read_number
from muniadmin.ledger.models import Posting
from muniadmin.ledger.rules import CREDIT
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Taxpayer


def bill_state(bill: Bill) -> BillState:
    """The facts of a bill that the rules need."""
    return BillState(
        total=bill.total,
        settled=bill.settled,
        due_on=bill.due_on,
        penalty_owed=bill.penalty_owed,
        penalty_charged_to=bill.penalty_charged_to,
        discount=EarlyDiscount.from_spec(bill.discount),
    )


def owed_on(bill: Bill, head: RevenueHead, day: date) -> Owed:
    """What would settle ``bill`` on ``day``."""
    rule = head.penalty_rule if bill.penalty_rule is None else bill.penalty_rule
    return owed(bill_state(bill), PenaltyRule.from_spec(rule), day)


def heads(reading: Reading) -> Mapping[str, RevenueHead]:
    """Every revenue head by its code."""
    found = reading.session.scalars(select(RevenueHead).order_by(RevenueHead.position, RevenueHead.code))
    return {head.code: head for head in found}


def revenue_heads(reading: Reading, request: RevenueHeads) -> list[HeadRow]:
    """Every revenue head, in the profile's order."""
    return [
        HeadRow(
            code=head.code,
            names=head.names,
            kind=head.kind,
            periodicity=head.periodicity,
            object_kind=head.object_kind,
            active=head.active,
        )
        for head in heads(reading).values()
    ]


def open_bills(reading: Reading, request: OpenBills) -> list[OpenBill]:
    """Bills with something left to pay, oldest due first."""
    wanted = select(Bill).where(Bill.settled < Bill.total).order_by(Bill.due_on, Bill.id)
    if request.taxpayer_id is not None:
        wanted = wanted.where(Bill.taxpayer_id == request.taxpayer_id)
    elif request.number is not None:
        wanted = wanted.where(Bill.number == request.number)
    else:
        wanted = wanted.where(Bill.id.in_(request.bill_ids))
    by_code = heads(reading)
    return [_open(bill, by_code[bill.head_code], reading.today) for bill in reading.session.scalars(wanted)]


def _open(bill: Bill, head: RevenueHead, day: date) -> OpenBill:
    due = owed_on(bill, head, day)
    early = EarlyDiscount.from_spec(bill.discount) if due.discount else None
    window = early.on(day) if early is not None else None
    return OpenBill(
        bill_id=bill.id,
        number=bill.number,
        head_code=head.code,
        head_names=head.names,
        kind=head.kind,
        taxpayer_id=bill.taxpayer_id,
        debtor=bill.debtor,
        subject=bill.subject,
        period=bill.period,
        due_on=bill.due_on,
        total=bill.total,
        settled=bill.settled,
        principal=due.principal,
        penalty=due.penalty,
        discount=due.discount,
        due=due.total,
        state=state_of(bill.total, bill.settled, bill.due_on, day),
        days_late=max(0, (day - bill.due_on).days),
        discount_rate=str(window.rate) if window is not None else None,
        discount_until=window.until if window is not None else None,
    )


def one_bill(reading: Reading, request: OneBill) -> BillDetail:
    """One bill with its computation."""
    which = Bill.id == request.bill_id if request.bill_id is not None else Bill.number == request.number
    bill = reading.session.scalar(select(Bill).where(which))
    if bill is None:
        raise NotFound(what=request.number or request.bill_id)
    head = reading.session.get_one(RevenueHead, bill.head_code)
    taxpayer = reading.session.get(Taxpayer, bill.taxpayer_id) if bill.taxpayer_id is not None else None
    due = owed_on(bill, head, reading.today)
    return BillDetail(
        bill_id=bill.id,
        number=bill.number,
        head_code=head.code,
        head_names=head.names,
        taxpayer_id=bill.taxpayer_id,
        taxpayer_number=taxpayer.number if taxpayer else "",
        taxpayer_name=taxpayer.name if taxpayer else bill.debtor,
        debtor=bill.debtor,
        subject=bill.subject,
        period=bill.period,
        issued_on=bill.issued_on,
        due_on=bill.due_on,
        total=bill.total,
        settled=bill.settled,
        penalty=due.penalty,
        discount=due.discount,
        due=due.total,
        state=state_of(bill.total, bill.settled, bill.due_on, reading.today),
        lines=tuple(bill.lines["lines"]),
    )


def bills(reading: Reading, request: Bills) -> BillsPage:
    """A page of bills with the count and sums of all that match."""
    conditions: list[Any] = []
    if request.head_code:
        conditions.append(Bill.head_code == request.head_code)
    if request.period:
        conditions.append(Bill.period == request.period)
    if request.taxpayer_id is not None:
        conditions.append(Bill.taxpayer_id == request.taxpayer_id)
    if request.state == "open":
        conditions.append(Bill.settled < Bill.total)
    elif request.state == "overdue":
        conditions += [Bill.settled < Bill.total, Bill.due_on < reading.today]
    elif request.state == "settled":
        conditions.append(Bill.settled == Bill.total)
    if request.text:
        conditions.append(_matching(request.text))
    count, assessed, settled = reading.session.execute(
        select(
            func.count(), func.coalesce(func.sum(Bill.total), 0), func.coalesce(func.sum(Bill.settled), 0)
        ).where(*conditions)
    ).one()
    page = (
        select(Bill, Taxpayer.name)
        .outerjoin(Taxpayer, Taxpayer.id == Bill.taxpayer_id)
        .where(*conditions)
        .order_by(Bill.id.desc())
        .offset(request.offset)
        .limit(request.limit)
    )
    by_code = heads(reading)
    rows = tuple(
        BillRow(
            bill_id=bill.id,
            number=bill.number,
            head_code=bill.head_code,
            head_names=by_code[bill.head_code].names,
            taxpayer_id=bill.taxpayer_id,
            name=name or bill.debtor,
            subject=bill.subject,
            period=bill.period,
            issued_on=bill.issued_on,
            due_on=bill.due_on,
            total=bill.total,
            settled=bill.settled,
            left=bill.total - bill.settled,
            state=state_of(bill.total, bill.settled, bill.due_on, reading.today),
        )
        for bill, name in reading.session.execute(page)
    )
    return BillsPage(rows=rows, count=count, total=_money(assessed), settled=_money(settled))


def _money(value: Money | int) -> Money:
    return value if isinstance(value, Money) else Money(int(value))


def _matching(text: str) -> Any:
    try:
        number = read_number(text)
    except Exception:  # noqa: BLE001 - a wrong check character while typing is simply no number yet
        number = None
    if number is not None and number[0] in (NumberKind.BILL, NumberKind.FINE, NumberKind.REQUEST):
        return Bill.number == number[1]
    return or_(
        Bill.number.istartswith(text, autoescape=True),
        Bill.subject.icontains(text, autoescape=True),
        Bill.debtor.icontains(text, autoescape=True),
    )


def taxpayer_balance(reading: Reading, request: TaxpayerBalance) -> Balance:
    """Where one taxpayer stands today."""
    return balances_of(reading, BalancesOf(taxpayer_ids=(request.taxpayer_id,)))[request.taxpayer_id]


def balances_of(reading: Reading, request: BalancesOf) -> Mapping[int, Balance]:
    """Where each of these taxpayers stands today."""
    ids = request.taxpayer_ids
    by_code = heads(reading)
    open_of: dict[int, list[Bill]] = {taxpayer_id: [] for taxpayer_id in ids}
    for bill in reading.session.scalars(
        select(Bill).where(Bill.taxpayer_id.in_(ids), Bill.settled < Bill.total)
    ):
        open_of[bill.taxpayer_id or 0].append(bill)
    advances = (
        select(Posting.taxpayer_id, func.sum(Posting.amount))
        .where(Posting.taxpayer_id.in_(ids), Posting.account == CREDIT)
        .group_by(Posting.taxpayer_id)
    )
    held = {taxpayer_id: Money(-int(amount)) for taxpayer_id, amount in reading.session.execute(advances)}
    return {
        taxpayer_id: _balance(open_of[taxpayer_id], by_code, held.get(taxpayer_id, ZERO), reading.today)
        for taxpayer_id in ids
    }


def _balance(found: Sequence[Bill], by_code: Mapping[str, RevenueHead], credit: Money, day: date) -> Balance:
    dues = [(bill, owed_on(bill, by_code[bill.head_code], day).total) for bill in found]
    coming = [bill.due_on for bill in found if bill.due_on >= day]
    return Balance(
        owed=total(due for _bill, due in dues),
        overdue=total(due for bill, due in dues if bill.due_on < day),
        not_due=total(due for bill, due in dues if bill.due_on >= day),
        credit=credit,
        next_due_on=min(coming, default=None),
    )


def settled_of(reading: Reading, bill_id: int) -> list[Settlement]:
    """What was settled of a bill, in order."""
    return list(
        reading.session.scalars(
            select(Settlement).where(Settlement.bill_id == bill_id).order_by(Settlement.id)
        )
    )
