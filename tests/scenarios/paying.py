"""A desk that pays bills until it is killed: started as a process of its own by test_kill.py.

    python paying.py ADDRESS DESK USER STEP

For each first bill read from standard input it forks a clerk who pays every STEP-th bill from there on, each in part
and then the rest. A clerk prints its process number, then each receipt it has handed over, so that the test knows
whom to kill and what a citizen may hold in hand; the fork saves loading the program for every kill.
"""

import os
import sys
import uuid

from muniadmin.access.permissions import ROLE_PERMISSIONS, Role
from muniadmin.bootstrap import open_app
from muniadmin.collection.commands import OpenCashSession, TakePayment
from muniadmin.collection.reads import MySession
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Actor


def pay(address: str, desk: int, user_id: int, first: int, step: int) -> None:
    """Pays until killed."""
    app = open_app(address)
    clerk = Actor(user_id, f"cashier-{desk}", f"Cashier {desk}", ROLE_PERMISSIONS[Role.CLERK], f"pc-{desk}")
    session = app.read(MySession(), clerk)
    if session is None:
        session_id = app.execute(
            OpenCashSession(desk=desk, opening_float=Money(0)), clerk
        ).outcome.cash_session_id
    else:
        session_id = session.cash_session_id
    say(os.getpid())
    bill = first
    while True:
        for amount in (Money(1000), None):
            order = TakePayment(
                request_id=str(uuid.uuid4()), cash_session_id=session_id, bill_ids=(bill,), amount=amount
            )
            say(app.execute(order, clerk).outcome.receipt_number)
        bill += step


def say(what: object) -> None:
    """One line in one write: a clerk killed in the middle of saying it has said all of it or nothing."""
    os.write(1, f"{what}\n".encode())


def main(address: str, desk: int, user_id: int, step: int) -> None:
    """Forks a clerk for each first bill, and says when it has been killed."""
    for line in sys.stdin:
        clerk = os.fork()
        if clerk == 0:
            pay(address, desk, user_id, int(line), step)
        os.waitpid(clerk, 0)
        say("killed")


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:]))
