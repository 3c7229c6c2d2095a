"""A taxpayer's file beside the list: who they are, what they owe, what is taxed, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from muniadmin.billing.names import VIEW_BILLS
from muniadmin.billing.reads import Balance, BillRow, RegisterRow
from muniadmin.civil_status.names import REQUEST_NUMBER
from muniadmin.collection.names import TAKE_PAYMENTS, VIEW_COLLECTION
from muniadmin.collection.reads import ReceiptRow
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.taxpayers.words import happening, identity_line, standing_tone, standing_word
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button, IconButton, LinkButton
from muniadmin.desktop.widgets.cards import DetailCard, Section
from muniadmin.desktop.widgets.detail import DefinitionRows, Happening, KeyFigures, Timeline
from muniadmin.desktop.widgets.labels import ElidedText, Hairline, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import FlowBox, clear, column, row
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import Money
from muniadmin.settings.profile import Profile
from muniadmin.taxpayers.names import EDIT_TAXPAYERS
from muniadmin.taxpayers.reads import HistoryLine, ObjectRow, Taxpayer360

_EVENTS_SHOWN = 8


@dataclass(frozen=True)
class _Event:
    """A line of the timeline before it is written out."""

    day: date
    what: str
    tone: Tone = Tone.NEUTRAL


class TaxpayerPanel(DetailCard):
    """``pay``, ``edit``, ``statement`` and ``add_object`` ask the page to do it; ``object_wanted`` opens one object."""

    pay = Signal()
    edit = Signal()
    statement = Signal()
    add_object = Signal()
    object_wanted = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.taxpayer: Taxpayer360 | None = None
        self._profile: Profile | None = None
        self._bills: Sequence[BillRow] | None
        self._receipts: Sequence[ReceiptRow] | None
        self._history: Sequence[HistoryLine] | None
        self._forget_story()
        self.name = Text("", Role.SECTION, wrap=True).selectable()
        self.name_arabic = Text("").selectable()
        self.pill = Pill()
        self.line = Text("", Role.MUTED, wrap=True).selectable()
        self.pay_button = Button(_("Take payment"), small=True)
        self.pay_button.clicked.connect(self.pay)
        self.edit_button = Button(_("Edit"), small=True, icon="pencil")
        self.edit_button.clicked.connect(self.edit)
        self.statement_button = Button(_("Statement"), small=True, icon="scroll-text")
        self.statement_button.clicked.connect(self.statement)
        self.figures = KeyFigures()
        self.beside = DefinitionRows(muted="label")
        self.beside_section = QWidget()
        self.beside_section.setLayout(column(self.beside, margins=(16, 0, 16, 14)))
        self.facts = DefinitionRows(muted="label")
        self.facts_section = Section(_("Contact"), self.facts)
        self.add_button = LinkButton(_("Add"))
        self.add_button.setAccessibleName(_("Add an object"))
        self.add_button.clicked.connect(self.add_object)
        self._objects = column(spacing=6)
        self.objects_section = Section(_("Objects"), self._objects, aside=self.add_button)
        self.timeline = Timeline(when_width=80)
        self.timeline_section = Section(_("Timeline"), self.timeline)
        name_line = row(self.name, self.pill, spacing=8)
        name_line.setStretch(0, 1)
        name_line.setAlignment(self.pill, Qt.AlignmentFlag.AlignTop)
        self._buttons = QWidget()
        self._buttons.setLayout(
            column(
                10, FlowBox(self.pay_button, self.statement_button, self.edit_button, spacing=8), spacing=0
            )
        )
        head = column(
            name_line, self.name_arabic, self.line, self._buttons, spacing=2, margins=(16, 16, 16, 16)
        )
        self._owed = QWidget()
        self._owed.setLayout(column(Hairline(), self.figures, self.beside_section, spacing=0))
        content = column(
            head,
            self._owed,
            Hairline(),
            self.objects_section,
            self.timeline_section,
            self.facts_section,
            None,
            spacing=0,
        )
        for section in (self.objects_section, self.timeline_section):
            section.body.setContentsMargins(16, 16, 16, 4)
        self.hold(content, _("Choose a taxpayer in the list to see their file."))
        may = shell.actor.may
        self.pay_button.setVisible(may(TAKE_PAYMENTS))
        self.edit_button.setVisible(may(EDIT_TAXPAYERS))
        self.statement_button.setVisible(may(VIEW_BILLS))
        self.add_button.setVisible(may(EDIT_TAXPAYERS))
        # Whoever sees no debts, and may do nothing here, has no empty places for them.
        self._owed.setVisible(may(VIEW_BILLS))
        self._buttons.setVisible(any(may(one) for one in (TAKE_PAYMENTS, EDIT_TAXPAYERS, VIEW_BILLS)))

    def set_profile(self, profile: Profile) -> None:
        """What the municipality calls its objects and their facts."""
        self._profile = profile

    def show_nothing(self) -> None:
        """No row is chosen."""
        self.taxpayer = None
        self.show_held(shown=False)

    # --- what the page gives --------------------------------------------------------------------------------------

    def show_row(self, listed: RegisterRow) -> None:
        """What the list knows already, while the rest is on its way."""
        self.name.setText(listed.name)
        self._show_arabic(listed.name, listed.name_arabic)
        self.pill.set_state(standing_word(listed.standing), standing_tone(listed.standing))
        if self.taxpayer is not None and self.taxpayer.taxpayer_id != listed.taxpayer_id:
            self.line.setText(listed.number)
            self._forget_story()
            self.timeline.set_happenings(())

    def show_taxpayer(self, taxpayer: Taxpayer360) -> None:
        """The file itself."""
        self.taxpayer = taxpayer
        self.name.setText(taxpayer.name)
        self._show_arabic(taxpayer.name, taxpayer.name_arabic)
        self.line.setText(identity_line(taxpayer))
        self._show_objects(taxpayer.objects)
        facts = [
            (_("Phone"), taxpayer.phone_shown),
            (_("E-mail"), taxpayer.email),
            (_("Address"), taxpayer.address),
            (_("Zone"), pick(taxpayer.zone_names)),
            *((pick(one.names), one.value) for one in taxpayer.identifiers[1:]),
            (_("Notes"), taxpayer.notes),
        ]
        shown = [(label, value) for label, value in facts if value]
        self.facts.set_rows(shown)
        self.facts_section.setVisible(bool(shown))
        self.show_held(shown=True)

    def show_balance(self, balance: Balance) -> None:
        """What they owe."""
        shell = self._shell
        soon = balance.next_due_on
        self.figures.set_figures(
            [
                (_("Balance"), shell.amount(balance.balance)),
                (
                    _("Overdue"),
                    shell.amount(balance.overdue),
                    Tone.BAD if balance.overdue else Tone.NEUTRAL,
                ),
                (_("Next due"), shell.day(soon) if soon is not None else "–"),
            ]
        )
        beside = [
            (_("Penalty accrued, not booked"), balance.accrued),
            (_("Suspended"), balance.suspended),
            (_("Credit held"), balance.credit),
        ]
        shown = [(label, shell.amount(amount)) for label, amount in beside if amount]
        self.beside.set_rows(shown)
        self.beside_section.setVisible(bool(shown))

    def show_bills(self, bills: Sequence[BillRow]) -> None:
        """The bills, for the timeline."""
        self._bills = bills
        self._show_timeline()

    def show_receipts(self, receipts: Sequence[ReceiptRow]) -> None:
        """The payments, for the timeline."""
        self._receipts = receipts
        self._show_timeline()

    def show_history(self, history: Sequence[HistoryLine]) -> None:
        """What was done to the file, for the timeline."""
        self._history = history
        self._show_timeline()

    # --- parts ----------------------------------------------------------------------------------------------------

    def _show_arabic(self, name: str, arabic: str) -> None:
        self.name_arabic.setText(arabic)
        self.name_arabic.setVisible(bool(arabic) and arabic != name)

    def _show_objects(self, objects: Sequence[ObjectRow]) -> None:
        clear(self._objects)
        if not objects:
            self._objects.addWidget(Text(_("Nothing of theirs is taxed yet."), Role.MUTED, wrap=True))
        for one in objects:
            kind = pick(one.kind_names)
            what = ElidedText(f"{kind} · {one.label}", Role.MUTED if one.ended_on else Role.BODY)
            what.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            worth = Text(self._worth(one), Role.MUTED)
            # A figure beside an object is no debt.
            worth.setToolTip(_("What it is taxed on") if worth.text() else "")
            line = row(what, worth, spacing=8)
            if self._shell.actor.may(EDIT_TAXPAYERS) and one.ended_on is None:
                change = IconButton("pencil", _("Change {what}").format(what=one.label))
                change.clicked.connect(partial(self.object_wanted.emit, one))
                line.addWidget(change)
            self._objects.addLayout(line)

    def _worth(self, one: ObjectRow) -> str:
        """What the object is taxed on, or since when it is taxed no longer."""
        if one.ended_on is not None:
            return _("until {day}").format(day=self._shell.day(one.ended_on))
        specs = (
            next((kind.attributes for kind in self._profile.object_kinds if kind.code == one.kind), ())
            if self._profile is not None
            else ()
        )
        money = next(
            (one.attributes[s.code] for s in specs if s.type == "money" and s.code in one.attributes), None
        )
        if money is not None:
            return self._shell.amount(Money(money))
        choice = next((s for s in specs if s.type == "choice" and s.code in one.attributes), None)
        if choice is None:
            return ""
        return next((pick(c.names) for c in choice.choices if c.code == one.attributes[choice.code]), "")

    def _forget_story(self) -> None:
        """The parts of the timeline are on their way; those that the user may not see are empty."""
        may = self._shell.actor.may
        self._bills = None if may(VIEW_BILLS) else ()
        self._receipts = None if may(VIEW_COLLECTION) else ()
        self._history = None

    def _show_timeline(self) -> None:
        if self._bills is None or self._receipts is None or self._history is None:
            return
        events = [
            *self._bill_events(self._bills),
            *self._payment_events(self._receipts),
            *self._file_events(self._history),
        ]
        events.sort(key=lambda event: event.day, reverse=True)
        self.timeline.set_happenings(
            [
                Happening(self._shell.day(event.day), event.what, event.tone)
                for event in events[:_EVENTS_SHOWN]
            ]
        )
        self.timeline_section.setVisible(bool(events))

    def _bill_events(self, bills: Sequence[BillRow]) -> list[_Event]:
        amount = self._shell.amount
        kinds = {
            FINE_NUMBER.letter: _("Fine {number}, {amount}"),
            REQUEST_NUMBER.letter: _("Request {number}, {amount}"),
        }
        return [
            _Event(
                bill.issued_on,
                kinds.get(bill.number[:1], _("Bill {number}, {amount}")).format(
                    number=bill.number, amount=amount(bill.total)
                ),
            )
            for bill in bills
        ]

    def _payment_events(self, receipts: Sequence[ReceiptRow]) -> list[_Event]:
        amount = self._shell.amount
        events = []
        for receipt in receipts:
            sentence = (
                _("Receipt {number} of {amount}, cancelled")
                if receipt.cancelled
                else _("Payment of {amount}, receipt {number}")
            )
            what = sentence.format(amount=amount(receipt.amount), number=receipt.number)
            events.append(
                _Event(receipt.booked_on, what, Tone.WARNING if receipt.cancelled else Tone.NEUTRAL)
            )
        return events

    def _file_events(self, history: Sequence[HistoryLine]) -> list[_Event]:
        day_of = self._shell.municipality.calendar.business_date
        return [_Event(day_of(line.at), what) for line in history if (what := happening(line.event, line.by))]
