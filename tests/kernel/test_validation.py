"""Whether a request's values are what its annotations say: for annotations nested in each other in any way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.kernel.errors import (
    ChoiceUnknown,
    DateOutOfReach,
    FieldMissing,
    InvalidInput,
    LetterUnseen,
    NotADate,
    NotAMoment,
    NotAnAmount,
    NotANumber,
    NotAText,
    NotAWholeNumber,
    NumberTooLarge,
    NumberTooSmall,
    TextNotStorable,
    TimeWithoutZone,
    UserError,
    WrongKind,
)
from muniadmin.kernel.money import Money
from muniadmin.kernel.validation import Count, Letters, Within, validated


class Paid(StrEnum):
    """How."""

    CASH = "cash"
    CARD = "card"


class Weekday(Enum):
    """Its values are no texts."""

    MONDAY = 1
    TUESDAY = 2


# --- any annotation --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """An annotation, values that belong there, and values that do not."""

    annotation: Any
    right: st.SearchStrategy[Any]
    wrong: st.SearchStrategy[Any]


NOBODY: st.SearchStrategy[Any] = st.sampled_from([None, b"bytes", 1j, [], {"a": 1}, {1}, date])
# No control letters, and no codes that are no letters in any script.
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\u202d\u202e")
TEXTS = st.text(LETTERS | st.sampled_from("\t\r\n"))
NUMBERS = st.integers(-(2**63), 2**63 - 1)
DAYS = st.dates(date(2, 1, 1), date(9998, 12, 31))
NAIVE = st.datetimes(datetime.fromisoformat("0002-01-02"), datetime.fromisoformat("9998-12-30"))
MOMENTS = st.builds(datetime.replace, NAIVE, tzinfo=st.sampled_from([UTC, timezone(timedelta(hours=14))]))
FRACTIONS = st.floats(-1e18, 1e18)
AMOUNTS = st.builds(Money, st.integers(-(10**15), 10**15))
NO_NUMBERS = st.sampled_from(
    [float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")]
)

SINGLE = [
    Kind(str, TEXTS, NOBODY | NUMBERS | st.sampled_from(["\0", "a\ud83d"])),
    Kind(bool, st.booleans(), NOBODY | NUMBERS | TEXTS),
    Kind(int, NUMBERS, NOBODY | st.booleans() | TEXTS | FRACTIONS | st.integers(min_value=2**63)),
    Kind(float, FRACTIONS | NUMBERS, NOBODY | st.booleans() | TEXTS | NO_NUMBERS),
    Kind(Decimal, st.decimals(-(10**18), 10**18), NOBODY | NUMBERS | FRACTIONS | NO_NUMBERS),
    Kind(date, DAYS, NOBODY | MOMENTS | TEXTS | st.just(date.max)),
    Kind(datetime, MOMENTS, NOBODY | DAYS | NAIVE | st.just(datetime.min.replace(tzinfo=UTC))),
    Kind(Money, AMOUNTS, NOBODY | NUMBERS | st.builds(Money, FRACTIONS | st.booleans() | st.just(2**62))),
    Kind(Literal["F", "M"], st.sampled_from("FM"), NOBODY | NUMBERS | st.sampled_from(["", "f", "FM"])),
    Kind(Literal[1, 2], st.sampled_from([1, 2]), NOBODY | st.booleans() | st.sampled_from([0, 1.0, "1"])),
    Kind(Paid, st.sampled_from(Paid), NOBODY | NUMBERS | st.sampled_from(["", "bitcoin", "Cash"])),
    Kind(Weekday, st.sampled_from(Weekday), NOBODY | st.sampled_from([0, 3, True, "MONDAY"])),
    Kind(Annotated[int, Within(3, 5)], st.integers(3, 5), NOBODY | st.sampled_from([2, 6, True, 4.0])),
    Kind(
        Annotated[str, Letters(3)],
        st.text("ab", max_size=3),
        NOBODY | NUMBERS | st.sampled_from(["aaaa", "\0"]),
    ),
    Kind(bytes, st.binary(), st.sampled_from([None, "text", 1])),
]


# As expressions, not as types.
TUPLE: Any = tuple
MAPPING: Any = Mapping


def list_of(one: Kind) -> Kind:
    """A tuple of any length."""
    some = st.lists(one.right, max_size=3)
    wrong = st.builds(lambda before, it, after: (*before, it, *after), some, one.wrong, some)
    return Kind(TUPLE[one.annotation, ...], some.map(tuple), wrong | some | st.none())


def pair_of(one: Kind, other: Kind) -> Kind:
    """A tuple of two places."""
    wrong = st.tuples(one.wrong, other.right) | st.tuples(one.right, other.wrong) | st.tuples(one.right)
    return Kind(TUPLE[one.annotation, other.annotation], st.tuples(one.right, other.right), wrong)


def optional(one: Kind) -> Kind:
    """The same, or nothing."""
    return Kind(
        one.annotation | None, one.right | st.none(), one.wrong.filter(lambda value: value is not None)
    )


def named(one: Kind) -> Kind:
    """A mapping from texts."""
    some = st.dictionaries(TEXTS, one.right, max_size=3)
    wrong = st.builds(lambda right, key, it: {**right, key: it}, some, TEXTS, one.wrong)
    return Kind(MAPPING[str, one.annotation], some, wrong | st.just({1: "a"}) | st.none())


def part(one: Kind) -> Kind:
    """A dataclass inside the request."""
    made = make_dataclass("Part", [("first", int), ("inside", one.annotation)], frozen=True)
    right, wrong = st.builds(made, NUMBERS, one.right), st.builds(made, NUMBERS, one.wrong)
    return Kind(made, right, wrong | st.builds(made, st.just("1"), one.right) | NOBODY)


KINDS: st.SearchStrategy[Kind] = st.recursive(
    st.sampled_from(SINGLE),
    lambda inner: (
        st.builds(list_of, inner)
        | st.builds(pair_of, inner, inner)
        | st.builds(optional, inner)
        | st.builds(named, inner)
        | st.builds(part, inner)
    ),
    max_leaves=4,
)


def request_with(annotation: Any, value: Any) -> Any:
    """A request that holds the value in its field ``field``."""
    return make_dataclass("Request", [("field", annotation)], frozen=True)(value)


@given(KINDS, st.data())
def test_what_its_annotations_say_goes_through_as_it_is(kind: Kind, data: st.DataObject) -> None:
    request = request_with(kind.annotation, data.draw(kind.right))

    assert validated(request) is request


@given(KINDS, st.data())
def test_anything_else_is_refused_in_words_at_its_field(kind: Kind, data: st.DataObject) -> None:
    request = request_with(kind.annotation, data.draw(kind.wrong))

    with pytest.raises(InvalidInput) as refused:
        validated(request)
    for name, problem in refused.value.problems.items():
        assert name.partition(".")[0] == "field"
        assert problem.sentence()
        assert problem.advice()


# --- what is said ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "value", "refusal", "sentence"),
    [
        (float, float("nan"), NotANumber, "This is not a number."),
        (Decimal, Decimal("Infinity"), NotANumber, "This is not a number."),
        (float, 10**400, NumberTooLarge, "A number or an amount is too large."),
        (Decimal, Decimal("1E+999999"), NumberTooLarge, "A number or an amount is too large."),
        (int, True, NotAWholeNumber, "This is not a whole number."),
        (int, 2**63, NumberTooLarge, "A number or an amount is too large."),
        (int, -(2**63) - 1, NumberTooLarge, "A number or an amount is too large."),
        (Count, -1, NumberTooSmall, "This number must be at least 0."),
        (
            datetime,
            datetime.fromisoformat("2026-11-23T09:00"),
            TimeWithoutZone,
            "A time needs its time zone.",
        ),
        (datetime, date(2026, 11, 23), NotAMoment, "This is not a date with its time."),
        (date, "2026-11-23", NotADate, "This is not a date."),
        (date, datetime(2026, 11, 23, tzinfo=UTC), NotADate, "This is not a date."),
        (date, date.max, DateOutOfReach, "This date is too far away."),
        (Money, Money(1.5), NotAnAmount, "This is not an amount of money."),  # type: ignore[arg-type]
        (Money, 150, NotAnAmount, "This is not an amount of money."),
        (Paid, "bitcoin", ChoiceUnknown, "“bitcoin” is not one of the choices."),
        (Paid, {"cash": 10**9999}, ChoiceUnknown, "“dict” is not one of the choices."),
        (Paid, "", FieldMissing, "This field is required."),
        (str, None, FieldMissing, "This field is required."),
        (str, 5, NotAText, "This is not a text."),
        (str, "A\0mina", TextNotStorable, "A text has a character that cannot be stored, or is too long."),
        *(
            (
                str,
                f"A{char}mina",
                LetterUnseen,
                f"This text has a character that cannot be seen or printed ({code}).",
            )
            for char, code in [
                ("\x07", "U+0007"),
                ("\x0b", "U+000B"),
                ("\x7f", "U+007F"),
                ("\x85", "U+0085"),
                ("\u202e", "U+202E"),
                ("\ufdd0", "U+FDD0"),
                ("\ufffe", "U+FFFE"),
                ("\uffff", "U+FFFF"),
                ("\U0010ffff", "U+10FFFF"),
            ]
        ),
        (frozenset[Paid], (), WrongKind, "This does not belong here."),
    ],
)
def test_each_refusal_says_what_is_the_case(
    annotation: Any, value: Any, refusal: type[UserError], sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        validated(request_with(annotation, value))
    (problem,) = refused.value.problems.values()
    assert type(problem) is refusal
    assert problem.sentence() == refused.value.sentence() == sentence


def test_an_unknown_choice_is_told_the_known_ones() -> None:
    for annotation in (Paid, Literal["cash", "card"]):
        with pytest.raises(InvalidInput) as refused:
            validated(request_with(annotation, "bitcoin"))
        assert refused.value.problems["field"].advice() == "Choose one of: cash, card."


# --- a request -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Secret:
    """Somebody's password."""

    password: str


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Something that is taxed."""

    label: str
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Car(Owned):
    """With a field of its own."""

    doors: int


@dataclass(frozen=True, kw_only=True)
class Order:
    """A request with something of everything."""

    how: Paid = Paid.CASH
    others: frozenset[Paid] = frozenset()
    row: tuple[Paid, ...] = ()
    by_day: Mapping[str, Paid] = field(default_factory=dict)
    owned: tuple[Owned, ...] = ()
    approval: Secret | None = None
    worth: Money | Decimal | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def test_everything_that_is_wrong_is_said_at_once_with_the_way_to_it() -> None:
    wrong: dict[str, Any] = {
        "how": "bitcoin",
        "row": (Paid.CASH, 3),
        "by_day": {"monday": "shells"},
        "owned": (Owned(label="A"), Owned(label="B\0", since="today")),  # type: ignore[arg-type]
        "approval": Secret(password=None),  # type: ignore[arg-type]
    }
    with pytest.raises(InvalidInput) as refused:
        validated(Order(**wrong))
    assert {name: type(problem) for name, problem in refused.value.problems.items()} == {
        "how": ChoiceUnknown,
        "row.2": ChoiceUnknown,
        "by_day.monday": ChoiceUnknown,
        "owned.2.label": TextNotStorable,
        "owned.2.since": NotADate,
        "approval.password": FieldMissing,
    }
    assert refused.value.sentence() == "Some fields need your attention."


def test_a_choice_given_as_text_becomes_its_member_wherever_it_stands() -> None:
    texts: dict[str, Any] = {
        "how": "card",
        "others": frozenset({"cash"}),
        "row": ("cash", Paid.CARD),
        "by_day": {"monday": "cash"},
    }
    found = validated(Order(**texts))
    assert found.how is Paid.CARD
    assert [type(one) for one in (*found.others, *found.row, *found.by_day.values())] == [Paid] * 4
    assert (found.row, found.by_day) == ((Paid.CASH, Paid.CARD), {"monday": Paid.CASH})


def test_a_part_of_a_more_special_kind_is_looked_at_as_what_it_is() -> None:
    order = Order(owned=(Car(label="A", doors=4),))
    assert validated(order) is order
    with pytest.raises(InvalidInput) as refused:
        validated(Order(owned=(Car(label="A", doors=4.5),)))  # type: ignore[arg-type]
    assert list(refused.value.problems) == ["owned.1.doors"]


def test_where_several_types_may_stand_the_nearest_one_refuses() -> None:
    for worth in (None, Money(5), Decimal("2.5")):
        assert validated(Order(worth=worth)).worth is worth
    for wrong, refusal in (
        (Money(2**62), NumberTooLarge),
        (Money(-(2**62)), NumberTooLarge),
        (Decimal("1E+30"), NumberTooLarge),
        ("5", NotAnAmount),
    ):
        with pytest.raises(InvalidInput) as refused:
            validated(Order(worth=wrong))  # type: ignore[arg-type]
        assert type(refused.value.problems["worth"]) is refusal


@pytest.mark.parametrize("inside", ["\0", "\ud83d", ["\0"], {"a": ({"\0": 1},)}])
def test_where_anything_may_stand_a_text_can_still_be_stored(inside: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        validated(Order(more={"inside": inside}))
    assert next(iter(refused.value.problems)).startswith("more.inside")


def test_where_anything_may_stand_all_else_is_left_alone() -> None:
    order = Order(more={"a": [1, float("nan"), True, None, "é", {"b": Decimal("2.5")}], "c": object()})
    assert validated(order) is order


def test_an_annotation_that_nobody_can_check_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="list"):
        validated(request_with(list[int], [1]))


def test_what_is_searched_may_hold_what_nobody_could_store() -> None:
    """A scanner's control letters in a field of search are not found, and not refused either."""
    search = request_with(Annotated[str, Letters(20)], "\x02A-2026\x03")
    assert validated(search) is search


@pytest.mark.parametrize(
    "text", ["two\nlines\tand\r\nmore", "\u0644\u200f\u200c\u061c", "\u2067\u05d0\u2069", "\u00ad\ufeff"]
)
def test_what_people_type_and_paste_in_earnest_is_kept(text: str) -> None:
    request = request_with(str, text)
    assert validated(request) is request
