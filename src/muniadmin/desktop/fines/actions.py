"""What the menu and the command palette offer of fines."""

from typing import TYPE_CHECKING

from muniadmin.collection.names import TAKE_PAYMENTS
from muniadmin.desktop.shell.actions import Action
from muniadmin.fines.names import CAPTURE_FINES, IMPORT_FINES, VOID_FINES
from muniadmin.fines.rules import FineAct
from muniadmin.kernel.i18n import _

if TYPE_CHECKING:
    from muniadmin.desktop.fines.fines_page import FinesPage


def fine_actions(page: "FinesPage") -> list[Action]:
    """Capturing and importing, and what can be done with the fine in hand."""
    actions = [
        Action(
            id="fines new", title=_("New fine"), run=page.open_capture, key="Ctrl+N", icon="plus",
            group=_("Fines"), permission=CAPTURE_FINES,
        ),
        Action(
            id="fines import", title=_("Import fines"), run=page.open_import, icon="upload",
            group=_("Fines"), permission=IMPORT_FINES,
        ),
    ]  # fmt: skip
    case = page.detail.case
    if case is not None:
        acts = (
            (FineAct.PAY, "banknote", _("Take payment"), page.pay, TAKE_PAYMENTS),
            (FineAct.PRINT, "printer", _("Print the notice"), page.print_notice, CAPTURE_FINES),
            (FineAct.VOID, "x", _("Void the fine"), page.open_void, VOID_FINES),
        )
        actions += [
            Action(
                id=f"fines {act}",
                title=title,
                run=run,
                icon=icon,
                group=case.row.number,
                permission=permission,
            )
            for act, icon, title, run, permission in acts
            if act in case.acts
        ]
    return actions
