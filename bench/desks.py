"""Eight desks at once, each a process of its own: what they get done together, and whether each gets its turn."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench import towns
from bench.measuring import Result, Rounds, alternate, at_least, at_most, folder_on_disk, say
from bench.replay import Transaction, bare_postgresql, record_statements
from muniadmin.collection.commands import TakePayment
from muniadmin.collection.models import Receipt
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.models import Posting

DESKS = 8
ROUNDS = 5
WARM_UP = 1
TAXPAYERS = 500
#: Nobody at a counter notices a wait below this.
LONGEST_WAIT_MS = 250.0

# What the database itself numbers: a replay gets other ids than the recording did, and has to use its own.
_IDS = {
    "payment": "payment_id",
    "tender": "tender_id",
    "issued_document": "document_id",
}


def run(full: bool) -> Iterator[Result]:
    """Eight desks on SQLite, then on PostgreSQL."""
    turn = 4.0 if full else 1.2
    with folder_on_disk() as folder:
        say("desks: eight on SQLite")
        yield from _on_sqlite(folder, turn)
        say("desks: eight on PostgreSQL")
        with towns.running_server(settings=()):
            yield from _on_postgresql(folder, turn)


def _on_sqlite(folder: Path, turn: float) -> Iterator[Result]:
    with towns.town("sqlite", folder) as address:
        work = _prepared(address, round((WARM_UP + ROUNDS) * turn * 6_000))
        together = _Fairness()
        with _crew([(_pay, (address, *one)) for one in work]) as desks:

            def all_desks(_round: int) -> float:
                return together.of(_turn(desks, turn))

            def one_desk(_round: int) -> float:
                return _rate(_turn(desks[:1], turn), together)

            rates = alternate(ROUNDS, all_desks, one_desk, warm_up=WARM_UP)
        checked = _checked(address, together.payments)
        yield rates.result(
            "8 desks, SQLite", "one of the desks alone", "payments/s", goal=None, checked=checked
        )
        yield from together.results("8 desks, SQLite", checked)


def _on_postgresql(folder: Path, turn: float) -> Iterator[Result]:
    with towns.town("postgresql", folder) as original:
        work = _prepared(original, round((WARM_UP + ROUNDS) * turn * 800))
        with towns.copy(original, folder) as recorded:
            sent = [_recorded(recorded, *one) for one in work]
        together, bare = _Fairness(), _Fairness()
        with towns.copy(original, folder) as theirs:
            with (
                _crew([(_pay, (original, *one)) for one in work]) as desks,
                _crew([(_replay, (theirs, transactions)) for transactions in sent]) as clients,
            ):
                rates = alternate(
                    ROUNDS,
                    lambda _round: together.of(_turn(desks, turn)),
                    lambda _round: bare.of(_turn(clients, turn)),
                    warm_up=WARM_UP,
                )
            checked = f"{_checked(original, together.payments)}; replay: {_counted(theirs, bare.payments)}"
        yield rates.result(
            "8 desks, PostgreSQL",
            "8 bare psycopg clients, same statements",
            "payments/s",
            goal=at_least(0.40),
            checked=checked,
        )
        yield from together.results("8 desks, PostgreSQL", checked)


@dataclass
class _Turn:
    """What one desk did while all were at work."""

    seconds: float
    #: How long each payment took, in seconds.
    waits: list[float]


class _Fairness:
    """How evenly the desks came to their turns. Chance evens out over a while: counts are those of all rounds."""

    def __init__(self) -> None:
        self.payments = 0
        self._counts = [0] * DESKS
        self._waits = Rounds()

    def of(self, turns: Sequence[_Turn]) -> float:
        """Notes a round of all desks; their payments in a second."""
        self._counts = [count + len(turn.waits) for count, turn in zip(self._counts, turns, strict=True)]
        self._waits.add(max(max(turn.waits) for turn in turns) * 1000, LONGEST_WAIT_MS)
        return _rate(turns, self)

    def results(self, benchmark: str, checked: str) -> Iterator[Result]:
        """The two lines about fairness."""
        counts = Rounds([min(self._counts)], [max(self._counts)])
        yield counts.result(
            f"{benchmark}: slowest desk", "the fastest", "payments", goal=at_least(0.8), checked=checked
        )
        yield self._waits.result(
            f"{benchmark}: longest wait", "what nobody notices", "ms", goal=at_most(1.0), checked=checked
        )


def _rate(turns: Sequence[_Turn], fairness: _Fairness) -> float:
    fairness.payments += sum(len(turn.waits) for turn in turns)
    return sum(len(turn.waits) / turn.seconds for turn in turns)


def _checked(address: str, payments: int) -> str:
    app = towns.opened(address)
    try:
        return towns.ensure_sound(app, payments)
    finally:
        app.close()


def _counted(address: str, payments: int) -> str:
    """That the bare clients stored as many receipts as they sent, and that the ledger balances. Their rows have other
    ids than the recording's, whose events they send: ``verify`` would name them all."""
    app = towns.opened(address)
    try:
        with app.database.connect_to_read() as connection:
            kept = connection.scalar(select(func.count()).select_from(Receipt))
            balance = connection.scalar(select(func.sum(Posting.amount)))
    finally:
        app.close()
    if kept != payments or balance:
        raise AssertionError(
            f"{payments} receipts were sent, {kept} are kept; the ledger is {balance} from zero"
        )
    return f"{kept:,} receipts kept, the ledger balances"


