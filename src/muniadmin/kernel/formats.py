"""Amounts, numbers, dates and instants as people of a language write and read them."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as _babel_date
from babel.dates import format_datetime as _babel_datetime
from babel.numbers import format_decimal

from muniadmin.kernel.errors import NotUnderstood
from muniadmin.kernel.i18n import language
from muniadmin.kernel.money import Currency, Money

_LOCALES = {"en": "en_GB", "fr": "fr_FR", "es": "es_CR", "ar": "ar_MA"}
_DAY_PATTERNS = {"en": "dd/MM/yyyy", "fr": "dd/MM/yyyy", "es": "dd/MM/yyyy", "ar": "dd/MM/yyyy"}
#: No amount and no count has more, thousands marks included; Python reads no number of some thousand figures.
_MOST_FIGURES = 40
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")


def locale_of(lang: str | None = None) -> Locale:
    """Babel's locale for a language of the program (English is written the British way: day first)."""
    return Locale.parse(_LOCALES.get(lang or language(), "en_GB"))


def format_money(
    amount: Money, currency: Currency, lang: str | None = None, *, with_code: bool = False
) -> str:
    """``1 234,50`` in French, ``1,234.50`` in English; with the currency's code after it when asked."""
    pattern = "#,##0" + ("." + "0" * currency.decimals if currency.decimals else "")
    text = _written(currency.decimal(amount), pattern, lang or language())
    return f"{text}\u00a0{currency.code}" if with_code else text


def parse_money(text: str, currency: Currency) -> Money:
    """The amount a person typed: blanks and thousands marks do not matter, comma and point both mark decimals.

    Raises NotUnderstood when the text is no amount or has more decimals than the currency.
    """
    bare = _SPACES.sub("", text)
    # “200 DH”, “MAD 200”: however it is written, what follows or goes before is the currency.
    named = f"(?:{re.escape(currency.code)}|{re.escape(currency.symbol)})"
    bare = re.sub(f"(?i)^{named}|{named}$", "", bare)
    sign = -1 if bare[:1] in "-−" and bare else 1
    bare = bare.lstrip("-−+")
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d+)(?:[.,](\d*))?", bare)
    if not match or len(match[2] or "") > currency.decimals or len(match[1]) > _MOST_FIGURES:
        raise NotUnderstood(text=text)
    whole = int(re.sub(r"[.,]", "", match[1]))
    decimals = (match[2] or "").ljust(currency.decimals, "0")
    return Money(sign * (whole * currency.unit + int(decimals or 0)))


def parse_count(text: str) -> int:
    """The whole number a person typed, without sign or marks. Raises NotUnderstood."""
    bare = text.strip()
    if not bare.isdecimal() or len(bare) > _MOST_FIGURES:
        raise NotUnderstood(text=text)
    return int(bare)


def format_number(number: int | Decimal, lang: str | None = None, *, digits: int = 0) -> str:
    """A count or quantity with thousands marks and exactly ``digits`` decimals."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return _written(number, pattern, lang or language())


# Lists and rolls write the same figures and days over and over; Babel takes a tenth of a millisecond for each.
@lru_cache(maxsize=8192)
def _written(number: int | Decimal, pattern: str, lang: str) -> str:
    """With a true minus, and with none before what is rounded to zero."""
    text: str = format_decimal(number, format=pattern, locale=locale_of(lang))
    return text.replace("-", "−" if re.search("[1-9]", text) else "")


def format_percent(ratio: Decimal | float, lang: str | None = None, *, digits: int = 1) -> str:
    """A ratio as a percentage: 0.786 is ``78,6 %`` in French, ``78.6%`` in English."""
    text = format_number(Decimal(str(ratio)) * 100, lang, digits=digits)
    return f"{text}\u202f%" if (lang or language()) == "fr" else f"{text}%"


def language_name(code: str, lang: str | None = None) -> str:
    """A language by its code, as one calls it: ``ar`` is ``Arabe`` in French."""
    name: str = locale_of(lang).languages.get(code, code)
    return name[:1].upper() + name[1:]


def country_name(code: str, lang: str | None = None) -> str:
    """A country by its code: ``MA`` is ``Maroc`` in French."""
    name: str = locale_of(lang).territories.get(code, code)
    return name


def format_date(day: date, lang: str | None = None) -> str:
    """A day in figures, ``31/05/2026``."""
    return _day_in_figures(day, lang or language())


@lru_cache(maxsize=4096)
def _day_in_figures(day: date, lang: str) -> str:
    text: str = _babel_date(day, _DAY_PATTERNS.get(lang, "dd/MM/yyyy"), locale=locale_of(lang))
    return text


def format_long_date(day: date, lang: str | None = None) -> str:
    """A day with its month in letters, ``31 mai 2026``."""
    text: str = _babel_date(day, "d MMMM yyyy", locale=locale_of(lang))
    return text


def format_month(day: date, lang: str | None = None, *, short: bool = False) -> str:
    """The month of a day, ``mai 2026``, or short, ``mai``."""
    text: str = _babel_date(day, "LLL" if short else "LLLL yyyy", locale=locale_of(lang))
    return text


def format_instant(instant: datetime, zone: str, lang: str | None = None) -> str:
    """A UTC instant in the municipality's time, to the minute: ``31/05/2026 09:14``. One at the end of the calendar,
    which has no local time, stays in UTC."""
    try:
        local = instant.astimezone(ZoneInfo(zone))
    except OverflowError:
        local = instant
    text: str = _babel_datetime(local, "dd/MM/yyyy HH:mm", locale=locale_of(lang))
    return text


def parse_date(text: str) -> date:
    """The day a person typed: ``31/5/2026``, ``31-05-26``, ``31.5.2026``, ``31052026`` or ``2026-05-31``.

    Raises NotUnderstood for anything else, and for days that do not exist.
    """
    bare = text.strip()
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", bare):
        year, month, day = (int(part) for part in match.groups())
    elif match := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", bare) or re.fullmatch(
        r"(\d{2})(\d{2})(\d{4}|\d{2})", bare
    ):
        day, month, year = (int(part) for part in match.groups())
        if year < 100:
            year += 2000 if year < 70 else 1900
    else:
        raise NotUnderstood(text=text)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotUnderstood(text=text) from error


def format_time(moment: time) -> str:
    """A time of day in figures, ``09:05``."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


def parse_time(text: str) -> time:
    """The time of day a person or a device wrote: ``9:05``, ``9h05``, ``0905``, ``905``, ``9``, ``09:05P``.

    Raises NotUnderstood for anything else.
    """
    bare = _SPACES.sub("", text).lower()
    half = re.search(r"(a|p)\.?m?\.?$", bare)
    if half:
        bare = bare[: half.start()]
    match = re.fullmatch(r"(\d{1,2})(?:[:h.](\d{2})?(?::\d{2}(?:\.\d+)?)?)?", bare) or re.fullmatch(
        r"(\d{1,2})(\d{2})", bare
    )
    if match is None:
        raise NotUnderstood(text=text)
    hour, minute = int(match[1]), int(match[2] or 0)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half[1] == "p" else 0)
    if hour > 23 or minute > 59:
        raise NotUnderstood(text=text)
    return time(hour, minute)
