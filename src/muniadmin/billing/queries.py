"""Reads of bills. What is owed is computed by ``standing`` and nowhere else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, union_all

from muniadmin.billing.facts import COST, PRINCIPAL, BillFacts
from muniadmin.billing.late_facts import settle_up
from muniadmin.billing.loading import accounts_with_credit, load_books, read_bills
from muniadmin.billing.models import (
    Account,
    AccountNow,
    Bill,
    BillNow,
    Charge,
    ChargeNow,
    Decision,
    RevenueHead,
    Settlement,
)
from muniadmin.billing.reads import (
    Balance,
    BalancesOf,
    BillDetail,
    BillRow,
    Bills,
    BillsPage,
    HeadRow,
    InstalmentRow,
    OneBill,
    OpenCharge,
    OpenCharges,
    RevenueHeads,
    TaxpayerBalance,
)
from muniadmin.billing.rules import state_of
from muniadmin.billing.standing import Instalment, standing
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.money import total as total_of
from muniadmin.kernel.numbers import read_number
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Taxpayer


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


def is_annulled(reading: Reading, _document_id: int, number: str) -> bool:
    """Whether the bill of this number, which was put on paper, is annulled."""
    annulled = (
        select(Bill.id)
        .join(Charge, Charge.bill_id == Bill.id)
        .join(Settlement, Settlement.charge_id == Charge.id)
        .join(Decision, Decision.id == Settlement.decision_id)
        .where(Bill.number == number, Decision.kind == "annulment")
        .limit(1)
    )
    return reading.connection.scalar(annulled) is not None


def standings_of(
    reading: Reading, bill_ids: Iterable[int], *, on: date | None = None, known: date | None = None
) -> Mapping[int, list[Instalment]]:
    """The instalments of each bill on a day as known on a day (default: today and today)."""
    bills = read_bills(reading, Bill.id.in_(list(bill_ids)))
    on, known = on or reading.today, known or reading.today
    return {bill.id: standing(bill, on, known) for bill in bills.values()}


def open_charges(reading: Reading, request: OpenCharges) -> list[OpenCharge]:
    """Instalments with something left to pay, oldest due first."""
    still_open = select(ChargeNow.bill_id).where(ChargeNow.closed_on.is_(None))
    account_id = request.account_id
    wanted: ColumnElement[bool]
    if request.taxpayer_id is not None:
        account_id = reading.connection.scalar(
            select(Account.id).where(Account.taxpayer_id == request.taxpayer_id)
        )
        if account_id is None:
            return []
    if account_id is not None:
        wanted = Bill.id.in_(still_open.where(ChargeNow.account_id == account_id))
    elif request.number is not None:
        wanted = _numbered(request.number)
    else:
        wanted = Bill.id.in_(request.bill_ids)
    bills = read_bills(reading, wanted)
    if not bills:
        return []
    day = request.on or reading.today
    about = {row.id: row for row in reading.connection.execute(_ABOUT.where(Bill.id.in_(bills)))}
    held = _settled_with_credits(reading, bills)
    found = [
        _open(bill, one, about[bill.id], day, held)
        for bill in bills.values()
        for one in standing(bill, day, reading.today)
        if account_id in (None, one.charge.account_id)
        and (one.owed > 0 or held.get(one.charge.id) or (one.written_off and account_id is None))
    ]
    return sorted(found, key=lambda one: (one.due_on, one.bill_id, one.part, one.charge_id))


def _numbered(number: str) -> ColumnElement[bool]:
    """That a bill bears the number, or bore it in the books before. Two lists of ids, each by its index: for "this or
    that" an engine may read the whole table."""
    return Bill.id.in_(
        union_all(
            select(Bill.id).where(Bill.number == number), select(Bill.id).where(Bill.old_number == number)
        )
    )


_ABOUT = (
    select(
        Bill.id,
        Bill.number,
        Bill.head_code,
        Bill.subject,
        Bill.lines,
        Bill.period,
        Bill.account_name,
        RevenueHead.names,
        RevenueHead.kind,
        Account.taxpayer_id,
    )
    .join(RevenueHead, RevenueHead.code == Bill.head_code)
    .join(Account, Account.id == Bill.account_id)
)


