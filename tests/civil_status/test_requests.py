"""Requests on both databases: from reception to delivery, with the fee, the extract and the register of deliveries."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from muniadmin.access.commands import Approval
from muniadmin.app import App
from muniadmin.billing.reads import OneBill
from muniadmin.billing.services import IssuedBill
from muniadmin.civil_status.commands import (
    Cause,
    DeliverRequest,
    PrepareRequest,
    RefuseRequest,
    RequestMoved,
    ReworkRequest,
    StartRequest,
)
from muniadmin.civil_status.errors import (
    ActNotSigned,
    ActUnknown,
    FeeAlreadyPaid,
    FeeNotSettled,
    RequesterNotOnAct,
    RequestUnknown,
    StepNotAllowed,
)
from muniadmin.civil_status.reads import (
    CivilDocuments,
    DeliveryRegister,
    LateRequests,
    OneAct,
    OneRequest,
    PreviewExtract,
    RequestDetail,
    Requests,
)
from muniadmin.collection.commands import CancelReceipt
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.keys import public_key
from muniadmin.documents.signing import ExtractClaim
from muniadmin.indicators.reads import Dashboard
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import ChoiceUnknown, InvalidInput, NotAllowed, RequestChanged, UserError
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import read_unit
from muniadmin.verification.commands import Verify
from tests.builders import an_open_desk, everything, issued, pay
from tests.civil_status.builders import Asked, a_draft, a_request, a_signed_act
from tests.documents.samples import ON_PAPER
from tests.documents.signed import read_signed
from tests.towns import PASSWORD, user_name

ActorWith = Callable[[Role], Actor]


@pytest.fixture
def clerk(actor: ActorWith) -> Actor:
    return actor(Role.CLERK)


def detail(app: App, number: str) -> RequestDetail:
    return app.read(OneRequest(number=number), everything(app))


def paid(app: App, clerk: Actor, asked: Asked) -> Asked:
    """The fee, paid at a desk."""
    bill_id = asked.taken.bill_id
    assert bill_id is not None
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, issued(app, bill_id))
    return asked


def prepared(app: App, clerk: Actor, number: str) -> RequestMoved:
    return app.execute(PrepareRequest(number=number), clerk).outcome


def shown(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def codes(pdf: bytes) -> set[str]:
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil()
    return {found.text for found in zxingcpp.read_barcodes(image, formats=ON_PAPER)}


# --- the whole way -------------------------------------------------------------------------------------------------


def test_two_copies_are_asked_for_paid_printed_and_handed_over(
    app: App, clerk: Actor, clock: FixedClock
) -> None:
    asked = a_request(app, clerk)
    assert asked.taken.fee == Money(400)
    assert asked.taken.due_at == clock.instant + timedelta(hours=2)
    bill = app.read(OneBill(number=asked.number), clerk)
    assert (bill.number, bill.due, bill.taxpayer_name) == (asked.number, Money(400), "Karim Bennani")
    assert bill.head_code == "EC"

    started = app.execute(StartRequest(number=asked.number), clerk).outcome
    assert started.state == "in_process"
    clock.instant += timedelta(minutes=10)
    ready = prepared(app, clerk, asked.number)
    assert ready.state == "ready"
    assert ready.document_id is not None
    with pytest.raises(FeeNotSettled) as refused:
        app.execute(DeliverRequest(number=asked.number), clerk)
    assert "4.00" in refused.value.sentence()
    assert "deliver" not in detail(app, asked.number).allowed

    paid(app, clerk, asked)
    assert "deliver" in detail(app, asked.number).allowed
    delivered = app.execute(DeliverRequest(number=asked.number), clerk).outcome
    assert delivered.state == "delivered"
    printed = app.execute(PrintDocument(document_id=ready.document_id), clerk).outcome
    assert len(pypdfium2.PdfDocument(printed.pdf)) == 2
    found = detail(app, asked.number)
    assert (found.row.state, found.row.due, found.prints) == ("delivered", ZERO, 1)
    assert [step.step for step in found.steps] == ["receive", "start", "prepare", "deliver"]
    assert {step.agent for step in found.steps} == {clerk.name}
    assert found.row.closed_at == clock.instant


def test_the_extract_says_what_the_act_says_and_its_code_verifies(app: App, clerk: Actor) -> None:
    asked = a_request(app, clerk)
    ready = prepared(app, clerk, asked.number)
    assert ready.document_id is not None
    pdf = app.execute(PrintDocument(document_id=ready.document_id), clerk).outcome.pdf
    page = shown(pdf)
    number = detail(app, asked.number).extract_number
    facts = (
        "Extrait d’acte de naissance", "ROYAUME DU MAROC", "BENNANI", "Yasmine", "Fatima Zahra EL ALAOUI",
        "14 mars 2026", "04:35", "بناني", "ياسمين", "Bureau central", number,
    )  # fmt: skip
    for fact in facts:
        assert fact in page
    (signed,) = codes(pdf) - {number}
    with read_unit(app.database, actor=clerk, now=app.clock.now(), municipality=app.municipality) as reading:
        claim = read_signed(signed, [public_key(reading)])
    assert claim == ExtractClaim(
        number=number,
        issued_on=date(2026, 11, 23),
        act="1/2026",
        holder="Yasmine BENNANI",
        born_on=date(2026, 3, 14),
    )


def test_an_extract_in_the_citizen_s_language(app: App, clerk: Actor) -> None:
    asked = a_request(app, clerk, language="en")
    ready = prepared(app, clerk, asked.number)
    assert ready.document_id is not None
    page = shown(app.execute(PrintDocument(document_id=ready.document_id), clerk).outcome.pdf)
    assert "Extract of birth act" in page
    assert "KINGDOM OF MOROCCO" in page
    assert "14 March 2026" in page


def test_looking_at_the_extract_issues_nothing(app: App, clerk: Actor) -> None:
    asked = a_request(app, clerk)
    preview = app.read(PreviewExtract(number=asked.number), clerk)
    assert "SPECIMEN" in shown(preview.pdf) or "SPÉCIMEN" in shown(preview.pdf)
    assert "Yasmine" in shown(preview.pdf)
    assert detail(app, asked.number).extract_number == ""


def test_the_same_request_sent_twice_is_taken_once(app: App, clerk: Actor) -> None:
    act = a_signed_act(app, everything(app))
    first = a_request(app, clerk, act, key="one-and-the-same")
    again = a_request(app, clerk, act, key="one-and-the-same")
    assert first == again
    assert app.read(Requests(), clerk).count == 1
    assert a_request(app, clerk, act).number[:13] == "D-2026-000002"


def test_a_request_sent_again_that_asks_for_something_else_is_refused(app: App, clerk: Actor) -> None:
    """As where no answer came, and the form was corrected before it was sent again."""
    from muniadmin.settings.models import Setting
    from muniadmin.storage.unit_of_work import unit_of_work

    # The profile has one document only that can be issued yet.
    with unit_of_work(app.database, actor=clerk, now=app.clock.now(), municipality=app.municipality) as uow:
        setting = uow.session.get_one(Setting, "profile")
        setting.value = {"written": setting.value["written"].replace('"full_copy"', '"extract"', 1)}
    act, other = (
        a_signed_act(app, everything(app)),
        a_signed_act(app, everything(app), child_given_names="Salma"),
    )
    first = a_request(app, clerk, act, key="one-and-the-same", relation="authority", mandate="Court")
    changes: list[dict[str, Any]] = [
        {"document_code": "birth_full_copy"},
        {"act_id": other.act_id},
        {"requester": "Karima Bennani"},
        {"identifier": "CIN A123457"},
        {"relation": "parent", "mandate": "Court"},
        {"mandate": "Tribunal"},
        {"copies": 3},
        {"channel": "post"},
        {"language": "en"},
    ]
    for change in changes:
        asked = {"key": "one-and-the-same", "relation": "authority", "mandate": "Court", **change}
        with pytest.raises(RequestChanged) as refused:
            a_request(app, clerk, act, **asked)
        assert first.number in refused.value.sentence()
    assert [row.number for row in app.read(Requests(), clerk).rows] == [first.number]
    # No number was used up by what was refused.
    assert a_request(app, clerk, act).number[:13] == "D-2026-000002"


def test_a_request_has_a_key_of_its_sender(app: App, clerk: Actor) -> None:
    with pytest.raises(InvalidInput) as refused:
        a_request(app, clerk, key=" ")
    assert set(refused.value.problems) == {"key"}


def test_a_free_document_is_delivered_without_payment(app: App, clerk: Actor) -> None:
    # The profile's documents all cost something: the fee is taken away behind its back.
    from muniadmin.settings.models import Setting
    from muniadmin.storage.unit_of_work import unit_of_work

    with unit_of_work(app.database, actor=clerk, now=app.clock.now(), municipality=app.municipality) as uow:
        setting = uow.session.get_one(Setting, "profile")
        parts = setting.value["written"].split("[[civil_documents]]")
        parts[1] = parts[1].replace("fee = 2", "fee = 0", 1).replace('head = "EC"', "", 1)
        setting.value = {"written": "[[civil_documents]]".join(parts)}
    asked = a_request(app, clerk)
    assert (asked.taken.fee, asked.taken.bill_id) == (ZERO, None)
    prepared(app, clerk, asked.number)
    assert app.execute(DeliverRequest(number=asked.number), clerk).outcome.state == "delivered"


# --- steps out of order --------------------------------------------------------------------------------------------


def test_a_step_that_does_not_start_here_is_refused(app: App, clerk: Actor) -> None:
    asked = a_request(app, clerk)
    for command in (
        DeliverRequest(number=asked.number),
        ReworkRequest(number=asked.number, cause=Cause.PRINT),
    ):
        with pytest.raises(StepNotAllowed) as refused:
            app.execute(command, clerk)
        assert asked.number in refused.value.sentence()
        assert "received" in refused.value.sentence()
    assert detail(app, asked.number).row.state == "received"


def test_two_desks_delivering_at_once_one_is_told(app: App, clerk: Actor) -> None:
    asked = paid(app, clerk, a_request(app, clerk))
    prepared(app, clerk, asked.number)

    def deliver(_desk: int) -> bool:
        try:
            app.execute(DeliverRequest(number=asked.number), clerk)
        except StepNotAllowed:
            return False
        return True

    with ThreadPoolExecutor(4) as desks:
        assert sorted(desks.map(deliver, range(4))) == [False, False, False, True]
    assert [step.step for step in detail(app, asked.number).steps].count("deliver") == 1


def test_an_error_is_marked_with_its_cause_and_the_extract_made_again(app: App, clerk: Actor) -> None:
    asked = paid(app, clerk, a_request(app, clerk))
    first = prepared(app, clerk, asked.number)
    first_number = detail(app, asked.number).extract_number
    app.execute(DeliverRequest(number=asked.number), clerk)
    app.execute(ReworkRequest(number=asked.number, cause=Cause.WRONG_ACT, note="twin brother's act"), clerk)
    found = detail(app, asked.number)
    assert (found.row.state, found.reworks, found.extract_number, found.row.closed_at) == (
        "in_process",
        1,
        "",
        None,
    )
    assert found.steps[-1].note == "Wrong act · twin brother's act"
    second = prepared(app, clerk, asked.number)
    assert second.document_id != first.document_id
    assert detail(app, asked.number).extract_number != first_number
    assert app.execute(DeliverRequest(number=asked.number), clerk).outcome.state == "delivered"
    with pytest.raises(InvalidInput) as refused:
        app.execute(ReworkRequest(number=asked.number, cause="bad luck"), clerk)  # type: ignore[arg-type]
    assert isinstance(refused.value.problems["cause"], ChoiceUnknown)


def test_a_refused_request_costs_nothing(app: App, clerk: Actor) -> None:
    asked = a_request(app, clerk)
    with pytest.raises(InvalidInput):
        app.execute(RefuseRequest(number=asked.number, reason="  "), clerk)
    refused = app.execute(RefuseRequest(number=asked.number, reason="Papers were not theirs"), clerk).outcome
    assert refused.state == "refused"
    assert app.read(OneBill(number=asked.number), clerk).due == ZERO
    assert detail(app, asked.number).allowed == frozenset()
    assert app.execute(Verify(), everything(app)).outcome.findings == ()


def test_a_paid_request_is_not_refused_before_the_money_is_back(app: App, clerk: Actor) -> None:
    asked = paid(app, clerk, a_request(app, clerk))
    with pytest.raises(FeeAlreadyPaid):
        app.execute(RefuseRequest(number=asked.number, reason="Changed their mind"), clerk)
    assert detail(app, asked.number).row.state == "received"


def test_a_fee_is_not_paid_and_annulled_at_once(app: App, clerk: Actor) -> None:
    session = an_open_desk(app, clerk)
    act = a_signed_act(app, everything(app))
    for _round in range(4):
        asked = a_request(app, clerk, act)
        bill_id = asked.taken.bill_id
        assert bill_id is not None
        fee = issued(app, bill_id)

        def refuse(number: str = asked.number) -> bool:
            try:
                app.execute(RefuseRequest(number=number, reason="Changed their mind"), clerk)
            except FeeAlreadyPaid:
                return False
            return True

        def take(fee: IssuedBill = fee) -> bool:
            try:
                pay(app, clerk, session, fee)
            except UserError:
                return False
            return True

        with ThreadPoolExecutor(2) as desks:
            done = [desks.submit(refuse), desks.submit(take)]
        assert sorted(one.result() for one in done) == [False, True]


def test_a_fee_given_back_may_be_refused(app: App, clerk: Actor) -> None:
    session = an_open_desk(app, clerk)
    asked = a_request(app, clerk)
    assert asked.taken.bill_id is not None
    payment = pay(app, clerk, session, issued(app, asked.taken.bill_id))
    approval = Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD)
    cancel = CancelReceipt(number=payment.receipt_number, reason="Changed their mind", approval=approval)
    app.execute(cancel, clerk)
    assert detail(app, asked.number).row.due == Money(400)
    assert app.execute(RefuseRequest(number=asked.number, reason="x"), clerk).outcome.state == "refused"


# --- what may not be asked for -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"requester": " "}, "requester"),
        ({"requester": "X" * 121}, "requester"),
        ({"identifier": ""}, "identifier"),
        ({"relation": ""}, "relation"),
        ({"relation": "neighbour"}, "relation"),
        ({"relation": "other"}, "relation"),
        ({"relation": "self", "requester": "Yasmine Bennani"}, "relation"),
        ({"relation": "representative"}, "mandate"),
        ({"relation": "representative", "mandate": "X" * 121}, "mandate"),
        ({"copies": 0}, "copies"),
        ({"copies": 21}, "copies"),
        ({"channel": "pigeon"}, "channel"),
        ({"document_code": "life_certificate"}, "document_code"),
        ({"document_code": "nothing"}, "document_code"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_is_taken(
    app: App, clerk: Actor, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        a_request(app, clerk, **wrong)
    assert list(refused.value.problems) == [field]
    assert refused.value.problems[field].sentence()
    assert app.read(Requests(state=None), clerk).count == 0


def test_somebody_whom_the_act_does_not_name_is_asked_about(app: App, clerk: Actor) -> None:
    act = a_signed_act(app, everything(app))
    with pytest.raises(RequesterNotOnAct) as asked:
        a_request(app, clerk, act, requester="Ali Tazi")
    assert "Ali Tazi" in asked.value.sentence()
    assert a_request(app, clerk, act, confirmed={RequesterNotOnAct}, requester="Ali Tazi").number


def test_only_signed_acts_are_extracted(app: App, clerk: Actor) -> None:
    draft = a_draft(app, everything(app))
    act = replace(a_signed_act(app, everything(app), child_given_names="Lina"), act_id=draft.act_id)
    with pytest.raises(ActNotSigned):
        a_request(app, clerk, act)
    with pytest.raises(ActUnknown):
        a_request(app, clerk, replace(act, act_id=404))


def test_what_does_not_exist_is_said_so(app: App, clerk: Actor) -> None:
    for number in ("D-2026-999999-X", "nonsense", ""):
        with pytest.raises(RequestUnknown):
            app.read(OneRequest(number=number), clerk)
        with pytest.raises(RequestUnknown):
            app.execute(StartRequest(number=number), clerk)


def test_tax_officers_take_no_requests(app: App, actor: ActorWith) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    with pytest.raises(NotAllowed):
        a_request(app, officer)
    with pytest.raises(NotAllowed):
        app.read(Requests(), officer)


# --- lists ---------------------------------------------------------------------------------------------------------


def test_open_requests_stand_in_the_order_in_which_they_are_due(
    app: App, clerk: Actor, clock: FixedClock
) -> None:
    act = a_signed_act(app, everything(app))
    slow = a_request(app, clerk, act, document_code="individual_record")
    clock.instant += timedelta(hours=1)
    fast = a_request(app, clerk, act)
    clock.instant += timedelta(hours=3)
    last = a_request(app, clerk, act, requester="Fatima Zahra El Alaoui")
    page = app.read(Requests(), clerk)
    assert [row.number for row in page.rows] == [fast.number, last.number, slow.number]
    assert (page.count, page.late) == (3, 1)
    assert [row.number for row in page.rows if row.late] == [fast.number]
    assert app.read(LateRequests(), clerk) == 1
    assert [row.number for row in app.read(Requests(late=True), clerk).rows] == [fast.number]


def test_requests_are_found_by_number_name_state_and_day(app: App, clerk: Actor, clock: FixedClock) -> None:
    act = a_signed_act(app, everything(app))
    first = a_request(app, clerk, act)
    clock.instant += timedelta(days=1)
    second = a_request(app, clerk, act, requester="Fatima Zahra El Alaoui")
    app.execute(RefuseRequest(number=second.number, reason="Came back with the father"), clerk)

    def found(**filters: Any) -> list[str]:
        return [row.number for row in app.read(Requests(**filters), clerk).rows]

    assert found() == [first.number]
    assert found(state=None) == [second.number, first.number]
    assert found(state="refused") == [second.number]
    assert found(state=None, text="fatima zahra") == [second.number]
    assert found(state=None, text="yasmine bennani") == [second.number, first.number]
    assert found(state=None, text=first.number.lower().replace("-", "")) == [first.number]
    assert found(state=None, text="nobody") == []
    assert found(state=None, since=date(2026, 11, 24)) == [second.number]
    assert found(state=None, until=date(2026, 11, 23)) == [first.number]
    assert found(state=None, sort="received") == [first.number, second.number]
    assert found(state=None, sort="number", descending=True, limit=1) == [second.number]


def test_the_register_of_deliveries_says_who_received_what(app: App, clerk: Actor) -> None:
    asked = paid(app, clerk, a_request(app, clerk))
    prepared(app, clerk, asked.number)
    today = date(2026, 11, 23)
    assert app.read(DeliveryRegister(since=today, until=today), clerk) == []
    app.execute(DeliverRequest(number=asked.number, received_by="Fatima Zahra El Alaoui"), clerk)
    (line,) = app.read(DeliveryRegister(since=today, until=today), clerk)
    assert (line.request_number, line.act, line.listed_as) == (asked.number, "1/2026", "BENNANI Yasmine")
    assert (line.copies, line.received_by, line.agent) == (2, "Fatima Zahra El Alaoui", clerk.name)
    with app.database.connect_to_read() as connection:
        assert "El Alaoui" not in "".join(connection.scalars(select(Event.canonical)))
    assert line.extract_number == detail(app, asked.number).extract_number
    yesterday = today - timedelta(days=1)
    assert app.read(DeliveryRegister(since=yesterday, until=yesterday), clerk) == []


def test_an_act_lists_its_requests_and_the_profile_its_documents(app: App, clerk: Actor) -> None:
    asked = a_request(app, clerk)
    (found,) = app.read(OneAct(act_id=asked.act.act_id), clerk).requests
    assert (found.number, found.state) == (asked.number, "received")
    documents = app.read(CivilDocuments(), clerk)
    assert [document.code for document in documents] == ["birth_extract", "individual_record"]
    assert documents[0].fee == Money(200)


# --- what the database refuses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE extract_request SET requester = 'X'",
        "UPDATE extract_request SET copies = 9",
        "DELETE FROM extract_request",
        "UPDATE request_step SET taken_by_id = NULL",
        "DELETE FROM request_step",
        "UPDATE extract SET number = 'X'",
        "DELETE FROM extract",
    ],
)
def test_the_database_itself_keeps_what_was_asked_and_handed_over(
    app: App, clerk: Actor, statement: str
) -> None:
    asked = a_request(app, clerk)
    prepared(app, clerk, asked.number)
    with app.database.connect_to_write() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


def test_a_day_of_requests_verifies(app: App, clerk: Actor) -> None:
    asked = paid(app, clerk, a_request(app, clerk))
    prepared(app, clerk, asked.number)
    app.execute(DeliverRequest(number=asked.number), clerk)
    report = app.execute(Verify(), everything(app)).outcome
    assert [finding.sentence() for finding in report.findings] == []
    assert {one.check: one.rows for one in report.checked}["acts"] == 1


def test_a_signed_act_changed_behind_the_program_s_back_is_found_and_named(app: App, clerk: Actor) -> None:
    asked = a_request(app, clerk)
    with app.database.connect_to_write() as connection:
        sqlite = connection.dialect.name == "sqlite"
        connection.execute(text("DROP TRIGGER act_signed_update" + ("" if sqlite else " ON act")))
        connection.execute(text(f"UPDATE act SET mother_family_name = 'X' WHERE id = {asked.act.act_id}"))
        connection.commit()
    found = app.execute(Verify(), everything(app)).outcome.findings
    assert "act 1 (1/2026): it differs from what was signed." in [finding.sentence() for finding in found]


def test_the_rows_behind_a_delay_and_a_promise_are_those_the_figures_count(
    app: App, clerk: Actor, clock: FixedClock
) -> None:
    act = a_signed_act(app, everything(app))
    first, second, refused = (a_request(app, clerk, act) for _number in range(3))
    app.execute(RefuseRequest(number=refused.number, reason="The act is another's"), clerk)
    prepared(app, clerk, first.number)
    begun = clock.instant.date()
    clock.instant += timedelta(days=2)
    prepared(app, clerk, second.number)
    later = clock.instant.date()

    def numbers(**asked: Any) -> set[str]:
        return {row.number for row in app.read(Requests(state=None, **asked), everything(app)).rows}

    assert numbers(since=later, until=later) == set()
    assert numbers(since=later, until=later, by="ready") == {second.number}
    assert numbers(since=begun, until=later, by="ready") == {first.number, second.number}
    promised = numbers(since=begun, until=later, by="promised")
    assert promised == {first.number, second.number}
    figures = app.read(
        Dashboard(period=str(begun.year), figures=("requests_on_time",)), everything(app)
    ).figures
    assert figures["requests_on_time"].value == Decimal(1) / len(promised)
    # What is promised for later than now is not over, and may still be kept.
    third = a_request(app, clerk, act)
    assert third.number not in numbers(since=begun, until=later + timedelta(days=9), by="promised")
