"""Numbers people read: what is printed is understood however it is typed, and a slip is noticed."""

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import muniadmin.bootstrap  # noqa: F401 - says which kinds of numbers there are
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.civil_status.names import EXTRACT_NUMBER, REQUEST_NUMBER
from muniadmin.collection.names import receipt_number
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.numbers import NumberKind, WrongNumber, read_number, register_numbers, yearly_number
from muniadmin.taxpayers.names import TAXPAYER_NUMBER, taxpayer_number

numbers = st.one_of(
    st.integers(1, 9_999_999).map(taxpayer_number),
    st.builds(
        yearly_number,
        st.sampled_from([BILL_NUMBER, FINE_NUMBER, REQUEST_NUMBER, EXTRACT_NUMBER]),
        st.integers(2000, 2099),
        st.integers(1, 999_999),
    ),
    st.builds(receipt_number, st.integers(1, 999), st.integers(2000, 2099), st.integers(1, 999_999)),
)


@given(
    numbers,
    st.sampled_from(
        [
            str,
            str.lower,
            lambda number: f" {number.replace('-', ' ')} ",
            *(lambda number, sign=sign: number.replace("-", sign) for sign in ("", "–", "_", "/")),
        ]
    ),
)
def test_a_number_is_understood_however_it_is_typed(number: str, typed: object) -> None:
    assert callable(typed)
    found = read_number(typed(number))
    assert found is not None
    assert found[1] == number


@given(numbers, st.data())
def test_one_wrong_character_is_noticed(number: str, data: st.DataObject) -> None:
    places = [place for place, character in enumerate(number) if character != "-"]
    place = data.draw(st.sampled_from(places[2:]))
    wrong = data.draw(st.sampled_from("0123456789"))
    assume(wrong != number[place])
    mistyped = number[:place] + wrong + number[place + 1 :]
    with suppress(WrongNumber):
        assert read_number(mistyped) is None


@given(st.permutations([FINE_NUMBER, REQUEST_NUMBER, EXTRACT_NUMBER]), st.integers(1, 999_999))
def test_a_wrong_first_letter_is_noticed(kinds: list[NumberKind], place: int) -> None:
    """Another kind of paper, with the same year and place, has another check letter."""
    number = yearly_number(kinds[0], 2026, place)
    with pytest.raises(WrongNumber):
        read_number(kinds[1].letter + number[1:])


@pytest.mark.parametrize("kind", [BILL_NUMBER, FINE_NUMBER, REQUEST_NUMBER, EXTRACT_NUMBER, TAXPAYER_NUMBER])
def test_a_number_without_its_last_letter_is_none(kind: NumberKind) -> None:
    """As the computer has it for a moment when a scan is held up: of some the last figure looks like a check letter."""
    for place in range(1, 500):
        number = taxpayer_number(place) if kind is TAXPAYER_NUMBER else yearly_number(kind, 2026, place)
        assert read_number(number[:-1]) is None, number


@pytest.mark.parametrize("text", ["１2026000001K", "12026００0001K", "1-٢٠٢٦-000001-K", "C-000000１-Y"])
def test_figures_of_another_script_are_none_of_ours(text: str) -> None:
    """As pasted from a web page or typed on another keyboard: it is searched for like any other text."""
    assert read_number(text) is None


def test_the_forms() -> None:
    assert yearly_number(BILL_NUMBER, 2026, 41187).startswith("A-2026-0041187-")
    assert yearly_number(FINE_NUMBER, 2026, 18342).startswith("P-2026-018342-")
    assert receipt_number(3, 2026, 123).startswith("3-2026-000123-")
    assert taxpayer_number(18342).startswith("C-0018342-")


@pytest.mark.parametrize("text", ["", "Bennani", "12345-A-15", "0661234567", "+212661234567", "A-2026"])
def test_names_plates_and_phones_are_not_numbers_of_ours(text: str) -> None:
    assert read_number(text) is None


def test_figures_without_a_year_of_ours_are_no_receipt() -> None:
    """The bar code of some article is none, nor one with a figure misread."""
    assert read_number("3000160142357") is None
    assert read_number(receipt_number(3, 1926, 123)) is None


def test_two_slices_cannot_give_numbers_the_same_letter() -> None:
    before = [BILL_NUMBER, FINE_NUMBER, REQUEST_NUMBER, EXTRACT_NUMBER, TAXPAYER_NUMBER]
    with pytest.raises(ValueError, match="share a letter"):
        register_numbers([*before, NumberKind("P")])
