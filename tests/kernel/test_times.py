"""Times of day as clerks and devices write them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.kernel.errors import NotUnderstood
from muniadmin.kernel.formats import format_time, parse_time


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("9:05", time(9, 5)),
        ("9h05", time(9, 5)),
        ("9h", time(9, 0)),
        ("905", time(9, 5)),
        ("0905", time(9, 5)),
        ("9", time(9, 0)),
        ("2055", time(20, 55)),
        ("12:54P", time(12, 54)),
        ("12:17A", time(0, 17)),
        ("00:01A", time(0, 1)),
        ("03:10 pm", time(15, 10)),
        ("23:58:00", time(23, 58)),
        ("14.30", time(14, 30)),
    ],
)
def test_what_is_understood(text: str, meant: time) -> None:
    assert parse_time(text) == meant


@pytest.mark.parametrize("text", ["", "24:00", "9:60", "noon", "12345", "-3", "9:5"])
def test_what_is_not(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_time(text)


@given(st.times())
def test_what_is_written_is_read_back(moment: time) -> None:
    assert parse_time(format_time(moment)) == moment.replace(second=0, microsecond=0)
