"""Who did something is kept as an id, on both engines: lists follow a user's name, papers keep the one they bear."""

from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from sqlalchemy import select

from muniadmin.access.commands import Approval, ChangeUser, CreateUser
from muniadmin.access.reads import Users
from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll, SaveTariff
from muniadmin.assessment.models import Tariff
from muniadmin.assessment.reads import Rolls
from muniadmin.billing.reads import OpenCharges
from muniadmin.bootstrap import system_actor
from muniadmin.civil_status.commands import (
    Cause,
    DeliverRequest,
    PrepareRequest,
    ReworkRequest,
    StartRequest,
)
from muniadmin.civil_status.models import Act, ActRegister
from muniadmin.civil_status.reads import DeliveryRegister, OneAct, OneRequest
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import DocumentPrints, ViewDocument
from muniadmin.fines.commands import FineCaptured, IssueFineNotice, VoidFine
from muniadmin.fines.models import Fine
from muniadmin.fines.reads import FineDetail
from muniadmin.kernel.permissions import Role, every_permission
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import read_unit
from tests.assessment.register import a_home, objects
from tests.assessment.test_tariffs import services_tax
from tests.builders import an_open_desk, everything
from tests.civil_status.builders import a_draft, a_request, a_signed_act
from tests.collection.counter import take
from tests.fines.builders import a_fine
from tests.soundness import ensure_sound
from tests.towns import PASSWORD, actor_with, user_name

ActorOf = Callable[[Role], Actor]

OLD, NEW = "Nadia Berrada", "Nadia Tazi"


def renamed(app: App, who: Actor, name: str) -> Actor:
    """The administrator gives a user another name; the user as signed in afterwards."""
    row = next(row for row in app.read(Users(), everything(app)) if row.user_id == who.user_id)
    change = ChangeUser(user_id=row.user_id, version=row.version, name=name, roles=row.roles, active=True)
    app.execute(change, actor_with(app, Role.ADMINISTRATOR))
    return replace(who, name=name)


def named(app: App, role: Role) -> Actor:
    """The town's user with the role, under the old name and with every permission."""
    return replace(renamed(app, actor_with(app, role), OLD), permissions=frozenset(every_permission()))


def a_namesake(app: App) -> Actor:
    """Another user of the same name, with every permission."""
    saved = app.execute(
        CreateUser(user_name="n.berrada", name=OLD, password=PASSWORD, roles=frozenset({Role.CLERK})),
        actor_with(app, Role.ADMINISTRATOR),
    ).outcome
    return Actor(saved.user_id, "n.berrada", OLD, frozenset(every_permission()), "desk-2")


