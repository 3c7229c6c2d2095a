"""Holds every row that events tell of against what events said of it."""

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Column, Row, Table, func, literal, select, tuple_

from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import Base
from muniadmin.storage.events import Event
from muniadmin.storage.proof import DECLARED, EVENT_ID, Proof, digest_of, is_told, key_of, said
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import frozen
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import TEXTS, Look, streamed, unreadable
from muniadmin.verification.start import BEGINNING, Start

_AT_ONCE = 200
#: Rows that are held against what was told of them at a time.
_BATCH = 1_000
# Of the file, in memory at most.
_CACHE_KIB = 32 * 1024


def rows(reading: Reading, look: Look, start: Start = BEGINNING) -> Iterator[Finding]:
    """Of every table that events tell of: each row says what its last change left it as; none is missing, none is there
    that no event wrote, and each event found the rows it changed as another had left them. Behind an anchor these are
    the rows that the events since tell of, and those that name one of these events. What events say is kept in a file
    of its own meanwhile, so that memory stays flat."""
    with tempfile.TemporaryDirectory(prefix="verify-") as folder, closing(_Told(Path(folder))) as told:
        told.read_all(reading, look, start)
        yield from told.follow_all(start)
        for table in Base.metadata.sorted_tables:
            if is_told(table.name):
                yield from _of_table(reading, look, table, told, start)
        yield from told.gone(reading, look, start)


def _of_table(reading: Reading, look: Look, table: Table, told: "_Told", start: Start) -> Iterator[Finding]:
    names = [column.name for column in table.columns]
    written_once = _is_written_once(table.name)
    rows = _rows_of(reading, look, table, told, start)
    while some := [dict(zip(names, row, strict=True)) for row in islice(rows, _BATCH)]:
        keys = [key_of(table, facts) for facts in some]
        for facts, key, last in zip(some, keys, told.take(table.name, keys), strict=True):
            look()
            yield from _of_row(reading, table, facts, key, last, written_once)


def _of_row(
    reading: Reading,
    table: Table,
    facts: Mapping[str, Any],
    key: Sequence[Any],
    last: "_Last | None",
    written_once: bool,
) -> Iterator[Finding]:
    try:
        says = said(table, facts)
        digest = digest_of(says)
    except Exception as error:  # noqa: BLE001 - JSON can hold what no event could
        yield unreadable("rows", table.name, " ".join(map(str, key)), error)
        return
    if last is None:
        yield _finding(table.name, key, N_("{subject}: no event wrote this row."), says=says)
        return
    if last.times > 1:
        yield _finding(table.name, key, N_("{subject}: it is there more than once."), says=says)
    if last.digest != digest:
        yield _finding(
            table.name,
            key,
            N_("{subject}: the row differs from what event {event} says of it."),
            event=last.event,
            said=_said(reading, table, key, last.event) if written_once else {},
            says=says,
        )
    elif written_once and facts[EVENT_ID] != last.event:
        yield _finding(
            table.name,
            key,
            N_("{subject}: it names another event than {event}, which wrote it."),
            event=last.event,
        )


def _is_written_once(table: str) -> bool:
    return table in DECLARED and DECLARED[table].proof is Proof.APPEND_ONLY


def _rows_of(
    reading: Reading, look: Look, table: Table, told: "_Told", start: Start
) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows that are looked at: all of them; behind an anchor those that name an event since, and of rows that name
    none those of which events since tell."""
    if start.is_beginning:
        # Of the table itself: an index can say something else.
        yield from streamed(reading, look, select(table).suffix_with("NOT INDEXED", dialect="sqlite"))
    elif _is_written_once(table.name):
        yield from streamed(reading, look, select(table).where(start.named_since(table.c[EVENT_ID])))
    else:
        keys = told.keys(table)
        while some := list(islice(keys, _AT_ONCE)):
            wanted = select(table).where(tuple_(*table.primary_key.columns).in_(some))
            yield from streamed(reading, look, wanted)


def _said(reading: Reading, table: Table, key: Sequence[Any], event_id: int) -> Mapping[str, Any]:
    """What an event says of a row that is written once."""
    text = frozen(reading.connection.scalar(select(Event.canonical).where(Event.id == event_id)) or "")
    names = [column.name for column in table.primary_key.columns]
    for row in _rows_in(text).get(table.name, ()):
        if _key_in(row, names, event_id) == list(key):
            return dict(row)
    return {}


def _finding(
    table: str,
    key: Sequence[Any],
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


# --- the changes of one row -------------------------------------------------------------------------------------------


class Change(NamedTuple):
    """One change of a row: the event that tells of it, and the row's digest before and after; None: there is no row."""

    event: int
    before: str | None
    after: str | None


