"""Tries a tariff out: describe an object, see at once what it would owe and why."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtWidgets import QWidget

from muniadmin.assessment.rules import NotAssessable, compile_tariff
from muniadmin.assessment.spelling import reason_text, spell_out
from muniadmin.desktop.assessment.computation import ComputationLines
from muniadmin.desktop.assessment.words import glossary
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.fields import CheckBox, ComboBox, TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_, _, pick
from muniadmin.kernel.money import Money
from muniadmin.settings.profile import AttributeSpec, Zone
from muniadmin.settings.tariffs import TariffSpec, Value


class NumberNotUnderstood(UserError):
    """Text that is no number."""

    message = N_("“{text}” is not a number.")
    hint = N_("Type figures, for example 1250 or 412,5.")


def typed_number(text: str) -> Decimal:
    """The number a person typed; blanks do not matter, comma and point both mark decimals.

    Raises NumberNotUnderstood.
    """
    bare = "".join(text.split()).replace("\u202f", "").replace("\u00a0", "").replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation as problem:
        raise NumberNotUnderstood(text=text.strip()) from problem
    if not number.is_finite() or number < 0:
        raise NumberNotUnderstood(text=text.strip())
    return number


class TryOut(Card):
    """A form with what the tariff looks at, and below it the amount with its computation, as it is typed."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.spec: TariffSpec | None = None
        self.attributes: tuple[AttributeSpec, ...] = ()
        self._read: dict[str, Callable[[], Any]] = {}
        self.amount = Text("", Role.AMOUNT)
        self.unit = Text(shell.municipality.currency.code, Role.UNIT)
        self.why_not = Text("", Role.MUTED, wrap=True)
        self.lines = ComputationLines(shell)
        self.form = Form(spacing=10)
        self._form_place = column(self.form, spacing=0)
        content = QWidget()
        content.setLayout(
            column(
                Section(
                    _("Try it out"),
                    Text(
                        _("Describe an object: what it would owe is computed as you type."),
                        Role.MUTED,
                        wrap=True,
                    ),
                    self._form_place,
                ),
                Hairline(),
                Section(
                    _("It would owe"), row(self.amount, self.unit, None, spacing=8), self.why_not, self.lines
                ),
                None,
                spacing=0,
            )
        )
        self.body.addWidget(Scroller(content), 1)

    def show_tariff(
        self, spec: TariffSpec, attributes: tuple[AttributeSpec, ...], zones: tuple[Zone, ...]
    ) -> None:
        """A form for another tariff, filled with its first example."""
        same_fields = self.spec is not None and self.spec.attributes == spec.attributes
        self.spec, self.attributes = spec, attributes
        if not (same_fields and self._read):
            self._make_form(zones)
        self.compute()

    def facts(self) -> dict[str, Any]:
        """The object as described, the way the register keeps it; what is not understood is not known."""
        found = {}
        for name, read in self._read.items():
            try:
                found[name] = read()
            except UserError:
                found[name] = None
        return found

    def compute(self) -> None:
        """Computes again, and shows amount and lines."""
        if self.spec is None:
            return
        currency = self.shell.municipality.currency
        types = {part.code: part.type for part in self.attributes}
        words = glossary(self.attributes, self.spec)
        found = compile_tariff(self.spec, types, currency).explain(self.facts())
        known = not isinstance(found, NotAssessable)
        for widget in (self.amount, self.unit, self.lines):
            widget.setVisible(known)
        self.why_not.setVisible(not known)
        if isinstance(found, NotAssessable):
            self.why_not.setText(reason_text(found, words))
            return
        self.amount.setText(self.shell.amount(Money(found.amount)))
        self.lines.show_lines(spell_out(found.lines, words, currency))

    def _make_form(self, zones: tuple[Zone, ...]) -> None:
        assert self.spec is not None
        old, self.form = self.form, Form(spacing=10)
        self._form_place.replaceWidget(old, self.form)
        old.deleteLater()
        self._read = {}
        example = self.spec.examples[0].inputs if self.spec.examples else {}
        by_code = {part.code: part for part in self.attributes}
        for code in self.spec.attributes:
            if code == "zone":
                choices = [(zone.code, pick(zone.names)) for zone in zones]
                self._add_choice(code, _("Zone"), choices, example.get(code))
            else:
                self._add(by_code[code], example.get(code))

    def _add(self, part: AttributeSpec, value: Value | None) -> None:
        name = pick(part.names)
        label = f"{name} ({part.unit})" if part.unit else name
        if part.type == "choice":
            choices = [(choice.code, pick(choice.names)) for choice in part.choices]
            self._add_choice(part.code, name, choices, value)
        elif part.type == "boolean":
            tick = CheckBox(name, ticked=bool(value))
            tick.toggled.connect(lambda _on: self.compute())
            self.form.add_widget(tick)
            self._read[part.code] = tick.isChecked
        elif part.type == "money":
            amount = MoneyEdit(name, self.shell.municipality.currency)
            if value is not None:
                amount.set_money(self.shell.municipality.currency.of(Decimal(value)))
            amount.changed.connect(lambda _amount: self.compute())
            self.form.add(part.code, Field(self.shell.with_currency(name), amount))
            self._read[part.code] = lambda: money.minor if (money := amount.money()) is not None else None
        else:
            self._add_number(part, name, label, value)

    def _add_number(self, part: AttributeSpec, name: str, label: str, value: Value | None) -> None:
        field = TextField(name)
        if value is not None:
            field.setText(str(value))
        field.textEdited.connect(lambda _text: self.compute())
        self.form.add(part.code, Field(label, field, check=lambda: typed_number(field.text())))
        whole = part.type == "integer"

        def read() -> int | str | None:
            if field.is_blank():
                return None
            number = typed_number(field.text())
            return int(number) if whole else str(number)

        self._read[part.code] = read

    def _add_choice(self, code: str, name: str, choices: list[tuple[str, str]], value: Value | None) -> None:
        box: ComboBox[str] = ComboBox(name, choices)
        if isinstance(value, str):
            box.set_value(value)
        box.chosen.connect(lambda _value: self.compute())
        self.form.add(code, Field(name, box))
        self._read[code] = box.value
