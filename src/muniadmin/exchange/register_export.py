"""Writes the register exactly as a list shows it, to CSV or XLSX."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args

from muniadmin.audit.services import record
from muniadmin.billing.reads import (
    ComputedSort,
    Register,
    RegisterColumnSort,
    RegisterCount,
    RegisterOrder,
    RegisterRow,
)
from muniadmin.billing.register import register, register_count, register_order
from muniadmin.billing.rules import STANDING_NAMES
from muniadmin.exchange.commands import Exported, ExportRegister, RegisterColumn
from muniadmin.exchange.errors import NotWritable
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, language, pick
from muniadmin.kernel.money import Currency
from muniadmin.storage.unit_of_work import Job, Reading

_PAGE = 1000

KIND_NAMES: Mapping[str, str] = {"person": N_("person"), "organisation": N_("organisation")}

_VALUES: Mapping[RegisterColumn, Callable[[RegisterRow, Currency], Any]] = {
    RegisterColumn.NUMBER: lambda row, _currency: row.number,
    RegisterColumn.NAME: lambda row, _currency: row.name,
    RegisterColumn.NAME_ARABIC: lambda row, _currency: row.name_arabic,
    RegisterColumn.KIND: lambda row, _currency: _(KIND_NAMES[row.kind]),
    RegisterColumn.ZONE: lambda row, _currency: pick(row.zone_names),
    RegisterColumn.ADDRESS: lambda row, _currency: row.address,
    RegisterColumn.PHONE: lambda row, _currency: row.phone,
    RegisterColumn.OBJECTS: lambda row, _currency: row.objects,
    RegisterColumn.STANDING: lambda row, _currency: _(STANDING_NAMES[row.standing]),
    RegisterColumn.OVERDUE: lambda row, currency: currency.decimal(row.overdue),
    RegisterColumn.ACCRUED: lambda row, currency: currency.decimal(row.accrued),
    RegisterColumn.SUSPENDED: lambda row, currency: currency.decimal(row.suspended),
    RegisterColumn.CREDIT: lambda row, currency: currency.decimal(row.credit),
    RegisterColumn.BALANCE: lambda row, currency: currency.decimal(row.balance),
}


def export_register(job: Job, command: ExportRegister) -> Exported:
    """Writes to a draft beside the file, which takes its place when it is whole."""
    path = Path(command.path)
    draft = path.parent / f"{path.name}.part"
    write = _write_workbook if path.suffix.lower() == ".xlsx" else _write_csv
    titles = [title for _column, title in command.columns]
    try:
        try:
            rows = write(draft, titles, _lines(job, command))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritable(file=path.name or path, reason=error.strerror or str(error)) from error
    with job.unit_of_work() as uow:
        record(uow, "exchange:register:exported", path.name[:120], {"rows": rows})
    return Exported(str(path), rows)


def _lines(job: Job, command: ExportRegister) -> Iterator[list[Any]]:
    """Every row of the list, from one state of the database."""
    values = [_VALUES[column] for column, _title in command.columns]
    currency = job.municipality.currency
    with job.reading() as reading:
        total = register_count(reading, RegisterCount(filter=command.filter))
        done = 0
        for rows in _pages(reading, command):
            job.progress(min(done, total), total)
            yield from ([value(row, currency) for value in values] for row in rows)
            done += len(rows)
        job.progress(total, total)


def _pages(reading: Reading, command: ExportRegister) -> Iterator[list[RegisterRow]]:
    if command.sort in get_args(ComputedSort):
        sort = cast("ComputedSort", command.sort)
        order = RegisterOrder(filter=command.filter, sort=sort, descending=command.descending)
        ids = register_order(reading, order)
        for start in range(0, len(ids), _PAGE):
            yield register(reading, Register(ids=ids[start : start + _PAGE]))
        return
    column = cast("RegisterColumnSort", command.sort)
    wanted = Register(filter=command.filter, sort=column, descending=command.descending, limit=_PAGE)
    rows = register(reading, wanted)
    while rows:
        yield rows
        rows = register(reading, replace(wanted, after=rows[-1].place))


def _write_csv(path: Path, titles: Sequence[str], lines: Iterator[list[Any]]) -> int:
    """As spreadsheet programs of the language read it: with semicolons where the comma marks decimals."""
    comma = format_number(Decimal("0.5"), digits=1)[1] == ","
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";" if comma else ",")
        writer.writerow(titles)
        for line in lines:
            writer.writerow([_plain(value, comma=comma) for value in line])
            count += 1
    return count


def _plain(value: Any, *, comma: bool) -> str:
    text = str(value)
    return text.replace(".", ",") if comma and isinstance(value, Decimal) else text


def _write_workbook(path: Path, titles: Sequence[str], lines: Iterator[list[Any]]) -> int:
    from openpyxl import Workbook  # slow to load, only needed for workbooks
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Taxpayers"))
    sheet.sheet_view.rightToLeft = language() == "ar"
    sheet.freeze_panes = "A2"
    head = []
    for title in titles:
        cell = WriteOnlyCell(sheet, value=title)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    count = 0
    for line in lines:
        sheet.append([_cell(sheet, value, WriteOnlyCell) for value in line])
        count += 1
    book.save(path)
    return count


def _cell(sheet: Any, value: Any, make: Callable[..., Any]) -> Any:
    if isinstance(value, Decimal):
        cell = make(sheet, value=value)
        places = -int(value.as_tuple().exponent)
        cell.number_format = "#,##0." + "0" * places if places else "#,##0"
        return cell
    if isinstance(value, str) and value[:1] == "=":
        # A name that begins like a formula stays a name.
        cell = make(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
