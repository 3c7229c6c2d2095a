"""Reads records that are no table of lines: JSON in its usual forms, and what Python prints. Each becomes a line.

Understood are a list of objects (alone, or as the one list in an object), an object of columns ({column: {row: value}}
or {column: [values]}), and a text with one object a line, in JSON or as Python writes a dict. Packed files too.
"""

import ast
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muniadmin.exchange.errors import (
    FileEmpty,
    FileTooBig,
    FileTruncated,
    FileUnreadable,
    RecordUnreadable,
)
from muniadmin.exchange.tabular import Line, Table, open_table

ROW = "#"
"""The column that holds a record's own key: its name among the rows of a column, else its place in the file."""

_MOST_BYTES = 512 << 20


@dataclass(frozen=True)
class RecordTable(Table):
    """Records with the same columns each; a record that lacks one has an empty field."""

    rows: tuple[tuple[str, ...], ...] = ()

    def lines(self) -> Iterator[Line]:
        """Every record, numbered from 1."""
        for number, cells in enumerate(self.rows, 1):
            yield Line(number, cells)


def open_file(path: Path) -> Table:
    """A table of any kind we read: records when the file starts like one, else CSV or XLSX. Raises a FileUnusable."""
    return _open_records(path) if _starts_as_record(path) else open_table(path)


def _starts_as_record(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(512)
        if start[:2] == b"\x1f\x8b":
            with gzip.open(path, "rb") as unpacked:
                start = unpacked.read(512)
    except (OSError, EOFError, zlib.error):
        return False  # What is wrong is said when the file is opened as a table.
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _open_records(path: Path) -> RecordTable:
    text = _text(path)
    records = list(_records(path.name, text))
    if not records:
        raise FileEmpty(file=path.name)
    columns = dict.fromkeys(name for record in records for name in record)
    named = [name for name in columns if name != ROW]
    rows = tuple(
        (str(record.get(ROW, number)), *(_as_text(record.get(name)) for name in named))
        for number, record in enumerate(records, 1)
    )
    return RecordTable(path, "json", "utf-8", ",", (ROW, *named), len(rows), rows)


def _text(path: Path) -> str:
    try:
        packed = path.read_bytes()[:2] == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileTruncated(file=path.name) from error
    except OSError as error:
        raise FileUnreadable(file=path.name, reason=error.strerror or str(error)) from error
    if len(data) > _MOST_BYTES:
        raise FileTooBig(file=path.name, limit=_MOST_BYTES >> 20)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _records(name: str, text: str) -> Iterable[Mapping[str, Any]]:
    try:
        whole = json.loads(text)
    except ValueError:
        return [_record(name, number, line) for number, line in _filled(text)]
    if isinstance(whole, dict):
        inner = [value for value in whole.values() if isinstance(value, list) and _are_objects(value)]
        if len(inner) == 1:
            whole = inner[0]
        elif whole and all(isinstance(value, dict | list) for value in whole.values()):
            return _by_column(whole)
        else:
            whole = [whole]
    if not isinstance(whole, list) or not _are_objects(whole):
        raise RecordUnreadable(file=name, line=1)
    return whole


def _are_objects(values: Sequence[Any]) -> bool:
    return bool(values) and all(isinstance(value, dict) for value in values)


def _by_column(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Columns turned into records, each under its row's own key."""
    rows: dict[str, dict[str, Any]] = {}
    for name, values in columns.items():
        pairs = values.items() if isinstance(values, dict) else enumerate(values, 1)
        for key, value in pairs:
            row = rows.get(str(key))
            if row is None:
                row = rows[str(key)] = {ROW: str(key)}
            row[name] = value
    return list(rows.values())


def _filled(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def _record(name: str, number: int, line: str) -> Mapping[str, Any]:
    """One line's object; ``ast.literal_eval`` reads what Python prints without running any of it."""
    bare = line.strip().rstrip(",")
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(bare)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    raise RecordUnreadable(file=name, line=number)


def _as_text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip()
