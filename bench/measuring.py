"""How every benchmark measures: ours and its yardstick in the same run, turn by turn, compared pair by pair.

A machine that others share drifts by a factor of two within minutes; the ratio of two measurements taken one right
after the other does not. So each round times both, the first of them changing, and what counts is the median of the
rounds' ratios.
"""

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "out" / "bench"


@dataclass(frozen=True)
class Goal:
    """A limit for a ratio, from one side."""

    limit: float
    at_least: bool

    def met(self, ratio: float) -> bool:
        """Whether the ratio is on the right side of the limit."""
        return ratio >= self.limit if self.at_least else ratio <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


def at_least(limit: float) -> Goal:
    """For ratios of speed."""
    return Goal(limit, at_least=True)


def at_most(limit: float) -> Goal:
    """For ratios of time."""
    return Goal(limit, at_least=False)


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    #: What is measured, e.g. "payment, SQLite".
    benchmark: str
    #: What it is held against, e.g. "raw sqlite3, same statements".
    yardstick: str
    #: Of the two figures: "tx/s", "ms"...
    unit: str
    #: Medians over the rounds.
    ours: float
    theirs: float
    #: Ours by theirs, one for each round.
    ratios: tuple[float, ...]
    #: None: printed without being held to a limit.
    goal: Goal | None
    #: What was checked of what was stored or shown.
    checked: str

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        return None if self.goal is None else self.goal.met(self.ratio)


@dataclass
class Rounds:
    """The figures of one pair, round by round."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def add(self, ours: float, theirs: float) -> None:
        """The figures of one round, in the unit of the table."""
        self.ours.append(ours)
        self.theirs.append(theirs)

    def result(self, benchmark: str, yardstick: str, unit: str, *, goal: Goal | None, checked: str) -> Result:
        """The table's line."""
        return Result(
            benchmark=benchmark,
            yardstick=yardstick,
            unit=unit,
            ours=statistics.median(self.ours),
            theirs=statistics.median(self.theirs),
            ratios=tuple(ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True)),
            goal=goal,
            checked=checked,
        )


def alternate(
    rounds: int,
    ours: Callable[[int], float],
    theirs: Callable[[int], float],
    *,
    warm_up: int = 1,
) -> Rounds:
    """Calls both with the number of the round, taking turns at being first; each returns its figure.

    The first ``warm_up`` rounds are not counted.
    """
    found = Rounds()
    for number in range(warm_up + rounds):
        gc.collect()
        if number % 2:
            second, first = theirs(number), ours(number)
        else:
            first, second = ours(number), theirs(number)
        if number >= warm_up:
            found.add(first, second)
    return found


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(values: list[float], percent: float) -> float:
    """The value that ``percent`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@contextmanager
def folder_on_disk() -> Iterator[Path]:
    """A folder for databases beside the results: a temporary folder might be kept in memory, where waiting for the
    disk costs nothing."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=OUT, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def say(text: str) -> None:
    """Tells whoever watches what is being prepared; the table alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)


def cores() -> int:
    """How many processors there are."""
    return os.cpu_count() or 1
