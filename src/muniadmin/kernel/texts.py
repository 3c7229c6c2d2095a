"""Texts that fit their columns, on either engine, and that show what they hold."""

import re

from muniadmin.kernel.errors import LetterUnseen, TextTooLong

# What moves a terminal's cursor, ends a line, or has what follows read in another order.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Nobody types these and no paper shows them: control letters that end no line, what has letters read in another order
# than they are written, and the codes that are no letters in any script (Unicode 23.7).
_NO_LETTERS = "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
_NEVER_MEANT = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufdd0-\ufdef{_NO_LETTERS}]"
)


def ensure_seen(text: str) -> str:
    """The text; raises LetterUnseen when it has a character that can be neither seen nor printed."""
    if (found := _NEVER_MEANT.search(text)) is not None:
        raise LetterUnseen(code=f"U+{ord(found[0]):04X}")
    return text


def without_unseen(text: str) -> str:
    """The text without the characters that :func:`ensure_seen` refuses: rows of earlier versions may have them."""
    return _NEVER_MEANT.sub("", text)


def visible(text: str) -> str:
    """The text on one line, with each character that commands a terminal rather than is seen written as its code
    (``\\x1b``): what somebody wrote into a row cannot hide a line of a report, nor add one."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def ensure_fits(text: str | None, length: int) -> str | None:
    """The text; raises TextTooLong when it has more than ``length`` characters. SQLite would keep all of it."""
    if text is not None and len(text) > length:
        raise TextTooLong(start=text[:30], length=length)
    return text
