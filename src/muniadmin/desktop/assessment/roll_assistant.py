"""Issuing a roll: what for, what it would do, and then doing it, in the background if need be."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from muniadmin.assessment.commands import IssueRoll, RollIssued
from muniadmin.assessment.reads import (
    HeadDetail,
    HeadSummary,
    OneHead,
    PreviewRoll,
    RollException,
    RollPreview,
)
from muniadmin.assessment.spelling import Counted, Glossary
from muniadmin.desktop.assessment.tables import exception_columns
from muniadmin.desktop.assessment.words import ROLL_STATES, due_days_in_words
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.operations import Job
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.assistant import Step, StepAssistant
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.cards import Card
from muniadmin.desktop.widgets.detail import DefinitionRows, KeyFigures
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.fields import ComboBox
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import row
from muniadmin.desktop.widgets.progress import ProgressPanel
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext, pick


class RollAssistant(Card):
    """Three steps: the head and period, the preview, the run."""

    closed = Signal()
    bills_wanted = Signal(str)

    def __init__(
        self, page: Page, heads: Sequence[HeadSummary], head_code: str = "", period: str = ""
    ) -> None:
        super().__init__()
        self.page = page
        self.choice = _Choice(
            page, [head for head in heads if head.object_kind is not None], head_code, period
        )
        self.preview = _Preview(page)
        self.run = _Run(page)
        self.steps = StepAssistant([self.choice, self.preview, self.run], finish=_("Done"))
        self.steps.before_next = self._before_next
        self.steps.finished.connect(self._done)
        self.steps.cancelled.connect(self.closed)
        self.choice.changed.connect(self._ready)
        self.preview.changed.connect(self._ready)
        self.run.changed.connect(self._ready)
        self.run.bills_wanted.connect(self.bills_wanted)
        self.body.addWidget(self.steps, 1)
        self._ready()

    @property
    def is_preparing(self) -> bool:
        """Whether somebody looks at what a roll would do."""
        return self.steps.current == 1

    def _ready(self) -> None:
        """The button goes on only where there is something to go on with."""
        steps = (self.choice, self.preview, self.run)
        self.steps.next.setEnabled(steps[self.steps.current].complete())
        self.steps.show_next_label()
        issuing = self.steps.current == 2
        self.steps.back.setVisible(0 < self.steps.current < 2)
        self.steps.cancel.setVisible(not issuing)

    def _before_next(self, number: int) -> bool:
        if number == 0:
            self.preview.ask(self.choice.head_code(), self.choice.period(), self.choice.words())
            self.steps.show_step(1)
            self._ready()
        elif number == 1:
            self._confirm()
        return number == 2

    def _confirm(self) -> None:
        found = self.preview.found
        if found is None:
            return
        if not found.bills:
            self._start()
            return
        money = self.page.shell.amount
        question = ConfirmDialog(
            self,
            ngettext(
                "Issue {count} bill for {amount}?", "Issue {count} bills for {amount}?", found.bills
            ).format(count=format_number(found.bills), amount=money(found.amount, code=True)),
            _("Bills that are issued stay as they are: nobody can change or delete them."),
            figures=[
                (_("Revenue head"), self.choice.head_name()),
                (_("Period"), found.period),
                (_("Due on"), due_days_in_words(self.page.shell, found.due_days)),
            ],
            yes=_("Issue the bills"),
            no=_("Not yet"),
        )
        question.accepted.connect(self._start)
        self.question = question
        question.open()

    def _start(self) -> None:
        self.steps.show_step(2)
        self.run.start(self.choice.head_code(), self.choice.period(), self.choice.head_name())
        self._ready()

    def _done(self) -> None:
        self.closed.emit()


class _Choice(Step):
    """Which head, which period."""

    def __init__(self, page: Page, heads: Sequence[HeadSummary], head_code: str, period: str) -> None:
        super().__init__(
            _("What for"),
            _("Which roll do you want to issue?"),
            _("Every taxable object of the head is assessed for the period, and its bill issued."),
        )
        self.page = page
        self.detail: HeadDetail | None = None
        self._wanted_period = period
        names = [(head.code, pick(head.names)) for head in heads]
        self.head: ComboBox[str] = ComboBox(_("Revenue head"), names)
        self.periods: ComboBox[str] = ComboBox(_("Period"))
        self.facts = DefinitionRows(muted="label")
        self.body.addLayout(
            row(Field(_("Revenue head"), self.head), Field(_("Period"), self.periods), spacing=12)
        )
        self.body.addWidget(self.facts)
        self.head.chosen.connect(lambda _code: self._ask())
        if head_code:
            self.head.set_value(head_code)
        self._ask()

    def head_code(self) -> str:
        """The code of the head chosen."""
        return self.head.value() or ""

    def head_name(self) -> str:
        """Its name."""
        return self.head.currentText()

    def period(self) -> str:
        """The period chosen."""
        return self.periods.value() or ""

    def complete(self) -> bool:
        """Whether both are chosen."""
        return bool(self.head_code() and self.period())

    def words(self) -> Glossary:
        """The names of the attributes of the head's objects."""
        parts = self.detail.attributes if self.detail else ()
        return Glossary({part.code: Counted(part.names, part.type, part.unit) for part in parts})

    def _ask(self) -> None:
        if self.head_code():
            self.page.read(OneHead(head_code=self.head_code()), then=self._show, key="roll-head")

    def _show(self, detail: HeadDetail) -> None:
        self.detail = detail
        shown = []
        for period in detail.periods:
            word = _(ROLL_STATES[period.state][0])
            shown.append((period.name, f"{period.name} · {word}"))
        self.periods.set_choices(shown)
        self.periods.set_value(self._wanted_period or self._likely(detail))
        self._wanted_period = ""
        in_force = next((tariff for tariff in detail.tariffs if tariff.state == "in_force"), None)
        facts = [
            (_("Assessed on"), pick(detail.object_kind_names)),
            (_("Tariff in force since"), self.page.shell.day(in_force.valid_from) if in_force else "–"),
        ]
        self.facts.set_rows(facts)
        self.changed.emit()

    def _likely(self, detail: HeadDetail) -> str | None:
        """The period today falls in, or the next one when that is issued."""
        today = self.page.today
        open_periods = [period for period in detail.periods if period.state != "issued"]
        current = next((period for period in open_periods if period.start <= today <= period.end), None)
        following = next((period for period in open_periods if period.start > today), None)
        likely = current or following or (detail.periods[-1] if detail.periods else None)
        return likely.name if likely else None


