"""How money comes in and goes back: several means at once, references taken once, cheques without cover."""

from collections.abc import Callable
from datetime import date

import pytest

from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, compensate
from muniadmin.billing.errors import AmountNotPositive, ReasonMissing
from muniadmin.billing.loading import load_books
from muniadmin.billing.services import IssuedBill
from muniadmin.collection.commands import CloseCashSession, PaymentTaken, ReturnTender
from muniadmin.collection.errors import (
    AlreadyReturned,
    AlreadyTaken,
    AmountExceedsDebts,
    CashDoesNotComeBack,
    CreditMovedOn,
    OnlyCashIsHandedBack,
    ReferenceTwice,
    TendersUnclear,
)
from muniadmin.collection.plan import PaymentOrder, Wanted, plan_payment
from muniadmin.collection.points import BANK_POINT
from muniadmin.collection.reads import MySession, Receipts
from muniadmin.collection.services import book_payments
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, NotFound, NumberTooSmall
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.collection.counter import (
    LATE,
    a_cancellation,
    a_rule,
    at,
    credit_of,
    give_back,
    given,
    ledger,
    rows,
    take,
)
from tests.soundness import ensure_sound

ActorOf = Callable[[Role], Actor]


def compensation(app: App, source: int, target: int, amount: str) -> None:
    """Moves money held for one account to another by a decision."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        compensate(uow, source, target, money(amount), Grounds(reason="asked for in writing"))


def standing_rows(app: App, taken: PaymentTaken) -> list[tuple[object, ...]]:
    """What of a payment's settlements still stands, by charge and value day."""
    return rows(
        app,
        "SELECT charge_id, value_on, sum(amount) FROM settlement WHERE payment_id = "
        f"{taken.payment_id} GROUP BY charge_id, value_on HAVING sum(amount) <> 0",
    )


# --- several means at once ------------------------------------------------------------------------------------------


