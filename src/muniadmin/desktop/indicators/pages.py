"""The page of the indicators."""

from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.indicators.names import VIEW_INDICATORS
from muniadmin.kernel.i18n import N_


def _indicators(shell: Shell) -> Page:
    from muniadmin.desktop.indicators.indicators_page import IndicatorsPage

    return IndicatorsPage(shell)


INDICATORS = PageSpec(
    id="indicators",
    title=N_("Indicators"),
    icon="chart-column",
    key="F10",
    place=10,
    permission=VIEW_INDICATORS,
    make=_indicators,
)

PAGES = (INDICATORS,)
