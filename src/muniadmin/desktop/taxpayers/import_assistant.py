"""Importing a register or roll: the file, its columns, what would come of it, and then doing it in the background."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.operations import Job
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.assistant import Step, StepAssistant
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Card, Scroller
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.detail import DefinitionRows, KeyFigures
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import ElidedText, Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, row
from muniadmin.desktop.widgets.progress import ProgressPanel
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.exchange.commands import ImportReport, ImportTaxpayers, PreviewedLine, ReportedLine
from muniadmin.exchange.reads import FieldChoice, FileInspection, InspectTaxpayerFile
from muniadmin.kernel.errors import Cancelled, UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, ngettext, pick
from muniadmin.settings.profile import Profile

_KINDS = {"csv": N_("CSV"), "xlsx": N_("Workbook")}
_DELIMITERS = {
    ",": N_("separated by commas"),
    ";": N_("separated by semicolons"),
    "\t": N_("separated by tabs"),
    "|": N_("separated by bars"),
}
_BECOMES = {"added": N_("new"), "changed": N_("changed"), "unchanged": N_("unchanged")}


class ImportAssistant(Card):
    """Four steps; ``closed`` when it is over."""

    closed = Signal()

    def __init__(self, page: Page, profile: Profile) -> None:
        super().__init__()
        self.file = _File(page)
        self.columns = _Columns(profile)
        self.preview = _Preview(page)
        self.run = _Run(page)
        self._steps = (self.file, self.columns, self.preview, self.run)
        self.steps = StepAssistant(self._steps, finish=_("Done"))
        self.steps.before_next = self._before_next
        self.steps.finished.connect(self.closed)
        self.steps.cancelled.connect(self.closed)
        for step in self._steps:
            step.changed.connect(self._ready)
        self.file.inspected.connect(self.columns.show_file)
        self.body.addWidget(self.steps, 1)
        self._ready()

    @property
    def busy(self) -> bool:
        """Whether an import is under way that this assistant shows."""
        return self.run.job is not None and not self.run.job.finished

    def _ready(self) -> None:
        """The button goes on only where there is something to go on with."""
        self.steps.next.setEnabled(self._steps[self.steps.current].complete())
        self.steps.show_next_label()
        importing = self.steps.current == 3
        self.steps.back.setVisible(0 < self.steps.current < 3)
        self.steps.cancel.setVisible(not importing)

    def _before_next(self, number: int) -> bool:
        if number == 1:
            self.preview.ask(self.columns.command(dry_run=True))
        if number == 2:
            self.run.start(self.columns.command(dry_run=False))
        if number < 3:
            self.steps.show_step(number + 1)
            self._ready()
            return False
        return True


class _Step(Step):
    """A step of ours says whether it is complete, and may fill the assistant to its foot."""

    def fill(self) -> None:
        """Gives the step's body all the room there is."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(1, 1)
        layout.setStretch(2, 0)

    def complete(self) -> bool:
        """Whether the assistant may go on."""
        return True


