"""The page of the indicators."""

from muniadmin.access.permissions import Permission
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_


def _indicators(shell: Shell) -> Page:
    from muniadmin.desktop.indicators.indicators_page import IndicatorsPage

    return IndicatorsPage(shell)


INDICATORS = PageSpec(
    id="indicators",
    title=N_("Indicators"),
    icon="chart-column",
    key="F10",
    permission=Permission.VIEW_INDICATORS,
    make=_indicators,
)
