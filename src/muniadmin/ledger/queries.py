"""Reads of the ledger."""

from datetime import date

from sqlalchemy import case, exists, func, select

from muniadmin.kernel.money import Money
from muniadmin.ledger.models import BusinessDay, BusinessDayCorrection, JournalEntry, LedgerAccount, Posting
from muniadmin.ledger.reads import AccountBalance, BusinessDayNow, LastBusinessDay, TrialBalance
from muniadmin.ledger.rules import day_state
from muniadmin.storage.unit_of_work import Reading


def trial_balance(reading: Reading, request: TrialBalance) -> list[AccountBalance]:
    """Debits and credits by account; the balances sum to zero."""
    sums = select(
        Posting.account,
        func.sum(case((Posting.amount > 0, Posting.amount), else_=0)).label("debit"),
        func.sum(case((Posting.amount < 0, -Posting.amount), else_=0)).label("credit"),
    ).group_by(Posting.account)
    if request.on is not None:
        sums = sums.join(JournalEntry).where(JournalEntry.booked_on <= request.on)
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


_LAST_DAY = select(func.max(BusinessDay.day)).where(
    ~exists().where(
        BusinessDayCorrection.day == BusinessDay.day, BusinessDayCorrection.opening == BusinessDay.opening
    )
)


def last_day(reading: Reading) -> date | None:
    """The last business day that was not taken back."""
    return reading.connection.scalar(_LAST_DAY)


def last_business_day(reading: Reading, request: LastBusinessDay) -> BusinessDayNow:
    """Where the business days stand."""
    last = last_day(reading)
    return BusinessDayNow(last=last, state=day_state(last, reading.today))