class _Preview(Step):
    """What issuing would do, and what it cannot do."""

    commits = True

    def __init__(self, page: Page) -> None:
        super().__init__(
            _("Preview"),
            _("What the roll would do"),
            _("Nothing has been written yet. Look at it before you go on."),
        )
        self.page = page
        self.found: RollPreview | None = None
        self.wait = Text(_("Computing every object…"), Role.MUTED)
        self.problem = Banner()
        self.problem.hide()
        self.figures = KeyFigures(padding=0)
        self.more = DefinitionRows(muted="label")
        self.exceptions_title = Text("", Role.HEADING)
        self.exceptions: RowTable[RollException] = RowTable(
            "roll-exceptions", _("Objects that cannot be assessed"), exception_columns(Glossary()),
            key=lambda found: found.object_id, footer=False,
        )  # fmt: skip
        self.exceptions.setMinimumHeight(112)
        for part in (self.problem, self.wait, self.figures, self.more, self.exceptions_title):
            self.body.addWidget(part)
        self.body.addWidget(self.exceptions, 1)

    def ask(self, head_code: str, period: str, words: Glossary) -> None:
        """Computes the preview of another roll."""
        self.found = None
        self.exceptions.model.columns[:] = exception_columns(words)
        self.problem.hide()
        self._show_found(shown=False)
        self.wait.show()
        self.page.read(
            PreviewRoll(head_code=head_code, period=period),
            then=self._show,
            failed=self._failed,
            key="preview",
        )

    def complete(self) -> bool:
        """Whether the preview is there."""
        return self.found is not None

    def next_label(self) -> str:
        """What the button will do, with its figure."""
        if self.found is None or not self.found.bills:
            return _("Issue the roll")
        return ngettext("Issue {count} bill…", "Issue {count} bills…", self.found.bills).format(
            count=format_number(self.found.bills)
        )

    def _show(self, found: RollPreview) -> None:
        self.found = found
        self.wait.hide()
        shell = self.page.shell
        self.figures.set_figures(
            [
                (_("Bills"), format_number(found.bills)),
                (shell.with_currency(_("Amount")), shell.amount(found.amount)),
                (_("Owe nothing"), format_number(found.nothing_owed)),
                (
                    _("Cannot be assessed"),
                    format_number(found.exceptions),
                    Tone.WARNING if found.exceptions else Tone.NEUTRAL,
                ),
            ]
        )
        facts = [
            (
                _("Objects in the period"),
                _("{count}, {already} of them assessed already").format(
                    count=format_number(found.objects), already=format_number(found.already)
                ),
            ),
            (
                _("Smallest and largest bill"),
                f"{shell.amount(found.smallest)} – {shell.amount(found.largest)}",
            ),
            (_("Due on"), due_days_in_words(shell, found.due_days)),
            (_("Tariff in force since"), shell.day(found.tariff_from)),
        ]
        self.more.set_rows(facts)
        self.exceptions_title.setText(
            ngettext(
                "{count} object cannot be assessed; correct it and issue the roll again.",
                "{count} objects cannot be assessed; correct them and issue the roll again.",
                found.exceptions,
            ).format(count=format_number(found.exceptions))
        )
        self.exceptions.set_source(ListSource(found.exception_rows))
        self._show_found(shown=True)
        self.exceptions_title.setVisible(bool(found.exceptions))
        self.exceptions.setVisible(bool(found.exceptions))
        self.changed.emit()

    def _show_found(self, *, shown: bool) -> None:
        for part in (self.figures, self.more, self.exceptions_title, self.exceptions):
            part.setVisible(shown)

    def _failed(self, problem: UserError) -> None:
        self.wait.hide()
        self.problem.show_error(problem)
        self.changed.emit()


