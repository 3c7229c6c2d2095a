"""What is held in the offices: heads and rolls, papers, registers and acts, requests, fines, users, taxpayers.

| lock | without it |
| --- | --- |
| `_take_turns`: the head, when a tariff is saved | two new versions hold at the same time |
| `_take_turns`: the head, when a roll begins | a roll is reckoned with a tariff that is being ended |
| `_chunk`: the roll | of two officers who issue one roll one works for nothing, and begins a piece again |
| `Job.piece` | of two people who import one file one is refused half-way |
| `issue_bill_sheet`: the bill; `issue_fine_notice`: the fine | the second is told that somebody was faster |
| `record_printing`: the document | two originals, or the second is refused its duplicate |
| `keep_months`: the office's chain | of two stations that keep the months one is refused |
| `_held_register`: the register | a draft comes into a register that is closed, or it is closed over a draft |
| `_draft`: the act | the second to sign is told that somebody else changed it |
| `_moved`: the request | an extract is handed over twice |
| `take_request`, `capture_fine`: the number comes first | a request sent twice at once is refused, not answered |
| `capture_fine`: the number comes first | two officers who see one car are not asked whether it is one offence |
| `_locked_fine`: the fine | a notice of a fine that is being voided |
| `_user_named`: the user | a password that is being changed still lets in |
| `change_user`: every administrator | the last two administrators demote each other |
| `_taxpayer`: the taxpayer | an object is refused because somebody changes the address |
| `_object_to_change`: the object | the second to save is not told who was first |
| `app_user.user_name`, `taxable_object.external_key`: their keys | two users of one name, two owners of one car |

That rows which name a user as who did something wait for nobody who holds the user is tried in
tests/access/test_services.py.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from muniadmin.access.commands import Approval, ChangeOwnPassword, ChangeUser, CreateUser, SignIn
from muniadmin.access.errors import LastAdministrator, WrongUserOrPassword
from muniadmin.access.reads import UserRow, Users
from muniadmin.access.services import change_own_password, change_user, create_user
from muniadmin.app import App
from muniadmin.assessment.bill_sheet import issue_bill_sheet
from muniadmin.assessment.commands import IssueBillSheet, IssueRoll, SaveTariff
from muniadmin.assessment.reads import OneHead
from muniadmin.assessment.services import save_tariff
from muniadmin.billing.loading import hold_accounts
from muniadmin.civil_status.commands import (
    CloseActRegister,
    DeliverRequest,
    OpenActRegister,
    PrepareRequest,
    Relation,
    SignAct,
    StartRequest,
    TakeRequest,
)
from muniadmin.civil_status.errors import ActIsSigned, RegisterHasDrafts, RegisterIsClosed, StepNotAllowed
from muniadmin.civil_status.services import (
    close_act_register,
    deliver_request,
    draft_birth_act,
    sign_act,
    take_request,
)
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.services import record_printing
from muniadmin.exchange import fines as fines_from_files
from muniadmin.exchange import taxpayers as taxpayers_from_files
from muniadmin.exchange.commands import ImportTaxpayers
from muniadmin.exchange.fine_commands import ImportFines
from muniadmin.fines.commands import IssueFineNotice, VoidFine
from muniadmin.fines.errors import FineCannotBePrinted, FineCannotBeVoided, SameFineNearby
from muniadmin.fines.services import capture_fine, issue_fine_notice, void_fine
from muniadmin.indicators.commands import KeepMonths, MonthsKept
from muniadmin.kernel.errors import SomebodyWasFaster, StaleRecord
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor, Command
from muniadmin.storage.events import OFFICE_CHAIN
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.commands import AddTaxableObject, ChangeTaxableObject, ChangeTaxpayer
from muniadmin.taxpayers.reads import SearchTaxpayers
from muniadmin.taxpayers.services import add_taxable_object, change_taxable_object, change_taxpayer
from tests.assessment.register import a_home, objects
from tests.assessment.test_tariffs import services_tax
from tests.builders import a_bill, a_taxpayer, an_open_desk, begin_the_day, everything, issued, pay
from tests.civil_status.builders import a_birth, a_draft, a_request, a_signed_act
from tests.collection.counter import rows
from tests.fines.builders import a_capture, a_fine
from tests.locks.meeting import OtherDesks, end_of, under_way
from tests.towns import PASSWORD, TownClock, user_name

pytestmark = [pytest.mark.parametrize("database_kind", ["postgresql"]), pytest.mark.usefixtures("sound")]

ActorOf = Callable[[Role], Actor]


# --- assessment ----------------------------------------------------------------------------------------------------


def test_of_two_new_tariffs_the_second_follows_the_first(app: App, actor: ActorOf, desks: OtherDesks) -> None:
    def saves(day: str) -> Callable[[UnitOfWork], object]:
        return lambda uow: save_tariff(uow, SaveTariff(head_code="TSC", document=services_tax(day)))

    with under_way(app) as uow:
        saves("2027-01-01")(uow)
        saving = desks.send(saves("2028-01-01"))
    end_of(saving)
    found = [
        (one.valid_from, one.valid_to) for one in app.read(OneHead(head_code="TSC"), everything(app)).tariffs
    ]
    assert found == [
        (date(2028, 1, 1), None),
        (date(2027, 1, 1), date(2027, 12, 31)),
        (date(2008, 1, 1), date(2026, 12, 31)),
    ]


def test_a_roll_that_begins_while_a_tariff_is_saved_is_reckoned_with_the_new_one(
    app: App, actor: ActorOf, desks: OtherDesks
) -> None:
    objects(app, "property", [a_home(20000)])
    new = services_tax("2026-01-01", "11 %", 2200)
    with under_way(app) as uow:
        save_tariff(uow, SaveTariff(head_code="TSC", document=new))
        issuing = desks.do(
            partial(app.execute, IssueRoll(head_code="TSC", period="2026"), actor(Role.REVENUE_OFFICER))
        )
    end_of(issuing)
    assert rows(app, "SELECT amount FROM assessment") == [(220000,)]


def test_two_officers_who_issue_a_roll_at_once_are_both_content(
    app: App, actor: ActorOf, desks: OtherDesks
) -> None:
    owner = a_taxpayer(app)
    account = a_bill(app, "1", taxpayer_id=owner).account_id
    objects(app, "property", [a_home(20000), a_home(30000)], taxpayer_id=owner)
    issue = partial(app.execute, IssueRoll(head_code="TSC", period="2026"), actor(Role.REVENUE_OFFICER))
    with under_way(app) as uow:
        # The first has chosen whom to assess, and waits for their account.
        hold_accounts(uow, [account])
        both = [desks.do(issue), desks.do(issue)]
    outcomes = [end_of(one) for one in both]
    bills = [one.outcome.bills for one in outcomes if not isinstance(one, BaseException)]
    assert bills == [2, 0]


def test_a_bill_s_paper_is_frozen_once(app: App, desks: OtherDesks) -> None:
    order = IssueBillSheet(bill_id=a_bill(app, "100", taxpayer_id=a_taxpayer(app)).bill_id)
    with under_way(app) as uow:
        first = issue_bill_sheet(uow, order)
        again = desks.send(lambda uow: issue_bill_sheet(uow, order))
    assert end_of(again) == replace(first, again=True)


# --- papers --------------------------------------------------------------------------------------------------------


def test_there_is_one_original(app: App, desks: OtherDesks, actor: ActorOf) -> None:
    with under_way(app) as uow:
        sheet = issue_bill_sheet(uow, IssueBillSheet(bill_id=a_bill_id(app)))
    order = PrintDocument(document_id=sheet.document_id)
    with under_way(app) as uow:
        assert record_printing(uow, order, 0, void=False)
        printing = desks.do(partial(app.execute, order, actor(Role.REVENUE_OFFICER)))
    assert end_of(printing).outcome.duplicate == 1


def a_bill_id(app: App) -> int:
    """Somebody owes 100."""
    return a_bill(app, "100", taxpayer_id=a_taxpayer(app)).bill_id


def test_two_stations_that_keep_the_months_are_both_content(
    app: App, clock: TownClock, desks: OtherDesks
) -> None:
    a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    clock.instant = datetime(2026, 12, 3, 9, tzinfo=UTC)
    begin_the_day(app)
    keep = partial(app.execute, KeepMonths(), everything(app))
    with under_way(app) as uow:
        uow.lock_chain(OFFICE_CHAIN)
        # Both have added up the month, and wait to keep it.
        both = [desks.do(keep), desks.do(keep)]
    outcomes = [end_of(one) for one in both]
    kept = [one.outcome for one in outcomes if not isinstance(one, BaseException)]
    assert sorted(kept, key=lambda one: one.months) == [MonthsKept(0), MonthsKept(1)]


# --- civil status --------------------------------------------------------------------------------------------------


@pytest.fixture
def last_year_s(app: App) -> int:
    """An open register of a year that is over."""
    return app.execute(OpenActRegister(year=2025), everything(app)).outcome.register_id


def last_year_s_birth(app: App, register_id: int) -> Callable[[UnitOfWork], object]:
    """The order to draft a birth in it."""
    born = a_birth(app, register_id=register_id, born_on=date(2025, 3, 14), declared_on=date(2025, 3, 20))
    return lambda uow: draft_birth_act(uow, born)


def test_no_draft_comes_into_a_register_that_is_being_closed(
    app: App, last_year_s: int, desks: OtherDesks
) -> None:
    with under_way(app) as uow:
        close_act_register(uow, CloseActRegister(register_id=last_year_s))
        drafting = desks.send(last_year_s_birth(app, last_year_s))
    assert isinstance(end_of(drafting), RegisterIsClosed)


def test_a_register_is_not_closed_over_a_draft_that_is_being_written(
    app: App, last_year_s: int, desks: OtherDesks
) -> None:
    with under_way(app) as uow:
        last_year_s_birth(app, last_year_s)(uow)
        closing = desks.send(lambda uow: close_act_register(uow, CloseActRegister(register_id=last_year_s)))
    assert isinstance(end_of(closing), RegisterHasDrafts)


def test_of_two_who_sign_an_act_the_second_is_told_that_it_is_signed(app: App, desks: OtherDesks) -> None:
    draft = a_draft(app, everything(app))
    order = SignAct(act_id=draft.act_id, version=draft.version)
    with under_way(app) as uow:
        sign_act(uow, order)
        signing = desks.send(lambda uow: sign_act(uow, order))
    assert isinstance(end_of(signing), ActIsSigned)


def test_an_extract_is_handed_over_once(app: App, actor: ActorOf, desks: OtherDesks) -> None:
    clerk = actor(Role.CLERK)
    asked = a_request(app, clerk)
    assert asked.taken.bill_id is not None
    pay(app, clerk, an_open_desk(app, clerk), issued(app, asked.taken.bill_id))
    app.execute(StartRequest(number=asked.number), clerk)
    app.execute(PrepareRequest(number=asked.number), clerk)
    order = DeliverRequest(number=asked.number)
    with under_way(app, clerk) as uow:
        deliver_request(uow, order)
        again = desks.send(lambda uow: deliver_request(uow, order), clerk)
    assert isinstance(end_of(again), StepNotAllowed)


def test_a_request_for_an_extract_that_is_sent_twice_at_once_is_one(
    app: App, actor: ActorOf, desks: OtherDesks
) -> None:
    act = a_signed_act(app, everything(app))
    order = TakeRequest(
        key="twice",
        document_code="birth_extract",
        act_id=act.act_id,
        requester="Karim Bennani",
        identifier="CIN A123456",
        relation=Relation.PARENT,
    )
    with under_way(app) as uow:
        taken = take_request(uow, order)
        again = desks.send(lambda uow: take_request(uow, order))
    assert end_of(again) == taken


# --- fines ---------------------------------------------------------------------------------------------------------


def test_a_fine_that_is_sent_twice_at_once_is_one(app: App, desks: OtherDesks) -> None:
    order = a_capture(app)
    with under_way(app) as uow:
        captured = capture_fine(uow, order)
        again = desks.send(lambda uow: capture_fine(uow, order))
    assert end_of(again) == captured


def test_two_officers_who_see_one_car_are_asked_whether_it_is_one_offence(
    app: App, desks: OtherDesks
) -> None:
    with under_way(app) as uow:
        capture_fine(uow, a_capture(app))
        capturing = desks.send(lambda uow: capture_fine(uow, a_capture(app)))
    assert isinstance(end_of(capturing), SameFineNearby)


def test_a_notice_is_frozen_once(app: App, actor: ActorOf, desks: OtherDesks) -> None:
    order = IssueFineNotice(number=a_fine(app, actor(Role.CLERK)).number)
    with under_way(app) as uow:
        first = issue_fine_notice(uow, order)
        again = desks.send(lambda uow: issue_fine_notice(uow, order))
    assert end_of(again) == replace(first, again=True)


def voiding(number: str) -> VoidFine:
    """The order to void a fine, with the manager's signature."""
    approval = Approval(user_name=user_name(Role.MANAGER), password=PASSWORD)
    return VoidFine(number=number, reason="wrong plate", approval=approval)


