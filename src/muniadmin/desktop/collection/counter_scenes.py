"""States of the counter for the gallery."""

from collections import Counter
from typing import TYPE_CHECKING

from muniadmin.billing.reads import Bills, BillsPage
from muniadmin.collection.commands import OpenCashSession
from muniadmin.collection.rules import Channel
from muniadmin.desktop.shell.navigation import Scene, Searched

if TYPE_CHECKING:
    from muniadmin.desktop.collection.counter_page import CounterPage


def counter_scenes(page: "CounterPage") -> list[Scene]:
    """The day at the counter: a closed till, a payer, what was handed over, the receipt, a search."""
    overdue = Bills(state="overdue", limit=100)

    def look_up(bills: BillsPage) -> None:
        debtors = Counter(bill.taxpayer_id for bill in bills.rows if bill.taxpayer_id is not None)
        for taxpayer_id, _count in debtors.most_common(1):
            page.show_taxpayer(taxpayer_id)

    def payer() -> None:
        page.read(overdue, then=look_up)

    def open_till() -> None:
        if page.till.session is None:
            page.run(OpenCashSession(desk=1, opening_float=page.shell.municipality.currency.of(500)))

    def handed_over() -> None:
        amount = page.panel.to_pay.due.minor
        page.panel.tenders.tendered.setText(str((amount // 10_000 + 1) * 100))
        page.panel.tenders.tendered.textEdited.emit(page.panel.tenders.tendered.text())

    def cheque() -> None:
        page.panel.tenders.choose(Channel.CHEQUE)
        page.panel.submit()

    def pay() -> None:
        page.panel.tenders.choose(Channel.CASH)
        page.panel.submit()

    def search() -> None:
        page.open(Searched("ben"))

    return [
        Scene("till-closed", payer),
        Scene("payer", open_till),
        Scene("handed-over", handed_over),
        Scene("cheque", cheque),
        Scene("paid", pay),
        Scene("search", search),
    ]
