"""Writes a list exactly as a screen shows it: its rows in their order, its columns with their titles, to CSV, XLSX or
on paper. All rows are read from one state of the database, page by page; a file takes its place only when it is whole
and the audit log tells of it."""

import csv
import re
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from muniadmin.audit.services import record
from muniadmin.exchange.commands import DrawList, ListColumn, ListDrawn, ListWritten, ShownList, WriteList
from muniadmin.exchange.errors import NotWritable, TooManyRows
from muniadmin.exchange.tabular import harmless
from muniadmin.kernel.drafts import drafted, ensure_place
from muniadmin.kernel.formats import format_money, format_number
from muniadmin.kernel.i18n import labelled, language, ngettext, use_language
from muniadmin.kernel.money import Currency, Money, total
from muniadmin.kernel.texts import without_unseen
from muniadmin.storage.unit_of_work import Job

# What a sheet of a workbook holds below its titles, and what somebody may still want to hold in their hands.
_MOST_IN_SHEET, _MOST_PRINTED = 1_048_575, 20_000
_BUILT_IN_SHORT_DAY = "mm-dd-yy"
"""Number format 14 of ECMA-376, 18.8.30: spreadsheet programs show it as the user's own short date."""
_WIDEST = 60

# The folder for temporary files is the same for the whole program.
_TEMPORARY_FILES = Lock()

Rows = Generator[Any, None, None]


def write_list(job: Job, command: WriteList) -> ListWritten:
    """Writes to a draft beside the file, which takes its place when it is whole.

    Raises NotWritable, TooManyRows, NotAllowed where the list's own questions may not be asked, Cancelled.
    """
    path, shown = Path(command.path), command.shown
    write = {"csv": _write_csv, "xlsx": _write_workbook}[command.kind]
    # Somebody may choose another language while the job is at work.
    with use_language(language()):
        try:
            ensure_place(path)  # before rows are read and the log tells of it
            with drafted(path) as draft:
                rows = write(job, draft, shown)
                # Whatever ends the program: no file is in its place of which the log does not tell.
                _log(job, path.name, shown, rows)
        except OSError as error:
            raise NotWritable(file=path.name or path, reason=error.strerror or str(error)) from error
    return ListWritten(str(path), rows)


def draw_list(job: Job, command: DrawList) -> ListDrawn:
    """Draws the report paper.

    Raises TooManyRows, NotAllowed where the list's own questions may not be asked, Cancelled.
    """
    with use_language(language()):
        pdf, rows = _draw(job, command.shown)
    _log(job, command.shown.title, command.shown, rows)
    return ListDrawn(pdf, rows)


def _log(job: Job, name: str, shown: ShownList, rows: int) -> None:
    with job.unit_of_work() as uow:
        record(uow, "exchange:list:written", name[:120], {"list": shown.name, "rows": rows})


def _rows(job: Job, shown: ShownList, most: int | None = None) -> Rows:
    """Every row of the list, from one state of the database."""
    done = 0
    with job.reading() as reading:
        for rows in shown.rows(partial(job.answer, reading)):
            done += len(rows)
            if most is not None and done > most:
                raise TooManyRows(most=format_number(most))
            job.progress(done, max(done, shown.count))
            yield from rows


# --- CSV -----------------------------------------------------------------------------------------------------------


def _write_csv(job: Job, path: Path, shown: ShownList) -> int:
    """As spreadsheet programs of the language read it: with semicolons where the comma marks decimals."""
    comma = format_number(Decimal("0.5"), digits=1)[1] == ","
    currency, count = job.municipality.currency, 0
    with path.open("w", encoding="utf-8-sig", newline="") as file, closing(_rows(job, shown)) as rows:
        writer = csv.writer(file, delimiter=";" if comma else ",")
        writer.writerow([harmless(column.title) for column in shown.columns])
        for row in rows:
            writer.writerow([_plain(column, row, currency, comma=comma) for column in shown.columns])
            count += 1
    return count


def _plain(column: ListColumn, row: Any, currency: Currency, *, comma: bool) -> str:
    value = _value(column, row, currency)
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.replace(".", ",") if comma else text
    return str(value) if isinstance(value, int) else harmless(column.text(row))


def _value(column: ListColumn, row: Any, currency: Currency) -> Any:
    """The figure or day of a cell; None where it is a text."""
    value = column.value(row) if column.value is not None else None
    return currency.decimal(value) if isinstance(value, Money) else value


# --- XLSX ----------------------------------------------------------------------------------------------------------


