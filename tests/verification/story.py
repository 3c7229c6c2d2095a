"""A fortnight in which everything happens to debts and money that can: what a sound town is that verify looks at."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from muniadmin.app import App
from muniadmin.billing.decisions import (
    Grounds,
    compensate,
    credit_note,
    lapse,
    postpone,
    transfer,
    waive,
    write_off,
)
from muniadmin.billing.services import Debtor, NewBill, account_of_taxpayer, issue_bill
from muniadmin.collection.commands import CloseCashSession
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.indicators.commands import KeepMonths
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, money, pay
from tests.collection.counter import a_cancellation, a_stub, at, give_back, given, take
from tests.towns import TownClock, actor_with

LATE = date(2026, 5, 31)
LATER = date(2027, 3, 31)
#: On which the story ends.
LAST_DAY = date(2026, 12, 3)

T = TypeVar("T")


def decided(app: App, work: Callable[[UnitOfWork], T]) -> T:
    """Carries out what was decided."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        return work(uow)


def tell(app: App, clock: TownClock) -> None:
    """Takes, corrects and returns money from 23 November to 3 December 2026, and keeps the month between."""
    clerk = actor_with(app, Role.CLERK)
    amina, driss = a_taxpayer(app), a_taxpayer(app, "Driss Alaoui")
    why = Grounds(reason="as decided", document="D 17/2026")
    session = an_open_desk(app, clerk, opening_float="0")

    # Paid in time, in cash and by card; then a part of it was never owed, and its money pays what is due.
    paid = a_bill(app, "300", due_on=date(2026, 11, 25), taxpayer_id=amina)
    take(app, clerk, session, paid.charge_ids, given("cash", "200"), given("card", "100", reference="C1"))
    # Late: a part payment books the penalty, which is waived.
    late = a_bill(app, "200", due_on=LATE, taxpayer_id=amina)
    pay(app, clerk, session, late, amount="120")
    decided(app, lambda uow: waive(uow, late.charge_ids[0], why))
    # More than is owed: the rest is held, and pays the next bill and a part of somebody else's.
    small = decided(app, lambda uow: issue_bill(uow, asked_once(driss)))
    pay(
        app,
        clerk,
        session,
        small,
        amount="250",
        channel="mobile",
        reference="M1",
        confirmed=[AmountExceedsDebts],
    )
    a_bill(app, "60", head="TH", taxpayer_id=driss)
    accounts = decided(app, lambda uow: [account_of_taxpayer(uow, one) for one in (driss, amina)])
    decided(app, lambda uow: compensate(uow, accounts[0], accounts[1], money("80"), why))

    at(clock, date(2026, 11, 27))
    decided(app, lambda uow: credit_note(uow, paid.charge_ids[0], money("30"), why))
    # A cheque for two instalments, of which it comes back; another receipt is cancelled.
    two = a_bill(app, "500", instalments=((LATE, "250"), (date(2026, 12, 31), "250")), taxpayer_id=driss)
    cheque = pay(app, clerk, session, two, channel="cheque", reference="Q1")
    wrong = a_bill(app, "90", taxpayer_id=amina)
    app.execute(a_cancellation(pay(app, clerk, session, wrong)), clerk)
    app.execute(
        CloseCashSession(cash_session_id=session.cash_session_id, denominations={10000: 3, 2000: 1}), clerk
    )

    at(clock, date(2026, 12, 1))
    give_back(app, cheque, "cheque", fee="25")
    # One debt moves to another account, one is given up, one is postponed.
    moved = a_bill(app, "400", due_on=LATE, taxpayer_id=amina)
    decided(app, lambda uow: transfer(uow, moved.charge_ids[0], {accounts[0]: money("150")}, why))
    decided(app, lambda uow: write_off(uow, [two.charge_ids[0]], why))
    decided(app, lambda uow: postpone(uow, [moved.charge_ids[0], wrong.charge_ids[0]], LATER, why))
    # Taken over from the books before, with the penalty that had accrued there.
    decided(app, lambda uow: issue_bill(uow, opening(amina)))
    app.execute(KeepMonths(), everything(app))

    at(clock, LAST_DAY)
    # A stub of a day gone by: its money takes the place of money that came late.
    by_hand = a_bill(app, "70", due_on=date(2026, 12, 1), taxpayer_id=driss)
    app.execute(
        a_stub(by_hand.charge_ids, "100", date(2026, 12, 2)), everything(app), confirmed=[AmountExceedsDebts]
    )
    decided(app, lambda uow: lapse(uow, accounts[1], why))


def asked_once(taxpayer_id: int) -> NewBill:
    """A bill of 50 that may not be issued twice."""
    return NewBill(
        head_code="TSC",
        period="2026",
        kind="hand",
        instalments=[(date(2026, 12, 31), 5_000)],
        lines=[{"what": "Rental value", "amount": 5_000}],
        debtor=Debtor(taxpayer_id=taxpayer_id),
        claim="TSC|1|2026|1|0",
    )


def opening(taxpayer_id: int) -> NewBill:
    """A debt of 600 of 2023, of which 95 of penalty had accrued by the end of the old books."""
    return NewBill(
        head_code="TSC",
        period="2023",
        kind="opening",
        instalments=[(date(2023, 5, 31), 60_000)],
        lines=[{"what": "Taken over", "amount": 60_000}],
        debtor=Debtor(taxpayer_id=taxpayer_id),
        old_number="OB-2023-0456",
        accrues_after=date(2026, 10, 31),
        penalty_so_far=9_500,
    )
