"""What this workstation remembers between two starts: language, brightness, window, which database."""

from PySide6.QtCore import QByteArray, QLocale, QSettings

from muniadmin.desktop.shell.scanner import LAYOUTS, Setting
from muniadmin.desktop.theme import Scheme
from muniadmin.kernel.errors import NotUnderstood
from muniadmin.kernel.i18n import LANGUAGES

ORGANISATION = "MuniAdmin"
LOCK_AFTER_MINUTES = 15


class Preferences:
    """The workstation's own settings; nothing here belongs to the municipality."""

    def __init__(self) -> None:
        self._stored = QSettings()

    def _text(self, key: str, default: str = "") -> str:
        value = self._stored.value(key)
        return value if isinstance(value, str) else default

    @property
    def language(self) -> str:
        """The language chosen last; at first the computer's, if the program speaks it, else English."""
        computers = QLocale.system().name()[:2]
        chosen = self._text("language", computers)
        return chosen if chosen in LANGUAGES else "en"

    @language.setter
    def language(self, code: str) -> None:
        self._stored.setValue("language", code)

    @property
    def scheme(self) -> Scheme:
        """Light, dark, or as the desktop has it."""
        chosen = self._text("scheme", Scheme.SYSTEM)
        return Scheme(chosen) if chosen in list(Scheme) else Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._stored.setValue("scheme", str(scheme))

    @property
    def database(self) -> str:
        """The address of the database opened at start; empty before the first run."""
        return self._text("database/url")

    @database.setter
    def database(self, url: str) -> None:
        self._stored.setValue("database/url", url)

    @property
    def municipality(self) -> str:
        """The municipality's name as it was last shown: the first picture has it before the database is open."""
        return self._text("database/name")

    @property
    def accent(self) -> tuple[str, str] | None:
        """The municipality's accent for light and dark, as last seen."""
        light, dark = self._text("database/accent-light"), self._text("database/accent-dark")
        return (light, dark) if light and dark else None

    def remember_municipality(self, name: str, accent: tuple[str, str]) -> None:
        """Keeps what the next start shows before the database is open."""
        self._stored.setValue("database/name", name)
        self._stored.setValue("database/accent-light", accent[0])
        self._stored.setValue("database/accent-dark", accent[1])

    @property
    def user_name(self) -> str:
        """Who signed in last at this workstation."""
        return self._text("user-name")

    @user_name.setter
    def user_name(self, user_name: str) -> None:
        self._stored.setValue("user-name", user_name)

    @property
    def desk(self) -> int | None:
        """The cash desk this workstation stands at."""
        # How figures are written is known to Babel, which the first picture does not wait for.
        from muniadmin.kernel.formats import parse_count

        try:
            return parse_count(self._text("desk"))
        except NotUnderstood:
            return None

    @desk.setter
    def desk(self, number: int) -> None:
        self._stored.setValue("desk", str(number))

    @property
    def scanner(self) -> Setting:
        """How the scanner of this workstation is set; at first as they are delivered."""
        layout = self._text("scanner/layout")
        return Setting(
            prefix=self._text("scanner/prefix"),
            suffix=self._text("scanner/suffix"),
            layout=layout if layout in LAYOUTS else "",
        )

    @scanner.setter
    def scanner(self, setting: Setting) -> None:
        self._stored.setValue("scanner/prefix", setting.prefix)
        self._stored.setValue("scanner/suffix", setting.suffix)
        self._stored.setValue("scanner/layout", setting.layout)

    @property
    def print_receipts(self) -> bool:
        """Whether a receipt goes to the printer as soon as a payment is taken."""
        return self._text("print-receipts", "yes") == "yes"

    @print_receipts.setter
    def print_receipts(self, wanted: bool) -> None:
        self._stored.setValue("print-receipts", "yes" if wanted else "no")

    @property
    def receipt_paper(self) -> str:
        """What receipts are printed on at this workstation; empty until chosen."""
        return self._text("receipt-paper")

    @receipt_paper.setter
    def receipt_paper(self, paper: str) -> None:
        self._stored.setValue("receipt-paper", paper)

    @property
    def geometry(self) -> QByteArray | None:
        """Where the window was."""
        value = self._stored.value("geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._stored.setValue("geometry", geometry)
