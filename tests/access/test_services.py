"""Who may come in, and what happens to those who guess."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from muniadmin.access.commands import ChangeOwnPassword, ChangeUser, CreateUser, SetPassword, SignIn
from muniadmin.access.errors import (
    LastAdministrator,
    PasswordTooWeak,
    RightTakenAway,
    UserIsInactive,
    UserIsLocked,
    UserNameTaken,
    UserNameWrong,
    WrongOldPassword,
    WrongUserOrPassword,
)
from muniadmin.access.reads import DemonstrationUsers, UserRow, Users
from muniadmin.access.rules import LOCK_MINUTES, TRIES_BEFORE_LOCK
from muniadmin.access.services import change_own_password, change_user
from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.billing.names import ISSUE_BILLS
from muniadmin.civil_status.commands import OpenActRegister
from muniadmin.civil_status.models import ActRegister
from muniadmin.collection.commands import CloseCashSession
from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.collection.reads import MySession
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, NotAllowed, StaleRecord
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import a_bill, an_open_desk, due, everything, money, pay
from tests.towns import PASSWORD, user_name
from tests.verification.owner import as_owner

ActorOf = Callable[[Role], Actor]
NOBODY = Actor(None, "", "", frozenset(), "desk-1")
NEW = CreateUser(
    user_name="n.benali",
    name="Nadia Benali",
    password="the river was low in May",
    roles=frozenset({Role.CLERK}),
)


def sign_in(app: App, name: str, password: str = PASSWORD) -> Actor:
    """Signs in at the first desk."""
    return app.execute(SignIn(user_name=name, password=password, workstation="desk-1"), NOBODY).outcome.actor


def the_user(app: App, name: str) -> UserRow:
    """One user as listed."""
    return next(row for row in app.read(Users(), everything(app)) if row.user_name == name)


def test_signing_in_gives_the_permissions_of_the_roles(app: App) -> None:
    clerk = sign_in(app, " Clerk ")
    assert clerk.may(TAKE_PAYMENTS)
    assert not clerk.may(ISSUE_BILLS)
    assert clerk.workstation == "desk-1"


@pytest.mark.parametrize(("name", "password"), [("clerk", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_read_alike(app: App, name: str, password: str) -> None:
    with pytest.raises(WrongUserOrPassword):
        sign_in(app, name, password)


def test_five_wrong_passwords_lock_the_user_for_a_while(app: App, clock: FixedClock) -> None:
    for _try in range(5):
        with pytest.raises(WrongUserOrPassword):
            sign_in(app, "clerk", "wrong")
    with pytest.raises(UserIsLocked):
        sign_in(app, "clerk")
    assert the_user(app, "clerk").locked
    clock.instant += timedelta(minutes=6)
    assert sign_in(app, "clerk").user_name == "clerk"


def test_wrong_tries_are_in_the_audit_log(app: App) -> None:
    with pytest.raises(WrongUserOrPassword):
        sign_in(app, "clerk", "wrong")
    lines = app.read(AuditLog(subject="clerk"), everything(app))
    assert lines[0].event == "access:user:refused"
    assert "wrong" not in str(lines[0].detail)


def test_a_new_user_can_sign_in_at_once(app: App, actor: ActorOf) -> None:
    app.execute(NEW, actor(Role.ADMINISTRATOR))
    assert sign_in(app, "n.benali", NEW.password).name == "Nadia Benali"
    with pytest.raises(InvalidInput) as refused:
        app.execute(NEW, actor(Role.ADMINISTRATOR))
    assert isinstance(refused.value.problems["user_name"], UserNameTaken)


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("user_name", "é", UserNameWrong),
        ("user_name", "two words", UserNameWrong),
        ("password", "short", PasswordTooWeak),
        ("password", "password1234", PasswordTooWeak),
        ("password", "aaaaaaaaaaaaaa", PasswordTooWeak),
        ("password", "benali123456", PasswordTooWeak),
    ],
)
def test_bad_names_and_passwords_are_refused_at_their_field(
    app: App, actor: ActorOf, field: str, value: str, refusal: type[Exception]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        app.execute(replace(NEW, **{field: value}), actor(Role.ADMINISTRATOR))  # type: ignore[arg-type]
    assert isinstance(refused.value.problems[field], refusal)


@pytest.mark.parametrize(
    ("roles", "active", "refusal"),
    [
        (frozenset({Role.MANAGER}), True, RightTakenAway),
        (frozenset({Role.CLERK}), False, UserIsInactive),
    ],
    ids=["role taken away", "deactivated"],
)
def test_what_is_taken_away_is_gone_from_a_window_that_stays_open(
    app: App, actor: ActorOf, roles: frozenset[Role], active: bool, refusal: type[Exception]
) -> None:
    clerk = sign_in(app, "clerk")
    session = an_open_desk(app, clerk)
    bill = a_bill(app, "100")
    app.execute(_change(the_user(app, "clerk"), roles, active), actor(Role.ADMINISTRATOR))
    before = len(app.read(AuditLog(), everything(app)))
    with pytest.raises(refusal):
        pay(app, clerk, session, bill)
    with pytest.raises(refusal):
        app.execute(CloseCashSession(cash_session_id=session.cash_session_id, denominations={}), clerk)
    with pytest.raises(refusal):
        app.read(MySession(), clerk)
    assert due(app, bill) == money("100")
    assert len(app.read(AuditLog(), everything(app))) == before


def test_whoever_keeps_a_role_goes_on_with_what_it_lets_them_do(app: App, actor: ActorOf) -> None:
    app.execute(
        _change(the_user(app, "clerk"), frozenset({Role.CLERK, Role.REGISTRAR}), True),
        actor(Role.ADMINISTRATOR),
    )
    both = sign_in(app, "clerk")
    session = an_open_desk(app, both)
    app.execute(_change(the_user(app, "clerk"), frozenset({Role.CLERK}), True), actor(Role.ADMINISTRATOR))
    assert pay(app, both, session, a_bill(app, "100")).receipt_number
    with pytest.raises(RightTakenAway):
        app.execute(OpenActRegister(year=2026), both)


def test_a_role_that_nobody_knows_lets_nobody_do_anything(app: App) -> None:
    """It was written past the program; verify tells."""
    clerk = sign_in(app, "clerk")
    as_owner(app, "UPDATE user_role SET role = 'sovereign' WHERE user_id = :user", user=clerk.user_id)
    with pytest.raises(RightTakenAway):
        app.read(MySession(), clerk)
    assert sign_in(app, "clerk").permissions == frozenset()


def _change(user: UserRow, roles: frozenset[Role], active: bool) -> ChangeUser:
    return ChangeUser(user_id=user.user_id, version=user.version, name=user.name, roles=roles, active=active)


def test_only_administrators_manage_users(app: App, actor: ActorOf) -> None:
    with pytest.raises(NotAllowed) as refused:
        app.execute(NEW, actor(Role.SUPERVISOR))
    assert "manage users" in refused.value.sentence()


def test_a_user_who_left_cannot_sign_in_but_stays_on_record(app: App, actor: ActorOf) -> None:
    row = the_user(app, "clerk")
    app.execute(
        ChangeUser(user_id=row.user_id, version=row.version, name=row.name, roles=row.roles, active=False),
        actor(Role.ADMINISTRATOR),
    )
    with pytest.raises(WrongUserOrPassword):
        sign_in(app, "clerk")
    assert not the_user(app, "clerk").active


def test_a_user_who_left_chooses_no_other_password_at_a_screen_left_open(app: App, actor: ActorOf) -> None:
    clerk, row = sign_in(app, "clerk"), the_user(app, "clerk")
    app.execute(
        ChangeUser(user_id=row.user_id, version=row.version, name=row.name, roles=row.roles, active=False),
        actor(Role.ADMINISTRATOR),
    )
    with pytest.raises(UserIsInactive):
        app.execute(ChangeOwnPassword(old_password=PASSWORD, new_password="three green bicycles"), clerk)


def test_the_second_to_save_is_told(app: App, actor: ActorOf) -> None:
    row = the_user(app, "clerk")
    change = ChangeUser(user_id=row.user_id, version=row.version, name="First", roles=row.roles, active=True)
    app.execute(change, actor(Role.ADMINISTRATOR))
    with pytest.raises(StaleRecord):
        app.execute(replace(change, name="Second"), actor(Role.ADMINISTRATOR))
    assert the_user(app, "clerk").name == "First"


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_user_who_is_being_changed_can_go_on_working(app: App, actor: ActorOf) -> None:
    """What is written in the user's name names them by id, and waits for nobody who holds their row."""
    row, registrar = the_user(app, user_name(Role.REGISTRAR)), actor(Role.REGISTRAR)
    rename = ChangeUser(user_id=row.user_id, version=row.version, name="First", roles=row.roles, active=True)
    order = ChangeOwnPassword(old_password=PASSWORD, new_password="three green bicycles")
    with unit_of_work(
        app.database, actor=registrar, now=app.clock.now(), municipality=app.municipality
    ) as uow:
        change_user(uow, rename)
        change_own_password(uow, order)
        with app.database.connect_to_write() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            opened = insert(ActRegister).values(
                kind="birth",
                year=1956,
                office="main",
                office_names={},
                opened_at=uow.now,
                opened_by_id=row.user_id,
            )
            assert connection.scalar(opened.returning(ActRegister.opened_by_id)) == row.user_id
            connection.rollback()