def _prepared(address: str, bills: int) -> list[tuple[Actor, Sequence[TakePayment]]]:
    """A town with eight open desks; each with its cashier and the payments waiting there."""
    app = towns.opened(address)
    towns.add_taxpayers(app, TAXPAYERS)
    towns.add_bills(app, bills, TAXPAYERS)
    desks = towns.open_desks(app, DESKS)
    app.close()
    return [
        (
            cashier,
            [
                TakePayment(
                    request_id=f"payment {charge_id}", cash_session_id=session_id, charge_ids=(charge_id,)
                )
                for charge_id in range(desk, bills + 1, DESKS)
            ],
        )
        for desk, (cashier, session_id) in enumerate(desks, 1)
    ]


def _recorded(address: str, cashier: Actor, orders: Sequence[TakePayment]) -> list[Transaction]:
    app = towns.opened(address)
    transactions = record_statements(app.database)
    for order in orders:
        app.execute(order, cashier)
    app.close()
    return transactions


# --- processes --------------------------------------------------------------------------------------------

Work = Callable[..., Iterator[None]]


@contextmanager
def _crew(work: Sequence[tuple[Work, tuple[Any, ...]]]) -> Iterator[list[Connection]]:
    """A process for each piece of work, ready to begin; the pipes to them."""
    spawned = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pipes = []
        for one in work:
            ours, theirs = spawned.Pipe()
            process = spawned.Process(target=_in_turns, args=(theirs, *one), daemon=True)
            process.start()
            stack.callback(process.join)
            stack.callback(ours.send, None)
            pipes.append(ours)
        for pipe in pipes:
            pipe.recv()
        yield pipes


def _turn(pipes: Sequence[Connection], duration: float) -> list[_Turn]:
    """Lets them all work for as many seconds; what each did."""
    for pipe in pipes:
        pipe.send(duration)
    return [pipe.recv() for pipe in pipes]


def _in_turns(pipe: Connection, work: Work, arguments: tuple[Any, ...]) -> None:
    """A process: does a payment after the other whenever it is told for how long."""
    payments = work(*arguments)
    next(payments)  # connects
    pipe.send("ready")
    while (duration := pipe.recv()) is not None:
        waits = []
        start = last = time.perf_counter()
        while last < start + duration and next(payments, "no more") is None:
            now = time.perf_counter()
            waits.append(now - last)
            last = now
        pipe.send(_Turn(last - start, waits))
    payments.close()  # type: ignore[attr-defined]


def _pay(address: str, cashier: Actor, orders: Sequence[TakePayment]) -> Iterator[None]:
    app = towns.opened(address)
    yield
    for order in orders:
        app.execute(order, cashier)
        yield
    app.close()


def _replay(address: str, transactions: Sequence[Transaction]) -> Iterator[None]:
    """Sends what was recorded, with the ids this database gives."""
    connection = bare_postgresql(address)
    cursor = connection.cursor()
    yield
    for transaction in transactions:
        ids: dict[str, int] = {}
        for statement in transaction:
            if statement.many:
                cursor.executemany(statement.sql, [_with_own_ids(row, ids) for row in statement.arguments])
                continue
            of_event = {"id": ids["event_id"]} if statement.sql.startswith("INSERT INTO event ") else {}
            cursor.execute(statement.sql, _with_own_ids(statement.arguments, ids | of_event))
            if cursor.description:
                found = cursor.fetchall()
                if statement.sql.startswith("SELECT nextval") and isinstance(statement.arguments, Mapping):
                    ids["event_id"] = found[0][0]
                elif (name := _IDS.get(statement.sql.split()[2])) is not None:
                    ids[name] = found[0][0]
        connection.commit()
        yield
    connection.close()


def _with_own_ids(values: Any, ids: Mapping[str, int]) -> Any:
    # Where the driver counts its places, e.g. to reserve ids, none of these is among the values.
    if not isinstance(values, Mapping):
        return values
    # Of several rows in one statement each value bears its row's number: "tender_id__1".
    return {name: ids.get(name.partition("__")[0], value) for name, value in values.items()}
