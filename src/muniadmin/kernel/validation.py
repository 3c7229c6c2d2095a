"""A request's values are what its annotations say, or the request is refused, field by field, before anybody works
with it. The annotations are read once for each class."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from itertools import count, repeat
from math import isfinite
from operator import is_
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from muniadmin.kernel.errors import (
    ChoiceUnknown,
    DateOutOfReach,
    FieldMissing,
    InvalidInput,
    NotADate,
    NotAMoment,
    NotAnAmount,
    NotANumber,
    NotAText,
    NotAWholeNumber,
    NumberTooLarge,
    NumberTooSmall,
    SearchTooLong,
    TextNotStorable,
    TimeWithoutZone,
    UserError,
    WrongKind,
)
from muniadmin.kernel.money import LARGEST, Money
from muniadmin.kernel.texts import ensure_seen

T = TypeVar("T")

Check = Callable[[Any], Any]
"""Gives the value back as its annotation has it, the very same unless a choice came as text; raises a UserError."""


@dataclass(frozen=True)
class Within:
    """Which whole numbers an ``Annotated[int, Within(1, 12)]`` may be, both included."""

    least: int
    most: int = 2**63 - 1


Count = Annotated[int, Within(0)]
"""How many rows to list or to leave out."""


@dataclass(frozen=True)
class Letters:
    """How many letters a searched ``Annotated[str, Letters(200)]`` may have."""

    most: int


SearchText = Annotated[str, Letters(200)]
"""What somebody searches for. A text that fills a page is none, and databases give up on it."""

SentText = Annotated[str, Letters(1_000_000)]
"""What a scanner sent, with the control letters that some put around it."""

FileText = Annotated[str, Letters(100_000_000)]
"""What stands in a file, whatever letters that are."""

Year = Annotated[int, Within(1000, 2999)]
"""A year that is written with four digits; registers and fiscal years have others before and after them."""


def validated(request: T) -> T:
    """``request`` with every value of the type its field is annotated with; a choice given as text becomes its member.

    Raises InvalidInput with a sentence for each field that is wrong. What stands inside another field is named by
    its way there, places counted from 1: "approval.password", "objects.2.label". Of what is annotated Any, only the
    texts are looked at.
    """
    found: T = _by_its_fields(request)
    return found


# --- single values ---------------------------------------------------------------------------------------------------


def _text(value: Any) -> Any:
    """What is kept and printed: nothing in it may get lost on paper."""
    return ensure_seen(_storable(value))


def _storable(value: Any) -> Any:
    if not isinstance(value, str):
        raise _wrong(value, NotAText)
    # PostgreSQL refuses NUL and half a surrogate pair; SQLite keeps what other programs then cannot read.
    if "\0" in value or not (value.isascii() or _is_unicode(value)):
        raise TextNotStorable
    return value


def _searchable(length: int, value: Any) -> Any:
    if len(_storable(value)) > length:
        raise SearchTooLong(length=length)
    return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _whole_number(least: int, most: int, value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(value, NotAWholeNumber)
    if least <= value <= most:
        return value
    raise NumberTooSmall(least=least) if 0 <= least > value else NumberTooLarge


# What a column of either engine holds.
_LEAST, _MOST = -(2**63), 2**63 - 1
# Before the decimal point; what is longer fits no whole number of minor units, minutes or pieces.
_MOST_DIGITS = 18


def _float(value: Any) -> Any:
    if type(value) is int:
        return _whole_number(_LEAST, _MOST, value)
    if not isinstance(value, float) or not isfinite(value):
        raise _wrong(value, NotANumber)
    if abs(value) > _MOST:
        raise NumberTooLarge
    return value


def _decimal(value: Any) -> Any:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise _wrong(value, NotANumber)
    if value.adjusted() > _MOST_DIGITS:
        raise NumberTooLarge
    return value


def _amount(value: Any) -> Any:
    if type(value) is not Money or type(value.minor) is not int:
        raise _wrong(value, NotAnAmount)
    if abs(value.minor) > LARGEST.minor:
        raise NumberTooLarge
    return value


def _day(value: Any) -> Any:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _wrong(value, NotADate)
    return _within_reach(value)


def _moment(value: Any) -> Any:
    if not isinstance(value, datetime):
        raise _wrong(value, NotAMoment)
    if value.utcoffset() is None:
        raise TimeWithoutZone
    return _within_reach(value)


def _within_reach(value: date) -> date:
    """Days at the very ends of the calendar have no neighbours, and no time in another zone."""
    if not 1 < value.year < 9999:
        raise DateOutOfReach
    return value


def _choice(choices: Mapping[tuple[Any, type], Any], value: Any) -> Any:
    """``choices`` say what may be given, with its type: True equals 1, but nobody who says yes means the first."""
    try:
        return choices[value, type(value)]
    except (KeyError, TypeError):
        if value is None or value == "":
            raise FieldMissing from None
        known = ", ".join(str(text) for text, kind in choices if not issubclass(kind, Enum))
        # What is no text may be too deep or too long to be spelled.
        text = value[:40] if isinstance(value, str) else type(value).__name__
        raise ChoiceUnknown(text=text, known=known) from None


def _nothing(value: Any) -> Any:
    if value is not None:
        raise WrongKind
    return value


def _instance(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, kind):
        raise _wrong(value, WrongKind)
    return value


def _wrong(value: Any, refusal: type[UserError]) -> UserError:
    return FieldMissing() if value is None else refusal()


# --- what holds others -----------------------------------------------------------------------------------------------


def _any_of(checks: Sequence[Check], value: Any) -> Any:
    """The first of several types that takes the value; the refusal of the one that at least knows such a value."""
    refusals: list[UserError] = []
    for check in checks:
        try:
            return check(value)
        except UserError as refusal:
            refusals.append(refusal)
    raise next((one for one in refusals if not isinstance(one, WrongKind)), refusals[0])


def _optional(check: Check, value: Any) -> Any:
    return None if value is None else check(value)


def _all_of(kind: type[Any], check: Check, value: Any) -> Any:
    """A tuple or a set of any length."""
    if not isinstance(value, kind):
        raise _wrong(value, WrongKind)
    found = _each(zip(count(1), repeat(check), value))
    return value if all(map(is_, found, value)) else kind(found)


def _in_places(checks: Sequence[Check], value: Any) -> Any:
    """A tuple with so many places, each of its own type."""
    if not isinstance(value, tuple) or len(value) != len(checks):
        raise _wrong(value, WrongKind)
    found = _each(zip(count(1), checks, value))
    return value if all(map(is_, found, value)) else tuple(found)


def _mapping(check_key: Check, check_value: Check, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise _wrong(value, WrongKind)
    keys = _each((key, check_key, key) for key in value)
    values = _each((key, check_value, held) for key, held in value.items())
    same = all(map(is_, keys, value)) and all(map(is_, values, value.values()))
    return value if same else dict(zip(keys, values, strict=True))


def _each(named: Iterable[tuple[object, Check, Any]]) -> list[Any]:
    """Several values as their checks give them back; raises InvalidInput with what is wrong with each."""
    found: list[Any] = []
    problems: dict[str, UserError] = {}
    for name, check, value in named:
        try:
            found.append(check(value))
        except InvalidInput as inner:
            problems |= {f"{name}.{part}": problem for part, problem in inner.problems.items()}
        except UserError as problem:
            problems[str(name)] = problem
    if problems:
        raise InvalidInput(problems)
    return found


@cache
def _record(kind: Any) -> Check:
    """The check of a dataclass: all its fields."""
    hints = get_type_hints(kind, include_extras=True)
    checks = [(field.name, _check_of(hints[field.name])) for field in fields(kind)]

    def check(record: Any) -> Any:
        changed: dict[str, Any] = {}
        try:
            for name, check_field in checks:
                value = getattr(record, name)
                found = check_field(value)
                if found is not value:
                    changed[name] = found
        except UserError:
            # Nearly every request is right; only for one that is not, all that is wrong is gathered.
            _each((name, check_field, getattr(record, name)) for name, check_field in checks)
        return replace(record, **changed) if changed else record

    return check


def _record_of(kind: type[Any], value: Any) -> Any:
    """A dataclass, or one that stands under it."""
    if not isinstance(value, kind):
        raise _wrong(value, WrongKind)
    return _by_its_fields(value)


def _by_its_fields(value: Any) -> Any:
    kind: Any = type(value)
    return _record(kind)(value)


def _anything(value: Any) -> Any:
    """Whatever it is, no text in it may be one that cannot be stored."""
    if isinstance(value, str):
        _text(value)
    elif isinstance(value, Mapping):
        _mapping(_anything, _anything, value)
    elif isinstance(value, tuple | list | set | frozenset):
        _all_of(type(value), _anything, value)
    return value


# --- from annotations to checks --------------------------------------------------------------------------------------

_SINGLE: Mapping[Any, Check] = {
    Any: _anything,
    object: _anything,
    NoneType: _nothing,
    str: _text,
    bool: partial(_instance, bool),
    int: partial(_whole_number, _LEAST, _MOST),
    float: _float,
    Decimal: _decimal,
    Money: _amount,
    date: _day,
    datetime: _moment,
}


def _check_of(annotation: Any) -> Check:
    """The check of an annotation. Raises TypeError for one that is not understood, when its class is first used."""
    single = _SINGLE.get(annotation)
    if single is not None:
        return single
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        limits = [_limited(one) for one in arguments[1:] if isinstance(one, Within | Letters)]
        return limits[0] if limits else _check_of(arguments[0])
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin is Literal:
        return partial(_choice, {(one, type(one)): one for one in arguments})
    if origin is tuple and arguments[-1] is not Ellipsis:
        return partial(_in_places, [_check_of(one) for one in arguments])
    if origin in (tuple, frozenset):
        return partial(_all_of, origin, _check_of(arguments[0]))
    if origin is Mapping:
        return partial(_mapping, *map(_check_of, arguments))
    if isinstance(annotation, type):
        return _class(annotation)
    raise TypeError(f"no check is known for {annotation!r}")


def _limited(limit: Within | Letters) -> Check:
    if isinstance(limit, Within):
        return partial(_whole_number, limit.least, limit.most)
    return partial(_searchable, limit.most)


def _union(members: tuple[Any, ...]) -> Check:
    checks = [_check_of(member) for member in members if member is not NoneType]
    check = checks[0] if len(checks) == 1 else partial(_any_of, checks)
    return partial(_optional, check) if NoneType in members else check


def _class(kind: type[Any]) -> Check:
    if issubclass(kind, Enum):
        members: dict[Any, Any] = {(one.value, type(one.value)): one for one in kind}
        return partial(_choice, members | {(one, kind): one for one in kind})
    return partial(_record_of if is_dataclass(kind) else _instance, kind)
