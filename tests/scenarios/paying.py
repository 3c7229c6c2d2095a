"""A desk that takes payments until it is killed: started as a process of its own by test_kill.py.

    python paying.py ADDRESS DESK USER

Each line read from standard input, "CHARGE DIE REQUEST AMOUNT", forks a clerk. The clerk first asks once more for the
payment of the line's request ("-": there is none), then pays the instalments from CHARGE on, each in part and then the
rest, whatever other desks pay of them. DIE says where it ends: in the middle of a payment, about after so many
statements; 0: when somebody kills it. It tells each payment before it asks for it, and each receipt it has handed over;
the fork saves loading the program for every kill.
"""

import os
import signal
import sys
import uuid
from typing import Any

from sqlalchemy import event

from muniadmin.app import App
from muniadmin.bootstrap import open_app
from muniadmin.collection.commands import OpenCashSession, TakePayment, TenderGiven
from muniadmin.collection.errors import AmountExceedsDebts, NothingToPay
from muniadmin.collection.reads import MySession
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role, permissions_of
from muniadmin.kernel.requests import Actor

#: What is paid of an instalment first, in minor units.
PART = 1_000


class Clerk:
    """A cashier with a desk open."""

    def __init__(self, app: App, desk: int, user_id: int) -> None:
        self.app = app
        self.actor = Actor(
            user_id, f"cashier-{desk}", f"Cashier {desk}", permissions_of([Role.CLERK]), f"pc-{desk}"
        )
        session = app.read(MySession(), self.actor)
        self.session_id = (
            session.cash_session_id
            if session is not None
            else app.execute(
                OpenCashSession(desk=desk, opening_float=Money(0)), self.actor
            ).outcome.cash_session_id
        )

    def pay(self, request_id: str, charge_id: int, amount: Money | None) -> None:
        """Tells what it asks for, asks for it, and tells the receipt; an instalment that another has paid is left."""
        say("asks", request_id, charge_id, amount.minor if amount else 0)
        order = TakePayment(
            request_id=request_id,
            cash_session_id=self.session_id,
            charge_ids=(charge_id,),
            tenders=(TenderGiven(amount=amount),),
        )
        try:
            taken = self.app.execute(order, self.actor).outcome
        except (NothingToPay, AmountExceedsDebts):
            say("none", request_id)
        else:
            say("receipt", request_id, taken.receipt_number)


def work(address: str, desk: int, user_id: int, order: str) -> None:
    """Pays until killed."""
    charge, die, request_id, amount = order.split()
    app = open_app(address)
    clerk = Clerk(app, desk, user_id)
    say("begins", os.getpid())
    if request_id != "-":
        asked, minor = amount.split("/")
        clerk.pay(request_id, int(asked), Money(int(minor)) if int(minor) else None)
    if int(die):
        die_in_the_middle(app, int(die))
    charge_id = int(charge)
    while True:
        for part in (Money(PART), None):
            clerk.pay(str(uuid.uuid4()), charge_id, part)
        charge_id += 1


def die_in_the_middle(app: App, statements: int) -> None:
    """The process ends before its statement of that number, where its payment's own row is written already and nothing
    is committed; else at the next such place."""
    sent = 0
    written = False

    @event.listens_for(app.database.writers, "begin")
    def _beginning(_connection: Any) -> None:
        nonlocal written
        written = False

    @event.listens_for(app.database.writers, "before_cursor_execute")
    def _sending(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        nonlocal sent, written
        sent += 1
        if written and sent >= statements:
            say("dies")
            os.kill(os.getpid(), signal.SIGKILL)
        written = written or sql.startswith("INSERT INTO payment ")


def say(*what: object) -> None:
    """One line in one write: a clerk killed in the middle of saying it has said all of it or nothing."""
    os.write(1, (" ".join(map(str, what)) + "\n").encode())


def main(address: str, desk: int, user_id: int) -> None:
    """Forks a clerk for each line, and says when it has been killed."""
    for line in sys.stdin:
        clerk = os.fork()
        if clerk == 0:
            work(address, desk, user_id, line)
        os.waitpid(clerk, 0)
        say("killed")


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:]))
