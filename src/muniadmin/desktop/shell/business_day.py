"""A supervisor opens the business day after the office was closed for long, or takes back one opened by mistake."""

from datetime import date

from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.kernel.i18n import _
from muniadmin.ledger.commands import OpenBusinessDay, TakeBackBusinessDay
from muniadmin.ledger.reads import BusinessDayNow, LastBusinessDay


class BusinessDayDialog(FormDialog):
    """Says where the business days stand, and asks why another is opened or the last one taken back."""

    def __init__(self, parent: QWidget | None, shell: Shell) -> None:
        self._shell = shell
        self._state = ""
        self.form = Form()
        self.standing = Text("", Role.BODY, wrap=True)
        self.form.add_widget(self.standing)
        self.reason = TextField(_("Reason"))
        self.form.add("reason", Field(_("Reason"), self.reason, required=True))
        super().__init__(
            parent, _("Business day"), self.form, self.form, primary=_("Open the day"), icon="calendar"
        )
        self.primary.setEnabled(False)
        shell.operations.read(LastBusinessDay(), then=self._show, owner=self)
        self.reason.setFocus()

    def _show(self, now: BusinessDayNow) -> None:
        self._state = now.state
        last = self._shell.day(now.last) if now.last is not None else "—"
        sentences = {
            "open": _("Today is open. Nothing needs to be done."),
            "next": _("The last business day is {last}. Today opens with its first booking."),
            "late": _("The last business day is {last}. Compare today’s date before you open it."),
            "behind": _("The last business day is {last}, which has not come yet. It can be taken back."),
        }
        self.standing.setText(sentences[now.state].format(last=last))
        self.primary.setText(_("Take the day back") if now.state == "behind" else _("Open the day"))
        self.primary.setEnabled(now.state in ("late", "behind", "next"))

    def submit(self) -> None:
        """Sends the order."""
        if not self.form.check():
            return
        self.primary.setEnabled(False)
        self.notice.hide()
        reason = self.reason.text()
        order = (
            TakeBackBusinessDay(reason=reason) if self._state == "behind" else OpenBusinessDay(reason=reason)
        )
        self._shell.operations.run(order, then=self._done, failed=self.refuse, undone=self.unlock, owner=self)

    def _done(self, day: date) -> None:
        self._shell.say(_("The business day is {day}.").format(day=self._shell.day(day)))
        self.accept()
