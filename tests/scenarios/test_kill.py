"""Power fails at any instant while desks pay the same bills: no receipt is lost, none is missing, nothing is booked by
half or twice."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from muniadmin.access.models import User, UserRole
from muniadmin.app import App
from muniadmin.billing.services import Debtor, NewBill, issue_bills
from muniadmin.bootstrap import open_app
from muniadmin.collection.models import Payment, Receipt
from muniadmin.collection.points import install_points
from muniadmin.kernel.clock import SystemClock
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.verification.commands import Verify
from tests.builders import everything

PAYING = Path(__file__).with_name("paying.py")
DESKS = 8
BILLS = 3_000
#: A clerk that is told to ends within so many statements: some payments with their retries.
MOST_STATEMENTS = 150


def a_town_of_bills(app: App) -> int:
    """Bills of four instalments each, three of them late, so that penalties are paid, too; how many charges."""
    days = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2099, 12, 31)]
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        install_points(uow, [(desk, {"en": f"Desk {desk}"}) for desk in range(1, DESKS + 1)])
        issue_bills(
            uow,
            [
                NewBill(
                    head_code="TSC",
                    period="2026",
                    kind="roll",
                    instalments=[(day, 10_000) for day in days],
                    lines=[{"what": "Rental value", "amount": 40_000}],
                    debtor=Debtor.passer_by(f"house {place}"),
                )
                for place in range(BILLS)
            ],
        )
    return BILLS * len(days)


def cashiers(app: App) -> list[int]:
    """A cashier for each desk; their ids."""
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
            for desk in range(1, DESKS + 1)
        ]
        uow.session.add_all(users)
        uow.session.flush()
        return [user.id for user in users]


@dataclass
class Told:
    """What the clerks of a desk have said."""

    #: The receipt of each request that was answered; "": nothing was left to pay.
    answered: dict[str, str] = field(default_factory=dict)
    #: Requests that no answer came to, until they are asked once more.
    waiting: dict[str, tuple[int, int]] = field(default_factory=dict)
    #: Of each clerk, whether it ended between two statements of a payment.
    in_the_middle: list[bool] = field(default_factory=list)


class Desk:
    """A desk whose clerks are killed at work."""

    def __init__(self, address: str, desk: int, user_id: int, chance: random.Random) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(PAYING), address, str(desk), str(user_id)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._chance = chance
        self.told = Told()

    def work_and_be_killed(self, charge: int, *, between_statements: bool) -> None:
        """A clerk asks once more for what no answer came to, then pays from ``charge`` on until the power fails."""
        assert self._process.stdin is not None
        request, (asked, minor) = next(iter(self.told.waiting.items()), ("-", (0, 0)))
        die = self._chance.randint(1, MOST_STATEMENTS) if between_statements else 0
        self._process.stdin.write(f"{charge} {die} {request} {asked}/{minor}\n")
        self._process.stdin.flush()
        clerk = int(self._hear()[1])
        killer: threading.Timer | None = None
        in_the_middle = False
        while (said := self._hear()) != ["killed"]:
            match said:
                case ["asks", request, asked_for, minor_units]:
                    self.told.waiting[request] = int(asked_for), int(minor_units)
                case ["receipt", request, number]:
                    del self.told.waiting[request]
                    assert self.told.answered.setdefault(request, number) == number
                    if killer is None and not between_statements:
                        # Loading takes longer than a payment: killed from the start on, none would ever be paid.
                        killer = threading.Timer(
                            self._chance.uniform(0.0, 0.2), os.kill, (clerk, signal.SIGKILL)
                        )
                        killer.start()
                case ["none", request]:
                    del self.told.waiting[request]
                    self.told.answered[request] = ""
                case ["dies"]:
                    in_the_middle = True
                case _:
                    pytest.fail(f"the clerk said {said}")
        if killer is not None:
            killer.join()
        self.told.in_the_middle.append(in_the_middle)

    def _hear(self) -> list[str]:
        assert self._process.stdout is not None
        return self._process.stdout.readline().split()

    def close(self) -> None:
        """Nobody works here any more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def ensure_sound(app: App, told: list[Told]) -> None:
    """``verify`` is clean; every receipt that somebody holds is there, every payment was asked for and is there once;
    receipts have no gap; and what was paid is what was received."""
    report = app.execute(Verify(), everything(app)).outcome
    assert [finding.sentence() for finding in report.findings] == []
    answered = {request: number for one in told for request, number in one.answered.items()}
    waiting = {request for one in told for request in one.waiting}
    with app.database.connect_to_read() as connection:
        numbers = select(Payment.request_id, Receipt.number).join(Receipt, Receipt.payment_id == Payment.id)
        kept = {str(request): str(number) for request, number in connection.execute(numbers)}
        received, settled, held = (
            connection.scalar(text(f"SELECT sum(amount) FROM {table}"))
            for table in ("payment", "settlement", "credit")
        )
        doubled = connection.execute(
            text(
                "SELECT t.id FROM tender t LEFT JOIN settlement s ON s.tender_id = t.id "
                "GROUP BY t.id, t.amount HAVING t.amount <> sum(s.amount)"
            )
        ).all()
        penalties, booked = connection.execute(
            text("SELECT count(DISTINCT on_charge_id), count(*) FROM charge WHERE kind = 'penalty'")
        ).one()
    handed_over = {request: number for request, number in answered.items() if number}
    assert handed_over.items() <= kept.items()
    assert not any(request in kept for request, number in answered.items() if not number)
    assert set(kept) <= set(handed_over) | waiting
    assert (received, held, doubled) == (settled, None, [])
    assert 0 < penalties == booked
    of_desk = Counter(number.split("-")[0] for number in kept.values())
    for desk, count in of_desk.items():
        places = sorted(int(number.split("-")[2]) for number in kept.values() if number.split("-")[0] == desk)
        assert places == list(range(1, count + 1))
    assert len(of_desk) == DESKS


@pytest.mark.parametrize(
    "kills", [pytest.param(104, marks=pytest.mark.slow), pytest.param(1_040, marks=pytest.mark.deep)]
)
def test_eight_desks_pay_the_same_instalments_and_are_killed(town_url: str, kills: int) -> None:
    """Eight processes, each killed with -9 again and again: mostly between the first and the last statement of a
    payment, else wherever it is."""
    app = open_app(town_url, clock=SystemClock())
    charges = a_town_of_bills(app)
    chance = random.Random(20261123)
    desks = [
        Desk(town_url, number, user_id, random.Random(number))
        for number, user_id in enumerate(cashiers(app), 1)
    ]
    failures: list[BaseException] = []
    starts = [chance.randint(1, charges // 2) for _ in range(kills // DESKS)]

    def work(desk: Desk) -> None:
        try:
            # All desks begin with the same instalments at about the same time.
            for kill, start in enumerate(starts):
                desk.work_and_be_killed(start, between_statements=kill % 3 < 2)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test looks at it
            failures.append(error)

    threads = [threading.Thread(target=work, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for desk in desks:
        desk.close()
    assert failures == []
    told = [desk.told for desk in desks]
    in_the_middle = [end for one in told for end in one.in_the_middle]
    assert len(in_the_middle) == kills
    assert sum(in_the_middle) >= kills / 2
    ensure_sound(app, told)
    app.close()
