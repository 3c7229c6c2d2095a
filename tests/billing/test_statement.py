"""The statement of an account: every movement with its balance, what is open, as known today and as known then."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.billing.commands import IssueStatement
from muniadmin.billing.decisions import Grounds, compensate, credit_note, suspend, transfer, waive, write_off
from muniadmin.billing.names import VIEW_BILLS
from muniadmin.billing.reads import AccountStatement, Movement, Statement
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import ViewDocument
from muniadmin.kernel.errors import NotAllowed, NotFound
from muniadmin.kernel.money import ZERO, Money, total
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, money, pay
from tests.collection.counter import a_cancellation, a_stub, give_back, given, take
from tests.towns import TownClock

ActorOf = Callable[[Role], Actor]

DUE = date(2026, 12, 31)
NEXT_DAY = date(2026, 11, 24)


def at(clock: TownClock, day: date) -> None:
    """Ten in the morning of that day."""
    clock.instant = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def of(app: App, taxpayer_id: int, *, on: date | None = None, known: date | None = None) -> Statement:
    """The taxpayer's statement."""
    return app.read(AccountStatement(taxpayer_id=taxpayer_id, on=on, known=known), everything(app))


def decide(app: App, decision: Callable[[UnitOfWork], object]) -> None:
    """Something is decided."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        decision(uow)


def ensure_it_closes(app: App, statement: Statement) -> None:
    """The last balance, the open instalments, the totals and what the account is kept at are one."""
    movements = statement.movements
    running = ZERO
    for one in movements:
        running += one.charged - one.settled - one.credit
        assert one.balance == running
    assert statement.balance == running
    assert statement.booked == total(one.charged - one.settled for one in movements)
    assert statement.booked == total(one.booked for one in statement.instalments)
    assert statement.credit == total(one.credit for one in movements)
    assert [one.booked_on for one in movements] == sorted(one.booked_on for one in movements)
    with app.database.connect_to_read() as connection:
        owed, credit = connection.execute(
            text(f"SELECT owed, credit FROM account_now WHERE account_id = {statement.account_id}")
        ).one()
    assert (statement.booked, statement.credit) == (Money(owed), Money(credit))


def told(statement: Statement) -> list[tuple[str, Money, Money, Money, Money]]:
    """Kind, charged, settled, credit and balance of every movement."""
    return [(_kind(one), one.charged, one.settled, one.credit, one.balance) for one in statement.movements]


def _kind(one: Movement) -> str:
    return f"{one.kind}, taken back" if one.taken_back else one.kind


def test_a_payment_settles_and_what_is_left_over_is_held(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    amina = a_taxpayer(app)
    bill = a_bill(app, "700", taxpayer_id=amina)
    paid = pay(app, clerk, an_open_desk(app, clerk), bill, amount="750", confirmed={AmountExceedsDebts})
    statement = of(app, amina)
    assert told(statement) == [
        ("charged", money("700"), ZERO, ZERO, money("700")),
        ("paid", ZERO, money("700"), ZERO, ZERO),
        ("credit_received", ZERO, ZERO, money("50"), money("-50")),
    ]
    charged, settled, held = statement.movements
    assert (charged.bill_number, charged.period, charged.subject) == (
        bill.number, "2026", "12, derb Sidi Ahmed",
    )  # fmt: skip
    assert charged.head_names["en"]
    assert (settled.bill_number, settled.number) == (bill.number, paid.receipt_number)
    assert (held.bill_number, held.number) == ("", paid.receipt_number)
    assert (statement.name, statement.number[:2]) == ("Amina Bennani", "C-")
    assert statement.instalments == ()
    ensure_it_closes(app, statement)


def test_a_late_penalty_is_accrued_until_it_is_booked(app: App, actor: ActorOf, clock: TownClock) -> None:
    """TSC of Fès: 10 % and 5 % on the first late day, 0.5 % for each further month begun."""
    clerk = actor(Role.CLERK)
    amina = a_taxpayer(app)
    bill = a_bill(app, "1000", due_on=DUE, taxpayer_id=amina)
    assert of(app, amina).accrued == ZERO
    assert of(app, amina, on=date(2027, 1, 1)).accrued == money("150")

    at(clock, date(2027, 2, 10))
    statement = of(app, amina)
    assert (statement.booked, statement.accrued) == (money("1000"), money("155"))
    assert told(statement) == [("charged", money("1000"), ZERO, ZERO, money("1000"))]
    ensure_it_closes(app, statement)

    pay(app, clerk, an_open_desk(app, clerk), bill, amount="555")
    statement = of(app, amina)
    assert told(statement)[1:] == [
        ("penalty", money("155"), ZERO, ZERO, money("1155")),
        ("paid", ZERO, money("155"), ZERO, money("1000")),
        ("paid", ZERO, money("400"), ZERO, money("600")),
    ]
    assert [one.on_penalty for one in statement.movements] == [False, True, True, False]
    (open_one,) = statement.instalments
    assert (open_one.left, open_one.booked, open_one.accrued) == (money("600"), money("600"), ZERO)
    assert of(app, amina, on=date(2027, 3, 1)).accrued == money("3")
    ensure_it_closes(app, statement)


def test_a_late_fact_changes_today_and_not_what_was_known_then(
    app: App, actor: ActorOf, clock: TownClock
) -> None:
    """Paid late at the desk with its penalty; then the stub of a payment in time comes in: the penalty was never owed,
    and the desk's money is held."""
    clerk = actor(Role.CLERK)
    amina = a_taxpayer(app)
    bill = a_bill(app, "100", due_on=NEXT_DAY, taxpayer_id=amina)
    at(clock, date(2026, 11, 27))
    desk = an_open_desk(app, clerk)
    at_desk = pay(app, clerk, desk, bill)
    then = of(app, amina)
    assert told(then) == [
        ("charged", money("100"), ZERO, ZERO, money("100")),
        ("penalty", money("15"), ZERO, ZERO, money("115")),
        ("paid", ZERO, money("15"), ZERO, money("100")),
        ("paid", ZERO, money("100"), ZERO, ZERO),
    ]
    ensure_it_closes(app, then)

    at(clock, date(2026, 11, 30))
    app.execute(a_stub(bill.charge_ids, "100", NEXT_DAY), everything(app), confirmed=[AmountExceedsDebts])
    now = of(app, amina)
    assert now.movements[:4] == then.movements
    assert now.credit == money("115")
    assert now.balance == money("-115")
    late = now.movements[4:]
    assert {one.booked_on for one in late} == {date(2026, 11, 30)}
    never = next(one for one in late if one.kind == "never_owed")
    assert (never.settled, never.on_penalty) == (money("15"), True)
    back = [one for one in late if one.taken_back and one.kind == "paid"]
    assert total(one.settled for one in back) == money("-115")
    assert {one.number for one in back} == {at_desk.receipt_number}
    stub = next(one for one in late if one.number == "S-07/112" and one.settled > ZERO)
    assert stub.value_on == NEXT_DAY
    ensure_it_closes(app, now)

    as_known_then = of(app, amina, known=date(2026, 11, 27))
    assert as_known_then.known == date(2026, 11, 27)
    assert (as_known_then.movements, as_known_then.instalments) == (then.movements, then.instalments)
    assert (as_known_then.balance, as_known_then.credit) == (ZERO, ZERO)
    before = of(app, amina, known=date(2026, 11, 23))
    assert told(before) == [("charged", money("100"), ZERO, ZERO, money("100"))]
    assert before.accrued == money("15"), "the clocks run to today"
    assert of(app, amina, known=date(2026, 11, 23), on=NEXT_DAY).accrued == ZERO
    assert of(app, amina, known=date(2026, 11, 22)).movements == ()


