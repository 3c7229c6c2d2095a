"""The detail of an act: what it says, who wrote and signed it, the requests made on it."""

from PySide6.QtCore import Signal

from muniadmin.civil_status.names import HANDLE_REQUESTS, RECORD_ACTS, SIGN_ACTS
from muniadmin.civil_status.reads import ActDetail
from muniadmin.civil_status.rules import DECLARANT_NAMES
from muniadmin.desktop.civil_status.tables import act_state_word, act_tone, born_words, sex_word, state_word
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import DetailCard, Section
from muniadmin.desktop.widgets.detail import DefinitionRows, Happening, Timeline
from muniadmin.desktop.widgets.labels import Hairline, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import FlowBox, column, row
from muniadmin.kernel.i18n import _, pick


class ActPanel(DetailCard):
    """Asks the page to act: ``sign``, ``change``, ``discard``, ``request``."""

    sign = Signal()
    change = Signal()
    discard = Signal()
    request = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.act: ActDetail | None = None
        self.name = Text("", Role.SECTION, wrap=True).selectable()
        self.pill = Pill()
        self.arabic = Text("").selectable()
        self.line = Text("", Role.MUTED, wrap=True).selectable()
        self.sign_button = Button(
            _("Sign the act"), Kind.PRIMARY, key="Ctrl+Return", small=True, icon="badge-check"
        )
        self.sign_button.clicked.connect(self.sign)
        self.request_button = Button(_("New request"), Kind.PRIMARY, small=True)
        self.request_button.clicked.connect(self.request)
        self.change_button = Button(_("Change…"), small=True)
        self.change_button.clicked.connect(self.change)
        self.discard_button = Button(_("Discard…"), small=True)
        self.discard_button.clicked.connect(self.discard)
        self.birth = DefinitionRows(muted="label")
        self.parents = DefinitionRows(muted="label")
        self.declaration = DefinitionRows(muted="label")
        self.timeline = Timeline(when_width=118)
        self.digest = Text("", Role.SMALL, wrap=True).selectable()
        head = column(
            row(self.name, None, self.pill),
            self.arabic,
            self.line,
            8,
            FlowBox(
                self.sign_button, self.request_button, self.change_button, self.discard_button, spacing=8
            ),
            spacing=2,
            margins=(16, 16, 16, 14),
        )
        content = column(
            head,
            Hairline(),
            Section(_("Birth"), self.birth),
            Section(_("Parents"), self.parents),
            Section(_("Declaration"), self.declaration),
            Section(_("History"), self.timeline, self.digest),
            None,
            spacing=0,
        )
        self.hold(content, _("Choose an act in the list to read it."))

    def show_nothing(self) -> None:
        """No row is chosen."""
        self.act = None
        self.show_held(shown=False)

    def show_act(self, act: ActDetail) -> None:
        """Another act, or the same with news."""
        self.act = act
        shell, says, listed = self._shell, act.says, act.row
        self.name.setText(listed.name)
        self.arabic.setText(listed.name_arabic)
        self.arabic.setVisible(bool(listed.name_arabic))
        self.pill.set_state(act_state_word(listed.state), act_tone(listed.state))
        office = pick(act.office_names)
        reference = _("Act {reference}").format(reference=listed.reference) if listed.reference else ""
        self.line.setText(" · ".join(part for part in (reference, str(listed.year), office) if part))
        self._show_actions(act)
        self.birth.set_rows(
            [
                (_("Sex"), sex_word(says.sex)),
                (_("Born on"), born_words(shell, says.born_on, says.born_at)),
                (_("Place of birth"), says.birthplace),
            ]
        )
        parents = [
            (_("Father"), listed.father),
            (_("Mother"), listed.mother),
            (_("Mother born on"), shell.day(says.mother_born_on)),
        ]
        self.parents.set_rows([(label, value) for label, value in parents if value])
        self.declaration.set_rows(
            [
                (_("Declared on"), shell.day(says.declared_on)),
                (_(DECLARANT_NAMES[says.declarant_kind]), says.declarant),
            ]
        )
        self.timeline.set_happenings(self._happenings(act))
        self.digest.setText(_("Digest {digest}").format(digest=act.digest[:16]) if act.digest else "")
        self.digest.setVisible(bool(act.digest))
        self.show_held(shown=True)

    def _happenings(self, act: ActDetail) -> list[Happening]:
        shell = self._shell
        story = [
            Happening(
                shell.instant(request.received_at),
                _("{document}, request {number}: {state}").format(
                    document=pick(request.document_names),
                    number=request.number,
                    state=state_word(request.state),
                ),
            )
            for request in act.requests
        ]
        if act.signed_at is not None:
            story.append(
                Happening(shell.instant(act.signed_at), _("Signed by {name}").format(name=act.registrar))
            )
        story.append(
            Happening(shell.instant(act.drafted_at), _("Drafted by {name}").format(name=act.drafted_by))
        )
        return story

    def _show_actions(self, act: ActDetail) -> None:
        actor, draft = self._shell.actor, act.row.state == "draft"
        self.sign_button.setVisible(draft and actor.may(SIGN_ACTS))
        self.change_button.setVisible(draft and actor.may(RECORD_ACTS))
        self.discard_button.setVisible(draft and actor.may(RECORD_ACTS))
        self.request_button.setVisible(not draft and actor.may(HANDLE_REQUESTS))
