"""A new user, another name or role, a new password."""

from collections.abc import Callable

from muniadmin.access.commands import ChangeUser, CreateUser, SetPassword, UserSaved
from muniadmin.access.reads import UserRow
from muniadmin.access.rules import ensure_good_password, ensure_good_user_name
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.widgets.fields import CheckBox, PasswordField, TextField
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_, _
from muniadmin.kernel.permissions import ROLE_NAMES


class NoRole(UserError):
    """A user without a role could do nothing."""

    message = N_("Choose at least one role.")
    hint = N_("The role decides what they may do.")


class UserDialog(FormDialog):
    """Name, user name, roles; for a new user a first password."""

    def __init__(self, page: Page, user: UserRow | None, then: Callable[[UserSaved], object]) -> None:
        self._page, self._user, self._then = page, user, then
        self.form = Form()
        self.name = TextField(_("Name"))
        self.user_name = TextField(_("User name"))
        self.form.add("name", Field(_("Name"), self.name, required=True))
        self.form.add(
            "user_name",
            Field(
                _("User name"),
                self.user_name,
                required=True,
                check=lambda: ensure_good_user_name(self.user_name.text().strip()),
            ),
            beside=True,
        )
        self.password = PasswordField(_("First password"))
        if user is None:
            self.form.add(
                "password",
                Field(
                    _("First password"),
                    self.password,
                    required=True,
                    hint=_("At least 10 characters; a short sentence is best."),
                    check=lambda: ensure_good_password(
                        self.password.text(), self.user_name.text(), self.name.text()
                    ),
                ),
            )
        else:
            self.name.setText(user.name)
            self.user_name.setText(user.user_name)
            self.user_name.setReadOnly(True)
        self.roles = {
            role: CheckBox(_(name), ticked=user is not None and role in user.roles)
            for role, name in ROLE_NAMES.items()
        }
        self.role_error = Text("", Role.ERROR)
        self.role_error.hide()
        roles = column(Text(_("Roles"), Role.SECONDARY), *self.roles.values(), self.role_error, spacing=6)
        self._typed = self._all_typed()
        super().__init__(
            page,
            _("New user") if user is None else _("Change {name}").format(name=user.name),
            self.form,
            self.form,
            roles,
            primary=_("Create the user") if user is None else _("Save"),
            icon="user-plus" if user is None else "user",
            width=540,
        )
        self.name.setFocus()

    def _all_typed(self) -> tuple[object, ...]:
        return (
            self.name.text(),
            self.user_name.text(),
            self.password.text(),
            tuple(box.isChecked() for box in self.roles.values()),
        )

    def dirty(self) -> bool:
        """Whether anything was typed or ticked."""
        return self._all_typed() != self._typed

    def submit(self) -> None:
        """Saves; where nothing was changed, nothing is written."""
        if self._user is not None and not self.dirty():
            self.reject()
            return
        roles = frozenset(role for role, box in self.roles.items() if box.isChecked())
        self.role_error.setText("" if roles else NoRole().sentence())
        self.role_error.setVisible(not roles)
        if not self.form.check() or not roles:
            return
        self.primary.setEnabled(False)
        name = self.name.text().strip()
        if self._user is None:
            self._page.run(
                CreateUser(
                    user_name=self.user_name.text().strip(),
                    name=name,
                    password=self.password.text(),
                    roles=roles,
                ),
                then=self._saved,
                failed=self.refuse,
                undone=self.unlock,
            )
        else:
            self._page.run(
                ChangeUser(
                    user_id=self._user.user_id,
                    version=self._user.version,
                    name=name,
                    roles=roles,
                    active=self._user.active,
                ),
                then=self._saved,
                failed=self.refuse,
                undone=self.unlock,
            )

    def _saved(self, saved: UserSaved) -> None:
        self.accept()
        self._then(saved)


class PasswordDialog(FormDialog):
    """A new password for somebody who forgot theirs or is locked."""

    def __init__(self, page: Page, user: UserRow) -> None:
        self._page, self._user = page, user
        self.form = Form()
        self.password = PasswordField(_("New password"))
        self.form.add(
            "password",
            Field(
                _("New password"),
                self.password,
                required=True,
                hint=_("At least 10 characters; a short sentence is best."),
                check=lambda: ensure_good_password(self.password.text(), user.user_name, user.name),
            ),
        )
        super().__init__(
            page,
            _("New password for {name}").format(name=user.name),
            self.form,
            Text(_("It takes the place of the old one at once and unlocks the user."), Role.MUTED, wrap=True),
            self.form,
            primary=_("Set the password"),
            icon="key-round",
        )
        self.password.setFocus()

    def submit(self) -> None:
        """Sets it."""
        if self.form.check():
            self.primary.setEnabled(False)
            self._page.run(
                SetPassword(user_id=self._user.user_id, password=self.password.text()),
                then=self._done,
                failed=self.refuse,
                undone=self.unlock,
            )

    def _done(self, _saved: UserSaved) -> None:
        self._page.shell.say(_("{name} has a new password.").format(name=self._user.name))
        self.accept()
