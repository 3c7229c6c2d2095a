"""The statement of a taxpayer's account: what is open and every movement, as known on a day, to look at and print."""

from datetime import date
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from muniadmin.billing.commands import IssueStatement, StatementIssued
from muniadmin.billing.reads import AccountStatement, Movement, OpenInstalment, Statement
from muniadmin.billing.rules import head_words, movement_words, part_words, which_words
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import ROW, Tone
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.detail import KeyFigures
from muniadmin.desktop.widgets.dialogs import ConfirmDialog, Dialog
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import PrintedDocument
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import ZERO, Money
from muniadmin.taxpayers.reads import Taxpayer360

# Time to finish typing a day before the statement of that day is asked for.
_PAUSE_MS = 400


def _short_part(debt: Movement) -> str:
    """Which instalment of it, in few letters: "2026 · 2/4"."""
    return " · ".join(
        text for text in (debt.period, f"{debt.part}/{debt.parts}" if debt.parts > 1 else "") if text
    )


class StatementDialog(Dialog):
    """Looking changes nothing; Print asks once, and issues the statement as it is shown, as a paper with its own
    number."""

    def __init__(self, parent: QWidget, shell: Shell, taxpayer: Taxpayer360) -> None:
        self._shell, self._taxpayer = shell, taxpayer
        self.statement: Statement | None = None
        today = shell.today()
        self.on = DateEdit(_("Penalty reckoned to"), today)
        self.known = DateEdit(_("As known on"), today)
        self._pause = QTimer()
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.ask)
        fields = row(spacing=12)
        self._fields = [Field(_("Penalty reckoned to"), self.on), Field(_("As known on"), self.known)]
        for field, edit in zip(self._fields, (self.on, self.known), strict=True):
            field.setFixedWidth(150)
            edit.changed.connect(lambda _day: self._pause.start())
            fields.addWidget(field, 0, Qt.AlignmentFlag.AlignTop)
        self.figures = KeyFigures(padding=0)
        fields.addSpacing(12)
        fields.addWidget(self.figures, 1)
        self.instalments: RowTable[OpenInstalment] = RowTable(
            "statement-open",
            _("What is open"),
            self._instalment_columns(),
            key=id,
            empty=EmptyState("badge-check", _("Nothing is open"), ""),
        )
        self._fit_instalments(0)
        self.movements: RowTable[Movement] = RowTable(
            "statement-movements",
            _("Movements"),
            self._movement_columns(),
            key=id,
            empty=EmptyState(
                "list", _("Nothing booked"), _("Nothing was booked on this account up to that day.")
            ),
        )
        self.movements.setMinimumHeight(276)
        lists = column(self.instalments, spacing=12)
        lists.addWidget(self.movements, 1)
        super().__init__(
            parent,
            _("Statement of account: {name}").format(name=taxpayer.name),
            fields,
            lists,
            primary=_("Close"),
            kind=Kind.SECONDARY,
            width=980,
            expand=True,
        )
        self.cancel.hide()
        self.print_button = Button(_("Print"), icon="printer", key="Ctrl+P")
        self.print_button.clicked.connect(self.print)
        self.print_button.setEnabled(False)
        self.aside.addWidget(self.print_button)
        self.movements.take_focus()
        self.ask()

    # --- asking -----------------------------------------------------------------------------------------------------

    def days(self) -> tuple[date, date] | None:
        """The days typed, None while one is missing or not understood."""
        on, known = self.on.day(), self.known.day()
        return None if on is None or known is None else (on, known)

    def ask(self) -> None:
        """Shows the statement of the days typed; a day that is none is told beside its field."""
        self._pause.stop()
        days = self.days()
        if days is None:
            for field in self._fields:
                field.check()
            return
        self._shell.operations.read(
            AccountStatement(taxpayer_id=self._taxpayer.taxpayer_id, on=days[0], known=days[1]),
            then=self._show,
            failed=self.refuse,
            owner=self,
            key="statement",
        )

    def submit(self) -> None:
        """Enter in a day asks; else the dialog closes."""
        if self.on.hasFocus() or self.known.hasFocus():
            self.ask()
        else:
            self.accept()

    def _fit_instalments(self, rows: int) -> None:
        """As high as what is open, up to three rows: the movements have the rest."""
        self.instalments.setFixedHeight(ROW * (min(max(rows, 2), 3) + 2) + 4)

    def _show(self, statement: Statement) -> None:
        self.notice.hide()
        self._fit_instalments(len(statement.instalments))
        self.statement = statement
        self.print_button.setEnabled(True)
        amount = self._shell.amount
        self.figures.set_figures(
            [
                (_("To pay on {day}").format(day=self._shell.day(statement.on)), amount(statement.to_pay)),
                (self._shell.with_currency(_("Balance")), amount(statement.balance)),
                (_("Booked"), amount(statement.booked)),
                (_("Accrued"), amount(statement.accrued), _warning(statement.accrued)),
                *(
                    (label, amount(figure))
                    for label, figure in (
                        (_("Suspended"), statement.suspended),
                        (_("Credit held"), statement.credit),
                    )
                    if figure
                ),
            ]
        )
        self.instalments.set_source(
            ListSource(
                statement.instalments,
                totals=[
                    (_("Booked"), amount(statement.booked)),
                    (_("Accrued"), amount(statement.accrued)),
                    (_("Suspended"), amount(statement.suspended)),
                ],
            )
        )
        self.movements.set_source(
            ListSource(statement.movements, totals=[(_("Balance"), amount(statement.balance))])
        )

    # --- printing ---------------------------------------------------------------------------------------------------

    def print(self) -> None:
        """Asks once, issues what is shown as a paper, and opens it."""
        statement = self.statement
        if statement is None:
            return
        question = ConfirmDialog(
            self,
            _("Print this statement of account?"),
            _("It becomes a paper with a number of its own, and is noted."),
            figures=[
                (_("Taxpayer"), self._taxpayer.name),
                (
                    _("To pay on {day}").format(day=self._shell.day(statement.on)),
                    self._shell.amount(statement.to_pay, code=True),
                ),
                (_("As known on"), self._shell.day(statement.known)),
            ],
            yes=_("Print"),
        )
        question.accepted.connect(partial(self._issue, statement))
        question.open()

    def _issue(self, statement: Statement) -> None:
        self.print_button.setEnabled(False)
        self._shell.operations.run(
            IssueStatement(taxpayer_id=self._taxpayer.taxpayer_id, on=statement.on, known=statement.known),
            then=self._draw,
            failed=self._not_printed,
            undone=self._can_print,
            owner=self,
        )

    def _draw(self, issued: StatementIssued) -> None:
        self._shell.operations.run(
            PrintDocument(document_id=issued.document_id),
            then=self._preview,
            failed=self._not_printed,
            undone=self._can_print,
            owner=self,
        )

    def _not_printed(self, problem: UserError) -> None:
        self._can_print()
        self.refuse(problem)

    def _can_print(self) -> None:
        self.print_button.setEnabled(True)

    def _preview(self, printed: PrintedDocument) -> None:
        from muniadmin.desktop.shell.preview import DocumentDialog

        self._can_print()
        title = _("Statement of account {number}").format(number=printed.number)
        self.preview = DocumentDialog(self._shell.operations, self, title, printed.pdf, printed.number)
        self.preview.open()

    # --- columns ----------------------------------------------------------------------------------------------------

    def _instalment_columns(self) -> list[Column[OpenInstalment]]:
        day = self._shell.day
        return [
            Column("due_on", _("Due on"), lambda one: day(one.due_on), width=100),
            Column(
                "what", _("What is owed"), head_words, width=200, stretch=True, look="strong", tail=part_words
            ),
            Column("which", _("For"), which_words, width=200, stretch=True, look="muted"),
            Column("booked", _("Booked"), lambda one: self._figure(one.booked), width=104, number=True),
            Column("accrued", _("Accrued"), lambda one: self._figure(one.accrued), width=104, number=True),
            Column(
                "suspended", _("Suspended"), lambda one: self._figure(one.suspended), width=104, number=True
            ),
        ]

    def _movement_columns(self) -> list[Column[Movement]]:
        day = self._shell.day
        return [
            Column("booked_on", _("Booked on"), lambda one: day(one.booked_on), width=100),
            Column(
                "value_on", _("Counts for"),
                lambda one: day(one.value_on) if one.value_on != one.booked_on else "", width=100,
            ),
            Column("what", _("What was booked"), movement_words, width=210, stretch=True, look="strong"),
            Column("debt", _("Debt"), head_words, width=150, stretch=True, look="muted", tail=_short_part),
            Column("which", _("For"), which_words, width=150, stretch=True, look="muted", hidden=True),
            Column("charged", _("Charges"), lambda one: self._figure(one.charged), width=96, number=True),
            Column("settled", _("Settlements"), lambda one: self._figure(one.settled), width=96, number=True),
            Column("credit", _("Credits"), lambda one: self._figure(one.credit), width=96, number=True),
            Column("balance", _("Balance"), lambda one: self._shell.amount(one.balance), width=104, number=True),
        ]  # fmt: skip

    def _figure(self, amount: Money) -> str:
        """An amount; nothing where there is none, so that the others are seen."""
        return self._shell.amount(amount) if amount else ""


def _warning(amount: Money) -> Tone:
    return Tone.WARNING if amount > ZERO else Tone.NEUTRAL
