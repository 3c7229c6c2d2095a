"""Rules of fines: number plates, what a fine comes to on a day, its state, and what may be done in it. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from muniadmin.kernel.i18n import NP_, pgettext
from muniadmin.kernel.money import ZERO, Money
from muniadmin.settings.profile import FineStep

# --- states --------------------------------------------------------------------------------------------------------


class FineState(StrEnum):
    """Where a fine stands on a day; always computed, never stored."""

    DISCOUNT = "discount"
    OPEN = "open"
    INCREASED = "increased"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
    VOID = "void"
    SETTLED_BEFORE = "settled_before"


STATE_NAMES: Mapping[FineState, str] = {
    FineState.DISCOUNT: NP_("fine", "reduced"),
    FineState.OPEN: NP_("fine", "to pay"),
    FineState.INCREASED: NP_("fine", "increased"),
    FineState.PARTLY_PAID: NP_("fine", "partly paid"),
    FineState.PAID: NP_("fine", "paid"),
    FineState.WRITTEN_OFF: NP_("fine", "written off"),
    FineState.VOID: NP_("fine", "void"),
    FineState.SETTLED_BEFORE: NP_("fine", "settled before import"),
}


def state_word(state: FineState) -> str:
    """The state in the language in force."""
    return pgettext("fine", STATE_NAMES[state])


class FineAct(StrEnum):
    """Something that may be done with a fine."""

    PAY = "pay"
    PRINT = "print"
    VOID = "void"


_UNPAID = frozenset({FineAct.PAY, FineAct.VOID})

#: What may be done in each state, before anything is paid and any notice is issued.
STEPS: Mapping[FineState, frozenset[FineAct]] = {
    FineState.DISCOUNT: _UNPAID,
    FineState.OPEN: _UNPAID,
    FineState.INCREASED: _UNPAID,
    FineState.PARTLY_PAID: frozenset({FineAct.PAY}),
    FineState.PAID: frozenset(),
    # Nobody hopes for it, but whoever comes to pay may.
    FineState.WRITTEN_OFF: frozenset({FineAct.PAY}),
    FineState.VOID: frozenset(),
    FineState.SETTLED_BEFORE: frozenset(),
}


@dataclass(frozen=True)
class FineFacts:
    """What decides a fine's state. ``total`` and ``settled`` are what is booked on its bill and settled of that; None
    when it has no bill."""

    void: bool
    total: Money | None
    settled: Money | None
    #: Of the settled, what nobody hopes for any more and is no money.
    written_off: Money
    #: The last day of the reduced amount that is offered now, whatever was paid of it; None: none is.
    discount_until: date | None
    #: The first day of the first increased amount.
    increases_on: date | None


def state_of(fine: FineFacts, day: date) -> FineState:
    """The state on ``day``. A part payment does not end a reduction; after that it is the news until the rest
    is paid."""
    if fine.void:
        return FineState.VOID
    if fine.total is None or fine.settled is None:
        return FineState.SETTLED_BEFORE
    if fine.settled >= fine.total:
        return FineState.WRITTEN_OFF if fine.written_off else FineState.PAID
    if fine.discount_until is not None and day <= fine.discount_until:
        return FineState.DISCOUNT
    if fine.settled:
        return FineState.PARTLY_PAID
    if fine.increases_on is not None and day >= fine.increases_on:
        return FineState.INCREASED
    return FineState.OPEN


def acts_of(fine: FineFacts, day: date, *, has_notice: bool = False) -> frozenset[FineAct]:
    """What may be done with a fine on ``day``; buttons and services both look here. What was paid on is not voided; a
    notice is issued while the fine can be paid, and the one there is may be printed again whatever happened."""
    acts = STEPS[state_of(fine, day)]
    if FineAct.PAY in acts or has_notice:
        acts |= {FineAct.PRINT}
    return acts - {FineAct.VOID} if fine.settled else acts


# --- amounts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AmountStep:
    """What a fine costs up to and including a day; None: from then on for ever."""

    amount: Money
    until: date | None


@dataclass(frozen=True)
class Amounts:
    """Everything a fine may come to, fixed on the day of the offence: reduced first, then full, then increased."""

    full: Money
    reduced: tuple[AmountStep, ...]
    increased: tuple[AmountStep, ...]
    full_until: date | None
    due_on: date

    @property
    def steps(self) -> tuple[AmountStep, ...]:
        """The amounts one after the other; the last has no end."""
        return (*self.reduced, AmountStep(self.full, self.full_until), *self.increased)

    def on(self, day: date) -> Money:
        """What settles the unpaid fine on ``day``."""
        return next(step.amount for step in self.steps if step.until is None or day <= step.until)

    @property
    def discount_until(self) -> date | None:
        """The last day on which anything is waived."""
        return self.reduced[-1].until if self.reduced else None

    @property
    def increases_on(self) -> date | None:
        """The first day on which more than the full amount is owed."""
        return self.full_until + timedelta(days=1) if self.full_until is not None else None

    @property
    def offers(self) -> tuple[tuple[int, date], ...]:
        """The reduced amounts as billing keeps them: (minor units, last day)."""
        return tuple((step.amount.minor, step.until) for step in self.reduced if step.until is not None)

    @property
    def penalty_rule(self) -> dict[str, Any] | None:
        """The increases as billing keeps them, counted from the due date; None leaves the head's own rule in force."""
        if not self.increased:
            return None
        return {
            "steps": [
                {
                    "after_days": (before.until - self.due_on).days,
                    "amount": (step.amount - before.amount).minor,
                }
                for before, step in pairwise(self.steps[len(self.reduced) :])
                if before.until is not None
            ]
        }


