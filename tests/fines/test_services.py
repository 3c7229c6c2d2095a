"""A fine from the street to the counter, as an officer, a clerk and an auditor see it; on both engines."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muniadmin.access.commands import Approval
from muniadmin.access.errors import NoApproval, SamePerson
from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, offer, write_off
from muniadmin.billing.reads import OneBill, OpenCharges
from muniadmin.billing.services import IssuedBill
from muniadmin.collection.commands import CancelReceipt, PaymentTaken, ReturnTender
from muniadmin.collection.errors import AmountExceedsDebts, NothingToPay
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.papers import sheet_from_json
from muniadmin.fines.commands import FineCaptured, IssueFineNotice, VoidFine
from muniadmin.fines.errors import (
    CommittedLater,
    FineCannotBePrinted,
    FineCannotBeVoided,
    FineUnknown,
    OffenceHasNoAmount,
    OffenceUnknown,
    PlateUnreadable,
    SameFineNearby,
)
from muniadmin.fines.models import OffenceAmount
from muniadmin.fines.reads import FineDetail, Fines, FinesOfPlate, Offences, Officers, UnregisteredPlates
from muniadmin.fines.rules import FineAct
from muniadmin.fines.sheets import FineNoticeSheet
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, NotAllowed, NotFound, RequestChanged
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.reads import TrialBalance
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import a_taxpayer, an_open_desk, everything, money, pay
from tests.fines.builders import a_capture, a_fine, a_vehicle, at, bill_of
from tests.soundness import ensure_sound
from tests.towns import PASSWORD, user_name

ActorOf = Callable[[Role], Actor]
MANAGER = Approval(user_name=user_name(Role.MANAGER), password=PASSWORD)


def pay_fine(app: App, clerk: Actor, fine: FineCaptured, amount: str | None = None) -> PaymentTaken:
    """Pays at the counter, as a scan of the notice does."""
    return pay(app, clerk, an_open_desk(app, clerk), bill_of(app, fine), amount=amount)


# --- capture -------------------------------------------------------------------------------------------------------


def test_a_fine_is_captured_and_owed_under_its_own_number(app: App, actor: ActorOf) -> None:
    fine = a_fine(app, actor(Role.FINES_OFFICER), make="Dacia", remarks="on the corner")
    assert re.fullmatch(r"P-2026-000001-[0-9A-Z]", fine.number)
    assert (fine.amount, fine.due) == (money("300"), money("150"))

    bill = app.read(OneBill(number=fine.number), everything(app))
    assert (bill.total, bill.rebate, bill.due) == (money("300"), money("150"), money("150"))
    assert (bill.head_code, bill.taxpayer_name, bill.due_on) == ("PV", "12345-A-15", date(2026, 12, 23))

    case = app.read(FineDetail(number=fine.number.lower().replace("-", " ")), everything(app))
    assert (case.row.state, case.row.offence_code, case.make) == ("discount", "S01", "Dacia")
    assert [(step.amount, step.until) for step in case.steps] == [
        (money("150"), date(2026, 11, 24)),
        (money("200"), date(2026, 12, 8)),
        (money("300"), None),
    ]
    assert [event.kind for event in case.events] == [
        "committed",
        "captured",
        "discount_ends",
        "discount_ends",
    ]
    ensure_sound(app)


def test_numbers_follow_one_another_and_the_same_request_is_carried_out_once(
    app: App, actor: ActorOf
) -> None:
    officer = actor(Role.FINES_OFFICER)
    command = a_capture(app)
    first = app.execute(command, officer).outcome
    assert app.execute(command, officer).outcome == first
    second = a_fine(app, officer, plate="A 1")
    assert [fine.number[7:13] for fine in (first, second)] == ["000001", "000002"]
    assert app.read(Fines(), officer).count == 2
    ensure_sound(app)


def test_who_is_liable_is_who_owned_the_vehicle_on_the_day(app: App, actor: ActorOf) -> None:
    officer = actor(Role.FINES_OFFICER)
    owner = a_taxpayer(app)
    a_vehicle(app, owner, "12345-أ-15", started_on=date(2026, 11, 1))
    before = a_fine(app, officer, "12345 A 15", committed_at=at(date(2026, 10, 31)))
    since = a_fine(app, officer, "12345/a/15")
    assert app.read(FineDetail(number=before.number), officer).taxpayer_name == ""
    case = app.read(FineDetail(number=since.number), officer)
    assert case.taxpayer_name == "Amina Bennani"
    assert app.read(OneBill(number=since.number), officer).taxpayer_id == owner
    history = app.read(FinesOfPlate(plate="12345-أ-15"), officer)
    assert (history.count, history.unpaid, history.taxpayer_name) == (2, 2, "Amina Bennani")
    assert history.due == money("450")  # the fifteen days of the first are over
    ensure_sound(app)


def test_a_vehicle_sold_before_the_day_is_nobodys(app: App, actor: ActorOf) -> None:
    owner = a_taxpayer(app)
    a_vehicle(app, owner, "777-B-6", started_on=date(2020, 1, 1), ended_on=date(2026, 11, 22))
    fine = a_fine(app, actor(Role.CLERK), "777-B-6")
    assert app.read(FineDetail(number=fine.number), actor(Role.CLERK)).taxpayer_name == ""


def test_the_amount_of_the_day_of_the_offence_is_frozen(app: App, actor: ActorOf, clock: FixedClock) -> None:
    officer = actor(Role.FINES_OFFICER)
    with unit_of_work(
        app.database, actor=everything(app), now=clock.now(), municipality=app.municipality
    ) as uow:
        offence_id = uow.session.execute(text("SELECT id FROM offence WHERE code = 'S01'")).scalar_one()
        uow.session.add(
            OffenceAmount(
                offence_id=offence_id,
                valid_from=date(2026, 11, 20),
                amount=money("350"),
                steps={"reduced": [], "increased": []},
                figures="example",
            )
        )
    old = a_fine(app, officer, "A 1", committed_at=at(date(2026, 11, 19)))
    new = a_fine(app, officer, "A 2", committed_at=at(date(2026, 11, 20)))
    assert (old.amount, new.amount) == (money("300"), money("350"))
    by_code = {row.code: row for row in app.read(Offences(), officer)}
    assert by_code["S01"].amount == money("350")
    assert {row.code: row for row in app.read(Offences(on=date(2026, 11, 19)), officer)}[
        "S01"
    ].amount == money("300")


def test_a_form_with_mistakes_says_what_is_wrong_beside_each_field(app: App, actor: ActorOf) -> None:
    with pytest.raises(InvalidInput) as refusal:
        a_fine(
            app,
            actor(Role.CLERK),
            offence_code="Z99",
            place=" ",
            officer="",
            committed_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
            latitude=34.0,
            remarks="x" * 501,
        )
    problems = {name: type(problem) for name, problem in refusal.value.problems.items()}
    assert problems.keys() == {"offence_code", "place", "officer", "committed_at", "longitude", "remarks"}
    assert problems["offence_code"] is OffenceUnknown
    assert problems["committed_at"] is CommittedLater
    assert app.read(Fines(), actor(Role.CLERK)).count == 0


def test_an_offence_without_an_amount_that_day_is_refused(app: App, actor: ActorOf) -> None:
    with pytest.raises(InvalidInput) as refusal:
        a_fine(app, actor(Role.CLERK), committed_at=at(date(1899, 12, 31)))
    assert isinstance(refusal.value.problems["offence_code"], OffenceHasNoAmount)


def test_a_plate_no_register_knows_is_found_by_its_beginning_while_there_is_something_to_pay(
    app: App, actor: ActorOf
) -> None:
    officer, clerk = actor(Role.FINES_OFFICER), actor(Role.CLERK)
    a_vehicle(app, a_taxpayer(app), "77124-ب-15", started_on=date(2026, 1, 1))
    a_fine(app, officer, "77124-ب-15")
    older = a_fine(app, officer, "77123-ب-15", committed_at=at(date(2026, 11, 20)))
    newer = a_fine(app, officer, "77123-ب-15")

    def found(text: str) -> list[tuple[str, list[str]]]:
        plates = app.read(UnregisteredPlates(text=text), clerk)
        return [(one.plate, list(one.bills.values())) for one in plates]

    both = [("77123-B-15", [older.number, newer.number])]
    assert [found(text) for text in ("77123", "77123 b", "٧٧١٢٣-ب-15")] == [both] * 3
    assert [found(text) for text in ("77", "bbb", "", "99999")] == [[]] * 4
    pay_fine(app, clerk, older)
    app.execute(VoidFine(number=newer.number, reason="Wrong plate", approval=MANAGER), officer)
    assert found("77123") == []


def test_an_unreadable_plate_is_asked_about_and_has_no_history(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    for plate in ("BLANKPLATE", "BLANKPLATE", ""):
        with pytest.raises(PlateUnreadable):
            a_fine(app, clerk, plate)
        a_fine(app, clerk, plate, confirmed={PlateUnreadable})
    assert app.read(Fines(), clerk).count == 3
    history = app.read(FinesOfPlate(plate="blankplate"), clerk)
    assert (history.readable, history.count) == (False, 0)


def test_the_same_car_for_the_same_thing_within_the_hour_is_asked_about(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    first = a_fine(app, clerk)
    with pytest.raises(SameFineNearby) as question:
        a_fine(app, clerk, "12345 A 15")
    assert first.number in question.value.sentence()
    a_fine(app, clerk, "12345 A 15", offence_code="S03")
    a_fine(app, clerk, "12345 A 15", committed_at=app.clock.now() - timedelta(hours=3))
    a_fine(app, clerk, "12345 A 15", confirmed={SameFineNearby})
    assert app.read(FinesOfPlate(plate="12345a15"), clerk).count == 4


# --- paying --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "paid"), [(0, "150"), (1, "150"), (2, "200"), (15, "200"), (16, "300"), (200, "300")]
)
def test_the_counter_takes_exactly_what_is_due_that_day(
    app: App, actor: ActorOf, clock: FixedClock, days: int, paid: str
) -> None:
    fine = a_fine(app, actor(Role.FINES_OFFICER))
    clock.instant += timedelta(days=days)
    listed = app.read(Fines(text=fine.number), actor(Role.CLERK)).rows[0]
    assert listed.due == money(paid)
    taken = pay_fine(app, actor(Role.CLERK), fine)
    assert taken.amount == money(paid)
    case = app.read(FineDetail(number=fine.number), actor(Role.CLERK))
    assert (case.row.state, case.row.due) == ("paid", ZERO)
    event = next(event for event in case.events if event.kind == "paid")
    assert (event.amount, event.text) == (money(paid), taken.receipt_number)
    ensure_sound(app)


def test_a_fine_that_rises_when_it_is_late(app: App, actor: ActorOf, clock: FixedClock) -> None:
    """Kampala's way (half within 7 days, half as much again after 28), in a version of an offence."""
    with unit_of_work(
        app.database, actor=everything(app), now=clock.now(), municipality=app.municipality
    ) as uow:
        offence_id = uow.session.execute(text("SELECT id FROM offence WHERE code = 'S01'")).scalar_one()
        uow.session.add(
            OffenceAmount(
                offence_id=offence_id,
                valid_from=date(2026, 1, 1),
                amount=money("400"),
                steps={"reduced": [{"days": 7, "rate": "0.5"}], "increased": [{"days": 28, "rate": "1.5"}]},
                figures="example",
            )
        )
    clerk = actor(Role.CLERK)
    fine = a_fine(app, clerk)
    for days, state, due in (
        (7, "discount", "200"),
        (8, "open", "400"),
        (28, "open", "400"),
        (29, "increased", "600"),
    ):
        clock.instant = at(date(2026, 11, 23)) + timedelta(days=days)
        row = app.read(Fines(state=state), clerk).rows[0]
        assert (row.number, row.due) == (fine.number, money(due))
    assert pay_fine(app, clerk, fine).amount == money("600")
    ensure_sound(app)


