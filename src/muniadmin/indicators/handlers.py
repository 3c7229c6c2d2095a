"""Orders and questions about indicators, and who answers them."""

from muniadmin.indicators.commands import KeepMonths, SetGoal
from muniadmin.indicators.papers import figures_as_sheets, figures_report
from muniadmin.indicators.queries import dashboard, periods
from muniadmin.indicators.reads import (
    Assessed,
    Collected,
    Dashboard,
    FiguresAsSheets,
    FiguresReport,
    Overdue,
    Periods,
)
from muniadmin.indicators.rows import assessed, collected, overdue
from muniadmin.indicators.services import keep_months, set_goal

HANDLERS = {SetGoal: set_goal}
JOBS = {KeepMonths: keep_months}
QUERIES = {
    Dashboard: dashboard,
    Periods: periods,
    Collected: collected,
    Assessed: assessed,
    Overdue: overdue,
    FiguresAsSheets: figures_as_sheets,
    FiguresReport: figures_report,
}
