"""The counter: scan, see what is owed, take the payment, hand over the receipt, next.

What is due of a scanned bill, fine or request is ticked; the next scan is ticked beside it, whoever owes it; a payer
found by name or number has everything ticked that is due. Enter in the amount takes the payment: scan, Enter.

Whoever is at the counter is one ``Citizen`` (``InHand``), until they have paid or are let go. Every answer belongs to
the citizen it was asked for: it is dropped when they go, and while they wait behind a search (``Finder``) or a payment
(``Paying``) nothing on the screen changes. What is scanned comes one after the other (``Arrivals``), after the payment.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QStackedWidget

from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.billing.reads import BillDetail, OneBill, OpenCharge, OpenCharges
from muniadmin.collection.commands import PaymentTaken
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.desktop.collection import debts
from muniadmin.desktop.collection.actions import counter_actions, other_services
from muniadmin.desktop.collection.arrivals import Arrivals
from muniadmin.desktop.collection.citizen import Citizen
from muniadmin.desktop.collection.counter_scenes import counter_scenes
from muniadmin.desktop.collection.finder import Finder
from muniadmin.desktop.collection.hits import Hit
from muniadmin.desktop.collection.in_hand import InHand
from muniadmin.desktop.collection.payer_view import PayerView
from muniadmin.desktop.collection.paying import Paying, PaymentUnanswered
from muniadmin.desktop.collection.payment_panel import PaymentPanel
from muniadmin.desktop.collection.receipt_view import ReadyView, ReceiptView, Unprinted
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.collection.typed import WantedPayment
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import New, Page, Scanned, Scene, Searched, Target, split
from muniadmin.desktop.shell.printing import print_at_once
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.cards import Card
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import PrintedDocument
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _
from muniadmin.taxpayers.names import EDIT_TAXPAYERS, TAXPAYER_NUMBER, TAXPAYERS_TOPIC
from muniadmin.taxpayers.reads import Taxpayer360, TaxpayerDetail


class CounterPage(Page):
    """One field for everything, what is owed at one side, the payment at the other."""

    topics = frozenset({BILLS_TOPIC, PAYMENTS_TOPIC, TAXPAYERS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Counter"))
        self.till = Till.of(shell)
        self.till.changed.connect(self._on_till)
        self.paying = Paying(self, self.till)
        self.finder = Finder(self, lambda: self.paying.under_way)
        self.scan = self.finder.field
        self.arrivals = Arrivals(self, looking_up=self.finder.show_number, missed=self._missed)
        #: Whether it was said what Esc would lose.
        self._warned = False
        self.panel = PaymentPanel(shell)
        self.unprinted = Unprinted(shell)
        self._make_header()
        self._make_left()
        self.in_hand = InHand(self, self.payer, self.panel, self._is_shown)
        self._connect()
        self.body.addWidget(self.unprinted)
        self.body.addWidget(self.scan)
        self.body.addLayout(split(self.left, self.panel, aside_width=346), 1)
        self._on_till()
        self.clear()

    # --- making -----------------------------------------------------------------------------------------------

    def _make_header(self) -> None:
        if self.may(EDIT_TAXPAYERS):
            new = Button(_("New taxpayer"), key="Ctrl+N")
            new.clicked.connect(self._register)
            self.header.add_action(new)
        others = other_services(self)
        if others:
            more = Button(_("Other service"))
            menu = QMenu(more)
            for action in others:
                menu.addAction(action.title).triggered.connect(lambda _checked=False, run=action.run: run())
            menu.addAction(_("Check a paper…")).triggered.connect(
                lambda _checked=False: self.shell.check_paper()
            )
            more.setMenu(menu)
            self.header.add_action(more)

    def _make_left(self) -> None:
        self.idle = ReadyView()
        self.payer = PayerView(self.shell)
        self.list = self.payer.list
        self.receipt = ReceiptView(self.shell)
        self.left = Card()
        self.stack = QStackedWidget()
        for part in (self.idle, self.finder.view, self.payer, self.receipt):
            self.stack.addWidget(part)
        self.left.body.addWidget(self.stack, 1)

    def _connect(self) -> None:
        finder, panel = self.finder, self.panel
        finder.scanned.connect(self.open)
        finder.refused.connect(self._not_found)
        finder.shown.connect(self._show_hits)
        finder.left.connect(self._leave_hits)
        finder.taken.connect(self._take_hit)
        finder.entered.connect(self._on_enter)
        finder.escaped.connect(self._on_escape)
        finder.edited.connect(self._say_nothing)
        finder.deserted.connect(self._on_deserted)
        self.scan.moved_down.connect(self._on_down)
        self.in_hand.listed.connect(self._on_listed)
        self.list.opened.connect(lambda _debt: panel.take_focus())
        self.list.left_upwards.connect(self.scan.take_focus)
        self.list.typed.connect(finder.type_on)
        panel.taken.connect(self._take)
        panel.scanned.connect(finder.look_up)
        panel.stepped.connect(self.payer.step)
        panel.ticked.connect(self.payer.tick)
        panel.all_ticked.connect(self.list.view.tick_all)
        panel.till_wanted.connect(self.open_till)
        self.paying.taken.connect(self._on_taken)
        self.paying.refused.connect(self._on_refused)
        self.paying.undone.connect(self._on_undone)

    def _register(self) -> None:
        """Whoever is not found is registered by the name that was searched, and comes back here."""
        name = self.finder.unknown_name
        self.shell.go("taxpayers", New({"name": name} if name else {}, back="counter"))

    # --- what is scanned, typed and found ---------------------------------------------------------------------

    def take_focus(self) -> None:
        """The field is ready for the next scan."""
        self.scan.take_focus()

    def open(self, target: Target) -> None:
        """Opened by a scan, a search, or another page."""
        if not self.paying.under_way:
            self._say_nothing()
        if isinstance(target, Searched):
            self.take_focus()
            self.finder.look(target.text)
        elif isinstance(target, Scanned):
            self.finder.leave()
            self._look_up(target)

    def _look_up(self, target: Scanned) -> None:
        number = target.number
        if target.kind is RECEIPT_NUMBER:
            self.shell.go("cash", target)
        elif target.kind is TAXPAYER_NUMBER:
            self.arrivals.add(number, TaxpayerDetail(number=number), self._on_payer)
        else:
            self.arrivals.add(number, OneBill(number=number), partial(self._on_bill, number))

    def _missed(self, called: str, problem: UserError) -> None:
        """What was scanned is not to be had: it stands in the field, and whoever is in hand stays so."""
        self.finder.put(called)
        self._not_found(problem)

    def _not_found(self, problem: UserError) -> None:
        self.notice.show_error(problem)
        self.scan.take_focus()

    def _show_hits(self) -> None:
        self.in_hand.put_aside()
        self.finder.view.say_in_hand(len(self.citizen.ticked or ()) if self.citizen else None)
        self.stack.setCurrentWidget(self.finder.view)

    def _leave_hits(self) -> None:
        if self.citizen:
            self.in_hand.come_back()
        else:
            self.stack.setCurrentWidget(self.idle)

    def _take_hit(self, hit: Hit, beside: bool) -> None:
        """Whoever was found is at the counter, or pays together with those in hand."""
        beside = beside and bool(self.citizen)
        if beside:
            self.finder.leave()
        if hit.taxpayer_id is None:
            if not beside:
                self._begin(Citizen(hit.name))
            self.in_hand.add(hit.papers, [*hit.papers.values()])
        elif not beside:
            self.show_taxpayer(hit.taxpayer_id)
        elif hit.taxpayer_id != self.citizen.taxpayer_id:
            self.arrivals.add(
                self.citizen.called, OpenCharges(taxpayer_id=hit.taxpayer_id), self._on_debts_beside
            )

    def show_taxpayer(self, taxpayer_id: int) -> None:
        """A taxpayer is at the counter: everything due is ticked."""
        self.arrivals.add(self.scan.text(), TaxpayerDetail(taxpayer_id=taxpayer_id), self._on_payer)

    # --- the citizen in hand ----------------------------------------------------------------------------------

    @property
    def citizen(self) -> Citizen:
        """Who is at the counter."""
        return self.in_hand.citizen

    def _is_shown(self) -> bool:
        """Whether whoever is in hand is on the screen, to be worked with."""
        return not self.paying.under_way and not self.finder.searching

    def _on_payer(self, taxpayer: Taxpayer360) -> None:
        """A taxpayer, found by name or number: everything due is ticked."""
        before = self.in_hand.as_it_is() if self.in_hand.would_lose else Citizen()
        if before.taxpayer_id == taxpayer.taxpayer_id:
            # Their own card once more: what is put together and typed stays.
            self._begin(before, taxpayer)
            return
        self._begin(Citizen(taxpayer.number, taxpayer.taxpayer_id, ticks_all=True), taxpayer)
        if before:
            gone = _("{name} made room for {other}.").format(name=before.called, other=taxpayer.name)
            back = partial(self._take_up, before)
            self.notice.say(Tone.INFO, gone, _("What was typed is kept."), action=(_("Go back"), back))

    def _on_bill(self, called: str, bill: BillDetail) -> None:
        """A paper: what is due of it is ticked. Beside a payer in hand it is added to the list, whoever owes it."""
        if not self.citizen:
            self._begin(Citizen(taxpayer_id=bill.taxpayer_id))
        # What was written off may still be paid by whoever brings the paper.
        if bill.state == "settled" and not bill.written_off:
            more = _("What else this payer owes is listed below.") if self.citizen.owes(bill) else ""
            nothing = _("Nothing is left to pay on {number}.").format(number=bill.number)
            self.notice.say(Tone.GOOD, nothing, more)
        else:
            self.citizen.bring(bill)
        if self.citizen:
            self.citizen.called = called
            self.finder.call(called)
            self.in_hand.ask()
        else:
            self.finder.show_number(called)

    def _on_debts_beside(self, owed: list[OpenCharge]) -> None:
        asked_for = {debt.number: None for debt in owed if debts.is_due(debt)}
        self.in_hand.add({debt.bill_id: debt.number for debt in owed}, [*asked_for])

    def _begin(self, citizen: Citizen, known: Taxpayer360 | None = None) -> None:
        """Somebody is at the counter, and whoever was before is not any more."""
        self.finder.forget()
        self.finder.call(citizen.called)
        self.in_hand.begin(citizen, known)

    def _take_up(self, citizen: Citizen) -> None:
        """Whoever made room comes back."""
        self._say_nothing()
        self._begin(citizen)

    def _on_listed(self, somewhere: bool) -> None:
        self.stack.setCurrentWidget(self.payer)
        if not somewhere:
            self.scan.take_focus()

    def _on_enter(self) -> None:
        """Somebody comes back to the payer in hand: what is ticked and typed stays."""
        if self.payer.rows:
            self.panel.take_focus()

    def _on_down(self) -> None:
        if self.stack.currentWidget() is self.payer and self.payer.rows:
            self.list.take_focus()

    def reload(self) -> None:
        """Somebody paid or billed elsewhere: the debts are asked again, ticks and typed amounts stay."""
        if self.citizen and self._is_shown():
            self.in_hand.ask()

    # --- letting go -------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back from the amount to the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.scan.take_focus()
            self._warn()
        else:
            super().keyPressEvent(event)

    def _on_escape(self, took_back: bool) -> None:
        """Esc took back what was typed, or is being looked up; else it leaves nobody at the counter, but says
        first what is lost: an empty field above somebody's debts would take the next citizen's paper for one more of
        theirs."""
        if took_back:
            self.arrivals.forget()
        elif self._warned or not self._warn():
            self.clear()

    def _warn(self) -> bool:
        """Says what the next Esc would lose, if anything."""
        if self.in_hand.would_lose and self._is_shown():
            lost = (
                _("Esc again leaves {name}, and all that was put together with it, without a payment.")
                if self.citizen.is_basket
                else _("Esc again leaves {name} without a payment.")
            )
            self.notice.say(
                Tone.WARNING,
                lost.format(name=self.citizen.called),
                _("What was typed or put together is lost then. Enter goes back to it."),
            )
            self._warned = True
        return self._warned

    def _on_deserted(self) -> None:
        if self._warned:
            self._say_nothing()

    def _say_nothing(self) -> None:
        self.notice.hide()
        self._warned = False

    def clear(self) -> None:
        """Nobody is at the counter; the field is ready. Whoever is paying stays until that is done."""
        if self.paying.under_way:
            return
        self._say_nothing()
        self.arrivals.forget()
        self._begin(Citizen())
        self.idle.say_issued("")
        self.stack.setCurrentWidget(self.idle)
        self.take_focus()

    # --- paying -----------------------------------------------------------------------------------------------

    def _on_till(self) -> None:
        is_open = self.till.session is not None or not self.till.known
        self.panel.set_till_open(is_open)
        self.idle.say_ready(is_open=is_open)

    def open_till(self) -> None:
        """Opens the cash desk from here."""
        from muniadmin.desktop.collection.session_dialogs import OpenSessionDialog

        dialog = OpenSessionDialog(self)
        dialog.finished.connect(lambda _result: self._go_on())
        dialog.open()

    def _go_on(self) -> None:
        (self.panel if self.list.ticked() else self).take_focus()

    def _take(self, wanted: WantedPayment) -> None:
        if self.arrivals.expected or self.citizen.unlisted:
            # Nobody pays what they have not seen: what is on its way changes what is to pay.
            self.panel.set_busy(False)
            self.shell.say(_("Nothing was paid: what was just scanned comes first."))
            return
        self.arrivals.hold()
        if self.citizen.account_id is None:
            # A taxpayer who owes nothing pays for others: the receipt names whom the screen does.
            wanted = replace(wanted, payer=wanted.payer or self.panel.payer.placeholderText())
        self.paying.send(wanted, self.payer.ticked, self.citizen.account_id)

    def _on_undone(self) -> None:
        """Nothing was paid: everything is as it was, and can be sent again; what was scanned meanwhile is one more."""
        self.panel.set_busy(False)
        # Hits that came meanwhile were not shown.
        self.finder.search.forget()
        self.panel.take_focus()
        self.in_hand.ask()
        self.arrivals.let_through()

    def _on_refused(self, problem: UserError) -> None:
        if isinstance(problem, PaymentUnanswered):
            # All stays as it is, so that the very same order can be sent again: what is owed by now would say another.
            self.panel.set_busy(False)
            self.panel.take_focus()
            self.notice.show_error(problem)
            self.arrivals.let_through()
            return
        self._on_undone()
        if not self.panel.refuse(problem):
            self.notice.show_error(problem, action=(_("Reload"), self.in_hand.ask))

    def _on_taken(self, taken: PaymentTaken) -> None:
        self.panel.set_busy(False)
        # The next name may have been begun while the money went into the till.
        begun = self.finder.typed
        wanted_print, paper = self.panel.receipt.wanted, self.panel.receipt.paper
        self._say_nothing()
        self._begin(Citizen())
        self.panel.show_taken(taken)
        self.stack.setCurrentWidget(self.idle)
        self.idle.say_issued(taken.receipt_number)
        self.take_focus()
        if begun:
            self.finder.look(begun)
        if wanted_print:
            # The payment stands whatever the printer does: printing is a request of its own.
            self.run(
                PrintDocument(document_id=taken.document_id, paper=paper),
                then=self._on_printed,
            )
        self.arrivals.let_through()

    def _on_printed(self, printed: PrintedDocument) -> None:
        self.shell.operations.send(
            partial(print_at_once, printed.pdf, printed.number),
            then=partial(self._on_sent, printed),
            failed=partial(self._not_sent, printed),
            undone=partial(self._on_sent, printed, sent=False),
            owner=self,
        )

    def _not_sent(self, printed: PrintedDocument, _problem: UserError) -> bool:
        """What the printer said is told above; the receipt stays at hand."""
        self._on_sent(printed, sent=False)
        return False

    def _on_sent(self, printed: PrintedDocument, sent: bool) -> None:
        state = _("Sent to the printer.") if sent else _("No printer is set up: print or save it here.")
        if self.stack.currentWidget() is self.idle:
            self.receipt.show_receipt(printed, state)
            self.stack.setCurrentWidget(self.receipt)
        elif not sent:
            self.unprinted.add(printed.number)

    # --- palette, language ------------------------------------------------------------------------------------

    def actions_offered(self) -> list[Action]:
        """What the counter offers in the palette."""
        return counter_actions(self)

    def scenes(self) -> list[Scene]:
        """The day at the counter."""
        return counter_scenes(self)

    def dirty(self) -> bool:
        """While a payment is being taken, its receipt is waited for here."""
        return self.paying.under_way

    def memory(self) -> dict[str, Any]:
        """Who is at the counter, what is ticked, what is typed."""
        return {
            "citizen": self.in_hand.as_it_is(),
            "typed": self.finder.typed,
            "unprinted": list(self.unprinted.numbers),
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes the citizen up where they were, and what was searched."""
        self.unprinted.add(*memory["unprinted"])
        self._begin(memory["citizen"])
        if memory["typed"]:
            self.finder.look(memory["typed"])
