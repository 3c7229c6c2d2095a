"""The lock: nothing lies above it or gets around it, and what arrives meanwhile waits behind it."""

from collections.abc import Callable

import pytest

from muniadmin.app import App
from muniadmin.collection.reads import Receipts
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything
from tests.towns import actor_with
from tests.window.desk import Desk


@pytest.fixture
def counter(town: App, desk: Callable[..., Desk]) -> Desk:
    """The clerk at an open desk."""
    an_open_desk(town, actor_with(town, Role.CLERK))
    window = desk()
    window.sign_in(Role.CLERK)
    return window


def locked(window: Desk) -> None:
    """Only the lock is seen, and its password has the keyboard."""
    window.see("<Unlock>")
    assert len(window.windows()) == 1
    assert window.focus().name == "Password"


def receipts(town: App) -> int:
    """How many receipts there are."""
    return len(town.read(Receipts(), everything(town)).rows)


def test_a_question_that_arrives_waits_behind_the_lock(town: App, counter: Desk) -> None:
    """Too much is paid, and the screen locked before the answer comes."""
    bill = a_bill(town, "100", taxpayer_id=a_taxpayer(town))
    counter.scan(bill.number)
    counter.wait(lambda: counter.focus().name == "Received from the citizen", "the amount")
    counter.press("ctrl+e")
    counter.type("150")
    counter.at_once("Return", "ctrl+l")
    if "<Unlock>" not in counter.seen():
        # A key that is pressed while the keyboard goes from one window to another is nobody's: one presses it again.
        counter.press("ctrl+l")
    locked(counter)
    counter.press("Return", "Escape", "Return")
    locked(counter)
    assert receipts(town) == 0
    counter.password()
    counter.see("150.00 MAD is paid: 50.00 MAD more.")
    assert receipts(town) == 0
    counter.press("Return")
    counter.see("Received, receipt 1-")


def test_a_menu_does_not_stay_above_the_lock(town: App, counter: Desk) -> None:
    counter.press("Tab")
    counter.at_once("ctrl+shift+p", "ctrl+l")
    counter.press("Escape")
    counter.press("ctrl+l")
    locked(counter)
    counter.password()
    counter.see("Ready for the next citizen")


def test_another_language_does_not_open_it(town: App, counter: Desk) -> None:
    counter.type("bel")
    counter.press("ctrl+l")
    locked(counter)
    for _ in range(8):
        if counter.focus().name == "Français":
            break
        counter.press("Tab")
    assert counter.focus().name == "Français"
    counter.press("space")
    counter.see("<Déverrouiller>")
    assert "Guichet" not in counter.seen()
    counter.password()
    counter.see("Guichet")
    counter.see("bel")


def test_a_dialog_comes_back_with_what_is_typed_in_it(town: App, counter: Desk) -> None:
    counter.press("F7", "ctrl+n")
    counter.type("12345")
    before = counter.focus()
    counter.press("ctrl+l")
    locked(counter)
    counter.password()
    counter.wait(lambda: counter.focus() == before, "the field as it was")


def test_signing_out_at_the_lock_asks_before_a_dialog_is_lost(town: App, counter: Desk) -> None:
    counter.press("F7", "ctrl+n")
    counter.type("bennani")
    counter.press("ctrl+l")
    locked(counter)
    for _ in range(8):
        if counter.focus().name == "Sign out":
            break
        counter.press("Tab")
    assert counter.focus().name == "Sign out"
    counter.press("space")
    counter.see("There is unsaved typing. It will be lost.")
    assert "<Unlock>" in counter.seen()


def test_a_scan_at_the_lock_waits(town: App, counter: Desk) -> None:
    bill = a_bill(town, "100", taxpayer_id=a_taxpayer(town))
    counter.press("ctrl+l")
    counter.scan(bill.number)
    counter.see(f"{bill.number} was scanned. It is opened when the screen is unlocked.")
    locked(counter)
    counter.password()
    counter.see("1 debt ticked")
