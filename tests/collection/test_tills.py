"""Whose till it is, what is a desk, and what is counted: refused in words where it is not so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.billing.decisions import Grounds
from muniadmin.billing.errors import ValueDayAfterBooking
from muniadmin.collection.commands import CloseCashSession, OpenCashSession
from muniadmin.collection.corrections import correct_value_day
from muniadmin.collection.errors import (
    CountImpossible,
    DeskUnknown,
    DifferenceNotExplained,
    NotYourSession,
)
from muniadmin.collection.points import BANK_POINT, STUBS_POINT
from muniadmin.collection.sheets import CashSessionSlipSheet
from muniadmin.documents.papers import sheet_from_json
from muniadmin.kernel.errors import InvalidInput
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import a_bill, an_open_desk, everything, money, pay
from tests.collection.counter import a_cancellation, rows
from tests.towns import TownClock

ActorOf = Callable[[Role], Actor]


def test_nobody_closes_a_colleague_s_till(app: App, actor: ActorOf) -> None:
    session = an_open_desk(app, actor(Role.CLERK), opening_float="0")
    order = CloseCashSession(cash_session_id=session.cash_session_id, denominations={})
    with pytest.raises(NotYourSession):
        app.execute(order, everything(app))
    app.execute(order, actor(Role.CLERK))


def test_nobody_cancels_a_colleague_s_receipt(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    taken = pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "100"))
    colleague = replace(actor(Role.REVENUE_OFFICER), permissions=everything(app).permissions)
    with pytest.raises(NotYourSession):
        app.execute(a_cancellation(taken), colleague)
    assert rows(app, "SELECT count(*) FROM cancellation") == [(0,)]


@pytest.mark.parametrize("counted", [{20000: 1}, {200: 3}])
def test_what_is_too_much_in_the_till_is_explained_as_what_is_missing(
    app: App, actor: ActorOf, counted: dict[int, int]
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="100")
    order = CloseCashSession(cash_session_id=session.cash_session_id, denominations=counted)
    with pytest.raises(InvalidInput) as refused:
        app.execute(replace(order, explanation=" "), clerk)
    assert isinstance(refused.value.problems["explanation"], DifferenceNotExplained)
    closed = app.execute(replace(order, explanation="the float was counted wrongly"), clerk).outcome
    assert closed.difference == closed.counted - money("100")


def test_coins_of_no_value_are_not_counted(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    order = CloseCashSession(cash_session_id=session.cash_session_id, denominations={0: 5})
    with pytest.raises(InvalidInput) as refused:
        app.execute(order, clerk)
    assert isinstance(refused.value.problems["denominations"], CountImpossible)


def test_a_till_stands_at_a_desk_that_is_used(app: App, actor: ActorOf) -> None:
    with app.database.connect_to_write() as connection:
        connection.execute(text("UPDATE point SET active = false WHERE number = 2"))
        connection.commit()
    for point in (BANK_POINT, STUBS_POINT, 2):
        with pytest.raises(DeskUnknown):
            app.execute(OpenCashSession(desk=point, opening_float=ZERO), actor(Role.CLERK))


def test_money_counts_from_no_day_after_it_was_booked(app: App, actor: ActorOf, clock: TownClock) -> None:
    clerk = actor(Role.CLERK)
    taken = pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "100"), channel="transfer", reference="T 1")
    ((tender_id,),) = rows(app, f"SELECT id FROM tender WHERE payment_id = {taken.payment_id}")
    clock.instant += timedelta(days=2)
    with (
        pytest.raises(InvalidInput) as refused,
        unit_of_work(
            app.database, actor=everything(app), now=clock.now(), municipality=app.municipality
        ) as uow,
    ):
        correct_value_day(uow, tender_id, date(2026, 11, 24), Grounds(reason="as the bank says"))
    assert isinstance(refused.value.problems["value_on"], ValueDayAfterBooking)


def test_the_slip_names_the_first_and_the_last_receipt_of_the_session(app: App, actor: ActorOf) -> None:
    """Whoever counts the receipts afterwards knows between which numbers; one that was cancelled is one of them."""
    clerk = actor(Role.CLERK)
    for place in range(2):
        session = an_open_desk(app, clerk, opening_float="20")
        taken = [pay(app, clerk, session, a_bill(app, "20")) for _number in range(3 - place)]
        app.execute(a_cancellation(taken[-1]), clerk)
        closed = app.execute(
            CloseCashSession(
                cash_session_id=session.cash_session_id, denominations={2000: len(taken)}, explanation=""
            ),
            clerk,
        ).outcome
        slip = slip_of(app, closed.document_id)
        numbers = [one.receipt_number for one in taken]
        assert (slip.first_receipt, slip.last_receipt) == (numbers[0], numbers[-1])
        assert (slip.receipts, slip.cancelled) == (len(taken), 1)
        assert (slip.cash_in, slip.expected, slip.difference) == (
            money("20") * (len(taken) - 1),
            money("20") * len(taken),
            ZERO,
        )


def test_the_slip_of_a_session_without_receipts_names_none(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    close = CloseCashSession(cash_session_id=session.cash_session_id, denominations={})
    slip = slip_of(app, app.execute(close, clerk).outcome.document_id)
    assert (slip.receipts, slip.first_receipt, slip.last_receipt) == (0, "", "")


def slip_of(app: App, document_id: int) -> CashSessionSlipSheet:
    """What stands on the paper of a closed session."""
    found = rows(app, f"SELECT canonical FROM issued_document WHERE id = {document_id}")
    slip = sheet_from_json(found[0][0])
    assert isinstance(slip, CashSessionSlipSheet)
    return slip
