"""What a scanner sent, read as our numbers whatever was put around them and whichever keyboard the computer has.

A scanner behaves as a keyboard: it presses keys by their places, as delivered those of the US keyboard, and the
computer makes letters of them by its own layout. Nothing here knows the screen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_

# What reads numbers is slow to import, and this is imported before the first picture.
if TYPE_CHECKING:
    from muniadmin.kernel.numbers import NumberKind

#: Fewer letters than that are no code: the shortest in use is an EAN-8, and no person types so many at such a pace.
SHORTEST = 6
#: Numbers are cut apart only where each piece is one of ours; none is longer.
_LONGEST_NUMBER, _SHORTEST_NUMBER = 24, 8
_READ_RIGHTLY = re.compile(r"(?i)ma\d+\|")

# The 47 keys with a letter on them, row by row, on the US keyboard and on others, each without and with the shift key.
# A blank stands where the layout has a dead key, which gives no letter by itself.
_US = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./" + '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
_OTHERS: Mapping[str, str] = {
    "fr": "²&é\"'(-è_çà)=azertyuiop $*qsdfghjklmùwxcvbn,;:!~1234567890°+AZERTYUIOP £µQSDFGHJKLM%WXCVBN?./§",
    "es": "º1234567890'¡qwertyuiop +çasdfghjklñ zxcvbnm,.-ª!\"·$%&/()=?¿QWERTYUIOP *ÇASDFGHJKLÑ ZXCVBNM;:_",
    "latam": "|1234567890'¿qwertyuiop +}asdfghjklñ{zxcvbnm,.-"
    '°!"#$%&/()=?¡QWERTYUIOP *]ASDFGHJKLÑ[ZXCVBNM;:_',
    "de": " 1234567890ß qwertzuiopü+#asdfghjklöäyxcvbnm,.-°!\"§$%&/()=? QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
}
_UNDONE = {
    layout: str.maketrans({there: us for us, there in zip(_US, keys, strict=True) if there != " "})
    for layout, keys in _OTHERS.items()
}

LAYOUTS: Mapping[str, str] = {
    "": N_("Found by itself"),
    "us": N_("Same as the computer’s"),
    "fr": N_("US scanner, French keyboard (France, Morocco)"),
    "es": N_("US scanner, Spanish keyboard (Spain)"),
    "latam": N_("US scanner, Spanish keyboard (Latin America)"),
    "de": N_("US scanner, German keyboard"),
}
"""What a workstation may be set to: how the letters of its scanner are read."""


class NoneOfOurs(UserError):
    """A code that is on none of our papers."""

    message = N_("“{text}” was scanned: it is none of this municipality’s numbers.")
    hint = N_("If the paper is ours, the scanner’s keyboard may not fit: see Administration, Workstation.")


@dataclass(frozen=True)
class Setting:
    """How the scanner of a workstation is set: what it puts before and after every code, and its keyboard."""

    prefix: str = ""
    suffix: str = ""
    layout: str = ""


@dataclass(frozen=True)
class Reading:
    """What was scanned: our numbers, or the text of a square code, or why it is neither."""

    #: As it was read, without what the scanner put around it.
    text: str
    numbers: "tuple[tuple[NumberKind, str], ...]" = ()
    is_square_code: bool = False
    problem: UserError | None = None
    #: As it came, from which layout it had to be undone, and how many milliseconds lay between two letters, if they
    #: were a scanner's.
    sent: str = ""
    layout: str = ""
    pace: float | None = None

    @property
    def name(self) -> str:
        """How it is called in a sentence: by its numbers, or by the beginning of what was read."""
        if self.numbers:
            return ", ".join(number for _kind, number in self.numbers)
        return self.text if len(self.text) <= 24 else f"{self.text[:23]}…"

    @property
    def is_ours(self) -> bool:
        """Whether it says which paper was scanned."""
        return bool(self.numbers) or self.is_square_code


def read_scan(sent: str, setting: Setting | None = None) -> Reading:
    """What ``sent`` is. It may have been typed as well: nothing is supposed about its pace."""
    from muniadmin.documents.scanned import is_square_code
    from muniadmin.kernel.numbers import WrongNumber

    setting = setting or Setting()
    wrong: WrongNumber | None = None
    for layout, typed in _as_on_us_keys(sent, setting.layout):
        bare = _bare(typed, setting)
        if _READ_RIGHTLY.match(bare):
            return Reading(bare, is_square_code=True, sent=sent, layout=layout)
        if valid := _valid_as_it_stands(typed):
            return Reading(_bare(typed, Setting()), numbers=(valid,), sent=sent, layout=layout)
        try:
            numbers = _numbers_in(bare)
        except WrongNumber as problem:
            wrong = wrong or problem
            continue
        if numbers:
            return Reading(bare, numbers=numbers, sent=sent, layout=layout)
    if is_square_code(sent):
        # Its letters are not the right ones on any keyboard; what is wrong with it is told where papers are checked.
        return Reading(_bare(sent, setting), is_square_code=True, sent=sent)
    layout, typed = _with_most_figures(sent, setting.layout)
    bare = _bare(typed, setting)
    none_of_ours = NoneOfOurs(text=bare if len(bare) <= 40 else f"{bare[:39]}…")
    return Reading(bare, problem=wrong or none_of_ours, sent=sent, layout=layout)


def is_mostly_figures(text: str) -> bool:
    """Whether letters that came at a scanner's pace are a code of others, on whichever keyboard. A line that was held
    up may bring a whole word at once that a person typed."""
    _layout, typed = _with_most_figures(text, "")
    return len(text) >= SHORTEST and 2 * _figures(typed) >= len(text)


def _as_on_us_keys(sent: str, wanted: str) -> list[tuple[str, str]]:
    """The text as it stands, and as the US keyboard would have it if the computer has another, with that one's name."""
    undone = {layout: table for layout, table in _UNDONE.items() if wanted in ("", layout)}
    return [("", sent), *((layout, sent.translate(table)) for layout, table in undone.items())]


