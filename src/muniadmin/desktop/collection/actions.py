"""What the menus and the command palette offer of the cash desk and of the counter."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from muniadmin.civil_status.names import HANDLE_REQUESTS
from muniadmin.collection.names import OPERATE_CASH_DESK, TAKE_PAYMENTS, VIEW_COLLECTION
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import New
from muniadmin.fines.names import CAPTURE_FINES
from muniadmin.kernel.i18n import _
from muniadmin.kernel.permissions import Permission

if TYPE_CHECKING:
    from muniadmin.desktop.collection.cash_page import CashPage
    from muniadmin.desktop.collection.counter_page import CounterPage


def cash_actions(page: "CashPage") -> list[Action]:
    """The session, and what can be done with the receipt in hand."""
    group = _("Cash desk")
    offered: list[tuple[str, str, str, Callable[[], object], Permission]] = [
        ("Ctrl+O", page.toggle.text(), "wallet", page.open_or_close, OPERATE_CASH_DESK),
        ("", page.stub.text(), "receipt", page.enter_stub, OPERATE_CASH_DESK),
        ("Ctrl+P", _("Print the receipt again"), "printer", page.ask_to_reprint, TAKE_PAYMENTS),
    ]
    if page.can_cancel():
        offered.append(("Ctrl+Del", _("Cancel the receipt"), "undo-2", page.ask_cancel, TAKE_PAYMENTS))
    return [
        Action(id=f"cash {key}", title=title, key=key, icon=icon, group=group, run=run, permission=permission)
        for key, title, icon, run, permission in offered
    ]


def counter_actions(page: "CounterPage") -> list[Action]:
    """The next citizen, and what else they may have come for."""
    return [
        Action(
            id="next citizen", title=_("Next citizen"), key="Esc", icon="scan-line", group=_("Counter"),
            run=page.clear,
        ),
        _till(page),
        *other_services(page),
    ]  # fmt: skip


def _till(page: "CounterPage") -> Action:
    """Opening the desk here, or closing it where its receipts are."""
    is_open = page.till.session is not None
    return Action(
        id="till", title=_("Close the cash desk") if is_open else _("Open the cash desk"), icon="wallet",
        key="" if is_open else "Ctrl+O", group=_("Cash desk"), permission=OPERATE_CASH_DESK,
        run=partial(page.shell.go, "cash", New()) if is_open else page.open_till,
    )  # fmt: skip


def other_services(page: "CounterPage") -> list[Action]:
    """What is done for a citizen on other pages, from which one comes back to the counter."""
    pages = (
        ("fines", _("Capture a fine"), CAPTURE_FINES),
        ("civil_status", _("Request for an extract"), HANDLE_REQUESTS),
        ("cash", _("Cash desk and receipts"), VIEW_COLLECTION),
    )
    return [
        Action(
            id=f"service {page_id}",
            title=title,
            icon="arrow-right",
            group=_("Counter"),
            run=partial(page.shell.go, page_id, None if page_id == "cash" else New(back="counter")),
        )
        for page_id, title, permission in pages
        if page.may(permission)
    ]
