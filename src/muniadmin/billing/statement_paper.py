"""Draws the statement of an account: where it stands, what is open, and everything that was booked."""

from collections.abc import Sequence

from muniadmin.billing.sheets import AccountStatementSheet, StatementMovement
from muniadmin.documents import furniture as fu
from muniadmin.documents import typesetting as ts
from muniadmin.documents.paper import MM, Press
from muniadmin.documents.typesetting import HEADING, INK, LABEL, SMALL, STRONG, TEXT
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import ZERO, Money

_BODY = TEXT.sized(8.5)
_FIGURE = 60.0
_DAY = 58.0
_CODE = 162.0


def draw_statement(press: Press, sheet: AccountStatementSheet, mark: str) -> None:
    """The statement on A4: the sums and what is open first, then the movements, on as many pages as they take."""
    letter = fu.Letter(press, sheet, _("Statement of account"), margin=16 * MM)
    letter.stamp(mark, letter.right, letter.y + 18)
    _head(letter, sheet)
    _sums(letter, sheet)
    if sheet.instalments:
        _instalments(letter, sheet)
    _movements(letter, sheet)
    _explanations(letter, sheet)
    letter.close()


def _head(letter: fu.Letter, sheet: AccountStatementSheet) -> None:
    """Whose account it is, as on which day, with the taxpayer's number for the counter to scan."""
    page, left, width = letter.page, letter.left, letter.width
    y = fu.title(page, left, letter.y + 26, width * 0.7, _("Statement of account")) + 2
    room = width - _CODE - 14 if sheet.taxpayer_number else width
    if sheet.taxpayer_number:
        fu.code128_block(page, letter.right - _CODE, y - 6, _CODE, sheet.taxpayer_number, height=26)
    y = page.paragraph(left, y, room, sheet.name, HEADING)
    for line in sheet.address:
        y = page.paragraph(left, y, room, line, TEXT)
    y = max(y, letter.y + 100) + 6
    letter.y = fu.facts(
        page, left, y, width,
        [
            (_("Number"), sheet.number),
            (_("Penalty reckoned to"), fu.day(sheet, sheet.on)),
            (_("As known on"), fu.day(sheet, sheet.known)),
            (_("Issued on"), fu.day(sheet, sheet.issued_on)),
        ],
        4,
    )  # fmt: skip


def _sums(letter: fu.Letter, sheet: AccountStatementSheet) -> None:
    """The balance, large, under it what stands behind it and what is not in it, and what both come to."""
    balance = sheet.balance
    label = _("Balance in your favour") if balance < ZERO else _("Balance as booked")
    letter.y = fu.amount_band(
        letter.page, letter.left, letter.y, letter.width, label,
        fu.money(sheet, -balance if balance < ZERO else balance), sheet.currency.code, sheet.issuer.accent,
        note=_("what is booked, less what is held for you"),
    )  # fmt: skip
    half = (letter.width - 28) / 2
    y = letter.y + 18
    booked = [
        (_("Booked"), fu.money(sheet, sheet.booked)),
        (_("Credit held"), fu.money(sheet, sheet.credit)),
    ]
    beside = [
        (_("Penalty accrued, not booked"), fu.money(sheet, sheet.accrued)),
        (_("Suspended, in what is booked"), fu.money(sheet, sheet.suspended)),
    ]
    if sheet.rebate:
        booked.append((_("Saved by paying by that day"), fu.money(sheet, sheet.rebate)))
    y = max(
        fu.sums(letter.page, letter.left, y, half, booked),
        fu.sums(letter.page, letter.left + half + 28, y, half, beside),
    )
    if sheet.to_pay:
        label = _("To pay on {day}").format(day=fu.day(sheet, sheet.on))
        letter.page.hline(letter.left, letter.right, y - 7, INK)
        y = fu.sums(
            letter.page,
            letter.left,
            y + 8,
            letter.width,
            [(label, fu.money(sheet, sheet.to_pay))],
            style=STRONG,
        )
    letter.y = y + 14


