"""What must not get through at the counter, whoever tries it and however: guesses, impossible counts, wrong clocks."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from muniadmin.access.commands import Approval, ChangeUser, SignIn
from muniadmin.access.errors import UserIsLocked, WrongUserOrPassword
from muniadmin.access.models import User
from muniadmin.access.rules import TRIES_BEFORE_LOCK
from muniadmin.app import App
from muniadmin.collection.commands import (
    CancelReceipt,
    CloseCashSession,
    OpenCashSession,
    PaymentTaken,
    TakePayment,
    TenderGiven,
)
from muniadmin.collection.errors import (
    AmountExceedsDebts,
    ChangeBeyondReason,
    ClockIsBehind,
    CountImpossible,
)
from muniadmin.collection.reads import Receipts
from muniadmin.documents.errors import LettersWithoutFont
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, NotFound, NumberTooLarge, TextNotStorable, TextTooLong
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, money, pay
from tests.towns import PASSWORD, user_name

ActorOf = Callable[[Role], Actor]


def test_guessing_the_second_persons_password_locks_them_and_the_refused_order_changes_nothing(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    bill = a_bill(app, "100")
    taken = pay(app, clerk, an_open_desk(app, clerk), bill)
    supervisor = user_name(Role.SUPERVISOR)
    guess = CancelReceipt(
        number=taken.receipt_number,
        reason="mine",
        approval=Approval(user_name=supervisor, password="a guess"),
    )
    for _ in range(TRIES_BEFORE_LOCK):
        with pytest.raises(WrongUserOrPassword):
            app.execute(guess, clerk)
    right = replace(guess, approval=Approval(user_name=supervisor, password=PASSWORD))
    with pytest.raises(UserIsLocked):
        app.execute(right, clerk)
    with pytest.raises(UserIsLocked):
        app.execute(SignIn(user_name=supervisor, password=PASSWORD, workstation="desk-1"), clerk)
    assert due(app, bill) == money("0")


def test_a_count_of_fewer_than_no_notes_is_refused(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    for count in ({20000: -1, 10000: 2}, {-100: 5, 100: 5}):
        with pytest.raises(InvalidInput) as refused:
            app.execute(CloseCashSession(cash_session_id=session.cash_session_id, denominations=count), clerk)
        assert isinstance(refused.value.problems["denominations"], CountImpossible)


def test_no_receipt_bears_a_time_before_its_session(app: App, actor: ActorOf, clock: FixedClock) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    clock.instant -= timedelta(days=400)
    with pytest.raises(ClockIsBehind):
        pay(app, clerk, session, bill)
    clock.instant += timedelta(days=401)
    assert pay(app, clerk, session, bill).amount == money("100")


def test_no_receipt_is_dated_before_the_one_that_came_before_it(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    """A flat battery, or somebody who sets the clock back to pay without penalty."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")

    def pay_at(day: int, hour: int, minute: int = 0) -> PaymentTaken:
        clock.instant = datetime(2026, 11, day, hour, minute, tzinfo=UTC)
        return pay(app, clerk, session, bill, amount="10")

    pay_at(23, 10)
    last = pay_at(25, 9)
    for day, hour, minute in ((23, 13, 0), (25, 8, 0), (25, 8, 58)):
        with pytest.raises(ClockIsBehind) as refused:
            pay_at(day, hour, minute)
        assert refused.value.sentence()
    # A clock that is set by the network jumps back by less than a minute.
    clock.instant = last.taken_at - timedelta(seconds=50)
    pay(app, clerk, session, bill, amount="10")
    clock.instant = last.taken_at
    days = [row.booked_on for row in reversed(app.read(Receipts(), clerk).rows)]
    assert days == sorted(days)
    assert len(days) == 3


@pytest.mark.parametrize("amount", [Money(10**15 + 1), Money(2**63), Money(10**30)])
def test_amounts_that_nobody_has_are_refused_in_words(app: App, actor: ActorOf, amount: Money) -> None:
    clerk = actor(Role.CLERK)
    with pytest.raises(InvalidInput):
        app.execute(OpenCashSession(desk=1, opening_float=amount), clerk)
    session = an_open_desk(app, clerk, opening_float="0")
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    order = TakePayment(
        request_id=str(uuid.uuid4()), cash_session_id=session.cash_session_id, charge_ids=bill.charge_ids
    )
    for tenders in (
        (TenderGiven(amount=amount),),
        (TenderGiven(tendered=amount),),
        (TenderGiven(amount=amount), TenderGiven(channel="card", amount=amount, reference="1")),
    ):
        wrong = replace(order, tenders=tenders)
        with pytest.raises(InvalidInput):
            app.execute(wrong, clerk, confirmed=[AmountExceedsDebts])
    with pytest.raises(InvalidInput):
        app.execute(
            CloseCashSession(cash_session_id=session.cash_session_id, denominations={amount.minor: 1}), clerk
        )
    with pytest.raises(NumberTooLarge):
        a_bill(app, str(amount.minor))


