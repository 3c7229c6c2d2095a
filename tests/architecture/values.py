"""Values for the fields of requests, made from their annotations: ordinary ones, wrong ones, unusual ones."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from muniadmin.exchange.commands import ShownList
from muniadmin.kernel.money import LARGEST, Money
from muniadmin.kernel.validation import Letters, Within

_DAY = date(2026, 11, 23)
_MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

# What is put into every field. The name says what it is; RIGHT says where it belongs.
PROBES: Mapping[str, Any] = {
    "nothing": None,
    "object": object(),
    "list": [1],
    "bytes": b"x",
    "yes": True,
    "number": 1,
    "number beyond": 2**63,
    "number far below": -(2**63) - 1,
    "fraction": 2.5,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "decimal": Decimal("2.5"),
    "decimal not a number": Decimal("NaN"),
    "decimal signal": Decimal("sNaN"),
    "decimal beyond": Decimal("1E+30"),
    "text": "no such choice",
    "text with NUL": "a\0b",
    "half a letter": "\ud83d",
    "day": _DAY,
    "first day": date.min,
    "last day": date.max,
    "moment": _MOMENT,
    "moment without zone": _MOMENT.replace(tzinfo=None),
    "last moment": datetime.max.replace(tzinfo=UTC),
    "amount": Money(100),
    "amount beyond": Money(2**63),
    "amount of a fraction": Money(1.5),  # type: ignore[arg-type]
    "amount of yes": Money(True),
}

RIGHT: Mapping[Any, frozenset[str]] = {
    str: frozenset({"text"}),
    bool: frozenset({"yes"}),
    int: frozenset({"number"}),
    float: frozenset({"number", "fraction"}),
    Decimal: frozenset({"decimal"}),
    date: frozenset({"day"}),
    datetime: frozenset({"moment"}),
    Money: frozenset({"amount"}),
    NoneType: frozenset({"nothing"}),
}

ORDINARY: Mapping[Any, Any] = {
    Any: "x",
    str: "x",
    bool: False,
    int: 1,
    float: 1.0,
    Decimal: Decimal(1),
    date: _DAY,
    datetime: _MOMENT,
    Money: Money(100),
    ShownList: ShownList("x", "x", [], lambda _ask: []),
}

# Of the right type, and still nothing that anybody means.
UNUSUAL: Mapping[Any, tuple[Any, ...]] = {
    Any: (None, "", 5, 2.5, True, {}, [], {"a": {}}),
    str: ("", " ", "é\u200f😀" * 1000, "a\u202e", "0001", "9999-12", "%_\\'\"", "٣٣٣", "/"),
    bool: (True, False),
    int: (0, -1, 2**31, 2**63 - 1, -(2**63), 9999),
    float: (1e18, -1e-300, 181.0),
    Decimal: (Decimal("1E-99"), Decimal("-0"), Decimal(10**18)),
    date: (date(2, 1, 1), date(9998, 12, 31)),
    datetime: (
        datetime(2, 1, 1, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    ),
    Money: (Money(0), Money(-1), LARGEST, -LARGEST),
    NoneType: (None,),
}


def hints(kind: type) -> Mapping[str, Any]:
    """The annotations of a dataclass's fields."""
    known = get_type_hints(kind, include_extras=True)
    return {field.name: known[field.name] for field in fields(kind)}