def _section(letter: fu.Letter, title: str) -> None:
    """A heading that does not stay alone at the foot of a page."""
    letter.need(18 + 70)
    letter.section(title)
    letter.page.text(letter.left, letter.y, title, HEADING)
    letter.y += 18


def _instalments(letter: fu.Letter, sheet: AccountStatementSheet) -> None:
    _section(letter, _("What is open"))
    table = fu.Table(
        [
            fu.TableColumn(_("Due on"), _DAY),
            fu.TableColumn(_("What is owed"), letter.width - _DAY - 3 * _FIGURE),
            fu.TableColumn(_("Booked"), _FIGURE, figures=True),
            fu.TableColumn(_("Accrued"), _FIGURE, figures=True),
            fu.TableColumn(_("Suspended"), _FIGURE, figures=True),
        ],
        letter.left,
        padding=4.5,
    )
    rows = [
        [
            fu.Cell(fu.day(sheet, one.due_on), style=_BODY),
            fu.Cell(one.what, one.detail, _BODY),
            fu.Cell(fu.money(sheet, one.booked), style=_BODY),
            fu.Cell(_figure(sheet, one.accrued), style=_BODY),
            fu.Cell(_figure(sheet, one.suspended), style=_BODY),
        ]
        for one in sheet.instalments
    ]
    strong = STRONG.sized(8.5)
    rows.append(
        [
            fu.Cell(""),
            fu.Cell(_("Total"), style=strong),
            *(
                fu.Cell(fu.money(sheet, amount), style=strong)
                for amount in (sheet.booked, sheet.accrued, sheet.suspended)
            ),
        ]
    )
    fu.rows_over_pages(letter, table, rows)
    letter.y += 26


def _movements(letter: fu.Letter, sheet: AccountStatementSheet) -> None:
    _section(letter, _("Movements"))
    if not sheet.movements:
        letter.page.text(letter.left, letter.y, _("Nothing was booked on this account up to that day."), TEXT)
        letter.y += 18
        return
    figures = (_("Charges"), _("Settlements"), _("Credits"), _("Balance"))
    table = fu.Table(
        [
            fu.TableColumn(_("Booked on"), _DAY),
            fu.TableColumn(_("What was booked"), letter.width - _DAY - len(figures) * _FIGURE),
            *(fu.TableColumn(title, _FIGURE, figures=True) for title in figures),
        ],
        letter.left,
        padding=4.5,
    )
    fu.rows_over_pages(letter, table, [_movement(sheet, one) for one in sheet.movements])
    letter.y += 16


def _movement(sheet: AccountStatementSheet, one: StatementMovement) -> Sequence[fu.Cell]:
    counts = (
        _("counts for {day}").format(day=fu.day(sheet, one.value_on)) if one.value_on != one.booked_on else ""
    )
    detail = "\n".join(text for text in (one.detail, counts) if text)
    return [
        fu.Cell(fu.day(sheet, one.booked_on), style=_BODY),
        fu.Cell(one.what, detail, _BODY),
        *(fu.Cell(_figure(sheet, amount), style=_BODY) for amount in (one.charged, one.settled, one.credit)),
        fu.Cell(fu.money(sheet, one.balance), style=_BODY),
    ]


def _figure(sheet: AccountStatementSheet, amount: Money) -> str:
    """An amount; nothing where there is none, so that the others are seen."""
    return fu.money(sheet, amount) if amount else ""


def _explanations(letter: fu.Letter, sheet: AccountStatementSheet) -> None:
    """What the days and columns mean."""
    texts = [
        _("What was booked after {day} is not in this statement.").format(day=fu.day(sheet, sheet.known)),
        _("The balance is what was charged, less what was settled and what is held as a credit."),
    ]
    for text in texts:
        letter.need(ts.height(text, SMALL, letter.width) + 3)
        letter.y = fu.small_print(letter.page, letter.left, letter.y, letter.width, [text], LABEL)
