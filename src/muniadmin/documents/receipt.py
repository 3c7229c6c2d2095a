"""Draws receipts, on A5 and on the 80 mm roll, and their cancellation."""

from zoneinfo import ZoneInfo

from muniadmin.documents import furniture as fu
from muniadmin.documents import typesetting as ts
from muniadmin.documents.fonts import Weight
from muniadmin.documents.paper import BAD, MM, Align, Page, Press
from muniadmin.documents.sheets import ReceiptCancellationSheet, ReceiptLine, ReceiptSheet, ReceiptTender
from muniadmin.documents.typesetting import HEADING, INK, LABEL, SMALL, STRONG, TEXT, Style
from muniadmin.kernel.i18n import _

ROLL_WIDTH = 80 * MM
_ROLL_MARGIN = 4 * MM
# The height of the square code and the bar code at the foot of an A5 receipt.
_CODES = 96.0


def _payer(sheet: ReceiptSheet) -> str:
    """Who paid; and for whom, when that is somebody else."""
    if sheet.taxpayer_name and sheet.taxpayer_name != sheet.payer:
        return _("{payer}, for {taxpayer}").format(payer=sheet.payer, taxpayer=sheet.taxpayer_name)
    return sheet.payer


def _means(tender: ReceiptTender) -> str:
    return f"{tender.channel} · {tender.reference}" if tender.reference else tender.channel


def _means_if_one(sheet: ReceiptSheet) -> str:
    """The only means of payment; several stand below the total, each with its amount."""
    return _means(sheet.tenders[0]) if len(sheet.tenders) == 1 else ""


def _counts_for(sheet: ReceiptSheet) -> str:
    """The day for which the money counts, where it is not the day on which the receipt was written."""
    written_on = sheet.taken_at.astimezone(ZoneInfo(sheet.issuer.zone)).date()
    return fu.day(sheet, sheet.value_on) if sheet.value_on != written_on else ""


def _line_name(line: ReceiptLine) -> str:
    name = f"{line.what} {line.period}".strip()
    if line.parts > 1:
        part = _("part {part} of {parts}").format(part=line.part, parts=line.parts)
        return f"{name} · {part}"
    return name


def _line_detail(sheet: ReceiptSheet, line: ReceiptLine) -> str:
    """What tells the debt from others, and under it what its amount is made of and leaves."""
    which = " · ".join(text for text in (line.debtor, line.subject, line.bill_number) if text)
    amounts = " · ".join(
        sentence.format(amount=fu.money(sheet, amount))
        for sentence, amount in (
            (_("of which penalties {amount}"), line.penalty),
            (_("reduction granted {amount}"), line.rebate),
            (_("left to pay {amount}"), line.left),
        )
        if amount
    )
    return f"{which}\n{amounts}" if amounts else which


def _sums(sheet: ReceiptSheet) -> list[tuple[str, str]]:
    """What stands under the total: each of several means of payment, cash handed over, change, credit left."""
    rows = []
    if len(sheet.tenders) > 1:
        rows += [(_means(tender), fu.money(sheet, tender.amount)) for tender in sheet.tenders]
    if sheet.tendered is not None:
        rows.append((_("Cash received"), fu.money(sheet, sheet.tendered)))
        rows.append((_("Change given"), fu.money(sheet, sheet.change)))
    if sheet.credit:
        rows.append((_("Left as credit on the account"), fu.money(sheet, sheet.credit)))
    return rows


def _where(sheet: ReceiptSheet) -> str:
    """The desk and who stood at it; a receipt written by hand elsewhere names no cashier."""
    if not sheet.cashier:
        return ""
    return _("{desk} · cashier {cashier}").format(desk=sheet.desk, cashier=sheet.cashier)