def test_a_fine_that_is_being_voided_gets_no_notice(app: App, actor: ActorOf, desks: OtherDesks) -> None:
    number = a_fine(app, actor(Role.CLERK)).number
    with under_way(app) as uow:
        void_fine(uow, voiding(number))
        printing = desks.send(lambda uow: issue_fine_notice(uow, IssueFineNotice(number=number)))
    assert isinstance(end_of(printing), FineCannotBePrinted)


def test_a_fine_is_voided_once(app: App, actor: ActorOf, desks: OtherDesks) -> None:
    number = a_fine(app, actor(Role.CLERK)).number
    with under_way(app) as uow:
        void_fine(uow, voiding(number))
        again = desks.send(lambda uow: void_fine(uow, voiding(number)))
    assert isinstance(end_of(again), FineCannotBeVoided)


# --- users ---------------------------------------------------------------------------------------------------------


def the_user(app: App, role: Role) -> UserRow:
    """The town's user with that role."""
    return next(row for row in app.read(Users(), everything(app)) if row.user_name == user_name(role))


def test_a_password_that_is_being_changed_lets_nobody_in(app: App, actor: ActorOf, desks: OtherDesks) -> None:
    clerk = actor(Role.CLERK)
    signing_in = SignIn(user_name=clerk.user_name, password=PASSWORD, workstation="desk-2")
    with under_way(app, clerk) as uow:
        change_own_password(
            uow, ChangeOwnPassword(old_password=PASSWORD, new_password="three green bicycles")
        )
        uow.session.flush()
        coming_in = desks.do(partial(app.execute, signing_in, clerk))
    assert isinstance(end_of(coming_in), WrongUserOrPassword)


