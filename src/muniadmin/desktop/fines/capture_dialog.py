"""Capture of a fine by keyboard: plate, offence by code or letters, place; Enter records it, and the next begins.

Officer, place and day stay for the next fine; the time follows the clock until one is typed.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.fines.tables import offence_line
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import LinkButton
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form, is_left
from muniadmin.desktop.widgets.labels import Icon, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.desktop.widgets.search import Search
from muniadmin.fines.commands import CaptureFine, FineCaptured
from muniadmin.fines.errors import OffenceUnknown
from muniadmin.fines.reads import FinesOfPlate, OffenceRow, Offences, PlateHistory
from muniadmin.fines.rules import instant_of, read_plate
from muniadmin.kernel.errors import NotUnderstood, UserError
from muniadmin.kernel.folding import fold
from muniadmin.kernel.formats import format_number, format_time, parse_time
from muniadmin.kernel.i18n import N_, _, ngettext, pick


class TimeNotUnderstood(UserError):
    """Text that is no time of day."""

    message = N_("“{text}” is not a time of day.")
    hint = N_("Type hours and minutes, for example 9:05 or 905.")


@dataclass
class Kept:
    """What the next fine takes over from the last one."""

    officer: str = ""
    place: str = ""
    day: date | None = None


def offences_matching(offences: Sequence[OffenceRow], typed: str) -> list[OffenceRow]:
    """The offences a person may mean: by the beginning of the code first, then by letters that begin a word."""
    wanted = fold(typed)
    if not wanted:
        return list(offences)
    by_code = [one for one in offences if fold(one.code).startswith(wanted)]
    words = wanted.split()
    by_name = [
        one
        for one in offences
        if one not in by_code
        and all(f" {word}" in f" {fold(' '.join(one.names.values()))}" for word in words)
    ]
    return by_code + by_name


class TimeField(TextField):
    """A time of day; empty until one is typed means now."""

    def checked(self) -> time:
        """What is typed. Raises TimeNotUnderstood."""
        try:
            return parse_time(self.text())
        except NotUnderstood as problem:
            raise TimeNotUnderstood(text=self.text().strip()) from problem

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Writes the time in full."""
        super().focusOutEvent(event)
        if not self.is_blank():
            try:
                self.setText(format_time(self.checked()))
            except TimeNotUnderstood:
                return


