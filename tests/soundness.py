"""What holds in every town after whatever was ordered."""

from muniadmin.app import App
from muniadmin.kernel.money import ZERO, total
from muniadmin.ledger.reads import TrialBalance
from muniadmin.storage.unit_of_work import read_unit
from muniadmin.verification.checks import CHECKS
from muniadmin.verification.rows import Look
from tests.builders import everything

#: What no order can break: somebody has to lay hands on the database. It takes more than half of the time in a small
#: town, and tests/verification looks at it.
_OF_THE_DATABASE_ITSELF = {"pages", "values", "triggers", "definitions", "keys", "references", "conditions"}


def ensure_sound(app: App) -> None:
    """Nothing that orders write is wrong, and the ledger balances."""
    checks = [run for check, _name, run in CHECKS if check not in _OF_THE_DATABASE_ITSELF]
    auditor = everything(app)
    look = Look(lambda: None)
    with read_unit(
        app.database, actor=auditor, now=app.clock.now(), municipality=app.municipality
    ) as reading:
        found = [finding.sentence() for run in checks for finding in run(reading, look)]
    assert found == []
    assert look.unread == 0
    assert total(row.balance for row in app.read(TrialBalance(), auditor)) == ZERO
