"""A receipt that was written by hand in a stub book, entered afterwards on the day that stands on it."""

import uuid

from muniadmin.billing.reads import BillDetail, OneBill, OpenCharge, OpenCharges
from muniadmin.collection.commands import EnterStub, PaymentTaken
from muniadmin.collection.reads import Collectors, PointRow
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.errors import NotFound, NotUnderstood, UserError
from muniadmin.kernel.formats import parse_count
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import Money, total


class StubDialog(FormDialog):
    """Which stub, which bill it paid, on what day, how much."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._request_id = str(uuid.uuid4())
        self._bill: BillDetail | None = None
        self._asked = ""
        self._proposed: Money | None = None
        self.form = Form()
        self.collector: ComboBox[int] = ComboBox(_("Collector"))
        self.book = TextField(_("Stub book"))
        self.number = TextField(_("Stub number"))
        self.day = DateEdit(_("Day on the stub"))
        self.bill = TextField(_("Bill number"))
        self.found = Text("", Role.MUTED, wrap=True)
        self.amount = MoneyEdit(_("Amount"), page.shell.municipality.currency)
        self.payer = TextField(_("Payer"))
        self.form.add("point", Field(_("Collector"), self.collector, required=True))
        self.form.add("book", Field(_("Stub book"), self.book, required=True))
        self.form.add("number", Field(_("Stub number"), self.number, required=True), beside=True)
        self.form.add("value_on", Field(_("Day on the stub"), self.day, required=True), beside=True)
        self.form.add(
            "bill",
            Field(_("Bill number"), self.bill, required=True, hint=_("The bill that the stub’s money pays.")),
        )
        self.form.add_widget(self.found)
        self.form.add("amount", Field(page.shell.with_currency(_("Amount")), self.amount, required=True))
        self.form.add(
            "payer",
            Field(_("Payer"), self.payer, hint=_("Only where another name stands on the stub.")),
            beside=True,
        )
        super().__init__(
            page,
            _("Enter a stub"),
            self.form,
            Text(
                _("It is booked today and counts for its own day: penalties since then are taken back."),
                Role.MUTED,
                wrap=True,
            ),
            self.form,
            primary=_("Enter the stub"),
            icon="receipt",
        )
        self.bill.editingFinished.connect(self._look)
        self.bill.asks_for_code(lambda _text, ours: ours)
        self.bill.code_put.connect(lambda _text: self._look())
        self.day.changed.connect(lambda _day: self._ask_due())
        page.read(Collectors(), then=self._show_collectors, failed=self.refuse)
        self.book.setFocus()

    def _show_collectors(self, found: list[PointRow]) -> None:
        self.collector.set_choices([(one.number, pick(one.names)) for one in found])
        if found:
            self.collector.set_value(found[0].number)

    def _look(self) -> None:
        number = self.bill.text().strip()
        if number and (self._bill is None or self._bill.number != number):
            self._asked = number
            self._page.read(
                OneBill(number=number), then=self._show_bill, failed=self._no_bill, key="stub bill"
            )

    def _show_bill(self, bill: BillDetail) -> None:
        if self.bill.text().strip() != self._asked:  # another number is being typed
            return
        self._bill = bill
        self.bill.setText(bill.number)
        self.form.fields["bill"].show_problem(None)
        facts = [bill.taxpayer_name, pick(bill.head_names), bill.period, bill.subject]
        self.found.setText(" · ".join(fact for fact in facts if fact))
        self._ask_due()

    def _ask_due(self) -> None:
        """Asks what was due of the bill on the stub's own day."""
        day = self.day.day()
        if self._bill is not None and day is not None:
            on = min(day, self._page.today)
            self._page.read(
                OpenCharges(bill_ids=(self._bill.bill_id,), on=on), then=self._propose, key="stub due"
            )

    def _propose(self, found: list[OpenCharge]) -> None:
        """Proposes it, until another amount is typed; of a bill that is paid by now, all that it had asked for."""
        typed = self.amount.money()
        if self._bill is None or (typed and typed != self._proposed):
            return
        self._proposed = total(one.due for one in found) or self._bill.total
        self.amount.set_money(self._proposed)
        if self.amount.hasFocus():  # what is typed takes the place of what is proposed
            self.amount.selectAll()

    def _no_bill(self, problem: UserError) -> None:
        if self.bill.text().strip() != self._asked:
            return
        self._bill = None
        self.found.setText("")
        self.form.fields["bill"].show_problem(problem)

    def dirty(self) -> bool:
        """Whether anything was typed."""
        return any((self.book.text(), self.number.text(), self.bill.text(), self.payer.text()))

    def submit(self) -> None:
        """Sends the stub."""
        day, amount, point = self.day.day(), self.amount.money(), self.collector.value()
        if not self.form.check() or day is None or amount is None or point is None:
            return
        if self._bill is None or self._bill.number != self.bill.text().strip():
            self.form.fields["bill"].show_problem(NotFound(what=self.bill.text()))
            return
        try:
            number = parse_count(self.number.text())
        except NotUnderstood as problem:
            self.form.fields["number"].show_problem(problem)
            return
        self.primary.setEnabled(False)
        self.notice.hide()
        self._page.run(
            EnterStub(
                request_id=self._request_id,
                point=point,
                book=self.book.text().strip(),
                number=number,
                value_on=day,
                charge_ids=tuple(one.charge_id for one in self._bill.instalments),
                amount=amount,
                payer=self.payer.text().strip(),
            ),
            then=self._done,
            failed=self.refuse,
            undone=self.unlock,
        )

    def _done(self, taken: PaymentTaken) -> None:
        self._page.shell.say(_("Stub {number} is entered.").format(number=taken.receipt_number))
        self.accept()
