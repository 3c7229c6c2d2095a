"""What a payment would do, worked out on paper: what is due on its day, with which money, and what is refused."""

from collections.abc import Sequence
from datetime import date

import pytest

from muniadmin.billing.facts import ChargeFact
from muniadmin.collection.commands import TenderGiven
from muniadmin.collection.errors import NothingToPay
from muniadmin.collection.plan import Plan, PlannedTender, Wanted, plan_payment, read_tenders
from muniadmin.kernel.errors import InvalidInput
from muniadmin.kernel.money import LARGEST, Currency, Money
from tests.billing.paper import Office

MAY_31 = date(2027, 5, 31)
LATE = date(2027, 6, 20)
DIRHAM = Currency("MAD", 2, "DH")


@pytest.fixture
def office() -> Office:
    """Two accounts, on 4 January 2027."""
    return Office()


def given(channel: str, amount: int | None = None, tendered: int | None = None, ref: str = "") -> TenderGiven:
    """One means of payment, in minor units."""
    return TenderGiven(
        channel=channel,
        amount=None if amount is None else Money(amount),
        tendered=None if tendered is None else Money(tendered),
        reference=ref,
    )


def planned(
    office: Office,
    charges: Sequence[ChargeFact],
    *tenders: TenderGiven,
    value_on: date | None = None,
    rest: int | None = None,
    coin: int = 0,
) -> Plan:
    """The payment worked out."""
    wanted = Wanted(
        charge_ids=[one.id for one in charges],
        tenders=tenders,
        value_on=value_on or office.today,
        point=1,
        rest_account_id=rest,
    )
    return plan_payment(office.books, wanted, DIRHAM, coin=coin)


def tenders(*given_ones: TenderGiven, due: int = 100_00) -> list[PlannedTender]:
    """The means of payment as read."""
    return read_tenders(given_ones, Money(due), DIRHAM)


def refused(*given_ones: TenderGiven, due: int = 100_00) -> str:
    """The field at which these means of payment are refused."""
    with pytest.raises(InvalidInput) as caught:
        tenders(*given_ones, due=due)
    (field,) = caught.value.problems
    return field


# --- What is due, and when ------------------------------------------------------------------------------------------


def test_what_is_held_pays_before_todays_money_and_after_that_of_a_day_gone_by(office: Office) -> None:
    # 100.00 wait for the due day, which has come since.
    charge = office.bill((MAY_31, 1_000_00), penalties=[]).charges[0]
    office.pay([], 100_00)
    office.on(LATE)
    assert planned(office, [charge], given("cash")).due == Money(900_00)
    office = Office()
    charge = office.bill((MAY_31, 1_000_00), penalties=[]).charges[0]
    office.pay([], 100_00)
    office.on(LATE)
    gone_by = planned(office, [charge], given("cash"), value_on=date(2027, 5, 20))
    assert (gone_by.due, gone_by.credit) == (Money(1_000_00), Money(0))
    assert office.credit() == 100_00


def test_what_is_held_for_whom_the_rest_is_kept_pays_theirs_first(office: Office) -> None:
    mine = office.bill((MAY_31, 100_00), penalties=[]).charges[0]
    anothers = office.bill((MAY_31, 70_00), account=2, penalties=[]).charges[0]
    office.pay([], 70_00, rest=2)
    office.on(LATE)
    # The other's debt is settled by what was held; only the rest of this payment is held now.
    planned(office, [mine], given("cash", 150_00), rest=2)
    assert office.of(anothers).left == 0
    assert [(lot.value_on, office.books.lot_left(lot)) for lot in office.books.free_lots(2)] == [
        (LATE, 50_00)
    ]


def test_the_rest_is_held_from_the_moneys_day_and_pays_what_is_due(office: Office) -> None:
    mine = office.bill((MAY_31, 100_00), penalties=[]).charges[0]
    anothers = office.bill((date(2027, 6, 1), 70_00), account=2, penalties=[]).charges[0]
    office.on(LATE)
    plan = planned(office, [mine], given("cash", 200_00), value_on=date(2027, 6, 10), rest=2)
    assert (plan.over, plan.credit, plan.rest_account_id) == (Money(100_00), Money(30_00), 2)
    assert [(one.charge.id, one.money, one.left) for one in plan.beside] == [(anothers.id, 70_00, 0)]
    assert [(lot.value_on, office.books.lot_left(lot)) for lot in office.books.free_lots(2)] == [
        (date(2027, 6, 10), 30_00)
    ]
    assert office.of(anothers).left == 0


