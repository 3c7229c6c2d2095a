"""The detail of a request: what is to be done next, who asked for what, the way so far."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from muniadmin.civil_status.commands import Channel
from muniadmin.civil_status.names import HANDLE_REQUESTS
from muniadmin.civil_status.reads import RequestDetail
from muniadmin.civil_status.rules import CHANNEL_NAMES, RequestState, Step
from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.civil_status.tables import (
    due_word,
    happenings,
    is_open,
    relation_word,
    state_word,
    tone_of,
)
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button, Kind, LinkButton
from muniadmin.desktop.widgets.cards import DetailCard, Section
from muniadmin.desktop.widgets.detail import DefinitionRows, KeyFigures, Timeline
from muniadmin.desktop.widgets.labels import Hairline, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import FlowBox, column, row
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, pick

#: What the second row's menu offers, with the words for it.
STEP_WORDS = {
    Step.START: N_("Take it up"),
    Step.PREPARE: N_("Issue the extract"),
    Step.DELIVER: N_("Hand over"),
    Step.REWORK: N_("Report an error…"),
    Step.REFUSE: N_("Refuse the request…"),
}


class RequestPanel(DetailCard):
    """Asks the page to act: ``pay``, ``finish`` (issue, hand over, print), ``step``, ``preview``, ``act_wanted``."""

    pay = Signal()
    finish = Signal()
    reprint = Signal()
    preview = Signal()
    step = Signal(str)
    act_wanted = Signal(int)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.case: RequestDetail | None = None
        self.holder = Text("", Role.SECTION, wrap=True).selectable()
        self.pill = Pill()
        self.document = Text("", wrap=True)
        self.line = Text("", Role.MUTED, wrap=True).selectable()
        self.primary = Button("", Kind.PRIMARY, key="Ctrl+Return", small=True)
        self.primary.clicked.connect(self.do_primary)
        self.preview_button = Button(_("Preview"), small=True, icon="eye")
        self.preview_button.clicked.connect(self.preview)
        self.more = Button(_("More"), small=True)
        self._menu = QMenu(self.more)
        self.more.setMenu(self._menu)
        self.figures = KeyFigures()
        self.facts = DefinitionRows(muted="label")
        self.act = LinkButton("")
        self.act.clicked.connect(self._open_act)
        self.timeline = Timeline(when_width=118)
        head = column(
            row(self.holder, None, self.pill),
            self.document,
            self.line,
            8,
            FlowBox(self.primary, self.preview_button, self.more, spacing=8),
            spacing=2,
            margins=(16, 16, 16, 14),
        )
        content = column(
            head,
            Hairline(),
            self.figures,
            Hairline(),
            Section(_("Request"), self.facts, self.act),
            Section(_("History"), self.timeline),
            None,
            spacing=0,
        )
        self.hold(content, _("Choose a request in the list to see where it stands."))

    def show_nothing(self) -> None:
        """No row is chosen."""
        self.case = None
        self.show_held(shown=False)

    def show_case(self, case: RequestDetail) -> None:
        """Another request, or the same with news."""
        self.case = case
        request, shell = case.row, self._shell
        self.holder.setText(request.holder)
        self.pill.set_state(state_word(request.state), tone_of(request.state))
        self.document.setText(pick(request.document_names))
        self.line.setText(" · ".join(part for part in (request.number, case.extract_number) if part))
        self._show_actions(case)
        tone = Tone.BAD if request.late else Tone.NEUTRAL
        self.figures.set_figures(
            [
                (_("Ready by") if is_open(request) else _("Finished"), due_word(shell, request), tone),
                (_("Copies"), format_number(request.copies)),
                (_("To pay"), shell.amount(request.due) if request.due else _("settled")),
            ]
        )
        self.facts.set_rows([(label, value) for label, value in self._facts(case) if value])
        self.act.set_text(_("Act {reference}").format(reference=request.act))
        self.timeline.set_happenings(happenings(shell, case))
        self.show_held(shown=True)

    def _facts(self, case: RequestDetail) -> list[tuple[str, str]]:
        request = case.row
        return [
            (_("Requester"), request.requester),
            (_("Relation"), relation_word(case.relation)),
            (_("Identity papers"), case.identifier),
            (_("Mandate"), case.mandate),
            (_("Received by"), _(CHANNEL_NAMES[Channel(request.channel)])),
            (_("Handed over to"), case.received_by if request.state == RequestState.DELIVERED else ""),
            (_("Made again"), format_number(case.reworks) if case.reworks else ""),
        ]

    def _show_actions(self, case: RequestDetail) -> None:
        actor = self._shell.actor
        handles = actor.may(HANDLE_REQUESTS)
        word = self.primary_word()
        self.primary.setVisible(bool(word))
        self.primary.set_text(word)
        self.preview_button.setVisible(case.row.state != RequestState.REFUSED)
        self._menu.clear()
        for step, words in STEP_WORDS.items():
            if step.value in case.allowed and handles:
                action = self._menu.addAction(_(words))
                action.triggered.connect(lambda _checked=False, name=step.value: self.step.emit(name))
        self.more.setVisible(not self._menu.isEmpty())

    def primary_word(self) -> str:
        """What comes next, in words; empty when there is nothing this user may do."""
        case, actor = self.case, self._shell.actor
        if case is None:
            return ""
        state = RequestState(case.row.state)
        if case.row.due and is_open(case.row):
            return _("Take payment") if actor.may(TAKE_PAYMENTS) else ""
        if not actor.may(HANDLE_REQUESTS):
            return ""
        return {
            RequestState.RECEIVED: _("Print and hand over"),
            RequestState.IN_PROCESS: _("Print and hand over"),
            RequestState.READY: _("Print and hand over"),
            RequestState.DELIVERED: _("Print a duplicate") if case.prints else _("Print"),
        }.get(state, "")

    def do_primary(self) -> None:
        """Does what comes next."""
        case = self.case
        if case is None or not self.primary_word():
            return
        if case.row.due and is_open(case.row):
            self.pay.emit()
        elif is_open(case.row):
            self.finish.emit()
        else:
            self.reprint.emit()

    def _open_act(self) -> None:
        if self.case is not None:
            self.act_wanted.emit(self.case.row.act_id)
