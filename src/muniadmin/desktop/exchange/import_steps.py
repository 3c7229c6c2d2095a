"""The four steps of an import: the file, its columns, what would come of it, and then doing it in the background."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.exchange.import_kind import ImportKind, ReadAs, line_column
from muniadmin.desktop.exchange.rejects_place import place_for_rejects
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.operations import Job
from muniadmin.desktop.theme import CONTROL, Tone
from muniadmin.desktop.widgets.assistant import Step
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Scroller
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.detail import DefinitionRows, KeyFigures
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.files import ask_for_file, ask_to_save
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import ElidedText, Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, row, show_if
from muniadmin.desktop.widgets.progress import ProgressPanel
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.exchange.commands import ReportedLine
from muniadmin.exchange.reads import FieldChoice, FileInspection
from muniadmin.kernel.errors import Cancelled, UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, ngettext, pick
from muniadmin.kernel.requests import Command

_KINDS = {"csv": N_("CSV"), "xlsx": N_("Workbook"), "json": N_("JSON")}
_DELIMITERS = {
    ",": N_("separated by commas"),
    ";": N_("separated by semicolons"),
    "\t": N_("separated by tabs"),
    "|": N_("separated by bars"),
}


class ImportStep(Step):
    """A step that says whether it is complete."""

    def complete(self) -> bool:
        """Whether the assistant may go on."""
        return True


class FileStep(ImportStep):
    """Which file; what it is."""

    inspected = Signal(object)

    def __init__(self, page: Page, kind: ImportKind[Any]) -> None:
        super().__init__(_("File"), _("Which file do you want to import?"), kind.about_files)
        self._page, self._kind = page, kind
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
        kinds = _("Tables ({endings});;All files (*)").format(endings=self._kind.endings)
        ask_for_file(self, _("File to import"), kinds, self.look_at)

    def look_at(self, path: str) -> None:
        """Reads how a file is written."""
        self.found = None
        self.path.setText(path)
        self.problem.hide()
        self.changed.emit()
        self._page.read(self._kind.inspect(path), then=self._show, failed=self._failed, key="import-file")

    def _failed(self, problem: UserError) -> None:
        clear(self._sample_place)
        self.sample_title.hide()
        self.facts.set_rows([])
        self.problem.show_error(problem)
        self.changed.emit()

    def _show(self, found: FileInspection) -> None:
        self.found = found
        kind = _(_KINDS[found.kind])
        if found.delimiter and found.kind == "csv":
            kind = f"{kind}, {_(_DELIMITERS[found.delimiter])}, {found.encoding.upper()}"
        layout = pick(found.layout_names) if found.layout else ""
        if not layout:
            layout = (
                _("as you said the last time") if found.remembered else _("guessed from the columns’ names")
            )
        size = ngettext("about {count} line", "about {count} lines", found.about)
        self.facts.set_rows(
            [
                (_("Written as"), kind),
                (_("Size"), size.format(count=format_number(found.about))),
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
        table.setFixedHeight(36 * min(len(found.sample), 5) + 35)
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


class ColumnsStep(ImportStep):
    """Which column is what. A known layout is shown as it is and need not be touched."""

    def __init__(self, kind: ImportKind[Any]) -> None:
        super().__init__(
            _("Columns"),
            _("Which column is what?"),
            _("What you choose is remembered for the next file with these columns."),
            fill=True,
        )
        self._kind = kind
        self._found: FileInspection | None = None
        self.combos: dict[str, ComboBox[str]] = {}
        self._examples: dict[str, Text] = {}
        self._lines: dict[str, QWidget] = {}
        self.use: ChoiceChips[str] = ChoiceChips(
            _("Layout"), [("layout", _("Known layout")), ("own", _("Own choice"))]
        )
        self.use.chosen.connect(lambda _value: self._show_use())
        self.layout_name = Text("", Role.MUTED, wrap=True)
        self.object_kind: ComboBox[str] = ComboBox(
            _("What is taxed"), [("", _("Nothing: taxpayers only")), *kind.object_kinds]
        )
        self.object_kind.chosen.connect(lambda _code: self._show_fields())
        self._object_field = Field(_("What is taxed"), self.object_kind)
        self._list = QWidget()
        self._list_lines = column(spacing=8, margins=(0, 0, 12, 0))
        self._list.setLayout(self._list_lines)
        self.scroller = Scroller(self._list)
        self.scroller.setMinimumHeight(240)
        self.still_needed = Text("", Role.WARNING, wrap=True)
        self.body.addLayout(row(self.use, None))
        self.body.addWidget(self.layout_name)
        self.body.addWidget(self._object_field)
        self.body.addWidget(self.scroller, 1)
        self.body.addWidget(self.still_needed)

    @property
    def own(self) -> bool:
        """Whether the user says which column is what."""
        return self.use.value() == "own"

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
        for known in (self.combos, self._examples, self._lines):
            known.clear()
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
        example = Text("", Role.SECONDARY, wrap=True)
        label = Text(title, Role.STRONG if choice.required else Role.BODY, wrap=True)
        label.setFixedWidth(190)
        label.setMinimumHeight(CONTROL)
        label.setBuddy(combo)
        line = QWidget()
        parts = row(spacing=12)
        parts.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        parts.addLayout(column(combo, example, spacing=2), 1)
        line.setLayout(parts)
        combo.chosen.connect(lambda _value: self._on_chosen(choice.name))
        self.combos[choice.name] = combo
        self._examples[choice.name] = example
        self._lines[choice.name] = line
        self._list_lines.addWidget(line)
        self._show_example(choice.name)

    def _on_chosen(self, name: str) -> None:
        self._show_example(name)
        self._say_what_is_needed()

    def _show_example(self, name: str) -> None:
        found, template = self._found, self.combos[name].value() or ""
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
        show_if(self._examples[name], bool(example))

    def _show_use(self) -> None:
        """Shows what belongs to a known layout, or to one's own choice."""
        self.layout_name.setVisible(not self.own)
        self._object_field.setVisible(self.own and bool(self._kind.object_kinds))
        for combo in self.combos.values():
            combo.setEnabled(self.own)
        self._show_fields()

    def _show_fields(self) -> None:
        """Only what the file may say: with a known layout what it says, else everything of the chosen object."""
        for choice in self._found.fields if self._found is not None else ():
            said = bool(self.combos[choice.name].value())
            self._lines[choice.name].setVisible(self._fits(choice) and (self.own or said))
        self._say_what_is_needed()

    def _fits(self, choice: FieldChoice) -> bool:
        kind = self.object_kind.value() or ""
        return choice.object_kind in ("", kind) and (bool(kind) or not choice.about_object)

    def _say_what_is_needed(self) -> None:
        needed = self._kind.still_needed(tuple(self._mapping()))
        self.still_needed.setText(needed)
        self.still_needed.setVisible(bool(needed))
        self.changed.emit()

    def complete(self) -> bool:
        """Whether enough is known of the columns."""
        return self._found is not None and not self._kind.still_needed(tuple(self._mapping()))

    def _mapping(self) -> dict[str, str]:
        return {
            choice.name: template
            for choice in (self._found.fields if self._found is not None else ())
            if self._fits(choice) and (template := self.combos[choice.name].value())
        }

    def read_as(self) -> ReadAs:
        """How the file is to be read."""
        assert self._found is not None
        if not self.own:
            return ReadAs(path=self._found.path, layout=self._found.layout)
        kind = self.object_kind.value() or ""
        return ReadAs(path=self._found.path, mapping=self._mapping(), object_kind=kind)


