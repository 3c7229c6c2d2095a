"""Accounts are held by whoever changes what stands on them: of two orders the second sees what the first did.

| lock | without it |
| --- | --- |
| `hold_accounts` of a payment (`books_to_pay`) | a debt is paid twice |
| ... of many payments (`load_books_of_each`) | a line of the bank's file pays what a counter is paying |
| ... of a new bill (`issue_bills`) | it and an order on its debtor wait for each other |
| ... of every decision on a bill (`_hold_who_owe`) | the same is taken off twice |
| ... of several instalments, at once (`_hold_all`) | two orders on the same instalments wait for each other |
| ... of a postponement (`_hold_all`) | the same day is decided twice |
| ... of the end of a suspension (`_hold_who_owe`) | the second is told that somebody was faster, and not why |
| ... of `reallocate`, `compensate`, `lapse`, `reclaim` | the same money moves twice |
| ... of a rule that reaches back (`change_penalty_rule`) | penalty is taken off that is not owed any more |
| ... of what comes back (`_hold_touched`) | what is owed again is not paid with what is held |
| ... of a fine that is voided (`_facts_held`), of a request that is refused | both paid and void |
| `claim`: its key | what may be asked once is asked twice |
| `account`: a taxpayer's, a plate's | one debtor has two accounts |
| ... of a rule, before it looks whom it concerns | a payment under way keeps the penalty of the old rule |
| `day_collection`: LOCK TABLE EXCLUSIVE | a day's totals are made anew without what is being counted |

That every order holds accounts before it takes a number or books is tried in tests/situations/test_decisions.py. That
`_hold_touched` looks again once it holds them is a second guard: a row that moves a payment's money to somebody else
names the payment, which is held already.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from muniadmin.access.commands import Approval
from muniadmin.app import App
from muniadmin.billing.commands import ChangePenaltyRule, RebuildTotals
from muniadmin.billing.decisions import (
    Grounds,
    books_of_bill,
    compensate,
    credit_note,
    end_suspension,
    keep_credit,
    lapse,
    postpone,
    reallocate,
    reclaim,
    suspend,
    transfer,
    write_off,
)
from muniadmin.billing.errors import AlreadyAsked, DueDayNotLater, MoreThanLeft, NotSuspended
from muniadmin.billing.head_rules import change_penalty_rule
from muniadmin.billing.loading import hold_accounts, load_books_of_each
from muniadmin.billing.services import Debtor, IssuedBill, NewBill, account_ids, issue_bill
from muniadmin.billing.totals import rebuild_totals
from muniadmin.civil_status.commands import RefuseRequest
from muniadmin.civil_status.errors import FeeAlreadyPaid
from muniadmin.civil_status.services import refuse_request
from muniadmin.collection.commands import CashSessionOpened, ReturnTender, TakePayment
from muniadmin.collection.corrections import return_tender
from muniadmin.collection.errors import NothingToPay
from muniadmin.collection.services import take_payment
from muniadmin.fines.commands import VoidFine
from muniadmin.fines.errors import FineCannotBeVoided
from muniadmin.fines.services import void_fine
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import UnitOfWork
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, issued, money, pay
from tests.civil_status.builders import a_request
from tests.collection.counter import rows
from tests.fines.builders import a_fine, bill_of
from tests.locks.meeting import OtherDesks, end_of, under_way
from tests.towns import PASSWORD, TownClock, actor_with, user_name

pytestmark = [pytest.mark.parametrize("database_kind", ["postgresql"]), pytest.mark.usefixtures("sound")]

WHY = Grounds(reason="as the file says", document="file 12/2026")
LATER = date(2027, 3, 31)


@pytest.fixture
def bill(app: App) -> IssuedBill:
    """Amina owes 100 by the end of the year."""
    return a_bill(app, "100", taxpayer_id=a_taxpayer(app))


@pytest.fixture
def session(app: App) -> CashSessionOpened:
    """The clerk's desk."""
    return an_open_desk(app, actor_with(app, Role.CLERK), opening_float="0")


