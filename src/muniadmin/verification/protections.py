"""Check of what protects issued rows in the database itself."""

from collections.abc import Iterator

from sqlalchemy import text

from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import EXTRA_DDL, PROTECTIONS, REFUSE_FUNCTION
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import Count
from muniadmin.verification.commands import Finding

# By name, what stands there now. On PostgreSQL the function does the refusing: one that was emptied protects nothing.
_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'",
}


def triggers(reading: Reading, count: Count) -> Iterator[Finding]:
    """Every trigger that refuses changes of issued rows is in place and enabled, and still refuses."""
    engine = reading.connection.dialect.name
    present = {name: sql for name, sql in reading.connection.execute(text(_TRIGGERS[engine]))}  # noqa: C416
    if engine == "sqlite":
        written = {name: sqlite for name, sqlite, _postgresql in EXTRA_DDL}
    else:
        written = dict.fromkeys(PROTECTIONS, REFUSE_FUNCTION.split("$$")[1])
    for name in PROTECTIONS:
        count()
        if present.get(name) != written[name]:
            yield Finding(
                check="triggers",
                subject=name,
                message=N_(
                    "The protection “{subject}” is missing from the database: rows may have been changed."
                ),
                facts={},
            )