def test_a_part_payment_does_not_end_the_discount_and_a_cancelled_receipt_opens_the_fine_again(
    app: App, actor: ActorOf
) -> None:
    clerk = actor(Role.CLERK)
    fine = a_fine(app, clerk)
    session = an_open_desk(app, clerk)
    taken = pay(app, clerk, session, bill_of(app, fine), amount="100")
    row = app.read(Fines(), clerk).rows[0]
    assert (row.state, row.left, row.due) == ("discount", money("200"), money("50"))
    assert app.read(FineDetail(number=fine.number), clerk).paid == money("100")
    approval = Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD)
    app.execute(CancelReceipt(number=taken.receipt_number, reason="wrong fine", approval=approval), clerk)
    case = app.read(FineDetail(number=fine.number), clerk)
    assert (case.row.state, case.row.due, case.paid) == ("discount", money("150"), ZERO)
    assert [(event.kind, event.amount, event.text) for event in case.events[2:4]] == [
        ("paid", money("100"), taken.receipt_number),
        ("payment_cancelled", money("100"), taken.receipt_number),
    ]
    pay(app, clerk, session, bill_of(app, fine), amount="150")
    assert app.read(FineDetail(number=fine.number), clerk).row.state == "paid"
    ensure_sound(app)


def test_two_part_payments_of_the_reduced_amount_settle_the_fine(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    fine = a_fine(app, clerk)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, bill_of(app, fine), amount="100")
    assert pay(app, clerk, session, bill_of(app, fine)).amount == money("50")
    case = app.read(FineDetail(number=fine.number), clerk)
    assert (case.row.state, case.paid) == ("paid", money("150"))
    ensure_sound(app)


