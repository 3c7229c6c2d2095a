"""What somebody can do who owns the database: past every protection, all of which are there again afterwards."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from sqlalchemy import text

from muniadmin.app import App
from muniadmin.kernel.canonical import canonical_json
from muniadmin.storage.unit_of_work import FIRST_DIGEST, link_digest


def as_owner(app: App, *statements: str, **facts: object) -> None:
    """Runs statements, each of which must hit a row."""
    if app.database.kind == "sqlite":
        with closing(sqlite3.connect(str(app.database.url.database))) as plain:
            triggers = plain.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _sql in triggers:
                plain.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert plain.execute(statement, facts).rowcount, statement
            for _name, sql in triggers:
                plain.execute(sql)
            plain.commit()
        return
    with app.database.connect_to_write() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            assert connection.execute(text(statement), facts).rowcount, statement
        connection.commit()


def one(app: App, wanted: str, **facts: object) -> Any:
    """The first value that a question finds."""
    with app.database.connect_to_read() as connection:
        return connection.scalar(text(wanted), facts)


def retold(app: App, event_id: int, tell: Callable[[dict[str, Any]], object]) -> None:
    """Has an event say something else, and makes every digest of its chain anew with its head."""
    facts = json.loads(one(app, "SELECT canonical FROM event WHERE id = :id", id=event_id))
    tell(facts)
    as_owner(
        app,
        "UPDATE event SET canonical = :canonical WHERE id = :id",
        id=event_id,
        canonical=canonical_json(facts),
    )
    chain = one(app, "SELECT chain FROM event WHERE id = :id", id=event_id)
    with app.database.connect_to_read() as connection:
        wanted = text("SELECT id, canonical FROM event WHERE chain = :chain ORDER BY chain_seq")
        rows = connection.execute(wanted, {"chain": chain}).all()
    digest = FIRST_DIGEST
    for seq, row in enumerate(rows, 1):
        before, digest = digest, link_digest(chain, seq, digest, row.canonical)
        as_owner(
            app,
            "UPDATE event SET previous_digest = :before, digest = :digest WHERE id = :id",
            before=before,
            digest=digest,
            id=row.id,
        )
    as_owner(app, "UPDATE chain_head SET digest = :digest WHERE chain = :chain", digest=digest, chain=chain)


def exchange_numbers(app: App, first: int, second: int) -> None:
    """Two events that wrote no row of their own bear each other's numbers: as if they had committed in that order."""
    statements = []
    for old, new in ((first, -1), (second, first), (-1, second)):
        statements += [
            f"UPDATE event SET id = {new} WHERE id = {old}",
            f"UPDATE event_line SET event_id = {new} WHERE event_id = {old}",
        ]
    as_owner(app, *statements)