class _File(_Step):
    """Which file; what it is."""

    inspected = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(
            _("File"),
            _("Which file do you want to import?"),
            _("A register or roll as CSV or XLSX, with the names of its columns in the first line."),
        )
        self._page = page
        self.found: FileInspection | None = None
        self.path = TextField(_("File"), placeholder=_("Choose a file, or drop it here"))
        self.path.setReadOnly(True)
        self.choose = Button(_("Choose…"), icon="upload")
        self.choose.clicked.connect(self._open_dialog)
        line = row(self.path, self.choose, spacing=8)
        line.setStretch(0, 1)
        self.problem = Banner()
        self.problem.hide()
        self.problem.can_close(False)
        self.facts = DefinitionRows(muted="label")
        self.sample_title = Text(_("Its first lines"), Role.HEADING)
        self._sample_place = column(spacing=0)
        self.body.addLayout(line)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.sample_title)
        self.body.addLayout(self._sample_place)
        self.sample_title.hide()
        self.setAcceptDrops(True)

    def complete(self) -> bool:
        """Whether a file was understood."""
        return self.found is not None

    def _open_dialog(self) -> None:
        path, _chosen = QFileDialog.getOpenFileName(
            self, _("File to import"), "", _("Tables (*.csv *.xlsx *.gz *.txt *.tsv);;All files (*)")
        )
        if path:
            self.look_at(path)

    def look_at(self, path: str) -> None:
        """Reads how a file is written."""
        self.found = None
        self.path.setText(path)
        self.problem.hide()
        self.changed.emit()
        self._page.read(
            InspectTaxpayerFile(path=path), then=self._show, failed=self._failed, key="import-file"
        )

    def _failed(self, problem: UserError) -> None:
        clear(self._sample_place)
        self.sample_title.hide()
        self.facts.set_rows([])
        self.problem.show_error(problem)
        self.changed.emit()

    def _show(self, found: FileInspection) -> None:
        self.found = found
        kind = _(_KINDS[found.kind])
        if found.delimiter:
            kind = f"{kind}, {_(_DELIMITERS[found.delimiter])}, {found.encoding.upper()}"
        layout = pick(found.layout_names) if found.layout else ""
        if not layout:
            layout = (
                _("as you said the last time") if found.remembered else _("guessed from the columns’ names")
            )
        self.facts.set_rows(
            [
                (_("Written as"), kind),
                (
                    _("Size"),
                    ngettext("about {count} line", "about {count} lines", found.about).format(
                        count=format_number(found.about)
                    ),
                ),
                (_("Layout"), layout),
            ]
        )
        self._show_sample(found)
        self.inspected.emit(found)
        self.changed.emit()

    def _show_sample(self, found: FileInspection) -> None:
        clear(self._sample_place)

        def cell(place: int) -> Callable[[tuple[int, tuple[str, ...]]], str]:
            return lambda line: line[1][place] if place < len(line[1]) else ""

        columns = [
            Column(str(place), name, cell(place), width=130) for place, name in enumerate(found.columns[:6])
        ]
        table: RowTable[tuple[int, tuple[str, ...]]] = RowTable(
            "import-sample", _("Its first lines"), columns, key=lambda line: line[0], footer=False
        )
        table.setFixedHeight(36 * (min(len(found.sample), 5) + 1) + 6)
        table.set_source(ListSource(found.sample[:5]))
        self._sample_place.addWidget(table)
        self.sample_title.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Looks at the file that was dropped."""
        path = event.mimeData().urls()[0].toLocalFile()
        if path:
            self.look_at(path)


class _Columns(_Step):
    """Which column is what. A known layout is shown as it is and need not be touched."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(
            _("Columns"),
            _("Which column is what?"),
            _("What you choose is remembered for the next file with these columns."),
        )
        self._profile = profile
        self._found: FileInspection | None = None
        self._combos: dict[str, ComboBox[str]] = {}
        self._examples: dict[str, Text] = {}
        self.use: ChoiceChips[str] = ChoiceChips(
            _("Layout"), [("layout", _("Known layout")), ("own", _("Own choice"))]
        )
        self.use.chosen.connect(lambda _value: self._show_use())
        self.layout_name = Text("", Role.MUTED, wrap=True)
        self.object_kind: ComboBox[str] = ComboBox(
            _("What is taxed"),
            [
                ("", _("Nothing: taxpayers only")),
                *((kind.code, pick(kind.names)) for kind in profile.object_kinds),
            ],
        )
        self.object_kind.chosen.connect(lambda _code: self._show_fields())
        self._kind_field = Field(_("What is taxed"), self.object_kind)
        self._list = QWidget()
        self._list_lines = column(spacing=8, margins=(0, 0, 12, 0))
        self._list.setLayout(self._list_lines)
        self.scroller = Scroller(self._list)
        self.scroller.setMinimumHeight(240)
        self.fill()
        self.body.addLayout(row(self.use, None))
        self.body.addWidget(self.layout_name)
        self.body.addWidget(self._kind_field)
        self.body.addWidget(self.scroller, 1)

    def show_file(self, found: FileInspection) -> None:
        """Another file."""
        self._found = found
        self.use.set_enabled("layout", bool(found.layout))
        self.use.set_value("layout" if found.layout else "own")
        self.use.setVisible(bool(found.layout))
        self.layout_name.setText(
            _("This file is laid out as “{layout}”; nothing needs to be chosen.").format(
                layout=pick(found.layout_names)
            )
        )
        self.object_kind.set_value(found.object_kind)
        clear(self._list_lines)
        self._combos.clear()
        for choice in found.fields:
            self._add(choice, found)
        self._list_lines.addStretch(1)
        self._show_use()

    def _add(self, choice: FieldChoice, found: FileInspection) -> None:
        template = found.mapping.get(choice.name, "")
        choices = [("", "–"), *((f"{{{name}}}", name) for name in found.columns)]
        if template and template not in dict(choices):
            choices.append((template, template.replace("{", "").replace("}", "")))
        title = pick(choice.titles)
        combo: ComboBox[str] = ComboBox(title, choices)
        combo.set_value(template)
        combo.setMinimumContentsLength(18)
        example = ElidedText("", Role.MUTED)
        example.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        label = Text(title, Role.STRONG if choice.required else Role.BODY, wrap=True)
        label.setFixedWidth(190)
        label.setBuddy(combo)
        combo.setFixedWidth(240)
        line = QWidget()
        line.setLayout(row(label, combo, example, spacing=12))
        combo.chosen.connect(lambda _value, n=choice.name: self._chosen(n))
        self._combos[choice.name] = combo
        self._examples[choice.name] = example
        line.setProperty("object_kind", choice.object_kind)
        line.setProperty("field", choice.name)
        self._list_lines.addWidget(line)
        self._show_example(choice.name)

    def _chosen(self, name: str) -> None:
        self._show_example(name)
        self.changed.emit()

    def _show_example(self, name: str) -> None:
        found, template = self._found, self._combos[name].value() or ""
        example = ""
        if found is not None and template:
            places = {f"{{{column_name}}}": place for place, column_name in enumerate(found.columns)}
            for _line, cells in found.sample:
                text = template
                for place_name, place in places.items():
                    if place < len(cells):
                        text = text.replace(place_name, cells[place].strip())
                if text.strip(" ,"):
                    example = text
                    break
        self._examples[name].setText(example)

    def _show_use(self) -> None:
        own = self.use.value() == "own"
        self.layout_name.setVisible(not own)
        self._kind_field.setVisible(own)
        self.scroller.setEnabled(own)
        self._show_fields()

    def _show_fields(self) -> None:
        """Only what the file may say: with a known layout what it says, else everything of the chosen object."""
        own, kind = self.use.value() == "own", self.object_kind.value() or ""
        for place in range(self._list_lines.count()):
            item = self._list_lines.itemAt(place)
            line = item.widget() if item is not None else None
            if line is None:
                continue
            name, of_kind = str(line.property("field")), str(line.property("object_kind") or "")
            about_object = name.startswith("object_")
            fits = (not of_kind or of_kind == kind) and (not about_object or bool(kind))
            line.setVisible(fits and (own or bool(self._combos[name].value())))
        self.changed.emit()

    def complete(self) -> bool:
        """Whether something says how the taxpayers are called."""
        named = ("name", "last_name", "name_arabic")
        return self._found is not None and any(
            self._combos[name].value() for name in named if name in self._combos
        )

    def command(self, *, dry_run: bool) -> ImportTaxpayers:
        """The order to import the file as it is laid out now; rejected lines go into a file beside it."""
        found = self._found
        assert found is not None
        path = Path(found.path)
        rejects_path = None if dry_run else str(path.with_name(f"{path.name.split('.')[0]}-rejects.csv"))
        if self.use.value() == "layout" and found.layout:
            return ImportTaxpayers(
                path=found.path, layout=found.layout, dry_run=dry_run, rejects_path=rejects_path
            )
        kind = self.object_kind.value() or ""
        choices = {choice.name: choice for choice in found.fields}
        mapping = {
            name: combo.value() or ""
            for name, combo in self._combos.items()
            if combo.value() and choices[name].object_kind in ("", kind)
        }
        return ImportTaxpayers(
            path=found.path, mapping=mapping, object_kind=kind, dry_run=dry_run, rejects_path=rejects_path
        )


