"""The first start: where the data are kept, which municipality it is, who manages its users."""

import re
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from muniadmin.access.errors import PasswordsDiffer, PasswordTooWeak
from muniadmin.desktop.shell.sign_in import EntryView
from muniadmin.desktop.theme import Tone, color, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.assistant import Step, StepAssistant
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.choice_cards import Choice, ChoiceCards
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.fields import ComboBox, PasswordField, TextField
from muniadmin.desktop.widgets.files import ask_to_save
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import row
from muniadmin.desktop.widgets.progress import ProgressPanel
from muniadmin.kernel.errors import Cancelled, DatabaseUnreachable, NotUnderstood, UserError
from muniadmin.kernel.formats import country_name, parse_count
from muniadmin.kernel.i18n import N_, _, pick
from muniadmin.kernel.paths import is_there, typed_path
from muniadmin.kernel.places import demonstration_database
from muniadmin.kernel.shipped import resource

if TYPE_CHECKING:
    from muniadmin.desktop.shell.loader import Loader


class Place(Enum):
    """Where the data are kept."""

    DEMONSTRATION = "demonstration"
    LOCAL = "local"
    OFFICE = "office"


class PortWrong(UserError):
    """Something that is no port."""

    message = N_("A port is a number from 1 to 65535.")
    hint = N_("PostgreSQL’s usual port is 5432.")


@dataclass(frozen=True)
class Found:
    """What an office database holds: the municipality's name, or nothing yet."""

    municipality: str


def office_url(host: str, port: str, database: str, user: str, password: str) -> str:
    """The address of a PostgreSQL database from its parts, each as typed."""
    who = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"postgresql://{who}@{host}:{port or '5432'}/{quote(database, safe='')}"


def shipped_profiles() -> list[tuple[str, str, str]]:
    """The profiles there are: code, municipality's name, country; read without the slices that check them."""
    found = []
    for path in sorted(resource("profiles").glob("*.toml")):
        card: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        about = card.get("municipality", card)
        names = about.get("names") or about.get("name") or path.stem
        name = pick(names) if isinstance(names, dict) else str(names)
        found.append((path.stem, name, str(about.get("country", ""))))
    return found


def look_into(url: str) -> Found:
    """What an office database holds. Raises DatabaseUnreachable, NotADatabaseAddress, DatabaseNeedsUpgrade."""
    from muniadmin.bootstrap import open_app
    from muniadmin.settings.errors import NotSetUp

    app = open_app(url)
    try:
        return Found(pick(app.municipality.names))
    except NotSetUp:
        return Found("")
    finally:
        app.close()


class StrengthBar(QWidget):
    """How hard a password is to guess, in four pieces; the word stands beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._strength = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_strength(self, strength: int) -> None:
        """From 0 (empty) to 4."""
        self._strength = strength
        self.update()

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(160, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pieces."""
        painter = QPainter(self)
        tone = (Tone.NEUTRAL, Tone.BAD, Tone.WARNING, Tone.GOOD, Tone.GOOD)[self._strength]
        width = (self.width() - 18) / 4
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for piece in range(4):
            x = piece * (width + 6)
            if rtl:
                x = self.width() - x - width
            fill = QColor(tokens().strong(tone)) if piece < self._strength else color("line")
            paint.box(painter, QRectF(x, 0, width, 6), 3, fill)
        painter.end()


def strength_of(password: str, user_name: str, name: str) -> int:
    """From 0 (nothing typed) and 1 (refused) to 4 (long and varied)."""
    from muniadmin.access.rules import ensure_good_password

    if not password:
        return 0
    try:
        ensure_good_password(password, user_name, name)
    except PasswordTooWeak:
        return 1
    kinds = sum(bool(re.search(p, password)) for p in (r"[a-zà-ÿ]", r"[A-ZÀ-Ý]", r"\d", r"[^\w]|_"))
    return 4 if len(password) >= 16 or (len(password) >= 12 and kinds >= 3) else 3 if kinds >= 2 else 2


