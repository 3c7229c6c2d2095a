"""The panel where money is taken: amount, means, what was handed over, the change."""

import uuid
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from muniadmin.collection.commands import PaymentTaken, TenderGiven
from muniadmin.collection.errors import TenderedTooLittle, TendersUnclear
from muniadmin.collection.rules import CHANNEL_NAMES, Channel
from muniadmin.desktop.collection.tender_lines import TenderLines
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.shell.scanner import read_scan
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import RADIUS, TEXT, Tone, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.buttons import Button, IconButton, Kind
from muniadmin.desktop.widgets.cards import Card, Scroller
from muniadmin.desktop.widgets.chips import Chip, ChoiceChips
from muniadmin.desktop.widgets.fields import CheckBox, TextField
from muniadmin.desktop.widgets.focus_ring import WIDTH as RING
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import Pill, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.kernel.errors import FieldMissing, InvalidInput, UserError
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.numbers import WrongNumber

# A scanner that ends a number with two line feeds must not take the payment by itself.
_SETTLE_MS = 350
# On a panel lower than this, headings make room for the means that stand aside; the fields need not scroll.
_LOW = 520
_GAP, _LOW_GAP = 8, 6
# The figures above the letters, and what French keyboards have there without the shift key.
_TOP_ROW = ("1&", "2é", '3"', "4'", "5(")


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
    tenders: tuple[TenderGiven, ...]
    payer: str


@dataclass(frozen=True)
class Typed:
    """What is filled in, to be taken up again. ``amount`` is None where none was typed: it follows what is ticked;
    ``part`` is what is to be paid where that is not all."""

    channel: Channel
    amount: Money | None
    part: Money | None
    reference: str
    payer: str
    given: tuple[TenderGiven, ...]


