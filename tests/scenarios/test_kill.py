"""Power fails at any instant, desks work at the same time: no receipt is lost, none is missing, nothing half booked."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from muniadmin.access.models import User, UserRole
from muniadmin.access.permissions import Role
from muniadmin.app import App
from muniadmin.billing.services import NewBill, issue_bills
from muniadmin.collection.models import Receipt
from muniadmin.collection.services import install_desks
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.verification.commands import Verify
from tests.builders import everything

PAYING = Path(__file__).with_name("paying.py")
KILLS = 200
DESKS = 8


def a_town_of_bills(app: App, count: int) -> None:
    """Bills 1 to ``count``, overdue, so that penalties are paid, too."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        install_desks(uow, [(desk, {"en": f"Desk {desk}"}) for desk in range(1, DESKS + 1)])
        lines = [{"what": "Rental value", "amount": 41250}]
        issue_bills(
            uow,
            [
                NewBill(
                    head_code="TSC",
                    period="2026",
                    due_on=date(2026, 5, 31),
                    lines=lines,
                    debtor=f"house {place}",
                )
                for place in range(count)
            ],
            subject="roll 1",
        )


def cashiers(app: App, count: int) -> list[int]:
    """As many cashiers; their ids."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
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
        return [user.id for user in users]


class Desk:
    """A desk whose clerks are killed at work."""

    def __init__(self, address: str, desk: int, user_id: int, step: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(PAYING), address, str(desk), str(user_id), str(step)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._next_bill = desk
        self._step = step
        self.handed_over: list[str] = []

    def work_and_be_killed(self, seconds: float) -> None:
        """A clerk pays; some time after the first receipt, wherever the clerk then is, the power fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{self._next_bill}\n")
        self._process.stdin.flush()
        clerk = int(self._process.stdout.readline())
        # Loading and compiling take longer than a payment: killed from the start on, a clerk would never have paid.
        first = self._process.stdout.readline().strip()
        assert first.count("-") == 3, first
        killer = threading.Timer(seconds, os.kill, (clerk, signal.SIGKILL))
        killer.start()
        printed = [first]
        while (line := self._process.stdout.readline().strip()) != "killed":
            assert line.count("-") == 3, line
            printed.append(line)
        killer.join()
        # Two receipts a bill; the killed clerk's last bill is left as it is.
        self._next_bill += self._step * (len(printed) // 2 + 1)
        self.handed_over += printed

    def close(self) -> None:
        """Nobody works here any more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def kept(app: App) -> set[str]:
    """The numbers of all receipts in the database."""
    with app.database.connect_to_read() as connection:
        return set(connection.scalars(select(Receipt.number)))


def ensure_sound(app: App, handed_over: list[str]) -> None:
    """``verify`` is clean, and every receipt a citizen holds is in the database, once."""
    report = app.execute(Verify(), everything(app)).outcome
    assert [finding.sentence() for finding in report.findings] == []
    assert max(Counter(handed_over).values(), default=1) == 1
    assert set(handed_over) <= kept(app)


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_killed_two_hundred_times_at_any_instant(app: App, town_url: str) -> None:
    """One desk is killed with -9, again and again, wherever it happens to be in a payment."""
    chance = random.Random(20261123)
    a_town_of_bills(app, 20_000)
    desk = Desk(town_url, 1, cashiers(app, 1)[0], 1)
    for kill in range(1, KILLS + 1):
        desk.work_and_be_killed(chance.uniform(0.0, 0.06))
        if kill % 50 == 0:
            ensure_sound(app, desk.handed_over)
    desk.close()
    assert len(kept(app)) >= len(desk.handed_over) >= KILLS


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_eight_desks_pay_at_once_and_are_killed(app: App, town_url: str) -> None:
    """Eight processes pay on one server; each is killed in the middle, again and again."""
    a_town_of_bills(app, 20_000)
    desks = [Desk(town_url, number, user_id, DESKS) for number, user_id in enumerate(cashiers(app, DESKS), 1)]

    def work(desk: Desk, chance: random.Random) -> None:
        for _kill in range(KILLS // DESKS):
            desk.work_and_be_killed(chance.uniform(0.0, 0.4))

    threads = [
        threading.Thread(target=work, args=(desk, random.Random(number))) for number, desk in enumerate(desks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for desk in desks:
        desk.close()
    ensure_sound(app, [number for desk in desks for number in desk.handed_over])
    paid = Counter(number.split("-")[0] for number in kept(app))
    assert len(paid) == DESKS
    assert min(paid.values()) >= KILLS // DESKS
