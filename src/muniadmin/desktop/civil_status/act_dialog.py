"""The form of a birth act: the child, the parents, the declaration; each name beside its Arabic spelling."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from muniadmin.civil_status.commands import (
    ActSaved,
    BirthData,
    ChangeBirthAct,
    DeclarantKind,
    DraftBirthAct,
    Sex,
)
from muniadmin.civil_status.errors import TimeWrong
from muniadmin.civil_status.reads import ActDetail, Book
from muniadmin.civil_status.rules import DECLARANT_NAMES, SEXES, read_time
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.kernel.i18n import _, pick


class ActDialog(FormDialog):
    """Writes a draft, or changes one. ``saved`` tells which."""

    saved = Signal(object)

    def __init__(
        self, parent: QWidget | None, shell: Shell, book: Book, act: ActDetail | None = None
    ) -> None:
        self._shell, self._act = shell, act
        self._arabic = book.arabic
        self._former = ""
        self.texts: dict[str, TextField] = {}
        self.sex: ComboBox[Sex] = ComboBox(
            _("Sex"), [(code, _(name)) for code, name in SEXES.items()], placeholder=_("choose")
        )
        self.born_on = DateEdit(_("Born on"))
        self.mother_born_on = DateEdit(_("Mother born on"))
        self.declared_on = DateEdit(_("Declared on"), shell.today())
        self.declarant_kind: ComboBox[DeclarantKind] = ComboBox(
            _("Declared by"), [(code, _(name)) for code, name in DECLARANT_NAMES.items()]
        )
        registers = [(one.register_id, f"{one.year} · {pick(one.office_names)}") for one in book.registers]
        self.register: ComboBox[int] = ComboBox(_("Register"), registers)
        title = _("Change the draft") if act is not None else _("New birth act")
        form = self._make_form()
        super().__init__(parent, title, form, form, primary=_("Save the draft"), width=940)
        if act is not None:
            self._fill(act)
        self.declarant_kind.chosen.connect(lambda _kind: self._suggest_declarant())
        for name in ("father_given_names", "father_family_name", "mother_given_names", "mother_family_name"):
            self.texts[name].editingFinished.connect(self._suggest_declarant)
        self.texts["child_family_name"].editingFinished.connect(self._suggest_father)
        self.begin(self.texts["child_family_name"])

    # --- the form -------------------------------------------------------------------------------------------------

    def _make_form(self) -> Form:
        form = Form(spacing=9)
        self.form = form
        form.add_widget(Text(_("Child"), Role.HEADING))
        self._names(
            "child",
            [_("Family name"), _("Given names"), _("Family name in Arabic"), _("Given names in Arabic")],
            required=True,
        )
        form.add("sex", Field(_("Sex"), self.sex, required=True))
        form.add("born_on", Field(_("Born on"), self.born_on, required=True), beside=True)
        self._text("born_at", _("Time of birth"), beside=True, check=self._check_time)
        self._text("birthplace", _("Place of birth"), beside=True, required=True, stretch=2)
        if self._arabic:
            self._text("birthplace_arabic", _("Place in Arabic"), beside=True, arabic=True)
        form.add_widget(Text(_("Father"), Role.HEADING))
        self._names(
            "father",
            [
                _("Father’s family name"),
                _("Father’s given names"),
                _("Father’s family name in Arabic"),
                _("Father’s given names in Arabic"),
            ],
        )
        form.add_widget(Text(_("Mother"), Role.HEADING))
        self._names(
            "mother",
            [
                _("Mother’s family name"),
                _("Mother’s given names"),
                _("Mother’s family name in Arabic"),
                _("Mother’s given names in Arabic"),
            ],
        )
        form.add_widget(Text(_("Declaration"), Role.HEADING))
        form.add("declarant_kind", Field(_("Declared by"), self.declarant_kind, required=True))
        self._text("declarant", _("Name of the declarant"), beside=True, required=True)
        form.add("declared_on", Field(_("Declared on"), self.declared_on, required=True), beside=True)
        if self._act is None:
            form.add("register_id", Field(_("Register"), self.register, required=True), beside=True)
        return form

    def _names(self, whose: str, names: Sequence[str], *, required: bool = False) -> None:
        """The family name and the given names, and both again in Arabic in the same order; ``names`` are what a screen
        reader calls them, which does not see the heading above."""
        in_latin = [(f"{whose}_family_name", _("Family name")), (f"{whose}_given_names", _("Given names"))]
        in_arabic = [
            (f"{whose}_family_name_arabic", _("Family name in Arabic")),
            (f"{whose}_given_names_arabic", _("Given names in Arabic")),
        ]
        for number, ((name, label), spoken) in enumerate(zip([*in_latin, *in_arabic], names, strict=True)):
            arabic = number >= len(in_latin)
            if arabic and not self._arabic:
                break
            self._text(name, label, beside=number > 0, required=required, arabic=arabic, spoken=spoken)
            if whose == "mother" and number == 1:
                born = Field(_("Born on"), self.mother_born_on)
                self.form.add("mother_born_on", born, beside=True)

    def _text(
        self, name: str, label: str, *, beside: bool = False, required: bool = False, arabic: bool = False,
        check: Any = None, stretch: int = 1, spoken: str = "",
    ) -> None:  # fmt: skip
        control = TextField(spoken or label)
        if arabic:
            control.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.texts[name] = control
        self.form.add(
            name, Field(label, control, required=required, check=check), beside=beside, stretch=stretch
        )

    def _check_time(self) -> None:
        typed = self.texts["born_at"].text()
        if read_time(typed) is None:
            raise TimeWrong(text=typed.strip())

    def _fill(self, act: ActDetail) -> None:
        says = act.says
        for name, control in self.texts.items():
            control.setText(getattr(says, name))
        self.sex.set_value(says.sex)
        self.declarant_kind.set_value(says.declarant_kind)
        self.born_on.set_day(says.born_on)
        self.mother_born_on.set_day(says.mother_born_on)
        self.declared_on.set_day(says.declared_on)

    # --- what follows from what is typed --------------------------------------------------------------------------

    def _suggest_father(self) -> None:
        """A child mostly bears the father's family name."""
        father = self.texts["father_family_name"]
        if father.is_blank():
            father.setText(self.texts["child_family_name"].text().strip())

    def _suggest_declarant(self) -> None:
        """Father or mother declare in their own name."""
        kind = self.declarant_kind.value()
        if kind not in (DeclarantKind.FATHER, DeclarantKind.MOTHER):
            return
        declarant, name = self.texts["declarant"], self._name_of(kind)
        if declarant.text().strip() in ("", self._former):
            declarant.setText(name)
            self._former = name

    def _name_of(self, whose: str) -> str:
        family, given = self.texts[f"{whose}_family_name"].text(), self.texts[f"{whose}_given_names"].text()
        return f"{family.strip().upper()} {given.strip()}".strip()

    # --- saving ---------------------------------------------------------------------------------------------------

    def said(self) -> dict[str, Any]:
        """What is typed, by the names of BirthData."""
        said: dict[str, Any] = {name: control.text() for name, control in self.texts.items()}
        said |= {
            "sex": self.sex.value() or "",
            "born_on": self.born_on.day() or date.min,
            "mother_born_on": self.mother_born_on.day(),
            "declarant_kind": self.declarant_kind.value() or "",
            "declared_on": self.declared_on.day() or date.min,
        }
        return {field.name: said.get(field.name, "") for field in fields(BirthData)}

    def submit(self) -> None:
        """Saves when nothing is missing; where nothing was changed, nothing is written."""
        if self._act is not None and not self.dirty():
            self.reject()
            return
        if not self.form.check():
            return
        self.primary.setEnabled(False)
        command: DraftBirthAct | ChangeBirthAct
        if self._act is None:
            command = DraftBirthAct(register_id=self.register.value() or 0, **self.said())
        else:
            row = self._act.row
            command = ChangeBirthAct(act_id=row.act_id, version=row.version, **self.said())
        self._shell.operations.run(
            command, then=self._on_saved, failed=self.refuse, undone=self.unlock, owner=self
        )

    def _on_saved(self, act: ActSaved) -> None:
        self.begin(self.primary)
        self.accept()
        self.saved.emit(act)
