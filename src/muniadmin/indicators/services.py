"""Keeps goals and what days that are over came to."""

from datetime import timedelta
from decimal import Decimal

from muniadmin.audit.services import OFFICE_CHAIN, record
from muniadmin.indicators.catalogue import CATALOGUE
from muniadmin.indicators.commands import GoalSet, KeepStandings, SetGoal, StandingsKept
from muniadmin.indicators.errors import GoalNotPossible, IndicatorUnknown
from muniadmin.indicators.models import DayStanding, IndicatorGoal
from muniadmin.indicators.periods import span_of
from muniadmin.indicators.standings import days_between, first_day, last_day_over, last_kept_day
from muniadmin.indicators.units import Unit
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import _
from muniadmin.storage.bulk import bulk_insert
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
    goal = uow.session.get(IndicatorGoal, (command.indicator, period))
    if command.baseline is None and command.target is None:
        if goal is not None:
            uow.session.delete(goal)
    else:
        if goal is None:
            goal = IndicatorGoal(indicator=command.indicator, period=period)
            uow.session.add(goal)
        goal.baseline, goal.target = _text(command.baseline), _text(command.target)
    uow.session.flush()
    uow.touch(Topic.INDICATORS)
    record(
        uow,
        "indicators:goal:set",
        f"{command.indicator} {period}",
        {"baseline": _text(command.baseline), "target": _text(command.target)},
    )
    return GoalSet(command.indicator, period)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def keep_standings(job: Job, command: KeepStandings) -> StandingsKept:
    """Adds up the days that are over since the last time, and keeps them."""
    with job.reading() as reading:
        first, until = first_day(reading), last_day_over(reading)
        kept_to = last_kept_day(reading)
        after = (
            kept_to if kept_to is not None else (first - timedelta(days=1) if first is not None else until)
        )
        days = days_between(reading, after, until) if after < until else []
    if not days:
        return StandingsKept(0)
    count = (until - after).days
    with job.unit_of_work() as uow:
        # Two stations may do this at once: the second waits here, and finds the days kept.
        uow.lock_chain(OFFICE_CHAIN)
        if last_kept_day(uow) != kept_to:
            return StandingsKept(0)
        bulk_insert(uow, DayStanding, ({**vars(day)} for day in days))
        record(uow, "indicators:standings:kept", until.isoformat(), {"days": count})
    job.progress(count, count)
    return StandingsKept(count)
