"""A new request: the act is found by name and year while one types, the requester follows from the relation.

Enter takes the act in hand, then goes to what is still missing, then takes the request.
"""

import uuid
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from muniadmin.civil_status.commands import Channel, Relation, RequestTaken, TakeRequest
from muniadmin.civil_status.errors import ActUnknown, CopiesWrong
from muniadmin.civil_status.reads import (
    ActDetail,
    ActRow,
    Acts,
    CivilDocument,
    CivilDocuments,
    OneAct,
)
from muniadmin.civil_status.rules import (
    ARABIC,
    CHANNEL_NAMES,
    COMING_OF_AGE,
    RELATION_NAMES,
    WITH_MANDATE,
    age_on,
    written_in,
)
from muniadmin.desktop.civil_status.tables import born_words
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form, is_left
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.desktop.widgets.search import Search
from muniadmin.kernel.errors import NotUnderstood, UserError
from muniadmin.kernel.formats import language_name, parse_count
from muniadmin.kernel.i18n import N_, _, pick
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.numbers import WrongNumber, read_number
from muniadmin.taxpayers.names import TAXPAYER_NUMBER
from muniadmin.taxpayers.reads import Taxpayer360, TaxpayerDetail

_SHOWN = 20


class ActNotChosen(UserError):
    """Acts are listed and none was taken."""

    message = N_("Several acts fit.")
    hint = N_("Choose one in the list: the arrows move, Enter takes it.")


