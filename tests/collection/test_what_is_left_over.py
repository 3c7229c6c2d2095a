"""What becomes of money beyond what was chosen: the question says it, the books do it, the receipt shows it."""

from datetime import date

import pytest

from muniadmin.app import App
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.collection.reads import Receipts
from muniadmin.collection.sheets import ReceiptSheet
from muniadmin.documents.papers import sheet_from_json
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.money import ZERO
from tests.builders import a_bill, a_taxpayer, an_open_desk, due, everything, money, pay
from tests.collection.counter import LATE, a_stub, at, credit_of, rows
from tests.soundness import ensure_sound


def plain(text: str) -> str:
    """With common blanks."""
    return text.replace("\xa0", " ")


def advice(asked: AmountExceedsDebts) -> str:
    """What becomes of the rest."""
    return plain(asked.advice())


def receipt(app: App, document_id: int) -> ReceiptSheet:
    """A receipt as it was frozen."""
    ((canonical,),) = rows(app, f"SELECT canonical FROM issued_document WHERE id = {document_id}")
    sheet = sheet_from_json(canonical)
    assert isinstance(sheet, ReceiptSheet)
    return sheet


def test_what_is_beyond_the_ticked_debts_pays_what_is_overdue_and_all_say_so(app: App) -> None:
    everybody = everything(app)
    session, taxpayer_id = an_open_desk(app, everybody), a_taxpayer(app)
    overdue = a_bill(app, "40", taxpayer_id=taxpayer_id, due_on=LATE)
    ticked = a_bill(app, "100", taxpayer_id=taxpayer_id)
    with pytest.raises(AmountExceedsDebts) as asked:
        pay(app, everybody, session, ticked, amount="178.14")
    assert plain(asked.value.sentence()) == (
        "What is chosen comes to 100.00, and 178.14 MAD is paid: 78.14 MAD more."
    )
    # 17.5 % of penalty on the 40.00.
    assert advice(asked.value) == (
        f"47.00 MAD pays what else is due: {overdue.number} (47.00 MAD). "
        "31.14 MAD is kept as credit for the taxpayer. Confirm to go on, or cancel."
    )
    taken, again = (
        pay(
            app, everybody, session, ticked, amount="178.14", request_id="one", confirmed=[AmountExceedsDebts]
        )
        for _time in range(2)
    )
    assert again == taken
    sheet = receipt(app, taken.document_id)
    assert [(line.bill_number, line.amount, line.penalty, line.left) for line in sheet.lines] == [
        (ticked.number, money("100"), ZERO, ZERO),
        (overdue.number, money("47"), money("7"), ZERO),
    ]
    assert sheet.credit == taken.credit == credit_of(app, taxpayer_id) == money("31.14")
    assert due(app, overdue) == ZERO
    ensure_sound(app)


def test_all_of_it_may_pay_what_else_is_due_and_nothing_is_kept(app: App) -> None:
    everybody = everything(app)
    session, taxpayer_id = an_open_desk(app, everybody), a_taxpayer(app)
    overdue = a_bill(app, "40", taxpayer_id=taxpayer_id, due_on=LATE)
    ticked = a_bill(app, "100", taxpayer_id=taxpayer_id)
    with pytest.raises(AmountExceedsDebts) as asked:
        pay(app, everybody, session, ticked, amount="120")
    assert "kept as credit" not in advice(asked.value)
    taken = pay(app, everybody, session, ticked, amount="120", confirmed=[AmountExceedsDebts])
    assert taken.credit == ZERO
    assert receipt(app, taken.document_id).lines[1].left == money("27")
    assert due(app, overdue) == money("27")
    ensure_sound(app)


def test_a_stub_pays_its_own_bill_before_others_that_were_paid_late(app: App, clock: FixedClock) -> None:
    """Three bills are paid late; then a stub of an earlier day comes in that was written for the last of them."""
    everybody = everything(app)
    session, taxpayer_id = an_open_desk(app, everybody), a_taxpayer(app)
    bills = [
        a_bill(app, amount, taxpayer_id=taxpayer_id, due_on=date(2026, 12, 31))
        for amount in ("150", "190", "724.50")
    ]
    at(clock, date(2027, 4, 5))
    # 15 %, and 0.5 % on 1 February, 1 March and 1 April: 16.5 %.
    at_the_desk = [pay(app, everybody, session, bill) for bill in bills]
    assert at_the_desk[2].amount == money("844.04")
    at(clock, date(2027, 4, 8))
    order = a_stub(bills[2].charge_ids, "833.18", date(2027, 1, 20))
    with pytest.raises(AmountExceedsDebts) as asked:
        app.execute(order, everybody)
    assert "833.18 MAD takes the place of money that paid the same debt later" in advice(asked.value)
    stub = app.execute(order, everybody, confirmed=[AmountExceedsDebts]).outcome
    (line,) = receipt(app, stub.document_id).lines
    assert (line.bill_number, line.amount, line.penalty) == (
        bills[2].number, money("833.18"), money("108.68"),
    )  # fmt: skip
    assert stub.credit == ZERO
    # What the desk took for it is the taxpayer's again; the others stay paid as they were.
    assert credit_of(app, taxpayer_id) == money("844.04")
    others = f"({bills[0].bill_id}, {bills[1].bill_id})"
    assert rows(
        app,
        "SELECT count(*) FROM settlement JOIN charge ON charge.id = settlement.charge_id "
        f"WHERE reverses_id IS NOT NULL AND charge.bill_id IN {others}",
    ) == [(0,)]
    assert [row.number for row in app.read(Receipts(bill_id=bills[2].bill_id), everybody).rows] == [
        stub.receipt_number, at_the_desk[2].receipt_number,
    ]  # fmt: skip
    ensure_sound(app)


def test_a_stub_of_a_bill_that_was_paid_in_time_says_what_it_was_taken_for(
    app: App, clock: FixedClock
) -> None:
    everybody = everything(app)
    session, taxpayer_id = an_open_desk(app, everybody), a_taxpayer(app)
    bill = a_bill(app, "100", taxpayer_id=taxpayer_id, due_on=date(2026, 12, 31))
    pay(app, everybody, session, bill)
    at(clock, date(2026, 11, 27))
    order = a_stub(bill.charge_ids, "100", date(2026, 11, 20))
    stub = app.execute(order, everybody, confirmed=[AmountExceedsDebts]).outcome
    sheet = receipt(app, stub.document_id)
    assert (sheet.lines, sheet.given_for, sheet.credit) == ((), (bill.number,), money("100"))
    assert credit_of(app, taxpayer_id) == money("100")
    ensure_sound(app)
