"""What is held at the counter: the desk, its session, the payment that is taken back, what is taken once.

| lock | without it |
| --- | --- |
| `take_payment`: the session | money comes into a session that was counted; of one request sent twice one is refused |
| `open_cash_session`: the point | the second cashier is told that somebody was faster, and not who |
| `close_cash_session`: the session | what was paid meanwhile is not in the expected sum; it is closed twice |
| `cancel_receipt`: the session | a receipt of a session that was counted is cancelled |
| `cancel_receipt`: the payment | a tender that came back goes back a second time with its receipt |
| `return_tender`, `correct_value_day`: the payment | a tender of a cancelled receipt comes back |
| `provider_reference`: its key | one transfer pays at two desks |
| `receipt`: (series, year, number) | one stub is entered twice |
| `open_cash_session`: the cashier | who opens two desks is told that somebody was faster, and not which |
| `cash_session`: one open for each cashier | a cashier has two tills |
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from muniadmin.app import App
from muniadmin.billing.decisions import Grounds
from muniadmin.billing.services import IssuedBill
from muniadmin.collection.cash_sessions import close_cash_session, open_cash_session
from muniadmin.collection.commands import (
    CashSessionClosed,
    CashSessionOpened,
    CloseCashSession,
    OpenCashSession,
    PaymentTaken,
    ReturnTender,
    TakePayment,
)
from muniadmin.collection.corrections import cancel_receipt, correct_value_day, return_tender
from muniadmin.collection.errors import (
    AlreadyReturned,
    CancelInSameSession,
    CashierHasSession,
    CashSessionIsClosed,
    DeskIsOpen,
)
from muniadmin.collection.services import take_payment
from muniadmin.collection.stubs import enter_stub
from muniadmin.kernel.errors import SomebodyWasFaster
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, money, pay
from tests.collection.counter import a_cancellation, a_stub, given, rows
from tests.locks.meeting import OtherDesks, end_of, under_way
from tests.towns import TownClock

pytestmark = [pytest.mark.parametrize("database_kind", ["postgresql"]), pytest.mark.usefixtures("sound")]

ActorOf = Callable[[Role], Actor]
WHY = Grounds(reason="as the file says", document="file 12/2026")


@dataclass
class Counter:
    """The clerk's open desk, and two people with a bill of 100 each."""

    app: App
    clerk: Actor
    session: CashSessionOpened
    bills: tuple[IssuedBill, IssuedBill]

    def payment(self, place: int = 0, channel: str = "cash", reference: str = "") -> TakePayment:
        """The order to take what one of them owes."""
        return TakePayment(
            request_id=str(uuid.uuid4()),
            cash_session_id=self.session.cash_session_id,
            charge_ids=self.bills[place].charge_ids,
            tenders=(given(channel, reference=reference),),
        )

    def paid(self, channel: str = "cash") -> PaymentTaken:
        """What the first owes, taken."""
        reference = "" if channel == "cash" else "R 1"
        return pay(self.app, self.clerk, self.session, self.bills[0], channel=channel, reference=reference)

    def closing(self, *hundreds: int) -> CloseCashSession:
        """The order to close the till with so many notes of a hundred."""
        return CloseCashSession(
            cash_session_id=self.session.cash_session_id, denominations={10000: sum(hundreds)}
        )

    def returning(self, taken: PaymentTaken) -> ReturnTender:
        """The bank sends the payment's only tender back."""
        return ReturnTender(tender_id=self.tender(taken), reason="no cover")

    def tender(self, taken: PaymentTaken) -> int:
        """The payment's only tender."""
        ((tender_id,),) = rows(self.app, f"SELECT id FROM tender WHERE payment_id = {taken.payment_id}")
        return int(tender_id)


@pytest.fixture
def counter(app: App, actor: ActorOf) -> Counter:
    clerk = actor(Role.CLERK)
    bills = (
        a_bill(app, "100", taxpayer_id=a_taxpayer(app)),
        a_bill(app, "100", taxpayer_id=a_taxpayer(app, "Driss Alaoui")),
    )
    return Counter(app, clerk, an_open_desk(app, clerk, opening_float="0"), bills)


# --- the session ---------------------------------------------------------------------------------------------------


def test_nothing_is_paid_into_a_till_that_is_being_closed(
    app: App, counter: Counter, desks: OtherDesks
) -> None:
    with under_way(app, counter.clerk) as uow:
        close_cash_session(uow, counter.closing(0))
        paying = desks.send(lambda uow: take_payment(uow, counter.payment()), counter.clerk)
    assert isinstance(end_of(paying), CashSessionIsClosed)


def test_a_till_is_closed_with_what_is_being_paid_into_it(
    app: App, counter: Counter, desks: OtherDesks
) -> None:
    with under_way(app, counter.clerk) as uow:
        take_payment(uow, counter.payment())
        closing = desks.send(lambda uow: close_cash_session(uow, counter.closing(1)), counter.clerk)
    closed = end_of(closing)
    assert isinstance(closed, CashSessionClosed)
    assert (closed.expected, closed.difference) == (money("100"), money("0"))