def test_a_part_payment_too_small_in_time_leaves_the_full_amount(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    clerk = actor(Role.CLERK)
    fine = a_fine(app, clerk)
    pay_fine(app, clerk, fine, amount="100")
    clock.instant += timedelta(days=16)
    row = app.read(Fines(state="partly_paid"), clerk).rows[0]
    assert (row.number, row.left, row.due) == (fine.number, money("200"), money("200"))


def test_a_fine_that_was_written_off_is_not_said_to_be_paid_until_it_is(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    clerk = actor(Role.CLERK)
    fine = a_fine(app, clerk)
    bill = bill_of(app, fine)
    clock.instant += timedelta(days=60)
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        write_off(uow, bill.charge_ids, Grounds(reason="nobody there", document="D 9"))

    case = app.read(FineDetail(number=fine.number), clerk)
    assert (case.row.state, case.row.due, case.paid) == ("written_off", ZERO, ZERO)
    # Nothing is to come any more; who comes to pay after all may.
    assert (case.events[-1].kind, FineAct.PAY in case.acts) == ("captured", True)
    assert [row.number for row in app.read(Fines(state="written_off"), clerk).rows] == [fine.number]
    assert app.read(Fines(state="paid"), clerk).count == 0

    pay_fine(app, clerk, fine)
    assert app.read(FineDetail(number=fine.number), clerk).row.state == "paid"
    assert app.read(Fines(state="paid"), clerk).count == 1
    ensure_sound(app)


def test_a_returned_cheque_opens_the_fine_again(app: App, actor: ActorOf, clock: FixedClock) -> None:
    clerk = actor(Role.CLERK)
    fine = a_fine(app, clerk)
    taken = pay(app, clerk, an_open_desk(app, clerk), bill_of(app, fine), channel="cheque", reference="123")
    clock.instant += timedelta(days=4)
    with app.database.connect_to_read() as connection:
        tender_id = connection.scalar(text("SELECT id FROM tender"))
    app.execute(ReturnTender(tender_id=tender_id, reason="no cover"), everything(app))
    case = app.read(FineDetail(number=fine.number), clerk)
    assert (case.row.state, case.row.due, case.paid) == ("discount", money("200"), ZERO)
    assert [(event.kind, event.amount, event.text) for event in case.events[2:4]] == [
        ("paid", money("150"), taken.receipt_number),
        ("payment_returned", money("150"), taken.receipt_number),
    ]
    ensure_sound(app)


def test_fines_of_a_plate_share_its_account_and_the_money_held_for_it(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    first, other = a_fine(app, clerk, "A 1"), a_fine(app, clerk, "A 2")
    second = a_fine(app, clerk, "a-1", offence_code="S03")
    accounts = [bill_of(app, fine).account_id for fine in (first, other, second)]
    assert accounts[0] == accounts[2] != accounts[1]
    owed = app.read(OpenCharges(account_id=accounts[0]), clerk)
    assert [one.number for one in owed] == [first.number, second.number]

    # Twenty too much for the first two: it is held for the plate, and pays on its next fine.
    session = an_open_desk(app, clerk)
    bills = bill_of(app, first), bill_of(app, second)
    paid = pay(app, clerk, session, *bills, amount="320", confirmed={AmountExceedsDebts})
    assert (paid.credit, app.read(FinesOfPlate(plate="A1"), clerk).unpaid) == (money("20"), 0)
    third = a_fine(app, clerk, "A 1", offence_code="S09")
    case = app.read(FineDetail(number=third.number), clerk)
    assert (case.row.state, case.row.left, case.row.due) == ("discount", money("680"), money("380"))
    assert ("credit_used", money("20")) in [(event.kind, event.amount) for event in case.events]
    assert app.read(FinesOfPlate(plate="A1"), clerk).due == money("380")
    ensure_sound(app)


def test_money_held_for_a_plate_pays_no_more_than_the_reduced_amount(app: App, actor: ActorOf) -> None:
    clerk = actor(Role.CLERK)
    first = a_fine(app, clerk, "A 1")
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, bill_of(app, first), amount="350", confirmed={AmountExceedsDebts})
    second = a_fine(app, clerk, "A 1", offence_code="S03")
    assert second.due == ZERO
    case = app.read(FineDetail(number=second.number), clerk)
    assert (case.row.state, case.paid) == ("paid", money("150"))
    ensure_sound(app)


def test_a_fine_offered_anew_is_reduced_again(app: App, actor: ActorOf, clock: FixedClock) -> None:
    clerk = actor(Role.CLERK)
    fine = a_fine(app, clerk, committed_at=at(date(2026, 10, 20)))
    assert app.read(Fines(), clerk).rows[0].state == "open"
    with unit_of_work(
        app.database, actor=everything(app), now=clock.now(), municipality=app.municipality
    ) as uow:
        offer(
            uow,
            bill_of(app, fine).bill_id,
            money("150"),
            date(2026, 11, 23),
            date(2026, 12, 7),
            Grounds(reason="objection rejected"),
        )
    row = app.read(Fines(state="discount"), clerk).rows[0]
    assert (row.number, row.due) == (fine.number, money("150"))
    clock.instant = at(date(2026, 12, 8))
    row = app.read(Fines(state="open"), clerk).rows[0]
    assert (row.number, row.due) == (fine.number, money("300"))


# --- voiding -------------------------------------------------------------------------------------------------------


def test_a_void_fine_is_annulled_and_nothing_is_deleted(app: App, actor: ActorOf) -> None:
    officer = actor(Role.FINES_OFFICER)
    fine = a_fine(app, officer)
    voided = app.execute(
        VoidFine(number=fine.number, reason="Wrong plate", approval=MANAGER), officer
    ).outcome
    assert voided.amount == money("300")
    case = app.read(FineDetail(number=fine.number), officer)
    assert (case.row.state, case.row.due, case.void_reason) == ("void", ZERO, "Wrong plate")
    assert app.read(OpenCharges(number=fine.number), officer) == []
    balances = {row.code: row.balance for row in app.read(TrialBalance(), everything(app))}
    assert (balances["receivable:PV"], balances["revenue:PV"]) == (ZERO, ZERO)
    page = app.read(Fines(), officer)
    assert (page.count, page.left) == (1, ZERO)
    with pytest.raises(FineCannotBeVoided):
        app.execute(VoidFine(number=fine.number, reason="again", approval=MANAGER), officer)
    ensure_sound(app)


def test_what_was_paid_cannot_be_voided(app: App, actor: ActorOf) -> None:
    clerk, officer = actor(Role.CLERK), actor(Role.FINES_OFFICER)
    part, whole = a_fine(app, clerk, "A 1"), a_fine(app, clerk, "A 2")
    session = an_open_desk(app, clerk)
    for fine, amount in ((part, "10"), (whole, None)):
        pay(app, clerk, session, bill_of(app, fine), amount=amount)
        with pytest.raises(FineCannotBeVoided):
            app.execute(VoidFine(number=fine.number, reason="no", approval=MANAGER), officer)
    ensure_sound(app)


def test_voiding_needs_a_reason_and_another_person_who_may(app: App, actor: ActorOf) -> None:
    officer = actor(Role.FINES_OFFICER)
    fine = a_fine(app, officer)
    with pytest.raises(InvalidInput):
        app.execute(VoidFine(number=fine.number, reason=" ", approval=MANAGER), officer)
    for role, refusal in ((Role.FINES_OFFICER, SamePerson), (Role.CLERK, NoApproval)):
        approval = Approval(user_name=user_name(role), password=PASSWORD)
        with pytest.raises(refusal):
            app.execute(VoidFine(number=fine.number, reason="no", approval=approval), officer)
    with pytest.raises(NotAllowed):
        app.execute(VoidFine(number=fine.number, reason="no", approval=MANAGER), actor(Role.CLERK))
    with pytest.raises(FineUnknown):
        app.execute(VoidFine(number="P-2026-000009-0", reason="no", approval=MANAGER), officer)
    assert app.read(Fines(), officer).rows[0].state == "discount"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fine SET amount = 1",
        "UPDATE fine SET plate = 'X'",
        "UPDATE fine SET bill_id = NULL",
        "UPDATE fine SET captured_by_id = NULL",
        "DELETE FROM fine",
        "UPDATE offence_amount SET amount = 1",
    ],
)
def test_the_database_itself_protects_what_was_captured(app: App, actor: ActorOf, statement: str) -> None:
    a_fine(app, actor(Role.CLERK))
    with app.database.writers.begin() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


