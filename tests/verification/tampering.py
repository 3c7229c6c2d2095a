"""Tamperings with a single row of a file of SQLite, generated from the schema: each column, each row, each attacker."""

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    Numeric,
    Table,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    select,
)

from muniadmin.access.commands import Approval
from muniadmin.anchors.commands import MakeAnchor
from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, end_suspension, postpone, suspend
from muniadmin.civil_status.commands import CloseActRegister, OpenActRegister, PrepareRequest, StartRequest
from muniadmin.documents.commands import PrintDocument
from muniadmin.fines.commands import VoidFine
from muniadmin.indicators.commands import SetGoal
from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.permissions import Role
from muniadmin.storage.base import PROTECTIONS, Base
from muniadmin.storage.proof import DECLARED, EVENT_ID, Proof, is_told, row_digest, said
from muniadmin.storage.refusals import PLACE_TAKEN
from muniadmin.storage.unit_of_work import link_digest
from muniadmin.taxpayers.commands import RegisterTaxpayer
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.civil_status.builders import a_request, a_signed_act
from tests.collection.counter import a_cancellation, give_back
from tests.fines.builders import a_fine
from tests.towns import PASSWORD, TownClock, actor_with
from tests.verification.long_story import tell_more
from tests.verification.story import LAST_DAY, decided

Key = tuple[Any, ...]
Row = dict[str, Any]


def tell_of_every_table(app: App, clock: TownClock) -> None:
    """The story of ``tell_more``, and what it leaves out: identifiers, goals, acts and anchors enough to be changed."""
    tell_more(app, clock)
    somebody = everything(app)
    for number, name in enumerate(("Samira Tazi", "Omar Fassi", "Leila Idrissi"), start=1):
        card = RegisterTaxpayer(kind="person", name=name, identifiers={"cin": f"C10000{number}"})
        app.execute(card, somebody)
        goal = SetGoal(indicator="collected", period=f"{2026 + number}", target=Decimal(1_000))
        app.execute(goal, somebody)
        app.execute(MakeAnchor(), somebody)
        a_signed_act(app, somebody, child_given_names=name.split()[0], born_on=date(2026, 3, number))
    _more_papers(app)
    _more_debts(app)
    app.execute(MakeAnchor(), somebody)


def _more_papers(app: App) -> None:
    """Fines, requests and registers: of each two more."""
    somebody = everything(app)
    approval = Approval(user_name="manager", password=PASSWORD)
    for number, name in enumerate(("Samira", "Omar"), start=1):
        fine = a_fine(app, somebody, plate=f"7777{number}-\u0623-15")
        app.execute(VoidFine(number=fine.number, reason=f"Wrong plate {number}", approval=approval), somebody)
        act = a_signed_act(app, somebody, child_given_names=name, born_on=date(2026, 2, number))
        asked = a_request(app, somebody, act)
        app.execute(StartRequest(number=asked.number), somebody)
        made = app.execute(PrepareRequest(number=asked.number), somebody).outcome
        assert made.document_id is not None
        app.execute(PrintDocument(document_id=made.document_id), somebody)
        app.execute(PrintDocument(document_id=made.document_id), somebody)
        old = app.execute(OpenActRegister(year=1956 + number), somebody).outcome
        app.execute(CloseActRegister(register_id=old.register_id), somebody)


def _more_debts(app: App) -> None:
    """Debts that rested, were postponed and were cancelled: of each two more."""
    cashier = actor_with(app, Role.CLERK)
    session = an_open_desk(app, cashier, desk=3, opening_float="0")
    for number in (1, 2):
        why = Grounds(reason=f"as decided {number}", document=f"D {20 + number}/2026")
        whose = a_taxpayer(app, f"Hassan Filali {number}")
        rests = a_bill(app, f"{80 + number}", due_on=date(2026, 12, 31), taxpayer_id=whose)
        suspended = decided(app, lambda uow: suspend(uow, rests.bill_id, why, since=LAST_DAY))  # noqa: B023
        decided(app, lambda uow: end_suspension(uow, suspended, LAST_DAY, why, as_if_never=number == 1))  # noqa: B023
        decided(app, lambda uow: postpone(uow, rests.charge_ids, date(2027, 3, number), why))  # noqa: B023
        wrong = a_bill(app, f"{90 + number}", taxpayer_id=whose)
        app.execute(a_cancellation(pay(app, cashier, session, wrong)), cashier)
        cheque = pay(app, cashier, session, wrong, channel="cheque", reference=f"Q1{number}")
        give_back(app, cheque, "cheque")
        mobile = a_bill(app, f"{70 + number}", taxpayer_id=whose)
        pay(app, cashier, session, mobile, channel="mobile", reference=f"M1{number}")


