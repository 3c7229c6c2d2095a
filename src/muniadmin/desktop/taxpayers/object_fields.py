"""The fields of a taxable object: its kind, and what the profile wants to know of that kind."""

from typing import Any

from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.errors import InvalidInput, UserError
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import Money
from muniadmin.settings.profile import AttributeSpec, ObjectKind, Profile
from muniadmin.taxpayers.commands import ObjectData
from muniadmin.taxpayers.reads import ObjectRow
from muniadmin.taxpayers.rules import attribute_from_text


class ObjectFields:
    """Fields in somebody's form. With ``optional``, no kind chosen means there is no object."""

    def __init__(self, shell: Shell, profile: Profile, form: Form, *, optional: bool) -> None:
        self._shell, self._profile, self._form = shell, profile, form
        none = [("", _("Nothing for now"))] if optional else []
        self.kind: ComboBox[str] = ComboBox(
            _("What is taxed"), [*none, *((kind.code, pick(kind.names)) for kind in profile.object_kinds)]
        )
        self.kind.chosen.connect(lambda _code: self.show_kind())
        self.label = TextField(_("What it is called"))
        #: Control of each attribute by kind and attribute.
        self.controls: dict[tuple[str, str], QWidget] = {}

    def build(self) -> None:
        """Adds the fields to the form; those of other kinds than the chosen one are hidden."""
        self._form.add("object_kind", Field(_("What is taxed"), self.kind))
        self._form.add(
            "label",
            Field(
                _("What it is called"),
                self.label,
                hint=_("Usually where it stands; a plate or parcel will do."),
            ),
            beside=True,
        )
        for kind in self._profile.object_kinds:
            beside = False
            for spec in kind.attributes:
                control = self._control(spec)
                self.controls[kind.code, spec.code] = control
                title = f"{pick(spec.names)} ({spec.unit})" if spec.unit else pick(spec.names)
                field = Field(title, control, check=self._check(kind.code, spec))
                self._form.add(f"{kind.code}.{spec.code}", field, beside=beside)
                beside = not beside
        self.show_kind()

    def _control(self, spec: AttributeSpec) -> QWidget:
        name = pick(spec.names)
        if spec.type == "money":
            return MoneyEdit(name, self._profile.currency)
        if spec.type == "date":
            return DateEdit(name)
        if spec.type == "choice":
            choices = [(choice.code, pick(choice.names)) for choice in spec.choices]
            return ComboBox(name, [("", "–"), *choices])
        if spec.type == "boolean":
            return ComboBox(name, [("", "–"), ("1", _("yes")), ("0", _("no"))])
        return TextField(name)

    def _check(self, kind: str, spec: AttributeSpec) -> Any:
        if spec.type not in ("integer", "decimal"):
            return None
        return lambda: attribute_from_text(spec, self._text(kind, spec.code), self._profile.currency)

    def _text(self, kind: str, code: str) -> str:
        control = self.controls[kind, code]
        if isinstance(control, ComboBox):
            return str(control.value() or "")
        return control.text() if isinstance(control, TextField) else ""

    def show_kind(self) -> None:
        """Only the chosen kind's fields are asked."""
        chosen = self.kind.value() or ""
        self._form.fields["label"].setVisible(bool(chosen))
        for kind, code in self.controls:
            self._form.fields[f"{kind}.{code}"].setVisible(kind == chosen)

    def fill(self, known: ObjectRow) -> None:
        """Shows an object as it is."""
        self.kind.set_value(known.kind)
        self.label.setText(known.label)
        for (kind, code), control in self.controls.items():
            value = known.attributes.get(code) if kind == known.kind else None
            if isinstance(control, MoneyEdit):
                control.set_money(None if value is None else Money(value))
            elif isinstance(control, ComboBox):
                control.set_value({True: "1", False: "0"}.get(value, value) if value is not None else "")
            elif isinstance(control, TextField):
                control.setText("" if value is None else str(value))
        self.show_kind()

    def typed(self) -> dict[str, str]:
        """What is chosen beside the form's own texts."""
        return {"taxed": self.kind.value() or ""}

    def data(self) -> ObjectData | None:
        """What is typed; None when no kind is chosen. Raises InvalidInput with the names of the form's fields."""
        kind = self._kind()
        if kind is None:
            return None
        problems: dict[str, UserError] = {}
        attributes: dict[str, Any] = {}
        for spec in kind.attributes:
            control = self.controls[kind.code, spec.code]
            try:
                if isinstance(control, MoneyEdit):
                    amount = control.checked_money()
                    value: Any = None if amount is None else amount.minor
                elif isinstance(control, DateEdit):
                    day = control.checked_day()
                    value = None if day is None else day.isoformat()
                else:
                    text = self._text(kind.code, spec.code)
                    value = attribute_from_text(spec, text, self._profile.currency)
            except UserError as problem:
                problems[f"{kind.code}.{spec.code}"] = problem
                continue
            if value is not None:
                attributes[spec.code] = value
        if problems:
            raise InvalidInput(problems)
        return ObjectData(kind=kind.code, label=self.label.text(), attributes=attributes)

    def _kind(self) -> ObjectKind | None:
        code = self.kind.value()
        return next((kind for kind in self._profile.object_kinds if kind.code == code), None)

    def named(self, problem: InvalidInput) -> InvalidInput:
        """The same problems under the names of the form's fields."""
        kind = self.kind.value() or ""
        named: dict[str, UserError] = {}
        for name, one in problem.problems.items():
            own = name.removeprefix("object_0_")
            code = own.removeprefix("attribute_")
            named[f"{kind}.{code}" if code != own else own] = one
        return InvalidInput(named)
