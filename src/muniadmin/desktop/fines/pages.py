"""The page of fines."""

from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.fines.names import FINE_NUMBER, VIEW_FINES
from muniadmin.kernel.i18n import N_

FINES = PageSpec(
    id="fines",
    title=N_("Fines"),
    icon="square-parking",
    key="F7",
    place=7,
    permission=VIEW_FINES,
    page="muniadmin.desktop.fines.fines_page:FinesPage",
    opens=frozenset({FINE_NUMBER}),
)

PAGES = (FINES,)
