"""What is kept for indicators: goals, and what the months that are over came to on each head."""

from datetime import date

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.storage.base import Base


class IndicatorGoal(Base):
    """What is aimed at in a period, and where it started from; values as decimal text in the indicator's unit."""

    __tablename__ = "indicator_goal"

    indicator: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: As people name it: "2026", "2026-T3", "2026-05".
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    baseline: Mapped[str | None] = mapped_column(String(40))
    target: Mapped[str | None] = mapped_column(String(40))


class MonthClosing(Base):
    """What was assessed on a head in a month that is over, by booking day: kept so that figures of the past need not
    read every row. It can be made anew from the rows at any time, and ``verify`` does so."""

    __tablename__ = "month_closing"
    __table_args__ = (
        ForeignKeyConstraint(["ended_by", "ended_by_opening"], ["business_day.day", "business_day.opening"]),
    )

    #: The month's last day.
    month_end: Mapped[date] = mapped_column(primary_key=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"), primary_key=True)
    #: Minor units; what was found never to have been owed is deducted.
    assessed: Mapped[int]
    #: The business day by which it was over, the first after it; one that was opened by mistake ended nothing.
    ended_by: Mapped[date]
    ended_by_opening: Mapped[int]


class MonthLeft(Base):
    """What was left in the books at the end of a month that is over, by head and due day as postponed by then: what is
    overdue on a later day starts from it. Made and checked like ``MonthClosing``."""

    __tablename__ = "month_left"

    month_end: Mapped[date] = mapped_column(primary_key=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    #: Minor units, penalties booked and costs included; never zero.
    left: Mapped[int]
