"""What the slice of the indicators brings."""

from muniadmin.documents.papers import Paper
from muniadmin.documents.sheets import ReportSheet
from muniadmin.indicators.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.indicators.names import SET_GOALS, VIEW_INDICATORS
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice

SLICE = Slice(
    name="indicators",
    proof="muniadmin.indicators.proof",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
    events={
        "indicators:goal:set": N_("Target of an indicator set"),
        "indicators:months:kept": N_("Months of the indicators kept"),
    },
    permissions=(VIEW_INDICATORS, SET_GOALS),
    papers=(
        Paper(
            sheet=ReportSheet,
            view=VIEW_INDICATORS,
            print=VIEW_INDICATORS,
            draw="muniadmin.documents.report:draw_report",
        ),
    ),
    pages="muniadmin.desktop.indicators.pages",
)