@pytest.mark.parametrize("column", ["voided_by_id", "void_approved_by_id"])
def test_the_database_itself_keeps_who_annulled_a_fine(app: App, actor: ActorOf, column: str) -> None:
    officer = actor(Role.FINES_OFFICER)
    app.execute(VoidFine(number=a_fine(app, officer).number, reason="Wrong plate", approval=MANAGER), officer)
    with app.database.writers.begin() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(f"UPDATE fine SET {column} = (SELECT min(id) FROM app_user)"))


def test_the_database_itself_refuses_to_annul_a_fine_that_nobody_approved(app: App, actor: ActorOf) -> None:
    a_fine(app, actor(Role.CLERK))
    alone = "UPDATE fine SET voided_at = captured_at, voided_by_id = captured_by_id, void_reason = 'X'"
    with app.database.writers.begin() as connection, pytest.raises(DBAPIError, match="void_approved"):
        connection.execute(text(alone))


# --- at once -------------------------------------------------------------------------------------------------------


def test_desks_that_capture_at_once_leave_no_gap(app: App, actor: ActorOf) -> None:
    officer = actor(Role.FINES_OFFICER)
    with ThreadPoolExecutor(4) as desks:
        made = list(desks.map(lambda number: a_fine(app, officer, f"A {number}"), range(12)))
    assert sorted(fine.number[7:13] for fine in made) == [f"{number:06d}" for number in range(1, 13)]
    ensure_sound(app)