def payment(session: CashSessionOpened, *bills: IssuedBill) -> TakePayment:
    """The order to take in cash what is owed on these bills."""
    return TakePayment(
        request_id=str(uuid.uuid4()),
        cash_session_id=session.cash_session_id,
        charge_ids=tuple(charge_id for bill in bills for charge_id in bill.charge_ids),
    )


def held(app: App, account_id: int, amount: str = "80") -> None:
    """The account holds money from the books before these."""
    with under_way(app) as uow:
        keep_credit(uow, account_id, money(amount), uow.today, WHY)


def settled(app: App, bill: IssuedBill) -> Money:
    """What is settled of the bill's first instalment."""
    (charge_id, *_more) = bill.charge_ids
    ((amount,),) = rows(app, f"SELECT coalesce(sum(amount), 0) FROM settlement WHERE charge_id = {charge_id}")
    return Money(int(amount))


# --- money ---------------------------------------------------------------------------------------------------------


def test_a_debt_is_paid_once(
    app: App, bill: IssuedBill, session: CashSessionOpened, desks: OtherDesks
) -> None:
    supervisor = everything(app)
    at_desk_two = an_open_desk(app, supervisor, desk=2, opening_float="0")
    with under_way(app, actor_with(app, Role.CLERK)) as uow:
        take_payment(uow, payment(session, bill))
        paying = desks.send(lambda uow: take_payment(uow, payment(at_desk_two, bill)), supervisor)
    assert isinstance(end_of(paying), NothingToPay)
    assert settled(app, bill) == money("100")


def test_the_books_of_many_are_read_with_what_a_counter_is_paying(
    app: App, bill: IssuedBill, session: CashSessionOpened, desks: OtherDesks
) -> None:
    def left(uow: UnitOfWork) -> int:
        (books,) = load_books_of_each(uow, [[bill.account_id]])
        return sum(books.left(charge) for one in books.bills.values() for charge in one.charges)

    with under_way(app, actor_with(app, Role.CLERK)) as uow:
        take_payment(uow, payment(session, bill))
        reading = desks.send(left)
    assert end_of(reading) == 0


def test_money_that_is_going_elsewhere_pays_no_new_bill(
    app: App, bill: IssuedBill, desks: OtherDesks
) -> None:
    """Nor do the two wait for each other: who owes is held before the bill has a number."""
    other = a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Driss Alaoui"))
    with under_way(app) as uow:
        credit_note(uow, bill.charge_ids[0], money("100"), WHY)
    held(app, bill.account_id)
    theirs, mine = another(app, bill), another(app, other)
    with under_way(app) as uow:
        hold_accounts(uow, [bill.account_id, other.account_id])
        issuing = desks.send(lambda uow: issue_bill(uow, theirs))
        compensate(uow, bill.account_id, other.account_id, money("80"), WHY)
        issue_bill(uow, mine)
    new = end_of(issuing)
    assert isinstance(new, IssuedBill)
    assert settled(app, new) == money("0")


def another(app: App, bill: IssuedBill, **more: Any) -> NewBill:
    """A bill of 50 for whoever owes on this one."""
    ((taxpayer_id,),) = rows(app, f"SELECT taxpayer_id FROM account WHERE id = {bill.account_id}")
    known: dict[str, Any] = {
        "head_code": "TSC",
        "period": "2026",
        "kind": "hand",
        "instalments": [(date(2026, 12, 31), 5_000)],
        "lines": [{"what": "Rental value", "amount": 5_000}],
        "debtor": Debtor(taxpayer_id=taxpayer_id),
        **more,
    }
    return NewBill(**known)


# --- decisions -----------------------------------------------------------------------------------------------------


def test_what_was_never_owed_is_taken_off_once(app: App, bill: IssuedBill, desks: OtherDesks) -> None:
    def note(uow: UnitOfWork) -> None:
        credit_note(uow, bill.charge_ids[0], money("100"), WHY)

    with under_way(app) as uow:
        note(uow)
        again = desks.send(note)
    assert isinstance(end_of(again), MoreThanLeft)


