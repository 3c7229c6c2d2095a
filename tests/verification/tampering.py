"""Tamperings with a single row, generated from the schema: each column, each row, each attacker, on both engines."""

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Table,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    delete,
    insert,
    make_url,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from muniadmin.civil_status.models import SignedAct
from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.money import Money
from muniadmin.storage.base import PROTECTIONS, Base, ChainHead, MoneyType
from muniadmin.storage.events import Event
from muniadmin.storage.proof import DECLARED, EVENT_ID, Proof, is_told, row_digest, said
from muniadmin.storage.refusals import PLACE_TAKEN
from muniadmin.storage.unit_of_work import link_digest
from tests.towns import DatabaseKind

Key = tuple[Any, ...]
Row = dict[str, Any]


def proved() -> Iterator[Table]:
    """Every table that something is to prove."""
    for table in Base.metadata.sorted_tables:
        if DECLARED[table.name].proof is not Proof.EPHEMERAL:
            yield table


# --- What is tried ----------------------------------------------------------------------------------------------------

#: With the triggers in place.
GUARDED = "guarded"
#: Without those that protect; they are put back exactly afterwards.
UNGUARDED = "unguarded"
#: With all triggers of the table switched off, and on again; with those of the whole session.
SWITCHED_OFF, AS_REPLICA = "switched off", "as a replica"
#: Without triggers, and the event that told of the row says it too, its digest made anew; and those of all events after
#: it as well.
OWN_DIGEST, WHOLE_CHAIN = "own digest", "whole chain"

ATTACKERS = {"sqlite": (GUARDED, UNGUARDED), "postgresql": (GUARDED, SWITCHED_OFF, AS_REPLICA)}


@dataclass(frozen=True, order=True)
class Case:
    """One tampering: ``column`` is empty where the whole row, or the table, is meant."""

    table: str
    column: str
    kind: str
    attacker: str

    def __str__(self) -> str:
        return " ".join(filter(None, (self.table, self.column, self.kind, self.attacker)))


def cases(engine: DatabaseKind) -> list[Case]:
    """Every tampering there is on an engine, from the schema."""
    return [case for table in proved() for case in cases_of(table, engine)]


def cases_of(table: Table, engine: DatabaseKind) -> Iterator[Case]:
    """Those of one table."""
    declared = DECLARED[table.name]
    columns = [column for column in table.columns if column.name not in declared.beside]
    whole = ["delete", "insert", "replace"]
    if engine == "postgresql":
        whole.append("truncate")
    if declared.proof is Proof.CHAINED:
        whole.append("tail")
    for attacker in ATTACKERS[engine]:
        for column in columns:
            yield Case(table.name, column.name, "change", attacker)
            if column.nullable:
                yield Case(table.name, column.name, "empty", attacker)
            if not column.primary_key:
                yield Case(table.name, column.name, "swap", attacker)
        for kind in whole:
            yield Case(table.name, "", kind, attacker)
    if declared.proof is Proof.CHAINED:
        yield Case(table.name, "canonical", "change", OWN_DIGEST)
    elif is_told(table.name):
        for column in columns:
            if not column.primary_key and column.name != EVENT_ID:
                yield Case(table.name, column.name, "change", OWN_DIGEST)


class NotPossible(Exception):
    """The town has no row with which that could be done."""


class Refused(Exception):
    """The database refused it: a trigger, or a condition of the table."""


def tampered(address: str, case: Case, seed: int = 0) -> set[tuple[str, str]]:
    """Does it to the database at an address, with a row chosen by ``seed``; the rows of which a finding must name one,
    by table and key as findings write it. Raises Refused and NotPossible."""
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            return _Tampering(connection, case, random.Random(f"{case} {seed}")).done()
    finally:
        engine.dispose()


# --- How it is done ---------------------------------------------------------------------------------------------------


#: Tables that are made anew from others: the table whose row is named, by the first column of the key.
OWNERS = {
    "charge_now": "charge",
    "bill_now": "bill",
    "account_now": "account",
    "event_line": "event",
    "month_left": "month_closing",
    "month_closing": "month_closing",
    "signed_act": "act",
}


#: Sums whose row says nothing where all of these are nothing: one more or less is the same to whoever reads them.
SAYS_NOTHING = {"day_collection": ("principal", "penalty", "count"), "month_closing": ("assessed",)}


