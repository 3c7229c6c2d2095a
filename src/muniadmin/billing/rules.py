"""Words for where a debt or a taxpayer stands, and for what was booked on an account. Pure."""

from collections.abc import Mapping
from datetime import date

from muniadmin.billing.reads import Movement, OpenInstalment
from muniadmin.kernel.i18n import N_, _, pick


def state_of(amount: int, left: int, due_on: date, day: date) -> str:
    """The word for a debt's state on ``day``: settled, overdue, due_today, partly_paid or not_due. ``left`` of
    ``amount`` is still to be paid."""
    if left <= 0:
        return "settled"
    if due_on < day:
        return "overdue"
    if due_on == day:
        return "due_today"
    return "partly_paid" if left < amount else "not_due"


STANDING_NAMES: Mapping[str, str] = {
    "overdue": N_("overdue"),
    "not_due": N_("not yet due"),
    "up_to_date": N_("up to date"),
    "dormant": N_("dormant"),
    "closed": N_("closed"),
}
"""Where a taxpayer stands, in words."""

MOVEMENT_NAMES: Mapping[str, str] = {
    "charged": N_("Charged"),
    "penalty": N_("Late-payment penalty"),
    "paid": N_("Payment"),
    "rebate": N_("Reduction"),
    "waived": N_("Waiver"),
    "written_off": N_("Write-off"),
    "never_owed": N_("Never owed"),
    "rounded": N_("Rounding"),
    "credit_used": N_("Credit used"),
    "credit_received": N_("Held as a credit"),
    "moved": N_("Moved"),
    "returned": N_("Money returned"),
    "lapsed": N_("Credit lapsed"),
}
"""What a movement of an account is, in words."""


def movement_words(movement: Movement) -> str:
    """What happened, and on which paper: "Payment · 3-2026-000123-K"."""
    name = _(MOVEMENT_NAMES[movement.kind])
    if movement.taken_back:
        name = _("{movement}, taken back").format(movement=name)
    return f"{name} · {movement.number}" if movement.number else name


def head_words(debt: Movement | OpenInstalment) -> str:
    """What is owed: "Housing tax", or that it is about the penalty on it; empty for no debt."""
    name = pick(debt.head_names) if debt.head_names else ""
    if isinstance(debt, Movement) and debt.on_penalty and debt.kind != "penalty":
        return _("penalty on {debt}").format(debt=name)
    return name


def part_words(debt: Movement | OpenInstalment) -> str:
    """Which instalment of it: "2026 · part 2 of 4"."""
    part = _("part {part} of {parts}").format(part=debt.part, parts=debt.parts) if debt.parts > 1 else ""
    return " · ".join(text for text in (debt.period, part) if text)


def debt_words(debt: Movement | OpenInstalment) -> str:
    """Which instalment of what: "Housing tax 2026 · part 2 of 4"; empty for no debt."""
    return f"{head_words(debt)} {part_words(debt)}".strip()


def which_words(debt: Movement | OpenInstalment) -> str:
    """What tells the debt from others: its subject and its bill."""
    return " · ".join(text for text in (debt.subject, debt.bill_number) if text)
