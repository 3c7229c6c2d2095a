"""The paper that the finder takes home."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.documents import furniture as fu
from muniadmin.documents.paper import Press
from muniadmin.documents.sheets import Sheet


@dataclass(frozen=True, kw_only=True)
class FinderSheet(Sheet):
    """Says what was handed in."""

    KIND: ClassVar[str] = "finder_slip"
    what: str


def draw_finder_slip(press: Press, sheet: FinderSheet, mark: str) -> None:
    """The slip on A4."""
    letter = fu.Letter(press, sheet, "Lost property")
    letter.stamp(mark, letter.right, letter.y + 18)
    fu.title(
        letter.page, letter.left, letter.y + 26, letter.width, "Lost property", f"{sheet.number} {sheet.what}"
    )
    letter.close()
