"""Answers the questions about indicators."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from muniadmin.billing.models import DayCollection, RevenueHead
from muniadmin.indicators import standings
from muniadmin.indicators.catalogue import CATALOGUE
from muniadmin.indicators.errors import IndicatorUnknown
from muniadmin.indicators.figures import MAKERS, Facts, total_of
from muniadmin.indicators.models import IndicatorGoal
from muniadmin.indicators.money import CREDIT
from muniadmin.indicators.periods import compared, offered, span_of
from muniadmin.indicators.reads import (
    ChannelOpening,
    ChannelShare,
    Dashboard,
    DashboardView,
    Figure,
    HeadLine,
    MonthBar,
    Periods,
    PeriodsOffered,
)
from muniadmin.indicators.rules import Goal, ratio
from muniadmin.indicators.wording import CHANNELS
from muniadmin.kernel.money import Money
from muniadmin.settings.profile import ChannelSpec
from muniadmin.settings.services import profile_of
from muniadmin.storage.unit_of_work import Reading


def dashboard(reading: Reading, request: Dashboard) -> DashboardView:
    """The figures of a period with what they are compared to."""
    calendar, today = reading.municipality.calendar, reading.today
    span = span_of(request.period or calendar.year(calendar.year_of(today)).name, calendar, today)
    compare = compared(span, request.compare, calendar, today)
    wanted = request.figures or tuple(CATALOGUE)
    if unknown := [one for one in wanted if one not in CATALOGUE]:
        raise IndicatorUnknown(indicator=unknown[0])
    facts = Facts(reading, span, compare, request.zone)
    goals = goals_of(reading, span.name)
    return DashboardView(
        period=span,
        compare=compare,
        zone=request.zone,
        figures={one: _figure(facts, one, goals.get(one, Goal())) for one in wanted},
        months=_months(facts),
        heads=_heads(facts),
        channels=_channels(facts),
        openings=_openings(facts),
        months_to_keep=len(standings.months_to_keep(reading)),
    )


def _figure(facts: Facts, indicator: str, goal: Goal) -> Figure:
    spec, made = CATALOGUE[indicator], MAKERS[indicator](facts)
    return Figure(
        indicator=indicator,
        unit=spec.unit,
        direction=spec.direction,
        value=made.value,
        before=made.before if made.before is not None else goal.baseline,
        baseline=goal.baseline,
        target=goal.target,
        run=made.run,
        grade=made.grade,
        of_collection=made.of_collection,
    )


def goals_of(reading: Reading, period: str) -> dict[str, Goal]:
    """The goals of a period by indicator."""
    rows = reading.session.scalars(select(IndicatorGoal).where(IndicatorGoal.period == period))
    return {
        row.indicator: Goal(
            Decimal(row.baseline) if row.baseline is not None else None,
            Decimal(row.target) if row.target is not None else None,
        )
        for row in rows
    }


def _months(facts: Facts) -> tuple[MonthBar, ...]:
    now: dict[date, int] = defaultdict(int)
    before: dict[date, int] = defaultdict(int)
    for cell in facts.cells:
        now[cell.month] += cell.collected
    for cell in facts.cells_before:
        before[cell.month] += cell.collected
    others = facts.compare.months if facts.compare else ()
    return tuple(
        MonthBar(
            month=month,
            collected=Money(now[month]),
            before=Money(before[others[place]]) if place < len(others) else None,
        )
        for place, month in enumerate(facts.span.months)
    )


def _heads(facts: Facts) -> tuple[HeadLine, ...]:
    came: dict[str, int] = defaultdict(int)
    asked: dict[str, int] = defaultdict(int)
    came_before: dict[str, int] = defaultdict(int)
    asked_before: dict[str, int] = defaultdict(int)
    for cells, sums in ((facts.cells, came), (facts.cells_before, came_before)):
        for cell in cells:
            sums[cell.head] += cell.collected
    for demands, sums in ((facts.demands, asked), (facts.demands_before, asked_before)):
        for demand in demands:
            sums[demand.head] += demand.assessed
    lines = []
    for head in facts.reading.session.scalars(select(RevenueHead).order_by(RevenueHead.position)):
        if not (came[head.code] or asked[head.code] or came_before[head.code] or asked_before[head.code]):
            continue
        rate = ratio(came[head.code], asked[head.code])
        rate_before = ratio(came_before[head.code], asked_before[head.code])
        lines.append(
            HeadLine(
                code=head.code,
                names=head.names,
                kind=head.kind,
                assessed=Money(asked[head.code]),
                collected=Money(came[head.code]),
                rate=rate,
                points=rate - rate_before if rate is not None and rate_before is not None else None,
            )
        )
    return tuple(sorted(lines, key=lambda line: -line.collected.minor))


def _channels(facts: Facts) -> tuple[ChannelShare, ...]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    before: dict[str, int] = defaultdict(int)
    for cell in facts.cells:
        sums[cell.channel][0] += cell.collected
        sums[cell.channel][1] += cell.bills
    for cell in facts.cells_before:
        before[cell.channel] += cell.collected
    whole, whole_before = total_of(facts.cells), total_of(facts.cells_before)
    names = _channel_names(facts.reading)
    shares = [
        ChannelShare(
            channel=channel,
            names=names.get(channel) or {"en": CHANNELS[channel]},
            collected=Money(collected),
            payments=count,
            share=ratio(collected, whole),
            before=ratio(before[channel], whole_before),
        )
        for channel, (collected, count) in sums.items()
    ]
    return tuple(sorted(shares, key=lambda one: -one.collected.minor))


def _channel_names(reading: Reading) -> dict[str, Mapping[str, str]]:
    channels: Sequence[ChannelSpec] = profile_of(reading).channels
    return {channel.kind: channel.names for channel in channels}


def _openings(facts: Facts) -> tuple[ChannelOpening, ...]:
    """Channels whose first payment ever fell into the period, unless they were there from the first day."""
    rows = facts.reading.connection.execute(
        select(DayCollection.channel, func.min(DayCollection.day))
        .where(DayCollection.by == "booked", DayCollection.channel != CREDIT)
        .group_by(DayCollection.channel)
    ).all()
    begun = min((day for _channel, day in rows), default=None)
    names = _channel_names(facts.reading)
    return tuple(
        ChannelOpening(channel=channel, names=names.get(channel, {}), month=day.replace(day=1))
        for channel, day in rows
        if begun is not None
        and day > begun + timedelta(days=60)
        and facts.span.since <= day <= facts.span.until
    )


def periods(reading: Reading, request: Periods) -> PeriodsOffered:
    """Periods with figures, and the zones."""
    first = reading.connection.scalar(select(func.min(DayCollection.day)).where(DayCollection.by == "booked"))
    return PeriodsOffered(
        periods=tuple(offered(reading.municipality.calendar, first, reading.today)),
        zones=tuple((zone.code, zone.names) for zone in profile_of(reading).zones),
    )