def _with_most_figures(sent: str, wanted: str) -> tuple[str, str]:
    """A code of others as its scanner meant it: codes are of figures above all, which French keyboards have elsewhere;
    what the workstation is set to leaves no doubt."""
    return max(
        _as_on_us_keys(sent, wanted),
        key=lambda one: (wanted in _UNDONE and one[0] == wanted, _figures(one[1])),
    )


def _figures(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _bare(text: str, setting: Setting) -> str:
    """Without what is put around a code: control letters (STX, ETX, line ends), the three letters that name the sort of
    bar code (AIM, ISO/IEC 15424), the asterisks of Code 39, and what the workstation says its scanner adds."""
    text = _stripped(text)
    text = text.removeprefix(setting.prefix) if setting.prefix else text
    text = text.removesuffix(setting.suffix) if setting.suffix else text
    return _stripped(re.sub(r"^\][A-Za-z][0-9A-Za-z](?=\S)", "", _stripped(text)))


def _stripped(text: str) -> str:
    return text.strip(" *" + "".join(map(chr, range(32))) + "\x7f")


def _valid_as_it_stands(text: str) -> "tuple[NumberKind, str] | None":
    """The number that ``text`` is with nothing taken from it: what a scanner adds may be a check letter, too."""
    from muniadmin.kernel.numbers import WrongNumber, read_number

    try:
        return read_number(_bare(text, Setting()))
    except WrongNumber:
        return None


def _numbers_in(text: str) -> "tuple[tuple[NumberKind, str], ...]":
    """The numbers that ``text`` consists of, one after the other; none when anything else is in it. Raises WrongNumber
    when all of it looks like one with a wrong letter."""
    from muniadmin.kernel.numbers import read_number

    if whole := read_number(text):
        return (whole,)
    found = []
    for piece in re.split(r"[\s*\x00-\x1f]+(?:\][A-Za-z][0-9A-Za-z])?", text):
        if piece:
            numbers = _run_together(piece)
            if not numbers:
                return ()
            found += numbers
    return tuple(found)


def _run_together(text: str) -> "list[tuple[NumberKind, str]]":
    from muniadmin.kernel.numbers import WrongNumber, read_number

    for end in range(_SHORTEST_NUMBER, min(len(text), _LONGEST_NUMBER) + 1):
        try:
            first = read_number(text[:end])
        except WrongNumber:
            continue
        if first is None:
            continue
        rest = re.sub(r"^\][A-Za-z][0-9A-Za-z]", "", text[end:])
        others = _run_together(rest) if rest else []
        if others or not rest:
            return [first, *others]
    return []
