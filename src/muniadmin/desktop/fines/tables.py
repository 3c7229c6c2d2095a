"""How fines are listed: columns, words and tones."""

from datetime import date

from muniadmin.desktop.lists.columns import amount_column
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.detail import Happening
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.fines import rules
from muniadmin.fines.reads import AmountShown, FineCase, FineEvent, FineRow, OffenceRow
from muniadmin.fines.rules import FineState
from muniadmin.kernel.formats import format_date
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import Money

_TONES = {
    FineState.DISCOUNT: Tone.GOOD,
    FineState.OPEN: Tone.NEUTRAL,
    FineState.INCREASED: Tone.BAD,
    FineState.PARTLY_PAID: Tone.INFO,
    FineState.PAID: Tone.ACCENT,
    FineState.WRITTEN_OFF: Tone.NEUTRAL,
    FineState.VOID: Tone.NEUTRAL,
    FineState.SETTLED_BEFORE: Tone.NEUTRAL,
}


def state_word(state: str) -> str:
    """The state in the user's language."""
    return rules.state_word(FineState(state))


def tone_of(row: FineRow) -> Tone:
    """The state's tone."""
    return _TONES[FineState(row.state)]


def plate_of(row: FineRow) -> str:
    """The plate, or that there is none."""
    return row.plate if row.readable else _("unreadable")


def offence_of(row: FineRow) -> str:
    """The offence by its name in the user's language."""
    return pick(row.offence_names)


def offence_line(offence: OffenceRow) -> str:
    """An offence as the capture form names it: code and name."""
    return f"{offence.code} · {pick(offence.names)}"


def fine_columns(shell: Shell) -> list[Column[FineRow]]:
    """The columns of the list."""
    return [
        Column(
            "plate", _("Plate"), plate_of, width=100, sort="plate", exact=True,
            look=lambda row: "strong" if row.readable else "muted",
        ),
        Column("offence", _("Offence"), offence_of, width=200, stretch=True),
        Column(
            "committed", _("Committed"), lambda row: day_of(shell, row), width=102, look="muted", sort="committed",
            leaves=1, value=lambda row: committed_on(shell, row),
        ),
        Column("place", _("Place"), lambda row: row.place, width=150, hidden=True),
        Column("officer", _("Officer"), lambda row: row.officer, width=90, hidden=True),
        Column(
            "number", _("Number"), lambda row: row.number, width=136, look="muted", sort="number", leaves=5, exact=True
        ),
        Column("state", _("State"), lambda row: state_word(row.state), width=104, pill=tone_of),
        amount_column(shell, "amount", _("Full"), lambda row: row.amount, width=100, sort="amount", hidden=True),
        amount_column(
            shell, "left", _("Left"), lambda row: row.left, width=104, nothing="—",
            look=lambda row: "plain" if row.left else "muted", leaves=2,
        ),
        amount_column(
            shell, "accrued", _("Accrued"), lambda row: row.accrued, width=104, nothing="—", look="muted", leaves=3
        ),
        amount_column(
            shell, "suspended", _("Suspended"), lambda row: row.suspended, width=104, nothing="—", look="muted",
            leaves=4,
        ),
        amount_column(
            shell, "due", _("To pay"), lambda row: row.due, width=104, nothing="—",
            look=lambda row: "strong" if row.due else "muted",
        ),
    ]  # fmt: skip


def committed_on(shell: Shell, row: FineRow) -> date:
    """The day of the offence in the municipality."""
    return shell.municipality.calendar.business_date(row.committed_at)


def day_of(shell: Shell, row: FineRow) -> str:
    """The day of the offence in the municipality, in figures."""
    return shell.day(committed_on(shell, row))


def steps_in_words(steps: tuple[AmountShown, ...], shell: Shell, today: date) -> list[tuple[str, str]]:
    """What the fine costs when: those that have passed are left out."""
    rows = []
    before: date | None = None
    for step in steps:
        if step.until is None:
            words = _("from then on") if before is not None else _("without a time limit")
        elif step.until == today:
            words = _("today")
        else:
            words = _("until {day}").format(day=format_date(step.until))
        if step.until is None or step.until >= today:
            rows.append((words, shell.amount(step.amount)))
        before = step.until
    return rows


def happenings(shell: Shell, case: FineCase) -> list[Happening]:
    """What happened to a fine and what is to come, the latest first."""
    return [
        Happening(
            _when(shell, event), _what(shell, case, event), _TONE_OF_EVENT.get(event.kind, Tone.NEUTRAL)
        )
        for event in reversed(case.events)
    ]


_TONE_OF_EVENT = {
    "paid": Tone.GOOD,
    "credit_used": Tone.GOOD,
    "voided": Tone.BAD,
    "payment_cancelled": Tone.WARNING,
    "payment_returned": Tone.WARNING,
    "money_moved": Tone.WARNING,
}


def _when(shell: Shell, event: FineEvent) -> str:
    if event.at is not None:
        return format_date(shell.municipality.calendar.business_date(event.at))
    return shell.day(event.day)


def _what(shell: Shell, case: FineCase, event: FineEvent) -> str:
    amount = shell.amount(event.amount or Money(0))
    sentences = {
        "committed": _("Written down by officer {text}") if event.text else _("Committed"),
        "captured": _("Recorded by {text}"),
        "notice": _("Notice issued"),
        "paid": _("Payment of {amount}, receipt {text}"),
        "credit_used": _("{amount} paid with money that was held"),
        "payment_cancelled": _("Receipt {text} cancelled, {amount} taken back"),
        "payment_returned": _("Payment of receipt {text} came back, {amount} owed again"),
        "money_moved": _("{amount} of what was paid went to another debt or is held"),
        "voided": _("Voided by {text}: {reason}"),
        "discount_ends": _("Last day of the reduced amount, then {amount}"),
        "increases": _("Last day before the increase, then {amount}"),
    }
    return sentences[event.kind].format(text=event.text, amount=amount, reason=case.void_reason)