def _write_workbook(job: Job, path: Path, shown: ShownList) -> int:
    from openpyxl import Workbook  # slow to load, only needed for workbooks
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", without_unseen(shown.title))[:31])
    sheet.sheet_view.rightToLeft = language() == "ar"
    sheet.freeze_panes = "A2"
    for place, column in enumerate(shown.columns, 1):
        width = min(max(len(column.title) + 2, 24 if column.value is None else 14), _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width
    head = []
    for column in shown.columns:
        cell = WriteOnlyCell(sheet, value=without_unseen(column.title))
        cell.data_type, cell.font = "s", Font(bold=True)
        head.append(cell)
    currency, count = job.municipality.currency, 0
    with TemporaryDirectory(prefix="muniadmin-", ignore_cleanup_errors=True) as folder:
        with closing(sheet), closing(_rows(job, shown, _MOST_IN_SHEET)) as rows:
            with _temporary_files_in(folder):
                sheet.append(head)
            for row in rows:
                sheet.append([_cell(sheet, column, row, currency, WriteOnlyCell) for column in shown.columns])
                count += 1
        # Into a file of ours: closed whatever happens, it can be thrown away everywhere.
        with path.open("wb") as file:
            book.save(file)
    return count


@contextmanager
def _temporary_files_in(folder: str) -> Iterator[None]:
    """With its first row a sheet begins a temporary file of all of them. In a folder of ours it is gone whatever
    happens; by itself it would stay where a disk is full."""
    with _TEMPORARY_FILES:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def _cell(sheet: Any, column: ListColumn, row: Any, currency: Currency, make: Callable[..., Any]) -> Any:
    value = _value(column, row, currency)
    if isinstance(value, Decimal):
        cell = make(sheet, value=value)
        places = -int(value.as_tuple().exponent)
        cell.number_format = "#,##0." + "0" * places if places > 0 else "#,##0"
        return cell
    if isinstance(value, date):
        cell = make(sheet, value=value)
        cell.number_format = _BUILT_IN_SHORT_DAY
        return cell
    if value is not None:
        return value
    # A text that begins like a formula stays a text; what no workbook can hold is left out.
    cell = make(sheet, value=without_unseen(column.text(row)))
    cell.data_type = "s"
    return cell


# --- PDF -----------------------------------------------------------------------------------------------------------


def _draw(job: Job, shown: ShownList) -> tuple[bytes, int]:
    """The report paper, and how many rows it has. It is drawn when all rows are read: drawing holds nobody up."""
    from muniadmin.documents.drawing import draw  # loads fonts, only needed here
    from muniadmin.documents.pictures import pictures_of
    from muniadmin.documents.services import issuer_of
    from muniadmin.documents.sheets import ReportColumn, ReportSheet

    municipality = job.municipality
    sums: list[list[Money]] = [[] for _sum in shown.sums]
    lines: list[tuple[str, ...]] = []
    with closing(_rows(job, shown, _MOST_PRINTED)) as rows:
        for row in rows:
            lines.append(tuple(column.text(row) for column in shown.columns))
            for amounts, (_label, amount) in zip(sums, shown.sums, strict=True):
                amounts.append(amount(row))
    count = ngettext("{count} row", "{count} rows", len(lines)).format(count=format_number(len(lines)))
    found = [
        labelled(label, format_money(total(amounts), municipality.currency, with_code=True))
        for amounts, (label, _amount) in zip(sums, shown.sums, strict=True)
    ]
    weights = _weights(shown, lines)
    sheet = ReportSheet(
        issuer=issuer_of(municipality, language()),
        language=language(),
        title=shown.title,
        subtitle=shown.subtitle,
        made_at=job.clock_now(),
        made_by=job.actor.name,
        columns=tuple(
            ReportColumn(title=column.title, figures=column.figures, weight=weight)
            for column, weight in zip(shown.columns, weights, strict=True)
        ),
        rows=tuple(lines),
        notes=(" · ".join([count, *found]),),
    )
    with job.reading() as reading:
        pictures = pictures_of(reading, [sheet])
    return draw(sheet, pictures=pictures), len(lines)


def _weights(shown: ShownList, lines: list[tuple[str, ...]]) -> list[int]:
    """Shares of the paper's width: each column as wide as what stands in it, no text wider than half a line."""
    widest = [len(column.title) for column in shown.columns]
    for line in lines:
        for place, text in enumerate(line):
            widest[place] = max(widest[place], len(text))
    return [
        max(4, length if column.figures else min(length, 34))
        for column, length in zip(shown.columns, widest, strict=True)
    ]