def test_somebody_always_remains_who_manages_users(app: App, actor: ActorOf) -> None:
    row = the_user(app, user_name(Role.ADMINISTRATOR))
    for change in ({"active": False}, {"roles": frozenset({Role.MANAGER})}):
        order = ChangeUser(
            user_id=row.user_id, version=row.version, name=row.name, roles=row.roles, active=True
        )
        with pytest.raises(LastAdministrator):
            app.execute(replace(order, **change), actor(Role.ADMINISTRATOR))


def test_whoever_works_here_has_a_role_and_whoever_leaves_needs_none(app: App, actor: ActorOf) -> None:
    row, nothing = the_user(app, "clerk"), frozenset[Role]()
    with pytest.raises(InvalidInput) as refused:
        app.execute(_change(row, nothing, active=True), actor(Role.ADMINISTRATOR))
    assert [*refused.value.problems] == ["roles"]
    assert the_user(app, "clerk") == row
    app.execute(_change(row, nothing, active=False), actor(Role.ADMINISTRATOR))
    assert not the_user(app, "clerk").active


def test_passwords_are_changed_by_their_owner_and_reset_by_the_administrator(
    app: App, actor: ActorOf
) -> None:
    clerk = sign_in(app, "clerk")
    with pytest.raises(InvalidInput):
        app.execute(ChangeOwnPassword(old_password="wrong", new_password="three green bicycles"), clerk)
    app.execute(ChangeOwnPassword(old_password=PASSWORD, new_password="three green bicycles"), clerk)
    assert sign_in(app, "clerk", "three green bicycles").user_id == clerk.user_id
    order = SetPassword(user_id=clerk.user_id or 0, password="a new one for today")
    app.execute(order, actor(Role.ADMINISTRATOR))
    assert sign_in(app, "clerk", "a new one for today").user_id == clerk.user_id


