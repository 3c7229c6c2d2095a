"""Revenue heads with what was assessed and settled in a year, and the detail of one."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from muniadmin.assessment.reads import HeadDetail, HeadSummary
from muniadmin.assessment.spelling import penalty_in_words
from muniadmin.billing.names import ISSUE_BILLS
from muniadmin.desktop.assessment.tables import head_columns
from muniadmin.desktop.assessment.words import HEAD_KINDS, PERIODICITIES, ROLL_STATES, TariffWords
from muniadmin.desktop.lists.given import given_rows
from muniadmin.desktop.lists.listing import Listing, Nothing
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.detail import DefinitionRows, Happening, KeyFigures, Timeline
from muniadmin.desktop.widgets.labels import Hairline, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_table import Sum
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext, pick
from muniadmin.settings.tariffs import read_tariff

_ROLLS_SHOWN = 6


class HeadsView(QWidget):
    """The list of heads and the detail of the current one."""

    current_changed = Signal(object)
    """The HeadSummary the list stands on, or None."""
    tariff_wanted = Signal(str)
    roll_wanted = Signal(str)
    bills_wanted = Signal(str)

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.shell = page.shell
        self._heads: Sequence[HeadSummary] = ()
        self.detail = HeadCard(page)
        columns = head_columns(self.shell)
        sums: Sequence[Sum[HeadSummary]] = [
            (_("Assessed"), lambda head: head.assessed),
            (_("Settled amount"), lambda head: head.settled),
        ]
        self.listing: Listing[HeadSummary] = Listing(
            page,
            "heads",
            _("Revenue heads"),
            columns,
            lambda wanted: given_rows(
                self._heads,
                columns,
                wanted.text,
                sums=sums,
                write_sum=lambda amount: self.shell.amount(amount, code=True),
            ),
            key=lambda head: head.code,
            search=_("Code or name"),
            empty=Nothing(
                "calculator",
                _("No revenue head yet"),
                _("The heads of the municipality’s profile appear here."),
            ),
            panel=self.detail,
            sums=sums,
        )
        self.list = self.listing.table
        self.setLayout(column(self.listing))
        self.listing.chosen.connect(self.current_changed)
        self.detail.tariff.clicked.connect(lambda: self.tariff_wanted.emit(self.detail.code))
        self.detail.roll.clicked.connect(lambda: self.roll_wanted.emit(self.detail.code))
        self.detail.bills.clicked.connect(lambda: self.bills_wanted.emit(self.detail.code))

    def show_heads(self, heads: Sequence[HeadSummary]) -> None:
        """The heads of another year, staying on the same one."""
        self._heads = heads
        self.listing.reload()


class HeadCard(Card):
    """One revenue head: its year, its tariff in force, its rolls."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.shell = page.shell
        self.code = ""
        self._may_issue = page.may(ISSUE_BILLS)
        self.name = Text("", Role.SECTION, wrap=True)
        self.kind = Pill("")
        self.about = Text("", Role.MUTED, wrap=True)
        self.roll = Button(_("Issue a roll"), small=True)
        self.tariff = Button(_("Tariff"), small=True)
        self.bills = Button(_("Bills"), small=True)
        top = row(spacing=8)
        top.addWidget(self.name, 1)
        top.addWidget(self.kind)
        head = QWidget()
        head.setLayout(
            column(
                top,
                self.about,
                8,
                row(self.roll, self.tariff, self.bills, None),
                spacing=1,
                margins=(16, 16, 16, 16),
            )
        )
        self.figures = KeyFigures()
        self.tariff_lines = DefinitionRows()
        self.tariff_about = Text("", Role.MUTED, wrap=True)
        self.rolls = Timeline(when_width=84)
        self.no_rolls = Text(_("No roll has been issued yet."), Role.MUTED, wrap=True)
        self.late = Text("", Role.BODY, wrap=True)
        self.late_part = Section(_("When paid late"), self.late)
        self.tariff_part = Section(_("Tariff in force"), self.tariff_about, self.tariff_lines)
        self.rolls_part = Section(_("Rolls"), self.rolls, self.no_rolls)
        content = QWidget()
        content.setLayout(column(self.tariff_part, self.late_part, self.rolls_part, None, spacing=0))
        self._parts = (head, Hairline(), self.figures, Hairline(), Scroller(content))
        for part in self._parts[:-1]:
            self.body.addWidget(part)
        self.body.addWidget(self._parts[-1], 1)
        self.show_head(None)

    def show_head(self, head: HeadSummary | None) -> None:
        """The figures of a head; the rest follows with :meth:`show_detail`."""
        for part in self._parts:
            part.setVisible(head is not None)
        if head is None:
            self.code = ""
            return
        if head.code != self.code:
            self.tariff_part.hide()
            self.late_part.hide()
            self.rolls_part.hide()
        self.code = head.code
        self.name.setText(pick(head.names))
        self.kind.set_state(_(HEAD_KINDS[head.kind]), Tone.NEUTRAL)
        self.about.setText(f"{head.code} · {_(PERIODICITIES[head.periodicity])}")
        assessed = head.object_kind is not None
        self.roll.setVisible(assessed and self._may_issue)
        self.tariff.setVisible(assessed)
        self.figures.set_figures(
            [
                (_("Assessed"), self.shell.amount(head.assessed)),
                (_("Overdue"), self.shell.amount(head.overdue), Tone.BAD if head.overdue else Tone.NEUTRAL),
            ]
        )

    def show_detail(self, detail: HeadDetail) -> None:
        """The tariff and the rolls of the head in front."""
        if detail.code != self.code:
            return
        if detail.object_kind_names:
            about = [detail.code, _(PERIODICITIES[detail.periodicity]), pick(detail.object_kind_names)]
            self.about.setText(" · ".join(about))
        self._show_tariff(detail)
        late = " ".join(penalty_in_words(detail.penalty))
        self.late_part.setVisible(bool(late))
        self.late.setText(late)
        self.rolls_part.setVisible(bool(detail.tariffs))
        self.no_rolls.setVisible(not detail.rolls)
        self.rolls.setVisible(bool(detail.rolls))
        self.rolls.set_happenings(
            [
                Happening(
                    roll.period,
                    ngettext("{count} bill, {amount}", "{count} bills, {amount}", roll.bills).format(
                        count=format_number(roll.bills), amount=self.shell.amount(roll.amount, code=True)
                    ),
                    Tone.NEUTRAL if roll.state == "issued" else ROLL_STATES[roll.state][1],
                )
                for roll in detail.rolls[:_ROLLS_SHOWN]
            ]
        )

    def _show_tariff(self, detail: HeadDetail) -> None:
        in_force = next((tariff for tariff in detail.tariffs if tariff.state == "in_force"), None)
        self.tariff_part.setVisible(in_force is not None)
        if in_force is None:
            return
        spec = read_tariff(in_force.document)
        words = TariffWords(detail.attributes, detail.zones, self.shell.municipality.currency)
        since = _("Since {day}").format(day=self.shell.day(in_force.valid_from))
        self.tariff_about.setText(" · ".join(part for part in (since, words.base(spec), spec.source) if part))
        lines = [*words.relief_lines(spec), *words.lines(spec)]
        self.tariff_lines.set_rows([(line.what, line.figure) for line in lines])
