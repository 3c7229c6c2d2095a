"""Who pays when, and how. Pure: planned from the bills and the recipe's habits alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from muniadmin.collection.rules import Channel
from muniadmin.demonstration.recipe import Habits
from muniadmin.kernel.dates import FiscalCalendar

_LARGE_CHANNELS = (Channel.CHEQUE, Channel.TRANSFER)
# Counted, not drawn, so that the smallest town has some who go for two.
_GO_ALONE = 40


@dataclass(frozen=True, slots=True)
class Debt:
    """What the planning needs to know of an instalment."""

    charge_id: int
    account_id: int
    #: tax | fee | fine
    kind: str
    issued_on: date
    due_on: date
    #: When its bill was written, where it is paid on the same day.
    written_at: datetime | None = None


@dataclass(slots=True)
class Visit:
    """Somebody comes to pay for one account or several: these instalments, wholly, or half of what is due."""

    account_ids: list[int]
    charge_ids: list[int] = field(default_factory=list)
    half: bool = False
    only_taxes: bool = True
    not_before: datetime | None = None


@dataclass(frozen=True)
class Diary:
    """Which days the counter is open, and which share of people pays how in which year."""

    habits: Habits
    calendar: FiscalCalendar
    first_year: int
    last_day: date
    _shares: dict[date, Mapping[str, float]] = field(default_factory=dict, compare=False, repr=False)

    def open_day(self, day: date) -> date:
        """``day``, or the next one on which the counter is open."""
        while day.isoweekday() in self.habits.closed_days or (day.month, day.day) in (
            (1, 1),
            (12, 25),
            (5, 1),
        ):
            day += timedelta(days=1)
        return day

    def of_year(self, sequence: Sequence[float], day: date) -> float:
        """The figure of the fiscal year of ``day``."""
        return sequence[self._place(len(sequence), day)]

    def channels(self, day: date) -> Mapping[str, float]:
        """The shares of the channels on ``day``: a year begins nearer to the figures of the one before."""
        if (known := self._shares.get(day)) is not None:
            return known
        place = self._place(len(self.habits.channels), day)
        now = self.habits.channels[place]
        before = self.habits.channels[max(place - 1, 0)]
        year = self.calendar.year(self.calendar.year_of(day))
        gone = (day - year.start).days / ((year.end - year.start).days + 1)
        lean = max(0.0, 0.5 - gone)
        shares = {
            channel: share * (1 - lean) + before.get(channel, 0) * lean for channel, share in now.items()
        }
        self._shares[day] = shares
        return shares

    def _place(self, length: int, day: date) -> int:
        return min(max(self.calendar.year_of(day) - self.first_year, 0), length - 1)


class Planner:
    """Decides for each new bill whether and when somebody comes to pay it, and remembers who comes on which day.

    Everybody keeps a character: the conscientious pay before the due date, many in its last days; others come weeks
    or months later and then pay everything that is open; some come only after reminders, or not at all.
    """

    def __init__(self, diary: Diary, rng: Random) -> None:
        self._diary, self._rng = diary, rng
        self._characters: dict[int, float] = {}
        self._visits: dict[date, dict[int, Visit]] = {}
        self._alone = 0

    def plan(self, debts: Iterable[Debt]) -> None:
        """Takes up new instalments; they come account by account, each account's by their due dates."""
        same: tuple[int, date] | None = None
        day: date | None = None
        for debt in debts:
            # Taxes of one taxpayer with one due date are paid together.
            if (debt.account_id, debt.due_on) != same or debt.kind != "tax":
                same = (debt.account_id, debt.due_on)
                day = _day_of(debt, self._character(debt.account_id), self._diary, self._rng)
            if day is not None and day <= self._diary.last_day:
                self._note(debt, day)

    def take(self, day: date) -> list[Visit]:
        """Who comes on ``day``; now and then one goes for two."""
        visits = list(self._visits.pop(day, {}).values())
        for place in range(len(visits) - 1, 0, -1):
            one, other = visits[place - 1], visits[place]
            self._alone += 1
            if self._alone >= _GO_ALONE and one.only_taxes and other.only_taxes:
                one.account_ids += other.account_ids
                one.charge_ids += other.charge_ids
                one.half = one.half or other.half
                del visits[place]
                self._alone = 0
        return visits

    def again(self, visit: Visit, day: date) -> None:
        """They come once more on ``day``, for the same."""
        if day <= self._diary.last_day:
            self._visit(visit.account_ids[0], day).charge_ids += visit.charge_ids

    def _character(self, account_id: int) -> float:
        known = self._characters.get(account_id)
        if known is None:
            known = self._characters[account_id] = self._rng.random()
        return known

    def _note(self, debt: Debt, day: date) -> None:
        visit = self._visit(debt.account_id, day)
        visit.charge_ids.append(debt.charge_id)
        visit.only_taxes = visit.only_taxes and debt.kind == "tax"
        visit.not_before = max(
            (at for at in (visit.not_before, debt.written_at) if at is not None), default=None
        )
        rng, diary = self._rng, self._diary
        if debt.kind != "tax" or len(visit.charge_ids) > 1 or rng.random() >= diary.habits.partly:
            return
        # This one is paid half now, and the rest some weeks later, perhaps.
        visit.half = True
        again = diary.open_day(day + timedelta(days=rng.randint(20, 140)))
        if again <= diary.last_day and rng.random() < 0.8:
            self._visit(debt.account_id, again).charge_ids.append(debt.charge_id)

    def _visit(self, account_id: int, day: date) -> Visit:
        of_day = self._visits.setdefault(day, {})
        if account_id not in of_day:
            of_day[account_id] = Visit([account_id])
        return of_day[account_id]


