"""A new version of a tariff: its first day, its figures, and its examples computed as they are typed."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from muniadmin.assessment.commands import SaveTariff, TariffSaved
from muniadmin.assessment.reads import HeadDetail, TariffRow
from muniadmin.assessment.rules import NotAssessable, compile_tariff, kept_value
from muniadmin.desktop.assessment.try_out import typed_number
from muniadmin.desktop.assessment.words import TariffWords
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.widgets.cards import Scroller
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _, language, pick
from muniadmin.kernel.money import Money
from muniadmin.settings.tariffs import TariffSpec, plain, rate_of, rate_text, read_tariff


class NewTariffDialog(Dialog):
    """Starts from a version that is there; whatever is not typed anew stays as it was."""

    def __init__(
        self, page: Page, head: HeadDetail, start: TariffRow, *, then: Callable[[TariffSaved], object]
    ) -> None:
        self.page = page
        self.head = head
        self.document: dict[str, Any] = deepcopy(dict(start.document))
        self.document.pop("valid_to", None)
        self.words = TariffWords(head.attributes, head.zones, page.shell.municipality.currency)
        self._then = then
        self.form = Form(spacing=12)
        self.valid_from = DateEdit(_("Valid from"))
        self.form.add(
            "valid_from",
            Field(_("Valid from"), self.valid_from, required=True,
                  hint=_("The version before it ends the day before.")),
        )  # fmt: skip
        self.source = TextField(_("Legal basis"))
        self.source.setText(self.document.get("source", ""))
        self.source.setCursorPosition(0)
        self.form.add("source", Field(_("Legal basis"), self.source), beside=True, stretch=2)
        self.figures: list[tuple[dict[str, Any], str, TextField]] = []
        self.examples: list[tuple[TextField, Text]] = []
        self._add_figures()
        self._add_examples()
        content = QWidget()
        content.setLayout(column(self.form, None, margins=(0, 0, 12, 0)))
        scroller = Scroller(content)
        scroller.setMinimumHeight(420)
        super().__init__(
            page,
            _("New version of “{head}”").format(head=pick(head.names)),
            scroller,
            primary=_("Save the tariff"),
            width=680,
        )
        self.recompute()

    # --- the form ---------------------------------------------------------------------------------------------

    def _add_figures(self) -> None:
        self.form.add_widget(Text(_("Figures"), Role.HEADING))
        spec = read_tariff(self.document)
        labels = [line.what for line in (*self.words.relief_lines(spec), *self.words.lines(spec))]
        for place, (table, label) in enumerate(zip(_figure_tables(self.document), labels, strict=True)):
            key = "rate" if "rate" in table else "amount"
            field = TextField(label)
            field.setText(_shown(str(table[key])))
            field.textEdited.connect(lambda _text: self.recompute())
            self.figures.append((table, key, field))
            shown = f"{label} (%)" if key == "rate" else self.page.shell.with_currency(label)
            self.form.add(
                f"figure-{place}",
                Field(shown, field, required=True, check=_checker(field)),
                beside=bool(place % 2),
            )
            if key == "rate":
                field.setText(_shown(plain(rate_of(table["rate"]).scaleb(2))))

    def _add_examples(self) -> None:
        self.form.add_widget(Text(_("Examples"), Role.HEADING))
        self.form.add_widget(
            Text(
                _("A tariff is saved only when its examples hold. Correct what each should owe."),
                Role.MUTED,
                wrap=True,
            )
        )
        for place, example in enumerate(self.document["examples"]):
            inputs = [self._input(name, value) for name, value in example["inputs"].items()]
            field = TextField(_("Expected amount"))
            field.setText(_shown(str(example["expect"])))
            field.textEdited.connect(lambda _text: self.recompute())
            found = Text("", Role.SECONDARY, wrap=True)
            self.form.add(
                f"example-{place}",
                Field(" · ".join(inputs), field, required=True, check=_checker(field)),
            )
            self.form.add_widget(found)
            self.examples.append((field, found))

    def _input(self, name: str, value: Any) -> str:
        if name == self.document.get("base"):
            spec = read_tariff(self.document)
            return f"{self.words.attribute(name)} {self.words.number(spec, Decimal(str(value)))}"
        return self.words.value(name, value)

    # --- as it is typed ---------------------------------------------------------------------------------------

    def typed(self) -> dict[str, Any]:
        """The tariff as it stands in the form. Raises NumberNotUnderstood."""
        for table, key, field in self.figures:
            number = typed_number(field.text())
            table[key] = rate_text(number.scaleb(-2)) if key == "rate" else plain(number)
        for example, (field, _found) in zip(self.document["examples"], self.examples, strict=True):
            example["expect"] = plain(typed_number(field.text()))
        day = self.valid_from.day()
        if day is not None:
            self.document["valid_from"] = day.isoformat()
        source = self.source.text().strip()
        self.document.pop("source", None)
        return {**self.document, **({"source": source} if source else {})}

    def recompute(self) -> None:
        """Says beside each example what the figures give."""
        try:
            spec = read_tariff(self.typed())
        except UserError:
            return
        currency = self.page.shell.municipality.currency
        for place, (_field, found) in enumerate(self.examples):
            amount = self._amount(spec, place)
            if isinstance(amount, NotAssessable):
                found.setText(_("No figure fits this example."))
                found.set_role(Role.ERROR)
                continue
            text = self.page.shell.amount(Money(amount), code=True)
            holds = currency.of(spec.examples[place].expect) == Money(amount)
            words = _("The figures give {amount}: it holds.") if holds else _("The figures give {amount}.")
            found.setText(words.format(amount=text))
            found.set_role(Role.GOOD if holds else Role.ERROR)

    def _amount(self, spec: TariffSpec, place: int) -> int | NotAssessable:
        currency = self.page.shell.municipality.currency
        types = {part.code: part.type for part in self.head.attributes}
        facts = {
            name: kept_value(value, types.get(name, "choice"), currency)
            for name, value in spec.examples[place].inputs.items()
        }
        return compile_tariff(spec, types, currency).amount(facts)

    # --- the buttons ------------------------------------------------------------------------------------------

    def dirty(self) -> bool:
        """A version that was begun is not lost without asking."""
        return self.valid_from.day() is not None

    def submit(self) -> None:
        """Saves when everything is filled in."""
        if not self.form.check():
            return
        self.primary.setEnabled(False)
        self.page.run(
            SaveTariff(head_code=self.head.code, document=self.typed()),
            then=self._saved,
            failed=self.refuse,
            undone=self.unlock,
        )

    def _saved(self, outcome: TariffSaved) -> None:
        self.accept()
        self._then(outcome)


def _figure_tables(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The tables of a tariff's document that hold a figure, in the order TariffWords writes them."""
    yield from document.get("abatements", ())
    for scale in document["scales"]:
        yield from scale.get("brackets", None) or (scale,)


def _shown(text: str) -> str:
    """A number of the document as the language types it."""
    return text.replace(".", ",") if language() == "fr" else text


def _checker(field: TextField) -> Callable[[], object]:
    return lambda: typed_number(field.text())
