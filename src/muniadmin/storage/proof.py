"""How each table is proved: what verify holds a row against. A slice declares its tables in its ``proof.py``.

chained: rows hold the digest of the row before them; append-only: nobody changes or deletes a row, and the event that
wrote it holds all it said; journaled: ordinary edits, each told in an event with the row's digest before and after;
cache: made anew from other tables by verify; ephemeral: no money, right or paper hangs on it.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from math import isfinite
from typing import Any

from sqlalchemy import Table

from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base


class Proof(StrEnum):
    """The kinds."""

    CHAINED = "chained"
    APPEND_ONLY = "append-only"
    JOURNALED = "journaled"
    CACHE = "cache"
    EPHEMERAL = "ephemeral"


@dataclass(frozen=True)
class Declared:
    """How a table is proved; ``by_digest``: columns of which events hold a digest only, since they name people or are
    long; ``secret``: those of them of which no export holds more, either; ``beside``: columns that nothing hangs on;
    ``why``: of a cache what makes it anew, else why it needs none."""

    proof: Proof
    by_digest: frozenset[str]
    secret: frozenset[str]
    beside: frozenset[str]
    why: str


DECLARED: dict[str, Declared] = {}
"""By table."""

#: The event that wrote a row; its text does not repeat its own number.
EVENT_ID = "event_id"


def declare(
    proof: Proof,
    *models: type[Base],
    by_digest: Collection[str] = (),
    secret: Collection[str] = (),
    beside: Collection[str] = (),
    why: str = "",
) -> None:
    """Says how the tables of ``models`` are proved; what is ``secret`` is told by digest."""
    by_digest = frozenset(by_digest) | frozenset(secret)
    for model in models:
        DECLARED[model.__tablename__] = Declared(proof, by_digest, frozenset(secret), frozenset(beside), why)


def is_told(table: str) -> bool:
    """Whether events tell what happens to the rows of a table."""
    declared = DECLARED.get(table)
    return declared is not None and declared.proof in (Proof.APPEND_ONLY, Proof.JOURNALED)


def key_of(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The primary key of a row, as an event holds it."""
    return tuple([_plain(row[name]) for name in _key_columns(table)])


def said(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """All that a row says, as an event holds it: what is empty left out, instants in UTC, money in minor units."""
    told: dict[str, Any] = {}
    for name, by_digest in _told_columns(table, DECLARED[table.name]):
        value = row[name]
        if value is not None:
            plain = value if type(value) in _AS_IT_IS else _plain(value)
            told[name] = f"#{digest_of(plain)}" if by_digest else plain
    return told


#: The kinds of most values, which an event holds as they are.
_AS_IT_IS = frozenset({int, str, bool})


# Asked for every row there is, of tables that stay as they are.
@cache
def _key_columns(table: Table) -> tuple[str, ...]:
    return tuple(str(column.name) for column in table.primary_key.columns)


@cache
def _told_columns(table: Table, declared: Declared) -> tuple[tuple[str, bool], ...]:
    """The columns that events hold, and of which they hold a digest only."""
    return tuple(
        (str(column.name), column.name in declared.by_digest)
        for column in table.columns
        if column.name != EVENT_ID and column.name not in declared.beside
    )


def row_digest(table: Table, row: Mapping[str, Any]) -> str:
    """SHA-256 of all that a row says; hexadecimal."""
    return digest_of(said(table, row))


def digest_of(plain: Any) -> str:
    """SHA-256 of the canonical text of a value; hexadecimal."""
    return hashlib.sha256(canonical_json({"": plain}).encode()).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case float() if not isfinite(value):  # JSON has none; its text would say that nothing is there
            raise ValueError("a number without end")
        case int() | float() | None:
            return value
        case str():
            return str(value)
        case Money():
            return value.minor
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case _:
            raise TypeError(f"an event cannot hold {type(value).__name__}")