def test_nobody_guesses_the_password_at_a_screen_that_was_left_open(app: App, clock: FixedClock) -> None:
    clerk = sign_in(app, "clerk")

    def change(old: str) -> None:
        app.execute(ChangeOwnPassword(old_password=old, new_password="three green bicycles"), clerk)

    for _try in range(TRIES_BEFORE_LOCK):
        with pytest.raises(InvalidInput) as wrong:
            change("a guess")
        assert isinstance(wrong.value.problems["old_password"], WrongOldPassword)
    with pytest.raises(InvalidInput) as locked:
        change(PASSWORD)
    assert isinstance(locked.value.problems["old_password"], UserIsLocked)
    with pytest.raises(UserIsLocked):
        sign_in(app, "clerk")
    refused = [line for line in app.read(AuditLog(), everything(app)) if line.event == "access:user:refused"]
    assert len(refused) >= TRIES_BEFORE_LOCK
    clock.instant += timedelta(minutes=LOCK_MINUTES + 1)
    change(PASSWORD)
    assert sign_in(app, "clerk", "three green bicycles").user_id == clerk.user_id


def test_a_real_municipality_offers_nobody_at_its_login(app: App) -> None:
    assert app.read(DemonstrationUsers(), NOBODY) == []


def test_passwords_never_show_in_what_is_logged() -> None:
    for request in (
        NEW,
        SignIn(user_name="a", password=NEW.password, workstation="w"),
        SetPassword(user_id=1, password=NEW.password),
        ChangeOwnPassword(old_password=NEW.password, new_password=NEW.password),
    ):
        assert NEW.password not in repr(request)
