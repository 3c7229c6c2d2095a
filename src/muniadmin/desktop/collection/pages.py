"""The pages of the counter."""

from muniadmin.access.permissions import Permission
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind


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
    permission=Permission.TAKE_PAYMENTS,
    make=_counter,
    opens=frozenset({NumberKind.BILL, NumberKind.FINE, NumberKind.REQUEST, NumberKind.TAXPAYER}),
    searches=True,
)

CASH = PageSpec(
    id="cash",
    title=N_("Cash desk"),
    icon="wallet",
    key="F5",
    permission=Permission.VIEW_COLLECTION,
    make=_cash,
    opens=frozenset({NumberKind.RECEIPT}),
)