def test_of_two_wrong_passwords_at_once_each_is_counted(app: App, actor: ActorOf, desks: OtherDesks) -> None:
    clerk = actor(Role.CLERK)
    wrong = partial(
        app.execute, SignIn(user_name=clerk.user_name, password="a guess", workstation="desk-2"), clerk
    )
    with under_way(app, clerk) as uow:
        # Whose user is held: both guesses wait for it.
        change_own_password(
            uow, ChangeOwnPassword(old_password=PASSWORD, new_password="three green bicycles")
        )
        uow.session.flush()
        both = [desks.do(wrong), desks.do(wrong)]
    assert all(isinstance(end_of(one), WrongUserOrPassword) for one in both)
    assert rows(app, f"SELECT failed_tries FROM app_user WHERE id = {clerk.user_id}") == [(2,)]


def unchanged(row: UserRow, **changes: object) -> ChangeUser:
    """The order to save a user as they are but for the changes."""
    known: dict[str, object] = {
        name: getattr(row, name) for name in ("user_id", "version", "name", "roles", "active")
    }
    return ChangeUser(**(known | changes))  # type: ignore[arg-type]


def test_two_administrators_who_demote_each_other_leave_one(app: App, desks: OtherDesks) -> None:
    manager = the_user(app, Role.MANAGER)
    app.execute(unchanged(manager, roles=frozenset({Role.ADMINISTRATOR})), everything(app))
    one, other = the_user(app, Role.ADMINISTRATOR), the_user(app, Role.MANAGER)
    clerks = frozenset({Role.CLERK})
    with under_way(app) as uow:
        change_user(uow, unchanged(one, roles=clerks))
        demoting = desks.send(lambda uow: change_user(uow, unchanged(other, roles=clerks)))
    assert isinstance(end_of(demoting), LastAdministrator)


