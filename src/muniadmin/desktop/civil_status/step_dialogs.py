"""Small dialogs on the way of a request: report an error with its cause, refuse with a reason, see deliveries."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from muniadmin.civil_status.commands import Cause
from muniadmin.civil_status.reads import Delivery, DeliveryRegister
from muniadmin.civil_status.rules import CAUSE_NAMES
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Kind
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import ComboBox, TextArea
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Text
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.i18n import N_, _


class ReworkDialog(FormDialog):
    """Asks what went wrong. ``send(cause, note)`` sends the command."""

    def __init__(self, parent: QWidget | None, number: str, send: Callable[[Cause, str], object]) -> None:
        self._send = send
        self.cause: ComboBox[Cause] = ComboBox(
            _("Cause"), [(code, _(name)) for code, name in CAUSE_NAMES.items()], placeholder=_("choose")
        )
        self.note = TextArea(_("What was wrong"), lines=3)
        form = Form()
        form.add("cause", Field(_("Cause"), self.cause, required=True))
        form.add("note", Field(_("What was wrong"), self.note))
        text = Text(
            _("The extract is withdrawn and has to be issued again. The error and its cause are recorded."),
            wrap=True,
        )
        super().__init__(
            parent,
            _("Report an error in request {number}").format(number=number),
            form,
            text,
            form,
            primary=_("Send back"),
            width=480,
        )
        self.begin(self.cause)

    def submit(self) -> None:
        """Sends when a cause is chosen."""
        cause = self.cause.value()
        if self.form.check() and cause is not None:
            self.primary.setEnabled(False)
            self._send(cause, self.note.text())


class RefuseDialog(FormDialog):
    """Asks why. ``send(reason)`` sends the command."""

    def __init__(self, parent: QWidget | None, number: str, fee: str, send: Callable[[str], object]) -> None:
        self._send = send
        self.reason = TextArea(_("Reason"), lines=3)
        form = Form()
        form.add("reason", Field(_("Reason"), self.reason, required=True))
        words = _("Tell the requester the reason. Nothing is issued.")
        if fee:
            words = _(
                "Tell the requester the reason. Nothing is issued, and the fee of {fee} is annulled."
            ).format(fee=fee)
        super().__init__(
            parent,
            _("Refuse request {number}?").format(number=number),
            form,
            Text(words, wrap=True),
            form,
            primary=_("Refuse the request"),
            width=480,
            kind=Kind.DANGER,
        )
        self.begin(self.reason)

    def submit(self) -> None:
        """Sends when a reason is given."""
        if self.form.check():
            self.primary.setEnabled(False)
            self._send(self.reason.text())


_PERIODS = (("0", N_("Today")), ("6", N_("7 days")), ("29", N_("30 days")))


class DeliveriesDialog(Dialog):
    """The register of deliveries: what was handed over to whom."""

    def __init__(self, parent: QWidget | None, shell: Shell) -> None:
        self._shell = shell
        self.period = ChoiceChips(_("Period"), [(days, _(name)) for days, name in _PERIODS])
        self.list: RowTable[Delivery] = RowTable(
            "deliveries",
            _("Deliveries"),
            [
                Column(
                    "at",
                    _("Handed over"),
                    lambda one: shell.instant(one.delivered_at),
                    width=134,
                    look="muted",
                ),
                Column("extract", _("Extract"), lambda one: one.extract_number, width=134),
                Column("act", _("Act"), lambda one: one.act, width=84, look="muted"),
                Column(
                    "holder", _("Holder"), lambda one: one.listed_as, width=150, stretch=True, look="strong"
                ),
                Column("to", _("Handed over to"), lambda one: one.received_by, width=140),
                Column("copies", _("Copies"), lambda one: str(one.copies), width=88, number=True),
                Column("agent", _("Agent"), lambda one: one.agent, width=120, look="muted"),
            ],
            key=lambda one: (one.request_number, one.delivered_at),
            empty=EmptyState(
                "inbox", _("Nothing was handed over"), _("Extracts that are handed over appear here.")
            ),
        )
        self.list.setMinimumHeight(380)
        super().__init__(
            parent,
            _("Register of deliveries"),
            self.period,
            self.list,
            primary=_("Close"),
            kind=Kind.SECONDARY,
            width=960,
        )
        self.cancel.hide()
        self.period.chosen.connect(lambda _days: self.ask())
        self.ask()

    def ask(self) -> None:
        """Lists the period's deliveries."""
        today = self._shell.today()
        since = today - timedelta(days=int(self.period.value()))
        self._shell.operations.read(
            DeliveryRegister(since=since, until=today), then=self._show, owner=self, key="deliveries"
        )

    def _show(self, deliveries: list[Delivery]) -> None:
        self.list.set_source(ListSource(list(reversed(deliveries))))
