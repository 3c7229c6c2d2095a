"""Three years of a town's debts: what the counter, the list of bills and the ageing take among a million charges."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text

from bench import towns
from bench.measuring import Result, Rounds, at_most, folder_on_disk, percentile, say, seconds
from muniadmin.app import App
from muniadmin.billing.reads import Bills, OpenCharges
from muniadmin.billing.services import Debtor, NewBill, issue_bills
from muniadmin.indicators.commands import KeepMonths
from muniadmin.indicators.standings import left_on
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.dates import add_months
from muniadmin.ledger.commands import OpenBusinessDay
from muniadmin.storage.unit_of_work import read_unit
from tests.towns import OPENING, DatabaseKind

ROUNDS = 5
MONTHS = 36
INSTALMENTS = 4
AMOUNT = 10_000
#: What everybody gets over the years.
BILLS_EACH = 12
#: Bills in one transaction.
BATCH = 2_500
#: What each may take, in milliseconds: nobody at a counter notices, nobody before a list or a table waits.
COUNTER_LIMIT_MS = 20.0
LIST_LIMIT_MS = 250.0
AGEING_LIMIT_MS = 500.0


def run(full: bool) -> Iterator[Result]:
    """On both engines, a million charges or a twentieth."""
    charges = 1_000_000 if full else 50_000
    with folder_on_disk() as folder:
        say(f"debts: {charges:,} charges on SQLite")
        yield from _on("sqlite", folder, charges)
        say(f"debts: {charges:,} charges on PostgreSQL")
        with towns.running_server():
            yield from _on("postgresql", folder, charges)


def _on(kind: DatabaseKind, folder: Path, charges: int) -> Iterator[Result]:
    engine = "SQLite" if kind == "sqlite" else "PostgreSQL"
    name = f"{charges:,} charges, {engine}"
    with towns.town(kind, folder) as address, closing(towns.opened(address)) as app:
        people = charges // INSTALMENTS // BILLS_EACH
        towns.add_taxpayers(app, people)
        _charged(app, charges, people)
        app.execute(KeepMonths(), towns.everybody(app))
        checked = _checked(app, charges)
        counter = Rounds()
        for number in range(ROUNDS):
            counter.add(percentile(_counter(app, people, number), 95), COUNTER_LIMIT_MS)
        yield counter.result(
            f"{name}: what a person owes, p95",
            "what nobody notices",
            "ms",
            goal=at_most(1.0),
            checked=checked,
        )
        for what, limit, work in _looks(app):
            rounds = Rounds()
            work()
            for _round in range(ROUNDS):
                rounds.add(seconds(work) * 1000, limit)
            yield rounds.result(
                f"{name}: {what}", "what nobody waits for", "ms", goal=at_most(1.0), checked=checked
            )


def _looks(app: App) -> Iterator[tuple[str, float, Callable[[], Any]]]:
    who = towns.everybody(app)
    today = OPENING.date()

    def ageing(day: date) -> int:
        with read_unit(
            app.database, actor=who, now=app.clock.now(), municipality=app.municipality
        ) as reading:
            return sum(left_on(reading, day).values())

    yield "a page of bills", LIST_LIMIT_MS, lambda: app.read(Bills(), who)
    yield "a page of overdue bills", LIST_LIMIT_MS, lambda: app.read(Bills(state="overdue"), who)
    yield "ageing today", AGEING_LIMIT_MS, lambda: ageing(today)
    yield "ageing in the middle of a month", AGEING_LIMIT_MS, lambda: ageing(today - timedelta(days=400))


def _counter(app: App, people: int, seed: int) -> list[float]:
    """How long it takes to see what somebody owes, for a hundred people; milliseconds."""
    who = towns.everybody(app)

    def look(taxpayer_id: int) -> None:
        if not app.read(OpenCharges(taxpayer_id=taxpayer_id), who):
            raise AssertionError(f"taxpayer {taxpayer_id} owes nothing")

    return [
        seconds(partial(look, taxpayer_id)) * 1000
        for taxpayer_id in Random(seed).sample(range(1, people + 1), 100)
    ]


# --- the town -----------------------------------------------------------------------------------------------------


def _charged(app: App, charges: int, people: int) -> None:
    """Issues a roll every month, most of which is settled."""
    assert isinstance(app.clock, FixedClock)
    bills = charges // INSTALMENTS
    first_day = add_months(OPENING.date().replace(day=1), 1 - MONTHS)
    for month in range(MONTHS):
        day = add_months(first_day, month)
        app.clock.instant = datetime.combine(day, time(9), UTC)
        app.execute(OpenBusinessDay(reason="a roll"), towns.everybody(app))
        end = bills * (month + 1) // MONTHS
        for start in range(bills * month // MONTHS, end, BATCH):
            _issue(app, day, range(start, min(start + BATCH, end)), people)
    app.clock.instant = OPENING
    app.execute(OpenBusinessDay(reason="today"), towns.everybody(app))
    _gather_statistics(app)


def _issue(app: App, day: date, places: range, people: int) -> None:
    due_days = [add_months(day, 3 * part + 1) for part in range(INSTALMENTS)]
    with towns.at_work(app) as uow:
        issued = issue_bills(
            uow,
            [
                NewBill(
                    head_code=towns.HEAD,
                    period=f"{day:%Y-%m}",
                    kind="roll",
                    instalments=[(due_on, AMOUNT) for due_on in due_days],
                    lines=[{"what": "Rental value", "amount": AMOUNT * INSTALMENTS}],
                    debtor=Debtor(taxpayer_id=place % people + 1),
                )
                for place in places
            ],
        )
        ids = [charge_id for bill in issued for charge_id in bill.charge_ids]
        # As by a decision in the month after: real payments of so many would take hours.
        uow.connection.execute(
            text(
                "INSERT INTO settlement (charge_id, amount, decision_id, booked_on, value_on) SELECT id, amount, 2, "
                ":day, :day FROM charge WHERE id BETWEEN :first AND :last AND id % 4 <> 0"
            ),
            {"day": (day + timedelta(days=20)).isoformat(), "first": min(ids), "last": max(ids)}
            if app.database.kind == "sqlite"
            else {"day": day + timedelta(days=20), "first": min(ids), "last": max(ids)},
        )


def _gather_statistics(app: App) -> None:
    """As the engines do by themselves over the years."""
    if app.database.kind == "sqlite":
        with app.database.writers.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        return
    with app.database.writers.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _checked(app: App, charges: int) -> str:
    """That what is kept of each charge is what its rows say, and the ageing of any day what was left on it."""
    with app.database.connect_to_read() as connection:
        count, left = connection.exec_driver_sql(
            "SELECT count(*), sum(amount - settled) FROM charge_now WHERE closed_on IS NULL"
        ).one()
        owed = connection.exec_driver_sql(
            "SELECT (SELECT sum(amount) FROM charge) - (SELECT sum(amount) FROM settlement)"
        ).scalar_one()
    with read_unit(
        app.database, actor=towns.everybody(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        today = sum(left_on(reading, reading.today).values())
        yesterday = sum(left_on(reading, reading.today - timedelta(days=1)).values())
    if not left == owed == today == yesterday:
        raise AssertionError(
            f"{left} is kept, {owed} is left, ageing says {today} today and {yesterday} yesterday"
        )
    return f"{charges:,} charges, {count:,} open, what is kept of them equal to their rows and to the ageing"
