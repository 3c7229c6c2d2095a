"""What a payer owes, as the counter lists it."""

from decimal import Decimal

from PySide6.QtWidgets import QWidget

from muniadmin.billing.reads import OpenBill
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.labels import ElidedText, Initials, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.formats import format_percent
from muniadmin.kernel.i18n import _, ngettext, pick
from muniadmin.taxpayers.reads import Taxpayer360


def state_of(bill: OpenBill) -> str:
    """The state as its pill says it."""
    if bill.state == "overdue":
        return ngettext("{count} day late", "{count} days late", bill.days_late).format(count=bill.days_late)
    if bill.discount and bill.discount_rate is not None:
        rate = format_percent(Decimal(bill.discount_rate), digits=0)
        return _("{rate} off").format(rate=rate)
    if bill.state == "due_today":
        return _("today")
    return _("partly paid") if bill.state == "partly_paid" else _("not yet due")


def tone_of(bill: OpenBill) -> Tone:
    """The state's tone."""
    if bill.state == "overdue":
        return Tone.BAD
    if bill.discount:
        return Tone.GOOD
    return Tone.INFO if bill.state == "partly_paid" else Tone.NEUTRAL


def is_due(bill: OpenBill) -> bool:
    """Whether somebody who comes to pay pays this too: late, due today, begun, or cheaper today."""
    return bill.state != "not_due" or bool(bill.discount)


def columns(shell: Shell) -> list[Column[OpenBill]]:
    """The columns of the counter's list."""
    return [
        Column(
            "what", _("Owed"), lambda bill: pick(bill.head_names), width=230, stretch=True, look="strong",
            tail=lambda bill: bill.period if bill.kind == "tax" else "",
        ),
        Column("number", _("Number"), lambda bill: bill.number, width=140, look="muted"),
        Column("due_on", _("Due on"), lambda bill: shell.day(bill.due_on), width=94, look="muted"),
        Column("state", _("State"), state_of, width=108, pill=tone_of),
        Column(
            "amount", shell.with_currency(_("Amount")), lambda bill: shell.amount(bill.due), width=108,
            number=True, look="strong",
        ),
    ]  # fmt: skip


class PayerHead(QWidget):
    """Who is at the counter, and their balance."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._mark = Initials("", 40)
        self._name = ElidedText("", Role.SECTION)
        self._about = ElidedText("", Role.MUTED)
        self._label = Text(_("Balance"), Role.MUTED)
        self._balance = Text("", Role.FIGURE)
        line = row(self._mark, spacing=12, margins=(16, 13, 16, 13))
        line.addLayout(column(self._name, self._about, spacing=0), 1)
        figures = column(spacing=0)
        for text in (self._label, self._balance):
            figures.addLayout(row(None, text))
        line.addLayout(figures)
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

    def show_debtor(self, bill: OpenBill) -> None:
        """Somebody who is not on the register: the plate of a car, the name on a request."""
        name = bill.debtor or bill.subject or bill.number
        self._mark.set_name(name)
        self._name.setText(name)
        self._about.setText(_("Not on the register"))
        self.show_balance("")

    def show_balance(self, balance: str) -> None:
        """What they owe in all; empty hides it."""
        self._balance.setText(balance)
        self._label.setVisible(bool(balance))
        self._balance.setVisible(bool(balance))