def _settled_with_credits(reading: Reading, bills: dict[int, BillFacts]) -> Mapping[int, int]:
    """Looks at the bills as the next order on their accounts will leave them, when money held for an account pays what
    has fallen due; by charge, what that money pays."""
    rich = accounts_with_credit(
        reading, {charge.account_id for bill in bills.values() for charge in bill.charges}
    )
    if not rich:
        return {}
    books = load_books(reading, account_ids=rich, bill_ids=bills)
    settle_up(books, rich)
    bills.update({bill_id: books.bills[bill_id] for bill_id in bills})
    held: dict[int, int] = defaultdict(int)
    for one in books.added.settlements:
        if one.decision_id is None:
            held[one.charge_id] += one.amount
    return held


def _open(bill: BillFacts, one: Instalment, about: Any, day: date, held: Mapping[int, int]) -> OpenCharge:
    parts = max(charge.part for charge in bill.charges if charge.kind == PRINCIPAL)
    of_left = held.get(one.charge.id, 0)
    of_penalty = sum(held.get(charge.id, 0) for charge in bill.charges if charge.on_charge == one.charge.id)
    what_names, which = _told_apart(about)
    return OpenCharge(
        charge_id=one.charge.id,
        bill_id=bill.id,
        number=about.number,
        head_code=about.head_code,
        head_names=about.names,
        kind=about.kind,
        is_cost=one.charge.kind == COST,
        account_id=one.charge.account_id,
        taxpayer_id=about.taxpayer_id if one.charge.account_id == bill.account_id else None,
        name=about.account_name,
        subject=about.subject,
        what_names=what_names,
        which=which,
        period=about.period,
        part=one.charge.part,
        parts=parts,
        due_on=one.due_on,
        amount=Money(one.charge.amount),
        left=Money(one.left + of_left),
        penalty=Money(one.penalty + of_penalty),
        accrued=Money(one.accrued),
        suspended=Money(one.suspended),
        rebate=Money(one.rebate),
        rebate_until=one.rebate_until,
        credit=Money(of_left + of_penalty),
        written_off=Money(one.written_off),
        due=Money(one.payable),
        state=_state(one, day),
        days_late=max(0, (day - one.due_on).days),
    )


def _told_apart(about: Any) -> tuple[Mapping[str, str], str]:
    """What a fine or a fee is for, in every language, and what else its subject says: a plate, how many copies. The
    subject itself has it in the office's language alone."""
    first = about.lines["lines"][0]
    if about.kind == "tax" or "names" not in first:
        return {}, about.subject
    return first["names"], about.subject.replace(first["what"], "", 1).strip(" ·()")


def _state(one: Instalment, day: date) -> str:
    return state_of(one.charge.amount, one.booked, one.due_on, day)


def one_bill(reading: Reading, request: OneBill) -> BillDetail:
    """One bill with its computation."""
    which = Bill.id == request.bill_id if request.bill_id is not None else _numbered(request.number or "")
    bill = reading.session.scalar(select(Bill).where(which))
    if bill is None:
        raise NotFound(what=request.number or request.bill_id)
    head = reading.session.get_one(RevenueHead, bill.head_code)
    account = reading.session.get_one(Account, bill.account_id)
    taxpayer = reading.session.get(Taxpayer, account.taxpayer_id) if account.taxpayer_id is not None else None
    facts = read_bills(reading, Bill.id == bill.id)[bill.id]
    instalments = standing(facts, reading.today, reading.today)
    asked = open_charges(reading, OpenCharges(bill_ids=(bill.id,)))
    total = sum(int(line["amount"]) for line in bill.lines["lines"])
    left = sum(one.left for one in instalments)
    booked = sum(one.booked for one in instalments)
    open_days = [one.due_on for one in instalments if one.booked > 0]
    due_on = min(open_days, default=max(one.due_on for one in instalments))
    return BillDetail(
        bill_id=bill.id,
        number=bill.number,
        old_number=bill.old_number,
        kind=bill.kind,
        head_code=head.code,
        head_names=head.names,
        account_id=account.id,
        taxpayer_id=account.taxpayer_id,
        taxpayer_number=taxpayer.number if taxpayer else "",
        taxpayer_name=bill.account_name,
        subject=bill.subject,
        period=bill.period,
        issued_on=bill.issued_on,
        due_on=due_on,
        total=Money(total),
        settled=Money(sum(one.charge.amount for one in instalments) - left),
        penalty=_sum(one.penalty for one in instalments),
        accrued=total_of(one.accrued for one in asked),
        suspended=_sum(one.suspended for one in instalments),
        rebate=total_of(one.rebate for one in asked),
        credit=total_of(one.credit for one in asked),
        written_off=total_of(one.written_off for one in asked),
        due=total_of(one.due for one in asked),
        state=state_of(total, booked, due_on, reading.today),
        instalments=tuple(_instalment(one, reading.today) for one in instalments),
        lines=tuple(bill.lines["lines"]),
    )


