"""What scanners send, as they are delivered and as they are set, on the keyboards of our towns."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin import bootstrap
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.desktop.shell.scanner import _OTHERS, _US, NoneOfOurs, Setting, is_mostly_figures, read_scan
from muniadmin.kernel.numbers import WrongNumber, checked_number, yearly_number

assert bootstrap.SLICES

BILL = yearly_number(BILL_NUMBER, 2026, 1)


def as_typed_on(layout: str, text: str) -> str:
    """What a computer with that keyboard makes of a US scanner's keys."""
    return "".join(_OTHERS[layout][_US.index(char)] if char in _US else char for char in text)


@pytest.mark.parametrize(
    "sent",
    [
        "Q)éàé-)àààààà&)'",
        "A'2026'0000001'4",
        "]C1A-2026-0000001-4",
        "\x02A-2026-0000001-4\x03",
        "*A-2026-0000001-4*",
        "a-2026-0000001-4",
        "A20260000001 4",
        "$C&Q)éàé-)àààààà&)'",
        "Aß2026ß0000001ß4",
        "]C0\x02A-2026-0000001-4\x03\r\n",
    ],
)
def test_whatever_was_put_around_it_the_bill_is_read(sent: str) -> None:
    assert read_scan(sent).numbers == ((BILL_NUMBER, "A-2026-0000001-4"),)


@given(
    st.integers(2020, 2039),
    st.integers(1, 999_999_999),
    st.sampled_from([*_OTHERS]),
    st.sampled_from(["", "*", "]C1"]),
)
def test_every_bill_is_read_on_every_keyboard(year: int, sequence: int, layout: str, before: str) -> None:
    """The check letter among them, which may lie elsewhere on each keyboard."""
    number = yearly_number(BILL_NUMBER, year, sequence)
    assert read_scan(as_typed_on(layout, before + number)).numbers == ((BILL_NUMBER, number),)


@given(st.integers(1, 999), st.integers(2020, 2039), st.integers(1, 999_999), st.sampled_from([*_OTHERS]))
def test_every_receipt_is_read_on_every_keyboard(desk: int, year: int, place: int, layout: str) -> None:
    """It begins with figures."""
    number = checked_number(RECEIPT_NUMBER, str(desk), str(year), f"{place:06d}")
    assert read_scan(as_typed_on(layout, number)).numbers == ((RECEIPT_NUMBER, number),)


@pytest.mark.parametrize("setting", [Setting(suffix="4"), Setting(prefix="A"), Setting("A-", "-4")])
def test_what_a_scanner_adds_is_not_taken_from_a_number_that_is_whole_without(setting: Setting) -> None:
    for sent in (BILL, f"{setting.prefix}{BILL}{setting.suffix}"):
        assert read_scan(sent, setting).numbers == ((BILL_NUMBER, BILL),)


@pytest.mark.parametrize("between", ["", "\r", "*", "\x03\x02", "]C1"])
def test_two_scans_run_together_are_two(between: str) -> None:
    other = yearly_number(BILL_NUMBER, 2025, 77)
    assert read_scan(f"{BILL}{between}{other}").numbers == ((BILL_NUMBER, BILL), (BILL_NUMBER, other))


def test_a_changed_figure_is_told_as_such() -> None:
    reading = read_scan("A-2026-0000002-4")
    assert not reading.is_ours
    assert isinstance(reading.problem, WrongNumber)


@pytest.mark.parametrize("sent", ["6111234567890", "0661234567", "12345-A-15", "https://example.org/x", ""])
def test_what_is_none_of_ours_says_so(sent: str) -> None:
    reading = read_scan(sent)
    assert not reading.is_ours
    assert isinstance(reading.problem, NoneOfOurs)


def test_a_code_of_others_is_read_as_its_scanner_meant_it() -> None:
    """What a cheque bears goes into its reference in figures, also on a French keyboard, whose figures need the shift
    key; and what is meant as it came stays."""
    for code in ("0018259475", "6111234567890"):
        reading = read_scan(as_typed_on("fr", code))
        assert (reading.text, reading.layout) == (code, "fr")
        assert code in str(reading.problem)
    assert read_scan("12-45/A").text == "12-45/A"
    assert read_scan(as_typed_on("de", "ZY-12"), Setting(layout="de")).text == "ZY-12"


def test_what_the_scanner_is_set_to_add_is_taken_off() -> None:
    setting = Setting(prefix="~B", suffix="#")
    assert read_scan(f"~B{BILL}#", setting).numbers == ((BILL_NUMBER, BILL),)
    assert not read_scan(f"~B{BILL}#").is_ours


def test_a_square_code_is_read_on_every_keyboard() -> None:
    code = "MA1|R|3-2026-000123-K|2026-11-28|120.00|MAD||3|ab12|" + "aZ_-9" * 17 + "x"
    for layout in _OTHERS:
        reading = read_scan(as_typed_on(layout, code))
        assert reading.is_square_code
        assert reading.text == code


def test_a_word_that_came_at_once_is_no_code() -> None:
    """A connection that was held up may bring a whole word."""
    assert not is_mostly_figures("bennani")
    assert not is_mostly_figures("hélène-éloïse")
    assert not is_mostly_figures("12a")
    assert is_mostly_figures("6111234567890")


def test_the_cases_that_failed_once_hold() -> None:
    """Each of the texts that were found at a desk."""
    cases = Path(__file__).resolve().parents[4] / "shared" / "cases" / "21-scanner" / "scans.txt"
    if not cases.is_file():
        pytest.skip(f"no cases at {cases}")
    for line in cases.read_text(encoding="utf-8").splitlines():
        sent = (
            re.sub(r"<(Enter|Tab)>$", "", line.partition(": ")[2])
            .replace("\\x02", "\x02")
            .replace("\\x03", "\x03")
        )
        assert {number for _kind, number in read_scan(sent).numbers} == {"A-2026-0000001-4"}
