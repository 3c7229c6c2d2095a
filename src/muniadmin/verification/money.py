"""Checks of the money: ledger, bills, payments, receipts, tills."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, case, func, null, select, union_all

from muniadmin.billing.models import Bill, Settlement
from muniadmin.collection.models import CashSession, DayCollection, Payment, Receipt
from muniadmin.collection.rules import Channel
from muniadmin.documents.models import IssuedDocument
from muniadmin.indicators.models import DayStanding
from muniadmin.indicators.standings import days_between, first_day, last_kept_day
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.money import Money
from muniadmin.kernel.numbers import receipt_number
from muniadmin.ledger.models import Account, Posting
from muniadmin.ledger.rules import CREDIT, AccountKind
from muniadmin.storage.base import NumberSeries
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import Count, _streamed, frozen_sheet
from muniadmin.verification.commands import Finding


def _minor(value: Any) -> int:
    return value.minor if isinstance(value, Money) else int(value or 0)


def ledger_sum(reading: Reading, count: Count) -> Iterator[Finding]:
    """All accounts together sum to zero."""
    count()
    left = _minor(reading.connection.scalar(select(func.sum(Posting.amount))))
    if left:
        yield Finding(
            check="ledger_sum",
            subject="posting",
            message=N_("The ledger does not balance: {left} is left over."),
            facts={"left": left},
        )


def receipts(reading: Reading, count: Count) -> Iterator[Finding]:
    """The receipts of a desk and year are 1..n without gap or repeat, n is where the series stands, and each number
    is made of its desk, year and place."""
    expected: dict[tuple[int, int], int] = {}
    for row in _streamed(
        reading, select(Receipt.__table__).order_by(Receipt.desk, Receipt.year, Receipt.seq)
    ):
        count()
        key = (row.desk, row.year)
        wanted = expected.get(key, 0) + 1
        if row.seq != wanted:
            yield Finding(
                check="receipts",
                subject=row.number,
                message=N_(
                    "Receipts of desk {desk} in {year}: after {before} comes {subject}; numbers are missing."
                ),
                facts={"desk": row.desk, "year": row.year, "before": wanted - 1},
            )
        if row.number != receipt_number(row.desk, row.year, row.seq):
            yield Finding(
                check="receipts",
                subject=row.number,
                message=N_("Receipt {subject}: the number does not fit its desk, year and place."),
                facts={},
            )
        expected[key] = row.seq
    series = select(NumberSeries.series, NumberSeries.year, NumberSeries.last).where(
        NumberSeries.series.startswith("receipt:")
    )
    standing = {(int(name.split(":")[1]), year) for name, year, _last in reading.connection.execute(series)}
    for desk, year in sorted(expected.keys() - standing):
        yield Finding(
            check="receipts",
            subject=f"receipt:{desk}",
            message=N_("Series {subject} of {year} is missing, although there are receipts."),
            facts={"year": year},
        )
    for name, year, last in reading.connection.execute(series):
        if expected.get((int(name.split(":")[1]), year), 0) != last:
            yield Finding(
                check="receipts",
                subject=name,
                message=N_("Series {subject} of {year} stands at {last}, but the receipts end at {end}."),
                facts={"year": year, "last": last, "end": expected.get((int(name.split(":")[1]), year), 0)},
            )


def receipt_sheets(reading: Reading, count: Count) -> Iterator[Finding]:
    """Each receipt's sheet shows the receipt's number, and the amount and payer of its payment."""
    wanted = (
        select(Receipt.number, Payment.amount, Payment.payer, IssuedDocument.canonical)
        .outerjoin(Payment, Payment.id == Receipt.payment_id)
        .outerjoin(IssuedDocument, IssuedDocument.id == Receipt.document_id)
    )
    for row in _streamed(reading, wanted):
        count()
        shows = frozen_sheet(row.canonical or "")
        if (shows.get("number"), shows.get("total"), shows.get("payer")) != (
            row.number,
            _minor(row.amount),
            row.payer,
        ):
            yield Finding(
                check="receipt_sheets",
                subject=row.number,
                message=N_("Receipt {subject}: the payment in the database is not what the receipt shows."),
                facts={},
            )


def payments(reading: Reading, count: Count) -> Iterator[Finding]:
    """What a payment settled, plus the credit it left, is its amount; it has a receipt or reverses one that has."""
    settled = (
        select(Settlement.payment_id, func.sum(Settlement.amount).label("settled"))
        .where(Settlement.part != "discount")
        .group_by(Settlement.payment_id)
        .subquery()
    )
    wanted = (
        select(
            Payment.id, Payment.amount, Payment.credit, Payment.reverses_id, settled.c.settled, Receipt.number
        )
        .outerjoin(settled, settled.c.payment_id == Payment.id)
        .outerjoin(Receipt, Receipt.payment_id == Payment.id)
        .order_by(Payment.id)
    )
    for row in _streamed(reading, wanted):
        count()
        if _minor(row.settled) + row.credit.minor != row.amount.minor:
            yield Finding(
                check="payments",
                subject=f"payment {row.id}",
                message=N_("{subject}: what it settled and left as credit is not its amount."),
                facts={},
            )
        if (row.number is None) == (row.reverses_id is None):
            yield Finding(
                check="payments",
                subject=f"payment {row.id}",
                message=N_("{subject}: it has no receipt."),
                facts={},
            )


def bills(reading: Reading, count: Count) -> Iterator[Finding]:
    """A bill's lines sum to its total; what is settled is the sum of its settlements and what the ledger says; and it
    is never settled beyond its total."""
    settled = (
        select(Settlement.bill_id, func.sum(Settlement.amount).label("settled"))
        .where(Settlement.part != "penalty")
        .group_by(Settlement.bill_id)
        .subquery()
    )
    owed = (
        select(Posting.bill_id, func.sum(Posting.amount).label("owed"))
        .join(Account, and_(Account.code == Posting.account, Account.kind == AccountKind.RECEIVABLE))
        .group_by(Posting.bill_id)
        .subquery()
    )
    wanted = (
        select(
            Bill.id,
            Bill.number,
            Bill.total,
            Bill.settled,
            Bill.lines,
            settled.c.settled.label("parts"),
            owed.c.owed,
        )
        .outerjoin(settled, settled.c.bill_id == Bill.id)
        .outerjoin(owed, owed.c.bill_id == Bill.id)
        .order_by(Bill.id)
    )
    for row in _streamed(reading, wanted):
        count()
        total, is_settled = row.total.minor, row.settled.minor
        if sum(int(line["amount"]) for line in row.lines["lines"]) != total:
            yield Finding(
                check="bills",
                subject=row.number,
                message=N_("Bill {subject}: its lines do not add up to its total."),
                facts={},
            )
        if _minor(row.parts) != is_settled or not 0 <= is_settled <= total:
            yield Finding(
                check="bills",
                subject=row.number,
                message=N_("Bill {subject}: what is settled of it is not the sum of its settlements."),
                facts={},
            )
        if _minor(row.owed) != total - is_settled:
            yield Finding(
                check="bills",
                subject=row.number,
                message=N_("Bill {subject}: the ledger says {owed} is owed, the bill says {left}."),
                facts={"owed": _minor(row.owed), "left": total - is_settled},
            )


def settlements(reading: Reading, count: Count) -> Iterator[Finding]:
    """What a receipt's payment settled of each bill is what its journal entry took off that bill."""
    settled = (
        select(
            Settlement.payment_id,
            Settlement.bill_id,
            Settlement.amount.label("settled"),
            null().label("booked"),
        )
        .join(Receipt, Receipt.payment_id == Settlement.payment_id)
        .where(Settlement.part != "penalty")
    )
    booked = (
        select(
            Receipt.payment_id, Posting.bill_id, null().label("settled"), (-Posting.amount).label("booked")
        )
        .join(Posting, Posting.entry_id == Receipt.entry_id)
        .join(Account, and_(Account.code == Posting.account, Account.kind == AccountKind.RECEIVABLE))
    )
    both = union_all(settled, booked).subquery()
    wanted = (
        select(
            both.c.payment_id,
            both.c.bill_id,
            func.sum(both.c.settled).label("settled"),
            func.sum(both.c.booked).label("booked"),
        )
        .group_by(both.c.payment_id, both.c.bill_id)
        .order_by(both.c.payment_id, both.c.bill_id)
    )
    for row in _streamed(reading, wanted):
        count()
        if _minor(row.settled) != _minor(row.booked):
            yield Finding(
                check="settlements",
                subject=f"payment {row.payment_id}",
                message=N_("{subject}: what it settled of bill {bill} is not what was booked."),
                facts={"bill": row.bill_id},
            )