def test_two_orders_on_the_same_instalments_never_wait_for_each_other(
    app: App, bill: IssuedBill, desks: OtherDesks
) -> None:
    """The lower account first, whatever the order in which the instalments are named."""
    other = a_bill(app, "100", taxpayer_id=a_taxpayer(app, "Driss Alaoui"))
    low, high = sorted((bill, other), key=lambda one: one.account_id)
    with under_way(app) as uow:
        hold_accounts(uow, [low.account_id])
        writing_off = desks.send(lambda uow: write_off(uow, [high.charge_ids[0], low.charge_ids[0]], WHY))
        hold_accounts(uow, [high.account_id])
    assert end_of(writing_off) == money("200")


def test_two_orders_on_the_same_accounts_never_wait_for_each_other(
    app: App, bill: IssuedBill, desks: OtherDesks
) -> None:
    """The lower account first, in whatever order they are known."""
    other = a_bill(app, "100", taxpayer_id=a_taxpayer(app, "Driss Alaoui"))
    low, high = sorted((bill.account_id, other.account_id))
    with under_way(app) as uow:
        hold_accounts(uow, [low])
        holding = desks.send(lambda uow: hold_accounts(uow, [high, low]))
        hold_accounts(uow, [high])
    assert end_of(holding) is None


def test_a_later_day_is_given_once(app: App, bill: IssuedBill, desks: OtherDesks) -> None:
    def later(uow: UnitOfWork) -> None:
        postpone(uow, bill.charge_ids, LATER, WHY)

    with under_way(app) as uow:
        later(uow)
        again = desks.send(later)
    assert isinstance(end_of(again), DueDayNotLater)


def test_a_rest_is_ended_once(app: App, bill: IssuedBill, desks: OtherDesks) -> None:
    with under_way(app) as uow:
        suspension_id = suspend(uow, bill.bill_id, WHY, since=uow.today)

    def end(uow: UnitOfWork) -> None:
        end_suspension(uow, suspension_id, uow.today, WHY, as_if_never=False)

    with under_way(app) as uow:
        end(uow)
        again = desks.send(end)
    assert isinstance(end_of(again), NotSuspended)


def test_money_that_paid_is_moved_to_another_debt_once(
    app: App, bill: IssuedBill, session: CashSessionOpened, desks: OtherDesks
) -> None:
    pay(app, actor_with(app, Role.CLERK), session, bill)
    other = a_bill(app, "100", taxpayer_id=a_taxpayer(app, "Driss Alaoui"))

    def move(uow: UnitOfWork) -> None:
        reallocate(uow, bill.charge_ids[0], other.charge_ids[0], money("60"), WHY)

    with under_way(app) as uow:
        move(uow)
        again = desks.send(move)
    assert isinstance(end_of(again), MoreThanLeft)


def test_money_that_is_held_moves_once(app: App, desks: OtherDesks) -> None:
    mine, theirs = (
        a_bill(app, "1", taxpayer_id=a_taxpayer(app, name)).account_id for name in ("Amina", "Driss")
    )
    held(app, mine)

    def move(uow: UnitOfWork) -> None:
        compensate(uow, mine, theirs, money("60"), WHY)

    with under_way(app) as uow:
        move(uow)
        again = desks.send(move)
    assert isinstance(end_of(again), MoreThanLeft)


@pytest.mark.parametrize("order", [lapse, reclaim])
def test_what_nobody_claimed_lapses_once_and_is_given_back_once(
    app: App, bill: IssuedBill, desks: OtherDesks, order: Callable[[UnitOfWork, int, Grounds], Money]
) -> None:
    with under_way(app) as uow:
        credit_note(uow, bill.charge_ids[0], money("100"), WHY)
    held(app, bill.account_id)
    if order is reclaim:
        with under_way(app) as uow:
            lapse(uow, bill.account_id, WHY)
    with under_way(app) as uow:
        assert order(uow, bill.account_id, WHY) == money("80")
        again = desks.send(lambda uow: order(uow, bill.account_id, WHY))
    assert end_of(again) == money("0")


