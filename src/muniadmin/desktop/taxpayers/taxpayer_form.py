"""The form of a taxpayer: fields from top to bottom, whoever is alike beside them while typing.

Tab moves on, Ctrl+Enter saves from anywhere. What is typed is never lost without asking.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.taxpayers.object_fields import ObjectFields
from muniadmin.desktop.taxpayers.words import KINDS, STATUSES, reasons_in_words
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import LinkButton
from muniadmin.desktop.widgets.cards import Card, Scroller
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.fields import ComboBox, TextArea, TextField
from muniadmin.desktop.widgets.focus_ring import WIDTH as RING
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import ElidedText, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, row
from muniadmin.kernel.errors import FieldMissing, InvalidInput, StaleRecord, UserError
from muniadmin.kernel.formats import language_name
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.requests import Command
from muniadmin.settings.profile import Profile
from muniadmin.taxpayers.commands import ChangeTaxpayer, RegisterTaxpayer, TaxpayerSaved
from muniadmin.taxpayers.reads import (
    DuplicateCandidate,
    DuplicateCandidates,
    Taxpayer360,
    TaxpayerDetail,
)
from muniadmin.taxpayers.rules import ASKS_FROM, canonical_identifier, canonical_phone, ensure_email

_PAUSE_MS = 250
_FORM_WIDTH = 560
_ASIDE_WIDTH = 300
#: What of the screen's height the dialog needs beside the fields: its title, its buttons, and what it may say.
_AROUND = 270


class _Fields(Scroller):
    """As high as all the fields where there is room. Where there is little, they scroll, and the dialog does not."""

    def sizeHint(self) -> QSize:
        room = self.screen().availableGeometry().height() - _AROUND
        fields = self.widget()
        return QSize(_FORM_WIDTH, min(fields.sizeHint().height() + 2, room) if fields is not None else room)


class TaxpayerForm(FormDialog):
    """Registers somebody, or changes ``taxpayer``. ``saved`` tells the outcome, ``opened`` asks for another file."""

    saved = Signal(object)
    opened = Signal(str)

    def __init__(
        self,
        parent: QWidget | None,
        shell: Shell,
        profile: Profile,
        taxpayer: Taxpayer360 | None = None,
        *,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self._shell, self._profile, self._known = shell, profile, taxpayer
        self.form = Form(spacing=12)
        self._make_controls()
        self._fill_form()
        title = _("New taxpayer") if taxpayer is None else _("Change {name}").format(name=taxpayer.name)
        super().__init__(
            parent,
            title,
            self.form,
            row(self._make_fields(), self._make_aside(), spacing=20),
            primary=_("Register this taxpayer") if taxpayer is None else _("Save"),
            width=_FORM_WIDTH + _ASIDE_WIDTH + 68,
            expand=True,
        )
        self.save_key = QShortcut(QKeySequence("Ctrl+Return"), self)
        self.save_key.activated.connect(self.submit)
        self.aside.addWidget(Text(_("Ctrl+Enter saves from the notes, too"), Role.SECONDARY))
        self.kind.chosen.connect(self._kind_chosen)
        self._compare_while_typing()
        if taxpayer is not None:
            self._fill(taxpayer)
        for name, value in (values or {}).items():
            self._prefill(name, value)
        self._kind_chosen(self.kind.value())
        self._show_candidates([])
        self._begun = self._typed()
        if values:
            self._ask_candidates()
        self.name.setFocus(Qt.FocusReason.TabFocusReason)

    # --- making -----------------------------------------------------------------------------------------------------

    def _make_controls(self) -> None:
        profile = self._profile
        self.kind: ChoiceChips[str] = ChoiceChips(
            _("Person type"), [(code, _(word)) for code, word in KINDS.items()]
        )
        self.name = TextField(_("Name"))
        self.name_arabic = TextField(_("Name in Arabic"))
        self.born_on = DateEdit(_("Born on"))
        self.phone = TextField(_("Phone"))
        self.email = TextField(_("E-mail"))
        self.address = TextField(_("Address"))
        self.zone: ComboBox[str] = ComboBox(
            _("Zone"), [("", "–"), *((zone.code, pick(zone.names)) for zone in profile.zones)]
        )
        self.language: ComboBox[str] = ComboBox(
            _("Language of letters"),
            [("", "–"), *((code, language_name(code)) for code in profile.languages)],
        )
        self.status: ComboBox[str] = ComboBox(
            _("Status"), [(code, _(word)) for code, word in STATUSES.items()]
        )
        self.notes = TextArea(_("Notes"), lines=2)
        self.identifiers = {kind.code: TextField(pick(kind.names)) for kind in profile.identifier_kinds}
        for identifier in self.identifiers.values():
            identifier.asks_for_code(lambda _text, ours: not ours)
        self.taxed = ObjectFields(self._shell, profile, self.form, optional=True)

    def _fill_form(self) -> None:
        profile, form = self._profile, self.form
        arabic = "arabic" in profile.scripts
        name = Field(_("Name"), self.name)
        # One in Arabic alone does, too.
        name.label.setText(f"{_('Name')} *")
        form.add("name", name)
        if arabic:
            self.name_arabic.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            form.add("name_arabic", Field(_("Name in Arabic"), self.name_arabic), beside=True)
        form.add("phone", Field(_("Phone"), self.phone, check=self._check_phone))
        form.add("born_on", Field(_("Born on"), self.born_on), beside=True)
        beside = False
        for kind in profile.identifier_kinds:
            control = self.identifiers[kind.code]
            check = self._identifier_check(kind.code)
            form.add(
                f"identifier_{kind.code}",
                Field(pick(kind.names), control, check=check),
                beside=beside,
            )
            beside = not beside
        form.add("address", Field(_("Address"), self.address), stretch=2)
        form.add("zone", Field(_("Zone"), self.zone), beside=True)
        form.add(
            "email", Field(_("E-mail"), self.email, check=lambda: ensure_email(self.email.text().strip()))
        )
        form.add("language", Field(_("Language of letters"), self.language), beside=True)
        if self._known is None:
            self.taxed.build()
        else:
            form.add("status", Field(_("Status"), self.status))
        form.add("notes", Field(_("Notes"), self.notes))

    def _make_fields(self) -> QWidget:
        fields = QWidget()
        fields.setLayout(
            column(row(self.kind, None), self.form, None, spacing=12, margins=(RING, RING, 12, RING))
        )
        scroller = _Fields(fields)
        scroller.setFixedWidth(_FORM_WIDTH)
        return scroller

    def _make_aside(self) -> QWidget:
        self._candidates = column(spacing=10)
        self._quiet = Text("", Role.MUTED, wrap=True)
        aside = Card(Text(_("Already on the register?"), Role.HEADING), self._quiet, padding=16, spacing=10)
        aside.body.addLayout(self._candidates)
        aside.body.addStretch(1)
        aside.setFixedWidth(_ASIDE_WIDTH)
        return aside

    def _compare_while_typing(self) -> None:
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask_candidates)
        for watched in (self.name, self.name_arabic, self.phone, self.address, *self.identifiers.values()):
            watched.textEdited.connect(lambda _text: self._pause.start())
        self.born_on.changed.connect(lambda _day: self._pause.start())

    def _check_phone(self) -> None:
        canonical_phone(self.phone.text(), self._profile.phone_country)

    def _identifier_check(self, code: str) -> Callable[[], object]:
        kind = next(kind for kind in self._profile.identifier_kinds if kind.code == code)
        return lambda: canonical_identifier(kind, self.identifiers[code].text())

    # --- filling ----------------------------------------------------------------------------------------------------

    def _fill(self, taxpayer: Taxpayer360) -> None:
        self.kind.set_value(taxpayer.kind)
        self.name.setText(taxpayer.name)
        self.name_arabic.setText(taxpayer.name_arabic)
        self.born_on.set_day(taxpayer.born_on)
        self.phone.setText(taxpayer.phone_shown)
        self.email.setText(taxpayer.email)
        self.address.setText(taxpayer.address)
        self.zone.set_value(taxpayer.zone)
        self.language.set_value(taxpayer.language)
        self.status.set_value(taxpayer.status)
        self.notes.setPlainText(taxpayer.notes)
        for control in self.identifiers.values():
            control.clear()
        for one in taxpayer.identifiers:
            if one.kind in self.identifiers:
                self.identifiers[one.kind].setText(one.value)

    def _prefill(self, name: str, value: Any) -> None:
        controls: dict[str, TextField] = {
            "name": self.name, "name_arabic": self.name_arabic, "phone": self.phone, "address": self.address,
        }  # fmt: skip
        if name == "kind":
            self.kind.set_value(value)
        elif name in controls:
            controls[name].setText(str(value))

    def _kind_chosen(self, kind: str) -> None:
        """Only what this kind of taxpayer has is asked."""
        for one in self._profile.identifier_kinds:
            self.form.fields[f"identifier_{one.code}"].setVisible(kind in one.holders)
        self.form.fields["born_on"].setVisible(kind == "person")
        # Lists sort by the name as it is written.
        self.name.setPlaceholderText(_("family name first") if kind == "person" else "")

    def _typed(self) -> dict[str, str]:
        return {**self.form.texts(), "kind": self.kind.value(), **self.taxed.typed()}

    def dirty(self) -> bool:
        """Whether something was typed or chosen."""
        return self._typed() != self._begun

    # --- who is alike -----------------------------------------------------------------------------------------------

    def _identifier_texts(self) -> dict[str, str]:
        kind = self.kind.value()
        return {
            one.code: self.identifiers[one.code].text().strip()
            for one in self._profile.identifier_kinds
            if kind in one.holders and self.identifiers[one.code].text().strip()
        }

    def _ask_candidates(self) -> None:
        query = DuplicateCandidates(
            name=self.name.text(),
            name_arabic=self.name_arabic.text(),
            born_on=self.born_on.day(),
            phone=self.phone.text(),
            address=self.address.text(),
            identifiers=self._identifier_texts(),
            except_id=self._known.taxpayer_id if self._known is not None else None,
        )
        self._shell.operations.read(query, then=self._show_candidates, owner=self, key="candidates")

    def _show_candidates(self, candidates: Sequence[DuplicateCandidate]) -> None:
        clear(self._candidates)
        if candidates:
            self._quiet.setText(_("Compare before you go on."))
        elif self.name.is_blank() and self.phone.is_blank():
            self._quiet.setText(_("Whoever is like the person you type appears here."))
        else:
            self._quiet.setText(_("Nobody alike was found."))
        for candidate in candidates:
            self._candidates.addWidget(self._candidate(candidate))

    def _candidate(self, candidate: DuplicateCandidate) -> QWidget:
        likely = candidate.score >= ASKS_FROM
        pill = Pill(_("likely the same") if likely else _("alike"), Tone.WARNING if likely else Tone.NEUTRAL)
        look = LinkButton(_("Open this file"))
        look.setAccessibleName(_("Open the file of {name}").format(name=candidate.name))
        look.clicked.connect(lambda: self.opened.emit(candidate.number))
        born = [_("born {day}").format(day=self._shell.day(candidate.born_on))] if candidate.born_on else []
        about = " · ".join([candidate.number, *born])
        parts: list[QWidget] = [ElidedText(candidate.name, Role.STRONG), pill, ElidedText(about, Role.MUTED)]
        if candidate.address:
            parts.append(ElidedText(candidate.address, Role.MUTED))
        parts += [Text(reasons_in_words(candidate), Role.SECONDARY, wrap=True), look]
        box = QWidget()
        layout = column(*parts, spacing=2)
        for widget in (pill, look):
            layout.setAlignment(widget, Qt.AlignmentFlag.AlignLeading)
        box.setLayout(layout)
        return box

    # --- saving -----------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Sends when everything is filled in; what is wrong is said beside the fields. Where nothing was changed,
        nothing is written."""
        if not self.primary.isEnabled():
            return
        if self._known is not None and not self.dirty():
            self.reject()
            return
        self.notice.hide()
        right = self.form.check()
        if self.name.is_blank() and self.name_arabic.is_blank():
            self.form.fields["name"].show_problem(FieldMissing())
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if not right:
            return
        command: Command[TaxpayerSaved]
        try:
            command = self._command()
        except InvalidInput as several:
            self.form.refuse(several)
            return
        self.primary.setEnabled(False)
        self._shell.operations.run(
            command, then=self._saved, failed=self.refuse, undone=self.unlock, owner=self
        )

    def _command(self) -> Command[TaxpayerSaved]:
        fields: dict[str, Any] = {
            "kind": self.kind.value(),
            "name": self.name.text(),
            "name_arabic": self.name_arabic.text(),
            "born_on": self.born_on.day() if self.kind.value() == "person" else None,
            "phone": self.phone.text(),
            "email": self.email.text(),
            "address": self.address.text(),
            "zone": self.zone.value() or "",
            "language": self.language.value() or "",
            "notes": self.notes.text(),
            "identifiers": self._identifier_texts(),
        }
        if self._known is None:
            taxed = self.taxed.data()
            return RegisterTaxpayer(**fields, objects=(taxed,) if taxed is not None else ())
        fields["status"] = self.status.value() or "active"
        return ChangeTaxpayer(**fields, taxpayer_id=self._known.taxpayer_id, version=self._known.version)

    def _saved(self, outcome: TaxpayerSaved) -> None:
        self._begun = self._typed()
        self.saved.emit(outcome)
        self.accept()

    def refuse(self, problem: UserError) -> None:
        """Beside the fields what belongs there; everything typed stays."""
        super().refuse(self.taxed.named(problem) if isinstance(problem, InvalidInput) else problem)
        if isinstance(problem, StaleRecord) and self._known is not None:
            self.notice.show_error(problem, action=(_("Show their change"), self._ask_again))

    def _ask_again(self) -> None:
        if self._known is not None:
            query = TaxpayerDetail(taxpayer_id=self._known.taxpayer_id)
            self._shell.operations.read(query, then=self._take_change, owner=self)

    def _take_change(self, newer: Taxpayer360) -> None:
        """What the other person changed comes in where this one has typed nothing; then saving is possible again."""
        mine = self._typed()
        own = {name for name, text in mine.items() if text != self._begun.get(name)}
        kept = {name: self.form.fields[name].control for name in own if name in self.form.fields}
        texts = {name: mine[name] for name in kept}
        kind = self.kind.value() if "kind" in own else newer.kind
        self._known = newer
        self._fill(newer)
        self._begun = self._typed()
        for name, control in kept.items():
            if isinstance(control, TextField):
                control.setText(texts[name])
            elif isinstance(control, TextArea):
                control.setPlainText(texts[name])
            elif isinstance(control, ComboBox):
                control.setCurrentText(texts[name])
        self.kind.set_value(kind)
        self._kind_chosen(kind)
        self.notice.say(
            Tone.INFO,
            _("The form now shows their change; what you typed is still there."),
            _("Look at it once more, then save."),
        )
