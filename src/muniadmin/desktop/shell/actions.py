"""Actions as data: what the command palette lists, menus show and keys do."""

from collections.abc import Callable
from dataclasses import dataclass

from muniadmin.desktop.widgets.paint import key_text
from muniadmin.kernel.permissions import Permission


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
