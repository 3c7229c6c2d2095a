"""Draws the extract of a birth act: French alone, or French and Arabic face to face."""

from collections.abc import Sequence
from dataclasses import dataclass

from muniadmin.civil_status.sheets import ExtractSheet
from muniadmin.documents import furniture as fu
from muniadmin.documents import typesetting as ts
from muniadmin.documents.fonts import Weight
from muniadmin.documents.paper import MM, Page, Press, mixed
from muniadmin.documents.typesetting import HEADING, LABEL, SMALL, STRONG, TEXT, Align, Style
from muniadmin.kernel.formats import format_date, format_long_date
from muniadmin.kernel.i18n import _

# A bilingual extract always shows these beside the sheet's language, whatever languages the program has.
_ARABIC = {
    "act": "رسم رقم",
    "year": "سنة",
    "office": "مكتب الحالة المدنية",
    "family_name": "الاسم العائلي",
    "given_names": "الاسم الشخصي",
    "sex": "الجنس",
    "born_on": "تاريخ الولادة",
    "birthplace": "مكان الولادة",
    "father": "اسم الأب",
    "mother": "اسم الأم",
    "declared_on": "تاريخ التصريح",
    "notes": "البيانات الهامشية",
    "no_notes": "لا شيء",
    "registrar": "ضابط الحالة المدنية",
}
_ARABIC_SEX = {"F": "أنثى", "M": "ذكر"}

_VALUE = Style(11, Weight.SEMIBOLD)
_ARABIC_VALUE = Style(13, Weight.SEMIBOLD)
_ARABIC_LABEL = Style(9, colour=LABEL.colour)


def draw_extract(press: Press, sheet: ExtractSheet, mark: str) -> None:
    """Every copy of the extract on A4, in a frame; marginal notes may take further pages."""
    for copy in range(1, sheet.copies + 1):
        _draw_copy(press, sheet, mark, copy)


def _draw_copy(press: Press, sheet: ExtractSheet, mark: str, copy: int) -> None:
    letter = fu.Letter(press, sheet, sheet.title, margin=21 * MM, backdrop=lambda page: _frame(page, sheet))
    left, width = letter.left, letter.width
    letter.y = _authorities(letter.page, sheet, left, letter.y + 6, width)
    letter.stamp(mark, letter.right, letter.y + 10)
    letter.y = _titles(letter.page, sheet, letter.y + 26)
    letter.y = _act(letter.page, sheet, left, letter.y, width)
    for row in _rows(sheet):
        _row(letter, row, bilingual=sheet.bilingual)
    _notes(letter, sheet)
    _certified(letter, sheet)
    note = _("Extract {number} · not valid without its square code and the registrar’s seal").format(
        number=sheet.number
    )
    if sheet.copies > 1:
        rank = _("copy {copy} of {copies}").format(copy=copy, copies=sheet.copies)
        note = f"{note} · {rank}"
    letter.close(note)


def _frame(page: Page, sheet: ExtractSheet) -> None:
    """A double hairline around the page, as on a deed."""

    def draw(master: Page) -> None:
        for inset, width in ((8 * MM, 1.1), (9.2 * MM, 0.4)):
            master.box(
                inset, inset, master.width - 2 * inset, master.height - 2 * inset,
                line=mixed(sheet.issuer.accent, 0.55), line_width=width, radius=6,
            )  # fmt: skip

    page.place(page.press.shared(("frame", sheet.issuer.accent), (page.width, page.height), draw))


def _authorities(page: Page, sheet: ExtractSheet, x: float, y: float, width: float) -> float:
    """The authorities, top down: at the left, and in Arabic at the right."""
    half = width / 2 - 10
    ends = [y]
    for lines, align in ((sheet.authorities, Align.LEFT), (sheet.authorities_arabic, Align.RIGHT)):
        if align is Align.RIGHT and not sheet.bilingual:
            continue
        below = y
        for line in lines:
            style = ts.fitted(line, Style(8.5, Weight.SEMIBOLD), half)
            page.text(x + align.value * width, below, line, style, align)
            below += 13
        ends.append(below)
    return max(ends)


def _titles(page: Page, sheet: ExtractSheet, y: float) -> float:
    middle, room = page.width / 2, page.width - 2 * 21 * MM
    page.text(middle, y, sheet.title, ts.fitted(sheet.title, Style(20, Weight.SEMIBOLD), room), Align.CENTRE)
    if sheet.bilingual and sheet.title_arabic:
        y += 27
        style = ts.fitted(sheet.title_arabic, Style(19, Weight.SEMIBOLD), room)
        page.text(middle, y, sheet.title_arabic, style, Align.CENTRE)
    return y + 20


def _act(page: Page, sheet: ExtractSheet, x: float, y: float, width: float) -> float:
    """Which act this is an extract of; returns the upper edge of the first row."""
    page.box(x, y, width, 30, fill=mixed(sheet.issuer.accent, 0.1), radius=6)
    words = _("Act no. {number} of {year} · {office}").format(
        number=sheet.act_number, year=sheet.act_year, office=sheet.office
    )
    room = width - 28
    if sheet.bilingual:
        office = sheet.office_arabic or _ARABIC["office"]
        arabic = f"{_ARABIC['act']} {sheet.act_number} {_ARABIC['year']} {sheet.act_year} · {office}"
        room = room / 2 - 8
        style = ts.fitted(arabic, Style(10.5, Weight.SEMIBOLD), room)
        page.text(x + width - 14, y + 19, arabic, style, Align.RIGHT)
    page.text(x + 14, y + 19, words, ts.fitted(words, HEADING, room))
    return y + 30 + 6