def test_a_debtors_late_facts_follow_though_nothing_is_left_over(office: Office) -> None:
    # Paid late with 15.00 of penalty; a stub in time of exactly what was due frees all of it.
    charge = office.bill((MAY_31, 100_00)).charges[0]
    office.on(LATE)
    office.pay([charge], 50_00)
    office.on(date(2027, 6, 25))
    planned(office, [charge], given("cash", 65_00), value_on=MAY_31)
    # 65.00 in time; 35.00 were late: 5.25 of penalty; 40.25 of the 50.00 were needed.
    assert (office.of(charge).owed, office.credit()) == (0, 9_75)


def test_sure_money_is_used_first_and_of_one_channel_what_was_given_first(office: Office) -> None:
    bill = office.bill((MAY_31, 60_00), (date(2027, 6, 30), 90_00))
    means = given("cheque", 50_00, ref="1"), given("cheque", 70_00, ref="2"), given("cash", 30_00)
    plan = planned(office, bill.charges, *means)
    cheque_1, cheque_2, cash = (one.id for one in plan.tenders)
    first, second = bill.charges
    assert [(one.charge_id, one.tender_id, one.amount) for one in bill.settlements] == [
        (first.id, cash, 30_00),
        (first.id, cheque_1, 30_00),
        (second.id, cheque_1, 20_00),
        (second.id, cheque_2, 70_00),
    ]


def test_only_cash_alone_is_rounded(office: Office) -> None:
    charge = office.bill((MAY_31, 100_03)).charges[0]
    mixed = planned(office, [charge], given("card", 60_00, ref="1"), given("cash", 40_00), coin=50)
    assert [one.rounded for one in mixed.spread.paid] == [0]
    office = Office()
    charge = office.bill((MAY_31, 100_03)).charges[0]
    alone = planned(office, [charge], given("cash", 100_00), coin=50)
    assert [one.rounded for one in alone.spread.paid] == [3]


@pytest.mark.parametrize(("rest", "amount"), [(None, 50_00), (1, None)])
def test_nothing_owed_needs_an_amount_and_somebody_to_keep_it_for(
    office: Office, rest: int | None, amount: int | None
) -> None:
    office.bill((MAY_31, 100_00))
    with pytest.raises(NothingToPay):
        planned(office, [], given("cash", amount), rest=rest)
    assert planned(office, [], given("cash", 50_00), rest=1).credit == Money(50_00)


# --- The means of payment -------------------------------------------------------------------------------------------


def test_one_without_an_amount_takes_the_rest() -> None:
    found = tenders(given("card", 30_00, ref="1"), given("cash"))
    assert [(one.channel.value, one.amount) for one in found] == [
        ("card", Money(30_00)),
        ("cash", Money(70_00)),
    ]


def test_unclear_means_are_refused() -> None:
    assert refused() == "tenders"
    assert refused(given("cash"), given("card", ref="1")) == "tenders"


def test_amounts_from_the_smallest_to_the_largest() -> None:
    assert refused(given("cash", 0)) == "amount"
    # The others pay all: nothing is left for the one without an amount.
    assert refused(given("card", 100_00, ref="1"), given("cash")) == "amount"
    assert refused(given("cash", LARGEST.minor + 1)) == "amount"
    assert [one.amount for one in tenders(given("cash", LARGEST.minor), given("card", 1, ref="1"))] == [
        LARGEST, Money(1),
    ]  # fmt: skip


def test_change_is_given_on_cash_and_on_nothing_else() -> None:
    (exact,) = tenders(given("cash", 100_00, tendered=100_00))
    assert exact.tendered == Money(100_00)
    assert refused(given("cash", 100_00, tendered=99_99)) == "tendered"
    assert refused(given("card", 100_00, tendered=100_01, ref="1")) == "tendered"
    assert refused(given("card", 100_00, tendered=99_99, ref="1")) == "tendered"
    assert tenders(given("card", 100_00, tendered=100_00, ref="1"))[0].tendered is None


def test_a_providers_reference_is_its_own() -> None:
    assert refused(given("transfer", 1, ref="7"), given("transfer", 2, ref=" 7 ")) == "reference"
    assert refused(given("mobile", ref="  ")) == "reference"
    # Two providers may count alike, and a card slip's number is no provider's.
    assert len(tenders(given("transfer", 1, ref="7"), given("mobile", 2, ref="7"))) == 2
    assert len(tenders(given("card", 1, ref="7"), given("card", 2, ref="7"))) == 2