def test_change_that_no_till_holds_is_asked_about_whoever_sends_the_order(app: App, actor: ActorOf) -> None:
    """Ten of the largest note, 200: up to there nobody is asked; a number that stands where the amount belongs is."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bills = [a_bill(app, "100", taxpayer_id=a_taxpayer(app)) for _number in range(2)]
    assert pay(app, clerk, session, bills[0], tendered="2100").change == money("2000")
    with pytest.raises(ChangeBeyondReason) as asked:
        pay(app, clerk, session, bills[1], tendered="2101")
    assert asked.value.doubtful
    assert due(app, bills[1]) == money("100")
    taken = pay(app, clerk, session, bills[1], tendered="2101", confirmed=[ChangeBeyondReason])
    assert taken.change == money("2001")


def test_texts_that_one_engine_would_keep_and_the_other_refuse_are_refused_by_both(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    order = TakePayment(
        request_id=str(uuid.uuid4()), cash_session_id=session.cash_session_id, charge_ids=bill.charge_ids
    )
    for payer in ("A\0mina", "half an emoji \ud83d"):
        with pytest.raises(InvalidInput) as refused:
            app.execute(replace(order, payer=payer), clerk)
        assert isinstance(refused.value.problems["payer"], TextNotStorable)
    for wrong, refusal in (
        (replace(order, payer="a" * 161), TextTooLong),
        (replace(order, tenders=(TenderGiven(channel="card", reference="1" * 61),)), TextTooLong),
        (replace(order, tenders=(TenderGiven(channel="cheque", reference="1", bank="b" * 61),)), TextTooLong),
        (
            replace(order, tenders=(TenderGiven(channel="cheque", reference="1", drawer="d" * 161),)),
            TextTooLong,
        ),
        (replace(order, request_id="1" * 37), TextTooLong),
    ):
        with pytest.raises(refusal):
            app.execute(wrong, clerk)
    with pytest.raises(InvalidInput):
        app.read(Receipts(number="3\0"), clerk)
    payer = "أمينة \u200f😀 " + "é" * 140
    app.execute(replace(order, payer=payer), clerk, confirmed=[LettersWithoutFont])
    assert app.read(Receipts(), clerk).rows[0].payer == payer.strip()


def test_letters_that_cannot_be_printed_are_asked_about_before_money_is_taken(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    order = TakePayment(
        request_id=str(uuid.uuid4()), cash_session_id=session.cash_session_id, charge_ids=bill.charge_ids
    )
    with pytest.raises(LettersWithoutFont) as asked:
        app.execute(replace(order, payer="李小龍 Bruce"), clerk)
    assert "李小龍" in asked.value.sentence()
    assert not app.read(Receipts(), clerk).rows
    for payer in ("ⴰⵎⵉⵏⴰ ⴱⵏⵏⴰⵏⵉ", "משה כהן", "አበበ በቀለ", "E\u0301loi\u0308se"):
        paid = a_bill(app, "100")
        taken = replace(order, request_id=str(uuid.uuid4()), payer=payer, charge_ids=paid.charge_ids)
        app.execute(taken, clerk)
    app.execute(replace(order, payer="李小龍 Bruce"), clerk, confirmed=[LettersWithoutFont])
    assert len(app.read(Receipts(), clerk).rows) == 5


def test_nobody_unknown_keeps_what_is_left_over(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    order = TakePayment(
        request_id=str(uuid.uuid4()),
        cash_session_id=session.cash_session_id,
        charge_ids=bill.charge_ids,
        tenders=(TenderGiven(amount=money("120")),),
        rest_account_id=4711,
    )
    with pytest.raises(NotFound):
        app.execute(order, clerk, confirmed=[AmountExceedsDebts])
    assert due(app, bill) == money("100")


def test_a_name_longer_than_its_column_is_refused_by_both(app: App, actor: ActorOf) -> None:
    administrator = actor(Role.ADMINISTRATOR)
    with app.database.connect_to_read() as connection:
        wanted = select(User.version).where(User.id == administrator.user_id)
        version = connection.scalar(wanted) or 0
    with pytest.raises(TextTooLong):
        app.execute(
            ChangeUser(
                user_id=administrator.user_id or 0,
                version=version,
                name="a" * 121,
                roles=frozenset({Role.ADMINISTRATOR}),
                active=True,
            ),
            administrator,
        )