def _sum(amounts: Iterable[int]) -> Money:
    return Money(sum(amounts))


def _instalment(one: Instalment, day: date) -> InstalmentRow:
    return InstalmentRow(
        charge_id=one.charge.id,
        part=one.charge.part,
        due_on=one.due_on,
        amount=Money(one.charge.amount),
        left=Money(one.left),
        penalty=Money(one.penalty),
        accrued=Money(one.accrued),
        suspended=Money(one.suspended),
        rebate=Money(one.rebate),
        due=Money(one.owed),
        state=_state(one, day),
    )


def bills_matching(reading: Reading, request: Bills) -> list[Any]:
    """The conditions for the bills that a question is about, on Bill and BillNow."""
    conditions: list[Any] = []
    if request.head_code:
        conditions.append(Bill.head_code == request.head_code)
    if request.period:
        conditions.append(Bill.period == request.period)
    if request.taxpayer_id is not None:
        conditions.append(
            Bill.account_id.in_(select(Account.id).where(Account.taxpayer_id == request.taxpayer_id))
        )
    if request.state == "open":
        conditions.append(BillNow.settled < BillNow.amount)
    elif request.state == "overdue":
        conditions += [BillNow.settled < BillNow.amount, BillNow.due_on < reading.today]
    elif request.state == "settled":
        conditions.append(BillNow.settled == BillNow.amount)
    if request.text:
        conditions.append(_matching(request.text))
    return conditions


def bills(reading: Reading, request: Bills) -> BillsPage:
    """A page of bills with the count and sums of all that match."""
    conditions = bills_matching(reading, request)
    count, booked, settled = _totals(reading, conditions) if request.totals else (0, ZERO, ZERO)
    if request.after is not None:
        conditions.append(Bill.id < request.after if request.descending else Bill.id > request.after)
    page = reading.connection.execute(
        select(
            Bill.id, Bill.number, Bill.head_code, Bill.account_name, Bill.subject, Bill.period, Bill.issued_on,
            BillNow.due_on, BillNow.amount, BillNow.settled, Account.taxpayer_id,
        )
        .join(BillNow, BillNow.bill_id == Bill.id)
        .join(Account, Account.id == Bill.account_id)
        .where(*conditions)
        .order_by(Bill.id.desc() if request.descending else Bill.id)
        .offset(request.offset)
        .limit(request.limit)
    ).all()  # fmt: skip
    by_code = heads(reading)
    instalments = standings_of(reading, [row.id for row in page if row.settled < row.amount])
    rows = tuple(
        BillRow(
            bill_id=row.id,
            number=row.number,
            head_code=row.head_code,
            head_names=by_code[row.head_code].names,
            taxpayer_id=row.taxpayer_id,
            name=row.account_name,
            subject=row.subject,
            period=row.period,
            issued_on=row.issued_on,
            due_on=row.due_on,
            total=row.amount,
            settled=row.settled,
            left=row.amount - row.settled,
            accrued=_sum(one.accrued for one in instalments.get(row.id, ())),
            suspended=_sum(one.suspended for one in instalments.get(row.id, ())),
            state=state_of(row.amount.minor, row.amount.minor - row.settled.minor, row.due_on, reading.today),
        )
        for row in page
    )
    return BillsPage(rows=rows, count=count, total=booked, settled=settled)


