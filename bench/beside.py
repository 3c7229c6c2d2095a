"""A counter that pays steadily while the office imports a file and issues a roll: how long its payments take."""

import csv
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from bench import towns
from bench.measuring import Result, Rounds, at_most, folder_on_disk, percentile, say
from bench.names import full_name
from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll
from muniadmin.assessment.models import Assessment
from muniadmin.billing.models import Bill
from muniadmin.collection.commands import TakePayment
from muniadmin.exchange.commands import ImportTaxpayers
from muniadmin.kernel.requests import Actor
from muniadmin.taxpayers.models import TaxableObject, Taxpayer
from tests.towns import DatabaseKind

ROUNDS = 3
TAXPAYERS = 500
#: Between two payments at the counter.
PAUSE_SECONDS = 0.05
ALONE_SECONDS = 4.0
#: Nobody at a counter notices a wait below this.
LONGEST_WAIT_MS = 250.0

_COLUMNS = {
    "key": "{Ref}",
    "name": "{Name}",
    "address": "{Address}",
    "object_number": "{Object}",
    "attribute.use": "{Use}",
    "attribute.perimeter": "{Perimeter}",
    "attribute.rental_value": "{Value}",
}


def run(full: bool) -> Iterator[Result]:
    """On SQLite, then on PostgreSQL."""
    lines = 30_000 if full else 6_000
    with folder_on_disk() as folder:
        say("beside: a counter and the office on SQLite")
        yield from _measured("sqlite", folder / "sqlite", lines)
        say("beside: a counter and the office on PostgreSQL")
        with towns.running_server(settings=()):
            yield from _measured("postgresql", folder / "postgresql", lines)


@dataclass
class _Waits:
    """How long the counter's payments took, in ms, round by round."""

    rounds: list[list[float]] = field(default_factory=list)

    def percentiles(self, percent: float) -> list[float]:
        """That of each round."""
        return [percentile(waits, percent) for waits in self.rounds]

    @property
    def count(self) -> int:
        return sum(map(len, self.rounds))


def _measured(kind: DatabaseKind, folder: Path, lines: int) -> Iterator[Result]:
    with towns.town(kind, folder) as address, closing(towns.opened(address)) as app:
        # More than the counter can take: a bill for every pause of some minutes.
        cashier, orders = _prepared(app, round(60 * (ROUNDS + 1) * max(1, lines / 10_000) / PAUSE_SECONDS))
        files = [_written(folder / f"{number}.csv", number, lines) for number in range(ROUNDS)]
        alone, importing, issuing = _Waits(), _Waits(), _Waits()
        with _counter(address, cashier, orders) as pipe:
            for number, file in enumerate(files, 1):
                alone.rounds.append(_paid_during(pipe, partial(time.sleep, ALONE_SECONDS)))
                importing.rounds.append(_paid_during(pipe, partial(_import, app, file, lines)))
                issuing.rounds.append(_paid_during(pipe, partial(_issue, app, lines, number)))
        checked = _checked(app, lines * ROUNDS, alone.count + importing.count + issuing.count + 1)
    name = "SQLite" if kind == "sqlite" else "PostgreSQL"
    for work, beside in (("an import", importing), ("a roll", issuing)):
        yield from _results(f"payment beside {work}, {name}", alone, beside, checked)


def _results(benchmark: str, alone: _Waits, beside: _Waits, checked: str) -> Iterator[Result]:
    limit = [LONGEST_WAIT_MS] * ROUNDS
    counted = f"{beside.count:,} payments, {alone.count:,} alone; {checked}"
    for what, percent, goal in (("p99", 99, at_most(1.0)), ("longest", 100, None)):
        yield Rounds(beside.percentiles(percent), limit).result(
            f"{benchmark}: {what}", "what nobody notices", "ms", goal=goal, checked=counted
        )
    for what, percent in (("p50", 50), ("p99", 99)):
        yield Rounds(beside.percentiles(percent), alone.percentiles(percent)).result(
            f"{benchmark}: {what}", "the counter alone", "ms", goal=None, checked=counted
        )


