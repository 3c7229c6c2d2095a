"""Indicators: how the municipality does, in one look; every figure leads to its rows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QAction, QImageWriter
from PySide6.QtWidgets import QStackedWidget

from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC
from muniadmin.civil_status.names import REQUESTS_TOPIC
from muniadmin.desktop.indicators.drills import Drill, of_head
from muniadmin.desktop.indicators.figures_view import FiguresView
from muniadmin.desktop.indicators.picker import Group, Picker
from muniadmin.desktop.indicators.rows_view import RowsView
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Page, Scene
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.files import ask_to_save
from muniadmin.documents.reads import PrintedDocument
from muniadmin.fines.names import FINES_TOPIC
from muniadmin.indicators.catalogue import TILES
from muniadmin.indicators.commands import KeepMonths
from muniadmin.indicators.names import INDICATORS_TOPIC
from muniadmin.indicators.periods import LAST_TWELVE_MONTHS, NOTHING, compared, span_of
from muniadmin.indicators.reads import (
    Dashboard,
    DashboardView,
    FiguresAsSheets,
    FiguresFile,
    FiguresReport,
    Periods,
    PeriodsOffered,
)
from muniadmin.indicators.wording import period_in_words, short_period
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _, pick


class IndicatorsPage(Page):
    """The figures, and behind them their rows."""

    topics = frozenset({PAYMENTS_TOPIC, BILLS_TOPIC, FINES_TOPIC, REQUESTS_TOPIC, INDICATORS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Indicators"))
        self._asked = Dashboard(period=self._this_year(), figures=TILES)
        self._keeping = False
        self._offered: PeriodsOffered | None = None
        self.period = Picker(_("Period"))
        self.compare = Picker(_("Compared to"))
        self.zone = Picker(_("Zone"))
        self.period.chosen.connect(lambda name: self._ask(replace(self._asked, period=name, compare=None)))
        self.compare.chosen.connect(lambda name: self._ask(replace(self._asked, compare=name)))
        self.zone.chosen.connect(lambda code: self._ask(replace(self._asked, zone=code)))
        for chip in (self.period, self.compare, self.zone):
            self.header.add_chip(chip)
        self.report = Button(_("PDF report"))
        self.report.clicked.connect(self.open_report)
        self.sheets = Button(_("XLSX"))
        self.sheets.clicked.connect(self.save_sheets)
        # The window itself listens to F11.
        self.full = Button(_("Full screen"), key="F11", bind=False)
        self.full.clicked.connect(self.toggle_full_screen)
        for button in (self.report, self.sheets, self.full):
            self.header.add_action(button)

        self.figures = FiguresView(shell)
        self.figures.wanted.connect(self.show_rows)
        self.figures.chart.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        save_chart = QAction(_("Save the chart as a picture…"), self.figures.chart)
        save_chart.triggered.connect(self.save_chart)
        self.figures.chart.addAction(save_chart)
        self.rows = RowsView(self)
        self.rows.left.connect(self.show_figures)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.figures)
        self.stack.addWidget(self.rows)
        self.body.addWidget(self.stack, 1)
        self._label_pickers()
        self.read(Periods(), then=self._offer, key="periods")
        self._ask(self._asked)

    # --- asking -------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Asks again; the rows in front stay in front."""
        self._ask(self._asked)
        if self.stack.currentWidget() is self.rows:
            self.rows.reload()

    def _ask(self, wanted: Dashboard) -> None:
        self._asked = wanted
        self._label_pickers()
        self.read(wanted, then=self._show, key="dashboard")

    def _show(self, view: DashboardView) -> None:
        self.notice.hide()
        self.figures.show_view(view)
        if view.months_to_keep and not self._keeping:
            # Once a month, whoever looks first lets the month before be kept: everybody's next look is faster.
            self._keeping = True
            self.shell.operations.start(
                KeepMonths(), _("Keeping the months gone by"), then=lambda _outcome: None, owner=self
            )

    def _offer(self, offered: PeriodsOffered) -> None:
        self._offered = offered
        self._label_pickers()

    def _this_year(self) -> str:
        calendar = self.shell.municipality.calendar
        return calendar.year(calendar.year_of(self.today)).name

    def _label_pickers(self) -> None:
        calendar = self.shell.municipality.calendar
        name = self._asked.period or self._this_year()
        names = list(self._offered.periods) if self._offered is not None else [name]
        words = {one: period_in_words(one, calendar) for one in names}
        years = [one for one in names if "-" not in one]
        quarters = [one for one in names if "-T" in one]
        months = [one for one in names if one[4:5] == "-" and "-T" not in one]
        self.period.set_choices(
            [
                Group([(one, words[one]) for one in years]),
                Group([(one, words[one]) for one in names if one == LAST_TWELVE_MONTHS]),
                Group([(one, words[one]) for one in quarters], _("Quarters")),
                Group([(one, words[one]) for one in months], _("Months")),
            ],
            name,
        )
        span = span_of(name, calendar, self.today)
        usual = compared(span, None, calendar, self.today)
        assert usual is not None
        others = [one for one in years if one not in (name, usual.name)]
        text = _("Compare to {period}")
        self.compare.set_choices(
            [
                Group([(usual.name, text.format(period=short_period(usual)))]),
                Group([(one, text.format(period=one)) for one in others] if name in years else []),
                Group([(NOTHING, _("Compare to nothing"))]),
            ],
            self._asked.compare or usual.name,
        )
        zones = self._offered.zones if self._offered is not None else ()
        self.zone.set_choices(
            [Group([("", _("All zones"))]), Group([(code, pick(names)) for code, names in zones])],
            self._asked.zone,
        )

    # --- rows ---------------------------------------------------------------------------------------------------

    def show_rows(self, drill: Drill) -> None:
        """Shows the rows behind a figure."""
        self.stack.setCurrentWidget(self.rows)
        self._show_actions(False)
        self.rows.show_rows(drill)

    def show_figures(self) -> None:
        """Goes back to the figures."""
        self.stack.setCurrentWidget(self.figures)
        self._show_actions(True)
        self.take_focus()

    def _show_actions(self, shown: bool) -> None:
        for widget in (self.period, self.compare, self.zone, self.report, self.sheets):
            widget.setVisible(shown)

    def take_focus(self) -> None:
        """The keyboard is before the first tile; among rows, in the list."""
        if self.stack.currentWidget() is self.rows and self.rows.list is not None:
            self.rows.list.take_focus()
        else:
            self.figures.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- on paper and in files ----------------------------------------------------------------------------------

    def open_report(self) -> None:
        """Shows the report for the council, to be printed or saved."""
        asked = self._asked
        self.report.setEnabled(False)
        self.read(
            FiguresReport(period=asked.period, compare=asked.compare, zone=asked.zone),
            then=self._show_report,
            failed=self._no_report,
        )

    def _show_report(self, printed: PrintedDocument) -> None:
        self.report.setEnabled(True)
        self.preview = DocumentDialog(
            self.shell.operations, self, _("Report"), printed.pdf, printed.number.removesuffix(".pdf")
        )
        self.preview.open()

    def _no_report(self, problem: UserError) -> None:
        self.report.setEnabled(True)
        self.notice.show_error(problem)

    def save_sheets(self) -> None:
        """Saves the figures as a workbook."""
        self._save_figures(csv=False)

    def save_text(self) -> None:
        """Saves the figures as text."""
        self._save_figures(csv=True)

    def _save_figures(self, *, csv: bool) -> None:
        asked = self._asked
        request = FiguresAsSheets(period=asked.period, compare=asked.compare, zone=asked.zone, csv=csv)
        self.read(request, then=self._save_file)

    def _save_file(self, file: FiguresFile) -> None:
        self._save(file.name, file.content)

    def save_chart(self) -> None:
        """Saves the chart as a picture."""
        name = _("indicators") + f"-{(self._asked.period or '').replace('/', '-')}.png"
        out = QBuffer()
        out.open(QBuffer.OpenModeFlag.WriteOnly)
        QImageWriter(out, b"png").write(self.figures.chart_picture())
        self._save(name, bytes(out.data().data()))

    def _save(self, name: str, content: bytes) -> None:
        kind = {
            ".xlsx": _("Workbook (*.xlsx)"),
            ".csv": _("Text (*.csv)"),
            ".png": _("Picture (*.png)"),
        }[Path(name).suffix]
        ask_to_save(
            self, _("Save the figures"), name, kind, lambda path, _kind: self.write_file(path, content)
        )

    def toggle_full_screen(self) -> None:
        """Fills the screen, or no longer."""
        window = self.window()
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    # --- the rest of the pattern --------------------------------------------------------------------------------

    def actions_offered(self) -> Sequence[Action]:
        """What the command palette offers."""
        group = _("Indicators")
        return (
            Action(id="report", title=_("PDF report"), icon="file-text", group=group, run=self.open_report),
            Action(
                id="xlsx",
                title=_("Save the figures as XLSX"),
                icon="file-down",
                group=group,
                run=self.save_sheets,
            ),
            Action(
                id="csv",
                title=_("Save the figures as CSV"),
                icon="file-down",
                group=group,
                run=self.save_text,
            ),
            Action(
                id="chart",
                title=_("Save the chart as a picture…"),
                icon="image",
                group=group,
                run=self.save_chart,
            ),
        )

    def memory(self) -> dict[str, Any]:
        """What is asked for."""
        return {"asked": self._asked}

    def recall(self, memory: dict[str, Any]) -> None:
        """Asks for it again."""
        self._ask(memory["asked"])

    def scenes(self) -> Sequence[Scene]:
        """The rows behind a figure, a quarter of a zone, and the report."""

        def rows() -> None:
            view = self.figures.view
            if view is not None and view.heads:
                self.show_rows(of_head(view.heads[0].code, view))

        def zone() -> None:
            self.show_figures()
            self._ask(replace(self._asked, zone="agdal", period=f"{self.today.year}-T2", compare=None))

        return (Scene("rows", rows), Scene("zone", zone))
