"""Which texts can be stored, on either engine."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from types import NoneType

from muniadmin.kernel.errors import TextNotStorable, TextTooLong
from muniadmin.kernel.money import Money

# What most requests hold, and no text: asked first, since every request is looked through.
_HARMLESS = frozenset({int, bool, NoneType, Money, date, datetime})


def ensure_storable(value: object) -> None:
    """Raises TextNotStorable when a text in ``value``, a request or anything inside one, has a NUL or half a
    surrogate pair: PostgreSQL refuses them, SQLite keeps what other programs then cannot read."""
    if type(value) in _HARMLESS:
        return
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)):
            raise TextNotStorable
    elif isinstance(value, Mapping):
        for key, held in value.items():
            ensure_storable(key)
            ensure_storable(held)
    elif isinstance(value, tuple | list | set | frozenset):
        for held in value:
            ensure_storable(held)
    elif is_dataclass(value):
        for held in getattr(value, "__dict__", {}).values():
            ensure_storable(held)


def ensure_fits(text: str | None, length: int) -> str | None:
    """The text; raises TextTooLong when it has more than ``length`` characters. SQLite would keep all of it."""
    if text is not None and len(text) > length:
        raise TextTooLong(start=text[:30], length=length)
    return text
