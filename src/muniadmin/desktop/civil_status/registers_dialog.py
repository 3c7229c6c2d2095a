"""The registers: which are open, how many acts stand in them, opening and closing one."""

from PySide6.QtWidgets import QWidget

from muniadmin.civil_status.commands import CloseActRegister, OpenActRegister
from muniadmin.civil_status.names import SIGN_ACTS
from muniadmin.civil_status.reads import ActRegisters, RegisterRow
from muniadmin.civil_status.rules import MAIN_OFFICE
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.dialogs import ConfirmDialog, Dialog
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.layouts import show_if
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.errors import ChoiceUnknown
from muniadmin.kernel.folding import fold
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, language, pick


class RegistersDialog(Dialog):
    """The list of registers."""

    def __init__(self, parent: QWidget | None, shell: Shell) -> None:
        self._shell = shell
        self.list: RowTable[RegisterRow] = RowTable(
            "registers",
            _("Registers"),
            [
                Column("year", _("Year"), lambda one: str(one.year), width=70, look="strong"),
                Column("office", _("Office"), lambda one: pick(one.office_names), width=180, stretch=True),
                Column(
                    "signed", _("Signed acts"), lambda one: format_number(one.signed), width=100, number=True
                ),
                Column("drafts", _("Drafts"), lambda one: format_number(one.drafts), width=80, number=True),
                Column(
                    "state",
                    _("State"),
                    lambda one: _("open") if one.closed_at is None else _("closed"),
                    width=90,
                    pill=lambda one: Tone.GOOD if one.closed_at is None else Tone.NEUTRAL,
                ),
            ],
            key=lambda one: one.register_id,
        )
        self.list.setMinimumHeight(300)
        super().__init__(
            parent, _("Registers"), self.list, primary=_("Close"), kind=Kind.SECONDARY, width=720
        )
        self.cancel.hide()
        self.open_button = Button(_("Open a register…"), small=True)
        self.open_button.clicked.connect(self.ask_open)
        self.close_button = Button(_("Close the register…"), small=True)
        self.close_button.clicked.connect(self.ask_close)
        for button in (self.open_button, self.close_button):
            show_if(button, shell.actor.may(SIGN_ACTS))
            self.aside.addWidget(button)
        self.list.chosen.connect(self._on_chosen)
        self.list.counted.connect(lambda _summary: self.list.select(0))
        self.ask()

    def ask(self) -> None:
        """Lists the registers."""
        self._shell.operations.read(ActRegisters(), then=self._show, owner=self, key="registers")

    def _show(self, registers: list[RegisterRow]) -> None:
        self.list.set_source(ListSource(registers))

    def _on_chosen(self, register: RegisterRow | None) -> None:
        self.close_button.setEnabled(register is not None and register.closed_at is None)

    def ask_open(self) -> "OpenRegisterDialog":
        """Asks which register to open."""
        dialog = OpenRegisterDialog(self, self._shell)
        dialog.accepted.connect(self.ask)
        dialog.open()
        return dialog

    def ask_close(self) -> ConfirmDialog | None:
        """Says what closing means."""
        register = self.list.current()
        if register is None:
            return None
        question = ConfirmDialog(
            self,
            _("Close the register of {year}?").format(year=register.year),
            _("It takes no more acts. Its count is written down and can never change."),
            figures=[
                (_("Signed acts"), format_number(register.signed)),
                (_("Drafts"), format_number(register.drafts)),
            ],
            yes=_("Close the register"),
            danger=True,
        )
        question.accepted.connect(
            lambda: self._shell.operations.run(
                CloseActRegister(register_id=register.register_id),
                then=lambda _closed: self.ask(),
                failed=self.refuse,
                undone=self.unlock,
                owner=self,
            )
        )
        question.open()
        return question


class OpenRegisterDialog(FormDialog):
    """Year and office of a register to be opened."""

    def __init__(self, parent: QWidget | None, shell: Shell) -> None:
        self._shell = shell
        self.year = TextField(_("Year"))
        self.year.setText(str(shell.today().year))
        self.office = TextField(_("Office"), placeholder=_("empty for the main office"))
        form = Form()
        form.add("year", Field(_("Year"), self.year, required=True, check=self._number))
        form.add("office", Field(_("Office"), self.office))
        super().__init__(parent, _("Open a register"), form, form, primary=_("Open the register"), width=440)
        self.begin(self.year)

    def _number(self) -> int:
        typed = self.year.text().strip()
        if not (typed.isdecimal() and len(typed) == 4):
            raise ChoiceUnknown(text=typed, known=str(self._shell.today().year))
        return int(typed)

    def submit(self) -> None:
        """Opens the register."""
        if not self.form.check():
            return
        self.primary.setEnabled(False)
        name = self.office.text().strip()
        self._shell.operations.run(
            OpenActRegister(
                year=self._number(),
                office=fold(name).replace(" ", "-")[:20] if name else MAIN_OFFICE,
                office_names={language(): name} if name else {},
            ),
            then=lambda _opened: self.done(1),
            failed=self.refuse,
            undone=self.unlock,
            owner=self,
        )
