"""What every page is given: the signed-in user, the municipality, the operations, and the way to other pages."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.navigation import Target
from muniadmin.desktop.shell.operations import Operations
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.shell.scanner import Reading, read_scan
from muniadmin.kernel.clock import Clock
from muniadmin.kernel.formats import format_date, format_instant, format_money
from muniadmin.kernel.i18n import pick
from muniadmin.kernel.money import Money
from muniadmin.kernel.municipality import Municipality
from muniadmin.kernel.requests import Actor


class Shell(QObject):
    """The frame as pages see it. It knows no page; the main window listens to its signals."""

    went = Signal(str, object)
    """A page id and a Target or None: somebody wants to go there."""
    paper_wanted = Signal(str)
    """The text of a square code, or nothing yet: somebody wants to know whether a paper is genuine."""
    said = Signal(str)
    """A short word that something went well, for a toast."""
    scanner_set = Signal(object)
    """How the scanner of this workstation is set from now on: a ``scanner.Setting``."""
    framed = Signal()
    """The frame was made anew, in another language: what is shown in it is to be said again."""
    till_changed = Signal(object)
    """The till's state in the header: a TillState. Whoever has no till hears of none."""

    def __init__(
        self, operations: Operations, municipality: Municipality, clock: Clock, window: QWidget | None = None
    ) -> None:
        super().__init__(window)
        self.operations = operations
        self.municipality = municipality
        self.window = window
        self._clock = clock

    @property
    def actor(self) -> Actor:
        """Who is signed in."""
        return self.operations.actor

    def today(self) -> date:
        """The municipality's business date."""
        return self.municipality.calendar.business_date(self._clock.now())

    def local_now(self) -> datetime:
        """The present moment as the municipality's clocks show it."""
        return self._clock.now().astimezone(ZoneInfo(self.municipality.calendar.zone))

    def go(self, page_id: str, target: Target | None = None) -> None:
        """Opens a page, if the user may see it."""
        self.went.emit(page_id, target)

    def check_paper(self, text: str = "") -> None:
        """Tells whether the paper with this square code is genuine; without a text, asks for one."""
        self.paper_wanted.emit(text)

    def read_scan(self, text: str) -> Reading:
        """What a text is that somebody scanned or typed, as the scanner of this workstation is set."""
        return read_scan(text, Preferences().scanner)

    def say(self, text: str) -> None:
        """A short word that something went well."""
        self.said.emit(text)

    def amount(self, amount: Money, *, code: bool = False) -> str:
        """An amount as the user's language writes it; the currency's code only where no heading gives it."""
        return format_money(amount, self.municipality.currency, with_code=code)

    def with_currency(self, title: str) -> str:
        """A column's title with the currency in it, once: ``Amount (MAD)``."""
        return f"{title} ({self.municipality.currency.code})"

    def day(self, day: date | None) -> str:
        """A day in figures; empty for none."""
        return "" if day is None else format_date(day)

    def instant(self, instant: datetime | None) -> str:
        """A UTC instant in the municipality's time; empty for none."""
        return "" if instant is None else format_instant(instant, self.municipality.calendar.zone)

    @property
    def municipality_name(self) -> str:
        """The municipality's name in the user's language."""
        return pick(self.municipality.names)

    @property
    def department(self) -> str:
        """The service the program works for, in the user's language."""
        return pick(self.municipality.departments)
