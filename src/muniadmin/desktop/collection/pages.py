"""The pages of the counter."""

from muniadmin.collection.names import RECEIPT_NUMBER, TAKE_PAYMENTS, VIEW_COLLECTION
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.kernel.i18n import N_
from muniadmin.taxpayers.names import TAXPAYER_NUMBER

COUNTER = PageSpec(
    id="counter",
    title=N_("Counter"),
    icon="scan-line",
    key="F2",
    place=2,
    permission=TAKE_PAYMENTS,
    page="muniadmin.desktop.collection.counter_page:CounterPage",
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
    page="muniadmin.desktop.collection.cash_page:CashPage",
    opens=frozenset({RECEIPT_NUMBER}),
)

PAGES = (COUNTER, CASH)

# The till's state in the header goes with every page.
COMPANIONS = (Till.of,)
