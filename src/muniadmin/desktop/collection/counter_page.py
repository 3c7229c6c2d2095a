"""The counter: scan, see what is owed, take the payment, hand over the receipt, next.

What is due of a scanned bill, fine or request is ticked; the next scan is ticked beside it, whoever owes it; a payer
found by name or number has everything ticked that is due. Enter in the amount takes the payment: scan, Enter.

Whoever is at the counter is one ``Citizen``, who stays in hand until they have paid or are let go. Every answer belongs
to the citizen it was asked for: it is dropped when they are no longer in hand, waits while somebody else is searched or
a payment is being taken, and what is scanned comes one after the other (``Arrivals``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QStackedWidget

from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.billing.reads import BillDetail, OneBill, OpenCharge, OpenCharges, TaxpayerBalance
from muniadmin.collection.commands import PaymentTaken, TakePayment
from muniadmin.collection.errors import CashSessionIsClosed
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.collection.reads import MySession, SessionState
from muniadmin.desktop.collection import debts, hits
from muniadmin.desktop.collection.actions import counter_actions, other_services
from muniadmin.desktop.collection.arrivals import Arrivals
from muniadmin.desktop.collection.citizen import Citizen
from muniadmin.desktop.collection.counter_scenes import counter_scenes
from muniadmin.desktop.collection.hits import Hit, HitsView, is_searched_live
from muniadmin.desktop.collection.payer_view import PayerView
from muniadmin.desktop.collection.payment_panel import PaymentPanel
from muniadmin.desktop.collection.receipt_view import ReceiptView, Unprinted, print_at_once
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.collection.typed import Wanted
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import New, Page, Scanned, Scene, Searched, Target, split
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.cards import Card
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.search import Search
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import PrintedDocument
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import total
from muniadmin.kernel.numbers import WrongNumber
from muniadmin.taxpayers.names import EDIT_TAXPAYERS, TAXPAYER_NUMBER, TAXPAYERS_TOPIC
from muniadmin.taxpayers.reads import Taxpayer360, TaxpayerDetail

# What is asked for the citizen in hand: what they owe, what is open of other papers, who they are.
_DEBTS = ("debts", "papers")
_OF_THE_CITIZEN = (*_DEBTS, "head", "balance")


class CounterPage(Page):
    """One field for everything, what is owed at one side, the payment at the other."""

    topics = frozenset({BILLS_TOPIC, PAYMENTS_TOPIC, TAXPAYERS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Counter"))
        self.till = Till.of(shell)
        self.till.changed.connect(self._on_till)
        self.citizen = Citizen()
        self.arrivals = Arrivals(self, looking_up=self._looking_up, missed=self._missed)
        self._paying = False
        #: Whether hits are shown; whoever is in hand waits behind them.
        self._searching = False
        #: Whether whoever is searched pays together with those in hand.
        self._adding = False
        #: Whether it was said what Esc would lose.
        self._warned = False
        #: The receipt that was just issued, until somebody else is at the counter.
        self._issued = ""
        self._make_header()
        self.scan = SearchField(
            _("Scan or type"),
            placeholder=" ",
            hint=_("Scan a bill, a fine, a request, or type a name"),
            scale="scan",
        )
        self._make_left()
        self.search: Search[Hit] = Search(
            self.scan, self.hits, partial(hits.ask, self), searched=is_searched_live
        )
        self.panel = PaymentPanel(shell)
        self.unprinted = Unprinted(shell)
        self._connect()
        self.body.addWidget(self.unprinted)
        self.body.addWidget(self.scan)
        self.body.addLayout(split(self.left, self.panel, aside_width=336), 1)
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
        self.idle = EmptyState("scan-barcode", _("Ready for the next citizen"), "")
        self.found = HitsView(self.shell)
        self.hits = self.found.list
        self.payer = PayerView(self.shell, self._is_of_another)
        self.list = self.payer.list
        self.receipt = ReceiptView()
        self.left = Card()
        self.stack = QStackedWidget()
        for part in (self.idle, self.found, self.payer, self.receipt):
            self.stack.addWidget(part)
        self.left.body.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.scan.returnPressed.connect(self._on_enter)
        self.scan.textEdited.connect(self._on_typed)
        self.scan.moved_down.connect(self._on_down)
        self.scan.installEventFilter(self)
        self.hits.view.installEventFilter(self)
        self.search.listed.connect(self._show_hits)
        self.search.taken.connect(self._take_hit)
        self.search.refused.connect(self._not_found)
        self.payer.ticked_changed.connect(self._on_ticked)
        self.list.opened.connect(lambda _debt: self.panel.take_focus())
        self.list.left_upwards.connect(self.scan.take_focus)
        self.list.typed.connect(self._search_for)
        self.panel.taken.connect(self._take)
        self.panel.scanned.connect(self.look_up)
        self.panel.stepped.connect(self.payer.step)
        self.panel.ticked.connect(self.payer.tick)
        self.panel.all_ticked.connect(self.list.view.tick_all)
        self.panel.till_wanted.connect(self.open_till)

    def _register(self) -> None:
        """Whoever is not found is registered by the name that was searched, and comes back here."""
        nobody = self._searching and not self.hits.model.rowCount()
        name = self.search.text if nobody and not re.search(r"\d", self.search.text) else ""
        self.shell.go("taxpayers", New({"name": name} if name else {}, back="counter"))

    # --- the field --------------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """The field is ready for the next scan."""
        self.scan.take_focus()

    @property
    def _shows_who_is_in_hand(self) -> bool:
        """Whether the number in the field is that of the paper or the payer in hand, which was put there."""
        return self.stack.currentWidget() is self.payer and not self.scan.isModified()

    def _on_enter(self) -> None:
        text = self.scan.text().strip()
        if self._shows_who_is_in_hand and self.payer.rows:
            # Somebody comes back to the payer in hand: what is ticked and typed stays.
            self.panel.take_focus()
        elif text:
            self.look_up(text)
        elif self.list.ticked():
            self.panel.take_focus()

    def look_up(self, text: str) -> None:
        """Opens what a number is the number of; a square code is checked; anything else is a name, and the marked hit
        is opened."""
        reading = self.shell.read_scan(text)
        if reading.is_square_code:
            self._leave_search()
            self.shell.check_paper(reading.text)
        elif isinstance(reading.problem, WrongNumber):
            self._put_in_field(text)
            self.scan.take_focus()
            self.notice.show_error(reading.problem)
        elif reading.numbers:
            for number in reading.numbers:
                self.open(Scanned(*number))
        elif not self._paying:
            # While a payment is being taken a name stands in the field until it is done.
            self._say_nothing()
            self.search.enter()

    def open(self, target: Target) -> None:
        """Opened by a scan, a search, or another page."""
        if isinstance(target, Searched):
            self._put_in_field(target.text)
            self.take_focus()
            if not self._paying:
                self._say_nothing()
                self.search.look()
        elif isinstance(target, Scanned):
            self._leave_search()
            self._look_up_number(target)

    def _look_up_number(self, target: Scanned) -> None:
        number = target.number
        if target.kind is RECEIPT_NUMBER:
            self.shell.go("cash", target)
        elif target.kind is TAXPAYER_NUMBER:
            self.arrivals.add(number, TaxpayerDetail(number=number), self._on_payer)
        else:
            self.arrivals.add(number, OneBill(number=number), partial(self._on_bill, number))

    def _looking_up(self, called: str) -> None:
        self.scan.setText(called)

    def _missed(self, called: str, problem: UserError) -> None:
        """What was scanned is not to be had: it stands in the field, and whoever is in hand stays so."""
        self._put_in_field(called)
        self._not_found(problem)

    def _not_found(self, problem: UserError) -> None:
        self.notice.show_error(problem)
        self.scan.take_focus()

    def _put_in_field(self, text: str) -> None:
        """As if somebody had typed it: Enter looks it up, Esc takes it back."""
        self.scan.setText(text)
        self.scan.setModified(True)

    def _on_typed(self, text: str) -> None:
        self._say_nothing()
        if not text.strip() and self._searching:
            self._leave_search()

    def _search_for(self, text: str) -> None:
        """Somebody writes with the keyboard in the list of debts: they search, in place of the number in hand."""
        self.scan.take_focus()
        self._put_in_field(text)
        self.scan.textEdited.emit(text)

    def _on_down(self) -> None:
        if self.stack.currentWidget() is self.payer and self.payer.rows:
            self.list.take_focus()

    def _say_nothing(self) -> None:
        self.notice.hide()
        self._warned = False

    # --- the hits ---------------------------------------------------------------------------------------------

    def _show_hits(self, found: Sequence[Hit]) -> None:
        if self._paying:
            return
        self._adding = self._adding and len(found) == 1
        if not self._searching:
            self.citizen.put_aside(self.list.ticked(), self.panel.typed())
            self._show_nobody()
        self._searching = True
        self.found.say_in_hand(len(self.citizen.ticked or ()) if self.citizen else None)
        self.stack.setCurrentWidget(self.found)

    def _take_hit(self, hit: Hit) -> None:
        """Enter took whoever was searched, or Ctrl+Enter, which has them pay together with those in hand."""
        adding, self._adding = self._adding and bool(self.citizen), False
        if adding:
            self._leave_search()
        if hit.taxpayer_id is None:
            if not adding:
                self._begin(Citizen(hit.name))
            self._add(hit.papers, [*hit.papers.values()])
        elif not adding:
            self.show_taxpayer(hit.taxpayer_id)
        elif hit.taxpayer_id != self.citizen.taxpayer_id:
            self.arrivals.add(
                self.citizen.called, OpenCharges(taxpayer_id=hit.taxpayer_id), self._on_debts_beside
            )

    def _on_debts_beside(self, owed: list[OpenCharge]) -> None:
        asked_for = {debt.number: None for debt in owed if debts.is_due(debt)}
        self._add({debt.bill_id: debt.number for debt in owed}, [*asked_for])

    def _add(self, papers: Mapping[int, str], asked_for: Sequence[str]) -> None:
        """Lists papers beside what is in hand; what is due of those ``asked_for`` is ticked."""
        self.citizen.add(papers, asked_for)
        self._ask_debts()

    def _leave_search(self) -> None:
        """What is typed is taken back: the field says who is in hand, and they come back as they were."""
        if self._paying:
            return
        searching, self._searching = self._searching, False
        self._say_nothing()
        self.search.forget()
        self.scan.setText(self.citizen.called)
        if searching and self.citizen:
            self._ask_head()
            self._ask_debts()
        elif searching:
            self.stack.setCurrentWidget(self.idle)

    # --- the citizen in hand ----------------------------------------------------------------------------------

    def show_taxpayer(self, taxpayer_id: int) -> None:
        """A taxpayer chosen from the hits: everything due is ticked."""
        self.arrivals.add(self.scan.text(), TaxpayerDetail(taxpayer_id=taxpayer_id), self._on_payer)

    def _on_payer(self, taxpayer: Taxpayer360) -> None:
        before = self.citizen if self._would_lose() else Citizen()
        before.put_aside(self.list.ticked(), self.panel.typed())
        self._begin(Citizen(taxpayer.number, taxpayer.taxpayer_id, ticks_all=True), taxpayer)
        self._ask_debts()
        if before and before.taxpayer_id != taxpayer.taxpayer_id:
            gone = _("{name} made room for {other}.").format(name=before.called, other=taxpayer.name)
            back = partial(self._take_up, before)
            self.notice.say(Tone.INFO, gone, _("What was typed is kept."), action=(_("Go back"), back))

    def _on_bill(self, called: str, bill: BillDetail) -> None:
        """A paper: what is due of it is ticked. Beside a payer in hand it is added to the list, whoever owes it."""
        if not self.citizen:
            self._begin(Citizen(taxpayer_id=bill.taxpayer_id))
            self.scan.setText(called)
        # What was written off may still be paid by whoever brings the paper.
        if bill.state == "settled" and not bill.written_off:
            more = _("What else this payer owes is listed below.") if self.citizen.owes(bill) else ""
            nothing = _("Nothing is left to pay on {number}.").format(number=bill.number)
            self.notice.say(Tone.GOOD, nothing, more)
        else:
            self.citizen.bring(bill)
        if self.citizen:
            self.citizen.called = called
            self._ask_debts()

    def _begin(self, citizen: Citizen, known: Taxpayer360 | None = None) -> None:
        """Somebody is at the counter, and whoever was before is not any more."""
        self._searching = False
        self.search.forget()
        self._show_nobody()
        self.citizen = citizen
        self.scan.setText(citizen.called)
        self._ask_head(known)

    def _take_up(self, citizen: Citizen) -> None:
        """Somebody comes back as they were."""
        self._say_nothing()
        self._begin(citizen)
        if citizen:
            self._ask_debts()

    def _show_nobody(self) -> None:
        """What was asked for whoever is in hand is not answered any more; nothing is listed, ticked or typed."""
        self.drop(*_OF_THE_CITIZEN)
        self.payer.clear()
        self.panel.clear()

    def _ask_head(self, known: Taxpayer360 | None = None) -> None:
        self.payer.head.show_balance(None)
        if known is not None:
            self._on_head(known)
        elif self.citizen.taxpayer_id is not None:
            who = TaxpayerDetail(taxpayer_id=self.citizen.taxpayer_id)
            self.read(who, then=self._on_head, key="head")

    def _on_head(self, taxpayer: Taxpayer360) -> None:
        self.payer.head.show_taxpayer(taxpayer)
        self.panel.show_payer(taxpayer.name)

    def _ask_debts(self) -> None:
        """Asks what the payer in hand owes, and what is open of the papers of others."""
        self.drop(*_DEBTS)
        questions = self.citizen.questions()
        answers: dict[str, list[OpenCharge]] = {}

        def answered(key: str, found: list[OpenCharge]) -> None:
            answers[key] = found
            if len(answers) == len(questions):
                in_order = [debt for key in _DEBTS for debt in answers.get(key, ())]
                self._show_debts({debt.charge_id: debt for debt in in_order})

        for key, question in zip(_DEBTS, questions, strict=False):
            self.read(question, then=partial(answered, key), failed=self._not_listed, key=key)
        if self.citizen.taxpayer_id is not None:
            balance = TaxpayerBalance(taxpayer_id=self.citizen.taxpayer_id)
            self.read(balance, then=self.payer.head.show_balance, key="balance")

    def _not_listed(self, problem: UserError) -> None:
        self.notice.show_error(problem, action=(_("Reload"), self._ask_debts))

    def _show_debts(self, answer: dict[int, OpenCharge]) -> None:
        if self._paying or self._searching:
            # They are asked again when whoever is in hand comes back.
            return
        citizen = self.citizen
        found = citizen.arrange(answer.values())
        ticked = citizen.to_tick(found, self.list.ticked())
        fresh, brought, typed = citizen.fresh, citizen.unlisted, citizen.typed
        citizen.were_listed()
        if citizen.taxpayer_id is None and found:
            self.payer.head.show_debtor(found[0])
            self.panel.show_payer(found[0].name)
        self.payer.show_debts(found, ticked, brought, keep=not fresh)
        self.stack.setCurrentWidget(self.payer)
        if fresh:
            self.panel.begin(typed)
        elif brought:
            self.panel.go_on()
        if not ticked and (fresh or brought):
            self.scan.take_focus()

    def _is_of_another(self, debt: OpenCharge) -> bool:
        return self.citizen.is_of_another(debt)

    def _on_ticked(self) -> None:
        chosen = self.list.ticked()
        self.panel.show_due(total(debt.due for debt in chosen), len(chosen), listed=self.payer.rows > 0)

    def _would_lose(self) -> bool:
        """Whether letting go of whoever is in hand would lose what somebody typed or put together."""
        typed = self.citizen.typed if self.citizen.fresh else self.panel.typed()
        return bool(self.citizen and (typed or self.citizen.is_basket))

    def clear(self) -> None:
        """Nobody is at the counter; the field is ready. Whoever is paying stays until that is done."""
        if self._paying:
            return
        self._say_nothing()
        self.arrivals.forget()
        self._begin(Citizen())
        self._issued = ""
        self._say_ready()
        self.stack.setCurrentWidget(self.idle)
        self.take_focus()

    def reload(self) -> None:
        """Somebody paid or billed elsewhere: the debts are asked again, ticks and typed amounts stay."""
        if self.citizen and not self._paying and not self._searching:
            self._ask_debts()

    # --- the till ---------------------------------------------------------------------------------------------

    def _on_till(self) -> None:
        is_open = self.till.session is not None
        self.panel.set_till_open(is_open or not self.till.known)
        self._say_ready()

    def _say_ready(self) -> None:
        if self._issued:
            self.idle.say(
                "circle-check",
                _("Receipt {number} is issued").format(number=self._issued),
                _("The cursor waits in the field above for the next citizen."),
            )
            return
        hint = _(
            "The cursor waits in the field above. Scan a paper, or type a name, a phone number or a plate."
        )
        if self.till.known and self.till.session is None:
            hint = _("Your cash desk is closed. Open it to take payments; looking up works as it is.")
        self.idle.say("scan-barcode", _("Ready for the next citizen"), hint)

    def open_till(self) -> None:
        """Opens the cash desk from here."""
        from muniadmin.desktop.collection.session_dialogs import OpenSessionDialog

        dialog = OpenSessionDialog(self)
        dialog.finished.connect(lambda _result: self._go_on())
        dialog.open()

    def _go_on(self) -> None:
        (self.panel if self.list.ticked() else self).take_focus()

    # --- paying -----------------------------------------------------------------------------------------------

    def _take(self, wanted: Wanted) -> None:
        if self.arrivals.expected or self.citizen.unlisted:
            # Nobody pays what they have not seen: what is on its way changes what is to pay.
            self.panel.set_busy(False)
            return
        chosen = sorted(self.list.ticked(), key=lambda debt: (debt.due_on, debt.bill_id, debt.part))
        self._paying = True
        self.arrivals.hold()
        if self.till.session is not None:
            self._take_at(wanted, chosen, self.till.session)
            return
        # How the till stands is not known yet, or could not be asked: the payment waits for the answer.
        self.read(
            MySession(), then=lambda session: self._take_at(wanted, chosen, session), failed=self._on_refused
        )

    def _take_at(self, wanted: Wanted, chosen: Sequence[OpenCharge], session: SessionState | None) -> None:
        if session is None:
            self._on_refused(CashSessionIsClosed())
            self.till.ask()
            return
        self.run(
            TakePayment(
                request_id=wanted.request_id,
                cash_session_id=session.cash_session_id,
                charge_ids=tuple(debt.charge_id for debt in chosen),
                tenders=wanted.tenders,
                payer=wanted.payer,
                rest_account_id=self.citizen.account_id,
            ),
            then=self._on_taken,
            failed=self._on_refused,
            undone=self._on_undone,
        )

    def _on_undone(self) -> None:
        """Nothing was paid: everything is as it was, and can be sent again; what was scanned meanwhile is one more."""
        self._paying = False
        self.panel.set_busy(False)
        # Hits that came meanwhile were not shown.
        self.search.forget()
        self.panel.take_focus()
        self._ask_debts()
        self.arrivals.let_through()

    def _on_refused(self, problem: UserError) -> None:
        self._on_undone()
        if not self.panel.refuse(problem):
            self.notice.show_error(problem, action=(_("Reload"), self._ask_debts))

    def _on_taken(self, taken: PaymentTaken) -> None:
        self._paying = False
        self.panel.set_busy(False)
        # The next name may have been begun while the money went into the till.
        begun = self.scan.text() if self.scan.isModified() else ""
        wanted_print, paper = self.panel.receipt.wanted, self.panel.receipt.paper
        self._say_nothing()
        self._begin(Citizen())
        self.panel.show_taken(taken)
        self.stack.setCurrentWidget(self.idle)
        self._issued = taken.receipt_number
        self._say_ready()
        self.take_focus()
        if begun:
            self._put_in_field(begun)
            self.search.look()
        if wanted_print:
            # The payment stands whatever the printer does: printing is a request of its own.
            self.run(
                PrintDocument(document_id=taken.document_id, paper=paper),
                then=self._on_printed,
            )
        self.arrivals.let_through()

    def _on_printed(self, printed: PrintedDocument) -> None:
        sent = print_at_once(printed.pdf, printed.number)
        state = _("Sent to the printer.") if sent else _("No printer is set up: print or save it here.")
        if self.stack.currentWidget() is self.idle:
            self.receipt.show_receipt(printed, state)
            self.stack.setCurrentWidget(self.receipt)
        elif not sent:
            self.unprinted.add(printed.number)

    # --- keys, palette, language ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter adds to those in hand; Esc steps back; a slow scanner may end with Tab."""
        if event.type() is QEvent.Type.FocusOut and watched is self.scan and self._warned:
            self._say_nothing()
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._adding = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if self._adding:
                self._on_enter()
                return True
        if event.key() == Qt.Key.Key_Escape:
            self._step_back()
            return True
        is_slow_scan = (
            event.key() == Qt.Key.Key_Tab and watched is self.scan and not self._shows_who_is_in_hand
        )
        if is_slow_scan and self.shell.read_scan(self.scan.text()).is_ours:
            self._on_enter()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back from the amount to the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.scan.take_focus()
            self._warn()
        else:
            super().keyPressEvent(event)

    def _step_back(self) -> None:
        """Esc in the field takes back what is typed there. Then it leaves nobody at the counter: an empty field above
        somebody's debts would take the next citizen's paper for one more of theirs."""
        if self._searching or self.scan.text() != self.citizen.called:
            self.arrivals.forget()
            self._leave_search()
            self.scan.take_focus()
        elif self._warned or not self._warn():
            self.clear()

    def _warn(self) -> bool:
        """Says what the next Esc would lose, if anything."""
        if self._would_lose() and not self._paying:
            self.notice.say(
                Tone.WARNING,
                _("Esc again leaves {name} without a payment.").format(name=self.citizen.called),
                _("What was typed or put together is lost then. Enter goes back to it."),
            )
            self._warned = True
        return self._warned

    def actions_offered(self) -> list[Action]:
        """What the counter offers in the palette."""
        return counter_actions(self)

    def scenes(self) -> list[Scene]:
        """The day at the counter."""
        return counter_scenes(self)

    def dirty(self) -> bool:
        """While a payment is being taken, its receipt is waited for here."""
        return self._paying

    def memory(self) -> dict[str, Any]:
        """Who is at the counter, what is ticked, what is typed."""
        citizen = replace(self.citizen)
        citizen.put_aside(self.list.ticked(), self.panel.typed())
        return {"citizen": citizen, "typed": self.scan.text(), "unprinted": list(self.unprinted.numbers)}

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes the citizen up where they were, and what was searched."""
        self.unprinted.add(*memory["unprinted"])
        self._take_up(memory["citizen"])
        if memory["typed"] != self.citizen.called:
            self._put_in_field(memory["typed"])
            if is_searched_live(self.search.text):
                self.search.look()
