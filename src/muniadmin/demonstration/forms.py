"""Fills forms like "#####-A-15": # is a digit, @ a letter, ?? the check digits; nobody gets what another has."""

import math
import string
from functools import cache
from random import Random


@cache
def _scattering(room: int) -> int:
    """A step without a common divisor with ``room``: taken again and again, it visits every number below it once."""
    return next(step for step in range(room * 61803 // 100000 + 1, 2 * room) if math.gcd(step, room) == 1)


class Forms:
    """Remembers how often each form was filled for each purpose."""

    def __init__(self, rng: Random) -> None:
        self._taken: dict[str, int] = {}
        self._start = rng.random()

    def next_number(self, purpose: str, room: int) -> int:
        """A number that this purpose has not used, scattered below ``room``; when all are used, from ``room`` on."""
        used = self._taken.get(purpose, 0)
        self._taken[purpose] = used + 1
        round_, place = divmod(used, room)
        return round_ * room + (place * _scattering(room) + int(room * self._start)) % room

    def filled(self, form: str, purpose: str, *, woman: bool = False) -> str:
        """``form`` with its places filled so that nobody else of this purpose and form has the same."""
        places = [mark for mark in form if mark in "#@"]
        room = math.prod(10 if mark == "#" else 26 for mark in places)
        number = self.next_number(f"{purpose} {form}", room)
        overflow, number = divmod(number, room)
        text = []
        for mark in reversed(form):
            if mark == "#":
                number, digit = divmod(number, 10)
                text.append(str(digit))
            elif mark == "@":
                number, letter = divmod(number, 26)
                text.append(string.ascii_uppercase[letter])
            else:
                text.append(mark)
        filled = "".join(reversed(text)).replace("{sex}", "F" if woman else "M")
        if "??" in filled:
            # The common business identifier of Morocco: the whole number is divisible by 97.
            digits = filled.replace("?", "")
            filled = f"{digits}{-int(digits + '00') % 97:02d}"
        return filled if not overflow else f"{filled}-{overflow}"
