"""The signed-in user chooses another password."""

from PySide6.QtWidgets import QWidget

from muniadmin.access.commands import ChangeOwnPassword, UserSaved
from muniadmin.access.errors import PasswordsDiffer
from muniadmin.access.rules import ensure_good_password
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.fields import PasswordField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.kernel.errors import InvalidInput, UserError
from muniadmin.kernel.i18n import _


class OwnPasswordDialog(FormDialog):
    """The old password, and the new one twice: what is typed unseen is easily mistyped."""

    def __init__(self, parent: QWidget | None, shell: Shell) -> None:
        self._shell = shell
        self.form = Form()
        self.old = PasswordField(_("Old password"))
        self.new = PasswordField(_("New password"))
        self.again = PasswordField(_("New password again"))
        self.form.add("old_password", Field(_("Old password"), self.old, required=True))
        self.form.add(
            "new_password",
            Field(
                _("New password"),
                self.new,
                required=True,
                hint=_("At least 10 characters; a short sentence is best."),
                check=self._check_new,
            ),
        )
        self._again_field = self.form.add(
            "again",
            Field(_("New password again"), self.again, required=True, check=self._check_again),
        )
        self.new.textEdited.connect(self._compare_again)
        super().__init__(
            parent,
            _("Change your password"),
            self.form,
            self.form,
            primary=_("Change the password"),
            icon="key-round",
        )
        self.old.setFocus()

    def _check_new(self) -> None:
        actor = self._shell.actor
        ensure_good_password(self.new.text(), actor.user_name, actor.name)

    def _check_again(self) -> None:
        if self.again.text() != self.new.text():
            raise PasswordsDiffer

    def _compare_again(self) -> None:
        """The two may have become the same by a change of the first."""
        if not self._again_field.error.isHidden() and self._again_field.problem() is None:
            self._again_field.show_problem(None)

    def submit(self) -> None:
        """Sends the change."""
        if not self.form.check():
            return
        self.primary.setEnabled(False)
        self.notice.hide()
        self._shell.operations.run(
            ChangeOwnPassword(old_password=self.old.text(), new_password=self.new.text()),
            then=self._done,
            failed=self.refuse,
            undone=self.unlock,
            owner=self,
        )

    def _done(self, _saved: UserSaved) -> None:
        self._shell.say(_("Your password is changed."))
        self.accept()

    def refuse(self, problem: UserError) -> None:
        """Shows it beside its field, or above; what is typed stays, the old password marked to be typed over."""
        super().refuse(problem)
        if isinstance(problem, InvalidInput) and "old_password" in problem.problems:
            self.old.selectAll()
