"""The pages of the side bar, in its order. A new slice adds its PAGES here; nothing else names them.

Keys: counter F2, taxpayers F3, assessment F4, cash desk F5, arrears F6, fines F7, civil status F8, queue F9,
indicators F10, administration F12 (F11 is the full screen).
"""

from collections.abc import Callable

from PySide6.QtCore import QObject

from muniadmin.access.permissions import Permission
from muniadmin.desktop.administration.pages import ADMINISTRATION
from muniadmin.desktop.assessment.pages import ASSESSMENT
from muniadmin.desktop.civil_status.pages import ACTS, REQUESTS
from muniadmin.desktop.collection.pages import CASH, COUNTER
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.fines.pages import FINES
from muniadmin.desktop.indicators.pages import INDICATORS
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.taxpayers.pages import TAXPAYERS
from muniadmin.kernel.i18n import N_

# Where somebody starts the day: the first line whose permission they hold and whose page there is.
HOMES = (
    (Permission.TAKE_PAYMENTS, "counter"),
    (Permission.ISSUE_BILLS, "assessment"),
    (Permission.IMPORT_FINES, "fines"),
    (Permission.RECORD_ACTS, "civil_status"),
    (Permission.ADMINISTER_USERS, "administration"),
    (Permission.VIEW_INDICATORS, "indicators"),
)


def _style(shell: Shell) -> Page:
    from muniadmin.desktop.style_page import StylePage

    return StylePage(shell)


# For those who build pages; in the palette only.
STYLE = PageSpec(
    id="style",
    title=N_("Style page"),
    icon="palette",
    key="Ctrl+Shift+F12",
    permission=None,
    make=_style,
    hidden=True,
)


def all_pages() -> list[PageSpec]:
    """Every page there is; the side bar shows those the user may see."""
    return [COUNTER, TAXPAYERS, ASSESSMENT, CASH, FINES, REQUESTS, ACTS, INDICATORS, ADMINISTRATION, STYLE]


def companions() -> list[Callable[[Shell], QObject]]:
    """What accompanies the pages without being one, e.g. the till's state in the header."""
    return [Till.of]
