"""Reads tables as they come: CSV in its many forms (also packed), XLSX. Lines keep their number; nothing is shifted."""

import codecs
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, cast
from unicodedata import category

from muniadmin.exchange.errors import (
    ColumnTwice,
    FileEmpty,
    FileNotText,
    FileTooBig,
    FileTruncated,
    FileUnreadable,
    HeaderMissing,
    OldWorkbook,
    QuoteNeverClosed,
    WorkbookUnreadable,
)

_CHUNK = 1 << 20
_MOST_BYTES = 2 << 30
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 60
_CALCULATES = "=+-@＝＋－＠"
_NEGATIVE = re.compile(r"-\d[\d\s.,]*")


def harmless(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula: an apostrophe stands before what begins like one.

    OWASP, CSV Injection. A negative number is left as it is. :meth:`Table.lines` takes the apostrophe away again.
    """
    return f"'{text}" if _may_calculate(text) and not _NEGATIVE.fullmatch(text) else text


def _may_calculate(text: str) -> bool:
    """Whether it begins like a formula, behind blanks and what nobody sees as well, or with the end of a line."""
    if text[:1].isalnum():
        return False
    seen = next((char for char in text if not char.isspace() and category(char) not in ("Cc", "Cf")), "")
    return text[:1] in ("\t", "\r", "\n") or (seen != "" and seen in _CALCULATES)


def _as_meant(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _may_calculate(cell[1:]) else cell


@dataclass(frozen=True)
class Line:
    """One line of a table: where it starts in the file, and its fields."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table in a file. ``lines`` reads it anew each time; blank lines are left out."""

    path: Path
    #: "csv" or "xlsx".
    kind: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    #: About how many lines there are, for progress.
    about: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def lines(self) -> Iterator[Line]:
        """Every line below the header. Raises QuoteNeverClosed, FileTruncated."""
        found = _sheet_lines(self.path) if self.kind == "xlsx" else _csv_lines(self)
        next(found, None)
        width = len(self.columns)
        for line in found:
            cells = line.cells
            if self.kind == "xlsx":
                # A sheet's rows are as wide as its widest: only what stands beyond the columns counts.
                cells = _fitted(cells, width)
            if any(cells):
                yield Line(line.number, cells)


def open_table(path: Path) -> Table:
    """Finds out how the file is written, and reads its column names. Raises a FileUnusable."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise FileUnreadable(file=path.name, reason=error.strerror or str(error)) from error
    if not size:
        raise FileEmpty(file=path.name)
    if start[:4] == b"PK\x03\x04":
        table = Table(path, "xlsx", "", "", (), size // 40)
        first = next(_sheet_lines(path), None)
    elif start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise OldWorkbook(file=path.name)
    else:
        encoding, sample, about = _probe(path)
        table = Table(path, "csv", encoding, _delimiter(sample), (), about)
        first = next(_csv_lines(table), None)
    if first is None:
        raise FileEmpty(file=path.name)
    columns = tuple(cell.strip() for cell in first.cells)
    while columns and not columns[-1]:
        columns = columns[:-1]
    _ensure_header(path.name, columns)
    return replace(table, columns=columns)


def _ensure_header(name: str, columns: Sequence[str]) -> None:
    if len(columns) < 2 or not all(columns) or all(_is_figure(column) for column in columns):
        raise HeaderMissing(file=name)
    column, times = Counter(columns).most_common(1)[0]
    if times > 1:
        raise ColumnTwice(file=name, column=column)


def _is_figure(text: str) -> bool:
    return text.replace(".", "").replace(",", "").replace("-", "").isdigit()


# --- CSV -----------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if packed:
                with gzip.open(file, "rb") as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield file
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileTruncated(file=path.name) from error
    except OSError as error:
        raise FileUnreadable(file=path.name, reason=error.strerror or str(error)) from error


def _probe(path: Path) -> tuple[str, str, int]:
    """The encoding of the whole file, the text it begins with, and its number of lines. UTF-8 if it is; else what
    Windows writes."""
    with _opened(path) as file:
        start = file.read(4)
        for mark, encoding in (
            (codecs.BOM_UTF8, "utf-8-sig"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if start.startswith(mark):
                candidates = [encoding]
                break
        else:
            candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        decoded = _decoded(path, encoding)
        if decoded is not None:
            return encoding, *decoded
    raise FileNotText(file=path.name)


def _decoded(path: Path, encoding: str) -> tuple[str, int] | None:
    """The text a file begins with and its number of lines; None when it is not written in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    sample, total, lines = "", 0, 0
    with _opened(path) as file:
        while chunk := file.read(_CHUNK):
            total += len(chunk)
            if total > _MOST_BYTES:
                raise FileTooBig(file=path.name, limit=_MOST_BYTES >> 20)
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError:
                return None
            if "\0" in text:
                raise FileNotText(file=path.name)
            lines += text.count("\n")
            sample = sample or text
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    if _looks_binary(sample):
        raise FileNotText(file=path.name)
    return sample, lines


def _looks_binary(sample: str) -> bool:
    odd = sum(1 for letter in sample[:4096] if letter < " " and letter not in "\t\r\n\f")
    return odd > len(sample[:4096]) // 100


def _delimiter(sample: str) -> str:
    """The one of our delimiters that cuts the first lines into the same number of fields most often."""
    lines = sample.splitlines(keepends=True)[:_SAMPLE_LINES]

    def agreement(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells)
        except csv.Error:
            return 0.0, 0
        if not widths:
            return 0.0, 0
        width, times = widths.most_common(1)[0]
        return (times / widths.total() if width > 1 else 0.0), width

    return max(_DELIMITERS, key=agreement)


def _csv_lines(table: Table) -> Iterator[Line]:
    """The lines of a CSV file with the number of the line each starts in."""
    name = table.name
    with _opened(table.path) as file:
        text = io.TextIOWrapper(file, encoding=table.encoding, newline="")
        reader = csv.reader(text, delimiter=table.delimiter)
        try:
            while True:
                started = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    # The reader's own limit: a field of more than 128 kilobytes.
                    raise QuoteNeverClosed(file=name, line=started) from error
                if any(cell.strip() for cell in cells):
                    yield Line(started, tuple(map(_as_meant, cells)))
        finally:
            text.detach()


# --- XLSX ----------------------------------------------------------------------------------------------------------


def _sheet_lines(path: Path) -> Iterator[Line]:
    """The rows of a workbook's first sheet that holds anything, as text."""
    from openpyxl import load_workbook  # slow to load, only needed for workbooks

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_BYTES:
                raise FileTooBig(file=path.name, limit=_MOST_BYTES >> 20)
        workbook = load_workbook(path, read_only=True, data_only=True)
    except FileTooBig:
        raise
    except OSError as error:
        raise FileUnreadable(file=path.name, reason=error.strerror or str(error)) from error
    except Exception as error:
        raise WorkbookUnreadable(file=path.name) from error
    try:
        for sheet in workbook.worksheets:
            empty = True
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = tuple(_as_text(value) for value in row)
                if any(cells):
                    empty = False
                    yield Line(number, cells)
            if not empty:
                return
    except FileTooBig:
        raise
    except Exception as error:
        raise WorkbookUnreadable(file=path.name) from error
    finally:
        workbook.close()


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells + ("",) * (width - len(cells))