def test_credits_are_used_and_money_that_came_back_is_owed_again(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    amina = a_taxpayer(app)
    first = a_bill(app, "420", taxpayer_id=amina)
    cheque = take(
        app, clerk, an_open_desk(app, clerk), first.charge_ids, given("cheque", "500", reference="CHQ 1"),
        confirmed={AmountExceedsDebts},
    )  # fmt: skip
    a_bill(app, "300", taxpayer_id=amina)
    used = of(app, amina)
    assert told(used) == [
        ("charged", money("420"), ZERO, ZERO, money("420")),
        ("charged", money("300"), ZERO, ZERO, money("720")),
        ("paid", ZERO, money("420"), ZERO, money("300")),
        ("credit_received", ZERO, ZERO, money("80"), money("220")),
        ("credit_used", ZERO, money("80"), money("-80"), money("220")),
    ]
    assert used.movements[4].number == cheque.receipt_number
    ensure_it_closes(app, used)

    give_back(app, cheque, "cheque", fee="25")
    after = of(app, amina)
    assert after.balance == money("745")
    assert after.credit == ZERO
    returned = [one for one in after.movements if one.kind == "returned"]
    assert [(one.settled, one.credit) for one in returned] == [(money("-420"), ZERO), (ZERO, money("-80"))]
    assert [_kind(one) for one in after.movements].count("credit_used, taken back") == 1
    ensure_it_closes(app, after)


def test_a_cancelled_receipt_is_seen_as_money_given_back(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    amina = a_taxpayer(app)
    bill = a_bill(app, "300", taxpayer_id=amina)
    taken = pay(app, clerk, an_open_desk(app, clerk), bill, amount="100")
    app.execute(a_cancellation(taken), clerk)
    statement = of(app, amina)
    assert told(statement)[1:] == [
        ("paid", ZERO, money("100"), ZERO, money("200")),
        ("returned", ZERO, money("-100"), ZERO, money("300")),
    ]
    ensure_it_closes(app, statement)


def test_two_means_of_one_receipt_are_one_movement(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    amina = a_taxpayer(app)
    bill = a_bill(app, "100", taxpayer_id=amina)
    take(
        app, clerk, an_open_desk(app, clerk), bill.charge_ids,
        given("cash", "40"), given("cheque", "60", reference="CHQ 2"),
    )  # fmt: skip
    assert told(of(app, amina))[1:] == [("paid", ZERO, money("100"), ZERO, ZERO)]


def test_decisions_say_what_was_found_given_up_and_moved(app: App, actor: ActorOf, clock: TownClock) -> None:
    amina, karim = a_taxpayer(app), a_taxpayer(app, "Karim Tazi")
    bill = a_bill(app, "400", taxpayer_id=amina, instalments=[(NEXT_DAY, "100"), (DUE, "200"), (DUE, "100")])
    karims = a_bill(app, "10", taxpayer_id=karim)
    late, second, third = bill.charge_ids
    at(clock, date(2026, 11, 25))
    grounds = Grounds(reason="council", document="2026/17")
    decide(app, lambda uow: waive(uow, late, grounds))
    decide(app, lambda uow: credit_note(uow, second, money("50"), grounds))
    decide(app, lambda uow: transfer(uow, third, {karims.account_id: money("40")}, grounds))
    decide(app, lambda uow: write_off(uow, [third], grounds))
    decide(app, lambda uow: suspend(uow, bill.bill_id, grounds, since=date(2026, 11, 25), charge_id=second))
    statement = of(app, amina)
    kinds = [(_kind(one), one.settled) for one in statement.movements if one.settled]
    assert kinds == [
        ("waived", money("15")),
        ("never_owed", money("50")),
        ("moved", money("40")),
        ("written_off", money("60")),
    ]
    assert all(one.number.startswith("R-2026-") for one in statement.movements if one.settled)
    assert [(one.part, one.parts, one.booked) for one in statement.instalments] == [
        (1, 3, money("100")),
        (2, 3, money("150")),
    ]
    assert (statement.suspended, statement.instalments[1].suspended) == (money("150"), money("150"))
    ensure_it_closes(app, statement)
    moved = of(app, karim)
    assert told(moved) == [
        ("charged", money("10"), ZERO, ZERO, money("10")),
        ("moved", money("40"), ZERO, ZERO, money("50")),
    ]
    ensure_it_closes(app, moved)


def test_a_credit_that_helps_another_account_leaves_this_one(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    amina, karim = a_taxpayer(app), a_taxpayer(app, "Karim Tazi")
    bill = a_bill(app, "100", taxpayer_id=amina)
    other = a_bill(app, "30", due_on=date(2026, 11, 23), taxpayer_id=karim)
    pay(app, clerk, an_open_desk(app, clerk), bill, amount="150", confirmed={AmountExceedsDebts})
    grounds = Grounds(reason="family")
    decide(app, lambda uow: compensate(uow, bill.account_id, other.account_id, money("30"), grounds))
    gives, takes = of(app, amina), of(app, karim)
    assert told(gives)[-1] == ("moved", ZERO, ZERO, money("-30"), money("-20"))
    assert told(takes) == [
        ("charged", money("30"), ZERO, ZERO, money("30")),
        ("moved", ZERO, ZERO, money("30"), ZERO),
        ("credit_used", ZERO, money("30"), money("-30"), ZERO),
    ]
    for statement in (gives, takes):
        ensure_it_closes(app, statement)


def test_an_account_of_nobody_on_the_register_has_its_statement(app: App) -> None:
    bill = a_bill(app, "60")
    statement = app.read(AccountStatement(account_id=bill.account_id), everything(app))
    assert (statement.name, statement.number, statement.taxpayer_id) == ("12345-A-15", "", None)
    ensure_it_closes(app, statement)


def test_whoever_never_owed_anything_has_an_empty_statement(app: App) -> None:
    statement = of(app, a_taxpayer(app))
    assert (statement.account_id, statement.movements, statement.balance) == (None, (), ZERO)
    with pytest.raises(NotFound):
        of(app, 404)


def test_it_takes_the_right_to_see_bills(app: App, actor: ActorOf) -> None:
    registrar = actor(Role.REGISTRAR)
    assert not registrar.may(VIEW_BILLS)
    with pytest.raises(NotAllowed):
        app.read(AccountStatement(taxpayer_id=a_taxpayer(app)), registrar)


# --- on paper -------------------------------------------------------------------------------------------------------


def shown(pdf: bytes) -> str:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return " ".join(" ".join(pages).replace("\u202f", " ").replace("\xa0", " ").split())


def test_the_statement_is_frozen_and_printed(app: App, actor: ActorOf, clock: TownClock) -> None:
    clerk = actor(Role.CLERK)
    amina = a_taxpayer(app)
    bill = a_bill(app, "1000", taxpayer_id=amina, instalments=[(NEXT_DAY, "400"), (DUE, "600")])
    at(clock, date(2026, 11, 25))
    desk = an_open_desk(app, clerk)
    taken = take(app, clerk, desk, bill.charge_ids[1:], given("cash", "250"))
    issued = app.execute(IssueStatement(taxpayer_id=amina, language="en"), clerk).outcome
    assert issued.number.startswith("S-2026-000001-")
    pdf = app.execute(PrintDocument(document_id=issued.document_id), clerk).outcome.pdf
    paper = shown(pdf)
    for fact in (
        "Statement of account", "Amina Bennani", "As known on 25/11/2026", "Penalty reckoned to 25/11/2026",
        "Balance as booked", "750.00 MAD", "Penalty accrued, not booked 60.00", "To pay on 25/11/2026 810.00",
        f"Payment · {taken.receipt_number}", "part 1 of 2", "part 2 of 2", bill.number,
        "24/11/2026", "400.00 60.00", "250.00 750.00",
    ):  # fmt: skip
        assert fact in paper

    pay(app, clerk, desk, bill)
    assert shown(app.read(ViewDocument(document_id=issued.document_id), clerk).pdf) == paper
    again = app.execute(IssueStatement(taxpayer_id=amina, language="fr"), clerk).outcome
    assert again.number.startswith("S-2026-000002-")
    frozen = app.execute(PrintDocument(document_id=issued.document_id), clerk).outcome
    assert frozen.duplicate == 1
    assert "750.00 MAD" in shown(frozen.pdf)


def test_to_pay_is_what_settles_all_that_does_not_rest(app: App, actor: ActorOf, clock: TownClock) -> None:
    clerk = actor(Role.CLERK)
    amina = a_taxpayer(app)
    late = a_bill(app, "400", taxpayer_id=amina, due_on=NEXT_DAY)
    offered = a_bill(app, "60", taxpayer_id=amina, offers=[("30", date(2026, 11, 30))])
    resting = a_bill(app, "100", taxpayer_id=amina)
    decide(
        app, lambda uow: suspend(uow, resting.bill_id, Grounds(reason="contested"), since=uow.today)
    )  # fmt: skip
    at(clock, date(2026, 11, 25))
    statement = of(app, amina)
    assert (statement.booked, statement.accrued, statement.suspended, statement.rebate) == (
        money("560"), money("60"), money("100"), money("30"),
    )  # fmt: skip
    assert statement.to_pay == money("490")
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, late, offered, amount="490")
    after = of(app, amina)
    assert (after.to_pay, after.balance) == (ZERO, money("100"))
    # After the offer's last day all of it would have been owed.
    assert of(app, amina, on=date(2026, 12, 1), known=NEXT_DAY).to_pay == money("520")
