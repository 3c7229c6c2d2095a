"""What all documents share: letterhead, foot, title, facts, tables, amounts, codes, marks. One visual family."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from muniadmin.documents import typesetting as ts
from muniadmin.documents.fonts import Weight
from muniadmin.documents.paper import BAD, MM, WHITE, Page, Press, code128_size, mixed
from muniadmin.documents.sheets import Issuer, Sheet
from muniadmin.documents.typesetting import (
    AMOUNT,
    HEADING,
    INK,
    LABEL,
    MUTED,
    SMALL,
    STRONG,
    TEXT,
    TITLE,
    Align,
    Style,
)
from muniadmin.kernel import formats
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import Money

A4 = (595.28, 841.89)
A5 = (419.53, 595.28)

_NUMBER = Style(10, Weight.SEMIBOLD)


# --- Words and figures -------------------------------------------------------------------------------------


def money(sheet: Sheet, amount: Money) -> str:
    """The amount as the sheet's language writes it, without currency."""
    return formats.format_money(amount, sheet.currency, sheet.language)


def money_with_code(sheet: Sheet, amount: Money) -> str:
    """The amount followed by its currency's code."""
    return formats.format_money(amount, sheet.currency, sheet.language, with_code=True)


def day(sheet: Sheet, when: date) -> str:
    """A day in figures."""
    return formats.format_date(when, sheet.language)


def instant(sheet: Sheet, when: datetime) -> str:
    """An instant in the municipality's time, to the minute."""
    return formats.format_instant(when, sheet.issuer.zone, sheet.language)


# --- A document of one or more pages -----------------------------------------------------------------------


class Letter:
    """The pages of one document. A new page is begun when what comes next has no room left."""

    def __init__(
        self, press: Press, sheet: Sheet, name: str, *, size: tuple[float, float] = A4, margin: float = 18 * MM,
        backdrop: Callable[[Page], None] | None = None,
    ) -> None:  # fmt: skip
        self.press, self.sheet, self.name = press, sheet, name
        self.size, self.margin = size, margin
        self.left, self.right = margin, size[0] - margin
        self.width = self.right - self.left
        self.bottom = size[1] - margin - 14
        self._backdrop = backdrop
        self._mark = ""
        self._pages: list[Page] = []
        self._sections: list[tuple[str, int]] = []
        self.page = self._blank()
        self.y = letterhead(self.page, sheet.issuer, self.left, self.right, min(margin, 15 * MM) - 2)

    def _blank(self) -> Page:
        page = Page(self.press, *self.size)
        if self._backdrop:
            self._backdrop(page)
        self._pages.append(page)
        return page

    def stamp(self, mark: str, x: float, y: float) -> None:
        """Says what the sheet is when it is not the original: a pill that ends at x, and the word across every page."""
        self._mark = mark
        if mark:
            pill(self.page, x, y, mark, BAD, Align.RIGHT)
            self._across(self.page)

    def _across(self, page: Page) -> None:
        room = (page.width**2 + page.height**2) ** 0.5 * 0.6
        style = Style(page.width * 0.12, Weight.BOLD, mixed(INK, 0.07))
        page.diagonal(self._mark, ts.fitted(self._mark, style, room))

    def need(self, height: float) -> bool:
        """Makes room for ``height`` below y; True when that took a new page."""
        if self.y + height <= self.bottom:
            return False
        self.turn()
        return True

    def turn(self) -> None:
        """Begins the next page, with a small head that says of what it is the next page."""
        self.page = self._blank()
        if self._mark:
            self._across(self.page)
        self.bottom = self.size[1] - self.margin - 14
        top = self.margin + 4
        what = f"{self.name}  {self.sheet.number}".strip()
        named = ts.fitted(what, SMALL, self.width * 0.6)
        self.page.text(self.right, top, what, named, Align.RIGHT)
        issuer = self.sheet.issuer.name
        room = self.width - ts.width(what, named) - 16
        self.page.text(self.left, top, issuer, ts.fitted(issuer, SMALL, room))
        self.page.hline(self.left, self.right, top + 7)
        self.y = top + 26

    def section(self, title: str) -> None:
        """What begins here has an entry of its own in the outline."""
        self._sections.append((title, len(self._pages)))

    def close(self, note: str = "") -> None:
        """Adds the feet, now that the number of pages is known, and hands the pages to the press."""
        count = len(self._pages)
        named = f"{self.name} {self.sheet.number}".strip()
        for index, page in enumerate(self._pages, 1):
            left = note or self.sheet.issuer.name
            right = _("Page {page} of {pages}").format(page=index, pages=count) if count > 1 else ""
            foot(page, left, right, self.left, self.right, self.size[1] - self.margin + 5)
            sections = [(title, 1) for title, at in self._sections if at == index]
            self.press.finish(page, [(named, 0), *sections] if index == 1 else sections)


