"""Events: one order carried out, with all it said and wrote, in the chain of a point or of the office.

An event is the line of the audit log and the entry of the journal in one; every row that is never changed names it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.changes import AUDIT_TOPIC
from muniadmin.storage.base import Base, Chained, ChainHead, NumberSeries, append_only, extra_ddl
from muniadmin.storage.proof import DECLARED, EVENT_ID, Proof, declare, digest_of, key_of, row_digest, said

OFFICE_CHAIN = "office"

FORM = 1
"""The form in which the texts of events are written; a later one says how it differs, and the earlier stay readable."""

Detail = Mapping[str, object]


class Event(Chained, Base):
    """One order carried out. Its canonical text holds its lines with their details, every row it wrote, and of every
    row it changed the digests before and after."""

    __tablename__ = "event"
    __topic__ = AUDIT_TOPIC
    __table_args__ = (UniqueConstraint("chain", "chain_seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booked_on: Mapped[date] = mapped_column(index=True)
    #: By the clock of the workstation, and by that of the database's machine.
    at: Mapped[datetime] = mapped_column(index=True)
    server_at: Mapped[datetime]
    #: Null: the program itself.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    workstation: Mapped[str] = mapped_column(String(80))


class EventLine(Base):
    """What an event was about, for those who look for it: one line of the audit log."""

    __tablename__ = "event_line"
    __table_args__ = (Index("ix_event_line_subject", "subject"),)

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: "slice:thing:done", e.g. "collection:payment:taken".
    name: Mapped[str] = mapped_column(String(80))
    #: The number or name of what it happened to, e.g. a receipt's number.
    subject: Mapped[str] = mapped_column(String(120))


class Fact:
    """A row that nobody changes or deletes; it names the event that wrote it."""

    @declared_attr
    def event_id(cls) -> Mapped[int]:  # noqa: N805 - SQLAlchemy passes the class
        return mapped_column(ForeignKey("event.id", deferrable=True, initially="DEFERRED"))


def _on_insert(table: str, name: str, *, sqlite: str, postgresql: str) -> None:
    """After every row that comes into ``table``."""
    name = f"{table}_{name}"
    extra_ddl(f"{name}_function", postgresql=(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {postgresql}; RETURN NULL; END $$"
    ))  # fmt: skip
    extra_ddl(
        name,
        sqlite=f"CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {sqlite}; END",
        postgresql=f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def moves_head(table: str) -> None:
    """Has the head of a chain follow every row that comes into ``table``."""
    moving = "UPDATE chain_head SET last = NEW.chain_seq, digest = NEW.digest WHERE chain = NEW.chain"
    _on_insert(table, "moves_head", sqlite=moving, postgresql=moving)


moves_head("event")
# Nobody writes lines: they are what the event's text says.
_on_insert(
    "event",
    "lists_lines",
    sqlite="INSERT INTO event_line (event_id, line, name, subject) "
    "SELECT NEW.id, key + 1, json_extract(value, '$[0]'), json_extract(value, '$[1]') "
    "FROM json_each(NEW.canonical, '$.lines')",
    postgresql="INSERT INTO event_line (event_id, line, name, subject) "
    "SELECT NEW.id, place, line ->> 0, line ->> 1 "
    "FROM json_array_elements(NEW.canonical::json -> 'lines') WITH ORDINALITY AS said (line, place)",
)
append_only("event")
append_only("event_line")
declare(Proof.CHAINED, Event)
declare(Proof.CACHE, NumberSeries, ChainHead, why="the highest number, or place, that was taken")
declare(Proof.CACHE, EventLine, why="the lines in the texts of the events")


@dataclass
class Told:
    """What an order has said and written so far."""

    chain: str = OFFICE_CHAIN
    lines: list[tuple[str, str, Detail]] = field(default_factory=list)
    rows: dict[str, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    #: By table and key: the digests of the row before and after.
    changes: dict[tuple[str, tuple[Any, ...]], list[str | None]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.lines or self.rows or self.changes)

    def inserted(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Notes new rows, all their columns named."""
        if DECLARED[table.name].proof is Proof.APPEND_ONLY:
            self.rows[str(table.name)] += [said(table, row) for row in rows]
        else:
            for row in rows:
                self._changed(table, key_of(table, row), None, row_digest(table, row))

    def changed(self, table: Table, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Notes a row that was changed; both with all columns."""
        self._changed(table, key_of(table, before), row_digest(table, before), row_digest(table, after))

    def deleted(self, table: Table, row: Mapping[str, Any]) -> None:
        """Notes a row that is gone."""
        self._changed(table, key_of(table, row), row_digest(table, row), None)

    def _changed(self, table: Table, key: tuple[Any, ...], before: str | None, after: str | None) -> None:
        if before != after:
            self.changes.setdefault((str(table.name), key), [before, after])[1] = after

    def text(self, *, order: str, user: str, **facts: object) -> str:
        """The frozen text; ``user``: the name of the account, of which only a digest goes in."""
        changes: dict[str, list[Any]] = defaultdict(list)
        for (table, key), (before, after) in self.changes.items():
            if before != after:
                changes[table].append([list(key), before, after])
        return canonical_json(
            {
                "form": FORM,
                "order": order,
                "user_digest": digest_of(user),
                "lines": [[name, subject, dict(detail)] for name, subject, detail in self.lines],
                "rows": dict(self.rows),
                "changes": dict(changes),
                **facts,
            }
        )


def complete(table: Table, row: Mapping[str, Any], event_id: int) -> dict[str, Any]:
    """The row with every column: what it does not name by the mapped default, and its event."""
    whole = {column.name: _value(column, row) for column in table.columns}
    if EVENT_ID in whole and whole[EVENT_ID] is None:
        whole[EVENT_ID] = event_id
    return whole


def _value(column: Any, row: Mapping[str, Any]) -> Any:
    if column.name in row:
        return row[column.name]
    default = column.default
    return default.arg if default is not None and default.is_scalar else None
