"""By which means the money comes: one at a time, each put aside with its amount, and the next one takes the rest."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from muniadmin.collection.commands import TenderGiven
from muniadmin.collection.errors import TenderedTooLittle, TendersUnclear
from muniadmin.collection.rules import CHANNEL_NAMES, Channel
from muniadmin.desktop.collection.amount_to_pay import AmountToPay
from muniadmin.desktop.collection.tender_lines import TenderLines
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.chips import Chip, ChoiceChips
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.kernel.errors import FieldMissing
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import ZERO, Money


class Tenders(QWidget):
    """``changed()`` whenever other means or amounts are given; ``chosen()`` when the keyboard belongs into the fields
    of another means. Cash has what was handed over, the others an amount and a reference."""

    changed = Signal()
    chosen = Signal()

    def __init__(self, shell: Shell, to_pay: AmountToPay) -> None:
        super().__init__()
        self._shell, self._to_pay = shell, to_pay
        self._paying = False
        self._touched = False
        currency = shell.municipality.currency
        self.lines = TenderLines(shell)
        self.lines.changed.connect(self._on_line_gone)
        self.channel: ChoiceChips[Channel] = ChoiceChips(
            _("Means of payment"),
            [(channel, _(CHANNEL_NAMES[channel])) for channel in Channel],
            numbered=True,
        )
        self.channel.chosen.connect(self._on_channel)
        self.more = Chip("", icon="plus")
        name = _("Pay by another means too")
        self.more.setAccessibleName(name)
        self.more.setToolTip(f"{name} ({key_text('Ctrl++')})")
        self.more.clicked.connect(self.add)
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
        self.head = QWidget()
        key = Text(f"{key_text('Ctrl+1')} … {len(Channel)}", Role.SMALL)
        self.head.setLayout(row(Text(_("Means of payment"), Role.SECONDARY), None, key))
        self._means = QWidget()
        self._means.setLayout(column(self.head, self.channel, spacing=5))
        parts = (self.lines, self._means, self.tendered_field, self.share_field, self.reference_field)
        self.filled = column(*parts)
        self.setLayout(self.filled)

    # --- what is given ----------------------------------------------------------------------------------------

    @property
    def is_cash(self) -> bool:
        """Whether the means in hand is cash."""
        return self.channel.value() is Channel.CASH

    @property
    def edit(self) -> MoneyEdit:
        """The amount of the means in hand."""
        return self.tendered if self.is_cash else self.share

    @property
    def field(self) -> Field:
        """The field of that amount."""
        return self.tendered_field if self.is_cash else self.share_field

    @property
    def rest(self) -> Money:
        """What the means in hand is to pay."""
        return self._to_pay.wanted - self.lines.amount

    @property
    def amount(self) -> Money:
        """What it pays: the rest, where nothing is typed; nought is an amount."""
        typed = self.edit.money()
        return self.rest if typed is None else typed

    @property
    def is_unclear(self) -> bool:
        """Whether what is typed is no amount."""
        return not self.edit.is_blank() and self.edit.money() is None

    @property
    def touched(self) -> bool:
        """Whether somebody typed the amount, or what it stands beside; else it follows what is to be paid."""
        return self._touched or self._is_written

    @property
    def _is_written(self) -> bool:
        """Whether the amount in hand stands beside means put aside, or a reference."""
        return self._paying and self.rest > ZERO and bool(self.lines.given or not self.reference.is_blank())

    def given(self) -> tuple[TenderGiven, ...] | None:
        """All means with their amounts; None, and said beside its field, when something is missing."""
        if self.rest <= ZERO:
            return self.lines.given
        last = self._last()
        return None if last is None else (*self.lines.given, last)

    def _last(self) -> TenderGiven | None:
        """The means that takes the rest."""
        if not self.field.check():
            return None
        rest, amount = self.rest, self.amount
        if amount < rest:
            self.field.show_problem(
                TenderedTooLittle(
                    tendered=self._shell.amount(amount), amount=self._shell.amount(rest, code=True)
                )
            )
            self._back_to_amount()
            return None
        if self.is_cash:
            whole = None if self._to_pay.is_whole else rest
            return TenderGiven(channel=Channel.CASH, amount=whole, tendered=amount)
        # What is on a cheque or a slip is what it was shown as, though another desk has taken a part meanwhile.
        return self._in_hand(amount)

    def _in_hand(self, amount: Money | None) -> TenderGiven | None:
        """The means in hand with its amount; None when its reference is missing, which is said beside the field."""
        if self.is_cash:
            return TenderGiven(channel=Channel.CASH, amount=amount, tendered=amount)
        reference = self.reference.text().strip()
        if not reference:
            self.reference_field.show_problem(FieldMissing())
            self.reference.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        return TenderGiven(channel=self.channel.value(), amount=amount, reference=reference)

    # --- what the panel tells ---------------------------------------------------------------------------------

    def set_paying(self, paying: bool) -> None:
        """Whether there is anything to pay."""
        self._paying = paying
        if not paying and not self.lines.given and self.reference.is_blank():
            self._touched = False
        self.fill()

    def fill(self) -> None:
        """The amount in hand is the rest, until the clerk types another."""
        if self._touched:
            return
        edit = self.edit
        edit.set_money(max(self.rest, ZERO) if self._paying else None)
        if edit.hasFocus():
            edit.selectAll()

    def hold(self) -> None:
        """Another sum will be due: what is written down stays as it is shown. A cheque does not become another one."""
        if self._is_written:
            self.set_amount(self.amount)

    def untouch(self) -> None:
        """Whatever was typed in the amount in hand was none."""
        self._touched = False
        self.fill()

    def set_amount(self, amount: Money | None) -> None:
        """The amount in hand as somebody had typed it; None when nobody had."""
        self._touched = amount is not None
        if amount is not None:
            self.edit.set_money(amount)
        self.fill()

    def clear(self) -> None:
        """Nothing is given."""
        self._touched = False
        self.lines.set_given(())
        self.reference.clear()
        for field in (self.tendered_field, self.share_field, self.reference_field):
            field.show_problem(None)

    def show_parts(self, *, after: bool) -> None:
        """What there is to fill in; nothing ``after`` a payment."""
        open_rest = self.rest > ZERO or not self._paying
        self._means.setVisible(not after)
        self.tendered_field.setVisible(self.is_cash and not after and open_rest)
        for part in (self.share_field, self.reference_field):
            part.setVisible(not self.is_cash and not after and open_rest)
        self.more.setVisible(self._paying and open_rest)

    def take_focus(self) -> QWidget:
        """The keyboard goes where Enter takes the payment, or to an amount that is too little for that; that field."""
        control = self.reference if not self.is_cash and self.amount >= self.rest else self.edit
        control.setFocus(Qt.FocusReason.OtherFocusReason)
        control.selectAll()
        return control

    # --- what the clerk does ----------------------------------------------------------------------------------

    def choose(self, channel: Channel) -> None:
        """Chooses how money comes in."""
        self.channel.set_value(channel)
        self._on_channel(channel)

    def choose_next(self) -> None:
        """Chooses the next means."""
        channels = list(Channel)
        self.choose(channels[(channels.index(self.channel.value()) + 1) % len(channels)])

    def add(self) -> None:
        """Puts the means in hand aside with its amount; another one pays the rest."""
        if not self._paying or self.rest <= ZERO:
            return
        amount = self.edit.money()
        if amount is None or not ZERO < amount < self.rest:
            self.field.show_problem(TendersUnclear())
            self._back_to_amount()
            return
        if (tender := self._in_hand(amount)) is None:
            return
        self.lines.add(tender)
        self.reference.clear()
        used = {one.channel for one in self.lines.given}
        self.choose(Channel.CHEQUE if Channel.CASH in used else Channel.CASH)

    def _back_to_amount(self) -> None:
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.selectAll()

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
        self.untouch()
        self.changed.emit()
        if self._paying:
            self.chosen.emit()

    def _on_amount(self, amount: Money | None) -> None:
        # What is there anyway was not typed: it goes on following what is ticked.
        self._touched = amount != max(self.rest, ZERO)
        self.changed.emit()

    def _on_line_gone(self) -> None:
        self.fill()
        self.changed.emit()
        self.chosen.emit()
