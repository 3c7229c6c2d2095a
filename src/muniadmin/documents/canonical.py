"""The one JSON text of a sheet: the same sheet always gives the same characters, so that they can be hashed.

Keys are sorted, there are no blanks and no floats: amounts are whole minor units, dates are ISO days and instants
are ISO with their offset. The reader rebuilds the sheet from the types its class declares.
"""

from collections.abc import Mapping
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


@cache
def _fields(cls: type) -> Mapping[str, Any]:
    hints = get_type_hints(cls)
    return {name: hints[name] for name in cls.__dataclass_fields__}  # type: ignore[attr-defined]


def read_canonical(cls: type[T], value: object) -> T:
    """The dataclass a canonical text was made from. ValueError, KeyError or TypeError when it does not fit."""
    return cast(T, _read(cls, value))


def _read(wanted: Any, value: Any) -> Any:
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        if value is None:
            return None
        (only,) = (option for option in get_args(wanted) if option is not NoneType)
        return _read(only, value)
    if origin is tuple:
        return tuple(_read(get_args(wanted)[0], item) for item in value)
    if wanted is Money:
        return Money(_exactly(int, value))
    if wanted is Currency:
        code, decimals, symbol = value
        return Currency(_exactly(str, code), _exactly(int, decimals), _exactly(str, symbol))
    if wanted is datetime or wanted is date:
        return wanted.fromisoformat(value)
    if wanted in (str, int, bool):
        return _exactly(wanted, value)
    fields = _fields(wanted)
    unknown = value.keys() - fields.keys()
    if unknown:
        raise ValueError(f"{wanted.__name__} has no {', '.join(sorted(unknown))}")
    return wanted(**{name: _read(fields[name], item) for name, item in value.items()})


def _exactly(wanted: type[T], value: object) -> T:
    if type(value) is not wanted:
        raise TypeError(f"{value!r} is not of type {wanted.__name__}")
    return value
