"""Requests: the work list by the time they are due, the one in hand, and what comes next for it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from muniadmin.access.names import USERS_TOPIC
from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.civil_status.commands import (
    DeliverRequest,
    PrepareRequest,
    RefuseRequest,
    RequestMoved,
    RequestTaken,
    ReworkRequest,
    StartRequest,
)
from muniadmin.civil_status.names import ACTS_TOPIC, HANDLE_REQUESTS, REQUEST_NUMBER, REQUESTS_TOPIC
from muniadmin.civil_status.reads import OneRequest, PreviewExtract, RequestDetail, RequestRow, Requests
from muniadmin.civil_status.reads import RequestsPage as Answer
from muniadmin.civil_status.rules import RequestState, Step
from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.civil_status.actions import request_actions
from muniadmin.desktop.civil_status.request_dialog import RequestDialog
from muniadmin.desktop.civil_status.request_panel import RequestPanel
from muniadmin.desktop.civil_status.step_dialogs import DeliveriesDialog, RefuseDialog, ReworkDialog
from muniadmin.desktop.civil_status.tables import request_columns, state_word
from muniadmin.desktop.lists.listing import Listing, Nothing, Wanted
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Filtered, New, Page, Scanned, Scene, Searched, Target
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.chips import ToggleChip
from muniadmin.desktop.widgets.dialogs import ConfirmDialog, end
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import PrintedDocument, ViewDocument
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, pick


class RequestsPage(Page):
    """The work list on the left, the request in hand on the right."""

    topics = frozenset({REQUESTS_TOPIC, ACTS_TOPIC, BILLS_TOPIC, PAYMENTS_TOPIC, USERS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Civil status"))
        self.dialog: RequestDialog | None = None
        self.document: DocumentDialog | None = None
        self._in_hand = ""
        deliveries = Button(_("Deliveries"))
        deliveries.clicked.connect(self.open_deliveries)
        self.header.add_action(deliveries)
        self.new = Button(_("New request"), Kind.PRIMARY, key="Ctrl+N")
        self.new.clicked.connect(self.open_new)
        self.header.add_action(self.new)
        self.new.setVisible(self.may(HANDLE_REQUESTS))

        self.detail = RequestPanel(shell)
        self.detail.pay.connect(self.pay)
        self.detail.finish.connect(self.finish)
        self.detail.reprint.connect(self.ask_reprint)
        self.detail.preview.connect(self.preview)
        self.detail.step.connect(self.take_step)
        self.detail.act_wanted.connect(lambda act_id: self.shell.go("acts", Filtered({"act_id": act_id})))
        self._make_listing()
        self.body.addWidget(self.listing, 1)
        self.listing.ask()

    def _make_listing(self) -> None:
        self.state: MenuChip[str] = MenuChip(
            _("State"),
            [("open", _("Pending")), *((state.value, state_word(state)) for state in RequestState)],
            everything=_("All states"),
        )
        self.state.set_value("open")
        self.late = ToggleChip(_("Late"))
        self.listing: Listing[RequestRow] = Listing(
            self,
            "requests",
            _("Requests"),
            request_columns(self.shell),
            self._source,
            key=lambda request: request.number,
            search=_("Number or name"),
            filters={"state": self.state, "late": self.late},
            usual=_("Pending"),
            views={N_("All requests"): {"state": None}, N_("Late"): {"late": True}},
            empty=self._nothing,
            panel=self.detail,
            titled=True,
            begins_first=False,
        )
        self.list, self.search = self.listing.table, self.listing.search
        self.search.returnPressed.connect(self._on_search)
        self.listing.chosen.connect(self._on_chosen)
        self.listing.counted.connect(self._on_counted)

    def _nothing(self, wanted: Wanted) -> Nothing:
        if wanted.filters["state"] is None:
            return Nothing(
                "stamp", _("No request yet"), _("Requests for extracts appear here, whatever their state.")
            )
        return Nothing(
            "stamp",
            _("Nobody is waiting"),
            _("Requests for extracts appear here, the next one due on top."),
            (_("Show all requests"), lambda: self.listing.look_for(state=None)),
        )

    # --- asking -------------------------------------------------------------------------------------------------

    def _source(self, wanted: Wanted) -> QuerySource[RequestRow]:
        return QuerySource(
            self.read,
            page=partial(self._question, wanted),
            rows_of=lambda answer: answer.rows,
            summarise=self._summarise,
        )

    def _question(self, wanted: Wanted, window: Window) -> Requests:
        return Requests(
            text=wanted.text,
            state=wanted.filters["state"],
            late=wanted.filters["late"],
            sort=window.sort,
            descending=window.descending,
            after=window.anchor.place if window.anchor is not None else None,
            offset=window.behind,
            limit=window.limit,
            totals=window.offset == 0,
        )

    def _summarise(self, answer: Answer) -> Summary:
        totals = [(_("Late"), format_number(answer.late))] if answer.late else []
        return Summary(answer.count, totals)

    def reload(self) -> None:
        """Asks again; the request in hand stays."""
        self.listing.reload()
        if self.detail.case is not None:
            self._show_number(self.detail.case.row.number)

    # --- the request in hand --------------------------------------------------------------------------------------

    def _on_chosen(self, request: RequestRow | None) -> None:
        if request is not None:
            self._show_number(request.number)
        elif not self._in_hand:
            self.detail.show_nothing()

    def _show_number(self, number: str) -> None:
        self.read(OneRequest(number=number), then=self._show, key="request")

    def _show(self, case: RequestDetail) -> None:
        self._in_hand = case.row.number
        self.detail.show_case(case)

    def _on_counted(self, summary: Summary) -> None:
        """The request in hand stays in hand when it is not listed any more."""
        if summary.count and self.list.current() is None:
            if self._in_hand:
                self.list.select_key(self._in_hand)
            else:
                self.list.select_first()

    # --- taking a request -----------------------------------------------------------------------------------------

    def open_new(self, back: str = "") -> None:
        """The form for a new request; without one the page ``back`` is returned to."""
        if self.may(HANDLE_REQUESTS):
            self.dialog = RequestDialog(self, self.shell)
            self.dialog.taken.connect(self._on_taken)
            if back:
                self.dialog.rejected.connect(lambda: self.shell.go(back))
            self.dialog.open()

    def open_new_on(self, act_id: int) -> None:
        """The form for a new request on an act."""
        self.open_new()
        if self.dialog is not None:
            self.dialog.choose(act_id)

    def _on_taken(self, request: RequestTaken) -> None:
        """The request is in hand; whoever takes payments goes on to the counter with it."""
        self._in_hand = request.number
        self.listing.clear()
        self._show_number(request.number)
        self.shell.say(_("Request {number} is taken.").format(number=request.number))
        if request.bill_id is not None and self.may(TAKE_PAYMENTS):
            self.shell.go("counter", Scanned(REQUEST_NUMBER, request.number))

    # --- what comes next ------------------------------------------------------------------------------------------

    def pay(self) -> None:
        """Opens the counter on the request's number, as a scan of its slip does."""
        if self.detail.case is not None:
            self.shell.go("counter", Scanned(REQUEST_NUMBER, self.detail.case.row.number))

    def _ask(
        self, case: RequestDetail, question: str, text: str, yes: str, act: Callable[[], object]
    ) -> ConfirmDialog:
        """Asks once before an extract is issued, handed over or printed again."""
        dialog = ConfirmDialog(
            self,
            question,
            text,
            figures=[
                (_("Holder"), case.row.holder),
                (_("Document"), pick(case.row.document_names)),
                (_("Copies"), format_number(case.row.copies)),
            ],
            yes=yes,
        )
        dialog.accepted.connect(act)
        dialog.open()
        return dialog

    def finish(self) -> ConfirmDialog | None:
        """Asks once, then issues the extract if that is still to be done, hands it over and prints it."""
        case = self.detail.case
        if case is None:
            return None
        return self._ask(
            case,
            _("Hand the extract over to {requester}?").format(requester=case.row.requester),
            _("It is issued, printed and noted in the register of deliveries.")
            if Step.PREPARE in case.allowed
            else _("It is printed and noted in the register of deliveries."),
            _("Hand over"),
            partial(self._finish, case),
        )

    def ask_issue(self) -> ConfirmDialog | None:
        """Asks once, then issues the extract; it is handed over later."""
        case = self.detail.case
        if case is None:
            return None
        return self._ask(
            case,
            _("Issue the extract for {requester}?").format(requester=case.row.requester),
            _("It gets its number and waits to be handed over."),
            _("Issue the extract"),
            lambda: self.run(PrepareRequest(number=case.row.number)),
        )

    def _finish(self, case: RequestDetail) -> None:
        number = case.row.number
        hand_over = partial(self.run, DeliverRequest(number=number), then=self._print)
        if Step.PREPARE in case.allowed:
            self.run(PrepareRequest(number=number), then=lambda _moved: hand_over())
        else:
            hand_over()

    def _print(self, moved: RequestMoved) -> None:
        self.shell.say(_("Request {number} is handed over.").format(number=moved.number))
        if moved.document_id is not None:
            self.run(PrintDocument(document_id=moved.document_id), then=self._show_printed)

    def ask_reprint(self) -> ConfirmDialog | None:
        """Asks once, then prints the extract that was handed over: again, it is a duplicate."""
        case = self.detail.case
        if case is None or case.document_id is None:
            return None
        order = PrintDocument(document_id=case.document_id)
        question = (
            _("Print the extract of request {number} again?")
            if case.prints
            else _("Print the extract of request {number}?")
        )
        return self._ask(
            case,
            question.format(number=case.row.number),
            _("It is marked as a duplicate, and the printing is noted.")
            if case.prints
            else _("It was not printed yet: this is the original."),
            _("Print a duplicate") if case.prints else _("Print"),
            lambda: self.run(order, then=self._show_printed),
        )

    def preview(self) -> None:
        """Shows the extract without issuing or printing it."""
        case = self.detail.case
        if case is None:
            return
        if case.document_id is not None:
            self.read(
                ViewDocument(document_id=case.document_id),
                then=partial(self._show_document, only_shown=True),
                key="preview",
            )
        else:
            self.read(PreviewExtract(number=case.row.number), then=self._show_document, key="preview")

    def _show_printed(self, printed: PrintedDocument) -> None:
        """Shows the paper; from now on the request knows that it was printed."""
        self._show_document(printed)
        self.reload()

    def _show_document(self, printed: PrintedDocument, *, only_shown: bool = False) -> None:
        title = _("Extract {number} · on the screen only") if only_shown else _("Extract {number}")
        self.document = DocumentDialog(
            self.shell.operations,
            self,
            title.format(number=printed.number),
            printed.pdf,
            printed.number,
            only_shown=only_shown,
            then=self.list.take_focus,
        )
        self.document.open()

    def take_step(self, name: str) -> None:
        """Takes one step of the menu."""
        case = self.detail.case
        if case is None:
            return
        number = case.row.number
        steps: dict[Step, Callable[[], object]] = {
            Step.START: lambda: self.run(StartRequest(number=number)),
            Step.PREPARE: self.ask_issue,
            Step.DELIVER: self.finish,
            Step.REWORK: self.open_rework,
            Step.REFUSE: self.open_refuse,
        }
        steps[Step(name)]()

    def open_rework(self) -> ReworkDialog | None:
        """Asks what was wrong."""
        case = self.detail.case
        if case is None:
            return None
        number = case.row.number
        dialog = ReworkDialog(
            self,
            number,
            lambda cause, note: self.run(
                ReworkRequest(number=number, cause=cause, note=note),
                then=lambda _moved: end(dialog),
                failed=dialog.refuse,
                undone=dialog.unlock,
            ),
        )
        dialog.open()
        return dialog

    def open_refuse(self) -> RefuseDialog | None:
        """Asks why; says what will happen."""
        case = self.detail.case
        if case is None:
            return None
        number = case.row.number
        fee = self.shell.amount(case.row.due, code=True) if case.row.due else ""
        dialog = RefuseDialog(
            self,
            number,
            fee,
            lambda reason: self.run(
                RefuseRequest(number=number, reason=reason),
                then=lambda _moved: end(dialog),
                failed=dialog.refuse,
                undone=dialog.unlock,
            ),
        )
        dialog.open()
        return dialog

    def open_deliveries(self) -> DeliveriesDialog:
        """The register of deliveries."""
        dialog = DeliveriesDialog(self, self.shell)
        dialog.open()
        return dialog

    # --- coming and going -----------------------------------------------------------------------------------------

    def open(self, target: Target) -> None:
        """A scanned request, a search, the rows behind a figure, or a new request."""
        if isinstance(target, Scanned):
            self._in_hand = target.number
            self.listing.show_one(target.number, state=None)
            self._show_number(target.number)
        elif isinstance(target, Searched):
            self.listing.look_for(target.text, state=None)
        elif isinstance(target, New):
            if "act_id" in target.values:
                self.open_new_on(target.values["act_id"])
            else:
                self.open_new(target.back)
        elif isinstance(target, Filtered):
            self.listing.look_for(**target.filters)

    def _on_search(self) -> None:
        """The square code of an extract that was scanned into the search is checked."""
        text = self.search.text()
        if self.shell.read_scan(text).is_square_code:
            self.search.clear()
            self.shell.check_paper(text)

    def take_focus(self) -> None:
        """The keyboard starts on the request in hand, or in the search when there is none."""
        if self.detail.case is not None:
            self.list.take_focus()
        else:
            self.listing.take_focus()

    def actions_offered(self) -> Sequence[Action]:
        """What the palette lists."""
        return [*request_actions(self), *self.listing.offered()]

    def memory(self) -> dict[str, Any]:
        """What is listed, and the request in hand."""
        return {**self.listing.memory(), "in_hand": self._in_hand}

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes it up again."""
        self._in_hand = memory["in_hand"]
        self.listing.recall(memory)
        if self._in_hand:
            self._show_number(self._in_hand)

    def scenes(self) -> list[Scene]:
        """A request being taken, and what may come in between."""

        def new() -> RequestDialog | None:
            self.open_new()
            if self.dialog is not None:
                search = self.dialog.search
                search.listed.connect(lambda _acts: search.take())
            return self.dialog

        return [
            Scene("new", new),
            Scene("rework", self.open_rework),
            Scene("refuse", self.open_refuse),
            Scene("deliveries", self.open_deliveries),
        ]