class _Preview(_Step):
    """What the import would do."""

    def __init__(self, page: Page) -> None:
        super().__init__(
            _("Preview"),
            _("What the import would do"),
            _("Nothing has been written yet. Rejected lines are left out and handed back in a file."),
        )
        self._page = page
        self.report: ImportReport | None = None
        self.job: Job | None = None
        self._place = row(spacing=0)
        self.problem = Banner()
        self.problem.hide()
        self.problem.can_close(False)
        self.figures = KeyFigures(padding=0)
        self.show_rows: ChoiceChips[str] = ChoiceChips(
            _("Show"), [("good", _("What goes in")), ("rejected", _("What is rejected"))]
        )
        self.show_rows.chosen.connect(lambda _value: self._show_list())
        self.good: RowTable[PreviewedLine] = RowTable(
            "import-good",
            _("What goes in"),
            [
                Column(
                    "line", _("Line"), lambda r: format_number(r.line), width=70, number=True, look="muted"
                ),
                Column("name", _("Name"), lambda r: r.name, width=180, stretch=True, look="strong"),
                Column("object", _("Object"), lambda r: r.object_label, width=170),
                Column("address", _("Address"), lambda r: r.address, width=170, look="muted"),
                Column("becomes", _("Becomes"), lambda r: _(_BECOMES[r.becomes]), width=96, pill=_tone_of),
            ],
            key=lambda r: r.line,
            footer=False,
        )
        self.rejected: RowTable[ReportedLine] = RowTable(
            "import-rejected",
            _("What is rejected"),
            [
                Column(
                    "line", _("Line"), lambda r: format_number(r.line), width=70, number=True, look="muted"
                ),
                Column("reason", _("Reason"), lambda r: r.reason, width=330, stretch=True, look="strong"),
                Column(
                    "cells", _("What the line says"), lambda r: " · ".join(r.cells), width=280, look="muted"
                ),
            ],
            key=lambda r: r.line,
            footer=False,
        )
        self.body.addLayout(self._place)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.figures)
        self.body.addLayout(row(self.show_rows, None))
        self.body.addWidget(self.good, 1)
        self.body.addWidget(self.rejected, 1)
        for table in (self.good, self.rejected):
            table.setMinimumHeight(220)
        self.fill()
        page.shell.operations.jobs_changed.connect(self._on_job)
        self._progress: ProgressPanel | None = None

    def ask(self, command: ImportTaxpayers) -> None:
        """Tries the import without writing anything."""
        if self.job is not None and not self.job.finished:
            self.job.cancel()
        self.report = None
        self.problem.hide()
        self._show_found(shown=False)
        clear(self._place)
        title = _("Trying the import of {file}").format(file=Path(command.path).name)
        self._progress = ProgressPanel(title)
        self._place.addWidget(self._progress)
        self.job = self._page.shell.operations.start(
            command, title, then=self._show, failed=self._failed, owner=self._page
        )
        self._progress.cancelled.connect(self.job.cancel)

    def complete(self) -> bool:
        """Whether there is something to import."""
        return self.report is not None and self.report.added + self.report.changed > 0

    def next_label(self) -> str:
        """What the button will do, with its figure."""
        if self.report is None:
            return _("Import")
        count = self.report.added + self.report.changed
        return ngettext("Import {count} line", "Import {count} lines", count).format(
            count=format_number(count)
        )

    def _on_job(self, job: Job) -> None:
        if job is self.job and self._progress is not None and not job.finished:
            self._progress.advance(job.done, job.total)

    def _show(self, report: ImportReport) -> None:
        clear(self._place)
        self._progress = None
        self.report = report
        self.figures.set_figures(
            [
                (_("Added"), format_number(report.added)),
                (_("Changed"), format_number(report.changed)),
                (_("Unchanged"), format_number(report.unchanged)),
                (
                    _("Rejected"),
                    format_number(report.rejected),
                    Tone.WARNING if report.rejected else Tone.NEUTRAL,
                ),
            ]
        )
        self.good.set_source(ListSource(report.preview))
        self.rejected.set_source(ListSource(report.first_rejected))
        self.show_rows.set_enabled("rejected", bool(report.rejected))
        self.show_rows.set_value("good" if report.preview or not report.rejected else "rejected")
        self._show_found(shown=True)
        self.changed.emit()

    def _show_found(self, *, shown: bool) -> None:
        self.figures.setVisible(shown)
        self.show_rows.setVisible(shown)
        if shown:
            self._show_list()
        else:
            self.good.hide()
            self.rejected.hide()

    def _show_list(self) -> None:
        rejected = self.show_rows.value() == "rejected"
        self.good.setVisible(not rejected)
        self.rejected.setVisible(rejected)

    def _failed(self, problem: UserError) -> None:
        clear(self._place)
        self._progress = None
        self.problem.show_error(problem)
        self.changed.emit()


