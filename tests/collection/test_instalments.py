"""What a payment pays: instalments in the order chosen, in whole or in part, of one account or of several, with what
was held; and what follows when a receipt of a stub book comes in late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from muniadmin.app import App
from muniadmin.billing.reads import TaxpayerBalance
from muniadmin.collection.errors import (
    AdvanceNeedsTaxpayer,
    AmountExceedsDebts,
    NothingToPay,
    PointUnknown,
    StubEntered,
    StubInTheFuture,
)
from muniadmin.collection.reads import Receipts
from muniadmin.collection.sheets import ReceiptSheet
from muniadmin.documents.papers import sheet_from_json
from muniadmin.documents.scanned import take_apart
from muniadmin.documents.signing import ReceiptClaim, claim_of
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, RequestChanged, TextTooLong
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.collection.counter import (
    LATE,
    a_cancellation,
    a_rule,
    a_stub,
    at,
    credit_of,
    dues,
    given,
    ledger,
    rows,
    take,
)
from tests.soundness import ensure_sound

ActorOf = Callable[[Role], Actor]

QUARTERS = [
    (date(2026, 3, 31), "250"),
    (date(2026, 6, 30), "250"),
    (date(2026, 9, 30), "250"),
    (date(2026, 12, 31), "250"),
]


def receipt(app: App, document_id: int) -> ReceiptSheet:
    """A receipt as it was frozen."""
    ((canonical,),) = rows(app, f"SELECT canonical FROM issued_document WHERE id = {document_id}")
    sheet = sheet_from_json(canonical)
    assert isinstance(sheet, ReceiptSheet)
    return sheet


# --- instalments ----------------------------------------------------------------------------------------------------


def test_instalments_are_paid_in_the_order_chosen_each_with_its_penalty(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "1000", instalments=QUARTERS)
    # 8, 5 and 2 months have begun: 18.5 %, 17 % and 15.5 %; the last is not due.
    assert dues(app, bill.charge_ids) == [money("296.25"), money("292.50"), money("288.75"), money("250")]
    first, second, _third, last = bill.charge_ids
    taken = take(app, clerk, session, [second, first], given("cash", "300"))
    assert dues(app, bill.charge_ids) == [money("288.75"), ZERO, money("288.75"), money("250")]
    lines = receipt(app, taken.document_id).lines
    assert [(line.part, line.parts, line.amount, line.penalty, line.left) for line in lines] == [
        (2, 4, money("292.50"), money("42.50"), ZERO),
        (1, 4, money("7.50"), money("7.50"), money("288.75")),
    ]
    take(app, clerk, session, [last])
    assert dues(app, bill.charge_ids)[3] == ZERO
    assert rows(app, f"SELECT settled, due_on FROM bill_now WHERE bill_id = {bill.bill_id}")[0][0] == 550_00
    ensure_sound(app)


def test_an_instalment_chosen_twice_is_paid_once(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "1000", instalments=QUARTERS)
    assert take(app, clerk, session, [bill.charge_ids[3]] * 2).amount == money("250")


def test_a_penalty_stands_for_its_instalment_and_is_never_paid_alone(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "1000", due_on=LATE)
    pay(app, clerk, session, bill, amount="100")
    ((penalty_id,),) = rows(app, "SELECT id FROM charge WHERE kind = 'penalty'")
    assert take(app, clerk, session, [penalty_id]).amount == money("1075")
    ensure_sound(app)


def test_a_part_payment_on_an_odd_day(app: App, actor: ActorOf, clock: FixedClock) -> None:
    """10 % and 5 % on the first late day, 0.5 % for each month begun after that."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    bill, untouched = (a_bill(app, "4000", due_on=date(2026, 12, 31)) for _ in range(2))
    for day, owed, without_payment in (
        (date(2026, 12, 31), "4000", "4000"),
        (date(2027, 1, 1), "4600", "4600"),
        (date(2027, 1, 20), "4600", "4600"),
        (date(2027, 1, 31), "3600", "4600"),
        (date(2027, 2, 1), "3618", "4620"),
        (date(2027, 3, 5), "3636", "4640"),
    ):
        at(clock, day)
        assert (due(app, bill), due(app, untouched)) == (money(owed), money(without_payment))
        if day == date(2027, 1, 20):
            pay(app, clerk, session, bill, amount="1000")
    pay(app, clerk, session, bill)
    assert due(app, bill) == ZERO
    assert ledger(app)["penalty:TSC"] == money("-636")
    ensure_sound(app)


