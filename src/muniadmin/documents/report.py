"""Draws reports: a table as a screen shows it, over as many pages as it takes."""

from muniadmin.documents import furniture as fu
from muniadmin.documents.paper import MM, Press
from muniadmin.documents.sheets import ReportSheet
from muniadmin.documents.typesetting import STRONG, TEXT
from muniadmin.kernel.i18n import _

_MANY_COLUMNS = 6


def draw_report(press: Press, sheet: ReportSheet, mark: str) -> None:
    """The report on A4, across where it has many columns."""
    width, height = fu.A4
    across = len(sheet.columns) > _MANY_COLUMNS
    letter = fu.Letter(
        press, sheet, sheet.title, size=(height, width) if across else (width, height), margin=16 * MM
    )
    letter.stamp(mark, letter.right, letter.y + 18)
    letter.y = (
        fu.title(letter.page, letter.left, letter.y + 20, letter.width, sheet.title, sheet.subtitle, 17) + 8
    )
    table = _table(letter, sheet)
    body = TEXT.sized(8.5)
    rows = [[fu.Cell(cell, style=body) for cell in row] for row in sheet.rows]
    if sheet.totals:
        rows.append([fu.Cell(cell, style=STRONG.sized(8.5)) for cell in sheet.totals])
    fu.rows_over_pages(letter, table, rows)
    letter.y += 18
    for note in sheet.notes:
        letter.need(24)
        letter.y = fu.small_print(letter.page, letter.left, letter.y, letter.width, [note])
    made = _("{municipality} · printed on {instant}").format(
        municipality=sheet.issuer.name, instant=fu.instant(sheet, sheet.made_at)
    )
    letter.close(f"{made} · {sheet.made_by}" if sheet.made_by else made)


def _table(letter: fu.Letter, sheet: ReportSheet) -> fu.Table:
    weights = sum(column.weight for column in sheet.columns)
    columns = [
        fu.TableColumn(column.title, letter.width * column.weight / weights, column.figures)
        for column in sheet.columns
    ]
    return fu.Table(columns, letter.left, gap=8, padding=4.5)
