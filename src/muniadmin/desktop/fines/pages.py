"""The page of fines."""

from muniadmin.access.permissions import Permission
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind


def _fines(shell: Shell) -> Page:
    from muniadmin.desktop.fines.fines_page import FinesPage

    return FinesPage(shell)


FINES = PageSpec(
    id="fines",
    title=N_("Fines"),
    icon="square-parking",
    key="F7",
    permission=Permission.VIEW_FINES,
    make=_fines,
    opens=frozenset({NumberKind.FINE}),
)