def test_the_principal_comes_first_where_the_head_says_so(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    a_rule(app, "allocation", {"order": "principal_first"})
    bill = a_bill(app, "1000", due_on=LATE)
    taken = pay(app, clerk, session, bill, amount="400")
    (line,) = receipt(app, taken.document_id).lines
    assert (line.amount, line.penalty, line.left) == (money("400"), ZERO, money("775"))
    assert due(app, bill) == money("775")
    ensure_sound(app)


# --- several people on one receipt ----------------------------------------------------------------------------------


def test_one_receipt_for_several_people_names_each_and_keeps_their_accounts_apart(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    amina, brahim = a_taxpayer(app), a_taxpayer(app, "Brahim Tazi")
    hers = a_bill(app, "100", taxpayer_id=amina)
    his = a_bill(app, "60", taxpayer_id=brahim)
    taken = take(app, clerk, session, [*hers.charge_ids, *his.charge_ids], payer="Notary Alami")
    assert taken.amount == money("160")
    assert [(line.debtor, line.amount) for line in receipt(app, taken.document_id).lines] == [
        ("Amina Bennani", money("100")),
        ("Brahim Tazi", money("60")),
    ]
    for taxpayer_id in (amina, brahim):
        page = app.read(Receipts(taxpayer_id=taxpayer_id), clerk)
        assert [(row.number, row.payer, row.taxpayer_id) for row in page.rows] == [
            (taken.receipt_number, "Notary Alami", None)
        ]
        assert app.read(TaxpayerBalance(taxpayer_id=taxpayer_id), everything(app)).owed == ZERO
    left = rows(app, "SELECT account_id, sum(amount) FROM posting WHERE account = 'receivable:TSC' "
                     "GROUP BY account_id")  # fmt: skip
    assert {amount for _account, amount in left} == {0}
    ensure_sound(app)


@pytest.mark.parametrize("named", ["named", "first"])
def test_the_receipt_names_who_pays_not_whose_bill_is_the_oldest(
    app: App, actor: ActorOf, named: str
) -> None:
    """The order says who; else it is whose debt stands first there. What is left over is theirs."""
    clerk = actor(Role.CLERK)
    older = a_bill(app, "60", taxpayer_id=a_taxpayer(app, "Brahim Tazi"))
    newer = a_bill(app, "100", taxpayer_id=(amina := a_taxpayer(app)))
    if named == "named":
        charges, more = [*older.charge_ids, *newer.charge_ids], {"rest_account_id": newer.account_id}
        tenders = [given("cash", "200")]
    else:
        charges, more, tenders = [*newer.charge_ids, *older.charge_ids], {}, []
    taken = take(
        app, clerk, an_open_desk(app, clerk), charges, *tenders, confirmed=[AmountExceedsDebts], **more
    )
    assert receipt(app, taken.document_id).payer == "Amina Bennani"
    assert [row.payer for row in app.read(Receipts(), clerk).rows] == ["Amina Bennani"]
    assert credit_of(app, amina) == (money("40") if tenders else ZERO)


def test_who_pays_only_for_somebody_else_is_named_beside_them(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    his = a_bill(app, "60", taxpayer_id=a_taxpayer(app, "Brahim Tazi"))
    hers = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    taken = take(app, clerk, an_open_desk(app, clerk), his.charge_ids, rest_account_id=hers.account_id)
    sheet = receipt(app, taken.document_id)
    assert (sheet.payer, sheet.taxpayer_name) == ("Amina Bennani", "Brahim Tazi")


def test_two_people_of_one_name_are_two_on_the_receipt(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    bills = [a_bill(app, "100", taxpayer_id=a_taxpayer(app, "Amina Bennani")) for _person in range(2)]
    taken = pay(app, clerk, an_open_desk(app, clerk), *bills)
    sheet = receipt(app, taken.document_id)
    assert [line.debtor for line in sheet.lines] == ["Amina Bennani", "Amina Bennani"]
    assert sheet.taxpayer_number is None


def test_what_is_left_over_of_several_peoples_payment_needs_one_to_keep_it_for(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    amina, brahim = a_taxpayer(app), a_taxpayer(app, "Brahim Tazi")
    hers, his = (a_bill(app, "100", taxpayer_id=one) for one in (amina, brahim))
    charges = [*hers.charge_ids, *his.charge_ids]
    with pytest.raises(InvalidInput) as refused:
        take(app, clerk, session, charges, given("cash", "250"), confirmed=[AmountExceedsDebts])
    assert isinstance(refused.value.problems["amount"], AdvanceNeedsTaxpayer)
    assert "250.00" in refused.value.sentence()
    with pytest.raises(AmountExceedsDebts):
        take(app, clerk, session, charges, given("cash", "250"), rest_account_id=his.account_id)
    taken = take(
        app,
        clerk,
        session,
        charges,
        given("cash", "250"),
        rest_account_id=his.account_id,
        confirmed=[AmountExceedsDebts],
    )
    assert (taken.amount, taken.credit) == (money("250"), money("50"))
    assert (credit_of(app, amina), credit_of(app, brahim)) == (ZERO, money("50"))
    ensure_sound(app)


# --- money held -----------------------------------------------------------------------------------------------------


def test_what_is_held_pays_the_next_bill_when_it_is_issued(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    """Even one that is not due yet: nobody pays penalty on money the town holds."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    first = a_bill(app, "100", taxpayer_id=taxpayer_id)
    pay(app, clerk, session, first, amount="350", confirmed=[AmountExceedsDebts])
    assert credit_of(app, taxpayer_id) == money("250")
    at(clock, date(2026, 12, 5))
    second = a_bill(app, "200", taxpayer_id=taxpayer_id, due_on=date(2026, 12, 31))
    third = a_bill(app, "80", taxpayer_id=taxpayer_id, due_on=date(2026, 12, 31))
    assert (due(app, second), due(app, third)) == (ZERO, money("30"))
    assert credit_of(app, taxpayer_id) == ZERO
    # What the till took counts on the day it is used, through the credit.
    used = rows(app, "SELECT day, principal FROM day_collection WHERE channel = 'credit' AND by = 'booked'")
    assert [(str(day), principal) for day, principal in used] == [("2026-12-05", 250_00)]
    ensure_sound(app)


def test_what_is_left_over_pays_what_is_due_already_the_oldest_first(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    newer = a_bill(app, "50", taxpayer_id=taxpayer_id, due_on=date(2026, 9, 30))
    older = a_bill(app, "30", taxpayer_id=taxpayer_id, due_on=LATE)
    waiting = a_bill(app, "40", taxpayer_id=taxpayer_id)
    paid = a_bill(app, "100", taxpayer_id=taxpayer_id)
    pay(app, clerk, session, paid, amount="140", confirmed=[AmountExceedsDebts])
    # The older with its 17.5 %: 35.25. The rest goes to the newer, its 15.5 % first.
    assert due(app, older) == ZERO
    assert due(app, newer) == money("57.75") - money("4.75")
    assert due(app, waiting) == money("40")
    assert credit_of(app, taxpayer_id) == ZERO
    ensure_sound(app)


def test_an_advance_is_kept_for_somebody_who_owes_nothing(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    bill = a_bill(app, "10", taxpayer_id=taxpayer_id)
    pay(app, clerk, session, bill)
    with pytest.raises(NothingToPay):
        take(app, clerk, session, [], rest_account_id=bill.account_id)
    with pytest.raises(AmountExceedsDebts):
        take(app, clerk, session, [], given("cash", "75"), rest_account_id=bill.account_id)
    taken = take(
        app,
        clerk,
        session,
        [],
        given("cash", "75", tendered="100"),
        rest_account_id=bill.account_id,
        confirmed=[AmountExceedsDebts],
    )
    assert (taken.amount, taken.credit, taken.change) == (money("75"), money("75"), money("25"))
    (row, _first) = app.read(Receipts(taxpayer_id=taxpayer_id), clerk).rows
    assert (row.number, row.payer, row.taxpayer_id) == (taken.receipt_number, "Amina Bennani", taxpayer_id)
    assert credit_of(app, taxpayer_id) == money("75")
    ensure_sound(app)


# --- less than the whole --------------------------------------------------------------------------------------------


def test_an_offer_settles_the_whole_bill_while_it_lasts(app: App, actor: ActorOf, clock: FixedClock) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    in_time, late = (a_bill(app, "60", offers=[("30", date(2026, 11, 30))]) for _ in range(2))
    taken = pay(app, clerk, session, in_time)
    assert (taken.amount, due(app, in_time)) == (money("30"), ZERO)
    assert receipt(app, taken.document_id).lines[0].rebate == money("30")
    assert ledger(app)["rebate:TSC"] == money("30")
    app.execute(a_cancellation(taken), clerk)
    assert due(app, in_time) == money("30")
    assert ledger(app)["rebate:TSC"] == ZERO
    at(clock, date(2026, 12, 1))
    assert pay(app, clerk, session, late).amount == money("60")
    ensure_sound(app)


def test_what_no_coin_can_pay_is_waived(app: App, actor: ActorOf) -> None:
    """10,003 are owed, the smallest coin is 50."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    a_rule(app, "rounding", {"coin": 50})
    by_cash, by_card, by_both, too_little = (a_bill(app, "100.03") for _ in range(4))
    taken = pay(app, clerk, session, by_cash, amount="100")
    assert (due(app, by_cash), ledger(app)["rounding"]) == (ZERO, money("0.03"))
    assert receipt(app, taken.document_id).lines[0].left == ZERO
    take(app, clerk, session, by_card.charge_ids, given("card", "100", reference="7"))
    assert due(app, by_card) == money("0.03")
    take(app, clerk, session, by_both.charge_ids, given("cash", "50"), given("card", "50", reference="8"))
    assert due(app, by_both) == money("0.03")
    pay(app, clerk, session, too_little, amount="99.50")
    assert due(app, too_little) == money("0.53")
    app.execute(a_cancellation(taken), clerk)
    assert (due(app, by_cash), ledger(app)["rounding"]) == (money("100.03"), ZERO)
    ensure_sound(app)


def test_a_cancelled_receipt_leaves_nothing_waived_that_no_coin_could_pay(app: App, actor: ActorOf) -> None:
    """The coin is spent on the first bill; the second, somebody else's, is smaller than any coin."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    a_rule(app, "rounding", {"coin": 50})
    bills = [
        a_bill(app, amount, taxpayer_id=a_taxpayer(app, name))
        for amount, name in (("100", "Amina Bennani"), ("0.03", "Brahim Tazi"))
    ]
    taken = pay(app, clerk, session, *bills, amount="100")
    assert [due(app, bill) for bill in bills] == [ZERO, ZERO]
    app.execute(a_cancellation(taken), clerk)
    assert [due(app, bill) for bill in bills] == [money("100"), money("0.03")]
    assert ledger(app)["rounding"] == ZERO
    ensure_sound(app)


def test_half_a_coin_is_waived_and_no_more(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    a_rule(app, "rounding", {"coin": 50})
    half, more = a_bill(app, "100.25"), a_bill(app, "100.26")
    for bill in (half, more):
        pay(app, clerk, session, bill, amount="100")
    assert (due(app, half), due(app, more)) == (ZERO, money("0.26"))
    ensure_sound(app)


def test_a_coin_of_a_day_to_come_rounds_nothing_before_it(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    tomorrow = date(2026, 11, 24)
    a_rule(app, "rounding", {"coin": 50}, since=tomorrow)
    before, after = a_bill(app, "100.03"), a_bill(app, "100.03")
    pay(app, clerk, session, before, amount="100")
    at(clock, tomorrow)
    pay(app, clerk, session, after, amount="100")
    assert (due(app, before), due(app, after)) == (money("0.03"), ZERO)
    ensure_sound(app)


def test_a_debt_that_was_not_chosen_rounds_nothing(app: App, actor: ActorOf) -> None:
    """Somebody owes on two heads; where cash is rounded on one of them, only its debts are."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    a_rule(app, "rounding", {"coin": 50})
    taxpayer_id = a_taxpayer(app)
    rounded = a_bill(app, "80", taxpayer_id=taxpayer_id)
    exact, another = (a_bill(app, "100.03", head="TH", taxpayer_id=taxpayer_id) for _ in range(2))
    pay(app, clerk, session, exact, amount="100")
    assert due(app, exact) == money("0.03")
    # Of debts paid together the coarsest rule holds.
    pay(app, clerk, session, rounded, another, amount="180")
    assert due(app, another) == ZERO
    ensure_sound(app)


# --- stub books -----------------------------------------------------------------------------------------------------


def test_a_stub_counts_for_the_day_that_stands_on_it(app: App, actor: ActorOf, clock: FixedClock) -> None:
    bill = a_bill(app, "100", due_on=date(2027, 1, 7))
    at(clock, date(2027, 1, 15))
    assert due(app, bill) == money("115")
    taken = app.execute(a_stub(bill.charge_ids, "100", date(2027, 1, 5)), everything(app)).outcome
    assert taken.receipt_number == "S-07/112"
    assert due(app, bill) == ZERO
    (row,) = app.read(Receipts(), actor(Role.CLERK)).rows
    assert (row.number, row.booked_on, row.value_on) == ("S-07/112", date(2027, 1, 15), date(2027, 1, 5))
    # So does what its square code says.
    claim = claim_of(take_apart(receipt(app, taken.document_id).verification))
    assert isinstance(claim, ReceiptClaim)
    assert (claim.number, claim.taken_on) == ("S-07/112", date(2027, 1, 5))
    ensure_sound(app)


def test_a_stub_of_a_debt_that_was_paid_meanwhile_takes_that_payments_place(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    """Entered ten days late, when the desk had taken the debt with its penalty."""
    clerk = actor(Role.CLERK)
    session = an_open_desk(app, clerk)
    taxpayer_id = a_taxpayer(app)
    bill = a_bill(app, "100", due_on=date(2027, 1, 7), taxpayer_id=taxpayer_id)
    at(clock, date(2027, 1, 10))
    at_the_desk = pay(app, clerk, session, bill)
    assert at_the_desk.amount == money("115")
    at(clock, date(2027, 1, 15))
    order = a_stub(bill.charge_ids, "100", date(2027, 1, 5))
    # Nothing is owed any more: the clerk may have mistyped the bill's number, and is asked.
    with pytest.raises(AmountExceedsDebts):
        app.execute(order, everything(app))
    taken = app.execute(order, everything(app), confirmed=[AmountExceedsDebts]).outcome
    assert (taken.receipt_number, taken.amount) == ("S-07/112", money("100"))
    assert due(app, bill) == ZERO
    # What came second is the debtor's again, with its own day; no penalty was due.
    assert credit_of(app, taxpayer_id) == money("115")
    free = rows(app, "SELECT c.value_on, c.amount FROM credit c WHERE NOT EXISTS "
                     "(SELECT 1 FROM credit_move m WHERE m.credit_id = c.id) ORDER BY c.amount")  # fmt: skip
    assert [(str(day), amount) for day, amount in free] == [("2027-01-10", 15_00), ("2027-01-10", 100_00)]
    assert ledger(app)["penalty:TSC"] == ZERO
    # Both papers stay as printed.
    assert receipt(app, at_the_desk.document_id).lines[0].penalty == money("15")
    ensure_sound(app)


def test_what_a_stub_brings_beyond_its_bill_is_asked_about_and_kept_for_its_debtor(
    app: App, actor: ActorOf
) -> None:
    amina, driss = a_taxpayer(app), a_taxpayer(app, "Driss Lahlou")
    bills = [a_bill(app, "100", taxpayer_id=taxpayer_id) for taxpayer_id in (amina, driss)]
    order = a_stub(bills[1].charge_ids, "130", date(2026, 11, 20))
    with pytest.raises(AmountExceedsDebts) as asked:
        app.execute(order, everything(app))
    assert "30.00" in asked.value.sentence()
    taken = app.execute(order, everything(app), confirmed=[AmountExceedsDebts]).outcome
    assert taken.credit == money("30")
    assert (credit_of(app, driss), credit_of(app, amina)) == (money("30"), ZERO)
    # Of two people's bills somebody must say whose the rest is.
    both = a_stub(
        [*bills[0].charge_ids, *a_bill(app, "50").charge_ids], "170", date(2026, 11, 20), number=113
    )
    with pytest.raises(InvalidInput) as refused:
        app.execute(both, everything(app), confirmed=[AmountExceedsDebts])
    assert isinstance(refused.value.problems["amount"], AdvanceNeedsTaxpayer)
    named = replace(both, rest_account_id=bills[0].account_id)
    assert app.execute(named, everything(app), confirmed=[AmountExceedsDebts]).outcome.credit == money("20")
    assert credit_of(app, amina) == money("20")
    ensure_sound(app)


def test_a_stub_is_entered_once_with_a_day_that_has_come_by_a_collector(app: App, actor: ActorOf) -> None:
    officer = everything(app)
    bill = a_bill(app, "100")
    order = a_stub(bill.charge_ids, "40", date(2026, 11, 20))
    first = app.execute(order, officer).outcome
    assert app.execute(order, officer).outcome == first
    with pytest.raises(RequestChanged) as changed:
        app.execute(replace(order, amount=money("50")), officer)
    assert first.receipt_number in changed.value.sentence()
    for change, field, refusal in (
        ({}, "number", StubEntered),
        ({"number": 113, "value_on": date(2026, 11, 24)}, "value_on", StubInTheFuture),
    ):
        with pytest.raises(InvalidInput) as refused:
            app.execute(replace(order, request_id="another", **change), officer)  # type: ignore[arg-type]
        assert isinstance(refused.value.problems[field], refusal)
        assert refused.value.sentence()
    for point in (1, 77):
        with pytest.raises(PointUnknown):
            app.execute(replace(order, request_id="another", number=113, point=point), officer)
    for amount in (ZERO, Money(-1)):
        with pytest.raises(InvalidInput):
            app.execute(replace(order, request_id="another", number=113, amount=amount), officer)
    for wrong, values in (
        ("request_id", {"request_id": " "}),
        ("book", {"book": " "}),
        ("number", {"number": 0}),
    ):
        with pytest.raises(InvalidInput) as refused:
            app.execute(replace(order, **{"request_id": "another", "number": 113, **values}), officer)  # type: ignore[arg-type]
        assert list(refused.value.problems) == [wrong]
    for book in (" S-07 ", "s-07", "S 07", "S–07", "Ｓ-07", "s07"):
        with pytest.raises(InvalidInput) as refused:
            app.execute(replace(order, request_id="another", book=book), officer)
        assert isinstance(refused.value.problems["number"], StubEntered)
    with pytest.raises(TextTooLong):
        app.execute(replace(order, request_id="another", book="S" * 22), officer)
    assert due(app, bill) == money("60")
    of_today = replace(order, request_id="another", number=113, value_on=date(2026, 11, 23))
    app.execute(of_today, officer)
    assert due(app, bill) == money("20")
    ensure_sound(app)
