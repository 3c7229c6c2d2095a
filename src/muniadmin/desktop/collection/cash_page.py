"""The cash desk: its session and figures, the receipts, printing one again, cancelling one with a second person."""

from functools import partial
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin.access.commands import Approval
from muniadmin.billing.names import PAYMENTS_TOPIC
from muniadmin.collection.commands import CancelReceipt, OpenCashSession, ReceiptCancelled
from muniadmin.collection.names import CASH_SESSIONS_TOPIC, OPERATE_CASH_DESK, TAKE_PAYMENTS
from muniadmin.collection.reads import ReceiptRow, Receipts, SessionState, TenderRow
from muniadmin.collection.rules import CHANNEL_NAMES, Channel
from muniadmin.desktop.collection.actions import cash_actions
from muniadmin.desktop.collection.print_choice import receipt_paper
from muniadmin.desktop.collection.session_dialogs import CloseSessionDialog, OpenSessionDialog
from muniadmin.desktop.collection.stub_dialog import StubDialog
from muniadmin.desktop.collection.tables import receipt_columns, state_of, value_day
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.lists.listing import Listing, Nothing, Wanted
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Filtered, New, Page, Scanned, Scene, Target
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.shell.preview import DocumentDialog, DocumentPreview
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Card
from muniadmin.desktop.widgets.chips import ChoiceChips, GivenChip
from muniadmin.desktop.widgets.detail import DefinitionRows, KeyFigures
from muniadmin.desktop.widgets.dialogs import ApprovalDialog, ConfirmDialog, end
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Hairline, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import column, row, show_if
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import PrintedDocument, ReceiptPaper, ViewDocument
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, ngettext, pick
from muniadmin.kernel.money import ZERO, total

MINE, TODAY, ALL = "mine", "today", "all"


