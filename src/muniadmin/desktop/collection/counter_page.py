"""The counter: scan, see what is owed, take the payment, hand over the receipt, next.

What is due of a scanned bill, fine or request is ticked; the next scan is ticked beside it, whoever owes it; a payer
found by name or number has everything ticked that is due. Enter in the amount takes the payment: scan, Enter.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.billing.reads import (
    Balance,
    BillDetail,
    Bills,
    BillsPage,
    OneBill,
    OpenCharge,
    OpenCharges,
    TaxpayerBalance,
)
from muniadmin.civil_status.names import HANDLE_REQUESTS
from muniadmin.collection.commands import OpenCashSession, PaymentTaken, TakePayment
from muniadmin.collection.errors import CashSessionIsClosed
from muniadmin.collection.names import RECEIPT_NUMBER, VIEW_COLLECTION
from muniadmin.collection.reads import MySession, SessionState
from muniadmin.collection.rules import Channel
from muniadmin.desktop.collection import debts, hits
from muniadmin.desktop.collection.hits import Hit
from muniadmin.desktop.collection.payment_panel import PaymentPanel, Wanted
from muniadmin.desktop.collection.receipt_view import ReceiptView, print_at_once
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import New, Page, Scanned, Scene, Searched, Target, split
from muniadmin.desktop.shell.scanner import read_scan
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.cards import Bar, Card, WordsAndKeys
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.labels import ElidedText, Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, show_if
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.desktop.widgets.search import Search
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import PrintedDocument
from muniadmin.documents.scanned import looks_like_code
from muniadmin.fines.names import CAPTURE_FINES
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.money import total
from muniadmin.kernel.numbers import WrongNumber
from muniadmin.taxpayers.names import EDIT_TAXPAYERS, TAXPAYER_NUMBER, TAXPAYERS_TOPIC
from muniadmin.taxpayers.reads import Taxpayer360, TaxpayerDetail

_LETTERS_TO_SEARCH = 2


def _is_searched_live(text: str) -> bool:
    """Whether a text is searched while it is typed. “A-” begins the number of a paper, which is looked up when it is
    whole; a taxpayer is found by the beginning of theirs."""
    is_a_paper = re.match(r"[A-Za-z]-", text) and text[0].upper() != TAXPAYER_NUMBER.letter
    return len(text) >= _LETTERS_TO_SEARCH and not is_a_paper


class CounterPage(Page):
    """One field for everything, what is owed at one side, the payment at the other."""

    topics = frozenset({BILLS_TOPIC, PAYMENTS_TOPIC, TAXPAYERS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Counter"))
        self._till = Till.of(shell)
        self._till.changed.connect(self._on_till)
        #: Who is at the counter, if they are on the register: all that they owe is listed.
        self._taxpayer_id: int | None = None
        #: Papers of others, or of somebody who is not on the register, by the bills' ids: only these are listed.
        self._papers: dict[int, str] = {}
        #: The account of the payer in hand; what is left over becomes its credit.
        self._account_id: int | None = None
        self._answers: dict[str, list[OpenCharge]] = {}
        #: The papers scanned since the list was last shown.
        self._scanned: list[str] = []
        #: Whoever was in hand when somebody else was searched, with what was ticked and typed.
        self._aside: dict[str, Any] | None = None
        #: Whether whoever is searched pays together with those in hand.
        self._adding = False
        #: What the field calls whoever is in hand.
        self._called = ""
        self._tick_due = False
        self._fresh = False
        self._recalled: set[int] | None = None
        #: Numbers of the papers brought by whoever is at the counter, as they were scanned: they stand first.
        self._brought: list[str] = []
        self._paying = False
        #: The next citizen's papers, scanned while the payment was under way.
        self._waiting: list[str] = []
        #: The receipt that was just issued, until somebody else is at the counter.
        self._issued = ""
        self._filling = False
        self.scan = SearchField(
            _("Scan or type"),
            placeholder=" ",
            hint=_("Scan a bill, a fine, a request, or type a name"),
            scale="scan",
        )
        self.scan.returnPressed.connect(self._on_scan)
        self.scan.textEdited.connect(self._on_typed)
        self.scan.moved_down.connect(self._on_down)
        self._make_header()
        self._make_left()
        self.search: Search[Hit] = Search(
            self.scan, self.hits, partial(hits.ask, self), searched=_is_searched_live
        )
        self.search.listed.connect(self._show_hits)
        self.search.taken.connect(self._take_hit)
        self.search.refused.connect(self._not_found)
        self.scan.installEventFilter(self)
        self.hits.view.installEventFilter(self)
        self.panel = PaymentPanel(shell)
        self.panel.taken.connect(self._take)
        self.panel.scanned.connect(self.look_up)
        self.panel.stepped.connect(self._step)
        self.panel.ticked.connect(self._tick)
        self.panel.all_ticked.connect(self.list.view.tick_all)
        self.panel.till_wanted.connect(self.open_till)
        #: What no printer took while the next citizen was here already; it is said whatever else is said.
        self._unprinted: list[str] = []
        self.unprinted = Banner()
        self.unprinted.hide()
        self.unprinted.closed.connect(self._unprinted.clear)
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
        others = self._other_services()
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

    def _register(self) -> None:
        """Whoever is not found is registered by the name that was searched, and comes back here."""
        nobody = self.stack.currentWidget() is self.found and not self.hits.model.rowCount()
        name = self.search.text if nobody and not re.search(r"\d", self.search.text) else ""
        self.shell.go("taxpayers", New({"name": name} if name else {}, back="counter"))

    def _other_services(self) -> list[Action]:
        pages = (
            ("fines", _("Capture a fine"), CAPTURE_FINES),
            ("civil_status", _("Request for an extract"), HANDLE_REQUESTS),
            ("cash", _("Cash desk and receipts"), VIEW_COLLECTION),
        )
        return [
            Action(
                id=f"service {page}",
                title=title,
                icon="arrow-right",
                group=_("Counter"),
                run=partial(self.shell.go, page, None if page == "cash" else New(back="counter")),
            )
            for page, title, permission in pages
            if self.may(permission)
        ]

    def _make_left(self) -> None:
        self.idle = EmptyState("scan-barcode", _("Ready for the next citizen"), "")
        self.hits: RowTable[Hit] = RowTable(
            "counter-hits",
            _("Taxpayers found"),
            hits.columns(self.shell),
            key=lambda hit: hit.taxpayer_id or hit.name,
            empty=EmptyState(
                "search", _("Nobody was found"), _("Try fewer letters, a phone number or a plate.")
            ),
        )
        self.in_hand = ElidedText("", Role.MUTED)
        self.head = debts.PayerHead(self.shell)
        nothing_owed = EmptyState(
            "circle-check", _("Nothing is owed"), _("Every bill of this payer is settled.")
        )
        self.list: RowTable[OpenCharge] = RowTable(
            "counter-debts",
            _("Debts"),
            debts.columns(self.shell, self._is_of_another),
            key=lambda debt: debt.charge_id,
            empty=nothing_owed,
            ticks=True,
            footer=False,
        )
        self.list.model.set_lock(debts.is_covered)
        self.list.ticked_changed.connect(self._on_ticked)
        self.list.counted.connect(lambda _summary: self._on_ticked())
        self.list.opened.connect(lambda _debt: self.panel.take_focus())
        self.list.left_upwards.connect(self.scan.take_focus)
        self.list.typed.connect(self._search_for)
        self.footnote = Text("", Role.MUTED, wrap=True)
        keys = Text(_("Space ticks, {all} all, ↑↓ moves").format(all=key_text("Ctrl+A")), Role.MUTED)
        self.list_foot = WordsAndKeys(self.footnote, keys, height=51)
        self.list.frameless()
        self.hits.frameless()
        self.found = QWidget()
        self.found_foot = Bar(self.in_hand, height=44)
        found = column(spacing=0)
        found.addWidget(self.hits, 1)
        found.addWidget(self.found_foot)
        self.found.setLayout(found)
        payer = QWidget()
        payer_layout = column(self.head, Hairline(), spacing=0)
        payer_layout.addWidget(self.list, 1)
        payer_layout.addWidget(self.list_foot)
        payer.setLayout(payer_layout)
        self.payer = payer
        self.receipt = ReceiptView(self.shell)
        self.left = Card()
        self.stack = QStackedWidget()
        for part in (self.idle, self.found, self.payer, self.receipt):
            self.stack.addWidget(part)
        self.left.body.addWidget(self.stack, 1)

    # --- the field --------------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """The field is ready for the next scan."""
        self.scan.take_focus()

    def _on_scan(self) -> None:
        text = self.scan.text().strip()
        if self._is_in_hand() and self.list.model.rowCount():
            # Somebody comes back to the payer in hand: what is ticked and typed stays.
            self.panel.take_focus()
        elif text:
            self.look_up(text)
        elif self.list.ticked():
            self.panel.take_focus()

    def look_up(self, text: str) -> None:
        """Opens what a number is the number of; a square code is checked; anything else is a name, and the marked hit
        is opened."""
        if self._paying:
            self._waiting.append(text)
            return
        self.notice.hide()
        reading = read_scan(text)
        if looks_like_code(text) or reading.is_square_code:
            self.search.forget()
            self.scan.clear()
            self.shell.check_paper(reading.text)
            return
        if isinstance(reading.problem, WrongNumber):
            self.scan.setText(text)
            self.scan.take_focus()
            self.notice.show_error(reading.problem)
            return
        for number in reading.numbers:
            self.open(Scanned(*number))
        if reading.numbers:
            return
        if text != self.search.text:
            self.scan.setText(text)
        self.search.enter()

    def open(self, target: Target) -> None:
        """Opened by a scan, a search, or another page."""
        if self._paying and isinstance(target, Scanned):
            self._waiting.append(target.number)
            return
        self.notice.hide()
        self.search.forget()
        if isinstance(target, Searched):
            self.scan.setText(target.text)
            self.search.look()
            self.take_focus()
        elif isinstance(target, Scanned) and target.kind is RECEIPT_NUMBER:
            self.scan.clear()
            self.shell.go("cash", target)
        elif isinstance(target, Scanned) and target.kind is TAXPAYER_NUMBER:
            self._call(target.number)
            self._show_payer(TaxpayerDetail(number=target.number))
        elif isinstance(target, Scanned):
            self._call(target.number)
            self.read(OneBill(number=target.number), then=self._on_bill, failed=self._not_found)

    def _on_bill(self, bill: BillDetail) -> None:
        """A paper: what is due of it is ticked. Beside a payer in hand it is added to the list, whoever owes it."""
        # What was written off may still be paid by whoever brings the paper.
        settled = bill.state == "settled" and not bill.written_off
        if self._taxpayer_id is None and not self._papers:
            self._forget_payer()
            self._fresh = True
            if bill.taxpayer_id is not None:
                self._show_head(bill.taxpayer_id)
        mine = bill.taxpayer_id is not None and bill.taxpayer_id == self._taxpayer_id
        if settled:
            more = _("What else this payer owes is listed below.") if mine else ""
            nothing = _("Nothing is left to pay on {number}.").format(number=bill.number)
            self.notice.say(Tone.GOOD, nothing, more)
        else:
            self._scanned.append(bill.number)
            if bill.number not in self._brought:
                self._brought.append(bill.number)
            if not mine or bill.written_off:
                self._papers[bill.bill_id] = bill.number
        if self._taxpayer_id is not None or self._papers:
            self._ask_debts()

    def _not_found(self, problem: UserError) -> None:
        self.notice.show_error(problem)
        self.scan.take_focus()

    def _on_typed(self, text: str) -> None:
        self.notice.hide()
        if not text.strip() and self.stack.currentWidget() is self.found:
            self._step_back()

    def _search_for(self, text: str) -> None:
        """Somebody writes with the keyboard in the list of debts: they search, in place of the number in hand."""
        self.scan.take_focus()
        self.scan.setText(text)
        self.scan.setModified(True)
        self.scan.textEdited.emit(text)

    def _call(self, name: str) -> None:
        """The field says what was scanned or chosen."""
        self._called = name
        self.scan.setText(name)

    def _show_hits(self, found: Sequence[Hit]) -> None:
        if self._paying:
            return
        self._adding = self._adding and len(found) == 1
        if self._taxpayer_id is not None or self._papers:
            self._aside = {**self.memory(), "scan": self._called}
        count = len(self._aside["ticked"]) if self._aside else 0
        self._forget_payer()
        add = ngettext(
            "Enter opens. {key} adds to the {count} debt in hand. Esc goes back to it.",
            "Enter opens. {key} adds to the {count} debts in hand. Esc goes back to them.",
            count,
        )
        self.in_hand.setText(add.format(key=key_text("Ctrl+Return"), count=count))
        show_if(self.found_foot, self._aside is not None)
        self.stack.setCurrentWidget(self.found)

    def _step_back(self) -> None:
        """From the hits to whoever was in hand before; else nobody is at the counter."""
        aside, self._aside = self._aside, None
        if aside is None:
            self.clear()
        else:
            self.search.forget()
            self.recall(aside)
            self.scan.take_focus()

    def _take_hit(self, hit: Hit) -> None:
        """Enter took whoever was searched, or Ctrl+Enter."""
        adding, self._adding = self._adding, False
        if adding and self._aside is not None:
            self._add_hit(hit)
        else:
            self._open_hit(hit)

    def _open_hit(self, hit: Hit) -> None:
        """Whoever was searched is at the counter: what they owe is listed."""
        self._aside = None
        if hit.taxpayer_id is not None:
            self.show_taxpayer(hit.taxpayer_id)
            return
        self.search.forget()
        self._forget_payer()
        self._fresh = True
        self._call(hit.name)
        self._add_papers(hit.papers, hit.papers.values())

    def _add_hit(self, hit: Hit) -> None:
        """Whoever was searched pays together with those in hand."""
        assert self._aside is not None
        aside, self._aside = self._aside, None
        self.search.forget()
        self.recall(aside)

        def found(owed: list[OpenCharge]) -> None:
            asked_for = {debt.number: None for debt in owed if debts.is_due(debt)}
            self._add_papers({debt.bill_id: debt.number for debt in owed}, asked_for)

        if hit.taxpayer_id is None:
            self._add_papers(hit.papers, hit.papers.values())
        elif hit.taxpayer_id != self._taxpayer_id:
            self.read(OpenCharges(taxpayer_id=hit.taxpayer_id), then=found)

    def _add_papers(self, papers: Mapping[int, str], asked_for: Iterable[str]) -> None:
        """Lists more papers beside what is in hand; what is due of those that are ``asked_for`` is ticked."""
        self._papers |= papers
        self._scanned += asked_for
        self._brought += [number for number in asked_for if number not in self._brought]
        self._ask_debts()

    def _on_down(self) -> None:
        if self.stack.currentWidget() is self.payer and self.list.model.rowCount():
            self.list.take_focus()

    # --- the payer --------------------------------------------------------------------------------------------

    def show_taxpayer(self, taxpayer_id: int) -> None:
        """A taxpayer chosen from the hits: everything due is ticked."""
        self._show_payer(TaxpayerDetail(taxpayer_id=taxpayer_id))

    def _show_payer(self, which: TaxpayerDetail) -> None:
        def found(taxpayer: Taxpayer360) -> None:
            self.search.forget()
            self._forget_payer()
            self._fresh = self._tick_due = True
            self._call(taxpayer.number)
            self._show_head(taxpayer.taxpayer_id, taxpayer)
            self._ask_debts()

        self.read(which, then=found, failed=self._not_found, key="payer")

    def _show_head(self, taxpayer_id: int, taxpayer: Taxpayer360 | None = None) -> None:
        def found(taxpayer: Taxpayer360) -> None:
            if taxpayer.taxpayer_id == self._taxpayer_id:
                self.head.show_taxpayer(taxpayer)
                self.panel.show_payer(taxpayer.name)

        self._taxpayer_id = taxpayer_id
        self.head.show_money("", "")
        if taxpayer is not None:
            found(taxpayer)
        else:
            self.read(TaxpayerDetail(taxpayer_id=taxpayer_id), then=found, key="head")

    def _ask_debts(self) -> None:
        """Asks what the payer in hand owes, and what is open of the papers of others."""
        self._answers = {}
        wanted = {}
        if self._taxpayer_id is not None:
            wanted["own"] = OpenCharges(taxpayer_id=self._taxpayer_id)
            self.read(TaxpayerBalance(taxpayer_id=self._taxpayer_id), then=self._show_balance, key="balance")
        if self._papers:
            wanted["papers"] = OpenCharges(bill_ids=tuple(self._papers))
        answers = self._answers

        def answered(whose: str, found: list[OpenCharge]) -> None:
            answers[whose] = found
            # Of a question that was overtaken, nobody waits for the answers any more.
            if answers is self._answers and answers.keys() == wanted.keys():
                # A paper says more of a debt than the list of what its debtor owes: what was written off, too.
                both = [*answers.get("own", ()), *answers.get("papers", ())]
                self._show_debts([*{debt.charge_id: debt for debt in both}.values()])

        for whose, question in wanted.items():
            self.read(question, then=partial(answered, whose), key=whose)

    def _show_balance(self, balance: Balance) -> None:
        amount = self.shell.amount
        self.head.show_money(
            amount(balance.balance, code=True), amount(balance.credit) if balance.credit else ""
        )

    def _show_debts(self, found: Sequence[OpenCharge]) -> None:
        fresh, self._fresh = self._fresh, False
        scanned, self._scanned = self._scanned, []
        self._account_id = self._account_in_hand(found)
        found = sorted(found, key=self._place)
        wanted = self._to_tick(found, fresh, scanned)
        if self._taxpayer_id is None and found:
            self.head.show_debtor(found[0])
            self.panel.show_payer(found[0].name)
        self._filling = True
        self.list.set_source(ListSource(found))
        self.list.model.set_ticked(wanted)
        self._filling = False
        self._on_ticked()
        self.stack.setCurrentWidget(self.payer)
        if found:
            latest = [debt for debt in wanted if scanned and debt.number == scanned[-1]]
            self.list.select(found.index((latest or wanted or found)[0]))
        if fresh:
            self.panel.begin()
        elif scanned:
            self.panel.go_on()
        if not wanted and (fresh or scanned):
            self.scan.take_focus()

    def _to_tick(self, found: Sequence[OpenCharge], fresh: bool, scanned: Sequence[str]) -> list[OpenCharge]:
        """What was ticked before, and what is asked for of each paper scanned since, or of a payer found by name."""
        before = set() if fresh else {debt.charge_id for debt in self.list.ticked()}
        if self._recalled is not None:
            before, self._recalled, self._tick_due = self._recalled, None, False
        wanted = {debt.charge_id for debt in found if debt.charge_id in before}
        asked = [[debt for debt in found if debt.number == number] for number in scanned]
        if fresh and self._tick_due:
            # Somebody found by name who owes only what is not due yet may still want to pay it.
            wanted |= {debt.charge_id for debt in found if debts.is_due(debt)}
            asked = [list(found)] if len(found) == 1 else []
        for paper in asked:
            # Who brings a paper of which nothing is due yet wants to pay its next instalment.
            payable = [debt for debt in paper if not debts.is_covered(debt)]
            due = [debt for debt in payable if debts.is_due(debt)]
            wanted |= {debt.charge_id for debt in due or payable[:1]}
        return [debt for debt in found if debt.charge_id in wanted]

    def _account_in_hand(self, found: Sequence[OpenCharge]) -> int | None:
        """The account of the payer whose name stands above the list: the taxpayer's, or that of the first paper."""
        first = next(iter(self._papers), None)
        for debt in found:
            mine = (
                debt.bill_id == first if self._taxpayer_id is None else debt.taxpayer_id == self._taxpayer_id
            )
            if mine:
                return debt.account_id
        return found[0].account_id if found and self._taxpayer_id is None else None

    def _is_of_another(self, debt: OpenCharge) -> bool:
        """Whether the row must say whose it is: it is not the payer's whose name stands above the list."""
        return debt.account_id != self._account_id

    def _place(self, debt: OpenCharge) -> tuple[int, bool]:
        """Where a debt stands in the list: what was brought first, then the payer's own."""
        brought = self._brought
        place = brought.index(debt.number) if debt.number in brought else len(brought)
        return place, self._is_of_another(debt)

    def _forget_payer(self) -> None:
        self._taxpayer_id = None
        self._papers, self._answers, self._scanned, self._brought = {}, {}, [], []
        self._account_id = None
        self._tick_due = False
        self.list.set_source(ListSource([]))
        self.panel.clear()

    def clear(self) -> None:
        """Nobody is at the counter; the field is ready."""
        self.notice.hide()
        self.search.forget()
        self._aside = None
        self._forget_payer()
        self._issued = ""
        self._say_ready()
        self.scan.clear()
        self.stack.setCurrentWidget(self.idle)
        self.take_focus()

    def reload(self) -> None:
        """Somebody paid or billed elsewhere: the debts are asked again, ticks and typed amounts stay."""
        if self.stack.currentWidget() is self.payer and not self._paying:
            self._ask_debts()

    # --- ticking ----------------------------------------------------------------------------------------------

    def _on_ticked(self) -> None:
        if self._filling:
            return
        chosen = self.list.ticked()
        count = len(chosen)
        listed = self.list.model.rowCount() > 0
        self.panel.show_due(total(debt.due for debt in chosen), count, listed=listed)
        parts = [ngettext("{count} debt ticked", "{count} debts ticked", count).format(count=count)]
        people = len({debt.account_id for debt in chosen})
        if people > 1:
            parts.append(ngettext("of {count} person", "of {count} people", people).format(count=people))
        penalties = total(debts.penalty_of(debt) for debt in chosen)
        if penalties:
            words = _("{amount} of penalties included as of {day}")
            parts.append(words.format(amount=self.shell.amount(penalties), day=self.shell.day(self.today)))
        elif count:
            parts.append(_("no penalty as of {day}").format(day=self.shell.day(self.today)))
        self.footnote.setText(" · ".join(parts))

    def _step(self, step: int) -> None:
        rows = self.list.model.rowCount()
        if rows:
            self.list.select(max(0, min(rows - 1, self.list.view.currentIndex().row() + step)))

    def _tick(self) -> None:
        self.list.model.toggle(self.list.view.currentIndex().row())

    # --- the till ---------------------------------------------------------------------------------------------

    def _on_till(self) -> None:
        is_open = self._till.session is not None
        self.panel.set_till_open(is_open or not self._till.known)
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
        if self._till.known and self._till.session is None:
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
        chosen = sorted(self.list.ticked(), key=lambda debt: (debt.due_on, debt.bill_id, debt.part))
        self._paying = True
        if self._till.session is not None:
            self._take_at(wanted, chosen, self._till.session)
            return
        # How the till stands is not known yet, or could not be asked: the payment waits for the answer.
        self.read(
            MySession(), then=lambda session: self._take_at(wanted, chosen, session), failed=self._on_refused
        )

    def _take_at(self, wanted: Wanted, chosen: Sequence[OpenCharge], session: SessionState | None) -> None:
        if session is None:
            self._on_refused(CashSessionIsClosed())
            self._till.ask()
            return
        self.run(
            TakePayment(
                request_id=wanted.request_id,
                cash_session_id=session.cash_session_id,
                charge_ids=tuple(debt.charge_id for debt in chosen),
                tenders=wanted.tenders,
                payer=wanted.payer,
                rest_account_id=self._account_id,
            ),
            then=self._on_taken,
            failed=self._on_refused,
            undone=self._on_undone,
        )

    def _on_undone(self) -> None:
        """Nothing was paid: everything is as it was, and can be sent again."""
        self._paying = False
        self.panel.set_busy(False)
        if self._waiting:
            self.scan.setText(" ".join(self._waiting))
            self._waiting = []
        self.panel.take_focus()

    def _on_refused(self, problem: UserError) -> None:
        self._on_undone()
        if not self.panel.refuse(problem):
            self.notice.show_error(problem, action=(_("Reload"), self._ask_debts))

    def _on_taken(self, taken: PaymentTaken) -> None:
        self._paying = False
        self.panel.set_busy(False)
        # The next name may have been begun while the money went into the till.
        begun = self.scan.text() if self.scan.isModified() else ""
        self.search.forget()
        self.notice.hide()
        wanted_print = self.panel.print.isChecked()
        paper = self.panel.receipt_paper
        self._forget_payer()
        self.panel.show_taken(taken)
        self._aside = None
        self.scan.setText(begun)
        self.stack.setCurrentWidget(self.idle)
        self._issued = taken.receipt_number
        self._say_ready()
        self.take_focus()
        if begun:
            self.scan.end(False)
            self.search.look()
        if wanted_print:
            # The payment stands whatever the printer does: printing is a request of its own.
            self.run(
                PrintDocument(document_id=taken.document_id, paper=paper),
                then=self._on_printed,
            )
        waiting, self._waiting = self._waiting, []
        for text in waiting:
            self.look_up(text)

    def _on_printed(self, printed: PrintedDocument) -> None:
        sent = print_at_once(printed.pdf, printed.number)
        state = _("Sent to the printer.") if sent else _("No printer is set up: print or save it here.")
        if self.stack.currentWidget() is self.idle:
            self.receipt.show_receipt(printed, state)
            self.stack.setCurrentWidget(self.receipt)
        elif not sent:
            self._unprinted.append(printed.number)
            self._say_unprinted()

    def _say_unprinted(self) -> None:
        count = len(self._unprinted)
        show_if(self.unprinted, count > 0)
        if not count:
            return
        words = ngettext(
            "Receipt {number} was not printed.",
            "{count} receipts were not printed, the last one {number}.",
            count,
        )
        self.unprinted.say(
            Tone.WARNING,
            words.format(number=self._unprinted[-1], count=count),
            _("No printer is set up: print or save it on the page of receipts."),
            action=(_("Show it"), self._show_unprinted),
        )

    def _show_unprinted(self) -> None:
        number = self._unprinted.pop()
        self._say_unprinted()
        self.shell.go("cash", Scanned(RECEIPT_NUMBER, number))

    # --- palette, language ------------------------------------------------------------------------------------

    def actions_offered(self) -> list[Action]:
        """What the counter offers in the palette."""
        return [
            Action(
                id="next citizen", title=_("Next citizen"), key="Esc", icon="scan-line", group=_("Counter"),
                run=self.clear,
            ),
            *self._other_services(),
        ]  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in the field leaves nobody at the counter, whatever number stands in it: an empty field above somebody
        else's debts would take the next citizen's paper for one more of theirs. A slow scanner may end with Tab."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered:
            self._adding = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if self._adding:
                self._on_scan()
                return True
        if event.key() == Qt.Key.Key_Escape and self.stack.currentWidget() is self.found:
            self._step_back()
            return True
        if watched is not self.scan:
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            return True
        if event.key() == Qt.Key.Key_Tab and not self._is_in_hand() and read_scan(self.scan.text()).is_ours:
            self._on_scan()
            return True
        return super().eventFilter(watched, event)

    def _is_in_hand(self) -> bool:
        """Whether the number in the field is that of the paper or the payer in hand, which was put there."""
        return self.stack.currentWidget() is self.payer and not self.scan.isModified()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back from the amount to the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.scan.take_focus()
        else:
            super().keyPressEvent(event)

    def scenes(self) -> list[Scene]:
        """The day at the counter: a closed till, a payer, what was handed over, the receipt, a search."""
        overdue = Bills(state="overdue", limit=100)

        def look_up(bills: BillsPage) -> None:
            debtors = Counter(bill.taxpayer_id for bill in bills.rows if bill.taxpayer_id is not None)
            for taxpayer_id, _count in debtors.most_common(1):
                self.show_taxpayer(taxpayer_id)

        def payer() -> None:
            self.read(overdue, then=look_up)

        def open_till() -> None:
            if self._till.session is None:
                self.run(OpenCashSession(desk=1, opening_float=self.shell.municipality.currency.of(500)))

        def handed_over() -> None:
            amount = self.panel.due.minor
            self.panel.tendered.setText(str((amount // 10_000 + 1) * 100))
            self.panel.tendered.textEdited.emit(self.panel.tendered.text())

        def cheque() -> None:
            self.panel.choose(Channel.CHEQUE)
            self.panel.submit()

        def pay() -> None:
            self.panel.choose(Channel.CASH)
            self.panel.submit()

        def search() -> None:
            self.open(Searched("ben"))

        return [
            Scene("till-closed", payer),
            Scene("payer", open_till),
            Scene("handed-over", handed_over),
            Scene("cheque", cheque),
            Scene("paid", pay),
            Scene("search", search),
        ]

    def memory(self) -> dict[str, Any]:
        """Who is at the counter, what is ticked, what is typed."""
        return {
            "scan": self.scan.text(),
            "taxpayer": self._taxpayer_id,
            "papers": dict(self._papers),
            "brought": list(self._brought),
            "ticked": {debt.charge_id for debt in self.list.ticked()},
            "typed": self.panel.typed(),
            "unprinted": list(self._unprinted),
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes the citizen up where they were."""
        self._unprinted[:] = memory["unprinted"]
        self._say_unprinted()
        self._call(memory["scan"])
        if memory["taxpayer"] is None and not memory["papers"]:
            if _is_searched_live(self.search.text):
                self.search.look()
            return
        self._papers, self._brought = dict(memory["papers"]), list(memory["brought"])
        self._recalled, self._fresh = memory["ticked"], True
        if memory["taxpayer"] is not None:
            self._show_head(memory["taxpayer"])
        self.panel.restore(memory["typed"])
        self._ask_debts()
