"""What the finder's slip shows."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.documents.sheets import Sheet


@dataclass(frozen=True, kw_only=True)
class FinderSheet(Sheet):
    """Says what was handed in."""

    KIND: ClassVar[str] = "finder_slip"
    what: str
