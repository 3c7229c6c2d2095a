"""A payment is booked whole or not at all, however many bills it pays and wherever the database refuses it."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from muniadmin.access.permissions import Role
from muniadmin.app import App
from muniadmin.collection.models import Receipt
from muniadmin.collection.services import receipt_series
from muniadmin.kernel.errors import SomebodyWasFaster
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.models import Posting
from muniadmin.storage.base import NumberSeries
from muniadmin.verification.commands import Verify
from tests.builders import a_bill, an_open_desk, due, everything, money, pay


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


def ensure_sound(app: App) -> None:
    assert [one.sentence() for one in app.execute(Verify(), everything(app)).outcome.findings] == []


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
    "sqlite": "CREATE TRIGGER refuse BEFORE INSERT ON audit_event WHEN new.event = 'collection:payment:taken' "
    "BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE audit_event ADD CONSTRAINT refuse CHECK (event <> 'collection:payment:taken')",
}
ALLOW = {
    "sqlite": "DROP TRIGGER refuse",
    "postgresql": "ALTER TABLE audit_event DROP CONSTRAINT refuse",
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
    "payment", "settlement", "bill", "number_series", "day_collection", "issued_document", "journal_entry", "posting",
    "receipt", "audit_event", "chain_head",
)  # fmt: skip


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize("table", WRITTEN)
def test_a_deadlock_at_any_statement_is_tried_again(
    app: App, actor: Callable[[Role], Actor], table: str
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    bills = [a_bill(app, "20"), a_bill(app, "30")]
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
