"""Checks of the money as it comes in: ledger, receipts, payments, tills, and what is kept of days."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, case, exists, func, or_, select, type_coerce, union_all

from muniadmin.billing.models import Credit, CreditMove, DayCollection, Settlement, Tender
from muniadmin.billing.totals import totals_by
from muniadmin.collection.models import Cancellation, CashSession, Payment, Receipt, TenderReturn
from muniadmin.collection.names import receipt_number
from muniadmin.collection.rules import Channel
from muniadmin.documents.models import IssuedDocument
from muniadmin.indicators.money import charged, never_owed
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.money import Money
from muniadmin.ledger.models import Posting
from muniadmin.ledger.rules import revenue as revenue_account
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import frozen_sheet
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, judged, streamed


def minor(value: Any) -> int:
    """A sum as the database gives it, in minor units."""
    return value.minor if isinstance(value, Money) else int(value or 0)


def ledger_sum(reading: Reading, look: Look) -> Iterator[Finding]:
    """All accounts together sum to zero."""
    look()
    left = minor(reading.connection.scalar(select(func.sum(Posting.amount))))
    if left:
        yield Finding(
            check="ledger_sum",
            table="posting",
            message=N_("The ledger does not balance: {left} is left over."),
            facts={"left": left},
        )


def revenue(reading: Reading, look: Look) -> Iterator[Finding]:
    """What the ledger says was assessed on a head on a day is what was charged, less what was found never owed."""
    in_ledger = (
        select(Event.booked_on, Posting.account, func.sum(Posting.amount))
        .join(Event, Event.id == Posting.event_id)
        .where(Posting.account.startswith(_REVENUE))
        .group_by(Event.booked_on, Posting.account)
    )
    booked = {
        (day, account.removeprefix(_REVENUE)): -minor(amount)
        for day, account, amount in streamed(reading, look, in_ledger)
    }
    both = union_all(charged(), never_owed()).subquery().c
    wanted = select(both.booked_on, both.head_code, func.sum(both.amount)).group_by(
        both.booked_on, both.head_code
    )
    found = {(day, head): minor(amount) for day, head, amount in streamed(reading, look, wanted)}
    for key in sorted(booked.keys() | found.keys(), key=str):
        look()
        if booked.get(key, 0) != found.get(key, 0):
            yield Finding(
                check="revenue",
                table="posting",
                key=f"revenue:{key[1]} {key[0]}",
                subject=f"revenue:{key[1]} {key[0]}",
                message=N_("{subject}: the ledger says {booked} was assessed, the charges come to {found}."),
                facts={"booked": booked.get(key, 0), "found": found.get(key, 0)},
            )


_REVENUE = revenue_account("")


def receipts(reading: Reading, look: Look) -> Iterator[Finding]:
    """The receipts of a point and year are 1..n without gap or repeat, and each number is made of its point, year and
    place. Those of stub books are as they were written."""
    expected: dict[tuple[str, int], int] = {}

    def judge(row: Any) -> Iterator[Finding]:
        if row.series.startswith("stub:"):
            if row.number != f"{row.series.removeprefix('stub:')}/{row.seq}":
                yield _number_does_not_fit(row)
            return
        key = (row.series, row.year)
        last, expected[key] = expected.get(key, 0), row.seq
        if row.seq != last + 1:
            yield Finding(
                check="receipts",
                table="receipt",
                key=str(row.payment_id),
                subject=row.number,
                message=N_(
                    "Receipts of point {point} in {year}: after {before} comes {subject}; numbers are missing."
                ),
                facts={"point": row.series, "year": row.year, "before": last},
            )
        if not row.series.isdecimal() or row.number != receipt_number(int(row.series), row.year, row.seq):
            yield _number_does_not_fit(row)

    wanted = select(Receipt.payment_id, Receipt.number, Receipt.series, Receipt.year, Receipt.seq).order_by(
        Receipt.series, Receipt.year, Receipt.seq
    )
    yield from judged(reading, look, wanted, judge, check="receipts", table="receipt")


def _number_does_not_fit(row: Any) -> Finding:
    return Finding(
        check="receipts",
        table="receipt",
        key=str(row.payment_id),
        subject=row.number,
        message=N_("Receipt {subject}: the number does not fit its point, year and place."),
    )


def receipt_sheets(reading: Reading, look: Look) -> Iterator[Finding]:
    """Each receipt's sheet shows the receipt's number, and the amount and payer of its payment."""

    def judge(row: Any) -> Iterator[Finding]:
        shows = frozen_sheet(row.canonical or "")
        if (shows.get("number"), shows.get("total"), shows.get("payer")) != (
            row.number,
            minor(row.amount),
            row.payer,
        ):
            yield Finding(
                check="receipt_sheets",
                table="receipt",
                key=str(row.payment_id),
                subject=row.number,
                message=N_("Receipt {subject}: the payment in the database is not what the receipt shows."),
                said={name: shows.get(name) for name in ("number", "total", "payer")},
                says={"number": row.number, "total": minor(row.amount), "payer": row.payer},
            )

    wanted = (
        select(Receipt.payment_id, Receipt.number, Payment.amount, Payment.payer, IssuedDocument.canonical)
        .outerjoin(Payment, Payment.id == Receipt.payment_id)
        .outerjoin(IssuedDocument, IssuedDocument.id == Receipt.document_id)
        .order_by(Receipt.payment_id)
    )
    yield from judged(reading, look, wanted, judge, check="receipt_sheets", table="receipt")


def payments(reading: Reading, look: Look) -> Iterator[Finding]:
    """A payment's tenders come to its amount, it has a receipt, and it counts on no later day than it was booked."""
    tenders = (
        select(Tender.payment_id, func.sum(Tender.amount).label("amount"))
        .group_by(Tender.payment_id)
        .subquery()
    )
    wanted = (
        select(
            Payment.id,
            Payment.amount,
            Payment.booked_on,
            Payment.value_on,
            tenders.c.amount.label("given"),
            Receipt.number,
        )
        .outerjoin(tenders, tenders.c.payment_id == Payment.id)
        .outerjoin(Receipt, Receipt.payment_id == Payment.id)
        .order_by(Payment.id)
    )

    def judge(row: Any) -> Iterator[Finding]:
        key = str(row.id)
        if minor(row.given) != row.amount.minor:
            yield Finding(
                check="payments",
                table="payment",
                key=key,
                message=N_("{subject}: its tenders come to {given}, it says {amount}."),
                facts={"given": minor(row.given), "amount": row.amount.minor},
            )
        if row.number is None:
            yield Finding(
                check="payments", table="payment", key=key, message=N_("{subject}: it has no receipt.")
            )
        if row.value_on > row.booked_on:
            yield counts_too_late("payments", "payment", row)

    yield from judged(reading, look, wanted, judge, check="payments", table="payment")


