"""Situations 25 to 35: who owes, what is held, and fines."""

from datetime import date

import pytest

from muniadmin.billing.decisions import (
    annul_bill,
    charge_cost,
    compensate,
    credit_note,
    end_suspension,
    keep_credit,
    offer,
    suspend,
    transfer,
)
from muniadmin.billing.errors import MoreThanLeft
from muniadmin.kernel.money import ZERO
from tests.builders import money
from tests.situations.town import MOROCCO, WHY, Town

FEB_28, MAR_31, MAY_31 = date(2027, 2, 28), date(2027, 3, 31), date(2027, 5, 31)


def test_25_another_drove(town: Town) -> None:
    town.head(kind="fine", penalty=MOROCCO)
    lessor, hirer = town.account("Lessor"), town.account("Hirer")
    bill = town.bill(lessor, (FEB_28, "60"))
    town.cash(bill.charge_ids, "20")
    town.on(2027, 2, 10)

    def never_the_lessors() -> None:
        with town.order() as uow:
            annul_bill(uow, bill.bill_id, WHY)

    assert town.books(never_the_lessors) == {
        "credit": "-20.00",
        "receivable:X": "-40.00",
        "revenue:X": "60.00",
    }
    fresh = town.bill(hirer, (MAR_31, "60"), offers=[(30_00, date(2027, 2, 24))])
    assert (town.credit(lessor), town.owed(fresh.charge_ids[0])) == (money("20"), money("30"))


def test_25_only_the_rest_moves(town: Town) -> None:
    town.head(kind="fine", penalty=MOROCCO)
    lessor, hirer = town.account("Lessor"), town.account("Hirer")
    bill = town.bill(lessor, (FEB_28, "60"))
    (c,) = bill.charge_ids
    town.cash([c], "20")
    moved_on = town.on(2027, 4, 10)

    def moved() -> None:
        with town.order() as uow:
            transfer(uow, c, {hirer: money("40")}, WHY)

    # 15 % of 40.00 on 1 March and 0.5 % on 29 March had arisen on the lessor: 6.20, and stay there.
    assert town.books(moved) == {"penalty:X": "-6.20", "receivable:X": "6.20"}
    assert town.settled(c)[-1] == ("40.00", "transfer", moved_on)
    new = town.charges(bill)[-1][0]
    assert town.at(new).charge.account_id == hirer
    assert town.at(new).due_on == FEB_28
    # The clock goes on at the hirer's from then: the third month after 28 February begins on 29 April.
    assert [town.at(new, date(2027, 4, 28)).accrued, town.at(new, date(2027, 4, 29)).accrued] == [0, 20]
    assert (town.balance(lessor), town.balance(hirer)) == (money("6.20"), money("40"))
    with pytest.raises(MoreThanLeft), town.order() as uow:
        transfer(uow, c, {hirer: money("1")}, WHY)


def test_26_heirs(town: Town) -> None:
    town.head(penalty=MOROCCO)
    estate, *heirs = (town.account(name) for name in ("Estate", "One half", "A quarter", "Another"))
    bill = town.bill(estate, (MAR_31, "900"))
    (c,) = bill.charge_ids
    nov_1 = town.on(2027, 11, 1)
    shares = dict(zip(heirs, (money("450"), money("225"), money("225")), strict=True))

    def deed() -> None:
        with town.order() as uow:
            transfer(uow, c, shares, WHY, penalty_too=True)

    # 15 % and seven further months begun had accrued: 166.50, booked on the estate and moved with the debt.
    assert town.books(deed) == {"penalty:X": "-166.50", "receivable:X": "166.50"}
    assert town.balance(estate) == ZERO
    assert [town.balance(heir) for heir in heirs] == [money("533.25"), money("266.62"), money("266.63")]
    # December's half percent arises on each; nothing that moved is taken for booked too much.
    first = next(charge_id for charge_id, kind, amount in town.charges(bill) if amount == "450.00")
    assert town.at(first, date(2027, 12, 1)).accrued == 2_25
    town.on(2027, 12, 1)
    town.cash([first], "535.50")
    assert (town.owed(first), town.balance(heirs[0])) == (ZERO, ZERO)
    assert nov_1 < date(2027, 12, 1)


def test_26_what_was_taken_over_and_inherited_was_never_income(town: Town) -> None:
    town.head(penalty=MOROCCO)
    estate, heir = town.account("Estate"), town.account("Heir")
    bill = town.bill(
        estate,
        (date(2023, 5, 31), "600"),
        kind="opening",
        accrues_after=date(2026, 12, 31),
        penalty_so_far=95_00,
    )
    (c,) = bill.charge_ids
    with town.order() as uow:
        transfer(uow, c, {heir: money("600")}, WHY, penalty_too=True)
    # January's 3.00 had been reckoned here and moved along.
    assert (town.balance(estate), town.balance(heir)) == (ZERO, money("698"))

    def annulled() -> None:
        with town.order() as uow:
            annul_bill(uow, bill.bill_id, WHY)

    assert town.books(annulled) == {"opening": "695.00", "penalty:X": "3.00", "receivable:X": "-698.00"}


