"""A day at the counter, as a clerk, a supervisor and an auditor see it; on both engines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muniadmin.access.commands import Approval
from muniadmin.access.errors import NoApproval, SamePerson, WrongUserOrPassword
from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, annul_bill, decide
from muniadmin.billing.errors import BillDoesNotAddUp
from muniadmin.billing.reads import TaxpayerBalance
from muniadmin.billing.services import Debtor, NewBill, issue_bill
from muniadmin.collection.commands import (
    CloseCashSession,
    OpenCashSession,
    PaymentTaken,
    TakePayment,
    TenderGiven,
)
from muniadmin.collection.errors import (
    AlreadyCancelled,
    AmountExceedsDebts,
    CancelInSameSession,
    CashierHasSession,
    CashSessionIsClosed,
    DeskIsOpen,
    DeskUnknown,
    NothingToPay,
    NotYourSession,
)
from muniadmin.collection.reads import MySession, Receipts
from muniadmin.collection.services import take_payment
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, NotAllowed, RequestChanged
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.reads import TrialBalance
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.taxpayers.commands import RegisterTaxpayer
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.collection.counter import LATE, a_cancellation, at, given, rows, take
from tests.soundness import ensure_sound
from tests.towns import PASSWORD, user_name

ActorOf = Callable[[Role], Actor]


def test_exact_cash_payment_of_a_bill(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "412.50")
    taken = pay(app, clerk, session, bill)
    assert taken.receipt_number.startswith("1-2026-000001-")
    assert (taken.amount, taken.change) == (money("412.50"), ZERO)
    assert due(app, bill) == ZERO
    state = app.read(MySession(), clerk)
    assert state is not None
    assert (state.cash_expected, state.receipts) == (money("912.50"), 1)
    ensure_sound(app)


def test_three_of_five_debts_with_penalty_and_change(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    late = a_bill(app, "412.50", due_on=LATE, taxpayer_id=taxpayer_id)
    bills = [a_bill(app, amount, taxpayer_id=taxpayer_id) for amount in ("288.75", "150", "1240", "4")]
    assert due(app, late) == money("484.69")  # 17.5 % after the sixth month has begun
    taken = pay(app, clerk, session, late, *bills[:2], tendered="1000")
    assert taken.amount == money("923.44")
    assert taken.change == money("76.56")
    left = app.read(TaxpayerBalance(taxpayer_id=taxpayer_id), clerk)
    assert (left.owed, left.overdue) == (money("1244"), ZERO)
    row = app.read(Receipts(taxpayer_id=taxpayer_id), clerk).rows[0]
    assert (row.number, row.amount, row.payer) == (taken.receipt_number, money("923.44"), "Amina Bennani")
    ensure_sound(app)


def test_a_receipt_is_found_by_its_number_by_who_paid_and_by_whose_debt_it_was(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    eloise, hind = (
        app.execute(RegisterTaxpayer(name=name), clerk).outcome.taxpayer_id
        for name in ("Éloïse Alaoui", "Hind Bennis")
    )
    own = pay(app, clerk, session, a_bill(app, "100", taxpayer_id=eloise))
    other = a_bill(app, "50", taxpayer_id=eloise)
    for_her = take(app, clerk, session, other.charge_ids, given("cash"), payer="Omar Tazi")
    pay(app, clerk, session, a_bill(app, "70", taxpayer_id=hind))

    def found(text: str) -> set[str]:
        return {row.number for row in app.read(Receipts(text=text), clerk).rows}

    assert found("eloise") == {own.receipt_number, for_her.receipt_number}
    assert found("tazi om") == {for_her.receipt_number}
    assert found(own.receipt_number) == {own.receipt_number}
    assert len(found(own.receipt_number[:8])) == 3
    assert found("nobody 50%") == set()


def test_a_part_payment_pays_the_penalty_first_and_nothing_vanishes(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "1000", due_on=LATE)
    assert due(app, bill) == money("1175")
    pay(app, clerk, session, bill, amount="100")
    assert due(app, bill) == money("1075")
    at(clock, date(2027, 1, 22))
    assert due(app, bill) == money("1085")
    pay(app, clerk, session, bill)
    assert due(app, bill) == ZERO
    ensure_sound(app)


def test_the_same_request_sent_twice_is_carried_out_once(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    first = pay(app, clerk, session, bill, amount="40", tendered="50", request_id="the-same")
    again = pay(app, clerk, session, bill, amount="40", tendered="50", request_id="the-same")
    assert again == first
    counted = {20000: 2, 10000: 1, 2000: 2}
    app.execute(CloseCashSession(cash_session_id=session.cash_session_id, denominations=counted), clerk)
    assert pay(app, clerk, session, bill, amount="40", tendered="50", request_id="the-same") == first
    assert due(app, bill) == money("60")
    ensure_sound(app)


def test_a_request_that_asks_for_something_else_the_second_time_is_refused(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bills = [a_bill(app, "100") for _ in range(3)]
    order = TakePayment(
        request_id="the-same",
        cash_session_id=session.cash_session_id,
        charge_ids=(*bills[0].charge_ids, *bills[1].charge_ids),
        tenders=(TenderGiven(amount=money("60"), tendered=money("100")),),
    )
    first = app.execute(order, clerk).outcome
    cheque = TenderGiven(channel="cheque", amount=money("60"), reference="7")
    for other in (
        {"charge_ids": bills[0].charge_ids},
        # The first bill took all the money: no row tells which other one was chosen beside it.
        {"charge_ids": (*bills[0].charge_ids, *bills[2].charge_ids)},
        {"tenders": (TenderGiven(amount=money("70"), tendered=money("100")),)},
        {"tenders": (TenderGiven(amount=money("60"), tendered=money("200")),)},
        {"tenders": (cheque,)},
        {"rest_account_id": bills[0].account_id},
    ):
        with pytest.raises(RequestChanged) as refused:
            app.execute(replace(order, **other), clerk)
        assert first.receipt_number in refused.value.sentence()
    assert app.execute(order, clerk).outcome == first
    assert app.read(Receipts(), clerk).count == 1
    assert due(app, bills[0]) == money("40")
    ensure_sound(app)


def test_the_same_request_is_answered_the_same_on_a_later_day(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))

    def once_more() -> PaymentTaken:
        return pay(
            app, clerk, session, bill,
            amount="130", tendered="200", request_id="the-same", confirmed=[AmountExceedsDebts],
        )  # fmt: skip

    first = once_more()
    assert (first.change, first.credit) == (money("70"), money("30"))
    clock.instant += timedelta(days=1)
    assert once_more() == first
    assert app.read(Receipts(), clerk).count == 1


def test_money_set_free_later_that_day_is_not_in_the_answer_to_the_same_request(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))

    def once_more() -> PaymentTaken:
        return pay(
            app, clerk, session, bill, amount="130", request_id="the-same", confirmed=[AmountExceedsDebts]
        )

    first = once_more()
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        annul_bill(uow, bill.bill_id, Grounds(reason="issued twice"))
    assert once_more() == first
    assert first.credit == money("30")


def test_bills_receipts_and_decisions_are_numbered_by_the_fiscal_year(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    """Where it begins in July, February 2027 is of the year that began in 2026."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    at(clock, date(2027, 2, 1))
    by_the_calendar = a_bill(app, "1")
    july = replace(app.municipality, calendar=replace(app.municipality.calendar, first_month=7))
    with unit_of_work(app.database, actor=clerk, now=app.clock.now(), municipality=july) as uow:
        bill = issue_bill(
            uow,
            NewBill(
                head_code="TSC", period="2026/27", kind="hand", instalments=[(date(2027, 3, 1), 100_00)],
                lines=[{"what": "Rental value", "amount": 100_00}], debtor=Debtor(plate="1A1"),
            ),
        )  # fmt: skip
        taken = take_payment(
            uow,
            TakePayment(request_id="1", cash_session_id=session.cash_session_id, charge_ids=bill.charge_ids),
        )
        _id, _kind = decide(uow, "credit_note", Grounds(reason="a look at its number"))
    ((decision,),) = rows(app, "SELECT number FROM decision WHERE number <> ''")
    numbers = by_the_calendar.number, bill.number, taken.receipt_number, decision
    assert [number.split("-")[1] for number in numbers] == ["2027", "2026", "2026", "2026"]


