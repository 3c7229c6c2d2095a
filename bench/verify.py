"""``verify`` of all that a town holds, against the independent checker, which holds events and rows against each other
with the standard library and nothing else."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench import towns
from bench.measuring import Result, alternate, at_least, folder_on_disk, say, seconds
from muniadmin.app import App
from muniadmin.collection.commands import TakePayment, TenderGiven
from muniadmin.kernel.money import Money

ROUNDS = 3
TAXPAYERS = 500
CHECKER = Path(__file__).resolve().parents[1] / "scripts" / "check_events.py"


def run(full: bool) -> Iterator[Result]:
    """A town on SQLite in which each payment was an order of its own."""
    payments = 50_000 if full else 2_000
    with folder_on_disk() as folder:
        say(f"verify: {payments:,} payments on SQLite")
        with towns.town("sqlite", folder) as address, closing(towns.opened(address)) as app:
            _take(app, payments)
            checked = towns.ensure_sound(app, payments)
            rounds = alternate(
                ROUNDS,
                lambda _round: payments / seconds(lambda: towns.ensure_sound(app, payments)),
                lambda _round: payments / seconds(lambda: _check(towns.file_of(address))),
            )
    yield rounds.result(
        "verify, whole",
        "independent checker: events and rows",
        "payments/s",
        goal=at_least(0.5),
        checked=f"{checked}, by the checker as well",
    )


def _take(app: App, payments: int) -> None:
    towns.add_taxpayers(app, TAXPAYERS)
    towns.add_bills(app, payments, TAXPAYERS)
    cashier, session_id = towns.open_desks(app, 1)[0]
    for charge_id in range(1, payments + 1):
        app.execute(
            TakePayment(
                request_id=f"payment {charge_id}",
                cash_session_id=session_id,
                charge_ids=(charge_id,),
                tenders=(TenderGiven(tendered=Money(100_000 + charge_id)),),
            ),
            cashier,
        )


def _check(file: Path) -> None:
    subprocess.run([sys.executable, str(CHECKER), str(file)], check=True, stdout=subprocess.DEVNULL)
