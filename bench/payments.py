"""Payments at one desk: what the program's rules, texts, signatures and digests cost on top of its SQL."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench import towns
from bench.measuring import Result, Rounds, alternate, at_least, at_most, folder_on_disk, say, seconds
from bench.replay import (
    Transaction,
    bare_postgresql,
    bare_sqlite,
    ensure_same_rows,
    record_statements,
    replay,
)
from muniadmin.app import App
from muniadmin.collection.commands import TakePayment, TenderGiven
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Actor
from tests.towns import DatabaseKind

ROUNDS = 10
WARM_UP = 1
TAXPAYERS = 500
#: What a payment of one bill may send, BEGIN and COMMIT not counted.
MOST_STATEMENTS = 26  # 25 of the payment, and one that asks whether its sender may still send it


def run(full: bool) -> Generator[Result, None, None]:
    """One desk on SQLite, the same without waiting for the disk, and one desk on PostgreSQL."""
    payments = 1_000 if full else 100
    with folder_on_disk() as folder:
        say("payments: a town on SQLite")
        with _town("sqlite", folder, payments) as town:
            yield from _compared(town, "payment, SQLite", 0.18)
            yield from _compared(town, "payment, SQLite, disk not waited for", None, waiting=False)
        say("payments: a town on PostgreSQL")
        with towns.running_server(settings=()), _town("postgresql", folder, payments) as town:
            yield from _compared(town, "payment, PostgreSQL", 0.40)


@dataclass(frozen=True)
class _Town:
    """A town with an open desk and a bill for every payment, which each competitor gets a copy of."""

    kind: DatabaseKind
    address: str
    folder: Path
    cashier: Actor
    orders: Sequence[TakePayment]
    #: Payments in a round.
    payments: int

    def orders_of(self, number: int) -> Sequence[TakePayment]:
        """What is paid in a round."""
        return self.orders[number * self.payments : (number + 1) * self.payments]


@contextmanager
def _town(kind: DatabaseKind, folder: Path, payments: int) -> Iterator[_Town]:
    bills = (WARM_UP + ROUNDS) * payments
    with towns.town(kind, folder) as address:
        app = towns.opened(address)
        towns.add_taxpayers(app, TAXPAYERS)
        towns.add_bills(app, bills, TAXPAYERS)
        cashier, session_id = towns.open_desks(app, 1)[0]
        app.close()
        orders = [
            TakePayment(
                request_id=f"payment {charge_id}",
                cash_session_id=session_id,
                charge_ids=(charge_id,),
                tenders=(TenderGiven(tendered=Money(100_000 + charge_id)),),
            )
            for charge_id in range(1, bills + 1)
        ]
        yield _Town(kind, address, folder, cashier, orders, payments)


def _compared(
    town: _Town, benchmark: str, goal: float | None, *, waiting: bool = True
) -> Generator[Result, None, None]:
    """The rate of payments and, where there is a goal, how many statements one of them takes."""
    with (
        towns.copy(town.address, town.folder) as recorded,
        towns.copy(town.address, town.folder) as ours,
        towns.copy(town.address, town.folder) as theirs,
    ):
        transactions = _recorded(town, recorded)
        app = towns.opened(ours)
        if not waiting:
            _do_not_wait(app)
        bare = _bare(town.kind, theirs, waiting)

        def pay(number: int) -> float:
            orders = town.orders_of(number)
            return len(orders) / seconds(lambda: _pay(app, town.cashier, orders))

        def play(number: int) -> float:
            sent = transactions[number * town.payments : (number + 1) * town.payments]
            return len(sent) / seconds(lambda: replay(bare, sent))

        rounds = alternate(ROUNDS, pay, play, warm_up=WARM_UP)
        bare.close()
        app.close()
        checked = _checked(ours, theirs, len(town.orders))
    # The first payment of a day also begins a chain, a series and the day's totals.
    statements = sorted(len(transaction) for transaction in transactions)[len(transactions) // 2]
    driver = "sqlite3" if town.kind == "sqlite" else "psycopg"
    yield rounds.result(
        benchmark,
        f"bare {driver}, the same {statements} statements",
        "payments/s",
        goal=None if goal is None else at_least(goal),
        checked=checked,
    )
    if goal is not None:
        yield Rounds([statements], [MOST_STATEMENTS]).result(
            f"{benchmark}: statements",
            "the most it may send",
            "statements",
            goal=at_most(1.0),
            checked=f"{len(transactions):,} payments of one bill, {min(map(len, transactions))} to "
            f"{max(map(len, transactions))} statements each",
        )


def _pay(app: App, cashier: Actor, orders: Sequence[TakePayment]) -> None:
    for order in orders:
        app.execute(order, cashier)


def _recorded(town: _Town, address: str) -> Sequence[Transaction]:
    """The statements of every payment, in order."""
    app = towns.opened(address)
    transactions = record_statements(app.database)
    _pay(app, town.cashier, town.orders)
    app.close()
    return transactions


def _do_not_wait(app: App) -> None:
    @event.listens_for(app.database.writers, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")


def _bare(kind: DatabaseKind, address: str, waiting: bool) -> Any:
    if kind == "postgresql":
        return bare_postgresql(address)
    return bare_sqlite(towns.file_of(address), synchronous="FULL" if waiting else "OFF")


def _checked(ours: str, theirs: str, payments: int) -> str:
    """That both stored the same, and that it is right."""
    app, other = towns.opened(ours), towns.opened(theirs)
    try:
        same = ensure_same_rows(app.database, other.database)
        return f"{towns.ensure_sound(app, payments)}; {same}"
    finally:
        app.close()
        other.close()