def letterhead(page: Page, issuer: Issuer, left: float, right: float, top: float) -> float:
    """Arms, name and address from ``top`` down; returns the baseline below the line under them."""
    scale = 0.8 if page.width < A4[0] else 1.0
    page.place(
        page.press.shared(
            ("letterhead", issuer, left, right, top),
            (page.width, page.height),
            lambda master: _draw_letterhead(master, issuer, left, right, top, scale),
        )
    )
    return top + 42 * scale + 14


def _draw_letterhead(page: Page, issuer: Issuer, left: float, right: float, top: float, scale: float) -> None:
    square = 32 * scale
    arms(page, issuer, left, top, square)
    middle = left + square + 10 * scale
    small = SMALL.sized(SMALL.size - (1 - scale) * 3)
    address = [line for line in issuer.address.split("\n") if line]
    beside = max((ts.width(line, small) for line in address), default=0) + 12
    room = right - middle - min(beside, (right - middle) * 0.45)
    name = ts.fitted(issuer.name, Style(13 * scale, Weight.SEMIBOLD), room)
    page.text(middle, top + (14 if issuer.department else 20.5) * scale, issuer.name, name)
    if issuer.department:
        page.text(middle, top + 27 * scale, issuer.department, ts.fitted(issuer.department, small, room))
    step = small.size * 1.375
    y = top + square / 2 - (len(address) - 1) * step / 2 + small.size * 0.32
    for line in address:
        page.text(right, y, line, ts.fitted(line, small, (right - middle) * 0.45), Align.RIGHT)
        y += step
    line_at = top + 42 * scale
    page.hline(left, right, line_at)
    page.hline(left, left + square, line_at, issuer.accent, 1.6)


def arms(page: Page, issuer: Issuer, x: float, y: float, size: float) -> None:
    """The picture that stands for the municipality, or a square with its letter."""
    if issuer.arms:
        page.picture(x, y, size, issuer.arms)
        return
    page.box(x, y, size, size, fill=issuer.accent, radius=size * 0.19)
    letters = ts.fitted(issuer.logo_text, Style(size * 0.5, Weight.SEMIBOLD, WHITE), size * 0.78)
    page.text(x + size / 2, y + size / 2 + letters.size * 0.357, issuer.logo_text, letters, Align.CENTRE)


def foot(page: Page, left_text: str, right_text: str, left: float, right: float, y: float) -> None:
    """The last line of a page, under a hairline."""
    style = LABEL.sized(7)
    page.hline(left, right, y - 11)
    room = right - left - ts.width(right_text, style) - 8
    page.text(left, y, left_text, ts.fitted(left_text, style, room))
    page.text(right, y, right_text, style, Align.RIGHT)


def title(
    page: Page, x: float, y: float, width: float, text: str, subtitle: str = "", size: float = 20
) -> float:
    """The document's name, large, and a line under it; returns the next baseline."""
    style = TITLE.sized(size)
    widest = max((ts.width(word, style) for word in text.split(" ")), default=0)
    if widest > width:
        style = style.sized(size * width / widest)
    y = page.paragraph(x, y, width, text, Style(style.size, style.weight, style.colour, style.size * 1.2))
    if subtitle:
        y = page.paragraph(x, y - 4, width, subtitle, Style(11, Weight.SEMIBOLD, MUTED, 14.5))
    return y


# --- Facts, tables, amounts --------------------------------------------------------------------------------


