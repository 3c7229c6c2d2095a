"""Sheets: frozen records of exactly what a document shows, in the language it is written in.

Names are already the language's words, amounts are Money, days are dates, instants are UTC. What can be computed
(an amount in words) is not kept. The labels around them come from the catalogue when the sheet is drawn.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from muniadmin.documents.canonical import write_canonical
from muniadmin.kernel.money import Currency


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """The municipality as the head of its papers names it."""

    name: str
    department: str = ""
    #: One line per printed line.
    address: str = ""
    #: One to three letters in the square of the letterhead, where there are no arms.
    logo_text: str
    #: The digest of the picture of the municipality's arms; empty where it has none.
    arms: str = ""
    currency: Currency
    #: The accent colour, ``#RRGGBB``.
    accent: str = "#0B6B57"
    #: The time zone in which instants are printed, e.g. ``Africa/Casablanca``.
    zone: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What every document shows: who issues it, its number, and the language it is in."""

    KIND: ClassVar[str] = ""
    #: Raised when a field changes its meaning; fields with a default may be added without it.
    FORM: ClassVar[int] = 1

    issuer: Issuer
    #: The number as printed; empty only for a report, which is no issued document.
    number: str
    language: str

    def to_json(self) -> str:
        """The canonical text: the same sheet always gives the same characters."""
        return write_canonical(self.KIND, self.FORM, self)

    @property
    def currency(self) -> Currency:
        """The currency of every amount on the sheet."""
        return self.issuer.currency


@dataclass(frozen=True, kw_only=True)
class ReportColumn:
    """A column of a report: its heading, whether it holds figures, and its share of the width."""

    title: str
    figures: bool = False
    weight: int = 10


@dataclass(frozen=True, kw_only=True)
class ReportSheet(Sheet):
    """A table printed as shown on a screen: a list, or the figures behind an indicator."""

    KIND: ClassVar[str] = "report"

    number: str = ""
    title: str
    subtitle: str = ""
    made_at: datetime
    made_by: str = ""
    columns: tuple[ReportColumn, ...]
    #: Cells as printed, one per column.
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