class _Tampering:
    def __init__(self, connection: Connection, case: Case, chance: random.Random) -> None:
        self.connection, self.case, self.chance = connection, case, chance
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.table = Base.metadata.tables[case.table]
        self.key = [str(column.name) for column in self.table.primary_key]
        self.all = rows_of(connection, self.table)
        self.rows = [row for row in self.all if self._says_something(row)]
        self.refused: list[str] = []

    def done(self) -> set[tuple[str, str]]:
        if not self.rows:
            raise NotPossible
        self.chance.shuffle(self.rows)
        with self._attacker():
            try:
                keys = getattr(self, f"_{self.case.kind}")()
            except NotPossible:
                if self.refused:
                    raise Refused(self.refused[0]) from None
                raise
            named = {one for key in keys for one in self.names_of(key)}
            if DECLARED[self.table.name].proof is Proof.CHAINED and self.case.kind == "delete":
                named.add(self._after(self.rows[0]))
            if self.case.kind == "truncate":
                named |= self._emptied_chains()
            if self.case.attacker in (OWN_DIGEST, WHOLE_CHAIN):
                named = {self._event_follows(keys)}
        return named

    def _emptied_chains(self) -> set[tuple[str, str]]:
        """The heads of chains of which nothing is left: with a table go those whose rows name its rows, and where the
        events are among them, nothing else knows what was in it."""
        chained = [table for table in proved() if DECLARED[table.name].proof is Proof.CHAINED]
        left = {
            chain for table in chained for chain in self.connection.scalars(select(table.c.chain).distinct())
        }
        heads = self.connection.scalars(select(ChainHead.chain).where(ChainHead.last > 0))
        return {("chain_head", chain) for chain in heads if chain not in left}

    def _says_something(self, row: Row) -> bool:
        sums = SAYS_NOTHING.get(self.table.name)
        return sums is None or any(row[name] for name in sums)

    def names_of(self, key: Key) -> set[tuple[str, str]]:
        """How findings may name the row: by itself, or what is made anew by what it is made from."""
        names = {(self.table.name, " ".join(str(part) for part in key))}
        if self.table.name in OWNERS:
            names.add((OWNERS[self.table.name], str(key[0])))
        return names

    def _after(self, row: Row) -> tuple[str, str]:
        """What shows the gap that a row of a chain leaves: the next one, or the chain's head."""
        following = [
            one
            for one in self.all
            if one["chain"] == row["chain"] and one["chain_seq"] == row["chain_seq"] + 1
        ]
        return (self.table.name, str(following[0]["id"])) if following else ("chain_head", row["chain"])

    # --- attackers

    @contextmanager
    def _attacker(self) -> Iterator[None]:
        """Without triggers, unless they stay; afterwards they are as they were."""
        if self.case.attacker == GUARDED:
            yield
        elif self.is_sqlite:
            with self._dropped():
                yield
        elif self.case.attacker == SWITCHED_OFF:
            self._run(f'ALTER TABLE "{self.table.name}" DISABLE TRIGGER ALL')
            yield
            self._run(f'ALTER TABLE "{self.table.name}" ENABLE TRIGGER ALL')
        else:
            self._run("SET session_replication_role = replica")
            yield

    @contextmanager
    def _dropped(self) -> Iterator[None]:
        dropped = []
        for name, sql in self._run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all():
            if name in PROTECTIONS:
                dropped.append(sql)
                self._run(f"DROP TRIGGER {name}")
        yield
        for sql in dropped:
            self._run(sql)

    def _run(self, statement: str) -> Any:
        return self.connection.exec_driver_sql(statement)

    def _tried(self, *statements: Any) -> bool:
        """Whether the database carried them out, all or none; what it says where something else has a place that only
        one may have is no refusal."""
        try:
            self._run("BEGIN")
            for statement in statements:
                self.connection.execute(statement)
            self._run("COMMIT")
        except DBAPIError as error:
            with suppress(DBAPIError):
                self._run("ROLLBACK")
            said = str(error.orig)
            if "append-only" in said and PLACE_TAKEN not in said:
                raise Refused(said) from error
            if not (PLACE_TAKEN in said or "UNIQUE" in said or "violates unique constraint" in said):
                self.refused.append(said)
            return False
        return True

    # --- what is done

    def key_of(self, row: Mapping[str, Any]) -> Key:
        return tuple(row[name] for name in self.key)

    def _this(self, row: Row) -> list[Any]:
        return [self.table.columns[name] == row[name] for name in self.key]

    def _set(self, row: Row, column: str, value: Any) -> Any:
        stored = null() if value is None else value
        return update(self.table).where(*self._this(row)).values({column: stored})

    def _change(self) -> list[Key]:
        column = self.table.columns[self.case.column]
        row = self.rows[0]
        if column.nullable:  # one that says something, where there is any
            row = next((one for one in self.rows if one[column.name] is not None), row)
        for value in self._others(column, row[column.name]):
            if self._tried(self._set(row, column.name, value)):
                return [self.key_of(row), self.key_of({**row, column.name: value})]
        raise NotPossible

    def _empty(self) -> list[Key]:
        for row in self.rows:
            if row[self.case.column] is not None and self._tried(self._set(row, self.case.column, None)):
                return [self.key_of(row)]
        raise NotPossible

    def _swap(self) -> list[Key]:
        column = self.table.columns[self.case.column]
        first = self.rows[0]
        for other in self.rows[1:]:
            one, two = first[column.name], other[column.name]
            if one == two:
                continue
            aside = [] if None in (one, two) else [self._set(first, column.name, _fresh(one, column))]
            if self._tried(*aside, self._set(other, column.name, one), self._set(first, column.name, two)):
                return [self.key_of(first), self.key_of(other)]
        raise NotPossible

    def _delete(self) -> list[Key]:
        row = self.rows[0]
        if not self._tried(delete(self.table).where(*self._this(row))):
            raise NotPossible
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
            taken = [one[name] for one in self.all]
            free = [value for value in self._of_parent(column) if value not in taken]
            if free:
                row[name] = free[0]
            elif row[name] is not None:
                row[name] = _beyond(taken, column)
        if any(self.key_of(row) == self.key_of(one) for one in self.all):
            last = self.table.columns[self.key[-1]]
            row[last.name] = _beyond([one[last.name] for one in self.all], last)
        if not self._tried(insert(self.table).values(_stored(row))):
            raise NotPossible
        return [self.key_of(row)]

    def _replace(self) -> list[Key]:
        """What replaces a row is new in all that may be without being refused for its kind: here, one column."""
        row = dict(self.rows[0])
        columns = [
            column
            for column in self.table.columns
            if not column.primary_key and column.name not in DECLARED[self.table.name].beside
        ]
        if not columns:
            raise NotPossible  # it would be what it was
        column = self.chance.choice(columns)
        row[column.name] = _fresh(row[column.name], column)
        if self.is_sqlite:
            replace: Any = insert(self.table).prefix_with("OR REPLACE").values(_stored(row))
        else:
            fresh = postgresql.insert(self.table).values(_stored(row))
            replace = fresh.on_conflict_do_update(
                index_elements=self.key, set_={name: fresh.excluded[name] for name in row}
            )
        if not self._tried(replace):
            raise NotPossible
        return [self.key_of(row)]

    def _truncate(self) -> list[Key]:
        """Of all tables whose rows name those of this one as well, for otherwise it is refused for that."""
        if not self._tried(text(f'TRUNCATE "{self.table.name}" CASCADE')):
            raise NotPossible
        return [self.key_of(row) for row in self.rows]

    def _tail(self) -> list[Key]:
        """The last row of a chain, and the head says that it never was."""
        row = max(
            (one for one in self.rows if one["chain"] == self.rows[0]["chain"]),
            key=lambda one: one["chain_seq"],
        )
        if not self._tried(
            delete(self.table).where(*self._this(row)),
            update(ChainHead)
            .where(ChainHead.chain == row["chain"])
            .values(last=row["chain_seq"] - 1, digest=row["previous_digest"]),
        ):
            raise NotPossible
        return [self.key_of(row)]

    # --- values

    def _others(self, column: Column[Any], value: Any) -> Iterator[Any]:
        """Other values than ``value``: first one that says something in this town, then one that is new."""
        parents = self._of_parent(column)
        known = [*parents]
        if not column.foreign_keys:
            known += [row[column.name] for row in self.rows if row[column.name] is not None]
        self.chance.shuffle(known)
        if not (column.unique or column.primary_key or is_json(column)):
            yield from [one for one in known if one != value][:1]
        yield from [one for one in parents if one != value][:3]
        yield _fresh(value, column)
        yield _beyond([row[column.name] for row in self.all], column)

    def _of_parent(self, column: Column[Any]) -> list[Any]:
        """What a column may hold that names a row of another table."""
        found = [
            one
            for key in column.foreign_keys
            for one in self.connection.scalars(select(key.column).distinct())
        ]
        self.chance.shuffle(found)
        return found

    # --- digests

    def _event_follows(self, keys: list[Key]) -> tuple[str, str]:
        """Writes the row as it is now into the text of the event that told of it last, with a digest of its own; the
        row that must be named is the one after it in its chain, or the head."""
        whole = self.case.attacker == WHOLE_CHAIN
        if self.table.name in ("event", "signed_act"):
            return reseal(self.connection, self.table.name, keys[0][0], whole=whole)
        return reseal(self.connection, "event", retell(self.connection, self.table, keys[0]), whole=whole)