class PlaceStep(Step):
    """Demonstration, this computer, the office's server."""

    def __init__(self, folder: Path, loader: "Loader", crashed: Callable[[BaseException], object]) -> None:
        super().__init__(
            _("Database"), _("Where are the data kept?"), _("You can change this later on every computer.")
        )
        self._loader, self._crashed = loader, crashed
        self.places: ChoiceCards[Place] = ChoiceCards(
            _("Where are the data kept?"),
            [
                Choice(
                    Place.DEMONSTRATION,
                    "sparkles",
                    _("Demonstration town"),
                    _("Look around and try everything. Nothing is real."),
                ),
                Choice(
                    Place.LOCAL,
                    "monitor",
                    _("On this computer"),
                    _("For a town with one counter. No server is needed."),
                ),
                Choice(
                    Place.OFFICE,
                    "server",
                    _("On the office’s server"),
                    _("For several counters at once (PostgreSQL)."),
                ),
            ],
        )
        self.places.chosen.connect(self._show)
        self.body.addWidget(self.places)
        self.file = TextField(_("File"))
        self.file.setText(str(folder / "municipality.db"))
        browse = Button(_("Choose…"))
        browse.clicked.connect(self._browse)
        self.local = Form()
        self.local.add("file", Field(_("File"), self.file, required=True), stretch=1)
        line = self.local.fields["file"].layout()
        assert line is not None
        self._browse_row = QWidget()
        self._browse_row.setLayout(row(browse, None))
        self.local.add_widget(self._browse_row)
        self.office = Form(spacing=10)
        self.host, self.port = TextField(_("Server")), TextField(_("Port"))
        self.port.setText("5432")
        self.database, self.user = TextField(_("Database")), TextField(_("User"))
        self.password = PasswordField(_("Password"))
        self.office.add("host", Field(_("Server"), self.host, required=True), stretch=3)
        self.office.add("port", Field(_("Port"), self.port, check=self._check_port), beside=True)
        self.office.add(
            "database", Field(_("Database"), self.database, required=True), beside=True, stretch=2
        )
        self.office.add("user", Field(_("User"), self.user, required=True))
        self.office.add("password", Field(_("Password"), self.password), beside=True)
        self.test = Button(_("Test the connection"), icon="refresh-cw")
        self.test.clicked.connect(self._test)
        self.tested = Banner()
        self.tested.hide()
        self.office.add_widget(self.tested)
        test_row = QWidget()
        test_row.setLayout(row(self.test, None))
        self.office.add_widget(test_row)
        self.body.addWidget(self.local)
        self.body.addWidget(self.office)
        self._show(self.places.value())

    def _show(self, place: Place) -> None:
        self.local.setVisible(place is Place.LOCAL)
        self.office.setVisible(place is Place.OFFICE)
        self.changed.emit()

    def entered(self) -> None:
        """The arrows choose at once."""
        self.places.take_focus()

    def ready(self) -> bool:
        """The fields of the chosen place are filled."""
        place = self.places.value()
        return (place is Place.DEMONSTRATION) or (self.local if place is Place.LOCAL else self.office).check()

    def next_label(self) -> str:
        """A demonstration needs no further step."""
        return _("Open the town") if self.places.value() is Place.DEMONSTRATION else ""

    def url(self) -> str:
        """The address of the chosen place."""
        if self.places.value() is Place.LOCAL:
            return f"sqlite:///{typed_path(self.file.text().strip()).as_posix()}"
        parts = (self.host, self.port, self.database, self.user)
        host, port, database, user = (part.text().strip() for part in parts)
        return office_url(host, port, database, user, self.password.text())

    def _check_port(self) -> None:
        try:
            port = parse_count(self.port.text())
        except NotUnderstood:
            port = 0
        if not 1 <= port <= 65535:
            raise PortWrong

    def _browse(self) -> None:
        ask_to_save(
            self,
            _("Database file"),
            self.file.text(),
            "MuniAdmin (*.db)",
            lambda path, _kind: self.file.setText(path),
            asks_to_replace=False,
        )

    def _test(self) -> None:
        if not self.office.check():
            return
        self.test.setEnabled(False)
        url = self.url()
        self._loader.load(lambda: look_into(url), self._found, self._not_reached, self._not_tested)

    def _not_tested(self, incident: BaseException) -> None:
        self.test.setEnabled(True)
        self._crashed(incident)

    def _found(self, found: Found) -> None:
        self.test.setEnabled(True)
        if found.municipality:
            text = _("It holds {municipality}; signing in is next.").format(municipality=found.municipality)
        else:
            text = _("It is empty; the municipality is set up in the next steps.")
        self.tested.say(Tone.GOOD, _("The server answers."), text)

    def _not_reached(self, problem: UserError) -> None:
        self.test.setEnabled(True)
        self.tested.show_error(problem)


