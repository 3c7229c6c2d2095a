"""Draws bills (avis): the demand with its computation, and a slip to cut off for the counter."""

from muniadmin.assessment.sheets import BillSheet
from muniadmin.documents import furniture as fu
from muniadmin.documents import typesetting as ts
from muniadmin.documents.paper import Press
from muniadmin.documents.posted import BELOW_WINDOW, WINDOW_LEFT, addressee, payment_slip
from muniadmin.documents.typesetting import HEADING, SMALL, STRONG, TEXT
from muniadmin.kernel.i18n import _


def draw_bill(press: Press, sheet: BillSheet, mark: str) -> None:
    """The bill on A4, on more pages when it has many lines."""
    letter = fu.Letter(press, sheet, _("Bill"))
    page, left, width = letter.page, letter.left, letter.width
    letter.stamp(mark, letter.right, letter.y + 10)
    addressee(page, [sheet.taxpayer_name, *sheet.address], letter.right)
    column = WINDOW_LEFT - left - 18
    y = fu.title(page, left, letter.y + 26, column, _("Bill"), f"{sheet.head} · {sheet.period}")
    y = fu.facts(
        page, left, y + 8, column,
        [
            (_("Bill number"), sheet.number),
            (_("Issued on"), fu.day(sheet, sheet.issued_on)),
            (_("Taxpayer number"), sheet.taxpayer_number or ""),
        ],
    )  # fmt: skip
    if sheet.object:
        y = fu.facts(page, left, y, column, [(_("What is charged"), sheet.object)], 1)
    letter.y = max(y, BELOW_WINDOW) + 12
    _slip(letter, sheet)
    _lines(letter, sheet)
    letter.need(84)
    letter.section(_("To pay"))
    letter.y = fu.amount_band(
        letter.page, left, letter.y + 10, width, _("To pay"), fu.money(sheet, sheet.left), sheet.currency.code,
        sheet.issuer.accent, height=46, note=_until_when(sheet),
    )  # fmt: skip
    _how_to_pay(letter, sheet)
    letter.close()


def _until_when(sheet: BillSheet) -> str:
    """By when it is to be paid, and what was settled before."""
    open_parts = [part for part in sheet.instalments if part.left]
    sentences = []
    if len(open_parts) > 1:
        sentences.append(
            _("in {count} instalments, the first by {date}").format(
                count=len(open_parts), date=fu.day(sheet, sheet.next_due.due_on)
            )
        )
    elif open_parts:
        sentences.append(_("by {date}").format(date=fu.day(sheet, sheet.next_due.due_on)))
    if sheet.left != sheet.total:
        sentences.append(
            _("{settled} of {total} settled before").format(
                settled=fu.money(sheet, sheet.total - sheet.left), total=fu.money(sheet, sheet.total)
            )
        )
    return "; ".join(sentences)


def _lines(letter: fu.Letter, sheet: BillSheet) -> None:
    figures = 110.0
    table = fu.Table(
        [
            fu.TableColumn(_("Computation"), letter.width - figures),
            fu.TableColumn(
                _("Amount ({currency})").format(currency=sheet.currency.code), figures, figures=True
            ),
        ],
        letter.left,
    )
    rows = [
        [
            fu.Cell(line.what, line.computation, TEXT if line.amount is None else STRONG),
            fu.Cell("" if line.amount is None else fu.money(sheet, line.amount), style=STRONG),
        ]
        for line in sheet.lines
    ]
    fu.rows_over_pages(letter, table, rows)


def _how_to_pay(letter: fu.Letter, sheet: BillSheet) -> None:
    """Instalments at the left, where and how to pay at the right, then the texts of the law."""
    half = (letter.width - 24) / 2
    several = len(sheet.instalments) > 1
    texts = fu.small_print_height(half if several else letter.width, sheet.payment_places)
    letter.need(26 + max(len(sheet.instalments) * 15 + 18 if several else 0, texts + 15))
    top, ends = letter.y + 24, [letter.y + 24]
    letter.section(_("Instalments") if several else _("Where and how to pay"))
    if several:
        letter.page.text(letter.left, top, _("Instalments"), HEADING)
        rows = [
            (
                _("{index}. due on {date}").format(index=index, date=fu.day(sheet, part.due_on)),
                fu.money(sheet, part.left) if part.left else _("settled"),
            )
            for index, part in enumerate(sheet.instalments, 1)
        ]
        ends.append(fu.sums(letter.page, letter.left, top + 17, half, rows))
    if sheet.payment_places:
        x, room = (letter.left + half + 24, half) if several else (letter.left, letter.width)
        letter.page.text(x, top, _("Where and how to pay"), HEADING)
        ends.append(fu.small_print(letter.page, x, top + 15, room, sheet.payment_places))
    letter.y = max(ends) + 4
    for text in sheet.texts:
        letter.need(ts.height(text, SMALL, letter.width))
        letter.y = letter.page.paragraph(letter.left, letter.y, letter.width, text, SMALL) + 2.5


def _slip(letter: fu.Letter, sheet: BillSheet) -> None:
    """The part to cut off: who, what, how much, and the bar code the counter scans."""
    several = len([part for part in sheet.instalments if part.left]) > 1
    due_on = fu.day(sheet, sheet.next_due.due_on)
    by_then = _("{amount} by {date}").format(amount=fu.money(sheet, sheet.next_due.left), date=due_on)
    payment_slip(
        letter,
        [
            (
                _("Taxpayer"),
                " · ".join(part for part in (sheet.taxpayer_name, sheet.taxpayer_number) if part),
            ),
            (_("Bill"), f"{sheet.head} · {sheet.period}"),
            (_("Due first"), by_then) if several else (_("Due on"), due_on),
        ],
        fu.money_with_code(sheet, sheet.left),
    )