def rows_of(connection: Connection, table: Table) -> list[Row]:
    """All that stands in a table, in the order of its key."""
    wanted = select(table).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def retell(connection: Connection, table: Table, key: Key) -> int:
    """Has the event that told last of a row say what the row says now; the event's id."""
    names = [column.name for column in table.primary_key]
    row = next(one for one in rows_of(connection, table) if tuple(one[name] for name in names) == key)
    plain_key = [said(table, row).get(name) for name in names]
    events = select(Event.id, Event.canonical).order_by(Event.id.desc())
    for event_id, canonical in connection.execute(events).all():
        told = json.loads(canonical)
        if EVENT_ID in names:
            plain_key[names.index(EVENT_ID)] = event_id if row[EVENT_ID] == event_id else None
        rows = told["rows"].get(table.name, [])
        changes = told["changes"].get(table.name, [])
        for place, one in enumerate(rows):
            if [event_id if name == EVENT_ID else one.get(name) for name in names] == plain_key:
                rows[place] = said(table, row)
                break
        else:
            mine = [change for change in changes if change[0] == plain_key]
            if not mine:
                continue
            mine[0][2] = row_digest(table, row)
        connection.execute(update(Event).where(Event.id == event_id).values(canonical=canonical_json(told)))
        return int(event_id)
    raise NotPossible