class CashPage(Page):
    """Session above, receipts below, the chosen receipt at the side."""

    topics = frozenset({PAYMENTS_TOPIC, CASH_SESSIONS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Cash desk"))
        self._till = Till.of(shell)
        self._till.changed.connect(self._on_till)
        self._preferences = Preferences()
        self._which: ReceiptRow | None = None
        self._shown_before: str | None = None
        self.toggle = Button(_("Open the cash desk"), Kind.PRIMARY, key="Ctrl+O")
        self.toggle.clicked.connect(lambda _checked=False: self.open_or_close())
        operates = self.may(OPERATE_CASH_DESK)
        show_if(self.toggle, operates)
        self.stub = Button(_("Enter a stub…"), icon="receipt")
        self.stub.clicked.connect(self.enter_stub)
        show_if(self.stub, operates)
        self.header.add_action(self.stub)
        self.header.add_action(self.toggle)
        self.session = Card()
        self.figures = KeyFigures()
        self.session.body.addWidget(self.figures)
        self._make_detail()
        self._make_listing()
        self.body.addWidget(self.session)
        self.body.addWidget(self.listing, 1)
        self._on_till()
        self.listing.ask()

    def _make_listing(self) -> None:
        choices = [(MINE, _("My session"))] if self.may(OPERATE_CASH_DESK) else []
        self.scope: ChoiceChips[str] = ChoiceChips(
            _("Receipts shown"), [*choices, (TODAY, _("Today")), (ALL, _("All"))]
        )
        given = GivenChip(lambda number: _("Cash session {number}").format(number=number))
        self.listing: Listing[ReceiptRow] = Listing(
            self,
            "receipts",
            _("Receipts"),
            receipt_columns(self.shell),
            self._source,
            key=lambda receipt: receipt.number,
            sort="number",
            descending=True,
            search=_("Receipt number or payer"),
            filters={"scope": self.scope, "cash_session_id": given},
            usual=_("My session") if choices else _("Today"),
            views={N_("All receipts"): {"scope": ALL}},
            empty=Nothing(
                "receipt", _("No receipt here yet"), _("Receipts appear here when they are issued.")
            ),
            panel=self.side,
            sums=[(_("Total"), lambda receipt: ZERO if receipt.cancelled else receipt.amount)],
        )
        self.list, self.number = self.listing.table, self.listing.search
        self.number.returnPressed.connect(self._on_number)
        self.number.textEdited.connect(self._on_typed)
        self.listing.chosen.connect(self._show)

    def _make_detail(self) -> None:
        self.side = Card()
        self._stack = QStackedWidget()
        self._nothing = EmptyState(
            "receipt", _("No receipt chosen"), _("Choose a receipt to see and print it.")
        )
        self._title = Text("", Role.SECTION)
        self._state = Pill("", Tone.BAD)
        self._facts = DefinitionRows(muted="label")
        self.preview = DocumentPreview(self.shell.operations, toolbar=False)
        self.print_again = Button(_("Print again…"), icon="printer", small=True)
        self.print_again.clicked.connect(self.ask_to_reprint)
        self.cancel = Button(_("Cancel the receipt…"), icon="undo-2", small=True)
        self.cancel.clicked.connect(self.ask_cancel)
        for key, button in (("Ctrl+P", self.print_again), ("Ctrl+Del", self.cancel)):
            QShortcut(QKeySequence(key), button).activated.connect(button.click)
            button.setToolTip(f"{button.text()} ({key_text(key)})")
        head = column(
            row(self._title, None, self._state),
            self._facts,
            4,
            row(self.print_again, self.cancel, None),
            spacing=10,
            margins=(16, 14, 16, 14),
        )
        detail = QWidget()
        whole = column(spacing=0)
        whole.addLayout(head)
        whole.addWidget(Hairline())
        whole.addWidget(self.preview, 1)
        detail.setLayout(whole)
        self._detail = detail
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(detail)
        self.side.body.addWidget(self._stack, 1)

    # --- the session ------------------------------------------------------------------------------------------

    def _on_till(self) -> None:
        session = self._till.session
        self.toggle.set_text(_("Close the cash desk") if session else _("Open the cash desk"))
        self.session.setVisible(session is not None)
        self.cancel.setEnabled(self.can_cancel())
        if session is not None and self.isVisible():
            self._show_session(session)

    def freshen(self) -> None:
        """Payments at the counter changed the session while the page was hidden."""
        super().freshen()
        self._on_till()

    def _show_session(self, session: SessionState) -> None:
        receipts = ngettext("{count} receipt", "{count} receipts", session.receipts)
        text = receipts.format(count=format_number(session.receipts))
        if session.cancelled:
            gone = ngettext("{count} cancelled", "{count} cancelled", session.cancelled)
            text = f"{text}, {gone.format(count=session.cancelled)}"
        figures: list[tuple[str, str]] = [
            (pick(session.desk_names), session.cashier_name),
            (_("Open since"), self.shell.instant(session.opened_at)),
            (_("Issued"), text),
        ]
        figures += [
            (_(CHANNEL_NAMES[one.channel]), self.shell.amount(one.amount))
            for one in session.channels
            if one.channel != "cash"
        ][:2]
        figures.append((_("In the drawer"), self.shell.amount(session.cash_expected, code=True)))
        self.figures.set_figures(figures)

    def open_or_close(self) -> OpenSessionDialog | CloseSessionDialog:
        """Opens a desk, or leads through closing the open one."""
        session = self._till.session
        if session is None:
            opening = OpenSessionDialog(self)
            opening.open()
            return opening
        closing = CloseSessionDialog(self, session)
        closing.accepted.connect(lambda: self._on_closed(closing))
        closing.open()
        return closing

    def _on_closed(self, dialog: CloseSessionDialog) -> None:
        closed = dialog.closed
        if closed is None:
            return
        self.shell.say(_("The cash desk is closed."))
        self._print(closed.document_id, ReceiptPaper.A5, "", _("Slip of the session"))

    # --- the receipts -----------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Money moved: the list is asked again."""
        self.listing.reload()

    def _on_typed(self, text: str) -> None:
        """A receipt that somebody brings or has lost is of any day: with the first letter all are searched, and what
        was shown before comes back with the empty search."""
        if text and (self._shown_before is None or len(text) == 1):
            self._shown_before = self.scope.value()
            self.scope.set_value(ALL)
        elif not text and self._shown_before is not None:
            self.scope.set_value(self._shown_before)
            self._shown_before = None

    def _on_number(self) -> None:
        """A square code that was scanned in the place of a number is checked."""
        text = self.number.text()
        if self.shell.read_scan(text).is_square_code:
            self.number.clear()
            self.shell.check_paper(text)

    def _source(self, wanted: Wanted) -> QuerySource[ReceiptRow]:
        return QuerySource(
            self.read,
            page=partial(self._question, self._asked(wanted)),
            rows_of=lambda answer: answer.rows,
            summarise=lambda answer: Summary(
                answer.count, [(_("Total"), self.shell.amount(answer.total, code=True))]
            ),
        )

    def _asked(self, wanted: Wanted) -> dict[str, Any]:
        """What leaves receipts out."""
        scope, given, session = wanted.filters["scope"], wanted.filters["cash_session_id"], self._till.session
        text = {"text": wanted.text}
        if given is not None:
            return {**text, "cash_session_id": given}
        if scope == MINE and session is not None:
            return {**text, "cash_session_id": session.cash_session_id}
        return text if scope == ALL else {**text, "since": self.today, "until": self.today}

    @staticmethod
    def _question(asked: dict[str, Any], window: Window) -> Receipts:
        return Receipts(
            **asked,
            descending=window.descending or not window.sort,
            after=window.anchor.payment_id if window.anchor is not None else None,
            offset=window.behind,
            limit=window.limit,
            totals=window.offset == 0,
        )

    def open(self, target: Target) -> None:
        """A scanned receipt, the receipts behind a figure, or what opens and closes the desk."""
        if isinstance(target, Scanned):
            self.listing.show_one(target.number, key=target.number, scope=ALL)
        elif isinstance(target, Filtered):
            self.listing.look_for(**{"scope": ALL, **target.filters})
        elif isinstance(target, New):
            self.open_or_close()

    def take_focus(self) -> None:
        """The list has the keyboard; the search, where nothing is listed."""
        if self.list.model.summary.count:
            self.list.take_focus()
        else:
            self.listing.take_focus()

    def _show(self, receipt: ReceiptRow | None) -> None:
        if receipt is not None and receipt == self._which:
            return
        self._which = receipt
        self._stack.setCurrentWidget(self._detail if receipt is not None else self._nothing)
        if receipt is None:
            return
        self._title.setText(receipt.number)
        self._state.set_state(state_of(receipt), Tone.BAD)
        facts = [
            (_("Payer"), receipt.payer),
            (_("Taken at"), self.shell.instant(receipt.taken_at)),
            (_("Counts from"), self.shell.day(value_day(receipt))),
            (_("Cashier"), receipt.cashier_name),
            *(self._tender(one) for one in receipt.tenders),
        ]
        self._facts.set_rows([(label, value) for label, value in facts if value])
        for button in (self.print_again, self.cancel):
            button.setVisible(self.may(TAKE_PAYMENTS))
        self.cancel.setEnabled(self.can_cancel())
        self.read(
            ViewDocument(document_id=receipt.document_id, paper=receipt_paper(self._preferences)),
            then=self._show_pdf,
            key="document",
        )

    def can_cancel(self) -> bool:
        """Whether the receipt in hand can be taken back: it was issued in this user's open session, and its money is
        still there."""
        receipt, session = self._which, self._till.session
        if receipt is None or session is None or receipt.cancelled or receipt.returned:
            return False
        return self.may(TAKE_PAYMENTS) and receipt.cash_session_id == session.cash_session_id

    def _tender(self, tender: TenderRow) -> tuple[str, str]:
        """One means of payment, for the facts."""
        parts = [tender.reference, self.shell.amount(tender.amount, code=True)]
        if tender.returned:
            parts.append(_("returned"))
        return _(CHANNEL_NAMES[tender.channel]), " · ".join(part for part in parts if part)

    def _show_pdf(self, document: PrintedDocument) -> None:
        self.preview.show_pdf(document.pdf, document.number)

    # --- printing again, cancelling ---------------------------------------------------------------------------

    def ask_to_reprint(self) -> None:
        """Asks once: a duplicate is issued, and counted. Of a receipt that was cancelled it is its cancellation's."""
        receipt = self._which
        if receipt is None:
            return
        figures = [
            (_("Payer"), receipt.payer),
            (_("Amount"), self.shell.amount(receipt.amount, code=True)),
        ]
        question = (
            _("Print the cancellation of receipt {number} again?")
            if receipt.cancelled
            else _("Print receipt {number} again?")
        )
        dialog = ConfirmDialog(
            self, question.format(number=receipt.number), figures=figures, yes=_("Print again")
        )
        # The one that was asked about: the list may have gone on behind the question.
        dialog.accepted.connect(lambda: self._reprint(receipt))
        dialog.open()

    def _reprint(self, receipt: ReceiptRow) -> None:
        reason = _("asked for at the counter")
        if receipt.cancellation_id is not None:
            title = _("Cancellation of {number}").format(number=receipt.number)
            self._print(receipt.cancellation_id, ReceiptPaper.A5, reason, title)
            return
        title = _("Receipt {number}").format(number=receipt.number)
        self._print(receipt.document_id, receipt_paper(self._preferences), reason, title)

    def _print(self, document_id: int, paper: ReceiptPaper, reason: str, title: str) -> None:
        def printed(document: PrintedDocument) -> None:
            shown = _("{title} · duplicate {rank}").format(title=title, rank=document.duplicate)
            shown = shown if document.duplicate else title
            DocumentDialog(self.shell.operations, self, shown, document.pdf, document.number).open()

        self.run(PrintDocument(document_id=document_id, paper=paper, reason=reason), then=printed)

    def ask_cancel(self) -> ApprovalDialog | None:
        """Says what cancelling does, with figures, and asks the second person."""
        receipt = self._which
        if receipt is None or not self.can_cancel():
            return None
        amount = self.shell.amount(receipt.amount, code=True)
        figures = [(_("Payer"), receipt.payer)]
        for place, (means, given) in enumerate(self._tender(one) for one in receipt.tenders):
            figures.append((_("Handed back") if place == 0 else "", f"{means} · {given}"))
        session = self._till.session
        in_cash = total(one.amount for one in receipt.tenders if one.channel == Channel.CASH)
        if session is not None and in_cash:
            left = session.cash_expected - in_cash
            figures.append((_("In the drawer afterwards"), self.shell.amount(left, code=True)))
        dialog = ApprovalDialog(
            self,
            _("Cancel receipt {number} of {amount}?").format(number=receipt.number, amount=amount),
            _("The receipt stays visible as cancelled, and the debts it paid are owed again."),
            figures=figures,
            reason=_("Reason"),
            yes=_("Cancel the receipt"),
            no=_("Keep it"),
            sign=lambda user, password: self._cancel(receipt, dialog, user, password),
        )
        dialog.open()
        return dialog

    def _cancel(self, receipt: ReceiptRow, dialog: ApprovalDialog, user_name: str, password: str) -> None:
        def done(cancelled: ReceiptCancelled) -> None:
            end(dialog)
            self.shell.say(_("Receipt {number} is cancelled.").format(number=cancelled.number))
            self._print(
                cancelled.document_id,
                ReceiptPaper.A5,
                "",
                _("Cancellation of {number}").format(number=receipt.number),
            )

        self.run(
            CancelReceipt(
                number=receipt.number,
                reason=dialog.reason(),
                approval=Approval(user_name=user_name, password=password),
            ),
            then=done,
            failed=dialog.refuse,
            undone=dialog.unlock,
        )

    # --- palette, language ------------------------------------------------------------------------------------

    def actions_offered(self) -> list[Action]:
        """What the cash desk offers in the palette."""
        return [*cash_actions(self), *self.listing.offered()]

    def enter_stub(self) -> StubDialog:
        """Asks for a receipt of a stub book."""
        dialog = StubDialog(self)
        dialog.open()
        return dialog

    def scenes(self) -> list[Scene]:
        """A receipt, its cancellation, opening and closing the desk."""

        def receipt() -> None:
            self.listing.look_for(scope=ALL)
            self.list.select_first()

        def desk() -> QWidget:
            return self.open_or_close()

        def opened() -> None:
            self.run(OpenCashSession(desk=1, opening_float=self.shell.municipality.currency.of(500)))

        return [
            Scene("receipt", receipt),
            Scene("cancel", self.ask_cancel),
            Scene("stub", self.enter_stub),
            Scene("desk", desk),
            Scene("open", opened),
            Scene("close", desk),
        ]

    def memory(self) -> dict[str, Any]:
        """What is listed, and how."""
        return self.listing.memory()

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes it up again."""
        self.listing.recall(memory)
