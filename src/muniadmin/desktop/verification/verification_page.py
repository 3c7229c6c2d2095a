"""The page on which an auditor has the books verified, and looks at what was found."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from muniadmin.desktop.lists.given import given_rows
from muniadmin.desktop.lists.listing import Listing, Nothing
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Page, Scene
from muniadmin.desktop.shell.operations import Job
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.verification.finding_card import FindingCard
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.files import ask_for_files, ask_to_save
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import FlowBox, column, row, show_if
from muniadmin.desktop.widgets.progress import ProgressPanel
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _
from muniadmin.kernel.requests import Command
from muniadmin.verification.commands import (
    Checked,
    ExportedToCheck,
    ExportToCheck,
    Finding,
    VerificationReport,
    Verify,
    Witness,
)
from muniadmin.verification.errors import WitnessUnreadable
from muniadmin.verification.findings import place, sentence
from muniadmin.verification.report import as_data, as_text, exported, remarks, result, verdict
from muniadmin.verification.witnesses import witnesses


class _CheckLine(NamedTuple):
    """A check as the list of checks shows it."""

    name: str
    rows: str
    result: str
    tone: Tone


EVERYTHING, SINCE_ANCHOR = "everything", "since anchor"


class VerificationPage(Page):
    """What is verified and the verdict above, the findings with the chosen one in full, and which checks ran."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Verification"))
        self.report: VerificationReport | None = None
        self._made_at: datetime | None = None
        #: What is under way, and what is said of it, not yet translated.
        self._job: Job | None = None
        self._job_says = ""
        self._make_header()
        self.extent: ChoiceChips[str] = ChoiceChips(
            _("What is verified"),
            [(EVERYTHING, _("Everything")), (SINCE_ANCHOR, _("Since the last anchor"))],
        )
        self.extent.chosen.connect(self.choose_extent)
        self._extent_says = Text("", Role.SECONDARY, wrap=True)
        self.choose_extent(EVERYTHING)
        self._progress = QWidget()
        self._progress.setLayout(column(spacing=0))
        self.verdict = Banner()
        self.verdict.can_close(False)
        self.chips: ChoiceChips[str] = ChoiceChips(
            _("What is listed"), [("findings", _("Findings")), ("checks", _("Checks"))]
        )
        self.chips.chosen.connect(self.show_list)
        self._made = Text("", Role.SECONDARY)
        self._make_lists()
        self._whole = QStackedWidget()
        self._whole.addWidget(
            EmptyState(
                "shield-check",
                _("Nothing was verified yet"),
                _("Nothing is changed by it; you can go on working meanwhile."),
            )
        )
        found = QWidget()
        found.setLayout(column(row(self.chips, None, self._made), self._lists, spacing=12))
        self._whole.addWidget(found)
        self.body.addLayout(
            column(
                FlowBox(self.extent, self.to_compare, self.to_export, spacing=8), self._extent_says, spacing=6
            )
        )
        for part in (self._progress, self.verdict):
            part.hide()
            self.body.addWidget(part)
        self.body.addWidget(self._whole, 1)
        shell.operations.jobs_changed.connect(self._on_job)

    def _make_header(self) -> None:
        self.copy = Button(_("Copy"), icon="copy")
        self.copy.clicked.connect(lambda _checked=False: self.copy_report())
        self.save = Button(_("Save…"), icon="file-down")
        self.save.clicked.connect(lambda _checked=False: self.save_report())
        self.begin = Button(_("Verify"), Kind.PRIMARY, key="Ctrl+Return")
        self.begin.clicked.connect(lambda _checked=False: self.verify())
        self.to_compare = Button(_("Compare with files kept outside…"), icon="folder-open", small=True)
        self.to_compare.clicked.connect(lambda _checked=False: self.choose_witnesses())
        self.to_export = Button(_("Export for an independent check…"), icon="download", small=True)
        self.to_export.clicked.connect(lambda _checked=False: self.choose_export())
        for button in (self.copy, self.save, self.begin):
            self.header.add_action(button)
        self.copy.setEnabled(False)
        self.save.setEnabled(False)

    def _make_lists(self) -> None:
        shell = self.shell
        # On two lines: a sentence and its place side by side leave room for neither on a small screen.
        findings: list[Column[tuple[int, Finding]]] = [
            Column(
                "wrong",
                _("What is wrong, and in which table and row"),
                lambda entry: sentence(entry[1], shell.municipality),
                below=lambda entry: place(entry[1]),
                width=240,
                stretch=True,
            ),
        ]
        self.card = FindingCard(self)
        self._findings: list[tuple[int, Finding]] = []
        self.found: Listing[tuple[int, Finding]] = Listing(
            self,
            "findings",
            _("Findings"),
            findings,
            lambda wanted: given_rows(self._findings, findings, wanted.text),
            key=lambda entry: entry[0],
            search=_("A word of what was found"),
            empty=Nothing(
                "shield-check", _("Nothing was found"), _("The list of checks says what was looked at.")
            ),
            panel=self.card,
            panel_width=340,
            opens=lambda _entry: self.card.open_row(),
        )
        self.list = self.found.table
        self.found.chosen.connect(self._show)
        checks: list[Column[_CheckLine]] = [
            Column("name", _("Check"), lambda c: c.name, width=300, stretch=True, look="strong"),
            Column("rows", _("Rows"), lambda c: c.rows, width=120, number=True),
            Column("result", _("Result"), lambda c: c.result, width=130, pill=lambda c: c.tone),
        ]
        self._checked: list[_CheckLine] = []
        self.checks: Listing[_CheckLine] = Listing(
            self,
            "checks",
            _("Checks"),
            checks,
            lambda wanted: given_rows(self._checked, checks, wanted.text),
            key=lambda line: line.name,
            search=_("A word of a check"),
            empty=Nothing("shield-check", _("Nothing was verified yet")),
        )
        self._lists = QStackedWidget()
        self._lists.addWidget(self.found)
        self._lists.addWidget(self.checks)

    # --- verifying ------------------------------------------------------------------------------------------------

    def choose_extent(self, extent: str) -> None:
        """Everything, or what came after the last anchor; says what is looked at and what is not."""
        self.extent.set_value(extent)
        self._extent_says.setText(
            _("Every receipt, debt, entry and document is compared with what was written when it was made.")
            if extent == EVERYTHING
            else _(
                "Only what came after the newest anchor that holds is looked at: the events since, their postings, "
                "and the rows of which they tell; and all protections and anchors. What was written before it is not "
                "looked at, nor whether bills, tills and totals come to what they say."
            )
        )

    def verify_extent(self, extent: str) -> None:
        """Chooses what is verified, and begins."""
        if not self._at_work():
            self.choose_extent(extent)
            self.verify()

    def verify(self, against: tuple[Witness, ...] = ()) -> None:
        """Begins, beside everybody's work; the report comes here. ``against``: files kept outside to compare with."""
        if self._at_work():
            return
        self.verdict.hide()
        since_anchor = self.extent.value() == SINCE_ANCHOR
        said = N_("Verifying since the last anchor…") if since_anchor else N_("Verifying everything…")
        self._start(Verify(since_anchor=since_anchor, against=against), _("Verification"), said)

    def choose_witnesses(self) -> None:
        """Asks for files that were kept outside, anchors or what workstations remember, and verifies against them."""
        if self._at_work():
            return
        kinds = _("Anchors and what workstations remember (*.txt *.json);;All files (*)")
        ask_for_files(self, _("Files kept outside"), kinds, self.verify_against)

    def verify_against(self, paths: Sequence[str]) -> None:
        """Verifies the chosen extent, and compares it with these files."""
        try:
            against = witnesses(paths)
        except WitnessUnreadable as problem:
            self.notice.show_error(problem)
        else:
            self.verify(against)

    def _at_work(self) -> bool:
        return self._job is not None

    def _start(self, command: Command[Any], title: str, said: str) -> None:
        """Begins a long order, with its progress on the page; one at a time."""
        self.notice.hide()
        if self._has_keyboard(self):
            self.setFocus()  # else Qt hands the focus of a button that goes dim to whatever comes next
        # What comes of it is taken from the job: the page may be another by then, in another language.
        job = self.shell.operations.start(command, title, failed=lambda _problem: True)
        self._follow(job, said)

    def _follow(self, job: Job, said: str) -> None:
        """Shows how far a job is, and waits for what comes of it; ``said`` is not yet translated."""
        self._job, self._job_says = job, said
        for part in (self.extent, self.begin, self.to_compare, self.to_export):
            part.setEnabled(False)
        show_if(self._whole, self.report is not None)
        room = self._progress.layout()
        assert room is not None
        while (old := room.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        self._panel = ProgressPanel(_(said))
        self._panel.cancelled.connect(job.cancel)
        room.addWidget(self._panel)
        show_if(self._progress, True)

    def _on_job(self, job: Job) -> None:
        if job is not self._job:
            return
        if job.finished:
            self._job = None
            self._on_finished(job)
        elif job.total:
            self._panel.advance(job.done, job.total)

    def _on_finished(self, job: Job) -> None:
        has_keyboard = self.hasFocus() or self._has_keyboard(self._progress)
        if has_keyboard:
            self.setFocus()
        self._progress.hide()
        for part in (self.extent, self.begin, self.to_compare, self.to_export):
            part.setEnabled(True)
        self._whole.show()
        outcome = job.outcome
        if isinstance(outcome, VerificationReport):
            self._on_report(outcome)
        elif isinstance(outcome, ExportedToCheck):
            self._on_exported(outcome)
        elif job.problem is not None and type(job.problem) is not UserError:
            self.notice.show_error(job.problem)  # of anything else an incident is shown
        if has_keyboard and isinstance(outcome, VerificationReport):
            self.take_focus()
        elif has_keyboard:
            self.to_export.setFocus()

    @staticmethod
    def _has_keyboard(part: QWidget) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and part.isAncestorOf(focused)

    def _on_report(self, report: VerificationReport) -> None:
        self.report = report
        self._made_at = self.shell.local_now()
        self._show_report()

    def _show_report(self) -> None:
        report = self.report
        assert report is not None
        assert self._made_at is not None
        self._made.setText(_("Verified on {at}").format(at=self.shell.instant(self._made_at)))
        tone = Tone.GOOD if report.clean else Tone.BAD if report.findings else Tone.WARNING
        self.verdict.say(tone, verdict(report), " ".join(remarks(report)))
        self._findings = list(enumerate(report.findings))
        self.found.clear()
        self._checked = [
            _CheckLine(
                _(one.name),
                format_number(one.rows),
                result(one),
                _tone(one),
            )
            for one in report.checked
        ]
        self._checked += [
            _CheckLine(_(name), "", _("not run"), Tone.NEUTRAL)
            for name in (*report.not_run, *report.left_out)
        ]
        self.checks.clear()
        self._whole.setCurrentIndex(1)
        self.copy.setEnabled(True)
        self.save.setEnabled(True)
        self.show_list("findings" if report.findings else "checks")
        self.list.select_first()

    def _show(self, entry: tuple[int, Finding] | None) -> None:
        if entry is None or self.report is None:
            self.card.show_finding(None)
            return
        finding = entry[1]
        check = next(_(one.name) for one in self.report.checked if one.check == finding.check)
        self.card.show_finding(finding, check)

    def show_list(self, which: str) -> None:
        """Findings or checks."""
        self.chips.set_value(which)
        self._lists.setCurrentIndex(0 if which == "findings" else 1)

    # --- the report -----------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The report as it is copied and saved."""
        assert self.report is not None
        assert self._made_at is not None
        made = _("{municipality} · verified on {at} by {user}").format(
            municipality=self.shell.municipality_name,
            at=self.shell.instant(self._made_at),
            user=self.shell.actor.name,
        )
        return as_text(self.report, self.shell.municipality, made)

    def copy_report(self) -> None:
        """Puts the report onto the clipboard."""
        if self.report is not None:
            QGuiApplication.clipboard().setText(self.text())
            self.shell.say(_("The report is copied."))

    def save_report(self) -> None:
        """Asks where to, and writes the report as text, or as JSON where the name says so."""
        if self.report is None:
            return
        assert self._made_at is not None
        name = _("verification") + f"-{self._made_at:%Y-%m-%d}.txt"
        ask_to_save(self, _("Save the report"), name, _("Text (*.txt);;JSON (*.json)"), self._save_report)

    def _save_report(self, path: str, _kind: str) -> None:
        self.write_report(path)

    def write_report(self, path: str) -> None:
        """Writes the report into a file."""
        assert self.report is not None
        if path.casefold().endswith(".json"):
            content = json.dumps(as_data(self.report), ensure_ascii=False, indent=2, default=str) + "\n"
        else:
            content = self.text()
        self.write_file(path, content.encode())

    # --- the export -----------------------------------------------------------------------------------------------

    def choose_export(self) -> None:
        """Asks where to. What is there already is not written over, and the dialog does not offer it."""
        if self._at_work():
            return
        name = f"{self.shell.municipality.code}-{self.shell.local_now():%Y-%m-%d}.sqlite3"
        ask_to_save(
            self,
            _("Export for an independent check"),
            name,
            _("SQLite file (*.sqlite3)"),
            lambda path, _kind: self.export(path),
            asks_to_replace=False,
        )

    def export(self, path: str) -> None:
        """Writes what an independent checker reads, beside everybody's work."""
        self._start(ExportToCheck(path=path), _("Export for an independent check"), N_("Exporting…"))

    def _on_exported(self, outcome: ExportedToCheck) -> None:
        first, *more = exported(outcome)
        self.notice.say(Tone.WARNING if outcome.unrecorded else Tone.GOOD, first, " ".join(more))

    # --- the rest of the pattern ----------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """The findings have the keyboard; before there are any, the button that looks for them."""
        if self.report is not None and self.report.findings:
            self.list.take_focus()
        elif self._at_work():
            self.setFocus()
        else:
            self.begin.setFocus()

    def actions_offered(self) -> Sequence[Action]:
        """What the command palette offers."""
        group = _("Verification")
        return (
            Action(
                id="verify",
                title=_("Verify everything"),
                icon="shield-check",
                group=group,
                run=lambda: self.verify_extent(EVERYTHING),
            ),
            Action(
                id="verify-since-anchor",
                title=_("Verify since the last anchor"),
                icon="shield-check",
                group=group,
                run=lambda: self.verify_extent(SINCE_ANCHOR),
            ),
            Action(
                id="verify-against",
                title=_("Compare with files kept outside…"),
                icon="folder-open",
                group=group,
                run=self.choose_witnesses,
            ),
            Action(
                id="verification export",
                title=_("Export for an independent check…"),
                icon="download",
                group=group,
                run=self.choose_export,
            ),
        )

    def memory(self) -> dict[str, Any]:
        """The report, whose sentences are said anew in another language, and what is under way."""
        return {
            "report": self.report,
            "made_at": self._made_at,
            "extent": self.extent.value(),
            "job": self._job,
            "said": self._job_says,
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """The same report; what is under way goes on here."""
        self._made_at = memory["made_at"]
        self.choose_extent(memory["extent"])
        if memory["report"] is not None:
            self.report = memory["report"]
            self._show_report()
        if (job := memory["job"]) is not None:
            self._follow(job, memory["said"])
            self._on_job(job)  # it may be at its end already

    def scenes(self) -> Sequence[Scene]:
        """What a report looks like."""
        return (
            Scene("verified", lambda: self.verify_extent(EVERYTHING)),
            Scene("verified since an anchor", lambda: self.verify_extent(SINCE_ANCHOR)),
        )


def _tone(checked: Checked) -> Tone:
    if checked.findings:
        return Tone.BAD
    if checked.remarks and not checked.rows:  # it could not look at anything
        return Tone.NEUTRAL
    return Tone.GOOD if checked.finished else Tone.WARNING
