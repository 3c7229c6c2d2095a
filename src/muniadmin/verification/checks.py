"""Every check, in the order they run. A new one is a function in a file of this package, listed here."""

from collections.abc import Callable, Iterator

from muniadmin.kernel.i18n import N_
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification import chains, civil_status, debts, money, protections
from muniadmin.verification.chains import Count
from muniadmin.verification.commands import Finding

Check = Callable[[Reading, Count], Iterator[Finding]]

CHECKS: tuple[tuple[str, str, Check], ...] = (
    ("triggers", N_("Protections of issued rows"), protections.triggers),
    ("chains", N_("Chains of entries, documents and audit lines"), chains.chains),
    ("entries", N_("Journal entries and their postings"), chains.entries),
    ("audit_lines", N_("Lines of the audit log"), chains.audit_lines),
    ("documents", N_("Issued documents"), chains.documents),
    ("ledger_sum", N_("Balance of the ledger"), money.ledger_sum),
    ("revenue", N_("What was assessed, and the ledger"), money.revenue),
    ("receipts", N_("Receipt numbers"), money.receipts),
    ("receipt_sheets", N_("Receipts and their payments"), money.receipt_sheets),
    ("payments", N_("Payments and their tenders"), money.payments),
    ("tenders", N_("Tenders and what became of their money"), money.tenders),
    ("bills", N_("Bills and their instalments"), debts.bills),
    ("charges", N_("Charges and what is left of them"), debts.charges),
    ("settlements", N_("Settlements and where they came from"), debts.settlements),
    ("credits", N_("Credits and what became of them"), debts.credits),
    ("accounts", N_("Debtors’ accounts and their credits in the ledger"), debts.accounts),
    ("receivables", N_("What is owed, and the ledger"), debts.receivables),
    ("claims", N_("What may be asked once"), debts.claims),
    ("penalties", N_("Penalties and what had accrued"), debts.penalties),
    ("sessions", N_("Cash sessions"), money.sessions),
    ("day_totals", N_("Totals kept by day"), money.day_totals),
    ("month_closings", N_("Months kept"), money.month_closings),
    ("acts", N_("Civil-status acts and their registers"), civil_status.acts),
)
