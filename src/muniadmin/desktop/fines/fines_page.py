"""Fines: the list with its filters, the detail with the plate's history, capture, notice, voiding, import."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from muniadmin.access.commands import Approval
from muniadmin.access.names import USERS_TOPIC
from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.exchange.import_page import ImportPage
from muniadmin.desktop.fines.capture_dialog import CaptureDialog, Kept
from muniadmin.desktop.fines.fine_panel import FinePanel
from muniadmin.desktop.fines.import_kind import FinesImport
from muniadmin.desktop.fines.tables import columns, offence_line, state_word
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Filtered, New, Scanned, Scene, Searched, Target, split
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.chips import Chip
from muniadmin.desktop.widgets.dialogs import ApprovalDialog
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.layouts import column, row, show_if
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.desktop.widgets.preview import DocumentDialog
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.desktop.widgets.row_table import RowTable
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
    FineCase,
    FineDetail,
    FineRow,
    Fines,
    FinesOfPlate,
    OffenceRow,
    Offences,
    Officers,
)
from muniadmin.fines.reads import (
    FinesPage as Answer,
)
from muniadmin.fines.rules import FineAct, FineState
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _
from muniadmin.taxpayers.names import TAXPAYER_NUMBER

# How far back, by the name of the period.
_PERIODS = {
    "today": N_("Today"),
    "week": N_("7 days"),
    "month": N_("30 days"),
    "year": N_("This fiscal year"),
}
_TYPING_PAUSE_MS = 180


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

        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        self._typing.timeout.connect(self.ask)
        self.search = SearchField(_("Search"), placeholder=_("Number, plate or place"), key="Ctrl+F")
        self.search.setFixedWidth(250)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.moved_down.connect(self._into_list)
        self.state: MenuChip[str] = MenuChip(
            _("State"), [(state.value, state_word(state)) for state in FineState], everything=_("All states")
        )
        self.offence: MenuChip[str] = MenuChip(_("Offence"), everything=_("All offences"))
        self.officer: MenuChip[str] = MenuChip(_("Officer"), everything=_("All officers"))
        self.period: MenuChip[str] = MenuChip(
            _("Committed"), [(code, _(name)) for code, name in _PERIODS.items()], everything=_("At any time")
        )
        self.columns = Chip(_("Columns"), arrow=True)
        self.columns.clicked.connect(self._choose_columns)
        for chip in self._chips():
            chip.chosen.connect(lambda _value: self.ask())
        filters = row(self.search, *self._chips(), None, self.columns, spacing=8)

        self._first = Button(_("New fine"), Kind.PRIMARY)
        self._first.clicked.connect(self.open_capture)
        self.list: RowTable[FineRow] = RowTable(
            "fines",
            _("Fines"),
            columns(shell),
            key=lambda fine: fine.fine_id,
            sort="committed",
            descending=True,
            empty=EmptyState("square-parking", "", "", self._first),
        )
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(lambda _fine: self.pay())
        self.list.left_upwards.connect(self.search.take_focus)
        self.list.counted.connect(self._on_counted)
        self.detail = FinePanel(shell)
        self.detail.pay.connect(self.pay)
        self.detail.print.connect(self.print_notice)
        self.detail.void.connect(self.open_void)
        self.detail.plate_wanted.connect(self._search_for)
        self.detail.owner_wanted.connect(
            lambda number: self.shell.go("taxpayers", Scanned(TAXPAYER_NUMBER, number))
        )
        lists = column(filters, spacing=12)
        lists.addLayout(split(self.list, self.detail), 1)
        listing = QWidget()
        listing.setLayout(lists)
        self.stack.addWidget(listing)
        self.body.addWidget(self.stack, 1)
        self._ask_filters()
        self.ask()

    # --- asking -------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Lists what the filters say, from the top."""
        self._typing.stop()
        self.list.set_source(
            QuerySource(
                self.read,
                page=partial(self._query, self._since()),
                rows_of=lambda answer: answer.rows,
                summarise=self._summarise,
            )
        )

    def _query(self, since: date | None, window: Window) -> Fines:
        return Fines(
            text=self.search.text(),
            state=self.state.value(),
            offence_code=self.offence.value(),
            officer=self.officer.value(),
            since=since,
            sort=window.sort or "committed",
            descending=window.descending,
            totals=window.offset == 0,
            offset=window.offset,
            limit=window.limit,
        )

    def _summarise(self, answer: Answer) -> Summary:
        return Summary(answer.count, [(_("Left as booked"), self.shell.amount(answer.left, code=True))])

    def _since(self) -> date | None:
        today = self.today
        calendar = self.shell.municipality.calendar
        return {
            "today": today,
            "week": today - timedelta(days=6),
            "month": today - timedelta(days=29),
            "year": calendar.year(calendar.year_of(today)).start,
        }.get(self.period.value() or "")

    def _ask_filters(self) -> None:
        self.read(Offences(), then=self._offer_offences, key="offences")
        self.read(Officers(), then=self._offer_officers, key="officers")

    def _offer_offences(self, offences: list[OffenceRow]) -> None:
        self.offence.set_choices([(one.code, offence_line(one)) for one in offences])

    def _offer_officers(self, officers: list[str]) -> None:
        self.officer.set_choices([(officer, officer) for officer in officers])
        self.officer.setVisible(len(officers) > 1)

    def reload(self) -> None:
        """Asks again; the row in hand stays."""
        self._ask_filters()
        self.list.reload()

    # --- the row in hand ------------------------------------------------------------------------------------------

    def _on_chosen(self, fine: FineRow | None) -> None:
        if fine is None:
            self.detail.show_nothing()
            return
        self.read(FineDetail(fine_id=fine.fine_id), then=self._show, key="fine")

    def _show(self, case: FineCase) -> None:
        self.detail.show_case(case)
        if case.row.readable:
            self.read(FinesOfPlate(plate=case.row.plate, limit=8), then=self.detail.show_history, key="plate")

    def _on_counted(self, summary: Summary) -> None:
        if not self.importing:
            self.header.set_count(format_number(summary.count) if summary.count else "")
        if summary.count and self.list.current() is None:
            self.list.select(0)
        if not summary.count:
            self._say_empty()

    def _say_empty(self) -> None:
        filtered = bool(self.search.text().strip()) or any(chip.value() is not None for chip in self._chips())
        self._first.setVisible(self.may(CAPTURE_FINES) and not filtered)
        if filtered:
            self.list.empty.say(
                "search",
                _("No fine fits"),
                _("Type less of the number, plate or place, or take a filter away."),
            )
        else:
            self.list.empty.say(
                "square-parking", _("No fine yet"), _("Fines that are captured or imported appear here.")
            )

    def _chips(self) -> Sequence[MenuChip[str]]:
        return self.state, self.offence, self.officer, self.period

    def _into_list(self) -> None:
        self.list.take_focus()
        if self.list.current() is None:
            self.list.select(0)

    def _search_for(self, text: str) -> None:
        for chip in self._chips():
            chip.set_value(None)
        self.search.setText(text)
        self.ask()

    def _choose_columns(self) -> None:
        self.list.choose_columns()

    # --- acts -----------------------------------------------------------------------------------------------------

    def pay(self) -> None:
        """Opens the counter on the fine's number, as a scan of its notice does."""
        case = self.detail.case
        if case is not None and FineAct.PAY in case.acts and self.may(TAKE_PAYMENTS):
            self.shell.go("counter", Scanned(FINE_NUMBER, case.row.number))

    def open_capture(self) -> None:
        """The form for a new fine; it stays open for the next one."""
        if not self.may(CAPTURE_FINES):
            return
        self.capture = CaptureDialog(self, self.shell, self._kept, self._time_now)
        self.capture.captured.connect(self._on_captured)
        self.capture.notice_wanted.connect(self._issue_notice)
        self.capture.open()

    def _time_now(self) -> time:
        return self.shell.local_now().time()

    def _on_captured(self, fine: FineCaptured) -> None:
        self.list.select_key(fine.fine_id)

    def print_notice(self) -> None:
        """Issues the notice of the fine in hand, or prints the one there is once more."""
        if self.detail.case is not None:
            self._issue_notice(self.detail.case.row.number)

    def _issue_notice(self, number: str) -> None:
        self.run(IssueFineNotice(number=number), then=self._print)

    def _print(self, issued: FineNoticeIssued) -> None:
        self.run(PrintDocument(document_id=issued.document_id), then=self._preview)

    def _preview(self, printed: PrintedDocument) -> None:
        parent = self.capture if self.capture is not None and self.capture.isVisible() else self
        title = _("Notice of fine {number}").format(number=printed.number)
        DocumentDialog(parent, title, printed.pdf, printed.number, zoom=0.78).open()

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
        dialog.accept()
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
            self._search_for(target.number)
        elif isinstance(target, Searched):
            self._search_for(target.text)
        elif isinstance(target, New):
            self.open_capture()
        elif isinstance(target, Filtered):
            self._filter(target.filters)

    def _filter(self, filters: Any) -> None:
        self.search.clear()
        for chip, name in ((self.state, "state"), (self.offence, "offence_code"), (self.officer, "officer")):
            chip.set_value(filters.get(name))
        self.period.set_value(filters.get("period"))
        self.ask()

    def take_focus(self) -> None:
        """The keyboard starts in the search, or in the assistant."""
        if self.assistant is not None and self.importing:
            self.assistant.take_focus()
        else:
            self.search.take_focus()

    def actions_offered(self) -> Sequence[Action]:
        """What the palette lists."""
        actions = [
            Action(
                id="fines new", title=_("New fine"), run=self.open_capture, key="Ctrl+N", icon="plus",
                group=_("Fines"), permission=CAPTURE_FINES,
            ),
            Action(
                id="fines import", title=_("Import fines"), run=self.open_import, icon="upload",
                group=_("Fines"), permission=IMPORT_FINES,
            ),
        ]  # fmt: skip
        case = self.detail.case
        if case is not None:
            acts = (
                (FineAct.PAY, "banknote", _("Take payment"), self.pay, TAKE_PAYMENTS),
                (
                    FineAct.PRINT,
                    "printer",
                    _("Print the notice"),
                    self.print_notice,
                    CAPTURE_FINES,
                ),
                (FineAct.VOID, "x", _("Void the fine"), self.open_void, VOID_FINES),
            )
            actions += [
                Action(
                    id=f"fines {act}",
                    title=title,
                    run=run,
                    icon=icon,
                    group=case.row.number,
                    permission=permission,
                )
                for act, icon, title, run, permission in acts
                if act in case.acts
            ]
        return actions

    def memory(self) -> dict[str, Any]:
        """The filters, and what the next capture takes over."""
        return {
            "text": self.search.text(),
            "chips": [chip.value() for chip in self._chips()],
            "kept": self._kept,
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes the filters up again."""
        self._kept = memory["kept"]
        for chip, value in zip(self._chips(), memory["chips"], strict=True):
            chip.set_value(value)
        self.search.setText(memory["text"])
        self.ask()

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
        if self.capture is not None and self.capture.isVisible():
            self.capture.refuse(problem)
        else:
            super()._refused(problem)
