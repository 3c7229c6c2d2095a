"""Numbers that people read, type and scan. Each ends in a check character (ISO 7064, mod 37,36).

A leading letter tells what the number is of; a receipt starts with its cash desk's digits instead, because the
law wants the desk and the year in it. The bar code holds the number exactly as it is printed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_

# What stands between a number's letter and its check character; the running number's length goes into it.
YEARLY = r"(\d{4})(\d{%s})"
LIFELONG = r"(\d{%s})"
BY_DESK = r"(\d{1,3})(20\d{2})(\d{6})"


@dataclass(frozen=True)
class NumberKind:
    """What a number is of. Each stands in the ``names.py`` of its slice."""

    #: What the number begins with; no two kinds share it.
    letter: str
    form: str = YEARLY
    #: How many digits the running number has at least.
    digits: int = 6
    #: Whether bills bear such numbers.
    on_bills: bool = False


class WrongNumber(UserError):
    """The check character does not fit: a digit was mistyped or misread."""

    message = N_("“{text}” is not a valid number: a digit or letter is wrong.")
    hint = N_("Scan it again, or compare it with the paper.")


_registered: tuple[tuple[NumberKind, re.Pattern[str]], ...] = ()


def register_numbers(kinds: Iterable[NumberKind]) -> None:
    """Says which kinds there are; bootstrap does, from the slices. ValueError when two share a letter."""
    global _registered
    known = [(kind, _pattern(kind)) for kind in kinds]
    letters = sorted(kind.letter for kind, _form in known)
    if len(set(letters)) < len(letters):
        raise ValueError(f"two kinds of numbers share a letter: {letters}")
    _registered = tuple(known)


def _pattern(kind: NumberKind) -> re.Pattern[str]:
    # No shorter than any that is printed: a number whose scan was held up before its last letter is none.
    running = kind.form.replace("%s", f"{kind.digits},9")
    # Figures of another script are letters of a search: the check character is reckoned from ours alone.
    return re.compile(f"{kind.letter}{running}[0-9A-Z]", re.ASCII)


def checked_number(kind: NumberKind, *parts: str) -> str:
    """The number of these parts as it is printed, with its check character."""
    body = "".join(parts)
    return "-".join(
        [*([kind.letter] if kind.letter else []), *parts, mod_37_36.calc_check_digit(kind.letter + body)]
    )


def yearly_number(kind: NumberKind, year: int, sequence: int) -> str:
    """E.g. ``A-2026-0041187-K`` for a bill."""
    return checked_number(kind, f"{year:04d}", f"{sequence:0{kind.digits}d}")


_WITH_LETTER = re.compile(r"[A-Z]-(?:(\d{4})-)?(\d+)-[0-9A-Z]")


def place_of(number: str) -> tuple[int, int] | None:
    """The year, 0 where it is for life, and the running number in a number with a letter as it is printed; None when it
    is none."""
    match = _WITH_LETTER.fullmatch(number)
    return (int(match[1] or 0), int(match[2])) if match else None


def read_number(text: str) -> tuple[NumberKind, str] | None:
    """What ``text`` is the number of, and its printed form; None when it does not look like one of our numbers.

    Blanks, dashes and case do not matter. Raises WrongNumber when it looks like one but its check character is wrong.
    """
    bare = re.sub(r"[\s\-–_/]", "", text).upper()
    for kind, pattern in _registered:
        if match := pattern.fullmatch(bare):
            number = checked_number(kind, *match.groups())
            if number.replace("-", "") != bare:
                raise WrongNumber(text=text.strip())
            return kind, number
    return None
