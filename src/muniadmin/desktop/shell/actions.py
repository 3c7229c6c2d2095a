"""Actions as data: what the command palette lists, menus show and keys do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from muniadmin.desktop.widgets.paint import key_text
from muniadmin.kernel.permissions import Permission

MAIN_ACTIONS: Mapping[str, str] = {
    "collection:payment:taken": "Counter: Enter in the amount, its reference or the payer",
    "collection:session:opened": "Opening the cash desk: Enter in the money in the drawer",
    "documents:document:printed": "Counter: the receipt of the payment that Enter took",
    "billing:statement:issued": "Statement: Enter on its Print, beside the figures",
    "verification:database:verified": "Verification: Enter on Verify, where the page begins",
}
"""All that Enter does from a field or where a page begins, by what the audit log calls it, and where. None of it
destroys anything; all else is done on its own button or by its own key. ``tests/desktop/test_every_control.py`` tries
every control against it."""


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