def test_a_till_is_closed_once(app: App, counter: Counter, desks: OtherDesks) -> None:
    with under_way(app, counter.clerk) as uow:
        closed = close_cash_session(uow, counter.closing(0))
        again = desks.send(lambda uow: close_cash_session(uow, counter.closing(0)), counter.clerk)
        otherwise = desks.send(lambda uow: close_cash_session(uow, counter.closing(1)), counter.clerk)
    assert end_of(again) == closed
    assert isinstance(end_of(otherwise), CashSessionIsClosed)


def test_a_request_that_is_sent_twice_at_once_is_answered_twice_and_carried_out_once(
    app: App, counter: Counter, desks: OtherDesks
) -> None:
    order = counter.payment()
    with under_way(app, counter.clerk) as uow:
        taken = take_payment(uow, order)
        again = desks.send(lambda uow: take_payment(uow, order), counter.clerk)
    assert end_of(again) == taken


def test_a_receipt_of_a_till_that_is_being_closed_stays(
    app: App, counter: Counter, desks: OtherDesks
) -> None:
    cancellation = a_cancellation(counter.paid())
    with under_way(app, counter.clerk) as uow:
        close_cash_session(uow, counter.closing(1))
        cancelling = desks.send(lambda uow: cancel_receipt(uow, cancellation), counter.clerk)
    assert isinstance(end_of(cancelling), CancelInSameSession)


def test_of_two_cashiers_at_a_desk_the_second_is_told_who_has_it(
    app: App, counter: Counter, actor: ActorOf, desks: OtherDesks
) -> None:
    desk_two = OpenCashSession(desk=2, opening_float=money("0"))
    with under_way(app, actor(Role.REVENUE_OFFICER)) as uow:
        open_cash_session(uow, desk_two)
        opening = desks.send(lambda uow: open_cash_session(uow, desk_two), everything(app))
    refused = end_of(opening)
    assert isinstance(refused, DeskIsOpen)
    assert actor(Role.REVENUE_OFFICER).name in refused.sentence()


def test_a_cashier_has_one_till(app: App, counter: Counter, desks: OtherDesks) -> None:
    cashier = everything(app)
    with under_way(app, cashier) as uow:
        open_cash_session(uow, OpenCashSession(desk=2, opening_float=money("0")))
        opening = desks.send(
            lambda uow: open_cash_session(uow, OpenCashSession(desk=3, opening_float=money("0"))), cashier
        )
    refused = end_of(opening)
    assert isinstance(refused, CashierHasSession)
    assert "2" in refused.sentence()


# --- what is taken back --------------------------------------------------------------------------------------------


def test_a_tender_that_is_coming_back_does_not_go_back_with_its_receipt(
    app: App, counter: Counter, desks: OtherDesks
) -> None:
    taken = counter.paid("cheque")
    with under_way(app) as uow:
        return_tender(uow, counter.returning(taken))
        cancelling = desks.send(lambda uow: cancel_receipt(uow, a_cancellation(taken)), counter.clerk)
    assert isinstance(end_of(cancelling), AlreadyReturned)


def test_a_tender_comes_back_once(app: App, counter: Counter, desks: OtherDesks) -> None:
    order = counter.returning(counter.paid("cheque"))
    with under_way(app) as uow:
        return_tender(uow, order)
        again = desks.send(lambda uow: return_tender(uow, order))
    assert isinstance(end_of(again), AlreadyReturned)


def test_a_tender_of_a_receipt_that_is_being_cancelled_does_not_come_back(
    app: App, counter: Counter, desks: OtherDesks
) -> None:
    taken = counter.paid("cheque")
    with under_way(app, counter.clerk) as uow:
        cancel_receipt(uow, a_cancellation(taken))
        returning = desks.send(lambda uow: return_tender(uow, counter.returning(taken)))
    assert isinstance(end_of(returning), AlreadyReturned)


def test_money_that_is_going_back_counts_from_no_other_day(
    app: App, counter: Counter, desks: OtherDesks
) -> None:
    taken = counter.paid("cheque")
    with under_way(app) as uow:
        return_tender(uow, counter.returning(taken))
        correcting = desks.send(
            lambda uow: correct_value_day(uow, counter.tender(taken), date(2026, 11, 20), WHY)
        )
    assert isinstance(end_of(correcting), AlreadyReturned)


# --- what is taken once --------------------------------------------------------------------------------------------


def test_a_transfer_pays_at_one_desk(app: App, counter: Counter, actor: ActorOf, desks: OtherDesks) -> None:
    colleague = everything(app)
    other = Counter(app, colleague, an_open_desk(app, colleague, desk=2, opening_float="0"), counter.bills)
    with under_way(app, counter.clerk) as uow:
        take_payment(uow, counter.payment(0, "transfer", "T 77"))
        paying = desks.send(lambda uow: take_payment(uow, other.payment(1, "transfer", "T 77")), colleague)
    assert isinstance(end_of(paying), SomebodyWasFaster)
    assert rows(app, "SELECT count(*) FROM payment") == [(1,)]


def test_a_stub_is_entered_once(app: App, counter: Counter, clock: TownClock, desks: OtherDesks) -> None:
    first, second = (a_stub(bill.charge_ids, "100", clock.now().date()) for bill in counter.bills)
    with under_way(app) as uow:
        enter_stub(uow, first)
        entering = desks.send(lambda uow: enter_stub(uow, second))
    assert isinstance(end_of(entering), SomebodyWasFaster)
    assert rows(app, "SELECT count(*) FROM payment") == [(1,)]
