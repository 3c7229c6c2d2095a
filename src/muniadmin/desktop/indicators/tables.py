"""How the rows behind a figure are listed."""

from muniadmin.civil_status.reads import RequestRow
from muniadmin.desktop.lists.columns import amount_column, day_column
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.indicators.reads import CollectedRow, OwedRow
from muniadmin.indicators.wording import CHANNELS
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import ZERO


def collected_columns(shell: Shell) -> list[Column[CollectedRow]]:
    """What payments brought on bills."""
    return [
        Column("receipt", _("Receipt"), lambda one: one.receipt_number, width=140, look="strong", exact=True),
        day_column(shell, "day", _("Day"), lambda one: one.booked_on, look="plain", leaves=1),
        Column("payer", _("Payer"), lambda one: one.payer, width=150, stretch=True),
        Column("head", _("Revenue head"), lambda one: pick(one.head_names), width=150, stretch=True, leaves=2),
        Column("bill", _("Bill"), lambda one: one.bill_number, width=150, look="muted", exact=True, leaves=4),
        Column("channel", _("Channel"), lambda one: _(CHANNELS[one.channel]), width=100, leaves=3),
        amount_column(
            shell, "amount", _("Amount"), lambda one: one.amount, width=120,
            look=lambda one: "bad" if one.amount < ZERO else "plain",
        ),
    ]  # fmt: skip


def owed_columns(shell: Shell) -> list[Column[OwedRow]]:
    """What is owed."""
    return [
        Column("number", _("Bill"), lambda one: one.number, width=150, look="strong", exact=True),
        Column("name", _("Name"), lambda one: one.name, width=150, stretch=True),
        Column("head", _("Revenue head"), lambda one: pick(one.head_names), width=150, stretch=True, leaves=1),
        Column("subject", _("Subject"), lambda one: one.subject, width=130, stretch=True, look="muted", leaves=3),
        day_column(shell, "issued", _("Issued on"), lambda one: one.issued_on, look="plain", leaves=4),
        day_column(shell, "due", _("Due"), lambda one: one.due_on, look="plain", leaves=2),
        amount_column(shell, "amount", _("Amount"), lambda one: one.amount, width=120),
    ]  # fmt: skip


def request_columns(shell: Shell) -> list[Column[RequestRow]]:
    """Requests with the moments that count."""
    return [
        Column("number", _("Request"), lambda one: one.number, width=150, look="strong", exact=True),
        Column(
            "document", _("Document"), lambda one: pick(one.document_names), width=150, stretch=True, leaves=3
        ),
        Column("holder", _("Holder"), lambda one: one.holder, width=130, stretch=True),
        Column(
            "received",
            _("Received"),
            lambda one: shell.instant(one.received_at),
            width=130,
            exact=True,
            leaves=2,
        ),
        Column(
            "due", _("Promised for"), lambda one: shell.instant(one.due_at), width=130, exact=True, leaves=1
        ),
        Column("closed", _("Finished"), lambda one: shell.instant(one.closed_at), width=130, exact=True),
    ]
