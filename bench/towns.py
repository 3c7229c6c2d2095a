"""Towns for the benchmarks: the profile of Fès with as many taxpayers and open bills as a benchmark needs."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from bench.names import full_name
from muniadmin.access.models import User, UserRole
from muniadmin.app import App
from muniadmin.billing.services import Debtor, NewBill, issue_bills
from muniadmin.bootstrap import open_app
from muniadmin.collection.commands import OpenCashSession
from muniadmin.collection.models import Receipt
from muniadmin.collection.points import install_points
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.folding import fold
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role, every_permission, permissions_of
from muniadmin.kernel.requests import Actor
from muniadmin.storage.bulk import bulk_insert, reserve_ids
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from muniadmin.taxpayers.models import Taxpayer
from muniadmin.taxpayers.names import taxpayer_number
from muniadmin.taxpayers.rules import search_text
from muniadmin.taxpayers.search import fill_search
from muniadmin.verification.commands import Verify
from tests.postgresql import SERVER, create_database, drop_database, running_server
from tests.towns import OPENING, DatabaseKind, Originals, actor_with

__all__ = ["SERVER", "create_database", "drop_database", "running_server"]

HEAD = "TSC"

_numbers = itertools.count()


@contextmanager
def town(kind: DatabaseKind, folder: Path) -> Iterator[str]:
    """The address of a new Fès on this engine."""
    folder.mkdir(exist_ok=True)
    originals = Originals(kind, folder)
    try:
        yield originals.town
    finally:
        originals.drop()


@contextmanager
def copy(address: str, folder: Path) -> Iterator[str]:
    """The address of a copy of a town nobody has open."""
    if not address.startswith("sqlite"):
        copied = create_database(address)
        try:
            yield copied
        finally:
            drop_database(copied)
        return
    file = folder / f"copy {next(_numbers)}.sqlite3"
    shutil.copyfile(file_of(address), file)
    yield f"sqlite:///{file}"


def file_of(address: str) -> Path:
    """The file of a town on SQLite."""
    return Path(address.removeprefix("sqlite:///"))


def opened(address: str) -> App:
    """The program on the town; its clock stands still, so that a day does not end in the middle of a benchmark."""
    return open_app(address, clock=FixedClock(OPENING))


def everybody(app: App) -> Actor:
    """Who may do everything."""
    return replace(actor_with(app, Role.SUPERVISOR), permissions=frozenset(every_permission()))


@contextmanager
def at_work(app: App) -> Iterator[UnitOfWork]:
    """One transaction for preparing the town."""
    with unit_of_work(
        app.database, actor=everybody(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        yield uow


def add_taxpayers(app: App, count: int) -> list[str]:
    """Taxpayers with the ids 1 to ``count``, found by the search box; their names in that order."""
    rng = Random(count)
    names = [full_name(rng) for _ in range(count)]
    with at_work(app) as uow:
        ids = reserve_ids(uow, Taxpayer, count)
        numbers = take_block(uow, "taxpayer", 0, count)
        bulk_insert(
            uow,
            Taxpayer,
            map(_taxpayer, ids, itertools.repeat(numbers), names, itertools.repeat(uow.now)),
        )
        fill_search(uow.connection)
    return names


def _taxpayer(taxpayer_id: int, numbers: int, name: str, now: datetime) -> dict[str, object]:
    place = taxpayer_id - 1
    number = taxpayer_number(numbers + place)
    address = f"{place % 300 + 1}, derb Sidi {name.split(maxsplit=1)[0]}"
    return {
        "id": taxpayer_id,
        "number": number,
        "kind": "person",
        "name": name,
        "sort_name": fold(name),
        "search_text": search_text(names=(name,), number=number, address=address),
        "address": address,
        "registered_at": now,
    }


def add_bills(app: App, count: int, taxpayers: int) -> None:
    """Overdue bills, so that penalties are paid, too. Each has one instalment; the ids of both are 1 to ``count``."""
    with at_work(app) as uow:
        issue_bills(
            uow,
            [
                NewBill(
                    head_code=HEAD,
                    period="2026",
                    kind="roll",
                    instalments=[(date(2026, 5, 31), 41250 + number)],
                    lines=[{"what": "Rental value", "amount": 41250 + number}],
                    debtor=Debtor(taxpayer_id=number % taxpayers + 1),
                    subject=f"{number}, derb Sidi Ahmed",
                )
                for number in range(count)
            ],
        )


def open_desks(app: App, count: int) -> list[tuple[Actor, int]]:
    """As many cashiers, each with a desk open; each as (actor, cash session's id)."""
    with at_work(app) as uow:
        install_points(uow, [(desk, {"en": f"Desk {desk}"}) for desk in range(1, count + 1)])
        users = [
            User(
                user_name=f"cashier-{desk}",
                name=f"Cashier {desk}",
                password_hash="-",
                created_at=uow.now,
                roles=[UserRole(role=Role.CLERK)],
            )
            for desk in range(1, count + 1)
        ]
        uow.session.add_all(users)
        uow.session.flush()
        cashiers = [
            Actor(user.id, user.user_name, user.name, permissions_of([Role.CLERK]), f"pc-{user.id}")
            for user in users
        ]
    return [
        (
            cashier,
            app.execute(OpenCashSession(desk=desk, opening_float=Money(0)), cashier).outcome.cash_session_id,
        )
        for desk, cashier in enumerate(cashiers, 1)
    ]


def ensure_sound(app: App, receipts: int) -> str:
    """That ``verify`` finds nothing and as many receipts are kept as were handed over; says so."""
    report = app.execute(Verify(), everybody(app)).outcome
    problems = [finding.sentence() for finding in report.findings]
    if problems:
        raise AssertionError(f"what was stored is wrong: {problems[:5]}")
    with app.database.connect_to_read() as connection:
        kept = connection.scalar(select(func.count()).select_from(Receipt))
    if kept != receipts:
        raise AssertionError(f"{receipts} receipts were handed over, {kept} are kept")
    return f"{kept:,} receipts kept, verify clean"