@dataclass(frozen=True)
class _Row:
    label: str
    value: str
    arabic_label: str = ""
    arabic_value: str = ""


def _rows(sheet: ExtractSheet) -> Sequence[_Row]:
    child, father, mother = sheet.child, sheet.father, sheet.mother
    born = format_long_date(sheet.born_on, sheet.language)
    if sheet.born_at_time:
        born = _("{date} at {time}").format(date=born, time=sheet.born_at_time)
    sexes = {"F": _("Female"), "M": _("Male")}
    rows = [
        _Row(_("Family name"), child.family_name, _ARABIC["family_name"], child.family_name_arabic),
        _Row(_("Given names"), child.given_names, _ARABIC["given_names"], child.given_names_arabic),
        _Row(_("Sex"), sexes.get(sheet.sex, sheet.sex), _ARABIC["sex"], _ARABIC_SEX.get(sheet.sex, "")),
        _Row(_("Date of birth"), born, _ARABIC["born_on"], format_date(sheet.born_on, "en")),
        _Row(_("Place of birth"), sheet.birthplace, _ARABIC["birthplace"], sheet.birthplace_arabic),
    ]
    if father:
        rows.append(_Row(_("Father"), father.name, _ARABIC["father"], father.name_arabic))
    if mother:
        rows.append(_Row(_("Mother"), mother.name, _ARABIC["mother"], mother.name_arabic))
    declared = format_long_date(sheet.declared_on, sheet.language)
    rows.append(
        _Row(_("Declared on"), declared, _ARABIC["declared_on"], format_date(sheet.declared_on, "en"))
    )
    return rows


def _row(letter: fu.Letter, row: _Row, *, bilingual: bool) -> None:
    """One fact of the act, between hairlines."""
    label_width = 86.0
    room = (letter.width - 2 * label_width) / 2 - 8 if bilingual else letter.width - label_width - 40
    start = letter.left + label_width + (0 if bilingual else 40)
    high = ts.height(row.value, _VALUE, room)
    if bilingual:
        high = max(high, ts.height(row.arabic_value, _ARABIC_VALUE, room))
    high += 15
    letter.need(high)
    page, baseline = letter.page, letter.y + 19.5
    page.text(letter.left, baseline, row.label, ts.fitted(row.label, SMALL.sized(8.5), label_width - 8))
    page.paragraph(start, baseline, room, row.value, _VALUE)
    if bilingual:
        at = letter.right - label_width - room
        page.text(letter.right, baseline, row.arabic_label, _ARABIC_LABEL, Align.RIGHT)
        page.paragraph(at, baseline, room, row.arabic_value, _ARABIC_VALUE, Align.RIGHT)
    letter.y += high
    page.hline(letter.left, letter.right, letter.y)


def _notes(letter: fu.Letter, sheet: ExtractSheet) -> None:
    """The marginal notes, or that there are none."""
    letter.need(50)
    letter.y += 24
    letter.section(_("Marginal notes"))
    letter.page.text(letter.left, letter.y, _("Marginal notes"), HEADING)
    if sheet.bilingual:
        letter.page.text(letter.right, letter.y, _ARABIC["notes"], HEADING, Align.RIGHT)
    letter.y += 17
    if not sheet.notes:
        letter.page.text(letter.left, letter.y, _("None"), TEXT)
        if sheet.bilingual:
            letter.page.text(letter.right, letter.y, _ARABIC["no_notes"], TEXT.sized(10.5), Align.RIGHT)
        letter.y += TEXT.step
    for note in sheet.notes:
        letter.need(ts.height(note, TEXT, letter.width))
        letter.y = letter.page.paragraph(letter.left, letter.y, letter.width, note, TEXT) + 3


def _certified(letter: fu.Letter, sheet: ExtractSheet) -> None:
    """At the bottom of the last page: the signed square code, the number, and the place to sign and seal."""
    height = 142.0
    texts = fu.small_print_height(letter.width, sheet.texts)
    letter.need(height + texts + 12)
    page, left, right = letter.page, letter.left, letter.right
    top = letter.bottom - height
    fu.small_print(page, left, top - texts - 2, letter.width, sheet.texts)
    page.hline(left, right, top + 2)
    issued = _("Certified to agree with the act. Issued at {place} on {date}.").format(
        place=sheet.place, date=format_long_date(sheet.issued_on, sheet.language)
    )
    page.paragraph(left, top + 20, letter.width, issued, STRONG)
    square = 98.0
    fu.qr_block(page, left, top + 36, square, sheet.verification)
    beside = left + square + 16
    seal = 148.0
    fu.code128_block(page, beside, top + 37, right - seal - 18 - beside, sheet.number, height=30)
    note = _("Anyone can check this extract: the square code is signed by the municipality.")
    fu.small_print(page, beside, top + 98, right - seal - 18 - beside, [note], LABEL)
    page.box(right - seal, top + 36, seal, square, line=fu.LINE_STRONG, radius=6)
    page.text(right - seal + 10, top + 51, _("Civil registrar"), LABEL)
    if sheet.bilingual:
        page.text(right - 10, top + 64, _ARABIC["registrar"], _ARABIC_LABEL, Align.RIGHT)
    page.text(
        right - seal + 10,
        top + (80 if sheet.bilingual else 66),
        sheet.registrar,
        ts.fitted(sheet.registrar, STRONG, seal - 20),
    )
