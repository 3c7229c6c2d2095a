"""Every user's pages, every action the palette offers there and every paper they scan: nobody is offered what is then
refused, nothing is an incident, and nothing is done by asking alone."""

import pytest
from PySide6.QtWidgets import QApplication

from muniadmin.app import App
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, pay
from tests.desktop.conftest import Screen
from tests.desktop.test_every_control import Hands, happened
from tests.fines.builders import a_fine
from tests.towns import actor_with

_REFUSED = "You are not allowed"
#: What belongs to the window and not to a page: it ends the trial, or is tried with the window.
_WINDOW = ("go ", "language ", "sign-out", "lock", "light", "dark", "system", "full-screen")
#: What Enter in the palette does by itself: a list on paper is written down in the log before it is shown, and that
#: somebody verified.
_AT_ONCE = {
    "exchange:list:written",
    "verification:database:verified",
    "verification:database:verified-since-anchor",
}


@pytest.fixture
def numbers(app: App) -> dict[str, str]:
    """A town in which something happened: the numbers of its papers."""
    clerk = actor_with(app, Role.CLERK)
    taxpayer = a_taxpayer(app)
    session = an_open_desk(app, clerk)
    paid, still_open = (a_bill(app, amount, taxpayer_id=taxpayer) for amount in ("80", "120"))
    receipt = pay(app, clerk, session, paid).receipt_number
    fine = a_fine(app, clerk).number
    return {"bill": still_open.number, "receipt": receipt, "fine": fine, "taxpayer": "C-0000001-Y"}


@pytest.mark.parametrize("role", list(Role))
def test_no_page_of_a_users_own_refuses_anything(
    app: App, screen: Screen, numbers: dict[str, str], role: Role
) -> None:
    screen.sign_in(role)
    wrong = []
    for page_id in list(screen.frame.specs):
        screen.frame.go(page_id)
        screen.settle()
        if _REFUSED in (said := screen.texts()):
            wrong.append(f"{page_id}: {said}")
    for kind, number in numbers.items():
        before = len(happened(app))
        screen.frame.open_scan(screen.frame.shell.read_scan(number))
        screen.settle()
        assert happened(app)[before:] == []
        if _REFUSED in (said := screen.texts()):
            wrong.append(f"{kind} {number}: {said}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize("role", list(Role))
def test_no_action_that_is_offered_is_refused(app: App, screen: Screen, role: Role) -> None:
    screen.sign_in(role)
    hands = Hands(screen, app, "")
    wrong = []
    for page_id, spec in screen.frame.specs.items():
        if spec.hidden:
            continue
        screen.frame.go(page_id)
        screen.settle()
        for action_id in [action.id for action in screen.frame.actions_offered()]:
            if action_id.startswith(_WINDOW):
                continue
            hands.clear_away()
            screen.frame.go(page_id)
            screen.settle()
            action = next((one for one in screen.frame.actions_offered() if one.id == action_id), None)
            if action is None:
                continue
            before = len(happened(app))
            action.run()
            screen.settle()
            screen.jobs_end()
            said = screen.texts() + screen.texts(QApplication.activeModalWidget() or screen.window)
            if _REFUSED in said or not set(happened(app)[before:]) <= _AT_ONCE:
                wrong.append(f"{page_id}, {action_id}: {said} {happened(app)[before:]}")
    hands.clear_away()
    assert not wrong, "\n".join(wrong)
