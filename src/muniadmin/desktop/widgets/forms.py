"""Forms: a label above each control, the error in words below it as soon as the control is left.

form = Form()
self.name = form.add("name", Field(_("Name"), TextField(_("Name")), required=True))
self.born = form.add("born_on", Field(_("Born on"), DateEdit(_("Born on"))), beside=True)
...
if form.check():
    self.shell.run(RegisterTaxpayer(name=self.name.text(), born_on=self.born.day()), then=..., failed=form.refuse)
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from muniadmin.desktop.widgets.fields import CheckBox, ComboBox, TextArea, TextField
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column
from muniadmin.kernel.errors import FieldMissing, InvalidInput, UserError
from muniadmin.kernel.i18n import _


class Control(Protocol):
    """What a field can hold: any of our controls."""

    def is_blank(self) -> bool:
        """Whether nothing is typed or chosen."""

    def set_problem(self, problem: bool) -> None:
        """Shows that something is wrong, or no longer."""


C = TypeVar("C", bound=QWidget)


class Field(QWidget):
    """A labelled control; an asterisk marks what must be filled. ``check`` raises the UserError to show; amounts and
    dates check themselves."""

    def __init__(
        self,
        label: str,
        control: QWidget,
        *,
        hint: str = "",
        required: bool = False,
        check: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.control = control
        self._required, self._check = required, check
        self.label = Text(f"{label} *" if required else label, Role.SECONDARY)
        self.label.setBuddy(control)
        self.error = Text("", Role.ERROR, wrap=True)
        self.error.hide()
        parts: list[QWidget] = [self.label, control]
        if hint:
            self._hint: Text | None = Text(hint, Role.SMALL, wrap=True)
            parts.append(self._hint)
        else:
            self._hint = None
        parts.append(self.error)
        self.setLayout(column(*parts, spacing=4))
        # What Qt thinks of as its height is that at another width, on which the words below take more lines.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        control.installEventFilter(self)
        # Typed or chosen, or put there for the user: from another field, by a scan.
        for signal in ("textEdited", "textChanged", "chosen"):
            if hasattr(control, signal):
                getattr(control, signal).connect(self._soften)

    def problem(self) -> UserError | None:
        """What is wrong with what is typed now, or None."""
        control: Any = self.control
        try:
            if self._required and control.is_blank():
                raise FieldMissing
            for own in ("checked_money", "checked_day"):
                if hasattr(control, own):
                    getattr(control, own)()
            if self._check is not None and not control.is_blank():
                self._check()
        except UserError as problem:
            return problem
        return None

    def has_keyboard(self) -> bool:
        """Whether the keyboard is in it."""
        focus = QApplication.focusWidget()
        return focus is not None and (focus is self.control or self.control.isAncestorOf(focus))

    def is_missing(self) -> bool:
        """Whether it must be filled and is not."""
        control: Any = self.control
        return bool(self._required and control.is_blank())

    def check(self) -> bool:
        """Shows what is wrong, or that nothing is."""
        self.show_problem(self.problem())
        return self.error.isHidden()

    def show_problem(self, problem: UserError | None) -> None:
        """Shows a sentence below the control; None takes it away."""
        sentence = "" if problem is None else _sentences(problem)
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        if hasattr(self.control, "set_problem"):
            self.control.set_problem(bool(sentence))
        self.control.setAccessibleDescription(sentence or (self._hint.text() if self._hint else ""))

    def _soften(self, *_what: object) -> None:
        """The error goes away as soon as what stands in the field is right."""
        if not self.error.isHidden() and self.problem() is None:
            self.show_problem(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Checks the field as soon as it is left, once something was typed."""
        if event.type() is QEvent.Type.FocusOut:
            control: Any = self.control
            if is_left(event) and (not control.is_blank() or not self.error.isHidden()):
                self.check()
        return super().eventFilter(watched, event)


def is_left(event: QEvent) -> bool:
    """Whether, as the keyboard goes out of a field, somebody goes on to another one, and not to another window or a
    menu for a moment."""
    reason = event.reason()  # type: ignore[attr-defined]
    return reason not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


def _sentences(problem: UserError) -> str:
    """What happened and what to do, as two sentences; the general hint of a missing field adds nothing."""
    if isinstance(problem, FieldMissing):
        return problem.sentence()
    return f"{problem.sentence()} {problem.advice()}"


class Form(QWidget):
    """Fields below and beside each other. Enter goes to the next missing field, says in a missing one what is missing,
    and submits when none is."""

    submitted = Signal()

    def __init__(self, *, spacing: int = 14, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing)
        self._line: QHBoxLayout | None = None

    def add(self, name: str, field: Field, *, beside: bool = False, stretch: int = 1) -> Field:
        """Adds a field below the last one, or beside it; ``name`` is the command's name for it."""
        self.fields[name] = field
        if not beside or self._line is None:
            self._line = QHBoxLayout()
            self._line.setSpacing(12)
            self._line.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._column.addLayout(self._line)
        self._line.addWidget(field, stretch, Qt.AlignmentFlag.AlignTop)
        if isinstance(field.control, TextField):
            field.control.installEventFilter(self)
        return field

    def add_widget(self, widget: QWidget) -> None:
        """Adds anything else below."""
        self._column.addWidget(widget)
        self._line = None

    def check(self) -> bool:
        """Checks every field that is shown, shows what is wrong, and puts the cursor into the first wrong one."""
        wrong = [field for field in self._shown() if not field.check()]
        if wrong:
            wrong[0].control.setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def refuse(self, problem: UserError) -> bool:
        """Shows what a command found wrong beside the fields; True when every problem has its field in sight."""
        if not isinstance(problem, InvalidInput):
            return False
        in_sight = self._shown()
        shown = [name for name in problem.problems if self.fields.get(name) in in_sight]
        for name in shown:
            self.fields[name].show_problem(problem.problems[name])
        if shown:
            self.fields[shown[0]].control.setFocus(Qt.FocusReason.OtherFocusReason)
        return len(shown) == len(problem.problems)

    def go_on(self) -> bool:
        """Enter goes to what is still missing, without a word of blame; in a field that itself must be filled, what is
        missing is said. False where nothing is."""
        missing = [field for field in self._shown() if field.is_missing()]
        if any(field.has_keyboard() for field in missing):
            self.check()
        elif missing:
            missing[0].control.setFocus(Qt.FocusReason.TabFocusReason)
        return bool(missing)

    def texts(self) -> dict[str, str]:
        """What is typed, by field, to see whether anything was changed."""
        return {name: _text_of(field.control) for name, field in self.fields.items()}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on; when nothing is missing, it submits."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return super().eventFilter(watched, event)
        if event.isAutoRepeat():
            # A key held down was pressed once.
            return True
        if self.go_on():
            return True
        self.submitted.emit()
        return False

    def _shown(self) -> list[Field]:
        return [field for field in self.fields.values() if field.isVisibleTo(self)]


def _text_of(control: QWidget) -> str:
    if isinstance(control, TextField | TextArea):
        return control.text()
    if isinstance(control, ComboBox):
        return control.currentText()
    if isinstance(control, CheckBox):
        return _("yes") if control.isChecked() else _("no")
    return ""
