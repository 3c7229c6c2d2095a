"""The pages of the administration."""

from PySide6.QtCore import QObject

from muniadmin.access.names import ADMINISTER_USERS
from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_
from muniadmin.settings.names import ADMINISTER_SETTINGS


def _witness(shell: Shell) -> QObject:
    from muniadmin.desktop.administration.witness import Witness

    return Witness(shell)


ADMINISTRATION = PageSpec(
    id="administration",
    title=N_("Administration"),
    icon="settings",
    key="F12",
    place=12,
    permission=ADMINISTER_USERS,
    also=frozenset({VIEW_AUDIT, ADMINISTER_SETTINGS}),
    page="muniadmin.desktop.administration.administration_page:AdministrationPage",
)

PAGES = (ADMINISTRATION,)
COMPANIONS = (_witness,)