def test_the_same_request_sent_twice_at_once_is_one_fine(app: App, actor: ActorOf) -> None:
    officer, command = actor(Role.FINES_OFFICER), a_capture(app)
    with ThreadPoolExecutor(2) as desks:
        first, second = desks.map(lambda _desk: app.execute(command, officer).outcome, range(2))
    assert first == second
    assert a_fine(app, officer, "A 1").number[7:13] == "000002"


def test_a_request_that_says_something_else_the_second_time_is_refused(app: App, actor: ActorOf) -> None:
    officer = actor(Role.FINES_OFFICER)
    command = a_capture(app, make="Dacia", longitude=-7.6, latitude=33.6, remarks="on the corner")
    first = app.execute(command, officer).outcome
    for other in (
        {"plate": "12345-B-15"},
        {"offence_code": "S04"},
        {"place": "Rue 7"},
        {"committed_at": command.committed_at + timedelta(minutes=1)},
        {"officer": "B-13"},
        {"make": "Fiat"},
        {"longitude": None, "latitude": None},
        {"longitude": -7.7},
        {"latitude": 33.7},
        {"remarks": ""},
    ):
        with pytest.raises(RequestChanged) as refused:
            app.execute(replace(command, **other), officer)
        assert first.number in refused.value.sentence()
    assert app.execute(command, officer).outcome == first
    assert [one.number for one in app.read(Fines(), officer).rows] == [first.number]
    # No number was used up by what was refused.
    assert a_fine(app, officer, "A 1").number[7:13] == "000002"