def proved() -> Iterator[Table]:
    """Every table that something is to prove."""
    for table in Base.metadata.sorted_tables:
        if DECLARED[table.name].proof is not Proof.EPHEMERAL:
            yield table


# --- What is tried ----------------------------------------------------------------------------------------------------

#: With the triggers in place; without them, put back exactly afterwards; with the event that told of the row, its
#: digest made anew; with those of all events after it as well.
GUARDED, UNGUARDED, OWN_DIGEST, WHOLE_CHAIN = "guarded", "unguarded", "own digest", "whole chain"


@dataclass(frozen=True, order=True)
class Case:
    """One tampering: ``column`` is empty where the whole row is meant."""

    table: str
    column: str
    kind: str
    attacker: str

    def __str__(self) -> str:
        return " ".join(filter(None, (self.table, self.column, self.kind, self.attacker)))


def cases() -> list[Case]:
    """Every tampering there is, from the schema."""
    return [case for table in proved() for case in cases_of(table)]


def cases_of(table: Table) -> Iterator[Case]:
    """Those of one table."""
    declared = DECLARED[table.name]
    for attacker in (GUARDED, UNGUARDED):
        for column in table.columns:
            if column.name in declared.beside:
                continue
            yield Case(table.name, column.name, "change", attacker)
            if column.nullable:
                yield Case(table.name, column.name, "empty", attacker)
            if not column.primary_key:
                yield Case(table.name, column.name, "swap", attacker)
        for kind in ("delete", "insert", "replace"):
            yield Case(table.name, "", kind, attacker)
        if declared.proof is Proof.CHAINED:
            yield Case(table.name, "", "tail", attacker)
    if declared.proof is Proof.CHAINED:
        yield Case(table.name, "canonical", "change", OWN_DIGEST)
    elif is_told(table.name):
        for column in table.columns:
            if column.name not in declared.beside and not column.primary_key and column.name != EVENT_ID:
                yield Case(table.name, column.name, "change", OWN_DIGEST)


class NotPossible(Exception):
    """The town has no row with which that could be done."""


@dataclass(frozen=True)
class Done:
    """What was done: the rows that a finding must name one of, by table and key as findings write it; ``refused`` by
    the database."""

    rows: frozenset[tuple[str, str]]
    refused: bool = False


def tampered(file: Path, case: Case, seed: int = 0) -> Done:
    """Does it to ``file``, with a row chosen by ``seed``. Raises NotPossible."""
    return _Tampering(file, case, random.Random(f"{case} {seed}")).done()


# --- How it is done ---------------------------------------------------------------------------------------------------


#: Tables that are made anew from others: the table whose row is named, by the first column of the key.
OWNERS = {
    "charge_now": "charge",
    "bill_now": "bill",
    "account_now": "account",
    "event_line": "event",
    "month_left": "month_closing",
    "month_closing": "month_closing",
}


#: Sums whose row says nothing where all of these are nothing: one more or less is the same to whoever reads them.
SAYS_NOTHING = {"day_collection": ("principal", "penalty", "count"), "month_closing": ("assessed",)}


