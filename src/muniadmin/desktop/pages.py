"""The pages of the side bar: those that the slices name in their ``slice.py``.

Their keys are the function keys in the side bar's order; F11 is the full screen.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from PySide6.QtCore import QObject

from muniadmin import bootstrap
from muniadmin.access.names import ADMINISTER_USERS
from muniadmin.billing.names import ISSUE_BILLS
from muniadmin.civil_status.names import RECORD_ACTS
from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.fines.names import IMPORT_FINES
from muniadmin.indicators.names import VIEW_INDICATORS
from muniadmin.kernel.i18n import N_

# Where somebody starts the day: the first line whose permission they hold and whose page there is.
HOMES = (
    (TAKE_PAYMENTS, "counter"),
    (ISSUE_BILLS, "assessment"),
    (IMPORT_FINES, "fines"),
    (RECORD_ACTS, "civil_status"),
    (ADMINISTER_USERS, "administration"),
    (VIEW_INDICATORS, "indicators"),
)


# For those who build pages; in the palette only.
STYLE = PageSpec(
    id="style",
    title=N_("Style page"),
    icon="palette",
    key="Ctrl+Shift+F12",
    place=99,
    permission=None,
    page="muniadmin.desktop.style_page:StylePage",
    hidden=True,
)


def all_pages() -> list[PageSpec]:
    """Every page there is, in the side bar's order, which shows those the user may see."""
    pages = [page for module in _modules() for page in module.PAGES]
    return sorted([*pages, STYLE], key=lambda page: page.place)


def companions() -> list[Callable[[Shell], QObject]]:
    """What accompanies the pages without being one, e.g. the till's state in the header."""
    return [companion for module in _modules() for companion in getattr(module, "COMPANIONS", ())]


def _modules() -> list[ModuleType]:
    return [import_module(one.pages) for one in bootstrap.SLICES if one.pages]