class PreviewStep(ImportStep):
    """What the import would do."""

    commits = True

    def __init__(self, page: Page, kind: ImportKind[Any]) -> None:
        super().__init__(
            _("Preview"),
            _("What the import would do"),
            _("Nothing has been written yet. Rejected lines are left out and handed back in a file."),
            fill=True,
        )
        self._page, self._kind = page, kind
        self.report: Any = None
        self.job: Job | None = None
        self._source = Path()
        #: Where the rejected lines will be written; None: there are none.
        self.rejects_to: Path | None = None
        self._place = row(spacing=0)
        self._progress: ProgressPanel | None = None
        self.problem = Banner()
        self.problem.hide()
        self.problem.can_close(False)
        self.figures = KeyFigures(padding=0)
        self.show_rows: ChoiceChips[str] = ChoiceChips(
            _("Show"), [("good", _("What goes in")), ("rejected", _("What is rejected"))]
        )
        self.show_rows.chosen.connect(lambda _value: self._show_list())
        self.good: RowTable[Any] = RowTable(
            "import-good", _("What goes in"), kind.preview_columns(), key=lambda r: r.line, footer=False
        )
        self.rejected: RowTable[ReportedLine] = RowTable(
            "import-rejected",
            _("What is rejected"),
            [
                line_column(),
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
        for table in (self.good, self.rejected):
            table.setMinimumHeight(220)
            self.body.addWidget(table, 1)
        self._rejects_path = ElidedText("", cut=Qt.TextElideMode.ElideMiddle)
        self._change = Button(_("Change…"))
        self._change.clicked.connect(self._choose_rejects_path)
        label = Text(_("The rejected lines will be in"), Role.MUTED)
        self._rejects = QWidget()
        self._rejects.setLayout(row(label, self._rejects_path, self._change, spacing=8))
        self._rejects.layout().setStretch(1, 1)  # type: ignore[union-attr]
        self.body.addWidget(self._rejects)
        self._show_found(shown=False)
        page.shell.operations.jobs_changed.connect(self._on_job)

    def ask(self, command: Command[Any], source: Path) -> None:
        """Tries the import without writing anything."""
        if self.job is not None and not self.job.finished:
            self.job.cancel()
        self.report = None
        self._source = source
        self.problem.hide()
        self._show_found(shown=False)
        clear(self._place)
        title = _("Trying the import of {file}").format(file=source.name)
        self._progress = ProgressPanel(title)
        self._place.addWidget(self._progress)
        self.job = self._page.shell.operations.start(
            command, title, then=self._show, failed=self._failed, owner=self._page
        )
        self._progress.cancelled.connect(self.job.cancel)

    def complete(self) -> bool:
        """Whether there is something to import."""
        return self.report is not None and self._kind.written(self.report) > 0

    def next_label(self) -> str:
        """What the button will do, with its figure."""
        if self.report is None:
            return _("Import")
        count = self._kind.written(self.report)
        return ngettext("Import {count} line", "Import {count} lines", count).format(
            count=format_number(count)
        )

    def _on_job(self, job: Job) -> None:
        if job is self.job and self._progress is not None and not job.finished:
            self._progress.advance(job.done, job.total)

    def _show(self, report: Any) -> None:
        clear(self._place)
        self._progress = None
        self.report = report
        self.figures.set_figures(self._kind.figures(report))
        preview, rejected = self._kind.preview(report), self._kind.rejected(report)
        self.good.set_source(ListSource(preview))
        self.rejected.set_source(ListSource(rejected.first))
        self.show_rows.set_enabled("rejected", bool(rejected.count))
        self.show_rows.set_value("good" if preview or not rejected.count else "rejected")
        self.set_rejects_to(place_for_rejects(self._source) if rejected.count else None)
        self._show_found(shown=True)
        self.changed.emit()

    def _show_found(self, *, shown: bool) -> None:
        self.figures.setVisible(shown)
        self.show_rows.setVisible(shown)
        self._rejects.setVisible(shown and self.rejects_to is not None)
        if shown:
            self._show_list()
        else:
            self.good.hide()
            self.rejected.hide()

    def _show_list(self) -> None:
        rejected = self.show_rows.value() == "rejected"
        self.good.setVisible(not rejected)
        self.rejected.setVisible(rejected)

    def set_rejects_to(self, path: Path | None) -> None:
        """Another place for the rejected lines."""
        self.rejects_to = path
        self._rejects_path.setText(str(path or ""))

    def _choose_rejects_path(self) -> None:
        ask_to_save(
            self,
            _("Where should the rejected lines be written?"),
            str(self.rejects_to),
            _("Text (*.csv)"),
            lambda path, _kind: self.set_rejects_to(Path(path)),
        )

    def _failed(self, problem: UserError) -> None:
        clear(self._place)
        self._progress = None
        if isinstance(problem, Cancelled):
            self.problem.say(Tone.INFO, _("The import was stopped."), _("Nothing was changed."))
        else:
            self.problem.show_error(problem)
        self.changed.emit()


class RunStep(ImportStep):
    """The import under way, and what came of it."""

    def __init__(self, page: Page, kind: ImportKind[Any]) -> None:
        super().__init__(_("Import"), _("The import"))
        self._page, self._kind = page, kind
        self._file = ""
        self.job: Job | None = None
        self.report: Any = None
        self._meanwhile = Text(
            _(
                "You may work elsewhere meanwhile. If you stop, what is in stays in: "
                "the same file again goes on from there."
            ),
            Role.MUTED,
            wrap=True,
        )
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
        self.body.addWidget(self._meanwhile)
        self.body.addLayout(self._place)
        self.body.addWidget(self.result)
        self.body.addWidget(self.figures)
        self.body.addLayout(row(self.rejects, None))
        self.body.addWidget(self.rejects_path)
        page.shell.operations.jobs_changed.connect(self._on_job)

    @property
    def busy(self) -> bool:
        """Whether the import is under way."""
        return self.job is not None and not self.job.finished

    @property
    def failed(self) -> bool:
        """Whether it ended without importing anything: one may go back and try otherwise."""
        return self.job is not None and self.job.finished and self.report is None

    def start(self, command: Command[Any], file: str) -> None:
        """Imports as a job of its own."""
        for part in (self.result, self.figures, self.rejects, self.rejects_path):
            part.hide()
        self._file = file
        self.report = None
        title = _("Import of {file}").format(file=file)
        clear(self._place)
        self._meanwhile.show()
        self._progress = ProgressPanel(title)
        self._place.addWidget(self._progress)
        self.job = self._page.shell.operations.start(
            command, title, then=self._done, failed=self._failed, owner=self._page
        )
        self._progress.cancelled.connect(self.job.cancel)

    def next_label(self) -> str:
        """Whether it is done or goes on."""
        if self.busy:
            return _("Go on in the background")
        return _("Close") if self.failed else _("Done")

    def _on_job(self, job: Job) -> None:
        if job is not self.job:
            return
        if self._progress is not None and not job.finished:
            self._progress.advance(job.done, job.total)
        self.changed.emit()

    def _end(self) -> None:
        clear(self._place)
        self._progress = None
        self._meanwhile.hide()

    def _done(self, report: Any) -> None:
        self._end()
        self.report = report
        rejected = self._kind.rejected(report)
        told = [self._kind.what_came(report)]
        if rejected.path is not None:
            told.append(
                ngettext(
                    "{count} line was rejected: correct it in the file below and import that file.",
                    "{count} lines were rejected: correct them in the file below and import that file.",
                    rejected.count,
                ).format(count=format_number(rejected.count))
            )
        self.result.say(
            Tone.GOOD, _("{file} has been imported.").format(file=self._file), " ".join(filter(None, told))
        )
        self.figures.set_figures(self._kind.figures(report))
        self.figures.show()
        self.rejects.setVisible(rejected.path is not None)
        self.rejects_path.setText(rejected.path or "")
        self.rejects_path.setVisible(rejected.path is not None)
        self.changed.emit()

    def _failed(self, problem: UserError) -> bool:
        self._end()
        if isinstance(problem, Cancelled):
            self.result.say(
                Tone.INFO,
                _("The import was stopped."),
                _("What is in stays in. Import the same file again to go on from there."),
            )
        else:
            self.result.show_error(problem)
        self.changed.emit()
        return True

    def _open_rejects(self) -> None:
        path = self._kind.rejected(self.report).path
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(path))
