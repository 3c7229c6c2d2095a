"""The rows behind a figure: the list, what it comes to, and how the figure is made."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from muniadmin.billing.names import BILL_NUMBER
from muniadmin.civil_status.names import REQUEST_NUMBER
from muniadmin.civil_status.reads import RequestsPage
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.desktop.indicators.drills import Drill, RowKind
from muniadmin.desktop.indicators.tables import collected_columns, owed_columns, request_columns
from muniadmin.desktop.lists.listing import Listing, Nothing
from muniadmin.desktop.shell.navigation import Page, Scanned
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.labels import ElidedText, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import QuerySource, Summary
from muniadmin.desktop.widgets.row_table import RowTable, Sum
from muniadmin.indicators.reads import CollectedPage, CollectedRow, OwedPage, OwedRow
from muniadmin.indicators.wording import days_in_words, formula_in_words
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.numbers import NumberKind


class RowsView(QWidget):
    """Shows a Drill; ``left`` asks for the way back."""

    left = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.back = Button(_("Back to the figures"), icon="arrow-left", key="Esc")
        self.back.clicked.connect(self.left)
        self._title = ElidedText("", Role.SECTION)
        self._days = Text("", Role.MUTED)
        self._made = Text("", Role.MUTED, wrap=True)
        self._place = column()
        head = row(self.back, spacing=12)
        head.addWidget(self._title, 1)
        head.addWidget(self._days)
        layout = column(head, self._made, spacing=10)
        layout.addLayout(self._place, 1)
        self.setLayout(layout)
        self.listing: Listing[Any] | None = None
        self.list: RowTable[Any] | None = None

    def show_rows(self, drill: Drill) -> None:
        """Lists what stands behind a figure."""
        self._title.setText(drill.title)
        self._days.setText(days_in_words(drill.span))
        self._made.setText(formula_in_words(drill.indicator, drill.span))
        if self.listing is not None:
            self._place.removeWidget(self.listing)
            self.listing.hide()
            self.listing.deleteLater()
        self.listing = self._listing(drill)
        self.list = self.listing.table
        self._place.addWidget(self.listing, 1)
        self.listing.ask()
        self.list.select_first()
        self.list.take_focus()

    def reload(self) -> None:
        """Asks again."""
        if self.listing is not None:
            self.listing.reload()

    def _listing(self, drill: Drill) -> Listing[Any]:
        columns, key, opens = self._of(drill.kind)
        amount: Sequence[Sum[Any]] = [(_("Total"), lambda one: one.amount)]
        return Listing(
            self._page,
            f"indicators-{drill.kind}",
            drill.title,
            columns,
            lambda _wanted: QuerySource(
                self._page.read,
                page=drill.ask,
                rows_of=lambda answer: answer.rows,
                summarise=self._summarise,
            ),
            key=key,
            empty=Nothing("list", _("No rows"), _("Nothing of these days counts in this figure.")),
            sums=amount if drill.kind is not RowKind.REQUESTS else (),
            opens=opens,
        )

    def _of(
        self, kind: RowKind
    ) -> tuple[Sequence[Column[Any]], Callable[[Any], Any], Callable[[Any], object]]:
        """The columns of a kind of rows, what tells its rows apart, and where one is read."""
        shell = self._page.shell
        if kind is RowKind.COLLECTED:
            open_receipt = partial(self._open, "cash", RECEIPT_NUMBER)
            return collected_columns(shell), _source_and_bill, lambda one: open_receipt(one.receipt_number)
        if kind is RowKind.OWED:
            open_bill = partial(self._open, "assessment", BILL_NUMBER)
            return owed_columns(shell), _debtor_and_bill, lambda one: open_bill(one.number)
        open_request = partial(self._open, "civil_status", REQUEST_NUMBER)
        return request_columns(shell), lambda one: one.request_id, lambda one: open_request(one.number)

    def _open(self, page: str, kind: NumberKind, number: str) -> None:
        if number:
            self._page.shell.go(page, Scanned(kind, number))

    def _summarise(self, answer: Any) -> Summary:
        shown = self._page.shell
        match answer:
            case CollectedPage() | OwedPage():
                return Summary(answer.count, [(_("Total"), shown.amount(answer.total, code=True))])
            case RequestsPage():
                return Summary(answer.count)
            case _:
                return Summary(0)


def _source_and_bill(one: CollectedRow) -> tuple[int, int, str, int, str]:
    return one.payment_id, one.credit_id, one.channel, one.bill_id, one.head_code


def _debtor_and_bill(one: OwedRow) -> tuple[int, int, str, bool]:
    return one.bill_id, one.account_id, one.head_code, one.amount < ZERO
