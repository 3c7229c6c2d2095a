"""Draws the slip that the finder takes home."""

from muniadmin.documents import furniture as fu
from muniadmin.documents.paper import Press
from tests.toy_slice.sheets import FinderSheet


def draw_finder_slip(press: Press, sheet: FinderSheet, mark: str) -> None:
    """The slip on A4."""
    letter = fu.Letter(press, sheet, "Lost property")
    letter.stamp(mark, letter.right, letter.y + 18)
    fu.title(
        letter.page, letter.left, letter.y + 26, letter.width, "Lost property", f"{sheet.number} {sheet.what}"
    )
    letter.close()