def counts_too_late(check: str, table: str, row: Any) -> Finding:
    """That the value day of a row is after its booking day."""
    return Finding(
        check=check,
        table=table,
        key=str(row.id),
        message=N_("{subject}: it counts on a later day than it was booked."),
        says={"booked_on": row.booked_on, "value_on": row.value_on},
    )


def tenders(reading: Reading, look: Look) -> Iterator[Finding]:
    """What a tender settled and what is held of it is its amount; of one that was returned or cancelled nothing is
    left, but for what had gone to others by then."""
    settled = (
        select(Settlement.tender_id, func.sum(Settlement.amount).label("amount"))
        .where(Settlement.tender_id.is_not(None))
        .group_by(Settlement.tender_id)
        .subquery()
    )
    held = (
        select(Credit.tender_id, func.sum(Credit.amount).label("amount"))
        .where(Credit.tender_id.is_not(None))
        .group_by(Credit.tender_id)
        .subquery()
    )
    left = (
        select(
            Credit.tender_id,
            func.sum(case((CreditMove.kind == "returned", _MOVED), else_=0)).label("returned"),
            # What had lapsed and was claimed in time after all is taken back by a decision.
            func.sum(
                case(
                    (CreditMove.kind.in_(("moved", "lapsed")), _MOVED),
                    ((CreditMove.kind == "taken_back") & CreditMove.settlement_id.is_(None), _MOVED),
                    else_=0,
                )
            ).label("gone"),
        )
        .join(CreditMove, CreditMove.credit_id == Credit.id)
        .group_by(Credit.tender_id)
        .subquery()
    )
    wanted = (
        select(
            Tender.id,
            Tender.amount,
            Tender.payment_id,
            settled.c.amount.label("settled"),
            held.c.amount.label("held"),
            left.c.returned,
            left.c.gone,
            or_(
                exists().where(TenderReturn.tender_id == Tender.id),
                exists().where(Cancellation.payment_id == Tender.payment_id),
            ).label("back"),
        )
        .outerjoin(settled, settled.c.tender_id == Tender.id)
        .outerjoin(held, held.c.tender_id == Tender.id)
        .outerjoin(left, left.c.tender_id == Tender.id)
        .order_by(Tender.id)
    )

    def judge(row: Any) -> Iterator[Finding]:
        used = minor(row.settled) + minor(row.held) - minor(row.returned)
        if row.back:
            used -= minor(row.gone)
        amount = 0 if row.back else row.amount.minor
        if used != amount:
            yield Finding(
                check="tenders",
                table="tender",
                key=str(row.id),
                message=N_("{subject}: what it settled and what is held of it is {used}, not {amount}."),
                facts={"used": used, "amount": amount},
            )

    yield from judged(reading, look, wanted, judge, check="tenders", table="tender")


