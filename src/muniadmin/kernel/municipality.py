"""What every slice may need to know of the municipality whose database is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from muniadmin.kernel.dates import FiscalCalendar
from muniadmin.kernel.money import Currency


@dataclass(frozen=True)
class Municipality:
    """The municipality's identity card, as set up from its profile and edited since."""

    code: str
    profile: str
    names: Mapping[str, str]
    departments: Mapping[str, str]
    address: str
    country: str
    currency: Currency
    calendar: FiscalCalendar
    languages: tuple[str, ...]
    accent: tuple[str, str]
    #: The digest of the picture of its arms; empty where it has none.
    arms: str = ""
    #: What notes and coins are worth, in minor units; empty where the profile names none.
    denominations: tuple[int, ...] = ()
    demonstration: bool = False
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language documents are written in unless the citizen's is known."""
        return self.languages[0]
