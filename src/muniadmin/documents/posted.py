"""What papers have that go by post and ask for money: the addressee in the window of the envelope, and the payment slip
to cut off for the counter."""

from collections.abc import Sequence

from muniadmin.documents import furniture as fu
from muniadmin.documents import typesetting as ts
from muniadmin.documents.paper import MM, Page
from muniadmin.documents.typesetting import HEADING, LABEL, STRONG, TEXT, Align
from muniadmin.kernel.i18n import _

WINDOW_LEFT = 110 * MM
BELOW_WINDOW = 87 * MM
_WINDOW_TOP = 47 * MM
_SLIP_HEIGHT = 150.0


def addressee(page: Page, lines: Sequence[str], right: float) -> None:
    """The name and address where the window of an envelope shows them."""
    y = _WINDOW_TOP + 8
    for index, line in enumerate(lines):
        style = HEADING if index == 0 else TEXT.sized(10)
        y = page.paragraph(WINDOW_LEFT, y, right - WINDOW_LEFT, line, style)


def payment_slip(letter: fu.Letter, pairs: Sequence[tuple[str, str]], amount: str) -> None:
    """At the bottom of the page, which ends above it: facts and amount at the left, the bar code at the right."""
    page, left, right = letter.page, letter.left, letter.right
    top = letter.bottom - _SLIP_HEIGHT
    letter.bottom = top - 8
    page.dashed(0, page.width, top)
    page.text(left, top + 16, _("Payment slip: present it at the counter or to the cashier"), LABEL)
    half = letter.width * 0.5
    fu.facts(page, left, top + 36, half, pairs, 1)
    bar_left = left + half + 20
    big = ts.fitted(amount, TEXT.sized(17), right - bar_left)
    page.text(right, top + 42, amount, STRONG.sized(big.size), Align.RIGHT)
    fu.code128_block(page, bar_left, top + 58, right - bar_left, letter.sheet.number, height=44)
