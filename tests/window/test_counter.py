"""The counter in a real window, by key presses alone."""

from collections.abc import Callable
from datetime import date

from muniadmin.app import App
from muniadmin.billing.reads import OpenCharges
from muniadmin.collection.reads import MySession, Receipts
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything
from tests.towns import actor_with
from tests.window.desk import Desk

LATE, LATER = date(2026, 11, 20), date(2099, 12, 31)


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


def owing(town: App, name: str, debts: int, not_due: int = 0) -> int:
    """Somebody with so many debts that are due, and some that are not yet; their id."""
    taxpayer = a_taxpayer(town, name)
    for number in range(debts + not_due):
        due_on = LATE if number < debts else LATER
        a_bill(town, f"{10 + number}", taxpayer_id=taxpayer, due_on=due_on)
    return taxpayer


def test_three_of_seventeen_debts_by_cheque_for_somebody_found_by_name(
    town: App, desk: Callable[..., Desk]
) -> None:
    """Name, reference and nine keys; on a French keyboard, whose figures need the shift key."""
    taxpayer = owing(town, "Khadija Tazi", 17)
    an_open_desk(town, actor_with(town, Role.CLERK))
    window = desk()
    window.sign_in(Role.CLERK)
    window.layout("fr")
    window.type("khadija")
    window.see("> Khadija Tazi")
    window.press("Return")
    window.see("17 debts ticked")
    window.press("ctrl+a")
    window.see("0 debts ticked")
    window.press("space", "Down", "space", "Down", "space")
    window.see("3 debts ticked")
    window.press("ctrl+eacute")
    window.type("BMCE 0042")
    window.press("Return")
    window.see("Received, receipt 1-")
    assert window.keys <= 12
    assert town.read(Receipts(channel="cheque"), everything(town)).count == 1
    assert len(town.read(OpenCharges(taxpayer_id=taxpayer), everything(town))) == 14


def test_three_of_five_debts_for_somebody_found_by_name(town: App, desk: Callable[..., Desk]) -> None:
    """What is not due yet is not ticked; two of the others are left for another day."""
    taxpayer = owing(town, "Khadija Tazi", 5, not_due=2)
    an_open_desk(town, actor_with(town, Role.CLERK))
    window = desk()
    window.sign_in(Role.CLERK)
    window.type("khadija")
    window.see("> Khadija Tazi")
    window.press("Return")
    window.see("5 debts ticked")
    window.press("space", "Down", "space", "Return")
    window.see("Received, receipt 1-")
    assert window.keys <= 8
    assert len(town.read(OpenCharges(taxpayer_id=taxpayer), everything(town))) == 4


def test_another_name_and_enter_never_opens_the_person_found_before(
    town: App, desk: Callable[..., Desk]
) -> None:
    """The worst there was: all at once, as somebody does who does not look at the screen."""
    owing(town, "Khadija Tazi", 2)
    owing(town, "Karim Alaoui", 1)
    an_open_desk(town, actor_with(town, Role.CLERK))
    window = desk()
    window.sign_in(Role.CLERK)
    window.type("khadija")
    window.see("> Khadija Tazi")
    window.press("ctrl+a")
    window.type("karim")
    window.at_once("Return")
    window.see("1 debt ticked")
    assert "Karim Alaoui" in window.seen()
    assert "Khadija Tazi" not in window.seen()


def test_the_till_is_closed_by_one_key_a_filled_row_and_two(town: App, desk: Callable[..., Desk]) -> None:
    """660.00: three of 200, one of 50, two of 5; the empty rows cost nothing."""
    an_open_desk(town, actor_with(town, Role.CLERK), opening_float="660")
    window = desk()
    window.sign_in(Role.CLERK)
    window.press("F5", "ctrl+o")
    window.wait(lambda: "Pieces of 200" in window.focus().name, "the count")
    window.type("3")
    window.press("Return")
    window.type("50*1")
    assert "Pieces of 50.00" in window.focus().name
    window.press("Return")
    window.type("5*2")
    window.press("ctrl+Return")
    # The message that says so is gone after a moment.
    window.wait(lambda: town.read(MySession(), actor_with(town, Role.CLERK)) is None, "the closed till")
    assert window.keys <= 3 + 2
