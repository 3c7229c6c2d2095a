"""What is kept for indicators: goals, and what the days that are over came to on each head."""

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.storage.base import Base, append_only


class IndicatorGoal(Base):
    """What is aimed at in a period, and where it started from; values as decimal text in the indicator's unit."""

    __tablename__ = "indicator_goal"

    indicator: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: As people name it: "2026", "2026-T3", "2026-05".
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    baseline: Mapped[str | None] = mapped_column(String(40))
    target: Mapped[str | None] = mapped_column(String(40))


class DayStanding(Base):
    """What was assessed on a head on a day that is over, and where the head stood at the day's end.

    It never changes: nothing is booked on a day gone by.
    """

    __tablename__ = "day_standing"

    day: Mapped[date] = mapped_column(primary_key=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"), primary_key=True)
    #: Booked as revenue that day, annulments deducted; minor units.
    assessed: Mapped[int]
    #: Overdue that day, and the part of it that had been due for more than a year; minor units.
    overdue: Mapped[int]
    overdue_old: Mapped[int]
    #: What fell due that day and had not been annulled by then, and what of it was settled by then.
    fell_due: Mapped[int]
    on_time: Mapped[int]


append_only("day_standing")