class CaptureDialog(FormDialog):
    """``captured`` tells each fine that was recorded; ``notice_wanted`` asks for the notice of the last one."""

    captured = Signal(object)
    notice_wanted = Signal(str)

    def __init__(self, parent: QWidget | None, shell: Shell, kept: Kept, now: Callable[[], time]) -> None:
        self._shell, self._kept, self._now = shell, kept, now
        #: The catalogue of the day, once it is here.
        self._offences: list[OffenceRow] | None = None
        self._chosen: OffenceRow | None = None
        self._history: PlateHistory | None = None
        self._request_id = str(uuid.uuid4())
        self._last = ""
        form = self._make_form()
        both = row(form, self._make_aside(), spacing=24)
        both.setStretch(1, 1)
        both.setAlignment(form, Qt.AlignmentFlag.AlignTop)
        super().__init__(
            parent, _("New fine"), form, both, primary=_("Record the fine"), cancel=_("Close"), width=900
        )
        self._make_success()
        self.plate.editingFinished.connect(self._ask_history)
        self.search: Search[OffenceRow] = Search(
            self.offence, self.matches, self._find, least=0, at_once=True, picks=True
        )
        self.search.taken.connect(self._take_offence)
        self.search.missed.connect(form.fields["offence_code"].check)
        self.matches.chosen.connect(lambda _offence: self._show_costs())
        self.offence.textEdited.connect(self._on_typed)
        self.offence.installEventFilter(self)
        self.day.changed.connect(lambda _day: self._ask_offences())
        self._begin()
        self._ask_offences()

    # --- making -------------------------------------------------------------------------------------------------

    def _make_form(self) -> Form:
        self.plate = TextField(_("Plate"), scale="large")
        self.offence = TextField(_("Offence"), placeholder=_("code or letters of its name"))
        self.place = TextField(_("Place"))
        self.officer = TextField(_("Officer’s badge"))
        self.day = DateEdit(_("Day"))
        self.time = TimeField(_("Time"))
        self.make = TextField(_("Make and colour"))
        self.remarks = TextField(_("Remarks"))
        form = Form(spacing=12)
        form.add("plate", Field(_("Plate"), self.plate, hint=_("Leave empty if it could not be read")))
        form.add("offence_code", Field(_("Offence"), self.offence, required=True, check=self._check_offence))
        form.add("place", Field(_("Place"), self.place, required=True))
        form.add("officer", Field(_("Officer’s badge"), self.officer, required=True))
        form.add("day", Field(_("Day"), self.day, required=True), beside=True)
        form.add("committed_at", Field(_("Time"), self.time, check=self.time.checked), beside=True)
        form.add("make", Field(_("Make and colour"), self.make))
        form.add("remarks", Field(_("Remarks"), self.remarks), beside=True)
        form.setFixedWidth(400)
        return form

    def _make_aside(self) -> QWidget:
        shell = self._shell
        self.vehicle = Text("", Role.MUTED, wrap=True)
        self.vehicle_pill = Pill()
        self.costs = Text("", Role.STRONG, wrap=True)
        # Room for two lines from the start: the form does not jump when the offence is known.
        self.costs.setFixedHeight(2 * self.costs.fontMetrics().lineSpacing() + 4)
        self.matches: RowTable[OffenceRow] = RowTable(
            "capture-offences",
            _("Offences"),
            [
                Column("code", _("Code"), lambda one: one.code, width=58, look="muted"),
                Column("name", _("Offence"), lambda one: pick(one.names), width=180, stretch=True),
                Column(
                    "amount",
                    shell.with_currency(_("Full")),
                    lambda one: shell.amount(one.amount) if one.amount else "",
                    width=96,
                    number=True,
                ),
            ],
            key=lambda one: one.code,
            footer=False,
        )
        self.matches.setMinimumSize(400, 190)
        lines = column(
            row(Text(_("Vehicle"), Role.HEADING), None, self.vehicle_pill),
            self.vehicle,
            6,
            Text(_("Offences"), Role.HEADING),
            spacing=6,
        )
        lines.addWidget(self.matches, 1)
        lines.addWidget(self.costs)
        aside = QWidget()
        aside.setLayout(lines)
        return aside

    def _make_success(self) -> None:
        self.recorded = Text("")
        self.notice_link = LinkButton(_("Print its notice"))
        self.notice_link.clicked.connect(lambda: self.notice_wanted.emit(self._last))
        self.success = QWidget()
        self.success.setLayout(
            row(Icon("circle-check", 18, "good"), self.recorded, self.notice_link, spacing=10)
        )
        self.success.hide()
        self.aside.addWidget(self.success)

    # --- offences -----------------------------------------------------------------------------------------------

    def _ask_offences(self) -> None:
        day = self.day.day()
        self._shell.operations.read(Offences(on=day), then=self._show_offences, owner=self, key="offences")

    def _show_offences(self, offences: list[OffenceRow]) -> None:
        self._offences = [one for one in offences if one.active and one.amount is not None]
        if self._chosen is not None:
            code = self._chosen.code
            self._chosen = next((one for one in self._offences if one.code == code), None)
        if self._chosen is None:
            self.search.look()
            if not self.offence.hasFocus():
                # Somebody left the field before the catalogue was here.
                self.search.take()
        self._show_costs()

    def _find(
        self, text: str, most: int, answer: Callable[[Sequence[OffenceRow]], object], _failed: object
    ) -> None:
        # Before the catalogue is here nothing is found, nor said to be unknown.
        if self._offences is not None:
            answer(offences_matching(self._offences, text)[:most])

    def _on_typed(self, _text: str) -> None:
        self._chosen = None
        self._show_costs()

    def _take_offence(self, offence: OffenceRow) -> None:
        self._chosen = offence
        self.search.forget()
        self.offence.setText(offence_line(offence))
        self.offence.setCursorPosition(0)
        self.form.fields["offence_code"].show_problem(None)
        self._show_costs()
        if self.offence.hasFocus():
            self.form.go_on()

    def _check_offence(self) -> None:
        if self._chosen is None and self._offences is not None:
            raise OffenceUnknown(code=self.offence.text().strip())

    def _is_unknown(self) -> bool:
        """Whether something is typed for which no offence was taken."""
        return self._chosen is None and not self.offence.is_blank()

    def _marked(self) -> OffenceRow | None:
        """The offence that was taken; else the one that Enter would take."""
        if self._chosen is None and self.search.is_current:
            return self.matches.current()
        return self._chosen

    def _show_costs(self) -> None:
        offence = self._marked()
        shell, today = self._shell, self._shell.today()
        steps = [
            step
            for step in (offence.steps if offence is not None else ())
            if step.until is None or step.until >= today
        ]
        amounts = [shell.amount(step.amount, code=place == 0) for place, step in enumerate(steps)]
        words = [
            _("{amount} until {day}").format(amount=amount, day=shell.day(step.until))
            if step.until is not None
            else amount
            for amount, step in zip(amounts, steps, strict=True)
        ]
        costs = words[0] if words else ""
        for later in words[1:]:
            costs = _("{amount}, then {later}").format(amount=costs, later=later)
        self.costs.setText(_("It costs {amount}.").format(amount=costs) if costs else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the offence that is marked, and so does leaving the field, which writes it in full."""
        if watched is self.offence:
            if event.type() is QEvent.Type.FocusIn:
                self.offence.selectAll()
            if event.type() is QEvent.Type.FocusOut and is_left(event):
                self.search.take()
            if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
                if entered and self._chosen is None and not event.isAutoRepeat():
                    self.search.enter()
                    if self._is_unknown():
                        return True
        return super().eventFilter(watched, event)

    # --- the vehicle --------------------------------------------------------------------------------------------

    def _ask_history(self) -> None:
        self.plate.setText(self.plate.text().upper())
        plate = read_plate(self.plate.text())
        if self._history is not None and self._history.plate == plate.shown:
            return
        self._history = None
        self._show_vehicle("", Tone.NEUTRAL, "")
        if plate.readable:
            self._shell.operations.read(
                FinesOfPlate(plate=plate.shown, limit=5), then=self._show_history, owner=self, key="plate"
            )
        elif not self.plate.is_blank():
            self._show_vehicle(_("unreadable"), Tone.WARNING, _("This is no number plate."))

    def _show_history(self, history: PlateHistory) -> None:
        if history.plate != read_plate(self.plate.text()).shown:
            return  # Of the fine before, or of a plate that was corrected meanwhile.
        self._history = history
        known = history.taxpayer_name or _("Not on the register.")
        if not history.count:
            self._show_vehicle(_("no fines"), Tone.GOOD, known)
            return
        words = ngettext(
            "{count} earlier fine, {due} to pay.", "{count} earlier fines, {due} to pay.", history.count
        ).format(count=format_number(history.count), due=self._shell.amount(history.due, code=True))
        last = history.rows[0]
        latest = _("The last one: {offence}, {when}.").format(
            offence=pick(last.offence_names), when=self._shell.instant(last.committed_at)
        )
        pill = ngettext("{count} unpaid", "{count} unpaid", history.unpaid).format(count=history.unpaid)
        tone = Tone.BAD if history.unpaid else Tone.NEUTRAL
        self._show_vehicle(pill if history.unpaid else "", tone, f"{known}\n{words}\n{latest}")

    def _show_vehicle(self, pill: str, tone: Tone, words: str) -> None:
        self.vehicle_pill.set_state(pill, tone)
        self.vehicle.setText(words or _("Type the plate to see what there is of it."))

    # --- recording ----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """An empty form for the next fine; officer, place and day stay."""
        self._request_id = str(uuid.uuid4())
        self._chosen, self._history = None, None
        for field in (self.plate, self.offence, self.make, self.remarks, self.time):
            field.clear()
        self.time.setPlaceholderText(format_time(self._now()))
        self.place.setText(self._kept.place)
        self.officer.setText(self._kept.officer)
        self.day.set_day(self._kept.day or self._shell.today())
        for field_of_form in self.form.fields.values():
            field_of_form.show_problem(None)
        self._show_vehicle("", Tone.NEUTRAL, "")
        self.search.look()
        self._show_costs()
        self.plate.setFocus(Qt.FocusReason.OtherFocusReason)

    def dirty(self) -> bool:
        """Whether a fine is half typed; what is kept from the last one does not count."""
        return any(not field.is_blank() for field in (self.plate, self.offence, self.make, self.remarks))

    def submit(self) -> None:
        """Records the fine when nothing is missing."""
        self.search.take()
        if not self.form.check() or self._chosen is None:
            return
        if self.time.is_blank():
            # Stays what it is from here on: sent once more a moment later, it is the same fine.
            self.time.setText(format_time(self._now()))
        day = self.day.day() or self._shell.today()
        zone = self._shell.municipality.calendar.zone
        self._shell.operations.run(
            CaptureFine(
                request_id=self._request_id,
                plate=self.plate.text(),
                offence_code=self._chosen.code,
                place=self.place.text(),
                committed_at=instant_of(day, self.time.checked(), zone),
                officer=self.officer.text(),
                make=self.make.text(),
                remarks=self.remarks.text(),
            ),
            then=self._recorded,
            failed=self.refuse,
            undone=self.unlock,
            owner=self,
        )

    def _recorded(self, fine: FineCaptured) -> None:
        if fine.number == self._last:
            return  # Enter was pressed twice: the same fine, which is here already.
        self._last = fine.number
        self._kept.officer, self._kept.place = self.officer.text().strip(), self.place.text().strip()
        self._kept.day = self.day.day()
        self.notice.hide()
        self.recorded.setText(
            _("{number} recorded, {amount} to pay today.").format(
                number=fine.number, amount=self._shell.amount(fine.due, code=True)
            )
        )
        self.success.show()
        # A question that was answered in between may have left the keyboard with the window behind.
        self.activateWindow()
        self._begin()
        self.captured.emit(fine)
