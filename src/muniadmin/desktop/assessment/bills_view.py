"""Bills: found by number, text, head and state; each with its computation, to print or to pay."""

from collections.abc import Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from muniadmin.assessment.commands import BillSheetIssued, IssueBillSheet
from muniadmin.assessment.reads import BillComputation, HeadSummary
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.billing.reads import BillDetail, BillRow, Bills, BillsPage, BillState, OneBill
from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.assessment.computation import ComputationLines
from muniadmin.desktop.assessment.instalments import InstalmentLines
from muniadmin.desktop.assessment.print_bills import print_bills
from muniadmin.desktop.assessment.tables import bill_columns, owed_words
from muniadmin.desktop.assessment.words import BILL_STATES
from muniadmin.desktop.lists.listing import Listing, Nothing, Wanted
from muniadmin.desktop.shell.navigation import Page, Scanned
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.chips import HEIGHT as CHIP
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.detail import DefinitionRows, KeyFigures
from muniadmin.desktop.widgets.dialogs import ask_to_print
from muniadmin.desktop.widgets.labels import ElidedText, Hairline, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import PrintedDocument
from muniadmin.kernel.i18n import _, pick
from muniadmin.taxpayers.names import TAXPAYER_NUMBER


class BillsView(QWidget):
    """The list of bills, its filters, and the detail of the current bill."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.shell = page.shell
        self.head: MenuChip[str] = MenuChip(_("Revenue head"))
        self.states: ChoiceChips[str] = ChoiceChips(
            _("State"),
            [("", _("All")), ("open", _("Unsettled")), ("overdue", _("Overdue")), ("settled", _("Settled"))],
        )
        self.states.setFixedHeight(CHIP)
        self.detail = BillCard(page)
        self.listing: Listing[BillRow] = Listing(
            page,
            "bills",
            _("Bills"),
            bill_columns(self.shell),
            self._source,
            key=lambda bill: bill.bill_id,
            sort="number",
            descending=True,
            search=_("Number, taxpayer or what is charged"),
            filters={"head_code": self.head, "state": self.states},
            empty=Nothing("file-text", _("No bill here"), _("Bills are issued by a roll of a revenue head.")),
            panel=self.detail,
            sums=[
                (_("Total"), lambda bill: bill.total),
                (_("Settled amount"), lambda bill: bill.settled),
                (_("Left to pay"), lambda bill: bill.left),
            ],
        )
        self.list, self.search = self.listing.table, self.listing.search
        self.setLayout(column(self.listing))
        self.listing.chosen.connect(self.detail.show_row)
        self.listing.ask()

    def set_heads(self, heads: list[HeadSummary]) -> None:
        """What the head filter offers."""
        self.head.set_choices([(head.code, pick(head.names)) for head in heads])

    def reload(self) -> None:
        """Asks again; the bill in hand stays."""
        self.listing.reload()

    def _source(self, wanted: Wanted) -> QuerySource[BillRow]:
        return QuerySource(
            self.page.read,
            page=partial(self._question, wanted),
            rows_of=lambda answer: answer.rows,
            summarise=self._summary,
        )

    def print_listed(self) -> None:
        """Prints the bills that are selected, where several are; else all that are listed."""
        if 1 < self.list.selected_count() < self.list.model.summary.count:
            self.list.fetch_selected(self._print_bills)
        else:
            self._print_bills([])

    def _print_bills(self, chosen: Sequence[BillRow]) -> None:
        wanted = self.listing.wanted()
        print_bills(
            self.page,
            _("Printing of the bills"),
            head_code=wanted.filters["head_code"],
            state=cast("BillState | None", wanted.filters["state"] or None),
            text=wanted.text,
            bill_ids=tuple(bill.bill_id for bill in chosen),
        )

    def _question(self, wanted: Wanted, window: Window) -> Bills:
        return Bills(
            head_code=wanted.filters["head_code"],
            state=cast("BillState | None", wanted.filters["state"] or None),
            text=wanted.text,
            descending=window.descending or not window.sort,
            after=window.anchor.bill_id if window.anchor is not None else None,
            offset=window.behind,
            limit=window.limit,
            totals=window.offset == 0,
        )

    def _summary(self, answer: BillsPage) -> Summary:
        money = self.shell.amount
        return Summary(
            answer.count,
            [
                (_("Total"), money(answer.total, code=True)),
                (_("Settled amount"), money(answer.settled, code=True)),
                (_("Left to pay"), money(answer.total - answer.settled, code=True)),
            ],
        )


class BillCard(Card):
    """One bill: who owes it, its state, how it was computed."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.shell = page.shell
        self.bill: BillRow | None = None
        self.head = ElidedText("", Role.SECTION, cut=Qt.TextElideMode.ElideMiddle)
        self.state = Pill("")
        self.name = ElidedText("")
        self.about = ElidedText("", Role.MUTED)
        self.print = Button(_("Print"), icon="printer", key="Ctrl+P", small=True)
        self.print.clicked.connect(self._print)
        self.pay = Button(_("Take payment"), small=True)
        self.pay.clicked.connect(self._pay)
        self.taxpayer = Button(_("Taxpayer"), small=True)
        self.taxpayer.clicked.connect(self._taxpayer)
        top = row(spacing=8)
        top.addWidget(self.head, 1)
        top.addWidget(self.state)
        head = QWidget()
        head.setLayout(
            column(
                top,
                self.name,
                self.about,
                8,
                row(self.pay, self.print, self.taxpayer, None),
                spacing=1,
                margins=(16, 16, 16, 16),
            )
        )
        self.figures = KeyFigures()
        self.instalments = InstalmentLines(self.shell)
        self.instalments_part = Section(_("Instalments"), self.instalments)
        self.lines = ComputationLines(self.shell)
        self.facts = DefinitionRows(muted="label")
        self.total = Text("", Role.FIGURE)
        sum_line = row(Text(_("Total"), Role.STRONG), None, self.total)
        content = QWidget()
        content.setLayout(
            column(
                self.instalments_part,
                Section(_("Computation"), self.lines, Hairline(), sum_line),
                Section(_("Particulars"), self.facts),
                None,
                spacing=0,
            )
        )
        self._parts = (head, Hairline(), self.figures, Hairline(), Scroller(content))
        for part in self._parts[:-1]:
            self.body.addWidget(part)
        self.body.addWidget(self._parts[-1], 1)
        self.show_row(None)

    def show_row(self, bill: BillRow | None) -> None:
        """Another bill; its computation follows as soon as it is read."""
        self.bill = bill
        for part in self._parts:
            part.setVisible(bill is not None)
        if bill is None:
            return
        self.head.setText(owed_words(bill))
        word, tone = BILL_STATES[bill.state]
        self.state.set_state(_(word), tone)
        self.name.setText(bill.name)
        self.about.setText(bill.number)
        open_bill = bill.state != "settled"
        self.pay.setVisible(open_bill and self.page.may(TAKE_PAYMENTS))
        self.taxpayer.setVisible(bill.taxpayer_id is not None)
        self.instalments_part.hide()
        self.figures.set_figures(
            [
                (_("Left to pay"), self.shell.amount(bill.left)),
                (
                    _("Due on"),
                    self.shell.day(bill.due_on),
                    Tone.BAD if bill.state == "overdue" else Tone.NEUTRAL,
                ),
            ]
        )
        self.page.read(OneBill(bill_id=bill.bill_id), then=self._show_detail, key="bill")
        self.page.read(BillComputation(bill_id=bill.bill_id), then=self.lines.show_lines, key="computation")

    def _show_detail(self, bill: BillDetail) -> None:
        money = self.shell.amount
        self.total.setText(money(bill.total, code=True))
        # What was written off is settled in the books, and may be paid after all.
        self.pay.setVisible(bool(bill.due) and self.page.may(TAKE_PAYMENTS))
        self.instalments_part.setVisible(len(bill.instalments) > 1)
        self.instalments.show_instalments(bill.instalments)
        facts = [
            (_("What is charged"), bill.subject),
            (_("Taxpayer number"), bill.taxpayer_number),
            (_("Number in the former books"), bill.old_number),
            (_("Issued on"), self.shell.day(bill.issued_on)),
            (_("Settled amount"), money(self.bill.settled) if self.bill is not None else ""),
            (_("Penalty left to pay"), money(bill.penalty) if bill.penalty else ""),
            (_("Penalty accrued, not booked"), money(bill.accrued) if bill.accrued else ""),
            (_("Suspended"), money(bill.suspended) if bill.suspended else ""),
            (_("Saved by paying today"), money(bill.rebate) if bill.rebate else ""),
            (_("Paid with the credit held"), money(bill.credit) if bill.credit else ""),
            (_("Written off, may still be paid"), money(bill.written_off) if bill.written_off else ""),
            (_("To pay today"), money(bill.due)),
        ]
        self.facts.set_rows([(label, value) for label, value in facts if value])

    def _pay(self) -> None:
        if self.bill is not None:
            self.shell.go("counter", Scanned(BILL_NUMBER, self.bill.number))

    def _taxpayer(self) -> None:
        if self.bill is not None and self.bill.taxpayer_id is not None:
            self.page.read(OneBill(bill_id=self.bill.bill_id), then=self._go_to_taxpayer)

    def _go_to_taxpayer(self, bill: BillDetail) -> None:
        self.shell.go("taxpayers", Scanned(TAXPAYER_NUMBER, bill.taxpayer_number))

    def _print(self) -> None:
        if self.bill is None:
            return
        order = IssueBillSheet(bill_id=self.bill.bill_id)
        ask_to_print(
            self,
            _("Print bill {number}?").format(number=self.bill.number),
            [
                (_("Taxpayer"), self.bill.name or self.bill.subject),
                (_("Amount"), self.shell.amount(self.bill.total, code=True)),
            ],
            lambda: self.page.run(order, then=self._draw),
        )

    def _draw(self, sheet: BillSheetIssued) -> None:
        self.page.run(PrintDocument(document_id=sheet.document_id), then=self._preview)

    def _preview(self, printed: PrintedDocument) -> None:
        from muniadmin.desktop.shell.preview import DocumentDialog

        title = _("Bill {number}").format(number=printed.number)
        self.preview = DocumentDialog(self.shell.operations, self.page, title, printed.pdf, printed.number)
        self.preview.open()
