"""What the menu and the command palette offer of taxpayers."""

from typing import TYPE_CHECKING

from muniadmin.billing.names import VIEW_BILLS
from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.shell.actions import Action
from muniadmin.kernel.i18n import _
from muniadmin.taxpayers.names import EDIT_TAXPAYERS, IMPORT_TAXPAYERS

if TYPE_CHECKING:
    from muniadmin.desktop.taxpayers.taxpayers_page import TaxpayersPage


def taxpayer_actions(page: "TaxpayersPage") -> list[Action]:
    """Registering and importing, and what can be done with the taxpayer in hand."""
    group = _("Taxpayers")
    actions = [
        Action(id="taxpayers.new", title=_("New taxpayer"), run=page.open_form, key="Ctrl+N", icon="user-plus",
               group=group, permission=EDIT_TAXPAYERS),
        Action(id="taxpayers.import", title=_("Import taxpayers…"), run=page.open_import, icon="upload",
               group=group, permission=IMPORT_TAXPAYERS),
    ]  # fmt: skip
    chosen = page.detail.taxpayer
    if chosen is not None:
        actions += [
            Action(id="taxpayers.pay", title=_("Take payment"), run=page.pay, icon="banknote",
                   group=chosen.name, permission=TAKE_PAYMENTS),
            Action(id="taxpayers.statement", title=_("Statement of account"), run=page.open_statement,
                   icon="scroll-text", group=chosen.name, permission=VIEW_BILLS),
            Action(id="taxpayers.edit", title=_("Edit this taxpayer"), run=lambda: page.open_form(chosen),
                   icon="pencil", group=chosen.name, permission=EDIT_TAXPAYERS),
            Action(id="taxpayers.object", title=_("Add an object"), run=lambda: page.open_object(None),
                   icon="plus", group=chosen.name, permission=EDIT_TAXPAYERS),
        ]  # fmt: skip
    return actions
