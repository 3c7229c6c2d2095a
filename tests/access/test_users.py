"""What becomes of wrong tries, of administrators who left, of roles taken away; and which passwords are weak."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from muniadmin.access.commands import ChangeUser, SetPassword, SignIn
from muniadmin.access.errors import LastAdministrator, PasswordTooWeak, WrongUserOrPassword
from muniadmin.access.reads import UserRow, Users
from muniadmin.access.rules import TRIES_BEFORE_LOCK, ensure_good_password
from muniadmin.app import App
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from tests.builders import everything
from tests.towns import PASSWORD, actor_with, user_name

ActorOf = Callable[[Role], Actor]


def sign_in(app: App, role: Role, password: str = PASSWORD) -> Actor:
    """Signs the town's user with the role in."""
    order = SignIn(user_name=user_name(role), password=password, workstation="desk-1")
    return app.execute(order, actor_with(app, role)).outcome.actor


def guess(app: App, role: Role, tries: int) -> None:
    """Somebody tries wrong passwords."""
    for _try in range(tries):
        with pytest.raises(WrongUserOrPassword):
            sign_in(app, role, "a guess")


def the_user(app: App, role: Role) -> UserRow:
    """The town's user with the role, as listed."""
    return next(row for row in app.read(Users(), everything(app)) if row.user_name == user_name(role))


def as_it_is(row: UserRow) -> ChangeUser:
    """The order that saves a user unchanged."""
    return ChangeUser(
        user_id=row.user_id, version=row.version, name=row.name, roles=row.roles, active=row.active
    )


def test_wrong_tries_are_forgotten_once_the_right_password_comes(app: App) -> None:
    for _day in range(2):
        guess(app, Role.CLERK, TRIES_BEFORE_LOCK - 1)
        assert sign_in(app, Role.CLERK).user_name == "clerk"


def test_a_new_password_unlocks(app: App) -> None:
    guess(app, Role.CLERK, TRIES_BEFORE_LOCK)
    assert the_user(app, Role.CLERK).locked
    row = the_user(app, Role.CLERK)
    app.execute(SetPassword(user_id=row.user_id, password="seven slow herons"), everything(app))
    assert sign_in(app, Role.CLERK, "seven slow herons").user_name == "clerk"


def test_an_administrator_who_left_manages_nobody(app: App) -> None:
    manager = as_it_is(the_user(app, Role.MANAGER))
    app.execute(replace(manager, roles=frozenset({Role.ADMINISTRATOR}), active=False), everything(app))
    administrator = as_it_is(the_user(app, Role.ADMINISTRATOR))
    with pytest.raises(LastAdministrator):
        app.execute(replace(administrator, roles=frozenset({Role.CLERK})), everything(app))


def test_a_role_that_is_taken_away_is_gone(app: App) -> None:
    clerk = as_it_is(the_user(app, Role.CLERK))
    app.execute(replace(clerk, roles=frozenset({Role.MANAGER, Role.REGISTRAR})), everything(app))
    assert the_user(app, Role.CLERK).roles == {Role.MANAGER, Role.REGISTRAR}
    app.execute(
        replace(as_it_is(the_user(app, Role.CLERK)), roles=frozenset({Role.REGISTRAR})), everything(app)
    )
    assert the_user(app, Role.CLERK).roles == {Role.REGISTRAR}
    assert sign_in(app, Role.CLERK).permissions == actor_with(app, Role.REGISTRAR).permissions


@pytest.mark.parametrize(
    "password",
    ["blue skye", "abcdefghijkl", "mnop qrst uvw", "1234567890", "4567 890123", "Nadia 2026", "ababababcdcd"],
)
def test_a_password_that_is_short_or_guessed_at_once_is_weak(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        ensure_good_password(password, "n.benali", "Nadia Benali")


@pytest.mark.parametrize("password", ["blue skies", "Nadia drinks tea", "76 trombones"])
def test_ten_letters_that_are_no_pattern_are_enough(password: str) -> None:
    ensure_good_password(password, "n.benali", "Nadia Benali")
