"""The detail of a fine: what it costs now, what may be done, its vehicle's other fines, what happened."""

from PySide6.QtCore import Signal

from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.fines.tables import (
    day_of,
    happenings,
    offence_of,
    plate_of,
    state_word,
    steps_in_words,
    tone_of,
)
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button, LinkButton
from muniadmin.desktop.widgets.cards import DetailCard, Section
from muniadmin.desktop.widgets.detail import DefinitionRows, Happening, KeyFigures, Timeline
from muniadmin.desktop.widgets.labels import Hairline, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import FlowBox, column, row
from muniadmin.fines.names import CAPTURE_FINES, VOID_FINES
from muniadmin.fines.reads import FineCase, FineRow
from muniadmin.fines.rules import FineAct, FineState
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext

SHOWN_OF_PLATE = 4


class FinePanel(DetailCard):
    """``pay``, ``print`` and ``void`` ask the page to do it; ``plate_wanted`` to list the plate's fines."""

    pay = Signal()
    print = Signal()
    void = Signal()
    plate_wanted = Signal(str)
    owner_wanted = Signal(str)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.case: FineCase | None = None
        self._owner_number = ""
        self.plate = Text("", Role.SECTION).selectable()
        self.pill = Pill()
        self.offence = Text("", wrap=True)
        self.line = Text("", Role.MUTED, wrap=True).selectable()
        self.pay_button = Button(_("Take payment"), small=True)
        self.pay_button.clicked.connect(self.pay)
        self.print_button = Button(_("Notice"), small=True, icon="printer")
        self.print_button.clicked.connect(self.print)
        self.void_button = Button(_("Void…"), small=True)
        self.void_button.clicked.connect(self.void)
        self.figures = KeyFigures()
        self.amounts = DefinitionRows(muted="label")
        self.amounts_section = Section(_("What it costs"), self.amounts)
        self.facts = DefinitionRows(muted="label")
        self.owner = LinkButton("")
        self.owner.clicked.connect(self._open_owner)
        self.others = Timeline(when_width=82)
        self.all_of_plate = LinkButton("")
        self.all_of_plate.clicked.connect(self._list_plate)
        self.plate_section = Section(_("This vehicle"), self.owner, self.others, self.all_of_plate)
        self.timeline = Timeline(when_width=82)
        head = column(
            row(self.plate, None, self.pill),
            self.offence,
            self.line,
            8,
            FlowBox(self.pay_button, self.print_button, self.void_button, spacing=8),
            spacing=2,
            margins=(16, 16, 16, 14),
        )
        content = column(
            head,
            Hairline(),
            self.figures,
            Hairline(),
            self.amounts_section,
            self.plate_section,
            Section(_("On the notice"), self.facts),
            Section(_("History"), self.timeline),
            None,
            spacing=0,
        )
        self.hold(content, _("Choose a fine in the list to see what it costs today."))

    def show_nothing(self) -> None:
        """No row is chosen."""
        self.case = None
        self.show_held(shown=False)

    def show_case(self, case: FineCase) -> None:
        """Another fine, or the same with news."""
        self.case = case
        fine, shell = case.row, self._shell
        self.plate.setText(plate_of(fine))
        self.pill.set_state(state_word(fine.state), tone_of(fine))
        self.offence.setText(f"{fine.offence_code} · {offence_of(fine)}")
        self.line.setText(
            " · ".join(part for part in (fine.number, shell.instant(fine.committed_at), fine.place) if part)
        )
        self._show_acts(case)
        self._show_figures(case)
        self._show_amounts(case)
        self._show_facts(case)
        self.timeline.set_happenings(happenings(shell, case))
        self._show_history(case)
        self.show_held(shown=True)

    def _show_acts(self, case: FineCase) -> None:
        actor = self._shell.actor
        for button, act, permission in (
            (self.pay_button, FineAct.PAY, TAKE_PAYMENTS),
            (self.print_button, FineAct.PRINT, CAPTURE_FINES),
            (self.void_button, FineAct.VOID, VOID_FINES),
        ):
            button.setVisible(actor.may(permission))
            button.setEnabled(act in case.acts)

    def _show_amounts(self, case: FineCase) -> None:
        """What it costs until when, and what of it is not booked yet or rests."""
        fine, shell = case.row, self._shell
        steps = steps_in_words(case.steps, shell, shell.today()) if FineAct.PAY in case.acts else []
        rows = steps if len(steps) > 1 else []
        rows += [
            (words, shell.amount(amount))
            for words, amount in (
                (_("Accrued, not booked yet"), fine.accrued),
                (_("Suspended"), fine.suspended),
            )
            if amount
        ]
        self.amounts.set_rows(rows)
        self.amounts_section.setVisible(bool(rows))

    def _show_figures(self, case: FineCase) -> None:
        fine, shell = case.row, self._shell
        if FineAct.PAY in case.acts:
            tone = Tone.BAD if fine.state == FineState.INCREASED else Tone.NEUTRAL
            third = (
                (_("Paid so far"), shell.amount(case.paid))
                if case.paid
                else (_("Due on"), shell.day(case.due_on))
            )
            self.figures.set_figures(
                [
                    (_("To pay today"), shell.amount(fine.due), tone),
                    (_("Full amount"), shell.amount(fine.amount)),
                    third,
                ]
            )
        else:
            self.figures.set_figures([(_("Full amount"), shell.amount(fine.amount))])

    def _show_facts(self, case: FineCase) -> None:
        fine = case.row
        rows = [
            (_("Officer"), fine.officer),
            (_("Make"), case.make),
            (_("Number in its file"), case.external_number),
            (_("Remarks"), case.remarks),
        ]
        self.facts.set_rows([(label, value) for label, value in rows if value])

    def _show_history(self, case: FineCase) -> None:
        """What else there is of the plate, and whose it is."""
        history = case.history
        others = [row for row in history.rows if row.fine_id != case.row.fine_id]
        self._owner_number = history.taxpayer_number
        self.owner.set_text(history.taxpayer_name)
        self.owner.setVisible(bool(history.taxpayer_name))
        self.others.set_happenings([self._other(row) for row in others[:SHOWN_OF_PLATE]])
        self.others.setVisible(bool(others))
        self.all_of_plate.set_text(
            ngettext(
                "{count} fine of this plate, {due} to pay",
                "{count} fines of this plate, {due} to pay",
                history.count,
            ).format(count=format_number(history.count), due=self._shell.amount(history.due, code=True))
        )
        known = case.row.readable and (bool(others) or bool(history.taxpayer_name))
        self.plate_section.setVisible(known)

    def _other(self, row: FineRow) -> Happening:
        worth = self._shell.amount(row.due) if row.due else state_word(row.state)
        return Happening(day_of(self._shell, row), f"{offence_of(row)} · {worth}")

    def _list_plate(self) -> None:
        if self.case is not None:
            self.plate_wanted.emit(self.case.row.plate)

    def _open_owner(self) -> None:
        if self._owner_number:
            self.owner_wanted.emit(self._owner_number)