class _Tampering:
    def __init__(self, file: Path, case: Case, chance: random.Random) -> None:
        self.file, self.case, self.chance = file, case, chance
        self.table = Base.metadata.tables[case.table]
        self.key = [str(column.name) for column in self.table.primary_key]
        self.where = " AND ".join(f'"{name}" = ?' for name in self.key)

    def done(self) -> Done:
        with closing(sqlite3.connect(self.file, isolation_level=None)) as self.plain:
            self.plain.row_factory = sqlite3.Row
            self.plain.execute("PRAGMA ignore_check_constraints = ON")
            self.rows = [
                dict(row)
                for row in self.plain.execute(f'SELECT * FROM "{self.table.name}" ORDER BY {self._order()}')
            ]
            if not self.rows:
                raise NotPossible
            self.all = list(self.rows)
            self.rows = [row for row in self.rows if self._says_something(row)]
            self.chance.shuffle(self.rows)
            with self._triggers():
                try:
                    keys = getattr(self, f"_{self.case.kind}")()
                except sqlite3.IntegrityError as error:
                    if self.case.attacker != GUARDED or "append-only" not in str(error):
                        raise
                    return Done(frozenset(), refused=True)
                named = {one for key in keys for one in self.names_of(key)}
                if self.case.kind == "delete" and DECLARED[self.table.name].proof is Proof.CHAINED:
                    named.add(self._after(self.rows[0]))
                if self.case.attacker in (OWN_DIGEST, WHOLE_CHAIN):
                    named = {self._event_follows(keys)}
        return Done(frozenset(named))

    def _says_something(self, row: Row) -> bool:
        return (
            any(row[name] for name in SAYS_NOTHING.get(self.table.name, ()))
            or self.table.name not in SAYS_NOTHING
        )

    def names_of(self, key: Key) -> set[tuple[str, str]]:
        """How findings may name the row: by itself, or what is made anew by what it is made from."""
        names = {(self.table.name, " ".join(str(part) for part in key))}
        if self.table.name in OWNERS:
            names.add((OWNERS[self.table.name], str(key[0])))
        if self.table.name == "signed_act":
            names |= {("act", str(row["act_id"])) for row in self.all if self.key_of(row) == key}
        return names

    def _after(self, row: Row) -> tuple[str, str]:
        """What shows the gap that a row of a chain leaves: the next one, or the chain's head."""
        following = [
            one
            for one in self.all
            if one["chain"] == row["chain"] and one["chain_seq"] == row["chain_seq"] + 1
        ]
        return (self.table.name, str(following[0]["id"])) if following else ("chain_head", row["chain"])

    def _order(self) -> str:
        return ", ".join(f'"{name}"' for name in self.key)

    @contextmanager
    def _triggers(self) -> Iterator[None]:
        """Without those that protect, unless they stay; afterwards they are as they were."""
        dropped = []
        if self.case.attacker != GUARDED:
            for name, sql in self.plain.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                if name in PROTECTIONS:
                    dropped.append(sql)
                    self.plain.execute(f"DROP TRIGGER {name}")
        try:
            yield
        finally:
            for sql in dropped:
                self.plain.execute(sql)

    def key_of(self, row: Mapping[str, Any]) -> Key:
        return tuple(row[name] for name in self.key)

    def _set(self, row: Row, column: str, value: Any) -> None:
        self.plain.execute(
            f'UPDATE "{self.table.name}" SET "{column}" = ? WHERE {self.where}', (value, *self.key_of(row))
        )

    def _change(self) -> list[Key]:
        column = self.table.columns[self.case.column]
        row = self.rows[0]
        if column.nullable:  # one that says something, where there is any
            row = next((one for one in self.rows if one[column.name] is not None), row)
        for value in self._others(column, row[column.name]):
            try:
                self._set(row, column.name, value)
            except sqlite3.IntegrityError as error:
                if "append-only" in str(error) and PLACE_TAKEN not in str(error):
                    raise
                continue  # something else has it, and it is unique
            return [self.key_of(row), self.key_of({**row, column.name: value})]
        raise NotPossible

    def _empty(self) -> list[Key]:
        for row in self.rows:
            if row[self.case.column] not in (None, "null"):  # in JSON, that is nothing as well
                try:
                    self._set(row, self.case.column, None)
                except sqlite3.IntegrityError as error:
                    if "append-only" in str(error):
                        raise
                    continue  # unique among those where it is empty
                return [self.key_of(row)]
        raise NotPossible

    def _swap(self) -> list[Key]:
        column = self.table.columns[self.case.column]
        first = self.rows[0]
        for other in self.rows[1:]:
            one, two = first[column.name], other[column.name]
            if one != two and {one, two} != {None, "null"}:
                self.plain.execute("BEGIN")
                try:
                    if one is not None and two is not None:
                        self._set(first, column.name, _fresh(column, one))
                    self._set(other, column.name, one)
                    self._set(first, column.name, two)
                except sqlite3.IntegrityError as error:
                    self.plain.execute("ROLLBACK")
                    if "append-only" in str(error):
                        raise
                    continue  # unique together with another column
                self.plain.execute("COMMIT")
                return [self.key_of(first), self.key_of(other)]
        raise NotPossible

    def _delete(self) -> list[Key]:
        row = self.rows[0]
        self.plain.execute(f'DELETE FROM "{self.table.name}" WHERE {self.where}', self.key_of(row))
        return [self.key_of(row)]

    def _insert(self) -> list[Key]:
        """A copy, with another key, and other values of all that is unique."""
        row = dict(self.rows[0])
        unique = {str(column.name) for column in self.table.primary_key}
        for constraint in self.table.constraints:
            if isinstance(constraint, UniqueConstraint):
                unique |= set(constraint.columns.keys())
        for index in self.table.indexes:
            if index.unique:
                unique |= set(index.columns.keys())
        for name in sorted(unique):
            column = self.table.columns[name]
            taken = {one[name] for one in self.all}
            free = [value for value in self._of_parent(column) if value not in taken]
            if free:
                row[name] = free[0]
            elif row[name] is not None:
                row[name] = _beyond(column, taken)
        if any(self.key_of(row) == self.key_of(one) for one in self.all):
            last = self.table.columns[self.key[-1]]
            row[last.name] = _beyond(last, {one[last.name] for one in self.all})
        self._insert_row("INSERT", row)
        return [self.key_of(row)]

    def _replace(self) -> list[Key]:
        """What replaces a row is new in all that may be without being refused for its kind: here, one column."""
        row = dict(self.rows[0])
        columns = [
            column
            for column in self.table.columns
            if not column.primary_key and column.name not in DECLARED[self.table.name].beside
        ]
        if columns:
            column = self.chance.choice(columns)
            row[column.name] = _fresh(column, row[column.name])
        elif self.case.attacker == UNGUARDED:
            raise NotPossible  # it would be what it was
        self._insert_row("INSERT OR REPLACE", row)
        return [self.key_of(row)]

    def _insert_row(self, how: str, row: Row) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join("?" * len(row))
        self.plain.execute(f'{how} INTO "{self.table.name}" ({names}) VALUES ({places})', tuple(row.values()))

    def _tail(self) -> list[Key]:
        """The last row of a chain, and the head says that it never was."""
        row = max(
            (one for one in self.rows if one["chain"] == self.rows[0]["chain"]),
            key=lambda one: one["chain_seq"],
        )
        self.plain.execute(f'DELETE FROM "{self.table.name}" WHERE id = ?', (row["id"],))
        self.plain.execute(
            "UPDATE chain_head SET last = ?, digest = ? WHERE chain = ?",
            (row["chain_seq"] - 1, row["previous_digest"], row["chain"]),
        )
        return [self.key_of(row)]

    # --- values

    def _others(self, column: Column[Any], value: Any) -> Iterator[Any]:
        """Other values than ``value``: first one that says something in this town, then one that is new."""
        known = [
            *self._of_parent(column),
            *(
                row[column.name]
                for row in self.rows
                if row[column.name] is not None and not column.foreign_keys
            ),
        ]
        self.chance.shuffle(known)
        if not (column.unique or column.primary_key):
            yield from [one for one in known if one != value and not _is_json(column)][:1]
        yield from [one for one in self._of_parent(column) if one != value][:3]
        yield _fresh(column, value)
        yield _beyond(column, {row[column.name] for row in self.all})

    def _of_parent(self, column: Column[Any]) -> list[Any]:
        """What a column may hold that names a row of another table."""
        found: list[Any] = []
        for key in column.foreign_keys:
            of = key.column
            found += [
                one for (one,) in map(tuple, self.plain.execute(f'SELECT "{of.name}" FROM "{of.table.name}"'))
            ]
        self.chance.shuffle(found)
        return found

    # --- digests

    def _event_follows(self, keys: list[Key]) -> tuple[str, str]:
        """Writes the row as it is now into the text of the event that told of it last, with a digest of its own; the
        row that must be named is the one after it in its chain, or the head."""
        whole = self.case.attacker == WHOLE_CHAIN
        if self.table.name in ("event", "signed_act"):
            return reseal(self.plain, self.table.name, keys[0][0], whole=whole)
        return reseal(self.plain, "event", retell(self.file, self.plain, self.table, keys[0]), whole=whole)


