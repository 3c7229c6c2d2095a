"""Reads of the ledger."""

from sqlalchemy import case, func, select

from muniadmin.kernel.money import Money
from muniadmin.ledger.models import Account, JournalEntry, Posting
from muniadmin.ledger.reads import AccountBalance, TrialBalance
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
        select(Account.code, Account.kind, Account.names, totals.c.debit, totals.c.credit)
        .join(totals, totals.c.account == Account.code)
        .order_by(Account.code)
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
