"""Check of the series that papers and rows are numbered by."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import place_of
from muniadmin.storage.base import NumberSeries
from muniadmin.storage.numbering import IN_USE
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, streamed

_MISSING = N_("Series {subject} is missing, although its numbers are in use up to {end}.")
_DIFFERS = N_("Series {subject} stands at {last}, but the highest number in use is {end}.")
_FOREIGN = N_("Series {subject} is none of the program’s: nothing bears its numbers.")


def series(reading: Reading, look: Look) -> Iterator[Finding]:
    """Each series stands at the highest of its numbers that is in use, and there are no others."""
    in_use: dict[tuple[str, int], int] = {}
    for wanted in IN_USE.values():
        for name, year, number in streamed(reading, look, wanted):
            # What is no number any more is said where its row is looked at.
            place = place_of(number) if isinstance(number, str) else (year, number or 0)
            if place is not None:
                one = (name, place[0])
                in_use[one] = max(place[1], in_use.get(one, 0))
    every = select(NumberSeries.series, NumberSeries.year, NumberSeries.last)
    stands_at: dict[tuple[str, int], Any] = {
        (name, year): last for name, year, last in streamed(reading, look, every)
    }
    for name, year in sorted(in_use.keys() | stands_at.keys(), key=str):
        look()
        last, end = stands_at.get((name, year)), in_use.get((name, year), 0)
        if last == end or (last is None and not end):
            continue
        message = _DIFFERS
        if str(name).partition(":")[0] not in IN_USE:
            message = _FOREIGN
        elif last is None:
            message = _MISSING
        yield Finding(
            check="series",
            table="number_series",
            key=f"{name} {year}",
            subject=f"{name} {year}" if year else name,
            message=message,
            facts={"last": last, "end": end},
        )
