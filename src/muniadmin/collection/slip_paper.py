"""Draws the slip of a closed cash session: what was taken, what was counted, who signs."""

from muniadmin.collection.sheets import CashSessionSlipSheet
from muniadmin.documents import furniture as fu
from muniadmin.documents.paper import BAD, Press
from muniadmin.documents.typesetting import HEADING, STRONG, TEXT
from muniadmin.kernel.chains import chain_name
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import ZERO, total


def draw_slip(press: Press, sheet: CashSessionSlipSheet, mark: str) -> None:
    """The slip on A4."""
    letter = fu.Letter(press, sheet, _("Cash session slip"))
    page, left, width = letter.page, letter.left, letter.width
    letter.stamp(mark, letter.right, letter.y + 24)
    y = fu.title(
        page, left, letter.y + 26, width * 0.7, _("Cash session slip"), f"{sheet.desk} · {sheet.cashier}"
    )
    receipts = format_number(sheet.receipts, sheet.language)
    if sheet.cancelled:
        cancelled = format_number(sheet.cancelled, sheet.language)
        receipts = _("{count}, of which {cancelled} cancelled").format(count=receipts, cancelled=cancelled)
    letter.y = 10 + fu.facts(
        page, left, y + 8, width,
        [
            (_("Session number"), sheet.number),
            (_("Opened on"), fu.instant(sheet, sheet.opened_at)),
            (_("Closed on"), fu.instant(sheet, sheet.closed_at)),
            (_("Receipts"), receipts),
            (_("First receipt"), sheet.first_receipt),
            (_("Last receipt"), sheet.last_receipt),
            (_("Anchor"), sheet.anchor),
            (_("Chain"), chain_name(sheet.chain)),
        ],
        3,
    )  # fmt: skip
    _totals(letter, sheet)
    letter.need(150)
    _till(letter, sheet)
    letter.need(110)
    letter.y = fu.signature_boxes(
        letter.page, left, letter.y + 8, width, [(_("Cashier"), sheet.cashier), (_("Supervisor"), "")]
    )
    letter.close()


def _totals(letter: fu.Letter, sheet: CashSessionSlipSheet) -> None:
    code = sheet.currency.code
    table = fu.Table(
        [
            fu.TableColumn(_("Means of payment"), letter.width - 230),
            fu.TableColumn(_("Payments"), 90, figures=True),
            fu.TableColumn(_("Amount ({currency})").format(currency=code), 140, figures=True),
        ],
        letter.left,
        padding=6,
    )
    rows = [
        [
            fu.Cell(taken.channel),
            fu.Cell(format_number(taken.count, sheet.language)),
            fu.Cell(fu.money(sheet, taken.amount)),
        ]
        for taken in sheet.totals
    ]
    rows.append(
        [
            fu.Cell(_("Total"), style=STRONG),
            # A payment by two means is counted with each: how many there were is not their sum.
            fu.Cell(""),
            fu.Cell(fu.money(sheet, total(row.amount for row in sheet.totals)), style=STRONG),
        ]
    )
    fu.rows_over_pages(letter, table, rows)


def _till(letter: fu.Letter, sheet: CashSessionSlipSheet) -> None:
    """The count by denomination at the left; expected, counted and difference at the right."""
    half = (letter.width - 28) / 2
    top, ends = letter.y + 28, []
    if sheet.denominations:
        letter.page.text(letter.left, top, _("Cash counted"), HEADING)
        rows = [
            (
                f"{fu.money(sheet, item.value)} × {format_number(item.count, sheet.language)}",
                fu.money(sheet, item.amount),
            )
            for item in sheet.denominations
        ]
        ends.append(fu.sums(letter.page, letter.left, top + 18, half, rows))
    x = letter.left + half + 28
    letter.page.text(x, top, _("Till"), HEADING)
    rows = [
        (_("Opening float"), fu.money(sheet, sheet.opening_float)),
        (_("Cash in"), fu.money(sheet, sheet.cash_in)),
        (_("Expected"), fu.money(sheet, sheet.expected)),
    ]
    y = fu.sums(letter.page, x, top + 18, half, rows)
    letter.page.hline(x, x + half, y - 8)
    y = fu.sums(
        letter.page, x, y + 6, half, [(_("Counted"), fu.money_with_code(sheet, sheet.counted))], style=STRONG
    )
    style = STRONG.tinted(BAD) if sheet.difference else STRONG
    difference = fu.money_with_code(sheet, sheet.difference)
    if sheet.difference > ZERO:
        difference = f"+{difference}"
    y = fu.sums(letter.page, x, y, half, [(_("Difference"), difference)], style=style)
    if sheet.explanation:
        y = letter.page.paragraph(x, y + 2, half, sheet.explanation, TEXT)
    letter.y = max(*ends, y) if ends else y
