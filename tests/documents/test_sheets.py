"""Sheets are frozen as text and come back the same, years later."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.collection.sheets import ReceiptLine, ReceiptSheet
from muniadmin.documents.errors import UnreadableSheet
from muniadmin.documents.papers import sheet_from_json
from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.money import Money
from tests.documents.samples import a_receipt, a_slip, every_kind

SHEETS = [sheet for language in ("fr", "en") for sheet in every_kind(language)]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.KIND}-{sheet.language}")
def test_a_sheet_comes_back_from_its_text(sheet: Sheet) -> None:
    text = sheet.to_json()
    again = sheet_from_json(text)
    assert again == sheet
    assert type(again) is type(sheet)
    assert again.to_json() == text


def numbers_in(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers_in(item)]
    if isinstance(value, list):
        return [number for item in value for number in numbers_in(item)]
    return [value] if isinstance(value, int | float) else []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.KIND}-{sheet.language}")
def test_the_text_is_canonical(sheet: Sheet) -> None:
    text = sheet.to_json()
    read = json.loads(text)
    assert text == json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert read["kind"] == sheet.KIND
    assert all(type(number) in (int, bool) for number in numbers_in(read))


@given(
    st.text(), st.integers(-(10**15), 10**15), st.datetimes(timezones=st.just(UTC)),
    st.lists(st.tuples(st.text(), st.integers(0, 10**12)), max_size=5), st.one_of(st.none(), st.integers(0, 10**9)),
)  # fmt: skip
def test_whatever_a_receipt_shows_comes_back(
    payer: str, total: int, taken_at: datetime, lines: list[tuple[str, int]], tendered: int | None
) -> None:
    sheet = replace(
        a_receipt(),
        payer=payer,
        total=Money(total),
        taken_at=taken_at,
        lines=tuple(ReceiptLine(what=what, bill_number="", amount=Money(minor)) for what, minor in lines),
        tendered=None if tendered is None else Money(tendered),
    )
    assert sheet_from_json(sheet.to_json()) == sheet


def test_equal_instants_in_other_zones_stay_the_instant_they_are() -> None:
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=3)))
    assert sheet_from_json(replace(a_receipt(), taken_at=noon).to_json()) == replace(
        a_receipt(), taken_at=noon.astimezone(UTC)
    )


def test_a_text_of_an_earlier_form_is_not_read_as_one_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that changed its meaning would say something else."""
    earlier = a_receipt().to_json()
    monkeypatch.setattr(ReceiptSheet, "FORM", 2)
    assert sheet_from_json(a_receipt().to_json()) == a_receipt()
    with pytest.raises(UnreadableSheet):
        sheet_from_json(earlier)


def altered(**changes: Any) -> str:
    written = json.loads(a_receipt().to_json())
    for key, value in changes.items():
        where = written if key in written else written["shows"]
        where[key] = value
    return json.dumps(written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        altered(kind="poem"),
        altered(form=99),
        altered(total=12.5),
        altered(total="851.25"),
        altered(taken_at="yesterday"),
        altered(lines=[{"what": "no amount"}]),
        altered(surprise="a field nobody knows"),
    ],
)
def test_what_is_not_a_sheet_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        sheet_from_json(text)
    assert "cannot be read" in refused.value.sentence()


def test_the_slip_computes_what_the_till_should_hold() -> None:
    slip = a_slip()
    assert slip.expected == Money(1245000)
    assert slip.difference == Money(-500)
    assert [item.amount for item in slip.denominations] == [Money(1240000), Money(4500)]