def test_a_fine_is_paid_or_void_never_both(app: App, actor: ActorOf) -> None:
    clerk, officer = actor(Role.CLERK), actor(Role.FINES_OFFICER)
    session = an_open_desk(app, clerk)

    def pays(fine: FineCaptured, bill: IssuedBill) -> str:
        try:
            pay(app, clerk, session, bill)
        except NothingToPay:
            return "void"
        return "paid"

    def voids(fine: FineCaptured, bill: IssuedBill) -> str:
        try:
            app.execute(VoidFine(number=fine.number, reason="Wrong plate", approval=MANAGER), officer)
        except FineCannotBeVoided:
            return "paid"
        return "void"

    for number in range(4):
        fine = a_fine(app, officer, f"A {number}")
        bill = bill_of(app, fine)
        with ThreadPoolExecutor(2) as desks:
            ends = [desk.result() for desk in [desks.submit(act, fine, bill) for act in (pays, voids)]]
        state = app.read(FineDetail(number=fine.number), officer).row.state
        assert ends == [state, state]
    ensure_sound(app)


# --- the notice ----------------------------------------------------------------------------------------------------


def test_the_notice_says_what_it_costs_until_when_and_is_issued_once(app: App, actor: ActorOf) -> None:
    officer = actor(Role.FINES_OFFICER)
    owner = a_taxpayer(app)
    a_vehicle(app, owner, "12345-أ-15", started_on=date(2020, 1, 1))
    fine = a_fine(app, officer, make="Dacia Logan")
    first = app.execute(IssueFineNotice(number=fine.number), officer).outcome
    again = app.execute(IssueFineNotice(number=fine.number), officer).outcome
    assert (first.again, again.again, again.document_id) == (False, True, first.document_id)
    with app.database.connect_to_read() as connection:
        canonical = connection.execute(
            text("SELECT canonical FROM issued_document WHERE id = :id"), {"id": first.document_id}
        ).scalar_one()
    sheet = sheet_from_json(canonical)
    assert isinstance(sheet, FineNoticeSheet)
    assert (sheet.number, sheet.plate, sheet.language) == (fine.number, "12345-A-15", "fr")
    assert (sheet.offence, sheet.owner_name) == ("Stationnement interdit", "Amina Bennani")
    assert [(step.amount, step.until) for step in sheet.steps] == [
        (money("150"), date(2026, 11, 24)),
        (money("200"), date(2026, 12, 8)),
        (money("300"), None),
    ]
    printed = app.execute(PrintDocument(document_id=first.document_id), officer).outcome
    assert printed.pdf.startswith(b"%PDF")
    case = app.read(FineDetail(number=fine.number), officer)
    assert case.notice_document_id == first.document_id
    ensure_sound(app)


