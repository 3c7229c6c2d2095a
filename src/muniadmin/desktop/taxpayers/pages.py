"""The page of the register."""

from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.kernel.i18n import N_
from muniadmin.taxpayers.names import TAXPAYER_NUMBER, VIEW_TAXPAYERS

TAXPAYERS = PageSpec(
    id="taxpayers",
    title=N_("Taxpayers"),
    icon="users",
    key="F3",
    place=3,
    permission=VIEW_TAXPAYERS,
    page="muniadmin.desktop.taxpayers.taxpayers_page:TaxpayersPage",
    opens=frozenset({TAXPAYER_NUMBER}),
    searches=True,
)

PAGES = (TAXPAYERS,)