def shown(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


# --- what shows a name ---------------------------------------------------------------------------------------------
# Each does something as somebody, and returns a question for the name that is shown of whoever did it.

Shown = Callable[[], str]


def issue_a_roll(app: App, who: Actor, head: str) -> Shown:
    objects(app, "property", [a_home(36000)])
    app.execute(IssueRoll(head_code=head, period="2026"), who)
    return lambda: app.read(Rolls(head_code=head), everything(app))[0].issued_by


def void_a_fine(app: App, who: Actor, plate: str) -> tuple[FineCaptured, Shown, Shown]:
    fine = a_fine(app, who, plate)
    approval = Approval(user_name=user_name(Role.MANAGER), password=PASSWORD)
    app.execute(VoidFine(number=fine.number, reason="Wrong plate", approval=approval), who)

    def voided_by() -> str:
        events = app.read(FineDetail(number=fine.number), everything(app)).events
        return next(event.text for event in events if event.kind == "voided")

    return fine, lambda: app.read(FineDetail(number=fine.number), everything(app)).captured_by, voided_by


def draft_an_act(app: App, who: Actor, given_names: str) -> Shown:
    draft = a_draft(app, who, child_given_names=given_names)
    return lambda: app.read(OneAct(act_id=draft.act_id), everything(app)).drafted_by


def hand_over_and_print(app: App, who: Actor, desk: int, given_names: str) -> tuple[Shown, Shown, Shown]:
    act = a_signed_act(app, everything(app), child_given_names=given_names)
    asked = a_request(app, who, act)
    app.execute(StartRequest(number=asked.number), who)
    document_id = app.execute(PrepareRequest(number=asked.number), who).outcome.document_id
    assert document_id is not None
    assert asked.taken.bill_id is not None
    owed = app.read(OpenCharges(bill_ids=(asked.taken.bill_id,)), who)
    take(app, who, an_open_desk(app, who, desk), [one.charge_id for one in owed])
    app.execute(DeliverRequest(number=asked.number), who)
    app.execute(PrintDocument(document_id=document_id), who)

    def agent() -> str:
        (name,) = {step.agent for step in app.read(OneRequest(number=asked.number), everything(app)).steps}
        return name

    def delivered_by() -> str:
        today = app.clock.now().date()
        register = app.read(DeliveryRegister(since=today, until=today), everything(app))
        return next(line.agent for line in register if line.request_number == asked.number)

    def printed_by() -> str:
        return app.read(DocumentPrints(document_id=document_id), everything(app))[0].printed_by

    return agent, delivered_by, printed_by


# --- renamed users -------------------------------------------------------------------------------------------------


def test_lists_show_the_name_that_a_user_has_now(app: App) -> None:
    who = named(app, Role.REGISTRAR)
    names: list[Shown] = [
        issue_a_roll(app, who, "TH"),
        *void_a_fine(app, who, "A 1")[1:],
        draft_an_act(app, who, "Lina"),
        *hand_over_and_print(app, who, 1, "Sara"),
    ]
    assert [name() for name in names] == [OLD] * 7
    renamed(app, who, NEW)
    assert [name() for name in names] == [NEW] * 7
    ensure_sound(app)


def test_two_users_of_one_name_stay_two(app: App) -> None:
    one, other = named(app, Role.REGISTRAR), a_namesake(app)

    def did(who: Actor, head: str, desk: int, given_names: str) -> list[Shown]:
        return [
            issue_a_roll(app, who, head),
            *void_a_fine(app, who, f"B {desk}")[1:],
            draft_an_act(app, who, given_names),
            *hand_over_and_print(app, who, desk, f"{given_names} Hiba"),
        ]

    of_one, of_other = did(one, "TH", 1, "Lina"), did(other, "TSC", 2, "Sara")
    assert [name() for name in (*of_one, *of_other)] == [OLD] * 14
    renamed(app, other, NEW)
    assert [name() for name in of_one] == [OLD] * 7
    assert [name() for name in of_other] == [NEW] * 7
    ensure_sound(app)


def test_what_nobody_is_signed_in_for_is_the_program_s_own(app: App) -> None:
    """As an import or a roll from the command line."""
    program = system_actor("server")
    assert issue_a_roll(app, program, "TH")() == "MuniAdmin"
    fine = a_fine(app, program)
    assert app.read(FineDetail(number=fine.number), everything(app)).captured_by == "MuniAdmin"
    assert draft_an_act(app, program, "Lina")() == "MuniAdmin"


def test_what_no_list_shows_is_kept_as_an_id_too(app: App, actor: ActorOf) -> None:
    """Who opened a register, saved a tariff or approved that a fine is void: for an auditor who reads the tables."""
    officer = named(app, Role.REVENUE_OFFICER)
    app.execute(SaveTariff(head_code="TSC", document=services_tax("2027-01-01")), officer)
    fine, _captured_by, _voided_by = void_a_fine(app, officer, "A 1")
    manager = actor(Role.MANAGER)
    assert None not in (officer.user_id, manager.user_id)
    with read_unit(
        app.database, actor=officer, now=app.clock.now(), municipality=app.municipality
    ) as reading:
        saved = select(Tariff.saved_by_id).order_by(Tariff.saved_at.desc(), Tariff.id.desc()).limit(1)
        assert reading.session.scalar(saved) == officer.user_id
        of_profile = select(Tariff.saved_by_id).order_by(Tariff.id).limit(1)
        assert reading.session.scalars(of_profile).one() is None
        approved = select(Fine.void_approved_by_id).where(Fine.number == fine.number)
        assert reading.session.scalar(approved) == manager.user_id
        assert reading.session.scalars(select(ActRegister.opened_by_id)).all() == [None]


# --- papers --------------------------------------------------------------------------------------------------------


def test_an_act_and_its_extracts_keep_the_registrar_s_name_of_then(app: App, actor: ActorOf) -> None:
    registrar, clerk = named(app, Role.REGISTRAR), actor(Role.CLERK)
    act = a_signed_act(app, registrar)
    asked = a_request(app, clerk, act)
    first = app.execute(PrepareRequest(number=asked.number), clerk).outcome.document_id
    assert first is not None
    before = shown(app.read(ViewDocument(document_id=first), clerk).pdf)
    assert OLD in before

    registrar = renamed(app, registrar, NEW)
    assert shown(app.read(ViewDocument(document_id=first), clerk).pdf) == before
    # A clerk hands out in the name of the registrar who signed the act, as it stands on the act.
    app.execute(ReworkRequest(number=asked.number, cause=Cause.PRINT), clerk)
    again = app.execute(PrepareRequest(number=asked.number), clerk).outcome.document_id
    assert again is not None
    paper = shown(app.read(ViewDocument(document_id=again), clerk).pdf)
    assert (OLD in paper, NEW in paper) == (True, False)
    # Whoever certifies in person does so under the name of today.
    app.execute(ReworkRequest(number=asked.number, cause=Cause.PRINT), registrar)
    own = app.execute(PrepareRequest(number=asked.number), registrar).outcome.document_id
    assert own is not None
    assert NEW in shown(app.read(ViewDocument(document_id=own), clerk).pdf)

    later = a_signed_act(app, registrar, child_given_names="Lina")
    on_acts = [app.read(OneAct(act_id=one.act_id), clerk).registrar for one in (act, later)]
    assert on_acts == [OLD, NEW]
    with read_unit(app.database, actor=clerk, now=app.clock.now(), municipality=app.municipality) as reading:
        signers = reading.session.scalars(select(Act.signed_by_id).order_by(Act.id)).all()
    assert signers == [registrar.user_id] * 2
    ensure_sound(app)


def test_a_fine_s_notice_is_the_same_after_its_clerk_is_renamed(app: App) -> None:
    clerk = named(app, Role.CLERK)
    fine = a_fine(app, clerk)
    notice = app.execute(IssueFineNotice(number=fine.number), clerk).outcome.document_id
    before = shown(app.read(ViewDocument(document_id=notice), clerk).pdf)
    renamed(app, clerk, NEW)
    assert shown(app.read(ViewDocument(document_id=notice), clerk).pdf) == before
    ensure_sound(app)


@pytest.mark.parametrize("namesake_signs", [False, True])
def test_two_registrars_of_one_name_sign_different_texts(app: App, namesake_signs: bool) -> None:
    """The id in the frozen text tells which of them it was."""
    one, other = named(app, Role.REGISTRAR), a_namesake(app)
    who = other if namesake_signs else one
    act = a_signed_act(app, who)
    with app.database.connect_to_read() as connection:
        canonical = str(connection.exec_driver_sql("SELECT canonical FROM signed_act").scalar_one())
    assert f'"registrar":"{OLD}"' in canonical
    assert f'"signed_by_id":{who.user_id},' in canonical
    assert app.read(OneAct(act_id=act.act_id), one).registrar == OLD
