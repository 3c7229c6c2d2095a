"""The page of the register."""

from muniadmin.access.permissions import Permission
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind


def _taxpayers(shell: Shell) -> Page:
    from muniadmin.desktop.taxpayers.taxpayers_page import TaxpayersPage

    return TaxpayersPage(shell)


TAXPAYERS = PageSpec(
    id="taxpayers",
    title=N_("Taxpayers"),
    icon="users",
    key="F3",
    permission=Permission.VIEW_TAXPAYERS,
    make=_taxpayers,
    opens=frozenset({NumberKind.TAXPAYER}),
    searches=True,
)