def facts(
    page: Page, x: float, y: float, width: float, pairs: Sequence[tuple[str, str]], columns: int = 2
) -> float:
    """Small labels with their values under them, in columns; empty values are left out. Returns the next baseline."""
    shown = [(label, value) for label, value in pairs if value]
    gap = 14.0
    column = (width - gap * (columns - 1)) / columns
    for start in range(0, len(shown), columns):
        ends = []
        for index, (label, value) in enumerate(shown[start : start + columns]):
            at = x + index * (column + gap)
            page.text(at, y, label, ts.fitted(label, LABEL, column))
            ends.append(page.paragraph(at, y + 13, column, value, TEXT))
        y = max(ends) + 5.5
    return y


@dataclass(frozen=True)
class TableColumn:
    """A column of a table: its heading, width in points, and whether it holds figures."""

    heading: str
    width: float
    figures: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: a text and, smaller under it, how it came about."""

    text: str
    detail: str = ""
    style: Style = TEXT


@dataclass(frozen=True)
class Table:
    """Rows between hairlines. Texts wrap; figures stand at the right and shrink rather than wrap."""

    columns: Sequence[TableColumn]
    left: float
    gap: float = 10
    padding: float = 7.5
    style: Style = TEXT

    @property
    def width(self) -> float:
        """The whole table's."""
        return sum(column.width for column in self.columns)

    def head(self, page: Page, y: float) -> float:
        """The headings; ``y`` is their baseline. Returns the upper edge of the first row."""
        x = self.left
        for number, column in enumerate(self.columns):
            room = column.width - self.gap - self._gap_after(number)
            style = ts.fitted(column.heading, LABEL, room)
            if column.figures:
                right = x + column.width - self._gap_after(number)
                page.text(right, y, column.heading, style, Align.RIGHT)
            else:
                page.text(x, y, column.heading, style)
            x += column.width
        page.hline(self.left, self.left + self.width, y + 6.5, LINE_STRONG, 0.8)
        return y + 6.5

    def _gap_after(self, number: int) -> float:
        """What figures, which stand at the far edge of their column, keep from a text that begins there."""
        following = self.columns[number + 1 : number + 2]
        return self.gap if self.columns[number].figures and following and not following[0].figures else 0

    def height(self, cells: Sequence[Cell]) -> float:
        """How high the row will be."""
        return max(self._cell_height(c, cell) for c, cell in zip(self.columns, cells, strict=True))

    def _cell_height(self, column: TableColumn, cell: Cell) -> float:
        lines = 1 if column.figures else ts.line_count(cell.text, cell.style, column.width - self.gap)
        details = ts.line_count(cell.detail, SMALL, column.width - self.gap) if cell.detail else 0
        return (
            lines * cell.style.step
            + details * SMALL.step
            + 2 * self.padding
            - cell.style.step
            + cell.style.size
        )

    def row(self, page: Page, y: float, cells: Sequence[Cell]) -> float:
        """One row from its upper edge ``y``; returns its lower edge, where a hairline was drawn."""
        bottom = y + self.height(cells)
        x = self.left
        for number, (column, cell) in enumerate(zip(self.columns, cells, strict=True)):
            baseline = y + self.padding + cell.style.size * 0.86
            room = column.width - (self.gap if x > self.left or not column.figures else 0)
            if column.figures:
                after = self._gap_after(number)
                style = ts.fitted(cell.text, cell.style, room - after)
                page.text(x + column.width - after, baseline, cell.text, style, Align.RIGHT)
            else:
                below = page.paragraph(x, baseline, column.width - self.gap, cell.text, cell.style)
                if cell.detail:
                    page.paragraph(x, below - 1, column.width - self.gap, cell.detail, SMALL)
            x += column.width
        page.hline(self.left, self.left + self.width, bottom)
        return bottom


LINE_STRONG = "#B9C1CA"


