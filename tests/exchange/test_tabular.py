"""Files as they come: read, or refused in one clear sentence."""

import csv
import gzip
import io
import os
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from muniadmin.exchange.errors import (
    ColumnTwice,
    FileEmpty,
    FileNotText,
    FileTruncated,
    FileUnreadable,
    FileUnusable,
    HeaderMissing,
    OldWorkbook,
    QuoteNeverClosed,
    WorkbookUnreadable,
)
from muniadmin.exchange.mapping import compiled, tidy, translated
from muniadmin.exchange.tabular import open_table

ROWS = [["nom", "téléphone"], ["Café L’Œuf; 2", "0661 23 45 67"], ["Amina", ""]]


def written(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def as_csv(delimiter: str, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(ROWS)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_csv_is_read_however_it_is_written(
    tmp_path: Path, delimiter: str, encoding: str, packed: bool
) -> None:
    content = as_csv(delimiter, encoding)
    path = written(tmp_path, gzip.compress(content) if packed else content)
    table = open_table(path)
    assert list(table.columns) == ROWS[0]
    assert [list(line.cells) for line in table.lines()] == ROWS[1:]
    assert [line.number for line in table.lines()] == [2, 3]


def test_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "empty"  # type: ignore[union-attr]
    sheet = book.create_sheet("roll")
    for row in (["key", "name", "since"], [12, "Amina", date(2026, 3, 1)], [], [13.5, True, None]):
        sheet.append(row)
    book.save(tmp_path / "roll.xlsx")
    table = open_table(tmp_path / "roll.xlsx")
    assert table.columns == ("key", "name", "since")
    assert [(line.number, line.cells) for line in table.lines()] == [
        (2, ("12", "Amina", "2026-03-01")),
        (4, ("13.5", "1", "")),
    ]


def test_lines_keep_their_number_across_blank_lines_and_line_breaks_in_fields(tmp_path: Path) -> None:
    content = b'a,b\n\n"one\ntwo",x\n , \nlast,y,too many\n'
    assert [(line.number, len(line.cells)) for line in open_table(written(tmp_path, content)).lines()] == [
        (3, 2),
        (6, 3),
    ]


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"", "a.csv", FileEmpty),
        (b"\n\n\n", "a.csv", FileEmpty),
        (b"one column\nvalue\n", "a.csv", HeaderMissing),
        (b"1,2,3\n4,5,6\n", "a.csv", HeaderMissing),
        (b"a,,b\n1,2,3\n", "a.csv", HeaderMissing),
        (b"a,b,a\n1,2,3\n", "a.csv", ColumnTwice),
        (b"a,b\nx\0y,z\n", "a.csv", FileNotText),
        (bytes(range(256)) * 40, "a.csv", FileNotText),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(3000), "a.csv", FileNotText),
        (b"%PDF-1.7\n" + bytes(range(128, 256)) * 9, "a.csv", FileUnusable),
        (b'a,b\n1,"never closed\n' + b"x,y\n" * 60_000, "a.csv", QuoteNeverClosed),
        (gzip.compress(b"a,b\n1,2\n" * 9000)[:-12], "a.csv.gz", FileTruncated),
        (b"\x1f\x8bnot really packed", "a.csv.gz", FileTruncated),
        (gzip.compress(b"", mtime=0), "a.csv.gz", FileEmpty),
        (b"PK\x03\x04 not a workbook", "a.xlsx", WorkbookUnreadable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "a.xls", OldWorkbook),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, name: str, refusal: type[FileUnusable]
) -> None:
    with pytest.raises(refusal) as refused:
        list(open_table(written(tmp_path, content, name)).lines())
    assert name in refused.value.sentence()
    assert refused.value.advice()


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(FileUnreadable):
            open_table(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_no_file_makes_the_reader_fall_over(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content, "any")
    with suppress(FileUnusable):
        list(open_table(path).lines())


def test_templates_join_columns_without_loose_commas() -> None:
    take = compiled("{street}, {street 2}, {city} {zip}", ["street", "street 2", "city", "zip"], "f")
    assert take(["12  rue X ", "", "Fès", ""]) == "12 rue X, Fès"
    assert compiled("{zip}", ["zip"], "f")([" 3 0 "]) == "3 0"
    assert compiled("organisation", ["zip"], "f")(["x"]) == "organisation"
    assert tidy(", , a,, b , ") == "a, b"


def test_codes_are_translated_to_what_the_profile_knows() -> None:
    table = {"R": ["main_home", "residential"], "*": ["professional", "commercial"]}
    assert translated("R", table, ["residential", "commercial"]) == "residential"
    assert translated("Z", table, ["main_home", "professional"]) == "professional"
    assert translated("Z", {}, []) == "Z"