def draw_receipt_a5(press: Press, sheet: ReceiptSheet, mark: str) -> None:
    """The receipt on A5, on more pages when it pays many bills."""
    letter = fu.Letter(press, sheet, _("Receipt"), size=fu.A5, margin=11 * MM)
    page, left, right, width = letter.page, letter.left, letter.right, letter.width
    fu.stamp(page, mark, right, letter.y + 18)
    y = fu.title(page, left, letter.y + 18, width * 0.6, _("Receipt"), size=17)
    number = [(_("Taxpayer number"), sheet.taxpayer_number or "")]
    third = (width + 14) / 3
    y = max(
        fu.facts(page, left, y - 2, 2 * third - 14, [(_("Received from"), _payer(sheet))], 1),
        fu.facts(page, left + 2 * third, y - 2, third - 14, number, 1),
    )
    y = fu.facts(
        page, left, y, width,
        [
            (_("Receipt number"), sheet.number),
            (_("Date and time"), fu.instant(sheet, sheet.taken_at)),
            (_("Counts for"), _counts_for(sheet)),
            (_("Means of payment"), _means_if_one(sheet)),
            (_("Taken for, nothing owed"), ", ".join(sheet.given_for)),
        ],
        3,
    )  # fmt: skip
    letter.y = y + 5
    amount_column = 84.0
    table = fu.Table(
        [
            fu.Column(_("What was paid"), width - amount_column),
            fu.Column(
                _("Amount ({currency})").format(currency=sheet.currency.code), amount_column, figures=True
            ),
        ],
        left,
        padding=5,
    )
    name = STRONG.sized(9)
    fu.rows_over_pages(
        letter,
        table,
        [
            [
                fu.Cell(_line_name(line), _line_detail(sheet, line), name),
                fu.Cell(fu.money(sheet, line.amount), style=name),
            ]
            for line in sheet.lines
        ],
    )
    sums = _sums(sheet)
    words = ts.lines(_in_words(sheet), SMALL, width)
    letter.need(7 + 34 + 16 + len(words) * SMALL.step + len(sums) * 15 + _codes_height(letter, sheet))
    y = fu.amount_band(
        letter.page, left, letter.y + 7, width, _("Total received"), fu.money(sheet, sheet.total),
        sheet.currency.code, sheet.issuer.accent, height=34, size=18,
    )  # fmt: skip
    y = letter.page.paragraph(left, y + 13, width, _in_words(sheet), SMALL) + 6
    fu.sums(letter.page, left, y, width, sums)
    _codes(letter, sheet)
    letter.close(_where(sheet))


def _in_words(sheet: ReceiptSheet | ReceiptCancellationSheet) -> str:
    return _("In words: {amount}.").format(amount=sheet.in_words)


def _codes_height(letter: fu.Letter, sheet: ReceiptSheet) -> float:
    """The codes' own height, or that of the texts beside them."""
    return max(_CODES, 61 + fu.small_print_height(_beside_codes(letter), [_checkable(), *sheet.texts], LABEL))


def _beside_codes(letter: fu.Letter) -> float:
    return letter.width - _CODES - 6


def _codes(letter: fu.Letter, sheet: ReceiptSheet) -> None:
    """At the bottom: the signed square code, and beside it the bar code of the number and the texts."""
    page, size = letter.page, _CODES - 8
    top = letter.bottom - _codes_height(letter, sheet) + 8
    fu.qr_block(page, letter.left, top, size, sheet.verification)
    room = _beside_codes(letter)
    beside = letter.right - room
    fu.code128_block(page, beside, top, room, sheet.number, height=28)
    fu.small_print(page, beside, top + 53, room, [_checkable(), *sheet.texts], LABEL)


def _checkable() -> str:
    return _("Anyone can check this receipt: the square code is signed by the municipality.")


