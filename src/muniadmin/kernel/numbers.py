"""Numbers that people read, type and scan. Each ends in a check character (ISO 7064, mod 37,36).

A leading letter tells what the number is of; a receipt starts with its cash desk's digits instead, because the
law wants the desk and the year in it. The bar code holds the number exactly as it is printed.
"""

import re
from enum import Enum

from stdnum.iso7064 import mod_37_36

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class NumberKind(Enum):
    """What a number is of; the value is its leading letter."""

    TAXPAYER = "C"
    BILL = "A"
    FINE = "P"
    REQUEST = "D"
    EXTRACT = "E"
    DECISION = "R"
    STATEMENT = "S"
    RECEIPT = ""


class WrongNumber(UserError):
    """The check character does not fit: a digit was mistyped or misread."""

    message = N_("“{text}” is not a valid number: a digit or letter is wrong.")
    hint = N_("Scan it again, or compare it with the paper.")


_WITH_YEAR = re.compile(r"([ADEPRS])(\d{4})(\d{6,9})([0-9A-Z])")
_TAXPAYER = re.compile(r"C(\d{7,9})([0-9A-Z])")
_RECEIPT = re.compile(r"(\d{1,3})(20\d{2})(\d{6})([0-9A-Z])")
_WIDTH = {NumberKind.BILL: 7}


def _checked(kind: NumberKind, *parts: str) -> str:
    body = "".join(parts)
    return "-".join(
        [*([kind.value] if kind.value else []), *parts, mod_37_36.calc_check_digit(kind.value + body)]
    )


def taxpayer_number(sequence: int) -> str:
    """E.g. ``C-0018342-7``: for life, without a year."""
    return _checked(NumberKind.TAXPAYER, f"{sequence:07d}")


def yearly_number(kind: NumberKind, year: int, sequence: int) -> str:
    """E.g. ``A-2026-0041187-K`` for a bill."""
    return _checked(kind, f"{year:04d}", f"{sequence:0{_WIDTH.get(kind, 6)}d}")


def receipt_number(desk: int, year: int, sequence: int) -> str:
    """E.g. ``3-2026-000123-K``: desk 3, fiscal year 2026, the 123rd receipt of both."""
    return _checked(NumberKind.RECEIPT, str(desk), f"{year:04d}", f"{sequence:06d}")


def read_number(text: str) -> tuple[NumberKind, str] | None:
    """What ``text`` is the number of, and its printed form; None when it does not look like one of our numbers.

    Blanks, dashes and case do not matter. Raises WrongNumber when it looks like one but its check character is wrong.
    """
    bare = re.sub(r"[\s\-–_/]", "", text).upper()
    if match := _WITH_YEAR.fullmatch(bare):
        kind, parts = NumberKind(match[1]), [match[2], match[3]]
    elif match := _TAXPAYER.fullmatch(bare):
        kind, parts = NumberKind.TAXPAYER, [match[1]]
    elif match := _RECEIPT.fullmatch(bare):
        kind, parts = NumberKind.RECEIPT, [match[1], match[2], match[3]]
    else:
        return None
    number = _checked(kind, *parts)
    if number.replace("-", "") != bare:
        raise WrongNumber(text=text.strip())
    return kind, number
