"""The users: a list, and what can be done with the chosen one."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from muniadmin.access.commands import ChangeUser, UserSaved
from muniadmin.access.reads import UserRow, Users
from muniadmin.desktop.administration.user_dialogs import PasswordDialog, UserDialog
from muniadmin.desktop.lists.given import given_rows
from muniadmin.desktop.lists.listing import Listing, Nothing
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Hairline, Initials, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import FlowBox, clear, column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.i18n import _
from muniadmin.kernel.permissions import ROLE_NAMES, every_permission, permissions_of


def state_of(user: UserRow) -> str:
    """Whether the user may sign in, in a word."""
    return _("inactive") if not user.active else _("locked") if user.locked else _("active")


def tone_of(user: UserRow) -> Tone:
    """The state's tone."""
    return Tone.NEUTRAL if not user.active else Tone.WARNING if user.locked else Tone.GOOD


def roles_of(user: UserRow) -> str:
    """The user's roles, in words."""
    return ", ".join(sorted(_(ROLE_NAMES[role]) for role in user.roles))


def user_columns() -> list[Column[UserRow]]:
    """The columns of the users."""
    return [
        Column("name", _("Name"), lambda user: user.name, width=150, stretch=True, look="strong", sort="name"),
        Column(
            "user_name", _("User name"), lambda user: user.user_name, width=150, look="muted", sort="user_name",
            leaves=2,
        ),
        Column("roles", _("Roles"), roles_of, width=220, sort="roles", leaves=1),
        Column("state", _("State"), state_of, width=110, pill=tone_of),
    ]  # fmt: skip


class UsersView(QWidget):
    """List and detail."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._wanted: int | None = None
        self.new = Button(_("New user"), Kind.PRIMARY, key="Ctrl+N")
        self.new.clicked.connect(lambda _checked=False: self.new_user())
        page.header.add_action(self.new)
        self._users: list[UserRow] = []
        self._make_detail()
        self.listing: Listing[UserRow] = Listing(
            page,
            "users",
            _("Users"),
            user_columns(),
            lambda wanted: given_rows(self._users, user_columns(), wanted.text),
            key=lambda user: user.user_id,
            sort="name",
            search=_("Name, user name or role"),
            empty=Nothing("users", _("No user yet"), action=(_("New user"), self.new_user)),
            panel=self.side,
        )
        self.list = self.listing.table
        self.listing.chosen.connect(self._show)
        self.setLayout(column(self.listing))
        self.reload()

    def _make_detail(self) -> None:
        self.side = Card()
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState("users", _("No user chosen"), _("Choose a user to see what they may do."))
        )
        self._mark = Initials("", 40)
        self._name = Text("", Role.SECTION)
        self._user_name = Text("", Role.MUTED)
        self._state = Pill("")
        self.edit = Button(_("Change…"), icon="pencil", small=True)
        self.edit.clicked.connect(self.change)
        self.password = Button(_("New password…"), icon="key-round", small=True)
        self.password.clicked.connect(self.reset_password)
        self.activate = Button("", icon="lock", small=True)
        self.activate.clicked.connect(self.toggle_active)
        head = row(self._mark, spacing=12)
        head.addLayout(column(self._name, self._user_name, spacing=0), 1)
        head.addWidget(self._state)
        buttons = FlowBox(self.edit, self.password, self.activate, spacing=8)
        top = column(head, buttons, spacing=14, margins=(16, 16, 16, 16))
        self._may: QVBoxLayout = column(spacing=8)
        section = Section(_("Permissions"))
        section.body.addLayout(self._may)
        section.body.addStretch(1)
        detail = QWidget()
        whole = column(spacing=0)
        whole.addLayout(top)
        whole.addWidget(Hairline())
        whole.addWidget(Scroller(section), 1)
        detail.setLayout(whole)
        self._stack.addWidget(detail)
        self.side.body.addWidget(self._stack, 1)

    def reload(self) -> None:
        """Asks again."""
        self._page.read(Users(), then=self._show_users, key="users")

    def show_user(self, user_id: int) -> None:
        """Chooses a user."""
        self._wanted = user_id
        self.reload()

    def _show_users(self, users: list[UserRow]) -> None:
        self._users = users
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.listing.look_for(key=wanted)
        else:
            self.listing.reload()

    def _show(self, user: UserRow | None) -> None:
        self._stack.setCurrentIndex(0 if user is None else 1)
        if user is None:
            return
        self._mark.set_name(user.name)
        self._name.setText(user.name)
        self._user_name.setText(user.user_name)
        self._state.set_state(state_of(user), tone_of(user))
        self.activate.set_text(_("Deactivate…") if user.active else _("Activate"))
        clear(self._may)
        for permission in sorted(permissions_of(user.roles), key=every_permission().index):
            self._may.addWidget(Text(_(permission.name)))

    # --- what can be done -------------------------------------------------------------------------------------

    def new_user(self) -> UserDialog:
        """Asks who, and lets them in."""
        dialog = UserDialog(self._page, None, self._saved)
        dialog.open()
        return dialog

    def change(self) -> None:
        """Changes name and roles."""
        user = self.list.current()
        if user is not None:
            UserDialog(self._page, user, self._saved).open()

    def reset_password(self) -> None:
        """Gives a new password and unlocks."""
        user = self.list.current()
        if user is not None:
            PasswordDialog(self._page, user).open()

    def toggle_active(self) -> None:
        """Lets somebody in again at once; keeps somebody out after asking."""
        user = self.list.current()
        if user is None:
            return
        if not user.active:
            self._set_active(user, active=True)
            return
        question = ConfirmDialog(
            self,
            _("Deactivate {name}?").format(name=user.name),
            _("They can no longer sign in. Everything they did stays in their name."),
            yes=_("Deactivate"),
            danger=True,
        )
        question.accepted.connect(lambda: self._set_active(user, active=False))
        question.open()

    def _set_active(self, user: UserRow, *, active: bool) -> None:
        command = ChangeUser(
            user_id=user.user_id, version=user.version, name=user.name, roles=user.roles, active=active
        )
        self._page.run(command)

    def _saved(self, saved: UserSaved) -> None:
        self._wanted = saved.user_id
        self.reload()