def draw_receipt_roll(press: Press, sheet: ReceiptSheet, mark: str) -> None:
    """The receipt on a roll of 80 mm: black only, as long as it needs to be."""
    page = Page(press, ROLL_WIDTH, 0)
    left, right = _ROLL_MARGIN, ROLL_WIDTH - _ROLL_MARGIN
    width, middle = right - left, ROLL_WIDTH / 2
    plain, strong, small = Style(8.5), Style(8.5, Weight.SEMIBOLD), Style(7.5)
    y = page.paragraph(left, 22, width, sheet.issuer.name, Style(12, Weight.BOLD), Align.CENTRE)
    for text in (sheet.issuer.department, sheet.issuer.address):
        if text:
            y = page.paragraph(left, y - 3, width, text, small, Align.CENTRE) + 3
    page.hline(left, right, y - 2, INK)
    y = page.paragraph(left, y + 15, width, _("Receipt"), Style(13, Weight.BOLD), Align.CENTRE) - 2
    page.text(middle, y, sheet.number, Style(10, Weight.SEMIBOLD), Align.CENTRE)
    y += 16
    if mark:
        page.box(left, y - 10, width, 15, line=INK, line_width=1)
        page.text(middle, y + 1, mark, Style(10, Weight.BOLD), Align.CENTRE)
        y += 20
    for label, value in (
        (_("Date and time"), fu.instant(sheet, sheet.taken_at)),
        (_("Counts for"), _counts_for(sheet)),
        (_("Cash desk and cashier"), f"{sheet.desk} · {sheet.cashier}" if sheet.cashier else ""),
        (_("Received from"), _payer(sheet)),
        (_("Taxpayer number"), sheet.taxpayer_number or ""),
        (_("Means of payment"), _means_if_one(sheet)),
        (_("Taken for, nothing owed"), ", ".join(sheet.given_for)),
    ):
        if value:
            y = _roll_pair(page, left, y, width, label, value, plain)
    page.hline(left, right, y - 5, INK)
    y += 8
    for line in sheet.lines:
        figure = fu.money(sheet, line.amount)
        page.text(right, y, figure, strong, Align.RIGHT)
        y = page.paragraph(left, y, width - ts.width(figure, strong) - 8, _line_name(line), strong)
        y = page.paragraph(left, y - 1.5, width, _line_detail(sheet, line), small) + 3
    page.hline(left, right, y - 6, INK)
    figure = fu.money_with_code(sheet, sheet.total)
    big = ts.fitted(figure, Style(15, Weight.BOLD), width * 0.68)
    page.text(left, y + 11, _("Total"), Style(11, Weight.SEMIBOLD))
    page.text(right, y + 11, figure, big, Align.RIGHT)
    y = page.paragraph(left, y + 26, width, _in_words(sheet), small) + 4
    for label, value in _sums(sheet):
        y = _roll_pair(page, left, y, width, label, value, plain) + 2
    page.hline(left, right, y - 6, INK)
    square = 36 * MM
    page.qr(middle - square / 2, y + 4, square, sheet.verification)
    y = fu.code128_block(page, left, y + square + 16, width, sheet.number, height=32)
    for text in (*sheet.texts, _checkable()):
        y = page.paragraph(left, y, width, text, small, Align.CENTRE) + 3
    page.height = y + 10
    press.finish(page)


def _roll_pair(page: Page, x: float, y: float, width: float, label: str, value: str, style: Style) -> float:
    """Label left and value right; the value goes under the label where both have no room in one line."""
    room = width - ts.width(label, style) - 8
    if ts.width(value, style) <= room:
        page.text(x, y, label, style)
        page.text(x + width, y, value, style, Align.RIGHT)
        return y + 13
    y = page.paragraph(x, y, width, label, style)
    return page.paragraph(x, y, width, value, style, Align.RIGHT) + 1


def draw_cancellation(press: Press, sheet: ReceiptCancellationSheet, mark: str) -> None:
    """The proof that a receipt was cancelled, on A5."""
    letter = fu.Letter(press, sheet, _("Cancellation of a receipt"), size=fu.A5, margin=11 * MM)
    page, left, width = letter.page, letter.left, letter.width
    fu.stamp(page, mark, letter.right, letter.y + 18)
    y = fu.title(page, left, letter.y + 18, width * 0.75, _("Cancellation of a receipt"), size=17)
    y = fu.facts(
        page, left, y - 2, width,
        [
            (_("Cancelled receipt"), sheet.number),
            (_("Receipt of"), fu.instant(sheet, sheet.taken_at)),
            (_("Cancelled on"), fu.instant(sheet, sheet.cancelled_at)),
            (_("Received from"), sheet.payer),
            (_("Taxpayer number"), sheet.taxpayer_number or ""),
            (_("Cash desk and means of payment"), f"{sheet.desk} · {sheet.channel}"),
        ],
        3,
    )  # fmt: skip
    y = fu.amount_band(
        page, left, y + 2, width, _("Amount cancelled"), fu.money(sheet, sheet.total), sheet.currency.code, BAD,
        height=34, size=18,
    )  # fmt: skip
    y = page.paragraph(left, y + 13, width, _in_words(sheet), SMALL) + 12
    page.text(left, y, _("Reason"), HEADING)
    y = page.paragraph(left, y + 15, width, sheet.reason, TEXT) + 8
    letter.y = page.paragraph(
        left, y, width, _("The receipt is void. The debts it paid are open again from the same day."), TEXT
    )
    letter.need(74 + 14 + 66)
    fu.signature_boxes(
        letter.page, left, letter.y, width,
        [(_("Cancelled by"), sheet.cancelled_by), (_("Approved by"), sheet.approved_by)],
    )  # fmt: skip
    bars = width * 0.58
    fu.code128_block(letter.page, left, letter.bottom - 50, bars, sheet.number, height=30)
    fu.small_print(letter.page, left + bars + 14, letter.bottom - 44, width - bars - 14, sheet.texts, LABEL)
    letter.close()
