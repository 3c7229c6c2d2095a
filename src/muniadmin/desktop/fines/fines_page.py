"""Fines: the list with its filters, the detail with the plate's history, capture, notice, voiding, import."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from muniadmin.access.commands import Approval
from muniadmin.access.names import USERS_TOPIC
from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.exchange.import_page import ImportPage
from muniadmin.desktop.fines.actions import fine_actions
from muniadmin.desktop.fines.capture_dialog import CaptureDialog, Kept
from muniadmin.desktop.fines.fine_panel import FinePanel
from muniadmin.desktop.fines.import_kind import FinesImport
from muniadmin.desktop.fines.tables import fine_columns, offence_line, plate_of, state_word
from muniadmin.desktop.lists.listing import Listing, Nothing, Wanted
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Filtered, New, Scanned, Scene, Searched, Target
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.dialogs import ApprovalDialog, ask_to_print, end
from muniadmin.desktop.widgets.layouts import show_if
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import PrintedDocument
from muniadmin.fines.commands import FineCaptured, FineNoticeIssued, FineVoided, IssueFineNotice, VoidFine
from muniadmin.fines.names import (
    CAPTURE_FINES,
    FINE_NUMBER,
    FINES_TOPIC,
    IMPORT_FINES,
    OFFENCES_TOPIC,
    VOID_FINES,
)
from muniadmin.fines.reads import (
    FineDetail,
    FineRow,
    Fines,
    OffenceRow,
    Offences,
    Officers,
)
from muniadmin.fines.reads import (
    FinesPage as Answer,
)
from muniadmin.fines.rules import FineAct, FineState
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_, _
from muniadmin.taxpayers.names import TAXPAYER_NUMBER

# How far back, by the name of the period.
_PERIODS = {
    "today": N_("Today"),
    "week": N_("7 days"),
    "month": N_("30 days"),
    "year": N_("This fiscal year"),
}


class FinesPage(ImportPage):
    """The list on the left, the chosen fine on the right."""

    topics = frozenset({FINES_TOPIC, OFFENCES_TOPIC, BILLS_TOPIC, PAYMENTS_TOPIC, USERS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Fines"), IMPORT_FINES)
        self._kept = Kept()
        self.capture: CaptureDialog | None = None
        self.new = Button(_("New fine"), Kind.PRIMARY, key="Ctrl+N")
        self.new.clicked.connect(self.open_capture)
        show_if(self.new, self.may(CAPTURE_FINES))
        self.header.add_action(self.new)

        self.detail = FinePanel(shell)
        self.detail.pay.connect(self.pay)
        self.detail.print.connect(self.print_notice)
        self.detail.void.connect(self.open_void)
        self.detail.plate_wanted.connect(self._search_for)
        self.detail.owner_wanted.connect(
            lambda number: self.shell.go("taxpayers", Scanned(TAXPAYER_NUMBER, number))
        )
        self._make_listing()
        self.stack.addWidget(self.listing)
        self.body.addWidget(self.stack, 1)
        self._ask_filters()
        self.listing.ask()

    def _make_listing(self) -> None:
        self.state: MenuChip[str] = MenuChip(
            _("State"), [(state.value, state_word(state)) for state in FineState], everything=_("All states")
        )
        self.offence: MenuChip[str] = MenuChip(_("Offence"), everything=_("All offences"))
        self.officer: MenuChip[str] = MenuChip(_("Officer"), everything=_("All officers"))
        self.period: MenuChip[str] = MenuChip(
            _("Committed"), [(code, _(name)) for code, name in _PERIODS.items()], everything=_("At any time")
        )
        self.listing: Listing[FineRow] = Listing(
            self,
            "fines",
            _("Fines"),
            fine_columns(self.shell),
            self._source,
            key=lambda fine: fine.fine_id,
            sort="committed",
            descending=True,
            search=_("Number, plate or place"),
            filters={
                "state": self.state,
                "offence_code": self.offence,
                "officer": self.officer,
                "period": self.period,
            },
            empty=Nothing(
                "square-parking",
                _("No fine yet"),
                _("Fines that are captured or imported appear here."),
                (_("New fine"), self.open_capture) if self.may(CAPTURE_FINES) else None,
            ),
            panel=self.detail,
            sums=[(_("Left as booked"), lambda fine: fine.left)],
            titled=True,
        )
        self.list, self.search = self.listing.table, self.listing.search
        self.listing.chosen.connect(self._on_chosen)

    # --- asking -------------------------------------------------------------------------------------------------

    def _source(self, wanted: Wanted) -> QuerySource[FineRow]:
        return QuerySource(
            self.read,
            page=partial(self._question, wanted, self._since(wanted.filters["period"])),
            rows_of=lambda answer: answer.rows,
            summarise=self._summarise,
        )

    def _question(self, wanted: Wanted, since: date | None, window: Window) -> Fines:
        return Fines(
            text=wanted.text,
            state=wanted.filters["state"],
            offence_code=wanted.filters["offence_code"],
            officer=wanted.filters["officer"],
            since=since,
            sort=window.sort or "committed",
            descending=window.descending,
            totals=window.offset == 0,
            offset=window.offset,
            limit=window.limit,
        )

    def _summarise(self, answer: Answer) -> Summary:
        return Summary(answer.count, [(_("Left as booked"), self.shell.amount(answer.left, code=True))])

    def _since(self, period: str | None) -> date | None:
        today = self.today
        calendar = self.shell.municipality.calendar
        return {
            "today": today,
            "week": today - timedelta(days=6),
            "month": today - timedelta(days=29),
            "year": calendar.year(calendar.year_of(today)).start,
        }.get(period or "")

    def _ask_filters(self) -> None:
        self.read(Offences(), then=self._offer_offences, key="offences")
        self.read(Officers(), then=self._offer_officers, key="officers")

    def _offer_offences(self, offences: list[OffenceRow]) -> None:
        self.offence.set_choices([(one.code, offence_line(one)) for one in offences])

    def _offer_officers(self, officers: list[str]) -> None:
        self.officer.set_choices([(officer, officer) for officer in officers])
        show_if(self.officer, len(officers) > 1)

    def reload(self) -> None:
        """Asks again; the row in hand stays."""
        self._ask_filters()
        self.listing.reload()

    # --- the row in hand ------------------------------------------------------------------------------------------

    def _on_chosen(self, fine: FineRow | None) -> None:
        if fine is None:
            self.detail.show_nothing()
            return
        self.read(FineDetail(fine_id=fine.fine_id), then=self.detail.show_case, key="fine")

    def _search_for(self, plate: str) -> None:
        self.listing.look_for(plate)

    # --- acts -----------------------------------------------------------------------------------------------------

    def pay(self) -> None:
        """Opens the counter on the fine's number, as a scan of its notice does."""
        case = self.detail.case
        if case is not None and FineAct.PAY in case.acts and self.may(TAKE_PAYMENTS):
            self.shell.go("counter", Scanned(FINE_NUMBER, case.row.number))

    def open_capture(self, back: str = "") -> None:
        """The form for a new fine; it stays open for the next one. Afterwards the page ``back`` has them in hand."""
        if not self.may(CAPTURE_FINES):
            return
        captured: list[str] = []
        self.capture = CaptureDialog(self, self.shell, self._kept, self._time_now)
        self.capture.captured.connect(self._on_captured)
        self.capture.notice_wanted.connect(partial(self._ask_notice, self.capture))
        self.capture.captured.connect(lambda fine: captured.append(fine.number))
        self.capture.finished.connect(self._capture_closed)
        if back:
            self.capture.finished.connect(lambda _result: self._go_back(back, captured))
        self.capture.open()

    def _capture_closed(self) -> None:
        self.capture = None

    def _go_back(self, back: str, captured: Sequence[str]) -> None:
        self.shell.go(back)
        for number in captured:
            self.shell.go(back, Scanned(FINE_NUMBER, number))

    def _time_now(self) -> time:
        return self.shell.local_now().time()

    def _on_captured(self, fine: FineCaptured) -> None:
        self.listing.select_key(fine.fine_id)

    def print_notice(self) -> None:
        """Asks, then issues the notice of the fine in hand, or prints the one there is once more."""
        if self.detail.case is not None:
            fine = self.detail.case.row
            amount = self.shell.amount(fine.due or fine.amount, code=True)
            self._ask_notice(self, fine.number, [(_("Plate"), plate_of(fine)), (_("Amount"), amount)])

    def _ask_notice(self, parent: QWidget, number: str, figures: Sequence[tuple[str, str]] = ()) -> None:
        question = _("Print the notice of fine {number}?").format(number=number)
        order = IssueFineNotice(number=number)
        ask_to_print(parent, question, figures, lambda: self.run(order, then=self._print))

    def _print(self, issued: FineNoticeIssued) -> None:
        self.run(PrintDocument(document_id=issued.document_id), then=self._preview)

    def _preview(self, printed: PrintedDocument) -> None:
        parent = self.capture or self
        title = _("Notice of fine {number}").format(number=printed.number)
        DocumentDialog(self.shell.operations, parent, title, printed.pdf, printed.number).open()

    def open_void(self) -> ApprovalDialog | None:
        """Asks for the reason and the second person; says what will happen."""
        case = self.detail.case
        if case is None or FineAct.VOID not in case.acts:
            return None
        fine = case.row
        dialog = ApprovalDialog(
            self,
            _("Void fine {number} of {amount}?").format(
                number=fine.number, amount=self.shell.amount(fine.amount, code=True)
            ),
            _(
                "Nobody has to pay it any more. It stays in the list as void, with your reason and both names."
            ),
            reason=_("Reason"),
            yes=_("Void the fine"),
            no=_("Keep it"),
            sign=lambda user_name, password: self.run(
                VoidFine(
                    number=fine.number,
                    reason=dialog.reason(),
                    approval=Approval(user_name=user_name, password=password),
                ),
                then=partial(self._voided, dialog),
                failed=dialog.refuse,
                undone=dialog.unlock,
            ),
        )
        dialog.open()
        return dialog

    def _voided(self, dialog: ApprovalDialog, voided: FineVoided) -> None:
        end(dialog)
        self.shell.say(_("Fine {number} is void.").format(number=voided.number))

    # --- import ---------------------------------------------------------------------------------------------------

    def import_kind(self) -> FinesImport:
        """Tickets of the officers' devices, or of another system."""
        return FinesImport(self.shell)

    # --- coming and going -------------------------------------------------------------------------------------------

    def open(self, target: Target) -> None:
        """A scanned fine, a search, the rows behind a figure, or a new fine."""
        if not isinstance(target, New):
            self.leave_import()
        if isinstance(target, Scanned):
            self.listing.show_one(target.number)
        elif isinstance(target, Searched):
            self.listing.look_for(target.text)
        elif isinstance(target, New):
            self.open_capture(target.back)
        elif isinstance(target, Filtered):
            self.listing.look_for(**target.filters)

    def take_focus(self) -> None:
        """The keyboard starts in the search, or in the assistant."""
        if self.assistant is not None and self.importing:
            self.assistant.take_focus()
        else:
            self.listing.take_focus()

    def actions_offered(self) -> Sequence[Action]:
        """What the palette lists."""
        return [*fine_actions(self), *self.listing.offered()]

    def memory(self) -> dict[str, Any]:
        """What is listed, and what the next capture takes over."""
        return {**self.listing.memory(), "kept": self._kept}

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes it up again."""
        self._kept = memory["kept"]
        self.listing.recall(memory)

    def scenes(self) -> Sequence[Scene]:
        """The capture, the question before a fine is void, the import of the officers' devices."""

        def capture() -> QWidget | None:
            self.open_capture()
            return self.capture

        lines = ["number,plate,make,place,longitude,latitude,committed_at,officer,offence,remarks"]
        lines += [
            f"B12-{n:04d},{1000 + n}-A-15,Dacia,Avenue Hassan II,-5.0,34.03,2026-11-22 {n}:05,B-12,S01,"
            for n in range(8, 20)
        ]
        scenes = [Scene("capture", capture)] if self.may(CAPTURE_FINES) else []
        if self.may(VOID_FINES):
            scenes.append(Scene("void", self.open_void))
        return [*scenes, *self.import_scenes("tickets.csv", [*lines, "B12-0030,,,,,,22 Mars,B-12,S01,"])]

    def _refused(self, problem: UserError) -> None:
        if self.capture is not None:
            self.capture.refuse(problem)
        else:
            super()._refused(problem)