def test_26_an_heirs_credit_pays_what_moves_to_them(town: Town) -> None:
    town.head()
    estate, heir = town.account("Estate"), town.account("Heir")
    town.cash([], "100", rest=heir)
    bill = town.bill(estate, (date(2027, 1, 4), "60"))
    with town.order() as uow:
        transfer(uow, bill.charge_ids[0], {heir: money("60")}, WHY)
    assert (town.balance(estate), town.credit(heir)) == (ZERO, money("40"))


def test_27_sold_in_june(town: Town) -> None:
    """Where the law charges by the quarter: the seller's third and fourth were never owed."""
    town.head()
    seller, buyer = town.account("Seller"), town.account("Buyer")
    quarters = [MAR_31, date(2027, 6, 30), date(2027, 9, 30), date(2027, 12, 31)]
    bill = town.bill(seller, *((day, "300") for day in quarters), claim="X|41|2027|S|0")
    c1, c2, c3, c4 = bill.charge_ids
    town.on(2027, 6, 30)
    town.cash([c1, c2], "600")
    paid_on = town.on(2027, 9, 30)
    town.cash([c3], "300")
    # Registered in October only, after the third was paid.
    town.on(2027, 10, 15)
    with town.order() as uow:
        credit_note(uow, c3, money("300"), WHY)
        credit_note(uow, c4, money("300"), WHY)
    new = town.bill(buyer, *((day, "300") for day in quarters[2:]), claim="X|41|2027|B|0")
    assert (town.credit(seller), town.owed(c4)) == (money("300"), ZERO)
    assert sum(town.at(c).left for c in new.charge_ids) == 600_00
    assert town.rows("SELECT count(*) FROM claim") == [(2,)]
    assert {row[0] for row in town.rows("SELECT value_on FROM credit")} <= {paid_on, paid_on.isoformat()}


def test_28_co_owners_each_billed_their_share(town: Town) -> None:
    town.head()
    owners = [town.account(name) for name in ("A", "B", "C")]
    bills = [
        town.bill(owner, (MAY_31, share), claim=f"X|41|2027|{owner}|0")
        for owner, share in zip(owners, ("333.34", "333.33", "333.33"), strict=True)
    ]
    assert sum((bill.total for bill in bills), ZERO) == money("1000")
    assert town.ledger()["receivable:X"] == money("1000")