@pytest.mark.parametrize(
    "instalments",
    [[(date(2027, 3, 1), 100_00), (date(2027, 6, 1), 0)], [(date(2027, 3, 1), 99_99)], []],
    ids=["one of nothing", "a cent less", "none"],
)
def test_the_instalments_of_a_bill_add_up_and_none_is_of_nothing(
    app: App, instalments: list[tuple[date, int]]
) -> None:
    bill = NewBill(
        head_code="TSC", period="2026", kind="hand", instalments=instalments,
        lines=[{"what": "Rental value", "amount": 100_00}], debtor=Debtor(plate="1A1"),
    )  # fmt: skip
    with (
        pytest.raises(BillDoesNotAddUp),
        unit_of_work(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as uow,
    ):
        issue_bill(uow, bill)


def test_an_overpayment_is_asked_about_and_kept_as_credit(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    bill = a_bill(app, "100", taxpayer_id=taxpayer_id)
    with pytest.raises(AmountExceedsDebts) as asked:
        pay(app, clerk, session, bill, amount="120")
    assert "20.00" in asked.value.sentence()
    taken = pay(app, clerk, session, bill, amount="120", confirmed=[AmountExceedsDebts])
    assert taken.credit == money("20")
    assert app.read(TaxpayerBalance(taxpayer_id=taxpayer_id), clerk).credit == money("20")
    # A plate's account keeps it as well: whoever has the car comes back.
    of_a_plate = a_bill(app, "100")
    kept = pay(app, clerk, session, of_a_plate, amount="120", confirmed=[AmountExceedsDebts])
    assert kept.credit == money("20")
    assert due(app, a_bill(app, "50")) == money("30")
    ensure_sound(app)


def test_channels_other_than_cash_need_a_reference_and_leave_the_till_alone(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    with pytest.raises(InvalidInput):
        pay(app, clerk, session, bill, channel="cheque")
    pay(app, clerk, session, bill, channel="cheque", reference="0012345")
    state = app.read(MySession(), clerk)
    assert state is not None
    assert state.cash_expected == money("500")
    assert [(one.channel, one.amount) for one in state.channels] == [("cheque", money("100"))]


def test_what_cannot_be_paid_is_refused_and_changes_nothing(app: App, actor: ActorOf) -> None:
    clerk, supervisor = actor(Role.CLERK), actor(Role.SUPERVISOR)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    for wrong in ({"amount": "0"}, {"amount": "-5"}, {"tendered": "99.99"}):
        with pytest.raises(InvalidInput):
            pay(app, clerk, session, bill, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotYourSession):
        pay(app, supervisor, session, bill)
    with pytest.raises(NotAllowed):
        pay(app, actor(Role.REVENUE_OFFICER), session, bill)
    with pytest.raises(NothingToPay):
        pay(app, clerk, session)
    with pytest.raises(CashSessionIsClosed):
        pay(app, clerk, replace(session, cash_session_id=99), bill)
    assert due(app, bill) == money("100")
    pay(app, clerk, session, bill)
    with pytest.raises(NothingToPay):
        pay(app, clerk, session, bill)
    taken = app.read(Receipts(), clerk)
    assert (taken.count, taken.total) == (1, money("100"))
    assert taken.rows[0].number.startswith("1-2026-000001-")
    ensure_sound(app)


def test_desks(app: App, actor: ActorOf) -> None:
    clerk, supervisor = actor(Role.CLERK), actor(Role.SUPERVISOR)
    an_open_desk(app, clerk, desk=1)
    with pytest.raises(DeskIsOpen):
        an_open_desk(app, supervisor, desk=1)
    with pytest.raises(CashierHasSession):
        an_open_desk(app, clerk, desk=2)
    with pytest.raises(DeskUnknown):
        an_open_desk(app, supervisor, desk=99)
    with pytest.raises(InvalidInput):
        app.execute(OpenCashSession(desk=2, opening_float=money("-1")), supervisor)


def test_closing_with_and_without_a_difference(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, a_bill(app, "412.50"))
    short = CloseCashSession(cash_session_id=session.cash_session_id, denominations={20000: 4, 10000: 1})
    with pytest.raises(InvalidInput) as refused:
        app.execute(short, clerk)
    assert "12.50" in refused.value.sentence()
    closed = app.execute(replace(short, explanation="wrong change given"), clerk).outcome
    assert (closed.expected, closed.counted, closed.difference) == (
        money("912.50"),
        money("900"),
        money("-12.50"),
    )
    # Whoever asks again because no answer came is told of the same slip; nobody closes it otherwise.
    assert app.execute(replace(short, explanation="wrong change given"), clerk).outcome == closed
    for who, other in (
        (clerk, short),
        (clerk, replace(short, denominations={20000: 4}, explanation="wrong change given")),
        (everything(app), replace(short, explanation="wrong change given")),
    ):
        with pytest.raises(CashSessionIsClosed):
            app.execute(other, who)
    balances = {row.code: row.balance for row in app.read(TrialBalance(), everything(app))}
    assert balances["over_short"] == money("12.50")
    assert balances["cash:1"] == ZERO
    ensure_sound(app)


def test_cancelling_needs_a_second_person_and_mirrors_everything(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    bill = a_bill(app, "1000", due_on=LATE, taxpayer_id=taxpayer_id)
    taken = pay(app, clerk, session, bill, amount="1200", confirmed=[AmountExceedsDebts])
    order = a_cancellation(taken)
    for approval, refusal in (
        (Approval(user_name=user_name(Role.CLERK), password=PASSWORD), SamePerson),
        (Approval(user_name=user_name(Role.REGISTRAR), password=PASSWORD), NoApproval),
        (Approval(user_name=user_name(Role.SUPERVISOR), password="guess"), WrongUserOrPassword),
    ):
        with pytest.raises(refusal):
            app.execute(replace(order, approval=approval), clerk)
    with pytest.raises(InvalidInput):
        app.execute(replace(order, reason=" "), clerk)
    app.execute(order, clerk)
    assert due(app, bill) == money("1175")
    assert app.read(TaxpayerBalance(taxpayer_id=taxpayer_id), clerk).credit == ZERO
    state = app.read(MySession(), clerk)
    assert state is not None
    assert (state.cash_expected, state.cancelled) == (money("500"), 1)
    row = app.read(Receipts(), clerk).rows[0]
    assert (row.number, row.cancelled) == (taken.receipt_number, True)
    with pytest.raises(AlreadyCancelled):
        app.execute(order, clerk)
    ensure_sound(app)


def test_cancelling_an_earlier_part_payment_leaves_as_much_as_the_later_one_alone_would(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    """The session stays open overnight; the later payment charged penalty on what the earlier one had left."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    cancelled, untouched = (a_bill(app, "1000", due_on=LATE) for _ in range(2))
    earlier = pay(app, clerk, session, cancelled, amount="575")
    at(clock, date(2027, 1, 22))
    for bill in (cancelled, untouched):
        pay(app, clerk, session, bill, amount="100")
    app.execute(a_cancellation(earlier), clerk)
    assert due(app, cancelled) == due(app, untouched) == money("1085")
    ensure_sound(app)


def test_a_receipt_of_a_closed_session_cannot_be_cancelled(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    taken = pay(app, clerk, session, a_bill(app, "20"))
    app.execute(CloseCashSession(cash_session_id=session.cash_session_id, denominations={2000: 1}), clerk)
    with app.database.connect_to_write() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("UPDATE cash_session SET count = '{}'"))
    with pytest.raises(CancelInSameSession):
        app.execute(a_cancellation(taken), clerk)


ISSUED = (
    "UPDATE payment SET amount = 1",
    "DELETE FROM payment",
    "UPDATE receipt SET number = 'x'",
    "DELETE FROM receipt",
    "UPDATE posting SET amount = amount + 1",
    "DELETE FROM posting",
    "UPDATE event SET canonical = 'x'",
    "UPDATE settlement SET amount = amount + 1",
    "DELETE FROM settlement",
    "UPDATE charge SET amount = 1",
    "UPDATE charge SET due_on = '2030-01-01'",
    "DELETE FROM charge",
    "UPDATE tender SET channel = 'card'",
    "DELETE FROM tender",
    "UPDATE credit SET amount = 1",
    "DELETE FROM credit",
    "UPDATE issued_document SET canonical = 'x'",
    "DELETE FROM event",
    "UPDATE event_line SET subject = 'x'",
    "UPDATE bill SET account_id = account_id",
    "UPDATE bill SET penalty_rule = '{}'",
    "UPDATE head_rule SET spec = '{}'",
    "DELETE FROM bill",
    "UPDATE cash_session SET opening_float = 1",
    "DELETE FROM cash_session",
)


def test_the_database_itself_refuses_to_change_what_was_issued(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    pay(app, clerk, an_open_desk(app, clerk), bill, amount="120", confirmed=[AmountExceedsDebts])
    for statement in ISSUED:
        with app.database.connect_to_write() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))
    ensure_sound(app)


def test_the_database_itself_refuses_to_settle_more_than_is_owed(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "100"), amount="60")
    more = """INSERT INTO settlement (event_id, charge_id, amount, tender_id, payment_id, booked_on, value_on)
        SELECT event_id, charge_id, 4001, tender_id, payment_id, booked_on, value_on FROM settlement"""
    with (
        app.database.connect_to_write() as connection,
        pytest.raises(DBAPIError, match="settled_within_amount"),
    ):
        connection.execute(text(more))


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("amount = -1", "negative_only_reverses"),
        ("decision_id = 1", "one_source"),
        ("tender_id = NULL", "one_source"),
        ("value_on = '2030-01-01'", "value_not_after_booking"),
    ],
)
def test_the_database_itself_refuses_a_settlement_that_makes_no_sense(
    app: App, actor: ActorOf, change: str, guard: str
) -> None:
    clerk = actor(Role.CLERK)
    pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "100"), amount="60")
    row = {
        "event_id": "event_id", "charge_id": "charge_id", "amount": "1", "tender_id": "tender_id",
        "decision_id": "decision_id", "payment_id": "payment_id", "booked_on": "booked_on", "value_on": "value_on",
    }  # fmt: skip
    column, value = change.split(" = ")
    row[column] = value
    wrong = f"INSERT INTO settlement ({', '.join(row)}) SELECT {', '.join(row.values())} FROM settlement"
    with app.database.connect_to_write() as connection, pytest.raises(DBAPIError, match=guard):
        connection.execute(text(wrong))
