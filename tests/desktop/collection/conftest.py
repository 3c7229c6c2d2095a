"""The counter of a clerk whose desk is open."""

import pytest

from muniadmin.app import App
from muniadmin.desktop.collection import payment_panel
from muniadmin.desktop.collection.counter_page import CounterPage
from muniadmin.kernel.permissions import Role
from tests.builders import an_open_desk
from tests.desktop.conftest import Screen
from tests.towns import actor_with


@pytest.fixture(autouse=True)
def _quick_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause that keeps a scanner's second line feed from paying is not waited for, except where it is tested."""
    monkeypatch.setattr(payment_panel, "_SETTLE_MS", 0)


@pytest.fixture
def counter(app: App, screen: Screen) -> CounterPage:
    """The counter in front of the town's clerk, whose desk is open."""
    an_open_desk(app, actor_with(app, Role.CLERK))
    screen.sign_in(Role.CLERK)
    return screen.shows(CounterPage)