def test_30_a_credit_pays_anothers_debt(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a, b = town.account("A"), town.account("B")
    jan_20 = town.on(2027, 1, 20)
    town.cash([], "400", rest=a)
    bill = town.bill(b, (FEB_28, "300"))
    town.on(2027, 3, 20)

    def compensated() -> None:
        with town.order() as uow:
            compensate(uow, a, b, money("300"), WHY)

    # The money came in time: it counts from its own day, or the debt's, and no penalty was ever owed.
    assert town.books(compensated) == {"credit": "300.00", "receivable:X": "-300.00"}
    assert town.settled(bill.charge_ids[0]) == [("300.00", "credit", jan_20)]
    assert (town.owed(bill.charge_ids[0]), town.credit(a)) == (ZERO, money("100"))
    with pytest.raises(MoreThanLeft), town.order() as uow:
        compensate(uow, a, b, money("100.01"), WHY)


def test_31_an_employer_pays_for_three(town: Town) -> None:
    town.head()
    bills = [town.bill(town.account(name), (MAY_31, "100")) for name in ("A", "B", "C")]
    charges = [charge_id for bill in bills for charge_id in bill.charge_ids]
    town.pay(charges, ("cheque", "300"), payer="Minoterie du Saïss")
    assert town.rows("SELECT payer FROM payment") == [("Minoterie du Saïss",)]
    assert [town.owed(c) for c in charges] == [ZERO] * 3


def test_32_a_day_in_the_pound(town: Town) -> None:
    town.head(kind="fine")
    a = town.account("A")
    bill = town.bill(a, (MAR_31, "500"))
    town.on(2027, 3, 10)

    def released() -> None:
        with town.order() as uow:
            charge_cost(uow, bill.bill_id, money("350"), "pound: 7 days of 50.00 from 3 March")

    assert town.books(released) == {"receivable:X": "350.00", "revenue:X": "-350.00"}
    charge_id, kind, _amount = town.charges(bill)[-1]
    assert kind == "cost"
    town.cash([charge_id], "350")
    assert (town.owed(charge_id), town.owed(bill.charge_ids[0])) == (ZERO, money("500"))


def test_33_a_stalls_deposit_is_kept(town: Town) -> None:
    town.head()
    a = town.account("A")
    with town.order() as uow:
        keep_credit(uow, a, money("500"), date(2026, 12, 31), WHY, kept_for="stall 12")
    (c,) = town.bill(a, (date(2027, 1, 31), "200")).charge_ids
    town.on(2027, 3, 1)
    town.cash([], "50", rest=a)
    # Only what is not kept for something pays.
    assert (town.owed(c), town.credit(a)) == (money("150"), money("500"))


def test_34_a_penalty_charge_notice_of_the_uk(town: Town) -> None:
    town.head(kind="fine")
    keeper = town.account("Keeper")
    town.on(2027, 2, 28)
    bill = town.bill(keeper, (date(2027, 3, 28), "60"), offers=[(30_00, date(2027, 3, 13))])
    (c,) = bill.charge_ids
    mar_10 = town.on(2027, 3, 10)
    with town.order() as uow:
        challenge = suspend(uow, bill.bill_id, WHY, since=mar_10)
    assert town.owed(c, town.on(2027, 3, 12)) == money("30")
    apr_8 = town.on(2027, 4, 8)
    with town.order() as uow:
        end_suspension(uow, challenge, apr_8, WHY, as_if_never=False)
        offer(uow, bill.bill_id, money("30"), apr_8, date(2027, 4, 21), WHY)
    assert [town.owed(c, day) for day in (date(2027, 4, 20), date(2027, 4, 23))] == [money("30"), money("60")]
    # The charge certificate is an act: 30.00 more. The court's fee is a cost.
    town.on(2027, 5, 26)

    def certificate() -> None:
        with town.order() as uow:
            charge_cost(uow, bill.bill_id, money("30"), "charge certificate", as_penalty=True)

    assert town.books(certificate) == {"penalty:X": "-30.00", "receivable:X": "30.00"}
    assert town.balance(keeper) == money("90")
    town.on(2027, 6, 10)
    with town.order() as uow:
        charge_cost(uow, bill.bill_id, money("10"), "registered at the court")
    assert town.balance(keeper) == money("100")
    # The certificate is revoked: never owed.
    increase = town.charges(bill)[1][0]

    def revoked() -> None:
        with town.order() as uow:
            credit_note(uow, increase, money("30"), WHY)

    assert town.books(revoked) == {"penalty:X": "30.00", "receivable:X": "-30.00"}
    assert town.balance(keeper) == money("70")


@pytest.mark.parametrize(("day", "again"), [(date(2027, 3, 12), False), (date(2027, 4, 20), True)])
def test_34_the_offer_is_taken(town: Town, day: date, *, again: bool) -> None:
    town.head(kind="fine")
    town.on(2027, 2, 28)
    bill = town.bill(town.account("Keeper"), (date(2027, 3, 28), "60"), offers=[(30_00, date(2027, 3, 13))])
    (c,) = bill.charge_ids
    town.on(2027, 3, 10)
    with town.order() as uow:
        challenge = suspend(uow, bill.bill_id, WHY, since=date(2027, 3, 10))
    if again:
        town.on(2027, 4, 8)
        with town.order() as uow:
            end_suspension(uow, challenge, date(2027, 4, 8), WHY, as_if_never=False)
            offer(uow, bill.bill_id, money("30"), date(2027, 4, 8), date(2027, 4, 21), WHY)
    town.on(day.year, day.month, day.day)
    assert town.books(lambda: town.pay([c])) == {
        "cash:3": "30.00",
        "rebate:X": "30.00",
        "receivable:X": "-60.00",
    }
    assert town.owed(c) == ZERO


def test_35_a_french_parking_charge(town: Town) -> None:
    town.head(kind="fine")
    driver = town.account("Driver")
    town.on(2027, 3, 2)
    served = date(2027, 3, 7)
    bill = town.bill(
        driver, (served, "35"), offers=[(20_00, date(2027, 3, 6))],
        penalty_rule={"steps": [{"rate": "0.20", "after_months": 3, "minimum": 50_00}]},
    )  # fmt: skip
    (c,) = bill.charge_ids
    assert town.owed(c) == money("20")
    mar_20 = town.on(2027, 3, 20)
    with town.order() as uow:
        # The appeal stops the demand, not the clock; silence is a refusal.
        suspend(uow, bill.bill_id, WHY, since=mar_20, silence_on=date(2027, 4, 20), stops_accrual=False)
    assert [town.at(c, day).suspended for day in (date(2027, 4, 19), date(2027, 4, 20))] == [35_00, 0]
    assert [town.owed(c, day) for day in (date(2027, 6, 7), date(2027, 6, 8))] == [money("35"), money("85")]
    town.on(2027, 6, 8)
    assert town.books(lambda: town.cash([c], "85")) == {
        "cash:3": "85.00", "penalty:X": "-50.00", "receivable:X": "-35.00",
    }  # fmt: skip
