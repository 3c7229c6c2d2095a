"""Actions as data: what the command palette lists, menus show and keys do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from muniadmin.desktop.widgets.paint import key_text
from muniadmin.kernel.permissions import Permission

MAIN_ACTIONS: Mapping[str, str] = {
    "access:password:changed": "Own password: Enter in its last field",
    "access:password:set": "Another user’s password: Enter in its field",
    "access:user:changed": "User: Enter in a field of the form",
    "access:user:created": "New user: Enter in a field of the form",
    "assessment:tariff:saved": "New tariff: Enter in a field of the form",
    "civil_status:act:changed": "Draft of an act: Enter in a field of the form",
    "civil_status:act:drafted": "New act: Enter in a field of the form",
    "civil_status:register:opened": "Opening a register: Enter in its year",
    "civil_status:request:reworked": "Sending a request back: Enter in the reason",
    "civil_status:request:taken": "New request: Enter in a field of the form",
    "collection:payment:taken": "Counter: Enter in the amount, its reference or the payer; stub: in its form",
    "collection:session:closed": "Closing the cash desk: Enter in the last count",
    "collection:session:opened": "Opening the cash desk: Enter in the money in the drawer",
    "fines:fine:captured": "New fine: Enter in a field of the form",
    "ledger:day:opened": "Business day: Enter in its reason",
    "taxpayers:object:added": "New object: Enter in a field of the form",
    "taxpayers:object:changed": "Object: Enter in a field of the form",
    "taxpayers:taxpayer:changed": "Taxpayer: Enter in a field of the form",
    "taxpayers:taxpayer:registered": "New taxpayer: Enter in a field of the form",
    "documents:document:printed": "The receipt of the payment that Enter took, the slip of the session it closed",
    "verification:database:verified": "Verification: Enter on Verify, where the page begins",
}
"""All that Enter does from a field that somebody filled in, or where a page begins, by what the audit log calls it, and
where. None of it destroys anything; all else is done on its own button or by its own key.
``tests/desktop/test_every_control.py`` tries every control against it."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something the user can do now. ``title`` is already in the user's language."""

    id: str
    title: str
    run: Callable[[], object]
    key: str = ""
    icon: str = ""
    group: str = ""
    permission: Permission | None = None

    @property
    def key_shown(self) -> str:
        """The key as written on a cap."""
        return key_text(self.key) if self.key else ""
