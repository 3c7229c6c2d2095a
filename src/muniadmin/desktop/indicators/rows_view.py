"""The rows behind a figure: the list, what it comes to, and how the figure is made."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from muniadmin.billing.names import BILL_NUMBER
from muniadmin.civil_status.names import REQUEST_NUMBER
from muniadmin.civil_status.reads import RequestRow, RequestsPage
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.desktop.indicators.drills import Drill, RowKind
from muniadmin.desktop.shell.navigation import Scanned
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.indicators.reads import CollectedPage, CollectedRow, OwedPage, OwedRow
from muniadmin.indicators.wording import CHANNELS, days_in_words, formula_in_words
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.numbers import NumberKind


class RowsView(QWidget):
    """Shows a Drill; ``left`` asks for the way back."""

    left = Signal()

    def __init__(self, shell: Shell, read: Callable[..., None]) -> None:
        super().__init__()
        self._shell, self._read = shell, read
        self.back = Button(_("Back to the figures"), icon="arrow-left", key="Esc")
        self.back.clicked.connect(self.left)
        self._title = Text("", Role.SECTION)
        self._days = Text("", Role.MUTED)
        self._made = Text("", Role.MUTED, wrap=True)
        self._place = column()
        head = row(self.back, self._title, self._days, None, spacing=12)
        layout = column(head, self._made, spacing=10)
        layout.addLayout(self._place, 1)
        self.setLayout(layout)
        self.list: RowTable[Any] | None = None

    def show_rows(self, drill: Drill) -> None:
        """Lists what stands behind a figure."""
        self._title.setText(drill.title)
        self._days.setText(days_in_words(drill.span))
        self._made.setText(formula_in_words(drill.indicator, drill.span))
        if self.list is not None:
            self._place.removeWidget(self.list)
            self.list.hide()
            self.list.deleteLater()
        self.list = self._table(drill)
        self.list.left_upwards.connect(self.back.setFocus)
        self._place.addWidget(self.list, 1)
        self.list.set_source(
            QuerySource(
                self._read,
                page=partial(_window, drill),
                rows_of=lambda answer: answer.rows,
                summarise=self._summarise,
            )
        )
        self.list.select_first()
        self.list.take_focus()

    def reload(self) -> None:
        """Asks again."""
        if self.list is not None:
            self.list.reload()

    def _table(self, drill: Drill) -> RowTable[Any]:
        empty = EmptyState("list", _("No rows"), _("Nothing of these days counts in this figure."))
        if drill.kind is RowKind.COLLECTED:
            table: RowTable[Any] = RowTable(
                "indicators-collected", drill.title, self._collected(), key=_source_and_bill, empty=empty
            )
            table.opened.connect(lambda one: self._open("cash", RECEIPT_NUMBER, one.receipt_number))
        elif drill.kind is RowKind.OWED:
            table = RowTable("indicators-owed", drill.title, self._owed(), key=_debtor_and_bill, empty=empty)
            table.opened.connect(lambda one: self._open("assessment", BILL_NUMBER, one.number))
        else:
            table = RowTable(
                "indicators-requests",
                drill.title,
                self._requests(),
                key=lambda one: one.request_id,
                empty=empty,
            )
            table.opened.connect(lambda one: self._open("civil_status", REQUEST_NUMBER, one.number))
        return table

    def _open(self, page: str, kind: NumberKind, number: str) -> None:
        if number:
            self._shell.go(page, Scanned(kind, number))

    def _summarise(self, answer: Any) -> Summary:
        shown = self._shell
        match answer:
            case CollectedPage() | OwedPage():
                return Summary(answer.count, [(_("Total"), shown.amount(answer.total, code=True))])
            case RequestsPage():
                return Summary(answer.count)
            case _:
                return Summary(0)

    # --- columns ------------------------------------------------------------------------------------------------

    def _collected(self) -> list[Column[CollectedRow]]:
        shell = self._shell
        return [
            Column("receipt", _("Receipt"), lambda one: one.receipt_number, width=140, look="strong"),
            Column("day", _("Day"), lambda one: shell.day(one.booked_on), width=92),
            Column("payer", _("Payer"), lambda one: one.payer, width=150, stretch=True),
            Column("head", _("Revenue head"), lambda one: pick(one.head_names), width=150, stretch=True),
            Column("bill", _("Bill"), lambda one: one.bill_number, width=150, look="muted"),
            Column("channel", _("Channel"), lambda one: _(CHANNELS[one.channel]), width=100),
            Column(
                "amount",
                shell.with_currency(_("Amount")),
                lambda one: shell.amount(one.amount),
                width=120,
                number=True,
                look=lambda one: "bad" if one.amount < ZERO else "plain",
            ),
        ]

    def _owed(self) -> list[Column[OwedRow]]:
        shell = self._shell
        return [
            Column("number", _("Bill"), lambda one: one.number, width=150, look="strong"),
            Column("name", _("Name"), lambda one: one.name, width=150, stretch=True),
            Column("head", _("Revenue head"), lambda one: pick(one.head_names), width=150, stretch=True),
            Column("subject", _("Subject"), lambda one: one.subject, width=130, stretch=True, look="muted"),
            Column("issued", _("Issued on"), lambda one: shell.day(one.issued_on), width=92),
            Column("due", _("Due"), lambda one: shell.day(one.due_on), width=92),
            Column(
                "amount",
                shell.with_currency(_("Amount")),
                lambda one: shell.amount(one.amount),
                width=120,
                number=True,
            ),
        ]

    def _requests(self) -> list[Column[RequestRow]]:
        shell = self._shell
        return [
            Column("number", _("Request"), lambda one: one.number, width=150, look="strong"),
            Column("document", _("Document"), lambda one: pick(one.document_names), width=180, stretch=True),
            Column("holder", _("Holder"), lambda one: one.holder, width=150, stretch=True),
            Column("received", _("Received"), lambda one: shell.instant(one.received_at), width=130),
            Column("due", _("Promised for"), lambda one: shell.instant(one.due_at), width=130),
            Column("closed", _("Finished"), lambda one: shell.instant(one.closed_at), width=130),
        ]


def _window(drill: Drill, window: Window) -> Any:
    return drill.ask(window.offset, window.limit)


def _source_and_bill(one: CollectedRow) -> tuple[int, int, str, int, str]:
    return one.payment_id, one.credit_id, one.channel, one.bill_id, one.head_code


def _debtor_and_bill(one: OwedRow) -> tuple[int, int, str, bool]:
    return one.bill_id, one.account_id, one.head_code, one.amount < ZERO