def rows_over_pages(letter: Letter, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
    """The table's head and rows from the letter's y on, with the head again on every page it needs."""
    letter.need(60)
    letter.y = table.head(letter.page, letter.y)
    for cells in rows:
        if letter.need(table.height(cells)):
            letter.y = table.head(letter.page, letter.y)
        letter.y = table.row(letter.page, letter.y, cells)


def amount_band(
    page: Page, x: float, y: float, width: float, label: str, amount: str, code: str, accent: str, *,
    height: float = 42, size: float = 22, note: str = "",
) -> float:  # fmt: skip
    """The one amount that matters, large, on a weak ground; ``y`` is its upper edge. Returns its lower edge."""
    page.box(x, y, width, height, fill=mixed(accent, 0.1), radius=7)
    unit = Style(size * 0.5, Weight.REGULAR, MUTED)
    unit_width = ts.width(code, unit) + 5
    figure = ts.fitted(amount, AMOUNT.sized(size).tinted(accent), width * 0.6 - unit_width)
    right = x + width - 14
    baseline = y + height / 2 + figure.size * 0.36
    page.text(right, baseline, code, unit, Align.RIGHT)
    page.text(right - unit_width, baseline, amount, figure, Align.RIGHT)
    room = width - 28 - unit_width - ts.width(amount, figure) - 12
    under = ts.height(note, SMALL, room) if note else 0
    top = y + height / 2 + HEADING.size * 0.36 - under / 2
    page.text(x + 14, top, label, ts.fitted(label, HEADING, room))
    if note:
        page.paragraph(x + 14, top + 12.5, room, note, SMALL)
    return y + height


def sums(
    page: Page, x: float, y: float, width: float, rows: Sequence[tuple[str, str]], *, style: Style = TEXT
) -> float:
    """Label left, figure right, one under the other; returns the next baseline."""
    for label, figure in rows:
        room = width - ts.width(figure, style) - 8
        page.text(x, y, label, ts.fitted(label, style.tinted(MUTED) if style is TEXT else style, room))
        page.text(x + width, y, figure, style, Align.RIGHT)
        y += 15
    return y


# --- Codes and marks ---------------------------------------------------------------------------------------


#: How high a bar code is where nobody asks for another height.
_BARS = 34.0


def code128_block(
    page: Page, x: float, y: float, width: float, number: str, *, height: float = _BARS
) -> float:
    """The bar code of a number with the number under it, centred; returns the next baseline.

    It is at least as high as readers want it. A number that is too long for bars of readable width is printed alone.
    """
    bars, least = code128_size(number, width)
    high = max(height, least) if bars else 0.0
    if bars:
        page.code128(x + (width - bars) / 2, y, bars, high, number)
    page.text(x + width / 2, y + high + 12.5, number, ts.fitted(number, _NUMBER, width), Align.CENTRE)
    return y + high + 26


def code128_block_height(width: float, number: str) -> float:
    """How much room code128_block will take, to the next baseline."""
    bars, least = code128_size(number, width)
    return (max(_BARS, least) if bars else 0.0) + 26


def qr_block(page: Page, x: float, y: float, size: float, text: str) -> None:
    """A QR code on white with a thin frame; the frame keeps the quiet zone free."""
    page.box(x, y, size, size, fill=WHITE, line=mixed(INK, 0.16), radius=4)
    quiet = size * 0.085
    page.qr(x + quiet, y + quiet, size - 2 * quiet, text)


def pill(page: Page, x: float, y: float, text: str, colour: str, align: Align) -> float:
    """A word in a rounded box, ``y`` its baseline; returns its width."""
    size = 9.0
    style = Style(size, Weight.BOLD, colour)
    width = ts.width(text, style) + size * 1.5
    left = x - align.value * width
    page.box(
        left, y - size * 1.15, width, size * 1.7, fill=mixed(colour, 0.1), line=colour, radius=size * 0.85
    )
    page.text(left + size * 0.75, y, text, style)
    return width


def signature_boxes(page: Page, x: float, y: float, width: float, names: Sequence[tuple[str, str]]) -> float:
    """Places to sign, side by side: who, and their name; ``y`` is the upper edge. Returns the lower edge."""
    gap, height = 16.0, 74.0
    each = (width - gap * (len(names) - 1)) / len(names)
    for index, (role, name) in enumerate(names):
        at = x + index * (each + gap)
        page.box(at, y, each, height, line=LINE_STRONG, radius=5)
        page.text(at + 10, y + 15, role, LABEL)
        page.text(at + 10, y + 28, name, ts.fitted(name, STRONG, each - 20))
    return y + height


def small_print(
    page: Page, x: float, y: float, width: float, texts: Sequence[str], style: Style = SMALL
) -> float:
    """Sentences from the profile, a paragraph each; returns the next baseline."""
    for text in texts:
        y = page.paragraph(x, y, width, text, style) + 2.5
    return y


def small_print_height(width: float, texts: Sequence[str], style: Style = SMALL) -> float:
    """How much room small_print will take."""
    return sum(ts.height(text, style, width) + 2.5 for text in texts)
