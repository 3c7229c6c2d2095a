"""Importing a file, step by step. What is imported is said by an ImportKind; the assistant itself knows no slice."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal

from muniadmin.desktop.exchange.import_kind import ImportKind
from muniadmin.desktop.exchange.import_steps import ColumnsStep, FileStep, ImportStep, PreviewStep, RunStep
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.widgets.assistant import StepAssistant
from muniadmin.desktop.widgets.cards import Card
from muniadmin.kernel.i18n import _
from muniadmin.kernel.requests import Command

PREVIEW, RUN = 2, 3


class ImportAssistant(Card):
    """Four steps; ``closed`` when it is over."""

    closed = Signal()

    def __init__(self, page: Page, kind: ImportKind[Any]) -> None:
        super().__init__()
        self.kind = kind
        self.file = FileStep(page, kind)
        self.columns = ColumnsStep(kind)
        self.preview = PreviewStep(page, kind)
        self.run = RunStep(page, kind)
        self._steps: Sequence[ImportStep] = (self.file, self.columns, self.preview, self.run)
        self.steps = StepAssistant(self._steps, finish=_("Done"))
        self.steps.before_next = self._before_next
        self.steps.back.clicked.connect(self._ready)
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
        return self.run.busy

    def take_focus(self) -> None:
        """The keyboard starts where one goes on."""
        (self.steps.next if self.steps.current else self.file.choose).setFocus()

    def command(self, *, dry_run: bool) -> Command[Any]:
        """The order to import the file as it is laid out now."""
        rejects_to = None if dry_run else self.preview.rejects_to
        return self.kind.command(
            self.columns.read_as(), dry_run=dry_run, rejects_path=str(rejects_to) if rejects_to else None
        )

    def _ready(self) -> None:
        """The button goes on only where there is something to go on with."""
        current = self.steps.current
        self.steps.next.setEnabled(self._steps[current].complete())
        self.steps.show_next_label()
        self.steps.back.setVisible(0 < current < RUN or (current == RUN and self.run.failed))
        self.steps.cancel.setVisible(current < RUN)

    def _before_next(self, number: int) -> bool:
        if number == RUN:
            return True
        file = Path(self.file.path.text())
        if number + 1 == PREVIEW:
            self.preview.ask(self.command(dry_run=True), file)
        if number + 1 == RUN:
            self.run.start(self.command(dry_run=False), file.name)
        self.steps.show_step(number + 1)
        self._ready()
        return False
