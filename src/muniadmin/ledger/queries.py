"""Reads of the ledger."""

from datetime import date
from typing import cast

from sqlalchemy import case, exists, func, select, true

from muniadmin.kernel.money import Money
from muniadmin.ledger.models import BusinessDay, BusinessDayCorrection, LedgerAccount, Posting
from muniadmin.ledger.reads import AccountBalance, BusinessDayNow, LastBusinessDay, TrialBalance
from muniadmin.ledger.rules import BusinessDays, TakenBack, day_state
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import Reading


def trial_balance(reading: Reading, request: TrialBalance) -> list[AccountBalance]:
    """Debits and credits by account; the balances sum to zero."""
    sums = select(
        Posting.account,
        func.sum(case((Posting.amount > 0, Posting.amount), else_=0)).label("debit"),
        func.sum(case((Posting.amount < 0, -Posting.amount), else_=0)).label("credit"),
    ).group_by(Posting.account)
    if request.on is not None:
        sums = sums.join(Event).where(Event.booked_on <= request.on)
    totals = sums.subquery()
    rows = reading.session.execute(
        select(LedgerAccount.code, LedgerAccount.kind, LedgerAccount.names, totals.c.debit, totals.c.credit)
        .join(totals, totals.c.account == LedgerAccount.code)
        .order_by(LedgerAccount.code)
    )
    return [
        AccountBalance(
            code=code,
            kind=kind,
            names=names,
            debit=Money(int(debit)),
            credit=Money(int(credit)),
            balance=Money(int(debit) - int(credit)),
        )
        for code, kind, names, debit, credit in rows
    ]


_LAST = (
    select(func.max(BusinessDay.day).label("day"))
    .where(
        ~exists().where(
            BusinessDayCorrection.day == BusinessDay.day, BusinessDayCorrection.opening == BusinessDay.opening
        )
    )
    .subquery()
)
_DAYS = select(_LAST.c.day, BusinessDayCorrection.counts_from, BusinessDayCorrection.last_ids).select_from(
    _LAST.outerjoin(BusinessDayCorrection, true())
)


def business_days(reading: Reading) -> BusinessDays:
    """Where the business days stand; asked of the database once in a unit, since every payment needs it twice."""
    days = reading.remembered.get("business days")
    if days is None:
        rows = reading.connection.execute(_DAYS).all()
        taken_back = [TakenBack(row[1], row[2]) for row in rows if row[1] is not None]
        days = reading.remembered["business days"] = BusinessDays(rows[0][0], taken_back)
    return cast("BusinessDays", days)


def last_day(reading: Reading) -> date | None:
    """The last business day that was not taken back."""
    return business_days(reading).last


def last_business_day(reading: Reading, request: LastBusinessDay) -> BusinessDayNow:
    """Where the business days stand."""
    last = last_day(reading)
    return BusinessDayNow(last=last, state=day_state(last, reading.today))
