"""Check of what protects issued rows, and keeps what follows from them, in the database itself."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text

from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import EXTRA_DDL, PROTECTIONS, REFUSE_FUNCTION
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import Count
from muniadmin.verification.commands import Finding


class _Trigger(NamedTuple):
    """A trigger of PostgreSQL: its table, when it runs, whether on a condition, and what its function does."""

    table: str
    runs: int
    on_condition: bool
    does: str


# The bits of pg_trigger.tgtype.
_ROW, _BEFORE = 1, 2
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16}
_WRITTEN = re.compile(
    r"CREATE TRIGGER (?P<name>\w+) (?P<when>BEFORE|AFTER) (?P<event>\w+) ON (?P<table>\w+)(?P<rest>.*)"
    r" EXECUTE FUNCTION (?P<function>\w+)\(",
    re.DOTALL,
)

_IN_SQLITE = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
# The one that refuses rows may be on for everybody ('O') or even in replication ('A'); any other is off for somebody.
_IN_POSTGRESQL = text(
    "SELECT t.tgname, c.relname, t.tgtype, t.tgqual IS NOT NULL, p.prosrc FROM pg_trigger t "
    "JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
)


def triggers(reading: Reading, count: Count) -> Iterator[Finding]:
    """Every trigger that refuses changes of issued rows or keeps what follows from them is in place, enabled and as it
    was written; and there is no other."""
    present: dict[str, object]
    written: dict[str, object]
    if reading.connection.dialect.name == "sqlite":
        present = {name: sql for name, sql in reading.connection.execute(_IN_SQLITE)}  # noqa: C416
        written = {name: sql for name, sql, _other in EXTRA_DDL if sql.startswith("CREATE TRIGGER")}
    else:
        present = {
            name: _Trigger(table, runs, on_condition, does)
            for name, table, runs, on_condition, does in reading.connection.execute(_IN_POSTGRESQL)
        }
        written = {name: one for name, one in _written_for_postgresql()}  # noqa: C416
    for name in sorted(written.keys() | present.keys()):
        count()
        if present.get(name) == written.get(name):
            continue
        if name not in written:
            message = N_("The trigger “{subject}” is not the program's: it may change what is written.")
        elif name in PROTECTIONS:
            message = N_(
                "The protection “{subject}” is missing from the database: rows may have been changed."
            )
        else:
            message = N_("The trigger “{subject}” is missing or changed: what is kept of debts may be wrong.")
        yield Finding(check="triggers", subject=name, message=message, facts={})


def _written_for_postgresql() -> Iterator[tuple[str, _Trigger]]:
    functions = {"muniadmin_refuse": REFUSE_FUNCTION}
    functions |= {
        name.removesuffix("_function"): sql
        for name, _sqlite, sql in EXTRA_DDL
        if sql.startswith("CREATE OR REPLACE FUNCTION")
    }
    for _name, _sqlite, sql in EXTRA_DDL:
        if (found := _WRITTEN.match(sql)) is not None:
            runs = _EVENTS[found["event"]] | (_BEFORE if found["when"] == "BEFORE" else 0)
            runs |= _ROW if "FOR EACH ROW" in found["rest"] else 0
            body = functions[found["function"]].split("$$")[1]
            yield found["name"], _Trigger(found["table"], runs, " WHEN (" in found["rest"], body)