class PaymentPanel(Card):
    """``taken`` asks the page to send the payment; ``scanned`` hands on what a scanner typed into the amount.

    One means of payment is entered at a time, and takes what is left to pay. Where a citizen pays by several, each is
    put aside as a line with its amount, and the next one takes the rest. ``stepped`` moves the list's current row,
    ``ticked`` ticks it, ``all_ticked`` ticks all or none: they work without leaving the amount.
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
        self._preferences = Preferences()
        self._due = ZERO
        self._debts = 0
        self._listed = False
        self._till_open = True
        self._touched = False
        self._busy = False
        self._after = False
        self._request_id = str(uuid.uuid4())
        self._typed_before: Typed | None = None
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
        self.lines = TenderLines(self._shell)
        self.lines.changed.connect(self._on_line_gone)
        self.channel: ChoiceChips[Channel] = ChoiceChips(
            _("Means of payment"),
            [(channel, _(CHANNEL_NAMES[channel])) for channel in Channel],
            numbered=True,
        )
        for channel, keys in zip(Channel, _TOP_ROW, strict=True):
            shortcut = QShortcut(self)
            shortcut.setKeys([QKeySequence(f"Ctrl+{key}") for key in keys])
            shortcut.activated.connect(partial(self._choose_for_debts, channel))
        self.channel.chosen.connect(self._on_channel)
        QShortcut(QKeySequence("Ctrl+M"), self).activated.connect(self._next_channel)
        self.more = Chip("", icon="plus")
        name = _("Pay by another means too")
        self.more.setAccessibleName(name)
        self.more.setToolTip(f"{name} ({key_text('Ctrl++')})")
        self.more.clicked.connect(self.add_means)
        QShortcut(QKeySequence("Ctrl++"), self).activated.connect(self.add_means)
        self.channel.add(self.more)
        self.tendered = MoneyEdit(_("Received from the citizen"), currency, scale="large")
        self.tendered.changed.connect(self._on_amount)
        self.tendered_field = Field(_("Received from the citizen"), self.tendered)
        self.share = MoneyEdit(_("Amount"), currency)
        self.share.changed.connect(self._on_amount)
        self.share_field = Field(_("Amount"), self.share)
        self.reference = TextField(_("Reference"))
        # What another's paper or telephone shows; a paper of ours is one more debt.
        self.reference.asks_for_code(lambda _text, ours: not ours)
        self.reference_field = Field(_("Reference"), self.reference)
        self.change = ChangeBox()
        self.payer = TextField(_("Payer"), hint=_("Payer"))
        for control in (self.tendered, self.share, self.reference, self.other_amount, self.payer):
            control.installEventFilter(self)

    def _make_foot(self) -> None:
        self.print = CheckBox(_("Print the receipt"), ticked=self._preferences.print_receipts)
        self.print.toggled.connect(self._on_print)
        self.paper = Chip("", arrow=True)
        self.paper.clicked.connect(self._choose_paper)
        self.button = Button(_("Take payment"), Kind.PRIMARY, key="Return", large=True, bind=False)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.submit)
        self.open_till = Button(_("Open the cash desk"), Kind.PRIMARY, key="Ctrl+O", large=True)
        self.open_till.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open_till.clicked.connect(self.till_wanted)
        self.open_till.hide()
        self.print_row = QWidget()
        self.print_row.setLayout(row(self.print, None, self.paper))

    def _lay_out(self) -> None:
        self.means = QWidget()
        key = Text(f"{key_text('Ctrl+1')} … {len(Channel)}", Role.SMALL)
        label = Text(_("Means of payment"), Role.SECONDARY)
        self._head, self._means_head = QWidget(), QWidget()
        self._head.setLayout(row(self.heading, None, self.pill))
        self._means_head.setLayout(row(label, None, key))
        self.means.setLayout(column(self._means_head, self.channel, spacing=5))
        self._filled = column(
            self._head,
            column(self.label, self.amount_row, self.other_field, spacing=0),
            self.lines,
            self.means,
            self.tendered_field,
            self.share_field,
            self.reference_field,
            self.payer,
            self.print_row,
            None,
            spacing=_GAP,
        )
        content = QWidget()
        self._filled.setContentsMargins(RING, RING, RING, RING)
        content.setLayout(self._filled)
        self._scroller = Scroller(content)
        # On a small screen what is filled in scrolls; the change and the button are always seen.
        self.body.addWidget(self._scroller, 1)
        self.body.addSpacing(8)
        foot = column(self.change, self.button, self.open_till, spacing=8, margins=(RING, 0, RING, RING))
        self.body.addLayout(foot)

    # --- what the page tells ----------------------------------------------------------------------------------

    def show_due(self, due: Money, debts: int, *, listed: bool = False) -> None:
        """Another sum to pay: the amount follows it until the clerk types one. While debts are ``listed`` the amount
        keeps the keyboard, though none is ticked: from there they are ticked."""
        if self._after and not debts:
            return
        self._due, self._debts, self._after = due, debts, False
        self._listed = listed or debts > 0
        self._request_id = str(uuid.uuid4())
        self.pill.set_state(
            ngettext("{count} debt", "{count} debts", debts).format(count=debts) if debts else "", Tone.INFO
        )
        self.amount.setText(self._shell.amount(due))
        if debts == 0:
            self._touched = False
        self._fill()
        self._refresh()

    def show_payer(self, name: str) -> None:
        """Whose debts are paid: the payer, where no other name is typed."""
        self.payer.setPlaceholderText(name)

    def begin(self) -> None:
        """A payer is shown: the amount has the keyboard, Enter takes it."""
        self._empty()
        if self._typed_before is not None:
            typed, self._typed_before = self._typed_before, None
            self.lines.set_given(typed.given)
            self.choose(typed.channel)
            self.reference.setText(typed.reference)
            self.payer.setText(typed.payer)
            if typed.part is not None:
                self._show_part(typed.part)
            self._touched = typed.amount is not None
            if typed.amount is not None:
                self._amount_edit().set_money(typed.amount)
            self._fill()
        else:
            self._fill()
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
        self.channel.set_value(Channel.CASH)
        self._on_channel(Channel.CASH)
        self.show_due(ZERO, 0)

    def _empty(self) -> None:
        self._touched = False
        self.lines.set_given(())
        self.other_field.hide()
        self.amount_row.show()
        self.other_amount.clear()
        self.reference.clear()
        self.payer.clear()
        for field in (self.tendered_field, self.share_field, self.reference_field, self.other_field):
            field.show_problem(None)

    def show_taken(self, taken: PaymentTaken) -> None:
        """The payment is done: the change stays large until the next citizen."""
        self.clear()
        self._after = True
        self.label.setText(_("Received, receipt {number}").format(number=taken.receipt_number))
        self.amount.setText(self._shell.amount(taken.amount))
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
        self.set_busy(False)
        if not isinstance(problem, InvalidInput):
            return False
        if "amount" in problem.problems and self.channel.value() is Channel.CASH:
            self.pay_part()
        fields = {name: field for name, field in self._fields().items() if field.isVisibleTo(self)}
        shown = [name for name in problem.problems if name in fields]
        for name in shown:
            fields[name].show_problem(problem.problems[name])
            fields[name].control.setFocus(Qt.FocusReason.OtherFocusReason)
        return len(shown) == len(problem.problems)

    def _fields(self) -> dict[str, Field]:
        """The fields by what the order calls them."""
        other = (
            self.other_field if self._is_part() or self.channel.value() is Channel.CASH else self.share_field
        )
        return {"tendered": self.tendered_field, "reference": self.reference_field, "amount": other}

    def take_focus(self) -> None:
        """The keyboard goes where Enter takes the payment."""
        control = self.tendered if self.channel.value() is Channel.CASH else self.reference
        control.setFocus(Qt.FocusReason.OtherFocusReason)
        control.selectAll()
        self._scroller.ensureWidgetVisible(control)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field that has the keyboard stays in view."""
        super().resizeEvent(event)
        self._fit()
        for control in (self.tendered, self.share, self.reference, self.other_amount, self.payer):
            if control.hasFocus():
                self._scroller.ensureWidgetVisible(control)

    def typed(self) -> Typed:
        """What is filled in."""
        return Typed(
            self.channel.value(),
            self._amount_edit().money() if self._touched else None,
            self.other_amount.money() if self._is_part() else None,
            self.reference.text(),
            self.payer.text(),
            self.lines.given,
        )

    def restore(self, typed: Typed) -> None:
        """Takes up again what was typed before the language changed, when the debts are here again."""
        self._typed_before = typed

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
        self._show_part(self.other_amount.money() or self._due)
        self.other_amount.setFocus(Qt.FocusReason.OtherFocusReason)
        self.other_amount.selectAll()
        self._refresh()

    def _show_part(self, amount: Money) -> None:
        self.amount_row.hide()
        self.other_field.show()
        self.other_amount.set_money(amount)

    def add_means(self) -> None:
        """Puts the means in hand aside with its amount; another one pays the rest."""
        if not self._debts or self._rest() <= ZERO:
            return
        edit, field = self._amount_edit(), self._amount_field()
        amount = edit.money()
        if amount is None or not ZERO < amount < self._rest():
            field.show_problem(TendersUnclear())
            edit.setFocus(Qt.FocusReason.OtherFocusReason)
            edit.selectAll()
            return
        if (tender := self._in_hand(amount)) is None:
            return
        self.lines.add(tender)
        self._touched = False
        self.reference.clear()
        used = {one.channel for one in self.lines.given}
        self.choose(Channel.CHEQUE if Channel.CASH in used else Channel.CASH)

    def submit(self) -> None:
        """Sends the payment if everything is filled in; else says beside the field what is missing. With a closed till
        it asks for the till first."""
        if self._busy or not self._debts:
            return
        if not self._till_open:
            self.till_wanted.emit()
            return
        if self._is_part() and not self.other_field.check():
            return
        if self._is_part() and not self.other_amount.money():  # nothing is no part, and not the whole
            self.other_field.show_problem(FieldMissing())
            self.other_amount.setFocus(Qt.FocusReason.OtherFocusReason)
            self.other_amount.selectAll()
            return
        tenders = self.lines.given
        if self._rest() > ZERO:
            tender = self._last()
            if tender is None:
                return
            tenders = (*tenders, tender)
        self.set_busy(True)
        self.taken.emit(Wanted(self._request_id, tenders, self.payer.text().strip()))

    def _last(self) -> TenderGiven | None:
        """The means that takes the rest; None, and said beside its field, when it is not filled in."""
        edit, field, rest = self._amount_edit(), self._amount_field(), self._rest()
        if not field.check():
            return None
        amount = self._amount_in_hand()
        if amount < rest:
            field.show_problem(
                TenderedTooLittle(
                    tendered=self._shell.amount(amount), amount=self._shell.amount(rest, code=True)
                )
            )
            edit.setFocus(Qt.FocusReason.OtherFocusReason)
            edit.selectAll()
            return None
        whole = None if self._is_whole() else rest
        if self.channel.value() is Channel.CASH:
            return TenderGiven(channel=Channel.CASH, amount=whole, tendered=amount)
        return self._in_hand(whole if amount == rest else amount)

    def _in_hand(self, amount: Money | None) -> TenderGiven | None:
        """The means in hand with its amount; None when its reference is missing, which is said beside the field."""
        channel = self.channel.value()
        if channel is Channel.CASH:
            return TenderGiven(channel=channel, amount=amount, tendered=amount)
        reference = self.reference.text().strip()
        if not reference:
            self.reference_field.show_problem(FieldMissing())
            self.reference.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        return TenderGiven(channel=channel, amount=amount, reference=reference)

    def _is_part(self) -> bool:
        return not self.other_field.isHidden()

    def _is_whole(self) -> bool:
        """Whether all that is due is paid, whatever it comes to when the payment is carried out."""
        return self._wanted_amount() == self._due

    def _wanted_amount(self) -> Money:
        return (self.other_amount.money() or self._due) if self._is_part() else self._due

    def _rest(self) -> Money:
        """What the means in hand is to pay."""
        return self._wanted_amount() - self.lines.amount

    def _amount_in_hand(self) -> Money:
        """The rest, where nothing is typed; nought is an amount."""
        typed = self._amount_edit().money()
        return self._rest() if typed is None else typed

    def _amount_edit(self) -> MoneyEdit:
        return self.tendered if self.channel.value() is Channel.CASH else self.share

    def _amount_field(self) -> Field:
        return self.tendered_field if self.channel.value() is Channel.CASH else self.share_field

    def _fill(self) -> None:
        """The amount in hand is the rest, until the clerk types another."""
        if self._touched:
            return
        edit = self._amount_edit()
        edit.set_money(max(self._rest(), ZERO) if self._debts else None)
        if edit.hasFocus():
            edit.selectAll()

    def _on_other_amount(self) -> None:
        self._request_id = str(uuid.uuid4())
        self._fill()
        self._refresh()

    def _on_line_gone(self) -> None:
        self._request_id = str(uuid.uuid4())
        self._fill()
        self._refresh()
        self.take_focus()

    def _choose_for_debts(self, channel: Channel) -> None:
        if self._debts and not self._busy:
            self.choose(channel)

    def _next_channel(self) -> None:
        channels = list(Channel)
        self.choose(channels[(channels.index(self.channel.value()) + 1) % len(channels)])

    def _on_channel(self, channel: Channel) -> None:
        labels = {
            Channel.CHEQUE: _("Bank and number of the cheque"),
            Channel.CARD: _("Number on the card slip"),
            Channel.TRANSFER: _("Reference of the transfer"),
            Channel.MOBILE: _("Transaction number"),
        }
        self.reference_field.label.setText(labels.get(channel, _("Reference")))
        for field in (self.reference_field, self.share_field, self.tendered_field):
            field.show_problem(None)
        self._touched = False
        self._request_id = str(uuid.uuid4())
        self._fill()
        self._refresh()
        if self._debts:
            self.take_focus()

    def _on_amount(self, amount: Money | None) -> None:
        # What is there anyway was not typed: it goes on following what is ticked.
        self._touched = amount != max(self._rest(), ZERO)
        self._request_id = str(uuid.uuid4())
        self._refresh()

    def _refresh(self) -> None:
        cash = self.channel.value() is Channel.CASH
        paying = self._debts > 0
        open_rest = self._rest() > ZERO or not paying
        for part in (self.means, self.print_row, self.payer):
            part.setVisible(not self._after)
        self.tendered_field.setVisible(cash and not self._after and open_rest)
        for part in (self.share_field, self.reference_field):
            part.setVisible(not cash and not self._after and open_rest)
        if not self._after:
            # What is due stays in view while another amount is typed in its place.
            due = f" · {self._shell.amount(self._due, code=True)}" if self._is_part() else ""
            self.label.setText(f"{_('To pay')}{due}")
        if self._after:
            self.change.show()
        else:
            self._say_change()
        self.button.setEnabled(paying and not self._busy)
        self.part.setVisible(paying)
        self.more.setVisible(paying and open_rest)
        for control in (self.tendered, self.share, self.reference, self.other_amount, self.payer):
            control.setEnabled(self._listed)
        self.button.set_text(_("Take payment and print") if self.print.isChecked() else _("Take payment"))
        self.amount.setEnabled(paying or bool(self.pill.text))

        self._fit()

    def _fit(self) -> None:
        low = bool(self.lines.given) and self.height() < _LOW
        for part in (self._head, self._means_head):
            part.setVisible(not low)
        self._filled.setSpacing(_LOW_GAP if low else _GAP)

    def _say_change(self) -> None:
        rest = self._rest()
        amount = self._amount_in_hand()
        cash = self.channel.value() is Channel.CASH and rest > ZERO
        over = amount - rest if rest > ZERO else -rest
        self.change.setVisible(self._debts > 0 and (cash or bool(over)))
        if over < ZERO:
            self.change.say(_("Still missing"), self._shell.amount(-over), Tone.WARNING)
        elif cash:
            self.change.say(_("Change"), self._shell.amount(over), Tone.GOOD)
        else:
            self.change.say(_("More than ticked"), self._shell.amount(over), Tone.INFO)

    def _on_print(self, wanted: bool) -> None:
        self._preferences.print_receipts = wanted
        self._refresh()

    def _choose_paper(self) -> None:
        menu = QMenu(self)
        for paper, text in self._papers().items():
            menu.addAction(text).triggered.connect(lambda _checked=False, paper=paper: self._set_paper(paper))
        menu.popup(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def _papers(self) -> dict[ReceiptPaper, str]:
        return {
            ReceiptPaper.ROLL_80: _("80 mm"),
            ReceiptPaper.ROLL_58: _("58 mm"),
            ReceiptPaper.A5: "A5",
            ReceiptPaper.A4: "A4",
        }

    def _set_paper(self, paper: ReceiptPaper) -> None:
        self._paper = paper
        self._preferences.receipt_paper = str(paper)
        self._name_paper()

    def _name_paper(self) -> None:
        self.paper.set_text(self._papers()[self._paper])
        self.paper.setAccessibleName(_("Receipt paper: {paper}").format(paper=self._papers()[self._paper]))

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
            self.add_means()
            return True
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(key), 0)
        if step:
            self.stepped.emit(step)
            return True
        untouched = isinstance(watched, MoneyEdit) and (not self._touched or watched.hasSelectedText())
        if key == Qt.Key.Key_Space and untouched:
            self.ticked.emit()
            return True
        return super().eventFilter(watched, event)

    def _is_scan(self, field: TextField) -> bool:
        """Whether a number of ours stands here, typed or by a scanner that is as slow as a person."""
        if not isinstance(field, MoneyEdit) and field is not self.payer:
            return False
        reading = read_scan(field.text())
        return reading.is_ours or isinstance(reading.problem, WrongNumber)

    def _hand_on(self, field: TextField) -> None:
        text = field.text().strip()
        if field is self._amount_edit():
            self._touched = False
            self._fill()
        else:
            field.clear()
        self.scanned.emit(text)
