"""Situations 36 to 50: how money comes, goes back, and waits."""

import threading
import uuid
from datetime import date

import pytest

from muniadmin.billing.decisions import charge_cost, compensate, credit_note, lapse, reclaim
from muniadmin.billing.services import Debtor, NewBill, issue_bill
from muniadmin.collection.commands import CloseCashSession, OpenCashSession, TakePayment
from muniadmin.collection.errors import AlreadyReturned, CancelInSameSession, NothingToPay
from muniadmin.kernel.errors import InvalidInput
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.permissions import Role
from tests.builders import everything, money
from tests.situations.town import MOROCCO, WHY, Town
from tests.towns import actor_with

MAY_31, JUN_30 = date(2027, 5, 31), date(2027, 6, 30)


def test_36_a_cheque_comes_back_after_its_rest_paid_anothers_debt(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a, b = town.account("A"), town.account("B")
    bill = town.bill(a, (JUN_30, "420"))
    (c1,) = bill.charge_ids
    (c_b,) = town.bill(b, (JUN_30, "80")).charge_ids
    town.on(2027, 6, 20)
    cheque = town.cheque([c1], "500")
    assert cheque.credit == money("80")
    town.on(2027, 6, 30)
    with town.order() as uow:
        compensate(uow, a, b, money("80"), WHY)
    assert town.owed(c_b) == ZERO
    town.on(2027, 7, 3)
    # A owes the 420.00 again, the 80.00 that helped B, and the bank's 25.00. B owes nothing.
    assert town.books(lambda: town.return_tender(cheque, fee="25")) == {
        "cheques": "-500.00", "receivable:X": "525.00", "revenue:X": "-25.00",
    }  # fmt: skip
    assert town.owed(c1) == money("420") + money("63")
    assert (town.balance(a), town.balance(b), town.credit(a)) == (money("525"), ZERO, ZERO)
    assert max(town.charges(bill)[1:], key=lambda one: one[2])[1:] == ("cost", "80.00")
    with pytest.raises(AlreadyReturned):
        town.return_tender(cheque)


def test_36_later_debts_of_the_same_account_open_again(town: Town) -> None:
    town.head()
    a = town.account("A")
    (c1,) = town.bill(a, (JUN_30, "420")).charge_ids
    cheque = town.cheque([c1], "500")
    (c2,) = town.bill(a, (JUN_30, "60")).charge_ids
    assert (town.owed(c2), town.credit(a)) == (ZERO, money("20"))
    town.return_tender(cheque)
    assert (town.owed(c1), town.owed(c2), town.credit(a)) == (money("420"), money("60"), ZERO)


def test_37_cash_and_a_cheque_at_once(town: Town) -> None:
    town.head()
    bill = town.bill(town.account("A"), (JUN_30, "70"), (JUN_30, "30"))
    c1, c2 = bill.charge_ids
    taken = town.pay([c1, c2], ("cheque", "60"), ("cash", "40"))
    cash, cheque = town.tender(taken, "cash"), town.tender(taken, "cheque")
    assert town.rows("SELECT charge_id, tender_id, amount FROM settlement ORDER BY id") == [
        (c1, cash, 40_00), (c1, cheque, 30_00), (c2, cheque, 30_00),
    ]  # fmt: skip
    town.return_tender(taken)
    assert [town.at(c).left for c in (c1, c2)] == [30_00, 30_00]


def test_37_only_what_the_cheque_earned_falls_with_it(town: Town) -> None:
    town.head()
    town.rule("rebate", {"rate": "0.05", "month": 3, "day": 31, "whole": True})
    bill, other = (town.bill(town.account(name), (JUN_30, "100")) for name in ("A", "B"))
    (c1,), (c2,) = bill.charge_ids, other.charge_ids
    taken = town.pay([c1, c2], ("cash", "95"), ("cheque", "95"))
    assert (town.owed(c1), town.owed(c2)) == (ZERO, ZERO)
    town.return_tender(taken)
    # The first was paid in cash, with its rebate.
    assert (town.at(c1).left, town.at(c2).left) == (0, 100_00)


def test_39_cancelled_in_its_session_and_not_afterwards(town: Town) -> None:
    town.head()
    (c,) = town.bill(town.account("A"), (JUN_30, "450")).charge_ids
    first = town.cash([c], "450")
    assert town.books(lambda: town.cancel(first)) == {"cash:3": "-450.00", "receivable:X": "450.00"}
    second = town.cash([c], "450")
    close = CloseCashSession(
        cash_session_id=town.session.cash_session_id, denominations={200_00: 2, 50_00: 1}
    )
    town.app.execute(close, actor_with(town.app, Role.CLERK))
    # The money was counted and handed over: only a refund gives it back.
    with pytest.raises(CancelInSameSession):
        town.cancel(second)
    assert town.owed(c) == ZERO


def test_40_a_receipt_for_three_is_cancelled_whole(town: Town) -> None:
    town.head()
    accounts = [town.account(name) for name in ("A", "B", "C")]
    charges = [town.bill(account, (JUN_30, "100")).charge_ids[0] for account in accounts]
    taken = town.cash(charges, "300")
    town.cancel(taken)
    assert [town.balance(account) for account in accounts] == [money("100")] * 3
    # One line only, later: what is freed is the debtor's, not the payer's.
    town.cash(charges, "300")
    with town.order() as uow:
        credit_note(uow, charges[1], money("100"), WHY)
    assert [town.credit(account) for account in accounts] == [ZERO, money("100"), ZERO]


def test_41_a_provider_takes_a_transfer_back_and_its_reference_is_taken_once(town: Town) -> None:
    """What is asked for and not yet paid is in no book: payment requests have tables of their own, later."""
    town.head()
    a = town.account("A")
    (c,) = town.bill(a, (JUN_30, "100")).charge_ids
    today = date(2027, 1, 4)
    taken = town.bank([c], "100", today, a, reference="MM-77")
    with pytest.raises(InvalidInput):
        town.bank([], "100", today, a, reference="MM-77")
    town.return_tender(taken, "transfer")
    assert town.owed(c) == money("100")
    # It comes again under its number.
    town.bank([c], "100", today, a, reference="MM-77")
    assert town.owed(c) == ZERO


def test_44_an_extract_for_a_passer_by(town: Town) -> None:
    town.head(kind="fee")
    with town.order() as uow:
        lines = [{"what": "Extract of a birth act", "amount": 20_00}]
        bill = issue_bill(
            uow,
            NewBill(
                head_code="X",
                period="2027",
                kind="fee",
                instalments=[(uow.today, 20_00)],
                lines=lines,
                debtor=Debtor.passer_by("Hind Alaoui"),
            ),
        )
    town.cash(bill.charge_ids, "20")
    assert town.rows("SELECT a.kind, a.name FROM account a JOIN bill b ON b.account_id = a.id") == [
        ("passer_by", "Hind Alaoui")
    ]
    assert (town.balance(bill.account_id), town.credit(bill.account_id)) == (ZERO, ZERO)


def test_45_a_credit_is_prescribed_and_claimed_after_all(town: Town) -> None:
    town.head()
    a = town.account("A")
    cheque = town.cheque([], "80", rest=a)
    town.on(2031, 12, 31)

    def lapsed() -> None:
        with town.order() as uow:
            assert lapse(uow, a, WHY) == money("80")

    def claimed() -> None:
        with town.order() as uow:
            assert reclaim(uow, a, WHY) == money("80")

    assert town.books(lapsed) == {"credit": "80.00", "lapsed": "-80.00"}
    assert town.credit(a) == ZERO
    town.on(2032, 1, 15)
    assert town.books(claimed) == {"credit": "-80.00", "lapsed": "80.00"}
    assert town.credit(a) == money("80")
    # It is A's own money again: nobody is charged for it when the cheque fails.
    town.return_tender(cheque)
    assert (town.credit(a), town.balance(a)) == (ZERO, ZERO)


def test_46_two_desks_on_one_debt(town: Town) -> None:
    town.head()
    (c,) = town.bill(town.account("A"), (JUN_30, "100")).charge_ids
    people = [(3, actor_with(town.app, Role.CLERK)), (1, everything(town.app))]
    sessions = [
        town.app.execute(OpenCashSession(desk=desk, opening_float=ZERO), actor).outcome
        for desk, actor in people
    ]
    outcomes: list[object] = []

    def pay(place: int) -> None:
        order = TakePayment(
            request_id=str(uuid.uuid4()), cash_session_id=sessions[place].cash_session_id, charge_ids=(c,)
        )
        try:
            outcomes.append(town.app.execute(order, people[place][1]).outcome.amount)
        except NothingToPay as refused:
            outcomes.append(refused)

    desks = [threading.Thread(target=pay, args=(place,)) for place in range(2)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert len(outcomes) == 2
    assert money("100") in outcomes
    assert any(isinstance(one, NothingToPay) for one in outcomes)
    assert town.rows(f"SELECT sum(amount) FROM settlement WHERE charge_id = {c}")[0][0] == 100_00


def test_47_a_transfer_before_the_bill_was_issued(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    town.on(2027, 1, 20)
    town.bank([], "500", date(2027, 1, 18), a)
    feb_1 = town.on(2027, 2, 1)
    (c,) = town.bill(a, (MAY_31, "500")).charge_ids
    assert town.settled(c) == [("500.00", "credit", feb_1)]
    assert town.owed(c, date(2027, 12, 31)) == ZERO


def test_50_a_reminders_fee_whose_letter_came_back(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    bill = town.bill(a, (MAY_31, "1000"))
    town.on(2027, 7, 10)
    with town.order() as uow:
        fee = charge_cost(uow, bill.bill_id, money("20"), "reminder of 10 July")
    assert town.owed(fee) == money("20")
    # A cost bears no penalty.
    assert town.owed(fee, date(2028, 1, 1)) == money("20")
    town.on(2027, 7, 25)

    def came_back() -> None:
        with town.order() as uow:
            credit_note(uow, fee, money("20"), WHY)

    assert town.books(came_back) == {"receivable:X": "-20.00", "revenue:X": "20.00"}
    assert town.owed(bill.charge_ids[0]) == money("1155")