def credits(reading: Reading, count: Count) -> Iterator[Finding]:  # noqa: A001 - the field's word
    """A taxpayer's credit in the ledger is what their payments left."""
    left = dict(
        reading.connection.execute(
            select(Payment.taxpayer_id, func.sum(Payment.credit)).group_by(Payment.taxpayer_id)
        ).all()
    )
    booked = (
        select(Posting.taxpayer_id, func.sum(Posting.amount))
        .where(Posting.account == CREDIT)
        .group_by(Posting.taxpayer_id)
    )
    for taxpayer_id, amount in reading.connection.execute(booked):
        count()
        if -_minor(amount) != _minor(left.get(taxpayer_id)):
            yield Finding(
                check="credits",
                subject=f"taxpayer {taxpayer_id}",
                message=N_("{subject}: the credit in the ledger is not what the payments left."),
                facts={},
            )


def sessions(reading: Reading, count: Count) -> Iterator[Finding]:
    """What a closed session expected in its till is its float plus the cash it took."""
    cash = (
        select(Payment.cash_session_id, func.sum(Payment.amount).label("cash"))
        .where(Payment.channel == Channel.CASH.value)
        .group_by(Payment.cash_session_id)
        .subquery()
    )
    wanted = (
        select(CashSession.id, CashSession.desk, CashSession.opening_float, CashSession.expected, cash.c.cash)
        .outerjoin(cash, cash.c.cash_session_id == CashSession.id)
        .where(CashSession.closed_at.is_not(None))
    )
    for row in reading.connection.execute(wanted):
        count()
        if row.opening_float.minor + _minor(row.cash) != _minor(row.expected):
            yield Finding(
                check="sessions",
                subject=f"session {row.id}",
                message=N_("Cash {subject} at desk {desk}: the expected cash is not float plus cash taken."),
                facts={"desk": row.desk},
            )