def _day_of(debt: Debt, character: float, diary: Diary, rng: Random) -> date | None:
    """The day somebody of this character pays the debt; None: not in sight."""
    habits = diary.habits
    if debt.kind == "fee":
        return diary.open_day(debt.issued_on)
    if debt.kind == "fine":
        return _day_of_fine(debt, character, diary, rng)
    punctual = diary.of_year(habits.punctual, debt.due_on)
    # Debts that were taken over were due long before.
    due_on = max(debt.due_on, debt.issued_on)
    if character < punctual:
        window = max((due_on - debt.issued_on).days, 1)
        before = int(window * rng.random() ** 1.7)
        day = diary.open_day(max(due_on - timedelta(days=before), debt.issued_on + timedelta(days=1)))
        # Whoever finds the counter closed on the last day comes before it.
        return day if day <= due_on else _open_before(diary, due_on, debt.issued_on)
    if character < punctual + diary.of_year(habits.late, debt.due_on):
        return diary.open_day(due_on + timedelta(days=2 + int(rng.expovariate(1 / 34))))
    if rng.random() < habits.after_reminders:
        return diary.open_day(due_on + timedelta(days=90 + int(rng.expovariate(1 / 190))))
    return None


def _day_of_fine(debt: Debt, character: float, diary: Diary, rng: Random) -> date | None:
    if character < 0.34:
        return diary.open_day(debt.issued_on + timedelta(days=rng.randint(0, 12)))
    if character < 0.55:
        return diary.open_day(debt.issued_on + timedelta(days=rng.randint(9, 30)))
    if character < 0.68:
        return diary.open_day(debt.due_on + timedelta(days=1 + int(rng.expovariate(1 / 60))))
    return None


def _open_before(diary: Diary, day: date, first: date) -> date:
    while diary.open_day(day) != day and day > first:
        day -= timedelta(days=1)
    return diary.open_day(day)


def choose_channel(diary: Diary, day: date, amount: int, large: int, rng: Random) -> Channel:
    """How an amount is paid on a day: larger amounts rather by cheque or transfer."""
    shares = diary.channels(day)
    weights = [
        share * (3.0 if amount >= large and channel in _LARGE_CHANNELS else 1.0)
        for channel, share in shares.items()
    ]
    return Channel(rng.choices(list(shares), weights)[0])
