"""The pages of the administration."""

from muniadmin.access.permissions import Permission
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_


def _administration(shell: Shell) -> Page:
    from muniadmin.desktop.administration.administration_page import AdministrationPage

    return AdministrationPage(shell)


ADMINISTRATION = PageSpec(
    id="administration",
    title=N_("Administration"),
    icon="settings",
    key="F12",
    permission=Permission.ADMINISTER_USERS,
    also=frozenset({Permission.VIEW_AUDIT, Permission.ADMINISTER_SETTINGS}),
    make=_administration,
)
