"""Adds, changes or ends a taxable object of a taxpayer."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.taxpayers.object_fields import ObjectFields
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.kernel.errors import InvalidInput, UserError
from muniadmin.kernel.i18n import _, pick
from muniadmin.settings.profile import Profile
from muniadmin.taxpayers.commands import (
    AddTaxableObject,
    ChangeTaxableObject,
    EndTaxableObject,
    ObjectSaved,
)
from muniadmin.taxpayers.reads import ObjectRow, Taxpayer360


class ObjectDialog(FormDialog):
    """The form of an object. ``saved`` tells the outcome, ``end_wanted`` asks to end it."""

    saved = Signal(object)
    end_wanted = Signal()

    def __init__(
        self,
        parent: QWidget | None,
        shell: Shell,
        profile: Profile,
        owner: Taxpayer360,
        known: ObjectRow | None = None,
    ) -> None:
        self._shell, self._owner, self._known = shell, owner, known
        self.form = Form(spacing=12)
        self.taxed = ObjectFields(shell, profile, self.form, optional=False)
        self.taxed.build()
        self.zone: ComboBox[str] = ComboBox(
            _("Zone"), [("", "–"), *((zone.code, pick(zone.names)) for zone in profile.zones)]
        )
        self.started_on = DateEdit(_("Taxed since"))
        self.form.add("zone", Field(_("Zone"), self.zone))
        self.form.add(
            "started_on",
            Field(
                _("Taxed since"), self.started_on, hint=_("Left empty: since the start of the fiscal year.")
            ),
            beside=True,
        )
        title = _("New object of {name}") if known is None else _("Change an object of {name}")
        super().__init__(
            parent,
            title.format(name=owner.name),
            self.form,
            self.form,
            primary=_("Add") if known is None else _("Save"),
            width=560,
        )
        if known is None:
            self.zone.set_value(owner.zone)
        else:
            self.taxed.fill(known)
            self.taxed.kind.setEnabled(False)
            self.zone.set_value(known.zone)
            self.started_on.set_day(known.started_on)
            end = Button(_("End it…"), Kind.QUIET)
            end.clicked.connect(self.end_wanted)
            self.aside.addWidget(end)
        key = QShortcut(QKeySequence("Ctrl+Return"), self)
        key.activated.connect(self.submit)
        self._begun = self._typed()
        first = self.taxed.kind if known is None else self.taxed.label
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _typed(self) -> dict[str, str]:
        return {**self.form.texts(), **self.taxed.typed()}

    def dirty(self) -> bool:
        """Whether something was typed or chosen."""
        return self._typed() != self._begun

    def submit(self) -> None:
        """Sends when everything fits; where nothing was changed, nothing is written."""
        if self._known is not None and not self.dirty():
            self.reject()
            return
        if not self.primary.isEnabled() or not self.form.check():
            return
        try:
            data = self.taxed.data()
        except InvalidInput as several:
            self.form.refuse(several)
            return
        if data is None:
            return
        facts: dict[str, Any] = {
            "kind": data.kind,
            "label": data.label,
            "attributes": data.attributes,
            "zone": self.zone.value() or "",
            "started_on": self.started_on.day(),
        }
        command = (
            AddTaxableObject(taxpayer_id=self._owner.taxpayer_id, **facts)
            if self._known is None
            else ChangeTaxableObject(object_id=self._known.object_id, version=self._known.version, **facts)
        )
        self.primary.setEnabled(False)
        self._shell.operations.run(
            command, then=self._saved, failed=self.refuse, undone=self.unlock, owner=self
        )

    def _saved(self, outcome: ObjectSaved) -> None:
        self._begun = self._typed()
        self.saved.emit(outcome)
        self.accept()

    def refuse(self, problem: UserError) -> None:
        """Beside the fields what belongs there."""
        super().refuse(self.taxed.named(problem) if isinstance(problem, InvalidInput) else problem)


class EndObjectDialog(FormDialog):
    """Since when the object is taxed no longer, and why."""

    ended = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell, known: ObjectRow) -> None:
        self._shell, self._known = shell, known
        self.form = Form()
        self.ended_on = DateEdit(_("Last day"), shell.today())
        self.reason = TextField(_("Reason"), placeholder=_("sold, closed, scrapped…"))
        self.form.add("ended_on", Field(_("Last day"), self.ended_on, required=True))
        self.form.add("reason", Field(_("Reason"), self.reason, required=True), beside=True, stretch=2)
        text = Text(
            _("It stays on the register with its history; it is no longer assessed after this day."),
            Role.MUTED,
            wrap=True,
        )
        super().__init__(
            parent,
            _("End “{label}”?").format(label=known.label),
            self.form,
            text,
            self.form,
            primary=_("End the object"),
            kind=Kind.DANGER,
            icon="triangle-alert",
        )
        self.reason.setFocus(Qt.FocusReason.TabFocusReason)

    def submit(self) -> None:
        """Sends when both are there."""
        day = self.ended_on.day()
        if not self.form.check() or day is None:
            return
        self.primary.setEnabled(False)
        command = EndTaxableObject(
            object_id=self._known.object_id,
            version=self._known.version,
            ended_on=day,
            reason=self.reason.text(),
        )
        self._shell.operations.run(
            command, then=self._ended, failed=self.refuse, undone=self.unlock, owner=self
        )

    def _ended(self, outcome: ObjectSaved) -> None:
        self.ended.emit(outcome)
        self.accept()