def ordinary_request(kind: type[Any]) -> Any:
    """An instance with a value of the right type in every field that must be given."""
    known = hints(kind)
    given = [one for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    return kind(**{field.name: ordinary(known[field.name]) for field in given})


def ordinary(annotation: Any) -> Any:
    """A value of the right type."""
    if annotation in ORDINARY:
        return ORDINARY[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return None if NoneType in arguments else ordinary(arguments[0])
    if origin is Annotated:
        limits = _limits(annotation)
        return limits.least if isinstance(limits, Within) else ORDINARY[str]
    if origin is Literal:
        return arguments[0]
    if origin in (tuple, frozenset):
        return origin(ordinary(one) for one in arguments if one is not Ellipsis)
    if origin is Mapping:
        return {ordinary(arguments[0]): ordinary(arguments[1])}
    return next(iter(annotation)) if issubclass(annotation, Enum) else ordinary_request(annotation)


def wrong(annotation: Any) -> Iterator[tuple[str, Any]]:
    """Every value that does not belong there, with its name; also inside what holds others. Nothing for Any."""
    belongs = _belonging(annotation)
    if belongs is not None:
        yield from ((name, probe) for name, probe in PROBES.items() if name not in belongs)
    if get_origin(annotation) is Annotated:
        limits = _limits(annotation)
        if isinstance(limits, Within):
            yield from (("too small", limits.least - 1), ("too large", limits.most + 1))
        else:
            yield "too long", "x" * (limits.most + 1)
    for part, put in _parts(annotation):
        for name, value in wrong(part):
            yield f"{name} inside", put(value)


def unusual(annotation: Any) -> Iterator[Any]:
    """Values of the right type that nobody means; also inside what holds others."""
    if annotation in UNUSUAL:
        yield from UNUSUAL[annotation]
    elif get_origin(annotation) is Annotated:
        limits = _limits(annotation)
        if isinstance(limits, Within):
            yield from (limits.least, limits.most)
        else:
            yield from (text[: limits.most] for text in UNUSUAL[str])
    elif get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from annotation
    for member in _members(annotation):
        yield from unusual(member)
    if get_origin(annotation) in (tuple, frozenset, Mapping):
        origin = get_origin(annotation)
        if origin is not tuple or Ellipsis in get_args(annotation):
            yield {tuple: (), frozenset: frozenset(), Mapping: {}}[origin]
    for part, put in _parts(annotation):
        yield from map(put, unusual(part))


def loose(annotation: Any, name: str) -> Iterator[str]:
    """Where below ``name`` anything may stand."""
    if annotation is Any:
        yield name
    elif isinstance(annotation, type) and is_dataclass(annotation):
        for below, of in hints(annotation).items():
            yield from loose(of, f"{name}.{below}")
    else:
        for part in get_args(annotation) if get_origin(annotation) is not Literal else ():
            yield from loose(part, name)


def _members(annotation: Any) -> tuple[Any, ...]:
    """The types of a union."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ()


def _belonging(annotation: Any) -> frozenset[str] | None:
    """The names of the probes that belong there; None where all do."""
    if annotation is Any:
        return None
    if annotation in RIGHT:
        return RIGHT[annotation]
    if get_origin(annotation) is Annotated:
        limits = _limits(annotation)
        if not isinstance(limits, Within):
            return RIGHT[str]
        return RIGHT[int] if limits.least <= PROBES["number"] <= limits.most else frozenset()
    found: set[str] = set()
    for member in _members(annotation):
        below = _belonging(member)
        if below is None:
            return None
        found |= below
    return frozenset(found)


def _limits(annotation: Any) -> Within | Letters:
    return next(one for one in get_args(annotation) if isinstance(one, Within | Letters))


def _parts(annotation: Any) -> Iterator[tuple[Any, Any]]:
    """What stands inside, each with a function that puts a value there among ordinary ones."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    for member in _members(annotation):
        yield from _parts(member)
    if origin is tuple and Ellipsis in arguments:
        yield arguments[0], lambda value: (ordinary(arguments[0]), value)
    elif origin is tuple:
        all_right = tuple(map(ordinary, arguments))
        for place, part in enumerate(arguments):
            yield part, lambda value, at=place: (*all_right[:at], value, *all_right[at + 1 :])
    elif origin is frozenset:
        yield arguments[0], lambda value: frozenset({_hashable(value)})
    elif origin is Mapping:
        yield arguments[0], lambda value: {_hashable(value): ordinary(arguments[1])}
        yield arguments[1], lambda value: {ordinary(arguments[0]): value}
    elif isinstance(annotation, type) and is_dataclass(annotation) and annotation is not Money:
        request = ordinary_request(annotation)
        for name, part in hints(annotation).items():
            yield part, lambda value, field=name: replace(request, **{field: value})


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return object()
    return value