def test_a_rule_that_reaches_back_takes_off_no_penalty_that_is_being_taken_off(
    app: App, session: CashSessionOpened, clock: TownClock, desks: OtherDesks
) -> None:
    late = a_bill(app, "1000", taxpayer_id=a_taxpayer(app), due_on=date(2026, 5, 31))
    pay(app, actor_with(app, Role.CLERK), session, late)
    order = ChangePenaltyRule(
        head_code="TSC", spec={}, since=date(2026, 1, 1), counts="accrues", document="Law 1-27"
    )
    with under_way(app) as uow:
        credit_note(uow, late.charge_ids[0], money("1000"), WHY)
        changing = desks.send(lambda uow: change_penalty_rule(uow, order))
    assert end_of(changing) is None


def test_a_rule_that_reaches_back_finds_what_is_being_paid(
    app: App, session: CashSessionOpened, desks: OtherDesks
) -> None:
    late = a_bill(app, "1000", taxpayer_id=a_taxpayer(app), due_on=date(2026, 5, 31))
    clerk = actor_with(app, Role.CLERK)
    order = ChangePenaltyRule(
        head_code="TSC", spec={}, since=date(2026, 1, 1), counts="accrues", document="Law 1-27"
    )
    with under_way(app, clerk) as uow:
        paid = take_payment(uow, payment(session, late))
        changing = desks.send(lambda uow: change_penalty_rule(uow, order))
    assert end_of(changing) is None
    # What was paid as penalty by the old rule is held for Amina by now.
    assert rows(app, f"SELECT credit FROM account_now WHERE account_id = {late.account_id}") == [
        (paid.amount.minor - 1000_00,)
    ]


# --- what comes back -----------------------------------------------------------------------------------------------


def test_what_is_owed_again_is_paid_with_money_that_is_being_held(
    app: App, session: CashSessionOpened, desks: OtherDesks
) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app), due_on=date(2026, 11, 23))
    taken = pay(app, actor_with(app, Role.CLERK), session, bill, channel="cheque", reference="Q 1")
    ((tender_id,),) = rows(app, f"SELECT id FROM tender WHERE payment_id = {taken.payment_id}")
    with under_way(app) as uow:
        keep_credit(uow, bill.account_id, money("80"), uow.today, WHY)
        returning = desks.send(
            lambda uow: return_tender(uow, ReturnTender(tender_id=tender_id, reason="no cover"))
        )
    came_back = end_of(returning)
    assert not isinstance(came_back, BaseException)
    assert came_back.owed_again == money("100")
    assert settled(app, bill) == money("80")


def test_money_that_is_moving_to_another_debt_comes_back_from_there(
    app: App, bill: IssuedBill, session: CashSessionOpened, desks: OtherDesks
) -> None:
    other = a_bill(app, "100", taxpayer_id=a_taxpayer(app, "Driss Alaoui"))
    taken = pay(app, actor_with(app, Role.CLERK), session, bill, channel="cheque", reference="Q 1")
    ((tender_id,),) = rows(app, f"SELECT id FROM tender WHERE payment_id = {taken.payment_id}")
    with under_way(app) as uow:
        reallocate(uow, bill.charge_ids[0], other.charge_ids[0], money("100"), WHY)
        returning = desks.send(
            lambda uow: return_tender(uow, ReturnTender(tender_id=tender_id, reason="no cover"))
        )
    came_back = end_of(returning)
    assert not isinstance(came_back, BaseException)
    assert came_back.owed_again == money("100")
    assert settled(app, other) == money("0")


def test_who_owes_is_asked_again_once_they_are_held(app: App, bill: IssuedBill, desks: OtherDesks) -> None:
    """A half of the debt moves to somebody else while the first desk holds them."""
    heir = a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Driss Alaoui")).account_id
    with under_way(app) as uow:
        transfer(uow, bill.charge_ids[0], {heir: money("40")}, WHY)
        looking = desks.send(lambda uow: books_of_bill(uow, bill.bill_id)[0].accounts)
    assert end_of(looking) == {bill.account_id, heir}


# --- fines and requests --------------------------------------------------------------------------------------------


