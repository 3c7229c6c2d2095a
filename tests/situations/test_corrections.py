"""Situations 15 to 24: what was wrong, and what was taken over."""

from datetime import date

import pytest

from muniadmin.billing.decisions import (
    annul_bill,
    credit_note,
    end_suspension,
    keep_credit,
    reallocate,
    suspend,
    waive,
    write_off,
)
from muniadmin.billing.errors import AlreadyAsked, BillAlreadyAnnulled, MoreThanLeft
from muniadmin.billing.reads import OneBill
from muniadmin.kernel.money import ZERO, Money
from tests.builders import everything, money
from tests.situations.town import MOROCCO, WHY, Town

MAR_31, MAY_31, DEC_31 = date(2027, 3, 31), date(2027, 5, 31), date(2027, 12, 31)


@pytest.mark.parametrize("number", [15, 52])
def test_15_a_credit_note_after_payment(town: Town, number: int) -> None:
    """52: an objection upheld in full after a part payment is the same."""
    town.head(penalty=MOROCCO)
    a = town.account("A")
    bill = town.bill(a, (MAY_31, "1000"))
    (c,) = bill.charge_ids
    jun_20 = town.on(2027, 6, 20)
    town.cash([c], "1150" if number == 15 else "450")
    aug_31 = town.on(2027, 8, 31)
    sep_1 = town.on(2027, 9, 1)

    def decided() -> None:
        with town.order() as uow:
            credit_note(uow, c, money("300" if number == 15 else "1000"), WHY)

    if number == 52:
        # 150.00 of penalty and 300.00 of principal had been paid: nothing was owed, and all of it is theirs.
        assert town.books(decided) == {
            "credit": "-450.00", "penalty:X": "150.00", "receivable:X": "-700.00", "revenue:X": "1000.00",
        }  # fmt: skip
        assert (town.owed(c), town.credit(a)) == (ZERO, money("450"))
        return
    assert town.books(decided) == {"credit": "-345.00", "penalty:X": "45.00", "revenue:X": "300.00"}
    assert town.settled(c) == [
        ("1000.00", "money", jun_20), ("-300.00", "money", jun_20), ("300.00", "credit_note", date(2027, 1, 4)),
    ]  # fmt: skip
    penalty = town.charges(bill)[1][0]
    assert town.settled(penalty) == [
        ("150.00", "money", jun_20), ("-45.00", "money", jun_20), ("45.00", "late_fact", jun_20),
    ]  # fmt: skip
    # The statement of 31 August: nothing; as known on 1 September 345.00 to their good.
    assert town.statement(a, aug_31, aug_31).credit == ZERO
    assert town.statement(a, aug_31, sep_1).credit == money("345")
    assert {row[0] for row in town.rows(f"SELECT value_on FROM credit WHERE account_id = {a}")} <= {
        jun_20, jun_20.isoformat(),
    }  # fmt: skip
    with pytest.raises(MoreThanLeft), town.order() as uow:
        credit_note(uow, c, money("700.01"), WHY)


def test_16_the_wrong_person_was_asked(town: Town) -> None:
    town.head()
    a, b = town.account("A"), town.account("B")
    first = town.bill(a, (MAY_31, "1000"), claim="X|41|2027|A|0")
    town.cash(first.charge_ids, "400")
    with pytest.raises(AlreadyAsked):
        town.bill(b, (MAY_31, "1000"), claim="X|41|2027|A|0")

    def annulled() -> None:
        with town.order() as uow:
            assert annul_bill(uow, first.bill_id, WHY) == money("1000")

    assert town.books(annulled) == {"credit": "-400.00", "receivable:X": "-600.00", "revenue:X": "1000.00"}
    second = town.bill(b, (MAY_31, "1000"), claim="X|41|2027|A|0", replaces_id=first.bill_id)
    assert town.rows("SELECT bill_id FROM claim") == [(second.bill_id,)]
    # What was paid is A's, and pays A's debts, not B's.
    assert (town.credit(a), town.credit(b)) == (money("400"), ZERO)
    assert town.owed(second.charge_ids[0]) == money("1000")
    with pytest.raises(BillAlreadyAnnulled), town.order() as uow:
        annul_bill(uow, first.bill_id, WHY)


