"""What is owed, as the counter lists it: one row for each open instalment."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from muniadmin.billing.reads import OpenCharge
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.labels import ElidedText, Initials, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.i18n import _, ngettext, pick
from muniadmin.kernel.money import Money
from muniadmin.taxpayers.reads import Taxpayer360


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


def columns(shell: Shell, is_of_another: Callable[[OpenCharge], bool]) -> list[Column[OpenCharge]]:
    """The columns of the counter's list. What is not zero stands below the amount it is a part of; the debtor's name
    stands on what is not owed by the payer in hand."""

    def about(debt: OpenCharge) -> str:
        part = _("part {part} of {parts}").format(part=debt.part, parts=debt.parts) if debt.parts > 1 else ""
        part = _("costs") if debt.is_cost else part
        # What is cut where there is little room is the address, never the number on the paper.
        parts = (debt.number, part, debt.name if is_of_another(debt) else "", debt.subject)
        return " · ".join(f"\u2068{one}\u2069" for one in parts if one)

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
            "what", _("Owed"), lambda debt: pick(debt.head_names), width=196, stretch=True, look="strong",
            tail=lambda debt: debt.period if debt.kind == "tax" else "", below=about,
        ),
        Column("state", _("Due"), state_of, width=100, pill=tone_of, below=when),
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


class PayerHead(QWidget):
    """Who is at the counter, their balance, and the money held for them."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._mark = Initials("", 40)
        self._name = ElidedText("", Role.SECTION)
        self._about = ElidedText("", Role.MUTED)
        self._credit = _Figure(_("Credit held"), "good")
        self._balance = _Figure(_("Balance"))
        line = row(self._mark, spacing=12, margins=(16, 13, 16, 13))
        line.addLayout(column(self._name, self._about, spacing=0), 1)
        line.addLayout(row(self._credit, self._balance, spacing=24))
        self.setLayout(line)
        self.setFixedHeight(68)

    def show_taxpayer(self, taxpayer: Taxpayer360) -> None:
        """A taxpayer on the register."""
        self._mark.set_name(taxpayer.name)
        names = [taxpayer.name, taxpayer.name_arabic]
        self._name.setText(" · ".join(name for name in names if name))
        about = [taxpayer.number, taxpayer.address, pick(taxpayer.zone_names), taxpayer.phone_shown]
        # Identifiers keep their order inside Arabic text.
        self._about.setText(" · ".join(f"\u2068{part}\u2069" for part in about if part))

    def show_debtor(self, debt: OpenCharge) -> None:
        """Somebody who is not on the register: the plate of a car, the name on a request."""
        name = debt.name or debt.subject or debt.number
        self._mark.set_name(name)
        self._name.setText(name)
        self._about.setText(_("Not on the register"))
        self.show_money("", "")

    def show_money(self, balance: str, credit: str) -> None:
        """What they owe in all, and what is held for them; empty hides it."""
        self._balance.say(balance)
        self._credit.say(credit)


class _Figure(QWidget):
    """A figure below its label."""

    def __init__(self, label: str, tone: str = "") -> None:
        super().__init__()
        self._figure = Text("", Role.FIGURE)
        self._figure.setProperty("tone", tone)
        lines = column(spacing=0)
        for text in (Text(label, Role.MUTED), self._figure):
            lines.addLayout(row(None, text))
        self.setLayout(lines)

    def say(self, figure: str) -> None:
        self._figure.setText(figure)
        self.setVisible(bool(figure))