def retell(file: Path, plain: sqlite3.Connection, table: Table, key: Key) -> int:
    """Has the event that told last of a row say what the row says now; the event's id."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        found = [
            dict(zip(table.columns.keys(), one, strict=True)) for one in connection.execute(select(table))
        ]
    engine.dispose()
    row = next(one for one in found if tuple(map(_stored, (one[c.name] for c in table.primary_key))) == key)
    names = [column.name for column in table.primary_key]
    plain_key = [said(table, row).get(name) for name in names]
    for event_id, canonical in plain.execute("SELECT id, canonical FROM event ORDER BY id DESC").fetchall():
        text = json.loads(canonical)
        if EVENT_ID in names:
            plain_key[names.index(EVENT_ID)] = event_id if row[EVENT_ID] == event_id else None
        rows = text["rows"].get(table.name, [])
        changes = text["changes"].get(table.name, [])
        for place, one in enumerate(rows):
            if [event_id if name == EVENT_ID else one.get(name) for name in names] == plain_key:
                rows[place] = said(table, row)
                break
        else:
            mine = [change for change in changes if change[0] == plain_key]
            if not mine:
                continue
            mine[0][2] = row_digest(table, row)
        plain.execute("UPDATE event SET canonical = ? WHERE id = ?", (canonical_json(text), event_id))
        return int(event_id)
    raise NotPossible


def reseal(plain: sqlite3.Connection, table: str, row_id: int, *, whole: bool = False) -> tuple[str, str]:
    """Makes the digest of a row of a chain anew, or with ``whole`` of all that follow, and the head; what the chain's
    check must name if not."""
    chain, seq = plain.execute(f"SELECT chain, chain_seq FROM {table} WHERE id = ?", (row_id,)).fetchone()
    previous, following = None, ("chain_head", chain)
    rows = plain.execute(
        f"SELECT id, chain_seq, previous_digest, canonical FROM {table} WHERE chain = ? AND chain_seq >= ? "
        "ORDER BY chain_seq",
        (chain, seq),
    ).fetchall()
    for place, (one, number, before, canonical) in enumerate(rows):
        previous = previous or before
        digest = link_digest(chain, number, previous, canonical)
        plain.execute(
            f"UPDATE {table} SET previous_digest = ?, digest = ? WHERE id = ?", (previous, digest, one)
        )
        previous = digest
        if not whole:
            if len(rows) > place + 1:
                following = (table, str(rows[place + 1][0]))
            break
    else:
        plain.execute("UPDATE chain_head SET digest = ? WHERE chain = ?", (previous, chain))
    return following


# --- Values of a kind -------------------------------------------------------------------------------------------------


def _kind(column: Column[Any]) -> Any:
    kind = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _is_json(column: Column[Any]) -> bool:
    return isinstance(_kind(column), JSON)


def _stored(value: Any) -> Any:
    """A key's value as SQLite keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def _fresh(column: Column[Any], value: Any) -> Any:
    """Another value of the column's kind, as SQLite keeps it."""
    kind = _kind(column)
    if isinstance(kind, Boolean):
        return 0 if value else 1
    if isinstance(kind, JSON):
        return _fresh_json(value)
    if isinstance(kind, DateTime):
        known = datetime.fromisoformat(value or "2026-11-24 09:00:00.000000")
        return (known + timedelta(seconds=1)).isoformat(" ", "microseconds")
    if isinstance(kind, Date):
        return (date.fromisoformat(value or "2026-11-24") + timedelta(days=1)).isoformat()
    if isinstance(kind, Integer | Numeric):
        return (value or 0) + 1
    text = value or ""
    with suppress(ValueError):
        if isinstance(json.loads(text), dict):
            return text.replace(":", ": ", 1)  # the same facts, another text
    return f"{text}x"


def _fresh_json(value: str | None) -> str:
    known = None if value is None else json.loads(value)
    match known:
        case dict():
            return json.dumps({**known, "changed": 1})
        case list():
            return json.dumps([*known, 1])
        case _:
            return json.dumps({"changed": known})


def _beyond(column: Column[Any], taken: set[Any]) -> Any:
    """A value that no row has."""
    value = max((one for one in taken if one is not None), default=None)
    while value is None or value in taken:
        value = _fresh(column, value)
    return value