class RequestDialog(FormDialog):
    """``taken`` tells the request that was taken."""

    taken = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell) -> None:
        self._shell = shell
        self._key = str(uuid.uuid4())
        self._act: ActRow | None = None
        self._documents: list[CivilDocument] = []
        self._suggested = ""
        self._relation_chosen = False
        self._papers_found = ""
        self._asked_for = ""
        self.act = TextField(_("Act"), placeholder=_("name and year, or 123/2026"))
        self.requester = TextField(_("Requester"), placeholder=_("name, or scan a taxpayer number"))
        self.identifier = TextField(_("Identity papers"), placeholder=_("kind and number"))
        self.copies = TextField(_("Copies"))
        self.relation: ComboBox[Relation] = ComboBox(
            _("The requester is"), [(code, _(name)) for code, name in RELATION_NAMES.items()]
        )
        self.mandate = TextField(_("Mandate"), placeholder=_("judgment, power of attorney, letter"))
        self.document: ComboBox[str] = ComboBox(_("Document"))
        self.language: ComboBox[str] = ComboBox(_("Language"))
        self.channel: ComboBox[Channel] = ComboBox(
            _("Received by"), [(code, _(name)) for code, name in CHANNEL_NAMES.items()]
        )
        form = self._make_form()
        both = row(form, self._make_aside(), spacing=24)
        both.setAlignment(form, Qt.AlignmentFlag.AlignTop)
        super().__init__(parent, _("New request"), form, both, primary=_("Take the request"), width=940)
        self.search: Search[ActRow] = Search(self.act, self.matches, self._ask_acts, most=_SHOWN, picks=True)
        self.search.taken.connect(self._take_act)
        self.search.listed.connect(lambda _acts: self._take_only_one())
        self.search.missed.connect(self.form.fields["act_id"].check)
        self.search.refused.connect(self.form.fields["act_id"].show_problem)
        self.act.textEdited.connect(self._on_typed)
        self.act.installEventFilter(self)
        self.requester.editingFinished.connect(self._look_up_requester)
        self.requester.asks_for_code(lambda text, ours: ours and text.startswith(TAXPAYER_NUMBER.letter))
        self.requester.code_put.connect(lambda _text: self._look_up_requester())
        self.relation.chosen.connect(self._on_relation_chosen)
        self.document.chosen.connect(lambda _code: self._on_document())
        self.copies.textEdited.connect(lambda _text: self._show_fee())
        self.copies.setText("1")
        self._on_relation()
        self._show_act()
        self._shell.operations.read(CivilDocuments(), then=self._offer_documents, owner=self, key="documents")
        self.begin(self.act)
        self.search.look()

    def _make_form(self) -> Form:
        form = Form(spacing=12)
        form.add("act_id", Field(_("Act"), self.act, required=True, check=self._check_act))
        form.add("relation", Field(_("The requester is"), self.relation, required=True))
        form.add("requester", Field(_("Requester"), self.requester, required=True))
        form.add("identifier", Field(_("Identity papers seen"), self.identifier, required=True))
        form.add(
            "copies",
            Field(_("Copies"), self.copies, required=True, check=self._number_of_copies),
            beside=True,
        )
        self.mandate_field = Field(_("Reference of the mandate"), self.mandate, required=True)
        form.add("mandate", self.mandate_field)
        form.add("document_code", Field(_("Document"), self.document, required=True))
        form.add("language", Field(_("Language"), self.language))
        form.add("channel", Field(_("Received by"), self.channel), beside=True)
        self.beside = Text(
            _(
                "Arabic is printed beside it. No paper is in Arabic alone: the program has no texts of its own in it."
            ),
            Role.SMALL,
            wrap=True,
        )
        form.add_widget(self.beside)
        form.setFixedWidth(400)
        return form

    def _make_aside(self) -> QWidget:
        self.matches: RowTable[ActRow] = RowTable(
            "request-acts",
            _("Acts found"),
            [
                Column("name", _("Name"), lambda act: act.name, width=170, stretch=True, look="strong"),
                Column(
                    "born", _("Born on"), lambda act: self._shell.day(act.born_on), width=96, look="muted"
                ),
                Column("reference", _("Act"), lambda act: act.reference, width=84, look="muted"),
            ],
            key=lambda act: act.act_id,
            footer=False,
        )
        self.matches.setMinimumSize(420, 230)
        self.person = Text("", Role.STRONG, wrap=True)
        self.facts = Text("", Role.MUTED, wrap=True)
        self.fee = Text("", Role.STRONG, wrap=True)
        aside = QWidget()
        layout = column(self.person, self.facts, 4, spacing=4)
        layout.addWidget(self.matches, 1)
        layout.addWidget(self.fee)
        aside.setLayout(layout)
        return aside

    # --- the act --------------------------------------------------------------------------------------------------

    def choose(self, act_id: int) -> None:
        """Starts with an act that was chosen elsewhere: nothing of it was typed here."""

        def taken(found: ActDetail) -> None:
            self._take_act(found.row)
            self._before = self.form.texts()

        self._shell.operations.read(OneAct(act_id=act_id), then=taken, owner=self, key="chosen")

    def _on_typed(self, _text: str) -> None:
        self._act = None
        self.form.fields["act_id"].show_problem(None)
        self._show_act()

    def _ask_acts(
        self,
        text: str,
        most: int,
        answer: Callable[[Sequence[ActRow]], object],
        failed: Callable[[UserError], object],
    ) -> None:
        self._shell.operations.read(
            Acts(text=text, state="signed", limit=most),
            then=lambda page: answer(page.rows),
            failed=failed,
            owner=self,
            key="acts",
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the act that is marked, without leaving the field; whoever goes on by Tab takes the only one."""
        if watched is self.act and event.type() is QEvent.Type.FocusOut and is_left(event):
            self._take_only_one()
        if watched is self.act and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if entered and self._act is None and (self.search.text or self.matches.current() is not None):
                self.search.enter()
                return True
        return super().eventFilter(watched, event)

    def _take_only_one(self) -> None:
        """Of one hit there is no doubt: whoever typed its name and went on meant it."""
        found = self.matches.model.rowCount()
        if self._act is None and self.search.text and found == 1 and not self.act.hasFocus():
            self.search.take()

    def _take_act(self, act: ActRow) -> None:
        leads_on = self.act.hasFocus()
        self._act = act
        self.search.forget()
        self.act.setText(f"{act.name} · {act.reference}")
        self.act.setCursorPosition(0)
        self.form.fields["act_id"].show_problem(None)
        of_age = age_on(act.born_on, self._shell.today()) >= COMING_OF_AGE
        if not self._relation_chosen:
            self.relation.set_value(Relation.SELF if of_age else Relation.PARENT)
        self._show_act()
        self._on_relation()
        self._shell.operations.read(OneAct(act_id=act.act_id), then=self._show_person, owner=self, key="act")
        if leads_on and not self.form.go_on():
            self.copies.setFocus(Qt.FocusReason.TabFocusReason)

    def _check_act(self) -> None:
        if self._act is None:
            raise ActNotChosen if self.search.is_current and self.matches.model.rowCount() else ActUnknown

    def _show_act(self) -> None:
        act = self._act
        self.person.setText(
            act.name if act else _("Type a name and a year: the acts that fit are listed here.")
        )
        self.person.set_role(Role.STRONG if act else Role.MUTED)
        self.facts.setText("")

    def _show_person(self, found: ActDetail) -> None:
        row_ = found.row
        if self._act is None or self._act.act_id != row_.act_id:
            return  # Another one was taken meanwhile, or none.
        lines = [
            " · ".join(
                part
                for part in (row_.reference, born_words(self._shell, row_.born_on, found.says.born_at))
                if part
            ),
            " · ".join(part for part in (row_.father, row_.mother) if part),
        ]
        self.person.setText(" · ".join(part for part in (row_.name, row_.name_arabic) if part))
        self.facts.setText("\n".join(line for line in lines if line))

    # --- the requester --------------------------------------------------------------------------------------------

    def _on_relation_chosen(self, _relation: object) -> None:
        """What the clerk said stays, whichever act is taken afterwards."""
        self._relation_chosen = True
        self._on_relation()

    def _on_relation(self) -> None:
        """The act says the requester's name where it names them; whoever was typed stays."""
        relation, act = self.relation.value() or Relation.OTHER, self._act
        suggested = ""
        if act is not None:
            suggested = {Relation.SELF: act.name, Relation.PARENT: act.father or act.mother}.get(relation, "")
        if self.requester.text().strip() in ("", self._suggested):
            self.requester.setText(suggested)
            self._suggested = suggested
        self.mandate_field.setVisible(relation in WITH_MANDATE)

    def _look_up_requester(self) -> None:
        """A scanned taxpayer number becomes their name and papers."""
        self._asked_for = self.requester.text()
        try:
            read = read_number(self._asked_for)
        except WrongNumber as problem:
            self.form.fields["requester"].show_problem(problem)
            return
        if read is not None and read[0] is TAXPAYER_NUMBER:
            self._shell.operations.read(
                TaxpayerDetail(number=read[1]),
                then=self._take_requester,
                failed=self.form.fields["requester"].show_problem,
                owner=self,
                key="requester",
            )

    def _take_requester(self, taxpayer: Taxpayer360) -> None:
        if self.requester.text() != self._asked_for:  # somebody else is being typed
            return
        self.requester.setText(taxpayer.name)
        found = [f"{pick(papers.names)} {papers.value}" for papers in taxpayer.identifiers[:1]]
        # Papers that were typed stay; those of whoever was scanned before are not this person's.
        if self.identifier.text().strip() in ("", self._papers_found):
            self._papers_found = "".join(found)
            self.identifier.setText(self._papers_found)

    # --- the document ---------------------------------------------------------------------------------------------

    def _offer_documents(self, documents: list[CivilDocument]) -> None:
        self._documents = documents
        self.document.set_choices([(one.code, pick(one.names)) for one in documents])
        self._on_document()
        # What was typed meanwhile is not lost without asking.
        offered = self.form.texts()
        self._before |= {name: offered[name] for name in ("document_code", "language")}

    def _chosen(self) -> CivilDocument | None:
        return next((one for one in self._documents if one.code == self.document.value()), None)

    def _on_document(self) -> None:
        document = self._chosen()
        if document is not None:
            codes = written_in((*document.languages, *self._shell.municipality.languages))
            self.language.set_choices([(code, language_name(code)) for code in codes])
            self.beside.setVisible(ARABIC in document.languages)
        self._show_fee()

    def _show_fee(self) -> None:
        document = self._chosen()
        if document is None or self.form.fields["copies"].problem() is not None:
            self.fee.setText("")
        elif document.fee == ZERO:
            self.fee.setText(_("Free of charge."))
        else:
            total = document.fee * self._number_of_copies()
            self.fee.setText(_("{amount} to pay.").format(amount=self._shell.amount(total, code=True)))

    def _number_of_copies(self) -> int:
        try:
            copies = parse_count(self.copies.text())
        except NotUnderstood:
            copies = 0
        if not 1 <= copies <= 20:
            raise CopiesWrong(most=20)
        return copies

    # --- taking it ------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Takes the request when nothing is missing."""
        if not self.form.check() or self._act is None:
            return
        self.primary.setEnabled(False)
        self._shell.operations.run(
            TakeRequest(
                key=self._key,
                document_code=self.document.value() or "",
                act_id=self._act.act_id,
                requester=self.requester.text(),
                identifier=self.identifier.text(),
                relation=self.relation.value() or Relation.OTHER,
                mandate=self.mandate.text() if self.mandate_field.isVisibleTo(self) else "",
                copies=self._number_of_copies(),
                channel=self.channel.value() or Channel.COUNTER,
                language=self.language.value(),
            ),
            then=self._on_taken,
            failed=self.refuse,
            undone=self.unlock,
            owner=self,
        )

    def _on_taken(self, request: RequestTaken) -> None:
        self._before = self.form.texts()
        self.accept()
        self.taken.emit(request)
