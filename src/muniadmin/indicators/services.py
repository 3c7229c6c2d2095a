"""Keeps goals, and what the months that are over came to."""

from datetime import date
from decimal import Decimal

from sqlalchemy import delete

from muniadmin.audit.services import record
from muniadmin.indicators.catalogue import CATALOGUE
from muniadmin.indicators.commands import GoalSet, KeepMonths, MonthsKept, SetGoal
from muniadmin.indicators.errors import GoalNotPossible, IndicatorUnknown
from muniadmin.indicators.models import IndicatorGoal, MonthClosing, MonthLeft
from muniadmin.indicators.names import INDICATORS_TOPIC
from muniadmin.indicators.periods import span_of
from muniadmin.indicators.standings import add_up_months, last_kept_month, months_to_keep, over_by
from muniadmin.indicators.units import Unit
from muniadmin.kernel.i18n import _
from muniadmin.storage.bulk import bulk_insert
from muniadmin.storage.events import OFFICE_CHAIN
from muniadmin.storage.unit_of_work import Job, UnitOfWork


def set_goal(uow: UnitOfWork, command: SetGoal) -> GoalSet:
    """Writes a target and a baseline, or takes them away."""
    spec = CATALOGUE.get(command.indicator)
    if spec is None:
        raise IndicatorUnknown(indicator=command.indicator)
    period = span_of(command.period, uow.municipality.calendar, uow.today).name
    for value in (command.baseline, command.target):
        if value is not None and (value < 0 or (spec.unit is Unit.RATIO and value > 10)):
            raise GoalNotPossible(indicator=_(spec.name), value=value)
    # Held: of two people who set it at once the second changes what the first left.
    goal = uow.session.get(IndicatorGoal, (command.indicator, period), with_for_update=True)
    if command.baseline is None and command.target is None:
        if goal is not None:
            uow.session.delete(goal)
    else:
        if goal is None:
            goal = IndicatorGoal(indicator=command.indicator, period=period)
            uow.session.add(goal)
        goal.baseline, goal.target = _text(command.baseline), _text(command.target)
    uow.session.flush()
    uow.touch(INDICATORS_TOPIC)
    record(
        uow,
        "indicators:goal:set",
        f"{command.indicator} {period}",
        {"baseline": _text(command.baseline), "target": _text(command.target)},
    )
    return GoalSet(command.indicator, period)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def keep_months(job: Job, command: KeepMonths) -> MonthsKept:
    """Adds up the months that are over since the last time, and keeps them."""
    with job.reading() as reading:
        ends = months_to_keep(reading)
        kept_to = last_kept_month(reading)
        months = list(add_up_months(reading, ends, kept_to))
    if not months:
        return MonthsKept(0)
    with job.unit_of_work() as uow:
        # Two stations may do this at once: the second waits here, and finds the months kept.
        uow.lock_chain(OFFICE_CHAIN)
        if last_kept_month(uow) != kept_to:
            return MonthsKept(0)
        ended = [day for one in months if (day := over_by(uow, one.month_end)) is not None]
        if len(ended) < len(months):  # the business day was taken back meanwhile
            return MonthsKept(0)
        for model in (MonthClosing, MonthLeft):
            uow.connection.execute(delete(model).where(model.month_end > (kept_to or date.min)))
        bulk_insert(
            uow,
            MonthClosing,
            (
                {
                    "month_end": one.month_end,
                    "head_code": head,
                    "assessed": assessed,
                    "ended_by": day,
                    "ended_by_opening": opening,
                }
                for one, (day, opening) in zip(months, ended, strict=True)
                for head, assessed in one.assessed.items()
            ),
        )
        bulk_insert(
            uow,
            MonthLeft,
            (
                {"month_end": one.month_end, "head_code": head, "due_on": due_on, "left": left}
                for one in months
                for (head, due_on), left in one.left.items()
            ),
        )
        record(uow, "indicators:months:kept", months[-1].month_end.isoformat(), {"months": len(months)})
    job.progress(len(months), len(months))
    return MonthsKept(len(months))
