"""Figures as people read them, in the language in force: short for tiles, exact for tables and files."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from muniadmin.collection.rules import CHANNEL_NAMES
from muniadmin.indicators.catalogue import CATALOGUE
from muniadmin.indicators.money import CREDIT
from muniadmin.indicators.periods import LAST_TWELVE_MONTHS, Span, a_year_at_least
from muniadmin.indicators.reads import Figure
from muniadmin.indicators.rules import change
from muniadmin.indicators.units import Unit
from muniadmin.kernel.dates import FiscalCalendar
from muniadmin.kernel.formats import format_date, format_money, format_month, format_number, format_percent
from muniadmin.kernel.i18n import N_, _
from muniadmin.kernel.money import Currency, Money

_MINUS = "−"

CHANNELS: Mapping[str, str] = {**CHANNEL_NAMES, CREDIT: N_("Credit used")}
"""How money came in; what had been held for a debtor counts when it is used."""


def not_available() -> str:
    """What stands where a figure has no denominator."""
    return _("n/a")


def scale_of(amount: int, currency: Currency) -> tuple[int, str]:
    """How large amounts are shortened: a divisor of major units, and its sign ("M", "k" or nothing)."""
    major = abs(amount) // currency.unit
    if major >= 10**9:
        return 10**9, _("bn")
    if major >= 10**6:
        return 10**6, _("M")
    return (10**3, _("k")) if major >= 10**5 else (1, "")


def short_money(amount: int, currency: Currency, *, code: bool = True, round_figure: bool = False) -> str:
    """An amount in minor units at a glance: ``184,2 M MAD``; a round figure without its idle zero: ``180 M``."""
    divisor, sign = scale_of(amount, currency)
    number = _rounded(Decimal(amount) / currency.unit / divisor, 1 if sign else 0)
    idle = not sign or (round_figure and number == int(number))
    text = format_number(number, digits=0 if idle else 1)
    parts = [text, sign, currency.code if code else ""]
    return "\u00a0".join(part for part in parts if part)


def show_value(unit: Unit, value: Decimal | None, currency: Currency, *, short: bool = True) -> str:
    """A value with its unit; ``n/a`` where there is none."""
    if value is None:
        return not_available()
    if unit is Unit.MONEY:
        return (
            short_money(int(value), currency)
            if short
            else format_money(Money(int(value)), currency, with_code=True)
        )
    if unit is Unit.RATIO:
        return format_percent(_rounded(value, 3))
    if unit is Unit.MINUTES:
        return show_minutes(value)
    return format_number(int(value))


def show_minutes(value: Decimal) -> str:
    """A delay: ``11 min``, ``3 h 05``, ``2 d 4 h``."""
    minutes = int(_rounded(value, 0))
    if minutes < 100:
        return _("{minutes} min").format(minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("{hours} h {minutes:02d}").format(hours=hours, minutes=minutes)
    days, hours = divmod(hours, 24)
    return _("{days} d {hours} h").format(days=days, hours=hours)


def show_change(figure: Figure, compared_to: str) -> str:
    """How a figure moved: ``+12,4 % on 2025``, ``+3,1 points``, ``+2 min``; empty where there is nothing to say."""
    moved = change(figure.unit, figure.value, figure.before)
    if moved is None:
        return ""
    if figure.unit is Unit.RATIO:
        points = _signed_number(moved * 100, 1)
        return _("{points} points").format(points=points) if _rounded(moved, 3) else _("unchanged")
    if figure.unit is Unit.MINUTES:
        sign = _MINUS if moved < 0 else "+"
        return f"{sign}{show_minutes(abs(moved))}" if _rounded(abs(moved), 0) else _("unchanged")
    if not _rounded(moved, 3):
        return _("unchanged")
    percent = _signed(format_percent(_rounded(abs(moved), 3)), moved)
    return _("{percent} on {period}").format(percent=percent, period=compared_to) if compared_to else percent


def show_points(points: Decimal | None) -> str:
    """A move in points for a table: ``+2,9``."""
    return not_available() if points is None else _signed_number(points * 100, 1)


def _signed_number(number: Decimal, digits: int) -> str:
    rounded = _rounded(abs(number), digits)
    text = format_number(rounded, digits=digits)
    return _signed(text, number) if rounded else text


def _signed(text: str, number: Decimal) -> str:
    return f"{_MINUS if number < 0 else '+'}{text}"


def _rounded(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def show_target(figure: Figure, currency: Currency) -> str:
    """The target in words; where there is none, the grade."""
    if figure.target is not None:
        return _("target {value}").format(value=_target_value(figure, currency))
    if not figure.grade or figure.of_collection is None:
        return ""
    share = format_percent(_rounded(figure.of_collection, 2), digits=0)
    return _("PEFA: {grade} ({share})").format(grade=figure.grade, share=share)


def _target_value(figure: Figure, currency: Currency) -> str:
    assert figure.target is not None
    if figure.unit is Unit.MONEY:
        return short_money(int(figure.target), currency, code=False, round_figure=True)
    if figure.unit is Unit.RATIO:
        digits = 0 if figure.target * 100 == int(figure.target * 100) else 1
        return format_percent(figure.target, digits=digits)
    return show_value(figure.unit, figure.target, currency)


def period_in_words(name: str, calendar: FiscalCalendar) -> str:
    """A period as a heading names it: ``Fiscal year 2026``, ``May 2026``, ``Quarter 3 of 2026``."""
    if name == LAST_TWELVE_MONTHS:
        return _("Last 12 months")
    if "-T" in name:
        year, quarter = name.split("-T")
        return _("Quarter {quarter} of {year}").format(quarter=quarter, year=calendar.year(int(year)).name)
    if len(name) == 7 and name[4] == "-":
        return format_month(date(int(name[:4]), int(name[5:]), 1)).capitalize()
    return _("Fiscal year {year}").format(year=name)


def short_period(span: Span) -> str:
    """A period in a few letters, for legends: ``2026``, ``T3 2026``, ``05/2026``."""
    if span.name == LAST_TWELVE_MONTHS:
        return f"{span.since:%m/%Y}–{span.until:%m/%Y}"
    if "-T" in span.name:
        year, quarter = span.name.split("-T")
        return _("Q{quarter} {year}").format(quarter=quarter, year=year)
    if len(span.name) == 7 and span.name[4] == "-":
        return f"{span.since:%m/%Y}"
    return span.name


def days_in_words(span: Span) -> str:
    """From when to when: ``01/01/2026 – 22/11/2026``."""
    return _("{since} to {until}").format(since=format_date(span.since), until=format_date(span.until))


def formula_in_words(indicator: str, span: Span) -> str:
    """How the figure is made, with the period's days and its source."""
    spec = CATALOGUE[indicator]
    days = a_year_at_least(span) if indicator == "collection_rate" else span
    made = _(spec.formula).format(since=format_date(days.since), until=format_date(days.until))
    return _("{formula} Source: {source}.").format(formula=made, source=_(spec.source))


def name_of(indicator: str) -> str:
    """The indicator's name."""
    return _(CATALOGUE[indicator].name)


def question_of(indicator: str) -> str:
    """The question the indicator answers."""
    return _(CATALOGUE[indicator].question)


def plain_value(unit: Unit, value: Decimal | None, currency: Currency) -> str | None:
    """A value for machines: amounts in the main unit, ratios as they are; None where there is none."""
    if value is None:
        return None
    if unit is Unit.MONEY:
        return format(currency.decimal(Money(int(value))), "f")
    return format(_rounded(value, 6 if unit is Unit.RATIO else 1 if unit is Unit.MINUTES else 0), "f")