def followed(changes: Sequence[Change], begin: str | None = None) -> tuple[Change, list[Change]]:
    """The last of a row's changes, and those that found it otherwise than the others had left it.

    Numbers of events do not say which came first: a server gives them when orders begin, and of two that change one row
    the later number may be through before the other. So states are taken as places and changes as ways between them:
    from ``begin`` one walk must use every change once (an Eulerian trail, found as Hierholzer does). A row may come
    back to what it was: a walk that leads from a state on the trail back to it belongs in between. Each walk that does
    not is astray, and its first change is the one that is named.
    """
    if len(changes) == 1 and changes[0].before == begin:
        return changes[0], []
    leaving = defaultdict[str | None, list[Change]](list)
    for change in sorted(changes, key=lambda one: one.event):
        leaving[change.before].append(change)
    reached = [begin]

    def way_from(state: str | None) -> list[Change]:
        way = []
        while leaving[state]:
            way.append(leaving[state].pop(0))
            state = way[-1].after
            reached.append(state)
        return way

    ends, astray = way_from(begin)[-1:], []
    for state in reached:  # it grows while it is gone through: way_from adds what it comes to
        while way := way_from(state):
            if way[-1].after != state:
                ends.append(way[-1])
                astray.append(way[0])
    for state in list(leaving):  # what is left over begins in states that no change on the trail came to
        while way := way_from(state):
            ends.append(way[-1])
            astray.append(way[0])
    return max(ends, key=lambda one: one.event), astray


def _found_by_the_first(changes: Sequence[Change]) -> str | None:
    """What a row was before the first of its changes, as far as they say: what none of them left."""
    left = {change.after for change in changes}
    return next((change.before for change in changes if change.before not in left), changes[0].before)


# --- what all events say ----------------------------------------------------------------------------------------------


class _Last(NamedTuple):
    """What a row was left as, and by which event; how many times it was there so far."""

    digest: str
    event: int
    times: int


