"""Checks the events of a town without the program that wrote them: of its SQLite file, or of what
``muniadmin verify --export`` wrote from whichever engine it lies on.

One file, to be read before it is trusted: Python 3.11 or later and its standard library; the package ``cryptography``
for the signatures of anchors alone (without it everything else is checked, and it says so). Nothing of MuniAdmin is
imported, nothing is written.

    python check_events.py TOWN.sqlite3 [--against FILE-OR-FOLDER ...] [--key PUBLIC.pem] [--tables TABLES.json]

What "clean" proves
- each chain of events, and of signed acts, runs 1, 2, 3... to its head; each row bears the digest of the row before
  it, and its own is the SHA-256 of chain, place, that digest and its text: nothing was changed, put in, left out or put
  in another order without everything behind it being written anew;
- the row of each event, and its lines in the audit log, say what its text says;
- every row that events tell of is there with the values that the last event about it gave it, none is missing, and none
  is there that no event wrote; each event found the rows it changed as the events before it had left them (of a
  server: as others had left them, for its numbers do not say which came first);
- anchors run 1, 2, 3..., each is signed, bears the digest of the one before it, and every chain row that it names
  stands where it stood; the same of the anchors given with ``--against``, which were kept outside the database.

What it does not prove
- that the rows make sense together (sums, receipts, ledger, caches, triggers): ``muniadmin verify`` does;
- that an order was rightful, or that what was typed in was true;
- anything of the columns and tables that events do not tell of: see TABLES below, and the last lines of the report;
- of an export, that the database held what the export says: whoever makes it for you could have changed it on the way
  (the town's audit log has the SHA-256 of the file that was exported);
- that the last rows of a chain were not cut off together with its head, or a whole chain written anew by somebody who
  owns the database: only an anchor that was kept outside tells, and only up to the place it names. The key that signs
  anchors lies in the database, too: give the one you hold with ``--key`` (``muniadmin key export`` writes it);
- who sat at the keyboard, and what time it really was.

It prints a line for each finding, with table and key, and ends with 0 when all is well, 1 when something is not, and 2
when it could not check at all.
"""

import argparse
import base64
import hashlib
import io
import json
import math
import re
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import groupby
from json.encoder import encode_basestring
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

# How each table is proved: the kind; the columns of which events hold a digest only; the columns that nothing hangs on.
# Append-only: the event that wrote a row holds it. Journaled: events hold its digest before and after each change. What
# is chained, a cache or ephemeral is not told in events. It is what ``muniadmin verify --tables --json`` says.
TABLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "account": ("append-only", ("name",), ()),
    "account_now": ("cache", (), ()),
    "act": ("journaled", (), ()),
    "act_register": ("journaled", (), ()),
    "anchor": ("append-only", (), ()),
    "app_user": ("journaled", ("password_hash",), ("failed_tries", "locked_until", "version")),
    "assessment": ("append-only", (), ()),
    "bill": ("append-only", ("account_name", "lines"), ()),
    "bill_now": ("cache", (), ()),
    "business_day": ("append-only", (), ()),
    "business_day_correction": ("append-only", (), ()),
    "cancellation": ("append-only", (), ()),
    "cash_session": ("journaled", (), ()),
    "chain_head": ("cache", (), ()),
    "charge": ("append-only", (), ()),
    "charge_now": ("cache", (), ()),
    "claim": ("journaled", (), ()),
    "credit": ("append-only", (), ()),
    "credit_move": ("append-only", (), ()),
    "day_collection": ("cache", (), ()),
    "decision": ("append-only", (), ()),
    "document_print": ("append-only", (), ()),
    "event": ("chained", (), ()),
    "event_line": ("cache", (), ()),
    "extract": ("journaled", (), ()),
    "extract_request": ("journaled", (), ()),
    "fine": ("journaled", (), ()),
    "head_rule": ("append-only", (), ()),
    "identifier": ("journaled", (), ()),
    "indicator_goal": ("journaled", (), ()),
    "issued_document": ("append-only", ("canonical",), ()),
    "ledger_account": ("journaled", (), ()),
    "month_closing": ("cache", (), ()),
    "month_left": ("cache", (), ()),
    "name_word": ("ephemeral", (), ()),
    "number_series": ("cache", (), ()),
    "offence": ("journaled", (), ()),
    "offence_amount": ("append-only", (), ()),
    "offer": ("append-only", (), ()),
    "payment": ("append-only", ("payer",), ()),
    "picture": ("append-only", ("png",), ()),
    "point": ("journaled", (), ()),
    "posting": ("append-only", (), ()),
    "printed_file": ("append-only", ("folder",), ()),
    "provider_reference": ("journaled", (), ()),
    "receipt": ("append-only", (), ()),
    "request_step": ("append-only", ("note",), ()),
    "revenue_head": ("journaled", (), ()),
    "roll": ("journaled", (), ()),
    "setting": ("journaled", ("value",), ()),
    "settlement": ("append-only", (), ()),
    "signed_act": ("chained", (), ()),
    "suspension": ("append-only", (), ()),
    "suspension_end": ("append-only", (), ()),
    "tariff": ("journaled", (), ()),
    "taxable_object": ("journaled", (), ()),
    "taxpayer": ("journaled", (), ()),
    "tender": ("append-only", ("drawer",), ()),
    "tender_return": ("append-only", (), ()),
    "term": ("append-only", (), ()),
    "user_role": ("journaled", (), ()),
}

