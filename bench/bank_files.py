"""A bank's file: payments booked all at once, beside the same payments taken one after the other at a counter."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench import towns
from bench.measuring import Result, Rounds, at_least, folder_on_disk, say, seconds
from muniadmin.app import App
from muniadmin.billing.loading import load_books_of_each
from muniadmin.collection.commands import TakePayment, TenderGiven
from muniadmin.collection.plan import PaymentOrder, Wanted, plan_payment
from muniadmin.collection.points import BANK_POINT
from muniadmin.collection.services import book_payments
from muniadmin.kernel.requests import Actor
from tests.towns import DatabaseKind

ROUNDS = 3


def run(full: bool) -> Iterator[Result]:
    """On both engines, ten thousand payments or a tenth."""
    payments = 10_000 if full else 1_000
    with folder_on_disk() as folder:
        say(f"bank files: {payments:,} payments on SQLite")
        yield _compared("sqlite", folder, payments)
        say(f"bank files: {payments:,} payments on PostgreSQL")
        with towns.running_server():
            yield _compared("postgresql", folder, payments)


def _compared(kind: DatabaseKind, folder: Path, payments: int) -> Result:
    """Every account owes one bill; each round pays other ones, a tenth as many one by one."""
    engine = "SQLite" if kind == "sqlite" else "PostgreSQL"
    alone = payments // 10
    people = ROUNDS * (payments + alone)
    with towns.town(kind, folder) as address, closing(towns.opened(address)) as app:
        towns.add_taxpayers(app, people)
        towns.add_bills(app, people, people)
        cashier, session_id = towns.open_desks(app, 1)[0]
        charges = iter(range(1, people + 1))
        rounds = Rounds()
        for _round in range(ROUNDS):
            together = [next(charges) for _payment in range(payments)]
            singly = [next(charges) for _payment in range(alone)]
            file = seconds(lambda some=together: _book(app, some))  # type: ignore[misc]
            desk = seconds(lambda some=singly: _take(app, cashier, session_id, some))  # type: ignore[misc]
            rounds.add(payments / file, alone / desk)
        checked = towns.ensure_sound(app, people)
    return rounds.result(
        f"bank file of {payments:,}, {engine}",
        "one after the other",
        "payments/s",
        goal=at_least(12.0),
        checked=checked,
    )


def _book(app: App, charge_ids: Sequence[int]) -> None:
    """Books the payments as a bank's file brings them; the ids of charges, bills and accounts are the same here."""
    with towns.at_work(app) as uow:
        orders = []
        for charge_id, books in zip(
            charge_ids, load_books_of_each(uow, [[charge_id] for charge_id in charge_ids]), strict=True
        ):
            tender = TenderGiven(channel="transfer", reference=f"BANK {charge_id}")
            wanted = Wanted(charge_ids=[charge_id], tenders=[tender], value_on=uow.today, point=BANK_POINT)
            plan = plan_payment(books, wanted, uow.municipality.currency)
            orders.append(PaymentOrder(request_id=f"bank {charge_id}", point=BANK_POINT, plan=plan))
        book_payments(uow, orders)


def _take(app: App, cashier: Actor, session_id: int, charge_ids: Sequence[int]) -> None:
    for charge_id in charge_ids:
        tender = TenderGiven(channel="transfer", reference=f"DESK {charge_id}")
        order = TakePayment(
            request_id=f"desk {charge_id}",
            cash_session_id=session_id,
            charge_ids=(charge_id,),
            tenders=(tender,),
        )
        app.execute(order, cashier)
