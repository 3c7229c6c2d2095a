"""What an engine refuses reaches the user as a sentence, on both engines alike; and a lost race is run again."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from muniadmin.app import App
from muniadmin.audit.services import record
from muniadmin.billing.models import BillNow
from muniadmin.collection.commands import OpenCashSession
from muniadmin.collection.errors import CashierHasSession
from muniadmin.collection.models import CashSession
from muniadmin.kernel.errors import (
    DatabaseBusy,
    DatabaseReadOnly,
    DatabaseUnreachable,
    NumberTooLarge,
    SomebodyWasFaster,
    UserError,
)
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.base import NumberSeries
from muniadmin.storage.engine import Database
from muniadmin.storage.numbering import next_in_series, take_block
from muniadmin.storage.unit_of_work import UnitOfWork, read_unit, unit_of_work
from tests.builders import a_bill, an_open_desk, everything, money, pay

ActorOf = Callable[[Role], Actor]


def writing(app: App) -> AbstractContextManager[UnitOfWork]:
    return unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    )


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_of_two_transactions_that_wait_for_each_other_one_is_told_the_database_is_busy(app: App) -> None:
    """The statements go straight to the driver, whose deadlock is not SQLAlchemy's."""
    for series in ("a", "b"):
        with writing(app) as uow:
            next_in_series(uow, series)
    both_hold_one = threading.Barrier(2)
    refused: list[BaseException] = []

    def take(first: str, second: str) -> None:
        try:
            with writing(app) as uow:
                next_in_series(uow, first)
                both_hold_one.wait(10)
                next_in_series(uow, second)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            refused.append(error)

    threads = [threading.Thread(target=take, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in refused] == [DatabaseBusy]


def test_a_second_of_something_unique_is_told_that_somebody_was_faster(app: App) -> None:
    with writing(app) as uow:
        next_in_series(uow, "twice", 2026)
    with pytest.raises(SomebodyWasFaster), writing(app) as uow:
        uow.session.add(NumberSeries(series="twice", year=2026, last=1))


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_cashier_who_opens_two_desks_at_once_gets_one_and_a_sentence(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    start = threading.Barrier(2)
    refused: list[BaseException] = []

    def open_desk(desk: int) -> None:
        start.wait(10)
        try:
            app.execute(OpenCashSession(desk=desk, opening_float=money("0")), clerk)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            refused.append(error)

    threads = [threading.Thread(target=open_desk, args=(desk,)) for desk in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in refused] == [CashierHasSession]
    with app.database.connect_to_read() as connection:
        assert connection.scalar(select(func.count()).select_from(CashSession)) == 1


def test_a_number_too_large_is_refused_in_words(app: App) -> None:
    with pytest.raises(NumberTooLarge), writing(app) as uow:
        take_block(uow, "huge", 2026, 2**70)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_after_the_server_dropped_every_connection_one_order_is_refused_and_the_next_goes_on(
    app: App,
) -> None:
    def note(uow: UnitOfWork) -> None:
        record(uow, "test:line:added", "x")

    who = everything(app)
    with app.database.connect_to_read() as one, app.database.connect_to_read() as two:
        one.execute(text("SELECT 1"))
        two.execute(text("SELECT 1"))
    municipality = app.municipality
    administrator = Database(app.database.url)
    with administrator.connect_to_write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    administrator.close()
    with (
        pytest.raises(DatabaseUnreachable),
        unit_of_work(app.database, actor=who, now=app.clock.now(), municipality=municipality) as uow,
    ):
        note(uow)
    for _ in range(3):
        with unit_of_work(app.database, actor=who, now=app.clock.now(), municipality=municipality) as uow:
            note(uow)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_full_disk_is_said_in_words_and_the_program_goes_on(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    with app.database.connect_to_write() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    refused: list[UserError] = []
    for _ in range(200):
        try:
            pay(app, clerk, session, bill, amount="0.10")
        except UserError as error:
            refused.append(error)
            break
    assert "no room left" in refused[0].sentence()
    with app.database.connect_to_write() as connection:
        connection.execute(text("PRAGMA max_page_count = 1000000"))
    pay(app, clerk, session, bill, amount="0.10")


def test_a_damaged_file_is_said_in_words(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"this is no database at all, " * 200)
    database = Database(f"sqlite:///{damaged}")
    for connect in (database.connect_to_write, database.connect_to_read):
        with pytest.raises(DatabaseUnreachable):
            connect()
    database.close()


def test_an_answer_shows_one_state_however_many_statements_it_takes(app: App) -> None:
    bill = a_bill(app, "100")
    settled = select(BillNow.settled).where(BillNow.bill_id == bill.bill_id)
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        before = reading.connection.scalar(settled)
        with writing(app) as uow:
            uow.connection.execute(update(BillNow).values(settled=money("40")))
        assert reading.connection.scalar(settled) == before


def test_a_question_cannot_write(app: App) -> None:
    with (
        pytest.raises(DatabaseReadOnly),
        read_unit(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as reading,
    ):
        reading.connection.execute(update(BillNow).values(settled=money("0")))