def test_there_is_no_notice_for_a_void_fine(app: App, actor: ActorOf) -> None:
    officer = actor(Role.FINES_OFFICER)
    fine = a_fine(app, officer)
    app.execute(VoidFine(number=fine.number, reason="Wrong plate", approval=MANAGER), officer)
    with pytest.raises(FineCannotBePrinted):
        app.execute(IssueFineNotice(number=fine.number), officer)


# --- the list ------------------------------------------------------------------------------------------------------


def test_the_list_finds_counts_and_sums(app: App, actor: ActorOf, clock: FixedClock) -> None:
    officer = actor(Role.FINES_OFFICER)
    one = a_fine(app, officer, "12345-A-15", place="Rue Talaa Kebira")
    a_fine(app, officer, "777-B-6", offence_code="S09", officer="B-7", committed_at=at(date(2026, 11, 2)))
    a_fine(app, officer, "12349-A-15", offence_code="H01", committed_at=at(date(2026, 10, 2)))

    def found(**more: object) -> list[str]:
        page = app.read(Fines(**more), officer)  # type: ignore[arg-type]
        assert page.count == len(page.rows)
        return [row.plate for row in page.rows]

    assert found() == ["12345-A-15", "777-B-6", "12349-A-15"]
    assert found(sort="amount", descending=False) == ["12349-A-15", "12345-A-15", "777-B-6"]
    assert found(text="1234") == ["12345-A-15", "12349-A-15"]
    assert found(text="777 ب 6") == ["777-B-6"]
    assert found(text="talaa") == ["12345-A-15"]
    assert found(text=one.number) == ["12345-A-15"]
    assert found(state="discount") == ["12345-A-15"]
    assert found(state="open") == ["777-B-6", "12349-A-15"]
    assert found(officer="B-7") == ["777-B-6"]
    assert found(offence_code="H01") == ["12349-A-15"]
    assert found(since=date(2026, 11, 2), until=date(2026, 11, 2)) == ["777-B-6"]
    page = app.read(Fines(limit=1, offset=1), officer)
    assert ([row.plate for row in page.rows], page.count) == (["777-B-6"], 3)
    assert (page.amount, page.left) == (money("1060"), money("1060"))
    assert app.read(Officers(), officer) == ["B-12", "B-7"]