class MunicipalityStep(Step):
    """Which profile the municipality starts from."""

    def __init__(self) -> None:
        super().__init__(
            _("Municipality"),
            _("Which municipality is it?"),
            _(
                "Its profile brings currency, languages, revenue heads and tariffs. Tariffs can be changed later."
            ),
        )
        self.profiles: ComboBox[str] = ComboBox(
            _("Profile"),
            [
                (code, f"{name} ({country_name(country)})" if country else name)
                for code, name, country in shipped_profiles()
            ],
        )
        self.form = Form()
        self.form.add("profile", Field(_("Profile"), self.profiles, required=True))
        self.body.addWidget(self.form)

    def entered(self) -> None:
        """The arrows choose at once."""
        self.profiles.setFocus(Qt.FocusReason.TabFocusReason)


class AdministratorStep(Step):
    """Who manages the users."""

    def __init__(self) -> None:
        super().__init__(
            _("Administrator"),
            _("Who manages the users?"),
            _("The administrator creates the other users. They neither assess nor collect."),
        )
        self.form = Form()
        self.name, self.user_name = TextField(_("Name")), TextField(_("User name"))
        self.password, self.again = PasswordField(_("Password")), PasswordField(_("Password again"))
        self.form.add("name", Field(_("Name"), self.name, required=True))
        self.form.add(
            "user_name",
            Field(_("User name"), self.user_name, required=True, check=self._check_user_name),
            beside=True,
        )
        self.form.add(
            "password", Field(_("Password"), self.password, required=True, check=self._check_password)
        )
        self.form.add(
            "again",
            Field(_("Password again"), self.again, required=True, check=self._check_again),
            beside=True,
        )
        self._bar = StrengthBar()
        self._word = Text("", Role.SECONDARY)
        strength = QWidget()
        line = row(spacing=12)
        line.addWidget(self._bar, 1)
        line.addWidget(self._word, 1)
        strength.setLayout(line)
        self.form.add_widget(strength)
        self.body.addWidget(self.form)
        self.password.textChanged.connect(self._weigh)

    def entered(self) -> None:
        """Typing begins with the name."""
        self.name.setFocus(Qt.FocusReason.TabFocusReason)

    def ready(self) -> bool:
        """Everything is filled and the password is hard to guess."""
        return self.form.check()

    def _weigh(self, password: str) -> None:
        strength = strength_of(password, self.user_name.text(), self.name.text())
        words = ("", _("too easy to guess"), _("acceptable"), _("good"), _("very good"))
        self._bar.set_strength(strength)
        self._word.setText(words[strength])

    def _check_user_name(self) -> None:
        from muniadmin.access.rules import ensure_good_user_name

        ensure_good_user_name(self.user_name.text().strip())

    def _check_password(self) -> None:
        from muniadmin.access.rules import ensure_good_password

        ensure_good_password(self.password.text(), self.user_name.text(), self.name.text())

    def _check_again(self) -> None:
        if self.again.text() != self.password.text():
            raise PasswordsDiffer


class SummaryStep(Step):
    """Says what will be made before it is."""

    def __init__(self, summary: Callable[[], list[tuple[str, str]]]) -> None:
        super().__init__(_("Set up"), _("Ready to set up"), _("Check once more; then the database is made."))
        self._summary = summary
        self.rows = DefinitionRows(muted="label")
        self.body.addWidget(self.rows)

    def entered(self) -> None:
        """Writes the summary anew."""
        self.rows.set_rows(self._summary())


