"""Orders about anchors."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.collection.names import VIEW_COLLECTION
from muniadmin.kernel.requests import Command
from muniadmin.settings.names import ADMINISTER_SETTINGS


@dataclass(frozen=True, kw_only=True)
class AnchorMade:
    """The anchor that was made."""

    number: int
    digest: str
    #: The signed text, one line.
    line: str


@dataclass(frozen=True, kw_only=True)
class MakeAnchor(Command[AnchorMade]):
    """Makes an anchor now; a closed cash session makes one by itself."""

    permission: ClassVar = VIEW_AUDIT


@dataclass(frozen=True, kw_only=True)
class ChooseAnchorFolder(Command[str]):
    """Says in which folder (a share, a stick) each anchor is also written as a file; an empty text: in none. The
    folder as it was kept."""

    permission: ClassVar = ADMINISTER_SETTINGS
    folder: str


@dataclass(frozen=True, kw_only=True)
class WriteAnchors(Command[int]):
    """Writes every anchor that is not there yet into the chosen folder; how many were written. Nothing there is ever
    overwritten. Whoever closes a cash session does this, too: a line holds digests only."""

    permission: ClassVar = VIEW_COLLECTION
