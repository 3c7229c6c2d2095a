"""The pages of the counter."""

from muniadmin.collection.names import RECEIPT_NUMBER, TAKE_PAYMENTS, VIEW_COLLECTION
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_
from muniadmin.taxpayers.names import TAXPAYER_NUMBER


def _counter(shell: Shell) -> Page:
    from muniadmin.desktop.collection.counter_page import CounterPage

    return CounterPage(shell)


def _cash(shell: Shell) -> Page:
    from muniadmin.desktop.collection.cash_page import CashPage

    return CashPage(shell)


COUNTER = PageSpec(
    id="counter",
    title=N_("Counter"),
    icon="scan-line",
    key="F2",
    place=2,
    permission=TAKE_PAYMENTS,
    make=_counter,
    opens=frozenset({TAXPAYER_NUMBER}),
    opens_bills=True,
    searches=True,
)

CASH = PageSpec(
    id="cash",
    title=N_("Cash desk"),
    icon="wallet",
    key="F5",
    place=5,
    permission=VIEW_COLLECTION,
    make=_cash,
    opens=frozenset({RECEIPT_NUMBER}),
)

PAGES = (COUNTER, CASH)

# The till's state in the header goes with every page.
COMPANIONS = (Till.of,)
