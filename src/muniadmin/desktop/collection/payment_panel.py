"""The panel where money is taken: amount, means, what was handed over, the change."""

import uuid
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSizePolicy, QWidget

from muniadmin.collection.commands import PaymentTaken
from muniadmin.collection.rules import Channel
from muniadmin.desktop.collection.amount_to_pay import AmountToPay
from muniadmin.desktop.collection.change_box import ChangeBox
from muniadmin.desktop.collection.print_choice import PrintChoice
from muniadmin.desktop.collection.tenders import Tenders
from muniadmin.desktop.collection.typed import Typed, WantedPayment
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Card, Scroller
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.focus_ring import WIDTH as RING
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import Pill, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.errors import InvalidInput, UserError
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.numbers import WrongNumber

# A scanner that ends a number with two line feeds must not take the payment by itself.
_SETTLE_MS = 350
# On a panel lower than this, as below a notice, headings make room and the fields need not scroll; the second is for
# means that stand aside, which need a line each.
_LOW, _LOW_WITH_MEANS = 450, 520
_GAP, _LOW_GAP = 8, 5
# The figures above the letters, and what French keyboards have there without the shift key.
_TOP_ROW = ("1&", "2é", '3"', "4'", "5(")


class PaymentPanel(Card):
    """``taken`` asks the page to send the payment; ``scanned`` hands on what a scanner typed into the amount.
    ``stepped`` moves the list's current row, ``ticked`` ticks it, ``all_ticked`` ticks all or none: they work without
    leaving the amount.
    """

    taken = Signal(object)
    scanned = Signal(str)
    stepped = Signal(int)
    ticked = Signal()
    all_ticked = Signal()
    till_wanted = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(padding=16 - RING)
        self._shell = shell
        self._debts = 0
        self._listed = False
        self._till_open = True
        self._busy = False
        self._after = False
        self._request_id = ""
        self._since_loaded = QElapsedTimer()
        self._since_loaded.start()
        self.pill = Pill("", Tone.INFO)
        self.to_pay = AmountToPay(shell)
        self.to_pay.changed.connect(self._on_amount_to_pay)
        self.tenders = Tenders(shell, self.to_pay)
        self.tenders.changed.connect(self._on_changed)
        self.tenders.chosen.connect(self.take_focus)
        self.payer = TextField(_("Payer"), hint=_("Payer"))
        self.receipt = PrintChoice()
        self.receipt.changed.connect(self._refresh)
        self._fields: tuple[TextField, ...] = (
            self.tenders.tendered, self.tenders.share, self.tenders.reference, self.to_pay.other, self.payer,
        )  # fmt: skip
        for control in self._fields:
            control.installEventFilter(self)
        self._make_foot()
        self._lay_out()
        self._bind()
        self.clear()

    def _make_foot(self) -> None:
        self.change = ChangeBox()
        self.button = Button(_("Take payment"), Kind.PRIMARY, key="Return", large=True, bind=False)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.submit)
        self.open_till = Button(_("Open the cash desk"), Kind.PRIMARY, key="Ctrl+O", large=True)
        self.open_till.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open_till.clicked.connect(self.till_wanted)
        self.open_till.hide()

    def _lay_out(self) -> None:
        self._head = QWidget()
        self._head.setLayout(row(Text(_("Take payment"), Role.HEADING), None, self.pill))
        self._top = column(self._head, self.to_pay, spacing=_GAP, margins=(RING, RING, RING, 0))
        self._filled = column(self.tenders, self.payer, self.receipt, None, spacing=_GAP)
        content = QWidget()
        self._filled.setContentsMargins(RING, RING, RING, RING)
        content.setLayout(self._filled)
        self._scroller = Scroller(content)
        # On a small screen what is filled in scrolls; what is to pay, the change and the button are always seen.
        self.body.addLayout(self._top)
        self.body.addWidget(self._scroller, 1)
        self.body.addSpacing(8)
        foot = column(self.change, self.button, self.open_till, spacing=8, margins=(RING, 0, RING, RING))
        self.body.addLayout(foot)

    def _bind(self) -> None:
        for channel, keys in zip(Channel, _TOP_ROW, strict=True):
            shortcut = QShortcut(self)
            shortcut.setKeys([QKeySequence(f"Ctrl+{key}") for key in keys])
            shortcut.activated.connect(partial(self._prepare, partial(self.tenders.choose, channel)))
        for text, act in (("Ctrl+M", self.tenders.choose_next), ("Ctrl++", self.tenders.add)):
            QShortcut(QKeySequence(text), self).activated.connect(partial(self._prepare, act))

    # --- what the page tells ----------------------------------------------------------------------------------

    def show_due(self, due: Money, debts: int, *, listed: bool = False) -> None:
        """Another sum to pay: the amount follows it until the clerk types one. While debts are ``listed`` the amount
        keeps the keyboard, though none is ticked: from there they are ticked."""
        if self._after and not debts:
            return
        self._debts, self._after = debts, False
        self._listed = listed or debts > 0
        self.pill.set_state(
            ngettext("{count} debt", "{count} debts", debts).format(count=debts) if debts else "", Tone.INFO
        )
        if due != self.to_pay.due:
            self.tenders.hold()
        self.to_pay.show_due(due)
        self.tenders.set_paying(debts > 0)
        self._on_changed()

    def show_payer(self, name: str) -> None:
        """Whose debts are paid: the payer, where no other name is typed."""
        self.payer.setPlaceholderText(name)

    def begin(self, typed: Typed | None = None) -> None:
        """A payer is shown, with what was typed for them before: the amount has the keyboard, Enter takes it."""
        self._empty()
        if typed is not None:
            self.tenders.lines.set_given(typed.given)
            self.tenders.choose(typed.channel)
            self.tenders.reference.setText(typed.reference)
            self.payer.setText(typed.payer)
            if typed.part is not None:
                self.to_pay.show_part(typed.part)
            self.tenders.set_amount(typed.amount)
        self.tenders.fill()
        self._refresh()
        self.go_on()

    def go_on(self) -> None:
        """A debt was added to those in hand: what is typed stays, Enter takes the payment."""
        self._since_loaded.restart()
        self.take_focus()

    def clear(self) -> None:
        """Nobody is at the counter."""
        self._after = False
        self._empty()
        self.payer.setPlaceholderText("")
        self.show_due(ZERO, 0)
        self.tenders.choose(Channel.CASH)

    def _empty(self) -> None:
        self.to_pay.clear()
        self.tenders.clear()
        self.payer.clear()

    def show_taken(self, taken: PaymentTaken) -> None:
        """The payment is done: the change stays large until the next citizen."""
        self.clear()
        self._after = True
        words = _("Received, receipt {number}").format(number=taken.receipt_number)
        self.to_pay.say_taken(words, taken.amount)
        if taken.credit and not taken.change:
            self.change.say(_("Kept as credit"), self._shell.amount(taken.credit), Tone.INFO)
        else:
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
        if not isinstance(problem, InvalidInput):
            return False
        if "amount" in problem.problems and self.tenders.is_cash:
            self.to_pay.begin_part()
        fields = {name: field for name, field in self._named_fields().items() if field.isVisibleTo(self)}
        shown = [name for name in problem.problems if name in fields]
        for name in shown:
            fields[name].show_problem(problem.problems[name])
            fields[name].control.setFocus(Qt.FocusReason.OtherFocusReason)
        return len(shown) == len(problem.problems)

    def _named_fields(self) -> dict[str, Field]:
        """The fields by what the order calls them."""
        tenders = self.tenders
        other = self.to_pay.other_field if self.to_pay.is_part or tenders.is_cash else tenders.share_field
        return {"tendered": tenders.tendered_field, "reference": tenders.reference_field, "amount": other}

    def take_focus(self) -> None:
        """The keyboard goes where Enter takes the payment."""
        self._scroller.ensureWidgetVisible(self.tenders.take_focus())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field that has the keyboard stays in view."""
        super().resizeEvent(event)
        self._fit()
        for control in self._fields:
            if control.hasFocus():
                self._scroller.ensureWidgetVisible(control)

    def typed(self) -> Typed:
        """What is filled in."""
        return Typed(
            self.tenders.channel.value(),
            self.tenders.edit.money() if self.tenders.touched else None,
            self.to_pay.part,
            self.tenders.reference.text(),
            self.payer.text(),
            self.tenders.lines.given,
        )

    # --- what the clerk does ----------------------------------------------------------------------------------

    def submit(self) -> None:
        """Sends the payment if everything is filled in; else says beside the field what is missing. With a closed till
        it asks for the till first."""
        if self._busy or not self._debts:
            return
        if not self._till_open:
            self.till_wanted.emit()
            return
        if not self.to_pay.check():
            return
        tenders = self.tenders.given()
        if tenders is not None:
            self.set_busy(True)
            self.taken.emit(WantedPayment(self._request_id, tenders, self.payer.text().strip()))

    def _prepare(self, act: Callable[[], object]) -> None:
        """A key that changes how it is paid: not where there is nothing to pay, nor what is on its way already."""
        if self._debts and not self._busy:
            act()

    def _on_amount_to_pay(self) -> None:
        self.tenders.fill()
        self._on_changed()

    def _on_changed(self) -> None:
        """Something else is to be paid, or by other means: the next order is another one."""
        self._request_id = str(uuid.uuid4())
        self._refresh()

    def _refresh(self) -> None:
        paying = self._debts > 0
        self.tenders.show_parts(after=self._after)
        for part in (self.receipt, self.payer):
            part.setVisible(not self._after)
        if self._after:
            self.change.show()
        else:
            self.to_pay.say_label()
            self._say_change()
        self.button.setEnabled(paying and not self._busy)
        self.to_pay.another.setVisible(paying)
        for control in self._fields:
            control.setEnabled(self._listed)
        self.button.set_text(_("Take payment and print") if self.receipt.wanted else _("Take payment"))
        self.to_pay.figure.setEnabled(paying or bool(self.pill.text))
        self._fit()

    def _fit(self) -> None:
        low = self.height() < (_LOW_WITH_MEANS if self.tenders.lines.given else _LOW)
        for part in (self._head, self.tenders.head):
            part.setVisible(not low)
        for lines in (self._top, self._filled, self.tenders.filled):
            lines.setSpacing(_LOW_GAP if self.height() < _LOW_WITH_MEANS else _GAP)

    def _say_change(self) -> None:
        rest = self.tenders.rest
        cash = self.tenders.is_cash and rest > ZERO
        over = self.tenders.amount - rest if rest > ZERO else -rest
        # Of what is no amount there is no change; it is said beside the field.
        clear = not (self.tenders.is_unclear and rest > ZERO)
        self.change.setVisible(self._debts > 0 and clear and (cash or bool(over)))
        if over < ZERO:
            self.change.say(_("Still missing"), self._shell.amount(-over), Tone.WARNING)
        elif cash:
            self.change.say(_("Change"), self._shell.amount(over), Tone.GOOD)
        else:
            self.change.say(_("More than ticked"), self._shell.amount(over), Tone.INFO)

    # --- keys -------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the payment, the arrows move in the list, + adds another means, Space ticks while the amount is
        still untouched.

        A number of ours that somebody typed into an amount or the payer opens what it is the number of.
        """
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if key == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            if not isinstance(watched, MoneyEdit):
                return super().eventFilter(watched, event)
            self.all_ticked.emit()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(watched, TextField) and self._is_scan(watched):
                self._hand_on(watched)
            elif self._since_loaded.elapsed() >= _SETTLE_MS:
                self.submit()
            return True
        if event.text() == "+" and isinstance(watched, MoneyEdit):
            self._prepare(self.tenders.add)
            return True
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(key), 0)
        if step:
            self.stepped.emit(step)
            return True
        untouched = isinstance(watched, MoneyEdit) and (not self.tenders.touched or watched.hasSelectedText())
        if key == Qt.Key.Key_Space and untouched:
            self.ticked.emit()
            return True
        return super().eventFilter(watched, event)

    def _is_scan(self, field: TextField) -> bool:
        """Whether a number of ours stands here, typed or by a scanner that is as slow as a person."""
        if not isinstance(field, MoneyEdit) and field is not self.payer:
            return False
        reading = self._shell.read_scan(field.text())
        return reading.is_ours or isinstance(reading.problem, WrongNumber)

    def _hand_on(self, field: TextField) -> None:
        text = field.text().strip()
        if field is self.tenders.edit:
            self.tenders.untouch()
        else:
            field.clear()
        self.scanned.emit(text)
