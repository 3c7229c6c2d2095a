"""The page of the register."""

from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_
from muniadmin.taxpayers.names import TAXPAYER_NUMBER, VIEW_TAXPAYERS


def _taxpayers(shell: Shell) -> Page:
    from muniadmin.desktop.taxpayers.taxpayers_page import TaxpayersPage

    return TaxpayersPage(shell)


TAXPAYERS = PageSpec(
    id="taxpayers",
    title=N_("Taxpayers"),
    icon="users",
    key="F3",
    place=3,
    permission=VIEW_TAXPAYERS,
    make=_taxpayers,
    opens=frozenset({TAXPAYER_NUMBER}),
    searches=True,
)

PAGES = (TAXPAYERS,)
