"""Holds every row that events tell of against what the last event said of it."""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Table, select

from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import Base
from muniadmin.storage.events import Event
from muniadmin.storage.proof import DECLARED, EVENT_ID, Proof, digest_of, is_told, key_of, said
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import frozen
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, streamed

_BATCH = 5_000


def rows(reading: Reading, look: Look) -> Iterator[Finding]:
    """Of every table that events tell of: each row says what the last event about it says; none is missing, and none is
    there that no event wrote. What events say is kept in a file of its own meanwhile, so that memory stays flat."""
    with tempfile.TemporaryDirectory(prefix="verify-") as folder, closing(_Told(Path(folder))) as told:
        told.read_all(reading, look)
        for table in Base.metadata.sorted_tables:
            if is_told(table.name):
                yield from _of_table(reading, look, table, told)
        yield from told.gone()


def _of_table(reading: Reading, look: Look, table: Table, told: "_Told") -> Iterator[Finding]:
    names = [column.name for column in table.columns]
    written_once = DECLARED[table.name].proof is Proof.APPEND_ONLY
    for row in streamed(reading, look, select(table)):
        look()
        facts = dict(zip(names, row, strict=True))
        key, says = key_of(table, facts), said(table, facts)
        last = told.take(table.name, key)
        if last is None:
            yield _finding(table.name, key, N_("{subject}: no event wrote this row."), says=says)
        elif last.digest != digest_of(says):
            yield _finding(
                table.name,
                key,
                N_("{subject}: the row differs from what event {event} says of it."),
                event=last.event_id,
                said=_said(reading, table, key, last.event_id) if written_once else {},
                says=says,
            )
        elif written_once and facts[EVENT_ID] != last.event_id:
            yield _finding(
                table.name,
                key,
                N_("{subject}: it names another event than {event}, which wrote it."),
                event=last.event_id,
            )


def _said(reading: Reading, table: Table, key: tuple[Any, ...], event_id: int) -> Mapping[str, Any]:
    """What an event says of a row that is written once."""
    text = frozen(reading.connection.scalar(select(Event.canonical).where(Event.id == event_id)) or "")
    names = [column.name for column in table.primary_key.columns]
    for row in _rows_in(text).get(table.name, ()):
        if _key_in(row, names, event_id) == list(key):
            return dict(row)
    return {}


def _finding(
    table: str,
    key: tuple[Any, ...],
    message: str,
    *,
    event: int | None = None,
    said: Mapping[str, Any] = MappingProxyType({}),
    says: Mapping[str, Any] = MappingProxyType({}),
) -> Finding:
    return Finding(
        check="rows",
        table=table,
        key=" ".join(str(part) for part in key),
        message=message,
        facts={} if event is None else {"event": event},
        said=said,
        says=says,
        event=event,
    )


class _Last:
    """The last that was said of a row."""

    def __init__(self, digest: str, event_id: int) -> None:
        self.digest, self.event_id = digest, event_id


class _Told:
    """The last digest of every row that events tell of, by table and key, in a file."""

    def __init__(self, folder: Path) -> None:
        self._file = sqlite3.connect(folder / "told.db", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=OFF",
            "PRAGMA synchronous=OFF",
            "CREATE TABLE told (row TEXT PRIMARY KEY, digest TEXT, event INTEGER, seen INTEGER) WITHOUT ROWID",
            "BEGIN",
        ):
            self._file.execute(statement)

    def close(self) -> None:
        """Closes the file; its folder goes with it."""
        self._file.close()

    def read_all(self, reading: Reading, look: Look) -> None:
        """Reads the texts of all events, in their order."""
        keys = {
            table.name: [column.name for column in table.primary_key.columns]
            for table in Base.metadata.sorted_tables
        }
        wanted = select(Event.id, Event.canonical).order_by(Event.id)
        for event in streamed(reading, look, wanted):
            text = frozen(event.canonical)
            found = []
            # What somebody has made unreadable says nothing; that its text was changed is the chains' finding.
            with suppress(TypeError, ValueError, KeyError, AttributeError):
                for table, some in _rows_in(text).items():
                    for row in some:
                        key = _key_in(row, keys[table], event.id)
                        found.append((_name(table, key), digest_of(row), event.id))
                for table, some in text.get("changes", {}).items():
                    found += [(_name(table, key), after, event.id) for key, _before, after in some]
            self._file.executemany("INSERT OR REPLACE INTO told VALUES (?, ?, ?, 0)", found)

    def take(self, table: str, key: tuple[Any, ...]) -> _Last | None:
        """The last that was said of a row, which is there; None: nothing was, or that it was deleted."""
        name = _name(table, list(key))
        row = self._file.execute("SELECT digest, event FROM told WHERE row = ?", (name,)).fetchone()
        if row is None or row[0] is None:
            return None
        self._file.execute("UPDATE told SET seen = 1 WHERE row = ?", (name,))
        return _Last(row[0], row[1])

    def gone(self) -> Iterator[Finding]:
        """What should be there and is not."""
        for name, event in self._file.execute(
            "SELECT row, event FROM told WHERE seen = 0 AND digest IS NOT NULL ORDER BY row"
        ):
            table, key = frozen(name)["row"]
            yield _finding(
                table, tuple(key), N_("{subject} is missing; event {event} wrote it."), event=event
            )


def _name(table: str, key: list[Any]) -> str:
    return canonical_json({"row": [table, key]})


def _rows_in(text: Mapping[str, Any]) -> Mapping[str, Any]:
    found = text.get("rows")
    return found if isinstance(found, dict) else {}


def _key_in(row: Mapping[str, Any], names: list[str], event_id: int) -> list[Any]:
    """The key of a row in an event's text, which leaves its own number out."""
    return [event_id if name == EVENT_ID else row.get(name) for name in names]
