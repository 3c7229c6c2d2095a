"""Every order that changes rows, sent twice at once for one row: the events of both follow each other.

Each event says how it found a row and how it left it. An order that reads a row before the other has committed, and
changes it afterwards, would say that it found what is no longer so: `verify` names that as if somebody had tampered
with the database. So every order holds what it will change before it reads it, or changes a row with a version, whose
second change is refused.

| table | held, or refused, by |
| --- | --- |
| `indicator_goal` | `set_goal`: the goal |
| `app_user`, `user_role` | `_user_with_id`, `_user_named`: the user; its version, which counts roles, too |
| `cash_session` | `close_cash_session`: the session |
| `provider_reference` | `_hold_payment`: the payment; `delete_rows` tells of what its statement deleted |
| `claim` | `books_of_bill`: the accounts |
| `fine` | `_locked_fine`: the fine; `_facts_held`: the account |
| `extract_request`, `extract` | `_moved`: the request |
| `act_register` | `_held_register`: the register |
| `act` | `_draft`: the act; its version |
| `tariff` | `_take_turns`: the head |
| `roll` | `issue_roll`: the roll |
| `taxpayer`, `identifier` | `_taxpayer`: the taxpayer; its version, which counts identifiers, too |
| `taxable_object` | `_object_to_change`: the object; its version |
| `setting` | its version; its key when it is new |

No order changes a row of `ledger_account`, `offence`, `point` or `revenue_head`.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import true

from muniadmin.access.commands import ChangeOwnPassword, ChangeUser, SetPassword
from muniadmin.access.services import change_own_password, change_user, set_password
from muniadmin.anchors.commands import ChooseAnchorFolder
from muniadmin.anchors.services import choose_anchor_folder
from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll, SaveTariff
from muniadmin.assessment.queries import roll_sums
from muniadmin.assessment.services import save_tariff
from muniadmin.billing.decisions import Grounds, annul_bill
from muniadmin.billing.errors import BillAlreadyAnnulled
from muniadmin.billing.services import Debtor, NewBill, issue_bill
from muniadmin.civil_status.commands import (
    BirthData,
    Cause,
    ChangeBirthAct,
    CloseActRegister,
    DeliverRequest,
    DiscardDraft,
    OpenActRegister,
    PrepareRequest,
    RefuseRequest,
    ReworkRequest,
    SignAct,
    StartRequest,
)
from muniadmin.civil_status.errors import ActIsSigned, ActUnknown, RegisterIsClosed, StepNotAllowed
from muniadmin.civil_status.services import (
    change_birth_act,
    close_act_register,
    deliver_request,
    discard_draft,
    prepare_request,
    refuse_request,
    rework_request,
    sign_act,
    start_request,
)
from muniadmin.collection.cash_sessions import close_cash_session
from muniadmin.collection.commands import CloseCashSession, ReturnTender
from muniadmin.collection.corrections import cancel_receipt, return_tender
from muniadmin.collection.errors import AlreadyReturned, CashSessionIsClosed
from muniadmin.collection.models import ProviderReference
from muniadmin.fines.errors import FineCannotBeVoided
from muniadmin.fines.services import void_fine
from muniadmin.indicators.commands import SetGoal
from muniadmin.indicators.services import set_goal
from muniadmin.kernel.errors import SomebodyWasFaster, StaleRecord, UserError
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.bulk import delete_rows
from muniadmin.taxpayers.commands import (
    AddTaxableObject,
    ChangeTaxableObject,
    ChangeTaxpayer,
    EndTaxableObject,
    RegisterTaxpayer,
)
from muniadmin.taxpayers.services import change_taxable_object, change_taxpayer, end_taxable_object
from muniadmin.verification.commands import Verify
from tests.assessment.register import a_home, objects
from tests.assessment.test_tariffs import services_tax
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, issued, pay
from tests.civil_status.builders import a_birth, a_draft, a_request
from tests.collection.counter import a_cancellation, rows
from tests.fines.builders import a_fine
from tests.locks.meeting import Order, OtherDesks, end_of, under_way
from tests.locks.test_offices import CAR, the_user, unchanged, voiding
from tests.towns import PASSWORD, TownClock, actor_with

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["postgresql"])]

WHY = Grounds(reason="as the file says", document="file 12/2026")
BICYCLES = "three green bicycles"


@dataclass(frozen=True)
class Meeting:
    """Two orders for one row; ``refused``: how the second ends, None: it is carried out on what the first left."""

    first: Order[object]
    second: Order[object]
    refused: type[UserError] | None = None
    who: Actor | None = None


def twice(order: Order[object], refused: type[UserError] | None = None, who: Actor | None = None) -> Meeting:
    """One order, sent by two people."""
    return Meeting(order, order, refused, who)


def changed_otherwise(app: App) -> list[str]:
    """What `verify` says of rows that events tell of."""
    found = app.execute(Verify(), everything(app)).outcome.findings
    return [finding.sentence() for finding in found if finding.check == "rows"]


def events(app: App) -> int:
    """How many orders were carried out."""
    return int(rows(app, "SELECT count(*) FROM event")[0][0])


# --- goals, the folder ---------------------------------------------------------------------------------------------


def setting(target: int | None) -> Order[object]:
    """The order to set a goal, or to take it away."""
    wanted = None if target is None else Decimal(target)
    return lambda uow: set_goal(uow, SetGoal(indicator="collected", period="2026", target=wanted))


def a_goal(app: App, first: int | None, second: int | None) -> Meeting:
    with under_way(app) as uow:
        setting(100)(uow)
    return Meeting(setting(first), setting(second))


def a_new_goal(app: App) -> Meeting:
    return Meeting(setting(200), setting(300), SomebodyWasFaster)


def choosing(folder: str) -> Order[object]:
    """The order to keep another folder."""
    return lambda uow: choose_anchor_folder(uow, ChooseAnchorFolder(folder=folder))


def a_new_folder(app: App) -> Meeting:
    return Meeting(choosing("/media/one"), choosing("/media/other"), SomebodyWasFaster)


def a_folder(app: App) -> Meeting:
    with under_way(app) as uow:
        choosing("/media/stick")(uow)
    return Meeting(choosing("/media/one"), choosing("/media/other"), StaleRecord)


# --- users ---------------------------------------------------------------------------------------------------------


def saving(order: ChangeUser) -> Order[object]:
    """The order to save a user."""
    return lambda uow: change_user(uow, order)


def a_user_s_roles(app: App, second: Role) -> Meeting:
    clerk = the_user(app, Role.CLERK)
    manages, other = (unchanged(clerk, roles=frozenset({role})) for role in (Role.MANAGER, second))
    return Meeting(saving(manages), saving(other), StaleRecord)


def a_user_s_name(app: App) -> Meeting:
    clerk = the_user(app, Role.CLERK)
    return Meeting(saving(unchanged(clerk, name="One")), saving(unchanged(clerk, name="Other")), StaleRecord)


def giving_password(app: App, password: str) -> Order[object]:
    """The order to give the clerk a password."""
    clerk = the_user(app, Role.CLERK).user_id
    return lambda uow: set_password(uow, SetPassword(user_id=clerk, password=password))


def a_user_s_password(app: App) -> Meeting:
    return Meeting(giving_password(app, BICYCLES), giving_password(app, "the river was low in May"))


def a_user_s_own_password(app: App) -> Meeting:
    own = ChangeOwnPassword(old_password=PASSWORD, new_password=BICYCLES)
    clerk = actor_with(app, Role.CLERK)
    return Meeting(
        lambda uow: change_own_password(uow, own),
        giving_password(app, "the river was low in May"),
        who=clerk,
    )


# --- at the counter ------------------------------------------------------------------------------------------------


def a_till(app: App) -> Meeting:
    cashier = everything(app)
    opened = an_open_desk(app, cashier, opening_float="0")
    order = CloseCashSession(cash_session_id=opened.cash_session_id, denominations={})
    otherwise = replace(order, explanation="counted again")
    return Meeting(
        lambda uow: close_cash_session(uow, order),
        lambda uow: close_cash_session(uow, otherwise),
        CashSessionIsClosed,
        cashier,
    )


def a_transfer(app: App, first: str, second: str) -> Meeting:
    cashier = actor_with(app, Role.CLERK)
    desk = an_open_desk(app, cashier)
    taken = pay(
        app,
        cashier,
        desk,
        a_bill(app, "100", taxpayer_id=a_taxpayer(app)),
        channel="transfer",
        reference="T 77",
    )
    ((tender_id,),) = rows(app, "SELECT id FROM tender")
    orders: dict[str, Order[object]] = {
        "return": lambda uow: return_tender(uow, ReturnTender(tender_id=tender_id, reason="no cover")),
        "cancel": lambda uow: cancel_receipt(uow, a_cancellation(taken)),
    }
    return Meeting(orders[first], orders[second], AlreadyReturned, cashier)


def rows_of_bulk(app: App) -> Meeting:
    a_transfer(app, "return", "return")
    return twice(lambda uow: delete_rows(uow, ProviderReference, true()))


def what_a_bill_asks(app: App) -> Meeting:
    with under_way(app) as uow:
        bill = issue_bill(
            uow,
            NewBill(
                head_code="TSC",
                period="2026",
                kind="hand",
                instalments=[(date(2026, 12, 31), 10000)],
                lines=[{"what": "Rental value", "amount": 10000}],
                debtor=Debtor(plate="12345A15", name="12345-A-15"),
                claim="TSC|41|2026|1|0",
            ),
        )
    return twice(lambda uow: annul_bill(uow, bill.bill_id, WHY), BillAlreadyAnnulled)


# --- fines, tariffs ------------------------------------------------------------------------------------------------


def a_fine_to_void(app: App) -> Meeting:
    number = a_fine(app, everything(app)).number
    return twice(lambda uow: void_fine(uow, voiding(number)), FineCannotBeVoided)


def a_tariff(app: App) -> Meeting:
    def saves(day: str) -> Order[object]:
        return lambda uow: save_tariff(uow, SaveTariff(head_code="TSC", document=services_tax(day)))

    return Meeting(saves("2027-01-01"), saves("2027-01-01"))


# --- civil status --------------------------------------------------------------------------------------------------


def a_register(app: App) -> Meeting:
    opened = app.execute(OpenActRegister(year=2025), everything(app)).outcome
    order = CloseActRegister(register_id=opened.register_id)
    return twice(lambda uow: close_act_register(uow, order), RegisterIsClosed)


def an_act(app: App, first: str, second: str, refused: type[UserError]) -> Meeting:
    draft = a_draft(app, everything(app))
    known: dict[str, Any] = {"act_id": draft.act_id, "version": draft.version}

    def changing(name: str) -> Order[object]:
        birth = a_birth(app, child_given_names=name)
        said: dict[str, Any] = {one.name: getattr(birth, one.name) for one in fields(BirthData)}
        return lambda uow: change_birth_act(uow, ChangeBirthAct(**said, **known))

    orders: dict[str, Order[object]] = {
        "change": changing("Salma"),
        "change otherwise": changing("Hiba"),
        "discard": lambda uow: discard_draft(uow, DiscardDraft(**known)),
        "sign": lambda uow: sign_act(uow, SignAct(**known)),
    }
    return Meeting(orders[first], orders[second], refused)


def a_request_s_step(app: App, step: str) -> Meeting:
    clerk = everything(app)
    asked = a_request(app, clerk)
    number = asked.number
    if step in ("deliver", "rework"):
        app.execute(StartRequest(number=number), clerk)
        app.execute(PrepareRequest(number=number), clerk)
    if step == "prepare":
        app.execute(StartRequest(number=number), clerk)
    if step == "deliver":
        assert asked.taken.bill_id is not None
        pay(app, clerk, an_open_desk(app, clerk), issued(app, asked.taken.bill_id))
    orders: dict[str, Order[object]] = {
        "start": lambda uow: start_request(uow, StartRequest(number=number)),
        "prepare": lambda uow: prepare_request(uow, PrepareRequest(number=number)),
        "deliver": lambda uow: deliver_request(uow, DeliverRequest(number=number)),
        "rework": lambda uow: rework_request(uow, ReworkRequest(number=number, cause=Cause.PRINT)),
        "refuse": lambda uow: refuse_request(uow, RefuseRequest(number=number, reason="no such act")),
    }
    return twice(orders[step], StepNotAllowed)


# --- taxpayers -----------------------------------------------------------------------------------------------------


def a_taxpayer_s_file(app: App, **second: Any) -> Meeting:
    known: dict[str, Any] = {"name": "Amina Bennani", "identifiers": {"cin": "A123456"}}
    saved = app.execute(RegisterTaxpayer(**known), everything(app)).outcome

    def changing(**what: Any) -> Order[object]:
        order = ChangeTaxpayer(**{**known, **what}, taxpayer_id=saved.taxpayer_id, version=saved.version)
        return lambda uow: change_taxpayer(uow, order)

    # The same number on another card: the file is found by the same words as before.
    return Meeting(changing(identifiers={"passport": "A123456"}), changing(**second), StaleRecord)


def a_car(app: App, first: str, second: str) -> Meeting:
    owner = a_taxpayer(app)
    added = app.execute(
        AddTaxableObject(taxpayer_id=owner, kind="vehicle", attributes=CAR), everything(app)
    ).outcome
    known: dict[str, Any] = {"object_id": added.object_id, "version": added.version}
    end = EndTaxableObject(**known, ended_on=date(2026, 11, 20), reason="sold")

    def seating(seats: int) -> Order[object]:
        order = ChangeTaxableObject(**known, kind="vehicle", attributes=CAR | {"seats": seats})
        return lambda uow: change_taxable_object(uow, order)

    orders: dict[str, Order[object]] = {
        "change": seating(7),
        "change otherwise": seating(8),
        "end": lambda uow: end_taxable_object(uow, end),
    }
    return Meeting(orders[first], orders[second], StaleRecord)


# --- they meet -----------------------------------------------------------------------------------------------------


MEETINGS: dict[str, Callable[[App], Meeting]] = {
    "goal: changed": partial(a_goal, first=200, second=300),
    "goal: taken away": partial(a_goal, first=None, second=None),
    "goal: taken away, changed": partial(a_goal, first=None, second=300),
    "goal: changed, taken away": partial(a_goal, first=200, second=None),
    "goal: new": a_new_goal,
    "folder: changed": a_folder,
    "folder: new": a_new_folder,
    "user: the same role": partial(a_user_s_roles, second=Role.MANAGER),
    "user: another role": partial(a_user_s_roles, second=Role.SUPERVISOR),
    "user: name": a_user_s_name,
    "user: password": a_user_s_password,
    "user: own password": a_user_s_own_password,
    "till": a_till,
    "transfer: comes back": partial(a_transfer, first="return", second="return"),
    "transfer: cancelled, comes back": partial(a_transfer, first="cancel", second="return"),
    "rows deleted at once": rows_of_bulk,
    "what a bill asks": what_a_bill_asks,
    "fine": a_fine_to_void,
    "tariff": a_tariff,
    "register": a_register,
    "act: changed": partial(an_act, first="change", second="change otherwise", refused=StaleRecord),
    "act: changed, discarded": partial(an_act, first="change", second="discard", refused=StaleRecord),
    "act: discarded": partial(an_act, first="discard", second="discard", refused=ActUnknown),
    "act: signed": partial(an_act, first="sign", second="sign", refused=ActIsSigned),
    "act: signed, changed": partial(an_act, first="sign", second="change", refused=ActIsSigned),
    **{
        f"request: {step}": partial(a_request_s_step, step=step)
        for step in ("start", "prepare", "deliver", "rework", "refuse")
    },
    "taxpayer: the same identifier": partial(a_taxpayer_s_file, identifiers={"passport": "A123456"}),
    "taxpayer: another identifier": partial(a_taxpayer_s_file, identifiers={"cin": "A123457"}),
    "taxpayer: address": partial(a_taxpayer_s_file, address="7, rue Talaa"),
    "object: changed": partial(a_car, first="change", second="change otherwise"),
    "object: ended": partial(a_car, first="end", second="end"),
}


@pytest.mark.parametrize("meeting", MEETINGS.values(), ids=MEETINGS)
def test_of_two_orders_at_once_each_finds_what_the_other_left(
    app: App, desks: OtherDesks, meeting: Callable[[App], Meeting]
) -> None:
    orders = meeting(app)
    before = events(app)
    with under_way(app, orders.who) as uow:
        orders.first(uow)
        uow.session.flush()
        second = desks.send(orders.second, orders.who)
    end = end_of(second)
    if orders.refused is None:
        assert not isinstance(end, BaseException), repr(end)
    else:
        assert isinstance(end, orders.refused), repr(end)
        assert events(app) == before + 1
    assert changed_otherwise(app) == []


def test_of_two_who_issue_a_roll_again_the_second_finishes_what_the_first_left(
    app: App, clock: TownClock, desks: OtherDesks, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects(app, "property", [a_home(20000)])
    issue = partial(app.execute, IssueRoll(head_code="TSC", period="2026"), everything(app))
    issue()
    clock.instant += timedelta(minutes=5)
    met: list[Future[Any] | None] = []

    def meeting(*what: Any) -> Any:
        """The first has nothing left to assess, and is about to write that the roll is finished."""
        if not met:
            met.append(None)
            met.append(desks.do(issue))
        return roll_sums(*what)

    monkeypatch.setattr("muniadmin.assessment.services.roll_sums", meeting)
    issue()
    assert met[1] is not None
    end = end_of(met[1])
    assert not isinstance(end, BaseException), repr(end)
    assert changed_otherwise(app) == []