def day_totals(reading: Reading, count: Count) -> Iterator[Finding]:
    """The totals kept by day, head and channel are the sums of the settlements behind them."""
    parts = select(
        Payment.taken_on,
        Bill.head_code,
        Payment.channel,
        func.sum(case((Settlement.part == "principal", Settlement.amount), else_=0)),
        func.sum(case((Settlement.part == "penalty", Settlement.amount), else_=0)),
    )
    wanted = (
        parts.select_from(Settlement)
        .join(Payment, Payment.id == Settlement.payment_id)
        .join(Bill, Bill.id == Settlement.bill_id)
        .group_by(Payment.taken_on, Bill.head_code, Payment.channel)
    )
    found = {
        (day, head, channel): (_minor(principal), _minor(penalty))
        for day, head, channel, principal, penalty in reading.connection.execute(wanted)
    }
    kept = {
        (row.day, row.head_code, row.channel): (row.principal, row.penalty)
        for row in reading.connection.execute(select(DayCollection.__table__))
    }
    for key in sorted(found.keys() | kept.keys()):
        count()
        if found.get(key, (0, 0)) != kept.get(key, (0, 0)):
            day, head, channel = key
            yield Finding(
                check="day_totals",
                subject=f"{day.isoformat()} {head} {channel}",
                message=N_("Total of {subject}: {kept} is kept, the settlements come to {found}."),
                facts={"kept": sum(kept.get(key, (0, 0))), "found": sum(found.get(key, (0, 0)))},
            )


def day_standings(reading: Reading, count: Count) -> Iterator[Finding]:
    """What is kept of each day and head for the indicators is what bills, settlements and ledger come to."""
    first, last = first_day(reading), last_kept_day(reading)
    found: dict[tuple[Any, str], tuple[int, ...]] = {}
    if first is not None and last is not None:
        for one in days_between(reading, first - timedelta(days=1), last):
            found[one.day, one.head_code] = (
                one.assessed,
                one.overdue,
                one.overdue_old,
                one.fell_due,
                one.on_time,
            )
    kept = {
        (row.day, row.head_code): (row.assessed, row.overdue, row.overdue_old, row.fell_due, row.on_time)
        for row in reading.connection.execute(select(DayStanding.__table__))
    }
    # A head without bills on a day has no row for it, or one of zeros.
    nothing = (0, 0, 0, 0, 0)
    for key in sorted(found.keys() | kept.keys()):
        count()
        if found.get(key, nothing) != kept.get(key, nothing):
            day, head = key
            yield Finding(
                check="day_standings",
                subject=f"{day.isoformat()} {head}",
                message=N_("Standing of {subject}: what is kept is not what bills and ledger come to."),
                facts={},
            )
