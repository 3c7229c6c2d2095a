"""The server is away for a while: every page says so and is as it was, whole, as soon as it is back."""

import os
import re
from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql

from muniadmin.app import App
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.kernel.permissions import Role
from tests.desktop.conftest import Screen
from tests.desktop.test_every_role import numbers  # noqa: F401 - a town in which something happened
from tests.postgresql import SERVER

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["postgresql"])]


@pytest.fixture
def server(app: App) -> Callable[..., None]:
    """``server(away=True)``: nobody reaches the database any more; ``server(away=False)``: everybody does."""
    name = app.database.url.database or ""

    def be(*, away: bool) -> None:
        with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                    sql.Identifier(name), sql.SQL("false" if away else "true")
                )
            )
            if away:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
                )

    return be


def pages(screen: Screen) -> list[str]:
    return [page_id for page_id, spec in screen.frame.specs.items() if not spec.hidden]


def opened(screen: Screen, page_id: str) -> str:
    """Opens a page; all that is read on it, but for how much has happened: to sign in is an event, too."""
    screen.frame.go(page_id)
    screen.settle()
    return re.sub(r"^Administration \| \d+ rows", "Administration", screen.texts(screen.page))


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize("role", [Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR])
def test_a_page_first_opened_while_the_server_is_away_is_whole_when_opened_again(
    screen: Screen, role: Role, server: Callable[..., None]
) -> None:
    screen.sign_in(role)
    whole = {page_id: opened(screen, page_id) for page_id in pages(screen)}
    screen.window.sign_out()
    screen.sign_in(role)
    server(away=True)
    asked_something = [
        page_id for page_id in whole if "The database cannot be opened" in opened(screen, page_id)
    ]
    assert asked_something
    server(away=False)
    again = {page_id: opened(screen, page_id) for page_id in whole}
    assert again == whole


@pytest.mark.usefixtures("numbers")
def test_a_page_in_front_is_asked_again_by_the_button_of_its_notice(
    screen: Screen, server: Callable[..., None]
) -> None:
    screen.sign_in(Role.CLERK)
    whole = opened(screen, "taxpayers")
    screen.window.sign_out()
    screen.sign_in(Role.CLERK)
    server(away=True)
    opened(screen, "taxpayers")
    server(away=False)
    button = next(one for one in screen.page.notice.findChildren(Button) if one.text() == "Try again")
    button.click()
    screen.settle()
    assert not screen.page.notice.isVisible()
    assert screen.texts(screen.page) == whole
