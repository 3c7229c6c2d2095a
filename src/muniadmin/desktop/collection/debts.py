"""What is owed, as the counter lists it: one row for each open instalment."""

from collections.abc import Callable

from muniadmin.billing.reads import OpenCharge
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.i18n import _, ngettext, pick
from muniadmin.kernel.money import Money


def state_of(debt: OpenCharge) -> str:
    """The state as its pill says it."""
    if is_covered(debt):
        return _("covered by credit")
    if debt.suspended:
        return _("suspended")
    if debt.state == "overdue":
        return ngettext("{count} day late", "{count} days late", debt.days_late).format(count=debt.days_late)
    if debt.rebate:
        return _("reduced")
    if debt.state == "settled":
        return _("written off")
    if debt.state == "due_today":
        return _("today")
    return _("partly paid") if debt.state == "partly_paid" else _("not yet due")


def tone_of(debt: OpenCharge) -> Tone:
    """The state's tone."""
    if is_covered(debt):
        return Tone.GOOD
    if debt.suspended or debt.state == "settled":
        return Tone.WARNING
    if debt.state == "overdue":
        return Tone.BAD
    if debt.rebate:
        return Tone.GOOD
    return Tone.INFO if debt.state == "partly_paid" else Tone.NEUTRAL


def is_covered(debt: OpenCharge) -> bool:
    """Whether the money held pays all of it with the next payment."""
    return not debt.due


def is_due(debt: OpenCharge) -> bool:
    """Whether somebody who comes to pay pays this too: its day is reached, or it costs less today, or it was written
    off, which is listed only for whoever brings its paper. What rests is not asked for."""
    if is_covered(debt) or debt.suspended:
        return False
    return debt.state in ("overdue", "due_today", "settled") or bool(debt.rebate)


def copies_of(debt: OpenCharge) -> str:
    """How many of a paper a fee is for; empty for anything else."""
    return debt.which if debt.kind == "fee" and debt.what_names else ""


def columns(shell: Shell, is_of_another: Callable[[OpenCharge], bool]) -> list[Column[OpenCharge]]:
    """The columns of the counter's list. What is not zero stands below the amount it is a part of; the debtor's name
    stands on what is not owed by the payer in hand."""

    def about(debt: OpenCharge) -> str:
        part = _("part {part}/{parts}").format(part=debt.part, parts=debt.parts) if debt.parts > 1 else ""
        part = _("costs") if debt.is_cost else part
        # What is cut where there is little room is the address, never the number on the paper.
        # A plate that is on no register is debtor and subject in one.
        debtor = debt.name if is_of_another(debt) and not debt.which.startswith(debt.name) else ""
        # The name of whoever is in hand stands above the list.
        which = debt.which if is_of_another(debt) or debt.which != debt.name else ""
        parts = (debt.number, part, debtor, "" if copies_of(debt) else which)
        return " · ".join(f"\u2068{one}\u2069" for one in parts if one)

    def tail(debt: OpenCharge) -> str:
        copies = copies_of(debt)
        return f"({copies})" if copies else debt.period if debt.kind == "tax" else ""

    def when(debt: OpenCharge) -> str:
        if debt.rebate and debt.rebate_until is not None:
            return _("until {day}").format(day=shell.day(debt.rebate_until))
        return shell.day(debt.due_on)

    def below(words: str, amount: Money) -> str:
        return words.format(amount=shell.amount(amount)) if amount else ""

    def of_penalty(debt: OpenCharge) -> str:
        return below(_("{amount} accrued"), debt.accrued)

    def of_left(debt: OpenCharge) -> str:
        return below(_("{amount} suspended"), debt.suspended) or below(
            _("{amount} written off"), debt.written_off
        )

    def off(debt: OpenCharge) -> str:
        return below(_("{amount} less"), debt.rebate) or below(_("{amount} by credit"), debt.credit)

    return [
        Column(
            "what", _("Owed"), lambda debt: pick(debt.what_names or debt.head_names), width=196, stretch=True,
            look="strong", tail=tail, below=about,
        ),
        Column("state", _("Due"), state_of, width=100, pill=tone_of, below=when, beneath="due"),
        Column(
            "left", _("Left"), lambda debt: shell.amount(debt.left), width=88, number=True, below=of_left, leaves=2
        ),
        Column(
            "penalty", _("Penalty"), lambda debt: shell.amount(penalty_of(debt)) if penalty_of(debt) else "", width=88,
            number=True, below=of_penalty, leaves=1,
        ),
        Column(
            "due", shell.with_currency(_("To pay")), lambda debt: shell.amount(debt.due), width=104, number=True,
            look="strong", below=off,
        ),
    ]  # fmt: skip


def penalty_of(debt: OpenCharge) -> Money:
    """All the penalty on it, booked or not."""
    return debt.penalty + debt.accrued
