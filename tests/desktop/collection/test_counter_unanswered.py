"""The database is lost while a payment is taken, after it was written down and before anybody was told: the receipt is
issued once, and comes to whoever it is for."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import Connection, event, text

from muniadmin.app import App
from muniadmin.desktop.collection.counter_page import CounterPage
from tests.builders import a_bill, a_taxpayer, due, money
from tests.desktop.collection.counter import Key, receipts, scanned
from tests.desktop.conftest import Screen
from tests.soundness import ensure_sound

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])

Lose = Callable[[int], None]


@pytest.fixture
def lose(app: App) -> Iterator[Lose]:
    """``lose(n)``: of the next n commits no answer comes back, though they were carried out."""
    left = 0

    def commit(connection: Connection) -> None:
        nonlocal left
        if left:
            left -= 1
            connection.execute(text("COMMIT"))
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    def lose(times: int) -> None:
        nonlocal left
        left = times

    event.listen(app.database.writers, "commit", commit)
    yield lose
    event.remove(app.database.writers, "commit", commit)


def test_no_answer_came_and_the_receipt_is_shown_all_the_same(
    app: App, screen: Screen, counter: CounterPage, lose: Lose
) -> None:
    bill = a_bill(app, "80.00", taxpayer_id=a_taxpayer(app))
    scanned(screen, counter, bill.number)
    lose(1)
    screen.press_here(Key.Key_Return)
    assert "Received, receipt 1-2026-000001-7" in screen.texts(counter)
    assert counter.till.session is not None
    assert counter.till.session.cash_expected == money("580.00")
    assert receipts(app) == (1, money("80.00"))
    ensure_sound(app)


def test_no_answer_came_twice_and_the_payment_is_sent_again_as_it_was(
    app: App, screen: Screen, counter: CounterPage, lose: Lose
) -> None:
    taxpayer = a_taxpayer(app)
    bill, other = (a_bill(app, amount, taxpayer_id=taxpayer) for amount in ("80.00", "20.00"))
    scanned(screen, counter, bill.number)
    lose(2)
    screen.press_here(Key.Key_Return)
    assert "whether the payment was taken is not known" in screen.texts(counter.notice)
    assert "80.00" in screen.texts(counter.panel)
    screen.press_here(Key.Key_Return)
    assert "Received, receipt 1-2026-000001-7" in screen.texts(counter)
    assert receipts(app) == (1, money("80.00"))
    assert (due(app, bill), due(app, other)) == (money("0"), money("20.00"))
    ensure_sound(app)
