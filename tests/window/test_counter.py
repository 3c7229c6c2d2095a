"""The counter in a real window, by key presses alone."""

from collections.abc import Callable

from muniadmin.app import App
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk
from tests.towns import actor_with
from tests.window.desk import Desk


def test_exact_cash_for_a_scanned_bill_takes_one_key(town: App, desk: Callable[..., Desk]) -> None:
    """Scan, Enter: paid and ready for the next one."""
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    an_open_desk(town, actor_with(town, Role.CLERK))
    window = desk()
    window.sign_in(Role.CLERK)
    window.scan(bill.number)
    window.see("1 debt ticked")
    window.wait(lambda: window.focus().name == "Received from the citizen", "the amount")
    window.press("Return")
    window.see("Received, receipt 1-")
    assert window.focus().name == "Scan or type"
    assert window.keys == 1


def test_keys_for_another_amount_and_for_the_search_work_in_a_field(
    town: App, desk: Callable[..., Desk]
) -> None:
    """On Linux Ctrl+E and Ctrl+K also are keys of every field: there they did nothing else for years."""
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    an_open_desk(town, actor_with(town, Role.CLERK))
    window = desk()
    window.sign_in(Role.CLERK)
    window.scan(bill.number)
    window.wait(lambda: window.focus().name == "Received from the citizen", "the amount")
    window.press("ctrl+e")
    assert window.focus().name == "Amount to pay"
    window.press("ctrl+k")
    assert window.focus().name == "Search or scan"
