"""A scan is a scan wherever the cursor is: it opens what it is, and never pays, prints or fills a field."""

from collections.abc import Callable

import pytest

from muniadmin.app import App
from muniadmin.collection.reads import Receipts
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything
from tests.towns import actor_with
from tests.window.desk import TAB, Desk

RECEIVED = "Received from the citizen"


@pytest.fixture
def counter(town: App, desk: Callable[..., Desk]) -> Desk:
    """The clerk at an open desk."""
    an_open_desk(town, actor_with(town, Role.CLERK))
    window = desk()
    window.sign_in(Role.CLERK)
    return window


def receipts(town: App) -> int:
    """How many receipts there are."""
    return len(town.read(Receipts(), everything(town)).rows)


def in_hand(counter: Desk, number: str) -> None:
    """The bill is listed, and the amount waits."""
    counter.see(number)
    counter.wait(lambda: counter.focus().name == RECEIVED, "the amount")


@pytest.mark.parametrize(
    "layout", [("us",), ("fr",), ("ma", "french"), ("es",), ("latam",), ("de",)], ids=str
)
def test_a_scanner_as_delivered_reads_on_every_keyboard(
    town: App, counter: Desk, layout: tuple[str, ...]
) -> None:
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    counter.layout(*layout)
    counter.scan(bill.number)
    in_hand(counter, bill.number)
    assert receipts(town) == 0


@pytest.mark.parametrize("wrapped", ["]C1{}", "\x02{}\x03", "*{}*"])
def test_what_a_scanner_puts_around_a_number_is_taken_off(town: App, counter: Desk, wrapped: str) -> None:
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    counter.scan(wrapped.format(bill.number), TAB)
    in_hand(counter, bill.number)


def test_two_scans_are_two(town: App, counter: Desk) -> None:
    """One after the other as fast as a scanner can, and run together."""
    bills = [a_bill(town, amount, taxpayer_id=a_taxpayer(town)) for amount in ("10", "20", "30", "40")]
    counter.scan(bills[0].number, wait=False)
    counter.scan(bills[1].number)
    counter.see("2 debts ticked")
    counter.scan(bills[2].number + bills[3].number)
    counter.see("4 debts ticked")
    counter.wait(lambda: counter.focus().name == RECEIVED, "the amount")
    counter.press("Return")
    counter.see("Received, receipt 1-")
    assert [row.amount.minor for row in town.read(Receipts(), everything(town)).rows] == [10_000]


def test_a_scan_at_the_lock_is_opened_after_the_dialog_behind_it(town: App, counter: Desk) -> None:
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    counter.press("F7", "ctrl+n", "ctrl+l")
    counter.scan(bill.number)
    counter.see(f"{bill.number} was scanned. It is opened when the screen is unlocked.")
    counter.password()
    counter.see_no("<Unlock>")
    counter.press("Escape")
    in_hand(counter, bill.number)


def test_a_scan_at_a_question_above_a_form_waits_for_the_form(town: App, counter: Desk) -> None:
    """Somebody leaves a form, is asked whether they want to lose what is typed, and stays."""
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    counter.press("F7", "ctrl+n")
    counter.type("bennani")
    counter.press("Escape")
    counter.see("Leave without saving?")
    counter.scan(bill.number)
    counter.see(f"{bill.number} was scanned. It is opened when this is closed.")
    counter.press("Escape")
    counter.see_no("Leave without saving?")
    counter.press("Escape", "ctrl+Return")
    in_hand(counter, bill.number)


def test_in_an_amount_a_foreign_number_pays_nothing_and_leaves_it_as_it_was(town: App, counter: Desk) -> None:
    """An EAN-13 half a second after the bill."""
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    counter.scan(bill.number)
    in_hand(counter, bill.number)
    counter.type("150")
    before = counter.focus()
    counter.scan("6111234567890")
    counter.see("“6111234567890” was scanned: it is none of this municipality’s numbers.")
    assert counter.focus() == before
    assert receipts(town) == 0


def test_in_the_chequess_reference_a_bill_is_one_more_and_a_foreign_code_is_the_reference(
    town: App, counter: Desk
) -> None:
    first, second = (a_bill(town, "120", taxpayer_id=a_taxpayer(town)) for _ in range(2))
    counter.scan(first.number)
    in_hand(counter, first.number)
    counter.press("ctrl+m")
    counter.wait(lambda: counter.focus().name == "Reference", "the reference")
    counter.type("BMCE 7")
    counter.scan(second.number)
    counter.see("2 debts ticked")
    assert "Reference: BMCE 7" in counter.seen()
    assert receipts(town) == 0
    # What the cheque is made out for is not raised by what is scanned later.
    counter.wait(lambda: counter.focus().name == "Amount", "the amount")
    counter.see("Still missing")
    counter.press("Tab")
    counter.wait(lambda: counter.focus().name == "Reference", "the reference")
    counter.scan("0011223344")
    counter.see("Reference: 0011223344")
    counter.see("“0011223344” was scanned into “Reference”.")
    assert receipts(town) == 0


def test_a_scan_waits_for_the_end_of_a_dialog_which_names_it(town: App, counter: Desk) -> None:
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    counter.press("F3", "ctrl+n")
    counter.see("New taxpayer")
    counter.press("F7", "ctrl+n")
    counter.wait(lambda: counter.windows()[0]["modal"], "the dialog")
    before = counter.focus()
    counter.scan(bill.number)
    counter.see(f"{bill.number} was scanned. It is opened when this is closed.")
    assert counter.focus() == before
    counter.press("Escape")
    in_hand(counter, bill.number)


def test_a_person_who_types_fast_loses_no_letter(town: App, counter: Desk) -> None:
    """And a word that came at once is no scan."""
    a_taxpayer(town, "Aicha Benkirane")
    counter.type("benkirane")
    counter.see("Aicha Benkirane")
    assert counter.focus().text.endswith("benkirane")


def test_change_that_no_till_holds_is_asked_about(town: App, counter: Desk) -> None:
    """A number typed where the amount belongs, with every letter of it."""
    bill = a_bill(town, "120", taxpayer_id=a_taxpayer(town))
    counter.scan(bill.number)
    in_hand(counter, bill.number)
    counter.type("6111234567890")
    counter.press("Return")
    counter.see("Hand back 6,111,234,567,770.00 MAD?")
    counter.press("Return")
    counter.see_no("Hand back")
    assert receipts(town) == 0
    assert counter.focus().name == RECEIVED