def amounts_of(
    full: Money, day: date, reduced: Sequence[FineStep], increased: Sequence[FineStep], due_days: int
) -> Amounts:
    """What an offence committed on ``day`` comes to. Days count from the day of the offence, which is day 0.

    A reduction that is none for this amount or leaves nothing of it, or that would still run when the first increase
    comes, has no effect; an increase is never below the full amount. The due date is ``due_days`` on, but never within
    a reduction nor after the first increase.
    """
    rising = sorted(increased, key=lambda step: step.days)
    first_rise = rising[0].days if rising else None
    early = [
        AmountStep(step.of(full), day + timedelta(days=step.days))
        for step in sorted(reduced, key=lambda step: step.days)
        if ZERO < step.of(full) < full and (first_rise is None or step.days < first_rise)
    ]
    ends = [day + timedelta(days=step.days) for step in rising]
    due_on = min([day + timedelta(days=due_days), *ends[:1]])
    if early and early[-1].until is not None:
        due_on = max(due_on, early[-1].until)
    late = tuple(
        AmountStep(max(full, step.of(full)), until)
        for step, until in zip(rising, [*ends[1:], None] if ends else [], strict=True)
    )
    return Amounts(full, tuple(early), late, ends[0] if ends else None, due_on)


# --- number plates -------------------------------------------------------------------------------------------------

# Moroccan plates carry an Arabic letter; these are the Latin ones the law puts beside them for travel abroad
# (order 2711-10, article 28), so that both ways of writing a plate are one plate.
_LATIN = str.maketrans(
    {
        "ا": "A", "أ": "A", "إ": "A", "آ": "A", "ٱ": "A", "ب": "B", "د": "D", "ه": "H", "ھ": "H", "ة": "H",
        "و": "E", "ؤ": "E", "ط": "T", "ي": "Y", "ى": "Y", "ی": "Y", "ـ": None,
    }
)  # fmt: skip
_ARABIC = {"A": "ا", "B": "ب", "D": "د", "H": "ه", "E": "و", "T": "ط", "Y": "ي"}
_MOROCCAN = re.compile(r"(\d{1,5})([ABDHETY])(\d{1,2})")

# What devices and clerks write where a plate could not be read.
_STAND_INS = frozenset(
    "BLANKPLATE BLANK NOPLATE NOPLATES NONE NULL NA NAN UNKNOWN UNREADABLE ILLEGIBLE MISSING ILLISIBLE SANSPLAQUE SANS "
    "INCONNU INCONNUE SINPLACA ILEGIBLE DESCONOCIDA".split()
)


@dataclass(frozen=True)
class Plate:
    """A number plate: as it is shown, as it is compared, and whether it is one at all."""

    shown: str
    key: str
    readable: bool


def read_plate(text: str) -> Plate:
    """The plate that ``text`` stands for. "12345-أ-15", "12345 a 15" and "12345A15" are one plate.

    It is shown as it was read, in capitals; one with an Arabic letter with its Latin one, because figures beside an
    Arabic letter change places in a line of text. Stand-ins ("BLANKPLATE"), nothing, and one sign repeated
    ("9999999999") are no plates.
    """
    shown = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    key = plate_key(shown)
    if not shown.isascii() and (moroccan := _MOROCCAN.fullmatch(key)):
        shown = "-".join(moroccan.groups())
    repeated = len(key) >= 6 and len(set(key)) == 1
    return Plate(shown, key, bool(key) and not repeated and key not in _STAND_INS)


def plate_key(text: str) -> str:
    """Capitals and ASCII digits without blanks and dashes, Moroccan letters in their Latin form."""
    if text.isascii():
        return "".join(char for char in text.upper() if char.isalnum())
    latin = unicodedata.normalize("NFKC", text).upper().translate(_LATIN)
    return "".join(str(unicodedata.digit(char, char)) for char in latin if char.isalnum())


def plate_spellings(key: str) -> tuple[str, ...]:
    """The ways in which a compared plate may stand on the register: Latin and, for a Moroccan one, Arabic."""
    match = _MOROCCAN.fullmatch(key)
    return (key,) if match is None else (key, f"{match[1]}{_ARABIC[match[2]]}{match[3]}")


# --- the officers' numbering ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """Numbers missing in an officer's series, first and last included."""

    officer: str
    first: str
    last: str
    count: int


_NUMBERED = re.compile(r"(.*?)(\d{1,15})")
LONGEST_GAP = 1000


def numbering_gaps(numbers: Mapping[str, Sequence[str]]) -> list[Gap]:
    """What is missing in the officers' series of ticket numbers: {officer: numbers}.

    A leap of more than a thousand numbers is a new booklet, not a gap.
    """
    gaps = []
    for officer, written in sorted(numbers.items()):
        series: dict[tuple[str, int], set[int]] = {}
        for number in written:
            if match := _NUMBERED.fullmatch(number.strip()):
                series.setdefault((match[1], len(match[2])), set()).add(int(match[2]))
        for (prefix, width), found in sorted(series.items()):
            for before, after in pairwise(sorted(found)):
                missing = after - before - 1
                if 0 < missing <= LONGEST_GAP:
                    first, last = (f"{prefix}{number:0{width}d}" for number in (before + 1, after - 1))
                    gaps.append(Gap(officer, first, last, missing))
    return gaps


# --- moments -------------------------------------------------------------------------------------------------------


def instant_of(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a day and time as the municipality's clocks show them."""
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
