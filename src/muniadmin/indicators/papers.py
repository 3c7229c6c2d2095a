"""The page's figures as a report, a workbook or text."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from muniadmin.documents.pictures import pictures_of
from muniadmin.documents.reads import PrintedDocument
from muniadmin.documents.services import issuer_of
from muniadmin.documents.sheets import ReportColumn, ReportSheet
from muniadmin.indicators.catalogue import CATALOGUE
from muniadmin.indicators.queries import dashboard
from muniadmin.indicators.reads import (
    Dashboard,
    DashboardView,
    FiguresAsSheets,
    FiguresFile,
    FiguresReport,
)
from muniadmin.indicators.units import Unit
from muniadmin.indicators.wording import (
    days_in_words,
    formula_in_words,
    name_of,
    not_available,
    period_in_words,
    plain_value,
    short_period,
    show_change,
    show_points,
    show_value,
)
from muniadmin.kernel.formats import format_money, format_month, format_percent
from muniadmin.kernel.i18n import _, labelled, language, pick
from muniadmin.kernel.money import Currency, Money
from muniadmin.settings.services import profile_of
from muniadmin.storage.unit_of_work import Reading

Table = tuple[str, list[str], list[list[Any]]]
"""A table of a file: its name, its headings, its rows."""


def _view(reading: Reading, request: FiguresAsSheets | FiguresReport) -> DashboardView:
    return dashboard(reading, Dashboard(period=request.period, compare=request.compare, zone=request.zone))


def _file_name(view: DashboardView, ending: str) -> str:
    return _("indicators") + f"-{view.period.name.replace('/', '-')}.{ending}"


# --- workbook and text ----------------------------------------------------------------------------------------------


def figures_as_sheets(reading: Reading, request: FiguresAsSheets) -> FiguresFile:
    """The figures, the months, the heads and the channels, each as a table of plain numbers."""
    view = _view(reading, request)
    tables = list(_tables(view, reading.municipality.currency))
    if request.csv:
        return FiguresFile(name=_file_name(view, "csv"), content=_as_text(tables))
    return FiguresFile(name=_file_name(view, "xlsx"), content=_as_workbook(tables))


def _tables(view: DashboardView, currency: Currency) -> Iterator[Table]:
    now = short_period(view.period)
    before = short_period(view.compare) if view.compare is not None else _("before")

    def money(amount: Money | None) -> Decimal | None:
        return None if amount is None else currency.decimal(amount)

    yield (
        _("Figures"),
        [_("Indicator"), _("Unit"), now, before, _("Target"), _("How it is made")],
        [
            [
                name_of(one.indicator),
                _unit(one.unit, currency),
                _number(one.unit, one.value, currency),
                _number(one.unit, one.before, currency),
                _number(one.unit, one.target, currency) if one.target is not None else "",
                formula_in_words(one.indicator, view.period),
            ]
            for one in view.figures.values()
        ],
    )
    yield (
        _("Months"),
        [_("Month"), f"{now} ({currency.code})", f"{before} ({currency.code})"],
        [[f"{bar.month:%Y-%m}", money(bar.collected), money(bar.before)] for bar in view.months],
    )
    yield (
        _("Revenue heads"),
        [
            _("Code"),
            _("Revenue head"),
            f"{_('Assessed')} ({currency.code})",
            f"{_('Collected')} ({currency.code})",
            _("Rate"),
            _("Points"),
        ],
        [
            [line.code, pick(line.names), money(line.assessed), money(line.collected), line.rate, line.points]
            for line in view.heads
        ],
    )
    yield (
        _("Channels"),
        [_("Channel"), f"{_('Collected')} ({currency.code})", _("Payments"), _("Share"), before],
        [
            [pick(one.names), money(one.collected), one.payments, one.share, one.before]
            for one in view.channels
        ],
    )


def _unit(unit: Unit, currency: Currency) -> str:
    return {
        Unit.MONEY: currency.code,
        Unit.RATIO: _("share"),
        Unit.MINUTES: _("minutes"),
        Unit.COUNT: _("count"),
    }[unit]


def _number(unit: Unit, value: Decimal | None, currency: Currency) -> Decimal | None:
    plain = plain_value(unit, value, currency)
    return None if plain is None else Decimal(plain)


def _as_text(tables: Sequence[Table]) -> bytes:
    """One table after the other, with a blank line between. The mark at the start tells spreadsheets it is UTF-8; the
    separator is what they expect where the comma marks decimals."""
    comma = language() == "en"
    written = io.StringIO()
    writer = csv.writer(written, delimiter="," if comma else ";", lineterminator="\r\n")
    for place, (name, headings, rows) in enumerate(tables):
        if place:
            writer.writerow([])
        writer.writerow([name])
        writer.writerow(headings)
        for row in rows:
            writer.writerow([_cell_text(cell, comma=comma) for cell in row])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _cell_text(cell: Any, *, comma: bool) -> str:
    if cell is None:
        return not_available()
    if isinstance(cell, Decimal):
        text = format(cell, "f")
        return text if comma else text.replace(".", ",")
    return str(cell)


def _as_workbook(tables: Sequence[Table]) -> bytes:
    from openpyxl import Workbook  # loads for a quarter of a second, only needed here
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, headings, rows in tables:
        sheet = book.create_sheet(name[:31])
        sheet.append(headings)
        for heading in sheet[1]:
            heading.font = Font(bold=True)
        for row in rows:
            sheet.append([not_available() if cell is None else cell for cell in row])
        for place, heading in enumerate(headings):
            widest = max([len(heading), *(len(str(row[place])) for row in rows)])
            sheet.column_dimensions[chr(ord("A") + place)].width = min(max(widest + 2, 12), 60)
        sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- report ---------------------------------------------------------------------------------------------------------


def figures_report(reading: Reading, request: FiguresReport) -> PrintedDocument:
    """The report for the council: figures first, then heads, months and channels, then how each figure is made."""
    from muniadmin.documents.drawing import draw  # loads fonts, only needed here

    view = _view(reading, request)
    sheet = report_sheet(reading, view)
    return PrintedDocument(
        number=_file_name(view, "pdf"), pdf=draw(sheet, pictures=pictures_of(reading, [sheet]))
    )


def report_sheet(reading: Reading, view: DashboardView) -> ReportSheet:
    """What the report shows."""
    municipality = reading.municipality
    currency, calendar = municipality.currency, municipality.calendar
    now = short_period(view.period)
    before = short_period(view.compare) if view.compare is not None else ""
    subtitle = f"{period_in_words(view.period.name, calendar)} · {days_in_words(view.period)}"
    if view.zone:
        zones = {zone.code: pick(zone.names) for zone in profile_of(reading).zones}
        subtitle = f"{subtitle} · {zones.get(view.zone, view.zone)}"
    return ReportSheet(
        issuer=issuer_of(municipality, language()),
        language=language(),
        title=_("Indicators"),
        subtitle=subtitle,
        made_at=reading.now,
        made_by=reading.actor.name,
        columns=(
            ReportColumn(title=_("Figure"), weight=34),
            ReportColumn(title=now, figures=True, weight=15),
            ReportColumn(title=before or _("Before"), figures=True, weight=15),
            ReportColumn(title=_("Trend"), figures=True, weight=13),
            ReportColumn(title=_("Target"), figures=True, weight=12),
        ),
        rows=tuple(_report_rows(view, currency)),
        totals=(
            _("Collected"),
            format_money(view.collected, currency, with_code=True),
            format_money(_collected_before(view), currency, with_code=True) if view.compare else "",
            "",
            "",
        ),
        notes=tuple(
            labelled(name_of(one), formula_in_words(one, view.period))
            for one in view.figures
            if one in CATALOGUE
        ),
    )


def _collected_before(view: DashboardView) -> Money:
    figure = view.figures["collected"]
    return Money(int(figure.before or 0))


def _report_rows(view: DashboardView, currency: Currency) -> Iterator[tuple[str, ...]]:
    for one in view.figures.values():
        yield (
            name_of(one.indicator),
            show_value(one.unit, one.value, currency),
            show_value(one.unit, one.before, currency) if one.before is not None else "",
            show_change(one, ""),
            show_value(one.unit, one.target, currency) if one.target is not None else "",
        )
    yield (_("Collection rate by revenue head").upper(), "", "", "", "")
    for line in view.heads:
        before = line.rate - line.points if line.rate is not None and line.points is not None else None
        yield (
            pick(line.names),
            _percent(line.rate),
            _percent(before) if before is not None else "",
            show_points(line.points) if line.points is not None else "",
            "",
        )
    yield (_("Collected by month").upper(), "", "", "", "")
    for bar in view.months:
        yield (
            format_month(bar.month),
            format_money(bar.collected, currency),
            format_money(bar.before, currency) if bar.before is not None else "",
            "",
            "",
        )
    yield (_("Share of each channel").upper(), "", "", "", "")
    for channel in view.channels:
        yield (
            pick(channel.names),
            _percent(channel.share),
            _percent(channel.before) if channel.before is not None else "",
            "",
            "",
        )


def _percent(share: Decimal | None) -> str:
    return not_available() if share is None else format_percent(share)