@pytest.mark.parametrize(("as_if_never", "penalty"), [(False, "77"), (True, "80")])
def test_17_a_part_of_one_instalment_is_contested(town: Town, penalty: str, *, as_if_never: bool) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    bill = town.bill(a, (DEC_31, "500"), (MAY_31, "500"))
    c1, c2 = bill.charge_ids
    jun_10 = town.on(2027, 6, 10)
    with town.order() as uow:
        rest = suspend(uow, bill.bill_id, WHY, since=jun_10, charge_id=c2, amount=money("300"))
    assert town.at(c2).suspended == 300_00
    (shown,) = [one for one in town.open(account_id=a) if one.charge_id == c2]
    assert (shown.suspended, shown.accrued) == (money("300"), money("75"))
    aug_20 = town.on(2027, 8, 20)
    with town.order() as uow:
        end_suspension(uow, rest, aug_20, WHY, as_if_never=as_if_never)
    assert town.at(c2).accrued == money(penalty).minor
    assert town.at(c1).accrued == 0
    assert town.at(c2, aug_20, date(2027, 8, 19)).accrued == 77_00


def test_17_the_disputed_part_is_paid_last(town: Town) -> None:
    town.head(penalty=MOROCCO)
    bill = town.bill(town.account("A"), (DEC_31, "500"), (DEC_31, "500"))
    c1, c2 = bill.charge_ids
    with town.order() as uow:
        suspend(uow, bill.bill_id, WHY, since=date(2027, 1, 4), charge_id=c1, amount=money("300"))
    town.cash([c1, c2], "800")
    assert [town.at(c).left for c in (c1, c2)] == [200_00, 0]