_MOVED = type_coerce(CreditMove.amount, BigInteger)


def sessions(reading: Reading, look: Look) -> Iterator[Finding]:
    """What a closed session expected in its till is its float and the cash it took, cancelled receipts left out."""
    cash = (
        select(Payment.cash_session_id, func.sum(Tender.amount).label("cash"))
        .join(Payment, Payment.id == Tender.payment_id)
        .where(Tender.channel == Channel.CASH.value, ~exists().where(Cancellation.payment_id == Payment.id))
        .group_by(Payment.cash_session_id)
        .subquery()
    )
    wanted = (
        select(CashSession.id, CashSession.desk, CashSession.opening_float, CashSession.expected, cash.c.cash)
        .outerjoin(cash, cash.c.cash_session_id == CashSession.id)
        .where(CashSession.closed_at.is_not(None))
    )

    def judge(row: Any) -> Iterator[Finding]:
        if row.opening_float.minor + minor(row.cash) != minor(row.expected):
            yield Finding(
                check="sessions",
                table="cash_session",
                key=str(row.id),
                subject=f"session {row.id}",
                message=N_("Cash {subject} at desk {desk}: the expected cash is not float plus cash taken."),
                facts={"desk": row.desk},
            )

    yield from judged(reading, look, wanted, judge, check="sessions", table="cash_session")


def day_totals(reading: Reading, look: Look) -> Iterator[Finding]:
    """The totals kept by day of booking and of value are the sums of the settlements behind them, and count a bill from
    the day on which money of a source pays it to the one on which nothing of it is left there."""
    found = {
        (by, *row[:4]): (int(row[4]), int(row[5]), int(row[6]))
        for by in ("booked", "value")
        for row in streamed(reading, look, totals_by(by))
    }
    kept: dict[Any, tuple[int, int, int]] = {}

    def keep(row: Any) -> Iterator[Finding]:
        key = row.by, row.day, row.point, row.head_code, row.channel
        kept[key] = int(row.principal), int(row.penalty), int(row.count)
        return iter(())

    wanted = select(DayCollection.__table__)
    yield from judged(reading, look, wanted, keep, check="day_totals", table="day_collection")
    nothing = (0, 0, 0)
    for key in sorted(found.keys() | kept.keys(), key=str):
        if found.get(key, nothing) != kept.get(key, nothing):
            yield Finding(
                check="day_totals",
                table="day_collection",
                key=" ".join(str(part) for part in key),
                subject=" ".join(str(part) for part in key),
                message=N_(
                    "Total of {subject}: {kept} on {kept_bills} bills is kept, the settlements come to {found} on "
                    "{found_bills}."
                ),
                facts={
                    "kept": sum(kept.get(key, nothing)[:2]),
                    "kept_bills": kept.get(key, nothing)[2],
                    "found": sum(found.get(key, nothing)[:2]),
                    "found_bills": found.get(key, nothing)[2],
                },
            )
