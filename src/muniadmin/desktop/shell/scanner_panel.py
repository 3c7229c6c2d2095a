"""How the scanner of this workstation is set, and a place to try it: it says what came and how it was read."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.shell.scanner import LAYOUTS, Reading, Setting, read_scan
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.fields import ComboBox, SearchField, TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _


class TryField(SearchField):
    """Takes every scan, as it was read."""

    tried = Signal(object)

    def take_reading(self, reading: Reading) -> None:
        """Shows what came, and hands it on."""
        self.setText(reading.text)
        self.selectAll()
        self.tried.emit(reading)


class ScannerPanel(QWidget):
    """The settings, which count at once, and the field to try them."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._preferences = Preferences()
        setting = self._preferences.scanner
        self.trial = TryField(_("Try your scanner"), placeholder=_("Scan any paper here"), scale="scan")
        self.trial.tried.connect(self.show_reading)
        self.trial.returnPressed.connect(self._on_typed)
        self.answer = Banner()
        self.answer.can_close(False)
        self.answer.hide()
        self.details = DefinitionRows(muted="label")
        self.layouts: ComboBox[str] = ComboBox(
            _("Keyboard of the scanner"), [(code, _(name)) for code, name in LAYOUTS.items()]
        )
        self.layouts.set_value(setting.layout)
        self.layouts.chosen.connect(self._on_changed)
        self.prefix, self.suffix = TextField(_("Before every code")), TextField(_("After every code"))
        for field, text in ((self.prefix, setting.prefix), (self.suffix, setting.suffix)):
            field.setText(text)
            field.textEdited.connect(self._on_changed)
        form = Form()
        form.add("layout", Field(_("Keyboard of the scanner"), self.layouts))
        hint = _("Only letters the scanner adds itself; Enter and Tab need not be named.")
        form.add("prefix", Field(_("Before every code"), self.prefix, hint=hint))
        form.add("suffix", Field(_("After every code"), self.suffix), beside=True)
        about = _("What is scanned here is read and told, and nothing is opened.")
        self.setLayout(
            column(
                Text(about, Role.MUTED, wrap=True),
                self.trial,
                self.answer,
                self.details,
                form,
                None,
                spacing=14,
            )
        )

    def take_focus(self) -> None:
        """The scanner can be tried at once."""
        self.trial.take_focus()

    def show_reading(self, reading: Reading) -> None:
        """Says what was read, and how the scanner sent it."""
        if reading.numbers:
            self.answer.say(Tone.GOOD, _("It is read as {number}.").format(number=reading.name))
        elif reading.is_square_code:
            self.answer.say(Tone.GOOD, _("It is the square code of a paper."))
        elif reading.problem is not None:
            self.answer.say(Tone.WARNING, reading.problem.sentence(), reading.problem.advice())
        rows = [(_("Letters as they came"), _visible(reading.sent))]
        if reading.is_ours:
            layout = LAYOUTS[reading.layout] if reading.layout else LAYOUTS["us"]
            rows.append((_("Keyboard of the scanner"), _(layout)))
        if reading.pace is not None:
            pace = _("{milliseconds} ms from letter to letter")
            rows.append((_("Pace"), pace.format(milliseconds=format_number(round(reading.pace)))))
        self.details.set_rows(rows)

    def _on_typed(self) -> None:
        """It came as slowly as a person types, or a person typed it."""
        if not self.trial.text().strip():
            return
        self.show_reading(read_scan(self.trial.text(), self._setting()))
        self.answer.say(
            Tone.WARNING,
            _("This came as slowly as a person types: the program cannot tell it from typing."),
            _("Set the scanner to send without a pause between letters."),
        )
        self.trial.selectAll()

    def _setting(self) -> Setting:
        return Setting(self.prefix.text(), self.suffix.text(), self.layouts.value() or "")

    def _on_changed(self, *_what: object) -> None:
        self._preferences.scanner = self._setting()
        self._shell.scanner_set.emit(self._setting())


class ScannerDialog(Dialog):
    """The same for everybody at this workstation."""

    def __init__(self, parent: QWidget | None, shell: Shell) -> None:
        self.panel = ScannerPanel(shell)
        super().__init__(parent, _("Scanner"), self.panel, primary=_("Close"), icon="scan-barcode", width=560)
        self.cancel.hide()
        self.panel.take_focus()


def _visible(sent: str) -> str:
    """The letters, those that are not seen by their names."""
    names = {"\x02": "STX", "\x03": "ETX", "\x1d": "GS", "\r": "CR", "\n": "LF", "\t": "TAB"}
    return "".join(f"⟨{names[char]}⟩" if char in names else char for char in sent)
