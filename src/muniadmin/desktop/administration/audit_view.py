"""The audit log: who did what to what, the newest first."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin.audit.reads import AuditLine, AuditLog
from muniadmin.audit.rules import MONEY_DETAILS, detail_name, event_name
from muniadmin.desktop.shell.navigation import Page, split
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import Money

_AT_ONCE = 200


class AuditView(QWidget):
    """Search, list, the chosen line in full."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._lines: list[AuditLine] = []
        self.search = SearchField(_("Search the log"), placeholder=_("A number, a user or an event"))
        self.search.setFixedWidth(320)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(200)
        self._pause.timeout.connect(self.reload)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.older = Button(_("Show older lines"), icon="history")
        self.older.clicked.connect(self._ask_older)
        shell = page.shell
        columns: list[Column[AuditLine]] = [
            Column("at", _("Date and time"), lambda line: shell.instant(line.at), width=132, look="muted"),
            Column("user", _("User"), lambda line: line.user_name, width=130, look="strong"),
            Column("event", _("Event"), lambda line: event_name(line.event), width=230, stretch=True),
            Column("subject", _("Subject"), lambda line: line.subject, width=190),
            Column(
                "workstation",
                _("Workstation"),
                lambda line: line.workstation,
                width=120,
                look="muted",
                hidden=True,
            ),
        ]
        self.list: RowTable[AuditLine] = RowTable(
            "audit",
            _("Audit log"),
            columns,
            key=lambda line: line.place,
            empty=EmptyState(
                "scroll-text", _("Nothing was found"), _("Try a part of a number or a user name.")
            ),
        )
        self.list.chosen.connect(self._show)
        self.search.moved_down.connect(self.list.take_focus)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState("scroll-text", _("No line chosen"), _("Choose a line to read it in full."))
        )
        self._event = Text("", Role.SECTION)
        self._facts = DefinitionRows(muted="label")
        self._detail = DefinitionRows(muted="label")
        self._written = section = Section(_("Written down"), self._detail)
        section.body.addStretch(1)
        whole = column(spacing=0)
        whole.addLayout(column(self._event, self._facts, spacing=12, margins=(16, 16, 16, 16)))
        whole.addWidget(Hairline())
        whole.addWidget(Scroller(section), 1)
        detail = QWidget()
        detail.setLayout(whole)
        self._stack.addWidget(detail)
        side = Card()
        side.body.addWidget(self._stack, 1)
        layout = column(row(self.search, None, self.older), spacing=12)
        layout.addLayout(split(self.list, side), 1)
        self.setLayout(layout)
        self.reload()

    def reload(self) -> None:
        """The newest lines again."""
        self._page.read(
            AuditLog(text=self.search.text().strip(), limit=_AT_ONCE), then=self._show_newest, key="audit"
        )

    def _show_newest(self, lines: list[AuditLine]) -> None:
        self._lines = lines
        self._fill(lines)

    def _ask_older(self) -> None:
        if self._lines:
            self._page.read(
                AuditLog(text=self.search.text().strip(), before=self._lines[-1].place, limit=_AT_ONCE),
                then=self._show_older,
                key="audit",
            )

    def _show_older(self, lines: list[AuditLine]) -> None:
        self._lines = [*self._lines, *lines]
        self._fill(lines)

    def _fill(self, latest: list[AuditLine]) -> None:
        self.older.setEnabled(len(latest) == _AT_ONCE)
        self.list.set_source(ListSource(self._lines))

    def _show(self, line: AuditLine | None) -> None:
        self._stack.setCurrentIndex(0 if line is None else 1)
        if line is None:
            return
        self._event.setText(event_name(line.event))
        self._facts.set_rows(
            [
                (_("Date and time"), self._page.shell.instant(line.at)),
                (_("User"), line.user_name),
                (_("Workstation"), line.workstation),
                (_("Subject"), line.subject),
                (_("Code"), line.event),
            ]
        )
        self._written.setVisible(bool(line.detail))
        self._detail.set_rows(
            [(detail_name(name), self._shown(name, value)) for name, value in line.detail.items()]
        )

    def _shown(self, name: str, value: object) -> str:
        if isinstance(value, dict) and value.keys() == {"before", "after"}:
            return f"{self._shown(name, value['before'])} → {self._shown(name, value['after'])}"
        if value is None:
            return "–"
        if name == "fields" and isinstance(value, list):
            return ", ".join(detail_name(one) for one in value)
        if isinstance(value, list):
            return ", ".join(str(one) for one in value)
        if name in MONEY_DETAILS and isinstance(value, int):
            return self._page.shell.amount(Money(value), code=True)
        return str(value)