def test_a_user_s_name_is_given_once(app: App, desks: OtherDesks) -> None:
    order = CreateUser(
        user_name="n.benali",
        name="Nadia Benali",
        password="the river was low in May",
        roles=frozenset({Role.CLERK}),
    )
    with under_way(app) as uow:
        create_user(uow, order)
        creating = desks.send(lambda uow: create_user(uow, order))
    assert isinstance(end_of(creating), SomebodyWasFaster)


# --- taxpayers -----------------------------------------------------------------------------------------------------

CAR = {"plate": "12345-A-15", "service": "private", "seats": 5}


def moving(taxpayer_id: int) -> ChangeTaxpayer:
    """The order to enter an address."""
    return ChangeTaxpayer(taxpayer_id=taxpayer_id, version=1, name="Amina Bennani", address="7, rue Talaa")


def test_an_object_is_added_to_a_file_that_is_being_changed(app: App, desks: OtherDesks) -> None:
    amina = a_taxpayer(app)
    order = AddTaxableObject(taxpayer_id=amina, kind="vehicle", attributes=CAR)
    with under_way(app) as uow:
        change_taxpayer(uow, moving(amina))
        adding = desks.send(lambda uow: add_taxable_object(uow, order))
    assert not isinstance(end_of(adding), BaseException)
    for text in ("12345-A-15", "Talaa"):
        found = app.read(SearchTaxpayers(text=text), everything(app))
        assert [hit.taxpayer_id for hit in found] == [amina], text