class FirstRun(EntryView):
    """The assistant. ``ready`` carries the address of a database that is set up."""

    ready = Signal(str)
    _advanced = Signal(int, int)

    def __init__(self, loader: "Loader", folder: Path, crashed: Callable[[BaseException], object]) -> None:
        super().__init__(width=860)
        self._loader, self._crashed = loader, crashed
        self.place = PlaceStep(folder, loader, crashed)
        self.municipality = MunicipalityStep()
        self.administrator = AdministratorStep()
        self.summary = SummaryStep(self._summary)
        self.assistant = StepAssistant(
            [self.place, self.municipality, self.administrator, self.summary], finish=_("Set up")
        )
        self.assistant.cancel.hide()
        self.assistant.setMinimumHeight(470)
        self.place.changed.connect(self.assistant.show_next_label)
        self.assistant.before_next = self._before_next
        self.assistant.finished.connect(self._create)
        self.progress = ProgressPanel(_("Making the demonstration town"))
        self._advanced.connect(self.progress.advance)
        self._stop = threading.Event()
        self.progress.cancelled.connect(self._stop.set)
        self.progress.setContentsMargins(32, 8, 32, 24)
        self.progress.hide()
        margins = self.card.body.contentsMargins()
        self.card.body.setContentsMargins(1, 1, 1, margins.bottom() - 32)
        self.card.body.addWidget(self.assistant, 1)
        self.card.body.addWidget(self.progress)

    def take_focus(self) -> None:
        """The first choice has the keyboard."""
        self.place.entered()

    def make_demonstration(self) -> None:
        """Makes the demonstration town and opens it."""
        self.place.places.set_value(Place.DEMONSTRATION)
        self._demonstrate()

    # --- inside -----------------------------------------------------------------------------------------------

    def _summary(self) -> list[tuple[str, str]]:
        local = self.place.places.value() is Place.LOCAL
        where = (
            self.place.file.text() if local else f"{self.place.host.text()} · {self.place.database.text()}"
        )
        return [
            (_("Database"), where),
            (_("Municipality"), self.municipality.profiles.currentText()),
            (_("Administrator"), f"{self.administrator.name.text()} ({self.administrator.user_name.text()})"),
        ]

    def _before_next(self, number: int) -> bool:
        """Leaves the first step by another door where the next ones are not needed."""
        if number != 0:
            return True
        place = self.place.places.value()
        if place is Place.DEMONSTRATION:
            self._demonstrate()
            return False
        if place is Place.LOCAL:
            if is_there(typed_path(self.place.file.text().strip())):
                self.ready.emit(self.place.url())
                return False
            return True
        self.assistant.next.setEnabled(False)
        url = self.place.url()
        self._loader.load(lambda: look_into(url), self._looked, self.assistant.refuse, self._crashed)
        return False

    def _looked(self, found: Found) -> None:
        self.assistant.next.setEnabled(True)
        if found.municipality:
            self.ready.emit(self.place.url())
        else:
            self.assistant.show_step(1)

    def _demonstrate(self) -> None:
        url = demonstration_database()
        if is_there(url.removeprefix("sqlite:///")):
            self.ready.emit(url)
            return
        self._busy(True)
        self._stop.clear()

        def progress(done: int, total: int) -> None:
            if self._stop.is_set():
                raise Cancelled
            self._advanced.emit(done, total)

        def work() -> str:
            from muniadmin.demonstration.town import create_demonstration

            create_demonstration(url, "fes", taxpayers=2_000, seed=2026, progress=progress)
            return url

        self._loader.load(work, self.ready.emit, self._refused, self._crash)

    def _create(self) -> None:
        self._busy(True)
        url, code = self.place.url(), self.municipality.profiles.value()
        name, user_name = self.administrator.name.text().strip(), self.administrator.user_name.text().strip()
        password = self.administrator.password.text()

        def work() -> str:
            from muniadmin.bootstrap import FirstAdministrator, create_municipality
            from muniadmin.settings.profile import load_profile

            if url.startswith("sqlite"):
                _make_folder(Path(url.removeprefix("sqlite:///")).parent)
            create_municipality(
                url,
                load_profile(str(code)),
                administrator=FirstAdministrator(user_name=user_name, name=name, password=password),
            )
            return url

        self._loader.load(work, self.ready.emit, self._refused, self._crash)

    def _busy(self, busy: bool) -> None:
        self.assistant.setEnabled(not busy)
        self.progress.setVisible(busy and self.place.places.value() is Place.DEMONSTRATION)

    def _refused(self, problem: UserError) -> None:
        self._busy(False)
        if not self.administrator.form.refuse(problem):
            self.assistant.refuse(problem)
        else:
            self.assistant.show_step(2)

    def _crash(self, error: BaseException) -> None:
        self._busy(False)
        self.assistant.next.setEnabled(True)
        self._crashed(error)


def _make_folder(folder: Path) -> None:
    """Raises DatabaseUnreachable where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(reason=f"{folder}: {error.strerror or error}") from error
