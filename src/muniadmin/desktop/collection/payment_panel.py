"""The panel where money is taken: amount, means, what was handed over, the change."""

import uuid
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from muniadmin.collection.commands import PaymentTaken
from muniadmin.collection.errors import TenderedTooLittle
from muniadmin.collection.rules import CHANNEL_NAMES, Channel
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import RADIUS, TEXT, Tone, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.buttons import Button, IconButton, Kind
from muniadmin.desktop.widgets.cards import Card
from muniadmin.desktop.widgets.chips import Chip, ChoiceChips
from muniadmin.desktop.widgets.fields import CheckBox, TextField
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import Pill, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.kernel.errors import FieldMissing, InvalidInput, UserError
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.money import ZERO, Money

# A scanner that ends a number with two line feeds must not take the payment by itself.
_SETTLE_MS = 350


class ChangeBox(QWidget):
    """The change to hand back, as large as it can be read over a counter."""

    def __init__(self) -> None:
        super().__init__()
        self._label, self._figure, self._tone = "", "", Tone.GOOD
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(38)

    def say(self, label: str, figure: str, tone: Tone) -> None:
        """Shows another figure."""
        self._label, self._figure, self._tone = label, paint.on_screen(figure), tone
        self.setAccessibleName(f"{label} {figure}")
        self.update()

    @property
    def figure(self) -> str:
        """What is shown."""
        return self._figure

    def sizeHint(self) -> QSize:
        """As the look has it."""
        return QSize(300, 38)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Word at one end, figure at the other."""
        painter = QPainter(self)
        t = tokens()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        paint.box(painter, QRectF(self.rect()), RADIUS, QColor(t.weak(self._tone)))
        area = QRectF(self.rect()).adjusted(14, 0, -14, 0)
        lead = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        trail = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
        vertical = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.setPen(QColor(t.strong(self._tone)))
        painter.setFont(font(TEXT))
        painter.drawText(area, lead | vertical, self._label)
        room = area.width() - QFontMetricsF(painter.font()).horizontalAdvance(self._label) - 12
        size = 24
        while size > 14 and QFontMetricsF(font(size, semibold=True)).horizontalAdvance(self._figure) > room:
            size -= 1
        painter.setFont(font(size, semibold=True))
        painter.drawText(area, trail | vertical, self._figure)
        painter.end()


@dataclass(frozen=True)
class Wanted:
    """What the clerk is about to take."""

    request_id: str
    amount: Money | None
    channel: Channel
    tendered: Money | None
    reference: str


class PaymentPanel(Card):
    """``taken`` asks the page to send the payment; ``scanned`` hands on what a scanner typed into the amount.

    ``stepped`` moves the list's current row, ``ticked`` ticks it: both work without leaving the amount.
    """

    taken = Signal(object)
    scanned = Signal(str)
    stepped = Signal(int)
    ticked = Signal()
    till_wanted = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(padding=16)
        self._shell = shell
        self._preferences = Preferences()
        self._due = ZERO
        self._debts = 0
        self._till_open = True
        self._touched = False
        self._busy = False
        self._after = False
        self._request_id = str(uuid.uuid4())
        self._typed_before: tuple[Money | None, str] | None = None
        self._since_loaded = QElapsedTimer()
        self._since_loaded.start()
        self._paper = ReceiptPaper(self._preferences.receipt_paper or ReceiptPaper.ROLL_80)
        self._make_amount()
        self._make_means()
        self._make_foot()
        self._lay_out()
        self._name_paper()
        self._on_channel(Channel.CASH)
        self.show_due(ZERO, 0)

    def _make_amount(self) -> None:
        currency = self._shell.municipality.currency
        self.heading = Text(_("Take payment"), Role.HEADING)
        self.pill = Pill("", Tone.INFO)
        self.label = Text(_("To pay"), Role.MUTED)
        self.amount = Text("", Role.AMOUNT)
        self.unit = Text(currency.code, Role.UNIT)
        self.part = IconButton("pencil", _("Pay another amount"), key="Ctrl+E", size=28)
        self.part.clicked.connect(self.pay_part)
        self.other_amount = MoneyEdit(_("Amount to pay"), currency, scale="large")
        self.other_amount.changed.connect(lambda _amount: self._on_other_amount())
        self.other_field = Field(_("Amount to pay"), self.other_amount)
        self.other_field.hide()
        self.amount.setMinimumHeight(44)
        self.amount_row = QWidget()
        figures = row(self.amount, self.unit, None, self.part, spacing=10)
        figures.setAlignment(self.unit, Qt.AlignmentFlag.AlignBottom)
        self.unit.setContentsMargins(0, 0, 0, 7)
        self.amount_row.setLayout(figures)

    def _make_means(self) -> None:
        currency = self._shell.municipality.currency
        self.channel: ChoiceChips[Channel] = ChoiceChips(
            _("Means of payment"), [(channel, _(CHANNEL_NAMES[channel])) for channel in Channel]
        )
        self.channel.chosen.connect(self._on_channel)
        self.tendered = MoneyEdit(_("Received from the citizen"), currency, scale="large")
        self.tendered.changed.connect(self._on_tendered)
        self.tendered_field = Field(_("Received from the citizen"), self.tendered)
        self.reference = TextField(_("Reference"))
        self.reference_field = Field(_("Reference"), self.reference)
        self.change = ChangeBox()
        for control in (self.tendered, self.reference, self.other_amount):
            control.installEventFilter(self)

    def _make_foot(self) -> None:
        self.print = CheckBox(_("Print the receipt"), ticked=self._preferences.print_receipts)
        self.print.toggled.connect(self._on_print)
        self.paper = Chip("", arrow=True)
        self.paper.clicked.connect(self._choose_paper)
        self.button = Button(_("Take payment"), Kind.PRIMARY, key="Return", large=True, bind=False)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.submit)
        self.open_till = Button(_("Open the cash desk"), Kind.PRIMARY, large=True)
        self.open_till.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open_till.clicked.connect(self.till_wanted)
        self.open_till.hide()
        self.print_row = QWidget()
        self.print_row.setLayout(row(self.print, None, self.paper))

    def _lay_out(self) -> None:
        self.body.addLayout(row(self.heading, None, self.pill))
        self.body.addSpacing(12)
        self.body.addWidget(self.label)
        self.body.addWidget(self.amount_row)
        self.body.addWidget(self.other_field)
        self.body.addSpacing(14)
        self.means_label = Text(_("Means of payment"), Role.SECONDARY)
        self.means = QWidget()
        self.means.setLayout(column(self.means_label, self.channel, spacing=5))
        self.body.addWidget(self.means)
        self.body.addSpacing(14)
        self.body.addWidget(self.tendered_field)
        self.body.addWidget(self.reference_field)
        self.body.addSpacing(14)
        self.body.addWidget(self.change)
        self.body.addSpacing(10)
        self.body.addWidget(self.print_row)
        self.body.addStretch(1)
        self.body.addWidget(self.button)
        self.body.addWidget(self.open_till)

    # --- what the page tells ----------------------------------------------------------------------------------

    def show_due(self, due: Money, debts: int) -> None:
        """Another sum to pay: the tendered amount follows it until the clerk types one."""
        if self._after and not debts:
            return
        self._due, self._debts, self._after = due, debts, False
        self._request_id = str(uuid.uuid4())
        self.pill.set_state(
            ngettext("{count} debt", "{count} debts", debts).format(count=debts) if debts else "", Tone.INFO
        )
        self.label.setText(_("To pay"))
        self.amount.setText(self._shell.amount(due))
        if debts == 0:
            self._touched = False
        if not self._touched:
            self.tendered.set_money(due if debts else None)
            if self.tendered.hasFocus():
                self.tendered.selectAll()
        self._refresh()

    def begin(self) -> None:
        """A payer is shown: the amount has the keyboard, Enter takes it."""
        self._touched = False
        self._since_loaded.restart()
        self.other_field.hide()
        self.amount_row.show()
        self.other_amount.clear()
        for field in (self.tendered_field, self.reference_field, self.other_field):
            field.show_problem(None)
        self.reference.clear()
        self.tendered.set_money(self._due if self._debts else None)
        if self._typed_before is not None:
            tendered, reference = self._typed_before
            self._typed_before = None
            self._touched = tendered is not None and tendered != self._due
            self.tendered.set_money(tendered)
            self.reference.setText(reference)
        self._refresh()
        self.take_focus()

    def clear(self) -> None:
        """Nobody is at the counter."""
        self._after = False
        self.channel.set_value(Channel.CASH)
        self._on_channel(Channel.CASH)
        self.begin_quietly()
        self.show_due(ZERO, 0)

    def begin_quietly(self) -> None:
        """As :meth:`begin`, without taking the keyboard."""
        self._touched = False
        self.other_field.hide()
        self.amount_row.show()
        self.other_amount.clear()
        self.reference.clear()
        for field in (self.tendered_field, self.reference_field, self.other_field):
            field.show_problem(None)

    def show_taken(self, taken: PaymentTaken) -> None:
        """The payment is done: the change stays large until the next citizen."""
        self.clear()
        self._after = True
        self.label.setText(_("Received, receipt {number}").format(number=taken.receipt_number))
        self.amount.setText(self._shell.amount(taken.amount))
        self.change.say(_("Change"), self._shell.amount(taken.change), Tone.GOOD)
        self.pill.set_state(_("paid"), Tone.GOOD)
        self._refresh()

    def set_till_open(self, is_open: bool) -> None:
        """Without an open till there is a way to open it in place of the way to pay."""
        self._till_open = is_open
        self.button.setVisible(is_open)
        self.open_till.setVisible(not is_open)
        self._refresh()

    def set_busy(self, busy: bool) -> None:
        """A payment is on its way: it cannot be sent twice."""
        self._busy = busy
        self._refresh()

    def refuse(self, problem: UserError) -> bool:
        """Shows beside its field what the services refused; False when it belongs to none."""
        self.set_busy(False)
        if not isinstance(problem, InvalidInput):
            return False
        fields = {
            "tendered": self.tendered_field,
            "reference": self.reference_field,
            "amount": self.other_field,
        }
        shown = [name for name in problem.problems if name in fields]
        if "amount" in shown:
            self.pay_part()
        for name in shown:
            fields[name].show_problem(problem.problems[name])
            fields[name].control.setFocus(Qt.FocusReason.OtherFocusReason)
        return len(shown) == len(problem.problems)

    def take_focus(self) -> None:
        """The keyboard goes where Enter takes the payment."""
        control = self.tendered if self.tendered_field.isVisibleTo(self) else self.reference
        control.setFocus(Qt.FocusReason.OtherFocusReason)
        control.selectAll()

    def restore(self, channel: Channel, tendered: Money | None, reference: str) -> None:
        """Takes up again what was typed before the language changed."""
        self.channel.set_value(channel)
        self._on_channel(channel)
        self._typed_before = (tendered, reference)

    def choose(self, channel: Channel) -> None:
        """Chooses how money comes in."""
        self.channel.set_value(channel)
        self._on_channel(channel)

    @property
    def due(self) -> Money:
        """What is due on the ticked debts."""
        return self._due

    @property
    def receipt_paper(self) -> ReceiptPaper:
        """What receipts are printed on here."""
        return self._paper

    # --- what the clerk does ----------------------------------------------------------------------------------

    def pay_part(self) -> None:
        """Lets another amount be paid than all that is due."""
        if not self._debts:
            return
        self.amount_row.hide()
        self.other_field.show()
        if not self.other_amount.text():
            self.other_amount.set_money(self._due)
        self.other_amount.setFocus(Qt.FocusReason.OtherFocusReason)
        self.other_amount.selectAll()
        self._refresh()

    def submit(self) -> None:
        """Sends the payment if everything is filled in; else says beside the field what is missing."""
        if self._busy or not self._debts or not self._till_open:
            return
        channel, wanted = self.channel.value(), self._wanted_amount()
        if not self.other_field.isHidden() and not self.other_field.check():
            return
        reference = self.reference.text().strip()
        tendered = None
        if channel is Channel.CASH:
            if not self.tendered_field.check():
                return
            tendered = self.tendered.money() or wanted
            if tendered < wanted:
                problem = TenderedTooLittle(
                    tendered=self._shell.amount(tendered), amount=self._shell.amount(wanted, code=True)
                )
                self.tendered_field.show_problem(problem)
                self.tendered.selectAll()
                return
        elif not reference:
            self.reference_field.show_problem(FieldMissing())
            self.reference.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        part = None if self.other_field.isHidden() or wanted == self._due else wanted
        self.set_busy(True)
        self.taken.emit(Wanted(self._request_id, part, channel, tendered, reference))

    def _wanted_amount(self) -> Money:
        if self.other_field.isHidden():
            return self._due
        return self.other_amount.money() or self._due

    def _on_other_amount(self) -> None:
        self._request_id = str(uuid.uuid4())
        if not self._touched:
            self.tendered.set_money(self._wanted_amount())
        self._refresh()

    def _on_channel(self, channel: Channel) -> None:
        self.tendered_field.setVisible(channel is Channel.CASH)
        self.reference_field.setVisible(channel is not Channel.CASH)
        labels = {
            Channel.CHEQUE: _("Bank and number of the cheque"),
            Channel.CARD: _("Number on the card slip"),
            Channel.TRANSFER: _("Reference of the transfer"),
            Channel.MOBILE: _("Transaction number"),
        }
        self.reference_field.label.setText(labels.get(channel, _("Reference")))
        self.reference_field.show_problem(None)
        self._request_id = str(uuid.uuid4())
        self._refresh()
        if self._debts:
            self.take_focus()

    def _on_tendered(self, _amount: object) -> None:
        self._touched = True
        self._request_id = str(uuid.uuid4())
        self._refresh()

    def _refresh(self) -> None:
        cash = self.channel.value() is Channel.CASH
        wanted = self._wanted_amount()
        tendered = self.tendered.money()
        self.change.setVisible(self._after or (cash and self._debts > 0))
        for part in (self.means, self.print_row):
            part.setVisible(not self._after)
        self.tendered_field.setVisible(cash and not self._after)
        if not self._after:
            self._say_change(wanted, tendered)
        active = self._debts > 0 and not self._busy
        self.button.setEnabled(active)
        self.part.setVisible(self._debts > 0)
        for control in (self.tendered, self.reference, self.other_amount):
            control.setEnabled(self._debts > 0)
        self.button.set_text(_("Take payment and print") if self.print.isChecked() else _("Take payment"))
        self.amount.setEnabled(self._debts > 0 or bool(self.pill.text))

    def _say_change(self, wanted: Money, tendered: Money | None) -> None:
        if tendered is not None and tendered < wanted:
            self.change.say(_("Still missing"), self._shell.amount(wanted - tendered), Tone.WARNING)
        else:
            self.change.say(_("Change"), self._shell.amount((tendered or wanted) - wanted), Tone.GOOD)

    def _on_print(self, wanted: bool) -> None:
        self._preferences.print_receipts = wanted
        self._refresh()

    def _choose_paper(self) -> None:
        menu = QMenu(self)
        for paper, text in self._papers().items():
            menu.addAction(text).triggered.connect(lambda _checked=False, paper=paper: self._set_paper(paper))
        menu.popup(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def _papers(self) -> dict[ReceiptPaper, str]:
        return {ReceiptPaper.ROLL_80: _("80 mm"), ReceiptPaper.A5: "A5"}

    def _set_paper(self, paper: ReceiptPaper) -> None:
        self._paper = paper
        self._preferences.receipt_paper = str(paper)
        self._name_paper()

    def _name_paper(self) -> None:
        self.paper.set_text(self._papers()[self._paper])
        self.paper.setAccessibleName(_("Receipt paper: {paper}").format(paper=self._papers()[self._paper]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the payment, the arrows move in the list, Space ticks while the amount is still untouched.

        A scanner may type a number into the amount: it opens what it is the number of.
        """
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = watched.text().strip() if isinstance(watched, TextField) else ""
            if any(letter.isalpha() for letter in text) and watched is not self.reference:
                self.tendered.set_money(self._due if self._debts else None)
                self._touched = False
                self.scanned.emit(text)
            elif self._since_loaded.elapsed() >= _SETTLE_MS:
                self.submit()
            return True
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(key), 0)
        if step:
            self.stepped.emit(step)
            return True
        untouched = watched is self.tendered and (not self._touched or self.tendered.hasSelectedText())
        if key == Qt.Key.Key_Space and untouched:
            self.ticked.emit()
            return True
        return super().eventFilter(watched, event)
