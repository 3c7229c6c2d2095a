"""The job tray: what goes on while the user works elsewhere, and what came of it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from muniadmin.desktop.shell.operations import Job, Operations
from muniadmin.desktop.widgets.cards import paint_above
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column
from muniadmin.desktop.widgets.progress import ProgressPanel
from muniadmin.kernel.i18n import _, ngettext

WIDTH = 380


def in_one_line(jobs: list[Job]) -> str:
    """What the status bar says: ``Printing of the bills · 48 %``, how many jobs there are, or that some came to an
    end; empty where there were none."""
    running = [job for job in jobs if not job.finished]
    if not running:
        return _("Jobs") if jobs else ""
    if len(running) > 1:
        return ngettext("{count} job", "{count} jobs", len(running)).format(count=len(running))
    job = running[0]
    return f"{job.title} · {100 * job.done // job.total} %" if job.total else job.title


class JobTray(QFrame):
    """A small window above the status bar with a panel for each job."""

    def __init__(self, operations: Operations, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName(_("Jobs"))
        self._operations = operations
        self._panels: dict[int, ProgressPanel] = {}
        self._none = Text(_("Nothing is being done in the background."), Role.MUTED)
        self._lines = column(Text(_("Jobs"), Role.HEADING), self._none, spacing=14, margins=(17, 15, 17, 18))
        self.setLayout(self._lines)
        self.setFixedWidth(WIDTH)
        operations.jobs_changed.connect(self._on_changed)
        for job in operations.jobs:
            self._on_changed(job)

    def _on_changed(self, job: Job) -> None:
        told_of = {one.number for one in self._operations.jobs}
        for number in self._panels.keys() - told_of:
            self._panels.pop(number).deleteLater()
        panel = self._panels.get(job.number)
        if panel is None:
            panel = self._panels[job.number] = ProgressPanel(job.title)
            panel.cancelled.connect(job.cancel)
            self._lines.addWidget(panel)
            self._none.hide()
        if not job.finished:
            if job.total:
                panel.advance(job.done, job.total)
        elif job.problem is not None:
            panel.finish(job.problem.sentence())
        else:
            panel.finish(job.said or _("Done."))
        self.adjustSize()

    def open_above(self, corner: QPoint) -> None:
        """Opens with its foot at ``corner``."""
        self.adjustSize()
        self.move(corner - QPoint(16, self.height() + 8))
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card."""
        painter = QPainter(self)
        paint_above(painter, self.rect())
        painter.end()