def _tone_of(line: PreviewedLine) -> Tone:
    return {"added": Tone.GOOD, "changed": Tone.INFO}.get(line.becomes, Tone.NEUTRAL)


class _Run(_Step):
    """The import under way, and what came of it."""

    def __init__(self, page: Page) -> None:
        super().__init__(
            _("Import"),
            _("The import"),
            _("You may work elsewhere meanwhile. Stopping takes everything back: nothing is left half done."),
        )
        self._page = page
        self.job: Job | None = None
        self.report: ImportReport | None = None
        self._place = row(spacing=0)
        self._progress: ProgressPanel | None = None
        self.result = Banner()
        self.result.hide()
        self.result.can_close(False)
        self.figures = KeyFigures(padding=0)
        self.figures.hide()
        self.rejects = Button(_("Open the rejected lines"), Kind.SECONDARY, icon="file-text")
        self.rejects.clicked.connect(self._open_rejects)
        self.rejects.hide()
        self.rejects_path = Text("", Role.MUTED, wrap=True).selectable()
        self.rejects_path.hide()
        self.body.addLayout(self._place)
        self.body.addWidget(self.result)
        self.body.addWidget(self.figures)
        self.body.addLayout(row(self.rejects, None))
        self.body.addWidget(self.rejects_path)
        page.shell.operations.jobs_changed.connect(self._on_job)

    def start(self, command: ImportTaxpayers) -> None:
        """Imports as a job of its own."""
        for part in (self.result, self.figures, self.rejects, self.rejects_path):
            part.hide()
        title = _("Import of {file}").format(file=Path(command.path).name)
        clear(self._place)
        self._progress = ProgressPanel(title)
        self._place.addWidget(self._progress)
        self.job = self._page.shell.operations.start(
            command, title, then=self._done, failed=self._failed, owner=self._page
        )
        self._progress.cancelled.connect(self.job.cancel)

    def next_label(self) -> str:
        """Whether it is done or goes on."""
        running = self.job is not None and not self.job.finished
        return _("Go on in the background") if running else _("Done")

    def _on_job(self, job: Job) -> None:
        if job is not self.job:
            return
        if self._progress is not None and not job.finished:
            self._progress.advance(job.done, job.total)
        self.changed.emit()

    def _done(self, report: ImportReport) -> None:
        clear(self._place)
        self._progress = None
        self.report = report
        self.result.say(
            Tone.GOOD,
            _("{file} has been imported.").format(file=report.file),
            self._what_came(report),
        )
        self.figures.set_figures(
            [
                (_("Added"), format_number(report.added)),
                (_("Changed"), format_number(report.changed)),
                (_("Unchanged"), format_number(report.unchanged)),
                (
                    _("Rejected"),
                    format_number(report.rejected),
                    Tone.WARNING if report.rejected else Tone.NEUTRAL,
                ),
            ]
        )
        self.figures.show()
        self.rejects.setVisible(report.rejects_path is not None)
        self.rejects_path.setText(report.rejects_path or "")
        self.rejects_path.setVisible(report.rejects_path is not None)
        self.changed.emit()

    def _what_came(self, report: ImportReport) -> str:
        if report.rejects_path is None:
            return ngettext(
                "{count} taxpayer came new to the register.",
                "{count} taxpayers came new to the register.",
                report.taxpayers_added,
            ).format(count=format_number(report.taxpayers_added))
        return ngettext(
            "{count} line was rejected: correct it in the file below and import that file.",
            "{count} lines were rejected: correct them in the file below and import that file.",
            report.rejected,
        ).format(count=format_number(report.rejected))

    def _failed(self, problem: UserError) -> bool:
        clear(self._place)
        self._progress = None
        if isinstance(problem, Cancelled):
            self.result.say(Tone.INFO, _("The import was stopped."), _("Nothing was changed."))
        else:
            self.result.show_error(problem)
        self.changed.emit()
        return True

    def _open_rejects(self) -> None:
        if self.report is not None and self.report.rejects_path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self.report.rejects_path))
