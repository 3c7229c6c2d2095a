"""A dialog around a form: Enter goes on to the next field that must be filled, and submits when none is left."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.widgets.buttons import Kind
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.forms import Form
from muniadmin.desktop.widgets.layouts import Part
from muniadmin.kernel.errors import UserError


class FormDialog(Dialog):
    """``content`` is what stands in it, the form among it. Refusals are shown beside their fields; what has no field is
    shown above. What was typed since ``begin`` is not lost without asking."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        form: Form,
        *content: Part,
        primary: str,
        width: int = 460,
        kind: Kind = Kind.PRIMARY,
        cancel: str = "",
        icon: str = "",
        expand: bool = False,
    ) -> None:
        self.form = form
        super().__init__(
            parent,
            title,
            *content,
            primary=primary,
            cancel=cancel,
            width=width,
            kind=kind,
            icon=icon,
            expand=expand,
        )
        self._before = form.texts()

    def begin(self, first: QWidget) -> None:
        """What is in the fields now is not lost when the dialog is closed; the keyboard starts in ``first``."""
        self._before = self.form.texts()
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def dirty(self) -> bool:
        """Whether anything was changed since the form was shown."""
        return self.form.texts() != self._before

    def refuse(self, problem: UserError) -> None:
        """Shows what was refused; everything typed stays."""
        self.unlock()
        if not self.form.refuse(problem):
            super().refuse(problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on while something is missing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.form.go_on():
            return
        super().keyPressEvent(event)