def _totals(reading: Reading, conditions: list[Any]) -> tuple[int, Money, Money]:
    count, booked, settled = reading.connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(BillNow.amount), 0),
            func.coalesce(func.sum(BillNow.settled), 0),
        )
        .select_from(BillNow)
        .join(Bill, Bill.id == BillNow.bill_id)
        .where(*conditions)
    ).one()
    return count, money(booked), money(settled)


def money(value: Money | int | None) -> Money:
    """A sum as the database gives it."""
    return value if isinstance(value, Money) else Money(int(value or 0))


def _matching(text: str) -> Any:
    try:
        number = read_number(text)
    except Exception:  # noqa: BLE001 - a wrong check character while typing is simply no number yet
        number = None
    if number is not None and number[0].on_bills:
        return Bill.number == number[1]
    return or_(
        Bill.number.istartswith(text, autoescape=True),
        Bill.old_number.istartswith(text, autoescape=True),
        Bill.subject.icontains(text, autoescape=True),
        Bill.account_name.icontains(text, autoescape=True),
    )


def taxpayer_balance(reading: Reading, request: TaxpayerBalance) -> Balance:
    """Where one taxpayer stands today."""
    return balances_of(reading, BalancesOf(taxpayer_ids=(request.taxpayer_id,)))[request.taxpayer_id]


def balances_of(reading: Reading, request: BalancesOf) -> Mapping[int, Balance]:
    """Where each of these taxpayers stands today: booked sums from what is kept, accrued penalty from the bills."""
    ids = request.taxpayer_ids
    accounts = reading.connection.execute(
        select(Account.taxpayer_id, Account.id).where(Account.taxpayer_id.in_(ids))
    )
    account_of = {row[0]: row[1] for row in accounts}
    credits_of = reading.connection.execute(
        select(AccountNow.account_id, AccountNow.credit).where(AccountNow.account_id.in_(account_of.values()))
    )
    held = {row[0]: row[1] for row in credits_of}
    of_account = instalments_of(reading, list(account_of.values()))
    return {
        taxpayer_id: _balance(
            of_account.get(account_of.get(taxpayer_id, 0), ()),
            held.get(account_of.get(taxpayer_id, 0), ZERO),
            reading.today,
        )
        for taxpayer_id in ids
    }


def instalments_of(reading: Reading, account_ids: Sequence[int]) -> Mapping[int, list[Instalment]]:
    """The open instalments of accounts."""
    if not account_ids:
        return {}
    still_open = select(ChargeNow.bill_id).where(
        ChargeNow.closed_on.is_(None), ChargeNow.account_id.in_(account_ids)
    )
    found: dict[int, list[Instalment]] = {}
    for bill in read_bills(reading, Bill.id.in_(still_open)).values():
        for one in standing(bill, reading.today, reading.today):
            if one.booked > 0 or one.accrued:
                found.setdefault(one.charge.account_id, []).append(one)
    return found


def _balance(found: Sequence[Instalment], credit: Money, day: date) -> Balance:
    return Balance(
        owed=_sum(one.booked for one in found),
        overdue=_sum(one.booked for one in found if one.due_on < day),
        not_due=_sum(one.booked for one in found if one.due_on >= day),
        accrued=_sum(one.accrued for one in found),
        suspended=_sum(one.suspended for one in found),
        credit=credit,
        next_due_on=min((one.due_on for one in found if one.due_on >= day), default=None),
    )


def bill_sums(reading: Reading, bill_ids: Iterable[int]) -> Mapping[int, tuple[Money, Money]]:
    """What is booked on each bill, penalty included, and what of it is settled."""
    rows = reading.connection.execute(
        select(BillNow.bill_id, BillNow.amount, BillNow.settled).where(BillNow.bill_id.in_(list(bill_ids)))
    )
    return {bill_id: (amount, settled) for bill_id, amount, settled in rows}
