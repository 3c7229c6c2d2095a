"""A head's tariff: its versions, what they say, their examples; tried out beside them."""

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from muniadmin.assessment.reads import HeadDetail, TariffRow
from muniadmin.billing.names import EDIT_TARIFFS
from muniadmin.desktop.assessment.try_out import TryOut
from muniadmin.desktop.assessment.words import TARIFF_KINDS, TARIFF_STATES, TariffWords
from muniadmin.desktop.shell.navigation import Page, split
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Bar, Card, Scroller, Section
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.labels import Hairline, Pill
from muniadmin.desktop.widgets.layouts import column, row, show_if
from muniadmin.kernel.i18n import _
from muniadmin.settings.tariffs import TariffSpec, read_tariff


class TariffView(QWidget):
    """One head's tariff."""

    back_wanted = Signal()
    new_version_wanted = Signal(object, object)
    """The HeadDetail and the TariffRow to start from."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.shell = page.shell
        self.head: HeadDetail | None = None
        self.tariff: TariffRow | None = None
        self.card = Card()
        self.try_out = TryOut(self.shell)
        self.back = Button(_("Back to the heads"), icon="arrow-left", key="Esc", bind=False)
        self.back.clicked.connect(self.back_wanted)
        self.new_version = Button(_("New version…"), Kind.PRIMARY, key="Ctrl+N")
        self.new_version.clicked.connect(self._new_version)
        show_if(self.new_version, page.may(EDIT_TARIFFS))
        self._versions_place = column(spacing=0)
        self._text = QWidget()
        foot = Bar(self.back, None, self.new_version, height=58)
        head = QWidget()
        head.setLayout(column(self._versions_place, spacing=0, margins=(16, 14, 16, 14)))
        self.card.body.addWidget(head)
        self.card.body.addWidget(Hairline())
        self._scroller = Scroller(self._text)
        self.card.body.addWidget(self._scroller, 1)
        self.card.body.addWidget(foot)
        self.setLayout(split(self.card, self.try_out, aside_width=430))

    def show_head(self, head: HeadDetail) -> None:
        """The tariff of a head, the version in force in front."""
        keep = self.tariff.tariff_id if self.tariff and self.head and self.head.code == head.code else None
        self.head = head
        shown = next((row for row in head.tariffs if row.tariff_id == keep), None)
        shown = shown or next((row for row in head.tariffs if row.state == "in_force"), None)
        self._show_versions(head, shown or head.tariffs[0])

    def _show_versions(self, head: HeadDetail, shown: TariffRow) -> None:
        choices = [
            (tariff.tariff_id, _("Since {day}").format(day=self.shell.day(tariff.valid_from)))
            for tariff in head.tariffs
        ]
        self.versions: ChoiceChips[int] = ChoiceChips(_("Versions"), choices)
        self.versions.set_value(shown.tariff_id)
        self.versions.chosen.connect(self._choose)
        while (item := self._versions_place.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._versions_place.addWidget(self.versions)
        self._choose(shown.tariff_id)

    def _choose(self, tariff_id: int) -> None:
        assert self.head is not None
        self.tariff = next(row for row in self.head.tariffs if row.tariff_id == tariff_id)
        spec = read_tariff(self.tariff.document)
        self._write(self.head, self.tariff, spec)
        self.try_out.show_tariff(spec, self.head.attributes, self.head.zones)

    def _write(self, head: HeadDetail, tariff: TariffRow, spec: TariffSpec) -> None:
        words = TariffWords(head.attributes, head.zones, self.shell.municipality.currency)
        word, tone = TARIFF_STATES[tariff.state]
        line = row(Pill(_(word), tone), spacing=8)
        if spec.figures == "example":
            line.addWidget(Pill(_("example figures"), Tone.WARNING))
        pills = QWidget()
        pills.setLayout(line)
        facts = [
            (_("How it is computed"), _(TARIFF_KINDS[spec.kind])),
            (_("Base"), words.base(spec)),
            (_("Legal basis"), spec.source),
            (_("Valid until"), self.shell.day(tariff.valid_to)),
            (_("At least"), words.price(spec.minimum) if spec.minimum is not None else ""),
            (_("At most"), words.price(spec.maximum) if spec.maximum is not None else ""),
        ]
        text = QWidget()
        lines = column(
            Section(_("Rule"), DefinitionRows([f for f in facts if f[1]], muted="label"), aside=pills),
            spacing=0,
        )
        relief = [(line.what, line.figure) for line in words.relief_lines(spec)]
        if relief:
            lines.addWidget(Hairline())
            lines.addWidget(Section(_("Taken off the base first"), DefinitionRows(relief, muted="")))
        lines.addWidget(Hairline())
        figures = [(line.what, line.figure) for line in words.lines(spec)]
        lines.addWidget(Section(_("Figures"), DefinitionRows(figures, muted="")))
        lines.addWidget(Hairline())
        lines.addWidget(
            Section(_("Examples that hold"), DefinitionRows(list(_examples(spec, words)), muted=""))
        )
        lines.addStretch(1)
        text.setLayout(lines)
        self._scroller.setWidget(text)
        text.setAutoFillBackground(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back to the heads."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _new_version(self) -> None:
        self.new_version_wanted.emit(self.head, self.tariff)


def _examples(spec: TariffSpec, words: TariffWords) -> list[tuple[str, str]]:
    """Each example as what it is and what it owes."""
    found = []
    for example in spec.examples:
        parts = []
        for name in spec.attributes:
            value = example.inputs[name]
            if name == spec.base:
                parts.append(f"{words.attribute(name)} {words.number(spec, Decimal(str(value)))}")
            else:
                parts.append(words.value(name, value))
        found.append((" · ".join(parts), words.price(example.expect)))
    return found
