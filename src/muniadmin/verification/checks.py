"""Every check, in the order they run: those that find what was changed, then those that find what follows from it. A
new one is a function in a file of this package, listed here."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from muniadmin.kernel.i18n import N_
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification import (
    anchored,
    chains,
    civil_status,
    constraints,
    damage,
    debts,
    money,
    months,
    numbering,
    protections,
    told,
    values,
)
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look
from muniadmin.verification.start import Start

Check = Callable[[Reading, Look], Iterator[Finding]]

CHECKS: tuple[tuple[str, str, Check], ...] = (
    ("pages", N_("Pages and indexes of the database"), damage.pages),
    ("values", N_("Values of every table"), values.values),
    ("triggers", N_("Protections of issued rows"), protections.triggers),
    ("definitions", N_("Keys and conditions of the tables"), protections.definitions),
    ("chains", N_("Chains of events and signed acts"), chains.chains),
    ("events", N_("Events and their lines of the audit log"), chains.events),
    ("rows", N_("Rows and what events say of them"), told.rows),
    ("anchors", N_("Anchors and the rows they name"), anchored.anchors),
    ("remembered", N_("What this workstation remembers"), anchored.remembered),
    ("keys", N_("Rows and the keys of their tables"), constraints.keys),
    ("references", N_("Rows that other rows name"), constraints.references),
    ("conditions", N_("Rows and the conditions of their tables"), constraints.conditions),
    ("entries", N_("Postings and their sums"), chains.entries),
    ("ledger_sum", N_("Balance of the ledger"), money.ledger_sum),
    ("revenue", N_("What was assessed, and the ledger"), money.revenue),
    ("series", N_("Series of numbers"), numbering.series),
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
    ("month_closings", N_("Months kept"), months.month_closings),
    ("acts", N_("Civil-status acts and their registers"), civil_status.acts),
)


def checks_behind(start: Start) -> Mapping[str, Check]:
    """The checks that run when only what came after an anchor is looked at. The ledger's sum and the anchors are looked
    at whole all the same: a second for each two million postings, and for each few thousand signatures."""
    return {
        "triggers": protections.triggers,
        "definitions": protections.definitions,
        "chains": partial(chains.chains, start=start),
        "events": partial(chains.events, start=start),
        "rows": partial(told.rows, start=start),
        "entries": partial(chains.entries, start=start),
        "ledger_sum": money.ledger_sum,
        "anchors": anchored.anchors,
        "remembered": anchored.remembered,
    }
