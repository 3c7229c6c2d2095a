"""How the tables of indicators are proved."""

from muniadmin.indicators.models import IndicatorGoal, MonthClosing, MonthLeft
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, IndicatorGoal)
declare(Proof.CACHE, MonthClosing, MonthLeft, why="charges and settlements booked by the end of the month")
