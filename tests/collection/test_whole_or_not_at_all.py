"""A payment is booked whole or not at all, however many bills it pays and wherever the database refuses it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import DBAPIError

from muniadmin.app import App
from muniadmin.collection.commands import PaymentTaken
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.collection.models import Receipt
from muniadmin.collection.receipts import receipt_series
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import SomebodyWasFaster
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.models import Posting
from muniadmin.storage.base import Base, NumberSeries
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.collection.counter import LATE, a_cancellation, a_stub, at, give_back, given, take
from tests.soundness import ensure_sound


def count(app: App, model: type[Receipt] | type[Posting]) -> int:
    with app.database.connect_to_read() as connection:
        return connection.scalar(select(func.count()).select_from(model)) or 0


def set_last_receipt(app: App, number: int) -> None:
    """Puts the first desk's series somewhere, behind the program's back."""
    with app.database.connect_to_write() as connection:
        connection.execute(
            update(NumberSeries).where(NumberSeries.series == receipt_series(1)).values(last=number)
        )
        connection.commit()


def test_a_payment_of_very_many_bills_is_booked_whole(app: App, actor: Callable[[Role], Actor]) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    bills = [a_bill(app, "10") for _ in range(40)]
    before = count(app, Posting)
    assert pay(app, clerk, session, *bills).amount == money("400")
    assert count(app, Posting) - before == 41
    assert not any(due(app, bill) for bill in bills)
    ensure_sound(app)


def test_what_fails_late_leaves_nothing_and_is_told(app: App, actor: Callable[[Role], Actor]) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    pay(app, clerk, session, a_bill(app, "10"))
    bill = a_bill(app, "20")
    postings = count(app, Posting)
    # The next receipt takes a number that is there: the last rows of the payment fail.
    set_last_receipt(app, 0)
    with pytest.raises(SomebodyWasFaster):
        pay(app, clerk, session, bill)
    assert (count(app, Receipt), count(app, Posting), due(app, bill)) == (1, postings, money("20"))
    set_last_receipt(app, 1)
    assert pay(app, clerk, session, bill).receipt_number.startswith("1-2026-000002-")
    ensure_sound(app)


#: Has the database refuse the last row of a payment, and no more so.
REFUSE = {
    "sqlite": "CREATE TRIGGER refuse BEFORE INSERT ON event_line WHEN new.name = 'collection:payment:taken' "
    "BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE event_line ADD CONSTRAINT refuse CHECK (name <> 'collection:payment:taken')",
}
ALLOW = {
    "sqlite": "DROP TRIGGER refuse",
    "postgresql": "ALTER TABLE event_line DROP CONSTRAINT refuse",
}


def change_database(app: App, statements: dict[str, str]) -> None:
    with app.database.writers.begin() as connection:
        connection.execute(text(statements[app.database.kind]))


def test_what_fails_at_the_very_end_leaves_nothing_and_the_desk_goes_on(
    app: App, actor: Callable[[Role], Actor]
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    bill = a_bill(app, "20")
    postings = count(app, Posting)
    change_database(app, REFUSE)
    for _ in range(3):
        with pytest.raises(DBAPIError):
            pay(app, clerk, session, bill)
    change_database(app, ALLOW)
    assert (count(app, Receipt), count(app, Posting), due(app, bill)) == (0, postings, money("20"))
    assert pay(app, clerk, session, bill).receipt_number.startswith("1-2026-000001-")
    ensure_sound(app)


#: What a payment writes, in any order.
WRITTEN = (
    "payment", "tender", "charge", "settlement", "charge_now", "bill_now", "account_now", "number_series",
    "day_collection", "issued_document", "event", "event_line", "posting", "receipt", "chain_head",
)  # fmt: skip


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize("table", WRITTEN)
def test_a_deadlock_at_any_statement_is_tried_again(
    app: App, actor: Callable[[Role], Actor], table: str
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    bills = [a_bill(app, "20"), a_bill(app, "30", due_on=LATE)]
    with app.database.writers.begin() as connection:
        # What a sequence has given stays given when the transaction is undone: only the first try fails.
        connection.execute(text("CREATE SEQUENCE tries"))
        connection.execute(
            text(
                "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF nextval('tries') = 1 THEN RAISE EXCEPTION SQLSTATE '40P01'; END IF; RETURN NEW; END $$"
            )
        )
        connection.execute(
            text(
                f"CREATE TRIGGER fail_once BEFORE INSERT OR UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION fail_once()"
            )
        )
    assert pay(app, clerk, session, *bills).receipt_number.startswith("1-2026-000001-")
    with app.database.writers.begin() as connection:
        assert (connection.scalar(text("SELECT last_value FROM tries")) or 0) > 1
        connection.execute(text(f"DROP TRIGGER fail_once ON {table}"))
    ensure_sound(app)


# --- a failure before each statement ---------------------------------------------------------------------------------


class PowerCut(Exception):
    """The program goes no further."""


@contextmanager
def cut_before(app: App, place: int) -> Iterator[list[str]]:
    """The program ends before it sends its statement number ``place``; those it has sent."""
    sent: list[str] = []

    def sending(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        if len(sent) == place:
            raise PowerCut(sql)
        sent.append(sql)

    event.listen(app.database.writers, "before_cursor_execute", sending)
    try:
        yield sent
    finally:
        event.remove(app.database.writers, "before_cursor_execute", sending)


def everything_stored(app: App) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with app.database.connect_to_read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def ensure_whole_or_not_at_all(app: App, order: Callable[[], object]) -> None:
    """Cut before each of its statements, the order leaves everything as it was; at last it is carried out."""
    before = everything_stored(app)
    place = 0
    while True:
        try:
            with cut_before(app, place):
                order()
        except PowerCut:
            assert everything_stored(app) == before, place
            place += 1
        else:
            break
    assert place > 10
    after = everything_stored(app)
    assert [name for name in after if len(after[name]) < len(before[name])] in ([], ["provider_reference"])
    assert len(after["event"]) == len(before["event"]) + 1
    ensure_sound(app)


def a_rich_payment(app: App, clerk: Actor) -> Callable[[], PaymentTaken]:
    """The order for a payment with penalty, two means and something left over."""
    session = an_open_desk(app, clerk, opening_float="0")
    taxpayer_id = a_taxpayer(app)
    bills = [a_bill(app, "100", due_on=day, taxpayer_id=taxpayer_id) for day in (LATE, date(2026, 12, 31))]
    charges = [charge_id for bill in bills for charge_id in bill.charge_ids]

    def pay_it() -> PaymentTaken:
        return take(
            app,
            clerk,
            session,
            charges,
            given("transfer", "150", reference="VIR-1"),
            given("cash", "100"),
            confirmed=[AmountExceedsDebts],
        )

    return pay_it


def test_a_payment_cut_between_any_two_statements(app: App, actor: Callable[[Role], Actor]) -> None:
    pay_it = a_rich_payment(app, actor(Role.CLERK))
    ensure_whole_or_not_at_all(app, pay_it)


@pytest.mark.slow
def test_a_cancellation_cut_between_any_two_statements(app: App, actor: Callable[[Role], Actor]) -> None:
    clerk = actor(Role.CLERK)
    order = a_cancellation(a_rich_payment(app, clerk)())
    ensure_whole_or_not_at_all(app, lambda: app.execute(order, clerk))


@pytest.mark.slow
def test_a_return_cut_between_any_two_statements(app: App, actor: Callable[[Role], Actor]) -> None:
    taken = a_rich_payment(app, actor(Role.CLERK))()
    ensure_whole_or_not_at_all(app, lambda: give_back(app, taken, "transfer", fee="25"))


@pytest.mark.slow
def test_a_stub_cut_between_any_two_statements(
    app: App, actor: Callable[[Role], Actor], clock: FixedClock
) -> None:
    """One that takes another payment's place: the longest of all."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100", due_on=date(2026, 11, 25), taxpayer_id=a_taxpayer(app))
    at(clock, date(2026, 11, 27))
    pay(app, clerk, session, bill)
    order = a_stub(bill.charge_ids, "100", date(2026, 11, 24))
    ensure_whole_or_not_at_all(
        app, lambda: app.execute(order, everything(app), confirmed=[AmountExceedsDebts])
    )
