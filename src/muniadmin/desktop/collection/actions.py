"""What the menu and the command palette offer of the cash desk."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from muniadmin.collection.names import OPERATE_CASH_DESK, TAKE_PAYMENTS, VIEW_COLLECTION
from muniadmin.desktop.shell.actions import Action
from muniadmin.kernel.i18n import _
from muniadmin.kernel.permissions import Permission

if TYPE_CHECKING:
    from muniadmin.desktop.collection.cash_page import CashPage


def cash_actions(page: "CashPage") -> list[Action]:
    """The session, and what can be done with the receipt in hand."""
    group = _("Cash desk")
    offered: list[tuple[str, str, str, Callable[[], object], Permission]] = [
        ("Ctrl+O", page.toggle.text(), "wallet", page.open_or_close, OPERATE_CASH_DESK),
        ("", page.stub.text(), "receipt", page.enter_stub, OPERATE_CASH_DESK),
        ("Ctrl+P", _("Print the receipt again"), "printer", page.ask_to_reprint, VIEW_COLLECTION),
        ("Ctrl+Del", _("Cancel the receipt"), "undo-2", page.ask_cancel, TAKE_PAYMENTS),
    ]
    return [
        Action(id=f"cash {key}", title=title, key=key, icon=icon, group=group, run=run, permission=permission)
        for key, title, icon, run, permission in offered
    ]
