"""The one JSON text of a sheet: the same sheet always gives the same characters, so that they can be hashed.

Keys are sorted, there are no blanks and no floats: amounts are whole minor units, dates are ISO days and instants
are ISO with their offset. The reader rebuilds the sheet from the types its class declares.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from muniadmin.kernel.money import Currency, Money

T = TypeVar("T")


def _plain(value: object) -> object:
    """What the JSON encoder writes for a value it does not know by itself."""
    if isinstance(value, Money):
        return value.minor
    if isinstance(value, Currency):
        return [value.code, value.decimals, value.symbol]
    return value.__dict__


_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def write_canonical(kind: str, form: int, sheet: object) -> str:
    """The canonical text of a dataclass, with its kind and the version of its form."""
    text = orjson.dumps({"form": form, "kind": kind, "shows": sheet}, _plain, _FORM)
    return text.decode()


def read_canonical(cls: type[T], value: object) -> T:
    """The dataclass a canonical text was made from. ValueError, KeyError or TypeError when it does not fit."""
    reader: Callable[[Any], T] = _reader(cast(Any, cls))
    return reader(value)


@cache
def _reader(wanted: Any) -> Callable[[Any], Any]:
    """What makes a value of a declared type out of what JSON holds."""
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        (only,) = (option for option in get_args(wanted) if option is not NoneType)
        read_some = _reader(only)
        return lambda value: None if value is None else read_some(value)
    if origin is tuple:
        read_item = _reader(get_args(wanted)[0])
        return lambda value: tuple(map(read_item, value))
    if wanted is Money:
        return lambda value: Money(_exactly(int, value))
    if wanted is Currency:
        return _read_currency
    if wanted is datetime or wanted is date:
        return cast("Callable[[Any], Any]", wanted.fromisoformat)
    if wanted in (str, int, bool):
        return lambda value: _exactly(wanted, value)
    return _reader_of_fields(wanted)


def _reader_of_fields(cls: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(cls)
    readers = {field.name: _reader(hints[field.name]) for field in fields(cls)}

    def read(value: Any) -> Any:
        unknown = value.keys() - readers.keys()
        if unknown:
            raise ValueError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
        return cls(**{name: readers[name](item) for name, item in value.items()})

    return read


def _read_currency(value: Any) -> Currency:
    code, decimals, symbol = value
    return Currency(_exactly(str, code), _exactly(int, decimals), _exactly(str, symbol))


def _exactly(wanted: type[T], value: object) -> T:
    if type(value) is not wanted:
        raise TypeError(f"{value!r} is not of type {wanted.__name__}")
    return value