# --- the office -----------------------------------------------------------------------------------------------------


def _written(path: Path, number: int, lines: int) -> Path:
    """A roll as another program exports it: homes, each with its owner."""
    rng = Random(number)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Ref", "Name", "Address", "Object", "Use", "Perimeter", "Value"])
        for line in range(lines):
            key = f"{number}-{line}"
            address = f"{line % 300 + 1}, derb {full_name(rng)}"
            writer.writerow([key, full_name(rng), address, f"H{key}", "main_home", "urban", 6_000 + line])
    return path


def _import(app: App, file: Path, lines: int) -> None:
    command = ImportTaxpayers(path=str(file), mapping=_COLUMNS, object_kind="property")
    report = app.execute(command, towns.everybody(app)).outcome
    if (report.added, report.taxpayers_added, report.objects_added) != (lines, lines, lines):
        raise AssertionError(f"of {lines} lines: {report}")


def _issue(app: App, lines: int, number: int) -> None:
    issued = app.execute(IssueRoll(head_code=towns.HEAD, period="2026"), towns.everybody(app)).outcome
    if (issued.bills, issued.total_bills) != (lines, lines * number):
        raise AssertionError(f"of {lines} homes: {issued}")


def _checked(app: App, lines: int, payments: int) -> str:
    sound = towns.ensure_sound(app, payments)
    with app.database.connect_to_read() as connection:
        taxpayers, homes, decided, billed = (
            connection.scalar(select(func.count()).select_from(one))
            for one in (
                Taxpayer,
                TaxableObject,
                Assessment,
                select(Bill.id).where(Bill.object_id.is_not(None)).subquery(),
            )
        )
    if (taxpayers, homes, decided, billed) != (lines + TAXPAYERS, lines, lines, lines):
        raise AssertionError(f"of {lines}: {taxpayers} taxpayers, {homes} homes, {decided} decided, {billed}")
    return f"{lines:,} taxpayers and homes imported, {billed:,} bills issued, {sound}"


# --- the counter ----------------------------------------------------------------------------------------------------


def _prepared(app: App, bills: int) -> tuple[Actor, Sequence[TakePayment]]:
    """A town with an open desk, its cashier and the payments waiting there."""
    towns.add_taxpayers(app, TAXPAYERS)
    towns.add_bills(app, bills, TAXPAYERS)
    ((cashier, session_id),) = towns.open_desks(app, 1)
    return cashier, [
        TakePayment(request_id=f"payment {charge_id}", cash_session_id=session_id, charge_ids=(charge_id,))
        for charge_id in range(1, bills + 1)
    ]


@contextmanager
def _counter(address: str, cashier: Actor, orders: Sequence[TakePayment]) -> Iterator[Connection]:
    """A process that pays whenever it is told to; the pipe to it."""
    spawned = multiprocessing.get_context("spawn")
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_pay, args=(theirs, address, cashier, orders), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.recv()
        yield ours
    finally:
        process.terminate()
        process.join()


def _paid_during(pipe: Connection, work: Callable[[], None]) -> list[float]:
    """Has the counter pay until ``work`` is done; how long each payment took, in ms."""
    pipe.send("pay")
    work()
    pipe.send("that will do")
    waits: list[float] = pipe.recv()
    return waits


def _pay(pipe: Connection, address: str, cashier: Actor, orders: Sequence[TakePayment]) -> None:
    waiting = iter(orders)
    with closing(towns.opened(address)) as app:
        app.execute(next(waiting), cashier)  # the day's first opens it
        pipe.send("ready")
        while True:
            pipe.recv()
            waits = []
            while not pipe.poll(PAUSE_SECONDS):
                start = time.perf_counter()
                app.execute(next(waiting), cashier)
                waits.append((time.perf_counter() - start) * 1000)
            pipe.recv()
            pipe.send(waits)
