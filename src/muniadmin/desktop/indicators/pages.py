"""The page of the indicators."""

from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.indicators.names import VIEW_INDICATORS
from muniadmin.kernel.i18n import N_

INDICATORS = PageSpec(
    id="indicators",
    title=N_("Indicators"),
    icon="chart-column",
    key="F10",
    place=10,
    permission=VIEW_INDICATORS,
    page="muniadmin.desktop.indicators.indicators_page:IndicatorsPage",
)

PAGES = (INDICATORS,)
