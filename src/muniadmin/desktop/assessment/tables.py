"""The columns of the assessment office's lists."""

from muniadmin.assessment.reads import HeadSummary, RollException, RollRow
from muniadmin.assessment.rules import NotAssessable
from muniadmin.assessment.spelling import Glossary, reason_text
from muniadmin.billing.reads import BillRow
from muniadmin.desktop.assessment.words import BILL_STATES, PERIODICITIES, ROLL_STATES
from muniadmin.desktop.lists.columns import amount_column, count_column, day_column
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.formats import format_percent
from muniadmin.kernel.i18n import _, pick


def settled_rate(settled: int, assessed: int) -> str:
    """The share settled of what was assessed; a dash while nothing was."""
    return format_percent(settled / assessed) if assessed else "–"


def head_columns(shell: Shell) -> list[Column[HeadSummary]]:
    """Revenue heads with their year."""
    return [
        Column("code", _("Code"), lambda head: head.code, width=68, look="muted", sort="code", leaves=2),
        Column(
            "name", _("Revenue head"), lambda head: pick(head.names), width=220, stretch=True, look="strong",
            sort="name",
        ),
        Column(
            "periodicity", _("Periodicity"), lambda head: _(PERIODICITIES[head.periodicity]), width=104, look="muted",
            hidden=True,
        ),
        count_column("bills", _("Bills"), lambda head: head.bills, sort="bills", leaves=4),
        amount_column(
            shell, "assessed", _("Assessed"), lambda head: head.assessed, width=134, sort="assessed", leaves=1
        ),
        amount_column(shell, "settled", _("Settled amount"), lambda head: head.settled, width=138, sort="settled"),
        Column(
            "rate", _("Rate"), lambda head: settled_rate(head.settled.minor, head.assessed.minor), width=72,
            number=True, look="muted", leaves=3,
        ),
    ]  # fmt: skip


def bill_columns(shell: Shell) -> list[Column[BillRow]]:
    """Bills, whoever owes them."""
    return [
        Column(
            "number", _("Number"), lambda bill: bill.number, width=146, look="muted", exact=True, leaves=3,
            sort="number",
        ),
        Column("name", _("Taxpayer"), lambda bill: bill.name, width=130, stretch=True, look="strong"),
        Column(
            "what", _("Owed"), lambda bill: pick(bill.head_names), width=190, stretch=True,
            tail=lambda bill: bill.period, leaves=1,
        ),
        Column("subject", _("What is charged"), lambda bill: bill.subject, width=160, hidden=True),
        day_column(shell, "due_on", _("Due on"), lambda bill: bill.due_on, leaves=4),
        Column(
            "state", _("State"), lambda bill: _(BILL_STATES[bill.state][0]), width=106,
            pill=lambda bill: BILL_STATES[bill.state][1], leaves=2,
        ),
        amount_column(shell, "total", _("Amount"), lambda bill: bill.total, width=106, leaves=7),
        amount_column(
            shell, "settled", _("Settled amount"), lambda bill: bill.settled, width=106, nothing="–", look="muted",
            leaves=6,
        ),
        amount_column(
            shell, "accrued", _("Accrued"), lambda bill: bill.accrued, width=100, nothing="–", look="muted", leaves=3
        ),
        amount_column(
            shell, "suspended", _("Suspended"), lambda bill: bill.suspended, width=106, nothing="–", look="muted",
            leaves=5,
        ),
        amount_column(
            shell, "left", _("Left"), lambda bill: bill.left, width=106,
            look=lambda bill: "muted" if not bill.left else "plain",
        ),
    ]  # fmt: skip


def owed_words(bill: BillRow) -> str:
    """What a bill is for: the head and its period."""
    return f"{pick(bill.head_names)} {bill.period}"


def roll_columns(shell: Shell) -> list[Column[RollRow]]:
    """Rolls, the latest first."""
    return [
        Column(
            "head", _("Revenue head"), lambda roll: pick(roll.head_names), width=220, stretch=True, look="strong",
            sort="head",
        ),
        Column("period", _("Period"), lambda roll: roll.period, width=96, exact=True, sort="period"),
        Column(
            "state", _("State"), lambda roll: _(ROLL_STATES[roll.state][0]), width=116,
            pill=lambda roll: ROLL_STATES[roll.state][1],
        ),
        count_column("bills", _("Bills"), lambda roll: roll.bills, width=90, sort="bills", leaves=3),
        count_column(
            "nothing", _("Owe nothing"), lambda roll: roll.nothing_owed, width=104, look="muted", leaves=4
        ),
        amount_column(shell, "amount", _("Amount"), lambda roll: roll.amount, width=150, sort="amount"),
        Column(
            "started", _("Begun"), lambda roll: shell.instant(roll.started_at), width=140, look="muted", exact=True,
            leaves=5,
        ),
        Column("by", _("Issued by"), lambda roll: roll.issued_by, width=150, look="muted", leaves=6),
    ]  # fmt: skip


def exception_columns(words: Glossary) -> list[Column[RollException]]:
    """Objects a roll cannot assess, and why."""
    return [
        Column("number", _("Taxpayer"), lambda row: row.taxpayer_number, width=118, look="muted"),
        Column("name", _("Name"), lambda row: row.taxpayer_name, width=150, stretch=True, look="strong"),
        Column("label", _("Object"), lambda row: row.label, width=170, stretch=True),
        Column(
            "why", _("Why not"), lambda row: reason_text(NotAssessable(row.reason, row.attribute), words),
            width=230, stretch=True,
        ),
    ]  # fmt: skip