def test_the_second_to_change_a_taxpayer_is_told_who_was_first(
    app: App, actor: ActorOf, desks: OtherDesks
) -> None:
    amina, clerk = a_taxpayer(app), actor(Role.CLERK)
    with under_way(app, clerk) as uow:
        change_taxpayer(uow, moving(amina))
        changing = desks.send(lambda uow: change_taxpayer(uow, moving(amina)))
    refused = end_of(changing)
    assert isinstance(refused, StaleRecord)
    assert clerk.name in refused.sentence()


def test_the_second_to_change_an_object_is_told_who_was_first(
    app: App, actor: ActorOf, desks: OtherDesks
) -> None:
    clerk = actor(Role.CLERK)
    added = app.execute(AddTaxableObject(taxpayer_id=a_taxpayer(app), kind="vehicle", attributes=CAR), clerk)
    order = ChangeTaxableObject(
        object_id=added.outcome.object_id, version=1, kind="vehicle", attributes=CAR | {"seats": 7}
    )
    with under_way(app, clerk) as uow:
        change_taxable_object(uow, order)
        changing = desks.send(lambda uow: change_taxable_object(uow, order))
    refused = end_of(changing)
    assert isinstance(refused, StaleRecord)
    assert clerk.name in refused.sentence()


def test_a_car_is_registered_once(app: App, desks: OtherDesks) -> None:
    one, other = (
        AddTaxableObject(taxpayer_id=a_taxpayer(app, name), kind="vehicle", attributes=CAR)
        for name in ("Amina Bennani", "Driss Alaoui")
    )
    with under_way(app) as uow:
        add_taxable_object(uow, one)
        adding = desks.send(lambda uow: add_taxable_object(uow, other))
    assert isinstance(end_of(adding), SomebodyWasFaster)


# --- files ---------------------------------------------------------------------------------------------------------


TAXPAYERS = """Réf;Nom et prénom;CIN;Plaque;Service;Places
R1;Amina Bennani;A123456;1-A-15;coach;42
R2;Driss Alaoui;B123456;2-A-15;coach;42
"""
TICKETS = """number,plate,make,place,longitude,latitude,committed_at,officer,offence,remarks
B12-1,1-A-15,Dacia,Bab Boujloud,,,2026-11-22 18:05,B-12,S01,
B12-2,2-A-15,Dacia,Bab Boujloud,,,2026-11-22 18:05,B-12,S01,
"""


@pytest.mark.parametrize(
    ("importing", "text", "order"),
    [(taxpayers_from_files, TAXPAYERS, ImportTaxpayers), (fines_from_files, TICKETS, ImportFines)],
)
def test_of_two_people_who_import_one_file_the_second_finds_what_the_first_brought(
    app: App,
    desks: OtherDesks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    importing: ModuleType,
    text: str,
    order: Callable[..., Command[Any]],
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    met: list[Future[Any] | None] = []
    name = "take_block" if importing is taxpayers_from_files else "add_fines"
    step = getattr(importing, name)

    def imported() -> Any:
        return app.execute(order(path=str(path)), everything(app)).outcome

    def meeting(*what: Any, **more: Any) -> Any:
        """Both have seen that nothing is there; the first has numbers by now, for which the second waits."""
        done = step(*what, **more)
        if not met:
            met.append(None)
            met.append(desks.do(imported))
        return done

    monkeypatch.setattr(importing, name, meeting)
    first = imported()
    assert met[1] is not None
    second = end_of(met[1])
    assert [(one.added, one.unchanged, one.rejected) for one in (first, second)] == [(2, 0, 0), (0, 2, 0)]
