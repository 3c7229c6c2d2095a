"""Check of what protects issued rows in the database itself."""

from collections.abc import Iterator

from sqlalchemy import text

from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import PROTECTIONS
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import Count
from muniadmin.verification.commands import Finding

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}


def triggers(reading: Reading, count: Count) -> Iterator[Finding]:
    """Every trigger that refuses changes of issued rows is in place and enabled."""
    engine = reading.connection.dialect.name
    present = set(reading.connection.scalars(text(_TRIGGERS[engine])))
    for name in PROTECTIONS:
        count()
        if name not in present:
            yield Finding(
                check="triggers",
                subject=name,
                message=N_(
                    "The protection “{subject}” is missing from the database: rows may have been changed."
                ),
                facts={},
            )
