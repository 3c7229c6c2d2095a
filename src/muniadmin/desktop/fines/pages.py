"""The page of fines."""

from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.fines.names import FINE_NUMBER, VIEW_FINES
from muniadmin.kernel.i18n import N_


def _fines(shell: Shell) -> Page:
    from muniadmin.desktop.fines.fines_page import FinesPage

    return FinesPage(shell)


FINES = PageSpec(
    id="fines",
    title=N_("Fines"),
    icon="square-parking",
    key="F7",
    place=7,
    permission=VIEW_FINES,
    make=_fines,
    opens=frozenset({FINE_NUMBER}),
)

PAGES = (FINES,)