def test_a_fine_that_is_being_paid_is_not_voided(
    app: App, session: CashSessionOpened, desks: OtherDesks
) -> None:
    officer = actor_with(app, Role.FINES_OFFICER)
    fine = a_fine(app, officer)
    order = VoidFine(
        number=fine.number,
        reason="wrong plate",
        approval=Approval(user_name=user_name(Role.MANAGER), password=PASSWORD),
    )
    with under_way(app, actor_with(app, Role.CLERK)) as uow:
        take_payment(uow, payment(session, bill_of(app, fine)))
        voiding = desks.send(lambda uow: void_fine(uow, order), officer)
    assert isinstance(end_of(voiding), FineCannotBeVoided)


def test_a_request_whose_fee_is_being_paid_is_not_refused(
    app: App, session: CashSessionOpened, desks: OtherDesks
) -> None:
    clerk = actor_with(app, Role.CLERK)
    asked = a_request(app, clerk)
    assert asked.taken.bill_id is not None
    fee = issued(app, asked.taken.bill_id)
    with under_way(app, clerk) as uow:
        take_payment(uow, payment(session, fee))
        refusing = desks.send(
            lambda uow: refuse_request(uow, RefuseRequest(number=asked.number, reason="gone")),
            everything(app),
        )
    assert isinstance(end_of(refusing), FeeAlreadyPaid)


# --- what is there once --------------------------------------------------------------------------------------------


def test_what_may_be_asked_once_is_asked_once(app: App, bill: IssuedBill, desks: OtherDesks) -> None:
    once = another(app, bill, claim="TSC|1|2026|1|0")
    with under_way(app) as uow:
        issue_bill(uow, once)
        again = desks.send(lambda uow: issue_bill(uow, once))
        of_another_debtor = desks.send(lambda uow: issue_bill(uow, replace(once, debtor=Debtor(plate="1A1"))))
    assert isinstance(end_of(again), AlreadyAsked)
    assert isinstance(end_of(of_another_debtor), AlreadyAsked)


@pytest.mark.parametrize("whose", ["taxpayer", "plate"])
def test_a_debtor_has_one_account(app: App, bill: IssuedBill, desks: OtherDesks, whose: str) -> None:
    debtor = Debtor(taxpayer_id=a_taxpayer(app, "Driss")) if whose == "taxpayer" else Debtor(plate="1A1")
    new = another(app, bill, debtor=debtor)
    with under_way(app) as uow:
        first = issue_bill(uow, new)
        again = desks.send(lambda uow: issue_bill(uow, new))
    second = end_of(again)
    assert (second.account_id, second.bill_id != first.bill_id) == (first.account_id, True)


def test_two_orders_open_the_same_accounts_in_one_order(
    app: App, bill: IssuedBill, desks: OtherDesks
) -> None:
    one, two = (Debtor(taxpayer_id=a_taxpayer(app, name)) for name in ("Driss", "Salma"))
    with under_way(app) as uow:
        first = account_ids(uow, [one])
        again = desks.send(lambda uow: account_ids(uow, [two, one, two]))
        # Whoever waits for the one has not opened the other.
        second = account_ids(uow, [two])
    assert end_of(again) == [*second, *first, *second]


def test_the_totals_of_a_day_are_made_anew_with_what_is_being_counted(
    app: App, bill: IssuedBill, session: CashSessionOpened, desks: OtherDesks
) -> None:
    clerk = actor_with(app, Role.CLERK)
    pay(app, clerk, session, a_bill(app, "60", taxpayer_id=a_taxpayer(app, "Driss Alaoui")))
    with app.database.connect_to_write() as connection:
        connection.execute(text("UPDATE day_collection SET principal = principal + 1 WHERE \"by\" = 'value'"))
        connection.commit()
    with under_way(app, clerk) as uow:
        take_payment(uow, payment(session, bill))
        making = desks.send(lambda uow: rebuild_totals(uow, RebuildTotals()))
    assert end_of(making) == 1


def test_a_desk_counts_onto_totals_that_are_being_made_anew(
    app: App, bill: IssuedBill, session: CashSessionOpened, desks: OtherDesks
) -> None:
    clerk = actor_with(app, Role.CLERK)
    with under_way(app) as uow:
        rebuild_totals(uow, RebuildTotals())
        paying = desks.send(lambda uow: take_payment(uow, payment(session, bill)), clerk)
    assert not isinstance(end_of(paying), BaseException)
