"""How receipts are listed: columns and words."""

from datetime import date

from muniadmin.collection.reads import ReceiptRow
from muniadmin.collection.rules import CHANNEL_NAMES
from muniadmin.desktop.lists.columns import amount_column, day_column
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.i18n import _


def means_of(receipt: ReceiptRow) -> str:
    """How it was paid: "Cash + Cheque"."""
    return " + ".join(_(CHANNEL_NAMES[channel]) for channel in dict.fromkeys(receipt.channels))


def state_of(receipt: ReceiptRow) -> str:
    """What became of it, if anything did."""
    if receipt.cancelled:
        return _("cancelled")
    return _("returned") if receipt.returned else ""


def value_day(receipt: ReceiptRow) -> date | None:
    """The day for which its money counts, where that is another than the booked one."""
    return receipt.value_on if receipt.value_on != receipt.booked_on else None


def receipt_columns(shell: Shell) -> list[Column[ReceiptRow]]:
    """The columns of the list of receipts."""
    return [
        Column(
            "number", _("Receipt"), lambda one: one.number, width=128, look="strong", exact=True, sort="number"
        ),
        day_column(shell, "booked_on", _("Booked on"), lambda one: one.booked_on, leaves=1),
        day_column(shell, "value_on", _("Counts from"), value_day, leaves=3),
        Column(
            "at", _("Taken at"), lambda one: shell.instant(one.taken_at), width=136, look="muted", hidden=True,
            exact=True,
        ),
        Column("payer", _("Payer"), lambda one: one.payer, width=130, stretch=True),
        Column("channel", _("Means"), means_of, width=110, look="muted", leaves=2),
        Column("cashier", _("Cashier"), lambda one: one.cashier_name, width=130, look="muted", hidden=True),
        Column("state", _("State"), state_of, width=92, pill=lambda _one: Tone.BAD),
        amount_column(
            shell, "amount", _("Amount"), lambda one: one.amount, width=116,
            look=lambda one: "muted" if one.cancelled else "strong",
        ),
    ]  # fmt: skip