class _Run(Step):
    """The roll under way, and what came of it."""

    bills_wanted = Signal(str)

    def __init__(self, page: Page) -> None:
        super().__init__(
            _("Issuing"),
            _("Issuing the bills"),
            _(
                "You may work elsewhere meanwhile; the roll goes on in the background. Stopping keeps what is done."
            ),
        )
        self.page = page
        self.job: Job | None = None
        self.head_code = ""
        self.result = Banner()
        self.result.hide()
        self.result.can_close(False)
        self._place = row(spacing=0)
        self.progress: ProgressPanel | None = None
        self.body.addLayout(self._place)
        self.body.addWidget(self.result)
        page.shell.operations.jobs_changed.connect(self._on_job)

    def start(self, head_code: str, period: str, name: str) -> None:
        """Issues the roll as a job of its own."""
        self.head_code = head_code
        self.result.hide()
        title = _("Roll of {head} {period}").format(head=name, period=period)
        self.progress = ProgressPanel(title)
        self._place.addWidget(self.progress)
        self.job = self.page.shell.operations.start(
            IssueRoll(head_code=head_code, period=period),
            title,
            then=self._issued,
            failed=self._failed,
            owner=self.page,
        )
        self.progress.cancelled.connect(self.job.cancel)

    def complete(self) -> bool:
        """The assistant may always be closed here: the job goes on."""
        return True

    def next_label(self) -> str:
        """Whether it is done or goes on."""
        running = self.job is not None and not self.job.finished
        return _("Go on in the background") if running else _("Done")

    def _on_job(self, job: Job) -> None:
        if job is not self.job:
            return
        if self.progress is not None and not job.finished:
            self.progress.advance(job.done, job.total)
        self.changed.emit()

    def _finish(self) -> None:
        if self.progress is not None:
            self.progress.hide()

    def _issued(self, outcome: RollIssued) -> None:
        self._finish()
        money = self.page.shell.amount
        self.result.say(
            Tone.GOOD,
            ngettext(
                "{count} bill was issued for {amount}.",
                "{count} bills were issued for {amount}.",
                outcome.bills,
            ).format(count=format_number(outcome.bills), amount=money(outcome.amount, code=True)),
            ngettext(
                "The roll now holds {count} bill for {amount}.",
                "The roll now holds {count} bills for {amount}.",
                outcome.total_bills,
            ).format(count=format_number(outcome.total_bills), amount=money(outcome.total_amount, code=True)),
            action=(_("See the bills"), lambda: self.bills_wanted.emit(self.head_code)),
        )
        self.changed.emit()

    def _failed(self, problem: UserError) -> bool:
        self._finish()
        self.result.show_error(problem)
        self.changed.emit()
        return True
