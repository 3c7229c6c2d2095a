"""Draws receipts, on A4, A5 and rolls of 80 and 58 mm, and their cancellation."""

from zoneinfo import ZoneInfo

from muniadmin.collection.sheets import ReceiptCancellationSheet, ReceiptLine, ReceiptSheet, ReceiptTender
from muniadmin.documents import furniture as fu
from muniadmin.documents import typesetting as ts
from muniadmin.documents.fonts import Weight
from muniadmin.documents.paper import BAD, MM, Page, Press, code128_size
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.documents.typesetting import HEADING, INK, LABEL, SMALL, STRONG, TEXT, Align, Style
from muniadmin.kernel.i18n import _

# The height of the square code at the foot of an A5 receipt, with what is left free above it.
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
    # A plate that is on no register is debtor and subject in one.
    debtor = "" if line.subject.startswith(line.debtor) else line.debtor
    which = " · ".join(text for text in (debtor, line.subject, line.bill_number) if text)
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


_ROLLS = {ReceiptPaper.ROLL_80: 80 * MM, ReceiptPaper.ROLL_58: 58 * MM}


def draw_receipt(press: Press, sheet: ReceiptSheet, mark: str, paper: ReceiptPaper) -> None:
    """The receipt on the paper chosen for receipts."""
    if paper in _ROLLS:
        _draw_on_roll(press, sheet, mark, _ROLLS[paper])
    elif paper is ReceiptPaper.A4:
        _draw_on_sheet(fu.Letter(press, sheet, _("Receipt")), sheet, mark)
    else:
        _draw_on_sheet(fu.Letter(press, sheet, _("Receipt"), size=fu.A5, margin=11 * MM), sheet, mark)


def _draw_on_sheet(letter: fu.Letter, sheet: ReceiptSheet, mark: str) -> None:
    """The receipt on a sheet, on more pages when it pays many bills."""
    page, left, right, width = letter.page, letter.left, letter.right, letter.width
    letter.stamp(mark, right, letter.y + 18)
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
            fu.TableColumn(_("What was paid"), width - amount_column),
            fu.TableColumn(
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
    words = ts.height(_in_words(sheet), SMALL, width)
    letter.need(7 + 34 + 16 + words + len(sums) * 15 + _codes_height(letter, sheet))
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
    room = _beside_codes(letter)
    beside = fu.code128_block_height(room, sheet.number) + fu.small_print_height(
        room, _code_texts(sheet), LABEL
    )
    return max(_CODES, 8 + beside)


def _code_texts(sheet: ReceiptSheet) -> list[str]:
    return [_checkable(), *sheet.texts]


def _beside_codes(letter: fu.Letter) -> float:
    return letter.width - _CODES - 6


def _codes(letter: fu.Letter, sheet: ReceiptSheet) -> None:
    """At the bottom: the signed square code, and beside it the bar code of the number and the texts."""
    page, size = letter.page, _CODES - 8
    top = letter.bottom - _codes_height(letter, sheet) + 8
    fu.qr_block(page, letter.left, top, size, sheet.verification)
    room = _beside_codes(letter)
    beside = letter.right - room
    y = fu.code128_block(page, beside, top, room, sheet.number)
    fu.small_print(page, beside, y, room, _code_texts(sheet), LABEL)


def _checkable() -> str:
    return _("Anyone can check this receipt: the square code is signed by the municipality.")


def _draw_on_roll(press: Press, sheet: ReceiptSheet, mark: str, width: float) -> None:
    """The receipt on a roll of 80 or 58 mm: black only, as long as it needs to be."""
    narrow = width < 70 * MM
    margin = (5 if narrow else 4) * MM
    size = 7.5 if narrow else 8.5
    page = Page(press, width, 0)
    left, right = margin, width - margin
    room, middle = right - left, width / 2
    plain, strong, small = Style(size), Style(size, Weight.SEMIBOLD), Style(size - 1)
    y = page.paragraph(left, 22, room, sheet.issuer.name, Style(size + 3.5, Weight.BOLD), Align.CENTRE)
    for text in (sheet.issuer.department, sheet.issuer.address):
        if text:
            y = page.paragraph(left, y - 3, room, text, small, Align.CENTRE) + 3
    page.hline(left, right, y - 2, INK)
    y = page.paragraph(left, y + 15, room, _("Receipt"), Style(size + 4.5, Weight.BOLD), Align.CENTRE) - 2
    number = ts.fitted(sheet.number, Style(10, Weight.SEMIBOLD), room)
    page.text(middle, y, sheet.number, number, Align.CENTRE)
    y += 16
    if mark:
        page.box(left, y - 10, room, 15, line=INK, line_width=1)
        page.text(middle, y + 1, mark, ts.fitted(mark, Style(10, Weight.BOLD), room - 8), Align.CENTRE)
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
            y = _roll_pair(page, left, y, room, label, value, plain)
    page.hline(left, right, y - 5, INK)
    y += 8
    for line in sheet.lines:
        figure = fu.money(sheet, line.amount)
        page.text(right, y, figure, strong, Align.RIGHT)
        y = page.paragraph(left, y, room - ts.width(figure, strong) - 8, _line_name(line), strong)
        y = page.paragraph(left, y - 1.5, room, _line_detail(sheet, line), small) + 3
    page.hline(left, right, y - 6, INK)
    figure = fu.money_with_code(sheet, sheet.total)
    big = ts.fitted(figure, Style(15, Weight.BOLD), room * 0.68)
    page.text(left, y + 11, _("Total"), Style(11, Weight.SEMIBOLD))
    page.text(right, y + 11, figure, big, Align.RIGHT)
    y = page.paragraph(left, y + 26, room, _in_words(sheet), small) + 4
    for label, value in _sums(sheet):
        y = _roll_pair(page, left, y, room, label, value, plain) + 2
    page.hline(left, right, y - 6, INK)
    y = (_codes_beside if narrow else _codes_below)(page, sheet, left, room, y + 4)
    for text in (*sheet.texts, _checkable()):
        y = page.paragraph(left, y, room, text, small, Align.CENTRE) + 3
    page.height = y + 10
    press.finish(page, [(f"{_('Receipt')} {sheet.number}", 0)])


def _codes_below(page: Page, sheet: ReceiptSheet, left: float, room: float, y: float) -> float:
    """The square code, and the bar code below it. Returns the next baseline."""
    square = 36 * MM
    page.qr(left + (room - square) / 2, y, square, sheet.verification)
    return fu.code128_block(page, left, y + square + 12, room, sheet.number, height=32)


def _codes_beside(page: Page, sheet: ReceiptSheet, left: float, room: float, y: float) -> float:
    """On a narrow roll the bar code stands upright beside the square code: across it would be too fine to be read."""
    long, wide = code128_size(sheet.number, 80 * MM)
    square = room - wide - 10 if wide else 30 * MM
    page.qr(left, y + max(0, (long - square) / 2), square, sheet.verification)
    if wide:
        page.code128(left + room - wide, y, wide, long, sheet.number, turned=True)
    return y + max(long, square) + 14


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
    letter.stamp(mark, letter.right, letter.y + 18)
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
    bars = width * 0.6
    high = fu.code128_block_height(bars, sheet.number)
    letter.need(74 + 14 + high)
    fu.signature_boxes(
        letter.page, left, letter.y, width,
        [(_("Cancelled by"), sheet.cancelled_by), (_("Approved by"), sheet.approved_by)],
    )  # fmt: skip
    top = letter.bottom - high + 6
    fu.code128_block(letter.page, left, top, bars, sheet.number)
    letter.close()