def test_sure_money_is_used_first_so_that_a_cheque_reopens_as_little_as_can_be(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    first, second = a_bill(app, "70"), a_bill(app, "30")
    taken = take(
        app,
        clerk,
        session,
        [*first.charge_ids, *second.charge_ids],
        given("cheque", "60", reference="0012345"),
        given("cash", "40"),
    )
    (row,) = app.read(Receipts(), clerk).rows
    assert (row.channels, row.amount) == (("cheque", "cash"), money("100"))
    by_channel = rows(
        app,
        "SELECT s.charge_id, t.channel, s.amount FROM settlement s JOIN tender t ON t.id = s.tender_id ORDER BY s.id",
    )
    assert by_channel == [
        (first.charge_ids[0], "cash", 40_00),
        (first.charge_ids[0], "cheque", 30_00),
        (second.charge_ids[0], "cheque", 30_00),
    ]
    returned = give_back(app, taken, "cheque")
    assert (returned.owed_again, returned.charged) == (money("60"), ZERO)
    assert (due(app, first), due(app, second)) == (money("30"), money("30"))
    (row,) = app.read(Receipts(), clerk).rows
    assert (row.returned, row.cancelled) == (True, False)
    ensure_sound(app)


def test_one_means_takes_the_rest_and_change_is_given_on_cash_only(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    card = given("card", "60", reference="4711")
    for wrong, field, refusal in (
        ([given("cheque", "60", tendered="100", reference="1")], "tendered", OnlyCashIsHandedBack),
        ([given("cash"), given("card", reference="1")], "tenders", TendersUnclear),
        ([given("card", "100", reference="1"), given("cash")], "amount", AmountNotPositive),
    ):
        with pytest.raises(InvalidInput) as refused:
            take(app, clerk, session, bill.charge_ids, *wrong)
        assert isinstance(refused.value.problems[field], refusal)
        assert refused.value.sentence()
    with pytest.raises(InvalidInput):
        take(app, clerk, session, bill.charge_ids, tenders=())
    taken = take(app, clerk, session, bill.charge_ids, card, given("cash", tendered="50"))
    assert (taken.amount, taken.change, due(app, bill)) == (money("100"), money("10"), ZERO)
    state = app.read(MySession(), clerk)
    assert state is not None
    assert state.cash_expected == money("540")
    assert {one.channel: one.amount for one in state.channels} == {"card": money("60"), "cash": money("40")}
    balances = ledger(app)
    assert (balances["card"], balances["cash:1"]) == (money("60"), money("540"))
    ensure_sound(app)


def test_an_unknown_means_of_payment_is_refused_in_words(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    with pytest.raises(InvalidInput) as refused:
        take(app, clerk, session, bill.charge_ids, given("gold", reference="1"))
    assert "gold" in refused.value.sentence()


# --- references -----------------------------------------------------------------------------------------------------


def test_a_providers_reference_is_taken_once_and_free_again_after_a_cancellation(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bills = [a_bill(app, "100") for _ in range(4)]
    taken = pay(app, clerk, session, bills[0], channel="transfer", reference="VIR-1")
    with pytest.raises(InvalidInput) as refused:
        pay(app, clerk, session, bills[1], channel="transfer", reference=" VIR-1 ")
    assert isinstance(refused.value.problems["reference"], AlreadyTaken)
    assert taken.receipt_number in refused.value.sentence()
    # Another provider's number may be the same, and cheques and card slips are no provider's.
    mobile = pay(app, clerk, session, bills[1], channel="mobile", reference="VIR-1")
    with pytest.raises(InvalidInput) as refused:
        pay(app, clerk, session, bills[2], channel="mobile", reference="VIR-1")
    assert mobile.receipt_number in refused.value.sentence()
    for bill in bills[2:]:
        pay(app, clerk, session, bill, channel="cheque", reference="VIR-1")
    app.execute(a_cancellation(taken), clerk)
    again = pay(app, clerk, session, bills[0], channel="transfer", reference="VIR-1")
    with pytest.raises(InvalidInput) as refused:
        pay(app, clerk, session, a_bill(app, "5"), channel="transfer", reference="VIR-1")
    assert again.receipt_number in refused.value.sentence()
    ensure_sound(app)


def test_one_reference_twice_on_one_receipt_is_refused(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    with pytest.raises(InvalidInput) as refused:
        take(
            app,
            clerk,
            session,
            bill.charge_ids,
            given("transfer", "50", reference="VIR-1"),
            given("transfer", "50", reference="VIR-1"),
        )
    assert isinstance(refused.value.problems["reference"], ReferenceTwice)
    assert due(app, bill) == money("100")
    pay(app, clerk, session, bill, channel="transfer", reference="VIR-1")
    ensure_sound(app)


def test_one_reference_twice_in_a_banks_file_is_refused(app: App) -> None:
    bills = [a_bill(app, "100", taxpayer_id=a_taxpayer(app, name)) for name in ("Amina", "Brahim")]

    def of_a_line(uow: UnitOfWork, bill: IssuedBill) -> PaymentOrder:
        wanted = Wanted(
            charge_ids=bill.charge_ids,
            tenders=[given("transfer", "100", reference="VIR-1")],
            value_on=uow.today,
            point=BANK_POINT,
        )
        books = load_books(uow, account_ids=[bill.account_id], whole=True)
        plan = plan_payment(books, wanted, uow.municipality.currency)
        return PaymentOrder(request_id=bill.number, point=BANK_POINT, plan=plan)

    with (
        pytest.raises(InvalidInput) as refused,
        unit_of_work(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as uow,
    ):
        book_payments(uow, [of_a_line(uow, bill) for bill in bills])
    assert isinstance(refused.value.problems["reference"], AlreadyTaken)
    assert [due(app, bill) for bill in bills] == [money("100")] * 2


@pytest.mark.parametrize("spelled", ["mm 123 a", "MM123A ", "mm\u00a0123a", "ＭＭ１２３Ａ"])
def test_a_reference_is_the_same_however_it_is_spelled(app: App, actor: ActorOf, spelled: str) -> None:
    """A citizen shows one transfer at two desks, and one of the clerks types it in small letters."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bills = [a_bill(app, "100") for _ in range(2)]
    taken = pay(app, clerk, session, bills[0], channel="mobile", reference="MM123A")
    with pytest.raises(InvalidInput) as refused:
        pay(app, clerk, session, bills[1], channel="mobile", reference=spelled)
    assert isinstance(refused.value.problems["reference"], AlreadyTaken)
    assert taken.receipt_number in refused.value.sentence()
    twice = (given("mobile", "50", reference="Vir 9"), given("mobile", "50", reference=" vir9 "))
    with pytest.raises(InvalidInput) as refused:
        take(app, clerk, session, bills[1].charge_ids, *twice)
    assert isinstance(refused.value.problems["reference"], ReferenceTwice)
    # The receipt bears it as it was typed.
    assert rows(app, "SELECT reference FROM tender WHERE channel = 'mobile'") == [("MM123A",)]


# --- cancelling -----------------------------------------------------------------------------------------------------


def test_a_cancelled_payments_rows_net_to_zero_for_each_charge_and_value_day(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    """Everything at once: a penalty, two means, a bill paid by what was left over; cancelled on a later day."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    late = a_bill(app, "1000", due_on=LATE, taxpayer_id=taxpayer_id)
    taken = take(
        app,
        clerk,
        session,
        late.charge_ids,
        given("cash", "1000"),
        given("mobile", "475", reference="M-1"),
        confirmed=[AmountExceedsDebts],
    )
    assert (taken.credit, credit_of(app, taxpayer_id)) == (money("300"), money("300"))
    later = a_bill(app, "200", taxpayer_id=taxpayer_id)
    assert (due(app, later), credit_of(app, taxpayer_id)) == (ZERO, money("100"))
    at(clock, date(2026, 11, 25))
    app.execute(a_cancellation(taken), clerk)
    assert standing_rows(app, taken) == []
    by_charge = rows(app, "SELECT charge_id, value_on FROM settlement GROUP BY 1, 2 HAVING sum(amount) <> 0")
    assert by_charge == []
    assert (due(app, late), due(app, later), credit_of(app, taxpayer_id)) == (
        money("1175"),
        money("200"),
        ZERO,
    )
    assert rows(
        app, "SELECT sum(principal), sum(penalty), sum(count) FROM day_collection WHERE by = 'value'"
    ) == [(0, 0, 0)]
    state = app.read(MySession(), clerk)
    assert state is not None
    assert (state.cash_expected, state.receipts, state.cancelled) == (money("500"), 1, 1)
    ensure_sound(app)


def test_a_receipt_whose_money_was_moved_to_another_is_not_cancelled(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    amina, brahim = a_taxpayer(app), a_taxpayer(app, "Brahim Tazi")
    hers, his = (a_bill(app, "100", taxpayer_id=one) for one in (amina, brahim))
    taken = pay(app, clerk, session, hers, amount="180", confirmed=[AmountExceedsDebts])
    compensation(app, hers.account_id, his.account_id, "50")
    with pytest.raises(CreditMovedOn):
        app.execute(a_cancellation(taken), clerk)
    assert (due(app, hers), credit_of(app, amina), credit_of(app, brahim)) == (ZERO, money("30"), money("50"))
    ensure_sound(app)


# --- money that comes back ------------------------------------------------------------------------------------------


def test_a_returned_cheque_reopens_its_own_debts_and_charges_what_had_paid_anothers(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    """A cheque of 500 paid 420; the 80 left over had been moved to another's account."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    amina, brahim = a_taxpayer(app), a_taxpayer(app, "Brahim Tazi")
    hers = a_bill(app, "420", taxpayer_id=amina, due_on=date(2026, 12, 31))
    his = a_bill(app, "80", taxpayer_id=brahim, due_on=date(2026, 11, 23))
    taken = take(
        app,
        clerk,
        session,
        hers.charge_ids,
        given("cheque", "500", reference="0012345"),
        confirmed=[AmountExceedsDebts],
    )
    compensation(app, hers.account_id, his.account_id, "80")
    assert (due(app, hers), due(app, his), credit_of(app, amina)) == (ZERO, ZERO, ZERO)
    at(clock, date(2027, 1, 10))
    returned = give_back(app, taken, "cheque", fee="25")
    assert (returned.owed_again, returned.charged) == (money("420"), money("105"))
    # With the penalty since the old due day; his stays paid.
    assert due(app, hers) == money("420") + money("63") + money("80") + money("25")
    assert (due(app, his), credit_of(app, amina), credit_of(app, brahim)) == (ZERO, ZERO, ZERO)
    costs = rows(app, "SELECT amount, against, account_id FROM charge WHERE kind = 'cost' ORDER BY amount")
    assert costs == [(25_00, "revenue", hers.account_id), (80_00, "returned", hers.account_id)]
    assert ledger(app)["cheques"] == ZERO
    assert ledger(app)["receivable:TSC"] == money("525")
    with pytest.raises(AlreadyReturned):
        give_back(app, taken, "cheque")
    pay(app, clerk, session, hers, amount="483")
    ensure_sound(app)


def test_what_had_paid_anothers_is_charged_to_whom_it_was_kept_for(app: App, actor: ActorOf) -> None:
    """One cheque of a notary for two people; what was left over was his, and he gave it away."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    people = [a_taxpayer(app, name) for name in ("Amina Bennani", "Brahim Tazi", "Chafik Alaoui")]
    hers, his, anothers = (a_bill(app, "100", taxpayer_id=one) for one in people)
    taken = take(
        app,
        clerk,
        session,
        [*hers.charge_ids, *his.charge_ids],
        given("cheque", "260", reference="0012345"),
        rest_account_id=his.account_id,
        confirmed=[AmountExceedsDebts],
    )
    compensation(app, his.account_id, anothers.account_id, "60")
    returned = give_back(app, taken, "cheque", fee="25")
    assert (returned.owed_again, returned.charged) == (money("200"), money("85"))
    assert (due(app, hers), due(app, his), due(app, anothers)) == (money("100"), money("185"), money("100"))
    assert credit_of(app, people[2]) == money("60")
    ensure_sound(app)


def test_a_returned_cheque_reopens_later_debts_of_its_own_account(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    first = a_bill(app, "100", taxpayer_id=taxpayer_id)
    taken = take(
        app,
        clerk,
        session,
        first.charge_ids,
        given("cheque", "180", reference="0012345"),
        confirmed=[AmountExceedsDebts],
    )
    later = a_bill(app, "50", taxpayer_id=taxpayer_id)
    assert (due(app, later), credit_of(app, taxpayer_id)) == (ZERO, money("30"))
    returned = give_back(app, taken, "cheque")
    assert (returned.owed_again, returned.charged) == (money("150"), ZERO)
    assert (due(app, first), due(app, later), credit_of(app, taxpayer_id)) == (
        money("100"),
        money("50"),
        ZERO,
    )
    ensure_sound(app)


def test_money_that_is_held_from_elsewhere_pays_what_a_returned_cheque_reopens_when_it_is_due(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    bill = a_bill(app, "100", taxpayer_id=taxpayer_id, due_on=LATE)
    taken = take(app, clerk, session, bill.charge_ids, given("cheque", reference="0012345"))
    take(
        app, clerk, session, [], given("cash", "70"),
        rest_account_id=bill.account_id, confirmed=[AmountExceedsDebts],
    )  # fmt: skip
    returned = give_back(app, taken, "cheque")
    assert returned.owed_again == money("117.50")
    assert credit_of(app, taxpayer_id) == ZERO
    assert due(app, bill) == money("47.50")
    ensure_sound(app)


def test_a_rebate_falls_with_the_cheque_that_earned_it(app: App, actor: ActorOf, clock: FixedClock) -> None:
    """5 % for paying the whole of it until 31 March."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    a_rule(app, "rebate", {"rate": "0.05", "month": 3, "day": 31, "whole": True})
    bill = a_bill(app, "1000", due_on=date(2027, 5, 31))
    at(clock, date(2027, 3, 20))
    pay(app, clerk, session, bill, amount="500")
    at(clock, date(2027, 3, 31))
    assert due(app, bill) == money("450")
    taken = take(app, clerk, session, bill.charge_ids, given("cheque", reference="0012345"))
    assert (taken.amount, due(app, bill)) == (money("450"), ZERO)
    at(clock, date(2027, 4, 12))
    give_back(app, taken, "cheque")
    assert due(app, bill) == money("500")
    assert ledger(app)["rebate:TSC"] == ZERO
    ensure_sound(app)


def test_what_cannot_come_back_is_refused_in_words(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    cancelled = take(app, clerk, session, a_bill(app, "10").charge_ids, given("cheque", reference="1"))
    app.execute(a_cancellation(cancelled), clerk)
    with pytest.raises(AlreadyReturned):
        give_back(app, cancelled, "cheque")
    taken = take(app, clerk, session, a_bill(app, "10").charge_ids, given("cheque", reference="2"))
    ((tender_id,),) = rows(app, f"SELECT id FROM tender WHERE payment_id = {taken.payment_id}")
    for wrong, field, refusal in (
        (ReturnTender(tender_id=tender_id, reason=" "), "reason", ReasonMissing),
        (ReturnTender(tender_id=tender_id, reason="no cover", fee=money("-5")), "fee", NumberTooSmall),
    ):
        with pytest.raises(InvalidInput) as refused:
            app.execute(wrong, everything(app))
        assert isinstance(refused.value.problems[field], refusal)
    with pytest.raises(NotFound):
        app.execute(ReturnTender(tender_id=4711, reason="no cover"), everything(app))
    in_cash = pay(app, clerk, session, a_bill(app, "10"))
    with pytest.raises(CashDoesNotComeBack):
        give_back(app, in_cash, "cash")
    give_back(app, taken, "cheque")
    # What came back is no longer there to be cancelled.
    with pytest.raises(AlreadyReturned):
        app.execute(a_cancellation(taken), clerk)
    app.execute(CloseCashSession(cash_session_id=session.cash_session_id, denominations={1000: 1}), clerk)
    assert ledger(app)["cash:1"] == ZERO
    ensure_sound(app)
