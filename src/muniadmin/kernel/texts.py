"""Texts that fit their columns, on either engine, and that show what they hold."""

import re

from muniadmin.kernel.errors import TextTooLong

# What moves a terminal's cursor, ends a line, or has what follows read in another order.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """The text on one line, with each character that commands a terminal rather than is seen written as its code
    (``\\x1b``): what somebody wrote into a row cannot hide a line of a report, nor add one."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def ensure_fits(text: str | None, length: int) -> str | None:
    """The text; raises TextTooLong when it has more than ``length`` characters. SQLite would keep all of it."""
    if text is not None and len(text) > length:
        raise TextTooLong(start=text[:30], length=length)
    return text
