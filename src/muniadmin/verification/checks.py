"""Every check, in the order they run. A new one is a function in a file of this package, listed here."""

from collections.abc import Callable, Iterator

from muniadmin.kernel.i18n import N_
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification import chains, civil_status, money, protections
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
    ("receipts", N_("Receipt numbers"), money.receipts),
    ("receipt_sheets", N_("Receipts and their payments"), money.receipt_sheets),
    ("payments", N_("Payments and what they settled"), money.payments),
    ("settlements", N_("Settlements and their entries"), money.settlements),
    ("bills", N_("Bills, settlements and ledger"), money.bills),
    ("credits", N_("Taxpayers’ credits"), money.credits),
    ("sessions", N_("Cash sessions"), money.sessions),
    ("day_totals", N_("Totals kept by day"), money.day_totals),
    ("day_standings", N_("Standings kept by day"), money.day_standings),
    ("acts", N_("Civil-status acts and their registers"), civil_status.acts),
)