def reseal(connection: Connection, table: str, row_id: int, *, whole: bool = False) -> tuple[str, str]:
    """Makes the digest of a row of a chain anew, or with ``whole`` of all that follow, and the head; what the chain's
    check must name if not."""
    model: Any = {"event": Event, "signed_act": SignedAct}[table]
    chain, seq = connection.execute(select(model.chain, model.chain_seq).where(model.id == row_id)).one()
    previous, following = None, ("chain_head", chain)
    rows = connection.execute(
        select(model.id, model.chain_seq, model.previous_digest, model.canonical)
        .where(model.chain == chain, model.chain_seq >= seq)
        .order_by(model.chain_seq)
    ).all()
    for place, (one, number, before, canonical) in enumerate(rows):
        previous = previous or before
        digest = link_digest(chain, number, previous, canonical)
        sealed = {"previous_digest": previous, "digest": digest}
        connection.execute(update(model.__table__).where(model.id == one).values(sealed))
        previous = digest
        if not whole:
            if len(rows) > place + 1:
                following = (table, str(rows[place + 1].id))
            break
    else:
        connection.execute(update(ChainHead).where(ChainHead.chain == chain).values(digest=previous))
    return following


# --- Values of a kind -------------------------------------------------------------------------------------------------


def is_json(column: Column[Any]) -> bool:
    """Whether the column holds JSON."""
    return isinstance(_kind(column), JSON)


def _kind(column: Column[Any]) -> Any:
    """The type in the database."""
    kind: Any = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _stored(row: Row) -> Row:
    """As it is written: empty is nothing, also where JSON knows a nothing of its own."""
    return {name: null() if value is None else value for name, value in row.items()}


#: In the place of nothing, by what a column holds.
_NOTHING: dict[type, Any] = {
    bool: False,
    int: 0,
    float: 0.0,
    Decimal: Decimal(0),
    str: "",
    date: date(2026, 11, 24),
    datetime: datetime(2026, 11, 24, 9, tzinfo=UTC),
}


def _fresh(value: Any, column: Column[Any]) -> Any:
    """Another value than ``value`` that the column may hold."""
    if value is None:
        value = {} if is_json(column) else _NOTHING[_kind(column).python_type]
        value = Money(value) if isinstance(column.type, MoneyType) else value
    match value:
        case bool():
            return not value
        case date():
            return value + (timedelta(seconds=1) if isinstance(value, datetime) else timedelta(days=1))
        case Money():
            return Money(value.minor + 1)
        case int() | float() | Decimal():
            return value + 1
        case dict():
            return {**value, "changed": 1}
        case list():
            return [*value, 1]
    return _fresh_text(value, getattr(column.type, "length", None))


def _fresh_text(value: str, room: int | None) -> str:
    with suppress(ValueError):
        if isinstance(json.loads(value), dict):
            return value.replace(":", ": ", 1)  # the same facts, another text
    if room is not None and len(value) >= room:
        return value[:-1] + ("0" if value[-1] >= "z" else chr(ord(value[-1]) + 1))
    return f"{value}x"


def _beyond(taken: list[Any], column: Column[Any]) -> Any:
    """A value that no row has."""
    known = [one for one in taken if one is not None]
    value = known[0] if known and isinstance(known[0], dict | list) else max(known, default=None)
    while value is None or value in taken:
        value = _fresh(value, column)
    return value
