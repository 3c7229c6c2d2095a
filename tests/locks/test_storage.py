"""What every order holds: the next number of a series, the head of a chain, the day's opening; on SQLite the one pen.

| lock | without it |
| --- | --- |
| `number_series`: the UPDATE that takes a number | two papers of one number, or a gap after a refusal |
| `number_series`: the first number, ON CONFLICT DO NOTHING | the second desk of the year is refused its first paper |
| `chain_head`: SELECT FOR UPDATE (`lock_chain`, `seal`) | two rows at one place of a chain |
| `chain_head`: a chain's first row, ON CONFLICT DO NOTHING | the second desk to begin a chain is refused |
| `business_day`: ON CONFLICT DO NOTHING | of two desks that begin the day one is refused |
| SQLite: BEGIN IMMEDIATE | an order reads what is changed before it writes, and is refused half-way |
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.audit.services import record
from muniadmin.collection.points import desk_chain
from muniadmin.kernel.errors import DatabaseBusy
from muniadmin.ledger.services import ensure_day_open
from muniadmin.storage import engine
from muniadmin.storage.engine import Database
from muniadmin.storage.events import OFFICE_CHAIN
from muniadmin.storage.numbering import next_in_series, take_block
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from tests.builders import everything
from tests.locks.meeting import OtherDesks, end_of, under_way
from tests.towns import TownClock

on_a_server = pytest.mark.parametrize("database_kind", ["postgresql"])


def takes_one(uow: UnitOfWork) -> int:
    return next_in_series(uow, "paper", 2026)


@on_a_server
@pytest.mark.parametrize("begun", [False, True], ids=["first of the year", "later"])
def test_two_desks_take_following_numbers(app: App, desks: OtherDesks, begun: bool) -> None:
    if begun:
        with under_way(app) as uow:
            takes_one(uow)
    with under_way(app) as uow:
        mine = takes_one(uow)
        theirs = desks.send(takes_one)
    assert end_of(theirs) == mine + 1


@on_a_server
def test_a_number_that_was_not_used_is_the_next_desk_s(app: App, desks: OtherDesks) -> None:
    with under_way(app) as uow:
        take_block(uow, "paper", 2026, 3)
    with under_way(app) as uow:
        assert takes_one(uow) == 4
        theirs = desks.send(takes_one)
        uow.connection.rollback()
    assert end_of(theirs) == 4


@on_a_server
@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("chain", [desk_chain(1), OFFICE_CHAIN], ids=["first of the chain", "later"])
def test_two_orders_take_following_places_of_a_chain(app: App, desks: OtherDesks, chain: str) -> None:
    """That each row bears the digest of the one before it is looked at in the end."""

    def note(uow: UnitOfWork) -> None:
        record(uow, "collection:session:opened", "session 1", chain=chain)

    with under_way(app) as uow:
        uow.lock_chain(chain)
        other = desks.send(note)
        note(uow)
    assert end_of(other) is None
    assert len(app.read(AuditLog(subject="session 1"), everything(app))) == 2


@on_a_server
def test_two_desks_begin_the_day_at_once(app: App, clock: TownClock, desks: OtherDesks) -> None:
    with under_way(app) as uow:
        ensure_day_open(uow)
    clock.instant = datetime(2026, 11, 24, 9, tzinfo=UTC)
    with under_way(app) as uow:
        ensure_day_open(uow)
        other = desks.send(ensure_day_open)
    assert end_of(other) is None


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_on_sqlite_an_order_begins_when_the_one_before_it_has_ended(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Database(app.database.url)
    them: dict[str, Any] = {
        "actor": everything(app),
        "now": app.clock.now(),
        "municipality": app.municipality,
    }
    with under_way(app) as uow:
        mine = takes_one(uow)
        with monkeypatch.context() as patience:
            patience.setattr(engine, "BUSY_SECONDS", 0.0)
            # It is not begun: nothing was read that is no longer so when it may write.
            with pytest.raises(DatabaseBusy), unit_of_work(other, **them):
                pytest.fail("two orders at once")
    with unit_of_work(other, **them) as uow:
        assert takes_one(uow) == mine + 1
    other.close()