def test_18_an_estimate_is_replaced_by_a_declaration(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a, b = town.account("A"), town.account("B")
    (low,) = town.bill(a, (MAY_31, "10000")).charge_ids
    (high,) = town.bill(b, (MAY_31, "10000")).charge_ids
    town.on(2027, 6, 20)
    town.cash([low], "4000")
    town.on(2027, 6, 25)
    with town.order() as uow:
        credit_note(uow, low, money("3500"), WHY)
    # 1,500.00 of penalty were paid with 2,500.00; right were 15 % of 6,500 = 975.00. The other 525.00 pay principal.
    assert (town.at(low).left, town.at(low).penalty) == (3_475_00, 0)
    assert town.ledger()["penalty:X"] == money("-975")
    # More was declared: only the difference is asked, with a due day of its own.
    supplement = town.bill(b, (date(2027, 9, 30), "2000"), kind="hand")
    assert town.owed(high) == money("11500")
    assert town.owed(supplement.charge_ids[0]) == money("2000")


def test_19_asked_twice(town: Town) -> None:
    town.head()
    a = town.account("A")
    jan_20 = town.on(2027, 1, 20)
    # The same parcel stands twice on the register: no key finds that.
    first = town.bill(a, (MAY_31, "300"), claim="X|41|2027|A|0")
    twice = town.bill(a, (MAY_31, "300"), claim="X|97|2027|A|0")
    town.cash([*first.charge_ids, *twice.charge_ids], "600")
    with town.order() as uow:
        annul_bill(uow, twice.bill_id, WHY)
    assert (town.credit(a), town.owed(first.charge_ids[0])) == (money("300"), ZERO)
    # The roll run twice is refused.
    with pytest.raises(AlreadyAsked):
        town.bill(a, (MAY_31, "300"), claim="X|41|2027|A|0")
    # A wrong tariff: all is annulled, the claim is free, the new roll takes the money with its own day.
    with town.order() as uow:
        annul_bill(uow, first.bill_id, WHY)
    town.on(2027, 2, 10)
    anew = town.bill(a, (MAY_31, "450"), claim="X|41|2027|A|0", replaces_id=first.bill_id)
    assert (town.owed(anew.charge_ids[0]), town.credit(a)) == (ZERO, money("150"))
    assert {row[0] for row in town.rows("SELECT value_on FROM credit")} <= {jan_20, jan_20.isoformat()}


def test_20_a_supplementary_roll(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    for year in (2025, 2026, 2027):
        town.bill(a, (MAY_31, "100"), period=str(year), claim=f"X|41|{year}|A|0")
    town.on(2027, 9, 15)
    oct_31 = date(2027, 10, 31)
    more = [
        town.bill(a, (oct_31, "40"), period=str(year), claim=f"X|41|{year}|A|1")
        for year in (2025, 2026, 2027)
    ]
    assert town.rows("SELECT count(*) FROM claim") == [(6,)]
    # Owed for three years, and all in the accounts of this one; late only after its own due day.
    assert town.rows(
        f"SELECT DISTINCT fiscal_year FROM bill WHERE id IN ({', '.join(str(bill.bill_id) for bill in more)})"
    ) == [(2027,)]
    assert [town.owed(bill.charge_ids[0], oct_31) for bill in more] == [money("40")] * 3


def test_21_written_off_then_paid(town: Town) -> None:
    town.head()
    a = town.account("A")
    bill = town.bill(a, (MAR_31, "1200"))
    (c,) = bill.charge_ids
    feb_15 = town.on(2028, 2, 15)

    def written_off() -> None:
        with town.order() as uow:
            assert write_off(uow, [c], WHY) == money("1200")

    assert town.books(written_off) == {"receivable:X": "-1200.00", "written_off:X": "1200.00"}
    # Nobody's list shows it, but who scans the notice sees that it may still be claimed.
    assert town.open(account_id=a) == []
    (scanned,) = town.open(number=bill.number)
    assert (scanned.left, scanned.written_off, scanned.due) == (ZERO, money("1200"), money("1200"))
    shown = town.app.read(OneBill(bill_id=bill.bill_id), everything(town.app))
    assert (shown.state, shown.written_off, shown.due) == ("settled", money("1200"), money("1200"))
    may_3 = town.on(2028, 5, 3)
    assert town.books(lambda: town.cash([c], "500")) == {"cash:3": "500.00", "written_off:X": "-500.00"}
    assert town.settled(c) == [
        ("1200.00", "write_off", feb_15), ("-500.00", "write_off", feb_15), ("500.00", "money", may_3),
    ]  # fmt: skip
    assert town.balance(a) == ZERO
    assert town.rows(f"SELECT written_off FROM charge_now WHERE charge_id = {c}") == [(700_00,)]
    assert town.open(number=bill.number)[0].due == money("700")


def test_21_its_cheque_bounces(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    bill = town.bill(a, (MAY_31, "1000"))
    town.on(2027, 7, 1)
    with town.order() as uow:
        # What had accrued by then is written off with it.
        assert write_off(uow, bill.charge_ids, WHY) == money("1155")
    town.on(2028, 5, 3)
    cheque = town.cheque(bill.charge_ids, "1155")
    assert "written_off:X" not in town.ledger()
    town.on(2028, 5, 20)
    town.return_tender(cheque)
    assert town.ledger()["written_off:X"] == money("1155")
    assert town.balance(a) == ZERO


def test_22_it_was_another_taxpayers_money(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a, b = town.account("A"), town.account("B")
    (c_a,) = town.bill(a, (MAR_31, "250")).charge_ids
    (c_b,) = town.bill(b, (MAR_31, "250")).charge_ids
    mar_20 = town.on(2027, 3, 20)
    town.cash([c_a], "250")
    town.on(2027, 4, 20)
    assert town.owed(c_b) == money("287.50")

    def moved() -> None:
        with town.order() as uow:
            reallocate(uow, c_a, c_b, money("250"), WHY)

    # Only what the two owe is touched, and by nothing in all.
    assert town.books(moved) == {}
    assert town.settled(c_a) == [("250.00", "money", mar_20), ("-250.00", "money", mar_20)]
    assert town.settled(c_b) == [("250.00", "money", mar_20)]
    assert (town.owed(c_a), town.owed(c_b)) == (money("287.50"), ZERO)
    assert town.rows("SELECT kind, number <> '' FROM decision WHERE NOT standing") in (
        [("reallocation", 1)], [("reallocation", True)],
    )  # fmt: skip


def test_22_the_other_had_paid_late_and_now_paid_in_time(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a, b = town.account("A"), town.account("B")
    (c_a,) = town.bill(a, (MAR_31, "250")).charge_ids
    (c_b,) = town.bill(b, (MAR_31, "500")).charge_ids
    town.on(2027, 3, 20)
    town.cash([c_a], "250")
    town.on(2027, 4, 20)
    town.cash([c_b], "250")  # 75.00 of penalty, 175.00 of principal.
    with town.order() as uow:
        reallocate(uow, c_a, c_b, money("250"), WHY)
    # 250.00 of B's 500.00 were in time: 37.50 of penalty were right, and 37.50 pay principal: 500 - 175 - 250 - 37.50.
    assert (town.at(c_b).left, town.at(c_b).penalty) == (37_50, 0)
    with pytest.raises(MoreThanLeft), town.order() as uow:
        reallocate(uow, c_a, c_b, money("1"), WHY)


def test_22_what_was_waived_for_the_money_is_owed_again(town: Town) -> None:
    town.head(penalty=MOROCCO)
    town.rule("allocation", {"order": "principal_first"})
    a, b = town.account("A"), town.account("B")
    (c_a,) = town.bill(a, (MAR_31, "250")).charge_ids
    (c_b,) = town.bill(b, (DEC_31, "300")).charge_ids
    town.on(2027, 4, 20)
    taken = town.cash([c_a], "250")
    with town.order() as uow:
        assert waive(uow, c_a, WHY, payment_id=taken.payment_id) == money("37.50")
        reallocate(uow, c_a, c_b, money("250"), WHY)
    assert (town.owed(c_a), town.owed(c_b)) == (money("287.50"), money("50"))
    assert "waived:X" not in town.ledger()


def test_23_an_opening_balance(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a, b = town.account("A"), town.account("B")
    cut_over = date(2026, 12, 31)

    def taken_over() -> None:
        town.bill(
            a, (date(2023, 5, 31), "600"), kind="opening", period="2023", old_number="OB-2023-0456",
            accrues_after=cut_over, penalty_so_far=95_00,
        )  # fmt: skip

    assert town.books(taken_over) == {"opening": "-695.00", "receivable:X": "695.00"}
    found = town.app.read(OneBill(number="OB-2023-0456"), everything(town.app))
    c = found.instalments[0].charge_id
    # January has begun: 0.5 % of 600.00, beside the 95.00 that came with it.
    assert (town.at(c).left, town.at(c).penalty, town.at(c).accrued) == (600_00, 95_00, 3_00)
    town.on(2027, 2, 10)
    assert town.books(lambda: town.cash([c], "701")) == {
        "cash:3": "701.00", "penalty:X": "-6.00", "receivable:X": "-695.00",
    }  # fmt: skip
    assert town.owed(c) == ZERO

    def credit_taken_over() -> None:
        with town.order() as uow:
            keep_credit(uow, b, money("80"), cut_over, WHY)

    assert town.books(credit_taken_over) == {"credit": "-80.00", "opening": "80.00"}
    # Two half percents of 500.00 have arisen since: 5.00, paid first.
    (other,) = town.bill(b, (date(2023, 5, 31), "500"), kind="opening", accrues_after=cut_over).charge_ids
    assert town.settled(other) == [("75.00", "credit", date(2027, 2, 10))]

    def never_owed() -> None:
        with town.order() as uow:
            credit_note(uow, other, money("420"), WHY)

    # What was never owed of it is no loss of income here. 0.80 of penalty were right: 4.20 pay principal.
    assert town.books(never_owed) == {"opening": "420.00", "penalty:X": "4.20", "receivable:X": "-424.20"}


def test_24_two_heads_at_once(town: Town) -> None:
    """One notice for several heads is a paper of the rolls; what is owed is a bill for each, paid with one receipt."""
    town.head("X")
    town.head("Z")
    a = town.account("A")
    bills = [town.bill(a, (MAY_31, "100"), head="X"), town.bill(a, (MAY_31, "40"), head="Z")]
    charges = [charge_id for bill in bills for charge_id in bill.charge_ids]
    assert town.books(lambda: town.cash(charges, "120")) == {
        "cash:3": "120.00", "receivable:X": "-100.00", "receivable:Z": "-20.00",
    }  # fmt: skip
    assert [row[0] for row in town.rows("SELECT DISTINCT head_code FROM charge_now ORDER BY 1")] == ["X", "Z"]
    assert town.rows("SELECT count(*) FROM receipt") == [(1,)]
    assert Money(town.at(charges[1]).left) == money("20")