FORM = 1
FIRST_DIGEST = "0" * 64
EVENT_ID = "event_id"
ANCHORS = "anchors"
TOLD = ("append-only", "journaled")
LINK_COLUMNS = "id, chain, chain_seq, previous_digest, digest, canonical"
LONGEST = 60

Say = Callable[[str, str, str], None]


class CannotCheck(Exception):
    """There is nothing to be checked, or it cannot be read at all."""


class Unreadable(ValueError):
    """A value is none that its column, or a text, may hold."""


# --- the form of texts ------------------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """The one JSON text of a value: keys sorted by code point, no blanks, letters as they are."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise Unreadable("a number of more than 64 bits")
        return str(value)
    if isinstance(value, float):
        return _fraction(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
    return "[" + ",".join(map(canonical, value)) + "]"


def _fraction(value: float) -> str:
    """The shortest digits that give the same number; an exponent from 1e+16 up and below 0.00001."""
    mantissa, _e, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa if mantissa not in {"nan", "inf", "-inf"} else "null"
    if exponent == "-05":
        sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
        return f"{sign}0.0000{digits.replace('.', '')}"
    return f"{mantissa}e{int(exponent):+d}"


def sha256(text: str) -> str:
    """Hexadecimal; bytes that are no text are taken as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def digest_of(value: Any) -> str:
    """The digest of a value, as events hold it."""
    return sha256(canonical({"": value}))


def link_digest(chain: str, seq: int, previous: str, text: str) -> str:
    """The digest of a row of a chain."""
    return sha256(f"{chain}\n{seq}\n{previous}\n{text}")


def strict(text: str | bytes) -> Any:
    """What a JSON text says, of which everybody reads the same: no number without end, no name twice. Raises
    ValueError, RecursionError."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(pairs)) != len(pairs):
            raise ValueError("a name that is there twice")
        return found

    def finite(digits: str) -> float:
        if not math.isfinite(number := float(digits)):
            raise ValueError("a number without end")
        return number

    def refused(constant: str) -> Any:
        raise ValueError(constant)

    return json.loads(text, object_pairs_hook=once, parse_float=finite, parse_constant=refused)


def facts_of(text: object) -> dict[str, Any]:
    """The facts of a JSON text. Raises Unreadable."""
    try:
        facts = strict(text) if isinstance(text, str) else None
    except (ValueError, RecursionError) as error:
        raise Unreadable("no JSON") from error
    if not isinstance(facts, dict):
        raise Unreadable("no JSON object")
    return facts


# --- what SQLite's columns hold ---------------------------------------------------------------------------------------

DIGEST = re.compile(r"#[0-9a-f]{64}", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\.(\d{6})", re.ASCII)


def plain(kind: str, value: Any) -> Any:
    """A value of a column, as events say it: instants in UTC, money in its smallest unit. Raises Unreadable."""
    if value is None:
        return None
    if isinstance(value, bytes):
        raise Unreadable("bytes")
    if kind == "BOOLEAN":
        if value not in {0, 1}:
            raise Unreadable("neither true nor false")
        return bool(value)
    if kind == "DATE":
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise Unreadable("no day")
        return value
    if kind == "DATETIME":
        found = INSTANT.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise Unreadable("no instant")
        fraction = "" if found[3] == "000000" else f".{found[3]}"
        return f"{found[1]}T{found[2]}{fraction}+00:00"
    if kind == "JSON":
        try:
            return strict(value)
        except (ValueError, TypeError, RecursionError) as error:
            raise Unreadable("no JSON") from error
    if kind.startswith(("NUMERIC", "DECIMAL")):  # exact numbers are told without the zeros at their end
        digits = str(value)
        return (digits.rstrip("0").rstrip(".") or "0") if "." in digits else digits
    return value


class Export(NamedTuple):
    """What an export says of itself. ``kept_back``: by table, the columns whose values stay secret; it has their
    digest, as events do."""

    program: str
    engine: str
    made_at: str
    public_key: str
    kept_back: dict[str, list[str]]


def is_export(town: sqlite3.Connection, tables: dict[str, Any]) -> bool:
    """Whether the file holds nothing but what an export does: a town's own has triggers, indexes and other tables."""
    made = {name for name, (proof, *_rest) in tables.items() if proof != "ephemeral"} | {"export"}
    there = town.execute(
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    ).fetchall()
    return ("table", "export") in there and all(kind == "table" and name in made for kind, name in there)


def export_of(town: sqlite3.Connection, tables: dict[str, Any]) -> Export | None:
    """What the file says of itself where it is an export. Raises CannotCheck."""
    if not is_export(town, tables):
        return None
    facts = dict(town.execute("SELECT name, value FROM export"))
    if facts.get("form") != "1":
        raise CannotCheck(f"the form of this export ({shown(facts.get('form'))}) is unknown")
    try:
        # No more than what events hold a digest of can be compared by it.
        kept_back = {
            table: [name for name in columns if name in tables[table][1]]
            for table, columns in json.loads(facts["kept_back"]).items()
        }
        program, engine, made_at = (str(facts[name]) for name in ("program", "engine", "made_at"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CannotCheck(f"what this export says of itself cannot be read ({shown(error)})") from error
    return Export(program, engine, made_at, str(facts.get("public_key")), kept_back)


class Column(NamedTuple):
    """A column of a table: its name, its declared type, its place in the key or 0."""

    name: str
    kind: str
    in_key: int


def columns_of(town: sqlite3.Connection, table: str) -> list[Column]:
    """The columns of a table as the file declares them; none where there is no such table."""
    there = town.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
    if not there.fetchone()[0]:
        return []
    return [
        Column(name, str(kind).upper(), in_key)
        for name, kind, in_key in town.execute("SELECT name, type, pk FROM pragma_table_info(?)", (table,))
    ]


def said(
    columns: Sequence[Column],
    row: Sequence[Any],
    by_digest: Sequence[str],
    beside: Sequence[str],
    kept_back: Sequence[str],
) -> dict[str, Any]:
    """All that a row says, as events hold it: what is empty left out, people and long texts by digest; of what an
    export keeps back, the digest is there already."""
    told: dict[str, Any] = {}
    for column, stored in zip(columns, row, strict=True):
        if column.name == EVENT_ID or column.name in beside:
            continue
        try:
            if column.name in kept_back:
                value = plain_digest(stored)
            elif (value := plain(column.kind, stored)) is not None and column.name in by_digest:
                value = f"#{digest_of(value)}"
        except Unreadable as error:
            reason = f"“{column.name}” holds {shown(stored)}, which cannot be read ({error})"
            raise Unreadable(reason) from error
        if value is not None:
            told[column.name] = value
    return told


class Change(NamedTuple):
    """What an event says of a row: its digest before and after; None: there is none."""

    event: int
    before: str | None
    after: str | None


def last_by_number(changes: Sequence[Change]) -> tuple[Change, list[int]]:
    """The last change of a row, and the events that found it otherwise than the one before had left it."""
    left = [None, *(one.after for one in changes)]
    return changes[-1], [one.event for one, found in zip(changes, left, strict=False) if one.before != found]


def last_in_any_order(changes: Sequence[Change]) -> tuple[Change, list[int]]:
    """The same where numbers do not say which event came first: a server gives them when orders begin, and the later
    may be through before the other. From None one walk goes through the row's states and uses each change once (found
    as Hierholzer does: what leads from a state back to it belongs in between). What is left over is astray; of each
    such walk the first change is named."""
    leaving = defaultdict[str | None, list[Change]](list)
    for change in changes:
        leaving[change.before].append(change)
    reached: list[str | None] = [None]

    def way_from(state: str | None) -> list[Change]:
        way = []
        while leaving[state]:
            way.append(leaving[state].pop(0))
            state = way[-1].after
            reached.append(state)
        return way

    ends, astray = way_from(None)[-1:], []
    for state in reached:  # it grows while it is gone through: way_from adds what it comes to
        while way := way_from(state):
            if way[-1].after != state:
                ends.append(way[-1])
                astray.append(way[0].event)
    for state in list(leaving):  # what begins in states that no change on the trail came to
        while way := way_from(state):
            ends.append(way[-1])
            astray.append(way[0].event)
    return max(ends, key=lambda one: one.event), astray


def plain_digest(stored: object) -> str | None:
    """The digest that an export has in the place of a value. Raises Unreadable."""
    if stored is not None and not (isinstance(stored, str) and DIGEST.fullmatch(stored)):
        raise Unreadable("no digest")
    return stored


def storable(text: str) -> str:
    """A text without what SQLite would not take: bytes that are no text are written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def visible(text: str) -> str:
    """A text on one line, with what commands a terminal written as its code: no row can hide a line of the report."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )


def shown(value: object) -> str:
    """A value in a line of the report."""
    text = storable(repr(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


# --- the checks -------------------------------------------------------------------------------------------------------


class Checker:
    """One file, looked at once; what is read is kept in a file of its own meanwhile, so that memory stays flat."""

    def __init__(
        self,
        town: sqlite3.Connection,
        notes: sqlite3.Connection,
        tables: dict[str, Any],
        export: Export | None,
        say: Say,
    ) -> None:
        self.town, self.notes, self.tables, self._say = town, notes, tables, say
        self.kept_back = {} if export is None else export.kept_back
        on_server = export is not None and export.engine != "sqlite"
        self._last_of = last_in_any_order if on_server else last_by_number
        self.findings = 0
        self.counts: Counter[str] = Counter()
        self.keys: dict[str, list[str]] = {}
        notes.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE link (chain, seq, previous, digest, source, id);"
            "CREATE TABLE change (row TEXT, event, before, after);"
            "CREATE TABLE told (row TEXT PRIMARY KEY, digest, event, seen) WITHOUT ROWID;"
            "CREATE TABLE lines (event INTEGER PRIMARY KEY, digest) WITHOUT ROWID;"
        )
        notes.execute("BEGIN")

    def wrong(self, table: str, key: object, message: str) -> None:
        """Says what is wrong with a row."""
        self.findings += 1
        self._say(table, storable(str(key)), storable(message))

    def rows(self, table: str, columns: str, order: str = "") -> Iterator[tuple[Any, ...]]:
        """The rows of a table, never by way of an index: an index can say something else than its table."""
        try:
            yield from self.town.execute(f'SELECT {columns} FROM "{table}" NOT INDEXED {order}')  # noqa: S608
        except sqlite3.Error as error:
            self.wrong(table, "", f"could not be read to its end: {error}")

    def one(self, table: str, wanted: str, *values: object) -> Any:
        """The first value that a question finds; None where there is none."""
        try:
            found = self.town.execute(wanted, values).fetchone()
        except (sqlite3.Error, OverflowError) as error:
            self.wrong(table, "", f"could not be read: {error}")
            return None
        return found[0] if found else None

    def all(self) -> None:
        """Every check of the file itself."""
        for table, (proof, *_rest) in self.tables.items():
            columns = columns_of(self.town, table)
            if not columns and proof != "ephemeral":
                self.wrong(table, "", "there is no such table")
            elif proof in TOLD:
                key = sorted((column.in_key, column.name) for column in columns if column.in_key)
                self.keys[table] = [name for _place, name in key]
        self.events()
        self.follow()
        self.acts()
        self.chains()
        for table in self.keys:
            self.told(table)
        self.gone()

    # --- events ---

    def events(self) -> None:
        """Reads each event once: its digest, its row, its lines, and all it tells of."""
        lines = self._lines()
        group = next(lines, None)
        wanted = f"{LINK_COLUMNS}, booked_on, at, server_at, user_id, workstation"
        for row in self.rows("event", wanted, "ORDER BY id"):
            self.counts["events"] += 1
            self._link("event", row[:6])
            if not isinstance(row[0], int):
                self.wrong("event", row[0], "its number is none")
                continue
            while group is not None and group[0] < row[0]:
                self.wrong("event", group[0], "is missing, but lines of it are in the audit log")
                group = next(lines, None)
            found: list[Any] = []
            if group is not None and group[0] == row[0]:
                found = group[1]
                group = next(lines, None)
            try:
                self._one_event(row, found)
            except (Unreadable, TypeError, KeyError, AttributeError, ValueError, RecursionError) as error:
                self.wrong("event", row[0], f"its text or row cannot be read ({error})")
        while group is not None:
            self.wrong("event", group[0], "is missing, but lines of it are in the audit log")
            group = next(lines, None)

    def _lines(self) -> Iterator[tuple[int, list[Any]]]:
        event_id, lines = 0, list[Any]()
        for of_event, line, name, subject in self.rows(
            "event_line", "event_id, line, name, subject", "ORDER BY event_id, line"
        ):
            if not isinstance(of_event, int):
                self.wrong("event_line", f"{of_event} {line}", "names no event")
                continue
            if of_event != event_id:
                if lines:
                    yield event_id, lines
                event_id, lines = of_event, []
            lines.append([line, name, subject])
        if lines:
            yield event_id, lines

    def _one_event(self, row: Sequence[Any], lines: list[Any]) -> None:
        event_id, text = row[0], facts_of(row[5])
        if type(text.get("form")) is not int or text["form"] != FORM:
            self.wrong("event", event_id, f"its text has the form {shown(text.get('form'))}, not {FORM}")
        says = {
            "booked_on": plain("DATE", row[6]),
            "at": plain("DATETIME", row[7]),
            "server_at": plain("DATETIME", row[8]),
            "user_id": row[9],
            "workstation": row[10],
        }
        for name, value in says.items():
            if name not in text or text[name] != value:
                in_text = shown(text.get(name))
                self.wrong("event", event_id, f"its text has {in_text} as {name}, its row {shown(value)}")
        written = [[place, *line[:2]] for place, line in enumerate(text["lines"], 1)]
        if written != lines:
            self.wrong("event", event_id, "its lines in the audit log (event_line) are not those of its text")
        for table, some in text["rows"].items():
            for told in some:
                key = [event_id if name == EVENT_ID else told.get(name) for name in self.keys.get(table, ())]
                self._tell(event_id, table, key, None, digest_of(told))
        for table, some in text["changes"].items():
            for key, before, after in some:
                self._tell(event_id, table, key, before, after)

    def _tell(self, event_id: int, table: str, key: list[Any], before: object, after: object) -> None:
        """Notes what is said of a row."""
        if table not in self.keys:
            self.wrong("event", event_id, f"tells of “{table}”, of which no event should tell")
            return
        name = storable(canonical([table, key]))
        before, after = (one if one is None or isinstance(one, str) else "?" for one in (before, after))
        self.notes.execute("INSERT INTO change VALUES (?, ?, ?, ?)", (name, event_id, before, after))

    def follow(self) -> None:
        """What each row was left as, and which events found one otherwise than others had left it."""
        changes = self.notes.execute("SELECT * FROM change ORDER BY row, event")
        for name, some in groupby(changes, itemgetter(0)):
            last, astray = self._last_of([Change(*one[1:]) for one in some])
            self.notes.execute("INSERT INTO told VALUES (?, ?, ?, 0)", (name, last.after, last.event))
            for event_id in astray:
                table, key = json.loads(name)
                what = f"event {event_id} found it otherwise than the events before had left it"
                self.wrong(table, _key(key), what)

    # --- chains ---

    def acts(self) -> None:
        """Reads the signed acts, which are chained as well."""
        for row in self.rows("signed_act", LINK_COLUMNS):
            self.counts["acts"] += 1
            self._link("signed_act", row)

    def _link(self, table: str, row: Sequence[Any]) -> None:
        row_id, chain, seq, previous, digest, text = row
        if not isinstance(seq, int) or not all(
            isinstance(one, str) for one in (chain, previous, digest, text)
        ):
            self.wrong(table, row_id, "its place in a chain, or its text, cannot be read")
            return
        if digest != link_digest(chain, seq, previous, text):
            self.wrong(table, row_id, "its digest is not that of its text")
        link = (storable(chain), seq, storable(previous), storable(digest), table, row_id)
        self.notes.execute("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", link)

    def chains(self) -> None:
        """Each chain runs 1, 2, 3... to its head, each row bearing the digest of the one before it."""
        heads = {
            storable(str(chain)): (last, digest)
            for chain, last, digest in self.rows("chain_head", "chain, last, digest")
        }
        ends: dict[str, tuple[int, str]] = {}
        self.notes.execute("CREATE INDEX place ON link (chain, seq)")
        for chain, seq, previous, digest, table, row_id in self.notes.execute(
            "SELECT * FROM link ORDER BY chain, seq"
        ):
            last, before = ends.get(chain, (0, FIRST_DIGEST))
            if seq != last + 1:
                self.wrong(table, row_id, f"chain {chain} goes from {last} to {seq}")
            elif previous != before:
                self.wrong(table, row_id, f"it does not follow the row before it in chain {chain}")
            ends[chain] = (seq, digest)
        amiss = "the chain does not end where its head says: rows are missing or were added"
        for chain in sorted(heads.keys() | ends.keys()):
            if heads.get(chain) != ends.get(chain, (0, FIRST_DIGEST)):
                self.wrong("chain_head", chain, amiss)
        self.counts["chains"] = len(ends)

    # --- rows that events tell of ---

    def told(self, table: str) -> None:
        """Each row is what the last event about it says."""
        proof, by_digest, beside = self.tables[table]
        kept_back = self.kept_back.get(table, ())
        columns = columns_of(self.town, table)
        names = [column.name for column in columns]
        places = [names.index(name) for name in self.keys[table]]
        for row in self.rows(table, ", ".join(f'"{name}"' for name in names)):
            self.counts["rows"] += 1
            stored_key = [row[place] for place in places]
            try:
                key = [plain(columns[place].kind, row[place]) for place in places]
                name = canonical([table, key])
                says: dict[str, Any] | str = said(columns, row, by_digest, beside, kept_back)
                digest = digest_of(says)
            except (Unreadable, RecursionError, UnicodeError) as error:
                key, says, digest = stored_key, str(error), ""
                name = canonical([table, [None if isinstance(one, bytes) else one for one in key]])
            last = self._take(storable(name))
            if last is None:
                self.wrong(table, _key(key), "no event wrote this row")
                continue
            event_id, expected, seen = last
            if seen:
                self.wrong(table, _key(key), "it is there twice")
            if digest != expected:
                why = self._difference(table, key, event_id, says)
                self.wrong(table, _key(key), f"the row differs from what event {event_id} says of it{why}")
            elif proof == "append-only":
                named = row[names.index(EVENT_ID)] if EVENT_ID in names else None
                if named != event_id:
                    self.wrong(table, _key(key), f"it names event {named}, but event {event_id} wrote it")

    def _take(self, name: str) -> tuple[int, str, int] | None:
        found = self.notes.execute("SELECT event, digest, seen FROM told WHERE row = ?", (name,)).fetchone()
        if found is None or found[1] is None:
            return None
        self.notes.execute("UPDATE told SET seen = 1 WHERE row = ?", (name,))
        return found[0], found[1], found[2]

    def _difference(self, table: str, key: list[Any], event_id: int, says: dict[str, Any] | str) -> str:
        """Which columns say something else: of a row that is written once, for of others events hold a digest only."""
        if isinstance(says, str):
            return f": {says}"
        text = self.one("event", "SELECT canonical FROM event NOT INDEXED WHERE id = ?", event_id)
        for told in facts_of(text)["rows"].get(table, ()):
            if [event_id if name == EVENT_ID else told.get(name) for name in self.keys[table]] == key:
                return ": " + "; ".join(
                    f"{name} was {shown(told.get(name))} and is {shown(says.get(name))}"
                    for name in sorted(told.keys() | says.keys())
                    if told.get(name) != says.get(name)
                )
        return ""

    def gone(self) -> None:
        """What should be there and is not."""
        for name, event_id in self.notes.execute(
            "SELECT row, event FROM told WHERE seen = 0 AND digest IS NOT NULL ORDER BY row"
        ):
            table, key = json.loads(name)
            self.wrong(table, _key(key), f"is missing; event {event_id} wrote it")

    # --- anchors ---

    def anchors(self, signed_by: "Signed | None") -> None:
        """Anchors run 1, 2, 3..., are signed, and name what stands in the chains."""
        number, before = 0, FIRST_DIGEST
        columns = "number, booked_on, made_at, line, digest"
        for row in self.rows("anchor", columns, "ORDER BY number"):
            if not isinstance(row[0], int):
                self.wrong("anchor", row[0], "its number is none")
                continue
            if row[0] != number + 1:
                self.wrong("anchor", row[0], f"anchors go from {number} to {row[0]}")
                before = ""
            number = row[0]
            try:
                text = Anchor.read(row[3])
                is_row = (text.number, text.booked_on, text.made_at, sha256(row[3])) == (
                    row[0],
                    plain("DATE", row[1]),
                    plain("DATETIME", row[2]),
                    row[4],
                )
            except (Unreadable, ValueError) as error:
                self.wrong("anchor", number, f"its line is not a whole anchor ({error})")
                before = ""
                continue
            if not is_row:
                self.wrong("anchor", number, "the row differs from its line")
            if before and text.previous != before:
                self.wrong("anchor", number, "it does not follow the anchor before it")
            before = row[4]
            self._signature("anchor", number, row[3], signed_by)
            for chain, seq, digest in text.heads:
                if self.digest_at(chain, seq) != digest:
                    what = "is not the one that was there when it was made"
                    self.wrong("anchor", number, f"row {seq} of chain {chain} {what}")
        self.counts["anchors"] = number
        wanted = "SELECT max(last) FROM number_series NOT INDEXED WHERE series = 'anchor'"
        taken = self.one("number_series", wanted) or 0
        if taken != number:
            self.wrong("anchor", taken, f"anchors end with {number}, and {taken} were made")

    def against(self, name: str, line: str, signed_by: "Signed | None") -> None:
        """An anchor that was kept outside the database."""
        try:
            text = Anchor.read(line)
        except (Unreadable, ValueError):
            self.wrong(name, "", "it is no anchor, or damaged: it proves nothing")
            return
        self._signature(name, "", line, signed_by)
        for chain, seq, digest in text.heads:
            found = self.digest_at(chain, seq)
            if found != digest:
                what = "is gone" if found is None else "is another"
                self.wrong(
                    "chain_head", chain, f"row {seq} {what} since the anchor of {text.booked_on} in {name}"
                )
        kept = self.one("anchor", "SELECT digest FROM anchor NOT INDEXED WHERE number = ?", text.number)
        if kept != sha256(line):
            self.wrong("anchor", text.number, f"it is gone, or another than in {name}")

    def _signature(self, table: str, key: object, line: str, signed_by: "Signed | None") -> None:
        problem = signed_by(line) if signed_by is not None else ""
        if problem:
            self.wrong(table, key, problem)

    def digest_at(self, chain: str, seq: int) -> str | None:
        """The digest of a row of a chain."""
        if not 0 < seq < 2**63:  # no column holds it
            return None
        wanted = "SELECT digest FROM link WHERE chain = ? AND seq = ?"
        found = self.notes.execute(wanted, (storable(chain), seq)).fetchone()
        return None if found is None else found[0]


def _key(key: Iterable[object]) -> str:
    return " ".join(map(str, key))


class Anchor(NamedTuple):
    """What an anchor says: ``MA1|A|1|fes|12|20261123|2026-11-23T17:04:11+00:00|<digest of anchor 11>|
    desk:1:57:<digest>|...|<letters of the key>|<signature over all before the last bar>``."""

    number: int
    booked_on: str
    made_at: str
    previous: str
    heads: list[tuple[str, int, str]]

    @classmethod
    def read(cls, line: object) -> "Anchor":
        """Takes a line apart, whoever signed it. Raises Unreadable or ValueError."""
        parts = line.split("|") if isinstance(line, str) else []
        if len(parts) < 10 or parts[:3] != ["MA1", "A", "1"]:
            raise Unreadable("its form is unknown")
        heads = []
        for part in parts[8:-2]:
            chain, seq, digest = part.rsplit(":", 2)
            heads.append((chain, int(seq), digest))
        return cls(int(parts[4]), date.fromisoformat(parts[5]).isoformat(), parts[6], parts[7], heads)


Signed = Callable[[str], str]
"""What is wrong with the signature of a line; nothing when it holds."""


def signatures(
    town: sqlite3.Connection, key_file: Path | None, export: Export | None
) -> tuple[Signed | None, str]:
    """What checks signatures, or None and why there is none."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            PublicFormat,
            load_pem_private_key,
            load_pem_public_key,
        )
    except ImportError:
        return None, "the package “cryptography” is not installed"
    try:
        if key_file is not None:
            key: Any = load_pem_public_key(key_file.read_bytes())
        elif export is not None:
            key = load_pem_public_key(export.public_key.encode())
        else:
            row = town.execute("SELECT value FROM setting WHERE key = 'signing_key'").fetchone()
            private = load_pem_private_key(facts_of(row[0])["pem"].encode(), password=None)
            key = private.public_key() if isinstance(private, Ed25519PrivateKey) else None
        if not isinstance(key, Ed25519PublicKey):
            raise Unreadable("not an Ed25519 key")
        letters = _base64url(hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).digest()[:3])
    except Exception as error:  # whatever somebody has put in the key's place
        if key_file is not None:
            raise CannotCheck(f"{key_file}: no public key of Ed25519 ({error})") from error
        why = f"the key in the file cannot be read ({type(error).__name__}: {error})"
        return (lambda _line: f"its signature cannot be checked: {why}"), ""

    def problem_of(line: str) -> str:
        claims, _bar, written = line.rpartition("|")
        if claims.rpartition("|")[2] != letters:
            return "it was not signed with this municipality’s key"
        try:
            key.verify(base64.b64decode(written + "==", altchars=b"-_", validate=True), claims.encode())
        except (InvalidSignature, ValueError):
            return "its signature does not match: it was changed or made up"
        return ""

    return problem_of, ""


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


# --- files ------------------------------------------------------------------------------------------------------------


def open_town(file: Path) -> tuple[sqlite3.Connection, bool]:
    """The file, opened to be read; whether it is read as one that nobody changes meanwhile. Raises CannotCheck."""
    if not file.is_file():
        raise CannotCheck(f"{file}: no such file")
    try:
        try:
            return _opened(file, "mode=ro"), False
        except sqlite3.OperationalError as error:
            if (error.sqlite_errorname or "").split("_")[1:2] not in (["CANTOPEN"], ["READONLY"]):
                raise
        # Kept in WAL mode, in a folder where SQLite cannot make its own files.
        for ending in ("-wal", "-journal"):
            beside = Path(f"{file}{ending}")
            if beside.exists() and beside.stat().st_size:
                what = "copy both into a folder of your own"
                raise CannotCheck(f"{file}: its last changes lie beside it in {beside.name}; {what}")
        return _opened(file, "immutable=1"), True
    except sqlite3.Error as error:
        raise CannotCheck(f"{file}: {error}") from error


def _opened(file: Path, how: str) -> sqlite3.Connection:
    town = sqlite3.connect(f"file:{quote(str(file.absolute()))}?{how}", uri=True, isolation_level=None)
    try:
        town.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
        for statement in (
            "PRAGMA trusted_schema=OFF",
            "PRAGMA query_only=ON",
            "PRAGMA cell_size_check=ON",
            "BEGIN",
        ):
            town.execute(statement)
        if not town.execute("SELECT count(*) FROM sqlite_master WHERE name = 'event'").fetchone()[0]:
            raise CannotCheck(f"{file}: no town of MuniAdmin: it has no events")
    except BaseException:
        town.close()
        raise
    return town


def anchor_lines(places: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """The lines of the files, and of every file in the folders, that were kept outside. Raises CannotCheck."""
    for place in places:
        files = sorted(one for one in place.iterdir() if one.is_file()) if place.is_dir() else [place]
        if not files:
            raise CannotCheck(f"{place}: there is no anchor")
        for file in files:
            try:
                lines = [line for line in file.read_text("utf-8-sig", "replace").splitlines() if line.strip()]
            except OSError as error:
                raise CannotCheck(f"{file}: {error.strerror}") from error
            yield from ((file.name, line) for line in lines or [""])


def tables_in(file: Path) -> dict[str, Any]:
    """The declarations that ``muniadmin verify --tables --json`` gave. Raises CannotCheck."""
    try:
        return {
            one["table"]: (one["proof"], tuple(one["by_digest"]), tuple(one["beside"]))
            for one in json.loads(file.read_text("utf-8"))["tables"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotCheck(f"{file}: not what “muniadmin verify --tables --json” writes ({error})") from error


def check(options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Checks a file and says what is wrong; how many findings. Raises CannotCheck."""
    tables = tables_in(options.tables) if options.tables else TABLES
    outside = list(anchor_lines(options.against))
    town, unlocked = open_town(options.file)
    with (
        closing(town),
        tempfile.TemporaryDirectory(prefix="check-") as folder,
        closing(sqlite3.connect(Path(folder) / "notes.db", isolation_level=None)) as notes,
    ):
        export = export_of(town, tables)
        signed_by, why_not = signatures(town, options.key, export)
        checker = Checker(
            town, notes, tables, export, lambda table, key, what: say(f"{f'{table} {key}'.strip()}: {what}")
        )
        if export is None and columns_of(town, "export"):
            checker.wrong(
                "export", "", "this is no export but a town's own file: somebody has added the table"
            )
        checker.all()
        checker.anchors(signed_by)
        for name, line in outside:
            checker.against(name, line, signed_by)
    counts = checker.counts
    say(
        f"Looked at {counts['events']} events and {counts['acts']} signed acts in {counts['chains']} chains, "
        f"{counts['rows']} rows of {len(checker.keys)} tables, {counts['anchors']} anchors, "
        f"{len(outside)} kept outside."
    )
    say(f"Not told in events: {', '.join(sorted(t for t, one in tables.items() if one[0] not in TOLD))}.")
    if export is not None:
        say(f"An export from {export.engine} made at {export.made_at} by MuniAdmin {export.program}.")
        secret = sorted(f"{table}.{name}" for table, columns in export.kept_back.items() for name in columns)
        say(f"Compared by their digest only, since they stay secret: {', '.join(secret)}.")
        with options.file.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest()
        say(
            f"SHA-256 of the file: {whole}. The town's audit log has that of what was exported; compare them."
        )
    if why_not:
        say(f"The signatures of anchors were NOT checked: {why_not}.")
    elif options.key is None:
        say(
            "The signatures of anchors were checked with the key in the file; give the one you hold with --key."
        )
    if unlocked:
        say("The file was read as one that nobody changes meanwhile (immutable).")
    say("Clean." if not checker.findings else f"{checker.findings} findings.")
    return checker.findings


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description="Checks the events of a town's SQLite file without MuniAdmin."
    )
    parser.add_argument("file", type=Path, help="the SQLite file")
    parser.add_argument(
        "--against", type=Path, nargs="+", default=[], help="anchors kept outside: files or folders"
    )
    parser.add_argument("--key", type=Path, help="the municipality's public key, as you hold it (PEM)")
    parser.add_argument(
        "--tables",
        type=Path,
        help="what “muniadmin verify --tables --json” wrote, instead of the list in here",
    )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return 1 if check(parser.parse_args(arguments), lambda line: print(visible(line))) else 0
    except (CannotCheck, sqlite3.Error) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