def test_the_state_the_database_filters_by_is_the_state_shown(
    app: App, actor: ActorOf, clock: FixedClock
) -> None:
    clerk, officer = actor(Role.CLERK), actor(Role.FINES_OFFICER)
    session = an_open_desk(app, clerk)
    fines = [a_fine(app, clerk, f"A {number}") for number in range(5)]
    pay(app, clerk, session, bill_of(app, fines[0]))
    pay(app, clerk, session, bill_of(app, fines[1]), amount="20")
    app.execute(VoidFine(number=fines[2].number, reason="no", approval=MANAGER), officer)
    for days in (0, 15, 16, 31):
        clock.instant = at(date(2026, 11, 23)) + timedelta(days=days)
        states = {row.number: row.state for row in app.read(Fines(), clerk).rows}
        for state in set(states.values()):
            page = app.read(Fines(state=state), clerk)
            assert {row.number for row in page.rows} == {
                number for number, one in states.items() if one == state
            }
            assert all(row.state == state for row in page.rows)


def test_an_unknown_fine_is_not_found(app: App, actor: ActorOf) -> None:
    with pytest.raises(NotFound):
        app.read(FineDetail(number="P-2026-000009-0"), actor(Role.CLERK))


def test_the_catalogue_is_the_profiles(app: App, actor: ActorOf) -> None:
    rows = app.read(Offences(), actor(Role.CLERK))
    assert [row.code for row in rows] == [
        "S01",
        "S02",
        "S03",
        "S04",
        "S05",
        "S06",
        "S07",
        "S08",
        "S09",
        "H01",
        "F01",
    ]
    assert rows[8].amount == money("700")
    assert [step.amount for step in rows[8].steps] == [money("400"), money("500"), money("700")]
    assert [step.amount for step in rows[10].steps] == [Money(12000)]
