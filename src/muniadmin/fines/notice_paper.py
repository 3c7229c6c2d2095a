"""Draws notices of fines: what happened, what it costs until when, how to contest."""

from muniadmin.documents import furniture as fu
from muniadmin.documents import typesetting as ts
from muniadmin.documents.fonts import Weight
from muniadmin.documents.paper import LINE, Page, Press, mixed
from muniadmin.documents.posted import BELOW_WINDOW, WINDOW_LEFT, addressee, payment_slip
from muniadmin.documents.typesetting import HEADING, LABEL, MUTED, SMALL, TEXT, Align, Style
from muniadmin.fines.sheets import FineNoticeSheet, NoticeStep
from muniadmin.kernel.i18n import _


def draw_fine_notice(press: Press, sheet: FineNoticeSheet, mark: str) -> None:
    """The notice on A4."""
    letter = fu.Letter(press, sheet, _("Fine notice"))
    page, left, width = letter.page, letter.left, letter.width
    letter.stamp(mark, letter.right, letter.y + 10)
    addressee(
        page,
        [sheet.owner_name or _("The owner of the vehicle {plate}").format(plate=sheet.plate), *sheet.address],
        letter.right,
    )
    column = WINDOW_LEFT - left - 18
    y = fu.title(page, left, letter.y + 26, column, _("Fine notice"), sheet.offence)
    fu.facts(
        page, left, y + 8, column,
        [(_("Fine number"), sheet.number), (_("Issued on"), fu.day(sheet, sheet.issued_on))],
    )  # fmt: skip
    letter.y = max(y + 44, BELOW_WINDOW) + 6
    letter.y = _what_happened(letter, sheet)
    letter.y = _steps(page, sheet, left, letter.y + 6, width) + 22
    first = sheet.steps[0]
    payment_slip(
        letter,
        [
            (_("Vehicle"), " · ".join(part for part in (sheet.plate, sheet.vehicle) if part)),
            (_("Offence"), sheet.offence),
            (_("This amount until"), fu.day(sheet, first.until) if first.until else ""),
        ],
        fu.money_with_code(sheet, first.amount),
    )
    for heading, texts in (
        (_("Where and how to pay"), sheet.payment_places),
        (_("Your rights"), sheet.texts),
    ):
        if texts:
            letter.need(18 + fu.small_print_height(width, texts[:1]))
            letter.page.text(left, letter.y, heading, HEADING)
            letter.y += 15
        for text in texts:
            letter.need(ts.height(text, SMALL, width))
            letter.y = letter.page.paragraph(left, letter.y, width, text, SMALL) + 2.5
        letter.y += 8
    letter.close()


def _what_happened(letter: fu.Letter, sheet: FineNoticeSheet) -> float:
    page, left, width = letter.page, letter.left, letter.width
    page.text(left, letter.y, _("What was recorded"), HEADING)
    page.hline(left, letter.right, letter.y + 7)
    plate_width = 118.0
    top = letter.y + 24
    _plate(page, sheet.plate, letter.right - plate_width, top - 9, plate_width)
    y = fu.facts(
        page, left, top, width - plate_width - 20,
        [
            (_("Date and time"), fu.instant(sheet, sheet.committed_at)),
            (_("Officer"), sheet.officer),
            (_("Place"), sheet.place),
            (_("Vehicle"), sheet.vehicle),
        ],
    )  # fmt: skip
    y = max(y, top + 40)
    pairs = [
        (_("Offence"), " · ".join(part for part in (sheet.offence, sheet.legal_basis) if part)),
        (_("Remarks"), sheet.remarks),
    ]
    return fu.facts(page, left, y, width, pairs, 1)


def _plate(page: Page, plate: str, x: float, y: float, width: float) -> None:
    """The number plate, as one sees it on the vehicle."""
    style = ts.fitted(plate, Style(16, Weight.BOLD), width - 20)
    page.box(x, y, width, 34, line=mixed("#18212B", 0.7), radius=5, line_width=1.2)
    page.text(x + width / 2, y + 17 + style.size * 0.36, plate, style, Align.CENTRE)


def _steps(page: Page, sheet: FineNoticeSheet, x: float, y: float, width: float) -> float:
    """The amounts side by side, earliest first; the one in force at issue stands out. Returns the lower edge."""
    gap = 10.0
    each = (width - gap * (len(sheet.steps) - 1)) / len(sheet.steps)
    body = each - 24
    height = 62 + max(ts.height(step.what, SMALL, body) for step in sheet.steps)
    for index, step in enumerate(sheet.steps):
        at, current = x + index * (each + gap), index == 0
        if current:
            page.box(at, y, each, height, fill=mixed(sheet.issuer.accent, 0.1), radius=7)
        else:
            page.box(at, y, each, height, line=LINE, radius=7)
        page.text(at + 12, y + 18, _until(sheet, index, step), LABEL)
        amount = ts.fitted(fu.money_with_code(sheet, step.amount), Style(17, Weight.SEMIBOLD), body)
        colour = sheet.issuer.accent if current else TEXT.colour
        page.text(at + 12, y + 42, fu.money_with_code(sheet, step.amount), amount.tinted(colour))
        page.paragraph(at + 12, y + 57, body, step.what, SMALL.tinted(MUTED))
    return y + height


def _until(sheet: FineNoticeSheet, index: int, step: NoticeStep) -> str:
    if step.until:
        return _("until {date}").format(date=fu.day(sheet, step.until))
    before = sheet.steps[index - 1].until if index else None
    return _("after {date}").format(date=fu.day(sheet, before)) if before else _("to pay")