class _Told:
    """What events tell of rows, by table and key, in a file."""

    def __init__(self, folder: Path) -> None:
        self._file = sqlite3.connect(folder / "told.db", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=OFF",
            "PRAGMA synchronous=OFF",
            f"PRAGMA cache_size=-{_CACHE_KIB}",
            "CREATE TABLE change (name, key, event, before, after)",
            # What each row was left as, and how many times it was seen.
            "CREATE TABLE told (name, key, digest, event, seen, PRIMARY KEY (name, key)) WITHOUT ROWID",
            "BEGIN",
        ):
            self._file.execute(statement)

    def close(self) -> None:
        """Closes the file; its folder goes with it."""
        self._file.close()

    def read_all(self, reading: Reading, look: Look, start: Start) -> None:
        """Reads the texts of all events behind the place."""
        keys = {
            table.name: [column.name for column in table.primary_key.columns]
            for table in Base.metadata.sorted_tables
        }
        wanted = select(Event.id, Event.canonical).where(start.may_be_behind(Event.id), start.behind(Event))
        for event in streamed(reading, look, wanted.order_by(Event.id), at_once=TEXTS):
            # What somebody has made unreadable says nothing; that its text was changed is the chains' finding.
            with suppress(TypeError, ValueError, KeyError, AttributeError):
                self._file.executemany(
                    "INSERT INTO change VALUES (?, ?, ?, ?, ?)",
                    _told_in(frozen(event.canonical), event.id, keys),
                )

    def follow_all(self, start: Start) -> Iterator[Finding]:
        """Notes what each row was left as, and names the events that found a row otherwise."""
        rows = self._file.execute(
            "SELECT name, key, event, before, after FROM change ORDER BY name, key, event"
        )
        astray: list[tuple[str, str, int]] = []

        def left() -> Iterator[tuple[str, str, str | None, int]]:
            for (table, key), some in groupby(rows, itemgetter(0, 1)):
                changes = [Change(*one[2:]) for one in some]
                last, lost = followed(changes, None if start.is_beginning else _found_by_the_first(changes))
                astray.extend((table, key, change.event) for change in lost)
                yield table, key, last.after, last.event

        self._file.executemany("INSERT INTO told VALUES (?, ?, ?, ?, 0)", left())
        for table, key, event in astray:
            yield _finding(
                table,
                _key_of(key),
                N_("{subject}: event {event} found the row otherwise than the events before it left it."),
                event=event,
            )

    def keys(self, table: Table) -> Iterator[tuple[Any, ...]]:
        """The keys of the rows of a table of which something is told."""
        columns = table.primary_key.columns
        for (text,) in self._file.execute("SELECT key FROM told WHERE name = ? ORDER BY key", (table.name,)):
            if _may_be_key(key := _key_of(text), columns):
                yield tuple(key)

    def take(self, table: str, keys: Sequence[Sequence[Any]]) -> list["_Last | None"]:
        """What each of some rows that are there was left as; None: nothing was told, or that it was deleted."""
        places = [_text_of(key) for key in keys]
        found = self._file.execute(
            "SELECT key, digest, event, seen FROM told "
            "WHERE name = ? AND digest IS NOT NULL AND key IN (SELECT value FROM json_each(?, '$.key'))",
            (table, _text_of(places)),
        )
        known = {place: _Last(*last) for place, *last in found}
        taken = []
        for place in places:
            last = known.get(place)
            if last is not None:
                last = known[place] = last._replace(times=last.times + 1)
            taken.append(last)
        self._file.executemany(
            "UPDATE told SET seen = ? WHERE name = ? AND key = ?",
            [(last.times, table, place) for place, last in known.items()],
        )
        return taken

    def gone(self, reading: Reading, look: Look, start: Start) -> Iterator[Finding]:
        """What should be there and is not."""
        for table, text, event in self._file.execute(
            "SELECT name, key, event FROM told WHERE seen = 0 AND digest IS NOT NULL ORDER BY name, key"
        ):
            key = _key_of(text)
            if start.is_beginning and look.unread and _is_there(reading, Base.metadata.tables[table], key):
                continue  # it cannot be read, as the check of values says
            yield _finding(
                table,
                key,
                N_("{subject} is missing; event {event} wrote it.")
                if start.is_beginning or not _is_written_once(table)
                else N_("{subject} is missing, or names another event than {event}, which wrote it."),
                event=event,
                said=_said(reading, Base.metadata.tables[table], key, event)
                if _is_written_once(table)
                else {},
            )


def _told_in(
    text: Mapping[str, Any], event_id: int, keys: Mapping[str, list[str]]
) -> Iterator[tuple[str, str, int, str | None, str | None]]:
    """What an event tells of rows: table, key, the event, the digests before and after."""
    for table, some in _rows_in(text).items():
        for row in some:
            yield table, _text_of(_key_in(row, keys[table], event_id)), event_id, None, digest_of(row)
    for table, some in text.get("changes", {}).items():
        for key, before, after in some:
            yield table, _text_of(key), event_id, _digest(before), _digest(after)


def _text_of(key: Sequence[Any]) -> str:
    return canonical_json({"key": key})


def _key_of(text: str) -> list[Any]:
    key = frozen(text)["key"]
    return key if isinstance(key, list) else [key]


def _digest(said: object) -> str | None:
    """A digest in an event's text; what is none equals none."""
    return said if said is None or (isinstance(said, str) and said.isascii()) else "?"


def _may_be_key(key: Sequence[Any], columns: Iterable[Column[Any]]) -> bool:
    """Whether a row could have the key: the text of an event that somebody changed can say anything."""
    kinds = [column.type.python_type for column in columns]
    return [type(part) for part in key] == kinds and all(
        "\0" not in part if isinstance(part, str) else abs(part) < 2**63 for part in key
    )


def _is_there(reading: Reading, table: Table, key: Sequence[Any]) -> bool:
    """Whether the table itself has the row, whatever an index says."""
    columns = table.primary_key.columns
    if not _may_be_key(key, columns):
        return False
    same = [func.coalesce(column, column) == part for column, part in zip(columns, key, strict=True)]
    return reading.connection.scalar(select(literal(1)).select_from(table).where(*same)) is not None


def _rows_in(text: Mapping[str, Any]) -> Mapping[str, Any]:
    found = text.get("rows")
    return found if isinstance(found, dict) else {}


def _key_in(row: Mapping[str, Any], names: list[str], event_id: int) -> list[Any]:
    """The key of a row in an event's text, which leaves its own number out."""
    return [event_id if name == EVENT_ID else row.get(name) for name in names]
