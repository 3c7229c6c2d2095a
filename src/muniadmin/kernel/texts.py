"""Texts that fit their columns, on either engine."""

from muniadmin.kernel.errors import TextTooLong


def ensure_fits(text: str | None, length: int) -> str | None:
    """The text; raises TextTooLong when it has more than ``length`` characters. SQLite would keep all of it."""
    if text is not None and len(text) > length:
        raise TextTooLong(start=text[:30], length=length)
    return text
